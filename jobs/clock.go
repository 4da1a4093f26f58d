package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"partnerscreen/screening/store"
)

// clock starts what is due. When it is due stands in the store, so nothing is
// forgotten while no clock runs, and of several clocks one starts each run.
type clock struct {
	env   *Env
	log   *slog.Logger
	every time.Duration // how often it looks
}

// Schedules returns when jobs run: what their cards say, and what the
// configuration says in its place. It errors on a schedule that nothing can run by.
func Schedules(env *Env) ([]store.Schedule, error) {
	var out []store.Schedule
	names := map[string]bool{}
	for _, card := range env.jobs() {
		if card.Schedules == nil {
			continue
		}
		for _, s := range card.Schedules(env) {
			args, err := json.Marshal(s.Args)
			if err != nil {
				return nil, fmt.Errorf("the schedule %q: %w", s.Name, err)
			}
			spec := s.Spec
			if own, ok := env.Schedule[s.Name]; ok {
				spec = own
			}
			if spec != "" {
				if _, err := parseSpec(spec); err != nil {
					return nil, fmt.Errorf("the schedule %q: %w", s.Name, err)
				}
			}
			names[s.Name] = true
			out = append(out, store.Schedule{Name: s.Name, Kind: card.Kind, Spec: spec, Args: args, Enabled: spec != ""})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(env.Schedule)) {
		if !names[name] {
			return nil, &UnknownSchedule{Name: name, There: slices.Sorted(maps.Keys(names))}
		}
	}
	return out, nil
}

// Timetable returns the schedules as they stand in the store; those a clock has
// not seen yet are there too, with the next run it would set.
func Timetable(ctx context.Context, env *Env) ([]store.Schedule, error) {
	want, err := Schedules(env)
	if err != nil {
		return nil, err
	}
	there, err := env.Store.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	planned, err := plan(want, there, env.Now())
	slices.SortStableFunc(planned, func(a, b store.Schedule) int { return strings.Compare(a.Name, b.Name) })
	return planned, err
}

// plan is what the table shall say: what is wanted, with what it knows. A schedule
// that has not changed keeps its next run, though it has passed: it is made up.
func plan(want, there []store.Schedule, now time.Time) ([]store.Schedule, error) {
	before := map[string]store.Schedule{}
	for _, s := range there {
		before[s.Name] = s
	}
	out := slices.Clone(want)
	for i := range out {
		s := &out[i]
		was, known := before[s.Name]
		s.LastRun, s.LastTask = was.LastRun, was.LastTask
		if !s.Enabled {
			continue
		}
		if known && was.Enabled && was.Spec == s.Spec && !was.NextRun.IsZero() {
			s.NextRun = was.NextRun
			continue
		}
		var err error
		if s.NextRun, err = nextRun(s.Spec, now); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// UnknownSchedule says that nothing runs by that name: what it would run is
// not there, or is off.
type UnknownSchedule struct {
	Name  string
	There []string
}

func (e *UnknownSchedule) Error() string {
	return fmt.Sprintf("there is no schedule %q; `screener jobs schedules` names them", e.Name)
}

// parseSpec reads five fields of cron, or @daily and its like, in UTC.
func parseSpec(spec string) (schedule cron.Schedule, err error) {
	bad := func(why string) error {
		return fmt.Errorf("%q is no time to run at: %s; write minute, hour, day, month and weekday, in UTC, such as \"30 2 * * *\"", spec, why)
	}
	// The parser would take another zone here, where daylight saving skips hours
	// and repeats them, and breaks on one without a space after it.
	if strings.Contains(spec, "TZ=") {
		return nil, bad("times are in UTC and no zone can be named")
	}
	defer func() {
		if recover() != nil {
			schedule, err = nil, bad("it cannot be read")
		}
	}()
	schedule, err = cron.ParseStandard("CRON_TZ=UTC " + spec)
	if err != nil {
		return nil, bad(strings.TrimPrefix(err.Error(), "cron: "))
	}
	// A day that is in no month: the parser looks five years ahead.
	if schedule.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, bad("there is no such day")
	}
	return schedule, nil
}

// nextRun is the first time after now that a spec names, in UTC.
func nextRun(spec string, now time.Time) (time.Time, error) {
	schedule, err := parseSpec(spec)
	if err != nil {
		return time.Time{}, err
	}
	return schedule.Next(now.UTC()), nil
}

// set makes the table say what the cards and the configuration do.
func (c *clock) set(ctx context.Context) error {
	want, err := Schedules(c.env)
	if err != nil {
		return err
	}
	return c.env.Store.SetSchedules(ctx, func(there []store.Schedule) ([]store.Schedule, error) {
		return plan(want, there, c.env.Now())
	})
}

func (c *clock) run(ctx context.Context) {
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		if err := c.tick(ctx); err != nil && ctx.Err() == nil {
			c.log.Warn("what is due could not be started", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tick starts every run that is due.
func (c *clock) tick(ctx context.Context) error {
	all, err := c.env.Store.Schedules(ctx)
	if err != nil {
		return err
	}
	now := c.env.Now().UTC()
	for _, s := range all {
		if !s.Enabled {
			continue
		}
		if s.NextRun.After(now) {
			if err := c.wound(ctx, &s, now); err != nil {
				return err
			}
			continue
		}
		if err := c.start(ctx, &s, now); err != nil {
			return fmt.Errorf("the schedule %q: %w", s.Name, err)
		}
	}
	return nil
}

// start claims a run that is due and starts its job, in one transaction. However
// many runs were missed, the next one lies after now: they are made up once.
func (c *clock) start(ctx context.Context, s *store.Schedule, now time.Time) error {
	card, err := c.env.job(s.Kind)
	if err != nil {
		return err // a newer program's
	}
	next, err := nextRun(s.Spec, now)
	if err != nil {
		return err
	}
	q, err := queueOf(c.env)
	if err != nil {
		return err
	}
	return c.env.Store.InTx(ctx, "starting what is due", func(tx *store.Tx) error {
		mine, err := tx.ClaimSchedule(ctx, s.Name, s.NextRun, next)
		if err != nil || !mine {
			return err
		}
		busy, err := tx.ScheduleBusy(ctx, s.Name)
		if err != nil {
			return err
		}
		if busy {
			// The last one has not ended; it will see what this one would.
			c.log.Warn("not started: the last run has not ended", "schedule", s.Name)
			return nil
		}
		task := &store.Task{Kind: s.Kind, Args: s.Args, By: "schedule " + s.Name, Schedule: s.Name, Queued: now, Due: s.NextRun}
		if err := q.add(ctx, tx, card, task); err != nil {
			return err
		}
		if late := now.Sub(s.NextRun); late > 2*time.Minute {
			c.log.Info("made up", "schedule", s.Name, "due", s.NextRun, "late", late.Round(time.Second))
		}
		return tx.ScheduleRan(ctx, s.Name, now, task.ID)
	})
}

// wound puts right a next run that lies further ahead than the one after the
// next: the machine's clock was ahead when it was set, and has been put back since.
func (c *clock) wound(ctx context.Context, s *store.Schedule, now time.Time) error {
	schedule, err := parseSpec(s.Spec)
	if err != nil {
		return err
	}
	next := schedule.Next(now)
	if !s.NextRun.After(schedule.Next(next)) {
		return nil
	}
	c.log.Warn("the clock was put back", "schedule", s.Name, "next run was", s.NextRun, "is", next)
	return c.env.Store.InTx(ctx, "winding a schedule back", func(tx *store.Tx) error {
		_, err := tx.ClaimSchedule(ctx, s.Name, s.NextRun, next)
		return err
	})
}
