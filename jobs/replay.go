package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"partnerscreen/matching"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
)

// ReplayOptions say how to replay a run.
type ReplayOptions struct {
	// Files are the sheets as they were sent, where somebody kept them: they are
	// read again then. Without them the run is replayed from what the store keeps of its rows.
	Files []string
	// Format and Out are for the report of the replay: "xlsx", "json" or "csv"; a nil Out writes none.
	Format string
	Out    io.Writer
}

// Replayed is what a replay came to.
type Replayed struct {
	Run  string `json:"run"`
	Rows int    `json:"rows"`
	// Kept and Again are digests of the results as screen --format json writes
	// them: those on record and those of the replay.
	Kept  string `json:"kept"`
	Again string `json:"again"`
	// Differ counts the rows that came to something else, At names the first of them.
	Differ int               `json:"differ"`
	At     []screening.Place `json:"at,omitempty"`
	// Forgotten counts rows whose names were taken away since: they cannot be screened again.
	Forgotten int `json:"forgotten,omitempty"`
	// Why says what is not as it was then.
	Why []string `json:"why,omitempty"`
}

// Same reports whether the run came to the same, byte for byte.
func (r *Replayed) Same() bool { return r.Differ == 0 && r.Kept == r.Again }

// CannotReplay says what of a run is kept no more.
type CannotReplay struct{ Why string }

func (e *CannotReplay) Error() string { return e.Why }

// differencesShown is how many rows a replay names.
const differencesShown = 20

// Replay screens the rows of a run again, by the editions, the policy and the
// decisions of its day, and compares. It keeps nothing. *CannotReplay where something it needs is gone.
func Replay(ctx context.Context, env *Env, id string, opts ReplayOptions) (*Replayed, error) {
	run, err := env.Store.Run(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &CannotReplay{fmt.Sprintf("there is no run %q; it may be past its time: screener jobs and the page Runs name those on record", id)}
	}
	if err != nil {
		return nil, err
	}
	if run.Finished.IsZero() {
		return nil, &UnfinishedRun{id}
	}
	t, err := termsOfRun(ctx, env, run)
	if err != nil {
		return nil, err
	}
	r := &replay{env: env, run: run, terms: t, out: &Replayed{Run: id}}
	if err := r.hold(ctx); err != nil {
		return nil, err
	}
	if r.forgotten, err = env.Store.Forgotten(ctx, id); err != nil {
		return nil, err
	}
	again := func(yield func(*screening.Result, error) bool) {
		for res, err := range r.results(ctx, opts.Files) {
			if !yield(res, err) || err != nil {
				return
			}
		}
	}
	return r.out, r.write(ctx, again, opts)
}

// replay is one run being replayed.
type replay struct {
	env       *Env
	run       *screening.Run
	terms     *terms
	held      *Held
	forgotten map[screening.Place]bool
	erased    int // decisions and dispositions
	out       *Replayed
}

// termsOfRun are what was fixed when a run started.
func termsOfRun(ctx context.Context, env *Env, run *screening.Run) (*terms, error) {
	content := run.Terms
	if len(content) == 0 {
		b, err := env.Store.Batch(ctx, run.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil, &CannotReplay{"run " + run.ID + " was made by screener " + run.Version + ", which did not keep all that a replay needs"}
		}
		if err != nil {
			return nil, err
		}
		content = b.Terms
	}
	t := new(terms)
	if err := json.Unmarshal(content, t); err != nil {
		return nil, fmt.Errorf("reading the terms of run %s: %w", run.ID, err)
	}
	return t, nil
}

// hold loads the lists and the decisions of the run's day.
func (r *replay) hold(ctx context.Context) error {
	env := *r.env
	env.Office, env.Jurisdictions, env.Restricted = r.terms.Office, r.terms.Jurisdictions, nil
	r.env = &env
	for _, used := range r.run.Editions {
		if used.Missing != "" {
			continue
		}
		ed, err := env.Store.EditionBySeq(ctx, used.List, used.Seq)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return &CannotReplay{fmt.Sprintf("edition %d of %s is kept no more", used.Seq, used.List)}
		case err != nil:
			return err
		case ed.Hash != used.Hash || ed.Entities != used.Entities:
			r.why("edition %d of %s is not as the run used it; screener verify says more", used.Seq, used.List)
		}
	}
	r.held = heldOf(&env, r.run, r.terms)
	if err := r.held.load(ctx, &env); err != nil {
		return err
	}
	memory, err := memoryUpTo(ctx, &env, r.terms.Decisions)
	if err != nil {
		return err
	}
	r.held.Judge.Memory = memory
	r.erased, err = env.Store.ErasedUpTo(ctx, r.terms.Decisions)
	return err
}

func (r *replay) why(format string, args ...any) {
	r.out.Why = append(r.out.Why, fmt.Sprintf(format, args...))
}

// pair is a row as it is on record and as it was read for the replay.
type pair struct {
	kept  *screening.Result
	row   *screening.Partner
	again *screening.Result
	same  bool
}

// results screens the rows again, in their order, and compares each with the
// one on record.
func (r *replay) results(ctx context.Context, files []string) iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		report := r.env.progress("replaying", "rows")
		matcher := newMemo(r.held.Matcher)
		work := func(p *pair) *pair {
			if p.again = p.kept; !r.forgotten[p.kept.Partner.Place] {
				p.again = assess(r.held.Judge, matcher, p.row)
			}
			p.same = bytes.Equal(inJSON(p.kept), inJSON(p.again))
			return p
		}
		for chunk, err := range inOrder(ctx, r.rows(ctx, files), work) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, p := range chunk {
				r.out.Rows++
				if r.forgotten[p.kept.Partner.Place] {
					r.out.Forgotten++
				}
				if !p.same {
					if r.out.Differ++; len(r.out.At) < differencesShown {
						r.out.At = append(r.out.At, p.kept.Partner.Place)
					}
				}
				if !yield(p.again, nil) {
					return
				}
			}
			report(int64(r.out.Rows), int64(r.run.Counts.RowsIn))
		}
	}
}

// rows yields each row on record beside the same row to screen again: read
// from the sheets where there are any, else as its record has it.
func (r *replay) rows(ctx context.Context, files []string) iter.Seq2[*pair, error] {
	return func(yield func(*pair, error) bool) {
		sheets, stop := iter.Pull2(r.sheets(ctx, files))
		defer stop()
		for kept, err := range r.env.Store.Results(ctx, r.run.ID) {
			if err != nil {
				yield(nil, err)
				return
			}
			p := &pair{kept: kept, row: asRead(kept.Partner)}
			if len(files) > 0 {
				row, err, ok := sheets()
				switch {
				case err != nil:
				case !ok || row.Place != kept.Partner.Place:
					err = &CannotReplay{fmt.Sprintf("%s, sheet %q, row %d is on record and not in the files", kept.Partner.File, kept.Partner.Sheet, kept.Partner.Row)}
				default:
					p.row, kept.Partner.Cells = row, row.Cells
				}
				if err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// asRead is a row as its sheet had it: without what screening it found.
func asRead(p *screening.Partner) *screening.Partner {
	row := *p
	row.Parties = nil
	for _, party := range p.Parties {
		if party.Via != "" { // brought in by the register
			continue
		}
		party.Registry = ""
		party.Notes = slices.DeleteFunc(slices.Clone(party.Notes), func(n string) bool { return n == screening.NoteLooksLikePerson })
		row.Parties = append(row.Parties, party)
	}
	return &row
}

// sheets reads the files that were kept elsewhere, which have to be those of the run.
func (r *replay) sheets(ctx context.Context, files []string) iter.Seq2[*screening.Partner, error] {
	return func(yield func(*screening.Partner, error) bool) {
		for i := range r.run.Inputs {
			in := &r.run.Inputs[i]
			if len(files) == 0 || in.Hash == "" {
				continue
			}
			book, err := r.book(ctx, files, in)
			if err != nil {
				yield(nil, err)
				return
			}
			for p, err := range book.Rows(ctx) {
				if err != nil && in.Error != "" {
					break // it broke off then too
				}
				if err == nil {
					p.File = in.File
				}
				if !yield(p, err) || err != nil {
					_ = book.Close()
					return
				}
			}
			_ = book.Close()
		}
	}
}

func (r *replay) book(ctx context.Context, files []string, in *screening.Input) (*intake.Book, error) {
	for _, file := range files {
		book, err := intake.Open(ctx, file, intake.Options{Columns: r.terms.Columns, Limits: r.env.Limits.Sheet})
		if err != nil {
			return nil, err
		}
		if book.Hash() == in.Hash {
			return book, nil
		}
		_ = book.Close()
	}
	return nil, &CannotReplay{fmt.Sprintf("none of the files is %s as the run read it (SHA-256 %s)", in.File, in.Hash)}
}

// write writes the report of the replay and takes both digests.
func (r *replay) write(ctx context.Context, again iter.Seq2[*screening.Result, error], opts ReplayOptions) error {
	s := &Screening{Run: r.run, env: r.env}
	kept, replayed := sha256.New(), sha256.New()
	out := io.Writer(replayed)
	if opts.Out != nil && opts.Format == "json" {
		out = io.MultiWriter(replayed, opts.Out)
	}
	if err := s.write(ctx, again, out, "json"); err != nil {
		return err
	}
	if err := s.write(ctx, r.env.Store.Results(ctx, r.run.ID), kept, "json"); err != nil {
		return err
	}
	r.out.Kept, r.out.Again = hex.EncodeToString(kept.Sum(nil)), hex.EncodeToString(replayed.Sum(nil))
	r.explain()
	if opts.Out == nil || opts.Format == "json" {
		return nil
	}
	rows, differ := r.out.Rows, r.out.Differ
	err := s.write(ctx, again, opts.Out, opts.Format) // once more: it was counted above
	r.out.Rows, r.out.Differ = rows, differ
	return err
}

// explain says what is not as it was, where that shows.
func (r *replay) explain() {
	if r.out.Forgotten > 0 {
		r.why("of %d rows the names were taken away since, by their time or erased on request (screener verify says when, by whom and why); they stand as they are on record and were not screened again", r.out.Forgotten)
	}
	if r.out.Same() {
		return
	}
	if n := r.erased; n > 0 {
		r.why("%d decisions and dispositions of that day were erased on request: rows that rested on them come to something else", n)
	}
	was, is := r.terms.Matcher, matching.Version
	switch {
	case r.run.Version != r.env.Version:
		r.why("the run was made by screener %s and replayed by %s", r.run.Version, r.env.Version)
	case was != "" && was != is:
		r.why("the run was made by matcher %s and replayed by %s", was, is)
	default:
		r.why("it is the same program: the record, a list or a decision was changed; run screener verify")
	}
}
