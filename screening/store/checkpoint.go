package store

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

const (
	insertCheckpoint  = `insert into checkpoints (number, at, content, signature, public_key) values (?, ?, ?, ?, ?)`
	selectCheckpoints = `select content, signature, public_key from checkpoints order by number`
	countSealed       = `select count(*) from audit where action = ?`
	selectUnsealed    = `select %[1]s, content from %[2]s where seal = '' order by seq`
	selectNewestSeqs  = `select list, max(seq) as seq from editions group by list`
)

// sealedBefore is what ActSealed says: what there was before seals were kept.
// It needs no line of its own in the audit trail; all that came later does.
type sealedBefore struct {
	At           time.Time      `json:"at"` // runs that had begun by then
	Decisions    int64          `json:"decisions"`
	Dispositions int64          `json:"dispositions"`
	Editions     map[string]int `json:"editions"`
}

// AddCheckpoint writes down, signed, how far the audit trail and the histories
// have come; told is the line of the audit trail that tells of it. The first one seals what is older than seals.
func (s *Store) AddCheckpoint(ctx context.Context, key ed25519.PrivateKey, told *screening.AuditEntry) (*screening.SignedCheckpoint, error) {
	var signed *screening.SignedCheckpoint
	err := s.inTx(ctx, "adding a checkpoint", func(tx *sqlx.Tx) error {
		if s.postgres {
			if err := exec(ctx, tx, decisionsHeld); err != nil {
				return err
			}
		}
		if err := s.sealOld(ctx, tx, told); err != nil {
			return err
		}
		all, err := checkpoints(ctx, tx)
		if err != nil {
			return err
		}
		c := screening.Checkpoint{Number: 1, At: told.At.UTC().Truncate(time.Microsecond)}
		if n := len(all); n > 0 {
			c.Number, c.Prev = all[n-1].Checkpoint.Number+1, all[n-1].Sum()
		}
		if err := say(ctx, tx, []*screening.AuditEntry{told}, map[string]any{"number": c.Number}); err != nil {
			return err
		}
		c.Audit = screening.ChainEnd{Lines: told.Seq, Hash: told.Hash}
		if c.Decisions, err = decisionHistory.sum(ctx, tx); err != nil {
			return err
		}
		if c.Dispositions, err = dispositionHistory.sum(ctx, tx); err != nil {
			return err
		}
		signed = c.Sign(key)
		content, err := jsonText(c)
		if err != nil {
			return err
		}
		return exec(ctx, tx, insertCheckpoint, c.Number, stamp{c.At}, content, signed.Signature, signed.PublicKey)
	})
	return signed, err
}

// sealOld seals, once, what is older than seals, and says up to where that was.
func (s *Store) sealOld(ctx context.Context, tx *sqlx.Tx, told *screening.AuditEntry) error {
	var done int
	if err := tx.GetContext(ctx, &done, tx.Rebind(countSealed), ActSealed); err != nil || done > 0 {
		return err
	}
	before := sealedBefore{At: told.At.UTC(), Editions: map[string]int{}}
	for _, h := range []struct {
		history history
		last    *int64
	}{{decisionHistory, &before.Decisions}, {dispositionHistory, &before.Dispositions}} {
		var lines []struct {
			ID      string `db:"id"`
			Content []byte `db:"content"`
		}
		query := fmt.Sprintf(selectUnsealed, h.history.id+" as id", h.history.table)
		if err := tx.SelectContext(ctx, &lines, query); err != nil {
			return err
		}
		for _, line := range lines {
			if _, err := h.history.keepSeal(ctx, tx, line.ID, line.Content); err != nil {
				return err
			}
		}
		if err := tx.GetContext(ctx, h.last, `select coalesce(max(seq), 0) from `+h.history.table); err != nil {
			return err
		}
	}
	var editions []struct {
		List string `db:"list"`
		Seq  int    `db:"seq"`
	}
	if err := tx.SelectContext(ctx, &editions, selectNewestSeqs); err != nil {
		return err
	}
	for _, ed := range editions {
		before.Editions[ed.List] = ed.Seq
	}
	after, err := json.Marshal(before)
	if err != nil {
		return err
	}
	return addAudit(ctx, tx, &screening.AuditEntry{At: told.At, Actor: told.Actor, Action: ActSealed, Subject: "store", After: after})
}

// Checkpoints returns every checkpoint, the oldest first.
func (s *Store) Checkpoints(ctx context.Context) ([]*screening.SignedCheckpoint, error) {
	all, err := checkpoints(ctx, s.read)
	return all, s.fault(ctx, "reading the checkpoints", err)
}

func checkpoints(ctx context.Context, db reader) ([]*screening.SignedCheckpoint, error) {
	rows, err := db.QueryContext(ctx, selectCheckpoints)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []*screening.SignedCheckpoint
	for rows.Next() {
		var content []byte
		c := new(screening.SignedCheckpoint)
		if err := rows.Scan(&content, &c.Signature, &c.PublicKey); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(content, &c.Checkpoint); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
