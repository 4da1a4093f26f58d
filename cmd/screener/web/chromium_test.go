package web

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// chromium starts a browser for the test, or skips it where none is
// installed; REQUIRE_CHROMIUM=1 makes its absence a failure. What the browser
// complains of (a script or style the policy forbids, a file that is not
// there, an error in a script) is returned by complaints.
func chromium(t *testing.T) (ctx context.Context, complaints func() []string) {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("REQUIRE_CHROMIUM") != "1" {
		t.Skip("no chromium is installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "screener-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(program), chromedp.UserDataDir(dir), chromedp.Flag("headless", true),
		chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true))
	ctx, endTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		endTab()
		end()
		_ = os.RemoveAll(dir)
	})
	var mu sync.Mutex
	var heard []string
	err = chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelWarning || e.Entry.Level == log.EntryLevelError {
				heard = append(heard, fmt.Sprintf("%s: %s", e.Entry.Source, e.Entry.Text))
			}
		case *runtime.EventExceptionThrown:
			heard = append(heard, e.ExceptionDetails.Text)
		}
	})
	if err == nil {
		_, err = chromedp.Run(ctx, func(ctx context.Context, tab *chromedp.Target) (cdp.Empty, error) {
			return cdp.Call(ctx, tab, log.Enable, cdp.Empty{})
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, endTime := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(endTime)
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return heard
	}
}

// picture keeps a picture of the whole page in the folder PICTURES names, for a person to look at.
func picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("PICTURES")
	if folder == "" {
		return
	}
	b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// accessible holds the page to axe-core, whose file AXE names: nothing that it
// calls serious or critical. Without AXE it says nothing.
func accessible(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	file := os.Getenv("AXE")
	if file == "" {
		return
	}
	axe, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+"\n;true")); err != nil {
		t.Fatal(err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(r =>
		r.violations.filter(v => v.impact === "serious" || v.impact === "critical").map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html).join(" | ")).join("\n"))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if found != "" {
		t.Errorf("%s: %s", name, found)
	}
}

// scheme has pages see that their reader prefers light or dark.
func scheme(word string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: word}},
		})
		return err
	})
}

// TestInABrowser signs in by the link, looks at the pages on a telephone and
// on a desk, in light and in dark, and signs out.
func TestInABrowser(t *testing.T) {
	ctx, complaints := chromium(t)
	o, sams, rias := full(t, Options{})
	server := httptest.NewServer(o.site)
	t.Cleanup(server.Close)
	var body, at string
	see := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		err := chromedp.Do(ctx, append(actions, chromedp.WaitReady("main"))...)
		if err == nil {
			body, err = chromedp.Run(ctx, chromedp.Text("body"))
		}
		if err == nil {
			at, err = chromedp.Run(ctx, chromedp.Location())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	says := func(what ...string) {
		t.Helper()
		for _, w := range what {
			if !strings.Contains(body, w) {
				t.Errorf("%s does not say %q:\n%s", at, w, body)
			}
		}
	}
	see(chromedp.Navigate(server.URL + "/runs"))
	says("Open the one-time link")
	picture(t, ctx, "sign-in")
	see(chromedp.Navigate(server.URL + o.site.Link()))
	says("operator", "Sign out")
	see(chromedp.Click(`nav a[href="/lists"]`), chromedp.WaitReady(`a[href="/lists/`+openList+`"]`))
	says("quarantined", "ZZ_WATCH <b>title</b>")
	see(chromedp.Click(`a[href="/lists/`+openList+`"]`), chromedp.WaitReady(`form[action$="/accept"]`))
	says("is held back", "Put edition 2 in force")
	// The keyboard finds the way past the navigation.
	see(chromedp.Navigate(server.URL+"/runs"), chromedp.KeyEvent("\t"))
	if skip, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.activeElement.className === "skip"`)); err != nil || !skip {
		t.Error("the first stop of the keyboard is not the way to the page itself")
	}
	see(chromedp.Click(`tbody a[href="/runs/`+sams.ID+`"]`), chromedp.WaitReady(`#flagged`))
	says("To look at", "<script>alert(1)</script> Qorvath Institute of Optics", "Escalate")

	pages := map[string]string{
		"runs": "/runs", "run": "/runs/" + sams.ID, "lists": "/lists", "list": "/lists/" + openList, "health": "/health", "account": "/account", "accounts": "/accounts", "audit": "/audit",
		"check": "/check", "compare": "/compare?before=" + sams.ID + "&after=" + rias.ID,
	}
	for _, width := range []int64{390, 1280} {
		for _, colours := range []string{"light", "dark"} {
			see(chromedp.EmulateViewport(width, 900), scheme(colours))
			for name, path := range pages {
				see(chromedp.Navigate(server.URL + path))
				wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
				if err != nil || wide > width {
					t.Errorf("%s is %d wide on a screen of %d (%v)", path, wide, width, err)
				}
				picture(t, ctx, fmt.Sprintf("%s-%d-%s", name, width, colours))
				accessible(t, ctx, fmt.Sprintf("%s, %d wide, %s", name, width, colours))
			}
		}
	}
	// On paper what a page is about stands, and what is pressed does not.
	for name, path := range pages {
		see(chromedp.Navigate(server.URL+path), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
			return err
		}))
		left, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("main table")].every(t => t.getBoundingClientRect().height > 0) + " " + [...document.querySelectorAll("button")].every(b => b.getBoundingClientRect().height === 0)`))
		if err != nil || left != "true true" {
			t.Errorf("%s on paper: tables there and buttons gone: %s (%v)", name, left, err)
		}
		picture(t, ctx, name+"-paper")
	}
	for _, width := range []int64{390, 1280} {
		see(chromedp.EmulateViewport(width, 900), scheme("dark"), chromedp.Navigate(server.URL+"/check"), chromedp.SetValue(`#name`, "Norvik Ice Survey Institute"))
		see(chromedp.Click(`form.card button`), chromedp.WaitReady(`#found`))
		says("Lists that were asked", "Norvik Ice Survey")
		picture(t, ctx, fmt.Sprintf("checked-%d-dark", width))
		accessible(t, ctx, fmt.Sprintf("checked, %d wide", width))
	}
	if heard := complaints(); len(heard) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(heard, "\n"))
	}
	see(chromedp.Navigate(server.URL + "/runs/none"))
	says("There is nothing at this address")
	accessible(t, ctx, "nothing here")
	see(chromedp.Click(`.who button`), chromedp.WaitNotPresent(`.who`))
	says("Open the one-time link")
	see(chromedp.Navigate(server.URL + "/lists"))
	if !strings.Contains(at, "/sign-in") {
		t.Errorf("signed out, and at %s", at)
	}
}

// TestAnAfternoonInABrowser takes a sheet through the pages as somebody in an
// office would: upload it, say what its columns are, watch it, ask about three matches, take the
// workbook away, sign out.
func TestAnAfternoonInABrowser(t *testing.T) {
	ctx, complaints := chromium(t)
	o := newOffice(t, Options{})
	o.publish(openList, "Ostrelle Microwave Labs", "Norvik Ice Survey", "Brelk Turbine Works")
	o.publish(secretList, secretParty)
	o.work()
	server := httptest.NewServer(o.site)
	t.Cleanup(server.Close)
	sheet := filepath.Join(o.dir, "collaborations.csv")
	rows := "Who,Where,What it is about\nOstrelle Microwave Labs,Zelmar,Antennas\nNorvik Ice Survey,Oster,Sea ice\nBrelk Turbine Works,,Blades\n"
	for i := range 40 {
		rows += fmt.Sprintf("Plain Meadow School no. %d,Zelmar,Teaching\n", i+101)
	}
	if err := os.WriteFile(sheet, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	do := func(what string, actions ...chromedp.Action[chromedp.Void]) string {
		t.Helper()
		if err := chromedp.Do(ctx, append(actions, chromedp.WaitReady("main"))...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		body, err := chromedp.Run(ctx, chromedp.Text("body"))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return body
	}
	// press clicks something that leads to another page, and waits until this one is gone.
	press := func(what, selector string) string {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(document.body.dataset.old = "1") === "1"`)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return do(what, chromedp.Click(selector), chromedp.WaitNotPresent(`body[data-old]`))
	}
	// see looks at the page on a telephone and on a desk, in light and in dark.
	see := func(name string) {
		t.Helper()
		for _, width := range []int64{390, 1280} {
			for _, colours := range []string{"light", "dark"} {
				do(name, chromedp.EmulateViewport(width, 900), scheme(colours))
				if wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)); err != nil || wide > width {
					t.Errorf("%s is %d wide on a screen of %d (%v)", name, wide, width, err)
				}
				picture(t, ctx, fmt.Sprintf("%s-%d-%s", name, width, colours))
				accessible(t, ctx, fmt.Sprintf("%s, %d wide, %s", name, width, colours))
			}
		}
	}
	do("sign in", chromedp.Navigate(server.URL+o.site.Link()))
	do("screen", chromedp.Navigate(server.URL+"/screen"))
	see("screen")
	do("choose", chromedp.SetUploadFiles(`#sheet`, []string{sheet}))
	body := press("upload", `form[action="/screen"] button`)
	if !strings.Contains(body, "Norvik Ice Survey") {
		t.Errorf("the first rows are not shown:\n%s", body)
	}
	see("columns")
	do("map", chromedp.SetValue(`select[aria-label="Who is read as"]`, "Partner"), chromedp.SetValue(`select[aria-label="Where is read as"]`, "City"))
	body = press("start", `button[name="go"]`)
	if !strings.Contains(body, "Rows by grade") {
		t.Errorf("after the start:\n%s", body)
	}
	// The page looks again by itself until the workbook is there.
	do("wait", chromedp.WaitReady(`a[href$="/report/xlsx"]`))
	see("finished")
	if err := jobs.SyncOpen(t.Context(), o.env); err != nil {
		t.Fatal(err)
	}
	body = do("review", chromedp.Navigate(server.URL+"/review"))
	if strings.Count(body, "collaborations.csv, row") != 3 {
		t.Fatalf("three matches wait:\n%s", body)
	}
	see("review")
	press("match", `a[href^="/review/"]`)
	see("match")
	for i := range 3 {
		do("fill in", chromedp.Click(`input[value="needs_information"]`), chromedp.SetValue(`#reason`, "answer_awaited"))
		body = press(fmt.Sprint("verdict ", i), `form.card button`)
		if !strings.Contains(body, "The verdict is kept") {
			t.Fatalf("verdict %d:\n%s", i, body)
		}
	}
	do("collaborations", chromedp.Navigate(server.URL+"/collaborations"))
	see("collaborations")
	press("collaboration", `tbody a`)
	see("collaboration")
	if size, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`(() => { const r = new XMLHttpRequest(); r.open("GET", document.querySelector('a[href^="/runs/"]').getAttribute("href") + "/report/xlsx", false); r.send(); return r.status === 200 ? r.responseText.length : -r.status; })()`)); err != nil || size < 4_000 {
		t.Errorf("the workbook: %d (%v)", size, err)
	}
	body = press("sign out", `.who button`)
	if !strings.Contains(body, "one-time link") {
		t.Errorf("signed out:\n%s", body)
	}
	if heard := complaints(); len(heard) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(heard, "\n"))
	}
}

// TestPasswordInABrowser signs in with a password where a second factor is
// asked of everybody: a wrong one first, then the way to set the factor up.
func TestPasswordInABrowser(t *testing.T) {
	ctx, _ := chromium(t)
	o := newOffice(t, Options{Passwords: true, NeedSecondFactor: true})
	if err := jobs.AddAccount(t.Context(), o.env, &screening.Account{Name: "pat", Source: "local", Roles: []screening.AccountRole{screening.Submitter}}, passphrase); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(o.site)
	t.Cleanup(server.Close)
	look := func(name, says string) {
		t.Helper()
		body, err := chromedp.Run(ctx, chromedp.Text("body"))
		if err != nil || !strings.Contains(body, says) {
			t.Errorf("%s does not say %q (%v):\n%s", name, says, err, body)
		}
		for _, width := range []int64{390, 1280} {
			for _, colours := range []string{"light", "dark"} {
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), scheme(colours)); err != nil {
					t.Fatal(err)
				}
				picture(t, ctx, fmt.Sprintf("%s-%d-%s", name, width, colours))
				accessible(t, ctx, fmt.Sprintf("%s, %d wide, %s", name, width, colours))
			}
		}
	}
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	do(chromedp.Navigate(server.URL+"/runs"), chromedp.WaitReady(`#password`))
	look("password", "Sign in")
	do(chromedp.SetValue(`#name`, "pat"), chromedp.SetValue(`#password`, "not the password"), chromedp.Click(`form.card button`), chromedp.WaitReady(`.problem`))
	look("wrong-password", "not")
	do(chromedp.SetValue(`#password`, passphrase), chromedp.Click(`form.card button`), chromedp.WaitReady(`.steps`))
	look("second-factor", "Keep these recovery codes")
}
