package matching

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// read reads a name for comparing: its words, after the slips of typing that
// would hide a word from the lexicon have been mended.
func read(name string, person bool) []Word {
	if person {
		// "Юлия Михайлова / Yulia Mikhailova" is one person twice.
		if first, _, ok := strings.Cut(name, "/"); ok {
			if words := PersonWords(first); len(words) > 1 {
				return words
			}
			return personWithSlash(name)
		}
		return PersonWords(name)
	}
	words := withoutPostcodes(learned(misspeltForms(closing(opening(rejoin(Words(splitCamel(name))))))))
	for i := 0; i < len(words); i++ {
		w := &words[i]
		if w.Class != Distinctive || len(w.Text) < 5 {
			continue
		}
		if glued[w.Text] {
			words = append(words[:i], words[i+1:]...)
			i--
			continue
		}
		if len(w.Text) < 8 {
			continue
		}
		if rest := cutGlued(w.Text); rest != "" {
			var mended []Word
			for _, m := range Words(rest) {
				m.Raw, m.Segment = w.Raw, w.Segment
				mended = append(mended, m)
			}
			if len(mended) > 0 {
				words = append(words[:i], append(mended, words[i+1:]...)...)
			}
		}
	}
	return words
}

// personWithSlash reads a name of which one word is given in two spellings,
// "Yulia/Julia Mikhailova": the second is another reading of the first.
func personWithSlash(name string) []Word {
	var kept []string
	others := map[string][]string{}
	for _, f := range strings.Fields(strings.ReplaceAll(strings.ReplaceAll(name, " /", "/"), "/ ", "/")) {
		first, rest, _ := strings.Cut(f, "/")
		kept = append(kept, first)
		for o := range strings.SplitSeq(rest, "/") {
			for _, w := range PersonWords(o) {
				others[first] = append(others[first], w.Text)
			}
		}
	}
	words := PersonWords(strings.Join(kept, " "))
	for i := range words {
		for raw, alts := range others {
			if strings.Trim(raw, ",;") == words[i].Raw {
				words[i].Alts = append(slices.Clip(words[i].Alts), alts...)
			}
		}
	}
	return words
}

// opening reads the abbreviation that a name begins with, legal forms apart, as
// what it says the party is: "JSC SPA Orvex", and "Orvex SPA JSC" where the list
// puts what comes first last.
func opening(words []Word) []Word {
	first := 0
	for first < len(words) && words[first].Class == Form && !isOpener(&words[first]) {
		first++
	}
	last := len(words) - 1
	for last > 0 && words[last].Class == Form && words[last-1].Class == Form {
		last--
	}
	last-- // what stands before the forms at the end
	switch {
	case first+1 < len(words) && isOpener(&words[first]) && words[first+1].Segment == words[first].Segment && words[first+1].Class != Form &&
		(first > 0 || len(words[first].Text) > 2 && words[first].Class != Form):
		return spellOut(words, first)
	case last > 0 && words[last+1].Class == Form && isOpener(&words[last]) && len(words[last].Text) > 2:
		return spellOut(words, last)
	}
	return words
}

func isOpener(w *Word) bool { return lexicon().openers[w.Text] != nil }

func spellOut(words []Word, i int) []Word {
	w := &words[i]
	m := lexicon().openers[w.Text]
	out := append(make([]Word, 0, len(words)+len(m)), words[:i]...)
	out = appendMeanings(out, w.Raw, w.Text, nil, m, w.Segment)
	return append(out, words[i+1:]...)
}

// closing reads the legal forms that are such only where a name ends with
// them: the South African "Orvex Trading CC", the Croatian "Orvex d.d.", the
// Lebanese "Orvex Trading Offshore SAL".
func closing(words []Word) []Word {
	for i := len(words) - 1; i > 0; i-- {
		switch w := &words[i]; {
		case w.Class == Form:
			continue
		case closingForms[w.Text] != "" && w.Class == Distinctive && i == len(words)-1:
			w.Class, w.Key, w.Weight = Form, closingForms[w.Text], 0.02
		case w.Key == "offshore" && w.Class == Generic:
			w.Class, w.Key, w.Weight = Form, "jointstock", 0.02
		}
		break
	}
	return words
}

// closingForms are those of two letters that are initials anywhere else.
var closingForms = map[string]string{"cc": "limited", "dd": "jointstock"}

// withoutPostcodes drops the numbers of five and six figures that stand beside a
// place in a part of the cell that names no party: "Orvex University, 100081 Beijing".
func withoutPostcodes(words []Word) []Word {
	out := words[:0]
	for i := range words {
		if isPostcode(words, i) {
			continue
		}
		out = append(out, words[i])
	}
	return out
}

func isPostcode(words []Word, i int) bool {
	w := &words[i]
	if w.Class != Number || len(w.Text) < 5 || len(w.Text) > 6 || w.Segment == words[0].Segment {
		return false
	}
	place := false
	for j := range words {
		if o := &words[j]; j != i && o.Segment == w.Segment {
			if o.Class != Place {
				return false
			}
			place = true
		}
	}
	return place
}

// misspeltForms reads the society of a misspelt legal form as part of it:
// "Obschestvo s organichennoi otvetstvennostyu", "Aktsonernoe obschestvo".
func misspeltForms(words []Word) []Word {
	for i := range words {
		w := &words[i]
		if w.Class != Generic || w.Key != "society" || !strings.HasPrefix(w.Text, "ob") {
			continue
		}
		for j := min(len(words)-1, i+3); j >= max(0, i-1); j-- {
			if o := &words[j]; o.Class == Distinctive && len(o.Text) > 7 && isFormPart(o.Text, letters(o.Text)) {
				kind := "limited"
				if o.Text[0] == 'a' || words[0].Text[0] == 'a' {
					kind = "jointstock"
				}
				for k := min(i, j); k <= max(i, j); k++ {
					words[k].Class, words[k].Key, words[k].Weight = Form, kind, 0.02
				}
				break
			}
		}
	}
	return words
}

// learned reads the word of a company's form as a society where nothing else
// in the name is one: "Società Italiana di Reumatologia", "Société forestière suisse".
func learned(words []Word) []Word {
	at, place, generic := -1, false, false
	for i := range words {
		switch w := &words[i]; w.Class {
		case Form:
			if at >= 0 || !societyForms[w.Text] {
				return words
			}
			at = i
		case Place:
			place = true
		case Generic:
			generic = true
		case Distinctive:
			return words
		}
	}
	if at >= 0 && place && generic {
		w := &words[at]
		w.Class, w.Key, w.Weight = Generic, "society", lexicon().weights["society"]
	}
	return words
}

var societyForms = map[string]bool{"societa": true, "societe": true, "sociedad": true, "sociedade": true, "gesellschaft": true, "spolecnost": true}

// rejoin puts together two words that are one word of the lexicon torn apart:
// "Corpo ration". Words of a listed name that is really called so are put
// together as well, and so still agree.
func rejoin(words []Word) []Word {
	for i := 0; i+1 < len(words); i++ {
		a, b := &words[i], &words[i+1]
		if a.Class != Distinctive && b.Class != Distinctive || a.Segment != b.Segment || len(a.Text)+len(b.Text) < 7 {
			continue
		}
		m, ok := lexicon().words[a.Text+b.Text]
		if !ok || len(m) > 1 || m[0].class == Distinctive || m[0].class == Place {
			continue
		}
		words[i] = Word{Raw: a.Raw + " " + b.Raw, Text: a.Text + b.Text, Class: m[0].class, Key: m[0].key, Weight: m[0].weight, Segment: a.Segment}
		words = append(words[:i+1], words[i+2:]...)
	}
	return words
}

// splitCamel puts a blank between a legal form and a word that is written to
// it, where capitals show the seam: "Joint StockCompany", "LLCBolshaya".
// Other words that are joined are dealt with when names are compared.
func splitCamel(name string) string {
	var b strings.Builder
	from, start := 0, 0 // of what is not yet written, and of the word
	runes, seams := []rune(nil), false
	for i, r := range name {
		if !unicode.IsLetter(r) {
			runes, start = runes[:0], i+utf8.RuneLen(r)
			continue
		}
		runes = append(runes, r)
		n := len(runes)
		at := -1
		switch {
		case n >= 4 && unicode.IsUpper(r) && unicode.IsLower(runes[n-2]):
			at = i // StockCompany
		case n >= 5 && unicode.IsLower(r) && unicode.IsUpper(runes[n-2]) && unicode.IsUpper(runes[n-3]):
			at = i - utf8.RuneLen(runes[n-2]) // LLCBolshaya
		}
		if at < 0 {
			continue
		}
		left, right := name[start:at], name[at:]
		if end := strings.IndexFunc(right, func(r rune) bool { return !unicode.IsLetter(r) }); end >= 0 {
			right = right[:end]
		}
		if !saysForm(left) && !saysForm(right) {
			continue
		}
		seams = true
		b.WriteString(name[from:at])
		b.WriteByte(' ')
		from, start = at, at
		runes = append(runes[:0], []rune(name[at:i+utf8.RuneLen(r)])...)
	}
	if !seams {
		return name
	}
	b.WriteString(name[from:])
	return b.String()
}

// saysForm reports whether a word belongs to legal forms.
func saysForm(word string) bool {
	text := Fold(word)
	if slices.Contains(formParts, text) || slices.Contains(exactFormParts, text) {
		return true
	}
	w := Words(word)
	return len(w) == 1 && w[0].Class == Form && len(text) > 2
}

// glued are joining words that are written as one.
var glued = map[string]bool{"ofthe": true, "forthe": true, "andthe": true, "inthe": true, "onthe": true, "tothe": true, "atthe": true, "withthe": true}

// gluedForms are the legal forms that are met written to the word before or
// after, and joined the joining words that are.
var gluedForms = []string{"company", "limited", "corporation", "incorporated", "eood", "gmbh"}

// cutGlued takes a legal form from the end or the beginning of a word, or returns "".
func cutGlued(text string) string {
	for _, form := range gluedForms {
		if rest, ok := strings.CutSuffix(text, form); ok && len(rest) >= 4 {
			return rest
		}
		if rest, ok := strings.CutPrefix(text, form); ok && len(rest) >= 4 && len(form) > 4 {
			return rest
		}
	}
	for _, j := range joined {
		for _, rest := range []string{strings.TrimSuffix(text, j), strings.TrimPrefix(text, j)} {
			if m := lexicon().words[rest]; len(rest) >= 6 && rest != text && m != nil && m[0].class == Generic {
				return rest
			}
		}
	}
	return ""
}

var joined = []string{"of", "and", "for", "the"}

// formParts are words that legal forms are spelled out with. One that the
// lexicon did not take for a form, for a letter or a word that is missing,
// still says nothing. Those of misspellings must not be names themselves:
// "otkrytoe" is a form and Otkrytie a bank, so those are taken as they stand.
var (
	formParts = strings.Fields(`limited company corporation incorporated liability gesellschaft aktiengesellschaft
		ogranichennoi otvetstvennostyu aktsionernoe responsabilidad responsabilidade responsabilite sociedad`)
	exactFormParts = strings.Fields(`joint stock obshchestvo obschestvo ogranichennoy otvetstvennostiu aktsionernoye
		publichnoe publichnoye zakrytoe zakrytoye otkrytoe otkrytoye haftung sociedade anonima variable societe anonyme limitee eood gmbh sarl`)
)

const formPartWeight = 0.05

// isFormPart reports whether a word is one of formParts, or nearly.
func isFormPart(text string, set uint32) bool {
	if len(text) < 4 {
		return false
	}
	for i, p := range formParts {
		if spelling(text, p, set, formPartSets[i]) >= 0.85 {
			return true
		}
	}
	return slices.Contains(exactFormParts, text)
}

var formPartSets = func() []uint32 {
	sets := make([]uint32, len(formParts))
	for i, p := range formParts {
		sets[i] = letters(p)
	}
	return sets
}()
