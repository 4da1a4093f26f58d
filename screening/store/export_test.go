package store

import (
	"context"

	"partnerscreen/screening"
)

// ReadEntity reads an entity as Entities does, and says whether the fast
// reader knew all of it.
func ReadEntity(content []byte) (e *screening.Entity, fast bool, err error) {
	r := newEntityReader()
	r.b = content
	fast = r.readEntity(new(screening.Entity)) && r.i == len(content)
	e, err = r.entity(content)
	return e, fast, err
}

// MigrateTo brings a new database to an earlier schema.
func MigrateTo(ctx context.Context, s *Store, version int) error {
	p, err := s.goose()
	if err != nil {
		return err
	}
	_, err = p.UpTo(ctx, int64(version))
	return err
}
