package main

import (
	"cmp"
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
