package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// errEnough ends the walk over a part before its end; it is no error.
var errEnough = errors.New("enough read")

// deepest is how far elements may nest: sheets stay below 20.
const deepest = 200

// walkXML calls f with each token of one part of a zipped sheet, in constant
// memory: nothing is expanded, entities and document types are refused, and
// what unfolds is counted. The tokens are raw; f must not keep them.
func walkXML(part *zip.File, m *meter, f func(xml.Token) error) error {
	r, err := openPart(part, m)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(&tagReader{r: utf8From(r)})
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(label), "utf") { // already turned into UTF-8
			return in, nil
		}
		return charset.NewReaderLabel(label, in)
	}
	depth := 0
	for {
		if err := m.tick(); err != nil {
			return err
		}
		t, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF) && depth == 0:
			return nil
		case errors.Is(err, io.EOF):
			return damaged("its part %s ends too early", part.Name)
		case err != nil:
			if fe, ok := errors.AsType[*FileError](err); ok {
				return fe
			}
			return damaged("its part %s cannot be read: %v", part.Name, plainXMLError(err))
		}
		switch t := t.(type) {
		case xml.Directive:
			if bytes.HasPrefix(bytes.TrimSpace(t), []byte("DOCTYPE")) {
				return &FileError{Reason: "its part " + part.Name + " declares a document type, which no spreadsheet does", Advice: saveAs}
			}
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth < 0 || depth > deepest {
			return damaged("its part %s is wrongly nested", part.Name)
		}
		if err := f(t); err != nil {
			if errors.Is(err, errEnough) {
				return nil
			}
			return err
		}
	}
}

// plainXMLError keeps the line of a syntax error and leaves out what it
// quotes: that could be a name.
func plainXMLError(err error) string {
	if se, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return fmt.Sprintf("faulty XML on line %d", se.Line)
	}
	if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err.Error()
	}
	return "faulty XML"
}

func damaged(format string, args ...any) *FileError {
	return &FileError{
		Reason: "damaged: " + fmt.Sprintf(format, args...),
		Advice: "Open it in a spreadsheet program, let it repair the file, save it under a new name, and screen that.",
	}
}

// openPart opens one part of a zipped sheet and counts what it unfolds to.
func openPart(part *zip.File, m *meter) (io.ReadCloser, error) {
	if err := checkRatio(part, m.limits); err != nil {
		return nil, err
	}
	r, err := part.Open()
	if err != nil {
		return nil, damaged("its part %s cannot be unpacked: %v", part.Name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{&countingReader{r: r, m: m}, r}, nil
}

// checkRatio refuses a part that says of itself that it unfolds to far more
// than an honest one. A part that lies about its size is caught while it is
// unpacked.
func checkRatio(part *zip.File, l Limits) error {
	size, packed := part.UncompressedSize64, max(part.CompressedSize64, 1)
	if size > freeUnfold && size/packed > uint64(l.Ratio) {
		return tooMuch("its part %s unfolds to %d times its packed size, and %d is the limit", part.Name, size/packed, l.Ratio)
	}
	if size > uint64(l.Unzipped) {
		return tooMuch("its part %s unfolds to %d MB, and %d MB is the limit", part.Name, size>>20, l.Unzipped>>20)
	}
	return nil
}

type countingReader struct {
	r io.Reader
	m *meter
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if e := c.m.unzip(n); e != nil {
		return n, e
	}
	return n, err
}

// utf8From turns UTF-16 with a byte order mark into UTF-8 and leaves all else.
func utf8From(r io.Reader) io.Reader {
	start := make([]byte, 2)
	n, err := io.ReadFull(r, start)
	whole := io.MultiReader(bytes.NewReader(start[:n]), r)
	if err == nil && (start[0] == 0xFF && start[1] == 0xFE || start[0] == 0xFE && start[1] == 0xFF) {
		return transform.NewReader(whole, unicode.BOMOverride(transform.Nop))
	}
	return whole
}

// A tagReader guards the decoder behind it, which keeps a text, a tag or a
// comment in memory whole: it fails when no tag begins for longestRun bytes.
// Control characters, which XML forbids and careless programs write, become blanks.
type tagReader struct {
	r   io.Reader
	run int
}

func (t *tagReader) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	for i, b := range p[:n] {
		switch {
		case b == '<':
			t.run = 0
			continue
		case b < ' ' && b != '\n' && b != '\t' && b != '\r':
			p[i] = ' '
		}
		t.run++
	}
	if t.run > longestRun {
		return n, tooMuch("one of its cells holds more than %d MB of text", longestRun>>20)
	}
	return n, err
}

// attr returns the attribute of a local name, whatever its prefix.
func attr(s *xml.StartElement, local string) string {
	for _, a := range s.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}
