package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

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
	eventColumns  = `collaboration, at, what, who, why, run`
	insertEvent   = `insert into collaboration_events (` + eventColumns + `) values (?, ?, ?, ?, ?, ?)`
	partyNames    = `id, digest, folded, content`
	addNewParties = `insert into parties (digest, folded, content) select * from unnest(cast(? as text[]), cast(? as text[]), cast(? as json[]))
		on conflict (digest) do nothing returning id, digest`
	reviveCollaboration = `update collaborations set ended = null, ended_by = '', ended_why = '', waiting = 1 where id = ?`
	dropLinks           = `delete from collaboration_parties where collaboration in (?)`
	selectPartyIDs      = `select id, digest from parties where digest in (?)`
)

// base_ keeps what the last night left, however often sheets change the row before the next.
const (
	keepBase = `base_run = case when waiting = 1 then base_run else result_run end,
		base_sheet = case when waiting = 1 then base_sheet else result_sheet end, base_row = case when waiting = 1 then base_row else result_row end,
		base_grade = case when waiting = 1 then base_grade else grade end, base_outcome = case when waiting = 1 then base_outcome else outcome end, waiting = 1`
	awaitNight = `update collaborations set ` + keepBase + ` where id = ?`
)

var (
	// The same row in a sheet again.
	meetAgain = change{
		table: "collaborations", key: "id",
		values: []changeValue{{"collaboration", "bigint"}, {"upload", "text"}, {"sheet_id", "bigint"}, {"row", "integer"}, {"seen", "timestamptz"}},
		set:    `upload = v.upload, sheet_id = v.sheet_id, row = v.row, last_seen = v.seen`,
		where:  `t.upload <> v.upload`,
	}
	// The same row with another result, by newer lists or decisions.
	regrade = change{
		table: "collaborations", key: "id",
		values: []changeValue{
			{"collaboration", "bigint"}, {"to_grade", "text"}, {"to_outcome", "text"}, {"seen", "timestamptz"}, {"run", "text"}, {"to_sheet", "bigint"}, {"row", "integer"},
		},
		set: keepBase + `, grade = v.to_grade, outcome = v.to_outcome, screened = v.seen, result_run = v.run, result_sheet = v.to_sheet, result_row = v.row`,
	}
	// The same, for a row that was screened by itself.
	regradeAlone = change{
		table: "collaborations", key: "id", set: regrade.set,
		values: append(slices.Clone(regrade.values), changeValue{"content_hash", "text"}, changeValue{"answered", "text"}),
		where:  `t.content_hash = v.content_hash and t.answered = v.answered`,
	}
	// What the sheet now says otherwise.
	changeRow = change{
		table: "collaborations", key: "id",
		values: []changeValue{
			{"collaboration", "bigint"}, {"run", "text"}, {"sheet_id", "bigint"}, {"row", "integer"}, {"content_hash", "text"}, {"reference", "text"}, {"project", "text"},
			{"search", "text"}, {"content", "json"}, {"seen", "timestamptz"}, {"closed", "text"}, {"until", "text"}, {"unsure", "integer"},
			{"to_grade", "text"}, {"to_outcome", "text"}, {"to_sheet", "bigint"},
		},
		set: keepBase + `, upload = v.run, sheet_id = v.sheet_id, row = v.row, content_hash = v.content_hash, reference = v.reference, project = v.project,
			search = v.search, content = v.content, last_seen = v.seen, closed = v.closed, until = v.until, unsure = v.unsure, ended = null, ended_by = '', ended_why = '',
			grade = v.to_grade, outcome = v.to_outcome, screened = v.seen, result_run = v.run, result_sheet = v.to_sheet, result_row = v.row`,
		where: `t.upload <> v.run`,
	}
)

// KeepResults is AddResults for the sheets of an upload: in one transaction
// their rows become collaborations, or bring those up to date that have their
// identity. A row added again changes nothing.
func (s *Store) KeepResults(ctx context.Context, up Upload, results []*screening.Result) error {
	doing := "keeping results of run " + up.Run.ID
	prepared, err := prepareAll(results, up.Office)
	if err != nil {
		return s.fault(ctx, doing, err)
	}
	return s.InTx(ctx, doing, func(tx *Tx) error { return tx.KeepResults(ctx, up, prepared) })
}

// KeepResults is Store.KeepResults as a part of something larger. The results
// were prepared for the office of the upload.
func (t *Tx) KeepResults(ctx context.Context, up Upload, results []*Prepared) error {
	rows, err := t.s.addResults(ctx, t.tx, up.Run.ID, results)
	if err != nil {
		return err
	}
	return t.s.keepCollaborations(ctx, t.tx, up, rows)
}

// keptRow is one row of a sheet on its way to be a collaboration.
type keptRow struct {
	added
	sheet int64               // in collaboration_sheets
	known *knownCollaboration // nil for a new one
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
		if r.result.Partner.Error == "" {
			kept = append(kept, &keptRow{added: r})
		}
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
	var same, changed, fresh []*keptRow
	for _, k := range kept {
		switch {
		case k.known == nil:
			fresh = append(fresh, k)
		case k.known.Hash == k.hash:
			same = append(same, k)
		default:
			changed = append(changed, k)
		}
	}
	others, err := s.meetAgain(ctx, tx, up, same)
	if err != nil {
		return err
	}
	fresh = append(fresh, others...)
	if others, err = s.changeRows(ctx, tx, up, changed); err != nil {
		return err
	}
	return s.insertCollaborations(ctx, tx, up, append(fresh, others...))
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

// meetAgain notes that rows are in a sheet again, saying what they said
// before. It returns those whose collaboration another row of the upload took meanwhile.
func (s *Store) meetAgain(ctx context.Context, tx *sqlx.Tx, up Upload, rows []*keptRow) (others []*keptRow, err error) {
	at := stamp{up.Run.Started}
	again := s.newUpdate(tx, meetAgain)
	for _, k := range rows {
		again.row(k.known.ID, up.Run.ID, k.sheet, k.result.Partner.Row, at)
	}
	mine, err := again.flush(ctx)
	if err != nil {
		return nil, err
	}
	regraded := s.newUpdate(tx, regrade)
	for _, k := range rows {
		if !mine[k.known.ID] {
			others = append(others, k)
			continue
		}
		if !k.known.Ended.IsZero() {
			if err := exec(ctx, tx, reviveCollaboration, k.known.ID); err != nil {
				return nil, err
			}
		}
		switch {
		case up.Partial, k.known.Outcome == k.outcome:
		case k.known.Answered != "": // what stands was found with the answers, and this was not
			if err := exec(ctx, tx, awaitNight, k.known.ID); err != nil {
				return nil, err
			}
		default:
			regraded.row(k.known.ID, string(k.result.Grade), k.outcome, at, up.Run.ID, k.resultSheet, k.result.Partner.Row)
		}
	}
	if _, err := regraded.flush(ctx); err != nil {
		return nil, err
	}
	return others, s.keepEvents(ctx, tx, up, rows, mine)
}

// changeRows brings collaborations up to what their rows say now. It returns
// those that another row of the upload took meanwhile.
func (s *Store) changeRows(ctx context.Context, tx *sqlx.Tx, up Upload, rows []*keptRow) (others []*keptRow, err error) {
	at := stamp{up.Run.Started}
	changes := s.newUpdate(tx, changeRow)
	for _, k := range rows {
		p := k.result.Partner
		changes.row(k.known.ID, up.Run.ID, k.sheet, p.Row, k.hash, text(p.Reference), text(p.Project), k.search, k.content, at,
			text(k.activity.Closed), k.activity.Until, len(k.activity.Unsure), string(k.result.Grade), k.outcome, k.resultSheet)
	}
	mine, err := changes.flush(ctx)
	if err != nil {
		return nil, err
	}
	named := map[int64][]namedParty{}
	for _, k := range rows {
		if !mine[k.known.ID] {
			others = append(others, k)
			continue
		}
		named[k.known.ID] = k.named
		if k.known.Answered != "" {
			if err := stillAnswered(ctx, tx, k.known, k.result.Partner); err != nil {
				return nil, err
			}
		}
	}
	if err := s.relinkTo(ctx, tx, named); err != nil {
		return nil, err
	}
	return others, s.keepEvents(ctx, tx, up, rows, mine)
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

// keepEvents notes in their history which of the rows changed or came back.
func (s *Store) keepEvents(ctx context.Context, tx *sqlx.Tx, up Upload, rows []*keptRow, mine map[int64]bool) error {
	events := s.newInsert(tx, "collaboration_events", eventColumns)
	for _, k := range rows {
		what := ""
		switch {
		case !mine[k.known.ID]:
		case !k.known.Ended.IsZero():
			what = "in a sheet again"
		case k.known.Hash != k.hash:
			what = "changed"
		}
		if what == "" {
			continue
		}
		if err := events.row(ctx, k.known.ID, stamp{up.Run.Started}, what, text(up.Run.By), "", up.Run.ID); err != nil {
			return err
		}
	}
	return events.flush(ctx)
}

// relinkTo ties collaborations to the parties their rows name, and to no others.
func (s *Store) relinkTo(ctx context.Context, tx *sqlx.Tx, named map[int64][]namedParty) error {
	ids := slices.Sorted(maps.Keys(named))
	for some := range slices.Chunk(ids, versionsAtOnce) {
		query, args, err := sqlx.In(dropLinks, some)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, query, args...); err != nil {
			return err
		}
	}
	return s.link(ctx, tx, ids, func(i int) []namedParty { return named[ids[i]] })
}

// link ties the i-th collaboration to the parties named(i), which are kept where they are not.
func (s *Store) link(ctx context.Context, tx *sqlx.Tx, ids []int64, named func(i int) []namedParty) error {
	var all []namedParty
	for i := range ids {
		all = append(all, named(i)...)
	}
	parties, err := s.keepParties(ctx, tx, all)
	if err != nil {
		return err
	}
	links := s.newInsert(tx, "collaboration_parties", "party, collaboration")
	for i, id := range ids {
		for _, p := range named(i) {
			if err := links.row(ctx, parties[p.digest], id); err != nil {
				return err
			}
		}
	}
	return links.flush(ctx)
}

func (s *Store) insertCollaborations(ctx context.Context, tx *sqlx.Tx, up Upload, fresh []*keptRow) error {
	if len(fresh) == 0 {
		return nil
	}
	ids, err := s.newIDs(ctx, tx, "collaborations", len(fresh))
	if err != nil {
		return err
	}
	rows := s.newInsert(tx, "collaborations", collaborationColumns)
	at := stamp{up.Run.Started}
	for i, k := range fresh {
		p := k.result.Partner
		err := rows.row(ctx, ids[i], text(up.Office), k.sheet, up.Run.ID, p.Row, k.identity, k.hash, text(p.Reference), text(p.Project), k.search, k.content, at, at,
			text(k.activity.Closed), k.activity.Until, len(k.activity.Unsure), string(k.result.Grade), k.outcome, at, up.Run.ID, k.resultSheet, p.Row, 1)
		if err != nil {
			return err
		}
	}
	if err := rows.flush(ctx); err != nil {
		return err
	}
	return s.link(ctx, tx, ids, func(i int) []namedParty { return fresh[i].named })
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

// keepParties sees to it that parties are there, and returns their numbers by digest.
func (s *Store) keepParties(ctx context.Context, tx *sqlx.Tx, named []namedParty) (map[string]int64, error) {
	// One order for every worker, for two may bring the same parties.
	all := slices.SortedFunc(slices.Values(named), func(a, b namedParty) int { return cmp.Compare(a.digest, b.digest) })
	all = slices.CompactFunc(all, func(a, b namedParty) bool { return a.digest == b.digest })
	ids := make(map[string]int64, len(all))
	if err := partyIDs(ctx, tx, all, ids); err != nil {
		return nil, err
	}
	absent := slices.DeleteFunc(slices.Clone(all), func(p namedParty) bool { return ids[p.digest] != 0 })
	if err := s.insertParties(ctx, tx, absent, ids); err != nil {
		return nil, err
	}
	if len(ids) != len(all) {
		return nil, fmt.Errorf("%d of %d parties were kept", len(ids), len(all))
	}
	return ids, nil
}

// partyIDs adds the numbers of those parties that are kept.
func partyIDs(ctx context.Context, tx *sqlx.Tx, parties []namedParty, ids map[string]int64) error {
	for some := range slices.Chunk(parties, versionsAtOnce) {
		var digests []string
		for _, p := range some {
			digests = append(digests, p.digest)
		}
		query, args, err := sqlx.In(selectPartyIDs, digests)
		if err != nil {
			return err
		}
		if err := readIDs(ctx, tx, ids, query, args...); err != nil {
			return err
		}
	}
	return nil
}

func readIDs(ctx context.Context, tx *sqlx.Tx, ids map[string]int64, query string, args ...any) error {
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

// insertParties keeps parties that are not kept, and adds their numbers.
func (s *Store) insertParties(ctx context.Context, tx *sqlx.Tx, parties []namedParty, ids map[string]int64) error {
	if len(parties) == 0 {
		return nil
	}
	if s.postgres {
		return addSharedParties(ctx, tx, parties, ids)
	}
	numbers, err := s.newIDs(ctx, tx, "parties", len(parties))
	if err != nil {
		return err
	}
	rows := s.newInsert(tx, "parties", partyNames)
	for i, p := range parties {
		ids[p.digest] = numbers[i]
		if err := rows.row(ctx, numbers[i], p.digest, p.folded, p.content); err != nil {
			return err
		}
	}
	return rows.flush(ctx)
}

// addSharedParties keeps parties that another worker may be keeping just now.
func addSharedParties(ctx context.Context, tx *sqlx.Tx, parties []namedParty, ids map[string]int64) error {
	var digests, folded, contents []string
	for _, p := range parties {
		digests, folded, contents = append(digests, p.digest), append(folded, p.folded), append(contents, p.content)
	}
	if err := readIDs(ctx, tx, ids, addNewParties, pq.Array(digests), pq.Array(folded), pq.Array(contents)); err != nil {
		return err
	}
	others := slices.DeleteFunc(slices.Clone(parties), func(p namedParty) bool { return ids[p.digest] != 0 })
	return partyIDs(ctx, tx, others, ids)
}
