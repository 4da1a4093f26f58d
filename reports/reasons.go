package reports

import (
	"strings"

	"partnerscreen/screening"
)

// Reason is a code a verdict is given for.
type Reason struct {
	Code      string
	Text      string // as the drop-down has it
	Verdict   screening.Verdict
	NeedsNote bool
}

// Reasons are the codes of the drop-down on Review. Their texts together stay
// under the 255 characters a drop-down may hold.
var Reasons = []Reason{
	{Code: "different_name", Text: "Different name", Verdict: screening.FalsePositive},
	{Code: "different_place", Text: "Different place", Verdict: screening.FalsePositive},
	{Code: "different_identifier", Text: "Different identifier", Verdict: screening.FalsePositive},
	{Code: "different_birth_date", Text: "Different birth date", Verdict: screening.FalsePositive},
	{Code: "different_kind", Text: "Different kind of party", Verdict: screening.FalsePositive},
	{Code: "same_identifier", Text: "Same identifier", Verdict: screening.TrueMatch},
	{Code: "same_name_and_place", Text: "Same name and place", Verdict: screening.TrueMatch},
	{Code: "party_confirmed", Text: "Party confirmed it", Verdict: screening.TrueMatch},
	{Code: "identifier_wanted", Text: "Identifier wanted", Verdict: screening.NeedsInformation},
	{Code: "answer_awaited", Text: "Answer awaited", Verdict: screening.NeedsInformation},
	{Code: "other", Text: "Other (say in the note)", NeedsNote: true},
}

// verdicts are the texts of the verdict's drop-down.
var verdicts = []struct {
	verdict screening.Verdict
	text    string
}{
	{screening.FalsePositive, "False positive"},
	{screening.TrueMatch, "True match"},
	{screening.NeedsInformation, "Needs information"},
}

// closingOf reads what stands in the cell that says how a true match was closed.
func closingOf(s string) (screening.Closing, bool) {
	for _, c := range screening.Closings {
		if w := loose(s); w == loose(c.Plain()) || w == loose(string(c)) {
			return c, true
		}
	}
	return "", false
}

// closingWants names what a closing cannot be without.
var closingWants = map[screening.Closing][]string{
	screening.Licence:        {colNumber, colTerms, colUntil},
	screening.GeneralLicence: {colNumber},
	screening.Mitigated:      {colTerms},
}

// VerdictText is a verdict as Review shows it.
func VerdictText(v screening.Verdict) string {
	for _, x := range verdicts {
		if x.verdict == v {
			return x.text
		}
	}
	return string(v)
}

// ReasonText is a reason's code as Review shows it; what is no code stays as it is.
func ReasonText(code string) string {
	if code == "split_off" {
		return "Split off from its line"
	}
	for _, r := range Reasons {
		if r.Code == code {
			return r.Text
		}
	}
	return code
}

// verdictOf reads what stands in a verdict cell, in whatever case and with
// blanks, hyphens or underscores between the words.
func verdictOf(s string) (screening.Verdict, bool) {
	for _, x := range verdicts {
		if w := loose(s); w == loose(x.text) || w == loose(string(x.verdict)) {
			return x.verdict, true
		}
	}
	return "", false
}

func reasonOf(s string) (Reason, bool) {
	for _, r := range Reasons {
		if w := loose(s); w == loose(r.Text) || w == loose(r.Code) {
			return r, true
		}
	}
	return Reason{}, false
}

// loose is a text without case, blanks and joining marks.
func loose(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-\u00a0\u2010\u2011\u2013", r) {
			return -1
		}
		return r
	}, strings.ToLower(settled(s)))
}
