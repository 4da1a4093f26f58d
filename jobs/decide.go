package jobs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
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
	Applied   int // lines of which something is now on record
	Unchanged int // lines that were on record already
	Waiting   int // of both, those that wait for a second person
	Undecided int // lines without a verdict
	Asked     int // questions put to who submitted the rows
	Closed    int // rows whose true match is now on record as closed for their work
	Problems  []reports.Problem
	Lines     []string // the cells of the lines on record, in the order of the workbook
	Frozen    []Frozen // lines called true under an asset freeze
}

// Frozen says that a line was called a true match under an asset freeze, and
// what that asks for. It names places and lists, no party.
type Frozen struct {
	Cell     string           `json:"cell"`
	Listings []reports.Listed `json:"listings"`
	Holds    []screening.Hold `json:"holds"`
}

// Text says to hold, and the rules, a line each.
func (f *Frozen) Text() string {
	var on []string
	for _, l := range f.Listings {
		on = append(on, l.List+" "+l.Entity)
	}
	lines := []string{fmt.Sprintf("%s: HOLD: true match under an asset freeze (%s). %s", f.Cell, strings.Join(on, ", "), screening.HoldNow)}
	for _, h := range f.Holds {
		lines = append(lines, "  "+h.Text())
	}
	return strings.Join(lines, "\n")
}

// said is what one line comes to.
type said struct {
	line     *reports.Line
	match    *screening.Match
	made     []*screening.Decision
	closings []*screening.Disposition
	asked    []*screening.Asked
	waits    bool // for a second person
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
	read, err := reports.ReadDecisions(ctx, f, st.Size(), [][]byte{seal}, env.ofWorkbook(env.Now()))
	if err != nil {
		return nil, fmt.Errorf("reading the workbook: %w", err)
	}
	d := &Decided{Undecided: read.Undecided, Problems: read.Problems}
	dk := &desk{env: env, actor: actor, now: env.Now().UTC().Truncate(time.Microsecond)}
	var lines []said
	for i := range read.Lines {
		line, problem, err := dk.line(ctx, &read.Lines[i])
		if err != nil {
			return nil, err
		}
		if problem != nil {
			d.Problems = append(d.Problems, *problem)
			continue
		}
		lines = append(lines, line)
		d.Lines = append(d.Lines, line.line.Cell)
	}
	return d, d.keep(ctx, env, lines)
}

// keep keeps what lines come to, and counts it.
func (d *Decided) keep(ctx context.Context, env *Env, lines []said) error {
	var decisions []*screening.Decision
	var closings []*screening.Disposition
	for _, l := range lines {
		decisions = append(decisions, l.made...)
		closings = append(closings, l.closings...)
	}
	fresh, err := notKept(ctx, decisions, func(d *screening.Decision) string { return d.ID }, env.Store.Decision)
	if err != nil {
		return err
	}
	freshly, err := notKept(ctx, closings, func(d *screening.Disposition) string { return d.ID }, env.Store.Disposition)
	if err != nil {
		return err
	}
	// Should it stop between the two, the same is said again: what is kept is passed over.
	if err := env.Store.AddDecisions(ctx, fresh, env.tellDecisions("make", fresh)...); err != nil {
		return err
	}
	if err := env.Store.AddDispositions(ctx, freshly, env.tellClosings("make", freshly)...); err != nil {
		return err
	}
	memory, err := loadMemory(ctx, env)
	if err != nil {
		return err
	}
	for i := range lines {
		l := &lines[i]
		if slices.ContainsFunc(l.made, func(dec *screening.Decision) bool { return slices.Contains(fresh, dec) }) ||
			slices.ContainsFunc(l.closings, func(x *screening.Disposition) bool { return slices.Contains(freshly, x) }) {
			d.Applied++
		} else {
			d.Unchanged++
		}
		waiting := slices.ContainsFunc(l.made, func(dec *screening.Decision) bool {
			standing := memory.Standing(dec.PartyKey, dec.EntityKey)
			return standing != nil && standing.Waiting != ""
		})
		waiting = waiting || slices.ContainsFunc(l.closings, func(x *screening.Disposition) bool {
			standing := memory.Closed(x.PartyKey, x.EntityKey, x.WorkKey)
			return standing != nil && standing.Waiting != ""
		})
		if l.waits = waiting; waiting {
			d.Waiting++
		}
		d.Closed += len(worksOf(l.closings))
		if h := frozenBy(memory, l); len(h.Holds) > 0 {
			d.Frozen = append(d.Frozen, h)
		}
	}
	if err := SyncOpen(ctx, env); err != nil {
		return err
	}
	return d.ask(ctx, env, lines)
}

// worksOf are the rows that dispositions are for.
func worksOf(all []*screening.Disposition) map[screening.Place]bool {
	out := map[screening.Place]bool{}
	for _, x := range all {
		out[x.Place] = true
	}
	return out
}

// frozenBy is what a line asks for whose true match is under an asset freeze.
func frozenBy(memory *screening.Memory, l *said) Frozen {
	h := Frozen{Cell: l.line.Cell}
	frozen := screening.Match{}
	var since time.Time
	for _, dec := range l.made {
		if dec.Verdict != screening.TrueMatch {
			continue
		}
		for _, x := range l.match.Listings {
			if x.List == dec.List && x.Entity == dec.Entity && slices.Contains(x.Controls, screening.AssetFreeze) {
				frozen.Listings = append(frozen.Listings, x)
				h.Listings = append(h.Listings, reports.Listed{List: x.List, Entity: x.Entity})
			}
		}
		if standing := memory.Standing(dec.PartyKey, dec.EntityKey); standing != nil && (since.IsZero() || standing.Since.Before(since)) {
			since = standing.Since
		}
	}
	h.Holds = screening.HoldsOf(&frozen, since)
	return h
}

// desk is who decides, and when.
type desk struct {
	env   *Env
	actor string
	now   time.Time
	// ids of listed parties by their content, for lists that gave them others.
	ids map[string]map[string]string
}

// line turns one line into a decision on each entity shown with the match,
// and a disposition for each row it closes, or says why it cannot be applied.
func (dk *desk) line(ctx context.Context, line *reports.Line) (said, *reports.Problem, error) {
	out := said{line: line}
	no := func(cell, what string) (said, *reports.Problem, error) {
		return out, &reports.Problem{Cell: cell, What: what}, nil
	}
	run, err := dk.env.Store.Run(ctx, line.Run)
	if errors.Is(err, store.ErrNotFound) {
		return no(line.Cell, "the run it was made by is not on record")
	}
	if err != nil {
		return out, nil, err
	}
	party, match, err := dk.env.Store.FindMatch(ctx, line.Run, line.Key)
	if errors.Is(err, store.ErrNotFound) {
		return no(line.Cell, "the match is not on record in its run")
	}
	if err != nil {
		return out, nil, err
	}
	out.match = match
	closes := line.Verdict != screening.NeedsInformation || (line.Split != "" && line.Split != screening.NeedsInformation)
	submitters := []string{run.By}
	if len(run.Inputs) == 0 { // a night: its rows came with the sheets of others
		if submitters, err = dk.env.Store.Submitters(ctx, line.Run, line.Key); err != nil {
			return out, nil, err
		}
	}
	if line.Grade == screening.Escalate && dk.actor != "" && slices.Contains(submitters, dk.actor) && closes {
		return no(line.Cell, "who submitted the sheet cannot close an escalated match of it")
	}
	if dk.env.Unsigned && line.Grade == screening.Escalate && closes {
		return no(line.Cell, "nobody is signed in here, and closing an escalated match takes two people who are; send it with screener decide or on the page")
	}
	seen := map[reports.Listed]bool{}
	for _, l := range match.Listings {
		about := reports.Listed{List: l.List, Entity: l.Entity}
		verdict, reason := line.Verdict, line.Reason
		if slices.Contains(line.Except, about) {
			if verdict, reason = line.Split, "split_off"; verdict == "" {
				continue
			}
		}
		if seen[about] {
			continue
		}
		seen[about] = true
		e, err := dk.standing(ctx, l)
		if err != nil {
			return out, nil, err
		}
		if e == nil {
			return no(line.Cell, "the listing on "+l.List+" has changed since the workbook was made; screen again and decide on the new one")
		}
		dec := &screening.Decision{
			Verdict: verdict, Reason: reason, Note: line.Note, Reviewer: line.Reviewer, Second: line.Second,
			Actor: dk.actor, Submitter: strings.Join(submitters, ", "), Grade: line.Grade, Run: line.Run, Made: dk.now, Expires: line.Expires,
			PartyKey: party.Key(), EntityKey: l.Key, MatchKey: line.Key, List: l.List, Entity: e.ID,
			Strength: match.Strength, Evidence: screening.Relied(match.Evidence), Party: party, Candidate: e,
		}
		dec.ID = decisionID(dec)
		if dec.Expires.IsZero() {
			dec.Expires = screening.ExpiryOf(dk.now, dk.env.keep(), dec.PartyKey+dec.EntityKey)
		}
		out.made = append(out.made, dec)
	}
	if len(out.made) == 0 {
		return no(line.Cell, "every listing of the line was split off; nothing is left to decide on")
	}
	if q := &line.Question; q.Put() {
		var problem string
		if out.asked, problem, err = dk.asked(ctx, &out, party, dk.now); err != nil {
			return out, nil, err
		}
		if problem != "" {
			return no(cmp.Or(q.Cell, line.Cell), problem)
		}
	}
	if line.Closed.Closing == "" {
		return out, nil, nil
	}
	closings, problem, err := dk.closings(ctx, &out)
	if err != nil {
		return out, nil, err
	}
	out.closings = closings
	if problem != "" {
		return no(line.Closed.Cell, problem)
	}
	return out, nil, nil
}

// closings are how a line closes its true matches: one for each listed party
// in each row.
func (dk *desk) closings(ctx context.Context, l *said) ([]*screening.Disposition, string, error) {
	c := &l.line.Closed
	rows, err := dk.env.Store.FindMatchRows(ctx, l.line.Run, l.line.Key)
	if err != nil {
		return nil, "", err
	}
	rows = slices.DeleteFunc(rows, func(at store.MatchAt) bool { return at.Match.Scope == nil })
	if len(rows) == 0 {
		return nil, "its rows were screened before true matches could be closed; screen again", nil
	}
	for _, n := range c.Rows {
		sheets := map[screening.Place]bool{}
		for _, at := range rows {
			if at.Place.Row == n {
				sheets[screening.Place{File: at.Place.File, Sheet: at.Place.Sheet}] = true
			}
		}
		switch len(sheets) {
		case 0:
			return nil, fmt.Sprintf("row %d is not one of the line's rows", n), nil
		case 1:
		default:
			return nil, fmt.Sprintf("row %d stands in several sheets of the line; screen them apart to close it in one", n), nil
		}
	}
	var out []*screening.Disposition
	seen := map[string]bool{}
	for _, at := range rows {
		if len(c.Rows) > 0 && !slices.Contains(c.Rows, at.Place.Row) {
			continue
		}
		for _, dec := range l.made {
			if dec.Verdict != screening.TrueMatch {
				continue
			}
			x := &screening.Disposition{
				Closing: c.Closing, Number: c.Number, Terms: c.Terms, Note: l.line.Note, Reviewer: dec.Reviewer, Second: dec.Second,
				Made: dk.now, Expires: c.Until, Actor: dk.actor, Submitter: dec.Submitter, Grade: dec.Grade, Run: dec.Run,
				PartyKey: dec.PartyKey, EntityKey: dec.EntityKey, WorkKey: at.Match.Scope.Key(), List: dec.List, Entity: dec.Entity,
				Party: dec.Party.Name, Name: dec.Candidate.Name(), Controls: dec.Candidate.Controls(), Scope: *at.Match.Scope, Place: at.Place,
			}
			x.ID = dispositionID(x)
			if seen[x.ID] {
				continue // two rows of one work
			}
			seen[x.ID] = true
			if x.Expires.IsZero() {
				x.Expires = screening.ExpiryOf(dk.now, dk.env.keep(), x.PartyKey+x.EntityKey+x.WorkKey)
			}
			out = append(out, x)
		}
	}
	return out, "", nil
}

// notKept are those of the acts that are not on record yet.
func notKept[T any](ctx context.Context, all []*T, id func(*T) string, find func(context.Context, string) (*T, error)) ([]*T, error) {
	var fresh []*T
	for _, d := range all {
		_, err := find(ctx, id(d))
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

// dispositionID stands for how one person closed one row's match in one
// report of one run.
func dispositionID(d *screening.Disposition) string {
	h := sha256.Sum256([]byte(strings.Join([]string{
		d.PartyKey, d.EntityKey, d.WorkKey, string(d.Closing), d.Number, d.Terms, d.Note, d.Reviewer, d.Second, d.Actor, d.Run, d.Expires.UTC().Format(time.RFC3339),
	}, "\x00")))
	return "c" + hex.EncodeToString(h[:8])
}

// standing is the listed party as the edition in force has it, with the same
// content: under its id, or under another one where the publisher has given it
// one since. nil when it has changed or is gone.
func (dk *desk) standing(ctx context.Context, l screening.Listing) (*screening.Entity, error) {
	ed, err := dk.env.Store.Edition(ctx, l.List)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, err := dk.env.Store.Entity(ctx, l.List, ed.Seq, l.Entity)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err == nil && e.Key() == l.Key {
		return e, nil
	}
	if dk.ids == nil {
		dk.ids = map[string]map[string]string{}
	}
	if dk.ids[l.List] == nil {
		ids := map[string]string{}
		for e, err := range dk.env.Store.Entities(ctx, l.List, ed.Seq) {
			if err != nil {
				return nil, err
			}
			ids[e.Key()] = e.ID
		}
		dk.ids[l.List] = ids
	}
	id, ok := dk.ids[l.List][l.Key]
	if !ok {
		return nil, nil
	}
	return dk.env.Store.Entity(ctx, l.List, ed.Seq, id)
}

// loadMemory is what reviewers have decided so far.
func loadMemory(ctx context.Context, env *Env) (*screening.Memory, error) {
	return memoryUpTo(ctx, env, math.MaxInt64)
}

// memoryUpTo is loadMemory as it was when the store's LastDecision was last.
func memoryUpTo(ctx context.Context, env *Env, last int64) (*screening.Memory, error) {
	var failed error
	m := screening.NewMemory(unfailing(env.Store.DecisionsUpTo(ctx, last), &failed))
	if failed != nil {
		return nil, failed
	}
	return m.Close(unfailing(env.Store.DispositionsUpTo(ctx, last), &failed)), failed
}

// unfailing yields values up to the first error, which it keeps.
func unfailing[T any](all iter.Seq2[T, error], failed *error) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v, err := range all {
			if err != nil {
				*failed = err
				return
			}
			if !yield(v) {
				return
			}
		}
	}
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
