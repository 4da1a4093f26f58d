package intake

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partnerscreen/screening"
)

func TestPaste(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
		columns    []screening.MappedColumn
	}{
		{"names, one a line", "Quell GmbH\n\nVeldhaven, Institute of Tides\nn/a\n", []string{"1: partner Quell GmbH", "3: partner Veldhaven, Institute of Tides", `4: no party: column "Partner": "n/a" is no name; read as empty`}, []screening.MappedColumn{{Header: "Partner", Role: "Partner"}}},
		{"one name", "Quell GmbH", []string{"1: partner Quell GmbH"}, []screening.MappedColumn{{Header: "Partner", Role: "Partner"}}},
		{"names and countries", "Quell GmbH\tDE\nHalcyon Ltd\tUnited Kingdom", []string{"1: partner Quell GmbH (DE)", "2: partner Halcyon Ltd (GB)"}, []screening.MappedColumn{{Header: "Partner", Role: "Partner"}, {Header: "Country", Role: "Partner country"}}},
		{"rows with their header", "Funder\tCountry\nBorealis Fund\tNorway", []string{"2: funder Borealis Fund (NO)"}, []screening.MappedColumn{{Header: "Funder", Role: "Funder"}, {Header: "Country", Role: "Funder country"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Paste(t.Context(), tt.text, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var ps []*screening.Partner
			for p, err := range b.Rows(context.Background()) {
				if err != nil {
					t.Fatal(err)
				}
				ps = append(ps, p)
			}
			if diff := cmp.Diff(tt.want, brief(ps)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.columns, b.Sheets()[0].Columns); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
			if len(b.Hash()) != 64 {
				t.Errorf("hash %q", b.Hash())
			}
		})
	}
	if _, err := Paste(t.Context(), " \n", Options{}); err == nil || err.Error() != "reading pasted text: the file is empty. Look whether it was saved or sent whole" {
		t.Errorf("blanks: got %v", err)
	}
}
