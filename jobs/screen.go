package jobs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"partnerscreen/lists"
	"partnerscreen/matching"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
)

// ScreenOptions say what to screen, against what, and how.
type ScreenOptions struct {
	Files   []string       `json:"files"`
	Lists   []string       `json:"lists,omitempty"` // empty: every enabled list
	Columns intake.Columns `json:"columns,omitempty"`
	// AsOf screens against the editions that were in force at that time; zero is now.
	AsOf time.Time `json:"as_of,omitzero"`
	// AcceptMissing names lists the office goes without this time.
	AcceptMissing []string `json:"accept_missing,omitempty"`
}

// MissingLists says that enabled binding lists have no usable edition.
type MissingLists struct{ Lists []screening.EditionUsed }

func (e *MissingLists) Error() string {
	var b strings.Builder
	b.WriteString("these lists bind the office and cannot be used:\n")
	var ids []string
	for _, l := range e.Lists {
		fmt.Fprintf(&b, "  %s: %s\n", l.List, l.Missing)
		ids = append(ids, l.List)
	}
	fmt.Fprintf(&b, "refresh them (screener refresh %s), leave them out of lists.enabled in the configuration, or go without for this run with --accept-missing LIST", strings.Join(ids, " "))
	return b.String()
}

// Screening is one run in progress: its lists are loaded and its files are
// open. Results may be taken once; then Close.
type Screening struct {
	Run *screening.Run

	env    *Env
	held   *Held
	books  []*intake.Book
	upload *store.Upload // nil: the rows are not kept as collaborations
	begun  bool          // the run is in the store
	// viewer is who the report is for; nil sees all.
	viewer *screening.Viewer
}

// Held are the lists a run screens against, loaded and indexed.
type Held struct {
	Used    []screening.EditionUsed
	Judge   *screening.Judge
	Matcher *matching.Index
	lists   *loaded  // nil until they are
	notUsed []string // lists that were not screened against, in a reader's words
	// decisions is the last decision that counts, as the store's LastDecision says it.
	decisions int64
}

// Hold loads and indexes the lists a run screens against. It errors with
// *MissingLists when an enabled binding list has no usable edition and its
// absence was not accepted.
func Hold(ctx context.Context, env *Env, only, acceptMissing []string, asOf time.Time) (*Held, error) {
	h, err := pick(ctx, env, only, acceptMissing, asOf)
	if err != nil {
		return nil, err
	}
	err = env.Store.InTx(ctx, "looking up the last decision", func(tx *store.Tx) error {
		h.decisions, err = tx.LastDecision(ctx, asOf)
		return err
	})
	if err != nil {
		return nil, err
	}
	if h.Judge.Memory, err = memoryUpTo(ctx, env, h.decisions); err != nil {
		return nil, err
	}
	return h, h.load(ctx, env)
}

// load takes the lists that were picked from the shelf of the process, or reads and indexes them.
func (h *Held) load(ctx context.Context, env *Env) error {
	return h.loadFrom(ctx, env, env.Shelf)
}

func (h *Held) loadFrom(ctx context.Context, env *Env, shelf *Shelf) error {
	l, err := shelf.load(ctx, env, h)
	if err != nil {
		return err
	}
	h.lists, h.Matcher, h.Judge.Registry, h.Judge.Ties = l, l.index, l.registry, l.ties
	return nil
}

// pick chooses the editions a run screens against, without loading them.
func pick(ctx context.Context, env *Env, only, acceptMissing []string, asOf time.Time) (*Held, error) {
	for _, id := range slices.Concat(only, acceptMissing) {
		if _, err := env.card(id); err != nil {
			return nil, err
		}
	}
	now := env.Now().UTC().Truncate(time.Microsecond)
	if !asOf.IsZero() {
		if err := mayLookBack(ctx, env, asOf); err != nil {
			return nil, err
		}
		now = asOf.UTC()
	}
	h := &Held{Judge: newJudge(env, env.Policy, now)}
	var missing []screening.EditionUsed
	for i := range env.Cards {
		card := &env.Cards[i]
		reason := env.off(card)
		if reason == "" && len(only) > 0 && !slices.Contains(only, card.ID) {
			reason = "left out of this run"
		}
		if reason != "" {
			h.notUsed = append(h.notUsed, fmt.Sprintf("List %s (%s): %s", card.ID, card.Title, reason))
			continue
		}
		used := screening.EditionUsed{Title: card.Title, Controls: card.Controls, Bearing: env.bearing(card), Licence: card.Licence}
		ed, err := editionInForce(ctx, env, card.ID, asOf)
		if err != nil {
			return nil, err
		}
		used.List = card.ID
		if ed == nil {
			used.Missing = "never imported"
		} else {
			used.Edition = *ed
			used.Stale = stale(card, ed, now)
			if age := env.Now().Sub(ed.Fetched); asOf.IsZero() && env.MaxAge > 0 && age > env.MaxAge {
				used.Missing = fmt.Sprintf("last fetched %s ago, more than the %s allowed", days(age), days(env.MaxAge))
			}
		}
		h.Used = append(h.Used, used)
		h.Judge.Bearing[card.ID] = used.Bearing
		if env.blocked(card) {
			h.Judge.Blocking[card.ID] = card.Blocking
		}
		if used.Missing == "" {
			continue
		}
		accepted := slices.Contains(acceptMissing, card.ID)
		switch {
		case used.Bearing == screening.Binding && !accepted:
			missing = append(missing, used)
		case used.Bearing == screening.Binding:
			h.Judge.Unscreened = append(h.Judge.Unscreened, card.ID)
		}
		h.notUsed = append(h.notUsed, fmt.Sprintf("List %s (%s): %s", card.ID, card.Title, used.Missing))
	}
	if len(missing) > 0 {
		return nil, &MissingLists{missing}
	}
	for i := range lists.Registries {
		card := &lists.Registries[i]
		ed, err := editionInForce(ctx, env, card.ID, asOf)
		if err != nil {
			return nil, err
		}
		if ed != nil {
			h.Used = append(h.Used, screening.EditionUsed{
				Edition: *ed, Title: card.Title, Bearing: screening.Informative, Licence: card.Licence, Register: true, Stale: stale(card, ed, now),
			})
		}
	}
	return h, nil
}

// NoEditionThen says that a look back goes behind the first edition.
type NoEditionThen struct{ Why string }

func (e *NoEditionThen) Error() string { return e.Why }

// mayLookBack errors where the lists had no edition yet on the day asked for, or the day is still to come.
func mayLookBack(ctx context.Context, env *Env, asOf time.Time) error {
	if today := env.Now().UTC().Truncate(24 * time.Hour); !asOf.Before(today.AddDate(0, 0, 1)) {
		return &NoEditionThen{asOf.Format(time.DateOnly) + " is still to come: lists and decisions of that day are not known"}
	}
	first, err := env.Store.FirstInForce(ctx)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil // nothing was ever imported, and the lists say so
	case err != nil:
		return err
	case asOf.Before(first):
		return &NoEditionThen{fmt.Sprintf("no list had an edition on %s: the first came in force on %s; name that day or a later one",
			asOf.Format(time.DateOnly), first.Format(time.DateOnly))}
	}
	return nil
}

func newJudge(env *Env, policy *screening.Policy, now time.Time) *screening.Judge {
	j := &screening.Judge{
		Policy: policy, Bearing: map[string]screening.Bearing{}, Blocking: map[string]string{}, Restricted: map[string]bool{},
		SecondOpinion: matching.OFACScore, Now: now,
	}
	for id := range env.Restricted {
		j.Restricted[id] = true
	}
	return j
}

// entities reads the lists that were picked. An error ends it.
func (h *Held) entities(ctx context.Context, env *Env) iter.Seq2[*screening.Entity, error] {
	return func(yield func(*screening.Entity, error) bool) {
		loaded := int64(0)
		report := env.progress("loading lists", "entities")
		for _, used := range h.Used {
			if used.Missing != "" || used.Register {
				continue
			}
			for e, err := range env.Store.Entities(ctx, used.List, used.Seq) {
				if err != nil {
					yield(nil, fmt.Errorf("loading %s: %w", used.List, err))
					return
				}
				if !yield(e, nil) {
					return
				}
				if loaded++; loaded%1000 == 0 {
					report(loaded, 0)
				}
			}
		}
	}
}

// notChecked says what a run never looks at, beside the lists it did not use.
func (h *Held) notChecked(persons bool) []string {
	out := slices.Clone(h.notUsed)
	out = append(out,
		h.embargoNote(),
		h.ownershipNote(),
	)
	if !persons {
		out = append(out, "People: no column of persons was mapped, so no person was checked.")
	}
	return append(out,
		"Languages: a name in one language and its listing only in another meet through listed aliases and common words, not through translation.",
		"Lists held: a party on no list named here has not been checked against any other.",
	)
}

// embargoNote names the destination rules that asked, and those that did not.
func (h *Held) embargoNote() string {
	var asked, off []string
	for i := range h.Judge.Policy.DestinationRules {
		rule := &h.Judge.Policy.DestinationRules[i]
		switch {
		case rule.On(h.Judge.Now):
			asked = append(asked, rule.Name)
		case rule.Enabled:
			off = append(off, rule.Name+" (not in force)")
		default:
			off = append(off, rule.Name)
		}
	}
	note := "Territorial embargoes: where the work is done and where items go was not checked"
	if len(asked) > 0 {
		note = "Territorial embargoes: where the work is done and where items go was asked only where a row names a place of these rules: " + strings.Join(asked, "; ")
	}
	if len(off) > 0 {
		note += ". Destination rules that are not enabled: " + strings.Join(off, "; ")
	}
	return note + "."
}

func (h *Held) ownershipNote() string {
	where := "where the sheet names the owner, or a list's own links do"
	for _, used := range h.Used {
		if used.Register {
			where = "where the sheet names the owner, a list's own links do, or " + used.Title + " names a parent"
		}
	}
	return "Ownership: who owns or controls a party was checked only " + where + "."
}

// Screen opens the files and loads the lists. Files that cannot be read are
// named in the run's inputs; the others are screened. It errors when no list
// can be loaded.
func Screen(ctx context.Context, env *Env, opts ScreenOptions) (*Screening, error) {
	held, err := Hold(ctx, env, opts.Lists, opts.AcceptMissing, opts.AsOf)
	if err != nil {
		return nil, err
	}
	s := &Screening{env: env, held: held, Run: &screening.Run{
		Started: env.Now().UTC(), Version: env.Version, By: env.Actor, Editions: held.Used, Policy: env.Policy, Terms: inJSON(termsOf(env, held, opts)),
	}}
	s.Run.ID = runID(s.Run.Started)
	s.upload = uploadOf(env, s.Run, opts, held)
	persons := false
	for _, file := range opts.Files {
		in := screening.Input{File: inputName(s.Run, filepath.Base(file))}
		book, err := intake.Open(ctx, file, intake.Options{Columns: env.columns(opts.Columns), Limits: env.Limits.Sheet})
		if err != nil && ctx.Err() != nil {
			return nil, errors.Join(ctx.Err(), s.Close())
		}
		if err != nil {
			in.Error = err.Error()
		} else {
			in.Hash, in.Sheets = book.Hash(), book.Sheets()
			s.books = append(s.books, book)
			persons = persons || mapsPersons(&in)
		}
		s.Run.Inputs = append(s.Run.Inputs, in)
	}
	s.Run.NotChecked = held.notChecked(persons)
	return s, nil
}

// uploadOf says how a run's rows are kept as collaborations: nil for a look
// back, which is no upload.
func uploadOf(env *Env, run *screening.Run, opts ScreenOptions, held *Held) *store.Upload {
	if !opts.AsOf.IsZero() {
		return nil
	}
	return &store.Upload{Run: run, Office: env.Office, Partial: len(opts.Lists) > 0 || len(held.Judge.Unscreened) > 0}
}

// inputName tells two files of one name apart: rows are found by file, sheet and row.
func inputName(run *screening.Run, base string) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(run.Inputs, func(in screening.Input) bool { return in.File == name })
	}
	name := base
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s (%d)", base, n)
	}
	return name
}

// mapsPersons reports whether a file has a column of persons.
func mapsPersons(in *screening.Input) bool {
	return slices.ContainsFunc(in.Sheets, func(sheet screening.Sheet) bool {
		return slices.ContainsFunc(sheet.Columns, func(c screening.MappedColumn) bool { return c.Role == string(screening.RolePerson) })
	})
}

// Unreadable returns the inputs that could not be read, or not to the end.
func (s *Screening) Unreadable() []screening.Input { return unreadable(s.Run) }

func unreadable(run *screening.Run) []screening.Input {
	var out []screening.Input
	for _, in := range run.Inputs {
		if in.Error != "" {
			out = append(out, in)
		}
	}
	return out
}

// Close closes the files.
func (s *Screening) Close() error {
	var errs []error
	for _, b := range s.books {
		errs = append(errs, b.Close())
	}
	return errors.Join(errs...)
}

// goOn makes the screening the rest of a run that was cut short; nil changes
// nothing. Rows that are kept already have to come to the same.
func (s *Screening) goOn(run *screening.Run) {
	if run != nil {
		s.Run.Started, s.begun = run.Started, true
	}
}

// Results screens the rows, in the order of the files and their rows, and
// stores them as it goes. The run's counts are complete, and the run stored as
// finished, when the sequence has ended without an error.
func (s *Screening) Results(ctx context.Context) iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		if !s.begun {
			if err := s.env.Store.StartRun(ctx, s.Run); err != nil {
				yield(nil, err)
				return
			}
		}
		report := s.env.progress("screening", "rows")
		for chunk, err := range ahead(s.keptChunks(ctx)) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range chunk {
				s.Run.Counts.Add(r.result)
				if !yield(r.result, nil) {
					return
				}
			}
			report(int64(s.Run.Counts.RowsIn), 0)
		}
		s.Run.Finished = s.env.Now().UTC()
		if err := s.env.Store.FinishRun(ctx, s.Run); err != nil {
			yield(nil, err)
			return
		}
		if err := SyncOpen(ctx, s.env); err != nil {
			yield(nil, err)
		}
	}
}

// assessed is the result of a row, ready to be kept.
type assessed struct {
	result *screening.Result
	ready  *store.Prepared
	err    error
}

// keptChunks screens the rows and yields them, some at a time, when they are kept.
func (s *Screening) keptChunks(ctx context.Context) iter.Seq2[[]assessed, error] {
	matcher := newMemo(s.held.Matcher)
	chunks := inOrder(ctx, s.rows(ctx), func(p *screening.Partner) assessed {
		r := assess(s.held.Judge, matcher, p)
		ready, err := store.Prepare(r, s.env.Office)
		return assessed{r, ready, err}
	})
	return func(yield func([]assessed, error) bool) {
		for chunk, err := range chunks {
			if err == nil {
				err = s.keep(ctx, chunk)
			}
			if !yield(chunk, err) || err != nil {
				return
			}
		}
	}
}

// keep stores the results of some rows, and the rows as collaborations.
func (s *Screening) keep(ctx context.Context, chunk []assessed) error {
	ready := make([]*store.Prepared, len(chunk))
	for i, r := range chunk {
		if r.err != nil {
			return r.err
		}
		ready[i] = r.ready
	}
	return s.env.Store.InTx(ctx, "keeping results of run "+s.Run.ID, func(tx *store.Tx) error {
		return keepResults(ctx, tx, s.Run.ID, s.upload, ready)
	})
}

// keepResults keeps results of a run: as collaborations too, but for those of a look back.
func keepResults(ctx context.Context, tx *store.Tx, run string, upload *store.Upload, ready []*store.Prepared) error {
	if upload == nil {
		return tx.AddResults(ctx, run, ready)
	}
	return tx.KeepResults(ctx, *upload, ready)
}

// rows reads the books one after the other. A book that breaks off is noted
// on its input; the rows read so far stand.
func (s *Screening) rows(ctx context.Context) iter.Seq2[*screening.Partner, error] {
	return func(yield func(*screening.Partner, error) bool) {
		next := 0
		for i := range s.Run.Inputs {
			in := &s.Run.Inputs[i]
			if in.Error != "" {
				continue
			}
			book := s.books[next]
			next++
			for p, err := range book.Rows(ctx) {
				if ctx.Err() != nil {
					yield(nil, ctx.Err())
					return
				}
				if err != nil {
					in.Error = err.Error()
					break
				}
				p.File = in.File
				if !yield(p, nil) {
					return
				}
			}
		}
	}
}

func assess(j *screening.Judge, m screening.Matcher, p *screening.Partner) *screening.Result {
	j.Registry.Follow(p)
	found := make([][]screening.Candidate, len(p.Parties))
	for i := range p.Parties {
		party := &p.Parties[i]
		found[i] = m.Match(party)
		if !party.Role.Person() && matching.LooksLikePerson(party.Name) && !slices.Contains(party.Notes, screening.NoteLooksLikePerson) {
			party.Notes = append(party.Notes, screening.NoteLooksLikePerson)
		}
	}
	chain, found := j.Above(p, found, m.Match)
	return j.RowOf(p, found, chain)
}

// runID is unique and sorts by time.
func runID(t time.Time) string {
	b := make([]byte, 3)
	_, _ = rand.Read(b) // never fails
	return t.Format("20060102-150405-") + hex.EncodeToString(b)
}
