package web

import (
	"errors"
	"net/http"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// askedRun is the questions of a run on its page, those first that wait for the viewer.
type askedRun struct {
	Mine, Others []askedView
}

// askedView is a question beside the grade its row has now, once it is answered.
type askedView struct {
	*screening.Asked
	Now screening.Grade
	// Words are what the question is answered in, beside free text.
	Words []string
}

// askedOf are the questions about the rows of a run's sheet.
func (r *Request) askedOf(run string) (*askedRun, error) {
	all, err := jobs.Questions(r.Context(), r.Env, r.Viewer, store.AskedFilter{Upload: run})
	if err != nil {
		return nil, err
	}
	out := new(askedRun)
	for _, a := range all {
		view := askedView{Asked: a, Words: screening.AnswerWords[a.Ask]}
		if !a.Open() {
			if view.Now, err = r.gradeNow(a.Collaboration); err != nil {
				return nil, err
			}
		}
		if r.Viewer.Answers(a) {
			out.Mine = append(out.Mine, view)
		} else {
			out.Others = append(out.Others, view)
		}
	}
	return out, nil
}

// gradeNow is the grade a collaboration has now, as the viewer may see it.
func (r *Request) gradeNow(collaboration int64) (screening.Grade, error) {
	standing, err := r.Env.Store.Standing(r.Context(), collaboration)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return r.Viewer.Result(standing).Grade, nil
}

// answer keeps an answer, for the page and the API.
func (r *Request) answer(text string) (job int64, err error) {
	job, err = jobs.Answer(r.Context(), r.Env, r.Viewer, r.PathValue("id"), text)
	var refused *jobs.Refusal
	if errors.As(err, &refused) {
		return 0, &Problem{Status: http.StatusConflict, Detail: sentence(refused.Why)}
	}
	return job, err
}

var questionAnswer = Page{
	Pattern: "POST /questions/{id}", Doc: "answer a question that a reviewer put to who submitted a row",
	Needs: maySubmit,
	Serve: func(r *Request) error {
		id := r.PathValue("id")
		if _, err := r.answer(r.PostForm.Get("answer")); err != nil {
			return err
		}
		found, err := jobs.Questions(r.Context(), r.Env, r.Viewer, store.AskedFilter{ID: id})
		if err != nil || len(found) == 0 {
			return errors.Join(err, missing)
		}
		return r.Redirect("/runs/" + found[0].Upload + "?done=answered#asked")
	},
}

var apiQuestions = Page{
	Pattern: "GET /api/v1/questions", Doc: "The questions reviewers put to who submitted a row, oldest first: one's own, or for who reviews all.", Needs: seesRuns,
	Serve: func(r *Request) error {
		p := newParameters(r.URL.Query())
		f := store.AskedFilter{Upload: p.text("run"), Open: p.choice("state", "all", "open", "all") == "open", Limit: p.number("limit", 100, 1, 1000)}
		if err := p.done(); err != nil {
			return err
		}
		all, err := jobs.Questions(r.Context(), r.Env, r.Viewer, f)
		if err != nil {
			return err
		}
		for _, id := range runsOf(all) {
			if err := r.Env.Audit(r.Context(), "run.view", "run:"+id, map[string]string{"part": "questions"}); err != nil {
				return err
			}
		}
		return r.JSON(http.StatusOK, all)
	},
}

// runsOf are the runs that questions are about, each once.
func runsOf(all []*screening.Asked) []string {
	var out []string
	seen := map[string]bool{}
	for _, a := range all {
		if !seen[a.Upload] {
			seen[a.Upload] = true
			out = append(out, a.Upload)
		}
	}
	return out
}

var apiQuestionAnswer = Page{
	Pattern: "POST /api/v1/questions/{id}/answer", Doc: "Answer a question: its row is screened again with the answer, and the match goes back to who asked.", Needs: maySubmit,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		var body struct {
			Answer string `json:"answer"`
		}
		if err := readJSON(r, &body); err != nil {
			return err
		}
		job, err := r.answer(body.Answer)
		if err != nil {
			return err
		}
		return r.JSON(http.StatusAccepted, map[string]int64{"job": job})
	},
}
