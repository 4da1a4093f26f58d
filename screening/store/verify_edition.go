package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

const (
	selectEditionsUp  = `select ` + editionColumns + ` from editions where list = ? order by seq`
	selectAllVersions = `select entity, first_seq, last_seq, hash, content from entities where list = ? order by entity, first_seq`
)

// editions proves the lists: each version of each listed party, what each
// edition holds, and the publishers' own files.
func (v *verifier) editions(ctx context.Context) error {
	ids, err := v.s.Lists(ctx)
	if err != nil {
		return err
	}
	var editions, versions, files int64
	seen := map[string]bool{}
	for i, list := range ids {
		v.progress("lists", int64(i), int64(len(ids)))
		var rows []editionRow
		if err := v.s.read.SelectContext(ctx, &rows, v.s.read.Rebind(selectEditionsUp), list); err != nil {
			return err
		}
		h := &listVersions{came: map[int][]version{}, went: map[int][]version{}}
		if err := v.versions(ctx, list, h); err != nil {
			return err
		}
		before, entities := "", 0
		at := 0 // up to which edition entities counts
		for k := range rows {
			row := &rows[k]
			for ; at < row.Seq; at++ {
				entities += len(h.came[at+1]) - len(h.went[at])
			}
			if err := v.edition(ctx, row, h, before, entities); err != nil {
				return err
			}
			if row.State == "good" {
				before = row.Content
			}
			n, err := v.files(row, seen)
			if err != nil {
				return err
			}
			files += n
		}
		editions += int64(len(rows))
		versions += h.read
	}
	v.checked("editions of lists", editions)
	v.checked("listed parties in them, each as long as it stayed the same", versions)
	v.checked("original files of editions", files)
	return nil
}

// listVersions is what the editions of a list hold: by edition, what came with it and
// what it was the last to have.
type listVersions struct {
	came, went map[int][]version
	read       int64
}

// versions reads every version of every listed party of a list, and proves each.
func (v *verifier) versions(ctx context.Context, list string, h *listVersions) error {
	rows, err := v.s.read.QueryContext(ctx, v.s.read.Rebind(selectAllVersions), list)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var content raw
	for rows.Next() {
		var x version
		var first, last int
		if err := rows.Scan(&x.Entity, &first, &last, &x.Hash, &content); err != nil {
			return err
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != x.Hash {
			v.fault(doCompare, "what is kept of it is not what was read from the list", "list %s, edition %d, listed party %s", list, first, x.Entity)
		}
		h.came[first] = append(h.came[first], x)
		if last != standingSeq {
			h.went[last] = append(h.went[last], x)
		}
		h.read++
	}
	return rows.Err()
}

// edition proves one edition; entities is how many parties its list had then.
func (v *verifier) edition(ctx context.Context, row *editionRow, h *listVersions, before string, entities int) error {
	ed, err := row.edition()
	if err != nil {
		return err
	}
	place := fmt.Sprintf("list %s, edition %d", ed.List, ed.Seq)
	if row.State == "good" {
		if entities != ed.Entities {
			v.fault(doRestore, fmt.Sprintf("it had %d listed parties and %d are kept", ed.Entities, entities), "%s", place)
		}
		if row.Content != "" {
			content := chainContent(before, h.came[ed.Seq], h.went[ed.Seq-1])
			if before == "" { // of all there was then
				if content, err = contentDigest(ctx, v.s.read, ed.List, ed.Seq); err != nil {
					return err
				}
			}
			if content != row.Content {
				v.fault(doCompare, "the listed parties in it are not those that were read from it", "%s", place)
			}
		}
	}
	id := editionID{ed.List, ed.Seq}
	if v.told.editions[id] == "" {
		if err := v.toldSince(ctx, "list:"+ed.List); err != nil {
			return err
		}
	}
	want, ok := v.told.editions[id]
	switch {
	case ok && want != sealOfEdition(row, ed):
		v.fault(doCompare, "its dates, counts, state or files are not as they were kept", "%s", place)
	case !ok && v.told.sealed != nil && ed.Seq > v.told.sealed.Editions[ed.List]:
		v.fault(doCompare, "the audit trail knows nothing of it", "%s", place)
	}
	return nil
}

// files reads the original files of an edition to their end, each once.
func (v *verifier) files(row *editionRow, seen map[string]bool) (n int64, err error) {
	ed, err := row.edition()
	if err != nil || v.s.data == "" {
		return 0, err
	}
	for _, f := range ed.Files {
		if seen[f.Hash] || f.Hash == "" {
			continue
		}
		seen[f.Hash] = true
		n++
		size, err := v.s.checkFile(f.Hash)
		switch {
		case errors.Is(err, ErrNotFound):
			v.fault(doFile, "its file "+f.Name+" is not in the data folder", "list %s, edition %d", ed.List, ed.Seq)
		case errors.Is(err, ErrConflict) || err == nil && size != f.Size:
			v.fault(doFile, "its file "+f.Name+" holds other bytes than were published", "list %s, edition %d", ed.List, ed.Seq)
		case err != nil:
			return n, err
		}
	}
	return n, nil
}
