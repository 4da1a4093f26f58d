package reports

import (
	"archive/zip"
	"bytes"
	"html"
	"io"
	"slices"
	"strings"
	"testing"

	"partnerscreen/screening"
)

// TestSubmittersWorkbook holds that who submits and does not review gets the
// grades, the matches and the evidence, and nothing reviewers said or are.
func TestSubmittersWorkbook(t *testing.T) {
	sam := &screening.Viewer{Account: &screening.Account{Name: "sam", Roles: []screening.AccountRole{screening.Submitter}}}
	all := sampleResults()
	var said []string // by reviewers, anywhere in the results
	for _, r := range all {
		for _, pr := range r.Parties {
			for _, m := range pr.Matches {
				if m.Decision != nil {
					said = append(said, m.Decision.Reviewer, m.Decision.Second, m.Decision.Note)
				}
				if m.Disposition != nil {
					said = append(said, m.Disposition.Reviewer, m.Disposition.Note, m.Disposition.Terms, m.Disposition.Number)
				}
			}
		}
	}
	said = slices.DeleteFunc(said, func(s string) bool { return len(s) < 4 })
	if len(said) < 3 {
		t.Fatalf("the sample has too little that reviewers said: %q", said)
	}
	content := func(r *Report, results ...*screening.Result) string {
		b := written(t, r, func(yield func(*screening.Result, error) bool) {
			for _, res := range results {
				if !yield(res, nil) {
					return
				}
			}
		})
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, part := range z.File {
			f, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(&out, f); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
		return out.String()
	}
	for _, want := range said {
		if !strings.Contains(content(sampleReport(), all...), want) {
			t.Fatalf("a reviewer's workbook lacks %q, so this test proves nothing", want)
		}
	}
	report := sampleReport()
	report.Submitter = true
	var theirs []*screening.Result
	for _, r := range all {
		theirs = append(theirs, sam.Result(r))
	}
	got := content(report, theirs...)
	for _, secret := range append(said, colVerdict, colReviewer, colSeal, "Dismissed earlier") {
		if strings.Contains(got, secret) {
			t.Errorf("the submitter's workbook says %q", secret)
		}
	}
	for _, r := range theirs {
		for i, pr := range r.Parties {
			for _, m := range pr.Matches {
				if m.Grade.Flagged() && !strings.Contains(got, html.EscapeString(m.Name)) {
					t.Errorf("the submitter's workbook lacks the match of %s, row %d, party %d", r.Partner.File, r.Partner.Row, i)
				}
			}
		}
	}
}
