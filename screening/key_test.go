package screening

import "testing"

func TestKeysChangeWithWhatADecisionReliedOn(t *testing.T) {
	party := func() *Party {
		return &Party{Role: RolePartner, Name: "Veltraxis Institute", Country: "QA", City: "Doha", Identifiers: []Identifier{{Kind: "lei", Value: "X1"}}}
	}
	for _, tc := range []struct {
		name   string
		change func(*Party)
		same   bool
	}{
		{"nothing", func(*Party) {}, true},
		{"case and punctuation", func(p *Party) { p.Name = "VELTRAXIS  INSTITUTE." }, true},
		{"role", func(p *Party) { p.Role = RoleFunder }, true},
		{"city", func(p *Party) { p.City = "Lusail" }, true},
		{"name", func(p *Party) { p.Name = "Veltraxis Institut" }, false},
		{"country", func(p *Party) { p.Country = "PE" }, false},
		{"country removed", func(p *Party) { p.Country = "" }, false},
		{"identifier added", func(p *Party) { p.Identifiers = append(p.Identifiers, Identifier{Kind: "tax", Value: "2"}) }, false},
		{"birth date", func(p *Party) { p.BirthDate = "1970" }, false},
		{"now a person", func(p *Party) { p.Role = RolePerson }, false},
	} {
		p := party()
		tc.change(p)
		if got := p.Key() == party().Key(); got != tc.same {
			t.Errorf("party, %s: same key %v, want %v", tc.name, got, tc.same)
		}
	}

	base := func() *Entity {
		e := entity("a_list", "1", AssetFreeze, "Veltraxis", "QA")
		e.Names = append(e.Names, Name{Text: "VOI", Kind: AliasName, Weak: true})
		return e
	}
	for _, tc := range []struct {
		name   string
		change func(*Entity)
		same   bool
	}{
		{"renumbered", func(e *Entity) { e.ID = "2" }, true},
		{"names in another order", func(e *Entity) { e.Names[0], e.Names[1] = e.Names[1], e.Names[0] }, true},
		{"address", func(e *Entity) { e.Addresses = []Address{{City: "Doha"}} }, true},
		{"programme", func(e *Entity) { e.Listings[0].Programme = "P2" }, true},
		{"alias corrected", func(e *Entity) { e.Names[1].Text = "VOIP" }, false},
		{"alias removed", func(e *Entity) { e.Names = e.Names[:1] }, false},
		{"country added", func(e *Entity) { e.Countries = []string{"PE", "QA"} }, false},
		{"control added", func(e *Entity) { e.Listings[0].Controls = []Control{AssetFreeze, Travel} }, false},
		{"on another list", func(e *Entity) { e.List = "b_list" }, false},
	} {
		e := base()
		tc.change(e)
		if got := e.Key() == base().Key(); got != tc.same {
			t.Errorf("entity, %s: same key %v, want %v", tc.name, got, tc.same)
		}
	}
}
