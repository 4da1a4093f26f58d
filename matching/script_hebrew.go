package matching

// hebrewLetters are the consonants; א and ע carry a vowel, ו and י are vowels
// more often than not.
var hebrewLetters = map[rune]string{
	'א': "a", 'ב': "b", 'ג': "g", 'ד': "d", 'ה': "h", 'ו': "o", 'ז': "z", 'ח': "ch", 'ט': "t", 'י': "i",
	'כ': "k", 'ך': "kh", 'ל': "l", 'מ': "m", 'ם': "m", 'נ': "n", 'ן': "n", 'ס': "s", 'ע': "a", 'פ': "p", 'ף': "f",
	'צ': "ts", 'ץ': "ts", 'ק': "k", 'ר': "r", 'ש': "sh", 'ת': "t",
}

// readHebrew romanises what is written; the consonants alone are the other
// reading. Points (niqqud) are dropped.
func readHebrew(token string) reading {
	var n []rune
	for _, r := range token {
		if r >= 0x0591 && r <= 0x05C7 || r == '״' || r == '׳' {
			continue
		}
		n = append(n, r)
	}
	var b []byte
	for i, r := range n {
		switch {
		case r == 'ה' && i == len(n)-1 && i > 1:
			b = append(b, 'a')
		case r == 'י' && i == 0:
			b = append(b, 'y')
		case r == 'ו' && i == 0:
			b = append(b, 'v')
		default:
			if l, ok := hebrewLetters[r]; ok {
				b = append(b, l...)
			} else {
				b = appendFold(b, string(r))
			}
		}
	}
	r := reading{norm: string(n), text: string(b)}
	if c := Consonants(r.text); len(c) > 1 && c != r.text {
		r.alts = append(r.alts, c)
	}
	return r
}
