package reports

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// throughFile writes a text into a cell the way a Page does, and reads it back.
func throughFile(t interface{ Fatal(...any) }, s string) string {
	f := excelize.NewFile()
	defer f.Close()
	out, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if err := out.SetRow("A1", []any{excelize.Cell{Value: cellText(s)}}); err != nil {
		t.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	back, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	got, err := back.GetCellValue("Sheet1", "A1", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCellText(t *testing.T) {
	long := strings.Repeat("long ", 8000)
	tests := []struct{ name, in, want string }{
		{"plain", "Quillon College", "Quillon College"},
		{"formula", "=1+1", "=1+1"},
		{"the others that begin one", "+1 -1 @x", "+1 -1 @x"},
		{"line breaks of three kinds", "a\r\nb\rc\nd", "a\nb\nc\nd"},
		{"tab", "a\tb", "a b"},
		{"NUL, bell and DEL", "a\x00b\x07c\x7f", "a\uFFFDb\uFFFDc\uFFFD"},
		{"not UTF-8", "a\xff\xfeb", "a\uFFFDb"},
		{"noncharacter", "a\uFFFEb", "a\uFFFDb"},
		{"what a file writes a character as", "a_x0041_b", "a_x0041_b"},
		{"the same twice over", "_x005F_x0041_", "_x005F_x0041_"},
		{"half a character, written so", "a_xD800_b", "a\uFFFDxD800_b"},
		{"spaces at both ends", "  a  ", "  a  "},
		{"other scripts", "哈爾濱 Ωμέγα عربى 𝔊", "哈爾濱 Ωμέγα عربى 𝔊"},
		{"markup", "<b>&amp;</b>", "<b>&amp;</b>"},
		{"too long", long, long[:cellLimit-len(utf16.Encode([]rune(cutMark)))] + cutMark},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := throughFile(t, tt.in); got != tt.want {
				t.Errorf("%.60q (%d) reads back as %.60q (%d)", tt.in, len(tt.in), got, len(got))
			}
		})
	}
}

func TestCutStaysWithinACell(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("x", cellLimit), strings.Repeat("𝔊", cellLimit/2+1), strings.Repeat("_x0041_", 5000), strings.Repeat("哈", cellLimit+1),
	} {
		got := throughFile(t, s)
		if n := len(utf16.Encode([]rune(got))); n > cellLimit {
			t.Errorf("%.20q… takes %d units", s, n)
		}
		if got != s && !strings.HasSuffix(got, cutMark) {
			t.Errorf("%.20q… was cut without a mark", s)
		}
	}
}

// TestSealedTextSurvives is what the seal stands on: whatever a text is, what
// reads back from the file is the same to the seal.
func TestSealedTextSurvives(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[ _x0-9A-F\t\n=+@"'<>&-]{0,40}`),
			rapid.StringMatching(`(_x[0-9A-F]{4}_| |a|_){0,12}`),
		).Draw(rt, "text")
		if got := throughFile(rt, s); settled(got) != settled(cellText(s)) {
			rt.Fatalf("%q reads back as %q: sealed %q, checked %q", s, got, settled(cellText(s)), settled(got))
		}
	})
}

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+49": "'+49", "-5": "'-5", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "a=b": "a=b", "": "", "'x": "'x",
	} {
		if got := plainText(in); got != want {
			t.Errorf("plainText(%q) = %q, want %q", in, got, want)
		}
	}
}
