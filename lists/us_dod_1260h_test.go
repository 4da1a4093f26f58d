package lists

import (
	"testing"

	"partnerscreen/screening"
)

// TestUSDoD1260HEditions: the list names a company again in each edition. The
// rows are one party to a reader, though the list gives no country.
func TestUSDoD1260HEditions(t *testing.T) {
	byName := map[string][]*screening.Entity{}
	_, err := usDoD1260H.Formats[0].Parse(fixture(&usDoD1260H, &usDoD1260H.Formats[0]), func(e *screening.Entity) {
		byName[e.Name()] = append(byName[e.Name()], e)
	})
	if err != nil {
		t.Fatal(err)
	}
	twice := byName["Sandholm Security Technology Inc."]
	if len(twice) != 2 || twice[0].ID == twice[1].ID {
		t.Fatalf("the company of two editions is %d entries, want two of their own ids", len(twice))
	}
	if !screening.SameParty(twice[0], twice[1]) {
		t.Error("the company of two editions is not one party")
	}
	if screening.SameParty(twice[0], byName["Quarry Aero Co., Ltd."][0]) {
		t.Error("two companies are one party")
	}
}

// TestUSDoD1286IDs: an institution keeps its id when the file loses its older
// years, and when the Department prints its name with other quotes and dashes.
func TestUSDoD1286IDs(t *testing.T) {
	const (
		header  = "name,program,report-date\n"
		older   = "Quarry University,Section 1286 of an Act,2023\n"
		newest  = "Quarry’s University – Sandholm,Section 1286 of an Act,2024\n"
		reprint = "Quarry's University - Sandholm,Section 1286 of an Act,2024\n"
	)
	read := func(text string) string {
		var ids []string
		_, err := usDoD1286.Formats[0].Parse(memoryFiles{"section_1286.csv": []byte(text)}, func(e *screening.Entity) { ids = append(ids, e.ID) })
		if err != nil || len(ids) != 1 {
			t.Fatalf("%q gives ids %v, %v; want one", text, ids, err)
		}
		return ids[0]
	}
	want := read(header + older + newest)
	if got := read(header + newest); got != want {
		t.Errorf("without the older year the id is %s, want %s", got, want)
	}
	if got := read(header + reprint); got != want {
		t.Errorf("reprinted the id is %s, want %s", got, want)
	}
}
