package reports

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"testing"
	"time"
)

// Run: go test ./reports -bench Write -benchtime 1x -run '^$'
//
// heap-MB is the largest live heap seen while the workbook was written.

func BenchmarkWrite100k(b *testing.B) {
	for b.Loop() {
		done := watchHeap(b)
		if err := Write(io.Discard, sampleReport(), manyResults(100_000)); err != nil {
			b.Fatal(err)
		}
		done()
	}
}

func BenchmarkWriteJSON100k(b *testing.B) {
	for b.Loop() {
		if err := WriteJSON(io.Discard, manyResults(100_000)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadDecisions100k(b *testing.B) {
	var book bytes.Buffer
	if err := Write(&book, sampleReport(), manyResults(100_000)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		done := watchHeap(b)
		d, err := ReadDecisions(context.Background(), bytes.NewReader(book.Bytes()), int64(book.Len()), [][]byte{sampleKey}, Limits{})
		if err != nil || d.Undecided != 100 {
			b.Fatal(d, err)
		}
		done()
	}
}

// watchHeap looks at the heap until it is told that the work is done.
func watchHeap(b *testing.B) (done func()) {
	stop, stopped := make(chan struct{}), make(chan uint64)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-stop:
				stopped <- most
				return
			case <-tick.C:
			}
		}
	}()
	return func() {
		close(stop)
		b.ReportMetric(float64(<-stopped)/(1<<20), "heap-MB")
	}
}
