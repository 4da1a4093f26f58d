package web

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// passphrase is the password of every local account here.
const passphrase = "correct horse battery"

// TestAttacks is the table of what was tried against the site and what came
// of it. Each row stands alone: its own office, the attack, and the answers
// the attacker gets, in order.
func TestAttacks(t *testing.T) {
	const (
		found    = http.StatusSeeOther
		ok       = http.StatusOK
		bad      = http.StatusBadRequest
		unknown  = http.StatusUnauthorized
		denied   = http.StatusForbidden
		missing  = http.StatusNotFound
		conflict = http.StatusConflict
		large    = http.StatusRequestEntityTooLarge
		tooMany  = http.StatusTooManyRequests
		misled   = http.StatusMisdirectedRequest
	)
	type act = func(a *attack) int // does one thing and returns the status of the answer
	for _, row := range []struct {
		name string
		opts Options
		try  act
		want int
	}{
		// Other people's runs.
		{"another's run by its id", Options{}, func(a *attack) int { return a.sam.get("/runs/" + a.rias.ID).Code }, missing},
		{"another's workbook by its id", Options{}, func(a *attack) int { return a.sam.get("/runs/" + a.rias.ID + "/report/xlsx").Code }, missing},
		{"a run compared with another's", Options{}, func(a *attack) int { return a.sam.get("/compare?before=" + a.sams.ID + "&after=" + a.rias.ID).Code }, missing},
		{"another's run, by an ETag known from elsewhere", Options{}, func(a *attack) int {
			tag := a.ria.get("/runs/" + a.rias.ID + "/report/csv").Header().Get("ETag")
			a.sam.headers["If-None-Match"] = tag
			return a.sam.get("/runs/" + a.rias.ID + "/report/csv").Code
		}, missing},
		{"an ETag of * tells nothing of another's run", Options{}, func(a *attack) int {
			a.sam.headers["If-None-Match"] = "*"
			return a.sam.get("/runs/" + a.rias.ID + "/report/csv").Code
		}, missing},

		// Questions put to somebody else.
		{"another's question, seen", Options{}, func(a *attack) int {
			a.question("Which of the two departments is it?")
			eve := a.as("eve", screening.Submitter)
			for _, path := range []string{"/runs", "/runs/" + a.sams.ID, "/api/v1/questions", "/api/v1/questions?run=" + a.sams.ID} {
				if body := eve.get(path).Body.String(); strings.Contains(body, "departments") {
					a.t.Errorf("%s shows another's question", path)
				}
			}
			return eve.get("/runs/" + a.sams.ID).Code
		}, missing},
		{"another's question, answered", Options{}, func(a *attack) int {
			return a.as("eve", screening.Submitter).post("/questions/"+a.question("Which department?"), url.Values{"answer": {"none"}}).Code
		}, missing},
		{"a question answered by who asks", Options{}, func(a *attack) int {
			return a.ria.post("/questions/"+a.question("Which department?"), url.Values{"answer": {"none"}}).Code
		}, conflict},
		{"a question answered with a key that only reads", Options{}, func(a *attack) int {
			id := a.question("Which department?")
			b := a.stranger.key(a.key("sam", screening.MayReadLists))
			return b.post("/api/v1/questions/"+id+"/answer", nil).Code
		}, denied},
		{"script in a question and in its answer", Options{}, func(a *attack) int {
			id := a.question("<script>alert(7)</script>")
			w := a.sam.post("/questions/"+id, url.Values{"answer": {"<img src=x onerror=alert(8)>"}})
			for who, page := range map[string]string{"sam": a.sam.get("/runs/" + a.sams.ID).Body.String(), "ria": a.ria.get("/runs/" + a.sams.ID).Body.String()} {
				if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") || !strings.Contains(page, "alert(8)") {
					a.t.Errorf("%s is shown markup, or nothing", who)
				}
			}
			return w.Code
		}, found},
		{"a question from another site answered for its submitter", Options{}, func(a *attack) int {
			id := a.question("Which department?")
			a.sam.headers["Sec-Fetch-Site"] = "cross-site"
			a.sam.headers["Origin"] = "https://evil.example"
			return a.sam.post("/questions/"+id, url.Values{"answer": {"none"}}).Code
		}, denied},

		// Restricted lists.
		{"a restricted list by its address", Options{}, func(a *attack) int { return a.sam.get("/lists/" + secretList).Code }, missing},
		{"accepting what a restricted list holds back", Options{}, func(a *attack) int {
			return a.as("lis", screening.ListManager).post("/lists/"+secretList+"/accept", url.Values{"edition": {"1"}, "why": {"because I would like to"}}).Code
		}, missing},

		// Path tricks.
		{"dots in a path", Options{}, func(a *attack) int { return a.sam.get("/static/..%2f..%2f..%2fetc%2fpasswd").Code }, missing},
		{"dots in a run", Options{}, func(a *attack) int { return a.sam.get("/runs/..%2F" + a.rias.ID).Code }, missing},
		{"NUL in a run", Options{}, func(a *attack) int { return a.sam.get("/runs/" + a.rias.ID + "%00").Code }, missing},
		{"SQL in a run", Options{}, func(a *attack) int { return a.sam.get("/runs/'%20or%20'1'='1").Code }, missing},
		{"SQL in the audit filter", Options{}, func(a *attack) int {
			w := a.as("aud", screening.Auditor).get("/audit?subject=" + url.QueryEscape("' or '1'='1"))
			if strings.Contains(w.Body.String(), "<tbody>") {
				a.t.Error("the filter let lines through")
			}
			return w.Code
		}, ok},
		{"a format that is none", Options{}, func(a *attack) int { return a.sam.get("/runs/" + a.sams.ID + "/report/..%2Fxlsx").Code }, missing},
		{"back to another site after signing in", Options{Passwords: true}, func(a *attack) int {
			for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "/%5cevil.example", "javascript:alert(1)", "/\r\nSet-Cookie: x=y"} {
				w := a.stranger.get("/sign-in?next=" + url.QueryEscape(next))
				if m := regexp.MustCompile(`name="next" value="([^"]*)"`).FindStringSubmatch(w.Body.String()); m == nil || m[1] != "/" {
					a.t.Errorf("next=%s stands in the form as %q", next, m)
				}
			}
			return a.stranger.get("/sign-in").Code
		}, ok},

		// Sessions.
		{"a session's id made up", Options{}, func(a *attack) int {
			a.stranger.jar[a.o.site.cookieName("session")] = randomText()
			return a.stranger.get("/runs").Code
		}, found},
		{"what the database has of a session, as its id", Options{}, func(a *attack) int {
			a.stranger.jar[a.o.site.cookieName("session")] = hashSession(a.sam.jar[a.o.site.cookieName("session")])
			return a.stranger.get("/runs").Code
		}, found},
		{"a session after sign-out", Options{}, func(a *attack) int {
			stolen := a.sam.copy()
			a.sam.post("/sign-out", nil)
			return stolen.get("/runs").Code
		}, found},
		{"a session elsewhere, after sign-out everywhere", Options{}, func(a *attack) int {
			other := a.o.as(a.accounts["sam"])
			a.sam.post("/sign-out", url.Values{"everywhere": {"yes"}})
			return other.get("/runs").Code
		}, found},
		{"a session left alone too long", Options{}, func(a *attack) int {
			a.o.pass(61 * time.Minute)
			return a.sam.get("/runs").Code
		}, found},
		{"a session kept in use for ever", Options{}, func(a *attack) int {
			for range 25 {
				a.o.pass(30 * time.Minute)
				a.sam.get("/runs")
			}
			return a.sam.get("/runs").Code
		}, found},
		{"a session of an account that was disabled", Options{}, func(a *attack) int {
			if err := jobs.ChangeAccount(a.t.Context(), a.o.env, "sam", []screening.AccountRole{screening.Submitter}, true); err != nil {
				a.t.Fatal(err)
			}
			return a.sam.get("/runs").Code
		}, found},
		{"a session from before a role was taken away", Options{}, func(a *attack) int {
			if err := jobs.ChangeAccount(a.t.Context(), a.o.env, "ria", []screening.AccountRole{screening.Submitter}, false); err != nil {
				a.t.Fatal(err)
			}
			return a.ria.get("/runs/" + a.sams.ID).Code
		}, found},
		{"a session fixed before signing in", Options{Passwords: true}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			planted := randomText()
			victim := a.o.browser()
			victim.jar[a.o.site.cookieName("session")] = planted
			victim.signIn("pat", passphrase, "")
			if victim.jar[a.o.site.cookieName("session")] == planted {
				a.t.Error("the planted id is the session's")
			}
			a.stranger.jar[a.o.site.cookieName("session")] = planted
			return a.stranger.get("/account").Code
		}, found},

		// The one-time link.
		{"the link used twice", Options{}, func(a *attack) int {
			link := a.o.site.Link()
			here := a.o.browser()
			here.address = "127.0.0.1:5000"
			if w := here.get(link); w.Code != found {
				a.t.Fatalf("the link does not work once: %d", w.Code)
			}
			again := a.o.browser()
			again.address = "127.0.0.1:5001"
			return again.get(link).Code
		}, denied},
		{"the link used by many at once lets one in", Options{}, func(a *attack) int {
			link, in := a.o.site.Link(), make(chan int, 10)
			for range 10 {
				b := a.o.browser()
				b.address = "127.0.0.1:5000"
				go func() { in <- b.get(link).Code }()
			}
			let := 0
			for range 10 {
				if <-in == found {
					let++
				}
			}
			if let != 1 {
				a.t.Errorf("let in %d times", let)
			}
			return denied
		}, denied},
		{"the link too late", Options{}, func(a *attack) int {
			link := a.o.site.Link()
			a.o.pass(31 * time.Minute)
			a.stranger.address = "127.0.0.1:5000"
			return a.stranger.get(link).Code
		}, denied},
		{"the link from another machine", Options{}, func(a *attack) int { return a.stranger.get(a.o.site.Link()).Code }, denied},
		{"the link from another machine that says it is this one", Options{}, func(a *attack) int {
			a.stranger.headers["X-Forwarded-For"] = "127.0.0.1"
			return a.stranger.get(a.o.site.Link()).Code
		}, denied},
		{"guessing at links", Options{}, func(a *attack) int {
			a.stranger.address = "127.0.0.1:5000"
			code := 0
			for range 31 {
				code = a.stranger.get("/sign-in/link?token=" + randomText()).Code
			}
			return code
		}, tooMany},

		// Passwords and second factors.
		{"a wrong password", Options{Passwords: true}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			return a.stranger.signIn("pat", "not the password", "").Code
		}, unknown},
		{"a password where passwords are off", Options{}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			return a.stranger.signIn("pat", passphrase, "").Code
		}, missing},
		{"a name that is none is answered as a wrong password is", Options{Passwords: true}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			one, two := a.stranger.signIn("pat", "wrong wrong wrong", ""), a.stranger.signIn("nat", "wrong wrong wrong", "")
			if x, y := strings.ReplaceAll(one.Body.String(), "pat", "nat"), two.Body.String(); x != y || one.Code != two.Code {
				a.t.Error("the two answers differ")
			}
			return two.Code
		}, unknown},
		{"guessing at a password", Options{Passwords: true}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			for range 5 {
				a.stranger.signIn("pat", "wrong wrong wrong", "")
			}
			return a.stranger.signIn("pat", passphrase, "").Code
		}, tooMany},
		{"guessing at one password from everywhere", Options{Passwords: true}, func(a *attack) int {
			code := 0
			for i := range 51 {
				a.stranger.address = fmt.Sprintf("198.51.%d.1:4000", i)
				code = a.stranger.signIn("nobody", "wrong wrong wrong", "").Code
			}
			return code
		}, tooMany},
		{"one password tried on everybody", Options{Passwords: true}, func(a *attack) int {
			code := 0
			for i := range 31 {
				code = a.stranger.signIn(fmt.Sprintf("person%d", i), "Summer holidays 2026", "").Code
			}
			return code
		}, tooMany},
		{"locking somebody out: a browser that was in before gets in", Options{Passwords: true}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			own := a.o.browser()
			own.signIn("pat", passphrase, "")
			own.post("/sign-out", nil)
			for i := range 60 {
				a.stranger.address = fmt.Sprintf("198.51.%d.1:4000", i)
				a.stranger.signIn("pat", "wrong wrong wrong", "")
			}
			return own.signIn("pat", passphrase, "").Code
		}, found},
		{"locking somebody out: it ends by itself", Options{Passwords: true}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			for range 6 {
				a.stranger.signIn("pat", "wrong wrong wrong", "")
			}
			a.o.pass(16 * time.Minute)
			return a.stranger.signIn("pat", passphrase, "").Code
		}, found},
		{"the mark of a known browser, for another account", Options{Passwords: true}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			a.local("eve", screening.Submitter)
			eve := a.o.browser()
			eve.signIn("eve", passphrase, "")
			eve.post("/sign-out", nil)
			code := 0
			for range 6 {
				code = eve.signIn("pat", "wrong wrong wrong", "").Code
			}
			return code
		}, tooMany},
		{"the password without the second factor", Options{Passwords: true}, func(a *attack) int {
			a.withFactor("pat")
			return a.stranger.signIn("pat", passphrase, "").Code
		}, unknown},
		{"the code of another time", Options{Passwords: true}, func(a *attack) int {
			seed := a.withFactor("pat")
			return a.stranger.signIn("pat", passphrase, code(seed, a.o.time().Add(-5*time.Minute))).Code
		}, unknown},
		{"a code used twice", Options{Passwords: true}, func(a *attack) int {
			seed := a.withFactor("pat")
			now := code(seed, a.o.time())
			if w := a.o.browser().signIn("pat", passphrase, now); w.Code != found {
				a.t.Fatalf("the code does not work once: %d", w.Code)
			}
			return a.stranger.signIn("pat", passphrase, now).Code
		}, unknown},
		{"the code before the last used one", Options{Passwords: true}, func(a *attack) int {
			seed := a.withFactor("pat")
			a.o.browser().signIn("pat", passphrase, code(seed, a.o.time()))
			return a.stranger.signIn("pat", passphrase, code(seed, a.o.time().Add(-30*time.Second))).Code
		}, unknown},
		{"a recovery code used twice", Options{Passwords: true}, func(a *attack) int {
			a.withFactor("pat")
			if w := a.o.browser().signIn("pat", passphrase, a.recovery[0]); w.Code != found {
				a.t.Fatalf("the recovery code does not work once: %d", w.Code)
			}
			return a.stranger.signIn("pat", passphrase, a.recovery[0]).Code
		}, unknown},
		{"somebody else's second factor put on", Options{Passwords: true}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			a.local("eve", screening.Submitter)
			eve, pat := a.o.browser(), a.o.browser()
			eve.signIn("eve", passphrase, "")
			pat.signIn("pat", passphrase, "")
			form := regexp.MustCompile(`name="sealed" value="([^"]+)"`).FindStringSubmatch(eve.get("/account/second-factor").Body.String())
			return pat.post("/account/second-factor", url.Values{"sealed": {form[1]}, "code": {"000000"}}).Code
		}, bad},
		{"a page before the second factor that is required", Options{Passwords: true, NeedSecondFactor: true}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			pat := a.o.browser()
			pat.signIn("pat", passphrase, "")
			w := pat.get("/runs")
			if to := w.Header().Get("Location"); to != "/account/second-factor" {
				a.t.Errorf("sent to %q", to)
			}
			return w.Code
		}, found},
		{"a new password without the present one", Options{Passwords: true}, func(a *attack) int {
			a.local("pat", screening.Submitter)
			pat := a.o.browser()
			pat.signIn("pat", passphrase, "")
			return pat.post("/account/password", url.Values{"present": {"a guess at it"}, "password": {"a new long password"}}).Code
		}, bad},

		// Keys.
		{"a key made up", Options{}, func(a *attack) int {
			return a.stranger.key("scr_aaaaaaaa_" + strings.Repeat("a", 40)).get("/api/try").Code
		}, unknown},
		{"a key's prefix with another secret", Options{}, func(a *attack) int {
			secret := a.key("ria", screening.MayReadLists)
			return a.stranger.key(secret[:len(secret)-4] + "aaaa").get("/api/try").Code
		}, unknown},
		{"a key that has expired", Options{}, func(a *attack) int {
			secret := a.key("ria", screening.MayReadLists)
			a.o.pass(25 * time.Hour)
			return a.stranger.key(secret).get("/api/try").Code
		}, unknown},
		{"a key that was revoked", Options{}, func(a *attack) int {
			secret := a.key("ria", screening.MayReadLists)
			a.ria.post("/account/keys/"+secret[4:12]+"/revoke", nil)
			return a.stranger.key(secret).get("/api/try").Code
		}, unknown},
		{"a key of an account that was disabled", Options{}, func(a *attack) int {
			secret := a.key("ria", screening.MayReadLists)
			if err := jobs.ChangeAccount(a.t.Context(), a.o.env, "ria", nil, true); err != nil {
				a.t.Fatal(err)
			}
			return a.stranger.key(secret).get("/api/try").Code
		}, unknown},
		{"a key beyond its scope", Options{}, func(a *attack) int { return a.stranger.key(a.key("ria", screening.MayReadLists)).get("/api/try").Code }, denied},
		{"a key beyond what its account may do by now", Options{}, func(a *attack) int {
			secret := a.key("ria", screening.MayReadRuns)
			if err := jobs.ChangeAccount(a.t.Context(), a.o.env, "ria", []screening.AccountRole{screening.Submitter}, false); err != nil {
				a.t.Fatal(err)
			}
			return a.stranger.key(secret).get("/api/try").Code
		}, denied},
		{"a good key within its scope, so that the rows above prove something", Options{}, func(a *attack) int {
			return a.stranger.key(a.key("ria", screening.MayReadRuns)).get("/api/try").Code
		}, ok},
		{"a key for a page", Options{}, func(a *attack) int { return a.stranger.key(a.key("ria", screening.MayReadRuns)).get("/runs").Code }, unknown},
		{"a key for more than one may", Options{}, func(a *attack) int {
			return a.sam.post("/account/keys", url.Values{"name": {"x"}, "days": {"5"}, "scope": {string(screening.MayManageAccounts)}}).Code
		}, bad},
		{"somebody else's key revoked", Options{}, func(a *attack) int {
			secret := a.key("ria", screening.MayReadRuns)
			a.sam.post("/account/keys/"+secret[4:12]+"/revoke", nil)
			return a.stranger.key(secret).get("/api/try").Code
		}, ok},
		{"guessing at keys", Options{}, func(a *attack) int {
			code := 0
			for range 31 {
				code = a.stranger.key("scr_aaaaaaaa_" + strings.Repeat("b", 40)).get("/api/try").Code
			}
			return code
		}, tooMany},

		// The proxy's header.
		{"the proxy's header where there is no proxy", Options{}, func(a *attack) int {
			a.stranger.headers["X-Remote-User"] = "ria"
			return a.stranger.get("/runs").Code
		}, found},
		{"the proxy's header from another address", proxied(), func(a *attack) int {
			a.stranger.headers["X-Remote-User"] = "ria"
			return a.stranger.get("/runs").Code
		}, found},
		{"the proxy's header from an address that says it is the proxy", proxied(), func(a *attack) int {
			a.stranger.headers["X-Remote-User"], a.stranger.headers["X-Forwarded-For"] = "ria", "203.0.113.7"
			return a.stranger.get("/runs").Code
		}, found},
		{"the proxy's header twice", proxied(), func(a *attack) int {
			r := httptest.NewRequest("GET", "/account", nil)
			r.RemoteAddr, r.Host = "203.0.113.7:1", "127.0.0.1"
			r.Header["X-Remote-User"] = []string{"quinn", "eve"}
			w := httptest.NewRecorder()
			a.o.site.ServeHTTP(w, r)
			return w.Code
		}, bad},
		{"the name of a local account, by the proxy", proxied(), func(a *attack) int {
			a.stranger.address, a.stranger.headers["X-Remote-User"] = "203.0.113.7:1", "ria"
			return a.stranger.get("/runs").Code
		}, denied},
		{"the proxy's own word, so that the rows above prove something", proxied(), func(a *attack) int {
			a.stranger.address, a.stranger.headers["X-Remote-User"] = "203.0.113.7:1", "quinn"
			return a.stranger.get("/runs").Code
		}, ok},
		{"a group without a role, by the proxy", Options{Proxy: &Proxy{
			From: []netip.Prefix{netip.MustParsePrefix("203.0.113.7/32")}, Header: "X-Remote-User", GroupsHeader: "X-Groups", Roles: map[string][]screening.AccountRole{"security": {screening.Reviewer}},
		}}, func(a *attack) int {
			a.stranger.address, a.stranger.headers["X-Remote-User"], a.stranger.headers["X-Groups"] = "203.0.113.7:1", "quinn", "catering"
			return a.stranger.get("/runs").Code
		}, denied},

		// Other sites.
		{"a form posted by another site", Options{}, func(a *attack) int {
			a.ria.headers["Sec-Fetch-Site"] = "cross-site"
			return a.ria.post("/sign-out", url.Values{}).Code
		}, denied},
		{"a form posted by another site, in an old browser", Options{}, func(a *attack) int {
			a.ria.headers["Sec-Fetch-Site"], a.ria.headers["Origin"] = "", "https://evil.example"
			return a.ria.post("/sign-out", url.Values{}).Code
		}, denied},
		{"a form posted by a page without an origin", Options{}, func(a *attack) int {
			a.ria.headers["Sec-Fetch-Site"], a.ria.headers["Origin"] = "", "null"
			return a.ria.post("/sign-out", url.Values{}).Code
		}, denied},
		{"signing the victim in, from another site", Options{Passwords: true}, func(a *attack) int {
			a.local("eve", screening.Submitter)
			a.stranger.headers["Sec-Fetch-Site"] = "cross-site"
			return a.stranger.signIn("eve", passphrase, "").Code
		}, denied},
		{"another site's name pointed at this machine", Options{}, func(a *attack) int {
			a.sam.headers["Host"] = "evil.example:8080"
			return a.sam.get("/runs").Code
		}, misled},
		{"a method that changes what is only looked at", Options{}, func(a *attack) int { return a.sam.do("DELETE", "/runs/"+a.sams.ID, nil).Code }, http.StatusMethodNotAllowed},
		{"a change by GET", Options{}, func(a *attack) int { return a.sam.get("/sign-out").Code }, http.StatusMethodNotAllowed},

		// Oversized, malformed and too many requests.
		{"a form that is too large", Options{}, func(a *attack) int {
			return a.sam.post("/account/keys", url.Values{"name": {strings.Repeat("x", 70<<10)}}).Code
		}, large},
		{"a form that is no form", Options{}, func(a *attack) int {
			r := httptest.NewRequest("POST", "/account/keys", strings.NewReader("%zz=%zz;;"))
			r.RemoteAddr, r.Host = a.sam.address, "127.0.0.1:8080"
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for n, v := range a.sam.jar {
				r.AddCookie(&http.Cookie{Name: n, Value: v})
			}
			w := httptest.NewRecorder()
			a.o.site.ServeHTTP(w, r)
			return w.Code
		}, bad},
		{"a list name of thousands of letters", Options{}, func(a *attack) int { return a.sam.get("/lists/" + strings.Repeat("a", 5000)).Code }, missing},
		{"numbers beyond all numbers", Options{}, func(a *attack) int { return a.sam.get("/runs/" + a.sams.ID + "?from=99999999999999999999").Code }, ok},
		{"negative numbers", Options{}, func(a *attack) int { return a.sam.get("/runs/" + a.sams.ID + "?from=-5").Code }, ok},
		{"an edition accepted without a reason", Options{}, func(a *attack) int {
			return a.as("lis", screening.ListManager).post("/lists/"+openList+"/accept", url.Values{"edition": {"2"}, "why": {"  "}}).Code
		}, bad},
		{"an edition accepted that is not held", Options{}, func(a *attack) int {
			return a.as("lis", screening.ListManager).post("/lists/"+openList+"/accept", url.Values{"edition": {"1"}, "why": {"it was good before"}}).Code
		}, conflict},
		{"requests without end", Options{PerMinute: 50}, func(a *attack) int {
			code := 0
			for range 51 {
				code = a.stranger.get("/sign-in").Code
			}
			return code
		}, tooMany},

		// Who may give whom what.
		{"the last administrator disabled", Options{}, func(a *attack) int {
			return a.as("adm", screening.Administrator).post("/accounts/adm", url.Values{"do": {"roles"}, "role": {"administrator"}, "disabled": {"yes"}}).Code
		}, bad},
		{"a role that is none", Options{}, func(a *attack) int {
			return a.as("adm", screening.Administrator).post("/accounts/sam", url.Values{"do": {"roles"}, "role": {"king"}}).Code
		}, bad},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := newAttack(t, row.opts)
			if got := row.try(a); got != row.want {
				t.Errorf("answered %d, want %d", got, row.want)
			}
			if n, _, err := a.o.env.Store.VerifyAudit(t.Context()); err != nil || n == 0 {
				t.Errorf("the audit trail: %d lines, %v", n, err)
			}
		})
	}
}

// attack is an office with somebody at its door and two people within.
type attack struct {
	t                  *testing.T
	o                  *office
	sams, rias         *screening.Run
	sam, ria, stranger *browser
	accounts           map[string]*screening.Account
	recovery           []string
}

func newAttack(t *testing.T, opts Options) *attack {
	t.Helper()
	a := &attack{t: t, accounts: map[string]*screening.Account{}}
	a.o, a.sams, a.rias = full(t, opts)
	// A page for programs that reads runs, and does nothing.
	a.o.site.mux.Handle("GET /api/try", a.o.site.serve(&Page{Pattern: "GET /api/try", Needs: []screening.Permission{screening.MayReadRuns}, Serve: func(r *Request) error {
		return r.JSON(http.StatusOK, "read")
	}}))
	a.sam, a.ria, a.stranger = a.as("sam", screening.Submitter), a.as("ria", screening.Reviewer), a.o.browser()
	return a
}

// question is one that ria puts to sam about a match of his sheet.
func (a *attack) question(words string) string {
	a.t.Helper()
	if err := jobs.SyncOpen(a.t.Context(), a.o.env); err != nil {
		a.t.Fatal(err)
	}
	open, err := jobs.OpenMatches(a.t.Context(), a.o.env)
	if err != nil {
		a.t.Fatal(err)
	}
	for _, m := range open {
		if m.Run == a.sams.ID && m.List == openList {
			if w := a.ria.post(matchPath(m.Run, m.Key), ask("question", words)); w.Code != http.StatusSeeOther {
				a.t.Fatalf("asking: %d %s", w.Code, w.Body)
			}
			return a.o.asked()[0].ID
		}
	}
	a.t.Fatal("no match of sam's is open")
	return ""
}

func (a *attack) as(name string, roles ...screening.AccountRole) *browser {
	a.t.Helper()
	a.accounts[name] = a.o.account(name, roles...)
	return a.o.as(a.accounts[name])
}

// local adds an account with a password.
func (a *attack) local(name string, roles ...screening.AccountRole) *screening.Account {
	a.t.Helper()
	acc := &screening.Account{Name: name, Roles: roles, Source: "local"}
	if err := jobs.AddAccount(a.t.Context(), a.o.env, acc, passphrase); err != nil {
		a.t.Fatal(err)
	}
	return acc
}

// withFactor adds an account with a second factor, and returns its seed.
func (a *attack) withFactor(name string) string {
	a.t.Helper()
	acc := a.local(name, screening.Submitter)
	f, err := jobs.NewSecondFactor(a.o.env, name)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := jobs.SetSecondFactor(a.t.Context(), a.o.env, acc, f, code(f.Seed, a.o.time())); err != nil {
		a.t.Fatal(err)
	}
	a.recovery = f.Recovery
	return f.Seed
}

func code(seed string, at time.Time) string {
	c, err := totp.GenerateCode(seed, at)
	if err != nil {
		panic(err)
	}
	return c
}

// key makes a key for an account, good for a day.
func (a *attack) key(name string, scopes ...screening.Permission) string {
	a.t.Helper()
	secret, err := jobs.AddAPIKey(a.t.Context(), a.o.env, a.accounts[name], "test", scopes, 24*time.Hour)
	if err != nil {
		a.t.Fatal(err)
	}
	return secret
}

func (b *browser) copy() *browser {
	c := b.o.browser()
	for k, v := range b.jar {
		c.jar[k] = v
	}
	return c
}

func (b *browser) key(secret string) *browser {
	b.headers["Authorization"] = "Bearer " + secret
	return b
}

func (b *browser) signIn(name, password, code string) *httptest.ResponseRecorder {
	b.o.t.Helper()
	return b.post("/sign-in", url.Values{"name": {name}, "password": {password}, "code": {code}})
}

// proxied has a proxy at 203.0.113.7 that everybody it names may submit by.
func proxied() Options {
	return Options{Proxy: &Proxy{
		From: []netip.Prefix{netip.MustParsePrefix("203.0.113.7/32")}, Header: "X-Remote-User", Roles: map[string][]screening.AccountRole{"*": {screening.Submitter}},
	}}
}

// ownScript is a script of the site's own, by its address.
var ownScript = regexp.MustCompile(`<script src="/static/[a-z]+\.[0-9a-f]{12}\.js" defer></script>`)

// TestNamesAreTextEverywhere looks at every page and download with names in
// them that try to be script, mark-up or a formula.
func TestNamesAreTextEverywhere(t *testing.T) {
	o, sams, rias := full(t, Options{})
	all := o.as(o.account("all", screening.AccountRoles...))
	for _, path := range []string{
		"/runs", "/runs/" + sams.ID, "/runs/" + rias.ID, "/compare?before=" + sams.ID + "&after=" + rias.ID, "/lists", "/lists/" + openList, "/lists/" + secretList,
		"/health", "/audit", "/accounts", "/account", "/audit?subject=" + url.QueryEscape(scriptParty), "/nothing/" + url.PathEscape(scriptParty),
	} {
		w := all.get(path)
		body := w.Body.String()
		for _, raw := range []string{"<script>alert", "<img src=x", "<b>title</b>", `"><img`} {
			if strings.Contains(body, raw) {
				t.Errorf("%s has %q as mark-up", path, raw)
			}
		}
		body = ownScript.ReplaceAllString(body, "")
		for _, inline := range []string{"<script", "<style", " style=", " onerror=\"", " onclick=", "javascript:"} {
			if strings.Contains(body, inline) {
				t.Errorf("%s has %q, which the policy forbids", path, inline)
			}
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	if body := all.get("/runs/" + sams.ID).Body.String(); !strings.Contains(body, "&lt;script&gt;alert(1)&lt;/script&gt; Qorvath Institute of Optics") {
		t.Error("the run's page does not show the name as text")
	}
	csv := all.get("/runs/" + sams.ID + "/report/csv")
	if strings.Contains(csv.Body.String(), ",=HYPERLINK") || strings.Contains(csv.Body.String(), `,"=HYPERLINK`) {
		t.Error("the CSV has a formula")
	}
	if d := csv.Header().Get("Content-Disposition"); !strings.HasPrefix(d, "attachment; ") || strings.ContainsAny(d, "<>\r\n") {
		t.Errorf("the download's name: %s", d)
	}
	xlsx := all.get("/runs/" + sams.ID + "/report/xlsx").Body.Bytes()
	z, err := zip.NewReader(bytes.NewReader(xlsx), int64(len(xlsx)))
	if err != nil {
		t.Fatal(err)
	}
	named := false
	for _, part := range z.File {
		f, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		if bytes.Contains(b, []byte("<f>HYPERLINK")) || bytes.Contains(b, []byte("<f>=HYPERLINK")) || bytes.Contains(b, []byte("<script>alert")) {
			t.Errorf("%s has a name as a formula or mark-up", part.Name)
		}
		named = named || bytes.Contains(b, []byte("&lt;script&gt;alert(1)"))
	}
	if !named {
		t.Error("the workbook does not show the name as text")
	}
}

// TestRestrictedListsAreInvisible looks for the name, the matches and the
// counts of a restricted list wherever somebody may look to whom it is closed.
func TestRestrictedListsAreInvisible(t *testing.T) {
	o, sams, rias := full(t, Options{})
	if _, err := jobs.Accept(context.Background(), o.env, jobs.AcceptOptions{List: secretList, By: "x", Why: "y"}); err == nil {
		t.Fatal("there was something to accept on the restricted list")
	}
	admin := o.as(o.account("adm", screening.Administrator, screening.ListManager, screening.Auditor, screening.Submitter))
	ria := o.as(o.account("ria", screening.Reviewer))
	sam := o.as(o.account("sam", screening.Submitter))
	pages := []string{"/runs", "/runs/" + sams.ID, "/runs/" + rias.ID, "/compare?before=" + sams.ID + "&after=" + rias.ID, "/lists", "/health", "/audit", "/accounts"}
	for _, format := range []string{"xlsx", "csv", "json"} {
		pages = append(pages, "/runs/"+sams.ID+"/report/"+format, "/runs/"+rias.ID+"/report/"+format)
	}
	says := func(b *browser, path, what string) bool {
		w := b.get(path)
		if strings.Contains(path, "/xlsx") && w.Code == http.StatusOK {
			return strings.Contains(unzipped(t, w.Body.Bytes()), what)
		}
		return strings.Contains(w.Body.String(), what)
	}
	for _, path := range pages {
		for _, b := range []*browser{admin, sam} {
			if says(b, path, secretList) || says(b, path, strings.ToUpper(secretList)) {
				t.Errorf("%s names the restricted list", path)
			}
		}
	}
	if !says(ria, "/runs/"+sams.ID, secretList) || !says(ria, "/runs/"+sams.ID+"/report/xlsx", secretList) || !says(ria, "/lists", secretList) {
		t.Error("a reviewer, to whom the list is open, does not see it")
	}
	// The party that only the restricted list knows is in the sheet, and has no match.
	if body := sam.get("/runs/" + sams.ID + "/report/json").Body.String(); !regexp.MustCompile(`"name":"` + secretParty + `"[^\n]*"grade":"clear","row_grade":"clear"[^\n]*"matches":\[\],"nearest":null`).MatchString(body) {
		t.Errorf("the party stands as\n%s", body)
	}
	// Four parties of the sheet are listed; three on the open list.
	if sams.Counts.Rows[screening.Escalate] != 4 {
		t.Fatalf("the run has %v", sams.Counts.Rows)
	}
	for who, b := range map[string]*browser{"sam": sam, "the auditor": admin} {
		v := &screening.Viewer{Account: o.find(who, b), Restricted: o.env.Restricted}
		run, err := jobs.Run(t.Context(), o.env, v, sams.ID)
		if err != nil {
			t.Fatal(err)
		}
		if run.Counts.Rows[screening.Escalate] != 3 || run.Counts.Matches != sams.Counts.Matches-1 {
			t.Errorf("to %s the run counts %v", who, run.Counts)
		}
	}
	here := o.browser()
	here.address = "127.0.0.1:9"
	if body := here.get("/metrics").Body.String(); strings.Contains(body, secretList) || !strings.Contains(body, openList) {
		t.Error("the metrics name the restricted list, or not the open one")
	}
}

// find is the account that is signed in to a browser.
func (o *office) find(_ string, b *browser) *screening.Account {
	o.t.Helper()
	n, err := o.env.Store.Session(o.t.Context(), hashSession(b.jar[o.site.cookieName("session")]))
	if err != nil {
		o.t.Fatal(err)
	}
	a, err := o.env.Store.Account(o.t.Context(), n.Account)
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

func unzipped(t *testing.T, b []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, part := range z.File {
		f, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&out, f); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	return out.String()
}

// TestLogsNameNoPartner looks for partners, tokens and addresses of pages in
// the log and the metrics after everything above was looked at.
func TestLogsNameNoPartner(t *testing.T) {
	o, sams, _ := full(t, Options{})
	b := o.as(o.account("ria", screening.Reviewer))
	for _, path := range []string{"/runs/" + sams.ID, "/runs/" + sams.ID + "/report/xlsx", "/audit?subject=Qorvath", "/nothing/Qorvath", "/lists/Qorvath?x=Qorvath", "/sign-in/link?token=Qorvath"} {
		b.get(path)
	}
	here := o.browser()
	here.address = "127.0.0.1:9"
	for where, text := range map[string]string{"log": o.logs.String(), "metrics": here.get("/metrics").Body.String()} {
		for _, secret := range []string{"Qorvath", "Ulmara", "sheet<img", sams.ID} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s has %q", where, secret)
			}
		}
		if !strings.Contains(text, "GET /runs/{id}") {
			t.Errorf("the %s does not have the pattern of the page:\n%s", where, text)
		}
	}
}

// TestEverythingIsInTheAuditTrail does what there is to do and looks for it.
func TestEverythingIsInTheAuditTrail(t *testing.T) {
	a := newAttack(t, Options{Passwords: true})
	a.local("pat", screening.Submitter)
	adm, lis := a.as("adm", screening.Administrator), a.as("lis", screening.ListManager)
	a.ria.get("/runs/" + a.sams.ID)
	a.ria.get("/runs/" + a.sams.ID + "/report/csv")
	a.stranger.signIn("pat", "wrong wrong wrong", "")
	a.stranger.signIn("pat", passphrase, "")
	a.stranger.post("/account/password", url.Values{"present": {passphrase}, "password": {"another long passphrase"}})
	a.stranger.post("/sign-out", nil)
	adm.post("/accounts/sam", url.Values{"do": {"roles"}, "role": {"submitter", "reviewer"}})
	a.ria.post("/account/keys", url.Values{"name": {"nightly"}, "days": {"5"}, "scope": {"read_lists"}})
	lis.post("/lists/"+openList+"/accept", url.Values{"edition": {"2"}, "why": {"the publisher has emptied it"}})
	for _, want := range []struct{ actor, action, subject, has string }{
		{"ria", "run.view", "run:" + a.sams.ID, ""},
		{"ria", "run.download", "run:" + a.sams.ID, `"format":"csv"`},
		{"pat", "session.refused", "account:pat", "wrong name"},
		{"pat", "session.begin", "account:pat", `"method":"password"`},
		{"pat", "account.password", "account:pat", ""},
		{"pat", "session.end", "account:pat", ""},
		{"adm", "account.change", "account:sam", `"roles":["submitter","reviewer"]`},
		{"ria", "key.add", "", `"scopes":["read_lists"]`},
		{"lis", "list.accept", "list:" + openList, "emptied"},
	} {
		lines, err := a.o.env.Store.Audit(t.Context(), auditOf(want.actor, want.action, want.subject))
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) == 0 || !strings.Contains(string(lines[0].After), want.has) {
			t.Errorf("%s %s %s: %d lines", want.actor, want.action, want.subject, len(lines))
			continue
		}
		if lines[0].Request == "" {
			t.Errorf("%s %s: no request id", want.actor, want.action)
		}
	}
	lines, err := a.o.env.Store.Audit(t.Context(), auditOf("adm", "account.change", "account:sam"))
	if err != nil || !strings.Contains(string(lines[0].Before), `"roles":["submitter"]`) {
		t.Errorf("what was before: %v, %v", lines, err)
	}
	for line, err := range a.o.env.Store.AuditTrail(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{passphrase, "another long passphrase", "wrong wrong wrong"} {
			if strings.Contains(string(line.After)+string(line.Before)+line.Subject, secret) {
				t.Errorf("line %d has a password", line.Seq)
			}
		}
	}
}
