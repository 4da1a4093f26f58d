package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// TestGuessesAreCountedTogether has many guess at once: as many get through as may.
func TestGuessesAreCountedTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		bounds := []store.GuessBound{{Key: "account pat", Most: 5, Within: 15 * time.Minute}, {Key: "address x", Most: 30, Within: 15 * time.Minute}}
		var through atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, ok, err := s.TakeGuess(t.Context(), bounds, now)
				if err != nil {
					t.Error(err)
				}
				if ok {
					through.Add(1)
				}
			})
		}
		wg.Wait()
		if through.Load() != 5 {
			t.Errorf("%d guesses got through, want 5", through.Load())
		}
		wait, ok, err := s.TakeGuess(t.Context(), bounds, now)
		if ok || err != nil || wait != 3*time.Minute { // a fifth of a quarter of an hour
			t.Errorf("one more: %v, wait %s, %v", ok, wait, err)
		}
		// What was refused counts nowhere: 25 of the 30 of the address are left.
		for i := range 25 {
			if _, ok, err := s.TakeGuess(t.Context(), bounds[1:], now); !ok || err != nil {
				t.Fatalf("guess %d from the address: %v, %v", i, ok, err)
			}
		}
		if err := s.GiveGuess(t.Context(), bounds, now); err != nil {
			t.Fatal(err)
		}
		for _, want := range []bool{true, false} {
			if _, ok, err := s.TakeGuess(t.Context(), bounds, now); ok != want || err != nil {
				t.Errorf("after one was given back: %v, want %v, %v", ok, want, err)
			}
		}
		if _, ok, err := s.TakeGuess(t.Context(), bounds, now.Add(time.Hour)); !ok || err != nil {
			t.Errorf("an hour later: %v, %v", ok, err)
		}
	})
}
