package main

import (
	"context"
	"fmt"

	"partnerscreen/screening/store"
)

type migrateCmd struct{}

func (c *migrateCmd) Run(ctx context.Context, a *app) error {
	p, _, err := a.configure()
	if err != nil {
		return err
	}
	if err := makeFolder(p); err != nil {
		return err
	}
	s, err := store.Open(ctx, p.db, store.Options{Data: p.data, NoMigrate: true})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	from, to, err := s.Migrate(ctx)
	if err != nil {
		return err
	}
	if from == to {
		fmt.Fprintf(a.stderr, "the database is at schema %d, as this program needs it\n", to)
		return nil
	}
	fmt.Fprintf(a.stderr, "the database went from schema %d to %d\n", from, to)
	return nil
}
