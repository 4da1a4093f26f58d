package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// RenewOptions say which decisions to renew together.
type RenewOptions struct {
	DueDays int    `json:"due_days"` // those that expire within so many days
	Reason  string `json:"reason"`
	Actor   string `json:"actor"` // who is signed in
	DryRun  bool   `json:"dry_run,omitempty"`
}

// Renewed is what became of the decisions that were due.
type Renewed struct {
	Renewed []*screening.Decision // they hold for another term
	Waiting []*screening.Decision // they do when a second signed-in person has renewed them too
	Left    []NotRenewed
}

// NotRenewed says why a decision that is due was left as it is.
type NotRenewed struct {
	*screening.Decision
	Why string
}

// RenewDecisions makes new decisions in the place of those that expire soon
// and whose two sides stand as they did: the listing in the edition in force,
// and the match in the last screening of its sheet. On an escalated match a
// renewal takes two people, as the decision did, and neither is the submitter.
// Dispositions are not renewed: a licence ends when it ends.
func RenewDecisions(ctx context.Context, env *Env, opts RenewOptions) (*Renewed, error) {
	switch {
	case opts.DueDays < 1 || opts.DueDays > 366:
		return nil, fmt.Errorf("renewing what is due within %d days: give from 1 to 366", opts.DueDays)
	case strings.TrimSpace(opts.Reason) == "":
		return nil, errors.New("renewing decisions: a reason is wanted; it is kept with each")
	}
	memory, err := loadMemory(ctx, env)
	if err != nil {
		return nil, err
	}
	runs, err := env.Store.Runs(ctx, 1000)
	if err != nil {
		return nil, err
	}
	dk := &desk{env: env, actor: opts.Actor, now: env.Now().UTC().Truncate(time.Microsecond)}
	by := dk.now.AddDate(0, 0, opts.DueDays)
	out := &Renewed{}
	var fresh []*screening.Decision
	for d, err := range env.Store.Decisions(ctx) {
		if err != nil {
			return nil, err
		}
		standing := memory.Standing(d.PartyKey, d.EntityKey)
		if standing == nil || standing.ID != d.ID || standing.Revoked != "" || standing.Waiting != "" || d.Verdict == screening.NeedsInformation ||
			standing.Expires.IsZero() || !dk.now.Before(standing.Expires) || standing.Expires.After(by) {
			continue
		}
		renewed, why, err := dk.renew(ctx, standing, opts.Reason, runs)
		if err != nil {
			return nil, err
		}
		if why != "" {
			out.Left = append(out.Left, NotRenewed{d, why})
			continue
		}
		fresh = append(fresh, renewed)
	}
	if !opts.DryRun {
		if err := env.Store.AddDecisions(ctx, fresh, env.tellDecisions("renew", fresh)...); err != nil {
			return nil, err
		}
		if memory, err = loadMemory(ctx, env); err != nil {
			return nil, err
		}
	}
	for _, d := range fresh {
		if d.Grade == screening.Escalate && (opts.DryRun || memory.Standing(d.PartyKey, d.EntityKey).ID != d.ID) {
			out.Waiting = append(out.Waiting, d)
		} else {
			out.Renewed = append(out.Renewed, d)
		}
	}
	return out, nil
}

// renew makes the decision that takes the place of d, or says why not.
func (dk *desk) renew(ctx context.Context, d *screening.Decision, reason string, runs []*screening.Run) (*screening.Decision, string, error) {
	e, err := dk.standing(ctx, screening.Listing{List: d.List, Entity: d.Entity, Key: d.EntityKey})
	if err != nil {
		return nil, "", err
	}
	if e == nil {
		return nil, "the listing has changed or is gone; the next screening shows the match again", nil
	}
	met, err := dk.env.Store.LastMet(ctx, d.MatchKey)
	if errors.Is(err, store.ErrNotFound) {
		return nil, "no screening on record has met it", nil
	}
	if err != nil {
		return nil, "", err
	}
	for _, run := range runs {
		sameFiles := slices.EqualFunc(run.Inputs, met.Inputs, func(a, b screening.Input) bool { return a.File == b.File })
		if sameFiles && !run.Finished.IsZero() && run.Started.After(met.Started) {
			return nil, "the screening of " + run.Started.Format(time.DateOnly) + " no longer met it: the party or its listing changed, or it left the sheet", nil
		}
	}
	_, match, err := dk.env.Store.FindMatch(ctx, met.ID, d.MatchKey)
	if err != nil {
		return nil, "", err
	}
	if why := d.Covers(match, dk.now); why != "" {
		return nil, "it is to be decided again: " + why, nil
	}
	escalated := d.Grade == screening.Escalate || match.Grade == screening.Escalate
	if escalated && dk.actor != "" && (dk.actor == d.Submitter || dk.actor == met.By) {
		return nil, "who submitted the sheet cannot renew a decision on an escalated match of it", nil
	}
	r := *d.Stored()
	r.Renews, r.Renewal = d.ID, reason
	r.Actor, r.Reviewer, r.Second, r.Made, r.Run, r.Submitter = dk.actor, dk.actor, "", dk.now, met.ID, met.By
	r.Entity, r.Candidate = e.ID, e
	r.Expires = screening.ExpiryOf(dk.now, dk.env.keep(), r.PartyKey+r.EntityKey)
	h := sha256.Sum256([]byte(strings.Join([]string{"renews", d.ID, dk.actor}, "\x00")))
	r.ID = hex.EncodeToString(h[:8])
	if _, err := dk.env.Store.Decision(ctx, r.ID); err == nil {
		return nil, "you have renewed it; it waits for a second signed-in person", nil
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, "", err
	}
	return &r, "", nil
}
