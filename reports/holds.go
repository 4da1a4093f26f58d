package reports

import (
	"strings"

	"partnerscreen/screening"
)

var holdInstructions = Tab{
	Name: "Hold instructions",
	Doc:  "True matches under an asset freeze: what to do now, whom to tell, and by when. A reminder with its sources, and no legal advice. Closing a match for its work ends no duty to report.",
	Rows: func(f *Findings) int { return len(f.Holds) },
	Fill: func(b *Book, t Tab, f *Findings) error {
		p, err := b.Page(t, Layout{Frozen: 1, Columns: []Column{
			{Title: "Party", Width: 26, Style: StyleText},
			{Title: "Role", Width: 10, Style: StyleWords},
			{Title: "Rows in your file", Width: 22, Style: StyleText},
			{Title: "Listed as", Width: 26, Style: StyleText},
			{Title: "Lists", Width: 18, Style: StyleText},
			{Title: "State", Width: 25, Style: StyleText},
			{Title: "Called true first on", Width: 11, Style: StyleWords},
			{Title: "Report due", Width: 11, Style: StyleWords},
			{Title: "Do now", Width: 40, Style: StyleText},
			{Title: "Whom to tell, by when, and the source", Width: 68, Style: StyleText},
		}})
		if err != nil {
			return err
		}
		for _, fd := range f.Holds {
			m := &fd.Match
			var lists []string
			for _, l := range m.Listings {
				lists = append(lists, l.List)
			}
			if err := p.Row(
				fd.Party.Name, strings.Join(fd.Roles, ", "), rowsIn(fd.Places), m.Name, strings.Join(distinct(lists), "\n"), stateOfHold(m),
				day(m.Decision.Since), firstDue(m), screening.HoldNow, reportsDue(m),
			); err != nil {
				return err
			}
		}
		return p.End()
	},
}

// stateOfHold says how the verdict stands that the hold rests on.
func stateOfHold(m *screening.Match) string {
	switch {
	case reopened(m) != "":
		return "To be decided again: " + reopened(m) + ". Hold until it is."
	case m.Decision.Waiting != "":
		return "One person has called it true. Hold while the second decides."
	case m.Disposition.Stands():
		return closedAs(m.Disposition)
	}
	return "True match; not closed"
}

// firstDue is the earliest day a rule counts to.
func firstDue(m *screening.Match) string {
	first := "see right"
	for _, h := range screening.HoldsOf(m, m.Decision.Since) {
		if !h.Due.IsZero() && (first == "see right" || day(h.Due) < first) {
			first = day(h.Due)
		}
	}
	return first
}

// reportsDue are the rules of the authorities whose listings freeze, a line each.
func reportsDue(m *screening.Match) string {
	var lines []string
	for _, h := range screening.HoldsOf(m, m.Decision.Since) {
		lines = append(lines, h.Text())
	}
	return strings.Join(lines, "\n")
}
