package store

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

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
		return hash, size, nil
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
