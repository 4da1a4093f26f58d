//go:build unix

package jobs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// A badFile was made to do harm, or broken on its way. Nothing here is kept
// as a file: the test builds each anew.
type badFile struct {
	name string
	// door is what takes it in: "sheet", "workbook", or a list's id, a slash
	// and the name its file is published under.
	door string
	make func() []byte
	fate fate
	says string // part of what its sender must be told
}

// fate is what becomes of a bad file.
type fate int

const (
	refused   fate = iota // the whole file, in words
	fullyRead             // read as far as it goes: every row is screened or rejected
	either                // one or the other, as the reader sees fit
)

// secretName stands in the bad files where a partner's name would, and in nothing that is said of them.
const secretName = "Zarquonex"

// What one file may cost.
const (
	badFilePeak = 512 << 20
	badFileTime = 20 * time.Second
)

// answer is what the process that takes files in says of one.
type answer struct {
	Refused bool          // nothing of it is used
	Said    string        // all that its sender is told, or finds in a report
	Rows    int           // screened and rejected
	Lost    bool          // rows neither screened nor rejected
	Took    time.Duration // at the door
	Peak    int64         // resident bytes; 0 where they cannot be told
}

// Each bad file goes through its door in another process, whose memory is
// measured: it ends soon, in words, and within the memory that is allowed.
func TestBadFiles(t *testing.T) {
	all := badFiles(t)
	if len(all) < 200 {
		t.Fatalf("only %d files", len(all))
	}
	if testing.Short() { // a sample; with the race detector that takes long enough
		all = slices.DeleteFunc(all, func(f badFile) bool { return len(f.name+f.door)%6 != 0 })
	}
	home := t.TempDir()
	queue := make(chan int)
	var mu sync.Mutex
	var peak, slowest badCost
	var wg sync.WaitGroup
	for n := range 2 {
		dir := filepath.Join(home, strconv.Itoa(n))
		badOffice(t, dir)
		wg.Go(func() {
			var taker *badTaker
			for i := range queue {
				f := &all[i]
				if taker == nil {
					taker = newBadTaker(t, dir)
				}
				path := filepath.Join(dir, "in", strconv.Itoa(i))
				content := f.make()
				write(t, f.path(path), content)
				a, err := taker.take(f.door, f.path(path))
				if err != nil {
					t.Errorf("%s, at the door of a %s: %v", f.name, f.door, err)
					taker = nil
					continue
				}
				f.check(t, a)
				_ = os.RemoveAll(path)
				if a.Took > 3*time.Second {
					t.Logf("%s (%s): %s", f.name, f.door, a.Took.Round(time.Millisecond))
				}
				mu.Lock()
				peak, slowest = peak.max(badCost{f, a.Peak, len(content)}), slowest.max(badCost{f, int64(a.Took), len(content)})
				mu.Unlock()
			}
			if taker != nil {
				taker.end()
			}
		})
	}
	for i := range all {
		queue <- i
	}
	close(queue)
	wg.Wait()
	t.Logf("%d bad files; most memory %d MB: %s (%s, %d kB); slowest %s: %s (%s, %d kB)", len(all),
		peak.cost>>20, peak.file.name, peak.file.door, peak.size>>10,
		time.Duration(slowest.cost).Round(time.Millisecond), slowest.file.name, slowest.file.door, slowest.size>>10)
}

// badCost is what a file cost.
type badCost struct {
	file *badFile
	cost int64
	size int
}

func (c badCost) max(o badCost) badCost {
	if c.file == nil || o.cost > c.cost {
		return o
	}
	return c
}

// path is where the file lies for its door, below dir.
func (f *badFile) path(dir string) string {
	switch f.door {
	case "sheet":
		return filepath.Join(dir, "partners.dat")
	case "workbook":
		return filepath.Join(dir, "reviewed.xlsx")
	}
	return filepath.Join(dir, filepath.FromSlash(f.door))
}

func (f *badFile) check(t *testing.T, a *answer) {
	t.Helper()
	bad := func(format string, args ...any) {
		t.Errorf("%s, at the door of a %s: %s\nsaid: %.600s", f.name, f.door, fmt.Sprintf(format, args...), a.Said)
	}
	switch {
	case f.fate == refused && !a.Refused:
		bad("it was taken in, %d rows", a.Rows)
	case f.fate == fullyRead && a.Refused:
		bad("it was refused")
	case a.Refused && strings.TrimSpace(a.Said) == "":
		bad("it was refused without a word")
	case !strings.Contains(a.Said, f.says):
		bad("%q was not said", f.says)
	case a.Lost:
		bad("rows were lost")
	}
	for _, no := range []string{secretName, "runtime error", "panic", "fault in the program", "goroutine "} {
		if strings.Contains(strings.ToLower(a.Said), strings.ToLower(no)) {
			bad("%q was said", no)
		}
	}
	if a.Peak > badFilePeak && !testing.Short() { // the race detector takes memory of its own
		bad("it took %d MB", a.Peak>>20)
	}
	if a.Took > badFileTime {
		bad("it took %s", a.Took)
	}
}

func write(t *testing.T, path string, content []byte) {
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600)); err != nil {
		t.Error(err)
	}
}

// badOffice makes an office with one list in dir.
func badOffice(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), filepath.Join(dir, "screener.db"), store.Options{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t, s)
	o.listed()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// badTaker is the process that takes files in.
type badTaker struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	said strings.Builder
}

func newBadTaker(t *testing.T, dir string) *badTaker {
	b := &badTaker{cmd: exec.CommandContext(t.Context(), os.Args[0])}
	b.cmd.Env = append(os.Environ(), "JOBS_TEST_BADFILES="+dir)
	b.cmd.Stderr = &b.said
	in, err := b.cmd.StdinPipe()
	if err != nil {
		t.Error(err)
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		t.Error(err)
	}
	b.in, b.out = in, bufio.NewReader(out)
	if err := b.cmd.Start(); err != nil {
		t.Error(err)
	}
	return b
}

// take hands over one file. An error means that the process is gone.
func (b *badTaker) take(door, path string) (*answer, error) {
	late := time.AfterFunc(3*badFileTime, func() { _ = b.cmd.Process.Kill() })
	defer late.Stop()
	if _, err := fmt.Fprintf(b.in, "%s\t%s\n", door, path); err != nil {
		return nil, err
	}
	line, err := b.out.ReadBytes('\n')
	if err != nil {
		_ = b.cmd.Wait()
		return nil, fmt.Errorf("it ended the process (%v)\n%.2000s", b.cmd.ProcessState, b.said.String())
	}
	var a answer
	return &a, json.Unmarshal(line, &a)
}

func (b *badTaker) end() {
	b.in.Close()
	_ = b.cmd.Wait()
}

// takeBadFiles is that process.
func takeBadFiles(dir string) error {
	debug.SetGCPercent(50) // as the program does
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(dir, "screener.db"), store.Options{Data: dir})
	if err != nil {
		return err
	}
	defer s.Close()
	env := &jobs.Env{
		Store: s, Cards: badCards(), Policy: screening.DefaultPolicy(), MaxAge: 10 * 24 * time.Hour, Version: "test", Actor: "sam", Now: standing,
		Limits: jobs.Limits{
			Sheet: intake.Limits{Unzipped: 64 << 20, Rows: 2_000, Time: badFileTime / 2},
			List:  lists.Limits{MaxFile: 64 << 20, MaxEntities: 2_000, MaxHeld: 128 << 20, Time: badFileTime / 2},
		},
		Enabled: func(id string) bool { return id == "watch" },
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		door, path, _ := strings.Cut(lines.Text(), "\t")
		debug.FreeOSMemory()
		_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // where there is none, nothing is measured
		start := time.Now()
		a := takeBadFile(ctx, env, door, path)
		a.Took, a.Peak = time.Since(start), peakMemory()
		line, err := json.Marshal(a)
		if err != nil {
			return err
		}
		fmt.Printf("%s\n", line)
	}
	return lines.Err()
}

// badCards are the published lists, and one of each kind an office makes.
func badCards() []lists.Card {
	cards := slices.Clone(lists.All)
	for _, format := range lists.CustomFormats {
		id := "own." + strings.ReplaceAll(format, ".", "_")
		if format == "targets.simple.csv" {
			id = "watch"
		}
		card, err := lists.Custom(lists.CustomConfig{ID: id, Format: format, Control: "asset_freeze"})
		if err != nil {
			panic(err)
		}
		cards = append(cards, card)
	}
	return cards
}

// peakMemory is the most that was resident since it was last forgotten.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(kb, 10, 64)
	return n << 10
}

func takeBadFile(ctx context.Context, env *jobs.Env, door, path string) *answer {
	switch door {
	case "sheet":
		return screenBadFile(ctx, env, path)
	case "workbook":
		d, err := jobs.Decide(ctx, env, path, "sam")
		if err != nil {
			return &answer{Refused: true, Said: err.Error()}
		}
		a := &answer{Refused: len(d.Lines) == 0, Rows: len(d.Lines)}
		for _, p := range d.Problems {
			a.Said += p.String() + "\n"
		}
		if a.Refused && a.Said == "" {
			a.Said = fmt.Sprintf("%d lines undecided", d.Undecided)
		}
		return a
	}
	list, _, _ := strings.Cut(door, "/")
	every := *env
	every.Enabled, every.AcceptLicence = nil, []string{"CC-BY-NC-4.0", "LicenseRef-all-rights-reserved"}
	out, err := jobs.Refresh(ctx, &every, jobs.RefreshOptions{Lists: []string{list}, From: filepath.Dir(filepath.Dir(path))})
	if err != nil {
		return &answer{Refused: true, Said: err.Error()}
	}
	a := &answer{Refused: !out[0].OK(), Said: out[0].Reason}
	for _, f := range out[0].Findings {
		a.Said += "\n" + f.Text
	}
	return a
}

func screenBadFile(ctx context.Context, env *jobs.Env, path string) *answer {
	s, err := jobs.Screen(ctx, env, jobs.ScreenOptions{Files: []string{path}})
	if err != nil {
		return &answer{Refused: true, Said: err.Error()}
	}
	defer func() { _ = s.Close() }()
	a := &answer{}
	if err := s.Write(ctx, io.Discard, "json"); err != nil {
		a.Said = err.Error()
	}
	for _, in := range s.Unreadable() {
		a.Refused = true // it was not read to its end, and that is said
		a.Said += in.Error + "\n"
	}
	n := s.Run.Counts
	a.Rows, a.Lost = n.RowsIn, n.RowsIn != n.RowsScreened+n.RowsRejected
	return a
}

// badFiles are all of them. Files that are too slow to build for every one
// who asks are built once.
func badFiles(t *testing.T) []badFile {
	t.Helper()
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.list("w1|" + secretName + " Institute||ir")
	_, workbook := o.screen(secretName + " Institute,IR")
	review, err := os.ReadFile(workbook)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var all []badFile
	for _, base := range []zipBase{xlsxBase, odsBase, bookBase(t, review), odsBookBase, listBase} {
		all = append(all, zipTricks(base)...)
	}
	return slices.Concat(all, badSheets(), badTexts(), badBooks(review), badLists())
}
