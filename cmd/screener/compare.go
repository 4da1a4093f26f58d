package main

import (
	"context"
	"fmt"
	"os"

	"partnerscreen/jobs"
)

type compareCmd struct {
	Pairs string `arg:"" help:"CSV with the columns name1,name2 and, if known, country1,country2,type (org or person); - is stdin." type:"path"`
}

func (c *compareCmd) Run(ctx context.Context, a *app) error {
	_, cfg, err := a.configure()
	if err != nil {
		return err
	}
	in := a.stdin
	if c.Pairs != "-" {
		f, err := os.Open(c.Pairs)
		if err != nil {
			return fmt.Errorf("reading the pairs: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	if err := jobs.Compare(ctx, cfg.policy(), in, a.stdout); err != nil {
		return fmt.Errorf("reading %s: %w", c.Pairs, err)
	}
	return nil
}
