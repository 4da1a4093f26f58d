package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"partnerscreen/screening"
)

var byOwner = Tab{
	Name: "By owner",
	Doc:  "One block for each office, to be forwarded to it. A match under several controls stands with every office that owns one of them.",
	Free: true,
	Rows: func(f *Findings) int { return len(f.Flagged) + len(f.Work) + len(f.Questions) },
	Fill: fillByOwner,
}

func fillByOwner(b *Book, t Tab, f *Findings) error {
	columns := []Column{
		{Title: "Line", Width: 6}, {Title: "Grade", Width: 11}, {Title: "Party", Width: 34}, {Title: "Role", Width: 13}, {Title: "Rows in your file", Width: 28}, {Title: "Reference", Width: 14},
		{Title: "Listed as", Width: 34}, {Title: "Lists", Width: 24}, {Title: "What the law does", Width: 44}, {Title: "Strength", Width: 10}, {Title: "Decided earlier", Width: 26},
	}
	p, err := b.Page(t, Layout{Plain: true, Columns: columns})
	if err != nil {
		return err
	}
	if err := p.Cells(Styled{p.doc(), StyleDoc}); err != nil {
		return err
	}
	offices := slices.Clone(screening.Owners)
	for _, fd := range f.Flagged {
		for _, o := range ownersOf(&fd.Match) {
			if !slices.Contains(offices, o) {
				offices = append(offices, o)
			}
		}
	}
	for _, office := range offices {
		if err := p.office(office, f); err != nil {
			return err
		}
	}
	return p.End()
}

// office writes the block of one office, if anything is routed to it.
func (p *Page) office(office screening.Owner, f *Findings) error {
	mine := slices.Collect(func(yield func(*Finding) bool) {
		for _, fd := range f.Flagged {
			if slices.Contains(ownersOf(&fd.Match), office) && !yield(fd) {
				return
			}
		}
	})
	var work []WorkRow
	for _, w := range f.Work {
		if slices.Contains(w.Owners, office) {
			work = append(work, w)
		}
	}
	var asks []QuestionRow
	for _, q := range f.Questions {
		if q.Owner == office {
			asks = append(asks, q)
		}
	}
	if len(mine)+len(work)+len(asks) == 0 {
		return nil
	}
	p.Skip(1)
	if p.row > 2 { // each office can be handed its own paper
		if err := p.out.InsertPageBreak("A" + strconv.Itoa(p.row+1)); err != nil {
			return err
		}
	}
	name := cmp.Or(string(office), "no office named")
	if err := p.Cells(Styled{"For " + name + ": " + counted(len(mine), "likely match", "likely matches") +
		alsoCounted(len(work), "row flagged for the work itself", "rows flagged for the work itself") + alsoCounted(len(asks), "question", "questions"), StyleBlock}); err != nil {
		return err
	}
	if err := p.matchesOf(office, mine); err != nil {
		return err
	}
	for _, w := range work {
		if err := p.Cells(nil, ofGrade(w.Grade), Styled{strings.Join(w.Parties, "\n"), StyleText}, Styled{"the work", StyleWords},
			Styled{rowsIn([]screening.Place{w.Place}), StyleText}, Styled{w.Reference, StyleText}, Styled{notesIn(w.Notes), StyleText}); err != nil {
			return err
		}
	}
	for _, q := range asks {
		if err := p.Cells(nil, ofGrade(q.Now), Styled{strings.Join(q.Parties, "\n"), StyleText}, Styled{"a question", StyleWords},
			Styled{rowsIn([]screening.Place{q.Place}), StyleText}, Styled{q.Reference, StyleText}, Styled{q.Text, StyleText}, nil, Styled{q.Because, StyleText}); err != nil {
			return err
		}
	}
	return nil
}

// alsoCounted is counted after a comma, or "" for none.
func alsoCounted(n int, one, more string) string {
	if n == 0 {
		return ""
	}
	return ", " + counted(n, one, more)
}

// matchesOf writes the likely matches of an office under their header.
func (p *Page) matchesOf(office screening.Owner, mine []*Finding) error {
	if len(mine) == 0 {
		return nil
	}
	header := make([]any, len(p.layout.Columns))
	for i, c := range p.layout.Columns {
		header[i] = Styled{c.Title, StyleHeader}
	}
	if err := p.Cells(header...); err != nil {
		return err
	}
	for _, fd := range mine {
		m := &fd.Match
		var does, lists []string
		for _, c := range controlsOf(m) {
			if c.Owner() == office || c == m.Control && m.Owner == office {
				does = append(does, c.Plain())
			}
		}
		for _, l := range m.Listings {
			lists = append(lists, l.List)
		}
		if len(lists) == 0 {
			lists = append(lists, m.List)
		}
		if err := p.Cells(
			Styled{fd.Line, StyleNumber}, ofGrade(fd.Grade), Styled{fd.Party.Name, StyleText}, Styled{strings.Join(fd.Roles, ", "), StyleWords}, Styled{rowsIn(fd.Places), StyleText},
			Styled{strings.Join(fd.Refs, ", "), StyleText}, Styled{cmp.Or(m.Matched, m.Name), StyleText}, Styled{strings.Join(distinct(lists), "\n"), StyleText},
			Styled{strings.Join(does, "\n"), StyleWords}, Styled{strengthOf(m.Strength), StyleWords}, Styled{earlierIn(fd), StyleText},
		); err != nil {
			return err
		}
	}
	return nil
}
