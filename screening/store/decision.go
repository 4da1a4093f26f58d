package store

import (
	"context"
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
// same decisions may be added again; ErrConflict when it is there with another. told, where given,
// are a line of the audit trail for each, added with those that are new.
func (s *Store) AddDecisions(ctx context.Context, decisions []*screening.Decision, told ...*screening.AuditEntry) error {
	return s.inTx(ctx, "keeping decisions", func(tx *sqlx.Tx) error {
		for i, d := range decisions {
			lines, err := tellOf(told, i, len(decisions))
			if err != nil {
				return err
			}
			if err := addDecision(ctx, tx, d, lines); err != nil {
				return fmt.Errorf("decision %s: %w", d.ID, err)
			}
		}
		return nil
	})
}

func addDecision(ctx context.Context, tx *sqlx.Tx, d *screening.Decision, told []*screening.AuditEntry) error {
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
	return addOnce(ctx, tx, decisionHistory, insertDecision, selectDecision, d.ID, content, told, d.PartyKey, d.EntityKey, text(d.List), text(d.Entity), string(d.Verdict),
		text(d.Reviewer), stamp{d.Made}, stamp{d.Expires}, text(d.Revoked))
}

// Decisions yields every decision in the order they were made known, revoked
// and replaced ones too: what screening.NewMemory takes.
func (s *Store) Decisions(ctx context.Context) iter.Seq2[*screening.Decision, error] {
	return s.DecisionsUpTo(ctx, math.MaxInt64)
}

// DecisionsUpTo is Decisions as they were when LastDecision gave that number.
func (s *Store) DecisionsUpTo(ctx context.Context, last int64) iter.Seq2[*screening.Decision, error] {
	return lines[screening.Decision](ctx, s, "reading the decisions", selectDecisions, decisionUpTo(last))
}

// Decision returns one decision by its ID.
func (s *Store) Decision(ctx context.Context, id string) (*screening.Decision, error) {
	return line[screening.Decision](ctx, s, "decision", selectDecision, id)
}
