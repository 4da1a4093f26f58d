package intake

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// openODS reads an OpenDocument spreadsheet. All its sheets stand in one part,
// so a first pass takes their names and the top of each, and the rows of all
// come in a second. What is hidden is read too.
func openODS(zr *zip.Reader, m *meter) (*source, error) {
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
	src := &source{whole: func(ctx context.Context, m *meter) iter.Seq2[placed, error] { return odsLines(ctx, content, m) }}
	r := odsRows{m: m, sheet: -1}
	var tops [][]line
	err := walkXML(content, m, func(t xml.Token) error {
		times, err := r.token(t)
		if err != nil {
			return err
		}
		for r.sheet >= len(src.tabs) {
			if len(src.tabs) == m.limits.Sheets {
				return tooMuch("it has more than %d sheets", m.limits.Sheets)
			}
			i := len(src.tabs)
			t := &tab{name: r.name}
			if r.hidden[r.style] {
				t.notes = append(t.notes, "the sheet is hidden in the workbook; it was read all the same")
			}
			t.lines = func(context.Context, *meter) iter.Seq2[line, error] {
				return func(yield func(line, error) bool) {
					for _, ln := range tops[i] {
						if !yield(ln, nil) {
							return
						}
					}
				}
			}
			src.tabs, tops = append(src.tabs, t), append(tops, nil)
		}
		for i := 0; i < times && len(tops[r.sheet]) < headerLines; i++ {
			if err := m.top(r.line); err != nil {
				return at(err, "row %d", r.line.number)
			}
			tops[r.sheet] = append(tops[r.sheet], r.line.repeated(i))
		}
		return nil
	})
	return src, err
}

// odsLines streams the filled rows of all sheets.
func odsLines(ctx context.Context, content *zip.File, m *meter) iter.Seq2[placed, error] {
	return func(yield func(placed, error) bool) {
		r := odsRows{m: m, sheet: -1}
		err := walkXML(content, m, func(t xml.Token) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			times, err := r.token(t)
			if err != nil {
				return err
			}
			for i := range times {
				if err := m.row(r.line); err != nil {
					return at(err, "row %d", r.line.number+i)
				}
				if err := m.tick(); err != nil {
					return err
				}
				if !yield(placed{r.sheet, r.line.repeated(i)}, nil) {
					return errEnough
				}
			}
			return nil
		})
		if err != nil {
			yield(placed{tab: max(r.sheet, 0)}, err)
		}
	}
}

// repeated is the nth copy of a line that is written once and stands in
// several rows.
func (l line) repeated(n int) line {
	if n > 0 {
		l.number += n
		l.cells, l.merges = slices.Clone(l.cells), nil
	}
	return l
}

// odsRows assembles rows from the tokens of a document.
type odsRows struct {
	m      *meter
	sheet  int // place of the sheet being read
	name   string
	style  string          // of the sheet
	hidden map[string]bool // styles of sheets that are hidden
	named  string          // the style being defined
	tables int             // depth of tables: one may stand inside a cell

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
	switch t.Name.Local {
	case "table":
		if r.tables++; r.tables == 1 {
			r.sheet++
			r.name, r.style, r.next = attr(t, "name"), attr(t, "style-name"), 0
		}
		return nil
	case "style":
		r.named = attr(t, "name")
	case "table-properties":
		if attr(t, "display") == "false" && len(r.hidden) < 10_000 {
			if r.hidden == nil {
				r.hidden = map[string]bool{}
			}
			r.hidden[r.named] = true
		}
	}
	if r.tables != 1 {
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
		r.tables--
	}
	if r.tables != 1 {
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
			r.line.cells = append(r.line.cells, r.line.fit(v, len(r.line.cells), r.m.limits))
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
