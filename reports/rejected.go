package reports

import "strings"

var rejected = Tab{
	Name: "Rejected rows",
	Doc:  "Rows that were not screened, and why. Correct them in your file and screen it again; until then nothing is known about them.",
	Rows: func(f *Findings) int { return f.Counts.RowsRejected },
	Fill: fillRejected,
}

func fillRejected(b *Book, t Tab, f *Findings) error {
	p, err := b.Page(t, Layout{Frozen: 3, Columns: []Column{
		{Title: "File", Width: 26, Style: StyleLine},
		{Title: "Sheet", Width: 16, Style: StyleLine},
		{Title: "Row", Width: 8, Style: StyleNumber},
		{Title: "Why it was not screened", Width: 50, Style: StyleText},
		{Title: "What the row says", Width: 80, Style: StyleText},
	}})
	if err != nil {
		return err
	}
	for res, err := range f.Results() {
		if err != nil {
			return err
		}
		if res.Partner.Error == "" {
			continue
		}
		var cells []string
		for h, value := range titled(res.Partner.Cells) {
			if value != "" {
				cells = append(cells, h+": "+value)
			}
		}
		place := res.Partner.Place
		if err := p.Row(place.File, place.Sheet, place.Row, res.Partner.Error, strings.Join(cells, "\n")); err != nil {
			return err
		}
	}
	return p.End()
}
