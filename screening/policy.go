package screening

import "math"

// Policy is the judgement in numbers: the lines a score must reach, and the
// table of grades. It is stored with each run and printed with each report.
type Policy struct {
	// NoteLine, ReviewLine, StrongLine and ExactLine are scores from 0 to 1, in rising order.
	NoteLine   float64     `json:"note"`
	ReviewLine float64     `json:"review"`
	StrongLine float64     `json:"strong"`
	ExactLine  float64     `json:"exact"`
	Rules      []GradeRule `json:"rules"`
	// StakesRules and FundingRules turn a row's answers into stakes and into whether a funding bar applies.
	StakesRules  []StakesRule  `json:"stakes_rules,omitempty"`
	FundingRules []FundingRule `json:"funding_rules,omitempty"`
	// OwnershipRules say when a listed owner's measure reaches what it owns.
	OwnershipRules []OwnershipRule `json:"ownership_rules,omitempty"`
	// DestinationRules ask where work is done and where things go.
	DestinationRules []DestinationRule `json:"destination_rules,omitempty"`
	// Chain bounds how far the lists' own links are followed.
	Chain ChainLimits `json:"chain,omitzero"`
}

// DefaultPolicy returns the policy the defaults of the configuration give.
func DefaultPolicy() *Policy {
	return &Policy{NoteLine: 0.65, ReviewLine: 0.80, StrongLine: 0.90, ExactLine: 0.98, Rules: DefaultGradeRules,
		StakesRules: DefaultStakesRules, FundingRules: DefaultFundingRules, OwnershipRules: DefaultOwnershipRules, DestinationRules: DefaultDestinationRules, Chain: DefaultChainLimits}
}

// Round gives a score the four decimals it is stored, compared and shown with.
func Round(score float64) float64 { return math.Round(score*1e4) / 1e4 }

// Strength is the band a score falls in.
func (p *Policy) Strength(score float64) Strength {
	switch score = Round(score); {
	case score >= p.ExactLine:
		return Exact
	case score >= p.StrongLine:
		return Strong
	case score >= p.ReviewLine:
		return Medium
	case score >= p.NoteLine:
		return Weak
	}
	return NoStrength
}
