package matching

import (
	"github.com/adrg/strutil/metrics"
)

// This file is all the matcher knows of letters. What compares words by the
// million is its own (spelling), since it must weigh letters that sound or look
// alike, refuse most pairs without comparing, and allocate nothing:
// BenchmarkSpelling has the figures beside those of the library, which serves the
// second opinion (jaroWinkler).

// jaroWinkler compares two strings as OFAC's page does. The library's window is
// half the longer string, wider than the textbook's, so that short strings with
// exchanged letters score high; similarity_test.go pins that.
func jaroWinkler(a, b string) float64 {
	if a == "" || b == "" {
		return 0
	}
	return metrics.NewJaroWinkler().Compare(a, b)
}

// The longest word that is compared letter by letter; longer ones are cut.
const maxWordLen = 48

// letters is the set of letters and digits of a word, for refusing most
// comparisons without making them: a to z, and one bit for every other rune.
func letters(s string) uint32 {
	var set uint32
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'a' && c <= 'z' {
			set |= 1 << (c - 'a')
		} else {
			set |= 1 << 26
		}
	}
	return set
}

// editLimit is how many letters of a word may differ, by its length: a short
// word with one other letter is another word.
func editLimit(n int) int {
	switch {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// spelling says how alike two folded words are as they are written, from 0
// (another word) to 1 (the same). Letters that are heard or seen alike cost
// less than others, and an error in a long word costs less than in a short one.
func spelling(a, b string, aSet, bSet uint32) float32 {
	if a == b {
		return 1
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	limit := editLimit(len(a))
	// A letter of one word that the other has not got is one edit at least.
	short := limit == 0 && len(a) == 3
	if short {
		limit = 1 // only of the cheapest kind, below
	}
	if limit == 0 || len(b)-len(a) > limit || missing(aSet, bSet) > limit || len(b) > maxWordLen {
		return 0
	}
	cost, edits := editCost(a, b, limit)
	if edits > limit || short && !slight(cost, len(b)) {
		return 0
	}
	return max(0, 1-cost*lengthCost(len(a)+len(b)))
}

// slight reports whether a difference is one that a word of three letters
// bears: a letter doubled, exchanged with its neighbour or seen as another, a
// vowel more.
func slight(cost float32, longer int) bool {
	return cost == doubled || cost == exchanged || longer > 3 && cost <= 0.7
}

// otherFirst is what another first letter costs besides: it is seldom mistaken.
const otherFirst = 0.8

// exchanged is the cost of two neighbouring letters that changed places.
const exchanged = 0.65

// lengthCost is what one whole edit costs in a word of half of n letters.
func lengthCost(n int) float32 {
	if n >= len(lengthCosts) {
		return lengthCosts[len(lengthCosts)-1]
	}
	return lengthCosts[n]
}

// Twice the mean length, so that words of five and six letters stand between.
var lengthCosts = [...]float32{
	6: .34, 7: .32, 8: .30, 9: .24, 10: .20, 11: .165, 12: .14, 13: .12, 14: .105, 15: .095, 16: .085, 17: .078, 18: .07,
	19: .066, 20: .06, 21: .056, 22: .052, 23: .048, 24: .045,
	25: .042, 26: .040, 27: .038, 28: .036, 29: .034, 30: .032, 31: .031, 32: .030,
}

// editCost is the cheapest way to turn a into b by replacing, dropping,
// adding and exchanging letters, and how many such edits it makes. It stops
// where there are more than limit.
func editCost(a, b string, limit int) (cost float32, edits int) {
	// Equal ends cost nothing; most misspelt words are equal but for two letters.
	start, endA, endB := 0, len(a), len(b)
	for start < endA && start < endB && a[start] == b[start] {
		start++
	}
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA--
		endB--
	}
	switch {
	case start == endA || start == endB: // letters were only added, or only dropped
		longer, end := b, endB
		if start == endB {
			longer, end = a, endA
		}
		for i := start; i < end; i++ {
			cost += addCost(longer, i)
		}
		return cost, end - start
	case start+1 == endA && start+1 == endB && hardened(a, b, start):
		return doubled, 1
	case start+1 == endA && start+1 == endB:
		cost = replaceCost(a[start], b[start])
		if start == 0 && !looksAlike(a[0], b[0]) {
			cost += otherFirst
		}
		return cost, 1
	}
	type cell struct {
		cost  float32
		edits int8
	}
	var rows [3][maxWordLen + 1]cell
	prev2, prev, row := &rows[0], &rows[1], &rows[2]
	n, m := endA-start, endB-start
	before := int8(0) // the least edits of the row before
	if n-m > limit || m-n > limit {
		return 0, limit + 1
	}
	// A path that strays further than limit from the diagonal has more edits:
	// only the cells beside it are looked at, and those around them count as far.
	far := cell{1e6, 100}
	for j := 1; j <= min(m, limit); j++ {
		prev[j] = cell{prev[j-1].cost + addCost(b, start+j-1), prev[j-1].edits + 1}
	}
	if limit < m {
		prev[limit+1] = far
	}
	for i := 1; i <= n; i++ {
		x := start + i - 1
		from, to := max(1, i-limit), min(m, i+limit)
		if from == 1 {
			row[0] = cell{prev[0].cost + addCost(a, x), prev[0].edits + 1}
		} else {
			row[from-1] = far
		}
		if to < m {
			row[to+1] = far
		}
		for j := from; j <= to; j++ {
			y := start + j - 1
			best := prev[j-1]
			if a[x] != b[y] {
				best.cost += replaceCost(a[x], b[y])
				if x == 0 && y == 0 && !looksAlike(a[x], b[y]) {
					best.cost += otherFirst
				}
				best.edits++
			}
			if c := prev[j].cost + addCost(a, x); c < best.cost {
				best = cell{c, prev[j].edits + 1}
			}
			if c := row[j-1].cost + addCost(b, y); c < best.cost {
				best = cell{c, row[j-1].edits + 1}
			}
			if i > 1 && j > 1 && a[x] == b[y-1] && a[x-1] == b[y] {
				if c := prev2[j-2].cost + exchanged; c < best.cost {
					best = cell{c, prev2[j-2].edits + 1}
				}
			}
			row[j] = best
		}
		least := row[from-1].edits
		for j := from; j <= to; j++ {
			least = min(least, row[j].edits)
		}
		if i > 1 && int(least) > limit && int(before) > limit {
			return 0, limit + 1
		}
		before = least
		prev2, prev, row = prev, row, prev2
	}
	return prev[m].cost, int(prev[m].edits)
}

func vowel(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}

// doubled is the cost of a letter doubled, the least of all: "Son" and "Sson".
const doubled = 0.4

// hardened reports whether two words differ in a k before an h, which German and
// Czech romanisations of Russian write ch: Chimprom and Khimprom.
func hardened(a, b string, i int) bool {
	return i+1 < len(a) && a[i+1] == 'h' && (a[i] == 'c' && b[i] == 'k' || a[i] == 'k' && b[i] == 'c')
}

// addCost is what it costs to drop or add the letter s[i]: little for a
// doubled letter, an h or a vowel, which romanisations add and drop.
func addCost(s string, i int) float32 {
	c := s[i]
	switch {
	case i > 0 && s[i-1] == c || i+1 < len(s) && s[i+1] == c:
		return doubled
	case i == 0:
		return 1.2 // the first letter of a word is seldom lost
	case c == 'h' || c == 'j' || c == 'y' || c == 'w' && i+1 < len(s) && vowel(s[i+1]):
		return .5
	case vowel(c):
		return .7
	}
	return 1
}

// alike groups letters that stand for one sound in different romanisations,
// or look alike on a bad scan.
var alike = func() (m ['z' + 1]['z' + 1]bool) {
	for _, group := range []string{"ckq", "sz", "vw", "ijy", "gj", "dt", "bp", "fv", "uw", "xh", "kh", "mn"} {
		for _, a := range group {
			for _, b := range group {
				m[a][b] = true
			}
		}
	}
	return m
}()

func replaceCost(a, b byte) float32 {
	switch {
	case vowel(a) && vowel(b):
		return .5
	case looksAlike(a, b):
		return doubled
	case a <= 'z' && b <= 'z' && alike[a][b]:
		return .6
	}
	return 1
}

// looksAlike reports whether two letters are one on a bad scan.
func looksAlike(a, b byte) bool {
	if a > b {
		a, b = b, a
	}
	switch string([]byte{a, b}) {
	case "0o", "1i", "1l", "il", "5s", "8b", "2z", "6b", "9g", "0d":
		return true
	}
	return false
}
