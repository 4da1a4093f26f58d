package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// entry is a line for the audit trail by who is signed in, now.
func (r *Request) entry(action, subject string) *screening.AuditEntry {
	return &screening.AuditEntry{At: r.Env.Now().UTC(), Actor: r.Env.Actor, Action: action, Subject: subject, Request: r.ID}
}

// asJSON is what stands in the audit trail: v is the program's own and can always be written.
func asJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

const linesAtOnce = 100

var auditPage = Page{
	Pattern: "GET /audit", Doc: "who did what, when, to what; by subject, person or action",
	Needs: []screening.Permission{screening.MayReadAudit}, Tab: "Audit",
	Serve: func(r *Request) error {
		q := r.URL.Query()
		before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
		f := store.AuditFilter{Subject: q.Get("subject"), Actor: q.Get("actor"), Action: q.Get("action"), Before: max(before, 0), Limit: linesAtOnce}
		lines, err := r.Env.Store.Audit(r.Context(), f)
		if err != nil {
			return err
		}
		data := struct {
			Filter store.AuditFilter
			Lines  []*screening.AuditEntry
			Older  string
		}{Filter: f}
		if len(lines) == linesAtOnce {
			data.Older = "/audit?" + url.Values{
				"subject": {f.Subject}, "actor": {f.Actor}, "action": {f.Action}, "before": {strconv.FormatInt(lines[len(lines)-1].Seq, 10)},
			}.Encode()
		}
		for _, e := range lines {
			if e.List == "" || r.Viewer.Sees(e.List) {
				data.Lines = append(data.Lines, e)
			}
		}
		return r.Render(http.StatusOK, "audit.html", "Audit trail", data)
	},
}
