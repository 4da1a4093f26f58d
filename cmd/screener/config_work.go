package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"partnerscreen/jobs"
)

// BackupConfig says where backups go every night.
type BackupConfig struct {
	Folder string `toml:"folder"`
	Keep   int    `toml:"keep"`
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
