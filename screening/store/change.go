package store

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"partnerscreen/screening"
)

// Pair is one entity in two editions of its list: Old is nil when it was
// added, New when it was removed.
type Pair struct {
	Old, New *screening.Entity
}

const countHeld = `select count(*) from held_entities where list = ? and seq = ?`

const selectChanges = `select o.content as old, n.content as new
	from (%s) as o full join (%s) as n on n.entity = o.entity
	where o.hash is null or n.hash is null or o.hash <> n.hash
	order by coalesce(o.entity, n.entity)`

// Changes yields the entities that differ between two editions of a list, in
// order of id. Either may be a quarantined one, and to may be the older.
func (s *Store) Changes(ctx context.Context, list string, from, to int) iter.Seq2[Pair, error] {
	doing := fmt.Sprintf("comparing editions %d and %d of %s", from, to, list)
	return func(yield func(Pair, error) bool) {
		fail := func(err error) { yield(Pair{}, s.fault(ctx, doing, err)) }
		before, err := s.EditionBySeq(ctx, list, from)
		if err != nil {
			fail(err)
			return
		}
		after, err := s.EditionBySeq(ctx, list, to)
		if err != nil {
			fail(err)
			return
		}
		for _, ed := range []*screening.Edition{before, after} {
			if err := s.checkHeld(ctx, ed); err != nil {
				fail(err)
				return
			}
		}
		oldQuery, args := contentOf(before)
		newQuery, more := contentOf(after)
		query := s.read.Rebind(fmt.Sprintf(selectChanges, oldQuery, newQuery))
		rows, err := s.read.QueryContext(ctx, query, append(args, more...)...)
		if err != nil {
			fail(err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var old, new []byte
			var p Pair
			if err := rows.Scan(&old, &new); err != nil {
				fail(err)
				return
			}
			if p.Old, err = entityOrNil(old); err != nil {
				fail(err)
				return
			}
			if p.New, err = entityOrNil(new); err != nil {
				fail(err)
				return
			}
			if !yield(p, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
		}
	}
}

// checkHeld errors when what was held of a quarantined edition has been let
// go: compared with nothing, every entity would seem removed.
func (s *Store) checkHeld(ctx context.Context, ed *screening.Edition) error {
	if ed.State == screening.EditionGood {
		return nil
	}
	var n int
	if err := s.read.GetContext(ctx, &n, s.read.Rebind(countHeld), ed.List, ed.Seq); err != nil {
		return err
	}
	if n != ed.Entities {
		return fmt.Errorf("what edition %d held is no longer kept: %w", ed.Seq, ErrNotFound)
	}
	return nil
}

func entityOrNil(content []byte) (*screening.Entity, error) {
	if content == nil {
		return nil, nil
	}
	e := new(screening.Entity)
	return e, json.Unmarshal(content, e)
}
