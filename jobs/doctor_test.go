package jobs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// finds checks that a finding of an area is in a state and says something.
func finds(t *testing.T, found []jobs.Finding, state jobs.FindingState, area, says string) {
	t.Helper()
	for _, f := range found {
		if f.Area != area || !strings.Contains(f.What, says) {
			continue
		}
		if f.State != state || (f.State != jobs.FindingOK && f.Do == "") {
			t.Errorf("%s: %q is %s and says to %q, want %s", area, f.What, f.State, f.Do, state)
		}
		return
	}
	t.Errorf("no finding of %s says %q in %+v", area, says, found)
}

// An office that runs well has no fault; left alone for a month, each thing
// that has gone wrong is found and is said what to do about.
func TestExamine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.time = time.Now().UTC().Truncate(time.Second)
		o.env.Jobs = []jobs.Job{everyNight, kind("hopeless", func(context.Context, *jobs.Env) (any, error) {
			return nil, jobs.Hopeless(errors.New("there was no paper"))
		})}
		o.env.Backups.Folder = filepath.Join(o.dir, "backups")
		if err := os.MkdirAll(o.env.Backups.Folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(o.env.Backups.Folder, o.time.Format("screener-20060102-150405.zip")), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		o.list("w1|Kestoria Trading||qa")
		o.screen("Kestoria Trading Ltd,QA")
		if _, err := jobs.Rescreen(t.Context(), o.env, jobs.RescreenOptions{}); err != nil {
			t.Fatal(err)
		}
		opts := quick
		opts.Clock = true
		stop := o.working(1, opts)
		well := jobs.Examine(t.Context(), o.env, jobs.ExamineOptions{Whole: true, Temp: t.TempDir()})
		if faults, _ := jobs.Faults(well); faults > 0 {
			t.Errorf("an office that is well has %+v", well)
		}
		finds(t, well, jobs.FindingOK, "lists", "1 can be screened against")
		finds(t, well, jobs.FindingOK, "work", "processes that take up work: 1")
		finds(t, well, jobs.FindingOK, "schedules", "1 run by themselves, the next is night")
		finds(t, well, jobs.FindingOK, "nights", "covered 1 collaborations")
		finds(t, well, jobs.FindingOK, "backups", "the newest was made")
		finds(t, well, jobs.FindingWarning, "notices", "nobody is told")

		o.ended(o.start("hopeless"))
		stop()
		o.time = o.time.Add(30 * 24 * time.Hour)
		o.env.Schedule = map[string]string{}
		ill := jobs.Examine(t.Context(), o.env, jobs.ExamineOptions{})
		finds(t, ill, jobs.FindingFault, "lists", "last fetched 30 days ago")
		finds(t, ill, jobs.FindingWarning, "work", "no process takes up work")
		finds(t, ill, jobs.FindingWarning, "schedules", "night was due at")
		finds(t, ill, jobs.FindingWarning, "nights", "the last one ended")
		finds(t, ill, jobs.FindingWarning, "jobs", "there was no paper")
		finds(t, ill, jobs.FindingFault, "backups", "the newest was made")
		if _, postgres := s.DB(); postgres {
			finds(t, ill, jobs.FindingFault, "clock", "apart")
		}
		for _, f := range ill {
			if strings.Contains(f.What, "Kestoria") {
				t.Errorf("a finding names a partner: %+v", f)
			}
		}
	})
}
