package matching

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Benchmarks of the index on made-up parties. For the figures of the product
// page, from the project's root:
//
//	go test ./matching -run '^$' -bench Index -benchtime 1x            25 and 100 thousand entities
//	go test ./matching -run '^$' -bench Index -benchtime 1x -million   and one million
//	go test ./matching -run '^$' -bench 'Words|Compare|Match'          single steps, with allocations
var million = flag.Bool("million", false, "benchmark an index of one million entities as well")

// BenchmarkIndex builds indexes of several sizes and asks each as many
// questions as fit in three seconds, with as many goroutines as there are processors.
func BenchmarkIndex(b *testing.B) {
	for _, size := range []int{25_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			if size == 1_000_000 && !*million {
				b.Skip("give -million to run this")
			}
			n := newNames(uint64(size), size)
			entities := n.entities(size)
			parties := n.parties(entities, 20_000)
			Words("x") // the lexicon is read once for all
			for b.Loop() {
				before := heap()
				start := time.Now()
				ix := NewIndex(slices.Values(entities), Options{})
				built := time.Since(start)
				after := heap()

				b.ReportMetric(built.Seconds(), "build-s")
				b.ReportMetric(float64(after-before)/(1<<20), "index-MB")
				b.ReportMetric(float64(len(ix.orgs.names)+len(ix.persons.names)), "names")

				var asked, nanos atomic.Int64
				latencies := make([][]time.Duration, runtime.GOMAXPROCS(0))
				var wg sync.WaitGroup
				start = time.Now()
				for g := range latencies {
					wg.Go(func() {
						for i := g; time.Since(start) < 3*time.Second; i += len(latencies) {
							t := time.Now()
							ix.Match(parties[i%len(parties)])
							latencies[g] = append(latencies[g], time.Since(t))
							asked.Add(1)
						}
					})
				}
				wg.Wait()
				nanos.Store(int64(time.Since(start)))
				all := slices.Concat(latencies...)
				slices.Sort(all)
				b.ReportMetric(float64(asked.Load())/time.Duration(nanos.Load()).Seconds(), "queries/s")
				for _, p := range []int{50, 95, 99} {
					b.ReportMetric(float64(all[len(all)*p/100])/1e3, fmt.Sprintf("p%d-µs", p))
				}

				x := newSearch(ix.orgs)
				count, compared := 0, 0
				for _, p := range parties[:2000] {
					if !p.Role.Person() {
						q := prepare(p.Name, false)
						x.each(&q, func(uint32) { compared++ })
						count++
					}
				}
				b.ReportMetric(float64(x.bounded)/float64(count), "candidates/query")
				b.ReportMetric(float64(compared)/float64(count), "comparisons/query")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkMatch(b *testing.B) {
	n := newNames(3, 25_000)
	entities := n.entities(25_000)
	parties := n.parties(entities, 10_000)
	ix := NewIndex(slices.Values(entities), Options{})
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		ix.Match(parties[i%len(parties)])
		i++
	}
}

func BenchmarkCompare(b *testing.B) {
	pairs := readPairs(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p := &pairs[i%len(pairs)]
		Compare(&p.query, &p.candidate, Options{})
		i++
	}
}
