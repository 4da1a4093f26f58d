package matching

import (
	"iter"
	"math/bits"
)

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

func newPostings(entries *pile[entry]) *postings {
	size := uint(bits.Len(uint(entries.len)))
	t := &postings{shift: 64 - size, start: make([]uint32, 1<<size+1), cells: make([]cell, entries.len)}
	for e := range entries.all() {
		t.start[e.hash>>t.shift+1]++
	}
	for i := 1; i < len(t.start); i++ {
		t.start[i] += t.start[i-1]
	}
	next := make([]uint32, len(t.start)-1)
	copy(next, t.start)
	for e := range entries.all() {
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

// pile is what is gathered one by one before its number is known: in blocks,
// so that nothing is copied while it grows, and pointers into it stay good.
type pile[T any] struct {
	blocks []*[pileBlock]T
	len    int
}

const pileBlock = 4096

// add adds v and returns where it lies.
func (p *pile[T]) add(v T) *T {
	at := p.len % pileBlock
	if at == 0 {
		p.blocks = append(p.blocks, new([pileBlock]T))
	}
	p.len++
	b := p.blocks[len(p.blocks)-1]
	b[at] = v
	return &b[at]
}

func (p *pile[T]) at(i int) *T { return &p.blocks[i/pileBlock][i%pileBlock] }

func (p *pile[T]) all() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for i := range p.len {
			if !yield(p.at(i)) {
				return
			}
		}
	}
}

// flat returns all of it in one slice.
func (p *pile[T]) flat() []T {
	out := make([]T, 0, p.len)
	for i, b := range p.blocks {
		out = append(out, b[:min(pileBlock, p.len-i*pileBlock)]...)
	}
	return out
}

// hashSet is a set of 64-bit hashes that may claim to have a few it has not
// got: a bit of a long row for each of them, twice.
type hashSet struct {
	bits  []uint64
	shift uint
}

// newHashSet makes a set for about so many hashes.
func newHashSet(count int) *hashSet {
	size := uint(max(6, bits.Len(uint(count))+3))
	return &hashSet{bits: make([]uint64, 1<<(size-6)), shift: 64 - size}
}

func (s *hashSet) places(hash uint64) (a, b uint64) {
	return hash >> s.shift, hash * 0x9E3779B97F4A7C15 >> s.shift
}

func (s *hashSet) add(hash uint64) {
	a, b := s.places(hash)
	s.bits[a>>6] |= 1 << (a & 63)
	s.bits[b>>6] |= 1 << (b & 63)
}

func (s *hashSet) has(hash uint64) bool {
	a, b := s.places(hash)
	return s.bits[a>>6]&(1<<(a&63)) != 0 && s.bits[b>>6]&(1<<(b&63)) != 0
}
