package lists

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"partnerscreen/screening"
)

var euFinancialSanctions = Card{
	ID:        "eu_fsf",
	Title:     "EU Consolidated List of Financial Sanctions",
	Publisher: "European Commission, DG FISMA",
	Doc:       "Persons, groups and entities whose assets the European Union has frozen; nothing may be made available to them.",
	Page:      "https://data.europa.eu/data/datasets/consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions",
	Licence:   "CC-BY-4.0",
	Binds:     []string{"EU"},
	Controls:  []screening.Control{screening.AssetFreeze},
	Cadence:   21 * 24 * time.Hour, // generated daily, and behind the Official Journal by up to three weeks
	Timeout:   10 * time.Minute,    // the file is made when it is asked for
	Formats: []Format{{
		Name:  "xml",
		Files: []File{{Name: "xmlFullSanctionsList_1_1.xml", URL: "https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content?token=dG9rZW4tMjAxNw"}},
		Parse: parseEUXML,
	}, {
		Name:  "csv",
		Files: []File{{Name: "csvFullSanctionsList_1_1.csv", URL: "https://webgate.ec.europa.eu/fsd/fsf/public/files/csvFullSanctionsList_1_1/content?token=dG9rZW4tMjAxNw"}},
		Parse: parseEUCSV,
	}},
	Bounds: Bounds{MinEntities: 4500, MaxEntities: 12000, MinNamed: 0.995, MinAlias: 0.4, MaxShrink: 0.15, MaxGrow: 0.3},
	Note:   "The XML is tested on an extract and on a copy in its layout, the CSV on its documented columns.",
	Retired: []RetiredFile{
		{Name: "*FullSanctionsList.csv", Instead: euInstead},
		{Name: "*FullSanctionsList.xml", Instead: euInstead},
		{Name: "EUSanctionsShort.csv", Instead: euInstead},
	},
}

const euInstead = "version 1.0 of the EU's file is no longer published; use xmlFullSanctionsList_1_1.xml or csvFullSanctionsList_1_1.csv"

// euPaths are the elements and attributes a sanctionEntity may have.
var euPaths = func() map[string]bool {
	known := paths(`
		@designationDetails @designationDate @unitedNationId @euReferenceNumber @logicalId remark
		regulation regulation/@regulationType regulation/@organisationType regulation/@publicationDate regulation/@entryIntoForceDate
		regulation/@numberTitle regulation/@programme regulation/@logicalId regulation/publicationUrl
		subjectType subjectType/@code subjectType/@classificationCode`)
	for name, attrs := range map[string]string{
		"nameAlias":      "firstName middleName lastName wholeName function gender title nameLanguage strong",
		"citizenship":    "region countryIso2Code countryDescription",
		"birthdate":      "circa calendarType city zipCode birthdate dayOfMonth monthOfYear year yearRangeFrom yearRangeTo region place countryIso2Code countryDescription",
		"address":        "city street poBox zipCode region place asAtListingTime countryIso2Code countryDescription",
		"identification": "diplomatic knownExpired knownFalse reportedLost revokedByIssuer issuedBy issuedDate validFrom validTo latinNumber nameOnDocument number region countryIso2Code countryDescription identificationTypeCode identificationTypeDescription",
	} {
		known[name], known[name+"/remark"], known[name+"/regulationSummary"] = true, true, true
		for attr := range strings.FieldsSeq(attrs + " regulationLanguage logicalId") {
			known[name+"/@"+attr] = true
		}
		for attr := range strings.FieldsSeq("regulationType publicationDate numberTitle publicationUrl") {
			known[name+"/regulationSummary/@"+attr] = true
		}
	}
	for path := range strings.FieldsSeq("address/contactInfo address/contactInfo/@key address/contactInfo/@value") {
		known[path] = true
	}
	return known
}()

func parseEUXML(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "xmlFullSanctionsList_1_1.xml"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	var found findings
	emit = checked(emit, &found)
	root, err := nodes(f, file, "export", nil, func(n *node) error {
		if n.Name != "sanctionEntity" {
			found.add("column", place(file, n), "unknown element "+n.Name, true)
			return nil
		}
		found.unknown(n, file, euPaths)
		p := newEUParty(n, place(file, n), &found)
		for _, kid := range n.Kids {
			p.add(kid)
		}
		emit(p.entity())
		return nil
	})
	if err != nil {
		return Header{}, err
	}
	published, _ := time.Parse("2006-01-02T15:04:05.000-07:00", root.Attr("generationDate"))
	return Header{Published: published, Findings: found.all()}, nil
}

// euColumns are the 118 columns of the CSV: the date, then the columns of the
// entity and of each kind of sub-record under its prefix.
var euColumns = func() columns {
	cols := columns{Need: []string{"Entity_LogicalId", "Entity_EU_ReferenceNumber", "NameAlias_WholeName"}, Know: []string{"fileGenerationDate"}}
	const regulation = "Regulation_Type Regulation_OrganisationType Regulation_PublicationDate Regulation_EntryIntoForceDate Regulation_NumberTitle Regulation_Programme Regulation_PublicationUrl"
	for prefix, names := range map[string]string{
		"Entity":         "UnitedNationId DesignationDate DesignationDetails Remark SubjectType SubjectType_ClassificationCode",
		"NameAlias":      "LastName FirstName MiddleName NameLanguage Gender Title Function LogicalId RegulationLanguage Remark",
		"Address":        "City Street PoBox ZipCode Region Place AsAtListingTime ContactInfo CountryIso2Code CountryDescription LogicalId RegulationLanguage Remark",
		"BirthDate":      "BirthDate Day Month Year YearRangeFrom YearRangeTo Circa CalendarType ZipCode Region Place City CountryIso2Code CountryDescription LogicalId RegulationLanguage Remark",
		"Identification": "Number Diplomatic KnownExpired KnownFalse ReportedLost RevokedByIssuer IssuedBy IssuedDate ValidFrom ValidTo LatinNumber NameOnDocument TypeCode TypeDescription Region CountryIso2Code CountryDescription LogicalId RegulationLanguage Remark",
		"Citizenship":    "Region CountryIso2Code CountryDescription LogicalId RegulationLanguage Remark",
	} {
		for name := range strings.FieldsSeq(names + " " + regulation) {
			cols.Know = append(cols.Know, prefix+"_"+name)
		}
	}
	return cols
}()

// euSubRecords names the element of the XML each prefix of the CSV stands for.
var euSubRecords = []struct{ prefix, element string }{
	{"NameAlias_", "nameAlias"}, {"Address_", "address"}, {"BirthDate_", "birthdate"},
	{"Identification_", "identification"}, {"Citizenship_", "citizenship"},
}

// euAttributes are the columns whose attribute is not the column in camel case.
var euAttributes = map[string]string{
	"BirthDate_BirthDate": "birthdate", "BirthDate_Day": "dayOfMonth", "BirthDate_Month": "monthOfYear",
	"Identification_TypeCode": "identificationTypeCode", "Identification_TypeDescription": "identificationTypeDescription",
}

// parseEUCSV reads the same list as semicolon-separated rows, one a sub-record,
// each made the element it would be in the XML. The CSV does not say which
// names are weak, other than in remarks.
func parseEUCSV(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "csvFullSanctionsList_1_1.csv"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	t, err := openTable(f, file, ';', euColumns)
	if err != nil {
		if strings.Contains(err.Error(), "Naal_") { // the columns are named in the error
			return Header{}, fmt.Errorf("%s: %w: %s", file, ErrRetired, euInstead)
		}
		return Header{}, err
	}
	var found findings
	emit = checked(emit, &found)
	var header Header
	parties := map[string]*euParty{}
	var order []*euParty
	for {
		r, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Header{}, err
		}
		if header.Published.IsZero() {
			if iso, ok := ParseDate(r.Get("fileGenerationDate"), false); ok {
				header.Published, _ = time.Parse(time.DateOnly, iso)
			}
		}
		id := r.Get("Entity_LogicalId")
		if id == "" {
			found.add("row", r.Place(), "a row without Entity_LogicalId belongs to no party", false)
			continue
		}
		p, ok := parties[id]
		if !ok {
			p = newEUParty(&node{Attrs: map[string]string{
				"euReferenceNumber": r.Get("Entity_EU_ReferenceNumber"), "logicalId": id,
				"unitedNationId": r.Get("Entity_UnitedNationId"), "designationDate": r.Get("Entity_DesignationDate"),
				"designationDetails": r.Get("Entity_DesignationDetails"),
			}}, r.Place(), &found)
			p.remark(r.Get("Entity_Remark"))
			p.add(&node{Name: "subjectType", Attrs: map[string]string{"code": r.Get("Entity_SubjectType"), "classificationCode": r.Get("Entity_SubjectType_ClassificationCode")}})
			parties[id], order = p, append(order, p)
		}
		p.add(&node{Name: "regulation", Attrs: map[string]string{
			"organisationType": r.Get("Entity_Regulation_OrganisationType"), "publicationDate": r.Get("Entity_Regulation_PublicationDate"),
			"numberTitle": r.Get("Entity_Regulation_NumberTitle"), "programme": r.Get("Entity_Regulation_Programme"),
			"publicationUrl": r.Get("Entity_Regulation_PublicationUrl"),
		}})
		for _, sub := range euSubRecords {
			if n := euNode(r, t.header, sub.prefix, sub.element); n != nil {
				p.add(n)
			}
		}
	}
	for _, p := range order {
		emit(p.entity())
	}
	header.Findings = append(found.all(), t.Findings...)
	return header, nil
}

// euNode makes a row's columns under a prefix an element; nil where all are empty.
func euNode(r row, header []string, prefix, element string) *node {
	n := &node{Name: element, Attrs: map[string]string{}}
	for _, column := range header {
		name, ok := strings.CutPrefix(column, prefix)
		value := r.Get(column)
		if !ok || value == "" {
			continue
		}
		attr, ok := euAttributes[column]
		if !ok {
			attr = strings.ToLower(name[:1]) + name[1:]
		}
		n.Attrs[strings.Replace(attr, "regulation_PublicationDate", "publicationDate", 1)] = value
	}
	if len(n.Attrs) == 0 {
		return nil
	}
	return n
}

// euParty is one sanctionEntity while it is read.
type euParty struct {
	*draft
	first  string // the earliest publication date of an act that speaks of it
	listed string // the date of designation, where one is given
}

func newEUParty(n *node, at string, found *findings) *euParty {
	id := n.Attr("euReferenceNumber")
	if id == "" { // some have none
		id = n.Attr("logicalId")
	}
	p := &euParty{draft: newDraft("eu_fsf", id, at, found)}
	p.listed, _ = ParseDate(n.Attr("designationDate"), false)
	p.identifier("un_ref", n.Attr("unitedNationId"), "")
	p.remark(n.Attr("designationDetails"))
	return p
}

// add reads one element of the party.
func (p *euParty) add(n *node) {
	p.published(n)
	for _, summary := range n.All("regulationSummary") {
		p.published(summary)
	}
	switch n.Name {
	case "remark":
		p.remark(n.Text())
	case "subjectType":
		p.Kind = euKind(p, n)
	case "regulation":
		p.regulation(n)
	case "nameAlias":
		p.alias(n)
	case "citizenship":
		p.country(p.euCountry(n))
	case "birthdate":
		p.birthdate(n)
	case "address":
		p.addressed(n)
	case "identification":
		p.identification(n)
	}
}

func (p *euParty) published(n *node) {
	if iso, ok := ParseDate(n.Attr("publicationDate"), false); ok && (p.first == "" || iso < p.first) {
		p.first = iso
	}
}

// euKind reads the subject type. The two columns of the CSV hold the code and
// its letter the other way round than their names say. Ships are "enterprise"
// too, so an enterprise is not called an organisation once it has an IMO number.
func euKind(p *euParty, n *node) screening.Kind {
	for _, code := range []string{n.Attr("code"), n.Attr("classificationCode")} {
		switch strings.ToLower(code) {
		case "person", "p":
			return screening.KindPerson
		case "enterprise", "e":
			return screening.KindOrganisation
		}
	}
	p.found.add("code", p.place, fmt.Sprintf("unknown subject type %q", n.Attr("code")), true)
	return screening.KindUnknown
}

func (p *euParty) regulation(n *node) {
	authority := "Council of the European Union"
	if n.Attr("organisationType") == "commission" {
		authority = "European Commission"
	}
	url := n.Get("publicationUrl")
	if url == "" {
		url = n.Attr("publicationUrl")
	}
	l := screening.Listing{
		List: p.List, Entity: p.ID, Programme: n.Attr("programme"), Authority: authority,
		LegalBasis: n.Attr("numberTitle"), Controls: []screening.Control{screening.AssetFreeze}, URL: url,
	}
	if !p.again("regulation", l.Programme, l.LegalBasis) {
		p.Listings = append(p.Listings, l)
	}
}

var (
	euWeak   = regexp.MustCompile(`(?i)\b(low?|poor|weak)[ -]quality|\bweak\b`) // "lo quality" is met; "god quality" means good
	euFormer = regexp.MustCompile(`(?i)\b(formerly|previously)\b|f\.k\.a\.`)
)

func (p *euParty) alias(n *node) {
	text := n.Attr("wholeName")
	given := joined(" ", n.Attr("firstName"), n.Attr("middleName"))
	if text == "" {
		text = joined(" ", given, n.Attr("lastName"))
	}
	remark := n.euRemark()
	name := screening.Name{
		Text: text, Kind: screening.AliasName, Lang: strings.ToLower(n.Attr("nameLanguage")),
		Weak: n.Attr("strong") == "false" || euWeak.MatchString(remark), Given: given, Family: n.Attr("lastName"),
	}
	if euFormer.MatchString(remark) {
		name.Kind = screening.FormerName
	}
	if p.Kind == screening.KindOrganisation {
		p.inBrackets(name)
	} else {
		p.name(name)
	}
	p.remark(n.Attr("title"))
	p.remark(n.Attr("function"))
}

func (n *node) euRemark() string { return joined(" ", n.Get("remark"), n.Attr("remark")) }

// euCountry is the country of a sub-record, "" where it is "00" or "UNKNOWN".
// The code CS stands for Serbia.
func (p *euParty) euCountry(n *node) string {
	switch code := n.Attr("countryIso2Code"); code {
	case "", "00":
	case "CS":
		return "RS"
	default:
		return code
	}
	if name := n.Attr("countryDescription"); name != "UNKNOWN" {
		return name
	}
	return ""
}

func (p *euParty) birthdate(n *node) {
	if calendar := n.Attr("calendarType"); calendar != "" && !strings.EqualFold(calendar, "GREGORIAN") {
		p.remark("born " + joined("-", n.Attr("year"), n.Attr("monthOfYear"), n.Attr("dayOfMonth")) + " (" + strings.ToLower(calendar) + " calendar)")
		return
	}
	iso, ok := ParseDate(n.Attr("birthdate"), false)
	if !ok {
		parts := []string{n.Attr("year")}
		for _, part := range []string{n.Attr("monthOfYear"), n.Attr("dayOfMonth")} {
			if part == "" || part == "0" {
				break
			}
			parts = append(parts, part)
		}
		iso, ok = ParseDate(strings.Join(parts, "-"), false)
	}
	if ok && n.Attr("circa") == "true" {
		iso = iso[:4]
	}
	p.born(iso, ok)
	for _, end := range []string{"yearRangeFrom", "yearRangeTo"} {
		p.born(ParseDate(n.Attr(end), false))
	}
}

// euWebsite finds a website in contact details as the CSV prints them: "WEB[www.example.org]".
var euWebsite = regexp.MustCompile(`WEB\[([^\]]+)\]`)

func (p *euParty) addressed(n *node) {
	country := n.Attr("countryDescription")
	if country == "UNKNOWN" {
		country = ""
	}
	poBox := n.Attr("poBox")
	if poBox != "" {
		poBox = "P.O. Box " + poBox
	}
	p.address(screening.Address{
		Text: joined(", ", n.Attr("street"), poBox, n.Attr("place"), joined(" ", n.Attr("zipCode"), n.Attr("city")), n.Attr("region"), country),
		City: n.Attr("city"), Country: p.code(p.euCountry(n)),
	})
	for _, contact := range n.All("contactInfo") {
		if strings.EqualFold(contact.Attr("key"), "WEB") {
			p.website(contact.Attr("value"))
		}
	}
	for _, m := range euWebsite.FindAllStringSubmatch(n.Attr("contactInfo"), -1) {
		p.website(m[1])
	}
}

// euDocuments are the identifications' type codes.
var euDocuments = map[string]string{
	"passport": "passport", "id": "national_id", "ssn": "national_id", "electionid": "national_id", "residentperm": "national_id",
	"birthcert": "other", "driverlic": "other", "travelid": "other", "tradelic": "registration", "regnumber": "registration",
	"fiscalcode": "tax", "taxid": "tax", "swiftbic": "swift", "imo": "imo", "other": "other",
}

func (p *euParty) identification(n *node) {
	code := strings.ToLower(n.Attr("identificationTypeCode"))
	kind, ok := euDocuments[code]
	if !ok {
		p.found.add("code", p.place, fmt.Sprintf("unknown identification type %q, read as other", code), false)
		kind = "other"
	}
	if n.Attr("knownFalse") == "true" {
		return // a forged document names somebody else
	}
	country := p.code(p.euCountry(n))
	p.identifier(kind, n.Attr("number"), country)
	p.identifier(kind, n.Attr("latinNumber"), country)
}

// euDesignated finds the date of designation in a remark: "(Date of UN designation: 2016-11-30)".
var euDesignated = regexp.MustCompile(`Date of (?:UN )?designation: ?([\d./-]+)`)

// euEnglish are words that tell an English name of an organisation from the
// same name in other languages.
var euEnglish = regexp.MustCompile(`(?i)\b(of|and|for|the|air|army|bank|center|centre|company|corporation|development|enterprise|factory|force|forces|front|group|guard|institute|limited|ministry|office|plant|research|trading|university|works)\b`)

// rank says how well a name serves an English reader: the first name published
// is often another language's. Best are those without a language or in English,
// then those of full strength, in Latin letters, with English words, in plain
// ASCII, and of more than one word.
func (p *euParty) rank(n screening.Name) int {
	rank := 0
	for i, good := range []bool{
		strings.Contains(n.Text, " "),
		!strings.ContainsFunc(n.Text, func(r rune) bool { return r > unicode.MaxASCII && unicode.IsLetter(r) }),
		p.Kind == screening.KindOrganisation && euEnglish.MatchString(n.Text),
		original(n.Text) != screening.OriginalName,
		!n.Weak && n.Kind != screening.FormerName,
		n.Lang == "" || n.Lang == "en",
	} {
		if good {
			rank += 1 << i
		}
	}
	return rank
}

func (p *euParty) entity() *screening.Entity {
	p.show(p.rank)
	if len(p.Names) > 0 {
		p.Names[0].Kind = screening.PrimaryName
	}
	if p.Kind == screening.KindOrganisation && slices.ContainsFunc(p.Identifiers, func(id screening.Identifier) bool { return id.Kind == "imo" }) {
		p.Kind = screening.KindUnknown
	}
	listed := p.listed
	if m := euDesignated.FindStringSubmatch(p.Remarks); listed == "" && m != nil {
		listed, _ = ParseDate(m[1], false)
	}
	if listed == "" {
		listed = p.first
	}
	if len(p.Listings) == 0 {
		p.found.add("row", p.place, "party "+p.ID+" has no regulation", false)
		p.regulation(&node{})
	}
	for i := range p.Listings {
		p.Listings[i].Listed = listed
	}
	return p.draft.entity()
}
