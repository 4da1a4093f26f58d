package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestStandings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		keep(t, s, edition("h1", 0), entity("a", "Qorvath Institute"), entity("b", "Zelmar Works"), entity("c", "Hesperon"))
		keep(t, s, edition("h2", 1), entity("a", "Qorvath Institute of Optics"), entity("c", "Hesperon"))
		keep(t, s, edition("h3", 2), entity("a", "Qorvath Institute of Optics"), entity("b", "Zelmar Works"), entity("c", "Hesperon"))
		day := func(n int) (d store.Standing) {
			return store.Standing{Listed: morning, Unchanged: morning.AddDate(0, 0, n)}
		}
		for seq, want := range map[int]map[string]store.Standing{
			1: {"a": day(0), "b": day(0), "c": day(0)},
			2: {"a": day(1), "c": day(0)},              // renamed; b went
			3: {"a": day(1), "b": day(2), "c": day(0)}, // b came back
		} {
			got, err := s.Standings(t.Context(), "zz_test", seq)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("edition %d (-want +got):\n%s", seq, diff)
			}
		}
	})
}

func TestLastDecisionGrows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		last := int64(-1)
		for _, id := range []string{"", "one", "two"} {
			if id != "" {
				d := &screening.Decision{ID: id, Verdict: screening.FalsePositive, Reviewer: "A. Reviewer", Made: morning}
				if err := s.AddDecisions(t.Context(), []*screening.Decision{d}); err != nil {
					t.Fatal(err)
				}
			}
			n, err := s.LastDecision(t.Context())
			if err != nil || n <= last {
				t.Errorf("after %q: %d, %v; want more than %d", id, n, err, last)
			}
			last = n
		}
		if err := s.AddDispositions(t.Context(), []*screening.Disposition{{ID: "c1", Closing: screening.Declined, WorkKey: "w", Reviewer: "A. Reviewer", Made: morning}}); err != nil {
			t.Fatal(err)
		}
		if n, err := s.LastDecision(t.Context()); err != nil || n <= last {
			t.Errorf("after a disposition: %d, %v; want more than %d", n, err, last)
		}
		if got := collect(t, s.DispositionsUpTo(t.Context(), last)); len(got) != 0 {
			t.Errorf("%d dispositions as they were before the first", len(got))
		}
		if got := collect(t, s.DecisionsUpTo(t.Context(), last)); len(got) != 2 {
			t.Errorf("%d decisions as they were, want both", len(got))
		}
	})
}
