package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"partnerscreen/jobs"
	"partnerscreen/screening/store"
)

// demoFiles are sample lists in their publishers' formats and two sample
// sheets: one of names alone, and one of thirty collaborations that say what
// the work is and meet every rule. Every party in them is invented.
//
//go:embed demo
var demoFiles embed.FS

type demoCmd struct {
	Out string `help:"Folder for the report and the sample files." default:"demo" placeholder:"DIR" type:"path"`
}

func (c *demoCmd) Run(ctx context.Context, a *app) error {
	if err := os.MkdirAll(c.Out, 0o750); err != nil {
		return fmt.Errorf("making the folder %s: %w", c.Out, err)
	}
	if err := copyDemo(c.Out); err != nil {
		return err
	}
	config, err := loadConfig(filepath.Join(c.Out, "collaborations.toml"))
	if err != nil {
		return err
	}
	env, err := a.envOf(config)
	if err != nil {
		return err
	}
	env.Samples = true
	db := filepath.Join(c.Out, "screener.db")
	for _, old := range []string{db, db + "-wal", db + "-shm"} { // every demo starts afresh
		if err := os.RemoveAll(old); err != nil {
			return fmt.Errorf("removing the last demo's database: %w", err)
		}
	}
	env.Store, err = store.Open(ctx, db, store.Options{Data: filepath.Join(c.Out, "data")})
	if err != nil {
		return err
	}
	defer func() { _ = env.Store.Close() }()
	out, err := jobs.Refresh(ctx, env, jobs.RefreshOptions{From: filepath.Join(c.Out, "lists")})
	if err != nil {
		return err
	}
	var told []jobs.Refreshed
	for _, r := range out {
		if r.State != jobs.Skipped {
			told = append(told, r)
		}
	}
	if failed := tellRefresh(a, told); failed > 0 {
		return &failure{exitFailed, fmt.Errorf("%d sample lists were not imported", failed)}
	}
	for _, x := range []struct{ sheet, report string }{
		{"partners.csv", "report.xlsx"},                      // names alone
		{"collaborations.csv", "collaborations-report.xlsx"}, // and what the work is
	} {
		opts := jobs.ScreenOptions{Files: []string{filepath.Join(c.Out, x.sheet)}}
		if err := a.screen(ctx, env, opts, "xlsx", filepath.Join(c.Out, x.report), ""); err != nil {
			return err
		}
	}
	return nil
}

func copyDemo(to string) error {
	return fs.WalkDir(demoFiles, "demo", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("demo", path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o750)
		}
		b, err := demoFiles.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, b, 0o640)
	})
}
