package intake

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// Limits bound what one file may cost to read. A zero field means its default.
type Limits struct {
	// Bytes is the size of the file as it lies on disk: 100 MB.
	Bytes int64
	// Unzipped is what all read parts of a zipped sheet may unfold to, and
	// what all cells may say: 1 GB. Sheets are streamed, so this is time rather than memory.
	Unzipped int64
	// Ratio is how many times its packed size a part may unfold to, once it
	// unfolds to more than 10 MB: 100. Honest sheets stay near 20.
	Ratio int64
	// Parts is how many files a zipped sheet may hold: 10,000.
	Parts int
	// Sheets is how many sheets one workbook may hold: 255.
	Sheets int
	// Rows is how many filled rows a file may have: 2,000,000.
	Rows int
	// Columns is how far to the right a filled cell may stand: 1,024.
	Columns int
	// Cells is how many cells a file may have, blank ones counted: 50,000,000.
	Cells int
	// CellLength is how many bytes of one cell are read: 131,072, what a
	// spreadsheet's 32,767 characters take at most. Longer text is cut, and noted.
	CellLength int
	// RowLength is how many bytes of one row are read: 1 MB. Longer text is cut, and noted.
	RowLength int
	// Merges is how many groups of merged cells all sheets together may have;
	// those beyond count as separate cells: 100,000.
	Merges int
	// Strings is the memory that texts may take which are held while others
	// are read, the shared strings of a workbook above all: 192 MB.
	Strings int64
	// Parties is how many parties one row may name: 500.
	Parties int
	// Time is how long reading may take, the time spent on screening the rows
	// in between not counted: 5 minutes.
	Time time.Duration
}

// DefaultLimits are the numbers documented on Limits.
var DefaultLimits = Limits{
	Bytes:      100 << 20,
	Unzipped:   1 << 30,
	Ratio:      100,
	Parts:      10_000,
	Sheets:     255,
	Rows:       2_000_000,
	Columns:    1_024,
	Cells:      50_000_000,
	CellLength: 1 << 17,
	RowLength:  1 << 20,
	Merges:     100_000,
	Strings:    192 << 20,
	Parties:    500,
	Time:       5 * time.Minute,
}

// freeUnfold is how much a part may unfold to whatever its ratio: small parts
// of plain XML are legitimately packed very tightly.
const freeUnfold = 10 << 20

// longestRun is the longest stretch without an XML tag: an XML decoder holds
// such a stretch in memory whole. A cell of a spreadsheet has 32,767
// characters at most, 200 kB when each is escaped.
const longestRun = 4 << 20

func (l Limits) orDefaults() Limits {
	d := DefaultLimits
	return Limits{
		Bytes:      cmp.Or(l.Bytes, d.Bytes),
		Unzipped:   cmp.Or(l.Unzipped, d.Unzipped),
		Ratio:      cmp.Or(l.Ratio, d.Ratio),
		Parts:      cmp.Or(l.Parts, d.Parts),
		Sheets:     cmp.Or(l.Sheets, d.Sheets),
		Rows:       cmp.Or(l.Rows, d.Rows),
		Columns:    cmp.Or(l.Columns, d.Columns),
		Cells:      cmp.Or(l.Cells, d.Cells),
		CellLength: cmp.Or(l.CellLength, d.CellLength),
		RowLength:  cmp.Or(l.RowLength, d.RowLength),
		Merges:     cmp.Or(l.Merges, d.Merges),
		Strings:    cmp.Or(l.Strings, d.Strings),
		Parties:    cmp.Or(l.Parties, d.Parties),
		Time:       cmp.Or(l.Time, d.Time),
	}
}

// A meter counts what reading one file has cost so far and says when it is
// too much. It belongs to one reading and to one goroutine.
type meter struct {
	limits   Limits
	rows     int
	cells    int
	merges   int
	held     int64
	text     int64
	unzipped int64
	stopped  func() error // says that nobody wants it any more
	spent    time.Duration
	since    time.Time // when the running stretch began; zero while paused
	ticks    int
}

func newMeter(ctx context.Context, l Limits) *meter {
	return &meter{limits: l, since: time.Now(), stopped: ctx.Err}
}

// pause stops the clock while somebody else works with what was read.
func (m *meter) pause() {
	m.spent += time.Since(m.since)
	m.since = time.Time{}
}

func (m *meter) resume() { m.since = time.Now() }

// tick is called for every small step; it looks at the clock now and then.
func (m *meter) tick() error {
	if m.ticks++; m.ticks%4096 != 0 {
		return nil
	}
	if m.spent+time.Since(m.since) > m.limits.Time {
		return tooMuch("reading it takes longer than %s", m.limits.Time)
	}
	return m.stopped()
}

// hold counts a text that is kept in memory, and what it takes to point at it.
func (m *meter) hold(text string) error {
	const pointing = 40 // a slice that grows is there twice for a moment
	if m.held += int64(len(text)) + pointing; m.held > m.limits.Strings {
		return tooMuch("its texts take more than %d MB", m.limits.Strings>>20)
	}
	return nil
}

// top counts a row that is kept while the header is looked for.
func (m *meter) top(ln line) error {
	for _, c := range ln.cells {
		if err := m.hold(c); err != nil {
			return err
		}
	}
	return nil
}

// row counts one filled row and what it says: one text may stand in many
// cells, and one row in many places.
func (m *meter) row(ln line) error {
	if m.text += int64(ln.size); m.text > m.limits.Unzipped {
		return tooMuch("its cells hold more than %d MB of text", m.limits.Unzipped>>20)
	}
	if m.rows++; m.rows > m.limits.Rows {
		return tooMuch("it has more than %d filled rows", m.limits.Rows)
	}
	return nil
}

// cell counts n cells, the last of them in the 1-based column; filled says
// whether that one holds anything. A blank cell far to the right is only counted.
func (m *meter) cell(n, column int, filled bool) error {
	if m.cells += n; m.cells > m.limits.Cells {
		return tooMuch("it has more than %d cells", m.limits.Cells)
	}
	if filled && column > m.limits.Columns {
		return tooMuch("it has a filled cell in column %s, beyond the %d columns that are read", columnLetters(column-1), m.limits.Columns)
	}
	return nil
}

// unzip counts bytes that a part unfolded to.
func (m *meter) unzip(n int) error {
	if m.unzipped += int64(n); m.unzipped > m.limits.Unzipped {
		return tooMuch("it unfolds to more than %d MB", m.limits.Unzipped>>20)
	}
	return nil
}

func tooMuch(format string, args ...any) *FileError {
	return &FileError{
		Reason: "too large: " + fmt.Sprintf(format, args...),
		Advice: "Copy the table alone into a new workbook, or split it into several files, and try again.",
	}
}
