package jobs_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

const workHeader = "Partner,Country,Reference,Project,Funder"

// licensed fills in a true match that is closed by a licence.
func licensed(o *office, book, party string, more map[string]string) {
	values := map[string]string{
		"Verdict": "True match", "Reason": "Same name and place", "Reviewer": "R. Reviewer", "How it is closed": "Licence",
		"Licence number": "2026-114", "Scope or plan": "one spectrometer", "Closed until": "2027-06-30",
	}
	for k, v := range more {
		values[k] = v
	}
	o.fillIn(book, party, values)
}

// matchesOf are the matches of a run by row.
func matchesOf(t *testing.T, s *store.Store, run *screening.Run) map[int]screening.Match {
	t.Helper()
	out := map[int]screening.Match{}
	for r, err := range s.Results(t.Context(), run.ID) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Parties {
			for _, m := range p.Matches {
				out[r.Partner.Row] = m
			}
		}
	}
	return out
}

// sheetText is one sheet of a workbook, a line each row.
func sheetText(t *testing.T, book, sheet string) string {
	t.Helper()
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.Join(row, " | "))
	}
	return strings.Join(lines, "\n")
}

// TestTrueMatchesAreClosedForTheirWork closes a match in one of two rows, and
// then changes what a disposition is about, one thing after another.
func TestTrueMatchesAreClosedForTheirWork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.list("w1|Kestoria Trading||QA", "w2|Sorvenne Works||PE")
		one, two := "Kestoria Trading,QA,C-1,Thin films,Ulmara Fund", "Kestoria Trading,QA,C-2,Optics,Ulmara Fund"
		_, book := o.screenUnder(workHeader, one, two)
		licensed(o, book, "Kestoria Trading", map[string]string{"Closed for rows": "2"})
		if d := o.decide(book, "sam"); d.Applied != 0 || len(d.Problems) != 1 {
			t.Errorf("by the submitter: %+v", d)
		}
		d := o.decide(book, "anna")
		if d.Applied != 1 || d.Waiting != 1 || d.Closed != 1 {
			t.Errorf("by one person: %+v", d)
		}
		if len(d.Frozen) != 1 || d.Frozen[0].Listings[0].Entity != "w1" || len(d.Frozen[0].Holds) != 1 {
			t.Errorf("what a true match under an asset freeze asks for: %+v", d.Frozen)
		}
		if run, _ := o.screenUnder(workHeader, one, two); run.Counts.Rows[screening.Escalate] != 2 {
			t.Errorf("after one person: %v", run.Counts.Rows)
		}
		if d := o.decide(book, "ben"); d.Applied != 1 || d.Waiting != 0 {
			t.Errorf("by the second person: %+v", d)
		}
		if d := o.decide(book, "ben"); d.Applied != 0 || d.Unchanged != 1 {
			t.Errorf("applied twice: %+v", d)
		}
		run, after := o.screenUnder(workHeader, one, two)
		if run.Counts.Rows[screening.Escalate] != 1 || run.Counts.Rows[screening.Note] != 1 {
			t.Errorf("after two people closed row 2: %v", run.Counts.Rows)
		}
		if text := sheetText(t, after, "Closed true matches"); !strings.Contains(text, "2026-114") || !strings.Contains(text, "one spectrometer") {
			t.Errorf("the report does not show the licence:\n%s", text)
		}
		if text := sheetText(t, after, "Hold instructions"); !strings.Contains(text, "do not return it, release it") {
			t.Errorf("the report does not say to hold:\n%s", text)
		}

		for _, tc := range []struct {
			name, row string
			grade     screening.Grade
			lapsed    string
		}{
			{"only moved and spelt otherwise", "Kestoria Trading,QA,c-1,THIN FILMS,ulmara fund", screening.Note, ""},
			{"other funder", "Kestoria Trading,QA,C-1,Thin films,Brelk Fund", screening.Escalate, `funder: "Ulmara Fund" before, "Brelk Fund" now`},
			{"other project", "Kestoria Trading,QA,C-1,Rockets,Ulmara Fund", screening.Escalate, `project: "Thin films" before, "Rockets" now`},
		} {
			o.time = o.time.Add(time.Hour)
			run, book := o.screenUnder(workHeader, "Ulmara College,NO,C-9,,", tc.row)
			m := matchesOf(t, s, run)[3]
			if m.Grade != tc.grade || m.Disposition == nil || m.Disposition.Lapsed != tc.lapsed {
				t.Errorf("%s: %s, %+v", tc.name, m.Grade, m.Disposition)
			}
			if m.Decision == nil || m.Decision.Reopened != "" {
				t.Errorf("%s: the identity decision lapsed too: %+v", tc.name, m.Decision)
			}
			if tc.lapsed != "" && !strings.Contains(sheetText(t, book, "Review"), tc.lapsed) {
				t.Errorf("%s: the report does not say why", tc.name)
			}
			if tc.name == "other funder" && !strings.Contains(sheetText(t, book, "Changes since last run"), "open again") {
				t.Errorf("%s: the changes since the last run do not say it:\n%s", tc.name, sheetText(t, book, "Changes since last run"))
			}
		}
		run, _ = o.screenUnder(strings.Replace(workHeader, "Partner", "Subrecipient", 1), one)
		if m := matchesOf(t, s, run)[2]; m.Grade != screening.Escalate || m.Disposition == nil || !strings.HasPrefix(m.Disposition.Lapsed, "role:") {
			t.Errorf("other role: %s, %+v", m.Grade, m.Disposition)
		}

		// The licence ends, and the match is open again.
		o.time = time.Date(2027, 6, 30, 9, 0, 0, 0, time.UTC)
		o.list("w1|Kestoria Trading||QA", "w2|Sorvenne Works||PE")
		run, _ = o.screenUnder(workHeader, one, two)
		if m := matchesOf(t, s, run)[2]; m.Grade != screening.Escalate || m.Disposition == nil || m.Disposition.Lapsed != "its time was over on 2027-06-30" {
			t.Errorf("after the licence: %s, %+v", m.Grade, m.Disposition)
		}
	})
}

func TestClosedForRowsThatAreNotThere(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.list("w1|Kestoria Trading||QA")
	_, book := o.screenUnder(workHeader, "Kestoria Trading,QA,C-1,Thin films,")
	licensed(o, book, "Kestoria Trading", map[string]string{"Closed for rows": "9"})
	d := o.decide(book, "anna")
	if d.Applied != 0 || len(d.Problems) != 1 || !strings.Contains(d.Problems[0].What, "row 9 is not one of the line's rows") {
		t.Errorf("%+v", d)
	}
}

func TestARevokedDispositionOpensTheMatch(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.list("w1|Kestoria Trading||QA")
	row := "Kestoria Trading,QA,C-1,Thin films,"
	_, book := o.screenUnder(workHeader, row)
	licensed(o, book, "Kestoria Trading", nil)
	o.decide(book, "anna")
	o.decide(book, "ben")
	var id string
	for d, err := range jobs.Dispositions(t.Context(), o.env, jobs.DecisionsOptions{}) {
		if err != nil || d.State != "standing" {
			t.Fatalf("%+v, %v", d, err)
		}
		id = d.ID
	}
	o.time = o.time.Add(time.Hour)
	if err := jobs.RevokeDecision(t.Context(), o.env, id, "anna", "the licence was withdrawn"); err != nil {
		t.Fatal(err)
	}
	if err := jobs.RevokeDecision(t.Context(), o.env, id, "anna", "again"); err == nil {
		t.Error("revoked twice")
	}
	run, _ := o.screenUnder(workHeader, row)
	if m := matchesOf(t, o.env.Store, run)[2]; m.Grade != screening.Escalate || m.Disposition.Lapsed != "it was revoked" || m.Decision.Reopened != "" {
		t.Errorf("%s, %+v", m.Grade, m.Disposition)
	}
}

// TestAListingIsSplitOff gives one of two listings shown together another verdict.
func TestAListingIsSplitOff(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.list("w1|Kestoria Trading||QA", "w2|Kestoria Trading|Kestoria Two|QA")
	run, book := o.screen("Kestoria Trading,QA")
	if m := matchesOf(t, o.env.Store, run)[2]; len(m.Listings) != 2 {
		t.Fatalf("%d listings in the line, want two shown as one", len(m.Listings))
	}
	o.fillIn(book, "Kestoria Trading", map[string]string{
		"Verdict": "False positive", "Reason": "Different place", "Reviewer": "R. Reviewer", "Not these listings": "2", "Verdict on those": "True match",
	})
	o.decide(book, "anna")
	if d := o.decide(book, "ben"); d.Applied != 1 || d.Waiting != 0 || len(d.Frozen) != 1 {
		t.Errorf("%+v", d)
	}
	verdicts := map[string]screening.Verdict{}
	for d, err := range jobs.Decisions(t.Context(), o.env, jobs.DecisionsOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		verdicts[d.Entity] = d.Verdict
	}
	if verdicts["w1"] != screening.FalsePositive || verdicts["w2"] != screening.TrueMatch {
		t.Errorf("%v", verdicts)
	}
	run, _ = o.screen("Kestoria Trading,QA")
	if m := matchesOf(t, o.env.Store, run)[2]; m.Grade != screening.Escalate || m.Decision.Verdict != screening.TrueMatch {
		t.Errorf("the match is %s with %+v, want the listing that is true to flag it", m.Grade, m.Decision)
	}
}

// TestRenumberedListingsKeepTheirDecisions renumbers a list between the
// workbook and its return, and again before the next screening.
func TestRenumberedListingsKeepTheirDecisions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.list("17|Kestoria Trading|Kestoria General|QA", "18|Sorvenne Works||PE")
		_, book := o.screen("Kestoria Trading,QA")
		o.fill(book, "Kestoria Trading", "False positive", "Different place")
		o.decide(book, "anna")
		o.list("16|Brelk Turbines||NO", "18|Kestoria Trading|Kestoria General|QA", "19|Sorvenne Works||PE")
		if d := o.decide(book, "ben"); d.Applied != 1 || len(d.Problems) != 0 {
			t.Fatalf("after the list was renumbered: %+v", d)
		}
		o.list("1|Kestoria Trading|Kestoria General|QA", "2|Sorvenne Works||PE", "3|Brelk Turbines||NO")
		if run, _ := o.screen("Kestoria Trading,QA"); run.Counts.Rows[screening.Note] != 1 {
			t.Errorf("renumbered again: %v", run.Counts.Rows)
		}
	})
}

// TestRenewTogether renews what is due by one act: what changed, what left the
// sheet and what one person alone may not renew is left, and says why.
func TestRenewTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		lists := []string{"w1|Kestoria Trading||QA", "w2|Sorvenne Works||PE", "w3|Brelk Turbines||NO"}
		o.list(lists...)
		sheet := []string{"Kestoria Trading,QA", "Sorvenne Works,PE", "Brelk Turbines,NO"}
		_, book := o.screen(sheet...)
		for _, name := range []string{"Kestoria Trading", "Sorvenne Works", "Brelk Turbines"} {
			o.fillIn(book, name, map[string]string{"Verdict": "False positive", "Reason": "Different place", "Reviewer": "R. Reviewer", "Holds until": "2026-12-20"})
		}
		o.decide(book, "anna")
		o.decide(book, "ben")
		o.time = o.time.AddDate(0, 0, 7)
		o.list("w1|Kestoria Trading||QA", "w2|Sorvenne Works|Sorvenne General|PE", "w3|Brelk Turbines||NO")
		o.screen("Kestoria Trading,QA", "Sorvenne Works,PE") // Brelk left the sheet
		renew := func(actor string, days int) *jobs.Renewed {
			t.Helper()
			r, err := jobs.RenewDecisions(t.Context(), o.env, jobs.RenewOptions{DueDays: days, Reason: "yearly look, nothing new", Actor: actor})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		if r := renew("cleo", 10); len(r.Renewed)+len(r.Waiting)+len(r.Left) != 0 {
			t.Errorf("nothing is due within 10 days: %+v", r)
		}
		if r := renew("sam", 30); len(r.Renewed)+len(r.Waiting) != 0 || len(r.Left) != 3 {
			t.Errorf("by the submitter: %+v", r)
		}
		r := renew("cleo", 30)
		if len(r.Waiting) != 1 || r.Waiting[0].Entity != "w1" || len(r.Renewed) != 0 {
			t.Errorf("by the first person: %+v", r)
		}
		why := map[string]string{}
		for _, l := range r.Left {
			why[l.Entity] = l.Why
		}
		if !strings.HasPrefix(why["w2"], "the listing has changed") || !strings.Contains(why["w3"], "left the sheet") {
			t.Errorf("left: %v", why)
		}
		if again := renew("cleo", 30); len(again.Waiting) != 0 || len(again.Left) != 3 {
			t.Errorf("by the first person again: %+v", again)
		}
		if r := renew("ben", 30); len(r.Renewed) != 1 || len(r.Waiting) != 0 {
			t.Errorf("by the second person: %+v", r)
		}
		if r := renew("dora", 30); len(r.Renewed)+len(r.Waiting) != 0 {
			t.Errorf("what is renewed is due no longer: %+v", r)
		}

		// When the old end is past, the renewed one still dismisses its match.
		o.time = time.Date(2026, 12, 21, 9, 0, 0, 0, time.UTC)
		o.list("w1|Kestoria Trading||QA", "w3|Brelk Turbines||NO")
		run, _ := o.screen(sheet...)
		matches := matchesOf(t, s, run)
		if matches[2].Grade != screening.Note || matches[4].Grade != screening.Escalate {
			t.Errorf("after the old end: %s and %s, want note and escalate", matches[2].Grade, matches[4].Grade)
		}
		states := map[string]int{}
		for d, err := range jobs.Decisions(t.Context(), o.env, jobs.DecisionsOptions{All: true}) {
			if err != nil {
				t.Fatal(err)
			}
			states[d.Entity+" "+d.State]++
		}
		if states["w1 standing"] != 2 || states["w1 renewed"] != 2 || states["w3 expired"] != 2 {
			t.Errorf("states: %v", states)
		}
	})
}

func TestDeterminations(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.list("w1|Kestoria Trading||QA", "w2|Sorvenne Works||PE")
	_, book := o.screenUnder(workHeader, "Kestoria Trading,QA,C-1,Thin films,Ulmara Fund", "Sorvenne Works,PE,,,", "Kestoria Trading,QA,C-2,Optics,Ulmara Fund")
	licensed(o, book, "Kestoria Trading", map[string]string{"Closed for rows": "2", "Note": "=1+1"})
	o.fill(book, "Sorvenne Works", "False positive", "Different place")
	o.decide(book, "anna")
	o.decide(book, "ben")

	var out bytes.Buffer
	if err := jobs.ExportDecisions(t.Context(), o.env, &out, "json"); err != nil {
		t.Fatal(err)
	}
	byFinding := map[string]jobs.Determination{}
	dec := json.NewDecoder(&out)
	for dec.More() {
		var r jobs.Determination
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		byFinding[r.Finding] = r
	}
	if r := byFinding["true_match"]; strings.Join(r.Projects, "; ") != "C-1 Thin films; C-2 Optics" ||
		strings.Join(r.Restrictions, "; ") != "Asset freeze: no funds, services or resources; C-1 Thin films: Licence 2026-114, only within the licence" {
		t.Errorf("true match: %+v", r)
	}
	if r := byFinding["licence"]; strings.Join(r.Projects, "; ") != "C-1 Thin films" || r.Expiry != "2027-06-30" || r.Authority != "2026-114" ||
		r.Officer != "R. Reviewer" || r.SignedIn != "ben" || !strings.Contains(r.Scope, "as partner, funded by Ulmara Fund, at standard stakes") {
		t.Errorf("licence: %+v", r)
	}
	if r := byFinding["false_positive"]; strings.Join(r.Projects, "; ") != "sheet.csv, sheet, row 3" && strings.Join(r.Projects, "; ") != "sheet.csv, , row 3" || len(r.Restrictions) != 0 {
		t.Errorf("false positive: %+v", r)
	}

	out.Reset()
	if err := jobs.ExportDecisions(t.Context(), o.env, &out, "csv"); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 7 { // a header, two acts on each of two matches, and two on the licence
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("%q would be taken for a formula", cell)
			}
		}
	}
}
