package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestSpecs(t *testing.T) {
	for spec, want := range map[string]string{
		"30 2 * * *":               "",
		"@daily":                   "",
		"@every 6h":                "",
		"":                         "", // off
		"0 0 29 2 *":               "", // once in four years is sometimes
		"0 0 31 2 *":               "there is no such day",
		"TZ=Europe/Oslo 0 2 * * *": "no zone",
		"CRON_TZ=UTC 0 2 * * *":    "no zone",
		"TZ=":                      "no zone",
		"CRON_TZ=UTC":              "no zone",
		"61 * * * *":               "is no time to run at",
		"0 0 * * 7":                "is no time to run at",
		"0 0 * *":                  "is no time to run at",
		"every night":              "is no time to run at",
	} {
		env := &jobs.Env{Jobs: []jobs.Job{everyNight}, Schedule: map[string]string{"night": spec}}
		got, err := jobs.Schedules(env)
		switch {
		case want == "" && (err != nil || len(got) != 1 || got[0].Enabled != (spec != "")):
			t.Errorf("%q: %+v, %v", spec, got, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `schedule "night"`)):
			t.Errorf("%q: %v, want %q", spec, err, want)
		}
	}
	var unknown *jobs.UnknownSchedule
	env := &jobs.Env{Jobs: []jobs.Job{everyNight}, Schedule: map[string]string{"nigth": "@daily"}}
	if _, err := jobs.Schedules(env); !errors.As(err, &unknown) || !slices.Equal(unknown.There, []string{"night"}) {
		t.Errorf("a schedule of nothing: %v", err)
	}
}

var everyNight = jobs.Job{
	Kind:      "night",
	Doc:       "nothing",
	Schedules: func(*jobs.Env) []jobs.Schedule { return []jobs.Schedule{{Name: "night", Spec: "30 2 * * *"}} },
	Run:       func(context.Context, *jobs.Env, json.RawMessage) (any, error) { return nil, nil },
}

// clockwork is an office whose clock is wound by the test.
type clockwork struct {
	*office
	time atomic.Pointer[time.Time]
	stop func()
}

func newClockwork(t *testing.T, at string) *clockwork {
	c := &clockwork{office: newOffice(t, storetest.Open(t, storetest.SQLite(t)))}
	c.env.Jobs = []jobs.Job{everyNight}
	c.env.Now = func() time.Time { return *c.time.Load() }
	c.set(at)
	return c
}

func (c *clockwork) set(at string) {
	c.t.Helper()
	now, err := time.Parse("2006-01-02 15:04 -0700", at)
	if err != nil {
		c.t.Fatal(err)
	}
	c.time.Store(&now)
}

// awake starts a worker with the clock.
func (c *clockwork) awake() {
	opts := quick
	opts.Clock, opts.Beat = true, 10*time.Millisecond
	c.stop = c.working(1, opts)
}

// runs waits until there are n runs and they have ended, and checks what is due next.
func (c *clockwork) runs(n int, next string) {
	c.t.Helper()
	var tasks []*store.Task
	var at string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var err error
		if tasks, err = jobs.Tasks(c.t.Context(), c.env, store.TaskFilter{}); err != nil {
			c.t.Fatal(err)
		}
		all, err := c.env.Store.Schedules(c.t.Context())
		if err != nil || len(all) != 1 {
			c.t.Fatal(all, err)
		}
		at = all[0].NextRun.Format("2006-01-02 15:04")
		if len(tasks) == n && at == next && !slices.ContainsFunc(tasks, func(t *store.Task) bool { return !t.State.Ended() }) {
			return
		}
	}
	c.t.Fatalf("%d runs and the next at %s, want %d and %s", len(tasks), at, n, next)
}

func TestAsleepOverMidnight(t *testing.T) {
	c := newClockwork(t, "2026-11-23 22:00 +0000")
	c.awake()
	c.runs(0, "2026-11-24 02:30")
	c.set("2026-11-26 08:00 +0000") // three nights were missed: they are made up once
	c.runs(1, "2026-11-27 02:30")
	task := c.newest()
	if task.Due.Format("2006-01-02 15:04") != "2026-11-24 02:30" || task.By != "schedule night" {
		t.Errorf("made up: %+v", task)
	}
	c.stop()
}

func (c *clockwork) newest() *store.Task {
	tasks, err := jobs.Tasks(c.t.Context(), c.env, store.TaskFilter{})
	if err != nil || len(tasks) == 0 {
		c.t.Fatal(tasks, err)
	}
	return tasks[0]
}

func TestEverythingWasDown(t *testing.T) {
	c := newClockwork(t, "2026-11-23 22:00 +0000")
	c.awake()
	c.runs(0, "2026-11-24 02:30")
	c.stop()
	c.set("2026-11-26 08:00 +0000")
	c.awake()
	c.runs(1, "2026-11-27 02:30")
	c.stop()
	c.awake() // once more, and nothing was missed
	c.runs(1, "2026-11-27 02:30")
	c.stop()
}

func TestDaylightSaving(t *testing.T) {
	// In Oslo the hour from 2 to 3 is left out on 29 March and comes twice on
	// 25 October: a run of each night happens once, at half past two in UTC.
	c := newClockwork(t, "2026-03-29 01:59 +0100")
	c.awake()
	c.runs(0, "2026-03-29 02:30")
	c.set("2026-03-29 04:31 +0200")
	c.runs(1, "2026-03-30 02:30")
	c.set("2026-10-25 02:59 +0200")
	c.runs(2, "2026-10-25 02:30") // those in between, once
	c.set("2026-10-25 02:31 +0100")
	c.set("2026-10-25 03:31 +0100")
	c.runs(3, "2026-10-26 02:30")
	c.stop()
}

func TestClockPutBack(t *testing.T) {
	c := newClockwork(t, "2027-11-23 22:00 +0000") // a year ahead
	c.awake()
	c.runs(0, "2027-11-24 02:30")
	c.set("2026-11-23 22:00 +0000")
	c.runs(0, "2026-11-24 02:30")
	c.set("2026-11-24 02:30 +0000")
	c.runs(1, "2026-11-25 02:30")
	c.set("2026-11-24 01:30 +0000") // an hour back: the run has been
	c.set("2026-11-24 02:35 +0000")
	c.runs(1, "2026-11-25 02:30")
	c.stop()
}

func TestConfigurationStandsBeforeTheTable(t *testing.T) {
	c := newClockwork(t, "2026-11-23 22:00 +0000")
	for _, step := range []struct{ spec, next string }{
		{"30 2 * * *", "2026-11-24 02:30"}, {"0 5 * * *", "2026-11-24 05:00"}, {"", "0001-01-01 00:00"}, {"0 5 * * *", "2026-11-24 05:00"},
	} {
		c.env.Schedule = map[string]string{"night": step.spec}
		c.awake()
		c.runs(0, step.next)
		c.stop()
	}
}

// Every list is asked for, each in its own time: no more than two begin in the
// same minute.
func TestListsHaveTheirOwnCadence(t *testing.T) {
	env := &jobs.Env{Cards: lists.All, AcceptLicence: []string{"CC-BY-NC-4.0", "LicenseRef-all-rights-reserved"}, Now: time.Now}
	all, err := jobs.Schedules(env)
	if err != nil {
		t.Fatal(err)
	}
	asked, minutes := map[string]string{}, map[string][]string{}
	for _, s := range all {
		if s.Kind != "refresh" {
			continue
		}
		id := strings.TrimPrefix(s.Name, "refresh ")
		asked[id] = s.Spec
		f := strings.Fields(s.Spec)
		hour, _, _ := strings.Cut(f[1], "-")
		at := f[0] + " " + hour
		if minutes[at] = append(minutes[at], id); len(minutes[at]) > 2 {
			t.Errorf("%v are asked for in the same minute, %s", minutes[at], s.Spec)
		}
	}
	for _, card := range lists.All {
		if asked[card.ID] == "" {
			t.Errorf("%s is never asked for", card.ID)
		}
	}
	if s := asked["us_ofac_sdn"]; !strings.Contains(s, "/6") {
		t.Errorf("a list that changes several times a week is asked for at %q", s)
	}
	if s := asked["us_dod_1260h"]; !strings.Contains(s, "1,3,5") {
		t.Errorf("a list that changes once a year is asked for at %q", s)
	}
}

func TestEveryCard(t *testing.T) {
	env := &jobs.Env{Cards: lists.All, Now: time.Now}
	kinds := map[string]bool{}
	for _, card := range jobs.All {
		if card.Kind == "" || card.Doc == "" || card.Run == nil || kinds[card.Kind] {
			t.Errorf("the card %q lacks something, or is there twice", card.Kind)
		}
		kinds[card.Kind] = true
	}
	if _, err := jobs.Schedules(env); err != nil {
		t.Error(err)
	}
}
