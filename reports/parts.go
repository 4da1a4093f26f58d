package reports

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/xml"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// parts is a zip that holds its members in the order of their names, the
// content types first, so that equal workbooks are equal bytes. The library
// hands sheets over, and lists the content types, in the order of a map.
type parts struct {
	out     io.Writer
	types   bytes.Buffer // the content types as the library lists them
	members []*part
}

// contentTypes is the name of the member that says what the others are.
const contentTypes = "[Content_Types].xml"

type part struct {
	name  string
	data  bytes.Buffer
	flate *flate.Writer
	sum   hash.Hash32
	size  uint64
}

// Create opens the next member; it is complete when another is created.
func (p *parts) Create(name string) (io.Writer, error) {
	if name == contentTypes {
		return &p.types, nil
	}
	return p.add(name)
}

func (p *parts) add(name string) (*part, error) {
	m := &part{name: name, sum: crc32.NewIEEE()}
	w, err := flate.NewWriter(&m.data, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	m.flate = w
	p.members = append(p.members, m)
	return m, nil
}

func (m *part) Write(b []byte) (int, error) {
	n, err := m.flate.Write(b)
	m.size += uint64(n)
	m.sum.Write(b[:n])
	return n, err
}

// AddFS is part of the library's interface; a workbook is not made of files.
func (p *parts) AddFS(fs.FS) error { return errors.New("a workbook takes no folder") }

// Close writes the members and the directory.
func (p *parts) Close() error {
	slices.SortStableFunc(p.members, func(a, b *part) int { return strings.Compare(a.name, b.name) })
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
	p.members = slices.Insert(p.members[:len(p.members)-1], 0, m)
	z := zip.NewWriter(p.out)
	for _, m := range p.members {
		if err := m.flate.Close(); err != nil {
			return err
		}
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: m.name, Method: zip.Deflate, CRC32: m.sum.Sum32(),
			CompressedSize64: uint64(m.data.Len()), UncompressedSize64: m.size,
		})
		if err != nil {
			return err
		}
		if _, err := m.data.WriteTo(w); err != nil {
			return err
		}
	}
	return z.Close()
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
