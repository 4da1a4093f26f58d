package jobs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// witnessed is an office with some of everything that is evidence: two
// editions of a list, runs, decisions by two people, a true match that was closed, a
// night, and a checkpoint.
func witnessed(t *testing.T, s *store.Store) *office {
	t.Helper()
	o := newOffice(t, s)
	o.list("w1|Kestoria Trading|Kestoria General|QA", "w2|Sorvenne Works||PE", "w3|Mirelda Optics||NO")
	_, book := o.screen("Kestoria Trading Ltd,QA", "Sorvenne Works,PE", "Ulmara College,NO", "Total,")
	o.fill(book, "Kestoria Trading Ltd", "False positive", "Different place")
	licensed(o, book, "Sorvenne Works", nil)
	for _, who := range []string{"anna", "ben"} {
		if d := o.decide(book, who); d.Applied != 2 || len(d.Problems) > 0 {
			t.Fatalf("%+v", d)
		}
	}
	o.time = o.time.AddDate(0, 0, 1)
	o.list("w1|Kestoria Trading|Kestoria Holding|QA", "w2|Sorvenne Works||PE", "w4|Ulmara College||NO")
	if _, err := jobs.Rescreen(t.Context(), o.env, jobs.RescreenOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.MakeCheckpoint(t.Context(), o.env); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) verify(opts jobs.VerifyOptions) *store.Verification {
	o.t.Helper()
	v, err := jobs.Verify(o.t.Context(), o.env, opts)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, f := range v.Faults {
		for _, name := range []string{"Kestoria", "Sorvenne", "Ulmara", "Mirelda"} {
			if strings.Contains(fmt.Sprint(f), name) {
				o.t.Errorf("a fault names a party: %v", f)
			}
		}
		if f.Do == "" || f.Place == "" {
			o.t.Errorf("a fault says no place or not what to do: %+v", f)
		}
	}
	return v
}

// tamper changes the database behind the program's back, its guards taken away.
func (o *office) tamper(statements ...string) {
	o.t.Helper()
	db, postgres := o.env.Store.DB()
	for _, table := range []string{"audit", "decisions", "dispositions", "checkpoints"} {
		if postgres {
			statements = append([]string{"alter table " + table + " disable trigger user"}, statements...)
			continue
		}
		for _, what := range []string{"changed", "removed"} {
			is := "are"
			if table == "audit" {
				is = "is"
			}
			statements = append([]string{"drop trigger " + table + "_" + is + "_not_" + what}, statements...)
		}
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(o.t.Context(), statement); err != nil {
			o.t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestVerifyFindsNothingWhereNothingWasDone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := witnessed(t, s)
		v := o.verify(jobs.VerifyOptions{})
		if len(v.Faults) > 0 || len(v.Notes) > 0 {
			t.Errorf("faults %v, notes %v", v.Faults, v.Notes)
		}
		got := map[string]int64{}
		for _, c := range v.Checked {
			got[strings.SplitN(c.What, ",", 2)[0]] = c.Count
		}
		// The sheet's run and the night's: three rows and the rejected one; and all three again, for of two the listing changed and one was decided.
		for what, want := range map[string]int64{"editions of lists": 2, "finished runs": 2, "rows in them": 7, "decisions": 4, "dispositions": 2, "nights": 1, "checkpoints": 1} {
			if got[what] != want {
				t.Errorf("%s: %d checked, want %d", what, got[what], want)
			}
		}
		// Work goes on after a checkpoint, and nothing of it is a fault.
		o.time = o.time.AddDate(0, 0, 1)
		o.list("w1|Kestoria Trading|Kestoria Holding|QA", "w5|Another One||PE", "w4|Ulmara College||NO")
		o.screen("Kestoria Trading Ltd,QA", "Another One,PE")
		if v := o.verify(jobs.VerifyOptions{}); len(v.Faults) > 0 {
			t.Errorf("after more work: %v", v.Faults)
		}
	})
}

func TestVerifyFindsWhatWasDone(t *testing.T) {
	const lastDecision = `(select max(seq) from decisions)`
	last := func(from string) string { return `(select max(seq) from ` + from + `)` }
	for name, c := range map[string]struct {
		sql []string
		at  string // place of a fault
	}{
		"a row changed":                     {[]string{`update run_rows set grade = 'clear' where grade = 'escalate'`}, "row 2"},
		"a party's name changed":            {[]string{`update run_parties set name = 'Somebody Else' where name = 'Ulmara College'`}, "row 4"},
		"a match's grade changed":           {[]string{`update run_matches set grade = 'note' where grade = 'escalate'`}, "row 2"},
		"a row changed and sealed anew":     {[]string{`update run_rows set seal = digest where row = 3`}, "row 3"},
		"a row removed":                     {[]string{`delete from run_matches where row = 4`, `delete from run_parties where row = 4`, `delete from run_rows where row = 4`}, "run "},
		"a run removed":                     {[]string{`update collaborations set result_run = (select min(run) from runs)`, `delete from runs where run = (select max(run) from runs)`}, "run "},
		"a run's counts changed":            {[]string{`update runs set counts = '{"rows_in":0,"rows_screened":0,"rows_rejected":0,"parties":0,"matches":0,"rows":{}}' where run = (select min(run) from runs)`}, "run "},
		"a run's policy changed":            {[]string{`update runs set policy = '{"review":0.99}'`}, "run "},
		"a listed party changed":            {[]string{`update entities set content = '{"id":"w2","list":"watch"}' where entity = 'w2'`}, "listed party w2"},
		"a listed party changed and hashed": {[]string{`update entities set hash = (select hash from entities where entity = 'w4') where entity = 'w3'`, `update entities set content = (select content from entities where entity = 'w4') where entity = 'w3'`}, "edition 1"},
		"a listed party removed":            {[]string{`delete from entities where entity = 'w3'`}, "edition 1"},
		"an edition's date changed":         {[]string{`update editions set published = '2001-01-01T00:00:00.000000Z' where seq = 1`}, "edition 1"},
		"a decision changed":                {[]string{`update decisions set content = (select content from decisions where seq = 1) where seq = 2`}, "decision "},
		"a decision's word changed":         {[]string{`update decisions set verdict = 'true_match' where seq = 1`}, "decision "},
		"a decision removed":                {[]string{`delete from decisions where seq = 2`}, "decision "},
		"the last decision cut off":         {[]string{`delete from decisions where seq = ` + lastDecision}, "decision "},
		"a decision put in": {[]string{`insert into decisions (decision, party_key, entity_key, list, entity, verdict, reviewer, made, expires, revoked, content)
			` + `select 'forged', party_key, entity_key, list, entity, verdict, reviewer, made, expires, revoked, content from decisions where seq = 1`}, "decision forged"},
		"a disposition removed":          {[]string{`delete from dispositions where seq = 1`}, "disposition "},
		"what a decision is about, gone": {[]string{`delete from run_matches where match_key in (select match_key from run_matches where row = 2)`}, "decision "},
		"a night's change removed":       {[]string{`delete from night_changes`}, "night "},
		"an audit line changed":          {[]string{`update audit set actor = 'somebody' where seq = 2`}, "audit trail, line 2"},
		"the end of the audit trail cut": {[]string{`delete from audit where seq = ` + last("audit")}, "audit trail, line "},
		"the trail cut, and its head": {[]string{
			`delete from audit where seq > 3`, `update audit_head set seq = 3, hash = (select hash from audit where seq = 3)`,
		}, "checkpoint 1"},
		"the trail cut, its head and its checkpoints": {[]string{
			`delete from audit where seq > 3`, `update audit_head set seq = 3, hash = (select hash from audit where seq = 3)`, `delete from checkpoints`,
		}, "checkpoint 1"},
		"everything since then cut off": {[]string{
			`delete from dispositions`, `delete from decisions`, `update collaborations set result_run = (select min(run) from runs)`,
			`delete from nights`, `delete from runs where run > (select min(run) from runs)`, `delete from checkpoints`,
			`delete from audit where seq > (select min(seq) from audit where action = 'run.finish')`,
			`update audit_head set seq = (select max(seq) from audit), hash = (select hash from audit order by seq desc limit 1)`,
		}, "checkpoint 1"},
		"a checkpoint changed": {[]string{`update checkpoints set content = replace(content, '"lines":', '"lines":1')`}, "checkpoint 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				o := witnessed(t, s)
				o.tamper(c.sql...)
				v := o.verify(jobs.VerifyOptions{})
				for _, f := range v.Faults {
					if strings.Contains(f.Place, c.at) {
						return
					}
				}
				t.Errorf("no fault at %q: %+v", c.at, v.Faults)
			})
		})
	}
}

func TestVerifyFindsSwappedFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := witnessed(t, s)
		ed, err := s.EditionBySeq(t.Context(), "watch", 1)
		if err != nil {
			t.Fatal(err)
		}
		other, err := s.EditionBySeq(t.Context(), "watch", 2)
		if err != nil {
			t.Fatal(err)
		}
		file := func(hash string) string { return filepath.Join(s.Folder(), "files", hash[:2], hash+".gz") }
		b, err := os.ReadFile(file(other.Files[0].Hash))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file(ed.Files[0].Hash), b, 0o600); err != nil {
			t.Fatal(err)
		}
		v := o.verify(jobs.VerifyOptions{})
		if len(v.Faults) != 1 || v.Faults[0].Place != "list watch, edition 1" || !strings.Contains(v.Faults[0].What, "other bytes") {
			t.Errorf("a swapped file: %+v", v.Faults)
		}
		// Named in the database instead, by whoever may write there.
		files, err := json.Marshal(other.Files)
		if err != nil {
			t.Fatal(err)
		}
		o.tamper(`update editions set files = '` + string(files) + `' where seq = 1`)
		v = o.verify(jobs.VerifyOptions{})
		if len(v.Faults) != 1 || v.Faults[0].Place != "list watch, edition 1" {
			t.Errorf("another file named: %+v", v.Faults)
		}
		if err := os.Remove(file(other.Files[0].Hash)); err != nil {
			t.Fatal(err)
		}
		if v = o.verify(jobs.VerifyOptions{}); len(v.Faults) != 2 {
			t.Errorf("a file gone: %+v", v.Faults)
		}
	})
}

func TestCheckpointsKeptElsewhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := witnessed(t, s)
		o.env.Evidence.Folder = filepath.Join(o.dir, "elsewhere")
		o.time = o.time.Add(24 * time.Hour)
		made, err := jobs.MakeCheckpoint(t.Context(), o.env)
		if err != nil || made.Number != 2 || len(made.Files) != 2 {
			t.Fatalf("%+v, %v", made, err)
		}
		here, copied := filepath.Join(s.Folder(), "checkpoints.jsonl"), filepath.Join(o.dir, "elsewhere", "checkpoints.jsonl")
		a, err := os.ReadFile(here)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(copied); err != nil || string(a) != string(b) {
			t.Errorf("the copy elsewhere differs: %v", err)
		}
		// A line a killed process left half written is written again.
		if err := os.WriteFile(copied, a[:len(a)-20], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := jobs.MakeCheckpoint(t.Context(), o.env); err != nil {
			t.Fatal(err)
		}
		kept, err := os.ReadFile(copied)
		if err != nil || !strings.HasPrefix(string(kept), string(a)) || strings.Count(string(kept), "\n") != 3 {
			t.Errorf("after a half line: %d lines, %v", strings.Count(string(kept), "\n"), err)
		}

		// The key is the owner's alone, and others can check by its public half.
		info, err := os.Stat(filepath.Join(s.Folder(), "checkpoint-key.pem"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the key: %v, %v", info.Mode(), err)
		}
		public, err := jobs.PublicKey(o.env)
		if err != nil {
			t.Fatal(err)
		}
		key := filepath.Join(o.dir, "public.pem")
		if err := os.WriteFile(key, public, 0o600); err != nil {
			t.Fatal(err)
		}
		if v := o.verify(jobs.VerifyOptions{Key: key}); len(v.Faults) > 0 {
			t.Errorf("by the public key: %+v", v.Faults)
		}

		// Whoever takes the key, the end and both files away is found by a copy that was carried off.
		carried := filepath.Join(o.dir, "carried.jsonl")
		if err := os.WriteFile(carried, kept, 0o600); err != nil {
			t.Fatal(err)
		}
		o.tamper(`delete from audit where seq > 3`, `update audit_head set seq = 3, hash = (select hash from audit where seq = 3)`, `delete from checkpoints`,
			`delete from decisions`, `delete from dispositions`, `delete from nights`)
		for _, path := range []string{here, copied, filepath.Join(s.Folder(), "checkpoint-key.pem")} {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		if v := o.verify(jobs.VerifyOptions{}); len(v.Notes) == 0 {
			t.Error("nothing is said of the files that are gone")
		}
		v := o.verify(jobs.VerifyOptions{Checkpoints: carried, Key: key})
		found := 0
		for _, f := range v.Faults {
			if strings.Contains(f.Place, carried) && strings.Contains(f.What, "cut off") {
				found++
			}
		}
		if found < 3 {
			t.Errorf("by the copy carried off: %+v", v.Faults)
		}
		// A new key signs no old checkpoint.
		if _, err := jobs.MakeCheckpoint(t.Context(), o.env); err != nil {
			t.Fatal(err)
		}
		v = o.verify(jobs.VerifyOptions{Key: key})
		if len(v.Faults) == 0 || !strings.Contains(fmt.Sprint(v.Faults), "another key") {
			t.Errorf("under another key: %+v", v.Faults)
		}
	})
}

// The drill: what one engine kept is proved whole in the other.
func TestRestoredStoreVerifies(t *testing.T) {
	for name, way := range map[string]struct{ from, to func(testing.TB) string }{
		"from SQLite to PostgreSQL":     {storetest.SQLite, storetest.Postgres},
		"from PostgreSQL to SQLite":     {storetest.Postgres, storetest.SQLite},
		"from SQLite to SQLite":         {storetest.SQLite, storetest.SQLite},
		"from PostgreSQL to PostgreSQL": {storetest.Postgres, storetest.Postgres},
	} {
		t.Run(name, func(t *testing.T) {
			o := witnessed(t, storetest.Open(t, way.from(t)))
			file := filepath.Join(o.dir, "b.zip")
			if _, err := jobs.Backup(t.Context(), o.env, jobs.BackupOptions{To: file}); err != nil {
				t.Fatal(err)
			}
			carried := filepath.Join(o.env.Store.Folder(), "checkpoints.jsonl")
			into, err := store.Open(t.Context(), way.to(t), store.Options{Data: t.TempDir(), NoMigrate: true})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = into.Close() }()
			env := *o.env
			env.Store = into
			if _, err := jobs.Restore(t.Context(), &env, file, false); err != nil {
				t.Fatal(err)
			}
			restored := &office{t: t, env: &env, dir: o.dir, time: o.time}
			if v := restored.verify(jobs.VerifyOptions{Checkpoints: carried}); len(v.Faults) > 0 {
				t.Errorf("restored: %+v", v.Faults)
			}
			newest, err := into.Audit(t.Context(), store.AuditFilter{Action: "store.restore"})
			if err != nil || len(newest) != 1 || newest[0].Actor != "sam" {
				t.Errorf("the audit trail does not say who restored: %v, %v", newest, err)
			}
			// It goes on from there.
			if made, err := jobs.MakeCheckpoint(t.Context(), &env); err != nil || made.Number != 3 {
				t.Errorf("%+v, %v", made, err)
			}
			if v := restored.verify(jobs.VerifyOptions{}); len(v.Faults) > 0 {
				t.Errorf("after a checkpoint more: %+v", v.Faults)
			}
		})
	}
}
