package store_test

import (
	"errors"
	"fmt"
	"testing"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// upload screens a sheet of rows on the nth day, all of one grade.
type upload struct {
	t    *testing.T
	s    *store.Store
	runs int
}

func partner(row int, reference, name string) *screening.Partner {
	return &screening.Partner{Place: screening.Place{Row: row}, Reference: reference, Parties: []screening.Party{{Role: screening.RolePartner, Name: name}}}
}

func (u *upload) sheet(file string, grade screening.Grade, partners ...*screening.Partner) *screening.Run {
	u.t.Helper()
	return u.rows(file, grade, true, partners...)
}

func (u *upload) rows(file string, grade screening.Grade, finish bool, partners ...*screening.Partner) *screening.Run {
	u.t.Helper()
	u.runs++
	run := &screening.Run{ID: fmt.Sprintf("run-%d", u.runs), Started: morning.AddDate(0, 0, u.runs), Inputs: []screening.Input{{File: file}}, By: "sam"}
	if err := u.s.StartRun(u.t.Context(), run); err != nil {
		u.t.Fatal(err)
	}
	var results []*screening.Result
	for _, p := range partners {
		c := *p
		c.File, c.Sheet = file, "Sheet1"
		r := &screening.Result{Partner: &c, Grade: grade}
		for range c.Parties {
			r.Parties = append(r.Parties, screening.PartyResult{Grade: grade, Matches: []screening.Match{}})
		}
		run.Counts.Add(r)
		results = append(results, r)
	}
	for range 2 { // a chunk may be added again
		if err := u.s.KeepResults(u.t.Context(), store.Upload{Run: run, Office: "Office"}, results); err != nil {
			u.t.Fatal(err)
		}
	}
	if finish {
		run.Finished = run.Started
		if err := u.s.FinishRun(u.t.Context(), run); err != nil {
			u.t.Fatal(err)
		}
	}
	return run
}

// want compares the collaborations with lines of reference, first party, row, state.
func (u *upload) want(what string, lines ...string) []*screening.Collaboration {
	u.t.Helper()
	got, err := u.s.Collaborations(u.t.Context(), store.CollaborationFilter{Office: "Office", Day: "2031-03-20"})
	if err != nil {
		u.t.Fatal(err)
	}
	var have []string
	for _, c := range got {
		state := "active"
		switch {
		case !c.Active("2031-03-20"):
			state = "over"
		case c.Missing:
			state = "missing"
		}
		have = append(have, fmt.Sprint(c.Partner.Reference, " ", c.Partner.Parties[0].Name, " ", c.Partner.File, ":", c.Partner.Row, " ", c.Grade, " ", state))
	}
	if fmt.Sprintf("%q", have) != fmt.Sprintf("%q", lines) {
		u.t.Errorf("%s:\n have %q\n want %q", what, have, lines)
	}
	return got
}

func TestUploadsUpdateRatherThanDuplicate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := &upload{t: t, s: s}
		u.sheet("a.csv", screening.Clear, partner(2, "P-1", "Ulmara College"), partner(3, "", "Brelk Institute"), partner(4, "P-2", "Sorvenne Works"))
		u.want("first", "P-1 Ulmara College a.csv:2 clear active", " Brelk Institute a.csv:3 clear active", "P-2 Sorvenne Works a.csv:4 clear active")

		// Moved, renamed under its reference, and one left out.
		u.sheet("a.csv", screening.Clear, partner(2, "", "BRELK Institute"), partner(3, "P-1", "Ulmara University"))
		u.want("again", "P-1 Ulmara University a.csv:3 clear active", " BRELK Institute a.csv:2 clear active", "P-2 Sorvenne Works a.csv:4 clear missing")

		// The same row in a file of another name is the same collaboration; another
		// party that happens to have the number there is not.
		u.sheet("b.csv", screening.Review, partner(2, "P-1", "Ulmara University"), partner(3, "P-2", "Kestoria Trading"))
		got := u.want("another file", "P-1 Ulmara University b.csv:2 review active", " BRELK Institute a.csv:2 clear active",
			"P-2 Sorvenne Works a.csv:4 clear missing", "P-2 Kestoria Trading b.csv:3 review active")
		if !got[0].Waiting || got[0].Run != "run-3" {
			t.Errorf("what its newest sheet found is not what it stands on: %+v", got[0])
		}
		history, err := s.CollaborationHistory(t.Context(), got[0].ID)
		if err != nil || len(history) != 2 || history[1].What != "changed" || history[1].Run != "run-2" {
			t.Errorf("history: %+v %v", history, err)
		}
		r, err := s.Standing(t.Context(), got[0].ID)
		if err != nil || r.Grade != screening.Review || r.Partner.Row != 2 || r.Partner.File != "b.csv" {
			t.Errorf("its result: %+v %v", r, err)
		}
	})
}

func TestRowsOfOneReferenceStayApart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := &upload{t: t, s: s}
		u.sheet("a.csv", screening.Clear, partner(2, "G-7", "Ulmara College"), partner(3, "G-7", "Brelk Institute"), partner(4, "", "Sorvenne Works"), partner(5, "", "Sorvenne Works"))
		u.want("first", "G-7 Ulmara College a.csv:2 clear active", "G-7 Brelk Institute a.csv:3 clear active",
			" Sorvenne Works a.csv:4 clear active", " Sorvenne Works a.csv:5 clear active")
		// In another order, one corrected, one more.
		u.sheet("a.csv", screening.Clear, partner(2, "G-7", "Kestoria Trading"), partner(3, "G-7", "Brelk Institute (PE)"), partner(4, "G-7", "Ulmara College"),
			partner(5, "", "Sorvenne Works"))
		u.want("again", "G-7 Ulmara College a.csv:4 clear active", "G-7 Kestoria Trading a.csv:2 clear active",
			" Sorvenne Works a.csv:5 clear active", " Sorvenne Works a.csv:5 clear missing", "G-7 Brelk Institute (PE) a.csv:3 clear active")
	})
}

func TestAnUploadThatBrokeOffLeavesNothingOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := &upload{t: t, s: s}
		u.sheet("a.csv", screening.Clear, partner(2, "P-1", "Ulmara College"), partner(3, "P-2", "Brelk Institute"))
		u.rows("a.csv", screening.Clear, false, partner(2, "P-1", "Ulmara College"))
		u.want("while it comes in", "P-1 Ulmara College a.csv:2 clear active", "P-2 Brelk Institute a.csv:3 clear active")
		run := u.rows("a.csv", screening.Clear, false, partner(2, "P-1", "Ulmara College"))
		run.Finished, run.Inputs[0].Error = run.Started, "row 3: the file ends in the middle"
		if err := s.FinishRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		u.want("broken off", "P-1 Ulmara College a.csv:2 clear active", "P-2 Brelk Institute a.csv:3 clear active")
		u.sheet("a.csv", screening.Clear, partner(2, "P-1", "Ulmara College"))
		u.want("to its end", "P-1 Ulmara College a.csv:2 clear active", "P-2 Brelk Institute a.csv:3 clear missing")
	})
}

func TestAPersonEndsCollaborations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := &upload{t: t, s: s}
		u.sheet("a.csv", screening.Review, partner(2, "P-1", "Ulmara College"), partner(3, "P-2", "Brelk Institute"))
		id := u.want("first", "P-1 Ulmara College a.csv:2 review active", "P-2 Brelk Institute a.csv:3 review active")[0].ID
		ending := screening.Ending{Who: "anna", Why: "the project is over", At: morning.AddDate(0, 0, 5)}
		if err := s.EndCollaboration(t.Context(), id, screening.Ending{Who: "anna"}); err == nil {
			t.Error("ended without a reason")
		}
		if err := s.EndCollaboration(t.Context(), id, ending); err != nil {
			t.Fatal(err)
		}
		if err := s.EndCollaboration(t.Context(), id, ending); !errors.Is(err, store.ErrConflict) {
			t.Errorf("ended twice: %v", err)
		}
		if err := s.EndCollaboration(t.Context(), 9999, ending); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("ended what is not there: %v", err)
		}
		got := u.want("ended", "P-1 Ulmara College a.csv:2 review over", "P-2 Brelk Institute a.csv:3 review active")
		if e := got[0].Ended; e == nil || *e != ending {
			t.Errorf("the ending: %+v", e)
		}
		// A sheet that still has the row is newer word.
		u.runs = 6
		u.sheet("a.csv", screening.Review, partner(2, "P-1", "Ulmara College"), partner(3, "P-2", "Brelk Institute"))
		u.want("in a sheet again", "P-1 Ulmara College a.csv:2 review active", "P-2 Brelk Institute a.csv:3 review active")
		history, err := s.CollaborationHistory(t.Context(), id)
		var what []string
		for _, h := range history {
			what = append(what, h.What+" "+h.Who)
		}
		if err != nil || fmt.Sprint(what) != "[first seen  ended anna in a sheet again sam]" {
			t.Errorf("history: %q %v", what, err)
		}
	})
}

func TestCollaborationsAreFoundByPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := &upload{t: t, s: s}
		var rows []*screening.Partner
		for i := range 25 {
			p := partner(i+2, fmt.Sprint("P-", i), fmt.Sprint("Ulmara College ", i))
			p.End = fmt.Sprint(2030 + i%2)
			rows = append(rows, p)
		}
		rows[7].Parties[0].Name = "Brelk_100%"
		u.sheet("a.csv", screening.Clear, rows[:20]...)
		u.sheet("b.csv", screening.Review, rows[20:]...)
		find := func(f store.CollaborationFilter) (refs []string) {
			f.Office, f.Day = "Office", "2031-01-01"
			for {
				page, err := s.Collaborations(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 0 {
					return refs
				}
				for _, c := range page {
					refs = append(refs, c.Partner.Reference)
				}
				f.After = page[len(page)-1].ID
			}
		}
		for name, c := range map[string]struct {
			f    store.CollaborationFilter
			want int
		}{
			"all, by page":            {store.CollaborationFilter{Limit: 4}, 25},
			"active":                  {store.CollaborationFilter{State: store.CollaborationsActive}, 12},
			"over":                    {store.CollaborationFilter{State: store.CollaborationsOver, Limit: 5}, 13},
			"missing":                 {store.CollaborationFilter{State: store.CollaborationsMissing}, 0},
			"unsure":                  {store.CollaborationFilter{State: store.CollaborationsUnsure}, 0},
			"by grade":                {store.CollaborationFilter{Grades: []screening.Grade{screening.Review, screening.Escalate}}, 5},
			"by name":                 {store.CollaborationFilter{Search: "LEGE 1"}, 11 - 0},
			"by a name with wildcard": {store.CollaborationFilter{Search: "k_100%"}, 1},
			"by reference":            {store.CollaborationFilter{Search: "p-24"}, 1},
		} {
			if got := find(c.f); len(got) != c.want {
				t.Errorf("%s: %d collaborations %v, want %d", name, len(got), got, c.want)
			}
		}
		counts, err := s.CountCollaborations(t.Context(), store.CollaborationFilter{Office: "Office", Day: "2031-01-01", State: store.CollaborationsActive})
		if err != nil || counts[screening.Clear] != 10 || counts[screening.Review] != 2 {
			t.Errorf("counts: %v %v", counts, err)
		}
		if page, err := s.Collaborations(t.Context(), store.CollaborationFilter{Office: "Another"}); err != nil || len(page) != 0 {
			t.Errorf("another office's: %d %v", len(page), err)
		}
	})
}
