package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Unnamed is a file of the data folder that nothing names.
type Unnamed struct {
	Name string
	Size int64
}

const selectOldRuns = `select run from runs where started < ? order by started, run`

// OldRuns returns the runs that began before a time, the oldest first.
func (s *Store) OldRuns(ctx context.Context, before time.Time) ([]string, error) {
	var out []string
	err := s.read.SelectContext(ctx, &out, s.read.Rebind(selectOldRuns), stamp{before})
	return out, s.fault(ctx, "looking up old runs", err)
}

// MayDeleteRun reports whether DeleteRun would remove a run.
func (s *Store) MayDeleteRun(ctx context.Context, id string) (bool, error) {
	var standing int
	err := s.read.GetContext(ctx, &standing, s.read.Rebind(countStanding), id)
	return standing == 0, s.fault(ctx, "looking up what stands on run "+id, err)
}

// PruneFiles removes kept files that nothing in the database names and that
// were kept, or kept again, before a time. With dry it only says which.
func (s *Store) PruneFiles(ctx context.Context, before time.Time, dry bool) ([]Unnamed, error) {
	const doing = "removing kept files that nothing names"
	// What is named is asked before the files are looked at: one kept since is younger than before.
	hashes, err := namedFiles(ctx, s.read, naming...)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	named := map[string]bool{}
	for _, h := range hashes {
		named[h] = true
	}
	var out []Unnamed
	for hash, err := range s.keptFiles() {
		if err != nil {
			return out, s.fault(ctx, doing, err)
		}
		if named[hash] {
			continue
		}
		if err := remove(s.filePath(hash), before, dry, &out); err != nil {
			return out, s.fault(ctx, doing, err)
		}
	}
	return out, ctx.Err()
}

// PruneLeftovers removes what killed processes left half written in the data
// folder before a time.
func (s *Store) PruneLeftovers(ctx context.Context, before time.Time, dry bool) ([]Unnamed, error) {
	var out []Unnamed
	if s.data == "" {
		return nil, nil
	}
	for _, pattern := range []string{filepath.Join("files", "incoming-*"), "folder-id-*", ".screener-*"} {
		found, err := filepath.Glob(filepath.Join(globQuoted(s.data), pattern))
		if err != nil {
			return out, fmt.Errorf("looking for what was left half written: %w", err)
		}
		for _, path := range found {
			if err := remove(path, before, dry, &out); err != nil {
				return out, fmt.Errorf("removing what was left half written: %w", err)
			}
		}
	}
	return out, ctx.Err()
}

// globQuoted is a path that a pattern takes as it is.
func globQuoted(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// remove removes a file that has not been touched since, and adds it to out.
func remove(path string, before time.Time, dry bool, out *[]Unnamed) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || !info.ModTime().Before(before) {
		return nil
	}
	if !dry {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	*out = append(*out, Unnamed{Name: filepath.Base(path), Size: info.Size()})
	return nil
}

// Past is a kind of record that is over, and the time it may go.
type Past struct {
	What  string
	where string // which of them are over before a time
	table string
}

// The kinds of records that end by themselves.
var (
	PastNotices     = Past{"notices that were sent or given up", `(sent < ? or dead < ?)`, "notices"}
	PastDrops       = Past{"records of dropped files", `(ended < ? and taken < ?)`, "drops"}
	PastOpenMatches = Past{"records of closed open matches", `(closed < ? and closed < ?)`, "open_matches"}
	PastTasks       = Past{"jobs that ended", `state in ('done', 'dead', 'cancelled') and (finished < ? and finished < ?)`, "tasks"}
)

// PrunePast removes the records of a kind that were over before a time, and
// says how many. With dry it only counts them.
func (s *Store) PrunePast(ctx context.Context, past Past, before time.Time, dry bool) (int64, error) {
	var n int64
	doing := "removing " + past.What
	if dry {
		err := s.read.GetContext(ctx, &n, s.read.Rebind("select count(*) from "+past.table+" where "+past.where), stamp{before}, stamp{before})
		return n, s.fault(ctx, doing, err)
	}
	err := s.inTx(ctx, doing, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind("delete from "+past.table+" where "+past.where), stamp{before}, stamp{before})
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
