package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"partnerscreen/screening"
	"partnerscreen/screening/intake"
)

// Preview is how a sheet would be read, before it is.
type Preview struct {
	Sheets []screening.Sheet
	// Rows are the first of the file, each with its cells under their headers.
	Rows []*screening.Partner
	// Columns are those that were remembered for the headers; nil where none were.
	Columns intake.Columns
	// Named says that a column names parties; where none does, one has to be chosen.
	Named bool
}

// previewRows is how many rows of each file are shown.
const previewRows = 10

// PreviewFile reads the beginning of a file that was kept by its content: how
// its columns are understood, by columns or, where that is nil, by what was remembered for
// their headers. What cannot be read is a *intake.FileError in words for its owner.
func PreviewFile(ctx context.Context, env *Env, name, hash string, columns intake.Columns) (*Preview, error) {
	f, err := env.Store.OpenFile(hash)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	p := &Preview{Columns: columns}
	book, err := intake.Read(ctx, name, content, intake.Options{Columns: env.columns(columns), Unnamed: true, Limits: env.Limits.Sheet})
	if err == nil && columns == nil {
		if p.Columns, err = RememberedColumns(ctx, env, book.Sheets()); err == nil && p.Columns != nil {
			err = book.Close()
			if err == nil {
				book, err = intake.Read(ctx, name, content, intake.Options{Columns: env.columns(p.Columns), Unnamed: true, Limits: env.Limits.Sheet})
			}
		}
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = book.Close() }()
	p.Sheets, p.Named = book.Sheets(), book.Named()
	for row, err := range book.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		if p.Rows = append(p.Rows, row); len(p.Rows) == previewRows {
			break
		}
	}
	return p, nil
}

// headersOf stands for the headers of all sheets of a file, in their order.
func headersOf(sheets []screening.Sheet) string {
	h := sha256.New()
	for _, s := range sheets {
		var all []string
		for _, c := range s.Columns {
			all = append(all, c.Header)
		}
		all = append(all, s.Ignored...)
		_, _ = io.WriteString(h, strings.ToLower(strings.Join(slices.Sorted(slices.Values(all)), "\x1f"))+"\x1e")
	}
	return hex.EncodeToString(h.Sum(nil))
}

// RememberedColumns are the mappings kept for sheets with these headers; nil
// when there are none.
func RememberedColumns(ctx context.Context, env *Env, sheets []screening.Sheet) (intake.Columns, error) {
	kept, err := env.Store.Mapping(ctx, headersOf(sheets))
	if err != nil || kept == nil {
		return nil, err
	}
	var columns intake.Columns
	return columns, json.Unmarshal(kept, &columns)
}

// RememberColumns keeps how sheets with these headers are to be read.
func RememberColumns(ctx context.Context, env *Env, sheets []screening.Sheet, columns intake.Columns) error {
	content, err := json.Marshal(columns)
	if err != nil {
		return err
	}
	return env.Store.KeepMapping(ctx, headersOf(sheets), content, env.Actor, env.Now())
}

// TaskOfRun is the job that makes a run; store.ErrNotFound where none does.
func TaskOfRun(ctx context.Context, env *Env, run string) (int64, error) {
	b, err := env.Store.Batch(ctx, run)
	if err != nil {
		return 0, err
	}
	return b.Task, nil
}
