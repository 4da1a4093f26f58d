// Package web is the pages and the API: the work of jobs, in a browser.
//
//	request ─▶ outermost ─▶ guard ─▶ route ─▶ serve ─▶ Page.Serve
//	           id, log,     host,     mux      who is it,   one job,
//	           panics       origin,            may they,    one answer
//	                        limits             body limit
//
// A Page is a card: one address, what it needs, and the func that answers. It
// stands in a file with those it belongs to and is listed in all.go. To add
// one, write <noun>.go with the card and, for people, templates/<noun>.html
// that defines "main"; list it; and add its row to the table of roles and
// addresses in roles_test.go, which fails until you do.
//
// What holds: who looks is a screening.Viewer, and whatever is shown has
// passed through it (jobs.Run, jobs.Results, jobs.WriteRun take one): that is
// the one place where runs of others and restricted lists are left out. Who
// may do what is screening.Grants; a card names permissions and never roles. A
// thing that is not there and a thing that is not open are answered alike.
// Looking at a run, taking its report away and changing anything is written to
// the audit trail first, and not done where that fails.
//
// Pages work without JavaScript and load nothing from elsewhere; no style and
// no script stands inside a page, so the policy in guard allows none. What
// changes something is a POST from our own pages: http.CrossOriginProtection
// refuses others. Logs and metrics name the pattern of an address, never the
// address. Errors are *Problem for the one who asked, and anything else is
// logged and told as a request id.
//
// For programs there are three interfaces, listed in api.go. The API under
// /api/v1 (api_*.go) describes itself: operations in openapi.go says what each
// address takes and answers, openapi_schemas.json has the shapes, and the tests hold
// every answer they get to it. yente.go speaks as OpenSanctions' server does, with ftm.go between
// our words and FollowTheMoney's; reconcile.go is the Reconciliation Service API 0.2, the
// only addresses open to other origins, for they take no cookie from there. All three look parties up
// in what a jobs.Keeper keeps loaded. To add an address, write its card, list it in api.go, describe it in
// operations, and add its row to roles_test.go; the tests fail until all are there.
//
// What is not here: fetching, screening, deciding (jobs), flags and the
// configuration (cmd/screener).
package web
