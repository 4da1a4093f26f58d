package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

var (
	readsCollaborations = []screening.Permission{screening.MayReadCollaborations}
	endsCollaborations  = []screening.Permission{screening.MayManageCollaborations}
)

var apiCollaborations = Page{
	Pattern: "GET /api/v1/collaborations", Doc: "The collaborations of the office, in the order they were first seen.", Needs: readsCollaborations,
	Serve: func(r *Request) error {
		p := newParameters(r.URL.Query())
		f := store.CollaborationFilter{
			State:  store.CollaborationState(p.choice("state", "active", "active", "missing", "unsure", "over", "all")),
			Search: p.text("search"), After: int64(p.number("cursor", 0, 0, 1<<53)),
		}
		limit := p.number("limit", 100, 1, 500)
		for _, g := range p.all("grade") {
			f.Grades = append(f.Grades, screening.Grade(g))
			if screening.Grade(g).Rank() == 0 && g != string(screening.Clear) {
				p.fail("grade is clear, note, review or escalate.")
			}
		}
		if err := p.done(); err != nil {
			return err
		}
		if f.State == "all" {
			f.State = ""
		}
		if !r.seesEveryList() && len(f.Grades) > 0 {
			return denied("Grades are not told apart here for an account to which a list is closed; ask without grade.")
		}
		f.Limit = limit + 1
		all, err := jobs.Collaborations(r.Context(), r.Env, f)
		if err != nil {
			return err
		}
		for _, c := range all[:min(limit, len(all))] {
			if err := r.gradeAsSeen(c); err != nil {
				return err
			}
		}
		return r.JSON(http.StatusOK, pageOf(all, limit, func(c *screening.Collaboration) string { return strconv.FormatInt(c.ID, 10) }))
	},
}

// gradeAsSeen gives a collaboration the grade it has without the lists that are closed to the viewer.
func (r *Request) gradeAsSeen(c *screening.Collaboration) error {
	if r.seesEveryList() {
		return nil
	}
	d, err := jobs.FindCollaboration(r.Context(), r.Env, c.ID)
	if err != nil {
		return err
	}
	c.Grade = r.Viewer.Result(d.Result).Grade
	return nil
}

// collaboration finds the collaboration of the address, as the viewer may see it.
func (r *Request) collaboration() (*jobs.CollaborationDetail, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, missing
	}
	d, err := jobs.FindCollaboration(r.Context(), r.Env, id)
	if err != nil {
		return nil, err
	}
	d.Result = r.Viewer.Result(d.Result)
	d.Grade = d.Result.Grade
	shown := r.Viewer.Run(&screening.Run{Editions: d.Editions})
	d.Editions = append([]screening.EditionUsed{}, shown.Editions...)
	if d.History == nil {
		d.History = []screening.CollaborationEvent{}
	}
	return d, nil
}

var apiCollaborationPage = Page{
	Pattern: "GET /api/v1/collaborations/{id}", Doc: "One collaboration: its grade, why, against which lists, and its history.", Needs: readsCollaborations,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		d, err := r.collaboration()
		if err != nil {
			return err
		}
		if err := r.Env.Audit(r.Context(), "collaboration.view", fmt.Sprintf("collaboration:%d", d.ID), nil); err != nil {
			return err
		}
		return r.JSON(http.StatusOK, d)
	},
}

var apiCollaborationEnd = Page{
	Pattern: "POST /api/v1/collaborations/{id}/end", Doc: "Say that a collaboration is over: it is screened no more until a sheet has it again.", Needs: endsCollaborations,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		d, err := r.endCollaboration(func() (string, error) {
			var body struct {
				Why string `json:"why"`
			}
			err := readJSON(r, &body)
			return body.Why, err
		})
		if err != nil {
			return err
		}
		return r.JSON(http.StatusOK, d)
	},
}

// endCollaboration ends the collaboration of the address, for the page and the
// API. One that a person ended before is left as it is.
func (r *Request) endCollaboration(read func() (why string, err error)) (*jobs.CollaborationDetail, error) {
	d, err := r.collaboration()
	if err != nil {
		return nil, err
	}
	why, err := read()
	if err != nil || d.Ended != nil {
		return d, err
	}
	if why = strings.TrimSpace(why); why == "" {
		return nil, bad("Say why it is over; it is kept with it.")
	}
	if err := r.Env.Audit(r.Context(), "collaboration.end", fmt.Sprintf("collaboration:%d", d.ID), map[string]string{"why": why}); err != nil {
		return nil, err
	}
	if err := jobs.EndCollaboration(r.Context(), r.Env, d.ID, r.Account().Name, why); err != nil {
		return nil, err
	}
	return r.collaboration()
}
