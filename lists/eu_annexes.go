package lists

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"partnerscreen/screening"
)

// euAnnexURL is where the tables typed from the annexes of the Union's regulations lie, one an act.
const euAnnexURL = "https://raw.githubusercontent.com/opensanctions/opensanctions/main/datasets/eu/journal_sanctions/data/consolidated/"

// euAnnexColumns are the columns of those tables.
var euAnnexColumns = columns{
	Need: []string{"celex", "recordId", "annex", "measure", "schema", "name"},
	Know: []string{
		"programKey", "startDate", "reason", "alias", "weakAlias", "previousName", "country", "nationality", "jurisdiction", "birthDate",
		"birthPlace", "position", "passportNumber", "gender", "appearance", "ethnicity", "fatherName", "motherName", "incorporationDate",
		"legalForm", "sector", "registrationNumber", "taxNumber", "idNumber", "innCode", "ogrnCode", "kppCode", "okpoCode", "leiCode",
		"swiftBic", "ticker", "imoNumber", "mmsi", "flag", "address", "phone", "email", "website", "notes",
	},
}

// euMeasures are the measures a table names, and the control each is. What is
// called a financial or services measure bars single dealings, not all.
var euMeasures = map[string]screening.Control{
	"Asset freeze":                screening.AssetFreeze,
	"Travel ban":                  screening.Travel,
	"Export control":              screening.ExportLicence,
	"Arms embargo":                screening.ExportLicence,
	"Financial restrictions":      screening.NarrowFinancial,
	"Investment ban":              screening.NarrowFinancial,
	"Import restrictions":         screening.Import,
	"Transportation restrictions": screening.OtherControl,
	"Services ban":                screening.OtherControl,
}

var euAnnexControls = []screening.Control{
	screening.AssetFreeze, screening.ExportLicence, screening.NarrowFinancial, screening.Import, screening.Travel, screening.OtherControl,
}

// euAnnexes reads the tables typed from the annexes of the Union's regulations
// for the cards that cut lists out of them.
type euAnnexes struct {
	list  string
	terms map[string]string // what an annex does, by its number, where the card knows
	found findings
	ids   madeIDs
}

// read reads one file: a table of one act.
func (x *euAnnexes) read(src Source, file string, emit func(*screening.Entity)) error {
	f, err := src.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := openTable(f, file, ',', euAnnexColumns)
	if err != nil {
		return err
	}
	for {
		r, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if r.Get("name") == "" {
			x.found.add("row", r.Place(), "a row without a name is left out", true)
			continue
		}
		emit(x.entity(r))
	}
	for _, odd := range t.Findings {
		x.found.add(odd.Kind, odd.Place, odd.Text, odd.Holds)
	}
	return nil
}

func (x *euAnnexes) entity(r row) *screening.Entity {
	d := newDraft(x.list, x.id(r), r.Place(), &x.found)
	switch schema := r.Get("schema"); schema {
	case "Person":
		d.Kind = screening.KindPerson
	case "LegalEntity", "Company", "Organization": // the annexes keep persons and entities apart
		d.Kind = screening.KindOrganisation
	case "Vessel":
		d.Kind = screening.KindVessel
	case "Asset": // ports, economic zones, crypto-assets
	default:
		x.found.add("code", r.Place(), fmt.Sprintf("unknown schema %q", schema), false)
	}
	x.names(d, r)
	d.nationalities(r.Get("nationality"))
	d.nationalities(r.Get("country"))
	d.country(r.Get("jurisdiction"))
	d.country(r.Get("flag"))
	for _, address := range splitJoined(strings.Trim(itemMark.ReplaceAllString(r.Get("address"), ";"), `"`), ";") {
		d.address(screening.Address{Text: address, Country: countryAtEnd(address)})
	}
	d.births(r.Get("birthDate"))
	x.identifiers(d, r)
	for _, site := range splitJoined(r.Get("website"), ";") {
		d.website(strings.ReplaceAll(withoutNotes(site), " ", ""))
	}
	for _, column := range []string{"position", "notes"} {
		d.remark(strings.Trim(r.Get(column), `"`))
	}
	d.Listings = []screening.Listing{x.listing(d, r)}
	return d.entity()
}

// id is the act, the annex and the number of the entry in it. Some annexes do
// not number their entries; these go by their name.
func (x *euAnnexes) id(r row) string {
	celex, annex := r.Get("celex"), r.Get("annex")
	if number := r.Get("recordId"); number != "" {
		id := celex + "-" + annex + "-" + number
		x.ids[id]++
		if x.ids[id] == 1 {
			return id
		}
		x.found.add("row", r.Place(), "annex "+annex+" has entry "+number+" twice; the second goes by its name", false)
	}
	return x.ids.make(celex+"-"+annex, r.Get("name"), r.Get("birthDate"))
}

// names reads the names. Previous spellings a note in brackets tells of are
// former names, and "X (a.k.a. Y)" and "X / Y" are two.
func (x *euAnnexes) names(d *draft, r row) {
	person := d.Kind == screening.KindPerson
	add := func(text string, kind screening.NameKind, weak bool) {
		text = tidy(strings.Trim(strings.ReplaceAll(text, `""`, `"`), `" ,`))
		text, lang := labelled(text)
		if euListedAs.MatchString(text) {
			text, kind = euListedAs.ReplaceAllString(text, ""), screening.FormerName
		}
		n := screening.Name{Text: text, Kind: kind, Weak: weak, Lang: lang}
		switch {
		case kind == "" && !person:
			n.Kind = wordKind(text)
		case kind == "":
			n.Kind = original(text)
		case kind == screening.PrimaryName && person:
			n.Family = euFamily(text)
		}
		if person || d.Kind == screening.KindVessel {
			d.name(n)
		} else {
			d.inBrackets(n)
		}
	}
	several := func(text string, kind screening.NameKind, weak bool) {
		for _, part := range splitJoined(itemMark.ReplaceAllString(text, ";"), ";") {
			if person && strings.Count(part, ",") > 1 { // a list; one comma may stand behind a surname
				for _, one := range strings.Split(part, ",") {
					add(one, kind, weak)
				}
				continue
			}
			add(part, kind, weak)
			// Five commas and more divide a list of names; fewer may stand in one name.
			if one := strings.Split(part, ","); !person && len(one) > 5 {
				for _, n := range one {
					if !bracketForm.MatchString(tidy(n)) {
						add(n, kind, weak)
					}
				}
			}
		}
	}
	name, others := r.Get("name"), ""
	if m := alsoKnown.FindStringSubmatch(name); m != nil {
		name, others = strings.Replace(name, m[0], "", 1), m[1]
	}
	add(name, screening.PrimaryName, false)
	if parts := strings.Split(name, " / "); !person && len(parts) > 1 {
		others += ";" + strings.Join(parts, ";")
	}
	several(others, "", false)
	several(r.Get("alias"), "", false)
	several(r.Get("weakAlias"), "", true)
	several(r.Get("previousName"), screening.FormerName, false)
}

var euListedAs = regexp.MustCompile(`(?i)\s*\((?:formerly|previously) listed as[^)]*\)`)

// euFamily finds the surname, which the Official Journal prints in capitals.
func euFamily(name string) string {
	var given, family []string
	for word := range strings.FieldsSeq(strings.ReplaceAll(name, ",", " ")) {
		if len([]rune(word)) > 1 && strings.ToUpper(word) == word && strings.ToLower(word) != word {
			family = append(family, word)
		} else {
			given = append(given, word)
		}
	}
	if len(given) == 0 { // all in capitals says nothing
		return ""
	}
	return strings.Join(family, " ")
}

// euNumbers says what kind of identifier a column holds. The codes KPP and
// OKPO say where a company pays its taxes and are shared by many.
var euNumbers = []struct{ column, kind string }{
	{"registrationNumber", "registration"}, {"ogrnCode", "registration"}, {"taxNumber", "tax"}, {"innCode", "tax"},
	{"leiCode", "lei"}, {"swiftBic", "swift"}, {"imoNumber", "imo"}, {"mmsi", "mmsi"}, {"passportNumber", "passport"}, {"idNumber", "national_id"},
}

func (x *euAnnexes) identifiers(d *draft, r row) {
	for _, number := range euNumbers {
		cell := r.Get(number.column)
		for part := range strings.FieldsFuncSeq(itemMark.ReplaceAllString(withoutNotes(cell), ";"), isJoint) {
			kind := number.kind
			switch {
			case kind == "registration" && euTax.MatchString(cell): // "7700000001 (Tax ID/INN)"
				kind = "tax"
			case kind == "registration" && strings.HasPrefix(part, "IMO "):
				kind = "imo"
			case kind == "national_id" && d.Kind != screening.KindPerson:
				kind = "registration"
			}
			if value := numberIn(part); value != "" {
				d.identifier(kind, value, "")
			}
		}
	}
}

var (
	euTax = regexp.MustCompile(`(?i)\b(tax|inn|unp)\b`)
	// figures is a number as documents bear it: some capitals, figures, more of both.
	figures = regexp.MustCompile(`(?:\p{Lu}{1,12}-?|\b\p{Lu} )?\d[\p{Lu}\d/-]*(?: \d[\p{Lu}\d/-]*)*`)
	// figuresEnd begins what is said about a number and holds dates of its own.
	figuresEnd = regexp.MustCompile(`(?i)\b(issued|expir\w*|valid|under|place of|(officially )?cancelled|as of)\b.*$`)
)

// numberIn takes the number out of a text about it: "645120378 (issued by the
// DPRK)", "Jordan 654781", "381120660 expires 25.3.2016". Of several the
// longest is taken; one word in capitals without figures is the number itself.
func numberIn(text string) string {
	text = tidy(figuresEnd.ReplaceAllString(text, ""))
	best := ""
	for _, m := range figures.FindAllString(text, -1) {
		if len(m) > len(best) {
			best = m
		}
	}
	if best == "" && len(text) > 3 && !strings.Contains(text, " ") && strings.ToUpper(text) == text { // a SWIFT code
		best = strings.Trim(text, ".,;\"")
	}
	return best
}

func (x *euAnnexes) listing(d *draft, r row) screening.Listing {
	measure, annex := r.Get("measure"), r.Get("annex")
	control, ok := euMeasures[measure]
	if !ok {
		x.found.add("code", r.Place(), fmt.Sprintf("unknown measure %q", measure), true)
		control = screening.OtherControl
	}
	terms := measure
	if more := x.terms[annex]; more != "" {
		terms += ": " + more
	}
	l := screening.Listing{
		List: x.list, Entity: d.ID, Programme: r.Get("programKey"), Authority: "Council of the European Union",
		LegalBasis: euAct(r.Get("celex")) + ", Annex " + annex, Controls: []screening.Control{control}, Terms: terms,
		Remarks: tidy(r.Get("reason")), URL: "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:" + r.Get("celex"),
	}
	if start := r.Get("startDate"); start != "" {
		if l.Listed, ok = ParseDate(start, false); !ok {
			x.found.add("row", r.Place(), fmt.Sprintf("start date %q is not a date", start), false)
		}
	}
	return l
}

var euCelex = regexp.MustCompile(`^3(\d{4})([RD])0*(\d+)$`)

// euAct names the act a CELEX number stands for: 32014R0833 is Council
// Regulation (EU) No 833/2014. Since 2015 the year comes first.
func euAct(celex string) string {
	m := euCelex.FindStringSubmatch(celex)
	if m == nil {
		return celex
	}
	year, number := m[1], m[3]
	switch {
	case m[2] == "D":
		return "Council Decision " + year + "/" + number + "/CFSP"
	case year >= "2015":
		return "Council Regulation (EU) " + year + "/" + number
	case year >= "2010":
		return "Council Regulation (EU) No " + number + "/" + year
	}
	return "Council Regulation (EC) No " + number + "/" + year
}

// euActOf is the part a listing belongs to: its act, without the annex.
func euActOf(l *screening.Listing) string {
	act, _, _ := strings.Cut(l.LegalBasis, ", Annex")
	return act
}

// euAnnexFiles lists the acts as files of a format.
func euAnnexFiles(celexes ...string) []File {
	var files []File
	for _, celex := range slices.Sorted(slices.Values(celexes)) {
		files = append(files, File{Name: celex + ".csv", URL: euAnnexURL + celex + ".csv"})
	}
	return files
}
