package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// QueueDriver is how the queue that shares this database speaks to it. On
// SQLite it writes through the store's one writing connection.
func (s *Store) QueueDriver() riverdriver.Driver[*sql.Tx] {
	if s.postgres {
		return riverdatabasesql.New(s.write.DB)
	}
	return riversqlite.New(s.write.DB)
}

func (s *Store) queueMigrator() (*rivermigrate.Migrator[*sql.Tx], error) {
	return rivermigrate.New(s.QueueDriver(), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
}

// queueReady reports whether the queue's tables are those its library wants.
func (s *Store) queueReady(ctx context.Context) (bool, error) {
	m, err := s.queueMigrator()
	if err != nil {
		return false, err
	}
	done, err := m.ExistingVersions(ctx)
	return len(done) >= len(m.AllVersions()), err
}

// migrateQueue makes the queue's own tables, or brings them up to date: the
// library's migrations, applied in the same step as the program's. One process does it at a time.
func (s *Store) migrateQueue(ctx context.Context) error {
	m, err := s.queueMigrator()
	if err != nil {
		return err
	}
	if !s.postgres {
		// Whoever has the write lock does all of it; the next one finds it done.
		return s.InTx(ctx, "making the queue's tables", func(tx *Tx) error {
			//lint:ignore SA1019 what cannot be batched is PostgreSQL's; on SQLite one transaction keeps a killed program from leaving half a step
			_, err := m.MigrateTx(ctx, tx.SQL(), rivermigrate.DirectionUp, nil)
			return err
		})
	}
	// Some steps need the one before them committed, so a lock is held beside them.
	conn, err := s.write.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	const key = 7316218 // any number that nothing else in the database locks
	if _, err := conn.ExecContext(ctx, `select pg_advisory_lock($1)`, key); err != nil {
		return fmt.Errorf("waiting for another process that makes the queue's tables: %w", err)
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, key)
	}()
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
