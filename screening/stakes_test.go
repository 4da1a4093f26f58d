package screening

import (
	"slices"
	"strings"
	"testing"
)

func answers(given ...string) Answers {
	a := Answers{}
	for i := 0; i < len(given); i += 2 {
		a[Ask(given[i])] = Answer{Text: given[i+1], Words: strings.Split(given[i+1], ",")}
	}
	return a
}

func TestStakesOf(t *testing.T) {
	p := DefaultPolicy()
	for _, tc := range []struct {
		name string
		a    Answers
		want Stakes
		rule string
	}{
		{"nothing answered", nil, Standard, ""},
		{"openly published, what is shared left open", answers("openly_publishable", "yes"), Standard, ""},
		{"openly published, nothing shared", answers("openly_publishable", "yes", "shared", "nothing"), Routine, "fundamental"},
		{"openly published, data shared beside it", answers("openly_publishable", "yes", "shared", "published,data"), Standard, ""},
		{"openly published, access restricted", answers("openly_publishable", "yes", "shared", "nothing", "restrictions", "yes"), Enhanced, "restricted"},
		{"openly published, said to be on no control list", answers("openly_publishable", "yes", "shared", "published", "control_code", "not controlled"), Routine, "fundamental"},
		{"a control code", answers("openly_publishable", "yes", "shared", "nothing", "control_code", "controlled"), Enhanced, "controlled"},
		{"results kept back", answers("openly_publishable", "no"), Enhanced, "published"},
		{"dual use", answers("dual_use", "yes"), Enhanced, "dual use"},
		{"said not to be dual use", answers("dual_use", "no"), Standard, ""},
		{"funder not disclosed", answers("funder", "undisclosed"), Enhanced, "opaque"},
		{"an informal agreement alone", answers("agreement", "informal"), Standard, ""},
		{"results the partner owns", answers("results_owner", "theirs"), Standard, ""},
		{"personal data is a question, not stakes", answers("personal_data", "yes"), Standard, ""},
	} {
		got, rules := p.StakesOf(tc.a)
		if got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
		if tc.rule != "" && !slices.ContainsFunc(rules, func(r *StakesRule) bool { return strings.Contains(r.Name, tc.rule) }) {
			t.Errorf("%s: no rule of %q among the %d that gave it", tc.name, tc.rule, len(rules))
		}
	}
}

// A rule asks what is shared and published; where the partner is, what its
// people are called and in which script is never a condition.
func TestNoStakesRuleNamesACountry(t *testing.T) {
	for _, r := range DefaultStakesRules {
		if r.Name == "" || r.Why == "" || r.Source == "" || r.Owner == "" {
			t.Errorf("%q lacks its why, its source or its office", r.Name)
		}
		for _, conditions := range []map[Ask][]string{r.Any, r.Only, r.Not} {
			for q, words := range conditions {
				for _, w := range words {
					if !slices.Contains(AnswerWords[q], w) {
						t.Errorf("%s: %s is never answered %q", r.Name, q, w)
					}
					if _, ok := CountryCode(w); ok && w != No { // "no" is a word here, not Norway
						t.Errorf("%s: the condition %q is a country", r.Name, w)
					}
				}
			}
		}
	}
}

// An office may write rules about the agreement, whose the results are and the value.
func TestRulesOfAnOffice(t *testing.T) {
	p := DefaultPolicy()
	p.StakesRules = append(slices.Clone(p.StakesRules),
		StakesRule{Name: "large and informal", Any: map[Ask][]string{AskAgreement: {Informal}}, AtLeast: map[Ask]float64{AskValue: 50_000}, Stakes: Enhanced},
		StakesRule{Name: "theirs", Any: map[Ask][]string{AskResultsOwner: {Theirs}}, Stakes: Enhanced},
		StakesRule{Name: "very large", AtLeast: map[Ask]float64{AskValue: 1_000_000}, Stakes: Enhanced},
	)
	for _, tc := range []struct {
		name string
		a    Answers
		want Stakes
	}{
		{"informal, value not said", answers("agreement", "informal"), Standard},
		{"informal, below the amount", answers("agreement", "informal", "value", "EUR 49,999"), Standard},
		{"informal, at the amount", answers("agreement", "informal", "value", "EUR 50 000"), Enhanced},
		{"in writing, the same amount", answers("agreement", "contract", "value", "50k"), Standard},
		{"an amount that cannot be read", answers("value", "1 to 2 million"), Standard},
		{"a very large one", answers("value", "1.2 million"), Enhanced},
		{"the partner's results", answers("results_owner", "theirs"), Enhanced},
		{"both parties' results", answers("results_owner", "jointly"), Standard},
	} {
		if got, _ := p.StakesOf(tc.a); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestFundingOf(t *testing.T) {
	p := DefaultPolicy()
	partner := Party{Role: RolePartner, Name: "Velmora Institute of Ballistics"}
	row := func(funders ...string) *Partner {
		r := &Partner{Parties: []Party{partner}}
		for _, f := range funders {
			r.Parties = append(r.Parties, Party{Role: RoleFunder, Name: f})
		}
		return r
	}
	for _, tc := range []struct {
		name string
		list string
		row  *Partner
		want Funding
	}{
		{"no funder named", "us_dod_1286", row(), FundingUnknown},
		{"the listed party is the only funder", "us_dod_1286", row("Velmora Institute of Ballistics"), FundingUnknown},
		{"another funder", "us_dod_1286", row("Fundação Aurelim"), FundingElsewhere},
		{"a component by its letters", "us_dod_1286", row("Fundação Aurelim", "ONR Global"), FundingApplies},
		{"letters inside a word are not the component", "us_dod_1286", row("Onroda Stiftung"), FundingElsewhere},
		{"a defence funder that is not named", "us_dod_1286", row("Ministry of Defence"), FundingApplies},
		{"the Canadian bar under US money", "ca_named_research_orgs", row("US Army Research Office"), FundingElsewhere},
		{"the Canadian bar under a granting agency", "ca_named_research_orgs", row("NSERC Alliance"), FundingApplies},
		{"a list without a rule", "local_watch", row("Fundação Aurelim"), FundingApplies},
	} {
		if got := p.FundingOf(tc.list, tc.row, &tc.row.Parties[0]); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	named := row("Fundação Aurelim")
	named.Project = "Detectors (DARPA subaward)"
	if got := p.FundingOf("us_dod_1286", named, &named.Parties[0]); got != FundingApplies {
		t.Errorf("a project that names the funder: %q", got)
	}
}

func TestSuggestTechnologies(t *testing.T) {
	for _, tc := range []struct{ text, area string }{
		{"Low-noise sonars for harbor surveys", "Sensors and lasers"},
		{"Regelung von Drohnen im Schwarm", ""},
		{"Steuerung einer Drohne", "Aerospace and propulsion"},
		{"Quantum key distribution over fibre", "Quantum technologies"},
		{"History of the printing press", ""},
		{"", ""},
	} {
		var titles []string
		for _, a := range SuggestTechnologies(tc.text) {
			titles = append(titles, a.Title)
			if len(a.Words) == 0 {
				t.Errorf("%s: %s without the words that led to it", tc.text, a.Title)
			}
		}
		if (tc.area == "" && len(titles) > 0) || (tc.area != "" && !slices.Contains(titles, tc.area)) {
			t.Errorf("%q: %v, want %q", tc.text, titles, tc.area)
		}
	}
}

func TestQuestions(t *testing.T) {
	j := &Judge{Policy: DefaultPolicy()}
	licence := entity("us_bis", "1", ExportLicence, "Velmora Institute", "")
	bar := entity("us_dod_1286", "2", ResearchFunding, "Velmora Institute", "QA")
	hit := func(e *Entity) []Candidate { return []Candidate{{Entity: e, Matched: e.Names[0], Score: 1}} }
	row := func(a Answers, parties ...Party) *Partner {
		return &Partner{Parties: append([]Party{{Role: RolePartner, Name: "Velmora Institute"}}, parties...), Answers: a}
	}
	for _, tc := range []struct {
		name  string
		p     *Partner
		found [][]Candidate
		grade Grade
		want  []Ask
		could Grade // of the first question
	}{
		{"no match, nothing answered", row(nil), [][]Candidate{nil}, Clear, nil, ""},
		{"no match, words that suggest a technology", row(answers("work", "sonar arrays")), [][]Candidate{nil}, Clear, []Ask{AskControlCode}, Review},
		{"no match, said not to be controlled", row(answers("work", "sonar arrays", "control_code", "not controlled")), [][]Candidate{nil}, Clear, nil, ""},
		{"licence list, nothing answered", row(nil), [][]Candidate{hit(licence)}, Escalate, []Ask{AskShared}, Review},
		{"licence list, equipment shared", row(answers("shared", "equipment")), [][]Candidate{hit(licence)}, Escalate, nil, ""},
		{"funding bar, no funder", row(nil), [][]Candidate{hit(bar)}, Review, []Ask{AskFunder}, Note},
		{"funding bar, another funder", row(nil, Party{Role: RoleFunder, Name: "Fundação Aurelim"}), [][]Candidate{hit(bar), nil}, Note, nil, ""},
		{"no match, control code without what is shared", row(answers("control_code", "controlled")), [][]Candidate{nil}, Review, []Ask{AskShared}, Review},
		{"routine rows ask none", row(answers("openly_publishable", "yes", "shared", "nothing", "work", "sonar")), [][]Candidate{nil}, Clear, nil, ""},
		{"data shared without an agreement", row(answers("agreement", "informal", "shared", "data")), [][]Candidate{nil}, Clear, []Ask{AskAgreement}, Clear},
		{"data shared under a contract", row(answers("agreement", "contract", "shared", "data")), [][]Candidate{nil}, Clear, nil, ""},
		{"nothing shared, no agreement", row(answers("agreement", "informal", "shared", "nothing")), [][]Candidate{nil}, Clear, nil, ""},
		{"results of another, publication not said", row(answers("results_owner", "theirs")), [][]Candidate{nil}, Clear, []Ask{AskPublishable}, Review},
		{"results of another, openly published", row(answers("results_owner", "theirs", "openly_publishable", "yes")), [][]Candidate{nil}, Clear, nil, ""},
		{"personal data goes to its office", row(answers("personal_data", "yes")), [][]Candidate{nil}, Clear, []Ask{AskPersonalData}, Clear},
		{
			"two matches, each with its question; what is only suggested comes last", row(answers("work", "sonar")), [][]Candidate{append(hit(licence), hit(bar)...)}, Escalate,
			[]Ask{AskShared, AskFunder, AskControlCode}, Review,
		},
	} {
		r := j.Row(tc.p, tc.found)
		var asked []Ask
		if r.Work != nil {
			for _, q := range r.Work.Questions {
				asked = append(asked, q.Ask)
				if q.Text == "" || q.Owner == "" || q.Because == "" {
					t.Errorf("%s: a question without its text, office or reason: %+v", tc.name, q)
				}
			}
		}
		if r.Grade != tc.grade {
			t.Errorf("%s: %s, want %s", tc.name, r.Grade, tc.grade)
		}
		if !slices.Equal(asked, tc.want) {
			t.Errorf("%s: asked %v, want %v", tc.name, asked, tc.want)
		}
		if len(asked) > 0 && tc.could != "" && r.Work.Questions[0].Could != tc.could {
			t.Errorf("%s: the first could make it %s, want %s", tc.name, r.Work.Questions[0].Could, tc.could)
		}
	}
}
