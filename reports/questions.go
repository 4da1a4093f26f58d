package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var questions = Tab{
	Name: "Questions",
	Doc:  "What the rows left open and the lists or the work give reason to ask, in the order of what an answer would change. Answer in the sheet, in the column named, and screen it again. Those a reviewer asks by name come first and are answered on the page of the run.",
	Rows: func(f *Findings) int { return len(f.Report.Asked) + len(f.Questions) },
	Fill: func(b *Book, t Tab, f *Findings) error {
		p, err := b.Page(t, Layout{Frozen: 1, Columns: []Column{
			{Title: "Office that asks", Width: 20, Style: StyleWords},
			{Title: "Question", Width: 50, Style: StyleText},
			{Title: "Answer in column", Width: 14, Style: StyleWords},
			{Title: "Row", Width: 8, Style: StyleNumber},
			{Title: "Parties", Width: 36, Style: StyleText},
			{Title: "Project", Width: 30, Style: StyleText},
			{Title: "Grade now", Width: 12, Style: StyleWords},
			{Title: "Could become", Width: 12, Style: StyleWords},
			{Title: "Because", Width: 36, Style: StyleText},
			{Title: "Reference", Width: 16, Style: StyleText},
			{Title: "File", Width: 22, Style: StyleLine},
			{Title: "Sheet", Width: 14, Style: StyleLine},
		}})
		if err != nil {
			return err
		}
		for _, a := range f.Report.Asked {
			if err := p.Row(
				"A reviewer asks", a.Text, "On the page", a.Place.Row, a.Party, "", "", "", replyText(a), a.Reference, a.Place.File, a.Place.Sheet,
			); err != nil {
				return err
			}
		}
		for _, q := range f.Questions {
			if err := p.Row(
				string(q.Owner), q.Text, q.Ask.Column(), q.Place.Row, strings.Join(q.Parties, "\n"), q.Project, ofGrade(q.Now), ofGrade(q.Could), q.Because,
				q.Reference, q.Place.File, q.Place.Sheet,
			); err != nil {
				return err
			}
		}
		return p.End()
	},
}

// replyText says what came of a question.
func replyText(a *screening.Asked) string {
	switch {
	case a.Open():
		return "Waits for its answer since " + a.Made.UTC().Format(time.DateOnly)
	case a.Reply.Withdrawn:
		return "Settled without an answer on " + a.Reply.Made.UTC().Format(time.DateOnly)
	}
	return "Answered on " + a.Reply.Made.UTC().Format(time.DateOnly) + ": " + a.Reply.Text
}

// QuestionRow is a question beside the row that left it open.
type QuestionRow struct {
	screening.Question
	Place     screening.Place
	Reference string
	Project   string
	Parties   []string
}

func (f *Findings) ask(res *screening.Result) {
	if res.Work == nil {
		return
	}
	for _, q := range res.Work.Questions {
		f.Questions = append(f.Questions, QuestionRow{
			Question: q, Place: res.Partner.Place, Reference: res.Partner.Reference, Project: res.Partner.Project, Parties: partyNames(res.Partner),
		})
	}
}

// orderQuestions puts what would settle the most first.
func (f *Findings) orderQuestions() {
	settles := func(q QuestionRow) int { return q.Now.Rank() - q.Could.Rank() }
	slices.SortStableFunc(f.Questions, func(a, b QuestionRow) int {
		return cmp.Or(cmp.Compare(b.Now.Rank(), a.Now.Rank()), cmp.Compare(settles(b), settles(a)))
	})
}

func partyNames(p *screening.Partner) []string {
	out := make([]string, len(p.Parties))
	for i := range p.Parties {
		out[i] = p.Parties[i].Name
	}
	return out
}
