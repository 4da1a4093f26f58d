package reports

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"partnerscreen/screening"
)

// TestSpool wants results back as they went in, cells and decisions too, as
// often as they are asked for, and the file gone in the end.
func TestSpool(t *testing.T) {
	dir := t.TempDir()
	s, err := newSpool(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := sampleResults()
	party := want[0].Partner.Parties[0]
	want[0].Parties[0].Matches[0].Decision = &screening.Decision{Verdict: screening.TrueMatch, Made: sampleTime, Party: &party, Candidate: &screening.Entity{List: "aa", ID: "1"}}
	for _, r := range want {
		if err := s.add(r); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		var got []*screening.Result
		for r, err := range s.results() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-in +out):\n%s", diff)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	}
	if info, err := files[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the rows: %v %v", info.Mode(), err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("left: %v", files)
	}
}
