package lists

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partnerscreen/screening"
)

// TestBrokenResearchEditions gives each reader what publishers and servers get
// wrong: it must be an error that says so, or a finding that holds the edition.
func TestBrokenResearchEditions(t *testing.T) {
	const page = "<!DOCTYPE html><html><body>Service unavailable</body></html>"
	for _, test := range []struct {
		name, id, format string
		change           map[string]string // the file's new text; "" takes the file away
		cut              string            // the file is cut in half
		want             string            // in the error, or in a finding that holds
		is               error
	}{
		{name: "an error page for a table", id: "us_dod_1286", format: "csv", change: map[string]string{"section_1286.csv": page}, want: "web page", is: errHTML},
		{name: "a column went", id: "us_dod_1286", format: "csv", change: map[string]string{"section_1286.csv": "name,aliases\nQuarry,\n"}, want: `no column "program"`},
		{name: "another law's table", id: "us_dod_1286", format: "csv", change: map[string]string{"section_1286.csv": "name,program,report-date\nQuarry,Section 9999 of an Act,2025\n"}, want: "unknown programme"},
		{name: "a year that is none", id: "us_dod_1286", format: "csv", change: map[string]string{"section_1286.csv": "name,program,report-date\nQuarry,Section 1286 of an Act,FY25\n"}, want: "not a fiscal year"},
		{name: "a new column", id: "us_dod_1260h", format: "csv", change: map[string]string{"sanctions.csv": "Name,Clean Name,Start date,End date,Risk\nQuarry,Quarry,2026-06-08,,high\n"}, want: `unknown column "Risk"`},
		{name: "one of five files is missing", id: "us_special_leg", format: "csv", change: map[string]string{"inksna.csv": ""}, want: "inksna.csv is missing"},
		{name: "an error page for the denied persons", id: "us_bis_denied", format: "txt", change: map[string]string{"dpl.txt": page}, want: "web page", is: errHTML},
		{name: "an empty file", id: "us_bis_denied", format: "txt", change: map[string]string{"dpl.txt": " "}, want: "no column"},
		{name: "a page without its tables", id: "us_dhs_uflpa", format: "html", change: map[string]string{"uflpa-entity-list.html": page}, want: "no table with a column for the name"},
		{name: "a page cut short", id: "us_dhs_uflpa", format: "html", cut: "uflpa-entity-list.html", want: "before it closes", is: io.ErrUnexpectedEOF},
		{name: "a page for a workbook", id: "us_ddtc_debarred", format: "xlsx", change: map[string]string{"statutory.xlsx": page}, want: "web page", is: errHTML},
		{name: "a workbook cut short", id: "us_ddtc_debarred", format: "xlsx", cut: "statutory.xlsx", want: "statutory.xlsx"},
		{name: "half of the debarred", id: "us_ddtc_debarred", format: "xlsx", change: map[string]string{"administrative.xlsx": ""}, want: "not exist", is: os.ErrNotExist},
		{name: "records cut short", id: "jp_meti_eul", format: "json", cut: "jp.json", want: "cut short", is: io.ErrUnexpectedEOF},
		{name: "an object for the list", id: "jp_meti_eul", format: "json", change: map[string]string{"jp.json": `{"error": "not found"}`}, want: "jp.json"},
		{name: "a new column in Taiwan", id: "tw_shtc", format: "csv", change: map[string]string{"shtc_list.csv": "名稱name,別名alias,國家代碼country code,風險risk\nQuarry,,IR,1\n"}, want: "unknown column"},
	} {
		t.Run(test.name, func(t *testing.T) {
			card, ok := Find(All, test.id)
			if !ok {
				t.Fatalf("no card %s", test.id)
			}
			for i := range card.Formats {
				format := &card.Formats[i]
				if format.Name != test.format {
					continue
				}
				files := fixtureFiles(t, card, format)
				if test.cut != "" {
					files[test.cut] = files[test.cut][:len(files[test.cut])/2]
				}
				for name, text := range test.change {
					if text == "" {
						delete(files, name)
						continue
					}
					files[name] = []byte(text)
				}
				header, err := format.Parse(files, func(*screening.Entity) {})
				if err != nil {
					if !strings.Contains(err.Error(), test.want) {
						t.Errorf("the error is %q and does not say %q", err, test.want)
					}
					if test.is != nil && !errors.Is(err, test.is) {
						t.Errorf("the error %q is not %v", err, test.is)
					}
					return
				}
				for _, reason := range holding(header.Findings) {
					if strings.Contains(reason, test.want) {
						return
					}
				}
				t.Errorf("nothing holds the edition with %q; it holds for %q", test.want, holding(header.Findings))
			}
		})
	}
}

// fixtureFiles are the files of a fixture, to be changed.
func fixtureFiles(t testing.TB, card *Card, format *Format) memoryFiles {
	t.Helper()
	dir := fixture(card, format)
	files := memoryFiles{}
	for _, name := range dir.Names() {
		if strings.HasPrefix(name, "golden") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(string(dir), name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = text
	}
	return files
}
