package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

const (
	// Persons in rows nobody was asked about, whose names are still there.
	namedIn = ` from run_parties p join run_rows r on r.sheet_id = p.sheet_id and r.row = p.row
		join run_sheets s on s.id = p.sheet_id join runs u on u.run = s.run
		where u.finished < ? and r.grade = 'clear' and p.role = 'person' and p.sealed = '' and s.run not in (?)`
	selectNamed = `select s.run, s.id as sheet, p.row, p.party, p.salt` + namedIn + ` order by s.run, s.id, p.row, p.party limit 1000`
	countNamed  = `select count(*)` + namedIn
	forgetParty = `update run_parties set name = ?, city = '', address = '', website = '', birth_date = '', identifiers = null, cell_notes = null, notes = null,
		nearest = ?, salt = '', sealed = ? where sheet_id = ? and row = ? and party = ?`
	forgetMatch = `update run_matches set match_key = '', content = ? where sheet_id = ? and row = ? and party = ? and ordinal = ?`
	// The digest is of the whole result without a salt: who guesses the name could prove it.
	forgetDigest = `update run_rows set digest = '' where sheet_id = ? and row = ?`
)

// unsealed stands in the place of a commitment for a party that is older than seals.
const unsealed = "none"

// ForgetPersons puts pseudonyms in the place of persons' names, and takes away
// what else says who they are, in clear rows of runs that finished before a time; with dry it only
// counts them. What stays is the record of the screening: role and country, the lists, what was
// nearest and the grade. The seals hold as before. A pseudonym is a keyed hash: the same for
// the same name. Runs under hold are left as they are. told makes the line of the audit trail for each run.
func (s *Store) ForgetPersons(ctx context.Context, before time.Time, hold []string, dry bool, told func() *screening.AuditEntry) (int64, error) {
	const doing = "taking names of persons away"
	var total int64
	query := selectNamed
	if dry {
		query = countNamed
	}
	query, args, err := sqlx.In(query, stamp{before}, append([]string{""}, hold...))
	if err != nil {
		return 0, s.fault(ctx, doing, err)
	}
	if dry {
		err := s.read.GetContext(ctx, &total, s.read.Rebind(query), args...)
		return total, s.fault(ctx, doing, err)
	}
	key, err := s.Secret(ctx, "pseudonyms")
	if err != nil {
		return 0, err
	}
	for {
		var parties []personNamed
		if err := s.read.SelectContext(ctx, &parties, s.read.Rebind(query), args...); err != nil {
			return total, s.fault(ctx, doing, err)
		}
		if len(parties) == 0 {
			return total, nil
		}
		err := s.inTx(ctx, doing, func(tx *sqlx.Tx) error {
			runs := map[string]int{}
			for _, p := range parties {
				if _, err := forget(ctx, tx, p, func(p *screening.Party) string { return pseudonym(key, p.FoldedName()) }); err != nil {
					return err
				}
				runs[p.Run]++
			}
			return say(ctx, tx, []*screening.AuditEntry{told()}, map[string]any{"runs": runs})
		})
		if err != nil {
			return total, err
		}
		total += int64(len(parties))
	}
}

type personNamed struct {
	Run   string `db:"run"`
	Sheet int64  `db:"sheet"`
	Row   int    `db:"row"`
	Party int    `db:"party"`
	Salt  string `db:"salt"`
}

// pseudonym stands for a name under a key: the same for the same letters.
func pseudonym(key []byte, folded string) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(folded)) // never fails
	return pseudonymBegins + hex.EncodeToString(mac.Sum(nil)[:6])
}

const pseudonymBegins = "person "

// isPseudonym reports whether a name is one that pseudonym gave.
func isPseudonym(name string) bool {
	hash, ok := strings.CutPrefix(name, pseudonymBegins)
	_, err := hex.DecodeString(hash)
	return ok && err == nil && len(hash) == 12
}

// forget takes away what is private of a party of a row, puts in its name's place
// what instead makes of it, and leaves the commitment that stands for it.
func forget(ctx context.Context, tx *sqlx.Tx, p personNamed, instead func(*screening.Party) string) (commitment string, err error) {
	result := &screening.Result{Partner: &screening.Partner{}}
	of, byRow := rowsBetween(p.Sheet, p.Row, p.Row), map[int]*screening.Result{p.Row: result}
	if err := addPartiesFrom(ctx, tx, of, byRow); err != nil {
		return "", err
	}
	if err := addMatchesFrom(ctx, tx, of, byRow); err != nil {
		return "", err
	}
	commitment = unsealed
	if p.Salt != "" {
		commitment = result.Commitment(p.Party, p.Salt)
	}
	result.Forget(p.Party, instead(&result.Partner.Parties[p.Party]))
	found := &result.Parties[p.Party]
	nearest, err := jsonPointer(found.Nearest)
	if err != nil {
		return "", err
	}
	err = exec(ctx, tx, forgetParty, result.Partner.Parties[p.Party].Name, nearest, commitment, p.Sheet, p.Row, p.Party)
	if err != nil {
		return "", err
	}
	for k := range found.Matches {
		content, err := jsonText(&found.Matches[k])
		if err != nil {
			return "", err
		}
		if err := exec(ctx, tx, forgetMatch, content, p.Sheet, p.Row, p.Party, k+1); err != nil {
			return "", err
		}
	}
	return commitment, exec(ctx, tx, forgetDigest, p.Sheet, p.Row)
}

const (
	// The rows of a sheet stand for collaborations of that sheet; a row that moved stands "(earlier)".
	selectRecordEnd = `select count(*) as n, count(case when c.closed = '' and c.ended is null and c.until = '' then 1 end) as open,
		coalesce(max(c.until), '') as until, max(c.ended) as ended, max(case when c.closed <> '' then c.last_seen end) as closed
		from run_sheets r join collaboration_sheets s on s.file = r.file and (s.sheet = r.sheet or r.sheet = s.sheet || ' (earlier)')
		join collaborations c on c.sheet_id = s.id where r.run = ? and c.first_seen <= ?`
)

// RecordEnd is when the last collaboration ended that a run screened: by its
// sheet, by a person, or when its sheet last said it was over. open says that one has no end yet; both are zero where
// no collaboration is known of it.
func (s *Store) RecordEnd(ctx context.Context, run *screening.Run) (end time.Time, open bool, err error) {
	var row struct {
		N      int    `db:"n"`
		Open   int    `db:"open"`
		Until  string `db:"until"`
		Ended  stamp  `db:"ended"`
		Closed stamp  `db:"closed"`
	}
	err = s.read.GetContext(ctx, &row, s.read.Rebind(selectRecordEnd), run.ID, stamp{run.Finished})
	if err != nil {
		return end, false, s.fault(ctx, "looking up when the collaborations of run "+run.ID+" ended", err)
	}
	for _, t := range []time.Time{row.Ended.Time, row.Closed.Time} {
		if t.After(end) {
			end = t
		}
	}
	if until, err := time.Parse(time.DateOnly, row.Until); err == nil && until.After(end) {
		end = until
	}
	return end, row.Open > 0, nil
}

// PruneSheets removes sheets that were sent in and whose runs have ended, where
// they were kept before a time: of a sheet only what its mapped columns say is kept.
func (s *Store) PruneSheets(ctx context.Context, before time.Time, dry bool) ([]Unnamed, error) {
	const doing = "removing sheets whose runs have ended"
	named, err := namedFiles(ctx, s.read, editionFiles, `select hash from fetches`, sheetsOfOpenRuns)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	stays := map[string]bool{}
	for _, h := range named {
		stays[h] = true
	}
	sent, err := namedFiles(ctx, s.read, `select hash from run_inputs`)
	if err != nil || s.data == "" {
		return nil, s.fault(ctx, doing, err)
	}
	var out []Unnamed
	for _, hash := range sent {
		if stays[hash] {
			continue
		}
		if err := remove(s.filePath(hash), before, dry, &out); err != nil {
			return out, s.fault(ctx, doing, err)
		}
	}
	return out, ctx.Err()
}

const sheetsOfOpenRuns = `select i.hash from run_inputs i join runs r on r.run = i.run where r.finished is null`
