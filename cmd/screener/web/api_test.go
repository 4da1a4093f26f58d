package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// working starts a worker and returns what stops it.
func working(t *testing.T, env *jobs.Env) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := jobs.Work(ctx, env, jobs.WorkOptions{Beat: 100 * time.Millisecond, Ready: sync.OnceFunc(func() { close(ready) })}); err != nil {
			t.Error(err)
		}
	})
	<-ready
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	return stop
}

// upload is a form with sheets in it.
type upload struct {
	files  [][2]string // name, content
	fields [][2]string
	key    string
}

// send uploads sheets and reads the answer.
func (c *client) send(u upload, out any) (int, http.Header) {
	c.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, f := range u.fields {
		if err := form.WriteField(f[0], f[1]); err != nil {
			c.t.Fatal(err)
		}
	}
	for _, f := range u.files {
		w, err := form.CreateFormFile("file", f[0])
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			c.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		c.t.Fatal(err)
	}
	with := *c
	with.header = c.header.Clone()
	if u.key != "" {
		with.header.Set("Idempotency-Key", u.key)
	}
	status, header, answer := with.raw("POST", "/api/v1/runs", asSent{form.FormDataContentType(), b.Bytes()})
	if err := json.Unmarshal(answer, out); err != nil {
		c.t.Fatalf("status %d, no JSON: %s", status, answer)
	}
	return status, header
}

// asSent is a body of a kind of its own.
type asSent struct {
	kind string
	body []byte
}

type startedRun struct {
	Run    string `json:"run"`
	Job    int64  `json:"job"`
	Detail string `json:"detail"`
}

// finished waits for a job to have ended well.
func (c *client) finished(job int64) apiJob {
	c.t.Helper()
	var j apiJob
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if status, _ := c.ask("GET", fmt.Sprintf("/api/v1/jobs/%d", job), nil, &j); status != 200 {
			c.t.Fatalf("job %d: status %d", job, status)
		}
		if j.State.Ended() {
			break
		}
	}
	if j.State != "done" {
		c.t.Fatalf("job %d is %s: %s", job, j.State, j.Reason)
	}
	return j
}

const partnersSheet = `Partner,Country,Reference
Tambrel Research and Design Bureau,RU,R-1
Ulmara College,NO,R-2
,,R-3
Quillmere Polytechnic University,CN,R-4
Ostrelle Microwave Laboratories,AE,R-5
Marrowick Instruments,IE,R-6
`

// TestTheAPIAtWork goes through what a research office's programs do: send
// sheets, follow the job, read results, decide, look after lists, jobs and
// collaborations. Every answer is held against the document, and at the end
// every address of the document has been met.
func TestTheAPIAtWork(t *testing.T) {
	doc, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	env, from := listedFrom(t)
	env.Restricted = map[string][]screening.AccountRole{"letters": {screening.Reviewer}}
	env.Samples = false // a list that shrank is held back
	var ticks atomic.Int64
	env.Now = func() time.Time { return listsNow.Add(time.Duration(ticks.Add(1)) * time.Second) }
	stop := working(t, env)
	sam := program(t, env, screening.Submitter)
	ria := colleague(t, env, sam.base, "ria", screening.Reviewer)
	sec := colleague(t, env, sam.base, "sec", screening.SecondReviewer, screening.Reviewer)
	lis := colleague(t, env, sam.base, "lis", screening.ListManager, screening.Reviewer)
	adm := colleague(t, env, sam.base, "adm", screening.Administrator)
	if status, _, _ := sam.raw("GET", "/api/v1/openapi.json", nil); status != 200 {
		t.Errorf("the document: %d", status)
	}

	// A sheet is sent, and sent again as a program does that has had no answer.
	var first, again, other startedRun
	status, header := sam.send(upload{files: [][2]string{{"partners.csv", partnersSheet}}, key: "monday"}, &first)
	if status != 202 || first.Run == "" || header.Get("Location") != "/api/v1/runs/"+first.Run {
		t.Fatalf("sending a sheet: %d %+v, Location %q", status, first, header.Get("Location"))
	}
	status, header = sam.send(upload{files: [][2]string{{"partners.csv", partnersSheet}}, key: "monday"}, &again)
	if status != 202 || again != first || header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("sent again: %d %+v, want %+v", status, again, first)
	}
	if status, _ := sam.send(upload{files: [][2]string{{"partners.csv", partnersSheet + "X,,R-7\n"}}, key: "monday"}, &other); status != 422 {
		t.Errorf("another sheet under the same key: %d", status)
	}
	if status, _ := ria.send(upload{files: [][2]string{{"hers.csv", "Partner\nUlmara College\n"}}, key: "monday"}, &other); status != 202 || other.Run == first.Run {
		t.Errorf("somebody else's key: %d, run %s", status, other.Run)
	}
	job := sam.finished(first.Job)
	if job.Run != first.Run || job.Kind != "screen" {
		t.Errorf("the job: %+v", job)
	}
	ria.finished(other.Job)

	// The run, as who sent it sees it and as a reviewer does.
	var run apiRun
	if status, _ := sam.ask("GET", "/api/v1/runs/"+first.Run, nil, &run); status != 200 || run.State != "finished" {
		t.Fatalf("the run: %d %+v", status, run)
	}
	if run.Counts.RowsIn != 6 || run.Counts.RowsRejected != 1 || run.Inputs[0].File != "partners.csv" || run.Counts.Rows[screening.Escalate] != 2 {
		t.Errorf("its counts: %+v, inputs %+v", run.Counts, run.Inputs)
	}
	if slices.ContainsFunc(run.Editions, func(e screening.EditionUsed) bool { return e.List == "letters" }) {
		t.Error("who sent the sheet is told of a list that is closed to them")
	}
	var runs struct {
		Items []apiRun
		Next  *string
	}
	if sam.ask("GET", "/api/v1/runs", nil, &runs); len(runs.Items) != 1 || runs.Items[0].ID != first.Run {
		t.Errorf("sam's runs: %+v", runs.Items)
	}
	var met []string
	for path := "/api/v1/runs?limit=1"; ; {
		runs.Next = nil
		ria.ask("GET", path, nil, &runs)
		met = append(met, runs.Items[0].ID)
		if runs.Next == nil {
			break
		}
		path = "/api/v1/runs?limit=1&cursor=" + *runs.Next
	}
	if !slices.Equal(met, []string{other.Run, first.Run}) {
		t.Errorf("ria's runs, page by page: %v, want %v", met, []string{other.Run, first.Run})
	}

	// The results page by page are the report in JSON.
	report := readAll(sam, "/api/v1/runs/"+first.Run+"/report/json")
	var pages []byte
	path := "/api/v1/runs/" + first.Run + "/results?limit=2"
	for n := 0; path != "" && n < 10; n++ {
		_, header, b := sam.raw("GET", path, nil)
		pages = append(pages, b...)
		link, ok := strings.CutPrefix(header.Get("Link"), "<")
		path, _, _ = strings.Cut(link, ">")
		if !ok {
			path = ""
		}
	}
	if !bytes.Equal(pages, report) || bytes.Count(report, []byte("\n")) != 6 {
		t.Errorf("the pages are not the report:\n%s\n%s", pages, report)
	}
	if flagged := readAll(sam, "/api/v1/runs/"+first.Run+"/results?grade=escalate"); bytes.Count(flagged, []byte("\n")) != 2 {
		t.Errorf("the escalated rows: %s", flagged)
	}
	// Looked at twice, a report is not made twice.
	for _, format := range []string{"json", "csv", "xlsx"} {
		at := "/api/v1/runs/" + first.Run + "/report/" + format
		_, header, b := sam.raw("GET", at, nil)
		knows := *sam
		knows.header = sam.header.Clone()
		knows.header.Set("If-None-Match", header.Get("ETag"))
		if status, _, body := knows.raw("GET", at, nil); status != 304 || len(body) > 0 || len(b) == 0 || header.Get("Content-Disposition") == "" {
			t.Errorf("%s again: %d, %d bytes", format, status, len(body))
		}
	}

	// Next week's sheet, and what differs.
	var second startedRun
	sam.send(upload{
		files:  [][2]string{{"partners.csv", strings.Replace(partnersSheet, "Ulmara College,NO", "Pellworm Avionics Supply,US", 1)}},
		fields: [][2]string{{"lists", "us_ofac_sdn,us_trade_csl"}, {"columns", "Partner=Partner"}, {"accept_missing", "us_ofac_sdn"}},
	}, &second)
	sam.finished(second.Job)
	var changes struct{ Changes []apiChange }
	if sam.ask("GET", "/api/v1/runs/"+second.Run+"/compare/"+first.Run, nil, &changes); !slices.ContainsFunc(changes.Changes, func(c apiChange) bool {
		return c.Kind == "new match" && c.Party == "Pellworm Avionics Supply" && c.List == "us_trade_csl"
	}) {
		t.Errorf("what differs: %+v", changes.Changes)
	}

	// Open matches; one is decided by two people.
	matches := func(c *client, query string) (out []apiMatch) {
		t.Helper()
		var page struct {
			Items []apiMatch
			Next  *string
		}
		if status, _ := c.ask("GET", "/api/v1/matches?"+query, nil, &page); status != 200 {
			t.Fatalf("matches?%s: %d", query, status)
		}
		return page.Items
	}
	if got := matches(ria, "run="+first.Run+"&grade=escalate"); len(got) != 2 {
		t.Fatalf("escalated matches: %+v", got)
	}
	if got := matches(ria, "run="+first.Run+"&list=letters"); len(got) != 1 || got[0].Party != "Marrowick Instruments" {
		t.Errorf("matches on the closed list: %+v", got)
	}
	if got := matches(sam, "run="+first.Run); slices.ContainsFunc(got, func(m apiMatch) bool { return m.Match.List == "letters" }) {
		t.Errorf("who sent the sheet sees a match on a closed list: %+v", got)
	}
	if got := matches(ria, "control=export_licence&owner=export+control"); len(got) != 1 || got[0].Party != "Quillmere Polytechnic University" || got[0].Run != second.Run {
		t.Errorf("matches under a control, of the newest run: %+v", got)
	}
	tambrel := matches(ria, "run="+first.Run+"&list=us_ofac_sdn&grade=escalate")[0]
	verdict := map[string]any{"run": first.Run, "key": tambrel.Match.Key, "verdict": "false_positive", "reason": "different_place", "note": "in another town", "expires": "2027-06-30"}
	var decided struct {
		Decisions []string
		Waiting   bool
		Detail    string
	}
	for _, x := range []struct {
		who    *client
		change map[string]any
		status int
		detail string
	}{
		{sam, nil, 403, "may not"},
		{ria, map[string]any{"reason": "same_identifier"}, 409, "wants a reason"},
		{ria, map[string]any{"reason": "other", "note": ""}, 409, "wants a note"},
		{ria, map[string]any{"verdict": "maybe"}, 409, "no such verdict"},
		{ria, map[string]any{"expires": "2020-01-01"}, 409, "past"},
		{ria, map[string]any{"expires": "soon"}, 400, "day"},
		{ria, map[string]any{"key": "none"}, 404, "nothing"},
		{ria, map[string]any{"run": "none"}, 404, "nothing"},
		{ria, map[string]any{"except": []map[string]string{{"list": "us_ofac_sdn", "entity": "9000106"}}}, 409, "nothing is left"},
	} {
		body := map[string]any{}
		for k, v := range verdict {
			body[k] = v
		}
		for k, v := range x.change {
			body[k] = v
		}
		if status, _ := x.who.ask("POST", "/api/v1/decisions", body, &decided); status != x.status || !strings.Contains(decided.Detail, x.detail) {
			t.Errorf("deciding with %v: %d %q, want %d with %q", x.change, status, decided.Detail, x.status, x.detail)
		}
	}
	if status, _ := ria.ask("POST", "/api/v1/decisions", verdict, &decided); status != 201 || !decided.Waiting || len(decided.Decisions) != 1 {
		t.Fatalf("the first word: %d %+v", status, decided)
	}
	if got := matches(ria, "run="+first.Run+"&state=waiting"); len(got) != 1 || got[0].Match.Key != tambrel.Match.Key {
		t.Errorf("what waits for a second word: %+v", got)
	}
	checked := func(c *client) (out struct {
		Grade   screening.Grade
		Matches []screening.Match
		Lists   []screening.EditionUsed
	}) {
		t.Helper()
		if status, _ := c.ask("POST", "/api/v1/check", map[string]any{"name": "Tambrel Research and Design Bureau", "country": "Russia"}, &out); status != 200 {
			t.Fatalf("check: %d", status)
		}
		return out
	}
	if got := checked(sam); got.Grade != screening.Escalate {
		t.Errorf("after one word the name has the grade %s", got.Grade)
	}
	if status, _ := lis.ask("POST", "/api/v1/decisions", verdict, &decided); status != 409 || !strings.Contains(decided.Detail, "second reviewer") {
		t.Errorf("a second word of one who is no second reviewer: %d %q", status, decided.Detail)
	}
	if status, _ := sec.ask("POST", "/api/v1/decisions", verdict, &decided); status != 201 || decided.Waiting {
		t.Errorf("the second word: %d %+v", status, decided)
	}
	if got := matches(ria, "run="+first.Run+"&state=decided"); len(got) != 1 {
		t.Errorf("what is decided: %+v", got)
	}
	if got := checked(ria); got.Grade != screening.Note || got.Matches[0].Decision == nil || got.Matches[0].Decision.Note != "in another town" {
		t.Errorf("a reviewer is told %s, %+v", got.Grade, got.Matches)
	}
	if got := checked(sam); got.Grade != screening.Note || got.Matches[0].Decision != nil {
		t.Errorf("who submits is told %s, and of the reviewer's words %+v", got.Grade, got.Matches[0].Decision)
	}

	// The decisions, one, and back again.
	var decisions struct {
		Items []jobs.DecisionStatus
		Next  *string
	}
	if status, _ := ria.ask("GET", "/api/v1/decisions?all=true&limit=1", nil, &decisions); status != 200 || len(decisions.Items) != 1 || decisions.Next == nil {
		t.Fatalf("the decisions: %d %+v", status, decisions)
	}
	if ria.ask("GET", "/api/v1/decisions?all=true&cursor="+*decisions.Next, nil, &decisions); len(decisions.Items) != 1 || decisions.Items[0].Actor != "sec" {
		t.Errorf("the next of the decisions: %+v", decisions.Items)
	}
	one := decided.Decisions[0]
	if b := readAll(ria, "/api/v1/decisions/"+one); !bytes.Contains(b, []byte(`"candidate":{`)) {
		t.Errorf("one decision has not both sides: %s", b)
	}
	var out struct{ Detail string }
	if status, _ := ria.ask("POST", "/api/v1/decisions/"+one+"/revoke", map[string]string{"why": " "}, &out); status != 400 {
		t.Errorf("taking it back without a reason: %d", status)
	}
	for _, want := range []int{200, 409} {
		if status, _ := ria.ask("POST", "/api/v1/decisions/"+one+"/revoke", map[string]string{"why": "seen too early"}, &out); status != want {
			t.Errorf("taking it back: %d, want %d", status, want)
		}
	}
	// A question to who submitted it, and back.
	var asked struct {
		Asked int
		Job   int64
	}
	asking := map[string]any{"run": verdict["run"], "key": verdict["key"], "verdict": "needs_information", "reason": "answer_awaited", "question": map[string]string{"text": "Which department?"}}
	if status, _ := ria.ask("POST", "/api/v1/decisions", asking, &asked); status != 201 || asked.Asked != 1 {
		t.Fatalf("asking: %d %+v", status, asked)
	}
	var questions []screening.Asked
	if status, _ := sam.ask("GET", "/api/v1/questions?state=open", nil, &questions); status != 200 || len(questions) != 1 || questions[0].Reviewer != "" {
		t.Fatalf("sam's questions: %d %+v", status, questions)
	}
	if status, _ := sam.ask("POST", "/api/v1/questions/"+questions[0].ID+"/answer", map[string]string{"answer": "Physics"}, &asked); status != 202 {
		t.Fatalf("answering: %d %+v", status, asked)
	}
	sam.finished(asked.Job)
	if status, _ := ria.ask("GET", "/api/v1/questions?run="+questions[0].Upload, nil, &questions); status != 200 || len(questions) != 1 || questions[0].Reply.Text != "Physics" || questions[0].Reviewer != "ria" {
		t.Errorf("ria's questions: %d %+v", status, questions)
	}
	if got := checked(sam); got.Grade != screening.Escalate {
		t.Errorf("taken back, the name has the grade %s", got.Grade)
	}

	// Lists: a new edition, what changed, and one that is held back and let in.
	publish := func(lines ...string) {
		t.Helper()
		head := "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,program_ids,dataset,first_seen,last_seen,last_change\n"
		if err := os.WriteFile(filepath.Join(from, "letters", "targets.simple.csv"), []byte(head+strings.Join(lines, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := jobs.Refresh(t.Context(), env, jobs.RefreshOptions{From: from, Lists: []string{"letters"}}); err != nil {
			t.Fatal(err)
		}
	}
	publish("L-1,Organization,Marrowick Instruments,Marrowick Optical,,ie,,,,,,,,,,\n", "L-3,Organization,Zephyrine Foundry,,,fr,,,,,,,,,,\n")
	changed := readAll(lis, "/api/v1/lists/letters/changes")
	for _, want := range []string{`"change":"added"`, `"change":"removed"`, `"change":"changed"`} {
		if !bytes.Contains(changed, []byte(want)) {
			t.Errorf("the changes lack %s: %s", want, changed)
		}
	}
	if status, _ := lis.ask("GET", "/api/v1/lists/letters/changes?from=7", nil, &out); status != 404 || !strings.Contains(out.Detail, "no edition 7") {
		t.Errorf("changes of an edition there is not: %d %q", status, out.Detail)
	}
	var long []string
	for i := range 60 {
		long = append(long, fmt.Sprintf("M-%d,Organization,Halvard Works %d,,,ie,,,,,,,,,,\n", i, 100+i))
	}
	publish(long...)
	publish(long[0])
	var all []jobs.ListStatus
	lis.ask("GET", "/api/v1/lists", nil, &all)
	at := slices.IndexFunc(all, func(l jobs.ListStatus) bool { return l.List == "letters" })
	if at < 0 || all[at].State != "quarantined" {
		t.Fatalf("the lists: %+v", all)
	}
	if status, _ := lis.ask("POST", "/api/v1/lists/letters/accept", map[string]any{"why": ""}, &out); status != 400 {
		t.Errorf("letting an edition in without a reason: %d", status)
	}
	if status, _ := lis.ask("POST", "/api/v1/lists/letters/accept", map[string]any{"why": "most letters were withdrawn"}, &out); status != 200 {
		t.Errorf("letting an edition in: %d %s", status, out.Detail)
	}
	if b := readAll(lis, "/api/v1/lists/letters"); !bytes.Contains(b, []byte(`"who":"lis"`)) {
		t.Errorf("the list does not say who let its edition in: %s", b)
	}
	if status, _ := lis.ask("POST", "/api/v1/lists/letters/accept", map[string]any{"why": "once more"}, &out); status != 409 {
		t.Errorf("letting in what is not held back: %d", status)
	}

	// Jobs, while nobody works.
	stop()
	var begun struct {
		Job    int64
		Detail string
	}
	if status, _ := lis.ask("POST", "/api/v1/jobs", map[string]any{"kind": "refresh", "lists": []string{"letters"}}, &begun); status != 202 {
		t.Fatalf("starting a refresh: %d %s", status, begun.Detail)
	}
	for _, body := range []map[string]any{{"kind": "screen"}, {"kind": "refresh", "lists": []string{"nowhere"}}, {"kind": "rescreen", "lists": []string{"letters"}}} {
		if status, _ := lis.ask("POST", "/api/v1/jobs", body, &out); status != 400 && status != 403 {
			t.Errorf("starting %v: %d", body, status)
		}
	}
	if status, _ := adm.ask("POST", "/api/v1/jobs", map[string]any{"kind": "rescreen", "full": true}, &out); status != 202 {
		t.Errorf("starting a rescreening: %d %s", status, out.Detail)
	}
	number := strconv.FormatInt(begun.Job, 10)
	if status, _ := sam.ask("GET", "/api/v1/jobs/"+number, nil, &out); status != 404 {
		t.Errorf("who submits sees a refresh: %d", status)
	}
	if b := readAll(adm, "/api/v1/jobs/"+number); bytes.Contains(b, []byte("letters")) {
		t.Errorf("an administrator is told of a closed list: %s", b)
	}
	if b := readAll(lis, "/api/v1/jobs?state=waiting&state=running&kind=refresh"); !bytes.Contains(b, []byte(`"lists":["letters"]`)) {
		t.Errorf("what waits: %s", b)
	}
	for _, x := range []struct {
		do     string
		status int
		state  string
	}{{"cancel", 200, "cancelled"}, {"cancel", 409, ""}, {"retry", 200, "waiting"}, {"retry", 200, "waiting"}, {"cancel", 200, "cancelled"}} {
		var j apiJob
		if status, _ := adm.ask("POST", "/api/v1/jobs/"+number+"/"+x.do, "", &j); status != x.status || string(j.State) != x.state && x.status == 200 {
			t.Errorf("%s: %d %s, want %d %s", x.do, status, j.State, x.status, x.state)
		}
	}
	if status, _ := ria.ask("POST", fmt.Sprintf("/api/v1/jobs/%d/cancel", first.Job), "", &out); status != 403 {
		t.Errorf("ending somebody else's screening: %d", status)
	}

	// Collaborations: the rows of the sheets, and one that is over.
	var watched struct {
		Items []screening.Collaboration
		Next  *string
	}
	if status, _ := ria.ask("GET", "/api/v1/collaborations?limit=2", nil, &watched); status != 200 || len(watched.Items) != 2 || watched.Next == nil {
		t.Fatalf("the collaborations: %d %+v", status, watched)
	}
	if ria.ask("GET", "/api/v1/collaborations?grade=escalate&search=Tambrel", nil, &watched); len(watched.Items) != 1 {
		t.Fatalf("one collaboration: %+v", watched.Items)
	}
	at1 := fmt.Sprintf("/api/v1/collaborations/%d", watched.Items[0].ID)
	if b := readAll(ria, at1); !bytes.Contains(b, []byte(`"history":[{`)) {
		t.Errorf("one collaboration: %s", b)
	}
	if status, _ := ria.ask("POST", at1+"/end", map[string]string{"why": ""}, &out); status != 400 {
		t.Errorf("ending it without a reason: %d", status)
	}
	for range 2 { // said twice is said once
		var ended screening.Collaboration
		if status, _ := ria.ask("POST", at1+"/end", map[string]string{"why": "the grant ended"}, &ended); status != 200 || ended.Ended == nil || ended.Ended.Who != "ria" {
			t.Errorf("ending it: %d %+v", status, ended.Ended)
		}
	}

	// Names and pairs of names.
	for _, x := range []struct {
		body   map[string]any
		status int
	}{
		{map[string]any{"name": "Mehrtash Darvishan", "type": "person", "birth_date": "1965", "lists": []string{"us_ofac_sdn"}}, 200},
		{map[string]any{"name": "Anything", "identifiers": []map[string]string{{"kind": "registration", "value": "QV-44871"}}}, 200},
		{map[string]any{"name": ""}, 400}, {map[string]any{"name": "A", "type": "ship"}, 400}, {map[string]any{"name": "A", "country": "Atlantis"}, 400},
		{map[string]any{"name": "A", "lists": []string{"letters"}}, 400}, {map[string]any{"name": "A", "lists": []string{"eu_fsf"}}, 400},
	} {
		var found struct{ Matches []screening.Match }
		if status, _ := sam.ask("POST", "/api/v1/check", x.body, &found); status != x.status || status == 200 && len(found.Matches) == 0 {
			t.Errorf("check %v: %d, want %d; %+v", x.body, status, x.status, found.Matches)
		}
	}
	status, _, b := sam.raw("POST", "/api/v1/compare", asSent{"text/csv", []byte("name1,name2\nUlmara College,Ulmara Colledge\n")})
	if status != 200 || !bytes.HasPrefix(b, []byte("name1,name2,score,strength,flagged,evidence\nUlmara College,Ulmara Colledge,")) {
		t.Errorf("compare: %d %s", status, b)
	}
	if status, _, _ := sam.raw("POST", "/api/v1/compare", asSent{"text/csv", bytes.Repeat([]byte("name1,name2\n"), maxCompared/10)}); status != 413 {
		t.Errorf("too many pairs: %d", status)
	}

	// The other interface, so that all of the document is met here.
	for _, p := range []string{"/search/default?q=tambrel", "/entities/us_ofac_sdn:9000106", "/entities/us_ofac_sdn:9000106/adjacent", "/entities/us_ofac_sdn:9000106/adjacent/sanctions", "/catalog", "/algorithms"} {
		readAll(sam, p)
	}
	sam.ask("POST", "/match/default", batch(map[string]any{"q": example("Company", map[string]any{"name": "Tambrel Research and Design Bureau"})}), nil)
	for _, op := range operations {
		status := op.status
		if status == 0 {
			status = 200
		}
		if !doc.met[op.page.Pattern+" "+strconv.Itoa(status)] {
			t.Errorf("%s was not met with %d", op.page.Pattern, status)
		}
	}
}

// readAll reads what an address answers, which must be well.
func readAll(c *client, path string) []byte {
	c.t.Helper()
	status, _, b := c.raw("GET", path, nil)
	if status != 200 {
		c.t.Errorf("%s: %d %s", path, status, b)
	}
	return b
}

func TestUploadsThatAreRefused(t *testing.T) {
	env := listedEnv(t)
	c := program(t, env, screening.Submitter)
	sheet := [][2]string{{"a.csv", "Partner\nUlmara College\n"}}
	var many [][2]string
	for i := range maxSheets + 1 {
		many = append(many, [2]string{fmt.Sprintf("%d.csv", i), "Partner\nA\n"})
	}
	for _, x := range []struct {
		name   string
		upload upload
		status int
		detail string
	}{
		{"no file", upload{}, 400, "no file"},
		{"an empty file", upload{files: [][2]string{{"a.csv", ""}}}, 400, "empty"},
		{"too many", upload{files: many}, 400, "At most 20"},
		{"no sheet", upload{files: [][2]string{{"a.exe", "MZ"}}}, 415, "xlsx"},
		{"a field there is not", upload{files: sheet, fields: [][2]string{{"list", "x"}}}, 400, "no field"},
		{"a list there is not", upload{files: sheet, fields: [][2]string{{"lists", "nowhere"}}}, 400, "list that there is not"},
		{"a mapping that is none", upload{files: sheet, fields: [][2]string{{"columns", "Sponsor"}}}, 400, "columns"},
		{"a day that is none", upload{files: sheet, fields: [][2]string{{"as_of", "soon"}}}, 422, "as_of"},
		{"a key too long", upload{files: sheet, key: strings.Repeat("k", 201)}, 400, "Idempotency-Key"},
	} {
		var out startedRun
		if status, _ := c.send(x.upload, &out); status != x.status || !strings.Contains(out.Detail, x.detail) {
			t.Errorf("%s: %d %q, want %d with %q", x.name, status, out.Detail, x.status, x.detail)
		}
	}
	if status, _, _ := c.raw("POST", "/api/v1/runs", asSent{"text/csv", []byte("Partner\nA\n")}); status != 400 {
		t.Errorf("a sheet that is no form: %d", status)
	}
	// Larger than the configuration allows.
	site, err := New(env, Options{MaxUpload: 1 << 10})
	if err != nil {
		t.Fatal(err)
	}
	small := httptestServer(t, site)
	bounded := colleague(t, env, small, "bounded", screening.Submitter)
	var out startedRun
	if status, _ := bounded.send(upload{files: [][2]string{{"a.csv", strings.Repeat("Partner\n", 300_000)}}}, &out); status != 413 {
		t.Errorf("a sheet that is too large: %d %q", status, out.Detail)
	}
	// While a list that binds is missing, the sheet is refused and says which.
	env.Now = func() time.Time { return listsNow.AddDate(0, 0, 11) }
	if status, _ := c.send(upload{files: sheet}, &out); status != 503 || !strings.Contains(out.Detail, "us_ofac_sdn") {
		t.Errorf("with outdated lists: %d %q", status, out.Detail)
	}
}
