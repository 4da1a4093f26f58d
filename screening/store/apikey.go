package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// APIKey lets a program in as its account, for some of what the account may
// do. Prefix is shown and finds it; Hash is of its secret.
type APIKey struct {
	Prefix  string
	Account string
	Name    string
	Scopes  []screening.Permission
	Hash    string
	Created time.Time
	Expires time.Time
	Used    time.Time // last; zero when never
	Revoked time.Time // zero while it stands
}

type apiKeyRow struct {
	Prefix  string `db:"prefix"`
	Account string `db:"account"`
	Name    string `db:"name"`
	Scopes  []byte `db:"scopes"`
	Hash    string `db:"hash"`
	Created stamp  `db:"created"`
	Expires stamp  `db:"expires"`
	Used    stamp  `db:"used"`
	Revoked stamp  `db:"revoked"`
}

func (r *apiKeyRow) key() (*APIKey, error) {
	k := &APIKey{
		Prefix: r.Prefix, Account: r.Account, Name: r.Name, Hash: r.Hash,
		Created: r.Created.Time, Expires: r.Expires.Time, Used: r.Used.Time, Revoked: r.Revoked.Time,
	}
	return k, fromJSON(r.Scopes, &k.Scopes)
}

const (
	keyColumns = `prefix, account, name, scopes, hash, created, expires, used, revoked`
	insertKey  = `insert into api_keys (` + keyColumns + `) values (?, ?, ?, ?, ?, ?, ?, null, null)`
	selectKey  = `select ` + keyColumns + ` from api_keys where prefix = ?`
	selectKeys = `select ` + keyColumns + ` from api_keys where ? = '' or account = ? order by created desc, prefix`
	touchKey   = `update api_keys set used = ? where prefix = ?`
	revokeKey  = `update api_keys set revoked = ? where prefix = ? and revoked is null`
)

// AddAPIKey keeps a new key.
func (s *Store) AddAPIKey(ctx context.Context, k *APIKey, audit ...*screening.AuditEntry) error {
	return s.inTx(ctx, "adding an API key", func(tx *sqlx.Tx) error {
		scopes, err := jsonText(k.Scopes)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, insertKey, k.Prefix, k.Account, text(k.Name), scopes, k.Hash, stamp{k.Created}, stamp{k.Expires}); err != nil {
			return err
		}
		return addAudit(ctx, tx, audit...)
	})
}

// APIKey returns a key by its prefix, revoked and expired ones too.
func (s *Store) APIKey(ctx context.Context, prefix string) (*APIKey, error) {
	const doing = "looking up an API key"
	var row apiKeyRow
	if err := s.read.GetContext(ctx, &row, s.read.Rebind(selectKey), text(prefix)); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	k, err := row.key()
	return k, s.fault(ctx, doing, err)
}

// APIKeys returns the keys of an account, or of all for "", newest first.
func (s *Store) APIKeys(ctx context.Context, account string) ([]*APIKey, error) {
	const doing = "looking up the API keys"
	var rows []apiKeyRow
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectKeys), account, account); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	out := make([]*APIKey, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].key(); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
	}
	return out, nil
}

// TouchAPIKey records that a key was used.
func (s *Store) TouchAPIKey(ctx context.Context, prefix string, at time.Time) error {
	return s.inTx(ctx, "keeping an API key", func(tx *sqlx.Tx) error { return exec(ctx, tx, touchKey, stamp{at}, prefix) })
}

// RevokeAPIKey ends a key for good. ErrNotFound when there is none that stands.
func (s *Store) RevokeAPIKey(ctx context.Context, prefix string, at time.Time, audit ...*screening.AuditEntry) error {
	return s.inTx(ctx, fmt.Sprintf("revoking API key %s", prefix), func(tx *sqlx.Tx) error {
		if err := one(tx.ExecContext(ctx, tx.Rebind(revokeKey), stamp{at}, prefix)); err != nil {
			return err
		}
		return addAudit(ctx, tx, audit...)
	})
}
