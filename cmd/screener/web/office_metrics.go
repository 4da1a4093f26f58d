package web

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"partnerscreen/jobs"
	"partnerscreen/screening/store"
)

// officeMetrics tells how the office's work goes, whichever process did it: all
// of it is read from the database when it is asked for.
type officeMetrics struct{ site *Site }

var (
	jobsNow         = prometheus.NewDesc("screener_jobs", "Jobs that are kept, by kind and state; waiting ones are the queue.", []string{"kind", "state"}, nil)
	jobLastSuccess  = prometheus.NewDesc("screener_job_last_success_timestamp_seconds", "When the last job of a kind was done.", []string{"kind"}, nil)
	jobLastDuration = prometheus.NewDesc("screener_job_last_duration_seconds", "How long the last job of a kind took that was done.", []string{"kind"}, nil)
	workersNow      = prometheus.NewDesc("screener_workers", "Processes that take up work.", nil, nil)
	openNow         = prometheus.NewDesc("screener_open_matches", "Flagged matches that no decision closes.", nil, nil)
	overdueNow      = prometheus.NewDesc("screener_open_matches_overdue", "Open matches beyond their day.", nil, nil)
	nightFinished   = prometheus.NewDesc("screener_night_finished_timestamp_seconds", "When the last screening of all collaborations ended.", nil, nil)
	nightActive     = prometheus.NewDesc("screener_night_collaborations", "Active collaborations the last night covered.", nil, nil)
	nightLeftOut    = prometheus.NewDesc("screener_night_left_out", "Active collaborations the last night did not cover; must be 0.", nil, nil)
	noticesNow      = prometheus.NewDesc("screener_notices", "Notices that wait, and that were given up.", []string{"state"}, nil)
	auditLines      = prometheus.NewDesc("screener_audit_lines_total", "Lines the audit trail was given.", nil, nil)
	databaseBytes   = prometheus.NewDesc("screener_database_bytes", "Size of the database.", nil, nil)
	diskFree        = prometheus.NewDesc("screener_disk_free_bytes", "Room left where the data folder is.", nil, nil)
	backupMade      = prometheus.NewDesc("screener_backup_timestamp_seconds", "When the newest backup in the configured folder was made.", nil, nil)
	indexEntities   = prometheus.NewDesc("screener_index_entities", "Listed parties this process keeps loaded to look names up in.", nil, nil)
)

func (c *officeMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		jobsNow, jobLastSuccess, jobLastDuration, workersNow, openNow, overdueNow, nightFinished, nightActive, nightLeftOut,
		noticesNow, auditLines, databaseBytes, diskFree, backupMade, indexEntities,
	} {
		out <- d
	}
}

func (c *officeMetrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	env := c.site.env
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	at := func(d *prometheus.Desc, t time.Time, labels ...string) { gauge(d, float64(t.Unix()), labels...) }
	// What cannot be read fails the whole answer, so that nothing is mistaken for none.
	try := func(d *prometheus.Desc, err error) bool {
		if err != nil {
			c.site.log.Error("telling metrics", "error", err.Error())
			out <- prometheus.NewInvalidMetric(d, errors.New("the database does not answer"))
		}
		return err == nil
	}
	if counts, err := env.Store.CountTasks(ctx); try(jobsNow, err) {
		for _, n := range counts {
			gauge(jobsNow, float64(n.Count), n.Kind, string(n.State))
		}
	}
	if last, err := env.Store.LastTasks(ctx); try(jobLastSuccess, err) {
		for _, t := range last {
			at(jobLastSuccess, t.Finished, t.Kind)
			gauge(jobLastDuration, t.Took.Seconds(), t.Kind)
		}
	}
	if workers, err := jobs.Workers(ctx, env); try(workersNow, err) {
		gauge(workersNow, float64(len(workers)))
	}
	if open, err := jobs.CountOpen(ctx, env); try(openNow, err) {
		gauge(openNow, float64(open.Open))
		gauge(overdueNow, float64(open.Overdue))
	}
	if night, err := env.Store.LastNight(ctx, env.Office); !errors.Is(err, store.ErrNotFound) && try(nightFinished, err) {
		at(nightFinished, night.Finished)
		gauge(nightActive, float64(night.Counts.Active))
		gauge(nightLeftOut, float64(night.Counts.LeftOut))
	}
	if notices, err := env.Store.CountNotices(ctx); try(noticesNow, err) {
		gauge(noticesNow, float64(notices.Waiting), "waiting")
		gauge(noticesNow, float64(notices.Dead), "dead")
	}
	if lines, err := env.Store.AuditLines(ctx); try(auditLines, err) {
		out <- prometheus.MustNewConstMetric(auditLines, prometheus.CounterValue, float64(lines))
	}
	if size, err := env.Store.Bytes(ctx); try(databaseBytes, err) {
		gauge(databaseBytes, float64(size))
	}
	if free := jobs.FreeBytes(env.Store.Folder()); free >= 0 {
		gauge(diskFree, float64(free))
	}
	if made, err := jobs.NewestBackup(env); err == nil && !made.IsZero() {
		at(backupMade, made)
	}
	gauge(indexEntities, float64(c.site.keeper.Entities()))
}
