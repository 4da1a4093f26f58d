package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrNotFound is what asking for something that is not kept gives.
	ErrNotFound = errors.New("not found")
	// ErrConflict is what writing something that contradicts what is kept gives.
	ErrConflict = errors.New("contradicts what is kept")
	// ErrNewer is what opening a database written by a newer program gives.
	ErrNewer = errors.New("written by a newer screener")
)

// Options say how to open a store. The zero value works, without a place for files.
type Options struct {
	// Data is the folder KeepFile keeps original files in; it is made when needed.
	Data string
	// NoMigrate leaves the schema as it is: Migrate must be called before
	// anything else when the database is new or older than the program.
	NoMigrate bool
	// Connections is how many PostgreSQL connections may be open at once: 0
	// for 16, and 4 at least, for one may be read from while another writes.
	Connections int
	// Wait is how long a writer waits for another process's transaction on
	// SQLite, 0 for 30 s.
	Wait time.Duration
}

// Store is an open database. It may be used by many goroutines at once, and
// several processes may have one database open.
type Store struct {
	// On SQLite write has one connection and read several that cannot write:
	// a write while rows stream from the same single connection would wait for
	// ever. On PostgreSQL both are one pool.
	write, read *sqlx.DB
	postgres    bool
	place       string // what errors call the database; never a password
	data        string
}

func init() {
	sqlx.BindDriver("sqlite", sqlx.QUESTION) // sqlx knows the driver by other names only
}

// Open opens the database at dsn: a path for SQLite, which is made when it is
// not there, or postgres://… . Unless opts.NoMigrate, its schema is brought up to date.
// The error says what is wrong and what to do about it.
func Open(ctx context.Context, dsn string, opts Options) (*Store, error) {
	s := &Store{data: opts.Data}
	var err error
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		err = s.openPostgres(ctx, dsn, opts)
	} else {
		err = s.openSQLite(ctx, dsn, opts)
	}
	if err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("opening the database %s: %w", s.place, err)
	}
	if err := s.ready(ctx, opts.NoMigrate); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// ready checks that the database is ours before it changes anything in it.
func (s *Store) ready(ctx context.Context, leaveSchema bool) error {
	have, want, err := s.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("opening the database %s: %w (schema %d, this program knows %d): install that one, or restore an older backup", s.place, ErrNewer, have, want)
	}
	if !s.postgres {
		// Kept in the file: readers and one writer at once.
		var mode string
		if err := s.write.GetContext(ctx, &mode, "pragma journal_mode = wal"); err != nil {
			return s.fault(ctx, "opening the database "+s.place, err)
		}
		if mode != "wal" {
			return fmt.Errorf("opening the database %s: its disk cannot share a log between processes; put it on a local disk", s.place)
		}
	}
	if leaveSchema {
		return nil
	}
	if have == want {
		// A newer library may want more of its own tables than an older one made.
		if ready, err := s.queueReady(ctx); err != nil || ready {
			return s.fault(ctx, "opening the database "+s.place, err)
		}
	}
	_, _, err = s.Migrate(ctx)
	return err
}

func (s *Store) openSQLite(ctx context.Context, path string, opts Options) error {
	s.place = path
	switch {
	case path == "":
		return errors.New("no path given; name a file, or postgres://USER@HOST/DATABASE")
	case strings.HasPrefix(path, ":memory:"), strings.HasPrefix(path, "file:"), strings.Contains(path, "://"):
		return errors.New("not a path; name a file, or postgres://USER@HOST/DATABASE")
	}
	if err := checkFile(path); err != nil {
		return err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	wait := opts.Wait
	if wait == 0 {
		wait = 30 * time.Second
	}
	pragmas := url.Values{
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()), // first: the others may have to wait
			"page_size(8192)",              // entities are about a kilobyte
			"synchronous(FULL)",            // a commit outlives a power cut
			"foreign_keys(1)",              //
			"journal_size_limit(67108864)", // give the disk back after a large import
			"wal_autocheckpoint(8000)",     // 64 MB: what many commits changed is folded in once
			"cache_size(-16000)",
		},
		"_txlock": {"immediate"}, // take the write lock at once, where waiting for it works
		"_dqs":    {"0"},
	}
	if s.write, err = sqlx.Open("sqlite", fileURI(path, pragmas)); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.write.PingContext(ctx); err != nil {
		return s.explain(err)
	}
	pragmas["_pragma"] = []string{pragmas["_pragma"][0], "query_only(1)", "cache_size(-8000)"}
	pragmas["mode"], pragmas["_txlock"] = []string{"ro"}, []string{"deferred"}
	if s.read, err = sqlx.Open("sqlite", fileURI(path, pragmas)); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(8)
	s.read.SetMaxIdleConns(8)
	return nil
}

// fileURI escapes what a path may hold and a URI may not.
func fileURI(path string, query url.Values) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	if !strings.HasPrefix(u.Path, "/") {
		u.Path = "/" + u.Path // C:/… becomes file:///C:/…
	}
	return u.String()
}

// checkFile says in plain words what SQLite would call "unable to open
// database file" or "file is not a database".
func checkFile(path string) error {
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the folder %s does not exist; make it, or name another with --db", dir)
	} else if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is not a folder; name another with --db", dir)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("it is a folder; name a file in it, such as %s", filepath.Join(path, "screener.db"))
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("it cannot be written; check who may write to %s, or name another with --db: %w", dir, err)
	}
	defer f.Close()
	// SQLite puts its log beside the file, so the folder must take files too.
	probe, err := os.CreateTemp(dir, ".screener-*")
	if err != nil {
		return fmt.Errorf("its folder cannot be written, and SQLite keeps its log there; check who may write to %s, or name another with --db: %w", dir, err)
	}
	probe.Close()
	_ = os.Remove(probe.Name())
	head := make([]byte, 16)
	if n, err := f.Read(head); n > 0 && string(head[:n]) != "SQLite format 3\x00" {
		return errors.New("it is some other kind of file, and was left as it is; name another with --db")
	} else if n > 0 && err != nil {
		return err
	}
	return nil
}

func (s *Store) openPostgres(ctx context.Context, dsn string, opts Options) error {
	s.postgres, s.place = true, "postgres://…"
	u, err := url.Parse(dsn)
	if err != nil { // the parser's own words would repeat the password
		return errors.New("not a valid address; write postgres://USER:PASSWORD@HOST:PORT/DATABASE and percent-encode what is special in the password")
	}
	s.place = (&url.URL{Scheme: "postgres", Host: u.Host, Path: u.Path}).String()
	q := u.Query()
	if !q.Has("fallback_application_name") {
		q.Set("fallback_application_name", "screener")
	}
	u.RawQuery = q.Encode()
	if s.write, err = sqlx.Open("postgres", u.String()); err != nil {
		return errors.New("not a valid address; write postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	s.read = s.write
	n := opts.Connections
	if n == 0 {
		n = 16
	}
	n = max(n, 4)
	s.write.SetMaxOpenConns(n)
	s.write.SetMaxIdleConns(n) // the default of 2 would reconnect at every turn
	if err := s.write.PingContext(ctx); err != nil {
		return s.explain(err)
	}
	var encoding string
	if err := s.write.GetContext(ctx, &encoding, "show server_encoding"); err != nil {
		return s.explain(err)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("its encoding is %s, which cannot keep every name; make it with: createdb -E UTF8 -T template0", encoding)
	}
	return nil
}

// explain adds to a driver's error what to do about it, where that is known.
func (s *Store) explain(err error) error {
	if errors.Is(err, pq.ErrSSLNotSupported) {
		return fmt.Errorf("%w; add ?sslmode=disable when the server is on this machine", err)
	}
	if e := pq.As(err); e != nil {
		switch e.Code {
		case "3D000":
			return fmt.Errorf("%w; make it with createdb", err)
		case "28P01", "28000":
			return fmt.Errorf("%w; check the user and password", err)
		case "23505":
			return fmt.Errorf("%w: another process is writing the same: %w", ErrConflict, err)
		case "53300":
			return fmt.Errorf("%w; allow the server more, or this program fewer", err)
		case "42P01", "42703":
			return fmt.Errorf("%w; run screener migrate", err)
		}
	}
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return fmt.Errorf("%w; another process is writing to %s: let it end, or end it", err, s.place)
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("%w; free some space where %s is", err, s.place)
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return fmt.Errorf("%w; %s is damaged: restore it from a backup", err, s.place)
		case sqlite3.SQLITE_ERROR:
			if strings.Contains(err.Error(), "no such table") || strings.Contains(err.Error(), "no such column") {
				return fmt.Errorf("%w; run screener migrate", err)
			}
		}
	}
	return err
}

// fault wraps what went wrong while doing something. A cancelled query reads
// differently on each driver; callers are told of the context alone.
func (s *Store) fault(ctx context.Context, doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", doing, context.Cause(ctx))
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	return fmt.Errorf("%s: %w", doing, s.explain(err))
}

// inTx runs f in one transaction, which is committed only when f gives no error.
func (s *Store) inTx(ctx context.Context, doing string, f func(*sqlx.Tx) error) error {
	tx, err := s.write.BeginTxx(ctx, nil)
	if err != nil {
		return s.fault(ctx, doing, err)
	}
	defer func() { _ = tx.Rollback() }() // nothing after a commit
	if err := f(tx); err != nil {
		return s.fault(ctx, doing, err)
	}
	return s.fault(ctx, doing, tx.Commit())
}

// Tx is one open transaction, for those who write several things at once: a
// chunk's results and that it is done, a task and the queue's job for it. On SQLite nothing else may be
// written to the store while it is open.
type Tx struct {
	s  *Store
	tx *sqlx.Tx
}

// InTx runs f in one transaction, which is committed only when f gives no error.
func (s *Store) InTx(ctx context.Context, doing string, f func(*Tx) error) error {
	return s.inTx(ctx, doing, func(tx *sqlx.Tx) error { return f(&Tx{s: s, tx: tx}) })
}

// SQL is the transaction for those who bring tables of their own, such as a queue.
func (tx *Tx) SQL() *sql.Tx { return tx.tx.Tx }

// exec runs one statement written with "?".
func exec(ctx context.Context, tx *sqlx.Tx, query string, args ...any) error {
	_, err := tx.ExecContext(ctx, tx.Rebind(query), args...)
	return err
}

// DB is the database for those who bring tables of their own, such as a queue:
// a pool that may write, and whether it is PostgreSQL.
func (s *Store) DB() (db *sql.DB, postgres bool) { return s.write.DB, s.postgres }

// Close ends the connections. On SQLite the write-ahead log is folded into the
// file: once every process has closed, the file alone is the whole.
func (s *Store) Close() error {
	var errs []error
	if s.read != nil && s.read != s.write {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		if !s.postgres {
			// As much as can be done without waiting for other processes; the last
			// one to close does the rest and removes the log.
			_, _ = s.write.ExecContext(context.Background(), "pragma wal_checkpoint(passive)")
		}
		errs = append(errs, s.write.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing the database %s: %w", s.place, err)
	}
	return nil
}
