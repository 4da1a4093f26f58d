package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"partnerscreen/screening"
)

// Options say how files are read. The zero value recognises all columns by
// their headers, within DefaultLimits.
type Options struct {
	Columns Columns
	Limits  Limits
	// Unnamed opens a file with headers none of which names a party, to show
	// them; its rows are rejected. Without it such a file is an error.
	Unnamed bool
}

// FileError says why a file cannot be read, or not further, and what its
// owner can do about it. Neither text holds a name out of the file's rows.
type FileError struct {
	File   string // base name
	Reason string
	Advice string

	noNames bool // no column is recognised as the name of a party
}

func (e *FileError) Error() string {
	s := e.Reason
	if e.File != "" {
		s = "reading " + e.File + ": " + s
	}
	if e.Advice != "" {
		s += ". " + strings.TrimSuffix(e.Advice, ".")
	}
	return s
}

// A Book is one opened file: how each of its sheets is read is known, its
// rows are read as they are asked for. It belongs to one goroutine.
type Book struct {
	file   string
	hash   string
	limits Limits
	source *source
	reads  []*layout // beside source.tabs
	close  func() error
}

// Open opens the sheet at path: xlsx, ods, or delimited text, by its content
// and not by its name. An error is a *FileError wherever the file is at fault.
// A file in which no sheet has a column that names a party is an error that
// lists the headers seen and the option to write. Close the Book after use.
func Open(ctx context.Context, path string, opts Options) (*Book, error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &FileError{File: name, Reason: "there is no such file", Advice: "Look for a slip in its name or folder."}
		}
		if pe, ok := errors.AsType[*fs.PathError](err); ok {
			err = pe.Err
		}
		return nil, &FileError{File: name, Reason: "it cannot be opened: " + err.Error()}
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &FileError{File: name, Reason: "it is not a file", Advice: "Give the sheets themselves."}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	b, err := open(ctx, name, f, info.Size(), opts)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	b.close = f.Close
	return b, nil
}

// Read is Open for a file that is in memory already, under the name it came with.
func Read(ctx context.Context, name string, content []byte, opts Options) (*Book, error) {
	return open(ctx, filepath.Base(name), bytes.NewReader(content), int64(len(content)), opts)
}

func open(ctx context.Context, name string, r io.ReaderAt, size int64, opts Options) (*Book, error) {
	b := &Book{file: name, limits: opts.Limits.orDefaults(), close: func() error { return nil }}
	err := b.open(ctx, r, size, opts.Columns)
	var fe *FileError
	if opts.Unnamed && errors.As(err, &fe) && fe.noNames && slices.ContainsFunc(b.reads, func(l *layout) bool { return l.headerRow > 0 && !l.noHeader }) {
		err = nil
	}
	if err != nil {
		return nil, b.fault(err)
	}
	return b, nil
}

// Named reports whether a column names parties: without one every row is rejected.
func (b *Book) Named() bool {
	return slices.ContainsFunc(b.reads, func(l *layout) bool { return len(l.names) > 0 })
}

func (b *Book) open(ctx context.Context, r io.ReaderAt, size int64, mappings Columns) error {
	for _, m := range mappings {
		if _, ok := roleNamed(m.Role); !ok {
			return fmt.Errorf("unknown column role %q%s; the roles are %s", m.Role, didYouMean(m.Role), strings.Join(Roles(), ", "))
		}
	}
	if size > b.limits.Bytes {
		return tooMuch("it has %d MB, and %d MB is the limit", (size+1<<20-1)>>20, b.limits.Bytes>>20)
	}
	var err error
	if b.hash, err = hashOf(io.NewSectionReader(r, 0, size)); err != nil {
		return err
	}
	kind, zr, err := sniff(r, size, b.limits)
	if err != nil {
		return err
	}
	m := newMeter(ctx, b.limits)
	switch kind {
	case formatXLSX:
		b.source, err = openXLSX(zr, m)
	case formatODS:
		b.source, err = openODS(zr, m)
	case formatDisclosure:
		b.source, err = openDisclosed(r, size)
	default:
		b.source, err = openText(r, size, mappings, m)
	}
	if err != nil {
		return err
	}
	return b.readHeaders(ctx, mappings, m)
}

// hashOf is the SHA-256 of what r gives, in hex.
func hashOf(r io.Reader) (string, error) {
	sum := sha256.New()
	_, err := io.Copy(sum, r)
	return hex.EncodeToString(sum.Sum(nil)), err
}

func openText(r io.ReaderAt, size int64, mappings Columns, m *meter) (*source, error) {
	form, err := sniffCharset(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, err
	}
	if form.nulls {
		return nil, notText()
	}
	t, err := csvTab(func() io.Reader { return form.reader(r, size) }, mappings, m)
	if err != nil {
		return nil, err
	}
	t.notes = append(form.notes, t.notes...)
	return &source{tabs: []*tab{t}}, nil
}

// dateLines is how many rows below the header are looked at to learn whether
// days or months come first.
const dateLines = 2_000

// readHeaders reads the top of each sheet and settles how the rest is read.
func (b *Book) readHeaders(ctx context.Context, mappings Columns, m *meter) error {
	names, filled := 0, 0
	for _, t := range b.source.tabs {
		var top []line
		var dates dateOrder
		var l *layout
		// The clock runs on from sheet to sheet; what is counted is counted again when the rows are read.
		sample := newMeter(ctx, b.limits)
		sample.since = m.since
		for ln, err := range t.lines(ctx, sample) {
			if err != nil {
				return b.inSheet(t, err)
			}
			if len(top) < headerLines {
				if err := sample.top(ln); err != nil {
					return b.inSheet(t, err)
				}
				top = append(top, ln)
				if len(top) < headerLines {
					continue
				}
			}
			if l == nil {
				l = findHeader(top, mappings)
			}
			if !l.hasDates() || ln.number > dateLines {
				break
			}
			l.learnDates(&dates, ln)
		}
		if l == nil {
			l = findHeader(top, mappings)
		}
		for _, ln := range top {
			l.learnDates(&dates, ln)
		}
		l.dates = dates
		b.reads = append(b.reads, l)
		names += len(l.names)
		filled += len(top)
	}
	switch {
	case filled == 0:
		return &FileError{Reason: "it holds no filled cell", Advice: "Look whether it was saved or sent whole."}
	case names == 0:
		return b.noNames()
	}
	return nil
}

// noNames is the error of a file in which no column names a party.
func (b *Book) noNames() error {
	var seen []string
	example := ""
	for i, l := range b.reads {
		var headers []string
		for _, c := range l.columns {
			if !l.noHeader && !strings.HasPrefix(c.header, "(column ") && len(headers) < 40 {
				headers = append(headers, strconv.Quote(shorten(c.header, 60)))
				if c.field == "" && (example == "" || !nameLike(example) && nameLike(c.header)) {
					example = c.header
				}
			}
		}
		where := ""
		if len(b.source.tabs) > 1 {
			where = "sheet " + strconv.Quote(b.source.tabs[i].name) + ", "
		}
		switch {
		case l.headerRow == 0:
			seen = append(seen, where+"no filled cell")
		case len(headers) == 0:
			seen = append(seen, fmt.Sprintf("%srow %d looks like data, not like headers (they are not shown here, as they could be names)", where, l.headerRow))
		default:
			seen = append(seen, fmt.Sprintf("%srow %d: %s", where, l.headerRow, strings.Join(headers, ", ")))
		}
	}
	if more := len(seen) - 10; more > 0 {
		seen = append(seen[:10], fmt.Sprintf("and %d more sheets", more))
	}
	advice := "Say which column holds the partner, for example --columns 'Partner=" + example + "'; the roles are " + strings.Join(Roles(), ", ")
	if example == "" {
		advice = "Give the table a first row of headers such as Partner, Country, Funder"
	}
	return &FileError{
		Reason: "no column is recognised as the name of a partner, funder or other party; the headers seen are: " + strings.Join(seen, "; "),
		Advice: advice, noNames: true,
	}
}

// nameLike reports whether a header that is not recognised may well be the
// one to map.
func nameLike(header string) bool {
	return strings.Contains(fold(header), "name") || looksLikeOrganisation(header)
}

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// fault puts the file's name into an error.
func (b *Book) fault(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("reading %s: %w", b.file, err)
	}
	if fe, ok := errors.AsType[*FileError](err); ok {
		return &FileError{File: b.file, Reason: fe.Reason, Advice: fe.Advice, noNames: fe.noNames}
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return fmt.Errorf("reading %s: %w", b.file, err)
}

func (b *Book) inSheet(t *tab, err error) error {
	if len(b.source.tabs) < 2 {
		return err
	}
	return at(err, "sheet %q", t.name)
}

// Sheets says how each sheet is read: its header row, its columns with their
// roles, the headers without one, and what is odd.
func (b *Book) Sheets() []screening.Sheet {
	var out []screening.Sheet
	for i, t := range b.source.tabs {
		notes := slices.Clone(t.notes)
		if len(b.reads[i].names) == 0 && b.reads[i].headerRow > 0 {
			notes = append(notes, "no column is recognised as the name of a party, so each of its rows is rejected")
		}
		out = append(out, b.reads[i].sheet(t.name, notes))
	}
	return out
}

// Rows streams the rows of all sheets in order. A row with a filled cell below
// the header is either a partner with parties or a rejected one, with Error
// and no parties; nothing else is left out. An error ends the rows: the file
// cannot be read further, a limit is reached, or ctx is done. Rows may be
// called again to read from the start.
func (b *Book) Rows(ctx context.Context) iter.Seq2[*screening.Partner, error] {
	return func(yield func(*screening.Partner, error) bool) {
		m := newMeter(ctx, b.limits)
		var down fillDown
		tab := -1
		for ln, err := range b.source.rows(ctx, m) {
			if ln.tab != tab {
				tab, down = ln.tab, fillDown{}
			}
			t, l := b.source.tabs[tab], b.reads[tab]
			if err != nil {
				yield(nil, b.fault(b.inSheet(t, err)))
				return
			}
			down.apply(&ln.line)
			if ln.number <= l.headerRow && !l.noHeader {
				continue
			}
			p := l.partner(screening.Place{File: b.file, Sheet: t.name, Row: ln.number}, ln.line, b.limits)
			m.pause()
			if !yield(p, nil) {
				return
			}
			m.resume()
		}
	}
}

// Hash is the SHA-256 of the file, in hex.
func (b *Book) Hash() string { return b.hash }

// Close releases the file.
func (b *Book) Close() error { return b.close() }
