package screening

import (
	"iter"
	"net/url"
	"slices"
	"strings"
)

// Registry is a public register of organisations, held to follow a row's
// parties to those that stand above them. It is built once and never changed.
type Registry struct {
	id   string // of its card: "ror"
	orgs []registered
	// by finds an organisation by its id there, one elsewhere, its website or its name; -1 where several have it.
	byID, byOther, bySite, byName map[string]int32
}

// registered is one organisation of a register.
type registered struct {
	id, name, country, city string
	gone                    bool // withdrawn or inactive
	parents, successors     []string
}

// NewRegistry builds a register of its entities, as its card reads them.
func NewRegistry(id string, entities iter.Seq2[*Entity, error]) (*Registry, error) {
	r := &Registry{id: id, byID: map[string]int32{}, byOther: map[string]int32{}, bySite: map[string]int32{}, byName: map[string]int32{}}
	for e, err := range entities {
		if err != nil {
			return nil, err
		}
		at := int32(len(r.orgs))
		o := registered{id: e.ID, name: e.Name(), gone: e.Remarks != ""}
		if len(e.Addresses) > 0 {
			o.city, o.country = e.Addresses[0].City, e.Addresses[0].Country
		}
		for _, l := range e.Links {
			switch l.Kind {
			case "parent":
				o.parents = append(o.parents, l.Entity)
			case "successor":
				o.successors = append(o.successors, l.Entity)
			}
		}
		r.orgs = append(r.orgs, o)
		r.byID[registryID(e.ID)] = at
		for _, x := range e.Identifiers {
			once(r.byOther, x.Kind+"\x00"+foldLetters(x.Value), at)
		}
		for _, site := range e.Websites {
			once(r.bySite, site, at)
		}
		for _, n := range e.Names {
			if n.Kind == AcronymName { // shared by too many
				continue
			}
			key := foldLetters(n.Text)
			once(r.byName, key+"\x00"+o.country, at)
			once(r.byName, key, at)
		}
	}
	return r, nil
}

// once keeps who has a key, and that nobody has where two do.
func once(m map[string]int32, key string, at int32) {
	if had, ok := m[key]; ok && had != at {
		at = -1
	}
	m[key] = at
}

// registryID is a ROR id without its address, in lower case.
func registryID(id string) string {
	id = strings.ToLower(strings.TrimRight(strings.TrimSpace(id), "/"))
	return id[strings.LastIndexByte(id, '/')+1:]
}

// Resolved is a party found in a register.
type Resolved struct {
	ID  string `json:"id"`
	How string `json:"how"` // "id", "grid", "isni", "website", "name and country", "name"
}

// Resolve finds a party in the register by its id there or elsewhere, its website, or a
// name that one organisation alone has in the party's country (in the world, where
// the country is not known). A country that speaks against a name finds nothing.
func (r *Registry) Resolve(p *Party) (Resolved, bool) {
	if r == nil || p.Role.Person() {
		return Resolved{}, false
	}
	for _, id := range p.Identifiers {
		if id.Kind == r.id {
			if at, ok := r.byID[registryID(id.Value)]; ok {
				return Resolved{r.orgs[at].id, "id"}, true
			}
		}
	}
	for _, id := range p.Identifiers {
		if at, ok := r.byOther[id.Kind+"\x00"+foldLetters(id.Value)]; ok && at >= 0 {
			return Resolved{r.orgs[at].id, id.Kind}, true
		}
	}
	key := foldLetters(p.Name)
	if at, ok := r.byName[key+"\x00"+p.Country]; ok && at >= 0 && p.Country != "" {
		return Resolved{r.orgs[at].id, "name and country"}, true
	}
	if at, ok := r.byName[key]; ok && at >= 0 && p.Country == "" {
		return Resolved{r.orgs[at].id, "name"}, true
	}
	site := siteOf(p.Website)
	host, _, _ := strings.Cut(site, "/")
	for _, s := range []string{site, host} {
		if at, ok := r.bySite[s]; ok && at >= 0 && (p.Country == "" || r.orgs[at].country == p.Country) {
			return Resolved{r.orgs[at].id, "website"}, true
		}
	}
	return Resolved{}, false
}

// siteOf is a website without its scheme and "www.": host and path.
func siteOf(website string) string {
	website = strings.ToLower(strings.TrimSpace(website))
	if website == "" || strings.ContainsAny(website, " @") {
		return ""
	}
	if !strings.Contains(website, "://") {
		website = "https://" + website
	}
	u, err := url.Parse(website)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.") + strings.TrimRight(u.Path, "/")
}

// chainDepth is how many steps up are followed: the longest chain in the
// register has six.
const chainDepth = 8

// Follow adds the parties that stand above those of a row by the register:
// parents of parents up to the top, and the successors of organisations that
// are gone. Each comes with how it was found in Via. Parties it added before
// are taken away first, so a row may be followed again.
func (r *Registry) Follow(p *Partner) {
	p.Parties = slices.DeleteFunc(p.Parties, func(q Party) bool { return q.Via != "" })
	if r == nil {
		return
	}
	named := map[string]bool{}
	for i := range p.Parties {
		named[foldLetters(p.Parties[i].Name)] = true
	}
	for i := range slices.Clone(p.Parties) {
		from := &p.Parties[i]
		at, ok := r.Resolve(from)
		if !ok {
			continue
		}
		from.Registry = at.ID + " by " + at.How
		seen := map[string]bool{at.ID: true}
		if from.OnlyID() {
			named[foldLetters(r.orgs[r.byID[registryID(at.ID)]].name)] = true
			p.Parties = append(p.Parties, r.party(r.byID[registryID(at.ID)], from.Role, from.calledBy()))
		}
		p.Parties = append(p.Parties, r.above(at.ID, from.Role, plainRole(from.Role), seen, named, chainDepth)...)
	}
}

// above are the organisations that stand above one, nearest first. via says
// whose they are: "funder's parent".
func (r *Registry) above(id string, role Role, via string, seen, named map[string]bool, depth int) []Party {
	at, ok := r.byID[registryID(id)]
	if !ok || depth == 0 {
		return nil
	}
	var out []Party
	step := func(ids []string, word string, as Role) {
		for _, next := range ids {
			n, ok := r.byID[registryID(next)]
			if !ok || seen[next] {
				continue
			}
			seen[next] = true
			o := &r.orgs[n]
			link := via + "'s " + word
			if key := foldLetters(o.name); !named[key] {
				named[key] = true
				out = append(out, r.party(n, as, link+", by "+strings.ToUpper(r.id)+" from "+id))
			}
			out = append(out, r.above(next, as, link, seen, named, depth-1)...)
		}
	}
	if r.orgs[at].gone {
		step(r.orgs[at].successors, "successor", role) // the same organisation, by its name today
	}
	step(r.orgs[at].parents, "parent", RoleParent)
	return out
}

// party is an organisation as a party of the row, with the link that brought it in.
func (r *Registry) party(at int32, as Role, how string) Party {
	o := &r.orgs[at]
	return Party{
		Role: as, Name: o.name, Country: o.country, City: o.city, Identifiers: []Identifier{{Kind: r.id, Value: o.id}},
		Via: how, Notes: []string{how + "; the row does not name it"},
	}
}

// OnlyID reports whether the row gives a ROR id where the name
// should stand. There is nothing to compare then but what the register calls it.
func (p *Party) OnlyID() bool {
	return !p.Role.Person() && strings.Contains(strings.ToLower(p.Name), "ror.org/") &&
		slices.ContainsFunc(p.Identifiers, func(id Identifier) bool { return id.Kind == "ror" && registryID(id.Value) == registryID(p.Name) })
}

// calledBy is how the party that a row gives by its id alone comes to its name.
func (p *Party) calledBy() string { return plainRole(p.Role) + ", by ROR from " + p.Name }

// called finds the party that stands for one given by its id alone, by the place of both in the row.
func (p *Partner) called(i int) (int, bool) {
	from := &p.Parties[i]
	if !from.OnlyID() {
		return 0, false
	}
	by := from.calledBy()
	at := slices.IndexFunc(p.Parties, func(q Party) bool { return q.Via == by })
	return at, at >= 0
}

// plainRole is a role in a reader's words.
func plainRole(r Role) string { return strings.ReplaceAll(string(r), "_", " ") }
