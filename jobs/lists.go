package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// ListStatus is one list as it stands: the edition in force, or why there is none.
type ListStatus struct {
	List      string            `json:"list"`
	Title     string            `json:"title"`
	Control   screening.Control `json:"control"` // the gravest its listings carry
	Edition   *int              `json:"edition"` // nil when none was ever imported
	Published *time.Time        `json:"published"`
	Fetched   *time.Time        `json:"fetched"`
	Entities  int               `json:"entities"`
	Names     int               `json:"names"`
	// State is good, stale, outdated (last fetched longer ago than is
	// allowed), missing, quarantined (a newer edition is held back) or off.
	State   string            `json:"state"`
	Reason  string            `json:"reason"`
	Bearing screening.Bearing `json:"bearing"`
	Licence string            `json:"licence"`
	Note    string            `json:"note"`

	outdated bool // whatever else its state says
}

// Usable reports whether a list can be screened against: it has an edition,
// fetched not too long ago. A newer one that is held back takes nothing from it.
func (s *ListStatus) Usable() bool { return s.Edition != nil && !s.outdated }

// Lists returns the status of every list there is a card for, in the order of the cards.
func Lists(ctx context.Context, env *Env) ([]ListStatus, error) {
	var out []ListStatus
	for i := range env.Cards {
		s, err := listStatus(ctx, env, &env.Cards[i])
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func listStatus(ctx context.Context, env *Env, card *lists.Card) (ListStatus, error) {
	s := ListStatus{List: card.ID, Title: card.Title, Bearing: env.bearing(card), Licence: card.Licence, Note: card.Note}
	for _, c := range screening.Controls {
		if slices.Contains(card.Controls, c) {
			s.Control = c
			break
		}
	}
	ed, err := env.Store.Edition(ctx, card.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.State, s.Reason = "missing", "never imported"
	case err != nil:
		return s, err
	default:
		s.Edition, s.Fetched = &ed.Seq, &ed.Fetched
		if !ed.Published.IsZero() {
			s.Published = &ed.Published
		}
		s.Entities, s.Names, s.State, s.Reason = ed.Entities, ed.Names, "good", ed.Reason
		if old := stale(card, ed, env.Now()); old != "" {
			s.State, s.Reason = "stale", join(s.Reason, old)
		}
		if age := env.Now().Sub(ed.Fetched); env.MaxAge > 0 && age > env.MaxAge {
			s.outdated = true
			s.State, s.Reason = "outdated", join(s.Reason, fmt.Sprintf("last fetched %s ago, more than the %s allowed", days(age), days(env.MaxAge)))
		}
	}
	held, err := heldBack(ctx, env, card.ID)
	if err != nil {
		return s, err
	}
	if held != nil {
		s.State = "quarantined"
		s.Reason = join(fmt.Sprintf("edition %d of %s is held: %s", held.Seq, held.Fetched.Format(time.DateOnly), held.Reason), s.Reason)
	}
	if reason := env.off(card); reason != "" {
		s.State, s.Reason = "off", join(reason, s.Reason)
	}
	return s, nil
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// heldBack is the newest edition when it is in quarantine, else nil.
func heldBack(ctx context.Context, env *Env, list string) (*screening.Edition, error) {
	editions, err := env.Store.Editions(ctx, list)
	if err != nil || len(editions) == 0 || editions[0].State != screening.EditionQuarantined {
		return nil, err
	}
	return &editions[0], nil
}

// editionInForce is the edition to screen against, now or as of a time; nil when there is none.
func editionInForce(ctx context.Context, env *Env, list string, asOf time.Time) (*screening.Edition, error) {
	var ed *screening.Edition
	var err error
	if asOf.IsZero() {
		ed, err = env.Store.Edition(ctx, list)
	} else {
		ed, err = env.Store.EditionAt(ctx, list, asOf)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return ed, err
}
