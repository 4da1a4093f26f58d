package web

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// ftmEntity is a listed party in the FollowTheMoney model, in which clients of
// OpenSanctions' API read and write parties.
type ftmEntity struct {
	ID         string        `json:"id"`
	Caption    string        `json:"caption"`
	Schema     string        `json:"schema"`
	Properties ftmProperties `json:"properties"`
	Datasets   []string      `json:"datasets"`
	Referents  []string      `json:"referents"`
	Target     bool          `json:"target"`
	FirstSeen  *string       `json:"first_seen"`
	LastSeen   *string       `json:"last_seen"`
	LastChange *string       `json:"last_change"`
}

// ftmProperties are texts, or entities where they were asked for.
type ftmProperties map[string][]any

// listedParty names an entity of a list.
type listedParty struct{ list, id string }

// ID is what the API calls a listed party: its list and the publisher's id.
func (l listedParty) ID() string { return l.list + ":" + l.id }

func parseListed(id string) (listedParty, bool) {
	list, own, ok := strings.Cut(id, ":")
	return listedParty{list, own}, ok && list != "" && own != ""
}

func listedOf(e *screening.Entity) listedParty { return listedParty{e.List, e.ID} }

// ftmSchema is the model's word for a kind of party.
func ftmSchema(k screening.Kind) string {
	switch k {
	case screening.KindOrganisation:
		return "Organization"
	case screening.KindPerson:
		return "Person"
	case screening.KindVessel:
		return "Vessel"
	case screening.KindAircraft:
		return "Airplane"
	}
	return "LegalEntity" // the publisher does not say
}

// ftmIdentifiers are the properties numbers stand in, by kind; the first of a
// kind is where ours are written, all are read.
var ftmIdentifiers = []struct{ property, kind string }{
	{"leiCode", "lei"}, {"swiftBic", "swift"}, {"dunsCode", "duns"},
	{"imoNumber", "imo"}, {"mmsi", "mmsi"}, {"callSign", "callsign"}, {"serialNumber", "aircraft"}, {"registrationNumber", "aircraft"},
	{"registrationNumber", "registration"}, {"ogrnCode", "registration"}, {"uscCode", "registration"},
	{"taxNumber", "tax"}, {"innCode", "tax"}, {"vatCode", "tax"},
	{"passportNumber", "passport"}, {"idNumber", "national_id"},
	{"rorId", "ror"}, {"gridId", "grid"}, {"isniCode", "isni"}, {"unReference", "un_ref"}, {"ofacNumber", "ofac"},
	{"idNumber", "other"}, {"kppCode", "other"}, {"permId", "other"}, {"uniqueEntityId", "other"}, {"registrationNumber", "other"},
}

// ftmTopics are what a control is called there.
var ftmTopics = map[screening.Control]string{
	screening.AssetFreeze:     "sanction",
	screening.Travel:          "sanction",
	screening.NarrowFinancial: "invest.ban",
	screening.ExportDenial:    "export.control",
	screening.ExportLicence:   "export.control",
	screening.ExportCondition: "export.control",
	screening.Debarment:       "debarment",
	screening.ResearchFunding: "export.risk",
	screening.Import:          "export.risk",
	screening.CounterMeasure:  "sanction.counter",
	screening.Advisory:        "reg.warn",
	screening.OtherControl:    "reg.action",
}

func topicsOf(e *screening.Entity) []string {
	var out []string
	for _, c := range e.Controls() {
		if t := ftmTopics[c]; t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// ftmOf is what the lists say of one party; where several entities are one
// party the first gives its name and id.
func ftmOf(kept *jobs.Kept, entities []*screening.Entity, nested bool) *ftmEntity {
	first := entities[0]
	f := &ftmEntity{
		ID: listedOf(first).ID(), Caption: first.Name(), Schema: ftmSchema(first.Kind), Properties: ftmProperties{}, Datasets: []string{}, Referents: []string{},
		Target: true,
	}
	var listed, seen, changed time.Time
	for _, e := range entities {
		if f.Schema == "LegalEntity" {
			f.Schema = ftmSchema(e.Kind)
		}
		f.Referents = append(f.Referents, listedOf(e).ID())
		if !slices.Contains(f.Datasets, e.List) {
			f.Datasets = append(f.Datasets, e.List)
		}
		f.describe(e)
		if nested {
			f.nest(kept, e)
		}
		_, standing, _ := kept.Entity(e.List, e.ID)
		if listed.IsZero() || standing.Listed.Before(listed) {
			listed = standing.Listed
		}
		if standing.Unchanged.After(changed) {
			changed = standing.Unchanged
		}
		if at := fetched(kept, e.List); at.After(seen) {
			seen = at
		}
	}
	f.FirstSeen, f.LastSeen, f.LastChange = ftmTime(listed), ftmTime(seen), ftmTime(changed)
	return f
}

func fetched(kept *jobs.Kept, list string) time.Time {
	for _, used := range kept.Used {
		if used.List == list {
			return used.Fetched
		}
	}
	return time.Time{}
}

// ftmTime is a time as the model writes it: UTC to the second, and no zone.
func ftmTime(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format("2006-01-02T15:04:05")
	return &s
}

// add adds a value to a property, once.
func (f *ftmEntity) add(property, value string) {
	if value = strings.TrimSpace(value); value != "" && !slices.Contains(f.Properties[property], any(value)) {
		f.Properties[property] = append(f.Properties[property], value)
	}
}

func (f *ftmEntity) describe(e *screening.Entity) {
	for _, n := range e.Names {
		switch {
		case n.Weak:
			f.add("weakAlias", n.Text)
		case n.Kind == screening.PrimaryName, n.Kind == screening.OriginalName:
			f.add("name", n.Text)
		case n.Kind == screening.FormerName:
			f.add("previousName", n.Text)
		case n.Kind == screening.AcronymName:
			f.add("abbreviation", n.Text)
		default:
			f.add("alias", n.Text)
		}
		f.add("firstName", n.Given)
		f.add("lastName", n.Family)
	}
	if len(f.Properties["name"]) == 0 {
		f.add("name", e.Name())
	}
	for _, c := range e.Countries {
		if e.Kind == screening.KindVessel {
			f.add("flag", strings.ToLower(c))
		}
		f.add("country", strings.ToLower(c))
	}
	for _, a := range e.Addresses {
		f.add("address", addressText(a))
	}
	for _, id := range e.Identifiers {
		for _, p := range ftmIdentifiers {
			if p.kind == id.Kind {
				f.add(p.property, id.Value)
				break
			}
		}
	}
	for _, d := range e.BirthDates {
		f.add("birthDate", d)
	}
	for _, w := range e.Websites {
		f.add("website", w)
	}
	for _, t := range topicsOf(e) {
		f.add("topics", t)
	}
	for _, l := range e.Listings {
		f.add("programId", l.Programme)
		f.add("sourceUrl", l.URL)
	}
	f.add("notes", e.Remarks)
}

func addressText(a screening.Address) string {
	parts := []string{a.Text}
	if !strings.Contains(a.Text, a.City) {
		parts = append(parts, a.City)
	}
	if a.Country != "" && !strings.Contains(a.Text, screening.CountryName(a.Country)) {
		parts = append(parts, screening.CountryName(a.Country))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// ftmLinks are the schemas that tie two parties together, by our kind of
// link: the property of the party that has the link, the schema, and the property that names the other.
var ftmLinks = map[string]struct{ property, schema, other string }{
	"owned_by":      {"ownershipAsset", "Ownership", "owner"},
	"controlled_by": {"ownershipAsset", "Ownership", "owner"},
	"parent":        {"ownershipAsset", "Ownership", "owner"},
	"owns":          {"ownershipOwner", "Ownership", "asset"},
	"subsidiary":    {"ownershipOwner", "Ownership", "asset"},
	"director":      {"directorshipDirector", "Directorship", "organization"},
	"family":        {"familyPerson", "Family", "relative"},
	"acts_for":      {"agencyClient", "Representation", "client"},
	"controls":      {"ownershipOwner", "Ownership", "asset"},
	"part_of":       {"membershipMember", "Membership", "organization"},
	"member_of":     {"membershipMember", "Membership", "organization"},
	"successor":     {"successors", "Succession", "successor"},
	"former":        {"predecessors", "Succession", "predecessor"},
}

// nest adds the listings, each as a sanction, and the links the list names.
func (f *ftmEntity) nest(kept *jobs.Kept, e *screening.Entity) {
	for i, l := range e.Listings {
		s := newFTM(listedOf(e).ID()+":listing:"+strconv.Itoa(i+1), "Sanction", cmp.Or(l.Programme, l.Authority, l.List), e.List)
		s.add("authority", l.Authority)
		s.add("program", l.Programme)
		s.add("programId", l.Programme)
		s.add("listingDate", l.Listed)
		s.add("endDate", l.Ends)
		s.add("reason", cmp.Or(l.LegalBasis, l.Remarks))
		s.add("summary", l.Remarks)
		s.add("sourceUrl", l.URL)
		for _, c := range l.Controls {
			s.add("provisions", string(c))
		}
		s.add("provisions", l.Terms)
		f.Properties["sanctions"] = append(f.Properties["sanctions"], s)
	}
	for i, l := range e.Links {
		if l.Of != "" || l.OfName != "" {
			continue // between two others
		}
		as, ok := ftmLinks[l.Kind]
		if !ok {
			as = struct{ property, schema, other string }{"unknownLinkFrom", "UnknownLink", "object"}
		}
		link := newFTM(listedOf(e).ID()+":link:"+strconv.Itoa(i+1), as.schema, strings.ReplaceAll(l.Kind, "_", " "), e.List)
		link.add("role", strings.ReplaceAll(l.Kind, "_", " "))
		link.add("percentage", l.Share)
		link.add("startDate", l.Since)
		link.add("endDate", l.Until)
		link.add("sourceUrl", l.Source)
		if other, _, ok := kept.Entity(e.List, l.Entity); ok && l.Entity != "" {
			link.Properties[as.other] = []any{ftmOf(kept, []*screening.Entity{other}, false)}
		} else if l.Name != "" {
			named := newFTM(link.ID+":party", "LegalEntity", l.Name, e.List)
			named.add("name", l.Name)
			link.Properties[as.other] = []any{named}
		}
		f.Properties[as.property] = append(f.Properties[as.property], link)
	}
}

func newFTM(id, schema, caption, list string) *ftmEntity {
	return &ftmEntity{ID: id, Schema: schema, Caption: caption, Properties: ftmProperties{}, Datasets: []string{list}, Referents: []string{}}
}

// ftmExample is a party as a client describes it.
type ftmExample struct {
	ID         string              `json:"id,omitempty"`
	Schema     string              `json:"schema"`
	Properties map[string][]string `json:"properties"`
}

// The kinds of party an example may be of, by schema.
var ftmKinds = map[string][]screening.Kind{
	"Thing":        {screening.KindOrganisation, screening.KindPerson, screening.KindVessel, screening.KindAircraft},
	"LegalEntity":  {screening.KindOrganisation, screening.KindPerson},
	"Organization": {screening.KindOrganisation},
	"Company":      {screening.KindOrganisation},
	"PublicBody":   {screening.KindOrganisation},
	"Person":       {screening.KindPerson},
	"Asset":        {screening.KindVessel, screening.KindAircraft},
	"Vehicle":      {screening.KindVessel, screening.KindAircraft},
	"Vessel":       {screening.KindVessel},
	"Airplane":     {screening.KindAircraft},
}

var ftmSchemas = slices.Sorted(maps.Keys(ftmKinds))

// The properties of an example that are compared, beside numbers.
var (
	ftmNames     = []string{"name", "alias", "weakAlias", "previousName", "abbreviation"}
	ftmNameParts = []string{"firstName", "secondName", "middleName", "fatherName", "lastName"}
	ftmCountries = []string{"country", "jurisdiction", "nationality", "citizenship", "mainCountry", "flag"}
)

// maxNames is how many names of one example are looked for.
const maxNames = 20

// parties are the parties of a sheet that an example stands for: one for each
// of its names, alike in everything else, as an organisation or a person. A
// country counts where one is given; of several, none is known to be the one.
func (x *ftmExample) parties(person bool) []screening.Party {
	one := screening.Party{Role: screening.RolePartner}
	if person {
		one.Role = screening.RolePerson
	}
	var countries []string
	for _, p := range ftmCountries {
		for _, c := range x.Properties[p] {
			if code, ok := screening.CountryCode(c); ok && !slices.Contains(countries, code) {
				countries = append(countries, code)
			}
		}
	}
	if len(countries) == 1 {
		one.Country = countries[0]
	}
	for _, p := range ftmIdentifiers {
		for _, v := range x.Properties[p.property] {
			one.Identifiers = append(one.Identifiers, screening.Identifier{Kind: p.kind, Value: v})
		}
	}
	one.Address = strings.Join(x.Properties["address"], "; ")
	one.City = first(x.Properties["city"])
	one.Website = first(x.Properties["website"])
	one.BirthDate = first(x.Properties["birthDate"])
	var out []screening.Party
	for _, name := range x.names() {
		p := one
		p.Name = name
		out = append(out, p)
	}
	if len(out) == 0 && len(one.Identifiers) > 0 { // a number alone may find a party
		out = append(out, one)
	}
	return out
}

// names are the names of an example, and those that its parts make.
func (x *ftmExample) names() []string {
	var out []string
	add := func(name string) {
		if name = strings.Join(strings.Fields(name), " "); name != "" && !slices.Contains(out, name) && len(out) < maxNames {
			out = append(out, name)
		}
	}
	for _, p := range ftmNames {
		for _, n := range x.Properties[p] {
			add(n)
		}
	}
	for i := range maxNames { // the first of each part together, then the second of each …
		var parts []string
		any := false
		for _, p := range ftmNameParts {
			values := x.Properties[p]
			if len(values) == 0 {
				continue
			}
			any = any || i < len(values)
			parts = append(parts, values[min(i, len(values)-1)])
		}
		if !any {
			break
		}
		add(strings.Join(parts, " "))
	}
	return out
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
