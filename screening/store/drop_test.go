package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestDroppedFiles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		d := &store.Drop{
			ID: "r1", Folder: "physics", File: "partners.xlsx", Hash: "aa", Sender: "drop folder physics", Tries: 1,
			State: store.DropTaken, Basis: "b1", Taken: morning,
		}
		if err := s.KeepDrop(ctx, d); err != nil {
			t.Fatal(err)
		}
		if _, err := s.LastDrop(ctx, "physics", "aa"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("screened before it was: %v", err)
		}
		d.State, d.Run, d.Output, d.Tries, d.Ended = store.DropScreened, "r1", "out.xlsx", 2, morning.Add(time.Minute)
		if err := s.KeepDrop(ctx, d); err != nil {
			t.Fatal(err)
		}
		for _, look := range []func() (*store.Drop, error){
			func() (*store.Drop, error) { return s.Drop(ctx, "r1") },
			func() (*store.Drop, error) { return s.LastDrop(ctx, "physics", "aa") },
		} {
			got, err := look()
			if diff := cmp.Diff(d, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		}
		if _, err := s.LastDrop(ctx, "", "aa"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("in another folder: %v, want ErrNotFound", err)
		}
	})
}

func TestLooksTellWhatStandsStill(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		look := func(now time.Time, looks ...store.Look) map[string]time.Time {
			t.Helper()
			since, err := s.KeepLooks(t.Context(), looks, now)
			if err != nil {
				t.Fatal(err)
			}
			return since
		}
		minute := func(n int) time.Time { return morning.Add(time.Duration(n) * time.Minute) }
		written := morning.Add(123456789 * time.Nanosecond) // finer than a column keeps
		a, b := store.Look{Place: "a.csv", Size: 5, Modified: written}, store.Look{Place: "b.csv", Size: 9, Modified: written}
		look(minute(0), a, b)
		b.Size = 10
		got := look(minute(1), a, b)
		if !got["a.csv"].Equal(minute(0)) || !got["b.csv"].Equal(minute(1)) {
			t.Errorf("since %v: a stands still, b grows", got)
		}
		look(minute(2), b)
		if got = look(minute(3), a, b); !got["a.csv"].Equal(minute(3)) {
			t.Errorf("since %v: a was gone and is new", got)
		}
	})
}

func TestLease(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		take := func(holder string, minute int) bool {
			t.Helper()
			now := morning.Add(time.Duration(minute) * time.Minute)
			held, err := s.Lease(t.Context(), "inbox", holder, now, now.Add(2*time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			return held
		}
		for _, c := range []struct {
			holder string
			minute int
			want   bool
		}{
			{"a", 0, true}, {"b", 1, false}, {"a", 1, true}, // renewed until 3
			{"b", 2, false}, {"b", 4, true}, {"a", 4, false},
		} {
			if got := take(c.holder, c.minute); got != c.want {
				t.Errorf("minute %d: %s has it: %v, want %v", c.minute, c.holder, got, c.want)
			}
		}
		if err := s.EndLease(t.Context(), "inbox", "a"); err != nil || take("a", 5) {
			t.Errorf("gave away another's: %v", err)
		}
		if err := s.EndLease(t.Context(), "inbox", "b"); err != nil || !take("a", 5) {
			t.Errorf("not given back: %v", err)
		}
	})
}
