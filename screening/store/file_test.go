package store_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// openWithData opens a store and says where its files are.
func openWithData(t *testing.T) (s *store.Store, data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data") // made when needed
	s, err := store.Open(t.Context(), storetest.SQLite(t), store.Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, data
}

// filesIn lists the files under a folder.
func filesIn(t *testing.T, folder string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFilesAreKeptByContent(t *testing.T) {
	s, data := openWithData(t)
	body := strings.Repeat("ent_num,name\n1,Qorvath\n", 5000)
	hash, size, err := s.KeepFile(strings.NewReader(body))
	if err != nil || size != int64(len(body)) || len(hash) != 64 {
		t.Fatalf("kept as %s, %d bytes, %v", hash, size, err)
	}
	empty, _, err := s.KeepFile(strings.NewReader(""))
	if want := "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; err != nil || empty != want {
		t.Fatalf("an empty file is kept as %s (%v), want its SHA-256 %s", empty, err, want)
	}
	f, err := s.OpenFile(hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != body {
		t.Errorf("read back %d bytes (%v), want the %d kept", len(got), err, len(body))
	}
	var wg sync.WaitGroup
	for range 8 { // once, however often and whoever keeps it
		wg.Go(func() {
			if again, _, err := s.KeepFile(strings.NewReader(body)); err != nil || again != hash {
				t.Errorf("kept again as %s, %v", again, err)
			}
		})
	}
	wg.Wait()
	if files := filesIn(t, data); len(files) != 2 {
		t.Errorf("files: %v, want the two kept and nothing left over", files)
	}
}

func TestBrokenBodyLeavesNoFile(t *testing.T) {
	s, data := openWithData(t)
	cut := errors.New("connection reset")
	if _, _, err := s.KeepFile(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(cut))); !errors.Is(err, cut) {
		t.Errorf("keeping a body that breaks off: %v", err)
	}
	if files := filesIn(t, data); len(files) != 0 {
		t.Errorf("left over: %v", files)
	}
}

func TestKeptFileThatChanged(t *testing.T) {
	s, data := openWithData(t)
	hash, _, err := s.KeepFile(strings.NewReader("ent_num,name\n1,Qorvath\n"))
	if err != nil {
		t.Fatal(err)
	}
	path := filesIn(t, data)[0]
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := s.KeepFile(strings.NewReader("ent_num,name\n1,Zelmar\n"))
	if err != nil {
		t.Fatal(err)
	}
	swapped, err := os.ReadFile(filepath.Join(data, "files", other[:2], other+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	read := func() error {
		f, err := s.OpenFile(hash)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.ReadAll(f)
		return err
	}
	turned := bytes.Clone(kept)
	turned[len(turned)/2] ^= 1
	for name, content := range map[string][]byte{
		"swapped": swapped, "cut off": kept[:len(kept)/2], "emptied": {}, "a bit turned": turned,
	} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := read(); !errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: %v, want ErrConflict", name, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := read(); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removed: %v, want ErrNotFound", err)
	}
	for _, name := range []string{"", "../../etc/passwd", strings.ToUpper(hash), hash[:63]} {
		if f, err := s.OpenFile(name); err == nil {
			f.Close()
			t.Errorf("opened %q", name)
		}
	}
}

func TestFilesNeedAFolder(t *testing.T) {
	s, err := store.Open(t.Context(), storetest.SQLite(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, _, err := s.KeepFile(strings.NewReader("x")); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("keeping a file without a data folder: %v", err)
	}
}
