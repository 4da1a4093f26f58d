package store

import (
	"context"
	"fmt"

	"partnerscreen/screening"
)

const selectMatchPlace = `select s.id, m.row, m.party, m.ordinal from run_matches m join run_sheets s on s.id = m.sheet_id
	where s.run = ? and m.match_key = ? order by s.id, m.row, m.party, m.ordinal limit 1`

// FindMatch returns the match of a run that has the key, beside its party. Where
// several rows name the party the first stands for all: they have one key
// because both sides are the same. ErrNotFound when the run has none.
func (s *Store) FindMatch(ctx context.Context, run, key string) (*screening.Party, *screening.Match, error) {
	doing := "looking up a match of run " + run
	var sheet int64
	var row, party, ordinal int
	err := s.read.QueryRowContext(ctx, s.read.Rebind(selectMatchPlace), run, key).Scan(&sheet, &row, &party, &ordinal)
	if err != nil {
		return nil, nil, s.fault(ctx, doing, err)
	}
	result := &screening.Result{Partner: &screening.Partner{}}
	results := map[int]*screening.Result{row: result}
	if err := s.addParties(ctx, sheet, row, row, results); err != nil {
		return nil, nil, s.fault(ctx, doing, err)
	}
	if err := s.addMatches(ctx, sheet, row, row, results); err != nil {
		return nil, nil, s.fault(ctx, doing, err)
	}
	if party >= len(result.Parties) {
		return nil, nil, s.fault(ctx, doing, ErrNotFound)
	}
	for i := range result.Parties[party].Matches {
		if m := &result.Parties[party].Matches[i]; m.Key == key {
			return &result.Partner.Parties[party], m, nil
		}
	}
	return nil, nil, s.fault(ctx, doing, fmt.Errorf("%w: it went meanwhile", ErrNotFound))
}
