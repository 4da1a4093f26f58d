//go:build unix

package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// TestMain lets the test binary be one of several processes on a database.
func TestMain(m *testing.M) {
	if dir := os.Getenv("JOBS_TEST_BADFILES"); dir != "" {
		if err := takeBadFiles(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	dsn := os.Getenv("JOBS_TEST_DSN")
	if dsn == "" {
		os.Exit(m.Run())
	}
	if err := play(dsn); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// play is a worker in a process of its own. It says "working" when it is, and
// goes on until it is killed or its input ends.
func play(dsn string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	s, err := store.Open(ctx, dsn, store.Options{Data: os.Getenv("JOBS_TEST_DATA"), Wait: 10 * time.Second})
	if err != nil {
		return err
	}
	defer s.Close()
	card, err := lists.Custom(lists.CustomConfig{ID: "watch", Format: "targets.simple.csv", Control: "asset_freeze"})
	if err != nil {
		return err
	}
	env := &jobs.Env{
		Store: s, Cards: []lists.Card{card}, Policy: screening.DefaultPolicy(), MaxAge: 10 * 24 * time.Hour, Version: "test", Now: standing,
	}
	if os.Getenv("JOBS_TEST_SLOW") != "" {
		env.Now = slow(standing)
	}
	if os.Getenv("JOBS_TEST_BENCH") != "" {
		return jobs.Work(ctx, benchEnv(s), jobs.WorkOptions{})
	}
	opts := quick
	opts.Ready = func() { fmt.Println("working") }
	if at := os.Getenv("JOBS_TEST_CLOCK"); at != "" {
		origin, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			return err
		}
		env.Now, env.Jobs, opts.Clock = fastClock(origin), []jobs.Job{everyMinute}, true
		opts.Beat = 20 * time.Millisecond
	}
	return jobs.Work(ctx, env, opts)
}

// standing is the time of an office, which stands still.
func standing() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }

// slow makes a worker take its time over each chunk, which asks what time it is.
func slow(now func() time.Time) func() time.Time {
	return func() time.Time {
		time.Sleep(15 * time.Millisecond)
		return now()
	}
}

// process is a worker in a process of its own.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.Closer
	said  *bytes.Buffer
}

func (o *office) process(dsn, data string, env ...string) *process {
	o.t.Helper()
	p := &process{t: o.t, cmd: exec.CommandContext(o.t.Context(), os.Args[0]), said: new(bytes.Buffer)}
	p.cmd.Env = append(os.Environ(), append(env, "JOBS_TEST_DSN="+dsn, "JOBS_TEST_DATA="+data)...)
	p.cmd.Stderr = p.said
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		o.t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		o.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		o.t.Fatal(err)
	}
	line := make([]byte, len("working\n"))
	if _, err := io.ReadFull(out, line); err != nil {
		_ = p.cmd.Wait()
		o.t.Fatalf("a worker did not start: %v\n%s", err, p.said)
	}
	return p
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// stop asks it to end, as SIGTERM does.
func (p *process) stop() {
	p.t.Helper()
	p.stdin.Close()
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("a worker ended with %v\n%s", err, p.said)
	}
}

// midBatch starts a screening of n rows and returns its run and job, and what waits until
// some rows are done and others are not.
func (o *office) midBatch(n int) (run string, job int64, mid func()) {
	o.t.Helper()
	run, job, err := jobs.StartScreen(o.t.Context(), o.env, []jobs.Sheet{{Name: "big.csv", R: strings.NewReader(bigSheet(n))}}, jobs.ScreenOptions{}, "kim")
	if err != nil {
		o.t.Fatal(err)
	}
	return run, job, func() {
		o.t.Helper()
		task := o.until(job, "half done", func(t *store.Task) bool { return t.State.Ended() || t.Progress != nil && t.Progress.Done > 0 })
		if task.State.Ended() {
			o.t.Fatalf("it was over before it could be disturbed: %+v", task)
		}
	}
}

// equals checks a run that was disturbed against one that was not.
func (o *office) equals(run string, rows int) {
	o.t.Helper()
	if !bytes.Equal(o.report(run, "json"), o.inProcess("json", o.sheet(bigSheet(rows)))) {
		o.t.Error("what was found differs from an undisturbed run's")
	}
	r, err := o.env.Store.Run(o.t.Context(), run)
	if err != nil || r.Counts.RowsIn != rows || r.Counts.RowsIn != r.Counts.RowsScreened+r.Counts.RowsRejected {
		o.t.Errorf("%d rows in: %+v, %v", rows, r.Counts, err)
	}
}

// sheet writes a sheet and returns where.
func (o *office) sheet(content string) string {
	o.t.Helper()
	path := filepath.Join(o.t.TempDir(), "big.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return path
}

func TestKilledWorker(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		data := t.TempDir()
		o := newOffice(t, openAt(t, dsn, data))
		o.listed()
		const rows = 1500
		run, job, mid := o.midBatch(rows)
		for range 2 {
			p := o.process(dsn, data, "JOBS_TEST_SLOW=1")
			mid()
			p.kill()
		}
		if task := o.now(job); task.State.Ended() {
			t.Fatalf("it ended without a worker: %+v", task)
		}
		defer o.working(1, quick)()
		if task := o.ended(job); task.State != store.TaskDone {
			t.Fatalf("after two kills: %+v", task)
		}
		o.equals(run, rows)
	})
}

// now is the job as it is.
func (o *office) now(id int64) *store.Task {
	o.t.Helper()
	task, err := jobs.Task(o.t.Context(), o.env, id)
	if err != nil {
		o.t.Fatal(err)
	}
	return task
}

func openAt(t *testing.T, dsn, data string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, store.Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestKilledDatabase(t *testing.T) {
	c := storetest.NewCluster(t)
	o := newOffice(t, openAt(t, c.DSN, t.TempDir()))
	o.listed()
	const rows = 1500
	run, job, mid := o.midBatch(rows)
	now := o.env.Now
	o.env.Now = slow(now)
	defer o.working(1, quick)()
	for range 2 {
		mid()
		c.Kill(t)
		c.Start(t)
	}
	o.env = &jobs.Env{Store: o.env.Store, Cards: o.env.Cards, Policy: o.env.Policy, MaxAge: o.env.MaxAge, Version: "test", Actor: "sam", Now: now}
	if task := o.ended(job); task.State != store.TaskDone {
		t.Fatalf("after the database was killed twice: %+v", task)
	}
	o.equals(run, rows)
}

// A power cut leaves the files of SQLite as the disk had them at some instant,
// without the end of what was being written to the log.
func TestPowerCut(t *testing.T) {
	dsn, data := storetest.SQLite(t), t.TempDir()
	o := newOffice(t, openAt(t, dsn, data))
	o.listed()
	const rows = 1500
	run, job, mid := o.midBatch(rows)
	p := o.process(dsn, data, "JOBS_TEST_SLOW=1")
	defer p.kill()
	mid()
	for cut := range 3 {
		if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), "screener.db")
		copyFile(t, dsn, copied)
		log := copyFile(t, dsn+"-wal", copied+"-wal")
		if cut > 0 && log > 0 { // the end did not reach the disk
			if err := os.Truncate(copied+"-wal", log-rand.Int64N(min(log, 40_000))); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		after := newOffice(t, openAt(t, copied, data))
		db, _ := after.env.Store.DB()
		var sound string
		if err := db.QueryRowContext(t.Context(), "pragma integrity_check").Scan(&sound); err != nil || sound != "ok" {
			t.Fatalf("after a power cut: %s, %v", sound, err)
		}
		stop := after.working(1, quick)
		if task := after.ended(job); task.State != store.TaskDone {
			t.Fatalf("after a power cut: %+v", task)
		}
		stop()
		after.equals(run, rows)
	}
}

func copyFile(t *testing.T, from, to string) int64 {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return int64(len(content))
}

func TestKilledRefresh(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		data := t.TempDir()
		o := newOffice(t, openAt(t, dsn, data))
		o.list("w1|Veltraxis Optics Institute||ir")
		// A list that takes a while to import.
		const entities = 3000
		var lines []string
		for i := range entities {
			lines = append(lines, fmt.Sprintf("w%d|Veltraxis Optics Institute %d|VOI %d|ir", i+1, i, i))
		}
		from := o.publish(lines...)
		job, err := jobs.Start(t.Context(), o.env, "refresh", jobs.RefreshOptions{From: from}, "kim")
		if err != nil {
			t.Fatal(err)
		}
		whole := func() (editions int) {
			t.Helper()
			all, err := o.env.Store.Editions(t.Context(), "watch")
			if err != nil {
				t.Fatal(err)
			}
			for _, ed := range all {
				n := 0
				for _, err := range o.env.Store.Entities(t.Context(), "watch", ed.Seq) {
					if err != nil {
						t.Fatal(err)
					}
					n++
				}
				if n != ed.Entities {
					t.Fatalf("edition %d has %d of %d entities", ed.Seq, n, ed.Entities)
				}
			}
			return len(all)
		}
		for kill := range 3 {
			p := o.process(dsn, data)
			o.until(job, "running", func(t *store.Task) bool { return t.State == store.TaskRunning || t.State.Ended() })
			time.Sleep(rand.N(time.Millisecond + time.Duration(kill)*150*time.Millisecond)) // wherever in the middle
			p.kill()
			whole()
		}
		defer o.working(1, quick)()
		if task := o.ended(job); task.State != store.TaskDone || task.Attempt < 2 {
			t.Fatalf("after three kills: %+v", task)
		}
		if n := whole(); n != 2 {
			t.Errorf("%d editions, want 2", n)
		}
	})
}

// everyMinute is a job that is due every minute.
var everyMinute = jobs.Job{
	Kind:      "tick",
	Doc:       "nothing",
	Schedules: func(*jobs.Env) []jobs.Schedule { return []jobs.Schedule{{Name: "tick", Spec: "* * * * *"}} },
	Run:       func(context.Context, *jobs.Env, json.RawMessage) (any, error) { return nil, nil },
}

// fastClock goes a minute in a tenth of a second, alike for all processes.
func fastClock(origin time.Time) func() time.Time {
	start := time.Date(2026, 11, 23, 23, 50, 0, 0, time.UTC)
	return func() time.Time { return start.Add(600 * time.Since(origin)) }
}

// Two schedulers, one or the other of them killed again and again, around the
// minutes at which something is due: no run is started twice, and one that was missed is made up.
func TestKilledSchedulers(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		data := t.TempDir()
		o := newOffice(t, openAt(t, dsn, data))
		origin := time.Now()
		start := func() *process { return o.process(dsn, data, "JOBS_TEST_CLOCK="+origin.Format(time.RFC3339Nano)) }
		two := []*process{start(), start()}
		for i := range 6 {
			time.Sleep(50*time.Millisecond + rand.N(100*time.Millisecond))
			two[i%2].kill()
			two[i%2] = start()
		}
		runs := func() map[time.Time]int64 {
			t.Helper()
			tasks, err := jobs.Tasks(t.Context(), o.env, store.TaskFilter{Schedule: "tick", Limit: 10_000})
			if err != nil {
				t.Fatal(err)
			}
			at := map[time.Time]int64{}
			for _, task := range tasks {
				if at[task.Due] != 0 {
					t.Errorf("the run of %s was started twice: jobs %d and %d", task.Due, at[task.Due], task.ID)
				}
				at[task.Due] = task.ID
			}
			return at
		}
		two[0].kill()
		two[1].kill()
		before := runs()
		if len(before) < 3 {
			t.Fatalf("only %d runs", len(before))
		}
		all, err := o.env.Store.Schedules(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		missed := all[0].NextRun
		if before[missed] != 0 {
			t.Errorf("the run of %s has started and is still to come", missed)
		}
		// One that was begun when its worker was killed is done first, and stands
		// for those that were due meanwhile.
		last := start()
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			tasks, err := jobs.Tasks(t.Context(), o.env, store.TaskFilter{Schedule: "tick", States: []store.TaskState{store.TaskDone}, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			if len(tasks) == 1 && tasks[0].Finished.After(missed) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the run of %s was not made up", missed)
			}
		}
		last.stop()
		runs()
	})
}

// Four schedulers look at the same time, minute after minute: each run happens once.
func TestTwoSchedulersAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.env.Jobs = []jobs.Job{everyMinute}
		var mu sync.Mutex
		at := o.time
		o.env.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return at }
		opts := quick
		opts.Clock, opts.Beat = true, 20*time.Millisecond
		stop := o.working(4, opts)
		defer stop()
		const minutes = 8
		for i := range minutes {
			want := i + 1
			mu.Lock()
			at = at.Add(time.Minute)
			mu.Unlock()
			for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
				tasks, err := jobs.Tasks(t.Context(), o.env, store.TaskFilter{Schedule: "tick"})
				if err != nil {
					t.Fatal(err)
				}
				if len(tasks) > want || time.Now().After(deadline) {
					t.Fatalf("%d runs in %d minutes", len(tasks), want)
				}
				if len(tasks) == want && tasks[0].State == store.TaskDone {
					break
				}
			}
		}
	})
}

// The statements of the README split the tables of results, and the program goes on.
func TestSplitTables(t *testing.T) {
	o := newOffice(t, openAt(t, storetest.Postgres(t), t.TempDir()))
	o.listed()
	before, _ := o.screen("Veltraxis Optics Institute,IR")
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(readme), "    begin;\n")
	split, _, ok2 := strings.Cut(rest, "    commit;\n")
	if !ok || !ok2 {
		t.Fatal("the README has no statements that split the tables")
	}
	db, _ := o.env.Store.DB()
	if _, err := db.ExecContext(t.Context(), split); err != nil {
		t.Fatal(err)
	}
	const rows = 300
	run, job, _ := o.midBatch(rows)
	defer o.working(1, quick)()
	if task := o.ended(job); task.State != store.TaskDone {
		t.Fatalf("%+v", task)
	}
	o.equals(run, rows)
	if len(o.report(before.ID, "json")) == 0 {
		t.Error("what was there before is gone")
	}
	if err := o.env.Store.DeleteRun(t.Context(), before.ID); err != nil && !strings.Contains(err.Error(), "collaborations") {
		t.Error(err)
	}
}
