// Command screener keeps a research office's partner organisations screened
// against the public sanctions, export-control and research-security lists.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"os/user"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening/store"
)

// Exit codes, a contract with whoever calls the program.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitGrade  = 3 // the grade of --fail-on was met
)

// version is set by release builds; others say what the module knows.
var version = ""

type cli struct {
	Config string `help:"Configuration file (TOML)." env:"SCREENER_CONFIG" placeholder:"FILE" type:"path"`
	DB     string `help:"Database: a path for SQLite, or postgres://…" env:"SCREENER_DB" placeholder:"DSN" name:"db"`
	Data   string `help:"Folder for original list files and reports." env:"SCREENER_DATA" placeholder:"DIR" type:"path"`
	Quiet  bool   `help:"No progress on stderr." short:"q"`

	Demo           demoCmd           `cmd:"" help:"Screen a sample sheet against sample lists, offline."`
	Refresh        refreshCmd        `cmd:"" help:"Fetch, check and import lists."`
	Lists          listsCmd          `cmd:"" help:"Show each list: edition, dates, counts, state."`
	Accept         acceptCmd         `cmd:"" help:"Put an edition that was held back in force, by name and with a reason."`
	Changes        changesCmd        `cmd:"" help:"Show what changed between two editions of a list."`
	Screen         screenCmd         `cmd:"" help:"Screen spreadsheets and write a graded report."`
	Rescreen       rescreenCmd       `cmd:"" help:"Screen the active collaborations again and say what changed."`
	Check          checkCmd          `cmd:"" help:"Check one name and show the reasons."`
	Compare        compareCmd        `cmd:"" help:"Score pairs of names from a CSV file; opens no database."`
	Disclosures    disclosuresCmd    `cmd:"" help:"Compare two disclosures of one person; what differs is a question. Opens no database."`
	Decide         decideCmd         `cmd:"" help:"Read the verdicts of a reviewed workbook back."`
	Decisions      decisionsCmd      `cmd:"" help:"Show, export and revoke decisions."`
	Collaborations collaborationsCmd `cmd:"" help:"Show the rows that are screened every night; end one."`
	Template       templateCmd       `cmd:"" help:"Write an empty list of your own, the rules, or the configuration, to fill in."`
	Serve          serveCmd          `cmd:"" help:"Serve the pages and the API."`
	Accounts       accountsCmd       `cmd:"" help:"Add, list, change and disable accounts, and make API keys."`
	Doctor         doctorCmd         `cmd:"" help:"Look at everything the work rests on, and say what to do."`
	Migrate        migrateCmd        `cmd:"" help:"Bring the database to this program's schema."`

	Backup  backupCmd  `cmd:"" help:"Copy everything kept into one archive."`
	Restore restoreCmd `cmd:"" help:"Put a backup into an empty database."`
	Verify  verifyCmd  `cmd:"" help:"Prove that nothing kept was changed or removed."`
	Replay  replayCmd  `cmd:"" help:"Screen a past run again, as of its day, and say whether it comes to the same."`

	Work workCmd `cmd:"" help:"Take up jobs, and start those that are due, until stopped."`
	Jobs jobsCmd `cmd:"" help:"Show what is running, waiting and given up; start, cancel and retry."`

	Version kong.VersionFlag `help:"Print the version and quit."`
}

// app is what commands run with: streams, the time, and the way to the store.
type app struct {
	cli    *cli
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time
	bars   *bars
}

// failure is an error that has been told already, or needs another exit code.
type failure struct {
	code int
	err  error // nil: nothing more to say
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit code %d", f.code)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

func usage(format string, args ...any) error { return &failure{exitUsage, fmt.Errorf(format, args...)} }

func main() {
	// The index of the lists stays for the whole run: collecting more often
	// takes a fifth off the peak memory and costs a twentieth of the time.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program; it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("screener"),
		kong.Description("Screens partner organisations against the public sanctions, export-control and research-security lists.\n\n"+
			"Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the grade of --fail-on was met."),
		kong.Vars{"version": programVersion()},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "screener:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help, --version
		return exited
	}
	if err != nil {
		fmt.Fprintf(stderr, "screener: %v\nRun `screener --help` for the commands.\n", err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{cli: &c, stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now}
	a.bars = newBars(stderr, c.Quiet)
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(a)
	a.bars.close()
	var f *failure
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &f):
		if f.err != nil {
			fmt.Fprintln(stderr, "screener:", f.err)
		}
		return f.code
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "screener: stopped; what was finished is kept")
		return exitFailed
	}
	fmt.Fprintln(stderr, "screener:", err)
	return exitFailed
}

// programVersion is the release's version, else the revision it was built from.
func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return "devel-" + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return "devel"
}

// env opens the store and builds what jobs run with. The caller closes it.
func (a *app) env(ctx context.Context) (*jobs.Env, func(), error) {
	p, cfg, err := a.configure()
	if err != nil {
		return nil, nil, err
	}
	env, err := a.envOf(cfg)
	if err != nil {
		return nil, nil, err
	}
	if err := cfg.work(env, p); err != nil {
		return nil, nil, err
	}
	if err := checkSchedule(env, p.config); err != nil {
		return nil, nil, err
	}
	if err := makeFolder(p); err != nil {
		return nil, nil, err
	}
	env.Reports = filepath.Join(p.data, "reports")
	env.Store, err = store.Open(ctx, p.db, store.Options{Data: p.data})
	if err != nil {
		return nil, nil, err
	}
	return env, func() {
		if err := env.Store.Close(); err != nil {
			fmt.Fprintln(a.stderr, "screener: closing the database:", err)
		}
	}, nil
}

func (a *app) configure() (places, *Config, error) {
	p, err := locate(a.cli.Config, a.cli.DB, a.cli.Data)
	if err != nil {
		return p, nil, err
	}
	cfg, err := loadConfig(p.config)
	return p, cfg, err
}

// makeFolder makes the data folder: the user's own with its parents, another
// only where its parent is there, so that a misspelt path stays an error.
func makeFolder(p places) error {
	mkdir := os.Mkdir
	if p.home {
		mkdir = os.MkdirAll
	}
	if err := mkdir(p.data, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making the data folder %s: %w; name another with --data", p.data, err)
	}
	return nil
}

// actor is who is signed in to this machine; names typed into files are claims.
func actor() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}

// envOf builds the environment of a configuration, without a store.
func (a *app) envOf(cfg *Config) (*jobs.Env, error) {
	cards, err := cfg.cards()
	if err != nil {
		return nil, err
	}
	columns, err := cfg.columns()
	if err != nil {
		return nil, err
	}
	return &jobs.Env{
		Cards:         cards,
		Enabled:       cfg.enabled,
		AcceptLicence: cfg.Lists.AcceptLicence,
		Jurisdictions: cfg.Office.Jurisdictions,
		Restricted:    cfg.restricted(),

		PasswordMegabytes: cfg.Accounts.PasswordMegabytes,
		MaxAge:            time.Duration(cfg.Lists.MaxAgeDays) * 24 * time.Hour,
		Policy:            cfg.policy(),
		Columns:           columns,
		Fetcher: &lists.Fetcher{
			Timeout:   time.Duration(cfg.Fetch.TimeoutMinutes) * time.Minute,
			MaxBytes:  cfg.Fetch.MaxMegabytes << 20,
			UserAgent: cfg.Fetch.UserAgent,
			Formats:   cfg.Fetch.Formats,
		},
		Limits:   cfg.limits(),
		Office:   cfg.Office.Name,
		Actor:    actor(),
		Version:  programVersion(),
		Schedule: cfg.Schedule,
		Now:      a.now,
		Progress: a.bars.step,
	}, nil
}
