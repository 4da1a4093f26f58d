package matching

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"partnerscreen/screening"
)

// TestExhaustive holds the index to its promise: what comparing a party with
// every name would put at or above the review line, the index finds.
func TestExhaustive(t *testing.T) {
	n := newNames(7)
	entities := n.entities(3000)
	sameAsExhaustive(t, entities, n.parties(entities, 1500))
}

// TestExhaustivePairs does so with the names people found hard.
func TestExhaustivePairs(t *testing.T) {
	var entities []*screening.Entity
	var parties []*screening.Party
	for _, p := range readPairs(t) {
		p.candidate.ID = fmt.Sprint(len(entities))
		entities = append(entities, &p.candidate)
		parties = append(parties, &p.query)
	}
	sameAsExhaustive(t, entities, parties)
}

var realCount = flag.Int("parties", 500, "how many real names TestExhaustiveReal compares with every listed name (20000 takes some twenty minutes)")

// TestExhaustiveReal does so with real lists and real names: those of the lists
// themselves, of partners, and of the organisations in the file REAL_NAMES, a dump
// of the Research Organization Registry. The lists are in the folder
// REAL_LISTS names, the partners in the folder beside it.
func TestExhaustiveReal(t *testing.T) {
	dir := os.Getenv("REAL_LISTS")
	if dir == "" {
		t.Skip("REAL_LISTS is not set: no real lists to compare on")
	}
	entities := realEntities(t, dir)
	names := [][]string{realPartners(t, filepath.Join(dir, "..", "partners"))}
	var organisations, persons []string
	for _, e := range entities {
		for _, n := range e.Names {
			if e.Kind == screening.KindPerson {
				persons = append(persons, n.Text)
			} else {
				organisations = append(organisations, n.Text)
			}
		}
	}
	names = append(names, organisations)
	if file := os.Getenv("REAL_NAMES"); file != "" {
		names = append(names, slices.Concat(realOrganisations(t, file)...))
	}
	var parties []*screening.Party
	for _, n := range names {
		parties = append(parties, spread(n, *realCount*7/8/len(names), screening.RolePartner)...)
	}
	parties = append(parties, spread(persons, *realCount-len(parties), screening.RolePerson)...)
	sameAsExhaustive(t, entities, parties)
}

// TestExhaustiveWeightless does so where a part of the cell counts for nothing,
// since it may be initials of the other, and is a listed name all the same.
func TestExhaustiveWeightless(t *testing.T) {
	var entities []*screening.Entity
	for i, n := range []string{"Kolvarem JSC", "Kolvarem-M", "Joint Stock Company Kolvarem, Kolvarem-M", "Kolvarem-T"} {
		entities = append(entities, &screening.Entity{List: "l", ID: fmt.Sprint(i), Kind: screening.KindOrganisation, Names: []screening.Name{{Text: n}}})
	}
	party := &screening.Party{Role: screening.RolePartner, Name: "Joint Stock Company Kolvarem, Kolvarem-M"}
	if ix := NewIndex(slices.Values(entities), Options{}); !slices.ContainsFunc(above(ix, ix.Match(party)), func(c screening.Candidate) bool { return c.Entity.ID == "0" }) {
		t.Error("the index does not find the first part of the cell")
	}
	sameAsExhaustive(t, entities, []*screening.Party{party})
}

// TestFoundByNumber holds that an identifier finds its entity though its names
// are but little alike, and another's are more.
func TestFoundByNumber(t *testing.T) {
	lei := []screening.Identifier{{Kind: "lei", Value: "529900INVENTED0017XX"}}
	entities := []*screening.Entity{
		{List: "l", ID: "number", Kind: screening.KindOrganisation, Names: []screening.Name{{Text: "Qorvath Zelmar Shipping"}, {Text: "Bravista Research Trading House"}}, Identifiers: lei},
		{List: "l", ID: "name", Kind: screening.KindOrganisation, Names: []screening.Name{{Text: "Bravista Kelmora Pontavik Research"}}},
	}
	ix := NewIndex(slices.Values(entities), Options{})
	for _, find := range []func(*screening.Party) []screening.Candidate{ix.Match, ix.Exhaustive} {
		got := find(&screening.Party{Role: screening.RolePartner, Name: "Bravista Kelmora Research", Identifiers: lei})
		if len(got) == 0 || !slices.ContainsFunc(got, func(c screening.Candidate) bool { return c.Entity.ID == "number" && c.Score >= 0.98 }) {
			t.Errorf("found %s", summary(got))
		}
	}
}

// spread makes parties of some names, taken from all over them.
func spread(names []string, count int, role screening.Role) []*screening.Party {
	var out []*screening.Party
	for i := range min(count, len(names)) {
		out = append(out, &screening.Party{Role: role, Name: names[i*len(names)/count]})
	}
	return out
}

func sameAsExhaustive(t *testing.T, entities []*screening.Entity, parties []*screening.Party) {
	t.Helper()
	ix := NewIndex(slices.Values(entities), Options{})
	var compared, flagged, near, done, all atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			searches := map[bool]*search{false: newSearch(ix.orgs), true: newSearch(ix.persons)}
			for i := done.Add(1) - 1; int(i) < len(parties); i = done.Add(1) - 1 {
				p := parties[i]
				found, exhaustive := ix.Match(p), ix.Exhaustive(p)
				got, want := above(ix, found), above(ix, exhaustive)
				flagged.Add(int64(len(want)))
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%q: the index finds %s, comparing all finds %s", p.Name, summary(got), summary(want))
				}
				// And nothing that is only to be recorded either.
				got, want = noted(ix, found), noted(ix, exhaustive)
				near.Add(int64(len(want)))
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%q: the nearest by the index is %s, by comparing all %s", p.Name, summary(got), summary(want))
				}
				x := searches[p.Role.Person()]
				q := prepare(p.Name, p.Role.Person())
				x.each(&q, func(uint32) { compared.Add(1) })
				all.Add(int64(len(x.space.names) - 1))
			}
		})
	}
	wg.Wait()
	if flagged.Load() == 0 {
		t.Error("nothing was flagged: the comparison shows nothing")
	}
	t.Logf("%d parties against %d names: %d matches at or above the review line, %d more nearest ones at or above the note line; %d comparisons instead of %d (1 in %d)",
		len(parties), len(ix.orgs.names)+len(ix.persons.names)-2, flagged.Load(), near.Load(), compared.Load(), all.Load(), all.Load()/max(1, compared.Load()))
}

// above are the candidates at or above the review line.
func above(ix *Index, candidates []screening.Candidate) []screening.Candidate {
	i := slices.IndexFunc(candidates, func(c screening.Candidate) bool { return c.Score < ix.policy.ReviewLine })
	if i < 0 {
		i = len(candidates)
	}
	return append([]screening.Candidate{}, candidates[:i]...)
}

// noted is the nearest candidate below the review line, if it reaches the note line.
func noted(ix *Index, candidates []screening.Candidate) []screening.Candidate {
	return slices.DeleteFunc(append([]screening.Candidate{}, candidates...), func(c screening.Candidate) bool {
		return c.Score >= ix.policy.ReviewLine || c.Score < ix.policy.NoteLine
	})
}

func summary(candidates []screening.Candidate) string {
	var b strings.Builder
	for _, c := range candidates {
		fmt.Fprintf(&b, "[%s %q %.4f]", c.Entity.ID, c.Matched.Text, c.Score)
	}
	return b.String()
}

// realEntities reads the names of the Consolidated Screening List and of the
// SDN list: enough of the real thing, without the parsers of another room.
func realEntities(t testing.TB, dir string) []*screening.Entity {
	t.Helper()
	var out []*screening.Entity
	rows := readCSV(t, filepath.Join(dir, "us_trade_csl", "consolidated.csv"))
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	for i, r := range rows[1:] {
		e := &screening.Entity{List: "csl", ID: fmt.Sprint(i), Names: []screening.Name{{Text: r[at["name"]]}}}
		switch r[at["type"]] {
		case "Individual":
			e.Kind = screening.KindPerson
		case "Vessel":
			e.Kind = screening.KindVessel
		case "Aircraft":
			e.Kind = screening.KindAircraft
		case "Entity":
			e.Kind = screening.KindOrganisation
		}
		for a := range strings.SplitSeq(r[at["alt_names"]], ";") {
			if a = strings.TrimSpace(a); a != "" {
				e.Names = append(e.Names, screening.Name{Text: a, Kind: screening.AliasName})
			}
		}
		out = append(out, e)
	}
	return out
}

// realPartners reads names of participants.
func realPartners(t testing.TB, dir string) []string {
	t.Helper()
	rows := readCSV(t, filepath.Join(dir, "stacked_dump.csv"))
	at := slices.Index(rows[0], "name")
	if at < 0 {
		t.Fatalf("stacked_dump.csv has no column name: %v", rows[0])
	}
	var out []string
	for _, r := range rows[1:] {
		if at < len(r) && r[at] != "" {
			out = append(out, r[at])
		}
	}
	return out
}

// realOrganisations reads the names of each organisation in a dump of the
// Research Organization Registry (schema 2, packed with gzip).
func realOrganisations(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var records []struct {
		Names []struct {
			Value string `json:"value"`
		} `json:"names"`
	}
	if err := json.NewDecoder(z).Decode(&records); err != nil {
		t.Fatal(err)
	}
	out := make([][]string, len(records))
	for i, r := range records {
		for _, n := range r.Names {
			out[i] = append(out[i], n.Value)
		}
	}
	return out
}

func readCSV(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
