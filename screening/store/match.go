package store

import (
	"context"
	"encoding/json"
	"fmt"

	"partnerscreen/screening"
)

// MatchAt is a match of a run in one of the rows it was found in.
type MatchAt struct {
	Place screening.Place
	Match *screening.Match
}

const (
	selectMatchRows = `select s.file, s.sheet, m.row, m.content from run_matches m join run_sheets s on s.id = m.sheet_id
	where s.run = ? and m.match_key = ? and m.match_key <> '' order by s.id, m.row, m.party, m.ordinal`
	selectLastMet = `select r.run from run_matches m join run_sheets s on s.id = m.sheet_id join runs r on r.run = s.run
	where m.match_key = ? and m.match_key <> '' and r.finished is not null order by r.started desc, r.run desc limit 1`
)

// FindMatchRows returns every row of a run in which the match that has the key was found.
func (s *Store) FindMatchRows(ctx context.Context, run, key string) ([]MatchAt, error) {
	doing := "looking up the rows of a match of run " + run
	rows, err := s.read.QueryContext(ctx, s.read.Rebind(selectMatchRows), run, key)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	defer func() { _ = rows.Close() }()
	var out []MatchAt
	for rows.Next() {
		var content []byte
		at := MatchAt{Match: new(screening.Match)}
		if err := rows.Scan(&at.Place.File, &at.Place.Sheet, &at.Place.Row, &content); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		if err := json.Unmarshal(content, at.Match); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		out = append(out, at)
	}
	return out, s.fault(ctx, doing, rows.Err())
}

// LastMet returns the newest finished run that found the match which has the
// key. ErrNotFound when none on record did.
func (s *Store) LastMet(ctx context.Context, key string) (*screening.Run, error) {
	var run string
	if err := s.read.GetContext(ctx, &run, s.read.Rebind(selectLastMet), key); err != nil {
		return nil, s.fault(ctx, "looking up when a match was met last", err)
	}
	return s.Run(ctx, run)
}

const selectMatchPlace = `select s.id, m.row, m.party, m.ordinal from run_matches m join run_sheets s on s.id = m.sheet_id
	where s.run = ? and m.match_key = ? and m.match_key <> '' order by s.id, m.row, m.party, m.ordinal limit 1`

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
	if err := s.addFound(ctx, rowsAt(sheet, []int{row}), results); err != nil {
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
