package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// runRow is a row of runs.
type runRow struct {
	Run        string `db:"run"`
	Started    stamp  `db:"started"`
	Finished   stamp  `db:"finished"`
	Version    string `db:"version"`
	Submitter  string `db:"submitter"`
	NotChecked []byte `db:"not_checked"`
	Policy     []byte `db:"policy"`
	Counts     []byte `db:"counts"`
	Terms      []byte `db:"terms"`
	Results    string `db:"results"`
}

const (
	runColumns = `run, started, finished, version, submitter, not_checked, policy, counts, terms, results`

	insertRun        = `insert into runs (` + runColumns + `) values (?, ?, ?, ?, ?, ?, ?, ?, ?, '') on conflict (run) do nothing`
	finishRun        = `update runs set finished = ?, not_checked = ?, counts = ? where run = ?`
	selectRun        = `select ` + runColumns + ` from runs where run = ?`
	selectRunsBy     = `select ` + runColumns + ` from runs where (? = '' or submitter = ?) and (? = '' or run < ?) order by run desc limit ?`
	selectRuns       = `select ` + runColumns + ` from runs order by started desc, run desc limit ?`
	deleteRun        = `delete from runs where run = ?`
	insertRunInput   = `insert into run_inputs (run, ordinal, file, hash, sheets, error) values (?, ?, ?, ?, ?, ?)`
	deleteRunInputs  = `delete from run_inputs where run = ?`
	selectRunInputs  = `select file, hash, sheets, error from run_inputs where run = ? order by ordinal`
	insertRunEdition = `insert into run_editions (run, ordinal, list, seq, used) values (?, ?, ?, ?, ?)`
	deleteRunEdition = `delete from run_editions where run = ?`
	selectRunEdition = `select used from run_editions where run = ? order by ordinal`
	countStanding    = `select count(*) from collaborations where result_run = ?`
	countRunRows     = `select count(*) from run_rows where sheet_id in (select id from run_sheets where run = ?)`
	countRejected    = `select count(*) from run_rows where error <> '' and sheet_id in (select id from run_sheets where run = ?)`
)

// StartRun keeps a run before its first result. ErrConflict when there is one
// of that ID: a job that is done again asks Run for it and goes on.
func (s *Store) StartRun(ctx context.Context, run *screening.Run) error {
	return s.InTx(ctx, "starting run "+run.ID, func(tx *Tx) error { return tx.StartRun(ctx, run) })
}

// StartRun is Store.StartRun as a part of something larger.
func (t *Tx) StartRun(ctx context.Context, run *screening.Run) error {
	tx := t.tx
	if run.ID == "" {
		return errors.New("it has no ID")
	}
	if run.Started.IsZero() {
		return errors.New("it has no time of starting")
	}
	notChecked, err := jsonText(run.NotChecked)
	if err != nil {
		return err
	}
	policy, err := jsonText(run.Policy)
	if err != nil {
		return err
	}
	counts, err := jsonText(run.Counts)
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, tx.Rebind(insertRun), run.ID, stamp{run.Started}, nil, text(run.Version), text(run.By), notChecked, policy, counts, text(string(run.Terms)))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return fmt.Errorf("%w: there is a run of that ID", ErrConflict)
	}
	return keepRunParts(ctx, tx, run)
}

// FinishRun closes a run: its end, its counts, and what was learnt on the way
// of its inputs, editions and what was not checked. ErrConflict when the counts are not those of
// the rows that were kept: then rows were lost, and the run is not finished. ErrNotFound
// when it was never started. The digest of its results is kept with it, and in
// the audit trail's line of its end.
func (s *Store) FinishRun(ctx context.Context, run *screening.Run) error {
	return s.InTx(ctx, "finishing run "+run.ID, func(tx *Tx) error { return tx.FinishRun(ctx, run) })
}

// FinishRun is Store.FinishRun as a part of something larger.
func (t *Tx) FinishRun(ctx context.Context, run *screening.Run) error {
	tx := t.tx
	if run.Finished.IsZero() {
		return errors.New("it has no time of finishing")
	}
	var rows, rejected int
	if err := tx.GetContext(ctx, &rows, tx.Rebind(countRunRows), run.ID); err != nil {
		return err
	}
	if err := tx.GetContext(ctx, &rejected, tx.Rebind(countRejected), run.ID); err != nil {
		return err
	}
	c := run.Counts
	if c.RowsIn != rows || c.RowsRejected != rejected || c.RowsIn != c.RowsScreened+c.RowsRejected {
		return fmt.Errorf("%w: %d rows counted, %d of them screened and %d rejected; %d kept, %d of them rejected",
			ErrConflict, c.RowsIn, c.RowsScreened, c.RowsRejected, rows, rejected)
	}
	notChecked, err := jsonText(run.NotChecked)
	if err != nil {
		return err
	}
	counts, err := jsonText(run.Counts)
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, tx.Rebind(finishRun), stamp{run.Finished}, notChecked, counts, run.ID)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return ErrNotFound
	}
	for _, query := range []string{deleteRunInputs, deleteRunEdition} {
		if err := exec(ctx, tx, query, run.ID); err != nil {
			return err
		}
	}
	if err := finishUpload(ctx, tx, run); err != nil {
		return err
	}
	if err := keepRunParts(ctx, tx, run); err != nil {
		return err
	}
	return t.s.sealRun(ctx, tx, run)
}

func keepRunParts(ctx context.Context, tx *sqlx.Tx, run *screening.Run) error {
	for i, in := range run.Inputs {
		sheets, err := jsonText(in.Sheets)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, insertRunInput, run.ID, i, text(in.File), in.Hash, sheets, text(in.Error)); err != nil {
			return err
		}
	}
	for i, ed := range run.Editions {
		used, err := jsonText(ed)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, insertRunEdition, run.ID, i, ed.List, ed.Seq, used); err != nil {
			return err
		}
	}
	return nil
}

// Run returns one run; Finished is zero while it goes on, or when it was cut short.
func (s *Store) Run(ctx context.Context, id string) (*screening.Run, error) {
	doing := "looking up run " + id
	run, err := s.runFrom(ctx, s.read, id)
	return run, s.fault(ctx, doing, err)
}

func (s *Store) runFrom(ctx context.Context, db reader, id string) (*screening.Run, error) {
	var row runRow
	if err := sqlx.GetContext(ctx, db, &row, db.Rebind(selectRun), id); err != nil {
		return nil, err
	}
	return runOf(ctx, db, &row)
}

// Runs returns the newest runs, newest first, at most limit of them.
func (s *Store) Runs(ctx context.Context, limit int) ([]*screening.Run, error) {
	return s.runs(ctx, selectRuns, limit)
}

// RunsBy returns the newest runs of one submitter, or of all for "", newest
// first, at most limit of them; before names a run: only older ones then. IDs
// sort by time.
func (s *Store) RunsBy(ctx context.Context, submitter, before string, limit int) ([]*screening.Run, error) {
	return s.runs(ctx, selectRunsBy, text(submitter), text(submitter), text(before), text(before), limit)
}

func (s *Store) runs(ctx context.Context, query string, args ...any) ([]*screening.Run, error) {
	const doing = "looking up the runs"
	var rows []runRow
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(query), args...); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	out := make([]*screening.Run, len(rows))
	for i := range rows {
		var err error
		if out[i], err = runOf(ctx, s.read, &rows[i]); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
	}
	return out, nil
}

// runOf reads the parts of a run that stand in tables of their own.
func runOf(ctx context.Context, db reader, row *runRow) (*screening.Run, error) {
	run := &screening.Run{
		ID: row.Run, Started: row.Started.Time, Finished: row.Finished.Time, Version: row.Version, By: row.Submitter, Results: row.Results,
	}
	if len(row.Terms) > 0 {
		run.Terms = row.Terms
	}
	err := errors.Join(fromJSON(row.NotChecked, &run.NotChecked), fromJSON(row.Policy, &run.Policy), fromJSON(row.Counts, &run.Counts))
	if err != nil {
		return nil, err
	}
	var inputs []struct {
		File   string `db:"file"`
		Hash   string `db:"hash"`
		Sheets []byte `db:"sheets"`
		Error  string `db:"error"`
	}
	if err := sqlx.SelectContext(ctx, db, &inputs, db.Rebind(selectRunInputs), run.ID); err != nil {
		return nil, err
	}
	for _, in := range inputs {
		input := screening.Input{File: in.File, Hash: in.Hash, Error: in.Error}
		if err := fromJSON(in.Sheets, &input.Sheets); err != nil {
			return nil, err
		}
		run.Inputs = append(run.Inputs, input)
	}
	var editions [][]byte
	if err := sqlx.SelectContext(ctx, db, &editions, db.Rebind(selectRunEdition), run.ID); err != nil {
		return nil, err
	}
	run.Editions = make([]screening.EditionUsed, len(editions))
	for i, used := range editions {
		if err := fromJSON(used, &run.Editions[i]); err != nil {
			return nil, err
		}
	}
	return run, nil
}

// DeleteRun removes a run and all it found. ErrNotFound when there is none,
// ErrConflict while collaborations stand on what it found. told are lines of the
// audit trail that tell of it.
func (s *Store) DeleteRun(ctx context.Context, id string, told ...*screening.AuditEntry) error {
	return s.inTx(ctx, "deleting run "+id, func(tx *sqlx.Tx) error {
		var standing int
		if err := tx.GetContext(ctx, &standing, tx.Rebind(countStanding), id); err != nil {
			return err
		}
		if standing > 0 {
			return fmt.Errorf("%w: %d collaborations stand on what it found", ErrConflict, standing)
		}
		res, err := tx.ExecContext(ctx, tx.Rebind(deleteRun), id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return ErrNotFound
		}
		return addAudit(ctx, tx, told...)
	})
}
