package screening

import "testing"

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
	r := j.Party(Work{}, &Party{}, []Candidate{
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
	r := j.Party(Work{}, &Party{}, []Candidate{{Entity: e, Matched: e.Names[0], Score: 0.92}})
	if m := r.Matches[0]; m.Control != AssetFreeze || m.Grade != Escalate {
		t.Errorf("%s %s, want the freeze to decide", m.Control, m.Grade)
	}
}

func TestPartyBelowTheLine(t *testing.T) {
	p := DefaultPolicy()
	j := &Judge{Policy: p}
	e := entity("a_list", "1", AssetFreeze, "Sorvenne Aerostat Works")
	near := j.Party(Work{}, &Party{}, []Candidate{{Entity: e, Score: p.NoteLine}})
	if near.Grade != Note || near.Nearest == nil || len(near.Matches) != 0 {
		t.Errorf("at the note line: %s, %d matches", near.Grade, len(near.Matches))
	}
	far := j.Party(Work{}, &Party{}, []Candidate{{Entity: e, Score: p.NoteLine - 0.01}})
	if far.Grade != Clear || far.Nearest == nil {
		t.Errorf("below the note line: %s, nearest %v; want clear with the nearest on record", far.Grade, far.Nearest)
	}
}

func TestNoRowReadsClearWhenAListIsMissing(t *testing.T) {
	j := &Judge{Policy: DefaultPolicy(), Unscreened: []string{"un_sc_sanctions"}}
	r := j.Row(&Partner{Parties: []Party{{Role: RolePartner, Name: "Ulmara College"}}}, Work{}, [][]Candidate{nil})
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
