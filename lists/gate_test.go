package lists

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partnerscreen/screening"
)

// edition is a reading of n invented parties with names, aliases and countries,
// the first ones of part A, the others of part B.
func edition(n, partA int) *Reading {
	r := &Reading{Parts: map[string]int{}}
	for i := range n {
		part := "B"
		if i < partA {
			part = "A"
		}
		e := party(fmt.Sprint(i), fmt.Sprintf("Alder Works %d|AW %d", i, i), "NO")
		e.Listings[0].Programme = part
		r.Entities = append(r.Entities, e)
		r.Parts[part]++
	}
	return r
}

func TestGate(t *testing.T) {
	card := &Card{
		ID:     "x",
		Part:   func(l *screening.Listing) string { return l.Programme },
		Bounds: Bounds{MinEntities: 50, MaxEntities: 1000, MinNamed: 0.99, MinCountry: 0.5, MinAlias: 0.5, MaxShrink: 0.1, MaxGrow: 0.5, Parts: map[string]Bounds{"A": {MinEntities: 10, MaxShrink: 0.3}, "*": {MaxShrink: 0.3, MaxGrow: 3}}},
	}
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	good := &LastGood{Entities: 200, Parts: map[string]int{"A": 100, "B": 100}, Published: "2026-08-01T00:00:00Z"}
	for _, c := range []struct {
		name   string
		change func(*Reading) *Reading
		last   *LastGood
		want   []string // parts of the reasons; none: it may be used
	}{
		{"the first edition", nil, nil, nil},
		{"like the last one", nil, good, nil},
		{"empty", func(*Reading) *Reading { return &Reading{} }, good, []string{"the edition is empty"}},
		{"could not be read", func(*Reading) *Reading {
			return &Reading{Findings: []Finding{{Kind: "truncated", Place: "x", Text: "the file ends early", Holds: true}}}
		}, good, []string{"the file ends early"}},
		{"below the minimum", func(*Reading) *Reading { return edition(40, 20) }, nil, []string{"40 entities, at least 50 were expected"}},
		{"above the maximum", func(*Reading) *Reading { return edition(1001, 500) }, nil, []string{"1001 entities, at most 1000 were expected"}},
		{"a tenth fewer is believed", func(*Reading) *Reading { return edition(180, 90) }, good, nil},
		{"more than a tenth fewer is not", func(*Reading) *Reading { return edition(179, 90) }, good, []string{"179 entities, 10 % fewer than the 200 in use"}},
		{"more than half as many again", func(*Reading) *Reading { return edition(301, 150) }, good, []string{"301 entities, 50 % more than the 200 in use"}},
		{"one part lost a third, the other makes up for it", func(*Reading) *Reading { return edition(200, 69) }, good, []string{"69 entities of A, 31 % fewer than the 100 in use"}},
		{"one part is gone", func(*Reading) *Reading { return edition(200, 0) }, good, []string{"0 entities of A, at least 10 were expected", "0 entities of A, 100 % fewer"}},
		{"a part that was small may go", func(*Reading) *Reading { return edition(200, 200) }, &LastGood{Entities: 200, Parts: map[string]int{"A": 190, "B": 10}}, nil},
		{"a small list may shrink", func(*Reading) *Reading { return edition(60, 30) }, &LastGood{Entities: 19, Parts: map[string]int{"A": 19}}, nil},
		{"names are gone", func(r *Reading) *Reading {
			for _, e := range r.Entities[:5] {
				e.Names = nil
			}
			return r
		}, good, []string{"97.5 % of 200 entities have a name, at least 99 % were expected"}},
		{"countries are gone", func(r *Reading) *Reading {
			for _, e := range r.Entities[:101] {
				e.Countries = nil
			}
			return r
		}, good, []string{"49.5 % of 200 entities have a country"}},
		{"aliases are gone", func(r *Reading) *Reading {
			for _, e := range r.Entities {
				e.Names = e.Names[:1]
			}
			return r
		}, good, []string{"0.0 % of 200 entities have another name"}},
		{"the publisher counts more", func(r *Reading) *Reading { r.Declared = 201; return r }, good, []string{"declares 201 entities, 200 were read"}},
		{"an unknown column", func(r *Reading) *Reading {
			r.Findings = []Finding{{Kind: "column", Place: "list.csv", Text: `unknown column "aka2"`, Holds: true}}
			return r
		}, good, []string{`list.csv: unknown column "aka2"`}},
		{"the same finding many times is one reason", func(r *Reading) *Reading {
			for i := range 100 {
				r.Findings = append(r.Findings, Finding{Kind: "source", Place: fmt.Sprintf("line %d", i), Text: "unknown source", Holds: true})
			}
			return r
		}, good, []string{"line 0: unknown source (and 99 more times)"}},
		{"many findings are counted, not printed", func(r *Reading) *Reading {
			for i := range 25 {
				r.Findings = append(r.Findings, Finding{Kind: "source", Text: fmt.Sprint("unknown source ", i), Holds: true})
			}
			return r
		}, good, append(slices.Repeat([]string{"unknown source"}, 20), "and 5 findings more")},
		{"a bad row holds nothing up", func(r *Reading) *Reading {
			r.Findings = []Finding{{Kind: "row", Place: "list.csv line 7", Text: "no name"}}
			return r
		}, good, nil},
		{"published before the edition in use", func(r *Reading) *Reading { r.Published = day("2026-07-31"); return r }, good, []string{"published 2026-07-31, older than the edition in use (2026-08-01)"}},
		{"published on the same day", func(r *Reading) *Reading { r.Published = day("2026-08-01"); return r }, good, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := edition(200, 100)
			if c.change != nil {
				r = c.change(r)
			}
			got := Gate(card, r, c.last)
			if len(got) != len(c.want) {
				t.Fatalf("reasons %q, want %q", got, c.want)
			}
			for i, want := range c.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("reason %q, want %q in it", got[i], want)
				}
			}
		})
	}
}

func TestTallyCountsWhatTheGateCounts(t *testing.T) {
	card := &Card{Part: func(l *screening.Listing) string { return l.Programme }}
	last := Tally(card, slices.Values(edition(30, 12).Entities))
	if last.Entities != 30 || last.Parts["A"] != 12 || last.Parts["B"] != 18 {
		t.Errorf("tally %+v", last)
	}
}

// held reads a list from files as a refresh does and returns the gate's reasons.
func held(t *testing.T, card *Card, files map[string]string) (string, *Reading) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		write(t, filepath.Join(dir, card.ID, name), content)
	}
	f, err := FromDir(card, dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(t.Context(), card, f, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(Gate(card, r, nil), "\n"), r
}

// sdnFixture is the CSV fixture of the SDN list, to be broken.
func sdnFixture(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range []string{"SDN.CSV", "ALT.CSV", "ADD.CSV", "SDN_COMMENTS.CSV"} {
		b, err := os.ReadFile(filepath.Join("testdata", "us_ofac_sdn", "csv", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(b)
	}
	return files
}

func TestBrokenEditionsAreHeld(t *testing.T) {
	small := usOFACSDN // the fixture is small: only what is broken may hold it
	small.Bounds.MinEntities, small.Bounds.MinCountry, small.Bounds.MinAlias = 1, 0, 0
	csl := usTradeCSL
	csl.Bounds = Bounds{MinEntities: 1}
	header := "ent_num,SDN_name,SDN_type,Program,Title,Call_Sign,Vess_type,Tonnage,GRT,Vess_flag,Vess_owner,Remarks\r\n"
	for _, c := range []struct {
		name  string
		card  *Card
		files func(map[string]string) map[string]string
		want  string // in the reasons; "" when it must pass
	}{
		{"as it should be", &small, nil, ""},
		{"the file of the day the address moved: no byte", &small, func(map[string]string) map[string]string { return map[string]string{"SDN.CSV": ""} }, "SDN.CSV is empty"},
		{"an end mark alone", &small, func(f map[string]string) map[string]string { f["SDN.CSV"] = "\x1a"; return f }, "SDN.CSV is empty"},
		{"a header row on top, else whole", &small, func(f map[string]string) map[string]string { f["SDN.CSV"] = header + f["SDN.CSV"]; return f }, ""},
		{"the aliases are missing", &small, func(f map[string]string) map[string]string { delete(f, "ALT.CSV"); return f }, "ALT.CSV: the file is missing"},
		{"the addresses are empty", &small, func(f map[string]string) map[string]string { f["ADD.CSV"] = ""; return f }, "ADD.CSV is empty"},
		{"no remark overflows", &small, func(f map[string]string) map[string]string { delete(f, "SDN_COMMENTS.CSV"); return f }, ""},
		{"cut in the middle of a row", &small, func(f map[string]string) map[string]string {
			f["SDN.CSV"] = f["SDN.CSV"][:strings.Index(f["SDN.CSV"], "P7HX2")]
			return f
		}, "cut short"},
		{"an error page", &small, func(f map[string]string) map[string]string {
			f["SDN.CSV"] = "<!DOCTYPE html><html>gone</html>"
			return f
		}, "is a web page, not a list"},
		{"another file under its name", &small, func(f map[string]string) map[string]string { f["SDN.CSV"] = "name,country\nx,y\n"; return f }, "it is not the file it is named as"},
		{"aliases of another edition", &small, func(f map[string]string) map[string]string {
			for i := range 40 {
				f["ALT.CSV"] = fmt.Sprintf("%d,%d,\"aka\",\"ALDER %d\",-0- \r\n", 90000+i, i, i) + f["ALT.CSV"]
			}
			return f
		}, "a mix of editions"},
		{"XML cut short", &small, func(map[string]string) map[string]string {
			return map[string]string{"SDN.XML": "<sdnList><publshInformation><Publish_Date>08/01/2026</Publish_Date></publshInformation><sdnEntry><uid>1</uid>"}
		}, "cut short"},
		{"fewer entries than declared", &small, func(map[string]string) map[string]string {
			return map[string]string{"SDN.XML": `<sdnList><publshInformation><Record_Count>2</Record_Count></publshInformation>
				<sdnEntry><uid>1</uid><lastName>ALDER WORKS</lastName><sdnType>Entity</sdnType><programList><program>CUBA</program></programList></sdnEntry></sdnList>`}
		}, "declares 2 entities, 1 were read"},
		{"a new element", &small, func(map[string]string) map[string]string {
			return map[string]string{"SDN.XML": `<sdnList><sdnEntry><uid>1</uid><lastName>ALDER WORKS</lastName><sdnType>Entity</sdnType><programList><program>CUBA</program></programList><licences><licence>8</licence></licences></sdnEntry></sdnList>`}
		}, "unknown element sdnEntry/licences"},
		{"a source that is not known", &csl, func(map[string]string) map[string]string {
			return map[string]string{"consolidated.csv": strings.Join(append(cslColumns.Need, "programs"), ",") + "\n1,Brand New List (BNL) - Commerce Department,Alder Works,,NO,,\n"}
		}, `unknown source "Brand New List`},
		{"a column that is not known", &csl, func(map[string]string) map[string]string {
			return map[string]string{"consolidated.csv": strings.Join(append(cslColumns.Need, "aka_strength"), ",") + "\n1,Entity List (EL) - Bureau of Industry and Security,Alder Works,,NO,,\n"}
		}, `unknown column "aka_strength"`},
		{"a column that is gone", &csl, func(map[string]string) map[string]string {
			return map[string]string{"consolidated.csv": "_id,source,name\n1,Entity List (EL) - Bureau of Industry and Security,Alder Works\n"}
		}, `has no column "type"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := sdnFixture(t)
			if c.files != nil {
				files = c.files(files)
			}
			got, r := held(t, c.card, files)
			if c.want == "" && got != "" {
				t.Errorf("held: %s", got)
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("reasons %q, want %q in them; findings %v", got, c.want, r.Findings)
			}
		})
	}
}

func TestFromDir(t *testing.T) {
	csv, xml := sdnFixture(t), map[string]string{}
	b, err := os.ReadFile(filepath.Join("testdata", "us_ofac_sdn", "xml", "SDN.XML"))
	if err != nil {
		t.Fatal(err)
	}
	xml["SDN.XML"] = string(b)
	b, err = os.ReadFile(filepath.Join("testdata", "us_ofac_sdn", "advanced-xml", "SDN_ADVANCED.XML"))
	if err != nil {
		t.Fatal(err)
	}
	newer := map[string]string{"SDN_ADVANCED.XML": strings.Replace(string(b), "<Day>1</Day>", "<Day>2</Day>", 1)}
	older := map[string]string{"SDN_ADVANCED.XML": strings.Replace(string(b), "<Month>8</Month>", "<Month>7</Month>", 1)}
	for _, c := range []struct {
		name   string
		files  []map[string]string
		format string
		reason string
	}{
		{"one format", []map[string]string{xml}, "xml", ""},
		{"the CSV when a date is missing", []map[string]string{csv, xml}, "csv", "read csv, left xml of 2026-08-01: a publisher's date is missing"},
		{"the newest of dated ones", []map[string]string{xml, newer}, "advanced-xml", "left xml of 2026-08-01"},
		{"the newest, the other way round", []map[string]string{xml, older}, "xml", "left advanced-xml of 2026-07-01"},
		{"names in small letters", []map[string]string{{"sdn.csv": csv["SDN.CSV"], "alt.csv": csv["ALT.CSV"], "add.csv": csv["ADD.CSV"]}}, "csv", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, files := range c.files {
				for name, content := range files {
					write(t, filepath.Join(dir, "us_ofac_sdn", name), content)
				}
			}
			f, err := FromDir(&usOFACSDN, dir)
			if err != nil {
				t.Fatal(err)
			}
			if f.Format.Name != c.format || !strings.Contains(f.Reason, c.reason) || (c.reason == "") != (f.Reason == "") {
				t.Errorf("format %s, reason %q; want %s, %q", f.Format.Name, f.Reason, c.format, c.reason)
			}
			r, err := Read(t.Context(), &usOFACSDN, f, DefaultLimits)
			if err != nil || len(r.Entities) == 0 {
				t.Errorf("%d entities, %v", len(r.Entities), err)
			}
			again, err := FromDir(&usOFACSDN, dir)
			if err != nil || again.Hash != f.Hash || f.Hash == "" {
				t.Errorf("hash %q, then %q (%v)", f.Hash, again.Hash, err)
			}
		})
	}

	dir := t.TempDir()
	if _, err := FromDir(&usOFACSDN, dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v without a folder, want fs.ErrNotExist", err)
	}
	write(t, filepath.Join(dir, "us_ofac_sdn", "notes.txt"), "x")
	if _, err := FromDir(&usOFACSDN, dir); err == nil || !strings.Contains(err.Error(), "holds notes.txt") || !strings.Contains(err.Error(), "SDN.CSV") {
		t.Errorf("error %v for a folder without the published file", err)
	}
	retired := Card{ID: "old", Formats: []Format{{Name: "csv", Files: []File{{Name: "New-List.csv"}}}}, Retired: []RetiredFile{{Name: "*conlist*.csv", Instead: "use New-List.csv"}}}
	write(t, filepath.Join(dir, "old", "ConList.csv"), "x")
	if _, err := FromDir(&retired, dir); !errors.Is(err, ErrRetired) || !strings.Contains(err.Error(), "use New-List.csv") {
		t.Errorf("error %v for a retired file", err)
	}
}

func TestReadLimits(t *testing.T) {
	card, err := Custom(CustomConfig{ID: "watch", Format: "names.csv"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "watch", "names.csv"), "name\n"+strings.Repeat("Alder Works\n", 100))
	f, err := FromDir(&card, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		limits Limits
		want   string
	}{
		{"as many as allowed", Limits{MaxEntities: 100}, ""},
		{"one too many", Limits{MaxEntities: 99}, "more than 99 entities"},
		{"exactly as large as allowed", Limits{MaxFile: int64(len("name\n") + 100*len("Alder Works\n"))}, ""},
		{"too large", Limits{MaxFile: 500}, "larger than the limit"},
	} {
		r, err := Read(t.Context(), &card, f, c.limits)
		if err != nil {
			t.Fatal(err)
		}
		reasons := strings.Join(Gate(&card, r, nil), "\n")
		if c.want == "" && reasons != "" || !strings.Contains(reasons, c.want) {
			t.Errorf("%s: reasons %q, want %q", c.name, reasons, c.want)
		}
	}
	// A quote that never closes must not swallow the file into one record.
	write(t, filepath.Join(dir, "watch", "names.csv"), "name\n\""+strings.Repeat(strings.Repeat("alder ", 100)+"\n", maxRecord/600+200))
	r, err := Read(t.Context(), &card, f, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if reasons := strings.Join(Gate(&card, r, nil), "\n"); !strings.Contains(reasons, "one record is larger than") {
		t.Errorf("reasons %q", reasons)
	}
}

// Two parties under one id must both be kept.
func TestReadKeepsPartiesOfOneIDApart(t *testing.T) {
	card, _ := Custom(CustomConfig{ID: "watch", Format: "names.csv"})
	dir := t.TempDir()
	write(t, filepath.Join(dir, "watch", "names.csv"), "id,name\n1,Alder Works\n1,Birch Works\n")
	f, err := FromDir(&card, dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(t.Context(), &card, f, DefaultLimits)
	if err != nil || len(r.Entities) != 2 || r.Entities[0].ID == r.Entities[1].ID {
		t.Errorf("%v, %v", r.Entities, err)
	}
	if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Text, "more than once") {
		t.Errorf("findings %v", r.Findings)
	}
}
