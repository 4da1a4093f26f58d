package matching

// The Revised Romanization of Korean, by syllable arithmetic: a syllable is
// initial*588 + vowel*28 + final.
var (
	hangulInitial = [...]string{"g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"}
	hangulVowel   = [...]string{"a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"}
	hangulFinal   = [...]string{"", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"}
	// A final before a syllable that begins with a vowel is spoken as its initial.
	hangulLiaison = [...]string{"", "g", "kk", "ks", "n", "nj", "n", "d", "r", "lg", "lm", "lb", "ls", "lt", "lp", "r", "m", "b", "bs", "s", "ss", "ng", "j", "ch", "k", "t", "p", ""}

	// The spelling of older and of northern names, without its marks:
	// Taedong, Ryongbong, Kim Chaek.
	olderInitial = [...]string{"k", "kk", "n", "t", "tt", "r", "m", "p", "pp", "s", "ss", "", "ch", "tch", "ch", "k", "t", "p", "h"}
	olderVoiced  = [...]string{"g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "tch", "ch", "k", "t", "p", "h"}
	olderVowel   = [...]string{"a", "ae", "ya", "yae", "o", "e", "yo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "u", "ui", "i"}
)

const (
	hangulNone = 11 // the silent initial
	hangulN    = 2
	hangulR    = 5
)

type syllable struct{ initial, vowel, final int }

func syllables(token string) []syllable {
	var out []syllable
	for _, r := range token {
		if r < 0xAC00 || r > 0xD7A3 {
			continue
		}
		n := int(r - 0xAC00)
		out = append(out, syllable{n / 588, n % 588 / 28, n % 28})
	}
	return out
}

// readHangul romanises by the southern standard, with the older spelling as
// another reading.
func readHangul(token string) reading {
	s := syllables(token)
	r := reading{norm: token, text: revised(s)}
	r.alts = appendNew(r.alts, older(s))
	return r
}

func revised(s []syllable) string {
	var b []byte
	for i, y := range s {
		initial := hangulInitial[y.initial]
		if i > 0 {
			switch before := s[i-1]; {
			case y.initial == hangulR && before.final == 8: // ㄹ after ㄹ
				initial = "l"
			case y.initial == hangulR && (before.final == 16 || before.final == 21 || before.final == 1 || before.final == 17):
				initial = "n" // 릉라 after ㅇ, ㅁ, ㄱ, ㅂ
			case y.initial == hangulN && before.final == 8:
				initial = "l"
			}
		}
		b = append(b, initial...)
		b = append(b, hangulVowel[y.vowel]...)
		if i+1 < len(s) && s[i+1].initial == hangulNone && y.final != 21 {
			b = append(b, hangulLiaison[y.final]...)
			continue
		}
		final := hangulFinal[y.final]
		if i+1 < len(s) {
			next := s[i+1].initial
			nasal := next == hangulN || next == 6 || next == hangulR && y.final != 4 && y.final != 8
			switch {
			case nasal && final == "k":
				final = "ng"
			case nasal && final == "t":
				final = "n"
			case nasal && final == "p":
				final = "m"
			case final == "n" && next == hangulR:
				final = "l"
			}
		}
		b = append(b, final...)
	}
	return string(b)
}

func older(s []syllable) string {
	var b []byte
	for i, y := range s {
		voiced := i > 0 && (s[i-1].final == 0 || s[i-1].final == 4 || s[i-1].final == 8 || s[i-1].final == 16 || s[i-1].final == 21)
		switch {
		case voiced:
			b = append(b, olderVoiced[y.initial]...)
		default:
			b = append(b, olderInitial[y.initial]...)
		}
		b = append(b, olderVowel[y.vowel]...)
		if i+1 < len(s) && s[i+1].initial == hangulNone && y.final != 21 {
			b = append(b, hangulLiaison[y.final]...)
			continue
		}
		b = append(b, hangulFinal[y.final]...)
	}
	return string(b)
}
