package matching

import (
	"strings"

	"partnerscreen/screening"
)

// sameIdentifier is the score an equal identifier is enough for by itself,
// otherIdentifier what a different one of a kind that names one party for good takes away.
const (
	sameIdentifier  = 0.99
	otherIdentifier = 0.15
)

// lasting are the kinds of identifier of which a party has one for good: two
// that differ are two parties. Tax, registration and passport numbers are
// several in several countries and over time.
var lasting = map[string]bool{"lei": true, "ror": true, "grid": true, "imo": true, "duns": true}

// identifierKey writes an identifier so that equal ones are equal, or "" when
// it says nothing: too short, or a placeholder.
func identifierKey(id screening.Identifier) string {
	value := strings.ToLower(id.Value)
	switch id.Kind {
	case "ror", "grid": // given as addresses as often as not
		value = value[strings.LastIndexByte(value, '/')+1:]
	case "domain":
		return "domain " + host(value)
	case "swift":
		if len(value) == 11 {
			value = strings.TrimSuffix(value, "xxx")
		}
	case "imo":
		value = strings.TrimPrefix(value, "imo")
	}
	value = Fold(value)
	if len(value) < 5 || strings.Trim(value, value[:1]) == "" {
		return ""
	}
	return id.Kind + " " + value
}

var identifierFeature = Feature{
	Name: "identifier",
	Doc:  "Numbers and codes that name one party (LEI, ROR, registration, tax, SWIFT, IMO): an equal one decides, a different one of a lasting kind speaks against.",
	Lift: func(p *screening.Party) float64 { return liftIf(len(p.Identifiers) > 0, sameIdentifier) },
	Score: func(c *Comparison) []screening.Evidence {
		var out []screening.Evidence
		for _, a := range c.Party.Identifiers {
			key := identifierKey(a)
			if key == "" {
				continue
			}
			for _, b := range c.Entity.Identifiers {
				if identifierKey(b) == key && (a.Country == "" || b.Country == "" || a.Country == b.Country) {
					return []screening.Evidence{{
						Direction: screening.For, Score: max(0, sameIdentifier-c.Score), Query: a.Kind + " " + a.Value, Candidate: b.Kind + " " + b.Value,
						Detail: "the same identifier",
					}}
				}
			}
			for _, b := range c.Entity.Identifiers {
				if a.Kind == b.Kind && lasting[a.Kind] && c.Score > 0 && len(out) == 0 && identifierKey(b) != "" {
					out = append(out, screening.Evidence{
						Direction: screening.Against, Score: -min(otherIdentifier, c.Score), Query: a.Kind + " " + a.Value, Candidate: b.Kind + " " + b.Value,
						Detail: "another identifier of the same kind",
					})
				}
			}
		}
		return out
	},
}
