package jobs

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"partnerscreen/reports"
	"partnerscreen/screening"
)

// since compares a run with the last finished one of the same files, party by
// party. It holds only parties with a likely match.
type since struct {
	last   *screening.Run
	before map[partyID]*partyThen
	// amended is what became of the policy between the two.
	amended []screening.Amendment
	out     []reports.Change
}

// partyID finds a party again although its row has moved.
type partyID struct {
	key  string
	role screening.Role
}

type partyThen struct {
	place   screening.Place
	name    string
	grade   screening.Grade
	matches map[string]screening.Match // by list and entity
	seen    bool
}

// lastRun is the newest finished run before this one that screened the same
// files, by name, and is open to the viewer, or nil.
func lastRun(ctx context.Context, env *Env, v *screening.Viewer, run *screening.Run) (*screening.Run, error) {
	runs, err := env.Store.Runs(ctx, 50)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if !r.Finished.IsZero() && r.ID != run.ID && !r.Started.After(run.Started) && v.SeesRun(r) && slices.EqualFunc(r.Inputs, run.Inputs, func(a, b screening.Input) bool { return a.File == b.File }) {
			return shown(ctx, env, v, r)
		}
	}
	return nil, nil
}

// newSince reads what the last run found, as the viewer may see it, to compare
// another run with; it changes nothing where there is none.
func newSince(ctx context.Context, env *Env, v *screening.Viewer, last, now *screening.Run) (*since, error) {
	s := &since{last: last, before: map[partyID]*partyThen{}}
	if last == nil {
		return s, nil
	}
	if last.Policy != nil && now.Policy != nil {
		s.amended = screening.Amendments(last.Policy, last.Started, now.Policy, now.Started)
	}
	for i := range s.amended {
		s.out = append(s.out, reports.Change{Kind: "policy changed", Why: s.amended[i].Text()})
	}
	for r, err := range v.Results(env.Store.Results(ctx, last.ID)) {
		if err != nil {
			return nil, err
		}
		for i := range r.Parties {
			if len(r.Parties[i].Matches) > 0 {
				then := &partyThen{place: r.Partner.Place, name: r.Partner.Parties[i].Name, grade: r.Parties[i].Grade, matches: map[string]screening.Match{}}
				for _, m := range r.Parties[i].Matches {
					then.matches[m.List+" "+m.Entity] = m
				}
				s.before[idOf(&r.Partner.Parties[i])] = then
			}
		}
	}
	return s, nil
}

func idOf(p *screening.Party) partyID { return partyID{p.Key(), p.Role} }

// meeting is results, met as they pass; then is called after the last one.
func (s *since) meeting(results iter.Seq2[*screening.Result, error], then func() error) iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		for r, err := range results {
			if err == nil {
				s.meet(r)
			}
			if !yield(r, err) {
				return
			}
		}
		if err := then(); err != nil {
			yield(nil, err)
		}
	}
}

// meet notes what is new about one row.
func (s *since) meet(r *screening.Result) {
	if s.last == nil {
		return
	}
	for i := range r.Parties {
		party, now := &r.Partner.Parties[i], &r.Parties[i]
		then := s.before[idOf(party)]
		if then == nil && len(now.Matches) == 0 {
			continue
		}
		if then == nil {
			then = &partyThen{grade: screening.Clear}
		} else if then.seen {
			continue // the same party in another row
		}
		then.seen = true
		change := func(kind string, m screening.Match, was, is string) {
			s.out = append(s.out, reports.Change{
				Kind: kind, Place: r.Partner.Place, Role: party.Role, Party: party.Name, List: m.List, Name: m.Name, Was: was, Is: is,
			})
		}
		for _, m := range now.Matches {
			before, known := then.matches[m.List+" "+m.Entity]
			switch {
			case m.Decision != nil && m.Decision.Reopened != "" && (!known || before.Decision == nil || before.Decision.Reopened == ""):
				change("reopened", m, "dismissed", m.Decision.Reopened)
			case known && before.Disposition.Stands() && m.Disposition != nil && !m.Disposition.Stands():
				change("open again", m, before.Disposition.Said(), cmp.Or(m.Disposition.Lapsed, m.Disposition.Waiting))
			case known && m.Disposition.Stands() && !before.Disposition.Stands():
				change("closed for the work", m, before.Grade.Plain(), m.Disposition.Said())
			case !known:
				change("new match", m, "", strengthAt(m))
			case before.Grade != m.Grade:
				change("grade "+map[bool]string{true: "raised", false: "lowered"}[m.Grade.Rank() > before.Grade.Rank()], m, before.Grade.Plain(), m.Grade.Plain())
				s.out[len(s.out)-1].Why = s.why(&before, r, &m)
			}
		}
		for key, m := range then.matches {
			if !slices.ContainsFunc(now.Matches, func(n screening.Match) bool { return n.List+" "+n.Entity == key }) {
				change("no longer matched", m, strengthAt(m), "")
			}
		}
	}
}

// why names the changes of the policy that had a part in a match, as it was
// or as it is.
func (s *since) why(before *screening.Match, r *screening.Result, m *screening.Match) string {
	one := func(m *screening.Match, work *screening.WorkFound) *screening.Result {
		return &screening.Result{Parties: []screening.PartyResult{{Matches: []screening.Match{*m}}}, Work: work}
	}
	was, is := one(before, nil), one(m, r.Work)
	var out []string
	for i := range s.amended {
		if a := &s.amended[i]; a.Concerns(was, is) {
			out = append(out, a.Explain(was, is))
		}
	}
	return strings.Join(out, "; ")
}

// changes are those met, and the matched parties that are no longer in the sheet.
func (s *since) changes() []reports.Change {
	for id, then := range s.before {
		if then.seen {
			continue
		}
		for _, m := range then.matches {
			s.out = append(s.out, reports.Change{
				Kind: "not in this sheet", Place: then.place, Role: id.role, Party: then.name, List: m.List, Name: m.Name, Was: m.Grade.Plain(),
			})
		}
	}
	slices.SortStableFunc(s.out, func(a, b reports.Change) int {
		return cmp.Or(cmp.Compare(a.Place.File, b.Place.File), cmp.Compare(a.Place.Sheet, b.Place.Sheet), cmp.Compare(a.Place.Row, b.Place.Row),
			cmp.Compare(a.Party, b.Party), cmp.Compare(a.List, b.List), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	return s.out
}

func strengthAt(m screening.Match) string {
	return fmt.Sprintf("%s, score %.2f, %s", m.Strength, m.Score, m.Grade)
}
