package web

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"partnerscreen/jobs"
)

func loopback(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.IsLoopback()
}

// signInForm is what the sign-in page shows.
type signInForm struct {
	Next, Name      string
	Passwords, OIDC bool
	Provider        string
	NeedsCode       bool
	Problem         string
}

var signInPage = Page{
	Pattern: "GET /sign-in", Doc: "asks who you are",
	Open: true,
	Serve: func(r *Request) error {
		next := ownPath(r.URL.Query().Get("next"))
		if r.Account() != nil {
			return r.Redirect(next)
		}
		return r.signIn(http.StatusOK, signInForm{Next: next})
	},
}

func (r *Request) signIn(status int, form signInForm) error {
	form.Passwords, form.OIDC = r.site.opts.Passwords, r.site.oidc != nil
	if form.OIDC {
		form.Provider = r.site.oidc.title()
	}
	return r.Render(status, "sign_in.html", "Sign in", form)
}

var signInWithPassword = Page{
	Pattern: "POST /sign-in", Doc: "signs in by name, password and code",
	Open: true,
	Serve: func(r *Request) error {
		s := r.site
		if !s.opts.Passwords {
			return missing
		}
		name := strings.TrimSpace(r.PostFormValue("name"))
		form := signInForm{Next: ownPath(r.PostFormValue("next")), Name: name}
		device := s.device(r, name)
		right, err := r.guess(guesses(strings.ToLower(name), r.address, device))
		if many, ok := errors.AsType[*Problem](err); ok {
			if err := s.refused(r, "password", name, "too many tries"); err != nil {
				return err
			}
			r.W.Header().Set("Retry-After", many.Retry)
			form.Problem = "Too many tries. " + many.Detail
			return r.signIn(http.StatusTooManyRequests, form)
		}
		if err != nil {
			return err
		}
		r.Env.Actor = name
		a, err := jobs.SignIn(r.Context(), r.Env, name, r.PostFormValue("password"), r.PostFormValue("code"))
		switch {
		case errors.Is(err, jobs.ErrNeedsCode):
			form.NeedsCode, form.Problem = true, "Now the code of your second factor, with the password once more."
			return r.signIn(http.StatusUnauthorized, form)
		case errors.Is(err, jobs.ErrSignIn):
			if err := s.refused(r, "password", name, "wrong name, password or code"); err != nil {
				return err
			}
			form.NeedsCode, form.Problem = r.PostFormValue("code") != "", "The name, the password or the code is not right."
			return r.signIn(http.StatusUnauthorized, form)
		case err != nil:
			return err
		}
		if err := right(); err != nil {
			return err
		}
		if err := s.begin(r, a, "password"); err != nil {
			return err
		}
		if err := s.keepDevice(r, name); err != nil {
			return err
		}
		return r.Redirect(form.Next)
	},
}

// deviceLasts is how long a browser is known after it was last signed in.
const deviceLasts = 180 * 24 * time.Hour

type device struct{ Name, ID string }

// device is the mark of a browser that has signed in to the account before, or "".
func (s *Site) device(r *Request, name string) string {
	cookie, err := r.Cookie(s.cookieName("device"))
	var d device
	if err != nil || s.unseal("device", cookie.Value, &d, r.Env.Now()) != nil || !strings.EqualFold(d.Name, name) {
		return ""
	}
	return d.ID
}

func (s *Site) keepDevice(r *Request, name string) error {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	text, err := s.seal("device", device{name, base64.RawURLEncoding.EncodeToString(random)}, r.Env.Now().Add(deviceLasts))
	if err != nil {
		return err
	}
	s.setCookie(r.W, "device", text, deviceLasts)
	return nil
}

var signOut = Page{
	Pattern: "POST /sign-out", Doc: "ends this session, or with everywhere=yes all of them",
	Serve: func(r *Request) error {
		s, a := r.site, r.Account()
		ended := r.entry("session.end", "account:"+a.Name)
		var err error
		switch {
		case r.PostFormValue("everywhere") == "yes":
			ended.After = asJSON(map[string]bool{"everywhere": true})
			err = s.env.Store.EndSessions(r.Context(), a.ID, ended)
		case r.Session != nil:
			err = s.env.Store.EndSession(r.Context(), r.Session.Hash, ended)
		}
		if err != nil {
			return err
		}
		s.setCookie(r.W, "session", "", 0)
		r.W.Header().Set("Clear-Site-Data", `"cache"`)
		return r.Redirect("/sign-in")
	},
}
