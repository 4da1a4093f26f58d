package store

import (
	"context"
	"fmt"
	"reflect"

	"partnerscreen/screening"
)

const (
	selectRunIDs     = `select run from runs order by run`
	selectRowSeals   = `select row, digest, seal from run_rows where sheet_id = ? and row between ? and ?`
	selectPartySeals = `select row, party, salt, sealed from run_parties where sheet_id = ? and row between ? and ? order by row, party`
	selectMatchWords = `select row, party, ordinal, list, entity, grade, match_key from run_matches where sheet_id = ? and row between ? and ?`
)

// runs proves every run: its counts, its rows one by one, and what it was.
func (v *verifier) runs(ctx context.Context) error {
	var ids []string
	if err := v.s.read.SelectContext(ctx, &ids, selectRunIDs); err != nil {
		return err
	}
	var finished, open, old, rows, forgotten, erased int64
	for _, id := range ids {
		run, err := v.s.Run(ctx, id)
		if err != nil {
			return err
		}
		if run.Finished.IsZero() {
			open++
			continue
		}
		r := &runCheck{v: v, run: run, sum: newResultsSum(id), before: rows}
		if err := r.check(ctx); err != nil {
			return err
		}
		finished++
		rows += r.rows
		forgotten += int64(r.forgotten)
		erased += int64(r.erased)
		if run.Results == "" {
			old++
		}
	}
	v.checked("finished runs", finished)
	v.checked("rows in them", rows)
	if forgotten > 0 {
		v.checked("parties whose names were taken away, by their commitments", forgotten)
	}
	if erased > 0 {
		v.checked("parties erased on request, by their commitments", erased)
	}
	if open > 0 {
		v.note("%d runs have not finished, or were cut short: nothing of them is proved", open)
	}
	if old > 0 {
		v.note("%d runs are older than their seals: their rows are counted, and not proved one by one", old)
	}
	return nil
}

// runCheck proves one run.
type runCheck struct {
	v         *verifier
	run       *screening.Run
	sum       resultsSum
	counts    screening.Counts
	rows      int64
	before    int64 // rows of other runs
	forgotten int   // parties whose names were taken away
	erased    int   // parties erased on request
}

func (r *runCheck) check(ctx context.Context) error {
	v, run := r.v, r.run
	var sheets []sheetRow
	if err := v.s.read.SelectContext(ctx, &sheets, v.s.read.Rebind(selectSheetIDs), run.ID); err != nil {
		return err
	}
	for _, sheet := range sheets {
		for after := -1; ; {
			results, err := v.s.page(ctx, sheet, after)
			if err != nil {
				return err
			}
			if len(results) == 0 {
				break
			}
			if err := r.page(ctx, sheet, results); err != nil {
				return err
			}
			after = results[len(results)-1].Partner.Row
			v.progress("rows of runs", r.before+r.rows, 0)
			if len(results) < pageRows {
				break
			}
		}
	}
	r.reconcile()
	return r.said(ctx)
}

// reconcile compares what is kept with what was counted.
func (r *runCheck) reconcile() {
	c, got := r.run.Counts, r.counts
	if c.RowsIn != c.RowsScreened+c.RowsRejected || c.RowsIn != got.RowsIn || c.RowsRejected != got.RowsRejected {
		r.v.fault(doRestore, fmt.Sprintf("it counted %d rows in, %d screened and %d rejected; %d are kept, %d of them rejected",
			c.RowsIn, c.RowsScreened, c.RowsRejected, got.RowsIn, got.RowsRejected), "run %s", r.run.ID)
	}
	if c.Parties != got.Parties || c.Matches != got.Matches {
		r.v.fault(doRestore, fmt.Sprintf("it counted %d parties and %d matches; %d and %d are kept", c.Parties, c.Matches, got.Parties, got.Matches), "run %s", r.run.ID)
	}
	for _, grade := range screening.Grades {
		if c.Rows[grade] != got.Rows[grade] {
			r.v.fault(doCompare, fmt.Sprintf("it counted %d rows of the grade %s and %d are kept", c.Rows[grade], grade, got.Rows[grade]), "run %s", r.run.ID)
		}
	}
}

// said compares the run with what the audit trail says of its end.
func (r *runCheck) said(ctx context.Context) error {
	v, run := r.v, r.run
	if _, ok := v.told.runs[run.ID]; !ok {
		if err := v.toldSince(ctx, "run:"+run.ID); err != nil {
			return err
		}
	}
	want, ok := v.told.runs[run.ID]
	if !ok {
		if v.told.sealed != nil && run.Started.After(v.told.sealed.At) {
			v.fault(doCompare, "the audit trail knows nothing of its end", "run %s", run.ID)
		}
		return nil
	}
	if want.Results != "" && (want.Results != run.Results || want.Results != r.sum.hex()) {
		v.fault(doRestore, "its results are not those it ended with: rows were changed, added or removed", "run %s", run.ID)
	}
	record, err := v.s.recordDigest(ctx, v.s.read, run.ID)
	if err != nil {
		return err
	}
	if want.Record != record {
		v.fault(doCompare, "its inputs, editions, policy or counts are not those it ended with", "run %s", run.ID)
	}
	if r.forgotten != v.told.forgotten[run.ID] { // it may have been just now
		if err := v.takenSince(ctx); err != nil {
			return err
		}
	}
	if told := v.told.forgotten[run.ID]; r.forgotten > told {
		v.fault(doCompare, fmt.Sprintf("%d parties have lost their names, and the audit trail knows of %d", r.forgotten, told), "run %s", run.ID)
	} else if r.forgotten < told {
		v.fault(doCompare, fmt.Sprintf("%d parties had lost their names by the audit trail, and %d have: names were put back", told, r.forgotten), "run %s", run.ID)
	}
	return nil
}

// takenSince asks the audit trail once more what was taken away.
func (v *verifier) takenSince(ctx context.Context) error {
	if err := v.toldSince(ctx, "runs"); err != nil {
		return err
	}
	return v.toldSince(ctx, SubjectOfErasures)
}

// page proves some successive rows of a sheet.
func (r *runCheck) page(ctx context.Context, sheet sheetRow, results []*screening.Result) error {
	db := r.v.s.read
	first, last := results[0].Partner.Row, results[len(results)-1].Partner.Row
	var seals []struct {
		Row    int    `db:"row"`
		Digest string `db:"digest"`
		Seal   string `db:"seal"`
	}
	if err := db.SelectContext(ctx, &seals, db.Rebind(selectRowSeals), sheet.ID, first, last); err != nil {
		return err
	}
	var parties []struct {
		Row    int    `db:"row"`
		Party  int    `db:"party"`
		Salt   string `db:"salt"`
		Sealed string `db:"sealed"`
	}
	if err := db.SelectContext(ctx, &parties, db.Rebind(selectPartySeals), sheet.ID, first, last); err != nil {
		return err
	}
	sealOf := map[int]string{}
	for _, s := range seals {
		sealOf[s.Row] = s.Seal
	}
	byRow := make(map[int]*screening.Result, len(results))
	for _, result := range results {
		byRow[result.Partner.Row] = result
	}
	commitments := map[int][]string{}
	for _, p := range parties {
		result := byRow[p.Row]
		switch {
		case result == nil || p.Party >= len(result.Parties):
			continue // the row's seal says so
		case p.Salt != "":
			p.Sealed = result.Commitment(p.Party, p.Salt)
			if r.v.told.erased[p.Sealed] {
				r.fault(sheet, p.Row, "a party of it was erased, and is there again")
			}
		case p.Sealed != "":
			if err := r.taken(ctx, sheet, result, p.Party, p.Sealed); err != nil {
				return err
			}
		}
		commitments[p.Row] = append(commitments[p.Row], p.Sealed)
	}
	for _, result := range results {
		r.counts.Add(result)
		r.rows++
		row := result.Partner.Row
		r.sum.add(sheet.File, sheet.Sheet, row, sealOf[row])
		if r.run.Results != "" && result.Seal(commitments[row]) != sealOf[row] {
			r.fault(sheet, row, "its result is not the one that was kept")
		}
	}
	return r.words(ctx, sheet, first, last, byRow)
}

func (r *runCheck) fault(sheet sheetRow, row int, what string) {
	r.v.fault(doCompare, what, "run %s, file %s, sheet %q, row %d", r.run.ID, sheet.File, sheet.Sheet, row)
}

// taken proves that nothing of a party is there any more, which the seal says nothing of.
func (r *runCheck) taken(ctx context.Context, sheet sheetRow, result *screening.Result, party int, commitment string) error {
	name := result.Partner.Parties[party].Name
	told := r.v.told
	if name == screening.Erased && commitment != unsealed && !told.erased[commitment] { // it may have been just now
		if err := r.v.takenSince(ctx); err != nil {
			return err
		}
	}
	as := isPseudonym(name) || name == screening.Erased && commitment == unsealed
	if told.erased[commitment] {
		r.erased++
		as = name == screening.Erased
	} else {
		r.forgotten++
	}
	if !as || !result.Bare(party) {
		r.fault(sheet, result.Partner.Row, "something else stands where a name was taken away")
	}
	return nil
}

// words proves the columns beside matches, by which they are found.
func (r *runCheck) words(ctx context.Context, sheet sheetRow, first, last int, results map[int]*screening.Result) error {
	db := r.v.s.read
	type matchWords struct {
		Row     int    `db:"row"`
		Party   int    `db:"party"`
		Ordinal int    `db:"ordinal"`
		List    string `db:"list"`
		Entity  string `db:"entity"`
		Grade   string `db:"grade"`
		Key     string `db:"match_key"`
	}
	var rows []matchWords
	if err := db.SelectContext(ctx, &rows, db.Rebind(selectMatchWords), sheet.ID, first, last); err != nil {
		return err
	}
	for _, w := range rows {
		result := results[w.Row]
		if result == nil || w.Party >= len(result.Parties) || w.Ordinal > len(result.Parties[w.Party].Matches) {
			continue // the row's seal says so
		}
		m := result.Parties[w.Party].Matches[w.Ordinal-1]
		want := matchWords{w.Row, w.Party, w.Ordinal, text(m.List), text(m.Entity), string(m.Grade), text(m.Key)}
		if !reflect.DeepEqual(w, want) {
			r.fault(sheet, w.Row, "a match of it is found by other words than it has")
		}
	}
	return nil
}

const selectForgotten = `select distinct s.file, s.sheet, p.row from run_parties p join run_sheets s on s.id = p.sheet_id
	where s.run = ? and p.salt = '' and p.sealed <> ''`

// Forgotten are the rows of a run of which names of parties were taken away.
func (s *Store) Forgotten(ctx context.Context, run string) (map[screening.Place]bool, error) {
	var rows []struct {
		File  string `db:"file"`
		Sheet string `db:"sheet"`
		Row   int    `db:"row"`
	}
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectForgotten), run); err != nil {
		return nil, s.fault(ctx, "looking up what was taken away of run "+run, err)
	}
	out := map[screening.Place]bool{}
	for _, r := range rows {
		out[screening.Place{File: r.File, Sheet: r.Sheet, Row: r.Row}] = true
	}
	return out, nil
}
