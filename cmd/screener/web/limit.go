package web

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"partnerscreen/screening/store"
)

// maxBuckets bounds what a limiter remembers, whoever asks.
const maxBuckets = 50_000

// limiter lets each key take so many in a time. What a key has taken drains
// steadily, so that nobody is shut out for ever.
type limiter struct {
	most   float64
	drains float64 // a second
	mu     sync.Mutex
	taken  map[string]bucket
}

type bucket struct {
	level float64
	at    time.Time
}

func newLimiter(perMinute int) *limiter { return limit(perMinute, time.Minute) }

// limit lets each key take most within a time; none below 0.
func limit(most int, within time.Duration) *limiter {
	return &limiter{most: float64(most), drains: float64(most) / within.Seconds(), taken: map[string]bucket{}}
}

// take takes one. Where that is one too many it takes nothing and says how
// long to wait.
func (l *limiter) take(key string, now time.Time) (wait time.Duration, ok bool) {
	if l.most < 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.drained(key, now)
	if b.level+1 > l.most {
		return time.Duration((b.level + 1 - l.most) / l.drains * float64(time.Second)), false
	}
	b.level++
	l.taken[key] = b
	if len(l.taken) > maxBuckets {
		l.forget(now)
	}
	return 0, true
}

func (l *limiter) drained(key string, now time.Time) bucket {
	b := l.taken[key]
	if d := now.Sub(b.at).Seconds(); d > 0 {
		b.level = max(0, b.level-d*l.drains)
	}
	b.at = now
	return b
}

// forget drops what has drained, and where that is not enough, half of the rest.
func (l *limiter) forget(now time.Time) {
	for key := range l.taken {
		if l.drained(key, now).level == 0 {
			delete(l.taken, key)
		}
	}
	for key := range l.taken {
		if len(l.taken) <= maxBuckets/2 {
			return
		}
		delete(l.taken, key)
	}
}

func tooMany(wait time.Duration) *Problem {
	seconds := int(wait.Seconds()) + 1
	return &Problem{
		Status: http.StatusTooManyRequests, Retry: fmt.Sprint(seconds),
		Detail: fmt.Sprintf("That is more than is let through at once. Try again in %s.", (time.Duration(seconds) * time.Second).String()),
	}
}

// guesses bounds guessing at passwords, links and keys. It is counted in the
// database, so that every process on it counts the same. A browser that has signed in to the
// account before has a bound of its own, so that a stranger who uses up the
// others shuts nobody out who has been here before; and all bounds drain.
func guesses(account, address, device string) []store.GuessBound {
	if device != "" {
		return []store.GuessBound{{Key: "device\x00" + device, Most: 10, Within: 15 * time.Minute}}
	}
	return append(guessesFrom(address),
		store.GuessBound{Key: "near\x00" + account + "\x00" + address, Most: 5, Within: 15 * time.Minute}, // an account from one address
		store.GuessBound{Key: "account\x00" + account, Most: 50, Within: time.Hour})                       // one account, from wherever
}

// guessesFrom bounds one address, whatever account.
func guessesFrom(address string) []store.GuessBound {
	return []store.GuessBound{{Key: "address\x00" + address, Most: 30, Within: 15 * time.Minute}}
}

// guess counts a guess before it is tried, so that many at once are bounded,
// too. right is called when it was right, and gives it back. The error is a
// *Problem where it is one too many.
func (r *Request) guess(bounds []store.GuessBound) (right func() error, err error) {
	wait, ok, err := r.Env.Store.TakeGuess(r.Context(), bounds, r.Env.Now())
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, tooMany(wait)
	}
	return func() error { return r.Env.Store.GiveGuess(r.Context(), bounds, r.Env.Now()) }, nil
}
