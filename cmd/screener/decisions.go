package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"partnerscreen/jobs"
)

type decisionsCmd struct {
	Open   openCmd            `cmd:"" help:"Flagged matches that wait for a decision: for whom, and by when."`
	List   decisionsListCmd   `cmd:"" help:"Every decision and disposition that stands; --all shows the whole history."`
	Show   decisionsShowCmd   `cmd:"" help:"One decision, with both sides as they were."`
	Export decisionsExportCmd `cmd:"" help:"Research-security determination records."`
	Renew  decisionsRenewCmd  `cmd:"" help:"Renew together what expires soon and has not changed."`
	Revoke decisionsRevokeCmd `cmd:"" help:"Take a decision or a disposition back; the history keeps it."`
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
	opts := jobs.DecisionsOptions{All: c.All, DueDays: c.Due}
	for d, err := range jobs.Decisions(ctx, env, opts) {
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
	for d, err := range jobs.Dispositions(ctx, env, opts) {
		if err != nil {
			return err
		}
		if c.Format == "json" {
			if err := enc.Encode(d); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", d.ID, "closed: "+string(d.Closing), d.Number, d.List, d.Entity, d.Reviewer, d.Actor,
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
	var d any
	if d, err = jobs.FindDecision(ctx, env, c.ID); err != nil {
		if d, err = jobs.FindDisposition(ctx, env, c.ID); err != nil {
			return err
		}
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

type decisionsRenewCmd struct {
	Due    int    `help:"Those that expire within so many days." default:"30" placeholder:"DAYS"`
	Reason string `help:"Why; kept with each." required:"" placeholder:"REASON"`
	DryRun bool   `help:"Only say what would be renewed."`
}

func (c *decisionsRenewCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	r, err := jobs.RenewDecisions(ctx, env, jobs.RenewOptions{DueDays: c.Due, Reason: c.Reason, Actor: env.Actor, DryRun: c.DryRun})
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DECISION\tVERDICT\tLIST\tENTITY\tWHAT BECAME OF IT")
	for _, d := range r.Renewed {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\trenewed by %s until %s\n", d.Renews, d.Verdict, d.List, d.Entity, d.ID, dateOrUnknown(d.Expires))
	}
	for _, d := range r.Waiting {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\twaits for a second signed-in person to renew it; until then its old end stands\n", d.Renews, d.Verdict, d.List, d.Entity)
	}
	for _, d := range r.Left {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\tnot renewed: %s\n", d.ID, d.Verdict, d.List, d.Entity, d.Why)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	said := ""
	if c.DryRun {
		said = "nothing was changed; it would be: "
	}
	fmt.Fprintf(a.stderr, "%s%d renewed, %d wait for a second person, %d not renewed\n", said, len(r.Renewed), len(r.Waiting), len(r.Left))
	return nil
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
	fmt.Fprintf(a.stderr, "%s is revoked; the match is shown again at the next screening\n", c.ID)
	return nil
}
