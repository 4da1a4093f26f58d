package lists

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"partnerscreen/screening"
)

// Fetcher fetches lists from their publishers. The zero value works; one
// Fetcher may be used for many lists at once.
type Fetcher struct {
	// Client is asked; nil is one with the proxy of the environment.
	Client    *http.Client
	UserAgent string
	// Timeout bounds one list, all its files and tries together, unless its
	// card says otherwise; 0 is DefaultFetchTimeout.
	Timeout time.Duration
	// Stall ends a try when no byte has come for so long; 0 is DefaultFetchStall.
	Stall time.Duration
	// MaxBytes bounds one file; 0 is DefaultFetchBytes.
	MaxBytes int64
	// Tries bounds how often one file is asked for; 0 is DefaultFetchTries.
	Tries uint
	// Pause is the wait before the second try, which grows from try to try; 0 is two seconds.
	Pause time.Duration
	// Formats names the format to fetch of a list by its id; without one the card's first.
	Formats map[string]string
}

// What a Fetcher does unless told otherwise.
const (
	DefaultFetchTimeout = 20 * time.Minute
	DefaultFetchStall   = 2 * time.Minute // some publishers make the file when it is asked for
	DefaultFetchBytes   = 1 << 30
	DefaultFetchTries   = 6
	DefaultUserAgent    = "screener (research partner screening; conditional requests, a few a day)"
)

// Fetch fetches the files of one list into dir, where each appears only when
// all of them are complete. known are the validators of the edition in use:
// when the publisher says that none of the files has changed, NotModified is
// set and there are no files. progress may be nil; total is 0 when unknown.
// A custom list's address may be a file on this machine.
func (f *Fetcher) Fetch(ctx context.Context, card *Card, known map[string]Validator, dir string, progress func(done, total int64)) (*Fetched, error) {
	format, err := f.format(card)
	if err != nil {
		return nil, err
	}
	timeout := cmp.Or(card.Timeout, f.Timeout, DefaultFetchTimeout)
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("it took longer than %s", timeout))
	defer cancel()

	all := &progressSum{report: progress}
	got, err := f.files(ctx, card, format, known, dir, all)
	if err != nil {
		return nil, err
	}
	unchanged := func(g *gotFile) bool { return g.notModified }
	if slices.ContainsFunc(got, unchanged) {
		if !slices.ContainsFunc(got, func(g *gotFile) bool { return !g.notModified && !g.absent }) {
			return &Fetched{Format: format, NotModified: true, Validators: known}, nil
		}
		// Some files changed: an edition needs all of them, so ask for all.
		discard(got)
		if got, err = f.files(ctx, card, format, nil, dir, all); err != nil {
			return nil, err
		}
	}

	fetched := &Fetched{Format: format, Dir: dir, Validators: map[string]Validator{}}
	var names []string
	for _, g := range got {
		if g.absent {
			continue
		}
		if err := os.Rename(g.part, filepath.Join(dir, g.file.Name)); err != nil {
			return nil, fmt.Errorf("keeping %s: %w", g.file.Name, err)
		}
		fetched.Files = append(fetched.Files, g.file)
		names = append(names, g.file.Name)
		fetched.Validators[cmp.Or(g.asked, g.file.URL)] = g.validator
		if t, err := http.ParseTime(g.validator.LastModified); err == nil && t.After(fetched.Published) {
			fetched.Published = t.UTC()
		}
	}
	slices.Sort(names)
	slices.SortFunc(fetched.Files, func(a, b screening.EditionFile) int { return strings.Compare(a.Name, b.Name) })
	fetched.Source = fileSet{Dir(dir), names}
	fetched.Hash = editionHash(fetched.Files)
	return fetched, nil
}

func (f *Fetcher) format(card *Card) (*Format, error) {
	want := f.Formats[card.ID]
	for i := range card.Formats {
		if (want == "" || card.Formats[i].Name == want) && card.Formats[i].fetchable() {
			return &card.Formats[i], nil
		}
	}
	if want != "" {
		return nil, fmt.Errorf("%s is not published as %s", card.ID, want)
	}
	return nil, fmt.Errorf("%s has no address to fetch it from: put its file into a folder and refresh from there, see %s", card.ID, card.Page)
}

func (f *Format) fetchable() bool {
	return !slices.ContainsFunc(f.Files, func(file File) bool { return file.URL == "" && !file.Optional })
}

func (f *Fetcher) files(ctx context.Context, card *Card, format *Format, known map[string]Validator, dir string, all *progressSum) ([]*gotFile, error) {
	var got []*gotFile
	for _, file := range format.Files {
		if file.URL == "" {
			continue
		}
		g, err := f.file(ctx, file, known[file.URL], dir, all)
		if cause := context.Cause(ctx); err != nil && cause != nil {
			err = cause
		}
		if err != nil {
			discard(got)
			return nil, fmt.Errorf("fetching %s of %s: %w", file.Name, card.ID, err)
		}
		got = append(got, g)
	}
	return got, nil
}

// discard removes files that came but are not to be used.
func discard(got []*gotFile) {
	for _, g := range got {
		if g.part != "" {
			_ = os.Remove(g.part)
		}
	}
}

// gotFile is one file as it came, complete, under its temporary name.
type gotFile struct {
	file        screening.EditionFile
	part        string
	validator   Validator
	notModified bool
	absent      bool   // optional, and not there
	asked       string // the address that named it; "" where that is its own
}

func (f *Fetcher) file(ctx context.Context, file File, known Validator, dir string, all *progressSum) (*gotFile, error) {
	if file.Newest != nil {
		return f.newest(ctx, file, known, dir, all)
	}
	if place, ok := localFile(file.URL); ok {
		return copyLocal(file, place, dir)
	}
	d := &download{
		fetcher: f, url: file.URL, known: known, all: all,
		html: strings.HasSuffix(strings.ToLower(file.Name), ".html") || strings.HasSuffix(strings.ToLower(file.Name), ".htm"),
	}
	part, err := os.CreateTemp(dir, ".part-*")
	if err != nil {
		return nil, err
	}
	d.part = part
	keep := false
	defer func() {
		_ = part.Close()
		if !keep {
			_ = os.Remove(part.Name())
		}
	}()
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = cmp.Or(f.Pause, 2*time.Second)
	pause.MaxInterval = 60 * pause.InitialInterval
	got, err := backoff.Retry(ctx, func() (*gotFile, error) { return d.try(ctx) },
		backoff.WithBackOff(pause), backoff.WithMaxTries(cmp.Or(f.Tries, DefaultFetchTries)), backoff.WithMaxElapsedTime(0))
	var missing *statusError
	if file.Optional && errors.As(err, &missing) && (missing.code == http.StatusNotFound || missing.code == http.StatusGone) {
		return &gotFile{absent: true}, nil
	}
	if err != nil || got.notModified {
		return got, err
	}
	if err := part.Sync(); err != nil {
		return nil, err
	}
	keep = true
	got.part = part.Name()
	got.file = screening.EditionFile{Name: savedName(file), URL: file.URL, Hash: d.hash(), Size: d.have}
	return got, nil
}

// savedName is the name a file is kept under: the card's, or where that is a
// pattern the last part of the address if it fits.
func savedName(file File) string {
	if !strings.ContainsAny(file.Name, "*?[") {
		return file.Name
	}
	if u, err := url.Parse(file.URL); err == nil {
		base := path.Base(u.Path)
		if ok, err := path.Match(file.Name, base); err == nil && ok && !strings.ContainsAny(base, `/\`) {
			return base
		}
	}
	return strings.NewReplacer("*", "", "?", "", "[", "", "]", "").Replace(file.Name)
}

// download is one file on its way, over as many tries as it takes.
type download struct {
	fetcher *Fetcher
	url     string
	known   Validator
	html    bool // a web page is what is wanted
	all     *progressSum

	part *os.File
	have int64 // bytes in part
	// version is what a server said of the bytes in part; only the same version may be gone on with.
	version string
	sum     interface {
		io.Writer
		Sum([]byte) []byte
	}
}

func (d *download) hash() string { return hex.EncodeToString(d.sum.Sum(nil)) }

func (d *download) restart() error {
	d.have, d.version, d.sum = 0, "", sha256.New()
	if err := d.part.Truncate(0); err != nil {
		return backoff.Permanent(err)
	}
	_, err := d.part.Seek(0, io.SeekStart)
	return err
}

// try asks once. Errors that asking again will not mend are permanent.
func (d *download) try(ctx context.Context) (*gotFile, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return nil, backoff.Permanent(err)
	}
	req.Header.Set("User-Agent", cmp.Or(d.fetcher.UserAgent, DefaultUserAgent))
	req.Header.Set("Accept", "*/*")
	switch {
	case d.have > 0 && d.version != "":
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.have))
		req.Header.Set("If-Range", d.version)
	default:
		if err := d.restart(); err != nil {
			return nil, err
		}
		if d.known.ETag != "" {
			req.Header.Set("If-None-Match", d.known.ETag)
		}
		if d.known.LastModified != "" {
			req.Header.Set("If-Modified-Since", d.known.LastModified)
		}
	}
	// The time a server takes to answer counts as stalling too.
	stall := time.AfterFunc(cmp.Or(d.fetcher.Stall, DefaultFetchStall), func() {
		cancel(fmt.Errorf("nothing came for %s", cmp.Or(d.fetcher.Stall, DefaultFetchStall)))
	})
	defer stall.Stop()
	resp, err := d.fetcher.client().Do(req)
	if err != nil {
		return nil, plainError(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch {
	case resp.StatusCode == http.StatusNotModified:
		return &gotFile{notModified: true}, nil
	case resp.StatusCode == http.StatusPartialContent && d.have > 0:
		if start, ok := rangeStart(resp.Header.Get("Content-Range")); !ok || start != d.have {
			_ = d.restart()
			return nil, errors.New("the server sent another part of the file than was asked for")
		}
	case resp.StatusCode == http.StatusOK:
		if err := d.restart(); err != nil {
			return nil, err
		}
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		_ = d.restart()
		return nil, errors.New("the server will not go on with the file")
	default:
		return nil, statusOf(resp)
	}
	return d.body(ctx, resp, stall)
}

// body reads the answer to its end and checks that it is whole.
func (d *download) body(ctx context.Context, resp *http.Response, stall *time.Timer) (*gotFile, error) {
	limit := cmp.Or(d.fetcher.MaxBytes, DefaultFetchBytes)
	total := int64(0)
	if resp.ContentLength >= 0 {
		total = d.have + resp.ContentLength
	}
	if total > limit {
		return nil, backoff.Permanent(fmt.Errorf("the file has %d MB, more than the limit of %d MB", total>>20, limit>>20))
	}
	validator := Validator{ETag: resp.Header.Get("ETag"), LastModified: resp.Header.Get("Last-Modified")}
	d.version = ""
	if !resp.Uncompressed && resp.Header.Get("Accept-Ranges") == "bytes" || resp.StatusCode == http.StatusPartialContent {
		if d.version = validator.ETag; d.version == "" || strings.HasPrefix(d.version, "W/") {
			d.version = validator.LastModified
		}
	}
	patience := cmp.Or(d.fetcher.Stall, DefaultFetchStall)
	buf := make([]byte, 64<<10)
	for {
		n, err := resp.Body.Read(buf)
		if n > 0 {
			stall.Reset(patience)
			if d.have+int64(n) > limit {
				return nil, backoff.Permanent(fmt.Errorf("the file is larger than the limit of %d MB", limit>>20))
			}
			if _, err := d.part.Write(buf[:n]); err != nil {
				return nil, backoff.Permanent(err)
			}
			_, _ = d.sum.Write(buf[:n])
			d.have += int64(n)
			d.all.at(d.url, d.have, total)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the transfer broke off after %d bytes: %w", d.have, plainError(ctx, err))
		}
	}
	if total > 0 && d.have != total {
		_ = d.restart()
		return nil, fmt.Errorf("%d bytes came, %d were announced", d.have, total)
	}
	return &gotFile{validator: validator}, d.check()
}

// check looks at the first bytes of a complete file: an empty one and an error
// page are worth another try, and never a list.
func (d *download) check() error {
	if d.have == 0 {
		return errors.New("the server sent an empty file")
	}
	head := make([]byte, min(d.have, 512))
	if _, err := d.part.ReadAt(head, 0); err != nil {
		return backoff.Permanent(err)
	}
	if !d.html && looksHTML(head) {
		_ = d.restart()
		return errHTMLAnswer
	}
	return nil
}

// errHTMLAnswer is what a server answers that shows people a page instead of the list.
var errHTMLAnswer = fmt.Errorf("the answer %w", errHTML)

// statusError is an answer that is no file.
type statusError struct{ code int }

func (e *statusError) Error() string {
	text := fmt.Sprintf("the server answered %d %s", e.code, http.StatusText(e.code))
	switch e.code {
	case http.StatusNotFound, http.StatusGone:
		text += ": the address may have moved"
	case http.StatusUnauthorized, http.StatusForbidden:
		text += ": it does not serve this program"
	}
	return text
}

// statusOf says whether an answer is worth another try. Publishers behind
// content networks answer 404 for moments while a file is replaced.
func statusOf(resp *http.Response) error {
	err := &statusError{resp.StatusCode}
	switch code := resp.StatusCode; {
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		if wait, ok := retryAfter(resp.Header.Get("Retry-After")); ok {
			return fmt.Errorf("%w: %w", err, backoff.RetryAfter(wait))
		}
		return err
	case code >= 500, code == http.StatusRequestTimeout, code == http.StatusNotFound, code == http.StatusTooEarly:
		return err
	}
	return backoff.Permanent(err)
}

// retryAfter reads the seconds a server asks for, up to five minutes.
func retryAfter(header string) (int, bool) {
	seconds, err := strconv.Atoi(strings.TrimSpace(header))
	return min(seconds, 300), err == nil && seconds > 0
}

func rangeStart(header string) (int64, bool) {
	text, ok := strings.CutPrefix(header, "bytes ")
	if !ok {
		return 0, false
	}
	text, _, _ = strings.Cut(text, "-")
	start, err := strconv.ParseInt(text, 10, 64)
	return start, err == nil
}

// plainError prefers what ended the try to the net package's words for it, and
// leaves out the address, which may bear a signature.
func plainError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return backoff.Permanent(fmt.Errorf("there is no server %s", dns.Name))
	}
	return err
}

var defaultClient = &http.Client{Transport: &http.Transport{
	Proxy:                 http.ProxyFromEnvironment,
	DialContext:           (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
	TLSHandshakeTimeout:   30 * time.Second,
	ExpectContinueTimeout: time.Second,
	IdleConnTimeout:       90 * time.Second,
	ForceAttemptHTTP2:     true,
}}

func (f *Fetcher) client() *http.Client {
	if f.Client != nil {
		return f.Client
	}
	return defaultClient
}

// progressSum adds up the progress of the files of one list.
type progressSum struct {
	report func(done, total int64)
	done   map[string]int64
	total  map[string]int64
}

func (p *progressSum) at(file string, done, total int64) {
	if p.report == nil {
		return
	}
	if p.done == nil {
		p.done, p.total = map[string]int64{}, map[string]int64{}
	}
	p.done[file], p.total[file] = done, total
	var sumDone, sumTotal int64
	for file, n := range p.done {
		sumDone += n
		if p.total[file] == 0 {
			sumTotal = -1 << 62 // one file of unknown length: the sum is unknown
		}
		sumTotal += p.total[file]
	}
	p.report(sumDone, max(sumTotal, 0))
}

// localFile tells a file on this machine from an address on the web.
func localFile(address string) (string, bool) {
	if file, ok := strings.CutPrefix(address, "file://"); ok {
		return file, true
	}
	return address, !strings.Contains(address, "://")
}

func copyLocal(file File, place, dir string) (*gotFile, error) {
	in, err := os.Open(place)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", place)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	part, err := os.CreateTemp(dir, ".part-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = part.Close() }()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(part, sum), in)
	if err != nil {
		_ = os.Remove(part.Name())
		return nil, fmt.Errorf("reading %s: %w", place, err)
	}
	return &gotFile{part: part.Name(), file: screening.EditionFile{
		Name: savedName(file), URL: file.URL, Hash: hex.EncodeToString(sum.Sum(nil)), Size: n,
	}}, nil
}
