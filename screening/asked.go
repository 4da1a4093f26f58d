package screening

import (
	"maps"
	"slices"
	"time"
)

// Asked is a question that a reviewer put to whoever submitted a row, about a
// match of it. It never changes; Reply is what came of it.
type Asked struct {
	ID string `json:"id"`
	// Ask is the row's own question that is put; "" for one in the reviewer's words.
	Ask  Ask    `json:"ask,omitempty"`
	Text string `json:"text"`
	To   string `json:"to"` // the account that submitted the row
	// Upload is the run of the sheet, where To finds the question; the row stands at Place.
	Upload        string    `json:"upload"`
	Place         Place     `json:"place"`
	Reference     string    `json:"reference,omitempty"`
	Party         string    `json:"party"`
	Collaboration int64     `json:"collaboration"`
	Made          time.Time `json:"made"`
	Reply         *Reply    `json:"reply,omitempty"`

	// What To is not told.
	Reviewer string `json:"reviewer,omitempty"`
	Run      string `json:"run,omitempty"`
	MatchKey string `json:"match,omitempty"`
	List     string `json:"list,omitempty"`
}

// Open reports whether a question still waits for its reply.
func (a *Asked) Open() bool { return a.Reply == nil }

// Reply is what came of a question: an answer, or that it was withdrawn because
// the match was decided without one.
type Reply struct {
	Question  string    `json:"question"`
	Who       string    `json:"who,omitempty"`
	Made      time.Time `json:"made"`
	Text      string    `json:"text"`
	Withdrawn bool      `json:"withdrawn,omitempty"`
}

// Asked is a question as the viewer may see it, nil where it is neither theirs
// to answer nor theirs to read. Who submitted the row is told the question and
// never who asks, by which list, or of which match.
func (v *Viewer) Asked(a *Asked) *Asked {
	switch {
	case v == nil, v.May(MayReadReview) && v.Sees(a.List):
		return a
	case !v.Answers(a):
		return nil
	}
	shown := *a
	shown.Reviewer, shown.Run, shown.MatchKey, shown.List = "", "", "", ""
	if a.Reply != nil && a.Reply.Withdrawn {
		shown.Reply = &Reply{Question: a.ID, Made: a.Reply.Made, Withdrawn: true}
	}
	return &shown
}

// Answers reports whether a question is the viewer's to answer.
func (v *Viewer) Answers(a *Asked) bool {
	return v != nil && v.May(MaySubmit) && a.To != "" && a.To == v.Account.Name
}

// Given is what was answered after the sheet came: it stands beside the row.
type Given struct {
	Answers Answers  `json:"answers,omitempty"`
	Notes   []string `json:"notes,omitempty"`
}

// Add has the row say what was answered, too: it was asked for by name, and
// later than the sheet.
func (g *Given) Add(p *Partner) {
	if len(g.Answers) > 0 {
		both := maps.Clone(p.Answers)
		if both == nil {
			both = Answers{}
		}
		maps.Copy(both, g.Answers)
		p.Answers = both
	}
	p.Notes = slices.Concat(p.Notes, g.Notes)
}

// Since is what is left of the answers once a sheet has changed the row: one
// that the row itself answers anew is the row's.
func (g Given) Since(before, now *Partner) Given {
	left := Given{Notes: g.Notes}
	for q, a := range g.Answers {
		if is := now.Answers[q]; is.Text != "" && is.Text != before.Answers[q].Text {
			continue
		}
		if left.Answers == nil {
			left.Answers = Answers{}
		}
		left.Answers[q] = a
	}
	return left
}
