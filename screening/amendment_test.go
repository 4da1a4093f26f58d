package screening

import (
	"slices"
	"strings"
	"testing"
)

func TestAmendments(t *testing.T) {
	changed := func(change func(*Policy)) *Policy {
		p := DefaultPolicy()
		p.Rules, p.StakesRules, p.FundingRules = slices.Clone(p.Rules), slices.Clone(p.StakesRules), slices.Clone(p.FundingRules)
		p.OwnershipRules, p.DestinationRules = slices.Clone(p.OwnershipRules), slices.Clone(p.DestinationRules)
		change(p)
		return p
	}
	same := changed(func(*Policy) {})
	iran := slices.IndexFunc(DefaultDestinationRules, func(r DestinationRule) bool { return r.Name == "Iran, United States" })
	bis := slices.IndexFunc(DefaultOwnershipRules, func(r OwnershipRule) bool { return r.Name == "BIS affiliates rule" })
	for _, tc := range []struct {
		name          string
		before, after *Policy
		then, now     string
		want          []string
	}{
		{"nothing", same, same, "2026-11-22", "2026-11-23", nil},
		{"a rule comes into force with its day", same, same, "2026-11-09", "2026-11-10", []string{
			`ownership rule "BIS affiliates rule" came into force on 2026-11-10`,
			`ownership rule "BIS affiliates rule, owners on the SDN list" came into force on 2026-11-10`,
		}},
		{"a rule goes with its day", same, same, "2025-11-09", "2025-11-10", []string{
			`ownership rule "BIS affiliates rule" was in force until 2025-11-09`,
			`ownership rule "BIS affiliates rule, owners on the SDN list" was in force until 2025-11-09`,
		}},
		{"nights were missed", same, same, "2025-11-01", "2026-12-24", nil}, // in force on both, so nothing is otherwise
		{
			"the suspension is prolonged", same, changed(func(p *Policy) {
				p.OwnershipRules[bis].InForce = []Period{{First: "2025-09-29", Last: "2025-11-09"}}
			}), "2026-11-22", "2026-11-23",
			[]string{
				`ownership rule "BIS affiliates rule" was in force until 2025-11-09`,
				`ownership rule "BIS affiliates rule" was changed: in force 2025-09-29 until 2025-11-09, 2026-11-10 until further notice -> 2025-09-29 until 2025-11-09`,
			},
		},
		{"a line", same, changed(func(p *Policy) { p.ReviewLine = 0.85 }), "2026-11-22", "2026-11-23", []string{`line "review" was moved from 0.8 to 0.85`}},
		{"a share", same, changed(func(p *Policy) { p.OwnershipRules[0].Percent = 25 }), "2026-11-22", "2026-11-23", []string{`ownership rule "OFAC 50 percent rule" was changed: percent 50 -> 25`}},
		{
			"a stakes rule removed", same, changed(func(p *Policy) { p.StakesRules = p.StakesRules[1:] }), "2026-11-22", "2026-11-23",
			[]string{`stakes rule "controlled technology" was removed`},
		},
		{
			"a funding rule added", changed(func(p *Policy) { p.FundingRules = p.FundingRules[1:] }), same, "2026-11-22", "2026-11-23",
			[]string{`funding rule "us_dod_1286" was added`},
		},
		{
			"grade rules in another order", same, changed(func(p *Policy) { p.Rules[2], p.Rules[3] = p.Rules[3], p.Rules[2] }), "2026-11-22", "2026-11-23",
			[]string{`grade rule "import bar, not a supplier" was put before "funding bar of another funder"`},
		},
		{
			"a destination rule is enabled", same, changed(func(p *Policy) { p.DestinationRules[iran].Enabled = true }), "2026-11-22", "2026-11-23",
			[]string{`destination rule "Iran, United States" was changed: enabled false -> true`},
		},
		{"rules that are off come and go unsaid", changed(func(p *Policy) { p.DestinationRules = nil }), same, "2026-11-22", "2026-11-23", nil},
	} {
		var got []string
		for _, a := range Amendments(tc.before, day(tc.then), tc.after, day(tc.now)) {
			got = append(got, a.Text())
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s:\n%s\nwant\n%s", tc.name, strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
		}
	}
}

// An amendment explains the rows its rule had a part in, and no others.
func TestAmendmentsExplainTheirRows(t *testing.T) {
	owner := entity("us_trade_csl", "1", ExportLicence, "Velmora Holdings", "")
	row := func(name string) *Partner {
		return &Partner{Parties: []Party{{Role: RolePartner, Name: "Aurelim Optics"}, {Role: RoleParent, Name: name}}, Answers: Answers{AskOwnershipShare: {Text: "60 %"}}}
	}
	hit := [][]Candidate{nil, {{Entity: owner, Matched: owner.Names[0], Score: 1}}}
	grade := func(d string, p *Partner, found [][]Candidate) *Result {
		return (&Judge{Policy: DefaultPolicy(), Now: day(d)}).Row(p, found)
	}
	all := Amendments(DefaultPolicy(), day("2026-11-09"), DefaultPolicy(), day("2026-11-10"))
	before, after := grade("2026-11-09", row("Velmora Holdings"), hit), grade("2026-11-10", row("Velmora Holdings"), hit)
	if len(all) != 2 || all[0].Rule != "BIS affiliates rule" || !all[0].Concerns(before, after) {
		t.Fatalf("%+v does not concern a row whose owner it reaches", all)
	}
	const want = `ownership rule "BIS affiliates rule" came into force on 2026-11-10; the row went from review to escalate: 60 % (Velmora Holdings), at least 50 % is needed`
	if got := all[0].Explain(before, after); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if all[1].Concerns(before, after) {
		t.Errorf("%+v concerns a row without an owner on the SDN list", all[1])
	}
	none := [][]Candidate{nil, nil}
	if all[0].Concerns(grade("2026-11-09", row("Sorvenne"), none), grade("2026-11-10", row("Sorvenne"), none)) {
		t.Error("it concerns a row without a listed owner")
	}
}
