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
	add := func(keep func(*Word) bool) {
		var b []byte
		raw := ""
		for i := range words {
			w := &words[i]
			if !keep(w) || w.Raw == raw && raw != "" && i > 0 && words[i-1].Raw == raw {
				continue // one written word that means several things has one initial
			}
			raw = w.Raw
			b = appendInitials(b, w)
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
	add(says)
	name := 0 // where the name begins behind its legal forms
	for name < len(words) && (words[name].Class == Form || words[name].Class == Particle) {
		name++
	}
	i := -1
	add(func(w *Word) bool {
		i++
		return w.Class != Particle && (w.Class != Form || i > name)
	})
	add(func(w *Word) bool { return w.Class != Form })
	if last := words[len(words)-1].Segment; last > 0 {
		add(func(w *Word) bool { return says(w) && w.Segment == 0 })
	}
	return out
}

// appendInitials adds the first letter of every written word in w, or all of a
// number or of a word that is itself an initialism.
func appendInitials(b []byte, w *Word) []byte {
	if w.Class == Number {
		return append(b, w.Text...)
	}
	first, _ := utf8.DecodeRuneInString(w.Raw)
	if s := scriptOf(first); s.unspaced() && w.Class != Distinctive {
		return append(b, w.Key[0]) // 大学 is known abroad as the U of its university
	}
	blank := true
	for _, r := range w.Raw {
		switch {
		case !isLetter(r):
			blank = true
		case blank:
			if t := romanise(string(r), scriptOf(r), russian).text; t != "" {
				b = append(b, t...)
			} else if len(b) == 0 && w.Text != "" {
				b = append(b, w.Text[0])
			}
			blank = false
		}
	}
	return b
}
