package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// site is the real program serving in a process of its own.
type site struct {
	cmd  *exec.Cmd
	url  string
	said *bytes.Buffer
}

func serve(t *testing.T, dir string) *site {
	t.Helper()
	s := &site{said: new(bytes.Buffer)}
	s.cmd = exec.CommandContext(t.Context(), "screener", "--config", "screener.toml", "serve", "--listen", "127.0.0.1:0")
	s.cmd.Dir, s.cmd.Stderr = dir, s.said
	s.cmd.Env = append(os.Environ(), "HOME="+dir, "SCREENER_DB="+filepath.Join(dir, "test.db"))
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	if s.url, err = bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("%v\n%s", err, s.said)
	}
	s.url = strings.TrimSpace(s.url)
	return s
}

// said runs a command of the program in dir and returns what it says.
func said(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "screener", append([]string{"--config", "screener.toml"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "SCREENER_DB="+filepath.Join(dir, "test.db"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("screener %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// The server is killed again and again while a list is due every second and
// being refreshed: no run is started twice, no edition is half there, and it goes on.
func TestKilledServer(t *testing.T) {
	dir := t.TempDir()
	var list strings.Builder
	list.WriteString("name\n")
	const entities = 2000
	for i := range entities {
		fmt.Fprintf(&list, "Veltraxis Optics Institute %d\n", i)
	}
	for name, content := range map[string]string{"watch.csv": list.String(), "screener.toml": `
[lists]
enabled = []
[[custom_list]]
id = "watch"
format = "names.csv"
url = "watch.csv"
control = "advisory"
licence = "internal"
[schedule]
"refresh watch" = "@every 1s"
[work]
beat_seconds = 0.1
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	type run struct {
		ID    int64
		State string
		Due   string
	}
	runs := func() []run {
		t.Helper()
		var all []run
		due := map[string]int64{}
		lines := json.NewDecoder(strings.NewReader(said(t, dir, "jobs", "--all", "--limit", "1000", "--format", "json")))
		for {
			var r run
			if err := lines.Decode(&r); err == io.EOF {
				return all
			} else if err != nil {
				t.Fatal(err)
			}
			if due[r.Due] != 0 {
				t.Errorf("the run of %s was started twice: jobs %d and %d", r.Due, due[r.Due], r.ID)
			}
			due[r.Due] = r.ID
			all = append(all, r)
		}
	}
	for range 3 {
		s := serve(t, dir)
		// Around the second at which it is due, and the import that follows.
		time.Sleep(time.Second + rand.N(400*time.Millisecond))
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		runs()
	}
	s := serve(t, dir)
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if all := runs(); len(all) > 0 && all[0].State == "done" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no run ended\n%s", s.said)
		}
	}
	resp, err := http.Get(s.url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("/healthz: %s", resp.Status)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, s.said)
	}
	if got := said(t, dir, "lists", "--format", "json"); !strings.Contains(got, fmt.Sprintf(`"entities": %d`, entities)) {
		t.Errorf("the list has not its %d entities:\n%s", entities, got)
	}
}
