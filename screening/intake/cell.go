package intake

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanText keeps a cell as it was written, without what no cell can mean:
// NULs and other control characters, bytes that are no UTF-8, byte order marks.
func cleanText(s string) string {
	if isPlain(s) {
		return strings.TrimSpace(s)
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r', r == '\u2028', r == '\u2029':
			return '\n'
		case r == '\t':
			return ' '
		case r == '\uFEFF', r == '\u200B', unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	return strings.TrimSpace(s)
}

// isPlain reports whether there is nothing to clean: most cells are such.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// cleanCell is cleanText on one line, with single blanks.
func cleanCell(s string) string {
	s = oneLine(cleanText(s))
	if inner, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(inner, `"`) { // how some programs keep leading zeros
		s = strings.TrimSpace(strings.TrimSuffix(inner, `"`))
	}
	return s
}

// oneLine puts single blanks between words.
func oneLine(s string) string {
	if isPlain(s) && !strings.Contains(s, "  ") {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

var breakTag = regexp.MustCompile(`(?i)<br\s*/?>`)

// splitCell takes a cell apart into the names in it: at semicolons, bars and
// line breaks, and at the numbers of a list ("1) X 2) Y"). Never at commas,
// which names have. At " / " only where full names stand on both sides, since
// joint parties and bilingual names are written so, and each half deserves to
// be compared. A line break that only wraps a long name does not split it.
func splitCell(s string) []string {
	if strings.Contains(s, "&") && strings.Contains(s, ";") {
		s = html.UnescapeString(s) // "Texas A&amp;M": its semicolon splits nothing
	}
	if strings.Contains(s, "<") {
		s = breakTag.ReplaceAllString(s, "\n")
	}
	s = cleanText(s)
	var out []string
	for _, item := range splitNumbered(s) {
		for part := range strings.FieldsFuncSeq(item, func(r rune) bool { return r == ';' || r == '；' || r == '|' || r == '｜' }) {
			for _, unwrapped := range unwrap(strings.Split(part, "\n")) {
				for _, name := range splitSlash(unwrapped) {
					if name = trimName(name); name != "" {
						out = append(out, name)
					}
				}
			}
		}
	}
	return out
}

var listNumber = regexp.MustCompile(`(?:^|\s)(?:\(?(\d{1,2})[.)]|\(?([a-h])\))\s+`)

// splitNumbered splits "1) X 2) Y" and "(a) X (b) Y" where the numbers begin
// the text and count up from one; "58th Institute" and a lone "1. FC" stay.
func splitNumbered(s string) []string {
	if s == "" || !strings.ContainsRune("(0123456789abcdefgh", rune(s[0])) {
		return []string{s}
	}
	var starts, ends []int
	for _, m := range listNumber.FindAllStringSubmatchIndex(s, 100) {
		var n int
		if m[2] >= 0 {
			n, _ = strconv.Atoi(s[m[2]:m[3]])
		} else {
			n = int(s[m[4]]-'a') + 1
		}
		if n != len(starts)+1 || (n == 1 && m[0] != 0) {
			continue
		}
		starts, ends = append(starts, m[0]), append(ends, m[1])
	}
	if len(starts) < 2 {
		return []string{s}
	}
	var out []string
	for i, e := range ends {
		to := len(s)
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		out = append(out, s[e:max(e, to)])
	}
	return out
}

// joiners at the end or start of a line show that a name goes on.
var joiners = wordSet(`of|and|the|for|in|at|on|de|la|le|les|du|des|et|pour|und|für|der|die|das|dem|y|e|del|los|para|van|voor|en|het|&|-|–|/|c/o`)

// tails alone on a line belong to the name above.
var tails = wordSet(`ltd|ltd.|inc|inc.|llc|gmbh|mbh|ag|kg|se|s.a.|sa|s.l.|sl|s.r.l.|srl|bv|b.v.|nv|n.v.|plc|limited|corporation|corp|corp.|co.|company|e.v.|ev|a/s|as|ab|oy`)

// unwrap joins lines of a cell that are one name, broken for its length.
func unwrap(lines []string) []string {
	var out []string
	for _, ln := range lines {
		ln = oneLine(ln)
		if ln == "" {
			continue
		}
		if len(out) == 0 {
			out = append(out, ln)
			continue
		}
		before := out[len(out)-1]
		words, next := strings.Fields(before), strings.Fields(ln)
		first, _ := utf8.DecodeRuneInString(ln)
		switch {
		case strings.HasSuffix(before, "-") && !strings.HasSuffix(before, " -"):
			out[len(out)-1] = before + ln
		case joiners[strings.ToLower(words[len(words)-1])], joiners[strings.ToLower(next[0])] && next[0] != "-" && next[0] != "–",
			tails[strings.ToLower(ln)], strings.HasSuffix(before, ","), unicode.IsLower(first), first == '(', first == ',':
			out[len(out)-1] = before + " " + ln
		default:
			out = append(out, ln)
		}
	}
	return out
}

func splitSlash(s string) []string {
	if !strings.Contains(s, " / ") {
		return []string{s}
	}
	parts := strings.Split(s, " / ")
	for _, p := range parts {
		if letters := strings.Count(strings.Map(onlyLetters, p), "x"); letters < 8 || len(strings.Fields(p)) < 2 {
			return []string{s}
		}
	}
	return parts
}

func onlyLetters(r rune) rune {
	if unicode.IsLetter(r) {
		return 'x'
	}
	return -1
}

// trimName takes bullets and the quotes around a whole name away.
func trimName(s string) string {
	s = cleanCell(s)
	for _, bullet := range []string{"• ", "· ", "* ", "- ", "– ", "— ", "▪ ", "● "} {
		s = strings.TrimPrefix(s, bullet)
	}
	for _, q := range [][2]string{{`"`, `"`}, {"“", "”"}, {"„", "“"}, {"«", "»"}, {"'", "'"}} {
		if !strings.HasPrefix(s, q[0]) {
			continue
		}
		inner, ok := strings.CutSuffix(s[len(q[0]):], q[1])
		if ok && !strings.Contains(inner, q[0]) && !strings.Contains(inner, q[1]) {
			s = inner
		}
	}
	return strings.Trim(s, " ,;")
}

// junkWords are what people write where there is no name to write.
//
//nolint:misspell // words of five languages
var junkWords = wordSet(`none|null|nil|nan|na|n/a|n.a.|n.a|n a|#n/a|unknown|not known|tbd|tbc|tba|tbn|to be determined|to be confirmed|to be announced|to be named|to be decided|not applicable|not available|not listed|not provided|not reported|not stated|not specified|not given|no|yes|y|n|x|xx|xxx|true|false|other|others|various|several|multiple|misc|miscellaneous|same|same as above|see above|see below|as above|ditto|idem|confidential|undisclosed|withheld|anonymous|test|empty|blank|missing|pending|no funder|no funding|no partner|unfunded|self-funded|self funded|error|undefined|
	keine|keiner|kein|k.a.|k. a.|k.a|entfällt|unbekannt|nicht bekannt|noch offen|offen|sonstige|andere|nicht zutreffend|keine angabe|keine angaben|siehe oben|wie oben|ja|nein|vertraulich|
	aucun|aucune|néant|neant|inconnu|inconnue|sans objet|s.o.|s/o|non applicable|à déterminer|à confirmer|autre|autres|divers|oui|non|confidentiel|non communiqué|voir ci-dessus|
	ninguno|ninguna|desconocido|desconocida|no aplica|no procede|por determinar|por confirmar|otro|otros|varios|sí|si|confidencial|
	geen|onbekend|n.v.t.|nvt|n.v.t|niet van toepassing|nog te bepalen|overige|diverse|anders|nee|vertrouwelijk|zie boven`)

var cellError = regexp.MustCompile(`^(#[\p{Lu}\d_/ÄÖÜ]+[!?]?|Err:\d+|#+)$`)

// isJunk reports whether a cell holds no name: nothing but digits and
// punctuation, an error of the spreadsheet, a word for "nothing", one letter.
func isJunk(s string) bool {
	letters, full := 0, false // full: digits beside the letter, or a letter that is a word
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		}
		full = full || unicode.IsDigit(r) || r > 0x2E80
	}
	if letters == 0 || (letters == 1 && !full) || (strings.ContainsAny(s[:1], "#E") && cellError.MatchString(s)) {
		return true
	}
	bare := strings.ToLower(strings.Trim(s, " .,:;!?()[]<>*-_\"'"))
	return junkWords[bare] || junkWords[strings.ToLower(s)]
}

// totalWords head the line below a table that adds it up.
var totalWords = wordSet(`total|totals|sum|subtotal|sub-total|sub total|grand total|overall total|count|average|gesamt|summe|insgesamt|gesamtsumme|zwischensumme|somme|sous-total|total général|suma|total general|subtotales|totaal|som|subtotaal|eindtotaal`)

// isTotal reports whether a cell heads such a line: it says so, and beside it
// there are numbers only. A company called Total has a country.
func isTotal(name string, cells []string) bool {
	if !totalWords[strings.ToLower(strings.Trim(name, " :."))] {
		return false
	}
	for _, c := range cells {
		c = cleanCell(c)
		if c != "" && c != name && strings.ContainsFunc(strings.Trim(c, "€$£%"), unicode.IsLetter) && !isCurrencyAmount(c) {
			return false
		}
	}
	return true
}

var currencyAmount = regexp.MustCompile(`^(?:[A-Z]{3}\s*)?[-+]?[\d.,'\s]*\d(?:\s*(?:[A-Z]{3}|[kKmM]))?$`)

func isCurrencyAmount(s string) bool { return currencyAmount.MatchString(s) }
