package reports

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// parts takes the members of a workbook from the library and writes them as a
// zip in the order of their names, the content types first, so that equal
// workbooks are equal bytes: the library hands sheets over, and lists the
// content types, in the order of a map. It also would hold the whole file in
// memory; here the members wait, compressed, in a temporary file.
type parts struct {
	file    *os.File
	buf     *bufio.Writer
	flate   *flate.Writer
	types   bytes.Buffer // the content types as the library lists them
	members []*part
	end     int64 // of what was written to the file
	err     error // the first; the library does not look at every one
}

// contentTypes is the name of the member that says what the others are.
const contentTypes = "[Content_Types].xml"

// part is one member; it is complete when another is created.
type part struct {
	all  *parts
	name string
	from int64
	to   int64
	sum  uint32
	size uint64
}

func newParts(dir string) (*parts, error) {
	f, err := os.CreateTemp(dir, "screener-workbook-")
	if err != nil {
		return nil, fmt.Errorf("keeping sheets aside: %w", err)
	}
	p := &parts{file: f, buf: bufio.NewWriterSize(f, 1<<16)}
	p.flate, err = flate.NewWriter(counter{p}, flate.DefaultCompression)
	return p, err
}

// counter counts what goes into the file.
type counter struct{ p *parts }

func (c counter) Write(b []byte) (int, error) {
	n, err := c.p.buf.Write(b)
	c.p.end += int64(n)
	return n, err
}

// Create opens the next member.
func (p *parts) Create(name string) (io.Writer, error) {
	if name == contentTypes {
		return &p.types, nil
	}
	return p.add(name)
}

func (p *parts) add(name string) (*part, error) {
	if err := p.complete(); err != nil {
		return nil, err
	}
	m := &part{all: p, name: name, from: p.end}
	p.members = append(p.members, m)
	p.flate.Reset(counter{p})
	return m, nil
}

func (m *part) Write(b []byte) (int, error) {
	n, err := m.all.flate.Write(b)
	m.size += uint64(n)
	m.sum = crc32.Update(m.sum, crc32.IEEETable, b[:n])
	if m.all.err == nil {
		m.all.err = err
	}
	return n, err
}

// complete ends the member that is open.
func (p *parts) complete() error {
	if n := len(p.members); p.err == nil && n > 0 && p.members[n-1].to == 0 {
		p.err = p.flate.Close()
		p.members[n-1].to = p.end
	}
	return p.err
}

// AddFS is part of the library's interface; a workbook is not made of files.
func (p *parts) AddFS(fs.FS) error { return errors.New("a workbook takes no folder") }

// Close is called by the library when it has handed over everything, and also
// when it could not: so the zip is written by writeTo, once that is known.
func (p *parts) Close() error { return p.complete() }

// writeTo writes the zip.
func (p *parts) writeTo(w io.Writer) error {
	types, err := sortedTypes(p.types.Bytes())
	if err != nil {
		return fmt.Errorf("listing the content types: %w", err)
	}
	m, err := p.add(contentTypes)
	if err != nil {
		return err
	}
	if _, err := m.Write(types); err != nil {
		return err
	}
	if err := errors.Join(p.complete(), p.buf.Flush()); err != nil {
		return err
	}
	// "[" sorts before every other first letter there is.
	slices.SortFunc(p.members, func(a, b *part) int { return strings.Compare(a.name, b.name) })
	z := zip.NewWriter(w)
	for _, m := range p.members {
		out, err := z.CreateRaw(&zip.FileHeader{
			Name: m.name, Method: zip.Deflate, CRC32: m.sum, CompressedSize64: uint64(m.to - m.from), UncompressedSize64: m.size,
		})
		if err != nil {
			return err
		}
		if _, err := io.Copy(out, io.NewSectionReader(p.file, m.from, m.to-m.from)); err != nil {
			return err
		}
	}
	return z.Close()
}

// remove removes the file.
func (p *parts) remove() error {
	return errors.Join(p.file.Close(), os.Remove(p.file.Name()))
}

// sortedTypes puts the content types into the order of what they are for.
func sortedTypes(b []byte) ([]byte, error) {
	type entry struct {
		Extension   string `xml:"Extension,attr,omitempty"`
		PartName    string `xml:"PartName,attr,omitempty"`
		ContentType string `xml:"ContentType,attr"`
	}
	var types struct {
		XMLName  xml.Name `xml:"http://schemas.openxmlformats.org/package/2006/content-types Types"`
		Default  []entry  `xml:"Default"`
		Override []entry  `xml:"Override"`
	}
	if err := xml.Unmarshal(b, &types); err != nil {
		return nil, err
	}
	order := func(a, b entry) int {
		return cmp.Or(strings.Compare(a.Extension, b.Extension), strings.Compare(a.PartName, b.PartName))
	}
	slices.SortFunc(types.Default, order)
	slices.SortFunc(types.Override, order)
	out, err := xml.Marshal(types)
	return append([]byte(xml.Header), out...), err
}
