package matching

// The weights of what two names of persons do not share. A middle name or a
// patronymic left out says little; two that differ say the persons do.
const (
	personExtraCost = 0.52
	personLackCost  = 0.26
	personClashCost = 1.60
)

// alignPersons compares two names of persons, in whatever order their words stand.
func (s *scorer) alignPersons(q, c *profile) alignment {
	s.pair(q, c)
	s.initials(q, c)
	s.reset(len(q.words), len(c.words))
	a := alignment{exact: true, person: true}
	full, short := 0, 0
	var residual float32
	take := func(qf, qt, cf, ct uint8, weight, sim float32) {
		for i := qf; i < qt; i++ {
			s.qUsed[i] = true
		}
		for j := cf; j < ct; j++ {
			s.cUsed[j] = true
		}
		a.shared += weight * sim
		residual += weight * (1 - sim)
		if sim < sameMeaning {
			a.exact = false
		}
		a.distinctive += weight * sim
		if weight > initialWeight {
			full += int(max(qt-qf, ct-cf))
		} else if weight > 0 {
			short++
		}
		if s.record {
			s.groups = append(s.groups, group{[2]uint8{qf, qt}, [2]uint8{cf, ct}, weight, sim})
		}
	}
	for _, p := range s.pairs {
		if !s.qUsed[p.q] && !s.cUsed[p.c] {
			take(p.q, p.q+1, p.c, p.c+1, min(q.words[p.q].weight, c.words[p.c].weight), p.sim)
		}
	}
	s.join(q.words, c.words, s.qUsed, s.cUsed, 0, 255, func(i0, i1, j int, weight float32) {
		take(uint8(i0), uint8(i1), uint8(j), uint8(j+1), weight, 1)
	})
	s.join(c.words, q.words, s.cUsed, s.qUsed, 0, 255, func(i0, i1, j int, weight float32) {
		take(uint8(j), uint8(j+1), uint8(i0), uint8(i1), weight, 1)
	})
	for i := range q.words {
		if !s.qUsed[i] {
			a.extra += q.words[i].weight
		}
	}
	for j := range c.words {
		if !s.cUsed[j] {
			a.lack += c.words[j].weight
		}
	}
	if a.extra > 0 || a.lack > 0 {
		a.exact = false
	}
	a.residual = residual
	a.clash = min(a.extra, a.lack)
	if a.shared <= 0 {
		return a
	}
	a.by = byWords
	switch {
	case full >= 2:
	case full == 1 && short > 0:
		a.few = oneAndInitial
	default:
		a.few = oneName
	}
	p := a.shares()
	a.score = 1 - p.spelling - p.extra - p.lack - p.clash - p.generic
	return a
}

// personShares divides what speaks against two persons' names being one.
func (a *alignment) personShares() (s shares) {
	residual := a.residual * personSpellingCost
	extra, lack, clash := personExtraCost*a.extra, personLackCost*a.lack, personClashCost*a.clash
	d := a.shared + residual + extra + lack + clash
	s.spelling, s.extra, s.lack, s.clash = residual/d, extra/d, lack/d, clash/d
	s.generic = a.shared / d * a.few
	s.genericWhy = "a single name, or one beside an initial, is shared by many"
	return s
}

const (
	personSpellingCost = 1.80
	// What a name loses of which one full word agrees: beside an initial, and alone.
	oneAndInitial = 0.15
	oneName       = 0.40
)

// initials pairs single letters with the words they begin.
func (s *scorer) initials(q, c *profile) {
	for i := range q.words {
		a := &q.words[i]
		for j := range c.words {
			b := &c.words[j]
			if (len(a.text) == 1) != (len(b.text) == 1) && a.text[0] == b.text[0] && a.weight > 0 && b.weight > 0 {
				s.pairs = append(s.pairs, pairing{q: uint8(i), c: uint8(j), sim: 1})
			}
		}
	}
}
