package matching

import (
	"strings"

	"partnerscreen/screening"
)

// What a birth date adds and takes: two that agree to the day are rare, two
// of other years are two persons unless a list has it wrong.
const (
	sameBirthDate  = 0.05
	sameBirthYear  = 0.02
	otherBirthDate = 0.06
	otherBirthYear = 0.25
)

var birthDateFeature = Feature{
	Name: "birth date",
	Doc:  "Birth dates to the precision both sides give: the same day supports, another year speaks strongly against, an unknown one is missing.",
	Lift: func(p *screening.Party) float64 { return liftIf(p.BirthDate != "", sameBirthDate) },
	Score: func(c *Comparison) []screening.Evidence {
		if !c.Party.Role.Person() || c.Score <= 0 {
			return nil
		}
		ours, theirs := c.Party.BirthDate, c.Entity.BirthDates
		if len(ours) < 4 || len(theirs) == 0 {
			return []screening.Evidence{{Direction: screening.Missing, Query: ours, Candidate: strings.Join(theirs, ", "), Detail: "a birth date would settle it"}}
		}
		best, bestDate, detail := -otherBirthYear, theirs[0], "born in another year"
		for _, t := range theirs {
			if len(t) < 4 {
				continue
			}
			score, why := birthScore(ours, t)
			if score > best {
				best, bestDate, detail = score, t, why
			}
		}
		if best > 0 && !c.supports() {
			best = 0
		}
		direction := screening.For
		if best < 0 {
			direction = screening.Against
			best = max(best, -c.Score)
		}
		return []screening.Evidence{{Direction: direction, Score: best, Query: ours, Candidate: bestDate, Detail: detail}}
	},
}

// birthScore compares two dates cut to the precision known.
func birthScore(a, b string) (float64, string) {
	n := min(len(a), len(b))
	switch {
	case a[:n] == b[:n] && n >= 10:
		return sameBirthDate, "born on the same day"
	case a[:n] == b[:n]:
		return sameBirthYear, "the birth dates agree as far as they go"
	case a[:4] == b[:4]:
		// Day and month are exchanged as often as not.
		if n >= 10 && a[5:7] == b[8:10] && a[8:10] == b[5:7] {
			return sameBirthYear, "day and month exchanged"
		}
		return -otherBirthDate, "born in the same year on another day"
	}
	return -otherBirthYear, "born in another year"
}
