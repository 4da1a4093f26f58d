package matching

import "strings"

// kanaSounds are the syllables in hiragana, Hepburn; katakana are moved there first.
var kanaSounds = map[rune]string{
	'あ': "a", 'い': "i", 'う': "u", 'え': "e", 'お': "o", 'か': "ka", 'き': "ki", 'く': "ku", 'け': "ke", 'こ': "ko",
	'さ': "sa", 'し': "shi", 'す': "su", 'せ': "se", 'そ': "so", 'た': "ta", 'ち': "chi", 'つ': "tsu", 'て': "te", 'と': "to",
	'な': "na", 'に': "ni", 'ぬ': "nu", 'ね': "ne", 'の': "no", 'は': "ha", 'ひ': "hi", 'ふ': "fu", 'へ': "he", 'ほ': "ho",
	'ま': "ma", 'み': "mi", 'む': "mu", 'め': "me", 'も': "mo", 'や': "ya", 'ゆ': "yu", 'よ': "yo",
	'ら': "ra", 'り': "ri", 'る': "ru", 'れ': "re", 'ろ': "ro", 'わ': "wa", 'ゐ': "i", 'ゑ': "e", 'を': "o", 'ん': "n",
	'が': "ga", 'ぎ': "gi", 'ぐ': "gu", 'げ': "ge", 'ご': "go", 'ざ': "za", 'じ': "ji", 'ず': "zu", 'ぜ': "ze", 'ぞ': "zo",
	'だ': "da", 'ぢ': "ji", 'づ': "zu", 'で': "de", 'ど': "do", 'ば': "ba", 'び': "bi", 'ぶ': "bu", 'べ': "be", 'ぼ': "bo",
	'ぱ': "pa", 'ぴ': "pi", 'ぷ': "pu", 'ぺ': "pe", 'ぽ': "po", 'ゔ': "vu", 'ゎ': "wa",
}

var smallKana = map[rune]string{'ゃ': "ya", 'ゅ': "yu", 'ょ': "yo", 'ぁ': "a", 'ぃ': "i", 'ぅ': "u", 'ぇ': "e", 'ぉ': "o"}

// readKana romanises kana: long vowels short, as names are written abroad,
// with the spelt-out form and the word a borrowed one came from beside it.
func readKana(token string) reading {
	var b []byte
	double := false
	for _, r := range token {
		if r >= 'ァ' && r <= 'ヶ' {
			r -= 'ァ' - 'ぁ'
		}
		if r == 'っ' {
			double = true
			continue
		}
		if r == 'ー' {
			continue
		}
		if small, ok := smallKana[r]; ok {
			switch n := len(b); {
			case n == 0:
				b = append(b, small...)
			case small[0] == 'y': // きゃ kya, しゃ sha, じゃ ja
				b = b[:n-1]
				if s := string(b); !strings.HasSuffix(s, "sh") && !strings.HasSuffix(s, "ch") && !strings.HasSuffix(s, "j") {
					b = append(b, 'y')
				}
				b = append(b, small[1])
			default: // ファ fa, ティ ti
				b = append(b[:n-1], small...)
			}
			continue
		}
		s, ok := kanaSounds[r]
		if !ok {
			b = appendFold(b, string(r))
			continue
		}
		if double {
			if s[0] == 'c' {
				b = append(b, 't')
			} else {
				b = append(b, s[0])
			}
			double = false
		}
		b = append(b, s...)
	}
	long := string(b)
	text := shortVowels.Replace(long)
	out := reading{norm: text, text: text}
	if long != text {
		out.alts = append(out.alts, long)
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r >= 'ァ' && r <= 'ヶ' }) {
		out.alts = appendNew(out.alts, borrowed(text))
	}
	return out
}

var shortVowels = strings.NewReplacer("ou", "o", "oo", "o", "uu", "u")

// borrowed takes out the vowels Japanese adds to foreign words: u after a
// consonant, o after t and d.
func borrowed(text string) string {
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if i > 0 && !isVowel(text[i-1]) && text[i-1] != 'n' {
			if c == 'u' || c == 'o' && (text[i-1] == 't' || text[i-1] == 'd') {
				continue
			}
		}
		if n := len(b); n > 0 && b[n-1] == c && !isVowel(c) {
			continue
		}
		b = append(b, c)
	}
	return string(b)
}
