package matching

import (
	"strings"
	"sync"
	"unicode"
)

// language is the convention a Cyrillic name is romanised by. It is told from
// the letters only one language has, over the whole name, as most words of a
// Ukrainian name have none of them.
type language uint8

const (
	russian language = iota
	ukrainian
	belarusian
	serbian
	bulgarian
	kazakh
)

// cyrillicLanguage tells the convention of a name; russian when nothing speaks
// against it.
func cyrillicLanguage(name string) language {
	l := russian
	var before rune
	for _, r := range name {
		switch unicode.ToLower(r) {
		case 'ї', 'є', 'ґ':
			return ukrainian
		case 'ў':
			return belarusian
		case 'ђ', 'ј', 'љ', 'њ', 'ћ', 'џ', 'ѓ', 'ќ', 'ѕ':
			return serbian
		case 'ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ':
			return kazakh
		case 'і':
			l = ukrainian
		}
		// The hard sign stands between consonants in Bulgarian alone.
		if l == russian && before == 'ъ' && strings.ContainsRune("бвгджзйклмнпрстфхцчшщ", unicode.ToLower(r)) {
			l = bulgarian
		}
		before = unicode.ToLower(r)
	}
	return l
}

var cyrillicLetters = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z", 'и': "i",
	'й': "y", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t",
	'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ъ': "", 'ы': "y", 'ь': "",
	'э': "e", 'ю': "yu", 'я': "ya",
	// Ukrainian and Belarusian
	'і': "i", 'ї': "yi", 'є': "ye", 'ґ': "g", 'ў': "u",
	// Serbian and Macedonian
	'ђ': "dj", 'ј': "j", 'љ': "lj", 'њ': "nj", 'ћ': "c", 'џ': "dz", 'ѓ': "gj", 'ќ': "kj", 'ѕ': "dz",
	// Kazakh, Kyrgyz, Tatar, Mongolian, Tajik
	'ә': "a", 'ғ': "gh", 'қ': "q", 'ң': "ng", 'ө': "o", 'ұ': "u", 'ү': "u", 'һ': "h", 'җ': "j", 'ҳ': "h", 'ҷ': "j", 'ӣ': "i", 'ӯ': "u",
	// old orthography, still on signs and in trade names (Фаворитъ)
	'ѣ': "e", 'ѳ': "f", 'ѵ': "i",
}

// lettersOf overrides cyrillicLetters by language.
var lettersOf = map[language]map[rune]string{
	ukrainian:  {'г': "h", 'и': "y", 'й': "i"},
	belarusian: {'г': "h"},
	serbian:    {'ж': "z", 'х': "h", 'ц': "c", 'ч': "c", 'ш': "s", 'щ': "sht"},
	bulgarian:  {'х': "h", 'щ': "sht", 'ъ': "a", 'ь': "y"},
	kazakh:     {'х': "kh", 'и': "i", 'й': "i", 'у': "u"},
}

// cyrillicTwins are Latin letters that look like Cyrillic ones. Published
// names mix them ("ОOO", "Aкционерное").
var cyrillicTwins = map[rune]rune{
	'a': 'а', 'c': 'с', 'e': 'е', 'o': 'о', 'p': 'р', 'x': 'х', 'y': 'у', 'i': 'і',
	'A': 'А', 'B': 'В', 'C': 'С', 'E': 'Е', 'H': 'Н', 'K': 'К', 'M': 'М', 'O': 'О', 'P': 'Р', 'T': 'Т', 'X': 'Х', 'I': 'І', 'k': 'к', 'm': 'м',
}

// untwin puts a token of mixed Latin and Cyrillic letters into Cyrillic when
// every Latin letter in it has a Cyrillic twin, and else into Latin where it
// can; ok is false when the token is honestly mixed.
func untwin(token string) (string, script, bool) {
	twins, cyr, lat := true, 0, 0
	for _, r := range token {
		switch scriptOf(r) {
		case latin:
			lat++
			if cyrillicTwins[r] == 0 {
				twins = false
			}
		case cyrillic:
			cyr++
		}
	}
	if lat == 0 || cyr == 0 {
		return token, latin, false
	}
	if twins {
		return strings.Map(func(r rune) rune {
			if t := cyrillicTwins[r]; t != 0 {
				return t
			}
			return r
		}, token), cyrillic, true
	}
	back := true
	out := strings.Map(func(r rune) rune {
		if scriptOf(r) != cyrillic {
			return r
		}
		for l, c := range cyrillicTwins {
			if c == r {
				return l
			}
		}
		back = false
		return r
	}, token)
	return out, latin, back
}

// readCyrillic romanises by the convention of l. Where Ukrainian and
// Belarusian г is also published as g, by way of Russian, that is another
// reading; so are ё as yo, юни as uni and the Serbian letters with their English sounds.
func readCyrillic(token string, l language) reading {
	text := cyrillicText(token, l, false)
	r := reading{norm: text, text: text}
	if l != russian {
		// The lexicon lists Russian words, and other languages share most of them.
		if alt := cyrillicText(token, russian, false); alt != text {
			r.alts = append(r.alts, alt)
		}
	}
	if rest, ok := strings.CutPrefix(text, "yuni"); ok && rest != "" {
		r.alts = append(r.alts, "uni"+rest) // Юнисервис is Uniservice
	}
	if l == russian && strings.ContainsAny(token, "щЩ") {
		r.alts = append(r.alts, strings.ReplaceAll(text, "shch", "sht")) // a Bulgarian name, perhaps
	}
	if strings.ContainsAny(token, "ёЁ") {
		r.alts = append(r.alts, cyrillicText(token, l, true))
	}
	return r
}

func cyrillicText(token string, l language, yo bool) string {
	table := &cyrillicTables()[l]
	b := make([]byte, 0, len(token)+4)
	for _, r := range token {
		switch {
		case yo && (r == 'ё' || r == 'Ё'):
			b = append(b, "yo"...)
		case r >= 0x400 && r < 0x530:
			b = append(b, table[r-0x400]...)
		default:
			b = appendFold(b, string(r))
		}
	}
	return string(b)
}

// cyrillicTables are the letters of every language by their place in Unicode,
// capitals like small ones.
var cyrillicTables = sync.OnceValue(func() *[kazakh + 1][0x130]string {
	var tables [kazakh + 1][0x130]string
	for l := range tables {
		for i := range tables[l] {
			r := unicode.ToLower(rune(0x400 + i))
			s, ok := lettersOf[language(l)][r]
			if !ok {
				s, ok = cyrillicLetters[r]
			}
			if !ok {
				s = string(appendFold(nil, string(r)))
			}
			tables[l][i] = s
		}
	}
	return &tables
})
