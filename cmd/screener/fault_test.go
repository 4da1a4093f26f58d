//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"partnerscreen/screening/store"
)

// faultOffice is an office with one list, for the program in its own process.
func faultOffice(t *testing.T) *killed {
	t.Helper()
	k := &killed{t: t, dir: t.TempDir(), countries: map[string]int{}, usual: map[string]time.Duration{}}
	k.dsn = filepath.Join(k.dir, "test.db")
	k.write("screener.toml", `
[lists]
enabled = []
[[custom_list]]
id = "watch"
format = "names.csv"
url = "watch.csv"
control = "debarment"
licence = "internal"
`)
	k.publish(0)
	return k
}

// fails runs a command that cannot go well and returns what it says.
func (k *killed) fails(cmd *exec.Cmd) string {
	k.t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
		k.t.Errorf("%v, want exit code %d\n%s", err, exitFailed, said.String())
	}
	for _, no := range []string{"panic", "goroutine", "Optics Institute", "Brandolin"} {
		if strings.Contains(said.String(), no) {
			k.t.Errorf("it says %q:\n%.1000s", no, said.String())
		}
	}
	return said.String()
}

// limited is a command whose files may not grow beyond a size: writing on
// fails as on a full disk.
func (k *killed) limited(blocks int, args ...string) *exec.Cmd {
	whole := k.command(args...)
	cmd := exec.CommandContext(k.t.Context(), "/bin/sh", append([]string{"-c", fmt.Sprintf(`trap '' XFSZ; ulimit -f %d; exec "$0" "$@"`, blocks), whole.Path}, whole.Args[1:]...)...)
	cmd.Dir, cmd.Env = whole.Dir, whole.Env
	return cmd
}

// A file that cannot grow stands for a full disk: what was there stays, what
// fails says so, and with room again the same command goes well.
func TestFullDisk(t *testing.T) {
	k := faultOffice(t)
	k.must("refresh")
	k.must("screen", k.sheet(0), "--out", "before.xlsx")
	const full = 80 // blocks of 512 bytes: enough to open the database, not to write a list into it
	k.publish(7)
	if said := k.fails(k.limited(full, "refresh")); !strings.Contains(said, "watch") {
		t.Errorf("refresh does not say which list:\n%s", said)
	}
	k.editionsAre(1)
	sheet := k.sheet(1)
	k.fails(k.limited(8, "screen", sheet, "--out", "full.xlsx"))
	if left, _ := filepath.Glob(filepath.Join(k.dir, "*full*")); len(left) > 0 {
		t.Errorf("half a report is left: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(k.dir, ".screener-*")); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
	k.must("refresh")
	k.editionsAre(2)
	k.screened(k.must("screen", sheet, "--out", "full.xlsx"), killRows)
}

// editionsAre checks how many editions of the list there are, each of them whole.
func (k *killed) editionsAre(want int) {
	k.t.Helper()
	s, err := store.Open(k.t.Context(), k.dsn, store.Options{Data: filepath.Join(k.dir, "data")})
	if err != nil {
		k.t.Fatal(err)
	}
	defer s.Close()
	editions, err := s.Editions(k.t.Context(), "watch")
	if err != nil || len(editions) != want {
		k.t.Errorf("%d editions, want %d (%v)", len(editions), want, err)
	}
	for _, ed := range editions {
		n := 0
		for _, err := range s.Entities(k.t.Context(), "watch", ed.Seq) {
			if err != nil {
				k.t.Fatal(err)
			}
			n++
		}
		if n != ed.Entities {
			k.t.Errorf("edition %d has %d of %d entities", ed.Seq, n, ed.Entities)
		}
	}
	var sound string
	db, _ := s.DB()
	if err := db.QueryRowContext(k.t.Context(), "pragma integrity_check").Scan(&sound); err != nil || sound != "ok" {
		k.t.Errorf("the database is not sound: %s, %v", sound, err)
	}
}

// A disk that can only be read: everything that writes says so and changes
// nothing; root writes everywhere, so the program gives root up.
func TestReadOnlyDisk(t *testing.T) {
	k := faultOffice(t)
	k.must("refresh")
	k.must("screen", k.sheet(0), "--out", "before.xlsx")
	sheet := k.sheet(1)
	mode := func(dir, file os.FileMode) {
		t.Helper()
		err := filepath.WalkDir(k.dir, func(path string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				return os.Chmod(path, dir)
			}
			return os.Chmod(path, file)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	mode(0o555, 0o444)
	t.Cleanup(func() { mode(0o755, 0o644) })
	var above []string // a temporary folder is its owner's alone
	for dir := filepath.Dir(k.dir); dir != os.TempDir() && len(dir) > 1; dir = filepath.Dir(dir) {
		above = append(above, dir)
	}
	for _, dir := range above {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"refresh"}, {"screen", sheet, "--out", "after.xlsx"}, {"rescreen", "--full"}} {
		cmd := k.command(args...)
		if os.Geteuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		if path, err := exec.LookPath("screener"); err == nil && os.Geteuid() == 0 {
			copied := filepath.Join(os.TempDir(), fmt.Sprintf("screener-readonly-%d", os.Getpid()))
			content, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(copied, content, 0o755)
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Remove(copied) })
			cmd.Path, cmd.Args[0] = copied, "screener"
		}
		if said := k.fails(cmd); !strings.Contains(said, "read") && !strings.Contains(said, "denied") {
			t.Errorf("%s does not say why:\n%s", args[0], said)
		}
	}
	mode(0o755, 0o644)
	k.editionsAre(1)
	k.screened(k.must("screen", sheet, "--out", "after.xlsx"), killRows)
}
