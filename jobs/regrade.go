package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"partnerscreen/screening"
)

var regradeJob = Job{
	Kind:   "regrade",
	Doc:    "screen one collaboration again, with an answer that came",
	Urgent: true,
	Run: func(ctx context.Context, env *Env, args json.RawMessage) (any, error) {
		var a regradeArgs
		if err := json.Unmarshal(args, &a); err != nil || a.Collaboration == 0 {
			return nil, Hopeless(errors.New("reading what to screen again: it names no collaboration"))
		}
		return Regrade(ctx, env, a.Collaboration)
	},
}

type regradeArgs struct {
	Collaboration int64 `json:"collaboration"`
}

// Regraded is what screening one collaboration again came to.
type Regraded struct {
	Run string          `json:"run,omitempty"` // "" for one that is over
	Was screening.Grade `json:"was,omitempty"`
	Is  screening.Grade `json:"is,omitempty"`
}

// Regrade screens one active collaboration again as a night would, against
// the lists, the policy and the decisions of now, and keeps what it comes to as a run of its own.
// The row waits for the next night all the same, whose report has what changed. Done twice it
// comes to the same. store.ErrConflict when the row was changed meanwhile.
func Regrade(ctx context.Context, env *Env, id int64) (*Regraded, error) {
	held, err := pick(ctx, env, nil, nil, time.Time{})
	if err != nil {
		return nil, err
	}
	rows, err := env.Store.Rows(ctx, env.Office, env.today(), []int64{id})
	if err != nil || len(rows) == 0 {
		return &Regraded{}, err
	}
	row := rows[0]
	if held.Judge.Memory, err = loadMemory(ctx, env); err != nil {
		return nil, err
	}
	if err := held.load(ctx, env); err != nil {
		return nil, err
	}
	result := assess(held.Judge, held.Matcher, row.Partner)
	row.Partner.Place = row.Place
	persons := false
	for i := range row.Partner.Parties {
		persons = persons || row.Partner.Parties[i].Role.Person()
	}
	now := env.Now().UTC().Truncate(time.Microsecond)
	run := &screening.Run{
		ID: runID(now), Started: now, Finished: now, Version: env.Version, By: env.Actor, Editions: held.Used, Policy: env.Policy, NotChecked: held.notChecked(persons),
	}
	run.Counts.Add(result)
	if err := env.Store.KeepRegraded(ctx, run, row, result); err != nil {
		return nil, err
	}
	return &Regraded{Run: run.ID, Was: row.Grade, Is: result.Grade}, SyncOpen(ctx, env)
}
