package jobs

import (
	"context"
	"fmt"
	"iter"

	"partnerscreen/lists"
	"partnerscreen/screening"
)

// Changes yields what differs between two editions of a list, added, removed
// and changed entities with the fields that differ. An edition of 0 is left to
// the default: the newest good edition, against the good one before it.
func Changes(ctx context.Context, env *Env, list string, from, to int) iter.Seq2[screening.Change, error] {
	return func(yield func(screening.Change, error) bool) {
		card, err := env.card(list)
		if err != nil {
			yield(screening.Change{}, err)
			return
		}
		from, to, err := editionPair(ctx, env, list, from, to)
		if err != nil {
			yield(screening.Change{}, err)
			return
		}
		var failed error
		pairs := func(yield func(before, after *screening.Entity) bool) {
			for p, err := range env.Store.Changes(ctx, list, from, to) {
				if err != nil {
					failed = err
					return
				}
				if !yield(p.Old, p.New) {
					return
				}
			}
		}
		for _, ch := range lists.Compare(card, pairs) {
			if !yield(ch, nil) {
				return
			}
		}
		if failed != nil {
			yield(screening.Change{}, failed)
		}
	}
}

// editionPair fills in the editions that were not named.
func editionPair(ctx context.Context, env *Env, list string, from, to int) (int, int, error) {
	editions, err := env.Store.Editions(ctx, list)
	if err != nil {
		return 0, 0, err
	}
	exists := func(seq int) bool {
		for _, ed := range editions {
			if ed.Seq == seq {
				return true
			}
		}
		return false
	}
	for _, seq := range []int{from, to} {
		if seq != 0 && !exists(seq) {
			return 0, 0, fmt.Errorf("%s has no edition %d", list, seq)
		}
	}
	for _, ed := range editions { // newest first
		switch {
		case ed.State != screening.EditionGood:
		case to == 0:
			to = ed.Seq
		case from == 0 && ed.Seq < to:
			from = ed.Seq
		}
	}
	if to == 0 {
		return 0, 0, fmt.Errorf("%s has no edition yet; run screener refresh %s", list, list)
	}
	if from == 0 {
		return 0, 0, fmt.Errorf("%s has no edition before %d to compare with", list, to)
	}
	return from, to, nil
}
