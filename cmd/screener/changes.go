package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"partnerscreen/jobs"
)

type changesCmd struct {
	List   string `arg:"" help:"The list."`
	From   int    `help:"Edition to compare from; the one before --to when left away." placeholder:"ED"`
	To     int    `help:"Edition to compare to; the newest when left away." placeholder:"ED"`
	Format string `help:"table or json (one change a line)." enum:"table,json" default:"table"`
}

func (c *changesCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	n := 0
	for ch, err := range jobs.Changes(ctx, env, c.List, c.From, c.To) {
		if err != nil {
			return err
		}
		n++
		if c.Format == "json" {
			if err := enc.Encode(ch); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(a.stdout, "%-8s %-14s %s\n", ch.Change, ch.Entity, ch.Name)
		for _, f := range ch.Fields {
			if len(f.Removed) > 0 {
				fmt.Fprintf(a.stdout, "         - %s: %s\n", f.Field, strings.Join(f.Removed, "; "))
			}
			if len(f.Added) > 0 {
				fmt.Fprintf(a.stdout, "         + %s: %s\n", f.Field, strings.Join(f.Added, "; "))
			}
		}
	}
	fmt.Fprintf(a.stderr, "%s: %d changes\n", c.List, n)
	return nil
}
