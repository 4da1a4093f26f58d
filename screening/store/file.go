package store

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Folder is where original files are kept, "" for nowhere.
func (s *Store) Folder() string { return s.data }

// KeepFile keeps what r holds under its own hash (SHA-256, in hex), gzipped,
// in the store's data folder: once, however often it is kept. A file is there whole or not at all.
func (s *Store) KeepFile(r io.Reader) (hash string, size int64, err error) {
	if s.data == "" {
		return "", 0, errors.New("keeping a file: the store has no data folder; name one with --data")
	}
	fail := func(err error) (string, int64, error) {
		return "", 0, fmt.Errorf("keeping a file in %s: %w", s.data, err)
	}
	folder := filepath.Join(s.data, "files")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fail(err)
	}
	tmp, err := os.CreateTemp(folder, "incoming-*")
	if err != nil {
		return fail(err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // nothing after the rename
	defer tmp.Close()
	sum := sha256.New()
	zip, err := gzip.NewWriterLevel(tmp, gzip.BestSpeed)
	if err != nil {
		return fail(err)
	}
	if size, err = io.Copy(io.MultiWriter(sum, zip), r); err != nil {
		return fail(err)
	}
	if err := errors.Join(zip.Close(), tmp.Sync(), tmp.Close()); err != nil {
		return fail(err)
	}
	hash = hex.EncodeToString(sum.Sum(nil))
	path := s.filePath(hash)
	if _, err := os.Stat(path); err == nil {
		now := time.Now()
		return hash, size, os.Chtimes(path, now, now) // kept anew: PruneFiles goes by it
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fail(err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fail(err)
	}
	// The name is as lasting as the bytes only when its folder is on the disk too.
	return hash, size, errors.Join(syncFolder(filepath.Dir(path)), syncFolder(folder))
}

// FolderID names the data folder: processes that share it give the same one,
// and a file kept by one is there for the other. It is "" without a data folder.
func (s *Store) FolderID() (string, error) {
	if s.data == "" {
		return "", nil
	}
	path := filepath.Join(s.data, "folder-id")
	for range 2 {
		if b, err := os.ReadFile(path); err == nil && folderID.Match(b) {
			return string(b[:folderIDLen]), nil
		}
		if err := os.MkdirAll(s.data, 0o750); err != nil {
			return "", fmt.Errorf("naming the data folder %s: %w", s.data, err)
		}
		// Written apart and linked, so that of two processes one gives the name.
		tmp, err := os.CreateTemp(s.data, "folder-id-*")
		if err != nil {
			return "", fmt.Errorf("naming the data folder %s: %w", s.data, err)
		}
		fresh := make([]byte, folderIDLen/2)
		_, _ = rand.Read(fresh) // never fails
		_, err = tmp.WriteString(hex.EncodeToString(fresh) + "\n")
		err = errors.Join(err, tmp.Close())
		if err == nil {
			if err = os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
				err = os.Rename(tmp.Name(), path) // a disk without links
			}
		}
		_ = os.Remove(tmp.Name())
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("naming the data folder %s: %w", s.data, err)
		}
	}
	return "", fmt.Errorf("naming the data folder %s: %s holds no name; remove it", s.data, path)
}

const folderIDLen = 12

var folderID = regexp.MustCompile(`^[0-9a-f]{12}\n?$`)

// filePath spreads the files over 256 folders.
func (s *Store) filePath(hash string) string {
	return filepath.Join(s.data, "files", hash[:2], hash+".gz")
}

var fileHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// OpenFile opens a kept file. Reading it to its end errors with ErrConflict
// when the bytes are not those of the hash; ErrNotFound when it is not kept.
func (s *Store) OpenFile(hash string) (io.ReadCloser, error) {
	if !fileHash.MatchString(hash) {
		return nil, fmt.Errorf("opening a kept file: %q is no SHA-256 in hex", hash)
	}
	f, err := os.Open(s.filePath(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening the kept file %s: %w", s.filePath(hash), ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("opening a kept file: %w", err)
	}
	zip, err := gzip.NewReader(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("opening the kept file %s: %w: %w", s.filePath(hash), ErrConflict, err)
	}
	return &keptFile{f: f, zip: zip, sum: sha256.New(), hash: hash}, nil
}

// keptFile checks at its end that it was what its name says.
type keptFile struct {
	f    *os.File
	zip  *gzip.Reader
	sum  hash.Hash
	hash string
}

func (k *keptFile) Read(p []byte) (int, error) {
	n, err := k.zip.Read(p)
	k.sum.Write(p[:n])
	switch {
	case err == nil:
	case !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("reading the kept file %s: %w: %w", k.f.Name(), ErrConflict, err)
	case hex.EncodeToString(k.sum.Sum(nil)) != k.hash:
		err = fmt.Errorf("reading the kept file %s: %w: its bytes are not those of its hash", k.f.Name(), ErrConflict)
	}
	return n, err
}

func (k *keptFile) Close() error { return k.f.Close() }

// keptFiles yields the hashes of the kept files, sorted.
func (s *Store) keptFiles() func(yield func(string, error) bool) {
	return func(yield func(string, error) bool) {
		if s.data == "" {
			return
		}
		folders, err := os.ReadDir(filepath.Join(s.data, "files"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			yield("", err)
			return
		}
		for _, folder := range folders {
			if !folder.IsDir() {
				continue
			}
			files, err := os.ReadDir(filepath.Join(s.data, "files", folder.Name()))
			if err != nil {
				yield("", err)
				return
			}
			for _, f := range files {
				hash, ok := strings.CutSuffix(f.Name(), ".gz")
				if ok && fileHash.MatchString(hash) && strings.HasPrefix(hash, folder.Name()) && !yield(hash, nil) {
					return
				}
			}
		}
	}
}

const editionFiles = `select files from editions`

// naming are the statements that find the names of kept files: every SHA-256
// in what they give. Whoever keeps files adds theirs, for Prune removes what none names.
var naming = []string{
	editionFiles,
	`select hash from fetches`,
	`select hash from run_inputs`,
}

var hashInText = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// namedFiles are the hashes that statements of naming give, sorted.
func namedFiles(ctx context.Context, db reader, naming ...string) ([]string, error) {
	named := map[string]bool{}
	add := func(query string) error {
		rows, err := db.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var text []byte
			if err := rows.Scan(&text); err != nil {
				return err
			}
			for _, hash := range hashInText.FindAll(text, -1) {
				named[string(hash)] = true
			}
		}
		return rows.Err()
	}
	for _, query := range naming {
		if err := add(query); err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(named)), nil
}

// syncFolder makes a rename in a folder last. Systems that cannot sync a
// folder keep names in their own way.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}
