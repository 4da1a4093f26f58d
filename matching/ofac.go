package matching

import (
	"strings"

	"partnerscreen/screening"
)

// OFACScore says what the method OFAC publishes for its own search page would
// make of two names: a second opinion beside a match, never part of its score.
//
// OFAC's answer 249 says that the page uses Jaro-Winkler, which compares the
// letters, and Soundex, which compares the sound, over the whole of the name
// and over its parts, and shows the better of what they find. It does not say
// how they are weighed; here the whole name is compared by Jaro-Winkler, and
// each part of the query takes its best partner by Jaro-Winkler, where it is
// close, or by Soundex, counted as close. Nothing is known of places, forms or
// generic words, which is why it rates "First Trading Company" and
// "East Trading Company" as near.
func OFACScore(query, candidate string) float64 {
	q, c := plainWords(query), plainWords(candidate)
	if len(q) == 0 || len(c) == 0 {
		return 0
	}
	whole := jaroWinkler(strings.Join(q, " "), strings.Join(c, " "))
	parts, letters := 0.0, 0
	for _, a := range q {
		best := 0.0
		for _, b := range c {
			s := jaroWinkler(a, b)
			if s < soundsAlike && soundex(a) == soundex(b) {
				s = soundsAlike
			}
			best = max(best, s)
		}
		if best >= closeParts {
			parts += best * float64(len(a))
		}
		letters += len(a)
	}
	return screening.Round(max(whole, parts/float64(letters)))
}

const (
	soundsAlike = 0.90
	closeParts  = 0.80
)

// plainWords are the words of a name in Latin letters, whatever they mean.
func plainWords(name string) (out []string) {
	for _, w := range PersonWords(name) {
		out = append(out, w.Text)
	}
	return out
}

// soundex is the American Soundex code of a word: its first letter and the
// groups of the next three consonants. Letters of one group count once, also
// with an h or w between them.
func soundex(s string) string {
	const groups = "01230120022455012623010202" // a to z
	code := [4]byte{'0', '0', '0', '0'}
	n, last := 0, byte(0)
	for i := 0; i < len(s) && n < 4; i++ {
		c := s[i]
		if c < 'a' || c > 'z' {
			if n == 0 {
				code[0] = c
				n = 1
			}
			continue
		}
		g := groups[c-'a']
		if n == 0 {
			code[0] = c
			n, last = 1, g
			continue
		}
		if c == 'h' || c == 'w' {
			continue
		}
		if g != '0' && g != last {
			code[n] = g
			n++
		}
		last = g
	}
	return string(code[:])
}
