package matching

import (
	"sync"
	"sync/atomic"
)

// wordKey tells words of queries apart.
type wordKey struct {
	text, key, alt string
	alts           int
	class          Class
}

func keyOf(w *Word) wordKey {
	k := wordKey{text: w.Text, key: w.Key, class: w.Class, alts: len(w.Alts)}
	if k.alts > 0 {
		k.alt = w.Alts[0] + " " + w.Alts[k.alts-1]
	}
	return k
}

// known is a word of a query, worked out once for all the rows it stands in.
type known struct {
	term  term
	likes atomic.Pointer[[]likeness] // once they were asked for
}

// met is the words that the queries of a space have met, so that work on
// single words is done once for a batch and not once a row, by whichever
// goroutine is first. What was not met again while many others were is forgotten.
type met [metShards]metShard

type metShard struct {
	sync.RWMutex
	now, before map[wordKey]*known
}

const (
	metShards = 32
	// maxMet bounds how many words a space remembers: some twenty megabytes.
	maxMet = 60_000
)

func (m *met) shard(k *wordKey) *metShard { return &m[hashKey('w', k.text)%metShards] }

// find returns the word if it is remembered.
func (m *met) find(k wordKey) *known {
	s := m.shard(&k)
	s.RLock()
	defer s.RUnlock()
	if n := s.now[k]; n != nil {
		return n
	}
	return s.before[k]
}

// word returns the word of a key, prepared and remembered.
func (m *met) word(k wordKey, w *Word, person bool) *known {
	s := m.shard(&k)
	s.RLock()
	n, old := s.now[k], s.before[k]
	s.RUnlock()
	if n != nil {
		return n
	}
	if n = old; n == nil {
		n = &known{term: *newTerm(w, person)}
	}
	s.Lock()
	defer s.Unlock()
	if first := s.now[k]; first != nil {
		return first
	}
	if s.now == nil || len(s.now) >= maxMet/metShards/2 {
		s.now, s.before = map[wordKey]*known{}, s.now
	}
	s.now[k] = n
	return n
}
