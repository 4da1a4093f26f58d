package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// DefaultKeep is how long a decision holds unless its reviewer says otherwise.
const DefaultKeep = 365 * 24 * time.Hour

// Decided is what became of a workbook that came back.
type Decided struct {
	Applied   int // lines whose verdict is now on record
	Unchanged int // lines that were on record already
	Waiting   int // of both, those that wait for a second person
	Undecided int // lines without a verdict
	Problems  []reports.Problem
	Lines     []string // the cells of the lines on record, in the order of the workbook
}

// Decide reads the verdicts of a workbook and keeps those that can be applied.
// actor is who is signed in: names in cells are claims. What cannot be applied
// is a problem, by cell; a workbook applied twice changes nothing.
func Decide(ctx context.Context, env *Env, path, actor string) (*Decided, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the workbook: %w", err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the workbook: %w", err)
	}
	seal, err := sealKey(ctx, env)
	if err != nil {
		return nil, err
	}
	read, err := reports.ReadDecisions(ctx, f, st.Size(), [][]byte{seal}, reports.Limits{Now: env.Now()})
	if err != nil {
		return nil, fmt.Errorf("reading the workbook: %w", err)
	}
	d := &Decided{Undecided: read.Undecided, Problems: read.Problems}
	var decisions []*screening.Decision
	var lines [][]*screening.Decision
	for _, line := range read.Lines {
		made, problem, err := decisionsOf(ctx, env, &line, actor)
		if err != nil {
			return nil, err
		}
		if problem != "" {
			d.Problems = append(d.Problems, reports.Problem{Cell: line.Cell, What: problem})
			continue
		}
		lines = append(lines, made)
		d.Lines = append(d.Lines, line.Cell)
		decisions = append(decisions, made...)
	}
	fresh, err := notKept(ctx, env, decisions)
	if err != nil {
		return nil, err
	}
	if err := env.Store.AddDecisions(ctx, fresh); err != nil {
		return nil, err
	}
	memory, err := loadMemory(ctx, env)
	if err != nil {
		return nil, err
	}
	for _, made := range lines {
		if slices.ContainsFunc(made, func(dec *screening.Decision) bool { return slices.Contains(fresh, dec) }) {
			d.Applied++
		} else {
			d.Unchanged++
		}
		if slices.ContainsFunc(made, func(dec *screening.Decision) bool {
			standing := memory.Standing(dec.PartyKey, dec.EntityKey)
			return standing != nil && standing.Waiting != ""
		}) {
			d.Waiting++
		}
	}
	return d, nil
}

// decisionsOf turns one line into a decision on each entity shown with the
// match, or says why it cannot be applied.
func decisionsOf(ctx context.Context, env *Env, line *reports.Line, actor string) ([]*screening.Decision, string, error) {
	run, err := env.Store.Run(ctx, line.Run)
	if errors.Is(err, store.ErrNotFound) {
		return nil, "the run it was made by is not on record", nil
	}
	if err != nil {
		return nil, "", err
	}
	party, match, err := env.Store.FindMatch(ctx, line.Run, line.Key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, "the match is not on record in its run", nil
	}
	if err != nil {
		return nil, "", err
	}
	if line.Grade == screening.Escalate && run.By == actor && run.By != "" && line.Verdict != screening.NeedsInformation {
		return nil, "who submitted the sheet cannot close an escalated match of it", nil
	}
	if env.Unsigned && line.Grade == screening.Escalate && line.Verdict != screening.NeedsInformation {
		return nil, "nobody is signed in here, and closing an escalated match takes two people who are; send it with screener decide or on the page", nil
	}
	now := env.Now().UTC().Truncate(time.Microsecond)
	var out []*screening.Decision
	seen := map[reports.Listed]bool{}
	for _, l := range match.Listings {
		about := reports.Listed{List: l.List, Entity: l.Entity}
		if seen[about] || slices.Contains(line.Except, about) {
			continue
		}
		seen[about] = true
		e, err := standing(ctx, env, l)
		if err != nil {
			return nil, "", err
		}
		if e == nil || e.Key() != l.Key {
			return nil, "the listing on " + l.List + " has changed since the workbook was made; screen again and decide on the new one", nil
		}
		dec := &screening.Decision{
			Verdict: line.Verdict, Reason: line.Reason, Note: line.Note, Reviewer: line.Reviewer, Second: line.Second,
			Actor: actor, Grade: line.Grade, Run: line.Run, Made: now, Expires: line.Expires,
			PartyKey: party.Key(), EntityKey: l.Key, List: l.List, Entity: l.Entity,
			Strength: match.Strength, Evidence: screening.Relied(match.Evidence), Party: party, Candidate: e,
		}
		dec.ID = decisionID(dec)
		if dec.Expires.IsZero() {
			dec.Expires = screening.ExpiryOf(now, env.keep(), dec.PartyKey+dec.EntityKey)
		}
		out = append(out, dec)
	}
	if len(out) == 0 {
		return nil, "every listing of the line was split off; nothing is left to decide on", nil
	}
	return out, "", nil
}

// notKept are those of the decisions that are not on record yet.
func notKept(ctx context.Context, env *Env, decisions []*screening.Decision) ([]*screening.Decision, error) {
	var fresh []*screening.Decision
	for _, d := range decisions {
		_, err := env.Store.Decision(ctx, d.ID)
		if errors.Is(err, store.ErrNotFound) {
			fresh = append(fresh, d)
		} else if err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// decisionID stands for what one person said in one report of one run, so
// that saying it twice is saying it once.
func decisionID(d *screening.Decision) string {
	h := sha256.Sum256([]byte(strings.Join([]string{
		d.PartyKey, d.EntityKey, string(d.Verdict), d.Reason, d.Note, d.Reviewer, d.Second, d.Actor, d.Run, d.Expires.UTC().Format(time.RFC3339),
	}, "\x00")))
	return hex.EncodeToString(h[:8])
}

// standing is the listed party as the edition in force has it: under its id,
// or nil when it is gone.
func standing(ctx context.Context, env *Env, l screening.Listing) (*screening.Entity, error) {
	ed, err := env.Store.Edition(ctx, l.List)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, err := env.Store.Entity(ctx, l.List, ed.Seq, l.Entity)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return e, err
}

// loadMemory is what reviewers have decided so far.
func loadMemory(ctx context.Context, env *Env) (*screening.Memory, error) {
	return memoryUpTo(ctx, env, math.MaxInt64)
}

// memoryUpTo is loadMemory as it was when the store's LastDecision was last.
func memoryUpTo(ctx context.Context, env *Env, last int64) (*screening.Memory, error) {
	var failed error
	m := screening.NewMemory(func(yield func(*screening.Decision) bool) {
		for d, err := range env.Store.DecisionsUpTo(ctx, last) {
			if err != nil {
				failed = err
				return
			}
			if !yield(d) {
				return
			}
		}
	})
	return m, failed
}

// sealKey is the secret that seals the lines of Review. It is made at its
// first use and kept in the store, so that all machines share it.
func sealKey(ctx context.Context, env *Env) ([]byte, error) {
	return env.Store.Secret(ctx, "review-seal")
}

func (env *Env) keep() time.Duration {
	if env.KeepDecisions > 0 {
		return env.KeepDecisions
	}
	return DefaultKeep
}
