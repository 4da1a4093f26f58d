package store_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"
	"os"

	"partnerscreen/screening"
	"partnerscreen/screening/store/storetest"
)

func selfCPU() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
func TestAB(t *testing.T) {
	list := collect(t, inventedList(25_000))
	for range 3 {
		dsn := storetest.SQLite(t)
		s := storetest.Open(t, dsn)
		c, w := selfCPU(), time.Now()
		keep(t, s, edition("h1", 0), list...)
		fmt.Println("import cpu", selfCPU()-c, "wall", time.Since(w))
		for range 3 {
			c, w = selfCPU(), time.Now()
			var es []*screening.Entity
			for e, err := range s.Entities(t.Context(), "zz_test", 1) {
				if err != nil { t.Fatal(err) }
				es = append(es, e)
			}
			fmt.Println("load cpu", selfCPU()-c, "wall", time.Since(w))
		}
		for k := range 100 {
			list[k*250].Remarks = fmt.Sprint("changed ", w)
		}
		c, w = selfCPU(), time.Now()
		keep(t, s, edition("h2", 1), list...)
		fmt.Println("next cpu", selfCPU()-c, "wall", time.Since(w))
		st, _ := os.Stat(dsn); fmt.Println(st.Size()>>20, "MB")
		c, w = selfCPU(), time.Now()
		n := len(collect(t, s.Changes(t.Context(), "zz_test", 1, 2)))
		fmt.Println("changes", n, "cpu", selfCPU()-c, "wall", time.Since(w))
	}
}
