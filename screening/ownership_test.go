package screening

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestReached(t *testing.T) {
	ofac := &OwnershipRule{Percent: 50, Aggregate: true}
	uk := &OwnershipRule{Percent: 50, More: true}
	known := func(owner, owned string, p float64) Holding { return Holding{owner, owned, p, true} }
	for _, tc := range []struct {
		name     string
		rule     *OwnershipRule
		holdings []Holding
		want     Reach
		sum      string // a part of it
	}{
		{"one owner at the line", ofac, []Holding{known("A", "X", 50)}, ReachYes, "50 %"},
		{"one owner just below", ofac, []Holding{known("A", "X", 49.9)}, ReachNo, "49.9 %"},
		{"two owners together", ofac, []Holding{known("A", "X", 25), known("B", "X", 25)}, ReachYes, "25 % + 25 % = 50 %"},
		{"one owner of two is listed", ofac, []Holding{known("A", "X", 25), known("free", "X", 75)}, ReachNo, "25 %"},
		// A holds half of M, so M counts as listed; M holds half of X.
		{"through a company that is blocked itself", ofac, []Holding{known("A", "M", 50), known("M", "X", 50)}, ReachYes, "50 %"},
		// A holds a quarter of M: M is not blocked, whatever M holds of X.
		{"through a company that is not blocked", ofac, []Holding{known("A", "M", 25), known("M", "X", 100)}, ReachNo, ""},
		// 0.5*0.5 = 0.25 is not how it is worked out: A's half of M makes all M holds count.
		{"directly and through layers", ofac, []Holding{known("A", "M", 60), known("M", "N", 55), known("N", "X", 30), known("B", "X", 20)}, ReachYes, "30 % + 20 % = 50 %"},
		{"a share is not said", ofac, []Holding{known("A", "X", 30), {"B", "X", 0, false}}, ReachUnknown, "30 % + 1 not said"},
		{"enough though a share is not said", ofac, []Holding{known("A", "X", 50), {"B", "X", 0, false}}, ReachYes, "50 %"},
		{"owners in a ring", ofac, []Holding{known("X", "Y", 100), known("Y", "X", 100)}, ReachNo, ""},
		{"exactly half is not more than half", uk, []Holding{known("A", "X", 50)}, ReachNo, "more than 50 %"},
		{"more than half", uk, []Holding{known("A", "X", 50.1)}, ReachYes, "50.1 %"},
		{"two together are not added", uk, []Holding{known("A", "X", 30), known("B", "X", 30)}, ReachNo, "30 %"},
		{"one person through two companies", uk, []Holding{known("A", "M", 80), known("A", "N", 80), known("M", "X", 30), known("N", "X", 30)}, ReachYes, "30 % + 30 % = 60 %"},
	} {
		listed := func(owner string) bool { return owner == "A" || owner == "B" }
		got, sum := tc.rule.Reached("X", tc.holdings, listed)
		if got != tc.want || !strings.Contains(sum, tc.sum) {
			t.Errorf("%s: %q %q, want %q with %q", tc.name, got, sum, tc.want, tc.sum)
		}
		slices.Reverse(tc.holdings)
		if again, _ := tc.rule.Reached("X", tc.holdings, listed); again != got {
			t.Errorf("%s: the order of the holdings changes it: %q", tc.name, again)
		}
	}
}

func TestParseShare(t *testing.T) {
	for cell, want := range map[string]float64{"51 %": 51, "51,5%": 51.5, "0.51": 51, "100": 100, "0": 0, "1": -1, "1 %": 1, "majority": -1, "120": -1, "-3": -1} {
		got, ok := parseShare(cell)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %v, want %v (-1: unknown)", cell, got, want)
		}
	}
}

// The affiliates rule was suspended for a year: the same row on three days.
func TestOwnershipByDate(t *testing.T) {
	owner := entity("us_trade_csl", "1", ExportLicence, "Velmora Holdings", "")
	row := &Partner{
		Parties: []Party{{Role: RolePartner, Name: "Aurelim Optics"}, {Role: RoleParent, Name: "Velmora Holdings"}},
		Answers: Answers{AskOwnershipShare: {Text: "60 %"}},
	}
	found := [][]Candidate{nil, {{Entity: owner, Matched: owner.Names[0], Score: 1}}}
	for _, tc := range []struct {
		day   string
		grade Grade
		reach Reach
	}{
		{"2025-10-15", Escalate, ReachYes},
		{"2025-11-10", Review, ReachNotNow},
		{"2026-11-09", Review, ReachNotNow},
		{"2026-11-10", Escalate, ReachYes},
	} {
		j := &Judge{Policy: DefaultPolicy(), Now: day(tc.day)}
		r := j.Row(row, found)
		if r.Grade != tc.grade || len(r.Work.Ownership) != 1 || r.Work.Ownership[0].Reach != tc.reach {
			t.Errorf("%s: %s %+v, want %s %s", tc.day, r.Grade, r.Work, tc.grade, tc.reach)
		}
	}
}

func TestOwnershipOfARow(t *testing.T) {
	a, b := entity("us_ofac_sdn", "1", AssetFreeze, "Velmora Holdings", ""), entity("us_ofac_sdn", "2", AssetFreeze, "Brelk Capital", "")
	cmic := entity("us_ofac_cons", "3", NarrowFinancial, "Orsk Group", "")
	cmic.Listings[0].Programme = "CMIC-EO13959"
	hit := func(e *Entity) []Candidate { return []Candidate{{Entity: e, Matched: e.Names[0], Score: 1}} }
	for _, tc := range []struct {
		name   string
		share  string
		owners []*Entity
		grade  Grade
		reach  Reach // of the first owner
		asked  bool
	}{
		{"share unknown", "", []*Entity{a}, Escalate, ReachUnknown, true},
		{"share below the line", "20 %", []*Entity{a}, Review, ReachNo, false},
		{"share above the line", "75 %", []*Entity{a}, Escalate, ReachYes, false},
		{"two below the line, together above it", "30 %; 25 %", []*Entity{a, b}, Escalate, ReachYes, false},
		{"one share for two owners is no answer", "30 %", []*Entity{a, b}, Escalate, ReachUnknown, true},
		{"a list without such a rule", "75 %", []*Entity{cmic}, Review, ReachUnsaid, false},
	} {
		row := &Partner{Parties: []Party{{Role: RolePartner, Name: "Aurelim Optics"}}, Answers: Answers{AskOwnershipShare: {Text: tc.share}}}
		found := [][]Candidate{nil}
		for _, o := range tc.owners {
			row.Parties = append(row.Parties, Party{Role: RoleParent, Name: o.Name()})
			found = append(found, hit(o))
		}
		r := (&Judge{Policy: DefaultPolicy(), Now: day("2026-11-23")}).Row(row, found)
		reach, asked := ReachUnsaid, false
		if r.Work != nil {
			if len(r.Work.Ownership) > 0 {
				reach = r.Work.Ownership[0].Reach
			}
			asked = slices.ContainsFunc(r.Work.Questions, func(q Question) bool { return q.Ask == AskOwnershipShare })
		}
		if r.Grade != tc.grade || reach != tc.reach || asked != tc.asked {
			t.Errorf("%s: %s, %q, asked %v; want %s, %q, %v", tc.name, r.Grade, reach, asked, tc.grade, tc.reach, tc.asked)
		}
	}
}
