package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"partnerscreen/screening/store"
)

var inboxJob = Job{
	Kind:  "inbox",
	Local: true,
	Doc:   "screen the sheets and read the reviewed workbooks that lie in the drop folder",
	Schedules: func(env *Env) []Schedule {
		if env.DropFolder.Path == "" {
			return nil
		}
		return []Schedule{{Name: "inbox", Spec: "* * * * *"}}
	},
	Run: func(ctx context.Context, env *Env, _ json.RawMessage) (any, error) { return Inbox(ctx, env) },
}

// DropFolder says where people put files. Beside it lie outbox, archive and
// rejected; a folder in it has one of its own in each.
type DropFolder struct {
	Path string // "" looks at none
	// People ties a folder in it to the one person who may write there; what
	// comes from it is then theirs. "." is the drop folder itself.
	People map[string]string
	// Settle is how long a file has to stand still before it is taken; two
	// looks see it the same in any case.
	Settle time.Duration
}

const (
	outboxFolder   = "outbox"
	archiveFolder  = "archive"
	rejectedFolder = "rejected"
	takenFolder    = ".taken" // in the drop folder: files being worked on
)

// InboxLook is what one look at the drop folder did.
type InboxLook struct {
	Done    []Dropped `json:"done,omitempty"`
	Waiting []Waiting `json:"waiting,omitempty"`
	// Busy says that another process is at it.
	Busy bool `json:"busy,omitempty"`
}

// Dropped is what became of one file.
type Dropped struct {
	ID     string          `json:"id"`
	Place  string          `json:"place"` // "physics/partners.xlsx"
	State  store.DropState `json:"state"`
	Run    string          `json:"run,omitempty"`
	Output string          `json:"output,omitempty"` // in the outbox
	Why    string          `json:"why,omitempty"`
}

// Waiting is a file that was left where it lies.
type Waiting struct {
	Place string `json:"place"`
	Why   string `json:"why"`
}

// leaseTime is how long a process that died keeps others from the folder.
const leaseTime = 2 * time.Minute

// Inbox takes what lies in the drop folder and has stood still for two looks.
//
// Every file is in one place at any time: inbox, then .taken/ID, then archive
// or rejected; it is moved by its name, which happens whole or not at all. Its ID is
// that of its run and part of every name written for it, so that a look that
// was killed goes on where the folders and the store say it stopped.
func Inbox(ctx context.Context, env *Env) (*InboxLook, error) {
	if env.DropFolder.Path == "" {
		return nil, errors.New("there is no drop folder; set folder under [inbox] in the configuration")
	}
	ib, err := openInbox(env)
	if err != nil {
		return nil, err
	}
	defer func() { _ = ib.root.Close() }()
	ctx, held, end, err := holdLease(ctx, env, "inbox "+env.DropFolder.Path)
	if err != nil {
		return nil, err
	}
	if !held {
		return &InboxLook{Busy: true}, nil
	}
	defer end()
	drops, err := ib.left() // by a look that was killed
	if err != nil {
		return nil, err
	}
	ready, err := ib.ready(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range ready {
		d, err := ib.take(p)
		if err != nil {
			ib.wait(p.String(), "it cannot be moved: "+plainError(err))
			continue
		}
		drops = append(drops, d)
	}
	// Decisions first: sheets of the same look are graded by them.
	var failed []error
	for _, d := range drops {
		if d.workbook, err = ib.isWorkbook(d); err != nil {
			failed = append(failed, err)
		}
	}
	slices.SortStableFunc(drops, func(a, b *drop) int { return cmp.Compare(rank(a), rank(b)) })
	for _, d := range drops {
		if err := ctx.Err(); err != nil {
			return ib.look, errors.Join(context.Cause(ctx), errors.Join(failed...))
		}
		if err := ib.work(ctx, d); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", d.place(), err))
			ib.wait(d.place(), "it is tried again: "+err.Error())
			failed = append(failed, ib.note(d, "waiting", err.Error()+"\n\nThe file is kept and tried again at every look; nothing has to be done with it.\n"))
		}
	}
	return ib.look, errors.Join(failed...)
}

func rank(d *drop) int {
	if d.workbook {
		return 0
	}
	return 1
}

// holdLease holds the lease while ctx lasts; it ends when the lease is lost.
func holdLease(ctx context.Context, env *Env, name string) (context.Context, bool, func(), error) {
	holder := runID(env.Now().UTC())
	take := func() (bool, error) {
		now := env.Now()
		return env.Store.Lease(ctx, name, holder, now, now.Add(leaseTime))
	}
	held, err := take()
	if err != nil || !held {
		return ctx, false, nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(leaseTime / 4)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if held, err := take(); err == nil && !held {
				cancel(errors.New("another process has taken over"))
				return
			}
		}
	}()
	return ctx, true, func() {
		cancel(nil)
		<-done
		_ = env.Store.EndLease(context.WithoutCancel(ctx), name, holder)
	}, nil
}

// inbox is one look at the drop folder. All places are paths within root.
type inbox struct {
	env  *Env
	root *os.Root // the folder the drop folder lies in
	base string
	name string // of the drop folder in it
	now  time.Time
	look *InboxLook
}

func openInbox(env *Env) (*inbox, error) {
	dir, err := filepath.Abs(env.DropFolder.Path)
	if err != nil {
		return nil, fmt.Errorf("opening the drop folder: %w", err)
	}
	ib := &inbox{env: env, base: filepath.Dir(dir), name: filepath.Base(dir), now: env.Now().UTC(), look: &InboxLook{}}
	if slices.Contains([]string{outboxFolder, archiveFolder, rejectedFolder}, ib.name) {
		return nil, fmt.Errorf("the drop folder cannot be called %s: what comes out of it lies there", ib.name)
	}
	if err := os.MkdirAll(dir, 0o770); err != nil {
		return nil, fmt.Errorf("making the drop folder: %w", err)
	}
	if ib.root, err = os.OpenRoot(ib.base); err != nil {
		return nil, fmt.Errorf("opening the folder of the drop folder: %w", err)
	}
	for _, folder := range []string{outboxFolder, archiveFolder, rejectedFolder} {
		if err := ib.root.Mkdir(folder, 0o770); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, errors.Join(fmt.Errorf("making %s beside the drop folder: %w", folder, err), ib.root.Close())
		}
	}
	return ib, nil
}

func (ib *inbox) wait(place, why string) {
	ib.look.Waiting = append(ib.look.Waiting, Waiting{Place: place, Why: why})
}

// place is a file of the drop folder: folder is "" or one folder in it.
type place struct{ folder, file string }

func (p place) String() string { return path.Join(p.folder, p.file) }

// ready are the files that have stood still, those of folders too, in order.
func (ib *inbox) ready(ctx context.Context) ([]place, error) {
	var found []place
	infos := map[place]fs.FileInfo{}
	scan := func(folder string) ([]string, error) {
		entries, err := fs.ReadDir(ib.root.FS(), path.Join(ib.name, folder))
		if err != nil {
			return nil, err
		}
		locked := locks(entries, ib.now)
		var folders []string
		for _, e := range entries {
			p := place{folder, e.Name()}
			info, err := e.Info() // of a link itself
			switch {
			case err != nil: // it went meanwhile
			case passing(e.Name()):
			case e.IsDir() && folder == "":
				folders = append(folders, e.Name())
			case e.IsDir():
				ib.wait(p.String(), "folders within folders are not looked into")
			case !info.Mode().IsRegular():
				ib.wait(p.String(), "it is no file but a link or a device, and is not followed")
			case locked[e.Name()]:
				ib.wait(p.String(), "it is open in a spreadsheet program")
			default:
				found = append(found, p)
				infos[p] = info
			}
		}
		return folders, nil
	}
	folders, err := scan("")
	if err != nil {
		return nil, fmt.Errorf("looking into the drop folder: %w", err)
	}
	for _, folder := range folders {
		if _, err := scan(folder); err != nil {
			ib.wait(folder, "it cannot be looked into: "+plainError(err))
		}
	}
	var looks []store.Look
	for _, p := range found {
		looks = append(looks, store.Look{Place: path.Join(ib.name, p.String()), Size: infos[p].Size(), Modified: infos[p].ModTime()})
	}
	since, err := ib.env.Store.KeepLooks(ctx, looks, ib.now)
	if err != nil {
		return nil, err
	}
	var out []place
	for _, p := range found {
		still := ib.now.Sub(since[path.Join(ib.name, p.String())])
		switch {
		case still == 0 || still < ib.env.DropFolder.Settle:
			ib.wait(p.String(), "it has to stand still until the next look")
		case still < unfinishedTime && ib.unfinished(p, infos[p].Size()):
			ib.wait(p.String(), "it looks as if it were still being copied")
		default:
			out = append(out, p)
		}
	}
	return out, nil
}

// passing reports whether a name is that of something on its way: what
// programs write beside a file that is open, or before a copy is complete.
func passing(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") {
		return true
	}
	lower := strings.ToLower(name)
	return slices.Contains([]string{"thumbs.db", "desktop.ini"}, lower) ||
		slices.Contains([]string{".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".temp", ".swp", ".lock", ".lck"}, path.Ext(lower))
}

// locks are the files that a lock beside them says are open; one of a day
// ago was left behind.
func locks(entries []fs.DirEntry, now time.Time) map[string]bool {
	out := map[string]bool{}
	for _, e := range entries {
		name, ok := strings.CutPrefix(e.Name(), "~$") // Excel
		if !ok {
			name, ok = strings.CutPrefix(e.Name(), ".~lock.") // LibreOffice
			name = strings.TrimSuffix(name, "#")
		}
		if !ok {
			continue
		}
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) < 24*time.Hour {
			out[name] = true
		}
	}
	return out
}

// unfinishedTime is how long a file that looks half copied is waited for
// although it stands still: networks stall, and some copies take their full size first.
const unfinishedTime = 10 * time.Minute

// unfinished reports whether a file is empty, begins with nothing but zeros,
// or is a zip, as workbooks are, without its end.
func (ib *inbox) unfinished(p place, size int64) bool {
	f, err := ib.root.Open(path.Join(ib.name, p.folder, p.file))
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, min(size, 4))
	if _, err := io.ReadFull(f, head); err != nil || len(head) < 4 {
		return size == 0
	}
	if string(head) == "\x00\x00\x00\x00" {
		return true
	}
	if string(head[:2]) != "PK" {
		return false
	}
	tail := make([]byte, min(size, 66_000)) // the end may have a comment behind it
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return true
	}
	return !strings.Contains(string(tail), "PK\x05\x06")
}

// take moves a file out of the drop folder, so that what is put there under
// its name meanwhile is another file.
func (ib *inbox) take(p place) (*drop, error) {
	d := &drop{Drop: store.Drop{ID: runID(ib.now), Folder: p.folder, File: p.file}}
	if err := ib.root.MkdirAll(ib.taken(d), 0o700); err != nil {
		return nil, err
	}
	from, to := path.Join(ib.name, p.folder, p.file), path.Join(ib.taken(d), p.file)
	if err := ib.root.Rename(from, to); err != nil {
		ib.forget(d)
		return nil, err
	}
	ib.step(d, "taken")
	return d, nil
}

// step says what was just done with a file.
func (ib *inbox) step(d *drop, what string) {
	ib.env.progress("drop folder: "+d.place()+": "+what, "")(0, 0)
}

// taken is the folder of a file that is worked on.
func (ib *inbox) taken(d *drop) string { return path.Join(ib.name, takenFolder, d.ID, d.Folder) }

func (ib *inbox) forget(d *drop) {
	_ = ib.root.RemoveAll(path.Join(ib.name, takenFolder, d.ID))
}

// left are files that an earlier look had taken and not ended, in order.
func (ib *inbox) left() ([]*drop, error) {
	var out []*drop
	ids, err := fs.ReadDir(ib.root.FS(), path.Join(ib.name, takenFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for files that were taken: %w", err)
	}
	for _, id := range ids {
		dir := path.Join(ib.name, takenFolder, id.Name())
		found := false
		err := fs.WalkDir(ib.root.FS(), dir, func(at string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			folder := strings.TrimPrefix(strings.TrimPrefix(path.Dir(at), dir), "/")
			out = append(out, &drop{Drop: store.Drop{ID: id.Name(), Folder: folder, File: e.Name()}})
			found = true
			return fs.SkipAll
		})
		if err != nil {
			return nil, fmt.Errorf("looking for files that were taken: %w", err)
		}
		if !found { // it was moved on, or never here
			_ = ib.root.RemoveAll(dir)
		}
	}
	return out, nil
}

// move gives a file another name, in another folder if need be; across disks
// it is copied whole first.
func (ib *inbox) move(from, to string) error {
	if err := ib.root.MkdirAll(path.Dir(to), 0o770); err != nil {
		return err
	}
	err := ib.root.Rename(from, to)
	if !errors.Is(err, syscall.EXDEV) {
		return err
	}
	f, err := ib.root.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := ib.write(to, func(w io.Writer) error { _, err := io.Copy(w, f); return err }); err != nil {
		return err
	}
	return ib.root.Remove(from)
}

// write makes a file that has its name only when it is complete and on the disk.
func (ib *inbox) write(to string, content func(io.Writer) error) error {
	if err := ib.root.MkdirAll(path.Dir(to), 0o770); err != nil {
		return err
	}
	tmp := path.Join(path.Dir(to), ".screener-"+runID(ib.now))
	f, err := ib.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o660)
	if err != nil {
		return err
	}
	err = content(f)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, ib.root.Remove(tmp))
	}
	return ib.root.Rename(tmp, to)
}

// exists reports whether a file is there.
func (ib *inbox) exists(at string) bool {
	_, err := ib.root.Lstat(at)
	return err == nil
}

// plainError is an error of the file system without the path in it.
func plainError(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	if le, ok := errors.AsType[*os.LinkError](err); ok {
		return le.Err.Error()
	}
	return err.Error()
}
