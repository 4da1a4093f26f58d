package intake

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// saveAs is the advice for all that a spreadsheet program can open and we cannot.
const saveAs = "Open it in a spreadsheet program, save it as .xlsx, and screen that."

// format is what a file is by its content; its name is never asked.
type format int

const (
	formatText format = iota
	formatXLSX
	formatODS
	formatDisclosure
)

// signatures are the first bytes of what people drop on us instead of a sheet.
var signatures = []struct {
	start          string
	reason, advice string
}{
	{"%PDF", "it is a PDF document, not a spreadsheet, whatever its name says", "Ask for the table itself as .xlsx or .csv, or copy it into a new workbook."},
	{"{\\rtf", "it is a text document (RTF), not a spreadsheet", "Copy its table into a new workbook."},
	{"\x1f\x8b", "it is a compressed file (gzip)", "Unpack it and screen the sheet inside."},
	{"7z\xbc\xaf\x27\x1c", "it is an archive (7z)", "Unpack it and screen the sheet inside."},
	{"Rar!", "it is an archive (rar)", "Unpack it and screen the sheet inside."},
	{"BZh", "it is a compressed file (bzip2)", "Unpack it and screen the sheet inside."},
	{"\xfd7zXZ", "it is a compressed file (xz)", "Unpack it and screen the sheet inside."},
	{"\x89PNG", "it is a picture, not a spreadsheet", "Ask for the table itself as .xlsx or .csv."},
	{"\xff\xd8\xff", "it is a picture, not a spreadsheet", "Ask for the table itself as .xlsx or .csv."},
	{"GIF8", "it is a picture, not a spreadsheet", "Ask for the table itself as .xlsx or .csv."},
	{"PAR1", "it is a Parquet file, not a spreadsheet", "Export the table as .xlsx or .csv."},
	{"SQLite format 3", "it is a database, not a spreadsheet", "Export the table as .xlsx or .csv."},
	{"\x7fELF", "it is a program, not a spreadsheet", "Look whether the right file was chosen."},
	{"MZ", "it is a program, not a spreadsheet", "Look whether the right file was chosen."},
}

const oleHeader = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// sniff says what a file is by its content, or in a *FileError what it is
// instead of a spreadsheet and what to do about it.
func sniff(r io.ReaderAt, size int64, l Limits) (format, *zip.Reader, error) {
	start := make([]byte, 4096)
	n, err := r.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, nil, err
	}
	start = start[:n]
	if len(bytes.Trim(bytes.TrimPrefix(start, []byte("\xEF\xBB\xBF")), "\x00 \t\r\n\f\v")) == 0 && size <= int64(len(start)) {
		return 0, nil, &FileError{Reason: "the file is empty", Advice: "Look whether it was saved or sent whole."}
	}
	for _, s := range signatures {
		if bytes.HasPrefix(start, []byte(s.start)) && (s.start != "MZ" || bytes.IndexByte(start, 0) >= 0) {
			return 0, nil, &FileError{Reason: s.reason, Advice: s.advice}
		}
	}
	switch {
	case bytes.HasPrefix(start, []byte(oleHeader)):
		return 0, nil, sniffOLE(r, size)
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return sniffZip(r, size, l)
	}
	if disclosureIn(start) {
		return formatDisclosure, nil, nil
	}
	return formatText, nil, sniffText(start)
}

func passwordProtected() *FileError {
	return &FileError{
		Reason: "it is protected with a password, so nothing in it can be read",
		Advice: "Open it with its password, save a copy without one, and screen that.",
	}
}

// sniffOLE tells apart what shares the old container of Microsoft: an .xlsx
// with a password, an .xls, a Word document, a message. Its directory names
// the streams in UTF-16.
func sniffOLE(r io.ReaderAt, size int64) error {
	holds := func(name string) bool {
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(name)
		return err == nil && contains(r, size, []byte(wide+"\x00\x00"))
	}
	switch {
	case holds("EncryptedPackage"):
		return passwordProtected()
	case holds("Workbook"), holds("Book"):
		return &FileError{Reason: "it is an Excel file of the format before 2007 (.xls), which is not read", Advice: saveAs}
	case holds("WordDocument"):
		return &FileError{Reason: "it is a Word document, not a spreadsheet", Advice: "Copy its table into a new workbook."}
	case holds("__substg1.0_0037001F"), holds("__properties_version1.0"):
		return &FileError{Reason: "it is a mail message, not a spreadsheet", Advice: "Save its attachment and screen that."}
	}
	return &FileError{Reason: "it is an Office file of the format before 2007, which is not read", Advice: saveAs}
}

func contains(r io.ReaderAt, size int64, what []byte) bool {
	in := io.NewSectionReader(r, 0, size)
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := in.Read(buf[kept:])
		seen := buf[:kept+n]
		if bytes.Contains(seen, what) {
			return true
		}
		if err != nil {
			return false
		}
		kept = copy(buf, seen[max(0, len(seen)-len(what)):])
	}
}

func sniffZip(r io.ReaderAt, size int64, l Limits) (format, *zip.Reader, error) {
	if n := partCount(r, size); n > l.Parts {
		return 0, nil, tooMuch("it is made of %d parts, and %d is the limit", n, l.Parts)
	}
	zr, err := zip.NewReader(r, size)
	if err != nil {
		return 0, nil, &FileError{
			Reason: "damaged: it begins as a zipped spreadsheet and is not whole",
			Advice: "It may have been cut off on its way: get it again. Or open it in a spreadsheet program, let it repair the file, save it, and screen that.",
		}
	}
	parts := partsOf(zr)
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return parts[n] != nil })
	}
	kind := ""
	if p := parts["mimetype"]; p != nil && p.UncompressedSize64 < 200 {
		if f, err := p.Open(); err == nil {
			b, _ := io.ReadAll(io.LimitReader(f, 200))
			kind = strings.TrimSpace(string(b))
			f.Close()
		}
	}
	other := func(reason, advice string) (format, *zip.Reader, error) {
		return 0, nil, &FileError{Reason: reason, Advice: advice}
	}
	switch {
	case slices.ContainsFunc(zr.File, func(f *zip.File) bool { return f.Flags&1 != 0 }):
		return 0, nil, passwordProtected()
	case strings.HasPrefix(kind, "application/vnd.oasis.opendocument.spreadsheet"):
		return formatODS, zr, nil
	case strings.HasPrefix(kind, "application/vnd.oasis.opendocument"):
		return other("it is an OpenDocument file, but no spreadsheet", "Copy its table into a new workbook.")
	case has("xl/workbook.bin"):
		return other("it is a binary Excel workbook (.xlsb), which is not read", saveAs)
	case has("xl/workbook.xml"):
		return formatXLSX, zr, nil
	case has("word/document.xml"):
		return other("it is a Word document, not a spreadsheet", "Copy its table into a new workbook.")
	case has("ppt/presentation.xml"):
		return other("it is a presentation, not a spreadsheet", "Copy its table into a new workbook.")
	case has("index/document.iwa", "index.zip"):
		return other("it is an Apple Numbers document, which is not read", "In Numbers choose File, Export To, Excel, and screen that.")
	case has("[content_types].xml"):
		return formatXLSX, zr, nil // the workbook may have another name
	}
	return other("it is a zip archive, not a spreadsheet", "Unpack it and screen the sheets inside.")
}

// partCount reads from the end of a zip how many parts it claims to have,
// before its directory is taken into memory.
func partCount(r io.ReaderAt, size int64) int {
	tail := make([]byte, min(size, 66<<10))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return 0
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || i+12 > len(tail) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(tail[i+10:])) // 65,535 where there are more
}

// sniffText recognises texts that are no tables.
func sniffText(start []byte) error {
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xEF\xBB\xBF")), " \t\r\n")
	lower := bytes.ToLower(text)
	begins := func(s string) bool { return bytes.HasPrefix(lower, []byte(s)) }
	switch {
	case begins("<!doctype html"), begins("<html"), begins("<head"), begins("<body"), begins("<table"), begins("<meta"):
		return &FileError{Reason: "it is a web page, whatever its name says", Advice: saveAs}
	case begins("<?xml"), begins("<workbook"), begins("<office:document"):
		if bytes.Contains(lower, []byte("office:spreadsheet")) || bytes.Contains(lower, []byte("opendocument")) {
			return &FileError{Reason: "it is a spreadsheet written as plain XML, which is not read", Advice: saveAs}
		}
		return &FileError{Reason: "it is an XML file, not a spreadsheet", Advice: "Export the table as .xlsx or .csv."}
	case looksLikeJSON(text):
		return &FileError{Reason: "it is a JSON file, not a spreadsheet", Advice: "Export the table as .xlsx or .csv, one row a partner, with a header row."}
	}
	return nil
}

// looksLikeJSON reports whether a text opens an object, or a list of
// objects, lists or strings.
func looksLikeJSON(text []byte) bool {
	if len(text) == 0 || (text[0] != '{' && text[0] != '[') {
		return false
	}
	list := text[0] == '['
	next := bytes.TrimLeft(text[1:], " \t\r\n")
	if len(next) == 0 {
		return true
	}
	return next[0] == '"' || next[0] == '}' && !list || list && (next[0] == '{' || next[0] == '[' || next[0] == ']')
}

func notText() *FileError {
	return &FileError{
		Reason: "it is neither a spreadsheet nor a text file",
		Advice: "Look whether the right file was chosen; .xlsx, .ods, .csv and .tsv are read.",
	}
}

// at adds to a *FileError where in the file it arose; other errors pass through.
func at(err error, format string, args ...any) error {
	if fe, ok := errors.AsType[*FileError](err); ok {
		return &FileError{File: fe.File, Reason: fmt.Sprintf(format, args...) + ": " + fe.Reason, Advice: fe.Advice}
	}
	return err
}
