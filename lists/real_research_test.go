package lists

import (
	"os"
	"path/filepath"
	"testing"
)

// TestRealResearch reads the whole published files of the export-control and
// research-security lists and counts their parties. The figures were counted
// in the files by other means than these parsers.
func TestRealResearch(t *testing.T) {
	mirror := os.Getenv("REAL_LISTS")
	if mirror == "" {
		t.Skip("REAL_LISTS names no directory of published lists")
	}
	for _, want := range []struct {
		id, format string
		entities   int
	}{
		{"us_dod_1286", "csv", 156},  // the rows of FY2025
		{"us_dod_1260h", "csv", 376}, // the rows without an end date, of 397
		{"us_bis_mieu", "csv", 13},
		{"us_special_leg", "csv", 209}, // 5 + 3 + 6 + 167 + 28
		{"us_fcc_covered", "csv", 13},  // 16 rows: 4 name no maker, 1 names two
		{"jp_meti_eul", "json", 835},
		{"jp_meti_ru", "csv", 620},
	} {
		t.Run(want.id, func(t *testing.T) {
			entities, header := readReal(t, filepath.Join(mirror, want.id), want.id, want.format)
			if len(entities) != want.entities {
				t.Errorf("%d parties, want %d", len(entities), want.entities)
			}
			t.Logf("published %s", header.Published)
			for _, f := range header.Findings {
				t.Logf("%s %s: %s", f.Kind, f.Place, f.Text)
			}
			card, _ := Find(All, want.id)
			fetched, err := FromDir(card, mirror)
			if err != nil {
				t.Fatal(err)
			}
			reading, err := Read(t.Context(), card, fetched, DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			for _, reason := range Gate(card, reading, nil) {
				t.Errorf("held: %s", reason)
			}
		})
	}
}
