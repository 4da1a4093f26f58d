package store

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"partnerscreen/screening"
)

// Pair is one entity in two editions of its list: Old is nil when it was
// added, New when it was removed.
type Pair struct {
	Old, New *screening.Entity
}

const countHeld = `select count(*) from held_entities where list = ? and seq = ?`

// The first %s is what the older edition holds, the second what the newer one
// does. What one holds and the other does not, as it is, has changed.
const selectChanges = `select entity, side, content from (
	select o.entity, 0 as side, o.content from (%[1]s) as o where not exists (%[2]s and entity = o.entity and hash = o.hash)
	union all
	select n.entity, 1 as side, n.content from (%[2]s) as n where not exists (%[1]s and entity = n.entity and hash = n.hash)
	) as d order by entity, side`

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
		oldQuery, oldArgs := contentOf(before)
		newQuery, newArgs := contentOf(after)
		args := slices.Concat(oldArgs, newArgs, newArgs, oldArgs)
		rows, err := s.read.QueryContext(ctx, s.read.Rebind(fmt.Sprintf(selectChanges, oldQuery, newQuery)), args...)
		if err != nil {
			fail(err)
			return
		}
		defer func() { _ = rows.Close() }()
		var pair Pair // of the entity last read; its new side may follow
		id := ""
		for rows.Next() {
			var entity string
			var side int
			var content []byte
			if err := rows.Scan(&entity, &side, &content); err != nil {
				fail(err)
				return
			}
			if entity != id && pair != (Pair{}) {
				if !yield(pair, nil) {
					return
				}
				pair = Pair{}
			}
			id = entity
			e := new(screening.Entity)
			if err := json.Unmarshal(content, e); err != nil {
				fail(err)
				return
			}
			if side == 0 {
				pair.Old = e
			} else {
				pair.New = e
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
			return
		}
		if pair != (Pair{}) {
			yield(pair, nil)
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
