package screening

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// Memory is what reviewers have decided, for a Judge to apply. It is built
// once a run and never changed; nil remembers nothing.
type Memory struct {
	exact   map[[2]string]*Decision // party key, entity key
	earlier map[[3]string]*Decision // folded party name, list, entity id
}

// NewMemory takes decisions in the order they were made: of two about the
// same two sides, the later one stands. One that closes an escalated match waits
// until another signed-in person has said the same.
func NewMemory(decisions iter.Seq[*Decision]) *Memory {
	m := &Memory{exact: map[[2]string]*Decision{}, earlier: map[[3]string]*Decision{}}
	for d := range decisions {
		about := [2]string{d.PartyKey, d.EntityKey}
		before := m.exact[about]
		now := *d
		now.Waiting = ""
		if d.Grade == Escalate && d.closes() && d.Revoked == "" {
			now.Waiting = SecondPerson
			// What has expired vouches for nothing: it takes two people again.
			lapsed := before != nil && !before.Expires.IsZero() && !d.Made.Before(before.Expires)
			if before != nil && !lapsed && before.Verdict == d.Verdict && before.Revoked == "" &&
				(before.Waiting == "" || before.Actor != d.Actor) {
				now.Waiting = ""
			}
		}
		m.exact[about] = &now
		if d.Party != nil {
			m.earlier[[3]string{foldLetters(d.Party.Name), d.List, d.Entity}] = &now
		}
	}
	return m
}

// Standing returns the decision on a party beside an entity as both stand, or nil.
func (m *Memory) Standing(partyKey, entityKey string) *Decision {
	if m == nil {
		return nil
	}
	return m.exact[[2]string{partyKey, entityKey}]
}

// recall finds what was decided of a party beside an entity. A decision whose
// two sides no longer stand as they did comes back reopened, with what changed.
func (m *Memory) recall(p *Party, e *Entity, key string, match *Match, now time.Time) *Decision {
	if m == nil {
		return nil
	}
	d, ok := m.exact[[2]string{p.Key(), key}]
	var why string
	if ok {
		why = d.Covers(match, now)
	} else if d, ok = m.earlier[[3]string{foldLetters(p.Name), e.List, e.ID}]; ok {
		why = changedSince(d, p, e)
	} else {
		return nil
	}
	shown := *d
	shown.Party, shown.Candidate, shown.Reopened = nil, nil, why
	return &shown
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
