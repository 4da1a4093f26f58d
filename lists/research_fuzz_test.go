package lists

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"slices"
	"testing"
)

// memoryFiles is an edition in memory: what each file holds, by name.
type memoryFiles map[string][]byte

func (m memoryFiles) Names() []string { return slices.Sorted(maps.Keys(m)) }

func (m memoryFiles) Open(name string) (io.ReadCloser, error) {
	file, ok := findName(m.Names(), name)
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(m[file])), nil
}

// fuzzCard feeds changed bytes of the fixture's file to a card's parser, the
// other files as they are. Whatever comes, it must not crash, and what it
// emits must keep the contract that the other rooms rely on.
func fuzzCard(f *testing.F, id, format, name string) {
	card, ok := Find(All, id)
	if !ok {
		f.Fatalf("no card %s", id)
	}
	at := slices.IndexFunc(card.Formats, func(x Format) bool { return x.Name == format })
	if at < 0 {
		f.Fatalf("%s has no format %s", id, format)
	}
	files := fixtureFiles(f, card, &card.Formats[at])
	whole, ok := files[name]
	if !ok {
		f.Fatalf("no fixture %s", name)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		edition := maps.Clone(files)
		edition[name] = text
		// As an edition is read: ids that an edition repeats are told apart there.
		r, err := Read(t.Context(), card, &Fetched{Format: &card.Formats[at], Source: edition}, DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Entities) == 0 { // the gate holds an empty edition
			return
		}
		size := 0
		for _, file := range edition {
			size += len(file)
		}
		if len(r.Entities) > size {
			t.Errorf("%d entities out of %d bytes", len(r.Entities), size)
		}
		checkContract(t, card, r.Entities)
	})
}

func FuzzUSDoD1286(f *testing.F)      { fuzzCard(f, "us_dod_1286", "csv", "section_1286.csv") }
func FuzzUSDoD1260H(f *testing.F)     { fuzzCard(f, "us_dod_1260h", "csv", "sanctions.csv") }
func FuzzUSBISDenied(f *testing.F)    { fuzzCard(f, "us_bis_denied", "txt", "dpl.txt") }
func FuzzUSFCCCovered(f *testing.F)   { fuzzCard(f, "us_fcc_covered", "csv", "table.csv") }
func FuzzUSSpecialLeg(f *testing.F)   { fuzzCard(f, "us_special_leg", "csv", "inksna.csv") }
func FuzzUSDHSUFLPA(f *testing.F)     { fuzzCard(f, "us_dhs_uflpa", "html", "uflpa-entity-list.html") }
func FuzzUSDDTC(f *testing.F)         { fuzzCard(f, "us_ddtc_debarred", "xlsx", "statutory.xlsx") }
func FuzzJPMETIEndUsers(f *testing.F) { fuzzCard(f, "jp_meti_eul", "json", "jp.json") }
func FuzzJPMETIRussia(f *testing.F)   { fuzzCard(f, "jp_meti_ru", "csv", "targets.simple.csv") }
func FuzzTWSHTC(f *testing.F)         { fuzzCard(f, "tw_shtc", "csv", "shtc_list.csv") }
