package web

import (
	"bytes"
	"context"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// upload sends a form with one file, as the page Screen does.
func (b *browser) upload(field, name, content string) *httptest.ResponseRecorder {
	b.o.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, name)
	if field == "rows" {
		part, err = form.CreateFormField(field)
	}
	if err != nil {
		b.o.t.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = form.Close()
	r := httptest.NewRequest("POST", "/screen", &body)
	r.RemoteAddr, r.Host = b.address, "127.0.0.1:8080"
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.o.site.ServeHTTP(w, r)
	return w
}

var selects = regexp.MustCompile(`<select name="(c[0-9.]+)" aria-label="([^"]*) is read as">(.*?)</select>`)

// roles are the choices of the page of columns: by header, its field and what is chosen.
func rolesOn(page string) map[string][2]string {
	out := map[string][2]string{}
	for _, m := range selects.FindAllStringSubmatch(page, -1) {
		chosen := regexp.MustCompile(`<option(?: value="[^"]*")? selected>([^<]*)<`).FindStringSubmatch(m[3])
		role := ""
		if chosen != nil {
			role = html.UnescapeString(chosen[1])
		}
		out[html.UnescapeString(m[2])] = [2]string{m[1], role}
	}
	return out
}

func (o *office) work() {
	o.t.Helper()
	ctx, stop := context.WithCancel(o.t.Context())
	done := make(chan error, 1)
	go func() { done <- jobs.Work(ctx, o.env, jobs.WorkOptions{}) }()
	o.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && ctx.Err() == nil {
			o.t.Errorf("the worker: %v", err)
		}
	})
}

func TestScreenASheet(t *testing.T) {
	o := newOffice(t, Options{})
	o.publish(openList, scriptParty, "Ostrelle Microwave Labs")
	o.publish(secretList, secretParty)
	o.work()
	sam := o.as(o.account("sam", screening.Submitter))

	const sheet = "Who,Where,Country\nOstrelle Microwave Labs,Zelmar,Peru\n" + `"` + scriptParty + `",Oster,` + "\n"
	w := sam.upload("sheet", `..\..\secret/partners <b>.csv`, sheet)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("upload: %d %s", w.Code, w.Body)
	}
	columns := sam.get(w.Header().Get("Location"))
	if columns.Code != http.StatusOK {
		t.Fatalf("a sheet whose columns have to be said is not shown: %s", columns.Body)
	}
	page := columns.Body.String()
	if strings.Contains(page, scriptParty) || strings.Contains(page, "partners <b>") {
		t.Error("a name in the sheet came back as markup")
	}
	roles := rolesOn(page)
	if roles["Country"][1] == "" || roles["Who"][0] == "" {
		t.Fatalf("the columns found: %v", roles)
	}
	draft := regexp.MustCompile(`name="draft" value="([^"]+)"`).FindStringSubmatch(page)[1]
	form := url.Values{"draft": {draft}}
	for header, c := range roles {
		form.Set(c[0], c[1])
		if header == "Who" {
			form.Set(c[0], "Partner")
		}
		if header == "Where" {
			form.Set(c[0], "City")
		}
	}

	if w := sam.post("/screen/start", url.Values{"draft": {draft}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Say which column") {
		t.Errorf("started without a column that names parties: %d", w.Code)
	}
	// Somebody else cannot use what sam handed over.
	if w := o.as(o.account("eve", screening.Submitter)).post("/screen/start", form); w.Code != http.StatusBadRequest {
		t.Errorf("eve started sam's sheet: %d", w.Code)
	}
	w = sam.post("/screen/start", form)
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/runs/") {
		t.Fatalf("start: %d %s", w.Code, w.Body)
	}
	run := w.Header().Get("Location")
	deadline := time.Now().Add(30 * time.Second)
	for {
		page = sam.get(run).Body.String()
		if strings.Contains(page, "/report/xlsx") {
			break
		}
		if !strings.Contains(page, "data-live") || time.Now().After(deadline) {
			t.Fatalf("the run neither goes on nor ends:\n%s", page)
		}
		time.Sleep(50 * time.Millisecond) // a page is asked again; there is nothing to be told by
	}
	if !strings.Contains(page, "Ostrelle Microwave Labs") || !strings.Contains(page, "2 screened") {
		t.Errorf("the finished run does not show its rows:\n%s", page)
	}

	// The next sheet with these headers is read as this one was.
	w = sam.upload("sheet", "again.csv", sheet)
	if again := rolesOn(sam.get(w.Header().Get("Location")).Body.String()); again["Who"][1] != "Partner" || again["Where"][1] != "City" {
		t.Errorf("the columns were not remembered: %v", again)
	}
}

func TestScreenWhatCannotBeRead(t *testing.T) {
	o := newOffice(t, Options{MaxUpload: 1 << 20})
	o.publish(openList, "Ostrelle Microwave Labs")
	sam := o.as(o.account("sam", screening.Submitter))
	for _, tc := range []struct {
		name, field, file, content string
		code                       int
		says                       string
	}{
		{"a PDF with the name of a workbook", "sheet", "a.xlsx", "%PDF-1.7 …", http.StatusUnprocessableEntity, "PDF"},
		{"nothing in it", "sheet", "empty.csv", "", http.StatusBadRequest, "No sheet was chosen"},
		{"more than may be sent", "sheet", "big.csv", "Partner\n" + strings.Repeat("Ostrelle Microwave Labs\n", 60_000), http.StatusRequestEntityTooLarge, ""},
		{"names pasted without a header", "rows", "", "Ostrelle Microwave Labs\nPlain Meadow School", http.StatusOK, "Plain Meadow School"},
		{"rows pasted with countries", "rows", "", "Ostrelle Microwave Labs\tPeru\nPlain Meadow School\tIceland", http.StatusOK, "Iceland"},
	} {
		w := sam.upload(tc.field, tc.file, tc.content)
		if to := w.Header().Get("Location"); to != "" {
			w = sam.get(to)
		}
		if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.says) {
			t.Errorf("%s: %d, want %d with %q:\n%s", tc.name, w.Code, tc.code, tc.says, w.Body)
		}
	}
}
