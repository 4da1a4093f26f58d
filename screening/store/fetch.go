package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Fetch is what a server said of one address when it was last asked: send the
// validators along the next time, and it may answer that nothing is new.
type Fetch struct {
	URL          string
	ETag         string
	LastModified string
	Hash         string // of the body, as KeepFile gave it
	Fetched      time.Time
}

const (
	selectFetches = `select url, etag, last_modified, hash, fetched from fetches where list = ? order by url`
	upsertFetch   = `insert into fetches (list, url, etag, last_modified, hash, fetched) values (?, ?, ?, ?, ?, ?)
		on conflict (list, url) do update set etag = excluded.etag, last_modified = excluded.last_modified,
		hash = excluded.hash, fetched = excluded.fetched`
	touchEdition = `update editions set fetched = ? where list = ? and seq = ? and fetched < ?`
)

// Fetches returns what is known of the list's addresses, sorted by address.
func (s *Store) Fetches(ctx context.Context, list string) ([]Fetch, error) {
	var rows []struct {
		URL          string `db:"url"`
		ETag         string `db:"etag"`
		LastModified string `db:"last_modified"`
		Hash         string `db:"hash"`
		Fetched      stamp  `db:"fetched"`
	}
	err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectFetches), list)
	if err != nil {
		return nil, s.fault(ctx, "looking up the last fetches of "+list, err)
	}
	out := make([]Fetch, len(rows))
	for i, r := range rows {
		out[i] = Fetch{URL: r.URL, ETag: r.ETag, LastModified: r.LastModified, Hash: r.Hash, Fetched: r.Fetched.Time}
	}
	return out, nil
}

// KeepFetches remembers validators without saying anything of an edition: the
// bodies they stand for have been imported or quarantined.
func (s *Store) KeepFetches(ctx context.Context, list string, fetches []Fetch) error {
	return s.inTx(ctx, "keeping the fetches of "+list, func(tx *sqlx.Tx) error {
		return keepFetches(ctx, tx, list, fetches)
	})
}

// Touch records a fetch at a time that brought the edition's own content
// again: it is as fresh as that fetch, and no new edition. ErrNotFound when there
// is no such edition. A time before the last one changes nothing.
func (s *Store) Touch(ctx context.Context, list string, seq int, at time.Time, fetches []Fetch) error {
	doing := fmt.Sprintf("recording a fetch of %s edition %d", list, seq)
	return s.inTx(ctx, doing, func(tx *sqlx.Tx) error {
		var row editionRow
		if err := tx.GetContext(ctx, &row, tx.Rebind(selectEdition), list, seq); err != nil {
			return err
		}
		if err := exec(ctx, tx, touchEdition, stamp{at}, list, seq, stamp{at}); err != nil {
			return err
		}
		return keepFetches(ctx, tx, list, fetches)
	})
}

func keepFetches(ctx context.Context, tx *sqlx.Tx, list string, fetches []Fetch) error {
	for _, f := range fetches {
		if err := exec(ctx, tx, upsertFetch, list, text(f.URL), text(f.ETag), text(f.LastModified), f.Hash, stamp{f.Fetched}); err != nil {
			return err
		}
	}
	return nil
}
