package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

const exportList = "zz_export"

// asking is an office with a list under which the grade depends on what is
// shared, and the one match of sam's sheet on it.
func asking(t *testing.T, s *store.Store) (o *office, run *screening.Run, match string) {
	t.Helper()
	o = newOfficeOn(t, Options{}, s, t.TempDir())
	card, err := lists.Custom(lists.CustomConfig{ID: exportList, Title: "Export", Format: "names.csv", Control: "export_licence"})
	if err != nil {
		t.Fatal(err)
	}
	o.env.Cards = append(o.env.Cards, card)
	o.env.Notices = jobs.Notices{Folder: t.TempDir()}
	for list, name := range map[string]string{openList: "Norvik Ice Survey", secretList: secretParty, exportList: "Ostrelle Microwave Labs"} {
		o.publish(list, name)
	}
	run = o.screen("sam", "sam.csv", "Plain Meadow School", "Ostrelle Microwave Labs")
	if err := jobs.SyncOpen(t.Context(), o.env); err != nil {
		t.Fatal(err)
	}
	return o, run, o.openMatch()
}

// openMatch is the address of the only open match.
func (o *office) openMatch() string {
	o.t.Helper()
	open, err := jobs.OpenMatches(o.t.Context(), o.env)
	if err != nil || len(open) != 1 {
		o.t.Fatalf("%d open matches, %v", len(open), err)
	}
	return matchPath(open[0].Run, open[0].Key)
}

func ask(more ...string) url.Values {
	v := url.Values{"verdict": {"needs_information"}, "reason": {"answer_awaited"}}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// worked lets a worker do what waits in the queue.
func (o *office) worked() {
	o.t.Helper()
	stop := working(o.t, o.env)
	defer stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		tasks, err := jobs.Tasks(o.t.Context(), o.env, store.TaskFilter{States: []store.TaskState{store.TaskWaiting, store.TaskRunning}})
		if err != nil {
			o.t.Fatal(err)
		}
		if len(tasks) == 0 {
			return
		}
	}
	o.t.Fatal("the queue did not come to its end")
}

var answerForm = regexp.MustCompile(`action="(/questions/[^"]+)"`)

// TestAQuestionAndItsAnswer takes one of a row's own questions from the
// reviewer to the submitter and back: the answer re-grades the row.
func TestAQuestionAndItsAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o, run, match := asking(t, s)
		sam, ria := o.as(o.account("sam", screening.Submitter)), o.as(o.account("ria", screening.Reviewer))
		if page := ria.get(match).Body.String(); !strings.Contains(page, `<option value="shared">Is anything shared`) {
			t.Fatalf("the match does not offer the row's own question:\n%s", page)
		}
		open := regexp.MustCompile(`(?s)What the row leaves open.*<li>Is anything shared[^<]*<small>column “Shared”.*could become.*</ol>`)
		if page := sam.get("/runs/" + run.ID).Body.String(); !open.MatchString(page) {
			t.Errorf("the page of the run does not say what the row leaves open:\n%s", page)
		}
		if w := ria.post(match, url.Values{"verdict": {"false_positive"}, "reason": {"different_place"}, "ask": {"shared"}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a question beside a verdict that settles: %d", w.Code)
		}
		for range 2 { // said twice it is one question
			if w := ria.post(match, ask("ask", "shared", "note", "between us reviewers")); w.Code != http.StatusSeeOther {
				t.Fatalf("asking: %d %s", w.Code, w.Body)
			}
		}
		if page := ria.get("/review").Body.String(); !strings.Contains(page, "ria <span class=\"state going\">asked") {
			t.Errorf("the match does not wait for the answer:\n%s", page)
		}
		if page := sam.get("/runs").Body.String(); strings.Count(page, "Is anything shared") != 1 {
			t.Errorf("the list of runs does not name the question once:\n%s", page)
		}
		page := sam.get("/runs/" + run.ID).Body.String()
		if !strings.Contains(page, "Questions for you") || regexp.MustCompile(`\bria\b`).MatchString(page) || strings.Contains(page, "between us") {
			t.Errorf("the submitter's page of the run:\n%s", page)
		}
		if book := text(t, sam.get("/runs/"+run.ID+"/report/xlsx").Body.Bytes()); !strings.Contains(book, "A reviewer asks") || strings.Contains(book, "between us") {
			t.Error("the submitter's workbook lacks the question, or has the reviewer's note")
		}
		form := answerForm.FindStringSubmatch(page)
		if form == nil {
			t.Fatal("there is no form for the answer")
		}
		if w := sam.post(form[1], url.Values{"answer": {"  "}}); w.Code != http.StatusConflict {
			t.Errorf("an empty answer: %d", w.Code)
		}
		o.pass(time.Minute)
		if w := sam.post(form[1], url.Values{"answer": {"published information only"}}); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/runs/"+run.ID) {
			t.Fatalf("the answer: %d %s", w.Code, w.Body)
		}
		if w := sam.post(form[1], url.Values{"answer": {"something else"}}); w.Code != http.StatusConflict {
			t.Errorf("a second answer: %d", w.Code)
		}
		o.worked()
		if page := sam.get("/runs/" + run.ID).Body.String(); !strings.Contains(page, `The row is now <span class="grade review">`) {
			t.Errorf("the row was not graded again:\n%s", page)
		}
		if page := ria.get("/review?mine=1").Body.String(); !strings.Contains(page, "answered") {
			t.Errorf("the match did not come back to who asked:\n%s", page)
		}
		match = o.openMatch()
		if page := ria.get(match).Body.String(); !strings.Contains(page, "published information only") {
			t.Errorf("the match does not show the answer:\n%s", page)
		}

		// The same sheet again, and the night: the answer stands.
		o.pass(20 * time.Minute)
		o.screen("sam", "sam.csv", "Plain Meadow School", "Ostrelle Microwave Labs")
		c := o.collaborationOf("Ostrelle Microwave Labs")
		if c.Grade != screening.Review || !c.Partner.Answers.Only(screening.AskShared, screening.Published) {
			t.Errorf("after the sheet came again: %s, %v", c.Grade, c.Partner.Answers)
		}
		if _, err := jobs.Rescreen(t.Context(), o.env, jobs.RescreenOptions{}); err != nil {
			t.Fatal(err)
		}
		if c := o.collaborationOf("Ostrelle Microwave Labs"); c.Grade != screening.Review || c.Waiting {
			t.Errorf("after the night: %s, waiting %v", c.Grade, c.Waiting)
		}

		// Another question, in her own words, is settled by a verdict.
		o.pass(20 * time.Minute)
		if w := ria.post(match, ask("question", "Which department is it?")); w.Code != http.StatusSeeOther {
			t.Fatalf("asking again: %d %s", w.Code, w.Body)
		}
		if w := ria.post(match, url.Values{"verdict": {"false_positive"}, "reason": {"different_place"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("deciding: %d %s", w.Code, w.Body)
		}
		if all := o.asked(); len(all) != 2 || all[1].Reply == nil || !all[1].Reply.Withdrawn {
			t.Errorf("the second question was not taken back: %+v", all)
		}
		for _, want := range []string{"question.ask", "question.answer", "question.withdraw"} {
			lines, err := o.env.Store.Audit(t.Context(), store.AuditFilter{Action: want, Limit: 10})
			if err != nil || len(lines) == 0 || strings.Contains(string(lines[0].After), "published") {
				t.Errorf("the audit trail of %s: %v, %v", want, lines, err)
			}
		}
		for _, kind := range []string{"question", "answer"} {
			notices, err := o.env.Store.Notices(t.Context(), 10)
			if err != nil || !strings.Contains(fmt.Sprint(noticeKinds(notices)), kind) {
				t.Errorf("nobody is told of the %s: %v, %v", kind, noticeKinds(notices), err)
			}
		}
	})
}

func noticeKinds(notices []*store.Notice) (out []string) {
	for _, n := range notices {
		out = append(out, n.Kind)
	}
	return out
}

func (o *office) asked() []*screening.Asked {
	o.t.Helper()
	all, err := jobs.Questions(o.t.Context(), o.env, nil, store.AskedFilter{})
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

// collaborationOf is the collaboration that names a party.
func (o *office) collaborationOf(party string) *screening.Collaboration {
	o.t.Helper()
	all, err := jobs.Collaborations(o.t.Context(), o.env, store.CollaborationFilter{Search: party})
	if err != nil || len(all) != 1 {
		o.t.Fatalf("%d collaborations name %s: %v", len(all), party, err)
	}
	return all[0]
}

// text is all that a workbook's sheets say.
func text(t *testing.T, book []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&b, r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
	}
	return b.String()
}

// TestWhoCannotBeAsked says why, and keeps no verdict without its question.
func TestWhoCannotBeAsked(t *testing.T) {
	o, _, match := asking(t, storetest.Open(t, storetest.SQLite(t)))
	ria := o.as(o.account("ria", screening.Reviewer))
	for name, c := range map[string]struct{ form, says string }{
		"nobody of that name has an account": {"shared", "no account here"},
		"the row leaves it not open":         {"dual_use", "own words"},
		"no such question":                   {"age", "no such question"},
	} {
		w := ria.post(match, ask("ask", c.form))
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d, without %q", name, w.Code, c.says)
		}
	}
	if all := o.asked(); len(all) != 0 {
		t.Errorf("asked all the same: %+v", all)
	}
}
