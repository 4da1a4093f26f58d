package lists

import (
	"archive/zip"
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"partnerscreen/screening"
)

// archive is a server that answers as Zenodo does: the record of all versions
// sends on to the newest, which names its files, their addresses and checksums.
type archive struct {
	*httptest.Server
	name, checksum, self string
	content              []byte
	record               func(w http.ResponseWriter) // instead of the record; nil: as it is
	downloads            int
}

func newArchive(t *testing.T, name string, content []byte) *archive {
	a := &archive{name: name, content: content}
	sum := md5.Sum(content)
	a.checksum = "md5:" + hex.EncodeToString(sum[:])
	mux := http.NewServeMux()
	mux.HandleFunc("/api/records/100", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/api/records/107", http.StatusFound)
	})
	mux.HandleFunc("/api/records/107", func(w http.ResponseWriter, _ *http.Request) {
		if a.record != nil {
			a.record(w)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"id":107,"conceptrecid":"100","metadata":{"publication_date":"2026-07-20"},"files":[
			{"key":"README.md","checksum":"md5:00000000000000000000000000000000","links":{"self":%q}},
			{"key":%q,"size":%d,"checksum":%q,"links":{"self":%q}}]}`, a.URL+"/readme", a.name, len(a.content), a.checksum, a.self)
	})
	mux.HandleFunc("/api/records/107/files/", func(w http.ResponseWriter, r *http.Request) {
		a.downloads++
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.content))
	})
	a.Server = httptest.NewServer(mux)
	t.Cleanup(a.Close)
	a.self = a.URL + "/api/records/107/files/" + name + "/content"
	return a
}

func (a *archive) card() *Card {
	c := rorRegistry
	c.Formats = []Format{{Name: "zip", Files: []File{{Name: "*ror*.zip", URL: a.URL + "/api/records/100", Newest: zenodoNewest("*ror*.zip")}}, Parse: parseROR}}
	return &c
}

func rorZip(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("v2.10-2026-07-20-ror-data.json")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, `[{"id":"https://ror.org/0aaaaaa01","status":"active","names":[{"value":"Optics Laboratory","types":["ror_display"],"lang":"en"}],
		"locations":[{"geonames_details":{"country_code":"PE","name":"Zelmar"}}],"admin":{"last_modified":{"date":"2026-05-01"}}}]`)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestNewest fetches the newest dump of the register of organisations, and
// not again while it is the newest.
func TestNewest(t *testing.T) {
	a := newArchive(t, "v2.10-2026-07-20-ror-data.zip", rorZip(t))
	f := &Fetcher{Client: a.Client(), Pause: time.Millisecond, Tries: 2}
	got, err := f.Fetch(t.Context(), a.card(), nil, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Files) != 1 || got.Files[0].Name != a.name || got.Files[0].URL != a.self || got.NotModified {
		t.Fatalf("fetched %+v", got.Files)
	}
	var names []string
	if _, err := got.Format.Parse(got.Source, func(e *screening.Entity) { names = append(names, e.Name()) }); err != nil || len(names) != 1 || names[0] != "Optics Laboratory" {
		t.Errorf("it reads as %v, %v", names, err)
	}
	again, err := f.Fetch(t.Context(), a.card(), got.Validators, t.TempDir(), nil)
	if err != nil || !again.NotModified || a.downloads != 1 {
		t.Errorf("asked again: %+v, %v, %d downloads", again, err, a.downloads)
	}
	// The next release has another checksum, and is fetched.
	a.content = append(a.content, 0)
	sum := md5.Sum(a.content)
	a.checksum = "md5:" + hex.EncodeToString(sum[:])
	if next, err := f.Fetch(t.Context(), a.card(), got.Validators, t.TempDir(), nil); err != nil || next.NotModified || next.Hash == got.Hash {
		t.Errorf("the next release: %+v, %v", next, err)
	}
}

func TestNewestThatIsNotFetched(t *testing.T) {
	for _, tc := range []struct {
		name string
		make func(a *archive)
		want string
	}{
		{"damaged on its way", func(a *archive) { a.content = append([]byte("x"), a.content...) }, "does not hash to what its archive says"},
		{"no checksum", func(a *archive) { a.checksum = "" }, "names no checksum"},
		{"on another server", func(a *archive) { a.self = "https://elsewhere.example/ror.zip" }, "on another server"},
		{"no such file in the record", func(a *archive) { a.name = "organisations.tar" }, "no file named like"},
		{"no JSON", func(a *archive) { a.record = func(w http.ResponseWriter) { fmt.Fprint(w, "busy") } }, "no record in JSON"},
		{"a page", func(a *archive) { a.record = func(w http.ResponseWriter) { fmt.Fprint(w, "<!doctype html><p>Busy") } }, "web page"},
		{"endless", func(a *archive) {
			a.record = func(w http.ResponseWriter) { _, _ = w.Write(bytes.Repeat([]byte(" "), mostAnswer+1)) }
		}, "limit"},
	} {
		a := newArchive(t, "v2.10-2026-07-20-ror-data.zip", rorZip(t))
		tc.make(a)
		dir := t.TempDir()
		_, err := (&Fetcher{Client: a.Client(), Pause: time.Millisecond, Tries: 1}).Fetch(t.Context(), a.card(), nil, dir, nil)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: %v was left behind", tc.name, left)
		}
	}
}
