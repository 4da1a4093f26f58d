package reports

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
)

// reviewer is a person at a workbook: it opens one, does things, saves it.
type reviewer struct {
	t    *testing.T
	file *excelize.File
}

func opened(t *testing.T, book []byte) *reviewer {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &reviewer{t, f}
}

func (rv *reviewer) ok(err error) {
	rv.t.Helper()
	if err != nil {
		rv.t.Fatal(err)
	}
}

// cell is where a column of Review stands in a row, wherever it was moved to.
func (rv *reviewer) cell(sheet, title string, row int) string {
	rv.t.Helper()
	rows, err := rv.file.GetRows(sheet)
	rv.ok(err)
	for _, cells := range rows {
		if i := slices.Index(cells, title); i >= 0 {
			return columnName(i+1) + fmt.Sprint(row)
		}
	}
	rv.t.Fatalf("no column %q", title)
	return ""
}

func (rv *reviewer) set(title string, row int, value any) {
	rv.t.Helper()
	rv.ok(rv.file.SetCellValue("Review", rv.cell("Review", title, row), value))
}

func (rv *reviewer) decide(row int, verdict, reason string) {
	rv.t.Helper()
	rv.set(colVerdict, row, verdict)
	rv.set(colReason, row, reason)
	rv.set(colReviewer, row, "A. Reader")
}

// fill decides all three lines of the sample.
func (rv *reviewer) fill() {
	rv.t.Helper()
	rv.decide(3, "True match", "Same name and place")
	rv.set(colSecond, 3, "B. Second")
	rv.decide(4, "False positive", "Different place")
	rv.set(colNote, 4, "seen their register entry")
	rv.set(colExpires, 4, time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC))
	rv.decide(5, "Needs information", "Identifier wanted")
}

func (rv *reviewer) saved() []byte {
	rv.t.Helper()
	var out bytes.Buffer
	rv.ok(rv.file.Write(&out))
	return out.Bytes()
}

func readBack(t *testing.T, book []byte) (*Decisions, error) {
	t.Helper()
	return ReadDecisions(t.Context(), bytes.NewReader(book), int64(len(book)), [][]byte{sampleKey}, Limits{Now: sampleTime, TempDir: t.TempDir()})
}

// told is what came back, in few words: applied verdicts by key, then
// problems by cell.
func told(d *Decisions) string {
	var out []string
	for _, l := range d.Lines {
		line := strings.TrimPrefix(l.Key, "k-") + " " + string(l.Verdict)
		for _, e := range l.Except {
			line += " but " + e.List
		}
		if l.Split != "" {
			line += " " + string(l.Split)
		}
		if c := l.Closed; c.Closing != "" {
			line += ", closed: " + string(c.Closing)
			for _, x := range []string{c.Number, c.Terms} {
				if x != "" {
					line += " " + x
				}
			}
			if !c.Until.IsZero() {
				line += " until " + c.Until.Format(time.DateOnly)
			}
			if len(c.Rows) > 0 {
				line += fmt.Sprint(" rows ", c.Rows)
			}
		}
		out = append(out, line)
	}
	slices.Sort(out)
	for _, p := range d.Problems {
		out = append(out, p.String())
	}
	return strings.Join(out, "\n")
}

const allApplied = `hostile needs_information
sorvenne-b204 false_positive
veltraxis-aa1017 true_match`

func TestReadDecisions(t *testing.T) {
	rv := opened(t, sampleBook(t))
	rv.fill()
	rv.set(colExcept, 3, "2")
	d, err := readBack(t, rv.saved())
	if err != nil {
		t.Fatal(err)
	}
	want := &Decisions{Lines: []Line{
		{
			Key: "k-veltraxis-aa1017", Run: "2026-11-23-0007", Grade: screening.Escalate, Verdict: screening.TrueMatch, Reason: "same_name_and_place",
			Reviewer: "A. Reader", Second: "B. Second", Except: []Listed{{"bb_export_entities", "B/77"}}, Cell: "Review!W3",
		},
		{
			Key: "k-sorvenne-b204", Run: "2026-11-23-0007", Grade: screening.Review, Verdict: screening.FalsePositive, Reason: "different_place",
			Note: "seen their register entry", Reviewer: "A. Reader", Expires: time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC), Cell: "Review!W4",
		},
		{
			Key: "k-hostile", Run: "2026-11-23-0007", Grade: screening.Review, Verdict: screening.NeedsInformation, Reason: "identifier_wanted",
			Reviewer: "A. Reader", Cell: "Review!W5",
		},
	}}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("what came back (-want +got):\n%s", diff)
	}
}

// TestWhatHappensToWorkbooks does to a workbook what people do, and says what
// is applied and what is reported.
func TestWhatHappensToWorkbooks(t *testing.T) {
	book := sampleBook(t)
	tests := []struct {
		name string
		do   func(*reviewer)
		want string
	}{
		{"filled in and saved", func(*reviewer) {}, allApplied},
		{"rows sorted the other way", func(rv *reviewer) {
			rv.ok(rv.file.DuplicateRowTo("Review", 3, 6))
			rv.ok(rv.file.RemoveRow("Review", 3))
		}, allApplied},
		{"rows filtered", func(rv *reviewer) { rv.ok(rv.file.SetRowVisible("Review", 4, false)) }, allApplied},
		{"a line deleted", func(rv *reviewer) { rv.ok(rv.file.RemoveRow("Review", 4)) },
			"hostile needs_information\nveltraxis-aa1017 true_match"},
		{"a column of one's own in between", func(rv *reviewer) {
			rv.ok(rv.file.InsertCols("Review", "D", 1))
			rv.ok(rv.file.SetCellValue("Review", "D2", "My thoughts"))
			rv.ok(rv.file.SetCellValue("Review", "D3", "hm"))
		}, allApplied},
		{"a column moved to the front", func(rv *reviewer) { rv.move(colVerdict, "A") }, allApplied},
		{"a sealed column moved to the end", func(rv *reviewer) { rv.move("Party", "AN") }, allApplied},
		{"a column of one's own with the title of a sealed one", func(rv *reviewer) {
			rv.ok(rv.file.InsertCols("Review", "C", 1))
			rv.ok(rv.file.SetCellValue("Review", "C2", "Notes"))
			rv.ok(rv.file.SetCellValue("Review", "C3", "call them"))
		}, allApplied},
		{"a column of one's own with the title of a green one", func(rv *reviewer) {
			rv.ok(rv.file.SetCellValue("Review", "AN2", "Note"))
		}, "Review!AN2: there are two columns “Note”; give yours another name"},
		{"the sheet renamed and moved", func(rv *reviewer) {
			rv.ok(rv.file.SetSheetName("Review", "Reviewed by A"))
			rv.ok(rv.file.MoveSheet("Reviewed by A", "Summary"))
		}, allApplied},
		{"every other sheet deleted", func(rv *reviewer) {
			for _, s := range rv.file.GetSheetList() {
				if s != "Review" {
					rv.ok(rv.file.DeleteSheet(s))
				}
			}
		}, allApplied},
		{"rows put in above the header", func(rv *reviewer) {
			rv.ok(rv.file.InsertRows("Review", 1, 3))
			rv.ok(rv.file.SetCellValue("Review", "A1", "for Monday"))
		}, allApplied},
		{"verdicts typed by hand", func(rv *reviewer) {
			rv.set(colVerdict, 3, "TRUE_MATCH")
			rv.set(colVerdict, 4, " false  Positive ")
			rv.set(colReason, 4, "different_place")
		}, allApplied},
		{"a locked cell changed", func(rv *reviewer) { rv.set("Matched name", 4, "Somebody Else") },
			"hostile needs_information\nveltraxis-aa1017 true_match\n" +
				"Review!H4: “Matched name” is not what this program wrote, so the verdict may be about something else; decide the line in a fresh file"},
		{"some columns sorted without the others", func(rv *reviewer) {
			rv.set("Party", 4, "=1+1")
			rv.set("Party", 5, "Sorvenne Aerostats Ltd")
		}, "veltraxis-aa1017 true_match\n" +
			"Review!C4: “Party” is not what this program wrote, so the verdict may be about something else; decide the line in a fresh file\n" +
			"Review!C5: “Party” is not what this program wrote, so the verdict may be about something else; decide the line in a fresh file"},
		{"the key of one line put on another", func(rv *reviewer) { rv.set(colKey, 5, "k-veltraxis-aa1017") },
			"sorvenne-b204 false_positive\nveltraxis-aa1017 true_match\n" +
				"Review!AM5: the seal does not fit: the hidden key, run or seal was changed, or another server made this file"},
		{"a locked column deleted", func(rv *reviewer) { rv.ok(rv.file.RemoveCol("Review", "C")) },
			"Review!A2: column “Party” is gone, so no line of this sheet can be checked; put it back from the file as it was made"},
		{"a verdict that is none", func(rv *reviewer) { rv.set(colVerdict, 4, "maybe") },
			"hostile needs_information\nveltraxis-aa1017 true_match\n" +
				"Review!W4: no verdict of the list; choose False positive, True match, Needs information"},
		{"no reviewer, and a reason for another verdict", func(rv *reviewer) {
			rv.set(colReviewer, 3, "")
			rv.set(colReason, 5, "Different name")
		}, "sorvenne-b204 false_positive\n" +
			"Review!AB3: a verdict wants its reviewer's name\n" +
			"Review!X5: “Different name” is a reason for “False positive”, and the verdict is another"},
		{"the second reviewer is the first", func(rv *reviewer) { rv.set(colSecond, 3, "a. reader") },
			"hostile needs_information\nsorvenne-b204 false_positive\n" +
				"Review!AC3: the second reviewer is the first; another person must look"},
		{"dates that are past, ambiguous, and in words", func(rv *reviewer) {
			rv.set(colExpires, 3, "2026-11-01")
			rv.set(colExpires, 4, "03/04/2027")
			rv.set(colExpires, 5, "next summer")
		}, "Review!AD3: the date lies in the past; a verdict holds until a day to come\n" +
			"Review!AD4: no date, or one that can be read in two ways; write it as 2027-06-30\n" +
			"Review!AD5: no date, or one that can be read in two ways; write it as 2027-06-30"},
		{"a line copied, and both agree", func(rv *reviewer) { rv.ok(rv.file.DuplicateRowTo("Review", 4, 6)) }, allApplied},
		{"a line copied, and the copies disagree", func(rv *reviewer) {
			rv.ok(rv.file.DuplicateRowTo("Review", 4, 6))
			rv.decide(6, "True match", "Party confirmed it")
		}, "hostile needs_information\nveltraxis-aa1017 true_match\n" +
			"Review!W4: the same line stands here more than once with different decisions; keep one of them\n" +
			"Review!W6: the same line stands here more than once with different decisions; keep one of them"},
		{"verdicts taken out again", func(rv *reviewer) {
			rv.set(colVerdict, 3, "")
			rv.set(colReason, 3, "")
		}, "hostile needs_information\nsorvenne-b204 false_positive"},
		{"a reason and no verdict", func(rv *reviewer) { rv.set(colVerdict, 3, "") },
			"hostile needs_information\nsorvenne-b204 false_positive\n" +
				"Review!W3: no verdict of the list; choose False positive, True match, Needs information"},
		{"listings left out that are not there, or all of them", func(rv *reviewer) {
			rv.set(colExcept, 3, "3")
			rv.set(colExcept, 4, "1")
		}, "hostile needs_information\n" +
			"Review!Y3: wants numbers of listings from 1 to 2, with commas between them\n" +
			"Review!Y4: that leaves no listing for the verdict; choose “False positive” instead"},
		{"“Other” without a note", func(rv *reviewer) { rv.set(colReason, 3, "Other (say in the note)") },
			"hostile needs_information\nsorvenne-b204 false_positive\nReview!AA3: “Other (say in the note)” wants a note"},
		{"a line typed in by hand", func(rv *reviewer) {
			rv.set("Party", 6, "Quillon College")
			rv.decide(6, "False positive", "Different name")
		}, allApplied + "\nReview!W6: the line has no key or no seal, so it cannot be told which match it is about; decide it on its own line"},
		{"one listing split off with a verdict of its own", func(rv *reviewer) {
			rv.set(colExcept, 3, "2")
			rv.set(colSplit, 3, "False positive")
		}, "hostile needs_information\nsorvenne-b204 false_positive\nveltraxis-aa1017 true_match but bb_export_entities false_positive"},
		{"a verdict on listings nobody named, and one that is the line's own", func(rv *reviewer) {
			rv.set(colSplit, 4, "True match")
			rv.set(colExcept, 3, "2")
			rv.set(colSplit, 3, "True match")
		}, "hostile needs_information\n" +
			"Review!Z3: it is the verdict of the line; leave both cells empty\n" +
			"Review!Z4: say in “Not these listings” which listings it is about"},
		{"a true match closed by a licence", func(rv *reviewer) {
			rv.set(colClosed, 3, "Licence")
			rv.set(colNumber, 3, "2026-114")
			rv.set(colTerms, 3, "one spectrometer")
			rv.set(colUntil, 3, time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC))
			rv.set(colRows, 3, "3 and 9")
		}, "hostile needs_information\nsorvenne-b204 false_positive\n" +
			"veltraxis-aa1017 true_match, closed: licence 2026-114 one spectrometer until 2027-03-31 rows [3 9]"},
		{"closed in other ways, typed by hand", func(rv *reviewer) {
			rv.decide(4, "True match", "Party confirmed it")
			rv.decide(5, "True match", "Party confirmed it")
			rv.set(colClosed, 3, "no licence required")
			rv.set(colClosed, 4, "MITIGATED")
			rv.set(colTerms, 4, "no visits")
			rv.set(colClosed, 5, "general_licence")
			rv.set(colNumber, 5, "=GL 25D")
		}, "hostile true_match, closed: general_licence =GL 25D\nsorvenne-b204 true_match, closed: mitigated no visits\n" +
			"veltraxis-aa1017 true_match, closed: no_licence_required"},
		{"a licence without its number, scope or end", func(rv *reviewer) { rv.set(colClosed, 3, "Licence") },
			"hostile needs_information\nsorvenne-b204 false_positive\n" +
				"Review!AF3: “Licence” wants it\nReview!AG3: “Licence” wants it\nReview!AH3: “Licence” wants it"},
		{"a licence that has ended", func(rv *reviewer) {
			rv.set(colClosed, 3, "Stopped")
			rv.set(colUntil, 3, "2026-11-01")
		}, "hostile needs_information\nsorvenne-b204 false_positive\n" +
			"Review!AH3: the date lies in the past; a verdict holds until a day to come"},
		{"a false positive closed, a number without a closing, and a closing that is none", func(rv *reviewer) {
			rv.set(colClosed, 4, "Declined")
			rv.set(colNumber, 3, "2026-114")
			rv.decide(5, "True match", "Party confirmed it")
			rv.set(colClosed, 5, "sorted out")
		}, "Review!AE3: “Licence number” is filled in; say how the match is closed\n" +
			"Review!AE4: only a true match is closed, and the verdict is “False positive”\n" +
			"Review!AE5: none of the list; choose No licence required, Licence, General licence, Mitigated, Declined, Stopped"},
		{"closed, and no verdict", func(rv *reviewer) {
			rv.set(colVerdict, 3, "")
			rv.set(colReason, 3, "")
			rv.set(colClosed, 3, "Declined")
		}, "hostile needs_information\nsorvenne-b204 false_positive\n" +
			"Review!W3: no verdict of the list; choose False positive, True match, Needs information\n" +
			"Review!X3: a verdict wants a reason; choose one of the list"},
		{"rows that are no numbers", func(rv *reviewer) {
			rv.set(colClosed, 3, "Declined")
			rv.set(colRows, 3, "all")
		}, "hostile needs_information\nsorvenne-b204 false_positive\n" +
			"Review!AI3: wants numbers of rows as “Rows in your file” has them, with commas between them"},
		{"a licence on a copy of the line", func(rv *reviewer) {
			rv.ok(rv.file.DuplicateRowTo("Review", 3, 6))
			rv.set(colClosed, 6, "Declined")
		}, "hostile needs_information\nsorvenne-b204 false_positive\n" +
			"Review!W3: the same line stands here more than once with different decisions; keep one of them\n" +
			"Review!W6: the same line stands here more than once with different decisions; keep one of them"},
		{"the blue columns deleted", func(rv *reviewer) {
			for range 5 {
				rv.ok(rv.file.RemoveCol("Review", "AE"))
			}
		}, allApplied},
		{"a blue column moved to the front", func(rv *reviewer) {
			rv.set(colClosed, 3, "Declined")
			rv.move(colClosed, "A")
		}, "hostile needs_information\nsorvenne-b204 false_positive\nveltraxis-aa1017 true_match, closed: declined"},
		{"formulas typed into green cells", func(rv *reviewer) {
			rv.ok(rv.file.SetCellFormula("Review", rv.cell("Review", colVerdict, 4), `"True match"`))
			rv.ok(rv.file.SetCellValue("Review", rv.cell("Review", colVerdict, 3), nil))
		}, "hostile needs_information\n" +
			"Review!W3: no verdict of the list; choose False positive, True match, Needs information\n" +
			"Review!W4: no verdict of the list; choose False positive, True match, Needs information"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rv := opened(t, book)
			rv.fill()
			tt.do(rv)
			d, err := readBack(t, rv.saved())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, told(d)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// move puts a column of Review somewhere else.
func (rv *reviewer) move(title, to string) {
	rv.t.Helper()
	rows, err := rv.file.GetRows("Review", excelize.Options{RawCellValue: true})
	rv.ok(err)
	from := slices.Index(rows[1], title)
	rv.ok(rv.file.InsertCols("Review", to, 1))
	for n, cells := range rows {
		if n > 0 {
			rv.ok(rv.file.SetCellValue("Review", to+fmt.Sprint(n+1), at(cells, from)))
		}
	}
	old := columnName(from + 1)
	if to == "A" {
		old = columnName(from + 2)
	}
	rv.ok(rv.file.RemoveCol("Review", old))
}

func TestReadDecisionsTwiceIsTheSame(t *testing.T) {
	rv := opened(t, sampleBook(t))
	rv.fill()
	book := rv.saved()
	first, err := readBack(t, book)
	if err != nil {
		t.Fatal(err)
	}
	again, err := readBack(t, book)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
}

func TestReadDecisionsUndecided(t *testing.T) {
	d, err := readBack(t, sampleBook(t))
	if err != nil || len(d.Lines) > 0 || len(d.Problems) > 0 || d.Undecided != 3 {
		t.Errorf("an untouched workbook: %+v, %v; want three undecided lines and nothing else", d, err)
	}
}

func TestReadDecisionsOtherKey(t *testing.T) {
	rv := opened(t, sampleBook(t))
	rv.fill()
	book := rv.saved()
	other := [][]byte{[]byte("another server's key")}
	d, err := ReadDecisions(t.Context(), bytes.NewReader(book), int64(len(book)), other, Limits{})
	if err != nil || len(d.Lines) != 0 || len(d.Problems) != 3 {
		t.Errorf("with another key: %v, %v; want three problems", told(d), err)
	}
	d, err = ReadDecisions(t.Context(), bytes.NewReader(book), int64(len(book)), append(other, sampleKey), Limits{})
	if err != nil || told(d) != allApplied {
		t.Errorf("with the old key beside a new one: %v, %v", told(d), err)
	}
	for _, keys := range [][][]byte{nil, {{}}} {
		if _, err := ReadDecisions(t.Context(), bytes.NewReader(book), int64(len(book)), keys, Limits{}); err == nil {
			t.Error("read without a key")
		}
	}
}

func TestReadDecisionsRefuses(t *testing.T) {
	plain := excelize.NewFile()
	defer plain.Close()
	var empty bytes.Buffer
	if err := plain.Write(&empty); err != nil {
		t.Fatal(err)
	}
	book := sampleBook(t)
	tests := []struct {
		name   string
		book   []byte
		limits Limits
		want   error
		say    string
	}{
		{"nothing", nil, Limits{}, ErrNotWorkbook, "empty"},
		{"a PDF", []byte("%PDF-1.7 and so on, for long enough"), Limits{}, ErrNotWorkbook, "save the file as .xlsx"},
		{"a password", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on"), Limits{}, ErrNotWorkbook, "password"},
		{"cut short", book[:len(book)/2], Limits{}, ErrNotWorkbook, "save the file as .xlsx"},
		{"another workbook", empty.Bytes(), Limits{}, ErrNoReview, colSeal},
		{"a large file", book, Limits{Bytes: 1000}, ErrTooLarge, "limit"},
		{"large once opened", book, Limits{Unzipped: 10_000}, ErrTooLarge, "opened"},
		{"many rows", book, Limits{Rows: 3}, ErrTooLarge, "rows"},
		{"many cells", book, Limits{Cells: 90}, ErrTooLarge, "cells"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadDecisions(t.Context(), bytes.NewReader(tt.book), int64(len(tt.book)), [][]byte{sampleKey}, tt.limits)
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.say) {
				t.Errorf("got %v, want %v that says %q", err, tt.want, tt.say)
			}
		})
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := ReadDecisions(ctx, bytes.NewReader(book), int64(len(book)), [][]byte{sampleKey}, Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// zipped is a zip with the sample's parts, some of them replaced.
func zipped(t *testing.T, replace map[string][]byte) []byte {
	t.Helper()
	parts := inside(t, sampleBook(t))
	maps.Copy(parts, replace)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(parts[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestHostileWorkbooks are small files that would cost much to open. Each
// must be refused, and soon.
func TestHostileWorkbooks(t *testing.T) {
	sheet := func(rows string) []byte {
		return []byte(`<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`)
	}
	var wide strings.Builder
	for n := range 20_000 {
		fmt.Fprintf(&wide, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, n+1, n+1)
	}
	tests := []struct {
		name string
		book []byte
		want error
	}{
		{"200 MB of blanks in a sheet", zipped(t, map[string][]byte{"xl/worksheets/sheet1.xml": sheet(strings.Repeat(" ", 200<<20))}), ErrTooLarge},
		{"a style sheet of 40 MB", zipped(t, map[string][]byte{"xl/styles.xml": bytes.Repeat([]byte("<xf/>"), 8<<20)}), ErrTooLarge},
		{"every sheet's rows reach the last column", zipped(t, map[string][]byte{
			"xl/worksheets/sheet1.xml": sheet(wide.String()), "xl/worksheets/sheet2.xml": sheet(wide.String()),
		}), ErrNoReview},
		{"a cell in the last row of all", zipped(t, map[string][]byte{"xl/worksheets/sheet2.xml": sheet(`<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>`)}), ErrNoReview},
		{"a sheet that is no XML", zipped(t, map[string][]byte{"xl/worksheets/sheet2.xml": []byte("<<<")}), ErrNoReview},
		{"a large sheet before a part that is no XML", zipped(t, map[string][]byte{"xl/worksheets/sheet1.xml": sheet(wide.String() + strings.Repeat("<row/>", 1<<20)), "xl/workbook.xml": []byte("<<<")}), ErrNotWorkbook},
		{"a workbook part that is no XML", zipped(t, map[string][]byte{"xl/workbook.xml": []byte("<<<")}), ErrNotWorkbook},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			defer stop()
			dir := t.TempDir()
			_, err := ReadDecisions(ctx, bytes.NewReader(tt.book), int64(len(tt.book)), [][]byte{sampleKey}, Limits{TempDir: dir})
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("files left: %v %v", left, err)
			}
		})
	}
}

// FuzzReadDecisions wants no panic and no decision from bytes that were not sealed.
func FuzzReadDecisions(f *testing.F) {
	var book bytes.Buffer
	if err := Write(&book, sampleReport(), results(sampleResults()...)); err != nil {
		f.Fatal(err)
	}
	f.Add(book.Bytes())
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("%PDF-1.7 long enough to be looked at"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		defer stop()
		d, err := ReadDecisions(ctx, bytes.NewReader(b), int64(len(b)), [][]byte{[]byte("another key")}, Limits{TempDir: t.TempDir(), Unzipped: 8 << 20})
		if err == nil && len(d.Lines) > 0 {
			t.Errorf("lines of another key were taken: %v", d.Lines)
		}
	})
}

// FuzzReviewSheet wants that no change to the sheet makes a decision on a
// match that the sealed lines are not about.
func FuzzReviewSheet(f *testing.F) {
	x := excelize.NewFile()
	defer x.Close()
	var empty, book bytes.Buffer
	if err := x.Write(&empty); err != nil {
		f.Fatal(err)
	}
	if err := Write(&book, sampleReport(), results(sampleResults()...)); err != nil {
		f.Fatal(err)
	}
	read := func(b []byte, name string) map[string][]byte {
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			f.Fatal(err)
		}
		parts := map[string][]byte{}
		for _, m := range z.File {
			if name != "" && m.Name != name {
				continue
			}
			r, err := m.Open()
			if err != nil {
				f.Fatal(err)
			}
			if parts[m.Name], err = io.ReadAll(r); err != nil {
				f.Fatal(err)
			}
		}
		return parts
	}
	parts := read(empty.Bytes(), "")
	sheet := read(book.Bytes(), "xl/worksheets/sheet2.xml")["xl/worksheets/sheet2.xml"]
	f.Add(sheet)
	f.Add(bytes.Replace(sheet, []byte(`r="W3" s="13"`), []byte(`r="W3" t="str"`), 1))
	f.Add([]byte(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Key</t></is></c></row></sheetData></worksheet>`))
	f.Fuzz(func(t *testing.T, sheet []byte) {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, name := range slices.Sorted(maps.Keys(parts)) {
			b := parts[name]
			if name == "xl/worksheets/sheet1.xml" {
				b = sheet
			}
			w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(b); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		defer stop()
		d, err := ReadDecisions(ctx, bytes.NewReader(out.Bytes()), int64(out.Len()), [][]byte{sampleKey}, Limits{TempDir: os.TempDir(), Rows: 1000})
		if err != nil {
			return
		}
		for _, l := range d.Lines {
			if !slices.Contains([]string{"k-veltraxis-aa1017", "k-sorvenne-b204", "k-hostile"}, l.Key) {
				t.Errorf("a line nobody sealed was taken: %+v", l)
			}
		}
	})
}

func TestExceptions(t *testing.T) {
	// The first two are one party under two programmes.
	ids := `[{"list":"aa","entity":"1"},{"list":"aa","entity":"1"},{"list":"bb","entity":"x 2"}]`
	aa, bb := Listed{"aa", "1"}, Listed{"bb", "x 2"}
	tests := []struct {
		in   string
		want []Listed
		ok   bool
	}{
		{"", nil, true},
		{"3", []Listed{bb}, true},
		{" 1, 2 ", []Listed{aa}, true},
		{"1 and 2", []Listed{aa}, true},
		{"#3.", []Listed{bb}, true},
		{"1, 3", nil, false}, // nothing is left
		{"0", nil, false},
		{"4", nil, false},
		{"bb", nil, false},
		{"-1", nil, false},
		{"99999999999999999999", nil, false},
	}
	for _, tt := range tests {
		if got, what := exceptions(tt.in, ids); !slices.Equal(got, tt.want) || (what == "") != tt.ok {
			t.Errorf("exceptions(%q) = %v, %q", tt.in, got, what)
		}
	}
	if _, what := exceptions("1", "cut short"); what == "" {
		t.Error("listings that cannot be read were taken")
	}
}
