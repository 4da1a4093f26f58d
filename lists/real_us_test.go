package lists

import (
	"os"
	"testing"
)

// realLists is the folder with the lists as published; tests on it skip when it is not named.
func realLists(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("REAL_LISTS")
	if dir == "" {
		t.Skip("REAL_LISTS names no folder of real lists")
	}
	return dir
}

// refreshReal reads a list from the folder through the same steps as a refresh.
func refreshReal(t *testing.T, card *Card, dir string) (*Reading, []string) {
	t.Helper()
	f, err := FromDir(card, dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(card, f, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return r, Gate(card, r, nil)
}

func TestRealUSLists(t *testing.T) {
	dir := realLists(t)
	for _, c := range []struct {
		card     *Card
		entities int
	}{
		{&usOFACSDN, 19181},
		{&usOFACCons, 442},
		{&usTradeCSL, 25921},
	} {
		t.Run(c.card.ID, func(t *testing.T) {
			r, reasons := refreshReal(t, c.card, dir)
			if len(r.Entities) != c.entities || len(reasons) > 0 {
				t.Errorf("%d entities, %d expected; held for %q", len(r.Entities), c.entities, reasons)
			}
			for _, f := range r.Findings {
				t.Log(f.Kind, f)
			}
			t.Log(r.Reason, r.Names, r.Published)
		})
	}
}
