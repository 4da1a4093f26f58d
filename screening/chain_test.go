package screening

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// exactly is a matcher that knows names in full only.
func exactly(all ...*Entity) func(*Party) []Candidate {
	return func(p *Party) []Candidate {
		var out []Candidate
		for _, e := range all {
			for _, n := range e.Names {
				if foldLetters(n.Text) == foldLetters(p.Name) && p.Role.Person() == (e.Kind == KindPerson) {
					out = append(out, Candidate{Entity: e, Matched: n, Score: 1})
					break
				}
			}
		}
		return out
	}
}

// screenChain grades a row by the links of listed parties.
func screenChain(day_ string, limits ChainLimits, p *Partner, all ...*Entity) *Result {
	policy := DefaultPolicy()
	policy.Chain = limits
	j := &Judge{Policy: policy, Now: day(day_), Ties: NewTies(slices.Values(all))}
	match := exactly(all...)
	var found [][]Candidate
	for i := range p.Parties {
		found = append(found, match(&p.Parties[i]))
	}
	chain, found := j.Above(p, found, match)
	return j.RowOf(p, found, chain)
}

func tiedBy(e *Entity, links ...Link) *Entity {
	e.Links = append(e.Links, links...)
	return e
}

func owns(id, name, share string) Link {
	return Link{Kind: "owns", Entity: id, Name: name, Share: share}
}

func oneRow(name string) *Partner { return &Partner{Parties: []Party{{Role: RolePartner, Name: name}}} }

// The partner is on no list. By the links of two listed parties:
//
//	Velmora Holdings (listed) -60 %-> Middle Quarry -30 %-> Aurelim Optics
//	Brelk Capital (listed) ------------------------ 25 %-> Aurelim Optics
//
// Velmora's 60 % of Middle Quarry are enough for its 30 % to count whole; with
// Brelk's 25 % that is 55 % of Aurelim.
func TestOwnedThroughTwoLayers(t *testing.T) {
	network := func(brelk string) []*Entity {
		return []*Entity{
			tiedBy(entity("us_ofac_sdn", "v", AssetFreeze, "Velmora Holdings", ""), owns("m", "Middle Quarry", "60 %"),
				Link{Kind: "owns", Of: "m", OfName: "Middle Quarry", Entity: "x", Name: "Aurelim Optics", Also: []string{"Aurelim Optik"}, Share: "30 %"}),
			tiedBy(entity("us_ofac_sdn", "b", AssetFreeze, "Brelk Capital", ""), owns("x", "Aurelim Optics", brelk)),
		}
	}
	for _, tc := range []struct {
		name, partner, brelk string
		grade                Grade
		reach                Reach
		sum                  string
	}{
		{"together enough", "Aurelim Optics", "25 %", Escalate, ReachYes, "25 % (Brelk Capital) + 30 % (Middle Quarry) = 55 %, at least 50 % is needed; Middle Quarry counts by 60 % (Velmora Holdings)"},
		{"by another of its names", "AURELIM OPTIK", "25 %", Escalate, ReachYes, "= 55 %"},
		{"together one short", "Aurelim Optics", "19 %", Note, ReachNo, "19 % (Brelk Capital) + 30 % (Middle Quarry) = 49 %"},
		{"one share not said", "Aurelim Optics", "", Review, ReachUnknown, "a share not said (Brelk Capital) + 30 % (Middle Quarry), at least"},
		{"the company between", "Middle Quarry", "25 %", Escalate, ReachYes, "60 % (Velmora Holdings), at least 50 %"},
		{"a company that is not in it", "Aurelim Opticians", "25 %", Clear, "", ""},
	} {
		r := screenChain("2026-11-23", ChainLimits{}, oneRow(tc.partner), network(tc.brelk)...)
		if r.Grade != tc.grade {
			t.Errorf("%s: %s, want %s", tc.name, r.Grade, tc.grade)
		}
		if tc.reach == "" {
			if len(r.Parties) > 1 || r.Work != nil {
				t.Errorf("%s: %d parties, %+v", tc.name, len(r.Parties), r.Work)
			}
			continue
		}
		if !slices.ContainsFunc(r.Work.Ownership, func(o Ownership) bool {
			return o.Rule == "OFAC 50 percent rule" && o.Reach == tc.reach && strings.Contains(o.Sum, tc.sum)
		}) {
			t.Errorf("%s: %+v", tc.name, r.Work.Ownership)
		}
		asked := slices.ContainsFunc(r.Work.Questions, func(q Question) bool { return q.Ask == AskOwnershipShare && q.Owner == LegalCompliance })
		if asked != (tc.reach == ReachUnknown) {
			t.Errorf("%s: asked for the share: %v", tc.name, asked)
		}
	}
}

func TestEveryLinkSaysWhereItCameFrom(t *testing.T) {
	owner := tiedBy(entity("us_ofac_sdn", "v", AssetFreeze, "Velmora Holdings", ""), owns("m", "Middle Quarry", "60 %"),
		Link{Kind: "owns", Of: "m", OfName: "Middle Quarry", Entity: "x", Name: "Aurelim Fund", Share: "75 %"})
	row := &Partner{Parties: []Party{{Role: RolePartner, Name: "College of Zelmar"}, {Role: RoleFunder, Name: "Aurelim Fund"}}}
	r := screenChain("2026-11-23", ChainLimits{}, row, owner)
	var via []string
	for _, p := range r.Partner.Parties[2:] {
		via = append(via, p.Name+": "+p.Via)
	}
	if want := []string{
		"Middle Quarry: funder's owner, by us_ofac_sdn's entry v (75 %)",
		"Velmora Holdings: funder's owner's owner, by us_ofac_sdn's entry v (60 %)",
	}; !slices.Equal(via, want) {
		t.Errorf("%q, want %q", via, want)
	}
	for _, o := range r.Work.Ownership {
		if o.Owned != "Aurelim Fund" { // and not the partner
			t.Errorf("it is about %q: %+v", o.Owned, o)
		}
	}
	if by := r.GradeBy(); r.Grade != Escalate || by != "funder's owner's owner" {
		t.Errorf("%s by %q", r.Grade, by)
	}
}

// What is listed itself is graded for that; an owner under the same control
// adds nothing to decide, one under another control does.
func TestOwnersOfAListedParty(t *testing.T) {
	for _, tc := range []struct {
		name    string
		control Control
		grade   Grade // of the owner
	}{{"the same control", AssetFreeze, Note}, {"another control", ExportLicence, Escalate}} {
		own := entity("us_trade_csl", "x", tc.control, "Aurelim Optics", "")
		owner := tiedBy(entity("us_trade_csl", "v", AssetFreeze, "Velmora Holdings", ""), owns("x", "Aurelim Optics", "80 %"))
		r := screenChain("2026-11-23", ChainLimits{}, oneRow("Aurelim Optics"), own, owner)
		if len(r.Parties) != 2 || r.Parties[1].Grade != tc.grade {
			t.Errorf("%s: %+v", tc.name, r.Parties)
		}
		if len(r.Work.Ownership) == 0 || r.Work.Ownership[0].Reach != ReachYes {
			t.Errorf("%s: the arithmetic is not shown: %+v", tc.name, r.Work)
		}
	}
}

func TestTiesHaveTheirTime(t *testing.T) {
	link := owns("x", "Aurelim Optics", "80 %")
	link.Since, link.Until = "2022-02", "2024-06-30"
	owner := tiedBy(entity("us_ofac_sdn", "v", AssetFreeze, "Velmora Holdings", ""), link)
	for on, want := range map[string]Grade{"2022-01-31": Clear, "2022-02-01": Escalate, "2024-06-30": Escalate, "2024-07-01": Clear} {
		if r := screenChain(on, ChainLimits{}, oneRow("Aurelim Optics"), owner); r.Grade != want {
			t.Errorf("%s: %s, want %s", on, r.Grade, want)
		}
	}
}

// A known owned company of the same name elsewhere is another company.
func TestTiesKeepCountriesApart(t *testing.T) {
	link := owns("x", "Aurelim Optics", "80 %")
	link.Countries = []string{"QA"}
	owner := tiedBy(entity("us_ofac_sdn", "v", AssetFreeze, "Velmora Holdings", ""), link)
	for country, want := range map[string]Grade{"QA": Escalate, "": Escalate, "PE": Clear} {
		row := oneRow("Aurelim Optics")
		row.Parties[0].Country = country
		if r := screenChain("2026-11-23", ChainLimits{}, row, owner); r.Grade != want {
			t.Errorf("%q: %s, want %s", country, r.Grade, want)
		}
	}
}

func TestHostileTies(t *testing.T) {
	freeze := func(id, name string, links ...Link) *Entity {
		return tiedBy(entity("us_ofac_sdn", id, AssetFreeze, name, ""), links...)
	}
	crowd := func(n int) []*Entity {
		var all []*Entity
		for i := range n {
			all = append(all, freeze(fmt.Sprint("o", i), fmt.Sprintf("Owner %d", i), owns("x", "Aurelim Optics", "0.01 %")))
		}
		return all
	}
	var ladder []*Entity // each owns the one before, the last is a ring
	for i := range 40 {
		below, name := fmt.Sprint("l", i-1), fmt.Sprintf("Rung %d", i-1)
		if i == 0 {
			below, name = "x", "Aurelim Optics"
		}
		ladder = append(ladder, freeze(fmt.Sprint("l", i), fmt.Sprintf("Rung %d", i), owns(below, name, "1 %"), owns("l39", "Rung 39", "")))
	}
	for _, tc := range []struct {
		name    string
		limits  ChainLimits
		all     []*Entity
		parties int
		note    string // a part of one
	}{
		{"an owner of itself", ChainLimits{}, []*Entity{freeze("x", "Aurelim Optics", owns("x", "Aurelim Optics", "100 %"))}, 1, ""},
		{"a ring of two", ChainLimits{}, []*Entity{freeze("x", "Aurelim Optics", owns("y", "Brelk", "100 %")), freeze("y", "Brelk", owns("x", "Aurelim Optics", "100 %"))}, 2, ""},
		{"ten thousand owners", ChainLimits{}, crowd(10_000), 1 + 25, "policy.chain_links 1000"},
		{"a few more owners than asked for", ChainLimits{Parties: 3}, crowd(5), 1 + 3, "2 more owners by the lists' own links"},
		{"a long ladder", ChainLimits{Depth: 4}, ladder, 1 + 4, "policy.chain_depth is 4"},
		{"shares that are none", ChainLimits{}, []*Entity{freeze("a", "Brelk", owns("x", "Aurelim Optics", "-60 %")), freeze("b", "Orsk", owns("x", "Aurelim Optics", "300 %"))}, 3, ""},
		{"a link to nobody", ChainLimits{}, []*Entity{freeze("a", "Brelk", Link{Kind: "owns"}, Link{Kind: "owns", Entity: "none"}, Link{Kind: "owned_by", Name: " "})}, 1, ""},
	} {
		begun := time.Now()
		row := oneRow("Aurelim Optics")
		r := screenChain("2026-11-23", tc.limits, row, tc.all...)
		if len(r.Parties) != tc.parties {
			t.Errorf("%s: %d parties, want %d", tc.name, len(r.Parties), tc.parties)
		}
		if notes := strings.Join(row.Parties[0].Notes, "\n"); !strings.Contains(notes, tc.note) {
			t.Errorf("%s: noted %q, want %q", tc.name, notes, tc.note)
		}
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("%s: took %v", tc.name, took)
		}
	}
	// Shares that cannot be read are not said: a question, and no verdict.
	r := screenChain("2026-11-23", ChainLimits{}, oneRow("Aurelim Optics"), freeze("a", "Brelk", owns("x", "Aurelim Optics", "300 %")))
	if r.Grade != Review || r.Work.Ownership[0].Reach != ReachUnknown {
		t.Errorf("a share of 300 %%: %s %+v", r.Grade, r.Work)
	}
}
