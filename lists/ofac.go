package lists

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"partnerscreen/screening"
)

// The Office of Foreign Assets Control publishes its two lists, the SDN list
// and the Consolidated (non-SDN) list, in the same formats: four CSV files,
// XML, and an advanced XML. What is common to them is here and in ofac_csv.go,
// ofac_xml.go and ofac_advanced.go; a list's own part is in its card's file.

const ofacAuthority = "US Department of the Treasury, Office of Foreign Assets Control"

// ofacBlocking is said of listings under programmes against Cuba and Iran.
const ofacBlocking = "Regulation (EC) No 2271/96 and section 7 of the German AWV may bar acting on US measures against Cuba or Iran alone: ask legal compliance first."

// ofacBlockingCard is the same, short, for the card.
const ofacBlockingCard = "Council Regulation (EC) No 2271/96 (programmes on Cuba and Iran); section 7 AWV (Germany)"

// ofacList is what differs between OFAC's lists.
type ofacList struct {
	id string
	// listings says which listings a party has: one a programme, or one a list.
	listings func(p *ofacParty) []screening.Listing
}

// ofacParty is a party while it is read, beside the draft what its listings depend on.
type ofacParty struct {
	*draft
	programmes []string
	terms      []string // the publisher's words on what the listing does
	listed     []ofacDate
}

// ofacDate is a date said of one measure ("EO 14024 Directive 2").
type ofacDate struct{ of, iso string }

func (l ofacList) party(number, place string, found *findings) *ofacParty {
	p := &ofacParty{draft: newDraft(l.id, number, place, found)}
	p.identifier("ofac", number, "")
	return p
}

// entity finishes a party.
func (l ofacList) entity(p *ofacParty) *screening.Entity {
	p.acronyms()
	e := p.entity()
	e.Listings = l.listings(p)
	for i := range e.Listings {
		x := &e.Listings[i]
		x.List, x.Entity, x.Authority = l.id, e.ID, ofacAuthority
		x.URL = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id=" + e.ID
		if x.LegalBasis == "" {
			x.LegalBasis = ofacBasis(x.Programme)
		}
		if ofacBlocked(x.Programme) {
			x.Blocking = ofacBlocking
		}
	}
	return e
}

// ofacName is a name as OFAC prints it. Persons are "SURNAME, Given", and only
// persons: "ANGLO-CARIBBEAN CO., LTD." keeps its comma.
func ofacName(text string, kind screening.NameKind, person bool) screening.Name {
	n := screening.Name{Text: tidy(text), Kind: kind}
	if !person {
		return n
	}
	if family, given, ok := strings.Cut(n.Text, ", "); ok {
		n.Given, n.Family = strings.TrimSpace(given), strings.TrimSpace(family)
		n.Text = joined(" ", n.Given, n.Family)
	}
	return n
}

// ofacAlias is the kind of an alias by OFAC's word for it.
func ofacAlias(word string) (screening.NameKind, bool) {
	switch strings.ReplaceAll(strings.ToLower(word), ".", "") {
	case "aka", "nka": // now known as
		return screening.AliasName, true
	case "fka":
		return screening.FormerName, true
	}
	return screening.AliasName, false
}

// acronyms marks the short aliases of an organisation that abbreviate another
// of its names. OFAC prints capitals throughout, so that their look does not tell.
func (p *ofacParty) acronyms() {
	if p.Kind == screening.KindPerson {
		return
	}
	for i := range p.Names {
		n := &p.Names[i]
		if n.Kind != screening.AliasName || len(n.Text) < 2 || len(n.Text) > 6 || !isAcronym(n.Text) {
			continue
		}
		for _, other := range p.Names {
			if strings.Contains(other.Text, " ") && abbreviates(n.Text, other.Text) {
				n.Kind = screening.AcronymName
				break
			}
		}
	}
}

// ofacKind reads the type of a party; entities have none in the CSV files.
func ofacKind(word string) (screening.Kind, bool) {
	switch strings.ToLower(word) {
	case "", "entity":
		return screening.KindOrganisation, true
	case "individual":
		return screening.KindPerson, true
	case "vessel":
		return screening.KindVessel, true
	case "aircraft":
		return screening.KindAircraft, true
	}
	return screening.KindUnknown, false
}

// ofacIdentifiers are the document types by the kind of identifier they are,
// matched at the start; the first that fits holds.
var ofacIdentifiers = []struct{ start, kind string }{
	{"Passport", "passport"},
	{"Stateless Person Passport", "passport"},
	{"Diplomatic Passport", "passport"},
	{"National ID No.", "national_id"},
	{"National Foreign ID Number", "national_id"},
	{"Identification Number", "national_id"},
	{"Personal ID Card", "national_id"},
	{"Birth Certificate Number", "national_id"},
	{"Residency Number", "national_id"},
	{"Cedula No.", "national_id"},
	{"Cedula de Ciudadania", "national_id"},
	{"Citizen's Card Number", "national_id"},
	{"D.N.I.", "national_id"},
	{"C.U.R.P.", "national_id"},
	{"C.U.I.P.", "national_id"},
	{"C.U.I.", "national_id"},
	{"Electoral Registry No.", "national_id"},
	{"SSN", "national_id"},
	{"Kenyan ID No.", "national_id"},
	{"Tazkira National ID Card", "national_id"},
	{"Turkish Identification Number", "national_id"},
	{"Bosnian Personal ID No.", "national_id"},
	{"Numero de Identidad", "national_id"},
	{"Tax ID No.", "tax"},
	{"Fiscal Code", "tax"},
	{"Italian Fiscal Code", "tax"},
	{"US FEIN", "tax"},
	{"V.A.T. Number", "tax"},
	{"C.U.I.T.", "tax"},
	{"R.F.C.", "tax"},
	{"RUC #", "tax"},
	{"NIT #", "tax"},
	{"RIF #", "tax"},
	{"RTN", "tax"},
	{"SRE Permit No.", "registration"},
	{"Registration Number", "registration"},
	{"Registration ID", "registration"},
	{"Registered Charity No.", "registration"},
	{"Business Registration Number", "registration"},
	{"Business Registration Document #", "registration"},
	{"Business Number", "registration"},
	{"Commercial Registry Number", "registration"},
	{"Company Number", "registration"},
	{"UK Company Number", "registration"},
	{"Chamber of Commerce Number", "registration"},
	{"Dubai Chamber of Commerce Membership No.", "registration"},
	{"Istanbul Chamber of Comm. No.", "registration"},
	{"C.R. No.", "registration"},
	{"Trade License No.", "registration"},
	{"Economic Register Number (CBLS)", "registration"},
	{"Unified Social Credit Code (USCC)", "registration"},
	{"Central Registration System Number", "registration"},
	{"Public Registration Number", "registration"},
	{"Matricula Mercantil No", "registration"},
	{"Folio Mercantil No.", "registration"},
	{"Enterprise Number", "registration"},
	{"Government Gazette Number", "registration"},
	{"Legal Entity Number", "lei"},
	{"D-U-N-S Number", "duns"},
	{"SWIFT/BIC", "swift"},
	{"MMSI", "mmsi"},
	{"Vessel Registration Identification", "imo"},
	{"Aircraft Tail Number", "aircraft"},
	{"Aircraft Manufacturer's Serial Number (MSN)", "aircraft"},
	{"Aircraft Construction Number (also called L/N or S/N or F/N)", "aircraft"},
	{"Aircraft Mode S Transponder Code", "aircraft"},
	{"Aircraft Serial Identification", "aircraft"},
	{"Digital Currency Address", "other"},
	{"BIK (RU)", "other"},
	{"ISIN", "other"},
}

// lei has the form of a legal entity identifier (ISO 17442).
var lei = regexp.MustCompile(`^[A-Z0-9]{18}[0-9]{2}$`)

// document reads one of the identifications OFAC gives a party, by its type.
// It reports whether the type is one that names a number, a site or a date.
func (p *ofacParty) document(kind, value, country string) bool {
	kind, value = strings.TrimSuffix(tidy(kind), ":"), tidy(value)
	code := p.nation(country)
	if imo, ok := strings.CutPrefix(value, "IMO "); ok { // of ships and of the companies that own them, under several types
		p.identifier("imo", imo, "")
		return true
	}
	switch {
	case kind == "Website":
		p.website(value)
		return true
	case kind == "Nationality of Registration":
		p.country(value)
		return true
	case strings.HasPrefix(kind, "Listing Date ("):
		if iso, ok := ParseDate(value, false); ok {
			p.listed = append(p.listed, ofacDate{strings.TrimSuffix(strings.TrimPrefix(kind, "Listing Date ("), ")"), iso})
		}
		return true
	case slices.ContainsFunc(ofacTerms, func(start string) bool { return strings.HasPrefix(kind, start) }):
		p.term(kind + " " + value)
		return true
	}
	for _, id := range ofacIdentifiers {
		if !strings.HasPrefix(kind, id.start) {
			continue
		}
		switch id.kind {
		case "other":
			value = strings.TrimPrefix(value, "- ") // "Digital Currency Address - XBT …"
		case "lei":
			if !lei.MatchString(value) {
				p.identifier("registration", value, code)
				return true
			}
		}
		p.identifier(id.kind, value, code)
		return true
	}
	return false
}

// ofacKnows reports whether a word is one of OFAC's types of identification.
func ofacKnows(kind string) bool {
	kind = strings.TrimSuffix(kind, ":")
	for _, id := range ofacIdentifiers {
		if strings.HasPrefix(kind, id.start) {
			return true
		}
	}
	for _, start := range ofacTerms {
		if strings.HasPrefix(kind, start) {
			return true
		}
	}
	return strings.HasPrefix(kind, "Listing Date (") || kind == "Website" || kind == "Gender" || kind == "Email Address" ||
		kind == "Organization Established Date" || kind == "Nationality of Registration"
}

// ofacTerms begin what a listing does, in the publisher's words.
var ofacTerms = []string{
	"Secondary sanctions risk", "Additional Sanctions Information", "Transactions Prohibited For Persons",
	"Executive Order", "CAATSA Section 235 Information", "Subject to", "United States financial institutions",
	"PEESA Information", "IFCA Determination",
}

func (p *ofacParty) term(text string) {
	text = tidy(text)
	if strings.Contains(text, "For more information on directives") || slices.Contains(p.terms, text) {
		return
	}
	p.terms = append(p.terms, text)
}

var (
	// ofacPart splits a remark in words and number, "(country)", and validity.
	ofacPart = regexp.MustCompile(`^(.*?)(?: \(([^()]*)\))?(?:,? (?:issued|expires|exp\.?) .*)?$`)
	ofacWeak = regexp.MustCompile(`^([afn]\.k\.a\.),? '(.*)'$`)
)

// remarks reads what stands in the Remarks of a party: parts that begin with
// what they are, between semicolons. Weak aliases are only there, in single
// quotes. What is read as something else still stays among the remarks.
// whole is false where the text does not begin at a part's beginning.
func (p *ofacParty) remarks(text string, whole bool) {
	text = tidy(text)
	p.remark(text)
	for i, part := range strings.Split(text, ";") {
		part = strings.TrimSpace(part)
		if i == 0 && !whole || part == "" {
			continue
		}
		// The whole ends with a full stop; so may "a.k.a. 'X CO.'." and "Ltd.".
		part = strings.TrimSuffix(part, ".")
		if strings.HasPrefix(part, "(") && strings.HasSuffix(part, ")") {
			part = part[1 : len(part)-1]
		}
		p.remarkPart(strings.TrimPrefix(part, "alt. "))
	}
}

func (p *ofacParty) remarkPart(part string) {
	if m := ofacWeak.FindStringSubmatch(part); m != nil {
		kind, _ := ofacAlias(m[1])
		n := ofacName(m[2], kind, p.Kind == screening.KindPerson)
		n.Weak = true
		p.name(n)
		return
	}
	for _, start := range ofacTerms {
		if strings.HasPrefix(part, start) {
			p.term(part)
			return
		}
	}
	word, rest, _ := strings.Cut(part, " ")
	switch word {
	case "DOB":
		p.born(ParseDate(rest, false))
		return
	case "nationality", "citizen":
		p.nationality(rest)
		return
	case "POB", "Gender":
		return
	}
	if name, ok := strings.CutPrefix(part, "Linked To: "); ok {
		p.link(screening.Link{Kind: "associate", Name: name, Source: "Linked To"})
		return
	}
	if of, ok := strings.CutPrefix(part, "Listing Date ("); ok {
		if of, date, ok := strings.Cut(of, "): "); ok {
			p.document("Listing Date ("+of+")", date, "")
		}
		return
	}
	m := ofacPart.FindStringSubmatch(part)
	if m == nil {
		return
	}
	for _, id := range ofacIdentifiers {
		if value, ok := strings.CutPrefix(m[1], id.start+" "); ok {
			p.document(id.start, value, m[2])
			return
		}
	}
	if site, ok := strings.CutPrefix(part, "Website "); ok {
		p.website(site)
	}
}

// nationality adds the country of a nationality or citizenship.
func (p *ofacParty) nationality(country string) {
	p.country(p.nation(country))
}

// nation is the code of a country as OFAC writes it: also "Region: Gaza", which
// may be no country, and "North Macedonia, The Republic of".
func (p *ofacParty) nation(country string) string {
	country = tidy(country)
	if region, ok := strings.CutPrefix(country, "Region: "); ok {
		code, _ := screening.CountryCode(region)
		return code
	}
	switch {
	case country == "undetermined", country == "Stateless", country == "None Identified", strings.HasPrefix(country, "possibly "):
		return "" // it stays in the remarks
	}
	return p.code(strings.TrimSuffix(country, ", The Republic of"))
}

// located adds an address. OFAC names regions that are no countries ("Region: Gaza").
func (p *ofacParty) located(street, city, country string) {
	country = tidy(country)
	a := screening.Address{Text: joined(", ", tidy(street), tidy(city), country), City: ofacCity(tidy(city))}
	a.Country = p.nation(country)
	if street == "" && city == "" {
		a.Text = "" // a country alone is no address
	}
	p.address(a)
}

// ofacCity cuts what follows the town in "Moscow 121087" or "London EC3N 1DY".
var ofacPostcode = regexp.MustCompile(`[ ,]+(?:[A-Z]{1,2}-?)?\d[\d A-Z-]*$|[ ,]+[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}$`)

func ofacCity(city string) string {
	city, _, _ = strings.Cut(city, ", ")
	return strings.TrimSpace(ofacPostcode.ReplaceAllString(city, ""))
}

// errEnough ends reading a file once what was looked for is found.
var errEnough = errors.New("found")

func enough(err error) error {
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}
