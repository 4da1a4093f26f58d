package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"partnerscreen/jobs"
)

type collaborationsEraseCmd struct {
	Name      []string `help:"Whose data: every spelling, in any order of its words; - reads them from standard input, one a line, and leaves none in the shell's history." required:"" sep:"none" placeholder:"NAME"`
	BirthDate string   `help:"Tells who else goes by the name: parties with another one are left." placeholder:"YYYY-MM-DD"`
	Why       string   `help:"Why, without the name; kept in the audit trail." required:"" placeholder:"REASON"`
	DryRun    bool     `help:"Only say what would be erased, and what stays and why."`
	Format    string   `help:"text or json." enum:"text,json" default:"text"`
}

func (c *collaborationsEraseCmd) Run(ctx context.Context, a *app) error {
	names, err := c.names(a.stdin)
	if err != nil {
		return err
	}
	if c.BirthDate != "" {
		if _, err := time.Parse(time.DateOnly, c.BirthDate); err != nil {
			return usage("--birth-date is YYYY-MM-DD")
		}
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	out, err := jobs.Erase(ctx, env, jobs.EraseOptions{Names: names, BirthDate: c.BirthDate, Why: c.Why, DryRun: c.DryRun})
	a.bars.close()
	var wrong *jobs.InvalidErasure
	if errors.As(err, &wrong) {
		return usage("%w", err)
	}
	if err != nil {
		return err
	}
	if c.Format == "json" {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(out); err != nil {
			return err
		}
	} else {
		printErased(a.stdout, out)
	}
	for _, where := range out.Elsewhere {
		fmt.Fprintln(a.stderr, "not reached: "+where)
	}
	said := "erased"
	if c.DryRun {
		said = "nothing was changed; it would be erased"
	}
	fmt.Fprintf(a.stderr, "%s: %d parties of runs, %d collaborations, %d decisions, %d dispositions, %d questions, %d files; %d stay\n", said,
		out.Parties, out.Collaborations, out.Decisions, out.Dispositions, out.Questions, len(out.Files), len(out.Stays))
	return nil
}

// names are those given, and those of standard input.
func (c *collaborationsEraseCmd) names(stdin io.Reader) ([]string, error) {
	var names []string
	for _, name := range c.Name {
		if name != "-" {
			names = append(names, name)
			continue
		}
		lines := bufio.NewScanner(stdin)
		for lines.Scan() {
			names = append(names, strings.TrimSpace(lines.Text()))
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("reading the names: %w", err)
		}
	}
	return names, nil
}

func printErased(w io.Writer, out *jobs.Erased) {
	for _, k := range out.Stays {
		until := "for now"
		if !k.Until.IsZero() {
			until = "until " + k.Until.Format(time.DateOnly)
		}
		fmt.Fprintf(w, "stays %s: %s: %s\n", until, k.What, k.Why)
	}
	gone := "removed"
	if out.DryRun {
		gone = "would be " + gone
	}
	for _, f := range out.Files {
		fmt.Fprintf(w, "%s: %s\n", gone, f)
	}
}
