package jobs_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// office is a research office with one watch list and one sheet, at a time
// that stands still.
type office struct {
	t    *testing.T
	env  *jobs.Env
	dir  string
	time time.Time
}

func newOffice(t *testing.T, s *store.Store) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), time: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	card, err := lists.Custom(lists.CustomConfig{ID: "watch", Format: "targets.simple.csv", Control: "asset_freeze"})
	if err != nil {
		t.Fatal(err)
	}
	o.env = &jobs.Env{
		Store: s, Cards: []lists.Card{card}, Policy: screening.DefaultPolicy(), MaxAge: 10 * 24 * time.Hour,
		Version: "test", Actor: "sam", Now: func() time.Time { return o.time },
	}
	return o
}

// list publishes the watch list and refreshes it: lines of id, name, aliases, countries.
func (o *office) list(lines ...string) {
	o.t.Helper()
	out, err := jobs.Refresh(o.t.Context(), o.env, jobs.RefreshOptions{From: o.publish(lines...)})
	if err != nil || !out[0].OK() {
		o.t.Fatalf("refresh: %v %+v", err, out)
	}
}

// publish writes the watch list and returns the folder to read it from.
func (o *office) publish(lines ...string) string {
	o.t.Helper()
	var b strings.Builder
	b.WriteString("id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,program_ids,dataset,first_seen,last_seen,last_change\n")
	for _, l := range lines {
		f := strings.Split(l, "|")
		fmt.Fprintf(&b, "%s,Organization,%s,%s,,%s,,,,,,,,,,\n", f[0], f[1], f[2], f[3])
	}
	dir := filepath.Join(o.dir, "lists", "watch")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		o.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "targets.simple.csv"), []byte(b.String()), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return filepath.Join(o.dir, "lists")
}

// screen screens a sheet of lines and returns the run and its workbook.
func (o *office) screen(lines ...string) (*screening.Run, string) {
	o.t.Helper()
	return o.screenUnder("Partner,Country", lines...)
}

// screenUnder is the same under a header of one's own.
func (o *office) screenUnder(header string, lines ...string) (*screening.Run, string) {
	o.t.Helper()
	sheet := filepath.Join(o.dir, "sheet.csv")
	if err := os.WriteFile(sheet, []byte(header+"\n"+strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		o.t.Fatal(err)
	}
	s, err := jobs.Screen(o.t.Context(), o.env, jobs.ScreenOptions{Files: []string{sheet}})
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var b bytes.Buffer
	if err := s.Write(o.t.Context(), &b, "xlsx"); err != nil {
		o.t.Fatal(err)
	}
	path := filepath.Join(o.dir, s.Run.ID+".xlsx")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return s.Run, path
}

// fill writes a verdict into every line of Review whose party has the name.
func (o *office) fill(path, party, verdict, reason string) {
	o.t.Helper()
	o.fillIn(path, party, map[string]string{"Verdict": verdict, "Reason": reason, "Reviewer": "R. Reviewer", "Note": "seen"})
}

// fillIn writes values by column into every line of Review whose party has the name.
func (o *office) fillIn(path, party string, values map[string]string) {
	o.t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("Review")
	if err != nil {
		o.t.Fatal(err)
	}
	column := map[string]int{}
	filled := 0
	for r, row := range rows {
		if len(column) == 0 {
			for c, h := range row {
				column[strings.TrimSuffix(h, " (required)")] = c
			}
			if _, ok := column["Verdict"]; !ok {
				clear(column)
			}
			continue
		}
		if c := column["Party"]; c >= len(row) || row[c] != party {
			continue
		}
		for h, v := range values {
			cell, err := excelize.CoordinatesToCellName(column[h]+1, r+1)
			if err != nil {
				o.t.Fatal(err)
			}
			if err := f.SetCellStr("Review", cell, v); err != nil {
				o.t.Fatal(err)
			}
		}
		filled++
	}
	if filled == 0 {
		o.t.Fatalf("no line of Review is about %s; the columns are %v", party, column)
	}
	if err := f.Save(); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) decide(path, actor string) *jobs.Decided {
	o.t.Helper()
	d, err := jobs.Decide(o.t.Context(), o.env, path, actor)
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

func TestDecisionsComeHome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.list("w1|Kestoria Trading|Kestoria General|QA", "w2|Sorvenne Works||PE")
		sheet := []string{"Kestoria Trading Ltd,QA", "Sorvenne Works,PE", "Ulmara College,NO"}
		run, book := o.screen(sheet...)
		if run.Counts.Rows[screening.Escalate] != 2 || run.Counts.Rows[screening.Clear] != 1 {
			t.Fatalf("before: %v", run.Counts.Rows)
		}
		o.fill(book, "Kestoria Trading Ltd", "False positive", "Different place")

		// The submitter cannot close it, one other person is not enough, two are.
		if d := o.decide(book, "sam"); d.Applied != 0 || len(d.Problems) != 1 {
			t.Errorf("by the submitter: %+v", d)
		}
		if d := o.decide(book, "anna"); d.Applied != 1 || d.Waiting != 1 || d.Undecided != 1 {
			t.Errorf("by one person: %+v", d)
		}
		if run, _ := o.screen(sheet...); run.Counts.Rows[screening.Escalate] != 2 {
			t.Errorf("after one person: %v", run.Counts.Rows)
		}
		if d := o.decide(book, "ben"); d.Applied != 1 || d.Waiting != 0 {
			t.Errorf("by the second person: %+v", d)
		}
		if d := o.decide(book, "ben"); d.Applied != 0 || d.Unchanged != 1 {
			t.Errorf("applied twice: %+v", d)
		}
		run, _ = o.screen(sheet...)
		if run.Counts.Rows[screening.Escalate] != 1 || run.Counts.Rows[screening.Note] != 1 {
			t.Errorf("after two people: %v", run.Counts.Rows)
		}

		// One changed alias brings exactly that match back, and the old workbook no longer fits it.
		o.list("w1|Kestoria Trading|Kestoria Holding|QA", "w2|Sorvenne Works||PE")
		run, _ = o.screen(sheet...)
		if run.Counts.Rows[screening.Escalate] != 2 {
			t.Errorf("after the alias changed: %v", run.Counts.Rows)
		}
		for r, err := range s.Results(t.Context(), run.ID) {
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range r.Parties {
				for _, m := range p.Matches {
					again := m.Decision != nil && strings.Contains(m.Decision.Reopened, `"Kestoria Holding" added`)
					if again != (m.Entity == "w1") {
						t.Errorf("%s comes back with %+v", m.Entity, m.Decision)
					}
				}
			}
		}
		o.fill(book, "Sorvenne Works", "False positive", "Different place")
		if d := o.decide(book, "cleo"); len(d.Problems) != 1 || d.Applied != 1 {
			t.Errorf("a stale line beside a fresh one: %+v", d)
		}
	})
}

func TestRevokedDecisionsShowTheMatchAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.list("w1|Kestoria Trading||QA")
		_, book := o.screen("Kestoria Trading,QA")
		o.fill(book, "Kestoria Trading", "False positive", "Different place")
		o.decide(book, "anna")
		o.decide(book, "ben")
		if run, _ := o.screen("Kestoria Trading,QA"); run.Counts.Rows[screening.Note] != 1 {
			t.Fatalf("after the decision: %v", run.Counts.Rows)
		}
		var id string
		for d, err := range jobs.Decisions(t.Context(), o.env, jobs.DecisionsOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			id = d.ID
		}
		o.time = o.time.Add(time.Hour)
		if err := jobs.RevokeDecision(t.Context(), o.env, id, "anna", "new information"); err != nil {
			t.Fatal(err)
		}
		if run, _ := o.screen("Kestoria Trading,QA"); run.Counts.Rows[screening.Escalate] != 1 {
			t.Errorf("after the revocation: %v", run.Counts.Rows)
		}
	})
}

func TestTheReportSaysWhatChangedSinceTheLastRun(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.list("w1|Kestoria Trading||QA", "w2|Sorvenne Works||PE")
	o.screen("Kestoria Trading,QA", "Brelk Turbines,NO", "Sorvenne Works,PE")
	o.time = o.time.Add(time.Hour)
	o.list("w2|Sorvenne Works||PE", "w3|Brelk Turbines||NO")
	_, book := o.screen("Sorvenne Works,PE", "Kestoria Trading,QA", "Brelk Turbines,NO")
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("Changes since last run")
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, row := range rows {
		text = append(text, strings.Join(row, "|"))
	}
	all := strings.Join(text, "\n")
	for _, want := range []string{"Brelk Turbines", "Kestoria Trading"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing is said of %s:\n%s", want, all)
		}
	}
	if strings.Contains(all, "Sorvenne") {
		t.Errorf("a row that only moved is called changed:\n%s", all)
	}
}
