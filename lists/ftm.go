package lists

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

// ftmEntity is one record of OpenSanctions' exports in the FollowTheMoney
// model: a party, or what ties parties together (a sanction, an ownership, an
// address), told by its schema.
type ftmEntity struct {
	ID         string                `json:"id"`
	Caption    string                `json:"caption"`
	Schema     string                `json:"schema"`
	Target     *bool                 `json:"target"` // only given in entities.ftm.json
	Referents  []string              `json:"referents"`
	LastSeen   string                `json:"last_seen"`
	Properties map[string][]ftmValue `json:"properties"`
}

// ftmValue is a value of a property: a text, or in targets.nested.json a whole record.
type ftmValue struct {
	text string
	of   *ftmEntity
}

// UnmarshalJSON reads a string or an object.
func (v *ftmValue) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		v.of = &ftmEntity{}
		if err := json.Unmarshal(b, v.of); err != nil {
			return err
		}
		v.text = v.of.ID
		return nil
	}
	return json.Unmarshal(b, &v.text)
}

func (e *ftmEntity) get(property string) string {
	for _, v := range e.Properties[property] {
		if v.text != "" {
			return tidy(v.text)
		}
	}
	return ""
}

func (e *ftmEntity) all(properties ...string) []string {
	var out []string
	for _, p := range properties {
		for _, v := range e.Properties[p] {
			if text := tidy(v.text); text != "" {
				out = append(out, text)
			}
		}
	}
	return out
}

// ftmLinks are the schemas that tie two parties together: the properties that
// name them, and the links they mean for the one and for the other.
var ftmLinks = map[string]struct{ from, to, forward, back string }{
	"Ownership":      {"owner", "asset", "owns", "owned_by"}, // the one schema that is followed through parties not listed
	"Directorship":   {"director", "organization", "director", "director"},
	"Family":         {"person", "relative", "family", "family"},
	"Associate":      {"person", "associate", "associate", "associate"},
	"UnknownLink":    {"subject", "object", "associate", "associate"},
	"Membership":     {"member", "organization", "member_of", "associate"},
	"Employment":     {"employee", "employer", "associate", "associate"},
	"Representation": {"agent", "client", "acts_for", "associate"},
	"Succession":     {"predecessor", "successor", "successor", "former"},
	"Similar":        {"original", "match", "associate", "associate"},
}

// ftmIdentifiers are the properties that hold numbers, by the kind of identifier.
var ftmIdentifiers = []struct{ property, kind string }{
	{"leiCode", "lei"}, {"imoNumber", "imo"}, {"mmsi", "mmsi"}, {"callSign", "callsign"}, {"swiftBic", "swift"},
	{"dunsCode", "duns"}, {"innCode", "tax"}, {"taxNumber", "tax"}, {"vatCode", "tax"}, {"ogrnCode", "registration"},
	{"registrationNumber", "registration"}, {"uscCode", "registration"}, {"kppCode", "other"}, {"passportNumber", "passport"},
	{"idNumber", "national_id"}, {"uniqueEntityId", "other"}, {"serialNumber", "aircraft"}, {"permId", "other"},
}

// ftmTopics are what OpenSanctions' topics mean, where the configuration does
// not say what the whole list is for. What only stands near a listed party is
// an advisory: the party itself is not listed.
var ftmTopics = map[string]screening.Control{
	"sanction":              screening.AssetFreeze,
	"asset.frozen":          screening.AssetFreeze,
	"sanction.counter":      screening.CounterMeasure,
	"export.control":        screening.ExportLicence,
	"debarment":             screening.Debarment,
	"invest.ban":            screening.NarrowFinancial,
	"sanction.linked":       screening.Advisory,
	"sanction.control":      screening.Advisory,
	"export.control.linked": screening.Advisory,
	"export.risk":           screening.Advisory,
	"invest.risk":           screening.Advisory,
}

// ftmFile gathers what the records of a file say of each other before the
// parties are made: a listing or an owner may stand before or after its party.
type ftmFile struct {
	list      customList
	file      string
	found     *findings
	tied      *findings
	parties   map[string]ftmParty // by id
	ties      []ftmTie
	sanctions map[string][]screening.Listing
	links     map[string][]screening.Link
	addresses map[string]screening.Address
	passports map[string][]screening.Identifier
	published time.Time
}

// ftmParty is what is kept of a party for the links that name it.
type ftmParty struct {
	name      string
	listed    bool
	kind      screening.Kind
	also      []string // of one that is not listed: nothing else is kept of it
	countries []string
}

// ftmTie is one record that ties two parties together.
type ftmTie struct {
	from, to, schema           string
	share, since, until, words string
}

// followTheMoney returns the reader of entities.ftm.json, which holds records
// of every schema, or targets.nested.json, where they stand inside each
// other. Both have one record a line and are read twice.
func (c customList) followTheMoney(file string) func(Source, func(*screening.Entity)) (Header, error) {
	return func(src Source, emit func(*screening.Entity)) (Header, error) {
		var found findings
		f := ftmFile{
			list: c, file: file, found: &found, parties: map[string]ftmParty{}, sanctions: map[string][]screening.Listing{},
			links: map[string][]screening.Link{}, addresses: map[string]screening.Address{}, passports: map[string][]screening.Identifier{},
		}
		header := Header{}
		var kept findings // of the ties; what a record itself brings up is said when it is read the last time
		f.tied = &kept
		err := f.each(src, func(e *ftmEntity, _ string) { f.name(e, e.target()) })
		if err == nil {
			err = f.each(src, func(e *ftmEntity, place string) { f.gather(e, "", place) })
		}
		if err == nil {
			found = kept
			f.tie()
			err = f.each(src, func(e *ftmEntity, place string) {
				switch {
				case e.target():
					emit(f.entity(e, place))
				case e.Target == nil, *e.Target:
					found.add("code", place, fmt.Sprintf("listed, but %s is no party that can be screened, left out", e.Schema), false)
				}
			})
		}
		header.Published, header.Findings = f.published, found.all()
		return header, err
	}
}

func (f *ftmFile) each(src Source, do func(e *ftmEntity, place string)) error {
	r, err := src.Open(f.file)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return jsonLines(r, f.file, func(line int, raw json.RawMessage) error {
		place := fmt.Sprintf("%s line %d", f.file, line)
		var e ftmEntity
		if err := json.Unmarshal(raw, &e); err != nil {
			f.found.add("row", place, "a record cannot be read", true)
			return nil
		}
		if e.ID == "" || e.Schema == "" {
			f.found.add("row", place, "a record has no id or schema, left out", true)
			return nil
		}
		do(&e, place)
		return nil
	})
}

// thing reports whether the record is a party.
func (e *ftmEntity) thing() bool {
	_, ok := schemaKind(e.Schema)
	return ok
}

// target reports whether the record is a party that is on the list, not one
// that only stands beside it. Nested files hold nothing else at their top.
func (e *ftmEntity) target() bool {
	return e.thing() && (e.Target == nil || *e.Target)
}

func (f *ftmFile) name(e *ftmEntity, listed bool) {
	if kind, ok := schemaKind(e.Schema); ok && (listed || !f.parties[e.ID].listed) {
		p := ftmParty{name: tidy(e.Caption), listed: listed, kind: kind}
		if !listed {
			for _, n := range e.all("name", "alias", "previousName") {
				if n != p.name && !slices.Contains(p.also, n) && len(p.also) < maxAlso {
					p.also = append(p.also, n)
				}
			}
			for _, c := range e.all("country", "jurisdiction", "mainCountry", "nationality") {
				if code := ftmCode(c); code != "" && !slices.Contains(p.countries, code) {
					p.countries = append(p.countries, code)
				}
			}
			slices.Sort(p.countries)
		}
		f.parties[e.ID] = p
	}
	for _, values := range e.Properties {
		for _, v := range values {
			if v.of != nil {
				f.name(v.of, false)
			}
		}
	}
}

// gather takes in a record that is no party, and those inside a party; owner
// is the id of the party it stands in.
func (f *ftmFile) gather(e *ftmEntity, owner, place string) {
	if t, err := time.Parse("2006-01-02T15:04:05", e.LastSeen); err == nil && t.After(f.published) {
		f.published = t
	}
	inner := owner
	if e.thing() {
		inner = e.ID
	}
	for _, values := range e.Properties {
		for _, v := range values {
			if v.of != nil {
				f.gather(v.of, inner, place)
			}
		}
	}
	or := func(ids []string) []string {
		if len(ids) == 0 && owner != "" {
			return []string{owner}
		}
		return ids
	}
	switch e.Schema {
	case "Sanction":
		for _, id := range or(e.all("entity")) {
			f.addSanction(id, f.listing(e))
		}
	case "Address":
		f.addresses[e.ID] = screening.Address{Text: ftmAddress(e), City: e.get("city"), Country: ftmCode(e.get("country"))}
	case "Passport", "Identification":
		kind := "national_id"
		if e.Schema == "Passport" {
			kind = "passport"
		}
		for _, id := range or(e.all("holder")) {
			for _, number := range e.all("number", "passportNumber") {
				f.passports[id] = append(f.passports[id], screening.Identifier{Kind: kind, Value: number, Country: ftmCode(e.get("country"))})
			}
		}
	}
	if l, ok := ftmLinks[e.Schema]; ok {
		tie := ftmTie{schema: e.Schema, share: e.get("percentage"), words: joined(", ", e.get("role"), e.get("relationship"))}
		tie.since, _ = ParseDate(e.get("startDate"), false)
		if end := e.get("endDate"); end != "" {
			if tie.until, ok = ParseDate(end, false); !ok {
				f.tied.add("row", place, "a link's end is no date; read as going on", false)
			}
		}
		if tie.share != "" {
			if !strings.HasSuffix(tie.share, "%") {
				tie.share += " %"
			}
			if _, ok := screening.ParseShare(tie.share); !ok {
				f.tied.add("row", place, "an ownership share that is none from 0 to 100 %; kept as published, and counted as not said", false)
			}
		}
		for _, from := range or(e.all(l.from)) {
			for _, to := range or(e.all(l.to)) {
				if tie.from, tie.to = from, to; from == to {
					f.tied.add("row", place, "a party tied to itself, left out", false)
				} else {
					f.ties = append(f.ties, tie)
				}
			}
		}
	}
}

// maxAlso and maxTies bound what is kept of a party that only links name, and
// of one party's links.
const (
	maxAlso = 50
	maxTies = 5000
)

// tie hands every tie to the listed parties it names. One between two parties
// that are not listed is kept where it is ownership and one of them is owned by, or
// owns, a listed party through others like it: with the listed party nearest to it.
func (f *ftmFile) tie() {
	near := map[string][]string{} // by owned or owner, through parties that are not listed
	for _, t := range f.ties {
		if t.schema == "Ownership" {
			near[t.from] = append(near[t.from], t.to)
			near[t.to] = append(near[t.to], t.from)
		}
	}
	anchor := map[string]string{}
	var line []string
	for id := range near {
		if f.parties[id].listed {
			anchor[id] = id
			line = append(line, id)
		}
	}
	slices.Sort(line)
	for i := 0; i < len(line); i++ {
		for _, next := range near[line[i]] {
			if _, reached := anchor[next]; !reached {
				anchor[next] = anchor[line[i]]
				line = append(line, next)
			}
		}
	}
	for _, t := range f.ties {
		l := ftmLinks[t.schema]
		from, to := f.parties[t.from], f.parties[t.to]
		link := screening.Link{Share: t.share, Since: t.since, Until: t.until, Source: t.words}
		switch {
		case !from.listed && !to.listed && t.schema == "Ownership" && anchor[t.from] != "":
			link.Kind, link.Of, link.OfName = l.forward, t.from, from.name
			f.addLink(anchor[t.from], f.toward(link, t.to))
		default:
			if from.listed {
				link.Kind = l.forward
				f.addLink(t.from, f.toward(link, t.to))
			}
			if to.listed {
				link.Kind = l.back
				f.addLink(t.to, f.toward(link, t.from))
			}
		}
	}
}

// toward names the other party of a link, with all that is known of it where it is not listed.
func (f *ftmFile) toward(l screening.Link, id string) screening.Link {
	p, known := f.parties[id]
	l.Entity, l.Name = id, p.name
	if known && !p.listed {
		l.Party, l.Also, l.Countries = p.kind, p.also, p.countries
	}
	return l
}

func (f *ftmFile) addSanction(id string, l screening.Listing) {
	if !slices.ContainsFunc(f.sanctions[id], func(x screening.Listing) bool {
		return x.Programme == l.Programme && x.Authority == l.Authority && x.Terms == l.Terms && x.Listed == l.Listed
	}) {
		f.sanctions[id] = append(f.sanctions[id], l)
	}
}

func (f *ftmFile) addLink(id string, l screening.Link) {
	if len(f.links[id]) == maxTies {
		f.tied.add("row", f.file, fmt.Sprintf("party %q has more than %d links; the others are left out", id, maxTies), false)
		return
	}
	f.links[id] = append(f.links[id], l)
}

func (f *ftmFile) listing(e *ftmEntity) screening.Listing {
	l := screening.Listing{
		List: f.list.id, Programme: joined("; ", strings.Join(e.all("program"), ", "), strings.Join(e.all("programId"), ", ")),
		Authority: e.get("authority"), Terms: strings.Join(e.all("provisions"), "; "), LegalBasis: e.get("recordId"),
		Remarks: strings.Join(append(e.all("reason"), e.all("status")...), "; "), URL: e.get("sourceUrl"),
	}
	for _, date := range e.all("listingDate", "startDate") {
		if iso, ok := ParseDate(date, false); ok {
			l.Listed = iso
			break
		}
	}
	l.Ends, _ = ParseDate(e.get("endDate"), false)
	return l
}

// entity makes the party of a record.
func (f *ftmFile) entity(e *ftmEntity, place string) *screening.Entity {
	d := newDraft(f.list.id, e.ID, place, f.found)
	d.Kind, _ = schemaKind(e.Schema)
	d.name(screening.Name{Text: e.Caption, Kind: screening.PrimaryName})
	for _, n := range e.all("name", "alias") {
		d.name(screening.Name{Text: n, Kind: aliasOrAcronym(n)})
	}
	for _, n := range e.all("previousName") {
		d.name(screening.Name{Text: n, Kind: screening.FormerName})
	}
	for _, n := range e.all("abbreviation") {
		d.name(screening.Name{Text: n, Kind: screening.AcronymName})
	}
	for _, n := range e.all("weakAlias") {
		d.name(screening.Name{Text: n, Kind: screening.AliasName, Weak: true})
	}
	for _, c := range e.all("country", "nationality", "citizenship", "jurisdiction", "mainCountry", "flag") {
		d.country(ftmCountry(c))
	}
	for _, id := range e.all("addressEntity") {
		d.address(f.addresses[id])
	}
	for _, a := range e.all("address") {
		d.address(screening.Address{Text: a, Country: countryAtEnd(a)})
	}
	for _, id := range ftmIdentifiers {
		for _, number := range e.all(id.property) {
			d.identifier(id.kind, strings.TrimPrefix(number, "IMO"), "")
		}
	}
	for _, id := range f.passports[e.ID] {
		d.identifier(id.Kind, id.Value, id.Country)
	}
	for _, id := range append([]string{e.ID}, e.Referents...) {
		if number, ok := strings.CutPrefix(id, "ofac-"); ok && isNumber(number) {
			d.identifier("ofac", number, "")
		}
	}
	for _, date := range e.all("birthDate") {
		iso, ok := ParseDate(date, false)
		d.born(iso, ok)
	}
	for _, site := range e.all("website") {
		d.website(site)
	}
	for _, l := range f.links[e.ID] {
		d.link(l)
	}
	for _, note := range e.all("notes", "position", "birthPlace") {
		d.remark(note)
	}
	p := d.entity()
	controls := f.controls(e, place)
	p.Listings = slices.Clone(f.sanctions[e.ID])
	if len(p.Listings) == 0 {
		p.Listings = []screening.Listing{{
			List: f.list.id, Programme: joined("; ", f.list.title, strings.Join(e.all("programId"), ", ")),
			Authority: f.list.publisher, URL: e.get("sourceUrl"),
		}}
	}
	for i := range p.Listings {
		p.Listings[i].Entity, p.Listings[i].Controls = p.ID, controls
	}
	return p
}

// controls is what the party is listed for: the list's own control, or what its topics say.
func (f *ftmFile) controls(e *ftmEntity, place string) []screening.Control {
	if f.list.control != "" {
		return []screening.Control{f.list.control}
	}
	var out []screening.Control
	for _, topic := range e.all("topics") {
		if c, ok := ftmTopics[topic]; ok && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return []screening.Control{screening.Advisory}
	}
	return out
}

// ftmCountry makes a country's code what it is a part of: "ru", "cn-xz".
func ftmCountry(code string) string {
	code, _, _ = strings.Cut(code, "-")
	if code == "eu" || code == "zz" { // the Union, and everywhere: no countries
		return ""
	}
	return code
}

func ftmCode(code string) string {
	iso, _ := screening.CountryCode(ftmCountry(code))
	return iso
}

func ftmAddress(e *ftmEntity) string {
	if full := e.get("full"); full != "" {
		return full
	}
	return joined(", ", e.get("street"), joined(" ", e.get("postalCode"), e.get("city")), e.get("region"))
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
