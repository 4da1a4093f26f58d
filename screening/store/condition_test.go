package store_test

import (
	"database/sql"
	"os"
	"testing"
	"time"

	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestCondition(t *testing.T) {
	for engine, dsn := range map[string]func(testing.TB) string{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
		t.Run(engine, func(t *testing.T) {
			s, err := store.Open(t.Context(), dsn(t), store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			c, err := s.Condition(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if c.Engine != engine || c.Schema != c.Wanted || c.Schema == 0 || c.Version == "" || c.Bytes < 8192 || time.Since(c.Now).Abs() > time.Minute || c.Network != "" {
				t.Errorf("%+v", c)
			}
			if engine == "PostgreSQL" && (c.MaxConnections < 1 || c.Connections < 1 || c.PerProcess < 4) {
				t.Errorf("%+v", c)
			}
			if found, err := s.Integrity(t.Context()); err != nil || found != nil {
				t.Errorf("a whole database has %q, %v", found, err)
			}
		})
	}
}

func TestIntegrity(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string, db *sql.DB){
		"a row without the one it belongs to": func(t *testing.T, _ string, db *sql.DB) {
			// This connection does not mind foreign keys.
			if _, err := db.Exec(`insert into run_sheets (run, file, sheet) values ('gone', 'a.csv', '')`); err != nil {
				t.Fatal(err)
			}
		},
		"a page that was overwritten": func(t *testing.T, path string, db *sql.DB) {
			var page, size int64
			if err := db.QueryRow(`select rootpage, (select page_size from pragma_page_size) from sqlite_master where name = 'audit'`).Scan(&page, &size); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteAt([]byte("something else altogether"), (page-1)*size); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := storetest.SQLite(t)
			if err := storetest.Open(t, path).Close(); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			damage(t, path, db)
			s, err := store.Open(t.Context(), path, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if found, err := s.Integrity(t.Context()); err == nil && len(found) == 0 {
				t.Error("not found")
			}
		})
	}
}
