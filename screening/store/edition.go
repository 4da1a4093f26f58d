package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// editionRow is a row of editions.
type editionRow struct {
	List        string  `db:"list"`
	Seq         int     `db:"seq"`
	Hash        string  `db:"hash"`
	Published   stamp   `db:"published"`
	Fetched     stamp   `db:"fetched"`
	InForce     stamp   `db:"in_force"` // when it became usable
	Entities    int     `db:"entities"`
	Names       int     `db:"names"`
	State       string  `db:"state"`
	Reason      string  `db:"reason"`
	Files       []byte  `db:"files"`
	Accepted    stamp   `db:"accepted"`
	AcceptedBy  *string `db:"accepted_by"`
	AcceptedWhy *string `db:"accepted_why"`
	Content     string  `db:"content"` // stands for what was read of it, "" while quarantined
}

func (r *editionRow) edition() (screening.Edition, error) {
	ed := screening.Edition{
		List: r.List, Seq: r.Seq, Hash: r.Hash, Published: r.Published.Time, Fetched: r.Fetched.Time,
		Entities: r.Entities, Names: r.Names, State: screening.EditionState(r.State), Reason: r.Reason,
	}
	if r.AcceptedBy != nil && r.AcceptedWhy != nil {
		ed.Accepted = &screening.Acceptance{Who: *r.AcceptedBy, Why: *r.AcceptedWhy, At: r.Accepted.Time}
	}
	if err := json.Unmarshal(r.Files, &ed.Files); err != nil {
		return ed, fmt.Errorf("reading the files of %s edition %d: %w", r.List, r.Seq, err)
	}
	return ed, nil
}

const (
	editionColumns = `list, seq, hash, published, fetched, in_force, entities, names, state, reason, files, accepted, accepted_by, accepted_why, content`

	selectEdition   = `select ` + editionColumns + ` from editions where list = ? and seq = ?`
	selectInForce   = `select ` + editionColumns + ` from editions where list = ? and state = 'good' order by seq desc limit 1`
	selectInForceAt = `select ` + editionColumns + ` from editions where list = ? and state = 'good' and in_force <= ? order by seq desc limit 1`
	selectEditions  = `select ` + editionColumns + ` from editions where list = ? order by seq desc`
)

// Edition returns the edition of the list in force: the newest good one.
// ErrNotFound when the list has none.
func (s *Store) Edition(ctx context.Context, list string) (*screening.Edition, error) {
	return s.edition(ctx, s.read, "looking up the edition in force of "+list, selectInForce, list)
}

// EditionAt returns the edition that was in force at a time: the newest good
// one that had been imported or accepted by then.
func (s *Store) EditionAt(ctx context.Context, list string, at time.Time) (*screening.Edition, error) {
	doing := fmt.Sprintf("looking up the edition of %s in force at %s", list, at.UTC().Format(time.RFC3339))
	return s.edition(ctx, s.read, doing, selectInForceAt, list, stamp{at})
}

// EditionBySeq returns one edition, good or quarantined.
func (s *Store) EditionBySeq(ctx context.Context, list string, seq int) (*screening.Edition, error) {
	return s.edition(ctx, s.read, fmt.Sprintf("looking up edition %d of %s", seq, list), selectEdition, list, seq)
}

// reader is a database or a transaction to read from.
type reader interface {
	sqlx.QueryerContext
	Rebind(string) string
}

func (s *Store) edition(ctx context.Context, db reader, doing, query string, args ...any) (*screening.Edition, error) {
	var row editionRow
	if err := sqlx.GetContext(ctx, db, &row, db.Rebind(query), args...); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	ed, err := row.edition()
	if err != nil {
		return nil, err
	}
	return &ed, nil
}

// Editions returns every edition of the list, newest first, the quarantined too.
func (s *Store) Editions(ctx context.Context, list string) ([]screening.Edition, error) {
	doing := "looking up the editions of " + list
	var rows []editionRow
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectEditions), list); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	out := make([]screening.Edition, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].edition(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Lists returns the ids of the lists the store has editions of, sorted.
func (s *Store) Lists(ctx context.Context) ([]string, error) {
	var out []string
	err := s.read.SelectContext(ctx, &out, `select distinct list from editions order by list`)
	return out, s.fault(ctx, "looking up the lists", err)
}
