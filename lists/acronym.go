package lists

import (
	"regexp"
	"unicode"

	"partnerscreen/screening"
)

// aliasOrAcronym is the kind of an alias: acronyms are shared by many parties
// and weigh less in a match.
func aliasOrAcronym(text string) screening.NameKind {
	if isAcronym(text) {
		return screening.AcronymName
	}
	return original(text)
}

// isAcronym reports whether a name is one ("AMMS", "UrFU", "CAS ICT"): eight
// letters at most in one or two words, most of them capitals; two words only
// if all are. Not for lists printed in capitals throughout.
func isAcronym(name string) bool {
	var upper, lower, blanks int
	for _, r := range name {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		case unicode.IsLetter(r): // a script without case has no acronyms to see
			return false
		case r == ' ':
			blanks++
		}
	}
	if upper == 0 || upper+lower > 8 || upper <= lower || blanks > 1 {
		return false
	}
	return blanks == 0 || lower == 0
}

// bracketedAcronym finds what may be an acronym in brackets, anywhere in a name.
var bracketedAcronym = regexp.MustCompile(`\(([A-Z][A-Za-z]{1,7})\)`)
