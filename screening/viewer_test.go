package screening

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestViewerGrades holds the grade a row is shown with where a list is closed:
// what Judge would have given without it.
func TestViewerGrades(t *testing.T) {
	sam := &Viewer{Account: &Account{Name: "sam", Roles: []AccountRole{Submitter}}, Restricted: map[string][]AccountRole{"letters": {Reviewer}}}
	match := func(list string, g Grade, s Strength) Match {
		return Match{List: list, Grade: g, Strength: s, Listings: []Listing{{List: list}}}
	}
	weak := match("letters", Note, Weak)
	for name, c := range map[string]struct {
		stakes  Stakes
		parties []PartyResult
		want    Grade
	}{
		"only the closed list":              {Standard, []PartyResult{{Grade: Escalate, Matches: []Match{match("letters", Escalate, Exact)}}}, Clear},
		"an open list beside it":            {Standard, []PartyResult{{Grade: Escalate, Matches: []Match{match("letters", Escalate, Exact), match("watch", Review, Medium)}}}, Review},
		"another party":                     {Standard, []PartyResult{{Grade: Escalate, Matches: []Match{match("letters", Escalate, Exact)}}, {Grade: Note, Matches: []Match{match("watch", Note, Medium)}}}, Note},
		"the work calls for care all along": {Enhanced, []PartyResult{{Grade: Escalate, Matches: []Match{match("letters", Escalate, Exact)}}}, Review},
		"the nearest is on the closed list": {Standard, []PartyResult{{Grade: Note, Nearest: &weak}}, Clear},
		"a closed list was not screened":    {Standard, []PartyResult{{Grade: Note, Notes: []string{"not screened against letters"}}}, Clear},
		"an open list was not screened":     {Standard, []PartyResult{{Grade: Note, Notes: []string{"not screened against letters", "not screened against watch"}}}, Note},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Result{Partner: &Partner{Parties: make([]Party, len(c.parties))}, Stakes: c.stakes, Grade: Escalate, Parties: c.parties}
			before := *r
			if got := sam.Result(r).Grade; got != c.want {
				t.Errorf("shown as %s, want %s", got, c.want)
			}
			if diff := cmp.Diff(before, *r); diff != "" {
				t.Errorf("what is kept was changed: %s", diff)
			}
			for who, v := range map[string]*Viewer{"the operator": nil, "a reviewer": {Account: &Account{Roles: []AccountRole{Reviewer}}, Restricted: sam.Restricted}} {
				if got := v.Result(r).Grade; got != Escalate && c.stakes != Enhanced && len(c.parties[0].Matches) > 0 {
					t.Errorf("shown to %s as %s", who, got)
				}
			}
		})
	}
}

// TestRestrictedListsStayApart wants one party on an open and a restricted
// list to be two matches, and one match where neither is restricted.
func TestRestrictedListsStayApart(t *testing.T) {
	on := func(list string) Candidate {
		return Candidate{Score: 1, Entity: &Entity{List: list, ID: "1", Names: []Name{{Text: "Zelmar Deepwater Foundry"}}, Countries: []string{"XA"},
			Listings: []Listing{{List: list, Controls: []Control{AssetFreeze}}}}}
	}
	p := &Party{Name: "Zelmar Deepwater Foundry"}
	for _, restricted := range []bool{false, true} {
		j := &Judge{Policy: DefaultPolicy(), Restricted: map[string]bool{"letters": restricted}}
		want := map[bool]int{false: 1, true: 2}[restricted]
		if got := len(j.Party(&Work{Stakes: Standard}, p, []Candidate{on("letters"), on("watch"), on("watch2")}).Matches); got != want {
			t.Errorf("restricted %v: %d matches, want %d", restricted, got, want)
		}
	}
}

// TestViewerLeavesOutReviewersWords wants a submitter to be told the question
// that waits for them and nothing else reviewers said.
func TestViewerLeavesOutReviewersWords(t *testing.T) {
	sam := &Viewer{Account: &Account{Name: "sam", Roles: []AccountRole{Submitter}}}
	said := func(v Verdict) *Result {
		return &Result{Partner: &Partner{Parties: []Party{{}}}, Parties: []PartyResult{{Matches: []Match{{
			List: "watch", Rule: ruleDismissed, Changes: []string{"x"}, Disposition: &Disposition{Number: "7"},
			Decision: &Decision{Verdict: v, Reason: "country", Reviewer: "Ria", Note: "secret", Actor: "ria"},
		}}}}}
	}
	m := sam.Result(said(FalsePositive)).Parties[0].Matches[0]
	if m.Decision != nil || m.Changes != nil || m.Disposition != nil || m.Rule == ruleDismissed {
		t.Errorf("a submitter is shown %+v", m)
	}
	m = sam.Result(said(NeedsInformation)).Parties[0].Matches[0]
	if diff := cmp.Diff(&Decision{Verdict: NeedsInformation, Reason: "country"}, m.Decision); diff != "" {
		t.Error(diff)
	}
}
