package matching

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// likeness is a word of the space that is like a word of the query.
type likeness struct {
	post   uint32 // its posting number
	sim    float32
	joined bool // it is a part of the word
}

// search is the working memory of one query after another on one space. It
// remembers the words it has met, so that work on single words is done once
// for a batch and not once a row.
type search struct {
	scorer
	asked
	space   *space
	epoch   uint32   // of this query: even
	marks   []mark   // by posting number
	hit     []uint64 // the bits of those in hits
	hits    []uint32
	seen    []uint32 // by name: the epoch that bounded it, or epoch+yielded
	lift    float64  // what the features may add for the party
	found   []found
	other   profile // the candidate's name, unpacked
	text    []byte
	bounds  bounds
	bounded int // names looked at so far
}

// yielded is added to the epoch of a name that is to be compared.
const yielded = 1

// mark is what a query found of a term of the space.
type mark struct {
	sim    float32 // how alike it is to a word of the query
	words  uint64  // which words of the query it is like
	joined bool    // it is several words of the query, or a part of one
}

func newSearch(s *space) *search {
	return &search{space: s, marks: make([]mark, len(s.terms)), hit: make([]uint64, len(s.terms)/64+1), seen: make([]uint32, len(s.names))}
}

// read prepares the name of a query or of a candidate that is to be explained.
func (x *search) read(name string) profile {
	return newProfile(read(name, x.space.person), x.space.person, x.intern)
}

func (x *search) intern(w *Word) *term { return &x.space.met.word(keyOf(w), w, x.space.person).term }

// likenesses returns the terms of the space that are like t.
func (x *search) likenesses(t *term) []likeness {
	n := x.space.met.find(wordKey{text: t.text, key: t.key, alt: t.altKey(), alts: len(t.alts), class: t.class})
	if n == nil { // forgotten since the query was read
		return x.space.findLike(t)
	}
	likes := n.likes.Load()
	if likes == nil {
		found := x.space.findLike(t)
		likes = &found
		n.likes.Store(likes)
	}
	return *likes
}

// findLike looks for the terms of the space that are like t.
func (s *space) findLike(t *term) []likeness {
	var out []likeness
	var seen []uint32
	own := shapeOf(t)
	t.neighbourhood(false, func(h uint64, letters bool) {
		for _, c := range s.spell.bucket(h) {
			if c.print == uint32(h) && (!letters || mayBeSpelt(own, s.shapes[c.value])) {
				seen = append(seen, c.value)
			}
		}
	})
	slices.Sort(seen)
	for _, id := range slices.Compact(seen) {
		if sim := similar(t, &s.terms[id]); sim > 0 {
			out = addLikeness(out, likeness{post: s.posts[id], sim: sim})
		}
	}
	// "Iransaffron" may be "Iran Saffron" there.
	if s.runs.has(hashKey('j', t.text)) {
		s.splits(t.text, func(id uint32) {
			out = addLikeness(out, likeness{post: s.posts[id], sim: sameMeaning, joined: true})
		})
	}
	return slices.Clip(out)
}

// splits calls yield with the terms that text is written of without blanks,
// in every way there is.
func (s *space) splits(text string, yield func(id uint32)) {
	type part struct {
		from, to int
		ids      []uint32
	}
	var parts []part
	var begins, ends [maxWordLen + 1]bool // text[:i] and text[i:] are written of terms
	begins[0], ends[len(text)] = true, true
	for i := range len(text) {
		for j := i + 1; j <= len(text) && begins[i]; j++ {
			if j-i == len(text) {
				break // the word itself
			}
			if ids := s.spelt(nil, text[i:j]); len(ids) > 0 {
				begins[j] = true
				parts = append(parts, part{i, j, ids})
			}
		}
	}
	for _, p := range slices.Backward(parts) {
		if !ends[p.to] {
			continue
		}
		ends[p.from] = true
		for _, id := range p.ids {
			yield(id)
		}
	}
}

// addLikeness adds one, or the better of two of one posting number.
func addLikeness(list []likeness, l likeness) []likeness {
	for i := range list {
		if list[i].post == l.post {
			list[i].sim = max(list[i].sim, l.sim)
			list[i].joined = list[i].joined || l.joined
			return list
		}
	}
	return append(list, l)
}

// spelt adds the terms that are written exactly so to ids.
func (s *space) spelt(ids []uint32, text string) []uint32 {
	h := hashKey('t', text)
	for _, c := range s.spell.bucket(h) {
		if c.print == uint32(h) && s.terms[c.value].text == text {
			ids = append(ids, c.value)
		}
	}
	return ids
}

// each calls yield with every name that may score at least the space's least
// score against the query, and some that do not.
func (x *search) each(q *profile, yield func(name uint32)) {
	s := x.space
	if x.epoch += 2; x.epoch == 0 { // the counter went round
		clear(x.seen)
		x.epoch = 2
	}
	for _, t := range x.hits {
		x.hit[t>>6] = 0
	}
	x.hits = x.hits[:0]
	x.ask(q)
	x.hitWords(q)
	x.hitCut(q)
	x.hitJoined(q)
	slices.SortFunc(x.hits, s.rarer)
	x.limit(q)
	for i, t := range x.hits {
		if q.person {
			x.visitInitials(q, t, yield)
		}
		m := &x.marks[t]
		if !x.mayBeRarest(s.held[t], m.words) {
			continue
		}
		if !s.common(t) || x.mayStandAlone(m) {
			x.visit(oneKey(t), yield)
		}
		if !s.common(t) {
			continue
		}
		for _, u := range x.hits[i+1:] {
			x.visit(pairKey(t, u), yield)
		}
	}
	x.visitWhole(q, yield)
}

func letterBit(c byte) uint64 { return 1 << (c & 63) }

// isHit reports whether a posting number is of words like some of the query's.
func (x *search) isHit(post uint32) bool { return x.hit[post>>6]&(1<<(post&63)) != 0 }

// mark notes that a posting number is of words like some of the query's.
func (x *search) mark(post uint32, sim float32, words uint64, joined bool) {
	m := &x.marks[post]
	if !x.isHit(post) {
		x.hit[post>>6] |= 1 << (post & 63)
		x.hits = append(x.hits, post)
		*m = mark{sim, words, joined}
		return
	}
	m.sim = max(m.sim, sim)
	m.words |= words
	m.joined = m.joined || joined
}

// hitWords marks the terms that are like single words of the query.
func (x *search) hitWords(q *profile) {
	for i := range q.words {
		if q.words[i].class == Particle {
			continue
		}
		for _, l := range x.likenesses(q.words[i].term) {
			x.mark(l.post, l.sim, 1<<i, l.joined)
		}
	}
}

// hitCut marks the terms that begin with the last word of the query.
func (x *search) hitCut(q *profile) {
	if q.open < 0 {
		return
	}
	s, cut := x.space, q.words[q.open].text
	from, _ := slices.BinarySearchFunc(s.sorted, cut, func(id uint32, text string) int { return strings.Compare(s.terms[id].text, text) })
	for _, id := range s.sorted[from:] {
		text := s.terms[id].text
		if !strings.HasPrefix(text, cut) {
			break
		}
		if sim := cutSimilar(cut, text); sim > 0 {
			x.mark(s.posts[id], sim, 1<<q.open, false)
		}
	}
}

// hitJoined marks the terms that are several words of the query written as
// one: "Chon Myong" may be "Chonmyong" there, رحمت الله Rahmatollah.
func (x *search) hitJoined(q *profile) {
	s := x.space
	for i := range q.words {
		x.text = append(x.text[:0], q.words[i].text...)
		words := uint64(1) << i
		for j := i + 1; j < len(q.words) && j < i+4 && q.words[j].segment == q.words[i].segment && len(x.text)+len(q.words[j].text) <= maxWordLen; j++ {
			x.text = append(x.text, q.words[j].text...)
			words |= 1 << j
			h := hashBytes('t', x.text)
			for _, c := range s.spell.bucket(h) {
				if c.print == uint32(h) && s.terms[c.value].text == string(x.text) {
					x.mark(s.posts[c.value], sameMeaning, words, true)
				}
			}
			if len(q.words[i].bares) == 0 || j > i+2 {
				continue
			}
			want := bare(string(x.text))
			h = hashKey('c', want)
			for _, c := range s.spell.bucket(h) {
				if t := &s.terms[c.value]; c.print == uint32(h) && len(want) > 3 && len(t.bares) == 0 && t.bare == want {
					x.mark(s.posts[c.value], fewBones, words, true)
				}
			}
		}
	}
}

// visit yields the names under a key that may score enough.
func (x *search) visit(key uint64, yield func(name uint32)) {
	for _, c := range x.space.found.bucket(key) {
		if c.print != uint32(key) {
			continue
		}
		if x.seen[c.value] >= x.epoch {
			continue
		}
		x.bounded++
		x.seen[c.value] = x.epoch
		if x.bound(c.value) >= x.space.least {
			x.seen[c.value] = x.epoch + yielded
			yield(c.value)
		}
	}
}

// visitInitials yields the names that share a word with the query and an
// initial: "Ivanov I." for "Ivanov, Ivan", either way.
func (x *search) visitInitials(q *profile, t uint32, yield func(name uint32)) {
	if x.initialLetters != 0 && !x.space.common(t) {
		x.visit(oneKey(t), yield)
	}
	for i := range q.words {
		text := q.words[i].text
		x.visit(letterKey(t, text[0], true), yield)
		if len(text) == 1 && x.space.common(t) {
			x.visit(letterKey(t, text[0], false), yield)
		}
	}
}

// visitWhole yields the names that the query may be without sharing a word
// with them: written with other spaces, or as initials, or with words of a script
// without vowels that are one word here.
func (x *search) visitWhole(q *profile, yield func(name uint32)) {
	visit := func(key uint64, most int) {
		for _, c := range x.space.found.bucket(key) {
			if c.print == uint32(key) && most > 0 {
				most--
				if x.seen[c.value] != x.epoch+yielded {
					x.seen[c.value] = x.epoch + yielded
					yield(c.value)
				}
			}
		}
	}
	visit(q.squashHash, math.MaxInt)
	visit(q.fullHash, math.MaxInt)
	for i := range q.words {
		if w := &q.words[i]; len(w.bares) == 0 && len(w.bare) > 3 {
			visit(hashKey('J', w.bare), math.MaxInt)
		}
	}
	if q.person {
		return
	}
	for _, a := range q.acronyms {
		if len(a) >= 3 {
			visit(hashKey('q', a), x.initialsWanted(len(a), q.states(a)))
		}
	}
	if text := q.joinedInitials(); text != "" {
		visit(hashKey('a', text), math.MaxInt)
	}
	for i := range q.words {
		if w := &q.words[i]; q.mayBeAcronym(w) {
			visit(hashKey('S', w.text), math.MaxInt)
			visit(hashKey('a', w.text), x.initialsWanted(len(w.text), false))
		}
	}
}

// initialsWanted is how many of the names are compared that are the initials of
// the query, or whose initials it is: all, or where so few letters cannot reach
// the note line for this party, a few for the record.
func (x *search) initialsWanted(letters int, stated bool) int {
	if stated || acronymScore(letters)+float32(x.lift)+slack >= x.space.least {
		return math.MaxInt
	}
	return 8
}

// unpack makes the profile of a name of the space.
func (x *search) unpack(name uint32) *profile {
	s := x.space
	n := &s.names[name]
	p := &x.other
	p.words = p.words[:0]
	for _, r := range s.words(name) {
		p.words = append(p.words, word{term: &s.terms[r.term], weight: s.weights[r.weight], segment: r.segment})
	}
	p.forms = s.formSets[n.forms]
	p.segments = int(n.segments)
	p.person = s.person
	p.squashHash, p.fullHash = n.squash, n.full
	p.acronymHashes = s.acronyms[n.acronyms:s.names[name+1].acronyms]
	return p
}

// namesOf returns the numbers of an entity's names in the space.
func (s *space) namesOf(entity uint32) (from, to uint32) {
	find := func(e uint32) uint32 {
		i, _ := slices.BinarySearchFunc(s.names[:len(s.names)-1], e, func(n nameRef, e uint32) int { return cmp.Compare(n.entity, e) })
		return uint32(i)
	}
	return find(entity), find(entity + 1)
}
