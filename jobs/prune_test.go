package jobs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// aged writes a file that was last touched so many days ago, by the office's clock.
func (o *office) aged(path string, days int) {
	o.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		o.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		o.t.Fatal(err)
	}
	o.touch(path, days)
}

func (o *office) touch(path string, days int) {
	o.t.Helper()
	at := o.time.AddDate(0, 0, -days)
	if err := os.Chtimes(path, at, at); err != nil {
		o.t.Fatal(err)
	}
}

func TestPrune(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		data := t.TempDir()
		s, err := store.Open(t.Context(), dsn, store.Options{Data: data})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		o := newOffice(t, s)
		t.Setenv("TMPDIR", t.TempDir())
		o.env.Retention = jobs.DefaultRetention
		o.env.Retention.SilenceDays = 0 // the office's clock is moved at will
		o.env.DropFolder = jobs.DropFolder{Path: filepath.Join(o.dir, "share", "inbox")}
		o.list("w1|Kestoria Trading||QA")

		// Three old runs, of which one is held and one still stands; and one of today.
		then := o.time
		o.time = then.AddDate(-11, 0, 0)
		gone, held := screening.Run{ID: "gone", Started: o.time}, screening.Run{ID: "held", Started: o.time}
		for _, r := range []*screening.Run{&gone, &held} {
			if err := s.StartRun(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		standing, _ := o.screen("Kestoria Trading,QA")
		o.time = then
		o.list("w1|Kestoria Trading||QA") // fetched again
		if err := os.WriteFile(filepath.Join(o.dir, "other.csv"), []byte("Partner\nUlmara College\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		fresh := screenFile(t, o, jobs.ScreenOptions{Files: []string{filepath.Join(o.dir, "other.csv")}, Lists: nil})
		o.env.Retention.Hold = []string{"held"}

		// Files nothing names, old and new, and the original of an edition, which is old.
		for text, days := range map[string]int{"old": 400, "new": 300} {
			hash, _, err := s.KeepFile(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			o.touch(filepath.Join(data, "files", hash[:2], hash+".gz"), days)
		}
		ed, err := s.Edition(t.Context(), "watch")
		if err != nil {
			t.Fatal(err)
		}
		named := filepath.Join(data, "files", ed.Files[0].Hash[:2], ed.Files[0].Hash+".gz")
		o.touch(named, 4000)
		share := filepath.Join(o.dir, "share")
		o.aged(filepath.Join(data, "files", "incoming-1"), 2)
		o.aged(filepath.Join(data, "files", "incoming-2"), 0)
		o.aged(filepath.Join(share, "archive", "physics", "20150101-000000-aaaaaa-old.xlsx"), 4000)
		o.aged(filepath.Join(share, "archive", "held-old.xlsx"), 4000)
		o.aged(filepath.Join(share, "archive", "withheld-20150101-old.xlsx"), 4000) // has the held run's letters, and is another's
		o.aged(filepath.Join(share, "archive", "new.xlsx"), 3000)
		o.aged(filepath.Join(share, "rejected", "bad.pdf"), 100)
		o.aged(filepath.Join(share, "rejected", "worse.pdf"), 10)
		o.aged(filepath.Join(share, "outbox", ".screener-half"), 2)
		o.aged(filepath.Join(share, "inbox", "waits.csv"), 5000)
		o.env.Reports = filepath.Join(data, "reports")
		o.aged(filepath.Join(data, "reports", "rescreen-20150102-000000-aaaaaa.xlsx"), 4000)
		o.aged(filepath.Join(data, "reports", "rescreen-held.xlsx"), 4000)
		o.aged(filepath.Join(os.TempDir(), "screener-workbook-1"), 3)
		o.aged(filepath.Join(os.TempDir(), "another"), 3)

		everything := func() []string {
			return append(append(filesUnder(t, data), filesUnder(t, share)...), filesUnder(t, os.TempDir())...)
		}
		before := everything()
		dry, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, everything()); diff != "" {
			t.Errorf("a dry run removed something (-before +after):\n%s", diff)
		}
		got, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{})
		if err != nil {
			t.Fatal(err)
		}
		dry.DryRun = false
		if diff := cmp.Diff(dry, got); diff != "" {
			t.Errorf("the dry run said another thing (-dry +real):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"gone"}, got.Runs); diff != "" || len(got.Held) != 1 || len(got.Standing) != 1 || got.Standing[0] != standing.ID {
			t.Errorf("runs: %+v", got)
		}
		var names []string
		for _, f := range got.Files {
			names = append(names, filepath.Base(f))
		}
		text := strings.Join(names, " ")
		for _, want := range []string{"incoming-1", "20150101-000000-aaaaaa-old.xlsx", "withheld-20150101-old.xlsx", "rescreen-20150102-000000-aaaaaa.xlsx", "bad.pdf", ".screener-half", "screener-workbook-1", ".gz"} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%s went %d times: %s", want, strings.Count(text, want), text)
			}
		}
		if len(got.Files) != 8 {
			t.Errorf("%d files went: %s", len(got.Files), text)
		}
		if _, err := os.Stat(named); err != nil {
			t.Errorf("the original of an edition: %v", err)
		}
		if _, err := s.Run(t.Context(), fresh.ID); err != nil {
			t.Errorf("today's run: %v", err)
		}
		if again, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{}); err != nil || len(again.Runs)+len(again.Files) != 0 {
			t.Errorf("once more: %+v, %v", again, err)
		}
	})
}

func TestPruneKeepsEverythingUntilToldOtherwise(t *testing.T) {
	for name, r := range map[string]jobs.Retention{"nothing configured": {}, "all held": {RecordYears: 10, Hold: []string{"all"}}} {
		t.Run(name, func(t *testing.T) {
			s := storetest.Open(t, storetest.SQLite(t))
			o := newOffice(t, s)
			t.Setenv("TMPDIR", t.TempDir()) // other tests' files are not to go
			o.env.Retention = r
			if err := s.StartRun(t.Context(), &screening.Run{ID: "old", Started: o.time.AddDate(-50, 0, 0)}); err != nil {
				t.Fatal(err)
			}
			if got, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{}); err != nil || len(got.Runs) != 0 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestPruneOfEndedWork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		t.Setenv("TMPDIR", t.TempDir())
		o.env.Retention = jobs.DefaultRetention
		o.env.Retention.SilenceDays = 0 // the office's clock is moved at will
		o.env.Notices.Folder = t.TempDir()
		if err := jobs.Announce(t.Context(), o.env, &jobs.Notice{ID: "sent", Kind: "test", Title: "A test"}); err != nil {
			t.Fatal(err)
		}
		o.notify(jobs.NotifyOptions{})
		if err := jobs.Announce(t.Context(), o.env, &jobs.Notice{ID: "waits", Kind: "test", Title: "A test"}); err != nil {
			t.Fatal(err)
		}
		o.time = o.time.Add(31 * 24 * time.Hour)
		if _, err := jobs.Prune(t.Context(), o.env, jobs.PruneOptions{}); err != nil {
			t.Fatal(err)
		}
		left, err := s.Notices(t.Context(), 10)
		if err != nil || len(left) != 1 || left[0].ID != "waits" {
			t.Errorf("%d notices left, %v; want the one that waits", len(left), err)
		}
	})
}

// A clock that runs ahead makes everything old: nothing goes until a person has
// looked, also when the program went on writing by that clock, or it was put right again.
func TestPruneAfterTheClockJumped(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		t.Setenv("TMPDIR", t.TempDir())
		o.env.Retention = jobs.DefaultRetention
		o.list("w1|Kestoria Trading||QA")
		run := &screening.Run{ID: "old", Started: o.time}
		if err := s.StartRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
		prune := func(opts jobs.PruneOptions) (*jobs.Pruned, error) { return jobs.Prune(t.Context(), o.env, opts) }
		for range 3 {
			o.time = o.time.Add(24 * time.Hour)
			if _, err := prune(jobs.PruneOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		right := o.time
		for name, now := range map[string]time.Time{"ahead": right.AddDate(11, 0, 0), "put right": right.Add(time.Hour)} {
			o.time = right.AddDate(11, 0, 0)
			if _, err := jobs.MakeCheckpoint(t.Context(), o.env); err != nil { // as every night, by that clock
				t.Fatal(err)
			}
			o.time = now
			p, err := prune(jobs.PruneOptions{})
			if err == nil || !strings.Contains(err.Error(), "the clock may have jumped") || len(p.Runs)+len(p.Files) != 0 {
				t.Errorf("%s: %+v, %v", name, p, err)
			}
			if _, err := s.Run(t.Context(), run.ID); err != nil {
				t.Errorf("%s: the record: %v", name, err)
			}
		}
		o.time = right.AddDate(11, 0, 0) // eleven years on, in truth
		if p, err := prune(jobs.PruneOptions{AfterSilence: true}); err != nil || len(p.Runs) != 1 {
			t.Errorf("after a person's word: %+v, %v", p, err)
		}
		if _, err := prune(jobs.PruneOptions{}); err != nil {
			t.Errorf("the word is asked for once: %v", err)
		}
	})
}
