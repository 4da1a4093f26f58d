package matching

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// greekLetters follow the Greek standard for passports and road signs.
var greekLetters = map[rune]string{
	'α': "a", 'β': "v", 'γ': "g", 'δ': "d", 'ε': "e", 'ζ': "z", 'η': "i", 'θ': "th", 'ι': "i", 'κ': "k",
	'λ': "l", 'μ': "m", 'ν': "n", 'ξ': "x", 'ο': "o", 'π': "p", 'ρ': "r", 'σ': "s", 'ς': "s", 'τ': "t",
	'υ': "y", 'φ': "f", 'χ': "ch", 'ψ': "ps", 'ω': "o",
}

var (
	greekPairs = strings.NewReplacer("ου", "ou", "αυ", "av", "ευ", "ev", "ηυ", "iv", "γγ", "ng", "γκ", "gk", "γξ", "nx", "γχ", "nch")
	// The older convention, as scholars and many institutions spell themselves.
	classicalPairs = strings.NewReplacer("ου", "ou", "αυ", "au", "ευ", "eu", "γγ", "ng", "γκ", "nk", "γχ", "nch", "η", "e", "β", "b", "φ", "ph", "χ", "kh", "υ", "y", "αι", "ae")
)

func readGreek(token string) reading {
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(token))
	text := greekText(greekPairs.Replace(bare))
	if strings.HasPrefix(bare, "μπ") {
		text = "b" + text[2:]
	}
	r := reading{norm: text, text: text}
	if alt := greekText(classicalPairs.Replace(bare)); alt != text {
		r.alts = append(r.alts, alt)
	}
	return r
}

func greekText(s string) string {
	var b []byte
	for _, r := range s {
		if l, ok := greekLetters[r]; ok {
			b = append(b, l...)
		} else {
			b = appendFold(b, string(r))
		}
	}
	return string(b)
}
