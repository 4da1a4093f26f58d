package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// apiJob is a job as programs are told of it. What a job was asked and came to
// may name lists: it is told to those to whom every list is open.
type apiJob struct {
	ID       int64           `json:"id"`
	Kind     string          `json:"kind"`
	State    store.TaskState `json:"state"`
	By       string          `json:"by"`
	Schedule string          `json:"schedule,omitempty"`
	Run      string          `json:"run,omitempty"`
	Attempt  int             `json:"attempt"`
	Attempts int             `json:"attempts"`
	Queued   time.Time       `json:"queued"`
	Started  *time.Time      `json:"started"`
	Finished *time.Time      `json:"finished"`
	NextTry  *time.Time      `json:"next_try"`
	Progress *apiProgress    `json:"progress"`
	Reason   string          `json:"reason,omitempty"`
	Args     json.RawMessage `json:"args,omitempty"`
	Outcome  json.RawMessage `json:"outcome,omitempty"`
}

type apiProgress struct {
	What  string    `json:"what"`
	Done  int64     `json:"done"`
	Total int64     `json:"total"`
	Unit  string    `json:"unit"`
	At    time.Time `json:"at"`
	// Left is how many seconds it takes yet at this rate; null where that cannot be told.
	Left *int64 `json:"seconds_left"`
}

func (r *Request) apiJobOf(t *store.Task) apiJob {
	some := func(at time.Time) *time.Time {
		if at.IsZero() {
			return nil
		}
		return &at
	}
	out := apiJob{
		ID: t.ID, Kind: t.Kind, State: t.State, By: t.By, Schedule: t.Schedule, Run: t.Run, Attempt: t.Attempt, Attempts: t.Attempts,
		Queued: t.Queued, Started: some(t.Started), Finished: some(t.Finished), NextTry: some(t.NextTry),
	}
	if p := t.Progress; p != nil {
		out.Progress = &apiProgress{What: p.What, Done: p.Done, Total: p.Total, Unit: p.Unit, At: p.At}
		if left, ok := p.Left(); ok {
			seconds := int64(left.Seconds())
			out.Progress.Left = &seconds
		}
	}
	if r.seesEveryList() {
		out.Args, out.Outcome, out.Reason = t.Args, t.Outcome, t.Reason
	} else {
		if out.Schedule = ""; t.Kind != "screen" && out.Progress != nil {
			out.Progress.What = ""
		}
		if t.Reason != "" {
			out.Reason = "It failed; who sees every list is told why."
		}
	}
	return out
}

// seesEveryList reports whether no list is closed to the viewer.
func (r *Request) seesEveryList() bool {
	for list := range r.Viewer.Restricted {
		if !r.Viewer.Sees(list) {
			return false
		}
	}
	return true
}

// seesJobs are the permissions that open some jobs: those of one's own runs, or all.
var seesJobs = []screening.Permission{screening.MaySubmit, screening.MayReadHealth, screening.MayManageJobs, screening.MayReadRuns}

// seesJob reports whether a job is open to the viewer: its run is, or all jobs are.
func (r *Request) seesJob(t *store.Task) (bool, error) {
	if r.May(screening.MayReadHealth) || r.May(screening.MayManageJobs) {
		return true, nil
	}
	if t.Run == "" { // started by their answer to a question
		return t.Kind == "regrade" && t.By == r.Account().Name, nil
	}
	_, err := jobs.Run(r.Context(), r.Env, r.Viewer, t.Run)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

var apiJobs = Page{
	Pattern: "GET /api/v1/jobs", Doc: "What is running, waiting, dead or done, newest first.", Needs: seesJobs,
	Serve: func(r *Request) error {
		p := newParameters(r.URL.Query())
		f := store.TaskFilter{Kind: p.text("kind"), Run: p.text("run"), Limit: p.number("limit", 50, 1, 500)}
		for _, s := range p.all("state") {
			switch state := store.TaskState(s); state {
			case store.TaskWaiting, store.TaskRunning, store.TaskDone, store.TaskDead, store.TaskCancelled:
				f.States = append(f.States, state)
			default:
				p.fail("state is waiting, running, done, dead or cancelled.")
			}
		}
		if err := p.done(); err != nil {
			return err
		}
		tasks, err := jobs.Tasks(r.Context(), r.Env, f)
		if err != nil {
			return err
		}
		out := []apiJob{}
		for _, t := range tasks {
			open, err := r.seesJob(t)
			if err != nil {
				return err
			}
			if open {
				out = append(out, r.apiJobOf(t))
			}
		}
		return r.JSON(http.StatusOK, map[string]any{"items": out})
	},
}

// job finds the job of the address, where it is open to the viewer.
func (r *Request) job() (*store.Task, error) {
	if err := newParameters(r.URL.Query()).done(); err != nil {
		return nil, err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, missing
	}
	t, err := jobs.Task(r.Context(), r.Env, id)
	if err != nil {
		return nil, err
	}
	if open, err := r.seesJob(t); err != nil || !open {
		return nil, errors.Join(err, missing)
	}
	return t, nil
}

var apiJobPage = Page{
	Pattern: "GET /api/v1/jobs/{id}", Doc: "One job: how far it is and what came of it.", Needs: seesJobs,
	Serve: func(r *Request) error {
		t, err := r.job()
		if err != nil {
			return err
		}
		return r.JSON(http.StatusOK, r.apiJobOf(t))
	},
}

// startable are the kinds of job that are started here, with the permission
// each needs. A screening is started by sending sheets.
var startable = map[string]screening.Permission{
	"refresh":  screening.MayManageLists,
	"rescreen": screening.MayManageJobs,
}

var apiJobAdd = Page{
	Pattern: "POST /api/v1/jobs", Doc: "Start a refresh of the lists, or a rescreening of the collaborations.",
	Needs: []screening.Permission{screening.MayManageLists, screening.MayManageJobs},
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		var body struct {
			Kind  string   `json:"kind"`
			Lists []string `json:"lists"`
			Full  bool     `json:"full"`
		}
		if err := readJSON(r, &body); err != nil {
			return err
		}
		needs, ok := startable[body.Kind]
		if !ok {
			return bad("kind is refresh or rescreen; a screening is started by sending sheets to /api/v1/runs.")
		}
		if !r.May(needs) {
			return denied("Your account may not start this. An administrator can give it the role.")
		}
		var args any = map[string]any{"full": body.Full}
		if body.Kind == "refresh" {
			for _, list := range body.Lists {
				if _, err := r.openList(list); err != nil {
					return bad("lists names a list that there is not; GET /api/v1/lists names them.")
				}
			}
			args = jobs.RefreshOptions{Lists: body.Lists}
		} else if len(body.Lists) > 0 {
			return bad("lists goes with a refresh; a rescreening is against every list.")
		}
		if err := r.Env.Audit(r.Context(), "job.start", "job:"+body.Kind, args); err != nil {
			return err
		}
		id, err := jobs.Start(r.Context(), r.Env, body.Kind, args, r.Account().Name)
		var unknown *jobs.UnknownKind
		if errors.As(err, &unknown) {
			return bad(fmt.Sprintf("There is no job %q in this program.", body.Kind))
		}
		if err != nil {
			return err
		}
		r.W.Header().Set("Location", fmt.Sprintf("/api/v1/jobs/%d", id))
		return r.JSON(http.StatusAccepted, map[string]int64{"job": id})
	},
}

// managesJob reports whether the viewer may end or retry a job: any, or one of one's own runs.
func (r *Request) managesJob(t *store.Task) bool {
	return r.May(screening.MayManageJobs) || (r.May(screening.MaySubmit) && t.Run != "" && t.By == r.Account().Name)
}

var apiJobCancel = Page{
	Pattern: "POST /api/v1/jobs/{id}/cancel", Doc: "End a job; what it has finished is kept.",
	Needs: []screening.Permission{screening.MayManageJobs, screening.MaySubmit},
	Serve: func(r *Request) error {
		return r.changeJob("job.cancel", func(t *store.Task) error { return jobs.Cancel(r.Context(), r.Env, t.ID, r.Account().Name) })
	},
}

var apiJobRetry = Page{
	Pattern: "POST /api/v1/jobs/{id}/retry", Doc: "Have a dead or cancelled job tried again, and a waiting one tried now.",
	Needs: []screening.Permission{screening.MayManageJobs, screening.MaySubmit},
	Serve: func(r *Request) error {
		return r.changeJob("job.retry", func(t *store.Task) error { return jobs.Retry(r.Context(), r.Env, t.ID) })
	},
}

func (r *Request) changeJob(action string, change func(*store.Task) error) error {
	t, err := r.job()
	if err != nil {
		return err
	}
	if !r.managesJob(t) {
		return denied("Your account may not change this job.")
	}
	if err := r.Env.Audit(r.Context(), action, fmt.Sprintf("job:%d", t.ID), nil); err != nil {
		return err
	}
	err = change(t)
	var ended *jobs.EndedTask
	if errors.As(err, &ended) {
		return &Problem{Status: http.StatusConflict, Detail: fmt.Sprintf("Job %d is %s.", t.ID, ended.State)}
	}
	if err != nil {
		return err
	}
	if t, err = jobs.Task(r.Context(), r.Env, t.ID); err != nil {
		return err
	}
	return r.JSON(http.StatusOK, r.apiJobOf(t))
}
