package lists

import (
	"regexp"
	"strings"

	"partnerscreen/screening"
)

// The agencies other than OFAC print whole sentences in the name column:
// aliases in brackets, the parent before the party, "and any successor
// thereof". cslNames takes them apart. What is printed once stays as the name
// to show unless it is no name.
func cslNames(d *draft, name string, aliases []string) {
	name = cslQuotes(tidy(name))
	printed := name
	if cslAddressName.MatchString(name) {
		// The Entity List names some addresses where many shell companies were; they have no name to match.
		d.name(screening.Name{Text: name, Kind: screening.PrimaryName, Weak: true})
		d.remark("The listing names an address, not a party.")
		return
	}
	name = cslTail(d, name)
	kind := screening.PrimaryName
	if m := cslAffiliate.FindStringSubmatch(name); m != nil {
		parent, words, own := strings.TrimRight(m[1], ". "), strings.Trim(m[2], " :-"), m[3]
		d.link(screening.Link{Kind: "parent", Name: parent, Source: words})
		if strings.HasPrefix(words, "Affiliated") {
			name = own
		} else {
			// "Second Design Department" is nobody without its parent.
			d.name(screening.Name{Text: name, Kind: screening.PrimaryName})
			if !cslNobody.MatchString(own) {
				cslName(d, own, screening.AliasName)
			} else {
				d.name(screening.Name{Text: own, Kind: screening.AliasName, Weak: true})
			}
			name = ""
		}
	}
	cslName(d, name, kind)
	if len(d.Names) == 0 { // taken apart, nothing was left: better as printed than not at all
		d.name(screening.Name{Text: printed, Kind: screening.PrimaryName})
	}
	for _, alias := range aliases {
		alias = strings.TrimPrefix(cslQuotes(tidy(alias)), "and ")
		if strings.HasPrefix(alias, "(all of ") { // "(all of preceding located in …)"
			d.remark(alias)
			continue
		}
		cslName(d, cslTail(d, alias), screening.AliasName)
	}
}

var (
	cslAddressName = regexp.MustCompile(`^Address \d+$`)
	cslAffiliate   = regexp.MustCompile(`^(.+?)[.,]? +(Affiliated Entity ?[:-]|Subordinate Institution ?[:-]|and subordinate entity|entity:|facilities:) *(.+)$`)
	// cslNobody is the name of a part that many a body has.
	cslNobody = regexp.MustCompile(`^\d|^(?:First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth|Nuclear reactors|Fuel|Heavy water)\b|.{120,}`)
	// cslSuccessors ends a name with what the listing takes in besides.
	cslSuccessors = regexp.MustCompile(`[,;]? (?:and (?:any successor|its sub-?units)|including the Armed Forces).*$`)
	// cslNationality tells in brackets what a party is.
	cslNationality = regexp.MustCompile(` \((?:[\pL ]+ )?(?:[Ee]ntity|[Ii]ndividual|[Nn]ational)\)$`)
	cslKnownAs     = regexp.MustCompile(`(?i)^(a\.?k\.?a\.?s?|f\.?k\.?a\.?|formerly known as|also known as)(?:[.,:-]| )+ *(.+)$`)
	cslKnownInside = regexp.MustCompile(`(?i)(?:[;,] ?|\s+-?)\b(a\.?k\.?a\.?s?|f\.?k\.?a)\b[.,:-]* *`)
	// cslBracket is a bracket at the end of a name, one level of others inside it.
	cslBracket = regexp.MustCompile(`^(.+?) ?[(\[]((?:[^()\[\]]|\([^()]*\))+)[)\]][.,]?$`)
)

// cslTail cuts what follows a name and is none, and keeps it as a remark.
func cslTail(d *draft, name string) string {
	if i := cslSuccessors.FindStringIndex(name); i != nil && i[0] > 0 {
		d.remark("Listed with the words: " + name)
		name = name[:i[0]]
	}
	return cslNationality.ReplaceAllString(name, "")
}

// cslName adds a name and the aliases and acronyms that stand inside it.
func cslName(d *draft, name string, kind screening.NameKind) {
	if m := cslKnownAs.FindStringSubmatch(name); m != nil { // an alias that says it is one
		if strings.HasPrefix(strings.ToLower(m[1]), "f") {
			kind = screening.FormerName
		}
		name = m[2]
	}
	if m := cslBracket.FindStringSubmatch(name); m != nil {
		outside, inside := m[1], m[2]
		switch {
		case cslKnownAs.MatchString(inside):
			cslName(d, outside, kind)
			for _, alias := range cslSplitKnown(inside) {
				cslName(d, alias, screening.AliasName)
			}
			return
		case isAcronym(inside) && abbreviates(inside, outside):
			d.name(screening.Name{Text: name, Kind: kind})
			d.name(screening.Name{Text: outside, Kind: screening.AliasName})
			d.name(screening.Name{Text: inside, Kind: screening.AcronymName})
			return
		case isAcronym(outside) && strings.Contains(inside, " ") && abbreviates(outside, inside): // "AVS (Armored Vehicle Spares)"
			d.name(screening.Name{Text: name, Kind: kind})
			d.name(screening.Name{Text: outside, Kind: screening.AcronymName})
			d.name(screening.Name{Text: inside, Kind: screening.AliasName})
			return
		}
	}
	if i := cslKnownInside.FindStringIndex(name); i != nil && i[0] > 0 {
		cslName(d, name[:i[0]], kind)
		for _, alias := range cslSplitKnown(strings.TrimLeft(name[i[0]:], " ;,-")) {
			cslName(d, alias, screening.AliasName)
		}
		return
	}
	if kind == screening.AliasName {
		kind = aliasOrAcronym(name)
	}
	d.name(screening.Name{Text: strings.Trim(name, " ;,"), Kind: kind})
}

// abbreviates reports whether the letters of an acronym come in this order in
// the name, the first at the beginning of a word.
func abbreviates(acronym, name string) bool {
	letters := []rune(foldPrint(acronym))
	found, wordStart := 0, true
	for _, r := range strings.ToLower(name) {
		if found < len(letters) && r == letters[found] && (found > 0 || wordStart) {
			found++
		}
		wordStart = r == ' ' || r == '-' || r == '('
	}
	return found == len(letters)
}

// cslSplitKnown splits "a.k.a. X; a.k.a. Y, f.k.a. Z" into its names, each
// still with the words for a former name before it. Commas alone part the
// names only after "akas".
func cslSplitKnown(text string) []string {
	if m := cslKnownAs.FindStringSubmatch(text); m != nil && strings.HasSuffix(strings.ToLower(strings.Trim(m[1], ".")), "s") && !strings.Contains(m[1], " ") {
		return splitJoined(m[2], ",")
	}
	var out []string
	for _, part := range strings.Split(cslKnownInside.ReplaceAllStringFunc(" "+text, func(words string) string {
		if strings.Contains(strings.ToLower(words), "f") {
			return "; f.k.a. "
		}
		return "; "
	}), ";") {
		if part = strings.Trim(part, " ,"); part != "" {
			out = append(out, part)
		}
	}
	return out
}

var (
	cslPossessive = regexp.MustCompile(`(\pL)\?s\b`)
	cslQuote      = regexp.MustCompile(`(^| )\?(\pL)|(\pL|\.)\?( |$)`)
	cslInner      = regexp.MustCompile(`(\pL)\?(\pL)`)
)

// cslQuotes mends curly quotes that came out as question marks.
func cslQuotes(s string) string {
	if !strings.Contains(s, "?") {
		return s
	}
	s = cslPossessive.ReplaceAllString(s, "$1's")
	s = cslQuote.ReplaceAllString(s, "$1$2$3$4")
	return cslInner.ReplaceAllString(s, "$1'$2")
}
