package intake

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"partnerscreen/screening"
)

// TestRowsInAreRowsOut writes the same random rows as csv, xlsx and ods and
// reads them back: each row with a filled cell comes out once, in its place,
// with parties or with a reason, and the three formats agree.
func TestRowsInAreRowsOut(t *testing.T) {
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{
			"", "", "", " ", "0", "-", "n/a", "#REF!", "Total", "Quell GmbH", "Quell GmbH; Nordlicht AG", "Nordlicht AG\nHalcyon Ltd", "Partner", "Veldhaven, Institute of \"Quiet\" Tides", "DE", "Freedonia", "2026-05-01", "31/12/2026",
			"Dr A. Karimi", "大学", "1) Quell 2) Nord", "=1+1", "'", "a;b", "<b>&amp;</b>", "_x0041_",
		}),
		rapid.StringMatching(`[A-Za-z ,;."'/|()éß€-]{0,12}`),
	)
	row := rapid.SliceOfN(cell, 4, 4).Filter(func(cells []string) bool { // a row of titles is a header of its own
		return strings.Count(strings.Join(cells, "\n"), "Partner") < 2
	})
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(row, 0, 12).Draw(t, "rows")
		rows = append([][]string{{"Partner", "Country", "Funder", "End"}}, rows...)
		var want []int
		for i, r := range rows[1:] {
			if strings.TrimSpace(strings.Join(r, "")) != "" {
				want = append(want, i+2)
			}
		}
		var first []*screening.Partner
		for i, content := range [][]byte{asXLSX(t, rows), asODS(t, rows), asCSV(t, rows)} {
			b, err := Read(t.Context(), "sheet.dat", content, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var counts screening.Counts
			var got []int
			var ps []*screening.Partner
			for p, err := range b.Rows(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				if (p.Error == "") != (len(p.Parties) > 0) {
					t.Fatalf("format %d, row %d: %d parties, error %q", i, p.Row, len(p.Parties), p.Error)
				}
				counts.Add(&screening.Result{Partner: p})
				p.Sheet = ""
				got, ps = append(got, p.Row), append(ps, p)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("format %d: row numbers (-want +got):\n%s", i, diff)
			}
			if counts.RowsIn != len(want) || counts.RowsIn != counts.RowsScreened+counts.RowsRejected {
				t.Fatalf("format %d: %d rows, %+v", i, len(want), counts)
			}
			if i == 0 {
				first = ps
			} else if diff := cmp.Diff(first, ps); diff != "" {
				t.Fatalf("format %d differs from the workbook (-xlsx +it):\n%s", i, diff)
			}
		}
	})
}

func asXLSX(t *rapid.T, rows [][]string) []byte {
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		for j, c := range r {
			if c == "" {
				continue
			}
			ref, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			// What looks like an escape is escaped, as Excel does and the library does not.
			if err := f.SetCellStr("Sheet1", ref, strings.ReplaceAll(c, "_x", "_x005F_x")); err != nil {
				t.Fatal(err)
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asODS(t *rapid.T, rows [][]string) []byte {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString("<table:table-row>")
		for _, c := range r {
			b.WriteString("<table:table-cell>")
			for line := range strings.SplitSeq(c, "\n") {
				fmt.Fprintf(&b, "<text:p>%s</text:p>", html.EscapeString(line))
			}
			b.WriteString("</table:table-cell>")
		}
		b.WriteString("</table:table-row>")
	}
	return odsOf(t, b.String())
}

func asCSV(t *rapid.T, rows [][]string) []byte {
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAsTheLibraryReads compares our reader of workbooks with excelize's on a
// workbook with strings, numbers, dates and gaps: the same cells in the same
// rows, dates apart, which excelize gives as bare numbers.
func TestAsTheLibraryReads(t *testing.T) {
	content := collaborations(t)
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := Read(t.Context(), "sheet.xlsx", content, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ln, err := range b.source.tabs[i].lines(t.Context(), newMeter(t.Context(), DefaultLimits)) {
			if err != nil {
				t.Fatal(err)
			}
			for c, v := range ln.cells {
				want := rows[ln.number-1][c]
				if !strings.HasPrefix(v, "20") && !strings.HasSuffix(v, "%") && v != want {
					t.Errorf("sheet %s, row %d, column %d: %q, and excelize reads %q", name, ln.number, c, v, want)
				}
			}
			n++
		}
		filled := 0
		for _, r := range rows {
			if strings.Join(r, "") != "" {
				filled++
			}
		}
		if n != filled {
			t.Errorf("sheet %s: %d filled rows, and excelize reads %d", name, n, filled)
		}
	}
}
