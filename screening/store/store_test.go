package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := filepath.Join(dir, "foreign.db")
	db, err := sql.Open("sqlite", foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("create table invoices (id integer)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	damaged := write("damaged.db", "SQLite format 3\x00"+strings.Repeat("no pages here ", 400))
	// Even root may not make a file here; others may not make one in a folder without the right.
	unwritable := "/proc/screener.db"
	if os.Geteuid() != 0 {
		locked := filepath.Join(dir, "locked")
		if err := os.Mkdir(locked, 0o555); err != nil {
			t.Fatal(err)
		}
		unwritable = filepath.Join(locked, "screener.db")
	}
	for name, c := range map[string]struct {
		dsn  string
		want []string // what went wrong, and what to do
	}{
		"no path":                    {"", []string{"no path", "name a file"}},
		"folder missing":             {filepath.Join(dir, "nowhere", "screener.db"), []string{"nowhere does not exist", "make it", "--db"}},
		"file as folder":             {filepath.Join(write("plain", "x"), "screener.db"), []string{"plain is not a folder"}},
		"folder as file":             {dir, []string{"is a folder", "screener.db"}},
		"folder not writable":        {unwritable, []string{"cannot be written", "--db"}},
		"a text file":                {write("notes.txt", "name,country\nQorvath,XA\n"), []string{"some other kind of file", "--db"}},
		"another program's database": {foreign, []string{"some other program", "--db"}},
		"a damaged database":         {damaged, []string{"damaged", "backup"}},
		"memory":                     {":memory:", []string{"name a file"}},
		"another server":             {"mysql://localhost/x", []string{"not a path", "postgres://"}},
		"server not there":           {"postgres://someone:secret@127.0.0.1:1/screener", []string{"127.0.0.1:1", "refused"}},
		"a password with a percent":  {"postgres://someone:sec%ret@localhost/x", []string{"not a valid address", "percent-encode"}},
	} {
		t.Run(name, func(t *testing.T) {
			before, _ := os.ReadFile(c.dsn)
			s, err := store.Open(t.Context(), c.dsn, store.Options{})
			if err == nil {
				s.Close()
				t.Fatal("opened")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "sec") {
				t.Errorf("%q repeats the password", err)
			}
			if after, _ := os.ReadFile(c.dsn); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".screener-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestPostgresSaysWhatIsWrong(t *testing.T) {
	// A server without TLS, as far as its first answer.
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	go func() {
		for {
			c, err := plain.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadFull(c, make([]byte, 8))
			_, _ = c.Write([]byte("N"))
			c.Close()
		}
	}()
	for name, c := range map[string]struct {
		dsn, want string
	}{
		"no such database": {strings.Replace(storetest.Postgres(t), "/test_", "/absent_", 1), "createdb"},
		"no TLS":           {"postgres://someone@" + plain.Addr().String() + "/screener", "sslmode=disable"},
	} {
		s, err := store.Open(t.Context(), c.dsn, store.Options{})
		if err == nil {
			s.Close()
			t.Errorf("%s: opened", name)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q does not say %q", name, err, c.want)
		}
	}
}

func TestPathsAreTakenAsTheyAre(t *testing.T) {
	for _, name := range []string{"with space.db", "100%.db", "what?.db", "a#b.db", "ünïcode.db", "a&b=c.db"} {
		path := filepath.Join(t.TempDir(), name)
		s, err := store.Open(t.Context(), path, store.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		keep(t, s, edition("h1", 0), entity("a", "Qorvath"))
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		// The log is folded in: the file alone is the whole.
		if files := filesIn(t, filepath.Dir(path)); len(files) != 1 || files[0] != path {
			t.Errorf("%s: files after closing: %v", name, files)
		}
	}
}

func TestMigrate(t *testing.T) {
	empty := map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.EmptyPostgres}
	for name, dsn := range empty {
		t.Run(name, func(t *testing.T) {
			ctx, dsn := t.Context(), dsn(t)
			s, err := store.Open(ctx, dsn, store.Options{NoMigrate: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			have, want, err := s.SchemaVersion(ctx)
			if err != nil || have != 0 || want < 2 {
				t.Fatalf("new database: schema %d of %d, %v; want 0", have, want, err)
			}
			if _, err := s.Edition(ctx, "zz_test"); err == nil || !strings.Contains(err.Error(), "screener migrate") {
				t.Errorf("reading before migrating: %v, want to be told to migrate", err)
			}
			if from, to, err := s.Migrate(ctx); err != nil || from != 0 || to != want {
				t.Errorf("migrated from %d to %d, %v; want 0 to %d", from, to, err, want)
			}
			if from, to, err := s.Migrate(ctx); err != nil || from != want || to != want {
				t.Errorf("migrated again from %d to %d, %v; want nothing to do", from, to, err)
			}
			if _, err := s.Edition(ctx, "zz_test"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("reading after migrating: %v, want ErrNotFound", err)
			}
			// A newer program was here.
			db, _ := s.DB()
			if _, err := db.ExecContext(ctx, "insert into goose_db_version (version_id, is_applied) values (9999, true)"); err != nil {
				t.Fatal(err)
			}
			for _, opts := range []store.Options{{}, {NoMigrate: true}} {
				newer, err := store.Open(ctx, dsn, opts)
				if err == nil {
					newer.Close()
				}
				if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "9999") {
					t.Errorf("opening a newer program's database: %v, want ErrNewer and its schema", err)
				}
			}
		})
	}
}

func TestCancelledContextIsSaidSo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if _, err := s.Import(t.Context(), edition("h1", 0), inventedList(3000)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		var last error
		for _, err := range s.Entities(ctx, "zz_test", 1) {
			if n++; n == 10 {
				cancel()
			}
			last = err
		}
		if !errors.Is(last, context.Canceled) {
			t.Errorf("reading ended with %v after %d entities, want context.Canceled", last, n)
		}
		if _, err := s.Edition(ctx, "zz_test"); !errors.Is(err, context.Canceled) {
			t.Errorf("reading with a cancelled context: %v", err)
		}
		late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		defer cancel()
		if err := s.DeleteRun(late, "r1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("writing after the deadline: %v", err)
		}
	})
}

func TestFullDisk(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	a := entity("a", "Qorvath")
	keep(t, s, edition("h1", 0), a)
	db, _ := s.DB()
	limit := func(pages int) {
		// SQLite's own way of running out of room.
		if err := db.QueryRowContext(t.Context(), fmt.Sprintf("pragma max_page_count = %d", pages)).Scan(&pages); err != nil {
			t.Fatal(err)
		}
	}
	limit(100)
	_, err := s.Import(t.Context(), edition("h2", 1), inventedList(5000))
	if err == nil || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("importing onto a full disk: %v, want to be told of the space", err)
	}
	if got := collect(t, s.Entities(t.Context(), "zz_test", 1)); countEditions(t, s) != 1 || len(got) != 1 {
		t.Errorf("afterwards: %d editions, %d entities; want what was there", countEditions(t, s), len(got))
	}
	limit(1 << 30)
	if _, err := s.Import(t.Context(), edition("h2", 1), inventedList(5000)); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestServerThatDropsConnections(t *testing.T) {
	dsn := storetest.Postgres(t)
	s, other := storetest.Open(t, dsn), storetest.Open(t, dsn)
	a := entity("a", "Qorvath")
	keep(t, s, edition("h1", 0), a)
	admin, _ := other.DB()
	drop := func() { // as a restart of the server would
		if _, err := admin.ExecContext(t.Context(), "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Import(t.Context(), edition("h2", 1), func(yield func(*screening.Entity, error) bool) {
		n := 0
		for e := range inventedList(5000) {
			if n++; n == 4000 {
				drop()
			}
			if !yield(e, nil) {
				return
			}
		}
	})
	if err == nil {
		t.Error("imported over a dropped connection")
	}
	if diff := cmp.Diff([]*screening.Entity{a}, collect(t, s.Entities(t.Context(), "zz_test", 1))); diff != "" || countEditions(t, s) != 1 {
		t.Errorf("afterwards: %d editions; edition 1 (-want +got):\n%s", countEditions(t, s), diff)
	}
	// Between two calls nobody needs to notice.
	drop()
	if ed, err := s.Edition(t.Context(), "zz_test"); err != nil || ed.Seq != 1 {
		t.Errorf("the next call: %v, %v", ed, err)
	}
	keep(t, s, edition("h2", 1), a)
}

func TestBusyDatabaseSaysSo(t *testing.T) {
	dsn := storetest.SQLite(t)
	holder := storetest.Open(t, dsn)
	s, err := store.Open(t.Context(), dsn, store.Options{Wait: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	keep(t, holder, edition("h1", 0), entity("a", "Qorvath"))
	_, err = holder.Import(t.Context(), edition("h2", 1), func(yield func(*screening.Entity, error) bool) {
		// While another writes, readers read what was there, and writers wait.
		if ed, err := s.Edition(t.Context(), "zz_test"); err != nil || ed.Seq != 1 {
			t.Errorf("reading meanwhile: %v, %v", ed, err)
		}
		if err := s.StartRun(t.Context(), newRun("r1")); err == nil || !strings.Contains(err.Error(), "another process is writing") {
			t.Errorf("writing meanwhile: %v, want to be told of the other process", err)
		}
		yield(entity("b", "Zelmar"), nil)
	})
	if err != nil {
		t.Error(err)
	}
	if err := s.StartRun(t.Context(), newRun("r1")); err != nil {
		t.Errorf("writing afterwards: %v", err)
	}
}

func TestErrorsDoNotNamePartners(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if err := s.StartRun(ctx, newRun("r1")); err != nil {
			t.Fatal(err)
		}
		secret := clearRow(2)
		secret.Partner.Parties[0].Name = "Institute of Discretion"
		short := clearRow(3)
		short.Partner.Parties[0].Name = "Institute of Discretion"
		short.Parties = nil
		if err := s.AddResults(ctx, "r1", []*screening.Result{secret}); err != nil {
			t.Fatal(err)
		}
		other := clearRow(2)
		other.Partner.Parties[0].Name = "Institute of Discretion, Annex"
		db, _ := s.DB()
		for name, spoil := range map[string]func() error{
			"another result": func() error { return s.AddResults(ctx, "r1", []*screening.Result{other}) },
			"parties short":  func() error { return s.AddResults(ctx, "r1", []*screening.Result{short}) },
			"a party in the way": func() error {
				if _, err := db.ExecContext(ctx, "delete from run_rows"); err != nil {
					t.Fatal(err)
				}
				return s.AddResults(ctx, "r1", []*screening.Result{secret})
			},
		} {
			err := spoil()
			if err == nil {
				t.Errorf("%s: no error", name)
			} else if strings.Contains(err.Error(), "Discretion") {
				t.Errorf("%s: %q names the partner", name, err)
			}
		}
	})
}

func TestClosedStore(t *testing.T) {
	s, err := store.Open(t.Context(), storetest.SQLite(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Editions(t.Context(), "zz_test"); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("reading from a closed store: %v", err)
	}
}
