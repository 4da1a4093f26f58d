package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

// GuessBound lets so many guesses be made at a thing within a time. What was
// taken drains steadily, so that nobody is shut out for ever.
type GuessBound struct {
	Key    string // who guesses at what; only its hash is kept
	Most   int
	Within time.Duration
}

const (
	// Either engine holds the row for this transaction from here on.
	lockGuess = `insert into guesses (key, level, at) values (?, 0, ?) on conflict (key) do update set key = excluded.key returning level, at`
	setGuess  = `update guesses set level = ?, at = ? where key = ?`
	// Nothing is remembered that has drained: no bound is longer than a day.
	dropGuesses = `delete from guesses where at < ?`
)

var errTooMany = errors.New("too many guesses")

// TakeGuess counts a guess under every one of the bounds, before it is tried,
// whichever process it came to. Where one is used up none is counted, and wait says how long to wait.
func (s *Store) TakeGuess(ctx context.Context, bounds []GuessBound, now time.Time) (wait time.Duration, ok bool, err error) {
	err = s.inTx(ctx, "counting a guess", func(tx *sqlx.Tx) error {
		if err := exec(ctx, tx, dropGuesses, stamp{now.Add(-24 * time.Hour)}); err != nil {
			return err
		}
		return eachGuess(ctx, tx, bounds, now, func(b GuessBound, level float64) (float64, error) {
			if over := level + 1 - float64(b.Most); over > 0 {
				wait = time.Duration(over / float64(b.Most) * float64(b.Within))
				return 0, errTooMany
			}
			return level + 1, nil
		})
	})
	if errors.Is(err, errTooMany) {
		return wait, false, nil
	}
	return 0, err == nil, err
}

// GiveGuess gives one back that was taken: it was right.
func (s *Store) GiveGuess(ctx context.Context, bounds []GuessBound, now time.Time) error {
	return s.inTx(ctx, "counting a guess", func(tx *sqlx.Tx) error {
		return eachGuess(ctx, tx, bounds, now, func(_ GuessBound, level float64) (float64, error) { return max(0, level-1), nil })
	})
}

// eachGuess sets what was taken under each bound, drained until now.
func eachGuess(ctx context.Context, tx *sqlx.Tx, bounds []GuessBound, now time.Time, set func(GuessBound, float64) (float64, error)) error {
	hash := func(b GuessBound) string {
		sum := sha256.Sum256([]byte(b.Key))
		return hex.EncodeToString(sum[:])
	}
	bounds = slices.Clone(bounds)
	slices.SortFunc(bounds, func(a, b GuessBound) int { return slices.Compare([]byte(hash(a)), []byte(hash(b))) }) // one order for every process
	for _, b := range bounds {
		var level float64
		var at stamp
		if err := tx.QueryRowContext(ctx, tx.Rebind(lockGuess), hash(b), stamp{now}).Scan(&level, &at); err != nil {
			return err
		}
		if d := now.Sub(at.Time); d > 0 {
			level = max(0, level-float64(d)/float64(b.Within)*float64(b.Most))
		}
		level, err := set(b, level)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, setGuess, level, stamp{now}, hash(b)); err != nil {
			return err
		}
	}
	return nil
}
