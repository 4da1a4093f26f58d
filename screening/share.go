package screening

import (
	"regexp"
	"strconv"
	"strings"
)

// Share is a part of a company in percent, as far as it is said: exactly, or
// between two bounds. The zero value is not said.
type Share struct {
	Low, High float64
	// Over says that the share is above Low, not at it: "more than 50 %".
	Over bool
	Said bool
	// Control says that who holds it is said to control the company as well.
	Control bool
}

// ExactShare is a share of so many percent.
func ExactShare(percent float64) Share { return Share{Low: percent, High: percent, Said: true} }

var (
	shareNumber = regexp.MustCompile(`\d+(?:\.\d+)?`)
	// shareWords are what may stand around the numbers of a share.
	shareWords = map[string]bool{
		"": true, "percent": true, "per": true, "cent": true, "more": true, "than": true, "over": true, "at": true, "least": true, "or": true, "up": true, "to": true,
		"less": true, "under": true, "between": true, "and": true, "but": true, "from": true, "of": true, "the": true, "shares": true,
	}
	shareMarks = strings.NewReplacer("≥", " at least ", ">=", " at least ", ">", " more than ", "≤", " up to ", "<=", " up to ", "<", " less than ",
		"+", " or more ", "%", " ", "–", " to ", "—", " to ", "‑", " to ")
)

// ParseShare reads a share in percent as publishers write it: "51", "51,5 %",
// "50-75 %", "more than 50%", "more than 25 but less than 50". What is no
// share from 0 to 100, or names more than a range, is not said.
func ParseShare(text string) (Share, bool) {
	s := strings.ToLower(strings.TrimSpace(strings.ReplaceAll(text, ",", ".")))
	if s == "" || strings.HasPrefix(s, "-") || strings.HasPrefix(s, "−") {
		return Share{}, false
	}
	s = shareMarks.Replace(s)
	numbers := shareNumber.FindAllString(s, -1)
	around := shareNumber.Split(s, -1)
	if len(numbers) == 0 || len(numbers) > 2 {
		return Share{}, false
	}
	if len(numbers) == 2 && strings.Trim(around[1], " ") == "-" {
		around[1] = "to"
	}
	var said [3]string // before the first number, between the two, behind the last
	for i, words := range around {
		said[i] = strings.Join(strings.Fields(words), " ")
		for word := range strings.FieldsSeq(words) {
			if !shareWords[word] {
				return Share{}, false
			}
		}
	}
	first, _ := strconv.ParseFloat(numbers[0], 64)
	out := Share{Low: first, High: first, Said: true}
	over := strings.HasSuffix(said[0], "more than") || strings.HasSuffix(said[0], "over")
	switch {
	case len(numbers) == 2:
		out.High, _ = strconv.ParseFloat(numbers[1], 64)
		out.Over = over
	case over:
		out.High, out.Over = 100, true
	case strings.HasSuffix(said[0], "at least"), said[0] == "from", said[1] == "or more":
		out.High = 100
	case strings.HasSuffix(said[0], "less than"), strings.HasSuffix(said[0], "under"), strings.HasSuffix(said[0], "up to"):
		out.Low = 0
	}
	if out.Low > out.High || out.High > 100 || (out.Over && out.Low == 100) {
		return Share{}, false
	}
	return out, true
}

// String is the share in a reader's words.
func (s Share) String() string {
	if s.Control {
		s.Control = false
		return s.String() + " and control"
	}
	switch {
	case !s.Said:
		return "a share not said"
	case s.Low == s.High:
		return percent(s.Low)
	case s.Over && s.High == 100:
		return "more than " + percent(s.Low)
	case s.High == 100:
		return "at least " + percent(s.Low)
	case s.Low == 0:
		return "up to " + percent(s.High)
	}
	return strconv.FormatFloat(s.Low, 'f', -1, 64) + " to " + percent(s.High)
}

// most is the share at its highest: what is not said may be all of it.
func (s Share) most() float64 {
	if !s.Said {
		return 100
	}
	return s.High
}

// better reports whether a share says more than another of the same two
// parties: a said one before one that is not, then the larger.
func (s Share) better(than Share) bool {
	switch {
	case s.Said != than.Said:
		return s.Said
	case s.Low != than.Low:
		return s.Low > than.Low
	case s.Over != than.Over:
		return s.Over
	}
	return s.High > than.High
}

func percent(p float64) string { return strconv.FormatFloat(p, 'f', -1, 64) + " %" }
