package matching

import (
	"strings"
	"unicode/utf8"
)

// PersonWords reads the name of a person: folded and romanised as Words does,
// without the vocabulary of organisations. Honorifics are dropped, particles
// (van, bin, al) kept as such, and the spellings of one given name share a Key.
func PersonWords(name string) []Word {
	tokens := tokenise(clean(name), nil, false)
	v := lexicon()
	out := make([]Word, 0, len(tokens))
	for i := 0; i < len(tokens); i++ {
		t := &tokens[i]
		if t.norm == "&" || t.norm == "#" {
			continue
		}
		if i+1 < len(tokens) {
			if m, ok := v.persons[t.norm+" "+tokens[i+1].norm]; ok && m.isHonorific() {
				i++
				continue
			}
		}
		if suffix := divineNames[t.norm]; suffix != nil && len(out) > 0 && out[len(out)-1].Segment == t.segment {
			v.joinDivine(&out[len(out)-1], t.raw, suffix)
			continue
		}
		for _, w := range personParts(t) {
			if m, ok := v.person(t, w.Text); ok {
				if m.isHonorific() {
					continue
				}
				w.Class, w.Key, w.Weight = m.class, m.key, m.weight
			}
			out = append(out, w)
		}
	}
	return numberSegments(out)
}

func (m meaning) isHonorific() bool { return m.class == Particle && m.key == "" }

// divineNames are written to the word before them in Latin letters: رحمت الله is Rahmatollah.
var divineNames = map[string][]string{"الله": {"ullah", "ollah", "allah"}, "اللّه": {"ullah", "ollah", "allah"}}

func (v *vocabulary) joinDivine(w *Word, raw string, suffix []string) {
	base := w.Text
	var alts []string
	for _, s := range suffix[1:] {
		alts = appendNew(alts, base+s)
	}
	alts = appendNew(alts, Consonants(base)+"lh")
	w.Raw, w.Text, w.Alts, w.Class, w.Weight = w.Raw+" "+raw, base+suffix[0], alts, Distinctive, 1
	w.Key = w.Text
	if m, ok := v.persons[w.Text]; ok {
		w.Key = m.key
	}
}

func personParts(t *token) []Word {
	switch t.script {
	case han:
		if !strings.ContainsFunc(t.norm, func(r rune) bool { return scriptOf(r) != han }) {
			return hanPerson(t)
		}
		return lexicon().nameWords(nil, t.norm, t.script, t.segment)
	case kana, hangul, thai:
		return lexicon().nameWords(nil, t.norm, t.script, t.segment)
	case arabic:
		text, alts := withoutArticle(t)
		if text == "" {
			return nil
		}
		return []Word{{Raw: t.raw, Text: text, Alts: alts, Key: text, Weight: 1, Segment: t.segment}}
	}
	if t.text == "" {
		return nil
	}
	return []Word{{Raw: t.raw, Text: t.text, Alts: t.alts, Key: t.text, Weight: personWeight(t.text), Segment: t.segment}}
}

func personWeight(text string) float32 {
	if len(text) == 1 {
		return 0.3
	}
	return 1
}

// hanPerson splits a Chinese name of two to four letters into the family name,
// which comes first, and the given name.
func hanPerson(t *token) []Word {
	runes := []rune(t.norm)
	n := 1
	if len(runes) > 2 && doubleSurnames[string(runes[:2])] {
		n = 2
	}
	if len(runes) < 2 || len(runes) > 4 || utf8.RuneCountInString(t.raw) != len(runes) {
		n = len(runes)
	}
	var out []Word
	for _, piece := range [][]rune{runes[:n], runes[n:]} {
		if len(piece) == 0 {
			continue
		}
		r := readHan(string(piece))
		if r.text == "" {
			continue
		}
		out = append(out, Word{Raw: string(piece), Text: r.text, Alts: r.alts, Key: r.text, Weight: 1, Segment: t.segment})
	}
	return out
}

var doubleSurnames = map[string]bool{
	"欧阳": true, "司马": true, "上官": true, "诸葛": true, "司徒": true, "东方": true, "独孤": true, "皇甫": true, "尉迟": true, "公孙": true,
	"慕容": true, "令狐": true, "宇文": true, "长孙": true, "夏侯": true, "端木": true,
}

// readPersons reads lexicon/persons.tsv.
func (v *vocabulary) readPersons() {
	for _, l := range readTable("persons.tsv") {
		m := meaning{key: l.key, weight: l.weight}
		switch l.key {
		case "honorific":
			m.key, m.class = "", Particle
		case "particle":
			m.class = Particle
		}
		for w := range strings.SplitSeq(l.words, ",") {
			tokens := tokenise(clean(strings.TrimSpace(w)), nil, false)
			if len(tokens) == 0 {
				continue
			}
			norm := tokens[0].norm
			for _, t := range tokens[1:] {
				norm += " " + t.norm
			}
			if _, ok := v.persons[norm]; !ok {
				v.persons[norm] = m
			}
		}
	}
}

// person says what a word of a person's name means: an honorific, a particle,
// or the name whose spelling it is.
func (v *vocabulary) person(t *token, text string) (meaning, bool) {
	m, ok := v.persons[t.norm]
	if !ok {
		m, ok = v.persons[text]
	}
	if !ok {
		return m, false
	}
	if m.class == Particle && m.key != "" {
		m.key = text
	}
	return m, true
}
