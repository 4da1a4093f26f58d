package store

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"partnerscreen/screening"
)

const (
	// What an edition holds: for a good one the versions whose interval
	// covers it, for a quarantined one what is held of it.
	goodContent = `select entity, hash, content from entities where list = ? and first_seq <= ? and last_seq >= ?`
	heldContent = `select entity, hash, content from held_entities where list = ? and seq = ?`

	selectContent = `select content from (%s) as e order by entity`
	selectOne     = `select content from (%s) as e where entity = ?`
)

// contentOf is the query for what an edition holds, and its arguments.
func contentOf(ed *screening.Edition) (query string, args []any) {
	if ed.State == screening.EditionGood {
		return goodContent, []any{ed.List, ed.Seq, ed.Seq}
	}
	return heldContent, []any{ed.List, ed.Seq}
}

// Entities yields the entities as they stood in an edition, in order of id.
// The edition may be a quarantined one, until a newer one is in force.
// ErrNotFound when there is no such edition, or its entities are no longer held.
func (s *Store) Entities(ctx context.Context, list string, seq int) iter.Seq2[*screening.Entity, error] {
	doing := fmt.Sprintf("reading the entities of %s edition %d", list, seq)
	return func(yield func(*screening.Entity, error) bool) {
		ed, err := s.EditionBySeq(ctx, list, seq)
		if err != nil {
			yield(nil, err)
			return
		}
		query, args := contentOf(ed)
		rows, err := s.read.QueryContext(ctx, s.read.Rebind(fmt.Sprintf(selectContent, query)), args...)
		if err != nil {
			yield(nil, s.fault(ctx, doing, err))
			return
		}
		defer func() { _ = rows.Close() }()
		read, content := newEntityReader(), []byte(nil)
		n := 0
		for rows.Next() {
			if err := rows.Scan((*raw)(&content)); err != nil {
				yield(nil, s.fault(ctx, doing, err))
				return
			}
			e, err := read.entity(content)
			if err != nil {
				yield(nil, s.fault(ctx, doing, err))
				return
			}
			n++
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, s.fault(ctx, doing, err))
			return
		}
		if n != ed.Entities {
			// Never screen against less than the edition held.
			yield(nil, fmt.Errorf("%s: %d of its %d entities are kept: %w", doing, n, ed.Entities, ErrNotFound))
		}
	}
}

// Entity returns one entity as it stood in an edition.
func (s *Store) Entity(ctx context.Context, list string, seq int, id string) (*screening.Entity, error) {
	ed, err := s.EditionBySeq(ctx, list, seq)
	if err != nil {
		return nil, err
	}
	query, args := contentOf(ed)
	doing := fmt.Sprintf("reading entity %s of %s edition %d", id, list, seq)
	var content []byte
	if err := s.read.GetContext(ctx, &content, s.read.Rebind(fmt.Sprintf(selectOne, query)), append(args, id)...); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	e := new(screening.Entity)
	if err := json.Unmarshal(content, e); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	return e, nil
}

// raw reads a column of text into a buffer that is used again, where []byte
// would be a new one each row and sql.RawBytes another for text.
type raw []byte

// Scan copies the column's bytes.
func (r *raw) Scan(v any) error {
	switch v := v.(type) {
	case string:
		*r = append((*r)[:0], v...)
	case []byte:
		*r = append((*r)[:0], v...)
	default:
		return fmt.Errorf("reading JSON: the column holds a %T", v)
	}
	return nil
}
