package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// openList finds the status of a list that is open to the viewer.
func (r *Request) openList(id string) (*jobs.ListStatus, error) {
	all, err := jobs.Lists(r.Context(), r.Env)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].List == id && r.Viewer.Sees(id) {
			return &all[i], nil
		}
	}
	return nil, missing
}

var apiLists = Page{
	Pattern: "GET /api/v1/lists", Doc: "Each list: edition, dates, counts, state; as lists --format json has them.", Needs: readsLists,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		all, err := jobs.Lists(r.Context(), r.Env)
		if err != nil {
			return err
		}
		out := []jobs.ListStatus{}
		for _, l := range all {
			if r.Viewer.Sees(l.List) {
				out = append(out, l)
			}
		}
		return r.JSON(http.StatusOK, out)
	},
}

var apiListPage = Page{
	Pattern: "GET /api/v1/lists/{list}", Doc: "One list and its editions, newest first, those held back too.", Needs: readsLists,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		l, err := r.openList(r.PathValue("list"))
		if err != nil {
			return err
		}
		editions, err := r.Env.Store.Editions(r.Context(), l.List)
		if err != nil {
			return err
		}
		for i := range editions {
			if a := editions[i].Accepted; a != nil && !r.May(screening.MayManageLists) && !r.May(screening.MayReadAudit) {
				editions[i].Accepted = &screening.Acceptance{At: a.At} // who and why is not everybody's
			}
		}
		return r.JSON(http.StatusOK, struct {
			*jobs.ListStatus
			Editions []screening.Edition `json:"editions"`
		}{l, append([]screening.Edition{}, editions...)})
	},
}

var apiListChanges = Page{
	Pattern: "GET /api/v1/lists/{list}/changes", Doc: "What changed between two editions, one JSON object a line: by default the newest against the one before it.", Needs: readsLists,
	Serve: func(r *Request) error {
		p := newParameters(r.URL.Query())
		from, to := p.number("from", 0, 1, 1<<30), p.number("to", 0, 1, 1<<30)
		if err := p.done(); err != nil {
			return err
		}
		l, err := r.openList(r.PathValue("list"))
		if err != nil {
			return err
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		for ch, err := range jobs.Changes(r.Context(), r.Env, l.List, from, to) {
			if err != nil {
				if r.Context().Err() == nil && b.Len() == 0 { // it says which edition there is not
					return &Problem{Status: http.StatusNotFound, Detail: sentence(err.Error())}
				}
				return err
			}
			if ch.Fields == nil {
				ch.Fields = []screening.FieldChange{}
			}
			if err := enc.Encode(ch); err != nil {
				return err
			}
		}
		if r.unchanged(b.Bytes()) {
			return nil
		}
		r.W.Header().Set("Content-Type", "application/x-ndjson")
		_, _ = r.W.Write(b.Bytes()) // nobody is listening any more
		return nil
	},
}

// sentence is an error as people read it.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

var apiListAccept = Page{
	Pattern: "POST /api/v1/lists/{list}/accept", Doc: "Put an edition that was held back in force, with a reason.",
	Needs: []screening.Permission{screening.MayManageLists},
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		l, err := r.openList(r.PathValue("list"))
		if err != nil {
			return err
		}
		var body struct {
			Edition int    `json:"edition"`
			Why     string `json:"why"`
		}
		if err := readJSON(r, &body); err != nil {
			return err
		}
		if body.Why = strings.TrimSpace(body.Why); body.Why == "" || body.Edition < 0 {
			return bad("Say in why why the edition is right although it was held back, and in edition which one it is.")
		}
		if l.State != "quarantined" && body.Edition == 0 {
			return &Problem{Status: http.StatusConflict, Detail: "No edition of this list is held back."}
		}
		done, err := jobs.Accept(r.Context(), r.Env, jobs.AcceptOptions{List: l.List, Edition: body.Edition, By: r.Account().Name, Why: body.Why})
		if err != nil {
			return &Problem{Status: http.StatusConflict, Detail: sentence(err.Error())}
		}
		if err := r.site.keeper.Refresh(r.Context()); err != nil {
			return errors.Join(errors.New("loading the list that was accepted"), err)
		}
		return r.JSON(http.StatusOK, done)
	},
}
