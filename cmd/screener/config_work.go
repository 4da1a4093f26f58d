package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// NotifyConfig says who is told, and how. Passwords and secrets stand in
// files of their own or in the environment, never here.
type NotifyConfig struct {
	Link    string         `toml:"link"`
	Folder  string         `toml:"folder"`
	Mail    *MailConfig    `toml:"mail"`
	Webhook *WebhookConfig `toml:"webhook"`
}

// MailConfig is where mail is handed in; the password comes from PasswordFile
// or SCREENER_SMTP_PASSWORD.
type MailConfig struct {
	Host         string   `toml:"host"`
	Port         int      `toml:"port"`
	TLS          string   `toml:"tls"`     // starttls (the default), tls, or none on this machine
	CAFile       string   `toml:"ca_file"` // of the office's own authority, PEM
	User         string   `toml:"user"`
	PasswordFile string   `toml:"password_file"`
	From         string   `toml:"from"`
	To           []string `toml:"to"`
	Attach       bool     `toml:"attach"`
}

// WebhookConfig is an address that is told; the secret comes from SecretFile
// or SCREENER_WEBHOOK_SECRET.
type WebhookConfig struct {
	URL        string `toml:"url"`
	SecretFile string `toml:"secret_file"`
}

// wrong says what is wrong with it, or "".
func (c *NotifyConfig) wrong() string {
	if m := c.Mail; m != nil {
		for _, who := range append(slices.Clone(m.To), m.From) {
			if _, err := mail.ParseAddress(who); err != nil {
				return fmt.Sprintf("notify.mail: %q is no mail address; write from, and to", who)
			}
		}
		local := m.Host == "localhost" || net.ParseIP(m.Host).IsLoopback()
		switch {
		case m.Host == "":
			return "notify.mail.host: name the server mail is handed in at"
		case m.Port < 0 || m.Port > 65535:
			return "notify.mail.port must be from 1 to 65535"
		case !slices.Contains([]string{"", "starttls", "tls", "none"}, m.TLS):
			return fmt.Sprintf("notify.mail.tls: there is no %q; there are starttls, tls and none", m.TLS)
		case m.TLS == "none" && !local:
			return "notify.mail.tls: mail leaves this machine only encrypted; write starttls or tls"
		}
	}
	if h := c.Webhook; h != nil {
		if u, err := url.Parse(h.URL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return "notify.webhook.url must be an http or https address"
		}
	}
	return ""
}

// notices reads the passwords and secrets beside it.
func (c *NotifyConfig) notices(place func(string) string) (jobs.Notices, error) {
	out := jobs.Notices{Link: c.Link, Folder: place(c.Folder)}
	if m := c.Mail; m != nil {
		password, err := secret("SCREENER_SMTP_PASSWORD", place(m.PasswordFile))
		if err != nil {
			return out, fmt.Errorf("notify.mail.password_file: %w", err)
		}
		if m.User != "" && password == "" {
			return out, errors.New("notify.mail: there is a user and no password; put it into SCREENER_SMTP_PASSWORD, or into a file named by password_file")
		}
		out.Mail = &jobs.MailServer{
			Host: m.Host, TLS: cmp.Or(m.TLS, "starttls"), User: m.User, Password: password, From: m.From, To: m.To, Attach: m.Attach,
			Port: cmp.Or(m.Port, map[string]int{"tls": 465, "none": 25}[m.TLS], 587),
		}
		if m.CAFile != "" {
			if out.Mail.Roots, err = os.ReadFile(place(m.CAFile)); err != nil {
				return out, fmt.Errorf("notify.mail.ca_file: %w", err)
			}
		}
	}
	if h := c.Webhook; h != nil {
		key, err := secret("SCREENER_WEBHOOK_SECRET", place(h.SecretFile))
		if err != nil {
			return out, fmt.Errorf("notify.webhook.secret_file: %w", err)
		}
		if len(key) < 16 {
			return out, errors.New("notify.webhook: what it is told is signed; put a secret of 16 letters or more into SCREENER_WEBHOOK_SECRET, or into a file named by secret_file")
		}
		out.Webhook = &jobs.Webhook{URL: h.URL, Secret: []byte(key)}
	}
	return out, nil
}

// secret is a variable of the environment, else what a file holds, else "".
func secret(variable, file string) (string, error) {
	if v := os.Getenv(variable); v != "" || file == "" {
		return v, nil
	}
	b, err := os.ReadFile(file)
	return strings.TrimSpace(string(b)), err
}

// RetentionConfig says how long things are kept; 0 keeps them for ever.
type RetentionConfig struct {
	RecordYears  int      `toml:"record_years"`
	FileDays     int      `toml:"file_days"`
	RejectedDays int      `toml:"rejected_days"`
	JobDays      int      `toml:"job_days"`
	Hold         []string `toml:"hold"` // runs, or "all"
	PersonMonths int      `toml:"person_months"`
	SheetDays    int      `toml:"sheet_days"`
	SilenceDays  int      `toml:"silence_days"`

	Law []LawConfig `toml:"law"`
}

// LawConfig is a law that asks for records of screening to be kept.
type LawConfig struct {
	Name   string `toml:"name"`
	Years  int    `toml:"years"`
	From   string `toml:"from"` // run, or end_of_collaboration
	Source string `toml:"source"`
}

func (c *RetentionConfig) wrong() string {
	if min(c.RecordYears, c.FileDays, c.RejectedDays, c.JobDays, c.PersonMonths, c.SheetDays, c.SilenceDays) < 0 {
		return "retention: nothing must be below 0; 0 keeps for ever"
	}
	for i, law := range c.Law {
		if law.Name == "" || law.Source == "" || law.Years < 1 {
			return fmt.Sprintf("retention.law, number %d: name, source and years, from 1, must be given", i+1)
		}
		if law.From != jobs.FromRun && law.From != jobs.FromEnd {
			return fmt.Sprintf("retention.law, %q: from is %s or %s, not %q", law.Name, jobs.FromRun, jobs.FromEnd, law.From)
		}
	}
	return ""
}

func (c *RetentionConfig) laws() []jobs.RetentionLaw {
	var out []jobs.RetentionLaw
	for _, law := range c.Law {
		out = append(out, jobs.RetentionLaw(law))
	}
	return out
}

// EvidenceConfig says what checkpoints are signed with and where a second copy goes.
type EvidenceConfig struct {
	Key         string `toml:"key"`         // file, PEM
	Checkpoints string `toml:"checkpoints"` // folder
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
	case c.Retention.wrong() != "":
		return c.Retention.wrong()
	case c.Limits.wrong() != "":
		return c.Limits.wrong()
	case c.Review.wrong() != "":
		return c.Review.wrong()
	case c.Notify.wrong() != "":
		return c.Notify.wrong()
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
func (c *Config) work(env *jobs.Env, p places) (err error) {
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
	env.Retention = jobs.Retention{
		RecordYears: c.Retention.RecordYears, FileDays: c.Retention.FileDays, RejectedDays: c.Retention.RejectedDays,
		JobDays: c.Retention.JobDays, Hold: c.Retention.Hold,
		PersonMonths: c.Retention.PersonMonths, SheetDays: c.Retention.SheetDays, SilenceDays: c.Retention.SilenceDays, Laws: c.Retention.laws(),
	}
	env.Evidence = jobs.Evidence{Key: place(c.Evidence.Key), Folder: place(c.Evidence.Checkpoints)}
	env.Backups = jobs.Backups{Folder: place(c.Backup.Folder), Keep: c.Backup.Keep}
	if env.Notices, err = c.Notify.notices(place); err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	return nil
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
