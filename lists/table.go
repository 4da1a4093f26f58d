package lists

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// columns are the headers a delimited file is read by.
type columns struct {
	Need []string // without one of these the file is not in this format
	Know []string // read where there, or left out on purpose; any other header is a finding that holds the edition
	Fold bool     // whether case and blanks around headers do not count; Need and Know are lower case then
}

// maxRecord bounds one record of a file, so that a quote that never closes
// cannot take the whole file into memory.
const maxRecord = 8 << 20

// maxNodes bounds the elements of one record; the largest known has some thousand.
const maxNodes = 200_000

// mostColumns is how many columns a published table may have; the widest known has 60.
const mostColumns = 1_000

// maxDepth bounds how deep the elements of a file may nest; the deepest list known has 12 levels.
const maxDepth = 64

// table reads a delimited file by the names of its columns. It puts up with a
// byte order mark, lines in Windows-1252, stray quotes, short rows and a header
// that is repeated further down; the last two it reports.
type table struct {
	Findings []Finding

	file   string
	meter  *meter
	csv    *csv.Reader
	header []string
	index  map[string]int
}

// row is one record of a table; Line is the line of the file it starts on.
type row struct {
	Line  int
	t     *table
	cells []string
}

// openTable reads the header of a delimited file. It errors when the file is
// empty, is a web page, or lacks a column that is needed.
func openTable(r io.Reader, file string, comma rune, cols columns) (*table, error) {
	m := &meter{r: r, limit: maxRecord}
	clean, err := plainText(m, file)
	if err != nil {
		return nil, err
	}
	t := &table{file: file, meter: m, csv: csv.NewReader(clean), index: map[string]int{}}
	t.csv.Comma, t.csv.LazyQuotes, t.csv.FieldsPerRecord = comma, true, -1
	header, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s is empty", file)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the header of %s: %w", file, err)
	}
	if len(header) > mostColumns {
		return nil, fmt.Errorf("the header of %s has %d columns, and %d is the limit: it is not the file it is named as", file, len(header), mostColumns)
	}
	for i, h := range header {
		h = strings.TrimSpace(h)
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
		if _, ok := t.index[need]; !ok {
			return nil, fmt.Errorf("%s has no column %q (its columns are: %s)", file, need, strings.Join(t.header, ", "))
		}
	}
	return t, nil
}

// Has reports whether the file has the column.
func (t *table) Has(column string) bool {
	_, ok := t.index[column]
	return ok
}

// Next returns the next row that is not blank; io.EOF at the end.
func (t *table) Next() (row, error) {
	for {
		t.meter.n = 0
		cells, err := t.csv.Read()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				err = fmt.Errorf("reading %s: %w", t.file, err)
			}
			return row{}, err
		}
		line, _ := t.csv.FieldPos(0)
		if !slices.ContainsFunc(cells, func(c string) bool { return strings.Trim(c, " \t\x1a\x00") != "" }) {
			continue
		}
		r := row{Line: line, t: t, cells: cells}
		switch {
		case slices.Equal(cells, t.header):
			t.find("row", line, "the header again, left out")
			continue
		case len(cells) > mostColumns:
			return row{}, fmt.Errorf("%s line %d has %d cells, and %d is the limit", t.file, line, len(cells), mostColumns)
		case len(cells) != len(t.header):
			t.find("row", line, fmt.Sprintf("%d cells under %d headers", len(cells), len(t.header)))
		}
		return r, nil
	}
}

func (t *table) find(kind string, line int, text string) {
	switch {
	case len(t.Findings) < mostFindings:
		t.Findings = append(t.Findings, Finding{Kind: kind, Place: fmt.Sprintf("%s line %d", t.file, line), Text: text})
	case len(t.Findings) == mostFindings:
		t.Findings = append(t.Findings, Finding{Kind: "more", Place: t.file, Text: "and more findings, which are not kept one by one"})
	}
}

// Get returns the cell under the header, trimmed, or "" where there is none.
func (r row) Get(column string) string {
	i, ok := r.t.index[column]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(r.cells[i])
}

// Place is where the row stands, for findings.
func (r row) Place() string { return fmt.Sprintf("%s line %d", r.t.file, r.Line) }

// readTable hands each row of a delimited file to do, and what is odd about
// the file to found.
func readTable(src Source, file string, comma rune, cols columns, found *findings, do func(row)) error {
	f, err := src.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := openTable(f, file, comma, cols)
	if err != nil {
		return err
	}
	for {
		r, err := t.Next()
		if err != nil {
			for _, odd := range t.Findings {
				found.add(odd.Kind, odd.Place, odd.Text, odd.Holds)
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		do(r)
	}
}

// splitJoined cuts a cell that holds several values and drops the empty ones.
func splitJoined(cell, sep string) []string {
	var out []string
	for _, v := range strings.Split(cell, sep) {
		if v = tidy(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// errHTML says that a web page came where a list was expected.
var errHTML = errors.New("is a web page, not a list: the address may have moved, or the server shows an error page")

// plainText strips a byte order mark, refuses web pages, and reads text that
// is not UTF-8 as Windows-1252, which every such list so far was.
func plainText(r io.Reader, file string) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3)
		head = head[3:]
	}
	if looksHTML(head) {
		return nil, fmt.Errorf("%s %w", file, errHTML)
	}
	return &utf8Reader{r: b}, nil
}

// sniffComma tells what parts the cells of a file an office wrote: Excel takes
// semicolons in half of Europe. It returns a reader of the whole file.
func sniffComma(r io.Reader) (io.Reader, rune, error) {
	b := bufio.NewReaderSize(r, 4096)
	head, err := b.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	first, _, _ := bytes.Cut(head, []byte("\n"))
	comma := ','
	for _, other := range ";\t" {
		if bytes.ContainsRune(first, other) && bytes.Count(first, []byte(string(other))) > bytes.Count(first, []byte(string(comma))) {
			comma = other
		}
	}
	return b, comma, nil
}

func looksHTML(head []byte) bool {
	start := strings.ToLower(string(bytes.TrimSpace(head[:min(len(head), 512)])))
	return strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html")
}

// utf8Reader passes UTF-8 through line by line, and a line that is not UTF-8 as Windows-1252.
type utf8Reader struct {
	r    *bufio.Reader
	rest []byte
	err  error
}

func (u *utf8Reader) Read(p []byte) (int, error) {
	for len(u.rest) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		var line []byte
		line, u.err = u.r.ReadSlice('\n')
		if errors.Is(u.err, bufio.ErrBufferFull) {
			// A line longer than the buffer: take it in pieces that end between runes.
			u.err = nil
			line, u.err = u.longPiece(line)
		}
		if utf8.Valid(line) {
			u.rest = line
			continue
		}
		u.rest, _ = charmap.Windows1252.NewDecoder().Bytes(bytes.Clone(line))
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}

func (u *utf8Reader) longPiece(piece []byte) ([]byte, error) {
	piece = bytes.Clone(piece)
	for range utf8.UTFMax - 1 {
		if r, size := utf8.DecodeLastRune(piece); r != utf8.RuneError || size != 1 {
			break
		}
		c, err := u.r.ReadByte()
		if err != nil {
			return piece, err
		}
		piece = append(piece, c)
	}
	return piece, nil
}

// meter errors when more than limit bytes are read before n is set back to 0.
type meter struct {
	r     io.Reader
	n     int
	limit int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.n > m.limit {
		return 0, fmt.Errorf("one record is larger than %d MB: a quote or tag that never closes", m.limit>>20)
	}
	n, err := m.r.Read(p[:min(len(p), 64<<10)]) // a buffer that grows asks for ever more at once
	m.n += n
	return n, err
}
