package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// seesRuns are the permissions that open some runs; which, the Viewer says.
var seesRuns = []screening.Permission{screening.MaySubmit, screening.MayReadRuns}

const runsAtOnce = 50

var runsPage = Page{
	Pattern: "GET /runs", Doc: "the screenings so far: who, what, against which lists",
	Needs: seesRuns, Tab: "Runs",
	Serve: func(r *Request) error {
		runs, err := jobs.Runs(r.Context(), r.Env, r.Viewer, r.URL.Query().Get("before"), runsAtOnce+1)
		if err != nil {
			return err
		}
		asked, err := jobs.Questions(r.Context(), r.Env, r.Viewer, store.AskedFilter{To: r.Account().Name, Open: true})
		if err != nil {
			return err
		}
		data := struct {
			Runs   []*screening.Run
			Asked  []*screening.Asked // that wait for the viewer
			Older  string
			Others bool
		}{Runs: runs, Asked: asked, Others: r.May(screening.MayReadRuns)}
		if len(runs) > runsAtOnce {
			data.Runs = runs[:runsAtOnce]
			data.Older = data.Runs[runsAtOnce-1].ID
		}
		return r.Render(http.StatusOK, "runs.html", "Runs", data)
	},
}

const rowsAtOnce = 50

var runPage = Page{
	Pattern: "GET /runs/{id}", Doc: "one run: counts by grade, the rows to look at with reasons, downloads",
	Needs: seesRuns,
	Serve: func(r *Request) error {
		ctx, id := r.Context(), r.PathValue("id")
		run, err := jobs.Run(ctx, r.Env, r.Viewer, id)
		if err != nil {
			return err
		}
		if err := r.Env.Audit(ctx, "run.view", "run:"+id, nil); err != nil {
			return err
		}
		skip, _ := strconv.Atoi(r.URL.Query().Get("from"))
		skip = min(max(skip, 0), 1_000_000)
		rows, more, err := jobs.FlaggedRows(ctx, r.Env, r.Viewer, id, skip, rowsAtOnce)
		if err != nil {
			return err
		}
		runs, err := jobs.Runs(ctx, r.Env, r.Viewer, "", runsAtOnce)
		if err != nil {
			return err
		}
		asked, err := r.askedOf(id)
		if err != nil {
			return err
		}
		data := struct {
			Run     *screening.Run
			Asked   *askedRun
			Grades  []gradeCount
			Rows    []*screening.Result
			From    int
			More    int
			Others  []*screening.Run
			Reviews bool
			Task    *store.Task // of a run that is not finished
			Percent int64
			Left    string
		}{Run: run, Asked: asked, Grades: gradeCounts(&run.Counts), Rows: rows, From: skip, Reviews: r.May(screening.MayReadReview)}
		if run.Finished.IsZero() {
			if data.Task, err = r.progressOf(id); err != nil {
				return err
			}
			if p := data.Task; p != nil && p.Progress != nil {
				if p.Progress.Total > 0 {
					data.Percent = 100 * p.Progress.Done / p.Progress.Total
				}
				if left, ok := p.Progress.Left(); ok {
					data.Left = left.String()
				}
			}
		}
		if more {
			data.More = skip + rowsAtOnce
		}
		for _, other := range runs {
			if other.ID != id && !other.Finished.IsZero() {
				data.Others = append(data.Others, other)
			}
		}
		return r.Render(http.StatusOK, "run.html", "Run "+run.Started.UTC().Format("2006-01-02 15:04"), data)
	},
}

type gradeCount struct {
	Grade screening.Grade
	Rows  int
	Part  float64 // of all screened rows, 0 to 100
}

// gradeCounts are the rows by grade, the gravest first.
func gradeCounts(c *screening.Counts) []gradeCount {
	var out []gradeCount
	for i := len(screening.Grades) - 1; i >= 0; i-- {
		g := gradeCount{Grade: screening.Grades[i], Rows: c.Rows[screening.Grades[i]]}
		if c.RowsScreened > 0 {
			g.Part = 100 * float64(g.Rows) / float64(c.RowsScreened)
		}
		out = append(out, g)
	}
	return out
}

// reportKinds are the forms a report is taken away in.
var reportKinds = map[string]string{
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"csv":  "text/csv; charset=utf-8",
	"json": "application/x-ndjson",
}

var runReport = Page{
	Pattern: "GET /runs/{id}/report/{format}", Doc: "the report of a run: xlsx, csv or json",
	Needs: seesRuns,
	Serve: func(r *Request) error { return r.report(r.PathValue("id"), r.PathValue("format")) },
}

// report sends the report of a run. Its ETag stands for the run and for what
// its reader may see of it, so that a report that is there is not made again.
func (r *Request) report(id, format string) error {
	ctx := r.Context()
	if reportKinds[format] == "" {
		return missing
	}
	run, err := jobs.Run(ctx, r.Env, r.Viewer, id)
	if err != nil {
		return err
	}
	if run.Finished.IsZero() {
		return &Problem{Status: http.StatusConflict, Retry: "30", Detail: "The run is not finished; its report comes when it is."}
	}
	asked, err := jobs.Questions(ctx, r.Env, r.Viewer, store.AskedFilter{Upload: id})
	if err != nil {
		return err
	}
	sees := fmt.Sprint(r.May(screening.MayReadReview), r.May(screening.MayReadRuns), r.Account().Name)
	for _, e := range run.Editions {
		sees += " " + e.List
	}
	for _, a := range asked {
		sees += fmt.Sprint(" ", a.ID, a.Open())
	}
	if r.unchanged([]byte(r.Env.Version), []byte(run.ID), []byte(format), []byte(sees), []byte(run.Finished.String())) {
		return nil
	}
	if err := r.Env.Audit(ctx, "run.download", "run:"+id, map[string]string{"format": format}); err != nil {
		return err
	}
	// Written whole before it is sent: half a report must not look like one.
	file, err := os.CreateTemp("", "screener-report-*")
	if err != nil {
		return err
	}
	defer func() {
		file.Close()
		_ = os.Remove(file.Name())
	}()
	if err := jobs.WriteRunFor(ctx, r.Env, r.Viewer, id, file, format); err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	// A large report on a slow line takes longer than a page may.
	if err := http.NewResponseController(r.W).SetWriteDeadline(time.Now().Add(10 * time.Minute)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", reportKinds[format])
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Disposition", attachment(reportName(run, format)))
	_, err = io.Copy(r.W, file)
	if err != nil {
		return http.ErrAbortHandler
	}
	return nil
}

// reportName is what a report is saved as.
func reportName(run *screening.Run, format string) string {
	name := "screening"
	if len(run.Inputs) > 0 {
		name = strings.TrimSuffix(run.Inputs[0].File, filepath.Ext(run.Inputs[0].File))
	}
	return name + "-screened-" + run.Started.UTC().Format("20060102-1504") + "." + format
}

// attachment has a browser save what comes under a name, which may be in any script.
func attachment(name string) string {
	var plain bytes.Buffer
	for _, c := range name {
		if c < ' ' || c > '~' || strings.ContainsRune(`"\/:*?<>|%;`, c) {
			c = '_'
		}
		plain.WriteRune(c)
	}
	return `attachment; filename="` + plain.String() + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

var comparePage = Page{
	Pattern: "GET /compare", Doc: "what differs between two runs, party by party",
	Needs: seesRuns,
	Serve: func(r *Request) error {
		ctx, q := r.Context(), r.URL.Query()
		before, err := jobs.Run(ctx, r.Env, r.Viewer, q.Get("before"))
		if err != nil {
			return err
		}
		after, err := jobs.Run(ctx, r.Env, r.Viewer, q.Get("after"))
		if err != nil {
			return err
		}
		if after.Started.Before(before.Started) {
			before, after = after, before
		}
		for _, run := range []*screening.Run{before, after} {
			if err := r.Env.Audit(ctx, "run.view", "run:"+run.ID, map[string]string{"compared": before.ID + " " + after.ID}); err != nil {
				return err
			}
		}
		changes, err := jobs.CompareRuns(ctx, r.Env, r.Viewer, before.ID, after.ID)
		if err != nil {
			return err
		}
		const most = 1000
		data := struct {
			Before, After *screening.Run
			Changes       []reports.Change
			All           int
			Lists         []listMove
		}{Before: before, After: after, Changes: changes[:min(len(changes), most)], All: len(changes), Lists: listMoves(before, after)}
		return r.Render(http.StatusOK, "compare.html", "Two runs compared", data)
	},
}

// listMove is a list that two runs used in different editions.
type listMove struct {
	List, Title string
	Was, Is     *screening.EditionUsed
}

func listMoves(before, after *screening.Run) []listMove {
	var out []listMove
	find := func(run *screening.Run, list string) *screening.EditionUsed {
		for i := range run.Editions {
			if run.Editions[i].List == list {
				return &run.Editions[i]
			}
		}
		return nil
	}
	for i := range after.Editions {
		is := &after.Editions[i]
		was := find(before, is.List)
		if was == nil || was.Seq != is.Seq || was.Missing != is.Missing {
			out = append(out, listMove{is.List, is.Title, was, is})
		}
	}
	for i := range before.Editions {
		if was := &before.Editions[i]; find(after, was.List) == nil {
			out = append(out, listMove{was.List, was.Title, was, nil})
		}
	}
	return out
}
