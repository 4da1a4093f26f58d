package jobs

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// DecisionsOptions say which decisions to list.
type DecisionsOptions struct {
	All     bool // the whole history, not only what stands
	DueDays int  // only those that expire within so many days; 0 asks nothing
}

// DecisionStatus is a decision beside how it stands now: standing, waiting
// (for a second person), expired, revoked, renewed or replaced.
type DecisionStatus struct {
	*screening.Decision
	State string `json:"state"`
}

// stateErased is of what is about nobody any more.
const stateErased = "erased"

// Decisions yields decisions in the order they were made.
func Decisions(ctx context.Context, env *Env, opts DecisionsOptions) iter.Seq2[*DecisionStatus, error] {
	return func(yield func(*DecisionStatus, error) bool) {
		memory, err := loadMemory(ctx, env)
		if err != nil {
			yield(nil, err)
			return
		}
		now := env.Now()
		for d, err := range env.Store.Decisions(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			s := &DecisionStatus{Decision: d, State: stateOf(memory, d, now)}
			until := d.Expires
			if standing := memory.Standing(d.PartyKey, d.EntityKey); standing != nil {
				until = standing.Expires
			}
			if opts.asks(s.State, until, now) && !yield(s, nil) {
				return
			}
		}
	}
}

// asks reports whether what is in a state, until a time, is to be listed.
func (o DecisionsOptions) asks(state string, until, now time.Time) bool {
	open := state == "standing" || state == "waiting"
	due := o.DueDays == 0 || (open && until.Before(now.AddDate(0, 0, o.DueDays)))
	return (o.All || open) && due
}

func stateOf(memory *screening.Memory, d *screening.Decision, now time.Time) string {
	last := memory.Standing(d.PartyKey, d.EntityKey)
	switch {
	case d.Erased():
		return stateErased
	case d.Revoked != "":
		return "revoked"
	case last == nil || (last.ID != d.ID && (last.Verdict != d.Verdict || last.Revoked != "")):
		return "replaced"
	case last.ID != d.ID && last.Made.After(d.Made) && last.Renews != "" && last.Renews != d.Renews:
		return "renewed"
	case !d.Expires.IsZero() && !now.Before(d.Expires):
		return "expired"
	case last.Waiting != "", last.ID != d.ID && d.Made.After(last.Made) && d.Grade == screening.Escalate:
		return "waiting"
	}
	return "standing"
}

// DispositionStatus is a disposition beside how it stands now: standing,
// waiting, expired, revoked or replaced; open where the verdict it rests on
// stands no longer.
type DispositionStatus struct {
	*screening.Disposition
	Verdict screening.Verdict `json:"verdict"`
	State   string            `json:"state"`
}

// Dispositions yields how true matches were closed, in the order that was made.
func Dispositions(ctx context.Context, env *Env, opts DecisionsOptions) iter.Seq2[*DispositionStatus, error] {
	return func(yield func(*DispositionStatus, error) bool) {
		memory, err := loadMemory(ctx, env)
		if err != nil {
			yield(nil, err)
			return
		}
		now := env.Now()
		for d, err := range env.Store.Dispositions(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			s := &DispositionStatus{Disposition: d, Verdict: screening.TrueMatch, State: stateOfClosing(memory, d, now)}
			if opts.asks(s.State, d.Expires, now) && !yield(s, nil) {
				return
			}
		}
	}
}

func stateOfClosing(memory *screening.Memory, d *screening.Disposition, now time.Time) string {
	last := memory.Closed(d.PartyKey, d.EntityKey, d.WorkKey)
	verdict := memory.Standing(d.PartyKey, d.EntityKey)
	switch {
	case d.Erased():
		return stateErased
	case d.Revoked != "":
		return "revoked"
	case last == nil || (last.ID != d.ID && (last.Closing != d.Closing || last.Number != d.Number || last.Revoked != "")):
		return "replaced"
	case !d.Expires.IsZero() && !now.Before(d.Expires):
		return "expired"
	case verdict == nil || verdict.Verdict != screening.TrueMatch || verdict.Revoked != "" || (!verdict.Expires.IsZero() && !now.Before(verdict.Expires)):
		return "open"
	case last.Waiting != "" || verdict.Waiting != "":
		return "waiting"
	}
	return "standing"
}

// FindDecision returns one decision with both sides as they were.
func FindDecision(ctx context.Context, env *Env, id string) (*screening.Decision, error) {
	d, err := env.Store.Decision(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("there is no decision %q; `screener decisions list --all` names them", id)
	}
	return d, err
}

// FindDisposition returns one disposition.
func FindDisposition(ctx context.Context, env *Env, id string) (*screening.Disposition, error) {
	d, err := env.Store.Disposition(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("there is no decision %q; `screener decisions list --all` names them", id)
	}
	return d, err
}

// RevokeDecision takes a decision or a disposition back. The history keeps it
// and the revocation, which is one of its own.
func RevokeDecision(ctx context.Context, env *Env, id, actor, why string) error {
	now := env.Now().UTC().Truncate(time.Microsecond)
	if strings.HasPrefix(id, "revoke-") {
		return fmt.Errorf("decision %s is a revocation itself", id)
	}
	d, err := env.Store.Decision(ctx, id)
	if err == nil {
		r := *d
		r.ID, r.Revoked, r.Actor, r.Made = "revoke-"+d.ID, actor+": "+why, actor, now
		if _, err := env.Store.Decision(ctx, r.ID); err == nil {
			return fmt.Errorf("decision %s was revoked before", id)
		}
		revoked := []*screening.Decision{&r}
		return env.Store.AddDecisions(ctx, revoked, env.tellDecisions("revoke", revoked)...)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	x, err := FindDisposition(ctx, env, id)
	if err != nil {
		return err
	}
	r := *x
	r.ID, r.Revoked, r.Actor, r.Made = "revoke-"+x.ID, actor+": "+why, actor, now
	if _, err := env.Store.Disposition(ctx, r.ID); err == nil {
		return fmt.Errorf("disposition %s was revoked before", id)
	}
	revoked := []*screening.Disposition{&r}
	return env.Store.AddDispositions(ctx, revoked, env.tellClosings("revoke", revoked)...)
}
