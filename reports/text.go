package reports

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// cellLimit is how many UTF-16 units one cell can hold; a longer text is cut
// by the spreadsheet program without a word.
const cellLimit = 32767

// cutMark ends a text that did not fit into its cell.
const cutMark = " … [cut here: longer than a cell can hold]"

// cellText makes any text fit to stand in a cell: valid UTF-8, line breaks as
// LF, tabs as spaces, other control characters and noncharacters as U+FFFD so
// that it shows something stood there, and what is too long cut with a mark.
func cellText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.ContainsFunc(s, unfit) {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\r':
				return '\n'
			case r == '\t':
				return ' '
			case unfit(r):
				return utf8.RuneError
			}
			return r
		}, s)
	}
	return cut(withoutHalves(s), cellLimit)
}

// withoutHalves breaks an "_xD800_": half a character, which no program can
// read back as the text it is.
func withoutHalves(s string) string {
	for i := 0; i+7 <= len(s); i++ {
		if r, ok := escaped(s[i:]); ok && r >= 0xD800 && r <= 0xDFFF {
			s = s[:i] + string(utf8.RuneError) + s[i+1:]
		}
	}
	return s
}

// unfit says that a character cannot stand in a cell as it is: XML 1.0 has no
// place for it, or spreadsheet programs change it.
func unfit(r rune) bool {
	return r < 0x20 && r != '\n' || r == 0x7F || r == 0xFFFE || r == 0xFFFF
}

// cut shortens s to limit UTF-16 units, mark included. An "_x0041_" in the
// text is longer in the file than it reads, and counts as long as there.
func cut(s string, limit int) string {
	if len(s)+6*strings.Count(s, "_x") <= limit {
		return s
	}
	units := 0
	keep, room := 0, limit-len(utf16.Encode([]rune(cutMark)))
	for i, r := range s {
		n := 1
		if r > 0xFFFF {
			n = 2
		}
		if strings.HasPrefix(s[i:], "_x") {
			n += 6
		}
		if units += n; units <= room {
			keep = i + utf8.RuneLen(r)
		}
		if units > limit {
			return s[:keep] + cutMark
		}
	}
	return s
}

// escaped finds the "_x0041_" a spreadsheet file writes a character as.
func escaped(s string) (rune, bool) {
	if len(s) < 7 || s[0] != '_' || s[1] != 'x' || s[6] != '_' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[2:6]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// settled is a text as the seal sees it: what any program that opens and
// saves a workbook leaves alone. Runs of white space count as one space, and
// "_x0041_" as the character it may be read as.
func settled(s string) string {
	for strings.Contains(s, "_x") {
		var b strings.Builder
		for i := 0; i < len(s); {
			if r, ok := escaped(s[i:]); ok {
				b.WriteRune(r)
				i += 7
				continue
			}
			b.WriteByte(s[i])
			i++
		}
		if b.Len() == len(s) {
			break
		}
		s = b.String()
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}

// plainText is text for a CSV cell: one that a spreadsheet program would take
// for a formula begins with an apostrophe, so that it stays text.
func plainText(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		return "'" + s
	}
	return s
}
