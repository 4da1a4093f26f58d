package lists

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"partnerscreen/screening"
)

// printedCJK cleans a text out of a Japanese PDF: full-width letters, brackets
// and the radicals that stand in for characters become ordinary ones, and the
// blanks that line breaks left between two characters go ("有限公 司").
func printedCJK(s string) string {
	runes := []rune(tidy(norm.NFKC.String(s)))
	out := make([]rune, 0, len(runes))
	for i, r := range runes {
		if r == ' ' && i > 0 && i+1 < len(runes) && isCJK(runes[i-1]) && isCJK(runes[i+1]) {
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

func isCJK(r rune) bool { return unicode.Is(unicode.Han, r) || isKana(r) }

func isKana(r rune) bool {
	return unicode.In(r, unicode.Hiragana, unicode.Katakana) || r == 'ー' || r == '・' || r == '「' || r == '」'
}

func hasCJK(s string) bool { return strings.ContainsFunc(s, isCJK) }
func hasLatin(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}

// japaneseName makes a name of one printed on a Japanese list. What is written
// in Chinese characters alone is the own name of a party from where they are
// used; any other Japanese print only renders its sound or meaning.
func japaneseName(text string, countries []string) screening.Name {
	n := screening.Name{Text: text, Kind: screening.AliasName}
	switch {
	case isAcronym(text):
		n.Kind = screening.AcronymName
	case !hasCJK(text):
		n.Kind = original(text)
	case strings.ContainsFunc(text, isKana):
		n.Lang = "ja"
	case !hasLatin(text) && len(countries) == 1 && strings.Contains("CN HK MO TW", countries[0]):
		n.Kind = screening.OriginalName
	default:
		n.Lang = "ja"
	}
	return n
}

// unbracket takes the other names of a party off the end of its name: one in
// another script, an acronym, or what an acronym stands for.
//
//	Korea Example Bank (KEB) (朝鮮見本銀行)  is  Korea Example Bank, 朝鮮見本銀行, KEB
//	KEB (Korea Example Bank)              is  Korea Example Bank, KEB
//
// A bracket that says something else ("(HK) Limited", "(Pvt) Ltd.") stays.
func unbracket(name string) (main string, others []string) {
	main = strings.TrimRight(name, " ,;")
	for {
		if m := latinThenHan.FindStringSubmatch(main); m != nil {
			main, others = m[1], append(others, m[2])
			continue
		}
		rest, inner, ok := lastBracket(strings.TrimRight(main, "."))
		if !ok {
			return main, others
		}
		words := len(strings.Fields(rest))
		switch {
		case strings.HasPrefix(inner, "Latin:"):
			inner = tidy(strings.TrimPrefix(inner, "Latin:"))
		case hasCJK(inner) && !hasCJK(rest):
		case strings.Contains(inner, "公司") && strings.ContainsFunc(rest, isKana): // the Chinese name after its Japanese sound
		case isAcronym(inner) && !legalForms[strings.ToLower(inner)] && !acronymInBrackets(rest):
		case words == 1 && len(strings.Fields(inner)) > 2 && !hasCJK(rest):
			if isAcronym(rest) {
				return inner, append(others, rest)
			}
		default:
			return main, others
		}
		main, others = rest, append(others, inner)
	}
}

var latinThenHan = regexp.MustCompile(`^([^\p{Han}]*\p{Latin}[^\p{Han}]*?) +(\p{Han}[^\p{Latin}]*)$`)

// legalForms are short words in brackets that are no acronyms of a name.
var legalForms = map[string]bool{
	"ltd": true, "pvt": true, "hk": true, "llc": true, "jsc": true, "ojsc": true, "pjsc": true, "inc": true, "co": true,
	"plc": true, "fzc": true, "fze": true, "fzco": true, "uk": true, "usa": true, "uae": true, "prc": true, "bvi": true,
}

func acronymInBrackets(s string) bool {
	for _, m := range bracketedAcronym.FindAllStringSubmatch(s, -1) {
		if isAcronym(m[1]) && !legalForms[strings.ToLower(m[1])] {
			return true
		}
	}
	return false
}
