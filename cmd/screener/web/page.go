package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// Page is a card: one address that is answered, for people or, under /api/,
// for programs. It stands in a file with those it belongs to and is listed in All.
type Page struct {
	Pattern string // as http.ServeMux reads it: "GET /runs/{id}"
	Doc     string // one line: what it answers, or does
	// Open pages answer those who are not signed in, too.
	Open bool
	// Needs are permissions, one of which is enough; with none, being signed in is.
	Needs []screening.Permission
	// Tab is its word in the navigation; "" leaves it out.
	Tab string
	// Body is how many bytes a request may bring; 0 is 64 KiB, -1 an upload.
	Body int64
	// Serve answers. What it returns as an error becomes the answer: a *Problem
	// as it is, store.ErrNotFound "not found", anything else "something went wrong".
	Serve func(*Request) error
}

// Request is one request for a page, by somebody who may make it.
type Request struct {
	*http.Request
	W http.ResponseWriter
	// Env is the program's, with who is signed in as Actor.
	Env *jobs.Env
	// Viewer is who looks. It is never nil: who is not signed in has no account.
	Viewer *screening.Viewer
	// Session is nil where the request came with a key or by a proxy.
	Session *store.Session
	ID      string
	Page    *Page

	site    *Site
	address string
}

// Account is who is signed in, or nil.
func (r *Request) Account() *screening.Account { return r.Viewer.Account }

// May reports whether who is signed in may do something.
func (r *Request) May(p screening.Permission) bool { return r.Viewer.May(p) }

// API reports whether a program asks.
func (r *Request) API() bool { return forPrograms(r.URL.Path) }

func forPrograms(path string) bool {
	word, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return slices.Contains([]string{"api", "match", "search", "entities", "catalog", "algorithms", "reconcile"}, word)
}

// Redirect sends the browser to one of our own pages, after a change.
func (r *Request) Redirect(to string) error {
	http.Redirect(r.W, r.Request, to, http.StatusSeeOther)
	return nil
}

// Problem is an error that the one who asked is told in words.
type Problem struct {
	Status int
	Detail string // what is wrong and what to do, without partner names
	// Fields are what a form said, to show it again; "" elsewhere.
	Retry string // for 429 and 503: seconds to wait
}

func (p *Problem) Error() string { return p.Detail }

// bad is what a request that cannot be meant so gives.
func bad(detail string) error { return &Problem{Status: http.StatusBadRequest, Detail: detail} }

// denied is what asking for more than one may gives.
func denied(detail string) error { return &Problem{Status: http.StatusForbidden, Detail: detail} }

// missing is what a thing that is not there gives, and so does one that the
// viewer may not know of: the two are not told apart.
var missing = &Problem{Status: http.StatusNotFound, Detail: "There is nothing at this address, or it is not open to you."}

// serve answers one request for a page: who is it, may they, then the page.
func (s *Site) serve(p *Page) http.Handler {
	limit := p.Body
	switch limit {
	case 0:
		limit = 64 << 10
	case -1:
		limit = s.opts.MaxUpload + 64<<10
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		req.Body = http.MaxBytesReader(w, req.Body, limit)
		r := &Request{Request: req, W: w, ID: requestID(req), Page: p, site: s, address: s.addressOf(req), Viewer: &screening.Viewer{Restricted: s.env.Restricted}}
		env := *s.env
		env.Actor, env.Request, env.Progress = "", r.ID, nil
		r.Env = &env
		if err := s.answer(r); err != nil {
			s.fail(r, err)
		}
	})
}

func (s *Site) answer(r *Request) error {
	if err := s.authenticate(r); err != nil {
		return err
	}
	if a := r.Account(); a != nil {
		r.Env.Actor = a.Name
		if wait, ok := s.byAccount.take(a.ID, r.Env.Now()); !ok {
			return tooMany(wait)
		}
	}
	switch {
	case r.Page.Open:
	case r.Account() == nil:
		return s.askToSignIn(r)
	case s.opts.NeedSecondFactor && r.Session != nil && r.Account().Source == "local" && !r.Account().SecondFactor && !enrolling(r.URL.Path):
		if r.API() {
			return denied("The account has to have a second factor first; set one up on the page Account.")
		}
		return r.Redirect("/account/second-factor")
	case len(r.Page.Needs) > 0 && !slices.ContainsFunc(r.Page.Needs, r.May):
		return denied("Your account may not do this. An administrator can give it the role.")
	}
	if r.Method == http.MethodPost && !r.API() && r.Page.Body == 0 {
		var large *http.MaxBytesError
		if err := r.ParseForm(); errors.As(err, &large) {
			return err
		} else if err != nil {
			return bad("The form cannot be read.")
		}
	}
	return r.Page.Serve(r)
}

// askToSignIn sends people to the sign-in page and back, and tells programs.
func (s *Site) askToSignIn(r *Request) error {
	if r.API() || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		r.W.Header().Set("WWW-Authenticate", "Bearer")
		return &Problem{Status: http.StatusUnauthorized, Detail: "Sign in first, or send an API key as Authorization: Bearer."}
	}
	to := "/sign-in"
	if r.URL.Path != "/" {
		to += "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
	}
	return r.Redirect(to)
}

// ownPath is the page to go to after signing in: one of ours, whatever was asked for.
func ownPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsAny(next+u.Path, "\\\r\n") || strings.HasPrefix(u.Path, "/sign-") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

// fail answers with an error: problem+json for programs, a page for people.
func (s *Site) fail(r *Request, err error) {
	var p *Problem
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &p):
	case errors.Is(err, store.ErrNotFound):
		p = missing
	case errors.As(err, &big):
		p = &Problem{Status: http.StatusRequestEntityTooLarge, Detail: "This is more than may be sent here."}
	case r.Context().Err() != nil && errors.Is(err, context.Canceled):
		return // nobody is waiting any more
	default:
		s.log.Error("request failed", "request", r.ID, "page", r.Page.Pattern, "error", err.Error())
		p = &Problem{Status: http.StatusInternalServerError, Detail: "Something went wrong here. The log says what, under request " + r.ID + "."}
	}
	s.tell(r, p)
}
