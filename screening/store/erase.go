package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// Traces are where the subject of a request stands in what is kept.
type Traces struct {
	Parties        []PartyTrace
	Decisions      []LineTrace
	Dispositions   []LineTrace
	Questions      []LineTrace
	Collaborations []CollaborationTrace
	// Mentions are rows whose reference, project, status, notes or answers name
	// the subject. They are sealed as they stand, and go with their run alone.
	Mentions []RowOfRun

	who        *screening.Subject
	pseudonyms map[string]bool // the subject's
}

// is reports whether a party is the subject, by its name or by what stands in its place.
func (t *Traces) is(p *screening.Party) bool { return t.who.Is(p) || t.pseudonyms[p.Name] }

// RowOfRun is a row as a run screened it.
type RowOfRun struct {
	Run   string
	Place screening.Place
}

// PartyTrace is a party of a row as a run screened it.
type PartyTrace struct {
	RowOfRun
	Grade    screening.Grade
	Finished bool // the run has
	// Pseudonym says that the name was taken away before and what stands there can still be told to be the subject's.
	Pseudonym bool
	party     personNamed
}

// LineTrace is a decision, a disposition or a question about the subject.
type LineTrace struct {
	ID   string
	Run  string // it was made on; "" where it names none
	Made time.Time
}

// CollaborationTrace is a collaboration with the subject, and the row its result stands on.
type CollaborationTrace struct {
	ID       int64
	Active   bool
	Standing RowOfRun
}

const (
	selectPartyNames = `select u.run, u.finished, s.file, s.sheet, p.sheet_id, p.row, p.party, p.name, p.birth_date, p.salt, p.sealed, r.grade
		from run_parties p join run_rows r on r.sheet_id = p.sheet_id and r.row = p.row join run_sheets s on s.id = p.sheet_id join runs u on u.run = s.run
		order by p.sheet_id, p.row, p.party`
	selectRowWords           = `select s.run, s.file, s.sheet, r.row, r.reference, r.project, r.status, r.notes, r.answers from run_rows r join run_sheets s on s.id = r.sheet_id`
	selectAllAsked           = `select a.content, r.content from asked a left join replies r on r.question = a.question order by a.seq`
	selectCollaborationNames = `select c.id, c.content, c.closed, c.until, c.ended, c.result_run, s.file, s.sheet, c.result_row
		from collaborations c join run_sheets s on s.id = c.result_sheet order by c.id`
)

// Traces finds where a subject stands: by name and birth date, and by the
// pseudonym its name would have. day (YYYY-MM-DD) is the one collaborations are active on.
// progress is told how many rows were looked at.
func (s *Store) Traces(ctx context.Context, who *screening.Subject, day string, progress func(int64)) (*Traces, error) {
	key, err := s.Secret(ctx, "pseudonyms")
	if err != nil {
		return nil, err
	}
	t := &Traces{who: who, pseudonyms: map[string]bool{}}
	for _, folded := range who.Folded() {
		t.pseudonyms[pseudonym(key, folded)] = true
	}
	for _, step := range []func() error{
		func() error { return s.tracesInRuns(ctx, t, progress) },
		func() error { return s.mentions(ctx, t) },
		func() error { return s.tracesInHistories(ctx, t) },
		func() error { return s.tracesInCollaborations(ctx, t, day) },
	} {
		if err := step(); err != nil {
			return nil, s.fault(ctx, "looking for whom a request is about", err)
		}
	}
	return t, nil
}

func (s *Store) tracesInRuns(ctx context.Context, t *Traces, progress func(int64)) error {
	rows, err := s.read.QueryContext(ctx, selectPartyNames)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for n := int64(1); rows.Next(); n++ {
		var x PartyTrace
		var finished stamp
		var p screening.Party
		var sealed string
		err := rows.Scan(&x.Run, &finished, &x.Place.File, &x.Place.Sheet, &x.party.Sheet, &x.party.Row, &x.party.Party, &p.Name, &p.BirthDate, &x.party.Salt, &sealed, &x.Grade)
		if err != nil {
			return err
		}
		if n%10000 == 0 {
			progress(n)
		}
		x.Pseudonym = sealed != "" && t.pseudonyms[p.Name]
		if !x.Pseudonym && (sealed != "" || !t.who.Is(&p)) {
			continue
		}
		x.Place.Row, x.party.Run, x.Finished = x.party.Row, x.Run, !finished.IsZero()
		t.Parties = append(t.Parties, x)
	}
	return rows.Err()
}

func (s *Store) mentions(ctx context.Context, t *Traces) error {
	rows, err := s.read.QueryContext(ctx, selectRowWords)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var at RowOfRun
		var p screening.Partner
		var notes, answers []byte
		err := rows.Scan(&at.Run, &at.Place.File, &at.Place.Sheet, &at.Place.Row, &p.Reference, &p.Project, &p.Status, &notes, &answers)
		if err == nil {
			err = errors.Join(fromJSON(notes, &p.Notes), fromJSON(answers, &p.Answers))
		}
		if err != nil {
			return err
		}
		if t.who.Mentions(&p) {
			t.Mentions = append(t.Mentions, at)
		}
	}
	return rows.Err()
}

func (s *Store) tracesInHistories(ctx context.Context, t *Traces) error {
	for d, err := range s.Decisions(ctx) {
		if err != nil {
			return err
		}
		if d.Party != nil && t.who.Is(d.Party) {
			t.Decisions = append(t.Decisions, LineTrace{d.ID, d.Run, d.Made})
		}
	}
	for d, err := range s.Dispositions(ctx) {
		if err != nil {
			return err
		}
		if t.who.Goes(d.Party) {
			t.Dispositions = append(t.Dispositions, LineTrace{d.ID, d.Run, d.Made})
		}
	}
	return s.tracesInQuestions(ctx, t)
}

// tracesInQuestions finds the questions that are about a subject, and those
// that name it in their own words or in the reply.
func (s *Store) tracesInQuestions(ctx context.Context, t *Traces) error {
	rows, err := s.read.QueryContext(ctx, selectAllAsked)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var content, reply []byte
		var a screening.Asked
		var r screening.Reply
		err := rows.Scan(&content, &reply)
		if err == nil {
			err = errors.Join(fromJSON(content, &a), fromJSON(reply, &r))
		}
		if err != nil {
			return err
		}
		if t.who.Goes(a.Party) || t.who.In(a.Text) || t.who.In(r.Text) {
			t.Questions = append(t.Questions, LineTrace{a.ID, a.Run, a.Made})
		}
	}
	return rows.Err()
}

func (s *Store) tracesInCollaborations(ctx context.Context, t *Traces, day string) error {
	rows, err := s.read.QueryContext(ctx, selectCollaborationNames)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var x CollaborationTrace
		var content []byte
		var closed, until string
		var ended stamp
		var p screening.Partner
		at := &x.Standing
		err := rows.Scan(&x.ID, &content, &closed, &until, &ended, &at.Run, &at.Place.File, &at.Place.Sheet, &at.Place.Row)
		if err == nil {
			err = fromJSON(content, &p)
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(p.Parties, func(p screening.Party) bool { return t.is(&p) }) {
			x.Active = ended.IsZero() && screening.Activity{Closed: closed, Until: until}.On(day)
			t.Collaborations = append(t.Collaborations, x)
		}
	}
	return rows.Err()
}

// Erasure is what one line of the audit trail says was erased.
type Erasure struct {
	At  time.Time `json:"at"`
	Who string    `json:"who"`
	Why string    `json:"why"`
	erased
}

// erased is what stands in such a line. Commitments stand for what was erased
// of rows: whoever has the words and the salt still could show that they were it, nobody else.
type erased struct {
	Parties        map[string][]string `json:"parties,omitempty"`    // by run, their commitments
	Unsealed       map[string]int      `json:"unsealed,omitempty"`   // by run, of runs older than seals
	Pseudonyms     map[string]int      `json:"pseudonyms,omitempty"` // by run, of those whose names were taken away before
	Decisions      []string            `json:"decisions,omitempty"`
	Dispositions   []string            `json:"dispositions,omitempty"`
	Questions      []string            `json:"questions,omitempty"`
	Collaborations []int64             `json:"collaborations,omitempty"`
}

// Said is what was erased, counted in words.
func (e *erased) Said() string {
	parties := 0
	for _, commitments := range e.Parties {
		parties += len(commitments)
	}
	for _, n := range e.Unsealed {
		parties += n
	}
	var said []string
	for _, k := range []struct {
		n    int
		what string
	}{
		{parties, "parties of runs"},
		{len(e.Decisions), "decisions"},
		{len(e.Dispositions), "dispositions"},
		{len(e.Questions), "questions"},
		{len(e.Collaborations), "collaborations"},
	} {
		if k.n > 0 {
			said = append(said, fmt.Sprintf("%d %s", k.n, k.what))
		}
	}
	return strings.Join(said, ", ")
}

// erasedAtOnce bounds one transaction and its line of the audit trail.
const erasedAtOnce = 1000

// Erase takes what is private of a subject away at each of the traces, and
// leaves screening.Erased in the place of the name. The seals hold as before, by
// the commitments left there. told makes the line of the audit trail for each transaction.
func (s *Store) Erase(ctx context.Context, t *Traces, told func() *screening.AuditEntry) error {
	const doing = "erasing personal data"
	for some := range slices.Chunk(t.Parties, erasedAtOnce) {
		err := s.erase(ctx, doing, told, func(tx *sqlx.Tx, e *erased) error { return eraseParties(ctx, tx, some, e) })
		if err != nil {
			return err
		}
	}
	rest := func(tx *sqlx.Tx, e *erased) error {
		if err := eraseLines[screening.Decision](ctx, tx, decisionHistory, `party_key = ''`, t.Decisions, &e.Decisions); err != nil {
			return err
		}
		if err := eraseLines[screening.Disposition](ctx, tx, dispositionHistory, `party_key = '', work_key = ''`, t.Dispositions, &e.Dispositions); err != nil {
			return err
		}
		if err := eraseQuestions(ctx, tx, t.Questions, e); err != nil {
			return err
		}
		return s.eraseCollaborations(ctx, tx, t, e)
	}
	if len(t.Decisions)+len(t.Dispositions)+len(t.Questions)+len(t.Collaborations) > 0 {
		if err := s.erase(ctx, doing, told, rest); err != nil {
			return err
		}
	}
	if s.postgres {
		return nil
	}
	// What is overwritten stands in the write-ahead log until that is folded in.
	_, err := s.write.ExecContext(ctx, `pragma wal_checkpoint(truncate)`)
	return s.fault(ctx, doing, err)
}

func (s *Store) erase(ctx context.Context, doing string, told func() *screening.AuditEntry, f func(*sqlx.Tx, *erased) error) error {
	return s.inTx(ctx, doing, func(tx *sqlx.Tx) error {
		if !s.postgres { // or the words stay in the file's free pages
			if _, err := tx.ExecContext(ctx, `pragma secure_delete = on`); err != nil {
				return err
			}
		}
		e := &erased{Parties: map[string][]string{}, Unsealed: map[string]int{}, Pseudonyms: map[string]int{}}
		if err := f(tx, e); err != nil {
			return err
		}
		var after map[string]any
		b, err := jsonText(e)
		if err == nil {
			err = fromJSON([]byte(b), &after)
		}
		if err != nil {
			return err
		}
		return say(ctx, tx, []*screening.AuditEntry{told()}, after)
	})
}

const (
	erasePseudonym = `update run_parties set name = ? where sheet_id = ? and row = ? and party = ? and salt = ''`
	selectSealed   = `select sealed from run_parties where sheet_id = ? and row = ? and party = ?`
	dropClosedKeys = `delete from open_matches where closed is not null and match_key in (?)`
	selectKeysOf   = `select match_key from run_matches where sheet_id = ? and row = ? and party = ? and match_key <> ''`
)

func eraseParties(ctx context.Context, tx *sqlx.Tx, parties []PartyTrace, e *erased) error {
	var keys []string
	for i := range parties {
		p := &parties[i]
		at := []any{p.party.Sheet, p.party.Row, p.party.Party}
		if p.Pseudonym {
			if err := exec(ctx, tx, erasePseudonym, append([]any{screening.Erased}, at...)...); err != nil {
				return err
			}
			var sealed string
			if err := tx.GetContext(ctx, &sealed, tx.Rebind(selectSealed), at...); err != nil {
				return err
			}
			e.Pseudonyms[p.Run]++
			e.add(p.Run, sealed)
			continue
		}
		var some []string
		if err := tx.SelectContext(ctx, &some, tx.Rebind(selectKeysOf), at...); err != nil {
			return err
		}
		keys = append(keys, some...)
		commitment, err := forget(ctx, tx, p.party, func(*screening.Party) string { return screening.Erased })
		if err != nil {
			return err
		}
		e.add(p.Run, commitment)
	}
	for some := range slices.Chunk(keys, versionsAtOnce) {
		query, args, err := sqlx.In(dropClosedKeys, some)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, query, args...); err != nil {
			return err
		}
	}
	return nil
}

func (e *erased) add(run, commitment string) {
	if commitment == unsealed {
		e.Unsealed[run]++
		return
	}
	e.Parties[run] = append(e.Parties[run], commitment)
}

// erasable is a line of a history that can be told to be about nobody.
type erasable[T any] interface {
	sealable[T]
	Erase()
}

// eraseLines erases whom lines of a history are about. They are sealed: a checkpoint seals what is older than seals.
func eraseLines[T any, P erasable[T]](ctx context.Context, tx *sqlx.Tx, h history, keys string, traces []LineTrace, ids *[]string) error {
	for _, t := range traces {
		var kept struct {
			Salt    string `db:"salt"`
			Content []byte `db:"content"`
		}
		if err := tx.GetContext(ctx, &kept, tx.Rebind(`select salt, content from `+h.table+` where `+h.id+` = ? and salt <> ''`), t.ID); err != nil {
			return fmt.Errorf("%s %s: %w", h.id, t.ID, err)
		}
		line := P(new(T))
		if err := fromJSON(kept.Content, line); err != nil {
			return err
		}
		commitment := line.Commitment(kept.Salt)
		line.Erase()
		left, err := jsonText(line)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, `update `+h.table+` set salt = '', sealed = ?, content = ?, `+keys+` where `+h.id+` = ?`, commitment, left, t.ID); err != nil {
			return err
		}
		*ids = append(*ids, t.ID)
	}
	return nil
}

func eraseQuestions(ctx context.Context, tx *sqlx.Tx, traces []LineTrace, e *erased) error {
	for _, t := range traces {
		var content []byte
		if err := tx.GetContext(ctx, &content, tx.Rebind(selectAskedOne), t.ID); err != nil {
			return err
		}
		a := new(screening.Asked)
		if err := fromJSON(content, a); err != nil {
			return err
		}
		said := a.Text
		a.Party, a.Text, a.MatchKey = screening.Erased, screening.Erased, ""
		left, err := jsonText(a)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, `update asked set match_key = '', content = ? where question = ? and match_key <> ''`, left, t.ID); err != nil {
			return err
		}
		if err := exec(ctx, tx, eraseEvent, screening.Erased, a.Collaboration, text(said)); err != nil {
			return err
		}
		if err := eraseReply(ctx, tx, a, said); err != nil {
			return err
		}
		e.Questions = append(e.Questions, t.ID)
	}
	return nil
}

const (
	eraseEvent  = `update collaboration_events set why = ? where collaboration = ? and why = ?`
	selectGiven = `select answered from collaborations where id = ?`
	keepGiven   = `update collaborations set answered = ? where id = ?`
)

// eraseReply takes the words of a reply away, and what they came to beside the row.
func eraseReply(ctx context.Context, tx *sqlx.Tx, a *screening.Asked, said string) error {
	var content []byte
	err := tx.GetContext(ctx, &content, tx.Rebind(selectReply), a.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	var r screening.Reply
	if err := fromJSON(content, &r); err != nil {
		return err
	}
	r.Text = screening.Erased
	left, err := jsonText(&r)
	if err != nil {
		return err
	}
	if err := exec(ctx, tx, `update replies set content = ? where question = ?`, left, a.ID); err != nil {
		return err
	}
	var answered string
	if err := tx.GetContext(ctx, &answered, tx.Rebind(selectGiven), a.Collaboration); errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	given, err := givenOf(answered)
	if err != nil {
		return err
	}
	for i, note := range given.Notes {
		if strings.Contains(note, said) { // the question with its answer
			given.Notes[i] = screening.Erased
		}
	}
	if answer, ok := given.Answers[a.Ask]; ok {
		answer.Text = screening.Erased
		given.Answers[a.Ask] = answer
	}
	now, err := jsonText(given)
	if err != nil {
		return err
	}
	return exec(ctx, tx, keepGiven, now, a.Collaboration)
}

const (
	selectCollabContent = `select content, identity from collaborations where id = ?`
	// The hashes there were are of names without a salt: who guesses the name could prove it.
	forgetCollaboration = `update collaborations set content = ?, search = ?, identity = ?, content_hash = ?, outcome = '', base_outcome = '' where id = ?`
	selectLinked        = `select party from collaboration_parties where collaboration = ?`
	dropUnlinked        = `delete from parties where id = ? and not exists (select 1 from collaboration_parties l where l.party = parties.id)`
)

func (s *Store) eraseCollaborations(ctx context.Context, tx *sqlx.Tx, t *Traces, e *erased) error {
	for _, c := range t.Collaborations {
		err := s.forgetInCollaboration(ctx, tx, c.ID, func(p *screening.Party) string {
			if t.is(p) {
				return screening.Erased
			}
			return ""
		})
		if err != nil {
			return err
		}
		e.Collaborations = append(e.Collaborations, c.ID)
	}
	return nil
}

// forgetInCollaboration takes away what is private of those parties of a
// collaboration for which instead gives a name to put in the place of theirs.
func (s *Store) forgetInCollaboration(ctx context.Context, tx *sqlx.Tx, id int64, instead func(*screening.Party) string) error {
	var row struct {
		Content  []byte `db:"content"`
		Identity string `db:"identity"`
	}
	if err := tx.GetContext(ctx, &row, tx.Rebind(selectCollabContent), id); err != nil {
		return err
	}
	var p screening.Partner
	if err := fromJSON(row.Content, &p); err != nil {
		return err
	}
	for i := range p.Parties {
		if name := instead(&p.Parties[i]); name != "" {
			p.Parties[i].Erase()
			p.Parties[i].Name = name
		}
	}
	content, err := contentOfRow(&p)
	if err != nil {
		return err
	}
	if strings.TrimSpace(p.Reference) == "" { // else it is known by that
		row.Identity = screening.NewSalt()
	}
	if err := exec(ctx, tx, forgetCollaboration, content, searchText(&p), row.Identity, screening.NewSalt(), id); err != nil {
		return err
	}
	var linked []int64
	if err := tx.SelectContext(ctx, &linked, tx.Rebind(selectLinked), id); err != nil {
		return err
	}
	named, err := namedParties(&p)
	if err != nil {
		return err
	}
	if err := s.relinkTo(ctx, tx, map[int64][]namedParty{id: named}); err != nil {
		return err
	}
	for _, party := range linked {
		if err := exec(ctx, tx, dropUnlinked, party); err != nil {
			return err
		}
	}
	return nil
}

const countErased = `select (select count(*) from decisions where seq <= ? and sealed <> '' and salt = '')
	+ (select count(*) from dispositions where seq <= ? and sealed <> '' and salt = '')`

// ErasedUpTo counts the decisions and dispositions that were made until
// LastDecision gave that number, and of which whom they are about was erased.
func (s *Store) ErasedUpTo(ctx context.Context, last int64) (n int, err error) {
	err = s.read.GetContext(ctx, &n, s.read.Rebind(countErased), decisionUpTo(last), dispositionUpTo(last))
	return n, s.fault(ctx, "counting what was erased", err)
}

// whenever is later than any file.
var whenever = time.Unix(1<<40, 0)

// RemoveSheets removes the sheets that were sent in for runs, where nothing else
// names them.
func (s *Store) RemoveSheets(ctx context.Context, runs []string, dry bool) ([]Unnamed, error) {
	const doing = "removing sheets that were sent in"
	if s.data == "" || len(runs) == 0 {
		return nil, nil
	}
	named, err := namedFiles(ctx, s.read, editionFiles, `select hash from fetches`, sheetsOfOpenRuns)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	var out []Unnamed
	for some := range slices.Chunk(runs, versionsAtOnce) {
		query, args, err := sqlx.In(`select distinct hash from run_inputs where run in (?) and hash <> ''`, some)
		if err != nil {
			return out, s.fault(ctx, doing, err)
		}
		var hashes []string
		if err := s.read.SelectContext(ctx, &hashes, s.read.Rebind(query), args...); err != nil {
			return out, s.fault(ctx, doing, err)
		}
		for _, hash := range hashes {
			if slices.Contains(named, hash) {
				continue
			}
			if err := remove(s.filePath(hash), whenever, dry, &out); err != nil {
				return out, s.fault(ctx, doing, err)
			}
		}
	}
	return out, nil
}

const selectDropsOf = `select id from drops where run in (?)`

// DropsOf returns the files of the drop folder that runs screened, by their IDs.
func (s *Store) DropsOf(ctx context.Context, runs []string) ([]string, error) {
	var out []string
	for some := range slices.Chunk(runs, versionsAtOnce) {
		query, args, err := sqlx.In(selectDropsOf, some)
		if err != nil {
			return nil, err
		}
		var ids []string
		if err := s.read.SelectContext(ctx, &ids, s.read.Rebind(query), args...); err != nil {
			return nil, s.fault(ctx, "looking up dropped files", err)
		}
		out = append(out, ids...)
	}
	return out, nil
}
