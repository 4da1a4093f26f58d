package lists

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"partnerscreen/screening"
)

// Limits bound what reading one edition may take; a zero field does not.
type Limits struct {
	MaxFile     int64 // bytes of one file
	MaxEntities int
	MaxHeld     int64         // bytes that the parties read take in memory, about
	Time        time.Duration // for reading all files
}

// DefaultLimits let every list there is a card for through several times over.
var DefaultLimits = Limits{MaxFile: 1 << 30, MaxEntities: 3_000_000, MaxHeld: 2 << 30, Time: 10 * time.Minute}

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
// the edition; so is one beyond the limits. Read itself errors only when the
// files cannot be opened or ctx is done.
func Read(ctx context.Context, card *Card, f *Fetched, limits Limits) (*Reading, error) {
	r := &Reading{
		Format: f.Format.Name, Hash: f.Hash, Published: f.Published,
		Parts: map[string]int{}, Reason: f.Reason,
	}
	most := limits.MaxEntities
	if allowed := card.Bounds.MaxEntities + 1; allowed > 1 && (most == 0 || allowed < most) {
		most = allowed // enough for the gate to say that it is too many
	}
	src := within(ctx, f.Source, limits)
	seen := map[string]int{}
	var found findings // of this reading; the format has its own
	held := int64(0)
	header, err := f.Format.Parse(src, func(e *screening.Entity) {
		if src.full != nil {
			return
		}
		if held += sizeOf(e); most > 0 && len(r.Entities) >= most {
			src.full = fmt.Errorf("more than %d entities; the rest was not read", most)
			return
		} else if limits.MaxHeld > 0 && held > limits.MaxHeld {
			src.full = fmt.Errorf("its parties take more than %d MB; the rest was not read", limits.MaxHeld>>20)
			return
		}
		// Two parties under one id would hide each other: keep both apart.
		if seen[e.ID]++; seen[e.ID] > 1 {
			found.add("id", "entity "+e.ID, "the id is used more than once; the later party is kept under an id with a number", false)
			e.ID = fmt.Sprintf("%s (%d)", e.ID, seen[e.ID])
		}
		r.Entities = append(r.Entities, e)
		r.Names += len(e.Names)
		for _, part := range card.partsOf(e) {
			r.Parts[part]++
		}
	})
	if ctx.Err() != nil {
		return nil, fmt.Errorf("reading %s: %w", card.ID, context.Cause(ctx))
	}
	r.Findings = append(found.all(), header.Findings...)
	r.Declared = header.Declared
	if !header.Published.IsZero() {
		r.Published = header.Published
	}
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		return nil, fmt.Errorf("reading %s: %w", card.ID, err)
	}
	switch {
	case src.full != nil:
		r.Findings = append(r.Findings, Finding{Kind: "size", Place: card.ID, Text: src.full.Error(), Holds: true})
	case err != nil:
		r.Findings = append(r.Findings, Finding{Kind: kindOf(err), Place: card.ID, Text: err.Error(), Holds: true})
	}
	return r, nil
}

// sizeOf is about what a party takes in memory.
func sizeOf(e *screening.Entity) int64 {
	n := 600 + len(e.ID) + len(e.Remarks)
	for i := range e.Names {
		n += 150 + len(e.Names[i].Text)
	}
	for i := range e.Addresses {
		n += 150 + len(e.Addresses[i].Text)
	}
	for i := range e.Listings {
		n += 400 + len(e.Listings[i].Programme)
	}
	return int64(n + 80*(len(e.Identifiers)+len(e.Countries)+len(e.Links)+len(e.Websites)))
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

// limited is a Source whose files may be no larger than the limit, and no
// longer read than there is time: a parser sees an error where it reads on.
type limited struct {
	Source
	ctx   context.Context
	max   int64
	until time.Time
	time  time.Duration
	full  error // why nothing more is wanted
}

func within(ctx context.Context, src Source, limits Limits) *limited {
	l := &limited{Source: src, ctx: ctx, max: limits.MaxFile, time: limits.Time}
	if limits.Time > 0 {
		l.until = time.Now().Add(limits.Time)
	}
	return l
}

// stop says why reading must not go on; nil while it may.
func (l *limited) stop() error {
	switch {
	case l.full != nil:
		return l.full
	case l.ctx.Err() != nil:
		return context.Cause(l.ctx)
	case !l.until.IsZero() && time.Now().After(l.until):
		return fmt.Errorf("reading it takes longer than %s", l.time)
	}
	return nil
}

// Open opens a file of the edition.
func (l *limited) Open(name string) (io.ReadCloser, error) {
	r, err := l.Source.Open(name)
	if err != nil {
		return nil, err
	}
	return &limitedFile{ReadCloser: r, source: l, name: name}, nil
}

type limitedFile struct {
	io.ReadCloser
	source *limited
	read   int64
	name   string
}

// Read reads on while it may.
func (f *limitedFile) Read(p []byte) (int, error) {
	if err := f.source.stop(); err != nil {
		return 0, err
	}
	if f.source.max > 0 && f.read > f.source.max {
		return 0, fmt.Errorf("%s is larger than the limit of %d MB; raise fetch.max_megabytes if it is right", f.name, f.source.max>>20)
	}
	n, err := f.ReadCloser.Read(p)
	f.read += int64(n)
	return n, err
}

// overdue is what says that reading a file must not go on, for readers that
// take it whole before they look into it.
func overdue(r io.Reader) func() error {
	if f, ok := r.(*limitedFile); ok {
		return f.source.stop
	}
	return func() error { return nil }
}
