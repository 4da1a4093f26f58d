package matching

import "sync"

// slips finds words of the lexicon that are one letter off a word nobody
// knows: "Asociation", "LTDD", "AmD".
type slips struct {
	words []string
	light []bool // legal forms and particles, which weigh next to nothing
	found *postings
}

// slipWords is what may be misspelt: generic words, legal forms and particles
// of three letters and more.
var slipWords = sync.OnceValue(func() *slips {
	s := &slips{}
	var entries pile[entry]
	v := lexicon()
	add := func(word string, class Class, shortest int) {
		if len(word) < shortest || len(word) > maxWordLen || class == Distinctive || class == Place || class == Number {
			return
		}
		id := uint32(len(s.words))
		s.words = append(s.words, word)
		s.light = append(s.light, class != Generic)
		dropOne(word, func(h uint64) { entries.add(entry{h, id}) })
	}
	for word, m := range v.words {
		shortest := 3
		if m[0].class == Generic {
			shortest = 6
		}
		add(word, m[0].class, shortest)
	}
	for stem, m := range v.stems {
		add(stem, m[0].class, 6)
	}
	for _, p := range formParts {
		add(p, Form, 5)
	}
	s.found = newPostings(&entries)
	return s
})

// dropOne yields the word, and the word without each of its letters.
func dropOne(s string, yield func(uint64)) {
	yield(hashKey('m', s))
	var buf [maxWordLen]byte
	for i := range len(s) {
		yield(hashBytes('m', append(append(buf[:0], s[:i]...), s[i+1:]...)))
	}
}

// slipOf returns what a word weighs at most that is one letter off a word of
// the lexicon, and 0 where it is off them all. It may be somebody's name all
// the same, so this only counts where nothing in the other name answers to it.
func slipOf(text string) float32 {
	if len(text) < 3 || len(text) > maxWordLen {
		return 0
	}
	weight := float32(0)
	check := func(part string, ending bool) {
		dropOne(part, func(h uint64) {
			s := slipWords()
			for _, c := range s.found.bucket(h) {
				if c.print != uint32(h) || weight == lightSlip {
					continue
				}
				word := s.words[c.value]
				if !ending && len(word) < 6 && len(part) != len(word) && len(part) != len(word)+1 {
					continue
				}
				if _, edits := editCost(part, word, 1); edits > 1 {
					continue
				}
				weight = slipWeight
				if s.light[c.value] {
					weight = lightSlip
				}
			}
		})
	}
	check(text, false)
	for cut := 1; weight == 0 && cut <= 4 && len(text)-cut >= 6; cut++ {
		check(text[:len(text)-cut], true) // a stem with an ending
	}
	return weight
}

// What a misspelt word of the lexicon counts for that the other name has not
// got: a generic word, and a legal form or particle.
const (
	slipWeight = 0.25
	lightSlip  = 0.10
)
