package matching

// A foreign name is written in Chinese by its sound: Skywalker is 思凯沃克,
// si-kai-wo-ke. What the two share is the order of their consonants, with the
// pairs as one that the letters do not tell apart, and without what Chinese
// leaves out.

// leastSound is how many sounds two such names must share, their beginning
// with a vowel being one, and leastGlyphs how many letters the Chinese one has.
const (
	leastSound  = 3
	leastGlyphs = 3
)

// soundOf is how a Latin word would be heard in Chinese, or "" where too little is left.
func soundOf(text string) string {
	var buf [maxWordLen + 1]byte
	b := buf[:0]
	at := func(i int) byte {
		if i < len(text) {
			return text[i]
		}
		return 0
	}
	vowel := true // what stood before; a doubled letter is one sound
	for i := 0; i < len(text) && i < maxWordLen; i++ {
		c, next := text[i], at(i+1)
		var s byte
		switch c {
		case 'a', 'e', 'i', 'o', 'u', 'y':
			if len(b) == 0 {
				b = append(b, 'a')
			}
			vowel = true
			continue
		case 'b', 'p':
			s = 'p'
			if next == 'h' {
				s = 'f'
			}
		case 'd', 't':
			s = 't'
			if c == 't' && (next == 's' || next == 'z' || next == 'c' && at(i+2) == 'h') {
				i++
				s = 's'
			}
		case 'g', 'k', 'q':
			s = 'k'
			if c == 'g' && i > 0 && text[i-1] == 'n' && !isVowel(next) {
				continue // Ming
			}
		case 'c':
			s = 'k'
			if next == 'h' || next == 'e' || next == 'i' || next == 'y' {
				s = 's'
			}
		case 'x':
			b = append(b, 'k')
			s, vowel = 's', true
		case 's', 'z', 'j':
			s = 's'
		case 'f', 'm', 'n':
			s = c
		case 'v', 'w':
			s = 'w'
			if !isVowel(next) {
				if c == 'w' {
					continue
				}
				s = 'f' // Ivanov
			}
		case 'l', 'r':
			if !isVowel(next) {
				if len(b) == 0 {
					b = append(b, 'a')
				}
				continue // Walker
			}
			s = 'l'
		default: // h is heard in no other letter
			continue
		}
		if n := len(b); vowel || n == 0 || b[n-1] != s {
			b = append(b, s)
		}
		vowel = false
	}
	if len(b) < leastSound {
		return ""
	}
	return string(b)
}

// soundOfHan is how a name in Chinese letters sounds, or "" where it is too short.
func soundOfHan(glyphs string) string {
	var buf [maxWordLen]byte
	b, n := buf[:0], 0
	for _, r := range glyphs {
		if scriptOf(r) != han || n == maxWordLen/2 {
			return ""
		}
		n++
		p := pinyinOf(r)
		if p == "" {
			return ""
		}
		s := byte(0)
		switch p[0] {
		case 'b', 'p':
			s = 'p'
		case 'd', 't':
			s = 't'
		case 'g', 'k':
			s = 'k'
		case 'j', 'q', 'x', 'z', 'c', 's':
			s = 's'
		case 'f', 'm', 'n', 'l', 'w':
			s = p[0]
		case 'r':
			s = 'l'
		}
		if p == "fu" && n > 1 {
			s = 'f'
		}
		switch {
		case s == 'w' && (p == "wu" || p == "wo" && n == 1):
			s = 0
		case p == "er":
			s = 0
		}
		switch k := len(b); {
		case s == 'n' && k > 1 && b[k-1] == 'n': // 伊万诺夫, yi-wan-nuo-fu
		case s != 0:
			b = append(b, s)
		case n == 1:
			b = append(b, 'a')
		}
		if p[len(p)-1] == 'n' || p[len(p)-1] == 'g' {
			b = append(b, 'n')
		}
	}
	if n < leastGlyphs || len(b) < leastSound {
		return ""
	}
	return string(b)
}
