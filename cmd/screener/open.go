package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"partnerscreen/jobs"
)

type openCmd struct {
	List   openListCmd   `cmd:"" default:"withargs" help:"Every flagged match that no decision closes, the first due first."`
	Assign openAssignCmd `cmd:"" help:"Name who answers for an open match."`
}

type openListCmd struct {
	Overdue bool   `help:"Only those beyond their day."`
	Format  string `help:"table or json (one a line)." enum:"table,json" default:"table"`
}

func (c *openListCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := jobs.SyncOpen(ctx, env); err != nil {
		return err
	}
	all, err := jobs.OpenMatches(ctx, env)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	enc := json.NewEncoder(a.stdout)
	if c.Format == "table" {
		fmt.Fprintln(w, "MATCH\tGRADE\tOWNER\tASSIGNEE\tOPENED\tDUE\tSTATE\tLIST\tENTITY\tWHERE")
	}
	for _, m := range all {
		if c.Overdue && m.State != "overdue" {
			continue
		}
		if c.Format == "json" {
			if err := enc.Encode(m); err != nil {
				return err
			}
			continue
		}
		who := m.Assignee
		if who == "" {
			who = "nobody"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s row %d\n", m.Key, m.Grade, m.Owner, who, m.Opened, m.Due, m.State, m.List, m.Entity,
			m.Place.File, m.Place.Row)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	n, err := jobs.CountOpen(ctx, env)
	if err != nil {
		return err
	}
	if n.Open == 0 {
		fmt.Fprintln(a.stderr, "no match is open")
		return nil
	}
	fmt.Fprintf(a.stderr, "%d open, %d overdue, the oldest since %s\n", n.Open, n.Overdue, n.Oldest)
	return nil
}

type openAssignCmd struct {
	Match string `arg:"" help:"The match, as list shows it."`
	To    string `help:"Who answers for it; left away, whom the configuration names." placeholder:"ADDRESS"`
}

func (c *openAssignCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	return jobs.AssignMatch(ctx, env, c.Match, c.To)
}
