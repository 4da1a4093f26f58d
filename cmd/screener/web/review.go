package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"partnerscreen/jobs"
	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

var reviewPage = Page{
	Pattern: "GET /review", Doc: "what waits for each office: its matches, the first due first, and the work and questions of the rows",
	Needs: readsReview, Tab: "Review",
	Serve: func(r *Request) error {
		open, err := r.openMatches()
		if err != nil {
			return err
		}
		q := r.URL.Query()
		owner, grade := q.Get("owner"), q.Get("grade")
		data := struct {
			Open         []jobs.Open
			All, Chosen  int
			Overdue      int
			Owners       []screening.Owner
			Owner, Grade string
			Mine         bool
			Work         []jobs.OpenWork
			MoreWork     string
		}{All: len(open), Owners: screening.Owners, Owner: owner, Grade: grade, Mine: q.Get("mine") != ""}
		for _, o := range open {
			if o.State == "overdue" {
				data.Overdue++
			}
			if (owner == "" || string(o.Owner) == owner) && (grade == "" || string(o.Grade) == grade) && (!data.Mine || o.Assignee == r.Account().Name) {
				if data.Chosen++; len(data.Open) < openAtOnce {
					data.Open = append(data.Open, o)
				}
			}
		}
		if err := r.openWork(q, &data.Work, &data.MoreWork); err != nil {
			return err
		}
		return r.Render(http.StatusOK, "review.html", "Review", data)
	},
}

const (
	openAtOnce = 500
	workAtOnce = 100
)

// openWork is whose work waits for the office that is asked for, and the
// address of what comes behind. None of it is one person's, nor of one grade.
func (r *Request) openWork(q url.Values, work *[]jobs.OpenWork, more *string) error {
	if q.Get("mine") != "" || q.Get("grade") != "" {
		return nil
	}
	var after int64
	if _, err := fmt.Sscan(cmp.Or(q.Get("after"), "0"), &after); err != nil {
		return bad("after is the number of a collaboration.")
	}
	found, err := jobs.OpenWorks(r.Context(), r.Env, r.Viewer, screening.Owner(q.Get("owner")), after, workAtOnce+1)
	if err != nil {
		return err
	}
	if len(found) > workAtOnce {
		found = found[:workAtOnce]
		next := url.Values{"owner": q["owner"], "after": {fmt.Sprint(found[workAtOnce-1].Collaboration)}}
		*more = "/review?" + next.Encode() + "#work"
	}
	*work = found
	return nil
}

// openMatches are the open matches of lists that are open to the viewer.
func (r *Request) openMatches() ([]jobs.Open, error) {
	open, err := jobs.OpenMatches(r.Context(), r.Env)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(open, func(o jobs.Open) bool { return !r.Viewer.Sees(o.List) }), nil
}

// matchPath is the address of one match.
func matchPath(run, key string) string {
	return "/review/" + url.PathEscape(run) + "/" + url.PathEscape(key)
}

var oneMatchPage = Page{
	Pattern: "GET /review/{run}/{key}", Doc: "one match: both sides, what agrees and what does not, and the verdict",
	Needs: readsReview,
	Serve: func(r *Request) error { return r.match(http.StatusOK, nil, "") },
}

// matchForm is what a reviewer fills in.
type matchForm struct {
	Verdict, Reason, Note, Expires     string
	Closing, Number, Terms, ClosedTill string
	Ask, Question                      string
}

// match shows one match, with what was filled in and why it was not taken.
func (r *Request) match(status int, filled *matchForm, problem string) error {
	ctx, run, key := r.Context(), r.PathValue("run"), r.PathValue("key")
	party, m, err := r.matchOf(run, key)
	if err != nil {
		return err
	}
	if err := r.Env.Audit(ctx, "match.view", "run:"+run, map[string]string{"match": key}); err != nil {
		return err
	}
	entities, err := jobs.EntitiesOf(ctx, r.Env, run, m)
	if err != nil {
		return err
	}
	kept, err := r.kept()
	if err != nil {
		return err
	}
	next, place, err := r.nextAfter(run, key)
	if err != nil {
		return err
	}
	open, err := jobs.OwnQuestions(ctx, r.Env, r.Viewer, key)
	if err != nil {
		return err
	}
	asked, err := jobs.Questions(ctx, r.Env, r.Viewer, store.AskedFilter{MatchKey: key})
	if err != nil {
		return err
	}
	data := struct {
		Open     []screening.Question // that its rows leave open
		Asked    []*screening.Asked
		Run, Key string
		Party    *screening.Party
		Match    *screening.Match
		Sides    []reports.Side
		State    jobs.MatchState
		Place    *screening.Place
		Link     string
		Reasons  []reports.Reason
		Closings []screening.Closing
		Form     *matchForm
		Problem  string
		Next     string
		May      bool
	}{
		Open: open, Asked: asked, Run: run, Key: key, Party: party, Match: m, Sides: reports.Sides(party, m, entities), State: kept.Decided(party, m, r.Env.Now()), Place: place,
		Reasons: reports.Reasons, Closings: screening.Closings, Form: filled, Problem: problem, Next: next, May: r.May(screening.MayDecide),
	}
	if data.Form == nil {
		data.Form = &matchForm{}
	}
	for _, l := range m.Listings {
		if data.Link == "" && (strings.HasPrefix(l.URL, "https://") || strings.HasPrefix(l.URL, "http://")) {
			data.Link = l.URL
		}
	}
	return r.Render(status, "match.html", "One match", data)
}

// nextAfter is the address of the open match after this one, "" where it is
// the last, and where this one stands.
func (r *Request) nextAfter(run, key string) (next string, place *screening.Place, err error) {
	open, err := r.openMatches()
	if err != nil {
		return "", nil, err
	}
	at := slices.IndexFunc(open, func(o jobs.Open) bool { return o.Key == key })
	if at >= 0 {
		place = &open[at].Place
	}
	for _, o := range slices.Concat(open[at+1:], open[:max(at, 0)]) {
		if o.Key != key {
			return matchPath(o.Run, o.Key), place, nil
		}
	}
	return "", place, nil
}

var matchDecide = Page{
	Pattern: "POST /review/{run}/{key}", Doc: "say of a match whether the two are the same party, by the rules of the workbook",
	Needs: []screening.Permission{screening.MayDecide},
	Serve: func(r *Request) error {
		ctx, run, key := r.Context(), r.PathValue("run"), r.PathValue("key")
		if _, _, err := r.matchOf(run, key); err != nil {
			return err
		}
		field := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
		f := &matchForm{
			Verdict: field("verdict"), Reason: field("reason"), Note: field("note"), Expires: field("expires"),
			Ask: field("ask"), Question: field("question"),
			Closing: field("closing"), Number: field("number"), Terms: field("terms"), ClosedTill: field("until"),
		}
		line := reports.Line{
			Run: run, Key: key, Verdict: screening.Verdict(f.Verdict), Reason: f.Reason, Note: f.Note, Reviewer: r.Account().Name,
			Closed:   reports.Closed{Closing: screening.Closing(f.Closing), Number: f.Number, Terms: f.Terms},
			Question: reports.Question{Ask: screening.Ask(f.Ask), Text: f.Question},
		}
		var err1, err2 error
		line.Expires, err1 = dayOf(f.Expires)
		line.Closed.Until, err2 = dayOf(f.ClosedTill)
		if err1 != nil || err2 != nil {
			return r.match(http.StatusUnprocessableEntity, f, "Write days as 2027-06-30.")
		}
		next, _, err := r.nextAfter(run, key)
		if err != nil {
			return err
		}
		made, err := jobs.DecideMatch(ctx, r.Env, r.Viewer, line)
		var refused *jobs.RefusedDecision
		if errors.As(err, &refused) {
			return r.match(http.StatusUnprocessableEntity, f, sentence(refused.Why))
		}
		if err != nil {
			return err
		}
		if err := r.site.keeper.Refresh(ctx); err != nil {
			return err
		}
		if made.Asked > 0 {
			return r.Redirect(cmp.Or(next, "/review") + "?done=asked")
		}
		return r.Redirect(cmp.Or(next, "/review") + "?done=decided")
	},
}
