package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"partnerscreen/jobs"
)

// Options say how the pages are reached and who may sign in, and how. The
// zero value serves a browser on this machine, by one-time link.
type Options struct {
	// PublicURL is where people reach the pages, "https://screening.example.ac.uk";
	// "" is this machine alone. Requests for other hosts are refused.
	PublicURL string
	Log       *slog.Logger // nil says nothing
	// Passwords lets local accounts sign in.
	Passwords bool
	// NeedSecondFactor has local accounts set one up before anything else.
	NeedSecondFactor bool
	// OIDC and Proxy are nil where they are not used.
	OIDC  *OIDC
	Proxy *Proxy
	// Idle and Whole are how long a session lasts unused, and at all; 0 is an
	// hour and half a day.
	Idle, Whole time.Duration
	// PerMinute is how many requests an address, and an account, may make; 0 is 1200, below is no limit.
	PerMinute int
	// MetricsFrom are the addresses that may read /metrics beside this machine.
	MetricsFrom []netip.Prefix
	// MaxUpload is how many bytes a sheet may have; 0 is 64 MB.
	MaxUpload int64
}

// Site is the pages and the API, as one http.Handler.
type Site struct {
	env    *jobs.Env
	opts   Options
	log    *slog.Logger
	keeper *jobs.Keeper // of the lists, for what is answered at once

	handler   http.Handler
	all       []Page
	mux       *http.ServeMux
	templates *template.Template
	pages     map[string]*template.Template
	assets    map[string]string // path by plain name
	static    map[string]*asset
	key       []byte // seals what browsers carry for us
	host      string // of PublicURL
	secure    bool
	links     *links
	byAddress *limiter
	byAccount *limiter
	metrics   *metrics
	oidc      *provider
	lists     listCache
}

// New makes the site. It errors where the options contradict themselves or
// the database cannot be read; the identity provider is asked at the first sign-in.
func New(env *jobs.Env, opts Options) (*Site, error) {
	if opts.Idle == 0 {
		opts.Idle = time.Hour
	}
	if opts.Whole == 0 {
		opts.Whole = 12 * time.Hour
	}
	if opts.PerMinute == 0 {
		opts.PerMinute = 1200
	}
	if opts.MaxUpload == 0 {
		opts.MaxUpload = 64 << 20
	}
	s := &Site{env: env, opts: opts, log: opts.Log, keeper: jobs.NewKeeper(env), all: All, mux: http.NewServeMux(), links: &links{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.byAddress, s.byAccount = newLimiter(opts.PerMinute), newLimiter(opts.PerMinute)
	if opts.PublicURL != "" {
		u, err := url.Parse(opts.PublicURL)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || strings.Trim(u.Path, "/") != "" {
			return nil, fmt.Errorf("public_url %q is no address of a site; write https://HOST", opts.PublicURL)
		}
		s.host, s.secure = strings.ToLower(u.Host), u.Scheme == "https"
	}
	var err error
	if s.key, err = env.Store.Secret(context.Background(), "web-seal"); err != nil {
		return nil, err
	}
	if err := s.loadStatic(); err != nil {
		return nil, err
	}
	if err := s.loadTemplates(); err != nil {
		return nil, err
	}
	if opts.OIDC != nil {
		if s.oidc, err = newProvider(opts.OIDC, opts.PublicURL); err != nil {
			return nil, err
		}
	}
	s.metrics = newMetrics(s)
	for i := range s.all {
		s.mux.Handle(s.all[i].Pattern, s.serve(&s.all[i]))
	}
	s.mux.HandleFunc("GET /static/{name}", s.serveStatic)
	s.handler = s.outermost(s.guard(http.HandlerFunc(s.route)))
	return s, nil
}

// Keep loads the lists for looking names up, and loads them again when they
// have changed, until ctx ends. Without it the first who asks waits for them, and what
// changes is seen only where it changed here.
func (s *Site) Keep(ctx context.Context) {
	s.keeper.Run(ctx, 5*time.Second, func(err error) { s.log.Error("loading the lists", "error", err.Error()) })
}

// ServeHTTP answers a request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

type contextKey string

const idKey contextKey = "request id"

func requestID(r *http.Request) string {
	id, _ := r.Context().Value(idKey).(string)
	return id
}

// outermost gives the request its id, catches what panics, and writes the
// access log: the pattern of the address and never the address, which may name a partner.
func (s *Site) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		random := make([]byte, 10)
		_, _ = rand.Read(random) // never fails
		id := strings.ToLower(base32.StdEncoding.EncodeToString(random))
		r = r.WithContext(context.WithValue(r.Context(), idKey, id))
		w.Header().Set("X-Request-Id", id)
		out, began := &answer{ResponseWriter: w}, time.Now()
		defer func() {
			pattern := r.Pattern
			if pattern == "" {
				pattern = "(none)"
			}
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				// What was thrown may quote a row; where it was thrown says enough.
				s.log.Error("panic", "request", id, "page", pattern, "kind", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
				if out.status == 0 {
					s.tell(&Request{Request: r, W: out, ID: id, site: s}, &Problem{Status: http.StatusInternalServerError, Detail: "Something went wrong here. The log says what, under request " + id + "."})
				}
			}
			took := time.Since(began)
			s.metrics.observe(pattern, r.Method, out.code(), took)
			s.log.Info("request", "request", id, "method", knownMethod(r.Method), "page", pattern, "status", out.code(), "bytes", out.bytes,
				"ms", float64(took.Microseconds())/1000, "address", s.addressOf(r))
		}()
		next.ServeHTTP(out, r)
	})
}

// answer notes what was answered.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController flush and set deadlines.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) code() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}

func knownMethod(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "other"
}

// guard refuses what no page should see, and sets the headers that tell
// browsers to be careful.
func (s *Site) guard(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	if s.opts.PublicURL != "" {
		if err := crossOrigin.AddTrustedOrigin(strings.TrimRight(s.opts.PublicURL, "/")); err != nil {
			s.log.Error("public_url is no origin", "error", err.Error())
		}
	}
	for _, pattern := range []string{"POST /reconcile", "POST /reconcile/with/{key}"} {
		crossOrigin.AddInsecureBypassPattern(pattern) // changes nothing, and takes no cookie from elsewhere
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		h.Set("Cache-Control", "private, no-cache")
		if inReconcile(r.URL.Path) {
			allowOrigins(h)
		}
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		tell := func(p *Problem) { s.tell(&Request{Request: r, W: w, ID: requestID(r), site: s}, p) }
		if !probe(r.URL.Path) {
			if !s.knownHost(r.Host) {
				tell(&Problem{Status: http.StatusMisdirectedRequest, Detail: "This program does not answer to that host name; set public_url in [server] of its configuration."})
				return
			}
			if wait, ok := s.byAddress.take(s.addressOf(r), time.Now()); !ok {
				s.tell(&Request{Request: r, W: w, ID: requestID(r), site: s}, tooMany(wait))
				return
			}
		}
		if err := crossOrigin.Check(r); err != nil {
			tell(&Problem{Status: http.StatusForbidden, Detail: "The request came from another site and was refused."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// probe reports whether a path is for the machines that watch over this one,
// which know it by its number.
func probe(path string) bool { return path == "/healthz" || path == "/readyz" || path == "/metrics" }

// knownHost keeps other names from being pointed at this machine: a page of
// theirs would have their origin and our answers.
func (s *Site) knownHost(host string) bool {
	host = strings.ToLower(host)
	if s.host != "" && host == s.host {
		return true
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	if name == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback()
}

// route finds the page; what there is none for is told as every error is.
func (s *Site) route(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.mux.Handler(r); pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	told := &refusal{header: http.Header{}}
	s.mux.ServeHTTP(told, r)
	p := missing
	switch told.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", told.header.Get("Allow"))
		p = &Problem{Status: told.status, Detail: "This address does not take " + knownMethod(r.Method) + "."}
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		w.Header().Set("Location", told.header.Get("Location"))
		p = &Problem{Status: told.status, Detail: "The address is written differently."}
	}
	s.tell(&Request{Request: r, W: w, ID: requestID(r), site: s}, p)
}

// refusal learns what the mux says of a request it has no page for.
type refusal struct {
	header http.Header
	status int
}

func (r *refusal) Header() http.Header         { return r.header }
func (r *refusal) Write(b []byte) (int, error) { return len(b), nil }
func (r *refusal) WriteHeader(status int)      { r.status = status }

// addressOf is where a request comes from: the last hop that is no proxy of ours.
func (s *Site) addressOf(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "unknown"
	}
	ip := at.Addr().Unmap()
	if s.opts.Proxy == nil || !s.opts.Proxy.trusts(ip) {
		return ip.String()
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if ip = hop.Unmap(); !s.opts.Proxy.trusts(ip) {
			break
		}
	}
	return ip.String()
}
