package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"partnerscreen/screening"
)

func TestWriteJSON(t *testing.T) {
	var out bytes.Buffer
	if err := WriteJSON(&out, results(sampleResults()...)); err != nil {
		t.Fatal(err)
	}
	golden(t, "results.jsonl", out.String())
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 11 { // nine screened rows, one of them with two parties, and a rejected one
		t.Fatalf("%d lines", len(lines))
	}
	order := []string{"file", "sheet", "row", "role", "name", "country", "grade", "row_grade", "stakes", "row_grade_by", "notes", "matches", "nearest"}
	if got := keysOf(t, lines[0], ""); strings.Join(got, " ") != strings.Join(order, " ") {
		t.Errorf("fields of a party: %v, want %v", got, order)
	}
	order = []string{"list", "entity", "name", "matched", "score", "strength", "control", "owner", "listings", "evidence", "decision", "grade", "ofac_score"}
	if got := keysOf(t, lines[0], "matches"); strings.Join(got, " ") != strings.Join(order, " ") {
		t.Errorf("fields of a match: %v, want %v", got, order)
	}
	if got := keysOf(t, lines[8], ""); strings.Join(got, " ") != "file sheet row error" {
		t.Errorf("fields of a rejected row: %v", got)
	}
}

// keysOf are the keys of an object in their order, or of the first object of
// the array that stands under the given key.
func keysOf(t *testing.T, line, within string) []string {
	t.Helper()
	var out []string
	dec := json.NewDecoder(strings.NewReader(line))
	depth, want := 0, 1
	if within != "" {
		want = 3
	}
	key, inside := true, within == ""
	for {
		tok, err := dec.Token()
		if err != nil {
			return out
		}
		switch x := tok.(type) {
		case json.Delim:
			if x == '{' || x == '[' {
				depth++
			} else if depth--; inside && depth < want {
				return out
			}
			key = x == '{' || x == '}' || x == ']'
		case string:
			if key && depth == want && inside {
				out = append(out, x)
			}
			if key && depth == 1 && x == within {
				inside = true
			}
			key = !key
		default:
			key = true
		}
	}
}

// TestJSONIsNeverNull wants lists where lists are promised, and text as it is.
func TestJSONIsNeverNull(t *testing.T) {
	r := &screening.Result{
		Partner: &screening.Partner{Place: screening.Place{File: "a.csv", Row: 2}, Parties: []screening.Party{{Role: screening.RolePartner, Name: "A & B <Labs> \u2028"}}},
		Grade:   screening.Review, Stakes: screening.Standard,
		Parties: []screening.PartyResult{{Grade: screening.Review, Matches: []screening.Match{{List: "aa", Score: 0.123456789, Listings: []screening.Listing{{List: "aa"}}}}}},
	}
	var out bytes.Buffer
	if err := WriteJSON(&out, results(r)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"name":"A & B <Labs>`, `"notes":[]`, `"evidence":[]`, `"controls":[]`, `"nearest":null`, `"decision":null`, `"score":0.1235`, `"sheet":""`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, out.String())
		}
	}
}

func TestWriteCSV(t *testing.T) {
	var out bytes.Buffer
	if err := WriteCSV(&out, results(sampleResults()...)); err != nil {
		t.Fatal(err)
	}
	golden(t, "results.csv", out.String())
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(lines) != 12 {
		t.Fatalf("%d lines, %v; want a header and eleven", len(lines), err)
	}
	for _, line := range lines {
		for _, cell := range line {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("%q would be taken for a formula", cell)
			}
		}
	}
}
