package lists

import (
	"context"
	"crypto/md5" //nolint:gosec // Zenodo says how its files hash by no other; the edition's own hash is a SHA-256
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/url"
	"os"
	"path"
	"strings"
)

// Newest is the newest file of an edition, as an archive names it.
type Newest struct {
	Name     string
	URL      string
	Checksum string // "md5:…" or "sha256:…", in hex
}

// mostAnswer is how large an archive's answer may be.
const mostAnswer = 8 << 20

// newest asks an archive which file is the newest, and fetches that unless it
// is the one known. The file must lie on the server that was asked, and hash to
// what the archive says.
func (f *Fetcher) newest(ctx context.Context, file File, known Validator, dir string, all *progressSum) (*gotFile, error) {
	small := *f
	small.MaxBytes = mostAnswer
	answer, err := small.file(ctx, File{Name: "newest.json", URL: file.URL}, Validator{}, dir, &progressSum{})
	if err != nil {
		return nil, fmt.Errorf("asking which file is the newest: %w", err)
	}
	defer func() { _ = os.Remove(answer.part) }()
	text, err := os.ReadFile(answer.part)
	if err != nil {
		return nil, fmt.Errorf("reading which file is the newest: %w", err)
	}
	found, err := file.Newest(text)
	if err != nil {
		return nil, fmt.Errorf("reading which file is the newest: %w", err)
	}
	if !sameServer(file.URL, found.URL) {
		return nil, errors.New("the newest file lies on another server than was asked, so it is not fetched")
	}
	sum, want, err := checksum(found.Checksum)
	if err != nil {
		return nil, err
	}
	if known.ETag == found.Checksum {
		return &gotFile{notModified: true}, nil
	}
	got, err := f.file(ctx, File{Name: file.Name, URL: found.URL}, Validator{}, dir, all)
	if err != nil {
		return nil, err
	}
	if err := hashes(got.part, sum, want); err != nil {
		_ = os.Remove(got.part)
		return nil, err
	}
	if ok, err := path.Match(file.Name, found.Name); err == nil && ok && !strings.ContainsAny(found.Name, `/\`) {
		got.file.Name = found.Name
	}
	got.asked, got.validator = file.URL, Validator{ETag: found.Checksum}
	return got, nil
}

func sameServer(asked, found string) bool {
	a, err := url.Parse(asked)
	if err != nil {
		return false
	}
	b, err := url.Parse(found)
	return err == nil && a.Scheme == b.Scheme && a.Host == b.Host && b.Host != ""
}

// checksum reads "md5:…" or "sha256:…".
func checksum(s string) (sum hash.Hash, want string, err error) {
	kind, want, _ := strings.Cut(strings.ToLower(s), ":")
	switch {
	case kind == "md5" && len(want) == 2*md5.Size:
		return md5.New(), want, nil //nolint:gosec // see above
	case kind == "sha256" && len(want) == 2*sha256.Size:
		return sha256.New(), want, nil
	}
	return nil, "", errors.New("the archive names no checksum of its newest file that can be read, so it is not fetched")
}

func hashes(file string, sum hash.Hash, want string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("reading what came: %w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != want {
		return errors.New("the file that came does not hash to what its archive says: it was damaged on its way or changed; run it again")
	}
	return nil
}

// zenodoNewest reads a record of Zenodo, or the list of records it answers a
// search with, newest first: the one file of the pattern.
func zenodoNewest(pattern string) func([]byte) (Newest, error) {
	type record struct {
		Files []struct {
			Key      string `json:"key"`
			Checksum string `json:"checksum"`
			Links    struct {
				Self string `json:"self"`
			} `json:"links"`
		} `json:"files"`
	}
	return func(answer []byte) (Newest, error) {
		var r struct {
			record
			Hits struct {
				Hits []record `json:"hits"`
			} `json:"hits"`
		}
		if err := json.Unmarshal(answer, &r); err != nil {
			return Newest{}, errors.New("the answer is no record in JSON")
		}
		if len(r.Hits.Hits) > 0 {
			r.record = r.Hits.Hits[0]
		}
		for _, f := range r.Files {
			if ok, err := path.Match(pattern, strings.ToLower(f.Key)); err == nil && ok {
				return Newest{Name: f.Key, URL: f.Links.Self, Checksum: f.Checksum}, nil
			}
		}
		return Newest{}, fmt.Errorf("the record has no file named like %s", pattern)
	}
}
