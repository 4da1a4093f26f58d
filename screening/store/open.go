package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

// OpenMatch is a flagged match of an active collaboration with whom it waits
// for. Days are YYYY-MM-DD, "" for none.
type OpenMatch struct {
	Key        string          `json:"key"`
	PartyKey   string          `json:"-"`
	EntityKeys []string        `json:"-"`
	List       string          `json:"list"`
	Entity     string          `json:"entity"`
	Owner      screening.Owner `json:"owner"`
	Grade      screening.Grade `json:"grade"`
	Run        string          `json:"run"` // that it stands on
	Place      screening.Place `json:"place"`
	Assignee   string          `json:"assignee"` // "" unless a person named one
	// Asked says that a question about it waits for its submitter (asked), or that the answer came (answered).
	Asked     string    `json:"asked,omitempty"`
	Opened    string    `json:"opened"`
	Due       string    `json:"due"`
	Reminded  string    `json:"reminded,omitempty"`
	Overdue   string    `json:"overdue,omitempty"` // when it was told that it is
	Closed    time.Time `json:"closed,omitzero"`
	WhyClosed string    `json:"why_closed,omitempty"`
}

// Flagged is a flagged match as an active collaboration stands on it now.
type Flagged struct {
	OpenMatch
	// Party and Match are nil where the match is known and open.
	Party *screening.Party
	Match *screening.Match
}

type openRow struct {
	Key        string `db:"match_key"`
	PartyKey   string `db:"party_key"`
	EntityKeys string `db:"entity_keys"`
	List       string `db:"list"`
	Entity     string `db:"entity"`
	Owner      string `db:"owner"`
	Grade      string `db:"grade"`
	Run        string `db:"run"`
	File       string `db:"file"`
	Sheet      string `db:"sheet"`
	Row        int    `db:"row"`
	Assignee   string `db:"assignee"`
	Opened     string `db:"opened"`
	Due        string `db:"due"`
	Reminded   string `db:"reminded"`
	Overdue    string `db:"overdue"`
	Closed     stamp  `db:"closed"`
	WhyClosed  string `db:"why_closed"`
	Asked      string `db:"asked"`
}

func (r *openRow) match() *OpenMatch {
	return &OpenMatch{
		Key: r.Key, PartyKey: r.PartyKey, EntityKeys: strings.Fields(r.EntityKeys), List: r.List, Entity: r.Entity,
		Owner: screening.Owner(r.Owner), Grade: screening.Grade(r.Grade), Run: r.Run,
		Place:    screening.Place{File: r.File, Sheet: r.Sheet, Row: r.Row},
		Assignee: r.Assignee, Opened: r.Opened, Due: r.Due, Reminded: r.Reminded, Overdue: r.Overdue, Closed: r.Closed.Time, WhyClosed: r.WhyClosed, Asked: r.Asked,
	}
}

const (
	// The index on grades makes it cost what is flagged, however much is held.
	selectFlagged = `select m.match_key, m.list, m.entity, m.owner, m.grade, c.result_run, s.file, s.sheet, c.row,
		p.role, p.name, p.country, p.birth_date, p.identifiers, case when o.match_key is null or o.closed is not null then m.content end
		from collaborations c join collaboration_sheets s on s.id = c.sheet_id
		join run_matches m on m.sheet_id = c.result_sheet and m.row = c.result_row
		join run_parties p on p.sheet_id = m.sheet_id and p.row = m.row and p.party = m.party
		left join open_matches o on o.office = c.office and o.match_key = m.match_key
		where c.office = ? and c.grade in ('review', 'escalate') and m.grade in ('review', 'escalate') and ` + collabIsActive + `
		order by c.id, m.party, m.ordinal`

	openColumns = `match_key, party_key, entity_keys, list, entity, owner, grade, run, file, sheet, row, assignee, opened, due, reminded, overdue, closed, why_closed, asked`
	selectOpen  = `select ` + openColumns + ` from open_matches where office = ? and closed is null order by due, match_key`
	selectKnown = `select ` + openColumns + ` from open_matches where office = ?`
	upsertOpen  = `insert into open_matches (office, ` + openColumns + `) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (office, match_key) do update set owner = excluded.owner, grade = excluded.grade, run = excluded.run, file = excluded.file,
		sheet = excluded.sheet, row = excluded.row, opened = excluded.opened, due = excluded.due, reminded = excluded.reminded,
		overdue = excluded.overdue, closed = excluded.closed, why_closed = excluded.why_closed, assignee = excluded.assignee,
		asked = case when excluded.closed is null and open_matches.closed is null then open_matches.asked else excluded.asked end` // a question may be asked meanwhile
	assignOpen = `update open_matches set assignee = ? where office = ? and match_key = ? and closed is null`
	tellOpen   = `update open_matches set reminded = ?, overdue = ? where office = ? and match_key = ?`
	// As it was on a day: what had been opened by then and was not closed before it.
	countOpen = `select count(*) as open, count(case when due < ? then 1 end) as overdue, coalesce(min(opened), '') as oldest
		from open_matches where office = ? and opened <= ? and (closed is null or closed > ?)`
	selectAbout = `select content from decisions where party_key in (?) order by seq`
)

// Flagged returns the flagged matches that the active collaborations of an
// office stand on, each row's.
func (s *Store) Flagged(ctx context.Context, office, day string) ([]*Flagged, error) {
	const doing = "looking up what is flagged"
	rows, err := s.read.QueryContext(ctx, s.read.Rebind(selectFlagged), text(office), day)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	defer func() { _ = rows.Close() }()
	var out []*Flagged
	for rows.Next() {
		f := &Flagged{Party: new(screening.Party)}
		var identifiers, content []byte
		err := rows.Scan(&f.Key, &f.List, &f.Entity, &f.Owner, &f.Grade, &f.Run, &f.Place.File, &f.Place.Sheet, &f.Place.Row,
			&f.Party.Role, &f.Party.Name, &f.Party.Country, &f.Party.BirthDate, &identifiers, &content)
		if err == nil {
			err = fromJSON(identifiers, &f.Party.Identifiers)
		}
		if err == nil && content != nil {
			f.Match = new(screening.Match)
			err = json.Unmarshal(content, f.Match)
		}
		if err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		f.PartyKey = f.Party.Key()
		out = append(out, f)
	}
	return out, s.fault(ctx, doing, rows.Err())
}

// KnownMatches returns every match of an office that was ever open, by its key.
func (s *Store) KnownMatches(ctx context.Context, office string) (map[string]*OpenMatch, error) {
	var rows []*openRow
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectKnown), text(office)); err != nil {
		return nil, s.fault(ctx, "looking up the open matches", err)
	}
	out := make(map[string]*OpenMatch, len(rows))
	for _, r := range rows {
		out[r.Key] = r.match()
	}
	return out, nil
}

// OpenMatches returns the open matches of an office, the first due first.
func (s *Store) OpenMatches(ctx context.Context, office string) ([]*OpenMatch, error) {
	var rows []*openRow
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(selectOpen), text(office)); err != nil {
		return nil, s.fault(ctx, "looking up the open matches", err)
	}
	out := make([]*OpenMatch, len(rows))
	for i, r := range rows {
		out[i] = r.match()
	}
	return out, nil
}

// KeepOpenMatches keeps how matches stand, all of them or none.
func (s *Store) KeepOpenMatches(ctx context.Context, office string, matches []*OpenMatch) error {
	return s.inTx(ctx, "keeping open matches", func(tx *sqlx.Tx) error {
		for _, m := range matches {
			err := exec(ctx, tx, upsertOpen, text(office), m.Key, m.PartyKey, strings.Join(m.EntityKeys, " "), text(m.List), text(m.Entity), string(m.Owner),
				string(m.Grade), m.Run, text(m.Place.File), text(m.Place.Sheet), m.Place.Row, text(m.Assignee), m.Opened, m.Due, m.Reminded, m.Overdue,
				stamp{m.Closed}, text(m.WhyClosed), m.Asked)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// AssignMatch names who an open match waits for; "" leaves it to its owner's
// office. ErrNotFound when no such match is open.
func (s *Store) AssignMatch(ctx context.Context, office, key, who string) error {
	return s.inTx(ctx, "assigning a match", func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind(assignOpen), text(who), text(office), key)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return ErrNotFound
	})
}

// OpenCount counts the open matches of an office as they were at a time.
type OpenCount struct {
	Open    int
	Overdue int
	Oldest  string // the day the oldest was opened
}

// CountOpen counts the open matches of an office as they were at a time.
func (s *Store) CountOpen(ctx context.Context, office string, at time.Time) (*OpenCount, error) {
	day := at.UTC().Format(time.DateOnly)
	var n struct {
		Open    int    `db:"open"`
		Overdue int    `db:"overdue"`
		Oldest  string `db:"oldest"`
	}
	err := s.read.GetContext(ctx, &n, s.read.Rebind(countOpen), day, text(office), day, stamp{at})
	if err != nil {
		return nil, s.fault(ctx, "counting the open matches", err)
	}
	return &OpenCount{Open: n.Open, Overdue: n.Overdue, Oldest: n.Oldest}, nil
}

// DecisionsAbout returns the decisions on some parties, by their keys, in the
// order they were made.
func (s *Store) DecisionsAbout(ctx context.Context, parties []string) ([]*screening.Decision, error) {
	const doing = "reading the decisions on some parties"
	var out []*screening.Decision
	for keys := range slices.Chunk(parties, versionsAtOnce) {
		query, args, err := sqlx.In(selectAbout, keys)
		if err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		some, err := gathered(lines[screening.Decision](ctx, s, doing, query, args...))
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}
