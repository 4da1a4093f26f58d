package lists

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var unSecurityCouncil = Card{
	ID:        "un_sc_sanctions",
	Title:     "UN Security Council Consolidated List",
	Publisher: "United Nations Security Council",
	Doc:       "Persons and entities under measures of the UN Security Council; every member state must apply them.",
	Page:      "https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list",
	Licence:   "LicenseRef-UN-free-use",
	Binds:     []string{screening.Everywhere},
	Reaches:   true,
	Controls:  []screening.Control{screening.AssetFreeze, screening.Travel},
	Cadence:   60 * 24 * time.Hour, // irregular: weeks may pass without a change
	Formats: []Format{{
		Name:  "xml",
		Files: []File{{Name: "consolidated.xml", URL: "https://scsanctions.un.org/resources/xml/en/consolidated.xml"}},
		Parse: parseUN,
	}},
	Bounds: Bounds{MinEntities: 700, MaxEntities: 5000, MinNamed: 0.995, MinCountry: 0.6, MinAlias: 0.4, MaxShrink: 0.2, MaxGrow: 0.5},
}

// unRegime is what a sanctions regime, the list's UN_LIST_TYPE, rests on and does.
type unRegime struct {
	basis    string
	controls []screening.Control // where the entry itself does not say
}

// A travel ban touches natural persons only; parseUN leaves it out for entities.
var unRegimes = map[string]unRegime{
	"Al-Qaida":   {"Security Council resolutions 1267 (1999), 1989 (2011) and 2253 (2015)", unFreezeAndTravel},
	"Taliban":    {"Security Council resolution 1988 (2011)", unFreezeAndTravel},
	"Iraq":       {"Security Council resolutions 1483 (2003) and 1518 (2003)", []screening.Control{screening.AssetFreeze}},
	"DRC":        {"Security Council resolutions 1533 (2004) and 1596 (2005)", unFreezeAndTravel},
	"Sudan":      {"Security Council resolution 1591 (2005)", unFreezeAndTravel},
	"DPRK":       {"Security Council resolution 1718 (2006)", unFreezeAndTravel},
	"Iran":       {"Security Council resolution 1737 (2006)", unFreezeAndTravel},
	"Libya":      {"Security Council resolution 1970 (2011)", unFreezeAndTravel},
	"Somalia":    {"Security Council resolutions 1844 (2008) and 2713 (2023)", unFreezeAndTravel},
	"GB":         {"Security Council resolution 2048 (2012)", []screening.Control{screening.Travel}}, // Guinea-Bissau: no asset freeze
	"CAR":        {"Security Council resolutions 2127 (2013) and 2134 (2014)", unFreezeAndTravel},
	"Yemen":      {"Security Council resolution 2140 (2014)", unFreezeAndTravel},
	"SouthSudan": {"Security Council resolution 2206 (2015)", unFreezeAndTravel},
	"Mali":       {"Security Council resolution 2374 (2017)", unFreezeAndTravel},
	"Haiti":      {"Security Council resolution 2653 (2022)", unFreezeAndTravel},
	"Lebanon":    {"Security Council resolution 1636 (2005)", unFreezeAndTravel},
}

var unFreezeAndTravel = []screening.Control{screening.AssetFreeze, screening.Travel}

// unPaths are the elements a record may have. The sort keys, the version and
// the links to Interpol say nothing about the party.
var unPaths = paths(`
	DATAID VERSIONNUM FIRST_NAME SECOND_NAME THIRD_NAME FOURTH_NAME UN_LIST_TYPE REFERENCE_NUMBER LISTED_ON SUBMITTED_ON
	SUBMITTED_BY GENDER COMMENTS1 NAME_ORIGINAL_SCRIPT HAS_INTERPOL_LINK INTERPOL_LINK SORT_KEY SORT_KEY_LAST_MOD DELISTED_ON
	NATIONALITY NATIONALITY/VALUE NATIONALITY2 LIST_TYPE LIST_TYPE/VALUE LAST_DAY_UPDATED LAST_DAY_UPDATED/VALUE
	TITLE TITLE/VALUE DESIGNATION DESIGNATION/VALUE
	ALIAS ALIAS/QUALITY ALIAS/ALIAS_NAME ALIAS/NOTE ALIAS/DATE_OF_BIRTH ALIAS/CITY_OF_BIRTH ALIAS/COUNTRY_OF_BIRTH
	ADDRESS ADDRESS/STREET ADDRESS/CITY ADDRESS/STATE_PROVINCE ADDRESS/ZIP_CODE ADDRESS/COUNTRY ADDRESS/NOTE
	DATE_OF_BIRTH DATE_OF_BIRTH/TYPE_OF_DATE DATE_OF_BIRTH/DATE DATE_OF_BIRTH/YEAR DATE_OF_BIRTH/FROM_YEAR DATE_OF_BIRTH/TO_YEAR DATE_OF_BIRTH/NOTE
	PLACE_OF_BIRTH PLACE_OF_BIRTH/STREET PLACE_OF_BIRTH/CITY PLACE_OF_BIRTH/STATE_PROVINCE PLACE_OF_BIRTH/COUNTRY PLACE_OF_BIRTH/NOTE
	DOCUMENT DOCUMENT/TYPE_OF_DOCUMENT DOCUMENT/TYPE_OF_DOCUMENT2 DOCUMENT/NUMBER DOCUMENT/ISSUING_COUNTRY DOCUMENT/COUNTRY_OF_ISSUE
	DOCUMENT/CITY_OF_ISSUE DOCUMENT/DATE_OF_ISSUE DOCUMENT/DATE_OF_EXPIRY DOCUMENT/NOTE`)

// unMeasures finds the measures an entry names itself, as entries under
// resolution 1970 do: "Listed pursuant to paragraph 15 of resolution 1970 (Travel Ban)".
var unMeasures = regexp.MustCompile(`Listed\s[^()]*pursuant to paragraphs?[^()]*\(([^)]*)\)`)

func parseUN(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "consolidated.xml"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	var found findings
	emit = checked(emit, &found)
	root, err := nodes(f, file, "CONSOLIDATED_LIST", []string{"INDIVIDUALS", "ENTITIES"}, func(n *node) error {
		kind := screening.KindOrganisation
		switch n.Name {
		case "INDIVIDUAL":
			kind = screening.KindPerson
		case "ENTITY":
		default:
			found.add("column", place(file, n), "unknown element "+n.Name, true)
			return nil
		}
		for _, kid := range n.Kids { // INDIVIDUAL_ALIAS and ENTITY_ALIAS read alike
			kid.Name = strings.TrimPrefix(strings.TrimPrefix(kid.Name, "INDIVIDUAL_"), "ENTITY_")
		}
		found.unknown(n, file, unPaths)
		emit(unEntity(n, kind, place(file, n), &found))
		return nil
	})
	if err != nil {
		return Header{}, err
	}
	published, _ := time.Parse(time.RFC3339, root.Attr("dateGenerated"))
	return Header{Published: published, Findings: found.all()}, nil
}

func unEntity(n *node, kind screening.Kind, at string, found *findings) *screening.Entity {
	reference := n.Get("REFERENCE_NUMBER") // may end in a blank
	id := reference
	if id == "" {
		id = n.Get("DATAID")
		found.add("row", at, "a party has no reference number and goes by its DATAID", false)
	}
	d := newDraft("un_sc_sanctions", id, at, found)
	d.Kind = kind
	d.identifier("un_ref", reference, "")

	name := joined(" ", n.Get("FIRST_NAME"), n.Get("SECOND_NAME"), n.Get("THIRD_NAME"), n.Get("FOURTH_NAME"))
	if kind == screening.KindPerson {
		d.name(screening.Name{Text: name, Kind: screening.PrimaryName})
	} else {
		for i, part := range strings.Split(name, ";") { // two names of one entity: "AIRLINES OF X (AX) ; X AIR"
			d.inBrackets(screening.Name{Text: part, Kind: []screening.NameKind{screening.PrimaryName, screening.AliasName}[min(i, 1)]})
		}
	}
	d.name(screening.Name{Text: n.Get("NAME_ORIGINAL_SCRIPT"), Kind: screening.OriginalName})
	for _, alias := range n.All("ALIAS") {
		unAlias(d, alias)
	}
	for _, country := range n.Values("NATIONALITY/VALUE") {
		d.country(country)
	}
	d.country(n.Get("NATIONALITY2"))
	for _, a := range n.All("ADDRESS") {
		country := a.Get("COUNTRY")
		d.address(screening.Address{
			Text: joined(", ", a.Get("STREET"), a.Get("CITY"), joined(" ", a.Get("STATE_PROVINCE"), a.Get("ZIP_CODE")), country, a.Get("NOTE")),
			City: a.Get("CITY"), Country: d.code(country),
		})
	}
	for _, b := range n.All("DATE_OF_BIRTH") {
		unBorn(d, b)
	}
	for _, doc := range n.All("DOCUMENT") {
		country := doc.Get("ISSUING_COUNTRY")
		if country == "" {
			country = doc.Get("COUNTRY_OF_ISSUE")
		}
		d.identifier(unDocument(doc.Get("TYPE_OF_DOCUMENT")+" "+doc.Get("TYPE_OF_DOCUMENT2")), doc.Get("NUMBER"), d.code(country))
	}
	for _, title := range append(n.Values("TITLE/VALUE"), n.Values("DESIGNATION/VALUE")...) {
		d.remark(title)
	}

	regime, ok := unRegimes[n.Get("UN_LIST_TYPE")]
	if !ok {
		found.add("code", at, "unknown UN_LIST_TYPE \""+n.Get("UN_LIST_TYPE")+"\": its measures must be added to the card", true)
		regime.controls = []screening.Control{screening.AssetFreeze}
	}
	comments := n.Get("COMMENTS1")
	listing := screening.Listing{
		List: d.List, Entity: d.ID,
		Programme: n.Get("UN_LIST_TYPE"), Authority: "United Nations Security Council", LegalBasis: regime.basis,
		Controls: regime.controls, Remarks: comments,
	}
	listing.Listed, _ = ParseDate(n.Get("LISTED_ON"), false)
	if m := unMeasures.FindStringSubmatch(comments); m != nil {
		var controls []screening.Control
		if strings.Contains(m[1], "Asset Freeze") {
			controls = append(controls, screening.AssetFreeze)
		}
		if strings.Contains(m[1], "Travel Ban") {
			controls = append(controls, screening.Travel)
		}
		if len(controls) > 0 {
			listing.Controls, listing.Terms = controls, m[1]
		}
	}
	if kind != screening.KindPerson {
		listing.Controls = slices.DeleteFunc(slices.Clone(listing.Controls), func(c screening.Control) bool { return c == screening.Travel })
		if len(listing.Controls) == 0 { // an organisation under a regime of travel bans only
			listing.Controls = regime.controls
		}
	}
	d.Listings = []screening.Listing{listing}
	return d.entity()
}

// unAlias reads one alias element: several names in a cell are joined by
// semicolons, empty elements are common.
func unAlias(d *draft, alias *node) {
	quality, note := strings.ToLower(alias.Get("QUALITY")), strings.ToLower(alias.Get("NOTE"))
	n := screening.Name{Weak: quality == "low"}
	switch quality {
	case "", "good", "low", "a.k.a.", "f.k.a.":
	default:
		d.found.add("code", d.place, "unknown alias quality \""+quality+"\", read as good", false)
	}
	former := quality == "f.k.a." || strings.HasPrefix(note, "previously listed") || strings.HasPrefix(note, "formerly listed")
	for text := range strings.SplitSeq(itemMark.ReplaceAllString(alias.Get("ALIAS_NAME"), ";"), ";") {
		n.Text, n.Kind = text, original(text)
		if former {
			n.Kind = screening.FormerName
		}
		d.name(n)
	}
}

// unBorn reads a date of birth: a day, a year, an approximate year, or the two
// years it lies between, which are kept both.
func unBorn(d *draft, b *node) {
	about := b.Get("TYPE_OF_DATE") == "APPROXIMATELY"
	for _, field := range []string{"DATE", "YEAR", "FROM_YEAR", "TO_YEAR"} {
		value := b.Get(field)
		if value == "" {
			continue
		}
		iso, ok := ParseDate(value, false)
		if !ok {
			d.found.add("row", d.place, "a date of birth that cannot be read", false)
			continue
		}
		if about {
			iso = iso[:4]
		}
		d.born(iso, true)
	}
}

// unDocument is the kind of identifier a document's two type fields name.
func unDocument(kind string) string {
	switch kind = strings.ToLower(kind); {
	case strings.Contains(kind, "passport"), strings.Contains(kind, "passeport"), strings.Contains(kind, "pasaporte"):
		return "passport"
	case strings.Contains(kind, "fiscal code"):
		return "tax"
	case strings.Contains(kind, "national"), strings.Contains(kind, "identity"), strings.Contains(kind, "identification"):
		return "national_id"
	}
	return "other"
}
