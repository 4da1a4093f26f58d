package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// What version 0.2 of the specification says of the shapes of its messages.
const reconcileShapes = `{
	"$defs": {
		"idAndName": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string", "minLength": 1}, "name": {"type": "string", "minLength": 1}}},
		"uri": {"type": "string", "pattern": "^https?://"},
		"template": {"type": "string", "pattern": "^https?://.*[{]{2}id[}]{2}"},
		"service": {"type": "object", "required": ["service_url", "service_path"], "properties": {"service_url": {"$ref": "#/$defs/uri"}, "service_path": {"type": "string", "pattern": "^/"}}},
		"manifest": {
			"type": "object", "required": ["versions", "name", "identifierSpace", "schemaSpace"],
			"properties": {
				"versions": {"type": "array", "contains": {"const": "0.2"}},
				"name": {"type": "string", "minLength": 1},
				"identifierSpace": {"$ref": "#/$defs/uri"}, "schemaSpace": {"$ref": "#/$defs/uri"},
				"defaultTypes": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/$defs/idAndName"}},
				"serviceVersion": {"type": "string"}, "batchSize": {"type": "integer", "minimum": 1},
				"view": {"type": "object", "required": ["url"], "properties": {"url": {"$ref": "#/$defs/template"}}},
				"preview": {"type": "object", "required": ["url", "width", "height"], "properties": {"url": {"$ref": "#/$defs/template"}, "width": {"type": "integer"}, "height": {"type": "integer"}}},
				"suggest": {"type": "object", "properties": {"entity": {"$ref": "#/$defs/service"}, "property": {"$ref": "#/$defs/service"}, "type": {"$ref": "#/$defs/service"}}, "additionalProperties": false},
				"authentication": {"type": "object", "required": ["type", "name", "in"], "properties": {"type": {"enum": ["apiKey"]}, "in": {"enum": ["header", "query"]}}}
			},
			"additionalProperties": false
		},
		"queries": {
			"type": "object",
			"additionalProperties": {
				"type": "object", "additionalProperties": false,
				"properties": {
					"query": {"type": "string"}, "limit": {"type": "number"}, "type_strict": {"enum": ["any", "should", "all"]},
					"type": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
					"properties": {"type": "array", "items": {"type": "object", "required": ["pid", "v"], "properties": {"pid": {"type": "string"}}}}
				},
				"anyOf": [{"required": ["query"]}, {"required": ["properties"]}]
			}
		},
		"results": {
			"type": "object",
			"additionalProperties": {
				"type": "object", "required": ["result"],
				"properties": {"result": {"type": "array", "items": {
					"type": "object", "required": ["id", "name", "score"],
					"properties": {
						"id": {"type": "string", "minLength": 1}, "name": {"type": "string", "minLength": 1}, "description": {"type": "string"},
						"score": {"type": "number", "minimum": 0, "maximum": 100}, "match": {"type": "boolean"},
						"type": {"type": "array", "items": {"$ref": "#/$defs/idAndName"}},
						"features": {"type": "array", "items": {"type": "object", "required": ["id", "value"], "properties": {"id": {"type": "string"}, "value": {"type": ["number", "boolean"]}}}}
					}
				}}}
			}
		},
		"suggestions": {
			"type": "object", "required": ["result"],
			"properties": {"result": {"type": "array", "items": {"allOf": [{"$ref": "#/$defs/idAndName"}, {"type": "object", "properties": {"description": {"type": "string"}, "notable": {"type": "array", "items": {"$ref": "#/$defs/idAndName"}}}}]}}}
		}
	}
}`

// shaped fails the test where a message has not the shape of that name.
func shaped(t *testing.T, shape string, message []byte) {
	t.Helper()
	var doc, instance any
	if err := json.Unmarshal([]byte(reconcileShapes), &doc); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(message, &instance); err != nil {
		t.Fatalf("no JSON: %v\n%s", err, message)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("reconcile.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("reconcile.json#/$defs/" + shape)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(instance); err != nil {
		t.Errorf("%s: %v\n%s", shape, err, message)
	}
}

type reconcileManifest struct {
	View    struct{ URL string }
	Preview struct {
		URL           string
		Width, Height int
	}
	Suggest map[string]struct {
		ServiceURL  string `json:"service_url"`
		ServicePath string `json:"service_path"`
	}
	BatchSize int `json:"batchSize"`
}

type reconcileResults map[string]struct {
	Result []candidate
}

func (rs reconcileResults) ids(query string) (out []string) {
	for _, c := range rs[query].Result {
		out = append(out, c.ID)
	}
	return out
}

// TestOpenRefineSession does what OpenRefine does with a column: reads the
// manifest, asks what type it is, reconciles it ten at a time with other columns as
// properties, shows previews, and lets a person search for another party.
func TestOpenRefineSession(t *testing.T) {
	c := program(t, listedEnv(t))
	status, header, b := c.raw("GET", "/reconcile", nil)
	if status != 200 || header.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("manifest: %d, allowed to %q", status, header.Get("Access-Control-Allow-Origin"))
	}
	shaped(t, "manifest", b)
	var m reconcileManifest
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	at := func(full string) string {
		path, ok := strings.CutPrefix(full, c.base)
		if !ok {
			t.Fatalf("the manifest leads to %s, away from %s", full, c.base)
		}
		return path
	}

	// The first ten values without a type, to guess it.
	guess := `{"q0":{"query":"Veltraxis Institute of Optics","limit":3},"q1":{"query":"Mehrtash Darvishan","limit":3},"q2":{"query":"Halcyon Drift","limit":3},"q3":{"query":"Ulmara College","limit":3}}`
	shaped(t, "queries", []byte(guess))
	status, _, b = c.raw("POST", "/reconcile", url.Values{"queries": {guess}})
	if status != 200 {
		t.Fatalf("queries: %d %s", status, b)
	}
	shaped(t, "results", b)
	var found reconcileResults
	if err := json.Unmarshal(b, &found); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]string{
		"q0": {"un_sc_sanctions:IRe.901", "us_ofac_sdn:9000101"}, "q1": {"us_ofac_sdn:9000104"}, "q2": {"us_ofac_sdn:9000105"}, "q3": nil,
	} {
		if got := found.ids(query); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	for _, x := range []struct{ query, kind string }{{"q0", "Organization"}, {"q1", "Person"}, {"q2", "Vessel"}} {
		if types := found[x.query].Result[0].Type; types[0].ID != x.kind && types[len(types)-1].ID != x.kind {
			t.Errorf("%s is of the types %v, want %s", x.query, types, x.kind)
		}
	}
	if !found["q1"].Result[0].Match || found["q1"].Result[0].Score != 100 {
		t.Errorf("one exact candidate is no match: %+v", found["q1"].Result[0])
	}

	if both := found["q0"].Result; both[1].Match {
		t.Errorf("two candidates are called the match: %+v", both)
	}

	// The column, with its type and other columns.
	column := `{"q0":{"query":"Veltraxis Optics Institute","type":"Organization","type_strict":"should","properties":[{"pid":"country","v":"Iran"},{"pid":"city","v":["Kerman"]}]},
		"q1":{"query":"Darvishan Mehrtash","type":["Person"],"limit":5,"properties":[{"pid":"birthDate","v":1999}]},
		"q2":{"query":"Quite Another Name","type":"Organization","properties":[{"pid":"identifier","v":{"id":"QV-44871","name":"QV-44871"}}]},
		"q3":{"properties":[{"pid":"imo","v":"9990017"}],"type":"Vessel"},
		"q4":{"query":"us_ofac_sdn:9000106"}}`
	shaped(t, "queries", []byte(column))
	_, _, b = c.raw("POST", "/reconcile", url.Values{"queries": {column}})
	shaped(t, "results", b)
	found = nil
	if err := json.Unmarshal(b, &found); err != nil {
		t.Fatal(err)
	}
	if got := found["q1"].Result; len(got) == 0 || got[0].Match || got[0].Score >= 98 {
		t.Errorf("a person born in another year: %+v, want a lower score and no match", got)
	}
	if got := found.ids("q2"); !slices.Contains(got, "us_ofac_sdn:9000101") {
		t.Errorf("by its registration number under another name: %v", got)
	}
	if got := found.ids("q3"); !slices.Equal(got, []string{"us_ofac_sdn:9000105"}) {
		t.Errorf("by the number of a vessel alone: %v", got)
	}
	if got := found["q4"].Result; len(got) != 1 || got[0].ID != "us_ofac_sdn:9000106" || got[0].Score != 100 {
		t.Errorf("by its own id: %+v", got)
	}
	// The same by GET, and one alone.
	if _, _, again := c.raw("GET", "/reconcile?queries="+url.QueryEscape(column), nil); string(again) != string(b) {
		t.Error("the answer by GET is another one than by POST")
	}
	_, _, one := c.raw("GET", "/reconcile?query="+url.QueryEscape("Halcyon Drift"), nil)
	shaped(t, "results", []byte(`{"q":`+string(one)+`}`))

	// The preview of a candidate, framed by whom it may concern.
	status, header, b = c.raw("GET", strings.ReplaceAll(at(m.Preview.URL), "{{id}}", url.QueryEscape("us_ofac_sdn:9000101")), nil)
	if status != 200 || !strings.Contains(string(b), "VELTRAXIS OPTICS INSTITUTE") || header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("preview: %d %s\n%s", status, header.Get("Content-Type"), b)
	}
	if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "frame-ancestors *") || header.Get("X-Frame-Options") != "" {
		t.Errorf("the preview's policy is %q, X-Frame-Options %q", csp, header.Get("X-Frame-Options"))
	}

	// Somebody types: parties, types, properties.
	for _, x := range []struct {
		what, prefix string
		want         string
	}{
		{"entity", "velt", "un_sc_sanctions:IRe.901 us_ofac_sdn:9000101"}, {"entity", "us_ofac_sdn:9000105", "us_ofac_sdn:9000105"}, {"entity", "zzz", ""},
		{"type", "", "Organization Person Vessel Aircraft"}, {"type", "org", "Organization"},
		{"property", "num", "registrationNumber taxNumber imo"}, {"property", "birth", "birthDate"},
	} {
		s := m.Suggest[x.what]
		_, _, b := c.raw("GET", at(s.ServiceURL+s.ServicePath)+"?prefix="+url.QueryEscape(x.prefix), nil)
		shaped(t, "suggestions", b)
		var out struct{ Result []suggestion }
		if err := json.Unmarshal(b, &out); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range out.Result {
			got = append(got, s.ID)
		}
		slices.Sort(got)
		want := strings.Fields(x.want)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("suggest %s %q: %v, want %v", x.what, x.prefix, got, want)
		}
	}
	// The cursor skips what was shown.
	_, _, b = c.raw("GET", "/reconcile/suggest/type?prefix=&cursor=3", nil)
	if !strings.Contains(string(b), "Aircraft") || strings.Contains(string(b), "Vessel") {
		t.Errorf("from the fourth on: %s", b)
	}
}

// TestKeyInTheAddress asks as a program that can send no header: with a key
// that may read lists alone it may, with one that may more it may not.
func TestKeyInTheAddress(t *testing.T) {
	env := listedEnv(t)
	c := program(t, env)
	a := &screening.Account{Name: "rob", Roles: []screening.AccountRole{screening.Submitter}, Source: "link", Subject: "rob"}
	if err := jobs.AddAccount(t.Context(), env, a, ""); err != nil {
		t.Fatal(err)
	}
	key := func(scopes ...screening.Permission) string {
		secret, err := jobs.AddAPIKey(t.Context(), env, a, "OpenRefine", scopes, 24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	narrow, wide := key(screening.MayReadLists), key(screening.MayReadLists, screening.MaySubmit)
	c.header = nil
	status, _, b := c.raw("GET", "/reconcile/with/"+narrow, nil)
	shaped(t, "manifest", b)
	var m reconcileManifest
	if err := json.Unmarshal(b, &m); err != nil || status != 200 || !strings.HasPrefix(m.Preview.URL, c.base+"/reconcile/with/"+narrow+"/preview?") {
		t.Fatalf("manifest: %d %v %s", status, err, b)
	}
	var spaces map[string]any
	if err := json.Unmarshal(b, &spaces); err != nil || strings.Contains(spaces["identifierSpace"].(string), narrow) || strings.Contains(spaces["schemaSpace"].(string), narrow) {
		t.Errorf("the key stands in a space: %v", spaces)
	}
	for _, path := range []string{"?query=Halcyon+Drift", "/suggest/entity?prefix=halc", "/preview?id=us_ofac_sdn:9000105"} {
		if status, _, b := c.raw("GET", "/reconcile/with/"+narrow+path, nil); status != 200 || !strings.Contains(string(b), "HALCYON DRIFT") {
			t.Errorf("%s: %d %s", path, status, b)
		}
		if status, _, b := c.raw("GET", "/reconcile/with/"+wide+path, nil); status != 403 || strings.Contains(string(b), "HALCYON") {
			t.Errorf("%s with a key that may submit: %d %s", path, status, b)
		}
		if status, _, _ := c.raw("GET", "/reconcile"+path, nil); status != 401 {
			t.Errorf("%s without a key: %d", path, status)
		}
	}
	if status, _, _ := c.raw("GET", "/search/default?q=halcyon&key="+narrow, nil); status != 401 {
		t.Errorf("the key in another address: %d", status)
	}
}

// TestAskedFromAnotherOrigin asks as a page of another site does: reconciling
// is open to it with a key, and nothing else is.
func TestAskedFromAnotherOrigin(t *testing.T) {
	c := program(t, listedEnv(t))
	c.header.Set("Origin", "http://127.0.0.1:3333")
	c.header.Set("Sec-Fetch-Site", "cross-site")
	if status, header, _ := c.raw("OPTIONS", "/reconcile", nil); status != 204 || header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("asking first: %d %v", status, header)
	}
	query := url.Values{"queries": {`{"q":{"query":"Halcyon Drift"}}`}}
	if status, header, b := c.raw("POST", "/reconcile", query); status != 200 || header.Get("Access-Control-Allow-Origin") != "*" || header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("reconciling: %d %v %s", status, header, b)
	}
	if status, header, _ := c.raw("POST", "/match/default", batch(map[string]any{"q": example("Vessel", map[string]any{"name": "Halcyon Drift"})})); status != 403 || header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("matching from a page of another site: %d %v", status, header)
	}
}

func TestReconcileRefusals(t *testing.T) {
	c := program(t, listedEnv(t))
	many := map[string]any{}
	for i := range maxReconciled + 1 {
		many[strings.Repeat("q", i+1)] = map[string]any{"query": "A"}
	}
	b, err := json.Marshal(many)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name, queries string
		status        int
	}{
		{"no JSON", `{`, 400},
		{"a list", `[]`, 400},
		{"a query that is null", `{"q":null}`, 400},
		{"nothing to look for", `{"q":{}}`, 400},
		{"an unknown type", `{"q":{"query":"A","type":"Airship"}}`, 400},
		{"an unknown property", `{"q":{"query":"A","properties":[{"pid":"mood","v":"good"}]}}`, 400},
		{"a list in a list", `{"q":{"query":"A","properties":[{"pid":"city","v":[["x"]]}]}}`, 400},
		{"an unknown strictness", `{"q":{"query":"A","type_strict":"very"}}`, 400},
		{"a limit below 1", `{"q":{"query":"A","limit":0}}`, 400},
		{"a batch too large", string(b), 413},
	} {
		if status, _, b := c.raw("POST", "/reconcile", url.Values{"queries": {x.queries}}); status != x.status {
			t.Errorf("%s: status %d, want %d: %s", x.name, status, x.status, b)
		}
	}
	if status, _, _ := c.raw("POST", "/reconcile", url.Values{"nothing": {"x"}}); status != 400 {
		t.Errorf("an unknown field: status %d, want 400", status)
	}
	if status, _, _ := c.raw("GET", "/reconcile/preview?id=us_ofac_sdn:1", nil); status != 404 {
		t.Errorf("preview of nothing: status %d, want 404", status)
	}
}

// TestReconcileHidesRestrictedLists reconciles as somebody to whom a list is closed.
func TestReconcileHidesRestrictedLists(t *testing.T) {
	env := listedEnv(t)
	env.Restricted = map[string][]screening.AccountRole{"letters": {screening.Reviewer}}
	c := program(t, env, screening.Submitter)
	for _, path := range []string{
		"/reconcile?query=Marrowick+Instruments", "/reconcile?query=letters:L-1", "/reconcile/suggest/entity?prefix=Marrow", "/reconcile/suggest/entity?prefix=letters:L-1",
		"/reconcile/preview?id=letters:L-1",
	} {
		if _, _, b := c.raw("GET", path, nil); strings.Contains(string(b), "Marrowick") {
			t.Errorf("%s shows a party of a closed list: %s", path, b)
		}
	}
}

// TestPreviewIsText has a list whose parties are called like scripts.
func TestPreviewIsText(t *testing.T) {
	var b strings.Builder
	err := previewHTML.Execute(&b, map[string]any{
		"Name": `<script>alert(1)</script>`, "About": `"><img src=x onerror=alert(1)>`, "Others": "</style>", "Listings": nil,
	})
	if err != nil {
		t.Fatal(err)
	}
	if html := b.String(); strings.Contains(html, "<script") || strings.Contains(html, "<img") || strings.Count(html, "</style>") != 1 {
		t.Errorf("a name became part of the page:\n%s", html)
	}
}
