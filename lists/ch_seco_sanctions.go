package lists

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"partnerscreen/screening"
)

var chSanctions = Card{
	ID:        "ch_seco_sanctions",
	Title:     "Swiss Sanctions and Embargoes",
	Publisher: "Swiss State Secretariat for Economic Affairs (SECO)",
	Doc:       "Individuals, entities and ships under the ordinances of the Swiss Embargo Act, those of the UN and many of the EU among them.",
	Page:      "https://www.seco.admin.ch/seco/en/home/Aussenwirtschaftspolitik_Wirtschaftliche_Zusammenarbeit/Wirtschaftsbeziehungen/exportkontrollen-und-sanktionen/sanktionen-embargos.html",
	Licence:   "LicenseRef-free-reuse-with-attribution",
	Binds:     []string{"CH"},
	Blocking:  germanBoycott,
	Controls: []screening.Control{
		screening.AssetFreeze, screening.ExportLicence, screening.NarrowFinancial, screening.Travel, screening.OtherControl,
	},
	Cadence: 30 * 24 * time.Hour,
	Timeout: 15 * time.Minute, // 40 MB in chunks, and no way to resume
	Formats: []Format{{
		Name: "xml",
		Files: []File{{
			Name: "seco.xml",
			URL:  "https://www.sesam.search.admin.ch/sesam-search-web/pages/downloadXmlGesamtliste.xhtml?lang=en&action=downloadXmlGesamtlisteAction",
		}},
		Parse: parseSECO,
	}},
	Bounds: Bounds{MinEntities: 4500, MaxEntities: 20000, MinNamed: 0.995, MinAlias: 0.3, MaxShrink: 0.15, MaxGrow: 0.3},
	Note:   "The format is tested on an extract of the published file.",
}

// chPaths are the elements of a target. What stands below a modification are
// copies of earlier states, which are not read.
var chPaths = func() map[string]bool {
	known := paths(`sanctions-set-id foreign-identifier generic-attribute modification individual entity object`)
	for body := range strings.FieldsSeq("individual entity object") {
		for part := range strings.FieldsSeq(`identity justification other-information relation relation/remark
			identity/name identity/name/name-part identity/name/name-part/value identity/name/name-part/spelling-variant
			identity/nationality identity/nationality/country identity/nationality/remark identity/day-month-year identity/day-month-year/remark
			identity/place-of-birth identity/place-of-birth/remarks identity/place-of-birth/remark identity/place-of-birth/area
			identity/address identity/address/remarks identity/address/remark identity/address/c-o identity/address/address-details
			identity/address/p-o-box identity/address/zip-code identity/address/location identity/address/area identity/address/country
			identity/identification-document identity/identification-document/number identity/identification-document/issuer
			identity/identification-document/date-of-issue identity/identification-document/expiry-date
			identity/identification-document/place-of-issue identity/identification-document/remark identity/identification-document/remarks`) {
			known[body+"/"+part] = true
		}
	}
	return known
}()

// chSet is one set of sanctions of a programme: what a target refers to.
type chSet struct {
	programme, ordinance, title, origin string
}

// chPlace is a place addresses refer to.
type chPlace struct {
	location, area, country, code string
}

// parseSECO reads the file twice: the places addresses refer to stand at its
// very end. Targets whose latest modification takes them off the list stay in
// the file; they are counted and left out.
func parseSECO(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "seco.xml"
	c := chReader{sets: map[string]chSet{}, places: map[string]chPlace{}}
	root, err := c.pass(src, file, func(n *node) {
		switch n.Name {
		case "sanctions-program":
			c.programme(n)
		case "place":
			c.places[n.Attr("ssid")] = chPlace{n.Get("location"), n.Get("area"), n.Get("country"), chCountry(n)}
		case "target":
		default:
			c.found.add("column", place(file, n), "unknown element "+n.Name, true)
		}
	})
	if err != nil {
		return Header{}, err
	}
	if kind := root.Attr("list-type"); kind != "whole-list" {
		c.found.add("source", file, fmt.Sprintf("the file is an %q, not the whole list", kind), true)
	}
	c.date, _ = ParseDate(root.Attr("date"), false)
	emit = checked(emit, &c.found)
	if _, err = c.pass(src, file, func(n *node) {
		if n.Name == "target" {
			if e := c.target(n, place(file, n)); e != nil {
				emit(e)
			}
		}
	}); err != nil {
		return Header{}, err
	}
	if c.delisted > 0 {
		c.found.add("row", file, fmt.Sprintf("targets taken off the list and left out: %d", c.delisted), false)
	}
	published, _ := time.Parse(time.DateOnly, c.date)
	return Header{Published: published, Findings: c.found.all()}, nil
}

// chReader is what reading the file gathers.
type chReader struct {
	found    findings
	sets     map[string]chSet
	places   map[string]chPlace
	date     string // of the list, ISO
	delisted int
}

func (c *chReader) pass(src Source, file string, visit func(*node)) (*node, error) {
	f, err := src.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return nodes(f, file, "swiss-sanctions-list", nil, func(n *node) error {
		visit(n)
		return nil
	})
}

// programme reads a programme and its sets, in English where they have it. A
// programme may stand in the file once a set.
func (c *chReader) programme(n *node) {
	english := func(name string) string {
		for _, kid := range n.All(name) {
			if kid.Attr("lang") == "eng" {
				return kid.Text()
			}
		}
		return n.Get(name)
	}
	for _, set := range n.All("sanctions-set") {
		id := set.Attr("ssid")
		if _, ok := c.sets[id]; ok && set.Attr("lang") != "eng" {
			continue
		}
		c.sets[id] = chSet{programme: english("program-key"), ordinance: english("program-name"), title: set.Text(), origin: n.Get("origin")}
	}
}

func (c *chReader) target(n *node, at string) *screening.Entity {
	mods := n.All("modification")
	for _, m := range mods {
		m.Kids = nil
	}
	for _, path := range n.Unknown(chPaths) {
		if !strings.Contains(path, "@") { // attributes are many, and name no party
			c.found.add("column", at, "unknown element target/"+path, true)
		}
	}
	listed, ends, gone := c.status(mods)
	if gone {
		c.delisted++
		return nil
	}
	d := newDraft("ch_seco_sanctions", n.Attr("ssid"), at, &c.found)
	body := c.body(d, n)
	if body == nil {
		c.found.add("row", at, "target "+d.ID+" is neither individual, entity nor object, and is left out", true)
		return nil
	}
	for _, identity := range body.All("identity") {
		c.identity(d, identity)
	}
	d.show(func(n screening.Name) int {
		if n.Kind == screening.PrimaryName {
			return 1
		}
		return 0
	})
	for _, info := range body.Values("other-information") {
		chInformation(d, info)
	}
	for _, r := range body.All("relation") {
		kind, ok := chRelations[r.Attr("relation-type")]
		if !ok {
			c.found.add("code", at, fmt.Sprintf("unknown relation %q, read as an association", r.Attr("relation-type")), false)
			kind = "associate"
		}
		d.link(screening.Link{Kind: kind, Entity: r.Attr("target-id"), Source: joined(": ", r.Attr("relation-type"), r.Get("remark"))})
	}
	reasons := strings.Join(body.Values("justification"), " ")
	ids := n.Values("sanctions-set-id")
	if old := n.Attr("sanctions-set-id"); old != "" { // an attribute until 2023
		ids = append(ids, old)
	}
	if len(ids) == 0 {
		c.found.add("code", at, "target "+d.ID+" names no set of sanctions; read as an asset freeze", true)
		ids = []string{""}
	}
	for _, id := range ids {
		l := c.listing(d, id, reasons)
		l.Listed, l.Ends = listed, ends
		d.Listings = append(d.Listings, l)
	}
	if ref := n.Get("foreign-identifier"); chUNReference.MatchString(ref) {
		d.identifier("un_ref", ref, "")
	}
	return d.entity()
}

var chUNReference = regexp.MustCompile(`^[A-Z]{2}[ie]\.\d{3}$`)

// body is the target's kind and what stands under it.
func (c *chReader) body(d *draft, n *node) *node {
	for _, kid := range n.Kids {
		switch kid.Name {
		case "individual":
			d.Kind = screening.KindPerson
		case "entity":
			d.Kind = screening.KindOrganisation
		case "object":
			switch kind := kid.Attr("object-type"); kind {
			case "vessel":
				d.Kind = screening.KindVessel
			case "aircraft":
				d.Kind = screening.KindAircraft
			default:
				c.found.add("code", d.place, fmt.Sprintf("unknown type of object %q", kind), false)
			}
		default:
			continue
		}
		return kid
	}
	return nil
}

// status says when a target was first listed, and whether its latest
// modification up to the date of the list took it off, or when one will. Of
// two on one day the graver counts.
func (c *chReader) status(mods []*node) (listed, ends string, gone bool) {
	latest := ""
	for _, m := range mods {
		day := ""
		for _, attr := range []string{"effective-date", "publication-date", "enactment-date"} {
			if iso, ok := ParseDate(m.Attr(attr), false); ok {
				day = iso
				break
			}
		}
		kind := m.Attr("modification-type")
		switch kind {
		case "listed":
			if day != "" && (listed == "" || day < listed) {
				listed = day
			}
		case "amended", "de-listed":
		default:
			c.found.add("code", "seco.xml", fmt.Sprintf("unknown modification %q, read as one that keeps the target listed", kind), true)
		}
		if c.date != "" && day > c.date { // decided, not yet in force
			if kind == "de-listed" {
				ends = day
			}
			continue
		}
		if day > latest || day == latest && kind != "de-listed" || latest == "" && day == "" {
			latest, gone = day, kind == "de-listed"
		}
	}
	return listed, ends, gone
}

// chMeasures say what a set of sanctions does by a word of its title. Only a
// set that names no such word, or restricts "named individuals and entities",
// freezes: the sets are called after their article at times.
var chMeasures = []struct {
	words   string
	control screening.Control
}{
	{"financial measures|financial sanctions|freez|named individuals", screening.AssetFreeze},
	{"travel|entry", screening.Travel},
	{"capital market|loans|securities|transaction|deposits|financial", screening.NarrowFinancial},
	{"goods|export|arms|dual-use|military|technolog", screening.ExportLicence},
	{"vessel|ship|aircraft|transport|broadcast|media", screening.OtherControl},
}

func (c *chReader) listing(d *draft, id, reasons string) screening.Listing {
	set, ok := c.sets[id]
	if !ok && id != "" {
		c.found.add("orphan", d.place, "set of sanctions "+id+" is not in the file; read as an asset freeze", true)
	}
	control := screening.AssetFreeze
	for _, m := range chMeasures {
		if slices.ContainsFunc(strings.Split(m.words, "|"), func(w string) bool { return strings.Contains(strings.ToLower(set.title), w) }) {
			control = m.control
			break
		}
	}
	authority := "State Secretariat for Economic Affairs"
	if set.origin != "" {
		authority += " (after: " + set.origin + ")"
	}
	return screening.Listing{
		List: d.List, Entity: d.ID, Programme: set.programme, Authority: authority, LegalBasis: set.ordinance,
		Controls: []screening.Control{control}, Terms: set.title, Remarks: reasons,
	}
}

// identity reads one identity of a target: a person may have several.
func (c *chReader) identity(d *draft, n *node) {
	for _, name := range n.All("name") {
		c.name(d, name, n.Attr("main") != "false")
	}
	for _, nationality := range n.All("nationality") {
		if code := chCountry(nationality); code != "" {
			d.country(code)
		} else {
			d.country(nationality.Get("country"))
		}
	}
	if d.Kind == screening.KindPerson {
		for _, b := range n.All("day-month-year") {
			chBorn(d, b)
		}
	}
	for _, a := range n.All("address") {
		p, ok := c.places[a.Attr("place-id")]
		if id := a.Attr("place-id"); !ok && id != "" {
			c.found.add("orphan", d.place, "an address is in a place the file does not hold", false)
		}
		poBox := a.Get("p-o-box")
		if poBox != "" {
			poBox = "P.O. Box " + poBox
		}
		code := p.code
		if code == "" {
			code = d.code(p.country)
		}
		d.address(screening.Address{
			Text: joined(", ", a.Get("c-o"), a.Get("address-details"), poBox, joined(" ", a.Get("zip-code"), p.location), p.area, p.country, a.Get("remarks")),
			City: p.location, Country: code,
		})
	}
	for _, doc := range n.All("identification-document") {
		kind := "other"
		switch t := doc.Attr("document-type"); {
		case strings.Contains(t, "passport"):
			kind = "passport"
		case strings.Contains(t, "id-card"), strings.Contains(t, "identity"), strings.Contains(t, "national"):
			kind = "national_id"
		}
		d.identifier(kind, doc.Get("number"), d.code(doc.Get("issuer")))
	}
}

// chCountry is the ISO code beside a country's name.
func chCountry(n *node) string {
	for _, country := range n.All("country") {
		if code, ok := screening.CountryCode(country.Attr("iso-code")); ok {
			return code
		}
	}
	return ""
}

func chBorn(d *draft, b *node) {
	if calendar := b.Attr("calendar"); calendar != "" && !strings.EqualFold(calendar, "Gregorian") {
		d.remark("born " + joined("-", b.Attr("year"), b.Attr("month"), b.Attr("day")) + " (" + calendar + " calendar)")
		return
	}
	date := b.Attr("year")
	if b.Attr("month") != "" {
		date += "-" + b.Attr("month")
		if b.Attr("day") != "" {
			date += "-" + b.Attr("day")
		}
	}
	d.born(ParseDate(date, false))
}

// chRanks put the parts of a name in the order a reader expects. A title is
// no part of the name; a maiden name makes a name of its own.
var chRanks = map[string]int{
	"whole-name": 1, "given-name": 2, "further-given-name": 3, "father-name": 4, "grand-father-name": 5,
	"family-name": 6, "tribal-name": 7, "suffix": 8, "other": 9,
}

// chPart is one part of a name with its spellings.
type chPart struct {
	kind, value string
	rank, order int
	variants    []*node
}

// Bounds on the names made of the spellings of one name's parts: how many in
// one language and script, and how many of these are read.
const (
	maxSpellings = 24
	maxTongues   = 32
)

func (c *chReader) name(d *draft, n *node, main bool) {
	var parts []chPart
	maiden := ""
	for _, p := range n.All("name-part") {
		part := chPart{kind: p.Attr("name-part-type"), value: p.Get("value"), variants: p.All("spelling-variant")}
		part.order, _ = strconv.Atoi(p.Attr("order"))
		var known bool
		if part.rank, known = chRanks[part.kind]; !known && part.kind != "title" && part.kind != "maiden-name" {
			c.found.add("code", d.place, fmt.Sprintf("unknown part of a name %q, read as a further one", part.kind), false)
			part.rank = chRanks["other"]
		}
		switch part.kind {
		case "title":
			d.remark(part.value)
		case "maiden-name":
			maiden = part.value
		default:
			parts = append(parts, part)
		}
	}
	slices.SortStableFunc(parts, func(a, b chPart) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return a.order - b.order
	})
	name := screening.Name{Kind: screening.AliasName, Weak: n.Attr("quality") == "low"}
	switch kind := n.Attr("name-type"); kind {
	case "primary-name":
		if main {
			name.Kind = screening.PrimaryName
		}
	case "formerly-known-as":
		name.Kind = screening.FormerName
	case "alias":
	default:
		c.found.add("code", d.place, fmt.Sprintf("unknown name type %q, read as an alias", kind), false)
	}
	var given, family, whole []string
	for _, p := range parts {
		whole = append(whole, p.value)
		switch {
		case p.rank == chRanks["family-name"]:
			family = append(family, p.value)
		case p.rank < chRanks["family-name"] && p.kind != "whole-name":
			given = append(given, p.value)
		}
	}
	name.Text, name.Given, name.Family = strings.Join(whole, " "), strings.Join(given, " "), strings.Join(family, " ")
	add := d.name
	if d.Kind == screening.KindOrganisation {
		add = d.inBrackets
	}
	add(name)
	if maiden != "" {
		d.name(screening.Name{Text: joined(" ", name.Given, maiden), Given: name.Given, Family: maiden, Weak: name.Weak})
	}
	c.spellings(d, parts, name)
}

// spellings makes the names of the parts' spelling variants: for each language
// and script, every combination of that tongue's spellings, with the part as
// published where there is none. In another script, a name that is not spelt
// whole is weak.
func (c *chReader) spellings(d *draft, parts []chPart, base screening.Name) {
	type tongue struct{ lang, script string }
	var tongues []tongue
	for _, p := range parts {
		for _, v := range p.variants {
			if t := (tongue{v.Attr("lang"), v.Attr("script")}); !slices.Contains(tongues, t) && len(tongues) < maxTongues {
				tongues = append(tongues, t)
			}
		}
	}
	for _, t := range tongues {
		names, cut, whole := []string{""}, false, true
		for _, p := range parts {
			var spelt []string
			for _, v := range p.variants {
				if v.Attr("lang") == t.lang && v.Attr("script") == t.script && v.Text() != "" {
					spelt = append(spelt, v.Text())
				}
			}
			if len(spelt) == 0 {
				if t.script != "" && t.script != "LATN" { // half a name in one script, half in another is none
					whole = false
					continue
				}
				spelt = []string{p.value}
			}
			var longer []string
			for _, name := range names {
				for _, s := range spelt {
					if len(longer) == maxSpellings {
						cut = true
						break
					}
					longer = append(longer, joined(" ", name, s))
				}
			}
			names = longer
		}
		if cut {
			c.found.add("row", d.place, fmt.Sprintf("a name of target %s has more than %d spellings in one script; these are read", d.ID, maxSpellings), false)
		}
		for _, text := range names {
			n := screening.Name{Text: text, Kind: original(text), Lang: chLanguages[strings.ToLower(t.lang)], Weak: base.Weak || !whole}
			if base.Kind == screening.FormerName {
				n.Kind = screening.FormerName
			}
			d.name(n)
		}
	}
}

// chLanguages are the codes of languages the list uses, as ISO 639-1.
var chLanguages = map[string]string{
	"ara": "ar", "bel": "be", "bos": "bs", "bul": "bg", "chi": "zh", "eng": "en", "fas": "fa", "fre": "fr", "ger": "de", "heb": "he", "hrv": "hr",
	"ita": "it", "kor": "ko", "kur": "ku", "mya": "my", "per": "fa", "pus": "ps", "rus": "ru", "som": "so", "spa": "es", "srp": "sr", "tur": "tr",
	"ukr": "uk", "urd": "ur", "zho": "zh",
}

// chRelations are the relations between targets.
var chRelations = map[string]string{
	"related-to": "associate", "member-of": "member_of", "part-of": "part_of", "owned-by": "owned_by", "owner-of": "owns", "controlled-by": "controlled_by",
	"acting-for": "acts_for", "acting-on-behalf-of": "acts_for", "family-member-of": "family", "successor-of": "former", "formerly": "former",
}

// chNumbers find the numbers that hide in the text of other-information.
var chNumbers = []struct {
	pattern *regexp.Regexp
	kind    string
}{
	{regexp.MustCompile(`(?i)\bIMO(?: number| no\.?)? ?:? ?(\d{7})\b`), "imo"},
	{regexp.MustCompile(`(?i)\b(?:SWIFT|BIC)\b[^:]{0,12}: ?([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b`), "swift"},
	{regexp.MustCompile(`(?i)\b(?:INN|UNP|TIN|tax(?:payer)?(?: identification| registration| payer)?(?: number| no\.?| ID)?(?: number)?)\b[^:\d]{0,8}: ?(\d[\d ]{6,14}\d)`), "tax"},
	{regexp.MustCompile(`(?i)\b(?:OGRN|PSRN|(?:state |business |main )?registration (?:number|no\.?))(?: \([A-Z]+\))? ?:? ?(\d[\d ]{5,18}\d)`), "registration"},
	{regexp.MustCompile(`(?i)\bLEI\b[^:]{0,8}: ?([A-Z0-9]{18}\d{2})\b`), "lei"},
	{regexp.MustCompile(`(?i)\bnational (?:identification|ID) ?(?:number|no\.?)? ?: ?([A-Z0-9-]{5,20})\b`), "national_id"},
}

var chWebsite = regexp.MustCompile(`(?i)\b(?:company )?website ?: ?((?:https?://|www\.)\S+)`)

func chInformation(d *draft, info string) {
	for _, n := range chNumbers {
		for _, m := range n.pattern.FindAllStringSubmatch(info, -1) {
			d.identifier(n.kind, m[1], "")
		}
	}
	for _, m := range chWebsite.FindAllStringSubmatch(info, -1) {
		d.website(strings.TrimRight(m[1], ".,;"))
	}
	d.remark(info)
}
