package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

//go:embed templates
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// View is what a template is given: the frame around a page, and Data, the page's own.
type View struct {
	Title   string
	Office  string
	Version string
	Account *screening.Account
	Nav     []Tab
	Notice  string // what was just done, from the address
	Data    any
}

// Tab is one word of the navigation.
type Tab struct {
	Word, Path string
	Here       bool
}

// Render answers with a page for people. The answer has an ETag of its own
// bytes, so that a page that did not change is not sent again.
func (r *Request) Render(status int, name, title string, data any) error {
	v := View{Title: title, Office: r.Env.Office, Version: r.Env.Version, Account: r.Account(), Data: data, Notice: notices[r.URL.Query().Get("done")]}
	if v.Account != nil {
		v.Nav = r.site.nav(r)
	}
	t, err := r.site.page(name)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", v); err != nil {
		return fmt.Errorf("writing page %s: %w", name, err)
	}
	h := r.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if status == http.StatusOK && r.unchanged(b.Bytes()) {
		return nil
	}
	r.W.WriteHeader(status)
	_, _ = r.W.Write(b.Bytes())
	return nil
}

// notices are what a page says after a change, by the word in its address.
var notices = map[string]string{
	"accepted": "The edition is in force now.",
	"account":  "The change is made.",
	"own":      "The change is made.",
	"decided":  "The verdict is kept.",
	"asked":    "The verdict is kept, and the question is on its way.",
	"answered": "Thank you: the answer is kept, and the row is being screened again with it.",
	"ended":    "It is over now, and screened no more until a sheet has it again.",
}

// unchanged sets the ETag of an answer, and answers 304 where the browser has it.
func (r *Request) unchanged(parts ...[]byte) bool {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d ", len(p))
		h.Write(p)
	}
	tag := `"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"`
	r.W.Header().Set("ETag", tag)
	for _, have := range strings.Split(r.Header.Get("If-None-Match"), ",") {
		if have = strings.TrimPrefix(strings.TrimSpace(have), "W/"); have == tag || have == "*" {
			r.W.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

// JSON answers a program.
func (r *Request) JSON(status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	r.W.Header().Set("Content-Type", "application/json")
	if status == http.StatusOK && r.Method != http.MethodPost && r.unchanged(b) {
		return nil
	}
	r.W.WriteHeader(status)
	_, _ = r.W.Write(append(b, '\n'))
	return nil
}

func (s *Site) nav(r *Request) []Tab {
	var out []Tab
	for i := range s.all {
		p := &s.all[i]
		if p.Tab == "" || (len(p.Needs) > 0 && !slices.ContainsFunc(p.Needs, r.May)) {
			continue
		}
		to := strings.TrimSuffix(strings.TrimPrefix(p.Pattern, "GET "), "{$}")
		here := r.Page != nil && (r.URL.Path == to || (to != "/" && strings.HasPrefix(r.URL.Path, to+"/")))
		out = append(out, Tab{p.Tab, to, here})
	}
	return out
}

// tell answers with a problem: RFC 9457 for programs, a plain page for people.
func (s *Site) tell(r *Request, p *Problem) {
	h := r.W.Header()
	if p.Retry != "" {
		h.Set("Retry-After", p.Retry)
	}
	h.Del("ETag")
	h.Del("Content-Disposition")
	if r.API() {
		h.Set("Content-Type", "application/problem+json")
		r.W.WriteHeader(p.Status)
		_ = json.NewEncoder(r.W).Encode(map[string]any{
			"type": "about:blank", "title": http.StatusText(p.Status), "status": p.Status, "detail": p.Detail, "instance": "urn:request:" + r.ID,
		})
		return
	}
	view := View{Title: problemTitles[p.Status], Office: s.env.Office, Version: s.env.Version, Data: p}
	if view.Title == "" {
		view.Title = http.StatusText(p.Status)
	}
	if r.Viewer != nil && r.Account() != nil {
		view.Account, view.Nav = r.Account(), s.nav(r)
	}
	var b bytes.Buffer
	t, err := s.page("problem.html")
	if err == nil {
		err = t.ExecuteTemplate(&b, "layout.html", view)
	}
	if err != nil {
		s.log.Error("writing the page of a problem", "request", r.ID, "error", err.Error())
		h.Set("Content-Type", "text/plain; charset=utf-8")
		r.W.WriteHeader(p.Status)
		_, _ = fmt.Fprintln(r.W, p.Detail)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	r.W.WriteHeader(p.Status)
	_, _ = r.W.Write(b.Bytes())
}

var problemTitles = map[int]string{
	http.StatusBadRequest: "That cannot be meant so", http.StatusUnauthorized: "Please sign in", http.StatusForbidden: "Not open to you",
	http.StatusNotFound: "Nothing here", http.StatusTooManyRequests: "Too much at once", http.StatusRequestEntityTooLarge: "Too large",
	http.StatusInternalServerError: "Something went wrong", http.StatusMethodNotAllowed: "Not this way",
}

// loadTemplates reads layout.html and parts.html, which every page has, and
// checks every page with them.
func (s *Site) loadTemplates() error {
	t := template.New("").Option("missingkey=error").Funcs(s.functions())
	var err error
	if s.templates, err = t.ParseFS(templateFiles, "templates/layout.html", "templates/parts.html"); err != nil {
		return fmt.Errorf("reading the templates: %w", err)
	}
	s.pages = map[string]*template.Template{}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return err
	}
	for _, name := range names {
		base := path.Base(name)
		page, err := s.templates.Clone()
		if err == nil {
			page, err = page.ParseFS(templateFiles, name)
		}
		if err != nil {
			return fmt.Errorf("reading the template %s: %w", base, err)
		}
		s.pages[base] = page
	}
	return nil
}

func (s *Site) page(name string) (*template.Template, error) {
	t := s.pages[name]
	if t == nil {
		return nil, fmt.Errorf("there is no template %s", name)
	}
	return t, nil
}

// functions are what templates may call.
func (s *Site) functions() template.FuncMap {
	return template.FuncMap{
		"asset": s.assetPath,
		"day": func(t any) string {
			if at := timeOf(t); !at.IsZero() {
				return at.UTC().Format(time.DateOnly)
			}
			return "unknown"
		},
		"moment": func(t any) string {
			if at := timeOf(t); !at.IsZero() {
				return at.UTC().Format("2006-01-02 15:04") + " UTC"
			}
			return "–"
		},
		"machine": func(t any) string { return timeOf(t).UTC().Format(time.RFC3339) },
		"plain":   func(g screening.Grade) string { return g.Plain() },
		"percent": func(f float64) string { return fmt.Sprintf("%.2f", f) },
		"number":  number,
		"words":   func(s any) string { return strings.ReplaceAll(fmt.Sprint(s), "_", " ") },
		"join":    strings.Join,
		"split":   strings.Fields,
		"has":     func(all []string, one string) bool { return slices.Contains(all, one) },
		"grades": func() []screening.Grade {
			return []screening.Grade{screening.Escalate, screening.Review, screening.Note, screening.Clear}
		},
		"rows":      func(c screening.Counts, g screening.Grade) int { return c.Rows[g] },
		"counted":   func(c map[screening.ChangeKind]int, kind screening.ChangeKind) int { return c[kind] },
		"megabytes": func(n int64) string { return number(n>>20) + " MB" },
		"short": func(s string) string {
			if len(s) > 12 {
				return s[:12]
			}
			return s
		},
	}
}

func timeOf(v any) time.Time {
	switch t := v.(type) {
	case time.Time:
		return t
	case *time.Time:
		if t != nil {
			return *t
		}
	}
	return time.Time{}
}

// number writes 35990 as 35,990.
func number(v any) string {
	s := fmt.Sprint(v)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// asset is one file of static, under a name that has its hash in it.
type asset struct {
	body []byte
	kind string
}

var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".ico": "image/x-icon"}

func (s *Site) loadStatic() error {
	s.static, s.assets = map[string]*asset{}, map[string]string{}
	return fs.WalkDir(staticFiles, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := staticFiles.ReadFile(name)
		if err != nil {
			return err
		}
		ext := path.Ext(name)
		if kinds[ext] == "" {
			return fmt.Errorf("static file %s: its kind is not known", name)
		}
		base := strings.TrimSuffix(path.Base(name), ext)
		sum := sha256.Sum256(body)
		hashed := base + "." + hex.EncodeToString(sum[:6]) + ext
		s.static[hashed], s.assets[base+ext] = &asset{body, kinds[ext]}, "/static/"+hashed
		return nil
	})
}

func (s *Site) assetPath(name string) (string, error) {
	if to := s.assets[name]; to != "" {
		return to, nil
	}
	return "", fmt.Errorf("there is no static file %s", name)
}

// serveStatic serves a file that never changes under its name.
func (s *Site) serveStatic(w http.ResponseWriter, r *http.Request) {
	a := s.static[r.PathValue("name")]
	if a == nil {
		s.tell(&Request{Request: r, W: w, ID: requestID(r), site: s}, missing)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(a.body)
}
