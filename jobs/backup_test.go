package jobs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening/store/storetest"
)

func TestBackupsOfNights(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.list("w1|Kestoria Trading||QA")
	folder := filepath.Join(o.dir, "backups")
	o.env.Backups = jobs.Backups{Folder: folder, Keep: 2}
	var files []string
	for range 4 {
		o.time = o.time.AddDate(0, 0, 1)
		b, err := jobs.Backup(t.Context(), o.env, jobs.BackupOptions{})
		if err != nil || len(b.Missing) != 0 || b.Files != 1 {
			t.Fatalf("%+v, %v", b, err)
		}
		files = append(files, filepath.Base(b.File))
	}
	if got := filesUnder(t, folder); strings.Join(got, " ") != strings.Join(files[2:], " ") {
		t.Errorf("there are %v, want the newest two of %v", got, files)
	}
	info, err := os.Stat(filepath.Join(folder, files[3]))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("it may be read by others: %v, %v", info.Mode(), err)
	}
	// A second one at the same moment takes nobody's name.
	if _, err := jobs.Backup(t.Context(), o.env, jobs.BackupOptions{}); err == nil || !strings.Contains(err.Error(), "never replaces") {
		t.Errorf("%v", err)
	}
	if r, err := jobs.Restore(t.Context(), o.env, filepath.Join(folder, files[3]), true); err != nil || r.Files != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestStoppedBackupLeavesNothing(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	o.list("w1|Kestoria Trading||QA")
	folder := t.TempDir()
	o.env.Backups = jobs.Backups{Folder: folder, Keep: 1}
	if _, err := jobs.Backup(t.Context(), o.env, jobs.BackupOptions{}); err != nil {
		t.Fatal(err)
	}
	before := filesUnder(t, folder)
	o.time = o.time.AddDate(0, 0, 1)
	ctx, cancel := context.WithCancel(t.Context())
	o.env.Progress = func(jobs.Step) { cancel() }
	if _, err := jobs.Backup(ctx, o.env, jobs.BackupOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want it stopped", err)
	}
	if after := filesUnder(t, folder); strings.Join(after, " ") != strings.Join(before, " ") {
		t.Errorf("left behind: %v, there was %v", after, before)
	}
	// What a killed one left has no name of a backup, and goes after a day.
	half := filepath.Join(folder, ".screener-backup-1")
	o.aged(half, 2)
	o.env.Progress = nil
	o.time = o.time.Add(time.Hour)
	if _, err := jobs.Backup(t.Context(), o.env, jobs.BackupOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(half); err == nil {
		t.Error("the half of a killed backup is still there")
	}
}
