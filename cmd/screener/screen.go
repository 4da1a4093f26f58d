package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
)

type screenCmd struct {
	Files         []string `arg:"" name:"file" help:"Spreadsheets: xlsx, csv, ods." type:"path"`
	Out           string   `help:"Report to write; <first file>-screened.xlsx in the current folder, or stdout for json and csv." placeholder:"F" type:"path"`
	Format        string   `help:"xlsx, json (one object a line) or csv." enum:"xlsx,json,csv" default:"xlsx"`
	Lists         []string `help:"Only these lists." placeholder:"LIST"`
	Columns       []string `help:"Read headers as roles: 'Partner=Institution,Ultimate funder=Sponsor'." placeholder:"ROLE=HEADER" sep:"none"`
	AsOf          string   `help:"Screen by the editions, decisions and dated rules of that day (YYYY-MM-DD)." placeholder:"DATE"`
	FailOn        string   `help:"Exit 3 when a row has this grade or a higher one: review or escalate." enum:"review,escalate," default:"" placeholder:"GRADE"`
	AcceptMissing []string `help:"Go without this list although it binds the office." placeholder:"LIST"`
	Queue         bool     `help:"Let workers screen them; screener jobs shows how far they are."`
}

func (c *screenCmd) Run(ctx context.Context, a *app) error {
	opts := jobs.ScreenOptions{Files: c.Files, Lists: c.Lists, AcceptMissing: c.AcceptMissing}
	var err error
	if opts.Columns, err = intake.ParseColumns(c.Columns); err != nil {
		return usage("%w", err)
	}
	if c.AsOf != "" {
		if opts.AsOf, err = time.Parse(time.DateOnly, c.AsOf); err != nil {
			return usage("--as-of %q is no date; write it as 2026-01-31", c.AsOf)
		}
		opts.AsOf = opts.AsOf.AddDate(0, 0, 1).Add(-time.Microsecond) // the whole day counts
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	if c.Queue {
		if c.Out != "" || c.FailOn != "" {
			return usage("--queue only starts it: --out and --fail-on have nothing to look at yet")
		}
		return a.queueScreen(ctx, env, opts)
	}
	return a.screen(ctx, env, opts, c.Format, c.Out, screening.Grade(c.FailOn))
}

// screen runs one screening and writes its report.
func (a *app) screen(ctx context.Context, env *jobs.Env, opts jobs.ScreenOptions, format, out string, failOn screening.Grade) error {
	if out == "" && format == "xlsx" {
		base := filepath.Base(opts.Files[0])
		out = strings.TrimSuffix(base, filepath.Ext(base)) + "-screened.xlsx"
	}
	if out != "" {
		if st, err := os.Stat(filepath.Dir(out)); err != nil || !st.IsDir() {
			return fmt.Errorf("there is no folder %s to write the report to", filepath.Dir(out))
		}
	}
	s, err := jobs.Screen(ctx, env, opts)
	var unknown *jobs.UnknownList
	if errors.As(err, &unknown) {
		return usage("%w", err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if err := a.writeReport(out, func(w io.Writer) error { return s.Write(ctx, w, format) }); err != nil {
		return err
	}
	a.bars.close()
	for _, in := range s.Unreadable() {
		fmt.Fprintf(a.stderr, "%s\n", in.Error)
	}
	n := s.Run.Counts
	fmt.Fprintf(a.stderr, "%d rows in: %d screened, %d rejected; %d parties\n", n.RowsIn, n.RowsScreened, n.RowsRejected, n.Parties)
	fmt.Fprintf(a.stderr, "no likely match %d, note %d, review %d, escalate %d\n",
		n.Rows[screening.Clear], n.Rows[screening.Note], n.Rows[screening.Review], n.Rows[screening.Escalate])
	fmt.Fprintf(a.stderr, "run %s\n", s.Run.ID)
	if out != "" {
		fmt.Fprintf(a.stderr, "report: %s\n", out)
	}
	switch {
	case len(s.Unreadable()) > 0:
		return &failure{exitFailed, fmt.Errorf("%d of %d files could not be read", len(s.Unreadable()), len(opts.Files))}
	case failOn != "" && n.Rows[screening.Escalate] > 0,
		failOn == screening.Review && n.Rows[screening.Review] > 0:
		return &failure{code: exitGrade}
	}
	return nil
}

// writeReport writes to out, which appears only when it is complete, or to stdout.
func (a *app) writeReport(out string, write func(io.Writer) error) error {
	if out == "" {
		return write(a.stdout)
	}
	if info, err := os.Stat(out); err == nil && !info.Mode().IsRegular() {
		return writeInto(out, write) // a device or a pipe is written to, and never replaced by a file
	}
	f, err := os.CreateTemp(filepath.Dir(out), ".screener-*")
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o640); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if err := os.Rename(f.Name(), out); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// writeInto writes to what is there already and is no ordinary file.
func writeInto(out string, write func(io.Writer) error) error {
	f, err := os.OpenFile(out, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return errors.Join(write(f), f.Close())
}
