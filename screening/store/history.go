package store

import (
	"context"
	"fmt"
	"iter"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// What people say is kept as histories: tables that are only added to, each
// line whole in its column content, under an ID of its own.

// addOnce adds a line to a history and seals it. insert does nothing where the
// ID is taken: the same content there is passed over, another is ErrConflict. told
// are lines of the audit trail that tell of it where it is new, with its seal.
func addOnce(ctx context.Context, tx *sqlx.Tx, h history, insert, selectOne, id, content string, told []*screening.AuditEntry, columns ...any) error {
	res, err := tx.ExecContext(ctx, tx.Rebind(insert), append([]any{id}, append(columns, content)...)...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n == 1 && h.seal == nil { // what is no evidence
		return nil
	} else if n == 1 {
		seal, err := h.keepSeal(ctx, tx, id, []byte(content))
		if err != nil {
			return err
		}
		return say(ctx, tx, told, map[string]any{"seal": seal})
	}
	var before string
	if err := tx.GetContext(ctx, &before, tx.Rebind(selectOne), id); err != nil {
		return err
	}
	if before != content {
		return fmt.Errorf("%w: there is another %s of that ID", ErrConflict, h.id)
	}
	return nil
}

// lines yields the contents a query selects, in its order.
func lines[T any](ctx context.Context, s *Store, doing, query string, args ...any) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		fail := func(err error) { yield(nil, s.fault(ctx, doing, err)) }
		rows, err := s.read.QueryContext(ctx, s.read.Rebind(query), args...)
		if err != nil {
			fail(err)
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var content []byte
			v := new(T)
			err := rows.Scan(&content)
			if err == nil {
				err = fromJSON(content, v)
			}
			if err != nil {
				fail(err)
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
		}
	}
}

// line returns one line of a history by its ID; ErrNotFound where there is none.
func line[T any](ctx context.Context, s *Store, noun, query, id string) (*T, error) {
	var content []byte
	if err := s.read.GetContext(ctx, &content, s.read.Rebind(query), id); err != nil {
		return nil, s.fault(ctx, "looking up "+noun+" "+id, err)
	}
	v := new(T)
	return v, s.fault(ctx, "reading "+noun+" "+id, fromJSON(content, v))
}

// gathered is all of a sequence.
func gathered[T any](seq iter.Seq2[*T, error]) ([]*T, error) {
	var out []*T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// tellOf are the lines that tell of the i-th of n, nil where none tell.
func tellOf(told []*screening.AuditEntry, i, n int) ([]*screening.AuditEntry, error) {
	switch len(told) {
	case 0:
		return nil, nil
	case n:
		return told[i : i+1], nil
	}
	return nil, fmt.Errorf("%d lines of the audit trail tell of %d", len(told), n)
}
