package matching

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"partnerscreen/screening"
)

// Benchmarks of the index on made-up parties, from the project's root:
//
//	make bench                                                         all of them
//	go test ./matching -run '^$' -bench Index -benchtime 1x            25 and 100 thousand entities, and one million
//	go test ./matching -run '^$' -bench Kinds -benchtime 1x            how long one name takes, by its kind
//	go test ./matching -run '^$' -bench 'Words|Compare|Match'          single steps, with allocations
//
// With REAL_LISTS and REAL_NAMES (TestExhaustiveReal), BenchmarkIndexReal makes a
// million parties of real names, and asks for real ones.

var sizes = []int{25_000, 100_000, 1_000_000}

// BenchmarkIndex builds indexes of several sizes and asks each as many
// questions as fit in ten seconds, with as many goroutines as there are processors.
func BenchmarkIndex(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			n := newNames(uint64(size))
			entities := n.entities(size)
			benchIndex(b, entities, n.parties(entities, 50_000))
		})
	}
}

// BenchmarkIndexReal does so with parties recombined from real names.
func BenchmarkIndexReal(b *testing.B) {
	dir, file := os.Getenv("REAL_LISTS"), os.Getenv("REAL_NAMES")
	if dir == "" || file == "" {
		b.Skip("REAL_LISTS or REAL_NAMES is not set: no real names to make parties of")
	}
	organisations := realOrganisations(b, file)
	var parties []*screening.Party
	for i := range 50_000 {
		if names := organisations[i*7919%len(organisations)]; len(names) > 0 {
			parties = append(parties, &screening.Party{Role: screening.RolePartner, Name: names[i%len(names)]})
		}
	}
	var persons [][]string
	for _, e := range realEntities(b, dir) {
		var names []string
		for _, n := range e.Names {
			names = append(names, n.Text)
		}
		if e.Kind == screening.KindPerson {
			persons = append(persons, names)
		} else {
			organisations = append(organisations, names)
		}
	}
	organisations = slices.DeleteFunc(organisations, func(names []string) bool { return len(names) == 0 })
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			r := rand.New(rand.NewPCG(uint64(size), 1))
			organisation, person := recombined(r, organisations, false), recombined(r, persons, true)
			var entities []*screening.Entity
			for i := range size {
				e := &screening.Entity{List: "recombined", ID: fmt.Sprint(i), Kind: screening.KindOrganisation}
				make := organisation
				if i%2 == 0 {
					e.Kind, make = screening.KindPerson, person
				}
				for _, name := range make() {
					e.Names = append(e.Names, screening.Name{Text: name})
				}
				entities = append(entities, e)
			}
			benchIndex(b, entities, parties)
		})
	}
}

func benchIndex(b *testing.B, entities []*screening.Entity, parties []*screening.Party) {
	Words("x") // the lexicon is read once for all
	for b.Loop() {
		before := heap()
		start := time.Now()
		ix := NewIndex(slices.Values(entities), Options{})
		built := time.Since(start)
		after := heap()
		b.ReportMetric(built.Seconds(), "build-s")
		b.ReportMetric(float64(after-before)/(1<<20), "index-MB")
		b.ReportMetric(float64(after-before)/float64(len(entities)), "B/entity")
		b.ReportMetric(float64(len(ix.orgs.names)+len(ix.persons.names)-2), "names")

		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		allocs := memory.Mallocs
		asked, latencies := ask(ix, parties, 10*time.Second)
		runtime.ReadMemStats(&memory)
		b.ReportMetric(asked, "queries/s")
		b.ReportMetric(float64(memory.Mallocs-allocs)/float64(len(latencies)), "allocs/query")
		reportLatencies(b, latencies)

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
}

// ask asks for parties one after another for so long, with as many goroutines
// as there are processors: how many a second, and how long each took, sorted.
func ask(ix *Index, parties []*screening.Party, long time.Duration) (perSecond float64, took []time.Duration) {
	latencies := make([][]time.Duration, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	start := time.Now()
	for g := range latencies {
		wg.Go(func() {
			for i := g; time.Since(start) < long; i += len(latencies) {
				t := time.Now()
				ix.Match(parties[i%len(parties)])
				latencies[g] = append(latencies[g], time.Since(t))
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	took = slices.Concat(latencies...)
	slices.Sort(took)
	return float64(len(took)) / elapsed.Seconds(), took
}

func reportLatencies(b *testing.B, sorted []time.Duration) {
	for _, p := range []int{50, 95, 99} {
		b.ReportMetric(float64(sorted[len(sorted)*p/100])/1e3, fmt.Sprintf("p%d-µs", p))
	}
}

// BenchmarkKinds asks an index of 25,000 entities for one kind of name after another.
func BenchmarkKinds(b *testing.B) {
	n := newNames(5)
	entities := n.entities(25_000)
	ix := NewIndex(slices.Values(entities), Options{})
	for _, kind := range nameKinds {
		b.Run(kind.name, func(b *testing.B) {
			var parties []*screening.Party
			for range 20_000 {
				parties = append(parties, &screening.Party{Role: kind.role, Name: kind.make(n)})
			}
			for b.Loop() {
				asked, latencies := ask(ix, parties, time.Second)
				b.ReportMetric(asked, "queries/s")
				reportLatencies(b, latencies)
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
	n := newNames(3)
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
