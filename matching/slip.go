package matching

import "sync"

// slips finds words of the lexicon that are one letter off a word nobody
// knows: "Asociation", "LTDD", "AmD".
type slips struct {
	words []string
	found *postings
}

// slipWords is what may be misspelt: generic words, legal forms and particles
// of three letters and more.
var slipWords = sync.OnceValue(func() *slips {
	s := &slips{}
	var entries []entry
	v := lexicon()
	add := func(word string, class Class, shortest int) {
		if len(word) < shortest || len(word) > maxWordLen || class == Distinctive || class == Place || class == Number {
			return
		}
		id := uint32(len(s.words))
		s.words = append(s.words, word)
		dropOne(word, func(h uint64) { entries = append(entries, entry{h, id}) })
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
	s.found = newPostings(entries)
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

// isSlip reports whether an unknown word is a misspelt word of the lexicon.
// It may be somebody's name all the same, so it only counts for less where
// nothing in the other name answers to it.
func isSlip(text string) bool {
	if len(text) < 3 || len(text) > maxWordLen {
		return false
	}
	s := slipWords()
	slip := false
	check := func(part string, ending bool) {
		dropOne(part, func(h uint64) {
			if slip {
				return
			}
			for _, c := range s.found.bucket(h) {
				if c.print != uint32(h) {
					continue
				}
				word := s.words[c.value]
				if !ending && len(word) < 6 && len(part) != len(word) && len(part) != len(word)+1 {
					continue
				}
				if _, edits := editCost(part, word); edits <= 1 {
					slip = true
					return
				}
			}
		})
	}
	check(text, false)
	for cut := 1; !slip && cut <= 4 && len(text)-cut >= 6; cut++ {
		check(text[:len(text)-cut], true) // a stem with an ending
	}
	return slip
}

// slipWeight is the most a misspelt word of the lexicon counts for that the
// other name has not got.
const slipWeight = 0.25
