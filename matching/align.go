package matching

// The weights of what two names do not share, beside what they do:
//
//	name = M / (M + strict·(extraCost·Q + lackCost·C + clashCost·K))
//
// M is the weight of the words they share, Q of the words only the query has,
// C of those only the candidate has, and K of those that stand against each
// other: the smaller of the two, since a word replaced says more than a word
// left out.
const (
	extraCost        = 0.55
	lackCost         = 0.55
	clashCost        = 0.90
	numberCost       = 1.50 // two numbers that differ: the 58th institute is not the 59th
	differCost       = 0.40 // each name has a word of its own that tells it from others
	telling          = 0.12 // the weight of a generic word that does
	numberWeightMore = 2.20 // a number that only one of them has counts so many times
	placeCost        = 0.40 // two cities that differ, or two countries
	strict           = 1.80 // when nothing distinctive is shared, every word counts for more
	loneCost         = 1.40 // when one distinctive word is
	frequentCost     = 1.90 // when it is one that many names share
	leastOwn         = 0.62 // the weight up to which it is
	loneSpelling     = 1.40 // when it is all there is, and spelt differently
	pairedSpelling   = 0.65 // when every word of both names has its partner
	leastStrict      = 0.15 // what a generic word counts for at least when nothing distinctive is shared
	leastStrictExtra = 0.17 // and one of the query, which sets it apart more often than one left out
	describing       = 0.75 // what a generic word counts for where the other name has no word of its own left
)

// pairing is two words that may be one.
type pairing struct {
	q, c  uint8
	sim   float32
	order float32 // the greater is taken first
}

// alignment is what two names share and what they do not.
type alignment struct {
	score                     float32
	shared                    float32
	extra, lack               float32
	extraGeneric, lackGeneric float32 // the parts of them that generic words weigh
	clash                     float32
	distinctive               float32 // the part of shared that is neither place, generic word nor number
	place                     float32
	generic                   float32 // and of the generic words
	words                     int     // how many words are shared
	names                     int     // how many of them are distinctive
	left                      int     // how many words of either are not
	faints                    int     // how many that say nothing are not
	translated                bool    // a generic word is shared in another language
	foreign                   bool    // or at least spelt as in another
	lone                      int     // letters of the one word the names are, or 0
	sameForm                  bool    // and the legal forms are of one kind
	kind                      bool    // a word for a kind of party is shared
	near                      bool    // two words are one only as translators have them
	office                    bool    // and every state has one of that kind
	numberClash               bool
	differ                    bool // each has a word of its own that tells it from others
	placeClash                bool
	abroad                    bool    // the query names a place that the listed name does not
	scattered                 bool    // the words stand in more parts of the cell than of the listed name
	residual                  float32 // weight lost to words spelt differently
	exact                     bool    // nothing but forms and particles differs
	from, to                  uint8   // the words of the query that were compared
	part                      bool    // the query names a unit of the party, not the party
	outside                   float32 // weight of the query's words in other segments
	beside                    bool    // the other segments seem to name somebody
	again                     bool    // by the word that was found, once more
	verbatim                  bool    // the two names are written alike, letter by letter
	person                    bool
	few                       float32 // of a person's name: the share it loses for having one word only
	by                        uint8
	acronym                   string
	expanded                  bool // the acronym stands in the query
}

// What an alignment rests on.
const (
	byNothing uint8 = iota
	byWords
	byAcronym
)

// scorer holds the working memory of one comparison after another.
// It is not safe for use by several goroutines at once.
type scorer struct {
	pairs  []pairing
	qUsed  []bool
	cUsed  []bool
	groups []group
	record bool // keep the groups
}

// group is some words of the query that stand for some of the candidate.
type group struct {
	q, c   [2]uint8 // from, to (exclusive)
	weight float32
	sim    float32
}

// align compares two names of organisations.
func (s *scorer) align(q, c *profile) alignment {
	var best alignment
	s.pair(q, c)
	if len(s.pairs) > 0 || sameLetters(q, c) {
		best = s.view(q, c, 0, len(q.words), false)
		if best.extra > 0 {
			s.parts(q, c, &best)
			s.unitOf(q, c, &best)
		}
	}
	if best.score < acronymScore(maxWordLen) {
		if a := s.alignAcronym(q, c); a.score > best.score {
			best = a
		}
	}
	return best
}

// parts compares the runs of segments of the query in which something was
// found: the name may stand in a part of the cell, with departments and
// places beside it.
func (s *scorer) parts(q, c *profile, best *alignment) {
	if q.segments < 2 {
		return
	}
	var hit [maxWords]bool
	for _, p := range s.pairs {
		hit[q.words[p.q].segment] = true
	}
	var start [maxWords + 1]int // of each segment in words
	for i := len(q.words) - 1; i >= 0; i-- {
		start[q.words[i].segment] = i
	}
	start[q.segments] = len(q.words)
	for from := range q.segments {
		if !hit[from] {
			continue
		}
		for to := from; to < q.segments && to < from+maxRun; to++ {
			if !hit[to] || from == 0 && to == q.segments-1 {
				continue
			}
			if a := s.view(q, c, start[from], start[to+1], false); a.score > best.score {
				*best = a
			}
		}
	}
}

// maxRun is how many neighbouring segments of a cell may be one name.
const maxRun = 5

// unitOf compares what follows "of" after a word for a unit, and what stands
// before such a word: in "Institute of Optics of Ostankov University" and in
// "Ostankov University Institute of Optics" the university is named as well.
func (s *scorer) unitOf(q, c *profile, best *alignment) {
	unit, kind := false, -1
	for i := range q.words {
		w := &q.words[i]
		if i > 0 && w.segment != q.words[i-1].segment {
			unit = false
		}
		if start := segmentStart(q, i); units[w.key] && w.class == Generic && kind >= start && kind < i && i-start >= 2 {
			// "Ostankov University School of Medicine"
			if a := s.view(q, c, start, i, true); a.score > best.score {
				*best = a
			}
		}
		if w.class == Generic && kinds[w.key] {
			kind = i
		}
		switch {
		case units[w.key] && w.class == Generic:
			unit = true
		case unit && w.class == Particle && belongs[w.text]:
			end := i + 1
			for end < len(q.words) && q.words[end].segment == w.segment {
				end++
			}
			hits := 0
			for _, p := range s.pairs {
				if int(p.q) > i && int(p.q) < end {
					hits++
				}
			}
			if hits < 2 {
				continue
			}
			if a := s.view(q, c, i+1, end, true); a.score > best.score {
				*best = a
			}
		}
	}
}

// segmentStart is the first word of the segment word i stands in.
func segmentStart(p *profile, i int) int {
	for i > 0 && p.words[i-1].segment == p.words[i].segment {
		i--
	}
	return i
}

// pair finds the words that may be one, best first.
func (s *scorer) pair(q, c *profile) {
	s.pairs = s.pairs[:0]
	for i := range q.words {
		a := &q.words[i]
		if a.class == Particle {
			continue
		}
		for j := range c.words {
			b := &c.words[j]
			if b.class == Particle {
				continue
			}
			sim := similar(a.term, b.term)
			if i == q.open {
				sim = max(sim, cutSimilar(a.text, b.text))
			}
			if sim > 0 {
				order := sim + 0.01*min(a.weight, b.weight) - 0.0001*abs(float32(i-j))
				s.pairs = append(s.pairs, pairing{uint8(i), uint8(j), sim, order})
			}
		}
	}
	for i := 1; i < len(s.pairs); i++ {
		for j := i; j > 0 && s.pairs[j].order > s.pairs[j-1].order; j-- {
			s.pairs[j], s.pairs[j-1] = s.pairs[j-1], s.pairs[j]
		}
	}
}

func abs(x float32) float32 {
	if x < 0 {
		return -x
	}
	return x
}

func (s *scorer) reset(q, c int) {
	if cap(s.qUsed) < q {
		s.qUsed = make([]bool, maxWords)
	}
	if cap(s.cUsed) < c {
		s.cUsed = make([]bool, maxWords)
	}
	s.qUsed, s.cUsed = s.qUsed[:q], s.cUsed[:c]
	clear(s.qUsed)
	clear(s.cUsed)
	s.groups = s.groups[:0]
}

// take pairs words qf..qt of the query with words cf..ct of the candidate.
func (s *scorer) take(a *alignment, q, c *profile, qf, qt, cf, ct int, weight, sim float32) {
	for i := qf; i < qt; i++ {
		s.qUsed[i] = true
	}
	for j := cf; j < ct; j++ {
		s.cUsed[j] = true
	}
	if s.record {
		s.groups = append(s.groups, group{[2]uint8{uint8(qf), uint8(qt)}, [2]uint8{uint8(cf), uint8(ct)}, weight, sim})
	}
	if weight == 0 {
		return
	}
	a.shared += weight * sim
	a.residual += weight * (1 - sim)
	if sim < sameMeaning {
		a.exact = false
	}
	one := qt-qf == 1 && ct-cf == 1
	x, y := q.words[qf].class, c.words[cf].class
	switch {
	case a.person:
		a.distinctive += weight * sim
		if weight > initialWeight {
			a.names += max(qt-qf, ct-cf)
		}
	case one && x == Distinctive && y == Distinctive, !one && (anyDistinctive(q.words[qf:qt]) || anyDistinctive(c.words[cf:ct])):
		a.distinctive += weight * sim
		a.names += max(qt-qf, ct-cf)
	case y == Number && len(c.words[cf].key) > 1:
		a.distinctive += weight * sim // the 58th institute is one of its kind
	case y == Place:
		a.place += weight * sim
	case y == Generic:
		a.generic += weight * sim
		if one && !sameLanguage(q.words[qf].term, c.words[cf].term) {
			a.translated = true
		}
		a.foreign = a.foreign || one && !sameSpelling(q.words[qf].term, c.words[cf].term)
	}
	a.near = a.near || x == Generic && y == Generic && one && sim == nearMeaning
	a.kind = a.kind || kinds[c.words[cf].key]
	a.office = a.office || offices[c.words[cf].key]
	a.words++
}

// sameLetters reports whether two names differ in their spaces only.
func sameLetters(q, c *profile) bool { return q.squashHash == c.squashHash || q.fullHash == c.fullHash }

// sameWords reports whether they do not differ in their spaces either.
func sameWords(q, c *profile) bool {
	if len(q.words) != len(c.words) {
		return false
	}
	for i := range q.words {
		if q.words[i].text != c.words[i].text {
			return false
		}
	}
	return true
}

// view compares words from..to of the query with the candidate.
func (s *scorer) view(q, c *profile, from, to int, part bool) alignment {
	s.reset(len(q.words), len(c.words))
	a := alignment{from: uint8(from), to: uint8(to), exact: true, part: part}
	whole := from == 0 && to == len(q.words)
	if whole && sameLetters(q, c) && len(q.words) > 0 && len(c.words) > 0 {
		a.verbatim = true
		if !sameWords(q, c) {
			s.take(&a, q, c, 0, len(q.words), 0, len(c.words), min(q.mass(), c.mass()), 1)
			a.words = len(c.words)
		}
	}
	for _, p := range s.pairs {
		i, j := int(p.q), int(p.c)
		if i < from || i >= to || s.qUsed[i] || s.cUsed[j] {
			continue
		}
		s.take(&a, q, c, i, i+1, j, j+1, min(q.words[i].weight, c.words[j].weight), p.sim)
	}
	join(q.words[from:to], c.words, s.qUsed[from:to], s.cUsed, func(i0, i1, j int, weight, sim float32) {
		s.take(&a, q, c, from+i0, from+i1, j, j+1, weight, sim)
	})
	join(c.words, q.words[from:to], s.cUsed, s.qUsed[from:to], func(i0, i1, j int, weight, sim float32) {
		s.take(&a, q, c, from+j, from+j+1, i0, i1, weight, sim)
	})
	if a.shared <= 0 {
		return a
	}
	s.rest(&a, q, c)
	return a
}

// rest adds up the words that were not paired, and what comes of it all.
func (s *scorer) rest(a *alignment, q, c *profile) {
	var qNumber, cNumber, qTells, cTells bool
	var qPlaces, cPlaces uint8 // the kinds of place that only one of them names
	for i := range q.words {
		w := &q.words[i]
		if w.weight == 0 {
			continue
		}
		if i < int(a.from) || i >= int(a.to) {
			a.outside += w.weight
			a.again = a.again || s.repeatsQuery(i)
			if w.class == Distinctive && w.weight >= 0.5 || w.class == Generic && w.weight >= 0.3 || kinds[w.key] {
				a.beside = true
			}
			if w.class == Place && !s.repeatsQuery(i) {
				qPlaces |= level(w)
				a.abroad = true
			}
			continue
		}
		if s.qUsed[i] || s.repeatsQuery(i) {
			continue
		}
		if w.extra > faint {
			a.left++
		} else if w.class == Generic {
			a.faints++
		}
		if i == q.last && s.cutShort(q, c, i) {
			continue
		}
		a.extra += w.extra
		switch {
		case w.class == Generic && w.weight >= telling || w.class == Distinctive && w.extra > slipWeight:
			qTells = true
		}
		switch w.class {
		case Number:
			qNumber = true
			a.extra += w.weight * (numberWeightMore - 1)
		case Place:
			qPlaces |= level(w)
			a.abroad = true
		case Generic:
			a.extraGeneric += w.extra
			if !a.kind && kinds[w.key] {
				a.extra += max(0, extraKindWeight-w.weight)
			} else if a.distinctive < leastDistinctive && w.weight > faint && !asides[w.key] {
				a.extra += max(0, leastStrictExtra-w.weight)
			}
		}
	}
	for j := range c.words {
		w := &c.words[j]
		if s.cUsed[j] || w.weight == 0 || s.repeatsCandidate(j) {
			continue
		}
		if w.weight > faint {
			a.left++
		} else if w.class == Generic {
			a.faints++
		}
		a.lack += w.weight
		switch {
		case w.class == Generic && w.weight >= telling || w.class == Distinctive:
			cTells = true
		}
		switch w.class {
		case Number:
			cNumber = true
			a.lack += w.weight * (numberWeightMore - 1)
		case Place:
			cPlaces |= level(w)
		case Generic:
			a.lackGeneric += w.weight
			if !a.kind && kinds[w.key] {
				a.lack += max(0, lackKindWeight-w.weight)
			} else if a.distinctive < leastDistinctive && w.weight > faint && !asides[w.key] {
				a.lack += max(0, leastStrict-w.weight)
			}
		}
	}
	if a.left > 0 {
		a.exact = false
	}
	a.clash = min(a.extra, a.lack)
	a.lone, a.sameForm = s.loneWord(a, q, c)
	a.numberClash = qNumber && cNumber
	a.differ = qTells && cTells
	a.placeClash = qPlaces&cPlaces != 0
	a.scattered = usedSegments(q.words, s.qUsed) > usedSegments(c.words, s.cUsed)
	a.finish()
}

// loneWord is how many letters the only word has that two names share, where
// it is all that tells either from others, and whether their legal forms agree.
func (s *scorer) loneWord(a *alignment, q, c *profile) (letters int, sameForm bool) {
	if a.names != 1 || a.words != 1 {
		return 0, false
	}
	for i := range q.words {
		if s.qUsed[i] && q.words[i].weight > 0 {
			letters = len(q.words[i].text)
		}
	}
	return letters, sameForms(q, c) || a.verbatim && len(q.forms)+len(c.forms) == 0
}

// sameLanguage reports whether two words that mean the same are one word, give
// or take an ending.
func sameLanguage(a, b *term) bool {
	if a.text == b.text {
		return true
	}
	n := min(len(a.text), len(b.text))
	k := 0
	for k < n && a.text[k] == b.text[k] {
		k++
	}
	return k >= 4 && k*3 >= n*2 || sameSpelling(a, b)
}

// sameSpelling reports whether two words are one as they are written, but for
// a letter.
func sameSpelling(a, b *term) bool {
	return a.text == b.text || oneEdit(a.text, b.text)
}

// cutShort reports whether the last word of the query is the beginning of the
// word that follows, in the candidate, what the word before it was paired with.
func (s *scorer) cutShort(q, c *profile, i int) bool {
	if i == 0 || !s.qUsed[i-1] {
		return false
	}
	for j := 1; j < len(c.words); j++ {
		if hasPrefix(c.words[j].text, q.words[i].text) && s.cUsed[j-1] && !s.cUsed[j] && similar(q.words[i-1].term, c.words[j-1].term) > 0 {
			return true
		}
	}
	return false
}

func anyDistinctive(words []word) bool {
	for i := range words {
		if words[i].class == Distinctive && words[i].weight > 0 {
			return true
		}
	}
	return false
}

// level is a bit for what kind of place a word names: only two countries, or
// two cities, stand against each other.
func level(w *word) uint8 {
	if w.weight < cityWeight {
		return 1
	}
	return 2
}

// cityWeight is the least weight of a city; countries have less.
const cityWeight = 0.2

// repeatsQuery reports whether word i of the query says again, perhaps spelt
// otherwise, what a paired word said: it is like a word of the candidate that is taken.
func (s *scorer) repeatsQuery(i int) bool {
	for _, p := range s.pairs {
		if int(p.q) == i && s.cUsed[p.c] && p.sim != nearMeaning {
			return true
		}
	}
	return false
}

// repeatsCandidate is the same for word j of the candidate.
func (s *scorer) repeatsCandidate(j int) bool {
	for _, p := range s.pairs {
		if int(p.c) == j && s.qUsed[p.q] && p.sim != nearMeaning {
			return true
		}
	}
	return false
}

// usedSegments counts the segments whose words were used.
func usedSegments(words []word, used []bool) int {
	n, last := 0, -1
	for i := range words {
		if used[i] && words[i].weight > 0 && int(words[i].segment) != last {
			n++
			last = int(words[i].segment)
		}
	}
	return n
}

// join finds runs of words of long that are one word of short: "Chon Myong"
// for "Chonmyong".
func join(long, short []word, longUsed, shortUsed []bool, found func(i0, i1, j int, weight, sim float32)) {
	for j := range short {
		if shortUsed[j] || len(short[j].text) < 3 {
			continue
		}
		text := short[j].text
		for i := 0; i+1 < len(long); i++ {
			if longUsed[i] {
				continue
			}
			if len(long[i].bares) > 0 && len(short[j].bares) == 0 {
				if k, weight := joinBare(long, longUsed, i, short[j].bare); k > 0 {
					found(i, k, j, min(weight, short[j].weight), fewBones)
					break
				}
				continue
			}
			if !hasPrefix(text, long[i].text) {
				continue
			}
			n, weight, k := len(long[i].text), long[i].weight, i+1
			for k < len(long) && !longUsed[k] && long[k].segment == long[i].segment && n < len(text) && hasPrefix(text[n:], long[k].text) {
				n += len(long[k].text)
				weight += long[k].weight
				k++
			}
			if n == len(text) && k > i+1 {
				found(i, k, j, min(weight, short[j].weight), sameMeaning)
				break
			}
		}
	}
}

// joinBare finds a run of words from i of a script without vowels that is one
// Latin word: رحمت الله for Rahmatollah.
func joinBare(long []word, used []bool, i int, want string) (end int, weight float32) {
	text := long[i].text
	weight = long[i].weight
	for k := i + 1; k < len(long) && k < i+3 && !used[k] && long[k].segment == long[i].segment && len(text) < maxWordLen; k++ {
		text += long[k].text
		weight += long[k].weight
		if len(want) > 3 && bare(text) == want {
			return k + 1, weight
		}
	}
	return 0, 0
}

func hasPrefix(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }

// shares are the parts of a score that speak against it; 1 less their sum is the score.
type shares struct {
	spelling, extra, lack, clash, number, generic, outside float32
	genericWhy                                             string
}

// shares divides what speaks against the names being one.
func (a *alignment) shares() (s shares) {
	if a.shared <= 0 {
		return s
	}
	if a.person {
		return a.personShares()
	}
	f := float32(1)
	switch {
	case a.distinctive < leastDistinctive:
		f = strict
	case a.names == 1 && a.distinctive <= leastOwn:
		f = frequentCost
	case a.names == 1:
		f = loneCost
	}
	number := float32(0)
	if a.numberClash {
		number = numberCost
	}
	place := float32(0)
	if a.placeClash {
		place = placeCost
	}
	spelling := max(1, f/loneCost)
	if a.names == 1 && a.words == 1 {
		spelling *= loneSpelling
	}
	if a.left == 0 && a.words > 1 {
		spelling *= pairedSpelling
	}
	if a.differ {
		place += differCost
	}
	residual := spelling * a.residual * (extraCost + lackCost + clashCost)
	extra, lack, clash := f*extraCost*a.extra, f*lackCost*a.lack, f*clashCost*a.clash+place
	if a.distinctive > leastOwn && a.words > 1 {
		// Nothing stands against a description that is only left out, unless
		// the name it describes is one that many share.
		if a.extra <= lightSlip {
			lack -= f * lackCost * (1 - describing) * a.lackGeneric
		}
		if a.lack <= lightSlip {
			extra -= f * extraCost * (1 - describing) * a.extraGeneric
		}
	}
	d := a.shared + residual + extra + lack + clash + number
	s.spelling, s.extra, s.lack, s.clash, s.number = residual/d, extra/d, lack/d, clash/d, number/d
	score := a.shared / d
	whole := a.exact && a.outside == 0
	full := a.left == 0 && a.outside == 0 && !a.near
	part := a.exact && (a.kind && a.words >= 2 || a.words >= 3) && a.generic+a.place >= leastGeneric
	switch {
	case a.distinctive >= leastDistinctive:
	case a.foreign && a.place == 0 && a.distinctive < 0.05:
		s.generic, s.genericWhy = score*genericOnly, "only generic words agree, in another language"
		if full && a.words >= 2 && a.generic >= wholeGeneric && !a.office {
			s.generic, s.genericWhy = score*frequentName, "the name is made of generic words, in another language"
		}
	case a.office && a.place == 0 && a.distinctive < 0.05 && (a.foreign || a.abroad):
		s.generic, s.genericWhy = score*genericOnly, "every state has an office of this name"
	case a.verbatim && a.exact: // the whole name, however little it says
		s.generic, s.genericWhy = score*frequentName, "the name is made of frequent words"
		if a.words > 1 {
			s.generic = 0
		}
	case a.generic == 0 && a.distinctive < 0.05:
		s.generic, s.genericWhy = score*placeOnly, "only places and numbers agree"
	case a.distinctive < 0.05 && a.place == 0 && a.faints > 0 && a.generic < leastGeneric: // "Scientific Research Engineering Institute"
		s.generic, s.genericWhy = score*genericOnly, "only a few generic words agree, otherwise put"
	case a.distinctive < 0.05 && a.place == 0 && !((whole || full) && a.words >= 2) && !part:
		s.generic, s.genericWhy = score*genericOnly, "only generic words agree"
	case a.distinctive < leastDistinctive && a.words < 2 && !whole:
		s.generic, s.genericWhy = score*genericOnly, "only a frequent word agrees"
	}
	if a.lone > 0 && a.lone <= 3 && s.generic == 0 {
		s.generic, s.genericWhy = score*fewLetters, "two or three letters stand for many things"
		if a.sameForm {
			s.generic = score * fewLettersSameForm
		}
	} else if a.lone == 4 && s.generic == 0 {
		s.generic, s.genericWhy = score*fourLetters, "four letters stand for several things"
	}
	score -= s.generic
	switch {
	case a.outside == 0:
	case (a.beside || a.from > 0 && a.outside >= leastBeside) && a.words == 1 && !a.again:
		s.outside = besideCost
	default:
		s.outside = outsideCost
	}
	if a.scattered {
		s.outside += scatteredCost
	}
	if a.part {
		s.outside += unitCost
	}
	s.outside = min(s.outside, score)
	return s
}

const (
	// leastDistinctive is the weight of distinctive words two names must
	// share for what else they have to count normally.
	leastDistinctive = 0.3
	// genericOnly is what generic words lose when they are all that agrees
	// and not the whole name.
	genericOnly = 0.30
	// placeOnly is what places and numbers lose when they are all that agrees.
	placeOnly = 0.50
	// What a name loses that is one word of two or three letters, with another
	// legal form or the same one, and of four.
	fewLetters         = 0.24
	fewLettersSameForm = 0.17
	fourLetters        = 0.06
	// wholeGeneric is the weight of generic words that are a name by themselves
	// where all of them have their partner in another language.
	wholeGeneric = 0.50
	// leastGeneric is the weight of generic words and places that may be a name in a part of a cell.
	leastGeneric = 0.40
	// unitCost is what a name loses that stands behind "of" and a unit of it.
	unitCost = 0.04
	// leastBeside is the weight of words in other parts of the cell that name somebody.
	leastBeside = 0.5
	// besideCost is what a single word loses that stands beside the name of somebody else.
	besideCost = 0.24
	// frequentName is what a name loses that is a single generic word or place.
	frequentName = 0.12
	// scatteredCost is what a name loses whose words stand in more parts of the
	// cell than of the listed name.
	scatteredCost = 0.06
	// outsideCost is what a name loses that is a part of its cell only.
	outsideCost = 0.02
)

// finish puts the sums together.
func (a *alignment) finish() {
	if a.shared <= 0 {
		a.score = 0
		return
	}
	a.by = byWords
	s := a.shares()
	a.score = 1 - s.spelling - s.extra - s.lack - s.clash - s.number - s.generic - s.outside
}
