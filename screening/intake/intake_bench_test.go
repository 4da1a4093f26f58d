package intake

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// Reading 100,000 rows of 9 columns, opening included:
//
//	go test -run '^$' -bench Read -benchtime 3x -benchmem ./screening/intake
func BenchmarkRead(b *testing.B) {
	const rows = 100_000
	for _, bm := range []struct {
		name    string
		content []byte
	}{
		{"xlsx", benchXLSX(b, rows)},
		{"csv", benchCSV(rows)},
		{"ods", benchODS(b, rows)},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.SetBytes(int64(len(bm.content)))
			for b.Loop() {
				book, err := Read(b.Context(), "bench", bm.content, Options{})
				if err != nil {
					b.Fatal(err)
				}
				n := 0
				for p, err := range book.Rows(context.Background()) {
					if err != nil || p.Error != "" {
						b.Fatal(err, p)
					}
					n++
				}
				if n != rows {
					b.Fatalf("%d rows, want %d", n, rows)
				}
			}
		})
	}
}

func benchRow(i int) []string {
	return []string{
		fmt.Sprintf("C-%06d", i), fmt.Sprintf("Veldhaven Institute of Applied Matter %d", i), "Netherlands", "Veldhaven",
		fmt.Sprintf("Borealis Fund %d", i%500), "Norway", "2025-01-01", "2027-12-31", "active",
	}
}

var benchHeader = []string{"Reference", "Partner", "Country", "City", "Funder", "Funder country", "Start", "End", "Status"}

func benchCSV(rows int) []byte {
	var b bytes.Buffer
	b.WriteString(strings.Join(benchHeader, ",") + "\n")
	for i := range rows {
		b.WriteString(strings.Join(benchRow(i), ",") + "\n")
	}
	return b.Bytes()
}

func benchODS(b *testing.B, rows int) []byte {
	var s strings.Builder
	row := func(cells []string) {
		s.WriteString("<table:table-row>")
		for _, c := range cells {
			s.WriteString(`<table:table-cell office:value-type="string"><text:p>` + c + "</text:p></table:table-cell>")
		}
		s.WriteString("</table:table-row>")
	}
	row(benchHeader)
	for i := range rows {
		row(benchRow(i))
	}
	return odsOf(b, s.String())
}

func benchXLSX(b *testing.B, rows int) []byte {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		b.Fatal(err)
	}
	set := func(row int, cells []string) {
		values := make([]any, len(cells))
		for i, c := range cells {
			values[i] = c
			if t, err := time.Parse(time.DateOnly, c); err == nil {
				values[i] = excelize.Cell{StyleID: date, Value: t}
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", row), values); err != nil {
			b.Fatal(err)
		}
	}
	set(1, benchHeader)
	for i := range rows {
		set(i+2, benchRow(i))
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		b.Fatal(err)
	}
	return buf.Bytes()
}
