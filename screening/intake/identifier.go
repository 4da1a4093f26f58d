package intake

import (
	"regexp"
	"strings"

	"partnerscreen/screening"
)

var (
	rorShape  = regexp.MustCompile(`(?i)^(?:https?://)?(?:www\.)?(?:ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}[0-9]{2})/?$`)
	gridShape = regexp.MustCompile(`(?i)^(?:https?://)?(?:www\.)?(?:grid\.ac/institutes/)?(grid\.\d{1,6}\.[0-9a-f]{1,2})/?$`)
	leiShape  = regexp.MustCompile(`^[0-9A-Z]{18}[0-9]{2}$`)
	isniShape = regexp.MustCompile(`^(?:https?://(?:www\.)?isni\.org/(?:isni/)?)?(\d{15}[\dX])$`)
	bicShape  = regexp.MustCompile(`^[A-Z]{4}[A-Z]{2}[0-9A-Z]{2}(?:[0-9A-Z]{3})?$`)
	dunsShape = regexp.MustCompile(`^\d{9}$`)
	vatShape  = regexp.MustCompile(`^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI|CHE)[0-9A-Z]{7,13}$`)
)

// parseIdentifiers reads a cell of identifiers. kind is what the header says,
// or "" where only the value's own shape can tell. What does not have the shape
// or the check digits of its kind is not used, and why says so: a wrong number
// could make two parties one.
func parseIdentifiers(cell, kind string) (ids []screening.Identifier, why string) {
	for part := range strings.FieldsFuncSeq(cleanText(cell), func(r rune) bool { return strings.ContainsRune(";,|\n", r) }) {
		part = cleanCell(part)
		if part == "" || (isJunk(part) && !strings.ContainsAny(part, "0123456789")) || strings.Trim(part, "0-. ") == "" {
			continue
		}
		k := kind
		if k == "" {
			k = kindOf(part)
		}
		v, ok := shaped(part, k)
		if !ok {
			why = "is no " + strings.ToUpper(k)
			if k == "registration" || k == "tax" || k == "other" {
				why = "is no number of an organisation"
			}
			continue
		}
		ids = append(ids, screening.Identifier{Kind: k, Value: v})
	}
	return ids, why
}

// kindOf tells from the shape of a value what it identifies.
func kindOf(s string) string {
	for _, k := range []string{"ror", "grid", "lei", "isni"} {
		if _, ok := shaped(s, k); ok && (k != "ror" || strings.Contains(strings.ToLower(s), "ror.org") || len(s) == 9) {
			return k
		}
	}
	if vatShape.MatchString(compactUpper(s)) {
		return "tax"
	}
	return "other"
}

// shaped brings a value to the form its kind is compared in.
func shaped(s, kind string) (string, bool) {
	c := compactUpper(s)
	switch kind {
	case "ror":
		if m := rorShape.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
			return "https://ror.org/" + strings.ToLower(m[1]), true
		}
		return "", false
	case "grid":
		if m := gridShape.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
			return strings.ToLower(m[1]), true
		}
		return "", false
	case "lei":
		return c, leiShape.MatchString(c) && mod97(c) == 1
	case "isni":
		m := isniShape.FindStringSubmatch(strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(s), " ", ""), "-", ""))
		if m == nil || !isniCheck(m[1]) {
			return "", false
		}
		return m[1], true
	case "swift":
		return c, bicShape.MatchString(c)
	case "duns":
		return c, dunsShape.MatchString(c)
	}
	return s, len(s) <= 100 && len(c) >= 4 && strings.ContainsAny(c, "0123456789")
}

// compactUpper drops the blanks, dots and hyphens people group numbers with.
func compactUpper(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "").Replace(s))
}

// mod97 is the check of ISO 17442 and ISO 7064: 1 for a right LEI.
func mod97(s string) int {
	n := 0
	for _, r := range s {
		if r >= 'A' {
			n = (n*100 + int(r-'A') + 10) % 97
		} else {
			n = (n*10 + int(r-'0')) % 97
		}
	}
	return n
}

// isniCheck is the check character of ISO 27729.
func isniCheck(s string) bool {
	n := 0
	for _, r := range s[:15] {
		n = (n + int(r-'0')) * 2
	}
	check := (12 - n%11) % 11
	want := byte('0' + check)
	if check == 10 {
		want = 'X'
	}
	return s[15] == want
}
