package matching

import "math/bits"

// postings maps 64-bit hashes to small numbers, many to one hash, in two flat
// slices: no pointers for the collector to follow, and nothing to rehash.
// Two hashes that agree in their bucket and their fingerprint are not told
// apart; whoever asks checks what comes back.
type postings struct {
	shift uint
	start []uint32 // of each bucket in cells, and the end
	cells []cell
}

type cell struct {
	print uint32
	value uint32
}

// entry is one pair of a table to be built.
type entry struct {
	hash  uint64
	value uint32
}

func newPostings(entries []entry) *postings {
	size := uint(bits.Len(uint(len(entries))))
	t := &postings{shift: 64 - size, start: make([]uint32, 1<<size+1), cells: make([]cell, len(entries))}
	for _, e := range entries {
		t.start[e.hash>>t.shift+1]++
	}
	for i := 1; i < len(t.start); i++ {
		t.start[i] += t.start[i-1]
	}
	next := make([]uint32, len(t.start)-1)
	copy(next, t.start)
	for _, e := range entries {
		b := e.hash >> t.shift
		t.cells[next[b]] = cell{uint32(e.hash), e.value}
		next[b]++
	}
	return t
}

// bucket returns the cells that may hold hash; those whose print is
// uint32(hash) do.
func (t *postings) bucket(hash uint64) []cell {
	b := hash >> t.shift
	return t.cells[t.start[b]:t.start[b+1]]
}
