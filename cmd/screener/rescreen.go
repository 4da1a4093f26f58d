package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

type rescreenCmd struct {
	Full          bool     `help:"Screen everything again, though little changed."`
	Format        string   `help:"table, or json (one object for each changed party)." enum:"table,json" default:"table"`
	Out           string   `help:"Workbook to write, whatever changed; else <data>/reports/rescreen-<run>.xlsx where something did." placeholder:"F.xlsx" type:"path"`
	FailOn        string   `help:"Exit 3 when something new for a person to decide has this grade or a higher one: review or escalate." enum:"review,escalate," default:"" placeholder:"GRADE"`
	AcceptMissing []string `help:"Go without this list although it binds the office." placeholder:"LIST"`
}

func (c *rescreenCmd) Run(ctx context.Context, a *app) error {
	if c.Out != "" {
		if st, err := os.Stat(filepath.Dir(c.Out)); err != nil || !st.IsDir() {
			return fmt.Errorf("there is no folder %s to write the report to", filepath.Dir(c.Out))
		}
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	r, err := jobs.Rescreen(ctx, env, jobs.RescreenOptions{Full: c.Full, AcceptMissing: c.AcceptMissing, Out: c.Out})
	a.bars.close()
	if err != nil {
		return err
	}
	n := r.Night.Counts
	switch {
	case c.Format == "json" && r.Night.ID != 0:
		err = jobs.WriteNight(ctx, env, r.Night.ID, a.stdout, "json")
	case c.Format == "table":
		err = nightTable(ctx, a, env, r.Night)
	}
	if err != nil {
		return err
	}
	for i, line := range nightLines(r.Night) {
		if c.Format == "json" || i > 0 {
			fmt.Fprintln(a.stderr, line)
		}
	}
	if r.Report != "" {
		fmt.Fprintf(a.stderr, "report: %s\n", r.Report)
	}
	if c.FailOn != "" && n.Opened[screening.Escalate] > 0 || c.FailOn == string(screening.Review) && n.Opened[screening.Review] > 0 {
		return &failure{code: exitGrade}
	}
	return nil
}

// nightLines say in a few lines what a night did: the counts first.
func nightLines(n *screening.Night) []string {
	c := n.Counts
	if n.ID == 0 {
		return []string{"0 active collaborations: nothing to screen again"}
	}
	what := fmt.Sprintf("%d listed parties and %d decisions changed, %d rows are new or changed", c.Entities, c.Decisions, c.Rows)
	if c.Full != "" {
		what = "everything: " + c.Full
	}
	lines := []string{
		fmt.Sprintf("%d active collaborations: %d changed, %d stand; %d left out", c.Active, c.Changed, c.Standing, c.LeftOut),
		fmt.Sprintf("night %d, %s", n.ID, what),
		fmt.Sprintf("%d of %d distinct parties compared with every listed party, %d with those that changed", c.Rescreened, c.Parties, c.Untouched),
		fmt.Sprintf("new to decide: escalate %d, review %d", c.Opened[screening.Escalate], c.Opened[screening.Review]),
	}
	if c.Unsure+c.Missing+c.Ended+c.Late > 0 {
		lines = append(lines, fmt.Sprintf("active for want of an end or a known status %d, not in the latest sheet %d, over since the night before %d, came in meanwhile %d",
			c.Unsure, c.Missing, c.Ended, c.Late))
	}
	return lines
}

func nightTable(ctx context.Context, a *app, env *jobs.Env, n *screening.Night) error {
	fmt.Fprintln(a.stdout, nightLines(n)[0])
	if n.ID == 0 {
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	first := true
	err := jobs.NightText(ctx, env, n.ID, func(columns ...string) {
		if first {
			fmt.Fprintln(w, "\nID\tREFERENCE\tPARTY\tGRADE\tCHANGE\tLISTED AS\tWHY")
			first = false
		}
		for i, c := range columns {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, c)
		}
		fmt.Fprintln(w)
	})
	if err != nil {
		return err
	}
	return w.Flush()
}
