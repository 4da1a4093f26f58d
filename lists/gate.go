package lists

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"

	"partnerscreen/screening"
)

// LastGood is what the gate knows of the last edition that was believed.
type LastGood struct {
	Entities  int
	Parts     map[string]int
	Published string // ISO 8601, "" where unknown
}

// Tally counts the entities of an edition that is already stored, for the gate.
func Tally(card *Card, entities iter.Seq[*screening.Entity]) LastGood {
	last := LastGood{Parts: map[string]int{}}
	for e := range entities {
		last.Entities++
		for _, part := range card.partsOf(e) {
			last.Parts[part]++
		}
	}
	return last
}

// partMinimum is the size from which on shrink and growth are checked, of a
// list as of its parts: below that chance rules.
const partMinimum = 20

// Gate returns the reasons an edition must not be used, none when it may be.
// last is the last good edition of the list, nil for the first. The reasons
// are for people: what was found beside what was expected.
func Gate(card *Card, r *Reading, last *LastGood) []string {
	var reasons []string
	hold := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	reasons = append(reasons, holding(r.Findings)...)
	n := len(r.Entities)
	if n == 0 {
		// What kept every entity from being read has been said; say it only when nothing has.
		if len(reasons) == 0 {
			hold("the edition is empty: no entity in it")
		}
		return reasons
	}
	if r.Declared > 0 && r.Declared != n {
		hold("the publisher declares %d entities, %d were read", r.Declared, n)
	}
	reasons = append(reasons, card.Bounds.outside("entities", n)...)
	reasons = append(reasons, shares(card.Bounds, r.Entities)...)
	reasons = append(reasons, card.parts(r, last)...)
	if last == nil {
		return reasons
	}
	if last.Entities >= partMinimum {
		reasons = append(reasons, card.Bounds.change("entities", last.Entities, n)...)
	}
	// An office may go back to an older file of its own; a publisher does not.
	if last.Published != "" && !card.Custom && !r.Published.IsZero() && r.Published.Format("2006-01-02") < last.Published[:min(len(last.Published), 10)] {
		hold("published %s, older than the edition in use (%s)", r.Published.Format("2006-01-02"), last.Published[:min(len(last.Published), 10)])
	}
	return reasons
}

// parts checks the parts of a list, each by its own bounds; last may be nil.
func (c *Card) parts(r *Reading, last *LastGood) []string {
	var reasons []string
	for _, name := range slices.Sorted(maps.Keys(c.Bounds.Parts)) {
		if name != "*" {
			reasons = append(reasons, c.Bounds.Parts[name].outside("entities of "+name, r.Parts[name])...)
		}
	}
	if last == nil {
		return reasons
	}
	for _, name := range slices.Sorted(maps.Keys(last.Parts)) { // a new part has nothing to be compared with
		b, ok := c.Bounds.Parts[name]
		if !ok {
			b = c.Bounds.Parts["*"]
		}
		if was := last.Parts[name]; was >= partMinimum {
			reasons = append(reasons, b.change("entities of "+name, was, r.Parts[name])...)
		}
	}
	return reasons
}

// holding turns the findings that hold an edition into reasons, those of one kind into one.
func holding(findings []Finding) []string {
	var reasons []string
	more := map[string]int{}
	at := map[string]int{}
	rest := 0
	for _, f := range findings {
		if !f.Holds {
			continue
		}
		if i, again := at[f.Kind+f.Text]; again {
			more[reasons[i]]++
			continue
		}
		if len(reasons) == 20 { // enough to see what is wrong
			rest++
			continue
		}
		at[f.Kind+f.Text] = len(reasons)
		reasons = append(reasons, f.String())
	}
	for i, r := range reasons {
		if more[r] > 0 {
			reasons[i] = fmt.Sprintf("%s (and %d more times)", r, more[r])
		}
	}
	if rest > 0 {
		reasons = append(reasons, fmt.Sprintf("and %d findings more that hold the edition", rest))
	}
	return reasons
}

// String says what was found and where.
func (f Finding) String() string {
	if f.Place == "" {
		return f.Text
	}
	return f.Place + ": " + f.Text
}

// outside checks a count against the fixed bounds.
func (b Bounds) outside(what string, n int) []string {
	var reasons []string
	if b.MinEntities > 0 && n < b.MinEntities {
		reasons = append(reasons, fmt.Sprintf("%d %s, at least %d were expected", n, what, b.MinEntities))
	}
	if b.MaxEntities > 0 && n > b.MaxEntities {
		reasons = append(reasons, fmt.Sprintf("%d %s, at most %d were expected", n, what, b.MaxEntities))
	}
	return reasons
}

// change checks a count against the last good edition's.
func (b Bounds) change(what string, was, n int) []string {
	if was <= 0 {
		return nil
	}
	share := float64(n-was) / float64(was)
	switch {
	case b.MaxShrink > 0 && -share > b.MaxShrink:
		return []string{fmt.Sprintf("%d %s, %.0f %% fewer than the %d in use; at most %.0f %% fewer are believed", n, what, -share*100, was, b.MaxShrink*100)}
	case b.MaxGrow > 0 && share > b.MaxGrow:
		return []string{fmt.Sprintf("%d %s, %.0f %% more than the %d in use; at most %.0f %% more are believed", n, what, share*100, was, b.MaxGrow*100)}
	}
	return nil
}

// shares checks how many of the entities have a name, a country, an alias.
func shares(b Bounds, entities []*screening.Entity) []string {
	var named, country, alias int
	for _, e := range entities {
		if e.Name() != "" {
			named++
		}
		if len(e.Countries) > 0 {
			country++
		}
		if len(e.Names) > 1 {
			alias++
		}
	}
	var reasons []string
	check := func(what string, count int, least float64) {
		share := float64(count) / float64(len(entities))
		if cmp.Less(share, least) {
			reasons = append(reasons, fmt.Sprintf("%.1f %% of %d entities have %s, at least %.0f %% were expected", share*100, len(entities), what, least*100))
		}
	}
	check("a name", named, b.MinNamed)
	check("a country", country, b.MinCountry)
	check("another name", alias, b.MinAlias)
	return reasons
}
