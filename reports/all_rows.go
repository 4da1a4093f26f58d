package reports

import (
	"fmt"
	"slices"
	"strings"

	"partnerscreen/screening"
)

var allRows = Tab{
	Name: "All rows",
	Doc:  "Every row that came in, with its grade, its place in your file and your own columns (grey headers) as they were.",
	Rows: func(f *Findings) int { return f.Counts.RowsIn },
	Fill: fillAllRows,
}

func fillAllRows(b *Book, t Tab, f *Findings) error {
	columns := []Column{
		{Title: "Grade", Width: 30, Style: StyleWords},
		{Title: "File", Width: 22, Style: StyleLine},
		{Title: "Sheet", Width: 14, Style: StyleLine},
		{Title: "Row", Width: 8, Style: StyleNumber},
		{Title: "Stakes", Width: 10, Style: StyleWords},
		{Title: "Grade comes from", Width: 22, Style: StyleText},
		{Title: "Likely matches", Width: 44, Style: StyleText},
		{Title: "Notes", Width: 40, Style: StyleText},
	}
	own := len(columns)
	for i, h := range f.Headers {
		columns = append(columns, Column{Title: h, Width: min(40, max(10, float64(f.widths[i])+1)), Style: StyleLine, Header: StyleOriginal})
	}
	wide := len(f.Headers) == maxColumns
	if wide {
		columns = append(columns, Column{Title: "Further columns", Width: 40, Style: StyleLine, Header: StyleOriginal})
	}
	p, err := b.Page(t, Layout{Columns: columns, Frozen: 1})
	if err != nil {
		return err
	}
	row := make([]any, len(columns))
	for res, err := range f.Results() {
		if err != nil {
			return err
		}
		clear(row)
		place := res.Partner.Place
		row[0], row[1], row[2], row[3], row[4] = ofGrade(res.Grade), place.File, place.Sheet, place.Row, string(res.Stakes)
		row[5], row[6], row[7] = res.GradeBy(), likely(res), rowNotes(res)
		var further []string
		for h, value := range titled(res.Partner.Cells) {
			if at, ok := f.headers[h]; ok {
				row[own+at] = value
			} else if value != "" {
				further = append(further, h+": "+value)
			}
		}
		if wide {
			row[len(row)-1] = strings.Join(further, "; ")
		}
		if err := p.Row(row...); err != nil {
			return err
		}
	}
	return p.End()
}

// likely names the likely matches of a row, a line each.
func likely(res *screening.Result) string {
	var lines []string
	for i := range res.Parties {
		for k := range res.Parties[i].Matches {
			m := &res.Parties[i].Matches[k]
			line := res.Partner.Parties[i].Link() + " – " + matchLine(m)
			if holds(m) {
				line += ", decided: " + VerdictText(m.Decision.Verdict)
			}
			if m.Disposition.Stands() {
				line += ", closed: " + m.Disposition.Said()
			}
			lines = append(lines, line)
		}
	}
	const most = 4
	if more := len(lines) - most; more > 1 {
		lines = append(lines[:most], fmt.Sprintf("and %d more, on Review or Not flagged", more))
	}
	return strings.Join(lines, "\n")
}

// rowNotes are the reason of a rejected row, and else what was noted of the
// row and its parties.
func rowNotes(res *screening.Result) string {
	if res.Partner.Error != "" {
		return res.Partner.Error
	}
	notes := slices.Concat(workNotes(res.Work), res.Partner.Notes)
	for i := range res.Parties {
		notes = append(notes, res.Partner.Parties[i].Notes...)
		notes = append(notes, res.Parties[i].Notes...)
	}
	return notesIn(notes)
}
