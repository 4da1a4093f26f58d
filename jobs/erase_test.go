package jobs_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// withPersons is an office whose sheet, of work that ends with 2026, names the
// same person in a clear row and in one to escalate, and has a trader of whom it was
// decided twice that it is another.
func withPersons(t *testing.T, s *store.Store) (*office, *screening.Run) {
	t.Helper()
	o := newOffice(t, s)
	o.env.Retention = jobs.DefaultRetention
	o.env.Reports = filepath.Join(o.dir, "reports")
	o.list("w1|Kestoria Trading||QA", "w2|Sorvenne Works||PE")
	var err error
	if o.env.Columns, err = intake.ParseColumns([]string{"Person=Lead"}); err != nil {
		t.Fatal(err)
	}
	run, book := o.screenUnder("Partner,Country,Lead,End", "Ulmara College,NO,Ilse Quandt,2026-12-31", "Kestoria Trading,QA,Ilse Quandt,2026-12-31",
		"Mirelda Optics,NO,Tove Hald,2026-12-31", "Sorvenne Works,PE,,2026-12-31")
	o.fill(book, "Sorvenne Works", "False positive", "Different place")
	for _, who := range []string{"anna", "ben"} {
		if d := o.decide(book, who); d.Applied != 1 || len(d.Problems) > 0 {
			t.Fatalf("%+v", d)
		}
	}
	if err := os.MkdirAll(o.env.Reports, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(o.env.Reports, "rescreen-"+run.ID+".xlsx"), []byte("a report of it"), 0o600); err != nil {
		t.Fatal(err)
	}
	return o, run
}

func (o *office) erase(opts jobs.EraseOptions) *jobs.Erased {
	o.t.Helper()
	if opts.Why == "" {
		opts.Why = "asked for on paper, file 17"
	}
	out, err := jobs.Erase(o.t.Context(), o.env, opts)
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

// stays are the reasons why something is not erased, each once.
func stays(e *jobs.Erased) (out []string) {
	for _, k := range e.Stays {
		out = append(out, strings.TrimSuffix(k.Why+", until "+k.Until.Format(time.DateOnly), ", until 0001-01-01"))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestErasureIsRefusedAgainstADuty(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o, run := withPersons(t, s)
		ilse := jobs.EraseOptions{Names: []string{"QUANDT, Ilse"}}
		// While the work goes on nothing goes.
		if e := o.erase(ilse); e.Parties+e.Collaborations+len(e.Files) != 0 || len(e.Stays) != 4 || !strings.Contains(strings.Join(stays(e), "\n"), "is active") {
			t.Errorf("of active work: %+v", e)
		}
		o.time = time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)
		o.env.Retention.Hold = []string{run.ID + ": a claim of the funder"}
		if e := o.erase(ilse); e.Parties != 0 || stays(e)[0] != "under hold: a claim of the funder" {
			t.Errorf("under hold: %+v", e)
		}
		o.env.Retention.Hold = nil
		const law = "retention.record_years: 10 years from the end of collaboration (31 CFR 501.601), until 2036-12-31"
		dry := ilse
		dry.DryRun = true
		for _, opts := range []jobs.EraseOptions{dry, ilse} {
			// The record of the clear row stays, and the name in it goes; the row to escalate is owed whole.
			if e := o.erase(opts); e.Parties != 1 || e.Collaborations != 2 || len(e.Files) != 1 || len(e.Stays) != 1 || stays(e)[0] != law {
				t.Errorf("after its end: %+v", e)
			}
		}
		// With names that are kept as long as the record, the clear row is owed too.
		o.env.Retention.PersonMonths = 0
		if e := o.erase(jobs.EraseOptions{Names: []string{"Tove Hald"}}); e.Parties != 0 || e.Collaborations != 1 || stays(e)[0] != law {
			t.Errorf("of an office that keeps names: %+v", e)
		}
		// A decision stays with the rows it explains.
		if e := o.erase(jobs.EraseOptions{Names: []string{"Sorvenne Works"}}); e.Decisions != 0 || len(e.Stays) != 3 || stays(e)[0] != law {
			t.Errorf("of whom it was decided: %+v", e)
		}
		for _, wrong := range []jobs.EraseOptions{{Why: "x"}, {Names: []string{"Ilse Quandt"}, Why: " "}, {Names: []string{"Ilse Quandt"}, Why: "Ilse Quandt asked"}} {
			if _, err := jobs.Erase(t.Context(), o.env, wrong); err == nil {
				t.Errorf("taken: %+v", wrong)
			}
		}
		lines, err := s.Audit(t.Context(), store.AuditFilter{Subject: store.SubjectOfErasures})
		if err != nil || len(lines) == 0 {
			t.Fatal(err, len(lines))
		}
		for _, e := range lines {
			if b, _ := json.Marshal(e); strings.Contains(string(b), "Quandt") || e.Actor != "sam" || !strings.Contains(string(b), "file 17") {
				t.Errorf("the audit trail: %s", b)
			}
		}
	})
}

// TestErasedIsNowhere looks for a name in every byte that is kept once no law asks for it.
func TestErasedIsNowhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o, run := withPersons(t, s)
		o.env.Retention.Laws = []jobs.RetentionLaw{{Name: "a short one", Years: 1, From: jobs.FromEnd, Source: "its text"}}
		o.time = time.Date(2028, 2, 1, 9, 0, 0, 0, time.UTC)
		e := o.erase(jobs.EraseOptions{Names: []string{"Ilse Quandt", "Sorvenne Works"}})
		if e.Parties != 3 || e.Decisions != 2 || e.Collaborations != 3 || len(e.Stays) != 0 {
			t.Fatalf("%+v", e)
		}
		if again := o.erase(jobs.EraseOptions{Names: []string{"Ilse Quandt", "Sorvenne Works"}, DryRun: true}); again.Parties+again.Decisions+again.Collaborations != 0 {
			t.Errorf("it is found again: %+v", again)
		}
		archive := filepath.Join(t.TempDir(), "b.zip")
		if _, err := jobs.Backup(t.Context(), o.env, jobs.BackupOptions{To: archive}); err != nil {
			t.Fatal(err)
		}
		z, err := zip.OpenReader(archive)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		others := false
		for _, f := range z.File {
			b := content(t, f)
			others = others || bytes.Contains(b, []byte("Tove Hald"))
			for _, name := range []string{"Quandt", "quandt"} {
				if bytes.Contains(b, []byte(name)) {
					t.Errorf("%s is in %s", name, f.Name)
				}
			}
			// The list's own entry of that name is the publisher's.
			if strings.Contains(f.Name, "decisions") && bytes.Contains(b, []byte(`"role":"partner"`)) {
				t.Errorf("a party is in %s", f.Name)
			}
		}
		if !others {
			t.Error("nobody else is there either")
		}
		for _, path := range filesUnder(t, s.Folder()) {
			b, err := os.ReadFile(filepath.Join(s.Folder(), path))
			if err == nil && bytes.Contains(b, []byte("Quandt")) {
				t.Errorf("the bytes of %s have the name", path)
			}
		}
		v := o.verify(jobs.VerifyOptions{})
		said := ""
		for i := range v.Erased {
			said += v.Erased[i].Who + " " + v.Erased[i].Why + " " + v.Erased[i].Said() + "\n"
		}
		if len(v.Faults) > 0 || !strings.Contains(said, "sam asked for on paper, file 17 3 parties of runs") || !strings.Contains(said, "2 decisions, 3 collaborations") {
			t.Errorf("faults %+v, erased %q", v.Faults, said)
		}
		if r := o.replay(run.ID, jobs.ReplayOptions{}); !r.Same() || r.Forgotten != 3 || !strings.Contains(strings.Join(r.Why, " "), "erased on request") {
			t.Errorf("replayed: %+v", r)
		}
		for d, err := range jobs.Decisions(t.Context(), o.env, jobs.DecisionsOptions{All: true}) {
			if err != nil || d.State != "erased" || d.Party != nil {
				t.Errorf("a decision: %+v, %v", d, err)
			}
		}
		var b bytes.Buffer
		if err := jobs.ExportDecisions(t.Context(), o.env, &b, "json"); err != nil || strings.Count(b.String(), "(erased)") != 2 {
			t.Errorf("exported: %s, %v", b.String(), err)
		}
	})
}

func TestVerifyFindsWhatWasDoneAfterAnErasure(t *testing.T) {
	commit := func(o *office, run *screening.Run, name string) string {
		for r, err := range o.env.Store.Results(o.t.Context(), run.ID) {
			if err != nil {
				o.t.Fatal(err)
			}
			for i := range r.Partner.Parties {
				if r.Partner.Parties[i].Name == name {
					return r.Commitment(i, o.value(`select salt from run_parties where name = '`+name+`'`))
				}
			}
		}
		o.t.Fatal("there is none")
		return ""
	}
	for name, c := range map[string]struct {
		sql func(o *office, run *screening.Run) []string
		at  string
	}{
		"a name put back": {func(*office, *screening.Run) []string {
			return []string{`update run_parties set name = 'Ilse Quandt' where name = '(erased)' and row = 2`}
		}, "row 2"},
		"another town in an erased party": {func(*office, *screening.Run) []string {
			return []string{`update run_parties set city = 'Elsewhere' where name = '(erased)' and row = 2`}
		}, "row 2"},
		"an erasure faked with its commitment": {func(o *office, run *screening.Run) []string {
			return []string{`update run_parties set salt = '', name = '(erased)', sealed = '` + commit(o, run, "Tove Hald") + `' where name = 'Tove Hald'`}
		}, "row 4"},
		"an erasure faked as a pseudonym": {func(o *office, run *screening.Run) []string {
			return []string{`update run_parties set salt = '', name = 'person 0123456789ab', sealed = '` + commit(o, run, "Tove Hald") + `' where name = 'Tove Hald'`}
		}, "run "},
		"a decision's erasure faked": {func(o *office, run *screening.Run) []string {
			d, err := o.env.Store.Decision(o.t.Context(), o.value(`select decision from decisions where seq = 1`))
			if err != nil {
				o.t.Fatal(err)
			}
			commitment := d.Commitment(o.value(`select salt from decisions where seq = 1`))
			d.Erase()
			left, err := json.Marshal(d)
			if err != nil {
				o.t.Fatal(err)
			}
			return []string{fmt.Sprintf(`update decisions set salt = '', party_key = '', sealed = '%s', content = '%s' where seq = 1`, commitment, left)}
		}, "decision "},
		"a row changed": {func(*office, *screening.Run) []string {
			return []string{`update run_rows set grade = 'clear' where row = 3`}
		}, "row 3"},
		"an erased row's grade": {func(*office, *screening.Run) []string {
			return []string{`update run_parties set grade = 'note' where name = '(erased)'`}
		}, "row 2"},
		"a row removed": {func(*office, *screening.Run) []string {
			return []string{`delete from run_parties where row = 2`, `delete from run_rows where row = 2`}
		}, "run "},
		"a decision changed": {func(*office, *screening.Run) []string {
			return []string{`update decisions set verdict = 'true_match' where seq = 1`}
		}, "decision "},
		"the trail cut at its end": {func(*office, *screening.Run) []string {
			return []string{`delete from audit where action = 'person.erase'`}
		}, "audit trail"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				o, run := withPersons(t, s)
				o.time = time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)
				if e := o.erase(jobs.EraseOptions{Names: []string{"Ilse Quandt"}}); e.Parties != 1 {
					t.Fatalf("%+v", e)
				}
				if v := o.verify(jobs.VerifyOptions{}); len(v.Faults) > 0 {
					t.Fatalf("before: %+v", v.Faults)
				}
				o.tamper(c.sql(o, run)...)
				v := o.verify(jobs.VerifyOptions{})
				if !slices.ContainsFunc(v.Faults, func(f store.Fault) bool { return strings.Contains(f.Place, c.at) }) {
					t.Errorf("no fault at %q: %+v", c.at, v.Faults)
				}
			})
		})
	}
}

// An erased line of the histories is changed no further, and no other way.
func TestHistoriesAreOnlyErasedFrom(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o, _ := withPersons(t, s)
		db, _ := s.DB()
		for _, statement := range []string{
			`update decisions set party_key = ''`,
			`update decisions set content = (select content from decisions where seq = 2) where seq = 1`,
			`update decisions set seal = ''`,
			`update decisions set salt = '', sealed = 'x'`,
			`update decisions set party_key = '', salt = '', sealed = 'x', verdict = 'true_match'`,
		} {
			if _, err := db.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("done: %s", statement)
			}
		}
		if v := o.verify(jobs.VerifyOptions{}); len(v.Faults) > 0 {
			t.Errorf("%+v", v.Faults)
		}
	})
}

// value is the one value a query gives.
func (o *office) value(query string) (v string) {
	o.t.Helper()
	db, _ := o.env.Store.DB()
	if err := db.QueryRowContext(o.t.Context(), query).Scan(&v); err != nil {
		o.t.Fatalf("%s: %v", query, err)
	}
	return v
}

// TestErasedFromTheDropFolderAndTheQuestions looks for a name in every byte
// that is kept when the sheet came by the drop folder and a question about the party was asked and answered.
func TestErasedFromTheDropFolderAndTheQuestions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newDropOffice(t, s)
		ctx := t.Context()
		o.env.Retention = jobs.DefaultRetention
		o.env.Retention.Laws = []jobs.RetentionLaw{{Name: "a short one", Years: 1, From: jobs.FromEnd, Source: "its text"}}
		var err error
		if o.env.Columns, err = intake.ParseColumns([]string{"Person=Lead"}); err != nil {
			t.Fatal(err)
		}
		o.put("inbox/partners.csv", "Reference,Partner,Lead,End,Remark\nA-1,Ulmara College,Ilse Quandt,2026-12-31,call Ilse Quandt\nA-2,Kestoria Trading Ltd,,2026-12-31,\n")
		done := o.done()
		if len(done) != 1 || done[0].State != store.DropScreened {
			t.Fatalf("%+v", done)
		}
		active, err := jobs.Collaborations(ctx, o.env, store.CollaborationFilter{Search: "A-1", Limit: 2})
		if err != nil || len(active) != 1 {
			t.Fatal(err, len(active))
		}
		asked := &screening.Asked{
			ID: "q1", Text: "Is Ilse Quandt of the faculty of optics?", To: "sam", Upload: done[0].Run, Place: active[0].Partner.Place, Party: "Ilse Quandt",
			Collaboration: active[0].ID, Made: o.time, Reviewer: "rob", Run: done[0].Run, MatchKey: "m1", List: "watch",
		}
		if err := s.Ask(ctx, o.env.Office, []*screening.Asked{asked}, nil); err != nil {
			t.Fatal(err)
		}
		err = s.InTx(ctx, "answering", func(tx *store.Tx) error {
			return tx.Reply(ctx, o.env.Office, asked, &screening.Reply{Question: "q1", Who: "sam", Made: o.time, Text: "Ilse Quandt is of another"}, func(g *screening.Given) {
				g.Notes = append(g.Notes, "answered: "+asked.Text+" Ilse Quandt is of another", "answered: something else")
			}, nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		db, _ := s.DB()
		if _, err := db.ExecContext(ctx, `update replies set content = '{}'`); err == nil {
			t.Error("a reply to a question that is not erased was changed")
		}
		o.time = time.Date(2028, 2, 1, 9, 0, 0, 0, time.UTC)
		e := o.erase(jobs.EraseOptions{Names: []string{"Ilse Quandt"}})
		if e.Parties != 1 || e.Questions != 1 || e.Collaborations != 1 || len(e.Stays) != 0 {
			t.Errorf("%+v", e)
		}
		if given := o.value(`select answered from collaborations where reference = 'A-1'`); !strings.Contains(given, "something else") {
			t.Errorf("what was answered of others went too: %s", given)
		}
		if left := filesUnder(t, o.base); len(left) != 0 {
			t.Errorf("the drop folder still has %v", left)
		}
		archive := filepath.Join(t.TempDir(), "b.zip")
		if _, err := jobs.Backup(ctx, o.env, jobs.BackupOptions{To: archive}); err != nil {
			t.Fatal(err)
		}
		z, err := zip.OpenReader(archive)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		for _, f := range z.File {
			if b := content(t, f); bytes.Contains(bytes.ToLower(b), []byte("quandt")) {
				t.Errorf("the name is in %s", f.Name)
			}
		}
		if v := o.verify(jobs.VerifyOptions{}); len(v.Faults) > 0 {
			t.Errorf("faults %+v", v.Faults)
		}
	})
}
