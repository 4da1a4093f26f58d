package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// heldAll is everything a store gives back.
type heldAll struct {
	Editions  []screening.Edition
	Entities  []*screening.Entity
	Runs      []*screening.Run
	Results   []*screening.Result
	Decisions []*screening.Decision
	Secret    []byte
	File      string
}

const original = "what the publisher sent\n"

// fillStore keeps a little of everything.
func fillStore(t *testing.T, s *store.Store) {
	t.Helper()
	hash, size, err := s.KeepFile(strings.NewReader(original))
	if err != nil {
		t.Fatal(err)
	}
	ed := edition("h1", 0)
	ed.Files = []screening.EditionFile{{Name: "list.csv", Hash: hash, Size: size}}
	keep(t, s, ed, entity("a", "Qorvath \"GmbH\"\n<&>"), entity("b", "Жалмар"))
	second, third := edition("h2", 1), edition("h3", 2)
	second.Files, third.Files = nil, nil
	keep(t, s, second, entity("a", "Qorvath"))
	if err := s.Quarantine(t.Context(), third, all(entity("c", "Held")), "it shrank"); err != nil {
		t.Fatal(err)
	}
	run := newRun("r1")
	rows := []*screening.Result{clearRow(2), flaggedRow(3), rejectedRow(4)}
	if err := s.StartRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if err := s.AddResults(t.Context(), "r1", rows); err != nil {
		t.Fatal(err)
	}
	finish(t, s, run, rows)
	addDecision(t, s, "d1")
	if _, err := s.Secret(t.Context(), "review-seal"); err != nil {
		t.Fatal(err)
	}
}

func addDecision(t *testing.T, s *store.Store, id string) {
	t.Helper()
	d, n := new(screening.Decision), 0
	fill(t, reflect.ValueOf(d).Elem(), &n)
	d.ID, d.Revoked = id, ""
	if err := s.AddDecisions(t.Context(), []*screening.Decision{d}); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, s *store.Store) heldAll {
	t.Helper()
	var h heldAll
	var err error
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	h.Editions, err = s.Editions(t.Context(), "zz_test")
	fail(err)
	for _, ed := range h.Editions {
		h.Entities = append(h.Entities, collect(t, s.Entities(t.Context(), "zz_test", ed.Seq))...)
		for _, f := range ed.Files {
			r, err := s.OpenFile(f.Hash)
			fail(err)
			b, err := io.ReadAll(r)
			fail(errors.Join(err, r.Close()))
			h.File += string(b)
		}
	}
	h.Runs, err = s.Runs(t.Context(), 100)
	fail(err)
	for _, r := range h.Runs {
		h.Results = append(h.Results, collect(t, s.Results(t.Context(), r.ID))...)
	}
	h.Decisions = collect(t, s.Decisions(t.Context()))
	h.Secret, err = s.Secret(t.Context(), "review-seal")
	fail(err)
	return h
}

func backup(t *testing.T, s *store.Store) (*bytes.Reader, *store.Manifest) {
	t.Helper()
	var b bytes.Buffer
	m, err := s.Backup(t.Context(), &b, "v1", morning, nil)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes()), m
}

// openEmpty opens a database without its schema, as restore does.
func openEmpty(t *testing.T, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, store.Options{Data: t.TempDir(), NoMigrate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestBackupIsTheSameOnEitherDatabase(t *testing.T) {
	engines := map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.EmptyPostgres}
	for name, dsn := range engines {
		t.Run("from "+name, func(t *testing.T) {
			s := storetest.Open(t, dsn(t))
			fillStore(t, s)
			want := holds(t, s)
			if want.File != original || len(want.Results) != 3 || len(want.Decisions) != 1 || len(want.Entities) != 4 {
				t.Fatalf("there is not enough to compare: %+v", want)
			}
			archive, made := backup(t, s)
			if made.Engine != name || made.Rows() == 0 || len(made.Files) != 1 || len(made.Missing) != 0 {
				t.Errorf("manifest: %+v", made)
			}
			for to, dsn := range engines {
				t.Run("to "+to, func(t *testing.T) {
					r := openEmpty(t, dsn(t))
					if _, err := r.Restore(t.Context(), archive, archive.Size(), nil); err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(want, holds(t, r)); diff != "" {
						t.Errorf("restored (-want +got):\n%s", diff)
					}
					if to == name {
						_, again := backup(t, r)
						if diff := cmp.Diff(made.Tables, again.Tables); diff != "" {
							t.Errorf("the backup of the restored (-want +got):\n%s", diff)
						}
					}
					addDecision(t, r, "d2") // its number goes on from the highest
					if got := collect(t, r.Decisions(t.Context())); len(got) != 2 || got[1].ID != "d2" {
						t.Errorf("%d decisions after one more", len(got))
					}
					keep(t, r, edition("h4", 3), entity("a", "Qorvath"), entity("d", "Zelmar"))
				})
			}
		})
	}
}

func TestBackupIsOfOneMoment(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s, other := storetest.Open(t, dsn), storetest.Open(t, dsn)
		fillStore(t, s)
		var b bytes.Buffer
		wrote := false
		m, err := s.Backup(t.Context(), &b, "v1", morning, func(int64) {
			if !wrote { // the first table is done, the decisions are not
				wrote = true
				addDecision(t, other, "late")
			}
		})
		if err != nil || !wrote {
			t.Fatal(err, wrote)
		}
		for _, c := range m.Tables {
			if c.Table == "decisions" && c.Rows != 1 {
				t.Errorf("%d decisions, want the one there was when it began", c.Rows)
			}
		}
	})
}

func TestRestoreRefusesWhatIsNotEmpty(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fillStore(t, s)
		archive, _ := backup(t, s)
		want := holds(t, s)
		if _, err := s.Restore(t.Context(), archive, archive.Size(), nil); !errors.Is(err, store.ErrNotEmpty) || !strings.Contains(err.Error(), "new database") {
			t.Errorf("%v, want ErrNotEmpty and what to do", err)
		}
		if diff := cmp.Diff(want, holds(t, s)); diff != "" {
			t.Errorf("it was changed (-want +got):\n%s", diff)
		}
	})
}

func TestDamagedBackupIsNotRestored(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	fillStore(t, s)
	var b bytes.Buffer
	if _, err := s.Backup(t.Context(), &b, "v1", morning, nil); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	to := openEmpty(t, storetest.SQLite(t))
	refused := func(what string, content []byte) {
		t.Helper()
		_, err := to.Restore(t.Context(), bytes.NewReader(content), int64(len(content)), nil)
		if !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", what, err)
		}
		if err != nil && strings.Contains(err.Error(), "Qorvath") {
			t.Errorf("%s: %q names a party", what, err)
		}
	}
	for _, n := range []int{0, 1, 100, len(whole) / 2, len(whole) - 1} {
		refused("cut off", whole[:n])
	}
	refused("some other file", []byte(strings.Repeat("no archive ", 100)))
	changed := 0
	for at := 40; at < len(whole); at += len(whole) / 60 {
		spoilt := bytes.Clone(whole)
		spoilt[at] ^= 0x20
		if _, err := store.CheckBackup(t.Context(), bytes.NewReader(spoilt), int64(len(spoilt))); err != nil {
			changed++
		}
	}
	if changed < 45 { // a time in a header may change and harm nothing
		t.Errorf("of 60 changed bytes %d were seen", changed)
	}
	if have, _, err := to.SchemaVersion(t.Context()); err != nil || have != 0 {
		t.Errorf("the database was touched: schema %d, %v", have, err)
	}
}

func TestKilledRestoreStartsAgain(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	fillStore(t, s)
	rows := resultRows(5000, false)
	if err := s.StartRun(t.Context(), newRun("r2")); err != nil {
		t.Fatal(err)
	}
	if err := s.AddResults(t.Context(), "r2", rows); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "b.zip")
	archive, _ := backup(t, s)
	content, err := io.ReadAll(archive)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("STORE_TEST_FILE", file)
	t.Setenv("STORE_TEST_DATA", t.TempDir())
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.EmptyPostgres} {
		t.Run(name, func(t *testing.T) {
			dsn := dsn(t)
			killHalfway(t, "restore", dsn)
			r := openEmpty(t, dsn)
			if _, err := r.Restore(t.Context(), bytes.NewReader(content), int64(len(content)), nil); err != nil {
				t.Fatalf("again: %v", err)
			}
			if n := len(collect(t, r.Results(t.Context(), "r2"))); n != len(rows) {
				t.Errorf("%d rows, want %d", n, len(rows))
			}
		})
	}
}

// fullDisk takes so many bytes.
type fullDisk int

func (d *fullDisk) Write(p []byte) (int, error) {
	if *d -= fullDisk(len(p)); *d < 0 {
		return 0, &os.PathError{Op: "write", Path: "b.zip", Err: syscall.ENOSPC}
	}
	return len(p), nil
}

func TestBackupSaysWhatIsWrong(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	fillStore(t, s)
	disk := fullDisk(600)
	if _, err := s.Backup(t.Context(), &disk, "v1", morning, nil); err == nil || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("onto a full disk: %v, want to be told of the space", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Backup(ctx, io.Discard, "v1", morning, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	lost := edition("h9", 5)
	lost.Files = []screening.EditionFile{{Name: "list.csv", Hash: strings.Repeat("ab", 32)}}
	keep(t, s, lost, entity("a", "Qorvath"))
	if _, m := backup(t, s); len(m.Missing) != 1 || m.Missing[0] != strings.Repeat("ab", 32) {
		t.Errorf("missing: %v, want the file that was never kept", m.Missing)
	}
}

// resultRows is a sheet of which 3 rows of 100 have matches, and every party a nearest one where near.
func resultRows(n int, near bool) []*screening.Result {
	out := make([]*screening.Result, n)
	for i := range out {
		out[i] = clearRow(i + 2)
		if near {
			out[i].Parties[0].Nearest = flaggedRow(0).Parties[0].Nearest
		}
		if i%33 == 0 {
			out[i] = flaggedRow(i + 2)
		}
	}
	return out
}
