//go:build unix

package jobs_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// zipBase is an honest file of a zipped kind, to be spoilt.
type zipBase struct {
	kind  string
	door  string
	main  string // the member that holds the rows
	other string // a member beside it that is read
	parts [][2]string
}

func (z zipBase) with(name, content string) [][2]string {
	out := make([][2]string, len(z.parts))
	for i, p := range z.parts {
		if out[i] = p; p[0] == name {
			out[i][1] = content
		}
	}
	return out
}

func (z zipBase) content(name string) string {
	for _, p := range z.parts {
		if p[0] == name {
			return p[1]
		}
	}
	panic("no part " + name)
}

const (
	sheetHead = `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	sheetTail = `</sheetData></worksheet>`
	// partnerRows are a header and one partner.
	partnerRows = `<row r="1"><c r="A1" t="inlineStr"><is><t>Partner</t></is></c><c r="B1" t="inlineStr"><is><t>Country</t></is></c></row>` +
		`<row r="2"><c r="A2" t="inlineStr"><is><t>` + secretName + ` Institute</t></is></c><c r="B2" t="inlineStr"><is><t>DE</t></is></c></row>`
	odsStart = `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" ` +
		`xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>`
	odsEnd = `</office:spreadsheet></office:body></office:document-content>`
)

// odsTable is a table of one column, its header first.
func odsTable(name, rows string) string {
	return odsStart + `<table:table table:name="` + name + `"><table:table-row><table:table-cell><text:p>Partner</text:p></table:table-cell></table:table-row>` +
		rows + `</table:table>` + odsEnd
}

const odsPartner = `<table:table-row><table:table-cell><text:p>` + secretName + ` Institute</text:p></table:table-cell></table:table-row>`

// workbookParts are the members of a workbook of one sheet and a table of shared texts.
func workbookParts(sheet, texts string) [][2]string {
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	return [][2]string{
		{"[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
			`<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`},
		{"_rels/.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + rel + `"><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + rel + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheet},
		{"xl/sharedStrings.xml", `<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + texts + `</sst>`},
	}
}

var (
	xlsxBase = zipBase{"xlsx", "sheet", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", workbookParts(sheetHead+partnerRows+sheetTail, "")}
	odsBase  = zipBase{"ods", "sheet", "content.xml", "META-INF/manifest.xml", [][2]string{
		{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", odsTable("One", odsPartner)}, {"META-INF/manifest.xml", `<?xml version="1.0"?><manifest/>`},
	}}
	odsBookBase = zipBase{"ods", "workbook", "content.xml", "styles.xml", [][2]string{
		{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", odsTable("Review", odsPartner)}, {"styles.xml", `<?xml version="1.0"?><styles/>`},
	}}
	listBase = zipBase{"xlsx", "own.names_xlsx/names.xlsx", "xl/worksheets/sheet1.xml", "xl/workbook.xml",
		workbookParts(sheetHead+strings.NewReplacer("Partner", "name", "Country", "country").Replace(partnerRows)+sheetTail, "")}
)

// bookBase is a workbook that the program made for review.
func bookBase(t *testing.T, book []byte) zipBase {
	t.Helper()
	base := zipBase{kind: "xlsx", door: "workbook", other: "xl/workbook.xml"}
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		base.parts = append(base.parts, [2]string{f.Name, string(content)})
		if strings.Contains(string(content), "Seal") && strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
			base.main = f.Name
		}
	}
	if base.main == "" {
		base.main = "xl/worksheets/sheet2.xml"
	}
	return base
}

// zipped packs members as they are.
func zipped(parts [][2]string, more ...func(*zip.Writer) error) []byte {
	var out bytes.Buffer
	w := zipWriter(&out)
	for _, p := range parts {
		f, err := w.Create(p[0])
		if err == nil {
			_, err = io.WriteString(f, p[1])
		}
		must(err)
	}
	for _, m := range more {
		must(m(w))
	}
	must(w.Close())
	return out.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// zipWriter packs fast rather than small.
func zipWriter(out io.Writer) *zip.Writer {
	w := zip.NewWriter(out)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	return w
}

// packed is a member made once and put into many files: so much of a text.
func packed(text string, times int) func() *rawMember {
	return sync.OnceValue(func() *rawMember {
		var out bytes.Buffer
		w := zipWriter(&out)
		f, err := w.Create("x")
		must(err)
		block := strings.Repeat(text, max(1, (1<<20)/len(text)))
		for left := times * len(text); left > 0; left -= len(block) {
			_, err := io.WriteString(f, block[:min(left, len(block))])
			must(err)
		}
		must(w.Close())
		z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
		must(err)
		r, err := z.File[0].OpenRaw()
		must(err)
		body, err := io.ReadAll(r)
		must(err)
		return &rawMember{z.File[0].FileHeader, body}
	})
}

type rawMember struct {
	header zip.FileHeader
	body   []byte
}

// as writes the member under a name; spoil may change what the zip says of it.
func (m *rawMember) as(name string, spoil func(*zip.FileHeader)) func(*zip.Writer) error {
	return func(w *zip.Writer) error {
		h := m.header
		h.Name, h.Flags = name, 0
		if spoil != nil {
			spoil(&h)
		}
		f, err := w.CreateRaw(&h)
		if err != nil {
			return err
		}
		_, err = f.Write(m.body)
		return err
	}
}

var blanks = packed(" ", 72<<20)

// noise is text that does not pack well.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ."[r.IntN(64)]
	}
	return string(b)
}

// without drops a member.
func without(parts [][2]string, name string) (out [][2]string) {
	for _, p := range parts {
		if p[0] != name {
			out = append(out, p)
		}
	}
	return out
}

// zipTricks spoil one honest file in every way the container and its XML allow.
func zipTricks(z zipBase) []badFile {
	root := func(s string) string { // in front of the outermost element
		i := strings.Index(s, "?>") + 2
		return s[i:]
	}
	main, other := z.content(z.main), z.content(z.other)
	part := func(name, content string) func() []byte {
		return func() []byte { return zipped(z.with(name, content)) }
	}
	big := func(m func() *rawMember, spoil func(*zip.FileHeader)) func() []byte {
		return func() []byte { return zipped(without(z.parts, z.main), m().as(z.main, spoil)) }
	}
	whole := sync.OnceValue(func() []byte { return zipped(z.parts) })
	directory := func() int { return bytes.Index(whole(), []byte("PK\x01\x02")) }
	laughs := `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "` + strings.Repeat("x", 1000) + `">`
	for i := range 9 {
		laughs += fmt.Sprintf(`<!ENTITY %c "%s">`, 'b'+i, strings.Repeat(fmt.Sprintf("&%c;", 'a'+i), 10))
	}
	laughs += "]>"
	external := `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>`
	utf16 := func(s string) string {
		b := []byte("\xff\xfe")
		for _, r := range s {
			b = binary.LittleEndian.AppendUint16(b, uint16(r))
		}
		return string(b)
	}
	more := func(name string, spoil func(*zip.FileHeader), content string) func() []byte {
		return func() []byte {
			return zipped(z.parts, func(w *zip.Writer) error {
				h := &zip.FileHeader{Name: name, Method: zip.Store}
				if spoil != nil {
					spoil(h)
				}
				f, err := w.CreateHeader(h)
				if err != nil {
					return err
				}
				_, err = io.WriteString(f, content)
				return err
			})
		}
	}
	cut := func(at func() int) func() []byte { return func() []byte { return whole()[:at()] } }
	patch := func(change func(b []byte)) func() []byte {
		return func() []byte {
			b := bytes.Clone(whole())
			change(b)
			return b
		}
	}
	inside := strings.Repeat("<a>", 100_000)
	attributes := strings.Builder{}
	for i := range 100_000 {
		fmt.Fprintf(&attributes, ` a%d="1"`, i)
	}
	tricks := []struct {
		name string
		make func() []byte
		fate fate
	}{
		{"cut in its first header", cut(func() int { return 20 }), refused},
		{"cut in its data", cut(func() int { return directory() / 2 }), refused},
		{"cut before its directory", cut(directory), refused},
		{"cut in its directory", cut(func() int { return directory() + 30 }), refused},
		{"cut in its last record", cut(func() int { return len(whole()) - 10 }), refused},
		{"its rows twice under one name", more(z.main, nil, main), either},
		{"a name that leads out", more("../../../etc/cron.d/x", nil, "x"), either},
		{"an absolute name", more("/etc/cron.d/x", nil, "x"), either},
		{"a name with a drive", more(`C:\Windows\x`, nil, "x"), either},
		{"a name in other letters and slashes", more(strings.ToUpper(strings.ReplaceAll(z.main, "/", `\`)), nil, main), either},
		{"a link", more("xl/link", func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }, "/etc/passwd"), either},
		{"20,000 empty members", func() []byte {
			return zipped(z.parts, func(w *zip.Writer) error {
				for i := range 20_000 {
					if _, err := w.Create(fmt.Sprint("x/", i)); err != nil {
						return err
					}
				}
				return nil
			})
		}, refused},
		{"rows of 72 MB of blanks", big(blanks, nil), refused},
		{"rows that say they are small", big(blanks, func(h *zip.FileHeader) { h.UncompressedSize64 = 100 }), refused},
		{"rows that say they are vast", big(blanks, func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 }), refused},
		{"rows with a wrong sum", func() []byte {
			return zipped(without(z.parts, z.main), (&rawMember{zip.FileHeader{
				Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(main)) + 1, CompressedSize64: uint64(len(main)), UncompressedSize64: uint64(len(main)),
			}, []byte(main)}).as(z.main, nil))
		}, either},
		{"rows that are no deflate", big(func() *rawMember {
			return &rawMember{zip.FileHeader{Method: zip.Deflate, CompressedSize64: 9, UncompressedSize64: 90}, []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff")}
		}, nil), refused},
		{"rows packed in a way nobody knows", big(func() *rawMember {
			return &rawMember{zip.FileHeader{Method: 99, CompressedSize64: 9, UncompressedSize64: 9}, []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff")}
		}, nil), refused},
		{"rows behind a password", big(func() *rawMember {
			return &rawMember{zip.FileHeader{Method: zip.Store, CompressedSize64: 9, UncompressedSize64: 9}, []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff")}
		}, func(h *zip.FileHeader) { h.Flags |= 1 }), refused},
		{"a bomb in a bomb", func() []byte {
			return zipped(z.parts, blanks().as("xl/media/a.zip", nil), blanks().as("xl/media/b.zip", nil), blanks().as("xl/media/c.zip", nil))
		}, either},
		{"every entry at the same place", patch(func(b []byte) { // each entry of the directory names the first member's data
			for i := directory(); i >= 0 && i+46 < len(b); {
				binary.LittleEndian.PutUint32(b[i+42:], 0)
				next := bytes.Index(b[i+4:], []byte("PK\x01\x02"))
				if next < 0 {
					break
				}
				i += 4 + next
			}
		}), either},
		{"an entry beyond the end", patch(func(b []byte) { binary.LittleEndian.PutUint32(b[directory()+42:], 1<<31) }), either},
		{"a directory that says it has 65,535 entries", patch(func(b []byte) { binary.LittleEndian.PutUint16(b[len(b)-12:], 65_535) }), refused},
		{"a directory of 4 GB", patch(func(b []byte) { binary.LittleEndian.PutUint32(b[len(b)-10:], 1<<32-2) }), refused},
		{"a program in front", func() []byte { return append([]byte("MZ\x00\x00"+strings.Repeat("x", 500)), whole()...) }, either},
		{"a billion laughs", part(z.main, laughs+root(strings.Replace(main, secretName, "&j;", 1))), refused},
		{"an entity from the disk", part(z.main, external+root(strings.Replace(main, secretName, "&b;", 1))), refused},
		{"a document type beside the rows", part(z.other, laughs+root(other)), either},
		{"a document type in UTF-16", part(z.main, utf16(strings.Replace(external, `"1.0"`, `"1.0" encoding="UTF-16"`, 1)+root(strings.Replace(main, secretName, "&b;", 1)))), refused},
		{"a document type in UTF-7", part(z.main, `<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-`+root(main)), either},
		{"elements 100,000 deep", part(z.main, strings.Replace(main, ">", ">"+inside, 2)), refused},
		{"an attribute of 5 MB", part(z.main, strings.Replace(main, "<"+rowOf(z), "<"+rowOf(z)+` x="`+strings.Repeat(noiseBlock, 5)+`"`, 1)), refused},
		{"100,000 attributes", part(z.main, strings.Replace(main, "<"+rowOf(z), "<"+rowOf(z)+attributes.String(), 1)), either},
		{"a text of 5 MB", part(z.main, strings.Replace(main, secretName, strings.Repeat(noiseBlock, 5), 1)), refused},
		{"a comment of 5 MB", part(z.main, strings.Replace(main, "<"+rowOf(z), "<!--"+strings.Repeat(noiseBlock, 5)+"--><"+rowOf(z), 1)), refused},
		{"rows cut in the middle", part(z.main, main[:len(main)/2]), either},
		{"rows that are no XML", part(z.main, strings.Repeat("\x00\x01<<&&>>", 1000)), refused},
		{"rows that are not there", func() []byte { return zipped(without(z.parts, z.main)) }, refused},
		{"nothing inside", func() []byte { return zipped(nil) }, refused},
	}
	var out []badFile
	for _, t := range tricks {
		out = append(out, badFile{name: z.kind + ": " + t.name, door: z.door, make: t.make, fate: t.fate})
	}
	return out
}

// noiseBlock is a megabyte of it.
var noiseBlock = noise(1 << 20)

func rowOf(z zipBase) string {
	if z.kind == "ods" {
		return "table:table-row"
	}
	return "row"
}
