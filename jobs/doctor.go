package jobs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// FindingState is how grave a finding is: ok < warning < fault.
type FindingState string

// The states of a finding. A fault keeps the office from screening, or will
// soon lose something; a warning is for somebody to look at.
const (
	FindingOK      FindingState = "ok"
	FindingWarning FindingState = "warning"
	FindingFault   FindingState = "fault"
)

// Finding is one thing that was looked at, and what to do about it.
type Finding struct {
	State FindingState `json:"state"`
	Area  string       `json:"area"` // database, lists, disk …
	What  string       `json:"what"`
	Where string       `json:"where,omitempty"`
	Do    string       `json:"do,omitempty"`
	List  string       `json:"list,omitempty"` // where it is about one list
}

// ExamineOptions say how closely to look.
type ExamineOptions struct {
	Whole  bool   // read a SQLite file to its end
	Online bool   // ask a publisher's server for the time
	Send   bool   // send a trial notice by every channel
	Temp   string // the folder temporary files go to; "" is not looked at
}

// Examine looks at everything the office's work rests on and says how it is,
// in the order of what rests on what. It changes nothing, but for the trial notices it was asked to send.
func Examine(ctx context.Context, env *Env, opts ExamineOptions) []Finding {
	e := &examination{env: env, opts: opts}
	if !e.database(ctx) {
		return e.found // nothing else could be read
	}
	for _, step := range []struct {
		area string
		look func(context.Context) error
	}{
		{"disk", e.disk}, {"clock", e.clock}, {"lists", e.lists}, {"work", e.workers}, {"schedules", e.schedules}, {"nights", e.nights},
		{"jobs", e.dead}, {"backups", e.backups}, {"notices", e.notices},
	} {
		if err := step.look(ctx); err != nil {
			e.add(FindingFault, step.area, "could not be looked at: "+err.Error(), "", "")
		}
	}
	return e.found
}

// Faults counts the faults and warnings among findings.
func Faults(found []Finding) (faults, warnings int) {
	for _, f := range found {
		switch f.State {
		case FindingFault:
			faults++
		case FindingWarning:
			warnings++
		}
	}
	return faults, warnings
}

type examination struct {
	env   *Env
	opts  ExamineOptions
	found []Finding
	db    *store.Condition
}

func (e *examination) add(state FindingState, area, what, where, do string) {
	e.found = append(e.found, Finding{State: state, Area: area, What: what, Where: where, Do: do})
}

// oldestPostgres is the oldest major version its own makers still mend.
const oldestPostgres = 14

// database reports whether the rest can be looked at.
func (e *examination) database(ctx context.Context) bool {
	const area = "database"
	db, err := e.env.Store.Condition(ctx)
	if err != nil {
		e.add(FindingFault, area, err.Error(), "", "See that it runs and can be reached.")
		return false
	}
	e.db = db
	e.add(FindingOK, area, fmt.Sprintf("%s %s, schema %d, %s", db.Engine, db.Version, db.Schema, size(db.Bytes)), db.Place, "")
	if db.Schema != db.Wanted {
		e.add(FindingFault, area, fmt.Sprintf("its schema is %d and this program needs %d", db.Schema, db.Wanted), db.Place, "Back it up, then run screener migrate.")
		return false
	}
	if db.Network != "" {
		e.add(FindingFault, area, "it lies on a network file system ("+db.Network+"), whose locks cannot be trusted", db.Place, "Move it to a local disk, or use PostgreSQL.")
	}
	if major, _, _ := strings.Cut(db.Version, "."); db.Engine == "PostgreSQL" {
		if n, err := strconv.Atoi(major); err == nil && n < oldestPostgres {
			e.add(FindingWarning, area, "PostgreSQL "+db.Version+" gets no more fixes from its makers", db.Place, fmt.Sprintf("Upgrade the server to %d or newer.", oldestPostgres))
		}
	}
	if e.opts.Whole {
		damage, err := e.env.Store.Integrity(ctx)
		switch {
		case err != nil:
			e.add(FindingFault, area, err.Error(), db.Place, "Restore it from a backup.")
			return false
		case len(damage) > 0:
			e.add(FindingFault, area, "it is damaged: "+strings.Join(damage, "; "), db.Place, "Restore it from a backup, and look at the disk.")
		case db.Engine == "SQLite":
			e.add(FindingOK, area, "read to its end and whole", db.Place, "")
		}
	}
	return true
}

// Under the first a disk is nearly full, under the second it is as good as
// full: a night and a backup may need some hundred megabytes.
const (
	littleRoom = 2 << 30
	noRoom     = 200 << 20
)

func (e *examination) disk(context.Context) error {
	places := []struct{ what, dir string }{{"the data folder", e.env.Store.Folder()}, {"temporary files", e.opts.Temp}, {"backups", e.env.Backups.Folder}}
	if e.db.Engine == "SQLite" {
		places = append(places, struct{ what, dir string }{"the database", filepath.Dir(e.db.Place)})
	}
	for _, p := range places {
		free := FreeBytes(p.dir)
		switch {
		case free < 0: // not set, not there yet, or this system does not say
		case free < noRoom:
			e.add(FindingFault, "disk", fmt.Sprintf("%s: %s left", p.what, size(free)), p.dir, "Make room now, or move it.")
		case free < littleRoom:
			e.add(FindingWarning, "disk", fmt.Sprintf("%s: %s left", p.what, size(free)), p.dir, "Make room, or move it.")
		default:
			e.add(FindingOK, "disk", fmt.Sprintf("%s: %s left", p.what, size(free)), p.dir, "")
		}
	}
	return nil
}

// Clocks that differ by more than the first are worth a look, by more than the
// second schedules may run twice.
const (
	clockApart    = 5 * time.Second
	clockFarApart = time.Minute
)

func (e *examination) clock(ctx context.Context) error {
	if e.db.Engine == "PostgreSQL" {
		e.compareClock("the database's", e.db.Now, e.db.Place)
	}
	if !e.opts.Online {
		return nil
	}
	at, server, err := publisherTime(ctx, e.env)
	switch {
	case err != nil:
		e.add(FindingWarning, "clock", "no publisher's server could be asked for the time: "+err.Error(), server, "See whether this machine may reach the lists' publishers.")
	case server != "":
		e.compareClock("a publisher's", at, server)
	}
	return nil
}

func (e *examination) compareClock(whose string, theirs time.Time, where string) {
	apart := e.env.Now().Sub(theirs).Abs().Round(time.Second)
	what := fmt.Sprintf("this machine's clock and %s are %s apart", whose, apart)
	switch do := "Set the time by NTP on both machines."; {
	case apart > clockFarApart:
		e.add(FindingFault, "clock", what, where, do)
	case apart > clockApart:
		e.add(FindingWarning, "clock", what, where, do)
	default:
		e.add(FindingOK, "clock", what, where, "")
	}
}

// publisherTime is the time by the server of the first list in use; server is
// "" where no list is fetched from one.
func publisherTime(ctx context.Context, env *Env) (at time.Time, server string, err error) {
	for i := range env.Cards {
		for _, f := range env.Cards[i].Formats {
			if env.off(&env.Cards[i]) != "" || len(f.Files) == 0 || !strings.HasPrefix(f.Files[0].URL, "http") {
				continue
			}
			ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodHead, f.Files[0].URL, nil)
			if err != nil {
				return at, "", err
			}
			req.Header.Set("User-Agent", lists.DefaultUserAgent)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				return at, req.URL.Host, err
			}
			_ = res.Body.Close()
			at, err := http.ParseTime(res.Header.Get("Date"))
			return at, req.URL.Host, err
		}
	}
	return at, "", nil
}

func (e *examination) lists(ctx context.Context) error {
	all, err := Lists(ctx, e.env)
	if err != nil {
		return err
	}
	ever := slices.ContainsFunc(all, func(l ListStatus) bool { return l.Edition != nil })
	if !ever {
		e.add(FindingFault, "lists", "none was ever fetched", "", "Run screener refresh.")
	}
	usable, licences := 0, []string{}
	for _, l := range all {
		if l.State == "off" {
			if strings.HasPrefix(l.Reason, "licence ") {
				licences = append(licences, l.List)
			}
			continue
		}
		if !ever {
			continue // said once
		}
		if l.Usable() {
			usable++
		}
		state, do := FindingWarning, "Look at what is held back; screener accept puts it in force."
		switch {
		case !l.Usable() && l.Bearing == screening.Binding:
			state, do = FindingFault, "Run screener refresh "+l.List+"; it binds the office, so screening stops without it."
		case !l.Usable():
			do = "Run screener refresh " + l.List + "."
		case l.State == "stale":
			do = "See whether its publisher moved it; run screener refresh " + l.List + "."
		case l.State == "good":
			continue
		}
		e.found = append(e.found, Finding{State: state, Area: "lists", What: l.Title + ": " + l.Reason, Where: l.List, Do: do, List: l.List})
	}
	if usable > 0 {
		e.add(FindingOK, "lists", fmt.Sprintf("%d can be screened against", usable), "", "")
	}
	if len(licences) > 0 {
		e.add(FindingWarning, "lists", fmt.Sprintf("%d are off until their licence is accepted: %s", len(licences), strings.Join(licences, ", ")), "[lists]",
			"Read the licence; then name it under accept_licence, or name the lists you use under enabled.")
	}
	return nil
}

func (e *examination) workers(ctx context.Context) error {
	alive, err := Workers(ctx, e.env)
	if err != nil {
		return err
	}
	if len(alive) == 0 {
		e.add(FindingWarning, "work", "no process takes up work: sheets wait, and nothing starts by itself", "", "Start screener serve, or screener work.")
		return nil
	}
	e.add(FindingOK, "work", fmt.Sprintf("processes that take up work: %d", len(alive)), "", "")
	for _, w := range alive {
		if w.Version != e.env.Version {
			e.add(FindingWarning, "work", "a process runs version "+w.Version+", and this is "+e.env.Version, w.ID, "Restart it once all machines have the new program.")
		}
	}
	if need := len(alive) * e.db.PerProcess; e.db.MaxConnections > 0 && need > e.db.MaxConnections-3 {
		e.add(FindingWarning, "database", fmt.Sprintf("%d processes may open %d connections and the server allows %d, of which %d are open", len(alive), need, e.db.MaxConnections, e.db.Connections),
			e.db.Place, "Raise max_connections, or run fewer processes.")
	}
	return nil
}

// missedAfter is how late a run may be before it is missed: a worker that was
// restarted makes it up within seconds.
const missedAfter = 10 * time.Minute

func (e *examination) schedules(ctx context.Context) error {
	all, err := Timetable(ctx, e.env)
	if err != nil {
		return err
	}
	var off []string
	var next *store.Schedule
	for i := range all {
		s := &all[i]
		switch late := e.env.Now().Sub(s.NextRun); {
		case !s.Enabled:
			off = append(off, s.Name)
		case late > missedAfter:
			e.add(FindingWarning, "schedules", fmt.Sprintf("%s was due at %s UTC and has not started", s.Name, s.NextRun.UTC().Format("2006-01-02 15:04")), s.Name,
				"It is made up as soon as screener serve or screener work runs.")
		case next == nil || s.NextRun.Before(next.NextRun):
			next = s
		}
	}
	if len(off) > 0 {
		e.add(FindingWarning, "schedules", "switched off: "+strings.Join(off, ", "), "[schedule]", "Take them out of [schedule] if that is not meant.")
	}
	if next != nil {
		e.add(FindingOK, "schedules", fmt.Sprintf("%d run by themselves, the next is %s at %s UTC", len(all)-len(off), next.Name, next.NextRun.UTC().Format("2006-01-02 15:04")), "", "")
	}
	return nil
}

// lateNight is how old the last night may be: a day, and some hours to run.
const lateNight = 30 * time.Hour

func (e *examination) nights(ctx context.Context) error {
	active, err := e.env.Store.CountActive(ctx, e.env.Office, e.env.today())
	if err != nil || active == 0 {
		return err
	}
	night, err := e.env.Store.LastNight(ctx, e.env.Office)
	if errors.Is(err, store.ErrNotFound) {
		e.add(FindingWarning, "nights", fmt.Sprintf("%d active collaborations were never screened again", active), "", "Leave screener serve running over night, or run screener rescreen.")
		return nil
	}
	if err != nil {
		return err
	}
	what := fmt.Sprintf("the last one ended %s UTC and covered %d collaborations", night.Finished.UTC().Format("2006-01-02 15:04"), night.Counts.Active)
	switch {
	case night.Counts.LeftOut > 0:
		e.add(FindingFault, "nights", fmt.Sprintf("%d collaborations were left out", night.Counts.LeftOut), "", "Run screener rescreen --full.")
	case e.env.Now().Sub(night.Finished) > lateNight:
		e.add(FindingWarning, "nights", what, "", "See screener jobs for why none has ended since.")
	default:
		e.add(FindingOK, "nights", what, "", "")
	}
	return nil
}

func (e *examination) dead(ctx context.Context) error {
	dead, err := Tasks(ctx, e.env, store.TaskFilter{States: []store.TaskState{store.TaskDead}, Limit: 10})
	if err != nil {
		return err
	}
	for _, t := range dead {
		e.add(FindingWarning, "jobs", fmt.Sprintf("job %d (%s) was given up: %s", t.ID, t.Kind, t.Reason), fmt.Sprintf("job %d", t.ID), fmt.Sprintf("See why; then screener jobs retry %d.", t.ID))
	}
	if len(dead) == 0 {
		e.add(FindingOK, "jobs", "none was given up", "", "")
	}
	return nil
}

// A backup older than the first has missed a night, one older than the second a week.
const (
	lateBackup = 36 * time.Hour
	oldBackup  = 8 * 24 * time.Hour
)

func (e *examination) backups(context.Context) error {
	folder := e.env.Backups.Folder
	if folder == "" {
		e.add(FindingWarning, "backups", "none is made by itself", "[backup]", "Set folder under [backup], and copy what comes there to another machine.")
		return nil
	}
	made, err := NewestBackup(e.env)
	if err != nil {
		return err
	}
	if made.IsZero() {
		e.add(FindingWarning, "backups", "there is none yet", folder, "Run screener backup.")
		return nil
	}
	age := e.env.Now().Sub(made)
	what := fmt.Sprintf("the newest was made %s UTC", made.Format("2006-01-02 15:04"))
	switch do := "Run screener backup, and see screener jobs for why none was made."; {
	case age > oldBackup:
		e.add(FindingFault, "backups", what, folder, do)
	case age > lateBackup:
		e.add(FindingWarning, "backups", what, folder, do)
	default:
		e.add(FindingOK, "backups", what, folder, "")
	}
	return nil
}

func (e *examination) notices(ctx context.Context) error {
	if !e.env.Notices.Any() {
		e.add(FindingWarning, "notices", "nobody is told when a night fails or a match is overdue", "[notify]", "Set mail, a webhook or a folder under [notify].")
		return nil
	}
	n, err := e.env.Store.CountNotices(ctx)
	if err != nil {
		return err
	}
	if n.Dead > 0 {
		e.add(FindingWarning, "notices", fmt.Sprintf("%d were given up", n.Dead), "", `See why with --send; then screener jobs run notify --args '{"again":true}'.`)
	} else {
		e.add(FindingOK, "notices", fmt.Sprintf("%d wait to be sent, none was given up", n.Waiting), "", "")
	}
	if !e.opts.Send {
		return nil
	}
	trials, err := outbox(e.env, &Notice{ID: noticeID("trial", e.env.Now().String()), Kind: "trial", Title: "Screening: a trial notice", Counts: map[string]int{}})
	if err != nil {
		return err
	}
	for _, trial := range trials {
		if err := send(ctx, e.env, trial); err != nil {
			e.add(FindingFault, "notices", "a trial notice was not taken: "+err.Error(), trial.Channel, "See to the channel under [notify].")
			continue
		}
		e.add(FindingOK, "notices", "a trial notice was taken", trial.Channel, "")
	}
	return nil
}

// size writes bytes for a person.
func size(n int64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
}
