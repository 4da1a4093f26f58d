package reports

import (
	"strings"
	"testing"
	"time"

	"partnerscreen/screening"
)

// TestLineWrong holds verdicts that come by another way to the rules of Review.
func TestLineWrong(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	good := Line{Verdict: screening.TrueMatch, Reason: "same_identifier", Reviewer: "ria"}
	except := []Listed{{List: "zz", Entity: "1"}}
	for _, c := range []struct {
		name   string
		change func(*Line)
		want   string // part of what is said; "" for nothing
	}{
		{"a verdict with its reason", func(*Line) {}, ""},
		{"no verdict", func(l *Line) { l.Verdict = "" }, "no such verdict"},
		{"no reason", func(l *Line) { l.Reason = "" }, "wants a reason"},
		{"a reason of another verdict", func(l *Line) { l.Reason = "different_name" }, "wants a reason"},
		{"other, and not said what", func(l *Line) { l.Reason, l.Note = "other", " " }, "wants a note"},
		{"other, said", func(l *Line) { l.Reason, l.Note = "other", "the director says so" }, ""},
		{"no reviewer", func(l *Line) { l.Reviewer = "" }, "its reviewer"},
		{"the second is the first", func(l *Line) { l.Second = "RIA" }, "another person"},
		{"expired already", func(l *Line) { l.Expires = now }, "past"},
		{"the same verdict on what is split off", func(l *Line) { l.Except, l.Split = except, l.Verdict }, "split"},
		{"another verdict on nothing", func(l *Line) { l.Split = screening.FalsePositive }, "split"},
		{"another verdict on what is split off", func(l *Line) { l.Except, l.Split = except, screening.FalsePositive }, ""},
		{"a licence with all it wants", func(l *Line) {
			l.Closed = Closed{Closing: screening.Licence, Number: "L-1", Terms: "lamps", Until: now.AddDate(1, 0, 0)}
		}, ""},
		{"a licence without a number", func(l *Line) {
			l.Closed = Closed{Closing: screening.Licence, Terms: "lamps", Until: now.AddDate(1, 0, 0)}
		}, "wants its number"},
		{"a licence that has run out", func(l *Line) {
			l.Closed = Closed{Closing: screening.Licence, Number: "L-1", Terms: "lamps", Until: now}
		}, "past"},
		{"a number and no closing", func(l *Line) { l.Closed.Number = "L-1" }, "say how"},
		{"closed in a way there is not", func(l *Line) { l.Closed.Closing = "forgotten" }, "no such way"},
		{"a false positive that is closed", func(l *Line) {
			l.Verdict, l.Reason, l.Closed.Closing = screening.FalsePositive, "different_name", screening.Declined
		}, "only a true match"},
	} {
		l := good
		c.change(&l)
		if got := l.Wrong(now); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
