package reports

import (
	"cmp"
	"strings"

	"partnerscreen/screening"
)

var listsUsed = Tab{
	Name: "Lists used",
	Doc:  "The lists as this run used them. A party is compared with these editions only; what a publisher changed after the fetched date is not in them.",
	Rows: func(f *Findings) int { return len(f.Report.Run.Editions) },
	Fill: fillListsUsed,
}

func fillListsUsed(b *Book, t Tab, f *Findings) error {
	p, err := b.Page(t, Layout{Frozen: 2, Columns: []Column{
		{Title: "List", Width: 22, Style: StyleText},
		{Title: "Title", Width: 38, Style: StyleText},
		{Title: "State", Width: 34, Style: StyleWords},
		{Title: "Published", Width: 12, Style: StyleWords},
		{Title: "Fetched", Width: 21, Style: StyleWords},
		{Title: "Days since fetched", Width: 10, Style: StyleNumber},
		{Title: "Parties", Width: 10, Style: StyleNumber},
		{Title: "Names", Width: 10, Style: StyleNumber},
		{Title: "Controls", Width: 40, Style: StyleWords},
		{Title: "Bearing on this office", Width: 14, Style: StyleWords},
		{Title: "Licence", Width: 18, Style: StyleText},
		{Title: "Edition", Width: 9, Style: StyleNumber},
		{Title: "Content (SHA-256)", Width: 22, Style: StyleText},
	}})
	if err != nil {
		return err
	}
	for _, e := range f.Report.Run.Editions {
		var controls []string
		for _, c := range e.Controls {
			controls = append(controls, c.Plain())
		}
		row := []any{
			e.List, cmp.Or(e.Title, e.List), editionState(e), day(e.Published), stamp(e.Fetched), ageOf(e.Fetched, f.Report.Generated),
			e.Entities, e.Names, strings.Join(controls, "\n"), string(e.Bearing), e.Licence, e.Seq, e.Hash,
		}
		if e.Missing != "" {
			row[2] = Styled{editionState(e), StyleReview}
			if e.Hash == "" {
				row[3], row[4], row[5], row[6], row[7], row[11] = "none", "none", nil, nil, nil, nil
			}
		}
		if err := p.Row(row...); err != nil {
			return err
		}
	}
	return p.End()
}

// editionState says in words how a run used a list.
func editionState(e screening.EditionUsed) string {
	switch {
	case e.Missing != "":
		return "NOT USED: " + e.Missing
	case e.Stale != "":
		return "used; " + e.Stale
	case e.Reason != "":
		return "used; " + e.Reason
	}
	return "used"
}
