package screening

import (
	"slices"
	"testing"
)

func registerOf(orgs ...*Entity) *Registry {
	r, err := NewRegistry("ror", func(yield func(*Entity, error) bool) {
		for _, o := range orgs {
			if !yield(o, nil) {
				return
			}
		}
	})
	if err != nil {
		panic(err)
	}
	return r
}

func org(id, country string, names ...string) *Entity {
	e := &Entity{List: "ror", ID: "https://ror.org/" + id, Addresses: []Address{{City: "Zelmar", Country: country}}}
	for i, n := range names {
		e.Names = append(e.Names, Name{Text: n, Kind: []NameKind{PrimaryName, AliasName}[min(i, 1)]})
	}
	return e
}

func tiedTo(e *Entity, kind, id string) *Entity {
	e.Links = append(e.Links, Link{Kind: kind, Entity: "https://ror.org/" + id})
	return e
}

func TestResolve(t *testing.T) {
	qorvath := org("0a", "QA", "Qorvath Institute", "Institut Qorvath")
	qorvath.Websites = []string{"qorvath.example"}
	aurelim, other := org("0c", "QA", "Aurelim University"), org("0b", "PE", "Qorvath Institute")
	aurelim.Identifiers = []Identifier{{Kind: "grid", Value: "grid.1234.5"}, {Kind: "isni", Value: "0000000000000001"}}
	other.Identifiers = []Identifier{{Kind: "isni", Value: "0000000000000001"}}
	r := registerOf(qorvath, other, aurelim)
	for _, tc := range []struct {
		name string
		p    Party
		want string
		how  string
	}{
		{"by its id", Party{Name: "?", Identifiers: []Identifier{{Kind: "ror", Value: "https://ror.org/0B"}}}, "0b", "id"},
		{"by its id without the address", Party{Name: "?", Identifiers: []Identifier{{Kind: "ror", Value: "0c"}}}, "0c", "id"},
		{"by an id of another register", Party{Name: "?", Identifiers: []Identifier{{Kind: "grid", Value: "GRID.1234.5"}}}, "0c", "grid"},
		{"by an id that two have", Party{Name: "?", Identifiers: []Identifier{{Kind: "isni", Value: "0000000000000001"}}}, "", ""},
		{"by name and country", Party{Name: "qorvath institute", Country: "PE"}, "0b", "name and country"},
		{"by an alias nobody else has", Party{Name: "Institut Qorvath"}, "0a", "name"},
		{"a name two have, country unknown", Party{Name: "Qorvath Institute"}, "", ""},
		{"a name in another country", Party{Name: "Aurelim University", Country: "PE"}, "", ""},
		{"by website", Party{Name: "QI", Website: "https://www.qorvath.example/"}, "0a", "website"},
		{"by website, below its root", Party{Name: "QI", Website: "https://www.qorvath.example/en/library"}, "0a", "website"},
		{"by website, in another country", Party{Name: "QI", Country: "PE", Website: "qorvath.example"}, "", ""},
		{"a person", Party{Role: RolePerson, Name: "Aurelim University"}, "", ""},
	} {
		got, ok := r.Resolve(&tc.p)
		if ok != (tc.want != "") || (ok && (got.ID != "https://ror.org/"+tc.want || got.How != tc.how)) {
			t.Errorf("%s: %+v %v, want %q by %q", tc.name, got, ok, tc.want, tc.how)
		}
	}
}

func TestFollow(t *testing.T) {
	gone := tiedTo(org("0g", "QA", "Old Optics Centre"), "successor", "0b")
	gone.Remarks = "withdrawn"
	r := registerOf(
		tiedTo(org("0a", "QA", "Optics Laboratory"), "parent", "0b"),
		tiedTo(tiedTo(org("0b", "QA", "Academy of Zelmar"), "parent", "0c"), "parent", "0a"), // a ring
		org("0c", "QA", "Ministry of Zelmar"), gone,
	)
	p := &Partner{Parties: []Party{{Role: RoleFunder, Name: "Optics Laboratory", Country: "QA"}, {Role: RolePartner, Name: "Nowhere"}}}
	for range 2 { // again changes nothing
		r.Follow(p)
		var got []string
		for _, q := range p.Parties {
			got = append(got, string(q.Role)+" "+q.Name+" "+q.Via)
		}
		want := []string{
			"funder Optics Laboratory ", "partner Nowhere ",
			"parent Academy of Zelmar funder's parent, by ROR from https://ror.org/0a",
			"parent Ministry of Zelmar funder's parent's parent, by ROR from https://ror.org/0b",
		}
		if !slices.Equal(got, want) {
			t.Fatalf("followed to %q", got)
		}
	}
	old := &Partner{Parties: []Party{{Role: RolePartner, Name: "Old Optics Centre"}}}
	r.Follow(old)
	if len(old.Parties) != 4 || old.Parties[1].Role != RolePartner || old.Parties[1].Via != "partner's successor, by ROR from https://ror.org/0g" {
		t.Errorf("a withdrawn organisation: %+v", old.Parties)
	}
	named := &Partner{Parties: []Party{{Role: RolePartner, Name: "Optics Laboratory"}, {Role: RoleParent, Name: "ACADEMY OF ZELMAR"}}}
	r.Follow(named)
	if len(named.Parties) != 3 {
		t.Errorf("a parent the row names was added again: %+v", named.Parties)
	}
	var none *Registry
	none.Follow(p)
	if len(p.Parties) != 2 {
		t.Errorf("without a register: %+v", p.Parties)
	}
}

// A cell that holds an id alone is read by the name the register has for it, and
// what it owns and who stands above it are found as if the row had named it.
func TestAPartyGivenByItsID(t *testing.T) {
	r := registerOf(tiedTo(org("0a", "QA", "Velmora Holdings"), "parent", "0b"), org("0b", "QA", "Ministry of Zelmar"))
	byID := func(id string) Party {
		return Party{Role: RoleParent, Name: "https://ror.org/" + id, Identifiers: []Identifier{{Kind: "ror", Value: "https://ror.org/" + id}}}
	}
	row := func(id string) *Partner {
		return &Partner{
			Parties: []Party{{Role: RolePartner, Name: "Aurelim Optics", Country: "QA"}, byID(id)},
			Answers: Answers{AskOwnershipShare: {Text: "60 %"}},
		}
	}
	velmora := entity("us_ofac_sdn", "1", AssetFreeze, "Velmora Holdings", "")
	judge := func(p *Partner) *Result {
		var found [][]Candidate
		for i := range p.Parties {
			var c []Candidate
			if p.Parties[i].Name == "Velmora Holdings" {
				c = []Candidate{{Entity: velmora, Matched: velmora.Names[0], Score: 1}}
			}
			found = append(found, c)
		}
		return (&Judge{Policy: DefaultPolicy(), Now: day("2026-11-23")}).Row(p, found)
	}
	known := row("0a")
	r.Follow(known)
	if len(known.Parties) != 4 || known.Parties[2].Name != "Velmora Holdings" || known.Parties[2].Role != RoleParent || known.Parties[2].Link() != "parent" || known.Parties[3].Link() != "parent's parent" {
		t.Fatalf("followed to %+v", known.Parties)
	}
	got := judge(known)
	if got.Grade != Escalate || got.GradeBy() != "parent" || len(got.Work.Ownership) == 0 || got.Work.Ownership[0].Sum != "60 % (Velmora Holdings), at least 50 % is needed" {
		t.Errorf("%s by %q: %+v", got.Grade, got.GradeBy(), got.Work)
	}
	unknown := row("0z")
	r.Follow(unknown)
	if got := judge(unknown); got.Grade != Note || !slices.Equal(got.Parties[1].Notes, []string{notNamed}) {
		t.Errorf("an id that no register has: %s %+v", got.Grade, got.Parties)
	}
}
