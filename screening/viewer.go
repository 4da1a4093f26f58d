package screening

import (
	"iter"
	"slices"
	"strings"
)

// Viewer is who looks at what is kept: an account, what its key is limited to,
// and which lists are restricted to whom. Whatever a page, a report or the API
// shows a viewer has passed through here. The nil Viewer is the machine's own
// operator, who sees all.
type Viewer struct {
	Account *Account
	// Scopes limit what may be done below what the roles grant; nil is no limit.
	Scopes []Permission
	// Restricted names, by list, the roles a list is open to. A list that is not in it is open to all.
	Restricted map[string][]AccountRole
}

// May reports whether the viewer may do something.
func (v *Viewer) May(p Permission) bool {
	return v == nil || (v.Account.May(p) && (v.Scopes == nil || slices.Contains(v.Scopes, p)))
}

// Sees reports whether a list is open to the viewer.
func (v *Viewer) Sees(list string) bool {
	if v == nil {
		return true
	}
	roles, restricted := v.Restricted[list]
	return !restricted || (v.Account != nil && slices.ContainsFunc(v.Account.Roles, func(r AccountRole) bool { return slices.Contains(roles, r) }))
}

// SeesEveryList reports whether no list is closed to the viewer.
func (v *Viewer) SeesEveryList() bool {
	if v == nil {
		return true
	}
	for list := range v.Restricted {
		if !v.Sees(list) {
			return false
		}
	}
	return true
}

// SeesRun reports whether a run is the viewer's own, or everybody's runs are open to them.
func (v *Viewer) SeesRun(r *Run) bool {
	return v == nil || v.May(MayReadRuns) || (v.May(MaySubmit) && r.By != "" && r.By == v.Account.Name)
}

// SeesAllOf reports whether nothing of a run has to be kept from the viewer.
func (v *Viewer) SeesAllOf(r *Run) bool {
	return !slices.ContainsFunc(r.Editions, func(e EditionUsed) bool { return !v.Sees(e.List) })
}

// Run is a run as the viewer may see it. Its counts are those of all lists:
// where SeesAllOf does not hold, count what Results yields instead.
func (v *Viewer) Run(r *Run) *Run {
	if v == nil {
		return r
	}
	shown := *r
	shown.Editions = slices.DeleteFunc(slices.Clone(r.Editions), func(e EditionUsed) bool { return !v.Sees(e.List) })
	shown.NotChecked = slices.DeleteFunc(slices.Clone(r.NotChecked), func(s string) bool { return !v.seesNote(s) })
	return &shown
}

// Results are a run's results as the viewer may see them.
func (v *Viewer) Results(all iter.Seq2[*Result, error]) iter.Seq2[*Result, error] {
	if v == nil {
		return all
	}
	return func(yield func(*Result, error) bool) {
		for r, err := range all {
			if err == nil {
				r = v.Result(r)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// Result is one row's result as the viewer may see it: without the matches of
// lists that are closed to them, with the grade the row has without those, and
// without the reviewers' words where these are not theirs to read.
func (v *Viewer) Result(r *Result) *Result {
	if v == nil || r.Partner.Error != "" {
		return r
	}
	shown := *r
	shown.Parties, shown.Grade = make([]PartyResult, len(r.Parties)), Clear
	for i := range r.Parties {
		shown.Parties[i] = v.party(&r.Parties[i])
		shown.Grade = Higher(shown.Grade, shown.Parties[i].Grade)
	}
	if r.Stakes == Enhanced { // as Judge.Row grades
		shown.Grade = Higher(shown.Grade, Review)
	}
	shown.Work = v.work(r.Work, shown.Grade)
	return &shown
}

// work leaves out what a closed list raised; no grade in it is higher than the row's as shown.
func (v *Viewer) work(w *WorkFound, grade Grade) *WorkFound {
	if w == nil {
		return nil
	}
	shown := *w
	shown.Ownership = slices.DeleteFunc(slices.Clone(w.Ownership), func(o Ownership) bool { return !v.Sees(o.List) })
	shown.Questions = slices.DeleteFunc(slices.Clone(w.Questions), func(q Question) bool { return q.List != "" && !v.Sees(q.List) })
	for i := range shown.Questions {
		q := &shown.Questions[i]
		if q.Now.Rank() > grade.Rank() {
			q.Now = grade
		}
	}
	if len(shown.Rules)+len(shown.Questions)+len(shown.Ownership) == 0 {
		return nil
	}
	return &shown
}

func (v *Viewer) party(r *PartyResult) PartyResult {
	shown := *r
	shown.Matches, shown.Notes = []Match{}, nil
	hidden := false
	for _, m := range r.Matches {
		if !v.seesMatch(&m) {
			hidden = true
			continue
		}
		shown.Matches = append(shown.Matches, v.match(m))
	}
	for _, n := range r.Notes {
		if !v.seesNote(n) {
			hidden = true
			continue
		}
		shown.Notes = append(shown.Notes, n)
	}
	if r.Nearest != nil {
		if shown.Nearest = nil; v.seesMatch(r.Nearest) {
			m := v.match(*r.Nearest)
			shown.Nearest = &m
		} else {
			hidden = true
		}
	}
	if !hidden {
		return shown
	}
	// As Judge.Party grades, of what is left.
	shown.Grade = Clear
	if slices.ContainsFunc(shown.Notes, func(n string) bool { return n == notNamed || strings.HasPrefix(n, notScreened) }) {
		shown.Grade = Note
	}
	for _, m := range shown.Matches {
		shown.Grade = Higher(shown.Grade, m.Grade)
	}
	if len(shown.Matches) == 0 && shown.Nearest != nil && shown.Nearest.Strength == Weak {
		shown.Grade = Higher(shown.Grade, Note)
	}
	return shown
}

// seesMatch holds when every listing of a match is open to the viewer. A Judge
// keeps restricted lists apart, so a match is open or closed as a whole.
func (v *Viewer) seesMatch(m *Match) bool {
	return v.Sees(m.List) && !slices.ContainsFunc(m.Listings, func(l Listing) bool { return !v.Sees(l.List) })
}

// match leaves of a decision what its reader may know: who reviews reads all,
// who submitted reads the question that is theirs to answer.
func (v *Viewer) match(m Match) Match {
	if v.May(MayReadReview) {
		return m
	}
	if m.Rule == ruleDismissed || m.Disposition != nil {
		m.Rule = "a reviewer has decided"
	}
	m.Changes, m.Disposition = nil, nil
	if d := m.Decision; d != nil {
		m.Decision = nil
		if d.Verdict == NeedsInformation && d.Revoked == "" && d.Reopened == "" {
			m.Decision = &Decision{Verdict: d.Verdict, Reason: d.Reason}
		}
	}
	return m
}

// seesNote finds the notes that name a list, as Judge.Party and a run's
// NotChecked word them.
func (v *Viewer) seesNote(note string) bool {
	for list := range v.Restricted {
		if !v.Sees(list) && (note == notScreened+list || strings.HasPrefix(note, "List "+list+" (")) {
			return false
		}
	}
	return true
}
