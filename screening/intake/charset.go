package intake

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
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
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
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
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
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

// charsets are tried beside what the detector answers, the commoner first.
var charsets = []string{
	"windows-1252", "windows-1251", "windows-1250", "windows-1254", "windows-1253", "gb18030", "shift_jis", "euc-kr", "big5", "koi8-r", "windows-1256", "windows-1255", "windows-1257",
}

// guessCharset asks the detector, which was made for web pages and is unsure
// of a few names, and decides by how the text then reads: the charset that
// leaves the least that no language writes; of equals the detector's first.
func guessCharset(sample []byte) (encoding.Encoding, string) {
	sample = sample[:min(len(sample), 64<<10)]
	var names []string
	if found, err := chardet.NewTextDetector().DetectAll(sample); err == nil {
		// The detector's own order of equals changes from call to call.
		slices.SortFunc(found, func(a, b chardet.Result) int {
			return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(broad(a.Charset), broad(b.Charset)), cmp.Compare(a.Charset, b.Charset))
		})
		for _, f := range found {
			names = append(names, strings.ToLower(f.Charset))
		}
	}
	var best encoding.Encoding
	bestName, least := "", 0
	for _, name := range append(names, charsets...) {
		switch name {
		case "iso-8859-1", "iso-8859-9": // of Turkish text the detector says either; without it Western is likelier
			name = "windows-1252"
		case "gb-18030":
			name = "gb18030"
		}
		e, err := htmlindex.Get(name)
		if err != nil || strings.HasPrefix(name, "utf-") {
			continue
		}
		out, _, err := transform.Bytes(e.NewDecoder(), sample)
		if err != nil {
			continue
		}
		odd := oddities(string(out))
		if name == "euc-kr" && odd == 0 && !strings.ContainsFunc(string(out), func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			odd = -1 // Hangul alone is no accident; the same bytes are always some Chinese
		}
		if best == nil || odd < least {
			best, bestName, least = e, name, odd
		}
	}
	return best, bestName
}

// oddities counts what a text has that no language writes: characters that
// are none, symbols inside words, words of accented Latin letters alone, words
// that mix Latin with other letters, capitals behind small letters.
func oddities(s string) int {
	odd := 0
	var latin, accented, other, last rune // of the word so far
	end := func() {
		if accented > 2 && latin == accented && other == 0 {
			odd += int(accented)
		}
		if latin > 0 && other > 0 {
			odd += int(min(latin, other)) + 1
		}
		latin, accented, other = 0, 0, 0
	}
	for _, r := range s {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t', unicode.Is(unicode.Co, r):
			odd += 5
		case unicode.Is(unicode.Latin, r):
			latin++
			if r > 127 {
				accented++
			}
		case unicode.IsLetter(r) || unicode.IsMark(r):
			other++
		case r > 127 && unicode.IsLetter(last) && !unicode.IsSpace(r) && !strings.ContainsRune("’‘“”„‚«»–—…·、。，（）・；：", r):
			odd++
		default:
			if last > 127 && unicode.IsSymbol(last) && r > 127 {
				odd++
			}
			end()
		}
		if unicode.IsLower(last) && unicode.IsUpper(r) && r > 127 {
			odd++
		}
		if unicode.IsLetter(r) && last > 127 && (unicode.IsSymbol(last) || unicode.IsNumber(last)) {
			odd++
		}
		last = r
	}
	end()
	return odd
}

// broad orders charsets whose bytes are text in each other: the narrower ones
// first, of the wide ones those that sheets are commonly written in.
func broad(charset string) int {
	switch {
	case strings.HasPrefix(charset, "GB"):
		return 1
	case strings.HasPrefix(charset, "EUC-"):
		return 2
	case charset == "Big5":
		return 3
	}
	return 0
}
