package store_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// TestMain lets the test binary be one of several processes on a database.
func TestMain(m *testing.M) {
	part := os.Getenv("STORE_TEST_PART")
	if part == "" {
		os.Exit(m.Run())
	}
	if err := play(part, os.Getenv("STORE_TEST_DSN")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// play is what another process does. It says "halfway" where it may be killed,
// and goes on when its input ends.
func play(part, dsn string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, dsn, store.Options{NoMigrate: part == "restore", Data: os.Getenv("STORE_TEST_DATA")})
	if err != nil {
		return err
	}
	defer s.Close()
	halfway := func() {
		fmt.Println("halfway")
		_, _ = io.Copy(io.Discard, os.Stdin)
	}
	if part == "restore" {
		return restorePart(ctx, s, halfway)
	}
	switch part {
	case "open":
		return nil
	case "import":
		n := 0
		_, err := s.Import(ctx, edition("h2", 1), func(yield func(*screening.Entity, error) bool) {
			for e, err := range inventedList(6000) {
				if n++; n == 5000 {
					halfway()
				}
				if !yield(e, err) {
					return
				}
			}
		})
		return err
	case "results":
		rows := resultRows(5000, false)
		if err := s.AddResults(ctx, "r1", rows[:2000]); err != nil {
			return err
		}
		halfway()
		return s.AddResults(ctx, "r1", rows[2000:])
	case "import own": // in turn with others
		ed := edition(os.Getenv("STORE_TEST_HASH"), 1)
		_, err := s.Import(ctx, ed, inventedList(2000))
		return err
	}
	return fmt.Errorf("no such part: %s", part)
}

// restorePart is halfway when most rows are written and none is committed.
func restorePart(ctx context.Context, s *store.Store, halfway func()) error {
	f, err := os.Open(os.Getenv("STORE_TEST_FILE"))
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	_, err = s.Restore(ctx, f, st.Size(), func(rows, total int64) {
		if rows > total*3/4 {
			halfway()
		}
	})
	return err
}

// process starts this test binary in a part.
func process(t *testing.T, part, dsn string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "STORE_TEST_PART="+part, "STORE_TEST_DSN="+dsn)...)
	return cmd
}

// killHalfway starts a part, waits until it is halfway, and kills it there.
func killHalfway(t *testing.T, part, dsn string) {
	t.Helper()
	cmd := process(t, part, dsn)
	var said strings.Builder
	cmd.Stderr = &said
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if err != nil || line != "halfway\n" {
		t.Fatalf("it did not get halfway: %q, %v\n%s", line, err, said.String())
	}
}

func TestKilledImportLeavesNoHalfEdition(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := storetest.Open(t, dsn)
		a := entity("a", "Qorvath")
		keep(t, s, edition("h1", 0), a)
		for range 2 {
			killHalfway(t, "import", dsn)
			if n := countEditions(t, s); n != 1 {
				t.Errorf("%d editions, want 1", n)
			}
			if diff := cmp.Diff([]*screening.Entity{a}, collect(t, s.Entities(t.Context(), "zz_test", 1))); diff != "" {
				t.Errorf("edition 1 is no longer what it was (-want +got):\n%s", diff)
			}
		}
		// The lock went with the process, and nothing of it is in the way.
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		ed := edition("h2", 1)
		if diff, err := s.Import(ctx, ed, inventedList(6000)); err != nil || diff.Added != 6000 || ed.Seq != 2 {
			t.Errorf("importing it again: edition %d, %+v, %v", ed.Seq, diff, err)
		}
	})
}

func TestKilledScreeningKeepsWholeChunks(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := storetest.Open(t, dsn)
		if err := s.StartRun(t.Context(), newRun("r1")); err != nil {
			t.Fatal(err)
		}
		killHalfway(t, "results", dsn)
		if n := len(collect(t, s.Results(t.Context(), "r1"))); n != 2000 {
			t.Errorf("%d rows after a kill, want the 2000 of the finished chunk", n)
		}
		// Doing all of it again adds what is missing and nothing twice.
		want := resultRows(5000, false)
		if err := s.AddResults(t.Context(), "r1", want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, collect(t, s.Results(t.Context(), "r1"))); diff != "" {
			t.Error("results differ from those of a run that was not killed")
		}
	})
}

func TestSeveralProcessesAtOnce(t *testing.T) {
	empty := map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.EmptyPostgres}
	for name, dsn := range empty {
		t.Run(name, func(t *testing.T) {
			dsn := dsn(t)
			var wg sync.WaitGroup
			for i := range 4 { // each finds an empty database, migrates it and imports
				cmd := process(t, "import own", dsn, fmt.Sprintf("STORE_TEST_HASH=h%d", i%2))
				wg.Go(func() {
					if out, err := cmd.CombinedOutput(); err != nil {
						t.Errorf("process %d: %v\n%s", i, err, out)
					}
				})
			}
			wg.Wait()
			s := storetest.Open(t, dsn)
			editions, err := s.Editions(t.Context(), "zz_test")
			if err != nil || len(editions) < 2 || len(editions) > 4 {
				t.Fatalf("%d editions (%v), want 2 to 4: two contents, in turn", len(editions), err)
			}
			for i, ed := range editions {
				if ed.Seq != len(editions)-i {
					t.Errorf("edition %d has the number %d", len(editions)-i, ed.Seq)
				}
				if n := len(collect(t, s.Entities(t.Context(), "zz_test", ed.Seq))); n != 2000 {
					t.Errorf("edition %d has %d entities, want 2000", ed.Seq, n)
				}
			}
			// The same entities were kept once.
			db, _ := s.DB()
			var versions int
			if err := db.QueryRowContext(t.Context(), "select count(*) from entities").Scan(&versions); err != nil || versions != 2000 {
				t.Errorf("%d versions kept of 2000 entities that never changed (%v)", versions, err)
			}
		})
	}
}

func TestManyWorkersOnOneRun(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if err := s.StartRun(t.Context(), newRun("r1")); err != nil {
			t.Fatal(err)
		}
		want := resultRows(3000, false)
		var wg sync.WaitGroup
		for worker := range 6 {
			wg.Go(func() {
				for at := worker * 100; at < len(want); at += 600 {
					if err := s.AddResults(t.Context(), "r1", want[at:at+100]); err != nil {
						t.Error(err)
					}
				}
			})
		}
		// Readers see whole chunks.
		for range 5 {
			if n := len(collect(t, s.Results(t.Context(), "r1"))); n%100 != 0 {
				t.Errorf("a reader saw %d rows, part of a chunk", n)
			}
		}
		wg.Wait()
		if diff := cmp.Diff(want, collect(t, s.Results(t.Context(), "r1"))); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
	})
}
