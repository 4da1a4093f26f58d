package matching

import (
	"slices"
	"strings"
)

// space is the names of one kind of party, organisations or persons, and what
// finds those like a name without looking at all of them.
type space struct {
	person bool
	least  float32 // the name score down to which every name is found

	terms  []term
	posts  []uint32  // by term: the number it is posted under
	common []bool    // by term: found through pairs of words, not alone
	spell  *postings // neighbourhood key -> term
	sorted []uint32  // terms by text, for words cut short

	names    []nameRef
	refs     []ref
	formSets [][]string
	acronyms []uint64  // hashes, by nameRef
	found    *postings // key of a word, a pair, a squashed name or an acronym -> name
}

// nameRef is one name of one entity.
type nameRef struct {
	entity   uint32
	name     uint16 // of Entity.Names
	forms    uint16 // of formSets
	words    uint32 // of refs
	acronyms uint32
	mass     float32
	squash   uint64
	full     uint64
	segments uint8
	initials bool // of a person's name: some words are single letters
}

// ref is one word of a name.
type ref struct {
	term    uint32
	post    uint32
	weight  float32
	segment uint8
}

// commonAt is how many names may hold a word before it is looked up only
// together with a second word: the cost of a query must not grow with the
// number of names that share a frequent word.
const commonAt = 60

// builder gathers the names of a space.
type builder struct {
	space
	interned map[string]uint32
	concepts map[string]uint32 // posting numbers of generic words, places and numbers
	formIDs  map[string]uint16
}

func newBuilder(person bool, least float32) *builder {
	return &builder{space: space{person: person, least: least}, interned: map[string]uint32{}, concepts: map[string]uint32{}, formIDs: map[string]uint16{}}
}

func (b *builder) intern(w *Word) *term {
	id, ok := b.interned[internKey(w)]
	if !ok {
		id = uint32(len(b.terms))
		b.interned[internKey(w)] = id
		b.terms = append(b.terms, *newTerm(w, b.person))
		b.posts = append(b.posts, b.post(w, id))
	}
	return &b.terms[id]
}

// post returns the number a word is posted under: its own, or one for all the
// words of one concept, since they all find each other.
func (b *builder) post(w *Word, term uint32) uint32 {
	if w.Class == Distinctive {
		return term
	}
	k := string(rune('a'+w.Class)) + w.Key
	if id, ok := b.concepts[k]; ok {
		return id
	}
	b.concepts[k] = term
	return term
}

func internKey(w *Word) string {
	k := w.Text + "\x00" + w.Key + "\x00" + string(rune('a'+w.Class))
	for _, a := range w.Alts {
		k += "\x00" + a
	}
	return k
}

// add takes name number i of entity number e into the space.
func (b *builder) add(e uint32, i int, words []Word) {
	p := newProfile(words, b.person, b.intern)
	mass := p.mass()
	if mass == 0 {
		return
	}
	n := nameRef{entity: e, name: uint16(i), words: uint32(len(b.refs)), acronyms: uint32(len(b.acronyms)), mass: mass, squash: p.squashHash, full: p.fullHash, segments: uint8(min(p.segments, 255)), forms: b.formSet(p.forms)}
	for _, w := range p.words {
		n.initials = n.initials || len(w.text) == 1
		id := b.interned[internKeyOf(w.term)]
		b.refs = append(b.refs, ref{id, b.posts[id], w.weight, w.segment})
	}
	b.acronyms = append(b.acronyms, p.acronymHashes...)
	b.names = append(b.names, n)
}

func internKeyOf(t *term) string {
	k := t.text + "\x00" + t.key + "\x00" + string(rune('a'+t.class))
	for _, a := range t.alts {
		k += "\x00" + a
	}
	return k
}

func (b *builder) formSet(forms []string) uint16 {
	k := ""
	for _, f := range forms {
		k += f + "\x00"
	}
	id, ok := b.formIDs[k]
	if !ok {
		if len(b.formSets) > 60000 {
			return 0
		}
		id = uint16(len(b.formSets))
		b.formIDs[k] = id
		b.formSets = append(b.formSets, forms)
	}
	return id
}

// build makes the space ready to be asked.
func (b *builder) build() *space {
	s := &b.space
	var spellings []entry
	for id := range s.terms {
		s.terms[id].neighbourhood(true, func(h uint64) { spellings = append(spellings, entry{h, uint32(id)}) })
	}
	s.spell = newPostings(spellings)
	s.sorted = make([]uint32, len(s.terms))
	for id := range s.sorted {
		s.sorted[id] = uint32(id)
	}
	slices.SortFunc(s.sorted, func(a, b uint32) int { return strings.Compare(s.terms[a].text, s.terms[b].text) })
	spellings = nil

	held := make([]uint32, len(s.terms))
	for _, r := range s.refs {
		if r.weight > 0 {
			held[r.post]++
		}
	}
	s.common = make([]bool, len(s.terms))
	for t, n := range held {
		s.common[t] = n > commonAt
	}
	s.names = append(s.names, nameRef{words: uint32(len(s.refs)), acronyms: uint32(len(s.acronyms))}) // the end
	var entries []entry
	for id := range len(s.names) - 1 {
		n := &s.names[id]
		post := func(h uint64) { entries = append(entries, entry{h, uint32(id)}) }
		s.signature(id, held, post)
		post(n.squash)
		post(n.full)
		for _, a := range s.acronyms[n.acronyms:s.names[id+1].acronyms] {
			post(a)
		}
	}
	s.found = newPostings(entries)
	s.refs, s.names, s.terms, s.posts = slices.Clip(s.refs), slices.Clip(s.names), slices.Clip(s.terms), slices.Clip(s.posts)
	return s
}

// signature posts name number id under keys such that whatever scores at
// least s.least against it holds one of them.
//
// A score of at least L needs shared words of weight M with
// M/(M+lackCost·(W−M)) >= L, where W is the weight of the whole name. The
// words are taken rarest first until the rest weighs too little to reach
// that alone: one of those taken must be shared. A frequent one among them is
// posted with each of the other words instead of alone, unless it is
// enough by itself.
func (s *space) signature(id int, held []uint32, post func(uint64)) {
	n := &s.names[id]
	refs := s.refs[n.words:s.names[id+1].words]
	var buf [maxWords]ref
	words := buf[:0]
	for _, r := range refs {
		if r.weight > 0 {
			words = append(words, r)
		}
	}
	slices.SortFunc(words, func(x, y ref) int { return int(held[x.post]) - int(held[y.post]) })
	enough := leastShare(s.least, s.person) * n.mass * 0.999
	rest, heaviest := float32(0), float32(0)
	for _, w := range words {
		rest += w.weight
		heaviest = max(heaviest, w.weight)
	}
	for i, w := range words {
		if rest < enough {
			break
		}
		rest -= w.weight
		// One name of a person alone never scores enough (oneName).
		alone := w.weight >= enough && (!s.person || len(words) == 1)
		if !s.common[w.post] || alone {
			post(oneKey(w.post))
		}
		if !s.common[w.post] {
			continue
		}
		for j, u := range words {
			if j == i {
				continue
			}
			if s.common[u.post] || j > i {
				post(pairKey(w.post, u.post))
			}
			if s.person {
				text := s.terms[u.term].text
				post(letterKey(w.post, text[0], len(text) == 1))
			}
		}
	}
}

// leastShare is the share of a name's weight that must be found for it to score least.
func leastShare(least float32, person bool) float32 {
	cost := float32(lackCost)
	if person {
		cost = personLackCost
	}
	// M/(M+cost·(W−M)) >= least  =>  M/W >= least·cost/(1−least+least·cost)
	return least * cost / (1 - least + least*cost)
}

func oneKey(t uint32) uint64 { return mix((uint64(t) + 1) * 0x9E3779B97F4A7C15) }

// letterKey is of a frequent word of a person's name beside one that begins
// with a letter, or is an initial.
func letterKey(t uint32, letter byte, initial bool) uint64 {
	k := uint64(letter) << 1
	if initial {
		k |= 1
	}
	return mix((uint64(t)<<32 | k | 1<<31) * 0xA0761D6478BD642F)
}

func pairKey(t, u uint32) uint64 {
	if t > u {
		t, u = u, t
	}
	return mix((uint64(t)<<32 | uint64(u)) * 0xD6E8FEB86659FD93)
}
