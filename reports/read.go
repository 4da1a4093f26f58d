package reports

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
)

// Listed names one listing of a match.
type Listed struct {
	List   string `json:"list"`
	Entity string `json:"entity"`
}

// Line is one decision as a reviewer wrote it into Review. Names are claims:
// anybody can type one.
type Line struct {
	Key      string // of the match, as it stood when the workbook was made
	Run      string
	Grade    screening.Grade
	Verdict  screening.Verdict
	Reason   string // a code of Reasons
	Note     string
	Reviewer string
	Second   string
	Expires  time.Time         // zero: the office's usual time
	Except   []Listed          // listings that are another party
	Split    screening.Verdict // on those; "" leaves them undecided
	Cell     string            // of the verdict: "Review!V5"
	Closed   Closed            // how a true match is closed
	Question Question          // put to who submitted the rows
}

// Question is what a reviewer asks of who submitted the rows, where more
// information is needed: one of the row's own questions, or one in other words. The zero value asks nothing.
type Question struct {
	Ask  screening.Ask
	Text string
	Cell string
}

// Put reports whether there is a question.
func (q *Question) Put() bool { return q.Ask != "" || q.Text != "" }

// longestQuestion is how many bytes a question may have.
const longestQuestion = 2000

// wrong says what keeps a question from being put, or "".
func (q *Question) wrong(l *Line) string {
	switch {
	case !q.Put():
		return ""
	case l.Verdict != screening.NeedsInformation:
		return fmt.Sprintf("a question goes with the verdict “%s”", VerdictText(screening.NeedsInformation))
	case len(q.Text) > longestQuestion:
		return fmt.Sprintf("a question has at most %d characters", longestQuestion)
	case q.Ask != "" && !slices.Contains(screening.Asks, q.Ask):
		return "there is no such question of a row; put it in your own words"
	}
	return ""
}

// Closed is how a line says that its true match is closed. The zero value
// leaves it open.
type Closed struct {
	Closing screening.Closing
	Number  string
	Terms   string
	Until   time.Time // zero: the office's usual time
	Rows    []int     // of the line's rows; none stands for all
	Cell    string    // of the closing
}

// Problem says of one cell why its line is not applied. It names places and
// columns, never what stands in them.
type Problem struct {
	Cell string // "Review!V5"
	Line int    // the line's number on Review, where it can be read
	What string
}

func (p Problem) String() string { return p.Cell + ": " + p.What }

// Decisions is what came back in a workbook.
type Decisions struct {
	Lines    []Line
	Problems []Problem
	// Undecided counts sealed lines without a verdict.
	Undecided int
}

// Limits bound what a workbook coming back may cost. The zero value of a
// field is its default.
type Limits struct {
	Bytes    int64         // of the file; 64 MB
	Unzipped int64         // of all its parts together; 512 MB
	Rows     int           // of one sheet; 200,000
	Columns  int           // of one sheet; 500
	Cells    int           // of all sheets; 50,000,000
	Time     time.Duration // for reading it all; 2 minutes
	Now      time.Time     // a date to hold until must lie after it; zero does not ask
	TempDir  string
}

func (l Limits) or() Limits {
	l.Bytes, l.Unzipped = cmp.Or(l.Bytes, 64<<20), cmp.Or(l.Unzipped, 512<<20)
	l.Rows, l.Columns, l.Cells = cmp.Or(l.Rows, 200_000), cmp.Or(l.Columns, 500), cmp.Or(l.Cells, 50_000_000)
	l.Time = cmp.Or(l.Time, 2*time.Minute)
	return l
}

// Errors of a workbook that cannot be read as one.
var (
	ErrNotWorkbook = errors.New("not an .xlsx or .ods workbook")
	ErrNoReview    = errors.New("no sheet is a Review of this program")
	ErrTooLarge    = errors.New("the workbook is larger than is read")
)

// ReadDecisions reads the verdicts of a workbook that Write made with one of
// the keys, whatever was done to it since: rows sorted, filtered or deleted,
// columns moved or added, the sheet renamed or copied, the file saved by
// another program, as OpenDocument too. No formula is evaluated. What cannot be applied is a
// Problem; an error means that nothing could be read at all. Whether a line's
// match still stands as it stood is for the caller, by Line.Key.
func ReadDecisions(ctx context.Context, r io.ReaderAt, size int64, keys [][]byte, limits Limits) (d *Decisions, err error) {
	limits = limits.or()
	for _, k := range keys {
		if len(k) == 0 {
			return nil, errors.New("reading decisions: an empty key checks nothing")
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("reading decisions: no key to check the lines with")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limits.Time, fmt.Errorf("%w: reading it takes longer than %s", ErrTooLarge, limits.Time))
	defer cancel()
	defer func() {
		if cause := context.Cause(ctx); err != nil && errors.Is(cause, ErrTooLarge) {
			err = fmt.Errorf("reading the workbook: %w", cause)
		}
	}()
	content, err := looksRight(ctx, r, size, limits)
	if err != nil {
		return nil, fmt.Errorf("reading the workbook: %w", err)
	}
	defer func() { // strangers' bytes, and a large library between them and us
		if p := recover(); p != nil {
			d, err = nil, fmt.Errorf("reading the workbook: damaged inside (%w)", ErrNotWorkbook)
		}
	}()
	rd := &reading{keys: keys, limits: limits, found: map[string][]*sealedLine{}}
	if content != nil {
		err = rd.ods(ctx, content)
	} else {
		err = rd.xlsx(ctx, r, size)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the workbook: %w", err)
	}
	if rd.reviews == 0 {
		return nil, fmt.Errorf("reading the workbook: %w: none has the columns %s, %s and %s under one header; give back the file as it was made", ErrNoReview, colKey, colSeal, colVerdict)
	}
	return rd.decisions(), nil
}

// xlsx reads the sheets of a workbook.
func (rd *reading) xlsx(ctx context.Context, r io.ReaderAt, size int64) (err error) {
	// The library leaves files behind where it stops half way.
	dir, err := os.MkdirTemp(rd.limits.TempDir, "screener-decisions-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	f, err := excelize.OpenReader(io.NewSectionReader(r, 0, size), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: rd.limits.Unzipped, UnzipXMLSizeLimit: min(spills, rd.limits.Unzipped), TmpDir: dir,
	})
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNotWorkbook, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	props, err := f.GetWorkbookProps()
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNotWorkbook, err)
	}
	rd.date1904 = props.Date1904 != nil && *props.Date1904
	for _, name := range f.GetSheetList() {
		if err := rd.xlsxSheet(ctx, f, name); err != nil {
			return fmt.Errorf("reading sheet %q: %w", name, err)
		}
	}
	return nil
}

func (rd *reading) xlsxSheet(ctx context.Context, f *excelize.File, name string) error {
	rows, err := f.Rows(name)
	if err != nil {
		return nil //nolint:nilerr // a chart or a dialog, and no table
	}
	defer func() { _ = rows.Close() }() // what it was read from is closed with the workbook
	sheet := rd.lines(name)
	for n := 1; rows.Next() && !sheet.done; n++ {
		cells, err := rows.Columns()
		if err != nil {
			return err
		}
		if err := sheet.row(ctx, n, cells); err != nil {
			return err
		}
	}
	return rows.Error()
}

// looksRight refuses what is no workbook, and what would be too large opened,
// by its first bytes and its directory. It returns the member that holds the
// sheets of an OpenDocument file, or nil for a workbook.
func looksRight(ctx context.Context, r io.ReaderAt, size int64, limits Limits) (content *zip.File, err error) {
	if size > limits.Bytes {
		return nil, fmt.Errorf("%w: %d MB, the limit is %d", ErrTooLarge, size>>20, limits.Bytes>>20)
	}
	head := make([]byte, 8)
	if n, err := r.ReadAt(head, 0); n < len(head) {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: the file is empty or cut short", ErrNotWorkbook)
	}
	if bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}) {
		return nil, fmt.Errorf("%w: it is protected by a password, or an old .xls; save it as .xlsx without a password", ErrNotWorkbook)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: save the file as .xlsx (%w)", ErrNotWorkbook, err)
	}
	err = screening.VetWorkbook(ctx, z, screening.WorkbookLimits{
		Parts: 5000, Unzipped: limits.Unzipped, Aside: 8 << 20, Held: 160 << 20, Spills: spills, Ratio: 300,
		Rows: 10 * limits.Rows, Cells: limits.Cells, Texts: 1_500_000, Row: 8 << 20, Time: limits.Time,
	})
	switch {
	case errors.Is(err, screening.ErrWorkbookTooLarge):
		return nil, fmt.Errorf("%w once it is opened: %w; give it back as it was made, without other sheets", ErrTooLarge, err)
	case errors.Is(err, screening.ErrWorkbookUnsafe):
		return nil, fmt.Errorf("%w: %w; open it in a spreadsheet program and save it as .xlsx", ErrNotWorkbook, err)
	case err != nil:
		return nil, err
	}
	for _, m := range z.File {
		switch m.Name {
		case contentTypes:
			return nil, nil
		case odsContent:
			content = m
		}
	}
	return content, nil
}

// spills is how large a member may be and stay in memory while it is read.
const spills = 16 << 20

// reading is a workbook half read.
type reading struct {
	keys     [][]byte
	limits   Limits
	date1904 bool
	reviews  int
	cells    int
	problems []Problem
	blank    int
	found    map[string][]*sealedLine // decided lines by key
	order    []string
}

// sealedLine is a line whose verdict can be applied unless a copy of it disagrees.
type sealedLine struct {
	line   Line
	number int
}

// sheetLines reads one sheet row by row, if a header of Review is among its
// first rows.
type sheetLines struct {
	rd   *reading
	name string
	head *header
	done bool // what follows is not read
}

func (rd *reading) lines(name string) *sheetLines { return &sheetLines{rd: rd, name: name} }

// row reads the n-th row of the sheet.
func (s *sheetLines) row(ctx context.Context, n int, cells []string) error {
	const within = 100 // rows in which the header must stand
	rd := s.rd
	if err := ctx.Err(); err != nil || s.done {
		return err
	}
	if s.head == nil && n > within {
		s.done = true
		return nil
	}
	if n > rd.limits.Rows {
		return fmt.Errorf("%w: more than %d rows", ErrTooLarge, rd.limits.Rows)
	}
	rd.cells += len(cells)
	for len(cells) > 0 && cells[len(cells)-1] == "" { // a row that was given a colour reaches the last column
		cells = cells[:len(cells)-1]
	}
	if len(cells) > rd.limits.Columns || rd.cells > rd.limits.Cells {
		if s.head == nil && rd.cells <= rd.limits.Cells {
			s.done = true
			return nil // whatever it is, it is not ours
		}
		return fmt.Errorf("%w: row %d has %d cells, or all sheets together more than %d", ErrTooLarge, n, len(cells), rd.limits.Cells)
	}
	if s.head != nil {
		rd.line(s.head, n, cells)
		return nil
	}
	if s.head = headerIn(s.name, n, cells); s.head != nil {
		rd.reviews++
		if more := s.head.wrong(); len(more) > 0 {
			rd.problems = append(rd.problems, more...)
			s.done = true
		}
	}
	return nil
}

// header says which column of a sheet stands where; 0-based. A title may
// stand over several, where somebody added one of the same name.
type header struct {
	sheet string
	row   int
	at    map[string][]int
}

// longestTitle is how long a cell may be and still be one of our titles, in bytes.
const longestTitle = 200

// headerIn recognises the header row of Review.
func headerIn(sheet string, n int, cells []string) *header {
	h := &header{sheet: sheet, row: n, at: map[string][]int{}}
	for i, c := range cells {
		if len(c) > longestTitle {
			continue
		}
		title := loose(c)
		h.at[title] = append(h.at[title], i)
	}
	for _, must := range []string{colKey, colSeal, colVerdict} {
		if len(h.at[loose(must)]) == 0 {
			return nil
		}
	}
	return h
}

// wrong names the columns that are gone, or of which there are two to choose from.
func (h *header) wrong() []Problem {
	var out []Problem
	cell := func(i int) string { return cellName(h.sheet, i, h.row) }
	for _, c := range reviewColumns {
		if len(h.at[loose(c.Title)]) == 0 {
			out = append(out, Problem{Cell: cell(0), What: fmt.Sprintf("column “%s” is gone, so no line of this sheet can be checked; put it back from the file as it was made", c.Title)})
		}
	}
	for _, c := range fillColumns {
		switch at := h.at[loose(c.Title)]; {
		case len(at) == 0 && mayBeGone[c.Title]:
		case len(at) == 0:
			out = append(out, Problem{Cell: cell(0), What: fmt.Sprintf("column “%s” is gone; put it back from the file as it was made", c.Title)})
		case len(at) > 1:
			out = append(out, Problem{Cell: cell(at[1]), What: fmt.Sprintf("there are two columns “%s”; give yours another name", c.Title)})
		}
	}
	return out
}

// mayBeGone are the reviewer's columns a workbook can do without: whoever
// closes nothing may have deleted them.
var mayBeGone = map[string]bool{colSplit: true, colClosed: true, colNumber: true, colTerms: true, colUntil: true, colRows: true, colQuestion: true}

func cellName(sheet string, column, row int) string {
	return sheet + "!" + columnName(column+1) + strconv.Itoa(row)
}

// line reads one row below the header.
func (rd *reading) line(h *header, n int, cells []string) {
	value := func(title string) string {
		if len(h.at[loose(title)]) == 0 {
			return ""
		}
		return at(cells, h.at[loose(title)][0])
	}
	where := func(title string) string {
		if len(h.at[loose(title)]) == 0 {
			title = colVerdict
		}
		return cellName(h.sheet, h.at[loose(title)][0], n)
	}
	key, seal := strings.TrimSpace(value(colKey)), strings.TrimSpace(value(colSeal))
	verdict, reason := settled(value(colVerdict)), settled(value(colReason))
	if verdict == "" && reason == "" && settled(value(colClosed)) == "" {
		if key != "" {
			rd.blank++
		}
		return
	}
	number, _ := strconv.Atoi(value(colLine))
	no := func(title, what string) {
		rd.problems = append(rd.problems, Problem{Cell: where(title), Line: number, What: what})
	}
	if key == "" || seal == "" {
		no(colVerdict, "the line has no key or no seal, so it cannot be told which match it is about; decide it on its own line")
		return
	}
	columns, ok := rd.unsealed(h, n, number, cells, key, value(colRun), seal)
	if !ok {
		return
	}
	line := Line{Key: key, Run: value(colRun), Cell: where(colVerdict)}
	for _, g := range screening.Grades {
		if g.Plain() == settled(columns[colGrade]) {
			line.Grade = g
		}
	}
	before := len(rd.problems)
	if line.Verdict, ok = verdictOf(verdict); !ok {
		no(colVerdict, "no verdict of the list; choose "+verdictChoices())
	}
	why, ok := reasonOf(reason)
	switch {
	case reason == "":
		no(colReason, "a verdict wants a reason; choose one of the list")
	case !ok:
		no(colReason, "no reason of the list; choose one, or “Other” with a note")
	case line.Verdict != "" && why.Verdict != "" && why.Verdict != line.Verdict:
		no(colReason, fmt.Sprintf("“%s” is a reason for “%s”, and the verdict is another", why.Text, VerdictText(why.Verdict)))
	}
	line.Reason, line.Note = why.Code, strings.TrimSpace(value(colNote))
	if why.NeedsNote && line.Note == "" {
		no(colNote, fmt.Sprintf("“%s” wants a note", why.Text))
	}
	line.Reviewer, line.Second = settled(value(colReviewer)), settled(value(colSecond))
	if line.Reviewer == "" {
		no(colReviewer, "a verdict wants its reviewer's name")
	} else if strings.EqualFold(line.Reviewer, line.Second) {
		no(colSecond, "the second reviewer is the first; another person must look")
	}
	var what string
	if line.Expires, what = rd.date(value(colExpires)); what != "" {
		no(colExpires, what)
	}
	if line.Except, what = exceptions(value(colExcept), columns[colListed]); what != "" {
		no(colExcept, what)
	}
	if split := settled(value(colSplit)); split != "" {
		switch line.Split, ok = verdictOf(split); {
		case !ok:
			no(colSplit, "no verdict of the list; choose "+verdictChoices())
		case len(line.Except) == 0:
			no(colSplit, fmt.Sprintf("say in “%s” which listings it is about", colExcept))
		case line.Split == line.Verdict:
			no(colSplit, "it is the verdict of the line; leave both cells empty")
		}
	}
	rd.closing(&line, value, where(colClosed), no)
	line.Question = questionIn(value(colQuestion), where(colQuestion))
	if why := line.Question.wrong(&line); why != "" && line.Verdict != "" {
		no(colQuestion, why)
	}
	if len(rd.problems) > before {
		return
	}
	if rd.found[key] == nil {
		rd.order = append(rd.order, key)
	}
	rd.found[key] = append(rd.found[key], &sealedLine{line: line, number: number})
}

// closing reads how the line's true match is closed.
func (rd *reading) closing(line *Line, value func(title string) string, cell string, no func(title, what string)) {
	said := settled(value(colClosed))
	if said == "" {
		for _, title := range []string{colNumber, colTerms, colUntil, colRows} {
			if settled(value(title)) != "" {
				no(colClosed, fmt.Sprintf("“%s” is filled in; say how the match is closed", title))
				return
			}
		}
		return
	}
	closing, ok := closingOf(said)
	switch {
	case !ok:
		var all []string
		for _, c := range screening.Closings {
			all = append(all, c.Plain())
		}
		no(colClosed, "none of the list; choose "+strings.Join(all, ", "))
		return
	case line.Verdict != "" && line.Verdict != screening.TrueMatch && line.Split != screening.TrueMatch:
		no(colClosed, fmt.Sprintf("only a true match is closed, and the verdict is “%s”", VerdictText(line.Verdict)))
		return
	}
	for _, title := range closingWants[closing] {
		if settled(value(title)) == "" {
			no(title, fmt.Sprintf("“%s” wants it", closing.Plain()))
		}
	}
	line.Closed = Closed{Closing: closing, Number: settled(value(colNumber)), Terms: strings.TrimSpace(value(colTerms)), Cell: cell}
	var what string
	if line.Closed.Until, what = rd.date(value(colUntil)); what != "" {
		no(colUntil, what)
	}
	if line.Closed.Rows, what = rowNumbers(value(colRows)); what != "" {
		no(colRows, what)
	}
}

// questionIn reads a question: the title of a row's own one stands for that.
func questionIn(cell, at string) Question {
	q := Question{Text: strings.TrimSpace(cell), Cell: at}
	if q.Text == "" {
		return Question{}
	}
	for _, ask := range screening.Asks {
		if loose(q.Text) == loose(ask.Column()) {
			q.Ask, q.Text = ask, ""
		}
	}
	return q
}

// rowNumbers reads the numbers of rows, with commas between them.
func rowNumbers(s string) ([]int, string) {
	var out []int
	for _, f := range strings.FieldsFunc(strings.ReplaceAll(settled(s), " and ", " "), func(r rune) bool { return strings.ContainsRune(",; &+#", r) }) {
		n, err := strconv.Atoi(strings.TrimSuffix(f, ".0"))
		if err != nil || n < 1 {
			return nil, "wants numbers of rows as “Rows in your file” has them, with commas between them"
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out, ""
}

// unsealed checks the protected part of a line and returns it by column, or
// reports which of its cells were changed.
func (rd *reading) unsealed(h *header, n, number int, cells []string, key, run, seal string) (map[string]string, bool) {
	s := sealed{key: key, run: run}
	places := make([]int, len(reviewColumns))
	for i, c := range reviewColumns {
		places[i] = h.at[loose(c.Title)][0]
		s.columns = append(s.columns, c.Title)
		s.values = append(s.values, asSealed(c.Title, at(cells, places[i])))
	}
	var changed []string
	for _, k := range rd.keys {
		var ok bool
		ok, changed = s.check(k, seal)
		// A column of the reviewer's own may have the title of a sealed one: the seal knows which is which.
		for i, c := range s.columns {
			for _, other := range h.at[loose(c)][1:] {
				if ok || !slices.Contains(changed, c) {
					break
				}
				own := s.values[i]
				s.values[i] = asSealed(c, at(cells, other))
				again, left := s.check(k, seal)
				if again || len(left) < len(changed) {
					ok, changed = again, left
				} else {
					s.values[i] = own
				}
			}
		}
		if ok {
			columns := map[string]string{}
			for i, c := range s.columns {
				columns[c] = s.values[i]
			}
			return columns, true
		}
		if len(changed) > 0 {
			break
		}
	}
	if len(changed) == 0 {
		rd.problems = append(rd.problems, Problem{
			Cell: cellName(h.sheet, h.at[loose(colSeal)][0], n), Line: number,
			What: "the seal does not fit: the hidden key, run or seal was changed, or another server made this file",
		})
	}
	for i, c := range s.columns {
		if slices.Contains(changed, c) {
			rd.problems = append(rd.problems, Problem{
				Cell: cellName(h.sheet, places[i], n), Line: number,
				What: fmt.Sprintf("“%s” is not what this program wrote, so the verdict may be about something else; decide the line in a fresh file", c),
			})
		}
	}
	return nil, false
}

// asSealed is a cell's text as it was sealed: numbers in one way of writing.
func asSealed(title, text string) string {
	if title == colScore || title == colOpinion || title == colLine {
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return scoreText(f)
		}
	}
	return text
}

// at is a cell of a row; rows end at their last filled one.
func at(cells []string, i int) string {
	if i >= len(cells) {
		return ""
	}
	return cells[i]
}

func verdictChoices() string {
	var all []string
	for _, v := range verdicts {
		all = append(all, v.text)
	}
	return strings.Join(all, ", ")
}

// date reads a cell that holds a day, as the number a spreadsheet counts or
// as a date written year first. Other ways of writing one are ambiguous.
func (rd *reading) date(s string) (time.Time, string) {
	s = settled(s)
	if s == "" {
		return time.Time{}, ""
	}
	var t time.Time
	if serial, err := strconv.ParseFloat(s, 64); err == nil && serial > 0 && serial < 2958466 { // up to year 9999
		t, err = excelize.ExcelDateToTime(serial, rd.date1904)
		if err != nil {
			return time.Time{}, "no date; write it as 2027-06-30"
		}
		t = t.UTC().Truncate(24 * time.Hour)
	} else {
		for _, layout := range []string{time.DateOnly, "2006/01/02", "2006.01.02", "20060102", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z", "2006-01-02 15:04:05"} {
			if t, err = time.Parse(layout, s); err == nil {
				t = t.Truncate(24 * time.Hour)
				break
			}
		}
		if t.IsZero() {
			return time.Time{}, "no date, or one that can be read in two ways; write it as 2027-06-30"
		}
	}
	if !rd.limits.Now.IsZero() && !t.After(rd.limits.Now) {
		return time.Time{}, "the date lies in the past; a verdict holds until a day to come"
	}
	return t, ""
}

// exceptions reads the numbers of listings a verdict leaves out.
func exceptions(s, ids string) ([]Listed, string) {
	numbers := strings.FieldsFunc(strings.ReplaceAll(settled(s), " and ", " "), func(r rune) bool {
		return strings.ContainsRune(",;./ &+#", r)
	})
	if len(numbers) == 0 {
		return nil, ""
	}
	var all, out []Listed
	if err := json.Unmarshal([]byte(ids), &all); err != nil {
		return nil, "the listings of this line are not known; decide it on the page"
	}
	for _, n := range numbers {
		i, err := strconv.Atoi(n)
		if err != nil || i < 1 || i > len(all) {
			return nil, fmt.Sprintf("wants numbers of listings from 1 to %d, with commas between them", len(all))
		}
		if !slices.Contains(out, all[i-1]) {
			out = append(out, all[i-1])
		}
	}
	// One party may stand in several listings, one for each programme.
	if !slices.ContainsFunc(all, func(l Listed) bool { return !slices.Contains(out, l) }) {
		return nil, "that leaves no listing for the verdict; choose “False positive” instead"
	}
	return out, ""
}

// listingIDs are the listings of a line as the reader of decisions takes them.
func listingIDs(all []screening.Listing) string {
	ids := make([]Listed, len(all))
	for i, l := range all {
		ids[i] = Listed{List: l.List, Entity: l.Entity}
	}
	b, err := json.Marshal(ids)
	if err != nil { // two strings each
		panic(err)
	}
	return string(b)
}

// decisions settles lines that stand in the workbook more than once: copies
// that agree are one, copies that disagree are none.
func (rd *reading) decisions() *Decisions {
	d := &Decisions{Problems: rd.problems, Undecided: rd.blank}
	for _, key := range rd.order {
		copies := rd.found[key]
		first := copies[0]
		agree := true
		for _, c := range copies[1:] {
			same := c.line
			agree = agree && same.same(first.line)
		}
		if agree {
			d.Lines = append(d.Lines, first.line)
			continue
		}
		for _, c := range copies {
			d.Problems = append(d.Problems, Problem{
				Cell: c.line.Cell, Line: c.number, What: "the same line stands here more than once with different decisions; keep one of them",
			})
		}
	}
	return d
}

// same reports whether two lines decide the same, in whatever run they were made.
func (l Line) same(o Line) bool {
	return l.Key == o.Key && l.Verdict == o.Verdict && l.Reason == o.Reason && l.Note == o.Note &&
		l.Reviewer == o.Reviewer && l.Second == o.Second && l.Expires.Equal(o.Expires) && slices.Equal(l.Except, o.Except) && l.Split == o.Split &&
		l.Closed.Closing == o.Closed.Closing && l.Closed.Number == o.Closed.Number && l.Closed.Terms == o.Closed.Terms &&
		l.Closed.Until.Equal(o.Closed.Until) && slices.Equal(l.Closed.Rows, o.Closed.Rows)
}
