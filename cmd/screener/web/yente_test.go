package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// listsNow is when the tests' lists are fetched.
var listsNow = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// listedEnv is an office with the sample lists, whose parties are invented, and
// a list of its own that is restricted.
func listedEnv(t *testing.T) *jobs.Env {
	env, _ := listedFrom(t)
	return env
}

// listedFrom is listedEnv, and the folder the lists were read from.
func listedFrom(t *testing.T) (*jobs.Env, string) {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "screener.db"), store.Options{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	from := t.TempDir()
	if err := os.CopyFS(from, os.DirFS("../demo/lists")); err != nil {
		t.Fatal(err)
	}
	own, err := lists.Custom(lists.CustomConfig{ID: "letters", Title: "Letters from an authority", Format: "targets.simple.csv", Control: "advisory"})
	if err != nil {
		t.Fatal(err)
	}
	letters := "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,program_ids,dataset,first_seen,last_seen,last_change\n" +
		"L-1,Organization,Marrowick Instruments,,,ie,,,,,,,,,,\nL/2 é,Organization,Halyard Photonics,,,gb,,,,,,,,,,\n"
	if err := os.MkdirAll(filepath.Join(from, "letters"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(from, "letters", "targets.simple.csv"), []byte(letters), 0o600); err != nil {
		t.Fatal(err)
	}
	env := &jobs.Env{
		Store: s, Cards: append(slices.Clone(lists.All), own), Policy: screening.DefaultPolicy(), MaxAge: 10 * 24 * time.Hour, Samples: true,
		Version: "test", Actor: "sam", Now: func() time.Time { return listsNow },
		Enabled: func(id string) bool { _, err := os.Stat(filepath.Join(from, id)); return err == nil },
	}
	out, err := jobs.Refresh(t.Context(), env, jobs.RefreshOptions{From: from})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range out {
		if !r.OK() {
			t.Fatalf("%s: %s", r.List, r.Reason)
		}
	}
	return env, from
}

// client asks as programs do.
type client struct {
	t      *testing.T
	base   string
	header http.Header
}

// everyRole are the roles of who may do all there is to do.
var everyRole = []screening.AccountRole{screening.Submitter, screening.Reviewer, screening.SecondReviewer, screening.ListManager, screening.Administrator}

// program is a program with the key of an account that has the roles, at a
// server of its own; with none, it has all of them.
func program(t *testing.T, env *jobs.Env, roles ...screening.AccountRole) *client {
	t.Helper()
	site, err := New(env, Options{PerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	return colleague(t, env, httptestServer(t, site), "", roles...)
}

// httptestServer serves a site until the test ends, and returns its address.
func httptestServer(t *testing.T, site *Site) string {
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	return server.URL
}

// colleague is a program of another account at the same server.
func colleague(t *testing.T, env *jobs.Env, base, name string, roles ...screening.AccountRole) *client {
	t.Helper()
	if len(roles) == 0 {
		roles = everyRole
	}
	if name == "" {
		name = string(roles[0]) + "-" + strings.ToLower(randomText()[:6])
	}
	a := &screening.Account{Name: name, Roles: roles, Source: "link", Subject: name}
	if err := jobs.AddAccount(t.Context(), env, a, ""); err != nil {
		t.Fatal(err)
	}
	var scopes []screening.Permission
	for _, g := range screening.Grants {
		if a.May(g.Permission) {
			scopes = append(scopes, g.Permission)
		}
	}
	key, err := jobs.AddAPIKey(t.Context(), env, a, "tests", scopes, 30*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, base: base, header: http.Header{"Authorization": {"ApiKey " + key}}}
}

// ask sends a request and reads its JSON answer into out; it returns the status and headers.
func (c *client) ask(method, path string, body any, out any) (int, http.Header) {
	c.t.Helper()
	status, header, b := c.raw(method, path, body)
	if out != nil {
		if err := json.Unmarshal(b, out); err != nil {
			c.t.Fatalf("%s %s: status %d, no JSON: %v\n%s", method, path, status, err, b)
		}
	}
	return status, header
}

func (c *client) raw(method, path string, body any) (int, http.Header, []byte) {
	c.t.Helper()
	var in io.Reader
	kind := ""
	switch body := body.(type) {
	case nil:
	case string:
		in, kind = strings.NewReader(body), "application/json"
	case asSent:
		in, kind = bytes.NewReader(body.body), body.kind
	case url.Values:
		in, kind = strings.NewReader(body.Encode()), "application/x-www-form-urlencoded"
	default:
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		in, kind = bytes.NewReader(b), "application/json"
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, in)
	if err != nil {
		c.t.Fatal(err)
	}
	for k, v := range c.header {
		req.Header[k] = v
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	doc, err := theContract()
	if err != nil {
		c.t.Fatal(err)
	}
	doc.hold(c.t, method, path, resp.StatusCode, resp.Header, b)
	return resp.StatusCode, resp.Header, b
}

// The answers of yente as its clients read them.
type (
	yenteEntity struct {
		ID         string                       `json:"id"`
		Caption    string                       `json:"caption"`
		Schema     string                       `json:"schema"`
		Properties map[string][]json.RawMessage `json:"properties"`
		Datasets   []string                     `json:"datasets"`
		Referents  []string                     `json:"referents"`
		Target     bool                         `json:"target"`
		FirstSeen  *string                      `json:"first_seen"`
		LastSeen   *string                      `json:"last_seen"`
		LastChange *string                      `json:"last_change"`
		Score      float64                      `json:"score"`
		Match      bool                         `json:"match"`
		Features   map[string]float64           `json:"features"`
	}
	yenteMatches struct {
		Responses map[string]struct {
			Status  int           `json:"status"`
			Results []yenteEntity `json:"results"`
			Total   struct {
				Value    int    `json:"value"`
				Relation string `json:"relation"`
			} `json:"total"`
			Query struct {
				Schema     string              `json:"schema"`
				Properties map[string][]string `json:"properties"`
			} `json:"query"`
		} `json:"responses"`
		Matcher map[string]struct {
			Description string  `json:"description"`
			Coefficient float64 `json:"coefficient"`
		} `json:"matcher"`
		Limit  int    `json:"limit"`
		Detail string `json:"detail"`
	}
)

func (e *yenteEntity) texts(property string) (out []string) {
	for _, raw := range e.Properties[property] {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			out = append(out, s)
		}
	}
	return out
}

// example is a party as clients describe it.
func example(schema string, properties map[string]any) map[string]any {
	return map[string]any{"schema": schema, "properties": properties}
}

func batch(queries map[string]any) map[string]any { return map[string]any{"queries": queries} }

func TestYenteMatch(t *testing.T) {
	env := listedEnv(t)
	c := program(t, env)

	// A batch as the documentation of the API has them: a person with names in
	// parts and a year, an organisation with its jurisdiction in words, a company that is not listed.
	var out yenteMatches
	status, header := c.ask("POST", "/match/default", batch(map[string]any{
		"person":  example("Person", map[string]any{"firstName": []string{"Mehrtash"}, "lastName": []string{"Darvishan"}, "birthDate": []string{"1965"}, "nationality": []string{"Iran"}}),
		"company": example("Company", map[string]any{"name": []string{"Veltraxis Optics Institute", "Unlike Anything"}, "jurisdiction": "Iran"}),
		"other":   example("Company", map[string]any{"name": []string{"Ulmara College"}, "favouriteColour": []string{"green"}, "country": []string{"Norge", "Atlantis"}}),
	}), &out)
	if status != 200 || header.Get("X-Batch-Size") != "3" || out.Limit != 5 {
		t.Fatalf("status %d, batch size %s, limit %d: %s", status, header.Get("X-Batch-Size"), out.Limit, out.Detail)
	}
	person := out.Responses["person"]
	if person.Status != 200 || person.Total.Relation != "eq" || person.Total.Value != len(person.Results) || len(person.Results) == 0 {
		t.Fatalf("person: %+v", person)
	}
	hit := person.Results[0]
	if hit.Schema != "Person" || !hit.Match || hit.Score < 0.9 || hit.ID != "us_ofac_sdn:9000104" || !hit.Target {
		t.Errorf("the person listed: %+v", hit)
	}
	sum := 0.0
	for name, share := range hit.Features {
		sum += share
		if out.Matcher[name].Description == "" {
			t.Errorf("the feature %q is not explained", name)
		}
	}
	if screening.Round(sum) != hit.Score {
		t.Errorf("features add up to %v, the score is %v", sum, hit.Score)
	}
	if got := hit.texts("birthDate"); !slices.Equal(got, []string{"1965-03-12"}) {
		t.Errorf("birthDate %q", got)
	}
	if got := hit.texts("topics"); !slices.Contains(got, "sanction") {
		t.Errorf("topics %q, want sanction among them", got)
	}
	if hit.FirstSeen == nil || *hit.FirstSeen != "2026-11-23T09:00:00" || hit.LastSeen == nil || hit.LastChange == nil {
		t.Errorf("first, last seen and changed: %v %v %v", hit.FirstSeen, hit.LastSeen, hit.LastChange)
	}
	company := out.Responses["company"]
	if len(company.Results) == 0 || !slices.Equal(company.Results[0].Referents, []string{"un_sc_sanctions:IRe.901", "us_ofac_sdn:9000101"}) ||
		!slices.Equal(company.Results[0].Datasets, []string{"un_sc_sanctions", "us_ofac_sdn"}) || company.Results[0].Schema != "Organization" && company.Results[0].Schema != "LegalEntity" {
		t.Fatalf("the company: %+v", company.Results)
	}
	if got := company.Results[0].texts("country"); !slices.Contains(got, "ir") {
		t.Errorf("country %q, want codes in small letters", got)
	}
	if got := company.Results[0].texts("registrationNumber"); !slices.Contains(got, "QV-44871") {
		t.Errorf("registrationNumber %q", got)
	}
	if got := company.Query.Properties["jurisdiction"]; !slices.Equal(got, []string{"ir"}) {
		t.Errorf("the jurisdiction was read as %q, want ir", got)
	}
	other := out.Responses["other"]
	if len(other.Results) != 0 || other.Results == nil || other.Total.Value != 0 {
		t.Errorf("a college that is not listed: %+v", other.Results)
	}
	if _, there := other.Query.Properties["favouriteColour"]; there || !slices.Equal(other.Query.Properties["country"], []string{"no"}) {
		t.Errorf("the query comes back as %v; want without what is not compared", other.Query.Properties)
	}
}

func TestYenteMatchParameters(t *testing.T) {
	env := listedEnv(t)
	c := program(t, env)
	org := batch(map[string]any{"q": example("Organization", map[string]any{"name": []string{"Tambrel Research and Design Bureau"}})})
	vague := batch(map[string]any{"q": example("Organization", map[string]any{"name": []string{"Tambrell Research Buro"}})})
	vessel := batch(map[string]any{"q": example("Vessel", map[string]any{"name": []string{"Halcyon Drift"}})})
	number := batch(map[string]any{"q": example("Vessel", map[string]any{"imoNumber": []string{"IMO9990017"}})})
	both := batch(map[string]any{"q": example("LegalEntity", map[string]any{"name": []string{"Mehrtash Darvishan"}})})
	const id = "us_ofac_sdn:9000106"
	for _, x := range []struct {
		name, path string
		body       map[string]any
		want       []string
	}{
		{"a list's id", "/match/us_ofac_sdn", org, []string{id}},
		{"another list", "/match/us_trade_csl", org, nil},
		{"all lists", "/match/all", org, []string{id}},
		{"a control", "/match/asset_freeze", org, []string{id}},
		{"a control it is not under", "/match/export_licence", org, nil},
		{"sanctions", "/match/sanctions", org, []string{id}},
		{"best algorithm", "/match/default?algorithm=best", org, []string{id}},
		{"include", "/match/default?include_dataset=us_ofac_sdn&include_dataset=us_trade_csl", org, []string{id}},
		{"exclude", "/match/default?exclude_dataset=us_ofac_sdn", org, nil},
		{"exclude what is not there", "/match/default?exclude_dataset=nowhere", org, []string{id}},
		{"exclude an entity", "/match/default?exclude_entity_ids=" + url.QueryEscape(id), org, nil},
		{"exclude a schema", "/match/default?exclude_schema=Organization&exclude_schema=LegalEntity", org, nil},
		{"topic", "/match/default?topics=sanction&topics=debarment", org, []string{id}},
		{"another topic", "/match/default?topics=debarment", org, nil},
		{"changed since before", "/match/default?changed_since=2026-11-01", org, []string{id}},
		{"changed since after", "/match/default?changed_since=2026-11-24T00:00:00", org, nil},
		{"a threshold above", "/match/default?threshold=1", vague, nil},
		{"a cutoff below, beside the threshold", "/match/default?threshold=1&cutoff=0.65", vague, []string{id}},
		{"a vessel", "/match/default", vessel, []string{"us_ofac_sdn:9000105"}},
		{"a vessel by its number alone", "/match/default", number, []string{"us_ofac_sdn:9000105"}},
		{"a person as a legal entity", "/match/default", both, []string{"us_ofac_sdn:9000104"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := &client{t: t, base: c.base, header: c.header}
			var out yenteMatches
			if status, _ := c.ask("POST", x.path, x.body, &out); status != 200 {
				t.Fatalf("status %d: %s", status, out.Detail)
			}
			var got []string
			for _, r := range out.Responses["q"].Results {
				if strings.Contains(x.path, "cutoff") && r.Match {
					t.Errorf("%s scores %v, below the threshold, and is called a match", r.ID, r.Score)
				}
				if r.Match || strings.Contains(x.path, "cutoff") {
					got = append(got, r.ID)
				}
			}
			if !slices.Equal(got, x.want) {
				t.Errorf("found %v, want %v", got, x.want)
			}
		})
	}
}

func TestYenteRefusals(t *testing.T) {
	env := listedEnv(t)
	server := program(t, env)
	good := batch(map[string]any{"q": example("Person", map[string]any{"name": []string{"A"}})})
	many := map[string]any{}
	for i := range maxQueries + 1 {
		many[string(rune('a'+i%26))+strings.Repeat("x", i)] = example("Person", map[string]any{"name": []string{"A"}})
	}
	for _, x := range []struct {
		name, path string
		body       any
		status     int
		detail     string
	}{
		{"unknown algorithm", "/match/default?algorithm=regression-v9", good, 400, "Unknown algorithm"},
		{"unknown dataset", "/match/nowhere", good, 404, "no such dataset"},
		{"a list that is not enabled", "/match/eu_fsf", good, 404, "no such dataset"},
		{"nothing left", "/match/us_trade_csl?include_dataset=us_ofac_sdn", good, 400, "No dataset is left"},
		{"a control no list has", "/match/research_funding", good, 404, "no such dataset"},
		{"unknown included dataset", "/match/default?include_dataset=nowhere", good, 400, "include_dataset"},
		{"a limit that is none", "/match/default?limit=many", good, 422, "limit"},
		{"a limit above the most", "/match/default?limit=501", good, 422, "limit"},
		{"a threshold above 1", "/match/default?threshold=1.5", good, 422, "threshold"},
		{"a threshold that is no number", "/match/default?threshold=NaN", good, 422, "threshold"},
		{"a day that is none", "/match/default?changed_since=yesterday", good, 422, "changed_since"},
		{"a misspelt filter", "/match/default?exclude_datasets=us_ofac_sdn", good, 422, "exclude_datasets"},
		{"no queries", "/match/default", batch(map[string]any{}), 400, "No queries"},
		{"too many queries", "/match/default", batch(many), 400, "Too many"},
		{"a schema nothing here is of", "/match/default", batch(map[string]any{"q": example("CryptoWallet", map[string]any{})}), 400, "schema"},
		{"weights", "/match/default", map[string]any{"queries": good["queries"], "weights": map[string]any{"name": 0.2}}, 400, "Weights"},
		{"configuration", "/match/default", map[string]any{"queries": good["queries"], "config": map[string]any{"nm_number_mismatch": 0.2}}, 400, "configuration"},
		{"no JSON", "/match/default", "{queries", 400, "JSON"},
		{"the wrong shape", "/match/default", `{"queries": 3}`, 422, "shape"},
		{"a value that is no text", "/match/default", batch(map[string]any{"q": example("Person", map[string]any{"name": []any{[]any{"x"}}})}), 422, "text"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := &client{t: t, base: server.base, header: server.header}
			var out struct {
				Detail string `json:"detail"`
			}
			if status, _ := c.ask("POST", x.path, x.body, &out); status != x.status || !strings.Contains(strings.ToLower(out.Detail), strings.ToLower(x.detail)) {
				t.Errorf("status %d, %q; want %d, with %q", status, out.Detail, x.status, x.detail)
			}
		})
	}
}

// TestYenteEmptyIsNoAnswer has a list too old to be used: nothing found is no
// answer then, and the refusal says what to do.
func TestYenteEmptyIsNoAnswer(t *testing.T) {
	env := listedEnv(t)
	env.Now = func() time.Time { return listsNow.AddDate(0, 0, 11) }
	c := program(t, env)
	body := batch(map[string]any{"q": example("Company", map[string]any{"name": "Ulmara College"})})
	var out yenteMatches
	status, _ := c.ask("POST", "/match/us_ofac_sdn", body, &out)
	if status != 503 || !strings.Contains(out.Detail, "us_ofac_sdn (last fetched 11 days ago") {
		t.Errorf("status %d, %q; want 503 that names the list", status, out.Detail)
	}
	if status, _ := c.ask("POST", "/match/us_ofac_sdn?accept_missing=us_ofac_sdn", body, &out); status != 200 {
		t.Errorf("going without it: status %d, %q", status, out.Detail)
	}
}

func TestYenteLooksUp(t *testing.T) {
	env := listedEnv(t)
	c := program(t, env)

	var catalog struct {
		Datasets []struct {
			Name         string   `json:"name"`
			Title        string   `json:"title"`
			Version      string   `json:"version"`
			Load         bool     `json:"load"`
			IndexCurrent bool     `json:"index_current"`
			Children     []string `json:"children"`
		} `json:"datasets"`
		Current []string `json:"current"`
		Stale   bool     `json:"index_stale"`
	}
	if status, _ := c.ask("GET", "/catalog", nil, &catalog); status != 200 || !slices.Contains(catalog.Current, "us_ofac_sdn") || catalog.Stale {
		t.Errorf("catalog: status %d, %+v", status, catalog)
	}
	for _, d := range catalog.Datasets {
		if d.Name == "default" && (d.Load || !slices.Contains(d.Children, "letters")) || d.Name == "us_ofac_sdn" && (!d.Load || !d.IndexCurrent || !strings.HasPrefix(d.Version, "20261123090000-")) {
			t.Errorf("dataset %+v", d)
		}
	}

	var algorithms struct {
		Algorithms []struct {
			Name string         `json:"name"`
			Docs map[string]any `json:"docs"`
		} `json:"algorithms"`
		Default string `json:"default"`
		Best    string `json:"best"`
	}
	if status, _ := c.ask("GET", "/algorithms", nil, &algorithms); status != 200 || algorithms.Best != algorithms.Algorithms[0].Name {
		t.Errorf("algorithms: %d %+v", status, algorithms)
	}

	var search struct {
		Results []yenteEntity `json:"results"`
		Facets  map[string]struct {
			Label  string `json:"label"`
			Values []struct {
				Name  string `json:"name"`
				Label string `json:"label"`
				Count int    `json:"count"`
			} `json:"values"`
		} `json:"facets"`
		Total struct {
			Value int `json:"value"`
		} `json:"total"`
		Limit, Offset int
		Detail        string
	}
	for _, x := range []struct {
		path string
		want []string
	}{
		{"/search/default?q=tambrel", []string{"us_ofac_sdn:9000106"}},
		{"/search/default?q=design+tamb", []string{"us_ofac_sdn:9000106"}},
		{"/search/default?q=Tambrell+Design+Bureau", []string{"us_ofac_sdn:9000106"}}, // as somebody hears it
		{"/search/default?q=halcyon&schema=Vessel", []string{"us_ofac_sdn:9000105"}},
		{"/search/default?q=halcyon&schema=Company", nil},
		{"/search/us_trade_csl?q=veltraxis", nil},
		{"/search/default?q=veltraxis&countries=ir&topics=sanction&datasets=us_ofac_sdn", []string{"us_ofac_sdn:9000101"}},
		{"/search/default?q=veltraxis&countries=fr", nil},
		{"/search/default?q=veltraxis&target=false", nil},
		{"/search/us_ofac_sdn?sort=caption:desc&limit=1&offset=1&facets=schema", []string{"us_ofac_sdn:9000106"}},
	} {
		search.Results = nil
		status, _ := c.ask("GET", x.path, nil, &search)
		var got []string
		for _, e := range search.Results {
			got = append(got, e.ID)
		}
		if status != 200 || !slices.Equal(got, x.want) {
			t.Errorf("%s: status %d %s, found %v, want %v", x.path, status, search.Detail, got, x.want)
		}
	}
	if search.Total.Value != 6 || search.Limit != 1 || search.Offset != 1 || search.Facets["schema"].Label == "" {
		t.Errorf("the whole list: total %d, limit %d, offset %d, facets %+v", search.Total.Value, search.Limit, search.Offset, search.Facets)
	}

	var one yenteEntity
	if status, _ := c.ask("GET", "/entities/us_ofac_sdn%3A9000101?nested=true", nil, &one); status != 200 || one.Caption != "VELTRAXIS OPTICS INSTITUTE" {
		t.Fatalf("entity: %d %+v", status, one)
	}
	var sanction yenteEntity
	if err := json.Unmarshal(one.Properties["sanctions"][0], &sanction); err != nil || sanction.Schema != "Sanction" || len(sanction.texts("program")) == 0 || !slices.Contains(sanction.texts("provisions"), "asset_freeze") {
		t.Errorf("its listing: %v %+v", err, sanction)
	}
	one = yenteEntity{}
	if c.ask("GET", "/entities/us_ofac_sdn%3A9000101?nested=false", nil, &one); len(one.Properties["sanctions"]) != 0 || len(one.texts("name")) == 0 {
		t.Errorf("without what is tied to it: %+v", one.Properties)
	}
	var adjacent struct {
		Entity   yenteEntity `json:"entity"`
		Adjacent map[string]struct {
			Results []yenteEntity `json:"results"`
			Total   struct {
				Value int `json:"value"`
			} `json:"total"`
		} `json:"adjacent"`
	}
	if status, _ := c.ask("GET", "/entities/us_ofac_sdn:9000101/adjacent", nil, &adjacent); status != 200 || adjacent.Adjacent["sanctions"].Total.Value == 0 {
		t.Errorf("adjacent: %d %+v", status, adjacent)
	}
	// An id with a slash and an accent in it.
	one = yenteEntity{}
	if status, _ := c.ask("GET", "/entities/"+url.PathEscape("letters:L/2 é"), nil, &one); status != 200 || one.Caption != "Halyard Photonics" {
		t.Errorf("an id with a slash: %d %+v", status, one)
	}
	for _, id := range []string{"us_ofac_sdn:1", "nowhere:9000101", "9000101", "us_ofac_sdn:"} {
		if status, _, _ := c.raw("GET", "/entities/"+url.PathEscape(id), nil); status != 404 {
			t.Errorf("entity %q: status %d, want 404", id, status)
		}
	}
}

// TestRestrictedListsAreNotLookedUp asks as somebody to whom one list is
// closed: its name, its parties and their number show nowhere.
func TestRestrictedListsAreNotLookedUp(t *testing.T) {
	env := listedEnv(t)
	env.Restricted = map[string][]screening.AccountRole{"letters": {screening.Reviewer}}
	out := program(t, env, screening.Submitter)
	in := colleague(t, env, out.base, "", screening.Reviewer)
	body := batch(map[string]any{"q": example("Company", map[string]any{"name": "Marrowick Instruments"})})
	for _, x := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/match/default", body}, {"POST", "/match/all?cutoff=0", body}, {"POST", "/match/advisory", body}, {"POST", "/match/letters", body},
		{"POST", "/match/default?include_dataset=letters", body}, {"GET", "/search/default?q=Marrowick", nil}, {"GET", "/search/letters?q=Marrowick", nil},
		{"GET", "/search/default?q=Marrowik+Instruments&fuzzy=true", nil}, {"GET", "/catalog", nil}, {"GET", "/entities/letters:L-1", nil},
		{"GET", "/entities/letters:L-1/adjacent", nil},
	} {
		if _, _, b := out.raw(x.method, x.path, x.body); bytes.Contains(b, []byte(`"letters`)) || bytes.Contains(b, []byte("Letters from")) || bytes.Contains(b, []byte(`"caption":"Marrowick`)) {
			t.Errorf("%s %s shows the restricted list: %s", x.method, x.path, b)
		}
		if _, _, b := in.raw(x.method, x.path, x.body); !bytes.Contains(b, []byte(`"letters`)) {
			t.Errorf("%s %s hides the list from whom it is open to: %s", x.method, x.path, b)
		}
	}
	// What is not there and what is not open are told in the same words.
	var closed, nowhere struct{ Title, Detail string }
	status1, _ := out.ask("POST", "/match/letters", body, &closed)
	status2, _ := out.ask("POST", "/match/nowhere", body, &nowhere)
	if status1 != 404 || status2 != 404 || closed != nowhere {
		t.Errorf("closed: %d %v\nnot there: %d %v", status1, closed, status2, nowhere)
	}
}
