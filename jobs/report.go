package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"partnerscreen/matching"
	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
)

// Write screens the rows and writes the report as it goes: "xlsx", "json"
// (one object a line) or "csv".
func (s *Screening) Write(ctx context.Context, w io.Writer, format string) error {
	return s.write(ctx, s.Results(ctx), w, format)
}

// UnfinishedRun says that a run has no report yet.
type UnfinishedRun struct{ ID string }

func (e *UnfinishedRun) Error() string {
	return fmt.Sprintf("run %s has not finished; `screener jobs` shows how far it is", e.ID)
}

// WriteRun writes the report of a finished run from what is stored: the same
// bytes as Screening.Write gave or would have given. The cells of the sheets as they came are in it where
// this machine has the sheets. store.ErrNotFound when there is no such run, *UnfinishedRun when it goes on.
func WriteRun(ctx context.Context, env *Env, id string, w io.Writer, format string) error {
	return WriteRunFor(ctx, env, nil, id, w, format)
}

// WriteRunFor is WriteRun of what the viewer may see.
func WriteRunFor(ctx context.Context, env *Env, v *screening.Viewer, id string, w io.Writer, format string) error {
	run, err := Run(ctx, env, v, id)
	if err != nil {
		return err
	}
	if run.Finished.IsZero() {
		return &UnfinishedRun{id}
	}
	s := &Screening{Run: run, env: env, viewer: v}
	results := v.Results(env.Store.Results(ctx, id))
	if format == "json" { // has no cells
		return s.write(ctx, results, w, format)
	}
	dir, err := os.MkdirTemp("", "screener-sheets-")
	if err != nil {
		return fmt.Errorf("making a folder to read sheets in: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return s.write(ctx, withCells(ctx, env, run, dir, results), w, format)
}

// withCells puts the cells of the kept sheets, read again, beside results.
func withCells(ctx context.Context, env *Env, run *screening.Run, dir string, results iter.Seq2[*screening.Result, error]) iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		rows, stop := iter.Pull(keptRows(ctx, env, run, dir))
		defer stop()
		row, more := rows()
		for r, err := range results {
			if err == nil {
				for more && row.Place != r.Partner.Place {
					row, more = rows() // results are in the order of the sheets
				}
				if more {
					r.Partner.Cells = row.Cells
				}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// keptRows reads the sheets of a run again, those that can be had.
func keptRows(ctx context.Context, env *Env, run *screening.Run, dir string) iter.Seq[*screening.Partner] {
	return func(yield func(*screening.Partner) bool) {
		var t terms
		if b, err := env.Store.Batch(ctx, run.ID); err != nil || json.Unmarshal(b.Terms, &t) != nil {
			return
		}
		for i := range run.Inputs {
			in := &run.Inputs[i]
			path, err := keptSheet(env, dir, in)
			if err != nil {
				continue
			}
			book, err := intake.Open(ctx, path, intake.Options{Columns: t.Columns, Limits: env.Limits.Sheet})
			if err != nil {
				continue
			}
			for p, err := range book.Rows(ctx) {
				if err != nil {
					break
				}
				p.File = in.File
				if !yield(p) {
					_ = book.Close()
					return
				}
			}
			_ = book.Close()
		}
	}
}

func (s *Screening) write(ctx context.Context, results iter.Seq2[*screening.Result, error], w io.Writer, format string) error {
	switch format {
	case "json":
		return reports.WriteJSON(w, results)
	case "csv":
		return reports.WriteCSV(w, results)
	case "xlsx":
		return s.workbook(ctx, w, results)
	}
	return fmt.Errorf("there is no report format %q; there are xlsx, json and csv", format)
}

// workbook writes the graded workbook of the results.
func (s *Screening) workbook(ctx context.Context, w io.Writer, results iter.Seq2[*screening.Result, error]) error {
	last, err := lastRun(ctx, s.env, s.viewer, s.Run)
	if err != nil {
		return err
	}
	report, err := s.report(ctx, last)
	if err != nil {
		return err
	}
	report.Submitter = !s.viewer.May(screening.MayReadReview)
	if report.Asked, err = Questions(ctx, s.env, s.viewer, store.AskedFilter{Upload: s.Run.ID}); err != nil {
		return err
	}
	since, err := newSince(ctx, s.env, s.viewer, last, s.Run)
	if err != nil {
		return err
	}
	return reports.Write(w, report, since.meeting(results, func() (err error) {
		report.Changes = since.changes()
		if s.viewer.May(screening.MayReadRuns) && s.viewer.SeesEveryList() { // the sums are of all sheets and lists
			report.Open, err = openAt(ctx, s.env, s.Run.Finished)
		}
		return err
	}))
}

// report is what the workbook says besides its rows; last is the run it compares with, or nil.
func (s *Screening) report(ctx context.Context, last *screening.Run) (*reports.Report, error) {
	r, err := reportOf(ctx, s.env, s.Run)
	if err != nil {
		return nil, err
	}
	r.Previous = last
	return r, nil
}

// reportOf is what the workbook of a run says besides its rows.
func reportOf(ctx context.Context, env *Env, run *screening.Run) (*reports.Report, error) {
	seal, err := sealKey(ctx, env)
	if err != nil {
		return nil, err
	}
	seqs := map[string]int{}
	for _, used := range run.Editions {
		seqs[used.List] = used.Seq
	}
	return &reports.Report{
		Run:           run,
		Generated:     run.Started,
		Office:        env.Office,
		Jurisdictions: env.Jurisdictions,
		Keep:          env.keep(),
		Precision:     precision(run.Policy),
		Key:           seal,
		Entity: func(list, id string) (*screening.Entity, error) {
			e, err := env.Store.Entity(ctx, list, seqs[list], id)
			if errors.Is(err, store.ErrNotFound) {
				return nil, reports.ErrNoEntity
			}
			return e, err
		},
	}, nil
}

// precision is the measured worth of each strength. It was measured under the default lines: under
// others it is left out.
func precision(p *screening.Policy) []reports.Precision {
	d := screening.DefaultPolicy()
	if p.NoteLine != d.NoteLine || p.ReviewLine != d.ReviewLine || p.StrongLine != d.StrongLine || p.ExactLine != d.ExactLine {
		return nil
	}
	var out []reports.Precision
	for _, b := range matching.Bands() {
		out = append(out, reports.Precision{
			Strength: b.Strength, Judged: b.All, Right: b.Right,
			Source: "5,267 labelled queries the matcher was tuned on, a sixth of them listed parties; fewer are right where fewer partners are listed",
		})
	}
	return out
}
