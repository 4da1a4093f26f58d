package reports

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"partnerscreen/screening"
)

// spool keeps the results of a run in a temporary file, readable by its owner
// only, so that every sheet can go over them in its own time while memory
// stays bounded. Cells are kept too.
type spool struct {
	file *os.File
	buf  *bufio.Writer
	enc  *gob.Encoder
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "screener-report-")
	if err != nil {
		return nil, fmt.Errorf("keeping results aside: %w", err)
	}
	buf := bufio.NewWriterSize(f, 1<<16)
	return &spool{file: f, buf: buf, enc: gob.NewEncoder(buf)}, nil
}

func (s *spool) add(r *screening.Result) error {
	if err := s.enc.Encode(r); err != nil {
		return fmt.Errorf("keeping results aside in %s: %w", s.file.Name(), err)
	}
	return nil
}

// results reads what was added, from the first, as often as it is asked.
func (s *spool) results() iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		if err := s.buf.Flush(); err != nil {
			yield(nil, fmt.Errorf("keeping results aside in %s: %w", s.file.Name(), err))
			return
		}
		dec := gob.NewDecoder(bufio.NewReaderSize(io.NewSectionReader(s.file, 0, 1<<62), 1<<16))
		for {
			r := new(screening.Result)
			err := dec.Decode(r)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("reading results back from %s: %w", s.file.Name(), err))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// close removes the file.
func (s *spool) close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
