package web

import (
	"bytes"
	"encoding/base64"
	"errors"
	"html/template"
	"image/png"
	"net/http"
	"strconv"
	"time"

	"github.com/pquerna/otp"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

var ownPage = Page{
	Pattern: "GET /account", Doc: "one's own account: password, second factor, sessions, keys",
	Serve: func(r *Request) error { return r.own(http.StatusOK, "") },
}

func (r *Request) own(status int, problem string) error { return r.ownWith(status, problem, "") }

// ownWith shows the secret of a key that was just made.
func (r *Request) ownWith(status int, problem, secret string) error {
	ctx, a := r.Context(), r.Account()
	sessions, err := r.Env.Store.Sessions(ctx, a.ID)
	if err != nil {
		return err
	}
	all, err := r.Env.Store.APIKeys(ctx, a.ID)
	if err != nil {
		return err
	}
	data := struct {
		Account         *screening.Account
		Local           bool
		Sessions        []*store.Session
		Session         *store.Session
		Keys            []*store.APIKey
		Scopes          []screening.Grant
		Problem, Secret string
		Recovery        int
	}{Account: a, Local: a.Source == "local", Sessions: sessions, Session: r.Session, Problem: problem, Secret: secret}
	for _, k := range all {
		if k.Revoked.IsZero() && r.Env.Now().Before(k.Expires) {
			data.Keys = append(data.Keys, k)
		}
	}
	for _, g := range screening.Grants {
		if r.May(g.Permission) {
			data.Scopes = append(data.Scopes, g)
		}
	}
	if a.SecondFactor {
		if data.Recovery, err = r.Env.Store.RecoveryLeft(ctx, a.ID); err != nil {
			return err
		}
	}
	return r.Render(status, "account.html", "Your account", data)
}

var ownPassword = Page{
	Pattern: "POST /account/password", Doc: "changes one's own password and ends the other sessions",
	Serve: func(r *Request) error {
		s, a := r.site, r.Account()
		if a.Source != "local" || r.Session == nil {
			return denied("Your account has no password here.")
		}
		right, err := r.guess(guesses(a.Name, r.address, a.ID))
		if err != nil {
			return err
		}
		if err := jobs.ChangePassword(r.Context(), r.Env, a, r.PostFormValue("present"), r.PostFormValue("password")); err != nil {
			return r.refusal(err, r.own)
		}
		if err := right(); err != nil {
			return err
		}
		if err := s.begin(r, a, "password"); err != nil {
			return err
		}
		return r.Redirect("/account?done=own")
	},
}

func enrolling(path string) bool { return path == "/account/second-factor" || path == "/sign-out" }

// enrolment is a second factor that waits for its first code; the form carries it, sealed.
type enrolment struct {
	Account string
	Factor  jobs.SecondFactor
}

var secondFactorPage = Page{
	Pattern: "GET /account/second-factor", Doc: "shows a new second factor, to be put into an app",
	Serve: func(r *Request) error {
		a := r.Account()
		if a.Source != "local" || r.Session == nil {
			return denied("Your account signs in elsewhere; its second factor is kept there.")
		}
		f, err := jobs.NewSecondFactor(r.Env, a.Name)
		if err != nil {
			return err
		}
		return r.secondFactor(http.StatusOK, f, "")
	},
}

func (r *Request) secondFactor(status int, f *jobs.SecondFactor, problem string) error {
	text, err := r.site.seal("enrolment", enrolment{r.Account().ID, *f}, r.Env.Now().Add(15*time.Minute))
	if err != nil {
		return err
	}
	key, err := otp.NewKeyFromURL(f.URL)
	if err != nil {
		return err
	}
	image, err := key.Image(220, 220)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image); err != nil {
		return err
	}
	r.W.Header().Set("Cache-Control", "no-store")
	return r.Render(status, "second_factor.html", "Second factor", struct {
		Factor  *jobs.SecondFactor
		Sealed  string
		Problem string
		Picture template.URL
	}{f, text, problem, template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()))})
}

var secondFactorSet = Page{
	Pattern: "POST /account/second-factor", Doc: "puts a second factor in force by a first code of it",
	Serve: func(r *Request) error {
		s, a := r.site, r.Account()
		var e enrolment
		if err := s.unseal("enrolment", r.PostFormValue("sealed"), &e, r.Env.Now()); err != nil || e.Account != a.ID || r.Session == nil {
			return bad("This form is too old. Begin again from your account's page.")
		}
		right, err := r.guess(guesses(a.Name, r.address, a.ID))
		if err != nil {
			return err
		}
		err = jobs.SetSecondFactor(r.Context(), r.Env, a, &e.Factor, r.PostFormValue("code"))
		if errors.Is(err, jobs.ErrWrongCode) {
			return r.secondFactor(http.StatusBadRequest, &e.Factor, "The code is not right. Is the clock of your phone?")
		}
		if err != nil {
			return err
		}
		if err := right(); err != nil {
			return err
		}
		if err := s.begin(r, a, "password"); err != nil {
			return err
		}
		return r.Redirect("/account?done=own")
	},
}

var keyAdd = Page{
	Pattern: "POST /account/keys", Doc: "makes an API key; its secret is shown once",
	Serve: func(r *Request) error {
		if r.Viewer.Scopes != nil {
			return denied("A key makes no keys.")
		}
		days, err := strconv.Atoi(r.PostFormValue("days"))
		if err != nil {
			return r.own(http.StatusBadRequest, "Say for how many days the key is good.")
		}
		scopes, err := jobs.ParseScopes(r.PostForm["scope"])
		var secret string
		if err == nil {
			secret, err = jobs.AddAPIKey(r.Context(), r.Env, r.Account(), r.PostFormValue("name"), scopes, time.Duration(min(max(days, 0), 1000))*24*time.Hour)
		}
		if err != nil {
			return r.refusal(err, r.own)
		}
		r.W.Header().Set("Cache-Control", "no-store")
		return r.ownWith(http.StatusCreated, "", secret)
	},
}

var keyRevoke = Page{
	Pattern: "POST /account/keys/{key}/revoke", Doc: "ends an API key of one's own",
	Serve: func(r *Request) error {
		if err := jobs.RevokeAPIKey(r.Context(), r.Env, r.Viewer, r.PathValue("key")); err != nil {
			return r.refusal(err, r.own)
		}
		return r.Redirect("/account?done=own")
	},
}
