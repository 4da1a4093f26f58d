package jobs_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestNamesOfPersonsAreTakenAway(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.env.Retention = jobs.DefaultRetention
		o.env.Retention.SilenceDays = 0 // the office's clock is moved at will
		t.Setenv("TMPDIR", t.TempDir())
		o.list("w1|Kestoria Trading||QA")
		var err error
		if o.env.Columns, err = intake.ParseColumns([]string{"Person=Lead"}); err != nil {
			t.Fatal(err)
		}
		run, _ := o.screenUnder("Partner,Country,Lead", "Ulmara College,NO,Ilse Quandt", "Kestoria Trading,QA,Bero Lindqvist", "Mirelda Optics,NO,Ilse Quandt")
		held, _ := o.screenUnder("Partner,Country,Lead", "Ulmara College,NO,Tove Hald")
		o.env.Retention.Hold = []string{held.ID}
		if _, err := jobs.MakeCheckpoint(t.Context(), o.env); err != nil {
			t.Fatal(err)
		}
		o.time = o.time.AddDate(0, 11, 0)
		if p, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{}); err != nil || len(p.Records) > 0 {
			t.Fatalf("before its time: %+v, %v", p, err)
		}
		o.time = o.time.AddDate(0, 2, 0)
		const what = "names of persons in clear rows"
		if p, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{DryRun: true}); err != nil || p.Records[what] != 2 {
			t.Fatalf("a dry run: %+v, %v", p, err)
		}
		if p, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{}); err != nil || p.Records[what] != 2 {
			t.Fatalf("%+v, %v", p, err)
		}
		names := func(id string) (out []string) {
			for r, err := range s.Results(t.Context(), id) {
				if err != nil {
					t.Fatal(err)
				}
				for i, p := range r.Partner.Parties {
					if p.Role == screening.RolePerson {
						out = append(out, p.Name)
						if r.Parties[i].Grade == "" {
							t.Errorf("the grade of row %d is gone", r.Partner.Row)
						}
					}
				}
			}
			return out
		}
		// In the two clear rows one pseudonym for one name; the row to escalate and the held run keep theirs.
		got := names(run.ID)
		if len(got) != 3 || !strings.HasPrefix(got[0], "person ") || got[0] != got[2] || got[1] != "Bero Lindqvist" || names(held.ID)[0] != "Tove Hald" {
			t.Errorf("names: %q, held %q", got, names(held.ID))
		}
		if v := o.verify(jobs.VerifyOptions{}); len(v.Faults) > 0 {
			t.Errorf("the chain: %+v", v.Faults)
		}
		if r := o.replay(run.ID, jobs.ReplayOptions{}); !r.Same() || r.Forgotten != 2 || !strings.Contains(strings.Join(r.Why, " "), "of 2 rows the names were taken away") {
			t.Errorf("replayed: %+v", r)
		}
		if p, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{}); err != nil || p.Records[what] != 0 {
			t.Errorf("again: %+v, %v", p, err)
		}
		// What is left of such a row is still proved, and so is that nobody else took names away.
		o.tamper(`update run_parties set country = 'XA' where role = 'partner' and row = 2`)
		if v := o.verify(jobs.VerifyOptions{}); len(v.Faults) == 0 {
			t.Error("a changed row without names is not found")
		}
	})
}

func TestLawsKeepRecordsFromTheEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.env.Retention = jobs.Retention{Laws: []jobs.RetentionLaw{
			{Name: "the short one", Years: 3, From: jobs.FromRun, Source: "its text"},
			{Name: "the long one", Years: 2, From: jobs.FromEnd, Source: "its text"},
		}}
		t.Setenv("TMPDIR", t.TempDir())
		o.list("w1|Kestoria Trading||QA")
		sheet := "Ulmara College,NO,REF-1,2028-01-31"
		first, _ := o.screenUnder("Partner,Country,Reference,End", sheet)
		o.time = o.time.AddDate(0, 1, 0)
		o.list("w1|Kestoria Trading||QA")
		second, _ := o.screenUnder("Partner,Country,Reference,End", sheet)
		if first.ID == second.ID {
			t.Fatal("one run")
		}
		prune := func() *jobs.Pruned {
			t.Helper()
			p, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		// Three years after the run the work has been over for not quite two. What stands, stands on the first.
		o.time = o.time.AddDate(3, 0, 1)
		p := prune()
		if len(p.Runs) != 0 || len(p.Standing) != 1 || p.Standing[0] != first.ID || len(p.Owed) != 1 || p.Owed[0].Run != second.ID ||
			!strings.Contains(p.Owed[0].Law, "the long one") || p.Owed[0].Until.Format("2006-01-02") != "2030-01-31" {
			t.Errorf("before its time: %+v", p)
		}
		o.time = o.time.AddDate(1, 0, 0)
		if p = prune(); len(p.Runs) != 1 || p.Runs[0] != second.ID {
			t.Errorf("after it: %+v", p)
		}
		// That it is gone is on record, and no fault.
		if v := o.verify(jobs.VerifyOptions{}); len(v.Faults) > 0 {
			t.Errorf("after a run went: %+v", v.Faults)
		}
	})
}

func TestUnmappedColumnsAreNotKept(t *testing.T) {
	const secret = "Zquorlix-secret-4711"
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		data := t.TempDir()
		s, err := store.Open(t.Context(), dsn, store.Options{Data: data})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		o := newOffice(t, s)
		o.env.Retention = jobs.DefaultRetention
		o.env.Retention.SilenceDays = 0 // the office's clock is moved at will
		t.Setenv("TMPDIR", t.TempDir())
		o.list("w1|Kestoria Trading||QA")
		o.screenUnder("Partner,Country,Salary", "Ulmara College,NO,"+secret)
		stop := o.working(1, jobs.WorkOptions{})
		defer stop()
		run, job, err := jobs.StartScreen(t.Context(), o.env, []jobs.Sheet{{Name: "sent.csv", R: strings.NewReader("Partner,Country,Salary\nUlmara College,NO," + secret + "\n")}}, jobs.ScreenOptions{}, "kim")
		if err != nil {
			t.Fatal(err)
		}
		if task := o.ended(job); task.State != store.TaskDone {
			t.Fatalf("%+v", task)
		}
		for _, path := range filesUnder(t, data) { // as if sent some days ago
			o.touch(filepath.Join(data, path), 3)
		}
		if _, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{}); err != nil {
			t.Fatal(err)
		}
		archive := filepath.Join(t.TempDir(), "b.zip")
		if _, err := jobs.Backup(t.Context(), o.env, jobs.BackupOptions{To: archive}); err != nil {
			t.Fatal(err)
		}
		// A backup holds every row of every table and every file that is kept.
		z, err := zip.OpenReader(archive)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		rows := false
		for _, f := range z.File {
			b := content(t, f)
			rows = rows || bytes.Contains(b, []byte("Ulmara College"))
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("it is in %s", f.Name)
			}
		}
		if !rows {
			t.Error("the backup has no rows")
		}
		// The run is on record whole, and comes to the same without its sheet.
		if r := o.replay(run, jobs.ReplayOptions{}); !r.Same() || r.Rows != 1 {
			t.Errorf("replayed: %+v", r)
		}
	})
}

// content is a part of a backup, unfolded.
func content(t *testing.T, f *zip.File) []byte {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if inner, err := gzip.NewReader(bytes.NewReader(b)); err == nil {
		if b, err = io.ReadAll(inner); err != nil {
			t.Fatal(err)
		}
	}
	return b
}
