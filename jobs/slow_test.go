//go:build unix

package jobs_test

import (
	"io"
	"net"
	"net/url"
	"testing"
	"time"

	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// slowly answers for the PostgreSQL server of a DSN, each answer so much
// later, and returns the DSN it is reached by.
func slowly(t *testing.T, dsn string, later time.Duration) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", q.Get("host")+"/.s.PGSQL.5432")
			if err != nil {
				_ = client.Close()
				return
			}
			go func() {
				_, _ = io.Copy(server, client)
				_ = server.Close()
			}()
			go func() {
				defer client.Close()
				b := make([]byte, 64<<10)
				for {
					n, err := server.Read(b)
					if err != nil {
						return
					}
					time.Sleep(later)
					if _, err := client.Write(b[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return "postgres://" + u.User.Username() + "@" + l.Addr().String() + u.Path + "?sslmode=disable"
}

// TestSlowDatabase screens where every answer of the database takes as long
// as one from far away: workers keep what they hold, no row is screened
// twice, and what is found is what a fast one finds.
func TestSlowDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("it mostly waits")
	}
	dsn := slowly(t, storetest.Postgres(t), 15*time.Millisecond)
	o := newOffice(t, openAt(t, dsn, t.TempDir()))
	o.listed()
	const rows = 300
	run, job, _ := o.midBatch(rows)
	stop := o.working(2, quick)
	defer stop()
	if task := o.ended(job); task.State != store.TaskDone || task.Progress.Done != rows {
		t.Fatalf("%+v %+v", task, task.Progress)
	}
	stop()
	o.equals(run, rows)
}
