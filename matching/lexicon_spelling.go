package matching

import "strings"

// leastMisspelt is the length from which a word is recognised with one wrong letter.
const leastMisspelt = 7

// readSpellings reads lexicon/spelling.txt.
func (v *vocabulary) readSpellings() {
	b, err := lexiconFiles.ReadFile("lexicon/spelling.txt")
	if err != nil {
		panic(err)
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		for _, t := range tokenise(clean(line), nil, false) {
			if len(t.norm) < leastMisspelt || v.near[hashText(t.norm)] == t.norm {
				continue
			}
			v.near[hashText(t.norm)] = t.norm
			for i := range t.norm {
				h := hashWithout(t.norm, i)
				if _, ok := v.near[h]; !ok {
					v.near[h] = t.norm
				}
			}
		}
	}
}

// correct gives the word of the lexicon that norm is with one letter wrong,
// missing, too many or swapped with its neighbour; "" when there is none.
func (v *vocabulary) correct(norm string) string {
	if len(norm) < leastMisspelt-1 || len(norm) > 24 {
		return ""
	}
	if w, ok := v.near[hashText(norm)]; ok && oneEdit(norm, w) { // a letter is missing
		return w
	}
	for i := range norm {
		if w, ok := v.near[hashWithout(norm, i)]; ok && (oneEdit(norm, w) || otherBeginning(norm, w)) {
			return w
		}
	}
	return ""
}

// oneEdit reports whether a and b differ in one letter or in the order of two
// neighbours. The first letter is right in most slips, so it must be, unless a
// scanner took it for one that looks like it.
func oneEdit(a, b string) bool {
	if a == b || a == "" || b == "" {
		return false
	}
	if a[0] != b[0] {
		return lookAlike(a[0], b[0]) && a[1:] == b[1:]
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// otherBeginning reports whether two long words differ in their first letter
// only, which is seldom mistaken: "rngineering".
func otherBeginning(a, b string) bool { return len(a) >= 9 && len(a) == len(b) && a[1:] == b[1:] }

// lookAlike reports whether scanners take one letter for the other.
func lookAlike(a, b byte) bool {
	for _, set := range []string{"il1", "o0", "s5", "b8", "z2", "g9"} {
		if strings.IndexByte(set, a) >= 0 && strings.IndexByte(set, b) >= 0 {
			return true
		}
	}
	return false
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func hashText(s string) uint64 { return hashWithout(s, -1) }

// hashWithout is the hash of s without its letter i.
func hashWithout(s string, i int) uint64 {
	h := uint64(fnvOffset)
	for j := range len(s) {
		if j != i {
			h = (h ^ uint64(s[j])) * fnvPrime
		}
	}
	return h
}
