package screening_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"partnerscreen/screening"
)

// vet looks through a zip of these members, names and contents in turn.
func vet(t *testing.T, ctx context.Context, l screening.WorkbookLimits, parts ...string) error {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		h := &zip.FileHeader{Name: parts[i], Method: zip.Deflate}
		if strings.HasSuffix(parts[i], "link") {
			h.SetMode(fs.ModeSymlink | 0o777)
		}
		p, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		t.Fatal(err)
	}
	return screening.VetWorkbook(ctx, z, l)
}

func TestVetWorkbook(t *testing.T) {
	limits := screening.WorkbookLimits{
		Parts: 5, Unzipped: 20 << 20, Aside: 2 << 20, Held: 4 << 20, Spills: 1 << 20, Ratio: 1 << 20, Rows: 3, Cells: 4, Texts: 2, Row: 1 << 20, Time: time.Minute,
	}
	sheet := func(inside string) []string { return []string{"xl/worksheets/sheet1.xml", inside} }
	blanks := strings.Repeat(" ", 5<<20)
	for _, tt := range []struct {
		name  string
		parts []string
		want  error
		says  string
	}{
		{"an honest one", sheet("<?xml version='1.0' encoding='UTF-8'?>\n<s><row r='1'><c a=\"x>y<z\"/><c/></row><row/><!-- <row/> --><![CDATA[<row><!DOCTYPE]]></s>"), nil, ""},
		{"as many as allowed", sheet("<s><row/><row/><row/><x:c/><c/><c/><c></c><si/><si/></s>"), nil, ""},
		{"a row too many", sheet("<row/><row/><row/><row/>"), screening.ErrWorkbookTooLarge, "more than 3 rows"},
		{"a row of the other kind too many", []string{"content.xml", strings.Repeat("<table:table-row>", 4)}, screening.ErrWorkbookTooLarge, "more than 3 rows"},
		{"a cell too many", sheet("<c/><c/><c/><c/><c/>"), screening.ErrWorkbookTooLarge, "more than 4 cells"},
		{"a text too many", sheet("<si/><si/><si/>"), screening.ErrWorkbookTooLarge, "more than 2 texts"},
		{"a document type", sheet("<!DOCTYPE a><s/>"), screening.ErrWorkbookUnsafe, "document type"},
		{"a document type in a part of no rows", []string{"xl/styles.xml", `<?xml version="1.0"?> <!DOCTYPE a [<!ENTITY b "c">]><s>&b;</s>`}, screening.ErrWorkbookUnsafe, "document type"},
		{"another encoding", sheet("<?xml version=\"1.0\" encoding = 'UTF-7'?><s/>"), screening.ErrWorkbookUnsafe, "UTF-8"},
		{"UTF-16", sheet("\xff\xfe<\x00s\x00/\x00>\x00"), screening.ErrWorkbookUnsafe, "UTF-8"},
		{"UTF-16 without a mark", sheet("<\x00s\x00/\x00>\x00"), screening.ErrWorkbookUnsafe, "UTF-8"},
		{"nested too deep", sheet(strings.Repeat("<a>", 300)), screening.ErrWorkbookUnsafe, "nest deeper"},
		{"a row that does not end", sheet("<row><c>" + strings.Repeat("<t>x</t>", 200_000)), screening.ErrWorkbookTooLarge, "one of its rows"},
		{"a text that does not end", sheet("<t>" + blanks), screening.ErrWorkbookTooLarge, "one of its texts"},
		{"a comment that does not end", sheet("<!--" + blanks), screening.ErrWorkbookTooLarge, "one of its texts"},
		{"an attribute that does not end", sheet("<t a='" + blanks), screening.ErrWorkbookTooLarge, "one of its texts"},
		{"a large part of no rows", []string{"xl/styles.xml", blanks}, screening.ErrWorkbookTooLarge, "unfolds to 5 MB"},
		{"large together", []string{"a.bin", blanks[:2<<20], "b.bin", blanks[:3<<20]}, screening.ErrWorkbookTooLarge, "beside its rows"},
		{"large unpacked", append(sheet(blanks), "xl/worksheets/b", strings.Repeat(blanks, 4)), screening.ErrWorkbookTooLarge, "more than 20 MB"},
		{"too many parts", strings.Split(strings.Repeat("a,,", 6), ",")[:12], screening.ErrWorkbookTooLarge, "6 parts"},
		{"a name twice", append(sheet("<a/>"), "XL\\worksheets/Sheet1.xml", "<b/>"), screening.ErrWorkbookUnsafe, "the name of another"},
		{"a name that leads out", []string{"xl/../../x.xml", ""}, screening.ErrWorkbookUnsafe, "leads out"},
		{"an absolute name", []string{"/etc/x", ""}, screening.ErrWorkbookUnsafe, "leads out"},
		{"a drive", []string{"C:/x", ""}, screening.ErrWorkbookUnsafe, "leads out"},
		{"a link", []string{"xl/link", "/etc/passwd"}, screening.ErrWorkbookUnsafe, "is a link"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := vet(t, t.Context(), limits, tt.parts...)
			if !errors.Is(err, tt.want) || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %v that says %q", err, tt.want, tt.says)
			}
		})
	}
	limits.Ratio = 100
	if err := vet(t, t.Context(), limits, "a.bin", blanks[:3<<20]); !errors.Is(err, screening.ErrWorkbookTooLarge) || !strings.Contains(err.Error(), "100 times") {
		t.Errorf("packed too tightly: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := vet(t, ctx, limits, "a.xml", "<a/>"); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	limits.Time = time.Nanosecond
	if err := vet(t, t.Context(), limits, "a.xml", "<a/>"); !errors.Is(err, screening.ErrWorkbookTooLarge) {
		t.Errorf("late: %v", err)
	}
}

func FuzzVetWorkbook(f *testing.F) {
	f.Add("<?xml version='1.0'?><s><row><c r='A1'><v>1</v></c></row></s>")
	f.Add("<!-- a --><![CDATA[ b ]]><?c?><d e='>'/>")
	f.Add("<!DOCTYPE a [<!ENTITY b 'c'>]>")
	f.Fuzz(func(t *testing.T, content string) {
		limits := screening.WorkbookLimits{Parts: 1, Unzipped: 1 << 20, Aside: 1 << 20, Held: 1 << 20, Spills: 1 << 20, Ratio: 1 << 20, Rows: 9, Cells: 9, Texts: 9, Row: 1 << 10, Time: time.Minute}
		err := vet(t, t.Context(), limits, "xl/worksheets/a.xml", content)
		if err != nil && !errors.Is(err, screening.ErrWorkbookTooLarge) && !errors.Is(err, screening.ErrWorkbookUnsafe) {
			t.Fatal(err)
		}
		if plain := strings.TrimSpace(content); err == nil && strings.HasPrefix(plain, "<!DOCTYPE ") && strings.HasSuffix(plain, ">") {
			t.Fatal("a document type was let through")
		}
	})
}
