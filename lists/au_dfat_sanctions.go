package lists

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var auSanctions = Card{
	ID:        "au_dfat_sanctions",
	Title:     "Australian Sanctions Consolidated List",
	Publisher: "Australian Department of Foreign Affairs and Trade",
	Doc:       "Persons, entities and ships under Australian sanctions, those of the UN Security Council among them.",
	Page:      "https://www.dfat.gov.au/international-relations/security/sanctions/consolidated-list",
	Licence:   "CC-BY-4.0",
	Binds:     []string{"AU"},
	Blocking:  germanBoycott,
	Controls:  []screening.Control{screening.AssetFreeze, screening.ExportLicence, screening.Travel, screening.OtherControl},
	Cadence:   45 * 24 * time.Hour,
	Formats: []Format{{
		Name: "xlsx",
		Files: []File{{
			Name: "Australian_Sanctions_Consolidated_List.xlsx",
			URL:  "https://www.dfat.gov.au/sites/default/files/Australian_Sanctions_Consolidated_List.xlsx",
		}},
		Parse: parseAU,
	}},
	Bounds: Bounds{MinEntities: 3000, MaxEntities: 15000, MinNamed: 0.995, MinCountry: 0.5, MinAlias: 0.3, MaxShrink: 0.15, MaxGrow: 0.3},
}

var auColumns = columns{
	Need: []string{
		"Reference", "Name of Individual or Entity", "Type", "Name Type", "Targeted Financial Sanction", "Travel Ban", "Arms Embargo",
		"Maritime Restriction",
	},
	Know: []string{
		"Alias Strength", "Date of Birth", "Place of Birth", "Citizenship", "Address", "Additional Information", "Listing Information",
		"IMO Number", "Committees", "Control Date", "Instrument of Designation",
	},
}

// auFlags are the columns that say with 1 or 0 which sanctions apply.
var auFlags = []struct {
	column  string
	control screening.Control
}{
	{"Targeted Financial Sanction", screening.AssetFreeze},
	{"Travel Ban", screening.Travel},
	{"Arms Embargo", screening.ExportLicence}, // arms and what relates to them may not be supplied
	{"Maritime Restriction", screening.OtherControl},
}

// parseAU reads one row a name: references 2, 2a and 2b are one party, whose
// rows may lie apart.
func parseAU(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "Australian_Sanctions_Consolidated_List.xlsx"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	var found findings
	emit = checked(emit, &found)
	parties := map[string]*auParty{}
	var order []*auParty
	newest := "" // the latest control date: the list bears no other
	odd, err := sheetRows(f, file, auColumns, func(r row) error {
		id := auReference.FindString(tidy(r.Get("Reference")))
		if id == "" {
			found.add("row", r.Place(), "a row without a reference belongs to no party", true)
			return nil
		}
		p, ok := parties[id]
		if !ok {
			p = &auParty{draft: newDraft("au_dfat_sanctions", id, r.Place(), &found)}
			p.listing = screening.Listing{List: p.List, Entity: id, Authority: "Department of Foreign Affairs and Trade"}
			parties[id], order = p, append(order, p)
		}
		p.row(r)
		if day, ok := DateOfSerial(r.Get("Control Date")); ok && day > newest {
			newest = day
		}
		return nil
	})
	if err != nil {
		return Header{}, err
	}
	for _, p := range order {
		emit(p.entity())
	}
	published, _ := time.Parse(time.DateOnly, newest)
	return Header{Published: published, Findings: append(found.all(), odd...)}, nil
}

// auReference is the number of a reference; letters behind it count a party's names.
var auReference = regexp.MustCompile(`^\d+`)

// auParty is one party while its rows are read.
type auParty struct {
	*draft
	listing screening.Listing
}

func (p *auParty) row(r row) {
	p.typed(r)
	p.named(r)
	for country := range strings.FieldsFuncSeq(r.Get("Citizenship"), func(c rune) bool { return c == ';' || c == '\n' }) {
		p.country(country)
	}
	for address := range strings.FieldsFuncSeq(itemMark.ReplaceAllString(r.Get("Address"), ";"), func(c rune) bool { return c == ';' }) {
		p.address(screening.Address{Text: strings.TrimRight(tidy(address), " ,"), Country: countryAtEnd(address)})
	}
	if day, ok := DateOfSerial(r.Get("Date of Birth")); ok { // a date alone in its cell is a number
		p.born(day, true)
	} else {
		p.births(r.Get("Date of Birth"))
	}
	p.identifier("imo", r.Get("IMO Number"), "")
	p.information(tidy(r.Get("Additional Information")))
	p.listed(r)
}

// information reads the free text about a party, which most of its rows repeat.
func (p *auParty) information(info string) {
	if p.again("information", info) {
		return
	}
	if m := auUNReference.FindStringSubmatch(info); m != nil {
		p.identifier("un_ref", m[1], "")
	}
	for _, m := range auNumber.FindAllStringSubmatch(info, -1) {
		p.identifier("registration", m[1], "")
	}
	p.remark(info)
}

var (
	auUNReference = regexp.MustCompile(`^([A-Z]{2}[ie]\.\d{3})\b`)
	auNumber      = regexp.MustCompile(`(?i)\b(?:registration|tax|OGRN|INN)(?: identification)?(?: number| no)?\.?:? ?(\d{8,15})\b`)
)

func (p *auParty) typed(r row) {
	kind := screening.KindUnknown
	switch published := r.Get("Type"); published {
	case "Individual":
		kind = screening.KindPerson
	case "Entity":
		kind = screening.KindOrganisation
	case "Vessel":
		kind = screening.KindVessel
	default:
		p.found.add("code", r.Place(), fmt.Sprintf("unknown type %q", published), true)
	}
	if len(p.Names) > 0 && kind != p.Kind {
		p.found.add("row", r.Place(), "the rows of reference "+p.ID+" are of several types; the first is kept", false)
		return
	}
	p.Kind = kind
}

func (p *auParty) named(r row) {
	name := screening.Name{Text: r.Get("Name of Individual or Entity"), Kind: screening.AliasName}
	switch kind := r.Get("Name Type"); kind {
	case "Primary Name":
		name.Kind = screening.PrimaryName
	case "Original Script":
		name.Kind = screening.OriginalName
	case "Alias":
		name.Kind = original(name.Text)
	default:
		p.found.add("code", r.Place(), fmt.Sprintf("unknown name type %q, read as an alias", kind), false)
	}
	switch strength := r.Get("Alias Strength"); strength {
	case "", "Strong":
	case "Weak":
		name.Weak = true
	default:
		p.found.add("code", r.Place(), fmt.Sprintf("unknown alias strength %q, read as strong", strength), false)
	}
	if p.Kind == screening.KindOrganisation {
		p.inBrackets(name)
	} else {
		p.name(name)
	}
}

// auListed finds the first date of a listing in the words about it: "Listed
// on 25 January 2001 (amended on …)", "First listed on 16/07/2009".
var auListed = regexp.MustCompile(`(?i)\b(?:listed|designated)\b[^()]{0,60}?\bon:? (\d{1,2}/\d{1,2}/\d{4}|\d{1,2} [A-Za-z]{3,9}\.? \d{4})`)

func (p *auParty) listed(r row) {
	l := &p.listing
	if l.Programme == "" {
		l.Programme = r.Get("Committees")
	}
	if basis := tidy(r.Get("Instrument of Designation")); l.LegalBasis == "" {
		l.LegalBasis = basis
	}
	words := tidy(r.Get("Listing Information"))
	if l.Remarks == "" {
		l.Remarks = words
	}
	if m := auListed.FindStringSubmatch(words); m != nil && l.Listed == "" {
		l.Listed, _ = ParseDate(m[1], false)
	}
	for _, flag := range auFlags {
		switch value := r.Get(flag.column); value {
		case "1":
			if !slices.Contains(l.Controls, flag.control) {
				l.Controls = append(l.Controls, flag.control)
				l.Terms = joined(", ", l.Terms, flag.column)
			}
		case "0", "":
		default:
			p.found.add("code", r.Place(), fmt.Sprintf("%s is %q, neither 1 nor 0", flag.column, value), true)
		}
	}
}

// entity puts the primary name in front. A party none of whose flags is set
// would say nothing, so the gravest is assumed and the edition held.
func (p *auParty) entity() *screening.Entity {
	p.show(func(n screening.Name) int {
		if n.Kind == screening.PrimaryName {
			return 1
		}
		return 0
	})
	if len(p.listing.Controls) == 0 {
		p.found.add("code", p.place, "no sanction is flagged for reference "+p.ID, true)
		p.listing.Controls = []screening.Control{screening.AssetFreeze}
	}
	p.Listings = []screening.Listing{p.listing}
	return p.draft.entity()
}
