package store_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestDecisionsAreAHistory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, n := t.Context(), 0
		first := new(screening.Decision)
		fill(t, reflect.ValueOf(first).Elem(), &n)
		first.ID, first.Revoked = "d2", ""
		replaced := *first
		replaced.ID, replaced.Verdict, replaced.Made = "d1", screening.TrueMatch, morning.AddDate(0, 1, 0)
		if err := s.AddDecisions(ctx, []*screening.Decision{first, &replaced}); err != nil {
			t.Fatal(err)
		}
		revoked := replaced
		revoked.ID, revoked.Revoked = "d3", "B. Reviewer"
		again := []*screening.Decision{first, &revoked} // the same workbook twice, with one line more
		for range 2 {
			if err := s.AddDecisions(ctx, again); err != nil {
				t.Fatal(err)
			}
		}
		want := []*screening.Decision{first.Stored(), replaced.Stored(), revoked.Stored()}
		if diff := cmp.Diff(want, collect(t, s.Decisions(ctx))); diff != "" {
			t.Errorf("history, in the order it was written (-want +got):\n%s", diff)
		}
		if d, err := s.Decision(ctx, "d1"); err != nil || d.Verdict != screening.TrueMatch {
			t.Errorf("one by ID: %+v, %v", d, err)
		}
		if _, err := s.Decision(ctx, "d9"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("one that is not: %v, want ErrNotFound", err)
		}

		other := *first
		other.Note = "something else"
		late := *first
		late.ID = "d4"
		if err := s.AddDecisions(ctx, []*screening.Decision{&late, &other}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("another decision of the same ID: %v, want ErrConflict", err)
		}
		nobody := *first
		nobody.ID, nobody.Reviewer = "d5", ""
		if err := s.AddDecisions(ctx, []*screening.Decision{&nobody}); err == nil {
			t.Error("kept a decision of nobody's")
		}
		if got := collect(t, s.Decisions(ctx)); len(got) != 3 {
			t.Errorf("%d decisions after refused ones, want the 3 there were", len(got))
		}

		// Not by hand either.
		db, _ := s.DB()
		for _, query := range []string{"update decisions set verdict = 'false_positive'", "update decisions set made = expires", "delete from decisions where decision = 'd1'"} {
			if _, err := db.ExecContext(ctx, query); err == nil || !strings.Contains(err.Error(), "only added to") {
				t.Errorf("%s: %v, want it refused", query, err)
			}
		}
	})
}
