package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

const (
	insertDecision = `insert into decisions (decision, party_key, entity_key, list, entity, verdict, reviewer, made, expires, revoked, content)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (decision) do nothing`
	selectDecision  = `select content from decisions where decision = ?`
	selectDecisions = `select content from decisions where seq <= ? order by seq`
)

// AddDecisions adds what reviewers decided to the history, all of it or none.
// One that is there already, under its ID and with the same content, is passed over, so the
// same decisions may be added again; ErrConflict when it is there with another.
func (s *Store) AddDecisions(ctx context.Context, decisions []*screening.Decision) error {
	return s.inTx(ctx, "keeping decisions", func(tx *sqlx.Tx) error {
		for _, d := range decisions {
			if err := addDecision(ctx, tx, d); err != nil {
				return fmt.Errorf("decision %s: %w", d.ID, err)
			}
		}
		return nil
	})
}

func addDecision(ctx context.Context, tx *sqlx.Tx, d *screening.Decision) error {
	switch {
	case d.ID == "":
		return errors.New("it has no ID")
	case d.Reviewer == "":
		return errors.New("it has no reviewer")
	case d.Made.IsZero():
		return errors.New("it has no time")
	}
	content, err := jsonText(d.Stored())
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, tx.Rebind(insertDecision), d.ID, d.PartyKey, d.EntityKey, text(d.List), text(d.Entity), string(d.Verdict),
		text(d.Reviewer), stamp{d.Made}, stamp{d.Expires}, text(d.Revoked), content)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	var before string
	if err := tx.GetContext(ctx, &before, tx.Rebind(selectDecision), d.ID); err != nil {
		return err
	}
	if before != content {
		return fmt.Errorf("%w: there is another decision of that ID", ErrConflict)
	}
	return nil
}

// Decisions yields every decision in the order they were made known, revoked
// and replaced ones too: what screening.NewMemory takes.
func (s *Store) Decisions(ctx context.Context) iter.Seq2[*screening.Decision, error] {
	return s.DecisionsUpTo(ctx, math.MaxInt64)
}

// DecisionsUpTo is Decisions as they were when LastDecision gave that number.
func (s *Store) DecisionsUpTo(ctx context.Context, last int64) iter.Seq2[*screening.Decision, error] {
	return func(yield func(*screening.Decision, error) bool) {
		fail := func(err error) { yield(nil, s.fault(ctx, "reading the decisions", err)) }
		rows, err := s.read.QueryContext(ctx, s.read.Rebind(selectDecisions), decisionUpTo(last))
		if err != nil {
			fail(err)
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var content []byte
			d := new(screening.Decision)
			if err := rows.Scan(&content); err != nil {
				fail(err)
				return
			}
			if err := json.Unmarshal(content, d); err != nil {
				fail(err)
				return
			}
			if !yield(d, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
		}
	}
}

// Decision returns one decision by its ID.
func (s *Store) Decision(ctx context.Context, id string) (*screening.Decision, error) {
	var content []byte
	if err := s.read.GetContext(ctx, &content, s.read.Rebind(selectDecision), id); err != nil {
		return nil, s.fault(ctx, "looking up decision "+id, err)
	}
	d := new(screening.Decision)
	return d, s.fault(ctx, "reading decision "+id, json.Unmarshal(content, d))
}
