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
	uk := &OwnershipRule{Percent: 50, More: true, Control: true}
	eu := &OwnershipRule{Percent: 50, Aggregate: true, Control: true}
	controls := func(owner, owned string, share Share) Holding {
		share.Control = true
		return Holding{owner, owned, share}
	}
	known := func(owner, owned string, p float64) Holding { return Holding{owner, owned, ExactShare(p)} }
	said := func(owner, owned, text string) Holding {
		share, _ := ParseShare(text)
		return Holding{owner, owned, share}
	}
	for _, tc := range []struct {
		name     string
		rule     *OwnershipRule
		holdings []Holding
		want     Reach
		sum      string // a part of it
	}{
		{"one owner at the line", ofac, []Holding{known("A", "X", 50)}, ReachYes, "50 %"},
		{"one owner just below", ofac, []Holding{known("A", "X", 49.9)}, ReachNo, "49.9 %"},
		{"two owners together", ofac, []Holding{known("A", "X", 25), known("B", "X", 25)}, ReachYes, "25 % (A) + 25 % (B) = 50 %"},
		{"one owner of two is listed", ofac, []Holding{known("A", "X", 25), known("free", "X", 75)}, ReachNo, "25 %"},
		// A holds half of M, so M counts as listed; M holds half of X.
		{"through a company that is blocked itself", ofac, []Holding{known("A", "M", 50), known("M", "X", 50)}, ReachYes, "50 %"},
		// A holds a quarter of M: M is not blocked, whatever M holds of X.
		{"through a company that is not blocked", ofac, []Holding{known("A", "M", 25), known("M", "X", 100)}, ReachNo, ""},
		// 0.5*0.5 = 0.25 is not how it is worked out: A's half of M makes all M holds count.
		{"directly and through layers", ofac, []Holding{known("A", "M", 60), known("M", "N", 55), known("N", "X", 30), known("B", "X", 20)}, ReachYes, "30 % (N) + 20 % (B) = 50 %, at least 50 % is needed; N counts by 55 % (M); M counts by 60 % (A)"},
		{"a share is not said", ofac, []Holding{known("A", "X", 30), {"B", "X", Share{}}}, ReachUnknown, "30 % (A) + a share not said (B), at least 50 % is needed"},
		{"enough though a share is not said", ofac, []Holding{known("A", "X", 50), {"B", "X", Share{}}}, ReachYes, "50 %"},
		{"owners in a ring", ofac, []Holding{known("X", "Y", 100), known("Y", "X", 100)}, ReachNo, ""},
		{"exactly half is not more than half", uk, []Holding{known("A", "X", 50)}, ReachNo, "more than 50 % or control"},
		{"more than half", uk, []Holding{known("A", "X", 50.1)}, ReachYes, "50.1 %"},
		{"two together are not added", uk, []Holding{known("A", "X", 30), known("B", "X", 30)}, ReachNo, "30 %"},
		{"one person through two companies", uk, []Holding{known("A", "M", 80), known("A", "N", 80), known("M", "X", 30), known("N", "X", 30)}, ReachYes, "30 % (M) + 30 % (N) = 60 %"},
		// What A holds of M may be enough for M to count, or not.
		{"a share further up is not said", ofac, []Holding{{"A", "M", Share{}}, known("M", "X", 60)}, ReachUnknown, "60 % (M), at least 50 % is needed; M counts by a share not said (A)"},
		{"a share that cannot decide is not said", ofac, []Holding{{"A", "M", Share{}}, known("M", "X", 49)}, ReachNo, "at least 50 %"},
		{"a range that reaches the line", ofac, []Holding{said("A", "X", "50-75 %")}, ReachYes, "50 to 75 % (A)"},
		{"a range across the line", ofac, []Holding{said("A", "X", "25-75 %")}, ReachUnknown, "25 to 75 % (A)"},
		{"a range below the line", ofac, []Holding{said("A", "X", "25-49 %")}, ReachNo, "25 to 49 % (A)"},
		{"half or three quarters is not surely more than half", uk, []Holding{said("A", "X", "50-75 %")}, ReachUnknown, ""},
		{"more than half without a number", uk, []Holding{said("A", "X", "more than 50")}, ReachYes, "more than 50 % (A)"},
		{"the same share said twice counts once", ofac, []Holding{known("A", "X", 30), known("A", "X", 30)}, ReachNo, "30 % (A), at least"},
		{"of two shares said the larger", ofac, []Holding{known("A", "X", 48), known("A", "X", 51), {"A", "X", Share{}}}, ReachYes, "51 % (A), at least"},
		{"more than the whole", ofac, []Holding{known("A", "X", 80), known("B", "X", 60)}, ReachYes, "= 140 % (more than the whole: the shares said cannot all be right)"},
		{"decimals that add up to the line", ofac, []Holding{known("A", "X", 33.3), known("B", "X", 16.7)}, ReachYes, "= 50 %"},
		{"control with a small share", eu, []Holding{controls("A", "X", ExactShare(10))}, ReachUnknown, "10 % and control (A), at least 50 % or control is needed"},
		{"control by one of several", uk, []Holding{known("B", "X", 30), controls("A", "X", ExactShare(1))}, ReachUnknown, "1 % and control (A)"},
		{"control said beside a share", uk, []Holding{known("A", "X", 30), controls("A", "X", Share{})}, ReachUnknown, "30 % and control (A)"},
		{"control further up", eu, []Holding{controls("A", "M", ExactShare(10)), known("M", "X", 60)}, ReachUnknown, "M counts by 10 % and control (A)"},
		{"control where no rule asks for it", ofac, []Holding{controls("A", "X", ExactShare(10))}, ReachNo, "10 % and control (A), at least 50 % is needed"},
		{"control by one that is not listed", eu, []Holding{controls("free", "X", ExactShare(10)), known("A", "X", 10)}, ReachNo, "10 % (A)"},
		{"one that owns itself", ofac, []Holding{known("X", "X", 100), known("A", "X", 10)}, ReachNo, "10 % (A), at least"},
		// X is listed too, and owns the company that owns it: it does not reach itself.
		{"a listed party in a ring", ofac, []Holding{known("X", "Y", 100), known("Y", "X", 60), known("A", "X", 1)}, ReachNo, "1 % (A), at least"},
		{"a longer ring", ofac, []Holding{known("A", "M", 50), known("M", "N", 50), known("N", "M", 50), known("N", "X", 50)}, ReachYes, "50 % (N)"},
	} {
		listed := func(owner string) bool {
			return owner == "A" || owner == "B" || (tc.name == "a listed party in a ring" && owner == "X")
		}
		got, sum := tc.rule.Reached("X", NewHoldings(tc.holdings, nil), listed)
		if got != tc.want || !strings.Contains(sum, tc.sum) {
			t.Errorf("%s: %q %q, want %q with %q", tc.name, got, sum, tc.want, tc.sum)
		}
		slices.Reverse(tc.holdings)
		if again, _ := tc.rule.Reached("X", NewHoldings(tc.holdings, nil), listed); again != got {
			t.Errorf("%s: the order of the holdings changes it: %q", tc.name, again)
		}
	}
}

func TestSharesInCells(t *testing.T) {
	for cell, want := range map[string]Share{
		"51 %": ExactShare(51), "51,5%": ExactShare(51.5), "0.51": ExactShare(51), "100": ExactShare(100), "0": ExactShare(0), "1": {}, "1 %": ExactShare(1), "majority": {},
		"120": {}, "-3": {}, "50-75": {Low: 50, High: 75, Said: true},
		"control": {Control: true}, "30 % and control": {Low: 30, High: 30, Said: true, Control: true}, "Controlling interest": {Control: true}, "30 %, kontrolliert": {Low: 30, High: 30, Said: true, Control: true},
		"uncontrolled": {},
	} {
		if got := parseCell(cell); got != want {
			t.Errorf("%q: %+v, want %+v", cell, got, want)
		}
	}
}

func TestParseShare(t *testing.T) {
	between := func(low, high float64, over bool) Share { return Share{Low: low, High: high, Over: over, Said: true} }
	for text, want := range map[string]Share{
		"51": ExactShare(51), " 62.5 % ": ExactShare(62.5), "0.5": ExactShare(0.5), "100.00": ExactShare(100),
		"50-75 %": between(50, 75, false), "50 – 75": between(50, 75, false), "50% to 75%": between(50, 75, false), "between 25 and 50": between(25, 50, false),
		"more than 50": between(50, 100, true), ">50%": between(50, 100, true), "more than 25% but less than 50%": between(25, 50, true),
		"at least 50": between(50, 100, false), ">= 50": between(50, 100, false), "75 or more": between(75, 100, false), "75+": between(75, 100, false),
		"less than 25": between(0, 25, false), "up to 10 %": between(0, 10, false),
		"": {}, "-5": {}, "−5": {}, "150": {}, "50-150": {}, "75-50": {}, "1-2-3": {}, "half": {}, "51 apples": {}, "more than 100": {}, "NaN": {}, "1e2": {}, "%": {},
	} {
		got, ok := ParseShare(text)
		if got != want || ok != want.Said {
			t.Errorf("%q: %+v %v, want %+v", text, got, ok, want)
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
