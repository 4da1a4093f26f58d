package screening

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// byTwo are decisions as anna and ben both sent them on an escalated match.
func byTwo(all ...*Decision) []*Decision {
	var out []*Decision
	for _, d := range all {
		d.Grade, d.Actor = Escalate, "anna"
		second := *d
		second.Actor, second.ID = "ben", d.ID+"b"
		out = append(out, d, &second)
	}
	return out
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func about(p *Party, e *Entity, v Verdict) *Decision {
	return &Decision{
		ID: e.ID, Verdict: v, Reviewer: "R. Reviewer", Made: noon.AddDate(0, -1, 0), Expires: noon.AddDate(1, 0, 0), Strength: Exact,
		PartyKey: p.Key(), EntityKey: e.Key(), List: e.List, Entity: e.ID, Party: p, Candidate: e,
	}
}

func names(e *Entity, all ...string) *Entity {
	for _, n := range all {
		e.Names = append(e.Names, Name{Text: n, Kind: AliasName})
	}
	return e
}

// TestRenumberedAndMerged has what lists do to their entries between two
// editions, and what becomes of the decisions on them.
func TestRenumberedAndMerged(t *testing.T) {
	p := &Party{Role: RolePartner, Name: "Veltraxis Institute", Country: "QA"}
	veltraxis := func(id string) *Entity { return entity("a_list", id, AssetFreeze, "Veltraxis", "QA") }
	optics := func(id string) *Entity { return entity("a_list", id, AssetFreeze, "Veltraxis Optics", "QA") }
	whole := func(id string) *Entity { return names(veltraxis(id), "Veltraxis Optics") }
	for _, tc := range []struct {
		name     string
		acts     []*Decision
		now      *Entity
		grade    Grade
		reopened string // "" : it stands; "new": nothing is known of it
	}{
		{"renumbered, as a positional list is at each reissue", byTwo(about(p, veltraxis("17"), FalsePositive)), veltraxis("18"), Note, ""},
		{"renumbered with one alias more", byTwo(about(p, veltraxis("17"), FalsePositive)), names(veltraxis("18"), "VOI"), Escalate, `it was listed as 17; listed name "VOI" added`},
		{"renumbered under another name", byTwo(about(p, veltraxis("17"), FalsePositive)), entity("a_list", "18", AssetFreeze, "Veltraxis Works", "QA"), Escalate, "new"},
		{"two false positives made one under a new id", byTwo(about(p, veltraxis("17"), FalsePositive), about(p, optics("40"), FalsePositive)), whole("91"), Note, ""},
		{"two false positives made one under the id of one of them", byTwo(about(p, veltraxis("17"), FalsePositive), about(p, optics("40"), FalsePositive)), whole("17"), Note, ""},
		{"the merged one says more than both did", byTwo(about(p, veltraxis("17"), FalsePositive), about(p, optics("40"), FalsePositive)), names(whole("91"), "VOI"), Escalate, `it was listed as 40; `},
		{"the merged one has lost a name", byTwo(about(p, veltraxis("17"), FalsePositive), about(p, names(optics("40"), "VOI"), FalsePositive)), whole("91"), Escalate, `it was listed as 40; listed name "Veltraxis" added; listed name "VOI" removed`},
		{"only one of the two was decided", byTwo(about(p, veltraxis("17"), FalsePositive)), whole("17"), Escalate, `listed name "Veltraxis Optics" added`},
		{"two true matches made one", byTwo(about(p, veltraxis("17"), TrueMatch), about(p, optics("40"), TrueMatch)), whole("91"), Escalate, ""},
		{
			"a false positive and a true match made one", byTwo(about(p, veltraxis("17"), FalsePositive), about(p, optics("40"), TrueMatch)), whole("91"),
			Escalate, "the list has made one party of several that were decided differently",
		},
		{
			"one of the two decisions was one person's", append(byTwo(about(p, veltraxis("17"), FalsePositive)), byTwo(about(p, optics("40"), FalsePositive))[0]),
			whole("91"), Escalate, "it was listed as 40; ",
		},
	} {
		j := &Judge{Policy: DefaultPolicy(), Now: noon, Memory: NewMemory(slices.Values(tc.acts))}
		m := j.Party(&Work{}, p, []Candidate{{Entity: tc.now, Score: 1}}).Matches[0]
		switch {
		case m.Grade != tc.grade:
			t.Errorf("%s: grade %s, want %s (decision %+v)", tc.name, m.Grade, tc.grade, m.Decision)
		case tc.reopened == "new":
			if m.Decision != nil {
				t.Errorf("%s: %+v, want nothing known", tc.name, m.Decision)
			}
		case m.Decision == nil:
			t.Errorf("%s: nothing is known of it", tc.name)
		case tc.reopened == "" && m.Decision.Reopened != "" || !strings.HasPrefix(m.Decision.Reopened, tc.reopened):
			t.Errorf("%s: reopened %q, want %q", tc.name, m.Decision.Reopened, tc.reopened)
		}
	}
}

func TestARenewalTakesTwoPeopleToo(t *testing.T) {
	p := &Party{Name: "Veltraxis", Country: "QA"}
	e := entity("a_list", "1", AssetFreeze, "Veltraxis", "QA")
	acts := byTwo(about(p, e, FalsePositive))
	renewed := func(actor string) *Decision {
		d := about(p, e, FalsePositive)
		d.Grade, d.Actor, d.Renews, d.Made, d.Expires = Escalate, actor, "1", noon, noon.AddDate(2, 0, 0)
		return d
	}
	until := func(acts []*Decision) time.Time {
		return NewMemory(slices.Values(acts)).Standing(p.Key(), e.Key()).Expires
	}
	first := until(acts)
	if one := until(append(slices.Clone(acts), renewed("anna"))); !one.Equal(first) {
		t.Errorf("one person's renewal holds until %v, want the old end %v", one, first)
	}
	if same := until(append(slices.Clone(acts), renewed("anna"), renewed("anna"))); !same.Equal(first) {
		t.Errorf("one person renewed it twice: until %v", same)
	}
	if two := until(append(slices.Clone(acts), renewed("anna"), renewed("ben"))); !two.Equal(noon.AddDate(2, 0, 0)) {
		t.Errorf("two people renewed it: until %v", two)
	}
}
