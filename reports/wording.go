package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

// maxPlaces is how many rows a line names; All rows has the others.
const maxPlaces = 100

// rowsIn names rows by file and sheet: "partners.xlsx, Sheet1: rows 4, 9".
func rowsIn(places []screening.Place) string {
	var b strings.Builder
	shown := min(len(places), maxPlaces)
	for i, p := range places[:shown] {
		switch {
		case i == 0 || p.File != places[i-1].File || p.Sheet != places[i-1].Sheet:
			if i > 0 {
				b.WriteString("\n")
			}
			b.WriteString(p.File)
			if p.Sheet != "" {
				b.WriteString(", " + p.Sheet)
			}
			b.WriteString(": row")
			if i+1 < shown && places[i+1].File == p.File && places[i+1].Sheet == p.Sheet {
				b.WriteString("s")
			}
			b.WriteString(" ")
		default:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, p.Row)
	}
	if more := len(places) - shown; more > 0 {
		fmt.Fprintf(&b, "\nand %d more, in All rows", more)
	}
	return b.String()
}

// rolesOf joins roles in plain words.
func rolesOf(roles []screening.Role) string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = roleOf(r)
	}
	return strings.Join(out, ", ")
}

func roleOf(r screening.Role) string { return strings.ReplaceAll(string(r), "_", " ") }

// listingsOf numbers the listings, so that a reviewer can name one.
func listingsOf(all []screening.Listing) string {
	lines := make([]string, len(all))
	for i, l := range all {
		line := fmt.Sprintf("%d. %s", i+1, l.List)
		if l.Entity != "" {
			line += " " + l.Entity
		}
		if about := distinct([]string{l.Programme, l.Authority, l.LegalBasis}); len(about) > 0 {
			line += ": " + strings.Join(about, "; ")
		}
		if l.Listed != "" {
			line += ", listed " + l.Listed
		}
		if l.Ends != "" {
			line += ", ends " + l.Ends
		}
		switch l.Bearing {
		case screening.Contractual:
			line += " (binds through a funder or an item's origin)"
		case screening.Informative:
			line += " (does not bind this office)"
		}
		if l.Blocking != "" {
			line += " (acting on it may be barred by " + l.Blocking + ")"
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// controlsOf are the controls of a match, the one that set its grade first.
func controlsOf(m *screening.Match) []screening.Control {
	out := []screening.Control{m.Control}
	for _, c := range screening.Controls {
		if c == m.Control {
			continue
		}
		if slices.ContainsFunc(m.Listings, func(l screening.Listing) bool { return slices.Contains(l.Controls, c) }) {
			out = append(out, c)
		}
	}
	return out
}

// ownersOf are the offices that own the controls of a match, that of its grade first.
func ownersOf(m *screening.Match) []screening.Owner {
	out := []screening.Owner{m.Owner}
	for _, c := range controlsOf(m) {
		if o := c.Owner(); !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

func plainControls(m *screening.Match) string {
	var out []string
	for _, c := range controlsOf(m) {
		out = append(out, c.Plain())
	}
	return strings.Join(out, "\n")
}

func plainOwners(m *screening.Match) string {
	var out []string
	for _, o := range ownersOf(m) {
		out = append(out, string(o))
	}
	return strings.Join(out, "\n")
}

// evidenceOf are the reasons that speak one way, a line each. Reasons with a
// share in the score show it.
func evidenceOf(m *screening.Match, d screening.Direction) string {
	var lines []string
	for _, e := range m.Evidence {
		if e.Direction != d {
			continue
		}
		line := strings.ReplaceAll(e.Feature, "_", " ")
		if e.Score != 0 {
			line += fmt.Sprintf(" %+.2f", e.Score)
		}
		if e.Detail != "" {
			line += ": " + e.Detail
		}
		if e.Query != "" || e.Candidate != "" {
			line += fmt.Sprintf(" [%s | %s]", cmp.Or(e.Query, "not given"), cmp.Or(e.Candidate, "not given"))
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// earlierOf tells what was decided of the pair before, and why it is back.
func earlierOf(m *screening.Match) string {
	if m.Decision == nil {
		return ""
	}
	d := m.Decision
	said := fmt.Sprintf("%s on %s by %s", VerdictText(d.Verdict), day(d.Made), d.Reviewer)
	if d.Reason != "" {
		said += ": " + ReasonText(d.Reason)
	}
	if d.Note != "" {
		said += " (" + d.Note + ")"
	}
	if len(m.Changes) > 0 {
		said += "\nNo longer holds: " + strings.Join(m.Changes, "; ")
	} else if !d.Expires.IsZero() {
		said += "\nHolds until " + day(d.Expires)
	}
	return said
}

// strengthOf is a strength in a reader's words.
func strengthOf(s screening.Strength) string {
	if s == screening.NoStrength {
		return "below the note line"
	}
	return string(s)
}

// matchLine is a match in one line: list, name, strength and score.
func matchLine(m *screening.Match) string {
	return fmt.Sprintf("%s: %s (%s, %.2f)", m.List, cmp.Or(m.Name, m.Matched), strengthOf(m.Strength), m.Score)
}

// ageOf is how many whole days lie between two times.
func ageOf(then, now time.Time) any {
	if then.IsZero() {
		return "unknown"
	}
	return int(now.Sub(then).Hours() / 24)
}

// counted puts a number before the right form of its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// webAddress reports whether a text is an address a link may lead to.
func webAddress(s string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(s), "http")
	if !ok {
		return false
	}
	rest, _ = strings.CutPrefix(rest, "s")
	rest, ok = strings.CutPrefix(rest, "://")
	return ok && rest != "" && len(s) <= 2000 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || unfit(r) || r == '"' || r == '<' || r == '>' })
}
