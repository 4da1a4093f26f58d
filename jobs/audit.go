package jobs

import (
	"context"
	"encoding/json"

	"partnerscreen/screening"
)

// entry is a line for the audit trail by who is signed in, now.
func (env *Env) entry(action, subject string) *screening.AuditEntry {
	return &screening.AuditEntry{At: env.Now().UTC(), Actor: env.Actor, Action: action, Subject: subject, Request: env.Request}
}

// Audit writes down that who is signed in did something: action is
// subject.verb, after what it was about, nil for nothing. Whoever looks at, takes
// away or changes something calls it first, and goes on only where it errs not.
func (env *Env) Audit(ctx context.Context, action, subject string, after any) error {
	e := env.entry(action, subject)
	e.After = inJSON(after)
	return env.Store.AddAudit(ctx, e)
}

// AuditEach is Audit of one action on several subjects, in one transaction.
func (env *Env) AuditEach(ctx context.Context, action string, subjects ...string) error {
	var all []*screening.AuditEntry
	for _, subject := range subjects {
		all = append(all, env.entry(action, subject))
	}
	return env.Store.AddAudit(ctx, all...)
}

// tellList is a line about something that concerns one list, for what is done
// to it to bring along.
func (env *Env) tellList(action, list string, after any) *screening.AuditEntry {
	e := env.entry(action, "list:"+list)
	e.List, e.After = list, inJSON(after)
	return e
}

// tellDecisions are lines about decisions that are about to be kept: on what
// run, and the verdict. The reviewer's words and the two sides stand with the decision.
func (env *Env) tellDecisions(verb string, decisions []*screening.Decision) []*screening.AuditEntry {
	var told []*screening.AuditEntry
	for _, d := range decisions {
		e := env.entry("decision."+verb, "decision:"+d.ID)
		e.List = d.List
		e.After = inJSON(map[string]any{"verdict": d.Verdict, "reviewer": d.Reviewer, "run": d.Run, "expires": d.Expires, "grade": d.Grade})
		told = append(told, e)
	}
	return told
}

// tellClosings are lines about dispositions that are about to be kept.
func (env *Env) tellClosings(verb string, closings []*screening.Disposition) []*screening.AuditEntry {
	var told []*screening.AuditEntry
	for _, d := range closings {
		e := env.entry("disposition."+verb, "decision:"+d.ID)
		e.List = d.List
		e.After = inJSON(map[string]any{"disposition": d.Closing, "reviewer": d.Reviewer, "run": d.Run, "expires": d.Expires, "grade": d.Grade})
		told = append(told, e)
	}
	return told
}

// inJSON is what stands in the audit trail: v is the program's own and can
// always be written.
func inJSON(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
