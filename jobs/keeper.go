package jobs

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"partnerscreen/matching"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// Keeper keeps the enabled lists loaded and indexed for a server that has to
// answer at once. What it keeps is replaced whole when an edition, a decision
// or the policy has changed: who is reading goes on with what they have, nobody
// waits for a load but the first, and there is one load at a time.
type Keeper struct {
	env   *Env
	shelf *Shelf
	kept  atomic.Pointer[Kept]
	turn  chan struct{} // held by the one who loads
}

// Kept are the enabled lists as they stood when they were last looked at. It
// never changes, and any number of goroutines may ask it at once.
type Kept struct {
	// Used has every enabled list, and says of those that cannot be used why.
	Used []screening.EditionUsed
	// Directory finds listed parties by the words of their names, for people who type.
	Directory *matching.Directory

	judge     *screening.Judge
	lists     *loaded
	craft     *matching.Index // vessels and aircraft, which no party of a sheet is compared with
	entities  map[entityID]*keptEntity
	policy    screening.Policy
	decisions int64
}

type entityID struct{ list, id string }

type keptEntity struct {
	*screening.Entity
	standing store.Standing
}

// NewKeeper returns a Keeper that has loaded nothing yet.
func NewKeeper(env *Env) *Keeper {
	return &Keeper{env: env, shelf: cmp.Or(env.Shelf, &Shelf{}), turn: make(chan struct{}, 1)}
}

// Kept returns what is loaded. Only while nothing is does it wait for the load.
func (k *Keeper) Kept(ctx context.Context) (*Kept, error) {
	if kept := k.kept.Load(); kept != nil {
		return kept, nil
	}
	err := k.Refresh(ctx)
	return k.kept.Load(), err
}

// Entities is how many listed parties are loaded.
func (k *Keeper) Entities() int {
	if kept := k.kept.Load(); kept != nil {
		return len(kept.entities)
	}
	return 0
}

// Run looks every so often whether something has changed, until ctx ends.
// failed is told what went wrong; what was loaded before stays.
func (k *Keeper) Run(ctx context.Context, every time.Duration, failed func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := k.Refresh(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Refresh looks whether something has changed, and if so loads it before it
// returns: who has just decided something calls it, so that the next answer knows.
func (k *Keeper) Refresh(ctx context.Context) error {
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	var every []string
	for i := range k.env.Cards {
		every = append(every, k.env.Cards[i].ID)
	}
	// What is missing is for each question to accept or not.
	h, err := pick(ctx, k.env, nil, every, time.Time{})
	if err != nil {
		return err
	}
	decisions, err := k.env.Store.LastDecision(ctx)
	if err != nil {
		return err
	}
	last := k.kept.Load()
	judge := *h.Judge // of the lists asked alone: it follows no links and no register
	now := &Kept{Used: listsOnly(h.Used), judge: &judge, policy: *k.env.Policy, decisions: decisions}
	if last != nil && last.decisions == decisions {
		now.judge.Memory = last.judge.Memory
	} else if now.judge.Memory, err = loadMemory(ctx, k.env); err != nil {
		return err
	}
	if err := h.loadFrom(ctx, k.env, k.shelf); err != nil {
		return err
	}
	if now.lists = h.lists; last != nil && last.lists == h.lists {
		now.craft, now.Directory, now.entities = last.craft, last.Directory, last.entities
	} else if err := now.spread(ctx, k.env, h.Used); err != nil {
		return err
	}
	k.kept.Store(now)
	return nil
}

// listsOnly leaves registers away: they say who owns whom, and nobody is listed in them.
func listsOnly(used []screening.EditionUsed) []screening.EditionUsed {
	return slices.DeleteFunc(slices.Clone(used), func(u screening.EditionUsed) bool { return u.Register })
}

// spread makes of the lists that are loaded what only those need who look parties up.
func (k *Kept) spread(ctx context.Context, env *Env, editions []screening.EditionUsed) error {
	k.entities = map[entityID]*keptEntity{}
	standings := map[string]map[string]store.Standing{}
	for _, used := range editions {
		if used.Missing != "" || used.Register {
			continue
		}
		var err error
		if standings[used.List], err = env.Store.Standings(ctx, used.List, used.Seq); err != nil {
			return err
		}
	}
	var craft []*screening.Entity
	for _, e := range k.lists.entities {
		k.entities[entityID{e.List, e.ID}] = &keptEntity{e, standings[e.List][e.ID]}
		if isCraft(e) {
			as := *e
			as.Kind = screening.KindOrganisation // the names of craft are read as those of organisations
			craft = append(craft, &as)
		}
	}
	k.craft = matching.NewIndex(slices.Values(craft), matching.Options{Policy: env.Policy})
	k.Directory = matching.NewDirectory(k.lists.entities)
	return ctx.Err()
}

func isCraft(e *screening.Entity) bool {
	return e.Kind == screening.KindVessel || e.Kind == screening.KindAircraft
}

// Entity returns a listed party, and since when its list has had it and has had it as it is.
func (k *Kept) Entity(list, id string) (*screening.Entity, store.Standing, bool) {
	e, ok := k.entities[entityID{list, id}]
	if !ok {
		return nil, store.Standing{}, false
	}
	return e.Entity, e.standing, true
}

// Policy is the policy the lists were indexed with.
func (k *Kept) Policy() *screening.Policy { return &k.policy }

// Among says which of the lists a question is asked of, and on what terms.
type Among struct {
	// Lists reports whether a list takes part; nil asks all.
	Lists func(list string) bool
	// AcceptMissing names lists the question goes without although they bind the office.
	AcceptMissing []string
	// Line is the score from which every candidate is wanted; 0 is the review
	// line, and what lies below the note line is taken as that.
	Line float64
	// Craft asks for vessels and aircraft alone.
	Craft bool
	Now   time.Time
}

func (a *Among) asks(list string) bool { return a.Lists == nil || a.Lists(list) }

// Inquiry is a question to some of the lists that are kept: a matcher and a
// judge that know of no other.
type Inquiry struct {
	// Used are the lists that take part.
	Used  []screening.EditionUsed
	Judge *screening.Judge

	kept  *Kept
	among Among
}

// Ask begins an inquiry. It errors with *MissingLists when a binding list that
// takes part cannot be used and its absence was not accepted.
func (k *Kept) Ask(among Among) (*Inquiry, error) {
	q := &Inquiry{kept: k, among: among}
	judge := *k.judge
	judge.Now, judge.Unscreened = among.Now, nil
	var missing []screening.EditionUsed
	for _, used := range k.Used {
		if !among.asks(used.List) {
			continue
		}
		q.Used = append(q.Used, used)
		if used.Missing == "" || used.Bearing != screening.Binding {
			continue
		}
		if !slices.Contains(among.AcceptMissing, used.List) {
			missing = append(missing, used)
			continue
		}
		judge.Unscreened = append(judge.Unscreened, used.List)
	}
	if len(missing) > 0 {
		return nil, &MissingLists{missing}
	}
	q.Judge = &judge
	return q, nil
}

// Match implements screening.Matcher: every candidate at or above the line,
// best first, and the best one below it.
func (q *Inquiry) Match(p *screening.Party) []screening.Candidate {
	line := q.among.Line
	if line == 0 {
		line = q.kept.policy.ReviewLine
	}
	index := q.kept.lists.index
	if q.among.Craft {
		index = q.kept.craft
	}
	if q.among.Lists != nil {
		// The best one below the line must be one of the lists that take part.
		line = min(line, q.kept.policy.NoteLine)
	}
	found := index.Above(p, line)
	out := make([]screening.Candidate, 0, len(found))
	for _, c := range found {
		if !q.among.asks(c.Entity.List) {
			continue
		}
		if q.among.Craft {
			c.Entity = q.kept.entities[entityID{c.Entity.List, c.Entity.ID}].Entity
		}
		out = append(out, c)
	}
	return out
}

// Check screens one party as a run would, with those that stand above it, and stores nothing.
func (q *Inquiry) Check(party *screening.Party) *screening.PartyResult {
	return alone(q.Judge, q, party)
}
