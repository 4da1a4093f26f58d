package jobs

import (
	"context"
	"encoding/json"
)

// Job is a card: one kind of work. The page, the command line and the clock
// start the same func; nothing is fetched, screened or decided outside one.
type Job struct {
	Kind string // its word in commands, tables and the configuration: "refresh"
	Doc  string // one line, shown to people
	// Urgent jobs have workers of their own and never wait behind batches.
	Urgent bool
	// Schedules are when it runs unless the configuration says otherwise; nil
	// for a job that only somebody starts. A func, for each list has its own cadence.
	Schedules func(env *Env) []Schedule
	// Run does the job with the arguments it was started with, as JSON; null
	// stands for the defaults. What it returns is kept as JSON for people to
	// see. It may be run twice.
	Run func(ctx context.Context, env *Env, args json.RawMessage) (outcome any, err error)
}

// Schedule says when a job runs: in five fields of cron, in UTC.
type Schedule struct {
	Name string // "refresh us_ofac_sdn"; its key in the configuration and the table
	Spec string // "17 */6 * * *"
	Args any    // what the job is started with, written as JSON
}

// All are the jobs there are.
var All = []Job{
	refreshJob,
	backupJob,
}
