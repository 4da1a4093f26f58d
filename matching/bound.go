package matching

import "math/bits"

// asked is a query as it is bounded: what its words weigh, and which runs of
// them may be compared with a name.
type asked struct {
	weight [maxWords]float32 // what each word counts for at most
	extra  [maxWords]float32 // and at least where nothing answers to it (leastMissing)
	spans  []span
	named  uint64 // the words that may count as names (alignment.names)
	number uint64 // the words that may be numbers
	joined bool   // some words of the space are several of the query's, or parts of one

	maxHeld                      [maxWords]uint32 // by word: in how many names the most frequent word like it is
	most                         [maxWords]uint32 // by word: in how many the rarest shared word may be that is like it
	initialLetters, firstLetters uint64           // of a person's name
}

// span is a run of words of the query that is compared with names: the whole,
// and where it is made of several parts or names a unit, some of them.
type span struct {
	words uint64
	extra float32 // what all of them cost that nothing answers to
}

// ask notes what each word of the query weighs, and the runs of them that may
// be compared: those of align, parts and unitOf (align.go).
func (x *search) ask(q *profile) {
	x.named, x.number, x.joined = 0, 0, false
	x.initialLetters, x.firstLetters = 0, 0
	for i := range q.words {
		w := &q.words[i]
		x.weight[i], x.extra[i] = w.weight, leastMissing(w.extra, w.class, q.person)
		for j := range i {
			if q.words[j].key == w.key {
				x.extra[i] = 0 // said twice
			}
		}
		if i == q.last {
			x.extra[i] = 0 // it may have been cut short
		}
		if w.class == Distinctive || q.person {
			x.named |= 1 << i
		}
		if w.text[0] <= '9' {
			x.number |= 1 << i
		}
		if q.person && w.weight > 0 {
			if len(w.text) == 1 {
				x.initialLetters |= letterBit(w.text[0])
			}
			x.firstLetters |= letterBit(w.text[0])
		}
	}
	x.spans = x.spans[:0]
	x.addSpan(0, len(q.words))
	if q.person {
		return
	}
	if q.segments > 1 {
		x.addRuns(q)
	}
	x.addUnits(q)
}

func (x *search) addSpan(from, to int) {
	if from == to {
		return
	}
	s := span{words: (1<<(to-from) - 1) << from}
	if to-from == maxWords {
		s.words = ^uint64(0)
	}
	for _, had := range x.spans {
		if had.words == s.words {
			return
		}
	}
	for i := from; i < to; i++ {
		s.extra += x.extra[i]
	}
	x.spans = append(x.spans, s)
}

// leastMissing is the least that a word of a name costs which the other has not got.
func leastMissing(weight float32, c Class, person bool) float32 {
	if c == Generic && !person {
		return weight * describing
	}
	return weight
}

// addRuns adds the runs of segments.
func (x *search) addRuns(q *profile) {
	for i := range q.words {
		if i > 0 && q.words[i].segment == q.words[i-1].segment {
			continue
		}
		for j := i; j < len(q.words) && q.words[j].segment < q.words[i].segment+maxRun; j++ {
			if j+1 == len(q.words) || q.words[j+1].segment != q.words[j].segment {
				x.addSpan(i, j+1)
			}
		}
	}
}

// addUnits adds what stands before a word for a unit, and behind "of" after one.
func (x *search) addUnits(q *profile) {
	unit := false
	for i := range q.words {
		w := &q.words[i]
		start := segmentStart(q, i)
		unit = unit && i > start
		if units[w.key] && w.class == Generic {
			unit = true
			if i-start >= 2 {
				x.addSpan(start, i)
			}
		}
		if unit && w.class == Particle && belongs[w.text] {
			end := i + 1
			for end < len(q.words) && q.words[end].segment == w.segment {
				end++
			}
			x.addSpan(i+1, end)
		}
	}
}

// strictness is the least that the costs are multiplied by (shares) where so
// many names are shared, and they and the numbers weigh so much.
func strictness(distinctive float32, names int, number bool) float32 {
	switch {
	case distinctive < leastDistinctive-slack:
		return strict
	case names <= 1 && !number && distinctive <= leastOwn-slack:
		return frequentCost
	case names <= 1 && !number:
		return loneCost
	}
	return 1
}

// reach is the most a name can score that shares only the given words with the
// query.
func (x *search) reach(words uint64, person bool) float32 {
	best := float32(0)
	for _, s := range x.spans {
		shared := words & s.words
		var m, distinctive float32
		extra := s.extra
		for rest := shared; rest != 0; rest &= rest - 1 {
			i := bits.TrailingZeros64(rest)
			m += x.weight[i]
			extra -= x.extra[i]
			if (x.named|x.number)&(1<<i) != 0 {
				distinctive += x.weight[i]
			}
		}
		if m <= 0 {
			continue
		}
		names := bits.OnesCount64(shared & x.named)
		var score float32
		switch {
		case person:
			score = m / (m + min(personExtraCost, personMoreCost)*middleName*max(0, extra))
			if names < 2 && !x.joined {
				score *= 1 - oneName
			}
		case x.joined:
			score = m / (m + extraCost*max(0, extra))
		default:
			score = m / (m + extraCost*strictness(distinctive, names, shared&x.number != 0)*max(0, extra))
		}
		best = max(best, score+slack)
	}
	return best
}

// limit works out how frequent the rarest word may be that a name shares with
// the query. Where only the frequent words of the query are shared, whatever
// names they stand in, the others are unanswered; if that is too much, the
// names under those words need not be looked at.
func (x *search) limit(q *profile) {
	held := &x.maxHeld
	clear(held[:len(q.words)])
	for _, t := range x.hits {
		m := &x.marks[t]
		x.joined = x.joined || m.joined
		for rest := m.words; rest != 0; rest &= rest - 1 {
			i := bits.TrailingZeros64(rest)
			held[i] = max(held[i], x.space.held[t])
		}
	}
	clear(x.most[:len(q.words)])
	all := x.spans
	for k := range all {
		x.spans = all[k : k+1]
		words, shared := all[k].words, uint64(0)
		for words != 0 {
			// The words like the most frequent ones first.
			top := uint32(0)
			for rest := words; rest != 0; rest &= rest - 1 {
				top = max(top, held[bits.TrailingZeros64(rest)])
			}
			if top == 0 {
				break
			}
			for rest := words; rest != 0; rest &= rest - 1 {
				if i := bits.TrailingZeros64(rest); held[i] == top {
					shared |= 1 << i
					words &^= 1 << i
				}
			}
			if x.reach(shared, q.person) < x.space.least {
				continue
			}
			for rest := all[k].words; rest != 0; rest &= rest - 1 {
				i := bits.TrailingZeros64(rest)
				x.most[i] = max(x.most[i], top)
			}
			break
		}
	}
	x.spans = all
}

// mayBeRarest reports whether a word like some of the query's that so many
// names hold may be the rarest that a name shares with it.
func (x *search) mayBeRarest(held uint32, words uint64) bool {
	for ; words != 0; words &= words - 1 {
		if held <= x.most[bits.TrailingZeros64(words)] {
			return true
		}
	}
	return false
}

// mayStandAlone reports whether a name may score enough that shares one
// frequent word with the query and no other. Where the query has more words of
// weight it may not, and the names under that word alone need not be looked at.
func (x *search) mayStandAlone(m *mark) bool {
	return m.joined || x.reach(m.words, x.space.person) >= x.space.least
}

// bounds is the working memory of bound.
type bounds struct {
	hits []boundHit
	sims []boundHit
}

// boundHit is a word of a name that is like some of the query's.
type boundHit struct {
	weight, missing, sim float32
	words                uint64
	class                Class
}

// slack makes up for what rounding may take from a bound.
const slack = 1e-4

// bound is the most a name can score: as if every word of the query that is
// like one of its words were as good for all of them.
func (x *search) bound(name uint32) float32 {
	s := x.space
	hits := x.bounds.hits[:0]
	var words uint64
	var shared, found, mass float32 // mass is what the words cost at least if all were missing
	joined := false
	for _, r := range s.words(name) {
		weight := s.weights[r.weight]
		missing := leastMissing(weight, r.class, s.person)
		mass += missing
		if weight == 0 || !x.isHit(r.post) {
			continue
		}
		m := &x.marks[r.post]
		hits = append(hits, boundHit{weight, missing, m.sim, m.words, r.class})
		words |= m.words
		shared += weight
		found += missing
		joined = joined || m.joined
	}
	x.bounds.hits = hits
	if shared <= 0 {
		return 0
	}
	if s.person {
		return x.boundPerson(name, mass, hits, words)
	}
	// Without what the query has besides: most names fail here already.
	if shared/(shared+lackCost*max(0, mass-found))+slack < s.least {
		return 0
	}
	best := float32(0)
	for i := range x.spans {
		if words&x.spans[i].words != 0 {
			best = max(best, x.boundSpan(&x.spans[i], mass, hits, joined))
		}
	}
	return best
}

// boundSpan is the most a name can score beside a run of words of the query.
// Words that are not quite alike cost what their difference does, where that is
// less than leaving them out: they may weigh less in the query than here.
func (x *search) boundSpan(s *span, mass float32, hits []boundHit, joined bool) float32 {
	var exact, distinctive, asked float32
	lack, extra, names, number := mass, s.extra, 0, false
	var words uint64
	sims := x.bounds.sims[:0]
	for _, h := range hits {
		if h.words&s.words == 0 {
			continue
		}
		lack -= h.missing
		words |= h.words & s.words
		if h.sim == sameMeaning {
			exact += h.weight
		} else {
			sims = append(sims, h)
		}
		switch h.class {
		case Distinctive:
			names++
			distinctive += h.weight * h.sim
		case Number:
			number = true
			distinctive += h.weight
		}
	}
	x.bounds.sims = sims
	for rest := words; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros64(rest)
		extra -= x.extra[i]
		asked += x.weight[i]
	}
	lack, extra = max(0, lack), max(0, extra)
	f := float32(1)
	if !joined {
		f = strictness(distinctive, min(names, bits.OnesCount64(words&x.named)), number)
	}
	against := f * (lackCost*lack + extraCost*extra + clashCost*min(lack, extra))
	return spelt(exact, against, (extraCost+lackCost+clashCost)*pairedSpelling, asked, sims) + slack
}

// spelt is the most that shared words come to of which sims are spelt
// differently: the one that is most alike first, each is taken while it is
// better than what there is. Nothing shared counts for more than asked.
func spelt(exact, against, cost, asked float32, sims []boundHit) float32 {
	if asked <= 0 {
		return 0
	}
	best, floor := float32(0), against
	shared := exact
	if exact > 0 {
		best = exact / (exact + against)
	}
	for range sims {
		most := -1
		for i := range sims {
			if sims[i].weight > 0 && (most < 0 || sims[i].sim > sims[most].sim) {
				most = i
			}
		}
		w := sims[most]
		sims[most].weight = 0
		shared += w.weight * w.sim
		next := against + w.weight*(1-w.sim)*cost
		if score := (exact + w.weight*w.sim) / (exact + w.weight*w.sim + next); score > best {
			best, exact, against = score, exact+w.weight*w.sim, next
		}
	}
	if asked < shared {
		best = min(best, asked/(asked+floor))
	}
	return best
}

// boundPerson is bound for persons' names.
func (x *search) boundPerson(name uint32, mass float32, hits []boundHit, words uint64) float32 {
	var exact, shared float32
	sims := x.bounds.sims[:0]
	lack := mass
	for _, h := range hits {
		lack -= h.weight
		shared += h.weight * h.sim
		if h.sim == sameMeaning {
			exact += h.weight
		} else {
			sims = append(sims, h)
		}
	}
	x.bounds.sims = sims
	count := max(len(hits), bits.OnesCount64(words))
	if x.initialLetters != 0 || x.space.names[name].initials {
		return x.boundInitials(name, mass, shared, words, count)
	}
	extra, asked := x.spans[0].extra, float32(0)
	for rest := words; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros64(rest)
		extra -= x.extra[i]
		asked += x.weight[i]
	}
	lack, extra = max(0, lack), middleName*max(0, extra)
	against := personLackCost*lack + min(personExtraCost, personMoreCost)*extra + personClashCost*min(lack, extra)
	best := spelt(exact, against, personSpellingCost, asked, sims)
	if count < 2 {
		best *= 1 - oneName
	}
	return best + slack
}

// boundInitials is bound for a person where one of the names has initials; m
// of the listed name is shared, in count words.
func (x *search) boundInitials(name uint32, mass, m float32, words uint64, count int) float32 {
	s := x.space
	initials := false
	for _, r := range s.words(name) {
		if r.weight == 0 || x.isHit(r.post) {
			continue
		}
		text := s.terms[r.term].text
		letter := letterBit(text[0])
		if x.initialLetters&letter != 0 || len(text) == 1 && x.firstLetters&letter != 0 {
			m += initialWeight
			mass -= s.weights[r.weight] - initialWeight
			initials = true
		}
	}
	against := personLackCost * max(0, mass-m)
	if !initials {
		extra := x.spans[0].extra
		for rest := words; rest != 0; rest &= rest - 1 {
			extra -= x.extra[bits.TrailingZeros64(rest)]
		}
		against += middleName * min(personExtraCost, personMoreCost) * max(0, extra)
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
