package lists

import (
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"partnerscreen/screening"
)

// memory is an edition held in memory.
type memory map[string]string

func (m memory) Names() []string { return slices.Sorted(maps.Keys(m)) }

func (m memory) Open(name string) (io.ReadCloser, error) {
	content, ok := m[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(strings.NewReader(content)), nil
}

func readFile(f *testing.F, path ...string) string {
	f.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, path...)...))
	if err != nil {
		f.Fatal(err)
	}
	return string(b)
}

// survive parses strangers' bytes: whatever they are, the reader comes back,
// and what it emits keeps to the form the other rooms rely on.
func survive(t *testing.T, card *Card, parse func(Source, func(*screening.Entity)) (Header, error), src Source) {
	t.Helper()
	n := 0
	_, _ = parse(src, func(e *screening.Entity) {
		n++
		if n > 10000 {
			t.Fatal("more entities than the input has bytes for")
		}
		if e.List != card.ID || len(e.Listings) == 0 || len(e.Listings[0].Controls) == 0 {
			t.Errorf("entity %+v", e)
		}
		for _, name := range e.Names {
			if name.Text == "" || name.Text != tidy(name.Text) {
				t.Errorf("untidy name %q", name.Text)
			}
		}
		for _, c := range e.Countries {
			if !alpha2.MatchString(c) {
				t.Errorf("country %q", c)
			}
		}
		for _, d := range e.BirthDates {
			if !isoDate.MatchString(d) {
				t.Errorf("date %q", d)
			}
		}
	})
}

func FuzzOFACCSV(f *testing.F) {
	dir := []string{"us_ofac_sdn", "csv"}
	read := func(name string) string { return readFile(f, append(dir, name)...) }
	f.Add(read("SDN.CSV"), read("ALT.CSV"), read("ADD.CSV"), read("SDN_COMMENTS.CSV"))
	f.Fuzz(func(t *testing.T, main, alt, add, comments string) {
		survive(t, &usOFACSDN, usOFACSDN.Formats[0].Parse, memory{"SDN.CSV": main, "ALT.CSV": alt, "ADD.CSV": add, "SDN_COMMENTS.CSV": comments})
	})
}

func FuzzOFACRemarks(f *testing.F) {
	f.Add("DOB 10 Dec 1948; a.k.a. 'X'; Passport K1 (Iran) issued 04 Jan 2014; Linked To: Y; (Linked To: Z)", true)
	f.Fuzz(func(_ *testing.T, text string, whole bool) {
		var found findings
		p := sdn.party("1", "x", &found)
		p.remarks(text, whole)
	})
}

func FuzzOFACXML(f *testing.F) {
	f.Add(readFile(f, "us_ofac_sdn", "xml", "SDN.XML"))
	f.Fuzz(func(t *testing.T, file string) {
		survive(t, &usOFACSDN, usOFACSDN.Formats[1].Parse, memory{"SDN.XML": file})
	})
}

func FuzzOFACAdvancedXML(f *testing.F) {
	f.Add(readFile(f, "us_ofac_sdn", "advanced-xml", "SDN_ADVANCED.XML"))
	f.Fuzz(func(t *testing.T, file string) {
		survive(t, &usOFACSDN, usOFACSDN.Formats[2].Parse, memory{"SDN_ADVANCED.XML": file})
	})
}

func FuzzCSL(f *testing.F) {
	f.Add(readFile(f, "us_trade_csl", "csv", "consolidated.csv"))
	f.Fuzz(func(t *testing.T, file string) {
		survive(t, &usTradeCSL, parseCSL, memory{"consolidated.csv": file})
	})
}

func FuzzCSLJSON(f *testing.F) {
	f.Add(readFile(f, "us_trade_csl", "json", "consolidated.json"))
	f.Fuzz(func(t *testing.T, file string) {
		survive(t, &usTradeCSL, parseCSLJSON, memory{"consolidated.json": file})
	})
}

// FuzzCSLNames takes the sentences in the name column apart.
func FuzzCSLNames(f *testing.F) {
	f.Add("Northern Rivet Works (a.k.a. Rivet Plant No. 5; f.k.a. Red Rivet), and its sub-units and successors", "PORI")
	f.Add("X (X (X)). Affiliated Entity: Y -AKAS- A, B", "f.k.a., Z")
	f.Fuzz(func(t *testing.T, name, alias string) {
		var found findings
		d := newDraft("us_trade_csl", "1", "x", &found)
		cslNames(d, name, []string{alias})
		if foldPrint(name) != "" && len(d.Names) == 0 {
			t.Errorf("no name left of %q", name)
		}
	})
}

func FuzzCustomNames(f *testing.F) {
	f.Add(readFile(f, "custom", "names.csv"))
	card, err := Custom(CustomConfig{ID: "watch", Format: "names.csv"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file string) {
		survive(t, &card, card.Formats[0].Parse, memory{"names.csv": file})
	})
}

func FuzzFollowTheMoney(f *testing.F) {
	f.Add(readFile(f, "custom", "entities.ftm.json"))
	f.Add(readFile(f, "custom", "targets.nested.json"))
	card, err := Custom(CustomConfig{ID: "watch", Format: "entities.ftm.json"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file string) {
		survive(t, &card, card.Formats[0].Parse, memory{"entities.ftm.json": file})
	})
}
