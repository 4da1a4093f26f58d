package web

import (
	"fmt"
	"net/http"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
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
		if latest, err := r.Env.Store.Audit(ctx, auditNewest); err != nil {
			return err
		} else if len(latest) > 0 {
			data.Audit = latest[0].Seq
		}
		return r.Render(http.StatusOK, "health.html", "Health", data)
	},
}
