package screening

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// ChainLimits bound how far the lists' own links are followed for one row; 0
// is the limit of DefaultChainLimits.
type ChainLimits struct {
	Depth   int `json:"depth,omitempty"`   // steps up
	Parties int `json:"parties,omitempty"` // owners screened as parties of the row
	Links   int `json:"links,omitempty"`   // links whose shares are added up
}

// DefaultChainLimits are wide for what is published and narrow for what is hostile.
var DefaultChainLimits = ChainLimits{Depth: 8, Parties: 25, Links: 1000}

// Chain is what the lists' own links say stands above the parties of a row.
// nil is no chain.
type Chain struct {
	linked map[int]*linked    // parties of the row that links brought in, by their place
	shares []Holding          // between nodes: "party N" is a party of the row
	names  map[string]string  // of nodes that are no party of the row
	own    map[string]*Entity // what a node is by the list itself
	taken  map[string]string  // folded name -> node
	node   map[int32]string   // of a tied party
	parsed int                // links looked at
}

// linked is a party that a list's link brought into a row.
type linked struct {
	node  string
	below []string // the nodes of the parties of the row it stands above
	// carried is how sure it is that those parties are the ones the list means.
	carried Strength
	// moot are the controls that what it owns is likely to be listed under itself.
	moot []Control
	is   *Entity // nil where the list does not list it
}

func (c *Chain) party(i int) *linked {
	if c == nil {
		return nil
	}
	return c.linked[i]
}

func (c *Chain) holdings() []Holding {
	if c == nil {
		return nil
	}
	return slices.Clone(c.shares)
}

func (c *Chain) label(of map[string]string) {
	if c != nil {
		for node, name := range c.names {
			of[node] = name
		}
	}
}

func (c *Chain) listed() map[string]*Entity {
	if c == nil {
		return nil
	}
	return c.own
}

// walk is the following of one party of a row upward.
type walk struct {
	j      *Judge
	chain  *Chain
	p      *Partner
	found  [][]Candidate
	match  func(*Party) []Candidate
	limits ChainLimits
	day    string
	left   int // owners that are too many to be parties of the row
	cut    bool
}

// Above follows the lists' own links upward from the parties of a row, as far
// as those are likely to be listed, or go by exactly the name of what a list
// knows as owned by others. Each owner comes in as a party of the row, matched
// by match, with the link that brought it in; what a person has said is another
// party leads nowhere. found are the candidates of p.Parties, and of the
// parties that come in once it returns.
func (j *Judge) Above(p *Partner, found [][]Candidate, match func(*Party) []Candidate) (*Chain, [][]Candidate) {
	if j.Ties == nil || len(j.Ties.nodes) == 0 {
		return nil, found
	}
	limits := j.Policy.Chain
	limits = ChainLimits{cmp.Or(limits.Depth, DefaultChainLimits.Depth), cmp.Or(limits.Parties, DefaultChainLimits.Parties), cmp.Or(limits.Links, DefaultChainLimits.Links)}
	w := &walk{j: j, p: p, found: found, match: match, limits: limits, day: j.Now.UTC().Format(time.DateOnly)}
	w.chain = &Chain{linked: map[int]*linked{}, names: map[string]string{}, own: map[string]*Entity{}, taken: map[string]string{}, node: map[int32]string{}}
	bases := len(p.Parties)
	for i := range bases {
		if key := foldLetters(p.Parties[i].Name); w.chain.taken[key] == "" {
			w.chain.taken[key] = partyNode(i)
		}
	}
	for i := range bases {
		w.from(i)
	}
	if len(w.chain.shares) == 0 {
		return nil, found
	}
	if w.left > 0 {
		p.Parties[0].Notes = append(p.Parties[0].Notes, fmt.Sprintf("%d more owners by the lists' own links are too many to be screened here (policy.chain_parties is %d)", w.left, limits.Parties))
	}
	if w.cut {
		p.Parties[0].Notes = append(p.Parties[0].Notes, fmt.Sprintf("the lists' own links go on beyond what is followed (policy.chain_depth is %d, policy.chain_links %d)", limits.Depth, limits.Links))
	}
	return w.chain, w.found
}

// start is where a walk begins: a tied party that a party of the row is likely to be.
type start struct {
	node     int32
	strength Strength
	moot     []Control
}

// starts are the tied parties that a party of the row may be, without those a
// person has said it is not.
func (w *walk) starts(i int) []start {
	party := &w.p.Parties[i]
	if party.Role.Person() {
		return nil
	}
	var out []start
	for _, n := range w.j.Ties.named(party) {
		out = append(out, start{node: n, strength: Exact})
	}
	var dismissed map[listedID]bool
	for _, c := range w.found[i] {
		n, ok := w.j.Ties.of(c.Entity)
		if !ok || Round(c.Score) < w.j.Policy.ReviewLine || len(w.j.Ties.above[n]) == 0 {
			continue
		}
		if dismissed == nil {
			dismissed = w.dismissed(i)
		}
		if !dismissed[listedID{c.Entity.List, c.Entity.ID}] {
			out = append(out, start{node: n, strength: w.j.Policy.Strength(c.Score), moot: c.Entity.Controls()})
		}
	}
	return out
}

// dismissed are the entities that a person has said a party of the row is not.
func (w *walk) dismissed(i int) map[listedID]bool {
	out := map[listedID]bool{}
	if w.j.Memory == nil {
		return out
	}
	r := w.j.Party(w.j.Work(w.p), &w.p.Parties[i], w.found[i])
	for k := range r.Matches {
		if r.Matches[k].Rule == ruleDismissed {
			for _, l := range r.Matches[k].Listings {
				out[listedID{l.List, l.Entity}] = true
			}
		}
	}
	return out
}

// step is a tied party on the way up.
type step struct {
	tied int32
	node string
	via  string // whose it is: "partner's owner"
	from start
	at   int // steps up
}

// from follows one party of the row, nearest owners first.
func (w *walk) from(i int) {
	base := partyNode(i)
	via := w.p.Parties[i].Link()
	var line []step
	for _, s := range w.starts(i) {
		line = append(line, step{tied: s.node, node: base, via: via, from: s})
	}
	seen := map[[2]string]bool{}
	for k := 0; k < len(line); k++ {
		at := line[k]
		for _, x := range w.j.Ties.above[at.tied] {
			if x.over(w.day) {
				continue
			}
			if at.at == w.limits.Depth || w.chain.parsed == w.limits.Links {
				w.cut = true
				break
			}
			w.chain.parsed++
			node := w.nodeOf(x.owner)
			w.chain.shares = append(w.chain.shares, Holding{node, at.node, x.share})
			if node == base || node == at.node {
				continue // a ring
			}
			next := step{tied: x.owner, node: node, via: at.via + "'s " + x.word, from: at.from, at: at.at + 1}
			w.enter(node, base, &next, &x)
			if tiedTo := [2]string{node, fmt.Sprint(x.owner)}; !seen[tiedTo] {
				seen[tiedTo] = true
				line = append(line, next)
				line = append(line, w.elsewhere(node, &next, seen)...)
			}
		}
	}
}

// elsewhere is the same owner as other lists have it, which may say who owns it.
func (w *walk) elsewhere(node string, at *step, seen map[[2]string]bool) []step {
	var out []step
	for i, l := range w.chain.linked {
		if l.node != node {
			continue
		}
		for _, c := range w.found[i] {
			n, ok := w.j.Ties.of(c.Entity)
			if !ok || w.j.Policy.Strength(c.Score) != Exact || (l.is != nil && !SameParty(l.is, c.Entity)) {
				continue
			}
			if tiedTo := [2]string{node, fmt.Sprint(n)}; !seen[tiedTo] {
				seen[tiedTo] = true
				same := *at
				same.tied = n
				out = append(out, same)
			}
		}
	}
	return out
}

// nodeOf is the node of a tied party in the row: that of a party of one name on
// another list, or that the row names itself, where there is one. Two entries of one list
// are two parties, whatever their names.
func (w *walk) nodeOf(n int32) string {
	if node := w.chain.node[n]; node != "" {
		return node
	}
	t := &w.j.Ties.nodes[n]
	node := ""
	for _, name := range t.names {
		at := w.chain.taken[name]
		if own := w.chain.own[at]; at != "" && (own == nil || t.entity == nil || own.List != t.list) {
			node = at
			break
		}
	}
	if node == "" {
		node = fmt.Sprintf("%s %s %d", t.list, t.id, n)
		w.chain.names[node] = t.name
	}
	w.chain.node[n] = node
	for _, name := range t.names {
		if w.chain.taken[name] == "" {
			w.chain.taken[name] = node
		}
	}
	if t.entity != nil && w.chain.own[node] == nil {
		w.chain.own[node] = t.entity
	}
	return node
}

// enter makes an owner a party of the row, unless it is one.
func (w *walk) enter(node, base string, at *step, x *tie) {
	t := &w.j.Ties.nodes[at.tied]
	l := (*linked)(nil)
	for i := range w.p.Parties {
		if known := w.chain.linked[i]; known != nil && known.node == node {
			l = known
		}
		if node == partyNode(i) {
			return // the row names it, or a register does
		}
	}
	if l == nil {
		if len(w.chain.linked) >= w.limits.Parties {
			w.left++
			return
		}
		how := at.via + ", by " + t.list + "'s entry " + x.entry
		if x.share.Said {
			how += " (" + x.share.String() + ")"
		}
		party := t.party(how)
		l = &linked{node: node, is: t.entity, carried: at.from.strength, moot: at.from.moot}
		w.chain.linked[len(w.p.Parties)] = l
		w.p.Parties = append(w.p.Parties, party)
		w.found = append(w.found, w.candidates(&party, t))
	} else {
		if at.from.strength.Rank() > l.carried.Rank() {
			l.carried = at.from.strength
		}
		if !slices.Contains(l.below, base) { // it owns something else of the row as well
			l.moot = slices.DeleteFunc(slices.Clone(l.moot), func(c Control) bool { return !slices.Contains(at.from.moot, c) })
		}
	}
	if !slices.Contains(l.below, base) {
		l.below = append(l.below, base)
	}
}

// party is a tied party as one of the row's.
func (t *tied) party(how string) Party {
	p := Party{Role: RoleParent, Name: t.name, Via: how, Notes: []string{how + "; the row does not name it"}}
	if t.kind == KindPerson {
		p.Role = RolePerson
	}
	if len(t.countries) == 1 {
		p.Country = t.countries[0]
	}
	if e := t.entity; e != nil {
		for _, id := range e.Identifiers {
			if slices.Contains(naming, id.Kind) {
				p.Identifiers = append(p.Identifiers, id)
			}
		}
		if len(e.BirthDates) == 1 {
			p.BirthDate = e.BirthDates[0]
		}
	}
	return p
}

// candidates are what an owner may be. Where its list has it as an entry of its own, that
// is what it is, and only the same party on other lists is it too.
func (w *walk) candidates(p *Party, t *tied) []Candidate {
	found := w.match(p)
	if t.entity == nil {
		return found
	}
	own := Candidate{
		Entity: t.entity, Matched: t.entity.Names[0], Score: 1,
		Evidence: []Evidence{{Feature: "link", Direction: For, Score: 1, Query: p.Name, Candidate: t.entity.Name(), Detail: "the list's own link names this entry"}},
	}
	out := []Candidate{own}
	for _, c := range found {
		if c.Entity != t.entity && (c.Entity.List != t.entity.List || c.Entity.ID != t.entity.ID) && SameParty(c.Entity, t.entity) {
			out = append(out, c)
		}
	}
	return out
}

// disown takes back what a node is by the list itself: a person has said otherwise.
func (c *Chain) disown(node string) {
	if c != nil {
		delete(c.own, node)
	}
}
