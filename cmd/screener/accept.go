package main

import (
	"context"

	"partnerscreen/jobs"
)

type acceptCmd struct {
	List    string `arg:"" help:"The list whose edition is held back."`
	Edition int    `help:"The edition; the one held now when left away." placeholder:"ED"`
	By      string `help:"Who accepts it." required:"" placeholder:"NAME"`
	Why     string `help:"Why it is right although the gate held it; kept with the edition." required:"" placeholder:"REASON"`
}

func (c *acceptCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	r, err := jobs.Accept(ctx, env, jobs.AcceptOptions{List: c.List, Edition: c.Edition, By: c.By, Why: c.Why})
	if err != nil {
		return err
	}
	tellRefresh(a, []jobs.Refreshed{*r})
	return nil
}
