package lists

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"
)

// ddtcWorkbooks are the rows of the fixture's two workbooks, here because a
// workbook cannot be read in a diff. Dates are text or day numbers, as they come.
var ddtcWorkbooks = map[string][][]any{
	"statutory.xlsx": {
		{"Statutorily Debarred Parties"},
		{},
		{"Party Name", "Date Of Birth", "Federal Register Notice", "Notice Date", "Corrected Notice", "Corrected Notice Date"},
		{"Quarry, Daniel (a.k.a. Danny Quarry; f.k.a. Pit, Daniel)", "February 1970", "87 FR 1", 44700.0},
		{"Tidal Supply, Inc.", nil, "60 FR 2", "6/8/1995"},
		{"Xiu Sandholm (a.k.a. Linda Sandholm)", "Febuary 1964", "78 FR 3", "November 1, 2013", "78 FR 4", "November 12, 2013"},
		{"Quarry, Daniel", "February 1970", "90 FR 5", 45700.0},
		{"Harbour, Jr., Gregorio", 23790.0, "74 FR 6", "August 25, 2009"},
		{"Ann Meadow", "between 1963 and 1965", "74 FR 6", "soon"},
		{nil, nil, "74 FR 6", "August 25, 2009"},
	},
	"administrative.xlsx": {
		{"Name", "Date", "Charging Letter", "Debarment Order", "Federal Register Notice", "Remarks"},
		{"Sandholm Aerosystems Pte. Ltd.", 45100.0, "PDF", "PDF", "88 FR 7"},
		{"Lakeside, LeAnne", 45100.0, "PDF", "PDF", "88 FR 7"},
	},
}

func TestUSDDTCFixture(t *testing.T) {
	for file, rows := range ddtcWorkbooks {
		path := filepath.Join("testdata", "us_ddtc_debarred", file)
		if *update {
			book := excelize.NewFile()
			for i, row := range rows {
				cell, err := excelize.CoordinatesToCellName(1, i+1)
				if err != nil {
					t.Fatal(err)
				}
				if err := book.SetSheetRow("Sheet1", cell, &row); err != nil {
					t.Fatal(err)
				}
			}
			if err := book.SaveAs(path); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = sheetCells(f, file, func(row int, _ []string) error { n = row; return nil })
		_ = f.Close()
		if err != nil || n != len(rows) {
			t.Errorf("%s has %d rows (%v), want %d: go test -update writes it again", file, n, err, len(rows))
		}
	}
}
