package jobs

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"partnerscreen/screening/store"
)

// WorkOptions say how much a process takes up at once. The zero value is what
// one machine should do, without the clock.
type WorkOptions struct {
	// Clock starts what is due by the schedules. Any number of processes may.
	Clock bool
	// Batch is how many chunks of screenings are worked at once, 0 for one a core.
	Batch int
	// Urgent is how many urgent jobs run at once, 0 for 4; Work how many others, 0 for 2.
	Urgent, Work int
	// Grace is how long running work may go on after the context has ended; what
	// has not ended by then is handed back. 0 is 8 s, under what most supervisors allow.
	Grace time.Duration
	// Beat is how often the process says that it lives, 0 for 5 s. After six
	// beats without a word its work is given to others.
	Beat time.Duration
	// Retry is how long a failed job waits before its second try, 0 for 15 s;
	// each later try waits four times as long, an hour at most.
	Retry time.Duration
	Log   *slog.Logger // nil is silent
	// Ready is called once, when work is being taken up; nil is not.
	Ready func()
}

func (o WorkOptions) withDefaults() WorkOptions {
	o.Batch = cmp.Or(o.Batch, runtime.GOMAXPROCS(0))
	o.Urgent, o.Work = cmp.Or(o.Urgent, 4), cmp.Or(o.Work, 2)
	o.Grace, o.Beat, o.Retry = cmp.Or(o.Grace, 8*time.Second), cmp.Or(o.Beat, 5*time.Second), cmp.Or(o.Retry, 15*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// deadAfter is after how many beats without a word a worker is taken for dead.
const deadAfter = 6

// worker is a process that takes work up.
type worker struct {
	id    string
	env   *Env
	cards []Job
	opts  WorkOptions
	log   *slog.Logger
	queue *queue

	mu      sync.Mutex
	holding map[int64]int // the queue's jobs this process runs
}

// Work takes up jobs, and with opts.Clock starts what the schedules say, until
// ctx ends; then running work may end within opts.Grace or is handed back, and Work returns
// nil. Any number of processes may work on one database. What a process held when it was killed is
// taken up by another, or by the same one started again, within a minute.
func Work(ctx context.Context, env *Env, opts WorkOptions) error {
	opts = opts.withDefaults()
	w := &worker{id: workerID(), cards: env.jobs(), opts: opts, log: opts.Log, holding: map[int64]int{}}
	mine := *env
	if mine.Shelf == nil {
		mine.Shelf = &Shelf{}
	}
	w.env = &mine
	var err error
	if w.queue, err = newWorkerQueue(w, &opts); err != nil {
		return err
	}
	w.env.queue = w.queue

	beats, stopBeats := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBeats()
	if _, _, err := env.Store.Beat(ctx, w.self()); err != nil {
		return err
	}
	if err := w.queue.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting to work: %w", err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { w.beat(beats) })
	var clockErr error
	if opts.Clock {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		c := &clock{env: w.env, log: opts.Log, every: min(time.Second, opts.Beat)}
		if clockErr = c.set(ctx); clockErr == nil {
			wg.Go(func() { c.run(ctx) })
		}
	}
	if clockErr == nil {
		w.log.Info("working", "worker", w.id, "chunks at once", opts.Batch, "clock", opts.Clock)
		if opts.Ready != nil {
			opts.Ready()
		}
		<-ctx.Done()
		w.log.Info("stopping: running work may end or is handed back", "within", opts.Grace)
	}
	// Grace is over when the queue ends its contexts; then work has a moment to write that down.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), opts.Grace+20*time.Second)
	defer cancel()
	err = w.queue.client.Stop(end)
	stopBeats()
	wg.Wait()
	if err != nil {
		return errors.Join(clockErr, fmt.Errorf("stopping: work was left to be taken up by others: %w", err))
	}
	return errors.Join(clockErr, env.Store.RemoveWorker(end, w.id))
}

// Workers returns the processes that take work up now.
func Workers(ctx context.Context, env *Env) ([]store.Worker, error) {
	all, err := env.Store.Workers(ctx)
	if err != nil {
		return nil, err
	}
	limit := deadAfter * WorkOptions{}.withDefaults().Beat
	return slices.DeleteFunc(all, func(w store.Worker) bool { return time.Since(w.Beat) > limit }), nil
}

// workerID tells processes apart, and people which one it is.
func workerID() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "unknown"
	}
	b := make([]byte, 3)
	_, _ = rand.Read(b) // never fails
	return fmt.Sprintf("%.60s-%d-%s", host, os.Getpid(), hex.EncodeToString(b))
}

func (w *worker) self() *store.Worker { return &store.Worker{ID: w.id, Version: w.env.Version} }

// hold notes that this process runs one of the queue's jobs; what it returns
// takes the note away.
func (w *worker) hold(job int64) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holding[job]++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.holding[job]--; w.holding[job] == 0 {
			delete(w.holding, job)
		}
	}
}

func (w *worker) holds(job int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.holding[job] > 0
}

// backOff is how long to wait after a try.
func (w *worker) backOff(attempt int) time.Duration {
	wait := w.opts.Retry
	for range min(attempt, 10) - 1 {
		wait *= 4
	}
	return min(wait, time.Hour)
}

// beat says that this process lives, and takes work from those that do not.
func (w *worker) beat(ctx context.Context) {
	tick := time.NewTicker(w.opts.Beat)
	defer tick.Stop()
	for beats := 1; ; beats++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		last, now, err := w.env.Store.Beat(ctx, w.self())
		if err == nil && now.Sub(last) < 3*w.opts.Beat {
			if err = w.rescue(ctx, now); err == nil && beats%adoptEvery == 0 {
				err = w.adopt(ctx)
			}
		}
		// Where this process has been silent itself — the machine slept, the
		// database was gone or locked — others may have been too: nobody is judged until the next beat.
		if err != nil && ctx.Err() == nil {
			w.log.Warn("the queue's database does not answer", "error", err)
		}
	}
}

// rescue frees the jobs of workers that are gone, and those of this process
// that it does not know of: their end could not be written down.
func (w *worker) rescue(ctx context.Context, now time.Time) error {
	workers, err := w.env.Store.Workers(ctx)
	if err != nil {
		return err
	}
	patience := deadAfter * w.opts.Beat
	lives := map[string]bool{}
	for _, other := range workers {
		lives[other.ID] = now.Sub(other.Beat) < patience
	}
	jobs, err := w.queue.lost(ctx, func(by string, job int64, since time.Time) bool {
		if by == w.id {
			return !w.holds(job) && time.Since(since) > patience
		}
		return !lives[by]
	})
	if err != nil {
		return err
	}
	for i := range jobs {
		l := &jobs[i]
		why := "its worker " + l.by + " ended while it ran"
		err := w.env.Store.InTx(ctx, "taking up a dead worker's job", func(tx *store.Tx) error {
			if err := w.queue.free(ctx, tx, l, why); err != nil {
				return err
			}
			switch {
			case l.dead:
				_, err = tx.EndTask(ctx, l.task, store.TaskDead, l.given(why), nil, nil, w.env.Now())
			case l.run == "":
				_, err = tx.DelayTask(ctx, l.task, l.attempt(), time.Time{}, why, nil)
			}
			return err
		})
		if err != nil {
			return err
		}
		w.log.Warn("taken from a worker that is gone", "job", l.task, "run", l.run, "worker", l.by)
	}
	return w.env.Store.BuryWorkers(ctx, now.Add(-24*time.Hour))
}

// adoptEvery is how many beats pass between looks for forgotten tasks.
const adoptEvery = 12

// adopt puts tasks into the queue again that are open and that the queue knows
// nothing of: the database failed just when what had become of them was to be written down.
func (w *worker) adopt(ctx context.Context) error {
	open, err := w.env.Store.OpenTasks(ctx, w.env.Now().Add(-adoptEvery*w.opts.Beat))
	if err != nil || len(open) == 0 {
		return err
	}
	alive, all, err := w.queue.alive(ctx) // after the tasks: what has ended since is looked at again below
	if err != nil || !all {
		return err
	}
	for _, id := range open {
		if alive[id] {
			continue
		}
		err := w.env.Store.InTx(ctx, fmt.Sprintf("putting job %d into the queue again", id), func(tx *store.Tx) error {
			task, err := tx.Task(ctx, id)
			if err != nil || task.State.Ended() {
				return err
			}
			card, err := w.env.job(task.Kind)
			if err != nil {
				return nil // a newer program's
			}
			w.log.Warn("a job was forgotten by the queue and is put in again", "job", id, "kind", task.Kind)
			return w.queue.insert(ctx, tx, card, task)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// task runs one try of a task.
func (w *worker) task(ctx context.Context, card *Job, id int64, try *try) error {
	began := false
	err := w.env.Store.InTx(ctx, fmt.Sprintf("beginning job %d", id), func(tx *store.Tx) (err error) {
		began, err = tx.BeginTask(ctx, id, try.job, w.id, try.attempt, w.env.Now())
		return err
	})
	if err != nil {
		return err
	}
	if !began {
		return nil // cancelled, ended, or another's by now
	}
	task, err := w.env.Store.Task(ctx, id)
	if err != nil {
		return err
	}
	recorder := newRecorder(w, id)
	env := *w.env
	env.Actor, env.Progress, env.task = task.By, recorder.step, task
	w.log.Info("job begun", "job", id, "kind", card.Kind, "try", try.attempt)
	outcome, err := runSafely(ctx, card, &env, task.Args)
	progress := recorder.stop()
	// From here on the job's own context may have ended; what became of it is written down all the same.
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	content, jsonErr := json.Marshal(outcome)
	if jsonErr != nil {
		err = errors.Join(err, jsonErr)
	}
	if string(content) == "null" {
		content = nil
	}
	write := func(f func(*store.Tx) error) error {
		return w.env.Store.InTx(after, fmt.Sprintf("noting what became of job %d", id), f)
	}
	switch {
	case err == nil:
		return write(func(tx *store.Tx) error {
			if !env.goesOn {
				if _, err := tx.EndTask(after, id, store.TaskDone, "", content, progress, w.env.Now()); err != nil {
					return err
				}
			}
			return try.complete(ctx, tx)
		})
	case ctx.Err() != nil && toldToStop(ctx):
		w.log.Info("job cancelled", "job", id)
		return giveUp(err)
	case ctx.Err() != nil:
		if err := write(func(tx *store.Tx) error {
			_, err := tx.DelayTask(after, id, try.attempt-1, time.Time{}, "handed back: its worker was stopped", content)
			return err
		}); err != nil {
			w.log.Warn("a job could not be handed back", "job", id, "error", err)
		}
		return handBack()
	case isHopeless(err) || try.last():
		w.log.Error("job given up", "job", id, "kind", card.Kind, "error", plain(err))
		if werr := write(func(tx *store.Tx) error {
			_, err := tx.EndTask(after, id, store.TaskDead, plain(err), content, progress, w.env.Now())
			return err
		}); werr != nil {
			return werr
		}
		return giveUp(errors.New(plain(err)))
	}
	next := time.Now().Add(w.backOff(try.attempt))
	w.log.Warn("job failed and will be tried again", "job", id, "kind", card.Kind, "at", next, "error", plain(err))
	if werr := write(func(tx *store.Tx) error {
		_, err := tx.DelayTask(after, id, try.attempt, next, plain(err), content)
		return err
	}); werr != nil {
		return werr
	}
	return errors.New(plain(err))
}

// runSafely runs a card and makes an error of a panic. Its text says where the
// program broke and nothing of what it worked on.
func runSafely(ctx context.Context, card *Job, env *Env, args json.RawMessage) (outcome any, err error) {
	defer func() {
		if p := recover(); p != nil {
			outcome, err = nil, panicked(p)
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return card.Run(ctx, env, args)
}

func panicked(p any) error {
	what := "it broke"
	if e, ok := p.(runtime.Error); ok {
		what = e.Error() // of the language's own: an index, a nil
	}
	return Hopeless(fmt.Errorf("a fault in the program (%s) at %s", what, brokeAt()))
}

// brokeAt names the funcs of this program that led to a panic, while it is recovered from.
func brokeAt() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	var at []string
	for fell := false; len(at) < 4; {
		frame, more := frames.Next()
		if fell && strings.HasPrefix(frame.Function, "partnerscreen/") {
			at = append(at, fmt.Sprintf("%s:%d", strings.TrimPrefix(frame.Function, "partnerscreen/"), frame.Line))
		}
		fell = fell || frame.Function == "runtime.gopanic"
		if !more {
			break
		}
	}
	return strings.Join(at, " < ")
}

// recorder writes down how far a task is, at most once a second, and never
// makes the task wait: the store may be in the middle of one of its transactions.
type recorder struct {
	mu    sync.Mutex
	last  store.Progress
	since time.Time
	first int64
	fresh bool

	end  context.CancelFunc
	done chan struct{}
}

func newRecorder(w *worker, id int64) *recorder {
	ctx, cancel := context.WithCancel(context.Background())
	r := &recorder{end: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if p, fresh := r.now(); fresh {
				// A database that does not answer is said by the beat.
				_ = w.env.Store.KeepProgress(ctx, id, w.id, &p)
			}
		}
	}()
	return r
}

// step takes one report of the job. It may be called by many goroutines.
func (r *recorder) step(s Step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if s.What != r.last.What {
		r.since, r.first = now, s.Done
	}
	p := store.Progress{What: s.What, Done: s.Done, Total: s.Total, Unit: s.Unit, At: now.UTC()}
	if took := now.Sub(r.since).Seconds(); took > 0.5 {
		p.Rate = float64(s.Done-r.first) / took
	}
	r.last, r.fresh = p, true
}

func (r *recorder) now() (store.Progress, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fresh := r.fresh
	r.fresh = false
	return r.last, fresh
}

// stop ends the writing and returns the last report, or nil.
func (r *recorder) stop() *store.Progress {
	r.end()
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last.What == "" {
		return nil
	}
	p := r.last
	return &p
}
