package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// OIDC is an OpenID provider people sign in at.
type OIDC struct {
	Title        string // what the button calls it; default: the issuer's host
	Issuer       string
	ClientID     string
	ClientSecret string
	Scopes       []string // beside openid
	// NameClaim is what accounts are called after, GroupsClaim has the groups.
	NameClaim, GroupsClaim string
	Roles                  map[string][]screening.AccountRole
	Client                 *http.Client // nil: the default, with a time limit
}

// signInLasts is how long signing in at the provider may take.
const signInLasts = 10 * time.Minute

// provider asks the issuer about itself at the first sign-in, so that the
// site starts though the issuer is away.
type provider struct {
	opts     *OIDC
	redirect string

	mu       sync.Mutex
	found    *oidc.Provider
	verifier *oidc.IDTokenVerifier
	// used are the states that came back, so that none comes twice.
	used map[string]time.Time
}

func newProvider(opts *OIDC, publicURL string) (*provider, error) {
	if opts.Issuer == "" || opts.ClientID == "" {
		return nil, errors.New("[oidc] needs an issuer and a client_id")
	}
	if publicURL == "" {
		return nil, errors.New("[oidc] needs public_url in [server]: the provider sends people back there")
	}
	return &provider{opts: opts, redirect: strings.TrimRight(publicURL, "/") + "/sign-in/oidc/back", used: map[string]time.Time{}}, nil
}

func (p *provider) title() string {
	if p.opts.Title != "" {
		return p.opts.Title
	}
	if u, err := url.Parse(p.opts.Issuer); err == nil && u.Host != "" {
		return u.Host
	}
	return p.opts.Issuer
}

// context is that of a request to the issuer.
func (p *provider) context(ctx context.Context) context.Context {
	client := p.opts.Client
	if client == nil {
		client = &http.Client{Timeout: 15 * time.Second}
	}
	return oidc.ClientContext(ctx, client)
}

func (p *provider) find(ctx context.Context, now func() time.Time) (*oauth2.Config, *oidc.IDTokenVerifier, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		// The provider keeps this context to fetch keys later.
		found, err := oidc.NewProvider(p.context(context.WithoutCancel(ctx)), p.opts.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("asking the OpenID provider about itself: %w", err)
		}
		p.found, p.verifier = found, found.Verifier(&oidc.Config{ClientID: p.opts.ClientID, Now: now})
	}
	return &oauth2.Config{
		ClientID: p.opts.ClientID, ClientSecret: p.opts.ClientSecret, Endpoint: p.found.Endpoint(), RedirectURL: p.redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, p.opts.Scopes...),
	}, p.verifier, nil
}

// pending is a sign-in that is under way at the provider; the browser carries it, sealed.
type pending struct{ State, Nonce, Verifier, Next string }

func randomText() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

var signInAtProvider = Page{
	Pattern: "GET /sign-in/oidc", Doc: "goes to the OpenID provider to sign in",
	Open: true,
	Serve: func(r *Request) error {
		s := r.site
		if s.oidc == nil {
			return missing
		}
		config, _, err := s.oidc.find(r.Context(), s.env.Now)
		if err != nil {
			s.log.Error("signing in at the OpenID provider", "request", r.ID, "error", err.Error())
			return &Problem{Status: http.StatusBadGateway, Detail: "The OpenID provider does not answer. Try again; the log says more, under request " + r.ID + "."}
		}
		p := pending{State: randomText(), Nonce: randomText(), Verifier: oauth2.GenerateVerifier(), Next: ownPath(r.URL.Query().Get("next"))}
		text, err := s.seal("oidc", p, r.Env.Now().Add(signInLasts))
		if err != nil {
			return err
		}
		s.setCookie(r.W, "oidc", text, signInLasts)
		http.Redirect(r.W, r.Request, config.AuthCodeURL(p.State, oidc.Nonce(p.Nonce), oauth2.S256ChallengeOption(p.Verifier)), http.StatusSeeOther)
		return nil
	},
}

var signInBack = Page{
	Pattern: "GET /sign-in/oidc/back", Doc: "comes back from the OpenID provider",
	Open: true,
	Serve: func(r *Request) error {
		s := r.site
		if s.oidc == nil {
			return missing
		}
		turnAway := func(why string) error {
			if err := s.refused(r, "oidc", "", why); err != nil {
				return err
			}
			return denied("Signing in at " + s.oidc.title() + " did not work. Begin again from the sign-in page.")
		}
		right, err := r.guess(guessesFrom(r.address))
		if err != nil {
			return err
		}
		var p pending
		cookie, err := r.Cookie(s.cookieName("oidc"))
		if err != nil || s.unseal("oidc", cookie.Value, &p, r.Env.Now()) != nil {
			return turnAway("no sign-in was begun in this browser")
		}
		s.setCookie(r.W, "oidc", "", 0)
		q := r.URL.Query()
		if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(p.State)) != 1 {
			return turnAway("another state came back")
		}
		if !s.oidc.first(p.State, r.Env.Now()) {
			return turnAway("came back twice")
		}
		if q.Get("error") != "" || q.Get("code") == "" {
			return turnAway("the provider refused")
		}
		who, err := s.oidc.exchange(r.Context(), s.env.Now, q.Get("code"), p)
		if err != nil {
			s.log.Warn("signing in at the OpenID provider", "request", r.ID, "error", err.Error())
			return turnAway("what the provider said does not hold")
		}
		if len(who.Roles) == 0 {
			if err := s.refused(r, "oidc", who.Name, "no group has a role"); err != nil {
				return err
			}
			return denied("None of your groups has a role here; ask an administrator of the screening.")
		}
		r.Env.Actor = who.Name
		a, err := jobs.Known(r.Context(), r.Env, who)
		if err != nil {
			return s.unknownTo(r, "oidc", who.Name, err)
		}
		if err := right(); err != nil {
			return err
		}
		if err := s.begin(r, a, "oidc"); err != nil {
			return err
		}
		return r.Redirect(p.Next)
	},
}

// first reports whether a state comes back for the first time.
func (p *provider) first(state string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for used, at := range p.used {
		if now.Sub(at) > signInLasts {
			delete(p.used, used)
		}
	}
	_, before := p.used[state]
	p.used[state] = now
	return !before
}

// exchange turns the code into who signed in, as the signed token says.
func (p *provider) exchange(ctx context.Context, now func() time.Time, code string, begun pending) (*screening.Account, error) {
	config, verifier, err := p.find(ctx, now)
	if err != nil {
		return nil, err
	}
	ctx = p.context(ctx)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(begun.Verifier))
	if err != nil {
		// The library's error quotes the answer, which is not ours to log.
		return nil, errors.New("the code was not exchanged")
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("no id_token came with the code")
	}
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("the id_token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(begun.Nonce)) != 1 {
		return nil, errors.New("the id_token is of another sign-in")
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return nil, errors.New("the claims cannot be read")
	}
	name, _ := claims[p.opts.NameClaim].(string)
	if p.opts.NameClaim == "email" {
		if verified, said := claims["email_verified"].(bool); said && !verified {
			return nil, errors.New("the mail address is not verified")
		}
	}
	if name == "" {
		return nil, fmt.Errorf("there is no claim %q; set name_claim in [oidc]", p.opts.NameClaim)
	}
	full, _ := claims["name"].(string)
	return &screening.Account{
		Name: name, FullName: full, Source: "oidc", Subject: id.Issuer + " " + id.Subject, Roles: rolesOf(textsOf(claims[p.opts.GroupsClaim]), p.opts.Roles),
	}, nil
}

// textsOf reads a claim that is one text, or several.
func textsOf(claim any) []string {
	switch c := claim.(type) {
	case string:
		return []string{c}
	case []any:
		var out []string
		for _, v := range c {
			if t, ok := v.(string); ok {
				out = append(out, t)
			}
		}
		return out
	}
	return nil
}
