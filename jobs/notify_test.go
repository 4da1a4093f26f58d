package jobs_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// mailServer is a mail server on this machine that keeps what it is given.
type mailServer struct {
	t     *testing.T
	cert  tls.Certificate
	roots []byte
	port  int

	mu     sync.Mutex
	refuse string // the answer to a recipient, "" takes it
	mails  []taken
}

// taken is one mail as it was handed in.
type taken struct {
	secure   bool
	user     string
	from, to string
	text     string
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	s := &mailServer{t: t}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s.cert = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	s.roots = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	var talks sync.WaitGroup
	t.Cleanup(func() { l.Close(); talks.Wait() })
	talks.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			talks.Go(func() { s.talk(c) })
		}
	})
	return s
}

func (s *mailServer) talk(c net.Conn) {
	defer func() { c.Close() }()
	m := taken{}
	r := bufio.NewReader(c)
	say := func(lines ...string) { fmt.Fprintf(c, "%s\r\n", strings.Join(lines, "\r\n")) }
	say("220 test ESMTP")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			if m.secure {
				say("250-test", "250 AUTH PLAIN")
			} else {
				say("250-test", "250 STARTTLS")
			}
		case "STARTTLS":
			say("220 go ahead")
			secure := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{s.cert}, MinVersion: tls.VersionTLS12})
			c, r, m.secure = secure, bufio.NewReader(secure), true
		case "AUTH":
			b, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if parts := strings.Split(string(b), "\x00"); len(parts) == 3 && parts[2] == "s3cret" {
				m.user = parts[1]
				say("235 welcome")
			} else {
				say("535 who are you")
			}
		case "MAIL":
			m.from = address(rest)
			say("250 ok")
		case "RCPT":
			s.mu.Lock()
			answer := s.refuse
			s.mu.Unlock()
			if answer == "" {
				m.to, answer = address(rest), "250 ok"
			}
			say(answer)
		case "DATA":
			say("354 go on")
			var b strings.Builder
			for {
				l, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				b.WriteString(l)
			}
			m.text = b.String()
			s.mu.Lock()
			s.mails = append(s.mails, m)
			s.mu.Unlock()
			say("250 kept")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func address(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}

func (s *mailServer) answer(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = text
}

func (s *mailServer) got() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

func (s *mailServer) config() *jobs.MailServer {
	return &jobs.MailServer{
		Host: "127.0.0.1", Port: s.port, TLS: "starttls", Roots: s.roots, User: "screener", Password: "s3cret",
		From: "screener@office.example", To: []string{"desk@office.example"},
	}
}

func (o *office) notify(opts jobs.NotifyOptions) *jobs.Notified {
	o.t.Helper()
	n, err := jobs.Notify(o.t.Context(), o.env, opts)
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

func TestRunIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.list("w1|Kestoria Trading||QA")
		run, _ := o.screen("Kestoria Trading,QA", "Ulmara College,NO")
		server := newMailServer(t)
		var hooked []http.Header
		var bodies [][]byte
		hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			hooked, bodies = append(hooked, r.Header), append(bodies, b)
		}))
		defer hook.Close()
		folder := filepath.Join(t.TempDir(), "notices")
		o.env.Notices = jobs.Notices{
			Link: "https://screening.office.example", Folder: folder, Mail: server.config(), Webhook: &jobs.Webhook{URL: hook.URL, Secret: []byte("shared")},
		}
		if n := o.notify(jobs.NotifyOptions{Run: run.ID}); n.Sent != 3 || n.Dead+n.Later != 0 {
			t.Fatalf("%+v", n)
		}
		for range 2 { // asked again, and nothing due: told once
			if n := o.notify(jobs.NotifyOptions{Run: run.ID}); n.Sent != 0 {
				t.Fatalf("told twice: %+v", n)
			}
		}
		mails := server.got()
		if len(mails) != 1 || !mails[0].secure || mails[0].user != "screener" || mails[0].to != "desk@office.example" {
			t.Fatalf("mails: %+v", mails)
		}
		for _, want := range []string{"Subject: Screening: 1 to escalate, 0 to review", "https://screening.office.example", "Open matches: 1", run.ID} {
			if !strings.Contains(mails[0].text, want) {
				t.Errorf("the mail does not say %q:\n%s", want, mails[0].text)
			}
		}
		at := hooked[0].Get("Screener-Timestamp")
		if hooked[0].Get("Screener-Signature") != "sha256="+jobs.Signature([]byte("shared"), at, bodies[0]) || at == "" {
			t.Errorf("the signature is not that of the body: %v", hooked[0])
		}
		if jobs.Signature([]byte("other"), at, bodies[0]) == jobs.Signature([]byte("shared"), at, bodies[0]) {
			t.Error("the signature does not depend on the secret")
		}
		var told jobs.Notice
		if err := json.Unmarshal(bodies[0], &told); err != nil || told.Run != run.ID || told.Counts["escalate"] != 1 || told.Open != 1 {
			t.Errorf("the webhook was told %+v, %v", told, err)
		}
		line, err := os.ReadFile(filepath.Join(folder, "notices-2026-11.jsonl"))
		if err != nil || strings.Count(string(line), "\n") != 1 || !strings.Contains(string(line), run.ID) {
			t.Errorf("the file: %q, %v", line, err)
		}
		for name, text := range map[string]string{"mail": mails[0].text, "webhook": string(bodies[0]), "file": string(line)} {
			for _, secret := range []string{"Kestoria", "Ulmara", "s3cret", "shared"} {
				if strings.Contains(text, secret) {
					t.Errorf("the %s says %q", name, secret)
				}
			}
		}
	})
}

func TestNoticeIsTriedAgainAndGivenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.list("w1|Kestoria Trading||QA")
		server := newMailServer(t)
		o.env.Notices.Mail = server.config()
		announce := func(id string) {
			t.Helper()
			if err := jobs.Announce(t.Context(), o.env, &jobs.Notice{ID: id, Kind: "test", Title: "A test"}); err != nil {
				t.Fatal(err)
			}
		}
		server.answer("451 try later")
		announce("a")
		tries, waited := 0, time.Duration(0)
		for range 100 {
			n := o.notify(jobs.NotifyOptions{})
			tries += n.Later + n.Dead
			if n.Dead == 1 {
				break
			}
			o.time, waited = o.time.Add(30*time.Minute), waited+30*time.Minute
		}
		if tries != 12 || waited < 24*time.Hour {
			t.Errorf("given up after %d tries over %s", tries, waited)
		}
		kept, err := s.Notices(t.Context(), 10)
		if err != nil || len(kept) != 1 || kept[0].Dead.IsZero() || !strings.Contains(kept[0].Reason, "451") {
			t.Fatalf("%+v, %v: want the reason kept", kept, err)
		}
		server.answer("")
		if n := o.notify(jobs.NotifyOptions{Again: true}); n.Sent != 1 || len(server.got()) != 1 {
			t.Errorf("tried again by a person: %+v", n)
		}
		// What would not mend is not tried again.
		server.answer("550 no such person")
		announce("b")
		if n := o.notify(jobs.NotifyOptions{}); n.Dead != 1 || !strings.Contains(n.Failed[0], "550") {
			t.Errorf("%+v", n)
		}
		// Recovering in between is sending once.
		server.answer("451 try later")
		announce("c")
		o.notify(jobs.NotifyOptions{})
		server.answer("")
		if n := o.notify(jobs.NotifyOptions{}); n.Sent != 0 {
			t.Error("tried at once, without waiting")
		}
		o.time = o.time.Add(3 * time.Minute)
		if n := o.notify(jobs.NotifyOptions{}); n.Sent != 1 || len(server.got()) != 2 {
			t.Errorf("%+v, %d mails", n, len(server.got()))
		}
	})
}

func TestMailIsNotHandedToStrangers(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	server := newMailServer(t)
	o.env.Notices.Mail = server.config()
	o.env.Notices.Mail.Roots = nil // nobody here trusts its certificate
	if err := jobs.Announce(t.Context(), o.env, &jobs.Notice{ID: "a", Kind: "test", Title: "A test"}); err != nil {
		t.Fatal(err)
	}
	if n := o.notify(jobs.NotifyOptions{}); n.Later != 1 || len(server.got()) != 0 {
		t.Errorf("%+v, %d mails", n, len(server.got()))
	}
}

func TestWebhookAnswers(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	code, asked := 0, 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Location", elsewhere.URL)
		w.WriteHeader(code)
	}))
	defer hook.Close()
	o.env.Notices.Webhook = &jobs.Webhook{URL: hook.URL, Secret: []byte("shared")}
	for i, c := range []struct {
		code              int
		sent, later, dead int
	}{
		{http.StatusNoContent, 1, 0, 0}, {http.StatusServiceUnavailable, 0, 1, 0}, {http.StatusTooManyRequests, 0, 1, 0},
		{http.StatusNotFound, 0, 0, 1}, {http.StatusFound, 0, 0, 1},
	} {
		code = c.code
		if err := jobs.Announce(t.Context(), o.env, &jobs.Notice{ID: fmt.Sprint(i), Kind: "test", Title: "A test"}); err != nil {
			t.Fatal(err)
		}
		if n := o.notify(jobs.NotifyOptions{}); n.Sent != c.sent || n.Later != c.later || n.Dead != c.dead {
			t.Errorf("%d: %+v", c.code, n)
		}
	}
	if asked != 5 {
		t.Errorf("asked %d times, want 5", asked)
	}
}

func TestWorkbookLeavesOnlyWhereItMay(t *testing.T) {
	for name, c := range map[string]struct {
		licence string
		sheet   string
		attach  bool
		want    string // said in its place
	}{
		"asked for":         {"", "Partner,Country\nKestoria Trading,QA\n", true, ""},
		"not asked for":     {"", "Partner,Country\nKestoria Trading,QA\n", false, ""},
		"a restricted list": {"CC-BY-NC-4.0", "Partner,Country\nKestoria Trading,QA\n", true, "terms"},
		"persons":           {"", "Partner,Person,Country\nKestoria Trading,Odo Marwick,QA\n", true, "persons"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
			o.env.Cards[0].Licence = c.licence
			o.list("w1|Kestoria Trading||QA")
			sheet := filepath.Join(o.dir, "sheet.csv")
			if err := os.WriteFile(sheet, []byte(c.sheet), 0o600); err != nil {
				t.Fatal(err)
			}
			opts := jobs.ScreenOptions{Files: []string{sheet}}
			if name == "persons" {
				opts.Columns = personColumn(t)
			}
			run := screenFile(t, o, opts)
			server := newMailServer(t)
			o.env.Notices.Mail = server.config()
			if n := o.notify(jobs.NotifyOptions{Run: run.ID, Attach: c.attach}); n.Sent != 1 {
				t.Fatalf("%+v", n)
			}
			text := server.got()[0].text
			attached := strings.Contains(text, "screening-"+run.ID+".xlsx")
			if attached != (c.attach && c.want == "") {
				t.Errorf("attached: %v\n%.600s", attached, text)
			}
			if !strings.Contains(text, c.want) {
				t.Errorf("the mail does not say why: %.600s", text)
			}
		})
	}
}

func screenFile(t *testing.T, o *office, opts jobs.ScreenOptions) *screening.Run {
	t.Helper()
	s, err := jobs.Screen(t.Context(), o.env, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Write(t.Context(), io.Discard, "json"); err != nil {
		t.Fatal(err)
	}
	return s.Run
}

func TestReminders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s) // a Monday
		server := newMailServer(t)
		o.env.Notices.Mail = server.config()
		o.env.Review = jobs.Review{
			People:     map[screening.Owner][]string{screening.LegalCompliance: {"lena@office.example", "rolf@office.example"}},
			Days:       map[screening.Grade]int{screening.Escalate: 2},
			RemindDays: 1,
		}
		o.list("w1|Kestoria Trading||QA", "w2|Sorvenne Works||PE")
		o.screen("Kestoria Trading,QA", "Sorvenne Works,PE")
		sent := 0
		day := func(hours int, want ...string) {
			t.Helper()
			o.time = o.time.Add(time.Duration(hours) * time.Hour)
			for range 2 { // a second look tells nobody twice
				if _, err := jobs.Remind(t.Context(), o.env); err != nil {
					t.Fatal(err)
				}
			}
			o.notify(jobs.NotifyOptions{})
			var got []string
			for _, m := range server.got()[sent:] {
				_, subject, _ := strings.Cut(m.text, "Subject: ")
				subject, _, _ = strings.Cut(subject, "\r\n")
				got = append(got, m.to+" "+subject)
			}
			slices.Sort(got)
			sent += len(got)
			if !slices.Equal(got, want) {
				t.Errorf("on %s: %q, want %q", o.time.Format("Monday"), got, want)
			}
		}
		day(0)
		day(24, "lena@office.example Screening: 2 open matches are due soon")
		day(24)
		day(24, "lena@office.example Screening: 2 open matches are overdue", "rolf@office.example Screening: 2 open matches are overdue")
		day(24)
	})
}

func personColumn(t *testing.T) intake.Columns {
	t.Helper()
	c, err := intake.ParseColumns([]string{"Person=Person"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNightIsTold(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	server := newMailServer(t)
	o.env.Notices.Mail = server.config()
	o.list("w2|Sorvenne Works||PE")
	at := slices.IndexFunc(jobs.All, func(j jobs.Job) bool { return j.Kind == "rescreen" })
	night := func(want string) {
		t.Helper()
		before := len(server.got())
		o.time = o.time.AddDate(0, 0, 1)
		_, err := jobs.All[at].Run(t.Context(), o.env, json.RawMessage("null"))
		if (err != nil) != strings.Contains(want, "FAILED") {
			t.Fatal(err)
		}
		o.notify(jobs.NotifyOptions{})
		mails := server.got()
		if len(mails) != before+1 || !strings.Contains(mails[before].text, "Subject: "+want+"\r\n") {
			t.Fatalf("%d mails, want one more that says %q: %+v", len(mails)-before, want, mails[before:])
		}
		if strings.Contains(mails[before].text, "Kestoria") {
			t.Errorf("it names a party:\n%s", mails[before].text)
		}
	}
	night("Nightly screening: no collaboration is active")
	o.screen("Kestoria Trading,QA", "Ulmara College,NO")
	night("Nightly screening: nothing new") // the first one of them
	night("Nightly screening: nothing new")
	o.list("w1|Kestoria Trading||QA", "w2|Sorvenne Works||PE")
	night("Nightly screening: 1 new to escalate, 0 new to review")
	o.time = o.time.AddDate(0, 0, 20) // the list is too old to be used
	night("Nightly screening FAILED")
}
