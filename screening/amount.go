package screening

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	amountNumber = regexp.MustCompile(`\d(?:[\d.,'’\s]*\d)?`)
	// amountTimes are the words and letters that multiply the number before them.
	amountTimes = map[string]float64{
		"k": 1e3, "tsd": 1e3, "t": 1e3, "thousand": 1e3, "tausend": 1e3, "mille": 1e3, "mil": 1e3, "duizend": 1e3,
		"m": 1e6, "mn": 1e6, "mm": 1e6, "mio": 1e6, "mln": 1e6, "million": 1e6, "millions": 1e6, "millionen": 1e6, "millones": 1e6, "miljoen": 1e6,
		"bn": 1e9, "billion": 1e9, "mrd": 1e9, "milliard": 1e9, "milliards": 1e9, "miljard": 1e9,
	}
	amountGroups = regexp.MustCompile(`^\d{1,3}(?:[.,'’]\d{3})+$`)
)

// ParseAmount reads an amount as people write it, in whatever currency it is:
// "250,000", "€ 250.000,00", "1.2 million", "USD 40k". A text with two numbers,
// or none, is not read: what a range or a sum of years comes to is not said.
func ParseAmount(text string) (float64, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	at := amountNumber.FindAllStringIndex(text, -1)
	if len(at) != 1 || strings.ContainsAny(text, "%") || strings.HasPrefix(text, "-") || strings.HasPrefix(text, "−") {
		return 0, false
	}
	digits := strings.Join(strings.Fields(text[at[0][0]:at[0][1]]), "")
	word := strings.Trim(text[at[0][1]:], " .,-–€$£")
	if i := strings.IndexByte(word, ' '); i >= 0 {
		word = word[:i]
	}
	times := max(amountTimes[strings.Trim(word, ".€$£")], 1)
	last := strings.LastIndexAny(digits, ".,")
	switch {
	case times == 1 && amountGroups.MatchString(digits), last < 0: // 250.000 and 250,000 are thousands
		digits = keepDigits(digits)
	default:
		digits = keepDigits(digits[:last]) + "." + keepDigits(digits[last:])
	}
	n, err := strconv.ParseFloat(digits, 64)
	return n * times, err == nil
}

func keepDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// Amount is the largest amount that a question was answered with; false where none can be read.
func (a Answers) Amount(q Ask) (amount float64, read bool) {
	for piece := range strings.SplitSeq(a[q].Text, ";") {
		if n, ok := ParseAmount(piece); ok && (!read || n > amount) {
			amount, read = n, true
		}
	}
	return amount, read
}
