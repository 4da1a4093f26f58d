package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

const (
	auditColumns = `seq, at, actor, action, subject, list, before, after, request, prev, hash`

	// The row is locked until the transaction ends, so two writers follow one
	// another and the chain never forks.
	nextAudit    = `insert into audit_head (one, seq, hash) values (1, 1, '') on conflict (one) do update set seq = audit_head.seq + 1 returning seq, hash`
	headAudit    = `update audit_head set hash = ? where one = 1`
	insertAudit  = `insert into audit (` + auditColumns + `) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	selectTrail  = `select ` + auditColumns + ` from audit where seq > ? order by seq limit ?`
	selectTimes  = `select at from audit where seq >= coalesce((select max(seq) from audit where action = ?), 0) order by seq`
	selectHead   = `select seq, hash from audit_head where one = 1`
	selectLatest = `select ` + auditColumns + ` from audit where (? = '' or subject = ?) and (? = '' or actor = ?) and (? = '' or action = ?) and (? = 0 or seq < ?) order by seq desc limit ?`
)

// auditRow is a row of audit.
type auditRow struct {
	Seq     int64  `db:"seq"`
	At      stamp  `db:"at"`
	Actor   string `db:"actor"`
	Action  string `db:"action"`
	Subject string `db:"subject"`
	List    string `db:"list"`
	Before  string `db:"before"`
	After   string `db:"after"`
	Request string `db:"request"`
	Prev    string `db:"prev"`
	Hash    string `db:"hash"`
}

func (r *auditRow) entry() *screening.AuditEntry {
	e := &screening.AuditEntry{
		Seq: r.Seq, At: r.At.Time, Actor: r.Actor, Action: r.Action, Subject: r.Subject, List: r.List, Request: r.Request, Prev: r.Prev, Hash: r.Hash,
	}
	if r.Before != "" {
		e.Before = []byte(r.Before)
	}
	if r.After != "" {
		e.After = []byte(r.After)
	}
	return e
}

// AddAudit adds lines to the end of the audit trail, all of them or none. It
// gives them their numbers and hashes. Many processes may call it at once.
func (s *Store) AddAudit(ctx context.Context, entries ...*screening.AuditEntry) error {
	return s.inTx(ctx, "adding to the audit trail", func(tx *sqlx.Tx) error { return addAudit(ctx, tx, entries...) })
}

// addAudit adds the lines that tell of a change in the change's own transaction.
func addAudit(ctx context.Context, tx *sqlx.Tx, entries ...*screening.AuditEntry) error {
	for _, e := range entries {
		if e.At.IsZero() || e.Action == "" {
			return fmt.Errorf("a line of the audit trail has no time or no action")
		}
		e.At = e.At.UTC().Truncate(time.Microsecond) // what both databases keep
		e.Actor, e.Action, e.Subject, e.List, e.Request = text(e.Actor), text(e.Action), text(e.Subject), text(e.List), text(e.Request)
		for _, j := range []*[]byte{(*[]byte)(&e.Before), (*[]byte)(&e.After)} {
			if len(*j) > 0 {
				*j = cleanJSON([]byte(text(string(*j))))
			}
		}
		if err := tx.QueryRowxContext(ctx, nextAudit).Scan(&e.Seq, &e.Prev); err != nil {
			return err
		}
		e.Hash = e.Sum()
		err := exec(ctx, tx, insertAudit, e.Seq, stamp{e.At}, e.Actor, e.Action, e.Subject, e.List, string(e.Before), string(e.After), e.Request, e.Prev, e.Hash)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, headAudit, e.Hash); err != nil {
			return err
		}
	}
	return nil
}

// AuditFilter says which lines of the trail to look for; empty fields ask nothing.
type AuditFilter struct {
	Subject, Actor, Action string
	// Before is the number of a line: only older ones then.
	Before int64
	// Limit is how many at most, 100 when 0.
	Limit int
}

// Audit returns the newest lines of the audit trail that the filter lets through, newest first.
func (s *Store) Audit(ctx context.Context, f AuditFilter) ([]*screening.AuditEntry, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = 100
	}
	var rows []auditRow
	err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectLatest), text(f.Subject), text(f.Subject), text(f.Actor), text(f.Actor),
		text(f.Action), text(f.Action), f.Before, f.Before, limit)
	if err != nil {
		return nil, s.fault(ctx, "reading the audit trail", err)
	}
	out := make([]*screening.AuditEntry, len(rows))
	for i := range rows {
		out[i] = rows[i].entry()
	}
	return out, nil
}

// Silence is the longest time between two lines of the trail that follow one
// another, since the last line of an action, that line and now among them.
func (s *Store) Silence(ctx context.Context, since string, now time.Time) (from, to time.Time, err error) {
	rows, err := s.read.QueryxContext(ctx, s.read.Rebind(selectTimes), since)
	if err != nil {
		return from, to, s.fault(ctx, "reading the audit trail", err)
	}
	defer func() { _ = rows.Close() }()
	var last time.Time
	look := func(at time.Time) {
		if !last.IsZero() && at.Sub(last) > to.Sub(from) {
			from, to = last, at
		}
		last = at
	}
	for rows.Next() {
		var at stamp
		if err := rows.Scan(&at); err != nil {
			return from, to, s.fault(ctx, "reading the audit trail", err)
		}
		look(at.Time)
	}
	if err := rows.Err(); err != nil {
		return from, to, s.fault(ctx, "reading the audit trail", err)
	}
	look(now)
	return from, to, nil
}

// AuditTrail yields the whole trail from its first line: what
// screening.VerifyAudit takes.
func (s *Store) AuditTrail(ctx context.Context) iter.Seq2[*screening.AuditEntry, error] {
	return func(yield func(*screening.AuditEntry, error) bool) {
		for after := int64(0); ; {
			var rows []auditRow
			if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectTrail), after, pageRows); err != nil {
				yield(nil, s.fault(ctx, "reading the audit trail", err))
				return
			}
			for i := range rows {
				if !yield(rows[i].entry(), nil) {
					return
				}
				after = rows[i].Seq
			}
			if len(rows) < pageRows {
				return
			}
		}
	}
}

// VerifyAudit proves the audit trail: every line is as it was written and
// follows from the one before it, up to the last one given out. It returns how
// many lines there are and the hash of the last. *screening.BrokenAudit says where it breaks.
func (s *Store) VerifyAudit(ctx context.Context) (count int64, head string, err error) {
	return s.verifyAudit(ctx, func(*screening.AuditEntry) {})
}

// verifyAudit is VerifyAudit with a look at each line, before it is proved.
func (s *Store) verifyAudit(ctx context.Context, look func(*screening.AuditEntry)) (count int64, head string, err error) {
	var seq int64
	var hash string
	if err := s.read.QueryRowxContext(ctx, selectHead).Scan(&seq, &hash); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, "", s.fault(ctx, "reading the audit trail", err)
	}
	count, head, err = screening.VerifyAudit(func(yield func(*screening.AuditEntry, error) bool) {
		for e, err := range s.AuditTrail(ctx) {
			if err == nil && e.Seq > seq { // added since
				return
			}
			if err == nil {
				look(e)
			}
			if !yield(e, err) {
				return
			}
		}
	})
	if err == nil && (count != seq || head != hash) {
		err = &screening.BrokenAudit{Seq: count + 1, Why: fmt.Sprintf("%d lines were written, and it ends before the last", seq)}
	}
	return count, head, err
}
