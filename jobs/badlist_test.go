//go:build unix

package jobs_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
)

// badBooks are workbooks coming back whose container is sound.
func badBooks(review []byte) []badFile {
	sheet := func(inside string) []byte {
		return zipped(append(without(workbookParts("", ""), "xl/worksheets/sheet1.xml"), [2]string{"xl/worksheets/sheet1.xml", sheetHead + inside + sheetTail}))
	}
	cells := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i+1)))
		}
		return b.String()
	}
	header := `<row r="1"><c r="A1" t="str"><v>Key</v></c><c r="B1" t="str"><v>Seal</v></c><c r="C1" t="str"><v>Verdict</v></c></row>`
	return []badFile{
		{"nothing", "workbook", func() []byte { return nil }, refused, "empty"},
		{"a sheet of partners", "workbook", func() []byte { return zipped(xlsxBase.parts) }, refused, "no sheet is a Review"},
		{"a table of text", "workbook", func() []byte { return []byte("Key,Seal,Verdict\n" + secretName) }, refused, ".xlsx"},
		{"a header and nothing of ours", "workbook", func() []byte { return sheet(header) }, refused, "no sheet is a Review"},
		{"the header 30,000 times", "workbook", func() []byte { return sheet(cells(30_000, strings.ReplaceAll(header, `"1"`, `"#"`))) }, refused, ""},
		{"five million shared texts", "workbook", func() []byte {
			return zipped(workbookParts(sheetHead+header+sheetTail, cells(5_000_000/100, strings.Repeat("<si/>", 100))))
		}, refused, ""},
		{"two million texts that pack badly", "workbook", func() []byte {
			return zipped(workbookParts(sheetHead+header+sheetTail, cells(1_501_000, "<si><t>#</t></si>")))
		}, refused, "texts"},
		{"20,000 rows to the last column", "workbook", func() []byte {
			return sheet(header + cells(20_000, `<row r="#"><c r="XFD#"><v>1</v></c></row>`))
		}, refused, ""},
		{"1,048,576 rows", "workbook", func() []byte { return sheet(cells(1_048_576, `<row/>`)) }, refused, ""},
		{"a cell in the last row", "workbook", func() []byte { return sheet(header + `<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>`) }, refused, ""},
		{"a row of 9 MB", "workbook", func() []byte {
			return sheet(header + `<row>` + strings.Repeat(`<c t="str"><v>`+noiseBlock[:60_000]+`</v></c>`, 150) + `</row>`)
		}, refused, "rows"},
		{"formulas that need each other", "workbook", func() []byte {
			return sheet(header + `<row r="2"><c r="A2"><f>A3</f></c></row><row r="3"><c r="A3"><f>A2</f></c></row>`)
		}, refused, ""},
		{"a style sheet of 9 MB", "workbook", func() []byte {
			return zipped(append(workbookParts(sheetHead+header+sheetTail, ""), [2]string{"xl/styles.xml", cells(150_000, `<xf numFmtId="#" applyNumberFormat="1" fontId="#"/>`)}))
		}, refused, ""},
		{"200 pictures of a megabyte", "workbook", func() []byte {
			picture := packed(noiseBlock[:10_000]+strings.Repeat("\x00", 990_000), 1)
			return zipped(workbookParts(sheetHead+header+sheetTail, ""), func(w *zip.Writer) error {
				var err error
				for i := range 200 {
					err = errors.Join(err, picture().as(fmt.Sprintf("xl/media/i%d.png", i), nil)(w))
				}
				return err
			})
		}, refused, "beside its rows"},
		{"ods: the header, its cells a million times", "workbook", func() []byte {
			return zipped(odsBookBase.with("content.xml", odsStart+`<table:table table:name="Review">`+strings.Repeat(`<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="2000000"><text:p>Key</text:p></table:table-cell></table:table-row>`, 300)+`</table:table>`+odsEnd))
		}, refused, ""},
		{"ods: a cell of 2 MB, 1,600 times", "workbook", func() []byte {
			return zipped(odsBookBase.with("content.xml", odsTable("Review", strings.Repeat(`<table:table-row><table:table-cell table:number-columns-repeated="400"><text:p>`+noiseBlock+noiseBlock+`</text:p></table:table-cell></table:table-row>`, 4))))
		}, refused, ""},
		{"cut in the middle", "workbook", func() []byte { return review[:len(review)/2] }, refused, ""},
		{"bytes turned over", "workbook", func() []byte {
			b := bytes.Clone(review)
			for i := 0; i < len(b); i += 997 {
				b[i] ^= 0x55
			}
			return b
		}, refused, ""},
	}
}

// A badDoor is a published file of one kind: what begins and ends it, one
// record, and what nests in one.
type badDoor struct {
	door, kind         string
	head, record, tail string
}

var badDoors = []badDoor{
	{"un_sc_sanctions/consolidated.xml", "xml", `<CONSOLIDATED_LIST dateGenerated="2026-01-01T00:00:00"><INDIVIDUALS></INDIVIDUALS><ENTITIES>`, `<ENTITY><DATAID>#</DATAID><FIRST_NAME>` + secretName + `</FIRST_NAME></ENTITY>`, `</ENTITIES></CONSOLIDATED_LIST>`},
	{"ch_seco_sanctions/seco.xml", "xml", `<swiss-sanctions-list date="2026-01-01">`, `<target ssid="#"><entity><identity main="true"><name><name-part name-part-type="whole-name"><value>` + secretName + `</value></name-part></name></identity></entity></target>`, `</swiss-sanctions-list>`},
	{"eu_fsf/xmlFullSanctionsList_1_1.xml", "xml", `<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-01-01T00:00:00">`, `<sanctionEntity logicalId="#"><nameAlias wholeName="` + secretName + `"/></sanctionEntity>`, `</export>`},
	{"gb_fcdo_sanctions/UK-Sanctions-List.xml", "xml", `<Designations><DateGenerated>01/01/2026</DateGenerated>`, `<Designation><UniqueID>#</UniqueID><Names><Name><Name6>` + secretName + `</Name6></Name></Names></Designation>`, `</Designations>`},
	{"us_ofac_sdn/SDN_ADVANCED.XML", "xml", `<Sanctions><DistinctParties>`, `<DistinctParty FixedRef="#"><Profile/></DistinctParty>`, `</DistinctParties></Sanctions>`},
	{"us_ofac_sdn/SDN.XML", "xml", `<sdnList><publshInformation/>`, `<sdnEntry><uid>#</uid><lastName>` + secretName + `</lastName></sdnEntry>`, `</sdnList>`},
	{"us_trade_csl/consolidated.json", "json", `{"results":[`, `{"id":"#","name":"` + secretName + `"}`, `]}`},
	{"jp_meti_eul/jp.json", "json", `[`, `{"id":"#","name":"` + secretName + `"}`, `]`},
	{"own.entities_ftm_json/entities.ftm.json", "jsonl", ``, `{"id":"#","schema":"Company","properties":{"name":["` + secretName + `"]}}`, ``},
	{"ror/v1.0-ror-data.json", "json", `[`, `{"id":"https://ror.org/0#","status":"active","names":[{"value":"` + secretName + `","types":["ror_display"]}]}`, `]`},
	{"us_trade_csl/consolidated.csv", "csv", "_id,source,entity_number,type,programs,name\n", "#,Entity List (EL) - Bureau of Industry and Security,#,Entity,x," + secretName + "\n", ``},
	{"gb_fcdo_sanctions/UK-Sanctions-List.csv", "csv", "Report Date: 01-Jan-2026\nUnique ID,Name 6\n", "#," + secretName + "\n", ``},
	{"eu_fsf/csvFullSanctionsList_1_1.csv", "csv", "fileGenerationDate;Entity_LogicalId;NameAlias_WholeName\n", "01/01/2026;#;" + secretName + "\n", ``},
	{"us_bis_denied/dpl.txt", "csv", "Name\tStreet_Address\n", secretName + "\t#\n", ``},
	{"own.names_csv/names.csv", "csv", "name,country\n", secretName + " #,de\n", ``},
	{"watch/targets.simple.csv", "csv", "id,schema,name\n", "#,Company," + secretName + "\n", ``},
	{"us_dhs_uflpa/uflpa-entity-list.html", "html", `<html><body><table>`, `<tr><td>` + secretName + ` #</td></tr>`, `</table></body></html>`},
}

// badLists spoil each published kind of file in every way its text allows.
func badLists() []badFile {
	var out []badFile
	for _, d := range badDoors {
		records := func(n int) string {
			var b strings.Builder
			for i := range n {
				if i > 0 && d.kind == "json" {
					b.WriteByte(',')
				}
				b.WriteString(strings.ReplaceAll(d.record, "#", fmt.Sprint(i)))
				if d.kind == "jsonl" {
					b.WriteByte('\n')
				}
			}
			return b.String()
		}
		add := func(name string, make func() string) {
			out = append(out, badFile{name: name, door: d.door, fate: refused, make: func() []byte { return []byte(make()) }})
		}
		add("nothing", func() string { return "" })
		add("blanks", func() string { return strings.Repeat(" \n", 1_000_000) })
		add("zeros", func() string { return strings.Repeat("\x00", 1<<20) })
		cut := add
		if d.kind == "csv" || d.kind == "html" { // nothing says that a line should go on, or what its letters are
			cut = func(name string, make func() string) {
				out = append(out, badFile{name: name, door: d.door, fate: either, make: func() []byte { return []byte(make()) }})
			}
		}
		cut("cut in a record", func() string { s := d.head + records(50); return s[:len(s)-len(d.record)/2-3] })
		add("one record of 9 MB", func() string {
			return d.head + strings.Replace(records(1), secretName, strings.Repeat(noiseBlock, 9), 1) + d.tail
		})
		add("2 MB of records", func() string { return d.head + records((2<<20)/len(d.record)) + d.tail })
		cut("letters of no charset", func() string {
			return d.head + strings.ReplaceAll(records(3), secretName, "\xff\xfe\x80\xc3\x28") + d.tail
		})
		switch d.kind {
		case "xml", "html":
			add("a billion laughs", func() string {
				return `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "` + strings.Repeat("&a;", 1_000) + `"><!ENTITY c "` + strings.Repeat("&b;", 1_000) + `">]>` + d.head + strings.ReplaceAll(records(2), secretName, "&c;") + d.tail
			})
			add("an entity from the disk", func() string {
				return `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + d.head + strings.ReplaceAll(records(2), secretName, "&a;") + d.tail
			})
			add("elements a million deep", func() string { return d.head + strings.Repeat("<a>", 1_000_000) })
			add("a record of a million elements", func() string {
				return d.head + strings.Replace(records(1), secretName, secretName+strings.Repeat("<x/>", 1_000_000), 1) + d.tail
			})
			add("100,000 attributes", func() string {
				var b strings.Builder
				for i := range 100_000 {
					fmt.Fprintf(&b, ` a%d=""`, i)
				}
				return d.head + strings.Replace(records(1), ">", b.String()+">", 1) + d.tail
			})
			add("the root again and again", func() string { return strings.Repeat(d.head, 20_000) })
		case "json", "jsonl":
			add("a million deep", func() string { return d.head + strings.Repeat(`{"a":[`, 500_000) })
			add("deep in a record", func() string {
				return d.head + strings.Replace(records(1), `"`+secretName+`"`, strings.Repeat("[", 9_000)+strings.Repeat("]", 9_000), 1) + d.tail
			})
			add("numbers beyond all", func() string {
				return d.head + strings.Replace(records(1), `"`+secretName+`"`, strings.Repeat("9", 100_000)+"e999999999", 1) + d.tail
			})
			add("a key twice", func() string {
				return d.head + strings.Replace(records(1), "{", `{"id":"z","id":[],`, 1) + d.tail
			})
			add("a record of a million objects", func() string {
				return d.head + strings.Replace(records(1), `"`+secretName+`"`, `[`+strings.Repeat(`{},`, 1_000_000)+`{}]`, 1) + d.tail
			})
			add("a web page", func() string { return "<!DOCTYPE html><html>" })
		case "csv":
			add("a quote that is never closed", func() string { return d.head + `"` + strings.Repeat(records(1), (10<<20)/len(d.record)) })
			add("10 MB of delimiters", func() string { return d.head + strings.Repeat(",;\t", 10<<20/3) })
			add("a header of 100,000 columns", func() string { return strings.Repeat("a,b;c\t", 50_000) + "\n" + records(3) })
			add("a web page", func() string { return "<!DOCTYPE html><html>" })
		}
	}
	unfolded := func(text string, times int) func() []byte {
		return func() []byte {
			var b bytes.Buffer
			w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
			must(err)
			block := strings.Repeat(text, max(1, (1<<20)/len(text)))
			_, err = w.Write([]byte("["))
			must(err)
			for range times {
				_, err := w.Write([]byte(block))
				must(err)
			}
			must(w.Close())
			return b.Bytes()
		}
	}
	return append(out,
		badFile{"gzip of 40 MB of blanks", "ror/v1.0-ror-data.json.gz", unfolded(" ", 40), refused, "blanks"},
		badFile{"gzip of a record without end", "ror/v1.0-ror-data.json.gz", unfolded(`{"id":[`, 12), refused, ""},
		badFile{"gzip cut short", "ror/v1.0-ror-data.json.gz", func() []byte { return unfolded(`{"id":"https://ror.org/01"},`, 1)()[:200] }, refused, ""},
		badFile{"no gzip", "ror/v1.0-ror-data.json.gz", func() []byte { return []byte("[]") }, refused, "gzip"},
		badFile{"a zip of 72 MB of blanks", "ror/v1.0-ror-data.zip", func() []byte { return zipped(nil, blanks().as("v1-ror-data_schema_v2.json", nil)) }, refused, ""},
		badFile{"a zip of 20,000 files", "ror/v1.0-ror-data.zip", func() []byte {
			var parts [][2]string
			for i := range 20_000 {
				parts = append(parts, [2]string{fmt.Sprintf("a%d_v2.json", i), "[]"})
			}
			return zipped(parts)
		}, refused, "100 is the limit"},
		badFile{"a zip of a zip", "ror/v1.0-ror-data.zip", func() []byte { return zipped([][2]string{{"a.zip", string(zipped(nil, blanks().as("v2.json", nil)))}}) }, refused, "no JSON"},
		badFile{"a zip that lies", "ror/v1.0-ror-data.zip", func() []byte { return zipped(nil, (&rawMember{blanks().header, []byte("[{]")}).as("v2.json", nil)) }, refused, ""},
		badFile{"no zip", "ror/v1.0-ror-data.zip", func() []byte { return []byte("PK\x03\x04") }, refused, "zip"},
	)
}
