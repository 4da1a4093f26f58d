package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"partnerscreen/jobs"
)

type workCmd struct {
	NoClock bool          `help:"Start nothing by the schedules; another process does."`
	Batch   int           `help:"Chunks of screenings worked at once; one a core by default." placeholder:"N"`
	Grace   time.Duration `help:"How long running work may go on after a signal to stop, before it is handed back." default:"8s"`
}

func (c *workCmd) Run(ctx context.Context, a *app) error {
	if c.Batch < 0 || c.Grace <= 0 {
		return usage("--batch and --grace must be above 0")
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	env.Progress = nil // each job's own is kept in the store
	opts := jobs.WorkOptions{Clock: !c.NoClock, Batch: c.Batch, Grace: c.Grace, Log: a.log()}
	opts.Ready = func() { fmt.Fprintln(a.stderr, "working; `screener jobs` shows what; stop with Ctrl-C") }
	return jobs.Work(ctx, env, opts)
}

// log is where long-running commands say what happens: a line each on stderr.
func (a *app) log() *slog.Logger {
	level := slog.LevelInfo
	if a.cli.Quiet {
		level = slog.LevelWarn
	}
	return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))
}
