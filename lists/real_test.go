package lists

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"partnerscreen/screening"
)

// realLists is the folder with the lists as published; tests on it skip when it is not named.
func realLists(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("REAL_LISTS")
	if dir == "" {
		t.Skip("REAL_LISTS names no folder of real lists")
	}
	return dir
}

// realEditions is the folder of older and broken editions beside it.
func realEditions(t *testing.T, date string) string {
	t.Helper()
	dir := filepath.Join(realLists(t), "..", "editions", date)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no edition %s beside REAL_LISTS", date)
	}
	return dir
}

// refreshReal reads a list from a folder through the same steps as a refresh
// and returns the gate's reasons with it.
func refreshReal(t *testing.T, card *Card, dir string, last *LastGood) (*Reading, []string) {
	t.Helper()
	f, err := FromDir(card, dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(t.Context(), card, f, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return r, Gate(card, r, last)
}

// realCounts are the parties of the newest editions that could be had, counted
// from the files by other means.
var realCounts = map[string]int{
	"us_ofac_sdn": 19181, "us_ofac_cons": 442, "us_trade_csl": 25921, "un_sc_sanctions": 1011, "eu_fsf": 5873,
	"gb_fcdo_sanctions": 2523, "us_dod_1286": 156, "au_dfat_sanctions": 3846, "ca_dfatd_sema_sanctions": 4759,
}

// TestRealLists reads every list there is a folder for. Run it with -v for the
// time and the memory: REAL_LISTS=… go test ./lists -run TestRealLists -v
func TestRealLists(t *testing.T) {
	dir := realLists(t)
	var peak uint64
	all := time.Now()
	for i := range All {
		card := &All[i]
		if _, err := os.Stat(filepath.Join(dir, card.ID)); err != nil {
			continue
		}
		t.Run(card.ID, func(t *testing.T) {
			start := time.Now()
			r, reasons := refreshReal(t, card, dir, nil)
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
			t.Logf("%d entities, %d names, published %s, %d findings, %s, heap %d MB %s",
				len(r.Entities), r.Names, r.Published.Format(time.DateOnly), len(r.Findings), time.Since(start).Round(time.Millisecond), m.HeapInuse>>20, r.Reason)
			if len(reasons) > 0 {
				t.Errorf("held: %s", strings.Join(reasons, "\n"))
			}
			if want, ok := realCounts[card.ID]; ok && len(r.Entities) != want {
				t.Errorf("%d entities, want %d", len(r.Entities), want)
			}
			checkContract(t, card, r.Entities)
			for _, f := range r.Findings[:min(len(r.Findings), 8)] {
				t.Log("finding:", f.Kind, f)
			}
		})
	}
	t.Logf("all in %s, largest heap seen %d MB", time.Since(all).Round(time.Millisecond), peak>>20)
}

func TestRealEditions(t *testing.T) {
	// Somebody put a header row on top and left the aliases out: the row is no
	// harm, an edition without aliases is.
	_, reasons := refreshReal(t, &usOFACSDN, realEditions(t, "2024-06-27-with-header-row"), nil)
	if got := strings.Join(reasons, "\n"); !strings.Contains(got, "ALT.CSV: the file is missing") {
		t.Errorf("the edition without aliases: %q", reasons)
	}
	_, reasons = refreshReal(t, &usOFACSDN, realEditions(t, "2024-05-04-empty"), nil)
	if got := strings.Join(reasons, "\n"); !strings.Contains(got, "SDN.CSV is empty") {
		t.Errorf("the empty edition: %q", reasons)
	}
	r, reasons := refreshReal(t, &usTradeCSL, realEditions(t, "2022-05-16"), nil)
	if len(reasons) > 0 || len(r.Entities) != 14160 {
		t.Errorf("the list of 2022: %d entities, held for %q", len(r.Entities), reasons)
	}
	full := func(has func(*screening.Entity) bool) (n int) {
		for _, e := range r.Entities {
			if has(e) {
				n++
			}
		}
		return n
	}
	for what, c := range map[string]struct{ got, least int }{
		"addresses":   {full(func(e *screening.Entity) bool { return len(e.Addresses) > 0 }), 8000},
		"identifiers": {full(func(e *screening.Entity) bool { return len(e.Identifiers) > 1 }), 5000}, // besides OFAC's own number
		"birth dates": {full(func(e *screening.Entity) bool { return len(e.BirthDates) > 0 }), 4800},
		"start dates": {full(func(e *screening.Entity) bool { return e.Listings[0].Listed != "" }), 2500},
	} {
		if c.got < c.least {
			t.Errorf("the list of 2022: %d parties have %s, at least %d were expected", c.got, what, c.least)
		}
		t.Logf("the list of 2022: %d parties have %s", c.got, what)
	}
	t.Log("parts of 2022:", r.Parts)

	last := Tally(&usTradeCSL, slices.Values(r.Entities))
	_, reasons = refreshReal(t, &usTradeCSL, realLists(t), &last)
	if len(reasons) > 0 {
		t.Errorf("2026 after 2022: held for %q", reasons)
	}
}

// TestRealDay compares two successive days of the SDN list.
func TestRealDay(t *testing.T) {
	before, reasons := refreshReal(t, &usOFACSDN, realEditions(t, "2024-04-25"), nil)
	if len(reasons) > 0 {
		t.Fatalf("held: %q", reasons)
	}
	last := Tally(&usOFACSDN, slices.Values(before.Entities))
	after, reasons := refreshReal(t, &usOFACSDN, realEditions(t, "2024-04-26"), &last)
	if len(reasons) > 0 {
		t.Fatalf("held: %q", reasons)
	}
	changes := Compare(&usOFACSDN, differing(before.Entities, after.Entities))
	// A diff of the two files shows these two rows gone, and no other line changed.
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprint(c.Change, " ", c.Entity))
	}
	if want := []string{"removed 45328", "removed 45329"}; !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
}

// differing yields the parties that differ between two editions, as the store does.
func differing(before, after []*screening.Entity) func(func(before, after *screening.Entity) bool) {
	was, is := map[string]*screening.Entity{}, map[string]*screening.Entity{}
	for _, e := range before {
		was[e.ID] = e
	}
	for _, e := range after {
		is[e.ID] = e
	}
	ids := slices.Collect(maps.Keys(was))
	for id := range is {
		if was[id] == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return func(yield func(before, after *screening.Entity) bool) {
		for _, id := range ids {
			b, a := was[id], is[id]
			if b != nil && a != nil && b.Hash() == a.Hash() {
				continue
			}
			if !yield(b, a) {
				return
			}
		}
	}
}

// TestRealFormats reads the other formats there are true files or extracts of.
func TestRealFormats(t *testing.T) {
	dir := realLists(t)
	samples := filepath.Join(dir, "..", "samples")
	// An extract is small and has no reference tables: only what could not be read may hold it.
	extract := func(card Card) *Card {
		card.Bounds = Bounds{MinEntities: 1}
		return &card
	}
	custom := func(format string) *Card {
		card, err := Custom(CustomConfig{ID: "watch", Format: format})
		if err != nil {
			t.Fatal(err)
		}
		return &card
	}
	for _, c := range []struct {
		name     string
		card     *Card
		file, as string // as: the published file's name
		entities int
	}{
		{"the Consolidated list as XML, as many as it declares", &usOFACCons, filepath.Join(dir, "us_ofac_cons", "CONSOLIDATED.XML"), "CONSOLIDATED.XML", 443},
		{"an extract of the advanced XML", extract(usOFACSDN), filepath.Join(samples, "us_ofac_sdn_advanced", "sdn_advanced_fragment.xml"), "SDN_ADVANCED.XML", 1},
		{"an extract of the Consolidated Screening List", extract(usTradeCSL), filepath.Join(samples, "us_trade_csl", "consolidated.csv"), "consolidated.csv", 13},
		{"targets of an ownership network", custom("entities.ftm.json"), filepath.Join(samples, "opensanctions_zala", "entities.ftm.json"), "entities.ftm.json", 14},
		{"a whole export as a table", custom("targets.simple.csv"), filepath.Join(samples, "opensanctions_ua_war_sanctions", "targets.simple.csv"), "targets.simple.csv", 5600},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := os.ReadFile(c.file)
			if err != nil {
				t.Skipf("no such file beside REAL_LISTS: %v", err)
			}
			folder := t.TempDir()
			write(t, filepath.Join(folder, c.card.ID, c.as), string(b))
			r, reasons := refreshReal(t, c.card, folder, nil)
			if len(r.Entities) != c.entities || len(reasons) > 0 {
				t.Errorf("%d entities, want %d; held for %q", len(r.Entities), c.entities, reasons)
			}
			checkContract(t, c.card, r.Entities)
			for _, f := range r.Findings {
				t.Log(f.Kind, f)
			}
		})
	}
}
