package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"partnerscreen/jobs"
)

// InboxConfig says where people drop sheets and reviewed workbooks.
type InboxConfig struct {
	Folder string `toml:"folder"` // unset: none is looked at
	// People ties a folder in it, or "." itself, to the one person who may write there.
	People        map[string]string `toml:"people"`
	SettleSeconds int               `toml:"settle_seconds"` // a file has to stand still so long
}

// BackupConfig says where backups go every night.
type BackupConfig struct {
	Folder string `toml:"folder"`
	Keep   int    `toml:"keep"`
}

// wrongWork says what no job could use, or "".
func (c *Config) wrongWork() string {
	switch {
	case c.Backup.Keep < 0:
		return "backup.keep must not be below 0"
	case c.Inbox.SettleSeconds < 0:
		return "inbox.settle_seconds must not be below 0"
	}
	for folder, who := range c.Inbox.People {
		if folder == "" || filepath.Base(folder) != folder || folder == ".." || who == "" {
			return "inbox.people: write the name of a folder in the drop folder, or \".\" for itself, and a person"
		}
	}
	return ""
}

// work fills in what the jobs of the office need: folders and addresses.
// Relative folders start at the configuration file, else at the data folder.
func (c *Config) work(env *jobs.Env, p places) {
	place := func(folder string) string {
		if folder == "" || filepath.IsAbs(folder) {
			return folder
		}
		return filepath.Join(cmp.Or(c.dir, p.data), folder)
	}
	env.DropFolder = jobs.DropFolder{
		Path: place(c.Inbox.Folder), People: c.Inbox.People, Settle: time.Duration(c.Inbox.SettleSeconds) * time.Second,
	}
	env.Backups = jobs.Backups{Folder: place(c.Backup.Folder), Keep: c.Backup.Keep}
}

// checkSchedule finds schedules of the configuration that nothing can run by.
func checkSchedule(env *jobs.Env, path string) error {
	_, err := jobs.Schedules(env)
	var unknown *jobs.UnknownSchedule
	if errors.As(err, &unknown) {
		return fmt.Errorf("reading the configuration %s: schedule: %w%s", path, err, suggest(unknown.Name, unknown.There))
	}
	if err != nil {
		return fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	return nil
}
