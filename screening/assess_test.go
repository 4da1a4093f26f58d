package screening

import (
	"slices"
	"testing"
	"time"
)

func entity(list, id string, control Control, name string, countries ...string) *Entity {
	return &Entity{
		List: list, ID: id, Names: []Name{{Text: name, Kind: PrimaryName}}, Countries: countries,
		Listings: []Listing{{List: list, Controls: []Control{control}}},
	}
}

func TestPartyJoinsListings(t *testing.T) {
	j := &Judge{Policy: DefaultPolicy(), Blocking: map[string]string{"b_list": "a law"}}
	a := entity("a_list", "1", ResearchFunding, "Veltraxis Optics Institute", "QA")
	b := entity("b_list", "2", AssetFreeze, "VELTRAXIS OPTICS INSTITUTE", "QA")
	c := entity("c_list", "3", AssetFreeze, "Veltraxis Optics Institute", "PE")
	r := j.Party(&Work{}, &Party{}, []Candidate{
		{Entity: a, Matched: a.Names[0], Score: 1}, {Entity: c, Matched: c.Names[0], Score: 1}, {Entity: b, Matched: b.Names[0], Score: 0.95},
	})
	if len(r.Matches) != 2 {
		t.Fatalf("%d matches, want 2: one party on two lists, and its namesake in another country", len(r.Matches))
	}
	m := r.Matches[0]
	if m.List != "b_list" || m.Entity != "2" || m.Control != AssetFreeze || m.Grade != Escalate || m.Owner != LegalCompliance {
		t.Errorf("the match shows %s %s %s %s, want the listing with the highest grade", m.List, m.Entity, m.Control, m.Grade)
	}
	if len(m.Listings) != 2 || m.Score != 1 || m.Strength != Exact {
		t.Errorf("%d listings, score %v, %s; want both listings and the best score", len(m.Listings), m.Score, m.Strength)
	}
	if m.Listings[0].Blocking != "a law" || m.Listings[0].Bearing != Binding {
		t.Errorf("listing %+v, want its bearing and its blocking law", m.Listings[0])
	}
	if r.Grade != Escalate {
		t.Errorf("grade %s", r.Grade)
	}
}

func TestPartyTakesTheGravestControl(t *testing.T) {
	j := &Judge{Policy: DefaultPolicy()}
	e := entity("a_list", "1", Travel, "Sorvenne Aerostat Works")
	e.Listings[0].Controls = []Control{Travel, AssetFreeze}
	r := j.Party(&Work{}, &Party{}, []Candidate{{Entity: e, Matched: e.Names[0], Score: 0.92}})
	if m := r.Matches[0]; m.Control != AssetFreeze || m.Grade != Escalate {
		t.Errorf("%s %s, want the freeze to decide", m.Control, m.Grade)
	}
}

func TestPartyBelowTheLine(t *testing.T) {
	p := DefaultPolicy()
	j := &Judge{Policy: p}
	e := entity("a_list", "1", AssetFreeze, "Sorvenne Aerostat Works")
	near := j.Party(&Work{}, &Party{}, []Candidate{{Entity: e, Score: p.NoteLine}})
	if near.Grade != Note || near.Nearest == nil || len(near.Matches) != 0 {
		t.Errorf("at the note line: %s, %d matches", near.Grade, len(near.Matches))
	}
	far := j.Party(&Work{}, &Party{}, []Candidate{{Entity: e, Score: p.NoteLine - 0.01}})
	if far.Grade != Clear || far.Nearest == nil {
		t.Errorf("below the note line: %s, nearest %v; want clear with the nearest on record", far.Grade, far.Nearest)
	}
}

func TestNoRowReadsClearWhenAListIsMissing(t *testing.T) {
	j := &Judge{Policy: DefaultPolicy(), Unscreened: []string{"un_sc_sanctions"}}
	r := j.Row(&Partner{Parties: []Party{{Role: RolePartner, Name: "Ulmara College"}}}, [][]Candidate{nil})
	if r.Grade != Note || len(r.Parties[0].Notes) != 1 || r.Parties[0].Notes[0] != "not screened against un_sc_sanctions" {
		t.Errorf("%s %v", r.Grade, r.Parties[0].Notes)
	}
}

func TestSameParty(t *testing.T) {
	base := func() *Entity { return entity("a", "1", AssetFreeze, "Kestoria Trading Co.", "QA") }
	for _, tc := range []struct {
		name string
		b    func(*Entity)
		want bool
	}{
		{"same name, same country", func(*Entity) {}, true},
		{"same name, other case and points", func(e *Entity) { e.Names[0].Text = "KESTORIA TRADING CO" }, true},
		{"same name, no country", func(e *Entity) { e.Countries = nil }, false},
		{"same name, other country", func(e *Entity) { e.Countries = []string{"PE"} }, false},
		{"same country, other name", func(e *Entity) { e.Names[0].Text = "Kestoria Shipping Co." }, false},
		{"same name only as a weak alias", func(e *Entity) { e.Names[0].Weak = true }, false},
		{"person and organisation", func(e *Entity) { e.Kind = KindPerson }, false},
		{"other birth date", func(e *Entity) { e.Kind = KindUnknown; e.BirthDates = []string{"1970"} }, false},
		{"other name, same LEI", func(e *Entity) {
			e.Names[0].Text, e.Countries = "Brelk", nil
			e.Identifiers = []Identifier{{Kind: "lei", Value: "X1"}}
		}, true},
		{"other name, same registration in another country", func(e *Entity) {
			e.Names[0].Text = "Brelk"
			e.Identifiers = []Identifier{{Kind: "registration", Value: "77", Country: "PE"}}
		}, false},
	} {
		a, b := base(), base()
		a.Kind = KindOrganisation
		a.BirthDates = []string{"1965-03"}
		a.Identifiers = []Identifier{{Kind: "lei", Value: "x-1"}, {Kind: "registration", Value: "77", Country: "QA"}}
		tc.b(b)
		if got := SameParty(a, b); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
		if SameParty(a, b) != SameParty(b, a) {
			t.Errorf("%s: not symmetric", tc.name)
		}
	}
}

func TestMemory(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	party := &Party{Role: RolePartner, Name: "Veltraxis Institute", Country: "QA"}
	a := func() *Entity { return entity("a_list", "1", AssetFreeze, "Veltraxis", "QA") }
	city := Evidence{Feature: "city", Direction: Against, Score: -0.1}
	decided := func(change func(*Decision)) *Decision {
		p, e := *party, a()
		d := &Decision{
			Verdict: FalsePositive, Reviewer: "R. Reviewer", Actor: "anna", Grade: Escalate, Expires: now.AddDate(1, 0, 0), Strength: Strong,
			PartyKey: p.Key(), EntityKey: e.Key(), List: "a_list", Entity: "1", Party: &p, Candidate: e, Evidence: Relied([]Evidence{city}),
		}
		change(d)
		return d
	}
	for _, tc := range []struct {
		name     string
		decision func(*Decision)
		now      func(p *Party, c *Candidate)
		grade    Grade
		reopened string
	}{
		{"nothing changed", func(*Decision) {}, func(*Party, *Candidate) {}, Note, ""},
		{"other role and city", func(*Decision) {}, func(p *Party, _ *Candidate) { p.Role, p.City = RoleFunder, "Doha" }, Note, ""},
		{"a listed address changed", func(*Decision) {}, func(_ *Party, c *Candidate) { c.Entity.Addresses = []Address{{City: "Doha"}} }, Note, ""},
		{"renumbered", func(*Decision) {}, func(_ *Party, c *Candidate) { c.Entity.ID = "77" }, Note, ""},
		{"alias added", func(*Decision) {}, func(_ *Party, c *Candidate) {
			c.Entity.Names = append(c.Entity.Names, Name{Text: "VOI"})
		}, Escalate, `listed name "VOI" added`},
		{"the partner's country changed", func(*Decision) {}, func(p *Party, _ *Candidate) { p.Country = "PE" }, Escalate,
			`the partner's country "PE" added; the partner's country "QA" removed`},
		{"stronger now", func(d *Decision) { d.Strength = Medium }, func(*Party, *Candidate) {}, Escalate, "the match is now strong, it was medium"},
		{"expired", func(d *Decision) { d.Expires = now }, func(*Party, *Candidate) {}, Escalate, "the earlier decision expired on 2026-11-23"},
		{"revoked", func(d *Decision) { d.Revoked = "S. Second" }, func(*Party, *Candidate) {}, Escalate, "the earlier decision was revoked"},
		{"evidence gone", func(*Decision) {}, func(_ *Party, c *Candidate) { c.Evidence = nil }, Escalate, "evidence changed"},
		{"a true match stays flagged", func(d *Decision) { d.Verdict = TrueMatch }, func(*Party, *Candidate) {}, Escalate, ""},
	} {
		d := decided(tc.decision)
		second := *d
		second.Actor = "ben"
		j := &Judge{Policy: DefaultPolicy(), Now: now, Memory: NewMemory(slices.Values([]*Decision{d, &second}))}
		p := *party
		c := Candidate{Entity: a(), Score: 0.93, Evidence: []Evidence{city}}
		tc.now(&p, &c)
		r := j.Party(&Work{}, &p, []Candidate{c})
		m := r.Matches[0]
		if m.Grade != tc.grade || m.Decision == nil || m.Decision.Reopened != tc.reopened {
			t.Errorf("%s: grade %s, decision %+v; want %s, reopened %q", tc.name, m.Grade, m.Decision, tc.grade, tc.reopened)
		}
	}
}

func TestADecisionOnOneListingDoesNotDismissAnother(t *testing.T) {
	p := &Party{Name: "Veltraxis", Country: "QA"}
	a, b := entity("a_list", "1", AssetFreeze, "Veltraxis", "QA"), entity("b_list", "2", AssetFreeze, "Veltraxis", "QA")
	d := &Decision{Verdict: FalsePositive, Strength: Exact, PartyKey: p.Key(), EntityKey: a.Key(), Party: p, Candidate: a, List: "a_list", Entity: "1"}
	j := &Judge{Policy: DefaultPolicy(), Memory: NewMemory(slices.Values([]*Decision{d}))}
	r := j.Party(&Work{}, p, []Candidate{{Entity: a, Score: 1}, {Entity: b, Score: 1}})
	if len(r.Matches) != 1 || r.Matches[0].Grade != Escalate {
		t.Errorf("%d matches, grade %s; the second listing was never decided", len(r.Matches), r.Grade)
	}
}

func TestAnEscalatedMatchNeedsTwoPeople(t *testing.T) {
	made := func(d *Decision, year int) *Decision {
		d.Made = time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		d.Expires = d.Made.AddDate(1, 0, 0)
		return d
	}
	p := &Party{Name: "Veltraxis", Country: "QA"}
	e := entity("a_list", "1", AssetFreeze, "Veltraxis", "QA")
	said := func(actor string, v Verdict) *Decision {
		return &Decision{Verdict: v, Actor: actor, Grade: Escalate, Strength: Exact, PartyKey: p.Key(), EntityKey: e.Key(), Party: p, Candidate: e, List: "a_list", Entity: "1"}
	}
	asReview := func(d *Decision) *Decision { d.Grade = Review; return d }
	for _, tc := range []struct {
		name  string
		acts  []*Decision
		grade Grade
	}{
		{"one person", []*Decision{said("anna", FalsePositive)}, Escalate},
		{"the same person twice", []*Decision{said("anna", FalsePositive), said("anna", FalsePositive)}, Escalate},
		{"two people", []*Decision{said("anna", FalsePositive), said("ben", FalsePositive)}, Note},
		{"two people and the first again", []*Decision{said("anna", FalsePositive), said("ben", FalsePositive), said("anna", FalsePositive)}, Note},
		{"two people who disagree", []*Decision{said("anna", FalsePositive), said("ben", TrueMatch)}, Escalate},
		{"two people, and one of them again after it expired", []*Decision{
			made(said("anna", FalsePositive), 2024), made(said("ben", FalsePositive), 2024), made(said("anna", FalsePositive), 2026),
		}, Escalate},
		{"one person, of what was then a match to review", []*Decision{asReview(said("anna", FalsePositive))}, Escalate},
		{"a match to review, and one person as it escalates", []*Decision{asReview(said("anna", FalsePositive)), said("ben", FalsePositive)}, Escalate},
		{"two people, and a third of the same two sides to review elsewhere", []*Decision{
			said("anna", FalsePositive), said("ben", FalsePositive), asReview(said("cleo", FalsePositive)),
		}, Note},
		{"a third sides with the second", []*Decision{said("anna", TrueMatch), said("ben", FalsePositive), said("cleo", FalsePositive)}, Note},
	} {
		j := &Judge{Policy: DefaultPolicy(), Memory: NewMemory(slices.Values(tc.acts))}
		r := j.Party(&Work{}, p, []Candidate{{Entity: e, Score: 1}})
		if r.Matches[0].Grade != tc.grade {
			t.Errorf("%s: %s, want %s", tc.name, r.Matches[0].Grade, tc.grade)
		}
	}
}
