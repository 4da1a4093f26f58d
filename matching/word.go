package matching

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
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

func (c Class) String() string {
	return [...]string{"distinctive", "generic", "form", "place", "number", "particle"}[c]
}

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

// Words reads the name of an organisation. A word that means several things
// ("НИИ", "Forschungszentrum", "科技大学") becomes several words with one Raw.
// It may be called by many goroutines at once.
func Words(name string) []Word {
	s := scratches.Get().(*scratch)
	defer s.release()
	s.tokens = tokenise(clean(name), s.tokens[:0], true)
	return lexicon().understand(s)
}

// scratch is what one call needs and the next can use again.
type scratch struct {
	tokens []token
	words  []Word
}

var scratches = sync.Pool{New: func() any { return &scratch{} }}

func (s *scratch) release() {
	clear(s.tokens[:cap(s.tokens)])
	clear(s.words[:cap(s.words)])
	s.tokens, s.words = s.tokens[:0], s.words[:0]
	scratches.Put(s)
}

// lookUp asks the lexicon for every token. Words of it that are misspelt are
// put right, so that the phrases they stand in are found; their text stays as written.
func (v *vocabulary) lookUp(tokens []token) {
	for i := range tokens {
		t := &tokens[i]
		if t.script.unspaced() {
			continue
		}
		t.meaning = v.word(t)
		if i > 0 && tokens[i-1].norm == "named" && oneEdit(t.norm, "after") {
			t.norm = "after"
			continue
		}
		if v.inPhrase[t.norm] || t.script != latin && t.script != cyrillic || len(t.norm) < leastMisspelt-1 || v.words[t.norm] != nil {
			continue
		}
		if w := v.correct(t.norm); w != "" && (t.meaning == nil || v.inPhrase[w]) {
			t.norm = w
			t.meaning = v.word(t)
		}
	}
}

// joinKana puts together two pieces of kana that are one known word, which
// readings are written with a blank in: タンキ ダイガク.
func (v *vocabulary) joinKana(tokens []token) []token {
	for i := 0; i+1 < len(tokens); i++ {
		a, b := &tokens[i], &tokens[i+1]
		if a.script == kana && b.script == kana && a.segment == b.segment && v.glyphs[a.norm+b.norm] != nil {
			a.raw, a.norm = a.raw+b.raw, a.norm+b.norm
			tokens = append(tokens[:i+1], tokens[i+2:]...)
		}
	}
	return tokens
}

// understand gives every token its meaning.
func (v *vocabulary) understand(s *scratch) []Word {
	s.tokens = v.joinKana(s.tokens)
	tokens, out := s.tokens, s.words[:0]
	v.lookUp(tokens)
	capitals, transcribed := allCapitals(tokens), v.transcribed(tokens)
	for i := 0; i < len(tokens); {
		t := &tokens[i]
		if t.script.unspaced() {
			// 第 and 제 make an ordinal of the digits behind them.
			if ordinal := t.norm == "第" || t.norm == "제"; !ordinal || i+1 == len(tokens) || digitsOf(tokens[i+1].norm) == "" {
				out = v.glyphWords(out, t)
			}
			i++
			continue
		}
		m, phrased := v.phrase(tokens[i:])
		if k, n := v.number(tokens[i:], capitals); n > 0 && phrased <= n {
			out = append(out, Word{Raw: rawOf(tokens[i : i+n]), Text: k, Class: Number, Key: k, Weight: numberWeight, Segment: t.segment})
			i += n
			continue
		}
		if transcribed {
			if read, n := v.reading(tokens[i:]); n > phrased {
				m, phrased = read, n
			}
		}
		if phrased > 0 {
			out = appendMeanings(out, rawOf(tokens[i:i+phrased]), textOf(tokens[i:i+phrased]), nil, m, t.segment)
			i += phrased
			continue
		}
		if m := t.meaning; m != nil {
			out = appendMeanings(out, t.raw, t.text, t.alts, m, t.segment)
		} else if t.text != "" {
			out = append(out, v.distinctive(t))
		}
		i++
	}
	s.words = out
	return numberSegments(slices.Clone(out))
}

// numberSegments numbers the parts that have words 0, 1, 2 …
func numberSegments(words []Word) []Word {
	last, n := -1, -1
	for i := range words {
		if words[i].Segment != last {
			last = words[i].Segment
			n++
		}
		words[i].Segment = n
	}
	return words
}

// appendMeanings adds one word for each meaning; a single one keeps its own
// text, several are written as what they mean.
func appendMeanings(out []Word, raw, text string, alts []string, m []meaning, segment int) []Word {
	if len(m) == 1 {
		if text == "" {
			text = m[0].key
		}
		return append(out, Word{Raw: raw, Text: text, Alts: alts, Class: m[0].class, Key: m[0].key, Weight: m[0].weight, Segment: segment})
	}
	for _, one := range m {
		out = append(out, Word{Raw: raw, Text: one.key, Class: one.class, Key: one.key, Weight: one.weight, Segment: segment})
	}
	return out
}

func (v *vocabulary) distinctive(t *token) Word {
	raw, text, alts := t.raw, t.text, t.alts
	if t.script == arabic {
		text, alts = withoutArticle(t)
	}
	return Word{Raw: raw, Text: text, Alts: alts, Key: text, Weight: v.weightOf(text), Segment: t.segment}
}

// glyphWords splits a run of letters without blanks into known words, numbers
// and names.
func (v *vocabulary) glyphWords(out []Word, t *token) []Word {
	run := t.norm
	name := 0 // where the letters that no word has claimed begin
	flush := func(end int) {
		out = v.nameWords(out, run[name:end], t.script, t.segment)
	}
	for i := 0; i < len(run); {
		if k, n := hanNumber(run[i:]); n > 0 && n > v.knownGlyphs(run[i:]) {
			flush(i)
			out = append(out, Word{Raw: run[i : i+n], Text: k, Class: Number, Key: k, Weight: numberWeight, Segment: t.segment})
			i += n
			name = i
			continue
		}
		if m, n := v.glyph(run[i:]); n > 0 {
			flush(i)
			piece := run[i : i+n]
			r := reading{}
			if len(m) == 1 {
				r = romanise(piece, scriptOf(firstRune(piece)), russian)
			}
			out = appendMeanings(out, piece, r.text, r.alts, m, t.segment)
			i += n
			name = i
			continue
		}
		_, n := utf8.DecodeRuneInString(run[i:])
		i += n
	}
	flush(len(run))
	return out
}

// nameWords reads letters that are no known word: kana and Korean in one
// piece, Chinese in pieces of two when there are more than four.
func (v *vocabulary) nameWords(out []Word, run string, s script, segment int) []Word {
	add := func(piece string, of script) {
		if r := romanise(piece, of, russian); r.text != "" {
			key := r.text
			if of == han {
				key = piece // what it sounds like is asked of the letters
			}
			out = append(out, Word{Raw: piece, Text: r.text, Alts: r.alts, Key: key, Weight: v.weightOf(r.text), Segment: segment})
		}
	}
	for len(run) > 0 {
		of, end, count := scriptOf(firstRune(run)), len(run), 0
		for i, r := range run {
			if scriptOf(r) != of && r != 'ー' {
				end = i
				break
			}
			count++
		}
		piece := run[:end]
		run = run[end:]
		if of != han || count <= 4 {
			add(piece, of)
			continue
		}
		from, letters := 0, 0
		for i := range piece {
			if letters == 2 && count > 2 {
				add(piece[from:i], of)
				from, letters = i, 0
				count -= 2
				if count <= 4 {
					break
				}
			}
			letters++
		}
		add(piece[from:], of)
	}
	return out
}

func rawOf(tokens []token) string {
	if len(tokens) == 1 {
		return tokens[0].raw
	}
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.raw)
	}
	return b.String()
}

func textOf(tokens []token) string {
	var b strings.Builder
	for i := range tokens {
		b.WriteString(tokens[i].text)
	}
	return b.String()
}

// token is a piece of a name between blanks and punctuation, before it is
// given a meaning.
type token struct {
	raw     string
	norm    string // what the lexicon is asked for
	text    string // a-z and 0-9
	alts    []string
	script  script
	segment int
	initial bool      // one letter with a dot after it
	loose   bool      // a blank stands before it
	joined  bool      // put together from initials
	slashed bool      // a slash joins it to the single letter before
	meaning []meaning // what the lexicon says
}

func allCapitals(tokens []token) bool {
	long := 0
	for i := range tokens {
		for _, r := range tokens[i].raw {
			if unicode.IsLower(r) {
				return false
			}
		}
		if len(tokens[i].raw) > 3 {
			long++
		}
	}
	return long > 0
}

// tokenise cuts a cleaned name into tokens and romanises them, adding to into.
// initials says whether single letters with dots are put together.
func tokenise(name string, into []token, initials bool) []token {
	l, cyrillicName := russian, hasCyrillic(name)
	if cyrillicName {
		l = cyrillicLanguage(name)
	}
	lower := ""
	segment, pending, loose, slashed := 0, false, false, false
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		if !isLetter(r) {
			switch {
			case r == '&', r == '#':
				if pending && len(into) > 0 {
					segment, pending = segment+1, false
				}
				into = append(into, token{raw: name[i : i+1], norm: name[i : i+1], segment: segment, loose: loose})
			case r == '/' && singles(name, i):
				slashed = true
			case isSegment(name, i, r):
				pending = true
			}
			loose = unicode.IsSpace(r)
			i += n
			continue
		}
		end, possessive := scan(name, i)
		raw := name[i:end]
		if pending && len(into) > 0 {
			segment++
		}
		pending = false
		if l := len(raw); l == 1 && cyrillicName && loneLetters[raw[0]] != "" {
			raw = loneLetters[raw[0]] // "Общество C ограниченной ответственностью"
		}
		t := token{raw: raw, segment: segment, loose: loose, slashed: slashed}
		loose, slashed = false, false
		switch s := scriptOf(r); {
		case isASCII(raw):
			if lower == "" {
				lower = strings.ToLower(name)
			}
			t.script = latin
			if len(lower) == len(name) && isPlain(raw) {
				t.text = lower[i:end]
			} else {
				t.text = Fold(raw)
			}
			t.norm = t.text
		default:
			if s == latin || s == digits || s == cyrillic {
				if fixed, as, ok := untwin(raw); ok {
					raw, s = fixed, as
				} else {
					s = mainScript(raw)
				}
			}
			t.script = s
			if s.unspaced() {
				t.norm = raw
				if s == han || s == kana {
					t.norm = simplify(raw)
				}
				t.text = "" // each piece is read when the run is split
			} else {
				r := romanise(raw, s, l)
				t.norm, t.text, t.alts = r.norm, r.text, r.alts
				if t.text == "" {
					t.norm = "" // marks and letters nobody reads
				}
				t.alts = slices.DeleteFunc(t.alts, func(alt string) bool { return alt == "" })
			}
		}
		i = end
		if possessive > 0 {
			t.alts = append(t.alts, t.text+"s")
			i += possessive
		}
		if i < len(name) && name[i] == '.' && utf8.RuneCountInString(raw) == 1 && !t.script.unspaced() {
			t.initial = true
		}
		if t.norm != "" {
			into = append(into, t)
		}
	}
	if initials {
		into = joinInitials(into)
	}
	return joinSlashed(into)
}

// loneLetters are the Latin letters that stand for a Russian word of one letter when
// the rest of the name is Cyrillic.
var loneLetters = [256]string{'C': "С", 'c': "с", 'B': "В", 'K': "К", 'O': "О", 'o': "о"}

func hasCyrillic(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] >= 0xD0 && s[i] <= 0xD4 {
			return true
		}
	}
	return false
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	if r >= 0x400 && r < 0x482 || r >= 0x4E00 && r < 0x9FF0 || r >= 0xAC00 && r < 0xD7A4 {
		return true // the plain letters of Cyrillic, Chinese and Korean, without a search
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || r == '〇'
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isPlain reports whether s has only letters and digits.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isLetter(rune(s[i])) {
			return false
		}
	}
	return true
}

func mainScript(raw string) script {
	for _, r := range raw {
		if s := scriptOf(r); s != digits && isLetter(r) {
			return s
		}
	}
	return digits
}

// isSegment reports whether the rune at i ends a part of the name.
func isSegment(name string, i int, r rune) bool {
	switch r {
	case ',', ';', '(', ')', '/', '|', '[', ']', '{', '}', '\n', ':', '，', '、', '；', '（', '）', '،', '؛', '【', '】', '<', '>':
		return true
	case '-', '–', '—', '―', '−':
		before, _ := utf8.DecodeLastRuneInString(name[:i])
		after, _ := utf8.DecodeRuneInString(name[i+utf8.RuneLen(r):])
		return unicode.IsSpace(before) && unicode.IsSpace(after)
	}
	return false
}

// singles reports whether a slash stands between two single letters: A/S, S/A.
func singles(name string, i int) bool {
	if i < 1 || i+1 >= len(name) || !isLetter(rune(name[i-1])) || !isLetter(rune(name[i+1])) {
		return false
	}
	return (i < 2 || !isLetter(rune(name[i-2]))) && (i+2 >= len(name) || !isLetter(rune(name[i+2])))
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', '‘', 'ʼ', 'ʹ', 'ʻ', 'ʿ', 'ʾ', '`', '´', '′', '?', '״', '׳':
		return true
	}
	return false
}

// elisions are the words French and Italian write to the next one.
var elisions = map[string]bool{"l": true, "d": true, "dell": true, "all": true, "dall": true, "nell": true, "sull": true, "un": true, "qu": true, "gl": true}

const longestElision = 4

// scan finds the end of the token that begins at i, and how many bytes of a
// possessive 's follow it.
func scan(name string, i int) (end, possessive int) {
	first, _ := utf8.DecodeRuneInString(name[i:])
	kind := runKind(first)
	letters, figures := 0, 0
	for j := i; j < len(name); {
		r, n := utf8.DecodeRuneInString(name[j:])
		if isLetter(r) {
			if unicode.Is(unicode.M, r) {
				j += n
				continue
			}
			if runKind(r) != kind {
				return j, 0
			}
			if scriptOf(r) == digits {
				figures++
			} else {
				letters++
			}
			j += n
			continue
		}
		next, m := utf8.DecodeRuneInString(name[j+n:])
		switch {
		case kind != spaced:
			return j, 0
		case isApostrophe(r):
			// A letter must follow; after an elided article a new word begins.
			if !isLetter(next) || j-i <= longestElision && elisions[strings.ToLower(name[i:j])] {
				return j, 0
			}
			if next == 's' || next == 'S' {
				after, _ := utf8.DecodeRuneInString(name[j+n+m:])
				if !isLetter(after) && letters > 1 {
					return j, n + m
				}
			}
			j += n
		case r == ',' && figures > 0 && letters == 0 && threeDigits(name[j+1:]):
			j += n
		case r == '-' && letters > 0 && letters <= 3 && figures == 0 && scriptOf(next) == digits && isLetter(next) && !numberMarks[Fold(name[i:j])]:
			j += n // K-13, MiG-29
		case r == '-' && figures > 0 && letters == 0 && isLetter(next) && shortEnding(name[j+n:]):
			j += n // 58-й, 58-th
		default:
			return j, 0
		}
	}
	return len(name), 0
}

// The ways letters run: words with blanks between them, Chinese and Japanese
// without, Korean with words run together, and so Thai and its neighbours.
const (
	spaced = iota
	eastAsian
	korean
	southEastAsian
)

func runKind(r rune) int {
	switch scriptOf(r) {
	case han, kana:
		return eastAsian
	case hangul:
		return korean
	case thai:
		return southEastAsian
	}
	return spaced
}

func threeDigits(s string) bool {
	if len(s) < 3 {
		return false
	}
	for i := range 3 {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) == 3 || s[3] < '0' || s[3] > '9'
}

// shortEnding reports whether at most three letters follow before the word ends.
func shortEnding(s string) bool {
	count := 0
	for _, r := range s {
		if !isLetter(r) {
			break
		}
		if scriptOf(r) == digits {
			return false
		}
		count++
	}
	return count > 0 && count <= 3
}

// joinInitials puts U.S.S.R., A. B. C., R&D and A & M together.
func joinInitials(tokens []token) []token {
	out := tokens[:0]
	for i := 0; i < len(tokens); {
		t := tokens[i]
		n := 1
		if t.initial {
			for i+n < len(tokens) && tokens[i+n].segment == t.segment && len(tokens[i+n].norm) > 0 &&
				!(tokens[i+n].loose && isLowerCase(tokens[i+n].raw) != isLowerCase(tokens[i+n-1].raw)) && // "n.a. A. B. Orvex"
				(tokens[i+n].initial || isSingle(&tokens[i+n]) && !tokens[i+n].loose && tokens[i+n-1].initial) {
				n++
			}
			if n > 1 {
				t.text, t.raw = textOf(tokens[i:i+n]), joinRaw(tokens[i:i+n])
				t.norm, t.alts, t.initial, t.joined = t.text, nil, false, true
			}
		} else if i+2 < len(tokens) && isAnd(tokens[i:]) && isShort(&t, tokens[i+1].loose) && isShort(&tokens[i+2], tokens[i+2].loose) && tokens[i+2].segment == t.segment {
			n = 3
			t.norm += "&" + tokens[i+2].norm
			t.text += tokens[i+2].text
			t.raw = joinRaw(tokens[i : i+3])
		}
		out = append(out, t)
		i += n
	}
	return out
}

func isLowerCase(s string) bool {
	r := firstRune(s)
	return unicode.IsLower(r)
}

// isAnd reports whether the second token joins two initials: &, or AND between
// single capitals.
func isAnd(tokens []token) bool {
	if tokens[1].norm == "&" {
		return true
	}
	return tokens[1].norm == "and" && len(tokens[0].raw) == 1 && len(tokens[2].raw) == 1 && tokens[0].raw < "a" && tokens[2].raw < "a"
}

func isSingle(t *token) bool { return utf8.RuneCountInString(t.raw) == 1 && t.text != "" }

// isShort reports whether a token beside & is an initial: one letter, or two
// when nothing stands between.
func isShort(t *token, loose bool) bool {
	n := utf8.RuneCountInString(t.raw)
	return t.text != "" && t.script != digits && (n == 1 || n == 2 && !loose)
}

func joinRaw(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.raw)
	}
	return b.String()
}

// joinSlashed puts A/S and S/A together.
func joinSlashed(tokens []token) []token {
	out := tokens[:0]
	for _, t := range tokens {
		if n := len(out); n > 0 && t.slashed && isSingle(&t) && isSingle(&out[n-1]) && out[n-1].segment == t.segment {
			last := &out[n-1]
			last.norm, last.text, last.raw = last.norm+t.norm, last.text+t.text, last.raw+"/"+t.raw
			continue
		}
		out = append(out, t)
	}
	return out
}
