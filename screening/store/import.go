package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// Difference counts what happened to a list's entities from the edition in
// force before to the one just imported.
type Difference struct {
	Added, Removed, Changed, Unchanged int
}

// version is an entity as it is kept.
type version struct {
	Entity  string `db:"entity"`
	Name    string `db:"name"`
	Hash    string `db:"hash"` // SHA-256 of Content, in hex
	Content string `db:"content"`
}

func newVersion(e *screening.Entity) (version, error) {
	content, err := jsonText(e)
	if err != nil {
		return version{}, err
	}
	sum := sha256.Sum256([]byte(content))
	return version{Entity: text(e.ID), Name: text(e.Name()), Hash: hex.EncodeToString(sum[:]), Content: content}, nil
}

// versionsAtOnce is how many entities one statement looks up.
const versionsAtOnce = 500

const (
	insertList    = `insert into lists (list, last_seq) values (?, 0) on conflict (list) do nothing`
	lockList      = `update lists set last_seq = last_seq where list = ?`
	takeSeq       = `update lists set last_seq = last_seq + 1 where list = ? returning last_seq`
	giveSeqBack   = `update lists set last_seq = last_seq - 1 where list = ?`
	insertEdition = `insert into editions (list, seq, hash, published, fetched, in_force, entities, names, state, reason, files)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	// 2147483647 marks the versions that stand.
	selectStanding = `select entity, hash from entities where list = ? and last_seq = 2147483647 and entity in (?)`
	selectEarlier  = `select entity from entities where list = ? and last_seq = 2147483647 and first_seq < ?`
	endVersions    = `update entities set last_seq = ? where list = ? and last_seq = 2147483647 and first_seq < ? and entity in (?)`
	versionColumns = `list, entity, first_seq, last_seq, name, hash, content`
	heldColumns    = `list, seq, entity, name, hash, content`
	selectHeld     = `select entity, name, hash, content from held_entities where list = ? and seq = ? and entity > ? order by entity limit ?`
	acceptEdition  = `update editions set state = 'good', in_force = ?, accepted = ?, accepted_by = ?, accepted_why = ? where list = ? and seq = ?`
	dropHeld       = `delete from held_entities where list = ? and seq <= ?`
)

// Import keeps an edition and makes it the one in force, all of it or none. It
// sets ed.Seq, ed.State, ed.Entities and ed.Names. Entities may come in any order, each
// id once; an error among them ends the import. Only their ids are held in memory.
//
// An edition that has the hash and the very entities of the one in force is
// not kept again: ed.Seq is that one's, and its fetched time is brought forward.
//
// The list's lock, on SQLite the whole database's, is held while entities is
// read: parse first, then import. told are lines of the audit trail that tell
// of an edition that is kept, with its seal.
func (s *Store) Import(ctx context.Context, ed *screening.Edition, entities iter.Seq2[*screening.Entity, error], told ...*screening.AuditEntry) (Difference, error) {
	var diff Difference
	done := *ed
	done.State, done.Entities, done.Names = screening.EditionGood, 0, 0
	err := s.inTx(ctx, "importing "+ed.List, func(tx *sqlx.Tx) error {
		if err := checkEdition(ed); err != nil {
			return err
		}
		if err := nextSeq(ctx, tx, &done); err != nil {
			return err
		}
		before, err := s.edition(ctx, tx, "looking up the edition in force", selectInForce, ed.List)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if diff, err = s.merge(ctx, tx, done.List, done.Seq, counted(&done, entities)); err != nil {
			return err
		}
		if before != nil && before.Hash == done.Hash && diff == (Difference{Unchanged: before.Entities}) {
			done.Seq = before.Seq
			if err := exec(ctx, tx, giveSeqBack, done.List); err != nil {
				return err
			}
			return exec(ctx, tx, touchEdition, stamp{done.Fetched}, done.List, done.Seq, stamp{done.Fetched})
		}
		if err := keepEdition(ctx, tx, &done, done.Fetched); err != nil {
			return err
		}
		if err := exec(ctx, tx, dropHeld, done.List, done.Seq); err != nil {
			return err
		}
		return s.sealEdition(ctx, tx, done.List, done.Seq, told)
	})
	if err != nil {
		return Difference{}, err
	}
	*ed = done
	return diff, nil
}

// Quarantine keeps an edition that may not be used, with the reason, and the
// entities that could be read of it, so that accepting it later needs neither the
// network nor the parser. It sets ed.Seq, ed.State, ed.Reason, ed.Entities and ed.Names; the
// edition in force stays. entities may be nil: such an edition cannot be accepted.
// told are lines of the audit trail that tell of it.
func (s *Store) Quarantine(ctx context.Context, ed *screening.Edition, entities iter.Seq2[*screening.Entity, error], reason string, told ...*screening.AuditEntry) error {
	done := *ed
	done.State, done.Reason, done.Entities, done.Names = screening.EditionQuarantined, reason, 0, 0
	err := s.inTx(ctx, "quarantining an edition of "+ed.List, func(tx *sqlx.Tx) error {
		if err := checkEdition(ed); err != nil {
			return err
		}
		if err := nextSeq(ctx, tx, &done); err != nil {
			return err
		}
		// The row comes first, for held entities refer to it; the counts are known after them.
		if err := keepEdition(ctx, tx, &done, time.Time{}); err != nil {
			return err
		}
		if entities == nil {
			return s.tellEdition(ctx, tx, done.List, done.Seq, told)
		}
		seen := map[string]bool{}
		rows := s.newInsert(tx, "held_entities", heldColumns)
		for v, err := range counted(&done, entities) {
			if err != nil {
				return err
			}
			if seen[v.Entity] {
				return fmt.Errorf("entity %s is in the edition twice", v.Entity)
			}
			seen[v.Entity] = true
			if err := rows.row(ctx, done.List, done.Seq, v.Entity, v.Name, v.Hash, v.Content); err != nil {
				return err
			}
		}
		if err := rows.flush(ctx); err != nil {
			return err
		}
		err := exec(ctx, tx, `update editions set entities = ?, names = ? where list = ? and seq = ?`,
			done.Entities, done.Names, done.List, done.Seq)
		if err != nil {
			return err
		}
		return s.tellEdition(ctx, tx, done.List, done.Seq, told)
	})
	if err != nil {
		return err
	}
	*ed = done
	return nil
}

// Accept puts a quarantined edition in force at a person's word, which is kept
// with its name, reason and time. ErrNotFound when there is no such edition; ErrConflict when
// it is not in quarantine, a newer one is in force, or nothing could be read of it.
// told are lines of the audit trail that tell of it.
func (s *Store) Accept(ctx context.Context, list string, seq int, who, why string, at time.Time, told ...*screening.AuditEntry) (Difference, error) {
	var diff Difference
	err := s.inTx(ctx, fmt.Sprintf("accepting edition %d of %s", seq, list), func(tx *sqlx.Tx) error {
		if strings.TrimSpace(who) == "" || strings.TrimSpace(why) == "" {
			return errors.New("an acceptance needs a person and a reason")
		}
		if err := exec(ctx, tx, lockList, list); err != nil {
			return err
		}
		ed, err := s.edition(ctx, tx, "looking it up", selectEdition, list, seq)
		if err != nil {
			return err
		}
		if ed.State != screening.EditionQuarantined {
			return fmt.Errorf("%w: it is not in quarantine", ErrConflict)
		}
		before, err := s.edition(ctx, tx, "looking up the edition in force", selectInForce, list)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if before != nil && before.Seq > seq {
			return fmt.Errorf("%w: edition %d, which is newer, is in force", ErrConflict, before.Seq)
		}
		if ed.Entities == 0 {
			return fmt.Errorf("%w: nothing could be read of it", ErrConflict)
		}
		if diff, err = s.merge(ctx, tx, list, seq, held(ctx, tx, list, seq)); err != nil {
			return err
		}
		if kept := diff.Added + diff.Changed + diff.Unchanged; kept != ed.Entities {
			return fmt.Errorf("%w: %d of its %d entities are kept", ErrConflict, kept, ed.Entities)
		}
		if err := exec(ctx, tx, acceptEdition, stamp{at}, stamp{at}, text(who), text(why), list, seq); err != nil {
			return err
		}
		if err := exec(ctx, tx, dropHeld, list, seq); err != nil {
			return err
		}
		return s.sealEdition(ctx, tx, list, seq, told)
	})
	if err != nil {
		return Difference{}, err
	}
	return diff, nil
}

func checkEdition(ed *screening.Edition) error {
	switch {
	case ed.List == "":
		return errors.New("the edition names no list")
	case ed.Hash == "":
		return errors.New("the edition has no hash")
	case ed.Fetched.IsZero():
		return errors.New("the edition has no time of fetching")
	}
	return nil
}

// nextSeq gives the edition its number, and holds the list's lock until the
// transaction ends: of two processes importing one list, the second waits here.
func nextSeq(ctx context.Context, tx *sqlx.Tx, ed *screening.Edition) error {
	if err := exec(ctx, tx, insertList, ed.List); err != nil {
		return err
	}
	return tx.GetContext(ctx, &ed.Seq, tx.Rebind(takeSeq), ed.List)
}

func keepEdition(ctx context.Context, tx *sqlx.Tx, ed *screening.Edition, inForce time.Time) error {
	files, err := jsonText(ed.Files)
	if err != nil {
		return err
	}
	return exec(ctx, tx, insertEdition, ed.List, ed.Seq, ed.Hash, stamp{ed.Published}, stamp{ed.Fetched}, stamp{inForce},
		ed.Entities, ed.Names, string(ed.State), text(ed.Reason), files)
}

// counted turns entities into versions and counts them in ed.
func counted(ed *screening.Edition, entities iter.Seq2[*screening.Entity, error]) iter.Seq2[version, error] {
	return func(yield func(version, error) bool) {
		for e, err := range entities {
			if err != nil {
				yield(version{}, err)
				return
			}
			var v version
			switch {
			case e.ID == "":
				err = fmt.Errorf("entity %d of the edition has no id", ed.Entities+1)
			case e.List != ed.List:
				err = fmt.Errorf("entity %s belongs to %q", e.ID, e.List)
			default:
				v, err = newVersion(e)
			}
			ed.Entities++
			ed.Names += len(e.Names)
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// held yields what is kept of a quarantined edition, a chunk at a time: the
// transaction cannot write while rows stream from it.
func held(ctx context.Context, tx *sqlx.Tx, list string, seq int) iter.Seq2[version, error] {
	return func(yield func(version, error) bool) {
		for after := ""; ; {
			var chunk []version
			if err := tx.SelectContext(ctx, &chunk, tx.Rebind(selectHeld), list, seq, after, versionsAtOnce); err != nil {
				yield(version{}, err)
				return
			}
			for _, v := range chunk {
				if !yield(v, nil) {
					return
				}
				after = v.Entity
			}
			if len(chunk) < versionsAtOnce {
				return
			}
		}
	}
}

// merge brings the standing versions of a list to what an edition holds: those
// that differ or are gone end with the edition before, the new ones start here.
func (s *Store) merge(ctx context.Context, tx *sqlx.Tx, list string, seq int, versions iter.Seq2[version, error]) (Difference, error) {
	var diff Difference
	seen := map[string]bool{}
	rows := s.newInsert(tx, "entities", versionColumns)
	for chunk, err := range chunks(versions, versionsAtOnce) {
		if err != nil {
			return diff, err
		}
		ids := make([]string, len(chunk))
		for i, v := range chunk {
			if seen[v.Entity] {
				return diff, fmt.Errorf("entity %s is in the edition twice", v.Entity)
			}
			seen[v.Entity] = true
			ids[i] = v.Entity
		}
		standing, err := standingHashes(ctx, tx, list, ids)
		if err != nil {
			return diff, err
		}
		var ended []string
		for _, v := range chunk {
			hash, known := standing[v.Entity]
			switch {
			case !known:
				diff.Added++
			case hash == v.Hash:
				diff.Unchanged++
				continue
			default:
				diff.Changed++
				ended = append(ended, v.Entity)
			}
			if err := rows.row(ctx, list, v.Entity, seq, standingSeq, v.Name, v.Hash, v.Content); err != nil {
				return diff, err
			}
		}
		if err := end(ctx, tx, list, seq, ended); err != nil {
			return diff, err
		}
	}
	if err := rows.flush(ctx); err != nil {
		return diff, err
	}
	var earlier, removed []string
	if err := tx.SelectContext(ctx, &earlier, tx.Rebind(selectEarlier), list, seq); err != nil {
		return diff, err
	}
	for _, id := range earlier {
		if !seen[id] {
			removed = append(removed, id)
		}
	}
	diff.Removed = len(removed)
	for len(removed) > 0 {
		n := min(len(removed), versionsAtOnce)
		if err := end(ctx, tx, list, seq, removed[:n]); err != nil {
			return diff, err
		}
		removed = removed[n:]
	}
	return diff, nil
}

// standingSeq is the last_seq of a version that stands.
const standingSeq = 2147483647

func standingHashes(ctx context.Context, tx *sqlx.Tx, list string, ids []string) (map[string]string, error) {
	query, args, err := sqlx.In(selectStanding, list, ids)
	if err != nil {
		return nil, err
	}
	var rows []version
	if err := tx.SelectContext(ctx, &rows, tx.Rebind(query), args...); err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Entity] = r.Hash
	}
	return out, nil
}

// end lets versions that stood before seq stand no longer than the edition before it.
func end(ctx context.Context, tx *sqlx.Tx, list string, seq int, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	query, args, err := sqlx.In(endVersions, seq-1, list, seq, ids)
	if err != nil {
		return err
	}
	return exec(ctx, tx, query, args...)
}

// chunks gathers a sequence into slices of n, the last one shorter. The slice
// is used again for the next chunk.
func chunks[T any](seq iter.Seq2[T, error], n int) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		chunk := make([]T, 0, n)
		for v, err := range seq {
			if err != nil {
				yield(nil, err)
				return
			}
			if chunk = append(chunk, v); len(chunk) == n {
				if !yield(chunk, nil) {
					return
				}
				chunk = chunk[:0]
			}
		}
		if len(chunk) > 0 {
			yield(chunk, nil)
		}
	}
}
