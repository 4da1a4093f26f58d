package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

const (
	insertSheet = `insert into run_sheets (run, file, sheet) values (?, ?, ?) on conflict (run, file, sheet) do nothing`
	selectSheet = `select id from run_sheets where run = ? and file = ? and sheet = ?`
	selectKept  = `select row, digest from run_rows where sheet_id = ? and row between ? and ?`
	countRuns   = `select count(*) from runs where run = ?`

	rowColumns   = `sheet_id, row, reference, project, starts, ends, status, notes, error, grade, stakes, digest, answers, work, seal, terms`
	partyColumns = `sheet_id, row, party, role, name, country, city, address, website, birth_date, identifiers, cell_notes, grade, notes, nearest, registry, via, salt`
	matchColumns = `sheet_id, row, party, ordinal, list, entity, name, matched, score, strength, control, owner, grade, rule, match_key, content`
)

// AddResults keeps the results of some rows of a run, all of them or none.
// Rows that are kept already with the same result are passed over, so a chunk may
// be added again. ErrConflict when a row is kept with another result, two results are for
// one row, or another process is adding the same row just now; ErrNotFound when the run was never started.
func (s *Store) AddResults(ctx context.Context, run string, results []*screening.Result) error {
	doing := "keeping results of run " + run
	prepared, err := prepareAll(results, "")
	if err != nil {
		return s.fault(ctx, doing, err)
	}
	return s.InTx(ctx, doing, func(tx *Tx) error { return tx.AddResults(ctx, run, prepared) })
}

// AddResults is Store.AddResults as a part of something larger.
func (t *Tx) AddResults(ctx context.Context, run string, results []*Prepared) error {
	_, err := t.s.addResults(ctx, t.tx, run, results)
	return err
}

// added is a row whose result was kept just now, and where.
type added struct {
	*Prepared
	resultSheet int64 // in run_sheets
}

// addResults keeps results and returns those that were not kept before, by
// file and sheet and in the order they came.
func (s *Store) addResults(ctx context.Context, tx *sqlx.Tx, run string, results []*Prepared) ([]added, error) {
	var started int
	if err := tx.GetContext(ctx, &started, tx.Rebind(countRuns), run); err != nil {
		return nil, err
	}
	if started == 0 {
		return nil, ErrNotFound
	}
	var order []sheetName
	sheets := map[sheetName][]*Prepared{}
	for _, r := range results {
		name := sheetName{r.result.Partner.File, r.result.Partner.Sheet}
		if sheets[name] == nil {
			order = append(order, name)
		}
		sheets[name] = append(sheets[name], r)
	}
	// One order for every worker: two that add sheets in opposite orders would wait for each other.
	slices.SortFunc(order, func(a, b sheetName) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.sheet, b.sheet)) })
	w := resultWriter{
		rows:    s.newInsert(tx, "run_rows", rowColumns),
		parties: s.newInsert(tx, "run_parties", partyColumns),
		matches: s.newInsert(tx, "run_matches", matchColumns),
	}
	for _, name := range order {
		if err := w.sheet(ctx, tx, run, name, sheets[name]); err != nil {
			return nil, err
		}
	}
	for _, in := range []*insert{w.rows, w.parties, w.matches} {
		if err := in.flush(ctx); err != nil {
			return nil, err
		}
	}
	return w.added, nil
}

type sheetName struct{ file, sheet string }

type resultWriter struct {
	rows, parties, matches *insert
	added                  []added
}

func (w *resultWriter) sheet(ctx context.Context, tx *sqlx.Tx, run string, name sheetName, results []*Prepared) error {
	if err := exec(ctx, tx, insertSheet, run, text(name.file), text(name.sheet)); err != nil {
		return err
	}
	var id int64
	if err := tx.GetContext(ctx, &id, tx.Rebind(selectSheet), run, text(name.file), text(name.sheet)); err != nil {
		return err
	}
	kept, err := keptRows(ctx, tx, id, results)
	if err != nil {
		return err
	}
	for _, r := range results {
		row := r.result.Partner.Row
		if before, ok := kept[row]; ok {
			if before != r.digest {
				return fmt.Errorf("%w: file %s, sheet %q, row %d has another result; are there two files of that name?",
					ErrConflict, name.file, name.sheet, row)
			}
			continue
		}
		kept[row] = r.digest
		if err := w.result(ctx, id, r); err != nil {
			return err
		}
		w.added = append(w.added, added{r, id})
	}
	return nil
}

// keptRows returns the digests of the rows of a sheet that are kept already.
func keptRows(ctx context.Context, tx *sqlx.Tx, sheet int64, results []*Prepared) (map[int]string, error) {
	first, last := results[0].result.Partner.Row, results[0].result.Partner.Row
	for _, r := range results {
		first, last = min(first, r.result.Partner.Row), max(last, r.result.Partner.Row)
	}
	var rows []struct {
		Row    int    `db:"row"`
		Digest string `db:"digest"`
	}
	if err := tx.SelectContext(ctx, &rows, tx.Rebind(selectKept), sheet, first, last); err != nil {
		return nil, err
	}
	kept := make(map[int]string, len(rows)+len(results))
	for _, r := range rows {
		kept[r.Row] = r.Digest
	}
	return kept, nil
}

// result gathers what is kept of a row.
func (w *resultWriter) result(ctx context.Context, sheet int64, r *Prepared) error {
	if err := w.rows.row(ctx, behind(sheet, r.row)...); err != nil {
		return err
	}
	for _, party := range r.parties {
		if err := w.parties.row(ctx, behind(sheet, party)...); err != nil {
			return err
		}
	}
	for _, match := range r.matches {
		if err := w.matches.row(ctx, behind(sheet, match)...); err != nil {
			return err
		}
	}
	return nil
}

func behind(sheet int64, values []any) []any {
	return append(append(make([]any, 0, len(values)+1), sheet), values...)
}

const (
	selectSheets  = `select id, file, sheet from run_sheets where run = ? order by file, sheet`
	selectRows    = `select row, reference, project, starts, ends, status, notes, error, grade, stakes, answers, work, terms from run_rows where sheet_id = ? and row `
	selectParties = `select row, role, name, country, city, address, website, birth_date, identifiers, cell_notes, grade, notes, nearest, registry, via
		from run_parties where sheet_id = ? and row %s order by row, party`
	selectMatches = `select row, party, content from run_matches where sheet_id = ? and row %s order by row, party, ordinal`
)

// rowsOfSheet picks rows of one sheet.
type rowsOfSheet struct {
	is   string // what stands behind "row"
	args []any
}

func rowsBetween(sheet int64, first, last int) rowsOfSheet {
	return rowsOfSheet{"between ? and ?", []any{sheet, first, last}}
}

func rowsAt(sheet int64, rows []int) rowsOfSheet {
	args := []any{sheet}
	for _, row := range rows {
		args = append(args, row)
	}
	return rowsOfSheet{"in (?" + strings.Repeat(", ?", len(rows)-1) + ")", args}
}

// Results yields what a run found, in the order of its input: files and
// sheets as the run names them, then rows. Columns that were given no role are not kept,
// so Partner.Cells is empty. It may be called while the run goes on, and yields what is kept so far.
func (s *Store) Results(ctx context.Context, run string) iter.Seq2[*screening.Result, error] {
	return s.ResultsAfter(ctx, run, screening.Place{})
}

// ResultsAfter is Results from behind a row on: the last one of the page before.
// The zero Place is before the first; ErrNotFound when the run has no such sheet.
func (s *Store) ResultsAfter(ctx context.Context, run string, last screening.Place) iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		fail := func(err error) { yield(nil, s.fault(ctx, "reading the results of run "+run, err)) }
		r, err := s.Run(ctx, run)
		if err != nil {
			yield(nil, err)
			return
		}
		sheets, err := s.sheetsInOrder(ctx, r)
		if err != nil {
			fail(err)
			return
		}
		begin := -1
		if last != (screening.Place{}) {
			at := slices.IndexFunc(sheets, func(sh sheetRow) bool { return sh.File == last.File && sh.Sheet == last.Sheet })
			if at < 0 {
				fail(ErrNotFound)
				return
			}
			sheets, begin = sheets[at:], last.Row
		}
		for i, sheet := range sheets {
			if i > 0 {
				begin = -1
			}
			for after := begin; ; {
				results, err := s.page(ctx, sheet, after)
				if err != nil {
					fail(err)
					return
				}
				for _, r := range results {
					if !yield(r, nil) {
						return
					}
				}
				if len(results) < pageRows {
					break
				}
				after = results[len(results)-1].Partner.Row
			}
		}
	}
}

const selectFlaggedRows = `select s.id, s.file, s.sheet, r.row, r.reference, r.project, r.starts, r.ends, r.status, r.notes, r.grade, r.stakes, r.work
	from run_rows r join run_sheets s on s.id = r.sheet_id where s.run = ? and r.grade in ('review', 'escalate')
	order by case r.grade when 'escalate' then 0 else 1 end, s.file, s.sheet, r.row limit ? offset ?`

// FlaggedRows returns the rows of a run that a person is asked about, the gravest
// first: at most limit of them, after the first skip ones.
func (s *Store) FlaggedRows(ctx context.Context, run string, skip, limit int) ([]*screening.Result, error) {
	doing := "reading the flagged rows of run " + run
	rows, err := s.read.QueryContext(ctx, s.read.Rebind(selectFlaggedRows), run, limit, skip)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	defer func() { _ = rows.Close() }()
	var sheets []int64
	var out []*screening.Result
	for rows.Next() {
		var sheet int64
		var notes, work []byte
		p := &screening.Partner{}
		r := &screening.Result{Partner: p}
		err := rows.Scan(&sheet, &p.File, &p.Sheet, &p.Row, &p.Reference, &p.Project, &p.Start, &p.End, &p.Status, &notes, &r.Grade, &r.Stakes, &work)
		if err == nil {
			err = errors.Join(fromJSON(notes, &p.Notes), fromJSON(work, &r.Work))
		}
		if err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		sheets, out = append(sheets, sheet), append(out, r)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	of := map[int64][]*screening.Result{}
	for i, r := range out {
		of[sheets[i]] = append(of[sheets[i]], r)
	}
	for sheet, results := range of {
		found := byRow(results)
		if err := s.addFound(ctx, rowsAt(sheet, slices.Collect(maps.Keys(found))), found); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
	}
	return out, nil
}

const selectNotedRows = `select row from run_rows where sheet_id = ? and grade in ('note', 'review', 'escalate') order by row`

// NotedResults yields the rows of a run that something is on record of, in the
// order of Results.
func (s *Store) NotedResults(ctx context.Context, run string) iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		fail := func(err error) { yield(nil, s.fault(ctx, "reading the results of run "+run, err)) }
		r, err := s.Run(ctx, run)
		if err != nil {
			yield(nil, err)
			return
		}
		sheets, err := s.sheetsInOrder(ctx, r)
		if err != nil {
			fail(err)
			return
		}
		for _, sheet := range sheets {
			var rows []int
			if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectNotedRows), sheet.ID); err != nil {
				fail(err)
				return
			}
			for some := range slices.Chunk(rows, versionsAtOnce) {
				results, err := s.picked(ctx, sheet, some)
				if err != nil {
					fail(err)
					return
				}
				for _, row := range some {
					if result := results[row]; result != nil && !yield(result, nil) {
						return
					}
				}
			}
		}
	}
}

// pageRows is how many rows are in memory at once.
const pageRows = 1000

type sheetRow struct {
	ID    int64  `db:"id"`
	File  string `db:"file"`
	Sheet string `db:"sheet"`
}

// sheetsInOrder returns the sheets of a run as its inputs name them; ones they
// do not name yet, while the run goes on, come last by name.
func (s *Store) sheetsInOrder(ctx context.Context, run *screening.Run) ([]sheetRow, error) {
	var sheets []sheetRow
	if err := s.read.SelectContext(ctx, &sheets, s.read.Rebind(selectSheets), run.ID); err != nil {
		return nil, err
	}
	place := map[sheetName]int{}
	files := map[string]int{}
	for i, in := range run.Inputs {
		files[text(in.File)] = i + 1
		for k, sheet := range in.Sheets {
			place[sheetName{text(in.File), text(sheet.Name)}] = k + 1
		}
	}
	last := func(n int) int { // 0 is "not named"
		if n == 0 {
			return 1 << 30
		}
		return n
	}
	slices.SortStableFunc(sheets, func(a, b sheetRow) int {
		return cmp.Or(
			cmp.Compare(last(files[a.File]), last(files[b.File])), cmp.Compare(a.File, b.File),
			cmp.Compare(last(place[sheetName{a.File, a.Sheet}]), last(place[sheetName{b.File, b.Sheet}])))
	})
	return sheets, nil
}

// page reads the next rows of a sheet, and then what belongs to them.
func (s *Store) page(ctx context.Context, sheet sheetRow, after int) ([]*screening.Result, error) {
	results, err := s.rowsOf(ctx, sheet, selectRows+`> ? order by row limit ?`, sheet.ID, after, pageRows)
	if err != nil || len(results) == 0 {
		return nil, err
	}
	of := rowsBetween(sheet.ID, results[0].Partner.Row, results[len(results)-1].Partner.Row)
	return results, s.addFound(ctx, of, byRow(results))
}

// picked reads some rows of a sheet, by their numbers, and what belongs to them.
func (s *Store) picked(ctx context.Context, sheet sheetRow, rows []int) (map[int]*screening.Result, error) {
	of := rowsAt(sheet.ID, rows)
	results, err := s.rowsOf(ctx, sheet, selectRows+of.is, of.args...)
	if err != nil {
		return nil, err
	}
	found := byRow(results)
	return found, s.addFound(ctx, of, found)
}

func byRow(results []*screening.Result) map[int]*screening.Result {
	out := make(map[int]*screening.Result, len(results))
	for _, r := range results {
		out[r.Partner.Row] = r
	}
	return out
}

// rowsOf reads rows of a sheet without what belongs to them.
func (s *Store) rowsOf(ctx context.Context, sheet sheetRow, query string, args ...any) ([]*screening.Result, error) {
	var rows []struct {
		Row       int    `db:"row"`
		Reference string `db:"reference"`
		Project   string `db:"project"`
		Starts    string `db:"starts"`
		Ends      string `db:"ends"`
		Status    string `db:"status"`
		Notes     []byte `db:"notes"`
		Error     string `db:"error"`
		Grade     string `db:"grade"`
		Stakes    string `db:"stakes"`
		Answers   []byte `db:"answers"`
		Work      []byte `db:"work"`
		Terms     []byte `db:"terms"`
	}
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(query), args...); err != nil {
		return nil, err
	}
	results := make([]*screening.Result, len(rows))
	for i, row := range rows {
		p := &screening.Partner{
			Place:     screening.Place{File: sheet.File, Sheet: sheet.Sheet, Row: row.Row},
			Reference: row.Reference, Project: row.Project, Start: row.Starts, End: row.Ends, Status: row.Status, Error: row.Error,
		}
		results[i] = &screening.Result{Partner: p, Grade: screening.Grade(row.Grade), Stakes: screening.Stakes(row.Stakes)}
		err := errors.Join(fromJSON(row.Notes, &p.Notes), fromJSON(row.Answers, &p.Answers), fromJSON(row.Terms, &p.Terms), fromJSON(row.Work, &results[i].Work))
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// addFound reads the parties of rows and their matches.
func (s *Store) addFound(ctx context.Context, of rowsOfSheet, results map[int]*screening.Result) error {
	if err := s.addParties(ctx, of, results); err != nil {
		return err
	}
	return s.addMatches(ctx, of, results)
}

func (s *Store) addParties(ctx context.Context, of rowsOfSheet, results map[int]*screening.Result) error {
	return addPartiesFrom(ctx, s.read, of, results)
}

func addPartiesFrom(ctx context.Context, db reader, of rowsOfSheet, results map[int]*screening.Result) error {
	rows, err := db.QueryContext(ctx, db.Rebind(fmt.Sprintf(selectParties, of.is)), of.args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var row int
		var p screening.Party
		r := screening.PartyResult{Matches: []screening.Match{}}
		var identifiers, cellNotes, notes, nearest []byte
		err := rows.Scan(&row, &p.Role, &p.Name, &p.Country, &p.City, &p.Address, &p.Website, &p.BirthDate, &identifiers, &cellNotes,
			&r.Grade, &notes, &nearest, &p.Registry, &p.Via)
		if err != nil {
			return err
		}
		err = errors.Join(fromJSON(identifiers, &p.Identifiers), fromJSON(cellNotes, &p.Notes), fromJSON(notes, &r.Notes), fromJSON(nearest, &r.Nearest))
		if err != nil {
			return err
		}
		// A row added since the rows were read is for the next reader.
		if result := results[row]; result != nil {
			result.Partner.Parties = append(result.Partner.Parties, p)
			result.Parties = append(result.Parties, r)
		}
	}
	return rows.Err()
}

func (s *Store) addMatches(ctx context.Context, of rowsOfSheet, results map[int]*screening.Result) error {
	return addMatchesFrom(ctx, s.read, of, results)
}

func addMatchesFrom(ctx context.Context, db reader, of rowsOfSheet, results map[int]*screening.Result) error {
	rows, err := db.QueryContext(ctx, db.Rebind(fmt.Sprintf(selectMatches, of.is)), of.args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var row, party int
		var content []byte
		var m screening.Match
		if err := rows.Scan(&row, &party, &content); err != nil {
			return err
		}
		if err := json.Unmarshal(content, &m); err != nil {
			return err
		}
		if result := results[row]; result != nil {
			result.Parties[party].Matches = append(result.Parties[party].Matches, m)
		}
	}
	return rows.Err()
}
