package screening

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// switched is the default policy with the named destination rules enabled, or all of them.
func switched(names ...string) *Policy {
	p := DefaultPolicy()
	p.DestinationRules = slices.Clone(p.DestinationRules)
	for i := range p.DestinationRules {
		r := &p.DestinationRules[i]
		r.Enabled = len(names) == 0 || slices.Contains(names, r.Name)
	}
	return p
}

func TestDestinations(t *testing.T) {
	partner := func(country, city, address string) Party {
		return Party{Role: RolePartner, Name: "Velmora Institute", Country: country, City: city, Address: address}
	}
	row := func(a Answers, parties ...Party) *Partner { return &Partner{Parties: parties, Answers: a} }
	going := func(text string, codes ...string) Answers {
		return Answers{AskDestination: {Text: text, Words: codes}}
	}
	routine := func(a Answers) Answers {
		a[AskPublishable] = Answer{Text: "yes", Words: []string{Yes}}
		a[AskShared] = Answer{Text: "nothing", Words: []string{Nothing}}
		return a
	}
	all := switched()
	for _, tc := range []struct {
		name   string
		policy *Policy
		p      *Partner
		day    string
		want   string // in Because; "" is no question
	}{
		{"off until enabled", DefaultPolicy(), row(nil, partner("IR", "", "")), "2026-11-23", ""},
		{"the partner's country", all, row(nil, partner("IR", "", "")), "2026-11-23", "the partner works in Iran"},
		{"another country", all, row(nil, partner("PE", "", "")), "2026-11-23", ""},
		{"before the rule began", switched("Syria, United States, export controls"), row(nil, partner("SY", "", "")), "2025-09-01", ""},
		{"from its first day", switched("Syria, United States, export controls"), row(nil, partner("SY", "", "")), "2025-09-02", "740.5"},
		{"the row says where the work is", all, row(going("Cuba", "CU"), partner("PE", "", "")), "2026-11-23", "things go to, Cuba"},
		{"the row says it is elsewhere", all, row(going("Peru", "PE"), partner("IR", "", "")), "2026-11-23", ""},
		{"the row names a part of a country", all, row(going("Simferopol, Crimea"), partner("PE", "", "")), "2026-11-23", "names crimea"},
		{"an address in a part of a country", all, row(nil, partner("UA", "Sevastopol", "")), "2026-11-23", "address names sevastopol"},
		{"an address there, country not known", all, row(nil, partner("", "", "ул. Ленина 1, Симферополь")), "2026-11-23", "симферополь"},
		{"a street of that name elsewhere", all, row(nil, partner("DE", "Hamburg", "Krim 4")), "2026-11-23", ""},
		{"the rest of that country", all, row(nil, partner("UA", "Lviv", "")), "2026-11-23", ""},
		{"a funder's country is no destination", all, row(nil, partner("PE", "", ""), Party{Role: RoleFunder, Name: "Fund", Country: "IR"}), "2026-11-23", ""},
		{"an end user's is", all, row(nil, partner("PE", "", ""), Party{Role: RoleEndUser, Name: "Works", Country: "IR"}), "2026-11-23", "the end user works in Iran"},
		{"never about a person", all, row(nil, partner("PE", "", ""), Party{Role: RolePerson, Name: "A. Vorn", Country: "IR"}), "2026-11-23", ""},
		{"nor one in a column of organisations", all, row(nil, Party{Role: RolePartner, Name: "Dr A. Vorn", Country: "IR", Notes: []string{NoteLooksLikePerson}}), "2026-11-23", ""},
		{"nor where a person is employed", all, row(nil, partner("PE", "", ""), Party{Role: RoleAffiliation, Name: "Works", Country: "IR"}), "2026-11-23", ""},
		{"routine work, a law that publication does not end", all, row(routine(going("Iran", "IR")), partner("PE", "", "")), "2026-11-23", "560.204"},
		{"routine work, a law on items alone", switched("Syria, United States, export controls"), row(routine(going("Syria", "SY")), partner("PE", "", "")), "2026-11-23", ""},
	} {
		j := &Judge{Policy: tc.policy, Now: day(tc.day)}
		r := j.Row(tc.p, make([][]Candidate, len(tc.p.Parties)))
		got := ""
		if r.Work != nil {
			for _, q := range r.Work.Questions {
				if q.Ask == AskDestination {
					got = q.Because
				}
			}
		}
		if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
			t.Errorf("%s: asked because %q, want %q", tc.name, got, tc.want)
		}
		if r.Grade != Clear {
			t.Errorf("%s: %s; a place alone makes no grade", tc.name, r.Grade)
		}
	}
}

// TestDestinationRulesChangeNoMatch permutes the countries of a row under
// every destination rule: grades and matches stay as they are without them.
func TestDestinationRulesChangeNoMatch(t *testing.T) {
	listed := entity("us_ofac_sdn", "1", AssetFreeze, "Velmora Institute", "")
	for _, country := range []string{"", "CU", "IR", "KP", "SY", "UA", "PE", "NO"} {
		row := func() *Partner {
			return &Partner{Parties: []Party{{Role: RolePartner, Name: "Velmora Institute", Country: country}, {Role: RoleFunder, Name: "Aurelim Fund", Country: country}}}
		}
		found := [][]Candidate{{{Entity: listed, Matched: listed.Names[0], Score: 0.93}}, nil}
		with := (&Judge{Policy: switched(), Now: day("2026-11-23")}).Row(row(), found)
		without := (&Judge{Policy: DefaultPolicy(), Now: day("2026-11-23")}).Row(row(), found)
		if with.Grade != without.Grade || !reflect.DeepEqual(with.Parties, without.Parties) {
			t.Errorf("%q: %s with the rules and %s without", country, with.Grade, without.Grade)
		}
	}
}

// TestDefaultDestinationRules holds each to what the report prints of it.
func TestDefaultDestinationRules(t *testing.T) {
	for _, r := range DefaultDestinationRules {
		if r.Enabled {
			t.Errorf("%s is on before anybody enabled it", r.Name)
		}
		if r.Name == "" || r.Why == "" || r.Source == "" || r.Checked == "" || !slices.Contains(Owners, r.Owner) || len(r.Countries)+len(r.Places) == 0 {
			t.Errorf("%q lacks its why, source, date of checking, office or place", r.Name)
		}
		for _, span := range r.InForce {
			if _, err := time.Parse(time.DateOnly, span.First); err != nil {
				t.Errorf("%s: %v", r.Name, err)
			}
		}
		for _, c := range slices.Concat(r.Countries, r.Within) {
			if code, ok := CountryCode(c); !ok || code != c {
				t.Errorf("%s: %q is no country", r.Name, c)
			}
		}
	}
}

// TestNoRuleNamesACountry reads every rule of the policy: a country stands in
// a cited destination rule and nowhere else.
func TestNoRuleNamesACountry(t *testing.T) {
	words := func(list string, values ...string) {
		for _, w := range values {
			if code, ok := CountryCode(w); ok && len(w) > 2 {
				t.Errorf("%s: the condition %q is the country %s", list, w, code)
			}
		}
	}
	p := DefaultPolicy()
	for _, r := range p.Rules {
		for _, c := range r.Controls {
			words(r.Name, string(c))
		}
		for _, role := range r.Roles {
			words(r.Name, string(role))
		}
	}
	for _, r := range p.StakesRules {
		for _, asked := range []map[Ask][]string{r.Any, r.Only, r.Not} {
			if _, ok := asked[AskDestination]; ok {
				t.Errorf("%s asks where the work is done", r.Name)
			}
			for _, w := range asked {
				words(r.Name, w...)
			}
		}
	}
	for _, r := range p.OwnershipRules {
		words(r.Name, r.Except...)
	}
	for _, r := range p.FundingRules { // a funder's own name may hold its country's
		words(r.List, r.Funders...)
	}
}
