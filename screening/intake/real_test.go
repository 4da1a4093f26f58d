package intake

import (
	"os"
	"path/filepath"
	"testing"
)

// TestRealSheets reads real registers of partners, which are kept beside the
// real lists: REAL_LISTS names the folder of those.
func TestRealSheets(t *testing.T) {
	lists := os.Getenv("REAL_LISTS")
	if lists == "" {
		t.Skip("REAL_LISTS is not set")
	}
	dir := filepath.Join(lists, "..", "partners")
	for _, tt := range []struct {
		file, columns                     string
		rows, rejected, parties, withCode int
	}{
		// 16,592 participants; three bilingual names are two parties each.
		{"stacked_dump.csv", "Partner=name,Country=country,City=city", 16_592, 0, 16_595, 16_500},
		// Funders only: 91 rows name none, and in one the only one is "Other".
		{"COAF_Institutes_16_17_Data_FIGSHAREv2.csv", "Partner=name,Country=country,City=city", 3_474, 92, 4_282, 0},
		{"openapc_institutions.csv", "", 774, 0, 775, 760},
		{"20260702_Funder_Registry_reconciliation_new_records_metadata.csv", "Funder=names.types.ror_display", 2_899, 0, 2_899, 2_800},
	} {
		t.Run(tt.file, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join(dir, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			columns, err := ParseColumns([]string{tt.columns})
			if err != nil {
				t.Fatal(err)
			}
			_, ps := read(t, content, Options{Columns: columns})
			rejected, parties, withCode := 0, 0, 0
			for _, p := range ps {
				if p.Error != "" {
					rejected++
				}
				parties += len(p.Parties)
				for _, party := range p.Parties {
					if party.Country != "" {
						withCode++
					}
				}
			}
			if len(ps) != tt.rows || rejected != tt.rejected || parties != tt.parties || withCode < tt.withCode {
				t.Errorf("%d rows, %d rejected, %d parties, %d with a country; want %d, %d, %d, at least %d", len(ps), rejected, parties, withCode, tt.rows, tt.rejected, tt.parties, tt.withCode)
			}
		})
	}
}
