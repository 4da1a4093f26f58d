package reports

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
)

// sheetRows is how many rows of a table one sheet takes; the format's own
// limit is 1,048,576.
const sheetRows = 1_000_000

// maxLinks is how many links the book makes; beyond it an address is text.
// The library's links take quadratic time, and a sheet takes 65,530.
const maxLinks = 1000

// Book is the workbook being written, one page at a time.
type Book struct {
	Report *Report
	file   *excelize.File
	parts  *parts
	styles styles
	links  int
}

func newBook(r *Report) (*Book, error) {
	parts, err := newParts(r.TempDir)
	if err != nil {
		return nil, err
	}
	f := excelize.NewFile(excelize.Options{TmpDir: r.TempDir})
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return parts })
	b := &Book{Report: r, file: f, parts: parts}
	if b.styles, err = newStyles(f); err != nil {
		return nil, errors.Join(err, b.close())
	}
	stamp := r.Generated.UTC().Format(time.RFC3339)
	err = f.SetDocProps(&excelize.DocProperties{
		Title: title(r), Creator: "screener", LastModifiedBy: "screener",
		Created: stamp, Modified: stamp, Identifier: r.Run.ID, Language: "en",
	})
	if err == nil {
		err = f.SetAppProps(&excelize.AppProperties{Application: "screener", AppVersion: "01.0000"}) // Excel wants two and four digits
	}
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

// title is what the workbook calls itself.
func title(r *Report) string {
	if r.Office == "" {
		return "Partner screening"
	}
	return "Partner screening – " + r.Office
}

// open makes every sheet and says which one is in front. The library reads
// all sheets to do that, and a written one cannot be read: so it comes first.
func (b *Book) open(tabs []Tab) error {
	active := 0
	for i, t := range tabs {
		for n := range b.sheets(t, t.rows) {
			name := sheetName(t.Name, n)
			var err error
			if i == 0 && n == 0 {
				err = b.file.SetSheetName("Sheet1", name)
			} else {
				_, err = b.file.NewSheet(name)
			}
			if err != nil {
				return fmt.Errorf("making sheet %s: %w", name, err)
			}
			if t.Opens && n == 0 && active == 0 {
				if active, err = b.file.GetSheetIndex(name); err != nil {
					return fmt.Errorf("opening on sheet %s: %w", name, err)
				}
			}
		}
	}
	b.file.SetActiveSheet(active)
	return nil
}

// sheets is how many sheets a table of so many rows takes.
func (b *Book) sheets(t Tab, rows int) int {
	if t.Free {
		return 1
	}
	return max(1, (rows+b.sheetRows()-1)/b.sheetRows())
}

func (b *Book) sheetRows() int {
	if b.Report.SheetRows > 0 {
		return b.Report.SheetRows
	}
	return sheetRows
}

func sheetName(tab string, n int) string {
	if n == 0 {
		return tab
	}
	return tab + " (" + strconv.Itoa(n+1) + ")"
}

func (b *Book) write(w io.Writer) error {
	err := b.file.Write(io.Discard) // to parts
	if err == nil {
		err = b.parts.writeTo(w)
	}
	if err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}

func (b *Book) close() error { return errors.Join(b.file.Close(), b.parts.remove()) }

// Column is one column of a page.
type Column struct {
	Title  string
	Width  float64
	Style  Style // of its cells, where a cell does not bring its own
	Header Style // of its title; zero is the ordinary header
	Hidden bool
}

// Layout is how a page looks and what it allows.
type Layout struct {
	Columns []Column
	// Frozen is how many columns stay when the reader scrolls to the right.
	Frozen int
	// Protect locks every cell whose style is not one of the reviewer's.
	Protect bool
	// Plain pages have no header row, filter or frozen panes.
	Plain bool
	// PagesWide is how many sheets of paper the page is wide; 0 is as many as keep it readable.
	PagesWide int
	// Large pages are for A3.
	Large bool
	// Portrait is for pages that read as text.
	Portrait bool
	// Before adds what must be there before rows: drop-downs, marks, charts.
	// Rows of the table are first to last.
	Before func(f *excelize.File, sheet string, first, last int) error
}

// Page is one sheet, written from top to bottom.
type Page struct {
	book   *Book
	tab    Tab
	layout Layout
	sheet  string
	out    *excelize.StreamWriter
	row    int // the last row written
	part   int // which sheet of the tab
	left   int // rows of the table still to come, over all its sheets
}

// readable is how many characters side by side can still be read on paper.
const readable = 260

const (
	docRow    = 1
	headerRow = 2
)

// Page begins the tab's sheet: its line of doc, its header and what the layout asks for.
func (b *Book) Page(t Tab, l Layout) (*Page, error) {
	p := &Page{book: b, tab: t, layout: l, left: t.rows}
	return p, p.begin()
}

func (p *Page) begin() error {
	f := p.book.file
	p.sheet, p.row = sheetName(p.tab.Name, p.part), 0
	rows := min(p.left, p.book.sheetRows())
	first, last := headerRow+1, headerRow+max(1, rows)
	size := "" // of a free page nobody knows it yet
	if !p.layout.Plain {
		corner := columnName(len(p.layout.Columns)) + strconv.Itoa(last)
		if err := f.AutoFilter(p.sheet, "A"+strconv.Itoa(headerRow)+":"+corner, nil); err != nil {
			return fmt.Errorf("filtering %s: %w", p.sheet, err)
		}
		size = "A1:" + corner
		// A reference like 00123 is text on purpose.
		if err := f.AddIgnoredErrors(p.sheet, size, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
			return fmt.Errorf("quieting %s: %w", p.sheet, err)
		}
	}
	if err := f.SetSheetDimension(p.sheet, size); err != nil {
		return fmt.Errorf("sizing %s: %w", p.sheet, err)
	}
	if err := p.setUp(); err != nil { // after the filter, which forgets fitting to paper
		return err
	}
	if p.layout.Before != nil {
		if err := p.layout.Before(f, p.sheet, first, last); err != nil {
			return err
		}
	}
	if p.layout.Protect {
		// No password: the seal of each line, not the lock, tells a changed one.
		if err := f.ProtectSheet(p.sheet, &excelize.SheetProtectionOptions{
			AutoFilter: true, Sort: true, FormatColumns: true, FormatRows: true, SelectLockedCells: true, SelectUnlockedCells: true,
			DeleteRows: true, InsertColumns: true, EditObjects: true, EditScenarios: true,
		}); err != nil {
			return fmt.Errorf("locking %s: %w", p.sheet, err)
		}
	}
	var err error
	if p.out, err = f.NewStreamWriter(p.sheet); err != nil {
		return err
	}
	for i, c := range p.layout.Columns {
		if err := p.out.SetColWidth(i+1, i+1, c.Width); err != nil {
			return err
		}
		if c.Hidden {
			if err := p.out.SetColVisible(i+1, i+1, false); err != nil {
				return err
			}
		}
	}
	if p.layout.Plain {
		return nil
	}
	if err := p.out.SetPanes(&excelize.Panes{
		Freeze: true, XSplit: p.layout.Frozen, YSplit: headerRow, TopLeftCell: columnName(p.layout.Frozen+1) + strconv.Itoa(headerRow+1),
		ActivePane: pane(p.layout.Frozen),
	}); err != nil {
		return err
	}
	if err := p.Cells(Styled{p.doc(), StyleDoc}); err != nil {
		return err
	}
	header := make([]any, len(p.layout.Columns))
	for i, c := range p.layout.Columns {
		style := c.Header
		if style == StyleNone {
			style = StyleHeader
		}
		header[i] = Styled{c.Title, style}
	}
	return p.Cells(header...)
}

// doc is the line above the table. It begins with the lists that were not
// used, whatever sheet a reader looks at first.
func (p *Page) doc() string {
	var missing []string
	for _, e := range p.book.Report.Run.Editions {
		if e.Missing != "" {
			missing = append(missing, e.List)
		}
	}
	if len(missing) == 0 {
		return p.tab.Doc
	}
	return "NOT SCREENED AGAINST " + strings.Join(missing, ", ") + ". " + p.tab.Doc
}

func pane(frozen int) string {
	if frozen == 0 {
		return "bottomLeft"
	}
	return "bottomRight"
}

// setUp makes the page ready for the printer: as wide as the paper, the
// header on each page, and where the page belongs in its footer.
func (p *Page) setUp() error {
	f, sheet := p.book.file, p.sheet
	const a3, a4 = 8, 9
	orientation, paper, wide, high, yes := "landscape", a4, p.layout.PagesWide, 0, true
	if p.layout.Large {
		paper = a3
	}
	if wide == 0 {
		width := 0.0
		for _, c := range p.layout.Columns {
			width += c.Width
		}
		wide = 1 + int(width/readable)
	}
	if p.layout.Portrait {
		orientation = "portrait"
	}
	side, edge, foot := 0.4, 0.6, 0.3
	grid := !p.layout.Plain
	r := p.book.Report
	err := errors.Join(
		f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes}),
		f.SetSheetView(sheet, 0, &excelize.ViewOptions{ShowGridLines: &grid}),
		f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &paper, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}),
		f.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &edge, Bottom: &edge, Header: &foot, Footer: &foot}),
		f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{
			OddHeader: "&L&A&R" + footText(title(r)),
			OddFooter: "&L" + footText("Run "+r.Run.ID+", "+stamp(r.Generated)) + "&RPage &P of &N",
		}),
	)
	if err == nil && !p.layout.Plain {
		titles := fmt.Sprintf("'%s'!$%d:$%d", sheet, headerRow, headerRow)
		if wide > 1 && p.layout.Frozen > 0 {
			titles = fmt.Sprintf("'%s'!$A:$%s,%s", sheet, columnName(p.layout.Frozen), titles)
		}
		err = f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: titles, Scope: sheet})
	}
	if err != nil {
		return fmt.Errorf("setting up %s: %w", sheet, err)
	}
	return nil
}

// footText keeps a text from being read as the codes of headers and footers,
// which end at 255 characters.
func footText(s string) string {
	var out []rune
	for _, r := range cellText(s) {
		if r == '\n' {
			r = ' '
		}
		out = append(out, r)
		if r == '&' {
			out = append(out, r)
		}
	}
	return string(out[:min(len(out), 100)])
}

// Row writes the next row of the table and goes on to another sheet where
// this one is full.
func (p *Page) Row(values ...any) error {
	if p.row-headerRow >= p.book.sheetRows() {
		if err := p.End(); err != nil {
			return err
		}
		p.part++
		if err := p.begin(); err != nil {
			return err
		}
	}
	p.left--
	return p.Cells(values...)
}

// Styled is a value that brings its own look.
type Styled struct {
	Value any
	Style Style
}

// Cells writes the next row of the sheet, whatever it is. Text is written as
// text and never as a formula.
func (p *Page) Cells(values ...any) error {
	p.row++
	cells := make([]any, len(values))
	high := 1
	for i, v := range values {
		style := StyleNone
		if !p.layout.Plain && i < len(p.layout.Columns) {
			style = p.layout.Columns[i].Style
		}
		if s, ok := v.(Styled); ok {
			v, style = s.Value, s.Style
		}
		switch x := v.(type) {
		case nil:
			if style == StyleNone {
				continue
			}
		case string:
			if x == "" {
				v = nil
				break
			}
			x = cellText(x)
			v = x
			if i < len(p.layout.Columns) && wraps[style] {
				width := p.layout.Columns[i].Width
				if bold[style] {
					width *= 0.8
				}
				high = max(high, linesIn(x, width))
			}
		}
		cells[i] = excelize.Cell{Value: v, StyleID: p.book.styles[style]}
	}
	var opts []excelize.RowOpts
	if h := height(high, values); h > 0 {
		opts = append(opts, excelize.RowOpts{Height: h})
	}
	return p.out.SetRow("A"+strconv.Itoa(p.row), cells, opts...)
}

// height is what a row of so many lines wants, in points; 0 is the usual.
// Programs differ in whether they fit rows to wrapped text when they open a
// file, so the file says it.
func height(lines int, values []any) float64 {
	const line, most = 13.5, 409
	h := 0.0
	if lines > 1 {
		h = min(most, float64(lines)*line+3)
	}
	for _, v := range values {
		if s, ok := v.(Styled); ok {
			h = max(h, tall[s.Style])
		}
	}
	return h
}

// linesIn is how many lines a wrapped text takes in a column, roughly, and
// rather one too many.
func linesIn(s string, width float64) int {
	lines, used := 1, 0.0
	room := max(4, 1.25*width-1) // a letter is narrower than the digit that widths are counted in
	word := 0.0
	for _, r := range s {
		w := 1.0
		switch {
		case r == '\n':
			lines, used, word = lines+1, 0, 0
			continue
		case r >= 0x1100:
			w = 2
		case unicode.IsUpper(r):
			w = 1.25
		}
		if unicode.IsSpace(r) {
			word = 0
		} else {
			word += w
		}
		if used += w; used > room {
			lines++
			if used = word; word > room { // a word longer than its line is broken
				used, word = w, w
			}
		}
	}
	return lines
}

// Skip leaves n rows empty.
func (p *Page) Skip(n int) { p.row += n }

// Across writes the next row: the cells before, and the text in one cell as
// wide as all columns after them.
func (p *Page) Across(text Styled, before ...Styled) error {
	p.row++
	row, first := strconv.Itoa(p.row), len(before)
	cells := make([]any, len(p.layout.Columns))
	values := make([]any, 0, first+1)
	width := 0.0
	for i, c := range p.layout.Columns {
		x := excelize.Cell{StyleID: p.book.styles[text.Style]}
		if i < first {
			x = excelize.Cell{Value: before[i].Value, StyleID: p.book.styles[before[i].Style]}
			values = append(values, before[i])
		} else {
			width += c.Width
		}
		cells[i] = x
	}
	words := cellText(fmt.Sprint(text.Value))
	cells[first] = excelize.Cell{Value: words, StyleID: p.book.styles[text.Style]}
	if text.Style == StyleWarning { // in larger letters
		width *= 0.8
	}
	var opts []excelize.RowOpts
	if h := height(linesIn(words, width), append(values, text)); h > 0 {
		opts = append(opts, excelize.RowOpts{Height: h})
	}
	if err := p.out.SetRow("A"+row, cells, opts...); err != nil {
		return err
	}
	return p.out.MergeCell(columnName(first+1)+row, columnName(len(cells))+row)
}

// Link makes a web address out of the cell in the given column of the next
// row. What is not http or https stays text, and so does all beyond maxLinks.
func (p *Page) Link(column int, url string) (Styled, error) {
	if !webAddress(url) || p.book.links >= maxLinks {
		return Styled{url, StyleText}, nil
	}
	p.book.links++
	cell := columnName(column) + strconv.Itoa(p.row+1)
	if err := p.book.file.SetCellHyperLink(p.sheet, cell, url, "External"); err != nil {
		return Styled{}, fmt.Errorf("linking %s!%s: %w", p.sheet, cell, err)
	}
	return Styled{url, StyleLink}, nil
}

// End finishes the sheet. Nothing can be added to it afterwards.
func (p *Page) End() error { return p.out.Flush() }

func columnName(n int) string {
	name, err := excelize.ColumnNumberToName(n)
	if err != nil { // no page has more columns than a sheet
		panic(err)
	}
	return name
}

// stamp is a time as the workbook shows it.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// day is a date as the workbook shows it.
func day(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format(time.DateOnly)
}

// where is a place in a reader's words.
func where(p screening.Place) string {
	if p.Sheet == "" {
		return fmt.Sprintf("%s row %d", p.File, p.Row)
	}
	return fmt.Sprintf("%s, %s row %d", p.File, p.Sheet, p.Row)
}
