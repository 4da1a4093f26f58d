package intake

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"partnerscreen/screening"
)

// fuzzLimits keep one execution short.
var fuzzLimits = Limits{
	Bytes: 1 << 20, Unzipped: 4 << 20, Rows: 2_000, Columns: 64, Cells: 100_000, CellLength: 4_096, Strings: 1 << 20, Time: 20 * time.Second,
}

// checkFile reads any bytes and holds the result to what is promised of it.
func checkFile(t *testing.T, content []byte, opts Options) {
	t.Helper()
	opts.Limits = fuzzLimits
	b, err := Read(t.Context(), "sheet.dat", content, opts)
	if err != nil {
		if fe, ok := errors.AsType[*FileError](err); !ok || fe.Reason == "" || fe.File != "sheet.dat" {
			t.Fatalf("not a *FileError with a reason: %v", err)
		}
		return
	}
	if len(b.Sheets()) == 0 || len(b.Hash()) != 64 {
		t.Fatal("an opened book has no sheet or no hash")
	}
	all := func() (ps []*screening.Partner, last error) {
		for p, err := range b.Rows(context.Background()) {
			if err != nil {
				return ps, err
			}
			ps = append(ps, p)
		}
		return ps, nil
	}
	ps, err := all()
	if err != nil {
		if _, ok := errors.AsType[*FileError](err); !ok {
			t.Fatalf("not a *FileError: %v", err)
		}
	}
	for i, p := range ps {
		if (p.Error == "") != (len(p.Parties) > 0) {
			t.Fatalf("row %d has %d parties and the error %q", p.Row, len(p.Parties), p.Error)
		}
		if p.File != "sheet.dat" || p.Row < 1 || (i > 0 && ps[i-1].Sheet == p.Sheet && ps[i-1].Row >= p.Row && len(b.Sheets()) == 1) {
			t.Fatalf("row %d stands after row %d", p.Row, ps[max(0, i-1)].Row)
		}
		for _, party := range p.Parties {
			if party.Name == "" || !utf8.ValidString(party.Name) || party.Name != strings.TrimSpace(party.Name) || strings.ContainsAny(party.Name, "\x00\n\r\t") ||
				utf8.RuneCountInString(party.Name) > longestName || party.Role == "" {
				t.Fatalf("row %d names %q as %q", p.Row, party.Name, party.Role)
			}
		}
	}
	again, _ := all()
	if !reflect.DeepEqual(ps, again) {
		t.Fatal("read twice, it reads differently")
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"Partner,Country\nQuell GmbH,DE\n", "Partner;Land\r\n\"Quell; GmbH\";Österreich\r\n", "\"Partner\tx\n\"a\"b\"\t\n", "Partner\n\"", "sep=|\nPartner|End\nA B|31/12/2026\n",
		"\xff\xfeP\x00a\x00r\x00t\x00n\x00e\x00r\x00\n\x00Q\x00q\x00", "Partner\rQuell\rNord", "Funder 1,Funder 2,LEI\n1) A x 2) B y,n/a,0", "Partner,Country,Country\nA / B; C,DE,FR\n\n,,\nTotal,,3\n",
		"Партнёр;Partner\n\xcf\xf0\xe8\xe2\xe5\xf2;\xcc\xe8\xf0\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) { checkFile(t, content, Options{}) })
}

func FuzzXLSX(f *testing.F) {
	f.Add(`<sheetData>`+xlsxHeader+`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>46022</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A4"/></mergeCells>`, `<si><t>Quell_x000D_ GmbH</t></si>`)
	f.Add(`<sheetData><row><c t="inlineStr"><is><t>Partner</t></is></c></row><row r="0"><c r="XFD9"><v>1</v></c></row></sheetData>`, `<si><r><t>x</t></r><rPh><t>y</t></rPh></si>`)
	f.Add(`<sheetData><row r="9999999"><c r="A" t="b"><v>1</v></c></row><row/></sheetData>`, ``)
	f.Add(`<!DOCTYPE a><sheetData>&amp;&#0;</sheetData>`, `<!-- x -->`)
	f.Fuzz(func(t *testing.T, rows, shared string) { checkFile(t, xlsxOf(t, rows, shared), Options{}) })
}

func FuzzODS(f *testing.F) {
	f.Add(odsHeader + `<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-rows-spanned="2"><text:p>Quell<text:s text:c="3"/>GmbH<text:line-break/>x</text:p></table:table-cell><table:covered-table-cell/></table:table-row>`)
	f.Add(odsHeader + `</table:table><table:table table:name="Two"><table:table-row><table:table-cell office:value-type="date" office:date-value="2026-01-01T10:00:00"/></table:table-row>`)
	f.Add(`<table:table-row><table:table-cell table:number-columns-repeated="99999999"><office:annotation><text:p>c</text:p></office:annotation><text:p>Partner</text:p><table:table><table:table-row/></table:table></table:table-cell></table:table-row>`)
	f.Fuzz(func(t *testing.T, rows string) { checkFile(t, odsOf(t, rows), Options{}) })
}

// FuzzFile reads bytes that may be any kind of file.
func FuzzFile(f *testing.F) {
	f.Add([]byte(oleHeader + "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00\x00\x00"))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Add([]byte("%PDF-1.7"))
	f.Add([]byte("[{\"a\":1}]"))
	f.Add(collaborations(f)[:2_000])
	f.Fuzz(func(t *testing.T, content []byte) {
		checkFile(t, content, Options{Columns: Columns{{Role: "Partner", Header: "name"}}})
	})
}

func FuzzHeader(f *testing.F) {
	for _, s := range []string{"Funder of research (1)", "Land des Partners", "partnerName", "N° SIREN", "Ⅷ ½ \u200b", "((", "Ångström/İ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		m := recognise(header)
		if m.role.Person() || m.number < 0 || m.number > 99 {
			t.Fatalf("recognise(%q) = %+v", header, m)
		}
		if f := fold(header); f != strings.Join(strings.Fields(f), " ") {
			t.Fatalf("folding %q leaves blanks: %q", header, f)
		}
	})
}
