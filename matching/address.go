package matching

import (
	"strings"

	"partnerscreen/screening"
)

// What a city adds to a name that is already likely, and to an acronym, which
// needs something beside it; and what the words of an address add.
const (
	cityBonus        = 0.02
	cityAcronymBonus = 0.22
	addressBonus     = 0.04
)

// supports reports whether the name is likely enough for an address to
// support it: a place alone never makes a match.
func (c *Comparison) supports() bool {
	return c.aligned.by == byAcronym || c.Score >= c.Policy.NoteLine
}

var cityFeature = Feature{
	Name: "city",
	Doc:  "The party's city in one of the listed addresses: a little support for a likely name, much for an acronym. Another city says nothing, since parties have several.",
	Lift: func(p *screening.Party) float64 { return liftIf(p.City != "", cityAcronymBonus) },
	Score: func(c *Comparison) []screening.Evidence {
		if c.Party.City == "" || !c.supports() {
			return nil
		}
		cities := placeKeys(c.Party.City)
		for _, a := range c.Entity.Addresses {
			theirs := a.City
			if theirs == "" {
				theirs = a.Text
			}
			for key := range placeKeys(theirs) {
				if cities[key] {
					bonus := cityBonus
					if c.aligned.by == byAcronym {
						bonus = cityAcronymBonus
					}
					return []screening.Evidence{{Direction: screening.For, Score: bonus, Query: c.Party.City, Candidate: theirs, Detail: "the same city"}}
				}
			}
		}
		if len(c.Entity.Addresses) == 0 {
			return []screening.Evidence{{Direction: screening.Missing, Query: c.Party.City, Detail: "the list gives no address"}}
		}
		return nil
	},
}

// placeKeys are the words of a city or an address that are places, or all of
// them where none is known as one. Countries count as well as cities do not:
// they are left out, so that a country never supports a match.
func placeKeys(text string) map[string]bool {
	keys := map[string]bool{}
	var rest []string
	for _, w := range Words(text) {
		switch {
		case w.Class == Place && !isCountry(w):
			keys[w.Key] = true
		case w.Class == Distinctive && len(w.Text) > 3:
			rest = append(rest, w.Text)
		}
	}
	if len(keys) == 0 {
		for _, w := range rest {
			keys[w] = true
		}
	}
	return keys
}

func isCountry(w Word) bool {
	_, ok := screening.CountryCode(w.Key)
	return ok
}

var addressFeature = Feature{
	Name: "address",
	Doc:  "Words and numbers of the party's address that stand in a listed one, cities and countries apart: support for a likely name.",
	Lift: func(p *screening.Party) float64 { return liftIf(p.Address != "", addressBonus) },
	Score: func(c *Comparison) []screening.Evidence {
		if c.Party.Address == "" || !c.supports() {
			return nil
		}
		ours := streetKeys(c.Party.Address)
		for _, a := range c.Entity.Addresses {
			both := 0
			theirs := streetKeys(a.Text)
			for k := range theirs {
				if ours[k] {
					both++
				}
			}
			if least := min(len(ours), len(theirs)); least >= 2 && both >= 2 && both*2 >= least {
				return []screening.Evidence{{Direction: screening.For, Score: addressBonus, Query: c.Party.Address, Candidate: a.Text, Detail: "much the same address"}}
			}
		}
		return nil
	},
}

// streetKeys are the words of an address that are not places.
func streetKeys(text string) map[string]bool {
	keys := map[string]bool{}
	for _, w := range Words(text) {
		if w.Class == Number || w.Class == Distinctive && len(w.Text) > 2 && !streetWords[w.Text] {
			keys[w.Key] = true
		}
	}
	return keys
}

var streetWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("street str st road rd avenue ave building bldg bld floor fl room rm office district box po pob ulitsa ul prospekt pr lane no strasse rue calle via lu jie qu shi block unit suite") {
		m[w] = true
	}
	return m
}()
