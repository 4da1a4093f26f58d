package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

var pruneJob = Job{
	Kind:  "prune",
	Doc:   "remove records that are past their time, files nothing names, and what killed processes left",
	Local: true,
	Schedules: func(*Env) []Schedule {
		return []Schedule{{Name: "prune", Spec: "30 3 * * *"}}
	},
	Run: func(ctx context.Context, env *Env, args json.RawMessage) (any, error) {
		var opts PruneOptions
		if err := json.Unmarshal(args, &opts); err != nil {
			return nil, fmt.Errorf("reading how to prune: %w", err)
		}
		return Prune(ctx, env, opts)
	},
}

// Retention says how long things are kept; 0 keeps them for ever.
type Retention struct {
	// RecordYears is for runs and all they found, from the end of the last
	// collaboration they screened unless Laws say otherwise, and for the originals and reports of the drop folder.
	RecordYears int
	// Laws ask for runs and all they found; the one that asks longest holds. Where
	// there is none, RecordYears is the law.
	Laws []RetentionLaw
	// PersonMonths is for names of persons in clear rows.
	PersonMonths int
	// SheetDays is for sheets that were sent in, after their run.
	SheetDays int
	// FileDays is for original list files and sheets that nothing names any more.
	FileDays int
	// RejectedDays is for what the drop folder refused.
	RejectedDays int
	// JobDays is for jobs that ended and notices that were sent.
	JobDays int
	// SilenceDays is for how long nothing may have been recorded before nothing is removed
	// without a person's word: the clock may have jumped. 0 asks nobody.
	SilenceDays int
	// Hold names runs that are kept whatever their age, for a case that is
	// open, each with its reason behind a colon: "RUN: why"; "all" keeps every record.
	Hold []string
}

// held reports whether a run is under hold, and why.
func (r *Retention) held(run string) (why string, held bool) {
	for _, h := range r.Hold {
		id, why, _ := strings.Cut(h, ":")
		if id = strings.TrimSpace(id); id == holdAll || id == run {
			return strings.TrimSpace(why), true
		}
	}
	return "", false
}

// holdAll in the place of a run holds every record.
const holdAll = "all"

// heldRuns are the runs under hold; all says that everything is.
func (r *Retention) heldRuns() (runs []string, all bool) {
	for _, h := range r.Hold {
		id, _, _ := strings.Cut(h, ":")
		runs = append(runs, strings.TrimSpace(id))
	}
	return runs, slices.Contains(runs, holdAll)
}

// RetentionLaw says how long a record of screening has to be kept, and why.
type RetentionLaw struct {
	Name   string
	Years  int
	From   string // FromRun or FromEnd
	Source string
}

// What years of a law are counted from.
const (
	FromRun = "run"
	FromEnd = "end_of_collaboration"
)

// laws are those configured, else the one that RecordYears is.
func (r *Retention) laws() []RetentionLaw {
	if len(r.Laws) > 0 || r.RecordYears == 0 {
		return r.Laws
	}
	return []RetentionLaw{{Name: "retention.record_years", Years: r.RecordYears, From: FromEnd, Source: "31 CFR 501.601"}}
}

// DefaultRetention keeps records as long as the longest rule met asks: ten
// years, for transactions under sanctions (31 CFR 501.601).
var DefaultRetention = Retention{RecordYears: 10, FileDays: 365, RejectedDays: 90, JobDays: 30, PersonMonths: 12, SheetDays: 1, SilenceDays: 30}

// leftoverTime is how old half-written things are that nobody is writing.
const leftoverTime = 24 * time.Hour

// PruneOptions say how to prune.
type PruneOptions struct {
	DryRun bool `json:"dry_run,omitempty"` // only say what would go
	// AfterSilence is a person's word that the clock is right though nothing was recorded for long.
	AfterSilence bool `json:"after_silence,omitempty"`
}

// Pruned is what went, or would go.
type Pruned struct {
	DryRun bool `json:"dry_run,omitempty"`
	// Runs that went, and those that are past their time and stay: held, or
	// active collaborations stand on them.
	Runs     []string `json:"runs,omitempty"`
	Held     []string `json:"held,omitempty"`
	Standing []string `json:"standing,omitempty"`
	// Owed are runs past their time by their own day, and the law that still asks for each.
	Owed []Owed `json:"owed,omitempty"`
	// Files that went, by their path in the data folder or the drop folder's.
	Files []string `json:"files,omitempty"`
	Bytes int64    `json:"bytes"`
	// Records counts the others by what they are.
	Records map[string]int64 `json:"records,omitempty"`
}

// Owed is a run that a law still asks for. Until is zero while a collaboration
// of it goes on.
type Owed struct {
	Run   string    `json:"run"`
	Law   string    `json:"law"`
	Until time.Time `json:"until,omitzero"`
}

// Prune removes what is past its time, takes names of persons away in clear rows, and says what it was. Decisions and
// dispositions are never removed, nor a run that active collaborations stand on, nor a file that an
// edition or a run names. After a silence of the audit trail it removes nothing until a person says the clock is right.
func Prune(ctx context.Context, env *Env, opts PruneOptions) (*Pruned, error) {
	p := &pruning{env: env, out: &Pruned{DryRun: opts.DryRun, Records: map[string]int64{}}, now: env.Now().UTC(), dry: opts.DryRun}
	if !opts.DryRun && !opts.AfterSilence {
		if err := p.silence(ctx); err != nil {
			return p.out, err
		}
	}
	for _, step := range []func(context.Context) error{p.runs, p.persons, p.records, p.folders, p.reports, p.sheets, p.files, p.leftovers} {
		if err := step(ctx); err != nil {
			return p.out, err
		}
	}
	slices.Sort(p.out.Files)
	if opts.DryRun {
		return p.out, nil
	}
	e := env.entry(store.ActPrune, "records")
	e.After = inJSON(map[string]any{"runs": len(p.out.Runs), "files": len(p.out.Files), "bytes": p.out.Bytes, "records": p.out.Records, "after_silence": opts.AfterSilence})
	return p.out, env.Store.AddAudit(ctx, e)
}

// silence refuses to go on where nothing was recorded for too long since the last
// pruning: an office at work has lines every day, so either nobody was there or the clock jumped.
func (p *pruning) silence(ctx context.Context) error {
	days := p.env.Retention.SilenceDays
	if days == 0 {
		return nil
	}
	from, to, err := p.env.Store.Silence(ctx, store.ActPrune, p.now)
	if err != nil || !to.After(from.AddDate(0, 0, days)) {
		return err
	}
	return Hopeless(fmt.Errorf("nothing was removed: between %s and %s nothing was recorded, longer than the %d days of retention.silence_days, so the clock may have jumped;"+
		" look at it, and if it is right say so once: screener jobs run prune --args '{\"after_silence\":true}'", from.Format(time.DateOnly), to.Format(time.DateOnly), days))
}

type pruning struct {
	env *Env
	out *Pruned
	now time.Time
	dry bool
}

// recordsBefore is when records are past their time; zero for never.
func (p *pruning) recordsBefore() time.Time {
	_, all := p.env.Retention.heldRuns()
	if years := p.env.Retention.RecordYears; years > 0 && !all {
		return p.now.AddDate(-years, 0, 0)
	}
	return time.Time{}
}

func (p *pruning) daysBefore(days int) time.Time {
	if days > 0 {
		return p.now.AddDate(0, 0, -days)
	}
	return time.Time{}
}

// runsBefore is when a run has to have begun for no law to count its years
// from a later day than today.
func (p *pruning) runsBefore() time.Time {
	laws := p.env.Retention.laws()
	if _, all := p.env.Retention.heldRuns(); len(laws) == 0 || all {
		return time.Time{}
	}
	years := 0
	for _, law := range laws {
		years = max(years, law.Years)
	}
	return p.now.AddDate(-years, 0, 0)
}

// owed says which law still asks for a run, "" for none.
func (p *pruning) owed(ctx context.Context, id string) (*Owed, error) {
	run, err := p.env.Store.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	end, open, err := p.env.Store.RecordEnd(ctx, run)
	if err != nil {
		return nil, err
	}
	if end.Before(run.Started) {
		end = run.Started
	}
	var out *Owed
	for _, law := range p.env.Retention.laws() {
		from := run.Started
		if law.From == FromEnd {
			if open {
				return &Owed{Run: id, Law: law.text()}, nil
			}
			from = end
		}
		if until := from.AddDate(law.Years, 0, 0); until.After(p.now) && (out == nil || until.After(out.Until)) {
			out = &Owed{Run: id, Law: law.text(), Until: until}
		}
	}
	return out, nil
}

func (l *RetentionLaw) text() string {
	return fmt.Sprintf("%s: %d years from the %s (%s)", l.Name, l.Years, strings.ReplaceAll(l.From, "_", " "), l.Source)
}

// persons takes the names of persons away in rows nobody was asked about.
func (p *pruning) persons(ctx context.Context) error {
	months := p.env.Retention.PersonMonths
	hold, all := p.env.Retention.heldRuns()
	if months <= 0 || all {
		return nil
	}
	n, err := p.env.Store.ForgetPersons(ctx, p.now.AddDate(0, -months, 0), hold, p.dry, func() *screening.AuditEntry {
		e := p.env.entry(store.ActForget, "runs")
		e.After = inJSON(map[string]any{"why": fmt.Sprintf("clear rows, %d months after their run", months)})
		return e
	})
	if n > 0 {
		p.out.Records["names of persons in clear rows"] = n
	}
	return err
}

// sheets removes what was sent in, once its run has ended.
func (p *pruning) sheets(ctx context.Context) error {
	before := p.daysBefore(p.env.Retention.SheetDays)
	if before.IsZero() {
		return nil
	}
	files, err := p.env.Store.PruneSheets(ctx, before, p.dry)
	for _, f := range files {
		p.gone("files/"+f.Name, f.Size)
	}
	return err
}

func (p *pruning) runs(ctx context.Context) error {
	before := p.runsBefore()
	if before.IsZero() {
		return nil
	}
	old, err := p.env.Store.OldRuns(ctx, before)
	if err != nil {
		return err
	}
	report := p.env.progress("removing old runs", "runs")
	for i, id := range old {
		if _, held := p.env.Retention.held(id); held {
			p.out.Held = append(p.out.Held, id)
			continue
		}
		may, err := p.env.Store.MayDeleteRun(ctx, id)
		if err != nil {
			return err
		}
		if may {
			owed, err := p.owed(ctx, id)
			if err != nil {
				return err
			}
			if owed != nil {
				p.out.Owed = append(p.out.Owed, *owed)
				continue
			}
		}
		if may && !p.dry {
			err = p.env.Store.DeleteRun(ctx, id, p.env.entry(store.ActRemoveRun, "run:"+id))
		}
		switch {
		case !may || errors.Is(err, store.ErrConflict):
			p.out.Standing = append(p.out.Standing, id)
		case err == nil || errors.Is(err, store.ErrNotFound):
			p.out.Runs = append(p.out.Runs, id)
		default:
			return err
		}
		report(int64(i+1), int64(len(old)))
	}
	return nil
}

func (p *pruning) records(ctx context.Context) error {
	for _, k := range []struct {
		past   store.Past
		before time.Time
	}{
		{store.PastTasks, p.daysBefore(p.env.Retention.JobDays)},
		{store.PastNotices, p.daysBefore(p.env.Retention.JobDays)},
		{store.PastDrops, p.recordsBefore()},
		{store.PastOpenMatches, p.recordsBefore()},
	} {
		if k.before.IsZero() {
			continue
		}
		n, err := p.env.Store.PrunePast(ctx, k.past, k.before, p.dry)
		if err != nil {
			return err
		}
		if n > 0 {
			p.out.Records[k.past.What] = n
		}
	}
	return nil
}

// folders looks through what lies beside the drop folder. A held run keeps
// its original and its report, whose names hold it.
func (p *pruning) folders(ctx context.Context) error {
	if p.env.DropFolder.Path == "" {
		return nil
	}
	return p.within(ctx, filepath.Dir(p.env.DropFolder.Path), map[string]time.Time{
		archiveFolder: p.recordsBefore(), outboxFolder: p.recordsBefore(), rejectedFolder: p.daysBefore(p.env.Retention.RejectedDays),
	})
}

// reports looks through the workbooks that nights wrote, whose names hold their run.
func (p *pruning) reports(ctx context.Context) error {
	if p.env.Reports == "" {
		return nil
	}
	return p.within(ctx, filepath.Dir(p.env.Reports), map[string]time.Time{filepath.Base(p.env.Reports): p.recordsBefore()})
}

// within removes the old files of some folders of one folder, and half-written ones.
func (p *pruning) within(ctx context.Context, base string, folders map[string]time.Time) error {
	root, err := os.OpenRoot(base)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking through %s: %w", base, err)
	}
	defer func() { _ = root.Close() }()
	for folder, before := range folders {
		err := fs.WalkDir(root.FS(), folder, func(at string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return nil //nolint:nilerr // it went meanwhile
			}
			limit := before
			if strings.HasPrefix(e.Name(), ".screener-") {
				limit = p.now.Add(-leftoverTime)
			}
			if limit.IsZero() || !info.ModTime().Before(limit) || p.held(e.Name()) {
				return ctx.Err()
			}
			if !p.dry {
				if err := root.Remove(at); err != nil {
					return err
				}
			}
			p.gone(path.Join(filepath.Base(base), at), info.Size())
			return ctx.Err()
		})
		if err != nil {
			return fmt.Errorf("looking through %s: %w", folder, err)
		}
	}
	return nil
}

// held reports whether the name of a file has a held run in it, as a word of its own.
func (p *pruning) held(name string) bool {
	runs, all := p.env.Retention.heldRuns()
	return all || slices.ContainsFunc(runs, func(run string) bool {
		for from := 0; run != ""; {
			at := strings.Index(name[from:], run)
			if at < 0 {
				return false
			}
			if at += from; !wordAt(name, at-1) && !wordAt(name, at+len(run)) {
				return true
			}
			from = at + 1
		}
		return false
	})
}

// wordAt reports whether a letter or digit stands at a place of a name.
func wordAt(name string, at int) bool {
	if at < 0 || at >= len(name) {
		return false
	}
	c := name[at]
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func (p *pruning) gone(name string, size int64) {
	p.out.Files = append(p.out.Files, name)
	p.out.Bytes += size
}

func (p *pruning) files(ctx context.Context) error {
	before := p.daysBefore(p.env.Retention.FileDays)
	if before.IsZero() {
		return nil
	}
	files, err := p.env.Store.PruneFiles(ctx, before, p.dry)
	for _, f := range files {
		p.gone("files/"+f.Name, f.Size)
	}
	return err
}

// temporary begin the names of what jobs put into the system's folder for temporary files.
var temporary = []string{"screener-decisions-", "screener-fetch-", "screener-sheets-", "screener-workbook-", "screener-report-"}

func (p *pruning) leftovers(ctx context.Context) error {
	before := p.now.Add(-leftoverTime)
	files, err := p.env.Store.PruneLeftovers(ctx, before, p.dry)
	for _, f := range files {
		p.gone(f.Name, f.Size)
	}
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		return nil //nolint:nilerr // a system without one
	}
	for _, e := range entries {
		if !slices.ContainsFunc(temporary, func(prefix string) bool { return strings.HasPrefix(e.Name(), prefix) }) {
			continue
		}
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		// What belongs to another user stays: that is no error.
		if p.dry || os.RemoveAll(filepath.Join(os.TempDir(), e.Name())) == nil {
			p.gone(e.Name(), info.Size())
		}
	}
	return ctx.Err()
}
