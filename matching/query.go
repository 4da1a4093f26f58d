package matching

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// likeness is a word of the space that is like a word of the query.
type likeness struct {
	post uint32 // its posting number
	sim  float32
}

// wordKey tells words of queries apart.
type wordKey struct {
	text, key, alt string
	alts           int
	class          Class
}

func keyOf(w *Word) wordKey {
	k := wordKey{text: w.Text, key: w.Key, class: w.Class, alts: len(w.Alts)}
	if k.alts > 0 {
		k.alt = w.Alts[0] + " " + w.Alts[k.alts-1]
	}
	return k
}

// known is a word of a query, worked out once for all the rows it stands in.
type known struct {
	term  term
	likes []likeness
	liked bool
}

// maxKnown bounds how many words a search remembers: some ten megabytes.
const maxKnown = 30_000

// search is the working memory of one query after another on one space. It
// remembers the words it has met, so that work on single words is done once
// for a batch and not once a row.
type search struct {
	scorer
	space                        *space
	known                        map[wordKey]*known
	epoch                        uint32
	marks                        []mark   // by term
	seen                         []uint32 // by name: the epoch that looked at it, or one more when it was yielded
	hits                         []uint32
	extra                        [maxWords]float32 // by word of the query: what it counts for unanswered
	length                       int               // words of the query
	initialLetters, firstLetters uint64            // of a person's name
	strict                       bool              // the query is compared as a whole only, so unanswered words always count
	found                        []found
	other                        profile // the candidate's name, unpacked
	text                         []byte
	sims                         []nearWord
	bounded                      int // names looked at so far
}

// mark is what a query found of a term of the space.
type mark struct {
	epoch uint32
	sim   float32 // how alike it is to a word of the query
	words uint64  // which words of the query it is like
}

func newSearch(s *space) *search {
	return &search{space: s, known: map[wordKey]*known{}, marks: make([]mark, len(s.terms)), seen: make([]uint32, len(s.names))}
}

// read prepares the name of a query or of a candidate that is to be explained.
func (x *search) read(name string) profile {
	return newProfile(read(name, x.space.person), x.space.person, x.intern)
}

func (x *search) intern(w *Word) *term { return &x.meet(w).term }

func (x *search) meet(w *Word) *known {
	k := keyOf(w)
	if n, ok := x.known[k]; ok {
		return n
	}
	if len(x.known) >= maxKnown {
		clear(x.known)
	}
	n := &known{term: *newTerm(w, x.space.person)}
	x.known[k] = n
	return n
}

// likenesses returns the terms of the space that are like t.
func (x *search) likenesses(t *term) []likeness {
	n := x.known[wordKey{text: t.text, key: t.key, alt: t.altKey(), alts: len(t.alts), class: t.class}]
	if n == nil { // forgotten since the query was read
		return x.space.findLike(t)
	}
	if !n.liked {
		n.likes, n.liked = x.space.findLike(t), true
	}
	return n.likes
}

// findLike looks for the terms of the space that are like t.
func (s *space) findLike(t *term) []likeness {
	var out []likeness
	var seen []uint32
	t.neighbourhood(false, func(h uint64) {
		for _, c := range s.spell.bucket(h) {
			if c.print == uint32(h) {
				seen = append(seen, c.value)
			}
		}
	})
	slices.Sort(seen)
	for _, id := range slices.Compact(seen) {
		if sim := similar(t, &s.terms[id]); sim > 0 {
			out = addLikeness(out, likeness{s.posts[id], sim})
		}
	}
	// "Iransaffron" may be "Iran Saffron" there.
	if text := t.text; len(text) >= 5 && t.class != Number {
		for i := 2; i <= len(text)-2; i++ {
			left := s.spelt(nil, text[:i])
			if len(left) == 0 {
				continue
			}
			if right := s.spelt(nil, text[i:]); len(right) > 0 {
				for _, id := range append(left, right...) {
					out = addLikeness(out, likeness{s.posts[id], sameMeaning})
				}
			}
		}
	}
	return slices.Clip(out)
}

// addLikeness adds one, or the better of two of one posting number.
func addLikeness(list []likeness, l likeness) []likeness {
	for i := range list {
		if list[i].post == l.post {
			list[i].sim = max(list[i].sim, l.sim)
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
	if x.epoch += 2; x.epoch < 2 { // the counter went round: forget all marks
		clear(x.marks)
		clear(x.seen)
		x.epoch = 2
	}
	x.hits = x.hits[:0]
	x.weighQuery(q)
	x.hitWords(q)
	x.hitCut(q)
	x.hitJoined(q)
	for _, t := range x.hits {
		if !s.common[t] || x.mayStandAlone(t) {
			x.visit(oneKey(t), yield)
		}
		if s.common[t] {
			for _, u := range x.hits {
				if u != t && (!s.common[u] || u > t) {
					x.visit(pairKey(t, u), yield)
				}
			}
			if q.person {
				x.visitInitials(q, t, yield)
			}
		}
	}
	x.visitWhole(q, yield)
}

// mayStandAlone reports whether a name may score enough that shares one
// frequent word with the query and no other. Where the query has more words of
// weight it may not, and the names under that word alone need not be looked at.
func (x *search) mayStandAlone(t uint32) bool {
	if x.space.person {
		return x.length <= 2
	}
	return 1/(1+extraCost*x.unanswered(x.marks[t].words))+slack >= x.space.least
}

// weighQuery notes what each word of the query costs that nothing answers to.
func (x *search) weighQuery(q *profile) {
	x.strict, x.length = q.person || q.segments <= 1, len(q.words)
	x.initialLetters, x.firstLetters = 0, 0
	unit := false
	for i := range q.words {
		w := &q.words[i]
		x.extra[i] = w.extra
		for j := range i {
			if q.words[j].key == w.key {
				x.extra[i] = 0 // said twice
			}
		}
		if i == q.last {
			x.extra[i] = 0 // it may have been cut short
		}
		if q.person && w.weight > 0 {
			if len(w.text) == 1 {
				x.initialLetters |= letterBit(w.text[0])
			}
			x.firstLetters |= letterBit(w.text[0])
		}
		if !q.person {
			if units[w.key] && w.class == Generic && i > 0 {
				x.strict = false // it may be a unit of what stands before
			}
			unit = unit || units[w.key]
			if unit && w.class == Particle {
				x.strict = false // or behind
			}
		}
	}
}

func letterBit(c byte) uint64 { return 1 << (c & 63) }

// hit marks a posting number as of words like some of the query's.
func (x *search) hit(id uint32, sim float32, words uint64) {
	m := &x.marks[id]
	if m.epoch != x.epoch {
		*m = mark{x.epoch, sim, words}
		x.hits = append(x.hits, id)
		return
	}
	m.sim = max(m.sim, sim)
	m.words |= words
}

// hitWords marks the terms that are like single words of the query.
func (x *search) hitWords(q *profile) {
	for i := range q.words {
		if q.words[i].class == Particle {
			continue
		}
		for _, l := range x.likenesses(q.words[i].term) {
			x.hit(l.post, l.sim, 1<<i)
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
			x.hit(s.posts[id], sim, 1<<q.open)
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
					x.hit(s.posts[c.value], sameMeaning, words)
				}
			}
			if len(q.words[i].bares) == 0 || j > i+2 {
				continue
			}
			want := bare(string(x.text))
			h = hashKey('c', want)
			for _, c := range s.spell.bucket(h) {
				if t := &s.terms[c.value]; c.print == uint32(h) && len(want) > 3 && len(t.bares) == 0 && t.bare == want {
					x.hit(s.posts[c.value], fewBones, words)
				}
			}
		}
	}
}

// visit yields the names under a key that may score enough.
func (x *search) visit(key uint64, yield func(name uint32)) {
	for _, c := range x.space.found.bucket(key) {
		if c.print != uint32(key) || x.seen[c.value] >= x.epoch {
			continue
		}
		x.seen[c.value] = x.epoch
		x.bounded++
		if x.bound(c.value) >= x.space.least {
			x.seen[c.value] = x.epoch + 1
			yield(c.value)
		}
	}
}

// visitInitials yields the names that share a frequent word with the query
// and an initial: "Ivanov I." for "Ivanov, Ivan", either way.
func (x *search) visitInitials(q *profile, t uint32, yield func(name uint32)) {
	for i := range q.words {
		text := q.words[i].text
		x.visit(letterKey(t, text[0], true), yield)
		if len(text) == 1 {
			x.visit(letterKey(t, text[0], false), yield)
		}
	}
}

// visitWhole yields the names that the query may be without sharing a word
// with them: written with other spaces, or as initials.
func (x *search) visitWhole(q *profile, yield func(name uint32)) {
	visit := func(key uint64) {
		for _, c := range x.space.found.bucket(key) {
			if c.print == uint32(key) && x.seen[c.value] != x.epoch+1 {
				x.seen[c.value] = x.epoch + 1
				yield(c.value)
			}
		}
	}
	visit(q.squashHash)
	visit(q.fullHash)
	if q.person {
		return
	}
	for _, a := range q.acronyms {
		if len(a) >= 3 {
			visit(hashKey('q', a))
		}
	}
	for i := range q.words {
		if q.mayBeAcronym(&q.words[i]) {
			visit(hashKey('a', q.words[i].text))
		}
	}
}

// bound is the most a name can score: as if every word of the query that is
// like one of its words were as good for all of them. Words that are not quite
// alike cost what their difference does, where that is less than leaving them
// out: they may weigh less in the query than here.
func (x *search) bound(name uint32) float32 {
	s := x.space
	n := &s.names[name]
	var exact, near, lack float32
	var words uint64
	count := 0
	sims := x.sims[:0]
	for _, r := range s.refs[n.words:s.names[name+1].words] {
		if r.weight == 0 {
			continue
		}
		k := &x.marks[r.post]
		switch {
		case k.epoch != x.epoch:
			lack += r.weight
			continue
		case k.sim == sameMeaning:
			exact += r.weight
		default:
			near += r.weight * k.sim
			sims = append(sims, nearWord{r.weight, k.sim})
		}
		words |= k.words
		count++
	}
	x.sims = sims
	if exact+near <= 0 {
		return 0
	}
	extra := x.unanswered(words)
	against := lackCost*lack + extraCost*extra + clashCost*min(lack, extra)
	spelling := float32((extraCost + lackCost + clashCost) * pairedSpelling)
	most := float32(1)
	if s.person {
		if x.initialLetters != 0 || n.initials {
			return x.boundInitials(name, exact+near, words, max(count, bits.OnesCount64(words)))
		}
		if max(count, bits.OnesCount64(words)) < 2 {
			most = 1 - oneName
		}
		extra *= middleName
		against = personLackCost*lack + min(personExtraCost, personMoreCost)*extra + personClashCost*min(lack, extra)
		spelling = personSpellingCost
	}
	best := float32(0)
	if exact > 0 {
		best = exact / (exact + against)
	}
	// The word that is most alike first: each is taken while it is better than
	// what there is.
	for range sims {
		most := -1
		for i := range sims {
			if sims[i].weight > 0 && (most < 0 || sims[i].sim > sims[most].sim) {
				most = i
			}
		}
		w := sims[most]
		sims[most].weight = 0
		shared := exact + w.weight*w.sim
		cost := against + w.weight*(1-w.sim)*spelling
		if score := shared / (shared + cost); score > best {
			best, exact, against = score, shared, cost
		}
	}
	return best*most + slack
}

// nearWord is a word of a name that is nearly one of the query's.
type nearWord struct{ weight, sim float32 }

// slack makes up for what rounding may take from a bound.
const slack = 1e-4

// unanswered is the least that the query's words cost that the name has not
// got, where the query is compared as a whole.
func (x *search) unanswered(words uint64) (sum float32) {
	if !x.strict {
		return 0
	}
	for i := range x.length {
		if words&(1<<i) == 0 {
			sum += x.extra[i]
		}
	}
	return sum
}

// boundInitials is bound for a person where one of the names has initials; m
// of the listed name is shared, in count words.
func (x *search) boundInitials(name uint32, m float32, words uint64, count int) float32 {
	s := x.space
	n := &s.names[name]
	mass, initials := n.mass, false
	for _, r := range s.refs[n.words:s.names[name+1].words] {
		text := s.terms[r.term].text
		if x.marks[r.post].epoch == x.epoch || r.weight == 0 {
			continue
		}
		letter := letterBit(text[0])
		if x.initialLetters&letter != 0 || len(text) == 1 && x.firstLetters&letter != 0 {
			m += initialWeight
			mass -= r.weight - initialWeight
			initials = true
		}
	}
	against := personLackCost * max(0, mass-m)
	if !initials {
		against += middleName * min(personExtraCost, personMoreCost) * x.unanswered(words)
	}
	most := m/(m+against) + slack
	switch {
	case count >= 2:
		return most
	case initials:
		return most * (1 - oneAndInitial)
	}
	return most * (1 - oneName)
}

// unpack makes the profile of a name of the space.
func (x *search) unpack(name uint32) *profile {
	s := x.space
	n := &s.names[name]
	p := &x.other
	p.words = p.words[:0]
	for _, r := range s.refs[n.words:s.names[name+1].words] {
		p.words = append(p.words, word{term: &s.terms[r.term], weight: r.weight, segment: r.segment})
	}
	p.forms = s.formSets[n.forms]
	p.segments = int(n.segments)
	p.person = s.person
	p.squashHash, p.fullHash = n.squash, n.full
	p.acronymHashes = s.acronyms[n.acronyms:s.names[name+1].acronyms]
	return p
}

// firstName returns the first name the entity has in the space.
func (s *space) firstName(entity uint32) (uint32, bool) {
	i, ok := slices.BinarySearchFunc(s.names[:len(s.names)-1], entity, func(n nameRef, e uint32) int { return cmp.Compare(n.entity, e) })
	return uint32(i), ok
}
