package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

type checkCmd struct {
	Name          string   `arg:"" help:"The name to check."`
	Country       string   `help:"Its country: a code or a name." placeholder:"CC"`
	Type          string   `help:"org or person." enum:"org,person" default:"org"`
	AcceptMissing []string `help:"Go without this list although it binds the office." placeholder:"LIST"`
}

func (c *checkCmd) Run(ctx context.Context, a *app) error {
	party := screening.Party{Role: screening.RolePartner, Name: c.Name}
	if c.Type == "person" {
		party.Role = screening.RolePerson
	}
	if c.Country != "" {
		code, ok := screening.CountryCode(c.Country)
		if !ok {
			return usage("--country %q is not known; write its two-letter code", c.Country)
		}
		party.Country = code
	}
	if strings.TrimSpace(c.Name) == "" {
		return usage("the name is empty")
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	r, held, err := jobs.Check(ctx, env, &party, c.AcceptMissing)
	a.bars.close()
	if err != nil {
		return err
	}
	w := a.stdout
	fmt.Fprintln(w, r.Grade.Plain())
	for _, note := range append(party.Notes, r.Notes...) {
		fmt.Fprintln(w, "  "+note)
	}
	for i := range r.Matches {
		printMatch(a, &r.Matches[i])
	}
	if r.Nearest != nil {
		fmt.Fprintf(w, "\nNearest below the review line (%.2f), on record only:\n", env.Policy.ReviewLine)
		printMatch(a, r.Nearest)
	}
	fmt.Fprintln(w, "\nLists used:")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range held.Used {
		state := fmt.Sprintf("published %s\tfetched %s", dateOrUnknown(l.Published), dateOrUnknown(l.Fetched))
		if l.Missing != "" {
			state = "NOT USED: " + l.Missing + "\t"
		}
		fmt.Fprintf(tw, "  %s\t%s\n", l.List, state)
	}
	return tw.Flush()
}

func printMatch(a *app, m *screening.Match) {
	w := a.stdout
	fmt.Fprintf(w, "\n%s  score %.4f", m.Name, m.Score)
	if m.Strength != screening.NoStrength {
		fmt.Fprintf(w, " (%s)", m.Strength)
	}
	fmt.Fprintf(w, "  grade %s\n", m.Grade)
	if m.Matched != m.Name {
		fmt.Fprintf(w, "  matched name: %s\n", m.Matched)
	}
	for _, l := range m.Listings {
		var controls []string
		for _, c := range l.Controls {
			controls = append(controls, string(c))
		}
		fmt.Fprintf(w, "  on %s (%s): %s", l.List, l.Entity, strings.Join(controls, ", "))
		if l.Programme != "" {
			fmt.Fprintf(w, "; %s", l.Programme)
		}
		fmt.Fprintln(w)
	}
	if m.SecondOpinion > 0 {
		fmt.Fprintf(w, "  second opinion: %.4f by the search method OFAC publishes (FAQ 249)\n", m.SecondOpinion)
	}
	fmt.Fprintf(w, "  goes to: %s. %s\n", m.Owner, m.Control.Plain())
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  \tSHARE\tEVIDENCE\tIN THE QUERY\tIN THE LIST\tWHY")
	for _, e := range m.Evidence {
		share := ""
		if e.Direction != screening.Missing {
			share = fmt.Sprintf("%+.4f", e.Score)
		}
		fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\t%s\t%s\n", e.Direction, share, e.Feature, e.Query, e.Candidate, e.Detail)
	}
	_ = tw.Flush()
}
