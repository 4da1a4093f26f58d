package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract holds answers against the document the API serves of itself.
type contract struct {
	doc      map[string]any
	schemas  *jsonschema.Compiler
	mux      *http.ServeMux
	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
	met      map[string]bool // "GET /api/v1/runs 200"
}

const contractURL = "https://screener.test/openapi.json"

var theContract = sync.OnceValues(func() (*contract, error) {
	doc, err := openAPI("test", "http://127.0.0.1:8080")
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	c := &contract{mux: http.NewServeMux(), schemas: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}, met: map[string]bool{}}
	if err := json.Unmarshal(b, &c.doc); err != nil {
		return nil, err
	}
	c.schemas.AssertFormat()
	if err := c.schemas.AddResource(contractURL, c.doc); err != nil {
		return nil, err
	}
	for path, methods := range c.doc["paths"].(map[string]any) {
		for method := range methods.(map[string]any) {
			c.mux.HandleFunc(strings.ToUpper(method)+" "+path, func(http.ResponseWriter, *http.Request) {})
		}
	}
	return c, nil
})

// part follows keys into the document.
func (c *contract) part(keys ...string) (any, bool) {
	var at any = c.doc
	for _, k := range keys {
		m, ok := at.(map[string]any)
		if !ok {
			return nil, false
		}
		if at, ok = m[k]; !ok {
			return nil, false
		}
		next, _ := at.(map[string]any)
		if ref, ok := next["$ref"].(string); ok && strings.HasPrefix(ref, "#/components/responses/") {
			if at, ok = c.part(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...); !ok {
				return nil, false
			}
		}
	}
	return at, true
}

// operation finds what the document says of a request; "" where it says nothing.
func (c *contract) operation(method, path string) (pattern string) {
	u, err := url.Parse(path)
	if err != nil {
		return ""
	}
	_, pattern = c.mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: u.Path, RawPath: u.EscapedPath()}, Host: "127.0.0.1"})
	return pattern
}

// hold fails the test where an answer is not as the document has it.
func (c *contract) hold(t *testing.T, method, path string, status int, header http.Header, body []byte) {
	t.Helper()
	pattern := c.operation(method, path)
	if pattern == "" {
		return
	}
	_, route, _ := strings.Cut(pattern, " ")
	said := fmt.Sprintf("%s, status %d", pattern, status)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.met[pattern+" "+strconv.Itoa(status)] = true
	response, ok := c.part("paths", route, strings.ToLower(method), "responses", strconv.Itoa(status))
	if !ok {
		t.Errorf("%s: the document has no such answer: %s", said, body)
		return
	}
	if status < 300 {
		c.holdParameters(t, route, method, path)
		for name := range c.headersOf(response) {
			if name == "ETag" && header.Get(name) == "" {
				t.Errorf("%s: has no ETag", said)
			}
		}
	}
	content, _ := response.(map[string]any)["content"].(map[string]any)
	if content == nil {
		if len(body) > 0 {
			t.Errorf("%s: has a body, and the document has none: %s", said, body)
		}
		return
	}
	media := header.Get("Content-Type")
	kind, ok := content[media].(map[string]any)
	if !ok {
		t.Errorf("%s: is %s; the document has %v", said, media, slices.Collect(maps.Keys(content)))
		return
	}
	base, _, err := mime.ParseMediaType(media)
	if err != nil {
		t.Fatal(err)
	}
	if kind["schema"] == nil || (base != "application/json" && base != "application/problem+json" && base != "application/x-ndjson") {
		return
	}
	pointer := contractURL + "#/paths/" + escaped(route) + "/" + strings.ToLower(method) + "/responses/" + strconv.Itoa(status) + "/content/" + escaped(media) + "/schema"
	if base == "application/problem+json" {
		pointer = contractURL + "#/components/schemas/Problem"
	}
	schema := c.compiled[pointer]
	if schema == nil {
		if schema, err = c.schemas.Compile(pointer); err != nil {
			t.Fatalf("%s: its schema is none: %v", said, err)
		}
		c.compiled[pointer] = schema
	}
	parts := [][]byte{body}
	if base == "application/x-ndjson" {
		parts = bytes.Split(bytes.TrimSpace(body), []byte("\n"))
		if len(bytes.TrimSpace(body)) == 0 {
			parts = nil
		}
	}
	for _, part := range parts {
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(part))
		if err != nil {
			t.Errorf("%s: no JSON: %v: %s", said, err, part)
			continue
		}
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%s: not of its shape: %v\n%s", said, err, part)
		}
	}
}

func (c *contract) headersOf(response any) map[string]any {
	headers, _ := response.(map[string]any)["headers"].(map[string]any)
	return headers
}

// holdParameters fails the test where a parameter was taken that the document has not.
func (c *contract) holdParameters(t *testing.T, route, method, path string) {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	known := c.parameters(route, method)
	for name := range u.Query() {
		if !slices.Contains(known, name) {
			t.Errorf("%s %s: the parameter %q was taken, and the document has %v", method, route, name, known)
		}
	}
}

// parameters are those of the address's query, as the document has them, sorted.
func (c *contract) parameters(route, method string) []string {
	all, _ := c.part("paths", route, strings.ToLower(method), "parameters")
	var out []string
	for _, p := range all.([]any) {
		if p := p.(map[string]any); p["in"] == "query" {
			out = append(out, p["name"].(string))
		}
	}
	slices.Sort(out)
	return out
}

func escaped(s string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D", " ", "%20", ";", "%3B").Replace(strings.NewReplacer("~", "~0", "/", "~1").Replace(s))
}

// TestTheDocumentNamesEveryAddress holds the cards against the document: none
// is missing, none is made up.
func TestTheDocumentNamesEveryAddress(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	ids := map[string]bool{}
	for path, methods := range c.doc["paths"].(map[string]any) {
		for method, op := range methods.(map[string]any) {
			described[strings.ToUpper(method)+" "+path] = true
			id := op.(map[string]any)["operationId"].(string)
			if ids[id] {
				t.Errorf("two operations are called %s", id)
			}
			ids[id] = true
		}
	}
	for _, p := range All {
		_, path, _ := strings.Cut(p.Pattern, " ")
		if forPrograms(path) && !inReconcile(path) && !described[p.Pattern] {
			t.Errorf("the document has nothing of %s", p.Pattern)
		}
		delete(described, p.Pattern)
	}
	for pattern := range described {
		t.Errorf("the document has %s, which there is not", pattern)
	}
	// Every schema can be compiled, and is used.
	all, _ := c.part("components", "schemas")
	text, err := json.Marshal(c.doc)
	if err != nil {
		t.Fatal(err)
	}
	for name := range all.(map[string]any) {
		if _, err := c.schemas.Compile(contractURL + "#/components/schemas/" + name); err != nil {
			t.Errorf("schema %s: %v", name, err)
		}
		if !bytes.Contains(text, []byte(`"#/components/schemas/`+name+`"`)) {
			t.Errorf("schema %s is used by nothing", name)
		}
	}
}

// TestEveryParameterIsDescribed asks each address for a parameter there is not:
// the refusal names those there are, and they are those of the document.
func TestEveryParameterIsDescribed(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	o, sams, rias := full(t, Options{PerMinute: -1})
	server := httptest.NewServer(o.site)
	defer server.Close()
	in := colleague(t, o.env, server.URL, "ria-who-may-all")
	fill := strings.NewReplacer("{id}", "1", "{before}", rias.ID, "{format}", "csv", "{list}", openList, "{dataset}", "default", "{property}", "sanctions")
	for path, methods := range c.doc["paths"].(map[string]any) {
		for method := range methods.(map[string]any) {
			method = strings.ToUpper(method)
			at := fill.Replace(path)
			if strings.Contains(path, "/runs/") {
				at = strings.Replace(at, "/runs/1", "/runs/"+sams.ID, 1)
			}
			var body any
			if method == "POST" {
				body = "{}"
			}
			var out struct{ Detail string }
			status, _ := in.ask(method, at+"?made_up=1", body, &out)
			if _, names, ok := strings.Cut(out.Detail, "there are "); ok && status == 422 {
				names = strings.TrimSuffix(names, ".")
				if want := strings.Join(c.parameters(path, method), ", "); names != want {
					t.Errorf("%s %s takes %q, the document has %q", method, path, names, want)
				}
			} else if len(c.parameters(path, method)) > 0 || status != 422 || !strings.Contains(out.Detail, "made_up") {
				t.Errorf("%s %s: a parameter that there is not gave %d, %q", method, path, status, out.Detail)
			}
		}
	}
}

// TestServedDocument reads the document as a client does.
func TestServedDocument(t *testing.T) {
	o := newOffice(t, Options{PublicURL: "https://screening.example.ac.uk"})
	w := o.browser().do("GET", "/api/v1/openapi.json", nil)
	var doc struct {
		OpenAPI string `json:"openapi"`
		Servers []struct{ URL string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != 200 || doc.OpenAPI != "3.1.0" || doc.Servers[0].URL != "https://screening.example.ac.uk" {
		t.Errorf("%d, %v: %.200s", w.Code, err, w.Body)
	}
	if path := os.Getenv("OPENAPI_OUT"); path != "" { // for other tools to look at
		if err := os.WriteFile(path, w.Body.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
