package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"partnerscreen/screening/store"
)

// The queues. Each has workers of its own, so that none waits behind another:
// an upload is read while a refresh runs and a million rows are screened.
const (
	queueUrgent = "urgent"
	queueWork   = "work"
	queueBatch  = "batch" // chunks of screenings
	// queueFiles and the name of a data folder: work that needs what lies in it.
	queueFiles = "files-"
)

// queue puts work into the database for workers to find, and takes it out.
type queue struct {
	client *river.Client[*sql.Tx]
	store  *store.Store
}

// queueOf is the queue of env: the worker's own inside a worker, else one that
// only puts in.
func queueOf(env *Env) (*queue, error) {
	if env.queue != nil {
		return env.queue, nil
	}
	return newQueue(env.Store, &river.Config{})
}

func newQueue(s *store.Store, config *river.Config) (*queue, error) {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	client, err := river.NewClient(s.QueueDriver(), config)
	if err != nil {
		return nil, fmt.Errorf("opening the queue: %w", err)
	}
	return &queue{client: client, store: s}, nil
}

// taskArgs is what the queue is given for a task; the rest stands in the store.
type taskArgs struct {
	kind string
	Task int64 `json:"task"`
}

// Kind is that of the job's card.
func (a taskArgs) Kind() string { return a.kind }

// chunkArgs is what the queue is given for a chunk of a screening.
type chunkArgs struct {
	Run   string `json:"run"`
	Chunk int    `json:"chunk"`
	Task  int64  `json:"task"`
}

// Kind tells chunks from tasks.
func (chunkArgs) Kind() string { return "screen_chunk" }

// chunkAttempts is how often a chunk is tried before its screening is given up.
const chunkAttempts = 5

// add puts a task into the queue, in the transaction that keeps it.
func (q *queue) add(ctx context.Context, tx *store.Tx, card *Job, task *store.Task) error {
	if task.Attempts = card.Attempts; task.Attempts == 0 {
		task.Attempts = defaultAttempts
	}
	if err := tx.AddTask(ctx, task); err != nil {
		return err
	}
	return q.insert(ctx, tx, card, task)
}

// insert gives the queue a job for a task that is kept; it alone may begin it.
func (q *queue) insert(ctx context.Context, tx *store.Tx, card *Job, task *store.Task) error {
	name := queueWork
	if card.Urgent {
		name = queueUrgent
	}
	if card.Local {
		id, err := q.store.FolderID()
		if err != nil {
			return err
		}
		if id == "" {
			return fmt.Errorf("a %s needs a data folder; name one with --data", card.Kind)
		}
		name = queueFiles + id
	}
	res, err := q.client.InsertTx(ctx, tx.SQL(), taskArgs{card.Kind, task.ID}, &river.InsertOpts{Queue: name, MaxAttempts: task.Attempts})
	if err != nil {
		return err
	}
	task.Job = res.Job.ID
	return tx.SetTaskJob(ctx, task.ID, task.Job)
}

// addChunk gives the queue a chunk. The first chunks of every screening go
// before the later ones of another, so that a small sheet does not wait behind a large one.
func (q *queue) addChunk(ctx context.Context, tx *store.Tx, args chunkArgs) error {
	priority := 4
	for i, upTo := range []int{16, 40, 200} {
		if args.Chunk < upTo {
			priority = i + 1
			break
		}
	}
	_, err := q.client.InsertTx(ctx, tx.SQL(), args, &river.InsertOpts{Queue: queueBatch, MaxAttempts: chunkAttempts, Priority: priority})
	return err
}

// cancel takes a job out, or has its worker told within a few seconds.
func (q *queue) cancel(ctx context.Context, tx *store.Tx, job int64) error {
	_, err := q.client.JobCancelTx(ctx, tx.SQL(), job)
	if errors.Is(err, river.ErrNotFound) {
		return nil
	}
	return err
}

// hurry makes a job that waits for its next try wait no longer.
func (q *queue) hurry(ctx context.Context, tx *store.Tx, job int64) error {
	_, err := q.client.JobRetryTx(ctx, tx.SQL(), job)
	if errors.Is(err, river.ErrNotFound) {
		return nil
	}
	return err
}

// try is one attempt at one of the queue's jobs.
type try struct {
	job      int64
	attempt  int // 1 is the first
	attempts int
	// complete ends the job in the transaction that keeps its results. It errors
	// when the job is no longer this worker's to end.
	complete func(context.Context, *store.Tx) error
}

// last reports whether there is no further attempt.
func (t *try) last() bool { return t.attempt >= t.attempts }

func tryOf[T river.JobArgs](job *river.Job[T]) *try {
	return &try{job: job.ID, attempt: job.Attempt, attempts: job.MaxAttempts, complete: func(ctx context.Context, tx *store.Tx) error {
		_, err := river.JobCompleteTx[riverdriver.Driver[*sql.Tx]](ctx, tx.SQL(), job)
		if errors.Is(err, river.ErrNotFound) {
			return errors.New("it was taken from this worker")
		}
		return err
	}}
}

// handBack gives a job back for another worker to take up at once; the try does not count.
func handBack() error { return river.JobSnooze(0) }

// giveUp ends a job that will not be tried again.
func giveUp(err error) error { return river.JobCancel(err) }

// toldToStop reports whether a job's context ended because a person cancelled it.
func toldToStop(ctx context.Context) bool {
	return errors.Is(context.Cause(ctx), rivertype.ErrJobCancelledRemotely)
}

// queueWorkers are what a worker does for each kind.
func queueWorkers(w *worker) *river.Workers {
	workers := river.NewWorkers()
	for i := range w.cards {
		card := &w.cards[i]
		river.AddWorkerArgs(workers, taskArgs{kind: card.Kind}, &taskWorker{w: w, card: card})
	}
	river.AddWorker(workers, &chunkWorker{w: w})
	return workers
}

// newWorkerQueue is the queue of a worker: it takes work out too.
func newWorkerQueue(w *worker, opts *WorkOptions) (*queue, error) {
	folder, err := w.env.Store.FolderID()
	if err != nil {
		return nil, err
	}
	quick, calm := 250*time.Millisecond, 500*time.Millisecond
	queues := map[string]river.QueueConfig{
		queueUrgent: {MaxWorkers: opts.Urgent, FetchPollInterval: quick},
		queueWork:   {MaxWorkers: opts.Work, FetchPollInterval: calm},
		queueBatch:  {MaxWorkers: opts.Batch, FetchPollInterval: calm},
	}
	if folder != "" {
		queues[queueFiles+folder] = river.QueueConfig{MaxWorkers: opts.Urgent, FetchPollInterval: quick}
	}
	return newQueue(w.env.Store, &river.Config{
		ID:                  w.id,
		Queues:              queues,
		Workers:             queueWorkers(w),
		Logger:              slog.New(warnings{opts.Log.Handler()}),
		FetchCooldown:       50 * time.Millisecond,
		FetchOnlyKnownKinds: true, // what a newer program asks for waits for a newer worker
		JobTimeout:          -1,   // work ends by itself, or is cancelled
		// The queue's own rescue goes by age and knows no heartbeat: it would take
		// a long refresh from its living worker, or leave a dead one's chunk for hours. Ours is rescue, in work.go.
		RescueStuckJobsAfter: 10 * 365 * 24 * time.Hour,
		SoftStopTimeout:      opts.Grace,
	})
}

// warnings lets through what goes wrong: the library tells of its own workings
// in words nobody here uses.
type warnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }

type taskWorker struct {
	river.WorkerDefaults[taskArgs]
	w    *worker
	card *Job
}

// Work runs one try of a task.
func (t *taskWorker) Work(ctx context.Context, job *river.Job[taskArgs]) error {
	defer t.w.hold(job.ID)()
	return t.w.task(ctx, t.card, job.Args.Task, tryOf(job))
}

// NextRetry backs off.
func (t *taskWorker) NextRetry(job *river.Job[taskArgs]) time.Time {
	return time.Now().Add(t.w.backOff(job.Attempt))
}

type chunkWorker struct {
	river.WorkerDefaults[chunkArgs]
	w *worker
}

// Work screens one chunk.
func (c *chunkWorker) Work(ctx context.Context, job *river.Job[chunkArgs]) error {
	defer c.w.hold(job.ID)()
	return c.w.chunk(ctx, job.Args, tryOf(job))
}

// NextRetry backs off.
func (c *chunkWorker) NextRetry(job *river.Job[chunkArgs]) time.Time {
	return time.Now().Add(c.w.backOff(job.Attempt) / 5)
}

// lost is a job whose worker is gone.
type lost struct {
	job  *rivertype.JobRow
	by   string
	task int64
	run  string // of a chunk
	dead bool   // it has been tried often enough
}

func (l *lost) attempt() int { return l.job.Attempt }

// given is why it is not tried again.
func (l *lost) given(why string) string {
	return fmt.Sprintf("given up after %d tries: %s", l.job.Attempt, why)
}

// lost returns the running jobs whose worker gone says is gone.
func (q *queue) lost(ctx context.Context, gone func(worker string, job int64, since time.Time) bool) ([]lost, error) {
	running, err := q.client.JobList(ctx, river.NewJobListParams().States(rivertype.JobStateRunning).First(manyJobs))
	if err != nil {
		return nil, err
	}
	var out []lost
	for _, job := range running.Jobs {
		var by string
		if n := len(job.AttemptedBy); n > 0 {
			by = job.AttemptedBy[n-1]
		}
		if job.AttemptedAt == nil || !gone(by, job.ID, *job.AttemptedAt) {
			continue
		}
		var args chunkArgs // has what taskArgs has
		if err := json.Unmarshal(job.EncodedArgs, &args); err != nil {
			return nil, err
		}
		out = append(out, lost{job: job, by: by, task: args.Task, run: args.Run, dead: job.Attempt >= job.MaxAttempts})
	}
	return out, nil
}

// manyJobs is how many jobs the queue is asked for at once.
const manyJobs = 10_000

// alive returns the tasks that have a job in the queue which has not ended;
// false where there are too many to tell.
func (q *queue) alive(ctx context.Context) (map[int64]bool, bool, error) {
	open, err := q.client.JobList(ctx, river.NewJobListParams().First(manyJobs).States(
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled))
	if err != nil || len(open.Jobs) == manyJobs {
		return nil, false, err
	}
	tasks := map[int64]bool{}
	for _, job := range open.Jobs {
		var args chunkArgs // has what taskArgs has
		if err := json.Unmarshal(job.EncodedArgs, &args); err != nil {
			return nil, false, err
		}
		tasks[args.Task] = true
	}
	return tasks, true, nil
}

// free lets others take up a job whose worker is gone, unless somebody has
// already. One that has taken too many workers with it is not tried again.
func (q *queue) free(ctx context.Context, tx *store.Tx, l *lost, why string) error {
	now := time.Now().UTC()
	said, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: l.job.Attempt, Error: why})
	if err != nil {
		return err
	}
	state, ended := string(rivertype.JobStateAvailable), (*time.Time)(nil)
	if l.dead {
		state, ended = string(rivertype.JobStateDiscarded), &now
	}
	_, err = q.client.Driver().UnwrapExecutor(tx.SQL()).JobRescueMany(ctx, &riverdriver.JobRescueManyParams{
		ID: []int64{l.job.ID}, Error: [][]byte{said}, FinalizedAt: []*time.Time{ended}, ScheduledAt: []time.Time{now}, State: []string{state},
		StuckHorizon: l.job.AttemptedAt.Add(time.Millisecond), // this try and no later one
	})
	return err
}

// plain is an error as people read it: one line, bounded.
func plain(err error) string {
	s := strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "\n", "; ")), " ")
	if len(s) > 1000 {
		s = strings.ToValidUTF8(s[:1000], "") + " …"
	}
	return s
}
