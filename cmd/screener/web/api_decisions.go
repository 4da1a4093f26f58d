package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// readsReview opens what reviewers said.
var readsReview = []screening.Permission{screening.MayReadReview}

var apiDecisions = Page{
	Pattern: "GET /api/v1/decisions", Doc: "What reviewers decided, oldest first: what stands, or the whole history.", Needs: readsReview,
	Serve: func(r *Request) error {
		p := newParameters(r.URL.Query())
		opts := jobs.DecisionsOptions{All: p.yes("all", false), DueDays: p.number("due_days", 0, 1, 3650)}
		limit, cursor := p.number("limit", 100, 1, 1000), p.text("cursor")
		if err := p.done(); err != nil {
			return err
		}
		var out []*jobs.DecisionStatus
		passed := cursor == ""
		for d, err := range jobs.Decisions(r.Context(), r.Env, opts) {
			if err != nil {
				return err
			}
			if !r.Viewer.Sees(d.List) {
				continue
			}
			if passed {
				brief := *d.Decision // both sides stand with the one
				brief.Party, brief.Candidate = nil, nil
				out = append(out, &jobs.DecisionStatus{Decision: &brief, State: d.State})
			}
			if passed = passed || d.ID == cursor; len(out) > limit {
				break
			}
		}
		return r.JSON(http.StatusOK, pageOf(out, limit, func(d *jobs.DecisionStatus) string { return d.ID }))
	},
}

// decision finds the decision of the address, where its list is open to the viewer.
func (r *Request) decision() (*screening.Decision, error) {
	if err := newParameters(r.URL.Query()).done(); err != nil {
		return nil, err
	}
	d, err := r.Env.Store.Decision(r.Context(), r.PathValue("id"))
	if errors.Is(err, store.ErrNotFound) || err == nil && !r.Viewer.Sees(d.List) {
		return nil, missing
	}
	return d, err
}

var apiDecisionPage = Page{
	Pattern: "GET /api/v1/decisions/{id}", Doc: "One decision, with both sides as they were.", Needs: readsReview,
	Serve: func(r *Request) error {
		d, err := r.decision()
		if err != nil {
			return err
		}
		if err := r.Env.Audit(r.Context(), "decision.view", "decision:"+d.ID, nil); err != nil {
			return err
		}
		return r.JSON(http.StatusOK, d)
	},
}

var apiDecisionAdd = Page{
	Pattern: "POST /api/v1/decisions", Doc: "Say of a match of a run whether the two are the same party, by the rules of the workbook: who is signed in is the reviewer, and closing an escalated match takes two people, neither of them its submitter.",
	Needs: []screening.Permission{screening.MayDecide}, Serve: serveDecide,
}

func serveDecide(r *Request) error {
	if err := newParameters(r.URL.Query()).done(); err != nil {
		return err
	}
	var body struct {
		Run      string            `json:"run"`
		Key      string            `json:"key"`
		Verdict  screening.Verdict `json:"verdict"`
		Reason   string            `json:"reason"`
		Note     string            `json:"note"`
		Expires  string            `json:"expires"`
		Except   []reports.Listed  `json:"except"`
		Split    screening.Verdict `json:"split"`
		Question *struct {
			Ask  screening.Ask `json:"ask"`
			Text string        `json:"text"`
		} `json:"question"`
		Closing *struct {
			How    screening.Closing `json:"how"`
			Number string            `json:"number"`
			Terms  string            `json:"terms"`
			Until  string            `json:"until"`
			Rows   []int             `json:"rows"`
		} `json:"closing"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	ctx := r.Context()
	if _, _, err := r.matchOf(body.Run, body.Key); err != nil {
		return err
	}
	line := reports.Line{Run: body.Run, Key: body.Key, Verdict: body.Verdict, Reason: body.Reason, Note: strings.TrimSpace(body.Note), Reviewer: r.Account().Name, Except: body.Except, Split: body.Split}
	var err error
	if line.Expires, err = dayOf(body.Expires); err != nil {
		return bad("expires is a day: 2027-06-30.")
	}
	if q := body.Question; q != nil {
		line.Question = reports.Question{Ask: q.Ask, Text: strings.TrimSpace(q.Text)}
	}
	if c := body.Closing; c != nil {
		line.Closed = reports.Closed{Closing: c.How, Number: strings.TrimSpace(c.Number), Terms: strings.TrimSpace(c.Terms), Rows: c.Rows}
		if line.Closed.Until, err = dayOf(c.Until); err != nil {
			return bad("until is a day: 2027-06-30.")
		}
	}
	made, err := jobs.DecideMatch(ctx, r.Env, r.Viewer, line)
	var refused *jobs.RefusedDecision
	if errors.As(err, &refused) {
		return &Problem{Status: http.StatusConflict, Detail: sentence(refused.Why)}
	}
	if err != nil {
		return err
	}
	// Who asks next is told.
	if err := r.site.keeper.Refresh(ctx); err != nil {
		return err
	}
	out := struct {
		Decisions []string `json:"decisions"`
		// Waiting says that it counts once another person has said the same.
		Waiting bool `json:"waiting"`
		// Asked counts the questions put to who submitted the rows.
		Asked int `json:"asked"`
		// Closed counts the rows whose true match is closed for their work.
		Closed int `json:"closed"`
		// Frozen says what a true match under an asset freeze asks for.
		Frozen []jobs.Frozen `json:"frozen"`
	}{Decisions: []string{}, Waiting: made.Waiting, Asked: made.Asked, Closed: made.Closed, Frozen: append([]jobs.Frozen{}, made.Frozen...)}
	for _, d := range made.Decisions {
		out.Decisions = append(out.Decisions, d.ID)
	}
	slices.Sort(out.Decisions)
	r.W.Header().Set("Location", "/api/v1/decisions/"+out.Decisions[0])
	return r.JSON(http.StatusCreated, out)
}

// dayOf reads a day; nothing is the zero time.
func dayOf(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, s)
}

var apiDecisionRevoke = Page{
	Pattern: "POST /api/v1/decisions/{id}/revoke", Doc: "Take a decision back; the history keeps it.",
	Needs: []screening.Permission{screening.MayDecide},
	Serve: func(r *Request) error {
		d, err := r.decision()
		if err != nil {
			return err
		}
		var body struct {
			Why string `json:"why"`
		}
		if err := readJSON(r, &body); err != nil {
			return err
		}
		if body.Why = strings.TrimSpace(body.Why); body.Why == "" {
			return bad("Say in why the decision is taken back; it is kept with it.")
		}
		if err := jobs.RevokeDecision(r.Context(), r.Env, d.ID, r.Account().Name, body.Why); err != nil {
			if r.Context().Err() != nil {
				return err
			}
			return &Problem{Status: http.StatusConflict, Detail: sentence(err.Error())}
		}
		if err := r.site.keeper.Refresh(r.Context()); err != nil {
			return err
		}
		return r.JSON(http.StatusOK, map[string]string{"revoked": d.ID})
	},
}
