package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/jmoiron/sqlx"
)

const (
	insertSecret = `insert into secrets (name, secret) values (?, ?) on conflict (name) do nothing`
	selectSecret = `select secret from secrets where name = ?`
)

// Secret returns the secret of that name, 32 random bytes made when it is
// first asked for. Whoever shares the database shares it.
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	var secret string
	err := s.inTx(ctx, "looking up the secret "+name, func(tx *sqlx.Tx) error {
		fresh := make([]byte, 32)
		_, _ = rand.Read(fresh) // never fails
		if err := exec(ctx, tx, insertSecret, name, hex.EncodeToString(fresh)); err != nil {
			return err
		}
		return tx.GetContext(ctx, &secret, tx.Rebind(selectSecret), name)
	})
	if err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(secret)
	if err != nil {
		return nil, fmt.Errorf("looking up the secret %s: it is damaged", name)
	}
	return b, nil
}
