//go:build unix

package storetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Cluster is a PostgreSQL of a test's own, which it may kill.
type Cluster struct {
	// DSN is the address of a database with the program's schema.
	DSN    string
	server *server
	bin    string
}

// NewCluster starts a server for one test. Without an installed server the
// test is skipped, as by Postgres.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	Postgres(t) // skips, and fails, in the same way
	bin, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, l := range s.lifelines {
			l.Close()
		}
		_ = s.admin.Close()
	})
	dsn, err := s.database(context.Background(), "migrated")
	if err != nil {
		t.Fatal(err)
	}
	return &Cluster{DSN: dsn, server: s, bin: bin}
}

// Kill stops the server at once, as a crash would: nothing is written down
// but what was, and every connection breaks.
func (c *Cluster) Kill(t testing.TB) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(c.server.dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(content), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return
		}
	}
	t.Fatal("the server did not end")
}

// Start starts the server again, which recovers what it had committed.
func (c *Cluster) Start(t testing.TB) {
	t.Helper()
	if err := c.server.run(c.bin); err != nil {
		t.Fatal(err)
	}
}
