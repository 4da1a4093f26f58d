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
			b := o.as(a)
			b.address = fmt.Sprintf("192.0.2.%d:4000", i+1)
			if w := b.do(method, row.path, row.form); w.Code != row.want[i] {
				who := "nobody"
				if a != nil {
					who = a.Name
				}
				t.Errorf("%s %s as %s: %d, want %d", method, row.path, who, w.Code, row.want[i])
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
