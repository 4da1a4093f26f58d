package lists

import (
	"fmt"
	"strings"
	"testing"

	"partnerscreen/screening"
)

// party is an invented entity: its names separated by bars, then countries.
func party(id, names string, countries ...string) *screening.Entity {
	e := &screening.Entity{List: "x", ID: id, Kind: screening.KindOrganisation, Countries: countries}
	for i, n := range strings.Split(names, "|") {
		kind := screening.AliasName
		if i == 0 {
			kind = screening.PrimaryName
		}
		e.Names = append(e.Names, screening.Name{Text: n, Kind: kind})
	}
	e.Listings = []screening.Listing{{List: "x", Entity: id, Programme: "P", Controls: []screening.Control{screening.ExportLicence}}}
	return e
}

func TestCompare(t *testing.T) {
	control := func(e *screening.Entity, c screening.Control) *screening.Entity {
		e.Listings[0].Controls = []screening.Control{c}
		return e
	}
	number := func(e *screening.Entity, n string) *screening.Entity {
		e.Identifiers = []screening.Identifier{{Kind: "registration", Value: n}}
		return e
	}
	type pair struct{ before, after *screening.Entity }
	for _, c := range []struct {
		name    string
		content bool // the list has no lasting ids
		pairs   []pair
		want    []string
	}{
		{"nothing differs", false, []pair{{party("1", "Alder Institute"), party("1", "Alder Institute")}}, nil},
		{
			"added and removed", false,
			[]pair{{nil, party("2", "Birch Works")}, {party("1", "Alder Institute"), nil}},
			[]string{"removed 1 Alder Institute", "added 2 Birch Works"},
		},
		{
			"a name is corrected under the publisher's id", false,
			[]pair{{party("1", "Alder Insitute|AI", "NO"), party("1", "Alder Institute|AI", "NO")}},
			[]string{"changed 1 Alder Institute names -[Alder Insitute] +[Alder Institute]"},
		},
		{
			"country and control", false,
			[]pair{{party("1", "Alder Institute", "NO"), control(party("1", "Alder Institute", "NO", "SE"), screening.ExportDenial)}},
			[]string{"changed 1 Alder Institute countries -[] +[SE] controls -[export_licence] +[export_denial]"},
		},
		{
			"with the publisher's ids a near name is another party", false,
			[]pair{{party("1", "Alder Insitute"), nil}, {nil, party("2", "Alder Institute")}},
			[]string{"removed 1 Alder Insitute", "added 2 Alder Institute"},
		},
		{
			"without lasting ids a corrected typing error is a change", true,
			[]pair{{party("1", "Changchung University of Optics"), nil}, {nil, party("2", "Changchun University of Optics")}},
			[]string{"changed 2 Changchun University of Optics id -[1] +[2] names -[Changchung University of Optics] +[Changchun University of Optics]"},
		},
		{
			"nor do ids last that this program made", false,
			[]pair{
				{party("x-0123456789ab", "Changchung University of Optics"), nil}, {nil, party("x-ba9876543210", "Changchun University of Optics")},
				{party("7", "Alder Works of Optics"), nil}, {nil, party("8", "Alder Work of Optics")},
			},
			[]string{
				"removed 7 Alder Works of Optics", "added 8 Alder Work of Optics",
				"changed x-ba9876543210 Changchun University of Optics id -[x-0123456789ab] +[x-ba9876543210] names -[Changchung University of Optics] +[Changchun University of Optics]",
			},
		},
		{
			"a new id alone is no news", true,
			[]pair{{party("1", "Alder Institute", "NO"), nil}, {nil, party("2", "Alder Institute", "NO")}},
			nil,
		},
		{
			"another number is another party", true,
			[]pair{{party("1", "58th Research Institute of Alder"), nil}, {nil, party("2", "59th Research Institute of Alder")}},
			[]string{"removed 1 58th Research Institute of Alder", "added 2 59th Research Institute of Alder"},
		},
		{
			"the same name in another country is another party", true,
			[]pair{{party("1", "Alder Institute", "NO"), nil}, {nil, party("2", "Alder Institute", "BR")}},
			[]string{"removed 1 Alder Institute", "added 2 Alder Institute"},
		},
		{
			"the same number under a new name is the same party", true,
			[]pair{{number(party("1", "Alder Institute"), "77-1"), nil}, {nil, number(party("2", "Birch University"), "77-1")}},
			[]string{"changed 2 Birch University id -[1] +[2] names -[Alder Institute] +[Birch University]"},
		},
		{
			"an alias becomes the name", true,
			[]pair{{party("1", "Alder Institute|Birch Institute of Technology"), nil}, {nil, party("2", "Birch Institute of Technology")}},
			[]string{"changed 2 Birch Institute of Technology id -[1] +[2] names -[Alder Institute] +[]"},
		},
		{
			"the nearer of two wins", true,
			[]pair{
				{party("1", "Northern Polytechnical Universtiy"), nil},
				{nil, party("2", "Northern Polytechnical University")}, {nil, party("3", "Northern Polytechnical Universities")},
			},
			[]string{
				"changed 2 Northern Polytechnical University id -[1] +[2] names -[Northern Polytechnical Universtiy] +[Northern Polytechnical University]",
				"added 3 Northern Polytechnical Universities",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := &Card{ID: "x", IDsFromContent: c.content}
			var got []string
			for _, ch := range Compare(card, func(yield func(before, after *screening.Entity) bool) {
				for _, p := range c.pairs {
					if !yield(p.before, p.after) {
						return
					}
				}
			}) {
				line := fmt.Sprintf("%s %s %s", ch.Change, ch.Entity, ch.Name)
				for _, f := range ch.Fields {
					line += fmt.Sprintf(" %s -%v +%v", f.Field, f.Removed, f.Added)
				}
				got = append(got, line)
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}
