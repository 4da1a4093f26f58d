package jobs

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// Run returns a run as the viewer may see it, with the counts of what they
// may see; store.ErrNotFound where there is none, or none for them.
func Run(ctx context.Context, env *Env, v *screening.Viewer, id string) (*screening.Run, error) {
	run, err := env.Store.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	if !v.SeesRun(run) {
		return nil, fmt.Errorf("looking up run %s: %w", id, store.ErrNotFound)
	}
	return shown(ctx, env, v, run)
}

// shown is a run the viewer may see, as they may see it.
func shown(ctx context.Context, env *Env, v *screening.Viewer, run *screening.Run) (*screening.Run, error) {
	out := v.Run(run)
	if v.SeesAllOf(run) {
		return out, nil
	}
	out.Counts = screening.Counts{}
	for r, err := range v.Results(env.Store.Results(ctx, run.ID)) {
		if err != nil {
			return nil, err
		}
		out.Counts.Add(r)
	}
	return out, nil
}

// Runs returns the newest runs the viewer may see, as they may see them,
// newest first; before names a run: only older ones then. Counts are those of all lists
// where all are open to the viewer, else they are left away.
func Runs(ctx context.Context, env *Env, v *screening.Viewer, before string, limit int) ([]*screening.Run, error) {
	by := ""
	switch {
	case v.May(screening.MayReadRuns):
	case v.May(screening.MaySubmit):
		by = v.Account.Name
	default:
		return nil, nil
	}
	runs, err := env.Store.RunsBy(ctx, by, before, limit)
	if err != nil {
		return nil, err
	}
	for i, r := range runs {
		runs[i] = v.Run(r)
		if !v.SeesAllOf(r) {
			runs[i].Counts = screening.Counts{RowsIn: r.Counts.RowsIn, RowsScreened: r.Counts.RowsScreened, RowsRejected: r.Counts.RowsRejected, Parties: r.Counts.Parties}
		}
	}
	return runs, nil
}

// Results yields what a run found, as the viewer may see it.
func Results(ctx context.Context, env *Env, v *screening.Viewer, id string) iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		run, err := env.Store.Run(ctx, id)
		if err == nil && !v.SeesRun(run) {
			err = fmt.Errorf("looking up run %s: %w", id, store.ErrNotFound)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		v.Results(env.Store.Results(ctx, id))(yield)
	}
}

// NotedResults is Results without the rows that nothing is on record of.
func NotedResults(ctx context.Context, env *Env, v *screening.Viewer, run *screening.Run) iter.Seq2[*screening.Result, error] {
	if !v.SeesRun(run) {
		return func(yield func(*screening.Result, error) bool) {
			yield(nil, fmt.Errorf("looking up run %s: %w", run.ID, store.ErrNotFound))
		}
	}
	return v.Results(env.Store.NotedResults(ctx, run.ID))
}

// CompareRuns says what differs between two runs, party by party, as the viewer may see them.
func CompareRuns(ctx context.Context, env *Env, v *screening.Viewer, before, after string) ([]reports.Change, error) {
	was, err := Run(ctx, env, v, before)
	if err != nil {
		return nil, err
	}
	is, err := Run(ctx, env, v, after)
	if err != nil {
		return nil, err
	}
	since, err := newSince(ctx, env, v, was, is)
	if err != nil {
		return nil, err
	}
	for r, err := range Results(ctx, env, v, after) {
		if err != nil {
			return nil, err
		}
		since.meet(r)
	}
	return since.changes(), nil
}

// FlaggedRows returns the rows of a run that a person is asked about, the gravest
// first, as the viewer may see them: at most limit after the first skip ones.
// more says whether others follow.
func FlaggedRows(ctx context.Context, env *Env, v *screening.Viewer, id string, skip, limit int) (rows []*screening.Result, more bool, err error) {
	run, err := env.Store.Run(ctx, id)
	if err != nil {
		return nil, false, err
	}
	if !v.SeesRun(run) {
		return nil, false, fmt.Errorf("looking up run %s: %w", id, store.ErrNotFound)
	}
	all, err := env.Store.FlaggedRows(ctx, id, skip, limit+1)
	if err != nil {
		return nil, false, err
	}
	if len(all) > limit {
		all, more = all[:limit], true
	}
	for i := range all {
		all[i] = v.Result(all[i])
	}
	// A row that only a closed list flagged is not flagged for this viewer.
	return slices.DeleteFunc(all, func(r *screening.Result) bool { return !r.Grade.Flagged() }), more, nil
}

// ResultsAfter is Results from behind a row on: the last one of the page before.
func ResultsAfter(ctx context.Context, env *Env, v *screening.Viewer, id string, last screening.Place) iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		run, err := env.Store.Run(ctx, id)
		if err == nil && !v.SeesRun(run) {
			err = fmt.Errorf("looking up run %s: %w", id, store.ErrNotFound)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		v.Results(env.Store.ResultsAfter(ctx, id, last))(yield)
	}
}
