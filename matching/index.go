package matching

import (
	"cmp"
	"iter"
	"runtime"
	"slices"
	"sync"

	"partnerscreen/screening"
)

// Options say how an index is to match. The zero value matches by the default policy.
type Options struct {
	Policy *screening.Policy
}

// Index finds the listed entities a party may be. It never changes once
// built, and any number of goroutines may ask it at once.
type Index struct {
	policy   *screening.Policy
	entities []*screening.Entity
	orgs     *space
	persons  *space
	numbers  map[string][]uint32 // identifiers and websites -> entities
	idle     [2]chan *search     // working memory, by space
}

// NewIndex builds the index of the entities.
func NewIndex(entities iter.Seq[*screening.Entity], opts Options) *Index {
	ix := &Index{policy: opts.Policy}
	if ix.policy == nil {
		ix.policy = screening.DefaultPolicy()
	}
	least := float32(min(ix.policy.NoteLine, ix.policy.ReviewLine))
	orgs, persons := newBuilder(false, least), newBuilder(true, least)
	ix.entities = gather(entities, orgs, persons)
	var wg sync.WaitGroup
	wg.Go(func() { ix.orgs = orgs.build() })
	wg.Go(func() { ix.persons = persons.build() })
	ix.numbers = numbersOf(ix.entities)
	wg.Wait()
	for i := range ix.idle {
		ix.idle[i] = make(chan *search, runtime.GOMAXPROCS(0))
	}
	return ix
}

// batch is some entities on their way into the spaces.
type batch struct {
	entities []*screening.Entity
	first    uint32 // the number of the first one
	orgs     []spelled
	persons  []spelled
	read     chan struct{} // closed when the names are read
}

// spelled is a name as it was read.
type spelled struct {
	entity uint32
	name   int
	words  []Word
}

const batchSize = 256

// gather adds the names of all entities to the two spaces. Names are read by
// as many goroutines as there are processors, and added in their order, so that
// the same entities always make the same index.
func gather(entities iter.Seq[*screening.Entity], orgs, persons *builder) []*screening.Entity {
	workers := runtime.GOMAXPROCS(0)
	toRead, toOrgs, toPersons := make(chan *batch), make(chan *batch, 2*workers), make(chan *batch, 2*workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for b := range toRead {
				b.readNames()
				close(b.read)
			}
		})
	}
	wg.Go(func() {
		for b := range toOrgs {
			<-b.read
			orgs.addAll(b.orgs)
		}
	})
	wg.Go(func() {
		for b := range toPersons {
			<-b.read
			persons.addAll(b.persons)
		}
	})
	var all []*screening.Entity
	send := func(first int) {
		if first == len(all) {
			return
		}
		b := &batch{entities: slices.Clone(all[first:]), first: uint32(first), read: make(chan struct{})}
		toRead <- b
		toOrgs <- b
		toPersons <- b
	}
	first := 0
	for e := range entities {
		if all = append(all, e); len(all) == first+batchSize {
			send(first)
			first = len(all)
		}
	}
	send(first)
	close(toRead)
	close(toOrgs)
	close(toPersons)
	wg.Wait()
	return all
}

// readNames reads the names of the batch: an organisation's as that, a
// person's as that, and as both where the list does not say and the name does not.
func (b *batch) readNames() {
	for k, e := range b.entities {
		id := b.first + uint32(k)
		for i := range e.Names {
			switch e.Kind {
			case screening.KindPerson:
				b.persons = append(b.persons, spelled{id, i, read(e.Names[i].Text, true)})
			case screening.KindVessel, screening.KindAircraft:
			default:
				words := read(e.Names[i].Text, false)
				b.orgs = append(b.orgs, spelled{id, i, words})
				if e.Kind == screening.KindUnknown && !speaksOfOrganisation(words) {
					b.persons = append(b.persons, spelled{id, i, read(e.Names[i].Text, true)})
				}
			}
		}
	}
}

// numbersOf lists which entities have which identifiers and websites.
func numbersOf(entities []*screening.Entity) map[string][]uint32 {
	m := map[string][]uint32{}
	add := func(key string, e int) {
		if had := m[key]; len(had) == 0 || had[len(had)-1] != uint32(e) {
			m[key] = append(had, uint32(e))
		}
	}
	for i, e := range entities {
		for _, id := range e.Identifiers {
			if key := identifierKey(id); key != "" {
				add(key, i)
			}
		}
		for _, h := range hosts(e) {
			add("domain "+h, i)
		}
	}
	return m
}

// speaksOfOrganisation reports whether the words of a name say that it is an organisation's.
func speaksOfOrganisation(words []Word) bool {
	for _, w := range words {
		if w.Class == Form || w.Class == Generic || w.Class == Number {
			return true
		}
	}
	return false
}

// Match implements screening.Matcher.
func (ix *Index) Match(p *screening.Party) []screening.Candidate {
	return ix.match(p, false, ix.policy.ReviewLine)
}

// Above is Match for another line than the review line of the policy. Below
// the note line the index does not find everything there is, so a lower line
// is taken as that one.
func (ix *Index) Above(p *screening.Party, line float64) []screening.Candidate {
	return ix.match(p, false, max(line, ix.policy.NoteLine))
}

// Exhaustive is Match by comparing the party with every name there is. It is
// slow, and there to show that the index misses nothing.
func (ix *Index) Exhaustive(p *screening.Party) []screening.Candidate {
	return ix.match(p, true, ix.policy.ReviewLine)
}

// found is the best name of one entity.
type found struct {
	entity uint32
	name   uint32
	score  float32
}

func (ix *Index) match(p *screening.Party, exhaustive bool, line float64) []screening.Candidate {
	which, s := 0, ix.orgs
	if p.Role.Person() {
		which, s = 1, ix.persons
	}
	var x *search
	select {
	case x = <-ix.idle[which]:
	default:
		x = newSearch(s)
	}
	defer func() {
		select {
		case ix.idle[which] <- x:
		default:
		}
	}()

	q := x.read(p.Name)
	x.lift = liftOf(p)
	x.found = x.found[:0]
	look := func(name uint32) {
		if a := x.compare(&q, x.unpack(name)); a.score > 0 {
			x.found = append(x.found, found{s.names[name].entity, name, a.score})
		}
	}
	if exhaustive {
		for name := range len(s.names) - 1 {
			look(uint32(name))
		}
	} else {
		x.each(&q, look)
	}
	x.foundByNumber(ix, p, &q)
	return ix.judge(p, &q, x, line, exhaustive)
}

// foundByNumber adds the entities that have an identifier or a website of the party's.
func (x *search) foundByNumber(ix *Index, p *screening.Party, q *profile) {
	if len(p.Identifiers) == 0 && p.Website == "" {
		return
	}
	add := func(key string) {
		for _, e := range ix.numbers[key] {
			from, to := x.space.namesOf(e)
			for name := from; name < to; name++ {
				x.found = append(x.found, found{e, name, x.compare(q, x.unpack(name)).score})
			}
		}
	}
	for _, id := range p.Identifiers {
		if key := identifierKey(id); key != "" {
			add(key)
		}
	}
	if h := host(p.Website); h != "" {
		add("domain " + h)
	}
}

// judge turns scores of names into candidates: all at or above the line, best
// first, and the best one below it. Names that no feature can lift so far are
// not explained; with doubt, some of them are.
func (ix *Index) judge(p *screening.Party, q *profile, x *search, line float64, doubt bool) []screening.Candidate {
	// By entity, the best name of each first.
	slices.SortFunc(x.found, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.entity, b.entity), -cmp.Compare(a.score, b.score), cmp.Compare(a.name, b.name))
	})
	x.found = slices.CompactFunc(x.found, func(a, b found) bool { return a.entity == b.entity })
	slices.SortFunc(x.found, func(a, b found) int {
		return cmp.Or(-cmp.Compare(a.score, b.score), cmp.Compare(a.entity, b.entity))
	})
	type judged struct {
		Scored
		entity *screening.Entity
	}
	var flagged []judged
	var nearest judged
	lift := x.lift + slack
	if doubt {
		lift += 0.08
	}
	for _, f := range x.found {
		if most := float64(f.score) + lift; most < line && most < nearest.Score {
			continue
		}
		e := ix.entities[f.entity]
		j := judged{x.explain(q, p, e, f.name, ix.policy), e}
		if j.Score >= line {
			flagged = append(flagged, j)
		} else if nearest.entity == nil || better(j.Scored, j.entity, nearest.Scored, nearest.entity) < 0 {
			nearest = j
		}
	}
	slices.SortFunc(flagged, func(a, b judged) int { return better(a.Scored, a.entity, b.Scored, b.entity) })
	if nearest.entity != nil && nearest.Score > 0 {
		flagged = append(flagged, nearest)
	}
	if len(flagged) == 0 {
		return nil
	}
	out := make([]screening.Candidate, len(flagged))
	for i, j := range flagged {
		out[i] = screening.Candidate{Entity: j.entity, Matched: j.Matched, Score: j.Score, Evidence: j.Evidence}
	}
	return out
}

// explain scores a name of the space with all features.
func (x *search) explain(q *profile, p *screening.Party, e *screening.Entity, name uint32, policy *screening.Policy) Scored {
	n := e.Names[x.space.names[name].name]
	c := x.read(n.Text)
	return explain(&x.scorer, q, &c, p, e, n, policy)
}

// better orders candidates: by score, then by the evidence for them, since
// many reach the top, then by list and id.
func better(a Scored, e *screening.Entity, b Scored, f *screening.Entity) int {
	return cmp.Or(-cmp.Compare(a.Score, b.Score), -cmp.Compare(screening.Round(a.Support), screening.Round(b.Support)),
		cmp.Compare(e.List, f.List), cmp.Compare(e.ID, f.ID))
}

// compare scores one name against another.
func (s *scorer) compare(q, c *profile) alignment {
	if q.person {
		return s.alignPersons(q, c)
	}
	return s.align(q, c)
}
