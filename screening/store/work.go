package store

import (
	"context"
	"slices"

	"partnerscreen/screening"
)

// A cross join keeps SQLite from taking the collaborations first: rows of whose
// work there is something to say are few.
const selectWork = `select c.id, r.grade, r.work from run_rows r cross join collaborations c
	where r.work is not null and c.result_sheet = r.sheet_id and c.result_row = r.row and c.office = ? and ` + collabIsActive

// CollaborationsByWork returns the active collaborations of an office that stand on a
// result whose work is wanted, in ascending order. It reads what came of
// each row's work and no more, so a row that says nothing of its work costs nothing.
func (s *Store) CollaborationsByWork(ctx context.Context, office, day string, wanted func(screening.Grade, *screening.WorkFound) bool) ([]int64, error) {
	const doing = "looking up what the work leaves open"
	rows, err := s.read.QueryContext(ctx, s.read.Rebind(selectWork), text(office), day)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	defer func() { _ = rows.Close() }()
	var out []int64
	for rows.Next() {
		var id int64
		var grade screening.Grade
		var content []byte
		work := new(screening.WorkFound)
		err := rows.Scan(&id, &grade, &content)
		if err == nil {
			err = fromJSON(content, work)
		}
		if err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		if wanted(grade, work) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out, s.fault(ctx, doing, rows.Err())
}
