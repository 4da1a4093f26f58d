package reports

import (
	"strings"

	"partnerscreen/screening"
)

var work = Tab{
	Name: "Work",
	Doc:  "Rows that are flagged for what the work is, though no listed name matched. The office named decides, by the answers in the row.",
	Rows: func(f *Findings) int { return len(f.Work) },
	Fill: func(b *Book, t Tab, f *Findings) error {
		p, err := b.Page(t, Layout{Frozen: 1, Columns: []Column{
			{Title: "Grade", Width: 12, Style: StyleWords},
			{Title: "Office that owns it", Width: 18, Style: StyleWords},
			{Title: "File", Width: 22, Style: StyleLine},
			{Title: "Sheet", Width: 14, Style: StyleLine},
			{Title: "Row", Width: 8, Style: StyleNumber},
			{Title: "Reference", Width: 16, Style: StyleText},
			{Title: "Project", Width: 34, Style: StyleText},
			{Title: "Parties", Width: 40, Style: StyleText},
			{Title: "Stakes", Width: 11, Style: StyleWords},
			{Title: "Why", Width: 60, Style: StyleText},
		}})
		if err != nil {
			return err
		}
		for _, w := range f.Work {
			if err := p.Row(
				ofGrade(w.Grade), offices(w.Owners), w.Place.File, w.Place.Sheet, w.Place.Row, w.Reference, w.Project,
				strings.Join(w.Parties, "\n"), string(w.Stakes), notesIn(w.Notes),
			); err != nil {
				return err
			}
		}
		return p.End()
	},
}

func offices(owners []screening.Owner) string {
	out := make([]string, len(owners))
	for i, o := range owners {
		out[i] = string(o)
	}
	return strings.Join(out, "\n")
}

// workNotes name the rules that gave a row other stakes than standard.
func workNotes(w *screening.WorkFound) []string {
	if w == nil {
		return nil
	}
	var out []string
	for _, r := range w.Rules {
		out = append(out, "stakes "+string(r.Stakes)+": "+r.Name)
	}
	return out
}
