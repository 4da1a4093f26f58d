package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// elements calls see with every element of a part.
func elements(t *testing.T, part []byte, see func(name string, attr map[string]string, text string)) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(part))
	type open struct {
		name string
		attr map[string]string
		text strings.Builder
	}
	var stack []*open
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch el := tok.(type) {
		case xml.StartElement:
			o := &open{name: el.Name.Local, attr: map[string]string{}}
			for _, a := range el.Attr {
				o.attr[a.Name.Local] = a.Value
			}
			stack = append(stack, o)
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text.Write(el)
			}
		case xml.EndElement:
			o := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			see(o.name, o.attr, o.text.String())
		}
	}
}

// TestPartsHangTogether checks what makes Excel offer a repair: parts that
// nothing names or that are not there, looks that are not defined, cells out
// of order, merged cells that overlap, texts longer than their place.
func TestPartsHangTogether(t *testing.T) {
	parts := inside(t, sampleBook(t))
	typed := map[string]bool{}
	elements(t, parts[contentTypes], func(name string, a map[string]string, _ string) {
		switch name {
		case "Default":
			for p := range parts {
				if strings.HasSuffix(p, "."+a["Extension"]) {
					typed[p] = true
				}
			}
		case "Override":
			p := strings.TrimPrefix(a["PartName"], "/")
			if parts[p] == nil {
				t.Errorf("a content type for %s, which is not there", p)
			}
			typed[p] = true
		}
	})
	named := map[string]bool{contentTypes: true, "_rels/.rels": true}
	for p, b := range parts {
		if !typed[p] && p != contentTypes {
			t.Errorf("%s has no content type", p)
		}
		if !strings.HasSuffix(p, ".rels") {
			continue
		}
		ids := map[string]bool{}
		elements(t, b, func(name string, a map[string]string, _ string) {
			if name != "Relationship" {
				return
			}
			if ids[a["Id"]] {
				t.Errorf("%s has %s twice", p, a["Id"])
			}
			ids[a["Id"]] = true
			if a["TargetMode"] == "External" {
				if !webAddress(a["Target"]) {
					t.Errorf("%s leads to %q", p, a["Target"])
				}
				return
			}
			target := path.Join(path.Dir(path.Dir(p)), a["Target"])
			if strings.HasPrefix(a["Target"], "/") {
				target = a["Target"][1:]
			}
			if parts[target] == nil {
				t.Errorf("%s leads to %s, which is not there", p, target)
			}
			named[target] = true
			named[path.Join(path.Dir(target), "_rels", path.Base(target)+".rels")] = true
		})
	}
	for p := range parts {
		if !named[p] {
			t.Errorf("nothing leads to %s", p)
		}
	}

	looks, marks, fonts := 0, 0, 0
	elements(t, parts["xl/styles.xml"], func(name string, a map[string]string, _ string) {
		switch name {
		case "cellXfs":
			looks, _ = strconv.Atoi(a["count"])
		case "dxfs":
			marks, _ = strconv.Atoi(a["count"])
		case "fonts":
			fonts, _ = strconv.Atoi(a["count"])
		}
	})
	if looks < int(styleCount)/2 || marks != 1 || fonts == 0 {
		t.Errorf("%d looks, %d marks, %d fonts", looks, marks, fonts)
	}
	elements(t, parts["xl/workbook.xml"], func(name string, a map[string]string, text string) {
		if name == "sheet" && (len([]rune(a["name"])) > 31 || strings.ContainsAny(a["name"], `[]:*?/\`)) {
			t.Errorf("no sheet can be called %q", a["name"])
		}
	})
	for p, b := range parts {
		if !strings.HasPrefix(p, "xl/worksheets/sheet") {
			continue
		}
		lastRow, lastColumn := 0, 0
		var merged []string
		elements(t, b, func(name string, a map[string]string, text string) {
			switch name {
			case "c":
				column, row, err := excelize.CellNameToCoordinates(a["r"])
				if err != nil {
					t.Fatal(err)
				}
				if row != lastRow {
					lastRow, lastColumn = row, 0
				}
				if column <= lastColumn {
					t.Errorf("%s: %s is out of order", p, a["r"])
				}
				lastColumn = column
				if s, _ := strconv.Atoi(a["s"]); s >= looks {
					t.Errorf("%s: %s has look %d of %d", p, a["r"], s, looks)
				}
			case "row":
				if h, _ := strconv.ParseFloat(a["ht"], 64); h > 409 {
					t.Errorf("%s: row %s is %v points high", p, a["r"], h)
				}
			case "cfRule":
				if d, _ := strconv.Atoi(a["dxfId"]); d >= marks {
					t.Errorf("%s: mark %d of %d", p, d, marks)
				}
			case "dataValidation":
				for attr, most := range map[string]int{"error": 225, "errorTitle": 32, "prompt": 255, "promptTitle": 32} {
					if n := len([]rune(a[attr])); n > most {
						t.Errorf("%s: %s of %d characters", p, attr, n)
					}
				}
			case "formula1":
				if len([]rune(text)) > 257 {
					t.Errorf("%s: a drop-down of %d characters", p, len(text))
				}
			case "oddHeader", "oddFooter":
				if len([]rune(text)) > 255 {
					t.Errorf("%s: %s of %d characters", p, name, len(text))
				}
			case "mergeCell":
				merged = append(merged, a["ref"])
			}
		})
		slices.Sort(merged)
		if len(slices.Compact(merged)) != len(merged) {
			t.Errorf("%s: merged cells overlap: %v", p, merged)
		}
	}
}

// TestLongTexts puts the longest texts there can be everywhere at once.
func TestLongTexts(t *testing.T) {
	long := strings.Repeat("Veltraxis & <Optics> \"Institute\" ", 2000)
	r := sampleReport()
	r.Office, r.Run.ID = long, long
	r.Run.NotChecked = []string{long}
	r.Run.Editions[2].Missing = long
	all := sampleResults()
	all[0].Partner.Parties[0].Name = long
	all[0].Partner.Reference = long
	for i := range 300 {
		all[0].Partner.Cells[0].Header = fmt.Sprint("Column ", i)
		all[0].Partner.Cells = append(all[0].Partner.Cells, all[0].Partner.Cells[0])
		all[0].Partner.Cells[len(all[0].Partner.Cells)-1].Value = fmt.Sprint("value ", i)
	}
	m := &all[0].Parties[0].Matches[0]
	m.Name, m.Matched = long, long
	m.Listings[0].URL = "https://lists.example/" + strings.Repeat("x", 5000)
	for range 200 {
		m.Evidence = append(m.Evidence, m.Evidence[0])
		m.Listings = append(m.Listings, m.Listings[1])
	}
	book := written(t, r, results(all...))
	f := opened(t, book).file
	for _, sheet := range f.GetSheetList() {
		if dump(t, f, sheet) == "" {
			t.Errorf("%s is empty", sheet)
		}
	}
	if text := dump(t, f, "All rows"); !strings.Contains(text, "value 299") {
		t.Error("what stands in the 300th column is lost")
	}
	if text := dump(t, f, "Review"); !strings.Contains(text, cutMark[4:]) {
		t.Error("a text was cut without a mark")
	}
	rv := opened(t, book)
	for row := 3; row <= 5; row++ {
		rv.decide(row, "False positive", "Different name")
	}
	d, err := readBack(t, rv.saved())
	if err != nil || len(d.Problems) > 0 || len(d.Lines) != 3 {
		t.Errorf("%d lines, %v, %v; want all three", len(d.Lines), d.Problems, err)
	}
}
