package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"partnerscreen/matching"
	"partnerscreen/screening"
)

// Shelf keeps the lists a process has loaded, so that its pages, its nights and
// the chunks of its screenings share one index. The zero value is empty and ready,
// and any number of goroutines may use it at once; a nil Shelf keeps nothing.
type Shelf struct {
	mu     sync.Mutex
	boards []*board // the one used last comes last
}

// board is where some editions stand, or will when they are read.
type board struct {
	key    string
	turn   chan struct{} // held by the one who reads them; the others wait
	lists  *loaded       // nil until they are read
	judges []*heldJudge  // of runs against them; the one made last comes last
}

// loaded are some editions, read and indexed under a policy. They never change.
type loaded struct {
	entities []*screening.Entity
	index    *matching.Index
	memo     *memo
	registry *screening.Registry
	ties     *screening.Ties
	judging  sync.Mutex // held by the one who makes a judge of a run against them
}

// A process keeps two indexes, the one of now and that of a run from before the
// last refresh, and beside each the judges of a few runs.
const (
	indexesHeld = 2
	judgesHeld  = 8
)

// load returns the lists that were picked: those on the shelf, or read anew. One goroutine
// reads them; the others that want the same wait for it.
func (s *Shelf) load(ctx context.Context, env *Env, h *Held) (*loaded, error) {
	if s == nil {
		return readLists(ctx, env, h)
	}
	b, err := s.boardOf(h)
	if err != nil {
		return nil, err
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if b.lists != nil {
		return b.lists, nil
	}
	lists, err := readLists(ctx, env, h)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b.lists = lists
	return lists, nil
}

// boardOf finds or makes the board of the lists that were picked, and lets the
// one go that was used longest ago.
func (s *Shelf) boardOf(h *Held) (*board, error) {
	var editions []string
	for _, used := range h.Used {
		if used.Missing == "" {
			editions = append(editions, fmt.Sprintf("%s %d", used.List, used.Seq))
		}
	}
	// Links of restricted lists are left out of the ties.
	key, err := json.Marshal([]any{editions, h.Judge.Policy, slices.Sorted(maps.Keys(h.Judge.Restricted))})
	if err != nil {
		return nil, fmt.Errorf("telling indexes apart: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, b := range s.boards {
		if b.key == string(key) {
			s.boards = append(slices.Delete(s.boards, i, i+1), b)
			return b, nil
		}
	}
	b := &board{key: string(key), turn: make(chan struct{}, 1)}
	if s.boards = append(s.boards, b); len(s.boards) > indexesHeld {
		s.boards = slices.Delete(s.boards, 0, 1)
	}
	return b, nil
}

// judge is the judge of a run that is held, or nil.
func (s *Shelf) judge(run string) *heldJudge {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, b := range s.boards {
		for _, j := range b.judges {
			if j.run.ID == run {
				s.boards = append(slices.Delete(s.boards, i, i+1), b)
				return j
			}
		}
	}
	return nil
}

// hold keeps a judge beside its lists, if they are still on the shelf.
func (s *Shelf) hold(j *heldJudge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.boards {
		if b.lists != j.lists {
			continue
		}
		if b.judges = append(b.judges, j); len(b.judges) > judgesHeld {
			b.judges = slices.Delete(b.judges, 0, 1)
		}
	}
}

// readLists reads and indexes the lists that were picked, and who owns whom by their links.
func readLists(ctx context.Context, env *Env, h *Held) (*loaded, error) {
	var failed error
	l := &loaded{}
	var open []*screening.Entity // of lists that are open to all
	l.index = matching.NewIndex(func(yield func(*screening.Entity) bool) {
		for e, err := range h.entities(ctx, env) {
			if failed = err; err != nil || !yield(e) {
				return
			}
			l.entities = append(l.entities, e)
			if !h.Judge.Restricted[e.List] {
				open = append(open, e)
			}
		}
	}, matching.Options{Policy: h.Judge.Policy})
	l.memo, l.ties = newMemo(l.index), screening.NewTies(slices.Values(open))
	for _, used := range h.Used {
		if used.Register && failed == nil {
			l.registry, failed = screening.NewRegistry(used.List, env.Store.Entities(ctx, used.List, used.Seq))
		}
	}
	if err := errors.Join(failed, ctx.Err()); err != nil {
		return nil, err
	}
	return l, nil
}
