package lists

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"golang.org/x/net/html/charset"
)

// maxDepth bounds how deep elements may nest; the deepest list known has 12 levels.
const maxDepth = 64

// elements streams an XML file: each element with one of the local names is
// handed to its func, which reads it whole (decode does) or leaves it to be
// walked into by returning at once. A document that ends early is an error,
// as is one larger than maxRecord within a single element.
func elements(r io.Reader, file string, want map[string]func(e *element) error) error {
	m := &meter{r: r, limit: maxRecord}
	b := bufio.NewReaderSize(m, 64<<10)
	if head, _ := b.Peek(512); len(head) == 0 {
		return fmt.Errorf("%s is empty", file)
	} else if looksHTML(head) {
		return fmt.Errorf("%s %w", file, errHTML)
	}
	d := xml.NewDecoder(b)
	d.CharsetReader = charset.NewReaderLabel
	depth, seen := 0, 0
	for {
		m.n = 0
		token, err := d.Token()
		if errors.Is(err, io.EOF) && depth == 0 && seen > 0 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", file, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			seen++
			if depth++; depth > maxDepth {
				return fmt.Errorf("reading %s: elements nest deeper than %d", file, maxDepth)
			}
			do, ok := want[token.Name.Local]
			if !ok {
				continue
			}
			e := &element{Name: token.Name.Local, Depth: depth, file: file, start: token, d: d, meter: m}
			if err := do(e); err != nil {
				return err
			}
			if e.read {
				depth--
			}
		case xml.EndElement:
			depth--
		}
	}
}

// element is one element of interest, not yet read; Depth is 1 for the root.
type element struct {
	Name  string
	Depth int
	file  string
	start xml.StartElement
	d     *xml.Decoder
	meter *meter
	read  bool
}

// Attr returns an attribute of the element by its local name, or "".
func (e *element) Attr(name string) string {
	for _, a := range e.start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Line is the line of the file the decoder has come to.
func (e *element) Line() int {
	line, _ := e.d.InputPos()
	return line
}

// Decode reads the whole element into v as encoding/xml does.
func (e *element) Decode(v any) error {
	e.read = true
	if err := e.d.DecodeElement(v, &e.start); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("reading %s: %w", e.file, err)
	}
	return nil
}

// Skip passes over the whole element.
func (e *element) Skip() error {
	e.read = true
	for depth := 1; depth > 0; {
		e.meter.n = 0
		token, err := e.d.Token()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", e.file, err)
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}
