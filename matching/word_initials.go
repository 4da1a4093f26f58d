package matching

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Acronyms returns the initialisms the words may be known by: of the words that
// say something, with the legal form, with the joining words, and of the first
// part of the name alone. Letters are those of the name as written, romanised
// (МФТИ is mfti). Initialisms of fewer than two letters are left out.
func Acronyms(words []Word) []string {
	var out []string
	add := func(joining bool, keep func(*Word) bool) {
		var b []byte
		raw := ""
		for i := range words {
			w := &words[i]
			if !keep(w) || w.Raw == raw && raw != "" && i > 0 && words[i-1].Raw == raw {
				continue // one written word that means several things has one initial
			}
			raw = w.Raw
			b = appendInitials(b, w, joining)
		}
		if s := string(b); len(s) >= 2 && len(s) <= 12 && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(words) < 2 {
		if len(words) == 0 || !strings.ContainsAny(words[0].Raw, " -") {
			return nil
		}
	}
	says := func(w *Word) bool { return w.Class != Particle && w.Class != Form }
	add(false, says)
	name := 0 // where the name begins behind its legal forms
	for name < len(words) && (words[name].Class == Form || words[name].Class == Particle) {
		name++
	}
	i := -1
	add(false, func(w *Word) bool {
		i++
		return w.Class != Particle && (w.Class != Form || i > name)
	})
	add(true, func(w *Word) bool { return w.Class != Form })
	if last := words[len(words)-1].Segment; last > 0 {
		add(false, func(w *Word) bool { return says(w) && w.Segment == 0 })
	}
	return out
}

// appendInitials adds the first letter of every written word in w, or all of a
// number or of a word that is itself an initialism; joining says whether those
// that only join count: Oil and Gas is known as OG, and sometimes as OAG.
func appendInitials(b []byte, w *Word, joining bool) []byte {
	if w.Class == Number {
		return append(b, w.Text...)
	}
	first, _ := utf8.DecodeRuneInString(w.Raw)
	if s := scriptOf(first); s.unspaced() && w.Class != Distinctive {
		return append(b, w.Key[0]) // 大学 is known abroad as the U of its university
	}
	start := len(b)
	blank := true
	for i, r := range w.Raw {
		switch {
		case !isLetter(r):
			blank = true
		case blank:
			blank = false
			if !joining && i > 0 && joinsHere(w.Raw[i:]) {
				continue
			}
			if t := romanise(string(r), scriptOf(r), russian).text; t != "" {
				b = append(b, t...)
			} else if len(b) == start && w.Text != "" {
				b = append(b, w.Text[0])
			}
		}
	}
	return b
}

// joinsHere reports whether the written word at the beginning of s only joins others.
func joinsHere(s string) bool {
	word, _, more := strings.Cut(s, " ")
	if !more || len(word) > 6 {
		return false
	}
	m := lexicon().words[Fold(word)]
	return len(m) == 1 && m[0].class == Particle
}
