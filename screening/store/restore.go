package store

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/jmoiron/sqlx"
)

// Restore puts a backup into this database, which must be empty: opened with
// NoMigrate, or never used. The backup is read to its end and checked before
// anything is written. Files come first, the tables in one transaction after
// them, so that what is stopped half way leaves an empty database, and may be
// started again. A backup of an older schema is brought up to date.
// ErrNotEmpty, ErrDamaged and ErrNewer say what they say.
func (s *Store) Restore(ctx context.Context, r io.ReaderAt, size int64, progress func(rows, total int64)) (*Manifest, error) {
	doing := "restoring into " + s.place
	m, err := CheckBackup(ctx, r, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	fresh, err := s.readyFor(ctx, m)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	a, err := openArchive(r, size)
	if err != nil {
		return nil, err
	}
	for _, f := range m.Files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := a.file(f, s.KeepFile); err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
	}
	err = s.inTx(ctx, doing, func(tx *sqlx.Tx) error {
		if err := s.restoreTables(ctx, tx, a, fresh, progress); err != nil || m.Schema < tasksSince {
			return err
		}
		return closeTasks(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	_, _, err = s.Migrate(ctx)
	return m, err
}

// readyFor brings an empty database to the schema of a backup. fresh says
// that its tables were made just now.
func (s *Store) readyFor(ctx context.Context, m *Manifest) (fresh bool, err error) {
	have, want, err := s.SchemaVersion(ctx)
	if err != nil {
		return false, err
	}
	switch {
	case m.Schema > want:
		return false, fmt.Errorf("the backup: %w (schema %d, this program knows %d): install that one", ErrNewer, m.Schema, want)
	case have > m.Schema:
		return false, fmt.Errorf("%w: it has schema %d already and the backup has %d; name a new database", ErrNotEmpty, have, m.Schema)
	case have > 0:
		if err := s.checkEmpty(ctx); err != nil {
			return false, err
		}
	}
	p, err := s.goose()
	if err != nil {
		return false, err
	}
	_, err = p.UpTo(ctx, int64(m.Schema))
	return have == 0, err
}

func (s *Store) checkEmpty(ctx context.Context) error {
	tables, err := s.tables(ctx, s.write)
	if err != nil {
		return err
	}
	for _, t := range tables {
		var rows bool
		if err := s.write.GetContext(ctx, &rows, "select exists (select 1 from "+quoted([]string{t.name})+")"); err != nil {
			return err
		}
		if rows {
			return fmt.Errorf("%w: table %s has rows; name a new database", ErrNotEmpty, t.name)
		}
	}
	return nil
}

func (s *Store) restoreTables(ctx context.Context, tx *sqlx.Tx, a *archive, fresh bool, progress func(rows, total int64)) error {
	tables, err := s.tables(ctx, tx)
	if err != nil {
		return err
	}
	if len(tables) != len(a.manifest.Tables) {
		return fmt.Errorf("%w: it has %d tables, schema %d has %d", ErrDamaged, len(a.manifest.Tables), a.manifest.Schema, len(tables))
	}
	if fresh { // what a migration puts into a new table is in the backup too
		for _, t := range slices.Backward(tables) {
			if err := exec(ctx, tx, "delete from "+quoted([]string{t.name})); err != nil {
				return err
			}
		}
	}
	done, total := int64(0), a.manifest.Rows()
	for _, t := range tables {
		at := slices.IndexFunc(a.manifest.Tables, func(c TableCopy) bool { return c.Table == t.name })
		if at < 0 {
			return fmt.Errorf("%w: it has no table %s", ErrDamaged, t.name)
		}
		copied := a.manifest.Tables[at]
		if !slices.Equal(slices.Sorted(slices.Values(copied.Columns)), slices.Sorted(slices.Values(t.columns))) {
			return fmt.Errorf("%w: table %s has other columns than schema %d", ErrDamaged, t.name, a.manifest.Schema)
		}
		rows := s.newInsert(tx, quoted([]string{t.name}), quoted(copied.Columns))
		err := a.rows(ctx, copied, func(row []any) error {
			if done++; done%1000 == 0 && progress != nil {
				progress(done, total)
			}
			return rows.row(ctx, row...)
		})
		if err == nil {
			err = rows.flush(ctx)
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		if err := s.checkRestored(ctx, tx, t, copied.Rows); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	if progress != nil {
		progress(done, total)
	}
	if s.postgres {
		return nil
	}
	var broken int
	if err := tx.GetContext(ctx, &broken, `select count(*) from pragma_foreign_key_check`); err != nil {
		return err
	}
	if broken > 0 {
		return fmt.Errorf("%w: %d rows refer to rows that are not there", ErrDamaged, broken)
	}
	return nil
}

// checkRestored counts the rows of a table, and lets PostgreSQL count its
// numbers on from the highest.
func (s *Store) checkRestored(ctx context.Context, tx *sqlx.Tx, t table, want int64) error {
	name := quoted([]string{t.name})
	var got int64
	if err := tx.GetContext(ctx, &got, "select count(*) from "+name); err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%w: %d of %d rows were taken", ErrDamaged, got, want)
	}
	if !s.postgres || want == 0 {
		return nil
	}
	var counted []string
	if err := tx.SelectContext(ctx, &counted, tx.Rebind(postgresCounted), t.name); err != nil {
		return err
	}
	for _, c := range counted {
		query := fmt.Sprintf("select setval(pg_get_serial_sequence(?, ?), (select max(%s) from %s))", quoted([]string{c}), name)
		if err := exec(ctx, tx, query, name, c); err != nil {
			return err
		}
	}
	return nil
}
