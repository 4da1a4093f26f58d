package store

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
)

// TestANightReadsByItsIndexes holds that what is done for every party or every
// row looks it up, and does not go through all that an office holds.
func TestANightReadsByItsIndexes(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "screener.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	some := []string{"a", "b"}
	for name, c := range map[string]struct {
		query string
		args  []any
		want  string
	}{
		"the collaborations of a party":    {selectWatchedParties, []any{"o", "2031-01-01"}, "SEARCH l USING PRIMARY KEY (party=?) | SEARCH c USING INTEGER PRIMARY KEY"},
		"the rows of parties":              {selectRowsOfParties, []any{[]int64{1, 2}}, "SEARCH l USING PRIMARY KEY (party=?)"},
		"the rows of names":                {selectRowsOfNames, []any{some}, "parties_by_name (folded=?) | SEARCH l USING PRIMARY KEY (party=?)"},
		"rows by number":                   {nightRowColumns + collabIsActive + ` and c.id in (?) order by c.id`, []any{"o", "2031-01-01", []int64{1, 2}}, "SEARCH c USING INTEGER PRIMARY KEY"},
		"all numbers without sorting them": {selectActiveIDs, []any{"o", "2031-01-01"}, "SEARCH c USING COVERING INDEX collaborations_by_office (office=?)"},
		"the collaborations of an upload":  {selectIdentities, []any{"o", "u", some}, "collaborations_by_identity (office=? AND identity=?)"},
		"counts without reading rows":      {countStates, []any{"o", "2031-01-01"}, "COVERING INDEX collaborations_by_office"},
	} {
		query, args, err := sqlx.In(c.query, c.args...)
		if err != nil {
			t.Fatal(err)
		}
		var plan []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		if err := s.read.SelectContext(t.Context(), &plan, "explain query plan "+query, args...); err != nil {
			t.Fatal(err)
		}
		var steps []string
		for _, p := range plan {
			steps = append(steps, p.Detail)
		}
		got := strings.Join(steps, " | ")
		if !strings.Contains(got, c.want) || strings.Contains(got, "ORDER BY") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
