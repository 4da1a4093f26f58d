package web

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// TestReviewOnThePage takes an escalated match through the page: the one who
// submitted it may not close it, two others may, and it then waits for nobody.
func TestReviewOnThePage(t *testing.T) {
	o := newOffice(t, Options{})
	o.publish(openList, "Ostrelle Microwave Labs", scriptParty)
	o.publish(secretList, secretParty)
	o.screen("ria", "ria.csv", "Ostrelle Microwave Labs", scriptParty, secretParty)
	if err := jobs.SyncOpen(t.Context(), o.env); err != nil {
		t.Fatal(err)
	}
	ria, rob, sec := o.as(o.account("ria", screening.Reviewer)), o.as(o.account("rob", screening.Reviewer)), o.as(o.account("sec", screening.SecondReviewer))

	list := rob.get("/review").Body.String()
	if strings.Count(list, `href="/review/`) != 3 {
		t.Fatalf("three matches wait:\n%s", list)
	}
	if aud := o.as(o.account("aud", screening.Auditor)).get("/review").Body.String(); strings.Count(aud, `href="/review/`) != 2 {
		t.Errorf("an auditor sees a match of a list that is closed to them:\n%s", aud)
	}
	open, err := jobs.OpenMatches(t.Context(), o.env)
	if err != nil {
		t.Fatal(err)
	}
	var at string
	for _, m := range open {
		party, _, err := o.env.Store.FindMatch(t.Context(), m.Run, m.Key)
		if err != nil {
			t.Fatal(err)
		}
		page := rob.get(matchPath(m.Run, m.Key)).Body.String()
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") {
			t.Error("a name came back as markup")
		}
		if party.Name == "Ostrelle Microwave Labs" {
			at = matchPath(m.Run, m.Key)
			for _, want := range []string{"agrees", "not known", "Asset freeze", "two people"} {
				if !strings.Contains(page, want) {
					t.Errorf("the page of the match lacks %q:\n%s", want, page)
				}
			}
		}
	}
	verdict := url.Values{"verdict": {"false_positive"}, "reason": {"different_place"}}
	if w := rob.post(at, url.Values{"verdict": {"false_positive"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "wants a reason") {
		t.Errorf("a verdict without a reason: %d", w.Code)
	}
	if w := ria.post(at, verdict); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("the submitter closed her own match: %d", w.Code)
	}
	if w := rob.post(at, verdict); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/review/") {
		t.Errorf("the first word: %d %s", w.Code, w.Header().Get("Location"))
	}
	if page := sec.get(at).Body.String(); !strings.Contains(page, "waiting") {
		t.Errorf("one word closed an escalated match:\n%s", page)
	}
	if w := sec.post(at, verdict); w.Code != http.StatusSeeOther {
		t.Errorf("the second word: %d %s", w.Code, w.Body)
	}
	if list := rob.get("/review").Body.String(); strings.Contains(list, at) {
		t.Errorf("a decided match still waits:\n%s", list)
	}
}

func TestCollaborationsOnThePage(t *testing.T) {
	o := newOffice(t, Options{})
	o.publish(openList, "Ostrelle Microwave Labs")
	o.publish(secretList, secretParty)
	o.screen("ria", "ria.csv", "Ostrelle Microwave Labs", "Plain Meadow School", secretParty)
	rob := o.as(o.account("rob", screening.Reviewer))
	if list := rob.get("/collaborations").Body.String(); strings.Count(list, `href="/collaborations/`) != 3 {
		t.Fatalf("three rows are watched:\n%s", list)
	}
	// To whom a list is closed the row stands as without it.
	aud := o.as(o.account("aud", screening.Auditor))
	if list := aud.get("/collaborations?search=" + url.QueryEscape(secretParty)).Body.String(); !strings.Contains(list, "grade clear") {
		t.Errorf("the grade tells of a closed list:\n%s", list)
	}
	if w := aud.get("/collaborations?grade=escalate"); w.Code != http.StatusForbidden {
		t.Errorf("a closed list can be felt for by grade: %d", w.Code)
	}
	at := "/collaborations/1"
	if page := rob.get(at).Body.String(); !strings.Contains(page, "Ostrelle Microwave Labs") || !strings.Contains(page, "watched every night") {
		t.Errorf("the first collaboration:\n%s", page)
	}
	if w := rob.post(at+"/end", url.Values{"why": {""}}); w.Code != http.StatusBadRequest {
		t.Errorf("ended without a reason: %d", w.Code)
	}
	if w := rob.post(at+"/end", url.Values{"why": {"the agreement is over"}}); w.Code != http.StatusSeeOther {
		t.Errorf("end: %d", w.Code)
	}
	if page := rob.get(at).Body.String(); !strings.Contains(page, "ended by rob: the agreement is over") {
		t.Errorf("after the end:\n%s", page)
	}
}

// TestEachOfficeHasItsQueue looks at the work and the questions of rows whose
// parties match nothing: each stands with the office that owns it, as a match does.
func TestEachOfficeHasItsQueue(t *testing.T) {
	o := newOffice(t, Options{})
	o.publish(openList, "Ostrelle Microwave Labs")
	o.publish(secretList, secretParty)
	path := filepath.Join(o.dir, "work.csv")
	sheet := "Reference,Partner,Control code,Personal data,Dual use,What is shared\n" +
		"W-1,Sandrigg Institute,1C007,,,\nW-2,Plain Meadow School,,yes,,\nW-3,Quiet Harbour College,,no,no,nothing\nW-4,Ostrelle Microwave Labs,,,,\n"
	if err := os.WriteFile(path, []byte(sheet), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := jobs.Screen(t.Context(), o.env, jobs.ScreenOptions{Files: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Write(t.Context(), io.Discard, "json"); err != nil {
		t.Fatal(err)
	}
	if err := jobs.SyncOpen(t.Context(), o.env); err != nil {
		t.Fatal(err)
	}
	rob := o.as(o.account("rob", screening.Reviewer))
	if page := rob.get("/review?owner=legal+compliance").Body.String(); !strings.Contains(page, "work.csv, row 5") || strings.Contains(page, "as chosen here") {
		t.Errorf("the match of its office:\n%s", page)
	}
	if page := rob.get("/review?owner=export+control").Body.String(); strings.Contains(page, "work.csv, row 5") || !strings.Contains(page, "0 of them as chosen here") {
		t.Errorf("the match of another office:\n%s", page)
	}
	for owner, want := range map[screening.Owner]string{
		"": "W-1 W-2", screening.ExportControl: "W-1", screening.DataProtection: "W-2", screening.Ethics: "",
	} {
		page := rob.get("/review?owner=" + url.QueryEscape(string(owner))).Body.String()
		var got []string
		for _, ref := range []string{"W-1", "W-2", "W-3"} {
			if strings.Contains(page, ">"+ref+", work.csv") {
				got = append(got, ref)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("the queue of %q has %q, want %q:\n%s", owner, got, want, page)
		}
	}
	if page := rob.get("/review?mine=1").Body.String(); strings.Contains(page, "W-1") {
		t.Error("work that waits for nobody in particular stands with one person's")
	}
	if w := rob.get("/review?after=x"); w.Code != http.StatusBadRequest {
		t.Errorf("behind no number: %d", w.Code)
	}
}
