package lists

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

// Fetched is one edition as it came: its original files, all of them complete,
// and the format they are in. Nothing of it has been read yet.
type Fetched struct {
	Format *Format
	Source Source // opens the original files
	Dir    string // the folder they lie in
	Files  []screening.EditionFile
	// Hash stands for the contents of the files: the same hash, the same edition.
	Hash string
	// Published is the newest Last-Modified of a server; zero from a folder.
	Published time.Time
	// Validators are what to send with the next conditional request, by URL.
	Validators map[string]Validator
	// NotModified says that the publisher has nothing newer; there are no files then.
	NotModified bool
	// Reason says what else lay there and was left, or "".
	Reason string
}

// Validator is what a server said a file's version is.
type Validator struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// ErrRetired says that a file belongs to a list its publisher has given up.
var ErrRetired = errors.New("this list is retired")

// FromDir finds an edition of the card's list in dir/<list id>/, by the names
// the publisher gives its files. It errors with fs.ErrNotExist when there is
// no such folder, and with ErrRetired when it holds a list that is no longer
// published. Of several formats the one with the newest publisher's date is
// taken; where a date is missing the CSV, or else the format the card prefers.
func FromDir(card *Card, dir string) (*Fetched, error) {
	folder := filepath.Join(dir, card.ID)
	if st, err := os.Stat(folder); err != nil {
		return nil, fmt.Errorf("no folder %s: %w", filepath.Join(filepath.Base(dir), card.ID), fs.ErrNotExist)
	} else if !st.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", filepath.Join(filepath.Base(dir), card.ID))
	}
	var present []*Format
	for i := range card.Formats {
		if _, complete := card.Formats[i].in(Dir(folder)); complete {
			present = append(present, &card.Formats[i])
		}
	}
	if len(present) == 0 {
		return nil, missing(card, Dir(folder))
	}
	format, reason := choose(present, Dir(folder))
	src, _ := format.in(Dir(folder))
	f := &Fetched{Format: format, Source: src, Dir: folder, Reason: reason}
	for _, name := range src.Names() {
		file, err := hashFile(folder, name)
		if err != nil {
			return nil, err
		}
		f.Files = append(f.Files, file)
	}
	f.Hash = editionHash(f.Files)
	return f, nil
}

// in returns the files of the format that are in the folder, and whether all
// that an edition needs are there.
func (f *Format) in(dir Dir) (src fileSet, complete bool) {
	src = fileSet{dir: dir}
	complete = true
	for _, file := range f.Files {
		found := false
		for _, name := range dir.Names() {
			ok, err := path.Match(strings.ToLower(file.Name), strings.ToLower(name))
			if strings.EqualFold(name, file.Name) || err == nil && ok {
				found = true
				if !slices.Contains(src.names, name) {
					src.names = append(src.names, name)
				}
			}
		}
		complete = complete && (found || file.Optional)
	}
	slices.Sort(src.names)
	return src, complete && len(src.names) > 0
}

// fileSet is a Dir of which only some files belong to the edition.
type fileSet struct {
	dir   Dir
	names []string
}

func (s fileSet) Names() []string { return s.names }

func (s fileSet) Open(name string) (io.ReadCloser, error) {
	file, ok := findName(s.names, name)
	if !ok {
		return nil, fmt.Errorf("no file %s: %w", name, fs.ErrNotExist)
	}
	return s.dir.Open(file)
}

// missing explains why a folder holds no edition of the list.
func missing(card *Card, dir Dir) error {
	names := dir.Names()
	for _, r := range card.Retired {
		for _, n := range names {
			if ok, err := path.Match(strings.ToLower(r.Name), strings.ToLower(n)); err == nil && ok {
				return fmt.Errorf("%s: %w: %s", n, ErrRetired, r.Instead)
			}
		}
	}
	var want []string
	for _, f := range card.Formats {
		for _, file := range f.Files {
			if !file.Optional {
				want = append(want, file.Name)
			}
		}
	}
	found := "nothing"
	if len(names) > 0 {
		found = strings.Join(names[:min(len(names), 5)], ", ")
	}
	return fmt.Errorf("folder %s holds %s, but %s is published as %s", card.ID, found, card.ID, strings.Join(want, " or "))
}

// choose picks one of several formats that lie in a folder and says which were left.
func choose(present []*Format, dir Dir) (*Format, string) {
	if len(present) == 1 {
		return present[0], ""
	}
	dates := make([]time.Time, len(present))
	undated := -1
	for i, f := range present {
		src, _ := f.in(dir)
		if dates[i] = f.published(within(context.Background(), src, DefaultLimits)); dates[i].IsZero() && undated < 0 {
			undated = i
		}
	}
	best := 0
	if undated < 0 {
		for i := range dates {
			if dates[i].After(dates[best]) {
				best = i
			}
		}
	} else {
		best = max(0, slices.IndexFunc(present, func(f *Format) bool { return f.Name == "csv" }))
	}
	var left []string
	for i, f := range present {
		if i == best {
			continue
		}
		switch {
		case dates[i].IsZero():
			left = append(left, f.Name+" (no publisher's date)")
		default:
			left = append(left, f.Name+" of "+dates[i].Format(time.DateOnly))
		}
	}
	why := "its publisher's date is not older"
	if undated >= 0 {
		why = "a publisher's date is missing"
	}
	return present[best], fmt.Sprintf("read %s, left %s: %s", present[best].Name, strings.Join(left, ", "), why)
}

// published reads only the publisher's date, by the format's own short way or by reading it whole.
func (f *Format) published(src Source) time.Time {
	if f.Published != nil {
		t, err := f.Published(src)
		if err != nil {
			return time.Time{}
		}
		return t
	}
	h, err := f.Parse(src, func(*screening.Entity) {})
	if err != nil {
		return time.Time{}
	}
	return h.Published
}

func hashFile(dir, name string) (screening.EditionFile, error) {
	if st, err := os.Stat(filepath.Join(dir, name)); err != nil {
		return screening.EditionFile{}, err
	} else if !st.Mode().IsRegular() {
		return screening.EditionFile{}, fmt.Errorf("%s is not a plain file; put the published file itself there", name)
	}
	r, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return screening.EditionFile{}, err
	}
	defer func() { _ = r.Close() }()
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err != nil {
		return screening.EditionFile{}, fmt.Errorf("reading %s: %w", name, err)
	}
	return screening.EditionFile{Name: name, Hash: hex.EncodeToString(h.Sum(nil)), Size: n}, nil
}

// editionHash is one hash over the names and contents of an edition's files.
func editionHash(files []screening.EditionFile) string {
	h := sha256.New()
	for _, f := range files {
		_, _ = fmt.Fprintf(h, "%s %s\n", f.Hash, f.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}
