package lists

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"partnerscreen/screening"
)

// publisher is a server that serves one file and misbehaves as it is told:
// each request takes the next of its manners, and the last one for ever.
type publisher struct {
	*httptest.Server
	content []byte

	mu      sync.Mutex
	manners []func(w http.ResponseWriter, r *http.Request)
	asked   []*http.Request
}

func newPublisher(t *testing.T, content []byte) *publisher {
	p := &publisher{content: content}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r)
		manner := p.whole
		if len(p.manners) > 0 {
			manner, p.manners = p.manners[0], p.manners[1:]
		}
		p.mu.Unlock()
		manner(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

const publisherETag = `"edition-7"`

var publisherDate = time.Date(2026, 8, 1, 6, 0, 0, 0, time.UTC)

// whole serves the file as a good server does: conditionally, and in ranges.
func (p *publisher) whole(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", publisherETag)
	http.ServeContent(w, r, "", publisherDate, bytes.NewReader(p.content))
}

func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", code) }
}

// cut announces the whole file and breaks off in the middle.
func (p *publisher) cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("ETag", publisherETag)
	w.Header().Set("Accept-Ranges", "bytes")
	w.Header().Set("Content-Length", strconv.Itoa(len(p.content)))
	_, _ = w.Write(p.content[:len(p.content)/2])
	panic(http.ErrAbortHandler)
}

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("\n<!DOCTYPE html><html><body>Service unavailable, try again</body></html>"))
}

func empty(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

// testCard is a list of one file at the publisher.
func testCard(p *publisher) *Card {
	return &Card{ID: "x", Page: "https://example.org", Formats: []Format{{
		Name: "csv", Files: []File{{Name: "list.csv", URL: p.URL + "/list.csv"}},
		Parse: func(Source, func(*screening.Entity)) (Header, error) { return Header{}, nil },
	}}}
}

// quick is a Fetcher that does not make the test wait, and puts up with a busy machine.
func quick() *Fetcher {
	return &Fetcher{Pause: time.Millisecond, Stall: time.Minute, Timeout: 2 * time.Minute}
}

// anyNumber of requests is made where the clock decides.
const anyNumber = -1

func (p *publisher) requests() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.asked)
}

var listContent = []byte("name\n" + strings.Repeat("Ostrelle Microwave Labs\n", 20000)) // 480 kB: more than one buffer

func TestFetch(t *testing.T) {
	type want struct {
		requests int
		err      string // part of the error; "" when the file must come whole
	}
	for _, c := range []struct {
		name    string
		manners func(p *publisher) []func(http.ResponseWriter, *http.Request)
		fetcher func(*Fetcher)
		want    want
	}{
		{"a good server", nil, nil, want{requests: 1}},
		{"a burst of 500s", func(*publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){status(500), status(502), status(503)}
		}, nil, want{requests: 4}},
		{"404 for a moment while the file is replaced", func(*publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){status(404)}
		}, nil, want{requests: 2}},
		{"500 for ever", func(*publisher) []func(http.ResponseWriter, *http.Request) {
			return slices.Repeat([]func(http.ResponseWriter, *http.Request){status(500)}, 20)
		}, nil, want{requests: DefaultFetchTries, err: "the server answered 500"}},
		{"forbidden is not asked again", func(*publisher) []func(http.ResponseWriter, *http.Request) {
			return slices.Repeat([]func(http.ResponseWriter, *http.Request){status(403)}, 20)
		}, nil, want{requests: 1, err: "403"}},
		{"a body cut in the middle is gone on with", func(p *publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){p.cut}
		}, nil, want{requests: 2}},
		{"a body cut every time", func(p *publisher) []func(http.ResponseWriter, *http.Request) {
			cutAlways := func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", strconv.Itoa(len(p.content)))
				_, _ = w.Write(p.content[:1000])
			}
			return slices.Repeat([]func(http.ResponseWriter, *http.Request){cutAlways}, 20)
		}, nil, want{requests: DefaultFetchTries, err: "broke off after 1000 bytes"}},
		{"an empty 200 first", func(*publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){empty}
		}, nil, want{requests: 2}},
		{"an empty 200 for ever", func(*publisher) []func(http.ResponseWriter, *http.Request) {
			return slices.Repeat([]func(http.ResponseWriter, *http.Request){empty}, 20)
		}, nil, want{requests: DefaultFetchTries, err: "empty file"}},
		{"an error page with 200 first", func(*publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){page}
		}, nil, want{requests: 2}},
		{"an error page with 200 for ever", func(*publisher) []func(http.ResponseWriter, *http.Request) {
			return slices.Repeat([]func(http.ResponseWriter, *http.Request){page}, 20)
		}, nil, want{requests: DefaultFetchTries, err: "is a web page, not a list"}},
		{"a redirect to a presigned address", func(p *publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, p.URL+"/bucket/list.csv?X-Amz-Signature=abc", http.StatusFound)
			}}
		}, nil, want{requests: 2}},
		{"a server that hangs", func(*publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}
		}, func(f *Fetcher) { f.Stall, f.Tries = time.Second, 20 }, want{requests: anyNumber}},
		{"a slow drip for longer than the list may take", func(*publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					_, _ = w.Write([]byte("x"))
					w.(http.Flusher).Flush()
					time.Sleep(10 * time.Millisecond)
				}
			}}
		}, func(f *Fetcher) { f.Timeout = 300 * time.Millisecond }, want{requests: anyNumber, err: "it took longer than 300ms"}},
		{"a file larger than the limit, announced", nil, func(f *Fetcher) { f.MaxBytes = 1 << 10 }, want{requests: 1, err: "more than the limit"}},
		{"a file larger than the limit, not announced", func(p *publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){func(w http.ResponseWriter, _ *http.Request) {
				w.(http.Flusher).Flush() // no Content-Length from here on
				_, _ = w.Write(p.content)
			}}
		}, func(f *Fetcher) { f.MaxBytes = 1 << 10 }, want{requests: 1, err: "larger than the limit"}},
		{"a compressed answer", func(p *publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				_, _ = z.Write(p.content)
				_ = z.Close()
			}}
		}, nil, want{requests: 1}},
		{"a range of another version starts anew", func(p *publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){p.cut, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("ETag", `"edition-8"`) // If-Range does not hold: the whole new file
				_, _ = w.Write(p.content)
			}}
		}, nil, want{requests: 2}},
		{"a range that begins elsewhere is refused", func(p *publisher) []func(http.ResponseWriter, *http.Request) {
			return []func(http.ResponseWriter, *http.Request){p.cut, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-99/%d", len(p.content)))
				w.WriteHeader(http.StatusPartialContent)
				_, _ = w.Write(p.content[:100])
			}}
		}, nil, want{requests: 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPublisher(t, listContent)
			if c.manners != nil {
				p.manners = c.manners(p)
			}
			f := quick()
			if c.fetcher != nil {
				c.fetcher(f)
			}
			dir := t.TempDir()
			got, err := f.Fetch(t.Context(), testCard(p), nil, dir, nil)
			if n := p.requests(); c.want.requests != anyNumber && n != c.want.requests {
				t.Errorf("%d requests, want %d", n, c.want.requests)
			}
			left, _ := os.ReadDir(dir)
			if c.want.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.want.err) || !strings.Contains(err.Error(), "fetching list.csv of x") {
					t.Errorf("error %v, want one with %q", err, c.want.err)
				}
				if len(left) != 0 {
					t.Errorf("something half-written is left: %v", left)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(dir, "list.csv"))
			if err != nil || !bytes.Equal(b, listContent) {
				t.Errorf("%d bytes came whole, %d were published (%v)", len(b), len(listContent), err)
			}
			if len(left) != 1 {
				t.Errorf("more than the file is left: %v", left)
			}
			if len(got.Files) != 1 || got.Files[0].Size != int64(len(listContent)) || !slices.Equal(got.Source.Names(), []string{"list.csv"}) {
				t.Errorf("files %+v", got.Files)
			}
			again, err := hashFile(dir, "list.csv")
			if err != nil || again.Hash != got.Files[0].Hash {
				t.Errorf("hash %s, the file has %s", got.Files[0].Hash, again.Hash)
			}
		})
	}
}

func TestFetchGoesOnWithTheSameVersionOnly(t *testing.T) {
	p := newPublisher(t, listContent)
	p.manners = append(p.manners, p.cut)
	if _, err := quick().Fetch(t.Context(), testCard(p), nil, t.TempDir(), nil); err != nil {
		t.Fatal(err)
	}
	second := p.asked[1]
	if got := second.Header.Get("Range"); !strings.HasPrefix(got, "bytes=") || got == "bytes=0-" {
		t.Errorf("Range %q", got)
	}
	if got := second.Header.Get("If-Range"); got != publisherETag {
		t.Errorf("If-Range %q", got)
	}
}

func TestFetchAsksPolitely(t *testing.T) {
	p := newPublisher(t, listContent)
	f := quick()
	got, err := f.Fetch(t.Context(), testCard(p), nil, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if agent := p.asked[0].Header.Get("User-Agent"); !strings.HasPrefix(agent, "screener") {
		t.Errorf("User-Agent %q", agent)
	}
	if !got.Published.Equal(publisherDate) {
		t.Errorf("published %s, the server says %s", got.Published, publisherDate)
	}

	// Asked again with what the server said: nothing has changed.
	dir := t.TempDir()
	again, err := f.Fetch(t.Context(), testCard(p), got.Validators, dir, nil)
	if err != nil || !again.NotModified {
		t.Fatalf("NotModified %v, error %v", again != nil && again.NotModified, err)
	}
	if h := p.asked[1].Header; h.Get("If-None-Match") != publisherETag || h.Get("If-Modified-Since") == "" {
		t.Errorf("headers %v", h)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("files without news: %v", left)
	}
}

// An edition of several files is never mixed: when one of them is new, all are fetched.
func TestFetchTakesAllFilesOfAnEdition(t *testing.T) {
	served := map[string]string{"/a.csv": "a1", "/b.csv": "b1"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := served[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", `"`+body+`"`)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(body))
	}))
	defer server.Close()
	card := &Card{ID: "x", Formats: []Format{{Name: "csv", Files: []File{
		{Name: "a.csv", URL: server.URL + "/a.csv"}, {Name: "b.csv", URL: server.URL + "/b.csv"},
		{Name: "c.csv", URL: server.URL + "/c.csv", Optional: true},
	}}}}
	f := quick()
	f.Tries = 2
	first, err := f.Fetch(t.Context(), card, nil, t.TempDir(), nil)
	if err != nil || len(first.Files) != 2 {
		t.Fatalf("files %v, error %v", first, err)
	}
	served["/b.csv"] = "b2"
	dir := t.TempDir()
	second, err := f.Fetch(t.Context(), card, first.Validators, dir, nil)
	if err != nil || second.NotModified {
		t.Fatalf("not modified, or %v", err)
	}
	for name, want := range map[string]string{"a.csv": "a1", "b.csv": "b2"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != want {
			t.Errorf("%s is %q (%v), want %q", name, b, err, want)
		}
	}
	if second.Hash == first.Hash {
		t.Error("the hash of the edition did not change")
	}
	third, err := f.Fetch(t.Context(), card, second.Validators, t.TempDir(), nil)
	if err != nil || !third.NotModified {
		t.Errorf("an edition without news was fetched (%v)", err)
	}
}

func TestFetchReportsProgressAndEndsWithTheContext(t *testing.T) {
	p := newPublisher(t, listContent)
	var last, total int64
	if _, err := quick().Fetch(t.Context(), testCard(p), nil, t.TempDir(), func(done, of int64) {
		if done < last {
			t.Errorf("progress went back from %d to %d", last, done)
		}
		last, total = done, of
	}); err != nil {
		t.Fatal(err)
	}
	if last != int64(len(listContent)) || total != last {
		t.Errorf("progress ended at %d of %d", last, total)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := quick().Fetch(ctx, testCard(p), nil, t.TempDir(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestFetchOfAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "watch.csv")
	write(t, file, "name\nOstrelle Microwave Labs\n")
	card, err := Custom(CustomConfig{ID: "watch", Format: "names.csv", URL: file})
	if err != nil {
		t.Fatal(err)
	}
	got, err := (&Fetcher{}).Fetch(t.Context(), &card, nil, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(t.Context(), &card, got, DefaultLimits)
	if err != nil || len(r.Entities) != 1 || !r.Published.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
	card, _ = Custom(CustomConfig{ID: "watch", Format: "names.csv"})
	if _, err := (&Fetcher{}).Fetch(t.Context(), &card, nil, t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "no address") {
		t.Errorf("error %v for a list without an address", err)
	}
	card, _ = Custom(CustomConfig{ID: "watch", Format: "names.csv", URL: filepath.Join(t.TempDir(), "gone.csv")})
	if _, err := (&Fetcher{}).Fetch(t.Context(), &card, nil, t.TempDir(), nil); err == nil || errors.Is(err, fs.ErrClosed) {
		t.Errorf("error %v for a file that is not there", err)
	}
}
