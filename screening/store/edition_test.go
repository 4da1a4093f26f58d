package store_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// keep imports an edition and fails the test when it cannot.
func keep(t testing.TB, s *store.Store, ed *screening.Edition, entities ...*screening.Entity) store.Difference {
	t.Helper()
	diff, err := s.Import(t.Context(), ed, all(entities...))
	if err != nil {
		t.Fatal(err)
	}
	return diff
}

func TestEditionsStandAsImported(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first := edition("h1", 0)
		first.Published = morning.AddDate(0, 0, -3)
		first.Reason = "content older than its cadence"
		diff := keep(t, s, first, entity("b", "Zelmar Works"), entity("a", "Qorvath Institute"), entity("B", "Tovarex"))
		if want := (store.Difference{Added: 3}); diff != want {
			t.Errorf("first import: %+v, want %+v", diff, want)
		}
		if first.Seq != 1 || first.State != screening.EditionGood || first.Entities != 3 || first.Names != 6 {
			t.Errorf("the imported edition says seq %d, %s, %d entities, %d names", first.Seq, first.State, first.Entities, first.Names)
		}

		second := edition("h2", 1)
		changed := entity("a", "Qorvath Institute of Optics")
		diff = keep(t, s, second, changed, entity("B", "Tovarex"), entity("c", "Hesperon"))
		if want := (store.Difference{Added: 1, Removed: 1, Changed: 1, Unchanged: 1}); diff != want {
			t.Errorf("second import: %+v, want %+v", diff, want)
		}
		third := edition("h3", 2)
		keep(t, s, third, entity("a", "Qorvath Institute"), entity("c", "Hesperon"))

		// By code point on both engines: B before a.
		for _, c := range []struct {
			seq  int
			want []*screening.Entity
		}{
			{1, []*screening.Entity{entity("B", "Tovarex"), entity("a", "Qorvath Institute"), entity("b", "Zelmar Works")}},
			{2, []*screening.Entity{entity("B", "Tovarex"), changed, entity("c", "Hesperon")}},
			{3, []*screening.Entity{entity("a", "Qorvath Institute"), entity("c", "Hesperon")}},
		} {
			if diff := cmp.Diff(c.want, collect(t, s.Entities(t.Context(), "zz_test", c.seq))); diff != "" {
				t.Errorf("edition %d as it stood (-want +got):\n%s", c.seq, diff)
			}
		}

		editions, err := s.Editions(t.Context(), "zz_test")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]screening.Edition{*third, *second, *first}, editions); diff != "" {
			t.Errorf("editions, newest first (-want +got):\n%s", diff)
		}
		ed, err := s.Edition(t.Context(), "zz_test")
		if err != nil || ed.Seq != 3 {
			t.Errorf("in force: %v, %v; want edition 3", ed, err)
		}
		for at, want := range map[time.Time]int{first.Fetched: 1, second.Fetched.Add(-time.Second): 1, second.Fetched: 2, third.Fetched.AddDate(9, 0, 0): 3} {
			if ed, err := s.EditionAt(t.Context(), "zz_test", at); err != nil || ed.Seq != want {
				t.Errorf("in force at %s: %v, %v; want edition %d", at, ed, err, want)
			}
		}
		if _, err := s.EditionAt(t.Context(), "zz_test", morning.Add(-time.Second)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("in force before the first import: %v, want ErrNotFound", err)
		}
		e, err := s.Entity(t.Context(), "zz_test", 2, "a")
		if err != nil || e.Name() != "Qorvath Institute of Optics" {
			t.Errorf("entity a in edition 2: %v, %v", e, err)
		}
		if _, err := s.Entity(t.Context(), "zz_test", 3, "b"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("entity b in edition 3: %v, want ErrNotFound", err)
		}
		if lists, err := s.Lists(t.Context()); err != nil || !cmp.Equal(lists, []string{"zz_test"}) {
			t.Errorf("lists: %v, %v", lists, err)
		}
	})
}

func TestNothingKeptIsNotFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		keep(t, s, edition("h1", 0), entity("a", "Qorvath"))
		_, noList := s.Edition(ctx, "zz_other")
		_, noRun := s.Run(ctx, "r1")
		_, noAccept := s.Accept(ctx, "zz_test", 7, "A. Reviewer", "checked", morning)
		for what, err := range map[string]error{
			"edition in force of a list never imported": noList,
			"entities of an edition that is not":        firstError(s.Entities(ctx, "zz_test", 7)),
			"changes to an edition that is not":         firstError(s.Changes(ctx, "zz_test", 1, 7)),
			"touching an edition that is not":           s.Touch(ctx, "zz_test", 7, morning, nil),
			"accepting an edition that is not":          noAccept,
			"a run that is not":                         noRun,
			"results of a run that is not":              firstError(s.Results(ctx, "r1")),
			"adding to a run that is not":               s.AddResults(ctx, "r1", []*screening.Result{clearRow(1)}),
			"deleting a run that is not":                s.DeleteRun(ctx, "r1"),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v, want ErrNotFound", what, err)
			}
		}
		if editions, err := s.Editions(ctx, "zz_other"); err != nil || len(editions) != 0 {
			t.Errorf("editions of a list never imported: %v, %v; want none", editions, err)
		}
	})
}

func TestChangesBetweenEditions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, a2 := entity("a", "Qorvath"), entity("a", "Qorvath Optics")
		b, c, d := entity("b", "Zelmar"), entity("c", "Hesperon"), entity("d", "Bravista")
		keep(t, s, edition("h1", 0), a, b, c)
		keep(t, s, edition("h2", 1), a2, c, d)
		keep(t, s, edition("h3", 2), a, c, d) // a is what it was at first
		for _, step := range []struct {
			name     string
			from, to int
			want     []store.Pair
		}{
			{"a day", 1, 2, []store.Pair{{Old: a, New: a2}, {Old: b}, {New: d}}},
			{"back again", 2, 1, []store.Pair{{Old: a2, New: a}, {New: b}, {Old: d}}},
			{"changed and changed back", 1, 3, []store.Pair{{Old: b}, {New: d}}},
			{"with itself", 2, 2, nil},
		} {
			got := collect(t, s.Changes(t.Context(), "zz_test", step.from, step.to))
			if diff := cmp.Diff(step.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", step.name, diff)
			}
		}
	})
}

func TestSameContentIsNoNewEdition(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		a := entity("a", "Qorvath")
		keep(t, s, edition("h1", 0), a)
		again := edition("h1", 5)
		if diff := keep(t, s, again, a); diff != (store.Difference{Unchanged: 1}) || again.Seq != 1 {
			t.Errorf("the same file again: %+v as edition %d, want 1 unchanged as edition 1", diff, again.Seq)
		}
		if ed, err := s.Edition(ctx, "zz_test"); err != nil || !ed.Fetched.Equal(again.Fetched) {
			t.Errorf("its fetched time is %v (%v), want the later one", ed.Fetched, err)
		}
		// The same file read into other entities, by a better parser, is an edition of its own.
		if keep(t, s, edition("h1", 6), entity("a", "Qorvath Institute")); countEditions(t, s) != 2 {
			t.Errorf("%d editions, want 2", countEditions(t, s))
		}
		// Another file with the same entities is one too: it has its own bytes and dates.
		if diff := keep(t, s, edition("h2", 7), entity("a", "Qorvath Institute")); diff != (store.Difference{Unchanged: 1}) || countEditions(t, s) != 3 {
			t.Errorf("another file with the same entities: %+v, %d editions; want 3", diff, countEditions(t, s))
		}
	})
}

func countEditions(t testing.TB, s *store.Store) int {
	t.Helper()
	editions, err := s.Editions(t.Context(), "zz_test")
	if err != nil {
		t.Fatal(err)
	}
	return len(editions)
}

func TestTouchKeepsValidators(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		keep(t, s, edition("h1", 0), entity("a", "Qorvath"))
		later := morning.AddDate(0, 0, 4).Add(123456789) // nanoseconds are cut
		fetches := []store.Fetch{
			{URL: "https://lists.example/alt.csv", LastModified: "Tue, 04 Mar 2031 06:00:00 GMT", Hash: "f2", Fetched: later.Truncate(time.Microsecond)},
			{URL: "https://lists.example/zz.csv", ETag: `"v1"`, Hash: "f1", Fetched: later.Truncate(time.Microsecond)},
		}
		if err := s.Touch(ctx, "zz_test", 1, later, fetches); err != nil {
			t.Fatal(err)
		}
		ed, err := s.Edition(ctx, "zz_test")
		if err != nil || !ed.Fetched.Equal(later.Truncate(time.Microsecond)) || countEditions(t, s) != 1 {
			t.Errorf("fetched %v (%v), %d editions; want %v and 1", ed.Fetched, err, countEditions(t, s), later)
		}
		got, err := s.Fetches(ctx, "zz_test")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fetches, got); diff != "" {
			t.Errorf("validators (-want +got):\n%s", diff)
		}
		// An earlier time, from a slower process, takes nothing back; a newer validator replaces.
		fetches[1].ETag = `"v2"`
		if err := s.Touch(ctx, "zz_test", 1, morning, fetches[1:]); err != nil {
			t.Fatal(err)
		}
		if ed, err := s.Edition(ctx, "zz_test"); err != nil || !ed.Fetched.Equal(later.Truncate(time.Microsecond)) {
			t.Errorf("fetched went back to %v (%v)", ed.Fetched, err)
		}
		if got, err = s.Fetches(ctx, "zz_test"); err != nil || !cmp.Equal(fetches, got) {
			t.Errorf("validators after a second fetch: %v, %v", got, err)
		}
	})
}

func TestQuarantineAndAccept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		a, a2, b, c := entity("a", "Qorvath"), entity("a", "Qorvath Optics"), entity("b", "Zelmar"), entity("c", "Hesperon")
		keep(t, s, edition("h1", 0), a, b)

		held := edition("h2", 1)
		if err := s.Quarantine(ctx, held, all(c, a2), "half of it is gone"); err != nil {
			t.Fatal(err)
		}
		if held.Seq != 2 || held.State != screening.EditionQuarantined || held.Reason != "half of it is gone" || held.Entities != 2 || held.Names != 4 {
			t.Errorf("the held edition says %+v", held)
		}
		empty := edition("h3", 2)
		if err := s.Quarantine(ctx, empty, nil, "the file is empty"); err != nil {
			t.Fatal(err)
		}
		if ed, err := s.Edition(ctx, "zz_test"); err != nil || ed.Seq != 1 {
			t.Errorf("in force: %v, %v; want edition 1", ed, err)
		}
		// A person can look before accepting.
		if diff := cmp.Diff([]*screening.Entity{a2, c}, collect(t, s.Entities(ctx, "zz_test", 2))); diff != "" {
			t.Errorf("held entities (-want +got):\n%s", diff)
		}
		want := []store.Pair{{Old: a, New: a2}, {Old: b}, {New: c}}
		if diff := cmp.Diff(want, collect(t, s.Changes(ctx, "zz_test", 1, 2))); diff != "" {
			t.Errorf("changes to the held edition (-want +got):\n%s", diff)
		}

		at := morning.AddDate(0, 0, 3)
		if _, err := s.Accept(ctx, "zz_test", 3, "A. Reviewer", "why not", at); !errors.Is(err, store.ErrConflict) {
			t.Errorf("accepting an edition with nothing in it: %v, want ErrConflict", err)
		}
		if _, err := s.Accept(ctx, "zz_test", 2, " ", "checked", at); err == nil {
			t.Error("accepted in nobody's name")
		}
		if ed, err := s.Edition(ctx, "zz_test"); err != nil || ed.Seq != 1 {
			t.Errorf("after refused acceptances %v is in force (%v), want edition 1", ed, err)
		}
		diff, err := s.Accept(ctx, "zz_test", 2, "A. Reviewer", "the publisher announced it", at)
		if err != nil || diff != (store.Difference{Added: 1, Removed: 1, Changed: 1}) {
			t.Fatalf("accepting: %+v, %v", diff, err)
		}
		ed, err := s.Edition(ctx, "zz_test")
		if err != nil || ed.Seq != 2 || ed.Reason != "half of it is gone" {
			t.Fatalf("in force: %+v, %v; want edition 2 with the reason it was held for", ed, err)
		}
		if d := cmp.Diff(&screening.Acceptance{Who: "A. Reviewer", Why: "the publisher announced it", At: at}, ed.Accepted); d != "" {
			t.Errorf("acceptance (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]*screening.Entity{a2, c}, collect(t, s.Entities(ctx, "zz_test", 2))); d != "" {
			t.Errorf("accepted entities (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]*screening.Entity{a, b}, collect(t, s.Entities(ctx, "zz_test", 1))); d != "" {
			t.Errorf("the edition before (-want +got):\n%s", d)
		}
		// It was in force from the acceptance on, not from its fetch.
		if ed, err := s.EditionAt(ctx, "zz_test", at.Add(-time.Second)); err != nil || ed.Seq != 1 {
			t.Errorf("in force before the acceptance: %v, %v; want edition 1", ed, err)
		}
		if _, err := s.Accept(ctx, "zz_test", 2, "A. Reviewer", "again", at); !errors.Is(err, store.ErrConflict) {
			t.Errorf("accepting twice: %v, want ErrConflict", err)
		}
	})
}

func TestSupersededQuarantine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		keep(t, s, edition("h1", 0), entity("a", "Qorvath"), entity("b", "Zelmar"))
		if err := s.Quarantine(ctx, edition("h2", 1), all(entity("a", "Qorvath")), "half of it is gone"); err != nil {
			t.Fatal(err)
		}
		keep(t, s, edition("h3", 2), entity("a", "Qorvath"), entity("b", "Zelmar"))
		if _, err := s.Accept(ctx, "zz_test", 2, "A. Reviewer", "checked", morning); !errors.Is(err, store.ErrConflict) {
			t.Errorf("accepting what a newer edition superseded: %v, want ErrConflict", err)
		}
		// What it held is let go; that it was held, and why, stays.
		if err := firstError(s.Entities(ctx, "zz_test", 2)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("its entities: %v, want ErrNotFound", err)
		}
		if err := firstError(s.Changes(ctx, "zz_test", 1, 2)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("changes to it: %v, want ErrNotFound", err)
		}
		if ed, err := s.EditionBySeq(ctx, "zz_test", 2); err != nil || ed.Reason != "half of it is gone" {
			t.Errorf("the edition itself: %+v, %v", ed, err)
		}
		if n := len(collect(t, s.Changes(ctx, "zz_test", 1, 3))); n != 0 {
			t.Errorf("%d changes across the held edition, want none", n)
		}
	})
}

func TestFailedImportLeavesNothing(t *testing.T) {
	broken := errors.New("line 9: cut off")
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, b := entity("a", "Qorvath"), entity("b", "Zelmar")
		keep(t, s, edition("h1", 0), a, b)
		stranger := entity("x", "Tovarex")
		stranger.List = "zz_other"
		cancelled, cancel := context.WithCancel(t.Context())
		for _, c := range []struct {
			name     string
			ctx      context.Context
			entities iter.Seq2[*screening.Entity, error]
			want     error
		}{
			{"the list breaks off", t.Context(), func(yield func(*screening.Entity, error) bool) {
				for e := range inventedList(700) {
					if !yield(e, nil) {
						return
					}
				}
				yield(nil, broken)
			}, broken},
			{"an id twice, close together", t.Context(), all(a, entity("c", "Hesperon"), entity("c", "Hesperon II")), nil},
			{"an unchanged entity twice", t.Context(), all(a, a), nil},
			{"no id", t.Context(), all(entity("", "Nobody")), nil},
			{"another list's entity", t.Context(), all(stranger), nil},
			{"cancelled on the way", cancelled, func(yield func(*screening.Entity, error) bool) {
				n := 0
				for e := range inventedList(2000) {
					if n++; n == 1500 {
						cancel()
					}
					if !yield(e, nil) {
						return
					}
				}
			}, context.Canceled},
		} {
			ed := edition("h2", 1)
			_, err := s.Import(c.ctx, ed, c.entities)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s: imported with %v, want an error (%v)", c.name, err, c.want)
			}
			if ed.Seq != 0 {
				t.Errorf("%s: the edition was given the number %d", c.name, ed.Seq)
			}
			if n := countEditions(t, s); n != 1 {
				t.Errorf("%s: %d editions, want 1", c.name, n)
			}
			if diff := cmp.Diff([]*screening.Entity{a, b}, collect(t, s.Entities(t.Context(), "zz_test", 1))); diff != "" {
				t.Errorf("%s: edition 1 is no longer what it was (-want +got):\n%s", c.name, diff)
			}
		}
		// The store is as usable as before, and no number was used up.
		next := edition("h2", 1)
		if keep(t, s, next, a); next.Seq != 2 {
			t.Errorf("the next edition is %d, want 2", next.Seq)
		}
	})
}
