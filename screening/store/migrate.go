package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// goose returns the provider of this engine's migrations.
func (s *Store) goose() (*goose.Provider, error) {
	dialect, folder := goose.DialectSQLite3, "migrations/sqlite"
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.postgres {
		dialect, folder = goose.DialectPostgres, "migrations/postgres"
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // a try a second
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, s.write.DB, files, opts...)
}

const (
	sqliteTables  = `select count(*), count(case when name = 'goose_db_version' then 1 end) from sqlite_master where type = 'table'`
	postgresTable = `select 0, case when to_regclass('goose_db_version') is null then 0 else 1 end`
	schemaVersion = `select coalesce(max(version_id), 0) from goose_db_version where is_applied`
)

// SchemaVersion returns the version of the database's schema (0 when it is
// new) and the one this program writes. It changes nothing.
func (s *Store) SchemaVersion(ctx context.Context) (have, want int, err error) {
	doing := "reading the schema version of " + s.place
	p, err := s.goose()
	if err != nil {
		return 0, 0, s.fault(ctx, doing, err)
	}
	for _, source := range p.ListSources() {
		want = max(want, int(source.Version))
	}
	query := sqliteTables
	if s.postgres {
		query = postgresTable
	}
	var tables, versioned int
	if err := s.write.QueryRowContext(ctx, query).Scan(&tables, &versioned); err != nil {
		return 0, 0, s.fault(ctx, doing, err)
	}
	if versioned == 0 {
		if tables > 0 {
			return 0, 0, fmt.Errorf("opening the database %s: it belongs to some other program, and was left as it is; name another with --db", s.place)
		}
		return 0, want, nil
	}
	if err := s.write.GetContext(ctx, &have, schemaVersion); err != nil {
		return 0, 0, s.fault(ctx, doing, err)
	}
	return have, want, nil
}

// Migrate brings the schema up to date, the queue's tables too, and says from
// which version to which.
// Each migration is one transaction; a failed one leaves the version before it.
// Several processes may call it at once.
func (s *Store) Migrate(ctx context.Context) (from, to int, err error) {
	doing := "migrating the database " + s.place
	if from, _, err = s.SchemaVersion(ctx); err != nil {
		return 0, 0, err
	}
	p, err := s.goose()
	if err != nil {
		return from, from, s.fault(ctx, doing, err)
	}
	_, err = p.Up(ctx)
	// On SQLite nothing keeps two processes from starting the same migration.
	// The second fails whole, for the tables are there, and looks again.
	for try := 1; err != nil && !s.postgres && try <= 10 && ctx.Err() == nil; try++ {
		have, want, verr := s.SchemaVersion(ctx)
		if verr != nil {
			return from, from, verr
		}
		if have == want {
			err = nil
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(try) * 20 * time.Millisecond):
		}
		_, err = p.Up(ctx)
	}
	if err != nil {
		var partial *goose.PartialError
		if errors.As(err, &partial) && partial.Failed != nil {
			err = fmt.Errorf("%s: %w", partial.Failed.Source.Path, partial.Err)
		}
		return from, from, s.fault(ctx, doing, err)
	}
	if err := s.migrateQueue(ctx); err != nil {
		return from, from, s.fault(ctx, doing, err)
	}
	to, _, err = s.SchemaVersion(ctx)
	return from, to, err
}
