package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
)

const (
	selectMapping = `select columns from mappings where headers = ?`
	upsertMapping = `insert into mappings (headers, columns, actor, made) values (?, ?, ?, ?)
		on conflict (headers) do update set columns = excluded.columns, actor = excluded.actor, made = excluded.made`
)

// Mapping returns what KeepMapping kept last for the headers; nil when nothing was.
func (s *Store) Mapping(ctx context.Context, headers string) (json.RawMessage, error) {
	var columns string
	err := s.read.GetContext(ctx, &columns, s.read.Rebind(selectMapping), headers)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, s.fault(ctx, "looking up how a sheet's columns were read", err)
	}
	return json.RawMessage(columns), nil
}

// KeepMapping keeps how columns are to be read under headers, which stand for
// the row of them, in the place of what was kept before.
func (s *Store) KeepMapping(ctx context.Context, headers string, columns json.RawMessage, actor string, made time.Time) error {
	return s.inTx(ctx, "keeping how a sheet's columns are read", func(tx *sqlx.Tx) error {
		return exec(ctx, tx, upsertMapping, headers, text(string(columns)), text(actor), stamp{made})
	})
}
