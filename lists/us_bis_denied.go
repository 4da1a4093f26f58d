package lists

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var usBISDenied = Card{
	ID:        "us_bis_denied",
	Title:     "US Denied Persons List",
	Publisher: "US Bureau of Industry and Security",
	Doc:       "Persons and companies that may take no part in anything subject to the US export regulations while their denial order runs.",
	Page:      "https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl",
	Licence:   "LicenseRef-US-public-domain",
	Binds:     []string{"US"},
	Reaches:   true, // with items subject to the EAR, wherever they are
	Controls:  []screening.Control{screening.ExportDenial},
	Cadence:   45 * 24 * time.Hour,
	Formats: []Format{
		{
			Name:  "txt",
			Files: []File{{Name: "dpl.txt", URL: "https://www.bis.doc.gov/dpl/dpl.txt"}},
			Parse: parseUSBISDeniedText,
		},
		{
			// "Export as CSV" on the page, under a name that changes.
			Name:  "csv",
			Files: []File{{Name: "*dpl*.csv"}},
			Parse: parseUSBISDeniedExport,
		},
	},
	Bounds: Bounds{MinEntities: 250, MaxEntities: 5000, MinNamed: 1, MinCountry: 0.5, MaxShrink: 0.25, MaxGrow: 0.6},
	Note: "One order against one person, with all the addresses printed for it, is one entry. Orders that had ended when the edition was made are left out. " +
		"Format tested on an extract.",
}

var (
	deniedTextColumns = columns{
		Need: []string{"name", "street address", "city", "country", "effective date", "expiration date"},
		Know: []string{"state", "postal code", "standard order", "last update", "action", "fr citation"},
	}
	deniedExportColumns = columns{
		Need: []string{"name and address", "effective date", "expiration date"},
		Know: []string{"type of denial", "appropriate federal register citations"},
	}
)

// deniedRow is one row of either format: a person at an address under an order.
type deniedRow struct {
	place, name                string
	address                    screening.Address
	effective, expires         string // ISO
	expiresPrinted             string // where it is no date
	standard, typeText, notice string
}

func parseUSBISDeniedText(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	var rows []deniedRow
	newest := ""
	err := readTable(foldedHeaders{src}, "dpl.txt", '\t', deniedTextColumns, found, func(r row) {
		p := deniedRow{
			place: r.Place(), name: tidy(r.Get("name")), standard: strings.ToUpper(r.Get("standard order")),
			notice: tidy(r.Get("fr citation")),
		}
		if !deniedDates(&p, r, found) {
			return
		}
		if !slices.Contains([]string{"Y", "N", ""}, p.standard) {
			found.add("code", r.Place(), fmt.Sprintf("unknown standard order %q", p.standard), false)
		}
		if p.standard == "N" {
			p.typeText = "Non-standard denial order: read the order for its terms"
		}
		newest = max(newest, dateIn(r, "last update", true, found))
		state := tidy(r.Get("state"))
		p.address = screening.Address{City: tidy(r.Get("city"))}
		if c := tidy(r.Get("country")); c != "" {
			var ok bool
			if p.address.Country, ok = screening.CountryCode(c); !ok && americanStates[c] { // "NM" slid over from the state
				p.address.Country = "US"
			} else if !ok {
				found.add("country", r.Place(), fmt.Sprintf("unknown country %q", c), false)
			}
		} else if americanStates[state] {
			p.address.Country = "US"
		}
		p.address.Text = joined(", ", tidy(r.Get("street address")), p.address.City, joined(" ", state, tidy(r.Get("postal code"))))
		rows = append(rows, p)
	})
	if err != nil {
		return Header{}, err
	}
	header := emitDenied(rows, newest, found, emit)
	return header, nil
}

// parseUSBISDeniedExport reads the export of the page, which prints name and
// address in one cell: "QUARRY TRADING, INC., 1 EXAMPLE ROAD, SANDHOLM, TX 75000".
func parseUSBISDeniedExport(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	var rows []deniedRow
	newest := ""
	file, ok := findName(src.Names(), "*dpl*.csv")
	if !ok {
		return Header{}, fmt.Errorf("no file *dpl*.csv: %w", fs.ErrNotExist)
	}
	err := readTable(foldedHeaders{src}, file, ',', deniedExportColumns, found, func(r row) {
		p := deniedRow{
			place: r.Place(), typeText: tidy(r.Get("type of denial")), notice: tidy(r.Get("appropriate federal register citations")),
		}
		p.name, p.address.Text = nameThenAddress(tidy(r.Get("name and address")))
		if !deniedDates(&p, r, found) {
			return
		}
		// The newest order is the least the edition's age can be.
		newest = max(newest, p.effective)
		if m := stateAtEnd.FindStringSubmatch(p.address.Text); m != nil && americanStates[m[1]] {
			p.address.Country = "US"
		} else {
			p.address.Country = countryNear(p.address.Text)
		}
		rows = append(rows, p)
	})
	if err != nil {
		return Header{}, err
	}
	header := emitDenied(rows, newest, found, emit)
	return header, nil
}

var stateAtEnd = regexp.MustCompile(`\b([A-Z]{2})[ ,]+\d{5}(?:-\d{4})?(?:,? (?:US|USA|UNITED STATES))?$`)

// deniedDates reads the dates of a row; false where it has no name.
func deniedDates(p *deniedRow, r row, found *findings) bool {
	if p.name == "" {
		found.add("row", r.Place(), "no name, left out", true)
		return false
	}
	p.effective = dateIn(r, "effective date", true, found)
	if text := r.Get("expiration date"); text != "" {
		var ok bool
		if p.expires, ok = ParseDate(text, true); !ok {
			p.expiresPrinted = text
			found.add("row", r.Place(), fmt.Sprintf("expiration date %q is not a date; the order is taken to run", text), false)
		}
	}
	return true
}

// nameThenAddress splits at the first comma that does not part a name from its
// legal form ("INC.") or suffix ("JR.").
func nameThenAddress(cell string) (name, address string) {
	parts := strings.Split(cell, ",")
	name = strings.TrimSpace(parts[0])
	for i, part := range parts[1:] {
		part = strings.TrimSpace(part)
		if !nameSuffix.MatchString(part) {
			return name, strings.TrimSpace(strings.Join(parts[i+1:], ","))
		}
		name += ", " + part
	}
	return name, ""
}

// emitDenied folds the rows into persons and emits those whose order had not
// ended when the edition was made. Rows are one person where the name is the
// same and either the order or the address is: two of one name under two
// orders at two addresses stay apart.
func emitDenied(rows []deniedRow, edition string, found *findings, emit func(*screening.Entity)) Header {
	header := Header{}
	header.Published, _ = time.Parse(time.DateOnly, edition)
	var persons []*draft
	byKey := map[string]*draft{}
	ids := madeIDs{}
	for _, p := range rows {
		if p.expires != "" && p.expires < edition {
			found.add("ended", p.place, "the order had ended when the edition was made, left out", false)
			continue
		}
		name := foldPrint(p.name)
		order := name + "|" + p.effective + "|" + p.expires + p.expiresPrinted
		at := name + "@" + foldPrint(p.address.Text)
		d := byKey[order]
		if d == nil && p.address.Text != "" {
			d = byKey[at]
		}
		if d == nil {
			// The dates are not in the id: a renewed order is the same entry.
			d = newDraft("us_bis_denied", ids.make("dpl", p.name), p.place, found)
			deniedNames(d, p.name)
			persons = append(persons, d)
		}
		byKey[order], byKey[at] = d, d
		d.address(p.address)
		l := screening.Listing{
			List: d.List, Entity: d.ID, Programme: "Denied Persons List", Authority: "US Bureau of Industry and Security",
			LegalBasis: joined("; ", "15 CFR part 764", p.notice), Controls: []screening.Control{screening.ExportDenial},
			Terms: p.typeText, Listed: p.effective, Ends: p.expires, URL: usBISDeniedPage,
		}
		if p.expiresPrinted != "" {
			l.Remarks = "expiration printed as " + p.expiresPrinted
		}
		// One order, printed for each address, is one listing; its citations may differ in print.
		if !slices.ContainsFunc(d.Listings, func(o screening.Listing) bool {
			return o.Listed == l.Listed && o.Ends == l.Ends && o.Remarks == l.Remarks
		}) {
			d.Listings = append(d.Listings, l)
		}
	}
	for _, d := range persons {
		d.emitTo(emit)
	}
	header.Findings = found.all()
	return header
}

const usBISDeniedPage = "https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl"

// deniedNames takes aliases and acronyms out of a printed name.
func deniedNames(d *draft, printed string) {
	printed, aliases := knownAs(printed)
	if rest, inner, ok := lastBracket(printed); ok {
		if initials(rest) == inner {
			printed, aliases = rest, append(aliases, screening.Name{Text: inner, Kind: screening.AcronymName})
		} else if initials(inner) == rest {
			printed, aliases = inner, append(aliases, screening.Name{Text: rest, Kind: screening.AcronymName})
		}
	}
	d.name(screening.Name{Text: printed, Kind: screening.PrimaryName})
	for _, a := range aliases {
		d.name(a)
	}
}

// initials are the first letters of a name's words.
func initials(name string) string {
	var b strings.Builder
	for _, w := range strings.Fields(name) {
		b.WriteString(w[:1])
	}
	return b.String()
}

// americanStates are the postal codes of states and territories: rows with one
// leave the country empty.
var americanStates = func() map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields(`AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY
		NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR GU VI AS MP`) {
		m[s] = true
	}
	return m
}()

// foldedHeaders is a Source whose files have their first line in lower case
// with blanks for underscores: the two formats, and their reprints, write
// "Effective_Date" and "Effective Date".
type foldedHeaders struct{ Source }

func (f foldedHeaders) Open(name string) (io.ReadCloser, error) {
	file, err := f.Source.Open(name)
	if err != nil {
		return nil, err
	}
	b := bufio.NewReaderSize(file, 64<<10)
	first, err := b.ReadSlice('\n')
	if err == nil || errors.Is(err, io.EOF) {
		first = bytes.ToLower(bytes.ReplaceAll(first, []byte("_"), []byte(" ")))
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(bytes.Clone(first)), b), file}, nil
}
