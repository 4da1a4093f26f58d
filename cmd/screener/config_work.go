package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"path/filepath"
	"slices"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// InboxConfig says where people drop sheets and reviewed workbooks.
type InboxConfig struct {
	Folder string `toml:"folder"` // unset: none is looked at
	// People ties a folder in it, or "." itself, to the one person who may write there.
	People        map[string]string `toml:"people"`
	SettleSeconds int               `toml:"settle_seconds"` // a file has to stand still so long
}

// ReviewConfig says who answers for open matches: for each office that owns
// some, an address and perhaps a second one, told when a match is overdue.
type ReviewConfig struct {
	LegalCompliance     []string `toml:"legal_compliance"`
	ExportControl       []string `toml:"export_control"`
	SponsoredProgrammes []string `toml:"sponsored_programmes"`
	Procurement         []string `toml:"procurement"`
	Disclosure          []string `toml:"disclosure"`
	Ethics              []string `toml:"ethics"`
	DataProtection      []string `toml:"data_protection"`
	Default             []string `toml:"default"`       // for the offices that are not named
	EscalateDays        int      `toml:"escalate_days"` // working days until a match is due
	ReviewDays          int      `toml:"review_days"`
	RemindDays          int      `toml:"remind_days"` // working days before that
}

func (c *ReviewConfig) people() map[screening.Owner][]string {
	return map[screening.Owner][]string{
		screening.LegalCompliance: c.LegalCompliance, screening.ExportControl: c.ExportControl, screening.SponsoredPrograms: c.SponsoredProgrammes,
		screening.Procurement: c.Procurement, screening.Disclosure: c.Disclosure, screening.Ethics: c.Ethics, screening.DataProtection: c.DataProtection,
	}
}

// wrong says what is wrong with it, or "".
func (c *ReviewConfig) wrong() string {
	if c.EscalateDays < 0 || c.ReviewDays < 0 || c.RemindDays < 0 {
		return "review: days must not be below 0"
	}
	all := slices.Collect(maps.Values(c.people()))
	for _, both := range append(all, c.Default) {
		if len(both) > 2 {
			return "review: an office has one address and one more, told when a match is overdue"
		}
		for _, who := range both {
			if _, err := mail.ParseAddress(who); err != nil {
				return fmt.Sprintf("review: %q is no mail address", who)
			}
		}
	}
	return ""
}

// BackupConfig says where backups go every night.
type BackupConfig struct {
	Folder string `toml:"folder"`
	Keep   int    `toml:"keep"`
}

// wrongWork says what no job could use, or "".
func (c *Config) wrongWork() string {
	switch {
	case c.Backup.Keep < 0:
		return "backup.keep must not be below 0"
	case c.Review.wrong() != "":
		return c.Review.wrong()
	case c.Inbox.SettleSeconds < 0:
		return "inbox.settle_seconds must not be below 0"
	}
	for folder, who := range c.Inbox.People {
		if folder == "" || filepath.Base(folder) != folder || folder == ".." || who == "" {
			return "inbox.people: write the name of a folder in the drop folder, or \".\" for itself, and a person"
		}
	}
	return ""
}

// work fills in what the jobs of the office need: folders and addresses.
// Relative folders start at the configuration file, else at the data folder.
func (c *Config) work(env *jobs.Env, p places) {
	place := func(folder string) string {
		if folder == "" || filepath.IsAbs(folder) {
			return folder
		}
		return filepath.Join(cmp.Or(c.dir, p.data), folder)
	}
	env.DropFolder = jobs.DropFolder{
		Path: place(c.Inbox.Folder), People: c.Inbox.People, Settle: time.Duration(c.Inbox.SettleSeconds) * time.Second,
	}
	env.Review = jobs.Review{
		People: c.Review.people(), Default: c.Review.Default, RemindDays: c.Review.RemindDays,
		Days: map[screening.Grade]int{screening.Escalate: c.Review.EscalateDays, screening.Review: c.Review.ReviewDays},
	}
	env.Backups = jobs.Backups{Folder: place(c.Backup.Folder), Keep: c.Backup.Keep}
}

// checkSchedule finds schedules of the configuration that nothing can run by.
func checkSchedule(env *jobs.Env, path string) error {
	_, err := jobs.Schedules(env)
	var unknown *jobs.UnknownSchedule
	if errors.As(err, &unknown) {
		return fmt.Errorf("reading the configuration %s: schedule: %w%s", path, err, suggest(unknown.Name, unknown.There))
	}
	if err != nil {
		return fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	return nil
}
