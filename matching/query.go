package matching

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"
)

type counter struct{ atomic.Int64 }

// maxLikenesses bounds how many words' likenesses are remembered: enough for
// a large batch, some tens of megabytes.
const maxLikenesses = 200_000

// likenesses returns the terms of the space that are like t. It is worked out
// once for a word, whatever number of rows it stands in.
func (s *space) likenesses(t *term) []likeness {
	k := internKeyOf(t)
	if v, ok := s.like.Load(k); ok {
		return v.([]likeness)
	}
	out := s.findLike(t)
	if s.likeCount.Add(1) > maxLikenesses {
		s.like.Clear()
		s.likeCount.Store(0)
	}
	s.like.Store(k, out)
	return out
}

func (s *space) findLike(t *term) []likeness {
	var out []likeness
	seen := map[uint32]bool{}
	t.neighbourhood(false, func(h uint64) {
		for _, c := range s.spell.bucket(h) {
			if c.print != uint32(h) || seen[c.value] {
				continue
			}
			seen[c.value] = true
			if sim := similar(t, &s.terms[c.value]); sim > 0 {
				out = append(out, likeness{c.value, sim})
			}
		}
	})
	// "Iransaffron" may be "Iran Saffron" there.
	if text := t.text; len(text) >= 5 && t.class != Number {
		for i := 2; i <= len(text)-2; i++ {
			left := s.spelt(text[:i])
			if len(left) == 0 {
				continue
			}
			right := s.spelt(text[i:])
			if len(right) == 0 {
				continue
			}
			for _, side := range [][]uint32{left, right} {
				for _, id := range side {
					out = append(out, likeness{id, 1}) // twice does no harm
				}
			}
		}
	}
	return out
}

// spelt returns the terms that are written exactly so.
func (s *space) spelt(text string) (ids []uint32) {
	h := hashKey('t', text)
	for _, c := range s.spell.bucket(h) {
		if c.print == uint32(h) && s.terms[c.value].text == text {
			ids = append(ids, c.value)
		}
	}
	return ids
}

// search is the working memory of one query after another on one space.
type search struct {
	scorer
	space   *space
	epoch   uint32
	stamp   []uint32  // by term: the epoch that hit it
	sim     []float32 // by term: how alike it is to a word of the query
	seen    []uint32  // by name: the epoch that looked at it
	hits    []uint32
	found   []found
	other   profile // the candidate's name, unpacked
	bounded int     // names looked at so far
}

func newSearch(s *space) *search {
	return &search{space: s, stamp: make([]uint32, len(s.terms)), sim: make([]float32, len(s.terms)), seen: make([]uint32, len(s.names))}
}

// each calls yield with every name that may score at least the space's least
// score against the query, and some that do not.
func (x *search) each(q *profile, yield func(name uint32)) {
	s := x.space
	x.epoch++
	if x.epoch == 0 { // the counter went round: forget all marks
		clear(x.stamp)
		clear(x.seen)
		x.epoch = 1
	}
	x.hits = x.hits[:0]
	x.hit(q)
	visit := func(h uint64, sure bool) {
		for _, c := range s.found.bucket(h) {
			if c.print != uint32(h) || x.seen[c.value] == x.epoch {
				continue
			}
			x.bounded++
			if !sure && x.bound(c.value) < s.least {
				continue
			}
			x.seen[c.value] = x.epoch
			yield(c.value)
		}
	}
	for _, t := range x.hits {
		visit(oneKey(t), false)
		if s.common[t] {
			for _, u := range x.hits {
				if u != t && (!s.common[u] || u > t) {
					visit(pairKey(t, u), false)
				}
			}
		}
	}
	x.whole(q, visit)
}

// hit marks the terms of the space that are like words of the query.
func (x *search) hit(q *profile) {
	s := x.space
	hit := func(id uint32, sim float32) {
		if x.stamp[id] != x.epoch {
			x.stamp[id] = x.epoch
			x.sim[id] = sim
			x.hits = append(x.hits, id)
		} else if sim > x.sim[id] {
			x.sim[id] = sim
		}
	}
	for i := range q.words {
		w := &q.words[i]
		if w.class == Particle {
			continue
		}
		for _, l := range s.likenesses(w.term) {
			hit(l.term, l.sim)
		}
	}
	if q.open >= 0 { // the last word may have been cut short
		cut := q.words[q.open].text
		from, _ := slices.BinarySearchFunc(s.sorted, cut, func(id uint32, text string) int { return strings.Compare(s.terms[id].text, text) })
		for _, id := range s.sorted[from:] {
			text := s.terms[id].text
			if !strings.HasPrefix(text, cut) {
				break
			}
			if sim := cutSimilar(cut, text); sim > 0 {
				hit(id, sim)
			}
		}
	}
	var joined [maxWordLen]byte
	for i := range q.words { // "Chon Myong" may be "Chonmyong" there
		text := append(joined[:0], q.words[i].text...)
		for j := i + 1; j < len(q.words) && j < i+4 && q.words[j].segment == q.words[i].segment && len(text)+len(q.words[j].text) <= maxWordLen; j++ {
			text = append(text, q.words[j].text...)
			h := hashBytes('t', text)
			for _, c := range s.spell.bucket(h) {
				if c.print == uint32(h) && s.terms[c.value].text == string(text) {
					hit(c.value, 1)
				}
			}
			if len(q.words[i].bares) > 0 && j < i+3 { // رحمت الله may be Rahmatollah there
				want := bare(string(text))
				h := hashKey('c', want)
				for _, c := range s.spell.bucket(h) {
					if t := &s.terms[c.value]; c.print == uint32(h) && len(t.bares) == 0 && t.bare == want && len(want) > 3 {
						hit(c.value, fewBones)
					}
				}
			}
		}
	}
}

// whole visits the names that the query may be without sharing a word with
// them: written with other spaces, or as initials.
func (x *search) whole(q *profile, visit func(h uint64, sure bool)) {
	visit(q.squashHash, true)
	visit(q.fullHash, true)
	if !q.person {
		for _, a := range q.acronyms {
			if len(a) >= 3 {
				visit(hashKey('q', a), true)
			}
		}
		if len(q.words) <= 8 {
			for i := range q.words {
				if n := len(q.words[i].text); n >= 3 && n <= 8 {
					visit(hashKey('a', q.words[i].text), true)
				}
			}
		}
	}
}

// bound is the most the name can score: as if every word of the query were as
// good for each of its words, and the query had none besides.
func (x *search) bound(name uint32) float32 {
	s := x.space
	n := &s.names[name]
	var m float32
	for _, r := range s.refs[n.words:s.names[name+1].words] {
		if x.stamp[r.term] == x.epoch {
			m += r.weight * x.sim[r.term]
		}
	}
	if m <= 0 {
		return 0
	}
	cost := float32(lackCost)
	if s.person {
		cost = personLackCost
	}
	return m/(m+cost*(n.mass-m)) + 1e-4
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
