package web

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// concern is one thing that needs somebody's attention.
type concern struct {
	What string
	Do   string // what to do about it
	Link string
}

var started = time.Now()

var healthPage = Page{
	Pattern: "GET /health", Doc: "versions, disk, database, lists overdue, what needs attention",
	Needs: []screening.Permission{screening.MayReadHealth}, Tab: "Health",
	Serve: func(r *Request) error {
		ctx := r.Context()
		have, _, err := r.Env.Store.SchemaVersion(ctx)
		if err != nil {
			return err
		}
		_, postgres := r.Env.Store.DB()
		data := struct {
			Version, Database string
			Schema            string
			Up                time.Duration
			Free              int64 // bytes on the data folder's disk; -1 where that is not known
			Concerns          []concern
			Lists             int
			Audit             int64
			Tasks             []*store.Task
			Workers           int
		}{Version: r.Env.Version, Database: "SQLite", Schema: fmt.Sprint(have), Up: time.Since(started).Truncate(time.Minute), Free: jobs.FreeBytes(r.Env.Store.Folder())}
		if postgres {
			data.Database = "PostgreSQL"
		}
		for _, f := range jobs.Examine(ctx, r.Env, jobs.ExamineOptions{Temp: os.TempDir()}) {
			if f.State == jobs.FindingOK || r.namesClosed(f.What, f.Where) {
				continue
			}
			c := concern{What: f.Area + ": " + f.What + ".", Do: f.Do}
			if f.List != "" {
				c.Link = "/lists/" + f.List
			}
			data.Concerns = append(data.Concerns, c)
		}
		all, err := jobs.Lists(ctx, r.Env)
		if err != nil {
			return err
		}
		for _, l := range all {
			if l.State != "off" && r.Viewer.Sees(l.List) {
				data.Lists++
			}
		}
		workers, err := jobs.Workers(ctx, r.Env)
		if err != nil {
			return err
		}
		data.Workers = len(workers)
		tasks, err := jobs.Tasks(ctx, r.Env, store.TaskFilter{States: []store.TaskState{store.TaskRunning, store.TaskWaiting, store.TaskDead}, Limit: 50})
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if r.namesClosed(t.Schedule, string(t.Args), t.Reason) {
				continue
			}
			data.Tasks = append(data.Tasks, t)
		}
		if data.Audit, err = r.Env.Store.AuditLines(ctx); err != nil {
			return err
		}
		return r.Render(http.StatusOK, "health.html", "Health", data)
	},
}

// namesClosed reports whether one of the texts has the id of a list that is
// closed to the viewer.
func (r *Request) namesClosed(texts ...string) bool {
	for list := range r.Env.Restricted {
		for _, t := range texts {
			if !r.Viewer.Sees(list) && strings.Contains(t, list) {
				return true
			}
		}
	}
	return false
}
