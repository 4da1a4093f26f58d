package intake

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"
)

// delimiters are tried in this order; where two do equally well the first is
// taken. The last stands for a file of one column.
var delimiters = []rune{',', ';', '\t', '|', oneColumn}

const oneColumn rune = -1

// sniffRecords and sniffBytes are how much of a text is looked at to find its delimiter.
const (
	sniffRecords = 50
	sniffBytes   = 256 << 10
)

// csvTab makes the one tab of a delimited text. open gives the text as UTF-8,
// from its start, each time it is called.
func csvTab(open func() io.Reader, mappings Columns, m *meter) (*tab, error) {
	start, err := io.ReadAll(io.LimitReader(open(), sniffBytes))
	if err != nil {
		return nil, err
	}
	cut := len(start) == sniffBytes
	loneCR := !strings.Contains(string(start), "\n")
	delimiter := sniffDelimiter(string(start), cut, loneCR, mappings, m.limits)
	t := &tab{}
	switch delimiter {
	case ',', oneColumn:
	case '\t':
		t.notes = append(t.notes, "cells are separated by tabs")
	default:
		t.notes = append(t.notes, "cells are separated by "+strconv.Quote(string(delimiter)))
	}
	t.lines = csvStream(open, delimiter, loneCR, m.limits)
	return t, nil
}

func csvStream(open func() io.Reader, delimiter rune, loneCR bool, l Limits) func(context.Context, *meter) iter.Seq2[line, error] {
	return func(ctx context.Context, m *meter) iter.Seq2[line, error] {
		return csvLines(ctx, newRecords(open(), delimiter, loneCR, l), m)
	}
}

// sniffDelimiter takes the delimiter under which the header is recognised
// best; then the one under which most records are as wide as the header, a
// wider table being worth more than a narrow one.
func sniffDelimiter(start string, cut, loneCR bool, mappings Columns, limits Limits) rune {
	best, bestHeader, bestShape := oneColumn, -1, -1.0
	for _, d := range delimiters {
		var lines []line
		r := newRecords(strings.NewReader(start), d, loneCR, limits)
		for len(lines) < sniffRecords {
			ln, err := r.next()
			if err != nil {
				break
			}
			if ln.filled() > 0 {
				lines = append(lines, ln)
			}
		}
		if cut && len(lines) > 1 && len(lines) < sniffRecords {
			lines = lines[:len(lines)-1] // it may have lost its end
		}
		if len(lines) == 0 { // there is nothing but this delimiter
			return d
		}
		l := findHeader(lines, mappings)
		header := 0
		if len(l.names) > 0 {
			header, _ = l.score()
		}
		from := l.headerRow
		if header == 0 {
			from = 0 // no header to trust: the whole text shows its width
		}
		shape := shapeOf(lines, from)
		if d == oneColumn && shape > 0 {
			shape = 0.5 // every text is one column; it is the answer when nothing else fits
		}
		if header > bestHeader || (header == bestHeader && shape > bestShape) {
			best, bestHeader, bestShape = d, header, shape
		}
	}
	return best
}

// shapeOf is the share of records as wide as the header, which has to have
// more than one cell.
func shapeOf(lines []line, headerRow int) float64 {
	width, same, n := 0, 0, 0
	for _, ln := range lines {
		switch {
		case ln.number < headerRow:
			continue
		case width == 0:
			width = len(ln.cells)
		}
		n++
		if len(ln.cells) == width {
			same++
		}
	}
	if n == 0 {
		return 0
	}
	share := float64(same) / float64(n)
	if width < 2 {
		return share * 0.5
	}
	return share + min(float64(width), 50)/1000
}

// csvLines streams the filled records of a delimited text.
func csvLines(ctx context.Context, r *records, m *meter) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		for {
			if err := ctx.Err(); err != nil {
				yield(line{}, err)
				return
			}
			ln, err := r.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil {
				err = m.tick()
			}
			filled := ln.filled()
			if err == nil {
				last := len(ln.cells)
				for last > 0 && ln.cells[last-1] == "" {
					last--
				}
				err = at(m.cell(len(ln.cells), last, true), "row %d", ln.number)
			}
			if err == nil && filled > 0 {
				err = m.row(ln)
			}
			if err != nil {
				yield(line{}, err)
				return
			}
			if filled > 0 && !yield(ln, nil) {
				return
			}
		}
	}
}

// records reads delimited text record by record. The standard library's
// reader skips blank lines, so that rows could not be counted as a spreadsheet
// shows them, and gives the rest of the file to a cell whose quote is never
// closed; here such a quote is taken as written and the row says so.
type records struct {
	in        *bufio.Reader
	delimiter rune
	loneCR    bool // lines end in CR alone
	limits    Limits
	number    int
	broken    bool // a mark of this record is not closed: the others count as written too
}

func newRecords(r io.Reader, delimiter rune, loneCR bool, limits Limits) *records {
	// The buffer holds the longest quoted cell, so that one can look for its end.
	return &records{in: bufio.NewReaderSize(r, max(limits.CellLength, 1<<12)), delimiter: delimiter, loneCR: loneCR, limits: limits}
}

// next returns the next record, blank ones too, or io.EOF.
func (r *records) next() (line, error) {
	if _, err := r.in.Peek(1); err != nil {
		return line{}, err
	}
	r.number++
	r.broken = false
	ln := line{number: r.number}
	for {
		cell, more, err := r.cell(&ln)
		if err != nil && !errors.Is(err, io.EOF) {
			return line{}, err
		}
		ln.cells = append(ln.cells, ln.fit(cell, len(ln.cells), r.limits))
		if len(ln.cells) > 4*r.limits.Columns {
			return line{}, at(tooMuch("it has more than %d cells in a row", len(ln.cells)-1), "row %d", r.number)
		}
		if !more {
			return ln, nil
		}
	}
}

// cell reads one cell and reports whether another follows in the record.
func (r *records) cell(ln *line) (string, bool, error) {
	if b, _ := r.in.Peek(1); len(b) > 0 && b[0] == '"' && !r.broken {
		if text, used, ok := r.quoted(); ok {
			if _, err := r.in.Discard(used); err != nil {
				return "", false, err
			}
			more, err := r.afterQuote()
			return text, more, err
		}
		r.broken = true
		ln.notes = append(ln.notes, "column "+columnLetters(len(ln.cells))+": a quotation mark is not closed; it was read as written")
	}
	var b strings.Builder
	cut := false
	for {
		c, size, err := r.in.ReadRune()
		if err != nil {
			return b.String(), false, err
		}
		switch {
		case c == r.delimiter:
			return b.String(), true, nil
		case c == '\n':
			return strings.TrimSuffix(b.String(), "\r"), false, nil
		case c == '\r' && r.loneCR:
			return b.String(), false, nil
		}
		if b.Len()+size > r.limits.CellLength {
			if !cut {
				ln.notes = append(ln.notes, cutNote(len(ln.cells), r.limits))
			}
			cut = true
			continue
		}
		b.WriteRune(c)
	}
}

// mostBreaks is how many lines one quoted cell may have. Beyond that its mark
// was never closed: to look further for each such mark would take for ever.
const mostBreaks = 500

// quoted looks for the end of the quoted cell that begins here: a mark that
// is followed by the delimiter, the end of the line or of the text. Inside,
// doubled marks are one, and stray ones stand for themselves, unless one
// begins a line: then the mark that is not closed is an earlier one.
func (r *records) quoted() (text string, used int, ok bool) {
	var b []byte
	for want := 4096; ; want = min(want*4, r.in.Size()) {
		buf, err := r.in.Peek(want)
		whole := err != nil || want == r.in.Size()
		b = b[:0]
		for start, breaks := 1, 0; breaks <= mostBreaks; {
			i := bytes.IndexByte(buf[start:], '"')
			if i < 0 || (start+i+1 >= len(buf) && err == nil) {
				whole = whole || breaks+bytes.Count(buf[start:], []byte{'\n'}) > mostBreaks
				break // no end in what is seen so far
			}
			end := start + i
			b = append(b, buf[start:end]...)
			breaks += bytes.Count(buf[start:end], []byte{'\n'})
			rest := buf[end+1:]
			switch {
			case len(rest) > 0 && rest[0] == '"':
				b = append(b, '"')
				start = end + 2
				continue
			case r.endsCell(rest):
				return string(b), end + 1, true
			case end > 1 && (buf[end-1] == '\n' || buf[end-1] == '\r'):
				return "", 0, false
			}
			b = append(b, '"')
			start = end + 1
			whole = whole || breaks > mostBreaks
		}
		if whole {
			return "", 0, false
		}
	}
}

// endsCell reports whether what follows a quotation mark closes the cell.
func (r *records) endsCell(rest []byte) bool {
	for len(rest) > 0 && rest[0] == ' ' && r.delimiter != ' ' {
		rest = rest[1:]
	}
	if len(rest) == 0 || rest[0] == '\n' || rest[0] == '\r' {
		return true
	}
	c, _ := utf8.DecodeRune(rest)
	return c == r.delimiter
}

// afterQuote reads what stands between a closing mark and the next cell.
func (r *records) afterQuote() (more bool, err error) {
	for {
		c, _, err := r.in.ReadRune()
		switch {
		case err != nil:
			return false, err
		case c == r.delimiter:
			return true, nil
		case c == '\n', c == '\r' && r.loneCR:
			return false, nil
		}
	}
}

func cutNote(column int, l Limits) string {
	return "column " + columnLetters(column) + ": the cell is longer than " + strconv.Itoa(l.CellLength) + " bytes; the rest was not read"
}
