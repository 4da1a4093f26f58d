package lists

import (
	"bufio"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var ukSanctions = Card{
	ID:        "gb_fcdo_sanctions",
	Title:     "UK Sanctions List",
	Publisher: "UK Foreign, Commonwealth & Development Office",
	Doc:       "Everyone designated under the United Kingdom's Sanctions Act: asset freezes, travel bans, trade, transport and other measures, named for each party.",
	Page:      "https://www.gov.uk/government/publications/the-uk-sanctions-list",
	Licence:   "OGL-UK-3.0",
	Binds:     []string{"GB"},
	Blocking:  germanBoycott,
	Controls: []screening.Control{
		screening.AssetFreeze, screening.ExportLicence, screening.NarrowFinancial, screening.Travel, screening.OtherControl,
	},
	Cadence: 30 * 24 * time.Hour,
	Formats: []Format{{
		Name:      "csv",
		Files:     []File{{Name: "UK-Sanctions-List.csv", URL: "https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.csv"}},
		Parse:     parseUKCSV,
		Published: ukPublished,
	}, {
		Name:  "xml",
		Files: []File{{Name: "UK-Sanctions-List.xml", URL: "https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.xml"}},
		Parse: parseUKXML,
	}},
	Bounds: Bounds{MinEntities: 2000, MaxEntities: 15000, MinNamed: 0.995, MinCountry: 0.4, MinAlias: 0.2, MaxShrink: 0.15, MaxGrow: 0.3},
	Note:   "Both formats are tested on extracts, the CSV on a copy in its layout as well.",
	Retired: []RetiredFile{
		{Name: "*conlist*.*", Instead: ukInstead},
	},
}

const (
	ukInstead = "this is the consolidated list of the Office of Financial Sanctions Implementation, closed on 28 January 2026 and no longer updated; use UK-Sanctions-List.csv or .xml from " +
		"https://www.gov.uk/government/publications/the-uk-sanctions-list"

	// germanBoycott is the blocking law that touches the lists of single states outside the Union.
	germanBoycott = "Germany: section 7 of the Foreign Trade and Payments Ordinance (AWV) forbids residents to declare that they take part in a boycott of another state, " +
		"save for measures of the UN, the EU or Germany itself."
)

// ukMeasures say which control a measure in Sanctions Imposed is, by the first
// word of these found in it. Only an asset freeze blocks; the other financial
// measures are narrow, and an embargo on arms or trade asks for a licence.
var ukMeasures = []ukMeasure{
	{"asset freeze", screening.AssetFreeze},
	{"travel ban", screening.Travel},
	{"arms embargo", screening.ExportLicence},
	{"trade sanctions", screening.ExportLicence},
	{"technical assistance", screening.ExportLicence},
	{"trust services", screening.NarrowFinancial},
	{"investment", screening.NarrowFinancial},
	{"financial", screening.NarrowFinancial},
	{"banking", screening.NarrowFinancial},
	{"business arrangements", screening.NarrowFinancial},
	{"internet services", screening.OtherControl},
	{"director disqualification", screening.OtherControl},
	{"representative offices", screening.OtherControl},
	{"ship", screening.OtherControl}, // chartering, crew servicing, specified ship, shipping sanctions
	{"deflag", screening.OtherControl},
	{"port entry", screening.OtherControl},
	{"aircraft", screening.OtherControl},
	{"transport", screening.OtherControl},
}

type ukMeasure struct {
	word    string
	control screening.Control
}

// ukColumns are the 58 columns of the CSV.
var ukColumns = columns{
	Need: []string{"Unique ID", "Name 6", "Name type", "Sanctions Imposed"},
	Know: []string{
		"Last Updated", "OFSI Group ID", "UN Reference Number", "Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Alias strength", "Title",
		"Name non-latin script", "Non-latin script type", "Non-latin script language", "Regime Name", "Designation Type", "Designation source",
		"Other Information", "UK Statement of Reasons", "Address Line 1", "Address Line 2", "Address Line 3", "Address Line 4", "Address Line 5",
		"Address Line 6", "Address Postal Code", "Address Country", "Phone number", "Website", "Email address", "Date Designated", "D.O.B",
		"Nationality(/ies)", "National Identifier number", "National Identifier additional information", "Passport number",
		"Passport additional information", "Position", "Gender", "Town of birth", "Country of birth", "Type of entity", "Subsidiaries",
		"Parent company", "Business registration number (s)", "IMO number", "Current owner/operator (s)", "Previous owner/operator (s)",
		"Current believed flag of ship", "Previous flags", "Type of ship", "Tonnage of ship", "Length of ship", "Year Built",
		"Hull identification number (HIN)",
	},
}

// parseUKCSV reads the CSV: a line with the date, a line of columns, then one
// row for every name of a designation at every of its addresses, phone
// numbers and so on. Rows are folded by Unique ID.
func parseUKCSV(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "UK-Sanctions-List.csv"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	published, rest, err := ukReportDate(f)
	if err != nil {
		return Header{}, fmt.Errorf("reading %s: %w", file, err)
	}
	t, err := openTable(rest, file, ',', ukColumns)
	if err != nil {
		return Header{}, err
	}
	var found findings
	emit = checked(emit, &found)
	if published.IsZero() {
		found.add("row", file+" line 1", "no report date above the columns", false)
	}
	parties := map[string]*ukParty{}
	var order []*ukParty
	for {
		r, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Header{}, err
		}
		id := r.Get("Unique ID")
		if id == "" {
			found.add("row", r.Place(), "a row without Unique ID belongs to no designation", false)
			continue
		}
		p, ok := parties[id]
		if !ok {
			p = newUKParty(id, r.Place(), &found)
			parties[id], order = p, append(order, p)
		}
		p.row(r)
	}
	for _, p := range order {
		emit(p.entity())
	}
	return Header{Published: published, Findings: append(found.all(), t.Findings...)}, nil
}

var ukReport = regexp.MustCompile(`Report Date: *([^",;\r\n]+)`)

// ukReportDate takes the first line off the CSV ("Report Date: 08-Oct-2026"), if it is one.
func ukReportDate(r io.Reader) (time.Time, io.Reader, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(200)
	if err != nil && !errors.Is(err, io.EOF) {
		return time.Time{}, nil, err
	}
	line, _, more := strings.Cut(strings.TrimPrefix(string(head), "\ufeff"), "\n")
	m := ukReport.FindStringSubmatch(line)
	if strings.HasPrefix(line, "Last Updated,") && !strings.Contains(line, "Unique ID") { // the old list under the new one's name
		return time.Time{}, nil, fmt.Errorf("%w: %s", ErrRetired, ukInstead)
	}
	if m == nil || !more {
		return time.Time{}, b, nil
	}
	if _, err := b.ReadString('\n'); err != nil {
		return time.Time{}, nil, err
	}
	// An empty line in its place keeps the numbers of the lines right.
	return ukDay(m[1]), io.MultiReader(strings.NewReader("\n"), b), nil
}

func ukDay(date string) time.Time {
	iso, _ := ParseDate(date, false)
	day, _ := time.Parse(time.DateOnly, iso)
	return day
}

func ukPublished(src Source) (time.Time, error) {
	f, err := src.Open("UK-Sanctions-List.csv")
	if err != nil {
		return time.Time{}, err
	}
	defer f.Close()
	published, _, err := ukReportDate(f)
	return published, err
}

// ukPaths are the elements a Designation may have; those of
// SanctionsImposedIndicators repeat SanctionsImposed as flags.
var ukPaths = paths(`
	LastUpdated DateDesignated UniqueID OFSIGroupID UNReferenceNumber RegimeName IndividualEntityShip DesignationSource
	SanctionsImposed OtherInformation UKStatementofReasons Names Names/Name Names/Name/Name1 Names/Name/Name2 Names/Name/Name3
	Names/Name/Name4 Names/Name/Name5 Names/Name/Name6 Names/Name/NameType Names/Name/AliasStrength
	NonLatinNames NonLatinNames/NonLatinName NonLatinNames/NonLatinName/NameNonLatinScript
	NonLatinNames/NonLatinName/NonLatinScriptType NonLatinNames/NonLatinName/NonLatinScriptLanguage Titles Titles/Title
	Addresses Addresses/Address Addresses/Address/AddressLine1 Addresses/Address/AddressLine2 Addresses/Address/AddressLine3
	Addresses/Address/AddressLine4 Addresses/Address/AddressLine5 Addresses/Address/AddressLine6
	Addresses/Address/AddressPostalCode Addresses/Address/AddressCountry
	PhoneNumbers PhoneNumbers/PhoneNumber EmailAddresses EmailAddresses/EmailAddress Websites Websites/Website
	SanctionsImposedIndicators
	SanctionsImposedIndicators/AssetFreeze SanctionsImposedIndicators/ArmsEmbargo SanctionsImposedIndicators/TargetedArmsEmbargo
	SanctionsImposedIndicators/CharteringOfShips SanctionsImposedIndicators/ClosureOfRepresentativeOffices
	SanctionsImposedIndicators/CrewServicingOfShipsAndAircraft SanctionsImposedIndicators/Deflag
	SanctionsImposedIndicators/PreventionOfBusinessArrangements SanctionsImposedIndicators/ProhibitionOfPortEntry
	SanctionsImposedIndicators/TravelBan SanctionsImposedIndicators/PreventionOfCharteringOfShips
	SanctionsImposedIndicators/PreventionOfCharteringOfShipsAndAircraft SanctionsImposedIndicators/TechnicalAssistanceRelatedToAircraft
	SanctionsImposedIndicators/TrustServicesSanctions SanctionsImposedIndicators/DirectorDisqualificationSanction
	IndividualDetails IndividualDetails/Individual IndividualDetails/Individual/DOBs IndividualDetails/Individual/DOBs/DOB
	IndividualDetails/Individual/BirthDetails IndividualDetails/Individual/BirthDetails/Location
	IndividualDetails/Individual/BirthDetails/Location/CountryOfBirth IndividualDetails/Individual/BirthDetails/Location/TownOfBirth
	IndividualDetails/Individual/Genders IndividualDetails/Individual/Genders/Gender
	IndividualDetails/Individual/Nationalities IndividualDetails/Individual/Nationalities/Nationality
	IndividualDetails/Individual/Positions IndividualDetails/Individual/Positions/Position
	IndividualDetails/Individual/PassportDetails IndividualDetails/Individual/PassportDetails/Passport
	IndividualDetails/Individual/PassportDetails/Passport/PassportNumber
	IndividualDetails/Individual/PassportDetails/Passport/PassportAdditionalInformation
	IndividualDetails/Individual/NationalIdentifierDetails IndividualDetails/Individual/NationalIdentifierDetails/NationalIdentifier
	IndividualDetails/Individual/NationalIdentifierDetails/NationalIdentifier/NationalIdentifierNumber
	IndividualDetails/Individual/NationalIdentifierDetails/NationalIdentifier/NationalIdentifierAdditionalInformation
	EntityDetails EntityDetails/Entity EntityDetails/Entity/BusinessRegistrationNumbers
	EntityDetails/Entity/BusinessRegistrationNumbers/BusinessRegistrationNumber EntityDetails/Entity/TypeOfEntities
	EntityDetails/Entity/TypeOfEntities/TypeOfEntity EntityDetails/Entity/ParentCompanies EntityDetails/Entity/ParentCompanies/ParentCompany
	EntityDetails/Entity/Subsidiaries EntityDetails/Entity/Subsidiaries/Subsidiary
	ShipDetails ShipDetails/Ship ShipDetails/Ship/IMONumbers ShipDetails/Ship/IMONumbers/IMONumber
	ShipDetails/Ship/CurrentOwnerOperators ShipDetails/Ship/CurrentOwnerOperators/CurrentOwnerOperator
	ShipDetails/Ship/PreviousOwnerOperators ShipDetails/Ship/PreviousOwnerOperators/PreviousOwnerOperator
	ShipDetails/Ship/CurrentBelievedFlagOfShips ShipDetails/Ship/CurrentBelievedFlagOfShips/CurrentBelievedFlagOfShip
	ShipDetails/Ship/PreviousFlags ShipDetails/Ship/PreviousFlags/PreviousFlag
	ShipDetails/Ship/TypeOfShipDetails ShipDetails/Ship/TypeOfShipDetails/TypeOfShip
	ShipDetails/Ship/TonnageOfShipDetails ShipDetails/Ship/TonnageOfShipDetails/TonnageOfShip
	ShipDetails/Ship/LengthOfShipDetails ShipDetails/Ship/LengthOfShipDetails/LengthOfShip
	ShipDetails/Ship/YearsBuilt ShipDetails/Ship/YearsBuilt/YearBuilt
	ShipDetails/Ship/HullIdentificationNumbers ShipDetails/Ship/HullIdentificationNumbers/HullIdentificationNumber`)

func parseUKXML(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "UK-Sanctions-List.xml"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	var found findings
	emit = checked(emit, &found)
	var header Header
	_, err = nodes(f, file, "Designations", nil, func(n *node) error {
		switch n.Name {
		case "DateGenerated":
			header.Published = ukDay(n.Text())
		case "Designation":
			found.unknown(n, file, ukPaths)
			id := n.Get("UniqueID")
			if id == "" {
				found.add("row", place(file, n), "a designation without UniqueID is left out", true)
				return nil
			}
			p := newUKParty(id, place(file, n), &found)
			p.designation(n)
			emit(p.entity())
		default:
			found.add("column", place(file, n), "unknown element "+n.Name, true)
		}
		return nil
	})
	header.Findings = found.all()
	return header, err
}

// ukParty is one designation while it is read.
type ukParty struct {
	*draft
	kind    string // Individual, Entity or Ship
	listing screening.Listing
}

func newUKParty(id, at string, found *findings) *ukParty {
	p := &ukParty{draft: newDraft("gb_fcdo_sanctions", id, at, found)}
	p.listing = screening.Listing{List: p.List, Entity: id}
	return p
}

// row reads one row of the CSV.
func (p *ukParty) row(r row) {
	if p.listing.Programme == "" {
		p.basics(r.Get("Designation Type"), r.Get("Regime Name"), r.Get("Designation source"), r.Get("Date Designated"),
			r.Get("UK Statement of Reasons"), r.Get("Other Information"))
	}
	p.imposed(r.Get("Sanctions Imposed"))
	p.named([6]string{r.Get("Name 1"), r.Get("Name 2"), r.Get("Name 3"), r.Get("Name 4"), r.Get("Name 5"), r.Get("Name 6")}, r.Get("Name type"), r.Get("Alias strength"))
	p.original(r.Get("Name non-latin script"), r.Get("Non-latin script language"))
	p.located([7]string{r.Get("Address Line 1"), r.Get("Address Line 2"), r.Get("Address Line 3"), r.Get("Address Line 4"), r.Get("Address Line 5"),
		r.Get("Address Line 6"), r.Get("Address Postal Code")}, r.Get("Address Country"))
	p.identifier("un_ref", r.Get("UN Reference Number"), "")
	p.identifier("passport", r.Get("Passport number"), "")
	p.identifier("national_id", r.Get("National Identifier number"), "")
	p.registered(r.Get("Business registration number (s)"))
	p.imo(r.Get("IMO number"))
	p.identifier("other", r.Get("Hull identification number (HIN)"), "")
	p.birth(r.Get("D.O.B"))
	p.nationality(r.Get("Nationality(/ies)"))
	p.flag(r.Get("Current believed flag of ship"))
	p.site(r.Get("Website"))
	p.related("parent", r.Get("Parent company"))
	p.related("subsidiary", r.Get("Subsidiaries"))
	p.related("controlled_by", r.Get("Current owner/operator (s)"))
	p.remark(r.Get("Title"))
	p.remark(r.Get("Position"))
	p.remark(r.Get("Type of entity"))
	p.remark(r.Get("Type of ship"))
}

// designation reads one Designation of the XML.
func (p *ukParty) designation(n *node) {
	p.basics(n.Get("IndividualEntityShip"), n.Get("RegimeName"), n.Get("DesignationSource"), n.Get("DateDesignated"),
		n.Get("UKStatementofReasons"), n.Get("OtherInformation"))
	p.imposed(n.Get("SanctionsImposed"))
	for _, name := range n.All("Names/Name") {
		p.named([6]string{name.Get("Name1"), name.Get("Name2"), name.Get("Name3"), name.Get("Name4"), name.Get("Name5"), name.Get("Name6")},
			name.Get("NameType"), name.Get("AliasStrength"))
	}
	for _, name := range n.All("NonLatinNames/NonLatinName") {
		p.original(name.Get("NameNonLatinScript"), name.Get("NonLatinScriptLanguage"))
	}
	for _, a := range n.All("Addresses/Address") {
		p.located([7]string{a.Get("AddressLine1"), a.Get("AddressLine2"), a.Get("AddressLine3"), a.Get("AddressLine4"), a.Get("AddressLine5"),
			a.Get("AddressLine6"), a.Get("AddressPostalCode")}, a.Get("AddressCountry"))
	}
	p.identifier("un_ref", n.Get("UNReferenceNumber"), "")
	const person, entity, ship = "IndividualDetails/Individual/", "EntityDetails/Entity/", "ShipDetails/Ship/"
	for _, field := range []struct {
		path string
		read func(string)
	}{
		{person + "PassportDetails/Passport/PassportNumber", func(v string) { p.identifier("passport", v, "") }},
		{person + "NationalIdentifierDetails/NationalIdentifier/NationalIdentifierNumber", func(v string) { p.identifier("national_id", v, "") }},
		{entity + "BusinessRegistrationNumbers/BusinessRegistrationNumber", p.registered},
		{ship + "IMONumbers/IMONumber", p.imo},
		{ship + "HullIdentificationNumbers/HullIdentificationNumber", func(v string) { p.identifier("other", v, "") }},
		{person + "DOBs/DOB", p.birth},
		{person + "Nationalities/Nationality", p.nationality},
		{ship + "CurrentBelievedFlagOfShips/CurrentBelievedFlagOfShip", p.flag},
		{"Websites/Website", p.site},
		{entity + "ParentCompanies/ParentCompany", func(v string) { p.related("parent", v) }},
		{entity + "Subsidiaries/Subsidiary", func(v string) { p.related("subsidiary", v) }},
		{ship + "CurrentOwnerOperators/CurrentOwnerOperator", func(v string) { p.related("controlled_by", v) }},
		{"Titles/Title", p.remark},
		{person + "Positions/Position", p.remark},
		{entity + "TypeOfEntities/TypeOfEntity", p.remark},
		{ship + "TypeOfShipDetails/TypeOfShip", p.remark},
	} {
		for _, value := range n.Values(field.path) {
			field.read(value)
		}
	}
}

// basics reads what a designation has once; the texts may hold HTML entities.
func (p *ukParty) basics(kind, regime, source, designated, reasons, other string) {
	p.kind = kind
	switch kind {
	case "Individual":
		p.Kind = screening.KindPerson
	case "Entity":
		p.Kind = screening.KindOrganisation
	case "Ship":
		p.Kind = screening.KindVessel
	default:
		p.found.add("code", p.place, fmt.Sprintf("unknown designation type %q", kind), true)
	}
	p.listing.Programme, p.listing.LegalBasis = tidy(regime), tidy(regime)
	p.listing.Authority = "Foreign, Commonwealth & Development Office"
	if source != "" {
		p.listing.Authority += " (designated by: " + source + ")"
	}
	p.listing.Listed, _ = ParseDate(designated, false)
	p.listing.Remarks = tidy(html.UnescapeString(reasons))
	p.remark(html.UnescapeString(other))
	if kind != "" {
		p.listing.URL = "https://search-uk-sanctions-list.service.gov.uk/designations/" + p.ID + "/" + kind
	}
}

// imposed reads Sanctions Imposed: measures between bars, each kept in the
// publisher's words and made a control.
func (p *ukParty) imposed(measures string) {
	for measure := range strings.SplitSeq(measures, "|") {
		measure = tidy(measure)
		if measure == "" || p.again("measure", measure) {
			continue
		}
		p.listing.Terms = joined(" | ", p.listing.Terms, measure)
		name := strings.ToLower(measure)
		i := slices.IndexFunc(ukMeasures, func(known ukMeasure) bool { return strings.Contains(name, known.word) })
		control := screening.OtherControl
		if i < 0 {
			p.found.add("code", p.place, fmt.Sprintf("unknown measure %q in Sanctions Imposed", measure), true)
		} else {
			control = ukMeasures[i].control
		}
		if !slices.Contains(p.listing.Controls, control) {
			p.listing.Controls = append(p.listing.Controls, control)
		}
	}
}

// named reads a name. Name 6 is the surname of a person and the whole name of
// anything else; Name 1 is the first given name, Name 2 to 5 those after it.
func (p *ukParty) named(parts [6]string, kind, strength string) {
	given := joined(" ", parts[0], parts[1], parts[2], parts[3], parts[4])
	name := screening.Name{Text: joined(" ", given, parts[5]), Kind: screening.AliasName}
	if p.kind == "Individual" {
		name.Given, name.Family = given, parts[5]
	}
	switch strings.ToLower(kind) {
	case "primary name":
		name.Kind = screening.PrimaryName
	case "primary name variation", "alias":
	default:
		if name.Text != "" {
			p.found.add("code", p.place, fmt.Sprintf("unknown name type %q, read as an alias", kind), false)
		}
	}
	switch strings.ToLower(strength) { // only designations of the UN say
	case "", "good quality a.k.a", "good quality a.k.a.":
	case "low quality a.k.a", "low quality a.k.a.":
		name.Weak = true
	default:
		p.found.add("code", p.place, fmt.Sprintf("unknown alias strength %q, read as good", strength), false)
	}
	if p.Kind == screening.KindOrganisation {
		p.inBrackets(name)
	} else {
		p.name(name)
	}
}

func (p *ukParty) original(text, language string) {
	p.name(screening.Name{Text: text, Kind: screening.OriginalName, Lang: languages[strings.ToLower(language)]})
}

// located reads an address; the town is by custom in the last line filled.
func (p *ukParty) located(lines [7]string, country string) {
	city := ""
	for _, line := range slices.Backward(lines[1:6]) {
		if line != "" {
			city = line
			break
		}
	}
	code := p.code(country)
	if text := joined(", ", lines[:]...); text != "" {
		p.address(screening.Address{Text: joined(", ", text, country), City: city, Country: code})
		return
	}
	p.country(country)
}

// ukTax tells numbers for the tax office from those of the company register.
var ukTax = regexp.MustCompile(`(?i)\b(tax|inn|tin|vat)\b`)

func (p *ukParty) registered(numbers string) {
	for number := range strings.FieldsFuncSeq(numbers, func(r rune) bool { return r == ';' || r == '|' || r == '\n' }) {
		kind := "registration"
		if ukTax.MatchString(number) {
			kind = "tax"
		}
		if m := ukLabelled.FindStringSubmatch(tidy(number)); m != nil {
			number = m[1]
		}
		p.identifier(kind, number, "")
	}
}

// ukLabelled takes a number out of "INN: 7700000001" or "Tax ID 7700000001 (Russia)".
var ukLabelled = regexp.MustCompile(`^[A-Za-z .()/-]*:? *([A-Z]{0,4}\d[\w./-]*)(?: *\([^)]*\))?\.?$`)

func (p *ukParty) imo(number string) {
	for number := range strings.FieldsFuncSeq(number, func(r rune) bool { return r == ';' || r == '|' || r == ',' }) {
		p.identifier("imo", strings.TrimSpace(strings.TrimPrefix(strings.ToUpper(tidy(number)), "IMO")), "")
	}
}

// birth reads a date of birth, in which dd and mm stand for what is not known ("dd/05/1950").
func (p *ukParty) birth(date string) {
	if date == "" {
		return
	}
	iso, ok := ParseDate(date, false)
	if !ok {
		p.found.add("row", p.place, "a date of birth that cannot be read", false)
	}
	p.born(iso, ok)
}

// nationality reads one or several nationalities: "Iran", "(1) Iraq (2) Jordan".
func (p *ukParty) nationality(countries string) {
	for country := range strings.FieldsFuncSeq(itemMark.ReplaceAllString(countries, ";"), func(r rune) bool { return r == ';' || r == '|' }) {
		p.country(country)
	}
}

// flag is read as the country of a ship.
func (p *ukParty) flag(country string) {
	if !strings.EqualFold(country, "unknown") {
		p.country(country)
	}
}

func (p *ukParty) site(sites string) {
	for site := range strings.FieldsFuncSeq(sites, func(r rune) bool { return r == ';' || r == '|' || r == ',' || r == ' ' || r == '\n' }) {
		p.website(site)
	}
}

// related reads the parties a cell of free text names: "(1) Alpha Ltd (2) Beta
// Ltd", "Alpha Ltd; Beta Ltd". A comma may be part of a name and does not divide.
func (p *ukParty) related(kind, cell string) {
	for name := range strings.FieldsFuncSeq(itemMark.ReplaceAllString(cell, ";"), func(r rune) bool { return r == ';' || r == '|' || r == '\n' }) {
		p.link(screening.Link{Kind: kind, Name: strings.Trim(tidy(name), " ,."), Source: "UK Sanctions List"})
	}
}

// entity puts the primary name in front. A designation without measures would
// say nothing, so the gravest is assumed and the edition held.
func (p *ukParty) entity() *screening.Entity {
	p.show(func(n screening.Name) int {
		if n.Kind == screening.PrimaryName {
			return 1
		}
		return 0
	})
	if len(p.listing.Controls) == 0 {
		p.found.add("code", p.place, "designation "+p.ID+" imposes no sanctions", true)
		p.listing.Controls = []screening.Control{screening.AssetFreeze}
	}
	p.Listings = []screening.Listing{p.listing}
	return p.draft.entity()
}
