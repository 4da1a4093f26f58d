package screening

import (
	"slices"
	"strings"
	"unicode"
)

// naming identifiers are issued to one party only, whatever the country.
var naming = []string{"lei", "ror", "grid", "imo", "ofac", "un_ref", "swift", "duns", "entry"}

// national identifiers are unique within the country that issued them.
var national = []string{"registration", "tax", "passport", "national_id"}

// SameParty reports whether two entities, of one list or of two, are the same
// party: they share an identifier, or a name in full together with a country,
// and nothing they both state contradicts it. A name alone never joins two.
func SameParty(a, b *Entity) bool {
	if a.Kind != b.Kind && a.Kind != KindUnknown && b.Kind != KindUnknown {
		return false
	}
	if sharedIdentifier(a, b) {
		return true
	}
	if len(a.BirthDates) > 0 && len(b.BirthDates) > 0 && !sharedBirthDate(a.BirthDates, b.BirthDates) {
		return false
	}
	return sharedCountry(a, b) && sharedName(a, b)
}

func sharedIdentifier(a, b *Entity) bool {
	for _, x := range a.Identifiers {
		for _, y := range b.Identifiers {
			if x.Kind != y.Kind || x.Value == "" || foldLetters(x.Value) != foldLetters(y.Value) {
				continue
			}
			if slices.Contains(naming, x.Kind) || (slices.Contains(national, x.Kind) && x.Country != "" && x.Country == y.Country) {
				return true
			}
		}
	}
	return false
}

func sharedCountry(a, b *Entity) bool {
	for _, c := range a.Countries {
		if slices.Contains(b.Countries, c) {
			return true
		}
	}
	return false
}

// sharedName compares each entity's primary names with every name of the
// other that its publisher does not call weak.
func sharedName(a, b *Entity) bool {
	for i, x := range a.Names {
		for j, y := range b.Names {
			primary := i == 0 || j == 0 || x.Kind == PrimaryName || y.Kind == PrimaryName
			if primary && !x.Weak && !y.Weak && x.Kind != AcronymName && y.Kind != AcronymName && foldLetters(x.Text) == foldLetters(y.Text) {
				return true
			}
		}
	}
	return false
}

// sharedBirthDate holds when one date is the other, or its beginning: "1965"
// does not contradict "1965-03-12".
func sharedBirthDate(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if strings.HasPrefix(x, y) || strings.HasPrefix(y, x) {
				return true
			}
		}
	}
	return false
}

// foldLetters keeps letters and digits only, in lower case and without the
// Latin accents that publishers leave out.
func foldLetters(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.Is(unicode.Mn, r) || (!unicode.IsLetter(r) && !unicode.IsNumber(r)) {
			continue
		}
		r = unicode.ToLower(r)
		if plain, ok := accents[r]; ok {
			b.WriteString(plain)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
