package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServe runs the program as an office would for the first time: it takes
// the next port where its own is taken, prints its address and a link that
// signs in once, and ends with 0 when it is told to.
func TestServe(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	exe, err := os.Executable() // is the program, too, under that name
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "screener")
	if err := os.Symlink(exe, program); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--db", filepath.Join(dir, "screener.db"), "serve", "--listen", taken.Addr().String())
	cmd.Env = append(os.Environ(), "HOME="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	notes, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	if !regexp.MustCompile(`^http://127\.0\.0\.1:\d+$`).MatchString(address) || strings.HasSuffix(address, taken.Addr().String()) {
		t.Fatalf("address %q, with %s taken", address, taken.Addr())
	}
	lines := bufio.NewReader(notes)
	link := ""
	for link == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.Index(line, "http://"); i >= 0 && strings.Contains(line, "/sign-in/link?token=") {
			link = strings.TrimSpace(line[i:])
		}
	}
	var rest bytes.Buffer
	drained := make(chan struct{})
	go func() {
		_, _ = io.Copy(&rest, lines)
		close(drained)
	}()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	get := func(url string) (int, string) {
		t.Helper()
		res, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(b)
	}
	for _, step := range []struct {
		what, url string
		status    int
		says      string
	}{
		{"alive", address + "/healthz", 200, "ok"},
		{"not ready: no list was ever fetched", address + "/readyz", 503, "no usable edition"},
		{"metrics, from this machine", address + "/metrics", 200, "screener_build_info"},
		{"a stranger is asked to sign in", address + "/runs", 200, "one-time link"},
		{"the link signs in, and the sheet comes first", link, 200, "Show how it is read"},
		{"the link is used", link, 403, "used, or is too old"},
		{"still signed in", address + "/lists", 200, "us_ofac_sdn"},
		{"workers are at work", address + "/health", 200, "What needs attention"},
	} {
		if status, body := get(step.url); status != step.status || !strings.Contains(body, step.says) {
			t.Errorf("%s: %d, want %d with %q in\n%s", step.what, status, step.status, step.says, body)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-drained
	if err := cmd.Wait(); err != nil {
		t.Errorf("told to end: %v\n%s", err, rest.String())
	}
	if strings.Contains(rest.String(), "token=") {
		t.Error("the access log has the token of the link")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "screener.db-*")); len(left) > 0 {
		t.Errorf("the database was not closed: %v", left)
	}
}

// TestServeIsToldToEndAtOnce stops the program at moments before it is ready:
// that is no failure, and a database half made is made to the end by the next.
func TestServeIsToldToEndAtOnce(t *testing.T) {
	exe, err := os.Executable() // is the program, too, under that name
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "screener")
	if err := os.Symlink(exe, program); err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		cmd := exec.Command(program, "--db", filepath.Join(dir, "screener.db"), "serve", "--listen", "127.0.0.1:0")
		cmd.Env = append(os.Environ(), "HOME="+dir)
		var notes bytes.Buffer
		cmd.Stderr = &notes
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Fatal(err, notes.String())
		}
		time.Sleep(time.Duration(i*i) * 5 * time.Millisecond)
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("told to end after %d ms: %v\n%s", i*i*5, err, notes.String())
		}
	}
}
