package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver

	"partnerscreen/screening/store"
)

// errNoPostgres is why tests on PostgreSQL are skipped.
var errNoPostgres = errors.New("no PostgreSQL server is installed (initdb is neither in PATH nor in /usr/lib/postgresql/*/bin)")

// Postgres returns the address of a fresh database with the program's schema,
// on a server started for this test binary. Without an installed server the test
// is skipped, or fails where REQUIRE_POSTGRES=1.
func Postgres(t testing.TB) string {
	t.Helper()
	server, err := startServer()
	if errors.Is(err, errNoPostgres) && os.Getenv("REQUIRE_POSTGRES") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	dsn, err := server.database(context.Background(), "migrated")
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

// EmptyPostgres is Postgres without the schema.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	Postgres(t) // skips, and fails, in the same way
	server, err := startServer()
	if err != nil {
		t.Fatal(err)
	}
	dsn, err := server.database(context.Background(), "template0")
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

// server is a running PostgreSQL.
type server struct {
	dir       string
	admin     *sql.DB
	databases atomic.Int64
	lifelines []*os.File // a watcher stops the server when its own closes
}

// startServer starts the server at its first call.
var startServer = sync.OnceValues(func() (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	return newServer(bin)
})

func newServer(bin string) (*server, error) {
	dir, err := os.MkdirTemp(shortTemp(), "screener-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	err = s.start(bin)
	if err == nil {
		err = s.migrated(context.Background())
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("starting a PostgreSQL for the tests: %w", err)
	}
	return s, nil
}

// binaries finds the folder of the newest installed server.
func binaries() (string, error) {
	if runtime.GOOS == "windows" {
		return "", errNoPostgres // a Unix socket and sh are needed
	}
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(folders, func(a, b string) int { // …/9.6/bin before …/15/bin
		return strings.Compare(fmt.Sprintf("%64s", a), fmt.Sprintf("%64s", b))
	})
	slices.Reverse(folders)
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		folders = append(folders, filepath.Dir(path))
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "postgres")); err == nil {
			return folder, nil
		}
	}
	return "", errNoPostgres
}

// shortTemp is where a socket's path stays under the 107 bytes it may have.
func shortTemp() string {
	if dir := os.TempDir(); len(dir) < 60 {
		return dir
	}
	return "/tmp"
}

func (s *server) start(bin string) error {
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(context.Background(), name, args...)
		cmd.Dir = s.dir
		apart(cmd, s.dir)
		return cmd
	}
	data := filepath.Join(s.dir, "data")
	// Names sort by language here, as they do on many servers: what relies on
	// the order of bytes must say so.
	initdb := []string{"-D", data, "-U", "screener", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"}
	icu := slices.Concat(initdb, []string{"--locale-provider=icu", "--icu-locale=en"})
	if run(filepath.Join(bin, "initdb"), icu...).Run() != nil { // a server without ICU
		_ = os.RemoveAll(data)
		if out, err := run(filepath.Join(bin, "initdb"), initdb...).CombinedOutput(); err != nil {
			return fmt.Errorf("initdb: %w: %s", err, out)
		}
	}
	return s.run(bin)
}

// run starts the server on the folder that initdb made.
func (s *server) run(bin string) error {
	// The watcher outlives a test binary that is killed: it reads from a pipe
	// whose other end closes with the binary, then stops the server and removes the folder.
	// What was committed must outlive a killed server, though not the machine: so commits wait
	// until they are written, and nothing waits for the disk.
	const watcher = `"$1" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=100 >>"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT $server
wait $server
cd / && rm -rf "$2"`
	cmd := exec.CommandContext(context.Background(), "/bin/sh", "-c", watcher, "sh", filepath.Join(bin, "postgres"), s.dir)
	cmd.Dir = s.dir
	apart(cmd, s.dir)
	end, lifeline, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.Stdin = end
	s.lifelines = append(s.lifelines, lifeline)
	if err := cmd.Start(); err != nil {
		return err
	}
	end.Close()
	go func() { _ = cmd.Wait() }()
	if s.admin == nil {
		if s.admin, err = sql.Open("postgres", s.dsn("postgres")); err != nil {
			return err
		}
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if err = s.admin.PingContext(context.Background()); err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("it did not answer: %w\n%s", err, log)
		}
	}
}

// migrated makes the database the others are copied from.
func (s *server) migrated(ctx context.Context) error {
	if _, err := s.admin.ExecContext(ctx, `create database migrated`); err != nil {
		return err
	}
	st, err := store.Open(ctx, s.dsn("migrated"), store.Options{})
	if err != nil {
		return err
	}
	return st.Close()
}

// database makes a database like another.
func (s *server) database(ctx context.Context, like string) (string, error) {
	name := fmt.Sprintf("test_%d", s.databases.Add(1))
	_, err := s.admin.ExecContext(ctx, fmt.Sprintf("create database %s template %s", name, like))
	return s.dsn(name), err
}

func (s *server) dsn(database string) string {
	q := url.Values{"host": {s.dir}, "sslmode": {"disable"}}
	return "postgres://screener@/" + database + "?" + q.Encode()
}
