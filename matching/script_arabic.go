package matching

import (
	"slices"
	"strings"
	"sync"
)

// arabicLetters brings the letters of Arabic, Persian and Urdu keyboards to
// one of each, and drops vowel signs and the kashida.
func arabicNorm(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'أ', 'إ', 'آ', 'ٱ':
			return 'ا'
		case 'ى', 'ي', 'ې', 'ئ', 'ے', 'ۓ':
			return 'ی'
		case 'ك', 'ڪ':
			return 'ک'
		case 'ة', 'ۀ', 'ە', 'ہ', 'ھ', 'ۃ':
			return 'ه'
		case 'ؤ':
			return 'و'
		case 'ء', 'ـ', 'ٔ':
			return -1
		}
		if r >= 0x064B && r <= 0x065F || r == 0x0670 || r >= 0x06D6 && r <= 0x06ED {
			return -1
		}
		if r >= 0x0660 && r <= 0x0669 {
			return r - 0x0660 + '0'
		}
		if r >= 0x06F0 && r <= 0x06F9 {
			return r - 0x06F0 + '0'
		}
		return r
	}, s)
}

// arabicConsonants are the letters that are always consonants. ا و ی are
// vowels or half-vowels by their place; ع is not written in most romanisations.
var arabicConsonants = map[rune]string{
	'ب': "b", 'پ': "p", 'ت': "t", 'ث': "th", 'ج': "j", 'چ': "ch", 'ح': "h", 'خ': "kh", 'د': "d", 'ذ': "dh",
	'ر': "r", 'ز': "z", 'ژ': "zh", 'س': "s", 'ش': "sh", 'ص': "s", 'ض': "d", 'ط': "t", 'ظ': "z", 'ع': "",
	'غ': "gh", 'ف': "f", 'ق': "q", 'ک': "k", 'گ': "g", 'ل': "l", 'م': "m", 'ن': "n", 'ه': "h",
	'ٹ': "t", 'ڈ': "d", 'ڑ': "r", 'ں': "n", 'ڤ': "v",
}

// persianSounds are the letters Persian says otherwise than Arabic.
var persianSounds = map[rune]string{'ث': "s", 'ذ': "z", 'ض': "z"}

// readArabic romanises what is written, which lacks the short vowels. The
// consonants alone, in the Arabic and the Persian reading, are the other
// readings: the part a Latin spelling must share.
func readArabic(token string) reading {
	n := arabicNorm(token)
	r := reading{norm: n, text: arabicText(n, nil)}
	if usual := arabicReadings()[n]; usual != nil {
		r.text = usual[0]
		r.alts = append(r.alts, usual[1:]...)
	}
	for _, sounds := range []map[rune]string{nil, persianSounds} {
		r.alts = appendNew(r.alts, arabicText(n, sounds))
		if c := arabicBones(n, sounds); len(c) > 1 {
			r.alts = appendNew(r.alts, c)
		}
	}
	r.alts = slices.DeleteFunc(r.alts, func(alt string) bool { return alt == r.text })
	return r
}

// arabicReadings are the words of lexicon/readings.tsv by their normal form,
// with and without the article.
var arabicReadings = sync.OnceValue(func() map[string][]string {
	b, err := lexiconFiles.ReadFile("lexicon/readings.tsv")
	if err != nil {
		panic(err)
	}
	out := map[string][]string{}
	for line := range strings.SplitSeq(string(b), "\n") {
		word, spellings, ok := strings.Cut(line, "\t")
		if !ok || word[0] == '#' {
			continue
		}
		n := arabicNorm(word)
		if _, rest := arabicArticle(n); out[rest] == nil {
			out[rest] = strings.Fields(spellings)
		}
		if out[n] == nil {
			out[n] = strings.Fields(spellings)
		}
	}
	return out
})

func appendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func arabicText(n string, sounds map[rune]string) string {
	runes := []rune(n)
	var b []byte
	vowel := func() bool { return len(b) > 0 && isVowel(b[len(b)-1]) }
	for i, r := range runes {
		first, last := i == 0, i == len(runes)-1
		long := !last && runes[i+1] == 'ا' // و and ی before a long a are consonants
		switch r {
		case 'ا':
			if !vowel() {
				b = append(b, 'a')
			}
		case 'و':
			switch {
			case last && len(runes) == 1:
				b = append(b, 'w')
			case first || vowel() || long:
				b = append(b, 'w')
			default:
				b = append(b, 'u')
			}
		case 'ی':
			switch {
			case first || vowel() && !last || long:
				b = append(b, 'y')
			default:
				b = append(b, 'i')
			}
		case 'ه':
			if last && len(runes) > 2 {
				if !vowel() {
					b = append(b, 'a')
				}
			} else {
				b = append(b, 'h')
			}
		default:
			if s, ok := sounds[r]; ok {
				b = append(b, s...)
			} else if s, ok := arabicConsonants[r]; ok {
				b = append(b, s...)
				if s == "" && first {
					b = append(b, 'a') // علي, عمر: a name does not begin with nothing
				}
			} else {
				b = appendFold(b, string(r))
			}
		}
	}
	return string(b)
}

// arabicBones are the consonants alone, each as Consonants has it; letter by
// letter, as ش and ه beside each other are two.
func arabicBones(n string, sounds map[rune]string) string {
	runes := []rune(n)
	var b []byte
	for i, r := range runes {
		s, ok := sounds[r]
		if !ok {
			s = arabicConsonants[r]
		}
		if r == 'ه' && i == len(runes)-1 && len(runes) > 2 {
			continue
		}
		b = append(b, Consonants(s)...)
	}
	return string(b)
}

// arabicArticle splits the article, with the prepositions written to it, from
// a normalised word that is long enough to have one.
func arabicArticle(n string) (prefix, rest string) {
	for _, p := range []string{"وال", "بال", "لل", "ال"} {
		if rest, ok := strings.CutPrefix(n, p); ok && len(rest) >= 6 { // three letters of two bytes
			return p, rest
		}
	}
	return "", n
}

// withoutArticle is the reading of a word without its article, and beside it
// that of the whole word: in Persian names the letters may be part of it.
func withoutArticle(t *token) (text string, alts []string) {
	p, rest := arabicArticle(t.norm)
	if p == "" {
		return t.text, t.alts
	}
	r := readArabic(rest)
	if r.text == "" {
		return t.text, t.alts
	}
	alts = r.alts
	for _, alt := range t.alts {
		alts = appendNew(alts, alt)
	}
	return r.text, alts
}
