package matching

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed lexicon
var lexiconFiles embed.FS

// meaning is what a word says across languages.
type meaning struct {
	key    string
	class  Class
	weight float32
}

// vocabulary is what the files under lexicon/ say, ready to be asked. It is
// built once and never changed.
//
// Words of Latin, Cyrillic and Greek are kept romanised, so that a word and its
// transcription meet; words of other scripts are kept as written, and those of
// scripts without spaces are found by longest match inside a run of letters.
type vocabulary struct {
	words     map[string][]meaning
	stems     map[string][]meaning // followed by an ending
	native    map[string][]meaning // short words and stems of Cyrillic and Greek, which in Latin letters would be something else
	skeletons map[string][]meaning // of words of six letters and more
	stemBones map[string][]meaning // skeletons of stems
	phrases   map[string][]meaning // words joined by a blank
	phraseEnd map[string][]meaning // the same with a star: the last word may have an ending
	starts    map[string]int       // first word of a phrase: the most words one has
	glyphs    map[string][]meaning // words of Chinese, Japanese and Korean
	glyphMax  map[rune]int         // first letter: the most bytes a word has
	inPhrase  map[string]bool      // words that stand in a phrase
	near      map[uint64]string    // what is left of a word of spelling.txt without one letter: the word
	read      map[string][]meaning // readings of words of glyphs, in Latin letters
	common    map[string]float32   // weights of distinctive words
	persons   map[string]meaning   // given names and particles of persons
	openers   map[string][]meaning // abbreviations that a name begins with
	weights   map[string]float32   // by key
	groups    map[string]string    // by key: the concepts it is taken for, by a name; of a place, the vague name that may mean it
}

// table is one file of the lexicon and the class its words have.
type table struct {
	file  string
	class Class
}

// The first table that lists a word decides.
var tables = []table{
	{"particles.tsv", Particle},
	{"forms.tsv", Form},
	{"numbers.tsv", Number},
	{"places.tsv", Place},
	{"concepts.tsv", Generic},
	{"names.tsv", Distinctive},
}

// placeWeights are the weights of a place by its kind.
var placeWeights = map[string]float32{"country": 0.15, "region": 0.25, "city": 0.30}

var lexicon = sync.OnceValue(readLexicon)

func readLexicon() *vocabulary {
	v := &vocabulary{
		words: make(map[string][]meaning, 16<<10), stems: map[string][]meaning{}, native: map[string][]meaning{},
		skeletons: make(map[string][]meaning, 8<<10), stemBones: map[string][]meaning{},
		phrases: map[string][]meaning{}, phraseEnd: map[string][]meaning{}, starts: map[string]int{},
		glyphs: map[string][]meaning{}, glyphMax: map[rune]int{},
		inPhrase: map[string]bool{}, read: map[string][]meaning{}, near: map[uint64]string{},
		common: map[string]float32{}, persons: map[string]meaning{}, openers: map[string][]meaning{}, weights: map[string]float32{}, groups: map[string]string{},
	}
	keys := map[string]meaning{}
	type line struct {
		file, key, words string
		class            Class
	}
	var compound []line
	for _, t := range tables {
		for _, l := range readTable(t.file) {
			if strings.Contains(l.key, "+") {
				compound = append(compound, line{t.file, l.key, l.words, t.class})
				continue
			}
			m := meaning{key: l.key, class: t.class, weight: l.weight}
			if _, ok := keys[l.key]; !ok {
				keys[l.key] = m
				v.weights[l.key] = m.weight
			}
			v.add(l.words, []meaning{m})
		}
	}
	all := func(file, key string) (m []meaning) {
		for k := range strings.SplitSeq(key, "+") {
			part, ok := keys[k]
			if !ok {
				panic(fmt.Sprintf("lexicon/%s: %s: no line gives the key %q", file, key, k))
			}
			m = append(m, part)
		}
		return m
	}
	for _, l := range compound {
		v.add(l.words, all(l.file, l.key))
	}
	v.addReadings()
	for _, l := range readTable("openers.tsv") {
		for w := range strings.SplitSeq(l.words, ", ") {
			v.openers[Fold(w)] = all("openers.tsv", l.key)
		}
	}
	for _, l := range readTable("near.tsv") {
		for k := range strings.FieldsSeq(l.words) {
			if _, ok := keys[k]; !ok || v.groups[k] != "" {
				panic(fmt.Sprintf("lexicon/near.tsv: %s: no line gives the key, or two groups have it", k))
			}
			v.groups[k] = l.key
		}
	}
	for _, l := range readTable("vague.tsv") {
		for k := range strings.FieldsSeq(l.key + " " + l.words) {
			if m, ok := keys[k]; !ok || m.class != Place || v.groups[k] != "" {
				panic(fmt.Sprintf("lexicon/vague.tsv: %s: no place has the key, or two lines have it", k))
			}
			v.groups[k] = l.key
		}
	}
	for _, l := range readTable("weights.tsv") {
		for w := range strings.FieldsSeq(l.words) {
			if _, ok := v.common[w]; !ok {
				v.common[w] = l.weight
			}
		}
	}
	v.readSpellings()
	v.readPersons()
	return v
}

// tableLine is one line of a lexicon file: a key, a weight, and the words.
type tableLine struct {
	key    string
	weight float32
	words  string
}

// readTable reads a file of the lexicon: lines of key, weight and words with
// tabs between, "#" before a comment. The files are part of the program, so a
// bad line is a programmer's mistake and panics.
func readTable(file string) []tableLine {
	b, err := lexiconFiles.ReadFile("lexicon/" + file)
	if err != nil {
		panic(err)
	}
	var out []tableLine
	n := 0
	for s := range strings.SplitSeq(string(b), "\n") {
		n++
		if s == "" || s[0] == '#' {
			continue
		}
		f := strings.Split(s, "\t")
		if len(f) != 3 {
			panic(fmt.Sprintf("lexicon/%s line %d: %d columns, want key, weight, words", file, n, len(f)))
		}
		l := tableLine{key: f[0], words: f[2]}
		if w, ok := placeWeights[f[1]]; ok {
			l.weight = w
		} else if _, err := fmt.Sscan(f[1], &l.weight); err != nil {
			panic(fmt.Sprintf("lexicon/%s line %d: weight %q: %v", file, n, f[1], err))
		}
		out = append(out, l)
	}
	return out
}

// add enters the words of one line: "universität, universities, технич*,
// joint stock company, 大学". A star stands for an ending.
func (v *vocabulary) add(words string, m []meaning) {
	for w := range strings.SplitSeq(words, ",") {
		w = strings.TrimSpace(w)
		if w == "" {
			continue
		}
		stem, isStem := strings.CutSuffix(w, "*")
		first, _ := utf8.DecodeRuneInString(stem)
		switch s := scriptOf(first); s {
		case han, kana, hangul, thai:
			glyph := stem
			if s == han || s == kana {
				glyph = simplify(stem)
			}
			if s == hangul && utf8.RuneCountInString(glyph) == 1 {
				continue // a syllable alone is in too many names
			}
			if _, ok := v.glyphs[glyph]; !ok {
				v.glyphs[glyph] = m
				v.glyphMax[firstRune(glyph)] = max(v.glyphMax[firstRune(glyph)], len(glyph))
			}
			if s == kana { // kana words are also met standing alone, romanised
				v.put(v.words, readKana(stem).norm, m)
			}
			continue
		}
		tokens := tokenise(clean(stem), nil, true)
		switch {
		case len(tokens) == 0:
			panic("lexicon: no letters in " + w)
		case len(tokens) == 1 && len(tokens[0].norm) < 5 && (tokens[0].script == cyrillic || tokens[0].script == greek):
			if isStem {
				v.put(v.native, tokens[0].norm+"*", m)
			} else {
				v.put(v.native, tokens[0].norm, m)
			}
		case len(tokens) == 1 && isStem:
			v.put(v.stems, tokens[0].norm, m)
			if bones := Skeleton(tokens[0].norm); len(bones) >= 6 && bones[len(bones)-1] != 'i' {
				v.put(v.stemBones, bones, m)
			}
		case len(tokens) == 1:
			v.put(v.words, tokens[0].norm, m)
			if t := tokens[0]; t.script == cyrillic || t.script == greek || t.script == latin && m[0].class == Form {
				if bones := Skeleton(t.norm); len(bones) >= 6 {
					v.put(v.skeletons, bones, m)
				}
			}
			for _, alt := range tokens[0].alts {
				if s := tokens[0].script; s == latin || s == greek {
					v.put(v.words, alt, m)
				}
			}
		default:
			v.starts[tokens[0].norm] = max(v.starts[tokens[0].norm], len(tokens))
			var b []byte
			for i, t := range tokens {
				v.inPhrase[t.norm] = true
				if i > 0 {
					b = append(b, ' ')
				}
				b = append(b, t.norm...)
			}
			if isStem {
				v.put(v.phraseEnd, string(b), m)
			} else {
				v.put(v.phrases, string(b), m)
			}
		}
	}
}

// addReadings enters how the generic words of Chinese and Korean are read:
// words of two and three letters as one word, and those of four as two.
func (v *vocabulary) addReadings() {
	for _, glyph := range slices.Sorted(maps.Keys(v.glyphs)) {
		s, m := scriptOf(firstRune(glyph)), v.glyphs[glyph]
		if m[0].class != Generic || s != han && s != hangul || strings.ContainsFunc(glyph, func(r rune) bool { return scriptOf(r) != s }) {
			continue
		}
		read := func(part []rune) string { return romanise(string(part), s, russian).text }
		switch letters := []rune(glyph); len(letters) {
		case 2, 3:
			v.put(v.read, read(letters), m)
		case 4:
			v.put(v.read, read(letters[:2])+" "+read(letters[2:]), m)
		}
	}
}

// transcribed reports whether a Latin name has generic words of Chinese or Korean
// and none of another language: "Beihang Gongye Daxue", but not "Ligong University",
// whose first word is its name there.
func (v *vocabulary) transcribed(tokens []token) bool {
	for i := range tokens {
		if t := &tokens[i]; t.script != latin || t.meaning != nil && t.meaning[0].class == Generic && v.read[t.norm] == nil {
			return false
		}
	}
	return slices.ContainsFunc(tokens, func(t token) bool { return len(t.norm) >= leastReading && v.read[t.norm] != nil })
}

// leastReading is how many letters the reading of a word has at least that is
// taken for it by itself: shorter ones are names, and words of other languages.
const leastReading = 6

// reading finds the word of Chinese or Korean that the first tokens transcribe.
func (v *vocabulary) reading(tokens []token) (m []meaning, n int) {
	if len(tokens) > 1 && tokens[1].segment == tokens[0].segment {
		if m := v.read[tokens[0].norm+" "+tokens[1].norm]; m != nil {
			return m, 2
		}
	}
	if m := v.read[tokens[0].norm]; m != nil && (len(tokens[0].norm) >= leastReading || tokens[0].meaning != nil) {
		return m, 1
	}
	return nil, 0
}

// put enters a word; the first line that has it keeps it.
func (v *vocabulary) put(where map[string][]meaning, word string, m []meaning) {
	if _, ok := where[word]; !ok && word != "" {
		where[word] = m
	}
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// phrase finds the longest phrase that begins at the first token, and how many
// tokens it takes. Only a legal form may run over a comma ("Co., Ltd.").
func (v *vocabulary) phrase(tokens []token) ([]meaning, int) {
	most := min(v.starts[tokens[0].norm], len(tokens))
	if most < 2 {
		return nil, 0
	}
	var buf [96]byte
	b := append(buf[:0], tokens[0].norm...)
	var found []meaning
	length, comma := 0, false
	for n := 2; n <= most; n++ {
		t := &tokens[n-1]
		comma = comma || t.segment != tokens[0].segment
		b = append(append(b, ' '), t.norm...)
		m, ok := v.phrases[string(b)]
		if !ok {
			if m = withEnding(v.phraseEnd, string(b), len(b)-len(t.norm)+4); m == nil {
				continue
			}
		}
		if !comma || m[0].class == Form {
			found, length = m, n
		}
	}
	return found, length
}

// word says what one token means, or nothing.
func (v *vocabulary) word(t *token) []meaning {
	if t.script == cyrillic || t.script == greek {
		if m := v.nativeWord(t.norm); m != nil {
			return m
		}
	}
	if m := v.wordForm(t.norm); m != nil {
		return m
	}
	switch t.script {
	case arabic, hebrew:
		return v.affixed(t.norm, t.script)
	case cyrillic, latin, greek:
		for _, alt := range t.alts {
			if m := v.wordForm(alt); m != nil {
				return m
			}
		}
		return v.spelling(t.norm)
	}
	return nil
}

// affixed finds an Arabic, Persian or Hebrew word without what is written to
// it: the article, "and", "for", the Persian plural.
func (v *vocabulary) affixed(norm string, s script) []meaning {
	if s == hebrew {
		for _, p := range []string{"ה", "ו", "ל", "ב", "וה"} {
			if rest, ok := strings.CutPrefix(norm, p); ok && len(rest) >= 6 && v.words[rest] != nil {
				return v.words[rest]
			}
		}
		return nil
	}
	if p, rest := arabicArticle(norm); p != "" && v.words[rest] != nil {
		return v.words[rest]
	}
	for _, p := range []string{"و", "ل", "ب"} {
		if rest, ok := strings.CutPrefix(norm, p); ok && len(rest) >= 8 && v.words[rest] != nil {
			return v.words[rest]
		}
	}
	for _, e := range []string{"های", "ها", "هایی"} {
		if stem, ok := strings.CutSuffix(norm, e); ok && len(stem) >= 6 && v.words[stem] != nil {
			return v.words[stem]
		}
	}
	return nil
}

func (v *vocabulary) wordForm(norm string) []meaning {
	if m, ok := v.words[norm]; ok {
		return m
	}
	return withEnding(v.stems, norm, 3)
}

// withEnding finds a stem of at least least letters that norm is with an
// ending. A short stem takes a short ending: port is not in portable.
func withEnding(stems map[string][]meaning, norm string, least int) []meaning {
	for n := len(norm); n >= least && len(norm)-n <= longestEnding; n-- {
		if n < 5 && len(norm)-n > 2*(n-3)+1 {
			break
		}
		if m, ok := stems[norm[:n]]; ok && endings()[norm[n:]] {
			return m
		}
	}
	return nil
}

// nativeWord finds a short word or stem of Cyrillic or Greek.
func (v *vocabulary) nativeWord(norm string) []meaning {
	if m, ok := v.native[norm]; ok {
		return m
	}
	var buf [12]byte
	for n := min(len(norm), 4); n >= 2; n-- {
		if m, ok := v.native[string(append(append(buf[:0], norm[:n]...), '*'))]; ok && endings()[norm[n:]] {
			return m
		}
	}
	return nil
}

const longestEnding = 12

// endings are what may follow a stem: the inflections of the languages of the
// lexicon, and for Slavic ones also the adjectives made from a noun.
var endings = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{"": true}
	for e := range strings.FieldsSeq(`
		s es n en er ern em e atea atii an ans ian ians ien iens enne ienne al als ale ales ais aise ese ish ic ics ical ique iques ik ike
		icals isch ische ischen ischer isches isk iska iske iskt ist ists iste ism isme ismus or ors ora oras ores ing ings ed ation ations ment ments
		ner io ios ia ias ie ies is os as us um ium ul ului ele elor ilor iei ea ei ar are ari et ets eta ett at ate ates
		ana ano anas anos ani ane ense enses ario aria arios arias aire aires airs ity ite eit aet aat te ti ty tet t d ne na no nes nas nos
		in nin lar ler lari leri si ya ja nak ten jen on onen isen inen iset t ak ok ek ban ben nek y ys ly ry ries ional ionale ionales ionals
		ion ione iones ioni ional ionen ao oes aos ista istas ico ica icos icas icas ici iche ieri iera ieres iere ive ives ivo iva ivas ivos
		able ables ure ures ural o a i u`) {
		all[e] = true
	}
	inflections := strings.Fields(`a i o u y e ye ya ia ja ii iya ija iyu iju yu ju iy yy ij yj iye ije ie oe oye oje aya aia aja oi oy oj ogo oho ego eho omu emu
		ym im ykh ikh yh ih ymi imi om em am yam ami yami ov iv ev ey ei ej akh yakh ah uyu yye yie oyu eyu ska sko ski aye ae aga aha iyi`)
	for _, made := range strings.Fields("- n nn sk esk ick ichesk ychesk ichn ychn ionn onn an ann ov ovsk evsk ansk insk ensk yansk iynsk al aln yaln ialn ivn ov ovn evn iteln yteln teln ell ist ost ostn ing izatsionn irovan irovann ovan ovann eni enn yach yuch yushch ayushch chesk sky") {
		for _, e := range inflections {
			if made == "-" {
				all[e] = true
			} else if len(made)+len(e) <= longestEnding {
				all[made+e] = true
			}
		}
	}
	return all
})

// spelling finds a word in another romanisation.
func (v *vocabulary) spelling(norm string) []meaning {
	if len(norm) < 6 {
		return nil
	}
	var buf [64]byte
	bones := appendSkeleton(buf[:0], norm)
	if len(bones) < 6 {
		return nil
	}
	if m, ok := v.skeletons[string(bones)]; ok {
		return m
	}
	for n := len(bones); n >= 6 && len(bones)-n <= longestEnding; n-- {
		if m, ok := v.stemBones[string(bones[:n])]; ok && boneEndings()[string(bones[n:])] {
			return m
		}
	}
	return nil
}

// boneEndings are the skeletons of endings.
var boneEndings = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for e := range endings() {
		all[Skeleton(e)] = true
	}
	return all
})

// glyph finds the longest word at the beginning of a run of Chinese, Japanese
// or Korean letters. A letter alone is a word only where no name goes on
// behind it: 市 at the end, or before 大学.
func (v *vocabulary) glyph(run string) ([]meaning, int) {
	m, n := v.longestGlyph(run)
	if _, size := utf8.DecodeRuneInString(run); n == size && n < len(run) {
		_, next := v.longestGlyph(run[n:])
		if _, size := utf8.DecodeRuneInString(run[n:]); next <= size {
			return nil, 0
		}
	}
	return m, n
}

// knownGlyphs is how many bytes the longest word takes that the run begins with.
func (v *vocabulary) knownGlyphs(run string) int {
	_, n := v.longestGlyph(run)
	return n
}

func (v *vocabulary) longestGlyph(run string) ([]meaning, int) {
	for n := min(v.glyphMax[firstRune(run)], len(run)); n > 0; n-- {
		if n < len(run) && !utf8.RuneStart(run[n]) {
			continue
		}
		if m, ok := v.glyphs[run[:n]]; ok {
			return m, n
		}
	}
	return nil, 0
}
