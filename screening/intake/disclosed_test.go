package intake

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"partnerscreen/screening"
)

// TestDisclosures opens each form as a sheet: its organisations become
// parties, and nothing confidential of it goes along.
func TestDisclosures(t *testing.T) {
	for _, tc := range []struct {
		file string
		want []string // a line a row: sheet, row, role, name, country, project, reference, status, terms
	}{
		{"earlier.xml", []string{
			"Positions 2 affiliation Marrowick University of Technology IE casrai:position/appointment",
			"Positions 3 affiliation Gravensund Maritime Academy DK casrai:position/appointment",
			"Support 2 funder Norrhavn Research Council Thin films for tide gauges NRC-2024-5589 pending casrai:support/pending",
		}},
		{"later.xml", []string{
			"Positions 2 affiliation Marrowick University of Technology IE casrai:position/appointment",
			"Support 2 funder Norrhavn Research Council Thin films for tide gauges NRC 2024 5589 current casrai:support/active",
			"Support 3 funder Fenwarra University of Rocketry current casrai:support/active casrai:support/in-kind",
		}},
		{"orcid.json", []string{
			"Positions 2 affiliation Marrowick University of Technology IE casrai:position/appointment credit:writing-review-editing",
			"Positions 3 affiliation Fenwarra University of Rocketry casrai:position/appointment credit:writing-review-editing",
			"Support 2 funder Norrhavn Research Council NO Thin films for tide gauges NRC-2024-5589",
		}},
		{"form.json", []string{
			"Positions 2 affiliation Marrowick University of Technology IE casrai:position/appointment",
			"Support 2 funder Norrhavn Research Council Thin films for tide gauges NRC-2024-5589 current casrai:support/active casrai:support/foreign-component credit:software credit:writing-original-draft",
		}},
		{"form.csv", []string{
			"Support 2 funder Norrhavn Research Council Thin films for tide gauges NRC-2024-5589 current casrai:support/active",
			"Support 3 funder Fenwarra University of Rocketry pending casrai:support/pending casrai:support/foreign-component casrai:support/in-kind",
		}},
	} {
		b, err := Open(t.Context(), filepath.Join("testdata/disclosures", tc.file), Options{})
		if err != nil {
			t.Errorf("%s: %v", tc.file, err)
			continue
		}
		var got []string
		for p, err := range b.Rows(t.Context()) {
			if err != nil || p.Error != "" || len(p.Parties) != 1 {
				t.Fatalf("%s: %+v %v", tc.file, p, err)
			}
			q := p.Parties[0]
			got = append(got, strings.Join(strings.Fields(fmt.Sprint(p.Sheet, " ", p.Row, " ", q.Role, " ", q.Name, " ", q.Country, " ", p.Project, " ", p.Reference, " ", p.Status, " ", strings.Join(p.Terms, " "))), " "))
			if all := fmt.Sprintf("%+v", p); strings.Contains(all, "SECRET") || strings.Contains(all, "Vorn") {
				t.Errorf("%s: confidential text went along: %s", tc.file, all)
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s:\n%s\nwant\n%s", tc.file, strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
		}
	}
	b, err := Open(t.Context(), "testdata/disclosures/orcid.json", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for p := range b.Rows(t.Context()) {
		if p.Row == 2 && p.Sheet == "Positions" && (len(p.Parties[0].Identifiers) != 1 || p.Parties[0].Identifiers[0].Kind != "ror") {
			t.Errorf("the ROR id of an ORCID record is lost: %+v", p.Parties[0])
		}
	}
}

func TestNoDisclosures(t *testing.T) {
	for name, content := range map[string]string{
		"cut off":            `<?xml version="1.0"?><profile><funding><support>`,
		"a document type":    `<!DOCTYPE profile [<!ENTITY x "y">]><profile><funding/></profile>`,
		"nothing in it":      `<profile><identification/></profile>`,
		"JSON cut off":       `{"orcid-identifier":{"path":"0000"`,
		"of another form":    `{"orcid-identifier":"x","activities-summary":[]}`,
		"another XML":        `<?xml version="1.0"?><catalog/>`,
		"another JSON":       `{"name":"x"}`,
		"not in UTF-8":       "<profile><funding><support><supportsource>\xe9</supportsource></support></funding></profile>",
		"many nested levels": "<profile>" + strings.Repeat("<a>", 20_000),
	} {
		_, err := Read(t.Context(), "x", []byte(content), Options{})
		if fe, ok := errors.AsType[*FileError](err); !ok || fe.Advice == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCompareDisclosures: what differs between two submissions is a question,
// and between two forms only what both can say.
func TestCompareDisclosures(t *testing.T) {
	read := func(name string) *screening.Disclosed {
		t.Helper()
		d, err := OpenDisclosed(filepath.Join("testdata/disclosures", name))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tc := range []struct {
		before, after string
		want          []string
	}{
		{"earlier.xml", "earlier.xml", nil},
		{"earlier.xml", "later.xml", []string{
			"added support Fenwarra University of Rocketry",
			"removed position Gravensund Maritime Academy",
			"changed support Norrhavn Research Council: end [2025-12-31]->[2026-12-31], status [pending]->[current]",
		}},
		{"earlier.xml", "orcid.json", []string{
			"added position Fenwarra University of Rocketry",
			"removed position Gravensund Maritime Academy",
		}},
		{"later.xml", "form.csv", []string{
			"removed position Marrowick University of Technology",
			"changed support Norrhavn Research Council: end [2026-12-31]->[2025-12-31], person months [2024: 3.5; 2025: 3.5]->[2024: 3.5], place [Marrowick University of Technology]->[]",
			"changed support Fenwarra University of Rocketry: status [current]->[pending], foreign component []->[yes], person months [2025: 1]->[]",
		}},
	} {
		var got []string
		for _, c := range screening.CompareDisclosures(read(tc.before), read(tc.after)) {
			line := fmt.Sprintf("%s %s %s", c.Change, c.Held.Kind, c.Held.Organisation)
			var fields []string
			for _, f := range c.Fields {
				fields = append(fields, fmt.Sprintf("%s %v->%v", f.Field, f.Removed, f.Added))
			}
			if len(fields) > 0 {
				line += ": " + strings.Join(fields, ", ")
			}
			got = append(got, line)
			if !strings.HasSuffix(c.Question, "?") || c.Owner != screening.Disclosure {
				t.Errorf("%s: is no question to the disclosure office: %q to %s", line, c.Question, c.Owner)
			}
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s, %s:\n%s\nwant\n%s", tc.before, tc.after, strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
		}
	}
}

func FuzzDisclosed(f *testing.F) {
	files, err := filepath.Glob("testdata/disclosures/*")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		d, err := readDisclosed(content)
		if err != nil {
			return
		}
		screening.CompareDisclosures(d, d)
		for _, tab := range disclosureTabs(d) {
			for _, err := range tab.lines(t.Context(), newMeter(t.Context(), DefaultLimits)) {
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
