package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"partnerscreen/jobs"
)

type workCmd struct {
	NoClock bool `help:"Start nothing by the schedules; another process does."`
}

// WorkConfig says how much a process takes up at once. The defaults suit one machine.
type WorkConfig struct {
	ChunksAtOnce int     `toml:"chunks_at_once"` // of screenings; 0 is one a core
	JobsAtOnce   int     `toml:"jobs_at_once"`   // others, beside the urgent ones; 0 is 2
	GraceSeconds float64 `toml:"grace_seconds"`
	BeatSeconds  float64 `toml:"beat_seconds"` // six beats without a word, and a worker is taken for dead
}

// options are how a process works that has the configuration.
func (c *WorkConfig) options(log *slog.Logger) (jobs.WorkOptions, error) {
	if c.ChunksAtOnce < 0 || c.JobsAtOnce < 0 || c.GraceSeconds < 0 || c.BeatSeconds < 0 {
		return jobs.WorkOptions{}, errors.New("reading the configuration: no number of [work] may be below 0")
	}
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	return jobs.WorkOptions{
		Clock: true, Batch: c.ChunksAtOnce, Work: c.JobsAtOnce, Grace: seconds(c.GraceSeconds), Beat: seconds(c.BeatSeconds), Log: log,
	}, nil
}

func (c *workCmd) Run(ctx context.Context, a *app) error { return untilTold(ctx, c.work(ctx, a)) }

func (c *workCmd) work(ctx context.Context, a *app) error {
	_, cfg, err := a.configure()
	if err != nil {
		return err
	}
	opts, err := cfg.Work.options(a.logger(cfg.Server.Log))
	if err != nil {
		return err
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	env.Progress = nil // each job's own is kept in the store
	opts.Clock = !c.NoClock
	opts.Ready = func() { fmt.Fprintln(a.stderr, "working; `screener jobs` shows what; stop with Ctrl-C") }
	return jobs.Work(ctx, env, opts)
}
