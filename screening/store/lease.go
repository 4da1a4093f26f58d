package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
)

const (
	takeLease = `insert into leases (lease, holder, until) values (?, ?, ?) on conflict (lease) do update
		set holder = excluded.holder, until = excluded.until where leases.holder = excluded.holder or leases.until < ?`
	endLease = `delete from leases where lease = ? and holder = ?`
)

// Lease takes or renews what only one process at a time may do, until a
// time. It reports whether the holder has it: another's lasts until its time is over.
func (s *Store) Lease(ctx context.Context, lease, holder string, now, until time.Time) (bool, error) {
	held := false
	err := s.inTx(ctx, "taking the lease "+lease, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind(takeLease), lease, holder, stamp{until}, stamp{now})
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		held = n == 1
		return err
	})
	return held, err
}

// EndLease gives a lease back, if the holder has it.
func (s *Store) EndLease(ctx context.Context, lease, holder string) error {
	return s.inTx(ctx, "ending the lease "+lease, func(tx *sqlx.Tx) error {
		return exec(ctx, tx, endLease, lease, holder)
	})
}
