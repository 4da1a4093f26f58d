//go:build unix

package store_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// Run with: go test ./screening/store -run '^$' -bench . -benchtime 3x
//
// Parties of a list are about 830 bytes of JSON with 2.5 names; 3 rows of 100 have matches.

func eachEngine(b *testing.B, f func(b *testing.B, s *store.Store)) {
	b.Run("sqlite", func(b *testing.B) { f(b, storetest.Open(b, storetest.SQLite(b))) })
	b.Run("postgres", func(b *testing.B) { f(b, storetest.Open(b, storetest.Postgres(b))) })
}

// BenchmarkImport imports 25,000 parties into an empty store, and then again
// with 100 of them changed, which is a list's ordinary day.
func BenchmarkImport(b *testing.B) {
	list := collect(b, inventedList(25_000))
	b.Run("first", func(b *testing.B) {
		for name, engine := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
			b.Run(name, func(b *testing.B) {
				for range b.N {
					b.StopTimer()
					s := storetest.Open(b, engine(b))
					b.StartTimer()
					keep(b, s, edition("h1", 0), list...)
				}
			})
		}
	})
	b.Run("next", func(b *testing.B) {
		eachEngine(b, func(b *testing.B, s *store.Store) {
			keep(b, s, edition("h1", 0), list...)
			for i := range b.N {
				for k := range 100 {
					list[k*250].Remarks = fmt.Sprint("changed ", i)
				}
				keep(b, s, edition(fmt.Sprint("h", i+2), i+1), list...)
			}
		})
	})
}

// BenchmarkLoad reads all parties of an edition, as every screening begins.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{25_000, 55_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			eachEngine(b, func(b *testing.B, s *store.Store) {
				if _, err := s.Import(b.Context(), edition("h1", 0), inventedList(n)); err != nil {
					b.Fatal(err)
				}
				var entities []*screening.Entity
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					entities = entities[:0]
					for e, err := range s.Entities(b.Context(), "zz_test", 1) {
						if err != nil {
							b.Fatal(err)
						}
						entities = append(entities, e)
					}
				}
				b.StopTimer()
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-kept")
				runtime.KeepAlive(entities)
			})
		})
	}
}

// BenchmarkChanges compares two editions of 25,000 parties that differ in 100.
func BenchmarkChanges(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *store.Store) {
		list := collect(b, inventedList(25_000))
		keep(b, s, edition("h1", 0), list...)
		for k := range 100 {
			list[k*250].Remarks = "changed"
		}
		keep(b, s, edition("h2", 1), list...)
		b.ResetTimer()
		for range b.N {
			if n := len(collect(b, s.Changes(b.Context(), "zz_test", 1, 2))); n != 100 {
				b.Fatalf("%d changes, want 100", n)
			}
		}
	})
}

// BenchmarkAddResults keeps 100,000 rows, 2,000 at a time.
func BenchmarkAddResults(b *testing.B) {
	for _, near := range []bool{false, true} {
		rows := resultRows(100_000, near)
		b.Run(fmt.Sprintf("nearest=%v", near), func(b *testing.B) {
			eachEngine(b, func(b *testing.B, s *store.Store) {
				for i := range b.N {
					run := newRun(fmt.Sprint("r", i))
					if err := s.StartRun(b.Context(), run); err != nil {
						b.Fatal(err)
					}
					for at := 0; at < len(rows); at += 2000 {
						if err := s.AddResults(b.Context(), run.ID, rows[at:at+2000]); err != nil {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		})
	}
}

// BenchmarkKeepResults screens a sheet of UPLOAD_ROWS rows (100,000), 1,000 at
// a time: first when nothing is known of it, again as it was, and once more with
// a tenth of its rows changed. CPU-s is this process's; PostgreSQL's server is not in it.
func BenchmarkKeepResults(b *testing.B) {
	n := 100_000
	if rows, err := strconv.Atoi(os.Getenv("UPLOAD_ROWS")); err == nil {
		n = rows
	}
	eachEngine(b, func(b *testing.B, s *store.Store) {
		rows := resultRows(n, true)
		for i, r := range rows {
			r.Partner.Reference = fmt.Sprintf("B-%d", i)
			r.Partner.Parties[0].Name = fmt.Sprintf("%x University of Nowhere", 0x9E3779B97F4A7C15*uint64(i)) // no two alike, in no order
			r.Partner.Parties[0].Notes = nil
		}
		for i := range b.N {
			for k, upload := range []string{"new", "again", "changed"} {
				if upload == "changed" {
					for at := 0; at < len(rows); at += 10 {
						rows[at].Partner.Project = fmt.Sprint("changed ", i)
					}
				}
				run := newRun(fmt.Sprint("r", i, k))
				run.Started = morning.AddDate(0, 0, 3*i+k)
				if err := s.StartRun(b.Context(), run); err != nil {
					b.Fatal(err)
				}
				began, before := time.Now(), processors()
				for some := range slices.Chunk(rows, 1000) {
					if err := s.KeepResults(b.Context(), store.Upload{Run: run, Office: "Office"}, some); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(rows))/time.Since(began).Seconds(), upload+"-rows/s")
				b.ReportMetric((processors() - before).Seconds(), upload+"-CPU-s")
			}
		}
	})
}

// processors is the time this process has had of the processors so far.
func processors() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkResults reads 100,000 rows back.
func BenchmarkResults(b *testing.B) {
	rows := resultRows(100_000, true)
	eachEngine(b, func(b *testing.B, s *store.Store) {
		if err := s.StartRun(b.Context(), newRun("r1")); err != nil {
			b.Fatal(err)
		}
		for at := 0; at < len(rows); at += 2000 {
			if err := s.AddResults(b.Context(), "r1", rows[at:at+2000]); err != nil {
				b.Fatal(err)
			}
		}
		b.ResetTimer()
		for range b.N {
			n := 0
			for _, err := range s.Results(b.Context(), "r1") {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != len(rows) {
				b.Fatalf("%d rows, want %d", n, len(rows))
			}
		}
		b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

// BenchmarkOpen opens a database that is there, as every command does.
func BenchmarkOpen(b *testing.B) {
	for name, dsn := range map[string]string{"sqlite": storetest.SQLite(b), "postgres": storetest.Postgres(b)} {
		storetest.Open(b, dsn)
		b.Run(name, func(b *testing.B) {
			for range b.N {
				s, err := store.Open(b.Context(), dsn, store.Options{Data: os.TempDir()})
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
