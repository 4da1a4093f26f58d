package main

import (
	"context"
	"fmt"

	"partnerscreen/jobs"
)

type decideCmd struct {
	Workbook string `arg:"" help:"A report of screen, with verdicts filled in on Review; .xlsx or .ods." type:"path"`
}

func (c *decideCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	d, err := jobs.Decide(ctx, env, c.Workbook, env.Actor)
	if err != nil {
		return err
	}
	for _, p := range d.Problems {
		fmt.Fprintf(a.stderr, "%s: not applied: %s\n", p.Cell, p.What)
	}
	fmt.Fprintf(a.stderr, "%d verdicts applied, %d were on record already, %d lines without a verdict, %d not applied\n",
		d.Applied, d.Unchanged, d.Undecided, len(d.Problems))
	if d.Closed > 0 {
		fmt.Fprintf(a.stderr, "true matches closed for the work of %d rows\n", d.Closed)
	}
	for _, h := range d.Frozen {
		fmt.Fprintln(a.stderr, h.Text())
	}
	if d.Waiting > 0 {
		fmt.Fprintf(a.stderr, "%d of them wait for a second signed-in person to send the same verdict\n", d.Waiting)
	}
	if len(d.Problems) > 0 {
		return &failure{exitFailed, fmt.Errorf("%d lines were not applied; the others were", len(d.Problems))}
	}
	return nil
}
