package intake

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"partnerscreen/screening"
)

// read opens content and gives all its rows.
func read(t testing.TB, content []byte, opts Options) (*Book, []*screening.Partner) {
	t.Helper()
	b, err := Read(t.Context(), "sheet.dat", content, opts)
	if err != nil {
		t.Fatal(err)
	}
	var out []*screening.Partner
	for p, err := range b.Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return b, out
}

// brief writes rows as "row: role name (CC); …", or the reason of a rejected one.
func brief(ps []*screening.Partner) []string {
	var out []string
	for _, p := range ps {
		s := fmt.Sprintf("%d:", p.Row)
		if p.Sheet != "" {
			s = p.Sheet + " " + s
		}
		for i, party := range p.Parties {
			if i > 0 {
				s += ";"
			}
			s += fmt.Sprintf(" %s %s", party.Role, party.Name)
			if party.Country != "" {
				s += " (" + party.Country + ")"
			}
		}
		if p.Error != "" {
			s += " " + p.Error
		}
		out = append(out, s)
	}
	return out
}

// failer is what a test and a property have in common.
type failer interface {
	Helper()
	Fatal(...any)
}

func zipOf(t failer, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		p, err := w.Create(parts[i])
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
	return b.Bytes()
}

// xlsxOf wraps the rows of one sheet, as XML, in the smallest workbook.
func xlsxOf(t failer, sheetData, shared string) []byte {
	return zipOf(t,
		"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels", `<Relationships><Relationship Id="a" Type="http://x/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<?xml version="1.0"?><workbook xmlns:r="http://r"><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", `<?xml version="1.0"?><worksheet>`+sheetData+`</worksheet>`,
		"xl/sharedStrings.xml", `<sst>`+shared+`</sst>`,
	)
}

// collaborations is a workbook as offices keep them: a title above the table,
// a header in two rows with merged groups, dates, several names in a cell, a
// partner merged over two projects, junk, a total, a hidden sheet, notes.
func collaborations(t testing.TB) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(f.SetSheetName("Sheet1", "Partners"))
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	check(err)
	percent, err := f.NewStyle(&excelize.Style{NumFmt: 9})
	check(err)
	rows := [][]any{
		{"Register of collaborations"},
		{"kept by the research office", nil, nil, nil, nil, time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)},
		{},
		{"Partner", nil, "Funder", nil, "Project", "Start", "End", "Ownership share"},
		{"Name", "Country", "Name", "Country"},
		{"Veldhaven Institute of Applied Matter", "Netherlands", "Borealis Fund", "Norway", "Quiet Rotors", time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC), "31.12.2027", 0.5},
		{"Quell GmbH; Nordlicht AG", "DE; DE", "n/a", nil, "Cold Light", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), "ongoing"},
		{},
		{"University of Sarnath", "Freedonia", nil, nil, "First Tide"},
		{nil, nil, "Halcyon Trust", "GB", "Second Tide"},
		{"#REF!", "FR", nil, nil, "Broken"},
		{"Total", nil, nil, nil, 4},
	}
	for i, r := range rows {
		check(f.SetSheetRow("Partners", fmt.Sprintf("A%d", i+1), &r))
	}
	check(f.MergeCell("Partners", "A1", "H1"))
	check(f.MergeCell("Partners", "A4", "B4"))
	check(f.MergeCell("Partners", "C4", "D4"))
	for _, c := range []string{"E", "F", "G", "H"} {
		check(f.MergeCell("Partners", c+"4", c+"5"))
	}
	check(f.MergeCell("Partners", "A9", "A10"))
	check(f.SetCellStyle("Partners", "F2", "F12", day))
	check(f.SetCellStyle("Partners", "H6", "H6", percent))
	for _, s := range []string{"Former", "Notes"} {
		_, err := f.NewSheet(s)
		check(err)
	}
	check(f.SetSheetRow("Former", "A1", &[]any{"Partner", "Country"}))
	check(f.SetSheetRow("Former", "A2", &[]any{"Institut Meridian", "France"}))
	check(f.SetSheetVisible("Former", false))
	check(f.SetSheetRow("Notes", "A1", &[]any{"Colour", "Meaning"}))
	check(f.SetSheetRow("Notes", "A2", &[]any{"grey", "closed"}))
	b, err := f.WriteToBuffer()
	check(err)
	return b.Bytes()
}

var collaborationsBrief = []string{
	"Partners 6: partner Veldhaven Institute of Applied Matter (NL); funder Borealis Fund (NO)",
	"Partners 7: partner Quell GmbH (DE); partner Nordlicht AG (DE)",
	"Partners 9: partner University of Sarnath",
	"Partners 10: partner University of Sarnath; funder Halcyon Trust (GB)",
	`Partners 11: no party: column "Partner Name": "#REF!" is no name; read as empty`,
	`Partners 12: no party: column "Partner Name": "Total" adds up the rows above; it is no name`,
	"Former 2: partner Institut Meridian (FR)",
	"Notes 2: the sheet has no column that is recognised as the name of a party",
}

func TestWorkbook(t *testing.T) {
	ods, err := os.ReadFile(filepath.Join("testdata", "collaborations.ods")) // the same, saved by LibreOffice
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		content []byte
	}{{"xlsx", collaborations(t)}, {"ods", ods}} {
		t.Run(tt.name, func(t *testing.T) {
			b, ps := read(t, tt.content, Options{})
			if diff := cmp.Diff(collaborationsBrief, brief(ps)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			first, second, third := ps[0], ps[1], ps[2]
			if first.Project != "Quiet Rotors" || first.Start != "2025-02-01" || first.End != "2027-12-31" {
				t.Errorf("row 6: project %q, start %q, end %q", first.Project, first.Start, first.End)
			}
			if second.Start != "2026-03-01" || second.End != "" {
				t.Errorf("row 7: start %q, end %q; an ongoing work has no end", second.Start, second.End)
			}
			if diff := cmp.Diff([]string{`column "Funder Name": "n/a" is no name; read as empty`}, second.Notes); diff != "" {
				t.Errorf("row 7 notes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{`column "Partner Country": "Freedonia" is no known country; read as unknown`}, third.Notes); diff != "" {
				t.Errorf("row 9 notes (-want +got):\n%s", diff)
			}
			cells := []screening.Cell{
				{Header: "Partner Name", Value: "Veldhaven Institute of Applied Matter"}, {Header: "Partner Country", Value: "Netherlands"},
				{Header: "Funder Name", Value: "Borealis Fund"}, {Header: "Funder Country", Value: "Norway"},
				{Header: "Project", Value: "Quiet Rotors"}, {Header: "Start", Value: "2025-02-01"}, {Header: "End", Value: "31.12.2027"},
				{Header: "Ownership share", Value: "50%"},
			}
			if diff := cmp.Diff(cells, first.Cells); diff != "" {
				t.Errorf("cells of row 6 (-want +got):\n%s", diff)
			}
			sheets := []screening.Sheet{
				{Name: "Partners", HeaderRow: 5, Columns: []screening.MappedColumn{
					{Header: "Partner Name", Role: "Partner"}, {Header: "Partner Country", Role: "Partner country"},
					{Header: "Funder Name", Role: "Funder"}, {Header: "Funder Country", Role: "Funder country"},
					{Header: "Project", Role: "Project"}, {Header: "Start", Role: "Start"}, {Header: "End", Role: "End"},
					{Header: "Ownership share", Role: "Ownership share"},
				}, Notes: []string{"filled rows above the header, taken for its title and not read: 2"}},
				{Name: "Former", HeaderRow: 1, Columns: []screening.MappedColumn{{Header: "Partner", Role: "Partner"}, {Header: "Country", Role: "Partner country"}},
					Notes: []string{"the sheet is hidden in the workbook; it was read all the same"}},
				{Name: "Notes", HeaderRow: 1, Columns: []screening.MappedColumn{}, Ignored: []string{"Colour", "Meaning"},
					Notes: []string{"no column is recognised as the name of a party, so each of its rows is rejected"}},
			}
			if diff := cmp.Diff(sheets, b.Sheets()); diff != "" {
				t.Errorf("sheets (-want +got):\n%s", diff)
			}
			if got := len(b.Hash()); got != 64 {
				t.Errorf("the hash has %d digits, want 64", got)
			}
			again := []string{}
			for p, err := range b.Rows(context.Background()) {
				if err != nil {
					t.Fatal(err)
				}
				again = append(again, brief([]*screening.Partner{p})...)
			}
			if diff := cmp.Diff(collaborationsBrief, again); diff != "" {
				t.Errorf("read a second time (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	encrypted := func() []byte {
		f := excelize.NewFile()
		defer f.Close()
		if err := f.SetCellValue("Sheet1", "A1", "Partner"); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "locked.xlsx")
		if err := f.SaveAs(path, excelize.Options{Password: "pass"}); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	xls, err := os.ReadFile(filepath.Join("testdata", "legacy.xls"))
	if err != nil {
		t.Fatal(err)
	}
	whole := collaborations(t)
	emptyBook := xlsxOf(t, `<sheetData/>`, "")
	for _, tt := range []struct {
		name, content, reason, advice string
	}{
		{"empty file", "", "the file is empty", "saved or sent whole"},
		{"blanks only", " \r\n\t\n", "the file is empty", "saved or sent whole"},
		{"a workbook without a cell", string(emptyBook), "it holds no filled cell", "saved or sent whole"},
		{"delimiters only", ",,,\n,,,\n", "it holds no filled cell", ""},
		{"PDF named .xlsx", "%PDF-1.7\n1 0 obj", "it is a PDF document", ".xlsx or .csv"},
		{"password-protected xlsx", string(encrypted()), "protected with a password", "save a copy without one"},
		{"legacy xls", string(xls), "format before 2007 (.xls)", "save it as .xlsx"},
		{"binary xlsb", string(zipOf(t, "xl/workbook.bin", "x")), ".xlsb", "save it as .xlsx"},
		{"Word", string(zipOf(t, "[Content_Types].xml", "x", "word/document.xml", "<w/>")), "Word document", "Copy its table"},
		{"Numbers", string(zipOf(t, "Index/Document.iwa", "x")), "Apple Numbers", "Export To, Excel"},
		{"zip", string(zipOf(t, "partners.csv", "Partner\nX")), "zip archive", "Unpack"},
		{"encrypted ods", string(zipOf(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<x/>",
			"META-INF/manifest.xml", "<manifest><file-entry><encryption-data/></file-entry></manifest>")), "protected with a password", ""},
		{"xlsx cut off", string(whole[:len(whole)/2]), "damaged: it begins as a zipped spreadsheet and is not whole", "get it again"},
		{"xlsx with a broken part", string(xlsxOf(t, `<sheetData><row r="1"><c t="str"><v>Partner</v></row></sheetData`, "")), "damaged", "repair"},
		{"document type with entities", string(xlsxOf(t, `<!DOCTYPE x [<!ENTITY a "aaaa">]><sheetData/>`, "")), "declares a document type", "save it as .xlsx"},
		{"web page named .xls", "<html><body><table>", "it is a web page", "save it as .xlsx"},
		{"XML spreadsheet of 2003", `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`, "plain XML", "save it as .xlsx"},
		{"JSON", "[\n  {\"partner\": \"x\"}]", "it is a JSON file", "header row"},
		{"gzip", "\x1f\x8b\x08\x00", "compressed file", "Unpack"},
		{"binary", "Partner\x00\x01\x02\x00\x00\x00\x07\x00\x00\xfe\x99\x00\x00\x00", "neither a spreadsheet nor a text", ""},
		{"no name column", "Colour,Organisation type,Amount\ngrey,big,3\n", `the headers seen are: row 1: "Colour", "Organisation type", "Amount"`, "--columns 'Partner=Organisation type'"},
		{"one column of data", "Veldhaven Works\nQuell GmbH\n", "row 1 looks like data", "first row of headers"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "partners.xlsx")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(t.Context(), path, Options{})
			fe, ok := errors.AsType[*FileError](err)
			if !ok {
				t.Fatalf("got %v, want a *FileError", err)
			}
			if fe.File != "partners.xlsx" || !strings.Contains(fe.Reason, tt.reason) || !strings.Contains(fe.Advice, tt.advice) {
				t.Errorf("got %v\nwant reason %q, advice %q", fe, tt.reason, tt.advice)
			}
			if strings.Contains(fe.Error(), "Veldhaven") || strings.Contains(fe.Error(), "Quell") {
				t.Errorf("a name stands in the error: %v", fe)
			}
		})
	}
	t.Run("no such file", func(t *testing.T) {
		_, err := Open(t.Context(), filepath.Join(t.TempDir(), "gone.csv"), Options{})
		if err == nil || err.Error() != "reading gone.csv: there is no such file. Look for a slip in its name or folder" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a folder", func(t *testing.T) {
		if _, err := Open(t.Context(), t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), "it is not a file") {
			t.Errorf("got %v", err)
		}
	})
}

func TestCharsets(t *testing.T) {
	western := "Partner;Land\nKöhler & Söhne Gesellschaft für Prüfgeräte mbH;Österreich\nInstitut für Übergangsmetalle;Deutschland\nForschungszentrum Größenwahn Süd;Schweiz\n"
	cyrillic := "Партнёр;Partner;Страна\nОбразцовый;Институт вымышленной физики имени Никогоева;Казахстан\nОбразцовый;Завод несуществующих приборов;Армения\nОбразцовый;Научно-исследовательский центр северных снов;Киргизия\n"
	chinese := "Partner,Country\n虚构材料研究所有限公司,中国\n不存在的精密仪器制造厂,中国\n想象大学应用物理学院,中国\n"
	japaneseText := "Partner,Country\n架空精密機械株式会社,日本\nそらごと大学応用化学研究科,日本\nまぼろし電子工業株式会社,日本\n"
	for _, tt := range []struct {
		name, text string
		encoding   encoding.Encoding
		bom        string
		first      string
	}{
		{"UTF-8", cyrillic, unicode.UTF8, "", "Институт вымышленной физики имени Никогоева"},
		{"UTF-8 with mark", western, unicode.UTF8BOM, "", "Köhler & Söhne Gesellschaft für Prüfgeräte mbH"},
		{"UTF-16 little-endian with mark", cyrillic, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "", "Институт вымышленной физики имени Никогоева"},
		{"UTF-16 big-endian with mark", western, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "", "Köhler & Söhne Gesellschaft für Prüfgeräte mbH"},
		{"UTF-16 little-endian without mark", western, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "", "Köhler & Söhne Gesellschaft für Prüfgeräte mbH"},
		{"UTF-16 big-endian without mark", cyrillic, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "", "Институт вымышленной физики имени Никогоева"},
		{"windows-1251", cyrillic, charmap.Windows1251, "", "Институт вымышленной физики имени Никогоева"},
		{"windows-1252", western, charmap.Windows1252, "", "Köhler & Söhne Gesellschaft für Prüfgeräte mbH"},
		{"GBK", chinese, simplifiedchinese.GBK, "", "虚构材料研究所有限公司"},
		{"GB18030", chinese, simplifiedchinese.GB18030, "", "虚构材料研究所有限公司"},
		{"Shift_JIS", japaneseText, japanese.ShiftJIS, "", "架空精密機械株式会社"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			content, err := tt.encoding.NewEncoder().Bytes([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			b, ps := read(t, content, Options{})
			if len(ps) != 3 {
				t.Fatalf("%d rows, want 3: %v", len(ps), brief(ps))
			}
			if got := ps[0].Parties[0].Name; got != tt.first {
				t.Errorf("first partner %q, want %q (notes %q)", got, tt.first, b.Sheets()[0].Notes)
			}
		})
	}
}

// A few short names are all there is to guess from.
func TestCharsetsOfShortFiles(t *testing.T) {
	for _, tt := range []struct {
		name     string
		encoding encoding.Encoding
	}{
		{"Köhler Prüfgeräte", charmap.Windows1252}, {"Société d’Études Rêvées", charmap.Windows1252}, {"Żółty Instytut Łączności", charmap.Windows1250},
		{`ООО "Выдумка"`, charmap.Windows1251}, {"Завод несуществующих приборов", charmap.Windows1251}, {"Завод несуществующих приборов", charmap.KOI8R}, {"Ινστιτούτο Ανύπαρκτης Φυσικής", charmap.Windows1253},
		{"虚构材料研究所", simplifiedchinese.GBK}, {"架空精密機械株式会社", japanese.ShiftJIS}, {"한국가상연구소", korean.EUCKR},
	} {
		content, err := tt.encoding.NewEncoder().Bytes([]byte("Partner,Country\n" + tt.name + ",FR\n"))
		if err != nil {
			t.Fatal(err)
		}
		b, ps := read(t, content, Options{})
		if got := ps[0].Parties[0].Name; got != tt.name {
			t.Errorf("%v: %q, want %q (%q)", tt.encoding, got, tt.name, b.Sheets()[0].Notes)
		}
	}
}

func TestUTF8WithOddBytes(t *testing.T) {
	b, ps := read(t, []byte("Partner,City\nInstitut für Öl,Köln\nCaf\xe9 Müller,Zürich\nA\x00cme NUL Works,Brünn\n"), Options{})
	want := []string{"2: partner Institut für Öl", "3: partner Caf\uFFFD Müller", "4: partner Acme NUL Works"}
	if diff := cmp.Diff(want, brief(ps)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"read as UTF-8; bytes that are none are shown as \uFFFD"}, b.Sheets()[0].Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

func TestDelimitedText(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"semicolons", "Partner;Country\nInstitute of A, B and C;DE\n", []string{"2: partner Institute of A, B and C (DE)"}},
		{"tabs", "Partner\tCountry\nInstitute of A, B and C\tDE\n", []string{"2: partner Institute of A, B and C (DE)"}},
		{"bars", "Partner|Country\nInstitute of A, B and C|DE\n", []string{"2: partner Institute of A, B and C (DE)"}},
		{"one column, commas in the names", "Partner\nVeldhaven, Inc.\nQuell, Inc.\nHalcyon, Ltd.\n", []string{"2: partner Veldhaven, Inc.", "3: partner Quell, Inc.", "4: partner Halcyon, Ltd."}},
		{"blank lines count", "\n\nPartner,Country\n\nQuell GmbH,DE\n\n,\nNordlicht AG,DE\n", []string{"5: partner Quell GmbH (DE)", "8: partner Nordlicht AG (DE)"}},
		{"preamble above the header", "Collaborations,,,\nstate: 1 May 2026,,,\n\nNo,Partner,Country,Funder\n1,Quell GmbH,DE,\n", []string{"5: partner Quell GmbH (DE)"}},
		{"a record is a row, line breaks in it or not", "Partner,Country\n\"Quell GmbH\nNordlicht AG\",\"DE\nAT\"\nHalcyon Ltd,GB\n", []string{"2: partner Quell GmbH (DE); partner Nordlicht AG (AT)", "3: partner Halcyon Ltd (GB)"}},
		{"quotes doubled and stray", "Partner,Country\n\"The \"\"Quell\"\" GmbH\",DE\nVeldhaven \"Works\" Ltd,GB\n\"Nord\"licht\" AG\",DE\n", []string{`2: partner The "Quell" GmbH (DE)`, `3: partner Veldhaven "Works" Ltd (GB)`, `4: partner Nord"licht" AG (DE)`}},
		{"a quote that is never closed takes no rows with it", "Partner,Country\n\"Quell GmbH,DE\nNordlicht AG,DE\nHalcyon Ltd,GB\n", []string{`2: partner "Quell GmbH (DE)`, "3: partner Nordlicht AG (DE)", "4: partner Halcyon Ltd (GB)"}},
		{"an unclosed quote above a quoted line", "Partner,Country\n\"Quell GmbH,DE\n\"Nordlicht AG\",\"DE\"\n", []string{`2: partner "Quell GmbH (DE)`, "3: partner Nordlicht AG (DE)"}},
		{"lines end in CR alone", "Partner,Country\rQuell GmbH,DE\rNordlicht AG,AT", []string{"2: partner Quell GmbH (DE)", "3: partner Nordlicht AG (AT)"}},
		{"lines end in CRLF", "Partner,Country\r\nQuell GmbH,DE\r\nNordlicht AG,AT\r\n", []string{"2: partner Quell GmbH (DE)", "3: partner Nordlicht AG (AT)"}},
		{"rows longer and shorter than the header", "Partner,Country\nQuell GmbH,DE,extra\nNordlicht AG\n", []string{"2: partner Quell GmbH (DE)", "3: partner Nordlicht AG"}},
		{"cells kept from being read as numbers", "Partner,Reference\n=\"Quell GmbH\",=\"007\"\n", []string{"2: partner Quell GmbH"}},
		{"a separator line as Excel writes it", "sep=;\nPartner;Country\nQuell GmbH;DE\n", []string{"3: partner Quell GmbH (DE)"}},
		{"the header again on the second page", "Partner,Country\nQuell GmbH,DE\nPartner,Country\nHalcyon Ltd,GB\n", []string{"2: partner Quell GmbH (DE)", "3: the row repeats the header", "4: partner Halcyon Ltd (GB)"}},
		{"a header in two rows", "Partner,,Funder,\nName,Country,Name,Country\nQuell GmbH,DE,Borealis Fund,NO\n", []string{"3: partner Quell GmbH (DE); funder Borealis Fund (NO)"}},
		{"another table below", "Partner,Country\nQuell GmbH,DE\nFunder,Country\nBorealis Fund,NO\n", []string{"2: partner Quell GmbH (DE)", "3: the row looks like the header of another table; the rows below it are read under the first header", "4: partner Borealis Fund (NO)"}},
		{"a title as wide as the header", "Department,Tides\nPartner,Country\nQuell GmbH,DE\n", []string{"3: partner Quell GmbH (DE)"}},
		{"filled cells and no party", "Partner,Country,Amount\n,DE,5\nTotal,,5\n,,\n", []string{`2: no party: nothing stands under "Partner"`, `3: no party: column "Partner": "Total" adds up the rows above; it is no name`}},
		{"a company called Total", "Partner,Country,Amount\nTotal,France,5\n", []string{"2: partner Total (FR)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, ps := read(t, []byte(tt.text), Options{})
			if diff := cmp.Diff(tt.want, brief(ps)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompanionCells(t *testing.T) {
	_, ps := read(t, []byte(strings.Join([]string{
		"Partner;Country;City;Address;Website;LEI;Start",
		"Quell GmbH;NA;0;10115;n/a;n/a;2026",
		`"Quell GmbH; Nordlicht AG";DE;"Brno; Graz";;;;`,
		`"Quell GmbH; Nordlicht AG; Quell GmbH";"DE; ;DE";;;;;`,
		"Quell GmbH;unknown;;;;12345;soon",
	}, "\n")), Options{})
	got := []string{}
	for _, p := range ps {
		for _, q := range p.Parties {
			got = append(got, fmt.Sprintf("%d %s|%s|%s|%s|%s|%d", p.Row, q.Name, q.Country, q.City, q.Address, q.Website, len(q.Identifiers)))
		}
		got = append(got, p.Notes...)
	}
	want := []string{
		"2 Quell GmbH|||10115||0",
		`column "Country": "NA" may be Namibia or "not available"; read as unknown`,
		"3 Quell GmbH||Brno|||0",
		"3 Nordlicht AG||Graz|||0",
		`column "Country": it does not hold one value for each of the 2 parties; as it is not clear which belongs to which, none is used`,
		"4 Quell GmbH|DE||||0", // named twice, the same each time
		"4 Nordlicht AG|||||0",
		"5 Quell GmbH|||||0",
		`column "LEI": "12345" is no LEI; not used`,
		`column "Start": "soon" is no date that can be read; write it as YYYY-MM-DD`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestXLSXAsOthersWriteIt reads what programs other than ours write.
func TestXLSXAsOthersWriteIt(t *testing.T) {
	for _, tt := range []struct {
		name, rows, shared string
		want               []string
	}{
		{
			"rich text, phonetic readings left out",
			`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row></sheetData>`,
			`<si><t>Partner</t></si><si><r><t>Kakuu </t></r><r><rPr><b/></rPr><t>Works</t></r><rPh><t>カクウ</t></rPh></si>`,
			[]string{"One 2: partner Kakuu Works"},
		},
		{
			"no cell references, prefixed names, text in the cell",
			`<x:sheetData xmlns:x="y"><x:row><x:c t="inlineStr"><x:is><x:t>Partner</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>Country</x:t></x:is></x:c></x:row><x:row/><x:row><x:c t="inlineStr"><x:is><x:t>Quell GmbH</x:t></x:is></x:c><x:c t="str"><x:v>DE</x:v></x:c></x:row></x:sheetData>`, "",
			[]string{"One 3: partner Quell GmbH (DE)"},
		},
		{
			"the value of a formula, not the formula",
			`<sheetData><row r="1"><c r="B1" t="str"><v>Partner</v></c></row><row r="5"><c r="B5" t="str"><f>CONCATENATE("Qu","ell")</f><v>Quell GmbH</v></c></row><row r="6"><c r="B6" t="e"><f>Z99</f><v>#N/A</v></c></row></sheetData>`, "",
			[]string{"One 5: partner Quell GmbH", `One 6: no party: column "Partner": "#N/A" is no name; read as empty`},
		},
		{
			"escapes and line breaks",
			`<sheetData><row r="1"><c r="A1" t="str"><v>Partner</v></c></row><row r="2"><c r="A2" t="str"><v>Quell GmbH_x000D_` + "\n" + `Nord_x005F_licht AG</v></c></row></sheetData>`, "",
			[]string{"One 2: partner Quell GmbH; partner Nord_licht AG"},
		},
		{
			"a string that is not there is an empty cell",
			`<sheetData><row r="1"><c r="A1" t="str"><v>Partner</v></c><c r="B1" t="str"><v>City</v></c></row><row r="2"><c r="A2" t="s"><v>99</v></c><c r="B2" t="str"><v>Brno</v></c></row></sheetData>`, "",
			[]string{`One 2: no party: nothing stands under "Partner"`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, ps := read(t, xlsxOf(t, tt.rows, tt.shared), Options{})
			if diff := cmp.Diff(tt.want, brief(ps)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRowsStopsWithContext(t *testing.T) {
	b, err := Read(t.Context(), "sheet.csv", []byte("Partner\nQuell GmbH\nNordlicht AG\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var got []string
	for p, err := range b.Rows(ctx) {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			got = append(got, "stopped")
			break
		}
		got = append(got, p.Parties[0].Name)
		cancel()
	}
	if diff := cmp.Diff([]string{"Quell GmbH", "stopped"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDelimiterOfASheetWhoseHeadersAreUnknown(t *testing.T) {
	b, err := Read(t.Context(), "partners.csv", []byte("Партнёр;Страна\nБелвара;Россия\nУниверситет Ульмары, факультет наук;Норвегия\n"), Options{
		Columns: Columns{{Role: "Partner", Header: "Партнёр"}, {Role: "Country", Header: "Страна"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	var got []string
	for p, err := range b.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p.Parties[0].Name+" "+p.Parties[0].Country)
	}
	if want := []string{"Белвара RU", "Университет Ульмары, факультет наук NO"}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}

	_, err = Read(t.Context(), "partners.csv", []byte("Партнёр;Страна\nБелвара;Россия\nУниверситет Ульмары, факультет наук;Норвегия\n"), Options{})
	if err == nil || !strings.Contains(err.Error(), `"Партнёр", "Страна"`) {
		t.Errorf("%v, want the headers of the first row", err)
	}
}
