// Package storetest opens stores for tests: on SQLite in a temporary folder,
// and on a PostgreSQL that it starts itself, once a test binary, where the
// server is installed. That server lives in a temporary folder behind a Unix
// socket and goes away with the test binary, however that ends.
package storetest

import (
	"path/filepath"
	"testing"

	"partnerscreen/screening/store"
)

// Each runs f on an empty store of each engine, as a subtest.
func Each(t *testing.T, f func(t *testing.T, s *store.Store)) {
	t.Helper()
	EachDSN(t, func(t *testing.T, dsn string) { f(t, Open(t, dsn)) })
}

// EachDSN runs f with the address of an empty database of each engine, as a subtest.
func EachDSN(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite returns a path for a database of the test's own.
func SQLite(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "screener.db")
}

// Open opens the database at dsn, with a data folder of the test's own, and
// closes it when the test ends.
func Open(t testing.TB, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, store.Options{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
