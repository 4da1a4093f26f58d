package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
)

// Schedule is when a kind of work starts by itself.
type Schedule struct {
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	Spec     string          `json:"spec"`
	Args     json.RawMessage `json:"args"`
	Enabled  bool            `json:"enabled"`
	NextRun  time.Time       `json:"next_run,omitzero"`
	LastRun  time.Time       `json:"last_run,omitzero"`
	LastTask int64           `json:"last_job,omitempty"`
}

type scheduleRow struct {
	Name     string `db:"name"`
	Kind     string `db:"kind"`
	Spec     string `db:"spec"`
	Args     []byte `db:"args"`
	Enabled  bool   `db:"enabled"`
	NextRun  stamp  `db:"next_run"`
	LastRun  stamp  `db:"last_run"`
	LastTask int64  `db:"last_task"`
}

const (
	scheduleColumns = `name, kind, spec, args, enabled, next_run, last_run, last_task`
	selectSchedules = `select ` + scheduleColumns + ` from schedules order by name`
	keepSchedule    = `insert into schedules (` + scheduleColumns + `) values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (name) do update set kind = excluded.kind, spec = excluded.spec, args = excluded.args, enabled = excluded.enabled, next_run = excluded.next_run`
	deleteSchedule = `delete from schedules where name = ?`
	claimSchedule  = `update schedules set next_run = ? where name = ? and enabled and next_run = ?`
	ranSchedule    = `update schedules set last_run = ?, last_task = ? where name = ?`
	lockSchedules  = `lock table schedules in share row exclusive mode`
)

// Schedules returns every schedule by name, those that are off too.
func (s *Store) Schedules(ctx context.Context) ([]Schedule, error) {
	const doing = "looking up the schedules"
	var rows []scheduleRow
	if err := s.read.SelectContext(ctx, &rows, selectSchedules); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	return schedules(rows), nil
}

func schedules(rows []scheduleRow) []Schedule {
	out := make([]Schedule, len(rows))
	for i, r := range rows {
		out[i] = Schedule{Name: r.Name, Kind: r.Kind, Spec: r.Spec, Args: r.Args, Enabled: r.Enabled, NextRun: r.NextRun.Time, LastRun: r.LastRun.Time, LastTask: r.LastTask}
	}
	return out
}

// SetSchedules makes the table say what plan makes of it: plan is given what
// there is and returns what there shall be. Two processes do it one after the other.
func (s *Store) SetSchedules(ctx context.Context, plan func([]Schedule) ([]Schedule, error)) error {
	return s.inTx(ctx, "setting the schedules", func(tx *sqlx.Tx) error {
		if s.postgres {
			if err := exec(ctx, tx, lockSchedules); err != nil {
				return err
			}
		}
		var rows []scheduleRow
		if err := tx.SelectContext(ctx, &rows, selectSchedules); err != nil {
			return err
		}
		want, err := plan(schedules(rows))
		if err != nil {
			return err
		}
		keep := map[string]bool{}
		for _, w := range want {
			keep[w.Name] = true
			args := string(w.Args)
			if args == "" {
				args = "null"
			}
			err := exec(ctx, tx, keepSchedule, w.Name, w.Kind, w.Spec, args, w.Enabled, stamp{w.NextRun}, stamp{w.LastRun}, w.LastTask)
			if err != nil {
				return err
			}
		}
		for _, r := range rows {
			if !keep[r.Name] {
				if err := exec(ctx, tx, deleteSchedule, r.Name); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// ClaimSchedule moves a schedule's next run from was to next, and reports
// whether this transaction is the one that did: of several that try, one is.
func (t *Tx) ClaimSchedule(ctx context.Context, name string, was, next time.Time) (bool, error) {
	return changed(t.tx.ExecContext(ctx, t.tx.Rebind(claimSchedule), stamp{next}, name, stamp{was}))
}

// ScheduleRan notes the task a schedule has started.
func (t *Tx) ScheduleRan(ctx context.Context, name string, at time.Time, task int64) error {
	return exec(ctx, t.tx, ranSchedule, stamp{at}, task, name)
}

// ScheduleBusy reports whether a task of a schedule is waiting or running.
func (t *Tx) ScheduleBusy(ctx context.Context, name string) (bool, error) {
	var n int
	err := t.tx.GetContext(ctx, &n, t.tx.Rebind(openTasksOf), name)
	return n > 0, err
}
