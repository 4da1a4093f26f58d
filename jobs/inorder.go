package jobs

import (
	"context"
	"iter"
	"runtime"
	"strings"
	"sync"

	"partnerscreen/screening"
)

// chunkRows is how many rows are worked and stored together: enough that a
// transaction a chunk costs little, few enough that a crash loses little.
const chunkRows = 1000

// inOrder applies work to every item with one worker a core and gives the
// results back in chunks, in the order of the items, whatever the number of
// workers. The first error ends it.
func inOrder[In, Out any](ctx context.Context, items iter.Seq2[In, error], work func(In) Out) iter.Seq2[[]Out, error] {
	return func(yield func([]Out, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		type chunk struct {
			in   []In
			out  []Out
			err  error
			done chan struct{}
		}
		workers := runtime.GOMAXPROCS(0)
		waiting := make(chan *chunk, workers)
		order := make(chan *chunk, 2*workers)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		for range workers {
			wg.Go(func() {
				for c := range waiting {
					c.out = make([]Out, len(c.in))
					for i, item := range c.in {
						if ctx.Err() != nil {
							break
						}
						c.out[i] = work(item)
					}
					close(c.done)
				}
			})
		}
		wg.Go(func() {
			defer close(order)
			defer close(waiting)
			send := func(c *chunk) bool {
				select {
				case order <- c:
				case <-ctx.Done():
					return false
				}
				if c.err != nil {
					return false
				}
				select {
				case waiting <- c:
					return true
				case <-ctx.Done():
					return false
				}
			}
			c := &chunk{done: make(chan struct{})}
			for item, err := range items {
				if err != nil {
					if len(c.in) == 0 || send(c) {
						send(&chunk{err: err})
					}
					return
				}
				c.in = append(c.in, item)
				if len(c.in) == chunkRows {
					if !send(c) {
						return
					}
					c = &chunk{done: make(chan struct{})}
				}
			}
			if len(c.in) > 0 {
				send(c)
			}
		})
		for c := range order {
			if c.err != nil {
				yield(nil, c.err)
				return
			}
			select {
			case <-c.done:
			case <-ctx.Done():
			}
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(c.out, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// ahead lets a sequence work on its next item while the last one is used. It has
// stopped when the loop over it ends.
func ahead[T any](items iter.Seq2[T, error]) iter.Seq2[T, error] {
	type item struct {
		value T
		err   error
	}
	return func(yield func(T, error) bool) {
		next, stop := make(chan item), make(chan struct{})
		var wg sync.WaitGroup
		defer wg.Wait()
		defer close(stop)
		wg.Go(func() {
			defer close(next)
			for v, err := range items {
				select {
				case next <- item{v, err}:
				case <-stop:
					return
				}
			}
		})
		for it := range next {
			if !yield(it.value, it.err) {
				return
			}
		}
	}
}

// memo remembers what a matcher found for a party, since sheets name the same
// funders and institutions again and again. It holds a bounded number of
// parties and never changes an answer.
type memo struct {
	matcher screening.Matcher
	mu      sync.RWMutex
	found   map[string][]screening.Candidate
}

// memoParties bounds the memo: some 20 MB at the very most.
const memoParties = 20_000

func newMemo(m screening.Matcher) *memo {
	return &memo{matcher: m, found: map[string][]screening.Candidate{}}
}

// Match answers like the matcher it stands before.
func (m *memo) Match(p *screening.Party) []screening.Candidate {
	var key strings.Builder
	for _, s := range []string{string(p.Role), p.Name, p.Country, p.City, p.Address, p.Website, p.BirthDate} {
		key.WriteString(s)
		key.WriteByte(0)
	}
	for _, id := range p.Identifiers {
		key.WriteString(id.Kind + "\x01" + id.Value + "\x01" + id.Country + "\x00")
	}
	m.mu.RLock()
	found, ok := m.found[key.String()]
	m.mu.RUnlock()
	if ok {
		return found
	}
	found = m.matcher.Match(p)
	m.mu.Lock()
	if len(m.found) < memoParties {
		m.found[key.String()] = found
	}
	m.mu.Unlock()
	return found
}
