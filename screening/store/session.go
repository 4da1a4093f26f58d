package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// Session is one browser that is signed in. Hash is of the id in its cookie.
type Session struct {
	Hash    string    `db:"hash"`
	Account string    `db:"account"`
	Method  string    `db:"method"`
	Address string    `db:"address"`
	Created time.Time `db:"-"`
	Seen    time.Time `db:"-"`
}

type sessionRow struct {
	Session
	CreatedAt stamp `db:"created"`
	SeenAt    stamp `db:"seen"`
}

const (
	sessionColumns = `hash, account, method, address, created, seen`
	insertSession  = `insert into sessions (` + sessionColumns + `) values (?, ?, ?, ?, ?, ?)`
	selectSession  = `select ` + sessionColumns + ` from sessions where hash = ?`
	sessionsOf     = `select ` + sessionColumns + ` from sessions where account = ? order by seen desc`
	touchSession   = `update sessions set seen = ? where hash = ?`
	endSession     = `delete from sessions where hash = ?`
	endSessions    = `delete from sessions where account = ?`
	pruneSessions  = `delete from sessions where created < ? or seen < ?`
)

// AddSession keeps a session that begins, and when its account signed in.
func (s *Store) AddSession(ctx context.Context, n *Session, audit ...*screening.AuditEntry) error {
	return s.inTx(ctx, "beginning a session", func(tx *sqlx.Tx) error {
		if err := exec(ctx, tx, insertSession, n.Hash, n.Account, n.Method, text(n.Address), stamp{n.Created}, stamp{n.Seen}); err != nil {
			return err
		}
		if err := exec(ctx, tx, touchAccount, stamp{n.Created}, n.Account); err != nil {
			return err
		}
		return addAudit(ctx, tx, audit...)
	})
}

// Session returns a session by the hash of its id, however old.
func (s *Store) Session(ctx context.Context, hash string) (*Session, error) {
	var row sessionRow
	if err := s.read.GetContext(ctx, &row, s.read.Rebind(selectSession), hash); err != nil {
		return nil, s.fault(ctx, "looking up a session", err)
	}
	return row.session(), nil
}

func (r *sessionRow) session() *Session {
	n := r.Session
	n.Created, n.Seen = r.CreatedAt.Time, r.SeenAt.Time
	return &n
}

// Sessions returns the sessions of an account, the one used last first.
func (s *Store) Sessions(ctx context.Context, account string) ([]*Session, error) {
	var rows []sessionRow
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(sessionsOf), account); err != nil {
		return nil, s.fault(ctx, "looking up sessions", err)
	}
	out := make([]*Session, len(rows))
	for i := range rows {
		out[i] = rows[i].session()
	}
	return out, nil
}

// TouchSession records that a session is in use.
func (s *Store) TouchSession(ctx context.Context, hash string, at time.Time) error {
	return s.inTx(ctx, "keeping a session", func(tx *sqlx.Tx) error { return exec(ctx, tx, touchSession, stamp{at}, hash) })
}

// EndSession ends one session; one that is not there is over already.
func (s *Store) EndSession(ctx context.Context, hash string, audit ...*screening.AuditEntry) error {
	return s.inTx(ctx, "ending a session", func(tx *sqlx.Tx) error {
		if err := exec(ctx, tx, endSession, hash); err != nil {
			return err
		}
		return addAudit(ctx, tx, audit...)
	})
}

// EndSessions ends every session of an account.
func (s *Store) EndSessions(ctx context.Context, account string, audit ...*screening.AuditEntry) error {
	return s.inTx(ctx, "ending sessions", func(tx *sqlx.Tx) error {
		if err := exec(ctx, tx, endSessions, account); err != nil {
			return err
		}
		return addAudit(ctx, tx, audit...)
	})
}

// PruneSessions drops the sessions that began, or were last in use, before the times given.
func (s *Store) PruneSessions(ctx context.Context, began, seen time.Time) error {
	return s.inTx(ctx, "dropping old sessions", func(tx *sqlx.Tx) error {
		return exec(ctx, tx, pruneSessions, stamp{began}, stamp{seen})
	})
}
