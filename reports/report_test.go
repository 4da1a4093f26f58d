package reports

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
)

var update = flag.Bool("update", false, "write the goldens anew")

// written is a workbook of r, checked to leave no file behind.
func written(t *testing.T, r *Report, results iter.Seq2[*screening.Result, error]) []byte {
	t.Helper()
	var out bytes.Buffer
	r.TempDir = t.TempDir()
	if err := Write(&out, r, results); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(r.TempDir); err != nil || len(left) > 0 {
		t.Errorf("files left in the temporary folder: %v %v", left, err)
	}
	return out.Bytes()
}

func sampleBook(t *testing.T) []byte {
	t.Helper()
	book := written(t, sampleReport(), results(sampleResults()...))
	if to := os.Getenv("SAMPLE_OUT"); to != "" { // to look at it
		if err := os.WriteFile(to, book, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return book
}

func TestSameInSameOut(t *testing.T) {
	first := sampleBook(t)
	for range 5 {
		if !bytes.Equal(first, sampleBook(t)) {
			t.Fatal("the same report was written twice with different bytes")
		}
	}
}

// TestSheets compares each sheet of the sample with its golden: a line for
// each filled cell.
func TestSheets(t *testing.T) {
	f := opened(t, sampleBook(t)).file
	sheets := f.GetSheetList()
	for _, tab := range All {
		t.Run(tab.Name, func(t *testing.T) {
			if !slices.Contains(sheets, tab.Name) {
				t.Fatalf("the sample has nothing for this sheet: add it to sampleResults or sampleReport")
			}
			golden(t, strings.ReplaceAll(strings.ToLower(tab.Name), " ", "_")+".golden", dump(t, f, tab.Name))
		})
	}
	if len(sheets) != len(All) {
		t.Errorf("sheets %v, want one for each card", sheets)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update and read what comes)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// dump is a sheet as text. Seals are left out: they have a test of their own.
func dump(t *testing.T, f *excelize.File, sheet string) string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n, cells := range rows {
		for i, c := range cells {
			if c == "" || strings.HasPrefix(c, sealMark+".") {
				continue
			}
			fmt.Fprintf(&b, "%s%d\t%s\n", columnName(i+1), n+1, strings.ReplaceAll(c, "\n", " ⏎ "))
		}
	}
	return b.String()
}

// inside are the parts of a workbook.
func inside(t *testing.T, book []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, m := range z.File {
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[m.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return parts
}

// sheetXML is the part a sheet is kept in.
func sheetXML(t *testing.T, book []byte, sheet string) string {
	t.Helper()
	at := slices.Index(opened(t, book).file.GetSheetList(), sheet)
	if at < 0 {
		t.Fatalf("no sheet %s", sheet)
	}
	return string(inside(t, book)[fmt.Sprintf("xl/worksheets/sheet%d.xml", at+1)])
}

// TestPromisesAreInTheFile looks for what the library drops without a word
// when it is asked in the wrong order.
func TestPromisesAreInTheFile(t *testing.T) {
	book := sampleBook(t)
	for sheet, tags := range map[string][]string{
		"Review": {
			"<pane ", `state="frozen"`, "<cols>", `hidden="1"`, `<sheetProtection sheet="true"`, "<autoFilter ", "<conditionalFormatting ", "<dataValidations ",
			`type="list"`, `type="date"`, "<hyperlinks>", `fitToPage="true"`, `<dimension ref="A1:AM5">`, "<pageSetup ", "<headerFooter>", `tabSelected="true"`,
		},
		"All rows":      {"<pane ", "<autoFilter ", `fitToPage="true"`, `<dimension ref="A1:N12">`},
		"Summary":       {"<drawing ", `fitToPage="true"`, "<mergeCell "},
		"Party pages":   {"<hyperlinks>", `fitToPage="true"`},
		"Rejected rows": {"<pane ", "<autoFilter "},
	} {
		text := sheetXML(t, book, sheet)
		for _, tag := range tags {
			if !strings.Contains(text, tag) {
				t.Errorf("%s has no %s", sheet, tag)
			}
		}
	}
	if n := strings.Count(sheetXML(t, book, "Review"), "<conditionalFormatting "); n != 9 {
		t.Errorf("%d marks for wanted cells, want those of verdict, reason, reviewer, second reviewer and note, and of four that close a true match", n)
	}
	charts := 0
	for name := range inside(t, book) {
		if strings.HasPrefix(name, "xl/charts/chart") {
			charts++
		}
	}
	if charts != 2 {
		t.Errorf("%d charts, want rows by grade and matches by list", charts)
	}
	if workbook := string(inside(t, book)["xl/workbook.xml"]); !strings.Contains(workbook, `activeTab="1"`) || !strings.Contains(workbook, "&#39;Review&#39;!$A:$C,&#39;Review&#39;!$2:$2") {
		t.Error("the workbook does not open on Review, or does not repeat its headers on paper")
	}
}

// TestElementsInOrder checks each sheet against the order the schema gives
// (ECMA-376 part 1, CT_Worksheet): a strict reader repairs what is out of it.
func TestElementsInOrder(t *testing.T) {
	order := strings.Fields(`sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges
		scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations
		hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors
		smartTags drawing legacyDrawing tableParts extLst`)
	for name, part := range inside(t, sampleBook(t)) {
		if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
			t.Errorf("%s is no XML", name)
		}
		dec := xml.NewDecoder(bytes.NewReader(part))
		depth, last, row := 0, -1, 0
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			switch el := tok.(type) {
			case xml.StartElement:
				if depth++; !strings.HasPrefix(name, "xl/worksheets/sheet") {
					continue
				}
				if depth == 2 {
					at := slices.Index(order, el.Name.Local)
					if at < last || at < 0 {
						t.Errorf("%s: %s stands behind %s", name, el.Name.Local, order[max(0, last)])
					}
					last = at
				}
				if el.Name.Local == "f" {
					t.Errorf("%s holds a formula", name)
				}
				if el.Name.Local == "row" {
					n := 0
					fmt.Sscan(el.Attr[0].Value, &n)
					if n <= row {
						t.Errorf("%s: row %d stands behind row %d", name, n, row)
					}
					row = n
				}
			case xml.EndElement:
				depth--
			}
		}
	}
}

// TestWords holds every sentence of the product's own against the words a
// reader must never see. The sample's rows have none of them.
func TestWords(t *testing.T) {
	f := opened(t, sampleBook(t)).file
	for _, sheet := range f.GetSheetList() {
		text := strings.ToLower(dump(t, f, sheet))
		for _, word := range []string{"cleared", "safe", "clean", "suspicious", "guilty", "high-risk"} {
			if strings.Contains(text, word) {
				t.Errorf("%s says %q", sheet, word)
			}
		}
	}
}

// A text longer than the page makes programs print the whole page small.
func TestSummaryFitsItsPaper(t *testing.T) {
	r := sampleReport()
	r.Run.NotChecked = append(r.Run.NotChecked, strings.Repeat("a rule that is not enabled; ", 20))
	f := opened(t, written(t, r, results(sampleResults()...))).file
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		for j, text := range row {
			cell := fmt.Sprint(columnName(j+1), i+1)
			room := 0.0
			for k := j + 1; k <= 6; k++ {
				width, err := f.GetColWidth("Summary", columnName(k))
				if err != nil {
					t.Fatal(err)
				}
				room += width
			}
			id, err := f.GetCellStyle("Summary", cell)
			if err != nil {
				t.Fatal(err)
			}
			style, err := f.GetStyle(id)
			if err != nil {
				t.Fatal(err)
			}
			wraps := style.Alignment != nil && style.Alignment.WrapText
			if lines := linesIn(text, room); lines > 1 && !wraps {
				t.Errorf("%s runs on beyond the page: %s", cell, text)
			}
		}
	}
}

// TestOpensWithWhatIsMissing wants the lists that were not used above
// everything else.
func TestOpensWithWhatIsMissing(t *testing.T) {
	f := opened(t, sampleBook(t)).file
	if got, err := f.GetCellValue("Summary", "A1"); err != nil || got != "Not screened against cc_watch_list (Watch list of Cc): never imported" {
		t.Errorf("Summary opens with %q", got)
	}
}

func TestNothingLost(t *testing.T) {
	for _, sheetRows := range []int{0, 7} { // on one sheet, and going on over several
		r := sampleReport()
		r.SheetRows = sheetRows
		f := opened(t, written(t, r, manyResults(60))).file
		rows, names := map[string]int{}, map[string]int{}
		for _, sheet := range f.GetSheetList() {
			tab, _, _ := strings.Cut(sheet, " (")
			all, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			rows[tab] += max(0, len(all)-headerRow)
			names[tab]++
			if sheetRows > 0 && tab == "All rows" && len(all) > sheetRows+headerRow {
				t.Errorf("%s has %d rows", sheet, len(all))
			}
		}
		// Of 60 rows one in fifty from the 8th is rejected and one in forty from the 4th flagged.
		if rows["All rows"] != 60 || rows["Rejected rows"] != 2 || rows["Review"] != 2 || rows["Not flagged"] != 56 {
			t.Errorf("rows by sheet: %v", rows)
		}
		if want := map[bool]int{false: 1, true: 9}[sheetRows > 0]; names["All rows"] != want {
			t.Errorf("All rows stands on %d sheets, want %d", names["All rows"], want)
		}
	}
}

func TestEmptyRun(t *testing.T) {
	run := sampleRun()
	run.Editions, run.Inputs = run.Editions[:1], nil
	book := written(t, &Report{Run: run, Generated: sampleTime}, results())
	f := opened(t, book).file
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Summary", "Lists used", "Policy", "Methods"}) {
		t.Errorf("sheets %v, want no sheet without rows", got)
	}
	if f.GetActiveSheetIndex() != 0 {
		t.Error("the workbook does not open on Summary")
	}
}

func TestCountsThatDiffer(t *testing.T) {
	r := sampleReport()
	r.Run.Counts = screening.Counts{RowsIn: 12, RowsScreened: 11, RowsRejected: 1}
	f := opened(t, written(t, r, results(sampleResults()...))).file
	if text := dump(t, f, "Summary"); !strings.Contains(text, "counted 12 rows in, 11 screened and 1 rejected; this workbook holds 10, 9 and 1") {
		t.Errorf("Summary says nothing of rows that are not there:\n%s", text)
	}
}

func TestWriteStopsAtAnError(t *testing.T) {
	r := sampleReport()
	r.TempDir = t.TempDir()
	broken := errors.New("broken store")
	err := Write(io.Discard, r, func(yield func(*screening.Result, error) bool) { yield(nil, broken) })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(r.TempDir); len(left) > 0 {
		t.Errorf("files left: %v", left)
	}
}

// TestLinks makes no more links than a sheet takes in reasonable time, and
// none from an address that is not of the web.
func TestLinks(t *testing.T) {
	all := sampleResults()
	var many []*screening.Result
	for i := range maxLinks + 5 {
		r := *all[0]
		pr := r.Parties[0]
		pr.Matches = slices.Clone(pr.Matches)
		pr.Matches[0].Key = fmt.Sprint("k", i)
		pr.Matches[0].Grade = screening.Review
		r.Parties = []screening.PartyResult{pr}
		many = append(many, &r)
	}
	text := sheetXML(t, written(t, sampleReport(), results(many...)), "Review")
	if n := strings.Count(text, "<hyperlink "); n != maxLinks {
		t.Errorf("%d links, want %d", n, maxLinks)
	}
	if n := strings.Count(text, "https://lists.example/AA-1017"); n != maxLinks+5 {
		t.Errorf("%d addresses, want every line's", n)
	}
	for url, want := range map[string]bool{
		"https://a.example/x": true, "http://a.example": true, "javascript:alert(1)": false, "file:///etc/passwd": false,
		"https://": false, "httpx://a": false, "https://a b": false, "": false, "https://a.example/\"": false,
	} {
		if webAddress(url) != want {
			t.Errorf("webAddress(%q) = %v", url, !want)
		}
	}
}
