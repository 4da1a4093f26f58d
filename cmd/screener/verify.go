package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"partnerscreen/jobs"
)

type verifyCmd struct {
	Checkpoint string `help:"Prove it against this file of checkpoints too, which was kept elsewhere." placeholder:"FILE" type:"existingfile"`
	Key        string `help:"Only signatures by the public key in this file count (PEM)." placeholder:"FILE" type:"existingfile"`
	PublicKey  bool   `help:"Only print the public key that checkpoints are signed for, in PEM."`
	Format     string `help:"text or json." enum:"text,json" default:"text"`
}

func (c *verifyCmd) Run(ctx context.Context, a *app) error {
	env, done, err := a.env(ctx)
	if err != nil {
		return err
	}
	defer done()
	if c.PublicKey {
		key, err := jobs.PublicKey(env)
		if err != nil {
			return err
		}
		_, err = a.stdout.Write(key)
		return err
	}
	v, err := jobs.Verify(ctx, env, jobs.VerifyOptions{Checkpoints: c.Checkpoint, Key: c.Key})
	a.bars.close()
	if err != nil {
		return err
	}
	if c.Format == "json" {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			return err
		}
	} else {
		for _, k := range v.Checked {
			fmt.Fprintf(a.stdout, "%12s  %s\n", count(k.Count), k.What)
		}
		for i := range v.Erased {
			e := &v.Erased[i]
			fmt.Fprintf(a.stdout, "erased on request %s by %s: %s: %s\n", e.At.Format(time.DateTime), e.Who, e.Said(), e.Why)
		}
		for _, f := range v.Faults {
			fmt.Fprintf(a.stdout, "FAULT  %s: %s; %s\n", f.Place, f.What, f.Do)
		}
	}
	for _, n := range v.Notes {
		fmt.Fprintln(a.stderr, n)
	}
	if n := len(v.Faults) + v.FaultsLeftOut; n > 0 {
		return &failure{exitFailed, fmt.Errorf("%d faults, %d of them shown", n, len(v.Faults))}
	}
	fmt.Fprintln(a.stderr, "nothing was changed and nothing is gone")
	return nil
}
