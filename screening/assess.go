package screening

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Judge turns what a matcher found into graded matches. It is built once a
// run and never changed.
type Judge struct {
	Policy *Policy
	// Bearing holds each list's bearing on the office; a list that is not in it is binding.
	Bearing map[string]Bearing
	// Blocking names, by list, the laws under which acting on it may be unlawful elsewhere.
	Blocking map[string]string
	// Unscreened names the enabled binding lists that could not be used and
	// whose absence was accepted: no row reads clear then.
	Unscreened []string
	// Restricted lists are open to some viewers only. What is on one is never
	// joined with what is on another list, so that it can be left out whole.
	Restricted map[string]bool
	// SecondOpinion scores a query and a candidate by another method, to be
	// shown beside the match; nil shows none.
	SecondOpinion func(query, candidate string) float64
	// Registry follows the parties of a row to those above them; nil follows none.
	Registry *Registry
	// Ties follow them by the lists' own links; nil follows none.
	Ties *Ties
	// Memory is what reviewers decided before, as it stood at Now.
	Memory *Memory
	Now    time.Time
}

// notScreened begins the note of a party that was not compared with a list.
const notScreened = "not screened against "

// Work is what the row says of the collaboration itself. The zero value
// answers nothing: standard stakes, sharing and funding unknown.
type Work struct {
	Stakes  Stakes
	Sharing Sharing
	Rules   []*StakesRule // that gave the stakes
	row     *Partner
	owners  *owners
}

// linked is how a list's link brought a party into the row, or nil.
func (w *Work) linked(p *Party) *linked {
	if w.owners == nil {
		return nil
	}
	return w.owners.linked[p]
}

// Work reads the answers of a row by the policy.
func (j *Judge) Work(p *Partner) *Work {
	w := &Work{Sharing: p.Answers.Sharing(), row: p}
	w.Stakes, w.Rules = j.Policy.StakesOf(p.Answers)
	return w
}

// facts are what one control of one listing of a match is graded on.
func (j *Judge) facts(w *Work, p *Party, s Strength, l *Listing, c Control) Facts {
	f := Facts{Control: c, Strength: s, Stakes: cmp.Or(w.Stakes, Standard), Bearing: l.Bearing, Sharing: w.Sharing, Role: p.Role}
	if c == ResearchFunding && w.row != nil {
		f.Funding = j.Policy.FundingOf(l.List, w.row, p)
	}
	f.Reach, _, _ = j.reach(w.owners, p, l, c)
	switch link := w.linked(p); {
	case link != nil:
		f.Named = NamedByLink
		if s.Rank() > link.carried.Rank() { // no surer than what it stands above is the party meant
			f.Strength = link.carried
		}
		if slices.Contains(link.moot, c) {
			f.Reach = ReachMoot
		}
	case p.Via != "":
		f.Named = NamedByRegister
	}
	return f
}

// Row grades a row from its answers and the candidates of each of its
// parties, in the order of p.Parties. Enhanced stakes are a matter for review
// though no name matched. A rejected row has no grade.
func (j *Judge) Row(p *Partner, found [][]Candidate) *Result { return j.RowOf(p, found, nil) }

// RowOf is Row with what the lists' own links say stands above its parties, as Above found it.
func (j *Judge) RowOf(p *Partner, found [][]Candidate, chain *Chain) *Result {
	r := &Result{Partner: p}
	if p.Error != "" {
		return r
	}
	work := j.Work(p)
	work.owners = j.ownersOf(p, found, chain, nil)
	r.Stakes, r.Grade = work.Stakes, Clear
	for i := range p.Parties {
		r.Parties = append(r.Parties, j.Party(work, &p.Parties[i], found[i]))
	}
	if dismissed := dismissedOwners(work.owners, r); len(dismissed) > 0 {
		work.owners = j.ownersOf(p, found, chain, dismissed)
		for i := range p.Parties {
			if work.owners.node[&p.Parties[i]] != "" {
				r.Parties[i] = j.Party(work, &p.Parties[i], found[i])
			}
		}
	}
	nameless(r)
	for _, pr := range r.Parties {
		r.Grade = Higher(r.Grade, pr.Grade)
	}
	if work.Stakes == Enhanced {
		r.Grade = Higher(r.Grade, Review)
	}
	came := WorkFound{Sharing: work.Sharing, Ownership: j.ownership(work.owners, r), Questions: j.questions(work, r)}
	for _, rule := range work.Rules {
		came.Rules = append(came.Rules, WorkRule{rule.Name, rule.Stakes, rule.Owner, rule.Why, rule.Source})
	}
	if len(came.Rules)+len(came.Questions)+len(came.Ownership) > 0 {
		r.Work = &came
	}
	return r
}

// notNamed is the note of a party that could be compared with no list.
const notNamed = "not screened: the row gives an id and no name, and no register that is held has it"

// nameless notes which parties a row gives by an id alone that leads to no name: such a row does not read clear.
func nameless(r *Result) {
	for i := range r.Parties {
		if !r.Partner.Parties[i].OnlyID() {
			continue
		}
		if _, called := r.Partner.called(i); !called {
			r.Parties[i].Grade = Higher(r.Parties[i].Grade, Note)
			r.Parties[i].Notes = append(r.Parties[i].Notes, notNamed)
		}
	}
}

// GradeBy names what carried the row's grade: the roles of its parties of that
// grade, and for those the row does not name the link that brought them in ("funder's parent");
// "the work" where no party has it. "" for a row that is clear.
func (r *Result) GradeBy() string {
	if r.Grade.Rank() == 0 {
		return ""
	}
	var by []string
	for i := range r.Parties {
		if r.Parties[i].Grade != r.Grade {
			continue
		}
		p := &r.Partner.Parties[i]
		if link := p.Link(); !slices.Contains(by, link) {
			by = append(by, link)
		}
	}
	return cmp.Or(strings.Join(by, ", "), "the work")
}

// dismissedOwners are the owners of a row all of whose matches a person has
// called false, by their place.
func dismissedOwners(o *owners, r *Result) map[int]bool {
	out := map[int]bool{}
	for i, pr := range r.Parties {
		if o.node[&r.Partner.Parties[i]] != "" && len(pr.Matches) > 0 &&
			!slices.ContainsFunc(pr.Matches, func(m Match) bool { return m.Rule != ruleDismissed }) {
			out[i] = true
		}
	}
	return out
}

// ruleDismissed is the rule of a match that a person called false, unchanged since.
const ruleDismissed = "dismissed and unchanged"

// Party grades one party. Candidates that are one party are shown as one
// match; it carries the listing with the highest grade, ties by list id.
func (j *Judge) Party(work *Work, p *Party, found []Candidate) PartyResult {
	r := PartyResult{Grade: Clear, Matches: []Match{}}
	for _, list := range j.Unscreened {
		r.Grade = Note
		r.Notes = append(r.Notes, notScreened+list)
	}
	for _, group := range j.sameParties(found) {
		m := j.match(work, p, group)
		if m.Strength.Rank() >= Medium.Rank() {
			r.Matches = append(r.Matches, m)
			r.Grade = Higher(r.Grade, m.Grade)
		} else if r.Nearest == nil || m.Score > r.Nearest.Score {
			r.Nearest = &m
		}
	}
	slices.SortStableFunc(r.Matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Grade.Rank(), a.Grade.Rank()),
			cmp.Compare(a.List, b.List), cmp.Compare(a.Entity, b.Entity))
	})
	if len(r.Matches) == 0 && r.Nearest != nil && r.Nearest.Strength == Weak {
		r.Grade = Higher(r.Grade, Note)
	}
	return r
}

// match makes one match of the candidates that are one party, best first.
func (j *Judge) match(work *Work, p *Party, group []Candidate) Match {
	best := group[0]
	m := Match{
		Matched:  best.Matched.Text,
		Score:    Round(best.Score),
		Strength: j.Policy.Strength(best.Score),
		Evidence: best.Evidence,
		Listings: []Listing{},
	}
	if j.SecondOpinion != nil && m.Strength != NoStrength {
		m.SecondOpinion = Round(j.SecondOpinion(p.Name, m.Matched))
	}
	type graded struct {
		listing Listing
		entity  *Entity
		control Control
		grade   Grade
		rule    string
	}
	var all []graded
	var keys []string
	for _, c := range group {
		key := c.Entity.Key()
		keys = append(keys, key)
		for _, l := range c.Entity.Listings {
			l.Key = key
			l.Entity, l.Bearing, l.Blocking = c.Entity.ID, j.bearing(l.List), cmp.Or(l.Blocking, j.Blocking[l.List])
			g := graded{listing: l, entity: c.Entity}
			for _, control := range l.Controls {
				grade, rule := j.Policy.GradeOf(j.facts(work, p, m.Strength, &l, control))
				if g.control == "" || grade.Rank() > g.grade.Rank() {
					g.control, g.grade, g.rule = control, grade, rule
				}
			}
			all = append(all, g)
		}
	}
	slices.SortStableFunc(all, func(a, b graded) int {
		return cmp.Or(cmp.Compare(b.grade.Rank(), a.grade.Rank()), cmp.Compare(a.listing.List, b.listing.List))
	})
	for _, g := range all {
		m.Listings = append(m.Listings, g.listing)
	}
	m.Key = matchKey(p.Key(), keys)
	if len(all) > 0 {
		g := all[0]
		m.List, m.Entity, m.Name = g.listing.List, g.entity.ID, g.entity.Name()
		m.Control, m.Owner, m.Grade, m.Rule = g.control, g.control.Owner(), g.grade, g.rule
	}
	if m.Grade.Flagged() && work.row != nil {
		m.Scope = ScopeOf(work.row, p, work)
	}
	j.remember(&m, p, group, keys)
	return m
}

// remember applies what was decided before. A match is settled only when
// every entity shown with it was: called a false positive, or a true match
// that is closed for this row's work. Else the decision that no longer covers
// it, if there is one, is shown beside it.
func (j *Judge) remember(m *Match, p *Party, group []Candidate, keys []string) {
	settled := true
	var closed *Disposition
	shown := -1
	for i, c := range group {
		d := j.Memory.recall(p, c.Entity, keys[i], m, j.Now)
		ok, weight := false, -1
		if d != nil && d.Verdict == TrueMatch {
			x := j.Memory.closing(m.Scope, p, c.Entity, keys[i], m.Grade, j.Now)
			if x != nil && !d.stands() && x.Lapsed == "" {
				x.Lapsed = "the verdict it rests on is to be decided again"
				if d.Waiting != "" {
					x.Lapsed, x.Waiting = "", d.Waiting
				}
			}
			if x != nil && (closed == nil || !x.Stands()) {
				closed = x
			}
			ok, weight = x.Stands() && d.stands(), 1
		}
		switch {
		case d == nil:
		case !d.stands():
			weight = 3
		case d.Verdict == FalsePositive:
			ok, weight = true, 0
		case d.Verdict == NeedsInformation:
			weight = 2
		}
		if d != nil && weight > shown {
			m.Decision, shown = d, weight
		}
		settled = settled && ok
	}
	m.Disposition = closed
	switch {
	case !settled || !m.Grade.Flagged():
	case closed != nil:
		m.Grade, m.Rule = Note, "true match, closed for this work: "+closed.Said()
	default:
		m.Grade, m.Rule = Note, ruleDismissed
	}
}

func (j *Judge) bearing(list string) Bearing {
	return cmp.Or(j.Bearing[list], Binding)
}

// apart reports whether two listed parties may not be shown as one.
func (j *Judge) apart(a, b *Entity) bool {
	return a.List != b.List && (j.Restricted[a.List] || j.Restricted[b.List])
}

// sameParties groups candidates that are one party. Candidates come best
// first, and so do the groups and their members. One that has no strength stands apart: what
// lies below the note line changes nothing, and how far down there is looked
// depends on what else is listed.
func (j *Judge) sameParties(found []Candidate) [][]Candidate {
	group := make([]int, len(found))
	for i := range group {
		group[i] = i
		for k := range i {
			if group[k] == group[i] || j.Policy.Strength(found[i].Score) == NoStrength || j.apart(found[i].Entity, found[k].Entity) || !SameParty(found[i].Entity, found[k].Entity) {
				continue
			}
			from, to := max(group[i], group[k]), min(group[i], group[k])
			for x := range i + 1 {
				if group[x] == from {
					group[x] = to
				}
			}
		}
	}
	var out [][]Candidate
	place := map[int]int{}
	for i, c := range found {
		at, ok := place[group[i]]
		if !ok {
			at = len(out)
			place[group[i]] = at
			out = append(out, nil)
		}
		out[at] = append(out[at], c)
	}
	return out
}
