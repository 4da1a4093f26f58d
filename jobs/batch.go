package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"partnerscreen/matching"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
)

var screenJob = Job{
	Kind:   "screen",
	Doc:    "screen spreadsheets, in chunks that any worker may take",
	Urgent: true,
	Local:  true, // it reads the sheets; the chunks go anywhere
	Run: func(ctx context.Context, env *Env, args json.RawMessage) (any, error) {
		var a screenArgs
		if err := json.Unmarshal(args, &a); err != nil || a.Run == "" {
			return nil, Hopeless(errors.New("reading what to screen: it names no run; upload a sheet, or use screener screen"))
		}
		return cut(ctx, env, a.Run)
	},
}

// screenArgs is what a screening is started with; the rest stands with its run.
type screenArgs struct {
	Run string `json:"run"`
}

// terms are what is fixed when a screening starts, so that every chunk is
// judged alike, by whichever worker and however late, and so that it can be replayed.
type terms struct {
	Columns    intake.Columns    `json:"columns,omitempty"`
	Blocking   map[string]string `json:"blocking,omitempty"`
	Unscreened []string          `json:"unscreened,omitempty"`
	NotUsed    []string          `json:"not_used,omitempty"`
	Decisions  int64             `json:"decisions"` // the last that counts
	// Now is the day it judges by, where that is not when it started.
	Now time.Time `json:"now,omitzero"`
	// Restricted are the lists that were not open to everybody.
	Restricted    []string `json:"restricted,omitempty"`
	Jurisdictions []string `json:"jurisdictions,omitempty"`
	Matcher       string   `json:"matcher,omitempty"` // its version
	// Upload says that the rows are kept as collaborations of the office.
	Upload  bool   `json:"upload"`
	Office  string `json:"office"`
	Partial bool   `json:"partial,omitempty"`
}

// Sheet is a spreadsheet that is handed over: its name tells rows apart and
// its ending how to read it.
type Sheet struct {
	Name string
	R    io.Reader
}

// Screened is what became of a screening: the outcome of its job.
type Screened struct {
	Run    string           `json:"run"`
	Counts screening.Counts `json:"counts"`
	// Unreadable says why files could not be read, or not to the end.
	Unreadable []string `json:"unreadable,omitempty"`
}

// StartScreen puts sheets into the queue to be screened against the lists,
// the policy and the decisions as they stand now, and returns the numbers of the run and of its job.
// opts.Files is not used. It reads the sheets to their end and keeps them in the data folder; they
// are opened later, and one that cannot be read is said in the run. It errors with *MissingLists and
// *UnknownList as Screen does, before anything is kept. WriteRun gives the report when the job is done.
func StartScreen(ctx context.Context, env *Env, sheets []Sheet, opts ScreenOptions, by string) (run string, job int64, err error) {
	if len(sheets) == 0 {
		return "", 0, errors.New("there is no sheet to screen")
	}
	held, err := pick(ctx, env, opts.Lists, opts.AcceptMissing, opts.AsOf)
	if err != nil {
		return "", 0, err
	}
	q, err := queueOf(env)
	if err != nil {
		return "", 0, err
	}
	card, err := env.job("screen")
	if err != nil {
		return "", 0, err
	}
	r := &screening.Run{
		Started: env.Now().UTC(), Version: env.Version, By: by, Editions: held.Used, Policy: env.Policy, NotChecked: held.notChecked(false),
	}
	r.ID = runID(r.Started)
	for _, sheet := range sheets {
		in := screening.Input{File: inputName(r, filepath.Base(sheet.Name))}
		if in.Hash, _, err = env.Store.KeepFile(sheet.R); err != nil {
			return "", 0, err
		}
		r.Inputs = append(r.Inputs, in)
	}
	t := termsOf(env, held, opts)
	if up := uploadOf(env, r, opts, held); up != nil {
		t.Upload, t.Partial = true, up.Partial
	}
	args, err := json.Marshal(screenArgs{r.ID})
	if err != nil {
		return "", 0, err
	}
	task := &store.Task{Kind: card.Kind, Args: args, By: by, Run: r.ID, Queued: r.Started}
	err = env.Store.InTx(ctx, "starting a screening", func(tx *store.Tx) error {
		if t.Decisions, err = tx.LastDecision(ctx, opts.AsOf); err != nil {
			return err
		}
		content := inJSON(t)
		r.Terms = content
		if err := tx.StartRun(ctx, r); err != nil {
			return err
		}
		if err := q.add(ctx, tx, card, task); err != nil {
			return err
		}
		return tx.AddBatch(ctx, &store.Batch{Run: r.ID, Task: task.ID, Terms: content})
	})
	return r.ID, task.ID, err
}

// termsOf are the terms of a run against lists that are held, but for what the
// store says: whose rows they are, and the last decision that counts.
func termsOf(env *Env, held *Held, opts ScreenOptions) terms {
	return terms{
		Columns: env.columns(opts.Columns), Blocking: held.Judge.Blocking, Unscreened: held.Judge.Unscreened, NotUsed: held.notUsed,
		Decisions: held.decisions, Now: held.Judge.Now, Restricted: slices.Sorted(maps.Keys(held.Judge.Restricted)),
		Office: env.Office, Jurisdictions: env.Jurisdictions, Matcher: matching.Version,
	}
}

// rowsOfChunk is how many rows the n-th chunk has. The first are small, so that
// a small sheet is shared between workers too; the later ones cost a transaction each of a second's work.
func rowsOfChunk(n int) int {
	if n < 16 {
		return 125
	}
	return chunkRows
}

// cut reads a run's sheets and keeps their rows in chunks, for any worker to
// screen. Done again after a crash it goes on where it stopped; done again when all is
// cut, it puts what is not screened into the queue once more.
func cut(ctx context.Context, env *Env, id string) (any, error) {
	run, err := env.Store.Run(ctx, id)
	if err != nil {
		return nil, Hopeless(err)
	}
	b, err := env.Store.Batch(ctx, id)
	if err != nil {
		return nil, Hopeless(err)
	}
	if !run.Finished.IsZero() {
		return screened(run), nil
	}
	var t terms
	if err := json.Unmarshal(b.Terms, &t); err != nil {
		return nil, Hopeless(fmt.Errorf("reading the terms of run %s: %w", id, err))
	}
	q, err := queueOf(env)
	if err != nil {
		return nil, err
	}
	c := &cutter{env: env, queue: q, run: run, task: b.Task, next: b.Chunks, skip: b.RowsCut}
	if !b.Cut {
		if err := c.again(ctx); err != nil {
			return nil, err
		}
		dir, err := os.MkdirTemp("", "screener-sheets-")
		if err != nil {
			return nil, fmt.Errorf("making a folder to read sheets in: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		env.progress("reading the sheets", "rows")(0, 0)
		persons := false
		for i := range run.Inputs {
			in := &run.Inputs[i]
			if err := c.input(ctx, dir, in, t.Columns); err != nil {
				return nil, err
			}
			persons = persons || mapsPersons(in)
		}
		held := &Held{Used: run.Editions, Judge: newJudge(env, run.Policy, run.Started), notUsed: t.NotUsed}
		run.NotChecked = held.notChecked(persons)
		if all := unreadable(run); len(all) == len(run.Inputs) && c.next == 0 {
			return nil, Hopeless(errors.New(strings.Join(screened(run).Unreadable, "; ")))
		}
	}
	err = env.Store.InTx(ctx, "cutting run "+id, func(tx *store.Tx) error {
		first, err := tx.CutBatch(ctx, run)
		if err != nil {
			return err
		}
		if !first { // tried again by a person
			if err := c.pending(ctx, tx); err != nil {
				return err
			}
		}
		now, err := tx.LockBatch(ctx, id)
		if err != nil || now.Done < now.Chunks {
			return err
		}
		return finish(ctx, env, tx, run, now)
	})
	env.goesOn = err == nil
	return nil, err
}

// cutter is a run being cut.
type cutter struct {
	env   *Env
	queue *queue
	run   *screening.Run
	task  int64
	next  int // chunk
	skip  int // rows that are in chunks already
	rows  []*screening.Partner
}

// again puts chunks into the queue that were cut and not screened when the
// screening was cancelled or given up. One that is there already is screened once all the same.
func (c *cutter) again(ctx context.Context) error {
	if c.next == 0 {
		return nil
	}
	return c.env.Store.InTx(ctx, "going on with run "+c.run.ID, func(tx *store.Tx) error { return c.pending(ctx, tx) })
}

func (c *cutter) pending(ctx context.Context, tx *store.Tx) error {
	chunks, err := tx.PendingChunks(ctx, c.run.ID)
	if err != nil {
		return err
	}
	for _, n := range chunks {
		if err := c.queue.addChunk(ctx, tx, chunkArgs{Run: c.run.ID, Chunk: n, Task: c.task}); err != nil {
			return err
		}
	}
	return nil
}

// input cuts one file. One that breaks off is noted on the input; the rows
// read so far stand.
func (c *cutter) input(ctx context.Context, dir string, in *screening.Input, columns intake.Columns) error {
	path, err := keptSheet(c.env, dir, in)
	if err != nil {
		return err
	}
	book, err := intake.Open(ctx, path, intake.Options{Columns: columns, Limits: c.env.Limits.Sheet})
	if err != nil && ctx.Err() != nil { // it says nothing about the file
		return ctx.Err()
	}
	if err != nil {
		in.Error = err.Error()
		return nil
	}
	defer func() { _ = book.Close() }()
	in.Sheets = book.Sheets()
	for p, err := range book.Rows(ctx) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			in.Error = err.Error()
			break
		}
		if c.skip > 0 {
			c.skip--
			continue
		}
		p.File = in.File
		// A chunk is of one sheet, so that it has one place.
		if len(c.rows) > 0 && (c.rows[0].Sheet != p.Sheet || len(c.rows) == rowsOfChunk(c.next)) {
			if err := c.flush(ctx); err != nil {
				return err
			}
		}
		c.rows = append(c.rows, p)
	}
	return c.flush(ctx)
}

// keptSheet copies a kept sheet to dir, under the name it came with.
func keptSheet(env *Env, dir string, in *screening.Input) (path string, err error) {
	kept, err := env.Store.OpenFile(in.Hash)
	if err != nil {
		return "", err
	}
	defer func() { _ = kept.Close() }()
	folder, err := os.MkdirTemp(dir, "")
	if err != nil {
		return "", fmt.Errorf("making a folder to read %s in: %w", in.File, err)
	}
	path = filepath.Join(folder, filepath.Base(in.File))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("copying %s to read it: %w", in.File, err)
	}
	_, err = io.Copy(f, kept)
	return path, errors.Join(err, f.Close())
}

// flush keeps the rows read so far as one chunk and puts it into the queue.
func (c *cutter) flush(ctx context.Context) error {
	if len(c.rows) == 0 {
		return nil
	}
	first, last := c.rows[0], c.rows[len(c.rows)-1]
	chunk := &store.Chunk{
		Run: c.run.ID, Chunk: c.next, Count: len(c.rows), Rows: c.rows,
		Place: fmt.Sprintf("%s, sheet %q, rows %d to %d", first.File, first.Sheet, first.Row, last.Row),
	}
	err := c.env.Store.InTx(ctx, "cutting run "+c.run.ID, func(tx *store.Tx) error {
		added, err := tx.AddChunk(ctx, chunk)
		if err != nil || !added {
			return err
		}
		return c.queue.addChunk(ctx, tx, chunkArgs{Run: c.run.ID, Chunk: c.next, Task: c.task})
	})
	c.next, c.rows = c.next+1, nil
	return err
}

// finish ends a run whose chunks are all done, in the transaction of the last.
func finish(ctx context.Context, env *Env, tx *store.Tx, run *screening.Run, b *store.Batch) error {
	counts, err := tx.BatchCounts(ctx, run.ID)
	if err != nil {
		return err
	}
	run.Counts, run.Finished = counts, env.Now().UTC()
	if err := tx.FinishRun(ctx, run); err != nil {
		return err
	}
	outcome, err := json.Marshal(screened(run))
	if err != nil {
		return err
	}
	open, err := tx.EndTask(ctx, b.Task, store.TaskDone, "", outcome, progressOf(b, env.Now()), run.Finished)
	if err != nil {
		return err
	}
	if !open {
		return errTaskEnded
	}
	return nil
}

// errTaskEnded undoes a transaction whose task was cancelled meanwhile.
var errTaskEnded = errors.New("the job was cancelled or given up meanwhile")

func screened(run *screening.Run) *Screened {
	out := &Screened{Run: run.ID, Counts: run.Counts}
	for _, in := range unreadable(run) {
		out.Unreadable = append(out.Unreadable, in.Error)
	}
	return out
}

func progressOf(b *store.Batch, now time.Time) *store.Progress {
	p := &store.Progress{What: "screening, and still reading the sheets", Done: int64(b.RowsDone), Unit: "rows", Rate: b.Rate, At: now.UTC()}
	if b.Cut {
		p.What, p.Total = "screening", int64(b.RowsCut)
	}
	return p
}

// chunk screens one chunk of a run: its results, that it is done, and the end
// of its job are kept in one transaction, and the last chunk finishes the run in the same.
func (w *worker) chunk(ctx context.Context, args chunkArgs, try *try) (err error) {
	task, err := w.env.Store.Task(ctx, args.Task)
	if err != nil {
		return err
	}
	if task.State.Ended() {
		return nil
	}
	chunk, err := w.env.Store.Chunk(ctx, args.Run, args.Chunk)
	if errors.Is(err, store.ErrNotFound) {
		return nil // the run was deleted
	}
	if err != nil || chunk.Rows == nil {
		return err
	}
	err = w.screenChunk(ctx, chunk, try)
	switch {
	case err == nil, errors.Is(err, errTaskEnded):
		return nil
	case ctx.Err() != nil:
		return handBack()
	}
	err = fmt.Errorf("%s: %w", chunk.Place, err)
	if !try.last() && !isHopeless(err) {
		w.log.Warn("chunk failed and will be tried again", "run", args.Run, "chunk", args.Chunk, "error", plain(err))
		return errors.New(plain(err))
	}
	w.log.Error("screening given up", "run", args.Run, "chunk", args.Chunk, "error", plain(err))
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	if werr := w.env.Store.InTx(after, "giving up run "+args.Run, func(tx *store.Tx) error {
		_, err := tx.EndTask(after, args.Task, store.TaskDead, plain(err), nil, nil, w.env.Now())
		return err
	}); werr != nil {
		return werr
	}
	return giveUp(errors.New(plain(err)))
}

func (w *worker) screenChunk(ctx context.Context, chunk *store.Chunk, try *try) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	h, err := w.judgeOf(ctx, chunk.Run)
	if err != nil {
		return err
	}
	began := w.env.Now().UTC()
	ready := make([]*store.Prepared, len(chunk.Rows))
	var counts screening.Counts
	for i, p := range chunk.Rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := assess(h.judge, h.lists.memo, p)
		if ready[i], err = store.Prepare(r, h.office); err != nil {
			return err
		}
		counts.Add(r)
	}
	ended := false
	err = w.env.Store.InTx(ctx, fmt.Sprintf("keeping chunk %d of run %s", chunk.Chunk, chunk.Run), func(tx *store.Tx) error {
		if err := keepResults(ctx, tx, chunk.Run, h.upload, ready); err != nil {
			return err
		}
		b, first, err := tx.FinishChunk(ctx, chunk, &counts, began, w.env.Now())
		if err != nil {
			return err
		}
		if first {
			ended = b.Cut && b.Done == b.Chunks
			if err := w.advance(ctx, tx, b); err != nil {
				return err
			}
		}
		return try.complete(ctx, tx)
	})
	if err == nil && ended {
		if err := SyncOpen(ctx, w.env); err != nil { // the reminders do it again
			w.log.Warn("the open matches were not brought up to date", "run", chunk.Run, "error", plain(err))
		}
	}
	return err
}

// advance notes how far a batch is, and finishes it with its last chunk.
func (w *worker) advance(ctx context.Context, tx *store.Tx, b *store.Batch) error {
	if b.Cut && b.Done == b.Chunks {
		run, err := w.env.Store.Run(ctx, b.Run)
		if err != nil {
			return err
		}
		return finish(ctx, w.env, tx, run, b)
	}
	open, err := tx.AdvanceTask(ctx, b.Task, progressOf(b, w.env.Now()))
	if err == nil && !open {
		err = errTaskEnded
	}
	return err
}

// heldJudge judges by the terms of one run.
type heldJudge struct {
	run    *screening.Run
	judge  *screening.Judge
	lists  *loaded
	office string
	upload *store.Upload // nil: the rows are not kept as collaborations
}

// judgeOf returns the judge and the lists of a run, as it fixed them when it started.
func (w *worker) judgeOf(ctx context.Context, id string) (*heldJudge, error) {
	shelf := w.env.Shelf
	if j := shelf.judge(id); j != nil {
		return j, nil
	}
	run, err := w.env.Store.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	b, err := w.env.Store.Batch(ctx, id)
	if err != nil {
		return nil, err
	}
	var t terms
	if err := json.Unmarshal(b.Terms, &t); err != nil {
		return nil, fmt.Errorf("reading the terms of run %s: %w", id, err)
	}
	held := heldOf(w.env, run, &t)
	if err := held.load(ctx, w.env); err != nil {
		return nil, err
	}
	held.lists.judging.Lock() // by the first chunk; the others wait
	defer held.lists.judging.Unlock()
	if j := shelf.judge(id); j != nil {
		return j, nil
	}
	if held.Judge.Memory, err = memoryUpTo(ctx, w.env, t.Decisions); err != nil {
		return nil, err
	}
	j := &heldJudge{run: run, judge: held.Judge, lists: held.lists, office: t.Office}
	if t.Upload {
		j.upload = &store.Upload{Run: run, Office: t.Office, Partial: t.Partial}
	}
	shelf.hold(j)
	return j, nil
}

// heldOf is what a run screens against, by what was fixed when it started.
func heldOf(env *Env, run *screening.Run, t *terms) *Held {
	now := run.Started
	if !t.Now.IsZero() {
		now = t.Now
	}
	h := &Held{Used: run.Editions, Judge: newJudge(env, run.Policy, now), notUsed: t.NotUsed, decisions: t.Decisions}
	for _, list := range t.Restricted {
		h.Judge.Restricted[list] = true
	}
	for _, used := range run.Editions {
		h.Judge.Bearing[used.List] = used.Bearing
	}
	if t.Blocking != nil {
		h.Judge.Blocking = t.Blocking
	}
	h.Judge.Unscreened = t.Unscreened
	return h
}
