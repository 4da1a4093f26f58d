package jobs_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func (o *office) replay(run string, opts jobs.ReplayOptions) *jobs.Replayed {
	o.t.Helper()
	r, err := jobs.Replay(o.t.Context(), o.env, run, opts)
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

func TestReplayComesToTheSame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		rows := []string{"Kestoria Trading Ltd,QA", "Sorvenne Works,PE", ",", "Ulmara College,NO", ",DE"}
		o.list("w1|Kestoria Trading|Kestoria General|QA", "w2|Sorvenne Works||PE")
		run, book := o.screen(rows...)
		first := o.report(run.ID, "json")

		// Two refreshes, two decisions and another policy later.
		o.fill(book, "Kestoria Trading Ltd", "False positive", "Different place")
		o.decide(book, "anna")
		o.decide(book, "ben")
		o.time = o.time.AddDate(0, 0, 1)
		o.list("w1|Kestoria Trading||QA", "w2|Sorvenne Works|Sorvenne|PE", "w3|Ulmara College||NO")
		o.time = o.time.AddDate(0, 0, 1)
		o.list("w3|Ulmara College||NO")
		policy := *screening.DefaultPolicy()
		policy.ReviewLine = 0.99
		o.env.Policy = &policy

		var again bytes.Buffer
		r := o.replay(run.ID, jobs.ReplayOptions{Format: "json", Out: &again})
		if !r.Same() || r.Rows != run.Counts.RowsIn || r.Rows < 4 || len(r.Why) > 0 {
			t.Errorf("%+v", r)
		}
		if !bytes.Equal(first, again.Bytes()) {
			t.Errorf("other bytes:\n%s\nwere\n%s", again.Bytes(), first)
		}
		// Today it would come to something else: the replay is no reading back.
		if now, _ := o.screen(rows...); bytes.Equal(o.report(now.ID, "json"), first) {
			t.Error("nothing changed since, so the replay proves nothing")
		}
		if v := o.verify(jobs.VerifyOptions{}); len(v.Faults) > 0 {
			t.Errorf("a replay leaves something behind: %+v", v.Faults)
		}

		// From the sheet itself, where somebody kept it, and from no other.
		if r := o.replay(run.ID, jobs.ReplayOptions{Files: []string{filepath.Join(o.dir, "sheet.csv")}}); !r.Same() {
			t.Errorf("from the sheet: %+v", r)
		}
		other := filepath.Join(o.dir, "other.csv")
		if err := os.WriteFile(other, []byte("Partner\nSomebody\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var cannot *jobs.CannotReplay
		if _, err := jobs.Replay(t.Context(), o.env, run.ID, jobs.ReplayOptions{Files: []string{other}}); !errors.As(err, &cannot) {
			t.Errorf("from another sheet: %v", err)
		}
		if _, err := jobs.Replay(t.Context(), o.env, "never", jobs.ReplayOptions{}); !errors.As(err, &cannot) {
			t.Errorf("of no run: %v", err)
		}

		// A record that was changed does not come to itself, and another program is named.
		o.tamper(`update run_rows set grade = 'note' where row = 2`)
		o.env.Version = "a later one"
		r = o.replay(run.ID, jobs.ReplayOptions{})
		if r.Same() || r.Differ != 1 || r.At[0].Row != 2 || len(r.Why) != 1 || !strings.Contains(r.Why[0], "a later one") {
			t.Errorf("a changed record: %+v", r)
		}
	})
}

func TestReplayOfNightAndQueue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := witnessed(t, s)
		for _, run := range o.runs() {
			if r := o.replay(run.ID, jobs.ReplayOptions{}); !r.Same() || r.Rows == 0 {
				t.Errorf("run %s: %+v", run.ID, r)
			}
		}
	})
}

func (o *office) runs() []*screening.Run {
	o.t.Helper()
	runs, err := o.env.Store.Runs(o.t.Context(), 100)
	if err != nil {
		o.t.Fatal(err)
	}
	return runs
}

func TestLookingBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		began := o.time
		o.list("w1|Kestoria Trading||QA")
		_, book := o.screen("Kestoria Trading,QA", "Ulmara College,NO")
		o.time = o.time.AddDate(0, 0, 2)
		o.list("w1|Kestoria Trading||QA", "w3|Ulmara College||NO")
		o.fill(book, "Kestoria Trading", "False positive", "Different place")
		o.decide(book, "anna")
		o.decide(book, "ben")
		o.time = o.time.AddDate(0, 0, 2)

		grades := func(day time.Time) map[screening.Grade]int {
			end := day.Truncate(24*time.Hour).AddDate(0, 0, 1).Add(-time.Microsecond)
			run := screenFile(t, o, jobs.ScreenOptions{Files: []string{filepath.Join(o.dir, "sheet.csv")}, AsOf: end})
			if r := o.replay(run.ID, jobs.ReplayOptions{}); !r.Same() {
				t.Errorf("replayed: %+v", r)
			}
			return run.Counts.Rows
		}
		// Before the second edition and the decisions, and after both.
		if got := grades(began); got[screening.Escalate] != 1 || got[screening.Clear] != 1 {
			t.Errorf("on the first day: %v", got)
		}
		if got := grades(began.AddDate(0, 0, 2)); got[screening.Escalate] != 1 || got[screening.Note] != 1 {
			t.Errorf("on the third day: %v", got)
		}
		for what, day := range map[string]time.Time{"no list had an edition on": began.AddDate(0, 0, -2), "still to come": began.AddDate(1, 0, 0)} {
			var then *jobs.NoEditionThen
			_, err := jobs.Screen(t.Context(), o.env, jobs.ScreenOptions{Files: []string{filepath.Join(o.dir, "sheet.csv")}, AsOf: day})
			if !errors.As(err, &then) || !strings.Contains(then.Why, what) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}
