package web

import (
	"fmt"
	"net/http"
	"sync"
	"time"
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

// give gives one back that was taken.
func (l *limiter) give(key string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.drained(key, now)
	b.level = max(0, b.level-1)
	l.taken[key] = b
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

// guesses bounds guessing at passwords. A browser that has signed in to the
// account before has a bound of its own, so that a stranger who uses up the
// others shuts nobody out who has been here before; and all bounds drain.
type guesses struct {
	near    *limiter // an account from one address
	address *limiter // one address, whatever account
	account *limiter // one account, from wherever
	device  *limiter // a browser that has been in
}

func newGuesses() *guesses {
	return &guesses{
		near: limit(5, 15*time.Minute), address: limit(30, 15*time.Minute), account: limit(50, time.Hour), device: limit(10, 15*time.Minute),
	}
}

// take counts a guess before it is tried, so that many at once are bounded,
// too. right is called when it was right, and gives it back.
func (g *guesses) take(account, address, device string, now time.Time) (right func(), wait time.Duration, ok bool) {
	type bound struct {
		l   *limiter
		key string
	}
	bounds := []bound{{g.address, address}, {g.near, account + "\x00" + address}, {g.account, account}}
	if device != "" {
		bounds = []bound{{g.device, device}}
	}
	for i, b := range bounds {
		if wait, ok := b.l.take(b.key, now); !ok {
			for _, earlier := range bounds[:i] {
				earlier.l.give(earlier.key, now)
			}
			return nil, wait, false
		}
	}
	return func() {
		for _, b := range bounds {
			b.l.give(b.key, now)
		}
	}, 0, true
}
