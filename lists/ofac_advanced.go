package lists

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"partnerscreen/screening"
)

// ofacSections are the parts of an advanced XML file, in the file's order:
// tables of codes, then places and documents, then the parties, then how the
// parties stand to each other and which lists they are on.
var ofacSections = []string{
	"ReferenceValueSets", "Locations", "IDRegDocuments", "DistinctParties",
	"ProfileRelationships", "SanctionsEntries", "SanctionsEntryLinks",
}

// advanced returns the reader of a list's advanced XML file (126 MB for the
// SDN list): names in their original scripts, weak aliases, and relations
// between parties. What a party is listed for comes last in the file, so the
// parties are kept until then; the elements are not.
func (l ofacList) advanced(file string) func(Source, func(*screening.Entity)) (Header, error) {
	return func(src Source, emit func(*screening.Entity)) (Header, error) {
		f, err := src.Open(file)
		if err != nil {
			return Header{}, err
		}
		defer func() { _ = f.Close() }()
		var found findings
		var header Header
		a := ofacAdvanced{
			list: l, file: file, found: &found, codes: map[string]map[string]ofacCode{},
			places: map[string]ofacPlace{}, documents: map[string][]cslID{}, parties: map[string]*ofacParty{},
		}
		_, err = nodes(f, file, "Sanctions", ofacSections, func(n *node) error {
			switch n.Name {
			case "DateOfIssue":
				header.Published = ofacDay(n)
			case "Location":
				a.location(n)
			case "IDRegDocument":
				a.document(n)
			case "DistinctParty":
				a.party(n)
			case "ProfileRelationship":
				a.relation(n)
			case "SanctionsEntry":
				a.entry(n)
			case "SanctionsEntryLink":
			default:
				if !strings.HasSuffix(n.Name, "Values") {
					found.add("column", place(file, n), "unknown section "+n.Name, true)
				}
				a.table(n)
			}
			return nil
		})
		if err != nil {
			return Header{Findings: found.all()}, err
		}
		clear(a.parties)
		for i, p := range a.order {
			emit(l.entity(p))
			a.order[i] = nil // what is kept of a party while the file is read is as large as the party
		}
		header.Findings = found.all()
		return header, nil
	}
}

type ofacAdvanced struct {
	list      ofacList
	file      string
	found     *findings
	codes     map[string]map[string]ofacCode // by table and id
	places    map[string]ofacPlace
	documents map[string][]cslID // by identity
	parties   map[string]*ofacParty
	order     []*ofacParty
}

// ofacCode is an entry of one of the tables: its text and, where it has one,
// the entry of another table it belongs to.
type ofacCode struct{ text, of string }

type ofacPlace struct{ street, city, country string }

// table takes in one table of codes, such as AliasTypeValues.
func (a *ofacAdvanced) table(n *node) {
	for _, kid := range n.Kids {
		t := a.codes[kid.Name]
		if t == nil {
			t = map[string]ofacCode{}
			a.codes[kid.Name] = t
		}
		code := ofacCode{text: kid.Text(), of: kid.Attr("PartyTypeID")}
		if d := kid.Attr("Description"); kid.Name == "AreaCode" && d != "" {
			code.text = d
		}
		t[kid.Attr("ID")] = code
	}
}

// text is what a code stands for. A code that is not in the file's own tables
// is a finding, for what it says is lost.
func (a *ofacAdvanced) text(table, id, at string) string {
	if id == "" {
		return ""
	}
	c, ok := a.codes[table][id]
	if !ok {
		a.found.add("code", at, fmt.Sprintf("%s %s is not in the file's tables", table, id), false)
	}
	return c.text
}

func (a *ofacAdvanced) location(n *node) {
	at := place(a.file, n)
	var p ofacPlace
	for _, c := range n.All("LocationCountry") {
		p.country = a.text("Country", c.Attr("CountryID"), at)
	}
	for _, c := range n.All("LocationAreaCode") {
		if p.country == "" {
			p.country = a.text("AreaCode", c.Attr("AreaCodeID"), at)
		}
	}
	var region, city, code string
	for _, part := range n.All("LocationPart") {
		value := part.Get("LocationPartValue/Value")
		switch strings.ToUpper(a.text("LocPartType", part.Attr("LocPartTypeID"), at)) {
		case "CITY":
			city = value
		case "POSTAL CODE":
			code = value
		case "STATE/PROVINCE", "STATE/ PROVINCE", "REGION":
			region = joined(", ", region, value)
		default: // the lines of the address, and what is of unknown type
			p.street = joined(", ", p.street, value)
		}
	}
	p.city = joined(", ", city, joined(" ", region, code))
	a.places[n.Attr("ID")] = p
}

func (a *ofacAdvanced) document(n *node) {
	at := place(a.file, n)
	id := n.Attr("IdentityID")
	a.documents[id] = append(a.documents[id], cslID{
		kind: a.text("IDRegDocType", n.Attr("IDRegDocTypeID"), at), value: n.Get("IDRegistrationNo"),
		country: a.text("Country", n.Attr("IssuedBy-CountryID"), at),
	})
}

func (a *ofacAdvanced) party(n *node) {
	at := place(a.file, n)
	p := a.list.party(n.Attr("FixedRef"), at, a.found)
	p.remark(n.Get("Comment"))
	for _, profile := range n.All("Profile") {
		p.Kind = a.kind(profile.Attr("PartySubTypeID"), at)
		for _, identity := range profile.All("Identity") {
			if identity.Attr("False") == "true" {
				continue // an identity the party falsely used is not its name
			}
			a.names(p, identity)
			for _, d := range a.documents[identity.Attr("ID")] {
				if !p.document(d.kind, d.value, d.country) {
					p.remark(joined(" ", d.kind, d.value))
				}
			}
		}
		for _, feature := range profile.All("Feature") {
			a.feature(p, feature, at)
		}
		a.parties[profile.Attr("ID")] = p
	}
	// OFAC's own order of aliases is by number; the name proper is shown.
	p.show(func(n screening.Name) int {
		switch {
		case n.Kind == screening.PrimaryName:
			return 2
		case n.Weak || n.Kind == screening.OriginalName:
			return 0
		}
		return 1
	})
	p.seen = map[string]int{} // its names are complete
	a.order = append(a.order, p)
}

// kind reads what a party is from its subtype, and where that is "Unknown" from its type.
func (a *ofacAdvanced) kind(subtype, at string) screening.Kind {
	c := a.codes["PartySubType"][subtype]
	for _, word := range []string{c.text, a.codes["PartyType"][c.of].text} {
		if kind, ok := ofacKind(word); ok && word != "" {
			return kind
		}
	}
	switch subtype { // as they always were
	case "1":
		return screening.KindVessel
	case "2":
		return screening.KindAircraft
	case "3":
		return screening.KindOrganisation
	case "4":
		return screening.KindPerson
	}
	a.found.add("code", at, fmt.Sprintf("unknown type of party %q", subtype), true)
	return screening.KindUnknown
}

// names reads the aliases of an identity; the name proper is one of them.
func (a *ofacAdvanced) names(p *ofacParty, identity *node) {
	types := map[string]string{} // of the groups the parts of names belong to
	for _, g := range identity.All("NamePartGroups/MasterNamePartGroup/NamePartGroup") {
		types[g.Attr("ID")] = a.codes["NamePartType"][g.Attr("NamePartTypeID")].text
	}
	for _, alias := range identity.All("Alias") {
		word := a.codes["AliasType"][alias.Attr("AliasTypeID")].text
		kind, known := ofacAlias(word)
		switch {
		case alias.Attr("Primary") == "true", word == "Name", word == "" && alias.Attr("AliasTypeID") == "1403":
			kind = screening.PrimaryName
		case !known && word != "":
			p.found.add("code", p.place, fmt.Sprintf("unknown type of alias %q", word), false)
		}
		for _, documented := range alias.All("DocumentedName") {
			name := ofacParts(documented, types)
			name.Kind, name.Weak = kind, alias.Attr("LowQuality") == "true"
			if original(name.Text) == screening.OriginalName {
				name.Kind = screening.OriginalName
			} else if documentedAcronym(documented) {
				name.Kind = screening.AcronymName
			}
			p.name(name)
		}
	}
}

func documentedAcronym(n *node) bool {
	for _, v := range n.All("DocumentedNamePart/NamePartValue") {
		if v.Attr("Acronym") != "true" {
			return false
		}
	}
	return true
}

// ofacParts puts the parts of a name in order: the file has the family name
// first, as names in Han and Hangul do.
func ofacParts(n *node, types map[string]string) screening.Name {
	var given, family, all []string
	for _, v := range n.All("DocumentedNamePart/NamePartValue") {
		text := v.Text()
		all = append(all, text)
		switch strings.ToLower(types[v.Attr("NamePartGroupID")]) {
		case "last name", "maiden name", "matronymic":
			family = append(family, text)
		case "first name", "middle name", "patronymic":
			given = append(given, text)
		}
	}
	if len(given)+len(family) != len(all) || len(given) == 0 || len(family) == 0 {
		return screening.Name{Text: strings.Join(all, " ")}
	}
	name := screening.Name{Given: strings.Join(given, " "), Family: strings.Join(family, " ")}
	name.Text = name.Given + " " + name.Family
	if r := []rune(name.Family)[0]; unicode.In(r, unicode.Han, unicode.Hangul) {
		name.Text = name.Family + name.Given
	}
	return name
}

func (a *ofacAdvanced) feature(p *ofacParty, n *node, at string) {
	kind := a.text("FeatureType", n.Attr("FeatureTypeID"), at)
	for _, version := range n.All("FeatureVersion") {
		for _, at := range version.All("VersionLocation") {
			where := a.places[at.Attr("LocationID")]
			switch kind {
			case "Location", "":
				p.located(where.street, where.city, where.country)
			case "Nationality Country", "Citizenship Country", "Vessel Flag", "Nationality of Registration":
				p.nationality(where.country)
			default:
				p.remark(joined(" ", ofacWord(kind), where.street, where.city, where.country))
			}
		}
		for _, period := range version.All("DatePeriod") {
			iso, words := ofacPeriod(period)
			if kind == "Birthdate" {
				p.born(iso, iso != "")
			}
			if iso == "" || kind != "Birthdate" {
				p.remark(joined(" ", ofacWord(kind), words))
			}
		}
		for _, detail := range version.All("VersionDetail") {
			text := detail.Text()
			if text == "" {
				text = a.text("DetailReference", detail.Attr("DetailReferenceID"), at)
			}
			switch kind {
			case "Nationality Country", "Citizenship Country", "Vessel Flag":
				p.nationality(text)
			case "Vessel Call Sign", "VESSEL CALL SIGN":
				p.identifier("callsign", text, "")
			case "Vessel Owner", "VESSEL OWNER":
				p.link(screening.Link{Kind: "owned_by", Name: text, Source: "Vessel owner"})
			default:
				if !p.document(kind, text, "") {
					p.remark(joined(" ", ofacWord(kind), text))
				}
			}
		}
	}
}

// ofacWord is the short word the CSV files use for a feature.
func ofacWord(kind string) string {
	switch kind {
	case "Birthdate":
		return "DOB"
	case "Place of Birth":
		return "POB"
	}
	return kind
}

// ofacPeriod reads a period as a date, cut to the precision it has, and in
// words; iso is "" where it is no date but a range of years.
func ofacPeriod(n *node) (iso, words string) {
	from, to := ofacYMD(n, "Start/From"), ofacYMD(n, "End/To")
	if to == ([3]string{}) {
		to = ofacYMD(n, "Start/To")
	}
	approximate := false
	for _, side := range append(n.All("Start"), n.All("End")...) {
		approximate = approximate || side.Attr("Approximate") == "true"
	}
	date := func(d [3]string) string {
		iso, _ := dateOf(d[0], d[1], d[2])
		return iso
	}
	switch {
	case from[0] == "":
		return "", ""
	case from[0] != to[0] && to[0] != "":
		if from[1] == "1" && from[2] == "1" && to[1] == "12" && to[2] == "31" {
			return "", from[0] + " to " + to[0]
		}
		return "", date(from) + " to " + date(to)
	case approximate:
		return from[0], "circa " + from[0]
	case from == to || to[0] == "":
		return date(from), date(from)
	case from[1] == to[1]:
		iso, _ := dateOf(from[0], from[1], "")
		return iso, iso
	}
	return from[0], from[0]
}

func ofacYMD(n *node, path string) [3]string {
	return [3]string{n.Get(path + "/Year"), n.Get(path + "/Month"), n.Get(path + "/Day")}
}

// ofacDay reads <Year>, <Month> and <Day> as a time.
func ofacDay(n *node) time.Time {
	iso, _ := dateOf(n.Get("Year"), n.Get("Month"), n.Get("Day"))
	t, _ := time.Parse(time.DateOnly, iso)
	return t
}

// ofacRelations are the links between parties by the publisher's words, from
// the first party to the second, and back where there is a word for it.
var ofacRelations = map[string]struct{ to, back string }{
	"owned or controlled by":        {"owned_by", "owns"},
	"acting for or on behalf of":    {"acts_for", "associate"},
	"providing support to":          {"supports", "associate"},
	"leader or official of":         {"director", "associate"},
	"principal executive officer":   {"director", "associate"},
	"family member of":              {"family", "family"},
	"associate of":                  {"associate", "associate"},
	"playing a significant role in": {"associate", "associate"},
	"property in the interest of":   {"associate", "associate"},
}

func (a *ofacAdvanced) relation(n *node) {
	at := place(a.file, n)
	from, to := a.parties[n.Attr("From-ProfileID")], a.parties[n.Attr("To-ProfileID")]
	words := a.text("RelationType", n.Attr("RelationTypeID"), at)
	if from == nil || to == nil {
		a.found.add("orphan", at, "a relation names a party the file lacks", false)
		return
	}
	if n.Attr("Former") == "true" {
		from.link(screening.Link{Kind: "former", Entity: to.ID, Name: to.Name(), Source: words})
		return
	}
	kind, ok := ofacRelations[strings.ToLower(words)]
	if !ok {
		kind.to, kind.back = "associate", "associate"
	}
	from.link(screening.Link{Kind: kind.to, Entity: to.ID, Name: to.Name(), Source: words})
	to.link(screening.Link{Kind: kind.back, Entity: from.ID, Name: from.Name(), Source: words})
}

// entry reads why a party is listed: its programmes stand as comments of the
// measures of the type "Program".
func (a *ofacAdvanced) entry(n *node) {
	at := place(a.file, n)
	p := a.parties[n.Attr("ProfileID")]
	if p == nil {
		a.found.add("orphan", at, "a listing of a party the file lacks", false)
		return
	}
	for _, event := range n.All("EntryEvent") {
		for _, date := range event.All("Date") {
			if iso, ok := dateOf(date.Get("Year"), date.Get("Month"), date.Get("Day")); ok {
				p.listed = append(p.listed, ofacDate{iso: iso})
			}
		}
	}
	for _, measure := range n.All("SanctionsMeasure") {
		comment := measure.Get("Comment")
		kind := a.codes["SanctionsType"][measure.Attr("SanctionsTypeID")].text
		switch {
		case comment == "":
		case kind == "Program", kind == "" && measure.Attr("SanctionsTypeID") == "1":
			if !slices.Contains(p.programmes, comment) {
				p.programmes = append(p.programmes, comment)
			}
		default:
			p.term(joined(": ", kind, comment))
		}
	}
}

// ofacAdvancedDate reads only the publisher's date of an advanced XML file.
func ofacAdvancedDate(file string) func(Source) (time.Time, error) {
	return func(src Source) (time.Time, error) {
		f, err := src.Open(file)
		if err != nil {
			return time.Time{}, err
		}
		defer func() { _ = f.Close() }()
		var date time.Time
		_, err = nodes(f, file, "Sanctions", ofacSections, func(n *node) error {
			if n.Name == "DateOfIssue" {
				date = ofacDay(n)
			}
			return errEnough
		})
		return date, enough(err)
	}
}
