package web

import (
	"fmt"
	"net/http"
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
		have, want, err := r.Env.Store.SchemaVersion(ctx)
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
		}{Version: r.Env.Version, Database: "SQLite", Schema: fmt.Sprint(have), Up: time.Since(started).Truncate(time.Minute), Free: freeBytes(r.Env.Store.Folder())}
		if postgres {
			data.Database = "PostgreSQL"
		}
		if have != want {
			data.Concerns = append(data.Concerns, concern{What: fmt.Sprintf("The database's schema is %d and this program needs %d.", have, want), Do: "Run screener migrate."})
		}
		if data.Free >= 0 && data.Free < 1<<30 {
			data.Concerns = append(data.Concerns, concern{What: fmt.Sprintf("The disk has %d MB left.", data.Free>>20), Do: "Make room, or move the data folder."})
		}
		all, err := jobs.Lists(ctx, r.Env)
		if err != nil {
			return err
		}
		for _, l := range all {
			if l.State == "off" || !r.Viewer.Sees(l.List) {
				continue
			}
			data.Lists++
			to := "/lists/" + l.List
			switch l.State {
			case "missing":
				data.Concerns = append(data.Concerns, concern{l.Title + ": never imported.", "Run screener refresh " + l.List + ".", to})
			case "outdated", "stale":
				data.Concerns = append(data.Concerns, concern{l.Title + ": " + l.Reason + ".", "See whether its publisher moved it; run screener refresh " + l.List + ".", to})
			case "quarantined":
				data.Concerns = append(data.Concerns, concern{l.Title + ": " + l.Reason + ".", "Look at what is held back; a list manager can put it in force.", to})
			}
		}
		workers, err := jobs.Workers(ctx, r.Env)
		if err != nil {
			return err
		}
		if data.Workers = len(workers); data.Workers == 0 {
			data.Concerns = append(data.Concerns, concern{What: "No process takes up work: sheets wait, and nothing starts by itself.", Do: "Start screener work, or serve without --no-work."})
		}
		tasks, err := jobs.Tasks(ctx, r.Env, store.TaskFilter{States: []store.TaskState{store.TaskRunning, store.TaskWaiting, store.TaskDead}, Limit: 50})
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if r.namesClosed(t.Schedule, string(t.Args), t.Reason) {
				continue
			}
			data.Tasks = append(data.Tasks, t)
			if t.State == store.TaskDead {
				data.Concerns = append(data.Concerns, concern{What: fmt.Sprintf("Job %d (%s) was given up: %s.", t.ID, t.Kind, t.Reason), Do: "See why; then screener jobs retry."})
			}
		}
		if latest, err := r.Env.Store.Audit(ctx, auditNewest); err != nil {
			return err
		} else if len(latest) > 0 {
			data.Audit = latest[0].Seq
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
