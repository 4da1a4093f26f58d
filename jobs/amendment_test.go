package jobs_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// TestTheNightARuleComesIntoForce re-grades the rows that the rule reaches, on
// its day and without anybody changing the policy, and says why; and again
// when an office changes it.
func TestTheNightARuleComesIntoForce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.time = time.Date(2026, 11, 8, 9, 0, 0, 0, time.UTC)
		i := slices.IndexFunc(screening.DefaultOwnershipRules, func(r screening.OwnershipRule) bool { return r.Name == "BIS affiliates rule" })
		rule := screening.DefaultOwnershipRules[i]
		rule.Lists, rule.Controls = []string{"watch"}, []screening.Control{screening.AssetFreeze}
		with := func(r ...screening.OwnershipRule) *screening.Policy {
			p := screening.DefaultPolicy()
			p.OwnershipRules = r
			return p
		}
		o.env.Policy = with(rule)
		o.list("w1|Velmora Holdings||", "w2|Brelk Capital||")
		o.screenUnder("Reference,Partner,Parent,Ownership share",
			"R-1,Aurelim Optics,Velmora Holdings,60 %",
			"R-2,Sorvenne Foundry,Brelk Capital,20 %",
			"R-3,Ulmara College,Qorvath Trust,90 %",
			"R-4,Brelk Capital,,")
		night := func(day string) (*jobs.Rescreened, map[string]*screening.NightChange) {
			t.Helper()
			o.time, _ = time.Parse("2006-01-02 15:04", day+" 04:20")
			r, err := jobs.Rescreen(t.Context(), o.env, jobs.RescreenOptions{Out: o.dir + "/night.xlsx"})
			if err != nil {
				t.Fatal(err)
			}
			changed := map[string]*screening.NightChange{}
			for c, err := range s.NightChanges(t.Context(), r.Night.ID) {
				if err != nil {
					t.Fatal(err)
				}
				changed[c.Partner.Reference] = c
			}
			return r, changed
		}
		night("2026-11-08")
		if r, changed := night("2026-11-09"); r.Night.Counts.Full != "" || len(changed) != 0 {
			t.Fatalf("the night before the rule: %+v", r.Night.Counts)
		}

		// 60 % passes the line: review becomes escalate. 20 % does not: it stays
		// at review, for the reason that the share is below the line and no
		// longer that the rule is off. have no listed owner.
		r, changed := night("2026-11-10")
		const came = `ownership rule "BIS affiliates rule" came into force on 2026-11-10`
		if r.Night.Counts.Full != "the policy changed: "+came || len(changed) != 2 {
			t.Fatalf("the night of the rule: %+v, %d changed", r.Night.Counts, len(changed))
		}
		c := changed["R-1"]
		want := came + "; the row went from review to escalate: 60 % (Velmora Holdings), at least 50 % is needed"
		if c == nil || c.BeforeGrade != screening.Review || c.Grade != screening.Escalate || len(c.Causes) != 1 || c.Causes[0].Kind != screening.CausePolicy || c.Causes[0].Why != want {
			t.Errorf("the row it reaches: %+v", c)
		}
		if c = changed["R-2"]; c == nil || c.BeforeGrade != c.Grade || c.Causes[0].Why != came+": 20 % (Brelk Capital), at least 50 % is needed" {
			t.Errorf("the row below its line: %+v", c)
		}
		rows := sheetRows(t, r.Report, "Changes since last run")
		if !strings.Contains(rows, "policy changed") || !strings.Contains(rows, want) {
			t.Errorf("the report does not say it:\n%s", rows)
		}
		// The same sheet again: its report says why the grade is another than in November's first week.
		_, book := o.screenUnder("Reference,Partner,Parent,Ownership share",
			"R-1,Aurelim Optics,Velmora Holdings,60 %",
			"R-2,Sorvenne Foundry,Brelk Capital,20 %",
			"R-3,Ulmara College,Qorvath Trust,90 %",
			"R-4,Brelk Capital,,")
		if rows := sheetRows(t, book, "Changes since last run"); !strings.Contains(rows, "grade raised") || !strings.Contains(rows, came+": 60 % (Velmora Holdings), at least 50 % is needed") {
			t.Errorf("the sheet's own report does not say it:\n%s", rows)
		}
		if r, changed := night("2026-11-11"); r.Night.Counts.Full != "" || len(changed) != 0 {
			t.Errorf("the night after: %+v", r.Night.Counts)
		}

		// The office takes the suspension to be prolonged.
		rule.InForce = rule.InForce[:1]
		o.env.Policy = with(rule)
		r, changed = night("2026-11-12")
		if c = changed["R-1"]; len(changed) != 2 || c.Grade != screening.Review || !strings.Contains(c.Causes[0].Why, "was in force until 2025-11-09; the row went from escalate to review") {
			t.Errorf("switched off again: %+v %+v", r.Night.Counts, c)
		}
	})
}

// sheetRows are the lines of a sheet of a workbook, cells by tabs.
func sheetRows(t *testing.T, path, sheet string) string {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.Join(row, "\t") + "\n")
	}
	return b.String()
}
