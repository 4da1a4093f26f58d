package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
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

// workOf is what a row calls its work: the reference, and how the project begins.
func workOf(p *screening.Partner) string {
	return joined(": ", p.Reference, shortened(p.Project, 70))
}

// worksIn names the work of a line's rows, a line each.
func worksIn(fd *Finding) string {
	works := fd.Works
	if len(works) > maxWorks {
		works = append(slices.Clone(works[:maxWorks]), "and more, in All rows")
	}
	return strings.Join(works, "\n")
}

func roleOf(r screening.Role) string { return strings.ReplaceAll(string(r), "_", " ") }

// listingsOf numbers the listings, so that a reviewer can name one, and says
// of each what its publisher does.
func listingsOf(all []screening.Listing) string {
	lines := make([]string, len(all))
	for i, l := range all {
		line := listed(i, l)
		if about := joined("; ", l.Programme, l.Authority, l.LegalBasis); about != "" {
			line += ": " + about
		}
		if l.Listed != "" {
			line += ", listed " + l.Listed
		}
		if l.Ends != "" {
			line += ", ends " + l.Ends
		}
		lines[i] = line + bearingOf(l)
		if l.Blocking != "" {
			lines[i] += " (acting on it may be barred by " + l.Blocking + ")"
		}
	}
	return strings.Join(lines, "\n")
}

// listingsInShort is the same for a narrow column: the programme and how its
// legal basis begins, and at the end what several listings have in common.
func listingsInShort(all []screening.Listing) string {
	lines := make([]string, len(all))
	var common []string // what is said once of all listings it is true of
	numbers := map[string][]string{}
	for i, l := range all {
		line := listed(i, l)
		if about := joined("; ", l.Programme, shortened(l.LegalBasis, 60)); about != "" {
			line += ": " + about
		}
		if l.Ends != "" {
			line += ", ends " + l.Ends
		}
		lines[i] = line
		add := func(what string) {
			if !slices.Contains(common, what) {
				common = append(common, what)
			}
			numbers[what] = append(numbers[what], strconv.Itoa(i+1))
		}
		switch l.Bearing {
		case screening.Contractual:
			add("%s: binding through a funder or an item's origin")
		case screening.Informative:
			add("%s: not binding on this office")
		}
		if l.Blocking != "" {
			add("%s: acting on it may be barred by " + strings.ReplaceAll(l.Blocking, "%", "%%"))
		}
	}
	for _, what := range common {
		lines = append(lines, fmt.Sprintf(what, strings.Join(numbers[what], ", ")))
	}
	return strings.Join(lines, "\n")
}

// listed is a listing's number, list and id. An id that only a machine can
// read is cut; Listing ids has it whole.
func listed(i int, l screening.Listing) string {
	return strings.TrimSpace(fmt.Sprintf("%d. %s %s", i+1, l.List, shortenedID(l.Entity)))
}

func bearingOf(l screening.Listing) string {
	switch l.Bearing {
	case screening.Contractual:
		return " (binds through a funder or an item's origin)"
	case screening.Informative:
		return " (does not bind this office)"
	}
	return ""
}

func shortenedID(id string) string {
	if len(id) > 24 && !strings.Contains(id, " ") {
		return shortened(id, 12)
	}
	return id
}

// shortened cuts a text to so many characters.
func shortened(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return strings.TrimRight(string(r[:most-1]), " ;,.") + "…"
}

// joined joins what is not empty.
func joined(sep string, parts ...string) string { return strings.Join(distinct(parts), sep) }

// notesIn puts notes a line each; that several lists were not screened
// against takes one line.
func notesIn(notes []string) string {
	const lead = "not screened against "
	var out, lists []string
	for _, n := range distinct(notes) {
		if list, ok := strings.CutPrefix(n, lead); ok {
			lists = append(lists, list)
		} else {
			out = append(out, n)
		}
	}
	if len(lists) > 0 {
		out = append(out, lead+strings.Join(lists, ", "))
	}
	return strings.Join(out, "\n")
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
	if len(d.Merged) > 0 {
		said += "\nThe list has since made one party of this and what decision " + strings.Join(d.Merged, ", ") + " was about"
	}
	switch {
	case reopened(m) != "":
		said += "\nNo longer holds: " + reopened(m)
	case d.Waiting != "":
		said += "\nDoes not count yet: " + d.Waiting
	case !d.Expires.IsZero():
		said += "\nHolds until " + day(d.Expires)
	}
	return said
}

// earlierIn is the same for a line of Review, with what closed its rows before.
func earlierIn(fd *Finding) string {
	return joined("\n", append([]string{earlierOf(&fd.Match)}, fd.Lapsed...)...)
}

// closedAs tells how a true match was closed, and why that no longer holds.
func closedAs(d *screening.Disposition) string {
	said := fmt.Sprintf("Closed on %s by %s: %s", day(d.Made), d.Reviewer, d.Said())
	if d.Terms != "" {
		said += " (" + d.Terms + ")"
	}
	switch {
	case d.Lapsed != "":
		said += "; no longer, " + d.Lapsed
	case d.Waiting != "":
		said += "; does not count yet: " + d.Waiting
	case !d.Expires.IsZero():
		said += ", until " + day(d.Expires)
	}
	return said
}

// reopened says why a match that was decided has to be decided again.
func reopened(m *screening.Match) string {
	return joined("; ", append([]string{m.Decision.Reopened}, m.Changes...)...)
}

// holds reports whether a match stands decided.
func holds(m *screening.Match) bool {
	return m.Decision != nil && reopened(m) == "" && m.Decision.Waiting == ""
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
