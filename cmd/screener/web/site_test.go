package web

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// What stands in the lists and sheets of these tests. Every party is invented;
// the names try to be more than text on a page.
const (
	scriptParty  = `<script>alert(1)</script> Qorvath Institute of Optics`
	handlerParty = `"><img src=x onerror=alert(2)> Brelk Turbine Works`
	formulaParty = `=HYPERLINK("http://evil.example","Ulmara") Ulmara Ridge College`
	secretParty  = `Zelmar Deepwater Foundry`
	secretList   = "zz_letters"
	openList     = "zz_watch"
)

// office is a site with two lists, one of them restricted to reviewers, and a
// clock that stands still until it is moved.
type office struct {
	t    *testing.T
	env  *jobs.Env
	site *Site
	dir  string
	logs *bytes.Buffer

	mu  sync.Mutex
	now time.Time
}

func (o *office) time() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// safe lets requests log at once.
type safe struct {
	mu sync.Mutex
	b  *bytes.Buffer
}

func (s *safe) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func newOffice(t *testing.T, opts Options) *office {
	t.Helper()
	return newOfficeOf(t, opts, nil)
}

// newOfficeOf has a copy of a database; nil is an empty one.
func newOfficeOf(t *testing.T, opts Options, db []byte) *office {
	t.Helper()
	dir := t.TempDir()
	if db != nil {
		if err := os.WriteFile(filepath.Join(dir, "screener.db"), db, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := store.Open(t.Context(), filepath.Join(dir, "screener.db"), store.Options{Data: filepath.Join(dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	return newOfficeOn(t, opts, kept, dir)
}

// newOfficeOn has a store that is open already.
func newOfficeOn(t *testing.T, opts Options, kept *store.Store, dir string) *office {
	t.Helper()
	o := &office{t: t, dir: dir, logs: new(bytes.Buffer), now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	o.env = &jobs.Env{
		Store: kept, Policy: screening.DefaultPolicy(), MaxAge: 10 * 24 * time.Hour, Version: "test", Actor: "operator", Now: o.time, PasswordMegabytes: 1,
		Restricted: map[string][]screening.AccountRole{secretList: {screening.Reviewer, screening.SecondReviewer}},
	}
	for _, id := range []string{openList, secretList} {
		card, err := lists.Custom(lists.CustomConfig{ID: id, Title: strings.ToUpper(id) + " <b>title</b>", Format: "names.csv", Control: "asset_freeze"})
		if err != nil {
			t.Fatal(err)
		}
		o.env.Cards = append(o.env.Cards, card)
	}
	opts.Log = slog.New(slog.NewTextHandler(&safe{b: o.logs}, nil))
	var err error
	if o.site, err = New(o.env, opts); err != nil {
		t.Fatal(err)
	}
	return o
}

// publish writes a list and fetches it.
func (o *office) publish(list string, names ...string) {
	o.t.Helper()
	folder := filepath.Join(o.dir, "lists", list)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		o.t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("name,country\n")
	for _, n := range names {
		fmt.Fprintf(&b, "%s,\n", quoted(n))
	}
	if err := os.WriteFile(filepath.Join(folder, "names.csv"), []byte(b.String()), 0o600); err != nil {
		o.t.Fatal(err)
	}
	if _, err := jobs.Refresh(o.t.Context(), o.env, jobs.RefreshOptions{Lists: []string{list}, From: filepath.Join(o.dir, "lists")}); err != nil {
		o.t.Fatal(err)
	}
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// screen screens a sheet as somebody and returns the run.
func (o *office) screen(by, file string, names ...string) *screening.Run {
	o.t.Helper()
	var b strings.Builder
	b.WriteString("Partner,Country\n")
	for _, n := range names {
		b.WriteString(quoted(n) + ",\n")
	}
	path := filepath.Join(o.dir, file)
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		o.t.Fatal(err)
	}
	env := *o.env
	env.Actor = by
	s, err := jobs.Screen(o.t.Context(), &env, jobs.ScreenOptions{Files: []string{path}})
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Write(o.t.Context(), new(bytes.Buffer), "json"); err != nil {
		o.t.Fatal(err)
	}
	return s.Run
}

// full is an office at work: both lists in force, a newer edition of the open
// one held back, a run by sam, who submits, and one by ria, who reviews. It is
// made once; every test has a copy of its database.
func full(t *testing.T, opts Options) (o *office, sams, rias *screening.Run) {
	t.Helper()
	made.once.Do(func() {
		o := newOffice(t, Options{})
		o.publish(openList, scriptParty, handlerParty, formulaParty, "Ostrelle Microwave Labs", "Norvik Ice Survey")
		o.publish(secretList, secretParty)
		made.sams = o.screen("sam", "sheet<img src=x onerror=alert(3)>.csv", scriptParty, handlerParty, formulaParty, secretParty, "Plain Meadow School")
		o.pass(time.Minute)
		made.rias = o.screen("ria", "ria.csv", "Ostrelle Microwave Labs", secretParty)
		o.publish(openList) // empty: held back
		if err := o.env.Store.Close(); err != nil {
			t.Fatal(err)
		}
		db, err := os.ReadFile(filepath.Join(o.dir, "screener.db"))
		if err != nil {
			t.Fatal(err)
		}
		made.db = db
	})
	if made.db == nil {
		t.Fatal("the office could not be made")
	}
	o = newOfficeOf(t, opts, made.db)
	o.pass(time.Minute)
	return o, made.sams, made.rias
}

var made struct {
	once       sync.Once
	db         []byte
	sams, rias *screening.Run
}

// account adds an account with roles and returns it.
func (o *office) account(name string, roles ...screening.AccountRole) *screening.Account {
	o.t.Helper()
	a := &screening.Account{Name: name, Roles: roles, Source: "link", Subject: name}
	if err := jobs.AddAccount(o.t.Context(), o.env, a, ""); err != nil {
		o.t.Fatal(err)
	}
	return a
}

// browser is one person's browser, or a program, at an address.
type browser struct {
	o       *office
	address string
	jar     map[string]string
	headers map[string]string
}

func (o *office) browser() *browser {
	return &browser{o: o, address: "192.0.2.10:4000", jar: map[string]string{}, headers: map[string]string{}}
}

// as is a browser in which an account is signed in.
func (o *office) as(a *screening.Account) *browser {
	o.t.Helper()
	b := o.browser()
	if a == nil {
		return b
	}
	id := randomText()
	n := &store.Session{Hash: hashSession(id), Account: a.ID, Method: "test", Address: "192.0.2.10", Created: o.time(), Seen: o.time()}
	if err := o.env.Store.AddSession(o.t.Context(), n); err != nil {
		o.t.Fatal(err)
	}
	b.jar[o.site.cookieName("session")] = id
	return b
}

// do sends a request and keeps the cookies of the answer. A form is what a
// page of the site's own would send.
func (b *browser) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	b.o.t.Helper()
	var body *strings.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	} else {
		body = strings.NewReader("")
	}
	r := httptest.NewRequest(method, path, body)
	r.RemoteAddr, r.Host = b.address, "127.0.0.1:8080"
	if b.o.site.host != "" {
		r.Host = b.o.site.host
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for name, value := range b.headers {
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	b.o.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.jar, c.Name)
		} else {
			b.jar[c.Name] = c.Value
		}
	}
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	b.o.t.Helper()
	return b.do("GET", path, nil)
}

func (b *browser) post(path string, form url.Values) *httptest.ResponseRecorder {
	b.o.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	return b.do("POST", path, form)
}

// TestMain gives the tests a folder for temporary files of their own: what
// prunes leftovers in other tests, by clocks that are ahead, leaves them alone.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "web-test-")
	if err == nil {
		err = errors.Join(os.Chmod(dir, 0o755), os.Setenv("TMPDIR", dir)) //nolint:gosec // a database of its own user works in it
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}
