package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// Review says who answers for open matches, and by when.
type Review struct {
	// People are, by the office that owns a match, its assignee and who is told
	// beside them when it is overdue.
	People map[screening.Owner][]string
	// Default stands in for owners that are not in People.
	Default []string
	// Days are the working days, Monday to Friday, a match may be open, by grade.
	Days map[screening.Grade]int
	// RemindDays is how many working days before it is due its assignee is reminded.
	RemindDays int
}

// DefaultDays are one working day to escalate, for the work stands still
// until two people have looked; and a week to review, for the work goes on at the office's own
// risk meanwhile and its people are not always there.
var DefaultDays = map[screening.Grade]int{screening.Escalate: 1, screening.Review: 5}

// DefaultRemindDays leaves a day to act in.
const DefaultRemindDays = 1

// people are the assignee of a match and who is told beside them, "" for nobody.
func (r *Review) people(m *store.OpenMatch) (assignee, second string) {
	both, ok := r.People[m.Owner]
	if !ok || len(both) == 0 {
		both = r.Default
	}
	if len(both) > 0 {
		assignee = both[0]
	}
	if len(both) > 1 {
		second = both[1]
	}
	return cmp.Or(m.Assignee, assignee), second
}

func (r *Review) due(g screening.Grade, opened time.Time) string {
	days, ok := r.Days[g]
	if !ok {
		days = DefaultDays[g]
	}
	return workingDays(opened, days).Format(time.DateOnly)
}

// workingDays goes on so many days from Monday to Friday. Public holidays
// are not known here; an office that wants them counted gives more days.
func workingDays(from time.Time, n int) time.Time {
	day := from.UTC()
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return day
}

// Open is an open match beside who it waits for.
type Open struct {
	*store.OpenMatch
	Assignee string `json:"assignee"`
	Second   string `json:"second"`
	State    string `json:"state"` // open, due soon, overdue
}

// OpenMatches returns the open matches of the office, the first due first.
func OpenMatches(ctx context.Context, env *Env) ([]Open, error) {
	matches, err := env.Store.OpenMatches(ctx, env.Office)
	if err != nil {
		return nil, err
	}
	out := make([]Open, len(matches))
	for i, m := range matches {
		o := Open{OpenMatch: m, State: "open"}
		o.Assignee, o.Second = env.Review.people(m)
		switch today := env.today(); {
		case m.Due < today:
			o.State = "overdue"
		case m.Due <= env.Review.remindBy(env.Now()):
			o.State = "due soon"
		}
		out[i] = o
	}
	return out, nil
}

// remindBy is the last due day that is reminded of today.
func (r *Review) remindBy(now time.Time) string {
	return workingDays(now, r.RemindDays).Format(time.DateOnly)
}

// CountOpen counts the open matches of the office now: it reads no match and
// costs the same however many parties are held.
func CountOpen(ctx context.Context, env *Env) (*store.OpenCount, error) {
	return env.Store.CountOpen(ctx, env.Office, env.Now())
}

// AssignMatch makes a person answer for an open match in place of whom the
// configuration names; "" gives it back.
func AssignMatch(ctx context.Context, env *Env, key, who string) error {
	err := env.Store.AssignMatch(ctx, env.Office, key, who)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("no match %q is open: %w", key, err)
	}
	return err
}

// SyncOpen brings the open matches up to date with what they follow from: the
// results the active collaborations stand on, and the decisions. It is done after
// a screening, a night and a workbook that came back, and whenever
// reminders go out; it costs what is flagged and not what is held.
//
// A match is open while an active collaboration stands on it and no standing
// decision closes it. It keeps the day it was opened when the list corrects the
// listed party meanwhile; reopened after a decision it begins anew.
func SyncOpen(ctx context.Context, env *Env) error {
	flagged, err := env.Store.Flagged(ctx, env.Office, env.today())
	if err != nil {
		return err
	}
	known, err := env.Store.KnownMatches(ctx, env.Office)
	if err != nil {
		return err
	}
	s := &openSync{env: env, now: env.Now().UTC(), known: known, current: map[string]*store.Flagged{}, kept: map[string]*store.OpenMatch{}}
	for _, f := range flagged {
		if before := s.current[f.Key]; before == nil || f.Grade.Rank() > before.Grade.Rank() {
			s.current[f.Key] = f
		}
	}
	if err := s.remember(ctx); err != nil {
		return err
	}
	for _, f := range flagged { // in their order, so that it is the same every time
		if s.current[f.Key] == f {
			if err := s.meet(ctx, f); err != nil {
				return err
			}
		}
	}
	for key, m := range known {
		if m.Closed.IsZero() && s.current[key] == nil {
			s.close(m, "no longer flagged")
		}
	}
	if len(s.kept) == 0 {
		return nil
	}
	var keep []*store.OpenMatch
	for _, m := range s.kept {
		keep = append(keep, m)
	}
	return env.Store.KeepOpenMatches(ctx, env.Office, keep)
}

// openSync is one pass over the open matches.
type openSync struct {
	env     *Env
	now     time.Time
	known   map[string]*store.OpenMatch
	current map[string]*store.Flagged
	memory  *screening.Memory
	decided map[string]bool             // parties anything was decided of
	kept    map[string]*store.OpenMatch // to be written
}

// remember reads what was decided of the flagged parties.
func (s *openSync) remember(ctx context.Context) error {
	seen := map[string]bool{}
	var parties []string
	for _, f := range s.current {
		if !seen[f.PartyKey] {
			seen[f.PartyKey] = true
			parties = append(parties, f.PartyKey)
		}
	}
	decisions, err := s.env.Store.DecisionsAbout(ctx, parties)
	if err != nil {
		return err
	}
	s.decided = map[string]bool{}
	s.memory = screening.NewMemory(func(yield func(*screening.Decision) bool) {
		for _, d := range decisions {
			s.decided[d.PartyKey] = true
			if !yield(d) {
				return
			}
		}
	})
	return nil
}

// meet takes one match that is flagged now.
func (s *openSync) meet(ctx context.Context, f *store.Flagged) error {
	m := s.known[f.Key]
	if m != nil && m.Closed.IsZero() && f.Match == nil {
		f.EntityKeys = m.EntityKeys
	}
	if f.Match == nil && s.decided[f.PartyKey] {
		var err error
		if _, f.Match, err = s.env.Store.FindMatch(ctx, f.Run, f.Key); err != nil {
			return err
		}
	}
	if f.Match != nil {
		f.EntityKeys = nil
		seen := map[string]bool{}
		for _, l := range f.Match.Listings {
			if !seen[l.Key] {
				seen[l.Key] = true
				f.EntityKeys = append(f.EntityKeys, l.Key)
			}
		}
	}
	why := s.closedBy(f)
	switch {
	case why != "" && m != nil && m.Closed.IsZero():
		s.close(m, why)
	case why != "":
	case m == nil:
		s.open(f, s.before(f))
	case !m.Closed.IsZero():
		s.open(f, nil)
	case m.Grade != f.Grade || m.Run != f.Run || m.Place != f.Place || m.Owner != f.Owner:
		due := m.Due
		if f.Grade.Rank() > m.Grade.Rank() { // it is graver than it was: less time from today, never more than it had
			due = min(due, s.env.Review.due(f.Grade, s.now))
		}
		next := *m
		next.Grade, next.Run, next.Place, next.Owner, next.Due = f.Grade, f.Run, f.Place, f.Owner, due
		s.kept[f.Key] = &next
	}
	return nil
}

// closedBy says which standing decision closes a match, or "".
func (s *openSync) closedBy(f *store.Flagged) string {
	if f.Match == nil || len(f.EntityKeys) == 0 {
		return ""
	}
	verdict := screening.Verdict("")
	for _, key := range f.EntityKeys {
		d := s.memory.StandingAt(f.PartyKey, key, f.Grade)
		if d == nil || d.Waiting != "" || d.Verdict == screening.NeedsInformation || d.Covers(f.Match, s.now) != "" {
			return ""
		}
		verdict = d.Verdict
	}
	return "decided: " + string(verdict)
}

// before is the open match of the same party and listed party that is gone
// because one side was corrected; nil when there is none.
func (s *openSync) before(f *store.Flagged) *store.OpenMatch {
	for key, m := range s.known {
		if m.Closed.IsZero() && s.current[key] == nil && m.PartyKey == f.PartyKey && m.List == f.List && m.Entity == f.Entity {
			return m
		}
	}
	return nil
}

func (s *openSync) open(f *store.Flagged, before *store.OpenMatch) {
	m := f.OpenMatch
	m.Opened = s.now.Format(time.DateOnly)
	m.Due = s.env.Review.due(m.Grade, s.now)
	if before != nil {
		m.Opened, m.Due = before.Opened, min(m.Due, before.Due)
		m.Assignee, m.Asked, m.Reminded, m.Overdue = before.Assignee, before.Asked, before.Reminded, before.Overdue
	}
	s.kept[m.Key] = &m
}

func (s *openSync) close(m *store.OpenMatch, why string) {
	next := *m
	next.Closed, next.WhyClosed, next.Asked = s.now.Truncate(time.Microsecond), why, ""
	s.kept[m.Key] = &next
}

// openAt is what the Summary says of the open matches, as they were at a time.
func openAt(ctx context.Context, env *Env, at time.Time) (*reports.OpenMatches, error) {
	n, err := env.Store.CountOpen(ctx, env.Office, at)
	if err != nil {
		return nil, err
	}
	return &reports.OpenMatches{Open: n.Open, Overdue: n.Overdue, Oldest: n.Oldest}, nil
}
