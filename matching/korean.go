package matching

import "strings"

// Korean names are written in Latin letters by several conventions, which
// disagree on which consonants are voiced and on half of the vowels: Taejin,
// Daejin and Taechin are one name.

// koreanSounds is the sounds of a word of Korean syllables in Latin letters, the same
// for all conventions; "" where it is none, or may as well be of another language.
func koreanSounds(text string) string {
	if len(text) < leastKorean || len(text) > maxWordLen {
		return ""
	}
	var buf [maxWordLen]byte
	b, n := koreanSyllables(buf[:0], text)
	if n < 2 {
		return ""
	}
	return string(b)
}

// leastKorean is how many letters two syllables have that are not like too many others.
const leastKorean = 6

// soundsKorean reports whether a word has letters together that Chinese names,
// which are made of much the same syllables, have not.
func soundsKorean(text string) bool {
	for _, s := range []string{"ae", "eo", "eu", "yo", "oe", "kw", "gw"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

type koreanSound struct {
	text  string
	sound byte // 0: none
}

// The longest first; what begins alike stands together.
var (
	koreanInitials = []koreanSound{
		{"kk", 'k'}, {"k", 'k'}, {"gg", 'k'}, {"g", 'k'}, {"tch", 'c'}, {"tt", 't'}, {"t", 't'}, {"dd", 't'}, {"d", 't'},
		{"pp", 'p'}, {"p", 'p'}, {"bb", 'p'}, {"b", 'p'}, {"ss", 's'}, {"s", 's'}, {"ch", 'c'}, {"jj", 'c'}, {"j", 'c'}, {"z", 'c'},
		{"n", 'n'}, {"m", 'm'}, {"h", 'h'}, {"r", 'l'}, {"l", 'l'}, {"", 0},
	}
	koreanVowels = []koreanSound{
		{"yae", '3'}, {"yeo", '1'}, {"yo", '1'}, {"ya", '2'}, {"ye", '3'}, {"yu", '4'}, {"wae", '5'}, {"wa", '6'}, {"wo", '7'}, {"we", '5'}, {"wi", 'i'},
		{"ae", 'e'}, {"ai", 'e'}, {"a", 'a'}, {"eo", 'o'}, {"eu", 'u'}, {"ee", 'i'}, {"e", 'e'}, {"oe", '5'}, {"oo", 'u'}, {"o", 'o'}, {"ui", 'i'}, {"u", 'u'}, {"i", 'i'},
	}
	koreanFinals = []koreanSound{
		{"", 0}, {"ng", 'N'}, {"n", 'n'}, {"m", 'm'}, {"l", 'l'}, {"k", 'k'}, {"g", 'k'}, {"p", 'p'}, {"b", 'p'}, {"t", 't'},
	}
)

// koreanSyllables adds the sounds of text to b and counts its syllables, none
// where it is not made of them.
func koreanSyllables(b []byte, text string) (sounds []byte, n int) {
	for _, i := range koreanInitials {
		if !strings.HasPrefix(text, i.text) {
			continue
		}
		for _, v := range koreanVowels {
			rest, ok := strings.CutPrefix(text[len(i.text):], v.text)
			if !ok {
				continue
			}
			for _, f := range koreanFinals {
				end, ok := strings.CutPrefix(rest, f.text)
				if !ok {
					continue
				}
				out := b
				for _, s := range []byte{i.sound, v.sound, f.sound} {
					if s != 0 {
						out = append(out, s)
					}
				}
				if end == "" {
					return out, 1
				}
				if all, more := koreanSyllables(out, end); more > 0 {
					return all, more + 1
				}
			}
			break
		}
		break
	}
	return b, 0
}
