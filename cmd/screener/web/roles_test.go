package web

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"partnerscreen/screening"
)

// TestWhoMayDoWhat holds every address against every role: the status each is
// answered with. sam submits and has a run of his own; the other run is ria's.
func TestWhoMayDoWhat(t *testing.T) {
	o, sams, rias := full(t, Options{Passwords: true})
	own, other := "/runs/"+sams.ID, "/runs/"+rias.ID
	watch, letters := "/lists/"+openList, "/lists/"+secretList
	const api = "/api/v1"
	form := func(pairs ...string) url.Values {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Add(pairs[i], pairs[i+1])
		}
		return v
	}
	nonsense := form("do", "nonsense", "edition", "none", "days", "none")
	rows := []struct {
		pattern, path string
		form          url.Values
		// nobody, sam (submitter), ria (reviewer), second reviewer, list manager, administrator, auditor
		want [7]int
	}{
		{"GET /{$}", "/", nil, [7]int{303, 303, 303, 303, 303, 303, 303}},
		{"GET /screen", "/screen", nil, [7]int{303, 200, 200, 200, 403, 403, 403}},
		{"POST /screen", "/screen", nonsense, [7]int{401, 400, 400, 400, 403, 403, 403}},
		{"GET /screen/columns", "/screen/columns?draft=made-up", nil, [7]int{303, 400, 400, 400, 403, 403, 403}},
		{"POST /screen/start", "/screen/start", form("draft", "made-up"), [7]int{401, 400, 400, 400, 403, 403, 403}},
		{"GET /check", "/check", nil, [7]int{303, 200, 200, 200, 200, 200, 200}},
		{"POST /check", "/check", form("name", "Plain Meadow School"), [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /review", "/review", nil, [7]int{303, 403, 200, 200, 403, 403, 200}},
		{"GET /review/{run}/{key}", "/review/" + rias.ID + "/none", nil, [7]int{303, 403, 404, 404, 403, 403, 404}},
		{"POST /review/{run}/{key}", "/review/" + rias.ID + "/none", form("verdict", "x"), [7]int{401, 403, 404, 404, 403, 403, 403}},
		{"GET /collaborations", "/collaborations", nil, [7]int{303, 403, 200, 200, 403, 403, 200}},
		{"GET /collaborations/{id}", "/collaborations/999999", nil, [7]int{303, 403, 404, 404, 403, 403, 404}},
		{"POST /collaborations/{id}/end", "/collaborations/999999/end", form("why", "over"), [7]int{401, 403, 404, 404, 403, 403, 403}},
		{"GET /runs", "/runs", nil, [7]int{303, 200, 200, 200, 403, 403, 200}},
		{"GET /runs/{id}", own, nil, [7]int{303, 200, 200, 200, 403, 403, 200}},
		{"GET /runs/{id}", other, nil, [7]int{303, 404, 200, 200, 403, 403, 200}},
		{"GET /runs/{id}", "/runs/none", nil, [7]int{303, 404, 404, 404, 403, 403, 404}},
		{"GET /runs/{id}/report/{format}", own + "/report/xlsx", nil, [7]int{303, 200, 200, 200, 403, 403, 200}},
		{"GET /runs/{id}/report/{format}", own + "/report/csv", nil, [7]int{303, 200, 200, 200, 403, 403, 200}},
		{"GET /runs/{id}/report/{format}", own + "/report/json", nil, [7]int{303, 200, 200, 200, 403, 403, 200}},
		{"GET /runs/{id}/report/{format}", own + "/report/exe", nil, [7]int{303, 404, 404, 404, 403, 403, 404}},
		{"GET /runs/{id}/report/{format}", other + "/report/xlsx", nil, [7]int{303, 404, 200, 200, 403, 403, 200}},
		{"GET /runs/{id}/report/{format}", other + "/report/json", nil, [7]int{303, 404, 200, 200, 403, 403, 200}},
		{"GET /compare", "/compare?before=" + sams.ID + "&after=" + sams.ID, nil, [7]int{303, 200, 200, 200, 403, 403, 200}},
		{"GET /compare", "/compare?before=" + sams.ID + "&after=" + rias.ID, nil, [7]int{303, 404, 200, 200, 403, 403, 200}},
		{"POST /questions/{id}", "/questions/none", form("answer", "x"), [7]int{401, 404, 404, 404, 403, 403, 403}},
		{"GET /lists", "/lists", nil, [7]int{303, 200, 200, 200, 200, 200, 200}},
		{"GET /lists/{id}", watch, nil, [7]int{303, 200, 200, 200, 200, 200, 200}},
		{"GET /lists/{id}", letters, nil, [7]int{303, 404, 200, 200, 404, 404, 404}},
		{"GET /lists/{id}", "/lists/none", nil, [7]int{303, 404, 404, 404, 404, 404, 404}},
		{"POST /lists/{id}/accept", watch + "/accept", nonsense, [7]int{401, 403, 403, 403, 400, 403, 403}},
		{"POST /lists/{id}/accept", letters + "/accept", nonsense, [7]int{401, 403, 403, 403, 404, 403, 403}},
		{"GET /health", "/health", nil, [7]int{303, 403, 403, 403, 200, 200, 200}},
		{"GET /audit", "/audit", nil, [7]int{303, 403, 403, 403, 403, 200, 200}},
		{"GET /accounts", "/accounts", nil, [7]int{303, 403, 403, 403, 403, 200, 200}},
		{"POST /accounts", "/accounts", nonsense, [7]int{401, 403, 403, 403, 403, 400, 403}},
		{"POST /accounts/{name}", "/accounts/sam", nonsense, [7]int{401, 403, 403, 403, 403, 400, 403}},
		{"GET /account", "/account", nil, [7]int{303, 200, 200, 200, 200, 200, 200}},
		{"POST /account/password", "/account/password", nonsense, [7]int{401, 403, 403, 403, 403, 403, 403}}, // none of them is a local account
		{"GET /account/second-factor", "/account/second-factor", nil, [7]int{303, 403, 403, 403, 403, 403, 403}},
		{"POST /account/second-factor", "/account/second-factor", nonsense, [7]int{401, 400, 400, 400, 400, 400, 400}},
		{"POST /account/keys", "/account/keys", nonsense, [7]int{401, 400, 400, 400, 400, 400, 400}},
		{"POST /account/keys/{key}/revoke", "/account/keys/none/revoke", nonsense, [7]int{401, 400, 400, 400, 400, 400, 400}},
		{"GET /sign-in", "/sign-in", nil, [7]int{200, 303, 303, 303, 303, 303, 303}},
		{"POST /sign-in", "/sign-in", form("name", "nobody", "password", "wrong"), [7]int{401, 401, 401, 401, 401, 401, 401}},
		{"GET /sign-in/link", "/sign-in/link?token=made-up", nil, [7]int{403, 403, 403, 403, 403, 403, 403}},
		{"GET /sign-in/oidc", "/sign-in/oidc", nil, [7]int{404, 404, 404, 404, 404, 404, 404}},
		{"GET /sign-in/oidc/back", "/sign-in/oidc/back", nil, [7]int{404, 404, 404, 404, 404, 404, 404}},
		{"POST /sign-out", "/sign-out", form(), [7]int{401, 303, 303, 303, 303, 303, 303}},
		{"GET /healthz", "/healthz", nil, [7]int{200, 200, 200, 200, 200, 200, 200}},
		{"GET /readyz", "/readyz", nil, [7]int{200, 200, 200, 200, 200, 200, 200}},
		{"GET /metrics", "/metrics", nil, [7]int{403, 403, 403, 403, 403, 403, 403}}, // not from this machine
		{"GET /api/v1/openapi.json", "/api/v1/openapi.json", nil, [7]int{200, 200, 200, 200, 200, 200, 200}},
		{"GET /api/v1/runs", "/api/v1/runs", nil, [7]int{401, 200, 200, 200, 403, 403, 200}},
		{"POST /api/v1/runs", "/api/v1/runs", nonsense, [7]int{401, 400, 400, 400, 403, 403, 403}},
		{"GET /api/v1/runs/{id}", api + own, nil, [7]int{401, 200, 200, 200, 403, 403, 200}},
		{"GET /api/v1/runs/{id}", api + other, nil, [7]int{401, 404, 200, 200, 403, 403, 200}},
		{"GET /api/v1/runs/{id}/results", api + own + "/results", nil, [7]int{401, 200, 200, 200, 403, 403, 200}},
		{"GET /api/v1/runs/{id}/results", api + other + "/results", nil, [7]int{401, 404, 200, 200, 403, 403, 200}},
		{"GET /api/v1/runs/{id}/report/{format}", api + own + "/report/csv", nil, [7]int{401, 200, 200, 200, 403, 403, 200}},
		{"GET /api/v1/runs/{id}/report/{format}", api + other + "/report/csv", nil, [7]int{401, 404, 200, 200, 403, 403, 200}},
		{"GET /api/v1/runs/{id}/compare/{before}", api + own + "/compare/" + sams.ID, nil, [7]int{401, 200, 200, 200, 403, 403, 200}},
		{"GET /api/v1/runs/{id}/compare/{before}", api + own + "/compare/" + rias.ID, nil, [7]int{401, 404, 200, 200, 403, 403, 200}},
		{"GET /api/v1/matches", api + "/matches", nil, [7]int{401, 200, 200, 200, 403, 403, 200}},
		{"GET /api/v1/matches", api + "/matches?run=" + rias.ID, nil, [7]int{401, 404, 200, 200, 403, 403, 200}},
		{"GET /api/v1/questions", api + "/questions", nil, [7]int{401, 200, 200, 200, 403, 403, 200}},
		{"POST /api/v1/questions/{id}/answer", api + "/questions/none/answer", nonsense, [7]int{401, 400, 400, 400, 403, 403, 403}},
		{"GET /api/v1/decisions", api + "/decisions", nil, [7]int{401, 403, 200, 200, 403, 403, 200}},
		{"POST /api/v1/decisions", api + "/decisions", nonsense, [7]int{401, 403, 400, 400, 403, 403, 403}},
		{"GET /api/v1/decisions/{id}", api + "/decisions/none", nil, [7]int{401, 403, 404, 404, 403, 403, 404}},
		{"POST /api/v1/decisions/{id}/revoke", api + "/decisions/none/revoke", nonsense, [7]int{401, 403, 404, 404, 403, 403, 403}},
		{"GET /api/v1/lists", api + "/lists", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /api/v1/lists/{list}", api + watch, nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /api/v1/lists/{list}", api + letters, nil, [7]int{401, 404, 200, 200, 404, 404, 404}},
		{"GET /api/v1/lists/{list}/changes", api + watch + "/changes?from=1&to=1", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /api/v1/lists/{list}/changes", api + letters + "/changes?from=1&to=1", nil, [7]int{401, 404, 200, 200, 404, 404, 404}},
		{"POST /api/v1/lists/{list}/accept", api + watch + "/accept", nonsense, [7]int{401, 403, 403, 403, 400, 403, 403}},
		{"POST /api/v1/lists/{list}/accept", api + letters + "/accept", nonsense, [7]int{401, 403, 403, 403, 404, 403, 403}},
		{"GET /api/v1/jobs", api + "/jobs", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"POST /api/v1/jobs", api + "/jobs", nonsense, [7]int{401, 403, 403, 403, 400, 400, 403}},
		{"GET /api/v1/jobs/{id}", api + "/jobs/99", nil, [7]int{401, 404, 404, 404, 404, 404, 404}},
		{"POST /api/v1/jobs/{id}/cancel", api + "/jobs/99/cancel", nonsense, [7]int{401, 404, 404, 404, 404, 404, 403}},
		{"POST /api/v1/jobs/{id}/retry", api + "/jobs/99/retry", nonsense, [7]int{401, 404, 404, 404, 404, 404, 403}},
		{"GET /api/v1/collaborations", api + "/collaborations", nil, [7]int{401, 403, 200, 200, 403, 403, 200}},
		{"GET /api/v1/collaborations/{id}", api + "/collaborations/99", nil, [7]int{401, 403, 404, 404, 403, 403, 404}},
		{"POST /api/v1/collaborations/{id}/end", api + "/collaborations/99/end", nonsense, [7]int{401, 403, 404, 404, 403, 403, 403}},
		{"POST /api/v1/check", api + "/check", nonsense, [7]int{401, 400, 400, 400, 400, 400, 400}},
		{"POST /api/v1/compare", api + "/compare", nonsense, [7]int{401, 400, 400, 400, 400, 400, 400}},
		{"POST /match/{dataset}", "/match/default", nonsense, [7]int{401, 400, 400, 400, 400, 400, 400}},
		{"POST /match/{dataset}", "/match/" + secretList, nonsense, [7]int{401, 404, 400, 400, 404, 404, 404}},
		{"GET /search/{dataset}", "/search/default?q=Ostrelle", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /entities/{id}", "/entities/" + openList + ":none", nil, [7]int{401, 404, 404, 404, 404, 404, 404}},
		{"GET /entities/{id}/adjacent", "/entities/" + openList + ":none/adjacent", nil, [7]int{401, 404, 404, 404, 404, 404, 404}},
		{"GET /entities/{id}/adjacent/{property}", "/entities/" + openList + ":none/adjacent/sanctions", nil, [7]int{401, 404, 404, 404, 404, 404, 404}},
		{"GET /catalog", "/catalog", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /algorithms", "/algorithms", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /reconcile", "/reconcile", nil, [7]int{200, 200, 200, 200, 200, 200, 200}},
		{"GET /reconcile", "/reconcile?query=Ostrelle", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"POST /reconcile", "/reconcile", nonsense, [7]int{401, 400, 400, 400, 400, 400, 400}},
		{"GET /reconcile/suggest/entity", "/reconcile/suggest/entity?prefix=o", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /reconcile/suggest/type", "/reconcile/suggest/type?prefix=o", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /reconcile/suggest/property", "/reconcile/suggest/property?prefix=o", nil, [7]int{401, 200, 200, 200, 200, 200, 200}},
		{"GET /reconcile/preview", "/reconcile/preview?id=" + openList + ":none", nil, [7]int{401, 404, 404, 404, 404, 404, 404}},
		{"OPTIONS /reconcile", "/reconcile", nil, [7]int{204, 204, 204, 204, 204, 204, 204}},
		{"OPTIONS /reconcile/", "/reconcile/suggest/entity", nil, [7]int{204, 204, 204, 204, 204, 204, 204}},
		{"GET /reconcile/with/{key}", "/reconcile/with/made-up", nil, [7]int{401, 401, 401, 401, 401, 401, 401}},
		{"POST /reconcile/with/{key}", "/reconcile/with/made-up", nonsense, [7]int{401, 401, 401, 401, 401, 401, 401}},
		{"GET /reconcile/with/{key}/suggest/entity", "/reconcile/with/made-up/suggest/entity", nil, [7]int{401, 401, 401, 401, 401, 401, 401}},
		{"GET /reconcile/with/{key}/suggest/type", "/reconcile/with/made-up/suggest/type", nil, [7]int{401, 401, 401, 401, 401, 401, 401}},
		{"GET /reconcile/with/{key}/suggest/property", "/reconcile/with/made-up/suggest/property", nil, [7]int{401, 401, 401, 401, 401, 401, 401}},
		{"GET /reconcile/with/{key}/preview", "/reconcile/with/made-up/preview", nil, [7]int{429, 429, 429, 429, 429, 429, 429}}, // the sixth key made up
		{"", "/nothing-here", nil, [7]int{404, 404, 404, 404, 404, 404, 404}},
		{"", "/api/v1/nothing-here", nil, [7]int{404, 404, 404, 404, 404, 404, 404}},
	}
	people := [7]*screening.Account{
		nil, o.account("sam", screening.Submitter), o.account("ria", screening.Reviewer), o.account("sec", screening.SecondReviewer),
		o.account("lis", screening.ListManager), o.account("adm", screening.Administrator), o.account("aud", screening.Auditor),
	}
	seen := map[string]bool{}
	for _, row := range rows {
		seen[row.pattern] = true
		for i, a := range people {
			method := "GET"
			if row.form != nil {
				method = "POST"
			}
			if strings.HasPrefix(row.pattern, "OPTIONS ") {
				method = "OPTIONS"
			}
			b := o.as(a)
			b.address = fmt.Sprintf("192.0.2.%d:4000", i+1)
			if w := b.do(method, row.path, row.form); w.Code != row.want[i] {
				who := "nobody"
				if a != nil {
					who = a.Name
				}
				t.Errorf("%s %s as %s: %d, want %d", method, row.path, who, w.Code, row.want[i])
				if w.Code == 500 {
					t.Log(o.logs.String())
				}
			}
		}
	}
	for _, p := range All {
		if !seen[p.Pattern] {
			t.Errorf("no row says who may use %s", p.Pattern)
		}
	}
}

// TestGrants holds what an auditor and others must never be given.
func TestGrants(t *testing.T) {
	for _, g := range screening.Grants {
		if g.Changes && g.To(screening.Auditor) {
			t.Errorf("an auditor may %s", g.Permission)
		}
		if !g.Changes && !g.To(screening.Auditor) {
			t.Errorf("an auditor may not %s, and reads all", g.Permission)
		}
		if g.To(screening.Submitter) && g.Permission != screening.MaySubmit && g.Permission != screening.MayReadLists {
			t.Errorf("a submitter may %s", g.Permission)
		}
		if g.Doc == "" {
			t.Errorf("%s has no words", g.Permission)
		}
	}
}

// TestReadmePrintsTheGrants holds the table of the README against the code.
func TestReadmePrintsTheGrants(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range screening.Grants {
		line := "| " + g.Doc + " (`" + string(g.Permission) + "`) |"
		for _, r := range screening.AccountRoles {
			if g.To(r) {
				line += " yes |"
			} else {
				line += "  |"
			}
		}
		if !strings.Contains(string(readme), line+"\n") {
			t.Errorf("the README lacks the line\n%s", line)
		}
	}
}
