package jobs

import (
	"context"
	"errors"
	"fmt"

	"partnerscreen/screening/store"
)

// AcceptOptions name a quarantined edition and who takes it, and why.
type AcceptOptions struct {
	List    string `json:"list"`
	Edition int    `json:"edition,omitempty"` // 0: the one that is held now
	By      string `json:"by"`
	Why     string `json:"why"`
}

// Accept puts a quarantined edition in force at a named person's word, which
// is kept with the edition.
func Accept(ctx context.Context, env *Env, opts AcceptOptions) (*Refreshed, error) {
	if _, err := env.card(opts.List); err != nil {
		return nil, err
	}
	if opts.Edition == 0 {
		held, err := heldBack(ctx, env, opts.List)
		if err != nil {
			return nil, err
		}
		if held == nil {
			return nil, fmt.Errorf("no edition of %s is held back", opts.List)
		}
		opts.Edition = held.Seq
	}
	diff, err := env.Store.Accept(ctx, opts.List, opts.Edition, opts.By, opts.Why, env.Now().UTC(), env.tellList("list.accept", opts.List, opts))
	if err != nil { // who tried is on record too
		refused := env.tellList("list.accept", opts.List, map[string]any{"edition": opts.Edition, "by": opts.By, "why": opts.Why, "refused": err.Error()})
		if errors.Is(err, store.ErrNotFound) {
			err = fmt.Errorf("%s has no edition %d", opts.List, opts.Edition)
		}
		return nil, errors.Join(err, env.Store.AddAudit(ctx, refused))
	}
	ed, err := env.Store.Edition(ctx, opts.List)
	if err != nil {
		return nil, err
	}
	return &Refreshed{List: opts.List, State: Imported, Edition: ed, Added: diff.Added, Removed: diff.Removed, Changed: diff.Changed,
		Reason: "accepted by " + opts.By + ": " + opts.Why}, nil
}
