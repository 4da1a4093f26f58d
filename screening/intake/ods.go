package intake

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"iter"
	"strconv"
	"strings"
)

// openODS reads the sheets of an OpenDocument spreadsheet: their names in a
// first pass, their rows as they are asked for. What is hidden is read too.
func openODS(zr *zip.Reader, m *meter) ([]*tab, error) {
	parts := partsOf(zr)
	content := parts["content.xml"]
	if content == nil {
		return nil, damaged("its content is missing")
	}
	if manifest := parts["meta-inf/manifest.xml"]; manifest != nil {
		err := walkXML(manifest, m, func(t xml.Token) error {
			if s, ok := t.(xml.StartElement); ok && s.Name.Local == "encryption-data" {
				return passwordProtected()
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var tabs []*tab
	hiddenStyles, style := map[string]bool{}, ""
	depth := 0
	err := walkXML(content, m, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "style":
				style = attr(&t, "name")
			case "table-properties":
				if attr(&t, "display") == "false" && len(hiddenStyles) < 10_000 {
					hiddenStyles[style] = true
				}
			case "table":
				if depth++; depth > 1 {
					break
				}
				if len(tabs) == m.limits.Sheets {
					return tooMuch("it has more than %d sheets", m.limits.Sheets)
				}
				i := len(tabs)
				tb := &tab{name: attr(&t, "name")}
				if hiddenStyles[attr(&t, "style-name")] {
					tb.notes = append(tb.notes, "the sheet is hidden in the workbook; it was read all the same")
				}
				tb.lines = func(ctx context.Context, m *meter) iter.Seq2[line, error] { return odsLines(ctx, content, i, m) }
				tabs = append(tabs, tb)
			}
		case xml.EndElement:
			if t.Name.Local == "table" {
				depth--
			}
		}
		return nil
	})
	return tabs, err
}

// odsLines streams the filled rows of the sheet with the given place.
func odsLines(ctx context.Context, content *zip.File, sheet int, m *meter) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		r := odsRows{m: m, wanted: sheet, sheet: -1}
		err := walkXML(content, m, func(t xml.Token) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			times, err := r.token(t)
			if err != nil {
				return err
			}
			for i := range times {
				ln := r.line
				ln.number += i
				if i > 0 {
					ln.cells = append([]string(nil), ln.cells...)
				}
				if err := m.row(); err != nil {
					return at(err, "row %d", ln.number)
				}
				if err := m.tick(); err != nil {
					return err
				}
				if !yield(ln, nil) {
					return errEnough
				}
			}
			return nil
		})
		if err != nil {
			yield(line{}, err)
		}
	}
}

// odsRows assembles rows from the tokens of a document.
type odsRows struct {
	m             *meter
	wanted, sheet int
	tables        int // depth of tables: one may stand inside a cell

	next   int // number of the next row, less one
	repeat int // how often the row stands there
	line   line
	column int // of the next cell

	value       string // of the cell, from its attributes; "" when its text counts
	times       int
	right, down int // cells it spans
	text        cellText
	paragraphs  int
	inCell      bool
	inText      int
	skip        int // depth inside a comment, a drawing or tracked changes
}

// skipped are elements whose text is not the cell's.
func skipped(name string) bool {
	return name == "annotation" || name == "tracked-changes" || name == "shapes" || name == "frame" || name == "ruby-text"
}

// token takes one token and says how many filled rows it ended: more than one
// when a row is written once and repeated.
func (r *odsRows) token(t xml.Token) (rows int, err error) {
	switch t := t.(type) {
	case xml.StartElement:
		if skipped(t.Name.Local) {
			r.skip++
		}
		if r.skip == 0 {
			return 0, r.start(&t)
		}
	case xml.EndElement:
		if r.skip == 0 {
			return r.end(t.Name.Local)
		}
		if skipped(t.Name.Local) {
			r.skip--
		}
	case xml.CharData:
		if r.inText > 0 && r.skip == 0 {
			r.text.write(t)
		}
	}
	return 0, nil
}

func (r *odsRows) start(t *xml.StartElement) error {
	if t.Name.Local == "table" {
		if r.tables++; r.tables == 1 {
			r.sheet++
		}
		return nil
	}
	if r.sheet != r.wanted || r.tables != 1 {
		return nil
	}
	switch t.Name.Local {
	case "table-row":
		r.repeat = max(1, toInt(attr(t, "number-rows-repeated")))
		r.line, r.column = line{number: r.next + 1}, 0
		r.next += r.repeat
	case "table-cell", "covered-table-cell":
		r.startCell(t)
	case "p":
		if r.inCell {
			if r.paragraphs > 0 {
				r.text.write([]byte("\n"))
			}
			r.paragraphs++
			r.inText++
		}
	case "s":
		if r.inText > 0 {
			r.text.write([]byte(strings.Repeat(" ", min(max(1, toInt(attr(t, "c"))), 100))))
		}
	case "tab":
		if r.inText > 0 {
			r.text.write([]byte(" "))
		}
	case "line-break":
		if r.inText > 0 {
			r.text.write([]byte("\n"))
		}
	}
	return nil
}

func (r *odsRows) startCell(t *xml.StartElement) {
	r.inCell, r.paragraphs, r.inText = true, 0, 0
	r.text.reset(r.m.limits.CellLength)
	r.times = max(1, toInt(attr(t, "number-columns-repeated")))
	r.right, r.down = toInt(attr(t, "number-columns-spanned")), toInt(attr(t, "number-rows-spanned"))
	r.value = ""
	switch attr(t, "value-type") {
	case "date":
		date, clock, _ := strings.Cut(attr(t, "date-value"), "T")
		r.value = date
		if len(clock) >= 5 && !strings.HasPrefix(clock, "00:00") {
			r.value += " " + clock[:5]
		}
	case "float":
		r.value = number(attr(t, "value"), plainNumber, false)
	case "percentage":
		r.value = number(attr(t, "value"), percentNumber, false)
	case "boolean":
		r.value = strings.ToUpper(attr(t, "boolean-value"))
	case "string":
		r.value = attr(t, "string-value")
	}
}

func (r *odsRows) end(name string) (rows int, err error) {
	if name == "table" {
		if r.tables--; r.tables == 0 && r.sheet == r.wanted {
			return 0, errEnough
		}
		return 0, nil
	}
	if r.sheet != r.wanted || r.tables != 1 {
		return 0, nil
	}
	switch name {
	case "p":
		r.inText = max(0, r.inText-1)
	case "table-cell", "covered-table-cell":
		return 0, r.endCell()
	case "table-row":
		if r.line.filled() > 0 {
			return r.repeat, nil
		}
	}
	return 0, nil
}

func (r *odsRows) endCell() error {
	r.inCell, r.inText = false, 0
	v := r.value
	if v == "" {
		v = r.text.String()
	}
	blank := strings.TrimSpace(v) == ""
	last := r.column + r.times
	// Blank cells to the end of the sheet are written as one, thousands of times.
	if err := r.m.cell(min(r.times, r.m.limits.Columns), last, !blank); err != nil {
		return at(err, "row %d", r.line.number)
	}
	if !blank {
		for len(r.line.cells) < r.column {
			r.line.cells = append(r.line.cells, "")
		}
		for range r.times {
			r.line.cells = append(r.line.cells, v)
		}
		if r.text.cut {
			r.line.notes = append(r.line.notes, cutNote(r.column, r.m.limits))
		}
		if r.right > 1 || r.down > 1 {
			r.line.merges = append(r.line.merges, merge{
				top: r.line.number, left: r.column,
				bottom: r.line.number + max(r.down, 1) - 1, right: r.column + max(r.right, 1) - 1,
			})
		}
	}
	r.column = last
	return nil
}

func toInt(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1<<24 {
		return 0
	}
	return n
}
