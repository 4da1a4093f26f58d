package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"partnerscreen/jobs"
)

type decisionsCmd struct {
	List   decisionsListCmd   `cmd:"" help:"Every decision that stands; --all shows the whole history."`
	Show   decisionsShowCmd   `cmd:"" help:"One decision, with both sides as they were."`
	Export decisionsExportCmd `cmd:"" help:"Research-security determination records."`
	Revoke decisionsRevokeCmd `cmd:"" help:"Take a decision back; the history keeps it."`
}

type decisionsListCmd struct {
	All    bool   `help:"Replaced, expired and revoked ones too."`
	Due    int    `help:"Only those that expire within so many days." placeholder:"DAYS"`
	Format string `help:"table or json (one a line)." enum:"table,json" default:"table"`
}

func (c *decisionsListCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	if c.Format == "table" {
		fmt.Fprintln(w, "DECISION\tVERDICT\tREASON\tLIST\tENTITY\tREVIEWER\tSENT BY\tMADE\tEXPIRES\tSTATE")
	}
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	for d, err := range jobs.Decisions(ctx, env, jobs.DecisionsOptions{All: c.All, DueDays: c.Due}) {
		if err != nil {
			return err
		}
		if c.Format == "json" {
			if err := enc.Encode(d); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", d.ID, d.Verdict, d.Reason, d.List, d.Entity, d.Reviewer, d.Actor,
			dateOrUnknown(d.Made), dateOrUnknown(d.Expires), d.State)
	}
	return w.Flush()
}

type decisionsShowCmd struct {
	ID string `arg:"" help:"The decision."`
}

func (c *decisionsShowCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	d, err := jobs.FindDecision(ctx, env, c.ID)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

type decisionsExportCmd struct {
	Format string `help:"json (one record a line) or csv." enum:"json,csv" default:"json"`
}

func (c *decisionsExportCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	return jobs.ExportDecisions(ctx, env, a.stdout, c.Format)
}

type decisionsRevokeCmd struct {
	ID  string `arg:"" help:"The decision."`
	Why string `help:"Why; kept with it." required:"" placeholder:"REASON"`
}

func (c *decisionsRevokeCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := jobs.RevokeDecision(ctx, env, c.ID, env.Actor, c.Why); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "decision %s is revoked; the match is shown again at the next screening\n", c.ID)
	return nil
}
