package matching

import (
	"cmp"
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
	held   []uint32  // by posting number: how many names hold it
	spell  *postings // neighbourhood key -> term
	shapes []shape   // by term
	sorted []uint32  // terms by text, for words cut short
	runs   *hashSet  // neighbouring words written as one

	names    []nameRef
	starts   []uint32 // by name: its first word in refs; and the end
	refs     []ref
	weights  []float32 // what words weigh, each weight once; none first
	formSets [][]string
	acronyms []uint64  // hashes, by nameRef
	met      met       // words of queries
	found    *postings // key of a word, a pair, a squashed name or an acronym -> name
}

// nameRef is one name of one entity.
type nameRef struct {
	entity   uint32
	name     uint16 // of Entity.Names
	forms    uint16 // of formSets
	acronyms uint32
	squash   uint64
	full     uint64
	segments uint8
	initials bool // of a person's name: some words are single letters
}

// ref is one word of a name: all that bounding a score asks of it.
type ref struct {
	term    uint32
	post    uint32
	weight  uint16 // of weights; 0 for a word that counts for nothing
	segment uint8
	class   Class
}

// commonAt is how many names may hold a word before it is looked up only
// together with a second word: the cost of a query must not grow with the
// number of names that share a frequent word.
const commonAt = 60

// common reports whether the names of a posting number are found through pairs
// of words, not alone.
func (s *space) common(post uint32) bool { return s.held[post] > commonAt }

// builder gathers the names of a space.
type builder struct {
	space
	gathered pile[term]
	interned map[uint64]uint32 // identity of a word -> term
	concepts map[uint64]uint32 // posting numbers of generic words, places and numbers
	formIDs  map[string]uint16
	weighs   map[float32]uint16
}

func newBuilder(person bool, least float32) *builder {
	return &builder{
		space: space{person: person, least: least, weights: []float32{0}}, interned: map[uint64]uint32{}, concepts: map[uint64]uint32{},
		formIDs: map[string]uint16{}, weighs: map[float32]uint16{0: 0},
	}
}

func (b *builder) intern(w *Word) *term {
	h := identity(w)
	for {
		id, ok := b.interned[h]
		if !ok {
			id = uint32(b.gathered.len)
			b.interned[h] = id
			t := listedTerm(w, b.person)
			t.id = id
			b.posts = append(b.posts, b.post(w, id))
			return b.gathered.add(*t)
		}
		if t := b.gathered.at(int(id)); t.is(w) {
			return t
		}
		h++ // two words of one hash
	}
}

// post returns the number a word is posted under: its own, or one for all the
// words of one concept, since they all find each other.
func (b *builder) post(w *Word, term uint32) uint32 {
	if w.Class == Distinctive {
		return term
	}
	k := hashKey('a'+byte(w.Class), w.Key)
	if id, ok := b.concepts[k]; ok {
		return id
	}
	b.concepts[k] = term
	return term
}

// identity hashes what makes a word the word it is.
func identity(w *Word) uint64 {
	h := hashByte(hashMore(hashByte(hashMore(hashStart('w'), w.Text), 0), w.Key), 'a'+byte(w.Class))
	for _, a := range w.Alts {
		h = hashMore(hashByte(h, 0), a)
	}
	return mix(h)
}

// is reports whether t is the term of w.
func (t *term) is(w *Word) bool {
	return t.class == w.Class && strings.HasPrefix(w.Text, t.text) && t.key == w.Key && slices.Equal(t.alts, w.Alts)
}

func (b *builder) addAll(names []spelled) {
	for _, n := range names {
		b.add(n.entity, n.name, n.words)
	}
}

// add takes name number i of entity number e into the space.
func (b *builder) add(e uint32, i int, words []Word) {
	p := newProfile(words, b.person, b.intern)
	if p.mass() == 0 {
		return
	}
	n := nameRef{entity: e, name: uint16(i), acronyms: uint32(len(b.acronyms)), squash: p.squashHash, full: p.fullHash, segments: uint8(min(p.segments, 255)), forms: b.formSet(p.forms)}
	b.starts = append(b.starts, uint32(len(b.refs)))
	for _, w := range p.words {
		n.initials = n.initials || len(w.text) == 1
		b.refs = append(b.refs, ref{w.id, b.posts[w.id], b.weight(w.weight), w.segment, w.class})
	}
	b.acronyms = append(b.acronyms, p.acronymHashes...)
	b.names = append(b.names, n)
}

// weight returns the number of a weight. There are some dozens, those of the
// lexicon and of profiles.
func (b *builder) weight(w float32) uint16 {
	i, ok := b.weighs[w]
	if !ok {
		i = uint16(len(b.weights))
		b.weighs[w] = i
		b.weights = append(b.weights, w)
	}
	return i
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
	s.terms = b.gathered.flat()
	b.gathered, b.interned, b.concepts, b.formIDs = pile[term]{}, nil, nil, nil
	var spellings pile[entry]
	s.shapes = make([]shape, len(s.terms))
	for id := range s.terms {
		s.terms[id].neighbourhood(true, func(h uint64, _ bool) { spellings.add(entry{h, uint32(id)}) })
		s.shapes[id] = shapeOf(&s.terms[id])
	}
	s.spell = newPostings(&spellings)
	spellings = pile[entry]{}
	s.sorted = make([]uint32, len(s.terms))
	for id := range s.sorted {
		s.sorted[id] = uint32(id)
	}
	slices.SortFunc(s.sorted, func(a, b uint32) int { return strings.Compare(s.terms[a].text, s.terms[b].text) })
	s.names = append(s.names, nameRef{acronyms: uint32(len(s.acronyms))}) // the end
	s.starts = append(s.starts, uint32(len(s.refs)))
	s.held = make([]uint32, len(s.terms))
	var buf [maxWords]weighed
	for id := range len(s.names) - 1 {
		for _, w := range s.distinct(s.words(uint32(id)), buf[:0]) {
			s.held[w.post]++
		}
	}
	s.runs = newHashSet(2 * len(s.refs))
	for id := range len(s.names) - 1 {
		s.joinRuns(s.words(uint32(id)), func(text []byte) { s.runs.add(hashBytes('j', text)) })
	}
	var entries pile[entry]
	for id := range len(s.names) - 1 {
		n := &s.names[id]
		post := func(h uint64) { entries.add(entry{h, uint32(id)}) }
		refs := s.words(uint32(id))
		s.signature(refs, post)
		s.bareRuns(refs, post)
		for _, r := range refs {
			if r.weight == 0 && r.class == Distinctive {
				post(hashKey('S', s.terms[r.term].text)) // initials that it gives beside itself
			}
		}
		post(n.squash)
		post(n.full)
		for _, a := range s.acronyms[n.acronyms:s.names[id+1].acronyms] {
			post(a)
		}
	}
	s.found = newPostings(&entries)
	s.refs, s.names, s.starts, s.posts, s.acronyms = clone(s.refs), clone(s.names), clone(s.starts), clone(s.posts), clone(s.acronyms)
	return s
}

// words returns the words of a name.
func (s *space) words(name uint32) []ref { return s.refs[s.starts[name]:s.starts[name+1]] }

// clone copies what was appended to one by one into no more room than it needs.
func clone[T any](s []T) []T { return append(make([]T, 0, len(s)), s...) }

// weighed is a posting number of a name, and what its words weigh together, and
// cost where they are missing.
type weighed struct {
	post            uint32
	weight, missing float32
}

// distinct adds the posting numbers of refs that count for something to
// into, each once.
func (s *space) distinct(refs []ref, into []weighed) []weighed {
next:
	for _, r := range refs {
		if r.weight == 0 {
			continue
		}
		for i := range into {
			if into[i].post == r.post {
				into[i].weight += s.weights[r.weight]
				into[i].missing += leastMissing(s.weights[r.weight], r.class, s.person)
				continue next
			}
		}
		into = append(into, weighed{r.post, s.weights[r.weight], leastMissing(s.weights[r.weight], r.class, s.person)})
	}
	return into
}

// rarer orders posting numbers by how many names hold them, the fewest first.
func (s *space) rarer(a, b uint32) int {
	return cmp.Or(cmp.Compare(s.held[a], s.held[b]), cmp.Compare(a, b))
}

// signature posts a name of the words refs under keys such that whatever scores at
// least s.least against it finds one of them.
//
// Let the words that a query shares with the name be taken from the rarest to
// the most frequent. The score is at most M/(M+lackCost·N), where M is what
// they weigh and N what the others cost at least: all words rarer than the first
// shared one are missing, so the name need not be posted under a word where
// that one and all more frequent ones weigh too little together. Where the
// rarest shared word is a frequent one, the name is posted under it with the
// second rarest shared word, under the same condition, and alone only if it is
// enough by itself.
//
// A person's name is posted so for what it shares in full; and because
// initials may stand for all its other words, under every word for the names
// that have any (initialKey, letterKey).
func (s *space) signature(refs []ref, post func(uint64)) {
	var buf [maxWords]weighed
	words := s.distinct(refs, buf[:0])
	slices.SortFunc(words, func(a, b weighed) int { return s.rarer(a.post, b.post) })
	cost := float32(lackCost)
	if s.person {
		cost = personLackCost
	}
	var rest, all float32 // what this word and all more frequent ones weigh, and what all cost that are missing
	for _, w := range words {
		rest += w.weight
		all += w.missing
	}
	enough := func(shared, missing float32) bool {
		return shared*(1-s.least) >= s.least*cost*max(0, missing)*0.999
	}
	rarer := float32(0) // what the words before this one cost that are missing
	for i, w := range words {
		if i > 0 {
			rest -= words[i-1].weight
			rarer += words[i-1].missing
		}
		if s.person {
			s.letterSignature(refs, w.post, post)
		}
		if !enough(rest, rarer) {
			if !s.person {
				break
			}
			if !s.common(w.post) {
				post(oneKey(w.post)) // for a query with initials
			}
			continue
		}
		if !s.common(w.post) {
			post(oneKey(w.post))
			continue
		}
		// One name of a person alone never scores enough (oneName).
		if enough(w.weight, all-w.missing) && (!s.person || len(words) == 1) {
			post(oneKey(w.post))
		}
		more, missed := rest-w.weight, rarer
		for _, u := range words[i+1:] {
			if !enough(w.weight+more, missed) {
				break
			}
			more -= u.weight
			missed += u.missing
			post(pairKey(w.post, u.post))
		}
	}
}

// longestRun is how many neighbouring words are looked for as one.
const longestRun = 6

// joinRuns yields neighbouring words of a name written as one.
func (s *space) joinRuns(refs []ref, yield func(text []byte)) {
	var buf [maxWordLen]byte
	for i := range refs {
		text := append(buf[:0], s.terms[refs[i].term].text...)
		for j := i + 1; j < len(refs) && j < i+longestRun && refs[j].segment == refs[i].segment; j++ {
			next := s.terms[refs[j].term].text
			if len(text)+len(next) > maxWordLen {
				break
			}
			text = append(text, next...)
			yield(text)
		}
	}
}

// bareRuns posts a name under the consonants of neighbouring words of a script
// without vowels, which may be one word in Latin letters (joinBare).
func (s *space) bareRuns(refs []ref, post func(uint64)) {
	for i := range refs {
		if len(s.terms[refs[i].term].bares) == 0 {
			continue
		}
		text := s.terms[refs[i].term].text
		for k := i + 1; k < len(refs) && k < i+3 && refs[k].segment == refs[i].segment && len(text) < maxWordLen; k++ {
			text += s.terms[refs[k].term].text
			post(hashKey('J', bare(text)))
		}
	}
}

// letterSignature posts a word of a person's name with the initials beside
// it, and a frequent one with the letters that the others begin with.
func (s *space) letterSignature(refs []ref, w uint32, post func(uint64)) {
	for _, r := range refs {
		if r.post == w || r.weight == 0 {
			continue
		}
		text := s.terms[r.term].text
		if initial := len(text) == 1; initial || s.common(w) {
			post(letterKey(w, text[0], initial))
		}
	}
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

// pairKey is of two words, the rarer first.
func pairKey(t, u uint32) uint64 {
	return mix((uint64(t)<<32 | uint64(u)) * 0xD6E8FEB86659FD93)
}
