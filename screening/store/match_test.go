package store_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestFindMatch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		run := &screening.Run{ID: "r1", By: "anna", Started: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Inputs: []screening.Input{{File: "a.csv"}}}
		if err := s.StartRun(ctx, run); err != nil {
			t.Fatal(err)
		}
		row := &screening.Result{
			Partner: &screening.Partner{Place: screening.Place{File: "a.csv", Row: 2}, Parties: []screening.Party{
				{Role: screening.RolePartner, Name: "Ulmara College"}, {Role: screening.RoleFunder, Name: "Veltraxis"},
			}},
			Grade: screening.Review,
			Parties: []screening.PartyResult{
				{Grade: screening.Clear, Matches: []screening.Match{}},
				{Grade: screening.Review, Matches: []screening.Match{{List: "a_list", Entity: "1", Key: "k1"}, {List: "a_list", Entity: "2", Key: "k2"}}},
			},
		}
		if err := s.AddResults(ctx, run.ID, []*screening.Result{row}); err != nil {
			t.Fatal(err)
		}
		party, match, err := s.FindMatch(ctx, "r1", "k2")
		if err != nil {
			t.Fatal(err)
		}
		if party.Name != "Veltraxis" || match.Entity != "2" {
			t.Errorf("found %s beside %s", party.Name, match.Entity)
		}
		for _, tc := range [][2]string{{"r1", "k3"}, {"r2", "k2"}} {
			if _, _, err := s.FindMatch(ctx, tc[0], tc[1]); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("run %s key %s: %v, want ErrNotFound", tc[0], tc[1], err)
			}
		}
		if back, err := s.Run(ctx, "r1"); err != nil || back.By != "anna" {
			t.Errorf("the run came back submitted by %q, %v", back.By, err)
		}
	})
}

func TestSecretStaysTheSame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first, err := s.Secret(t.Context(), "seal")
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Secret(t.Context(), "seal")
		if err != nil {
			t.Fatal(err)
		}
		other, err := s.Secret(t.Context(), "other")
		if err != nil {
			t.Fatal(err)
		}
		if len(first) != 32 || !bytes.Equal(first, again) || bytes.Equal(first, other) {
			t.Error("a secret is 32 bytes, the same each time, and one's own")
		}
	})
}
