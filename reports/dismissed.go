package reports

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

var dismissed = Tab{
	Name: "Dismissed earlier",
	Doc:  "Likely matches a person has called false positives, unchanged on both sides since. They are counted, not dropped; each comes back when either side changes or its time is over.",
	Rows: func(f *Findings) int { return len(f.Dismissed) },
	Fill: func(b *Book, t Tab, f *Findings) error {
		p, err := b.Page(t, Layout{Frozen: 1, Columns: []Column{
			{Title: "Party", Width: 28, Style: StyleText},
			{Title: "Role", Width: 12, Style: StyleWords},
			{Title: "Country", Width: 9, Style: StyleText},
			{Title: "Rows in your file", Width: 22, Style: StyleText},
			{Title: "Listed as", Width: 28, Style: StyleText},
			{Title: "Listings", Width: 32, Style: StyleText},
			{Title: "Strength", Width: 10, Style: StyleWords},
			{Title: "Score", Width: 7, Style: StyleScore},
			{Title: "Dismissed by", Width: 18, Style: StyleText},
			{Title: "On", Width: 11, Style: StyleWords},
			{Title: "Why", Width: 22, Style: StyleText},
			{Title: "Note", Width: 30, Style: StyleText},
			{Title: "Holds until", Width: 11, Style: StyleWords},
			{Title: "State", Width: 16, Style: StyleWords},
		}})
		if err != nil {
			return err
		}
		for _, fd := range f.Dismissed {
			m, d := &fd.Match, fd.Match.Decision
			if err := p.Row(
				fd.Party.Name, strings.Join(fd.Roles, ", "), fd.Party.Country, rowsIn(fd.Places), cmp.Or(m.Matched, m.Name), listingsInShort(m.Listings),
				strengthOf(m.Strength), m.Score, d.Reviewer, day(d.Made), ReasonText(d.Reason), d.Note, day(d.Expires), stateUntil(d.Expires, f.Report.Generated),
			); err != nil {
				return err
			}
		}
		return p.End()
	},
}

// dueBy reports whether a time is over within 30 days.
func dueBy(until, now time.Time) bool {
	return !until.IsZero() && until.Before(now.AddDate(0, 0, 30))
}

// dueSoon says how many dismissals are due, for Summary.
func dueSoon(f *Findings) string {
	n := 0
	for _, fd := range f.Dismissed {
		if dueBy(fd.Match.Decision.Expires, f.Report.Generated) {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" Due within 30 days: %d; those unchanged can be renewed together (screener decisions renew).", n)
}
