package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"partnerscreen/screening"
)

const (
	insertAsked = `insert into asked (question, match_key, collaboration, upload, submitter, made, content)
		values (?, ?, ?, ?, ?, ?, ?) on conflict (question) do nothing`
	selectAskedOne = `select content from asked where question = ?`
	selectAsked    = `select a.content, r.content from asked a left join replies r on r.question = a.question where `
	insertReply    = `insert into replies (question, made, content) values (?, ?, ?) on conflict (question) do nothing`
	selectReply    = `select content from replies where question = ?`

	// The rows that stand on a match now, with who submitted the sheet they came in.
	selectOnMatch = `select distinct c.id, c.upload, s.file, s.sheet, c.row, c.reference, r.submitter
		from run_matches m join collaborations c on c.result_sheet = m.sheet_id and c.result_row = m.row
		join collaboration_sheets s on s.id = c.sheet_id join runs r on r.run = c.upload
		where m.match_key = ? and c.office = ? and ` + collabIsActive + ` order by c.id limit ?`

	markAsked = `update open_matches set asked = ?, assignee = case when ? = '' then assignee else ? end
		where office = ? and match_key = ? and closed is null`
	lockAnswered = `update collaborations set answered = answered where id = ? and office = ?`
	setAnswered  = `update collaborations set ` + keepBase + `, answered = ? where id = ?`
)

// OnMatch is an active collaboration that stands on a match.
type OnMatch struct {
	Collaboration int64
	Upload        string // the run of its sheet
	Place         screening.Place
	Reference     string
	Submitter     string // who sent the sheet in
}

// OnMatch returns the active collaborations of an office that stand on a match
// now, in the order they were first seen, at most limit of them.
func (s *Store) OnMatch(ctx context.Context, office, day, key string, limit int) ([]OnMatch, error) {
	const doing = "looking up the rows that stand on a match"
	rows, err := s.read.QueryContext(ctx, s.read.Rebind(selectOnMatch), key, text(office), day, limit)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	defer func() { _ = rows.Close() }()
	var out []OnMatch
	for rows.Next() {
		var m OnMatch
		if err := rows.Scan(&m.Collaboration, &m.Upload, &m.Place.File, &m.Place.Sheet, &m.Place.Row, &m.Reference, &m.Submitter); err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		out = append(out, m)
	}
	return out, s.fault(ctx, doing, rows.Err())
}

// AskedFilter says which questions are meant; "" and 0 are any.
type AskedFilter struct {
	ID, To, Upload, MatchKey string
	Open                     bool // only those that wait for a reply
	Limit                    int  // 0 for 1000
}

// Asked returns questions with what came of them, the oldest first.
func (s *Store) Asked(ctx context.Context, f AskedFilter) ([]*screening.Asked, error) {
	return s.asked(ctx, s.read, f)
}

func (s *Store) asked(ctx context.Context, db reader, f AskedFilter) ([]*screening.Asked, error) {
	const doing = "looking up questions"
	parts, args := []string{"1 = 1"}, []any{}
	for _, c := range []struct{ column, value string }{{"question", f.ID}, {"submitter", f.To}, {"upload", f.Upload}, {"match_key", f.MatchKey}} {
		if c.value != "" {
			parts, args = append(parts, "a."+c.column+" = ?"), append(args, text(c.value))
		}
	}
	if f.Open {
		parts = append(parts, "r.question is null")
	}
	if f.Limit <= 0 {
		f.Limit = 1000
	}
	rows, err := db.QueryContext(ctx, db.Rebind(selectAsked+strings.Join(parts, " and ")+" order by a.seq limit ?"), append(args, f.Limit)...)
	if err != nil {
		return nil, s.fault(ctx, doing, err)
	}
	defer func() { _ = rows.Close() }()
	out := []*screening.Asked{}
	for rows.Next() {
		var content, reply []byte
		a := new(screening.Asked)
		err := rows.Scan(&content, &reply)
		if err == nil {
			err = fromJSON(content, a)
		}
		if err == nil && reply != nil {
			a.Reply = new(screening.Reply)
			err = json.Unmarshal(reply, a.Reply)
		}
		if err != nil {
			return nil, s.fault(ctx, doing, err)
		}
		out = append(out, a)
	}
	return out, s.fault(ctx, doing, rows.Err())
}

// Ask adds questions to the history, marks their open matches as asked and
// given to who asks, and puts notices into the outbox: all of it or none. A question
// that is there already is passed over.
func (s *Store) Ask(ctx context.Context, office string, asked []*screening.Asked, notices []*Notice) error {
	return s.inTx(ctx, "keeping questions", func(tx *sqlx.Tx) error {
		for _, a := range asked {
			kept := *a
			kept.Reply = nil
			content, err := jsonText(&kept)
			if err != nil {
				return err
			}
			if err := addOnce(ctx, tx, history{id: "question"}, insertAsked, selectAskedOne, a.ID, content, nil,
				a.MatchKey, a.Collaboration, a.Upload, text(a.To), stamp{a.Made}); err != nil {
				return fmt.Errorf("question %s: %w", a.ID, err)
			}
			if err := exec(ctx, tx, markAsked, "asked", text(a.Reviewer), text(a.Reviewer), text(office), a.MatchKey); err != nil {
				return err
			}
		}
		return addNotices(ctx, tx, notices)
	})
}

// Withdraw ends questions that were decided without their answers. One that has
// a reply keeps it.
func (s *Store) Withdraw(ctx context.Context, office string, asked []*screening.Asked, who string, at time.Time) error {
	return s.inTx(ctx, "withdrawing questions", func(tx *sqlx.Tx) error {
		for _, a := range asked {
			content, err := jsonText(&screening.Reply{Question: a.ID, Who: who, Made: at, Withdrawn: true})
			if err != nil {
				return err
			}
			if err := exec(ctx, tx, insertReply, a.ID, stamp{at}, content); err != nil {
				return err
			}
			if err := exec(ctx, tx, markAsked, "", "", "", text(office), a.MatchKey); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reply keeps the answer to a question. The row says it from now on, as take
// adds it to what was answered before; it waits to be screened again; and the open match is marked
// as answered and given back to who asked. ErrConflict when the question has a reply.
func (t *Tx) Reply(ctx context.Context, office string, a *screening.Asked, r *screening.Reply, take func(*screening.Given), notices []*Notice) error {
	tx := t.tx
	content, err := jsonText(r)
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, tx.Rebind(insertReply), r.Question, stamp{r.Made}, content)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return fmt.Errorf("%w: the question has its reply", ErrConflict)
	}
	// Two answers about one row take turns.
	if err := one(tx.ExecContext(ctx, tx.Rebind(lockAnswered), a.Collaboration, text(office))); err != nil {
		return err
	}
	var before string
	if err := tx.GetContext(ctx, &before, tx.Rebind(`select answered from collaborations where id = ?`), a.Collaboration); err != nil {
		return err
	}
	given, err := givenOf(before)
	if err != nil {
		return err
	}
	take(given)
	now, err := jsonText(given)
	if err != nil {
		return err
	}
	if err := exec(ctx, tx, setAnswered, now, a.Collaboration); err != nil {
		return err
	}
	if err := exec(ctx, tx, insertEvent, a.Collaboration, stamp{r.Made}, "question answered", text(r.Who), text(a.Text), a.Upload); err != nil {
		return err
	}
	if err := exec(ctx, tx, markAsked, "answered", text(a.Reviewer), text(a.Reviewer), text(office), a.MatchKey); err != nil {
		return err
	}
	return addNotices(ctx, tx, notices)
}

// givenOf reads what was answered beside a row.
func givenOf(answered string) (*screening.Given, error) {
	g := new(screening.Given)
	if answered == "" {
		return g, nil
	}
	return g, json.Unmarshal([]byte(answered), g)
}

// KeepRegraded keeps the result of one collaboration that was screened again by
// itself, as a run of its own that is begun and finished here. ErrConflict when the row was changed meanwhile.
func (s *Store) KeepRegraded(ctx context.Context, run *screening.Run, row *NightRow, result *screening.Result) error {
	return s.InTx(ctx, "keeping results of run "+run.ID, func(t *Tx) error {
		if err := t.StartRun(ctx, run); err != nil {
			return err
		}
		ready, err := Prepare(result, "")
		if err != nil {
			return err
		}
		rows, err := s.addResults(ctx, t.tx, run.ID, []*Prepared{ready})
		if err != nil {
			return err
		}
		if len(rows) != 1 {
			return errors.New("the row was kept before")
		}
		alone := s.newUpdate(t.tx, regradeAlone)
		alone.row(row.ID, string(result.Grade), ready.outcome, stamp{run.Started}, run.ID, rows[0].resultSheet, result.Partner.Row, row.hash, row.answered)
		done, err := alone.flush(ctx)
		if err != nil {
			return err
		}
		if !done[row.ID] {
			return fmt.Errorf("%w: the row was changed meanwhile", ErrConflict)
		}
		return t.FinishRun(ctx, run)
	})
}
