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
	// Local jobs need files of the data folder of whoever starts them: only
	// processes that have that folder run them.
	Local bool
	// Attempts is how often it is tried, waiting longer each time, before it is
	// given up and kept with its reason; 0 is 5. Hopeless(err) ends it at the first.
	Attempts int
	// Schedules are when it runs unless the configuration says otherwise; nil
	// for a job that only somebody starts. A func, for each list has its own cadence.
	Schedules func(env *Env) []Schedule
	// Run does the job with the arguments it was started with, as JSON; null
	// stands for the defaults. What it returns is kept as JSON for people to
	// see, beside an error too; neither names a partner. It may be run twice, and
	// is handed back and run again when ctx ends before it. env is its own: Actor is who asked for it,
	// and Progress is kept for people to see.
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
	screenJob,
	inboxJob,
	rescreenJob,
	regradeJob,
	remindJob,
	notifyJob,
	pruneJob,
	backupJob,
	checkpointJob,
	verifyJob,
}
