package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

const (
	insertDisposition = `insert into dispositions (disposition, party_key, entity_key, work_key, list, entity, closing, reviewer, made, expires, revoked, content)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (disposition) do nothing`
	selectDisposition  = `select content from dispositions where disposition = ?`
	selectDispositions = `select content from dispositions where seq <= ? order by seq`
)

// AddDispositions adds how true matches were closed to the history, all of it
// or none. One that is there already, under its ID and with the same content,
// is passed over; ErrConflict when it is there with another.
func (s *Store) AddDispositions(ctx context.Context, dispositions []*screening.Disposition) error {
	return s.inTx(ctx, "keeping dispositions", func(tx *sqlx.Tx) error {
		for _, d := range dispositions {
			if err := addDisposition(ctx, tx, d); err != nil {
				return fmt.Errorf("disposition %s: %w", d.ID, err)
			}
		}
		return nil
	})
}

func addDisposition(ctx context.Context, tx *sqlx.Tx, d *screening.Disposition) error {
	switch {
	case d.ID == "":
		return errors.New("it has no ID")
	case d.Reviewer == "":
		return errors.New("it has no reviewer")
	case d.WorkKey == "":
		return errors.New("it is for no work")
	case d.Made.IsZero():
		return errors.New("it has no time")
	}
	kept := *d
	kept.Lapsed, kept.Waiting = "", "" // said of it later, beside a match
	content, err := jsonText(&kept)
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, tx.Rebind(insertDisposition), d.ID, d.PartyKey, d.EntityKey, d.WorkKey, text(d.List), text(d.Entity),
		string(d.Closing), text(d.Reviewer), stamp{d.Made}, stamp{d.Expires}, text(d.Revoked), content)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	var before string
	if err := tx.GetContext(ctx, &before, tx.Rebind(selectDisposition), d.ID); err != nil {
		return err
	}
	if before != content {
		return fmt.Errorf("%w: there is another disposition of that ID", ErrConflict)
	}
	return nil
}

// Dispositions yields every disposition in the order they were made known,
// revoked and replaced ones too: what screening.Memory.Close takes.
func (s *Store) Dispositions(ctx context.Context) iter.Seq2[*screening.Disposition, error] {
	return s.DispositionsUpTo(ctx, math.MaxInt64)
}

// DispositionsUpTo is Dispositions as they were when LastDecision gave that number.
func (s *Store) DispositionsUpTo(ctx context.Context, last int64) iter.Seq2[*screening.Disposition, error] {
	return func(yield func(*screening.Disposition, error) bool) {
		fail := func(err error) { yield(nil, s.fault(ctx, "reading the dispositions", err)) }
		rows, err := s.read.QueryContext(ctx, s.read.Rebind(selectDispositions), dispositionUpTo(last))
		if err != nil {
			fail(err)
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var content []byte
			d := new(screening.Disposition)
			if err := rows.Scan(&content); err != nil {
				fail(err)
				return
			}
			if err := json.Unmarshal(content, d); err != nil {
				fail(err)
				return
			}
			if !yield(d, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
		}
	}
}

// Disposition returns one disposition by its ID.
func (s *Store) Disposition(ctx context.Context, id string) (*screening.Disposition, error) {
	var content []byte
	if err := s.read.GetContext(ctx, &content, s.read.Rebind(selectDisposition), id); err != nil {
		return nil, s.fault(ctx, "looking up disposition "+id, err)
	}
	d := new(screening.Disposition)
	return d, s.fault(ctx, "reading disposition "+id, json.Unmarshal(content, d))
}
