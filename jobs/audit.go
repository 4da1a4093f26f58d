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

// auditList is Audit of something that concerns one list.
func (env *Env) auditList(ctx context.Context, action, list string, after any) error {
	e := env.entry(action, "list:"+list)
	e.List, e.After = list, inJSON(after)
	return env.Store.AddAudit(ctx, e)
}

// auditDecisions writes down decisions and dispositions that are about to be
// kept: which, on what run, and the verdict. The reviewer's words and the two
// sides stand with the decision.
func (env *Env) auditDecisions(ctx context.Context, verb string, decisions []*screening.Decision, closings []*screening.Disposition) error {
	var entries []*screening.AuditEntry
	for _, d := range decisions {
		e := env.entry("decision."+verb, "decision:"+d.ID)
		e.List = d.List
		e.After = inJSON(map[string]any{"verdict": d.Verdict, "reviewer": d.Reviewer, "run": d.Run, "expires": d.Expires, "grade": d.Grade})
		entries = append(entries, e)
	}
	for _, d := range closings {
		e := env.entry("disposition."+verb, "decision:"+d.ID)
		e.List = d.List
		e.After = inJSON(map[string]any{"disposition": d.Closing, "reviewer": d.Reviewer, "run": d.Run, "expires": d.Expires, "grade": d.Grade})
		entries = append(entries, e)
	}
	return env.Store.AddAudit(ctx, entries...)
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
