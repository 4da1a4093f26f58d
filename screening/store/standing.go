package store

import (
	"context"
	"fmt"
	"time"
)

const (
	// One number for both: that of the last decision above, of the last disposition below.
	selectLastDecision   = `select (select coalesce(max(seq), 0) from decisions) * 2147483648 + (select coalesce(max(seq), 0) from dispositions)`
	selectLastDecisionAt = `select (select coalesce(max(seq), 0) from decisions where made <= ?) * 2147483648
		+ (select coalesce(max(seq), 0) from dispositions where made <= ?)`
	selectFirstInForce = `select in_force from editions where in_force is not null order by in_force limit 1`
	// Of each entity of an edition: when its list first had it, and since when it is as it stands.
	selectStandings = `select e.entity, first.in_force, now.in_force
		from (select entity, min(first_seq) as came,
			max(case when first_seq <= ? and last_seq >= ? then first_seq else 0 end) as stands
			from entities where list = ? group by entity) as e
		join editions first on first.list = ? and first.seq = e.came
		join editions now on now.list = ? and now.seq = e.stands`
)

// decisionUpTo and dispositionUpTo are the two parts of what LastDecision gave.
func decisionUpTo(last int64) int64    { return last >> 31 }
func dispositionUpTo(last int64) int64 { return last & (1<<31 - 1) }

// LastDecision returns a number that grows with every decision and disposition that is kept.
func (s *Store) LastDecision(ctx context.Context) (int64, error) {
	var n int64
	err := s.read.GetContext(ctx, &n, selectLastDecision)
	return n, s.fault(ctx, "looking up the last decision", err)
}

// FirstInForce is when the first edition of any list came in force. ErrNotFound
// before that.
func (s *Store) FirstInForce(ctx context.Context) (time.Time, error) {
	var first stamp
	err := s.read.GetContext(ctx, &first, selectFirstInForce)
	return first.Time, s.fault(ctx, "looking up the first edition", err)
}

// Standing is since when a list has had an entity, and since when the entity
// has been as it is: when the editions that brought either came in force.
type Standing struct {
	Listed, Unchanged time.Time
}

// Standings returns, by id, since when the entities of a good edition stand.
func (s *Store) Standings(ctx context.Context, list string, seq int) (map[string]Standing, error) {
	doing := fmt.Sprintf("looking up since when the entities of %s edition %d stand", list, seq)
	rows, err := s.read.QueryContext(ctx, s.read.Rebind(selectStandings), seq, seq, list, list, list)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	defer func() { _ = rows.Close() }()
	out := map[string]Standing{}
	for rows.Next() {
		var id string
		var listed, unchanged stamp
		if err := rows.Scan(&id, &listed, &unchanged); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		out[id] = Standing{Listed: listed.Time, Unchanged: unchanged.Time}
	}
	return out, s.fault(ctx, doing, rows.Err())
}
