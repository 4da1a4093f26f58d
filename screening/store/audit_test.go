package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

func TestAuditTrailIsOneChain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if n, head, err := s.VerifyAudit(ctx); err != nil || n != 0 || head != "" {
			t.Fatalf("an empty trail: %d lines, head %q, %v", n, head, err)
		}
		// Many write at once: the chain must not fork, and no number is given twice.
		const writers, each = 8, 5
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					e := &screening.AuditEntry{
						At: morning, Actor: fmt.Sprintf("anna%d", w), Action: "run.view", Subject: fmt.Sprintf("run:%d", i),
						After: json.RawMessage(`{"grade":"note\u0000"}`), Request: "r1",
					}
					if err := s.AddAudit(ctx, e); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		n, head, err := s.VerifyAudit(ctx)
		if err != nil || n != writers*each {
			t.Fatalf("verify: %d lines, %v; want %d", n, err, writers*each)
		}
		newest, err := s.Audit(ctx, store.AuditFilter{Limit: 1})
		if err != nil || len(newest) != 1 || newest[0].Hash != head {
			t.Fatalf("the newest line is not the head: %v, %v", newest, err)
		}
		if strings.Contains(string(newest[0].After), "u0000") || !json.Valid(newest[0].After) {
			t.Errorf("after: %s", newest[0].After)
		}
		mine, err := s.Audit(ctx, store.AuditFilter{Actor: "anna3", Subject: "run:2"})
		if err != nil || len(mine) != 1 {
			t.Errorf("by actor and subject: %d lines, %v", len(mine), err)
		}
		older, err := s.Audit(ctx, store.AuditFilter{Before: 3})
		if err != nil || len(older) != 2 || older[0].Seq != 2 {
			t.Errorf("before line 3: %v, %v", older, err)
		}
	})
}

func TestAuditTrailShowsWhatWasDoneToIt(t *testing.T) {
	for name, c := range map[string]struct {
		sql  []string
		line int64
	}{
		"a line changed":            {[]string{`update audit set actor = 'somebody else' where seq = 2`}, 2},
		"a line changed and sealed": {[]string{`update audit set hash = prev where seq = 2`}, 2},
		"a line taken out":          {[]string{`delete from audit where seq = 2`}, 2},
		"the end cut off":           {[]string{`delete from audit where seq = 4`}, 4},
		"two lines exchanged":       {[]string{`update audit set seq = 9 where seq = 2`, `update audit set seq = 2 where seq = 3`, `update audit set seq = 3 where seq = 9`}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				ctx := t.Context()
				for i := range 4 {
					if err := s.AddAudit(ctx, &screening.AuditEntry{At: morning, Actor: "anna", Action: "run.view", Subject: fmt.Sprint("run:", i)}); err != nil {
						t.Fatal(err)
					}
				}
				db, postgres := s.DB()
				if _, err := db.ExecContext(ctx, c.sql[0]); err == nil || !strings.Contains(err.Error(), "only added to") {
					t.Fatalf("%s: %v; the database itself should refuse", c.sql[0], err)
				}
				// Who owns the database can take the guard away; the chain still tells.
				guards := []string{`drop trigger audit_is_not_changed`, `drop trigger audit_is_not_removed`}
				if postgres {
					guards = []string{`drop trigger audit_is_not_changed on audit`}
				}
				for _, sql := range append(guards, c.sql...) {
					if _, err := db.ExecContext(ctx, sql); err != nil {
						t.Fatal(err)
					}
				}
				_, _, err := s.VerifyAudit(ctx)
				var broken *screening.BrokenAudit
				if !errors.As(err, &broken) || broken.Seq != c.line {
					t.Errorf("verify: %v; want a break at line %d", err, c.line)
				}
			})
		})
	}
}
