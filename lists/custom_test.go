package lists

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
)

// customFixture reads a file of testdata/custom as a custom list.
func customFixture(t *testing.T, c CustomConfig) *Reading {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", "custom", c.Format))
	if err != nil {
		t.Fatal(err)
	}
	return readCustom(t, c, file)
}

func readCustom(t *testing.T, c CustomConfig, content []byte) *Reading {
	t.Helper()
	card, err := Custom(c)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, c.ID, c.Format), string(content))
	f, err := FromDir(&card, dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(t.Context(), &card, f, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	checkContract(t, &card, r.Entities)
	return r
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCustomGoldens(t *testing.T) {
	for _, format := range []string{"names.csv", "targets.simple.csv", "targets.nested.json", "entities.ftm.json"} {
		t.Run(format, func(t *testing.T) {
			r := customFixture(t, CustomConfig{ID: "watch", Title: "Our watch list", Format: format})
			got := golden{Findings: r.Findings, Entities: r.Entities}
			if !r.Published.IsZero() {
				got.Published = r.Published.Format("2006-01-02T15:04:05Z07:00")
			}
			compareGolden(t, filepath.Join("testdata", "custom", "golden-"+format+".json"), got)
			if card, _ := Custom(CustomConfig{ID: "watch", Format: format}); len(Gate(&card, r, nil)) > 0 {
				t.Errorf("held: %q", Gate(&card, r, nil))
			}
		})
	}
}

func TestCustomRefusesWhatItDoesNotKnow(t *testing.T) {
	for name, c := range map[string]CustomConfig{
		"no id":           {Format: "names.csv"},
		"an id with dots": {ID: "../x", Format: "names.csv"},
		"no format":       {ID: "watch"},
		"unknown format":  {ID: "watch", Format: "names.pdf"},
		"unknown control": {ID: "watch", Format: "names.csv", Control: "freeze"},
	} {
		if _, err := Custom(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestConfiguredControlHoldsForEveryParty(t *testing.T) {
	for _, format := range []string{"names.csv", "targets.simple.csv", "entities.ftm.json"} {
		c := CustomConfig{ID: "watch", Format: format, Control: "import"}
		if card, err := Custom(c); err != nil || !slices.Equal(card.Controls, []screening.Control{screening.Import}) {
			t.Errorf("%s: the card has %v (%v)", format, card.Controls, err)
		}
		r := customFixture(t, c)
		for _, e := range r.Entities {
			if got := e.Controls(); !slices.Equal(got, []screening.Control{screening.Import}) {
				t.Errorf("%s: %s has %v", format, e.ID, got)
			}
		}
	}
}

func TestCustomListWithUnknownControlIsHeld(t *testing.T) {
	r := readCustom(t, CustomConfig{ID: "watch", Format: "names.csv"}, []byte("name,control\nOstrelle Labs,freez\n"))
	card, _ := Custom(CustomConfig{ID: "watch", Format: "names.csv"})
	if reasons := Gate(&card, r, nil); len(reasons) != 1 || !strings.Contains(reasons[0], `unknown control "freez"`) {
		t.Errorf("reasons %q", reasons)
	}
}

// The template a person gets must be read as it stands, and again after a
// party was written into it.
func TestTemplateIsRead(t *testing.T) {
	for _, format := range []string{"names.csv", "names.xlsx"} {
		t.Run(format, func(t *testing.T) {
			var b bytes.Buffer
			if err := WriteTemplate(&b, format); err != nil {
				t.Fatal(err)
			}
			r := readCustom(t, CustomConfig{ID: "watch", Format: format}, b.Bytes())
			if len(r.Entities) != 1 {
				t.Fatalf("%d parties in the template, findings %v", len(r.Entities), r.Findings)
			}
			e := r.Entities[0]
			if e.ID != "1" || e.Kind != screening.KindOrganisation || !slices.Equal(e.Countries, []string{"NO"}) || e.Listings[0].Listed != "2026-01-31" {
				t.Errorf("the example row was read as %+v", e)
			}
			for _, f := range r.Findings {
				if f.Holds || f.Kind != "column" { // the sheet that explains the columns is not read
					t.Errorf("finding %v", f)
				}
			}
		})
	}
	// Headers people wrote themselves.
	book := excelize.NewFile()
	if err := book.SetSheetRow("Sheet1", "A1", &[]string{"Name ", "COUNTRY"}); err != nil {
		t.Fatal(err)
	}
	if err := book.SetSheetRow("Sheet1", "A2", &[]string{"Alder Works", "Norway"}); err != nil {
		t.Fatal(err)
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	r := readCustom(t, CustomConfig{ID: "watch", Format: "names.xlsx"}, b.Bytes())
	if len(r.Entities) != 1 || !slices.Equal(r.Entities[0].Countries, []string{"NO"}) {
		t.Errorf("%v, findings %v", r.Entities, r.Findings)
	}
	if err := WriteTemplate(&bytes.Buffer{}, "names.pdf"); err == nil {
		t.Error("no error for a template there is none of")
	}
}
