package reports

import (
	"fmt"
	"strings"
	"time"
)

var closedMatches = Tab{
	Name: "Closed true matches",
	Doc:  "True matches that are closed for the work of their rows. Each comes back when its time is over, when the role, the stakes or the funder of the row changes, or when either side does.",
	Rows: func(f *Findings) int { return len(f.Closed) },
	Fill: func(b *Book, t Tab, f *Findings) error {
		p, err := b.Page(t, Layout{Frozen: 1, Columns: []Column{
			{Title: "Party", Width: 26, Style: StyleText},
			{Title: "Role", Width: 11, Style: StyleWords},
			{Title: "Rows in your file", Width: 22, Style: StyleText},
			{Title: "Work", Width: 26, Style: StyleText},
			{Title: "Listed as", Width: 26, Style: StyleText},
			{Title: "What the law does", Width: 26, Style: StyleWords},
			{Title: "How it is closed", Width: 14, Style: StyleWords},
			{Title: "Licence number", Width: 14, Style: StyleText},
			{Title: "Scope or plan", Width: 28, Style: StyleText},
			{Title: "What the work is bound to", Width: 17, Style: StyleWords},
			{Title: "Closed by", Width: 15, Style: StyleText},
			{Title: "On", Width: 10.5, Style: StyleWords},
			{Title: "Until", Width: 10.5, Style: StyleWords},
			{Title: "State", Width: 12, Style: StyleWords},
		}})
		if err != nil {
			return err
		}
		for _, fd := range f.Closed {
			m, d := &fd.Match, fd.Match.Disposition
			if err := p.Row(
				fd.Party.Name, strings.Join(fd.Roles, ", "), rowsIn(fd.Places), worksIn(fd), m.Name, plainControls(m), d.Closing.Plain(), d.Number, d.Terms,
				d.Closing.Restriction(), d.Reviewer, day(d.Made), day(d.Expires), stateUntil(closesUntil(fd), f.Report.Generated),
			); err != nil {
				return err
			}
		}
		return p.End()
	},
}

// stateUntil says whether what holds until a day is due.
func stateUntil(until, now time.Time) string {
	if dueBy(until, now) {
		return "due within 30 days"
	}
	return "holds"
}

// closedSoon says how many true matches are closed, and how many of them are due, for Summary.
func closedSoon(f *Findings) string {
	n := 0
	for _, fd := range f.Closed {
		if dueBy(closesUntil(fd), f.Report.Generated) {
			n++
		}
	}
	said := counted(len(f.Closed), "true match is", "true matches are") + " closed for the work: see Closed true matches."
	if n > 0 {
		said += fmt.Sprintf(" Due within 30 days: %d.", n)
	}
	return said
}

// closesUntil is when a closed match comes back: with its licence, or with the
// verdict that it rests on.
func closesUntil(fd *Finding) time.Time {
	until := fd.Match.Disposition.Expires
	if d := fd.Match.Decision; d != nil && !d.Expires.IsZero() && (until.IsZero() || d.Expires.Before(until)) {
		return d.Expires
	}
	return until
}
