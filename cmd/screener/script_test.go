package main

import (
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"partnerscreen/screening/store/storetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"screener": main})
}

// TestScript runs the real program as a user would, by the scripts in testdata/script.
func TestScript(t *testing.T) {
	testscript.Run(t, params(testscript.Params{Dir: "testdata/script"}, func(env *testscript.Env) string {
		return env.WorkDir + "/test.db"
	}))
}

// TestScriptPostgres runs those scripts that keep something on the other database.
func TestScriptPostgres(t *testing.T) {
	testscript.Run(t, params(testscript.Params{Files: []string{
		"testdata/script/badinput.txtar", "testdata/script/custom.txtar", "testdata/script/missing.txtar",
	}}, func(env *testscript.Env) string {
		return storetest.Postgres(env.T().(testing.TB))
	}))
}

func params(p testscript.Params, db func(*testscript.Env) string) testscript.Params {
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		env.Setenv("SCREENER_DB", db(env))
		return nil
	}
	p.Cmds = map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits, "ended": ended, "glob": glob}
	p.RequireExplicitExec = true
	return p
}

// exits runs a program and checks its exit code: exits 2 screener nonsense.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// ended waits until a job has ended in a state: ended 1 done.
func ended(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: ended JOB STATE")
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		ts.Check(ts.Exec("screener", "--config", "c.toml", "jobs", "show", args[0]))
		var job struct{ State string }
		ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &job))
		if job.State == args[1] {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("job %s is %s, not %s", args[0], job.State, args[1])
		}
	}
}

// glob checks how many files a pattern finds: glob 1 outbox/*.xlsx.
func glob(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: glob COUNT PATTERN")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(found) != want {
		ts.Fatalf("%d files: %v, want %d", len(found), found, want)
	}
}
