package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

var refreshJob = Job{
	Kind: "refresh",
	Doc:  "fetch, check and import the lists",
	Run: func(ctx context.Context, env *Env, args json.RawMessage) (any, error) {
		var opts RefreshOptions
		if err := json.Unmarshal(args, &opts); err != nil {
			return nil, Hopeless(fmt.Errorf("reading what to refresh: %w", err))
		}
		out, err := Refresh(ctx, env, opts)
		return out, errors.Join(err, failedOf(out))
	},
	Schedules: refreshSchedules,
}

// failedOf is an error where lists could not be fetched or kept: another try
// may mend that. What the gate holds back waits for a person instead.
func failedOf(out []Refreshed) error {
	var errs []error
	for _, r := range out {
		if r.State == Failed {
			errs = append(errs, fmt.Errorf("%s: %s", r.List, r.Reason))
		}
	}
	return errors.Join(errs...)
}

// refreshSchedules ask for each list as often as it is likely to change, each
// at a minute of its own, so that publishers are not all asked at once.
func refreshSchedules(env *Env) []Schedule {
	var out []Schedule
	for i := range env.Cards {
		card := &env.Cards[i]
		if env.off(card) != "" {
			continue
		}
		sum := fnv.New32a()
		_, _ = sum.Write([]byte(card.ID))
		minute, hour := sum.Sum32()%60, sum.Sum32()/60%6
		spec := fmt.Sprintf("%d %d * * *", minute, hour) // between midnight and six
		switch {
		case card.Cadence > 0 && card.Cadence <= 21*24*time.Hour:
			spec = fmt.Sprintf("%d %d-23/6 * * *", minute, hour) // four times a day
		case card.Cadence > 120*24*time.Hour:
			spec = fmt.Sprintf("%d %d * * 1,3,5", minute, hour)
		}
		out = append(out, Schedule{Name: "refresh " + card.ID, Spec: spec, Args: RefreshOptions{Lists: []string{card.ID}}})
	}
	return out
}

// RefreshOptions say which lists to refresh and from where.
type RefreshOptions struct {
	Lists []string `json:"lists,omitempty"` // empty: every enabled list
	// From is a folder that stands in for the network: From/<list id>/<published file>.
	From string `json:"from,omitempty"`
}

// Refreshed is what became of one list.
type Refreshed struct {
	List     string             `json:"list"`
	State    RefreshState       `json:"state"`
	Edition  *screening.Edition `json:"edition,omitempty"`
	Added    int                `json:"added"`
	Removed  int                `json:"removed"`
	Changed  int                `json:"changed"`
	Reason   string             `json:"reason,omitempty"`
	Findings []lists.Finding    `json:"findings,omitempty"`
}

// RefreshState is one of the constants below.
type RefreshState string

const (
	Imported    RefreshState = "imported"
	Unchanged   RefreshState = "unchanged"
	Quarantined RefreshState = "quarantined"
	Failed      RefreshState = "failed"
	Skipped     RefreshState = "skipped" // off, or without a folder in From
)

// OK reports whether the list is as good as it can be now.
func (r *Refreshed) OK() bool { return r.State != Quarantined && r.State != Failed }

// Refresh fetches, checks and imports lists, one after the other; what goes
// wrong with one is said in its outcome and never stops the next. It errors
// only when nothing could be tried: an unknown list, a folder that is not there.
func Refresh(ctx context.Context, env *Env, opts RefreshOptions) ([]Refreshed, error) {
	if opts.From != "" {
		if st, err := os.Stat(opts.From); err != nil || !st.IsDir() {
			return nil, fmt.Errorf("there is no folder %s to read lists from", opts.From)
		}
	}
	var cards []*lists.Card
	for _, id := range opts.Lists {
		card, err := env.card(id)
		if err != nil {
			return nil, err
		}
		cards = append(cards, card)
	}
	every := len(cards) == 0
	if every {
		for i := range env.Cards {
			cards = append(cards, &env.Cards[i])
		}
	}
	var out []Refreshed
	for _, card := range cards {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		r := Refreshed{List: card.ID}
		switch reason := env.off(card); {
		case reason == "not enabled" && !every:
			// Named on purpose: refreshed, though not screened against until enabled.
			r = refreshOne(ctx, env, card, opts.From)
		case reason == "not enabled":
			continue
		case reason != "" && every:
			r.State, r.Reason = Skipped, reason
		case reason != "":
			r.State, r.Reason = Failed, reason+"; name it in lists.accept_licence of the configuration if the office may use it"
		case every && opts.From != "" && !hasFolder(opts.From, card.ID):
			r.State, r.Reason = Skipped, "no folder "+card.ID+" in "+opts.From
		default:
			r = refreshOne(ctx, env, card, opts.From)
		}
		out = append(out, r)
	}
	return out, errors.Join(env.auditRefresh(ctx, out), ctx.Err())
}

// auditRefresh writes down what became of a refresh, in one line, and one for
// each list that is not open to everybody.
func (env *Env) auditRefresh(ctx context.Context, out []Refreshed) error {
	became := map[RefreshState][]string{}
	var told []*screening.AuditEntry
	for i := range out {
		switch r := &out[i]; {
		case r.State == Skipped:
		case env.Restricted[r.List] != nil:
			told = append(told, env.tellList("list.refresh", r.List, map[RefreshState][]string{r.State: {r.List}}))
		default:
			became[r.State] = append(became[r.State], r.List)
		}
	}
	if len(became) > 0 {
		e := env.entry("list.refresh", "lists")
		e.After = inJSON(became)
		told = append(told, e)
	}
	return env.Store.AddAudit(ctx, told...)
}

func hasFolder(dir, id string) bool {
	st, err := os.Stat(filepath.Join(dir, id))
	return err == nil && st.IsDir()
}

func refreshOne(ctx context.Context, env *Env, card *lists.Card, from string) Refreshed {
	r := Refreshed{List: card.ID}
	fail := func(err error) Refreshed {
		r.State, r.Reason = Failed, err.Error()
		return r
	}
	now := env.Now().UTC()
	last, err := env.Store.Edition(ctx, card.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fail(err)
	}

	var fetched *lists.Fetched
	if from != "" {
		fetched, err = lists.FromDir(card, from)
	} else {
		var known map[string]lists.Validator
		if known, err = validators(ctx, env, card.ID); err != nil {
			return fail(err)
		}
		var dir string
		if dir, err = os.MkdirTemp("", "screener-fetch-"); err != nil {
			return fail(fmt.Errorf("making a folder for downloads: %w", err))
		}
		defer func() { _ = os.RemoveAll(dir) }()
		fetched, err = env.Fetcher.Fetch(ctx, card, known, dir, env.progress(card.ID+": downloading", "bytes"))
	}
	if errors.Is(err, fs.ErrNotExist) && from != "" {
		return fail(fmt.Errorf("%w; put the published file there, or leave --from away to fetch it", err))
	}
	if err != nil {
		return fail(err)
	}
	if fetched.NotModified || (last != nil && fetched.Hash == last.Hash) {
		if last == nil {
			return fail(errors.New("the publisher says nothing has changed, but no edition is held; run it again"))
		}
		if err := env.Store.Touch(ctx, card.ID, last.Seq, now, fetches(fetched, now)); err != nil {
			return fail(err)
		}
		last.Fetched = now
		r.State, r.Edition, r.Reason = Unchanged, last, fetched.Reason
		return r
	}

	reading, err := lists.Read(ctx, card, fetched, cmp.Or(env.Limits.List, lists.DefaultLimits))
	if err != nil {
		return fail(err)
	}
	r.Findings = reading.Findings
	ed := &screening.Edition{
		List: card.ID, Hash: reading.Hash, Published: reading.Published, Fetched: now,
		Entities: len(reading.Entities), Names: reading.Names, State: screening.EditionGood, Reason: reading.Reason,
	}
	for _, file := range fetched.Files {
		if err := keep(env, fetched, &file); err != nil {
			return fail(err)
		}
		ed.Files = append(ed.Files, file)
	}
	good, err := lastGood(ctx, env, card, last)
	if err != nil {
		return fail(err)
	}
	if !env.Samples {
		if reasons := lists.Gate(card, reading, good); len(reasons) > 0 {
			ed.Reason = strings.Join(reasons, "; ")
			return quarantine(ctx, env, card, ed, reading.Entities, r)
		}
	}
	diff, err := env.Store.Import(ctx, ed, all(reading.Entities), env.tellList("list.import", card.ID, nil))
	if err != nil {
		return fail(err)
	}
	if err := env.Store.KeepFetches(ctx, card.ID, fetches(fetched, now)); err != nil {
		return fail(err)
	}
	r.State, r.Edition, r.Reason = Imported, ed, ed.Reason
	r.Added, r.Removed, r.Changed = diff.Added, diff.Removed, diff.Changed
	return r
}

// quarantine keeps an edition that must not be used, with what could be read
// of it. The edition in force stays. The same bytes held again only say so.
func quarantine(ctx context.Context, env *Env, card *lists.Card, ed *screening.Edition, entities []*screening.Entity, r Refreshed) Refreshed {
	r.State, r.Reason, r.Edition = Quarantined, ed.Reason, ed
	editions, err := env.Store.Editions(ctx, card.ID)
	if err == nil && len(editions) > 0 && ed.Hash != "" && editions[0].State == screening.EditionQuarantined &&
		editions[0].Hash == ed.Hash && editions[0].Reason == ed.Reason {
		r.Edition = &editions[0]
		return r
	}
	if err == nil {
		err = env.Store.Quarantine(ctx, ed, all(entities), ed.Reason, env.tellList("list.hold", card.ID, nil))
	}
	if err != nil {
		r.State, r.Reason = Failed, join(ed.Reason, err.Error())
	}
	return r
}

func all(entities []*screening.Entity) iter.Seq2[*screening.Entity, error] {
	return func(yield func(*screening.Entity, error) bool) {
		for _, e := range entities {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// keep stores one original file of an edition by its content.
func keep(env *Env, fetched *lists.Fetched, file *screening.EditionFile) error {
	r, err := fetched.Source.Open(file.Name)
	if err != nil {
		return fmt.Errorf("opening %s: %w", file.Name, err)
	}
	defer func() { _ = r.Close() }()
	hash, size, err := env.Store.KeepFile(r)
	if err != nil {
		return fmt.Errorf("keeping %s: %w", file.Name, err)
	}
	file.Hash, file.Size = hash, size
	return nil
}

// lastGood is what the gate compares a new edition with; nil before the first.
func lastGood(ctx context.Context, env *Env, card *lists.Card, last *screening.Edition) (*lists.LastGood, error) {
	if last == nil {
		return nil, nil
	}
	var failed error
	good := lists.Tally(card, func(yield func(*screening.Entity) bool) {
		for e, err := range env.Store.Entities(ctx, card.ID, last.Seq) {
			if err != nil {
				failed = err
				return
			}
			if !yield(e) {
				return
			}
		}
	})
	if !last.Published.IsZero() {
		good.Published = last.Published.Format(time.RFC3339)
	}
	return &good, failed
}

// validators are what the next conditional request sends along.
func validators(ctx context.Context, env *Env, list string) (map[string]lists.Validator, error) {
	fetches, err := env.Store.Fetches(ctx, list)
	if err != nil {
		return nil, err
	}
	known := map[string]lists.Validator{}
	for _, f := range fetches {
		known[f.URL] = lists.Validator{ETag: f.ETag, LastModified: f.LastModified}
	}
	return known, nil
}

func fetches(fetched *lists.Fetched, now time.Time) []store.Fetch {
	var out []store.Fetch
	for url, v := range fetched.Validators {
		out = append(out, store.Fetch{URL: url, ETag: v.ETag, LastModified: v.LastModified, Fetched: now})
	}
	return out
}
