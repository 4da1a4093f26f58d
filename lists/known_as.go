package lists

import (
	"regexp"
	"strings"

	"partnerscreen/screening"
)

var (
	knownAsBracket = regexp.MustCompile(`(?i)^(.+?) ?\(((?:A/K/A|A\.?K\.?A\.?|D/B/A|D\.?B\.?A\.?|F/K/A|F\.?K\.?A\.?|ALSO KNOWN AS|FORMERLY KNOWN AS|DOING BUSINESS AS)[ :,]+[^()]+)\) ?(.*)$`)
	knownAsWords   = regexp.MustCompile(`(?i)[,;]? ?\b(A/K/A|A\.K\.A\.?|AKA|D/B/A|D\.B\.A\.?|DBA|F/K/A|F\.K\.A\.?|FKA|ALSO KNOWN AS|FORMERLY KNOWN AS|DOING BUSINESS AS)[ :,]+`)
)

// knownAs takes the other names out of a printed one:
//
//	FU EXAMPLE A/K/A FRANK EXAMPLE            FU EXAMPLE, FRANK EXAMPLE
//	PEARL (A.K.A. NEI) EXAMPLE                PEARL EXAMPLE, NEI
//	Example, Ann (a.k.a. Anna; f.k.a. Test)   Example, Ann; Anna; formerly Test
func knownAs(printed string) (name string, others []screening.Name) {
	name = tidy(printed)
	for range 20 { // a name with more brackets than that is none
		m := knownAsBracket.FindStringSubmatch(name)
		if m == nil {
			break
		}
		name = tidy(m[1] + " " + m[3])
		_, more := knownAsPlain(" " + m[2])
		others = append(others, more...)
	}
	name, more := knownAsPlain(name)
	return name, append(others, more...)
}

// knownAsPlain splits at the words themselves.
func knownAsPlain(text string) (name string, others []screening.Name) {
	cuts := knownAsWords.FindAllStringSubmatchIndex(text, -1)
	if cuts == nil {
		return text, nil
	}
	for i, cut := range cuts {
		end := len(text)
		if i+1 < len(cuts) {
			end = cuts[i+1][0]
		}
		kind := screening.AliasName
		if strings.HasPrefix(strings.ToUpper(text[cut[2]:cut[3]]), "F") {
			kind = screening.FormerName
		}
		for _, other := range splitJoined(text[cut[1]:end], ";") {
			others = append(others, screening.Name{Text: strings.Trim(other, " ,"), Kind: kind})
		}
	}
	return strings.TrimSpace(text[:cuts[0][0]]), others
}

// nameSuffix is what may stand behind the comma of a name and is part of it.
var nameSuffix = regexp.MustCompile(`(?i)^(?:inc|incorporated|ltd|limited|llc|l\.l\.c|co|corp|corporation|gmbh|s\.?a|s\.l|b\.v|ag|a\.g|plc|pte|pvt|jr|sr|ii|iii)\.?$`)

// lastBracket splits "name (inner)"; brackets inside inner are minded.
func lastBracket(s string) (rest, inner string, ok bool) {
	if !strings.HasSuffix(s, ")") {
		return "", "", false
	}
	depth := 0
	for i := len(s) - 1; i > 0; i-- {
		switch s[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				rest, inner = strings.TrimRight(s[:i], " ,"), strings.TrimSpace(s[i+1:len(s)-1])
				return rest, inner, rest != "" && inner != ""
			}
		}
	}
	return "", "", false
}
