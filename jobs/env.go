package jobs

import (
	"fmt"
	"slices"
	"time"

	"partnerscreen/lists"
	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
)

// Env is what every job is given: the store, the cards, the policy and the
// time. It is built once by the program and not changed while jobs run.
type Env struct {
	Store   *store.Store
	Cards   []lists.Card
	Enabled func(id string) bool // by the configuration; nil enables every card
	// AcceptLicence names the licences that are not free and whose terms the office accepts.
	AcceptLicence []string
	Jurisdictions []string      // of the office: ISO 3166-1 alpha-2; nil binds every list
	MaxAge        time.Duration // a list is usable this long after it was last fetched
	Policy        *screening.Policy
	Columns       intake.Columns // of the configuration; a run's own stand before them
	// KeepDecisions is how long a decision holds unless its reviewer says otherwise; 0 is DefaultKeep.
	KeepDecisions time.Duration
	// Actor is who is signed in.
	Actor string
	// PasswordMegabytes is the memory one guess at a password takes; 0 is 64.
	PasswordMegabytes int
	// Request is the id of the request that asked for the work, for the audit trail; "" on the command line.
	Request string
	// Restricted names, by list, the roles a list is open to; others are open to all.
	Restricted map[string][]screening.AccountRole
	// Unsigned says that Actor is a place and no person: its word does not
	// close what takes people.
	Unsigned bool
	Fetcher  *lists.Fetcher
	Office   string
	Version  string
	Now      func() time.Time
	// Progress is told how far a job is; nil is silent.
	Progress   func(Step)
	Backups    Backups
	DropFolder DropFolder
	Review     Review
	Notices    Notices
	Retention  Retention
	Evidence   Evidence
	// Schedule is when jobs run, by the name of the schedule, over what their
	// cards say: in five fields of cron, in UTC; "" is off.
	Schedule map[string]string
	// Reports is the folder that reports nobody asked for by name go to; "" writes none.
	Reports string
	// Samples marks a demonstration: its editions are small, so their bounds are not checked.
	Samples bool

	// Shelf shares the lists that are loaded between all that runs in this
	// process; nil leaves the pages and the worker to load their own.
	Shelf *Shelf

	// Limits bound what strangers' files may cost to read; the zero value is each reader's own.
	Limits Limits

	// Jobs are the kinds there are; nil is All.
	Jobs []Job
	// What a job is given that runs in a worker: the queue, itself, and a way to say
	// that it goes on in chunks after its func has returned.
	queue  *queue
	task   *store.Task
	goesOn bool
}

// registered is All, for funcs that cards refer to: they cannot refer to All itself.
var registered []Job

func init() { registered = All }

// Limits are what one file may cost at each door.
type Limits struct {
	Sheet    intake.Limits
	Workbook reports.Limits
	List     lists.Limits
}

// ofWorkbook are the limits of a workbook that comes back.
func (env *Env) ofWorkbook(now time.Time) reports.Limits {
	l := env.Limits.Workbook
	l.Now = now
	return l
}

func (env *Env) jobs() []Job {
	if env.Jobs != nil {
		return env.Jobs
	}
	return registered
}

// Step says how far one piece of a job is. Total is 0 where it is not known.
type Step struct {
	What  string // "us_ofac_sdn: downloading SDN.CSV", "screening rows"
	Done  int64
	Total int64
	Unit  string // "bytes", "rows", "entities"
}

func (env *Env) progress(what, unit string) func(done, total int64) {
	if env.Progress == nil {
		return func(int64, int64) {}
	}
	return func(done, total int64) { env.Progress(Step{What: what, Done: done, Total: total, Unit: unit}) }
}

// restricted are the licences that need to be accepted by name.
var restricted = []string{"CC-BY-NC-4.0", "LicenseRef-all-rights-reserved"}

// off says why a list is not used by this configuration, or "" when it is.
func (env *Env) off(card *lists.Card) string {
	switch {
	case card.Registry:
		return ""
	case env.Enabled != nil && !env.Enabled(card.ID):
		return "not enabled"
	case slices.Contains(restricted, card.Licence) && !slices.Contains(env.AcceptLicence, card.Licence) && !card.Custom:
		return "licence " + card.Licence + " is not accepted"
	}
	return ""
}

func (env *Env) bearing(card *lists.Card) screening.Bearing {
	if card.Custom {
		return screening.Binding // the office's own list binds the office
	}
	return screening.BearingFor(card.Binds, card.Reaches, env.Jurisdictions)
}

// blocked reports whether the laws a card names against acting on its list
// are the office's: they are laws of the Union and of its member states.
// Listings whose programme such a law names say so themselves, everywhere.
func (env *Env) blocked(card *lists.Card) bool {
	inUnion := screening.BearingFor([]string{"EU"}, false, env.Jurisdictions) == screening.Binding
	return len(env.Jurisdictions) > 0 && inUnion && env.bearing(card) != screening.Binding
}

// columns are a run's own mappings, and those of the configuration for the
// roles it does not name.
func (env *Env) columns(own intake.Columns) intake.Columns {
	out := slices.Clone(own)
	for _, m := range env.Columns {
		if !slices.ContainsFunc(own, func(o intake.Mapping) bool { return o.Role == m.Role }) {
			out = append(out, m)
		}
	}
	return out
}

// stale says how old an edition's content is when it is older than the
// publisher's cadence, or "".
func stale(card *lists.Card, ed *screening.Edition, now time.Time) string {
	if card.Cadence <= 0 || ed.Published.IsZero() {
		return ""
	}
	if age := now.Sub(ed.Published); age > card.Cadence {
		return fmt.Sprintf("content is %s old; it usually changes within %s", days(age), days(card.Cadence))
	}
	return ""
}

func days(d time.Duration) string {
	n := int(d.Hours() / 24)
	return fmt.Sprintf("%d day%s", n, map[bool]string{true: "s"}[n != 1])
}

// UnknownList says that no card has the id.
type UnknownList struct{ ID string }

func (e *UnknownList) Error() string {
	return fmt.Sprintf("there is no list %q; `screener lists` names them", e.ID)
}

func (env *Env) card(id string) (*lists.Card, error) {
	card, ok := lists.Find(env.Cards, id)
	if !ok {
		card, ok = lists.Find(lists.Registries, id)
	}
	if !ok {
		return nil, &UnknownList{id}
	}
	return card, nil
}
