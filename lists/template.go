package lists

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
)

// templateColumns are the columns of an office's own list, in the order of the
// template, each with what to write into it.
var templateColumns = []struct{ header, means, example string }{
	{"name", "The full name. The only column that must be filled.", "Example Research Institute (replace this row)"},
	{"aliases", "Other names, separated by semicolons.", "ERI; Institut Exemple"},
	{"type", "organisation, person, vessel or aircraft; empty when not known.", "organisation"},
	{"country", "Names or two-letter codes, separated by semicolons.", "NO"},
	{"address", "One address, the country last.", "1 Example Street, Oslo, Norway"},
	{"city", "", "Oslo"},
	{"website", "", "www.example.org"},
	{"identifier", "Numbers with their kind, separated by semicolons: lei: …, ror: …, imo: …, registration: …", "registration: 000 000 000"},
	{"birth_date", "Of persons: a day, a month or a year.", ""},
	{"control", "What follows for the party, where the configuration does not say it for the whole list.", "advisory"},
	{"reason", "Why the party is on the list; shown with each match.", "Own watch list: ask the research office"},
	{"listed", "Since when.", "2026-01-31"},
	{"ends", "Until when.", ""},
	{"id", "A number that stays with the party when its name is corrected.", "1"},
	{"url", "Where to read more.", ""},
}

// WriteTemplate writes an empty list to fill in: "names.csv" or "names.xlsx",
// with one row that shows how. The workbook says on a second sheet what goes
// into each column.
func WriteTemplate(w io.Writer, format string) error {
	var header, example []string
	for _, c := range templateColumns {
		header, example = append(header, c.header), append(example, c.example)
	}
	switch format {
	case "names.csv":
		out := csv.NewWriter(w)
		if err := out.WriteAll([][]string{header, example}); err != nil {
			return fmt.Errorf("writing the template: %w", err)
		}
		return nil
	case "names.xlsx":
		if err := writeTemplateBook(w, header, example); err != nil {
			return fmt.Errorf("writing the template: %w", err)
		}
		return nil
	}
	return fmt.Errorf("there is no template for %q: names.csv or names.xlsx", format)
}

func writeTemplateBook(w io.Writer, header, example []string) (err error) {
	book := excelize.NewFile()
	defer func() {
		if e := book.Close(); err == nil {
			err = e
		}
	}()
	if err := book.SetSheetName("Sheet1", "Names"); err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDDDDD"}}})
	if err != nil {
		return err
	}
	wide, err := excelize.ColumnNumberToName(len(header))
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return book.SetSheetRow("Names", "A1", &header) },
		func() error { return book.SetSheetRow("Names", "A2", &example) },
		func() error { return book.SetCellStyle("Names", "A1", wide+"1", bold) },
		func() error { return book.SetColWidth("Names", "A", wide, 22) },
		func() error {
			return book.SetPanes("Names", &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
		},
		func() error {
			return templateList(book, "type", []string{"organisation", "person", "vessel", "aircraft"})
		},
		func() error {
			return templateList(book, "control", strings.Split(joinControls(screening.Controls), ", "))
		},
		func() error { _, err := book.NewSheet("Columns"); return err },
		func() error { return book.SetColWidth("Columns", "B", "B", 90) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	for i, c := range templateColumns {
		if err := book.SetSheetRow("Columns", fmt.Sprintf("A%d", i+1), &[]string{c.header, c.means}); err != nil {
			return err
		}
	}
	return book.Write(w)
}

// templateList offers the values of a column as a list to choose from.
func templateList(book *excelize.File, header string, values []string) error {
	for i, c := range templateColumns {
		if c.header != header {
			continue
		}
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		choice := excelize.NewDataValidation(true)
		choice.SetSqref(name + "2:" + name + "5000")
		if err := choice.SetDropList(values); err != nil {
			return err
		}
		return book.AddDataValidation("Names", choice)
	}
	return fmt.Errorf("no column %s", header)
}
