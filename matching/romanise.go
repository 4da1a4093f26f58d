package matching

import (
	"bytes"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/mozillazg/go-unidecode"
)

// script is the writing a token is in. Tokens of one script are romanised by
// one file: script_cyrillic.go, script_han.go and so on.
type script uint8

const (
	latin script = iota
	digits
	cyrillic
	greek
	arabic
	hebrew
	han
	kana
	hangul
	thai  // and Lao, Khmer and Burmese, which also put no blanks between words
	other // Devanagari, Georgian, Armenian …: go-unidecode reads them, as it does thai
)

// unspaced reports whether words run together, so that they must be found in
// the run by longest match.
func (s script) unspaced() bool { return s >= han && s <= thai }

// scriptOf tells the script of a letter or digit. Marks belong to the letter
// before them, so they have none of their own.
func scriptOf(r rune) script {
	switch {
	case r < utf8.RuneSelf:
		if r >= '0' && r <= '9' {
			return digits
		}
		return latin
	case r < 0x250, r >= 0x1E00 && r < 0x1F00:
		return latin
	case r >= 0x0370 && r < 0x0400, r >= 0x1F00 && r < 0x2000:
		return greek
	case r >= 0x0400 && r < 0x0530:
		return cyrillic
	case r >= 0x0590 && r < 0x0600:
		return hebrew
	case r >= 0x0600 && r < 0x0780, r >= 0x08A0 && r < 0x0900:
		return arabic
	case r >= 0x3040 && r < 0x3100:
		return kana
	case r >= 0x3400 && r < 0xA000, r >= 0xF900 && r < 0xFB00, r == '々', r == '〇':
		return han
	case r >= 0x0E00 && r < 0x0F00, r >= 0x1000 && r < 0x10A0, r >= 0x1780 && r < 0x1800:
		return thai
	case r >= 0xAC00 && r < 0xD7A4, r >= 0x1100 && r < 0x1200:
		return hangul
	case unicode.Is(unicode.Latin, r):
		return latin
	case unicode.IsDigit(r):
		return digits
	}
	return other
}

// needsCleaning reports whether r is anything but the letters and signs most
// names are written in, which stand for themselves.
func needsCleaning(r rune) bool {
	return !(r >= ' ' && r < 0x7F || r >= 'А' && r <= 'я' || r == '«' || r == '»' || r == '“' || r == '”' || r == '’')
}

// clean brings a name to one encoding of each character: NFKC, without
// invisible format characters.
func clean(name string) string {
	if !strings.ContainsFunc(name, needsCleaning) {
		return name
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= ' ' && r < 0x7F, r >= 0x400 && r < 0x482, r >= 0x4E00 && r < 0x9FF0:
			return r
		case r == '№':
			return '#' // NFKC would write "No", and glue it to what follows
		case r == 0x200B, r == 0x2028, r == 0x2029, r == '\t', r == '\u0085':
			return ' '
		case r == '\r':
			return '\n'
		case r == '\n':
			return r
		case r == utf8.RuneError:
			return '?'
		case unicode.Is(unicode.Cf, r), unicode.IsControl(r), unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, name)
	return norm.NFKC.String(name)
}

// reading is a token in Latin letters.
type reading struct {
	norm string   // what the lexicon is asked for: Latin letters, or the letters of a script whose words are listed as written
	text string   // a-z and 0-9
	alts []string // other readings, a-z and 0-9
}

// romanise reads one token of one script.
func romanise(token string, s script, l language) reading {
	switch s {
	case latin, digits:
		return readLatin(token)
	case cyrillic:
		return readCyrillic(token, l)
	case greek:
		return readGreek(token)
	case arabic:
		return readArabic(token)
	case hebrew:
		return readHebrew(token)
	case han:
		return readHan(token)
	case kana:
		return readKana(token)
	case hangul:
		return readHangul(token)
	}
	text := Fold(unidecode.Unidecode(token))
	return reading{norm: token, text: text}
}

// Fold writes s in a-z and 0-9 only: Latin letters without their marks,
// everything else as go-unidecode has it.
func Fold(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return string(appendFold(make([]byte, 0, len(s)), s))
}

func appendFold(b []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b = append(b, byte(r))
		case r >= 'A' && r <= 'Z':
			b = append(b, byte(r)|0x20)
		case r < utf8.RuneSelf:
		default:
			if f, ok := foldLatin(r); ok {
				b = append(b, f...)
				continue
			}
			for _, c := range []byte(unidecode.Unidecode(string(r))) {
				switch {
				case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
					b = append(b, c)
				case c >= 'A' && c <= 'Z':
					b = append(b, c|0x20)
				}
			}
		}
	}
	return b
}

// latinFolds holds the folded form of every Latin letter with a mark.
var latinFolds = sync.OnceValue(func() map[rune]string {
	folds := map[rune]string{
		'ß': "ss", 'ẞ': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ø': "o", 'Ø': "o",
		'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d", 'þ': "th", 'Þ': "th", 'ł': "l", 'Ł': "l",
		'ħ': "h", 'Ħ': "h", 'ı': "i", 'ŀ': "l", 'ĸ': "k", 'ŋ': "ng", 'Ŋ': "ng", 'ŧ': "t", 'Ŧ': "t",
		'ə': "a", 'Ə': "a", 'ƒ': "f", 'ơ': "o", 'Ơ': "o", 'ư': "u", 'Ư': "u", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k",
	}
	for _, span := range [][2]rune{{0xC0, 0x250}, {0x1E00, 0x1F00}} {
		for r := span[0]; r < span[1]; r++ {
			if folds[r] != "" || !unicode.IsLetter(r) {
				continue
			}
			var b []byte
			for _, d := range norm.NFD.String(string(r)) {
				if d < utf8.RuneSelf && unicode.IsLetter(d) {
					b = append(b, byte(unicode.ToLower(d)))
				} else if f := folds[d]; f != "" {
					b = append(b, f...)
				}
			}
			if len(b) > 0 {
				folds[r] = string(b)
			}
		}
	}
	return folds
})

func foldLatin(r rune) (string, bool) {
	if r >= 0x300 && r < 0x370 { // a mark that had no letter to compose with
		return "", true
	}
	f, ok := latinFolds()[r]
	return f, ok
}

// readLatin folds a Latin token. Umlauts and the Scandinavian vowels are read
// both ways, as Müller is written Muller and Mueller.
func readLatin(token string) reading {
	text := Fold(token)
	r := reading{norm: text, text: text}
	if strings.ContainsAny(token, "äöüÄÖÜøØåÅ") {
		r.alts = append(r.alts, Fold(umlauts.Replace(token)))
	}
	if strings.ContainsAny(token, "čćšžđČĆŠŽĐ") {
		r.alts = append(r.alts, Fold(carons.Replace(token)))
	}
	return r
}

var (
	umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "ae", "Ö", "oe", "Ü", "ue", "ø", "oe", "Ø", "oe", "å", "aa", "Å", "aa")
	carons  = strings.NewReplacer("č", "ch", "Č", "ch", "ć", "ch", "Ć", "ch", "š", "sh", "Š", "sh", "ž", "zh", "Ž", "zh", "đ", "dj", "Đ", "dj")
)

func isVowel(c byte) bool {
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'
}

// borrowedEnds are English words at the ends of trade names and how Russian ones
// have them, transcribed: Uniservice and Юнисервис, Autotrade and Автотрейд.
var borrowedEnds = [...][2]string{
	{"service", "servis"}, {"trade", "treid"}, {"treyd", "treid"}, {"leasing", "lizing"}, {"consulting", "konsalting"}, {"design", "dizain"},
	{"dizayn", "dizain"}, {"line", "lain"}, {"layn", "lain"}, {"light", "lait"}, {"layt", "lait"}, {"tech", "teh"}, {"tekh", "teh"}, {"tek", "teh"},
	{"diesel", "dizel"}, {"computer", "kompyuter"}, {"group", "grup"}, {"grupp", "grup"}, {"software", "softver"}, {"house", "haus"}, {"khaus", "haus"},
}

// borrowedStarts are the same at their beginnings.
var borrowedStarts = [...][2]string{{"auto", "avto"}, {"euro", "evro"}, {"yuni", "uni"}, {"quant", "kvant"}, {"auro", "avro"}}

// asBorrowed writes a word as Russian has it that ends or begins with one that
// Russian has borrowed.
func asBorrowed(s string) string {
	for _, e := range borrowedEnds {
		if rest, ok := strings.CutSuffix(s, e[0]); ok && len(rest) >= 2 {
			s = rest + e[1]
			break
		}
	}
	for _, e := range borrowedStarts {
		if rest, ok := strings.CutPrefix(s, e[0]); ok && len(rest) >= 3 {
			return e[1] + rest
		}
	}
	return s
}

// Skeleton folds the spellings of one romanised word together: Khimki and
// Himki, Issledovatelskiy and Issledovatelsky, Eksport and Export. s is the
// Text of a word; equal skeletons mean the same word in another convention.
func Skeleton(s string) string {
	var buf [64]byte
	return string(appendSkeleton(buf[:0], s))
}

func appendSkeleton(b []byte, s string) []byte {
	s = asBorrowed(s)
	start := len(b)
	add := func(c byte) {
		if n := len(b); n > start && b[n-1] == c && c > '9' {
			return // a doubled letter says no more than a single one
		}
		b = append(b, c)
	}
	at := func(i int) byte {
		if i < len(s) {
			return s[i]
		}
		return 0
	}
	for i := 0; i < len(s); i++ {
		c, d := s[i], at(i+1)
		switch c {
		case 's':
			switch {
			case d == 'h' && at(i+2) == 'c' && at(i+3) == 'h':
				add('s')
				add('h')
				i += 3
			case d == 'c' && at(i+2) == 'h':
				add('s')
				add('h')
				i += 2
			default:
				add('s')
			}
		case 'k':
			if d == 'h' {
				add('h')
				i++
			} else {
				add('k')
			}
		case 'p':
			if d == 'h' {
				add('f')
				i++
			} else {
				add('p')
			}
		case 'g', 't', 'r':
			add(c)
			if d == 'h' {
				i++
			} else if c == 't' && (d == 's' || d == 'z') {
				b[len(b)-1] = 'c'
				i++
			}
		case 'd':
			switch {
			case d == 'z' && at(i+2) == 'h':
				add('j')
				i += 2
			case d == 'j':
				add('j')
				i++
			case d == 'h':
				add('d')
				i++
			default:
				add('d')
			}
		case 'c':
			switch {
			case d == 'z':
				add('c')
				i++
			case d == 'h' && strings.IndexByte("nlrm", at(i+2)) >= 0:
				add('h') // technology and tekhnologiya, Christ and Khrist
				i++
			case d == 'h':
				add('c')
				add('h')
				i++
			case d == 'k':
				add('k')
				i++
			case d == 'e', d == 'i', d == 'y':
				add('c')
			default:
				add('k')
			}
		case 'x':
			add('k')
			add('s')
		case 'q':
			add('k')
		case 'w':
			add('v')
		case 'f':
			if i >= 3 && d == 'f' && i+2 == len(s) && s[i-1] == 'o' {
				add('v') // Smirnoff
				i++
			} else {
				add('f')
			}
		case 'o':
			if d == 'u' || d == 'o' {
				add('u')
				i++
			} else {
				add('o')
			}
		case 'e':
			if d == 'e' {
				add('i')
				i++
			} else {
				add('e')
			}
		case 'y', 'i':
			switch {
			case d == 'e' && i+2 < len(s): // ye, ie, je are e, but not at the end (Marie)
				continue
			case d == 'j' && !isVowel(at(i+2)): // -ij
				i++
			case d == 'y' || d == 'i' || d == 'j':
				continue
			}
			add('i')
		case 'j':
			switch {
			case d == 0 || !isVowel(d):
				if n := len(b); n > start && isVowel(b[n-1]) {
					add('i')
				} else {
					add('j')
				}
			case i > 0 && (s[i-1] == 'i' || s[i-1] == 'y'):
				if d != 'e' {
					add('i')
				}
			default:
				add('j')
			}
		case 'h':
			if i+1 == len(s) && i > 2 && isVowel(s[i-1]) {
				continue // Jamaah, Kaveh
			}
			add('h')
		default:
			add(c)
		}
	}
	return b[:start+len(withoutEnding(b[start:]))]
}

// withoutEnding cuts the ending of a Slavic adjective (Svetlovsky, Svetlovskoe
// and Svetlovskaya are one name), and brings -ia, -ie and -y together
// (Tekhnologiya, Technologie and Technology).
func withoutEnding(b []byte) []byte {
	if len(b) < 8 {
		return b
	}
	if i := bytes.LastIndex(b[len(b)-6:], []byte("sk")); i >= 0 {
		i += len(b) - 6 + 2
		switch string(b[i:]) {
		case "i", "ii", "oe", "oie", "aia", "aa", "oi", "ogo", "oho", "ie", "ih", "om", "im", "uiu":
			return b[:i]
		}
	}
	if n := len(b); b[n-2] == 'i' && (b[n-1] == 'a' || b[n-1] == 'e') {
		return b[:n-1]
	}
	return b
}

// Consonants is what is left of a word in a script that writes no short
// vowels: the skeleton without vowels and half-vowels, q and k, g and gh one.
// Alts of Arabic, Persian and Hebrew words hold it, to be compared with the
// Consonants of a Latin word.
func Consonants(s string) string {
	var buf [64]byte
	skeleton := appendSkeleton(buf[:0], s)
	out := skeleton[:0]
	for i, c := range skeleton {
		switch c {
		case 'a', 'e', 'i', 'o', 'u', 'y', 'v':
			continue
		case 'c':
			if i+1 < len(skeleton) && skeleton[i+1] == 'h' {
				break
			}
			c = 's'
		case 'p':
			c = 'b'
		}
		out = append(out, c)
	}
	return string(out)
}
