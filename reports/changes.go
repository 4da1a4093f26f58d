package reports

var changes = Tab{
	Name: "Changes since last run",
	Doc:  "What is different from the last run of the same rows, because your file, a list, the policy or a decision changed.",
	Rows: func(f *Findings) int { return len(f.Report.Changes) },
	Fill: func(b *Book, t Tab, f *Findings) error {
		p, err := b.Page(t, Layout{Frozen: 1, Columns: []Column{
			{Title: "What changed", Width: 22, Style: StyleWords},
			{Title: "File", Width: 22, Style: StyleLine},
			{Title: "Sheet", Width: 14, Style: StyleLine},
			{Title: "Row", Width: 8, Style: StyleNumber},
			{Title: "Party", Width: 34, Style: StyleText},
			{Title: "Role", Width: 12, Style: StyleWords},
			{Title: "List", Width: 20, Style: StyleText},
			{Title: "Listed as", Width: 34, Style: StyleText},
			{Title: "Was", Width: 22, Style: StyleText},
			{Title: "Is", Width: 22, Style: StyleText},
			{Title: "Why", Width: 50, Style: StyleText},
		}})
		if err != nil {
			return err
		}
		for _, c := range f.Report.Changes {
			row := []any{c.Kind, c.Place.File, c.Place.Sheet, nil, c.Party, roleOf(c.Role), c.List, c.Name, c.Was, c.Is, c.Why}
			if c.Place.Row > 0 {
				row[3] = c.Place.Row
			}
			if err := p.Row(row...); err != nil {
				return err
			}
		}
		return p.End()
	},
}
