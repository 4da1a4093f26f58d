package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	selectRunInputs  = `select run, file, hash, sheets, error from run_inputs where run in (?) order by run, ordinal`
	insertRunEdition = `insert into run_editions (run, ordinal, list, seq, used) values (?, ?, ?, ?, ?)`
	deleteRunEdition = `delete from run_editions where run = ?`
	selectRunEdition = `select run, used from run_editions where run in (?) order by run, ordinal`
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
	out := make([]*screening.Run, 0, len(rows))
	for some := range slices.Chunk(rows, versionsAtOnce) {
		runs, err := runsOf(ctx, s.read, some)
		if err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		out = append(out, runs...)
	}
	return out, nil
}

// runOf reads the parts of a run that stand in tables of their own.
func runOf(ctx context.Context, db reader, row *runRow) (*screening.Run, error) {
	runs, err := runsOf(ctx, db, []runRow{*row})
	if err != nil {
		return nil, err
	}
	return runs[0], nil
}

// runsOf is runOf for some runs at once. Those of one policy share it.
func runsOf(ctx context.Context, db reader, rows []runRow) ([]*screening.Run, error) {
	out := make([]*screening.Run, len(rows))
	by := make(map[string]*screening.Run, len(rows))
	policies := map[string]*screening.Policy{}
	ids := make([]string, len(rows))
	for i := range rows {
		row := &rows[i]
		run := &screening.Run{
			ID: row.Run, Started: row.Started.Time, Finished: row.Finished.Time, Version: row.Version, By: row.Submitter, Results: row.Results, Editions: []screening.EditionUsed{},
		}
		if len(row.Terms) > 0 {
			run.Terms = row.Terms
		}
		if err := errors.Join(fromJSON(row.NotChecked, &run.NotChecked), fromJSON(row.Counts, &run.Counts)); err != nil {
			return nil, err
		}
		policy, known := policies[string(row.Policy)]
		if !known {
			if err := fromJSON(row.Policy, &policy); err != nil {
				return nil, err
			}
			policies[string(row.Policy)] = policy
		}
		run.Policy = policy
		out[i], by[run.ID], ids[i] = run, run, run.ID
	}
	var inputs []struct {
		Run    string `db:"run"`
		File   string `db:"file"`
		Hash   string `db:"hash"`
		Sheets []byte `db:"sheets"`
		Error  string `db:"error"`
	}
	var editions []struct {
		Run  string `db:"run"`
		Used []byte `db:"used"`
	}
	for _, q := range []struct {
		query string
		into  any
	}{{selectRunInputs, &inputs}, {selectRunEdition, &editions}} {
		query, args, err := sqlx.In(q.query, ids)
		if err == nil {
			err = sqlx.SelectContext(ctx, db, q.into, db.Rebind(query), args...)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, in := range inputs {
		input := screening.Input{File: in.File, Hash: in.Hash, Error: in.Error}
		if err := fromJSON(in.Sheets, &input.Sheets); err != nil {
			return nil, err
		}
		by[in.Run].Inputs = append(by[in.Run].Inputs, input)
	}
	for _, e := range editions {
		var used screening.EditionUsed
		if err := fromJSON(e.Used, &used); err != nil {
			return nil, err
		}
		by[e.Run].Editions = append(by[e.Run].Editions, used)
	}
	return out, nil
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
