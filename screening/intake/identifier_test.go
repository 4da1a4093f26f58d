package intake

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
)

// The numbers are made up; where a kind has check digits they are right.
func TestParseIdentifiers(t *testing.T) {
	lei := "5299000VELDHAVEN0090"
	for _, tt := range []struct {
		name, cell, kind string
		want             []screening.Identifier
		why              string
	}{
		{"a ROR address", "https://ror.org/0abcd1234", "ror", []screening.Identifier{{Kind: "ror", Value: "https://ror.org/0abcd1234"}}, ""},
		{"a bare ROR id", "0ABCD1234", "ror", []screening.Identifier{{Kind: "ror", Value: "https://ror.org/0abcd1234"}}, ""},
		{"a ROR address, the header does not say", "ror.org/0abcd1234", "", []screening.Identifier{{Kind: "ror", Value: "https://ror.org/0abcd1234"}}, ""},
		{"GRID", "grid.12345.6a", "", []screening.Identifier{{Kind: "grid", Value: "grid.12345.6a"}}, ""},
		{"LEI by its shape and check digits", lei, "", []screening.Identifier{{Kind: "lei", Value: lei}}, ""},
		{"LEI with a slip", lei[:18] + "00", "lei", nil, "is no LEI"},
		{"VAT by its shape", "NL 001234567 B01", "", []screening.Identifier{{Kind: "tax", Value: "NL 001234567 B01"}}, ""},
		{"registration number as written", "HRB 12345", "registration", []screening.Identifier{{Kind: "registration", Value: "HRB 12345"}}, ""},
		{"ISNI with a slip", "0000 0000 1234 5670", "isni", nil, "is no ISNI"},
		{"ISNI", "0000 0000 1234 5672", "isni", []screening.Identifier{{Kind: "isni", Value: "0000000012345672"}}, ""},
		{"DUNS", "12-345-6789", "duns", []screening.Identifier{{Kind: "duns", Value: "123456789"}}, ""},
		{"SWIFT", "QUELDEFF", "swift", []screening.Identifier{{Kind: "swift", Value: "QUELDEFF"}}, ""},
		{"two in a cell", "grid.12345.6; https://ror.org/0abcd1234", "", []screening.Identifier{{Kind: "grid", Value: "grid.12345.6"}, {Kind: "ror", Value: "https://ror.org/0abcd1234"}}, ""},
		{"a number of no known shape", "PIC 934307396", "", []screening.Identifier{{Kind: "other", Value: "PIC 934307396"}}, ""},
		{"nothing", "n/a", "lei", nil, ""},
		{"zero", "0", "registration", nil, ""},
		{"words", "applied for", "registration", nil, "is no number of an organisation"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, why := parseIdentifiers(tt.cell, tt.kind)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if why != tt.why {
				t.Errorf("why %q, want %q", why, tt.why)
			}
		})
	}
}

// A cell of a name's column that holds ids alone is a party for each, known by its id.
func TestIDsWhereNamesShouldStand(t *testing.T) {
	_, rows := read(t, []byte("Partner,Parent,Contact person\nAurelim Optics,https://ror.org/0abcdef12;ROR.org/0ghjkmn34/,https://ror.org/0abcdef12\nAurelim Works,0abcdef12,\n"),
		Options{Columns: Columns{{Role: "Person", Header: "Contact person"}}})
	var got []string
	for _, p := range rows {
		for _, party := range p.Parties {
			got = append(got, fmt.Sprintf("%s %s %v %v", party.Role, party.Name, party.OnlyID(), party.Identifiers))
		}
	}
	want := []string{
		"partner Aurelim Optics false []",
		"parent https://ror.org/0abcdef12 true [{ror https://ror.org/0abcdef12 }]",
		"parent https://ror.org/0ghjkmn34 true [{ror https://ror.org/0ghjkmn34 }]",
		"person https://ror.org/0abcdef12 false []",
		"partner Aurelim Works false []",
		"parent 0abcdef12 false []", // nine letters may be a name
	}
	if !slices.Equal(got, want) {
		t.Errorf("read as\n%q, want\n%q", got, want)
	}
}
