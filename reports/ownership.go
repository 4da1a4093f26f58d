package reports

import (
	"cmp"
	"strings"

	"partnerscreen/screening"
)

var ownership = Tab{
	Name: "Ownership",
	Doc:  "Owners that are likely to be listed, by your sheet and by the lists' own links, and whether the measure reaches what they own by the ownership rules in force. Control without shares is for a person to judge.",
	Rows: func(f *Findings) int { return len(f.Ownership) },
	Fill: func(b *Book, t Tab, f *Findings) error {
		p, err := b.Page(t, Layout{Frozen: 1, Columns: []Column{
			{Title: "Owner", Width: 34, Style: StyleText},
			{Title: "Who says so", Width: 34, Style: StyleText},
			{Title: "List", Width: 20, Style: StyleText},
			{Title: "What the law does", Width: 30, Style: StyleWords},
			{Title: "What it owns", Width: 34, Style: StyleText},
			{Title: "Does it reach what it owns?", Width: 30, Style: StyleWords},
			{Title: "Arithmetic", Width: 50, Style: StyleText},
			{Title: "Rule", Width: 26, Style: StyleWords},
			{Title: "Source", Width: 44, Style: StyleText},
			{Title: "Status last checked", Width: 36, Style: StyleText},
			{Title: "File", Width: 22, Style: StyleLine},
			{Title: "Sheet", Width: 14, Style: StyleLine},
			{Title: "Row", Width: 8, Style: StyleNumber},
			{Title: "Reference", Width: 16, Style: StyleText},
		}})
		if err != nil {
			return err
		}
		for _, o := range f.Ownership {
			if err := p.Row(
				o.Owner, cmp.Or(o.By, "your sheet"), o.List, o.Control.Plain(), cmp.Or(o.Owned, strings.Join(o.Partners, "\n")), plainReach(o.Reach), o.Sum, o.Rule, o.Source, o.Checked,
				o.Place.File, o.Place.Sheet, o.Place.Row, o.Reference,
			); err != nil {
				return err
			}
		}
		return p.End()
	},
}

// OwnershipRow is what an ownership rule came to in one row.
type OwnershipRow struct {
	screening.Ownership
	Partners  []string
	Place     screening.Place
	Reference string
}

func (f *Findings) own(res *screening.Result) {
	if res.Work == nil {
		return
	}
	var partners []string
	for _, p := range res.Partner.Parties {
		if p.Role == screening.RolePartner {
			partners = append(partners, p.Name)
		}
	}
	for _, o := range res.Work.Ownership {
		f.Ownership = append(f.Ownership, OwnershipRow{Ownership: o, Partners: partners, Place: res.Partner.Place, Reference: res.Partner.Reference})
	}
}

// plainReach is a reach in a reader's words.
func plainReach(r screening.Reach) string {
	switch r {
	case screening.ReachYes:
		return "Yes: treat what it owns as listed itself"
	case screening.ReachNo:
		return "Not by the shares given"
	case screening.ReachUnknown:
		return "Not known: ask for the shares"
	case screening.ReachNotNow:
		return "Not on this day: the rule is not in force"
	}
	return ""
}
