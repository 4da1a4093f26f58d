package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
)

// mostAsked bounds the rows one question is put about: more than a person answers one by one.
const mostAsked = 50

// asked are the questions a line puts to who submitted its rows, one for each
// row that stands on the match now; problem says why they cannot be put.
func (dk *desk) asked(ctx context.Context, l *said, party *screening.Party, made time.Time) (out []*screening.Asked, problem string, err error) {
	q := &l.line.Question
	rows, err := dk.env.Store.OnMatch(ctx, dk.env.Office, dk.env.today(), l.line.Key, mostAsked+1)
	if err != nil {
		return nil, "", err
	}
	switch {
	case len(rows) == 0:
		return nil, "no collaboration that goes on stands on this match any more, so there is nobody to ask; leave the question out", nil
	case len(rows) > mostAsked:
		return nil, fmt.Sprintf("more than %d rows stand on this match; leave the question out and ask another way", mostAsked), nil
	}
	before, err := dk.env.Store.Asked(ctx, store.AskedFilter{MatchKey: l.line.Key})
	if err != nil {
		return nil, "", err
	}
	open := false // one of the rows leaves the question open
	for _, row := range rows {
		text := q.Text
		if q.Ask != "" {
			own, err := dk.ownQuestion(ctx, row.Collaboration, q.Ask)
			if err != nil {
				return nil, "", err
			}
			if own == "" && text == "" {
				continue
			}
			if text == "" {
				text = own
			}
		}
		open = true
		if a, err := dk.env.Store.AccountNamed(ctx, row.Submitter); errors.Is(err, store.ErrNotFound) || err == nil && !a.May(screening.MaySubmit) {
			continue
		} else if err != nil {
			return nil, "", err
		}
		a := &screening.Asked{
			Ask: q.Ask, Text: text, To: row.Submitter, Upload: row.Upload, Place: row.Place, Reference: row.Reference, Party: party.Name,
			Collaboration: row.Collaboration, Made: made, Reviewer: reviewerOf(dk.actor, l.line), Run: l.line.Run, MatchKey: l.line.Key, List: l.match.List,
		}
		a.ID = askedID(a, before)
		if !slices.ContainsFunc(before, func(b *screening.Asked) bool { return b.ID == a.ID }) {
			out = append(out, a)
		}
	}
	switch {
	case !open:
		return nil, fmt.Sprintf("no row of this match leaves “%s” open; put the question in your own words", q.Ask.Column()), nil
	case len(out) == 0 && !slices.ContainsFunc(before, (*screening.Asked).Open):
		return nil, "who submitted the rows has no account here that could answer; leave the question out and ask another way", nil
	}
	return out, "", nil
}

func reviewerOf(actor string, line *reports.Line) string {
	if actor != "" {
		return actor
	}
	return line.Reviewer
}

// ownQuestion is how a row puts one of its own questions, "" where it leaves it not open.
func (dk *desk) ownQuestion(ctx context.Context, collaboration int64, ask screening.Ask) (string, error) {
	r, err := dk.env.Store.Standing(ctx, collaboration)
	if err != nil || r.Work == nil {
		return "", err
	}
	for _, q := range r.Work.Questions {
		if q.Ask == ask {
			return q.Text, nil
		}
	}
	return "", nil
}

// OwnQuestions are the questions that the rows of a match leave open, as the
// viewer may see them, each once.
func OwnQuestions(ctx context.Context, env *Env, v *screening.Viewer, key string) ([]screening.Question, error) {
	rows, err := env.Store.OnMatch(ctx, env.Office, env.today(), key, mostAsked)
	if err != nil {
		return nil, err
	}
	var out []screening.Question
	for _, row := range rows {
		r, err := env.Store.Standing(ctx, row.Collaboration)
		if err != nil {
			return nil, err
		}
		if r = v.Result(r); r.Work == nil {
			continue
		}
		for _, q := range r.Work.Questions {
			if slices.Contains(screening.Asks, q.Ask) && !slices.ContainsFunc(out, func(o screening.Question) bool { return o.Ask == q.Ask }) {
				out = append(out, q)
			}
		}
	}
	return out, nil
}

// askedID stands for one question about one row: put again before its answer
// came it is the same, afterwards it is another.
func askedID(a *screening.Asked, before []*screening.Asked) string {
	answered := 0
	for _, b := range before {
		if b.Collaboration == a.Collaboration && !b.Open() {
			answered++
		}
	}
	h := sha256.Sum256([]byte(strings.Join([]string{
		a.MatchKey, strconv.FormatInt(a.Collaboration, 10), a.To, string(a.Ask), a.Text, a.Reviewer, strconv.Itoa(answered),
	}, "\x00")))
	return "q" + hex.EncodeToString(h[:8])
}

// ask puts the questions of lines, and takes back those about matches that are
// decided now without their answers.
func (d *Decided) ask(ctx context.Context, env *Env, lines []said) error {
	var fresh, over []*screening.Asked
	for _, l := range lines {
		fresh = append(fresh, l.asked...)
		if l.line.Verdict == screening.NeedsInformation || l.waits {
			continue
		}
		open, err := env.Store.Asked(ctx, store.AskedFilter{MatchKey: l.line.Key, Open: true})
		if err != nil {
			return err
		}
		over = append(over, open...)
	}
	d.Asked = len(fresh)
	if err := env.auditAsked(ctx, "question.withdraw", over); err != nil {
		return err
	}
	if err := env.Store.Withdraw(ctx, env.Office, over, env.Actor, env.Now().UTC().Truncate(time.Microsecond)); err != nil {
		return err
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := env.auditAsked(ctx, "question.ask", fresh); err != nil {
		return err
	}
	var notices []*store.Notice
	told := map[string]int{}
	for _, a := range fresh {
		told[a.To+"\x00"+a.Upload]++
	}
	for _, a := range fresh {
		n := told[a.To+"\x00"+a.Upload]
		if n == 0 {
			continue
		}
		delete(told, a.To+"\x00"+a.Upload)
		some, err := outbox(env, &Notice{
			ID: noticeID("question", a.ID), Kind: "question", Run: a.Upload, For: addressOf(a.To),
			Title: fmt.Sprintf("Screening: %d question%s for %s", n, map[bool]string{true: "s"}[n != 1], a.To), Counts: map[string]int{"questions": n},
		})
		if err != nil {
			return err
		}
		notices = append(notices, some...)
	}
	return env.Store.Ask(ctx, env.Office, fresh, notices)
}

// addressOf is where an account is told by mail: its name where that is an
// address, else whoever is told of everything.
func addressOf(account string) string {
	if strings.Contains(account, "@") {
		return account
	}
	return ""
}

func (env *Env) auditAsked(ctx context.Context, action string, asked []*screening.Asked) error {
	var entries []*screening.AuditEntry
	for _, a := range asked {
		e := env.entry(action, "question:"+a.ID)
		e.List, e.After = a.List, inJSON(map[string]any{"run": a.Upload, "row": a.Place.Row, "to": a.To, "ask": a.Ask})
		entries = append(entries, e)
	}
	return env.Store.AddAudit(ctx, entries...)
}

// Questions returns the questions a filter lets through that the viewer may
// see, as they may see them, the oldest first.
func Questions(ctx context.Context, env *Env, v *screening.Viewer, f store.AskedFilter) ([]*screening.Asked, error) {
	if v != nil && !v.May(screening.MayReadReview) {
		f.To = v.Account.Name
	}
	all, err := env.Store.Asked(ctx, f)
	if err != nil {
		return nil, err
	}
	out := []*screening.Asked{}
	for _, a := range all {
		if a = v.Asked(a); a != nil {
			out = append(out, a)
		}
	}
	return out, nil
}

// longestReply is how many bytes an answer may have.
const longestReply = 4000

// Answer keeps the answer to a question by the one it was put to: the row says
// it from now on, a job screens the row again by itself, and its match goes back to who asked. It
// errors with store.ErrNotFound where the question is not the viewer's to see, and with
// *Refusal where it is not theirs to answer, or has been settled.
func Answer(ctx context.Context, env *Env, v *screening.Viewer, id, text string) (job int64, err error) {
	found, err := env.Store.Asked(ctx, store.AskedFilter{ID: id})
	if err != nil {
		return 0, err
	}
	if id == "" || len(found) == 0 || v.Asked(found[0]) == nil {
		return 0, fmt.Errorf("looking up a question: %w", store.ErrNotFound)
	}
	a := found[0]
	text = strings.TrimSpace(text)
	switch {
	case !v.Answers(a):
		return 0, refuse("the question is put to who submitted the row, and only they answer it")
	case !a.Open() && a.Reply.Withdrawn:
		return 0, refuse("the question was settled without an answer; nothing is left to say")
	case !a.Open():
		return 0, refuse("the question has its answer")
	case text == "":
		return 0, refuse("there is no answer in the form")
	case len(text) > longestReply:
		return 0, refuse("the answer is longer than %d characters are", longestReply)
	}
	q, err := queueOf(env)
	if err != nil {
		return 0, err
	}
	card, err := env.job("regrade")
	if err != nil {
		return 0, err
	}
	now := env.Now().UTC().Truncate(time.Microsecond)
	e := env.entry("question.answer", "question:"+a.ID)
	e.List, e.After = a.List, inJSON(map[string]any{"run": a.Upload, "row": a.Place.Row, "ask": a.Ask})
	if err := env.Store.AddAudit(ctx, e); err != nil {
		return 0, err
	}
	notices, err := outbox(env, &Notice{
		ID: noticeID("answer", a.ID), Kind: "answer", Run: a.Run, For: addressOf(a.Reviewer),
		Title: "Screening: a question was answered, for " + a.Reviewer, Counts: map[string]int{"answers": 1},
	})
	if err != nil {
		return 0, err
	}
	task := &store.Task{Kind: card.Kind, Args: inJSON(regradeArgs{a.Collaboration}), By: v.Account.Name, Queued: now}
	err = env.Store.InTx(ctx, "keeping an answer", func(tx *store.Tx) error {
		reply := &screening.Reply{Question: a.ID, Who: v.Account.Name, Made: now, Text: text}
		if err := tx.Reply(ctx, env.Office, a, reply, func(g *screening.Given) { give(g, a, text) }, notices); err != nil {
			return err
		}
		return q.add(ctx, tx, card, task)
	})
	if errors.Is(err, store.ErrConflict) {
		return 0, refuse("the question has its answer")
	}
	return task.ID, err
}

// give has a row say what was answered: to its own question as a cell of the
// sheet would, to one in a reviewer's words as a note.
func give(g *screening.Given, a *screening.Asked, text string) {
	row := &screening.Partner{}
	if intake.Answer(row, a.Ask, text) {
		if g.Answers == nil {
			g.Answers = screening.Answers{}
		}
		g.Answers[a.Ask] = row.Answers[a.Ask]
		return
	}
	g.Notes = append(g.Notes, fmt.Sprintf("answered: %s %s", a.Text, text))
}
