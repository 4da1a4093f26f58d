//go:build unix

package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestTries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		var mended atomic.Bool
		var tries atomic.Int32
		o.env.Jobs = []jobs.Job{
			kind("second", func(context.Context, *jobs.Env) (any, error) {
				if tries.Add(1) == 1 {
					return nil, errors.New("the line was busy")
				}
				return map[string]int{"lines": 7}, nil
			}),
			kind("failing", func(context.Context, *jobs.Env) (any, error) {
				if mended.Load() {
					return "at last", nil
				}
				return []string{"one of two"}, errors.New("no such host\nasked twice")
			}),
			kind("hopeless", func(context.Context, *jobs.Env) (any, error) {
				return nil, fmt.Errorf("reading it: %w", jobs.Hopeless(errors.New("it is no date")))
			}),
			kind("broken", func(context.Context, *jobs.Env) (any, error) {
				var rows []string
				return rows[tries.Load()], nil
			}),
		}
		defer o.working(1, quick)()
		if task := o.ended(o.start("second")); task.State != store.TaskDone || task.Attempt != 2 || task.By != "kim" ||
			!strings.Contains(string(task.Outcome), "7") || task.Reason != "the line was busy" && task.Reason != "" {
			t.Errorf("the second try: %+v %s", task, task.Outcome)
		}
		failing := o.start("failing")
		if task := o.ended(failing); task.State != store.TaskDead || task.Attempt != 3 || task.Reason != "no such host; asked twice" ||
			!strings.Contains(string(task.Outcome), "one of two") {
			t.Errorf("given up: %+v %s", task, task.Outcome)
		}
		if task := o.ended(o.start("hopeless")); task.State != store.TaskDead || task.Attempt != 1 || task.Reason != "reading it: it is no date" {
			t.Errorf("hopeless: %+v", task)
		}
		if task := o.ended(o.start("broken")); task.State != store.TaskDead || !strings.Contains(task.Reason, "index out of range") || !strings.Contains(task.Reason, "TestTries") {
			t.Errorf("broken: %+v", task)
		}
		mended.Store(true)
		if err := jobs.Retry(t.Context(), o.env, failing); err != nil {
			t.Fatal(err)
		}
		if task := o.ended(failing); task.State != store.TaskDone || task.Attempt != 1 || task.Reason != "" {
			t.Errorf("tried again by a person: %+v", task)
		}
		var ended *jobs.EndedTask
		if err := jobs.Retry(t.Context(), o.env, failing); !errors.As(err, &ended) {
			t.Errorf("trying a done job again: %v", err)
		}
		if err := jobs.Cancel(t.Context(), o.env, failing, "kim"); !errors.As(err, &ended) {
			t.Errorf("cancelling a done job: %v", err)
		}
		if err := jobs.Cancel(t.Context(), o.env, 1<<40, "kim"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("cancelling no job: %v", err)
		}
		var unknown *jobs.UnknownKind
		if _, err := jobs.Start(t.Context(), o.env, "refrsh", nil, "kim"); !errors.As(err, &unknown) {
			t.Errorf("starting no kind: %v", err)
		}
	})
}

// waiting is a job that runs until its context ends, and says when it does.
func waiting(began, stopped chan<- error) jobs.Job {
	return kind("waiting", func(ctx context.Context, env *jobs.Env) (any, error) {
		env.Progress(jobs.Step{What: "waiting", Done: 3, Total: 9, Unit: "rows"})
		began <- nil
		<-ctx.Done()
		stopped <- context.Cause(ctx)
		return nil, ctx.Err()
	})
}

func TestCancel(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		began, stopped := make(chan error, 9), make(chan error, 9)
		o.env.Jobs = []jobs.Job{waiting(began, stopped), kind("next", func(context.Context, *jobs.Env) (any, error) { return nil, nil })}
		early := o.start("waiting")
		if err := jobs.Cancel(t.Context(), o.env, early, "kim"); err != nil {
			t.Fatal(err)
		}
		opts := quick
		opts.Work = 1
		defer o.working(1, opts)()
		id := o.start("waiting")
		<-began
		task := o.until(id, "telling how far it is", func(t *store.Task) bool { return t.Progress != nil })
		if task.Progress.Done != 3 || task.Progress.Total != 9 || task.State != store.TaskRunning || task.Worker == "" {
			t.Errorf("running: %+v %+v", task, task.Progress)
		}
		// As another process would: it has its own way to the database alone.
		other := *o.env
		if err := jobs.Cancel(t.Context(), &other, id, "lee"); err != nil {
			t.Fatal(err)
		}
		<-stopped
		if task := o.now(id); task.State != store.TaskCancelled || task.Reason != "cancelled by lee" {
			t.Errorf("cancelled: %+v", task)
		}
		if task := o.ended(o.start("next")); task.State != store.TaskDone {
			t.Errorf("the one after it: %+v", task)
		}
		if task := o.now(early); task.State != store.TaskCancelled || task.Attempt != 0 {
			t.Errorf("cancelled before it began: %+v", task)
		}
	})
}

func TestHandedBack(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	began, stopped := make(chan error, 9), make(chan error, 9)
	o.env.Jobs = []jobs.Job{waiting(began, stopped)}
	opts := quick
	opts.Grace = 50 * time.Millisecond
	id := o.start("waiting")
	for range 5 { // more often than it would be tried
		stop := o.working(1, opts)
		<-began
		stop()
		<-stopped
		if task := o.now(id); task.State != store.TaskWaiting || task.Attempt != 0 {
			t.Fatalf("after its worker was stopped: %+v", task)
		}
	}
	if workers, err := jobs.Workers(t.Context(), o.env); err != nil || len(workers) != 0 {
		t.Errorf("workers that were stopped are still there: %+v, %v", workers, err)
	}
}

func TestUrgentDoesNotWait(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	began, stopped := make(chan error, 99), make(chan error, 99)
	urgent := kind("urgent", func(context.Context, *jobs.Env) (any, error) { return nil, nil })
	urgent.Urgent = true
	o.env.Jobs = []jobs.Job{waiting(began, stopped), urgent}
	opts := quick
	opts.Work, opts.Grace = 1, 50*time.Millisecond
	for range 5 {
		o.start("waiting")
	}
	defer o.working(1, opts)()
	<-began
	if task := o.ended(o.start("urgent")); task.State != store.TaskDone {
		t.Errorf("%+v", task)
	}
}

func TestCancelledScreeningGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.listed()
		const rows = 1500
		run, job, mid := o.midBatch(rows)
		now := o.env.Now
		o.env.Now = slow(now)
		stop := o.working(1, quick)
		mid()
		if err := jobs.Cancel(t.Context(), o.env, job, "kim"); err != nil {
			t.Fatal(err)
		}
		stop()
		o.env.Now = now
		var unfinished *jobs.UnfinishedRun
		if err := jobs.WriteRun(t.Context(), o.env, run, &strings.Builder{}, "json"); !errors.As(err, &unfinished) {
			t.Errorf("the report of a cancelled run: %v", err)
		}
		if err := jobs.Retry(t.Context(), o.env, job); err != nil {
			t.Fatal(err)
		}
		defer o.working(1, quick)()
		if task := o.ended(job); task.State != store.TaskDone {
			t.Fatalf("gone on with: %+v", task)
		}
		o.equals(run, rows)
	})
}

// A backup does not have the queue: what was open in it is closed, and goes on
// when a person says so.
func TestRestoredScreeningGoesOn(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.listed()
	const rows = 600
	run, job, mid := o.midBatch(rows)
	now := o.env.Now
	o.env.Now = slow(now)
	stop := o.working(1, quick)
	mid()
	folder := t.TempDir()
	backup, err := jobs.Backup(t.Context(), o.env, jobs.BackupOptions{To: folder})
	if err != nil {
		t.Fatal(err)
	}
	stop()
	o.env.Now = now
	after := newOffice(t, openAt(t, storetest.SQLite(t), t.TempDir()))
	if _, err := jobs.Restore(t.Context(), after.env, backup.File, false); err != nil {
		t.Fatal(err)
	}
	if task := after.now(job); task.State != store.TaskCancelled || !strings.Contains(task.Reason, "backup") {
		t.Fatalf("restored: %+v", task)
	}
	defer after.working(1, quick)()
	if err := jobs.Retry(t.Context(), after.env, job); err != nil {
		t.Fatal(err)
	}
	if task := after.ended(job); task.State != store.TaskDone {
		t.Fatalf("gone on with: %+v", task)
	}
	after.equals(run, rows)
}

// What the queue has lost — here by a hand in its table — is put in again.
func TestForgottenByTheQueue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.env.Jobs = []jobs.Job{kind("next", func(context.Context, *jobs.Env) (any, error) { return nil, nil })}
		id := o.start("next")
		db, _ := s.DB()
		if _, err := db.ExecContext(t.Context(), "delete from river_job"); err != nil {
			t.Fatal(err)
		}
		o.time = o.time.Add(time.Hour)
		opts := quick
		opts.Beat = 20 * time.Millisecond
		defer o.working(1, opts)()
		if task := o.ended(id); task.State != store.TaskDone {
			t.Errorf("%+v", task)
		}
	})
}

// What is decided while a batch runs is for the next one.
func TestTermsAreFixedAtTheStart(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.listed()
	const rows = 300
	first := o.sheet(bigSheet(rows))
	want := o.inProcess("json", first)
	run, job, err := jobs.StartScreen(t.Context(), o.env, []jobs.Sheet{{Name: "big.csv", R: strings.NewReader(bigSheet(rows))}}, jobs.ScreenOptions{}, "kim")
	if err != nil {
		t.Fatal(err)
	}
	o.list("w9|Another Body||ir", "w8|And Another||ir", "w7|A Third Body||ir")
	defer o.working(1, quick)()
	if task := o.ended(job); task.State != store.TaskDone {
		t.Fatalf("%+v", task)
	}
	if string(o.report(run, "json")) != string(want) {
		t.Error("a list that came in later changed what was found")
	}
}
