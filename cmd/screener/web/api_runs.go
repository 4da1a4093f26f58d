package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
)

// apiRun is a run as programs are told of it.
type apiRun struct {
	ID       string            `json:"id"`
	State    string            `json:"state"` // finished, or how its job stands
	By       string            `json:"by"`
	Version  string            `json:"version"`
	Started  time.Time         `json:"started"`
	Finished *time.Time        `json:"finished"`
	Inputs   []screening.Input `json:"inputs"`
	Counts   screening.Counts  `json:"counts"`
	// What a list of runs leaves out.
	Editions   []screening.EditionUsed `json:"editions,omitempty"`
	NotChecked []string                `json:"not_checked,omitempty"`
	Policy     *screening.Policy       `json:"policy,omitempty"`
	Job        *apiJob                 `json:"job,omitempty"`
}

func apiRunOf(run *screening.Run) apiRun {
	out := apiRun{
		ID: run.ID, State: "finished", By: run.By, Version: run.Version, Started: run.Started.UTC(), Finished: &run.Finished,
		Inputs: slices.Clone(run.Inputs), Counts: run.Counts,
	}
	if out.Inputs == nil {
		out.Inputs = []screening.Input{}
	}
	if out.Counts.Rows == nil {
		out.Counts.Rows = map[screening.Grade]int{}
	}
	if run.Finished.IsZero() {
		out.State, out.Finished = "open", nil
	}
	return out
}

// page is some of many things, and where to go on.
type page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"` // the cursor of the next page; null on the last one
}

// pageOf cuts what was asked for one too many of.
func pageOf[T any](items []T, limit int, cursor func(T) string) page[T] {
	p := page[T]{Items: items}
	if len(items) > limit {
		p.Items = items[:limit]
		next := cursor(p.Items[limit-1])
		p.Next = &next
	}
	if p.Items == nil {
		p.Items = []T{}
	}
	return p
}

var apiRuns = Page{
	Pattern: "GET /api/v1/runs", Doc: "The screenings, newest first.", Needs: seesRuns,
	Serve: func(r *Request) error {
		p := newParameters(r.URL.Query())
		limit, cursor := p.number("limit", 50, 1, 200), p.text("cursor")
		if err := p.done(); err != nil {
			return err
		}
		runs, err := jobs.Runs(r.Context(), r.Env, r.Viewer, cursor, limit+1)
		if err != nil {
			return err
		}
		var out []apiRun
		for _, run := range runs {
			out = append(out, apiRunOf(run))
		}
		return r.JSON(http.StatusOK, pageOf(out, limit, func(run apiRun) string { return run.ID }))
	},
}

var apiRunPage = Page{
	Pattern: "GET /api/v1/runs/{id}", Doc: "One screening: its inputs as they were read, its lists, its counts, its job.", Needs: seesRuns,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		id := r.PathValue("id")
		run, err := jobs.Run(r.Context(), r.Env, r.Viewer, id)
		if err != nil {
			return err
		}
		out := apiRunOf(run)
		out.Editions, out.NotChecked, out.Policy = run.Editions, run.NotChecked, run.Policy
		tasks, err := jobs.Tasks(r.Context(), r.Env, store.TaskFilter{Run: id, Limit: 1})
		if err != nil {
			return err
		}
		if len(tasks) > 0 {
			job := r.apiJobOf(tasks[0])
			out.Job = &job
			if run.Finished.IsZero() {
				out.State = string(tasks[0].State)
			}
		}
		if err := r.Env.Audit(r.Context(), "run.view", "run:"+id, nil); err != nil {
			return err
		}
		return r.JSON(http.StatusOK, out)
	},
}

// Bounds of an upload.
const (
	maxSheets    = 20
	maxFields    = 200
	uploadMemory = 4 << 20 // of it; the rest waits in files
)

var apiRunAdd = Page{
	Pattern: "POST /api/v1/runs", Doc: "Screen spreadsheets: they are put in the queue, and the run and its job named.",
	Needs: []screening.Permission{screening.MaySubmit}, Body: 4 << 30, // the handler has the bound of the configuration
	Serve: serveUpload,
}

// uploads keeps two requests of one idempotency key apart while the first is under way.
var uploads keyedLock

// accepted is what an upload is told, again and again for one key.
type accepted struct {
	Run string `json:"run"`
	Job int64  `json:"job"`
	// Content stands for what was sent, so that a key is not used for two uploads.
	Content string `json:"content,omitempty"`
}

func serveUpload(r *Request) error {
	if err := newParameters(r.URL.Query()).done(); err != nil {
		return err
	}
	ctx := r.Context()
	r.Body = http.MaxBytesReader(r.W, r.Body, r.site.opts.MaxUpload+1<<20)
	if err := r.ParseMultipartForm(uploadMemory); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return &Problem{Status: http.StatusRequestEntityTooLarge, Detail: fmt.Sprintf("The sheets are larger than the %d MB that may be sent.", r.site.opts.MaxUpload>>20)}
		}
		return bad("The body is not multipart/form-data with a file in the field \"file\".")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	opts, err := uploadOptions(r)
	if err != nil {
		return err
	}
	files := r.MultipartForm.File["file"]
	content, err := digest(r.MultipartForm)
	if err != nil {
		return err
	}
	subject := ""
	if key := r.Header.Get("Idempotency-Key"); key != "" {
		if len(key) > 200 {
			return bad("An Idempotency-Key has at most 200 characters.")
		}
		sum := sha256.Sum256([]byte(r.Account().ID + "\x00" + key))
		subject = "upload:" + hex.EncodeToString(sum[:16])
		defer uploads.lock(subject)()
		before, err := r.Env.Store.Audit(ctx, store.AuditFilter{Subject: subject, Action: "run.submit", Limit: 1})
		if err != nil {
			return err
		}
		if len(before) > 0 {
			var was accepted
			if err := json.Unmarshal(before[0].After, &was); err != nil {
				return err
			}
			if was.Content != content {
				return &Problem{Status: http.StatusUnprocessableEntity, Detail: "This Idempotency-Key was used for another upload; make a new one."}
			}
			r.W.Header().Set("Idempotency-Replayed", "true")
			return r.accepted(was)
		}
	}
	var sheets []jobs.Sheet
	for _, f := range files {
		in, err := f.Open()
		if err != nil {
			return err
		}
		defer func() { _ = in.Close() }()
		sheets = append(sheets, jobs.Sheet{Name: f.Filename, R: in})
	}
	done, err := r.submit(sheets, *opts, accepted{Content: content}, subject)
	var unknown *jobs.UnknownList
	if errors.As(err, &unknown) {
		return bad("lists or accept_missing names a list that there is not; GET /api/v1/lists names them.")
	}
	if err != nil {
		return missingLists(err)
	}
	return r.accepted(done)
}

// submit puts sheets into the queue, for the page and the API, and writes it
// down under a subject, "" for the run.
func (r *Request) submit(sheets []jobs.Sheet, opts jobs.ScreenOptions, done accepted, subject string) (accepted, error) {
	var err error
	if done.Run, done.Job, err = jobs.StartScreen(r.Context(), r.Env, sheets, opts, r.Account().Name); err != nil {
		return done, err
	}
	if err := r.Env.Audit(r.Context(), "run.submit", cmp.Or(subject, "run:"+done.Run), done); err != nil {
		return done, errors.Join(err, jobs.Cancel(r.Context(), r.Env, done.Job, r.Account().Name)) // nothing goes on that is not written down
	}
	return done, nil
}

// accepted says where what was begun can be followed.
func (r *Request) accepted(a accepted) error {
	a.Content = ""
	r.W.Header().Set("Location", "/api/v1/runs/"+url.PathEscape(a.Run))
	return r.JSON(http.StatusAccepted, a)
}

// uploadOptions reads the fields beside the files.
func uploadOptions(r *Request) (*jobs.ScreenOptions, error) {
	form := r.MultipartForm
	files := form.File["file"]
	fields := 0
	for name, values := range form.Value {
		if fields += len(values); !slices.Contains([]string{"columns", "lists", "accept_missing", "as_of"}, name) {
			return nil, bad(fmt.Sprintf("There is no field %q; there are file, columns, lists, accept_missing and as_of.", name))
		}
	}
	for name := range form.File {
		if name != "file" {
			return nil, bad("Files are sent in the field \"file\", which may be given several times.")
		}
	}
	switch {
	case len(files) == 0:
		return nil, bad("There is no file: send the sheet in the field \"file\".")
	case len(files) > maxSheets:
		return nil, bad(fmt.Sprintf("At most %d sheets may be sent at once.", maxSheets))
	case fields > maxFields:
		return nil, bad("There are too many fields.")
	}
	for _, f := range files {
		if f.Size == 0 {
			return nil, bad("A file is empty.")
		}
		if ext := strings.ToLower(filepath.Ext(f.Filename)); !slices.Contains([]string{".xlsx", ".xlsm", ".ods", ".csv", ".tsv", ".txt"}, ext) {
			return nil, &Problem{Status: http.StatusUnsupportedMediaType, Detail: "Sheets are read as xlsx, ods, csv, tsv or txt; save it as one of these."}
		}
	}
	columns, err := intake.ParseColumns(form.Value["columns"])
	if err != nil {
		return nil, bad("columns: " + err.Error())
	}
	opts := &jobs.ScreenOptions{Columns: columns, Lists: commaSeparated(form.Value["lists"]), AcceptMissing: commaSeparated(form.Value["accept_missing"])}
	for _, list := range slices.Concat(opts.Lists, opts.AcceptMissing) {
		if !r.Viewer.Sees(list) {
			return nil, bad("lists or accept_missing names a list that there is not; GET /api/v1/lists names them.")
		}
	}
	p := newParameters(form.Value)
	if opts.AsOf = p.time("as_of"); p.err != nil {
		return nil, p.err
	}
	return opts, nil
}

func commaSeparated(values []string) (out []string) {
	for _, v := range values {
		for _, part := range strings.Split(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// digest stands for all that an upload has said.
func digest(form *multipart.Form) (string, error) {
	h := sha256.New()
	for _, name := range []string{"columns", "lists", "accept_missing", "as_of"} {
		for _, v := range form.Value[name] {
			fmt.Fprintf(h, "%s=%d:%s\n", name, len(v), v)
		}
	}
	for _, f := range form.File["file"] {
		fmt.Fprintf(h, "file=%d:%s,%d:", len(f.Filename), f.Filename, f.Size)
		in, err := f.Open()
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, in)
		if err := errors.Join(err, in.Close()); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// keyedLock lets one at a time hold a key.
type keyedLock struct {
	mu   sync.Mutex
	held map[string]*heldKey
}

type heldKey struct {
	sync.Mutex
	waiting int
}

// lock waits for the key and returns what gives it back.
func (l *keyedLock) lock(key string) (unlock func()) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[string]*heldKey{}
	}
	k := l.held[key]
	if k == nil {
		k = &heldKey{}
		l.held[key] = k
	}
	k.waiting++
	l.mu.Unlock()
	k.Lock()
	return func() {
		k.Unlock()
		l.mu.Lock()
		defer l.mu.Unlock()
		if k.waiting--; k.waiting == 0 {
			delete(l.held, key)
		}
	}
}

var apiRunResults = Page{
	Pattern: "GET /api/v1/runs/{id}/results", Doc: "What a run found: one JSON object a line for each party, as screen --format json writes them. The header Link leads to the next rows.",
	Needs: seesRuns, Serve: serveResults,
}

func serveResults(r *Request) error {
	p := newParameters(r.URL.Query())
	limit, cursor := p.number("limit", 1000, 1, 10_000), p.text("cursor")
	grades := p.all("grade")
	for _, g := range grades {
		if !slices.Contains(screening.Grades, screening.Grade(g)) {
			p.fail("grade is clear, note, review or escalate.")
		}
	}
	after, err := parsePlace(cursor)
	if err := cmp.Or(p.done(), err); err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	if _, err := jobs.Run(ctx, r.Env, r.Viewer, id); err != nil {
		return err
	}
	if err := r.Env.Audit(ctx, "run.view", "run:"+id, nil); err != nil {
		return err
	}
	var last screening.Place
	more, rows := false, 0
	var b bytes.Buffer // whole before it is sent: what follows is said in a header
	err = reports.WriteJSON(&b, func(yield func(*screening.Result, error) bool) {
		for res, err := range jobs.ResultsAfter(ctx, r.Env, r.Viewer, id, after) {
			if err == nil && len(grades) > 0 && !slices.Contains(grades, string(res.Grade)) {
				continue
			}
			if err == nil && rows == limit {
				more = true
				return
			}
			if err == nil {
				rows, last = rows+1, res.Partner.Place
			}
			if !yield(res, err) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", "application/x-ndjson")
	if more {
		q := r.URL.Query()
		q.Set("cursor", placeCursor(last))
		h.Set("Link", "<"+(&url.URL{Path: r.URL.Path, RawQuery: q.Encode()}).String()+`>; rel="next"`)
	}
	_, _ = r.W.Write(b.Bytes()) // nobody is listening any more
	return nil
}

// placeCursor and parsePlace carry the last row of a page.
func placeCursor(p screening.Place) string {
	b, err := json.Marshal(p)
	if err != nil { // texts and a number
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func parsePlace(cursor string) (p screening.Place, err error) {
	if cursor == "" {
		return p, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || p.Row < 1 {
		return p, &Problem{Status: http.StatusUnprocessableEntity, Detail: "The cursor is none that was given out."}
	}
	return p, nil
}

var apiRunReport = Page{
	Pattern: "GET /api/v1/runs/{id}/report/{format}", Doc: "The report of a finished run: xlsx, csv or json. Its ETag stands for what is in it.",
	Needs: seesRuns,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		return r.report(r.PathValue("id"), r.PathValue("format"))
	},
}

// apiChange is one difference between two runs, for one party.
type apiChange struct {
	Kind  string         `json:"kind"`
	File  string         `json:"file"`
	Sheet string         `json:"sheet"`
	Row   int            `json:"row"`
	Role  screening.Role `json:"role"`
	Party string         `json:"party"`
	List  string         `json:"list"`
	Name  string         `json:"name"`
	Was   string         `json:"was"`
	Is    string         `json:"is"`
	Why   string         `json:"why"`
}

var apiRunCompare = Page{
	Pattern: "GET /api/v1/runs/{id}/compare/{before}", Doc: "What differs between a run and one before it, party by party.", Needs: seesRuns,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		ctx, after, before := r.Context(), r.PathValue("id"), r.PathValue("before")
		for _, id := range []string{before, after} {
			if _, err := jobs.Run(ctx, r.Env, r.Viewer, id); err != nil {
				return err
			}
			if err := r.Env.Audit(ctx, "run.view", "run:"+id, map[string]string{"compared": before + " " + after}); err != nil {
				return err
			}
		}
		changes, err := jobs.CompareRuns(ctx, r.Env, r.Viewer, before, after)
		if err != nil {
			return err
		}
		out := []apiChange{}
		for _, c := range changes {
			out = append(out, apiChange{c.Kind, c.Place.File, c.Place.Sheet, c.Place.Row, c.Role, c.Party, c.List, c.Name, c.Was, c.Is, c.Why})
		}
		return r.JSON(http.StatusOK, map[string]any{"before": before, "after": after, "changes": out})
	},
}
