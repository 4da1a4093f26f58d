package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// dropOffice is an office with a drop folder.
type dropOffice struct {
	*office
	base string
}

func newDropOffice(t *testing.T, s *store.Store) *dropOffice {
	o := &dropOffice{office: newOffice(t, s)}
	o.base = filepath.Join(o.dir, "share")
	if err := os.MkdirAll(filepath.Join(o.base, "inbox"), 0o750); err != nil {
		t.Fatal(err)
	}
	o.env.DropFolder = jobs.DropFolder{Path: filepath.Join(o.base, "inbox")}
	o.office.list("w1|Kestoria Trading|Kestoria General|QA", "w2|Sorvenne Works||PE")
	return o
}

const partners = "Reference,Partner,Country,Remark\nA-1,Kestoria Trading Ltd,QA,by hand\nA-2,Ulmara College,NO,\n"

// put writes a file into the share, its folders too.
func (o *dropOffice) put(name, content string) {
	o.t.Helper()
	at := filepath.Join(o.base, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
		o.t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// look looks once, a minute later.
func (o *dropOffice) look() *jobs.InboxLook {
	o.t.Helper()
	o.time = o.time.Add(time.Minute)
	look, err := jobs.Inbox(o.t.Context(), o.env)
	if err != nil {
		o.t.Fatal(err)
	}
	return look
}

// done looks until nothing is waiting for its second look, and returns what was done.
func (o *dropOffice) done() []jobs.Dropped {
	o.t.Helper()
	o.look()
	return o.look().Done
}

// files are the files of the share, with the ID of a drop and the hash of
// its content as words.
func (o *dropOffice) files() []string {
	o.t.Helper()
	var out []string
	id := regexp.MustCompile(`\d{8}-\d{6}-[0-9a-f]{6}`)
	hash := regexp.MustCompile(`-[0-9a-f]{12}-`)
	for _, f := range filesUnder(o.t, o.base) {
		out = append(out, hash.ReplaceAllString(id.ReplaceAllString(f, "ID"), "-HASH-"))
	}
	slices.Sort(out)
	return out
}

func filesUnder(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(at string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, at)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// only is the one file of the share whose name holds the text.
func (o *dropOffice) only(text string) string {
	o.t.Helper()
	var found []string
	for _, f := range filesUnder(o.t, o.base) {
		if strings.Contains(f, text) {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		o.t.Fatalf("files with %q in their name: %v, want one", text, found)
	}
	return filepath.Join(o.base, found[0])
}

func (o *dropOffice) text(name string) string {
	o.t.Helper()
	b, err := os.ReadFile(o.only(name))
	if err != nil {
		o.t.Fatal(err)
	}
	return string(b)
}

func (o *dropOffice) runs() []*screening.Run {
	o.t.Helper()
	runs, err := o.env.Store.Runs(o.t.Context(), 100)
	if err != nil {
		o.t.Fatal(err)
	}
	return runs
}

func TestDroppedSheetIsScreened(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newDropOffice(t, s)
		o.put("inbox/partners.csv", partners)
		o.put("inbox/physics/partners.csv", "Partner\nUlmara College\n")
		if first := o.look(); len(first.Done) != 0 || len(first.Waiting) != 2 {
			t.Fatalf("at the first look: %+v, want both to wait for another", first)
		}
		got := o.look().Done
		if len(got) != 2 || got[0].State != store.DropScreened || got[1].Place != "physics/partners.csv" {
			t.Fatalf("done: %+v", got)
		}
		want := []string{
			"archive/ID-HASH-partners.csv", "archive/physics/ID-HASH-partners.csv",
			"outbox/partners-screened-ID.xlsx", "outbox/physics/partners-screened-ID.xlsx",
		}
		if diff := cmp.Diff(want, o.files()); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
		run, err := s.Run(t.Context(), got[0].Run)
		if err != nil || run.By != "drop folder" || run.Inputs[0].File != "partners.csv" || run.Counts.Rows[screening.Escalate] != 1 {
			t.Errorf("run: %+v, %v", run, err)
		}
		if run, err := s.Run(t.Context(), got[1].Run); err != nil || run.By != "drop folder physics" {
			t.Errorf("who sent the other: %+v, %v", run, err)
		}
		if again := o.look(); len(again.Done)+len(again.Waiting) != 0 {
			t.Errorf("once more: %+v, want nothing to do", again)
		}
	})
}

func TestSameContentAgain(t *testing.T) {
	o := newDropOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.put("inbox/partners.csv", partners)
	first := o.done()[0]
	report, err := os.ReadFile(filepath.Join(o.base, "outbox", first.Output))
	if err != nil {
		t.Fatal(err)
	}
	again := func(want store.DropState, runs int, why string) jobs.Dropped {
		t.Helper()
		o.put("inbox/copy.csv", partners)
		got := o.done()
		if len(got) != 1 || got[0].State != want || len(o.runs()) != runs {
			t.Fatalf("%s: %+v and %d runs, want %s and %d", why, got, len(o.runs()), want, runs)
		}
		return got[0]
	}
	again(store.DropRepeated, 1, "nothing has changed")
	if said := o.text("copy-same"); !strings.Contains(said, first.Run) || !strings.Contains(said, "not screened again") || !strings.Contains(said, "lies in the outbox") {
		t.Errorf("said:\n%s", said)
	}
	// Whoever takes the report away gets it again: the same one, without another run.
	if err := os.Remove(filepath.Join(o.base, "outbox", first.Output)); err != nil {
		t.Fatal(err)
	}
	again(store.DropRepeated, 1, "the report is gone")
	rewritten, err := os.ReadFile(filepath.Join(o.base, "outbox", first.Output))
	if err != nil || !bytes.Equal(report, rewritten) {
		t.Errorf("the report written again differs from the first (%v)", err)
	}
	o.office.list("w1|Kestoria Trading|Kestoria General|QA", "w2|Sorvenne Works||PE", "w3|Ulmara College||NO")
	again(store.DropScreened, 2, "a list has changed")
	again(store.DropRepeated, 2, "nothing has changed since")
	_, book := o.screen("Kestoria Trading Ltd,QA")
	o.fill(book, "Kestoria Trading Ltd", "Needs information", "Answer awaited")
	o.decide(book, "lena")
	again(store.DropScreened, 4, "somebody has decided")
}

func TestVerdictsThroughTheDropFolder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newDropOffice(t, s)
		o.env.DropFolder.People = map[string]string{"legal": "lena", "export": "emil"}
		run, book := o.screen("Kestoria Trading Ltd,QA", "Ulmara College,NO")
		if run.Counts.Rows[screening.Escalate] != 1 {
			t.Fatalf("%+v, want one row to escalate", run.Counts)
		}
		o.fill(book, "Kestoria Trading Ltd", "False positive", "Different place")
		content, err := os.ReadFile(book)
		if err != nil {
			t.Fatal(err)
		}
		standing := func() int {
			n := 0
			for d, err := range jobs.Decisions(t.Context(), o.env, jobs.DecisionsOptions{}) {
				if err != nil {
					t.Fatal(err)
				}
				if d.State == "standing" {
					n++
				}
			}
			return n
		}
		// Into the folder anybody may write to: nobody is signed in.
		o.put("inbox/back.xlsx", string(content))
		if got := o.done(); len(got) != 1 || got[0].State != store.DropDecided {
			t.Fatalf("%+v", got)
		}
		if said := o.text("back-decisions"); !strings.Contains(said, "Review!") || !strings.Contains(said, "nobody is signed in") || !strings.Contains(said, "1 were not applied") {
			t.Errorf("said:\n%s", said)
		}
		if n := standing(); n != 0 {
			t.Errorf("%d decisions stand, want none: an escalated match was closed by nobody", n)
		}
		// Two people, each with a folder of their own.
		o.put("inbox/legal/mine.xlsx", string(content))
		o.done()
		if said := o.text("mine-decisions"); !strings.Contains(said, "second signed-in person") || !strings.Contains(said, "sent by lena") {
			t.Errorf("said:\n%s", said)
		}
		if n := standing(); n != 0 {
			t.Errorf("%d decisions stand after one person, want none", n)
		}
		o.put("inbox/export/yours.xlsx", string(content))
		o.done()
		if n := standing(); n == 0 {
			t.Error("no decision stands after two people said the same")
		}
		if len(o.runs()) != 1 {
			t.Errorf("%d runs: a workbook was screened", len(o.runs()))
		}
	})
}

func TestWhatCannotBeUsedIsRejected(t *testing.T) {
	o := newDropOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.put("inbox/brochure.xlsx", "%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n")
	o.put("inbox/notes.csv", "Remark,Amount\nnothing here,3\n")
	o.put("inbox/odd \n= name;rm.csv", "Remark\nx\n")
	_, clean := o.screen("Ulmara College,NO") // a report in which nobody is asked anything
	content, err := os.ReadFile(clean)
	if err != nil {
		t.Fatal(err)
	}
	o.put("inbox/report.xlsx", string(content))
	got := o.done()
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
	for _, d := range got {
		if d.State != store.DropRejected {
			t.Errorf("%q: %s, want it rejected", d.Place, d.State)
		}
	}
	for name, want := range map[string][]string{
		"brochure-": {"brochure.xlsx was not used", "PDF"},
		"notes-":    {"name", "drop folder"},
		"report-":   {"report of this program", "original sheet"},
		"odd ":      {"was not used"},
	} {
		found := 0
		for _, f := range filesUnder(t, filepath.Join(o.base, "rejected")) {
			if !strings.HasPrefix(f, name) {
				continue
			}
			found++
			if strings.HasSuffix(f, ".txt") {
				b, err := os.ReadFile(filepath.Join(o.base, "rejected", f))
				if err != nil {
					t.Fatal(err)
				}
				for _, w := range want {
					if !strings.Contains(string(b), w) {
						t.Errorf("%s does not say %q:\n%s", f, w, b)
					}
				}
			}
		}
		if found != 2 {
			t.Errorf("%s: %d files in rejected, want the file and its text", name, found)
		}
	}
	if runs := o.runs(); len(runs) != 1 {
		t.Errorf("%d runs, want only the one of the test", len(runs))
	}
}

func TestWhatIsNotReadyWaits(t *testing.T) {
	o := newDropOffice(t, storetest.Open(t, storetest.SQLite(t)))
	_, book := o.screen("Ulmara College,NO")
	whole, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	waits := func(place, why string) {
		t.Helper()
		look := o.look()
		if len(look.Done) != 0 {
			t.Fatalf("%s: taken: %+v", place, look.Done)
		}
		for _, w := range look.Waiting {
			if w.Place == place && strings.Contains(w.Why, why) {
				return
			}
		}
		t.Errorf("%s waits not for %q: %+v", place, why, look.Waiting)
	}
	// Growing from look to look.
	o.put("inbox/big.csv", "Partner\n")
	o.look()
	o.put("inbox/big.csv", "Partner\nUlmara College\n")
	waits("big.csv", "stand still")
	// A copy that stalls: it stands still and has no end.
	o.put("inbox/big.csv", "")
	o.put("inbox/big.xlsx", string(whole[:len(whole)/2]))
	o.look()
	waits("big.xlsx", "copied")
	waits("big.csv", "copied")
	o.put("inbox/big.xlsx", string(bytes.Repeat([]byte{0}, 5000)))
	o.look()
	waits("big.xlsx", "copied")
	// Open in a spreadsheet program.
	for _, f := range []string{"inbox/big.csv", "inbox/big.xlsx"} {
		if err := os.Remove(filepath.Join(o.base, f)); err != nil {
			t.Fatal(err)
		}
	}
	o.put("inbox/open.csv", partners)
	o.put("inbox/~$open.csv", "sam")
	o.look()
	waits("open.csv", "open in a spreadsheet")
	if err := os.Rename(filepath.Join(o.base, "inbox/~$open.csv"), filepath.Join(o.base, "inbox/.~lock.open.csv#")); err != nil {
		t.Fatal(err)
	}
	waits("open.csv", "open in a spreadsheet")
	// What is on its way has the names of that.
	for _, name := range []string{"inbox/x.csv.part", "inbox/y.tmp", "inbox/.z.csv", "inbox/~w.csv", "inbox/v.csv.crdownload", "inbox/Thumbs.db"} {
		o.put(name, partners)
	}
	// Links are not followed, wherever they point, and folders in folders not looked into.
	outside := filepath.Join(o.dir, "secret.csv")
	if err := os.WriteFile(outside, []byte(partners), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(o.base, "inbox/link.csv")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(o.dir, filepath.Join(o.base, "inbox/dir")); err != nil {
		t.Fatal(err)
	}
	o.put("inbox/a/b/deep.csv", partners)
	o.look()
	waits("link.csv", "not followed")
	waits("dir", "not followed")
	waits("a/b", "folders within folders")
	if n := len(o.runs()); n != 1 {
		t.Errorf("%d runs, want only the one of the test", n)
	}
}

func TestHalfCopiedFileIsGivenUpInTheEnd(t *testing.T) {
	o := newDropOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.put("inbox/cut.xlsx", "PK\x03\x04 and no end")
	var got []jobs.Dropped
	for range 12 {
		got = append(got, o.look().Done...)
	}
	if len(got) != 1 || got[0].State != store.DropRejected {
		t.Errorf("after twelve minutes: %+v, want it rejected", got)
	}
}

func TestMissingListKeepsTheFileWaiting(t *testing.T) {
	o := newDropOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.put("inbox/partners.csv", partners)
	o.look()
	o.time = o.time.Add(20 * 24 * time.Hour) // longer than a list is usable
	_, err := jobs.Inbox(t.Context(), o.env)
	if missing, ok := errors.AsType[*jobs.MissingLists](err); !ok {
		t.Fatalf("%v, want the missing list: %v", err, missing)
	}
	if said := o.text("partners-waiting"); !strings.Contains(said, "watch") || !strings.Contains(said, "tried again") {
		t.Errorf("said:\n%s", said)
	}
	o.office.list("w1|Kestoria Trading|Kestoria General|QA")
	if got := o.look().Done; len(got) != 1 || got[0].State != store.DropScreened {
		t.Errorf("with the list again: %+v", got)
	}
	want := []string{"archive/ID-HASH-partners.csv", "outbox/partners-screened-ID.xlsx"}
	if diff := cmp.Diff(want, o.files()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestStoppedScreeningGoesOnOrBeginsAnew(t *testing.T) {
	for name, change := range map[string]bool{"nothing changed": false, "a list changed": true} {
		t.Run(name, func(t *testing.T) {
			o := newDropOffice(t, storetest.Open(t, storetest.SQLite(t)))
			o.put("inbox/partners.csv", partners)
			o.look()
			o.time = o.time.Add(time.Minute)
			ctx, cancel := context.WithCancel(t.Context())
			o.env.Progress = func(s jobs.Step) {
				if s.What == "screening" {
					cancel() // the rows are kept, the run is not finished
				}
			}
			if _, err := jobs.Inbox(ctx, o.env); !errors.Is(err, context.Canceled) {
				t.Fatalf("%v, want it stopped", err)
			}
			o.env.Progress = nil
			if change {
				o.office.list("w1|Kestoria Trading|Kestoria General|QA", "w3|Ulmara College||NO")
			}
			got := o.look().Done
			finished, escalated := 0, 0
			for _, r := range o.runs() {
				if !r.Finished.IsZero() {
					finished++
					escalated = r.Counts.Rows[screening.Escalate]
				}
			}
			if len(got) != 1 || got[0].State != store.DropScreened || finished != 1 || escalated != map[bool]int{false: 1, true: 2}[change] {
				t.Errorf("%+v, %d finished runs, %d rows to escalate", got, finished, escalated)
			}
		})
	}
}

func TestTwoProcessesAtOneDropFolder(t *testing.T) {
	o := newDropOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.put("inbox/partners.csv", partners)
	o.look()
	busy := false
	env := *o.env
	env.Progress = func(jobs.Step) {
		if !busy {
			look, err := jobs.Inbox(t.Context(), o.env)
			busy = err == nil && look.Busy
		}
	}
	o.time = o.time.Add(time.Minute)
	if look, err := jobs.Inbox(t.Context(), &env); err != nil || len(look.Done) != 1 || !busy {
		t.Errorf("%+v, %v; the other one was told: %v", look, err, busy)
	}
}

// TestKilledBetweenAnyTwoSteps kills a process at its first step, another at
// its second, and so on; after each, the next look finishes what was begun.
func TestKilledBetweenAnyTwoSteps(t *testing.T) {
	if at := os.Getenv("INBOX_TEST_KILL"); at != "" {
		dieAtStep(t, at)
		return
	}
	survived := 0
	for at := 1; survived == 0; at++ {
		if at > 40 {
			t.Fatal("no process came to its end in 40 steps")
		}
		dsn := storetest.SQLite(t)
		s := storetest.Open(t, dsn)
		o := newDropOffice(t, s)
		_, book := o.screen("Kestoria Trading Ltd,QA")
		o.fill(book, "Kestoria Trading Ltd", "Needs information", "Answer awaited")
		content, err := os.ReadFile(book)
		if err != nil {
			t.Fatal(err)
		}
		o.put("inbox/back.xlsx", string(content))
		o.put("inbox/bad.xlsx", "%PDF-1.7")
		o.put("inbox/partners.csv", partners)
		o.look()
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestKilledBetweenAnyTwoSteps$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("INBOX_TEST_KILL=%d %s %s", at, o.dir, dsn))
		if out, err := cmd.CombinedOutput(); err == nil {
			survived = at
		} else if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != -1 {
			t.Fatalf("step %d: %v\n%s", at, err, out)
		}
		o.time = o.time.Add(10 * time.Minute) // the dead process's lease is over
		look := o.look()
		more := o.look()
		if len(more.Done)+len(more.Waiting) != 0 {
			t.Errorf("killed at step %d: still to do after a look: %+v then %+v", at, look, more)
		}
		want := []string{
			"archive/ID-HASH-back.xlsx", "archive/ID-HASH-partners.csv",
			"outbox/back-decisions-ID.txt", "outbox/partners-screened-ID.xlsx",
			"rejected/bad-ID.xlsx", "rejected/bad-ID.xlsx.txt",
		}
		var got []string
		for _, f := range o.files() {
			if !strings.HasPrefix(filepath.Base(f), ".screener-") { // half a report has no name; pruning takes it
				got = append(got, f)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("killed at step %d: files (-want +got):\n%s", at, diff)
		}
		runs := o.runs()
		if len(runs) != 2 || runs[0].Finished.IsZero() || runs[0].Counts.RowsIn != 2 {
			t.Errorf("killed at step %d: %d runs, want two, finished", at, len(runs))
		}
		n := 0
		for range s.Decisions(t.Context()) {
			n++
		}
		if n != 1 {
			t.Errorf("killed at step %d: %d decisions, want 1", at, n)
		}
		f, err := excelize.OpenFile(o.only("partners-screened"))
		if err != nil {
			t.Fatalf("killed at step %d: %v", at, err)
		}
		rows, err := f.GetRows("All rows")
		if err != nil || !strings.Contains(fmt.Sprint(rows), "by hand") {
			t.Errorf("killed at step %d: the report has lost the sheet's own columns (%v)", at, err)
		}
		f.Close()
	}
	t.Logf("killed at each of %d steps", survived-1)
	if survived < 12 {
		t.Errorf("only %d steps were tried", survived)
	}
}

func dieAtStep(t *testing.T, arg string) {
	var at int
	var dir, dsn string
	if _, err := fmt.Sscan(arg, &at, &dir, &dsn); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), dsn, store.Options{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	o := &dropOffice{office: newOffice(t, s), base: filepath.Join(dir, "share")}
	o.env.DropFolder = jobs.DropFolder{Path: filepath.Join(o.base, "inbox")}
	o.time = o.time.Add(2 * time.Minute)
	step := 0
	o.env.Progress = func(jobs.Step) {
		if step++; step == at {
			self, err := os.FindProcess(os.Getpid())
			if err != nil || self.Kill() != nil {
				panic("it does not die")
			}
			select {}
		}
	}
	if _, err := jobs.Inbox(context.Background(), o.env); err != nil {
		t.Fatal(err)
	}
}

// account gives the office an account with roles.
func (o *dropOffice) account(name string, roles ...screening.AccountRole) {
	o.t.Helper()
	a := &screening.Account{ID: "id-" + name, Name: name, Roles: roles, Source: "local", Created: o.time}
	if err := o.env.Store.AddAccount(o.t.Context(), a); err != nil {
		o.t.Fatal(err)
	}
}

func TestRolesCountInTheDropFolder(t *testing.T) {
	o := newDropOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.env.DropFolder.People = map[string]string{"lab": "sara", "legal": "lena", "export": "emil", "gone": "nobody"}
	_, book := o.screen("Kestoria Trading Ltd,QA")
	o.fill(book, "Kestoria Trading Ltd", "False positive", "Different place")
	content, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	o.account("sara", screening.Submitter)
	o.account("lena", screening.Reviewer)
	o.account("emil", screening.SecondReviewer)
	kept := func() int {
		n := 0
		for range o.env.Store.Decisions(t.Context()) {
			n++
		}
		return n
	}
	for _, c := range []struct {
		folder string
		state  store.DropState
		kept   int
	}{
		{"", store.DropRejected, 0},     // tied to nobody
		{"lab", store.DropRejected, 0},  // may submit only
		{"gone", store.DropRejected, 0}, // no such account
		{"legal", store.DropDecided, 0}, // may not close an escalated match here
		{"export", store.DropDecided, 1},
	} {
		o.put(filepath.Join("inbox", c.folder, "back.xlsx"), string(content))
		got := o.done()
		if len(got) != 1 || got[0].State != c.state || kept() != c.kept {
			t.Errorf("folder %q: %+v and %d decisions, want %s and %d", c.folder, got, kept(), c.state, c.kept)
		}
	}
}

func TestRestrictedListsStayOutOfTheOutbox(t *testing.T) {
	o := newDropOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.env.DropFolder.People = map[string]string{"legal": "lena"}
	o.env.Restricted = map[string][]screening.AccountRole{"watch": {screening.Reviewer}}
	o.account("lena", screening.Reviewer)
	o.put("inbox/partners.csv", partners)
	o.put("inbox/legal/partners.csv", partners)
	got := o.done()
	if len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	for place, sees := range map[string]bool{"partners.csv": false, "legal/partners.csv": true} {
		at := slices.IndexFunc(got, func(d jobs.Dropped) bool { return d.Place == place })
		f, err := excelize.OpenFile(filepath.Join(o.base, "outbox", got[at].Output))
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(&text, rows)
		}
		f.Close()
		if strings.Contains(text.String(), "watch") != sees {
			t.Errorf("%s: its report names the restricted list: %v, want %v", place, !sees, sees)
		}
		if !strings.Contains(text.String(), "by hand") {
			t.Errorf("%s: the report has lost the sheet's own columns", place)
		}
	}
}
