package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// ErrTakenOver is what writing gives to a night that another process has begun anew.
var ErrTakenOver = errors.New("begun anew by another process")

const (
	nightColumns      = `night, office, attempt, started, finished, basis, counts`
	selectLastNight   = `select ` + nightColumns + ` from nights where office = ? and finished is not null order by night desc limit 1`
	selectOpenNight   = `select ` + nightColumns + ` from nights where office = ? and finished is null order by night desc limit 1`
	selectNight       = `select ` + nightColumns + ` from nights where night = ?`
	selectNights      = `select ` + nightColumns + ` from nights where office = ? order by night desc limit ?`
	insertNight       = `insert into nights (office, attempt, started, basis, counts) values (?, 1, ?, ?, ?) returning night`
	resumeNight       = `update nights set attempt = attempt + 1, basis = ?, counts = ? where night = ? returning attempt`
	fenceNight        = `update nights set attempt = attempt where night = ? and attempt = ? and finished is null`
	finishNight       = `update nights set finished = ?, counts = ? where night = ?`
	insertNightChange = `insert into night_changes (night, collaboration, before_run, before_sheet, before_row, before_grade, grade, run, sheet, row, opens, causes)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (night, collaboration) do update set
		grade = excluded.grade, run = excluded.run, sheet = excluded.sheet, row = excluded.row, opens = excluded.opens, causes = excluded.causes`

	// What a night left as it was, though it was worked: it counts from now on.
	settleRows  = `update collaborations set waiting = 0, watched = 1, base_run = '', base_grade = '', base_outcome = '' where (waiting = 1 or watched = 0) and `
	standOn     = `update collaborations set grade = ?, outcome = ?, screened = ?, result_run = ?, result_sheet = ?, result_row = ? where id = ? and content_hash = ? and answered = ?`
	updateFound = `update parties set found = v.column2 from (values %s) as v where parties.digest = v.column1 and parties.found <> v.column2`
)

type nightRow struct {
	Night    int64  `db:"night"`
	Office   string `db:"office"`
	Attempt  int    `db:"attempt"`
	Started  stamp  `db:"started"`
	Finished stamp  `db:"finished"`
	Basis    []byte `db:"basis"`
	Counts   []byte `db:"counts"`
}

func (r *nightRow) night() (*screening.Night, error) {
	n := &screening.Night{ID: r.Night, Office: r.Office, Attempt: r.Attempt, Started: r.Started.Time, Finished: r.Finished.Time}
	return n, errors.Join(fromJSON(r.Basis, &n.Basis), fromJSON(r.Counts, &n.Counts))
}

func (s *Store) night(ctx context.Context, db reader, doing, query string, args ...any) (*screening.Night, error) {
	var row nightRow
	if err := sqlx.GetContext(ctx, db, &row, db.Rebind(query), args...); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	n, err := row.night()
	return n, s.fault(ctx, doing, err)
}

// LastNight returns the last night of the office that came to its end.
// ErrNotFound before the first.
func (s *Store) LastNight(ctx context.Context, office string) (*screening.Night, error) {
	return s.night(ctx, s.read, "looking up the last night", selectLastNight, text(office))
}

// Night returns one night.
func (s *Store) Night(ctx context.Context, id int64) (*screening.Night, error) {
	return s.night(ctx, s.read, fmt.Sprintf("looking up night %d", id), selectNight, id)
}

// Nights returns the newest nights of the office, newest first.
func (s *Store) Nights(ctx context.Context, office string, limit int) ([]*screening.Night, error) {
	const doing = "looking up the nights"
	var rows []nightRow
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectNights), text(office), limit); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	out := make([]*screening.Night, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].night(); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
	}
	return out, nil
}

// OpenNight returns the office's night that was begun and not finished, or nil.
func (s *Store) OpenNight(ctx context.Context, office string) (*screening.Night, error) {
	n, err := s.night(ctx, s.read, "looking up a night that was cut short", selectOpenNight, text(office))
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return n, err
}

// BeginNight begins a night, or takes up the one that was cut short, and sets
// n.ID and n.Attempt. Whoever had begun it before can write to it no more.
func (s *Store) BeginNight(ctx context.Context, n *screening.Night) error {
	return s.inTx(ctx, "beginning a night", func(tx *sqlx.Tx) error {
		basis, err := jsonText(n.Basis)
		if err != nil {
			return err
		}
		counts, err := jsonText(n.Counts)
		if err != nil {
			return err
		}
		open, err := s.night(ctx, tx, "looking up a night that was cut short", selectOpenNight, text(n.Office))
		switch {
		case errors.Is(err, ErrNotFound):
			n.Attempt = 1
			return tx.GetContext(ctx, &n.ID, tx.Rebind(insertNight), text(n.Office), stamp{n.Started}, basis, counts)
		case err != nil:
			return err
		}
		n.ID, n.Started = open.ID, open.Started
		return tx.GetContext(ctx, &n.Attempt, tx.Rebind(resumeNight), basis, counts, n.ID)
	})
}

// fence makes sure that the night is still the caller's, and keeps it so until
// the transaction ends.
func fence(ctx context.Context, tx *sqlx.Tx, n *screening.Night) error {
	res, err := tx.ExecContext(ctx, tx.Rebind(fenceNight), n.ID, n.Attempt)
	if err != nil {
		return err
	}
	if rows, err := res.RowsAffected(); err != nil || rows == 1 {
		return err
	}
	return ErrTakenOver
}

// WatchedParty is a distinct party of active collaborations.
type WatchedParty struct {
	ID     int64
	Party  *screening.Party
	Digest string
	Found  string // stands for the candidates of the last night, "" before its first
	Links  int    // active collaborations that name it
}

// Watch counts what is active at one moment: Links is in how many places
// collaborations name parties.
type Watch struct{ Collaborations, Links int }

const (
	countActive = `select count(*) from collaborations c where c.office = ? and ` + collabIsActive
	countLinks  = `select count(*) from collaborations c join collaboration_parties l on l.collaboration = c.id where c.office = ? and ` + collabIsActive
	// A cross join keeps SQLite from taking the collaborations first.
	linksOf = `from collaboration_parties l cross join collaborations c where l.party = p.id and c.id = l.collaboration and c.office = ? and ` + collabIsActive
	// By party, in the order of the table: nothing is gathered first.
	selectWatchedParties = `select p.id, p.digest, p.found, p.content, (select count(*) ` + linksOf + `) as links from parties p order by p.id`
	countParties         = `select count(*) from parties p where exists (select 1 ` + linksOf + `)`
)

// view is a read that sees one moment throughout.
func (s *Store) view(ctx context.Context, f func(*sqlx.Tx) error) error {
	tx, err := s.read.BeginTxx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.snapshot()})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	return f(tx)
}

// snapshot is the isolation that sees one moment: on SQLite every transaction does.
func (s *Store) snapshot() sql.IsolationLevel {
	if s.postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// CountActive counts the office's collaborations that are active on a day.
func (s *Store) CountActive(ctx context.Context, office, day string) (int, error) {
	var n int
	err := s.read.GetContext(ctx, &n, s.read.Rebind(countActive), text(office), day)
	return n, s.fault(ctx, "counting the active collaborations", err)
}

// CountParties counts the distinct parties of those.
func (s *Store) CountParties(ctx context.Context, office, day string) (int, error) {
	var n int
	err := s.read.GetContext(ctx, &n, s.read.Rebind(countParties), text(office), day)
	return n, s.fault(ctx, "counting the parties of the collaborations", err)
}

func watch(ctx context.Context, tx *sqlx.Tx, office, day string) (w Watch, err error) {
	if err = tx.GetContext(ctx, &w.Collaborations, tx.Rebind(countActive), text(office), day); err == nil {
		err = tx.GetContext(ctx, &w.Links, tx.Rebind(countLinks), text(office), day)
	}
	return w, err
}

// WatchedParties yields the distinct parties of the office's active
// collaborations, in the order of their numbers, and counts beforehand, at the same
// moment and by another way, what there is to yield.
func (s *Store) WatchedParties(ctx context.Context, office, day string, counted func(Watch)) iter.Seq2[*WatchedParty, error] {
	return func(yield func(*WatchedParty, error) bool) {
		stopped := false
		err := s.view(ctx, func(tx *sqlx.Tx) error {
			w, err := watch(ctx, tx, office, day)
			if err != nil {
				return err
			}
			counted(w)
			rows, err := tx.QueryContext(ctx, tx.Rebind(selectWatchedParties), text(office), day)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			var content raw
			for rows.Next() {
				p := &WatchedParty{Party: new(screening.Party)}
				if err := rows.Scan(&p.ID, &p.Digest, &p.Found, &content, &p.Links); err != nil {
					return err
				}
				if p.Links == 0 { // of what is over, or another office's
					continue
				}
				if err := fromJSON(content, p.Party); err != nil {
					return err
				}
				if !yield(p, nil) {
					stopped = true
					return nil
				}
			}
			return rows.Err()
		})
		if err != nil && !stopped {
			yield(nil, s.fault(ctx, "reading the parties of the collaborations", err))
		}
	}
}

// NightRow is a collaboration on its way through a night.
type NightRow struct {
	ID      int64
	Partner *screening.Partner // where the latest sheet has it
	// Place is where its result is kept: as in the latest sheet, or apart where
	// the row is another's there.
	Place   screening.Place
	Waiting bool // new or changed since the night before
	Grade   screening.Grade
	Outcome string
	// BaseGrade and BaseOutcome are what the night before left; for a new row
	// what its sheet's screening found.
	BaseGrade   screening.Grade
	BaseOutcome string
	New         bool

	hash       string
	answered   string             // what was answered beside the row
	own        *screening.Partner // the row without that
	base, held place
}

// place is where a result is kept.
type place struct {
	run   string
	sheet int64
	row   int
}

const nightRowColumns = `select c.id, s.file, s.sheet, c.row, c.upload = s.upload as latest, c.content, c.waiting, c.grade, c.outcome, c.content_hash, c.answered,
	c.result_run, c.result_sheet, c.result_row, c.base_run, c.base_sheet, c.base_row, c.base_grade, c.base_outcome
	from collaborations c join collaboration_sheets s on s.id = c.sheet_id where c.office = ? and `

func scanNightRow(rows *sql.Rows) (*NightRow, error) {
	r := &NightRow{Partner: new(screening.Partner)}
	var latest bool
	var content raw
	err := rows.Scan(&r.ID, &r.Place.File, &r.Place.Sheet, &r.Place.Row, &latest, &content, &r.Waiting, &r.Grade, &r.Outcome, &r.hash, &r.answered,
		&r.held.run, &r.held.sheet, &r.held.row, &r.base.run, &r.base.sheet, &r.base.row, &r.BaseGrade, &r.BaseOutcome)
	if err != nil {
		return nil, err
	}
	if err := fromJSON(content, r.Partner); err != nil {
		return nil, err
	}
	given, err := givenOf(r.answered)
	if err != nil {
		return nil, err
	}
	own := *r.Partner
	r.own = &own
	given.Add(r.Partner)
	r.Partner.Place = r.Place
	if !latest { // its row in the latest sheet is another's, or will be
		r.Place.Sheet, r.Place.Row = r.Place.Sheet+" (earlier)", int(r.ID)
	}
	if !r.Waiting {
		r.base, r.BaseGrade, r.BaseOutcome = r.held, r.Grade, r.Outcome
	} else if r.base.run == "" {
		r.New = true
		r.base, r.BaseGrade, r.BaseOutcome = r.held, r.Grade, r.Outcome
	}
	return r, nil
}

// Active returns the numbers of the office's active collaborations, in
// their order, and counts at the same moment and by another way what is active. Their
// rows are read with RowsAt, a few at a time: on SQLite the log of what is
// written cannot begin anew while one long reading goes on.
func (s *Store) Active(ctx context.Context, office, day string) (ids []int64, counted Watch, err error) {
	err = s.view(ctx, func(tx *sqlx.Tx) error {
		if counted, err = watch(ctx, tx, office, day); err != nil {
			return err
		}
		return tx.SelectContext(ctx, &ids, tx.Rebind(selectActiveIDs), text(office), day)
	})
	return ids, counted, s.fault(ctx, "reading the collaborations", err)
}

// RowsAt returns collaborations as they are now, active or not, in the order
// of their numbers.
func (s *Store) RowsAt(ctx context.Context, office string, ids []int64) ([]*NightRow, error) {
	return s.rowsByID(ctx, nightRowColumns+`c.id in (?) order by c.id`, ids, text(office))
}

// Rows returns those of the collaborations that are active, in the order of their numbers.
func (s *Store) Rows(ctx context.Context, office, day string, ids []int64) ([]*NightRow, error) {
	return s.rowsByID(ctx, nightRowColumns+collabIsActive+` and c.id in (?) order by c.id`, ids, text(office), day)
}

func (s *Store) rowsByID(ctx context.Context, query string, ids []int64, args ...any) ([]*NightRow, error) {
	var out []*NightRow
	for some := range slices.Chunk(ids, versionsAtOnce) {
		q, all, err := sqlx.In(query, append(slices.Clone(args), some)...)
		if err == nil {
			err = s.scanNightRows(ctx, q, all, &out)
		}
		if err != nil {
			return nil, s.fault(ctx, "reading collaborations", err)
		}
	}
	return out, nil
}

func (s *Store) scanNightRows(ctx context.Context, query string, args []any, out *[]*NightRow) error {
	rows, err := s.read.QueryContext(ctx, s.read.Rebind(query), args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		r, err := scanNightRow(rows)
		if err != nil {
			return err
		}
		*out = append(*out, r)
	}
	return rows.Err()
}

const (
	// Of every office: whose they are is asked when they are read.
	selectRowsOfParties = `select l.collaboration from collaboration_parties l where l.party in (?)`
	selectRowsOfNames   = `select l.collaboration from parties p join collaboration_parties l on l.party = p.id where p.folded in (?)`
	selectActiveIDs     = `select c.id from collaborations c where c.office = ? and ` + collabIsActive + ` order by c.id`
	selectWaiting       = `select c.id from collaborations c where c.office = ? and c.waiting = 1 and ` + collabIsActive + ` order by c.id`
)

// RowsOfParties returns the collaborations, of whatever office, that name any
// of the parties.
func (s *Store) RowsOfParties(ctx context.Context, parties []int64) ([]int64, error) {
	return rowsOf(ctx, s, selectRowsOfParties, parties)
}

// RowsOfNames returns those that name a party of any of the names, folded as
// Party.FoldedName folds them.
func (s *Store) RowsOfNames(ctx context.Context, folded []string) ([]int64, error) {
	return rowsOf(ctx, s, selectRowsOfNames, folded)
}

func rowsOf[T any](ctx context.Context, s *Store, query string, keys []T) ([]int64, error) {
	var out []int64
	for some := range slices.Chunk(keys, versionsAtOnce) {
		q, args, err := sqlx.In(query, some)
		if err != nil {
			return nil, err
		}
		var ids []int64
		if err := s.read.SelectContext(ctx, &ids, s.read.Rebind(q), args...); err != nil {
			return nil, s.fault(ctx, "looking up collaborations", err)
		}
		out = append(out, ids...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// WaitingRows returns the active collaborations that sheets brought or changed
// since the night before.
func (s *Store) WaitingRows(ctx context.Context, office, day string) ([]int64, error) {
	var ids []int64
	err := s.read.SelectContext(ctx, &ids, s.read.Rebind(selectWaiting), text(office), day)
	return ids, s.fault(ctx, "looking up the collaborations that wait", err)
}

// NightResult is what a night made of one collaboration.
type NightResult struct {
	Row     *NightRow
	Result  *screening.Result
	Outcome string
	Opens   bool // there is something new for a person to decide
	Causes  []screening.Cause
	// Again says that an attempt at this night that was cut short has changed
	// the row: its result belongs in the run that ends the night.
	Again bool
	// Followed says that the register puts others above the row's parties than
	// when it was last looked at.
	Followed bool
}

// Differs reports whether the result is another than the one kept, and so has to be.
func (r *NightResult) Differs() bool { return r.Again || r.Outcome != r.Row.Outcome }

// Changed reports whether the row came to something else than the night before.
func (r *NightResult) Changed() bool { return r.Again || r.Outcome != r.Row.BaseOutcome }

// KeepNight keeps what a night made of some collaborations, all of it or none:
// results that differ from those kept, under the run; what changed since the night before; and that
// they were covered. found, by digest, stands for the candidates of parties. ErrTakenOver
// when the night is another's by now.
func (s *Store) KeepNight(ctx context.Context, n *screening.Night, run *screening.Run, results []*NightResult, found map[string]string) error {
	return s.inTx(ctx, "keeping results of run "+run.ID, func(tx *sqlx.Tx) error {
		if err := fence(ctx, tx, n); err != nil {
			return err
		}
		var differ []*Prepared
		of := map[*screening.Result]*NightResult{}
		for _, r := range results {
			if !r.Differs() {
				continue
			}
			p, err := Prepare(r.Result, n.Office)
			if err != nil {
				return err
			}
			differ = append(differ, p)
			of[r.Result] = r
		}
		now := map[int64]place{}
		if len(differ) > 0 {
			rows, err := s.addResults(ctx, tx, run.ID, differ)
			if err != nil {
				return err
			}
			for _, a := range rows {
				r := of[a.result]
				now[r.Row.ID] = place{run.ID, a.resultSheet, a.result.Partner.Row}
				if err := exec(ctx, tx, standOn, string(r.Result.Grade), r.Outcome, stamp{run.Started}, run.ID, a.resultSheet, a.result.Partner.Row, r.Row.ID, r.Row.hash, r.Row.answered); err != nil {
					return err
				}
			}
		}
		for _, r := range results {
			if !r.Changed() {
				continue
			}
			at, ok := now[r.Row.ID]
			if !ok {
				at = r.Row.held // its sheet's screening came to the same
			}
			causes, err := jsonText(r.Causes)
			if err != nil {
				return err
			}
			b := r.Row.base
			opens := 0
			if r.Opens {
				opens = 1
			}
			if err := exec(ctx, tx, insertNightChange, n.ID, r.Row.ID, b.run, b.sheet, b.row, string(r.Row.BaseGrade),
				string(r.Result.Grade), at.run, at.sheet, at.row, opens, causes); err != nil {
				return err
			}
		}
		if err := s.relink(ctx, tx, results); err != nil {
			return err
		}
		if err := settle(ctx, tx, results); err != nil {
			return err
		}
		return keepFound(ctx, tx, found)
	})
}

// relink keeps the parties of rows that a register now puts others above.
func (s *Store) relink(ctx context.Context, tx *sqlx.Tx, results []*NightResult) error {
	named := map[int64][]namedParty{}
	for _, r := range results {
		if !r.Followed {
			continue
		}
		p := *r.Result.Partner
		p.Answers, p.Notes = r.Row.own.Answers, r.Row.own.Notes // what was answered beside it stays there
		content, err := contentOfRow(&p)
		if err != nil {
			return err
		}
		there, err := changed(tx.ExecContext(ctx, tx.Rebind(`update collaborations set content = ?, search = ? where id = ? and content_hash = ?`),
			content, searchText(&p), r.Row.ID, r.Row.hash))
		if err != nil {
			return err
		}
		if !there {
			continue // changed since it was read
		}
		if named[r.Row.ID], err = namedParties(&p); err != nil {
			return err
		}
	}
	return s.relinkTo(ctx, tx, named)
}

const settledRow = `(id = ? and content_hash = ? and answered = ?)`

// settle marks rows as covered, unless a sheet or an answer has changed them meanwhile.
func settle(ctx context.Context, tx *sqlx.Tx, results []*NightResult) error {
	for some := range slices.Chunk(results, versionsAtOnce) {
		var args []any
		for _, r := range some {
			args = append(args, r.Row.ID, r.Row.hash, r.Row.answered)
		}
		// All three, for a row that changed since it was read waits for the next night.
		where := strings.Repeat(settledRow+` or `, len(some)-1) + settledRow
		if err := exec(ctx, tx, settleRows+`(`+where+`)`, args...); err != nil {
			return err
		}
	}
	return nil
}

// KeepFound keeps what stands for the candidates of parties, by digest.
func (s *Store) KeepFound(ctx context.Context, n *screening.Night, found map[string]string) error {
	return s.inTx(ctx, "keeping what parties came to", func(tx *sqlx.Tx) error {
		if err := fence(ctx, tx, n); err != nil {
			return err
		}
		return keepFound(ctx, tx, found)
	})
}

func keepFound(ctx context.Context, tx *sqlx.Tx, found map[string]string) error {
	var digests []string
	for d := range found {
		digests = append(digests, d)
	}
	slices.Sort(digests) // one order for every process
	for some := range slices.Chunk(digests, versionsAtOnce) {
		var args []any
		for _, d := range some {
			args = append(args, d, found[d])
		}
		values := strings.Repeat("(?, ?), ", len(some)-1) + "(?, ?)"
		if err := exec(ctx, tx, fmt.Sprintf(updateFound, values), args...); err != nil {
			return err
		}
	}
	return nil
}

const (
	selectDropped = `select c.id, c.grade, c.result_run, c.result_sheet, c.result_row from collaborations c
		where c.office = ? and c.watched = 1 and not (` + collabIsActive + `) order by c.id`
	dropWatched = `update collaborations set watched = 0, waiting = 0, base_run = '' where id in (select c.id from collaborations c
		where c.office = ? and (c.watched = 1 or c.waiting = 1) and not (` + collabIsActive + `))`
	countStates = `select count(*), count(case when c.waiting = 1 then 1 end), count(case when c.waiting = 0 and c.watched = 0 then 1 end),
		count(case when c.unsure > 0 then 1 end) from collaborations c where c.office = ? and ` + collabIsActive
	countGrades = `select c.grade, count(*) as n from collaborations c where c.office = ? and ` + collabIsActive + ` group by c.grade`
	countGone   = `select count(*) from collaborations c join collaboration_sheets s on s.id = c.sheet_id where c.office = ? and ` + collabIsActive + ` and ` + collabIsMissing
	countNew    = `select count(*) from night_changes where night = ? and grade <> ''`
	countOpened = `select grade, count(*) as n from night_changes where night = ? and opens = 1 group by grade`
)

// FinishNight ends a night and its run, and counts in the same transaction
// what stands: n.Counts are complete afterwards. Those with a flagged grade that are over since
// the night before are among its changes. A night that would leave a collaboration out is not
// finished: ErrConflict, with n.Counts.LeftOut saying how many.
func (s *Store) FinishNight(ctx context.Context, n *screening.Night, run *screening.Run, day string) error {
	err := s.inTx(ctx, fmt.Sprintf("finishing night %d", n.ID), func(tx *sqlx.Tx) error {
		if err := fence(ctx, tx, n); err != nil {
			return err
		}
		err := s.dropOver(ctx, tx, n, day)
		if err != nil {
			return err
		}
		c := &n.Counts
		if err := tx.QueryRowContext(ctx, tx.Rebind(countStates), text(n.Office), day).Scan(&c.Active, &c.Late, &c.LeftOut, &c.Unsure); err != nil {
			return err
		}
		if err := tx.GetContext(ctx, &c.Missing, tx.Rebind(countGone), text(n.Office), day); err != nil {
			return err
		}
		if c.LeftOut > 0 {
			return fmt.Errorf("%w: %d active collaborations were left out", ErrConflict, c.LeftOut)
		}
		if err := tx.GetContext(ctx, &c.Changed, tx.Rebind(countNew), n.ID); err != nil {
			return err
		}
		c.Standing = c.Active - c.Changed
		if c.Grades, err = byGrade(ctx, tx, countGrades, text(n.Office), day); err != nil {
			return err
		}
		if c.Opened, err = byGrade(ctx, tx, countOpened, n.ID); err != nil {
			return err
		}
		counts, err := jsonText(c)
		if err != nil {
			return err
		}
		if err := (&Tx{s: s, tx: tx}).FinishRun(ctx, run); err != nil {
			return err
		}
		if err := exec(ctx, tx, finishNight, stamp{run.Finished}, counts, n.ID); err != nil {
			return err
		}
		seal, err := s.nightSeal(ctx, tx, n.ID)
		if err != nil {
			return err
		}
		line := &screening.AuditEntry{At: run.Finished, Actor: run.By, Action: ActFinishNight, Subject: fmt.Sprintf("night:%d", n.ID)}
		return say(ctx, tx, []*screening.AuditEntry{line}, map[string]any{"run": run.ID, "seal": seal})
	})
	if err == nil {
		n.Finished = run.Finished
	}
	return err
}

// byGrade reads counts by grade.
func byGrade(ctx context.Context, db reader, query string, args ...any) (map[screening.Grade]int, error) {
	var rows []struct {
		Grade string `db:"grade"`
		N     int    `db:"n"`
	}
	if err := sqlx.SelectContext(ctx, db, &rows, db.Rebind(query), args...); err != nil {
		return nil, err
	}
	out := map[screening.Grade]int{}
	for _, r := range rows {
		out[screening.Grade(r.Grade)] = r.N
	}
	return out, nil
}

// dropOver takes out what was active the night before and is no more.
func (s *Store) dropOver(ctx context.Context, tx *sqlx.Tx, n *screening.Night, day string) error {
	var dropped []struct {
		ID    int64  `db:"id"`
		Grade string `db:"grade"`
		Run   string `db:"result_run"`
		Sheet int64  `db:"result_sheet"`
		Row   int    `db:"result_row"`
	}
	if err := tx.SelectContext(ctx, &dropped, tx.Rebind(selectDropped), text(n.Office), day); err != nil {
		return err
	}
	causes, err := jsonText([]screening.Cause{{Kind: screening.CauseEnded, Why: "the collaboration is over"}})
	if err != nil {
		return err
	}
	n.Counts.EndedOpen = 0
	for _, d := range dropped {
		if !screening.Grade(d.Grade).Flagged() {
			continue
		}
		n.Counts.EndedOpen++
		if err := exec(ctx, tx, insertNightChange, n.ID, d.ID, d.Run, d.Sheet, d.Row, d.Grade, "", "", 0, 0, 0, causes); err != nil {
			return err
		}
	}
	n.Counts.Ended = len(dropped)
	return exec(ctx, tx, dropWatched, text(n.Office), day)
}

// Earlier is what a night that was cut short has noted of a row it changed.
type Earlier struct {
	Causes []screening.Cause

	base  place
	grade screening.Grade
}

// Earlier returns, by collaboration, what a night has changed so far.
func (s *Store) Earlier(ctx context.Context, night int64) (map[int64]*Earlier, error) {
	doing := fmt.Sprintf("reading the changes of night %d", night)
	rows, err := s.read.QueryContext(ctx, s.read.Rebind(`select collaboration, before_run, before_sheet, before_row, before_grade, causes
		from night_changes where night = ? and grade <> ''`), night)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	defer func() { _ = rows.Close() }()
	out := map[int64]*Earlier{}
	for rows.Next() {
		var id int64
		var causes []byte
		e := new(Earlier)
		if err := rows.Scan(&id, &e.base.run, &e.base.sheet, &e.base.row, &e.grade, &causes); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		if err := fromJSON(causes, &e.Causes); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		out[id] = e
	}
	return out, s.fault(ctx, doing, rows.Err())
}

// Resume puts the row back to where the night found it first.
func (r *NightRow) Resume(e *Earlier) { r.base, r.BaseGrade = e.base, e.grade }

// ResultsBefore returns, by collaboration, what the night before left rows
// with; nothing for one whose run is kept no more.
func (s *Store) ResultsBefore(ctx context.Context, rows []*NightRow) (map[int64]*screening.Result, error) {
	const doing = "looking up the results of the night before"
	out := map[int64]*screening.Result{}
	bySheet := map[int64][]*NightRow{}
	for _, r := range rows {
		bySheet[r.base.sheet] = append(bySheet[r.base.sheet], r)
	}
	for id, rows := range bySheet {
		var name sheetRow
		err := s.read.GetContext(ctx, &name, s.read.Rebind(selectSheetName), id)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		for some := range slices.Chunk(rows, versionsAtOnce) {
			var at []int
			for _, r := range some {
				at = append(at, r.base.row)
			}
			results, err := s.picked(ctx, name, at)
			if err != nil {
				return nil, s.fault(ctx, doing, err)
			}
			for _, r := range some {
				if result := results[r.base.row]; result != nil {
					out[r.ID] = result
				}
			}
		}
	}
	return out, nil
}

const selectNightChanges = `select n.collaboration, n.before_run, n.before_sheet, n.before_row, n.before_grade, n.grade, n.run, n.sheet, n.row, n.causes
	from night_changes n where n.night = ? and n.collaboration > ? order by n.collaboration limit 200`

// NightChanges yields what a night changed, in the order of the collaborations.
func (s *Store) NightChanges(ctx context.Context, night int64) iter.Seq2[*screening.NightChange, error] {
	doing := fmt.Sprintf("reading the changes of night %d", night)
	return func(yield func(*screening.NightChange, error) bool) {
		after := int64(0)
		for {
			var rows []struct {
				Collaboration int64  `db:"collaboration"`
				BeforeRun     string `db:"before_run"`
				BeforeSheet   int64  `db:"before_sheet"`
				BeforeRow     int    `db:"before_row"`
				BeforeGrade   string `db:"before_grade"`
				Grade         string `db:"grade"`
				Run           string `db:"run"`
				Sheet         int64  `db:"sheet"`
				Row           int    `db:"row"`
				Causes        []byte `db:"causes"`
			}
			if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectNightChanges), night, after); err != nil {
				yield(nil, s.fault(ctx, doing, err))
				return
			}
			for _, r := range rows {
				after = r.Collaboration
				c := &screening.NightChange{Collaboration: r.Collaboration, BeforeGrade: screening.Grade(r.BeforeGrade), Grade: screening.Grade(r.Grade), Run: r.Run}
				err := fromJSON(r.Causes, &c.Causes)
				if err == nil {
					c.Before, err = s.resultIfAny(ctx, place{r.BeforeRun, r.BeforeSheet, r.BeforeRow})
				}
				if err == nil {
					c.After, err = s.resultIfAny(ctx, place{r.Run, r.Sheet, r.Row})
				}
				if err == nil {
					var k *screening.Collaboration
					if k, err = s.Collaboration(ctx, r.Collaboration); err == nil {
						c.Partner = k.Partner
					}
				}
				if !yield(c, s.fault(ctx, doing, err)) || err != nil {
					return
				}
			}
			if len(rows) < 200 {
				return
			}
		}
	}
}

// resultIfAny returns the result at a place; nil where there was none, or its
// run is kept no more.
func (s *Store) resultIfAny(ctx context.Context, at place) (*screening.Result, error) {
	if at.run == "" {
		return nil, nil
	}
	r, err := s.resultAt(ctx, at.sheet, at.row)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return r, err
}

const selectSubmitters = `select distinct r.submitter from run_matches m join run_sheets s on s.id = m.sheet_id
	join collaborations c on c.result_run = s.run and c.result_sheet = m.sheet_id and c.result_row = m.row
	join runs r on r.run = c.upload where s.run = ? and m.match_key = ? and r.submitter <> '' order by r.submitter`

// Submitters returns who sent in the sheets whose rows stand on a match of a run.
func (s *Store) Submitters(ctx context.Context, run, key string) ([]string, error) {
	var out []string
	err := s.read.SelectContext(ctx, &out, s.read.Rebind(selectSubmitters), run, key)
	return out, s.fault(ctx, "looking up who submitted a match of run "+run, err)
}

// DecisionsAfter returns the decisions and dispositions kept since LastDecision gave a number.
func (s *Store) DecisionsAfter(ctx context.Context, last int64) ([]*screening.Decision, []*screening.Disposition, error) {
	const doing = "reading the latest decisions"
	decisions, err := gathered(lines[screening.Decision](ctx, s, doing, `select content from decisions where seq > ? order by seq`, decisionUpTo(last)))
	if err != nil {
		return nil, nil, err
	}
	dispositions, err := gathered(lines[screening.Disposition](ctx, s, doing, `select content from dispositions where seq > ? order by seq`, dispositionUpTo(last)))
	return decisions, dispositions, err
}

const selectNightSeal = `select collaboration, before_run, before_sheet, before_row, before_grade, grade, run, sheet, row, opens, causes
	from night_changes where night = ? order by collaboration`

// nightSeal is the seal of a night and what it changed, as the database has them.
func (s *Store) nightSeal(ctx context.Context, db reader, id int64) (string, error) {
	n, err := s.night(ctx, db, "looking it up", selectNight, id)
	if err != nil {
		return "", err
	}
	rows, err := db.QueryContext(ctx, db.Rebind(selectNightSeal), id)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	var changes []any
	for rows.Next() {
		var r struct {
			Collaboration           int64
			BeforeRun               string
			BeforeSheet             int64
			BeforeRow               int
			BeforeGrade, Grade, Run string
			Sheet                   int64
			Row, Opens              int
			Causes                  []screening.Cause
		}
		var causes []byte
		if err := rows.Scan(&r.Collaboration, &r.BeforeRun, &r.BeforeSheet, &r.BeforeRow, &r.BeforeGrade, &r.Grade, &r.Run, &r.Sheet, &r.Row, &r.Opens, &causes); err != nil {
			return "", err
		}
		if err := fromJSON(causes, &r.Causes); err != nil {
			return "", err
		}
		changes = append(changes, r)
	}
	return screening.Seal("night/1", []any{n, changes}), rows.Err()
}
