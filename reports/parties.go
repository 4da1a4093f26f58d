package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"partnerscreen/screening"
)

// maxPartyPages is how many matches are shown side by side; the rest stand on Review.
const maxPartyPages = 500

var parties = Tab{
	Name: "Party pages",
	Doc:  "For each line to escalate: all that is known of both sides, side by side. “Not given” is no evidence either way.",
	Free: true,
	Rows: func(f *Findings) int { return len(escalated(f)) },
	Fill: fillParties,
}

func escalated(f *Findings) []*Finding {
	n := 0
	for n < len(f.Flagged) && f.Flagged[n].Grade == screening.Escalate {
		n++
	}
	return f.Flagged[:n]
}

func fillParties(b *Book, t Tab, f *Findings) error {
	p, err := b.Page(t, Layout{Plain: true, Columns: []Column{{Width: 24}, {Width: 60}, {Width: 60}}})
	if err != nil {
		return err
	}
	if err := p.Cells(Styled{p.doc(), StyleDoc}); err != nil {
		return err
	}
	all := escalated(f)
	for i, fd := range all[:min(len(all), maxPartyPages)] {
		if err := p.party(fd, i); err != nil {
			return err
		}
	}
	if more := len(all) - maxPartyPages; more > 0 {
		p.Skip(1)
		if err := p.Cells(Styled{counted(more, "more line", "more lines") + " to escalate on Review", StyleWarning}); err != nil {
			return err
		}
	}
	return p.End()
}

// party writes one pair: a line for each thing that can be compared.
func (p *Page) party(fd *Finding, i int) error {
	p.Skip(1)
	if i > 0 {
		if err := p.out.InsertPageBreak("A" + strconv.Itoa(p.row+1)); err != nil {
			return err
		}
	}
	m := &fd.Match
	if err := p.Cells(Styled{"Line " + strconv.Itoa(fd.Line) + " of Review", StyleBlock}); err != nil {
		return err
	}
	if err := p.Cells(ofGrade(fd.Grade), Styled{"Your party", StyleHeader}, Styled{"The listed party", StyleHeader}); err != nil {
		return err
	}
	pairs := []struct{ label, ours, theirs string }{}
	for _, side := range Sides(&fd.Party, m, fd.Entities) {
		switch side.Label {
		case "Country":
			pairs = append(pairs, struct{ label, ours, theirs string }{"Role / kind", strings.Join(fd.Roles, ", "), cmp.Or(string(together(fd).Kind), notGiven)})
		case "Remarks":
			pairs = append(pairs, struct{ label, ours, theirs string }{"Where it stands", rowsIn(fd.Places), listingsOf(m.Listings)})
			side.Label, side.Ours = "Reference / remarks", cmp.Or(strings.Join(fd.Refs, ", "), notGiven)
		}
		pairs = append(pairs, struct{ label, ours, theirs string }{side.Label, side.Ours, side.Theirs})
	}
	for _, x := range pairs {
		if err := p.pair(x.label, x.ours, x.theirs); err != nil {
			return err
		}
	}
	if err := p.Cells(nil, Styled{"Speaks for it", StyleHeader}, Styled{"Speaks against it", StyleHeader}); err != nil {
		return err
	}
	for _, x := range []struct{ label, left, right string }{
		{"Evidence", cmp.Or(evidenceOf(m, screening.For), "nothing"), cmp.Or(evidenceOf(m, screening.Against), "nothing")},
		{"Strength / would settle it", strengthLine(m), cmp.Or(evidenceOf(m, screening.Missing), "nothing named")},
		{"What the law does / in the publisher's words", plainControls(m), cmp.Or(termsOf(m), notGiven)},
		{"Office that owns it / graded by", plainOwners(m), cmp.Or(m.Rule, "the policy") + "; stakes " + cmp.Or(string(fd.Stakes), string(screening.Standard))},
		{"Decided earlier", cmp.Or(earlierIn(fd), "not yet"), ""},
	} {
		if err := p.pair(x.label, x.left, x.right); err != nil {
			return err
		}
	}
	if frozen(m) {
		if err := p.Cells(Styled{"HOLD", StyleWarning}, Styled{screening.HoldNow, StyleWarning}, Styled{reportsDue(m), StyleWarning}); err != nil {
			return err
		}
	}
	if url := publisherPage(m); url != "" {
		link, err := p.Link(2, url)
		if err != nil {
			return err
		}
		return p.Cells(Styled{"Publisher's page", StyleLabel}, link)
	}
	return nil
}

// strengthLine is how sure the match is, beside what another published method says.
func strengthLine(m *screening.Match) string {
	line := strengthOf(m.Strength) + ", score " + scoreText(m.Score)
	if m.SecondOpinion > 0 {
		line += "\nOFAC's published search method would score " + scoreText(m.SecondOpinion) + "; it changes nothing here"
	}
	return line
}

// pair writes two texts side by side. A row can be only so high, so a long
// text goes on in further rows.
func (p *Page) pair(label, left, right string) error {
	const high = 25 // lines
	a, b := inRows(left, p.layout.Columns[1].Width, high), inRows(right, p.layout.Columns[2].Width, high)
	for i := range max(len(a), len(b)) {
		row := []any{Styled{label, StyleLabel}, Styled{nil, StyleText}, Styled{nil, StyleText}}
		if i > 0 {
			row[0] = Styled{nil, StyleLabel}
		}
		if i < len(a) {
			row[1] = Styled{a[i], StyleText}
		}
		if i < len(b) {
			row[2] = Styled{b[i], StyleText}
		}
		if err := p.Cells(row...); err != nil {
			return err
		}
	}
	return nil
}

// inRows cuts a text between its lines into texts of no more than so many
// lines in a column.
func inRows(s string, width float64, high int) []string {
	var out []string
	var rows []string
	used := 0
	for line := range strings.SplitSeq(s, "\n") {
		n := linesIn(line, width)
		if used+n > high && len(rows) > 0 {
			out, rows, used = append(out, strings.Join(rows, "\n")), nil, 0
		}
		rows, used = append(rows, line), used+n
	}
	return append(out, strings.Join(rows, "\n"))
}

const notGiven = "not given"

// together is what is known of the listed party: all that its listings say,
// or what the match itself says where no entity is at hand.
func together(fd *Finding) *screening.Entity {
	if len(fd.Entities) == 0 {
		return &screening.Entity{Names: distinctNames(&fd.Match)}
	}
	all := *fd.Entities[0]
	remarks := []string{all.Remarks}
	for _, e := range fd.Entities[1:] {
		for _, n := range e.Names {
			if !slices.ContainsFunc(all.Names, func(o screening.Name) bool { return o.Text == n.Text }) {
				all.Names = append(all.Names[:len(all.Names):len(all.Names)], n)
			}
		}
		all.Kind = cmp.Or(all.Kind, e.Kind)
		all.Countries = distinct(slices.Concat(all.Countries, e.Countries))
		all.Addresses = slices.Concat(all.Addresses, e.Addresses)
		all.Identifiers = slices.Concat(all.Identifiers, e.Identifiers)
		all.BirthDates = distinct(slices.Concat(all.BirthDates, e.BirthDates))
		all.Websites = distinct(slices.Concat(all.Websites, e.Websites))
		all.Links = slices.Concat(all.Links, e.Links)
		remarks = append(remarks, e.Remarks)
	}
	all.Remarks = joined("\n", remarks...)
	return &all
}

// distinctNames are the names a match itself has of its listed party.
func distinctNames(m *screening.Match) []screening.Name {
	var out []screening.Name
	for _, n := range distinct([]string{m.Name, m.Matched}) {
		out = append(out, screening.Name{Text: n})
	}
	return out
}

// namesOf puts a name on each line and marks the one that matched.
func namesOf(names []screening.Name, matched string) string {
	var lines []string
	for _, n := range names {
		line := n.Text
		if n.Kind != "" && (n.Kind != screening.PrimaryName || n.Weak) {
			line += " (" + kindText(n) + ")"
		}
		if n.Text == matched {
			line += "  ← matched"
		}
		lines = append(lines, line)
	}
	return cmp.Or(strings.Join(lines, "\n"), notGiven)
}

func addressesOf(all []screening.Address) string {
	var lines []string
	for _, a := range all {
		text := a.Text
		for _, more := range []string{a.City, a.Country} {
			if more != "" && !strings.Contains(text, more) {
				text = joined(", ", text, more)
			}
		}
		lines = append(lines, text)
	}
	return cmp.Or(strings.Join(distinct(lines), "\n"), notGiven)
}

func identifiersOf(all []screening.Identifier) string {
	var lines []string
	for _, id := range all {
		line := strings.ReplaceAll(id.Kind, "_", " ") + " " + id.Value
		if id.Country != "" {
			line += " (" + id.Country + ")"
		}
		lines = append(lines, line)
	}
	return cmp.Or(strings.Join(distinct(lines), "\n"), notGiven)
}

func linksOf(all []screening.Link) string {
	var lines []string
	for _, l := range all {
		line := strings.ReplaceAll(l.Kind, "_", " ") + " " + cmp.Or(l.Name, l.Entity)
		if of := cmp.Or(l.OfName, l.Of); of != "" {
			line = of + " " + line
		}
		var more []string
		for _, x := range []struct{ word, value string }{{"", l.Share}, {"since ", l.Since}, {"until ", l.Until}} {
			if x.value != "" {
				more = append(more, x.word+x.value)
			}
		}
		if len(more) > 0 {
			line += " (" + strings.Join(more, ", ") + ")"
		}
		lines = append(lines, line)
	}
	return cmp.Or(strings.Join(distinct(lines), "\n"), "none named")
}

// termsOf are the measures in the publishers' own words.
func termsOf(m *screening.Match) string {
	var lines []string
	for _, l := range m.Listings {
		lines = append(lines, joined(" – ", l.Terms, l.Remarks))
	}
	return strings.Join(distinct(lines), "\n")
}
