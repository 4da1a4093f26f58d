package lists

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Dir is a folder that holds the files of one edition. Files are found by the
// name the card gives; failing that without regard to case, and by path.Match
// where the name is a pattern. Of several that match, the last in order of
// names is meant: publishers that date their file names write the year first.
type Dir string

// Open opens the file the name stands for; fs.ErrNotExist when there is none.
func (d Dir) Open(name string) (io.ReadCloser, error) {
	file, ok := d.find(name)
	if !ok {
		return nil, fmt.Errorf("no file %s in %s: %w", name, filepath.Base(string(d)), fs.ErrNotExist)
	}
	return os.Open(filepath.Join(string(d), file))
}

// Names returns the plain files of the folder, sorted, hidden ones left out.
func (d Dir) Names() []string {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || e.IsDir() {
			continue
		}
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names
}

func (d Dir) find(name string) (string, bool) {
	return findName(d.Names(), name)
}

// findName returns the one of the names that name stands for, as Dir says.
func findName(names []string, name string) (string, bool) {
	if slices.Contains(names, name) {
		return name, true
	}
	found := ""
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return n, true
		}
		if ok, err := path.Match(strings.ToLower(name), strings.ToLower(n)); err == nil && ok {
			found = n
		}
	}
	return found, found != ""
}
