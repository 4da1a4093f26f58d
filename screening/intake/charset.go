package intake

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// charsetSample is how much of a text is looked at to guess its characters.
const charsetSample = 1 << 20

// A textForm is how the characters of a text file are written.
type textForm struct {
	encoding encoding.Encoding // nil for UTF-8
	skip     int64             // the byte order mark
	notes    []string
	nulls    bool // it holds many NUL bytes and is no UTF-16: not text
}

// sniffCharset finds how a text is written: a byte order mark says it; text
// that is valid UTF-8 to its last byte is UTF-8; many NULs in every other byte
// are UTF-16; all else is a guess, and the notes say which.
func sniffCharset(r io.Reader) (textForm, error) {
	sample := make([]byte, charsetSample)
	n, err := io.ReadFull(r, sample)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return textForm{}, err
	}
	sample = sample[:n]
	switch {
	case bytes.HasPrefix(sample, []byte("\xEF\xBB\xBF")):
		return textForm{skip: 3}, nil
	case bytes.HasPrefix(sample, []byte("\xFF\xFE")):
		return textForm{encoding: utf.UTF16(utf.LittleEndian, utf.IgnoreBOM), skip: 2}, nil
	case bytes.HasPrefix(sample, []byte("\xFE\xFF")):
		return textForm{encoding: utf.UTF16(utf.BigEndian, utf.IgnoreBOM), skip: 2}, nil
	}
	if e, name := utf16ByZeros(sample); e != nil {
		return textForm{encoding: e, notes: []string{"read as " + name + ": it has no byte order mark, and every other byte is zero"}}, nil
	}
	if n := bytes.Count(sample, []byte{0}); n > 2 && n > len(sample)/100 {
		return textForm{nulls: true}, nil
	}
	var count utf8Count
	count.add(sample)
	rest := make([]byte, 64<<10)
	for err == nil {
		n, err = r.Read(rest)
		count.add(rest[:n])
	}
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return textForm{}, err
	}
	count.end()
	if count.bad == 0 {
		return textForm{}, nil
	}
	if count.multi > 4*count.bad {
		return textForm{notes: []string{"read as UTF-8; bytes that are none are shown as \uFFFD"}}, nil
	}
	e, name := guessCharset(sample)
	return textForm{encoding: e, notes: []string{"it is not written in UTF-8; read as " + name + ", which is a guess: look at the names with accents or in other scripts"}}, nil
}

// reader turns the text into UTF-8.
func (f textForm) reader(r io.ReaderAt, size int64) io.Reader {
	in := io.NewSectionReader(r, f.skip, max(0, size-f.skip))
	if f.encoding == nil {
		return in
	}
	return transform.NewReader(in, f.encoding.NewDecoder())
}

// utf8Count counts the characters of more than one byte in a text that comes
// in pieces, and the bytes that belong to none.
type utf8Count struct {
	multi, bad int
	carry      []byte // the unfinished character at the end of the last piece
}

func (c *utf8Count) add(p []byte) {
	if len(c.carry) > 0 {
		p = append(c.carry, p...)
		c.carry = nil
	}
	for len(p) > 0 {
		if p[0] < utf8.RuneSelf {
			p = p[1:]
			continue
		}
		if !utf8.FullRune(p) {
			c.carry = bytes.Clone(p)
			return
		}
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			c.bad++
		} else {
			c.multi++
		}
		p = p[size:]
	}
}

func (c *utf8Count) end() { c.bad += len(c.carry) }

// utf16ByZeros recognises UTF-16 without a mark: of Western text every other
// byte is zero, and of any script at least the separators are.
func utf16ByZeros(sample []byte) (encoding.Encoding, string) {
	var zeros [2]int
	for i, b := range sample {
		if b == 0 {
			zeros[i%2]++
		}
	}
	half := max(1, len(sample)/2)
	switch even, odd := zeros[0]*100/half, zeros[1]*100/half; {
	case odd > 5 && odd > 10*max(even, 1):
		return utf.UTF16(utf.LittleEndian, utf.IgnoreBOM), "UTF-16 (little-endian)"
	case even > 5 && even > 10*max(odd, 1):
		return utf.UTF16(utf.BigEndian, utf.IgnoreBOM), "UTF-16 (big-endian)"
	}
	return nil, ""
}

// guessCharset asks the detector, which was made for web pages, and checks its
// answers: a charset whose decoding leaves bytes over or yields control
// characters is wrong.
func guessCharset(sample []byte) (encoding.Encoding, string) {
	found, err := chardet.NewTextDetector().DetectAll(sample)
	if err != nil {
		return charmap.Windows1252, "windows-1252"
	}
	for _, f := range found {
		name := strings.ToLower(f.Charset)
		switch name {
		case "iso-8859-1": // what it calls Western text, quotation marks of Windows or not
			name = "windows-1252"
		case "gb-18030", "gb18030":
			name = "gb18030"
		}
		if strings.HasPrefix(name, "utf-") {
			continue
		}
		e, err := htmlindex.Get(name)
		if err != nil {
			continue
		}
		if decodesCleanly(e, sample) {
			return e, name
		}
	}
	return charmap.Windows1252, "windows-1252"
}

func decodesCleanly(e encoding.Encoding, sample []byte) bool {
	out, _, err := transform.Bytes(e.NewDecoder(), sample[:min(len(sample), 64<<10)])
	if err != nil {
		return false
	}
	bad := 0
	for _, r := range string(out) {
		if r == utf8.RuneError || (unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t') {
			bad++
		}
	}
	return bad <= 1 // the sample may end inside a character
}
