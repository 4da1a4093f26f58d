package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"partnerscreen/screening"
)

// longestName is how many characters a cell may have and still be a name;
// the longest in the lists has about 400.
const longestName = 1_000

// partner reads one row below the header. It returns a partner with parties,
// or one with Error that says why the row names none.
func (l *layout) partner(place screening.Place, ln line, limits Limits) *screening.Partner {
	p := &screening.Partner{Place: place, Notes: slices.Clone(ln.notes)}
	l.cells(p, ln)
	if len(l.names) == 0 {
		p.Error = "the sheet has no column that is recognised as the name of a party"
		return p
	}
	if p.Error = l.headerAgain(ln); p.Error != "" {
		return p
	}
	var why []string // there is no party
	for n, i := range l.names {
		c := &l.columns[i]
		text := l.cell(ln, c)
		if cleanCell(text) == "" {
			continue
		}
		names, bad := l.partyNames(p, c, text, ln.cells)
		why = append(why, bad...)
		if len(p.Parties)+len(names) > limits.Parties {
			p.Error, p.Parties = fmt.Sprintf("the row names more than %d parties; give each its own row", limits.Parties), nil
			return p
		}
		l.addParties(p, n, names, ln)
	}
	if len(p.Parties) == 0 {
		p.Notes = nil
		p.Error = "no party: " + strings.Join(why, "; ")
		if len(why) == 0 {
			p.Error = "no party: nothing stands under " + l.nameHeaders()
		}
		return p
	}
	p.Notes = append(p.Notes, why...)
	l.rowFields(p, ln)
	return p
}

// cells keeps the row as the sheet had it, each cell under its header; a cell
// beyond the headers goes by its column.
func (l *layout) cells(p *screening.Partner, ln line) {
	p.Cells = make([]screening.Cell, 0, len(l.columns))
	for i, c := range l.columns {
		v := ""
		if i < len(ln.cells) {
			v = cleanText(ln.cells[i])
		}
		if v != "" || !strings.HasPrefix(c.header, "(column ") {
			p.Cells = append(p.Cells, screening.Cell{Header: c.header, Value: v})
		}
	}
	for i := len(l.columns); i < len(ln.cells); i++ {
		if v := cleanText(ln.cells[i]); v != "" {
			p.Cells = append(p.Cells, screening.Cell{Header: "(column " + columnLetters(i) + ")", Value: v})
		}
	}
}

func (l *layout) cell(ln line, c *column) string {
	if c.index >= len(ln.cells) {
		return ""
	}
	return ln.cells[c.index]
}

func (l *layout) nameHeaders() string {
	var out []string
	for _, i := range l.names {
		out = append(out, strconv.Quote(l.columns[i].header))
	}
	return strings.Join(out, ", ")
}

// headerAgain says why a row is not data but the header again, as printed
// tables have it on each page, or that of a second table below the first.
func (l *layout) headerAgain(ln line) string {
	suspect := false // a name column holds what could be a header
	for _, i := range l.names {
		c := &l.columns[i]
		v := cleanCell(l.cell(ln, c))
		suspect = suspect || strings.EqualFold(v, c.header) || (len(v) < 30 && phrases().knows(v))
	}
	if !suspect || ln.number <= l.headerRow {
		return ""
	}
	filled, same, known := 0, 0, 0
	for i, v := range ln.cells {
		if v = cleanCell(v); v == "" {
			continue
		}
		filled++
		if i < len(l.columns) && strings.EqualFold(v, l.columns[i].header) {
			same++
		}
		if recognise(v).field != "" {
			known++
		}
	}
	switch {
	case same == filled && (same > 1 || len(l.columns) == 1):
		return "the row repeats the header"
	case known == filled && known > 1:
		return "the row looks like the header of another table; the rows below it are read under the first header"
	}
	return ""
}

// partyNames reads the names in one cell; bad says what of it is no name.
func (l *layout) partyNames(p *screening.Partner, c *column, text string, row []string) (names, bad []string) {
	place := "column " + strconv.Quote(c.header) + ": "
	for _, name := range splitCell(text) {
		switch {
		case undisclosed(c.role, name):
			_ = answer(p, screening.AskFunder, name)
			bad = append(bad, place+"the funder is not disclosed")
		case isJunk(name):
			bad = append(bad, place+strconv.Quote(shorten(name, 40))+" is no name; read as empty")
		case isTotal(name, row):
			bad = append(bad, place+strconv.Quote(shorten(name, 40))+" adds up the rows above; it is no name")
		case utf8.RuneCountInString(name) > longestName:
			bad = append(bad, fmt.Sprintf("%sa text of more than %d characters is no name", place, longestName))
		default:
			names = append(names, name)
		}
	}
	if len(names)+len(bad) == 0 {
		bad = append(bad, place+strconv.Quote(shorten(cleanCell(text), 40))+" is no name; read as empty")
	}
	return names, bad
}

// ByID gives a party whose name is the address of a ROR record that record's id.
func ByID(p *screening.Party) {
	if id, ok := shaped(p.Name, "ror"); ok && !p.Role.Person() && strings.Contains(strings.ToLower(p.Name), "ror.org/") {
		p.Name, p.Identifiers = id, []screening.Identifier{{Kind: "ror", Value: id}}
	}
}

// addParties makes the parties of one cell, with what other columns say of
// them. Where the cell names several, a companion cell must hold as many
// values, in the same order; else it is left out, since it is not said whose it is.
func (l *layout) addParties(p *screening.Partner, n int, names []string, ln line) {
	first := len(p.Parties)
	for _, name := range names {
		party := screening.Party{Role: l.columns[l.names[n]].role, Name: name}
		ByID(&party)
		if !party.Role.Person() && looksLikePerson(name) {
			// People are compared with people only where the office maps them: the
			// party stays an organisation, and the office is told.
			party.Notes = append(party.Notes, screening.NoteLooksLikePerson)
		}
		p.Parties = append(p.Parties, party)
	}
	added := p.Parties[first:]
	for i := range l.columns {
		c := &l.columns[i]
		if c.party != n || len(added) == 0 {
			continue
		}
		text := cleanText(l.cell(ln, c))
		if text == "" {
			continue
		}
		values := []string{text}
		if len(added) > 1 {
			if values = splitValues(text); len(values) != len(added) {
				p.Notes = append(p.Notes, fmt.Sprintf("column %q: it does not hold one value for each of the %d parties; as it is not clear which belongs to which, none is used", c.header, len(added)))
				continue
			}
		}
		for j := range added {
			if note := setField(&added[j], c, values[j]); note != "" {
				p.Notes = append(p.Notes, fmt.Sprintf("column %q: %s", c.header, note))
			}
		}
	}
	p.Parties = p.Parties[:first+dropTwins(p.Parties[:first], added)]
}

// splitValues takes a companion cell apart, blanks between separators kept so
// that the others stay in place.
func splitValues(s string) []string {
	if items := splitNumbered(s); len(items) > 1 {
		for i := range items {
			items[i] = strings.Trim(items[i], " ;\n")
		}
		return items
	}
	return strings.Split(strings.Map(func(r rune) rune {
		if strings.ContainsRune(";；|｜\n", r) {
			return ';'
		}
		return r
	}, s), ";")
}

// setField gives a party what a companion cell says; the note says what of it
// could not be used.
func setField(party *screening.Party, c *column, text string) (note string) {
	v := cleanCell(text)
	if v == "" {
		return ""
	}
	if c.field == fieldCountry {
		return setCountry(party, v)
	}
	if isJunk(v) && c.field != fieldIdentifier && (c.field != fieldAddress || len(v) < 4) { // a postal code is digits alone
		return ""
	}
	switch c.field {
	case fieldCity:
		party.City = join(party.City, v, ", ")
	case fieldAddress:
		party.Address = join(party.Address, v, ", ")
	case fieldWebsite:
		party.Website = join(party.Website, v, " ")
	case fieldIdentifier:
		ids, why := parseIdentifiers(text, c.kind)
		party.Identifiers = append(party.Identifiers, ids...)
		if why != "" {
			return strconv.Quote(shorten(v, 40)) + " " + why + "; not used"
		}
	}
	return ""
}

// setCountry reads a country cell. A wrong country would speak against a
// right match, so what is not certain is unknown.
func setCountry(party *screening.Party, v string) (note string) {
	code, ok := screening.CountryCode(v)
	switch {
	case v == "NA":
		return `"NA" may be Namibia or "not available"; read as unknown`
	case !ok && isJunk(v):
		return ""
	case !ok:
		return strconv.Quote(shorten(v, 60)) + " is no known country; read as unknown"
	case party.Country != "" && party.Country != code:
		party.Country = ""
		return "the row gives the party two countries; neither is used"
	}
	party.Country = code
	return ""
}

func join(a, b, by string) string {
	if a == "" || a == b {
		return b
	}
	return a + by + b
}

// dropTwins removes from added the parties that the row names already in the
// same role, or that say the same twice, and returns how many are left.
func dropTwins(before, added []screening.Party) int {
	kept := 0
	for i := range added {
		a := &added[i]
		same := func(b screening.Party) bool {
			return b.Role == a.Role && strings.EqualFold(b.Name, a.Name) && b.Country == a.Country && b.City == a.City &&
				b.Address == a.Address && b.Website == a.Website && slices.Equal(b.Identifiers, a.Identifiers)
		}
		if slices.ContainsFunc(before, same) || slices.ContainsFunc(added[:kept], same) {
			continue
		}
		added[kept] = *a
		kept++
	}
	return kept
}

// rowFields reads what the row says of the collaboration.
func (l *layout) rowFields(p *screening.Partner, ln line) {
	for i := range l.columns {
		c := &l.columns[i]
		v := cleanCell(l.cell(ln, c))
		if v == "" {
			continue
		}
		switch c.field {
		case fieldReference:
			if !isJunk(v) || strings.ContainsAny(v, "123456789") {
				p.Reference = join(p.Reference, v, "; ")
			}
		case fieldProject:
			p.Project = join(p.Project, v, "; ")
		case fieldStatus:
			p.Status = join(p.Status, v, "; ")
		case fieldTerms:
			for term := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
				if scheme, _, ok := strings.Cut(term, ":"); ok && (scheme == "casrai" || scheme == "credit") && !slices.Contains(p.Terms, term) {
					p.Terms = append(p.Terms, term)
				}
			}
		case fieldStart, fieldEnd:
			iso, why := parseDate(v, l.dates)
			if why != "" {
				p.Notes = append(p.Notes, fmt.Sprintf("column %q: %q %s", c.header, shorten(v, 40), why))
			}
			if c.field == fieldStart && p.Start == "" {
				p.Start = iso
			}
			if c.field == fieldEnd && p.End == "" {
				p.End = iso
			}
		default:
			if q, ok := asks[c.field]; ok {
				if note := answer(p, q, cleanText(l.cell(ln, c))); note != "" {
					p.Notes = append(p.Notes, fmt.Sprintf("column %q: %s", c.header, note))
				}
			}
		}
	}
}
