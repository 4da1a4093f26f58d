package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"

	"partnerscreen/matching"
	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// Write screens the rows and writes the report as it goes: "xlsx", "json"
// (one object a line) or "csv".
func (s *Screening) Write(ctx context.Context, w io.Writer, format string) error {
	switch results := s.Results(ctx); format {
	case "json":
		return reports.WriteJSON(w, results)
	case "csv":
		return reports.WriteCSV(w, results)
	case "xlsx":
		report, err := s.report(ctx)
		if err != nil {
			return err
		}
		since, err := newSince(ctx, s.env, report.Previous)
		if err != nil {
			return err
		}
		return reports.Write(w, report, func(yield func(*screening.Result, error) bool) {
			for r, err := range results {
				if err == nil {
					since.meet(r)
				}
				if !yield(r, err) {
					return
				}
			}
			report.Changes = since.changes()
		})
	}
	return fmt.Errorf("there is no report format %q; there are xlsx, json and csv", format)
}

func (s *Screening) report(ctx context.Context) (*reports.Report, error) {
	seal, err := sealKey(ctx, s.env)
	if err != nil {
		return nil, err
	}
	last, err := lastRun(ctx, s.env, s.Run)
	if err != nil {
		return nil, err
	}
	seqs := map[string]int{}
	for _, used := range s.Run.Editions {
		seqs[used.List] = used.Seq
	}
	return &reports.Report{
		Run:           s.Run,
		Generated:     s.Run.Started,
		Office:        s.env.Office,
		Jurisdictions: s.env.Jurisdictions,
		Keep:          s.env.keep(),
		Previous:      last,
		Precision:     precision(s.Run.Policy),
		Key:           seal,
		Entity: func(list, id string) (*screening.Entity, error) {
			e, err := s.env.Store.Entity(ctx, list, seqs[list], id)
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
