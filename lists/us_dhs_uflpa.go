package lists

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"partnerscreen/screening"
)

var usDHSUFLPA = Card{
	ID:        "us_dhs_uflpa",
	Title:     "US Uyghur Forced Labor Prevention Act Entity List",
	Publisher: "US Department of Homeland Security, Forced Labor Enforcement Task Force",
	Doc:       "Companies whose goods are presumed to be made with forced labour and may not be imported into the US.",
	Page:      "https://www.dhs.gov/uflpa-entity-list",
	Licence:   "LicenseRef-US-public-domain",
	Binds:     []string{"US"},
	Controls:  []screening.Control{screening.Import},
	Cadence:   240 * 24 * time.Hour, // some updates a year
	Formats: []Format{{
		Name:  "html",
		Files: []File{{Name: "*uflpa*.html", URL: "https://www.dhs.gov/uflpa-entity-list"}},
		Parse: parseUSDHSUFLPA,
	}},
	Bounds: Bounds{MinEntities: 100, MaxEntities: 3000, MinNamed: 1, MaxShrink: 0.2, MaxGrow: 1},
	Note:   "Read from the tables of the Department's page. A subsidiary named beside its parent is an entry of its own. Format tested on an extract.",
}

func parseUSDHSUFLPA(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "*uflpa*.html"
	page, err := readPage(src, file)
	if err != nil {
		return Header{}, err
	}
	found := &findings{}
	read := uflpaPage{found: found, byName: map[string]*draft{}, ids: madeIDs{}}
	read.walk(page)
	if read.tables == 0 {
		return Header{}, errors.New("the page has no table with a column for the name of the entity: it has been rebuilt or is another page")
	}
	for _, d := range read.parties {
		d.emitTo(emit)
	}
	var header Header
	if read.updated == "" { // the newest entry is the least its age can be
		read.updated = read.newest
	}
	header.Published, _ = time.Parse(time.DateOnly, read.updated)
	header.Findings = found.all()
	return header, nil
}

// uflpaPage gathers what the tables of the page say.
type uflpaPage struct {
	found   *findings
	parties []*draft
	byName  map[string]*draft
	ids     madeIDs
	tables  int
	clause  string // of the Act, named in the text before a table
	newest  string // effective date
	updated string // "Last Updated" as the page says
}

var (
	uflpaClause  = regexp.MustCompile(`2\(d\)\(2\)\(B\)\([ivx]+\)`)
	uflpaUpdated = regexp.MustCompile(`Last (?:Updated|Published Date|Published): *([0-9/]+|[A-Z][a-z]+ \d{1,2}, \d{4})`)
)

func (u *uflpaPage) walk(n *html.Node) {
	if n.DataAtom == atom.Script || n.DataAtom == atom.Style {
		return
	}
	if n.Type == html.TextNode {
		if m := uflpaClause.FindAllString(n.Data, -1); m != nil {
			u.clause = m[len(m)-1]
		}
		if m := uflpaUpdated.FindStringSubmatch(n.Data); m != nil {
			u.updated, _ = ParseDate(m[1], true)
		}
	}
	if n.DataAtom == atom.Table {
		u.table(n)
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		u.walk(c)
	}
}

// table reads one table; one that lists no entities is passed over.
func (u *uflpaPage) table(table *html.Node) {
	name, date := -1, -1
	for i, row := range tableRows(table) {
		place := fmt.Sprintf("table %d row %d", u.tables+1, i+1)
		if name < 0 {
			for j, cell := range row {
				switch strings.ToLower(cell) {
				case "name of entity", "entity name":
					name = j
				case "effective date":
					date = j
				case "":
				default:
					if name >= 0 || date >= 0 {
						u.found.add("column", place, fmt.Sprintf("unknown column %q", cell), true)
					}
				}
			}
			if name < 0 {
				return
			}
			if date < 0 {
				u.found.add("column", place, "no column for the effective date", false)
			}
			u.tables++
			continue
		}
		place = fmt.Sprintf("table %d row %d", u.tables, i+1)
		if name >= len(row) || row[name] == "" {
			u.found.add("row", place, "no name, left out", len(row) > 1)
			continue
		}
		var effective string
		if date >= 0 && date < len(row) {
			var ok bool
			if effective, ok = ParseDate(row[date], true); !ok {
				u.found.add("row", place, fmt.Sprintf("effective date %q is not a date", row[date]), false)
			}
		}
		u.newest = max(u.newest, effective)
		u.entry(row[name], effective, place)
	}
}

// entry adds the party of a row, and the subsidiaries it names, to what the
// tables before said of them.
func (u *uflpaPage) entry(cell, effective, place string) {
	names := uflpaNames(cell)
	parent := u.party(names, effective, place, cell)
	for _, name := range names.subsidiaries {
		d := u.party(uflpaEntry{name: name}, effective, place, cell)
		d.link(screening.Link{Kind: "parent", Entity: parent.ID, Name: parent.Name(), Source: "the same entry"})
	}
}

func (u *uflpaPage) party(names uflpaEntry, effective, place, cell string) *draft {
	d := u.byName[foldPrint(names.name)]
	if d == nil {
		d = newDraft("us_dhs_uflpa", u.ids.make("uflpa", names.name), place, u.found)
		d.Kind = screening.KindOrganisation
		d.name(screening.Name{Text: names.name, Kind: screening.PrimaryName})
		u.byName[foldPrint(names.name)] = d
		u.parties = append(u.parties, d)
	}
	for _, n := range names.others {
		d.name(n)
	}
	l := screening.Listing{
		List: d.List, Entity: d.ID, Programme: "UFLPA Entity List", Authority: "US Department of Homeland Security",
		LegalBasis: "Uyghur Forced Labor Prevention Act (Public Law 117-78)", Controls: []screening.Control{screening.Import},
		Listed: effective, URL: usDHSUFLPAPage,
	}
	if u.clause != "" {
		l.LegalBasis += ", section " + u.clause
	}
	if names.with != "" || len(names.subsidiaries) > 0 {
		l.Terms = cell // who else is meant, in the list's words
	}
	if !slices.ContainsFunc(d.Listings, func(o screening.Listing) bool { return o.LegalBasis == l.LegalBasis && o.Listed == l.Listed }) {
		d.Listings = append(d.Listings, l)
	}
	return d
}

const usDHSUFLPAPage = "https://www.dhs.gov/uflpa-entity-list"

// uflpaEntry is what one cell says.
type uflpaEntry struct {
	name         string
	others       []screening.Name
	with         string // "and its subordinate and affiliated entities"
	subsidiaries []string
}

var (
	uflpaSubsidiaries = regexp.MustCompile(`^(.+?),? and its (?:[a-z]+ )?(?:[\w-]+-based )?subsidiar(?:y|ies)(?:, which include|, including|:)? ([A-Z].+)$`)
	uflpaWith         = regexp.MustCompile(`(?i)^(.+?),? (and (?:its )?(?:subsidiaries|subordinate and affiliated entities|affiliates))\.?$`)
	uflpaAliases      = regexp.MustCompile(`^(?:(?:and|including) ([a-z]+) alias(?:es)? ?:|(also known as|formerly known as|a\.?k\.?a\.?|f\.?k\.?a\.?)[ :,]) ?(.+)$`)
	uflpaFormer       = regexp.MustCompile(`^(?:and )?(?:formerly known as|f\.?k\.?a\.?) +`)
)

// uflpaNames reads the small grammar of the name cells:
//
//	X Co., Ltd. (and two aliases: A; and B)
//	X (also known as A; B; and formerly known as C) and its subordinate and affiliated entities
//	X and its eight Xinjiang-based subsidiaries, which include A, B, and C
//	X, and Subsidiaries
func uflpaNames(cell string) uflpaEntry {
	e := uflpaEntry{name: tidy(cell)}
	if m := uflpaSubsidiaries.FindStringSubmatch(e.name); m != nil {
		e.name, e.subsidiaries = m[1], splitNames(m[2], 0)
	} else if m := uflpaWith.FindStringSubmatch(e.name); m != nil {
		e.name, e.with = m[1], m[2]
	}
	rest, inner, ok := lastBracket(e.name)
	if !ok {
		return e
	}
	m := uflpaAliases.FindStringSubmatch(inner)
	if m == nil {
		return e
	}
	e.name = rest
	count := numberWords[m[1]]
	former := strings.HasPrefix(m[2], "f")
	for _, alias := range splitNames(m[3], count) {
		kind := screening.AliasName
		if bare := uflpaFormer.ReplaceAllString(alias, ""); bare != alias || former {
			alias, kind = bare, screening.FormerName
		}
		e.others = append(e.others, screening.Name{Text: alias, Kind: kind})
	}
	return e
}

var numberWords = map[string]int{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}

// splitNames splits "A; B; and C", or where there are no semicolons "A, B, and
// C", but not a name from its ", Ltd."; count is how many there should be, 0
// where that is not said: "A and B" is two names only when two are announced.
func splitNames(text string, count int) []string {
	if count == 1 {
		return []string{strings.Trim(text, " ;,")}
	}
	var parts []string
	if strings.Contains(text, ";") {
		parts = strings.Split(text, ";")
	} else {
		for _, part := range strings.Split(text, ", ") {
			if len(parts) > 0 && nameSuffix.MatchString(strings.TrimSpace(part)) {
				parts[len(parts)-1] += ", " + part
				continue
			}
			parts = append(parts, part)
		}
	}
	var out []string
	for _, part := range parts {
		part = strings.TrimPrefix(tidy(part), "and ")
		if before, after, ok := strings.Cut(part, " and formerly known as "); ok {
			out = append(out, before, "formerly known as "+after)
			continue
		}
		out = append(out, part)
	}
	if count == 2 && len(out) == 1 {
		if before, after, ok := strings.Cut(out[0], " and "); ok {
			out = []string{before, after}
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}
