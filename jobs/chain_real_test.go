package jobs_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store/storetest"
)

// TestRealChain resolves real sheets of partners to the real register and follows them to
// listed parents. Which rows are rightly flagged was judged by reading them.
// Run: REAL_LISTS=<mirror> go test ./jobs -run RealChain -v
func TestRealChain(t *testing.T) {
	mirror := os.Getenv("REAL_LISTS")
	if mirror == "" {
		t.Skip("REAL_LISTS is not set")
	}
	ctx, beside := t.Context(), filepath.Dir(filepath.Clean(mirror))
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	env := &jobs.Env{
		Store: storetest.Open(t, storetest.SQLite(t)), Cards: lists.All, AcceptLicence: []string{"CC-BY-NC-4.0"}, Policy: screening.DefaultPolicy(),
		Enabled: func(id string) bool { return id == "us_trade_csl" || id == "us_dod_1286" || id == "us_dod_1260h" }, Version: "test", Actor: "sam", Now: func() time.Time { return now },
	}
	for _, from := range []jobs.RefreshOptions{{From: mirror}, {From: beside, Lists: []string{"ror"}}} {
		refreshed, err := jobs.Refresh(ctx, env, from)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range refreshed {
			if !r.OK() {
				t.Fatalf("%+v", r)
			}
		}
	}
	edition, err := env.Store.Edition(ctx, "ror")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	register, err := screening.NewRegistry("ror", func(yield func(*screening.Entity, error) bool) {
		for e, err := range env.Store.Entities(ctx, "ror", edition.Seq) {
			if err == nil {
				known[e.ID] = true
			}
			if !yield(e, err) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	parties := func(file, columns string) (out []*screening.Party) {
		content, err := os.ReadFile(filepath.Join(beside, "partners", file))
		if err != nil {
			t.Fatal(err)
		}
		mapped, err := intake.ParseColumns([]string{columns})
		if err != nil {
			t.Fatal(err)
		}
		book, err := intake.Read(ctx, file, content, intake.Options{Columns: mapped})
		if err != nil {
			t.Fatal(err)
		}
		for p, err := range book.Rows(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			for i := range p.Parties {
				out = append(out, &p.Parties[i])
			}
		}
		return out
	}
	for _, sheet := range []struct {
		file, columns string
		least         float64 // share resolved
	}{
		{"openapc_institutions.csv", "", 0.70},
		{"COAF_Institutes_16_17_Data_FIGSHAREv2.csv", "", 0.60},              // funders of articles, some of them written freely
		{"stacked_dump.csv", "Partner=name,Country=country,City=city", 0.06}, // companies, most of them
	} {
		resolved, all := 0, parties(sheet.file, sheet.columns)
		for _, p := range all {
			if _, ok := register.Resolve(p); ok {
				resolved++
			}
		}
		share := float64(resolved) / float64(len(all))
		t.Logf("%s: %d of %d parties resolved (%.1f %%)", sheet.file, resolved, len(all), 100*share)
		if share < sheet.least {
			t.Errorf("%s: %.3f resolved, want at least %.2f", sheet.file, share, sheet.least)
		}
	}
	// The same names without their ids, where the id they have is in the register.
	here, resolved, right := 0, 0, 0
	for _, p := range parties("openapc_institutions.csv", "") {
		id := slices.IndexFunc(p.Identifiers, func(id screening.Identifier) bool { return id.Kind == "ror" })
		if id < 0 || !known[p.Identifiers[id].Value] {
			continue
		}
		here++
		nameless := *p
		nameless.Identifiers = nil
		if got, ok := register.Resolve(&nameless); ok {
			resolved++
			if got.ID == p.Identifiers[id].Value {
				right++
			}
		}
	}
	t.Logf("by name or website alone: %d of %d resolved, %d rightly (precision %.3f)", resolved, here, right, float64(right)/float64(resolved))
	if resolved < here/2 || float64(right) < 0.97*float64(resolved) {
		t.Errorf("by name or website alone: %d of %d resolved, %d rightly", resolved, here, right)
	}

	// New records of funders name their parents by the register's ids alone. Read: these have a parent that is listed.
	rightly := []int{56, 76, 103, 300, 419, 599, 644, 718, 778, 904, 1032, 1477, 1523, 2019, 2662, 2715, 2887, 2897}
	columns, err := intake.ParseColumns([]string{"Partner=names.types.ror_display,Parent=relationships.type.parent,Country=country"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := jobs.Screen(ctx, env, jobs.ScreenOptions{
		Files: []string{filepath.Join(beside, "partners", "20260702_Funder_Registry_reconciliation_new_records_metadata.csv")}, Columns: columns,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	carried, found := 0, map[int]bool{}
	for r, err := range s.Results(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Grade.Flagged() && strings.HasPrefix(r.GradeBy(), "parent") {
			carried++
			found[r.Partner.Row] = true
			t.Logf("row %d: %s by %s", r.Partner.Row, r.Grade, r.GradeBy())
		}
	}
	for _, row := range rightly {
		if !found[row] {
			t.Errorf("row %d has a listed parent and is not flagged through it", row)
		}
	}
	t.Logf("%d rows flagged through a parent, %d of them rightly", carried, len(rightly))
	if carried*8 > len(rightly)*10 {
		t.Errorf("%d rows are flagged through a parent, and %d rightly: less than four in five", carried, len(rightly))
	}
}
