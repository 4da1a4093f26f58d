package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"partnerscreen/jobs"
)

type replayCmd struct {
	ID     string   `arg:"" name:"run" help:"The run, as its report and screener verify name it."`
	Files  []string `arg:"" optional:"" name:"file" help:"Its sheets as they were sent, to read again; without them the rows on record are screened again." type:"existingfile"`
	Out    string   `help:"Write the report of the replay; json and csv go to stdout where it is left away." placeholder:"F" type:"path"`
	Format string   `help:"xlsx, json or csv; none writes no report." enum:"none,xlsx,json,csv" default:"none"`
}

func (c *replayCmd) Run(ctx context.Context, a *app) error {
	switch {
	case c.Format == "none" && c.Out != "":
		return usage("--out wants a --format: xlsx, json or csv")
	case c.Format == "xlsx" && c.Out == "":
		return usage("--format xlsx wants a file to write: --out F.xlsx")
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	var r *jobs.Replayed
	replay := func(w io.Writer) (err error) {
		r, err = jobs.Replay(ctx, env, c.ID, jobs.ReplayOptions{Files: c.Files, Format: c.Format, Out: w})
		return err
	}
	if c.Format == "none" {
		err = replay(nil)
	} else {
		err = a.writeReport(c.Out, replay)
	}
	a.bars.close()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "%s rows screened again\n", count(int64(r.Rows-r.Forgotten)))
	for _, why := range r.Why {
		fmt.Fprintln(a.stderr, why)
	}
	for _, at := range r.At {
		fmt.Fprintf(a.stderr, "differs: %s, sheet %q, row %d\n", at.File, at.Sheet, at.Row)
	}
	if !r.Same() {
		return &failure{exitFailed, errors.New("the run does not come to the same: " + fmt.Sprintf("%d rows differ", r.Differ))}
	}
	fmt.Fprintf(a.stderr, "the same, byte for byte: SHA-256 %s\n", r.Again)
	return nil
}
