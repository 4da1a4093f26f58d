package jobs

import (
	"cmp"
	"context"
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

// EraseOptions say whose personal data is to be erased, and why.
type EraseOptions struct {
	// Names are all the spellings to look for, each in any order of its words.
	Names []string
	// BirthDate tells who else goes by the name; "" asks nothing.
	BirthDate string
	// Why stands in the audit trail, and must not name them.
	Why    string
	DryRun bool // only say what would be erased
}

// Erased is what was erased, or would be.
type Erased struct {
	DryRun bool `json:"dry_run,omitempty"`
	// What went, counted.
	Parties        int `json:"parties"`
	Collaborations int `json:"collaborations"`
	Decisions      int `json:"decisions"`
	Dispositions   int `json:"dispositions"`
	Questions      int `json:"questions"`
	// Files that went whole, by their path in the data folder or the drop folder's: the sheets
	// and reports of the runs. A report can be written again from the record.
	Files []string `json:"files,omitempty"`
	// Stays is what is not erased, each with its reason.
	Stays []Stay `json:"stays,omitempty"`
	// Elsewhere is what the program cannot reach, or cannot look into.
	Elsewhere []string `json:"elsewhere,omitempty"`
}

// Stay is something that a request to erase does not reach, and why. Until is zero where no day is known.
type Stay struct {
	What  string    `json:"what"`
	Why   string    `json:"why"`
	Until time.Time `json:"until,omitzero"`
}

// InvalidErasure says what is wrong with a request.
type InvalidErasure struct{ Why string }

func (e *InvalidErasure) Error() string { return e.Why }

// Erase takes the personal data of one person or office away wherever it is
// kept, as far as no law, hold or work that goes on asks for it; what stays is named with its
// reason. Of rows nobody was asked about the record stays and the name goes, whatever law asks for
// the record, unless [retention] keeps such names too (person_months 0). The seals hold as before, and
// screener verify says what was erased. *InvalidErasure where the request says too little, or too much.
func Erase(ctx context.Context, env *Env, opts EraseOptions) (*Erased, error) {
	who := screening.NewSubject(opts.Names, opts.BirthDate)
	switch {
	case who.Nobody():
		return nil, &InvalidErasure{"a name is missing"}
	case strings.TrimSpace(opts.Why) == "":
		return nil, &InvalidErasure{"a reason is missing"}
	case who.In(opts.Why):
		return nil, &InvalidErasure{"the reason names who is to be erased, and it stays in the audit trail: say it without the name"}
	}
	e := &erasing{env: env, opts: opts, out: &Erased{DryRun: opts.DryRun}, owed: map[string]*Stay{}}
	if !opts.DryRun { // it seals what is older than seals
		if _, err := MakeCheckpoint(ctx, env); err != nil {
			return nil, err
		}
	}
	found, err := env.Store.Traces(ctx, who, env.today(), func(n int64) { env.progress("looking", "rows")(n, 0) })
	if err != nil {
		return nil, err
	}
	gone, err := e.weigh(ctx, found)
	if err != nil {
		return nil, err
	}
	told := env.entry("person.look", store.SubjectOfErasures)
	told.After = inJSON(map[string]any{"why": opts.Why, "found": len(found.Parties) + len(found.Collaborations), "stays": len(e.out.Stays)})
	if err := env.Store.AddAudit(ctx, told); err != nil {
		return nil, err
	}
	if !opts.DryRun {
		err := env.Store.Erase(ctx, gone, func() *screening.AuditEntry {
			entry := env.entry(store.ActErase, store.SubjectOfErasures)
			entry.After = inJSON(map[string]any{"why": opts.Why})
			return entry
		})
		if err != nil {
			return nil, err
		}
	}
	e.out.Parties, e.out.Collaborations = len(gone.Parties), len(gone.Collaborations)
	e.out.Decisions, e.out.Dispositions, e.out.Questions = len(gone.Decisions), len(gone.Dispositions), len(gone.Questions)
	err = e.files(ctx, gone)
	return e.out, errors.Join(err, e.elsewhere(found))
}

// erasing is one request.
type erasing struct {
	env  *Env
	opts EraseOptions
	out  *Erased
	owed map[string]*Stay // by run, what asks for it
}

func (e *erasing) keep(what string, k *Stay) {
	kept := *k
	kept.What = what
	e.out.Stays = append(e.out.Stays, kept)
}

// weigh says what of the traces may go, and notes why the others stay.
func (e *erasing) weigh(ctx context.Context, found *store.Traces) (*store.Traces, error) {
	gone := *found
	gone.Parties, gone.Decisions, gone.Dispositions, gone.Questions, gone.Collaborations = nil, nil, nil, nil, nil
	standing := map[store.RowOfRun]int64{}
	for _, c := range found.Collaborations {
		if c.Active {
			standing[c.Standing] = c.ID
			e.keep(fmt.Sprintf("collaboration %d", c.ID), &Stay{Why: fmt.Sprintf("it is active and screened every night; when it is over, screener collaborations end %d and ask again", c.ID)})
			continue
		}
		if why, held := e.env.Retention.held(c.Standing.Run); held {
			e.keep(fmt.Sprintf("collaboration %d", c.ID), underHold(why))
			continue
		}
		gone.Collaborations = append(gone.Collaborations, c)
	}
	asked := false // a row that a person was asked about stays
	for _, p := range found.Parties {
		why, err := e.rowStays(ctx, &p, standing)
		if err != nil {
			return nil, err
		}
		if why != nil {
			asked = asked || p.Grade != screening.Clear
			e.keep(placeOf(p.RowOfRun), why)
			continue
		}
		gone.Parties = append(gone.Parties, p)
	}
	for _, h := range []struct {
		noun        string
		found, gone *[]store.LineTrace
	}{{"decision", &found.Decisions, &gone.Decisions}, {"disposition", &found.Dispositions, &gone.Dispositions}, {"question", &found.Questions, &gone.Questions}} {
		for _, line := range *h.found {
			why, err := e.lineStays(ctx, &line)
			if err != nil {
				return nil, err
			}
			if why == nil && asked {
				why = &Stay{Why: "rows it explains are kept"}
			}
			if why != nil {
				e.keep(h.noun+" "+line.ID, why)
				continue
			}
			*h.gone = append(*h.gone, line)
		}
	}
	for _, at := range found.Mentions {
		e.keep(placeOf(at), &Stay{Why: "its reference, project, status, notes or answers name them; it is sealed as it stands and goes when its run does"})
	}
	return &gone, nil
}

func placeOf(at store.RowOfRun) string {
	return fmt.Sprintf("run %s, file %s, sheet %q, row %d", at.Run, at.Place.File, at.Place.Sheet, at.Place.Row)
}

// rowStays says why a party of a row has to stay, nil where it may go.
func (e *erasing) rowStays(ctx context.Context, p *store.PartyTrace, standing map[store.RowOfRun]int64) (*Stay, error) {
	if why, held := e.env.Retention.held(p.Run); held {
		return underHold(why), nil
	}
	if !p.Finished {
		return &Stay{Why: "the run has not finished; screener jobs shows it: let it end, or cancel it, and ask again"}, nil
	}
	if id := standing[p.RowOfRun]; id > 0 {
		return &Stay{Why: fmt.Sprintf("collaboration %d stands on it and is active", id)}, nil
	}
	if p.Grade == screening.Clear && (e.env.Retention.PersonMonths > 0 || p.Pseudonym) {
		return nil, nil //nolint:nilnil // nothing asks for it
	}
	return e.runStays(ctx, p.Run)
}

// runStays says which law still asks for what a run found, nil for none.
func (e *erasing) runStays(ctx context.Context, run string) (*Stay, error) {
	if k, ok := e.owed[run]; ok {
		return k, nil
	}
	owed, err := (&pruning{env: e.env, now: e.env.Now().UTC()}).owed(ctx, run)
	if err != nil {
		return nil, err
	}
	var k *Stay
	if owed != nil {
		k = &Stay{Why: owed.Law, Until: owed.Until}
		if owed.Until.IsZero() {
			k.Why += "; a collaboration of the run goes on"
		}
	}
	e.owed[run] = k
	return k, nil
}

// lineStays says why a decision or what belongs to it has to stay: as long as its run would.
func (e *erasing) lineStays(ctx context.Context, line *store.LineTrace) (*Stay, error) {
	if why, held := e.env.Retention.held(line.Run); held {
		return underHold(why), nil
	}
	if line.Run != "" {
		k, err := e.runStays(ctx, line.Run)
		if !errors.Is(err, store.ErrNotFound) {
			return k, err
		}
		e.owed[line.Run] = nil // it is past its time
		return nil, nil        //nolint:nilnil // nothing asks for it
	}
	var k *Stay
	for _, law := range e.env.Retention.laws() {
		if until := line.Made.AddDate(law.Years, 0, 0); until.After(e.env.Now()) && (k == nil || until.After(k.Until)) {
			k = &Stay{Why: law.text(), Until: until}
		}
	}
	return k, nil
}

func underHold(why string) *Stay {
	return &Stay{Why: "under hold: " + cmp.Or(why, "no reason is given (retention.hold)")}
}

// files removes the sheets and reports of the runs of which something was erased.
func (e *erasing) files(ctx context.Context, gone *store.Traces) error {
	var runs []string
	for _, p := range gone.Parties {
		runs = append(runs, p.Run)
	}
	slices.Sort(runs)
	if runs = slices.Compact(runs); len(runs) == 0 {
		return nil
	}
	sheets, err := e.env.Store.RemoveSheets(ctx, runs, e.opts.DryRun)
	for _, f := range sheets {
		e.out.Files = append(e.out.Files, "files/"+f.Name)
	}
	if err != nil {
		return err
	}
	drops, err := e.env.Store.DropsOf(ctx, runs)
	if err != nil {
		return err
	}
	ids := append(runs, drops...)
	if e.env.Reports != "" {
		if err := e.within(ctx, filepath.Dir(e.env.Reports), filepath.Base(e.env.Reports), ids); err != nil {
			return err
		}
	}
	if e.env.DropFolder.Path != "" {
		for _, folder := range []string{archiveFolder, outboxFolder, rejectedFolder} {
			if err := e.within(ctx, filepath.Dir(e.env.DropFolder.Path), folder, ids); err != nil {
				return err
			}
		}
	}
	slices.Sort(e.out.Files)
	return nil
}

// within removes the files of a folder whose names hold one of the IDs. One
// that cannot be removed is named, and the others go on.
func (e *erasing) within(ctx context.Context, base, folder string, ids []string) error {
	root, err := os.OpenRoot(base)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		e.out.Elsewhere = append(e.out.Elsewhere, folder+" cannot be looked through: "+plainError(err))
		return nil
	}
	defer func() { _ = root.Close() }()
	return fs.WalkDir(root.FS(), folder, func(at string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			e.out.Elsewhere = append(e.out.Elsewhere, at+" cannot be looked through: "+plainError(err))
			return fs.SkipDir
		case !d.Type().IsRegular() || !slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(d.Name(), id) }):
			return ctx.Err()
		}
		if !e.opts.DryRun {
			if err := root.Remove(at); err != nil {
				e.out.Elsewhere = append(e.out.Elsewhere, at+" cannot be removed: "+plainError(err))
				return ctx.Err()
			}
		}
		e.out.Files = append(e.out.Files, path.Join(filepath.Base(base), at))
		return ctx.Err()
	})
}

// elsewhere says where else they may stand.
func (e *erasing) elsewhere(found *store.Traces) error {
	say := func(format string, args ...any) {
		e.out.Elsewhere = append(e.out.Elsewhere, fmt.Sprintf(format, args...))
	}
	if folder := e.env.Backups.Folder; folder != "" {
		entries, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("looking through the backups: %w", err)
		}
		all := slices.DeleteFunc(entries, func(f fs.DirEntry) bool { return !backupName.MatchString(f.Name()) })
		if len(all) > 0 {
			say("%d backups in %s were made before; the last of them goes after %d more", len(all), folder, cmp.Or(e.env.Backups.Keep, DefaultKeepBackups))
		}
	}
	say("backups elsewhere, and workbooks that were downloaded, sent or carried off; after restoring an older backup ask again")
	if e.env.DropFolder.Path != "" {
		say("files of the drop folder that were rejected or not taken yet: nothing of them was read")
	}
	if len(found.Decisions)+len(found.Dispositions) > 0 {
		say("reasons and notes that reviewers wrote: screener decisions export has them")
	}
	return nil
}
