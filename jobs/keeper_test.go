package jobs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// keep loads what the office has.
func keep(t *testing.T, k *jobs.Keeper) *jobs.Kept {
	t.Helper()
	if err := k.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept, err := k.Kept(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// check asks about one name.
func (o *office) check(kept *jobs.Kept, name string, among jobs.Among) *screening.PartyResult {
	o.t.Helper()
	among.Now = o.time
	q, err := kept.Ask(among)
	if err != nil {
		o.t.Fatal(err)
	}
	return q.Check(&screening.Party{Role: screening.RolePartner, Name: name})
}

func TestKeeperSeesWhatChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.list("W-1|Veltraxis Optics Institute||ir")
		k := jobs.NewKeeper(o.env)
		first := keep(t, k)
		if r := o.check(first, "Veltraxis Optics Institute", jobs.Among{}); r.Grade != screening.Escalate {
			t.Errorf("a listed name has the grade %s, want escalate", r.Grade)
		}
		if r := o.check(first, "Ostrelle Microwave Labs", jobs.Among{}); len(r.Matches) != 0 {
			t.Errorf("a name not listed yet has matches: %v", r.Matches)
		}
		if again := keep(t, k); again.Directory != first.Directory {
			t.Error("the lists were loaded again although nothing has changed")
		}

		// A new edition: who reads goes on with the old one, who asks next has the new one.
		o.time = o.time.Add(24 * time.Hour)
		o.list("W-1|Veltraxis Optics Institute||ir", "W-2|Ostrelle Microwave Labs||ae")
		second := keep(t, k)
		if r := o.check(second, "Ostrelle Microwave Labs", jobs.Among{}); len(r.Matches) != 1 {
			t.Errorf("the new edition's party has %d matches, want 1", len(r.Matches))
		}
		if r := o.check(first, "Ostrelle Microwave Labs", jobs.Among{}); len(r.Matches) != 0 {
			t.Error("a reader of the old edition was shown the new one")
		}
		if _, standing, ok := second.Entity("watch", "W-2"); !ok || !standing.Listed.Equal(o.time) {
			t.Errorf("the new party is listed since %v, %v; want %v", standing.Listed, ok, o.time)
		}
		if _, standing, _ := second.Entity("watch", "W-1"); !standing.Unchanged.Equal(o.time.Add(-24 * time.Hour)) {
			t.Errorf("the party that stayed is unchanged since %v, want a day before", standing.Unchanged)
		}

		// A decision changes the grade, and loads no list.
		_, book := o.screen("Veltraxis Optics Institute,", "Ostrelle Microwave Labs,")
		o.fill(book, "Ostrelle Microwave Labs", "False positive", "Different place")
		for _, actor := range []string{"robin", "alex"} {
			if d := o.decide(book, actor); d.Applied != 1 {
				t.Fatalf("deciding as %s: %+v", actor, d)
			}
		}
		third := keep(t, k)
		if third.Directory != second.Directory {
			t.Error("a decision loaded the lists again")
		}
		if r := o.check(third, "Ostrelle Microwave Labs", jobs.Among{}); r.Grade != screening.Note || r.Matches[0].Decision == nil {
			t.Errorf("a dismissed match has the grade %s, want note", r.Grade)
		}

		// Another policy.
		stricter := *o.env.Policy
		stricter.ReviewLine, stricter.StrongLine, stricter.ExactLine = 1, 1, 1
		o.env.Policy = &stricter
		fourth := keep(t, k)
		if r := o.check(fourth, "Ostrelle Microwav Labs", jobs.Among{}); len(r.Matches) != 0 || r.Nearest == nil {
			t.Errorf("under a review line of 1 a misspelt name has %d matches", len(r.Matches))
		}

		// Time alone makes a list unusable.
		o.time = o.time.Add(11 * 24 * time.Hour)
		fifth := keep(t, k)
		var missing *jobs.MissingLists
		if _, err := fifth.Ask(jobs.Among{Now: o.time}); !errors.As(err, &missing) || missing.Lists[0].List != "watch" {
			t.Errorf("asking an outdated list: %v, want MissingLists", err)
		}
		if r := o.check(fifth, "Veltraxis Optics Institute", jobs.Among{AcceptMissing: []string{"watch"}}); r.Grade != screening.Note || !slices.Contains(r.Notes, "not screened against watch") {
			t.Errorf("going without the list: grade %s, notes %q; want note, said", r.Grade, r.Notes)
		}
	})
}

func TestKeeperAsksSomeLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		second, err := lists.Custom(lists.CustomConfig{ID: "letters", Format: "targets.simple.csv", Control: "advisory"})
		if err != nil {
			t.Fatal(err)
		}
		o.env.Cards = append(o.env.Cards, second)
		dir := filepath.Join(o.dir, "lists", "letters")
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
		csv := "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,program_ids,dataset,first_seen,last_seen,last_change\n" +
			"L-1,Organization,Veltraxis Optical Institute,,,ir,,,,,,,,,,\nL-2,Vessel,Halcyon Drift,,,,,,,,,,,,,\n"
		if err := os.WriteFile(filepath.Join(dir, "targets.simple.csv"), []byte(csv), 0o600); err != nil {
			t.Fatal(err)
		}
		o.list("W-1|Veltraxis Optics Institute||ir")
		kept := keep(t, jobs.NewKeeper(o.env))
		only := func(list string) jobs.Among {
			return jobs.Among{Lists: func(l string) bool { return l == list }}
		}
		entities := func(r *screening.PartyResult) (out []string) {
			for _, m := range r.Matches {
				for _, l := range m.Listings {
					out = append(out, l.Entity)
				}
			}
			slices.Sort(out)
			return out
		}
		name := "Veltraxis Optics Institute"
		if got := entities(o.check(kept, name, only("watch"))); !slices.Equal(got, []string{"W-1"}) {
			t.Errorf("of watch alone: %v, want W-1", got)
		}
		if got := entities(o.check(kept, name, only("letters"))); !slices.Equal(got, []string{"L-1"}) {
			t.Errorf("of letters alone: %v, want L-1", got)
		}
		if got := entities(o.check(kept, name, jobs.Among{})); !slices.Equal(got, []string{"L-1", "W-1"}) {
			t.Errorf("of both: %v, want L-1 and W-1", got)
		}
		// Vessels are found when asked for, and never for a partner.
		if got := entities(o.check(kept, "Halcyon Drift", jobs.Among{})); len(got) != 0 {
			t.Errorf("a vessel was found for a partner: %v", got)
		}
		if got := entities(o.check(kept, "HALCYON DRIFT", jobs.Among{Craft: true})); !slices.Equal(got, []string{"L-2"}) {
			t.Errorf("asked for vessels: %v, want L-2", got)
		}
		if got := o.check(kept, "Halcyon Drift", jobs.Among{Craft: true}).Matches; len(got) == 1 && got[0].Name != "Halcyon Drift" {
			t.Errorf("the vessel is shown as %q", got[0].Name)
		}
		// A register is no list: nothing is looked up in it, nor said to have been.
		register := lists.Registries[0].ID
		registered := &screening.Entity{List: register, ID: "R-1", Kind: screening.KindOrganisation, Names: []screening.Name{{Text: name, Kind: screening.PrimaryName}}}
		_, err = s.Import(t.Context(), &screening.Edition{List: register, Hash: "h1", Fetched: o.time}, func(yield func(*screening.Entity, error) bool) { yield(registered, nil) })
		if err != nil {
			t.Fatal(err)
		}
		kept = keep(t, jobs.NewKeeper(o.env))
		if got := entities(o.check(kept, name, jobs.Among{})); !slices.Equal(got, []string{"L-1", "W-1"}) || len(kept.Used) != 2 {
			t.Errorf("beside a register: %v of %d lists, want those of the two lists", got, len(kept.Used))
		}
	})
}

// TestKeeperIsAskedWhileItLoads changes the list again and again under readers,
// who must always have one whole edition or the next.
func TestKeeperIsAskedWhileItLoads(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.list("W-1|Veltraxis Optics Institute||", "W-2|Ostrelle Microwave Labs||")
		k := jobs.NewKeeper(o.env)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var readers sync.WaitGroup
		asked := make(chan struct{}, 1)
		now := o.time
		for range 4 {
			readers.Go(func() {
				for ctx.Err() == nil {
					kept, err := k.Kept(ctx)
					if err != nil {
						continue // stopped while it loaded
					}
					q, err := kept.Ask(jobs.Among{Now: now})
					if err != nil {
						t.Error(err)
						return
					}
					a := len(q.Check(&screening.Party{Name: "Veltraxis Optics Institute"}).Matches)
					b := len(q.Check(&screening.Party{Name: "Quillmere Polytechnic"}).Matches)
					if a+b != 1 {
						t.Errorf("%d matches of the first edition and %d of the next, want one of both", a, b)
						return
					}
					select {
					case asked <- struct{}{}:
					default:
					}
				}
			})
		}
		for i := range 6 {
			<-asked
			first := "W-1|Veltraxis Optics Institute||"
			if i%2 == 0 {
				first = "W-1|Quillmere Polytechnic||"
			}
			o.list(first, "W-2|Ostrelle Microwave Labs||")
			if err := k.Refresh(ctx); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		readers.Wait()
	})
}
