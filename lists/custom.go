package lists

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

// CustomConfig is a [[custom_list]] of the configuration: an office's own watch
// list, or a feed it has a licence for.
type CustomConfig struct {
	ID        string `toml:"id"`
	Title     string `toml:"title"` // default: the id
	Publisher string `toml:"publisher"`
	Format    string `toml:"format"` // one of CustomFormats; it is also the file's name in a folder to refresh from
	URL       string `toml:"url"`    // http(s), or a file; may be left out where it is only refreshed from folders
	// Control holds for every party of the list. Without it OpenSanctions' own
	// topics say what a party is listed for, or the column control of a list of
	// names; where they say nothing, the list is an advisory.
	Control string `toml:"control"`
	Licence string `toml:"licence"`
	// Restricted names the roles the list is open to; none opens it to all.
	Restricted []string `toml:"restricted"`
}

// CustomFormats are the formats a custom list may have.
var CustomFormats = []string{"names.csv", "names.xlsx", "targets.simple.csv", "targets.nested.json", "entities.ftm.json"}

var customID = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`)

// Custom makes the card of a custom list. It errors when the configuration
// names no valid id, format or control.
func Custom(c CustomConfig) (Card, error) {
	if !customID.MatchString(c.ID) {
		return Card{}, fmt.Errorf("%q is no id of a list: letters a-z, figures, points, dashes and underscores", c.ID)
	}
	if c.Format == "" {
		return Card{}, fmt.Errorf("no format given; one of %s", strings.Join(CustomFormats, ", "))
	}
	if !slices.Contains(CustomFormats, c.Format) {
		return Card{}, fmt.Errorf("format %q is not known; one of %s", c.Format, strings.Join(CustomFormats, ", "))
	}
	control := screening.Control(c.Control)
	if c.Control != "" && !control.Valid() {
		return Card{}, fmt.Errorf("control %q is not known; one of %s", c.Control, joinControls(screening.Controls))
	}
	if c.Title == "" {
		c.Title = c.ID
	}
	if c.Publisher == "" {
		c.Publisher = "this office"
	}
	if c.Licence == "" {
		c.Licence = "internal"
	}
	custom := customList{id: c.ID, title: c.Title, publisher: c.Publisher, control: control}
	format := Format{Name: "csv", Files: []File{{Name: c.Format, URL: c.URL}}}
	switch c.Format {
	case "names.csv":
		format.Parse = custom.names
	case "names.xlsx":
		format.Name, format.Parse = "xlsx", custom.namesSheet
	case "targets.simple.csv":
		format.Parse = custom.simple
	case "targets.nested.json", "entities.ftm.json":
		format.Name, format.Parse = "json", custom.followTheMoney(c.Format)
	}
	controls := []screening.Control{control}
	if control == "" {
		controls = []screening.Control{screening.Advisory}
		for _, more := range screening.Controls {
			if more != screening.Advisory && c.Format != "targets.simple.csv" {
				controls = append(controls, more)
			}
		}
	}
	return Card{
		ID: c.ID, Title: c.Title, Publisher: c.Publisher, Doc: "A list of this office's configuration.", Page: c.URL,
		Licence: c.Licence, Custom: true, Binds: []string{screening.Everywhere}, Controls: controls,
		Cadence: 366 * 24 * time.Hour, // a list kept by hand is due to be looked through once a year
		Formats: []Format{format},
		Bounds:  Bounds{MinEntities: 1, MinNamed: 0.9, MaxShrink: 0.5},
		// Rows of a list of names may have no id of their own.
		IDsFromContent: strings.HasPrefix(c.Format, "names."),
	}, nil
}

func joinControls(controls []screening.Control) string {
	var words []string
	for _, c := range controls {
		words = append(words, string(c))
	}
	return strings.Join(words, ", ")
}

// customList reads the formats of custom lists.
type customList struct {
	id, title, publisher string
	control              screening.Control // "" when the list itself says
}

// simple reads OpenSanctions' targets.simple.csv. The table does not say what
// a party is listed for beyond a sentence, so without a control given it is an advisory.
func (c customList) simple(src Source, emit func(*screening.Entity)) (Header, error) {
	var found findings
	var header Header
	err := readSimple(src, "targets.simple.csv", &found, func(t simpleTarget) {
		if t.Seen.After(header.Published) {
			header.Published = t.Seen
		}
		d := newDraft(c.id, t.ID, t.row.Place(), &found)
		d.Kind = t.Kind
		d.name(screening.Name{Text: t.Name, Kind: screening.PrimaryName})
		for _, alias := range t.Aliases {
			d.name(screening.Name{Text: alias, Kind: aliasOrAcronym(alias)})
		}
		for _, country := range t.Countries {
			d.country(ftmCountry(country))
		}
		for _, a := range t.Addresses {
			d.address(screening.Address{Text: a, Country: countryAtEnd(a)})
		}
		for _, id := range t.Identifiers {
			kind, value := simpleIdentifier(id)
			d.identifier(kind, value, "")
		}
		if number, ok := strings.CutPrefix(t.ID, "ofac-"); ok {
			d.identifier("ofac", number, "")
		}
		for _, date := range t.BirthDates {
			iso, ok := ParseDate(date, false)
			d.born(iso, ok)
		}
		control := c.control
		if control == "" {
			control = screening.Advisory
		}
		e := d.entity()
		e.Listings = []screening.Listing{{
			List: c.id, Entity: e.ID, Programme: joined("; ", c.title, strings.Join(t.Programmes, ", ")), Authority: c.publisher,
			Controls: []screening.Control{control}, Terms: strings.Join(t.Sanctions, "; "),
		}}
		emit(e)
	})
	header.Findings = found.all()
	return header, err
}

// simpleIdentifier tells the kind of a number by its form alone, where it has one.
func simpleIdentifier(number string) (kind, value string) {
	if lei.MatchString(number) {
		return "lei", number
	}
	if imo, ok := strings.CutPrefix(number, "IMO"); ok && isNumber(strings.TrimSpace(imo)) {
		return "imo", strings.TrimSpace(imo)
	}
	return "other", number
}

var customColumns = columns{
	Need: []string{"name"},
	Know: []string{
		"id", "type", "aliases", "country", "address", "city", "website", "identifier", "birth_date",
		"control", "reason", "listed", "ends", "url",
	},
	Fold: true,
}

// names reads an office's own list: a CSV file with the columns of customColumns.
func (c customList) names(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "names.csv"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer func() { _ = f.Close() }()
	text, comma, err := sniffComma(f)
	if err != nil {
		return Header{}, fmt.Errorf("reading %s: %w", file, err)
	}
	t, err := openTable(text, file, comma, customColumns)
	if err != nil {
		return Header{}, err
	}
	var found findings
	ids := madeIDs{}
	for {
		r, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Header{}, err
		}
		if e := c.named(r, ids, &found); e != nil {
			emit(e)
		}
	}
	return Header{Findings: append(ownColumns(t.Findings), found.all()...)}, nil
}

// namesSheet reads the same columns from the first sheet of a workbook.
func (c customList) namesSheet(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "names.xlsx"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer func() { _ = f.Close() }()
	var found findings
	ids := madeIDs{}
	odd, err := sheetRows(f, file, customColumns, func(r row) error {
		if e := c.named(r, ids, &found); e != nil {
			emit(e)
		}
		return nil
	})
	return Header{Findings: append(ownColumns(odd), found.all()...)}, err
}

// ownColumns lets a column pass that the office added for itself: it is said, but holds nothing up.
func ownColumns(odd []Finding) []Finding {
	for i := range odd {
		if odd[i].Kind == "column" {
			odd[i].Holds = false
			odd[i].Text = strings.TrimSuffix(strings.TrimSuffix(odd[i].Text, ", not read"), " is not read") + " is not read"
		}
	}
	return odd
}

// named is one row of an office's own list.
func (c customList) named(r row, ids madeIDs, found *findings) *screening.Entity {
	name, country := r.Get("name"), r.Get("country")
	if name == "" {
		found.add("row", r.Place(), "a row has no name, left out", false)
		return nil
	}
	id := r.Get("id")
	if id == "" {
		id = ids.make(c.id, name, country)
	}
	d := newDraft(c.id, id, r.Place(), found)
	switch kind := strings.ToLower(r.Get("type")); kind {
	case "", "entity", "unknown":
	case "organisation", "organization", "org", "company":
		d.Kind = screening.KindOrganisation
	case "person", "individual":
		d.Kind = screening.KindPerson
	case "vessel", "ship":
		d.Kind = screening.KindVessel
	case "aircraft":
		d.Kind = screening.KindAircraft
	default:
		found.add("code", r.Place(), fmt.Sprintf("unknown type %q", kind), false)
	}
	d.name(screening.Name{Text: name, Kind: screening.PrimaryName})
	for _, alias := range splitJoined(r.Get("aliases"), ";") {
		d.name(screening.Name{Text: alias, Kind: aliasOrAcronym(alias)})
	}
	for _, c := range splitJoined(country, ";") {
		d.country(c)
	}
	if text := r.Get("address"); text != "" || r.Get("city") != "" {
		d.address(screening.Address{Text: text, City: r.Get("city"), Country: countryAtEnd(text)})
	}
	for _, site := range splitJoined(r.Get("website"), ";") {
		d.website(site)
	}
	for _, number := range splitJoined(r.Get("identifier"), ";") {
		// "lei: 5299…", "imo: 9999999"; a bare number is of no kind.
		kind, value, ok := strings.Cut(number, ":")
		if kind = strings.ToLower(strings.TrimSpace(kind)); !ok || !slices.Contains(customIdentifiers, kind) {
			kind, value = simpleIdentifier(number)
		}
		d.identifier(kind, value, "")
	}
	for _, date := range splitJoined(r.Get("birth_date"), ";") {
		iso, ok := customDate(date)
		if !ok {
			found.add("date", r.Place(), fmt.Sprintf("birth_date %q is no date", date), false)
		}
		d.born(iso, ok)
	}
	control := c.control
	switch word := screening.Control(strings.ToLower(r.Get("control"))); {
	case word != "" && !word.Valid():
		found.add("code", r.Place(), fmt.Sprintf("unknown control %q; one of %s", word, joinControls(screening.Controls)), true)
	case word != "" && control != "" && word != control:
		found.add("code", r.Place(), fmt.Sprintf("control %s, but the configuration says %s for the whole list, which holds", word, control), false)
	case control == "":
		control = word
	}
	if control == "" {
		control = screening.Advisory
	}
	l := screening.Listing{
		List: c.id, Entity: id, Programme: c.title, Authority: c.publisher, Controls: []screening.Control{control},
		Terms: r.Get("reason"), URL: r.Get("url"),
	}
	l.Listed, _ = customDate(r.Get("listed"))
	l.Ends, _ = customDate(r.Get("ends"))
	e := d.entity()
	e.Listings = []screening.Listing{l}
	return e
}

var customIdentifiers = strings.Fields("lei ror grid registration tax swift imo mmsi passport national_id callsign aircraft un_ref duns domain ofac other")

// customDate reads a date of an office's own list; in a workbook it is Excel's number.
func customDate(text string) (string, bool) {
	if iso, ok := ParseDate(text, false); ok {
		return iso, true
	}
	return DateOfSerial(text)
}
