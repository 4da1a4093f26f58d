package store

import (
	"context"
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
// is passed over; ErrConflict when it is there with another. told, where given,
// are a line of the audit trail for each, added with those that are new.
func (s *Store) AddDispositions(ctx context.Context, dispositions []*screening.Disposition, told ...*screening.AuditEntry) error {
	return s.inTx(ctx, "keeping dispositions", func(tx *sqlx.Tx) error {
		for i, d := range dispositions {
			lines, err := tellOf(told, i, len(dispositions))
			if err != nil {
				return err
			}
			if err := addDisposition(ctx, tx, d, lines); err != nil {
				return fmt.Errorf("disposition %s: %w", d.ID, err)
			}
		}
		return nil
	})
}

func addDisposition(ctx context.Context, tx *sqlx.Tx, d *screening.Disposition, told []*screening.AuditEntry) error {
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
	return addOnce(ctx, tx, dispositionHistory, insertDisposition, selectDisposition, d.ID, content, told, d.PartyKey, d.EntityKey, d.WorkKey, text(d.List), text(d.Entity),
		string(d.Closing), text(d.Reviewer), stamp{d.Made}, stamp{d.Expires}, text(d.Revoked))
}

// Dispositions yields every disposition in the order they were made known,
// revoked and replaced ones too: what screening.Memory.Close takes.
func (s *Store) Dispositions(ctx context.Context) iter.Seq2[*screening.Disposition, error] {
	return s.DispositionsUpTo(ctx, math.MaxInt64)
}

// DispositionsUpTo is Dispositions as they were when LastDecision gave that number.
func (s *Store) DispositionsUpTo(ctx context.Context, last int64) iter.Seq2[*screening.Disposition, error] {
	return lines[screening.Disposition](ctx, s, "reading the dispositions", selectDispositions, dispositionUpTo(last))
}

// Disposition returns one disposition by its ID.
func (s *Store) Disposition(ctx context.Context, id string) (*screening.Disposition, error) {
	return line[screening.Disposition](ctx, s, "disposition", selectDisposition, id)
}
