package reports

import (
	"cmp"
	"slices"

	"partnerscreen/screening"
)

var notFlagged = Tab{
	Name: "Not flagged",
	Doc:  "Parties nobody is asked about, each with what came nearest. It says what the lists named hold, and no more than that.",
	Rows: func(f *Findings) int { return f.Unflagged },
	Fill: fillNotFlagged,
}

func fillNotFlagged(b *Book, t Tab, f *Findings) error {
	p, err := b.Page(t, Layout{Frozen: 5, Columns: []Column{
		{Title: "Grade", Width: 30, Style: StyleWords},
		{Title: "File", Width: 20, Style: StyleLine},
		{Title: "Sheet", Width: 12, Style: StyleLine},
		{Title: "Row", Width: 8, Style: StyleNumber},
		{Title: "Party", Width: 38, Style: StyleText},
		{Title: "Role", Width: 14, Style: StyleWords},
		{Title: "Country", Width: 9, Style: StyleLine},
		{Title: "Nearest listed name", Width: 38, Style: StyleText},
		{Title: "List", Width: 20, Style: StyleLine},
		{Title: "Score", Width: 8, Style: StyleScore},
		{Title: "Strength", Width: 18, Style: StyleWords},
		{Title: "Why it is not flagged", Width: 50, Style: StyleText},
		{Title: "Notes", Width: 30, Style: StyleText},
	}})
	if err != nil {
		return err
	}
	for res, err := range f.Results() {
		if err != nil {
			return err
		}
		if res.Partner.Error != "" {
			continue
		}
		place := res.Partner.Place
		for i := range res.Parties {
			pr, party := &res.Parties[i], &res.Partner.Parties[i]
			near, flagged := nearest(pr)
			if flagged {
				continue
			}
			row := []any{
				ofGrade(pr.Grade), place.File, place.Sheet, place.Row, party.Name, roleOf(party.Role), party.Country,
				nil, nil, nil, nil, "no listed name came near", notesIn(slices.Concat(party.Notes, pr.Notes)),
			}
			if near != nil {
				row[7], row[8], row[9], row[10] = cmp.Or(near.Matched, near.Name), near.List, near.Score, strengthOf(near.Strength)
				row[11] = whyNot(near, f.Report.Run.Policy)
			}
			if err := p.Row(row...); err != nil {
				return err
			}
		}
	}
	return p.End()
}

// nearest is the best match of a party that no one is asked about; flagged
// says that someone is.
func nearest(pr *screening.PartyResult) (near *screening.Match, flagged bool) {
	for k := range pr.Matches {
		if pr.Matches[k].Grade.Flagged() {
			return nil, true
		}
	}
	if len(pr.Matches) > 0 {
		return &pr.Matches[0], false
	}
	return pr.Nearest, false
}

// whyNot says why nobody is asked about a match.
func whyNot(m *screening.Match, policy *screening.Policy) string {
	if holds(m) && m.Decision.Verdict == screening.FalsePositive {
		return "dismissed earlier: " + earlierOf(m)
	}
	if policy != nil && m.Score >= policy.ReviewLine {
		return "a likely match on record: " + cmp.Or(m.Rule, "the policy asks nobody to act")
	}
	if against := evidenceOf(m, screening.Against); against != "" {
		return against
	}
	return "below the review line"
}
