package screening

import (
	"cmp"
	"slices"
	"strings"
)

// Question is something the row left open whose answer could change what is
// asked of people. Answered in the sheet's own column, or by hand.
type Question struct {
	Ask   Ask    `json:"ask"`
	Text  string `json:"text"`
	Owner Owner  `json:"owner"` // the office that asks
	// Now is the grade of what the question is about; Could is what an answer
	// could make of it: the lowest for a flagged match, the highest for a suggestion.
	Now   Grade `json:"now"`
	Could Grade `json:"could"`
	// Because says what raised it, List is the list that did, "" where the work did.
	Because string `json:"because"`
	List    string `json:"list,omitempty"`
}

// weight orders questions by what they would change.
func (q *Question) weight() int {
	d := q.Now.Rank() - q.Could.Rank()
	if d < 0 {
		return -d // what might be raised comes after what might be settled
	}
	return 10 + d
}

// WorkFound is what the answers of a row came to.
type WorkFound struct {
	Sharing Sharing `json:"sharing,omitempty"`
	// Rules are the names of the rules that gave the stakes.
	Rules []WorkRule `json:"rules,omitempty"`
	// Ownership is what the ownership rules came to for listed owners.
	Ownership []Ownership `json:"ownership,omitempty"`
	// Questions come in the order of what they would change.
	Questions []Question `json:"questions,omitempty"`
}

// WorkRule is a stakes rule that held for a row.
type WorkRule struct {
	Name   string `json:"name"`
	Stakes Stakes `json:"stakes"`
	Owner  Owner  `json:"owner"`
	Why    string `json:"why"`
	Source string `json:"source"`
}

// questions are what a row leaves open. Routine rows are asked nothing but by
// a destination rule that is for them too; a row without a flagged match only
// what its own words give reason to ask.
func (j *Judge) questions(work *Work, r *Result) []Question {
	var out []Question
	// What a restricted list raised is left out for some readers, so it never
	// stands in another's place.
	together := func(a, b string) bool { return a == b || (!j.Restricted[a] && !j.Restricted[b]) }
	add := func(q Question) {
		for i := range out {
			if out[i].Ask == q.Ask && out[i].Owner == q.Owner && together(out[i].List, q.List) {
				if out[i].weight() >= q.weight() {
					return
				}
				out[i] = q
				return
			}
		}
		out = append(out, q)
	}
	j.askOfDestinations(work, r, add)
	if work.Stakes == Routine {
		return out
	}
	a := r.Partner.Answers
	for i := range r.Parties {
		for k := range r.Parties[i].Matches {
			m := &r.Parties[i].Matches[k]
			if m.Grade.Flagged() {
				j.askOfMatch(work, &r.Partner.Parties[i], m, add)
			}
		}
	}
	for _, rule := range work.Rules {
		if rule.Stakes != Enhanced {
			continue
		}
		switch {
		case a.Any(AskControlCode, Controlled) && !a.Any(AskShared, AnswerWords[AskShared]...):
			add(Question{Ask: AskShared, Owner: ExportControl, Now: r.Grade, Could: r.Grade, Because: rule.Name,
				Text: "The row names a control-list entry: what of it reaches the partner, and in which form?"})
		case a.Any(AskFunder, Undisclosed):
			add(Question{Ask: AskFunder, Owner: LegalCompliance, Now: r.Grade, Could: Clear, Because: rule.Name,
				Text: "Who funds the work in the end? A funder who is not named cannot be screened."})
		}
	}
	if a.Any(AskPersonalData, Yes) {
		add(Question{Ask: AskPersonalData, Owner: DataProtection, Now: r.Grade, Could: r.Grade, Because: "personal data is shared",
			Text: "Is there an impact assessment and an agreement for the transfer of the personal data?"})
	}
	if a.Any(AskAgreement, Informal) && a.Any(AskShared, Items, Data, Materials, Software, KnowHow, Equipment) {
		add(Question{Ask: AskAgreement, Owner: SponsoredPrograms, Now: r.Grade, Could: r.Grade, Because: "things are shared without an agreement in writing",
			Text: "Under which terms is it shared? Materials, data and know-how want an agreement on their use, in writing."})
	}
	if a.Any(AskResultsOwner, Theirs) && !a.Any(AskPublishable, AnswerWords[AskPublishable]...) {
		add(Question{Ask: AskPublishable, Owner: SponsoredPrograms, Now: r.Grade, Could: Higher(r.Grade, Review), Because: "the results belong to another",
			Text: "May the results be published openly? Who owns them may keep them back."})
	}
	if q, ok := askOfTechnology(a); ok {
		q.Now = r.Grade
		q.Could = Higher(r.Grade, Review)
		add(q)
	}
	slices.SortStableFunc(out, func(x, y Question) int { return cmp.Compare(y.weight(), x.weight()) })
	return out
}

// askOfMatch asks what would lower the grade of a flagged match: the facts its
// rule took as "may be" for want of an answer.
func (j *Judge) askOfMatch(work *Work, p *Party, m *Match, add func(Question)) {
	// A blank is taken as the graver answer, so each is tried with the milder one.
	lowest := func(change func(*Facts)) Grade {
		g := Clear
		for _, l := range m.Listings {
			for _, c := range l.Controls {
				f := j.facts(work, p, m.Strength, &l, c)
				change(&f)
				with, _ := j.Policy.GradeOf(f)
				g = Higher(g, with)
			}
		}
		return g
	}
	if work.Sharing == SharingUnknown {
		if could := lowest(func(f *Facts) { f.Sharing = PublishedOnly }); could.Rank() < m.Grade.Rank() {
			add(Question{Ask: AskShared, Owner: ExportControl, Now: m.Grade, Could: could, Because: "a match on " + m.List, List: m.List,
				Text: "Is anything shared beside published information: items, software, equipment, materials or unpublished know-how?"})
		}
	}
	if could := lowest(func(f *Facts) {
		if f.Funding == FundingUnknown {
			f.Funding = FundingElsewhere
		}
	}); could.Rank() < m.Grade.Rank() {
		add(Question{Ask: AskFunder, Owner: SponsoredPrograms, Now: m.Grade, Could: could, Because: "a match on " + m.List, List: m.List,
			Text: "Who funds the work? The bar of this list comes with the money of particular funders."})
	}
	if could := lowest(func(f *Facts) {
		if f.Reach == ReachUnknown {
			f.Reach = ReachNo
		}
	}); could.Rank() < m.Grade.Rank() {
		add(Question{Ask: AskOwnershipShare, Owner: m.Owner, Now: m.Grade, Could: could, Because: "a likely owner on " + m.List, List: m.List,
			Text: "Which share does each owner hold? A listed owner's measure reaches what it owns from a given share on."})
	}
}

// askOfTechnology asks whether technology that the row's words suggest is
// controlled, unless the control code or the technology area was answered.
func askOfTechnology(a Answers) (Question, bool) {
	if len(a[AskControlCode].Words) > 0 {
		return Question{}, false
	}
	var text []string
	for _, q := range []Ask{AskWork, AskKeywords, AskTechnologyArea} {
		text = append(text, a[q].Text)
	}
	areas := SuggestTechnologies(strings.Join(text, " . "))
	if len(areas) == 0 {
		return Question{}, false
	}
	var words, names []string
	for _, t := range areas {
		names = append(names, t.Scheme+" "+t.Title)
		words = append(words, t.Words...)
	}
	slices.Sort(words)
	return Question{
		Ask: AskControlCode, Owner: ExportControl,
		Text:    "Is controlled technology part of the work (a control-list number, or none)?",
		Because: "the row says " + strings.Join(slices.Compact(words), ", ") + "; named by " + strings.Join(names, "; "),
	}, true
}
