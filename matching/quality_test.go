package matching

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partnerscreen/screening"
)

var update = flag.Bool("update", false, "write the golden files anew")

// pair is one line of testdata/pairs: name1 as an office might write it,
// name2 as a list might.
type pair struct {
	file         string
	line         int
	query        screening.Party
	candidate    screening.Entity
	match        bool
	why          string
	name1, name2 string
}

func readPairs(t testing.TB) []pair {
	t.Helper()
	files, err := filepath.Glob("testdata/pairs/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pairs: %v", err)
	}
	var pairs []pair
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if got, want := strings.Join(rows[0], ","), "name1,name2,country1,country2,type,match,why"; got != want {
			t.Fatalf("%s: columns %s, want %s", file, got, want)
		}
		for i, r := range rows[1:] {
			p := pair{file: strings.TrimSuffix(filepath.Base(file), ".csv"), line: i + 2, name1: r[0], name2: r[1], why: r[6]}
			p.query = screening.Party{Role: screening.RolePartner, Name: r[0], Country: r[2]}
			p.candidate = screening.Entity{List: "test", ID: "1", Names: []screening.Name{{Text: r[1], Kind: screening.PrimaryName}}}
			if r[3] != "" {
				p.candidate.Countries = []string{r[3]}
			}
			switch r[4] {
			case "org":
			case "person":
				p.query.Role = screening.RolePerson
				p.candidate.Kind = screening.KindPerson
			default:
				t.Fatalf("%s line %d: type %q", file, i+2, r[4])
			}
			switch r[5] {
			case "true":
				p.match = true
			case "false":
			default:
				t.Fatalf("%s line %d: match %q", file, i+2, r[5])
			}
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// TestQuality measures the matcher on the pairs of testdata/pairs, by kind of
// difficulty, and compares with quality.golden, which also names every pair
// that is wrong: a change of the score shows there what it costs and brings.
func TestQuality(t *testing.T) {
	type tally struct{ right, missed, wrong, n int }
	count := map[string]*tally{}
	var kinds []string
	total := &tally{}
	var errors strings.Builder
	policy := screening.DefaultPolicy()
	for _, p := range readPairs(t) {
		c := count[p.file]
		if c == nil {
			c = &tally{}
			count[p.file] = c
			kinds = append(kinds, p.file)
		}
		s := Compare(&p.query, &p.candidate, Options{})
		flagged := s.Score >= policy.ReviewLine
		for _, c := range []*tally{c, total} {
			c.n++
			switch {
			case flagged && p.match:
				c.right++
			case flagged:
				c.wrong++
			case p.match:
				c.missed++
			}
		}
		if flagged != p.match {
			verdict := "missed"
			if flagged {
				verdict = "wrong "
			}
			fmt.Fprintf(&errors, "%s %s:%d %.4f %s | %s: %s\n", verdict, p.file, p.line, s.Score, p.name1, p.name2, p.why)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-32s %5s %7s %9s %7s\n", "kind", "pairs", "recall", "precision", "F1")
	row := func(kind string, c *tally) {
		recall, precision := 1.0, 1.0
		if c.right+c.missed > 0 {
			recall = float64(c.right) / float64(c.right+c.missed)
		}
		if c.right+c.wrong > 0 {
			precision = float64(c.right) / float64(c.right+c.wrong)
		}
		f1 := 0.0
		if recall+precision > 0 {
			f1 = 2 * recall * precision / (recall + precision)
		}
		fmt.Fprintf(&b, "%-32s %5d %7.3f %9.3f %7.3f\n", kind, c.n, recall, precision, f1)
	}
	for _, k := range kinds {
		row(k, count[k])
	}
	row("all", total)
	if errors.Len() > 0 {
		fmt.Fprintf(&b, "\n%s", errors.String())
	}
	golden(t, "testdata/quality.golden", b.String())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and read the difference.\n%s", file, firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		a, b := "", ""
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", i+1, a, b)
		}
	}
	return ""
}
