package screening

import (
	"slices"
	"strings"
	"testing"
)

// licensedRow is a row whose partner is a true match, and the decision and the licence
// that close it for the row.
func licensedRow() (row *Partner, e *Entity, decision *Decision, licence *Disposition) {
	row = &Partner{Place: Place{File: "f.xlsx", Sheet: "S", Row: 4}, Reference: "C-101", Project: "Thin films", Parties: []Party{
		{Role: RolePartner, Name: "Veltraxis Institute", Country: "QA"}, {Role: RoleFunder, Name: "Ulmara Fund"},
	}}
	e = entity("a_list", "1", AssetFreeze, "Veltraxis", "QA")
	decision = about(&row.Parties[0], e, TrueMatch)
	scope := scopeOf(row)
	licence = &Disposition{
		ID: "c1", Closing: Licence, Number: "2026-114", Terms: "one spectrometer", Reviewer: "R. Reviewer", Grade: Escalate, Made: noon.AddDate(0, -1, 0),
		Expires: noon.AddDate(0, 6, 0), PartyKey: row.Parties[0].Key(), EntityKey: e.Key(), WorkKey: scope.Key(), List: "a_list", Entity: "1",
		Party: row.Parties[0].Name, Scope: *scope,
	}
	return row, e, decision, licence
}

// scopeOf is the scope of a row's first party by the default policy.
func scopeOf(row *Partner) *Scope {
	j := &Judge{Policy: DefaultPolicy()}
	return ScopeOf(row, &row.Parties[0], j.Work(row))
}

func twice(all ...*Disposition) []*Disposition {
	var out []*Disposition
	for _, d := range all {
		d.Actor = "anna"
		second := *d
		second.Actor, second.ID = "ben", d.ID+"b"
		out = append(out, d, &second)
	}
	return out
}

func TestADispositionClosesATrueMatchForItsWork(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(row *Partner, e *Entity, decision *Decision, licence *Disposition)
		grade  Grade
		lapsed string // "": it stands; "none": nothing is known of one
	}{
		{"nothing changed", func(*Partner, *Entity, *Decision, *Disposition) {}, Note, ""},
		{"the row moved, and its end and city changed", func(row *Partner, _ *Entity, _ *Decision, _ *Disposition) {
			row.Row, row.File, row.End, row.Parties[0].City = 9, "new.xlsx", "2028", "Doha"
		}, Note, ""},
		{"the project in other letters", func(row *Partner, _ *Entity, _ *Decision, _ *Disposition) { row.Project = "THIN-FILMS" }, Note, ""},
		{"the publisher renumbered it", func(_ *Partner, e *Entity, _ *Decision, _ *Disposition) { e.ID = "77" }, Note, ""},
		{"other role", func(row *Partner, _ *Entity, _ *Decision, _ *Disposition) {
			row.Parties[0].Role = RoleEndUser
		}, Escalate, `role: "partner" before, "end_user" now`},
		{"other funder", func(row *Partner, _ *Entity, _ *Decision, _ *Disposition) {
			row.Parties[1].Name = "Brelk Fund"
		}, Escalate, `funder: "Ulmara Fund" before, "Brelk Fund" now`},
		{"higher stakes", func(row *Partner, _ *Entity, _ *Decision, _ *Disposition) {
			row.Answers = Answers{AskDualUse: {Words: []string{Yes}}}
		}, Escalate, `stakes: "standard" before, "enhanced" now`},
		{"something is shared now", func(row *Partner, _ *Entity, _ *Decision, _ *Disposition) {
			row.Answers = Answers{AskShared: {Words: []string{Equipment}}}
		}, Escalate, "what is shared: not given before"},
		{"other project under the reference", func(row *Partner, _ *Entity, _ *Decision, _ *Disposition) { row.Project = "Rockets" }, Escalate, `project: "Thin films" before, "Rockets" now`},
		{"other work", func(row *Partner, _ *Entity, _ *Decision, _ *Disposition) { row.Reference = "C-999" }, Escalate, "none"},
		{"the licence ended", func(_ *Partner, _ *Entity, _ *Decision, d *Disposition) { d.Expires = noon }, Escalate, "its time was over on 2026-11-23"},
		{"it was revoked", func(_ *Partner, _ *Entity, _ *Decision, d *Disposition) { d.Revoked = "S. Second" }, Escalate, "it was revoked"},
	} {
		row, e, decision, licence := licensedRow()
		tc.change(row, e, decision, licence)
		j := &Judge{Policy: DefaultPolicy(), Now: noon, Memory: NewMemory(slices.Values(byTwo(decision))).Close(slices.Values(twice(licence)))}
		r := j.Row(row, [][]Candidate{{{Entity: e, Score: 1}}, nil})
		m := r.Parties[0].Matches[0]
		if m.Grade != tc.grade || r.Grade != tc.grade {
			t.Errorf("%s: match %s and row %s, want %s", tc.name, m.Grade, r.Grade, tc.grade)
		}
		if m.Decision == nil || m.Decision.Reopened != "" || m.Decision.Verdict != TrueMatch {
			t.Errorf("%s: decision %+v, want the true match to stand", tc.name, m.Decision)
		}
		switch x := m.Disposition; {
		case tc.lapsed == "none":
			if x != nil {
				t.Errorf("%s: %+v is known of it", tc.name, x)
			}
		case x == nil:
			t.Errorf("%s: no disposition beside it", tc.name)
		case tc.lapsed == "" && !x.Stands() || !strings.HasPrefix(x.Lapsed, tc.lapsed):
			t.Errorf("%s: lapsed %q, want %q", tc.name, x.Lapsed, tc.lapsed)
		}
	}
}

func TestADispositionNeedsItsDecision(t *testing.T) {
	for _, tc := range []struct {
		name   string
		acts   func(d *Decision, x *Disposition) ([]*Decision, []*Disposition)
		change func(e *Entity)
		grade  Grade
	}{
		{"two people each", func(d *Decision, x *Disposition) ([]*Decision, []*Disposition) { return byTwo(d), twice(x) }, nil, Note},
		{"one person closed it", func(d *Decision, x *Disposition) ([]*Decision, []*Disposition) { return byTwo(d), twice(x)[:1] }, nil, Escalate},
		{"nobody said it is a true match", func(_ *Decision, x *Disposition) ([]*Decision, []*Disposition) { return nil, twice(x) }, nil, Escalate},
		{"one person said it is a true match", func(d *Decision, x *Disposition) ([]*Decision, []*Disposition) { return byTwo(d)[:1], twice(x) }, nil, Escalate},
		{"an alias was added since", func(d *Decision, x *Disposition) ([]*Decision, []*Disposition) { return byTwo(d), twice(x) }, func(e *Entity) {
			names(e, "VOI")
		}, Escalate},
		{"two people, of different licences", func(d *Decision, x *Disposition) ([]*Decision, []*Disposition) {
			both := twice(x)
			both[1].Number = "another"
			return byTwo(d), both
		}, nil, Escalate},
	} {
		row, e, decision, licence := licensedRow()
		decisions, closed := tc.acts(decision, licence)
		if tc.change != nil {
			tc.change(e)
		}
		// The fixture's decision was made of the entity as it stood.
		stood := entity("a_list", "1", AssetFreeze, "Veltraxis", "QA")
		for _, d := range decisions {
			d.Candidate = stood
		}
		j := &Judge{Policy: DefaultPolicy(), Now: noon, Memory: NewMemory(slices.Values(decisions)).Close(slices.Values(closed))}
		r := j.Row(row, [][]Candidate{{{Entity: e, Score: 1}}, nil})
		if r.Grade != tc.grade {
			t.Errorf("%s: %s, want %s", tc.name, r.Grade, tc.grade)
		}
	}
}

func TestARowWithoutAReferenceIsItsPlace(t *testing.T) {
	row, _, _, _ := licensedRow()
	row.Reference, row.Project = "", "  "
	before := scopeOf(row).Key()
	row.Row++
	if scopeOf(row).Key() == before {
		t.Error("two rows that nothing tells apart share their dispositions")
	}
}

func TestTheClockRunsFromTheFirstWord(t *testing.T) {
	p := &Party{Name: "Veltraxis", Country: "QA"}
	e := entity("a_list", "1", AssetFreeze, "Veltraxis", "QA")
	acts := byTwo(about(p, e, TrueMatch))
	acts[0].Made = noon.AddDate(0, -2, 0)
	changed := about(p, names(entity("a_list", "1", AssetFreeze, "Veltraxis", "QA"), "VOI"), TrueMatch)
	changed.Made = noon
	m := NewMemory(slices.Values(append(acts, byTwo(changed)...)))
	if d := m.Standing(p.Key(), e.Key()); !d.Since.Equal(acts[0].Made) {
		t.Errorf("since %v, want the first person's word %v", d.Since, acts[0].Made)
	}
	if d := m.Standing(p.Key(), changed.EntityKey); !d.Since.Equal(acts[0].Made) {
		t.Errorf("after an alias was added: since %v, want %v: the party is the same", d.Since, acts[0].Made)
	}
}
