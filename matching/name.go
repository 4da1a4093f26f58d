package matching

import (
	"strings"

	"partnerscreen/screening"
)

var nameFeature = Feature{
	Name: "name",
	Doc:  "The words of the two names: those they share speak for, those only one of them has against, those that stand against each other most.",
	Score: func(c *Comparison) []screening.Evidence {
		a := &c.aligned
		if a.by != byWords || a.shared <= 0 {
			return nil
		}
		qUsed, cUsed := make([]bool, len(c.query.words)), make([]bool, len(c.candidate.words))
		var spelt []string
		for _, g := range c.groups {
			for i := g.q[0]; i < g.q[1]; i++ {
				qUsed[i] = true
			}
			for j := g.c[0]; j < g.c[1]; j++ {
				cUsed[j] = true
			}
			if g.sim < sameMeaning {
				spelt = append(spelt, raws(c.query.words[g.q[0]:g.q[1]])+" / "+raws(c.candidate.words[g.c[0]:g.c[1]]))
			}
		}
		in := func(i int) bool {
			return c.query.person || i >= int(a.from) && i < int(a.to)
		}
		shared := screening.Evidence{
			Direction: screening.For, Score: 1,
			Query:     quote(c.query.words, func(i int) bool { return qUsed[i] }),
			Candidate: quote(c.candidate.words, func(j int) bool { return cUsed[j] }),
			Detail:    "the same words",
		}
		switch {
		case len(spelt) > 0:
			shared.Detail = "words that agree; spelt differently: " + strings.Join(spelt, ", ")
		case a.exact && a.outside == 0:
			shared.Detail = "the same name, legal forms apart"
		}
		out := []screening.Evidence{shared}
		against := func(share float32, query, candidate, detail string) {
			if share > 0 {
				out = append(out, screening.Evidence{Direction: screening.Against, Score: -float64(share), Query: query, Candidate: candidate, Detail: detail})
			}
		}
		extra := quote(c.query.words, func(i int) bool { return !qUsed[i] && in(i) && c.query.words[i].weight > 0 })
		lack := quote(c.candidate.words, func(j int) bool { return !cUsed[j] && c.candidate.words[j].weight > 0 })
		shares := a.shares()
		against(shares.spelling, "", "", "spelt differently")
		against(shares.extra, extra, "", "words the listed name does not have")
		against(shares.lack, "", lack, "words of the listed name that are missing here")
		if extra == "" && len(spelt) == 0 && shares.lack >= partShare && namesAPart(c.candidate.words, cUsed) {
			out = append(out, screening.Evidence{
				Direction: screening.Missing, Candidate: lack,
				Detail: "which institute or part is meant? The listed party is one part of what the row names",
			})
		}
		against(shares.clash, extra, lack, "words that stand against each other")
		against(shares.number, extra, lack, "the numbers differ")
		against(shares.generic, shared.Query, shared.Candidate, shares.genericWhy)
		if shares.outside > 0 {
			beside := "the cell names more than this party"
			if a.part {
				beside = "part of: the cell names a unit of this party"
			}
			against(shares.outside, quote(c.query.words, func(i int) bool { return !in(i) }), "", beside)
		}
		return out
	},
}

// partShare is how much missing words must take before they are asked about:
// enough to keep an otherwise equal name below the review line.
const partShare = 0.2

// namesAPart reports whether the words not used name a part of a party: "The
// Institute of Electronics" beside "Chinese Academy of Sciences".
func namesAPart(words []word, used []bool) bool {
	for i := range words {
		if !used[i] && words[i].class == Generic && units[words[i].key] {
			return true
		}
	}
	return false
}

func raws(words []word) string {
	return quote(words, func(int) bool { return true })
}

var weakAliasFeature = Feature{
	Name: "weak alias",
	Doc:  "The list itself calls the name that matched a weak one.",
	Score: func(c *Comparison) []screening.Evidence {
		if !c.Name.Weak {
			return nil
		}
		return []screening.Evidence{{
			Direction: screening.Against, Score: -weakAliasCost, Query: c.Party.Name, Candidate: c.Name.Text,
			Detail: "the publisher marks this alias as weak: it is broad or generic",
		}}
	},
}

// weakAliasCost brings an exact weak alias from exact to medium.
const weakAliasCost = 0.12

var legalFormFeature = Feature{
	Name: "legal form",
	Doc:  "Legal forms that contradict each other speak a little against; one that is missing says nothing, and one that agrees is no evidence.",
	Score: func(c *Comparison) []screening.Evidence {
		if c.query.person || c.Score <= 0 || len(c.query.forms) == 0 || len(c.candidate.forms) == 0 {
			return nil
		}
		for _, f := range c.query.forms {
			for _, g := range c.candidate.forms {
				if f == g {
					return nil
				}
			}
		}
		return []screening.Evidence{{
			Direction: screening.Against, Score: -formCost,
			Query: strings.Join(c.query.forms, ", "), Candidate: strings.Join(c.candidate.forms, ", "),
			Detail: "another legal form",
		}}
	},
}

// formCost is small: offices write "Ltd" after everything.
const formCost = 0.01
