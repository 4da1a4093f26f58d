package main

import (
	"context"
	"fmt"

	"partnerscreen/jobs"
)

type refreshCmd struct {
	Lists []string `arg:"" optional:"" name:"list" help:"Lists to refresh; every enabled one when none is named."`
	From  string   `help:"Read from DIR/<list id>/<published file> instead of the network." placeholder:"DIR" type:"path"`
}

func (c *refreshCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	out, err := jobs.Refresh(ctx, env, jobs.RefreshOptions{Lists: c.Lists, From: c.From})
	a.bars.close()
	failed := tellRefresh(a, out)
	if err != nil {
		return err
	}
	if failed > 0 {
		return &failure{exitFailed, fmt.Errorf("%d of %d lists were not refreshed; each keeps its last good edition", failed, len(out))}
	}
	return nil
}

// tellRefresh prints a line a list, and what was found in it, on stderr.
func tellRefresh(a *app, out []jobs.Refreshed) (failed int) {
	for _, r := range out {
		if !r.OK() {
			failed++
		}
		line := fmt.Sprintf("%-26s %-11s", r.List, r.State)
		if r.Edition != nil {
			line += fmt.Sprintf(" %7d entities, published %s", r.Edition.Entities, dateOrUnknown(r.Edition.Published))
		}
		if r.State == jobs.Imported {
			line += fmt.Sprintf(", %d added, %d removed, %d changed", r.Added, r.Removed, r.Changed)
		}
		if r.Reason != "" {
			line += ": " + r.Reason
		}
		fmt.Fprintln(a.stderr, line)
		kinds := map[string]int{}
		for _, f := range r.Findings {
			if kinds[f.Kind]++; kinds[f.Kind] <= 3 {
				fmt.Fprintf(a.stderr, "    %s: %s: %s\n", f.Kind, f.Place, f.Text)
			}
		}
		for _, f := range r.Findings {
			if n := kinds[f.Kind]; n > 3 {
				fmt.Fprintf(a.stderr, "    %s: %d more\n", f.Kind, n-3)
				kinds[f.Kind] = 0
			}
		}
	}
	return failed
}
