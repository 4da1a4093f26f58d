package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

type collaborationsCmd struct {
	List  collaborationsListCmd  `cmd:"" help:"The rows of all sheets as they stand, and which are watched."`
	Show  collaborationsShowCmd  `cmd:"" help:"One collaboration: its grade, why, and its history."`
	End   collaborationsEndCmd   `cmd:"" help:"Say that a collaboration is over: it is screened no more."`
	Erase collaborationsEraseCmd `cmd:"" help:"Erase the personal data of somebody who asks for it, as far as no law, hold or work that goes on asks for it."`
}

type collaborationsListCmd struct {
	State  string   `help:"active, missing (from the latest sheet), unsure (active for want of an end or status) or over." enum:"active,missing,unsure,over," default:"" placeholder:"STATE"`
	Grade  []string `help:"Only these grades." placeholder:"GRADE"`
	Search string   `help:"Part of a reference, project or name." placeholder:"TEXT"`
	Format string   `help:"table or json (one a line)." enum:"table,json" default:"table"`
}

func (c *collaborationsListCmd) Run(ctx context.Context, a *app) error {
	filter := store.CollaborationFilter{State: store.CollaborationState(c.State), Search: c.Search, Limit: 1000}
	for _, g := range c.Grade {
		if screening.Grade(g) != screening.Clear && screening.Grade(g).Rank() == 0 {
			return usage("--grade %q is none of clear, note, review, escalate", g)
		}
		filter.Grades = append(filter.Grades, screening.Grade(g))
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	if c.Format == "table" {
		fmt.Fprintln(w, "ID\tREFERENCE\tPARTIES\tGRADE\tSTATE\tLATEST SHEET\tROW\tSCREENED")
	}
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	for {
		page, err := jobs.Collaborations(ctx, env, filter)
		if err != nil {
			return err
		}
		for _, k := range page {
			filter.After = k.ID
			if c.Format == "json" {
				if err := enc.Encode(k); err != nil {
					return err
				}
				continue
			}
			var names []string
			for i := range k.Partner.Parties {
				names = append(names, k.Partner.Parties[i].Name)
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", k.ID, cmp.Or(k.Partner.Reference, "-"), strings.Join(names, "; "), k.Grade,
				stateOf(k, a.now().UTC().Format("2006-01-02")), strings.TrimSuffix(k.Partner.File+" / "+k.Partner.Sheet, " / "), k.Partner.Row, dateOrUnknown(k.Screened))
		}
		if len(page) < filter.Limit {
			return w.Flush()
		}
	}
}

// stateOf says in a few words how a collaboration stands on a day.
func stateOf(k *screening.Collaboration, day string) string {
	var words []string
	switch {
	case k.Ended != nil:
		return "ended by " + k.Ended.Who
	case k.Activity.Closed != "":
		return "over: " + k.Activity.Closed
	case !k.Active(day):
		return "over since " + k.Activity.Until
	case k.Missing:
		words = append(words, "not in the latest sheet")
	default:
		words = append(words, "active")
	}
	return strings.Join(append(words, k.Activity.Unsure...), "; ")
}

type collaborationsShowCmd struct {
	ID int64 `arg:"" help:"The collaboration."`
}

func (c *collaborationsShowCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	d, err := jobs.FindCollaboration(ctx, env, c.ID)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

type collaborationsEndCmd struct {
	ID  int64  `arg:"" help:"The collaboration."`
	Why string `help:"Why; kept with it." required:"" placeholder:"REASON"`
}

func (c *collaborationsEndCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := jobs.EndCollaboration(ctx, env, c.ID, env.Actor, c.Why); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "collaboration %d is ended; it is screened no more until a sheet has it again\n", c.ID)
	return nil
}
