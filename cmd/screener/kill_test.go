//go:build unix

package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// TestKills kills the program at random moments of its work, on SQLite, and
// looks after each whether anything was lost, done twice or left half done.
// KILLS=500 takes as many instead of the few of an ordinary test.
func TestKills(t *testing.T) {
	killLoop(t, kills(t, 15), "", nil)
}

// TestKillsPostgres does the same on the other database, whose server is
// killed as often as the program is.
func TestKillsPostgres(t *testing.T) {
	c := storetest.NewCluster(t)
	killLoop(t, kills(t, 6)/2, c.DSN, func() {
		c.Kill(t)
		c.Start(t)
	})
}

func kills(t *testing.T, few int) int {
	t.Helper()
	if s := os.Getenv("KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return few
}

// killed is an office whose program is killed.
type killed struct {
	t        *testing.T
	dir, dsn string
	// database kills the database and starts it again; nil has none that could be.
	database  func()
	random    *rand.Rand
	usual     map[string]time.Duration // how long a step takes
	decided   int                      // verdicts that must be on record
	entities  int                      // of the newest edition
	countries map[string]int           // the round each was used in
	editions  int
}

const killRows = 120

// killLoop kills so many times, step after step.
func killLoop(t *testing.T, times int, dsn string, database func()) {
	dir := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	k := &killed{
		t: t, dir: dir, dsn: dsn, database: database, random: rand.New(rand.NewPCG(seed, 1)), usual: map[string]time.Duration{}, countries: map[string]int{},
	}
	if dsn == "" {
		k.dsn = filepath.Join(dir, "test.db")
	}
	k.write("screener.toml", `
[lists]
enabled = []
[[custom_list]]
id = "watch"
format = "names.csv"
url = "watch.csv"
control = "debarment"
licence = "internal"
[work]
beat_seconds = 0.05
`)
	k.publish(0)
	k.must("refresh")
	k.must("screen", k.sheet(0), "--out", "first.xlsx")
	steps := []struct {
		name string
		do   func(round int, kill func(*exec.Cmd) bool)
	}{{"refresh", k.refresh}, {"screen", k.screen}, {"decide", k.decide}, {"rescreen", k.rescreen}, {"serve", k.serve}}
	count, early := map[string]int{}, map[string]int{}
	start := time.Now()
	for n := range times {
		step := steps[n%len(steps)]
		hit := false
		step.do(n+1, func(cmd *exec.Cmd) bool {
			hit = k.kill(step.name, cmd)
			return hit
		})
		if count[step.name]++; !hit {
			early[step.name]++
		}
		k.sound(step.name, n)
		if t.Failed() {
			t.Fatalf("after kill %d, in %s; the seed was %d", n+1, step.name, seed)
		}
		if (n+1)%50 == 0 || n+1 == times {
			t.Logf("%d kills in %s: %v; ended before they were hit: %v", n+1, time.Since(start).Round(time.Second), count, early)
		}
	}
}

func (k *killed) write(name, content string) {
	k.t.Helper()
	if err := os.WriteFile(filepath.Join(k.dir, name), []byte(content), 0o600); err != nil {
		k.t.Fatal(err)
	}
}

// publish makes a list of which each round has other entities.
func (k *killed) publish(round int) {
	k.t.Helper()
	k.entities = 300 + round%50
	var b strings.Builder
	b.WriteString("name\n")
	for i := range k.entities - 20 {
		fmt.Fprintf(&b, "Brandolin Cryogenics Works %d %s\n", i, word(i+round))
	}
	for i := range 20 {
		fmt.Fprintf(&b, "%s Optics Institute\n", word(1000+i))
	}
	k.write("watch.csv", b.String())
}

// word is an invented word, another for each number.
func word(n int) string {
	s := "V"
	for _, syllable := range []int{n % 11, n / 11 % 13, n / 143 % 17, n % 7} {
		s += []string{"el", "tra", "xis", "mo", "ren", "gal", "du", "pi", "sor", "ka", "bel", "tin", "os", "var", "nim", "quo", "zeb"}[syllable]
	}
	return s
}

// sheet writes partners of whom 20 are on the list, in another country each round.
func (k *killed) sheet(round int) string {
	k.t.Helper()
	country := ""
	for n := round; country == ""; n++ {
		country, _ = screening.CountryCode(string([]byte{'A' + byte(n/26%26), 'A' + byte(n%26)}))
		if k.countries[country] != 0 && k.countries[country] != round {
			country = ""
		}
	}
	k.countries[country] = round
	var b strings.Builder
	b.WriteString("Partner,Country,Reference\n")
	for i := range killRows {
		name := fmt.Sprintf("Ulmara College of %s", word(5000+i))
		if i < 20 {
			name = word(1000+i) + " Optics Institute"
		}
		fmt.Fprintf(&b, "%s,%s,R%d-%d\n", name, country, round, i)
	}
	file := fmt.Sprintf("partners%d.csv", round)
	k.write(file, b.String())
	return file
}

func (k *killed) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(k.t.Context(), "screener", append([]string{"--config", "screener.toml"}, args...)...)
	cmd.Dir = k.dir
	cmd.Env = append(os.Environ(), "HOME="+k.dir, "SCREENER_DB="+k.dsn, "SCREENER_DATA="+filepath.Join(k.dir, "data"))
	return cmd
}

// must runs a command that has to go well, and returns all it says.
func (k *killed) must(args ...string) string {
	k.t.Helper()
	start := time.Now()
	out, err := k.command(args...).CombinedOutput()
	if err != nil {
		k.t.Fatalf("screener %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	if k.usual[args[0]] == 0 {
		k.usual[args[0]] = time.Since(start)
	}
	return string(out)
}

// kill starts a command and kills it, or the database under it, somewhere in
// its middle. It reports whether it came in time.
func (k *killed) kill(step string, cmd *exec.Cmd) bool {
	k.t.Helper()
	usual := k.usual[step]
	if usual == 0 {
		usual = 700 * time.Millisecond
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	start := time.Now()
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		k.usual[step] = (usual + time.Since(start)) / 2
		if err != nil {
			k.t.Fatalf("%s: %v\n%s", step, err, said.String())
		}
		return false
	case <-time.After(time.Duration(k.random.Int64N(int64(usual)))):
	}
	if k.database != nil && k.random.IntN(2) == 0 {
		k.database()
	}
	_ = cmd.Process.Kill()
	err := <-ended
	var exit *exec.ExitError
	return errors.As(err, &exit) // it had not ended by itself
}

func (k *killed) refresh(round int, kill func(*exec.Cmd) bool) {
	k.publish(round)
	kill(k.command("refresh"))
	k.must("refresh")
	var all []struct {
		List     string
		Entities int
	}
	out, err := k.command("lists", "--format", "json").Output()
	if err == nil {
		err = json.Unmarshal(out, &all)
	}
	for _, l := range all {
		if l.List == "watch" && l.Entities == k.entities {
			return
		}
	}
	k.t.Errorf("the edition has not its %d entities: %v\n%s", k.entities, err, out)
}

var rowsIn = regexp.MustCompile(`(\d+) rows in: (\d+) screened, (\d+) rejected`)

// screened checks what a screening says of itself.
func (k *killed) screened(said string, rows int) {
	k.t.Helper()
	m := rowsIn.FindStringSubmatch(said)
	if m == nil || m[1] != strconv.Itoa(rows) || m[2] != m[1] || m[3] != "0" {
		k.t.Errorf("%d rows: %s", rows, said)
	}
}

func (k *killed) screen(round int, kill func(*exec.Cmd) bool) {
	sheet := k.sheet(round)
	out := fmt.Sprintf("report%d.xlsx", round)
	kill(k.command("screen", sheet, "--out", out))
	if z, err := zip.OpenReader(filepath.Join(k.dir, out)); err == nil {
		z.Close()
	} else if !errors.Is(err, os.ErrNotExist) {
		k.t.Errorf("half a report: %v", err)
	}
	k.screened(k.must("screen", sheet, "--out", out), killRows)
}

var applied = regexp.MustCompile(`(\d+) verdicts applied, (\d+) were on record already, (\d+) lines without a verdict, 0 not applied`)

func (k *killed) decide(round int, kill func(*exec.Cmd) bool) {
	book := fmt.Sprintf("review%d.xlsx", round)
	k.screened(k.must("screen", k.sheet(round), "--out", book), killRows)
	lines := k.fill(book)
	kill(k.command("decide", book))
	before := k.decided
	k.decided += lines
	m := applied.FindStringSubmatch(k.must("decide", book))
	if m == nil {
		k.t.Fatal("decide said nothing of verdicts")
	}
	fresh, _ := strconv.Atoi(m[1])
	old, _ := strconv.Atoi(m[2])
	if fresh+old != lines || lines == 0 {
		k.t.Errorf("%d of %d verdicts applied, %d on record; %d before", fresh, lines, old, before)
	}
	if m := applied.FindStringSubmatch(k.must("decide", book)); m == nil || m[1] != "0" || m[2] != strconv.Itoa(lines) {
		k.t.Errorf("decided once more: %v", m)
	}
}

// fill writes a verdict into every line of a workbook and returns how many there are.
func (k *killed) fill(book string) (lines int) {
	k.t.Helper()
	f, err := excelize.OpenFile(filepath.Join(k.dir, book))
	if err != nil {
		k.t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Review")
	if err != nil {
		k.t.Fatal(err)
	}
	column := map[string]int{}
	for r, row := range rows {
		if _, ok := column["Verdict"]; !ok {
			clear(column)
			for c, h := range row {
				column[strings.TrimSuffix(h, " (required)")] = c
			}
			continue
		}
		if c := column["Party"]; c >= len(row) || row[c] == "" {
			continue
		}
		for h, v := range map[string]string{"Verdict": "False positive", "Reason": "Different place", "Reviewer": "R. Reviewer", "Note": "seen"} {
			cell, err := excelize.CoordinatesToCellName(column[h]+1, r+1)
			if err == nil {
				err = f.SetCellStr("Review", cell, v)
			}
			if err != nil {
				k.t.Fatal(err)
			}
		}
		lines++
	}
	if err := f.Save(); err != nil {
		k.t.Fatal(err)
	}
	return lines
}

func (k *killed) rescreen(_ int, kill func(*exec.Cmd) bool) {
	kill(k.command("rescreen", "--full"))
	k.must("rescreen", "--full")
}

// serve puts a sheet into the queue, and kills the server that works on it.
func (k *killed) serve(round int, kill func(*exec.Cmd) bool) {
	k.must("screen", k.sheet(round), "--queue")
	kill(k.command("serve", "--listen", "127.0.0.1:0"))
	worker := k.command("work")
	var said bytes.Buffer
	worker.Stderr = &said
	if err := worker.Start(); err != nil {
		k.t.Fatal(err)
	}
	defer func() {
		_ = worker.Process.Signal(os.Interrupt)
		// It may be told to stop before it has begun.
		if err := worker.Wait(); err != nil && !strings.Contains(said.String(), "stopped; what was finished is kept") {
			k.t.Errorf("the worker ended with %v\n%s", err, said.String())
		}
	}()
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(30 * time.Millisecond) {
		var job struct{ State, Reason string }
		out, err := k.command("jobs", "--all", "--limit", "1", "--format", "json").Output()
		if err == nil {
			err = json.Unmarshal(out, &job)
		}
		if err != nil {
			k.t.Fatalf("jobs: %v\n%s", err, out)
		}
		switch {
		case job.State == "done":
			return
		case job.State == "dead", time.Now().After(deadline):
			k.t.Fatalf("the batch is %s: %s", job.State, job.Reason)
		}
	}
}

// sound looks into the database: nothing is lost, twice or half there.
func (k *killed) sound(step string, n int) {
	k.t.Helper()
	ctx := k.t.Context()
	s, err := store.Open(ctx, k.dsn, store.Options{Data: filepath.Join(k.dir, "data")})
	if err != nil {
		k.t.Fatalf("after %s: %v", step, err)
	}
	defer s.Close()
	if db, _ := s.DB(); k.database == nil {
		var ok string
		if err := db.QueryRowContext(ctx, "pragma integrity_check").Scan(&ok); err != nil || ok != "ok" {
			k.t.Errorf("the database is not sound: %s, %v", ok, err)
		}
	}
	editions, err := s.Editions(ctx, "watch")
	if err != nil {
		k.t.Fatal(err)
	}
	for _, ed := range editions[:min(3, len(editions))] {
		got := 0
		for _, err := range s.Entities(ctx, "watch", ed.Seq) {
			if err != nil {
				k.t.Fatal(err)
			}
			got++
		}
		if got != ed.Entities {
			k.t.Errorf("edition %d has %d of %d entities", ed.Seq, got, ed.Entities)
		}
	}
	if step == "refresh" {
		if k.editions++; len(editions) != k.editions+1 {
			k.t.Errorf("%d editions after %d refreshes and the first", len(editions), k.editions)
		}
	}
	runs, err := s.Runs(ctx, 4)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, r := range runs {
		seen := map[screening.Place]bool{}
		for res, err := range s.Results(ctx, r.ID) {
			if err != nil {
				k.t.Fatal(err)
			}
			if seen[res.Partner.Place] {
				k.t.Errorf("run %s has row %d twice", r.ID, res.Partner.Row)
			}
			seen[res.Partner.Place] = true
		}
		if r.Finished.IsZero() {
			continue
		}
		if c := r.Counts; c.RowsIn != c.RowsScreened+c.RowsRejected || len(seen) != c.RowsIn {
			k.t.Errorf("run %s: %d rows in, %d screened, %d rejected, %d kept", r.ID, c.RowsIn, c.RowsScreened, c.RowsRejected, len(seen))
		}
	}
	decisions, about := 0, map[string]bool{}
	for d, err := range s.Decisions(ctx) {
		if err != nil {
			k.t.Fatal(err)
		}
		decisions++
		if about[d.ID] {
			k.t.Errorf("decision %s is kept twice", d.ID)
		}
		about[d.ID] = true
	}
	if decisions != k.decided {
		k.t.Errorf("%d decisions on record, %d were made", decisions, k.decided)
	}
}
