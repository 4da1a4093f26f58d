package screening

import "slices"

// StakesRule is one line of the table that turns answers into stakes. All its
// conditions must hold; of several rules that hold the highest stakes stand.
// Only answers are conditions: never a country, a nationality or a name.
type StakesRule struct {
	Name string `json:"name" toml:"name"`
	// Any holds where one of the words was answered, by question.
	Any map[Ask][]string `json:"any,omitempty" toml:"any"`
	// Only holds where the question was answered in these words and no others.
	Only map[Ask][]string `json:"only,omitempty" toml:"only"`
	// Not holds where none of the words was answered; a question left open passes.
	Not map[Ask][]string `json:"not,omitempty" toml:"not"`
	// AtLeast holds where the question was answered with so high an amount, whatever its currency.
	AtLeast map[Ask]float64 `json:"at_least,omitempty" toml:"at_least,omitempty"`
	Stakes  Stakes          `json:"stakes" toml:"stakes"`
	Owner   Owner           `json:"owner" toml:"owner"` // the office that answers for it
	Why     string          `json:"why" toml:"why"`
	Source  string          `json:"source" toml:"source"`
}

// DefaultStakesRules is the table of the default policy. Rows no rule holds for
// are standard.
var DefaultStakesRules = []StakesRule{
	{
		Name: "controlled technology", Any: map[Ask][]string{AskControlCode: {Controlled}},
		Stakes: Enhanced, Owner: ExportControl,
		Why:    "The row names an entry of a control list: what is shared may need a licence, whoever the partner is.",
		Source: "15 CFR 774 (Commerce Control List); Regulation (EU) 2021/821, Annex I; UK Strategic Export Control Lists",
	},
	{
		Name: "results cannot be published", Any: map[Ask][]string{AskPublishable: {No}},
		Stakes: Enhanced, Owner: ExportControl,
		Why:    "Work whose results are not ordinarily published is outside the fundamental research exclusion.",
		Source: "15 CFR 734.8(c)",
	},
	{
		Name: "publication or access restricted", Any: map[Ask][]string{AskRestrictions: {Yes}},
		Stakes: Enhanced, Owner: ExportControl,
		Why:    "A restriction on publication or on who may take part ends the fundamental research exclusion.",
		Source: "15 CFR 734.8(b)-(c)",
	},
	{
		Name: "dual use", Any: map[Ask][]string{AskDualUse: {Yes}},
		Stakes: Enhanced, Owner: Ethics,
		Why:    "The row says the work could be turned to harm or to a military end: a review of the work itself, before it begins.",
		Source: "Regulation (EU) 2021/821, Art. 4; US policy on dual use research of concern (2024)",
	},
	{
		Name: "opaque funding", Any: map[Ask][]string{AskFunder: {Undisclosed}},
		Stakes: Enhanced, Owner: LegalCompliance,
		Why:    "A funder who is not disclosed cannot be screened.",
		Source: "UK Trusted Research guidance: know who funds the work ultimately",
	},
	{
		Name:   "fundamental research, openly published, nothing controlled shared",
		Any:    map[Ask][]string{AskPublishable: {Yes}},
		Only:   map[Ask][]string{AskShared: {Nothing, Published}},
		Not:    map[Ask][]string{AskRestrictions: {Yes}, AskControlCode: {Controlled}, AskDualUse: {Yes}},
		Stakes: Routine, Owner: ExportControl,
		Why:    "Openly published results and nothing else shared: published information is outside export control.",
		Source: "15 CFR 734.7-734.8; Regulation (EU) 2021/821, general technology note",
	},
}

func (r *StakesRule) holds(a Answers) bool {
	for q, words := range r.Any {
		if !a.Any(q, words...) {
			return false
		}
	}
	for q, words := range r.Only {
		if !a.Only(q, words...) {
			return false
		}
	}
	for q, words := range r.Not {
		if a.Any(q, words...) {
			return false
		}
	}
	for q, least := range r.AtLeast {
		if amount, ok := a.Amount(q); !ok || amount < least {
			return false
		}
	}
	return true
}

// StakesOf returns the stakes of a row's work by its answers, and the rules
// that hold for them: those that raise them where one does.
func (p *Policy) StakesOf(a Answers) (Stakes, []*StakesRule) {
	var held []*StakesRule
	for i := range p.StakesRules {
		if r := &p.StakesRules[i]; len(a) > 0 && r.holds(a) {
			held = append(held, r)
		}
	}
	for _, stakes := range []Stakes{Enhanced, Standard, Routine} {
		those := slices.DeleteFunc(slices.Clone(held), func(r *StakesRule) bool { return r.Stakes != stakes })
		if len(those) > 0 {
			return stakes, those
		}
	}
	return Standard, nil
}
