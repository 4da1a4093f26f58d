package screening

import (
	_ "embed"
	"strings"
	"sync"
)

// countriesTSV holds a line a country: alpha-2, alpha-3, then its names
// between bars: those of the Unicode CLDR in thirty languages first, then
// what lists and offices write besides. The first English name is the one shown.
//
//go:embed countries.tsv
var countriesTSV string

type countryTable struct {
	codes map[string]string // folded spelling -> alpha-2
	names map[string]string // alpha-2 -> English name
}

var countries = sync.OnceValue(func() countryTable {
	t := countryTable{codes: make(map[string]string, 8192), names: make(map[string]string, 300)}
	for line := range strings.Lines(countriesTSV) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cols := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(cols) != 3 {
			continue
		}
		t.codes[foldCountry(cols[0])] = cols[0]
		t.codes[foldCountry(cols[1])] = cols[0]
		for i, name := range strings.Split(cols[2], "|") {
			if i == 0 {
				t.names[cols[0]] = name
			}
			t.codes[foldCountry(name)] = cols[0]
		}
	}
	return t
})

// CountryCode returns the ISO 3166-1 alpha-2 code for a country written as a
// code (alpha-2, alpha-3, or "UK", "EL" and "XK" as the Union writes them) or
// a name in any of thirty languages. States that no longer exist have no code:
// to call the USSR Russia would be a guess.
func CountryCode(s string) (code string, ok bool) {
	t := countries()
	f := foldCountry(s)
	if f == "" || (len(f) <= 3 && strings.Contains(s, "/")) { // "n/a" is not Namibia
		return "", false
	}
	if code, ok = t.codes[f]; ok {
		return code, true
	}
	// "Iran (Islamic Republic of)", "Taiwan [China]": the part before the bracket.
	if i := strings.IndexAny(s, "([（"); i > 0 {
		if code, ok = t.codes[foldCountry(s[:i])]; ok {
			return code, true
		}
	}
	return "", false
}

// CountryName returns the English name of an alpha-2 code, or the code itself
// where it is not known.
func CountryName(code string) string {
	if name, ok := countries().names[code]; ok {
		return name
	}
	return code
}

// foldCountry folds a spelling so that "Côte d'Ivoire" and "COTE D IVOIRE"
// meet, with and without the article.
func foldCountry(s string) string { return strings.TrimPrefix(foldLetters(s), "the") }

// accents are the Latin letters with marks that occur in country names.
var accents = func() map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ł': "l", 'ı': "i", 'ð': "d", 'þ': "th"}
	for plain, marked := range map[string]string{
		"a": "àáâãäåāăąạảấầẩẫậắằẳẵặ", "c": "çćĉċč", "d": "ď", "e": "èéêëēĕėęěẹẻẽếềểễệ", "g": "ĝğġģ",
		"i": "ìíîïĩīĭįịỉ", "k": "ķ", "l": "ĺļľ", "n": "ñńņň", "o": "òóôõöōŏőơọỏốồổỗộớờởỡợ", "r": "ŕŗř",
		"s": "śŝşšș", "t": "ţťț", "u": "ùúûüũūŭůűųưụủứừửữự", "y": "ýÿỳỵỷỹ", "z": "źżž",
	} {
		for _, r := range marked {
			m[r] = plain
		}
	}
	return m
}()
