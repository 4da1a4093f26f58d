package lists

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var usDDTCDebarred = Card{
	ID:        "us_ddtc_debarred",
	Title:     "US parties debarred under the Arms Export Control Act (ITAR)",
	Publisher: "US Department of State, Directorate of Defense Trade Controls",
	Doc:       "Persons and companies that may take no part in the export of American defence articles, data or services, after a conviction or by order.",
	Page:      "https://www.pmddtc.state.gov/ddtc_public/ddtc_public?id=ddtc_kb_article_page&sys_id=c22d1833dbb8d300d0a370131f9619f0",
	Licence:   "LicenseRef-US-public-domain",
	Binds:     []string{"US"},
	Reaches:   true, // with defence articles and technical data under the ITAR
	Controls:  []screening.Control{screening.Debarment},
	Cadence:   120 * 24 * time.Hour,
	Formats: []Format{{
		Name: "xlsx",
		Files: []File{
			{Name: "statutory.xlsx", URL: "https://www.pmddtc.state.gov/sys_attachment.do?sys_id=27c46b251baf29102b6ca932f54bcb20"},
			{Name: "administrative.xlsx", URL: "https://www.pmddtc.state.gov/sys_attachment.do?sys_id=9f8bbc2f1b8f29d0c6c3866ae54bcbdb"},
		},
		Parse: parseUSDDTCDebarred,
	}},
	Part: func(l *screening.Listing) string { return l.Programme },
	Bounds: Bounds{
		MinEntities: 450, MaxEntities: 5000, MinNamed: 1, MaxShrink: 0.2, MaxGrow: 0.6,
		Parts: map[string]Bounds{
			"AECA statutory debarment":      {MinEntities: 400, MaxShrink: 0.2},
			"AECA administrative debarment": {MinEntities: 5, MaxShrink: 0.4},
		},
	},
	Note: "The publisher prints no country. An entry with a date of birth is a person; of the others it is not said. Format written from its documentation.",
}

// debarmentSheet is one of the two workbooks. Statutory debarment follows a
// conviction, administrative debarment an order of the Department.
type debarmentSheet struct {
	file      string
	programme string
	name      string // the column of the name
	date      string // the column of the day
	know      []string
}

var debarmentSheets = []debarmentSheet{
	{
		"statutory.xlsx", "AECA statutory debarment", "party name", "notice date",
		[]string{"date of birth", "federal register notice", "corrected notice", "corrected notice date"},
	},
	{
		"administrative.xlsx", "AECA administrative debarment", "name", "date",
		[]string{"date of birth", "federal register notice", "charging letter", "debarment order"},
	},
}

func parseUSDDTCDebarred(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	var parties []*draft
	persons := map[string]*draft{} // by name and date of birth
	ids := madeIDs{}
	var header Header
	for _, sheet := range debarmentSheets {
		var at map[string]int // column by header
		f, err := src.Open(sheet.file)
		if err != nil {
			return Header{}, err
		}
		others, err := sheetCells(f, sheet.file, func(n int, cells []string) error {
			place := fmt.Sprintf("%s row %d", sheet.file, n)
			if at == nil {
				at = sheet.header(cells, place, found)
				return nil
			}
			get := func(column string) string {
				if i, ok := at[column]; ok && i < len(cells) {
					return tidy(cells[i])
				}
				return ""
			}
			if get(sheet.name) == "" {
				found.add("row", place, "no name, left out", get("federal register notice") != "")
				return nil
			}
			d := debarred(sheet, get, place, persons, ids, found)
			if !slices.Contains(parties, d) {
				parties = append(parties, d)
			}
			if t, err := time.Parse(time.DateOnly, d.Listings[len(d.Listings)-1].Listed); err == nil && t.After(header.Published) {
				header.Published = t // the newest notice is the least the edition's age can be
			}
			return nil
		})
		if err := errors.Join(err, f.Close()); err != nil {
			return Header{}, err
		}
		for _, o := range others {
			found.add(o.Kind, o.Place, o.Text, o.Holds)
		}
		if at == nil {
			return Header{}, fmt.Errorf("%s has no row with a column %q", sheet.file, sheet.name)
		}
	}
	for _, d := range parties {
		d.emitTo(emit)
	}
	header.Findings = found.all()
	return header, nil
}

// header reads the row of headers; nil for the rows before it.
func (s debarmentSheet) header(cells []string, place string, found *findings) map[string]int {
	at := map[string]int{}
	for i, c := range cells {
		c = strings.ToLower(strings.ReplaceAll(tidy(c), "_", " "))
		if _, twice := at[c]; c != "" && !twice {
			at[c] = i
		}
	}
	if _, ok := at[s.name]; !ok {
		return nil
	}
	for c := range at {
		if c != s.name && c != s.date && !slices.Contains(s.know, c) {
			found.add("column", place, fmt.Sprintf("unknown column %q", c), true)
		}
	}
	for _, c := range []string{s.date, "federal register notice"} {
		if _, ok := at[c]; !ok {
			found.add("column", place, fmt.Sprintf("no column %q", c), false)
		}
	}
	return at
}

// debarred reads one row into a party: the person of an earlier row where name
// and date of birth are the same, else a new one.
func debarred(sheet debarmentSheet, get func(string) string, place string, persons map[string]*draft, ids madeIDs, found *findings) *draft {
	name, others := knownAs(get(sheet.name))
	born := get("date of birth")
	key := foldPrint(name) + "|" + foldPrint(born)
	d := persons[key]
	if d == nil {
		d = newDraft("us_ddtc_debarred", ids.make("ddtc", name, born), place, found)
		d.name(personName(name, born != ""))
		for _, o := range others {
			d.name(personLike(o, born != ""))
		}
		if born != "" {
			d.Kind = screening.KindPerson
			persons[key] = d
			iso, ok := sheetDate(born)
			if !ok {
				found.add("row", place, fmt.Sprintf("date of birth %q is not a date", born), false)
				d.remark("Date of birth: " + born)
			}
			d.born(iso, ok)
		}
	}
	l := screening.Listing{
		List: d.List, Entity: d.ID, Programme: sheet.programme, Authority: "US Department of State",
		LegalBasis: joined("; ", "Arms Export Control Act; 22 CFR 127.7", get("federal register notice")),
		Controls:   []screening.Control{screening.Debarment}, URL: usDDTCPage,
	}
	if text := get(sheet.date); text != "" {
		var ok bool
		if l.Listed, ok = sheetDate(text); !ok {
			found.add("row", place, fmt.Sprintf("%s %q is not a date", sheet.date, text), false)
		}
	}
	if notice := get("corrected notice"); notice != "" {
		l.Remarks = "corrected by " + notice
		if iso, ok := sheetDate(get("corrected notice date")); ok {
			l.Remarks += " of " + iso
		}
	}
	d.Listings = append(d.Listings, l)
	return d
}

var excelSerial = regexp.MustCompile(`^\d{5}(?:\.\d+)?$`)

// sheetDate reads a date in a cell: a day number of Excel, or text as printed
// ("February 1970", "Febuary 1970").
func sheetDate(text string) (iso string, ok bool) {
	if excelSerial.MatchString(text) {
		return DateOfSerial(text)
	}
	return ParseDate(text, true)
}

// personName turns "Example, Ann" into Ann Example where it is a person's
// name, and "Example, Jr., Ann" into Ann Example, Jr.
func personName(text string, person bool) screening.Name {
	n := screening.Name{Text: text, Kind: screening.PrimaryName}
	parts := strings.Split(text, ", ")
	suffix := ""
	if len(parts) == 3 && nameSuffix.MatchString(parts[1]) {
		suffix, parts = ", "+parts[1], []string{parts[0], parts[2]}
	}
	if !person || len(parts) != 2 || nameSuffix.MatchString(parts[1]) {
		return n
	}
	n.Family, n.Given = parts[0], parts[1]
	n.Text = n.Given + " " + n.Family + suffix
	return n
}

func personLike(n screening.Name, person bool) screening.Name {
	p := personName(n.Text, person)
	p.Kind = n.Kind
	return p
}

const usDDTCPage = "https://www.pmddtc.state.gov/ddtc_public"
