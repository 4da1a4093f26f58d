package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// digestOf is the SHA-256 of v in JSON.
func digestOf(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// say adds lines to the audit trail that tell of a change, in the change's own
// transaction, each with what proves later what it was: by key, the seal of a decision for instance.
func say(ctx context.Context, tx *sqlx.Tx, told []*screening.AuditEntry, proof map[string]any) error {
	for _, e := range told {
		after := map[string]any{}
		if len(e.After) > 0 {
			if err := json.Unmarshal(e.After, &after); err != nil {
				return fmt.Errorf("a line of the audit trail says what came after in no object: %w", err)
			}
		}
		for k, v := range proof {
			after[k] = v
		}
		b, err := json.Marshal(after)
		if err != nil {
			return err
		}
		e.After = b
	}
	return addAudit(ctx, tx, told...)
}

const (
	selectSeals    = `select row, seal from run_rows where sheet_id = ? and row > ? order by row limit ?`
	selectSheetIDs = `select id, file, sheet from run_sheets where run = ? order by file, sheet`
	keepResultsSum = `update runs set results = ? where run = ?`
)

// resultsDigest is the digest of what a run found: its rows' seals in the
// order of their files, sheets and rows. ” where a row is older than its seal.
func resultsDigest(ctx context.Context, db reader, run string) (string, error) {
	var sheets []sheetRow
	if err := sqlx.SelectContext(ctx, db, &sheets, db.Rebind(selectSheetIDs), run); err != nil {
		return "", err
	}
	sum := newResultsSum(run)
	for _, sheet := range sheets {
		for after := -1; ; {
			var rows []struct {
				Row  int    `db:"row"`
				Seal string `db:"seal"`
			}
			if err := sqlx.SelectContext(ctx, db, &rows, db.Rebind(selectSeals), sheet.ID, after, 20*pageRows); err != nil {
				return "", err
			}
			for _, r := range rows {
				if r.Seal == "" {
					return "", nil
				}
				sum.add(sheet.File, sheet.Sheet, r.Row, r.Seal)
				after = r.Row
			}
			if len(rows) < 20*pageRows {
				break
			}
		}
	}
	return sum.hex(), nil
}

// resultsSum adds up the rows of a run.
type resultsSum struct{ sum hash.Hash }

func newResultsSum(run string) resultsSum {
	s := resultsSum{sha256.New()}
	_, _ = fmt.Fprintf(s.sum, "results/1\n%q\n", run) // a hash never fails
	return s
}

func (s resultsSum) add(file, sheet string, row int, seal string) {
	_, _ = fmt.Fprintf(s.sum, "%q %q %d %s\n", file, sheet, row, seal)
}

func (s resultsSum) hex() string { return hex.EncodeToString(s.sum.Sum(nil)) }

// recordDigest stands for a run beside what it found: its times, inputs,
// editions, policy, counts and terms. It is of the run as the database has it.
func (s *Store) recordDigest(ctx context.Context, db reader, id string) (string, error) {
	run, err := s.runFrom(ctx, db, id)
	if err != nil {
		return "", err
	}
	return digestOf([]any{"run/1", run, run.Terms})
}

// sealRun ends what is kept of a run: the digest of its results, and the line
// of the audit trail that says how it ended.
func (s *Store) sealRun(ctx context.Context, tx *sqlx.Tx, run *screening.Run) error {
	results, err := resultsDigest(ctx, tx, run.ID)
	if err != nil {
		return err
	}
	if err := exec(ctx, tx, keepResultsSum, results, run.ID); err != nil {
		return err
	}
	record, err := s.recordDigest(ctx, tx, run.ID)
	if err != nil {
		return err
	}
	line := &screening.AuditEntry{At: run.Finished, Actor: run.By, Action: ActFinishRun, Subject: "run:" + run.ID}
	return say(ctx, tx, []*screening.AuditEntry{line}, map[string]any{"results": results, "record": record, "counts": run.Counts})
}

// What the store itself writes into the audit trail.
const (
	ActFinishRun   = "run.finish"
	ActRemoveRun   = "run.remove"
	ActFinishNight = "night.finish"
	// ActSealed says what was there before there were seals: all newer has a line of its own.
	ActSealed = "store.seal"
	// ActPrune says that what was past its time was removed, and how much that was.
	ActPrune = "prune"
	// ActForget says in which runs names of parties were taken away, and of how many.
	ActForget = "person.forget"
	// ActErase says what was erased on request, and why.
	ActErase = "person.erase"
	// SubjectOfErasures is what lines about erasures are about: no line says who.
	SubjectOfErasures = "persons"
)

const (
	selectVersionsFrom = `select entity, hash from entities where list = ? and first_seq = ? order by entity`
	selectVersionsEnd  = `select entity, hash from entities where list = ? and last_seq = ? order by entity`
	selectVersionsAt   = `select entity, hash from entities where list = ? and first_seq <= ? and last_seq >= ? order by entity`
	selectGoodBefore   = `select content from editions where list = ? and state = 'good' and seq < ? order by seq desc limit 1`
	keepContent        = `update editions set content = ? where list = ? and seq = ?`
)

// contentDigest stands for what was read of an edition: the digest of the one
// before it and the versions that came and went, so that checking every edition of a
// list reads each version once. The first, and the first after one without a digest, is of all versions.
func contentDigest(ctx context.Context, db reader, list string, seq int) (string, error) {
	var before string
	err := sqlx.GetContext(ctx, db, &before, db.Rebind(selectGoodBefore), list, seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	versions := func(query string, args ...any) ([]version, error) {
		var out []version
		err := sqlx.SelectContext(ctx, db, &out, db.Rebind(query), args...)
		return out, err
	}
	if before == "" {
		all, err := versions(selectVersionsAt, list, seq, seq)
		return chainContent("", all, nil), err
	}
	came, err := versions(selectVersionsFrom, list, seq)
	if err != nil {
		return "", err
	}
	went, err := versions(selectVersionsEnd, list, seq-1)
	return chainContent(before, came, went), err
}

func chainContent(before string, came, went []version) string {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "edition/1\n%s\n", before) // a hash never fails
	for _, v := range came {
		_, _ = fmt.Fprintf(sum, "+%q %s\n", v.Entity, v.Hash)
	}
	for _, v := range went {
		_, _ = fmt.Fprintf(sum, "-%q %s\n", v.Entity, v.Hash)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// sealEdition keeps the digest of an edition in force, and tells of it.
func (s *Store) sealEdition(ctx context.Context, tx *sqlx.Tx, list string, seq int, told []*screening.AuditEntry) error {
	content, err := contentDigest(ctx, tx, list, seq)
	if err != nil {
		return err
	}
	if err := exec(ctx, tx, keepContent, content, list, seq); err != nil {
		return err
	}
	return s.tellEdition(ctx, tx, list, seq, told)
}

// tellEdition writes the lines that tell of an edition, with its seal.
func (s *Store) tellEdition(ctx context.Context, tx *sqlx.Tx, list string, seq int, told []*screening.AuditEntry) error {
	if len(told) == 0 {
		return nil
	}
	seal, ed, err := s.editionSeal(ctx, tx, list, seq)
	if err != nil {
		return err
	}
	for _, e := range told {
		e.List = list
	}
	return say(ctx, tx, told, map[string]any{
		"edition": seq, "seal": seal, "state": ed.State, "entities": ed.Entities, "published": ed.Published, "files": ed.Files,
	})
}

// editionSeal is the seal of an edition as the database has it: everything
// but when it was last fetched.
func (s *Store) editionSeal(ctx context.Context, db reader, list string, seq int) (string, *screening.Edition, error) {
	var row editionRow
	if err := sqlx.GetContext(ctx, db, &row, db.Rebind(selectEdition), list, seq); err != nil {
		return "", nil, err
	}
	ed, err := row.edition()
	if err != nil {
		return "", nil, err
	}
	return sealOfEdition(&row, ed), &ed, nil
}

func sealOfEdition(row *editionRow, ed screening.Edition) string {
	ed.Fetched = row.InForce.Time // a refresh that finds nothing new brings the other forward
	return screening.Seal("edition/1", ed, row.Content)
}

// sealOf seals a row's result as it is kept, each party under a salt of its own.
func sealOf(kept *screening.Result) (seal string, salts []string) {
	commitments := make([]string, len(kept.Parties))
	salts = make([]string, len(kept.Parties))
	for i := range kept.Parties {
		salts[i] = screening.NewSalt()
		commitments[i] = kept.Commitment(i, salts[i])
	}
	return kept.Seal(commitments), salts
}

// history is a table that is only added to, each line sealed.
type history struct {
	table, id string
	// seal reads a line's content and seals it: under a salt where there is one,
	// else under the commitment that stands for what was taken away.
	seal func(content []byte, salt, commitment string) (string, error)
}

var (
	decisionHistory    = history{"decisions", "decision", sealLine[screening.Decision]}
	dispositionHistory = history{"dispositions", "disposition", sealLine[screening.Disposition]}
)

// sealable is a line of a history.
type sealable[T any] interface {
	*T
	Commitment(salt string) string
	Seal(commitment string) string
}

func sealLine[T any, P sealable[T]](content []byte, salt, commitment string) (string, error) {
	line := P(new(T))
	if err := fromJSON(content, line); err != nil {
		return "", err
	}
	if salt != "" {
		commitment = line.Commitment(salt)
	}
	return line.Seal(commitment), nil
}

// keepSeal seals a line that was added just now.
func (h history) keepSeal(ctx context.Context, tx *sqlx.Tx, id string, content []byte) (seal string, err error) {
	salt := screening.NewSalt()
	if seal, err = h.seal(content, salt, ""); err != nil {
		return "", err
	}
	return seal, exec(ctx, tx, `update `+h.table+` set salt = ?, seal = ? where `+h.id+` = ?`, salt, seal, id)
}

// sum is the digest of the seals up to a line, and how many there are.
func (h history) sum(ctx context.Context, db reader) (screening.ChainEnd, error) {
	sum := h.newSum()
	rows, err := db.QueryContext(ctx, `select `+h.id+`, seal from `+h.table+` order by seq`)
	if err != nil {
		return screening.ChainEnd{}, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, seal string
		if err := rows.Scan(&id, &seal); err != nil {
			return screening.ChainEnd{}, err
		}
		sum.add(id, seal)
	}
	return sum.end(), rows.Err()
}

// historySum adds up the lines of a history.
type historySum struct {
	lines int64
	sum   hash.Hash
}

func (h history) newSum() *historySum {
	s := &historySum{sum: sha256.New()}
	_, _ = fmt.Fprintf(s.sum, "history/1 %s\n", h.table) // a hash never fails
	return s
}

func (s *historySum) add(id, seal string) {
	s.lines++
	_, _ = fmt.Fprintf(s.sum, "%q %s\n", id, seal)
}

func (s *historySum) end() screening.ChainEnd {
	return screening.ChainEnd{Lines: s.lines, Hash: hex.EncodeToString(s.sum.Sum(nil))}
}
