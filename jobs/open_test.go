package jobs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// open are the open matches as lines of entity, grade, assignee, opened, due, state.
func (o *office) open() []string {
	o.t.Helper()
	all, err := jobs.OpenMatches(o.t.Context(), o.env)
	if err != nil {
		o.t.Fatal(err)
	}
	out := []string{}
	for _, m := range all {
		out = append(out, fmt.Sprintf("%s %s %s %s %s %s", m.Entity, m.Grade, m.Assignee, m.Opened[5:], m.Due[5:], m.State))
	}
	return out
}

func (o *office) counted(open, overdue int, oldest string) {
	o.t.Helper()
	got, err := jobs.CountOpen(o.t.Context(), o.env)
	if err != nil {
		o.t.Fatal(err)
	}
	if want := (store.OpenCount{Open: open, Overdue: overdue, Oldest: oldest}); *got != want {
		o.t.Errorf("on %s: %+v, want %+v", o.time.Format("Mon 01-02"), *got, want)
	}
}

func TestOpenMatches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s) // on Monday 2026-11-23
		o.env.Review = jobs.Review{
			People:     map[screening.Owner][]string{screening.LegalCompliance: {"lena@office.example", "rolf@office.example"}},
			RemindDays: 1,
		}
		o.list("w1|Kestoria Trading|Kestoria General|QA", "w2|Sorvenne Works||PE")
		sheet := []string{"Kestoria Trading Ltd,QA", "Sorvenne Works,PE", "Ulmara College,NO"}
		_, book := o.screen(sheet...)
		want := func(what string, lines ...string) {
			t.Helper()
			if lines == nil {
				lines = []string{}
			}
			if diff := cmp.Diff(lines, o.open()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		w1 := "w1 escalate lena@office.example 11-23 11-24"
		w2 := "w2 escalate lena@office.example 11-23 11-24"
		if got := o.open(); len(got) != 2 || !strings.HasPrefix(got[0], "w") {
			t.Fatalf("%v", got)
		}
		o.counted(2, 0, "2026-11-23")
		o.time = o.time.AddDate(0, 0, 2)
		o.counted(2, 2, "2026-11-23")

		// The same sheet again opens nothing twice.
		_, again := o.screen(sheet...)
		o.counted(2, 2, "2026-11-23")

		// Two people close one; the day it was opened does not change for the other.
		o.fill(book, "Sorvenne Works", "False positive", "Different place")
		o.decide(book, "ann")
		o.counted(2, 2, "2026-11-23") // one is not enough
		o.decide(book, "bob")
		want("one is decided", w1+" overdue")
		_ = again
		_ = w2

		// The listed party is corrected: another question, as old as the first.
		o.list("w1|Kestoria Trading|Kestoria General;Kestoria Co|QA", "w2|Sorvenne Works||PE")
		o.screen(sheet...)
		want("corrected", w1+" overdue")

		// Delisted.
		o.list("w2|Sorvenne Works||PE", "w3|Ostavia Foundry||SE")
		o.screen(sheet...)
		want("delisted")
		o.counted(0, 0, "")

		// Listed again: it begins anew, on a Wednesday.
		o.list("w1|Kestoria Trading|Kestoria General|QA", "w2|Sorvenne Works||PE")
		o.screen(sheet...)
		want("listed again", "w1 escalate lena@office.example 11-25 11-26 due soon")

		// A person takes it over, and only an open one.
		all, err := jobs.OpenMatches(t.Context(), o.env)
		if err != nil || len(all) != 1 || all[0].Second != "rolf@office.example" {
			t.Fatalf("%+v, %v", all, err)
		}
		if err := jobs.AssignMatch(t.Context(), o.env, all[0].Key, "gus@office.example"); err != nil {
			t.Fatal(err)
		}
		want("assigned", "w1 escalate gus@office.example 11-25 11-26 due soon")
		if err := jobs.AssignMatch(t.Context(), o.env, "nothing", "gus"); err == nil {
			t.Error("assigned a match that is not there")
		}
	})
}

func TestOpenMatchesEndWithTheCollaboration(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.list("w1|Kestoria Trading||QA")
	o.screen("Kestoria Trading,QA")
	o.counted(1, 0, "2026-11-23")
	all, err := jobs.Collaborations(t.Context(), o.env, store.CollaborationFilter{})
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	if err := jobs.EndCollaboration(t.Context(), o.env, all[0].ID, "sam", "the grant ran out"); err != nil {
		t.Fatal(err)
	}
	if err := jobs.SyncOpen(t.Context(), o.env); err != nil {
		t.Fatal(err)
	}
	o.counted(0, 0, "")
}

func TestDueDaysAreWorkingDays(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.env.Review.Days = map[screening.Grade]int{screening.Escalate: 3}
	o.time = time.Date(2026, 11, 27, 22, 0, 0, 0, time.UTC) // a Friday
	o.list("w1|Kestoria Trading||QA")
	o.screen("Kestoria Trading,QA")
	if got := o.open(); len(got) != 1 || got[0] != "w1 escalate  11-27 12-02 open" {
		t.Errorf("%q, want it due on Wednesday", got)
	}
}

func TestSummaryCountsOpenMatches(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.list("w1|Kestoria Trading||QA")
	o.screen("Kestoria Trading,QA")
	o.time = o.time.AddDate(0, 0, 7)
	run, book := o.screen("Kestoria Trading,QA", "Ulmara College,NO")
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(rows)
	for _, want := range []string{"[Open Flagged, in a collaboration that goes on, and no decision closes it. 1]", "[Overdue Open beyond the day the office set for its grade. 1]", "Open since 2026-11-23."} {
		if !strings.Contains(text, want) {
			t.Errorf("the Summary does not say %q:\n%s", want, text)
		}
	}
	// Written again much later, it says what it said.
	o.time = o.time.AddDate(0, 1, 0)
	var b strings.Builder
	if err := jobs.WriteRun(t.Context(), o.env, run.ID, &b, "xlsx"); err != nil {
		t.Fatal(err)
	}
	later := filepath.Join(t.TempDir(), "later.xlsx")
	if err := os.WriteFile(later, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	g, err := excelize.OpenFile(later)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	again, err := g.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows, again); diff != "" {
		t.Errorf("a month later (-then +now):\n%s", diff)
	}
}
