package web

import (
	_ "embed" // schemas
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The API's own description, an OpenAPI 3.1 document. What stands on the cards
// is taken from there: addresses, methods, what they do, what they need; beside them
// operations says what each takes and answers, and openapi_schemas.json has the shapes.
// The tests hold every answer they get against it.

//go:embed openapi_schemas.json
var openAPISchemas []byte

var openAPIPage = Page{
	Pattern: "GET /api/v1/openapi.json", Doc: "This document.", Open: true,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		doc, err := openAPI(r.Env.Version, r.origin())
		if err != nil {
			return err
		}
		return r.JSON(http.StatusOK, doc)
	},
}

// origin is the address of the site as the client reached it.
func (r *Request) origin() string {
	if origin := strings.TrimRight(r.site.opts.PublicURL, "/"); origin != "" {
		return origin
	}
	return "http://" + r.Host
}

// operation is what a page for programs takes and answers.
type operation struct {
	page  *Page
	id    string
	query []param
	// header parameters.
	header []param
	body   *content
	status int // of success; 0 is 200
	answer content
	// tagged answers carry an ETag, and 304 where nothing has changed.
	tagged bool
	// headers the answer may carry.
	headers map[string]string
	// refuses are the statuses beside those every address has.
	refuses []int
}

// param is one parameter beside the address; its type is a JSON type, with []
// before it where it may be given several times.
type param struct {
	name, kind, doc string
	enum            []string
}

// content is a body: a media type and a schema of the document.
type content struct {
	media  string
	schema string // a name, or "[]" and a name for a list of it
}

func jsonOf(schema string) content { return content{"application/json", schema} }

var (
	pageParams   = []param{{"limit", "integer", "How many at most.", nil}, {"cursor", "string", "next of the page before.", nil}}
	acceptParam  = param{"accept_missing", "[]string", "Go without this list although it binds the office and cannot be used.", nil}
	lookupParams = []param{
		{"include_dataset", "[]string", "Only these datasets.", nil}, {"exclude_dataset", "[]string", "All but these.", nil},
		{"exclude_schema", "[]string", "No parties of these schemas.", nil}, {"topics", "[]string", "Only parties under one of these topics.", nil},
		{"changed_since", "string", "Only parties that came or changed since.", nil},
	}
	gradeNames = []string{"clear", "note", "review", "escalate"}
)

// described are operations, for the page that describes them and is one of them.
var described []operation

func init() { described = operations }

// operations are the addresses for programs, in the order of the document.
var operations = []operation{
	{page: &openAPIPage, id: "describe", answer: jsonOf("Any"), tagged: true},

	{page: &apiRuns, id: "listRuns", query: pageParams, answer: jsonOf("RunPage")},
	{
		page: &apiRunAdd, id: "screen", body: &content{"multipart/form-data", "Upload"}, status: http.StatusAccepted, answer: jsonOf("Accepted"),
		header:  []param{{"Idempotency-Key", "string", "The same key with the same sheets starts one run, however often it is sent.", nil}},
		headers: map[string]string{"Location": "The run.", "Idempotency-Replayed": "true where the run was started by an earlier request."},
		refuses: []int{http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusServiceUnavailable},
	},
	{page: &apiRunPage, id: "showRun", answer: jsonOf("Run"), tagged: true},
	{
		page: &apiRunResults, id: "listResults", answer: content{"application/x-ndjson", "ResultLine"},
		query:   append(slices.Clone(pageParams), param{"grade", "[]string", "Only rows of these grades.", gradeNames}),
		headers: map[string]string{"Link": "The next rows, rel=next; absent on the last page."},
	},
	{
		page: &apiRunReport, id: "downloadReport", answer: content{"", ""}, tagged: true, refuses: []int{http.StatusConflict},
		headers: map[string]string{"Content-Disposition": "What to call the file."},
	},
	{page: &apiRunCompare, id: "compareRuns", answer: jsonOf("RunChanges")},

	{
		page: &apiMatches, id: "listMatches", answer: jsonOf("MatchPage"),
		query: append(slices.Clone(pageParams),
			param{"run", "string", "Of this run; the newest twenty where none is named.", nil},
			param{"state", "string", "How the match stands now; open where none is named.", []string{"open", "waiting", "needs_information", "decided", "all"}},
			param{"grade", "string", "Of this grade.", []string{"note", "review", "escalate"}}, param{"list", "string", "On this list.", nil},
			param{"control", "string", "Under this control.", nil}, param{"owner", "string", "For this office.", nil}),
	},

	{
		page: &apiQuestions, id: "listQuestions", answer: jsonOf("[]Question"),
		query: []param{
			{"run", "string", "Only those about rows of this run's sheet.", nil}, {"state", "string", "all where none is named.", []string{"open", "all"}},
			{"limit", "integer", "How many at most.", nil},
		},
	},
	{
		page: &apiQuestionAnswer, id: "answerQuestion", body: &content{"application/json", "Answer"}, status: http.StatusAccepted, answer: jsonOf("Answered"),
		refuses: []int{http.StatusConflict},
	},
	{
		page: &apiDecisions, id: "listDecisions", answer: jsonOf("DecisionPage"),
		query: append(slices.Clone(pageParams), param{"all", "boolean", "Replaced, expired and revoked ones too.", nil}, param{"due_days", "integer", "Only those that expire within so many days.", nil}),
	},
	{
		page: &apiDecisionAdd, id: "decide", body: &content{"application/json", "Verdict"}, status: http.StatusCreated, answer: jsonOf("Decided"),
		headers: map[string]string{"Location": "The first of the decisions."}, refuses: []int{http.StatusConflict, http.StatusUnprocessableEntity},
	},
	{page: &apiDecisionPage, id: "showDecision", answer: jsonOf("Decision")},
	{page: &apiDecisionRevoke, id: "revokeDecision", body: &content{"application/json", "Reason"}, answer: jsonOf("Revoked"), refuses: []int{http.StatusConflict}},

	{page: &apiLists, id: "listLists", answer: jsonOf("[]List"), tagged: true},
	{page: &apiListPage, id: "showList", answer: jsonOf("ListDetail"), tagged: true},
	{
		page: &apiListChanges, id: "listChanges", answer: content{"application/x-ndjson", "Change"}, tagged: true,
		query: []param{{"from", "integer", "Edition to compare from.", nil}, {"to", "integer", "Edition to compare to.", nil}},
	},
	{page: &apiListAccept, id: "acceptEdition", body: &content{"application/json", "Acceptance"}, answer: jsonOf("Refreshed"), refuses: []int{http.StatusConflict}},

	{
		page: &apiJobs, id: "listJobs", answer: jsonOf("JobPage"),
		query: []param{
			{"state", "[]string", "Only those in these states.", []string{"waiting", "running", "done", "dead", "cancelled"}}, {"kind", "string", "Only those of this kind.", nil},
			{"run", "string", "Only those of this run.", nil}, {"limit", "integer", "How many at most.", nil},
		},
	},
	{
		page: &apiJobAdd, id: "startJob", body: &content{"application/json", "NewJob"}, status: http.StatusAccepted, answer: jsonOf("Started"),
		headers: map[string]string{"Location": "The job."},
	},
	{page: &apiJobPage, id: "showJob", answer: jsonOf("Job")},
	{page: &apiJobCancel, id: "cancelJob", answer: jsonOf("Job"), refuses: []int{http.StatusConflict}},
	{page: &apiJobRetry, id: "retryJob", answer: jsonOf("Job"), refuses: []int{http.StatusConflict}},

	{
		page: &apiCollaborations, id: "listCollaborations", answer: jsonOf("CollaborationPage"),
		query: append(slices.Clone(pageParams), param{"state", "string", "active where none is named.", []string{"active", "missing", "unsure", "over", "all"}},
			param{"grade", "[]string", "Of these grades.", gradeNames}, param{"search", "string", "Part of a reference, a project or a party's name.", nil}),
	},
	{page: &apiCollaborationPage, id: "showCollaboration", answer: jsonOf("CollaborationDetail")},
	{page: &apiCollaborationEnd, id: "endCollaboration", body: &content{"application/json", "Reason"}, answer: jsonOf("CollaborationDetail")},

	{page: &apiCheck, id: "check", body: &content{"application/json", "CheckQuery"}, answer: jsonOf("Checked"), refuses: []int{http.StatusServiceUnavailable}},
	{page: &apiCompare, id: "compareNames", body: &content{"text/csv", "Text"}, answer: content{"text/csv; charset=utf-8", "Text"}, refuses: []int{http.StatusRequestEntityTooLarge}},

	{
		page: &matchPage, id: "match", body: &content{"application/json", "MatchQueries"}, answer: jsonOf("MatchAnswers"),
		query: append(slices.Clone(lookupParams),
			param{"limit", "integer", "How many results a query.", nil}, param{"threshold", "number", "The score from which a result is called a match; the review line of the policy where none is given.", nil},
			param{"cutoff", "number", "The least score of a result; not below the note line of the policy.", nil}, param{"algorithm", "string", "best, or a name of /algorithms.", nil},
			param{"exclude_entity_ids", "[]string", "Not these parties.", nil}, acceptParam),
		headers: map[string]string{"X-Batch-Size": "How many queries were answered."}, refuses: []int{http.StatusServiceUnavailable},
	},
	{
		page: &searchPage, id: "search", answer: jsonOf("SearchAnswer"),
		query: append(slices.Clone(lookupParams),
			param{"q", "string", "Words of a name, or beginnings of such.", nil}, param{"schema", "string", "Only parties of this schema.", nil},
			param{"countries", "[]string", "Only parties of these countries.", nil}, param{"datasets", "[]string", "Only parties on these lists.", nil},
			param{"limit", "integer", "How many at most.", nil}, param{"offset", "integer", "How many to pass over.", nil},
			param{"fuzzy", "boolean", "Names that are like the words, too.", nil}, param{"simple", "boolean", "Taken and not needed.", nil},
			param{"target", "boolean", "Listed parties: all of them are.", nil}, param{"facets", "[]string", "What to count by.", nil}, param{"sort", "[]string", "caption, first_seen or last_change, with :asc or :desc.", nil}),
		refuses: []int{http.StatusServiceUnavailable},
	},
	{page: &entityPage, id: "fetchEntity", query: []param{{"nested", "boolean", "With listings and links.", nil}}, answer: jsonOf("Entity")},
	{page: &adjacentPage, id: "fetchAdjacent", query: adjacentParams, answer: jsonOf("Adjacent")},
	{page: &adjacentPropertyPage, id: "fetchAdjacentBy", query: adjacentParams, answer: jsonOf("AdjacentResults")},
	{page: &catalogPage, id: "listDatasets", answer: jsonOf("Catalog")},
	{page: &algorithmsPage, id: "listAlgorithms", answer: jsonOf("Algorithms")},
}

var adjacentParams = []param{{"limit", "integer", "How many at most.", nil}, {"offset", "integer", "How many to pass over.", nil}, {"sort", "[]string", "Taken; they stand as the list has them.", nil}}

// tags group the addresses by their second word.
var openAPITags = map[string]string{
	"runs": "Screenings of spreadsheets.", "matches": "What a person is asked about.", "questions": "What reviewers ask of who submitted a row.", "decisions": "What persons said.", "lists": "The published lists.",
	"jobs": "What is running, waiting, dead or done.", "collaborations": "The rows the office keeps watched.", "names": "Single names and pairs of names.",
	"lookup": "Listed parties, in the shape of OpenSanctions' API and its server yente.", "about": "The API itself.",
}

func tagOf(path string) string {
	rest, ok := strings.CutPrefix(path, "/api/v1/")
	word, _, _ := strings.Cut(rest, "/")
	switch {
	case !ok:
		return "lookup"
	case word == "check" || word == "compare":
		return "names"
	case word == "openapi.json":
		return "about"
	}
	return word
}

// openAPI writes the document.
func openAPI(version, origin string) (map[string]any, error) {
	var schemas map[string]any
	if err := json.Unmarshal(openAPISchemas, &schemas); err != nil {
		return nil, fmt.Errorf("reading the schemas of the API: %w", err)
	}
	paths := map[string]map[string]any{}
	used := map[string]bool{}
	for i := range described {
		op := &described[i]
		method, path, _ := strings.Cut(op.page.Pattern, " ")
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		used[tagOf(path)] = true
		paths[path][strings.ToLower(method)] = op.describe(path)
	}
	var tags []any
	for _, name := range slices.Sorted(maps.Keys(used)) {
		tags = append(tags, map[string]string{"name": name, "description": openAPITags[name]})
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "screener", "version": version,
			"summary":     "Partner organisations screened against the public sanctions, export-control and research-security lists.",
			"description": "Errors are application/problem+json. Who asks sees their own runs, or all, and never what is on a list that is closed to them. The Reconciliation Service API 0.2 stands at /reconcile and describes itself.",
			"license":     map[string]string{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers":  []any{map[string]string{"url": origin}},
		"tags":     tags,
		"security": []any{map[string][]string{"key": {}}, map[string][]string{"session": {}}},
		"paths":    paths,
		"components": map[string]any{
			"schemas": schemas,
			"securitySchemes": map[string]any{
				"key":     map[string]string{"type": "http", "scheme": "bearer", "description": "An API key of an account; ApiKey is taken for Bearer too."},
				"session": map[string]string{"type": "apiKey", "in": "cookie", "name": "screener-session", "description": "The session of a browser that has signed in."},
			},
			"responses": map[string]any{
				"Problem": map[string]any{"description": "What is wrong, and what to do.", "content": map[string]any{"application/problem+json": map[string]any{"schema": ref("Problem")}}},
			},
		},
	}, nil
}

func ref(schema string) map[string]any {
	if of, list := strings.CutPrefix(schema, "[]"); list {
		return map[string]any{"type": "array", "items": ref(of)}
	}
	return map[string]any{"$ref": "#/components/schemas/" + schema}
}

func (op *operation) describe(path string) map[string]any {
	parameters := []any{}
	for _, segment := range strings.Split(path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			schema := map[string]any{"type": "string"}
			if name = strings.TrimSuffix(name, "}"); name == "format" {
				schema["enum"] = slices.Sorted(maps.Keys(reportKinds))
			}
			parameters = append(parameters, map[string]any{"name": name, "in": "path", "required": true, "schema": schema})
		}
	}
	for _, p := range op.query {
		parameters = append(parameters, p.describe("query"))
	}
	for _, p := range op.header {
		parameters = append(parameters, p.describe("header"))
	}
	out := map[string]any{"operationId": op.id, "summary": op.page.Doc, "tags": []string{tagOf(path)}, "parameters": parameters, "responses": op.responses()}
	switch {
	case op.page.Open:
		out["security"] = []any{}
	case len(op.page.Needs) > 0:
		var needs []string
		for _, n := range op.page.Needs {
			needs = append(needs, string(n))
		}
		out["description"] = "Needs " + strings.Join(needs, " or ") + "."
	}
	if op.body != nil {
		out["requestBody"] = map[string]any{"required": true, "content": map[string]any{op.body.media: map[string]any{"schema": ref(op.body.schema)}}}
	}
	return out
}

func (p *param) describe(in string) map[string]any {
	kind, several := strings.CutPrefix(p.kind, "[]")
	schema := map[string]any{"type": kind}
	if len(p.enum) > 0 {
		schema["enum"] = p.enum
	}
	if several {
		schema = map[string]any{"type": "array", "items": schema}
	}
	return map[string]any{"name": p.name, "in": in, "description": p.doc, "schema": schema}
}

func (op *operation) responses() map[string]any {
	out := map[string]any{}
	status := op.status
	if status == 0 {
		status = http.StatusOK
	}
	good := map[string]any{"description": op.page.Doc}
	switch {
	case op.page == &apiRunReport:
		files := map[string]any{}
		for _, media := range reportKinds {
			files[media] = map[string]any{}
		}
		good["content"] = files
	default:
		good["content"] = map[string]any{op.answer.media: map[string]any{"schema": ref(op.answer.schema)}}
	}
	headers := map[string]any{}
	for name, doc := range op.headers {
		headers[name] = map[string]any{"description": doc, "schema": map[string]string{"type": "string"}}
	}
	if op.tagged {
		headers["ETag"] = map[string]any{"description": "Stands for what is said; send it back as If-None-Match.", "schema": map[string]string{"type": "string"}}
		out["304"] = map[string]any{"description": "Nothing has changed."}
	}
	if len(headers) > 0 {
		good["headers"] = headers
	}
	out[strconv.Itoa(status)] = good
	refuses := slices.Concat(op.refuses, []int{http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError})
	if !op.page.Open {
		refuses = append(refuses, http.StatusUnauthorized, http.StatusForbidden)
	}
	if method, path, _ := strings.Cut(op.page.Pattern, " "); method == http.MethodPost || len(op.query) > 0 || strings.Contains(path, "{") {
		refuses = append(refuses, http.StatusBadRequest, http.StatusNotFound)
	}
	if op.body != nil {
		refuses = append(refuses, http.StatusRequestEntityTooLarge)
	}
	for _, s := range refuses {
		out[strconv.Itoa(s)] = map[string]any{"$ref": "#/components/responses/Problem"}
	}
	return out
}
