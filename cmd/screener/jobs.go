package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening/store"
)

type jobsCmd struct {
	List      jobsListCmd      `cmd:"" default:"withargs" help:"What is running and waiting, and what was given up."`
	Show      jobsShowCmd      `cmd:"" help:"One job: what it was started with, how far it is, what came of it."`
	Run       jobsRunCmd       `cmd:"" help:"Start a job now: a worker takes it up."`
	Cancel    jobsCancelCmd    `cmd:"" help:"End a job; what it has finished is kept."`
	Retry     jobsRetryCmd     `cmd:"" help:"Try a job again that was given up or cancelled, or waits for its next try."`
	Report    jobsReportCmd    `cmd:"" help:"Write the report of sheets that were screened through the queue."`
	Schedules jobsSchedulesCmd `cmd:"" help:"When jobs start by themselves."`
}

type jobsListCmd struct {
	All    bool   `help:"Those that are done and cancelled too." short:"a"`
	Limit  int    `help:"At most so many." default:"50" placeholder:"N"`
	Format string `help:"table or json (one a line)." enum:"table,json" default:"table"`
}

func (c *jobsListCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	filter := store.TaskFilter{Limit: c.Limit}
	if !c.All {
		filter.States = []store.TaskState{store.TaskRunning, store.TaskWaiting, store.TaskDead}
	}
	tasks, err := jobs.Tasks(ctx, env, filter)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return eachJSON(a.stdout, tasks)
	}
	if err := tellWorkers(ctx, a, env, tasks); err != nil {
		return err
	}
	if len(tasks) == 0 {
		fmt.Fprintln(a.stderr, "nothing is running, waiting or given up")
		return nil
	}
	// What runs comes first, then what waits, then what was given up.
	order := []store.TaskState{store.TaskRunning, store.TaskWaiting, store.TaskDead}
	rank := func(t *store.Task) int { return (slices.Index(order, t.State) + len(order) + 1) % (len(order) + 1) }
	slices.SortStableFunc(tasks, func(x, y *store.Task) int { return cmp.Compare(rank(x), rank(y)) })
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "JOB\tKIND\tSTATE\tSTARTED BY\tHOW FAR\tLEFT")
	for _, t := range tasks {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Kind, stateOfTask(t), t.By, howFar(t, a.now()), left(t))
	}
	return w.Flush()
}

// tellWorkers says when nobody is there to do what waits.
func tellWorkers(ctx context.Context, a *app, env *jobs.Env, tasks []*store.Task) error {
	open := slices.ContainsFunc(tasks, func(t *store.Task) bool { return !t.State.Ended() })
	alive, err := jobs.Workers(ctx, env)
	if err != nil || !open || len(alive) > 0 {
		return err
	}
	fmt.Fprintln(a.stderr, "no worker is running: start one with `screener serve` or `screener work`")
	return nil
}

func stateOfTask(t *store.Task) string {
	switch {
	case t.State == store.TaskWaiting && t.Attempt > 0:
		return fmt.Sprintf("waiting, %d of %d tries failed", t.Attempt, t.Attempts)
	case t.State == store.TaskRunning && t.Attempt > 1:
		return fmt.Sprintf("running, try %d of %d", t.Attempt, t.Attempts)
	case t.State == store.TaskDead:
		return "given up"
	}
	return string(t.State)
}

// howFar is one line of what a job does now, or why it does nothing.
func howFar(t *store.Task, now time.Time) string {
	switch {
	case t.State == store.TaskWaiting && !t.NextTry.IsZero():
		return fmt.Sprintf("next try at %s UTC: %s", t.NextTry.Format("15:04:05"), t.Reason)
	case t.State == store.TaskWaiting || t.State == store.TaskDead || t.State == store.TaskCancelled:
		return t.Reason
	case t.Progress == nil && t.State == store.TaskRunning:
		return "since " + t.Started.Format(time.DateTime) + " UTC"
	case t.Progress == nil:
		return "took " + t.Finished.Sub(t.Started).Round(time.Second).String()
	}
	p := t.Progress
	out := p.What
	if p.Done > 0 || p.Total > 0 {
		out += ": " + count(p.Done)
		if p.Total > 0 {
			out += " of " + count(p.Total)
		}
		out = strings.TrimRight(out+" "+p.Unit, " ")
	}
	if t.State == store.TaskDone {
		return out + ", took " + t.Finished.Sub(t.Started).Round(time.Second).String()
	}
	if p.Rate > 0 {
		out += fmt.Sprintf(", %s a second", count(int64(p.Rate+0.5)))
	}
	if silent := now.Sub(p.At); silent > time.Minute {
		out += fmt.Sprintf("; nothing heard for %s", silent.Round(time.Second))
	}
	return out
}

func left(t *store.Task) string {
	if d, ok := t.Progress.Left(); ok && t.State == store.TaskRunning {
		return "about " + d.String()
	}
	return ""
}

// count writes 1234567 as 1,234,567.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func eachJSON[T any](w io.Writer, items []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, item := range items {
		if err := enc.Encode(item); err != nil {
			return err
		}
	}
	return nil
}

type jobsShowCmd struct {
	ID int64 `arg:"" help:"The job's number."`
}

func (c *jobsShowCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	task, err := jobs.Task(ctx, env, c.ID)
	if err != nil {
		return noJob(c.ID, err)
	}
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(task)
}

func noJob(id int64, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no job %d; `screener jobs --all` names them", id)
	}
	return err
}

type jobsRunCmd struct {
	Kind string `arg:"" help:"What to do: refresh, backup …"`
	Args string `help:"What to start it with, as JSON: '{\"lists\":[\"us_ofac_sdn\"]}'." placeholder:"JSON"`
}

func (c *jobsRunCmd) Run(ctx context.Context, a *app) error {
	var args json.RawMessage
	if c.Args != "" {
		if args = json.RawMessage(c.Args); !json.Valid(args) {
			return usage("--args is not JSON")
		}
	}
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	id, err := jobs.Start(ctx, env, c.Kind, args, env.Actor)
	var unknown *jobs.UnknownKind
	if errors.As(err, &unknown) {
		return usage("%w", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, id)
	fmt.Fprintf(a.stderr, "job %d waits for a worker; `screener jobs` shows how far it is\n", id)
	task, err := jobs.Task(ctx, env, id)
	if err != nil {
		return err
	}
	return tellWorkers(ctx, a, env, []*store.Task{task})
}

type jobsCancelCmd struct {
	ID int64 `arg:"" help:"The job's number."`
}

func (c *jobsCancelCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := jobs.Cancel(ctx, env, c.ID, env.Actor); err != nil {
		return noJob(c.ID, err)
	}
	fmt.Fprintf(a.stderr, "job %d is cancelled; a worker that runs it stops within a few seconds\n", c.ID)
	return nil
}

type jobsRetryCmd struct {
	ID int64 `arg:"" help:"The job's number."`
}

func (c *jobsRetryCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := jobs.Retry(ctx, env, c.ID); err != nil {
		return noJob(c.ID, err)
	}
	fmt.Fprintf(a.stderr, "job %d will be tried again\n", c.ID)
	return nil
}

type jobsSchedulesCmd struct {
	Format string `help:"table or json (one a line)." enum:"table,json" default:"table"`
}

func (c *jobsSchedulesCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	all, err := jobs.Timetable(ctx, env)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return eachJSON(a.stdout, all)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SCHEDULE\tAT (UTC)\tNEXT\tLAST\tJOB")
	for _, s := range all {
		at, job := cmp.Or(s.Spec, "off"), ""
		if s.LastTask > 0 {
			job = fmt.Sprint(s.LastTask)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Name, at, minuteOr(s.NextRun, ""), minuteOr(s.LastRun, "never"), job)
	}
	return w.Flush()
}

func minuteOr(t time.Time, or string) string {
	if t.IsZero() {
		return or
	}
	return t.UTC().Format("2006-01-02 15:04")
}
