package screening

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"
)

// Ties are who stands above whom by the lists' own links: owners, controllers
// and parents of listed parties, and of parties that a list names only because a
// listed one owns them. They are built once, of the lists a run screens against, and never changed.
type Ties struct {
	nodes    []tied
	above    map[int32][]tie // by what is owned
	byEntity map[listedID]int32
	byName   map[string][]int32 // by every folded name, of parties that are not listed
	dated    []datedTie
}

// datedTie is a tie that begins or ends on a day, and the entry that says so.
type datedTie struct {
	tie
	entity *Entity
}

type listedID struct{ list, id string }

// tied is one party that ties name.
type tied struct {
	list, id, name string
	entity         *Entity // nil where the list does not list it
	kind           Kind
	countries      []string
	names          []string // folded
}

// tie is one link up, as a listed party's entry says it.
type tie struct {
	owner        int32
	word         string // owner, controller, parent
	share        Share
	entry        string // the id of the entry
	since, until string
}

// upward are the kinds of link from what is owned to its owner, downward those
// the other way, each with what the owner is called.
var (
	upward   = map[string]string{"owned_by": "owner", "controlled_by": "controller", "parent": "parent", "part_of": "parent"}
	downward = map[string]string{"owns": "owner", "controls": "controller", "subsidiary": "parent"}
)

// NewTies reads the links of entities. Lists that are restricted are left out
// by whoever hands the entities over: what stands on one may be shown to nobody else.
func NewTies(entities iter.Seq[*Entity]) *Ties {
	t := &Ties{above: map[int32][]tie{}, byEntity: map[listedID]int32{}, byName: map[string][]int32{}}
	wantedIDs, wantedNames := map[listedID]*Entity{}, map[listedID]*Entity{} // by id, and by folded name in place of it
	var carrying []*Entity
	for e := range entities {
		carries := false
		for i := range e.Links {
			if l := &e.Links[i]; upward[l.Kind]+downward[l.Kind] != "" {
				carries = true
				if l.Entity != "" {
					wantedIDs[listedID{e.List, l.Entity}] = nil
				} else {
					wantedNames[listedID{e.List, foldLetters(l.Name)}] = nil
				}
			}
		}
		if carries {
			carrying = append(carrying, e)
		}
	}
	if len(carrying) == 0 {
		return t
	}
	naming := map[string]bool{}
	for w := range wantedNames {
		naming[w.list] = true
	}
	for e := range entities {
		if _, wanted := wantedIDs[listedID{e.List, e.ID}]; wanted {
			wantedIDs[listedID{e.List, e.ID}] = e
		}
		if !naming[e.List] {
			continue
		}
		for _, n := range e.Names {
			at := listedID{e.List, foldLetters(n.Text)}
			if was, wanted := wantedNames[at]; wanted && n.Kind != AcronymName && !n.Weak {
				switch was {
				case nil:
					wantedNames[at] = e
				case e:
				default:
					delete(wantedNames, at) // two of one name: neither is meant for sure
				}
			}
		}
	}
	other := func(e *Entity, l *Link) int32 {
		if l.Entity == "" {
			if named := wantedNames[listedID{e.List, foldLetters(l.Name)}]; named != nil {
				return t.listed(named)
			}
		} else if named := wantedIDs[listedID{e.List, l.Entity}]; named != nil {
			return t.listed(named)
		}
		return t.unlisted(e.List, l.Entity, l.Name, l)
	}
	for _, e := range carrying {
		for i := range e.Links {
			l := &e.Links[i]
			word := upward[l.Kind] + downward[l.Kind]
			if word == "" {
				continue
			}
			var from int32
			if l.Of != "" || l.OfName != "" {
				from = t.unlisted(e.List, l.Of, l.OfName, &Link{})
			} else {
				from = t.listed(e)
			}
			owned, owner := from, other(e, l)
			if downward[l.Kind] != "" {
				owned, owner = owner, owned
			}
			if kind := t.nodes[owned].kind; owned == owner || (kind != KindUnknown && kind != KindOrganisation) {
				continue // nobody owns a person; ships are no parties here
			}
			share, _ := ParseShare(l.Share)
			share.Control = word == "controller"
			x := tie{owner: owner, word: word, share: share, entry: e.ID, since: l.Since, until: l.Until}
			t.above[owned] = append(t.above[owned], x)
			if l.Since+l.Until != "" {
				t.dated = append(t.dated, datedTie{x, e})
			}
		}
	}
	for owned := range t.above {
		t.sort(t.above[owned])
	}
	return t
}

// sort puts listed owners first, then those whose shares are said, the largest
// first, so that a limit keeps what matters.
func (t *Ties) sort(ties []tie) {
	slices.SortFunc(ties, func(a, b tie) int {
		x, y := &t.nodes[a.owner], &t.nodes[b.owner]
		return cmp.Or(
			cmp.Compare(btoi(y.entity != nil), btoi(x.entity != nil)), cmp.Compare(btoi(b.share.Said), btoi(a.share.Said)), cmp.Compare(b.share.Low, a.share.Low), cmp.Compare(b.share.High, a.share.High),
			cmp.Compare(x.list, y.list), cmp.Compare(x.id, y.id), cmp.Compare(x.name, y.name), cmp.Compare(a.entry, b.entry), cmp.Compare(a.word, b.word),
			cmp.Compare(a.since, b.since), cmp.Compare(a.until, b.until),
		)
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (t *Ties) listed(e *Entity) int32 {
	at := listedID{e.List, e.ID}
	if n, ok := t.byEntity[at]; ok {
		return n
	}
	node := tied{list: e.List, id: e.ID, name: e.Name(), entity: e, kind: e.Kind, countries: e.Countries}
	for _, n := range e.Names {
		if n.Kind != AcronymName && !n.Weak {
			node.names = append(node.names, foldLetters(n.Text))
		}
	}
	return t.add(at, node)
}

// unlisted is a party that a list names in its links only: by its id there, or by its name.
func (t *Ties) unlisted(list, id, name string, l *Link) int32 {
	at := listedID{list, cmp.Or(id, "name "+foldLetters(name))}
	n, ok := t.byEntity[at]
	if !ok {
		n = t.add(at, tied{list: list, id: id, name: name})
	}
	node := &t.nodes[n]
	node.name = cmp.Or(node.name, name)
	node.kind = cmp.Or(node.kind, l.Party)
	if len(node.countries) == 0 {
		node.countries = l.Countries
	}
	for _, text := range append([]string{name}, l.Also...) {
		if key := foldLetters(text); key != "" && !slices.Contains(node.names, key) {
			node.names = append(node.names, key)
			t.byName[key] = append(t.byName[key], n)
		}
	}
	return n
}

func (t *Ties) add(at listedID, node tied) int32 {
	n := int32(len(t.nodes))
	t.nodes, t.byEntity[at] = append(t.nodes, node), n
	return n
}

// of returns the party of an entity that ties name, or false.
func (t *Ties) of(e *Entity) (int32, bool) {
	n, ok := t.byEntity[listedID{e.List, e.ID}]
	return n, ok && t.nodes[n].entity != nil
}

// named are the parties that are not listed and go by exactly a party's name, in
// no other country where both are known.
func (t *Ties) named(p *Party) []int32 {
	if t == nil || p.Role.Person() {
		return nil
	}
	var out []int32
	for _, n := range t.byName[foldLetters(p.Name)] {
		node := &t.nodes[n]
		if p.Country != "" && len(node.countries) > 0 && !slices.Contains(node.countries, p.Country) || node.kind == KindPerson {
			continue
		}
		out = append(out, n)
	}
	return out
}

// over reports whether a tie has ended by a day, or not yet begun; dates may
// be cut to the year or the month.
func (x *tie) over(day string) bool {
	return x.until != "" && x.until < day[:min(len(day), len(x.until))] || x.since != "" && x.since > day[:min(len(day), len(x.since))]
}

// Turned are the entries with a tie that began or ended after one day and by
// another, both 2006-01-02.
func (t *Ties) Turned(after, by string) []*Entity {
	var out []*Entity
	for i := range t.dated {
		if x := &t.dated[i]; x.over(after) != x.over(by) && !slices.Contains(out, x.entity) {
			out = append(out, x.entity)
		}
	}
	return out
}

// NextTurn is the first day after another on which a tie begins or is over; ""
// where none does.
func (t *Ties) NextTurn(after string) string {
	next := ""
	for i := range t.dated {
		for _, day := range []string{firstDay(t.dated[i].since), dayAfter(t.dated[i].until)} {
			if day > after && (next == "" || day < next) {
				next = day
			}
		}
	}
	return next
}

// firstDay is the first day of a date that may be cut to the year or the month; "" for no date.
func firstDay(date string) string {
	if len(date) < len("2006") || len(date) > len(time.DateOnly) {
		return ""
	}
	return date + "2006-01-01"[len(date):]
}

// dayAfter is the day after the last one of such a date.
func dayAfter(date string) string {
	first, err := time.Parse(time.DateOnly, firstDay(date))
	if err != nil {
		return ""
	}
	switch len(date) {
	case len("2006"):
		first = first.AddDate(1, 0, 0)
	case len("2006-01"):
		first = first.AddDate(0, 1, 0)
	default:
		first = first.AddDate(0, 0, 1)
	}
	return first.Format(time.DateOnly)
}

// Stands stands for all that ties say, on a day, of a party and its candidates at
// or above a line: two of one text have one chain. "" where they say nothing.
func (t *Ties) Stands(p *Party, found []Candidate, line float64, day string) string {
	if t == nil || len(t.nodes) == 0 {
		return ""
	}
	starts := t.named(p)
	for _, c := range found {
		if n, ok := t.of(c.Entity); ok && Round(c.Score) >= line {
			starts = append(starts, n)
		}
	}
	var b strings.Builder
	seen := map[int32]bool{}
	for i := 0; i < len(starts); i++ {
		if seen[starts[i]] {
			continue
		}
		seen[starts[i]] = true
		for _, x := range t.above[starts[i]] {
			if x.over(day) {
				continue
			}
			owner := &t.nodes[x.owner]
			hash := ""
			if owner.entity != nil {
				hash = owner.entity.Hash()
			}
			b.WriteString(strings.Join([]string{t.nodes[starts[i]].name, owner.list, owner.id, owner.name, hash, x.word, x.share.String(), x.entry, x.since, x.until, "\n"}, "\x00"))
			starts = append(starts, x.owner)
		}
	}
	return b.String()
}

// Below are what stands, by any number of steps, below entities that changed
// and what their links name, as they were and as they are: the listed parties of
// it, and whether a party goes by the name of one that is not listed.
func (t *Ties) Below(changed []*Entity) (listed []*Entity, named func(*Party) bool) {
	down := map[int32][]int32{}
	for owned, ties := range t.above {
		for _, x := range ties {
			down[x.owner] = append(down[x.owner], owned)
		}
	}
	var line []int32
	names := map[string]bool{}
	root := func(list, id, name string) {
		key := foldLetters(name)
		for _, at := range []listedID{{list, id}, {list, "name " + key}} {
			if n, ok := t.byEntity[at]; ok && at.id != "" {
				line = append(line, n)
			}
		}
		line = append(line, t.byName[key]...)
		names[key] = true
	}
	for _, e := range changed {
		root(e.List, e.ID, e.Name())
		for _, n := range e.Names { // a link may name it by any of them
			root(e.List, "", n.Text)
		}
		for i := range e.Links {
			l := &e.Links[i]
			if upward[l.Kind]+downward[l.Kind] == "" {
				continue
			}
			root(e.List, l.Entity, l.Name)
			for _, also := range l.Also {
				root(e.List, "", also)
			}
			if l.Of != "" || l.OfName != "" {
				root(e.List, l.Of, l.OfName)
			}
		}
	}
	delete(names, "")
	seen := map[int32]bool{}
	for i := 0; i < len(line); i++ {
		n := line[i]
		if seen[n] {
			continue
		}
		seen[n] = true
		if e := t.nodes[n].entity; e != nil {
			listed = append(listed, e)
		} else {
			for _, key := range t.nodes[n].names {
				names[key] = true
			}
		}
		line = append(line, down[n]...)
	}
	return listed, func(p *Party) bool { return !p.Role.Person() && names[foldLetters(p.Name)] }
}
