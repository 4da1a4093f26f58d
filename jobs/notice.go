package jobs

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// Notices says by which channels the office is told; the zero value tells nobody.
type Notices struct {
	Link    string // where the page is, for whoever reads a notice
	Folder  string // one file a month with a notice a line
	Mail    *MailServer
	Webhook *Webhook
}

// MailServer is where mail is handed in.
type MailServer struct {
	Host     string
	Port     int
	TLS      string // starttls, tls, or none on this machine itself
	Roots    []byte // certificates of the office's own authority, PEM; nil for the system's
	User     string // "" does not sign in
	Password string
	From     string
	To       []string // of notices that are for nobody in particular
	Attach   bool     // the workbook of a run
}

// Webhook is an address that is told by signed JSON.
type Webhook struct {
	URL    string
	Secret []byte
}

// Any reports whether anybody is told.
func (n *Notices) Any() bool { return n.Folder != "" || n.Mail != nil || n.Webhook != nil }

// Notice is what is told: counts and a link, and never the name of a party,
// for mail and hooks pass through many hands.
type Notice struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind"`
	Made   time.Time      `json:"made"`
	Office string         `json:"office,omitempty"`
	Title  string         `json:"title"`
	Run    string         `json:"run,omitempty"`
	Counts map[string]int `json:"counts"`
	// Open matches of the office.
	Open    int    `json:"open"`
	Overdue int    `json:"overdue"`
	Oldest  string `json:"oldest,omitempty"`
	Link    string `json:"link,omitempty"`
	For     string `json:"for,omitempty"` // an address, where it is for one person
	Attach  bool   `json:"-"`
	Body    string `json:"-"` // for mail, in place of a line a count
}

// Announce puts a notice into the outbox of every channel, once however
// often it is announced under its ID. It is sent by the notify job.
func Announce(ctx context.Context, env *Env, n *Notice) error {
	out, err := outbox(env, n)
	if err != nil {
		return err
	}
	return env.Store.AddNotices(ctx, out)
}

// kept is a notice as the outbox holds it.
type keptNotice struct {
	*Notice
	Attach bool   `json:"attach,omitempty"`
	Body   string `json:"body,omitempty"`
}

// outbox is a notice for each channel there is.
func outbox(env *Env, n *Notice) ([]*store.Notice, error) {
	n.Office, n.Link, n.Made = env.Office, env.Notices.Link, env.Now().UTC().Truncate(time.Second)
	content, err := json.Marshal(keptNotice{Notice: n, Attach: n.Attach, Body: n.Body})
	if err != nil {
		return nil, err
	}
	var channels []string
	if m := env.Notices.Mail; m != nil {
		to := m.To
		if n.For != "" {
			to = []string{n.For}
		}
		for _, who := range to {
			channels = append(channels, mailTo+who)
		}
	}
	if env.Notices.Webhook != nil {
		channels = append(channels, "webhook")
	}
	if env.Notices.Folder != "" {
		channels = append(channels, "file")
	}
	var out []*store.Notice
	for _, c := range channels {
		out = append(out, &store.Notice{ID: n.ID, Channel: c, Kind: n.Kind, Content: content, Made: n.Made})
	}
	return out, nil
}

const mailTo = "mail "

// noticeID stands for what a notice is about, so that it is told once.
func noticeID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:12])
}

// NoticeOfRun tells of a finished run.
func NoticeOfRun(ctx context.Context, env *Env, run *screening.Run) (*Notice, error) {
	open, err := CountOpen(ctx, env)
	if err != nil {
		return nil, err
	}
	c := run.Counts
	return &Notice{
		ID: noticeID("run", run.ID), Kind: "screened", Run: run.ID,
		Title: fmt.Sprintf("Screening: %d to escalate, %d to review", c.Rows[screening.Escalate], c.Rows[screening.Review]),
		Counts: map[string]int{
			"rows": c.RowsIn, "rejected": c.RowsRejected, "escalate": c.Rows[screening.Escalate], "review": c.Rows[screening.Review],
			"note": c.Rows[screening.Note], "clear": c.Rows[screening.Clear],
		},
		Open: open.Open, Overdue: open.Overdue, Oldest: open.Oldest,
	}, nil
}

// announceNight tells of a night, a quiet one too: who hears nothing in the
// morning knows that something is wrong. A night that failed is told once a day.
func announceNight(ctx context.Context, env *Env, out *Rescreened, failed error) error {
	switch {
	case !env.Notices.Any() || ctx.Err() != nil: // handed back, and worked again
		return nil
	case failed != nil:
		return Announce(ctx, env, &Notice{
			ID: noticeID("night failed", env.Office, env.today()), Kind: "failed", Title: "Nightly screening FAILED", Counts: map[string]int{},
			Body: failed.Error() + "\n\nWhat stood before stands. It is tried again; screener jobs shows how it went.",
		})
	case out.Night.ID == 0: // nothing is recorded of it
		return Announce(ctx, env, &Notice{
			ID: noticeID("night idle", env.Office, env.today()), Kind: "nightly", Title: "Nightly screening: no collaboration is active",
			Counts: map[string]int{"collaborations": 0},
		})
	}
	n, err := NoticeOfNight(ctx, env, out.Night)
	if err != nil {
		return err
	}
	return Announce(ctx, env, n)
}

// NoticeOfNight tells of a finished night.
func NoticeOfNight(ctx context.Context, env *Env, night *screening.Night) (*Notice, error) {
	open, err := CountOpen(ctx, env)
	if err != nil {
		return nil, err
	}
	c := night.Counts
	escalate, review := c.Opened[screening.Escalate], c.Opened[screening.Review]
	n := &Notice{
		ID: noticeID("night", env.Office, strconv.FormatInt(night.ID, 10)), Kind: "nightly",
		Title: fmt.Sprintf("Nightly screening: %d new to escalate, %d new to review", escalate, review),
		Counts: map[string]int{
			"new to escalate": escalate, "new to review": review, "collaborations": c.Active, "changed": c.Changed,
			"parties": c.Parties, "rescreened in full": c.Rescreened, "left out": c.LeftOut,
		},
		Open: open.Open, Overdue: open.Overdue, Oldest: open.Oldest,
	}
	switch {
	case c.LeftOut > 0:
		n.Title = fmt.Sprintf("Nightly screening: %d collaborations were LEFT OUT", c.LeftOut)
	case escalate+review == 0:
		n.Title = "Nightly screening: nothing new"
	}
	return n, nil
}

// permanent is a failure that trying again would not mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// send hands one notice to its channel.
func send(ctx context.Context, env *Env, n *store.Notice) error {
	kept := keptNotice{Notice: &Notice{}}
	if err := json.Unmarshal(n.Content, &kept); err != nil {
		return permanent{fmt.Errorf("reading the notice: %w", err)}
	}
	kept.Notice.Attach, kept.Notice.Body = kept.Attach, kept.Body
	switch who, isMail := strings.CutPrefix(n.Channel, mailTo); {
	case isMail && env.Notices.Mail != nil:
		return sendMail(ctx, env, kept.Notice, who)
	case n.Channel == "webhook" && env.Notices.Webhook != nil:
		return post(ctx, env.Notices.Webhook, kept.Notice, env.Now())
	case n.Channel == "file" && env.Notices.Folder != "":
		return appendNotice(env.Notices.Folder, kept.Notice)
	}
	return permanent{errors.New("the configuration no longer has this channel")}
}

// sendMail mails a notice to one person.
func sendMail(ctx context.Context, env *Env, n *Notice, to string) error {
	m := env.Notices.Mail
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(m.From), msg.To(to)); err != nil {
		return permanent{fmt.Errorf("addressing the mail: %w", err)}
	}
	msg.Subject(n.Title)
	msg.SetMessageIDWithValue(n.ID + "." + noticeID(to) + "@screener") // the same at every try
	msg.SetDateWithValue(n.Made)
	msg.SetBulk() // no answers from people on holiday
	body := mailBody(n)
	if n.Attach {
		name, book, why := attachment(ctx, env, n.Run)
		if book != nil {
			if err := msg.AttachReader(name, bytes.NewReader(book)); err != nil {
				return fmt.Errorf("attaching the workbook: %w", err)
			}
		} else {
			body += "\nThe workbook is not attached: " + why + ".\n"
		}
	}
	msg.SetBodyString(mail.TypeTextPlain, body)
	client, err := mailClient(m)
	if err != nil {
		return permanent{err}
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if refused, ok := errors.AsType[*mail.SendError](err); ok && refused.ErrorCode() >= 500 {
		return permanent{fmt.Errorf("handing in the mail at %s: %w", m.Host, err)}
	}
	if err != nil {
		return fmt.Errorf("handing in the mail at %s: %w", m.Host, err)
	}
	return nil
}

func mailClient(m *MailServer) (*mail.Client, error) {
	config := &tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12}
	if m.Roots != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(m.Roots) {
			return nil, errors.New("the certificates of the mail server's authority hold none in PEM")
		}
	}
	opts := []mail.Option{mail.WithPort(m.Port), mail.WithTimeout(30 * time.Second), mail.WithTLSConfig(config)}
	switch m.TLS {
	case "tls":
		opts = append(opts, mail.WithSSL())
	case "none":
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if m.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.User), mail.WithPassword(m.Password))
	}
	client, err := mail.NewClient(m.Host, opts...)
	if err != nil {
		return nil, fmt.Errorf("reaching the mail server: %w", err)
	}
	return client, nil
}

func mailBody(n *Notice) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", n.Title)
	if n.Body != "" {
		fmt.Fprintf(&b, "%s\n", n.Body)
	}
	for _, what := range slices.Sorted(maps.Keys(n.Counts)) {
		fmt.Fprintf(&b, "%-22s %d\n", what, n.Counts[what])
	}
	fmt.Fprintf(&b, "\nOpen matches: %d, overdue: %d", n.Open, n.Overdue)
	if n.Oldest != "" {
		fmt.Fprintf(&b, ", the oldest since %s", n.Oldest)
	}
	b.WriteString(".\n")
	if n.Run != "" {
		fmt.Fprintf(&b, "Run: %s\n", n.Run)
	}
	if n.Link != "" {
		fmt.Fprintf(&b, "\n%s\n", n.Link)
	}
	b.WriteString("\nNo names are in this mail; they are in the program.\n")
	return b.String()
}

// maxAttachment is what mail servers commonly let through.
const maxAttachment = 10 << 20

// attachment is the workbook of a run, or why it may not leave by mail: lists
// whose terms do not let them be passed on, and persons, never do. Columns of the sheet that were
// given no role are not in it.
func attachment(ctx context.Context, env *Env, id string) (name string, book []byte, why string) {
	run, err := env.Store.Run(ctx, id)
	if err != nil || run.Finished.IsZero() {
		return "", nil, "the run is not on record as finished"
	}
	for _, ed := range run.Editions {
		if slices.Contains(restricted, ed.Licence) {
			return "", nil, "it holds a list whose terms do not let it be passed on"
		}
		if _, some := env.Restricted[ed.List]; some {
			return "", nil, "it holds a list that is not open to everybody"
		}
	}
	for _, in := range run.Inputs {
		for _, sheet := range in.Sheets {
			if slices.ContainsFunc(sheet.Columns, func(c screening.MappedColumn) bool { return screening.Role(c.Role).Person() }) {
				return "", nil, "persons are in it"
			}
		}
	}
	persons := false
	results := func(yield func(*screening.Result, error) bool) {
		for r, err := range env.Store.Results(ctx, id) {
			if err == nil {
				for i := range r.Partner.Parties {
					p := &r.Partner.Parties[i]
					persons = persons || p.Role.Person() || p.BirthDate != "" || slices.Contains(p.Notes, screening.NoteLooksLikePerson)
				}
			}
			if !yield(r, err) {
				return
			}
		}
	}
	var b bytes.Buffer
	err = (&Screening{env: env, Run: run}).workbook(ctx, &b, results)
	switch {
	case persons:
		return "", nil, "persons are in it"
	case err != nil:
		return "", nil, "it could not be written"
	case b.Len() > maxAttachment:
		return "", nil, fmt.Sprintf("it has %d MB", b.Len()>>20)
	}
	return "screening-" + id + ".xlsx", b.Bytes(), ""
}

// Signature is what a webhook's receiver computes too: the HMAC-SHA256, in
// hex, of the timestamp, a full stop and the body.
func Signature(secret []byte, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	_, _ = io.WriteString(mac, timestamp+".") // never fails
	_, _ = mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// post tells a webhook. Redirects are not followed: the address is the one
// that was configured.
func post(ctx context.Context, hook *Webhook, n *Notice, now time.Time) error {
	body, err := json.Marshal(n)
	if err != nil {
		return permanent{err}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return permanent{errors.New("the address of the webhook is not valid")}
	}
	at := strconv.FormatInt(now.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "screener")
	req.Header.Set("Screener-Notice", n.ID)
	req.Header.Set("Screener-Timestamp", at)
	req.Header.Set("Screener-Signature", "sha256="+Signature(hook.Secret, at, body))
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("telling the webhook: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16)) // so that the connection can be used again
	err = fmt.Errorf("the webhook answered %s", res.Status)
	switch code := res.StatusCode; {
	case code/100 == 2:
		return nil
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		return err
	}
	return permanent{err}
}

// appendNotice adds a notice to the month's file, unless it is there.
func appendNotice(folder string, n *Notice) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fmt.Errorf("making the folder for notices: %w", err)
	}
	line, err := json.Marshal(n)
	if err != nil {
		return permanent{err}
	}
	f, err := os.OpenFile(filepath.Join(folder, n.Made.Format("notices-2006-01.jsonl")), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return fmt.Errorf("writing a notice: %w", err)
	}
	before, err := io.ReadAll(f)
	if err == nil && !bytes.Contains(before, []byte(`"id":"`+n.ID+`"`)) {
		if len(before) > 0 && before[len(before)-1] != '\n' { // one that was cut short stands alone
			line = append([]byte{'\n'}, line...)
		}
		_, err = f.Write(append(line, '\n'))
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing a notice: %w", err)
	}
	return nil
}
