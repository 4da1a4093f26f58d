package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// Collaborations lists a page of the office's collaborations in the order they
// were first seen; the ID of the last is the After of the next page.
func Collaborations(ctx context.Context, env *Env, filter store.CollaborationFilter) ([]*screening.Collaboration, error) {
	return env.Store.Collaborations(ctx, env.ours(filter))
}

// CountCollaborations counts the office's collaborations that a filter lets through, by grade.
func CountCollaborations(ctx context.Context, env *Env, filter store.CollaborationFilter) (map[screening.Grade]int, error) {
	return env.Store.CountCollaborations(ctx, env.ours(filter))
}

func (env *Env) ours(filter store.CollaborationFilter) store.CollaborationFilter {
	filter.Office, filter.Day = env.Office, env.today()
	return filter
}

// today is the day activity is asked of.
func (env *Env) today() string { return env.Now().UTC().Format(time.DateOnly) }

// CollaborationDetail is one collaboration with all there is to say of it.
type CollaborationDetail struct {
	*screening.Collaboration
	// Result is what it stands on: its grade, and the matches that are why.
	Result *screening.Result `json:"result"`
	// Editions are the lists Result was found against.
	Editions []screening.EditionUsed        `json:"editions"`
	History  []screening.CollaborationEvent `json:"history"`
}

// FindCollaboration returns one collaboration of the office.
func FindCollaboration(ctx context.Context, env *Env, id int64) (*CollaborationDetail, error) {
	c, err := env.Store.Collaboration(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Office != env.Office {
		return nil, fmt.Errorf("there is no collaboration %d; `screener collaborations list` names them: %w", id, store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	d := &CollaborationDetail{Collaboration: c}
	if d.Result, err = env.Store.Standing(ctx, id); err != nil {
		return nil, err
	}
	run, err := env.Store.Run(ctx, c.Run)
	if err != nil {
		return nil, err
	}
	d.Editions = run.Editions
	d.History, err = env.Store.CollaborationHistory(ctx, id)
	return d, err
}

// EndCollaboration keeps a person's word that a collaboration is over, and why:
// it is screened no more until a sheet has it again.
func EndCollaboration(ctx context.Context, env *Env, id int64, who, why string) error {
	c, err := env.Store.Collaboration(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Office != env.Office {
		return fmt.Errorf("there is no collaboration %d; `screener collaborations list` names them: %w", id, store.ErrNotFound)
	}
	if err != nil {
		return err
	}
	return env.Store.EndCollaboration(ctx, id, screening.Ending{Who: who, Why: why, At: env.Now().UTC().Truncate(time.Microsecond)})
}
