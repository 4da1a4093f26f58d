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
		return PersonWords(name)
	}
	words := Words(splitCamel(name))
	for i := 0; i < len(words); i++ {
		w := &words[i]
		if w.Class != Distinctive || len(w.Text) < 8 {
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

// splitCamel puts a blank where a capital follows a small letter inside a
// word and a word goes on: "NewsFront", "Joint StockCompany". Where the other
// name has one word there, the two are joined again when they are compared.
func splitCamel(name string) string {
	var cuts []int
	left := 0 // letters of the word so far
	var last rune
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r):
			left = 0
		case unicode.IsUpper(r) && unicode.IsLower(last) && (left >= 3 || left == 1) && smallFollow(name[i:], 2):
			cuts = append(cuts, i)
			left = 1
		default:
			left++
		}
		last = r
	}
	if len(cuts) == 0 {
		return name
	}
	var b strings.Builder
	from := 0
	for _, i := range cuts {
		b.WriteString(name[from:i])
		b.WriteByte(' ')
		from = i
	}
	b.WriteString(name[from:])
	return b.String()
}

// smallFollow reports whether n small letters follow the first.
func smallFollow(s string, n int) bool {
	_, size := utf8.DecodeRuneInString(s)
	for _, r := range s[size:] {
		if !unicode.IsLower(r) {
			return false
		}
		if n--; n == 0 {
			return true
		}
	}
	return false
}

// glued are the legal forms that are met written to the word before or after.
var glued = []string{"company", "limited", "corporation", "incorporated", "eood", "gmbh"}

// cutGlued takes a legal form from the end or the beginning of a word, or returns "".
func cutGlued(text string) string {
	for _, form := range glued {
		if rest, ok := strings.CutSuffix(text, form); ok && len(rest) >= 4 {
			return rest
		}
		if rest, ok := strings.CutPrefix(text, form); ok && len(rest) >= 4 && len(form) > 4 {
			return rest
		}
	}
	return ""
}

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
