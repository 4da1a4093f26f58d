package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// authenticate finds who makes a request: by key, by proxy, or by session.
// Who is not known has no account, and that is no error; a key that is wrong is.
func (s *Site) authenticate(r *Request) error {
	if auth := r.Header.Get("Authorization"); auth != "" && !r.Page.Open {
		return s.byKey(r, auth)
	}
	if key := r.PathValue("key"); key != "" && inReconcile(r.URL.Path) {
		return s.byKeyInAddress(r, key)
	}
	if s.opts.Proxy != nil {
		if done, err := s.byProxy(r); done || err != nil {
			return err
		}
	}
	cookie, err := r.Cookie(s.cookieName("session"))
	if err != nil || cookie.Value == "" {
		return nil
	}
	n, err := s.env.Store.Session(r.Context(), hashSession(cookie.Value))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := r.Env.Now()
	if now.Sub(n.Created) > s.opts.Whole || now.Sub(n.Seen) > s.opts.Idle {
		return s.env.Store.EndSession(r.Context(), n.Hash)
	}
	a, err := s.env.Store.Account(r.Context(), n.Account)
	if err != nil {
		return err
	}
	if a.Disabled {
		return nil
	}
	if now.Sub(n.Seen) > min(time.Minute, s.opts.Idle/4) {
		if err := s.env.Store.TouchSession(r.Context(), n.Hash, now); err != nil {
			return err
		}
	}
	r.Viewer.Account, r.Session = a, n
	return nil
}

// byKey lets a program in. Keys are for the API, not for pages.
func (s *Site) byKey(r *Request, auth string) error {
	r.W.Header().Set("WWW-Authenticate", "Bearer")
	secret, ok := strings.CutPrefix(auth, "Bearer ")
	if !ok { // as clients of OpenSanctions' API write it
		secret, ok = strings.CutPrefix(auth, "ApiKey ")
	}
	if !ok || (!r.API() && !probe(r.URL.Path)) {
		return &Problem{Status: http.StatusUnauthorized, Detail: "Pages are signed in to; API keys open addresses for programs, as Authorization: Bearer."}
	}
	a, k, err := jobs.KeyAccount(r.Context(), r.Env, strings.TrimSpace(secret))
	if errors.Is(err, jobs.ErrNoKey) {
		// Counted once it was wrong: a program sends many requests with a right one at once.
		if _, err := r.guess(guesses("", r.address, "")); err != nil {
			return err
		}
		if err := s.refused(r, "key", "", "no such key, or no longer good"); err != nil {
			return err
		}
		return &Problem{Status: http.StatusUnauthorized, Detail: "The API key is not known, or no longer good."}
	}
	if err != nil {
		return err
	}
	r.W.Header().Del("WWW-Authenticate")
	r.Viewer.Account, r.Viewer.Scopes = a, k.Scopes
	return nil
}

// byKeyInAddress lets a program in that can send no header. An address is
// copied about and written down, so the key must be worth little: it may read lists, and nothing else.
func (s *Site) byKeyInAddress(r *Request, key string) error {
	if err := s.byKey(r, "Bearer "+key); err != nil {
		return err
	}
	if len(r.Viewer.Scopes) != 1 || r.Viewer.Scopes[0] != screening.MayReadLists {
		r.Viewer.Account = nil
		return denied("A key in an address may read lists and nothing else: make one with the scope read_lists alone.")
	}
	return nil
}

// cookieName has the prefix that binds a cookie to its host where the site is
// reached over https.
func (s *Site) cookieName(name string) string {
	if s.secure {
		return "__Host-screener-" + name
	}
	return "screener-" + name
}

// setCookie has the browser keep a value; "" has it let go.
func (s *Site) setCookie(w http.ResponseWriter, name, value string, lasts time.Duration) {
	c := &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode, MaxAge: int(lasts.Seconds()),
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

func hashSession(id string) string {
	sum := sha256.Sum256([]byte("session " + id))
	return hex.EncodeToString(sum[:])
}

// begin signs an account in: a new session under a new id, whatever the
// browser had before.
func (s *Site) begin(r *Request, a *screening.Account, method string) error {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	id := base64.RawURLEncoding.EncodeToString(random)
	now := r.Env.Now().UTC()
	r.Env.Actor = a.Name
	if cookie, err := r.Cookie(s.cookieName("session")); err == nil {
		if err := s.env.Store.EndSession(r.Context(), hashSession(cookie.Value)); err != nil {
			return err
		}
	}
	if err := s.env.Store.PruneSessions(r.Context(), now.Add(-s.opts.Whole), now.Add(-s.opts.Idle)); err != nil {
		return err
	}
	e := &screening.AuditEntry{
		At: now, Actor: a.Name, Action: "session.begin", Subject: "account:" + a.Name, Request: r.ID, After: asJSON(map[string]string{"method": method, "address": r.address}),
	}
	n := &store.Session{Hash: hashSession(id), Account: a.ID, Method: method, Address: r.address, Created: now, Seen: now}
	if err := s.env.Store.AddSession(r.Context(), n, e); err != nil {
		return err
	}
	s.metrics.signIns.WithLabelValues(method, "let in").Inc()
	s.setCookie(r.W, "session", id, s.opts.Whole)
	return nil
}

// refused writes down that somebody was not let in.
func (s *Site) refused(r *Request, method, name, why string) error {
	s.metrics.signIns.WithLabelValues(method, "refused").Inc()
	if len(name) > 100 {
		name = name[:100]
	}
	return s.env.Store.AddAudit(r.Context(), &screening.AuditEntry{
		At: r.Env.Now().UTC(), Actor: name, Action: "session.refused", Subject: "account:" + name, Request: r.ID,
		After: asJSON(map[string]string{"method": method, "address": r.address, "why": why}),
	})
}
