package intake

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
)

// readAll reads a file to its end and gives the error that stopped it.
func readAll(content []byte, opts Options) (rows int, err error) {
	b, err := Read(context.Background(), "sheet.dat", content, opts)
	if err != nil {
		return 0, err
	}
	for _, err := range b.Rows(context.Background()) {
		if err != nil {
			return rows, err
		}
		rows++
	}
	return rows, nil
}

// odsOf wraps the rows of one table in the smallest OpenDocument spreadsheet.
func odsOf(t failer, rows string) []byte {
	return zipOf(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet",
		"content.xml", `<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="One">`+
			rows+`</table:table></office:spreadsheet></office:body></office:document-content>`)
}

const (
	xlsxHeader = `<row r="1"><c r="A1" t="str"><v>Partner</v></c></row>`
	odsHeader  = `<table:table-row><table:table-cell office:value-type="string"><text:p>Partner</text:p></table:table-cell></table:table-row>`
)

// noise is text that does not pack well, so that ratios stay honest.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + r.IntN(26))
	}
	return string(b)
}

// TestBombs reads files made to cost far more than their size. Each ends with
// a reason, in bounded memory.
func TestBombs(t *testing.T) {
	manyRows := func(format string, n int) string {
		var b strings.Builder
		b.WriteString("<sheetData>" + xlsxHeader)
		for i := range n {
			fmt.Fprintf(&b, format, i+2, i+2)
		}
		return b.String() + "</sheetData>"
	}
	nested := strings.Repeat("<a>", 500) + strings.Repeat("</a>", 500)
	for _, tt := range []struct {
		name    string
		content func() []byte
		limits  Limits
		reason  string
	}{
		{
			"20,000 rows, each with one cell in the last column",
			func() []byte {
				return xlsxOf(t, manyRows(`<row r="%d"><c r="XFD%d" t="str"><v>x</v></c></row>`, 20_000), "")
			},
			Limits{}, "row 2: too large: it has a filled cell in column XFD, beyond the 1024 columns that are read",
		},
		{
			"one cell in the last row and column",
			func() []byte {
				return xlsxOf(t, `<sheetData>`+xlsxHeader+`<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></sheetData>`, "")
			},
			Limits{}, "row 1048576: too large: it has a filled cell in column XFD",
		},
		{
			"five million shared strings",
			func() []byte {
				return xlsxOf(t, `<sheetData>`+xlsxHeader+`</sheetData>`, strings.Repeat("<si/>", 5_000_000))
			},
			Limits{}, "unfolds to",
		},
		{
			"shared strings that take too much memory, packed honestly",
			func() []byte {
				return xlsxOf(t, `<sheetData>`+xlsxHeader+`</sheetData>`, strings.Repeat("<si><t>"+noise(1000)+"</t></si>", 300))
			},
			Limits{Strings: 200_000}, "its texts take more than",
		},
		{
			"one string of 30 MB",
			func() []byte {
				return xlsxOf(t, `<sheetData>`+xlsxHeader+`</sheetData>`, "<si><t>"+strings.Repeat("x", 30<<20)+"</t></si>")
			},
			Limits{}, "unfolds to",
		},
		{
			"one string of 30 MB, any ratio allowed",
			func() []byte {
				return xlsxOf(t, `<sheetData>`+xlsxHeader+`</sheetData>`, "<si><t>"+strings.Repeat("x", 30<<20)+"</t></si>")
			},
			Limits{Ratio: 1 << 30}, "one of its cells holds more than 4 MB of text",
		},
		{
			"one attribute of 30 MB, any ratio allowed",
			func() []byte {
				return xlsxOf(t, `<sheetData>`+xlsxHeader+`<row r="2" x="`+strings.Repeat("x", 30<<20)+`"/></sheetData>`, "")
			},
			Limits{Ratio: 1 << 30}, "one of its cells holds more than 4 MB of text",
		},
		{"styles that unfold", func() []byte {
			return zipOf(t, "xl/workbook.xml", `<workbook/>`, "xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Type="x/styles" Target="styles.xml"/></Relationships>`, "xl/styles.xml", strings.Repeat(" ", 20<<20))
		}, Limits{}, "its part xl/styles.xml unfolds to"},
		{"a part larger than all may be", func() []byte {
			return xlsxOf(t, `<sheetData>`+xlsxHeader+noise(2<<20)+`</sheetData>`, "")
		}, Limits{Unzipped: 1 << 20}, "and 1 MB is the limit"},
		{"parts that are together larger", func() []byte {
			return xlsxOf(t, `<sheetData>`+xlsxHeader+noise(900<<10)+`</sheetData>`, noise(900<<10))
		}, Limits{Unzipped: 1 << 20}, "it unfolds to more than 1 MB"},
		{"a part that lies about its size", func() []byte { return lyingZip(t) }, Limits{}, "damaged"},
		{"too many rows", func() []byte {
			return xlsxOf(t, manyRows(`<row r="%d"><c r="A%d" t="str"><v>x</v></c></row>`, 200), "")
		}, Limits{Rows: 100}, "more than 100 filled rows"},
		{"too many cells", func() []byte {
			return xlsxOf(t, manyRows(`<row r="%d"><c r="A%d" t="str"><v>x</v></c></row>`, 200), "")
		}, Limits{Cells: 100}, "more than 100 cells"},
		{"elements nested deeply", func() []byte { return xlsxOf(t, nested, "") }, Limits{}, "wrongly nested"},
		{"too many parts", func() []byte {
			var parts []string
			for i := range 300 {
				parts = append(parts, fmt.Sprint("xl/", i), "")
			}
			return zipOf(t, parts...)
		}, Limits{Parts: 200}, "made of 300 parts"},
		{"too many sheets", func() []byte {
			return zipOf(t, "xl/workbook.xml", "<workbook>"+strings.Repeat("<sheet/>", 300)+"</workbook>", "xl/_rels/workbook.xml.rels", "<x/>")
		}, Limits{}, "more than 255 sheets"},
		{"ods: a filled cell repeated across", func() []byte {
			return odsOf(t, odsHeader+`<table:table-row><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>`)
		}, Limits{}, "beyond the 1024 columns"},
		{"ods: a filled row repeated down", func() []byte {
			return odsOf(t, odsHeader+`<table:table-row table:number-rows-repeated="1048576"><table:table-cell><text:p>Quell</text:p></table:table-cell></table:table-row>`)
		}, Limits{Rows: 10_000}, "more than 10000 filled rows"},
		{"ods: many sheets", func() []byte {
			return odsOf(t, odsHeader+strings.Repeat(`</table:table><table:table>`, 300))
		}, Limits{}, "more than 255 sheets"},
		{"csv: a line of delimiters", func() []byte {
			return []byte("Partner,City\nx" + strings.Repeat(",", 1<<20) + "\n")
		}, Limits{}, "cells in a row"},
		{"csv: a cell far to the right", func() []byte {
			return []byte("Partner,City\nx" + strings.Repeat(",", 2000) + "x\n")
		}, Limits{}, "row 2: too large: it has a filled cell in column BXY"},
		{"larger than a file may be", func() []byte { return []byte("Partner\n" + noise(3<<20)) }, Limits{Bytes: 2 << 20}, "it has 4 MB, and 2 MB is the limit"},
		{"slower than a file may be", func() []byte { return benchCSV(20_000) }, Limits{Time: time.Nanosecond}, "reading it takes longer than 1ns"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			content := tt.content()
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := readAll(content, Options{Limits: tt.limits})
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			fe, ok := errors.AsType[*FileError](err)
			if !ok || !strings.Contains(fe.Reason, tt.reason) || fe.File != "sheet.dat" {
				t.Errorf("got %v, want the reason %q", err, tt.reason)
			}
			if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 160 { // with the race detector twice what it is without
				t.Errorf("it took %d MB to refuse a file of %d kB", grown, len(content)>>10)
			}
			t.Logf("%d kB: refused after %v and %d MB allocated in all", len(content)>>10, took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
		})
	}
}

// lyingZip holds a part that says it is small and is not.
func lyingZip(t *testing.T) []byte {
	t.Helper()
	var packed bytes.Buffer
	whole := zipOf(t, "a", "<workbook>"+strings.Repeat(" ", 1<<20)+"</workbook>")
	zr, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := zr.File[0].OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(raw)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(&packed)
	p, err := w.CreateRaw(&zip.FileHeader{
		Name: "xl/workbook.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(nil),
		CompressedSize64: uint64(len(body)), UncompressedSize64: 100,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// TestLargeAndHonest reads what looks like a bomb and is none.
func TestLargeAndHonest(t *testing.T) {
	for _, tt := range []struct {
		name    string
		content []byte
		rows    int
	}{
		{"blank styled cells to the last column", xlsxOf(t, `<sheetData>`+xlsxHeader+`<row r="2"><c r="A2" t="str"><v>Quell GmbH</v></c><c r="XFD2" s="1"/></row></sheetData>`, ""), 1},
		{"ods: blanks to the end of the sheet", odsOf(t, odsHeader+`<table:table-row><table:table-cell><text:p>Quell GmbH</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16383"/></table:table-row><table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`), 1},
		{"ods: the same partner three times", odsOf(t, odsHeader+`<table:table-row table:number-rows-repeated="3"><table:table-cell><text:p>Quell GmbH</text:p></table:table-cell></table:table-row>`), 3},
		{"csv: a thousand columns of words that could be headers", []byte("Partner" + strings.Repeat(",donaudampfschifffahrtsgesellschaftsland name of partner", 1_000) + strings.Repeat("\nQuell GmbH"+strings.Repeat(",partner name country", 1_000), 100)), 100},
		{"csv: quotes that are never closed", []byte("Partner,City\n" + strings.Repeat("Quell GmbH,\"Brno\nHalcyon Ltd,\"x\n", 2_000)), 4_000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := readAll(tt.content, Options{})
			if err != nil || rows != tt.rows {
				t.Errorf("%d rows, error %v; want %d rows", rows, err, tt.rows)
			}
		})
	}
}

func TestLongCells(t *testing.T) {
	long := strings.Repeat("x", 5_000)
	for name, content := range map[string][]byte{
		"csv":  []byte("Partner,Project\nQuell GmbH," + long + "\n"),
		"xlsx": xlsxOf(t, `<sheetData><row r="1"><c t="str"><v>Partner</v></c><c t="str"><v>Project</v></c></row><row r="2"><c t="str"><v>Quell GmbH</v></c><c t="s"><v>0</v></c></row></sheetData>`, "<si><t>"+long+"</t></si>"),
		"ods":  odsOf(t, `<table:table-row><table:table-cell><text:p>Partner</text:p></table:table-cell><table:table-cell><text:p>Project</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>Quell GmbH</text:p></table:table-cell><table:table-cell><text:p>`+long+`</text:p></table:table-cell></table:table-row>`),
	} {
		_, ps := read(t, content, Options{Limits: Limits{CellLength: 4_096}})
		if len(ps) != 1 || len(ps[0].Project) != 4_096 || len(ps[0].Notes) != 1 || ps[0].Notes[0] != "column B: the cell is longer than 4096 bytes; the rest was not read" {
			t.Errorf("%s: %d rows, project of %d bytes, notes %q", name, len(ps), len(ps[0].Project), ps[0].Notes)
		}
	}
	_, ps := read(t, []byte("Partner,City\n"+strings.Repeat("x ", 600)+",Brno\n"+strings.Repeat("Quell; Halcyon; ", 251)+",\nQuell GmbH,\n"), Options{})
	want := []string{
		`2: no party: column "Partner": a text of more than 1000 characters is no name`,
		"3: the row names more than 500 parties; give each its own row",
		"4: partner Quell GmbH",
	}
	if got := brief(ps); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
