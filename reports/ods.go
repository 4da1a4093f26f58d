package reports

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// odsContent is the member of an OpenDocument file that holds its sheets.
const odsContent = "content.xml"

// longestCell is how much of a cell is read, in bytes: what a spreadsheet's
// 32,767 characters take at most.
const longestCell = 1 << 17

// ods reads the sheets of an OpenDocument spreadsheet, as LibreOffice saves
// one: the same lines under the same seals. Formulas count as empty cells.
func (rd *reading) ods(ctx context.Context, content *zip.File) error {
	r, err := content.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotWorkbook, err)
	}
	defer func() { _ = r.Close() }()
	in := &odsReader{rd: rd, dec: xml.NewDecoder(io.LimitReader(r, rd.limits.Unzipped))}
	for n := 0; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		tok, err := in.dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: its content cannot be read, or is protected by a password", ErrNotWorkbook)
		}
		if err := in.token(ctx, tok); err != nil {
			return err
		}
	}
}

// odsReader puts cells together from the tokens of a document.
type odsReader struct {
	rd    *reading
	dec   *xml.Decoder
	sheet *sheetLines // nil outside a sheet

	cells  []string
	row    int // the number of the row being read
	repeat int // how often that row stands there
	column int // the next cell's, 0-based

	cell    strings.Builder
	inCell  bool
	value   string // of a cell that is no text
	times   int    // how often the cell stands there
	formula bool
	lines   int // paragraphs so far in the cell
}

func attr(t *xml.StartElement, local string) string {
	for _, a := range t.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// count is a number of repetitions; 1 where there is none.
func count(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 1<<21)
}

func (in *odsReader) token(ctx context.Context, tok xml.Token) error {
	switch t := tok.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case "annotation", "shapes", "tracked-changes", "frame", "forms": // what is not a cell's text
			return in.dec.Skip()
		case "table":
			in.sheet, in.row = in.rd.lines(attr(&t, "name")), 1
		case "table-row":
			in.cells, in.column, in.repeat = in.cells[:0], 0, count(attr(&t, "number-rows-repeated"))
		case "table-cell", "covered-table-cell":
			in.begin(&t)
		case "p":
			if in.inCell && in.lines > 0 {
				in.cell.WriteByte('\n')
			}
			in.lines++
		case "s":
			in.cell.WriteString(strings.Repeat(" ", min(count(attr(&t, "c")), 1000)))
		case "tab":
			in.cell.WriteByte(' ')
		case "line-break":
			in.cell.WriteByte('\n')
		}
	case xml.CharData:
		if room := longestCell - in.cell.Len(); in.inCell && in.lines > 0 && room > 0 {
			in.cell.Write(t[:min(len(t), room)])
		}
	case xml.EndElement:
		switch t.Name.Local {
		case "table":
			in.sheet = nil
		case "table-cell", "covered-table-cell":
			return in.end()
		case "table-row":
			return in.endRow(ctx)
		}
	}
	return nil
}

func (in *odsReader) begin(t *xml.StartElement) {
	in.cell.Reset()
	in.inCell, in.lines, in.times, in.value = true, 0, count(attr(t, "number-columns-repeated")), ""
	in.formula = attr(t, "formula") != ""
	switch attr(t, "value-type") {
	case "float", "percentage", "currency":
		in.value = attr(t, "value")
	case "date":
		in.value = attr(t, "date-value")
	}
}

func (in *odsReader) end() error {
	text := in.value
	if text == "" {
		text = in.cell.String()
	}
	if in.formula {
		text = ""
	}
	in.inCell = false
	if text == "" {
		in.column += in.times
		return nil
	}
	for range in.times {
		for len(in.cells) < in.column {
			in.cells = append(in.cells, "")
			if len(in.cells) > in.rd.limits.Columns {
				break
			}
		}
		if in.cells, in.column = append(in.cells, text), in.column+1; len(in.cells) > in.rd.limits.Columns {
			break
		}
	}
	return nil
}

// endRow reads the row. One that stands there several times says the same
// each time.
func (in *odsReader) endRow(ctx context.Context) error {
	number := in.row
	in.row += in.repeat
	if in.sheet == nil || len(in.cells) == 0 {
		return nil
	}
	if err := in.sheet.row(ctx, number, in.cells); err != nil {
		return fmt.Errorf("reading sheet %q: %w", in.sheet.name, err)
	}
	return nil
}
