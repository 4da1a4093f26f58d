package screening

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// Memory is what reviewers have decided, for a Judge to apply. It is built
// once a run and never changed; nil remembers nothing.
type Memory struct {
	exact   map[[2]string]*acts[Decision] // party key, entity key
	earlier map[[3]string]*acts[Decision] // folded party name, list, entity id
	named   map[[2]string][]*Decision     // folded party name, list; in the order they were made

	closed  map[[3]string]*acts[Disposition] // party key, entity key, work key
	closedE map[[4]string]*Disposition       // folded party name, list, entity id, row's work
}

// NewMemory takes decisions in the order they were made: of two about the
// same two sides, the later one stands. One that closes an escalated match waits
// until another signed-in person has said the same.
func NewMemory(decisions iter.Seq[*Decision]) *Memory {
	m := &Memory{
		exact: map[[2]string]*acts[Decision]{}, earlier: map[[3]string]*acts[Decision]{}, named: map[[2]string][]*Decision{},
		closed: map[[3]string]*acts[Disposition]{}, closedE: map[[4]string]*Disposition{},
	}
	for d := range decisions {
		if d.Erased() { // about nobody any more
			continue
		}
		about := [2]string{d.PartyKey, d.EntityKey}
		a := m.exact[about]
		fresh := a == nil
		if fresh {
			a = &acts[Decision]{}
			m.exact[about] = a
		}
		a.add(d, act{
			what: string(d.Verdict), actor: d.Actor, grade: d.Grade, closes: d.closes(), revoked: d.Revoked != "", made: d.Made, expires: d.Expires,
		})
		if d.Party == nil {
			continue
		}
		name := foldLetters(d.Party.Name)
		id := [3]string{name, d.List, d.Entity}
		// The same verdict after one side changed: it is as old as the first.
		if before := m.earlier[id]; fresh && before != nil && before != a && before.act.what == a.act.what && !before.act.revoked {
			a.since = before.since
		}
		m.earlier[id] = a
		m.named[[2]string{name, d.List}] = append(m.named[[2]string{name, d.List}], d)
	}
	return m
}

// Close adds how true matches were closed, in the order that was made. It is
// part of building the Memory.
func (m *Memory) Close(dispositions iter.Seq[*Disposition]) *Memory {
	for d := range dispositions {
		if d.Erased() {
			continue
		}
		about := [3]string{d.PartyKey, d.EntityKey, d.WorkKey}
		a := m.closed[about]
		if a == nil {
			a = &acts[Disposition]{}
			m.closed[about] = a
		}
		a.add(d, act{
			what: string(d.Closing) + "\x00" + foldLetters(d.Number), actor: d.Actor, grade: d.Grade, closes: true,
			revoked: d.Revoked != "", made: d.Made, expires: d.Expires,
		})
		work := d.Scope.work()
		m.closedE[[4]string{foldLetters(d.Party), d.List, d.Entity, work.sum()}] = d
	}
	return m
}

// Standing returns the decision on a party beside an entity as both stand, or nil.
func (m *Memory) Standing(partyKey, entityKey string) *Decision {
	return m.StandingAt(partyKey, entityKey, "")
}

// StandingAt is Standing beside a match of a grade: what one person decided of
// a match to review waits where the same two sides are to escalate.
func (m *Memory) StandingAt(partyKey, entityKey string, g Grade) *Decision {
	if m == nil {
		return nil
	}
	return shown(m.exact[[2]string{partyKey, entityKey}], g)
}

// Closed returns how a true match was closed for a row's work, or nil.
func (m *Memory) Closed(partyKey, entityKey, workKey string) *Disposition {
	if m == nil {
		return nil
	}
	a := m.closed[[3]string{partyKey, entityKey, workKey}]
	if a == nil {
		return nil
	}
	d := *a.value
	d.Waiting, d.Expires = a.waiting(""), a.act.expires
	return &d
}

// shown is what the acts have come to, beside a match of a grade.
func shown(a *acts[Decision], g Grade) *Decision {
	if a == nil {
		return nil
	}
	d := *a.value
	d.Waiting, d.Since, d.Expires = a.waiting(g), a.since, a.act.expires
	return &d
}

// recall finds what was decided of a party beside an entity. A decision whose
// two sides no longer stand as they did comes back reopened, with what changed.
func (m *Memory) recall(p *Party, e *Entity, key string, match *Match, now time.Time) *Decision {
	if m == nil {
		return nil
	}
	if a := m.exact[[2]string{p.Key(), key}]; a != nil {
		d := shown(a, match.Grade)
		d.Reopened = d.Covers(match, now)
		d.Party, d.Candidate = nil, nil
		return d
	}
	name := foldLetters(p.Name)
	d := m.merged(p, e, match, now)
	if d == nil {
		if d = shown(m.earlier[[3]string{name, e.List, e.ID}], match.Grade); d != nil {
			d.Reopened = changedSince(d, p, e)
		}
	}
	if d == nil {
		d = m.renumbered(name, p, e, match)
	}
	if d == nil {
		return nil
	}
	d.Party, d.Candidate = nil, nil
	return d
}

// merged finds the decisions that together cover an entity which the list has
// made of several: all that it says was said by entities decided before, and
// all of what they said is in it.
func (m *Memory) merged(p *Party, e *Entity, match *Match, now time.Time) *Decision {
	all := e.keyed()
	slices.Sort(all)
	whole := slices.Compact(all)
	var parts []*Decision
	met := map[string]bool{}
	seen := map[string]bool{}
	relied := false
	for _, d := range m.named[[2]string{foldLetters(p.Name), e.List}] {
		if d.PartyKey != p.Key() || d.Candidate == nil || met[d.EntityKey] {
			continue
		}
		part := d.Candidate.keyed()
		if slices.ContainsFunc(part, func(v string) bool { _, ok := slices.BinarySearch(whole, v); return !ok }) {
			continue // it said something the one party no longer says
		}
		met[d.EntityKey] = true
		now := shown(m.exact[[2]string{d.PartyKey, d.EntityKey}], match.Grade)
		if !now.stands() || now.Revoked != "" {
			return nil
		}
		for _, v := range part {
			seen[v] = true
		}
		parts = append(parts, now)
		relied = relied || slices.Equal(now.Evidence, Relied(match.Evidence))
	}
	if len(parts) < 2 || len(seen) != len(whole) {
		return nil
	}
	strongest := slices.MaxFunc(parts, func(a, b *Decision) int { return cmp.Compare(a.Strength.Rank(), b.Strength.Rank()) })
	d := *strongest
	var others []string
	for _, x := range parts {
		if x.ID != d.ID {
			others = append(others, x.ID)
		}
		if x.Verdict != d.Verdict {
			d.Reopened = "the list has made one party of several that were decided differently"
		}
		if x.Since.Before(d.Since) {
			d.Since = x.Since
		}
		d.Expires = earlier(d.Expires, x.Expires)
	}
	d.Merged = others
	if relied {
		d.Evidence = Relied(match.Evidence)
	}
	d.Reopened = cmp.Or(d.Reopened, d.Covers(match, now))
	return &d
}

// renumbered finds what was decided of an entity that is listed under another
// id now and says something else as well. It holds no longer, and is shown as
// history. An entity that shares neither an identifier nor a name in full with
// what it was cannot be told from a new one.
func (m *Memory) renumbered(name string, p *Party, e *Entity, match *Match) *Decision {
	for _, d := range slices.Backward(m.named[[2]string{name, e.List}]) {
		if d.Candidate == nil || d.Entity == e.ID || !SameParty(d.Candidate, e) {
			continue
		}
		now := shown(m.exact[[2]string{d.PartyKey, d.EntityKey}], match.Grade)
		now.Reopened = fmt.Sprintf("it was listed as %s; %s", d.Entity, changedSince(now, p, e))
		return now
	}
	return nil
}

// closing finds how a true match was closed for a row's work. What no longer
// closes it comes back lapsed, with why.
func (m *Memory) closing(s *Scope, p *Party, e *Entity, key string, g Grade, now time.Time) *Disposition {
	if m == nil || s == nil {
		return nil
	}
	if a := m.closed[[3]string{p.Key(), key, s.Key()}]; a != nil {
		d := *a.value
		d.Waiting, d.Expires = a.waiting(g), a.act.expires
		switch {
		case d.Revoked != "":
			d.Lapsed = "it was revoked"
		case a.act.over(now):
			d.Lapsed = "its time was over on " + d.Expires.Format(time.DateOnly)
		}
		return &d
	}
	work := s.work()
	was, ok := m.closedE[[4]string{foldLetters(p.Name), e.List, e.ID, work.sum()}]
	if !ok {
		return nil
	}
	d := *was
	why := s.changed(&was.Scope)
	if was.PartyKey != p.Key() || was.EntityKey != key {
		why = append(why, "the party or its listing changed")
	}
	d.Lapsed = cmp.Or(strings.Join(why, "; "), "the work changed")
	return &d
}

// changedSince says what differs between the two sides of a decision and the
// same two now.
func changedSince(d *Decision, p *Party, e *Entity) string {
	var out []string
	say := func(field string, before, after []string) {
		for _, v := range after {
			if !slices.Contains(before, v) {
				out = append(out, fmt.Sprintf("%s %q added", field, v))
			}
		}
		for _, v := range before {
			if !slices.Contains(after, v) {
				out = append(out, fmt.Sprintf("%s %q removed", field, v))
			}
		}
	}
	if d.Party != nil {
		say("the partner's country", nonEmpty(d.Party.Country), nonEmpty(p.Country))
		say("the partner's birth date", nonEmpty(d.Party.BirthDate), nonEmpty(p.BirthDate))
		say("the partner's identifier", identifierTexts(d.Party.Identifiers), identifierTexts(p.Identifiers))
	}
	if c := d.Candidate; c != nil {
		say("listed name", nameTexts(c), nameTexts(e))
		say("listed country", c.Countries, e.Countries)
		say("listed birth date", c.BirthDates, e.BirthDates)
		say("listed identifier", identifierTexts(c.Identifiers), identifierTexts(e.Identifiers))
		say("control", controlTexts(c), controlTexts(e))
	}
	if len(out) == 0 {
		return "one of the two sides changed"
	}
	return strings.Join(out, "; ")
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func identifierTexts(ids []Identifier) []string {
	var out []string
	for _, id := range ids {
		out = append(out, strings.TrimSpace(id.Kind+" "+id.Value+" "+id.Country))
	}
	return out
}

func nameTexts(e *Entity) []string {
	var out []string
	for _, n := range e.Names {
		out = append(out, n.Text)
	}
	return out
}

func controlTexts(e *Entity) []string {
	var out []string
	for _, c := range e.Controls() {
		out = append(out, string(c))
	}
	return out
}
