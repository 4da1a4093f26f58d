package lists

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"partnerscreen/screening"
)

// Limits bound what reading one edition may take.
type Limits struct {
	MaxFile     int64 // bytes of one file
	MaxEntities int
}

// DefaultLimits let every list there is a card for through several times over.
var DefaultLimits = Limits{MaxFile: 1 << 30, MaxEntities: 3_000_000}

// Reading is an edition that has been read but not yet believed: Gate says
// whether it may be used.
type Reading struct {
	Format    string
	Hash      string
	Published time.Time
	Entities  []*screening.Entity // in the order of the file
	Names     int
	Declared  int // the publisher's own count; 0 where it gives none
	Parts     map[string]int
	Findings  []Finding
	Reason    string // what else lay beside the files and was left
}

// Read reads a fetched edition whole. A file that cannot be read as what it
// should be (empty, cut off, a web page, another list) is a finding that holds
// the edition; Read itself errors only when the files cannot be opened.
func Read(card *Card, f *Fetched, limits Limits) (*Reading, error) {
	r := &Reading{
		Format: f.Format.Name, Hash: f.Hash, Published: f.Published,
		Parts: map[string]int{}, Reason: f.Reason,
	}
	seen := map[string]int{}
	tooMany := false
	header, err := f.Format.Parse(limited{f.Source, limits.MaxFile}, func(e *screening.Entity) {
		if limits.MaxEntities > 0 && len(r.Entities) >= limits.MaxEntities {
			tooMany = true
			return
		}
		// Two parties under one id would hide each other: keep both apart.
		if seen[e.ID]++; seen[e.ID] > 1 {
			r.Findings = append(r.Findings, Finding{Kind: "id", Place: "entity " + e.ID, Text: "the id is used more than once; the later party is kept under an id with a number"})
			e.ID = fmt.Sprintf("%s (%d)", e.ID, seen[e.ID])
		}
		r.Entities = append(r.Entities, e)
		r.Names += len(e.Names)
		for _, part := range card.partsOf(e) {
			r.Parts[part]++
		}
	})
	r.Findings = append(r.Findings, header.Findings...)
	r.Declared = header.Declared
	if !header.Published.IsZero() {
		r.Published = header.Published
	}
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		return nil, fmt.Errorf("reading %s: %w", card.ID, err)
	}
	if err != nil {
		r.Findings = append(r.Findings, Finding{Kind: kindOf(err), Place: card.ID, Text: err.Error(), Holds: true})
	}
	if tooMany {
		r.Findings = append(r.Findings, Finding{Kind: "size", Place: card.ID, Text: fmt.Sprintf("more than %d entities", limits.MaxEntities), Holds: true})
	}
	return r, nil
}

func kindOf(err error) string {
	switch {
	case errors.Is(err, errHTML):
		return "html"
	case errors.Is(err, ErrRetired):
		return "retired"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "truncated"
	}
	return "unreadable"
}

// partsOf names the parts of the list the entity belongs to, each once.
func (c *Card) partsOf(e *screening.Entity) []string {
	if c.Part == nil {
		return nil
	}
	var parts []string
	for i := range e.Listings {
		if p := c.Part(&e.Listings[i]); p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return parts
}

// limited is a Source whose files may not be larger than max.
type limited struct {
	Source
	max int64
}

func (l limited) Open(name string) (io.ReadCloser, error) {
	r, err := l.Source.Open(name)
	if err != nil || l.max <= 0 {
		return r, err
	}
	return &limitedFile{r, l.max + 1, name}, nil
}

type limitedFile struct {
	io.ReadCloser
	left int64
	name string
}

func (f *limitedFile) Read(p []byte) (int, error) {
	if f.left <= 0 {
		return 0, fmt.Errorf("%s is larger than the limit", f.name)
	}
	n, err := f.ReadCloser.Read(p)
	f.left -= int64(n)
	return n, err
}
