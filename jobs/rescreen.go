package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"partnerscreen/lists"
	"partnerscreen/matching"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

var rescreenJob = Job{
	Kind: "rescreen",
	Doc:  "screen the active collaborations again and report what changed",
	Schedules: func(*Env) []Schedule {
		return []Schedule{{Name: "rescreen", Spec: "20 4 * * *"}} // after the lists were looked at and the backup made
	},
	Run: func(ctx context.Context, env *Env, args json.RawMessage) (any, error) {
		var opts RescreenOptions
		if err := json.Unmarshal(args, &opts); err != nil {
			return nil, fmt.Errorf("reading what to rescreen: %w", err)
		}
		out, err := Rescreen(ctx, env, opts)
		return out, errors.Join(err, announceNight(ctx, env, out, err))
	},
}

// RescreenOptions say how to screen again.
type RescreenOptions struct {
	Full bool `json:"full,omitempty"` // everything, though little changed
	// AcceptMissing names lists the office goes without this time.
	AcceptMissing []string `json:"accept_missing,omitempty"`
	// Out is the workbook to write, whatever changed; "" writes one where
	// something did, into the folder of reports.
	Out string `json:"out,omitempty"`
}

// Rescreened is what became of a night. Night.ID is 0 where nothing is active:
// then there was nothing to do, and nothing is recorded.
type Rescreened struct {
	Night *screening.Night `json:"night"`
	Run   *screening.Run   `json:"-"`
	// Report is the workbook that was written, "" for none.
	Report string `json:"report,omitempty"`
}

// maxShare is the share of the listed parties that may have changed, as 1 in
// maxShare, before it is less work to compare every party with all of them.
const maxShare = 4

// Rescreen screens the active collaborations again: what changed on the lists
// against all parties, parties that changed against all lists, and everything when the policy, the
// matcher, or the lists in use changed. It comes to what screening everything would. It fetches
// nothing. A night that was cut short is taken up, and one that would leave a
// collaboration out is an error.
func Rescreen(ctx context.Context, env *Env, opts RescreenOptions) (*Rescreened, error) {
	n := &night{env: env, day: env.today(), found: map[string]string{}, differs: map[string]bool{}, changes: map[string]screening.Change{}, names: map[string]string{}}
	active, err := env.Store.CountActive(ctx, env.Office, n.day)
	if err != nil {
		return nil, err
	}
	if active == 0 {
		return &Rescreened{Night: &screening.Night{Office: env.Office}}, nil
	}
	if n.held, err = pick(ctx, env, nil, opts.AcceptMissing, time.Time{}); err != nil {
		return nil, err
	}
	if err := n.begin(ctx, opts); err != nil {
		return nil, err
	}
	if err := n.work(ctx); err != nil {
		return nil, err
	}
	out := &Rescreened{Night: n.Night, Run: n.run, Report: opts.Out}
	if err := SyncOpen(ctx, env); err != nil {
		return out, err
	}
	if out.Report == "" && env.Reports != "" && n.Counts.Changed+n.Counts.EndedOpen > 0 {
		if err := os.MkdirAll(env.Reports, 0o750); err != nil {
			return out, fmt.Errorf("making the folder of reports: %w", err)
		}
		out.Report = filepath.Join(env.Reports, "rescreen-"+n.run.ID+".xlsx")
	}
	if out.Report == "" {
		return out, nil
	}
	return out, writeWhole(out.Report, func(w io.Writer) error { return WriteNight(ctx, env, n.ID, w, "xlsx") })
}

// writeWhole writes a file that appears only when it is complete. What is
// there and no ordinary file, such as /dev/null, is written to and never replaced.
func writeWhole(path string, write func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		return errors.Join(write(f), f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".screener-*")
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if err := errors.Join(write(f), f.Chmod(0o640), f.Close()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// night is one rescreening in progress.
type night struct {
	*screening.Night
	env  *Env
	day  string
	held *Held
	run  *screening.Run
	last *screening.Night // nil before the first
	// amendments are what became of the policy since the last night; empty
	// also where its runs are kept no more.
	amendments []screening.Amendment

	// What changed since the last night, and is the cause of what it changes.
	changes map[string]screening.Change // by list and entity
	changed []*screening.Entity         // as they were and as they are
	names   map[string]string           // folded names decisions are about -> what became of the decision

	mu         sync.Mutex
	found      map[string]string        // by digest of a party: what stands for its candidates now
	differs    map[string]bool          // by digest: its candidates are others than the last night's
	again      map[int64]*store.Earlier // rows an attempt that was cut short has changed
	worked     []int64
	rescreened int
}

// begin works out what has changed since the last night, and opens this one.
func (n *night) begin(ctx context.Context, opts RescreenOptions) error {
	env, st := n.env, n.env.Store
	now := env.Now().UTC().Truncate(time.Microsecond)
	n.Night = &screening.Night{Office: env.Office, Started: now, Basis: n.basis(now)}
	var err error
	if n.Basis.Decisions, err = st.LastDecision(ctx); err != nil {
		return err
	}
	if n.held.Judge.Memory, err = memoryUpTo(ctx, env, n.Basis.Decisions); err != nil {
		return err
	}
	n.held.Judge.Now = now
	if n.last, err = st.LastNight(ctx, env.Office); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	open, err := st.OpenNight(ctx, env.Office)
	if err != nil {
		return err
	}
	if open != nil {
		if err := closeRuns(ctx, env, open.Counts.Runs); err != nil {
			return err
		}
		n.Counts.Runs = open.Counts.Runs
		if n.again, err = st.Earlier(ctx, open.ID); err != nil {
			return err
		}
	}
	if err := n.comparePolicy(ctx); err != nil {
		return err
	}
	switch {
	case opts.Full:
		n.Counts.Full = "asked for"
	case n.last == nil:
		n.Counts.Full = "the first night"
	case open != nil && open.Counts.Full != "":
		n.Counts.Full = open.Counts.Full + "; taken up after it was cut short"
	default:
		if n.Counts.Full, err = n.compare(ctx); err != nil {
			return err
		}
	}
	if n.last != nil {
		if err := n.compareDecisions(ctx); err != nil {
			return err
		}
	}
	n.run = &screening.Run{
		ID: runID(now), Started: now, Version: env.Version, By: env.Actor, Editions: n.held.Used, Policy: env.Policy,
		NotChecked: n.held.notChecked(true),
	}
	n.held.decisions = n.Basis.Decisions
	n.run.Terms = inJSON(termsOf(env, n.held, ScreenOptions{}))
	n.Counts.Runs = append(n.Counts.Runs, n.run.ID)
	if err := st.StartRun(ctx, n.run); err != nil {
		return err
	}
	return st.BeginNight(ctx, n.Night)
}

// comparePolicy says in words what became of the policy since the last night.
func (n *night) comparePolicy(ctx context.Context) error {
	if n.last == nil || n.last.Basis.Policy == n.Basis.Policy || len(n.last.Counts.Runs) == 0 {
		return nil
	}
	was, err := n.env.Store.Run(ctx, n.last.Counts.Runs[len(n.last.Counts.Runs)-1])
	if errors.Is(err, store.ErrNotFound) || err == nil && was.Policy == nil {
		return nil
	}
	if err != nil {
		return err
	}
	n.amendments = screening.Amendments(was.Policy, n.last.Basis.At, n.env.Policy, n.Basis.At)
	for i := range n.amendments {
		n.Counts.Amendments = append(n.Counts.Amendments, n.amendments[i].Text())
	}
	return nil
}

// basis is what this night screens against and by.
func (n *night) basis(now time.Time) screening.NightBasis {
	policy := []any{n.env.Policy}
	// A rule comes in force and goes with its day.
	for i := range n.env.Policy.OwnershipRules {
		policy = append(policy, n.env.Policy.OwnershipRules[i].On(now))
	}
	for i := range n.env.Policy.DestinationRules {
		policy = append(policy, n.env.Policy.DestinationRules[i].On(now))
	}
	b := screening.NightBasis{At: now, Editions: map[string]int{}, Policy: digestOf(policy), Matcher: matching.Version + " of " + n.env.Version}
	var used []string
	for _, u := range n.held.Used {
		line := u.List + " " + string(u.Bearing)
		if law := n.held.Judge.Blocking[u.List]; law != "" {
			line += " (" + law + ")"
		}
		if n.held.Judge.Restricted[u.List] {
			line += " restricted"
		}
		switch {
		case u.Register: // who stands above whom, anywhere
			line += fmt.Sprintf(" edition %d", u.Seq)
		case u.Missing != "":
			line += " not used"
		default:
			b.Editions[u.List] = u.Seq
		}
		used = append(used, line)
	}
	for _, list := range n.held.Judge.Unscreened {
		used = append(used, list+" gone without")
	}
	slices.Sort(used)
	b.Lists = strings.Join(used, "; ")
	return b
}

func digestOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // policies and candidates hold only what JSON can say
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// closeRuns ends runs that were cut short with what they have, so that the
// record says so.
func closeRuns(ctx context.Context, env *Env, ids []string) error {
	for _, id := range ids {
		run, err := env.Store.Run(ctx, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && !run.Finished.IsZero() {
			continue
		}
		if err != nil {
			return err
		}
		run.Counts = screening.Counts{}
		for r, err := range env.Store.Results(ctx, id) {
			if err != nil {
				return err
			}
			run.Counts.Add(r)
		}
		run.Finished = env.Now().UTC()
		run.NotChecked = append(run.NotChecked, "The run was cut short; the next one of its night went on.")
		if err := env.Store.FinishRun(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// compare finds what changed on the lists since the last night, or says why
// everything has to be worked.
func (n *night) compare(ctx context.Context) (full string, err error) {
	was, is := n.last.Basis, n.Basis
	switch {
	case was.Policy != is.Policy && len(n.amendments) > 0:
		return "the policy changed: " + strings.Join(n.Counts.Amendments, "; "), nil
	case was.Policy != is.Policy:
		return "the policy changed", nil
	case was.Matcher != is.Matcher:
		return "the program changed", nil
	case was.Lists != is.Lists:
		return "the lists in use, how they bear on the office, or the register of organisations changed", nil
	}
	total := 0
	for _, used := range n.held.Used {
		if used.Missing != "" || used.Register {
			continue
		}
		total += used.Entities
		from, to := was.Editions[used.List], used.Seq
		if from == to {
			continue
		}
		card, err := n.env.card(used.List)
		if err != nil {
			return "", err
		}
		for p, err := range n.env.Store.Changes(ctx, used.List, from, to) {
			if errors.Is(err, store.ErrNotFound) {
				return "the last night's edition of " + used.List + " is kept no more", nil
			}
			if err != nil {
				return "", err
			}
			n.note(card, p)
		}
	}
	if err := n.turned(ctx); err != nil {
		return "", err
	}
	if len(n.changes)*maxShare > total {
		return fmt.Sprintf("%d of the %d listed parties changed", len(n.changes), total), nil
	}
	n.Counts.Entities = len(n.changes)
	return "", nil
}

// note takes down one listed party that changed.
func (n *night) note(card *lists.Card, p store.Pair) {
	before, after := p.Old, p.New
	for _, e := range []*screening.Entity{before, after} {
		if e != nil {
			n.changed = append(n.changed, e)
		}
	}
	for _, ch := range lists.Compare(card, func(yield func(before, after *screening.Entity) bool) { yield(before, after) }) {
		n.changes[ch.List+"\x00"+ch.Entity] = ch
	}
	// What differs only in how it is written down is no change to people, and
	// still may show in a result.
	for _, e := range []*screening.Entity{before, after} {
		if e == nil {
			continue
		}
		if key := e.List + "\x00" + e.ID; n.changes[key].List == "" {
			n.changes[key] = screening.Change{List: e.List, Entity: e.ID, Change: screening.Changed, Name: e.Name()}
		}
	}
}

// turned takes down the listed parties whose links, as their list dates them,
// began or ended since the last night.
func (n *night) turned(ctx context.Context) error {
	today := n.Basis.At.Format(time.DateOnly)
	if next := n.last.Counts.NextTurn; next == "" || next > today {
		return nil
	}
	if err := n.load(ctx); err != nil {
		return err
	}
	for _, e := range n.held.Judge.Ties.Turned(n.last.Basis.At.Format(time.DateOnly), today) {
		n.changed = append(n.changed, e)
		key := e.List + "\x00" + e.ID
		ch, known := n.changes[key]
		if !known {
			ch = screening.Change{List: e.List, Entity: e.ID, Change: screening.Changed, Name: e.Name()}
		}
		ch.Fields = append(ch.Fields, screening.FieldChange{Field: "links", Added: []string{"one began or ended by its date"}})
		n.changes[key] = ch
	}
	return nil
}

// compareDecisions finds the names whose decisions were made, revoked or ran
// out since the last night.
func (n *night) compareDecisions(ctx context.Context) error {
	decisions, dispositions, err := n.env.Store.DecisionsAfter(ctx, n.last.Basis.Decisions)
	if err != nil {
		return err
	}
	about := func(name, what string) {
		n.Counts.Decisions++
		n.names[name] = what
	}
	from, to := n.last.Basis.At, n.Basis.At
	ranOut := func(end time.Time) bool { return end.After(from) && !end.After(to) }
	for d, err := range n.env.Store.DecisionsUpTo(ctx, n.Basis.Decisions) {
		if err != nil {
			return err
		}
		if d.Party != nil && ranOut(d.Expires) {
			about(d.Party.FoldedName(), "decision "+d.ID+" expired on "+d.Expires.Format(time.DateOnly))
		}
	}
	for d, err := range n.env.Store.DispositionsUpTo(ctx, n.Basis.Decisions) {
		if err != nil {
			return err
		}
		if !d.Erased() && ranOut(d.Expires) {
			about(folded(d.Party), "disposition "+d.ID+" ended on "+d.Expires.Format(time.DateOnly))
		}
	}
	became := func(revoked string) string {
		if revoked != "" {
			return "was revoked by " + revoked
		}
		return "was made"
	}
	for _, d := range decisions {
		if d.Party != nil {
			about(d.Party.FoldedName(), "decision "+d.ID+" "+became(d.Revoked))
		}
	}
	for _, d := range dispositions {
		if !d.Erased() {
			about(folded(d.Party), "disposition "+d.ID+" "+became(d.Revoked))
		}
	}
	return nil
}

func folded(name string) string { return (&screening.Party{Name: name}).FoldedName() }

// work screens again what has to be, and finishes the night.
func (n *night) work(ctx context.Context) error {
	st := n.env.Store
	waiting, err := st.WaitingRows(ctx, n.Office, n.day)
	if err != nil {
		return err
	}
	n.Counts.Rows = len(waiting)
	if n.Counts.Full != "" {
		err = n.workAll(ctx)
	} else {
		err = n.workDifference(ctx, waiting)
	}
	if err != nil {
		return err
	}
	if err := st.KeepFound(ctx, n.Night, n.found); err != nil {
		return err
	}
	if err := n.leftOut(ctx, waiting); err != nil {
		return err
	}
	n.run.Finished = n.env.Now().UTC()
	n.Counts.Worked, n.Counts.Rescreened = len(n.worked), n.rescreened
	n.Counts.Untouched = n.Counts.Parties - n.rescreened
	if n.held.Matcher != nil {
		n.Counts.NextTurn = n.held.Judge.Ties.NextTurn(n.Basis.At.Format(time.DateOnly))
	} else if n.last != nil { // nothing was read, for the lists are the same
		n.Counts.NextTurn = n.last.Counts.NextTurn
	}
	return st.FinishNight(ctx, n.Night, n.run, n.day)
}

// leftOut makes sure that every row that waited when the night began was worked.
func (n *night) leftOut(ctx context.Context, waiting []int64) error {
	still, err := n.env.Store.WaitingRows(ctx, n.Office, n.day)
	if err != nil {
		return err
	}
	slices.Sort(n.worked)
	for _, id := range still {
		if _, worked := slices.BinarySearch(n.worked, id); worked {
			continue // changed again meanwhile
		}
		if _, before := slices.BinarySearch(waiting, id); before {
			n.Counts.LeftOut++
		}
	}
	if n.Counts.LeftOut > 0 {
		return fmt.Errorf("%d collaborations that waited were left out; nothing of the night counts until it is run again", n.Counts.LeftOut)
	}
	return nil
}

// workAll screens every active collaboration against every list.
func (n *night) workAll(ctx context.Context) error {
	if err := n.load(ctx); err != nil {
		return err
	}
	ids, counted, err := n.env.Store.Active(ctx, n.Office, n.day)
	if err != nil {
		return err
	}
	rows := n.rowsOf(ids, func(some []int64) ([]*store.NightRow, error) { return n.env.Store.RowsAt(ctx, n.Office, some) })
	report := n.env.progress("screening again", "collaborations")
	finder := newFinder(n.held, n.env.Policy)
	err = n.screen(ctx, rows, finder, func(done int) { report(int64(done), int64(counted.Collaborations)) })
	if err != nil {
		return err
	}
	if len(n.worked) != counted.Collaborations {
		return fmt.Errorf("%d collaborations are active and %d were screened again; nothing of the night counts until it is run again", counted.Collaborations, len(n.worked))
	}
	n.Counts.Parties, err = n.env.Store.CountParties(ctx, n.Office, n.day)
	n.rescreened = n.Counts.Parties
	return err
}

// load reads and indexes the lists.
func (n *night) load(ctx context.Context) error {
	if n.held.Matcher != nil {
		return nil
	}
	return n.held.load(ctx, n.env)
}

// workDifference screens again the rows of parties that a listed party which
// changed may be, was, or is no more; the rows that decisions are about; and those
// that wait.
func (n *night) workDifference(ctx context.Context, waiting []int64) error {
	st := n.env.Store
	touched, err := n.touched(ctx)
	if err != nil {
		return err
	}
	ids := slices.AppendSeq(slices.Clone(waiting), maps.Keys(n.again))
	about, err := st.RowsOfNames(ctx, slices.Sorted(maps.Keys(n.names)))
	if err != nil {
		return err
	}
	ids = append(ids, about...)
	if len(touched)+len(ids) == 0 {
		return nil
	}
	if err := n.load(ctx); err != nil {
		return err
	}
	finder := newFinder(n.held, n.env.Policy)
	// A party is asked about once, however many rows name it: only where its
	// candidates are others now do its rows matter.
	var others []int64
	for chunk, err := range inOrder(ctx, each(touched), func(p *store.WatchedParty) *store.WatchedParty {
		now := finder.stands(p.Party)
		n.mu.Lock()
		defer n.mu.Unlock()
		n.found[p.Digest] = now
		if now == p.Found {
			return nil
		}
		return p
	}) {
		if err != nil {
			return err
		}
		for _, p := range chunk {
			if p != nil {
				others = append(others, p.ID)
			}
		}
	}
	rows, err := st.RowsOfParties(ctx, others)
	if err != nil {
		return err
	}
	ids = append(ids, rows...)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	report := n.env.progress("screening again", "collaborations")
	active := n.rowsOf(ids, func(some []int64) ([]*store.NightRow, error) { return st.Rows(ctx, n.Office, n.day, some) })
	err = n.screen(ctx, active, finder, func(done int) { report(int64(done), int64(len(ids))) })
	n.rescreened = len(n.found)
	return err
}

func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// rowsOf reads collaborations a chunk at a time.
func (n *night) rowsOf(ids []int64, read func(some []int64) ([]*store.NightRow, error)) iter.Seq2[*store.NightRow, error] {
	return func(yield func(*store.NightRow, error) bool) {
		for some := range slices.Chunk(ids, chunkRows) {
			rows, err := read(some)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// touched are the parties that a listed party which changed may be, as it was
// or as it is. All active parties are compared with those alone; what scores below the note
// line is no part of a result.
func (n *night) touched(ctx context.Context) ([]*store.WatchedParty, error) {
	if len(n.changed) == 0 {
		var err error
		n.Counts.Parties, err = n.env.Store.CountParties(ctx, n.Office, n.day)
		return nil, err
	}
	// What stands below a party that changed, by the lists' links, is touched with it.
	if err := n.load(ctx); err != nil {
		return nil, err
	}
	below, named := n.held.Judge.Ties.Below(n.changed)
	ix := matching.NewIndex(slices.Values(slices.Concat(n.changed, below)), matching.Options{Policy: n.env.Policy})
	line := screening.Round(min(n.env.Policy.NoteLine, n.env.Policy.ReviewLine))
	var counted store.Watch
	parties := n.env.Store.WatchedParties(ctx, n.Office, n.day, func(w store.Watch) { counted = w })
	report := n.env.progress("comparing with what changed", "parties")
	type seen struct {
		*store.WatchedParty
		touched bool
	}
	var out []*store.WatchedParty
	met, links := 0, 0
	for chunk, err := range inOrder(ctx, parties, func(p *store.WatchedParty) seen {
		found := ix.Above(p.Party, line)
		return seen{p, len(found) > 0 && screening.Round(found[0].Score) >= line || named(p.Party)}
	}) {
		if err != nil {
			return nil, err
		}
		for _, s := range chunk {
			met, links = met+1, links+s.Links
			if s.touched {
				out = append(out, s.WatchedParty)
			}
		}
		report(int64(met), 0)
	}
	if links != counted.Links {
		return nil, fmt.Errorf("active collaborations name parties in %d places, and those of %d were compared; nothing of the night counts until it is run again", counted.Links, links)
	}
	n.Counts.Parties = met
	return out, nil
}

// screen assesses rows against every list and keeps what comes of it.
func (n *night) screen(ctx context.Context, rows iter.Seq2[*store.NightRow, error], finder *finder, progress func(done int)) error {
	for chunk, err := range inOrder(ctx, rows, func(row *store.NightRow) *store.NightResult {
		above := followed(row.Partner)
		r := &store.NightResult{Row: row, Result: assess(n.held.Judge, finder, row.Partner)}
		r.Outcome, r.Followed = r.Result.Outcome(), followed(row.Partner) != above
		row.Partner.Place = row.Place
		return r
	}) {
		if err != nil {
			return err
		}
		if err := n.explain(ctx, chunk); err != nil {
			return err
		}
		found := map[string]string{}
		for _, r := range chunk {
			n.worked = append(n.worked, r.Row.ID)
			if r.Differs() {
				n.run.Counts.Add(r.Result)
			}
			for i := range r.Result.Partner.Parties {
				p := &r.Result.Partner.Parties[i]
				digest, err := store.PartyDigest(p)
				if err != nil {
					return err
				}
				found[digest] = finder.stands(p)
			}
		}
		if n.Counts.Full == "" {
			// Kept at the end: one kept before all its rows were would look settled
			// to the night that takes this one up.
			maps.Copy(n.found, found)
			found = nil
		}
		if err := n.env.Store.KeepNight(ctx, n.Night, n.run, chunk, found); err != nil {
			return err
		}
		progress(len(n.worked))
	}
	return nil
}

// followed stands for the parties that a register put above those of a row.
func followed(p *screening.Partner) string {
	var above []*screening.Party
	for i := range p.Parties {
		if p.Parties[i].Via != "" {
			above = append(above, p.Parties[i].Content())
		}
	}
	if len(above) == 0 {
		return ""
	}
	return digestOf(above)
}

// explain says of the rows that came to something else what made them, and
// whether a person has something new to decide.
func (n *night) explain(ctx context.Context, chunk []*store.NightResult) error {
	var rows []*store.NightRow
	for _, r := range chunk {
		if earlier := n.again[r.Row.ID]; earlier != nil {
			r.Again = true
			r.Row.Resume(earlier)
		}
		if r.Changed() {
			rows = append(rows, r.Row)
		}
	}
	before, err := n.env.Store.ResultsBefore(ctx, rows)
	if err != nil {
		return err
	}
	for _, r := range chunk {
		if r.Changed() {
			// What its sheet's screening came to was in that report.
			r.Opens = r.Differs() && screening.Opens(before[r.Row.ID], r.Result)
			r.Causes = n.causes(r, before[r.Row.ID])
		}
	}
	return nil
}

func (n *night) causes(r *store.NightResult, before *screening.Result) []screening.Cause {
	var out []screening.Cause
	if earlier := n.again[r.Row.ID]; earlier != nil {
		for _, c := range earlier.Causes {
			if c.Kind == screening.CausePartner {
				out = append(out, c)
			}
		}
	} else if r.Row.Waiting && !r.Row.New {
		out = append(out, screening.Cause{Kind: screening.CausePartner, Why: "the sheet changed the row"})
	}
	listed := map[string]bool{}
	look := func(m *screening.Match) {
		if m == nil {
			return
		}
		for _, l := range m.Listings {
			key := l.List + "\x00" + l.Entity
			if ch, ok := n.changes[key]; ok && !listed[key] {
				listed[key] = true
				out = append(out, screening.Cause{Kind: screening.CauseList, List: ch.List, Entity: ch.Entity, Name: ch.Name, Change: ch.Change, Fields: ch.Fields})
			}
		}
	}
	for _, result := range []*screening.Result{r.Result, before} {
		if result == nil {
			continue
		}
		for i := range result.Parties {
			for k := range result.Parties[i].Matches {
				look(&result.Parties[i].Matches[k])
			}
			look(result.Parties[i].Nearest)
		}
	}
	for i := range r.Result.Partner.Parties {
		if what, ok := n.names[r.Result.Partner.Parties[i].FoldedName()]; ok {
			out = append(out, screening.Cause{Kind: screening.CauseDecision, Why: what})
		}
	}
	for i := range n.amendments {
		if a := &n.amendments[i]; a.Concerns(before, r.Result) {
			out = append(out, screening.Cause{Kind: screening.CausePolicy, Why: a.Explain(before, r.Result)})
		}
	}
	if n.Counts.Full != "" && len(out) == 0 {
		kind, why := screening.CausePolicy, n.Counts.Full
		if n.last != nil && n.sameJudgement() {
			kind, why = screening.CauseList, "the lists changed"
		}
		out = append(out, screening.Cause{Kind: kind, Why: why})
	}
	if len(out) == 0 {
		out = append(out, screening.Cause{Kind: screening.CauseList, Why: "what else is listed changed"})
	}
	return out
}

// sameJudgement reports whether the night judges as the last one did.
func (n *night) sameJudgement() bool {
	was, is := n.last.Basis, n.Basis
	return was.Policy == is.Policy && was.Matcher == is.Matcher && was.Lists == is.Lists
}

// finder finds candidates once a party, for it remembers a bounded number of
// parties, and tells what stands for them.
type finder struct {
	memo
	ties   *screening.Ties
	line   float64
	review float64
	day    string
}

func newFinder(held *Held, policy *screening.Policy) *finder {
	return &finder{
		memo: memo{matcher: held.Matcher, found: map[string][]screening.Candidate{}}, ties: held.Judge.Ties,
		line: screening.Round(min(policy.NoteLine, policy.ReviewLine)), review: policy.ReviewLine,
		day: held.Judge.Now.UTC().Format(time.DateOnly),
	}
}

// Match answers like the matcher it stands before: two parties of one content
// are asked about as one, whatever their roles.
func (f *finder) Match(p *screening.Party) []screening.Candidate { return f.memo.Match(p.Content()) }

// stands stands for the candidates of a party that have a strength, and for who
// stands above it by the lists' links: two of one text are two of one outcome.
func (f *finder) stands(p *screening.Party) string {
	type candidate struct {
		Hash, Matched string
		Score         float64
		Evidence      []screening.Evidence
	}
	var all []candidate
	for _, c := range f.Match(p) {
		if screening.Round(c.Score) >= f.line {
			all = append(all, candidate{c.Entity.Hash(), c.Matched.Text, c.Score, c.Evidence})
		}
	}
	above := f.ties.Stands(p, f.Match(p), f.review, f.day)
	switch {
	case len(all) == 0 && above == "":
		return "none"
	case above == "":
		return digestOf(all)
	}
	return digestOf([]any{all, above})
}

// WriteNight writes what a night changed: "xlsx", or "json", one object for each changed party.
func WriteNight(ctx context.Context, env *Env, id int64, w io.Writer, format string) error {
	n, err := env.Store.Night(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && n.Office != env.Office {
		return fmt.Errorf("there is no night %d", id)
	}
	if err != nil {
		return err
	}
	switch format {
	case "json":
		return nightJSON(ctx, env, n, w)
	case "xlsx":
		return nightBook(ctx, env, n, w)
	}
	return fmt.Errorf("there is no format %q of a night; there are xlsx and json", format)
}
