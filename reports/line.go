package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

// Wrong says what keeps a line from being a verdict, by the rules of Review,
// or "" where nothing does: for verdicts that come by another way than a workbook.
func (l *Line) Wrong(now time.Time) string {
	why := slices.IndexFunc(Reasons, func(r Reason) bool { return r.Code == l.Reason })
	var codes []string
	for _, r := range Reasons {
		if r.Verdict == "" || r.Verdict == l.Verdict {
			codes = append(codes, r.Code)
		}
	}
	switch {
	case !known(l.Verdict):
		return "there is no such verdict; there are false_positive, true_match and needs_information"
	case why < 0 || !slices.Contains(codes, l.Reason):
		return fmt.Sprintf("%s wants a reason of these: %s", l.Verdict, strings.Join(codes, ", "))
	case Reasons[why].NeedsNote && strings.TrimSpace(l.Note) == "":
		return fmt.Sprintf("the reason %s wants a note", l.Reason)
	case l.Reviewer == "":
		return "a verdict wants its reviewer"
	case strings.EqualFold(l.Reviewer, l.Second):
		return "the second reviewer is the first; another person must look"
	case !l.Expires.IsZero() && !l.Expires.After(now):
		return "the day it holds until lies in the past"
	case l.Split != "" && (!known(l.Split) || l.Split == l.Verdict || len(l.Except) == 0):
		return "split is another verdict on the listings of except"
	}
	if why := l.Question.wrong(l); why != "" {
		return why
	}
	return l.Closed.wrong(l, now)
}

func known(v screening.Verdict) bool {
	return slices.Contains([]screening.Verdict{screening.FalsePositive, screening.TrueMatch, screening.NeedsInformation}, v)
}

func (c *Closed) wrong(l *Line, now time.Time) string {
	filled := map[string]bool{colNumber: c.Number != "", colTerms: c.Terms != "", colUntil: !c.Until.IsZero()}
	if c.Closing == "" {
		if filled[colNumber] || filled[colTerms] || filled[colUntil] || len(c.Rows) > 0 {
			return "say how the match is closed"
		}
		return ""
	}
	switch {
	case !slices.Contains(screening.Closings, c.Closing):
		return fmt.Sprintf("there is no such way to close a match; there are %s", joinedClosings())
	case l.Verdict != screening.TrueMatch && l.Split != screening.TrueMatch:
		return "only a true match is closed"
	case filled[colUntil] && !c.Until.After(now):
		return "the day the match is closed until lies in the past"
	}
	for _, title := range closingWants[c.Closing] {
		if !filled[title] {
			return fmt.Sprintf("%s wants its %s", c.Closing, map[string]string{colNumber: "number", colTerms: "terms", colUntil: "last day"}[title])
		}
	}
	return ""
}

func joinedClosings() string {
	var out []string
	for _, c := range screening.Closings {
		out = append(out, string(c))
	}
	return strings.Join(out, ", ")
}
