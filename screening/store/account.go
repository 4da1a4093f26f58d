package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// accountRow is a row of accounts.
type accountRow struct {
	ID       string `db:"id"`
	Name     string `db:"name"`
	FullName string `db:"full_name"`
	Roles    []byte `db:"roles"`
	Source   string `db:"source"`
	Subject  string `db:"subject"`
	Disabled bool   `db:"disabled"`
	Password string `db:"password"`
	TOTP     string `db:"totp"`
	TOTPStep int64  `db:"totp_step"`
	Created  stamp  `db:"created"`
	SignedIn stamp  `db:"signed_in"`
}

func (r *accountRow) account() (*screening.Account, error) {
	a := &screening.Account{
		ID: r.ID, Name: r.Name, FullName: r.FullName, Source: r.Source, Subject: r.Subject, Disabled: r.Disabled,
		SecondFactor: r.TOTP != "", Created: r.Created.Time, SignedIn: r.SignedIn.Time,
	}
	return a, fromJSON(r.Roles, &a.Roles)
}

const (
	accountColumns = `id, name, full_name, roles, source, subject, disabled, password, totp, totp_step, created, signed_in`

	insertAccount = `insert into accounts (` + accountColumns + `) values (?, ?, ?, ?, ?, ?, ?, '', '', 0, ?, null) on conflict do nothing`
	updateAccount = `update accounts set full_name = ?, roles = ?, disabled = ? where id = ?`
	touchAccount  = `update accounts set signed_in = ? where id = ?`
	accountByID   = `select ` + accountColumns + ` from accounts where id = ?`
	accountByName = `select ` + accountColumns + ` from accounts where name = ?`
	accountBySub  = `select ` + accountColumns + ` from accounts where source = ? and subject = ?`
	selectAccount = `select ` + accountColumns + ` from accounts order by name`

	setPassword    = `update accounts set password = ? where id = ?`
	setTOTP        = `update accounts set totp = ?, totp_step = 0 where id = ?`
	takeTOTP       = `update accounts set totp_step = ? where id = ? and totp_step < ?`
	deleteRecovery = `delete from recovery_codes where account = ?`
	insertRecovery = `insert into recovery_codes (account, hash) values (?, ?)`
	takeRecovery   = `delete from recovery_codes where account = ? and hash = ?`
	countRecovery  = `select count(*) from recovery_codes where account = ?`
)

// AddAccount keeps a new account. ErrConflict when its name, or its subject at its source, is taken.
func (s *Store) AddAccount(ctx context.Context, a *screening.Account, audit ...*screening.AuditEntry) error {
	return s.inTx(ctx, "adding an account", func(tx *sqlx.Tx) error {
		if a.ID == "" || a.Name == "" || a.Created.IsZero() {
			return errors.New("it has no id, name or time")
		}
		roles, err := jsonText(a.Roles)
		if err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, tx.Rebind(insertAccount), a.ID, text(a.Name), text(a.FullName), roles, a.Source, text(a.Subject), a.Disabled, stamp{a.Created})
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return fmt.Errorf("%w: there is an account of that name", ErrConflict)
		}
		return addAudit(ctx, tx, audit...)
	})
}

// ChangeAccount keeps an account's full name, roles and whether it is
// disabled. Its sessions end: what it may do has changed. ErrNotFound when there is none.
func (s *Store) ChangeAccount(ctx context.Context, a *screening.Account, audit ...*screening.AuditEntry) error {
	return s.inTx(ctx, "changing an account", func(tx *sqlx.Tx) error {
		roles, err := jsonText(a.Roles)
		if err != nil {
			return err
		}
		if err := one(tx.ExecContext(ctx, tx.Rebind(updateAccount), text(a.FullName), roles, a.Disabled, a.ID)); err != nil {
			return err
		}
		if err := exec(ctx, tx, endSessions, a.ID); err != nil {
			return err
		}
		return addAudit(ctx, tx, audit...)
	})
}

// Account returns an account by its id.
func (s *Store) Account(ctx context.Context, id string) (*screening.Account, error) {
	return s.account(ctx, accountByID, id)
}

// AccountNamed returns an account by its name.
func (s *Store) AccountNamed(ctx context.Context, name string) (*screening.Account, error) {
	return s.account(ctx, accountByName, text(name))
}

// AccountOf returns an account by what its source calls it.
func (s *Store) AccountOf(ctx context.Context, source, subject string) (*screening.Account, error) {
	return s.account(ctx, accountBySub, source, text(subject))
}

func (s *Store) account(ctx context.Context, query string, args ...any) (*screening.Account, error) {
	const doing = "looking up an account"
	var row accountRow
	if err := s.read.GetContext(ctx, &row, s.read.Rebind(query), args...); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	a, err := row.account()
	return a, s.fault(ctx, doing, err)
}

// Accounts returns every account, by name.
func (s *Store) Accounts(ctx context.Context) ([]*screening.Account, error) {
	const doing = "looking up the accounts"
	var rows []accountRow
	if err := s.read.SelectContext(ctx, &rows, selectAccount); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	out := make([]*screening.Account, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].account(); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
	}
	return out, nil
}

// Credentials are what an account proves itself with: the hash of its
// password, "" for none, and the seed of its second factor, "" for none.
type Credentials struct{ Password, TOTP string }

// Credentials returns those of an account.
func (s *Store) Credentials(ctx context.Context, id string) (Credentials, error) {
	var row accountRow
	if err := s.read.GetContext(ctx, &row, s.read.Rebind(accountByID), id); err != nil {
		return Credentials{}, s.fault(ctx, "looking up an account", err)
	}
	return Credentials{row.Password, row.TOTP}, nil
}

// SetPassword keeps the hash of an account's password. Its sessions end.
func (s *Store) SetPassword(ctx context.Context, id, hash string, audit ...*screening.AuditEntry) error {
	return s.inTx(ctx, "setting a password", func(tx *sqlx.Tx) error {
		if err := one(tx.ExecContext(ctx, tx.Rebind(setPassword), hash, id)); err != nil {
			return err
		}
		if err := exec(ctx, tx, endSessions, id); err != nil {
			return err
		}
		return addAudit(ctx, tx, audit...)
	})
}

// Rehash keeps the same password's hash anew, made with today's costs.
func (s *Store) Rehash(ctx context.Context, id, hash string) error {
	return s.inTx(ctx, "keeping a password", func(tx *sqlx.Tx) error { return exec(ctx, tx, setPassword, hash, id) })
}

// SetSecondFactor keeps the seed of an account's second factor and the hashes
// of the codes that stand in for it; an empty seed takes it away. Its sessions end.
func (s *Store) SetSecondFactor(ctx context.Context, id, seed string, recovery []string, audit ...*screening.AuditEntry) error {
	return s.inTx(ctx, "setting a second factor", func(tx *sqlx.Tx) error {
		if err := one(tx.ExecContext(ctx, tx.Rebind(setTOTP), seed, id)); err != nil {
			return err
		}
		if err := exec(ctx, tx, deleteRecovery, id); err != nil {
			return err
		}
		for _, hash := range recovery {
			if err := exec(ctx, tx, insertRecovery, id, hash); err != nil {
				return err
			}
		}
		if err := exec(ctx, tx, endSessions, id); err != nil {
			return err
		}
		return addAudit(ctx, tx, audit...)
	})
}

// TakeStep uses up a time step of an account's second factor. ErrConflict
// when it, or a later one, has been used: a code is good once.
func (s *Store) TakeStep(ctx context.Context, id string, step int64) error {
	return s.inTx(ctx, "using a second factor", func(tx *sqlx.Tx) error {
		if err := one(tx.ExecContext(ctx, tx.Rebind(takeTOTP), step, id, step)); err != nil {
			return fmt.Errorf("%w: the code was used before", ErrConflict)
		}
		return nil
	})
}

// TakeRecovery uses up a recovery code by its hash. ErrNotFound when there is none such.
func (s *Store) TakeRecovery(ctx context.Context, id, hash string) error {
	return s.inTx(ctx, "using a recovery code", func(tx *sqlx.Tx) error {
		return one(tx.ExecContext(ctx, tx.Rebind(takeRecovery), id, hash))
	})
}

// RecoveryLeft is how many recovery codes an account has left.
func (s *Store) RecoveryLeft(ctx context.Context, id string) (int, error) {
	var n int
	err := s.read.GetContext(ctx, &n, s.read.Rebind(countRecovery), id)
	return n, s.fault(ctx, "counting recovery codes", err)
}

// one is the error of a statement that should have changed one row, and
// ErrNotFound when it changed none.
func one(res interface{ RowsAffected() (int64, error) }, err error) error {
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return ErrNotFound
	}
	return nil
}
