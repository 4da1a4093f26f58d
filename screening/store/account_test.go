package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestAccounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		anna := &screening.Account{ID: "a1", Name: "anna", FullName: "Anna Ost", Roles: []screening.AccountRole{screening.Reviewer}, Source: "local", Created: morning}
		told := &screening.AuditEntry{At: morning, Actor: "root", Action: "account.add", Subject: "account:anna"}
		if err := s.AddAccount(ctx, anna, told); err != nil {
			t.Fatal(err)
		}
		if told.Seq != 1 || told.Hash == "" {
			t.Errorf("the audit trail was not told: %+v", told)
		}
		twin := *anna
		twin.ID = "a2"
		if err := s.AddAccount(ctx, &twin, &screening.AuditEntry{At: morning, Action: "account.add"}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a second account of that name: %v", err)
		}
		if n, _, err := s.VerifyAudit(ctx); n != 1 || err != nil {
			t.Errorf("what failed was told to the audit trail: %d lines, %v", n, err)
		}
		if err := s.AddAccount(ctx, &screening.Account{ID: "a3", Name: "ben", Source: "oidc", Subject: "iss|7", Created: morning}); err != nil {
			t.Fatal(err)
		}
		if b, err := s.AccountOf(ctx, "oidc", "iss|7"); err != nil || b.Name != "ben" {
			t.Errorf("by subject: %v, %v", b, err)
		}
		if err := s.SetPassword(ctx, "a1", "hash"); err != nil {
			t.Fatal(err)
		}
		if err := s.SetSecondFactor(ctx, "a1", "SEED", []string{"r1", "r2"}); err != nil {
			t.Fatal(err)
		}
		if c, err := s.Credentials(ctx, "a1"); err != nil || c != (store.Credentials{Password: "hash", TOTP: "SEED"}) {
			t.Errorf("credentials: %v, %v", c, err)
		}
		for _, step := range []struct {
			step int64
			want error
		}{{10, nil}, {10, store.ErrConflict}, {9, store.ErrConflict}, {11, nil}} {
			if err := s.TakeStep(ctx, "a1", step.step); !errors.Is(err, step.want) {
				t.Errorf("step %d: %v, want %v", step.step, err, step.want)
			}
		}
		if err := s.TakeRecovery(ctx, "a1", "r1"); err != nil {
			t.Error(err)
		}
		if err := s.TakeRecovery(ctx, "a1", "r1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a recovery code used twice: %v", err)
		}
		if n, err := s.RecoveryLeft(ctx, "a1"); n != 1 || err != nil {
			t.Errorf("%d recovery codes left, %v", n, err)
		}
		anna.Roles = append(anna.Roles, screening.Auditor)
		if err := s.ChangeAccount(ctx, anna); err != nil {
			t.Fatal(err)
		}
		anna.SecondFactor = true
		got, err := s.AccountNamed(ctx, "anna")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(anna, got); diff != "" {
			t.Error(diff)
		}
		all, err := s.Accounts(ctx)
		if err != nil || len(all) != 2 || all[0].Name != "anna" {
			t.Errorf("accounts: %v, %v", all, err)
		}
		if _, err := s.Account(ctx, "nobody"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an account that is not there: %v", err)
		}
	})
}

func TestSessionsAndKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if err := s.AddAccount(ctx, &screening.Account{ID: "a1", Name: "anna", Source: "local", Created: morning}); err != nil {
			t.Fatal(err)
		}
		begin := func(hash string, at time.Time) {
			t.Helper()
			if err := s.AddSession(ctx, &store.Session{Hash: hash, Account: "a1", Method: "password", Address: "192.0.2.1", Created: at, Seen: at}); err != nil {
				t.Fatal(err)
			}
		}
		there := func() []string {
			t.Helper()
			all, err := s.Sessions(ctx, "a1")
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, n := range all {
				out = append(out, n.Hash)
			}
			slices.Sort(out)
			return out
		}
		begin("old", morning)
		begin("new", morning.Add(time.Hour))
		if err := s.TouchSession(ctx, "new", morning.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Session(ctx, "new"); err != nil || !n.Seen.Equal(morning.Add(2*time.Hour)) || !n.Created.Equal(morning.Add(time.Hour)) || n.Address != "192.0.2.1" {
			t.Errorf("session: %+v, %v", n, err)
		}
		if a, err := s.Account(ctx, "a1"); err != nil || !a.SignedIn.Equal(morning.Add(time.Hour)) {
			t.Errorf("last signed in %v, %v", a.SignedIn, err)
		}
		if err := s.PruneSessions(ctx, morning.Add(time.Minute), morning); err != nil {
			t.Fatal(err)
		}
		if got := there(); !slices.Equal(got, []string{"new"}) {
			t.Errorf("after pruning: %v", got)
		}
		// What changes who may do what ends the sessions.
		for name, change := range map[string]func() error{
			"password":      func() error { return s.SetPassword(ctx, "a1", "h") },
			"second factor": func() error { return s.SetSecondFactor(ctx, "a1", "S", nil) },
			"account":       func() error { return s.ChangeAccount(ctx, &screening.Account{ID: "a1", Disabled: true}) },
			"everywhere":    func() error { return s.EndSessions(ctx, "a1") },
			"one":           func() error { return s.EndSession(ctx, "x") },
		} {
			if len(there()) == 0 {
				begin("x", morning)
			}
			if err := change(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := s.Session(ctx, "x"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: the session goes on: %v", name, err)
			}
		}
		key := &store.APIKey{Prefix: "p1", Account: "a1", Name: "nightly", Scopes: []screening.Permission{screening.MayReadLists}, Hash: "kh", Created: morning, Expires: morning.AddDate(0, 1, 0)}
		if err := s.AddAPIKey(ctx, key); err != nil {
			t.Fatal(err)
		}
		if got, err := s.APIKey(ctx, "p1"); err != nil || !cmp.Equal(key, got) {
			t.Errorf("key: %s, %v", cmp.Diff(key, got), err)
		}
		if err := s.TouchAPIKey(ctx, "p1", morning); err != nil {
			t.Error(err)
		}
		if err := s.RevokeAPIKey(ctx, "p1", morning); err != nil {
			t.Error(err)
		}
		if err := s.RevokeAPIKey(ctx, "p1", morning); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("revoked twice: %v", err)
		}
		all, err := s.APIKeys(ctx, "")
		if err != nil || len(all) != 1 || all[0].Revoked.IsZero() || all[0].Used.IsZero() {
			t.Errorf("keys: %v, %v", all, err)
		}
	})
}
