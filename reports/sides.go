package reports

import (
	"cmp"
	"slices"
	"strings"

	"partnerscreen/screening"
)

// Side is one thing known of a party beside what is known of a listed one.
type Side struct {
	Label        string
	Ours, Theirs string // lines; "not given" where nothing is
	// Says is whether the two agree: for, against or missing by the match's
	// evidence, "" where it says nothing of it.
	Says screening.Direction
}

// sideEvidence names the evidence that speaks of a side.
var sideEvidence = map[string][]string{
	"Names": {"name", "acronym"}, "Country": {"country"}, "City and address": {"city", "address"}, "Identifiers": {"identifier"},
	"Birth date": {"birth_date"}, "Website": {"website", "domain"},
}

// Sides puts a party beside the listed party of a match, as its lists publish it.
func Sides(query *screening.Party, m *screening.Match, entities []*screening.Entity) []Side {
	candidate := together(&Finding{Match: *m, Entities: entities})
	out := []Side{
		{Label: "Names", Ours: query.Name, Theirs: namesOf(candidate.Names, m.Matched)},
		{Label: "Country", Ours: cmp.Or(query.Country, notGiven), Theirs: cmp.Or(strings.Join(candidate.Countries, ", "), notGiven)},
		{Label: "City and address", Ours: cmp.Or(joined(", ", query.Address, query.City), notGiven), Theirs: addressesOf(candidate.Addresses)},
		{Label: "Identifiers", Ours: identifiersOf(query.Identifiers), Theirs: identifiersOf(candidate.Identifiers)},
		{Label: "Birth date", Ours: cmp.Or(query.BirthDate, notGiven), Theirs: cmp.Or(strings.Join(candidate.BirthDates, ", "), notGiven)},
		{Label: "Website", Ours: cmp.Or(query.Website, notGiven), Theirs: cmp.Or(strings.Join(candidate.Websites, "\n"), notGiven)},
	}
	for i := range out {
		for _, direction := range []screening.Direction{screening.Missing, screening.For, screening.Against} {
			for _, e := range m.Evidence {
				if e.Direction == direction && slices.Contains(sideEvidence[out[i].Label], e.Feature) {
					out[i].Says = direction // the gravest stands
				}
			}
		}
	}
	return append(out, Side{Label: "Remarks", Ours: "", Theirs: cmp.Or(candidate.Remarks, "no remarks")}, Side{Label: "Ties the list names", Theirs: linksOf(candidate.Links)})
}
