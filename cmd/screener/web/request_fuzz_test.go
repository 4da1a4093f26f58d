package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// FuzzRequest sends any path, query and body to the pages and the API, as
// somebody who may do everything: whatever comes, the answer is no fault of
// the server, and says nothing of its insides.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][4]string{
		{"GET", "/api/v1/runs", "limit=5&cursor=x", ""},
		{"GET", "/api/v1/matches", "limit=1000&cursor=-1", ""},
		{"GET", "/api/v1/decisions", "cursor=%00", ""},
		{"GET", "/api/v1/jobs", "kind=refresh&state=done", ""},
		{"GET", "/api/v1/lists/zz_watch/changes", "from=1&to=2", ""},
		{"POST", "/api/v1/compare", "", "name1,name2\nQuell,Quell\n"},
		{"POST", "/api/v1/check", "", `{"name":"Quell","country":"DE"}`},
		{"GET", "/api/v1/check", "name=Quell&country=XX&type=org", ""},
		{"POST", "/match/default", "limit=5&threshold=0.7", `{"queries":{"a":{"schema":"Company","properties":{"name":["Quell"]}}}}`},
		{"GET", "/search/default", "q=Quell&limit=10&offset=0&facets=countries", ""},
		{"POST", "/reconcile", "", `queries={"q0":{"query":"Quell","limit":3}}`},
		{"GET", "/reconcile/suggest/entity", "prefix=Qu&cursor=1", ""},
		{"GET", "/audit", "subject=x&before=999999999999999999999", ""},
		{"GET", "/collaborations", "state=active&search=%FF", ""},
		{"GET", "/compare", "before=x&after=y", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	site, key, logs := fuzzSite(f)
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		if len(query) > 1<<14 || method == "" || strings.ContainsFunc(method, func(r rune) bool { return r < 'A' || r > 'Z' }) {
			return
		}
		req := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080/", strings.NewReader(body))
		req.Method, req.URL = method, &url.URL{Path: "/" + strings.TrimLeft(path, "/"), RawQuery: query}
		req.RemoteAddr = "127.0.0.1:9"
		req.Header.Set("Authorization", "Bearer "+key)
		if strings.HasPrefix(body, "{") {
			req.Header.Set("Content-Type", "application/json")
		} else {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		w := httptest.NewRecorder()
		site.ServeHTTP(w, req)
		if w.Code >= 500 && w.Code != http.StatusServiceUnavailable && w.Code != http.StatusNotImplemented {
			t.Errorf("%s %s?%s: %d %s\n%s", method, path, query, w.Code, w.Body, logs)
		}
	})
}

// fuzzSite is a site and the key of somebody who may do everything there.
func fuzzSite(f *testing.F) (*Site, string, *bytes.Buffer) {
	f.Helper()
	dir := f.TempDir()
	kept, err := store.Open(f.Context(), filepath.Join(dir, "screener.db"), store.Options{Data: filepath.Join(dir, "data")})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = kept.Close() })
	card, err := lists.Custom(lists.CustomConfig{ID: openList, Format: "names.csv", Control: "asset_freeze"})
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	env := &jobs.Env{
		Store: kept, Cards: []lists.Card{card}, Policy: screening.DefaultPolicy(), MaxAge: 10 * 24 * time.Hour, Version: "test", Actor: "operator",
		Now: func() time.Time { return now }, PasswordMegabytes: 1,
	}
	logs := new(bytes.Buffer)
	site, err := New(env, Options{Log: slog.New(slog.NewTextHandler(&safe{b: logs}, nil)), PerMinute: -1})
	if err != nil {
		f.Fatal(err)
	}
	who := &screening.Account{Name: "fay", Roles: screening.AccountRoles, Source: "link", Subject: "fay"}
	if err := jobs.AddAccount(f.Context(), env, who, ""); err != nil {
		f.Fatal(err)
	}
	var scopes []screening.Permission
	for _, g := range screening.Grants {
		scopes = append(scopes, g.Permission)
	}
	key, err := jobs.AddAPIKey(f.Context(), env, who, "fuzz", scopes, 24*time.Hour)
	if err != nil {
		f.Fatal(err)
	}
	return site, key, logs
}
