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

func TestDispositionsAreAHistory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, n := t.Context(), 0
		first := new(screening.Disposition)
		fill(t, reflect.ValueOf(first).Elem(), &n)
		first.ID, first.Revoked = "c1", ""
		revoked := *first
		revoked.ID, revoked.Revoked = "revoke-c1", "B. Reviewer"
		for range 2 { // the same workbook twice
			if err := s.AddDispositions(ctx, []*screening.Disposition{first, &revoked}); err != nil {
				t.Fatal(err)
			}
		}
		for _, d := range []*screening.Disposition{first, &revoked} {
			d.Lapsed, d.Waiting = "", "" // not kept
		}
		if diff := cmp.Diff([]*screening.Disposition{first, &revoked}, collect(t, s.Dispositions(ctx))); diff != "" {
			t.Errorf("history, in the order it was written (-want +got):\n%s", diff)
		}
		if d, err := s.Disposition(ctx, "c1"); err != nil || d.Number != first.Number {
			t.Errorf("one by ID: %+v, %v", d, err)
		}
		if _, err := s.Disposition(ctx, "c9"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("one that is not: %v, want ErrNotFound", err)
		}
		other := *first
		other.Terms = "something else"
		late := *first
		late.ID = "c4"
		if err := s.AddDispositions(ctx, []*screening.Disposition{&late, &other}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("another disposition of the same ID: %v, want ErrConflict", err)
		}
		for name, spoil := range map[string]func(*screening.Disposition){
			"nobody's": func(d *screening.Disposition) { d.Reviewer = "" }, "for no work": func(d *screening.Disposition) { d.WorkKey = "" },
		} {
			bad := *first
			bad.ID = "c5"
			spoil(&bad)
			if err := s.AddDispositions(ctx, []*screening.Disposition{&bad}); err == nil {
				t.Errorf("kept a disposition that is %s", name)
			}
		}
		if got := collect(t, s.Dispositions(ctx)); len(got) != 2 {
			t.Errorf("%d dispositions after refused ones, want the 2 there were", len(got))
		}

		// Not by hand either.
		db, _ := s.DB()
		for _, query := range []string{"update dispositions set closing = 'licence'", "update dispositions set expires = made", "delete from dispositions where disposition = 'c1'"} {
			if _, err := db.ExecContext(ctx, query); err == nil || !strings.Contains(err.Error(), "only added to") {
				t.Errorf("%s: %v, want it refused", query, err)
			}
		}
	})
}
