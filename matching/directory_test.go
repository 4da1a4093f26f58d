package matching

import (
	"fmt"
	"slices"
	"testing"

	"partnerscreen/screening"
)

func TestDirectory(t *testing.T) {
	entity := func(id string, names ...string) *screening.Entity {
		e := &screening.Entity{List: "l", ID: id}
		for _, n := range names {
			e.Names = append(e.Names, screening.Name{Text: n})
		}
		return e
	}
	d := NewDirectory([]*screening.Entity{
		entity("1", "Brannock 61st Research Institute"),
		entity("2", "Ostrelle Research", "OSTRELLE MICROWAVE"),
		entity("3", "Research"),
		entity("4", "Søndervig Hafenbau", "Сорвенский завод"),
		entity("5", "Old Research Co", "Researchers United"),
		entity("QX-77", "Tambrel"),
	})
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"the name itself, then names that begin with it, then words inside", "research", []string{"3", "5", "1", "2"}},
		{"an entity stands where its best name does, once", "ostrelle", []string{"2"}},
		{"words in any order, each may be cut short", "inst brann", []string{"1"}},
		{"the middle of a word finds nothing", "search", nil},
		{"marks may be left out", "sondervig", []string{"4"}},
		{"another script by its sound", "Sorvenskii", []string{"4"}},
		{"its own script", "Сорвен", []string{"4"}},
		{"the publisher's id", "QX-77", []string{"QX-77"}},
		{"part of an id is no name", "QX", nil},
		{"signs alone find nothing", "!?", nil},
		{"nothing at all finds all", "", []string{"1", "5", "2", "3", "4", "QX-77"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, e := range d.Find(c.text, func(*screening.Entity) bool { return true }) {
				got = append(got, e.ID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("Find(%q) = %v, want %v", c.text, got, c.want)
			}
		})
	}
	if got := d.Find("research", func(e *screening.Entity) bool { return e.ID != "3" }); len(got) != 3 {
		t.Errorf("an unwanted entity was found: %v", got)
	}
}

func TestAbove(t *testing.T) {
	var entities []*screening.Entity
	for i, n := range []string{"Veltraxis Optics Institute", "Veltraxis Optics Instytut Kerman", "Veltrakses Optick Institute", "Quillmere Polytechnic University"} {
		entities = append(entities, &screening.Entity{List: "l", ID: fmt.Sprint(i), Names: []screening.Name{{Text: n, Kind: screening.PrimaryName}}})
	}
	policy := screening.DefaultPolicy()
	ix := NewIndex(slices.Values(entities), Options{Policy: policy})
	query := &screening.Party{Role: screening.RolePartner, Name: "Veltraxis Optics Institute"}
	for _, line := range []float64{0, policy.NoteLine, 0.75, policy.ReviewLine, 0.99} {
		got := ix.Above(query, line)
		line = max(line, policy.NoteLine)
		for i, c := range got {
			if c.Score < line && i < len(got)-1 {
				t.Errorf("line %.2f: candidate %d of %d scores %.4f", line, i+1, len(got), c.Score)
			}
		}
		// As comparing with each of them one by one says.
		want := 0
		for _, e := range entities {
			if Compare(query, e, Options{Policy: policy}).Score >= line {
				want++
			}
		}
		above := 0
		for _, c := range got {
			if c.Score >= line {
				above++
			}
		}
		if above != want || want == 0 {
			t.Errorf("line %.2f: %d candidates at or above it, want %d", line, above, want)
		}
	}
}
