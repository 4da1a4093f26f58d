package lists

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var usTradeCSL = Card{
	ID:        "us_trade_csl",
	Title:     "US Consolidated Screening List",
	Publisher: "US Department of Commerce, International Trade Administration",
	Doc:       "Thirteen US lists in one: Entity List, Denied Persons, Unverified, Military End User, ITAR debarred, nonproliferation and OFAC's.",
	Page:      "https://www.trade.gov/consolidated-screening-list",
	Licence:   "LicenseRef-US-government-work",
	Binds:     []string{"US"},
	Reaches:   true, // items of US origin carry the Export Administration Regulations with them
	Blocking:  ofacBlockingCard,
	Controls: []screening.Control{
		screening.AssetFreeze, screening.ExportDenial, screening.ExportLicence, screening.ExportCondition,
		screening.Debarment, screening.NarrowFinancial, screening.OtherControl,
	},
	Cadence: 14 * 24 * time.Hour, // built daily
	Formats: []Format{
		{
			Name:      "csv",
			Files:     []File{{Name: "consolidated.csv", URL: "https://data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.csv"}},
			Parse:     parseCSL,
			Published: func(Source) (time.Time, error) { return time.Time{}, nil },
		},
		{
			Name:      "json",
			Files:     []File{{Name: "consolidated.json", URL: "https://data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.json"}},
			Parse:     parseCSLJSON,
			Published: func(Source) (time.Time, error) { return time.Time{}, nil },
		},
	},
	// Sources have been missing for a day, and been cut in half: each is
	// checked by itself. Some are too short for a minimum.
	Bounds: Bounds{
		MinEntities: 10000, MaxEntities: 100000, MinNamed: 0.999, MinCountry: 0.6, MinAlias: 0.3,
		MaxShrink: 0.1, MaxGrow: 1,
		Parts: map[string]Bounds{
			"SDN": {MinEntities: 5000, MaxShrink: 0.1, MaxGrow: 1},
			"EL":  {MinEntities: 1000, MaxShrink: 0.1, MaxGrow: 1},
			"DTC": {MinEntities: 400, MaxShrink: 0.15, MaxGrow: 1},
			"DPL": {MinEntities: 200, MaxShrink: 0.3, MaxGrow: 4}, // at times one row an order, at times one an address
			"SSI": {MinEntities: 100, MaxShrink: 0.3, MaxGrow: 1},
			"ISN": {MinEntities: 80, MaxShrink: 0.3, MaxGrow: 1},
			"UVL": {MinEntities: 50, MaxShrink: 0.3, MaxGrow: 1},
			"MEU": {MinEntities: 30, MaxShrink: 0.3, MaxGrow: 2},
			"CAP": {}, // banks move between OFAC's short lists by the dozen: 53 in 2022, one in 2026
			"MBS": {},
			"*":   {MaxShrink: 0.3, MaxGrow: 3},
		},
	},
	// The ids of rows have changed with the program that makes the list.
	IDsFromContent: true,
	Part:           func(l *screening.Listing) string { return cslShort(l.Programme) },
	Note:           "The agencies' own lists are the legal source; this compilation leaves out weak aliases and footnotes.",
}

// cslSource is one of the lists the compilation takes in.
type cslSource struct {
	start     string // what the source begins with
	short     string // its usual abbreviation
	authority string
	controls  []screening.Control
	basis     string
}

const (
	bis   = "US Department of Commerce, Bureau of Industry and Security"
	state = "US Department of State"
)

// cslSources are told by how they begin: the abbreviation behind has changed before.
var cslSources = []cslSource{
	{"Specially Designated Nationals", "SDN", ofacAuthority, []screening.Control{screening.AssetFreeze}, ""},
	{"Sectoral Sanctions Identifications List", "SSI", ofacAuthority, []screening.Control{screening.NarrowFinancial}, ""},
	{"Foreign Sanctions Evaders", "FSE", ofacAuthority, []screening.Control{screening.NarrowFinancial}, ""},
	{"Palestinian Legislative Council List", "PLC", ofacAuthority, []screening.Control{screening.NarrowFinancial}, ""},
	{"Non-SDN Menu-Based Sanctions List", "MBS", ofacAuthority, []screening.Control{screening.NarrowFinancial}, ""},
	{"Non-SDN Chinese Military-Industrial Complex Companies List", "CMIC", ofacAuthority, []screening.Control{screening.NarrowFinancial}, ""},
	{"Capta List", "CAP", ofacAuthority, []screening.Control{screening.NarrowFinancial}, ""},
	{"Entity List", "EL", bis, []screening.Control{screening.ExportLicence}, "15 CFR part 744, supplement no. 4"},
	{"Denied Persons List", "DPL", bis, []screening.Control{screening.ExportDenial}, "15 CFR part 764"},
	{"Unverified List", "UVL", bis, []screening.Control{screening.ExportCondition}, "15 CFR 744.15 and part 744, supplement no. 6"},
	{"Military End User", "MEU", bis, []screening.Control{screening.ExportLicence}, "15 CFR 744.21 and part 744, supplement no. 7"},
	{"ITAR Debarred", "DTC", state + ", Directorate of Defense Trade Controls", []screening.Control{screening.Debarment}, "22 CFR 127.7"},
	{"Nonproliferation Sanctions", "ISN", state + ", Bureau of International Security and Nonproliferation", []screening.Control{screening.Debarment}, ""},
}

func cslSourceOf(source string) (cslSource, bool) {
	for _, s := range cslSources {
		if strings.HasPrefix(source, s.start) {
			return s, true
		}
	}
	return cslSource{}, false
}

// cslShort is the abbreviation of the source a listing's programme begins with.
func cslShort(programme string) string {
	s, _ := cslSourceOf(programme)
	return s.short
}

// cslRow is a row of the compilation, from the CSV or the JSON file.
type cslRow struct {
	place                             string
	id, source, number, kind, name    string
	programmes, altNames, dates       []string
	countries                         []string // citizenships and nationalities
	addresses                         []cslAddress
	ids                               []cslID
	title, notice, start, end         string
	standardOrder, requirement        string
	policy, callSign, vesselType      string
	flag, owner, remarks, url, places string
}

type cslAddress struct{ text, city, country string }

type cslID struct{ kind, value, country string }

var cslColumns = columns{
	Need: []string{"_id", "source", "name", "type", "addresses", "alt_names"},
	Know: []string{
		"entity_number", "programs", "title", "federal_register_notice", "start_date", "end_date", "standard_order",
		"license_requirement", "license_policy", "call_sign", "vessel_type", "gross_tonnage", "gross_registered_tonnage",
		"vessel_flag", "vessel_owner", "remarks", "source_list_url", "citizenships", "dates_of_birth", "nationalities",
		"places_of_birth", "source_information_url", "ids",
	},
}

func parseCSL(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "consolidated.csv"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer func() { _ = f.Close() }()
	t, err := openTable(f, file, ',', cslColumns)
	if err != nil {
		return Header{}, err
	}
	var found findings
	ids := cslIDs{}
	for {
		r, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Header{}, err
		}
		c := cslRow{
			place: r.Place(), id: r.Get("_id"), source: r.Get("source"), number: r.Get("entity_number"),
			kind: r.Get("type"), name: r.Get("name"), programmes: splitJoined(r.Get("programs"), ";"),
			altNames: splitJoined(r.Get("alt_names"), ";"), dates: splitJoined(r.Get("dates_of_birth"), ";"),
			countries: append(splitJoined(r.Get("citizenships"), ";"), splitJoined(r.Get("nationalities"), ";")...),
			title:     r.Get("title"), notice: r.Get("federal_register_notice"), start: r.Get("start_date"), end: r.Get("end_date"),
			standardOrder: r.Get("standard_order"), requirement: r.Get("license_requirement"), policy: r.Get("license_policy"),
			callSign: r.Get("call_sign"), vesselType: r.Get("vessel_type"), flag: r.Get("vessel_flag"), owner: r.Get("vessel_owner"),
			remarks: r.Get("remarks"), url: r.Get("source_list_url"), places: r.Get("places_of_birth"),
		}
		for _, a := range splitJoined(r.Get("addresses"), ";") {
			c.addresses = append(c.addresses, cslAddressOf(a))
		}
		for _, id := range splitJoined(r.Get("ids"), ";") {
			c.ids = append(c.ids, cslIDOf(id))
		}
		if e := c.entity(ids, &found); e != nil {
			emit(e)
		}
	}
	return Header{Findings: append(t.Findings, found.all()...)}, nil
}

// parseCSLJSON reads {"results": [ … ]}, the same rows with lists for what the CSV joins.
func parseCSLJSON(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "consolidated.json"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer func() { _ = f.Close() }()
	var found findings
	ids := cslIDs{}
	n := 0
	err = jsonRecords(f, file, "results", func(raw json.RawMessage) error {
		n++
		var x struct {
			ID, Source, Type, Name, Title, Remarks string
			Entity                                 any `json:"entity_number"` // a number, or one in quotes
			Programs, Citizenships, Nationalities  []string
			Addresses                              []struct {
				Address, City, State, Country string
				PostalCode                    string `json:"postal_code"`
			}
			AltNames    []string `json:"alt_names"`
			Dates       []string `json:"dates_of_birth"`
			Places      []string `json:"places_of_birth"`
			Notice      string   `json:"federal_register_notice"`
			Start       string   `json:"start_date"`
			End         string   `json:"end_date"`
			Order       string   `json:"standard_order"`
			Requirement string   `json:"license_requirement"`
			Policy      string   `json:"license_policy"`
			CallSign    string   `json:"call_sign"`
			VesselType  string   `json:"vessel_type"`
			VesselFlag  string   `json:"vessel_flag"`
			VesselOwner string   `json:"vessel_owner"`
			URL         string   `json:"source_list_url"`
			IDs         []struct{ Type, Number, Country string }
		}
		place := fmt.Sprintf("%s record %d", file, n)
		if err := json.Unmarshal(raw, &x); err != nil {
			found.add("row", place, "a record cannot be read: "+err.Error(), true)
			return nil
		}
		c := cslRow{
			place: place, id: x.ID, source: x.Source, kind: x.Type, name: x.Name, programmes: x.Programs, altNames: x.AltNames,
			dates: x.Dates, countries: append(x.Citizenships, x.Nationalities...), title: x.Title, notice: x.Notice,
			start: x.Start, end: x.End, standardOrder: x.Order, requirement: x.Requirement, policy: x.Policy, callSign: x.CallSign,
			vesselType: x.VesselType, flag: x.VesselFlag, owner: x.VesselOwner, remarks: x.Remarks, url: x.URL,
			places: strings.Join(x.Places, "; "),
		}
		switch number := x.Entity.(type) {
		case string:
			c.number = number
		case float64:
			c.number = fmt.Sprintf("%.0f", number)
		}
		for _, a := range x.Addresses {
			c.addresses = append(c.addresses, cslAddress{joined(", ", a.Address, a.City, joined(" ", a.State, a.PostalCode)), a.City, a.Country})
		}
		for _, id := range x.IDs {
			c.ids = append(c.ids, cslID{id.Type, id.Number, id.Country})
		}
		if e := c.entity(ids, &found); e != nil {
			emit(e)
		}
		return nil
	})
	return Header{Findings: found.all()}, err
}

// entity turns a row into the party and its one listing; nil for a row without a name.
func (c cslRow) entity(ids cslIDs, found *findings) *screening.Entity {
	if c.name == "" && len(c.altNames) == 0 {
		found.add("row", c.place, "a row has no name, left out", false)
		return nil
	}
	source, known := cslSourceOf(c.source)
	if !known {
		found.add("source", c.place, fmt.Sprintf("unknown source %q: what it bars is not known", c.source), true)
		source = cslSource{start: c.source, authority: c.source, controls: []screening.Control{screening.OtherControl}}
	}
	p := &ofacParty{draft: newDraft("us_trade_csl", ids.next(c.id, source.short, c.number, c.name), c.place, found)}
	if c.kind != "" { // the agencies other than OFAC do not say
		if p.Kind, known = ofacKind(c.kind); !known {
			found.add("code", c.place, fmt.Sprintf("unknown type of party %q", c.kind), false)
		}
	}
	p.identifier("ofac", c.number, "")
	if source.authority == ofacAuthority {
		person := p.Kind == screening.KindPerson
		p.name(ofacName(c.name, screening.PrimaryName, person))
		for _, alias := range c.altNames {
			p.name(ofacName(alias, screening.AliasName, person))
		}
		p.acronyms()
	} else {
		cslNames(p.draft, c.name, c.altNames)
	}
	for _, country := range append(c.countries, c.flag) {
		p.nationality(country)
	}
	for _, a := range c.addresses {
		p.address(screening.Address{Text: a.text, City: a.city, Country: p.code(a.country)})
	}
	for _, date := range c.dates {
		iso, ok := ParseDate(date, false)
		p.born(iso, ok)
		if !ok {
			p.remark("DOB " + date)
		}
	}
	for _, id := range c.ids {
		if !p.document(id.kind, id.value, id.country) {
			p.remark(joined(" ", id.kind, id.value))
		}
	}
	p.identifier("callsign", c.callSign, "")
	p.link(screening.Link{Kind: "owned_by", Name: c.owner, Source: "Vessel owner"})
	for _, note := range []struct{ what, text string }{{"Title", c.title}, {"POB", c.places}, {"Vessel type", c.vesselType}} {
		if note.text != "" {
			p.remark(note.what + ": " + note.text)
		}
	}
	if source.authority == ofacAuthority {
		p.remarks(c.remarks, true)
	} else {
		p.remark(c.remarks)
	}

	e := p.entity()
	l := screening.Listing{
		List: "us_trade_csl", Entity: e.ID, Programme: strings.TrimSpace(strings.Split(c.source, " - ")[0]),
		Authority: source.authority, LegalBasis: source.basis, Controls: slices.Clone(source.controls), URL: c.url,
	}
	var bases []string
	for _, programme := range c.programmes {
		if b := ofacBasis(programme); source.authority == ofacAuthority && !slices.Contains(bases, b) {
			bases = append(bases, b)
		}
		if ofacBlocked(programme) {
			l.Blocking = ofacBlocking
		}
	}
	l.LegalBasis = joined("; ", l.LegalBasis, joined("; ", bases...), c.notice)
	if len(c.programmes) > 0 {
		l.Programme += ": " + strings.Join(c.programmes, ", ")
	}
	if c.standardOrder != "" {
		c.standardOrder = "Standard order: " + strings.ToUpper(c.standardOrder)
	}
	l.Terms = joined("; ", tidy(c.requirement), tidy(c.policy), c.standardOrder, joined("; ", p.terms...))
	l.Listed = p.day(c.start)
	l.Ends = p.day(c.end)
	if l.Listed == "" {
		for _, d := range p.listed {
			l.Listed = d.iso
		}
	}
	e.Listings = []screening.Listing{l}
	return e
}

// day reads a date of a listing; one that is none is a finding.
func (p *ofacParty) day(text string) string {
	if text == "" {
		return ""
	}
	iso, ok := ParseDate(text, true)
	if !ok {
		p.found.add("date", p.place, fmt.Sprintf("%q is no date", text), false)
	}
	return iso
}

// cslIDs gives a party its id. The publisher's is one a row in newer editions;
// in older ones OFAC's parties have one a party, and a party on two of OFAC's
// lists has two rows: the second is told by its list.
type cslIDs map[string]bool

func (ids cslIDs) next(id, short, number, name string) string {
	if id == "" {
		id = number
	}
	if id == "" {
		id = madeIDs{}.make("csl", short, name)
	}
	unique := id
	for n := 1; ids[unique]; n++ {
		unique = fmt.Sprintf("%s (%s)", id, short)
		if n > 1 {
			unique = fmt.Sprintf("%s (%s %d)", id, short, n)
		}
	}
	ids[unique] = true
	return unique
}

// cslCode is a country at the end of an address, or an address that is only one.
var cslCode = regexp.MustCompile(`^(?:(.*), )?([A-Z]{2})$`)

// cslAddressOf reads an address of the CSV: "street, town, region, code, CC".
// A domestic one may lack the country and end in a state and its post code.
func cslAddressOf(text string) cslAddress {
	text = strings.TrimPrefix(tidy(text), "and ")
	if m := cslCode.FindStringSubmatch(text); m != nil {
		return cslAddress{text: m[1], country: m[2]}
	}
	if code, ok := screening.CountryCode(text); ok {
		return cslAddress{country: code}
	}
	return cslAddress{text: text, country: countryAtEnd(text)}
}

// cslCountry is a country's code within an identification.
var cslCountry = regexp.MustCompile(`^[A-Z]{2}$`)

// cslIDOf reads an identification of the CSV, whose order has changed:
// "CH, X0906223, Passport" once, "Passport, 836238033, KP" now, with dates of
// issue and expiry in between.
func cslIDOf(text string) cslID {
	parts := strings.Split(tidy(text), ", ")
	last := len(parts) - 1
	var id cslID
	switch {
	case last == 0:
		return cslID{value: text}
	case ofacKnows(parts[last]):
		id.kind, parts = parts[last], parts[:last]
		if len(parts) > 1 && cslCountry.MatchString(parts[0]) {
			id.country, parts = parts[0], parts[1:]
		}
	case ofacKnows(parts[0]):
		id.kind, parts = parts[0], parts[1:]
		if n := len(parts) - 1; n > 0 && cslCountry.MatchString(parts[n]) {
			id.country, parts = parts[n], parts[:n]
		}
	default:
		return cslID{value: text}
	}
	if id.kind == "Passport" || id.kind == "National ID No." {
		parts = slices.DeleteFunc(parts, func(part string) bool { return len(part) == 10 && dateISO.MatchString(part) })
	}
	id.value = strings.Join(parts, ", ")
	return id
}
