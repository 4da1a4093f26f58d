package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"partnerscreen/jobs"
	"partnerscreen/screening/store"
)

// queueScreen puts sheets into the queue, for workers to screen.
func (a *app) queueScreen(ctx context.Context, env *jobs.Env, opts jobs.ScreenOptions) error {
	var sheets []jobs.Sheet
	for _, file := range opts.Files {
		f, err := os.Open(file)
		if err != nil {
			return fmt.Errorf("reading the sheet: %w", err)
		}
		defer func() { _ = f.Close() }()
		sheets = append(sheets, jobs.Sheet{Name: file, R: f})
	}
	run, job, err := jobs.StartScreen(ctx, env, sheets, opts, env.Actor)
	var unknown *jobs.UnknownList
	if errors.As(err, &unknown) {
		return usage("%w", err)
	}
	if err != nil {
		return err
	}
	a.bars.close()
	fmt.Fprintln(a.stdout, job)
	fmt.Fprintf(a.stderr, "job %d, run %s: `screener jobs` shows how far it is, `screener jobs report %d` writes its report\n", job, run, job)
	task, err := jobs.Task(ctx, env, job)
	if err != nil {
		return err
	}
	return tellWorkers(ctx, a, env, []*store.Task{task})
}

type jobsReportCmd struct {
	ID     int64  `arg:"" help:"The number of a job that screened sheets."`
	Out    string `help:"Report to write; run-<run>.xlsx in the current folder, or stdout for json and csv." placeholder:"F" type:"path"`
	Format string `help:"xlsx, json (one object a line) or csv." enum:"xlsx,json,csv" default:"xlsx"`
}

func (c *jobsReportCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	task, err := jobs.Task(ctx, env, c.ID)
	if err != nil {
		return noJob(c.ID, err)
	}
	if task.Run == "" {
		return fmt.Errorf("job %d screened no sheet; its kind is %s", c.ID, task.Kind)
	}
	out := c.Out
	if out == "" && c.Format == "xlsx" {
		out = "run-" + task.Run + ".xlsx"
	}
	if err := a.writeReport(out, func(w io.Writer) error { return jobs.WriteRun(ctx, env, task.Run, w, c.Format) }); err != nil {
		return err
	}
	if out != "" {
		fmt.Fprintf(a.stderr, "report: %s\n", out)
	}
	return nil
}
