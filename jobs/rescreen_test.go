package jobs_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// TestANightIsAsGoodAsAFullRescreening plays random histories of lists,
// sheets, decisions and days, and after each night holds every active collaboration
// against what screening it from scratch gives.
func TestANightIsAsGoodAsAFullRescreening(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		const steps = 12
		nights, full, changed := 0, 0, 0
		histories := "25"
		if strings.HasPrefix(dsn, "postgres") {
			histories = "5" // each takes a database of its own
		}
		if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
			defer flag.Set("rapid.checks", f.DefValue)
			flag.Set("rapid.checks", histories)
		}
		rapid.Check(t, func(rt *rapid.T) {
			db := storetest.SQLite(t)
			if strings.HasPrefix(dsn, "postgres") {
				db = storetest.Postgres(t)
			}
			s, err := store.Open(t.Context(), db, store.Options{Data: t.TempDir()})
			if err != nil {
				rt.Fatal(err)
			}
			defer s.Close()
			h := newHistory(t, rt, s)
			h.publish()
			h.upload()
			for range steps {
				switch rapid.IntRange(0, 9).Draw(rt, "step") {
				case 0, 1, 2:
					h.publish()
				case 3, 4:
					h.upload()
				case 5, 6:
					h.decide()
				case 7:
					h.end()
				default:
					h.env.Policy = rapid.SampledFrom(h.policies).Draw(rt, "policy")
				}
				h.days(rapid.IntRange(0, 40).Draw(rt, "days"))
				if rapid.IntRange(0, 2).Draw(rt, "night") > 0 {
					h.night()
				}
			}
			h.night()
			nights, full, changed = nights+h.nights, full+h.full, changed+h.changed
		})
		t.Logf("%d nights, %d of them in full; %d collaborations changed", nights, full, changed)
		if !testing.Short() && (full*2 > nights || changed == 0) {
			t.Error("the histories show too little")
		}
	})
}

// history is an office to which things happen.
type history struct {
	t        *testing.T
	rt       *rapid.T
	env      *jobs.Env
	dir      string
	now      time.Time
	policies []*screening.Policy
	listed   map[string]string // lines of the list by id
	names    []string          // that were ever listed
	rows     []string
	uploads  int
	nights   int
	full     int
	changed  int // collaborations, in nights that worked the difference
}

func newHistory(t *testing.T, rt *rapid.T, s *store.Store) *history {
	card, err := lists.Custom(lists.CustomConfig{ID: "watch", Format: "entities.ftm.json", Control: "asset_freeze"})
	if err != nil {
		rt.Fatal(err)
	}
	h := &history{t: t, rt: rt, dir: t.TempDir(), now: time.Date(2031, 1, 6, 9, 0, 0, 0, time.UTC), listed: map[string]string{}}
	other := screening.DefaultPolicy()
	other.ReviewLine = 0.85
	// The usual one most often, for a change of policy works everything.
	usual := screening.DefaultPolicy()
	h.policies = []*screening.Policy{usual, usual, usual, usual, other}
	h.env = &jobs.Env{
		Store: s, Cards: []lists.Card{card}, Policy: usual, MaxAge: 10 * 365 * 24 * time.Hour,
		Version: "test", Actor: "sam", Samples: true, Now: func() time.Time { return h.now },
	}
	return h
}

func (h *history) days(n int) { h.now = h.now.Add(time.Duration(n)*24*time.Hour + time.Minute) }

// The words of names: few, so that parties and listed parties meet.
var nameWords = strings.Fields("Kestoria Kestorria Brelk Brelkov Ulmara Sorvenne Pontavik Zelmar Iran Saffron Iransaffron Qorvath Institute Research Trading College Number 58th 59th of Bank")

func (h *history) name(label string) string {
	words := rapid.SliceOfN(rapid.SampledFrom(nameWords), 1, 4).Draw(h.rt, label)
	return strings.Join(words, " ")
}

// likelyName is often that of a listed party, past or present.
func (h *history) likelyName(label string) string {
	if rapid.Bool().Draw(h.rt, label+" is listed") {
		return rapid.SampledFrom(h.names).Draw(h.rt, label)
	}
	return h.name(label)
}

func (h *history) country(label string) string {
	return rapid.SampledFrom([]string{"", "", "QA", "PE", "NO"}).Draw(h.rt, label)
}

// publish changes some entities of the list and refreshes it.
func (h *history) publish() {
	h.rt.Helper()
	for i, line := range filler(20) {
		h.listed[fmt.Sprint("f", i)] = line
	}
	for range rapid.IntRange(1, 3).Draw(h.rt, "changes") {
		id := fmt.Sprint("w", rapid.IntRange(0, 11).Draw(h.rt, "entity"))
		if h.listed[id] != "" && rapid.Bool().Draw(h.rt, "delist") {
			delete(h.listed, id)
			continue
		}
		name := h.name("listed name")
		h.names = append(h.names, name)
		properties := map[string]string{"name": name}
		if rapid.Bool().Draw(h.rt, "alias") {
			properties["alias"] = h.name("alias name")
		}
		if country := h.country("listed country"); country != "" {
			properties["country"] = strings.ToLower(country)
		}
		schema := rapid.SampledFrom([]string{"Organization", "Organization", "LegalEntity", "Person"}).Draw(h.rt, "schema")
		h.listed[id] = ftmLine(id, schema, true, properties)
	}
	h.tie()
	var b strings.Builder
	ids := make([]string, 0, len(h.listed))
	for id := range h.listed {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		b.WriteString(h.listed[id] + "\n")
	}
	dir := filepath.Join(h.dir, "lists", "watch")
	if err := errors.Join(os.MkdirAll(dir, 0o750), os.WriteFile(filepath.Join(dir, "entities.ftm.json"), []byte(b.String()), 0o600)); err != nil {
		h.rt.Fatal(err)
	}
	out, err := jobs.Refresh(context.Background(), h.env, jobs.RefreshOptions{From: filepath.Join(h.dir, "lists")})
	if err != nil || !out[0].OK() {
		h.rt.Fatalf("refresh: %v %+v", err, out)
	}
}

// tie changes who owns whom: listed parties, and companies that are not listed, by one another.
func (h *history) tie() {
	for range rapid.IntRange(0, 2).Draw(h.rt, "ties") {
		party := func(label string) string {
			if rapid.Bool().Draw(h.rt, label+" is listed") {
				return fmt.Sprint("w", rapid.IntRange(0, 11).Draw(h.rt, label))
			}
			id := fmt.Sprint("x", rapid.IntRange(0, 4).Draw(h.rt, label))
			if h.listed[id] == "" || rapid.IntRange(0, 5).Draw(h.rt, "renamed") == 0 {
				name := h.name("owned name")
				h.names = append(h.names, name)
				h.listed[id] = ftmLine(id, "Company", false, map[string]string{"name": name})
			}
			return id
		}
		id := fmt.Sprint("o", rapid.IntRange(0, 7).Draw(h.rt, "tie"))
		if h.listed[id] != "" && rapid.Bool().Draw(h.rt, "cut") {
			delete(h.listed, id)
			continue
		}
		share := rapid.SampledFrom([]string{"", "20", "30", "50", "60", "100"}).Draw(h.rt, "share")
		day := func(label string) string { // some begin or end in the course of the history
			return rapid.SampledFrom([]string{"", "", "", "2031-02-20", "2031-04", "2031-06-15", "2031-09"}).Draw(h.rt, label)
		}
		h.listed[id] = ownership(id, party("owner"), party("owned"), share, day("since"), day("until"))
	}
}

// upload changes some rows of one of two sheets and screens it.
func (h *history) upload() {
	for range rapid.IntRange(1, 4).Draw(h.rt, "rows") {
		end := rapid.SampledFrom([]string{"", "2031-03-01", "2032-01-01", "2040", "soon"}).Draw(h.rt, "end")
		status := rapid.SampledFrom([]string{"", "active", "active", "closed", "?"}).Draw(h.rt, "status")
		reference := rapid.SampledFrom([]string{"", "R-1", "R-2", "R-3"}).Draw(h.rt, "reference")
		person := ""
		if rapid.IntRange(0, 3).Draw(h.rt, "has person") == 0 {
			person = h.name("person")
		}
		row := strings.Join([]string{reference, h.likelyName("partner"), h.country("country"), h.likelyName("funder"), person, end, status}, ",")
		if len(h.rows) > 0 && rapid.Bool().Draw(h.rt, "replace") {
			h.rows[rapid.IntRange(0, len(h.rows)-1).Draw(h.rt, "which")] = row
		} else {
			h.rows = append(h.rows, row)
		}
	}
	if len(h.rows) > 8 {
		h.rows = h.rows[len(h.rows)-8:]
	}
	sheet := filepath.Join(h.dir, rapid.SampledFrom([]string{"a.csv", "b.csv"}).Draw(h.rt, "file"))
	if err := os.WriteFile(sheet, []byte("Reference,Partner,Country,Funder,Researcher,End,Status\n"+strings.Join(h.rows, "\n")+"\n"), 0o600); err != nil {
		h.rt.Fatal(err)
	}
	columns, err := intake.ParseColumns([]string{"Person=Researcher"})
	if err != nil {
		h.rt.Fatal(err)
	}
	s, err := jobs.Screen(context.Background(), h.env, jobs.ScreenOptions{Files: []string{sheet}, Columns: columns})
	if err != nil {
		h.rt.Fatal(err)
	}
	defer s.Close()
	for _, err := range s.Results(context.Background()) {
		if err != nil {
			h.rt.Fatal(err)
		}
	}
	h.uploads++
}

// decide dismisses a match somebody stands on, or revokes a decision.
func (h *history) decide() {
	ctx := context.Background()
	if rapid.IntRange(0, 3).Draw(h.rt, "revoke") == 0 {
		var ids []string
		for d, err := range jobs.Decisions(ctx, h.env, jobs.DecisionsOptions{}) {
			if err != nil {
				h.rt.Fatal(err)
			}
			ids = append(ids, d.ID)
		}
		if len(ids) > 0 {
			id := rapid.SampledFrom(ids).Draw(h.rt, "revoked")
			_ = jobs.RevokeDecision(ctx, h.env, id, "anna", "new word") // it may be revoked already
		}
		return
	}
	var open []*screening.Decision
	for _, c := range h.active() {
		r, err := h.env.Store.Standing(ctx, c.ID)
		if err != nil {
			h.rt.Fatal(err)
		}
		for i := range r.Parties {
			for _, m := range r.Parties[i].Matches {
				for _, l := range m.Listings {
					open = append(open, &screening.Decision{
						Verdict: screening.FalsePositive, Reason: "Different place", Reviewer: "R. Reviewer", Actor: "anna", Grade: screening.Review, Run: c.Run,
						Made: h.now, Expires: h.now.AddDate(0, 0, rapid.IntRange(5, 60).Draw(h.rt, "holds")),
						PartyKey: r.Partner.Parties[i].Key(), EntityKey: l.Key, List: l.List, Entity: l.Entity,
						Strength: m.Strength, Evidence: screening.Relied(m.Evidence), Party: &r.Partner.Parties[i],
					})
				}
			}
		}
	}
	if len(open) == 0 {
		return
	}
	d := open[rapid.IntRange(0, len(open)-1).Draw(h.rt, "decided")]
	d.ID = fmt.Sprintf("d%d-%s", h.now.Unix(), d.PartyKey[:6])
	if err := h.env.Store.AddDecisions(ctx, []*screening.Decision{d}); err != nil && !errors.Is(err, store.ErrConflict) {
		h.rt.Fatal(err)
	}
}

func (h *history) end() {
	active := h.active()
	if len(active) == 0 {
		return
	}
	c := active[rapid.IntRange(0, len(active)-1).Draw(h.rt, "ended")]
	if err := jobs.EndCollaboration(context.Background(), h.env, c.ID, "anna", "over"); err != nil {
		h.rt.Fatal(err)
	}
}

func (h *history) active() []*screening.Collaboration {
	all, err := jobs.Collaborations(context.Background(), h.env, store.CollaborationFilter{State: store.CollaborationsActive, Limit: 10_000})
	if err != nil {
		h.rt.Fatal(err)
	}
	return all
}

// night screens again and compares.
func (h *history) night() {
	h.rt.Helper()
	ctx := context.Background()
	r, err := jobs.Rescreen(ctx, h.env, jobs.RescreenOptions{})
	if err != nil {
		h.rt.Fatal(err)
	}
	h.nights++
	c := r.Night.Counts
	if c.Full != "" {
		h.full++
	} else {
		h.changed += c.Changed
	}
	active := h.active()
	if c.Active != len(active) || c.Changed+c.Standing != c.Active || c.Rescreened+c.Untouched != c.Parties || c.LeftOut+c.Late != 0 {
		h.rt.Fatalf("the counts do not agree: %d active, %+v", len(active), c)
	}
	held, err := jobs.Hold(ctx, h.env, nil, nil, time.Time{})
	if err != nil {
		h.rt.Fatal(err)
	}
	for _, k := range active {
		got, err := h.env.Store.Standing(ctx, k.ID)
		if err != nil {
			h.rt.Fatal(err)
		}
		want := jobs.Assess(held.Judge, held.Matcher, k.Partner)
		if got.Outcome() != want.Outcome() || k.Grade != want.Grade || k.Waiting {
			h.rt.Fatalf("night %d (%q): collaboration %d %q stands on %s %s, screening it gives %s %s", r.Night.ID, c.Full, k.ID, k.Partner.Parties[0].Name,
				k.Grade, short(got), want.Grade, short(want))
		}
	}
}

func short(r *screening.Result) string {
	var b strings.Builder
	for i := range r.Parties {
		for _, m := range r.Parties[i].Matches {
			fmt.Fprintf(&b, "[%s %s %.4f %s %v]", m.Entity, m.Matched, m.Score, m.Grade, m.Decision)
		}
		if n := r.Parties[i].Nearest; n != nil {
			fmt.Fprintf(&b, "(%s %s %.4f %s)", n.Entity, n.Matched, n.Score, n.Strength)
		}
	}
	return b.String()
}

// TestTheWorkbookOfANight holds that it comes back like any other, and that
// not who ran the night but who sent in the sheet cannot close an escalated match.
func TestTheWorkbookOfANight(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		lines := []string{"w1|Kestoria Trading||QA"}
		for i := range 12 {
			lines = append(lines, fmt.Sprintf("f%d|Filler%c Vostrand||", i, 'a'+i))
		}
		o.list(lines...)
		o.screen("Kestoria Trading,QA", "Ulmara College,NO", "Brelk Institute,PE")
		night := func() (screening.NightCounts, string) {
			t.Helper()
			o.time = o.time.Add(time.Hour)
			out := filepath.Join(o.dir, "night.xlsx")
			env := *o.env
			env.Actor = "nightwatch"
			r, err := jobs.Rescreen(t.Context(), &env, jobs.RescreenOptions{Out: out})
			if err != nil {
				t.Fatal(err)
			}
			return r.Night.Counts, out
		}
		night()
		o.list(append(lines, "w2|Ulmara College||NO")...)
		n, book := night()
		if n.Full != "" || n.Changed != 1 || n.Opened[screening.Escalate] != 1 || n.Active != 3 || n.Rescreened != 1 {
			t.Fatalf("the night: %+v", n)
		}
		o.fill(book, "Ulmara College", "False positive", "Different place")
		if d := o.decide(book, "sam"); d.Applied != 0 || len(d.Problems) != 1 {
			t.Errorf("by who sent in the sheet: %+v", d)
		}
		if d := o.decide(book, "nightwatch"); d.Applied != 1 || d.Waiting != 1 || d.Undecided != 0 {
			t.Errorf("by who ran the night, the first of two: %+v", d)
		}
		if d := o.decide(book, "ben"); d.Applied != 1 || d.Waiting != 0 {
			t.Errorf("by the second: %+v", d)
		}
		n, _ = night()
		if n.Full != "" || n.Changed != 1 || n.Grades[screening.Note] != 1 || n.Decisions == 0 || n.Opened[screening.Escalate] != 0 {
			t.Errorf("the night after: %+v", n)
		}
		if n, _ = night(); n.Changed != 0 || n.Rescreened != 0 {
			t.Errorf("a quiet night: %+v", n)
		}
	})
}

// TestANightThatWasCutShort is taken up: what it had changed is reported once
// it is through, beside what it was before.
func TestANightThatWasCutShort(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		var lines []string
		for i := range 12 {
			lines = append(lines, fmt.Sprintf("f%d|Filler%c Vostrand||", i, 'a'+i))
		}
		o.list(lines...)
		o.screen("Kestoria Trading,QA", "Ulmara College,NO")
		night := func(ctx context.Context) (*jobs.Rescreened, error) {
			o.time = o.time.Add(time.Hour)
			return jobs.Rescreen(ctx, o.env, jobs.RescreenOptions{})
		}
		if _, err := night(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.list(append(lines, "w2|Ulmara College||NO")...)
		// Rows are kept, and then it ends before the night does.
		ctx, cancel := context.WithCancel(t.Context())
		o.env.Progress = func(s jobs.Step) {
			if s.What == "screening again" && s.Done > 0 {
				cancel()
			}
		}
		if _, err := night(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("it was not cut short: %v", err)
		}
		o.env.Progress = nil
		r, err := night(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := r.Night.Counts; r.Night.Attempt != 2 || n.Changed != 1 || n.Opened[screening.Escalate] != 1 || len(n.Runs) != 2 {
			t.Errorf("taken up: attempt %d, %+v", r.Night.Attempt, n)
		}
		for c, err := range s.NightChanges(t.Context(), r.Night.ID) {
			if err != nil {
				t.Fatal(err)
			}
			if c.BeforeGrade != screening.Clear || c.Grade != screening.Escalate || c.Run != r.Run.ID || len(c.Causes) != 1 || c.Causes[0].Entity != "w2" {
				t.Errorf("what changed: %+v", c)
			}
		}
		first, err := s.Run(t.Context(), r.Night.Counts.Runs[0])
		if err != nil || first.Finished.IsZero() {
			t.Errorf("the run that was cut short was left open: %+v %v", first, err)
		}
	})
}
