package lists

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partnerscreen/screening"
)

// TestRealSanctions reads whole published files and counts their parties. The
// figures were counted in the files by other means than this parser.
func TestRealSanctions(t *testing.T) {
	mirror := os.Getenv("REAL_LISTS")
	if mirror == "" {
		t.Skip("REAL_LISTS names no directory of published lists")
	}
	for _, want := range []struct {
		id, format string
		entities   int
		kinds      map[screening.Kind]int
	}{
		{"un_sc_sanctions", "xml", 1011, map[screening.Kind]int{screening.KindPerson: 736, screening.KindOrganisation: 275}},
		{"gb_fcdo_sanctions", "csv", 2523, map[screening.Kind]int{screening.KindOrganisation: 2523}},
		{"au_dfat_sanctions", "xlsx", 3846, map[screening.Kind]int{screening.KindVessel: 262}},
		{"ca_dfatd_sema_sanctions", "xml", 4759, map[screening.Kind]int{screening.KindPerson: 3334, screening.KindOrganisation: 1316, screening.KindVessel: 109}},
		{"eu_fsf", "xml", 5873, map[screening.Kind]int{screening.KindPerson: 4389, screening.KindOrganisation: 1484}},
		// 28 ports, airports, economic zones and crypto-assets are neither person nor organisation.
		{"eu_833_2014", "csv", 1746, map[screening.Kind]int{screening.KindOrganisation: 1085, screening.KindVessel: 633, screening.KindUnknown: 28}},
		{"eu_journal_sanctions", "csv", 6271, map[screening.Kind]int{screening.KindPerson: 4500, screening.KindOrganisation: 1695, screening.KindVessel: 75, screening.KindUnknown: 1}},
	} {
		t.Run(want.id+"/"+want.format, func(t *testing.T) {
			entities, header := readReal(t, filepath.Join(mirror, want.id), want.id, want.format)
			kinds := map[screening.Kind]int{}
			for _, e := range entities {
				kinds[e.Kind]++
			}
			if len(entities) != want.entities {
				t.Errorf("%d parties, want %d", len(entities), want.entities)
			}
			for kind, n := range want.kinds {
				if kinds[kind] != n {
					t.Errorf("%d of kind %q, want %d", kinds[kind], kind, n)
				}
			}
			if header.Published.IsZero() {
				t.Log("the content bears no date")
			}
			for _, f := range header.Findings {
				t.Logf("%s %s: %s", f.Kind, f.Place, f.Text)
				if f.Holds {
					t.Errorf("holds the edition: %s %s: %s", f.Kind, f.Place, f.Text)
				}
			}
		})
	}
}

func readReal(t *testing.T, dir, id, format string) ([]*screening.Entity, Header) {
	t.Helper()
	card, ok := Find(All, id)
	if !ok {
		t.Fatalf("no card %s", id)
	}
	var entities []*screening.Entity
	for _, f := range card.Formats {
		if f.Name != format {
			continue
		}
		header, err := f.Parse(Dir(dir), func(e *screening.Entity) { entities = append(entities, e) })
		if err != nil {
			t.Fatal(err)
		}
		checkContract(t, card, entities)
		return entities, header
	}
	t.Fatalf("%s has no format %s", id, format)
	return nil, Header{}
}

// TestRealNamedResearch counts the organisations the page names, apart from
// those that stand among another's aliases.
func TestRealNamedResearch(t *testing.T) {
	mirror := os.Getenv("REAL_LISTS")
	if mirror == "" {
		t.Skip("REAL_LISTS names no directory of published lists")
	}
	entities, header := readReal(t, filepath.Join(mirror, "ca_named_research_orgs"), "ca_named_research_orgs", "html")
	byCountry := map[string]int{}
	parts := 0
	for _, e := range entities {
		if strings.HasPrefix(e.Remarks, "Listed as a known alias") {
			parts++
			continue
		}
		byCountry[strings.Join(e.Countries, " ")]++
	}
	if want := map[string]int{"CN": 85, "IR": 12, "RU": 6}; !maps.Equal(byCountry, want) {
		t.Errorf("organisations by country %v, want %v", byCountry, want)
	}
	t.Logf("%d more parties from aliases; published %s; findings %v", parts, header.Published.Format("2006-01-02"), header.Findings)
}
