package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening/store"
)

type doctorCmd struct {
	Format string `help:"table or json." enum:"table,json" default:"table"`
	Online bool   `help:"Ask a publisher's server for the time, too."`
	Send   bool   `help:"Send a trial notice by mail, webhook and file, as the configuration says."`
	Quick  bool   `help:"Do not read the whole database file."`
	Alive  bool   `help:"Only ask the server that runs on this machine whether it lives; for containers and supervisors."`
}

func (c *doctorCmd) Run(ctx context.Context, a *app) error {
	d := &doctor{app: a}
	p, cfg, err := a.configure()
	if err != nil {
		d.fault("config", err.Error(), p.config, "Mend it; the rest was not looked at.")
		return d.tell(c.Format)
	}
	if c.Alive {
		return alive(ctx, cfg)
	}
	d.places, d.cfg = p, cfg
	d.config()
	d.certificates()
	d.secrets()
	d.examine(ctx, jobs.ExamineOptions{Whole: !c.Quick, Online: c.Online, Send: c.Send, Temp: os.TempDir()})
	return d.tell(c.Format)
}

// doctor gathers findings; those about the configuration and its files are its own.
type doctor struct {
	app    *app
	places places
	cfg    *Config
	found  []jobs.Finding
}

func (d *doctor) add(state jobs.FindingState, area, what, where, do string) {
	d.found = append(d.found, jobs.Finding{State: state, Area: area, What: what, Where: where, Do: do})
}

func (d *doctor) ok(area, what, where string) { d.add(jobs.FindingOK, area, what, where, "") }
func (d *doctor) warn(area, what, where, do string) {
	d.add(jobs.FindingWarning, area, what, where, do)
}
func (d *doctor) fault(area, what, where, do string) { d.add(jobs.FindingFault, area, what, where, do) }

// examine looks at everything that needs the database, and makes none.
func (d *doctor) examine(ctx context.Context, opts jobs.ExamineOptions) {
	env, err := d.app.envOf(d.cfg)
	if err == nil {
		err = d.cfg.work(env, d.places)
	}
	if err == nil {
		err = checkSchedule(env, d.places.config)
	}
	if err != nil {
		d.fault("config", err.Error(), d.places.config, "Mend it; the rest was not looked at.")
		return
	}
	if !strings.Contains(d.places.db, "://") && !exists(d.places.db) {
		d.warn("database", "there is none yet", d.places.db, "Run screener refresh or screener serve, which make it; or name another with --db.")
		return
	}
	env.Store, err = store.Open(ctx, d.places.db, store.Options{Data: d.places.data, NoMigrate: true})
	if err != nil {
		d.fault("database", err.Error(), "", "See that it is there and may be written to.")
		return
	}
	d.found = append(d.found, jobs.Examine(ctx, env, opts)...)
	d.strangers(ctx, env)
	if err := env.Store.Close(); err != nil {
		d.fault("database", err.Error(), "", "See that it may be written to.")
	}
}

// config finds settings that work and are seldom meant.
func (d *doctor) config() {
	const area = "config"
	c := d.cfg
	if d.places.config == "" {
		d.ok(area, "none; every setting has its default", "")
	} else {
		d.ok(area, "it can be read and every key is known", d.places.config)
	}
	if len(c.Office.Jurisdictions) == 0 {
		d.warn(area, "office.jurisdictions is not set, so every list binds the office", d.places.config, `Name the countries whose law binds you: jurisdictions = ["GB"].`)
	}
	if host, _, _ := net.SplitHostPort(c.Server.Listen); !loopbackHost(host) {
		if c.Server.Certificate == "" && len(c.Proxy.From) == 0 {
			d.warn(area, "the pages are served to other machines without encryption", c.Server.Listen, "Set server.certificate and server.key, or name the proxy that encrypts under proxy.from.")
		}
		if c.Accounts.Passwords && c.Accounts.SecondFactor != "required" {
			d.warn(area, "a password alone signs in from other machines", c.Server.Listen, `Set accounts.second_factor = "required".`)
		}
		if c.Server.RequestsPerMinute < 0 {
			d.warn(area, "requests are not limited", c.Server.Listen, "Set server.requests_per_minute above 0.")
		}
	}
	for _, net := range c.Server.MetricsFrom {
		if strings.HasSuffix(net, "/0") {
			d.warn(area, "everybody may read the metrics", net, "Name the monitoring machine's address in server.metrics_from.")
		}
	}
	if slices.ContainsFunc(os.Args[1:], func(arg string) bool { return strings.Contains(arg, d.places.db) }) {
		if u, err := url.Parse(d.places.db); err == nil && u.User != nil {
			if _, there := u.User.Password(); there {
				d.warn(area, "the database's password stands on the command line, where every user of this machine can see it", "--db", "Put the address into SCREENER_DB.")
			}
		}
	}
	if u, err := url.Parse(d.places.db); err == nil && u.Scheme != "" && u.Query().Get("sslmode") == "disable" && u.Hostname() != "" && !loopbackHost(u.Hostname()) {
		d.warn(area, "the database is reached over the network without encryption", u.Host, "Take sslmode=disable out of its address.")
	}
}

// Certificates are to be renewed before the last of these is over.
const (
	renewSoon = 21 * 24 * time.Hour
	renewNow  = 3 * 24 * time.Hour
)

// certificates looks at the server's own, and at the mail server's authority.
func (d *doctor) certificates() {
	const area = "certificates"
	if file := d.cfg.path(d.cfg.Server.Certificate); file != "" {
		pair, err := tls.LoadX509KeyPair(file, d.cfg.path(d.cfg.Server.Key))
		if err != nil {
			d.fault(area, err.Error(), file, "Put the certificate and its own key there, in PEM.")
			return
		}
		d.expiry(area, pair.Leaf, file)
		if u, err := url.Parse(d.cfg.Server.PublicURL); err == nil && u.Hostname() != "" {
			if err := pair.Leaf.VerifyHostname(u.Hostname()); err != nil {
				d.fault(area, "it is not for "+u.Hostname()+", which is in server.public_url", file, "Have one made for that name.")
			}
		}
	}
	if d.cfg.Notify.Mail == nil || d.cfg.Notify.Mail.CAFile == "" {
		return
	}
	file := d.cfg.path(d.cfg.Notify.Mail.CAFile)
	content, err := os.ReadFile(file)
	block, _ := pem.Decode(content)
	if err == nil && block == nil {
		err = errors.New("no certificate in PEM is in it")
	}
	if err != nil {
		d.fault(area, err.Error(), file, "Put the certificate of the mail server's authority there, in PEM.")
		return
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		d.fault(area, err.Error(), file, "Put the certificate of the mail server's authority there, in PEM.")
		return
	}
	d.expiry(area, cert, file)
}

func (d *doctor) expiry(area string, cert *x509.Certificate, file string) {
	left := cert.NotAfter.Sub(d.app.now())
	what := "it ends on " + cert.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case left < 0:
		d.fault(area, "it ended on "+cert.NotAfter.UTC().Format(time.DateOnly), file, "Renew it now.")
	case left < renewNow:
		d.fault(area, what, file, "Renew it now.")
	case left < renewSoon:
		d.warn(area, what, file, "Renew it.")
	case d.app.now().Before(cert.NotBefore):
		d.fault(area, "it begins on "+cert.NotBefore.UTC().Format(time.DateOnly), file, "Look at this machine's clock.")
	default:
		d.ok(area, what, file)
	}
}

// secrets finds files that hold one and that others on this machine may read.
func (d *doctor) secrets() {
	if runtime.GOOS == "windows" { // who may read a file is not said by its mode there
		return
	}
	files := map[string]string{"server.key": d.cfg.path(d.cfg.Server.Key), "oidc.client_secret_file": d.cfg.path(d.cfg.OIDC.ClientSecretFile)}
	if m := d.cfg.Notify.Mail; m != nil {
		files["notify.mail.password_file"] = d.cfg.path(m.PasswordFile)
	}
	if h := d.cfg.Notify.Webhook; h != nil {
		files["notify.webhook.secret_file"] = d.cfg.path(h.SecretFile)
	}
	if !strings.Contains(d.places.db, "://") {
		files["the database"] = d.places.db
	}
	open := false
	for what, file := range files {
		if info, err := os.Stat(file); file != "" && err == nil && info.Mode().Perm()&0o007 != 0 {
			open = true
			d.fault("secrets", what+" may be read or written by every user of this machine", file, "chmod o= "+file)
		}
	}
	if !open {
		d.ok("secrets", "no file that holds one is open to every user of this machine", "")
	}
}

// strangers says when people are to sign in by password and nobody has an
// account. Where accounts cannot be read, the database's own finding says so.
func (d *doctor) strangers(ctx context.Context, env *jobs.Env) {
	accounts, err := env.Store.Accounts(ctx)
	if err == nil && d.cfg.Accounts.Passwords && len(accounts) == 0 {
		d.warn("config", "accounts.passwords is set and there is no account, so nobody can sign in", "[accounts]", "Run screener accounts add NAME --role administrator.")
	}
}

// tell prints what was found. It fails where something is a fault.
func (d *doctor) tell(format string) error {
	if format == "json" {
		enc := json.NewEncoder(d.app.stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(d.found); err != nil {
			return err
		}
	} else if err := d.table(d.app.stdout); err != nil {
		return err
	}
	faults, warnings := jobs.Faults(d.found)
	fmt.Fprintf(d.app.stderr, "%d faults, %d warnings\n", faults, warnings)
	if faults > 0 {
		return &failure{code: exitFailed}
	}
	return nil
}

func (d *doctor) table(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range d.found {
		what := f.What
		if f.Where != "" {
			what += " (" + f.Where + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.State, f.Area, what)
		if f.Do != "" {
			fmt.Fprintf(w, "\t\t→ %s\n", f.Do)
		}
	}
	return w.Flush()
}

// alive asks the server on this machine for a sign of life.
func alive(ctx context.Context, cfg *Config) error {
	host, port, err := net.SplitHostPort(cfg.Server.Listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	u := &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: "/healthz"}
	client := &http.Client{Timeout: 5 * time.Second}
	if file := cfg.path(cfg.Server.Certificate); file != "" {
		u.Scheme = "https"
		own, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("reading the server's certificate: %w", err)
		}
		name, err := url.Parse(cfg.Server.PublicURL)
		if err != nil {
			return err
		}
		roots, err := x509.SystemCertPool()
		if err != nil {
			roots = x509.NewCertPool()
		}
		roots.AppendCertsFromPEM(own) // it is our own server that is asked
		client.Transport = &http.Transport{TLSClientConfig: &tls.Config{ServerName: name.Hostname(), RootCAs: roots, MinVersion: tls.VersionTLS12}}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("asking the server: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("asking the server: it answered %s", res.Status)
	}
	return nil
}
