package matching

import (
	"math/bits"
	"slices"
	"strings"
)

// term is one word as it means and is written, prepared for comparing; equal
// terms are one term, whatever names they stand in.
type term struct {
	text       string
	alts       []string
	key        string
	skeleton   string   // text with the spelling variants of romanisation folded together
	stem       string   // of a Slavic adjective: belgarov of belgarovskiy
	bare       string   // text without its vowels
	bares      []string // the same of its other readings, where its script writes no vowels
	letters    uint32
	altLetters []uint32
	weight     float32
	class      Class
	slip       float32 // what the word of the lexicon weighs that it may misspell, or 0
	group      string  // of a generic word: the concepts it is taken for; of a place: the vague name that may mean it
	id         uint32  // of a listed word: its number in the space
	sound      string  // of a name in Chinese letters, and of what it may be the sound of
	chinese    bool    // it is written in those
	korean     string  // the sounds of Korean syllables
	formPart   bool    // a piece of a legal form that was misspelt or cut
}

// newTerm prepares a word of a query.
func newTerm(w *Word, person bool) *term {
	t := listedTerm(w, person)
	if w.Class == Distinctive && w.Weight > slipWeight {
		t.slip = slipOf(t.text)
	}
	return t
}

// listedTerm prepares a word of a listed name. Which word it may misspell is
// not looked for: only words that a query has besides count for less then.
func listedTerm(w *Word, person bool) *term {
	t := &term{text: w.Text, alts: w.Alts, key: w.Key, class: w.Class, weight: w.Weight, letters: letters(w.Text)}
	if len(t.text) > maxWordLen {
		t.text = t.text[:maxWordLen]
	}
	t.skeleton = Skeleton(t.text)
	t.formPart = w.Class == Distinctive && isFormPart(t.text, t.letters)
	if w.Class == Generic || w.Class == Place {
		t.group = lexicon().groups[t.key]
	}
	t.bare = bare(t.text)
	if w.Class == Distinctive && !person {
		t.stem = adjectiveStem(t.text)
		if t.chinese = scriptOf(firstRune(w.Key)) == han; t.chinese {
			t.sound = soundOfHan(w.Key)
		} else {
			t.sound = soundOf(t.text)
			t.korean = koreanSounds(t.text)
		}
	}
	if len(t.alts) > 0 {
		abjad := false // a script that writes no short vowels
		t.altLetters = make([]uint32, len(t.alts))
		for i, a := range t.alts {
			t.altLetters[i] = letters(a)
			if !strings.ContainsAny(a, "aeiouy") {
				abjad = true
			}
		}
		for _, a := range append([]string{t.text}, t.alts...) {
			if x := bare(a); abjad && len(x) > 1 && !slices.Contains(t.bares, x) {
				t.bares = append(t.bares, x)
			}
		}
	}
	return t
}

// altKey is what tells the readings of a word apart, as keyOf writes it.
func (t *term) altKey() string {
	if len(t.alts) == 0 {
		return ""
	}
	return t.alts[0] + " " + t.alts[len(t.alts)-1]
}

// Alike words, from best to worst.
const (
	sameMeaning    = 1.00 // the same word, or the same concept in another language
	sameReading    = 0.97 // another romanisation of one word in another script
	sameSkeleton   = 0.95 // spelt after another convention
	sameBones      = 0.93 // the same consonants and long vowels, where one script writes no others
	translated     = 0.88 // a name in another language: Spark and Iskra
	sameStem       = 0.88 // a name and the adjective made of it
	sameConsonants = 0.86 // other vowels, as romanisations of Arabic and Persian have
	fewBones       = 0.84 // the same consonants only
	sameKorean     = 0.90 // a Korean name by another convention
	sameSound      = 0.84 // a foreign name and how it is written in Chinese
	nearMeaning    = 0.85 // a concept that is taken for the other
	vagueMeaning   = 0.96 // Korea, which is either of two
	sameBeginning  = 0.88 // the last word of a name, cut short
)

// similar says how alike two words are, from 0 to 1: below leastSimilar it is 0.
func similar(a, b *term) float32 {
	if a.text == b.text || a == b {
		return sameMeaning
	}
	if a.class != Distinctive && a.class == b.class {
		if a.key == b.key {
			return sameMeaning
		}
		if a.group != "" && a.group == b.group {
			switch {
			case a.class != Place:
				return nearMeaning
			case a.key == a.group || b.key == b.group:
				return vagueMeaning
			}
		}
		// Two known words of one kind are two things, however alike they look:
		// Hunan and Henan, physics and physical, 58 and 59.
		return 0
	}
	if a.class == Number || b.class == Number || a.class == Form || b.class == Form || a.class == Particle || b.class == Particle {
		return 0
	}
	if a.key == b.key && a.class == b.class {
		alike := spelling(a.text, b.text, a.letters, b.letters)
		if alike > 0 && len(a.bare) > 1 && a.bare == b.bare {
			return max(alike, sameReading) // Qaeda and Qaida
		}
		return max(alike, translated)
	}
	if a.class != Distinctive && b.class != Distinctive {
		return 0
	}
	if a.class == Distinctive && b.class == Distinctive && a.weight < knownWeight && b.weight < knownWeight {
		return 0 // two words everybody knows are two words
	}
	best := spelling(a.text, b.text, a.letters, b.letters)
	if best >= sameReading {
		return best
	}
	for i, x := range a.alts {
		if x == b.text {
			return sameReading
		}
		for _, y := range b.alts {
			if x == y {
				best = max(best, sameReading)
			}
		}
		best = max(best, sameReading*spelling(x, b.text, a.altLetters[i], b.letters))
	}
	for i, y := range b.alts {
		if y == a.text {
			return sameReading
		}
		best = max(best, sameReading*spelling(a.text, y, a.letters, b.altLetters[i]))
	}
	if best < sameSkeleton && a.skeleton == b.skeleton && tellingSkeleton(a, b) {
		best = sameSkeleton
	}
	if best < sameStem && (a.stem != "" && (isStem(a.stem, b.text) || sameStems(a.stem, b.stem)) || b.stem != "" && isStem(b.stem, a.text)) {
		best = sameStem
	}
	switch {
	case best >= sameBones:
	case len(a.bares) > 0 && len(b.bares) > 0:
		for _, x := range a.bares {
			if slices.Contains(b.bares, x) {
				best = max(best, bonesOf(x))
			}
		}
	case len(a.bares) > 0:
		best = max(best, unvowelled(a, b))
	case len(b.bares) > 0:
		best = max(best, unvowelled(b, a))
	case len(a.bare) > 3 && a.bare == b.bare && likeVowels(a.text, b.text),
		len(a.bare) == 3 && a.bare == b.bare && spelling(a.skeleton, b.skeleton, letters(a.skeleton), letters(b.skeleton)) > 0:
		best = max(best, sameConsonants)
	}
	if a.chinese != b.chinese && a.sound != "" && a.sound == b.sound {
		best = max(best, sameSound)
	}
	if best < sameKorean && a.korean != "" && a.korean == b.korean && (soundsKorean(a.text) || soundsKorean(b.text)) {
		best = sameKorean
	}
	if best < leastSimilar {
		return 0
	}
	return best
}

// likeVowels reports whether two words with the same consonants may be one:
// romanisations write other vowels, and one more or less, but not two; scripts
// without vowels write none.
func likeVowels(a, b string) bool {
	n, m := vowelRuns(a), vowelRuns(b)
	return n == 0 || m == 0 || n-m <= 1 && m-n <= 1
}

func vowelRuns(text string) (n int) {
	for i := range len(text) {
		if isVowel(text[i]) && (i == 0 || !isVowel(text[i-1])) {
			n++
		}
	}
	return n
}

// adjectiveStem is what a Slavic adjective of a name is made of, or "":
// Belgarov of Belgarovskaya, Zlatoustov of Zlatoustovsky.
func adjectiveStem(text string) string {
	i := strings.LastIndex(text, "sk")
	if i < 5 {
		return ""
	}
	switch text[i+2:] {
	case "iy", "y", "ii", "i", "ij", "aya", "aia", "aja", "oye", "oe", "oie", "ogo", "oi", "oy", "om", "ie", "iye", "a", "iej", "ej", "oj", "iego", "ego", "oho":
	default:
		return ""
	}
	return text[:i]
}

// isStem reports whether a name is the stem of an adjective, or is without the
// -ov- that adjectives of names that end in a consonant have.
func isStem(stem, name string) bool {
	if hard := hardStem(stem); hard != stem && (hard == name || hard+"a" == name) {
		return true // Ladoga of Ladozhskiy
	}
	return stem == name || len(name) >= 5 && strings.HasPrefix(stem, name) && stem[len(name):] == "ov"
}

// hardStem is a stem with the letter at its end that -sk- has made soft: ladog of ladozh.
func hardStem(stem string) string {
	for _, end := range [][2]string{{"zh", "g"}, {"ch", "k"}} {
		if rest, ok := strings.CutSuffix(stem, end[0]); ok {
			return rest + end[1]
		}
	}
	return stem
}

func sameStems(a, b string) bool { return a == b || b != "" && hardStem(a) == hardStem(b) }

// tellingSkeleton reports whether an equal skeleton says much: of a short word
// only where it has lost no letter, so that need is not NIID.
func tellingSkeleton(a, b *term) bool {
	return len(a.skeleton) > 3 || len(a.skeleton) > 1 && len(a.skeleton) == len(a.text) && len(b.skeleton) == len(b.text)
}

// unvowelled says how alike a word of a script without vowels is to a Latin
// one. The consonants must be the same; the long vowels it does write should be there.
func unvowelled(bare, latin *term) float32 {
	if !slices.Contains(bare.bares, latin.bare) {
		return 0
	}
	readings := append([]string{bare.text}, bare.alts...)
	// Hussain has a letter that حسن has not.
	if longI(latin.text) && !slices.ContainsFunc(readings, func(r string) bool { return strings.ContainsAny(r, "iy") }) {
		return 0
	}
	for _, reading := range readings {
		if strings.ContainsAny(reading, "aeiouy") && within(Skeleton(reading), latin.skeleton) {
			return sameBones
		}
	}
	return bonesOf(latin.bare)
}

// longI reports whether a Latin word has a long i or a diphthong with one,
// which scripts without vowels write.
func longI(text string) bool {
	for _, d := range []string{"ai", "ei", "ay", "ey", "ee"} {
		if strings.Contains(text, d) {
			return true
		}
	}
	return false
}

// bonesOf is how much the same consonants say by themselves.
func bonesOf(bare string) float32 {
	if len(bare) < 3 {
		return 0
	}
	return fewBones
}

// within reports whether the letters of short, its first vowel apart, stand in
// long in their order.
func within(short, long string) bool {
	if len(short) > 1 && isVowel(short[0]) {
		short = short[1:]
	}
	i := 0
	for j := 0; j < len(long) && i < len(short); j++ {
		if long[j] == short[i] {
			i++
		}
	}
	return i == len(short)
}

// bare is a word without vowels, half-vowels behind its beginning and a final h, doubled letters
// once, and the letters for one sound as one: what Mousavi and موسوی share.
func bare(s string) string {
	var buf [maxWordLen]byte
	b := buf[:0]
	for i := 0; i < len(s) && i < maxWordLen; i++ {
		c := s[i]
		switch c {
		case 'y', 'w', 'v':
			if i > 0 || len(s) < 2 || !isVowel(s[1]) {
				continue
			}
			if c == 'v' {
				c = 'w' // Vahid and Wahid
			}
		case 'a', 'e', 'i', 'o', 'u':
			continue
		case 'q', 'c':
			if c == 'c' && i+1 < len(s) && s[i+1] == 'h' {
				break
			}
			c = 'k'
		case 'g':
			if i+1 < len(s) && s[i+1] == 'h' {
				i++
				c = 'k'
			}
		case 'h':
			if i+1 == len(s) {
				continue
			}
		case 'p':
			if i+1 < len(s) && s[i+1] == 'h' {
				i++
				c = 'f'
			}
		case 'x':
			b = append(b, 'k')
			c = 's'
		}
		// Doubled letters count once, but not those with a vowel between them.
		if n := len(b); n > 0 && b[n-1] == c && !strings.ContainsRune("aeiouywv", rune(s[i-1])) {
			continue
		}
		b = append(b, c)
	}
	return string(b)
}

// cutSimilar says how alike a word that may have been cut short is to a whole one.
func cutSimilar(cut, whole string) float32 {
	if len(cut) >= leastCut && len(cut) < len(whole) && 2*len(cut) >= len(whole) && whole[:len(cut)] == cut {
		return sameBeginning
	}
	return 0
}

// knownWeight is the weight below which a distinctive word of four letters and more
// is one that many names share, and so is known how to spell.
const knownWeight = 0.7

// leastSimilar is the similarity below which two words are two words.
const leastSimilar = 0.70

// neighbourhood calls yield with keys such that two words that are similar at
// all have one in common, when one of them asks and the other is listed. It is
// how a space finds the words like a word without looking at every one. What
// is found under a key of letters only needs to be spelt alike (mayBeSpelt).
func (t *term) neighbourhood(listed bool, yield func(key uint64, letters bool)) {
	yield(hashKey('k', t.key), false)
	if t.group != "" {
		yield(hashKey('g', t.group), false)
	}
	spellings(t.text, yield)
	for _, a := range t.alts {
		spellings(a, yield)
	}
	if t.class == Form || t.class == Particle || t.class == Number {
		return
	}
	if t.stem != "" {
		yield(hashKey('t', t.stem), false)
		yield(hashKey('t', strings.TrimSuffix(t.stem, "ov")), false)
		if hard := hardStem(t.stem); hard != t.stem {
			yield(hashKey('t', hard), false)
			yield(hashKey('t', hard+"a"), false)
		}
	}
	if len(t.skeleton) > 3 || len(t.skeleton) == len(t.text) {
		yield(hashKey('s', t.skeleton), false)
	}
	if t.sound != "" {
		// Chinese words and Latin ones ask for each other, and not for their own kind.
		kind := byte('h')
		if t.chinese == listed {
			kind = 'H'
		}
		yield(hashKey(kind, t.sound), false)
	}
	if t.korean != "" {
		yield(hashKey('o', t.korean), false)
	}
	if len(t.bares) == 0 {
		// Latin words meet those of scripts without vowels under a key of
		// their own, and each other under another when there are letters enough.
		if len(t.bare) > 2 {
			yield(hashKey('v', t.bare), false)
		}
		latin := byte('c')
		if !listed {
			latin = 'C'
		}
		if len(t.bare) > 1 {
			yield(hashKey(latin, t.bare), false)
		}
		return
	}
	bones := byte('C')
	if !listed {
		bones = 'c'
	}
	for _, b := range t.bares {
		yield(hashKey(bones, b), false)
		yield(hashKey('b', b), false)
	}
}

// spellings yields the word and what is left of its beginning when one or two
// letters are dropped: two words that are n edits apart share one of these.
func spellings(s string, yield func(key uint64, letters bool)) {
	yield(hashKey('t', s), false)
	limit := editLimit(len(s))
	if len(s) == 3 {
		limit = 1
	}
	if limit == 0 {
		return
	}
	var buf [prefixLen]byte
	p := s
	if len(p) > prefixLen {
		p = p[:prefixLen]
	}
	yield(hashKey('d', p), true)
	for i := range len(p) {
		one := append(append(buf[:0], p[:i]...), p[i+1:]...)
		yield(hashBytes('d', one), true)
		if limit > 1 {
			for j := i; j < len(one); j++ {
				var buf2 [prefixLen]byte
				yield(hashBytes('d', append(append(buf2[:0], one[:j]...), one[j+1:]...)), true)
			}
		}
	}
}

// shape is the letters of a word, and its length in the five bits above: what
// refuses most words without looking at them. It is 0 where a word has other readings.
type shape uint32

const shapeLetters = 1<<27 - 1

func shapeOf(t *term) shape {
	if len(t.alts) > 0 {
		return 0
	}
	return shape(t.letters&shapeLetters | uint32(min(len(t.text), 31))<<27)
}

// mayBeSpelt reports whether two words may be alike as they are written; it
// refuses nothing that spelling does not.
func mayBeSpelt(a, b shape) bool {
	if a == 0 || b == 0 {
		return true
	}
	n, m := int(a>>27), int(b>>27)
	limit := editLimit(min(n, m))
	if n == 3 || m == 3 {
		limit = 1
	}
	if d := n - m; (d > limit || -d > limit) && n != 31 && m != 31 {
		return false
	}
	return missing(uint32(a&shapeLetters), uint32(b&shapeLetters)) <= limit
}

// missing is the least number of edits between words of these letters: each
// letter that only one of them has is one, or half of a letter replaced.
func missing(a, b uint32) int { return max(bits.OnesCount32(a&^b), bits.OnesCount32(b&^a)) }

// prefixLen is how much of a word the vocabulary keeps neighbours of.
const prefixLen = 7

// The hash is FNV-1a, begun with the kind of key and mixed at the end.
func hashStart(kind byte) uint64           { return 14695981039346656037 ^ uint64(kind) }
func hashByte(h uint64, c byte) uint64     { return (h ^ uint64(c)) * 1099511628211 }
func hashKey(kind byte, s string) uint64   { return mix(hashMore(hashStart(kind), s)) }
func hashBytes(kind byte, s []byte) uint64 { return mix(hashMore(hashStart(kind), s)) }

func hashMore[T string | []byte](h uint64, s T) uint64 {
	for i := 0; i < len(s); i++ {
		h = hashByte(h, s[i])
	}
	return h
}

// mix spreads a hash over all its bits.
func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>29
}
