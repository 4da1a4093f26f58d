package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"partnerscreen/screening"
)

// Batch is a screening that is cut into chunks, which any worker may take.
type Batch struct {
	Run  string
	Task int64
	// Terms are what was fixed when the run started, as JSON: every chunk is judged by them.
	Terms    json.RawMessage
	Cut      bool // whether all chunks are known
	Chunks   int
	Done     int // chunks
	RowsCut  int
	RowsDone int
	Began    time.Time // when the first chunk was begun
	Rate     float64   // rows a second, of late
}

// Chunk is some successive rows of a run. Rows are nil once it is done.
type Chunk struct {
	Run   string
	Chunk int    // from 0
	Place string // "partners.xlsx, sheet Partners, rows 2 to 1001", for people
	Count int    // of rows
	Rows  []*screening.Partner
}

const (
	insertBatch   = `insert into batches (run, task, terms, cut, chunks, done, rows_cut, rows_done, rate) values (?, ?, ?, ?, 0, 0, 0, 0, 0)`
	selectBatch   = `select run, task, terms, cut, chunks, done, rows_cut, rows_done, began, rate, rated from batches where run = ?`
	insertChunk   = `insert into run_chunks (run, chunk, place, count, rows) values (?, ?, ?, ?, ?) on conflict (run, chunk) do nothing`
	chunkAdded    = `update batches set chunks = chunks + 1, rows_cut = rows_cut + ? where run = ?`
	batchCut      = `update batches set cut = ? where run = ? and not cut`
	lockBatch     = `update batches set done = done where run = ?`
	selectChunk   = `select place, count, rows from run_chunks where run = ? and chunk = ?`
	finishChunk   = `update run_chunks set rows = null, counts = ? where run = ? and chunk = ? and counts is null`
	chunkDone     = `update batches set done = done + 1, rows_done = rows_done + ?, began = coalesce(began, ?), rate = ?, rated = ? where run = ?`
	selectCounts  = `select counts from run_chunks where run = ? and counts is not null order by chunk`
	selectPending = `select chunk from run_chunks where run = ? and counts is null order by chunk`
	updateInputs  = `update run_inputs set hash = ?, sheets = ?, error = ? where run = ? and ordinal = ?`
	updateMissing = `update runs set not_checked = ? where run = ?`
)

type batchRow struct {
	Run      string  `db:"run"`
	Task     int64   `db:"task"`
	Terms    []byte  `db:"terms"`
	Cut      bool    `db:"cut"`
	Chunks   int     `db:"chunks"`
	Done     int     `db:"done"`
	RowsCut  int     `db:"rows_cut"`
	RowsDone int     `db:"rows_done"`
	Began    stamp   `db:"began"`
	Rate     float64 `db:"rate"`
	Rated    stamp   `db:"rated"`
}

func (r *batchRow) batch() *Batch {
	return &Batch{
		Run: r.Run, Task: r.Task, Terms: r.Terms, Cut: r.Cut, Chunks: r.Chunks, Done: r.Done,
		RowsCut: r.RowsCut, RowsDone: r.RowsDone, Began: r.Began.Time, Rate: r.Rate,
	}
}

// Batch returns the batch of a run. ErrNotFound when it has none.
func (s *Store) Batch(ctx context.Context, run string) (*Batch, error) {
	var row batchRow
	if err := s.read.GetContext(ctx, &row, s.read.Rebind(selectBatch), run); err != nil {
		return nil, s.fault(ctx, "looking up how run "+run+" is cut", err)
	}
	return row.batch(), nil
}

// AddBatch makes a run one that is cut into chunks.
func (t *Tx) AddBatch(ctx context.Context, b *Batch) error {
	return exec(ctx, t.tx, insertBatch, b.Run, b.Task, string(b.Terms), false)
}

// AddChunk keeps some rows to be screened, and reports whether they were not kept before.
func (t *Tx) AddChunk(ctx context.Context, c *Chunk) (bool, error) {
	var buf bytes.Buffer
	zip, err := gzip.NewWriterLevel(&buf, gzip.BestSpeed)
	if err != nil {
		return false, err
	}
	if err := errors.Join(json.NewEncoder(zip).Encode(c.Rows), zip.Close()); err != nil {
		return false, err
	}
	added, err := changed(t.tx.ExecContext(ctx, t.tx.Rebind(insertChunk), c.Run, c.Chunk, text(c.Place), c.Count, buf.Bytes()))
	if err != nil || !added {
		return false, err
	}
	return true, exec(ctx, t.tx, chunkAdded, c.Count, c.Run)
}

// CutBatch notes that all rows are in chunks, with what was learnt of the run
// while it was read, and reports whether nobody had noted that before.
func (t *Tx) CutBatch(ctx context.Context, run *screening.Run) (bool, error) {
	first, err := changed(t.tx.ExecContext(ctx, t.tx.Rebind(batchCut), true, run.ID))
	if err != nil || !first {
		return false, err
	}
	for i, in := range run.Inputs {
		sheets, err := jsonText(in.Sheets)
		if err != nil {
			return false, err
		}
		if err := exec(ctx, t.tx, updateInputs, in.Hash, sheets, text(in.Error), run.ID, i); err != nil {
			return false, err
		}
	}
	notChecked, err := jsonText(run.NotChecked)
	if err != nil {
		return false, err
	}
	return true, exec(ctx, t.tx, updateMissing, notChecked, run.ID)
}

// Chunk returns one chunk with its rows. ErrNotFound when there is none.
func (s *Store) Chunk(ctx context.Context, run string, n int) (*Chunk, error) {
	doing := fmt.Sprintf("reading chunk %d of run %s", n, run)
	c := &Chunk{Run: run, Chunk: n}
	var rows []byte
	if err := s.read.QueryRowContext(ctx, s.read.Rebind(selectChunk), run, n).Scan(&c.Place, &c.Count, &rows); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	if rows == nil {
		return c, nil
	}
	zip, err := gzip.NewReader(bytes.NewReader(rows))
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	return c, s.fault(ctx, doing, errors.Join(json.NewDecoder(zip).Decode(&c.Rows), zip.Close()))
}

// FinishChunk notes that a chunk is done, with its counts, and reports whether
// nobody had noted that before. The batch it returns stands as it is after this chunk and
// stays locked until the transaction ends, so one chunk alone sees that it is the last.
func (t *Tx) FinishChunk(ctx context.Context, c *Chunk, counts *screening.Counts, began, now time.Time) (*Batch, bool, error) {
	content, err := jsonText(counts)
	if err != nil {
		return nil, false, err
	}
	first, err := changed(t.tx.ExecContext(ctx, t.tx.Rebind(finishChunk), content, c.Run, c.Chunk))
	if err != nil || !first {
		return nil, false, err
	}
	b, rated, err := t.lockBatch(ctx, c.Run)
	if err != nil {
		return nil, false, err
	}
	if b.Began.IsZero() {
		b.Began = began
	}
	rate := rateOfLate(b, c.Count, rated, now)
	if err := exec(ctx, t.tx, chunkDone, c.Count, stamp{began}, rate, stamp{now}, c.Run); err != nil {
		return nil, false, err
	}
	b, _, err = t.lockBatch(ctx, c.Run)
	return b, true, err
}

// lockBatch reads a batch and keeps others from changing it.
func (t *Tx) lockBatch(ctx context.Context, run string) (*Batch, time.Time, error) {
	if err := exec(ctx, t.tx, lockBatch, run); err != nil {
		return nil, time.Time{}, err
	}
	var row batchRow
	if err := t.tx.GetContext(ctx, &row, t.tx.Rebind(selectBatch), run); err != nil {
		return nil, time.Time{}, err
	}
	return row.batch(), row.Rated.Time, nil
}

// LockBatch returns a batch as it stands and keeps it so until the transaction ends.
func (t *Tx) LockBatch(ctx context.Context, run string) (*Batch, error) {
	b, _, err := t.lockBatch(ctx, run)
	return b, err
}

// rateOfLate weighs what was done since the last chunk against the rate before
// it: what lies half a minute back counts a third. Until then it is the mean.
func rateOfLate(b *Batch, rows int, last, now time.Time) float64 {
	if whole := now.Sub(b.Began).Seconds(); whole < 30 || last.IsZero() {
		return float64(b.RowsDone+rows) / max(whole, 1e-3)
	}
	took := min(max(now.Sub(last).Seconds(), 1e-3), 60) // a pause of hours says nothing about the rate
	weight := 1 - math.Exp(-took/30)
	return b.Rate + weight*(float64(rows)/took-b.Rate)
}

// BatchCounts adds up the counts of the chunks that are done.
func (t *Tx) BatchCounts(ctx context.Context, run string) (screening.Counts, error) {
	var columns [][]byte
	sum := screening.Counts{Rows: map[screening.Grade]int{}}
	if err := t.tx.SelectContext(ctx, &columns, t.tx.Rebind(selectCounts), run); err != nil {
		return sum, err
	}
	for _, column := range columns {
		var c screening.Counts
		if err := fromJSON(column, &c); err != nil {
			return sum, err
		}
		sum.RowsIn += c.RowsIn
		sum.RowsScreened += c.RowsScreened
		sum.RowsRejected += c.RowsRejected
		sum.Parties += c.Parties
		sum.Matches += c.Matches
		for grade, n := range c.Rows {
			sum.Rows[grade] += n
		}
	}
	return sum, nil
}

// PendingChunks are the chunks of a run that are not done.
func (t *Tx) PendingChunks(ctx context.Context, run string) ([]int, error) {
	var out []int
	err := t.tx.SelectContext(ctx, &out, t.tx.Rebind(selectPending), run)
	return out, err
}

const decisionsHeld = `lock table decisions, dispositions in share mode`

// LastDecision is the number of the newest decision and disposition: all up to it are there to
// be read, by anyone and for ever, and none will come to lie below it. With a
// time it is of those that had been made by then.
func (t *Tx) LastDecision(ctx context.Context, asOf time.Time) (int64, error) {
	if t.s.postgres {
		// Numbers are given before they are committed: those under way are waited for.
		if err := exec(ctx, t.tx, decisionsHeld); err != nil {
			return 0, err
		}
	}
	var seq int64
	if !asOf.IsZero() {
		err := t.tx.GetContext(ctx, &seq, t.tx.Rebind(selectLastDecisionAt), stamp{asOf}, stamp{asOf})
		return seq, err
	}
	err := t.tx.GetContext(ctx, &seq, selectLastDecision)
	return seq, err
}
