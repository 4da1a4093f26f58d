package intake

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An xlsxBook reads an Office Open XML workbook row by row. The library that
// writes our reports is not used for reading: while it streams it does not
// say which numbers are dates nor which cells are merged, and it unfolds the
// shared strings whole before it can be asked to stop.
type xlsxBook struct {
	parts     map[string]*zip.File // by lower-case name
	strings   []string
	cut       map[int]bool   // those of strings that were longer than is read
	formats   []numberFormat // by cell style
	epoch1904 bool
}

// numberFormat says what a style makes of a number.
type numberFormat int

const (
	plainNumber numberFormat = iota
	dateNumber
	timeNumber
	percentNumber
)

type xlsxSheet struct {
	name, state, rel string
}

// openXLSX reads what is needed before the first row: the names of the
// sheets, the shared strings, the styles, and the merged cells of each sheet.
func openXLSX(zr *zip.Reader, m *meter) (*source, error) {
	b := &xlsxBook{parts: partsOf(zr)}
	main := b.mainPart(m)
	if b.parts[strings.ToLower(main)] == nil {
		return nil, damaged("its list of sheets is missing")
	}
	var sheets []xlsxSheet
	err := walkXML(b.parts[strings.ToLower(main)], m, func(t xml.Token) error {
		s, ok := t.(xml.StartElement)
		if !ok {
			return nil
		}
		switch s.Name.Local {
		case "workbookPr":
			b.epoch1904 = isTrue(attr(&s, "date1904"))
		case "sheet":
			sheets = append(sheets, xlsxSheet{name: attr(&s, "name"), state: attr(&s, "state"), rel: attr(&s, "id")})
		}
		if len(sheets) > m.limits.Sheets {
			return tooMuch("it has more than %d sheets", m.limits.Sheets)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	rels, err := b.relations(main, m)
	if err != nil {
		return nil, err
	}
	for _, r := range rels {
		switch path.Base(r.kind) {
		case "sharedStrings":
			err = b.readStrings(r.target, m)
		case "styles":
			err = b.readStyles(r.target, m)
		}
		if err != nil {
			return nil, err
		}
	}
	var tabs []*tab
	for _, s := range sheets {
		r, ok := rels[s.rel]
		t := &tab{name: s.name}
		switch s.state {
		case "hidden", "veryHidden":
			t.notes = append(t.notes, "the sheet is hidden in the workbook; it was read all the same")
		}
		part := b.parts[strings.ToLower(r.target)]
		if !ok || part == nil {
			return nil, damaged("the part that holds its sheet number %d is missing", len(tabs)+1)
		}
		if path.Base(r.kind) != "worksheet" {
			t.notes = append(t.notes, "a "+path.Base(r.kind)+", which holds no rows")
			t.lines = func(context.Context, *meter) iter.Seq2[line, error] { return func(func(line, error) bool) {} }
			tabs = append(tabs, t)
			continue
		}
		merges, full, err := readMerges(part, m)
		if err != nil {
			return nil, err
		}
		if full {
			t.notes = append(t.notes, "it has more merged cells than are looked at; those beyond count as separate cells")
		}
		t.lines = func(ctx context.Context, m *meter) iter.Seq2[line, error] { return b.lines(ctx, part, merges, m) }
		tabs = append(tabs, t)
	}
	return &source{tabs: tabs}, nil
}

func partsOf(zr *zip.Reader) map[string]*zip.File {
	parts := make(map[string]*zip.File, len(zr.File))
	for _, f := range zr.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if parts[name] == nil {
			parts[name] = f
		}
	}
	return parts
}

// mainPart finds the workbook by the package's own relations, or where it
// always is.
func (b *xlsxBook) mainPart(m *meter) string {
	if rels, err := b.relations("", m); err == nil {
		for _, r := range rels {
			if path.Base(r.kind) == "officeDocument" {
				return r.target
			}
		}
	}
	return "xl/workbook.xml"
}

type relation struct{ kind, target string }

// relations reads what a part refers to, by id.
func (b *xlsxBook) relations(of string, m *meter) (map[string]relation, error) {
	dir, file := path.Split(of)
	part := b.parts[strings.ToLower(dir+"_rels/"+file+".rels")]
	if part == nil {
		return nil, damaged("the list of its parts is missing")
	}
	rels := map[string]relation{}
	err := walkXML(part, m, func(t xml.Token) error {
		if s, ok := t.(xml.StartElement); ok && s.Name.Local == "Relationship" && attr(&s, "TargetMode") != "External" {
			target := strings.ReplaceAll(attr(&s, "Target"), `\`, "/")
			if !strings.HasPrefix(target, "/") {
				target = dir + target
			}
			if len(rels) == m.limits.Parts {
				return tooMuch("one of its parts refers to more than %d others", m.limits.Parts)
			}
			rels[attr(&s, "Id")] = relation{attr(&s, "Type"), strings.TrimPrefix(path.Clean("/"+target), "/")}
		}
		return nil
	})
	return rels, err
}

// readStrings reads the texts that cells refer to by number. Their phonetic
// readings are left out.
func (b *xlsxBook) readStrings(target string, m *meter) error {
	part := b.parts[strings.ToLower(target)]
	if part == nil {
		return nil
	}
	var text cellText
	in, phonetic := false, 0
	return walkXML(part, m, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text.reset(m.limits.CellLength)
			case "t":
				in = phonetic == 0
			case "rPh":
				phonetic++
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "si":
				s := unescapeXLSX(text.String())
				if err := m.hold(s); err != nil {
					return err
				}
				if text.cut {
					if b.cut == nil {
						b.cut = map[int]bool{}
					}
					b.cut[len(b.strings)] = true
				}
				b.strings = append(b.strings, s)
			case "t":
				in = false
			case "rPh":
				phonetic--
			}
		case xml.CharData:
			if in {
				text.write(t)
			}
		}
		return nil
	})
}

// readStyles reads which styles show numbers as dates, times or percentages.
func (b *xlsxBook) readStyles(target string, m *meter) error {
	part := b.parts[strings.ToLower(target)]
	if part == nil {
		return nil
	}
	own := map[int]numberFormat{}
	cells := false
	return walkXML(part, m, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "numFmt":
				if id, err := strconv.Atoi(attr(&t, "numFmtId")); err == nil && len(own) < 10_000 {
					own[id] = formatOfCode(attr(&t, "formatCode"))
				}
			case "cellXfs":
				cells = true
			case "xf":
				if !cells {
					break
				}
				id, _ := strconv.Atoi(attr(&t, "numFmtId"))
				f, ok := own[id]
				if !ok {
					f = builtInFormat(id)
				}
				if len(b.formats) < 1<<16 {
					b.formats = append(b.formats, f)
				}
			}
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				cells = false
			}
		}
		return nil
	})
}

// builtInFormat are the formats that files do not spell out (ECMA-376 18.8.30).
func builtInFormat(id int) numberFormat {
	switch {
	case id == 9 || id == 10:
		return percentNumber
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return dateNumber
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55, id == 56:
		return timeNumber
	}
	return plainNumber
}

// formatOfCode reads a format such as `dd\.mm\.yyyy` or `0.0%`: what counts is
// whether it has letters of a date outside quotes, brackets and escapes.
func formatOfCode(code string) numberFormat {
	code, _, _ = strings.Cut(code, ";")
	found := plainNumber
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			if n := strings.IndexByte(code[i+1:], '"'); n >= 0 {
				i += n + 1
			}
		case '[':
			if n := strings.IndexByte(code[i:], ']'); n >= 0 {
				i += n
			}
		case '\\', '_', '*':
			i++
		case '%':
			return percentNumber
		case 'y', 'Y', 'd', 'D':
			return dateNumber
		case 'h', 'H', 's', 'S', 'm', 'M':
			if (c == 'm' || c == 'M') && strings.Contains(strings.ToLower(code), "mmm") {
				return dateNumber
			}
			found = timeNumber
		case 'G', 'g': // General
			if strings.HasPrefix(code[i:], "General") {
				i += len("General") - 1
			}
		}
	}
	return found
}

// readMerges finds the merged cells of a sheet, which stand behind its rows.
// It looks at tags only, so that this first pass over a large sheet is cheap.
func readMerges(part *zip.File, m *meter) (merges []merge, full bool, err error) {
	r, err := openPart(part, m)
	if err != nil {
		return nil, false, err
	}
	defer r.Close()
	in := bufio.NewReaderSize(r, 1<<16)
	for {
		if err := m.tick(); err != nil {
			return nil, false, err
		}
		tag, err := in.ReadSlice('>')
		if i := bytes.LastIndexByte(tag, '<'); i >= 0 && err == nil && bytes.Contains(tag[i:], []byte("mergeCell ")) {
			_, ref, _ := bytes.Cut(tag[i:], []byte(`ref=`))
			if mg, ok := parseMerge(string(ref)); ok {
				if m.merges++; m.merges > m.limits.Merges {
					full = true
					break
				}
				merges = append(merges, mg)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if fe, ok := errors.AsType[*FileError](err); ok {
				return nil, false, fe
			}
			return nil, false, damaged("its part %s cannot be unpacked: %v", part.Name, plainXMLError(err))
		}
	}
	slices.SortStableFunc(merges, func(a, b merge) int { return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left)) })
	return merges, full, nil
}

// parseMerge reads `"A1:C2"…`.
func parseMerge(ref string) (merge, bool) {
	if len(ref) < 2 {
		return merge{}, false
	}
	ref, _, _ = strings.Cut(ref[1:], ref[:1])
	from, to, ok := strings.Cut(ref, ":")
	left, top, ok1 := parseCellRef(from)
	right, bottom, ok2 := parseCellRef(to)
	return merge{top, left, bottom, right}, ok && ok1 && ok2 && top <= bottom && left <= right
}

// parseCellRef reads "AB12" as column 27 (0-based), row 12.
func parseCellRef(ref string) (column, row int, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		column = column*26 + int(c-'A') + 1
	}
	if i == 0 || len(ref)-i > 7 {
		return 0, 0, false
	}
	row, err := strconv.Atoi(ref[i:])
	return column - 1, row, err == nil && row > 0 && column <= 16_384
}

// lines streams the filled rows of a sheet.
func (b *xlsxBook) lines(ctx context.Context, part *zip.File, merges []merge, m *meter) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		r := xlsxRows{book: b, m: m, merges: merges}
		r.text.reset(m.limits.CellLength)
		err := walkXML(part, m, func(t xml.Token) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			full, err := r.token(t)
			if err != nil || !full {
				return err
			}
			if !yield(r.line, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil {
			yield(line{}, err)
		}
	}
}

// xlsxRows assembles rows from the tokens of a sheet.
type xlsxRows struct {
	book   *xlsxBook
	m      *meter
	merges []merge // still to come

	line   line
	column int // of the cell being read
	kind   string
	style  int
	text   cellText
	inCell bool
	inText bool
	skip   int // depth inside a phonetic reading
}

// token takes one token and reports whether it ended a filled row.
func (r *xlsxRows) token(t xml.Token) (full bool, err error) {
	switch t := t.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case "row":
			n, err := strconv.Atoi(attr(&t, "r"))
			if err != nil || n <= r.line.number {
				n = r.line.number + 1
			}
			r.line, r.column = line{number: n}, -1
		case "c":
			r.inCell = true
			r.startCell(&t)
		case "v", "t":
			r.inText = r.inCell && r.skip == 0
		case "rPh":
			r.skip++
		}
	case xml.CharData:
		if r.inText {
			r.text.write(t)
		}
	case xml.EndElement:
		switch t.Name.Local {
		case "v", "t":
			r.inText = false
		case "rPh":
			r.skip--
		case "c":
			r.inCell = false
			return false, r.endCell()
		case "row":
			return r.endRow()
		case "sheetData":
			return false, errEnough
		}
	}
	return false, nil
}

func (r *xlsxRows) startCell(t *xml.StartElement) {
	r.column++
	r.kind, r.style = "", 0
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "r":
			if c, _, ok := parseCellRef(a.Value); ok && c >= r.column {
				r.column = c
			}
		case "t":
			r.kind = a.Value
		case "s":
			r.style, _ = strconv.Atoi(a.Value)
		}
	}
	r.text.reset(r.m.limits.CellLength)
}

func (r *xlsxRows) endCell() error {
	v := r.value()
	if err := r.m.cell(1, r.column+1, v != ""); err != nil {
		return at(err, "row %d", r.line.number)
	}
	if v == "" {
		return nil
	}
	for len(r.line.cells) <= r.column {
		r.line.cells = append(r.line.cells, "")
	}
	r.line.cells[r.column] = r.line.fit(v, r.column, r.m.limits)
	if r.text.cut {
		r.line.notes = append(r.line.notes, cutNote(r.column, r.m.limits))
	}
	return nil
}

func (r *xlsxRows) endRow() (bool, error) {
	for len(r.merges) > 0 && r.merges[0].top <= r.line.number {
		if r.merges[0].top == r.line.number {
			r.line.merges = append(r.line.merges, r.merges[0])
		}
		r.merges = r.merges[1:]
	}
	if r.line.filled() == 0 {
		return false, nil
	}
	return true, r.m.row(r.line)
}

// value is what the cell shows: the text, the last computed value of a
// formula, a date as ISO 8601, a number in full.
func (r *xlsxRows) value() string {
	s := r.text.String()
	switch r.kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || i < 0 || i >= len(r.book.strings) {
			return ""
		}
		r.text.cut = r.book.cut[i]
		return r.book.strings[i]
	case "b":
		if strings.TrimSpace(s) == "1" {
			return "TRUE"
		}
		return "FALSE"
	case "inlineStr", "str":
		return unescapeXLSX(s)
	case "e", "d":
		return s
	}
	format := plainNumber
	if r.style >= 0 && r.style < len(r.book.formats) {
		format = r.book.formats[r.style]
	}
	return number(s, format, r.book.epoch1904)
}

// number writes a number as a reader expects it.
func number(s string, format numberFormat, epoch1904 bool) string {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return s
	}
	switch {
	case format == dateNumber && f >= 1 && f < 2_958_466: // to the year 9999
		return serialDate(f, epoch1904)
	case format == timeNumber && f >= 0 && f < 2_958_466:
		if f >= 1 {
			return serialDate(f, epoch1904)
		}
		return time.Unix(int64(math.Round(f*86_400)), 0).UTC().Format("15:04:05")
	case format == percentNumber:
		return trimFloat(f*100) + "%"
	}
	return trimFloat(f)
}

// trimFloat writes a number without exponent and without the noise of the
// binary fraction (spreadsheets show 15 digits).
func trimFloat(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if err != nil {
		short = f
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// serialDate turns a spreadsheet's day count into ISO 8601. Day 60 is the
// 29 February 1900 that never was, kept for compatibility since Lotus 1-2-3.
func serialDate(f float64, epoch1904 bool) string {
	day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if epoch1904 {
		day = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if f < 60 {
		f++
	}
	days := math.Floor(f)
	seconds := math.Round((f - days) * 86_400)
	t := day.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second)
	if seconds == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04")
}

// unescapeXLSX reads the escapes for characters that XML cannot hold
// ("_x000D_" is a carriage return; "_x005F_" is the underscore that protects one).
func unescapeXLSX(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || i+7 > len(s) {
			break
		}
		n, err := strconv.ParseUint(s[i+2:i+6], 16, 32)
		if err != nil || s[i+6] != '_' {
			b.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		b.WriteRune(rune(n))
		s = s[i+7:]
	}
	b.WriteString(s)
	return b.String()
}

func isTrue(s string) bool { return s == "1" || strings.EqualFold(s, "true") || s == "on" }

// cellText gathers the text of one cell up to a length.
type cellText struct {
	b     []byte
	limit int
	cut   bool
}

func (c *cellText) reset(limit int) { c.b, c.limit, c.cut = c.b[:0], limit, false }

func (c *cellText) write(p []byte) {
	if room := c.limit - len(c.b); len(p) > room {
		p, c.cut = p[:room], true
	}
	c.b = append(c.b, p...)
}

func (c *cellText) String() string { return string(c.b) }
