package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"partnerscreen/screening/store"
)

var backupJob = Job{
	Kind:  "backup",
	Local: true,
	Doc:   "copy the database and the original list files into one archive",
	Schedules: func(env *Env) []Schedule {
		if env.Backups.Folder == "" {
			return nil
		}
		return []Schedule{{Name: "backup", Spec: "40 2 * * *"}}
	},
	Run: func(ctx context.Context, env *Env, args json.RawMessage) (any, error) {
		var opts BackupOptions
		if err := json.Unmarshal(args, &opts); err != nil {
			return nil, fmt.Errorf("reading where to back up to: %w", err)
		}
		return Backup(ctx, env, opts)
	},
}

// Backups says where backups go by themselves.
type Backups struct {
	Folder string // "" makes none by itself
	Keep   int    // how many stay in the folder; 0 is DefaultKeepBackups
}

// DefaultKeepBackups are two weeks of nights.
const DefaultKeepBackups = 14

// BackupOptions say where one backup goes.
type BackupOptions struct {
	To string `json:"to,omitempty"` // a folder, or a file that ends in .zip; "" is the configured folder
}

// BackedUp is what became of a backup.
type BackedUp struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	Schema int    `json:"schema"`
	Rows   int64  `json:"rows"`
	Files  int    `json:"files"`
	// Missing are original files that editions name and that were not there, or damaged.
	Missing []string `json:"missing,omitempty"`
	Removed []string `json:"removed,omitempty"` // older backups that went
}

// Backup writes one archive of everything and reads it again to its end
// before it gets its name: what has the name of a backup is a whole one. The file
// may be read by its owner alone, for partners and keys are in it. In the
// configured folder the oldest beyond the number to keep are removed then.
func Backup(ctx context.Context, env *Env, opts BackupOptions) (*BackedUp, error) {
	now := env.Now().UTC()
	to := cmp.Or(opts.To, env.Backups.Folder)
	if to == "" {
		return nil, errors.New("name a folder to back up to, or set folder under [backup] in the configuration")
	}
	if !strings.EqualFold(filepath.Ext(to), ".zip") {
		if err := makeBackupFolder(to, to == env.Backups.Folder); err != nil {
			return nil, err
		}
		to = filepath.Join(to, now.Format("screener-20060102-150405.zip"))
	}
	if _, err := os.Lstat(to); err == nil {
		return nil, fmt.Errorf("%s is there already; a backup never replaces a file", to)
	}
	// Before the copy, so that it is in it. What keeps a checkpoint from being made keeps no backup from it.
	_, unsigned := MakeCheckpoint(ctx, env)
	out, err := writeBackup(ctx, env, to, now)
	if err != nil {
		return nil, errors.Join(err, unsigned)
	}
	if filepath.Dir(to) == filepath.Clean(env.Backups.Folder) {
		out.Removed, err = removeOldBackups(env, now)
	}
	return out, errors.Join(err, unsigned)
}

// makeBackupFolder makes the configured folder; another must be there, so
// that a misspelt path stays an error.
func makeBackupFolder(dir string, ours bool) error {
	if ours {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("making the folder for backups: %w", err)
		}
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return fmt.Errorf("there is no folder %s to back up to", dir)
	}
	return nil
}

func writeBackup(ctx context.Context, env *Env, to string, now time.Time) (out *BackedUp, err error) {
	f, err := os.CreateTemp(filepath.Dir(to), ".screener-backup-*") // for its owner alone
	if err != nil {
		return nil, fmt.Errorf("writing the backup: %w", err)
	}
	defer func() {
		f.Close()
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	report := env.progress("copying the database", "rows")
	m, err := env.Store.Backup(ctx, f, env.Version, now, func(rows int64) { report(rows, 0) })
	if err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		if errors.Is(err, syscall.ENOSPC) {
			err = fmt.Errorf("%w; free some space in %s, or name another folder", err, filepath.Dir(to))
		}
		return nil, fmt.Errorf("writing the backup: %w", err)
	}
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("writing the backup: %w", err)
	}
	env.progress("reading the backup again", "")(0, 0)
	if _, err := store.CheckBackup(ctx, f, st.Size()); err != nil {
		return nil, fmt.Errorf("reading the backup again: %w", err)
	}
	// A link takes no name that is taken; where there are none, Lstat has looked.
	if err := os.Link(f.Name(), to); err == nil {
		_ = os.Remove(f.Name())
	} else if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s is there already; a backup never replaces a file", to)
	} else if err := os.Rename(f.Name(), to); err != nil {
		return nil, fmt.Errorf("writing the backup: %w", err)
	}
	return &BackedUp{File: to, Bytes: st.Size(), Schema: m.Schema, Rows: m.Rows(), Files: len(m.Files), Missing: m.Missing}, nil
}

var backupName = regexp.MustCompile(`^screener-\d{8}-\d{6}\.zip$`)

// NewestBackup is when the newest backup in the configured folder was made;
// zero where there is none.
func NewestBackup(env *Env) (time.Time, error) {
	entries, err := os.ReadDir(env.Backups.Folder)
	if env.Backups.Folder == "" || errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("looking through the backups: %w", err)
	}
	newest := ""
	for _, f := range entries {
		if backupName.MatchString(f.Name()) {
			newest = max(newest, f.Name())
		}
	}
	if newest == "" {
		return time.Time{}, nil
	}
	return time.Parse("screener-20060102-150405.zip", newest)
}

// removeOldBackups leaves the newest in the configured folder, and takes away
// what a killed backup left a day ago or longer.
func removeOldBackups(env *Env, now time.Time) ([]string, error) {
	entries, err := os.ReadDir(env.Backups.Folder)
	if err != nil {
		return nil, fmt.Errorf("looking through the backups: %w", err)
	}
	var names []string
	for _, e := range entries {
		switch {
		case backupName.MatchString(e.Name()) && e.Type().IsRegular():
			names = append(names, e.Name())
		case strings.HasPrefix(e.Name(), ".screener-backup-"):
			if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
				_ = os.Remove(filepath.Join(env.Backups.Folder, e.Name()))
			}
		}
	}
	slices.Sort(names) // by time
	var removed []string
	for len(names) > cmp.Or(env.Backups.Keep, DefaultKeepBackups) {
		if err := os.Remove(filepath.Join(env.Backups.Folder, names[0])); err != nil {
			return removed, fmt.Errorf("removing an old backup: %w", err)
		}
		removed, names = append(removed, names[0]), names[1:]
	}
	return removed, nil
}

// Restored is what a backup put back.
type Restored struct {
	Made    time.Time
	Program string
	Engine  string // that it was made from
	Schema  int
	Rows    int64
	Files   int
	Missing []string
}

// Restore puts a backup into the store's database, which must be empty, and
// its files into the data folder. With check it only reads the backup to its end; the
// store may be nil then.
func Restore(ctx context.Context, env *Env, file string, check bool) (*Restored, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading the backup: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the backup: %w", err)
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("reading the backup: %s is no file", file)
	}
	var m *store.Manifest
	if check {
		m, err = store.CheckBackup(ctx, f, st.Size())
	} else {
		m, err = env.restore(ctx, f, st.Size())
	}
	if err != nil {
		return nil, err
	}
	return &Restored{Made: m.Made, Program: m.Program, Engine: m.Engine, Schema: m.Schema, Rows: m.Rows(), Files: len(m.Files), Missing: m.Missing}, nil
}

// restore puts a backup back and writes down that it did. Checkpoints that lie
// in the data folder are of another database, or of later than the backup: they are put aside.
func (env *Env) restore(ctx context.Context, f *os.File, size int64) (*store.Manifest, error) {
	m, err := env.Store.Restore(ctx, f, size, env.progress("restoring", "rows"))
	if err != nil {
		return nil, err
	}
	path := filepath.Join(env.Store.Folder(), checkpointFile)
	if _, err := os.Lstat(path); err == nil {
		aside := strings.TrimSuffix(path, ".jsonl") + env.Now().UTC().Format("-before-20060102-150405.jsonl")
		if err := os.Rename(path, aside); err != nil {
			return nil, fmt.Errorf("putting the checkpoints aside: %w", err)
		}
	}
	return m, env.Audit(ctx, "store.restore", "store", map[string]any{"backup": filepath.Base(f.Name()), "made": m.Made, "rows": m.Rows()})
}
