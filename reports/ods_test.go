package reports

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// zipOf is a zip of one member.
func zipOf(tb testing.TB, name string, content []byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(content)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

const odsHead = `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" ` +
	`xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>`

// asODS writes Review as an office program writes it: numbers as values, runs
// of blanks as elements, empty cells and rows in one, a comment in a cell.
func asODS(tb testing.TB, book []byte, reviewed func(title string, row int) string) []byte {
	tb.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("Review", excelize.Options{RawCellValue: true})
	if err != nil {
		tb.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(odsHead + `<table:table table:name="Other"><table:table-row><table:table-cell/></table:table-row></table:table><table:table table:name="Review">`)
	for n, cells := range rows {
		b.WriteString("<table:table-row>")
		for i := range len(rows[1]) {
			text := at(cells, i)
			if n > 1 {
				if said := reviewed(rows[1][i], n+1); said != "" {
					text = said
				}
			}
			switch {
			case text == "":
				b.WriteString("<table:table-cell/>")
				continue
			case rows[1][i] == colScore && n > 1:
				fmt.Fprintf(&b, `<table:table-cell office:value-type="float" office:value="%s"><text:p>rounded</text:p></table:table-cell>`, text)
				continue
			}
			b.WriteString(`<table:table-cell office:value-type="string"><office:annotation><text:p>a comment</text:p></office:annotation>`)
			for _, line := range strings.Split(text, "\n") {
				b.WriteString("<text:p><text:span>")
				if err := xml.EscapeText(&b, []byte(line)); err != nil {
					tb.Fatal(err)
				}
				b.WriteString("</text:span></text:p>")
			}
			b.WriteString("</table:table-cell>")
		}
		b.WriteString(`<table:table-cell table:number-columns-repeated="16000"/></table:table-row>`)
	}
	b.WriteString(`<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`)
	b.WriteString("</table:table></office:spreadsheet></office:body></office:document-content>")
	return []byte(b.String())
}

// decidesAll fills in all three lines of the sample.
func decidesAll(title string, row int) string {
	return map[string][3]string{
		colVerdict:  {"True match", "False positive", "Needs information"},
		colReason:   {"Same name and place", "Different place", "Identifier wanted"},
		colReviewer: {"A. Reader", "A. Reader", "A. Reader"},
		colClosed:   {"Declined", "", ""},
	}[title][row-3]
}

func TestOpenDocument(t *testing.T) {
	content := asODS(t, sampleBook(t), decidesAll)
	const want = "hostile needs_information\nsorvenne-b204 false_positive\nveltraxis-aa1017 true_match, closed: declined"
	d, err := readBack(t, zipOf(t, odsContent, content))
	if err != nil || told(d) != want {
		t.Errorf("%v, %v", told(d), err)
	}
	changed := bytes.Replace(content, []byte("Sorvenne Aerostats Ltd"), []byte("Somebody Else"), 1)
	d, err = readBack(t, zipOf(t, odsContent, changed))
	if err != nil || len(d.Lines) != 2 || len(d.Problems) != 1 || d.Problems[0].Cell != "Review!C4" {
		t.Errorf("a locked cell changed: %v, %v", told(d), err)
	}
	formula := bytes.Replace(content, []byte(`<table:table-cell office:value-type="string"><office:annotation><text:p>a comment</text:p></office:annotation><text:p><text:span>True match`),
		[]byte(`<table:table-cell table:formula="of:=1" office:value-type="string"><text:p><text:span>True match`), 1)
	d, err = readBack(t, zipOf(t, odsContent, formula))
	if err != nil || len(d.Lines) != 2 || len(d.Problems) != 1 {
		t.Errorf("a verdict by formula: %v, %v", told(d), err)
	}
}

func TestHostileOpenDocuments(t *testing.T) {
	table := func(inside string) []byte {
		return []byte(odsHead + `<table:table table:name="Review">` + inside + `</table:table></office:spreadsheet></office:body></office:document-content>`)
	}
	wide := `<table:table-row><table:table-cell table:number-columns-repeated="2000000"><text:p>x</text:p></table:table-cell></table:table-row>`
	spaces := `<table:table-row><table:table-cell><text:p><text:s text:c="2000000000"/></text:p></table:table-cell></table:table-row>`
	for _, tt := range []struct {
		name    string
		content []byte
		want    error
	}{
		{"no XML", []byte("<<<"), ErrNotWorkbook},
		{"cut short", table(wide)[:400], ErrNotWorkbook},
		{"an entity of its own", []byte(`<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`), ErrNotWorkbook},
		{"another document", table(""), ErrNoReview},
		{"a cell that stands two million times", table(strings.Repeat(wide, 200)), ErrNoReview},
		{"blanks without end", table(strings.Repeat(spaces, 200)), ErrNoReview},
		{"200 MB of blanks", table(strings.Repeat(" ", 200<<20)), ErrTooLarge},
	} {
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		book := zipOf(t, odsContent, tt.content)
		_, err := ReadDecisions(ctx, bytes.NewReader(book), int64(len(book)), [][]byte{sampleKey}, Limits{TempDir: t.TempDir()})
		stop()
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// FuzzOpenDocument wants that no change to the document makes a decision on a
// match that the sealed lines are not about.
func FuzzOpenDocument(f *testing.F) {
	var book bytes.Buffer
	if err := Write(&book, sampleReport(), results(sampleResults()...)); err != nil {
		f.Fatal(err)
	}
	f.Add(asODS(f, book.Bytes(), decidesAll))
	f.Add([]byte(odsHead))
	f.Fuzz(func(t *testing.T, content []byte) {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		w, err := z.CreateHeader(&zip.FileHeader{Name: odsContent, Method: zip.Store})
		if err == nil {
			_, err = io.Copy(w, bytes.NewReader(content))
		}
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		defer stop()
		d, err := ReadDecisions(ctx, bytes.NewReader(out.Bytes()), int64(out.Len()), [][]byte{sampleKey}, Limits{Rows: 1000})
		if err != nil {
			return
		}
		for _, l := range d.Lines {
			if l.Key != "k-veltraxis-aa1017" && l.Key != "k-sorvenne-b204" && l.Key != "k-hostile" {
				t.Errorf("a line nobody sealed was taken: %+v", l)
			}
		}
	})
}
