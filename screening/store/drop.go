package store

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
)

// Drop is one file that was taken out of the drop folder.
type Drop struct {
	ID     string    `db:"id"` // of its run too
	Folder string    `db:"folder"`
	File   string    `db:"file"`
	Hash   string    `db:"hash"`
	Sender string    `db:"sender"`
	Tries  int       `db:"tries"` // how often it was begun
	State  DropState `db:"state"`
	Run    string    `db:"run"`    // the run that screened it, or one that had before
	Output string    `db:"output"` // in the outbox
	Why    string    `db:"why"`
	// Basis stands for everything but the file that its result depends on.
	Basis string
	Taken time.Time
	Ended time.Time // zero while it is worked on
}

// DropState is one of the constants below.
type DropState string

const (
	DropTaken    DropState = "taken"
	DropScreened DropState = "screened"
	DropRepeated DropState = "repeated" // screened before, and nothing has changed since
	DropDecided  DropState = "decided"
	DropRejected DropState = "rejected"
)

type dropRow struct {
	Drop
	Basis string `db:"basis"`
	Taken stamp  `db:"taken"`
	Ended stamp  `db:"ended"`
}

func (r *dropRow) drop() *Drop {
	d := r.Drop
	d.Basis, d.Taken, d.Ended = r.Basis, r.Taken.Time, r.Ended.Time
	return &d
}

// Look is how a file of the drop folder looks: its place is the path within the folder.
type Look struct {
	Place    string
	Size     int64
	Modified time.Time
}

const (
	dropColumns = `id, folder, file, hash, sender, tries, state, run, output, why, basis, taken, ended`
	upsertDrop  = `insert into drops (` + dropColumns + `) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (id) do update set hash = excluded.hash, sender = excluded.sender, tries = excluded.tries, state = excluded.state,
		run = excluded.run, output = excluded.output, why = excluded.why, basis = excluded.basis, ended = excluded.ended`
	selectDrop     = `select ` + dropColumns + ` from drops where id = ?`
	selectLastDrop = `select ` + dropColumns + ` from drops where folder = ? and hash = ? and state = 'screened' order by taken desc, id desc limit 1`
	selectLooks    = `select place, size, modified, since from drop_looks`
	upsertLook     = `insert into drop_looks (place, size, modified, since) values (?, ?, ?, ?)
		on conflict (place) do update set size = excluded.size, modified = excluded.modified, since = excluded.since`
	deleteLook     = `delete from drop_looks where place = ?`
	decisionsSince = `select (select count(*) from decisions where made > ? or (expires > ? and expires <= ?))
		+ (select count(*) from dispositions where made > ? or (expires > ? and expires <= ?))`
)

// KeepDrop keeps how far a file of the drop folder is.
func (s *Store) KeepDrop(ctx context.Context, d *Drop) error {
	return s.inTx(ctx, "keeping the dropped file "+d.ID, func(tx *sqlx.Tx) error {
		if d.ID == "" || d.Taken.IsZero() {
			return errors.New("it has no ID or no time")
		}
		return exec(ctx, tx, upsertDrop, d.ID, text(d.Folder), text(d.File), d.Hash, text(d.Sender), d.Tries, string(d.State), d.Run,
			text(d.Output), text(d.Why), d.Basis, stamp{d.Taken}, stamp{d.Ended})
	})
}

// Drop returns a file that was taken by its ID; ErrNotFound when there is none.
func (s *Store) Drop(ctx context.Context, id string) (*Drop, error) {
	return s.drop(ctx, selectDrop, id)
}

// LastDrop returns the last screened file of a folder that had the content.
func (s *Store) LastDrop(ctx context.Context, folder, hash string) (*Drop, error) {
	return s.drop(ctx, selectLastDrop, text(folder), hash)
}

func (s *Store) drop(ctx context.Context, query string, args ...any) (*Drop, error) {
	var row dropRow
	if err := s.read.GetContext(ctx, &row, s.read.Rebind(query), args...); err != nil {
		return nil, s.fault(ctx, "looking up a dropped file", err)
	}
	return row.drop(), nil
}

// KeepLooks keeps how all files of the drop folder look now, and returns
// since when each has looked as it does. What is no longer there is forgotten.
func (s *Store) KeepLooks(ctx context.Context, looks []Look, now time.Time) (map[string]time.Time, error) {
	since := map[string]time.Time{}
	err := s.inTx(ctx, "keeping how the drop folder looks", func(tx *sqlx.Tx) error {
		var rows []struct {
			Place    string `db:"place"`
			Size     int64  `db:"size"`
			Modified stamp  `db:"modified"`
			Since    stamp  `db:"since"`
		}
		if err := tx.SelectContext(ctx, &rows, selectLooks); err != nil {
			return err
		}
		before := map[string]int{}
		for i, r := range rows {
			before[r.Place] = i
		}
		for _, l := range looks {
			place := text(l.Place)
			if i, ok := before[place]; ok {
				delete(before, place)
				if r := rows[i]; r.Size == l.Size && r.Modified.Equal(l.Modified.UTC().Truncate(time.Microsecond)) {
					since[l.Place] = r.Since.Time
					continue
				}
			}
			since[l.Place] = now
			if err := exec(ctx, tx, upsertLook, place, l.Size, stamp{l.Modified}, stamp{now}); err != nil {
				return err
			}
		}
		for place := range before {
			if err := exec(ctx, tx, deleteLook, place); err != nil {
				return err
			}
		}
		return nil
	})
	return since, err
}

// DecisionsSince counts the decisions and dispositions that came or lapsed
// between two times.
func (s *Store) DecisionsSince(ctx context.Context, then, now time.Time) (int, error) {
	var n int
	err := s.read.GetContext(ctx, &n, s.read.Rebind(decisionsSince), stamp{then}, stamp{then}, stamp{now}, stamp{then}, stamp{then}, stamp{now})
	return n, s.fault(ctx, "looking for newer decisions", err)
}
