package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// CollaborationState is one of the constants below.
type CollaborationState string

const (
	CollaborationsActive  CollaborationState = "active"
	CollaborationsMissing CollaborationState = "missing" // active, and no longer in the latest sheet
	CollaborationsUnsure  CollaborationState = "unsure"  // active for want of an end or a status that can be read
	CollaborationsOver    CollaborationState = "over"    // ended by date, status or a person
)

// CollaborationFilter says which collaborations to list.
type CollaborationFilter struct {
	Office string
	Day    string             // YYYY-MM-DD: active is said of it
	State  CollaborationState // "" for all
	Grades []screening.Grade  // none for all
	Search string             // part of a reference, a project or a party's name
	After  int64              // the last one of the page before
	Limit  int                // 0 for 100
}

type collaborationRow struct {
	ID        int64  `db:"id"`
	Office    string `db:"office"`
	File      string `db:"file"`
	Sheet     string `db:"sheet"`
	Row       int    `db:"row"`
	Upload    string `db:"upload"`
	Missing   bool   `db:"missing"`
	Content   []byte `db:"content"`
	FirstSeen stamp  `db:"first_seen"`
	LastSeen  stamp  `db:"last_seen"`
	Ended     stamp  `db:"ended"`
	EndedBy   string `db:"ended_by"`
	EndedWhy  string `db:"ended_why"`
	Grade     string `db:"grade"`
	Run       string `db:"result_run"`
	Screened  stamp  `db:"screened"`
	Waiting   bool   `db:"waiting"`
	Answered  string `db:"answered"`
}

const (
	collabIsActive = `c.closed = '' and c.ended is null and (c.until = '' or c.until >= ?)`
	// A sheet that is coming in just now has not left out what it has not come to.
	collabIsMissing = `c.last_seen < s.uploaded`

	selectCollaborations = `select c.id, c.office, s.file, s.sheet, c.row, c.upload, case when ` + collabIsMissing + ` then 1 else 0 end as missing, c.content,
		c.first_seen, c.last_seen, c.ended, c.ended_by, c.ended_why, c.grade, c.result_run, c.screened, c.waiting, c.answered
		from collaborations c join collaboration_sheets s on s.id = c.sheet_id where `
	endCollaboration = `update collaborations set ended = ?, ended_by = ?, ended_why = ? where id = ? and ended is null`
	selectEvents     = `select at, what, who, why, run from collaboration_events where collaboration = ? order by seq`
	selectSheetName  = `select id, file, sheet from run_sheets where id = ?`
	selectResultAt   = `select result_sheet, result_row from collaborations where id = ?`
)

func (r *collaborationRow) collaboration() (*screening.Collaboration, error) {
	c := &screening.Collaboration{
		ID: r.ID, Office: r.Office, Partner: new(screening.Partner), Upload: r.Upload, Missing: r.Missing, FirstSeen: r.FirstSeen.Time, LastSeen: r.LastSeen.Time,
		Grade: screening.Grade(r.Grade), Run: r.Run, Screened: r.Screened.Time, Waiting: r.Waiting,
	}
	if !r.Ended.IsZero() {
		c.Ended = &screening.Ending{Who: r.EndedBy, Why: r.EndedWhy, At: r.Ended.Time}
	}
	if err := fromJSON(r.Content, c.Partner); err != nil {
		return nil, err
	}
	given, err := givenOf(r.Answered)
	if err != nil {
		return nil, err
	}
	given.Add(c.Partner)
	c.Partner.Place = screening.Place{File: r.File, Sheet: r.Sheet, Row: r.Row}
	c.Activity = c.Partner.Activity()
	return c, nil
}

// where says the filter in SQL.
func (f *CollaborationFilter) where() (string, []any, error) {
	parts, args := []string{"c.office = ?"}, []any{text(f.Office)}
	add := func(part string, values ...any) { parts, args = append(parts, part), append(args, values...) }
	switch f.State {
	case "":
	case CollaborationsActive:
		add(collabIsActive, f.Day)
	case CollaborationsMissing:
		add(collabIsActive+` and `+collabIsMissing, f.Day)
	case CollaborationsUnsure:
		add(collabIsActive+` and c.unsure > 0`, f.Day)
	case CollaborationsOver:
		add(`not (`+collabIsActive+`)`, f.Day)
	default:
		return "", nil, fmt.Errorf("there is no state %q of collaborations", f.State)
	}
	if len(f.Grades) > 0 {
		add(`c.grade in (?` + strings.Repeat(", ?", len(f.Grades)-1) + `)`)
		for _, g := range f.Grades {
			args = append(args, string(g))
		}
	}
	if f.Search != "" {
		escaped := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(f.Search))
		add(`c.search like ? escape '\'`, "%"+text(escaped)+"%")
	}
	return strings.Join(parts, " and "), args, nil
}

// Collaborations lists a page of collaborations in the order they were first
// seen; the ID of the last one is the After of the next page.
func (s *Store) Collaborations(ctx context.Context, f CollaborationFilter) ([]*screening.Collaboration, error) {
	const doing = "looking up collaborations"
	where, args, err := f.where()
	if err != nil {
		return nil, err
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	return s.collaborations(ctx, doing, where+` and c.id > ? order by c.id limit ?`, append(args, f.After, f.Limit)...)
}

func (s *Store) collaborations(ctx context.Context, doing, where string, args ...any) ([]*screening.Collaboration, error) {
	var rows []*collaborationRow
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectCollaborations+where), args...); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	out := make([]*screening.Collaboration, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.collaboration(); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
	}
	return out, nil
}

// CountCollaborations counts what a filter lets through, by grade; After and
// Limit play no part.
func (s *Store) CountCollaborations(ctx context.Context, f CollaborationFilter) (map[screening.Grade]int, error) {
	const doing = "counting collaborations"
	where, args, err := f.where()
	if err != nil {
		return nil, err
	}
	query := `select c.grade, count(*) as n from collaborations c join collaboration_sheets s on s.id = c.sheet_id where ` + where + ` group by c.grade`
	out, err := byGrade(ctx, s.read, query, args...)
	return out, s.fault(ctx, doing, err)
}

// Collaboration returns one collaboration, whether active or over. ErrNotFound
// when there is none of that ID.
func (s *Store) Collaboration(ctx context.Context, id int64) (*screening.Collaboration, error) {
	doing := fmt.Sprintf("looking up collaboration %d", id)
	found, err := s.collaborations(ctx, doing, `c.id = ?`, id)
	if err == nil && len(found) == 0 {
		err = s.fault(ctx, doing, ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// Standing returns the result a collaboration has now, as its run found it.
func (s *Store) Standing(ctx context.Context, id int64) (*screening.Result, error) {
	doing := fmt.Sprintf("looking up the result of collaboration %d", id)
	var sheet int64
	var row int
	if err := s.read.QueryRowContext(ctx, s.read.Rebind(selectResultAt), id).Scan(&sheet, &row); err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	r, err := s.resultAt(ctx, sheet, row)
	return r, s.fault(ctx, doing, err)
}

// resultAt returns the result of one row of a sheet of a run.
func (s *Store) resultAt(ctx context.Context, sheet int64, row int) (*screening.Result, error) {
	var name sheetRow
	if err := s.read.GetContext(ctx, &name, s.read.Rebind(selectSheetName), sheet); err != nil {
		return nil, err
	}
	results, err := s.picked(ctx, name, []int{row})
	if err != nil {
		return nil, err
	}
	if results[row] == nil {
		return nil, ErrNotFound
	}
	return results[row], nil
}

// EndCollaboration keeps a person's word that a collaboration is over.
// ErrConflict when a person ended it before, ErrNotFound when there is none.
func (s *Store) EndCollaboration(ctx context.Context, id int64, ending screening.Ending) error {
	return s.inTx(ctx, fmt.Sprintf("ending collaboration %d", id), func(tx *sqlx.Tx) error {
		if strings.TrimSpace(ending.Who) == "" || strings.TrimSpace(ending.Why) == "" {
			return errors.New("an ending needs a person and a reason")
		}
		res, err := tx.ExecContext(ctx, tx.Rebind(endCollaboration), stamp{ending.At}, text(ending.Who), text(ending.Why), id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			var there int
			if err := tx.GetContext(ctx, &there, tx.Rebind(`select count(*) from collaborations where id = ?`), id); err != nil {
				return err
			}
			if there == 0 {
				return ErrNotFound
			}
			return fmt.Errorf("%w: a person ended it before", ErrConflict)
		}
		return exec(ctx, tx, insertEvent, id, stamp{ending.At}, "ended", text(ending.Who), text(ending.Why), "")
	})
}

// CollaborationHistory returns what happened to a collaboration, the oldest first.
func (s *Store) CollaborationHistory(ctx context.Context, id int64) ([]screening.CollaborationEvent, error) {
	c, err := s.Collaboration(ctx, id)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		At   stamp  `db:"at"`
		What string `db:"what"`
		Who  string `db:"who"`
		Why  string `db:"why"`
		Run  string `db:"run"`
	}
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectEvents), id); err != nil {
		return nil, s.fault(ctx, fmt.Sprintf("looking up the history of collaboration %d", id), err)
	}
	out := []screening.CollaborationEvent{{At: c.FirstSeen, What: "first seen"}}
	for _, r := range rows {
		out = append(out, screening.CollaborationEvent{At: r.At.Time, What: r.What, Who: r.Who, Why: r.Why, Run: r.Run})
	}
	slices.SortStableFunc(out, func(a, b screening.CollaborationEvent) int { return a.At.Compare(b.At) })
	return out, nil
}
