package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// TaskState says where a task stands.
type TaskState string

const (
	TaskWaiting   TaskState = "waiting" // for a worker, or for its next try
	TaskRunning   TaskState = "running"
	TaskDone      TaskState = "done"
	TaskDead      TaskState = "dead" // given up; Reason says why, and a person may have it tried again
	TaskCancelled TaskState = "cancelled"
)

// Ended reports whether nothing more happens by itself.
func (s TaskState) Ended() bool { return s == TaskDone || s == TaskDead || s == TaskCancelled }

// Task is one piece of work somebody or a schedule asked for.
type Task struct {
	ID       int64           `json:"id"`
	Kind     string          `json:"kind"`
	Args     json.RawMessage `json:"args"`
	By       string          `json:"by"`                 // who asked for it
	Schedule string          `json:"schedule,omitempty"` // the schedule that did
	State    TaskState       `json:"state"`
	Attempt  int             `json:"attempt"`  // 1 is the first
	Attempts int             `json:"attempts"` // it is given up after so many
	Queued   time.Time       `json:"queued"`
	Due      time.Time       `json:"due,omitzero"` // when its schedule meant it to run
	Started  time.Time       `json:"started,omitzero"`
	NextTry  time.Time       `json:"next_try,omitzero"`
	Finished time.Time       `json:"finished,omitzero"`
	Worker   string          `json:"worker,omitempty"` // who runs it, or ran it last
	Run      string          `json:"run,omitempty"`    // the screening it makes
	Progress *Progress       `json:"progress,omitempty"`
	Outcome  json.RawMessage `json:"outcome,omitempty"`
	// Reason says why it is waiting again, or was given up; never a partner's name.
	Reason string `json:"reason,omitempty"`
	// Job is the queue's own number for it.
	Job int64 `json:"-"`
}

// Progress is how far a task was when it last said so.
type Progress struct {
	What  string    `json:"what"`
	Done  int64     `json:"done"`
	Total int64     `json:"total,omitempty"` // 0 where it is not known
	Unit  string    `json:"unit,omitempty"`
	Rate  float64   `json:"rate,omitempty"` // of Unit a second
	At    time.Time `json:"at"`
}

// Left is how long the rest will take at the rate so far; false where that cannot be told.
func (p *Progress) Left() (time.Duration, bool) {
	if p == nil || p.Total <= 0 || p.Rate <= 0 || p.Done > p.Total {
		return 0, false
	}
	return time.Duration(float64(p.Total-p.Done) / p.Rate * float64(time.Second)).Round(time.Second), true
}

type taskRow struct {
	ID       int64  `db:"id"`
	Kind     string `db:"kind"`
	Args     []byte `db:"args"`
	By       string `db:"started_by"`
	Schedule string `db:"schedule"`
	State    string `db:"state"`
	Attempt  int    `db:"attempt"`
	Attempts int    `db:"attempts"`
	Queued   stamp  `db:"queued"`
	Due      stamp  `db:"due"`
	Started  stamp  `db:"started"`
	NextTry  stamp  `db:"next_try"`
	Finished stamp  `db:"finished"`
	Worker   string `db:"worker"`
	Run      string `db:"run"`
	Progress []byte `db:"progress"`
	Outcome  []byte `db:"outcome"`
	Reason   string `db:"reason"`
	Job      int64  `db:"queue_job"`
}

func (r *taskRow) task() (*Task, error) {
	t := &Task{
		ID: r.ID, Kind: r.Kind, Args: r.Args, By: r.By, Schedule: r.Schedule, State: TaskState(r.State), Attempt: r.Attempt, Attempts: r.Attempts,
		Queued: r.Queued.Time, Due: r.Due.Time, Started: r.Started.Time, NextTry: r.NextTry.Time, Finished: r.Finished.Time,
		Worker: r.Worker, Run: r.Run, Outcome: r.Outcome, Reason: r.Reason, Job: r.Job,
	}
	if r.Progress != nil {
		t.Progress = new(Progress)
	}
	return t, fromJSON(r.Progress, t.Progress)
}

const (
	taskColumns = `id, kind, args, started_by, schedule, state, attempt, attempts, queued, due, started, next_try, finished, worker, run,
		progress, outcome, reason, queue_job`

	insertTask = `insert into tasks (kind, args, started_by, schedule, state, attempt, attempts, queued, due, worker, run, reason, queue_job)
		values (?, ?, ?, ?, 'waiting', 0, ?, ?, ?, '', ?, '', 0) returning id`
	setTaskJob = `update tasks set queue_job = ? where id = ?`
	beginTask  = `update tasks set state = 'running', worker = ?, attempt = ?, started = coalesce(started, ?), next_try = null, finished = null
		where id = ? and queue_job = ? and state in ('waiting', 'running')`
	progressTask = `update tasks set progress = ? where id = ? and state = 'running' and worker = ?`
	advanceTask  = `update tasks set state = 'running', progress = ?, next_try = null, started = coalesce(started, ?) where id = ? and state in ('waiting', 'running')`
	endTask      = `update tasks set state = ?, finished = ?, next_try = null, reason = ?, outcome = coalesce(?, outcome), progress = coalesce(?, progress)
		where id = ? and state in ('waiting', 'running')`
	laterTask = `update tasks set state = 'waiting', next_try = ?, reason = ?, outcome = coalesce(?, outcome), attempt = ?
		where id = ? and state in ('waiting', 'running')`
	retryTask = `update tasks set state = 'waiting', attempt = 0, finished = null, next_try = null, reason = ''
		where id = ? and state in ('dead', 'cancelled')`
	hurryTask       = `update tasks set next_try = null where id = ? and state = 'waiting'`
	selectTask      = `select ` + taskColumns + ` from tasks where id = ?`
	openTasksOf     = `select count(*) from tasks where schedule = ? and state in ('waiting', 'running')`
	selectOpenTasks = `select id from tasks where state in ('waiting', 'running') and queued < ? order by id limit 1000`
	closeOpen       = `update tasks set state = 'cancelled', finished = queued, next_try = null, queue_job = 0,
		reason = 'it was open when the backup was made; screener jobs retry goes on with it' where state in ('waiting', 'running')`
	forgetWorkers = `delete from workers`
	deleteTasks   = `delete from tasks where state in ('done', 'dead', 'cancelled') and finished < ?`
)

// AddTask keeps a task that waits for a worker and gives it its ID.
func (t *Tx) AddTask(ctx context.Context, task *Task) error {
	args := string(task.Args)
	if args == "" {
		args = "null"
	}
	task.State = TaskWaiting
	return t.tx.GetContext(ctx, &task.ID, t.tx.Rebind(insertTask), task.Kind, args, text(task.By), task.Schedule, task.Attempts,
		stamp{task.Queued}, stamp{task.Due}, task.Run)
}

// SetTaskJob notes the queue's own number for a task: only that job may begin it.
func (t *Tx) SetTaskJob(ctx context.Context, id, job int64) error {
	return exec(ctx, t.tx, setTaskJob, job, id)
}

// BeginTask notes that a worker has taken a task up, and reports whether it
// may: a task that was cancelled, or ended, or is another job's by now is not begun.
func (t *Tx) BeginTask(ctx context.Context, id, job int64, worker string, attempt int, now time.Time) (bool, error) {
	return changed(t.tx.ExecContext(ctx, t.tx.Rebind(beginTask), worker, attempt, stamp{now}, id, job))
}

// AdvanceTask notes how far a task is that several workers share, and reports
// whether it is open.
func (t *Tx) AdvanceTask(ctx context.Context, id int64, p *Progress) (bool, error) {
	progress, err := jsonText(p)
	if err != nil {
		return false, err
	}
	return changed(t.tx.ExecContext(ctx, t.tx.Rebind(advanceTask), progress, stamp{p.At}, id))
}

// EndTask ends a task that is open, and reports whether it was. A nil outcome
// or progress leaves what there is.
func (t *Tx) EndTask(ctx context.Context, id int64, state TaskState, reason string, outcome json.RawMessage, p *Progress, now time.Time) (bool, error) {
	progress, err := jsonPointer(p)
	if err != nil {
		return false, err
	}
	return changed(t.tx.ExecContext(ctx, t.tx.Rebind(endTask), string(state), stamp{now}, text(reason), nullJSON(outcome), progress, id))
}

// DelayTask puts an open task back to wait: until next, or until a worker is
// free when that is zero.
func (t *Tx) DelayTask(ctx context.Context, id int64, attempt int, next time.Time, reason string, outcome json.RawMessage) (bool, error) {
	return changed(t.tx.ExecContext(ctx, t.tx.Rebind(laterTask), stamp{next}, text(reason), nullJSON(outcome), attempt, id))
}

// RetryTask opens a dead or cancelled task again, and reports whether it was one.
func (t *Tx) RetryTask(ctx context.Context, id int64) (bool, error) {
	return changed(t.tx.ExecContext(ctx, t.tx.Rebind(retryTask), id))
}

// HurryTask forgets how long a waiting task was to wait.
func (t *Tx) HurryTask(ctx context.Context, id int64) (bool, error) {
	return changed(t.tx.ExecContext(ctx, t.tx.Rebind(hurryTask), id))
}

// Task is Store.Task inside the transaction.
func (t *Tx) Task(ctx context.Context, id int64) (*Task, error) {
	var row taskRow
	if err := t.tx.GetContext(ctx, &row, t.tx.Rebind(selectTask), id); err != nil {
		return nil, t.s.fault(ctx, fmt.Sprintf("looking up job %d", id), err)
	}
	return row.task()
}

func nullJSON(j json.RawMessage) any {
	if len(j) == 0 {
		return nil
	}
	return string(cleanJSON(j))
}

// changed reports whether a statement changed a row.
func changed(res interface{ RowsAffected() (int64, error) }, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// KeepProgress notes how far a running task is.
func (s *Store) KeepProgress(ctx context.Context, id int64, worker string, p *Progress) error {
	progress, err := jsonText(p)
	if err != nil {
		return err
	}
	_, err = s.write.ExecContext(ctx, s.write.Rebind(progressTask), progress, id, worker)
	return s.fault(ctx, fmt.Sprintf("noting how far job %d is", id), err)
}

// Task returns one task. ErrNotFound when there is none.
func (s *Store) Task(ctx context.Context, id int64) (*Task, error) {
	doing := fmt.Sprintf("looking up job %d", id)
	var row taskRow
	if err := s.read.GetContext(ctx, &row, s.read.Rebind(selectTask), id); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	task, err := row.task()
	return task, s.fault(ctx, doing, err)
}

// TaskFilter says which tasks are asked for; the zero value is the newest 100.
type TaskFilter struct {
	States   []TaskState
	Kind     string
	Schedule string
	Run      string
	Limit    int // 0 for 100
}

// Tasks returns tasks, newest first.
func (s *Store) Tasks(ctx context.Context, f TaskFilter) ([]*Task, error) {
	const doing = "looking up the jobs"
	query, args := `select `+taskColumns+` from tasks where 1 = 1`, []any{}
	if len(f.States) > 0 {
		query += ` and state in (?` + strings.Repeat(", ?", len(f.States)-1) + `)`
		for _, st := range f.States {
			args = append(args, string(st))
		}
	}
	for column, value := range map[string]string{"kind": f.Kind, "schedule": f.Schedule, "run": f.Run} {
		if value != "" {
			query += ` and ` + column + ` = ?`
			args = append(args, value)
		}
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	var rows []taskRow
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(query+` order by id desc limit ?`), append(args, f.Limit)...); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	out := make([]*Task, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].task(); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
	}
	return out, nil
}

// OpenTasks returns the IDs of tasks that were queued before a time and have not ended.
func (s *Store) OpenTasks(ctx context.Context, before time.Time) ([]int64, error) {
	var out []int64
	err := s.read.SelectContext(ctx, &out, s.read.Rebind(selectOpenTasks), stamp{before})
	return out, s.fault(ctx, "looking up the open jobs", err)
}

// tasksSince is the schema that brought tasks.
const tasksSince = 5

// closeTasks ends what was open when a backup was made, and forgets who
// worked: done again unasked, it would be done twice.
func closeTasks(ctx context.Context, tx *sqlx.Tx) error {
	if err := exec(ctx, tx, closeOpen); err != nil {
		return err
	}
	return exec(ctx, tx, forgetWorkers)
}

// DeleteTasks removes the tasks that ended before a time and says how many.
func (s *Store) DeleteTasks(ctx context.Context, before time.Time) (int64, error) {
	var n int64
	err := s.inTx(ctx, "deleting old jobs", func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind(deleteTasks), stamp{before})
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
