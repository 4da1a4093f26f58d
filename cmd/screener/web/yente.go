package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/matching"
	"partnerscreen/screening"
)

// The addresses under which clients of OpenSanctions' API and of its server,
// yente, look parties up: what they send and expect is kept, so that they are
// pointed here and work. The lists, the scores and the reasons are this program's.
//
// A dataset is "default" or "all", a list's id, or a control ("asset_freeze");
// "sanctions" stands for the lists that freeze assets or bar finance.

// readsLists is what looking parties up needs, whoever's data they are in.
var readsLists = []screening.Permission{screening.MayReadLists}

var (
	matchPage = Page{
		Pattern: "POST /match/{dataset}", Doc: "Match parties described by example, in the shape of yente's API.",
		Needs: readsLists, Body: 4 << 20, Serve: serveMatch,
	}
	searchPage = Page{
		Pattern: "GET /search/{dataset}", Doc: "Search listed parties by words of their names, in the shape of yente's API.",
		Needs: readsLists, Serve: serveSearch,
	}
	entityPage = Page{
		Pattern: "GET /entities/{id}", Doc: "One listed party in the FollowTheMoney model.",
		Needs: readsLists, Serve: serveEntity,
	}
	adjacentPage = Page{
		Pattern: "GET /entities/{id}/adjacent", Doc: "What is tied to a listed party, by property.",
		Needs: readsLists, Serve: serveAdjacent,
	}
	adjacentPropertyPage = Page{
		Pattern: "GET /entities/{id}/adjacent/{property}", Doc: "What is tied to a listed party by one property.",
		Needs: readsLists, Serve: serveAdjacent,
	}
	catalogPage = Page{
		Pattern: "GET /catalog", Doc: "The lists as datasets, in the shape of yente's API.",
		Needs: readsLists, Serve: serveCatalog,
	}
	algorithmsPage = Page{
		Pattern: "GET /algorithms", Doc: "How parties are compared, in the shape of yente's API.",
		Needs: readsLists, Serve: serveAlgorithms,
	}
)

// Bounds of one request; those of pages are the ones its clients know.
const (
	maxQueries     = 100
	defaultMatches = 5
	maxMatches     = 500
	maxPage        = 500
	maxOffset      = 9499
	maxExcluded    = 50
	maxDatasets    = 200
)

// algorithm is what comparing is called there.
const algorithm = "screener-v" + matching.Version

// kept are the lists as they are loaded.
func (r *Request) kept() (*jobs.Kept, error) { return r.site.keeper.Kept(r.Context()) }

// dataset is the part of what is kept that a request asks about.
type dataset struct {
	name    string
	lists   map[string]bool
	control screening.Control // "" for all of what is on the lists
	since   time.Time         // only what has changed since
	topics  []string
	schemas []string // left out
	ids     []string // left out
}

// errNoDataset does not tell what is not there from what is not open.
var errNoDataset = &Problem{Status: http.StatusNotFound, Detail: "There is no such dataset; /catalog names them."}

// findDataset finds what a name stands for, of what the viewer sees.
func findDataset(kept *jobs.Kept, v *screening.Viewer, name string) (*dataset, error) {
	d := &dataset{name: name, lists: map[string]bool{}}
	control := screening.Control(name)
	for _, used := range kept.Used {
		if !v.Sees(used.List) {
			continue
		}
		carries := func(c screening.Control) bool { return slices.Contains(used.Controls, c) }
		switch {
		case name == "default", name == "all", name == used.List,
			name == "sanctions" && (carries(screening.AssetFreeze) || carries(screening.NarrowFinancial)):
			d.lists[used.List] = true
		case control.Valid() && carries(control):
			d.lists[used.List], d.control = true, control
		}
	}
	if len(d.lists) == 0 { // to find nothing where nothing is would be no answer
		return nil, errNoDataset
	}
	return d, nil
}

// limitTo reads the filters that matching and searching share.
func (d *dataset) limitTo(kept *jobs.Kept, v *screening.Viewer, p *parameters) error {
	if include := p.all("include_dataset"); len(include) > 0 {
		wanted := map[string]bool{}
		for _, name := range include[:min(len(include), maxDatasets)] {
			other, err := findDataset(kept, v, name)
			if err != nil {
				return bad("include_dataset: " + errNoDataset.Detail)
			}
			maps.Copy(wanted, other.lists)
		}
		maps.DeleteFunc(d.lists, func(list string, _ bool) bool { return !wanted[list] })
	}
	for _, name := range p.all("exclude_dataset") {
		// One that is not there excludes nothing, as it does there.
		if other, err := findDataset(kept, v, name); err == nil {
			maps.DeleteFunc(d.lists, func(list string, _ bool) bool { return other.lists[list] })
		}
	}
	d.topics, d.schemas, d.since = p.all("topics"), p.all("exclude_schema"), p.time("changed_since")
	if len(d.lists) == 0 {
		return bad("No dataset is left to look in: include_dataset narrows " + d.name + " down, exclude_dataset takes away.")
	}
	return nil
}

func (d *dataset) asks(list string) bool { return d.lists[list] }

// has reports whether an entity is one of those asked about.
func (d *dataset) has(kept *jobs.Kept, e *screening.Entity) bool {
	switch {
	case !d.lists[e.List], slices.Contains(d.schemas, ftmSchema(e.Kind)), slices.Contains(d.ids, listedOf(e).ID()):
		return false
	case d.control != "" && !slices.Contains(e.Controls(), d.control):
		return false
	case len(d.topics) > 0 && !slices.ContainsFunc(topicsOf(e), func(t string) bool { return slices.Contains(d.topics, t) }):
		return false
	}
	if d.since.IsZero() {
		return true
	}
	_, standing, _ := kept.Entity(e.List, e.ID)
	return !standing.Unchanged.Before(d.since)
}

// matchBody is what is sent to be matched.
type matchBody struct {
	Queries map[string]*struct {
		ID         *string                    `json:"id"`
		Schema     string                     `json:"schema"`
		Properties map[string]json.RawMessage `json:"properties"`
	} `json:"queries"`
	Weights map[string]float64         `json:"weights"`
	Config  map[string]json.RawMessage `json:"config"`
}

// scored is a match as it is answered.
type scored struct {
	*ftmEntity
	Score        float64                `json:"score"`
	Match        bool                   `json:"match"`
	Features     map[string]float64     `json:"features"`
	Explanations map[string]explanation `json:"explanations"`
	// Fields of our own: clients pass over what they do not know.
	Strength screening.Strength  `json:"strength"`
	Controls []screening.Control `json:"controls"`
}

// explanation is one feature's share of a score.
type explanation struct {
	Score     float64 `json:"score"`
	Detail    string  `json:"detail"`
	Query     string  `json:"query"`
	Candidate string  `json:"candidate"`
}

type total struct {
	Value    int    `json:"value"`
	Relation string `json:"relation"`
}

type matchAnswer struct {
	Status  int        `json:"status"`
	Results []scored   `json:"results"`
	Total   total      `json:"total"`
	Query   ftmExample `json:"query"`
}

func serveMatch(r *Request) error {
	kept, err := r.kept()
	if err != nil {
		return err
	}
	d, err := findDataset(kept, r.Viewer, r.PathValue("dataset"))
	if err != nil {
		return err
	}
	p := newParameters(r.URL.Query())
	limit := p.number("limit", defaultMatches, 1, maxMatches)
	threshold := p.share("threshold", kept.Policy().ReviewLine)
	cutoff := min(threshold, p.share("cutoff", kept.Policy().NoteLine))
	asked := p.text("algorithm")
	d.ids = p.all("exclude_entity_ids")
	accept := p.all("accept_missing")
	if err := cmp.Or(d.limitTo(kept, r.Viewer, p), p.done()); err != nil {
		return err
	}
	switch {
	case asked != "" && asked != "best" && asked != algorithm:
		return bad(fmt.Sprintf("Unknown algorithm: %q; this program has %s.", asked, algorithm))
	case len(d.ids) > maxExcluded:
		return bad(fmt.Sprintf("exclude_entity_ids may be given %d times.", maxExcluded))
	}
	var body matchBody
	if err := readJSON(r, &body); err != nil {
		return err
	}
	switch {
	case len(body.Queries) == 0:
		return bad("No queries provided.")
	case len(body.Queries) > maxQueries:
		return bad(fmt.Sprintf("Too many queries in one batch (limit: %d).", maxQueries))
	case len(body.Weights) > 0:
		return bad("Weights cannot be set: what a feature is worth is part of the policy of " + algorithm + ".")
	}
	for name := range body.Config {
		return bad(fmt.Sprintf("Invalid configuration parameter: %q; %s has none.", name, algorithm))
	}
	examples := map[string]*ftmExample{}
	for id, q := range body.Queries {
		if q == nil {
			continue
		}
		if examples[id], err = readExample(q.ID, q.Schema, q.Properties); err != nil {
			return err
		}
	}
	inquire := newInquirer(kept, d, jobs.Among{AcceptMissing: accept, Line: cutoff, Now: r.Env.Now()})
	answers := map[string]matchAnswer{}
	for id, x := range examples {
		if err := r.Context().Err(); err != nil {
			return err
		}
		found, err := inquire.match(x, ftmKinds[x.Schema])
		if err != nil {
			return err
		}
		a := matchAnswer{Status: http.StatusOK, Results: []scored{}, Query: *x}
		for _, group := range sameParties(found) {
			if group[0].Score < cutoff {
				continue
			}
			a.Total.Value++
			if len(a.Results) < limit {
				a.Results = append(a.Results, scoredOf(kept, group, threshold))
			}
		}
		a.Total.Relation = "eq"
		answers[id] = a
	}
	r.W.Header().Set("X-Batch-Size", strconv.Itoa(len(answers)))
	return r.JSON(http.StatusOK, map[string]any{"responses": answers, "matcher": featureDocs(), "limit": limit})
}

// readExample reads a party described by example. Properties that are not
// compared are left out of what is answered as the query, so that who sent them sees it.
func readExample(id *string, schema string, properties map[string]json.RawMessage) (*ftmExample, error) {
	if _, ok := ftmKinds[schema]; !ok {
		return nil, bad(fmt.Sprintf("Cannot parse example entity: no parties of the schema %q are listed here; there are %s.", schema, strings.Join(ftmSchemas, ", ")))
	}
	x := &ftmExample{Schema: schema, Properties: map[string][]string{}}
	if id != nil {
		x.ID = *id
	}
	for name, raw := range properties {
		if !comparedProperty(name) {
			continue
		}
		values, err := readValues(raw)
		if err != nil {
			return nil, &Problem{Status: http.StatusUnprocessableEntity, Detail: "Cannot parse example entity: the values of a property are a text or a list of texts."}
		}
		for _, v := range values {
			if v = cleanValue(name, v); v != "" && !slices.Contains(x.Properties[name], v) {
				x.Properties[name] = append(x.Properties[name], v)
			}
		}
	}
	return x, nil
}

func comparedProperty(name string) bool {
	return slices.Contains(ftmNames, name) || slices.Contains(ftmNameParts, name) || slices.Contains(ftmCountries, name) ||
		slices.Contains([]string{"address", "city", "website", "birthDate"}, name) ||
		slices.ContainsFunc(ftmIdentifiers, func(p struct{ property, kind string }) bool { return p.property == name })
}

// cleanValue writes a value as it is compared; "" for one that cannot be read.
func cleanValue(property, value string) string {
	value = strings.Join(strings.Fields(value), " ")
	if slices.Contains(ftmCountries, property) {
		code, ok := screening.CountryCode(value)
		if !ok {
			return ""
		}
		return strings.ToLower(code)
	}
	return value
}

// readValues reads a text, a number, or a list of such; nothing of what else may stand there.
func readValues(raw json.RawMessage) ([]string, error) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, v := range list {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case float64:
			out = append(out, strconv.FormatFloat(v, 'f', -1, 64))
		case bool:
			out = append(out, strconv.FormatBool(v))
		case map[string]any: // another party, where it has a name; nested parties of FollowTheMoney have none here
			name, _ := v["name"].(string)
			id, _ := v["id"].(string)
			if said := cmp.Or(name, id); said != "" && v["schema"] == nil {
				out = append(out, said)
			}
		case nil:
		default:
			return nil, errors.New("neither text nor number")
		}
	}
	return out, nil
}

// inquirer asks about one example after another.
type inquirer struct {
	kept  *jobs.Kept
	data  *dataset
	among jobs.Among
	plain *jobs.Inquiry // organisations and persons
	craft *jobs.Inquiry
}

func newInquirer(kept *jobs.Kept, d *dataset, among jobs.Among) *inquirer {
	among.Lists = d.asks
	return &inquirer{kept: kept, data: d, among: among}
}

// ask opens what is asked of at the first question.
func (q *inquirer) ask(craft bool) (*jobs.Inquiry, error) {
	in := &q.plain
	if craft {
		in = &q.craft
	}
	if *in != nil {
		return *in, nil
	}
	among := q.among
	among.Craft = craft
	var err error
	*in, err = q.kept.Ask(among)
	return *in, missingLists(err)
}

// missingLists tells which lists are missing and how to go without them.
func missingLists(err error) error {
	var missing *jobs.MissingLists
	if !errors.As(err, &missing) {
		return err
	}
	var ids []string
	for _, l := range missing.Lists {
		ids = append(ids, l.List+" ("+l.Missing+")")
	}
	return &Problem{
		Status: http.StatusServiceUnavailable, Retry: "300",
		Detail: "These lists bind the office and cannot be used: " + strings.Join(ids, ", ") +
			". Have them refreshed, ask for other datasets, or go without them by accept_missing=LIST.",
	}
}

// match returns every candidate for an example among parties of some kinds,
// the best one of each entity, best first.
func (q *inquirer) match(x *ftmExample, kinds []screening.Kind) ([]screening.Candidate, error) {
	best := map[listedParty]screening.Candidate{}
	take := func(party *screening.Party, craft bool) error {
		in, err := q.ask(craft)
		if err != nil {
			return err
		}
		for _, c := range in.Match(party) {
			id := listedOf(c.Entity)
			if before, ok := best[id]; ok && before.Score >= c.Score {
				continue
			}
			if q.data.has(q.kept, c.Entity) && (!craft || slices.Contains(kinds, c.Entity.Kind)) {
				best[id] = c
			}
		}
		return nil
	}
	has := func(k screening.Kind) bool { return slices.Contains(kinds, k) }
	for _, run := range []struct{ asked, person, craft bool }{
		{has(screening.KindOrganisation), false, false},
		{has(screening.KindPerson), true, false},
		{has(screening.KindVessel) || has(screening.KindAircraft), false, true},
	} {
		if !run.asked {
			continue
		}
		for _, party := range x.parties(run.person) {
			if err := take(&party, run.craft); err != nil {
				return nil, err
			}
		}
	}
	return slices.SortedFunc(maps.Values(best), func(a, b screening.Candidate) int {
		return cmp.Or(-cmp.Compare(a.Score, b.Score), cmp.Compare(a.Entity.List, b.Entity.List), cmp.Compare(a.Entity.ID, b.Entity.ID))
	}), nil
}

// sameParties puts candidates together that are one party on several lists.
func sameParties(found []screening.Candidate) [][]screening.Candidate {
	var groups [][]screening.Candidate
next:
	for _, c := range found {
		for i, g := range groups {
			if slices.ContainsFunc(g, func(o screening.Candidate) bool { return screening.SameParty(o.Entity, c.Entity) }) {
				groups[i] = append(g, c)
				continue next
			}
		}
		groups = append(groups, []screening.Candidate{c})
	}
	return groups
}

func scoredOf(kept *jobs.Kept, group []screening.Candidate, threshold float64) scored {
	best := group[0]
	var entities []*screening.Entity
	s := scored{
		Score: screening.Round(best.Score), Match: screening.Round(best.Score) >= threshold, Strength: kept.Policy().Strength(best.Score),
		Features: map[string]float64{}, Explanations: map[string]explanation{}, Controls: []screening.Control{},
	}
	for _, c := range group {
		entities = append(entities, c.Entity)
	}
	s.ftmEntity = ftmOf(kept, entities, false)
	for _, c := range screening.Controls {
		if slices.ContainsFunc(entities, func(e *screening.Entity) bool { return slices.Contains(e.Controls(), c) }) {
			s.Controls = append(s.Controls, c)
		}
	}
	for _, e := range best.Evidence {
		s.Features[e.Feature] = screening.Round(s.Features[e.Feature] + e.Score)
		x := s.Explanations[e.Feature]
		x.Score = s.Features[e.Feature]
		x.Detail = joinTexts(x.Detail, e.Detail)
		x.Query, x.Candidate = joinTexts(x.Query, e.Query), joinTexts(x.Candidate, e.Candidate)
		s.Explanations[e.Feature] = x
	}
	return s
}

func joinTexts(a, b string) string {
	if a == "" || b == "" || a == b {
		return cmp.Or(a, b)
	}
	return a + "; " + b
}

// featureDocs says what each feature looks at.
func featureDocs() map[string]any {
	docs := map[string]any{}
	for _, f := range matching.All {
		docs[f.Name] = map[string]any{"description": f.Doc, "coefficient": 1.0, "url": nil}
	}
	return docs
}

func serveAlgorithms(r *Request) error {
	if err := newParameters(r.URL.Query()).done(); err != nil {
		return err
	}
	features := featureDocs()
	doc := "Words, spelling, script, numbers and identifiers of names, each with its share of the score; a country never raises it."
	return r.JSON(http.StatusOK, map[string]any{
		"algorithms": []any{map[string]any{
			"name": algorithm, "description": doc, "features": features,
			"docs": map[string]any{"name": algorithm, "description": doc, "features": features, "config": map[string]any{}},
		}},
		"default": algorithm, "best": algorithm,
	})
}

func serveCatalog(r *Request) error {
	if err := newParameters(r.URL.Query()).done(); err != nil {
		return err
	}
	kept, err := r.kept()
	if err != nil {
		return err
	}
	type datasetModel struct {
		Name         string   `json:"name"`
		Title        string   `json:"title"`
		Summary      string   `json:"summary"`
		URL          *string  `json:"url"`
		Load         bool     `json:"load"`
		EntitiesURL  *string  `json:"entities_url"`
		Version      string   `json:"version"`
		IndexVersion *string  `json:"index_version"`
		IndexCurrent bool     `json:"index_current"`
		Children     []string `json:"children"`
		LastExport   *string  `json:"last_export"`
		EntityCount  int      `json:"entity_count"`
		Licence      string   `json:"license,omitempty"`
	}
	datasets, current, outdated := []datasetModel{}, []string{}, []string{}
	collections := map[string][]string{}
	for _, used := range kept.Used {
		if !r.Viewer.Sees(used.List) {
			continue
		}
		m := datasetModel{Name: used.List, Title: used.Title, Load: true, Children: []string{}, Licence: used.Licence, Version: "none"}
		if used.Seq > 0 {
			m.Version = versionOf(&used)
		}
		if used.Missing == "" {
			m.IndexVersion, m.IndexCurrent, m.LastExport, m.EntityCount = &m.Version, true, ftmTime(used.Fetched), used.Entities
			m.Summary = used.Stale
			current = append(current, used.List)
		} else {
			m.Summary = "Not used: " + used.Missing
			outdated = append(outdated, used.List)
		}
		datasets = append(datasets, m)
		collections["default"] = append(collections["default"], used.List)
		for _, c := range used.Controls {
			collections[string(c)] = append(collections[string(c)], used.List)
		}
	}
	add := func(name, title string) {
		if lists := collections[name]; len(lists) > 0 {
			datasets = append(datasets, datasetModel{Name: name, Title: title, Version: "none", Children: lists})
		}
	}
	add("default", "Every list that is enabled")
	for _, c := range screening.Controls {
		add(string(c), c.Plain())
	}
	return r.JSON(http.StatusOK, map[string]any{"datasets": datasets, "current": current, "outdated": outdated, "index_stale": len(outdated) > 0})
}

// versionOf names an edition: when it was fetched, and the beginning of its hash.
func versionOf(used *screening.EditionUsed) string {
	return used.Fetched.UTC().Format("20060102150405") + "-" + used.Hash[:min(3, len(used.Hash))]
}

func serveEntity(r *Request) error {
	p := newParameters(r.URL.Query())
	nested := p.yes("nested", true)
	if err := p.done(); err != nil {
		return err
	}
	kept, e, err := r.listed(r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, ftmOf(kept, []*screening.Entity{e}, nested))
}

// listed finds the listed party of an id, where the viewer may see its list.
func (r *Request) listed(id string) (*jobs.Kept, *screening.Entity, error) {
	kept, err := r.kept()
	if err != nil {
		return nil, nil, err
	}
	l, ok := parseListed(id)
	if ok && r.Viewer.Sees(l.list) {
		if e, _, ok := kept.Entity(l.list, l.id); ok {
			return kept, e, nil
		}
	}
	return nil, nil, &Problem{Status: http.StatusNotFound, Detail: "No such entity; ids are LIST:ID, as results give them."}
}

type adjacentResults struct {
	Results []any `json:"results"`
	Total   total `json:"total"`
	Limit   int   `json:"limit"`
	Offset  int   `json:"offset"`
}

func serveAdjacent(r *Request) error {
	p := newParameters(r.URL.Query())
	limit, offset := p.number("limit", 10, 0, maxPage), p.number("offset", 0, 0, maxOffset)
	p.all("sort") // they stand as the list has them
	if err := p.done(); err != nil {
		return err
	}
	kept, e, err := r.listed(r.PathValue("id"))
	if err != nil {
		return err
	}
	pageOf := func(all []any) adjacentResults {
		from := min(offset, len(all))
		return adjacentResults{Results: append([]any{}, all[from:min(from+limit, len(all))]...), Total: total{len(all), "eq"}, Limit: limit, Offset: offset}
	}
	adjacent := map[string][]any{}
	for name, values := range ftmOf(kept, []*screening.Entity{e}, true).Properties {
		if _, entity := values[0].(*ftmEntity); entity {
			adjacent[name] = values
		}
	}
	if property := r.PathValue("property"); property != "" {
		return r.JSON(http.StatusOK, pageOf(adjacent[property]))
	}
	out := map[string]adjacentResults{}
	for name, values := range adjacent {
		out[name] = pageOf(values)
	}
	return r.JSON(http.StatusOK, map[string]any{"entity": ftmOf(kept, []*screening.Entity{e}, false), "adjacent": out})
}

func serveSearch(r *Request) error {
	kept, err := r.kept()
	if err != nil {
		return err
	}
	d, err := findDataset(kept, r.Viewer, r.PathValue("dataset"))
	if err != nil {
		return err
	}
	p := newParameters(r.URL.Query())
	q, schema := p.text("q"), p.text("schema")
	countries, datasets := p.all("countries"), p.all("datasets")
	limit, offset := p.number("limit", 10, 0, maxPage), p.number("offset", 0, 0, maxOffset)
	fuzzy := p.yes("fuzzy", false)
	p.yes("simple", false) // there is no other syntax
	target := p.yes("target", true)
	facets := p.all("facets")
	order := p.all("sort")
	if err := cmp.Or(d.limitTo(kept, r.Viewer, p), p.done()); err != nil {
		return err
	}
	if schema == "" {
		schema = "Thing"
	}
	kinds, ok := ftmKinds[schema]
	if !ok {
		return bad(fmt.Sprintf("Invalid schema; there are %s.", strings.Join(ftmSchemas, ", ")))
	}
	wanted := func(e *screening.Entity) bool {
		switch {
		case !target, !d.has(kept, e):
			return false
		case e.Kind == screening.KindUnknown && !slices.Contains(kinds, screening.KindOrganisation), e.Kind != screening.KindUnknown && !slices.Contains(kinds, e.Kind):
			return false
		case len(datasets) > 0 && !slices.Contains(datasets, e.List):
			return false
		}
		return len(countries) == 0 || slices.ContainsFunc(e.Countries, func(c string) bool { return slices.Contains(countries, strings.ToLower(c)) })
	}
	found := kept.Directory.Find(q, wanted)
	if strings.TrimSpace(q) != "" && (fuzzy || len(found) == 0) {
		// Nobody spells a name as it is listed: then what is like it.
		inquire := newInquirer(kept, d, jobs.Among{AcceptMissing: allLists(kept), Line: kept.Policy().NoteLine, Now: r.Env.Now()})
		candidates, err := inquire.match(&ftmExample{Properties: map[string][]string{"name": {q}}}, kinds)
		if err != nil {
			return err
		}
		for _, c := range candidates {
			if c.Score >= kept.Policy().NoteLine && wanted(c.Entity) && !slices.Contains(found, c.Entity) {
				found = append(found, c.Entity)
			}
		}
	}
	if err := sortEntities(kept, found, order); err != nil {
		return err
	}
	from := min(offset, len(found))
	results := []*ftmEntity{}
	for _, e := range found[from:min(from+limit, len(found))] {
		results = append(results, ftmOf(kept, []*screening.Entity{e}, false))
	}
	counted, err := facetsOf(kept, found, facets)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, map[string]any{
		"results": results, "facets": counted, "total": total{len(found), "eq"}, "limit": limit, "offset": offset,
	})
}

func allLists(kept *jobs.Kept) []string {
	var out []string
	for _, used := range kept.Used {
		out = append(out, used.List)
	}
	return out
}

// sortEntities sorts by "field" or "field:desc"; without any, what was found first stays first.
func sortEntities(kept *jobs.Kept, found []*screening.Entity, order []string) error {
	for _, by := range slices.Backward(order) {
		field, direction, _ := strings.Cut(by, ":")
		at := func(e *screening.Entity) string {
			_, standing, _ := kept.Entity(e.List, e.ID)
			switch field {
			case "caption", "name":
				return e.Name()
			case "first_seen":
				return standing.Listed.UTC().Format(time.RFC3339)
			}
			return standing.Unchanged.UTC().Format(time.RFC3339)
		}
		if !slices.Contains([]string{"caption", "name", "first_seen", "last_change"}, field) || !slices.Contains([]string{"", "asc", "desc"}, direction) {
			return bad("sort is caption, first_seen or last_change, with :asc or :desc.")
		}
		slices.SortStableFunc(found, func(a, b *screening.Entity) int {
			if direction == "desc" {
				a, b = b, a
			}
			return cmp.Compare(at(a), at(b))
		})
	}
	return nil
}

type facet struct {
	Label  string       `json:"label"`
	Values []facetCount `json:"values"`
}

type facetCount struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Count int    `json:"count"`
}

// maxFacet is how many values of a facet are counted out.
const maxFacet = 300

// facetsOf counts what was found by what it has in common.
func facetsOf(kept *jobs.Kept, found []*screening.Entity, names []string) (map[string]facet, error) {
	if len(names) == 0 {
		names = []string{"countries", "topics", "datasets"}
	}
	titles := map[string]string{}
	for _, used := range kept.Used {
		titles[used.List] = used.Title
	}
	out := map[string]facet{}
	for _, name := range names {
		f := facet{Values: []facetCount{}}
		var of func(e *screening.Entity) []string
		label := func(v string) string { return v }
		switch name {
		case "countries":
			f.Label, of = "Countries", func(e *screening.Entity) []string { return e.Countries }
			label = screening.CountryName
		case "topics":
			f.Label, of = "Topics", topicsOf
		case "datasets":
			f.Label, of = "Data sources", func(e *screening.Entity) []string { return []string{e.List} }
			label = func(v string) string { return cmp.Or(titles[v], v) }
		case "schema":
			f.Label, of = "Entity types", func(e *screening.Entity) []string { return []string{ftmSchema(e.Kind)} }
		case "names", "identifiers", "genders":
			out[name] = facet{Label: name, Values: f.Values} // nothing here is counted by them
			continue
		default:
			return nil, bad("facets are countries, topics, datasets and schema.")
		}
		counts := map[string]int{}
		for _, e := range found {
			for _, v := range of(e) {
				counts[v]++
			}
		}
		for v, n := range counts {
			f.Values = append(f.Values, facetCount{Name: strings.ToLower(v), Label: label(v), Count: n})
			if name == "schema" || name == "datasets" {
				f.Values[len(f.Values)-1].Name = v
			}
		}
		slices.SortFunc(f.Values, func(a, b facetCount) int { return cmp.Or(-cmp.Compare(a.Count, b.Count), cmp.Compare(a.Name, b.Name)) })
		f.Values = f.Values[:min(len(f.Values), maxFacet)]
		out[name] = f
	}
	return out, nil
}

// readJSON reads the body of a request.
func readJSON(r *Request, into any) error {
	dec := json.NewDecoder(r.Body)
	if err := dec.Decode(into); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return err
		}
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return &Problem{Status: http.StatusUnprocessableEntity, Detail: fmt.Sprintf("The body is not of the right shape: %s is no place for a %s.", cmp.Or(wrong.Field, "its top"), wrong.Value)}
		}
		return bad("The body is no JSON.")
	}
	if dec.More() {
		return bad("The body goes on after its JSON.")
	}
	return nil
}
