package screening

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
)

// WorkbookLimits bound what a stranger's zipped spreadsheet may cost the
// library that opens it. All are asked before it is opened.
type WorkbookLimits struct {
	Parts    int           // members of the zip
	Unzipped int64         // bytes of all members together
	Aside    int64         // bytes of one member of XML that holds no rows and no texts: styles, relations
	Held     int64         // bytes of all members that a library keeps in memory at once
	Spills   int64         // a member of rows or texts larger than this is not kept in memory
	Ratio    uint64        // how many times its packed size a member may unfold to, from a megabyte on
	Rows     int           // of all sheets
	Cells    int           // of all sheets
	Texts    int           // of the table of shared texts
	Row      int64         // bytes of one row as it is written
	Time     time.Duration // for looking through it all
}

// Errors of a workbook that is not handed on to a library. Errors wrap one of them.
var (
	ErrWorkbookTooLarge = errors.New("larger than is read")
	ErrWorkbookUnsafe   = errors.New("damaged, or made to do harm")
)

const (
	deepestElement = 200     // sheets stay below 20
	longestText    = 4 << 20 // a cell has 32,767 characters at most
)

// VetWorkbook looks through a zipped spreadsheet, xlsx or ods, in constant
// memory, and says in an error why it must not be opened: it is larger than
// the limits, declares a document type or entities, nests too deep, is written
// in anything but UTF-8, or names its members so that one hides another.
func VetWorkbook(ctx context.Context, z *zip.Reader, l WorkbookLimits) error {
	ctx, cancel := context.WithTimeoutCause(ctx, l.Time, fmt.Errorf("%w: looking through it takes longer than %s", ErrWorkbookTooLarge, l.Time))
	defer cancel()
	if len(z.File) > l.Parts {
		return fmt.Errorf("%w: %d parts, the limit is %d", ErrWorkbookTooLarge, len(z.File), l.Parts)
	}
	var all, held int64
	names := map[string]bool{}
	for i, part := range z.File {
		if wrong := wrongPart(part, names); wrong != "" {
			return fmt.Errorf("%w: part %d %s", ErrWorkbookUnsafe, i+1, wrong)
		}
		size := int64(min(part.UncompressedSize64, 1<<62))
		switch rows := holdsRows(part.Name); {
		case size > 1<<20 && part.UncompressedSize64/l.Ratio > part.CompressedSize64:
			return fmt.Errorf("%w: part %d unfolds to more than %d times its packed size", ErrWorkbookTooLarge, i+1, l.Ratio)
		case !rows && isXML(part.Name) && size > l.Aside:
			return fmt.Errorf("%w: part %d unfolds to %d MB, the limit is %d", ErrWorkbookTooLarge, i+1, size>>20, l.Aside>>20)
		case !rows || size <= l.Spills:
			held += size
		}
		if all += size; all > l.Unzipped {
			return fmt.Errorf("%w: it unfolds to more than %d MB", ErrWorkbookTooLarge, l.Unzipped>>20)
		}
		if held > l.Held {
			return fmt.Errorf("%w: what lies beside its rows unfolds to more than %d MB", ErrWorkbookTooLarge, l.Held>>20)
		}
	}
	v := vetting{limits: l}
	for i, part := range z.File {
		if !isXML(part.Name) {
			continue
		}
		if err := v.part(ctx, part); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return fmt.Errorf("part %d: %w", i+1, err)
		}
	}
	return nil
}

// wrongPart says what is wrong with a member by its entry alone. Names are
// not repeated: a stranger wrote them.
func wrongPart(part *zip.File, names map[string]bool) string {
	name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
	twice := names[name]
	names[name] = true
	switch {
	case part.Flags&1 != 0:
		return "is protected by a password"
	case part.Mode()&fs.ModeSymlink != 0:
		return "is a link"
	case strings.HasPrefix(name, "/"), strings.Contains(name, ":"), strings.Contains("/"+name+"/", "/../"), strings.ContainsRune(name, 0):
		return "has a name that leads out of the file"
	case twice:
		return "has the name of another"
	}
	return ""
}

func isXML(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") || strings.HasSuffix(name, ".vml")
}

// holdsRows reports whether a member may be as large as the rows of a workbook.
func holdsRows(name string) bool {
	return strings.Contains(name, "worksheets/") && !strings.Contains(name, "_rels") || strings.Contains(strings.ToLower(name), "sharedstrings") || name == "content.xml"
}

// vetting looks through the XML of a workbook byte by byte and keeps nothing
// but one tag. It is no parser: what it lets through may still be faulty.
type vetting struct {
	limits             WorkbookLimits
	rows, cells, texts int

	inside func(byte) error // what the next byte is part of
	tag    []byte           // as far as it was read
	tail   [2]byte          // the last bytes of a comment, CDATA or instruction
	end    string           // of that
	quote  byte             // of the attribute value it stands in
	run    int              // bytes since the last tag began or ended
	depth  int
	inRow  bool
	row    int64 // bytes of the row so far
}

func (v *vetting) part(ctx context.Context, part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return fmt.Errorf("%w: it cannot be unpacked", ErrWorkbookUnsafe)
	}
	defer func() { _ = r.Close() }()
	v.inside, v.depth, v.inRow, v.run, v.quote = v.text, 0, false, 0, 0
	buf := make([]byte, 64<<10)
	for first := true; ; first = false {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(buf)
		if first && (bytes.HasPrefix(buf[:n], []byte("\xff\xfe")) || bytes.HasPrefix(buf[:n], []byte("\xfe\xff")) || bytes.IndexByte(buf[:min(n, 64)], 0) >= 0) {
			return fmt.Errorf("%w: it is not written in UTF-8", ErrWorkbookUnsafe)
		}
		for _, b := range buf[:n] {
			v.run++
			v.row++
			if err := v.inside(b); err != nil {
				return err
			}
		}
		switch {
		case v.run > longestText:
			return fmt.Errorf("%w: one of its texts has more than %d MB", ErrWorkbookTooLarge, longestText>>20)
		case v.inRow && v.row > v.limits.Row:
			return fmt.Errorf("%w: one of its rows has more than %d MB", ErrWorkbookTooLarge, v.limits.Row>>20)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%w: it cannot be unpacked", ErrWorkbookUnsafe)
		}
	}
}

func (v *vetting) text(b byte) error {
	if b == '<' {
		v.inside, v.tag, v.run = v.inTag, v.tag[:0], 0
	}
	return nil
}

// longestTag is how much of a tag is kept: its name, and what an instruction says.
const longestTag = 256

func (v *vetting) inTag(b byte) error {
	switch {
	case v.quote != 0:
		if b == v.quote {
			v.quote = 0
		}
	case b == '>':
		v.inside, v.run = v.text, 0
		return v.element()
	case (b == '"' || b == '\'') && len(v.tag) > 0 && v.tag[0] != '!':
		v.quote = b
	}
	if len(v.tag) < longestTag {
		v.tag = append(v.tag, b)
	}
	switch string(v.tag) {
	case "!--":
		v.until("--")
	case "![CDATA[":
		v.until("]]")
	case "?":
		v.until("?")
	}
	return nil
}

// until passes over what ends with these characters and a closing bracket.
func (v *vetting) until(end string) { v.inside, v.end, v.tail = v.passed, end, [2]byte{} }

func (v *vetting) passed(b byte) error {
	if b == '>' && strings.HasSuffix(string(v.tail[:]), v.end) {
		v.inside, v.run = v.text, 0
		return v.instruction()
	}
	v.tail = [2]byte{v.tail[1], b}
	if v.end == "?" && len(v.tag) < longestTag {
		v.tag = append(v.tag, b)
	}
	return nil
}

// instruction refuses texts in another encoding: a library would turn them
// into what was not looked at.
func (v *vetting) instruction() error {
	tag := strings.ToLower(string(v.tag))
	if _, encoding, ok := strings.Cut(tag, "encoding"); ok && strings.HasPrefix(tag, "?xml ") {
		encoding = strings.TrimLeft(encoding, " \t\r\n='\"")
		if !strings.HasPrefix(encoding, "utf-8") && !strings.HasPrefix(encoding, "us-ascii") {
			return fmt.Errorf("%w: it is not written in UTF-8", ErrWorkbookUnsafe)
		}
	}
	return nil
}

// element takes one whole tag.
func (v *vetting) element() error {
	tag := v.tag
	switch {
	case len(tag) > 0 && tag[0] == '!':
		return fmt.Errorf("%w: it declares a document type or entities, which no spreadsheet does", ErrWorkbookUnsafe)
	case len(tag) > 0 && tag[0] == '/':
		v.depth--
		if name := localName(tag[1:]); name == "row" || name == "table-row" {
			v.inRow = false
		}
		return nil
	}
	alone := len(tag) > 0 && tag[len(tag)-1] == '/'
	if !alone {
		if v.depth++; v.depth > deepestElement {
			return fmt.Errorf("%w: its elements nest deeper than %d", ErrWorkbookUnsafe, deepestElement)
		}
	}
	switch localName(tag) {
	case "row", "table-row":
		if v.rows++; v.rows > v.limits.Rows {
			return fmt.Errorf("%w: more than %d rows", ErrWorkbookTooLarge, v.limits.Rows)
		}
		v.inRow, v.row = !alone, 0
	case "c", "table-cell", "covered-table-cell":
		if v.cells++; v.cells > v.limits.Cells {
			return fmt.Errorf("%w: more than %d cells", ErrWorkbookTooLarge, v.limits.Cells)
		}
	case "si":
		if v.texts++; v.texts > v.limits.Texts {
			return fmt.Errorf("%w: more than %d texts", ErrWorkbookTooLarge, v.limits.Texts)
		}
	}
	return nil
}

// localName is the name of an element without its prefix.
func localName(tag []byte) string {
	if i := bytes.IndexAny(tag, " \t\r\n/>"); i >= 0 {
		tag = tag[:i]
	}
	if i := bytes.IndexByte(tag, ':'); i >= 0 {
		tag = tag[i+1:]
	}
	return string(tag)
}
