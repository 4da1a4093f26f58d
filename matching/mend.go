package matching

import (
	"strings"
	"sync"
)

// mendable is the words of the lexicon that are long enough to be known again
// with a letter wrong, by what is left of them when one letter is dropped.
var mendable = sync.OnceValue(func() *mending {
	m := &mending{}
	var entries []entry
	for word, meanings := range lexicon().words {
		if len(word) < leastMended || len(word) > maxWordLen || strings.Contains(word, " ") || meanings[0].class == Distinctive || meanings[0].class == Particle {
			continue
		}
		id := uint32(len(m.words))
		m.words = append(m.words, word)
		m.sets = append(m.sets, letters(word))
		dropOne(word, func(h uint64) { entries = append(entries, entry{h, id}) })
	}
	m.found = newPostings(entries)
	return m
})

type mending struct {
	words []string
	sets  []uint32
	found *postings
}

const (
	leastMended = 7    // letters of a word that may be mended
	mendSimilar = 0.88 // how like a word of the lexicon it must be: one letter off
)

// dropOne yields the word, and the word without each of its letters.
func dropOne(s string, yield func(uint64)) {
	yield(hashKey('m', s))
	var buf [maxWordLen]byte
	for i := range len(s) {
		yield(hashBytes('m', append(append(buf[:0], s[:i]...), s[i+1:]...)))
	}
}

// mend replaces unknown words of a query that are one letter off a word of the
// lexicon ("Shipbuilfing") by it. It returns nil where there is none: what it
// returns is a second reading beside the first, since the unknown word may be
// somebody's name.
func mend(words []Word) []Word {
	var out []Word
	for i := range words {
		w := &words[i]
		known := ""
		if w.Class == Distinctive && len(w.Text) >= leastMended && len(w.Text) <= maxWordLen {
			known = mendable().nearest(w.Text)
		}
		if known == "" {
			if out != nil {
				out = append(out, *w)
			}
			continue
		}
		if out == nil {
			out = append(out, words[:i]...)
		}
		for _, m := range Words(known) {
			m.Raw, m.Segment = w.Raw, w.Segment
			out = append(out, m)
		}
	}
	return out
}

// nearest returns the word of the lexicon that text misspells, or "".
func (m *mending) nearest(text string) string {
	set := letters(text)
	best, word := float32(mendSimilar), ""
	dropOne(text, func(h uint64) {
		for _, c := range m.found.bucket(h) {
			if c.print != uint32(h) {
				continue
			}
			// On a tie the first in the alphabet, whatever the order of the table.
			if s := spelling(text, m.words[c.value], set, m.sets[c.value]); s > best || s == best && s > mendSimilar && m.words[c.value] < word {
				best, word = s, m.words[c.value]
			}
		}
	})
	return word
}
