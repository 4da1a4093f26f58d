//go:build unix

package jobs_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
)

// badSheets are spreadsheets whose container is sound and whose rows are not.
func badSheets() []badFile {
	xlsx := func(sheet, texts string) []byte { return zipped(workbookParts(sheetHead+sheet+sheetTail, texts)) }
	rows := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i+3)))
		}
		return b.String()
	}
	ods := func(content string) []byte { return zipped(odsBase.with("content.xml", content)) }
	other := func(name, content string) []byte { return zipped(xlsxBase.with(name, content)) }
	formula := func(f, value string) string {
		return partnerRows + `<row r="3"><c r="A3" t="str"><f>` + f + `</f><v>` + value + `</v></c></row>`
	}
	manySheets := func(n int, merges string, same bool) []byte {
		parts := workbookParts(sheetHead+partnerRows+sheetTail, "")
		var sheets, rels strings.Builder
		rel := `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
		for i := range n {
			target := fmt.Sprintf("worksheets/s%d.xml", i)
			if same {
				target = "worksheets/s0.xml"
			}
			fmt.Fprintf(&sheets, `<sheet name="S%d" sheetId="%d" r:id="r%d"/>`, i, i+1, i)
			fmt.Fprintf(&rels, `<Relationship Id="r%d" Type="%s/worksheet" Target="%s"/>`, i, rel, target)
			if i == 0 || !same {
				parts = append(parts, [2]string{fmt.Sprintf("xl/worksheets/s%d.xml", i), sheetHead + partnerRows + `</sheetData>` + merges + `</worksheet>`})
			}
		}
		for i := range parts {
			switch parts[i][0] {
			case "xl/workbook.xml":
				parts[i][1] = `<workbook xmlns:r="` + rel + `"><sheets>` + sheets.String() + `</sheets></workbook>`
			case "xl/_rels/workbook.xml.rels":
				parts[i][1] = `<Relationships>` + rels.String() + `</Relationships>`
			}
		}
		return zipped(parts)
	}
	merges := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `<mergeCell ref="A%d:B%d"/>`, i+1, i+2)
		}
		return `<mergeCells>` + b.String() + `</mergeCells>`
	}
	long := noise(120_000)
	cells := func(n int, cell string) string { return strings.Repeat(cell, n) }
	return []badFile{
		{"20,000 rows to the last column", "sheet", func() []byte {
			return xlsx(partnerRows+rows(`<row r="#"><c r="A#" t="str"><v>x</v></c><c r="XFD#" t="str"><v>x</v></c></row>`, 20_000), "")
		}, refused, "column XFD"},
		{"a cell in the last row and column", "sheet", func() []byte {
			return xlsx(partnerRows+`<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>`, "")
		}, refused, "row 1048576"},
		{"16,384 columns", "sheet", func() []byte {
			return xlsx(`<row r="1">`+cells(16_384, `<c t="str"><v>Partner</v></c>`)+`</row><row r="2">`+cells(16_384, `<c t="str"><v>x</v></c>`)+`</row>`, "")
		}, refused, "1024 columns"},
		{"1,048,576 rows of nothing", "sheet", func() []byte { return xlsx(partnerRows+strings.Repeat(`<row><c/><c/></row>`, 1_048_574), "") }, either, ""},
		{"rows that are numbered backwards", "sheet", func() []byte {
			return xlsx(partnerRows+`<row r="900"><c r="A900" t="str"><v>Quell</v></c></row><row r="3"><c r="A3" t="str"><v>Brise</v></c></row>`, "")
		}, fullyRead, ""},
		{"rows and cells with numbers beyond all", "sheet", func() []byte {
			return xlsx(partnerRows+`<row r="99999999999999999999"><c r="ZZZZZZ99999999999999"><v>1e999999</v></c><c r="A-1"><v>x</v></c></row>`, "")
		}, fullyRead, ""},
		{"a dimension that lies", "sheet", func() []byte {
			return other("xl/worksheets/sheet1.xml", strings.Replace(sheetHead, "<sheetData>", `<dimension ref="A1:XFD1048576"/><sheetData>`, 1)+partnerRows+sheetTail)
		}, fullyRead, ""},
		{"five million shared texts", "sheet", func() []byte { return xlsx(partnerRows, strings.Repeat("<si/>", 5_000_000)) }, refused, "unfolds to"},
		{"shared texts of 8 MB", "sheet", func() []byte { return xlsx(partnerRows, strings.Repeat("<si><t>"+long+"</t></si>", 100)) }, either, ""},
		{"one text in every cell", "sheet", func() []byte {
			return xlsx(partnerRows+rows(`<row r="#">`+cells(100, `<c t="s"><v>0</v></c>`)+`</row>`, 3_000), "<si><t>"+long+"</t></si>")
		}, refused, "of text"},
		{"shared texts that are not there", "sheet", func() []byte {
			return xlsx(partnerRows+`<row><c t="s"><v>99</v></c><c t="s"><v>-1</v></c><c t="s"><v>x</v></c><c t="s"><v>99999999999999999999</v></c></row>`, "<si><t>a</t></si>")
		}, fullyRead, ""},
		{"rows of more than a megabyte", "sheet", func() []byte {
			return xlsx(partnerRows+rows(`<row r="#">`+cells(12, `<c t="str"><v>`+long+`</v></c>`)+`</row>`, 3), "")
		}, either, ""},
		{"a header of long cells", "sheet", func() []byte {
			return xlsx(`<row r="1">`+cells(30, `<c t="str"><v>`+long+`</v></c>`)+`</row>`+rows(`<row r="#">`+cells(8, `<c t="str"><v>`+long+`</v></c>`)+`</row>`, 6), "")
		}, refused, "no column is recognised"},
		{"a header of 1,000 long words", "sheet", func() []byte {
			return xlsx(`<row r="1"><c t="str"><v>Partner</v></c>`+cells(1_000, `<c t="str"><v>`+long[:2_000]+`</v></c>`)+`</row>`+partnerRows, "")
		}, either, ""},
		{"phonetic readings without end", "sheet", func() []byte {
			return xlsx(partnerRows+`<row><c t="s"><v>0</v></c></row>`, "<si><t>Quell</t>"+strings.Repeat("<rPh><t>x</t></rPh>", 300_000)+"</si>")
		}, either, ""},
		{"100,000 runs in one text", "sheet", func() []byte {
			return xlsx(partnerRows+`<row><c t="s"><v>0</v></c></row>`, "<si>"+strings.Repeat("<r><t>x</t></r>", 100_000)+"</si>")
		}, fullyRead, ""},
		{"255 sheets of 10,000 merged cells", "sheet", func() []byte { return manySheets(255, merges(10_000), false) }, either, ""},
		{"merged cells over all rows and columns", "sheet", func() []byte {
			return other("xl/worksheets/sheet1.xml", sheetHead+partnerRows+`</sheetData><mergeCells>`+strings.Repeat(`<mergeCell ref="A1:XFD1048576"/>`, 1_000)+`</mergeCells></worksheet>`)
		}, fullyRead, ""},
		{"merged cells that make no sense", "sheet", func() []byte {
			return other("xl/worksheets/sheet1.xml", sheetHead+partnerRows+`</sheetData><mergeCells><mergeCell ref="B9:A1"/><mergeCell ref=""/><mergeCell ref="A0:A-1"/><mergeCell ref="`+"\x01"+`"/></mergeCells></worksheet>`)
		}, either, ""},
		{"1,000 sheets", "sheet", func() []byte { return manySheets(1_000, "", false) }, refused, "more than 255 sheets"},
		{"255 sheets that are one part", "sheet", func() []byte { return manySheets(255, "", true) }, fullyRead, ""},
		{"200,000 relations", "sheet", func() []byte {
			return other("xl/_rels/workbook.xml.rels", `<Relationships>`+rows(`<Relationship Id="x#" Type="y" Target="z#"/>`, 200_000)+`</Relationships>`)
		}, refused, "refers to more than"},
		{"a workbook that is its own sheet", "sheet", func() []byte {
			return other("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="workbook.xml"/></Relationships>`)
		}, refused, ""},
		{"relations that go round", "sheet", func() []byte {
			return other("_rels/.rels", `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="_rels/.rels"/></Relationships>`)
		}, refused, ""},
		{"a sheet on another machine", "sheet", func() []byte {
			return other("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" TargetMode="External" Target="http://192.0.2.1/x"/></Relationships>`)
		}, refused, ""},
		{"a million styles", "sheet", func() []byte {
			parts := xlsxBase.with("xl/_rels/workbook.xml.rels", strings.Replace(xlsxBase.content("xl/_rels/workbook.xml.rels"), "</Relationships>", `<Relationship Id="s" Type="x/styles" Target="styles.xml"/></Relationships>`, 1))
			return zipped(append(parts, [2]string{"xl/styles.xml", `<s><cellXfs>` + strings.Repeat(`<xf numFmtId="14"/>`, 1_000_000) + `</cellXfs></s>`}))
		}, either, ""},
		{"a formula of a megabyte", "sheet", func() []byte { return xlsx(formula(noiseBlock, "Quell GmbH"), "") }, fullyRead, ""},
		{"a formula that calls a program", "sheet", func() []byte { return xlsx(formula(`cmd|' /C calc'!A0`, "=cmd|' /C calc'!A0"), "") }, fullyRead, ""},
		{"formulas that need each other", "sheet", func() []byte {
			return xlsx(partnerRows+`<row r="3"><c r="A3"><f>A4</f></c><c r="B3"><f>B3</f></c></row><row r="4"><c r="A4"><f>A3</f></c></row>`, "")
		}, fullyRead, ""},
		{"a formula that is shared by nobody", "sheet", func() []byte {
			return xlsx(partnerRows+`<row r="3"><c r="A3" t="str"><f t="shared" si="99999" ref="A1:XFD1048576"/><v>Quell</v></c></row>`, "")
		}, fullyRead, ""},
		{"links to other workbooks", "sheet", func() []byte { return xlsx(formula(`'\\192.0.2.1\share\[x.xlsx]One'!A1`, "Quell"), "") }, fullyRead, ""},
		{"dates beyond the calendar", "sheet", func() []byte {
			return xlsx(partnerRows+`<row r="3"><c r="A3"><v>-1e308</v></c><c r="B3" s="999999"><v>2958466.5</v></c></row>`, "")
		}, fullyRead, ""},
		{"escapes that are none", "sheet", func() []byte {
			return xlsx(partnerRows+`<row r="3"><c r="A3" t="str"><v>_xD800_ _x0000_ _xZZZZ_ _x</v></c></row>`, "")
		}, fullyRead, ""},
		{"ods: a row a million times", "sheet", func() []byte {
			return ods(odsTable("One", strings.Replace(odsPartner, "<table:table-row>", `<table:table-row table:number-rows-repeated="99999999">`, 1)))
		}, either, ""},
		{"ods: a million rows a thousand times", "sheet", func() []byte {
			return ods(odsTable("One", strings.Repeat(strings.Replace(odsPartner, "<table:table-row>", `<table:table-row table:number-rows-repeated="1048576">`, 1), 1_000)))
		}, refused, "filled rows"},
		{"ods: a cell 16,384 times", "sheet", func() []byte {
			return ods(odsTable("One", strings.Replace(odsPartner, "<table:table-cell>", `<table:table-cell table:number-columns-repeated="16384">`, 1)))
		}, refused, "1024 columns"},
		{"ods: a long cell 1,000 times", "sheet", func() []byte {
			return ods(odsTable("One", strings.Repeat(`<table:table-row table:number-rows-repeated="500"><table:table-cell table:number-columns-repeated="1000"><text:p>`+long+`</text:p></table:table-cell></table:table-row>`, 10)))
		}, refused, "of text"},
		{"ods: repetitions that are no numbers", "sheet", func() []byte {
			return ods(odsTable("One", `<table:table-row table:number-rows-repeated="-5"><table:table-cell table:number-columns-repeated="99999999999999999999"><text:p>Quell</text:p></table:table-cell></table:table-row>`))
		}, fullyRead, ""},
		{"ods: blanks without end in a cell", "sheet", func() []byte {
			return ods(odsTable("One", strings.Repeat(`<table:table-row><table:table-cell><text:p>Quell<text:s text:c="2000000000"/></text:p></table:table-cell></table:table-row>`, 1_000)))
		}, fullyRead, ""},
		{"ods: tables in tables", "sheet", func() []byte {
			return ods(odsTable("One", strings.Repeat(`<table:table-row><table:table-cell><table:table>`, 60)))
		}, refused, ""},
		{"ods: 1,000 sheets", "sheet", func() []byte {
			return ods(odsTable("One", odsPartner+strings.Repeat(`</table:table><table:table>`, 1_000)))
		}, refused, "255 sheets"},
		{"ods: 100,000 hidden styles", "sheet", func() []byte {
			return ods(strings.Replace(odsTable("One", odsPartner), "<office:body>", rows(`<style name="s#"><table-properties display="false"/></style>`, 100_000)+"<office:body>", 1))
		}, either, ""},
		{"ods: comments and drawings over cells", "sheet", func() []byte {
			return ods(odsTable("One", strings.Repeat(`<table:table-row><table:table-cell><office:annotation><text:p>x</text:p></office:annotation><text:p>Quell</text:p></table:table-cell></table:table-row>`, 1_000)))
		}, fullyRead, ""},
		{"a picture of another kind", "sheet", func() []byte { return []byte("\x89PNG\r\n\x1a\n" + long) }, refused, "picture"},
		{"a PDF", "sheet", func() []byte { return []byte("%PDF-1.7\n" + long) }, refused, "PDF"},
		{"gzip", "sheet", func() []byte {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			_, err := w.Write([]byte(long))
			must(err)
			must(w.Close())
			return b.Bytes()
		}, refused, "gzip"},
		{"an old .xls", "sheet", func() []byte { return []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + long) }, refused, "before 2007"},
		{"a web page", "sheet", func() []byte { return []byte("<html>" + strings.Repeat("<table><tr><td>", 100_000)) }, refused, "web page"},
		{"XML with entities", "sheet", func() []byte { return []byte(`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`) }, refused, "XML file"},
		{"JSON", "sheet", func() []byte { return []byte(strings.Repeat(`[`, 1_000_000)) }, refused, "JSON"},
	}
}

// badTexts are delimited texts.
func badTexts() []badFile {
	text := func(s string) func() []byte { return func() []byte { return []byte(s) } }
	head := "Partner,Country\n" + secretName + " Institute,DE\n"
	return []badFile{
		{"nothing", "sheet", text(""), refused, "empty"},
		{"a mark and nothing", "sheet", text("\xef\xbb\xbf"), refused, "empty"},
		{"two marks", "sheet", text("\xef\xbb\xbf\xef\xbb\xbf" + head), either, ""},
		{"a mark of UTF-16 and half a letter", "sheet", text("\xff\xfeP"), refused, ""},
		{"UTF-16 with half a letter", "sheet", text("\xff\xfeP\x00a\x00r\x00t\x00n\x00e\x00r\x00\n\x00Q\x00\n"), either, ""},
		{"UTF-16 halves of nothing", "sheet", text("\xff\xfeP\x00a\x00r\x00t\x00n\x00e\x00r\x00\n\x00" + strings.Repeat("\x00\xd8", 1_000)), either, ""},
		{"UTF-32", "sheet", text("\xff\xfe\x00\x00P\x00\x00\x00a\x00\x00\x00\n\x00\x00\x00"), refused, ""},
		{"zeros", "sheet", text(strings.Repeat("\x00", 1<<20)), refused, ""},
		{"zeros in the cells", "sheet", text(head + strings.Repeat("Que\x00ll,D\x00E\n", 1_000)), either, ""},
		{"a megabyte of noise", "sheet", func() []byte {
			b := []byte(noiseBlock)
			for i := range b {
				b[i] ^= byte(i * 7)
			}
			return b
		}, refused, ""},
		{"several charsets at once", "sheet", text("Partner,City\nM\xfcnchen GmbH,\xe6\x97\xa5\xe6\x9c\xac\n\xcf\xf0\xe8\xe2\xe5\xf2,\x93\xfa\x96\x7b\n"), fullyRead, ""},
		{"a letter cut at the end", "sheet", text(head + "Universit\xc3"), fullyRead, ""},
		{"lines that end in every way", "sheet", text("Partner,Country\rQuell,DE\r\nBrise,FR\n\rNord,NO\n"), either, ""},
		{"returns alone", "sheet", text("Partner,Country\rQuell,DE\rBrise,FR"), fullyRead, ""},
		{"a line of 8 MB", "sheet", text(head + strings.Repeat("x", 8<<20)), fullyRead, ""},
		{"a line of 8 MB in quotes", "sheet", text(head + `"` + strings.Repeat("x y ", 6<<20)), fullyRead, ""},
		{"8 MB of commas", "sheet", text(head + strings.Repeat(",", 8<<20)), refused, "cells in a row"},
		{"8 MB of quotes", "sheet", text(head + strings.Repeat(`"`, 8<<20)), either, ""},
		{"8 MB of quotes and commas", "sheet", text(head + strings.Repeat(`",`, 4<<20)), refused, "cells in a row"},
		{"quotes that are never closed", "sheet", text("Partner,Country\n" + strings.Repeat(`"Quell,DE`+"\n", 1_000)), fullyRead, ""},
		{"a cell of 1,000 lines", "sheet", text("Partner,Country\n\"" + strings.Repeat("Quell\n", 1_000) + "\",DE\n"), either, ""},
		{"1,000 long cells", "sheet", text("Partner,Country\nQuell" + strings.Repeat(","+noiseBlock[:2_000], 1_000) + "\n"), either, ""},
		{"a header of 1,000 columns", "sheet", text(strings.Repeat("Partner name,", 1_000) + "\n" + strings.Repeat("Quell,", 1_000) + "\n"), either, ""},
		{"a header of 5,000 columns", "sheet", text(strings.Repeat("Partner,", 5_000) + "\n"), refused, ""},
		{"a delimiter of its own word", "sheet", text("sep=\x00\nPartner\x00Country\nQuell\x00DE\n"), either, ""},
		{"separators without end", "sheet", text("Partner\n" + strings.Repeat("Quell; Brise; Nord; ", 5_000) + "\n"), fullyRead, ""},
		{"formulas", "sheet", text("Partner,Country\n=cmd|' /C calc'!A0,DE\n@SUM(1+1)*cmd|' /C calc'!A0,FR\n+1,\n-1,\n"), fullyRead, ""},
		{"directions turned round", "sheet", text("Partner,Country\n\u202eHbmG lleuQ\u202c,DE\n\u200b\u200d\ufeff,FR\n"), fullyRead, ""},
		{"combining marks without end", "sheet", text("Partner,Country\nQ" + strings.Repeat("\u0301", 500_000) + ",DE\n"), fullyRead, ""},
		{"dates that are none", "sheet", text("Partner,Start,End\nQuell,99/99/9999,-1\nBrise,1e400,00.00.0000\n"), fullyRead, ""},
		{"numbers for names", "sheet", text("Partner,Country\n" + strings.Repeat("9", 100_000) + ",DE\n1e999,\n"), fullyRead, ""},
		{"100,000 blank lines", "sheet", text(head + strings.Repeat("\n", 100_000)), fullyRead, ""},
		{"no header", "sheet", text("a1b2,c3d4\n" + secretName + ",x\n"), refused, "--columns"},
	}
}
