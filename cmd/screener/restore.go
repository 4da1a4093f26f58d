package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening/store"
)

type restoreCmd struct {
	File  string `arg:"" help:"A backup." type:"path"`
	Check bool   `help:"Only read the backup to its end and say whether it is whole."`
}

func (c *restoreCmd) Run(ctx context.Context, a *app) error {
	p, cfg, err := a.configure()
	if err != nil {
		return err
	}
	env, err := a.envOf(cfg)
	if err != nil {
		return err
	}
	if !c.Check {
		if err := makeFolder(p); err != nil {
			return err
		}
		// The schema comes from the backup.
		s, err := store.Open(ctx, p.db, store.Options{Data: p.data, NoMigrate: true})
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }()
		env.Store = s
	}
	r, err := jobs.Restore(ctx, env, c.File, c.Check)
	a.bars.close()
	if errors.Is(err, store.ErrNotEmpty) {
		return fmt.Errorf("%w: name one with --db, and nothing that is there is touched", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "made %s by screener %s from %s, schema %d: %d rows, %d original files\n",
		r.Made.Format(time.RFC3339), r.Program, r.Engine, r.Schema, r.Rows, r.Files)
	for _, hash := range r.Missing {
		fmt.Fprintf(a.stderr, "was missing when it was made: original file %s\n", hash)
	}
	if c.Check {
		fmt.Fprintln(a.stderr, "the backup is whole")
	} else {
		fmt.Fprintln(a.stderr, "restored, and every row and file counted")
	}
	return nil
}
