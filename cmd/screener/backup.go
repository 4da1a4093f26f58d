package main

import (
	"context"
	"fmt"

	"partnerscreen/jobs"
)

type backupCmd struct {
	To string `arg:"" optional:"" name:"dir|file" help:"A folder, or a file that ends in .zip; the folder of [backup] in the configuration when left away." type:"path"`
}

func (c *backupCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	if c.To == "" && env.Backups.Folder == "" {
		return usage("name a folder to back up to, or set folder under [backup] in the configuration")
	}
	b, err := jobs.Backup(ctx, env, jobs.BackupOptions{To: c.To})
	if b != nil {
		a.bars.close()
		fmt.Fprintf(a.stderr, "%d rows and %d original files, read again and whole: %d bytes\n", b.Rows, b.Files, b.Bytes)
		for _, hash := range b.Missing {
			fmt.Fprintf(a.stderr, "not in it, for it is gone or damaged: original file %s\n", hash)
		}
		for _, name := range b.Removed {
			fmt.Fprintf(a.stderr, "removed the older backup %s\n", name)
		}
		fmt.Fprintln(a.stdout, b.File)
	}
	return err
}
