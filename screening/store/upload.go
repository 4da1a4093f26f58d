package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// Upload says whose sheets a run screens, so that their rows are kept as collaborations.
type Upload struct {
	Run    *screening.Run
	Office string // collaborations of one reference are one within it
	// Partial says that the run did not ask all the office asks, only some
	// lists for instance: what it found stands for new rows, until the night, and for no others.
	Partial bool
}

const (
	// The candidates of one identity that this upload has not met yet.
	selectIdentities = `select id, identity, sheet_id, content_hash, outcome, ended, content, answered from collaborations
		where office = ? and upload <> ? and identity in (?) limit 20000`
	insertCollabSheet = `insert into collaboration_sheets (office, file, sheet, upload, uploading) values (?, ?, ?, '', ?)
		on conflict (office, file, sheet) do update set uploading = excluded.uploading`
	selectCollabSheet  = `select id from collaboration_sheets where office = ? and file = ? and sheet = ?`
	finishCollabSheets = `update collaboration_sheets set upload = uploading, uploaded = ? where uploading = ?`
	// Of a file that broke off, what it lacks is not known: its last upload stays the latest.
	undoCollabSheets = `update collaboration_sheets set uploading = '' where uploading = ? and file = ?`

	collaborationColumns = `id, office, sheet_id, upload, row, identity, content_hash, reference, project, search, content, first_seen, last_seen, ` +
		`closed, until, unsure, grade, outcome, screened, result_run, result_sheet, result_row, waiting`
	// base_ keeps what the last night left, however often sheets change the row before the next.
	keepBase = `base_run = case when waiting = 1 then base_run else result_run end,
		base_sheet = case when waiting = 1 then base_sheet else result_sheet end, base_row = case when waiting = 1 then base_row else result_row end,
		base_grade = case when waiting = 1 then base_grade else grade end, base_outcome = case when waiting = 1 then base_outcome else outcome end, waiting = 1`
	changeCollaboration = `update collaborations set ` + keepBase + `, upload = ?, sheet_id = ?, row = ?, content_hash = ?, reference = ?, project = ?, search = ?, content = ?,
		last_seen = ?, closed = ?, until = ?, unsure = ?, ended = null, ended_by = '', ended_why = '',
		grade = ?, outcome = ?, screened = ?, result_run = ?, result_sheet = ?, result_row = ? where id = ? and upload <> ?`
	// The same row again with another result, by newer lists or decisions.
	regradeCollaboration = `update collaborations set ` + keepBase + `, grade = ?, outcome = ?, screened = ?, result_run = ?, result_sheet = ?, result_row = ? where id = ?`
	awaitNight           = `update collaborations set ` + keepBase + ` where id = ?`
	reviveCollaboration  = `update collaborations set ended = null, ended_by = '', ended_why = '', waiting = 1 where id = ?`
	dropLinks            = `delete from collaboration_parties where collaboration = ?`
	insertEvent          = `insert into collaboration_events (collaboration, at, what, who, why, run) values (?, ?, ?, ?, ?, ?)`
	selectPartyIDs       = `select id, digest from parties where digest in (?)`
)

// KeepResults is AddResults for the sheets of an upload: in one transaction
// their rows become collaborations, or bring those up to date that have their
// identity. A row added again changes nothing.
func (s *Store) KeepResults(ctx context.Context, up Upload, results []*screening.Result) error {
	return s.InTx(ctx, "keeping results of run "+up.Run.ID, func(tx *Tx) error { return tx.KeepResults(ctx, up, results) })
}

// KeepResults is Store.KeepResults as a part of something larger.
func (t *Tx) KeepResults(ctx context.Context, up Upload, results []*screening.Result) error {
	rows, err := t.s.addResults(ctx, t.tx, up.Run.ID, results)
	if err != nil {
		return err
	}
	return t.s.keepCollaborations(ctx, t.tx, up, rows)
}

// keptRow is one row of a sheet on its way to be a collaboration.
type keptRow struct {
	added
	sheet    int64 // in collaboration_sheets
	identity string
	hash     string
	outcome  string
	activity screening.Activity
	known    *knownCollaboration // nil for a new one
	own      *screening.Partner  // in a night: the row without what was answered beside it
}

type knownCollaboration struct {
	ID       int64  `db:"id"`
	Identity string `db:"identity"`
	SheetID  int64  `db:"sheet_id"`
	Hash     string `db:"content_hash"`
	Outcome  string `db:"outcome"`
	Ended    stamp  `db:"ended"`
	Content  []byte `db:"content"`
	Answered string `db:"answered"`

	taken bool
}

func (s *Store) keepCollaborations(ctx context.Context, tx *sqlx.Tx, up Upload, rows []added) error {
	var kept []*keptRow
	for _, r := range rows {
		p := r.result.Partner
		if p.Error != "" {
			continue
		}
		kept = append(kept, &keptRow{
			added: r, identity: p.Identity(up.Office), hash: p.ContentHash(), outcome: r.result.Outcome(), activity: p.Activity(),
		})
	}
	if len(kept) == 0 {
		return nil
	}
	if err := sheetsOf(ctx, tx, up, kept); err != nil {
		return err
	}
	if err := recognise(ctx, tx, up, kept); err != nil {
		return err
	}
	var changed []*keptRow
	for _, k := range kept {
		if k.known != nil && k.known.Hash != k.hash {
			changed = append(changed, k)
		}
	}
	parties, err := s.keepParties(ctx, tx, changed)
	if err != nil {
		return err
	}
	var fresh []*keptRow
	for _, k := range kept {
		if k.known == nil {
			fresh = append(fresh, k)
			continue
		}
		mine, err := updateCollaboration(ctx, tx, up, k, parties)
		if err != nil {
			return err
		}
		if !mine { // another worker's row took it meanwhile
			k.known = nil
			fresh = append(fresh, k)
		}
	}
	if parties, err = s.keepParties(ctx, tx, fresh); err != nil {
		return err
	}
	return s.insertCollaborations(ctx, tx, up, fresh, parties)
}

// sheetsOf looks up the sheets of the rows as the office has them.
func sheetsOf(ctx context.Context, tx *sqlx.Tx, up Upload, kept []*keptRow) error {
	ids := map[sheetName]int64{}
	for _, k := range kept {
		name := sheetName{text(k.result.Partner.File), text(k.result.Partner.Sheet)}
		if ids[name] == 0 {
			if err := exec(ctx, tx, insertCollabSheet, text(up.Office), name.file, name.sheet, up.Run.ID); err != nil {
				return err
			}
			var id int64
			if err := tx.GetContext(ctx, &id, tx.Rebind(selectCollabSheet), text(up.Office), name.file, name.sheet); err != nil {
				return err
			}
			ids[name] = id
		}
		k.sheet = ids[name]
	}
	return nil
}

// finishUpload makes a run the latest upload of its sheets.
func finishUpload(ctx context.Context, tx *sqlx.Tx, run *screening.Run) error {
	for _, in := range run.Inputs {
		if in.Error == "" {
			continue
		}
		if err := exec(ctx, tx, undoCollabSheets, run.ID, text(in.File)); err != nil {
			return err
		}
	}
	return exec(ctx, tx, finishCollabSheets, stamp{run.Started}, run.ID)
}

// recognise finds the collaborations the rows are: for each the one of its
// identity that is most like it and that no other row of this upload is.
func recognise(ctx context.Context, tx *sqlx.Tx, up Upload, kept []*keptRow) error {
	var identities []string
	for _, k := range kept {
		identities = append(identities, k.identity)
	}
	slices.Sort(identities)
	byIdentity := map[string][]*knownCollaboration{}
	for some := range slices.Chunk(slices.Compact(identities), versionsAtOnce) {
		query, args, err := sqlx.In(selectIdentities, text(up.Office), up.Run.ID, some)
		if err != nil {
			return err
		}
		var known []*knownCollaboration
		if err := tx.SelectContext(ctx, &known, tx.Rebind(query), args...); err != nil {
			return err
		}
		for _, c := range known {
			byIdentity[c.Identity] = append(byIdentity[c.Identity], c)
		}
	}
	for _, known := range byIdentity {
		slices.SortFunc(known, func(a, b *knownCollaboration) int { return cmp.Compare(a.ID, b.ID) })
	}
	// The surest first: an equal row is not to lose its place to a changed one.
	for _, like := range []func(*keptRow, *knownCollaboration) bool{
		func(k *keptRow, c *knownCollaboration) bool { return c.Hash == k.hash && c.SheetID == k.sheet },
		func(k *keptRow, c *knownCollaboration) bool { return c.Hash == k.hash },
		func(k *keptRow, c *knownCollaboration) bool { return sharesParty(k, c) },
		// One reference in one sheet is one collaboration, whatever else was
		// corrected. In another sheet it may be another's number.
		func(k *keptRow, c *knownCollaboration) bool { return c.SheetID == k.sheet },
	} {
		for _, k := range kept {
			if k.known != nil {
				continue
			}
			for _, c := range byIdentity[k.identity] {
				if !c.taken && like(k, c) {
					k.known, c.taken = c, true
					break
				}
			}
		}
	}
	return nil
}

// sharesParty reports whether a row and a collaboration name one party the same.
func sharesParty(k *keptRow, c *knownCollaboration) bool {
	var before screening.Partner
	if json.Unmarshal(c.Content, &before) != nil {
		return false
	}
	for i := range before.Parties {
		for j := range k.result.Partner.Parties {
			if before.Parties[i].FoldedName() == k.result.Partner.Parties[j].FoldedName() {
				return true
			}
		}
	}
	return false
}

// contentOfRow is what is kept of a row: all but its place.
func contentOfRow(p *screening.Partner) (string, error) {
	c := *p
	c.Place = screening.Place{}
	return jsonText(&c)
}

// searchText is what a person may look a row up by.
func searchText(p *screening.Partner) string {
	words := []string{p.Reference, p.Project}
	for i := range p.Parties {
		words = append(words, p.Parties[i].Name)
	}
	return text(strings.ToLower(strings.Join(words, "\n")))
}

// updateCollaboration brings a collaboration up to what the row says now. It
// reports false when another row of the upload had taken it.
func updateCollaboration(ctx context.Context, tx *sqlx.Tx, up Upload, k *keptRow, parties map[string]int64) (bool, error) {
	p, c := k.result.Partner, k.known
	at := stamp{up.Run.Started}
	if c.Hash == k.hash {
		res, err := tx.ExecContext(ctx, tx.Rebind(`update collaborations set upload = ?, sheet_id = ?, row = ?, last_seen = ? where id = ? and upload <> ?`),
			up.Run.ID, k.sheet, p.Row, at, c.ID, up.Run.ID)
		if err != nil {
			return false, err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return false, err
		}
		if !c.Ended.IsZero() {
			if err := exec(ctx, tx, reviveCollaboration, c.ID); err != nil {
				return true, err
			}
			if err := exec(ctx, tx, insertEvent, c.ID, at, "in a sheet again", text(up.Run.By), "", up.Run.ID); err != nil {
				return true, err
			}
		}
		if up.Partial || c.Outcome == k.outcome {
			return true, nil
		}
		if c.Answered != "" { // what stands was found with the answers, and this was not
			return true, exec(ctx, tx, awaitNight, c.ID)
		}
		return true, exec(ctx, tx, regradeCollaboration, string(k.result.Grade), k.outcome, at, up.Run.ID, k.added.sheet, p.Row, c.ID)
	}
	content, err := contentOfRow(p)
	if err != nil {
		return false, err
	}
	res, err := tx.ExecContext(ctx, tx.Rebind(changeCollaboration), up.Run.ID, k.sheet, p.Row, k.hash, text(p.Reference), text(p.Project), searchText(p), content,
		at, text(k.activity.Closed), k.activity.Until, len(k.activity.Unsure),
		string(k.result.Grade), k.outcome, at, up.Run.ID, k.added.sheet, p.Row, c.ID, up.Run.ID)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	if c.Answered != "" {
		if err := stillAnswered(ctx, tx, c, p); err != nil {
			return true, err
		}
	}
	what := "changed"
	if !c.Ended.IsZero() {
		what = "in a sheet again"
	}
	if err := exec(ctx, tx, insertEvent, c.ID, at, what, text(up.Run.By), "", up.Run.ID); err != nil {
		return true, err
	}
	return true, link(ctx, tx, c.ID, p, parties)
}

// stillAnswered keeps of the answers beside a row what the row, as a sheet has
// changed it, does not answer anew.
func stillAnswered(ctx context.Context, tx *sqlx.Tx, c *knownCollaboration, now *screening.Partner) error {
	given, err := givenOf(c.Answered)
	if err != nil {
		return err
	}
	var before screening.Partner
	if err := fromJSON(c.Content, &before); err != nil {
		return err
	}
	left, err := jsonText(given.Since(&before, now))
	if err != nil {
		return err
	}
	return exec(ctx, tx, `update collaborations set answered = ? where id = ?`, left, c.ID)
}

// link ties a collaboration to the parties of its row, and to no others.
func link(ctx context.Context, tx *sqlx.Tx, id int64, p *screening.Partner, parties map[string]int64) error {
	if err := exec(ctx, tx, dropLinks, id); err != nil {
		return err
	}
	for _, party := range partiesOf(p, parties) {
		if err := exec(ctx, tx, `insert into collaboration_parties (party, collaboration) values (?, ?)`, party, id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) insertCollaborations(ctx context.Context, tx *sqlx.Tx, up Upload, fresh []*keptRow, parties map[string]int64) error {
	if len(fresh) == 0 {
		return nil
	}
	ids, err := s.newIDs(ctx, tx, "collaborations", len(fresh))
	if err != nil {
		return err
	}
	rows := s.newInsert(tx, "collaborations", collaborationColumns)
	links := s.newInsert(tx, "collaboration_parties", "party, collaboration")
	at := stamp{up.Run.Started}
	for i, k := range fresh {
		p := k.result.Partner
		content, err := contentOfRow(p)
		if err != nil {
			return err
		}
		err = rows.row(ctx, ids[i], text(up.Office), k.sheet, up.Run.ID, p.Row, k.identity, k.hash, text(p.Reference), text(p.Project), searchText(p), content, at, at,
			text(k.activity.Closed), k.activity.Until, len(k.activity.Unsure), string(k.result.Grade), k.outcome, at, up.Run.ID, k.added.sheet, p.Row, 1)
		if err != nil {
			return err
		}
	}
	if err := rows.flush(ctx); err != nil {
		return err
	}
	for i, k := range fresh {
		for _, id := range partiesOf(k.result.Partner, parties) {
			if err := links.row(ctx, id, ids[i]); err != nil {
				return err
			}
		}
	}
	return links.flush(ctx)
}

// newIDs takes n numbers for new rows of a table.
func (s *Store) newIDs(ctx context.Context, tx *sqlx.Tx, table string, n int) ([]int64, error) {
	ids := make([]int64, 0, n)
	if s.postgres {
		err := tx.SelectContext(ctx, &ids, tx.Rebind(`select nextval(pg_get_serial_sequence(?, 'id')) from generate_series(1, cast(? as integer))`), table, n)
		return ids, err
	}
	var last int64 // nobody else is writing
	if err := tx.GetContext(ctx, &last, `select coalesce(max(id), 0) from `+table); err != nil {
		return nil, err
	}
	for i := range n {
		ids = append(ids, last+1+int64(i))
	}
	return ids, nil
}

// PartyDigest stands for what matching sees of a party: parties of one digest are kept as one.
func PartyDigest(p *screening.Party) (string, error) {
	content, err := jsonText(p.Content())
	return partyDigest(content), err
}

// partyDigest is PartyDigest of the content in JSON.
func partyDigest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:16])
}

// partiesOf are the distinct parties of a row, by number.
func partiesOf(p *screening.Partner, parties map[string]int64) []int64 {
	var ids []int64
	for i := range p.Parties {
		digest, err := PartyDigest(&p.Parties[i])
		if err != nil {
			continue // it was written the same way before
		}
		ids = append(ids, parties[digest])
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// keepParties sees to it that the parties of the rows are there, and returns
// their numbers by digest.
func (s *Store) keepParties(ctx context.Context, tx *sqlx.Tx, kept []*keptRow) (map[string]int64, error) {
	type party struct{ digest, folded, content string }
	var all []party
	seen := map[string]bool{}
	for _, k := range kept {
		for i := range k.result.Partner.Parties {
			p := &k.result.Partner.Parties[i]
			content, err := jsonText(p.Content())
			if err != nil {
				return nil, err
			}
			digest := partyDigest(content)
			if !seen[digest] {
				seen[digest] = true
				all = append(all, party{digest, text(p.FoldedName()), content})
			}
		}
	}
	// One order for every worker, for two may bring the same parties.
	slices.SortFunc(all, func(a, b party) int { return cmp.Compare(a.digest, b.digest) })
	ids := make(map[string]int64, len(all))
	look := func(digests []string) error {
		query, args, err := sqlx.In(selectPartyIDs, digests)
		if err != nil {
			return err
		}
		var rows []struct {
			ID     int64  `db:"id"`
			Digest string `db:"digest"`
		}
		if err := tx.SelectContext(ctx, &rows, tx.Rebind(query), args...); err != nil {
			return err
		}
		for _, r := range rows {
			ids[r.Digest] = r.ID
		}
		return nil
	}
	for some := range slices.Chunk(all, versionsAtOnce) {
		var digests []string
		for _, p := range some {
			digests = append(digests, p.digest)
		}
		if err := look(digests); err != nil {
			return nil, err
		}
		var args []any
		var absent []string
		for _, p := range some {
			if ids[p.digest] == 0 {
				args = append(args, p.digest, p.folded, p.content)
				absent = append(absent, p.digest)
			}
		}
		if len(absent) == 0 {
			continue
		}
		insert := `insert into parties (digest, folded, content) values ` + strings.Repeat("(?, ?, ?), ", len(absent)-1) + `(?, ?, ?) on conflict (digest) do nothing`
		if err := exec(ctx, tx, insert, args...); err != nil {
			return nil, err
		}
		if err := look(absent); err != nil {
			return nil, err
		}
	}
	if len(ids) != len(all) {
		return nil, fmt.Errorf("%d of %d parties were kept", len(ids), len(all))
	}
	return ids, nil
}
