package matching

import (
	"slices"

	"partnerscreen/screening"
)

// What an acronym is worth that nothing else supports, by its letters: most
// strings of three letters stand for many things.
func acronymScore(letters int) float32 {
	switch {
	case letters >= 5:
		return 0.83
	case letters == 4:
		return 0.81
	}
	return 0.60
}

// alignAcronym looks for one name being the initials of the other. Words
// beside the acronym in its part of the cell speak against it.
func (s *scorer) alignAcronym(q, c *profile) alignment {
	var best alignment
	if inOnePart(c) {
		for i := range q.words {
			w := &q.words[i]
			if !q.mayBeAcronym(w) || !anyHash(c.acronymHashes, hashKey('a', w.text)) {
				continue
			}
			a := alignment{by: byAcronym, from: uint8(i), to: uint8(i + 1), acronym: w.text, expanded: true}
			for j := range q.words {
				if o := &q.words[j]; j != i && o.segment == w.segment {
					a.extra += o.weight
				} else if j != i {
					a.outside += o.weight
				}
			}
			a.shared = acronymScore(len(w.text))
			switch {
			case c.states(w.text):
				a.shared = statedAcronym(w.text, sameForms(q, c))
			case len(w.text) == 4 && (a.extra+a.outside > 0 || len(q.forms) > 0 && !sameForms(q, c)):
				a.shared = besideAcronym
			}
			a.score = a.shared / (1 + extraCost*a.extra)
			if a.score > best.score {
				best = a
			}
		}
	}
	if a := s.alignParts(q, c); a.score > best.score {
		best = a
	}
	if len(c.words) == 1 && len(c.words[0].text) >= 3 && anyHash(q.acronymHashes, hashKey('a', c.words[0].text)) {
		text := c.words[0].text
		a := alignment{by: byAcronym, to: uint8(len(q.words)), acronym: text, shared: acronymScore(len(text))}
		if !unspeakable(text) {
			a.shared -= listedAcronymCost
		}
		if q.states(text) {
			a.shared = statedAcronym(text, sameForms(q, c))
		}
		a.score = a.shared
		if a.score > best.score {
			best = a
		}
	}
	return best
}

// unspeakable reports whether five letters and more are no word of any
// language, for want of vowels, and so are initials.
func unspeakable(text string) bool {
	run, longest := 0, 0
	for i := range len(text) {
		if isVowel(text[i]) {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return len(text) > 4 && longest > 3
}

// alignParts looks for one name being the initials of the other in parts, as
// FARC-EP is.
func (s *scorer) alignParts(q, c *profile) (a alignment) {
	if text := q.joinedInitials(); text != "" && anyHash(c.acronymHashes, hashKey('a', text)) {
		a = alignment{by: byAcronym, to: uint8(len(q.words)), acronym: text, expanded: true, shared: acronymScore(len(text))}
	} else if text := c.joinedInitials(); text != "" && anyHash(q.acronymHashes, hashKey('a', text)) {
		a = alignment{by: byAcronym, to: uint8(len(q.words)), acronym: text, shared: acronymScore(len(text))}
	}
	a.score = a.shared
	return a
}

// joinedInitials are the words of a name of two or three words that may all be
// initials, as one; or "".
func (p *profile) joinedInitials() string {
	if len(p.words) < 2 || len(p.words) > 3 {
		return ""
	}
	text := ""
	for i := range p.words {
		w := &p.words[i]
		if w.class != Distinctive || len(w.text) > 5 || len(w.text) < 2 {
			return ""
		}
		text += w.text
	}
	if len(text) < 5 || len(text) > longestInitials {
		return ""
	}
	return text
}

// states reports whether the name gives text as its own initials.
func (p *profile) states(text string) bool {
	for i := range p.words {
		if w := &p.words[i]; w.weight == 0 && w.class == Distinctive && w.text == text {
			return true
		}
	}
	return false
}

// statedAcronym is what initials are worth that one name gives beside itself
// and the other is: as much as a name of so many letters.
func statedAcronym(text string, sameForm bool) float32 {
	switch {
	case len(text) > 3:
		return 1 - fourLetters
	case sameForm:
		return 1 - fewLettersSameForm
	}
	return 1 - fewLetters
}

func sameForms(q, c *profile) bool {
	for _, f := range q.forms {
		if slices.Contains(c.forms, f) {
			return true
		}
	}
	return false
}

// inOnePart reports whether a name has words in one segment only: the initials
// of the academy in "Academy of Arts, Institute of Dance" are not its institute's.
func inOnePart(p *profile) bool {
	last := -1
	for i := range p.words {
		if w := &p.words[i]; w.weight > 0 {
			if last >= 0 && int(w.segment) != last {
				return false
			}
			last = int(w.segment)
		}
	}
	return true
}

// mayBeAcronym reports whether a word of the name may be initials of another.
func (p *profile) mayBeAcronym(w *word) bool {
	return len(w.text) >= 3 && len(w.text) <= 8 && w.class != Number && w.class != Particle && w.weight > 0 &&
		(len(p.words) <= maxBesideAcronym || len(w.text) > 4 && len(p.words) <= 2*maxBesideAcronym)
}

// maxBesideAcronym is how many words a name may have of which one is taken
// for initials of another party: a long cell has too many short words. One of
// five letters and more may stand beside twice as many.
const maxBesideAcronym = 12

// besideAcronym is what four letters are worth beside other words, or behind
// another legal form: not enough without a city or an identifier.
const besideAcronym = 0.74

// listedAcronymCost is what the initials of the query lose that are all the
// listed name is: many a short name happens to be made of some initials.
const listedAcronymCost = 0.08

func anyHash(hashes []uint64, h uint64) bool {
	for _, x := range hashes {
		if x == h {
			return true
		}
	}
	return false
}

var acronymFeature = Feature{
	Name: "acronym",
	Doc:  "One name is made of the first letters of the other: weak alone, since few letters stand for many things; a city or an identifier beside it makes it strong.",
	Score: func(c *Comparison) []screening.Evidence {
		a := &c.aligned
		if a.by != byAcronym || a.shared <= 0 {
			return nil
		}
		out := []screening.Evidence{{
			Direction: screening.For, Score: float64(a.shared), Query: c.Party.Name, Candidate: c.Name.Text,
			Detail: "the initials of one name are the other",
		}}
		if a.score < a.shared {
			out = append(out, screening.Evidence{
				Direction: screening.Against, Score: -float64(a.shared - a.score), Query: c.Party.Name,
				Detail: "other words beside the initials",
			})
		}
		return out
	},
}
