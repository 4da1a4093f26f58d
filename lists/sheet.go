package lists

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
)

// Limits on a workbook: the file itself, and what it unpacks to. The largest
// published list is 1.3 MB and unpacks to 20 MB.
const (
	maxWorkbook = 64 << 20
	maxUnpacked = 256 << 20
	mostCells   = 10_000_000 // those counted that a row reaches over
)

// listBook bounds a published workbook before it is opened.
var listBook = screening.WorkbookLimits{
	Parts: 1_000, Unzipped: maxUnpacked, Aside: 8 << 20, Held: 128 << 20, Spills: spills, Ratio: 300,
	Rows: 2_000_000, Cells: mostCells, Texts: 1_500_000, Row: 8 << 20, Time: 2 * time.Minute,
}

// spills is how large a member may be and stay in memory while it is read.
const spills = 16 << 20

// sheetRows reads the first sheet of an XLSX workbook by the names of its
// columns, raw: a date is the number Excel keeps (see DateOfSerial). It hands
// each row that is not blank to do, and returns what is odd about the sheet.
// It errors when the file is no workbook, is empty, or lacks a needed column.
func sheetRows(r io.Reader, file string, cols columns, do func(row) error) (odd []Finding, err error) {
	var t *table
	others, err := sheetCells(r, file, func(line int, cells []string) (err error) {
		if t == nil {
			t, err = sheetHeader(file, cells, cols)
			return err
		}
		return do(row{Line: line, t: t, cells: cells})
	})
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, fmt.Errorf("%s has no rows", file)
	}
	return append(t.Findings, others...), nil
}

// sheetCells hands each row of the first sheet of a workbook that is not blank
// to do, with its number as Excel shows it. Another sheet that holds anything
// is a finding that holds the edition.
func sheetCells(r io.Reader, file string, do func(line int, cells []string) error) (others []Finding, err error) {
	b, err := io.ReadAll(io.LimitReader(r, maxWorkbook+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	switch {
	case len(b) == 0:
		return nil, fmt.Errorf("%s is empty", file)
	case len(b) > maxWorkbook:
		return nil, fmt.Errorf("%s is larger than %d MB", file, maxWorkbook>>20)
	case looksHTML(b):
		return nil, fmt.Errorf("%s %w", file, errHTML)
	case !bytes.HasPrefix(b, []byte("PK")):
		return nil, fmt.Errorf("%s is not an XLSX workbook", file)
	}
	late := overdue(r)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("%s is not a whole XLSX workbook: %w", file, io.ErrUnexpectedEOF)
	}
	if err := screening.VetWorkbook(context.Background(), z, listBook); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	defer func() { // a broken workbook must not take the program down with its library
		if p := recover(); p != nil {
			err = fmt.Errorf("reading %s: the workbook is broken: %v", file, p)
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: spills})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return nil, fmt.Errorf("%s has no sheet", file)
	}
	if err := eachRow(book, sheets[0], file, late, do); err != nil {
		return nil, err
	}
	for _, more := range sheets[1:] {
		err := eachRow(book, more, file, late, func(int, []string) error { return errFilled })
		if err != nil && !errors.Is(err, errFilled) {
			return nil, err
		}
		if err != nil {
			others = append(others, Finding{Kind: "column", Place: file, Text: fmt.Sprintf("another sheet %q is not read", more), Holds: true})
		}
	}
	return others, nil
}

// errFilled stops the reading of a sheet at its first row that is not blank.
var errFilled = errors.New("the sheet is not empty")

func eachRow(book *excelize.File, sheet, file string, late func() error, do func(line int, cells []string) error) (err error) {
	rows, err := book.Rows(sheet)
	if err != nil {
		return fmt.Errorf("reading %s, sheet %s: %w", file, sheet, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	all := 0
	for line := 1; rows.Next(); line++ {
		if err := late(); err != nil {
			return err
		}
		cells, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("reading %s row %d: %w", file, line, err)
		}
		if all += len(cells); all > mostCells {
			return fmt.Errorf("reading %s row %d: its rows reach over more than %d cells", file, line, mostCells)
		}
		filled := false
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "_x000D_", "\n")) // how a carriage return is written when it is not
			filled = filled || cells[i] != ""
		}
		if !filled {
			continue
		}
		if err := do(line, cells); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	return nil
}

// sheetHeader makes the first filled row the names of the columns.
func sheetHeader(file string, cells []string, cols columns) (*table, error) {
	t := &table{file: file, index: map[string]int{}}
	for i, h := range cells {
		h = tidy(h)
		t.header = append(t.header, h)
		if cols.Fold {
			h = strings.ToLower(h)
		}
		if _, twice := t.index[h]; !twice {
			t.index[h] = i
		}
		if h != "" && !slices.Contains(cols.Need, h) && !slices.Contains(cols.Know, h) {
			t.Findings = append(t.Findings, Finding{Kind: "column", Place: file, Text: fmt.Sprintf("unknown column %q", h), Holds: true})
		}
	}
	for _, need := range cols.Need {
		if !t.Has(need) {
			return nil, fmt.Errorf("%s has no column %q (its columns are: %s)", file, need, strings.Join(t.header, ", "))
		}
	}
	return t, nil
}
