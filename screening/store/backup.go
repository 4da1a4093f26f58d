package store

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"syscall"
	"time"
	"unicode/utf8"
)

// Manifest says what a backup holds. It is the last part of the archive, so
// one that was cut off has none.
type Manifest struct {
	Format  int         `json:"format"`
	Program string      `json:"program"` // the version that made it
	Made    time.Time   `json:"made"`
	Engine  string      `json:"engine"` // sqlite or postgres; either may take it
	Schema  int         `json:"schema"`
	Tables  []TableCopy `json:"tables"`
	Files   []FileCopy  `json:"files"`
	// Missing are kept files that an edition names and that were not there, or
	// whose bytes are not those of their hash.
	Missing []string `json:"missing,omitempty"`
}

// TableCopy is one table of a backup: rows as JSON arrays, one a line.
type TableCopy struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	Hash    string   `json:"hash"` // SHA-256 of the lines
}

// FileCopy is one kept file of a backup, gzipped as it was kept.
type FileCopy struct {
	Hash string `json:"hash"` // of its content
	Size int64  `json:"size"` // of its content
}

// Rows is how many rows all tables have.
func (m *Manifest) Rows() int64 {
	var n int64
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

const (
	backupFormat = 1
	manifestName = "manifest.json"
)

// ErrNotEmpty is what restoring into a database that holds something gives.
var ErrNotEmpty = errors.New("the database is not empty")

// ErrDamaged is what a backup gives that is cut off, or whose bytes are not
// those its manifest names.
var ErrDamaged = errors.New("the backup is damaged")

// Backup writes everything the store keeps to w, as one zip archive that
// either engine can take back: the tables as they stood at one moment, then the
// kept files, then the manifest. Others may read and write meanwhile. The jobs of the
// queue are left out: done again after a restore, they would be done twice.
//
// It is the program's own copy and not the engine's, so that no tool has to be
// installed, one code path is tested on both, and SQLite can move to PostgreSQL.
func (s *Store) Backup(ctx context.Context, w io.Writer, program string, made time.Time, progress func(rows int64)) (*Manifest, error) {
	m := &Manifest{Format: backupFormat, Program: program, Made: made.UTC(), Engine: "sqlite"}
	opts := &sql.TxOptions{ReadOnly: true}
	if s.postgres {
		m.Engine, opts.Isolation = "postgres", sql.LevelRepeatableRead
	}
	err := s.backup(ctx, w, m, opts, progress)
	if errors.Is(err, syscall.ENOSPC) {
		err = fmt.Errorf("%w; free some space there, or name another folder", err)
	}
	return m, s.fault(ctx, "backing up "+s.place, err)
}

func (s *Store) backup(ctx context.Context, w io.Writer, m *Manifest, opts *sql.TxOptions, progress func(int64)) error {
	tx, err := s.read.BeginTxx(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it wrote nothing
	if err := tx.GetContext(ctx, &m.Schema, schemaVersion); err != nil {
		return err
	}
	tables, err := s.tables(ctx, tx)
	if err != nil {
		return err
	}
	out := zip.NewWriter(w)
	out.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	var done int64
	for _, t := range tables {
		part, err := out.CreateHeader(&zip.FileHeader{Name: "tables/" + t.name + ".jsonl", Method: zip.Deflate, Modified: m.Made})
		if err != nil {
			return err
		}
		copied, err := copyTable(ctx, tx, t, part, func(rows int64) {
			if progress != nil {
				progress(done + rows)
			}
		})
		if err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		done += copied.Rows
		m.Tables = append(m.Tables, copied)
	}
	named, err := namedFiles(ctx, tx, editionFiles)
	if err != nil {
		return err
	}
	// A file is kept before the edition that names it is: every one the tables name is there by now.
	if err := s.copyFiles(ctx, out, m, named); err != nil {
		return err
	}
	part, err := out.CreateHeader(&zip.FileHeader{Name: manifestName, Method: zip.Deflate, Modified: m.Made})
	if err != nil {
		return err
	}
	enc := json.NewEncoder(part)
	enc.SetIndent("", " ")
	return errors.Join(enc.Encode(m), out.Close())
}

// copyTable writes a table's rows, one a line.
func copyTable(ctx context.Context, tx reader, t table, w io.Writer, progress func(int64)) (TableCopy, error) {
	copied := TableCopy{Table: t.name, Columns: t.columns}
	query := "select " + quoted(t.columns) + " from " + quoted([]string{t.name})
	if len(t.key) > 0 {
		query += " order by " + quoted(t.key)
	}
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return copied, err
	}
	defer func() { _ = rows.Close() }()
	types, err := rows.ColumnTypes()
	if err != nil {
		return copied, err
	}
	binary := make([]bool, len(types)) // on PostgreSQL json comes as bytes too
	for i, c := range types {
		binary[i] = c.DatabaseTypeName() == "BYTEA" || c.DatabaseTypeName() == "BLOB"
	}
	sum := sha256.New()
	buffer := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)
	enc := json.NewEncoder(buffer)
	enc.SetEscapeHTML(false)
	values, into := make([]any, len(types)), make([]any, len(types))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return copied, err
		}
		for i, v := range values {
			values[i] = written(v, binary[i])
		}
		if err := enc.Encode(values); err != nil {
			return copied, err
		}
		if copied.Rows++; copied.Rows%1000 == 0 {
			progress(copied.Rows)
		}
	}
	if err := errors.Join(rows.Err(), buffer.Flush()); err != nil {
		return copied, err
	}
	progress(copied.Rows)
	copied.Hash = hex.EncodeToString(sum.Sum(nil))
	return copied, nil
}

// bytesOf is how bytes stand in a line, and text that JSON would change.
type bytesOf struct {
	Bytes string `json:"bytes,omitempty"`
	Text  string `json:"text,omitempty"`
}

// written is a column's value as a line holds it.
func written(v any, binary bool) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Format(stampLayout)
	case []byte:
		if binary {
			return bytesOf{Bytes: base64.StdEncoding.EncodeToString(v)}
		}
		return written(string(v), false)
	case string:
		if !utf8.ValidString(v) {
			return bytesOf{Text: base64.StdEncoding.EncodeToString([]byte(v))}
		}
	}
	return v
}

// read is what written wrote, for the database.
func read(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		return v.Float64()
	case map[string]any:
		if s, ok := v["bytes"].(string); ok {
			return base64.StdEncoding.DecodeString(s)
		}
		s, _ := v["text"].(string)
		b, err := base64.StdEncoding.DecodeString(s)
		return string(b), err
	case []any:
		return nil, fmt.Errorf("%w: a value is a list", ErrDamaged)
	}
	return v, nil
}

// copyFiles copies the kept files as they are, each checked against its hash.
func (s *Store) copyFiles(ctx context.Context, out *zip.Writer, m *Manifest, named []string) error {
	there := map[string]bool{}
	for hash, err := range s.keptFiles() {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		size, err := s.checkFile(hash)
		if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := s.copyFile(out, hash, m.Made); err != nil {
			return err
		}
		there[hash] = true
		m.Files = append(m.Files, FileCopy{Hash: hash, Size: size})
	}
	for _, hash := range named {
		if !there[hash] {
			m.Missing = append(m.Missing, hash)
		}
	}
	return nil
}

// checkFile reads a kept file to its end.
func (s *Store) checkFile(hash string) (size int64, err error) {
	f, err := s.OpenFile(hash)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	return io.Copy(io.Discard, f)
}

func (s *Store) copyFile(out *zip.Writer, hash string, made time.Time) error {
	f, err := os.Open(s.filePath(hash))
	if err != nil {
		return err
	}
	defer f.Close()
	part, err := out.CreateHeader(&zip.FileHeader{Name: "files/" + hash + ".gz", Method: zip.Store, Modified: made})
	if err != nil {
		return err
	}
	_, err = io.Copy(part, f)
	return err
}

// CheckBackup reads a backup to its end and compares every table and file
// with the manifest. ErrDamaged when it is not whole, ErrNewer when a newer program made it.
func CheckBackup(ctx context.Context, r io.ReaderAt, size int64) (*Manifest, error) {
	a, err := openArchive(r, size)
	if err != nil {
		return nil, err
	}
	for _, t := range a.manifest.Tables {
		if err := a.rows(ctx, t, func([]any) error { return nil }); err != nil {
			return nil, err
		}
	}
	for _, f := range a.manifest.Files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := a.file(f, func(r io.Reader) (string, int64, error) {
			sum := sha256.New()
			n, err := io.Copy(sum, r)
			return hex.EncodeToString(sum.Sum(nil)), n, err
		})
		if err != nil && !errors.Is(err, ErrDamaged) {
			err = fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if err != nil {
			return nil, err
		}
	}
	return a.manifest, nil
}

// archive is a backup opened.
type archive struct {
	manifest *Manifest
	parts    map[string]*zip.File
}

func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: it is no zip archive, or cut off (%w)", ErrDamaged, err)
	}
	a := &archive{manifest: &Manifest{}, parts: map[string]*zip.File{}}
	for _, f := range z.File {
		if a.parts[f.Name] != nil {
			return nil, fmt.Errorf("%w: it has two parts of one name", ErrDamaged)
		}
		a.parts[f.Name] = f
	}
	f := a.parts[manifestName]
	if f == nil {
		return nil, fmt.Errorf("%w: it has no %s; is it a backup of this program?", ErrDamaged, manifestName)
	}
	part, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer func() { _ = part.Close() }()
	if err := json.NewDecoder(io.LimitReader(part, 1<<30)).Decode(a.manifest); err != nil {
		return nil, fmt.Errorf("%w: its manifest cannot be read (%w)", ErrDamaged, err)
	}
	if a.manifest.Format != backupFormat {
		return nil, fmt.Errorf("the backup: %w (format %d, this program knows %d): install that one", ErrNewer, a.manifest.Format, backupFormat)
	}
	if named := len(a.manifest.Tables) + len(a.manifest.Files) + 1; named != len(a.parts) {
		return nil, fmt.Errorf("%w: it has %d parts and names %d", ErrDamaged, len(a.parts), named)
	}
	return a, nil
}

// rows gives the rows of a table to take, and checks them at the end.
func (a *archive) rows(ctx context.Context, t TableCopy, take func([]any) error) error {
	damaged := func(what string) error { return fmt.Errorf("%w: table %s: %s", ErrDamaged, t.Table, what) }
	f := a.parts["tables/"+t.Table+".jsonl"]
	if f == nil {
		return damaged("it is missing")
	}
	part, err := f.Open()
	if err != nil {
		return damaged(err.Error())
	}
	defer func() { _ = part.Close() }()
	sum := sha256.New()
	dec := json.NewDecoder(io.TeeReader(part, sum))
	dec.UseNumber()
	var n int64
	for ; ; n++ {
		var row []any
		err := dec.Decode(&row)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return damaged(fmt.Sprintf("row %d cannot be read (%v)", n+1, err))
		}
		if len(row) != len(t.Columns) {
			return damaged(fmt.Sprintf("row %d has %d values for %d columns", n+1, len(row), len(t.Columns)))
		}
		for i := range row {
			if row[i], err = read(row[i]); err != nil {
				return damaged(fmt.Sprintf("row %d cannot be read (%v)", n+1, err))
			}
		}
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := take(row); err != nil {
			return err
		}
	}
	return checkSum(sum, t.Hash, n, t.Rows, damaged)
}

func checkSum(sum hash.Hash, want string, n, rows int64, damaged func(string) error) error {
	switch {
	case n != rows:
		return damaged(fmt.Sprintf("it has %d rows, its manifest says %d", n, rows))
	case hex.EncodeToString(sum.Sum(nil)) != want:
		return damaged("its bytes are not those of its hash")
	}
	return nil
}

// file gives the content of a kept file to take, which returns what it read.
func (a *archive) file(f FileCopy, take func(io.Reader) (hash string, size int64, err error)) error {
	damaged := func(what any) error { return fmt.Errorf("%w: file %s: %v", ErrDamaged, f.Hash, what) }
	part := a.parts["files/"+f.Hash+".gz"]
	if part == nil {
		return damaged("it is missing")
	}
	stored, err := part.Open()
	if err != nil {
		return damaged(err)
	}
	defer func() { _ = stored.Close() }()
	content, err := gzip.NewReader(stored)
	if err != nil {
		return damaged(err)
	}
	hash, size, err := take(content)
	switch {
	case err != nil:
		return fmt.Errorf("file %s: %w", f.Hash, err)
	case hash != f.Hash || size != f.Size:
		return damaged("its bytes are not those of its hash")
	}
	return nil
}
