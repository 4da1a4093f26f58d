package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
)

// Worker is a process that takes work up, for as long as its heart beats.
type Worker struct {
	ID      string    `json:"id"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	Beat    time.Time `json:"beat"`
}

const (
	beatWorker = `insert into workers (worker, version, started, beat) values (?, ?, ?, ?)
		on conflict (worker) do update set beat = excluded.beat`
	selectBeat    = `select beat from workers where worker = ?`
	selectWorkers = `select worker, version, started, beat from workers order by started, worker`
	deleteWorker  = `delete from workers where worker = ?`
	buryWorkers   = `delete from workers where beat < ?`
)

// Beat notes that a worker lives and says when it did so last; zero at its
// first beat. On PostgreSQL the server's clock counts, so that machines need not agree on the time.
func (s *Store) Beat(ctx context.Context, w *Worker) (last, now time.Time, err error) {
	err = s.inTx(ctx, "noting that a worker lives", func(tx *sqlx.Tx) error {
		if now, err = s.clock(ctx, tx); err != nil {
			return err
		}
		var beats []stamp
		if err := tx.SelectContext(ctx, &beats, tx.Rebind(selectBeat), w.ID); err != nil {
			return err
		}
		if len(beats) == 1 {
			last = beats[0].Time
		}
		return exec(ctx, tx, beatWorker, w.ID, text(w.Version), stamp{now}, stamp{now})
	})
	return last, now, err
}

// clock is the time all processes on the database share.
func (s *Store) clock(ctx context.Context, tx *sqlx.Tx) (time.Time, error) {
	if !s.postgres {
		return time.Now().UTC(), nil
	}
	var now stamp
	err := tx.GetContext(ctx, &now, `select clock_timestamp()`)
	return now.Time, err
}

// Workers returns those that have not said goodbye, the dead ones too.
func (s *Store) Workers(ctx context.Context) ([]Worker, error) {
	var rows []struct {
		ID      string `db:"worker"`
		Version string `db:"version"`
		Started stamp  `db:"started"`
		Beat    stamp  `db:"beat"`
	}
	if err := s.read.SelectContext(ctx, &rows, selectWorkers); err != nil {
		return nil, s.fault(ctx, "looking up the workers", err)
	}
	out := make([]Worker, len(rows))
	for i, r := range rows {
		out[i] = Worker{ID: r.ID, Version: r.Version, Started: r.Started.Time, Beat: r.Beat.Time}
	}
	return out, nil
}

// RemoveWorker is a worker's goodbye.
func (s *Store) RemoveWorker(ctx context.Context, id string) error {
	return s.inTx(ctx, "taking leave of a worker", func(tx *sqlx.Tx) error { return exec(ctx, tx, deleteWorker, id) })
}

// BuryWorkers forgets those whose last beat is older than a time.
func (s *Store) BuryWorkers(ctx context.Context, before time.Time) error {
	return s.inTx(ctx, "forgetting dead workers", func(tx *sqlx.Tx) error { return exec(ctx, tx, buryWorkers, stamp{before}) })
}
