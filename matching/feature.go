package matching

import (
	"math"
	"slices"

	"partnerscreen/screening"
)

// Version names the matcher in the record of a run: it changes whenever the
// same party and entity may score differently.
const Version = "3"

// Feature is one kind of reason for or against a party and an entity being
// the same. Doc is the sentence the reader of a report sees.
type Feature struct {
	Name string
	Doc  string
	// Score returns what the feature has to say: nothing, or evidence whose
	// scores are added to those of the features before it.
	Score func(c *Comparison) []screening.Evidence
	// Lift is the most the feature may add for a party to what the name came
	// to; nil where it never adds anything. Names that cannot reach the line with
	// the lifts of all features are not scored by them.
	Lift func(p *screening.Party) float64
}

// liftOf is the most that all features may add for a party.
func liftOf(p *screening.Party) (sum float64) {
	for i := range All {
		if All[i].Lift != nil {
			sum += All[i].Lift(p)
		}
	}
	return sum
}

func liftIf(given bool, lift float64) float64 {
	if given {
		return lift
	}
	return 0
}

// Comparison is a party beside one name of an entity, as the features see it.
type Comparison struct {
	Party  *screening.Party
	Entity *screening.Entity
	Name   screening.Name // the entity's name that is compared
	Policy *screening.Policy
	// Score is the sum of the features before this one.
	Score float64

	query, candidate profile
	aligned          alignment
	groups           []group
}

// Scored is what comparing a party with an entity comes to.
type Scored struct {
	Score    float64 // 0 to 1, rounded to 4 decimals; the sum of the evidence
	Strength screening.Strength
	Matched  screening.Name // the entity's name that matched best
	Evidence []screening.Evidence
	// Support is the sum of the evidence for, before the score was cut to 1:
	// it orders matches that all reach the top.
	Support float64
}

// Compare scores a party against an entity without an index; it gives what
// Index.Match gives for the two. It may be called by many goroutines at once.
func Compare(query *screening.Party, candidate *screening.Entity, opts Options) Scored {
	policy := opts.Policy
	if policy == nil {
		policy = screening.DefaultPolicy()
	}
	person := query.Role.Person()
	var s scorer
	q := prepare(query.Name, person)
	best, bestScore := 0, float32(-1)
	var bestName profile
	for i, n := range candidate.Names {
		c := prepare(n.Text, person)
		if a := s.compare(&q, &c); a.score > bestScore {
			best, bestScore, bestName = i, a.score, c
		}
	}
	if len(candidate.Names) == 0 {
		return Scored{}
	}
	return explain(&s, &q, &bestName, query, candidate, candidate.Names[best], policy)
}

// CompareEither compares two parties of which neither is the listed one: the
// better of Compare with one as the query and with the other, for either may be
// the fuller name. Evidence names a's values under query and b's under candidate.
func CompareEither(a, b *screening.Party, opts Options) Scored {
	there, back := Compare(a, listedAs(b), opts), Compare(b, listedAs(a), opts)
	if back.Score <= there.Score {
		return there
	}
	for i := range back.Evidence {
		ev := &back.Evidence[i]
		ev.Query, ev.Candidate = ev.Candidate, ev.Query
	}
	back.Matched = there.Matched
	return back
}

// listedAs is a party as a list would have it.
func listedAs(p *screening.Party) *screening.Entity {
	e := &screening.Entity{Names: []screening.Name{{Text: p.Name, Kind: screening.PrimaryName}}, Identifiers: p.Identifiers}
	if p.Country != "" {
		e.Countries = []string{p.Country}
	}
	if p.City != "" || p.Address != "" {
		e.Addresses = []screening.Address{{Text: p.Address, City: p.City, Country: p.Country}}
	}
	if p.BirthDate != "" {
		e.BirthDates = []string{p.BirthDate}
	}
	if p.Website != "" {
		e.Websites = []string{p.Website}
	}
	return e
}

// prepare reads a name.
func prepare(name string, person bool) profile {
	return newProfile(read(name, person), person, func(w *Word) *term { return newTerm(w, person) })
}

// explain scores one name of an entity, prepared as candidate, with all features.
func explain(s *scorer, query, candidate *profile, p *screening.Party, e *screening.Entity, name screening.Name, policy *screening.Policy) Scored {
	c := &Comparison{Party: p, Entity: e, Name: name, Policy: policy, query: *query, candidate: *candidate}
	c.aligned = s.compare(query, candidate)
	if c.aligned.by == byWords {
		s.record = true
		if query.person {
			s.alignPersons(query, candidate)
		} else {
			s.pair(query, candidate)
			s.view(query, candidate, int(c.aligned.from), int(c.aligned.to), c.aligned.part)
		}
		s.record = false
		c.groups = slices.Clone(s.groups)
	}
	var out Scored
	out.Matched = c.Name
	for i := range All {
		for _, ev := range All[i].Score(c) {
			ev.Feature = All[i].Name
			c.Score += ev.Score
			if ev.Direction == screening.For {
				out.Support += ev.Score
			}
			out.Evidence = append(out.Evidence, ev)
		}
	}
	out.Score = screening.Round(min(1, max(0, c.Score)))
	balance(out.Evidence, out.Score)
	out.Strength = policy.Strength(out.Score)
	return out
}

// balance rounds the shares to four decimals so that they add up to score,
// taking what is over from the last share that can bear it.
func balance(evidence []screening.Evidence, score float64) {
	sum := 0.0
	for i := range evidence {
		evidence[i].Score = screening.Round(evidence[i].Score)
		sum += evidence[i].Score
	}
	over := screening.Round(sum - score)
	for i := len(evidence) - 1; i >= 0 && over != 0; i-- {
		ev := &evidence[i]
		if ev.Direction == screening.Missing || ev.Score == 0 {
			continue
		}
		share := screening.Round(ev.Score - over)
		// A reason for stays a reason for: what it cannot bear goes to the one before.
		if i > 0 && (share > 0) != (ev.Score > 0) && share != 0 {
			over = screening.Round(over - ev.Score)
			ev.Score = 0
			continue
		}
		ev.Score = share
		over = 0
	}
	if math.Abs(over) > 0 && len(evidence) > 0 {
		evidence[0].Score = screening.Round(evidence[0].Score - over)
	}
}

// quote writes some words as they stood in the name.
func quote(words []word, want func(i int) bool) string {
	out := ""
	for i := range words {
		if !want(i) || words[i].raw == "" {
			continue
		}
		if out != "" {
			out += " "
		}
		out += words[i].raw
	}
	return out
}
