package lists

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"partnerscreen/screening"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// fixtures of a list lie in testdata/<id>/<format>/, or, where the list has
// one format only, in testdata/<id>/ itself beside the golden file.
func fixture(card *Card, format *Format) Dir {
	dir := filepath.Join("testdata", card.ID)
	sub := filepath.Join(dir, format.Name)
	if st, err := os.Stat(sub); err == nil && st.IsDir() || len(card.Formats) > 1 {
		return Dir(sub)
	}
	return Dir(dir)
}

func goldenFile(card *Card, format *Format) string {
	if len(card.Formats) > 1 {
		return filepath.Join("testdata", card.ID, "golden-"+format.Name+".json")
	}
	return filepath.Join("testdata", card.ID, "golden.json")
}

// golden is what a fixture is read as.
type golden struct {
	Published string              `json:"published,omitempty"`
	Declared  int                 `json:"declared,omitempty"`
	Findings  []Finding           `json:"findings,omitempty"`
	Entities  []*screening.Entity `json:"entities"`
}

// TestFixtures reads every card's fixture in each of its formats and compares
// what came out with the golden file. A card without a fixture fails.
func TestFixtures(t *testing.T) {
	for i := range All {
		card := &All[i]
		for j := range card.Formats {
			format := &card.Formats[j]
			t.Run(card.ID+"/"+format.Name, func(t *testing.T) {
				got := readFixture(t, card, format)
				checkContract(t, card, got.Entities)
				compareGolden(t, goldenFile(card, format), got)
			})
		}
	}
}

func readFixture(t *testing.T, card *Card, format *Format) golden {
	t.Helper()
	src, complete := format.in(fixture(card, format))
	if !complete {
		t.Fatalf("no fixture: put files in the published format with invented parties into %s", src.dir)
	}
	var got golden
	header, err := format.Parse(src, func(e *screening.Entity) { got.Entities = append(got.Entities, e) })
	if err != nil {
		t.Fatalf("reading %s: %v", src.dir, err)
	}
	if !header.Published.IsZero() {
		got.Published = header.Published.Format("2006-01-02T15:04:05Z07:00")
	}
	got.Declared, got.Findings = header.Declared, header.Findings
	return got
}

func compareGolden(t *testing.T, file string, got any) {
	t.Helper()
	b, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, '\n')
	if *update {
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("no golden (go test ./lists -run %s -update writes it): %v", t.Name(), err)
	}
	if string(want) != string(b) {
		t.Errorf("%s differs (go test ./lists -update shows how in the diff); first difference:\n%s", file, firstDifference(string(want), string(b)))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			end := min(i+5, len(w))
			gend := max(min(i+5, len(g)), min(i, len(g)))
			return "want:\n" + strings.Join(w[i:end], "\n") + "\ngot:\n" + strings.Join(g[min(i, len(g)):gend], "\n")
		}
	}
	return "got goes on after line " + w[len(w)-1]
}

var (
	alpha2  = regexp.MustCompile(`^[A-Z]{2}$`)
	isoDate = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)
	// identifierKinds are those screening.Identifier names.
	identifierKinds = strings.Fields("lei ror grid registration tax swift imo mmsi passport national_id callsign aircraft un_ref duns domain entry ofac other")
	linkKinds       = strings.Fields("owned_by owns controlled_by acts_for supports director family part_of parent subsidiary former successor associate")
)

// checkContract holds every entity of a list to what the other rooms rely on.
func checkContract(t *testing.T, card *Card, entities []*screening.Entity) {
	t.Helper()
	if len(entities) == 0 {
		t.Error("no entities")
	}
	seen := map[string]bool{}
	for _, e := range entities {
		if e.ID == "" || seen[e.ID] {
			t.Errorf("id %q is empty or used twice", e.ID)
		}
		seen[e.ID] = true
		bad := func(format string, args ...any) {
			t.Helper()
			t.Errorf("entity %s: "+format, append([]any{e.ID}, args...)...)
		}
		if e.List != card.ID {
			bad("List is %q", e.List)
		}
		if !slices.Contains([]screening.Kind{screening.KindUnknown, screening.KindOrganisation, screening.KindPerson, screening.KindVessel, screening.KindAircraft}, e.Kind) {
			bad("kind %q", e.Kind)
		}
		if e.Name() == "" {
			bad("no name to show")
		}
		for _, n := range e.Names {
			if n.Text == "" || strings.TrimSpace(n.Text) != n.Text || strings.ContainsAny(n.Text, "\n\r\t\x00") {
				bad("untidy name %q", n.Text)
			}
			if !slices.Contains([]screening.NameKind{screening.PrimaryName, screening.AliasName, screening.FormerName, screening.AcronymName, screening.OriginalName}, n.Kind) {
				bad("name kind %q", n.Kind)
			}
		}
		if !slices.IsSorted(e.Countries) {
			bad("countries not sorted: %v", e.Countries)
		}
		countries := slices.Clone(e.Countries)
		for _, a := range e.Addresses {
			countries = append(countries, a.Country)
		}
		for _, id := range e.Identifiers {
			countries = append(countries, id.Country)
			if id.Value == "" || !slices.Contains(identifierKinds, id.Kind) {
				bad("identifier %+v", id)
			}
		}
		for _, c := range countries {
			if c != "" && !alpha2.MatchString(c) {
				bad("country %q is not ISO 3166-1 alpha-2", c)
			}
		}
		if slices.Contains(e.Countries, "") {
			bad("empty country")
		}
		for _, d := range e.BirthDates {
			if !isoDate.MatchString(d) {
				bad("birth date %q", d)
			}
		}
		if len(e.Listings) == 0 {
			bad("no listing")
		}
		for _, l := range e.Listings {
			if l.List != card.ID {
				bad("listing of list %q", l.List)
			}
			if len(l.Controls) == 0 {
				bad("listing without a control")
			}
			for _, c := range l.Controls {
				if !c.Valid() || !slices.Contains(card.Controls, c) {
					bad("control %q is not among the card's", c)
				}
			}
			if l.Bearing != "" {
				bad("bearing is set when matches are graded, not here")
			}
			for _, d := range []string{l.Listed, l.Ends} {
				if d != "" && !isoDate.MatchString(d) {
					bad("listing date %q", d)
				}
			}
		}
		for _, l := range e.Links {
			if !slices.Contains(linkKinds, l.Kind) || l.Entity == "" && l.Name == "" {
				bad("link %+v", l)
			}
		}
	}
}

// TestCards holds each card itself to what people read of it.
func TestCards(t *testing.T) {
	seen := map[string]bool{}
	for _, card := range All {
		if card.ID == "" || seen[card.ID] {
			t.Errorf("card id %q is empty or used twice", card.ID)
		}
		seen[card.ID] = true
		if card.Title == "" || card.Publisher == "" || card.Doc == "" || card.Page == "" || card.Licence == "" {
			t.Errorf("%s: title, publisher, doc, page and licence are shown to people and must be set", card.ID)
		}
		if len(card.Binds) == 0 || len(card.Controls) == 0 || card.Cadence <= 0 || len(card.Formats) == 0 {
			t.Errorf("%s: binds, controls, cadence and formats must be set", card.ID)
		}
		if card.Bounds.MinEntities <= 0 || card.Bounds.MinNamed <= 0 {
			t.Errorf("%s: bounds need a minimum of entities and of named ones", card.ID)
		}
		for _, c := range card.Controls {
			if !c.Valid() {
				t.Errorf("%s: control %q", card.ID, c)
			}
		}
		formats := map[string]bool{}
		for _, f := range card.Formats {
			if f.Name == "" || f.Parse == nil || len(f.Files) == 0 || formats[f.Name] {
				t.Errorf("%s: format %q needs a name of its own, files and a parser", card.ID, f.Name)
			}
			formats[f.Name] = true
			for _, file := range f.Files {
				if file.URL != "" && !strings.HasPrefix(file.URL, "https://") {
					t.Errorf("%s: %s is fetched from %s, not over https", card.ID, file.Name, file.URL)
				}
			}
		}
	}
}

// TestWrongFiles gives every reader what publishers have served in a list's
// place: nothing, an error page, and a file cut off in the middle of a record.
// None may pass as a list, and the reason must say what came.
func TestWrongFiles(t *testing.T) {
	const page = "<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body><p>The service is not available.</p></body></html>\n"
	for i := range All {
		card := &All[i]
		for j := range card.Formats {
			format := &card.Formats[j]
			src, complete := format.in(fixture(card, format))
			if !complete {
				continue // TestFixtures says so
			}
			with := func(content func(whole string) string) (*Reading, string) {
				dir := t.TempDir()
				for _, name := range src.names {
					whole, err := os.ReadFile(filepath.Join(string(src.dir), name))
					if err != nil {
						t.Fatal(err)
					}
					write(t, filepath.Join(dir, name), content(string(whole)))
				}
				broken, _ := format.in(Dir(dir))
				r, err := Read(t.Context(), card, &Fetched{Format: format, Source: broken}, DefaultLimits)
				if err != nil {
					t.Fatal(err)
				}
				return r, strings.Join(Gate(card, r, nil), "\n")
			}
			t.Run(card.ID+"/"+format.Name, func(t *testing.T) {
				if r, reasons := with(func(string) string { return "" }); len(r.Entities) > 0 || !strings.Contains(reasons, "empty") {
					t.Errorf("no bytes: %d entities, reasons %q", len(r.Entities), reasons)
				}
				webPage := slices.ContainsFunc(src.names, func(name string) bool { return strings.HasSuffix(name, ".html") })
				if r, reasons := with(func(string) string { return page }); len(r.Entities) > 0 || !webPage && !strings.Contains(reasons, "web page") {
					t.Errorf("an error page: %d entities, reasons %q", len(r.Entities), reasons)
				}
				if strings.HasSuffix(format.Name, "xml") || format.Name == "json" {
					if _, reasons := with(func(whole string) string { return whole[:len(whole)*2/3] }); !strings.Contains(reasons, "cut short") {
						t.Errorf("cut at two thirds: reasons %q", reasons)
					}
				}
			})
		}
	}
}
