package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// The Reconciliation Service API 0.2, with which OpenRefine and others look up
// a column of names in the lists. It stands at /reconcile, and for programs
// that can send no header at /reconcile/with/KEY, where the key must be one that may read
// lists and nothing else: an address is copied about.
//
// A candidate is a listed party as one list has it; its score is ours times a
// hundred, its features are our evidence. The best is called a match only when it is exact
// and no other party is at or above the review line: anything less a person decides.

var reconcilePages = slices.Concat(
	manifestPage(),
	reconcilePage("POST", "", "Reconcile a batch of names with listed parties.", serveReconcile),
	reconcilePage("GET", "/suggest/entity", "Listed parties by the beginnings of the words of their names.", serveSuggestEntity),
	reconcilePage("GET", "/suggest/type", "Kinds of party.", serveSuggestType),
	reconcilePage("GET", "/suggest/property", "What can be compared beside the name.", serveSuggestProperty),
	reconcilePage("GET", "/preview", "A listed party in a small frame.", servePreview),
	[]Page{{Pattern: "OPTIONS /reconcile/", Doc: "What programs in a browser may ask.", Open: true, Serve: servePreflight}, {Pattern: "OPTIONS /reconcile", Doc: "What programs in a browser may ask.", Open: true, Serve: servePreflight}},
)

// reconcilePage is a page under both addresses.
func reconcilePage(method, path, doc string, serve func(*Request) error) []Page {
	p := Page{Doc: doc, Needs: readsLists, Body: 4 << 20, Serve: serve}
	out := []Page{p, p}
	out[0].Pattern = method + " /reconcile" + path
	out[1].Pattern = method + " /reconcile/with/{key}" + path
	return out
}

// manifestPage answers with the manifest, which is anybody's, and like a POST
// where there are queries in the address.
func manifestPage() []Page {
	out := reconcilePage("GET", "", "The manifest of the reconciliation service; and queries in the address.", serveReconcile)
	for i := range out {
		closed := out[i]
		out[i].Open = true
		out[i].Serve = func(r *Request) error {
			if r.URL.RawQuery == "" {
				return serveManifest(r)
			}
			asked := *r
			asked.Page = &closed
			return r.site.answer(&asked)
		}
	}
	return out
}

// servePreflight answers a browser that asks before it lets a program ask.
func servePreflight(r *Request) error {
	r.W.WriteHeader(http.StatusNoContent)
	return nil
}

// inReconcile reports whether a path is of the reconciliation service.
func inReconcile(path string) bool {
	return path == "/reconcile" || strings.HasPrefix(path, "/reconcile/")
}

// allowOrigins lets programs in a browser read the answer, from wherever they
// came: what they may read is in their key, never in a cookie.
func allowOrigins(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	h.Set("Access-Control-Max-Age", "600")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// Bounds of one request.
const (
	maxReconciled     = 100
	defaultCandidates = 10
	maxCandidates     = 100
	suggestions       = 20
)

// reconcileType is a kind of party there.
type reconcileType struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	kind []screening.Kind
}

var reconcileTypes = []reconcileType{
	{"Organization", "Organisation", []screening.Kind{screening.KindOrganisation}},
	{"Person", "Person", []screening.Kind{screening.KindPerson}},
	{"Vessel", "Vessel", []screening.Kind{screening.KindVessel}},
	{"Aircraft", "Aircraft", []screening.Kind{screening.KindAircraft}},
}

// typesOf are the types of a listed party; where its publisher does not say, it may be either.
func typesOf(e *screening.Entity) []reconcileType {
	if e.Kind == screening.KindUnknown {
		return reconcileTypes[:2]
	}
	return slices.DeleteFunc(slices.Clone(reconcileTypes), func(t reconcileType) bool { return !slices.Contains(t.kind, e.Kind) })
}

type reconcileProperty struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	// as is the property of an example that it is.
	as string
}

var reconcileProperties = []reconcileProperty{
	{"country", "Country", "A code or a name. It may speak against a candidate and never for one.", "country"},
	{"city", "City", "Supports a likely name.", "city"},
	{"address", "Address", "Supports a likely name.", "address"},
	{"website", "Website", "The same server is nearly as good as an identifier.", "website"},
	{"birthDate", "Birth date", "Of a person, to the precision known: 1965, 1965-03, 1965-03-12.", "birthDate"},
	{"identifier", "Identifier", "A number or code of any kind: LEI, ROR, registration, tax, SWIFT, IMO …", "idNumber"},
	{"lei", "LEI", "Legal Entity Identifier.", "leiCode"},
	{"registrationNumber", "Registration number", "In a register of organisations.", "registrationNumber"},
	{"taxNumber", "Tax number", "Or number for value added tax.", "taxNumber"},
	{"imo", "IMO number", "Of a vessel.", "imoNumber"},
}

// base is the address of the service as the client reached it.
func (r *Request) reconcileBase() string {
	base := r.origin() + "/reconcile"
	if key := r.PathValue("key"); key != "" {
		base += "/with/" + url.PathEscape(key)
	}
	return base
}

func serveReconcile(r *Request) error {
	values := r.URL.Query()
	if r.Method == http.MethodPost {
		if err := r.ParseForm(); err != nil {
			return bad("The body is no form: send queries=…, application/x-www-form-urlencoded.")
		}
		values = r.Form
	}
	for name := range values {
		if name != "queries" && name != "query" && name != "accept_missing" {
			return bad(fmt.Sprintf("There is no parameter %q here; there are queries, query and accept_missing.", name))
		}
	}
	switch {
	case values.Has("queries"):
		return reconcileBatch(r, values.Get("queries"), values["accept_missing"])
	case values.Has("query"):
		return reconcileOne(r, values.Get("query"), values["accept_missing"])
	case r.Method == http.MethodPost:
		return bad("The form has no field queries.")
	}
	return serveManifest(r)
}

func serveManifest(r *Request) error {
	base := r.reconcileBase()
	suggest := func(what string) map[string]string {
		return map[string]string{"service_url": base, "service_path": "/suggest/" + what}
	}
	m := map[string]any{
		"versions": []string{"0.2"}, "name": "Listed parties (screener)",
		// Without the key, so that the spaces are one for whoever asks.
		"identifierSpace": r.origin() + "/reconcile#listed-party", "schemaSpace": r.origin() + "/reconcile#type",
		"serviceVersion": r.Env.Version, "defaultTypes": reconcileTypes, "batchSize": maxReconciled,
		"view":    map[string]string{"url": base + "/preview?id={{id}}"},
		"preview": map[string]any{"url": base + "/preview?id={{id}}", "width": 440, "height": 300},
		"suggest": map[string]any{"entity": suggest("entity"), "type": suggest("type"), "property": suggest("property")},
	}
	if r.PathValue("key") == "" {
		m["authentication"] = map[string]string{"type": "apiKey", "name": "Authorization", "in": "header", "description": "Bearer and an API key that may read lists. Programs that send no headers use " + base + "/with/KEY."}
	}
	return r.JSON(http.StatusOK, m)
}

// reconcileQuery is one query.
type reconcileQuery struct {
	Query      string          `json:"query"`
	Type       json.RawMessage `json:"type"`
	Limit      *float64        `json:"limit"`
	TypeStrict string          `json:"type_strict"`
	Properties []struct {
		PID string          `json:"pid"`
		V   json.RawMessage `json:"v"`
	} `json:"properties"`
}

type candidate struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Type        []reconcileType `json:"type"`
	Score       float64         `json:"score"`
	Match       bool            `json:"match"`
	Features    []feature       `json:"features"`
}

type feature struct {
	ID    string  `json:"id"`
	Value float64 `json:"value"`
}

type reconciled struct {
	Result []candidate `json:"result"`
}

func reconcileBatch(r *Request, queries string, accept []string) error {
	var batch map[string]*reconcileQuery
	if err := json.Unmarshal([]byte(queries), &batch); err != nil {
		return bad("queries is not a JSON object of queries.")
	}
	if len(batch) > maxReconciled {
		return &Problem{Status: http.StatusRequestEntityTooLarge, Detail: fmt.Sprintf("A batch may have %d queries.", maxReconciled)}
	}
	rc, err := newReconciler(r, accept)
	if err != nil {
		return err
	}
	out := map[string]reconciled{}
	for id, q := range batch {
		if err := r.Context().Err(); err != nil {
			return err
		}
		if q == nil {
			return bad("A query is an object.")
		}
		if out[id], err = rc.reconcile(q); err != nil {
			return err
		}
	}
	return r.JSON(http.StatusOK, out)
}

// reconcileOne answers a single query: an object, or the name alone.
func reconcileOne(r *Request, query string, accept []string) error {
	q := &reconcileQuery{Query: query}
	if strings.HasPrefix(strings.TrimSpace(query), "{") {
		q = &reconcileQuery{}
		if err := json.Unmarshal([]byte(query), q); err != nil {
			return bad("query is neither a name nor a JSON object.")
		}
	}
	rc, err := newReconciler(r, accept)
	if err != nil {
		return err
	}
	out, err := rc.reconcile(q)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, out)
}

// reconciler answers one query after another.
type reconciler struct {
	kept    *jobs.Kept
	inquire *inquirer
}

func newReconciler(r *Request, accept []string) (*reconciler, error) {
	kept, err := r.kept()
	if err != nil {
		return nil, err
	}
	d, err := findDataset(kept, r.Viewer, "default")
	if err != nil {
		return nil, err
	}
	return &reconciler{kept, newInquirer(kept, d, jobs.Among{AcceptMissing: accept, Line: kept.Policy().NoteLine, Now: r.Env.Now()})}, nil
}

func (rc *reconciler) reconcile(q *reconcileQuery) (reconciled, error) {
	out := reconciled{Result: []candidate{}}
	kinds, err := q.kinds()
	if err != nil {
		return out, err
	}
	limit := defaultCandidates
	if q.Limit != nil {
		if *q.Limit < 1 {
			return out, bad("limit is a number above 0.")
		}
		limit = int(min(*q.Limit, maxCandidates))
	}
	x, err := q.example()
	if err != nil {
		return out, err
	}
	// An id finds the party that has it.
	if l, ok := parseListed(strings.TrimSpace(q.Query)); ok && rc.inquire.data.asks(l.list) {
		if e, _, ok := rc.kept.Entity(l.list, l.id); ok {
			out.Result = append(out.Result, candidate{
				ID: l.ID(), Name: e.Name(), Description: describe(e), Type: typesOf(e), Score: 100, Match: true, Features: []feature{{"id", 1}},
			})
			return out, nil
		}
	}
	found, err := rc.inquire.match(x, kinds)
	if err != nil {
		return out, err
	}
	policy := rc.kept.Policy()
	found = slices.DeleteFunc(found, func(c screening.Candidate) bool { return c.Score < policy.NoteLine })
	likely := 0
	for _, group := range sameParties(found) {
		if group[0].Score >= policy.ReviewLine {
			likely++
		}
	}
	for i, c := range found[:min(limit, len(found))] {
		features := map[string]float64{}
		for _, e := range c.Evidence {
			features[e.Feature] = screening.Round(features[e.Feature] + e.Score)
		}
		one := candidate{
			ID: listedOf(c.Entity).ID(), Name: c.Entity.Name(), Description: describe(c.Entity), Type: typesOf(c.Entity),
			Score: screening.Round(c.Score * 100), Match: i == 0 && likely == 1 && policy.Strength(c.Score) == screening.Exact, Features: []feature{},
		}
		for _, name := range slices.Sorted(maps.Keys(features)) {
			one.Features = append(one.Features, feature{name, features[name]})
		}
		out.Result = append(out.Result, one)
	}
	return out, nil
}

// kinds are the kinds of party a query asks for; none named asks for all.
func (q *reconcileQuery) kinds() ([]screening.Kind, error) {
	ids, err := readTypes(q.Type)
	if err != nil {
		return nil, bad("type is the id of a type, or a list of such.")
	}
	if q.TypeStrict != "" && !slices.Contains([]string{"any", "should", "all"}, q.TypeStrict) {
		return nil, bad("type_strict is any, should or all.")
	}
	var kinds []screening.Kind
	for _, id := range ids {
		at := slices.IndexFunc(reconcileTypes, func(t reconcileType) bool { return t.ID == id })
		if at < 0 {
			return nil, bad(fmt.Sprintf("There is no type %q; there are Organization, Person, Vessel and Aircraft.", id))
		}
		kinds = append(kinds, reconcileTypes[at].kind...)
	}
	if len(ids) == 0 {
		for _, t := range reconcileTypes {
			kinds = append(kinds, t.kind...)
		}
	}
	return kinds, nil
}

// readTypes reads an id, a list of ids, or objects that have one.
func readTypes(raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	var out []string
	for _, item := range list {
		var id string
		if json.Unmarshal(item, &id) != nil {
			var t struct {
				ID string `json:"id"`
			}
			if err := json.Unmarshal(item, &t); err != nil {
				return nil, err
			}
			id = t.ID
		}
		if id != "" {
			out = append(out, id)
		}
	}
	return out, nil
}

// example is the party a query describes.
func (q *reconcileQuery) example() (*ftmExample, error) {
	x := &ftmExample{Properties: map[string][]string{}}
	if name := strings.TrimSpace(q.Query); name != "" {
		x.Properties["name"] = []string{name}
	}
	for _, p := range q.Properties {
		values, err := readValues(p.V)
		if err != nil {
			return nil, bad("The value of a property is a text, a number, a reconciled party, or a list of such.")
		}
		at := slices.IndexFunc(reconcileProperties, func(known reconcileProperty) bool { return known.ID == p.PID })
		if at < 0 {
			return nil, bad(fmt.Sprintf("There is no property %q; /suggest/property names them.", p.PID))
		}
		for _, v := range values {
			property := reconcileProperties[at].as
			if p.PID != "identifier" {
				if v = cleanValue(property, v); v != "" {
					x.Properties[property] = append(x.Properties[property], v)
				}
				continue
			}
			// Of which kind it is, nobody says: every kind that it can be.
			for _, property := range identifierProperties(v) {
				x.Properties[property] = append(x.Properties[property], v)
			}
		}
	}
	if len(x.Properties) == 0 {
		return nil, bad("A query has a name in query, or properties that can be read.")
	}
	return x, nil
}

// identifierProperties are the properties a number may stand in. Kinds of
// which a party has one for good are tried only where the shape is theirs: another would speak against.
func identifierProperties(v string) []string {
	out := []string{"registrationNumber", "taxNumber", "idNumber", "passportNumber", "swiftBic", "mmsi", "callSign", "unReference", "ofacNumber"}
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, v)
	digits := strings.Trim(letters, "0123456789") == ""
	switch {
	case strings.Contains(strings.ToLower(v), "ror.org/"):
		out = append(out, "rorId")
	case strings.HasPrefix(letters, "GRID"):
		out = append(out, "gridId")
	case strings.HasPrefix(letters, "IMO"):
		out = append(out, "imoNumber")
	case len(letters) == 20 && !digits:
		out = append(out, "leiCode")
	}
	return out
}

// describe tells namesakes apart: list, programme, country.
func describe(e *screening.Entity) string {
	parts := []string{e.List}
	for _, l := range e.Listings[:min(1, len(e.Listings))] {
		parts = append(parts, l.Programme)
	}
	var countries []string
	for _, c := range e.Countries[:min(3, len(e.Countries))] {
		countries = append(countries, screening.CountryName(c))
	}
	parts = append(parts, strings.Join(countries, ", "))
	if len(e.BirthDates) > 0 {
		parts = append(parts, "born "+e.BirthDates[0])
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// suggestion is one line under a field that is typed in.
type suggestion struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Notable     []reconcileType `json:"notable,omitempty"`
}

// suggest answers with one page of suggestions from the cursor on.
func suggest(r *Request, find func(prefix string) ([]suggestion, error)) error {
	p := newParameters(r.URL.Query())
	prefix, cursor, limit := p.text("prefix"), p.number("cursor", 0, 0, 1<<30), p.number("limit", suggestions, 1, 100)
	for _, others := range []string{"type", "type_strict", "lang", "exact"} { // clients send them; they narrow nothing down here
		p.all(others)
	}
	if err := p.done(); err != nil {
		return err
	}
	all, err := find(prefix)
	if err != nil {
		return err
	}
	from := min(cursor, len(all))
	return r.JSON(http.StatusOK, map[string]any{"result": append([]suggestion{}, all[from:min(from+limit, len(all))]...)})
}

func serveSuggestEntity(r *Request) error {
	return suggest(r, func(prefix string) ([]suggestion, error) {
		kept, err := r.kept()
		if err != nil || strings.TrimSpace(prefix) == "" {
			return nil, err
		}
		var out []suggestion
		add := func(e *screening.Entity) {
			out = append(out, suggestion{ID: listedOf(e).ID(), Name: e.Name(), Description: describe(e), Notable: typesOf(e)})
		}
		if l, ok := parseListed(strings.TrimSpace(prefix)); ok && r.Viewer.Sees(l.list) {
			if e, _, ok := kept.Entity(l.list, l.id); ok {
				add(e)
			}
		}
		for _, e := range kept.Directory.Find(prefix, func(e *screening.Entity) bool { return r.Viewer.Sees(e.List) }) {
			add(e)
		}
		return out, nil
	})
}

func serveSuggestType(r *Request) error {
	return suggest(r, func(prefix string) (out []suggestion, _ error) {
		for _, t := range reconcileTypes {
			if begins(prefix, t.ID, t.Name) {
				out = append(out, suggestion{ID: t.ID, Name: t.Name})
			}
		}
		return out, nil
	})
}

func serveSuggestProperty(r *Request) error {
	return suggest(r, func(prefix string) (out []suggestion, _ error) {
		for _, p := range reconcileProperties {
			if begins(prefix, p.ID, p.Name) {
				out = append(out, suggestion{ID: p.ID, Name: p.Name, Description: p.Description})
			}
		}
		return out, nil
	})
}

// begins reports whether a word of the texts begins with the prefix.
func begins(prefix string, texts ...string) bool {
	prefix = strings.ToLower(strings.TrimSpace(prefix))
	return slices.ContainsFunc(texts, func(t string) bool {
		return strings.Contains(" "+strings.ToLower(t), " "+prefix)
	})
}

const previewStyle = `body{font:14px/1.4 sans-serif;margin:8px;color:#1b1b1b;background:#fff}h1{font-size:16px;margin:0 0 4px}p{margin:0 0 6px}dt{font-weight:bold}dd{margin:0 0 4px}`

// previewHTML needs nothing but itself, and what a list says is text in it.
var previewHTML = template.Must(template.New("preview").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{.Name}}</title>
<style>` + previewStyle + `</style>
</head>
<body>
<h1>{{.Name}}</h1>
<p>{{.About}}</p>
{{with .Others}}<p>Also: {{.}}</p>{{end}}
<dl>
{{range .Listings}}<dt>{{.Title}}</dt>
<dd>{{range .Controls}}{{.}}<br>{{end}}{{with .Programme}}{{.}}{{end}}{{with .Listed}}, listed {{.}}{{end}}</dd>
{{end}}</dl>
<p>A name that is like this one is not yet this party: a person decides.</p>
</body>
</html>
`))

func servePreview(r *Request) error {
	p := newParameters(r.URL.Query())
	id := p.text("id")
	if err := p.done(); err != nil {
		return err
	}
	kept, e, err := r.listed(id)
	if err != nil {
		return err
	}
	type listing struct {
		Title, Programme, Listed string
		Controls                 []string
	}
	show := struct {
		Name, About, Others string
		Listings            []listing
	}{Name: e.Name(), About: describe(e)}
	var others []string
	for _, n := range e.Names[min(1, len(e.Names)):] {
		if !slices.Contains(others, n.Text) && n.Text != show.Name {
			others = append(others, n.Text)
		}
	}
	show.Others = strings.Join(others[:min(6, len(others))], "; ")
	for _, l := range e.Listings[:min(4, len(e.Listings))] {
		one := listing{Title: l.List, Programme: l.Programme, Listed: l.Listed}
		for _, used := range kept.Used {
			if used.List == l.List {
				one.Title = used.Title
			}
		}
		for _, c := range l.Controls {
			one.Controls = append(one.Controls, c.Plain())
		}
		show.Listings = append(show.Listings, one)
	}
	var b strings.Builder
	if err := previewHTML.Execute(&b, show); err != nil {
		return err
	}
	h := r.W.Header()
	// Anybody may frame it: it is text, runs nothing, sends nothing and leads nowhere.
	h.Del("X-Frame-Options")
	style := sha256.Sum256([]byte(previewStyle))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(style[:])+"'; base-uri 'none'; form-action 'none'; frame-ancestors *; sandbox")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = r.W.Write([]byte(b.String()))
	return nil
}
