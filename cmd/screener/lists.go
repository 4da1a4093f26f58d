package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"partnerscreen/jobs"
)

type listsCmd struct {
	Format string `help:"table or json." enum:"table,json" default:"table"`
}

func (c *listsCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	all, err := jobs.Lists(ctx, env)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(all)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LIST\tSTATE\tPUBLISHED\tFETCHED\tENTITIES\tNAMES\tCONTROL\tTITLE")
	for _, l := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\n", l.List, l.State, day(l.Published), day(l.Fetched), l.Entities, l.Names, l.Control, l.Title)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, l := range all {
		if l.Reason != "" {
			fmt.Fprintf(a.stderr, "%s: %s\n", l.List, l.Reason)
		}
	}
	return nil
}

func day(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.Format(time.DateOnly)
}

func dateOrUnknown(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.Format(time.DateOnly)
}
