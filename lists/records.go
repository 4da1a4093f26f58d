package lists

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// jsonRecords streams the objects of a JSON array: the outermost one, or the
// one under key in the outermost object. A file that ends early is an error,
// as is one record larger than maxRecord.
func jsonRecords(r io.Reader, file, key string, each func(json.RawMessage) error) error {
	m := &meter{r: r, limit: maxRecord}
	d, err := jsonDecoder(m, file)
	if err != nil {
		return err
	}
	depth, err := jsonArray(d, key)
	if err != nil {
		return jsonError(file, err)
	}
	if depth == 0 {
		return fmt.Errorf("%s has no list %q: it is not the file it is named as", file, key)
	}
	for d.More() {
		m.n = 0
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return jsonError(file, err)
		}
		if err := each(raw); err != nil {
			return err
		}
	}
	// What follows the list is not read, but the file must be whole.
	for depth > 0 {
		m.n = 0
		token, err := d.Token()
		if err != nil {
			return jsonError(file, err)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

// jsonArray moves to the first record of the list under key, or of the
// outermost list, and returns how deep it lies; 0 when there is no such list.
func jsonArray(d *json.Decoder, key string) (int, error) {
	first, err := d.Token()
	if err != nil {
		return 0, err
	}
	if first == json.Delim('[') {
		return 1, nil
	}
	if first != json.Delim('{') || key == "" {
		return 0, nil
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return 0, err
		}
		if name == key {
			open, err := d.Token()
			if open != json.Delim('[') {
				return 0, err
			}
			return 2, err
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// jsonLines streams a file with one JSON object a line.
func jsonLines(r io.Reader, file string, each func(line int, raw json.RawMessage) error) error {
	m := &meter{r: r, limit: maxRecord}
	d, err := jsonDecoder(m, file)
	if err != nil {
		return err
	}
	for line := 1; ; line++ {
		m.n = 0
		var raw json.RawMessage
		err := d.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return jsonError(fmt.Sprintf("%s line %d", file, line), err)
		}
		if err := each(line, raw); err != nil {
			return err
		}
	}
}

// jsonDecoder refuses empty files and web pages, and strips a byte order mark.
func jsonDecoder(r io.Reader, file string) (*json.Decoder, error) {
	b := bufio.NewReaderSize(&unblank{r: r}, 64<<10)
	head, _ := b.Peek(512)
	if len(bytes.TrimSpace(head)) == 0 {
		return nil, fmt.Errorf("%s is empty", file)
	}
	if looksHTML(head) {
		return nil, fmt.Errorf("%s %w", file, errHTML)
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3)
	}
	return json.NewDecoder(b), nil
}

// maxBlanks is the longest run of blanks in a JSON file. The decoder goes
// over a run from its front again for each piece that is read of it.
const maxBlanks = 256 << 10

// unblank is a JSON file without such runs: it ends in an error where one is.
type unblank struct {
	r   io.Reader
	run int // blanks at the end of what was read
}

// Read reads on while there is something to read.
func (u *unblank) Read(p []byte) (int, error) {
	const blanks = " \t\r\n"
	n, err := u.r.Read(p[:min(len(p), maxBlanks)])
	behind := bytes.TrimLeft(p[:n], blanks)
	u.run += n - len(behind)
	if u.run > maxBlanks {
		return 0, fmt.Errorf("it has more than %d kB of blanks in one place", maxBlanks>>10)
	}
	if len(behind) > 0 {
		u.run = len(behind) - len(bytes.TrimRight(behind, blanks))
	}
	return n, err
}

func jsonError(file string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s ends before its last record does, it was cut short: %w", file, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("reading %s: %w", file, err)
}
