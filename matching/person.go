package matching

import "strings"

// The weights of what two names of persons do not share. A middle name or a
// patronymic left out says little; two that differ say the persons do.
const (
	personExtraCost = 0.52
	middleName      = 0.85 // a name between the first and the last, or of the father, is left out more often
	firstFamilyName = 1.50
	personMoreCost  = 0.40 // beside three and more words that agree
	personLackCost  = 0.25
	personClashCost = 1.60
)

// alignPersons compares two names of persons, in whatever order their words stand.
func (s *scorer) alignPersons(q, c *profile) alignment {
	s.pair(q, c)
	s.initials(q, c)
	s.reset(len(q.words), len(c.words))
	a := alignment{exact: true, person: true}
	for _, p := range s.pairs {
		if i, j := int(p.q), int(p.c); !s.qUsed[i] && !s.cUsed[j] {
			s.take(&a, q, c, i, i+1, j, j+1, min(q.words[i].weight, c.words[j].weight), p.sim)
		}
	}
	join(q.words, c.words, s.qUsed, s.cUsed, func(i0, i1, j int, weight, sim float32) {
		s.take(&a, q, c, i0, i1, j, j+1, weight, sim)
	})
	join(c.words, q.words, s.cUsed, s.qUsed, func(i0, i1, j int, weight, sim float32) {
		s.take(&a, q, c, j, j+1, i0, i1, weight, sim)
	})
	for i := range q.words {
		if !s.qUsed[i] {
			extra := q.words[i].weight
			if i > 0 && (i+1 < len(q.words) || isPatronymic(q.words[i].text)) {
				extra *= middleName
			}
			a.extra += extra
		}
	}
	for j := range c.words {
		if !s.cUsed[j] {
			lack := c.words[j].weight
			if j == 0 && len(c.words) > 2 && c.words[1].segment == 0 && c.segments > 1 {
				lack *= firstFamilyName // "GONZALEZ Cardenas, Jorge" is hardly Jorge Cardenas
			}
			a.lack += lack
		}
	}
	if a.extra > 0 || a.lack > 0 {
		a.exact = false
	}
	a.clash = min(a.extra, a.lack)
	if a.shared <= 0 {
		return a
	}
	a.by = byWords
	switch {
	case a.names >= 2:
	case a.names == 1 && a.words >= 2:
		a.few = oneAndInitial
	default:
		a.few = oneName
	}
	p := a.shares()
	a.score = 1 - p.spelling - p.extra - p.lack - p.clash - p.generic
	return a
}

// isPatronymic reports whether a word is a father's name by its ending.
func isPatronymic(text string) bool {
	for _, e := range []string{"ovich", "evich", "ovych", "evych", "ovna", "evna", "ivna", "oglu", "ogly", "kyzy", "qizi"} {
		if len(text) > len(e)+2 && strings.HasSuffix(text, e) {
			return true
		}
	}
	return false
}

// personShares divides what speaks against two persons' names being one.
func (a *alignment) personShares() (s shares) {
	residual := a.residual * personSpellingCost
	extraCost := float32(personExtraCost)
	if a.names > 2 {
		extraCost = personMoreCost
	}
	extra, lack, clash := extraCost*a.extra, personLackCost*a.lack, personClashCost*a.clash
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
