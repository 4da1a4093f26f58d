package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
)

// Notice is one message on its way out by one channel. It is sent once,
// however often it is added: its ID stands for what it says.
type Notice struct {
	ID      string          `json:"id"`
	Channel string          `json:"channel"` // "mail someone@office.example", "webhook", "file"
	Kind    string          `json:"kind"`
	Content json.RawMessage `json:"content"`
	Made    time.Time       `json:"made"`
	Tries   int             `json:"tries"`
	Next    time.Time       `json:"next"` // not tried before
	Sent    time.Time       `json:"sent,omitzero"`
	Dead    time.Time       `json:"dead,omitzero"` // given up
	Reason  string          `json:"reason,omitempty"`
}

type noticeRow struct {
	ID      string `db:"notice"`
	Channel string `db:"channel"`
	Kind    string `db:"kind"`
	Content []byte `db:"content"`
	Made    stamp  `db:"made"`
	Tries   int    `db:"tries"`
	Next    stamp  `db:"next"`
	Sent    stamp  `db:"sent"`
	Dead    stamp  `db:"dead"`
	Reason  string `db:"reason"`
}

const (
	noticeColumns = `notice, channel, kind, content, made, tries, next, sent, dead, reason`
	insertNotice  = `insert into notices (` + noticeColumns + `) values (?, ?, ?, ?, ?, 0, ?, null, null, '') on conflict (notice, channel) do nothing`
	selectDue     = `select ` + noticeColumns + ` from notices where sent is null and dead is null and next <= ? order by next, notice, channel limit ?`
	selectNotices = `select ` + noticeColumns + ` from notices order by made desc, notice, channel limit ?`
	claimNotice   = `update notices set tries = tries + 1, next = ? where notice = ? and channel = ? and tries = ? and sent is null and dead is null`
	endNotice     = `update notices set next = ?, sent = ?, dead = ?, reason = ? where notice = ? and channel = ?`
	reviveNotices = `update notices set dead = null, tries = 0, next = ? where dead is not null`
)

// AddNotices puts messages into the outbox; those that are there are passed over.
func (s *Store) AddNotices(ctx context.Context, notices []*Notice) error {
	return s.inTx(ctx, "keeping notices", func(tx *sqlx.Tx) error { return addNotices(ctx, tx, notices) })
}

func addNotices(ctx context.Context, tx *sqlx.Tx, notices []*Notice) error {
	for _, n := range notices {
		if err := exec(ctx, tx, insertNotice, n.ID, text(n.Channel), n.Kind, string(n.Content), stamp{n.Made}, stamp{n.Made}); err != nil {
			return err
		}
	}
	return nil
}

// Remind keeps that open matches were told of, together with the notices that tell it.
func (s *Store) Remind(ctx context.Context, office string, told []*OpenMatch, notices []*Notice) error {
	return s.inTx(ctx, "keeping reminders", func(tx *sqlx.Tx) error {
		for _, m := range told {
			if err := exec(ctx, tx, tellOpen, m.Reminded, m.Overdue, text(office), m.Key); err != nil {
				return err
			}
		}
		return addNotices(ctx, tx, notices)
	})
}

// DueNotices returns messages to be tried now, at most limit of them.
func (s *Store) DueNotices(ctx context.Context, now time.Time, limit int) ([]*Notice, error) {
	return s.notices(ctx, selectDue, stamp{now}, limit)
}

// Notices returns the newest messages, sent ones too.
func (s *Store) Notices(ctx context.Context, limit int) ([]*Notice, error) {
	return s.notices(ctx, selectNotices, limit)
}

func (s *Store) notices(ctx context.Context, query string, args ...any) ([]*Notice, error) {
	var rows []noticeRow
	if err := s.read.SelectContext(ctx, &rows, s.read.Rebind(query), args...); err != nil {
		return nil, s.fault(ctx, "looking up the notices", err)
	}
	out := make([]*Notice, len(rows))
	for i, r := range rows {
		out[i] = &Notice{
			ID: r.ID, Channel: r.Channel, Kind: r.Kind, Content: r.Content, Made: r.Made.Time, Tries: r.Tries, Next: r.Next.Time,
			Sent: r.Sent.Time, Dead: r.Dead.Time, Reason: r.Reason,
		}
	}
	return out, nil
}

// ClaimNotice counts a try and reports whether it is the caller's: of two
// that saw the same notice one has it until a time.
func (s *Store) ClaimNotice(ctx context.Context, n *Notice, until time.Time) (bool, error) {
	claimed := false
	err := s.inTx(ctx, "claiming a notice", func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind(claimNotice), stamp{until}, n.ID, n.Channel, n.Tries)
		if err != nil {
			return err
		}
		changed, err := res.RowsAffected()
		claimed = changed == 1
		return err
	})
	if claimed {
		n.Tries++
	}
	return claimed, err
}

// EndNotice keeps what came of a try: n.Sent, n.Dead or n.Next, and the reason.
func (s *Store) EndNotice(ctx context.Context, n *Notice) error {
	return s.inTx(ctx, "keeping what came of a notice", func(tx *sqlx.Tx) error {
		return exec(ctx, tx, endNotice, stamp{n.Next}, stamp{n.Sent}, stamp{n.Dead}, text(n.Reason), n.ID, n.Channel)
	})
}

// ReviveNotices has those tried again that were given up, and says how many.
func (s *Store) ReviveNotices(ctx context.Context, now time.Time) (int, error) {
	var n int64
	err := s.inTx(ctx, "reviving notices", func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind(reviveNotices), stamp{now})
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return int(n), err
}
