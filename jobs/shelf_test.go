package jobs_test

import (
	"sync"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/matching"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestShelfSharesTheLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.list("W-1|Veltraxis Optics Institute||ir")
		o.env.Shelf = &jobs.Shelf{}
		hold := func() *matching.Index {
			h, err := jobs.Hold(t.Context(), o.env, nil, nil, time.Time{})
			if err != nil {
				t.Error(err)
				return nil
			}
			return h.Matcher
		}
		var all [4]*matching.Index
		var wg sync.WaitGroup
		for i := range all {
			wg.Go(func() { all[i] = hold() })
		}
		wg.Wait()
		for _, index := range all {
			if index != all[0] {
				t.Fatal("four that asked at once for the same lists loaded them more than once")
			}
		}
		first, ordinary := all[0], o.env.Policy

		stricter := *ordinary
		stricter.ReviewLine = 1
		o.env.Policy = &stricter
		if hold() == first {
			t.Error("another policy was given the index of the old one")
		}
		o.env.Policy = ordinary
		if hold() != first {
			t.Error("the index of a moment ago is not held any more")
		}
		o.time = o.time.Add(24 * time.Hour)
		o.list("W-1|Veltraxis Optics Institute||ir", "W-2|Ostrelle Microwave Labs||ae")
		second := hold()
		if second == first {
			t.Error("a new edition was given the index of the old one")
		}

		// What was used longest ago goes.
		o.env.Policy = &stricter
		hold()
		o.env.Policy = ordinary
		if hold() != second {
			t.Error("the index used last but one is not held any more")
		}
	})
}
