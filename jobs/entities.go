package jobs

import (
	"context"
	"errors"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// EntitiesOf returns the listed parties of a match as they were published in
// the editions its run used, that of its grade first. Those that are kept no more are left out.
func EntitiesOf(ctx context.Context, env *Env, id string, m *screening.Match) ([]*screening.Entity, error) {
	run, err := env.Store.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	seqs := map[string]int{}
	for _, used := range run.Editions {
		seqs[used.List] = used.Seq
	}
	type listed struct{ list, id string }
	wanted := []listed{{m.List, m.Entity}}
	for _, l := range m.Listings {
		if at := (listed{l.List, l.Entity}); at != wanted[0] {
			wanted = append(wanted, at)
		}
	}
	var out []*screening.Entity
	for _, w := range wanted {
		e, err := env.Store.Entity(ctx, w.list, seqs[w.list], w.id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
