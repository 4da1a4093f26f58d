package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"partnerscreen/reports"
	"partnerscreen/screening"
)

// nightLine is one changed party in JSON lines. Fields may be added; none is renamed.
type nightLine struct {
	Night         int64             `json:"night"`
	Collaboration int64             `json:"collaboration"`
	Reference     string            `json:"reference"`
	Project       string            `json:"project"`
	File          string            `json:"file"`
	Sheet         string            `json:"sheet"`
	Row           int               `json:"row"`
	Role          screening.Role    `json:"role"`
	Name          string            `json:"name"`
	Country       string            `json:"country"`
	Before        screening.Grade   `json:"before"` // "" for a party that is new to the row
	Grade         screening.Grade   `json:"grade"`  // "" where the collaboration is over
	RowBefore     screening.Grade   `json:"row_before"`
	RowGrade      screening.Grade   `json:"row_grade"`
	Opens         bool              `json:"opens"` // something new for a person to decide
	Causes        []screening.Cause `json:"causes"`
	Matches       []nightMatch      `json:"matches"`
}

// nightMatch is one match that is new, gone or changed.
type nightMatch struct {
	Change screening.ChangeKind `json:"change"`
	Before screening.Grade      `json:"before"`
	screening.Match
	Causes []screening.Cause `json:"causes"` // the listed parties of the match that changed
}

// nightJSON writes one object a line for each party of each changed
// collaboration: those that changed, and where none did, for only the row's
// work came to something else, the first.
func nightJSON(ctx context.Context, env *Env, n *screening.Night, w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for c, err := range env.Store.NightChanges(ctx, n.ID) {
		if err != nil {
			return err
		}
		for _, p := range changedParties(c) {
			line := nightLine{
				Night: n.ID, Collaboration: c.Collaboration, Reference: c.Partner.Reference, Project: c.Partner.Project,
				File: c.Partner.File, Sheet: c.Partner.Sheet, Row: c.Partner.Row, Role: p.Party.Role, Name: p.Party.Name, Country: p.Party.Country,
				Before: p.BeforeGrade, Grade: p.Grade, RowBefore: c.BeforeGrade, RowGrade: c.Grade, Opens: slices.Contains(n.Counts.Runs, c.Run) && partyOpens(&p),
				Causes: append([]screening.Cause{}, c.Causes...), Matches: []nightMatch{},
			}
			for _, m := range p.Matches {
				nm := nightMatch{Change: m.Change, Match: m.Match, Causes: causesOf(c, &m)}
				if m.Before != nil {
					nm.Before = m.Before.Grade
				}
				line.Matches = append(line.Matches, nm)
			}
			if err := enc.Encode(line); err != nil {
				return fmt.Errorf("writing the changes of night %d: %w", n.ID, err)
			}
		}
	}
	return nil
}

// changedParties are the parties of a changed collaboration that changed; the
// first where none did.
func changedParties(c *screening.NightChange) []screening.PartyChange {
	all := screening.PartyChanges(c.Before, c.After)
	if c.After != nil {
		for i := range all {
			all[i].Party = &c.After.Partner.Parties[i]
		}
	}
	var out []screening.PartyChange
	for _, p := range all {
		if len(p.Matches) > 0 || p.BeforeGrade != p.Grade {
			out = append(out, p)
		}
	}
	if len(out) == 0 && len(all) > 0 {
		out = all[:1]
	}
	return out
}

func partyOpens(p *screening.PartyChange) bool {
	return slices.ContainsFunc(p.Matches, func(m screening.MatchChange) bool { return m.Opens() })
}

// causesOf are those of a row's causes that are about a listed party of the
// match, all but those of lists where none is.
func causesOf(c *screening.NightChange, m *screening.MatchChange) []screening.Cause {
	out := []screening.Cause{}
	listed := func(x screening.Cause) bool {
		about := func(l screening.Listing) bool { return l.List == x.List && l.Entity == x.Entity }
		return slices.ContainsFunc(m.Match.Listings, about) || m.Before != nil && slices.ContainsFunc(m.Before.Listings, about)
	}
	for _, x := range c.Causes {
		if x.Entity == "" || listed(x) {
			out = append(out, x)
		}
	}
	return out
}

// maxChangeLines is how many changes the workbook lists; those of a policy
// that changed for a million rows are better read as JSON.
const maxChangeLines = 100_000

// nightBook writes the workbook of a night: the rows that changed, on Review
// only what is new for a person to decide, and every change with its cause.
func nightBook(ctx context.Context, env *Env, n *screening.Night, w io.Writer) error {
	if len(n.Counts.Runs) == 0 {
		return fmt.Errorf("night %d was cut short before it began to screen", n.ID)
	}
	run, err := env.Store.Run(ctx, n.Counts.Runs[len(n.Counts.Runs)-1])
	if err != nil {
		return err
	}
	report, err := reportOf(ctx, env, run)
	if err != nil {
		return err
	}
	report.Night = n
	if report.Open, err = openAt(ctx, env, run.Finished); err != nil {
		return err
	}
	type partyAt struct {
		place screening.Place
		role  screening.Role
		key   string
	}
	opens := map[partyAt]map[string]bool{} // matches by key
	report.Opens = func(at screening.Place, p *screening.Party, m *screening.Match) bool {
		return opens[partyAt{at, p.Role, p.Key()}][m.Key]
	}
	for _, what := range n.Counts.Amendments {
		report.Changes = append(report.Changes, reports.Change{Kind: "policy changed", Why: what})
	}
	more := 0
	rows := func(yield func(*screening.Result, error) bool) {
		for c, err := range env.Store.NightChanges(ctx, n.ID) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, p := range changedParties(c) {
				lines := changeLines(c, &p)
				if len(report.Changes)+len(lines) > maxChangeLines {
					more += len(lines)
					continue
				}
				report.Changes = append(report.Changes, lines...)
			}
			if c.After == nil || c.Run != run.ID {
				continue // over, or reported by its sheet's screening
			}
			for _, p := range screening.PartyChanges(c.Before, c.After) {
				at := partyAt{c.After.Partner.Place, p.Party.Role, p.Party.Key()}
				for _, m := range p.Matches {
					if m.Opens() {
						if opens[at] == nil {
							opens[at] = map[string]bool{}
						}
						opens[at][m.Match.Key] = true
					}
				}
			}
			if !yield(c.After, nil) {
				return
			}
		}
		if more > 0 {
			report.Changes = append(report.Changes, reports.Change{Kind: "more", Why: fmt.Sprintf("%d more changes are not listed here; `screener rescreen --format json` has all", more)})
		}
	}
	return reports.Write(w, report, iter.Seq2[*screening.Result, error](rows))
}

// changeLines are the lines of one changed party on the sheet of changes.
func changeLines(c *screening.NightChange, p *screening.PartyChange) []reports.Change {
	line := reports.Change{Place: c.Partner.Place, Role: p.Party.Role, Party: p.Party.Name}
	if c.After == nil {
		line.Kind, line.Was, line.Why = "over", c.BeforeGrade.Plain(), causesText(c.Causes)
		return []reports.Change{line}
	}
	var out []reports.Change
	for _, m := range p.Matches {
		l := line
		l.List, l.Name, l.Why = m.Match.List, m.Match.Name, causesText(causesOf(c, &m))
		switch m.Change {
		case screening.Added:
			l.Kind, l.Is = "new match", strengthAt(m.Match)
		case screening.Removed:
			l.Kind, l.Was = "no longer matched", strengthAt(m.Match)
		default:
			l.Kind, l.Was, l.Is = "match changed", strengthAt(*m.Before), strengthAt(m.Match)
			if m.Match.Decision != nil && m.Match.Decision.Reopened != "" {
				l.Kind, l.Why = "reopened", cmp.Or(m.Match.Decision.Reopened, l.Why)
			}
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		line.Kind, line.Was, line.Is, line.Why = "row changed", gradeText(c.BeforeGrade), gradeText(c.Grade), causesText(c.Causes)
		out = append(out, line)
	}
	return out
}

func gradeText(g screening.Grade) string {
	if g == "" {
		return ""
	}
	return g.Plain()
}

// causesText says causes in a line.
func causesText(causes []screening.Cause) string {
	var out []string
	for _, c := range causes {
		if c.Entity == "" {
			out = append(out, c.Why)
			continue
		}
		text := fmt.Sprintf("%s %s (%s) was %s", c.List, c.Entity, c.Name, c.Change)
		var fields []string
		for _, f := range c.Fields {
			fields = append(fields, f.Field)
		}
		if len(fields) > 0 {
			text += ": " + strings.Join(fields, ", ")
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// NightText writes the changed collaborations of a night in lines for a person.
func NightText(ctx context.Context, env *Env, id int64, line func(columns ...string)) error {
	n, err := env.Store.Night(ctx, id)
	if err != nil {
		return err
	}
	for _, what := range n.Counts.Amendments {
		line("-", "-", "-", "-", "policy changed", "-", what)
	}
	for c, err := range env.Store.NightChanges(ctx, id) {
		if err != nil {
			return err
		}
		for _, p := range changedParties(c) {
			was, is := gradeOr(p.BeforeGrade, "-"), gradeOr(p.Grade, "over")
			for _, l := range changeLines(c, &p) {
				line(fmt.Sprint(c.Collaboration), cmp.Or(c.Partner.Reference, "-"), p.Party.Name, was+" -> "+is, l.Kind, cmp.Or(l.Name, "-"), cmp.Or(l.Why, "-"))
			}
		}
	}
	return nil
}

func gradeOr(g screening.Grade, none string) string { return cmp.Or(string(g), none) }
