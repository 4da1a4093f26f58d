package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

var collaborationsPage = Page{
	Pattern: "GET /collaborations", Doc: "the collaborations that are watched: grade, when last screened",
	Needs: readsCollaborations, Tab: "Collaborations",
	Serve: func(r *Request) error {
		q := r.URL.Query()
		filter := store.CollaborationFilter{
			State: store.CollaborationState(q.Get("state")), Search: strings.TrimSpace(q.Get("search")), Limit: collaborationsAtOnce + 1,
		}
		if g := screening.Grade(q.Get("grade")); slices.Contains(screening.Grades, g) {
			if !r.seesEveryList() {
				return denied("Grades are not told apart here for an account to which a list is closed.")
			}
			filter.Grades = []screening.Grade{g}
		}
		if _, err := fmt.Sscan(cmp.Or(q.Get("after"), "0"), &filter.After); err != nil {
			return bad("after is the number of a collaboration.")
		}
		found, err := jobs.Collaborations(r.Context(), r.Env, filter)
		if err != nil {
			return err
		}
		data := struct {
			Found  []*screening.Collaboration
			Filter store.CollaborationFilter
			Grade  string
			Next   string
		}{Found: found, Filter: filter, Grade: q.Get("grade")}
		if len(found) > collaborationsAtOnce {
			data.Found = found[:collaborationsAtOnce]
			q.Set("after", fmt.Sprint(data.Found[collaborationsAtOnce-1].ID))
			data.Next = "/collaborations?" + q.Encode()
		}
		for _, c := range data.Found {
			if err := r.gradeAsSeen(c); err != nil {
				return err
			}
		}
		return r.Render(http.StatusOK, "collaborations.html", "Collaborations", data)
	},
}

const collaborationsAtOnce = 100

var collaborationPage = Page{
	Pattern: "GET /collaborations/{id}", Doc: "one collaboration: its grade, why, and its history",
	Needs: readsCollaborations,
	Serve: func(r *Request) error {
		d, err := r.collaboration()
		if err != nil {
			return err
		}
		if err := r.Env.Audit(r.Context(), "collaboration.view", fmt.Sprintf("collaboration:%d", d.ID), nil); err != nil {
			return err
		}
		return r.Render(http.StatusOK, "collaboration.html", "One collaboration", struct {
			*jobs.CollaborationDetail
			Active bool
			MayEnd bool
		}{d, d.Collaboration.Active(r.Env.Now().UTC().Format("2006-01-02")), r.May(screening.MayManageCollaborations)})
	},
}

var collaborationEnd = Page{
	Pattern: "POST /collaborations/{id}/end", Doc: "say that a collaboration is over: it is screened no more",
	Needs: endsCollaborations,
	Serve: func(r *Request) error {
		d, err := r.endCollaboration(func() (string, error) { return r.PostForm.Get("why"), nil })
		if err != nil {
			return err
		}
		return r.Redirect(fmt.Sprintf("/collaborations/%d?done=ended", d.ID))
	},
}
