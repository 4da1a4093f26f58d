package matching

import "strings"

// titles stand before the name of a person, hardly ever before an organisation's.
var titles = func() map[string]bool {
	m := map[string]bool{}
	for _, t := range strings.Fields(`dr drs prof professor profdr mr mrs ms miss mx herr frau monsieur madame mme mlle sr sra srta dipling ing
		msc phd md dphil dott dottssa doc mgr doktor professeur profesor sheikh hajji haji engr pi`) {
		m[t] = true
	}
	return m
}()

// degrees stand after the name of a person.
var degrees = map[string]bool{"phd": true, "md": true, "msc": true, "bsc": true, "mba": true, "dphil": true, "frs": true, "jr": true, "esq": true, "facs": true}

// LooksLikePerson reports whether the cell of an organisation seems to hold a
// person: "Dr A. Karimi", "Prof. Li Wei", "Karimi, A., PhD". It says so only
// when something other than the name does (a title, a degree, initials), since
// many organisations are called after persons.
func LooksLikePerson(name string) bool {
	fields := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\u00a0' })
	var words []string
	title, initials := false, 0
	for i, f := range fields {
		bare := strings.ToLower(strings.ReplaceAll(strings.Trim(f, "()"), ".", ""))
		switch {
		case bare == "":
		case i < 2 && len(words) == 0 && titles[bare]:
			// "Dr" and "Prof." alone: "MS Amlin" and "DR Congo" need the capitals looked at.
			title = title || strings.HasSuffix(f, ".") || f != strings.ToUpper(f) || bare == "dr" || bare == "prof"
		case i > 0 && degrees[bare] && len(words) > 0:
			title = true
		default:
			if isInitials(f) {
				initials++
			}
			words = append(words, f)
		}
	}
	full := len(words) - initials
	if full < 1 || len(words) > 5 {
		return false
	}
	for _, w := range Words(strings.Join(words, " ")) {
		if w.Class == Form || w.Class == Generic || w.Class == Number || w.Class == Place {
			return false
		}
	}
	if title {
		return true
	}
	// "A. Karimi", "Karimi, A.": one or two words beside initials with dots.
	return initials > 0 && full <= 2 && strings.Contains(name, ".") && (isInitials(words[0]) || isInitials(words[len(words)-1])) && mixedCase(name)
}

// isInitials reports whether f is "A.", "J.-P." or "A.B.".
func isInitials(f string) bool {
	letters := 0
	runes := []rune(f)
	for i, r := range runes {
		switch {
		case r == '.' || r == '-':
		case i+1 < len(runes) && runes[i+1] == '.' || i+1 == len(runes) && i == 0:
			letters++
		default:
			return false
		}
	}
	return letters > 0 && letters <= 3
}

func mixedCase(s string) bool { return s != strings.ToUpper(s) && s != strings.ToLower(s) }
