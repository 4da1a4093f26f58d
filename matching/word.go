package matching

import (
	"strings"
	"unicode"
)

// Class says what a word of a name does in it.
type Class uint8

const (
	Distinctive Class = iota // tells this party from others
	Generic                  // a concept of the field: university, trading, research
	Form                     // a legal form: Ltd, GmbH, ООО
	Place                    // a country, region or city, or its adjective
	Number                   // 58, 58th, fifty-eighth, 第五十八
	Particle                 // of, the, und, для, van
)

// Word is one word of a name, folded and understood.
type Word struct {
	Raw     string   // as written
	Text    string   // folded and romanised: only a-z and 0-9
	Alts    []string // other readings in Latin letters, folded the same way
	Class   Class
	Key     string  // what it means across languages: "university", "beijing", "58"; Text where it means only itself
	Weight  float32 // built-in weight, 0 to 1: 1 for a rare distinctive word
	Segment int     // the part of the name it stands in: parts end at , ; ( ) / | " - " and line breaks
}

// Words reads the name of an organisation.
func Words(name string) []Word {
	var out []Word
	segment := 0
	for _, part := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune(",;()/|\n", r) }) {
		for _, f := range strings.FieldsFunc(part, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			text := Fold(f)
			if text == "" {
				continue
			}
			out = append(out, Word{Raw: f, Text: text, Key: text, Weight: 1, Segment: segment})
		}
		segment++
	}
	return out
}

// PersonWords reads the name of a person: the same folding, without the
// vocabulary of organisations; honorifics are dropped.
func PersonWords(name string) []Word { return Words(name) }

// Fold writes s in a-z and 0-9 only.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Skeleton folds the spelling variants of one romanised word together:
// Khimki and Himki, Academy of Yuri and Iuri. s is the Text of a word.
func Skeleton(s string) string { return s }

// Consonants is s without its vowels, for names from scripts that write none.
func Consonants(s string) string { return strings.NewReplacer("a", "", "e", "", "i", "", "o", "", "u", "").Replace(s) }

// Acronyms returns the initialisms the words may be known by, longest first.
func Acronyms(words []Word) []string {
	var b strings.Builder
	for _, w := range words {
		if w.Class != Particle && w.Class != Form {
			b.WriteByte(w.Text[0])
		}
	}
	return []string{b.String()}
}
