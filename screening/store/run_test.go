package store_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// clearRow is a row of the sheet "Partners" in partners.xlsx with one party and nothing likely.
func clearRow(row int) *screening.Result {
	return &screening.Result{
		Partner: &screening.Partner{
			Place:   screening.Place{File: "partners.xlsx", Sheet: "Partners", Row: row},
			Parties: []screening.Party{{Role: screening.RolePartner, Name: "University of Nowhere", Country: "XB"}},
		},
		Grade: screening.Clear, Stakes: screening.Standard,
		Parties: []screening.PartyResult{{Grade: screening.Clear, Matches: []screening.Match{}}},
	}
}

// flaggedRow is a row with every field filled: a party with two matches and a person with none.
func flaggedRow(row int) *screening.Result {
	r := clearRow(row)
	r.Grade, r.Stakes = screening.Escalate, screening.Enhanced
	p := r.Partner
	p.Reference, p.Project, p.Start, p.End, p.Status = "R-17", "Optics of ice", "2030-01", "2032", "active"
	p.Answers = screening.Answers{screening.AskShared: {Text: "Geräte", Words: []string{screening.Equipment}}}
	r.Work = &screening.WorkFound{
		Sharing:   screening.SharingItems,
		Rules:     []screening.WorkRule{{Name: "dual use", Stakes: screening.Enhanced, Owner: screening.Ethics, Why: "said so", Source: "Art. 4"}},
		Questions: []screening.Question{{Ask: screening.AskFunder, Text: "Who pays?", Owner: screening.SponsoredPrograms, Now: screening.Review, Could: screening.Note, Because: "a match"}},
	}
	p.Notes = []string{"column End: \"?\" is no date"}
	p.Parties = []screening.Party{
		{
			Role: screening.RoleParent, Name: "Qorvath Institute", Country: "XA", City: "Zelmar", Address: "1 Long Road", Website: "qorvath.example",
			Identifiers: []screening.Identifier{{Kind: "registration", Value: "0077", Country: "XA"}}, Notes: []string{"two names in a cell"},
			Registry: "https://ror.org/01example by id", Via: "funder's parent, by ROR from https://ror.org/02example",
		},
		{Role: screening.RolePerson, Name: "Ilka Vorn", BirthDate: "1965-03"},
	}
	m := screening.Match{
		List: "zz_test", Entity: "a", Name: "Qorvath Institute of Optics", Matched: "QORVATH INST.", Score: 0.9312, Strength: screening.Strong,
		Control: screening.ExportDenial, Owner: screening.ExportControl, Grade: screening.Escalate, Rule: "asset freeze or export denial",
		Listings: entity("a", "Qorvath").Listings,
		Evidence: []screening.Evidence{
			{Feature: "name", Direction: screening.For, Score: 0.9812, Query: "Qorvath Institute", Candidate: "QORVATH INST."},
			{Feature: "city", Direction: screening.Against, Score: -0.05, Query: "Zelmar", Candidate: "Oster", Detail: "other city"},
			{Feature: "birth_date", Direction: screening.Missing, Detail: "not published"},
		},
	}
	dismissed := m
	dismissed.Entity, dismissed.Score, dismissed.Grade = "b", 0.8, screening.Note
	dismissed.Decision = &screening.Decision{ID: "d1", Verdict: screening.FalsePositive, Reason: "other_place", Reviewer: "A. Reviewer", Made: morning, Expires: morning.AddDate(1, 0, 0)}
	nearest := m
	nearest.Score, nearest.Strength, nearest.Grade = 0.71, screening.Weak, screening.Note
	r.Parties = []screening.PartyResult{
		{Grade: screening.Escalate, Matches: []screening.Match{m, dismissed}, Nearest: &nearest, Notes: []string{"not screened against zz_other"}},
		{Grade: screening.Clear, Matches: []screening.Match{}},
	}
	return r
}

func rejectedRow(row int) *screening.Result {
	return &screening.Result{Partner: &screening.Partner{
		Place: screening.Place{File: "partners.xlsx", Sheet: "Partners", Row: row}, Error: "no party in the row",
	}}
}

func newRun(id string) *screening.Run {
	return &screening.Run{
		ID: id, Started: morning, Version: "v0.1.0",
		Inputs:     []screening.Input{{File: "partners.xlsx", Hash: "aa"}},
		Editions:   []screening.EditionUsed{{Edition: screening.Edition{List: "zz_test", Seq: 2, Hash: "h2", Fetched: morning, State: screening.EditionGood}, Title: "A test list", Controls: []screening.Control{screening.AssetFreeze}, Bearing: screening.Binding}},
		NotChecked: []string{"people, for no column was mapped to them"},
		Policy:     screening.DefaultPolicy(),
	}
}

// finish counts results, with the run's files and sheets as they were read, and closes the run.
func finish(t testing.TB, s *store.Store, run *screening.Run, results []*screening.Result) {
	t.Helper()
	run.Counts = screening.Counts{}
	for _, r := range results {
		run.Counts.Add(r)
	}
	run.Finished = run.Started.Add(90_000_000_000)
	if err := s.FinishRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
}

func TestRunComesBackWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		run := newRun("2031-03-04-a")
		if err := s.StartRun(ctx, run); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Run(ctx, run.ID); err != nil || !got.Finished.IsZero() {
			t.Fatalf("a run that goes on: %+v, %v", got, err)
		}
		withCells := flaggedRow(3)
		withCells.Partner.Cells = []screening.Cell{{Header: "Salary", Value: "12"}}
		results := []*screening.Result{clearRow(2), withCells, rejectedRow(7), clearRow(8)}
		if err := s.AddResults(ctx, run.ID, results[2:]); err != nil { // chunks may come in any order
			t.Fatal(err)
		}
		if err := s.AddResults(ctx, run.ID, results[:2]); err != nil {
			t.Fatal(err)
		}
		run.Inputs[0].Sheets = []screening.Sheet{{Name: "Partners", HeaderRow: 1, Columns: []screening.MappedColumn{{Header: "Name", Role: "Partner"}}, Ignored: []string{"Salary"}}}
		run.Inputs = append(run.Inputs, screening.Input{File: "broken.xls", Error: "a .xls file; save it as .xlsx"})
		finish(t, s, run, results)

		got, err := s.Run(ctx, run.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Results) != 64 {
			t.Errorf("the digest of its results is %q", got.Results)
		}
		run.Results = got.Results
		if diff := cmp.Diff(run, got); diff != "" {
			t.Errorf("run (-want +got):\n%s", diff)
		}
		want := []*screening.Result{clearRow(2), flaggedRow(3), rejectedRow(7), clearRow(8)} // without the cells
		if diff := cmp.Diff(want, collect(t, s.Results(ctx, run.ID))); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
	})
}

// What the nouns have, the tables have: a field added to one of them and not
// kept here fails this.
func TestEveryFieldIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, n := t.Context(), 0
		run, result := new(screening.Run), new(screening.Result)
		fill(t, reflect.ValueOf(run).Elem(), &n)
		fill(t, reflect.ValueOf(result).Elem(), &n)
		run.Counts.RowsIn, run.Counts.RowsScreened, run.Counts.RowsRejected = 1, 0, 1 // result.Partner.Error is filled
		if err := s.StartRun(ctx, run); err != nil {
			t.Fatal(err)
		}
		if err := s.AddResults(ctx, run.ID, []*screening.Result{result}); err != nil {
			t.Fatal(err)
		}
		if err := s.FinishRun(ctx, run); err != nil {
			t.Fatal(err)
		}
		stored := mustRun(t, s, run.ID)
		run.Results = stored.Results // of seals under salts
		if diff := cmp.Diff(run, stored); diff != "" {
			t.Errorf("run (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]*screening.Result{result}, collect(t, s.Results(ctx, run.ID))); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}

		ed := new(screening.Edition)
		fill(t, reflect.ValueOf(ed).Elem(), &n)
		ed.List, ed.Accepted = "zz_test", nil // an acceptance is not imported
		keep(t, s, ed, entity("a", "Qorvath"))
		got, err := s.Edition(ctx, "zz_test")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(ed, got); diff != "" {
			t.Errorf("edition (-want +got):\n%s", diff)
		}
	})
}

func TestResultsComeInInputOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		run := newRun("r1")
		run.Inputs = []screening.Input{
			{File: "z.xlsx", Sheets: []screening.Sheet{{Name: "b"}, {Name: "B"}, {Name: "a"}}},
			{File: "a.csv", Sheets: []screening.Sheet{{Name: ""}}},
		}
		if err := s.StartRun(ctx, run); err != nil {
			t.Fatal(err)
		}
		var want []screening.Place
		for _, in := range run.Inputs {
			for _, sheet := range in.Sheets {
				for _, row := range []int{2, 3, 10, 1200} {
					want = append(want, screening.Place{File: in.File, Sheet: sheet.Name, Row: row})
				}
			}
		}
		backwards := slices.Clone(want)
		slices.Reverse(backwards)
		for chunk := range slices.Chunk(backwards, 3) {
			var results []*screening.Result
			for _, place := range chunk {
				r := clearRow(0)
				r.Partner.Place = place
				results = append(results, r)
			}
			if err := s.AddResults(ctx, run.ID, results); err != nil {
				t.Fatal(err)
			}
		}
		var got []screening.Place
		for _, r := range collect(t, s.Results(ctx, run.ID)) {
			got = append(got, r.Partner.Place)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("places (-want +got):\n%s", diff)
		}
	})
}

func TestResultsLongerThanAPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		run := newRun("r1")
		if err := s.StartRun(ctx, run); err != nil {
			t.Fatal(err)
		}
		var want []*screening.Result
		for row := 2; row < 2+2000; row++ { // two pages to the row
			r := clearRow(row)
			if row%33 == 0 {
				r = flaggedRow(row)
			}
			want = append(want, r)
		}
		if err := s.AddResults(ctx, run.ID, want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, collect(t, s.Results(ctx, run.ID))); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
		for _, from := range []int{0, 1, 999, 1000, 1500, 1999} {
			if diff := cmp.Diff(want[from+1:], collect(t, s.ResultsAfter(ctx, run.ID, want[from].Partner.Place)), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("results after the %dth (-want +got):\n%s", from+1, diff)
			}
		}
		if err := firstError(s.ResultsAfter(ctx, run.ID, screening.Place{File: "another.csv", Row: 1})); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("results after a row of another sheet: %v, want ErrNotFound", err)
		}
		// Reading stops when the reader does, and writing while reading does not wait.
		n := 0
		for _, err := range s.Results(ctx, run.ID) {
			if err != nil {
				t.Fatal(err)
			}
			if err := s.AddResults(ctx, run.ID, []*screening.Result{clearRow(9000 + n)}); err != nil {
				t.Fatal(err)
			}
			if n++; n == 3 {
				break
			}
		}
	})
}

func TestAddingTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		run := newRun("r1")
		if err := s.StartRun(ctx, run); err != nil {
			t.Fatal(err)
		}
		rows := []*screening.Result{clearRow(2), flaggedRow(3)}
		for range 2 { // a job that is done again
			if err := s.AddResults(ctx, run.ID, rows); err != nil {
				t.Fatal(err)
			}
		}
		if got := collect(t, s.Results(ctx, run.ID)); len(got) != 2 {
			t.Errorf("%d rows after adding 2 twice", len(got))
		}
		// Two files of one name would hide each other's rows.
		other := clearRow(2)
		other.Partner.Parties[0].Name = "University of Elsewhere"
		for name, chunk := range map[string][]*screening.Result{
			"another result for a kept row":    {clearRow(5), other},
			"two results for one row":          {clearRow(6), func() *screening.Result { r := clearRow(6); r.Partner.Project = "x"; return r }()},
			"another result, rejected instead": {rejectedRow(3)},
		} {
			if err := s.AddResults(ctx, run.ID, chunk); !errors.Is(err, store.ErrConflict) {
				t.Errorf("%s: %v, want ErrConflict", name, err)
			}
		}
		if got := collect(t, s.Results(ctx, run.ID)); len(got) != 2 {
			t.Errorf("%d rows after refused chunks, want 2", len(got))
		}
		if err := s.StartRun(ctx, newRun("r1")); !errors.Is(err, store.ErrConflict) {
			t.Errorf("starting it again: %v, want ErrConflict", err)
		}
		if err := s.AddResults(ctx, run.ID, nil); err != nil {
			t.Errorf("adding nothing: %v", err)
		}
	})
}

func TestFinishRunCountsRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		run := newRun("r1")
		if err := s.StartRun(ctx, run); err != nil {
			t.Fatal(err)
		}
		if err := s.AddResults(ctx, run.ID, []*screening.Result{clearRow(2), rejectedRow(3)}); err != nil {
			t.Fatal(err)
		}
		run.Finished = morning
		for name, counts := range map[string]screening.Counts{
			"a row was lost":             {RowsIn: 3, RowsScreened: 2, RowsRejected: 1},
			"rejected taken as screened": {RowsIn: 2, RowsScreened: 2},
			"does not add up":            {RowsIn: 2, RowsScreened: 2, RowsRejected: 1},
		} {
			run.Counts = counts
			if err := s.FinishRun(ctx, run); !errors.Is(err, store.ErrConflict) {
				t.Errorf("%s: %v, want ErrConflict", name, err)
			}
		}
		if got, err := s.Run(ctx, run.ID); err != nil || !got.Finished.IsZero() {
			t.Errorf("the run is finished at %v (%v), want unfinished", got.Finished, err)
		}
		finish(t, s, run, []*screening.Result{clearRow(2), rejectedRow(3)})
		never := newRun("r2")
		never.Finished = morning
		if err := s.FinishRun(ctx, never); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("finishing what was never started: %v, want ErrNotFound", err)
		}
	})
}

func TestRunsNewestFirstAndDelete(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for i, id := range []string{"r1", "r2", "r3"} {
			run := newRun(id)
			run.Started = morning.AddDate(0, 0, i)
			if err := s.StartRun(ctx, run); err != nil {
				t.Fatal(err)
			}
			if err := s.AddResults(ctx, id, []*screening.Result{flaggedRow(2)}); err != nil {
				t.Fatal(err)
			}
		}
		ids := func(limit int) (out []string) {
			runs, err := s.Runs(ctx, limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range runs {
				out = append(out, r.ID)
			}
			return out
		}
		if got := ids(2); !slices.Equal(got, []string{"r3", "r2"}) {
			t.Errorf("the two newest runs: %v", got)
		}
		if err := s.DeleteRun(ctx, "r2"); err != nil {
			t.Fatal(err)
		}
		if got := ids(10); !slices.Equal(got, []string{"r3", "r1"}) {
			t.Errorf("runs after deleting r2: %v", got)
		}
		db, _ := s.DB()
		for _, table := range []string{"run_inputs", "run_editions", "run_sheets", "run_rows", "run_parties", "run_matches"} {
			var n, of3 int
			if err := db.QueryRowContext(ctx, "select count(*) from "+table).Scan(&n); err != nil {
				t.Fatal(err)
			}
			switch of3 = 2; table {
			case "run_parties", "run_matches":
				of3 = 4
			}
			if n != of3 {
				t.Errorf("%d rows in %s after deleting one run of three, want %d", n, table, of3)
			}
		}
	})
}

func TestBytesPostgresRefuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		run := newRun("r1")
		run.NotChecked = []string{"nul\x00 and \xff and \\u0000"}
		if err := s.StartRun(ctx, run); err != nil {
			t.Fatal(err)
		}
		r := flaggedRow(2)
		r.Partner.Parties[0].Name = "Qor\x00vath \xff Institute"
		r.Partner.Parties[0].Notes = []string{"bad\x00 \xc3"}
		r.Parties[0].Matches[0].Evidence[0].Query = "Qor\x00vath \xff"
		r.Partner.Project = "C:\\u0000\\files" // a backslash, not an escape
		r.Partner.Notes = []string{"C:\\u0000\\files"}
		for range 2 {
			if err := s.AddResults(ctx, run.ID, []*screening.Result{r}); err != nil {
				t.Fatal(err)
			}
		}
		got := collect(t, s.Results(ctx, run.ID))[0]
		for what, c := range map[string][2]string{
			"name":          {got.Partner.Parties[0].Name, "Qorvath \uFFFD Institute"},
			"note":          {got.Partner.Parties[0].Notes[0], "bad \uFFFD"},
			"evidence":      {got.Parties[0].Matches[0].Evidence[0].Query, "Qorvath \uFFFD"},
			"plain text":    {got.Partner.Project, "C:\\u0000\\files"},
			"text in JSON":  {got.Partner.Notes[0], "C:\\u0000\\files"},
			"text of a run": {mustRun(t, s, "r1").NotChecked[0], "nul and \uFFFD and \\u0000"},
		} {
			if c[0] != c[1] {
				t.Errorf("%s: %q, want %q", what, c[0], c[1])
			}
		}
		bad := entity("a", "Qor\x00vath \xff")
		keep(t, s, edition("h1", 0), bad)
		e := collect(t, s.Entities(ctx, "zz_test", 1))[0]
		if e.Name() != "Qorvath \uFFFD" {
			t.Errorf("entity: %q", e.Name())
		}
		// The cleaned entity is the same one when it is imported again.
		if diff := keep(t, s, edition("h2", 1), e); diff != (store.Difference{Unchanged: 1}) {
			t.Errorf("importing what was read back: %+v, want unchanged", diff)
		}
	})
}

func mustRun(t testing.TB, s *store.Store, id string) *screening.Run {
	t.Helper()
	run, err := s.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// A seal is made of the value in hand and checked on what is read back: both
// must come to the same, whatever a result holds.
func TestASealIsOfWhatIsReadBack(t *testing.T) {
	full, n := new(screening.Result), 0
	fill(t, reflect.ValueOf(full).Elem(), &n)
	empty := flaggedRow(2)
	empty.Partner.Notes, empty.Partner.Terms, empty.Parties[0].Notes = []string{}, []string{}, []string{}
	empty.Partner.Answers = screening.Answers{}
	empty.Parties[0].Matches[0].Evidence, empty.Parties[0].Matches[0].Changes = []screening.Evidence{}, []string{}
	elsewhere := flaggedRow(3)
	elsewhere.Parties[0].Matches[0].Decision = &screening.Decision{Made: time.Now().In(time.FixedZone("", 5400))}
	none := flaggedRow(4)
	none.Parties[0].Matches = []screening.Match{}
	for what, r := range map[string]*screening.Result{"full": full, "empty": empty, "another zone's time": elsewhere, "no match": none} {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		back := new(screening.Result)
		if err := json.Unmarshal(b, back); err != nil {
			t.Fatal(err)
		}
		if r.Seal([]string{"c"}) != back.Seal([]string{"c"}) {
			t.Errorf("%s: the seal changes by reading back", what)
		}
		for i := range r.Parties {
			if r.Commitment(i, "salt") != back.Commitment(i, "salt") {
				t.Errorf("%s: the commitment of party %d changes by reading back", what, i)
			}
		}
	}
}
