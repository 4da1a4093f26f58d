package reports

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// converted is a workbook after LibreOffice has opened it and saved it in
// each of the formats, one after another.
func converted(t *testing.T, book []byte, formats ...string) []byte {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("REQUIRE_SOFFICE") == "1" {
			t.Fatal("REQUIRE_SOFFICE is set and there is no soffice")
		}
		t.Skip("LibreOffice (soffice) is not installed")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "book.xlsx")
	if err := os.WriteFile(file, book, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, format := range formats {
		out := filepath.Join(dir, "out"+string(rune('a'+i)))
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
		cmd := exec.CommandContext(ctx, office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", format, "--outdir", out, file)
		said, err := cmd.CombinedOutput()
		stop()
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		file = filepath.Join(out, "book."+format)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestLibreOffice fills a workbook in, sends it through LibreOffice and back,
// and wants every verdict applied, whatever text the sealed cells hold, every
// cell to read as it did, and what the workbook promises to be there: what
// LibreOffice could not read it would have dropped.
func TestLibreOffice(t *testing.T) {
	r := sampleReport()
	all := sampleResults()
	m := &all[1].Parties[0].Matches[0]
	m.Name, m.Matched = "  two  spaces,\ta tab,\r\na return and a_x0041_b ", "nul \x00 bell \x07, U+2028 \u2028 and \u200bzero width, e\u0301, 𝔊, عربى, 哈爾濱, ﬁ"
	all[1].Partner.Parties[0].Name = "0012"
	all[1].Partner.Reference = "2026-01-02"
	rv := opened(t, written(t, r, results(all...)))
	rv.fill()
	filled := rv.saved()
	document, err := readBack(t, converted(t, filled, "ods"))
	if err != nil {
		t.Fatal(err)
	}
	if got := told(document); got != allApplied {
		t.Errorf("what came back in the .ods itself:\n%s", got)
	}
	book := converted(t, filled, "ods", "xlsx")
	d, err := readBack(t, book)
	if err != nil {
		t.Fatal(err)
	}
	if got := told(d); got != allApplied {
		t.Errorf("what came back:\n%s", got)
	}
	for _, l := range d.Lines {
		if l.Key == "k-sorvenne-b204" && !l.Expires.Equal(time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("the date came back as %v", l.Expires)
		}
	}
	f, own := opened(t, book).file, opened(t, filled).file
	text := sheetXML(t, book, "Review")
	// Frozen panes and the sheet in front belong to a view, and headless there is none.
	for _, tag := range []string{"<sheetProtection", "<autoFilter ", "<conditionalFormatting ", "<dataValidation ", "<hyperlink ", `hidden="true"`} {
		if !strings.Contains(text, tag) {
			t.Errorf("LibreOffice did not keep %s", tag)
		}
	}
	for _, sheet := range own.GetSheetList() {
		if diff := cmp.Diff(settledLines(dump(t, own, sheet)), settledLines(dump(t, f, sheet))); diff != "" {
			t.Errorf("%s reads otherwise in LibreOffice (-here +there):\n%s", sheet, diff)
		}
	}
}

// settledLines is a dump without the blanks that programs write as they like.
func settledLines(dump string) []string {
	lines := strings.Split(dump, "\n")
	for i, l := range lines {
		lines[i] = settled(l)
	}
	return lines
}
