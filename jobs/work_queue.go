package jobs

import (
	"context"
	"errors"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// OpenWork is an active collaboration whose work waits for an office.
type OpenWork struct {
	Collaboration int64
	Result        *screening.Result
	// Rules are the office's that ask for a look at the work itself.
	Rules []screening.WorkRule
	// Questions are what the row leaves open and the office asks, in the order of what they would change.
	Questions []screening.Question
}

// OpenWorks returns, as the viewer may see them, the first of an office's
// collaborations behind a number whose work waits for an owner, or for any
// with "": those flagged for the work itself and those that leave questions open.
func OpenWorks(ctx context.Context, env *Env, v *screening.Viewer, owner screening.Owner, after int64, limit int) ([]OpenWork, error) {
	ids, err := env.Store.CollaborationsByWork(ctx, env.Office, env.today(), func(g screening.Grade, w *screening.WorkFound) bool {
		rules, questions := waitsFor(owner, g, w)
		return len(rules)+len(questions) > 0
	})
	if err != nil {
		return nil, err
	}
	var out []OpenWork
	for _, id := range ids {
		if id <= after {
			continue
		}
		if len(out) == limit {
			break
		}
		r, err := env.Store.Standing(ctx, id)
		if errors.Is(err, store.ErrNotFound) { // removed meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		r = v.Result(r)
		if rules, questions := waitsFor(owner, r.Grade, r.Work); len(rules)+len(questions) > 0 {
			out = append(out, OpenWork{Collaboration: id, Result: r, Rules: rules, Questions: questions})
		}
	}
	return out, nil
}

// waitsFor is what of a row's work waits for an owner.
func waitsFor(owner screening.Owner, g screening.Grade, w *screening.WorkFound) (rules []screening.WorkRule, questions []screening.Question) {
	if w == nil {
		return nil, nil
	}
	for _, r := range w.Rules {
		if g.Flagged() && r.Stakes == screening.Enhanced && (owner == "" || r.Owner == owner) {
			rules = append(rules, r)
		}
	}
	for i := range w.Questions {
		if owner == "" || w.Questions[i].Owner == owner {
			questions = append(questions, w.Questions[i])
		}
	}
	return rules, questions
}
