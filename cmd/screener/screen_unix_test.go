//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A report that is sent to a pipe or a device goes into it. Put in its place,
// as a file is, it would take /dev/null away from everybody.
func TestReportDoesNotReplaceADevice(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		b, _ := os.ReadFile(pipe)
		read <- string(b)
	}()
	a := &app{}
	err := a.writeReport(pipe, func(w io.Writer) error { _, err := io.WriteString(w, "rows"); return err })
	if err != nil {
		t.Fatal(err)
	}
	if got := <-read; got != "rows" {
		t.Errorf("the pipe gave %q", got)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("it is no pipe any more: %v, %v", info, err)
	}
}
