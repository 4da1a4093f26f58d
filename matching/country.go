package matching

import (
	"slices"
	"strings"

	"partnerscreen/screening"
)

// What another country takes from a score, the same for every pair of
// countries: little from a name of its own, since branches and campuses abroad
// are real, and more from one of frequent or generic words, of which every
// country has some.
const (
	countryCost         = 0.06
	loneCountryCost     = 0.12 // one word of its own beside others that differ
	frequentCountryCost = 0.21
	// ownName is the weight of distinctive words that make a name one of its own.
	ownName = 0.90
)

var countryFeature = Feature{
	Name: "country",
	Doc:  "The party's country beside the listed party's own. The same one adds nothing, an unknown one changes nothing, another one lowers the score by a fixed amount, the same for every pair of countries: little for a name of its own, and never below the review line for an exact one; more for a name of frequent words.",
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
		own := c.aligned.distinctive >= ownName && (c.aligned.lone == 0 || c.aligned.lone > 4)
		cost := frequentCountryCost
		switch {
		case own && (c.aligned.names > 1 || c.aligned.exact):
			cost = countryCost
		case own:
			cost = loneCountryCost
		}
		if c.aligned.by == byWords && c.aligned.exact && c.aligned.outside == 0 && own {
			cost = max(0, min(cost, screening.Round(min(1, c.Score))-c.Policy.ReviewLine))
		}
		return []screening.Evidence{{
			Direction: screening.Against, Score: -cost, Query: ours, Candidate: strings.Join(theirs, ", "),
			Detail: "another country",
		}}
	},
}
