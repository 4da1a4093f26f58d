package matching

import (
	"slices"
	"strings"
	"unicode"
)

// word is a term where it stands in a name.
type word struct {
	*term
	raw     string  // as written; only where evidence is to quote it
	weight  float32 // what it counts for in this name
	extra   float32 // the same where nothing answers to it; of a query only
	segment uint8
}

// profile is a name prepared for comparing: what was said once about every
// word of it, so that comparing two names is arithmetic.
type profile struct {
	words    []word // legal forms apart; particles count for nothing but keep their place
	forms    []string
	acronyms []string
	// squashHash is of all words without spaces, for names that differ only in their spaces.
	squashHash    uint64
	fullHash      uint64 // and of the legal forms too
	acronymHashes []uint64
	segments      int
	person        bool
	// open is the last word of the name, which may have been cut short, or -1.
	open int
	// last is the last word of the name where the name ends with it, or -1.
	last int
}

// maxWords is how many words of a name are compared; cells that hold more
// are addresses and sentences, whose names stand in front.
const maxWords = 64

// newProfile prepares words; intern returns the one term of a word.
func newProfile(words []Word, person bool, intern func(*Word) *term) profile {
	p := profile{person: person, open: -1, last: -1, words: make([]word, 0, min(len(words), maxWords))}
	last := -1
	for i := range words {
		w := &words[i]
		if w.Text == "" || len(p.words) == maxWords {
			continue
		}
		if w.Class == Form && !person {
			p.forms = append(p.forms, w.Key)
			continue
		}
		if w.Segment != last {
			last = w.Segment
			p.segments++
		}
		t := intern(w)
		if i == len(words)-1 && !person && (w.Class == Distinctive || w.Class == Generic && lexicon().words[w.Text] == nil) {
			if w.Class == Distinctive {
				p.last = len(p.words)
			}
			if len(w.Text) >= leastCut {
				p.open = len(p.words) // "Engineeri" is not listed among the words of the field
			}
		}
		x := word{term: t, raw: w.Raw, weight: weigh(t, person), segment: uint8(p.segments - 1)}
		x.extra = x.weight
		if t.slip > 0 {
			x.extra = min(x.extra, t.slip)
			if t.slip == lightSlip && inside(words, i) {
				x.extra = min(x.extra, faint) // "Technology amd Development"
			}
		}
		if i == len(words)-1 && i > 0 && w.Class == Distinctive && cutForms[w.Text] {
			x.extra = min(x.extra, lightSlip) // "Orvex Records RL"
		}
		p.words = append(p.words, x)
	}
	p.fullHash = squash('f', words, true)
	if !person {
		p.discountResearch()
		p.discountScience()
		p.discountArmy()
		p.discountNamesake()
		p.acronyms = Acronyms(words)
		p.discountInitials(words)
	}
	p.squashHash = squash('q', words, false)
	for _, a := range p.acronyms {
		if len(a) >= 3 {
			p.acronymHashes = append(p.acronymHashes, hashKey('a', a))
		}
	}
	return p
}

// cutForms are legal forms without one of their three letters.
var cutForms = map[string]bool{"rl": true, "td": true, "lt": true, "ld": true, "lc": true, "js": true, "nc": true, "ic": true, "oo": true}

// inside reports whether word i stands between two others that are no legal forms.
func inside(words []Word, i int) bool {
	return i > 0 && i+1 < len(words) && words[i-1].Segment == words[i].Segment && words[i+1].Segment == words[i].Segment &&
		words[i-1].Class != Form && words[i+1].Class != Form
}

// leastCut is how much of a word that was cut short must be left.
const leastCut = 5

// weigh is what a word counts for before its neighbours are looked at.
func weigh(t *term, person bool) float32 {
	switch {
	case person && len(t.text) == 1: // "I." is an initial there, and no "and"
		return initialWeight
	case t.class == Particle:
		return 0
	case person:
		return 1
	case len(t.text) == 1:
		return min(t.weight, initialWeight)
	case t.formPart:
		return min(t.weight, formPartWeight)
	}
	return t.weight
}

// initialWeight is what a single letter counts for.
const initialWeight = 0.25

// discountResearch takes the weight from what institutes do anyway: the
// Institute of Optics, its research institute, 光学研究所 and НИИ оптики are
// one name. The science of "scientific research" goes with it, and that of an
// Institute of Scientific Instruments stays.
func (p *profile) discountResearch() {
	institute := -1
	for i := range p.words {
		if w := &p.words[i]; w.class == Generic && w.key == "institute" {
			institute = int(w.segment)
			break
		}
	}
	for i := range p.words {
		w := &p.words[i]
		if institute != int(w.segment) || w.class != Generic || w.key != "research" {
			continue
		}
		w.weight, w.extra = faint, faint
		if i > 0 && p.words[i-1].class == Generic && p.words[i-1].key == "science" && p.words[i-1].segment == w.segment {
			p.words[i-1].weight, p.words[i-1].extra = faint, faint
		}
	}
}

// discountScience takes the weight from the science in 科技, which is
// technology to companies; a university of science and technology keeps it.
func (p *profile) discountScience() {
	for i := 0; i+1 < len(p.words); i++ {
		w, next := &p.words[i], &p.words[i+1]
		if w.class != Generic || w.key != "science" || next.key != "technology" || w.raw != next.raw || scriptOf(firstRune(w.raw)) == latin {
			continue
		}
		kind := false
		for j := range p.words {
			kind = kind || p.words[j].segment == w.segment && (kinds[p.words[j].key] || units[p.words[j].key])
		}
		if !kind {
			w.weight, w.extra = faint, faint
		}
	}
}

// faint is the weight up to which a word says nothing where it is missing.
const faint = 0.03

// discountArmy takes the weight from the army that a university or a hospital
// belongs to, where the name says more than that: its schools are known without it.
func (p *profile) discountArmy() {
	army, kind, rest := -1, false, float32(0)
	for i := range p.words {
		switch w := &p.words[i]; {
		case w.class == Generic && w.key == "pla":
			army = i
		case w.class != Place:
			kind = kind || w.class == Generic && (kinds[w.key] || units[w.key]) && !armyKinds[w.key]
			rest += w.weight
		}
	}
	if army >= 0 && kind && rest >= leastBesideArmy {
		p.words[army].weight, p.words[army].extra = faint, faint
	}
}

// leastBesideArmy is what the rest of the name weighs at least: "General
// Hospital" is any army's.
const leastBesideArmy = 0.45

// armyKinds are the kinds that an army is itself made of.
var armyKinds = map[string]bool{"army": true, "brigade": true, "battalion": true, "soldier": true, "front": true, "movement": true, "division": true, "unit": true, "office": true, "branch": true, "section": true, "bureau": true, "department": true}

// discountNamesake takes most of the weight from whom the party is named
// after, where a name of its own stands beside: from the initials in "A.A.
// Kulakov Plant", and from all of "named after A.A. Kulakov" behind another name,
// since offices leave that out. A place and what is made there is such a name:
// "Brantsk Machine-Building Plant named after A.A. Kulakov".
func (p *profile) discountNamesake() {
	named, own := false, false
	after := -1 // the segment in which "named after" was read
	var namesake [maxWords]bool
	place, generic := false, 0
	for i := range p.words {
		w := &p.words[i]
		place = place || w.class == Place && after < 0
		if w.class == Generic && after < 0 && w.weight > faint {
			generic++
		}
		switch {
		case w.class == Particle && w.key == "named":
			after = int(w.segment)
		case w.class != Distinctive && w.class != Particle || int(w.segment) != after:
			after = -1
		case w.class == Distinctive:
			namesake[i] = true
		}
		if w.class == Distinctive && len(w.text) > 3 && w.weight > 0.5 {
			named = true
			own = own || !namesake[i]
		}
	}
	if !named {
		return
	}
	kept := float32(namesakeWeight)
	if !own && place && generic >= 2 {
		own, kept = true, placesNamesakeWeight
	}
	for i := range p.words {
		w := &p.words[i]
		switch {
		case w.class != Distinctive:
		case len(w.text) <= 3 && (strings.Contains(w.raw, ".") || namesake[i]):
			w.weight, w.extra = min(w.weight, initialsWeight, kept/3), min(w.extra, initialsWeight, kept/3)
		case own && namesake[i]:
			w.weight, w.extra = min(w.weight, kept), min(w.extra, kept)
		}
	}
}

// What the initials of a namesake count for, and his name beside another, and
// beside a place and what is made there: there is less to weigh it against.
const (
	initialsWeight       = 0.08
	namesakeWeight       = 0.30
	placesNamesakeWeight = 0.10
)

// squash hashes the words of a name written without spaces and "the", with its
// legal forms or without.
func squash(kind byte, words []Word, forms bool) uint64 {
	h := hashStart(kind)
	for i := range words {
		w := &words[i]
		switch {
		case w.Class == Form && !forms:
		case w.Class == Particle && w.Text == "the":
		case !plain(w.Raw):
			h = hashMore(h, w.Text)
		case i == 0 || words[i-1].Raw != w.Raw || words[i-1].Segment != w.Segment || words[i-1].Class == w.Class && words[i-1].Key == w.Key:
			// A word of several meanings stands there once for each.
			for j := 0; j < len(w.Raw); j++ {
				c := w.Raw[j]
				if c >= 'A' && c <= 'Z' {
					c |= 0x20
				}
				h = hashByte(h, c)
			}
		}
	}
	return mix(h)
}

// plain reports whether a word is written in nothing but Latin letters and figures.
func plain(raw string) bool {
	for i := 0; i < len(raw); i++ {
		if c := raw[i] | 0x20; (c < 'a' || c > 'z') && (raw[i] < '0' || raw[i] > '9') {
			return false
		}
	}
	return raw != ""
}

// discountInitials takes the weight from initials of the name that stand
// beside it: "Islamic Relief Fund (IRF)", "IRF Islamic Relief Fund".
func (p *profile) discountInitials(words []Word) {
	if len(p.words) < 3 {
		return
	}
	for i := range p.words {
		w := &p.words[i]
		if w.class != Distinctive || w.weight == 0 || len(w.text) < 2 || len(w.text) > longestInitials {
			continue
		}
		if p.aloneInSegment(i) && (p.initials(i, w.text) || initialsOfRest(words, w)) || p.atEdge(i) && isInitialism(w.raw) && initialsOfRest(words, w) {
			w.weight, w.extra = 0, 0
			if len(w.text) >= 3 && !slices.Contains(p.acronyms, w.text) { // what it says of itself
				p.acronyms = append(p.acronyms, w.text)
			}
		}
	}
}

// longestInitials is of ЦНИИМаш, as it is romanised, and its like.
const longestInitials = 10

// atEdge reports whether word i is the first or the last of its segment.
func (p *profile) atEdge(i int) bool {
	s := p.words[i].segment
	return i == 0 || i+1 == len(p.words) || p.words[i-1].segment != s || p.words[i+1].segment != s
}

// isInitialism reports whether a word is written as initials are, in three
// capitals or more.
func isInitialism(raw string) bool {
	n := 0
	for _, r := range raw {
		switch {
		case unicode.IsUpper(r):
			n++
		case unicode.IsLetter(r):
			return false
		}
	}
	return n > 2
}

// mayBegin reports whether the words beside text, the first that says
// something, begin with its first letter: most do not, and need no more.
func mayBegin(words []Word, text string) bool {
	for i := range words {
		w := &words[i]
		if w.Text == text {
			continue
		}
		if w.Raw == "" || w.Raw[0] >= 0x80 || w.Raw[0]|0x20 == text[0] {
			return true
		}
		if w.Class != Form && w.Class != Particle {
			return false
		}
	}
	return false
}

// initialsOfRest reports whether w is the initials of all the other words.
func initialsOfRest(words []Word, w *word) bool {
	if !mayBegin(words, w.text) {
		return false
	}
	rest := make([]Word, 0, len(words))
	for i := range words {
		if words[i].Text != w.text {
			rest = append(rest, words[i])
		}
	}
	if len(rest) < 3 {
		return false
	}
	last := ""
	for i := range rest {
		if c := rest[i].Class; c != Form && c != Particle {
			last = rest[i].Raw
		}
	}
	for _, a := range Acronyms(rest) {
		if a == w.text {
			return true
		}
		// ЦНИИМаш has more than a letter of its last word.
		n := len(a) - 1
		if len(w.text) > len(a) && n > 2 && w.text[:n] == a[:n] {
			if read := romanise(last, scriptOf(firstRune(last)), russian).text; strings.HasPrefix(read, w.text[n:]) {
				return true
			}
		}
	}
	return false
}

// aloneInSegment reports whether word i is the only one of its segment.
func (p *profile) aloneInSegment(i int) bool {
	s := p.words[i].segment
	return (i == 0 || p.words[i-1].segment != s) && (i+1 == len(p.words) || p.words[i+1].segment != s) && p.segments > 1
}

// initials reports whether short is made of the beginnings of other words of
// the name, in their order: IRF of Islamic Relief Fund, Navis of Navigation Systems.
func (p *profile) initials(except int, short string) bool {
	return p.madeOf(except, 0, 0, short)
}

func (p *profile) madeOf(except, from, words int, short string) bool {
	if short == "" {
		return words > 1
	}
	for i := from; i < len(p.words); i++ {
		text := p.words[i].text
		if i == except || text[0] != short[0] {
			continue
		}
		n := 1
		for n < len(short) && n < len(text) && short[n] == text[n] {
			n++
		}
		for ; n > 0; n-- {
			if p.madeOf(except, i+1, words+1, short[n:]) {
				return true
			}
		}
	}
	return false
}

// mass is what all words of the name count for together.
func (p *profile) mass() (sum float32) {
	for i := range p.words {
		sum += p.words[i].weight
	}
	return sum
}
