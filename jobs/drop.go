package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
)

// drop is one file of the drop folder on its way.
type drop struct {
	store.Drop
	workbook bool // it may be a report with verdicts filled in
	made     bool // it says that this program made it
}

func (d *drop) place() string { return path.Join(d.Folder, d.File) }

// maxTries is how often a file is begun before it is taken to be what ends the program.
const maxTries = 3

// work does what is still to be done with one file. An error means that it
// is not the file's fault: the file stays and is tried again.
func (ib *inbox) work(ctx context.Context, d *drop) error {
	kept, err := ib.env.Store.Drop(ctx, d.ID)
	switch {
	case err == nil:
		kept.Folder, kept.File = d.Folder, d.File // as they are on the disk
		d.Drop = *kept
	case !errors.Is(err, store.ErrNotFound):
		return err
	default:
		d.State, d.Taken = store.DropTaken, ib.now
		if d.Hash, err = ib.hash(ctx, d); err != nil {
			return err
		}
		d.Sender = ib.sender(d)
	}
	if d.Ended.IsZero() {
		if d.Tries++; d.Tries > maxTries {
			err := ib.reject(ctx, d, fmt.Sprintf("the program stopped %d times while it was at this file", maxTries),
				"Save the sheet as a new file and put that here; if it happens again, send the file to whoever runs the program.")
			if err != nil {
				return err
			}
			return ib.putAway(d)
		}
		if err := ib.env.Store.KeepDrop(ctx, &d.Drop); err != nil {
			return err
		}
		ib.step(d, "begun")
		if err := ib.read(ctx, d); err != nil {
			d.Tries-- // a failure that was told is no crash
			return errors.Join(err, ib.env.Store.KeepDrop(context.WithoutCancel(ctx), &d.Drop))
		}
	}
	return ib.putAway(d)
}

// read screens a sheet or reads a workbook back, and ends the drop in the store.
func (ib *inbox) read(ctx context.Context, d *drop) error {
	file := filepath.Join(ib.base, filepath.FromSlash(path.Join(ib.taken(d), d.File)))
	who, err := ib.rights(ctx, d)
	if err != nil {
		return err
	}
	env := *ib.env
	env.Actor, env.Unsigned = d.Sender, who.unsigned
	if d.workbook {
		review, err := ib.isReview(ctx, d)
		switch {
		case err == nil && review && who.mayNot:
			return ib.reject(ctx, d, "it holds verdicts, and this folder is not tied to an account that may decide",
				"Give it back on the page, where you are signed in, or put it into a folder of your own that is tied to your account.")
		case err == nil && review:
			decided, err := Decide(ctx, &env, file, d.Sender)
			if err != nil {
				return err
			}
			return ib.decided(ctx, d, decided)
		case err == nil:
		case errors.Is(err, reports.ErrNoReview) && d.made:
			return ib.reject(ctx, d, "it is a report of this program and has no line to decide",
				"To screen partners, put the original sheet here; to decide, the workbook with its Review sheet.")
		case d.made && (errors.Is(err, reports.ErrNotWorkbook) || errors.Is(err, reports.ErrTooLarge)):
			return ib.reject(ctx, d, err.Error(), "Give back the workbook as it was made, with the verdicts filled in.")
		}
		// Any other workbook is a sheet, and whether it can be read is for intake to say.
	}
	return ib.screen(ctx, &env, d, file, who.viewer)
}

// isReview reports whether a workbook has a Review sheet of this program. An
// error says why it has not.
func (ib *inbox) isReview(ctx context.Context, d *drop) (bool, error) {
	f, err := ib.open(d)
	if err != nil {
		return false, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return false, err
	}
	seal, err := sealKey(ctx, ib.env)
	if err != nil {
		return false, err
	}
	_, err = reports.ReadDecisions(ctx, f, st.Size(), [][]byte{seal}, ib.env.ofWorkbook(ib.now))
	return err == nil, err
}

// dropRights are what the sender of a file may do and see.
type dropRights struct {
	// unsigned: nobody is signed in, so nothing that takes people is closed.
	unsigned bool
	// mayNot: no verdict is taken at all.
	mayNot bool
	viewer *screening.Viewer
}

// rights works out what the sender of a file may do and see. Where the
// office keeps no accounts, the configuration's word is enough: whom a folder is tied to is signed in.
// Where it keeps some, their roles count here as they do on the page. Lists restricted to some
// roles are in the report of a folder only where it is tied to an account they are open to.
func (ib *inbox) rights(ctx context.Context, d *drop) (*dropRights, error) {
	person, tied := ib.person(d)
	accounts, err := ib.env.Store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	r := &dropRights{unsigned: !tied}
	var account *screening.Account
	if at := slices.IndexFunc(accounts, func(a *screening.Account) bool { return tied && a.Name == person }); at >= 0 {
		account = accounts[at]
	}
	if len(accounts) > 0 {
		r.mayNot = !account.May(screening.MayDecide)
		r.unsigned = !account.May(screening.MayDecideSecond) // who may only say the first word says it on the page
	}
	if len(ib.env.Restricted) == 0 {
		return r, nil
	}
	r.viewer = &screening.Viewer{Account: account, Restricted: ib.env.Restricted}
	if account == nil { // nobody in particular: the history of the office, and none of those lists
		closed := map[string][]screening.AccountRole{}
		for list := range ib.env.Restricted {
			closed[list] = nil
		}
		r.viewer = &screening.Viewer{Account: &screening.Account{Name: d.Sender, Roles: []screening.AccountRole{screening.Reviewer}}, Restricted: closed}
	}
	return r, nil
}

// person is whom the folder of a file is tied to.
func (ib *inbox) person(d *drop) (string, bool) {
	folder := d.Folder
	if folder == "" {
		folder = "."
	}
	who, ok := ib.env.DropFolder.People[folder]
	return who, ok && who != ""
}

// sender is who a file is taken to come from: the person its folder is tied
// to, else the folder, which is nobody.
func (ib *inbox) sender(d *drop) string {
	if who, ok := ib.person(d); ok {
		return who
	}
	return strings.TrimSpace("drop folder " + d.Folder)
}

func (ib *inbox) screen(ctx context.Context, env *Env, d *drop, file string, v *screening.Viewer) error {
	if d.Run == "" {
		d.Run = d.ID
	}
	run, err := env.Store.Run(ctx, d.Run)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	output := ib.output(d, "screened", ".xlsx")
	if run != nil && !run.Finished.IsZero() { // only its report is not written
		err = ib.write(output, func(w io.Writer) error { return rewrite(ctx, env, v, run, file, w) })
	} else {
		if d.Basis, err = basis(ctx, env); err != nil {
			return err
		}
		if run == nil {
			last, err := ib.same(ctx, env, d)
			if err != nil {
				return err
			}
			if last != nil {
				return ib.repeat(ctx, env, d, last, file, v)
			}
		}
		if err := env.Store.KeepDrop(ctx, &d.Drop); err != nil { // the basis of now, however late the report is written
			return err
		}
		var s *Screening
		if s, err = Screen(ctx, env, ScreenOptions{Files: []string{file}}); err != nil {
			return err
		}
		defer func() { _ = s.Close() }()
		if bad := s.Unreadable(); len(bad) > 0 {
			d.Run = ""
			return ib.reject(ctx, d, bad[0].Error, "Put the corrected file into the drop folder.")
		}
		s.Run.ID = d.Run
		s.goOn(run)
		if v == nil {
			err = ib.write(output, func(w io.Writer) error { return s.Write(ctx, w, "xlsx") })
		} else if err = drain(s.Results(ctx)); err == nil { // what they may see is known when all is
			err = ib.write(output, func(w io.Writer) error { return rewrite(ctx, env, v, s.Run, file, w) })
		}
		if errors.Is(err, store.ErrConflict) && run != nil {
			// It was cut short, and what it found would be found otherwise now: it
			// stays unfinished, and another run begins.
			d.Run = runID(ib.now)
			return ib.screen(ctx, env, d, file, v)
		}
		run = s.Run
	}
	if err != nil {
		return err
	}
	ib.step(d, "report written")
	d.State, d.Output = store.DropScreened, strings.TrimPrefix(output, outboxFolder+"/")
	for _, in := range run.Inputs {
		d.Why += in.Error
	}
	return ib.end(ctx, d)
}

// basis stands for all that a result depends on besides the file and the decisions.
func basis(ctx context.Context, env *Env) (string, error) {
	type edition struct {
		List string
		Seq  int
	}
	all := struct {
		Version       string
		Policy        *screening.Policy
		Columns       intake.Columns
		Jurisdictions []string
		Editions      []edition
		Day           string // rules have days they begin and end
	}{Day: env.today(), Version: env.Version, Policy: env.Policy, Columns: env.Columns, Jurisdictions: env.Jurisdictions}
	for i := range env.Cards {
		if env.off(&env.Cards[i]) != "" {
			continue
		}
		ed, err := editionInForce(ctx, env, env.Cards[i].ID, time.Time{})
		if err != nil {
			return "", err
		}
		e := edition{List: env.Cards[i].ID}
		if ed != nil {
			e.Seq = ed.Seq
		}
		all.Editions = append(all.Editions, e)
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// same is the last file of this folder with this content, when screening it
// again could only give the same: no list, policy, mapping, program or decision has changed.
func (ib *inbox) same(ctx context.Context, env *Env, d *drop) (*store.Drop, error) {
	last, err := env.Store.LastDrop(ctx, d.Folder, d.Hash)
	if errors.Is(err, store.ErrNotFound) || (err == nil && last.Basis != d.Basis) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	run, err := env.Store.Run(ctx, last.Run)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if newer, err := env.Store.DecisionsSince(ctx, run.Started, ib.now); err != nil || newer > 0 {
		return nil, err
	}
	return last, nil
}

// repeat answers a file that was screened before: the report of that run is
// written again when it is no longer in the outbox.
func (ib *inbox) repeat(ctx context.Context, env *Env, d *drop, last *store.Drop, file string, v *screening.Viewer) error {
	d.State, d.Run, d.Output = store.DropRepeated, last.Run, last.Output
	what := "It lies in the outbox."
	if output := path.Join(outboxFolder, last.Output); !ib.exists(output) {
		run, err := env.Store.Run(ctx, last.Run)
		if err != nil {
			return err
		}
		if err := ib.write(output, func(w io.Writer) error { return rewrite(ctx, env, v, run, file, w) }); err != nil {
			return err
		}
		what = "It was no longer in the outbox and was written again."
	}
	d.Why = "the same content was screened as run " + last.Run
	ib.step(d, "found to be the same as before")
	err := ib.note(d, "same", fmt.Sprintf("This file has the content of %s, which was screened on %s as run %s.\n"+
		"Since then no list, decision or setting has changed, so it was not screened again.\n\nThe report: %s\n%s\n",
		last.File, last.Taken.Format(time.DateOnly), last.Run, path.Base(last.Output), what))
	if err != nil {
		return err
	}
	return ib.end(ctx, d)
}

// rewrite writes the report of a finished run again, with the columns that
// only the sheet itself has.
func rewrite(ctx context.Context, env *Env, v *screening.Viewer, run *screening.Run, file string, w io.Writer) error {
	run, err := shown(ctx, env, v, run)
	if err != nil {
		return err
	}
	s := &Screening{env: env, Run: run, viewer: v}
	return s.workbook(ctx, w, v.Results(beside(ctx, env, run, file)))
}

// drain takes every result.
func drain(results iter.Seq2[*screening.Result, error]) error {
	for _, err := range results {
		if err != nil {
			return err
		}
	}
	return nil
}

// beside yields the stored results of a run of one file with the cells of its rows.
func beside(ctx context.Context, env *Env, run *screening.Run, file string) iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		book, err := intake.Open(ctx, file, intake.Options{Columns: env.columns(nil), Limits: env.Limits.Sheet})
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = book.Close() }()
		next, stop := iter.Pull2(book.Rows(ctx))
		defer stop()
		for r, err := range env.Store.Results(ctx, run.ID) {
			if err == nil {
				// Rows come in the order they were screened in.
				if p, rerr, ok := next(); ok && rerr == nil && p.Sheet == r.Partner.Sheet && p.Row == r.Partner.Row {
					r.Partner.Cells = p.Cells
				}
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// decided writes what became of each verdict, cell by cell.
func (ib *inbox) decided(ctx context.Context, d *drop, got *Decided) error {
	ib.step(d, "decisions kept")
	var b strings.Builder
	fmt.Fprintf(&b, "%d verdicts are on record now, %d were on record already, %d lines have no verdict, %d were not applied.\n",
		got.Applied, got.Unchanged, got.Undecided, len(got.Problems))
	if got.Closed > 0 {
		fmt.Fprintf(&b, "True matches were closed for the work of %d rows.\n", got.Closed)
	}
	for _, h := range got.Frozen {
		var on []string
		for _, l := range h.Listings {
			on = append(on, l.List+" "+l.Entity)
		}
		fmt.Fprintf(&b, "\n%s: HOLD: true match under an asset freeze (%s). %s\n", h.Cell, strings.Join(on, ", "), screening.HoldNow)
		for _, rule := range h.Holds {
			fmt.Fprintf(&b, "  %s\n", rule.Text())
		}
	}
	if got.Waiting > 0 {
		fmt.Fprintf(&b, "%d of them wait for a second signed-in person to say the same.\n", got.Waiting)
	}
	fmt.Fprintf(&b, "They are kept as sent by %s.\n", d.Sender)
	if len(got.Lines) > 0 {
		b.WriteString("\nApplied:\n")
		for _, cell := range got.Lines {
			fmt.Fprintf(&b, "  %s\n", cell)
		}
	}
	for _, h := range got.Frozen {
		fmt.Fprintf(&b, "\n%s\n", h.Text())
	}
	if len(got.Problems) > 0 {
		b.WriteString("\nNot applied:\n")
		for _, p := range got.Problems {
			fmt.Fprintf(&b, "  %s: %s\n", p.Cell, p.What)
		}
		b.WriteString("\nCorrect these lines and give the workbook back; the others change nothing a second time.\n")
	}
	if err := ib.note(d, "decisions", b.String()); err != nil {
		return err
	}
	d.State, d.Output = store.DropDecided, strings.TrimPrefix(ib.output(d, "decisions", ".txt"), outboxFolder+"/")
	if len(got.Problems) > 0 {
		d.Why = fmt.Sprintf("%d lines were not applied", len(got.Problems))
	}
	return ib.end(ctx, d)
}

// reject ends a file that cannot be used, with a text that says why and what to do.
func (ib *inbox) reject(ctx context.Context, d *drop, why, advice string) error {
	d.State, d.Why = store.DropRejected, why
	text := fmt.Sprintf("%s was not used: %s.\n\n%s\n", d.File, strings.TrimSuffix(why, "."), advice)
	if err := ib.write(ib.rejected(d)+".txt", func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
		return err
	}
	ib.step(d, "found to be of no use")
	return ib.end(ctx, d)
}

// end keeps in the store how a file ended. What is left is to put it away.
func (ib *inbox) end(ctx context.Context, d *drop) error {
	d.Ended = ib.now
	err := ib.env.Store.KeepDrop(ctx, &d.Drop)
	ib.step(d, string(d.State))
	return err
}

// putAway moves a file that is done with to where it stays.
func (ib *inbox) putAway(d *drop) error {
	from, to := path.Join(ib.taken(d), d.File), ib.archived(d)
	if d.State == store.DropRejected {
		to = ib.rejected(d)
	}
	if ib.exists(from) {
		if err := ib.move(from, to); err != nil {
			return fmt.Errorf("putting it away: %w", err)
		}
		ib.step(d, "put away")
		ib.look.Done = append(ib.look.Done, Dropped{ID: d.ID, Place: d.place(), State: d.State, Run: d.Run, Output: d.Output, Why: d.Why})
	}
	_ = ib.root.Remove(ib.output(d, "waiting", ".txt"))
	ib.forget(d)
	return nil
}

// note writes a text about a file into the outbox.
func (ib *inbox) note(d *drop, what, text string) error {
	return ib.write(ib.output(d, what, ".txt"), func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s\n\n%s", d.place(), text)
		return err
	})
}

func (ib *inbox) output(d *drop, what, ext string) string {
	stem, _ := tame(d.File)
	return path.Join(outboxFolder, d.Folder, stem+"-"+what+"-"+d.ID+ext)
}

func (ib *inbox) archived(d *drop) string {
	stem, ext := tame(d.File)
	return path.Join(archiveFolder, d.Folder, d.ID+"-"+d.Hash[:12]+"-"+stem+ext)
}

func (ib *inbox) rejected(d *drop) string {
	stem, ext := tame(d.File)
	return path.Join(rejectedFolder, d.Folder, stem+"-"+d.ID+ext)
}

// tame splits a file's name and leaves only what every system takes in one:
// letters, digits and a few marks, not too many of them.
func tame(name string) (stem, ext string) {
	clean := func(s string, most int) string {
		s = strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("-_ ()+,&", r) {
				return r
			}
			return '_'
		}, strings.ToValidUTF8(s, "_"))
		for len(s) > most {
			runes := []rune(s)
			s = string(runes[:len(runes)-1])
		}
		return s
	}
	ext = path.Ext(name)
	stem = clean(strings.TrimSuffix(name, ext), 120)
	if ext = clean(strings.TrimPrefix(ext, "."), 10); ext != "" {
		ext = "." + ext
	}
	return stem, ext
}

// hash reads a file that was taken; it is the file that is looked at and
// never what a link in its place might point to.
func (ib *inbox) hash(ctx context.Context, d *drop) (string, error) {
	f, err := ib.open(d)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, readerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return f.Read(p)
	})); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func (ib *inbox) open(d *drop) (*os.File, error) {
	at := path.Join(ib.taken(d), d.File)
	before, err := ib.root.Lstat(at)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, errors.New("it is no file")
	}
	f, err := ib.root.Open(at)
	if err != nil {
		return nil, err
	}
	after, err := f.Stat()
	if err == nil && !os.SameFile(before, after) {
		err = errors.New("it was replaced while it was opened")
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// isWorkbook reports whether a file is a zip, as workbooks are, and notes
// whether it says that this program made it.
func (ib *inbox) isWorkbook(d *drop) (bool, error) {
	f, err := ib.open(d)
	if err != nil {
		return false, fmt.Errorf("%s: %w", d.place(), err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return false, fmt.Errorf("%s: %w", d.place(), err)
	}
	head := make([]byte, 2)
	if _, err := io.ReadFull(f, head); err != nil || string(head) != "PK" {
		return false, nil
	}
	d.made = reports.Made(f, st.Size())
	return true, nil
}
