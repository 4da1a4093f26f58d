package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/intake"
	"partnerscreen/screening/store"
)

var maySubmit = []screening.Permission{screening.MaySubmit}

var screenPage = Page{
	Pattern: "GET /screen", Doc: "drop a sheet, paste rows, or check one name",
	Needs: maySubmit, Tab: "Screen",
	Serve: func(r *Request) error {
		return r.Render(http.StatusOK, "screen.html", "Screen", struct {
			Problem string
			MB      int64
			Pasted  string
		}{MB: r.site.opts.MaxUpload >> 20})
	},
}

var screenUpload = Page{
	Pattern: "POST /screen", Doc: "keep what was uploaded or pasted, and show how it would be read",
	Needs: maySubmit, Body: -1, // MaxUpload
	Serve: func(r *Request) error {
		d, err := r.receive()
		if err != nil {
			return err
		}
		token, err := r.site.seal("draft", d, r.Env.Now().Add(draftKept))
		if err != nil {
			return err
		}
		return r.Redirect("/screen/columns?" + url.Values{"draft": {token}}.Encode())
	},
}

// draft is a sheet that was handed over and is not screened yet. Sealed, it
// goes through the browser of the one who handed it over.
type draft struct {
	Name    string `json:"name"` // to tell rows apart and to show; never a path
	Hash    string `json:"hash"`
	Account string `json:"account"`
}

// draftKept is how long somebody may look at the columns.
const draftKept = 24 * time.Hour

// pastedName is what pasted rows are called.
const pastedName = "pasted rows.csv"

// receive keeps the one sheet of a form by its content. Its name is only shown.
func (r *Request) receive() (*draft, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, bad("The form came without its sheet; go back and choose one.")
	}
	d := &draft{Account: r.Account().ID}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, bad("No sheet was chosen and nothing was pasted. Go back and do one of the two.")
		}
		if err != nil {
			return nil, err
		}
		switch part.FormName() {
		case "sheet":
			_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
			name := filepath.Base(strings.ReplaceAll(params["filename"], `\`, "/"))
			if params["filename"] == "" {
				continue
			}
			d.Name = name
		case "rows":
			d.Name = pastedName
		default:
			continue
		}
		head := make([]byte, 1)
		if n, err := io.ReadFull(part, head); n == 0 {
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, err
			}
			continue
		}
		content := io.MultiReader(bytes.NewReader(head), part)
		if d.Name == pastedName {
			if content, err = headed(r.Context(), content, r.Env.Limits.Sheet); err != nil {
				return nil, err
			}
		}
		if d.Hash, _, err = r.Env.Store.KeepFile(content); err != nil {
			return nil, err
		}
		return d, nil
	}
}

// headed gives pasted rows a header where they have none: names, one a line,
// and behind a tab the country.
func headed(ctx context.Context, pasted io.Reader, limits intake.Limits) (io.Reader, error) {
	text, err := io.ReadAll(pasted)
	if err != nil {
		return nil, err
	}
	var unread *intake.FileError
	book, err := intake.Read(ctx, pastedName, text, intake.Options{Limits: limits})
	if err == nil {
		return bytes.NewReader(text), book.Close()
	}
	if !errors.As(err, &unread) {
		return nil, err
	}
	header := "Partner\n"
	if bytes.ContainsRune(text, '\t') {
		header = "Partner\tCountry\n"
	}
	return io.MultiReader(strings.NewReader(header), bytes.NewReader(text)), nil
}

// draft reads the sealed draft of a form or an address.
func (r *Request) draft(token string) (*draft, error) {
	var d draft
	if err := r.site.unseal("draft", token, &d, r.Env.Now()); err != nil || d.Account != r.Account().ID {
		return nil, bad("This sheet is not here any more. Choose it again on the page Screen.")
	}
	return &d, nil
}

var columnsPage = Page{
	Pattern: "GET /screen/columns", Doc: "the columns of a sheet as they would be read, to correct before anything runs",
	Needs: maySubmit,
	Serve: func(r *Request) error {
		token := r.URL.Query().Get("draft")
		d, err := r.draft(token)
		if err != nil {
			return err
		}
		return r.columns(http.StatusOK, d, token, nil, "")
	},
}

// sheetView is one sheet of a file on the page of its columns.
type sheetView struct {
	screening.Sheet
	Columns []columnView
	Rows    []rowView
}

type columnView struct {
	Header, Role, Field string // Field is the name of its choice in the form
}

type rowView struct {
	Row   int
	Cells []string
	Error string
	Notes []string
}

// columns shows how a draft would be read.
func (r *Request) columns(status int, d *draft, token string, chosen intake.Columns, problem string) error {
	data := struct {
		Draft   string
		Name    string
		Sheets  []sheetView
		Roles   []string
		Known   bool // the columns were remembered
		Problem string
	}{Draft: token, Name: d.Name, Roles: intake.Roles(), Problem: problem}
	p, err := jobs.PreviewFile(r.Context(), r.Env, d.Name, d.Hash, chosen)
	var unread *intake.FileError
	switch {
	case errors.As(err, &unread):
		return r.Render(http.StatusUnprocessableEntity, "screen.html", "Screen", struct {
			Problem string
			MB      int64
			Pasted  string
		}{Problem: unread.Error(), MB: r.site.opts.MaxUpload >> 20})
	case err != nil:
		return err
	}
	data.Known = chosen == nil && p.Columns != nil
	if !p.Named && problem == "" {
		data.Problem = noNames
	}
	for i, s := range p.Sheets {
		v := sheetView{Sheet: s}
		headers := headersIn(s)
		for k, h := range headers {
			c := columnView{Header: h, Field: "c" + strconv.Itoa(i) + "." + strconv.Itoa(k)}
			for _, m := range s.Columns {
				if m.Header == h {
					c.Role = m.Role
				}
			}
			for _, m := range p.Columns {
				if m.Header == h { // as somebody chose it
					c.Role = m.Role
				}
			}
			v.Columns = append(v.Columns, c)
		}
		for _, row := range p.Rows {
			if row.Sheet != s.Name {
				continue
			}
			rv := rowView{Row: row.Row, Error: row.Error, Notes: row.Notes}
			if !p.Named {
				rv.Error = "" // it is said once, above
			}
			for _, h := range headers {
				at := slices.IndexFunc(row.Cells, func(c screening.Cell) bool { return c.Header == h })
				if at < 0 {
					rv.Cells = append(rv.Cells, "")
				} else {
					rv.Cells = append(rv.Cells, row.Cells[at].Value)
				}
			}
			v.Rows = append(v.Rows, rv)
		}
		data.Sheets = append(data.Sheets, v)
	}
	return r.Render(status, "columns.html", "How "+d.Name+" is read", data)
}

const noNames = "Say which column names the partner, or a funder or another party: nothing can be screened without one."

// headersIn are the headers of a sheet: those that are read, then the others.
func headersIn(s screening.Sheet) []string {
	var out []string
	for _, c := range s.Columns {
		out = append(out, c.Header)
	}
	return append(out, s.Ignored...)
}

var screenStart = Page{
	Pattern: "POST /screen/start", Doc: "screen a sheet that was handed over, its columns as chosen",
	Needs: maySubmit, Body: 1 << 20,
	Serve: func(r *Request) error {
		if err := r.ParseForm(); err != nil {
			return err
		}
		ctx, token := r.Context(), r.PostForm.Get("draft")
		d, err := r.draft(token)
		if err != nil {
			return err
		}
		p, err := jobs.PreviewFile(ctx, r.Env, d.Name, d.Hash, intake.Columns{})
		if err != nil {
			return err
		}
		chosen := r.chosen(p.Sheets)
		if _, again := r.PostForm["look"]; again {
			return r.columns(http.StatusOK, d, token, chosen, "")
		}
		if as, err := jobs.PreviewFile(ctx, r.Env, d.Name, d.Hash, chosen); err != nil || !as.Named {
			return cmp.Or(err, r.columns(http.StatusUnprocessableEntity, d, token, chosen, noNames))
		}
		if err := jobs.RememberColumns(ctx, r.Env, p.Sheets, chosen); err != nil {
			return err
		}
		f, err := r.Env.Store.OpenFile(d.Hash)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		done, err := r.submit([]jobs.Sheet{{Name: d.Name, R: f}}, jobs.ScreenOptions{Columns: chosen, AcceptMissing: r.PostForm["without"]}, accepted{}, "")
		var missing *jobs.MissingLists
		if errors.As(err, &missing) {
			return r.without(d, token, missing)
		}
		if err != nil {
			return err
		}
		return r.Redirect("/runs/" + done.Run)
	},
}

// without asks whether to go on though lists that bind the office cannot be used.
func (r *Request) without(d *draft, token string, missing *jobs.MissingLists) error {
	fields := map[string]string{}
	for k, v := range r.PostForm {
		if strings.HasPrefix(k, "c") && len(v) == 1 {
			fields[k] = v[0]
		}
	}
	return r.Render(http.StatusConflict, "without.html", "Lists that cannot be used", struct {
		Draft   string
		Name    string
		Fields  map[string]string
		Missing []screening.EditionUsed
	}{token, d.Name, fields, missing.Lists})
}

// chosen are the roles the form gives to headers. A header that is recognised
// and was set to none is mapped to that.
func (r *Request) chosen(sheets []screening.Sheet) intake.Columns {
	out := intake.Columns{}
	changed := false
	for i, s := range sheets {
		for k, h := range headersIn(s) {
			role := r.PostForm.Get("c" + strconv.Itoa(i) + "." + strconv.Itoa(k))
			found := "Not used"
			for _, c := range s.Columns {
				if c.Header == h {
					found = c.Role
				}
			}
			m := intake.Mapping{Role: role, Header: h}
			if !slices.Contains(intake.Roles(), role) || (role == "Not used" && found == role) || slices.Contains(out, m) {
				continue
			}
			changed = changed || role != found
			out = append(out, m)
		}
	}
	if !changed {
		return intake.Columns{} // as it is recognised
	}
	return out
}

// progressOf is how far the job of an unfinished run is; nil where no job makes it.
func (r *Request) progressOf(run string) (*store.Task, error) {
	id, err := jobs.TaskOfRun(r.Context(), r.Env, run)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return jobs.Task(r.Context(), r.Env, id)
}
