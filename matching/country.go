package matching

import (
	"slices"
	"strings"

	"partnerscreen/screening"
)

// countryCost is what another country takes from a score: the same for every
// pair of countries. Branches and campuses abroad are real.
const countryCost = 0.05

var countryFeature = Feature{
	Name: "country",
	Doc:  "The party's country beside the listed party's own. The same one adds nothing, an unknown one changes nothing, another one lowers the score by one fixed amount, never below the review line for an exact distinctive name.",
	Score: func(c *Comparison) []screening.Evidence {
		ours, theirs := c.Party.Country, c.Entity.Countries
		if c.Score <= 0 {
			return nil
		}
		if ours == "" || len(theirs) == 0 {
			return []screening.Evidence{{
				Direction: screening.Missing, Query: ours, Candidate: strings.Join(theirs, ", "),
				Detail: "the country of one side is not known",
			}}
		}
		if slices.Contains(theirs, ours) {
			return nil
		}
		cost := countryCost
		if c.aligned.by == byWords && c.aligned.exact && c.aligned.outside == 0 && c.aligned.distinctive > 0 {
			cost = max(0, min(cost, screening.Round(min(1, c.Score))-c.Policy.ReviewLine))
		}
		return []screening.Evidence{{
			Direction: screening.Against, Score: -cost, Query: ours, Candidate: strings.Join(theirs, ", "),
			Detail: "another country",
		}}
	},
}
