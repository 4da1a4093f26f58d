//go:build unix

package jobs_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// Run: go test ./jobs -run '^$' -bench Batch -benchtime 1x -timeout 3h
//
// BENCH_ROWS is how many rows are screened, 100,000 unless it says otherwise.
// REAL_LISTS is a folder for refresh --from; without it the lists of 20,000
// invented parties are used. Each worker is a process with one core.
// rows/s is from the first chunk to the end of the run, MB the peak of the largest worker,
// bytes/row what the database grew by.

func BenchmarkBatch(b *testing.B) {
	rows := 100_000
	if n, err := strconv.Atoi(os.Getenv("BENCH_ROWS")); err == nil {
		rows = n
	}
	for engine, dsn := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for workers := 1; workers <= 2; workers++ {
			b.Run(fmt.Sprintf("%s/%d_workers", engine, workers), func(b *testing.B) {
				for b.Loop() {
					benchBatch(b, dsn(b), rows, workers)
				}
			})
		}
	}
}

func benchBatch(b *testing.B, dsn string, rows, workers int) {
	data := b.TempDir()
	s, err := store.Open(b.Context(), dsn, store.Options{Data: data})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	env := benchEnv(s)
	if _, err := jobs.Refresh(b.Context(), env, jobs.RefreshOptions{From: cmp.Or(os.Getenv("REAL_LISTS"), inventedLists(b))}); err != nil {
		b.Fatal(err)
	}
	sheet, sheetOut := io.Pipe()
	go func() { _ = sheetOut.CloseWithError(inventedSheet(sheetOut, rows)) }()
	var missing []string
	for _, card := range env.Cards {
		missing = append(missing, card.ID)
	}
	run, job, err := jobs.StartScreen(b.Context(), env, []jobs.Sheet{{Name: "big.csv", R: sheet}}, jobs.ScreenOptions{AcceptMissing: missing}, "bench")
	if err != nil {
		b.Fatal(err)
	}
	var processes []*exec.Cmd
	for range workers {
		cmd := exec.CommandContext(b.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=50", "JOBS_TEST_BENCH=1", "JOBS_TEST_DSN="+dsn, "JOBS_TEST_DATA="+data)
		cmd.Stderr = os.Stderr
		if _, err := cmd.StdinPipe(); err != nil {
			b.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		processes = append(processes, cmd)
	}
	before := databaseSize(b, s)
	b.ResetTimer()
	var task *store.Task
	for {
		if task, err = jobs.Task(b.Context(), env, job); err != nil {
			b.Fatal(err)
		}
		if task.State.Ended() {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	batch, err := s.Batch(b.Context(), run)
	if err != nil || task.State != store.TaskDone || batch.RowsDone != rows {
		b.Fatalf("%+v %+v %v", task, batch, err)
	}
	peak := int64(0)
	for _, p := range processes {
		_ = p.Process.Kill()
		_ = p.Wait()
		if usage, ok := p.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, usage.Maxrss)
		}
	}
	b.ReportMetric(float64(rows)/task.Finished.Sub(batch.Began).Seconds(), "rows/s")
	b.ReportMetric(float64(peak)/1024, "MB")
	b.ReportMetric(float64(databaseSize(b, s)-before)/float64(rows), "bytes/row")
}

func databaseSize(b *testing.B, s *store.Store) (size int64) {
	db, postgres := s.DB()
	query := "select page_count * page_size from pragma_page_count, pragma_page_size"
	if postgres {
		query = "select pg_database_size(current_database())"
	}
	if err := db.QueryRowContext(b.Context(), query).Scan(&size); err != nil {
		b.Fatal(err)
	}
	return size
}

// benchEnv is an office that screens against everything there is.
func benchEnv(s *store.Store) *jobs.Env {
	cards := lists.All
	if os.Getenv("REAL_LISTS") == "" {
		card, err := lists.Custom(lists.CustomConfig{ID: "invented", Format: "targets.simple.csv", Control: "asset_freeze"})
		if err != nil {
			panic(err)
		}
		cards = []lists.Card{card}
	}
	return &jobs.Env{
		Store: s, Cards: cards, AcceptLicence: []string{"CC-BY-NC-4.0", "LicenseRef-all-rights-reserved"},
		Policy: screening.DefaultPolicy(), Version: "bench", Now: time.Now,
	}
}

// invented makes names of organisations that sound like some and are none.
type invented struct{ *rand.Rand }

func (r invented) word() string {
	var b strings.Builder
	for range 2 + r.IntN(2) {
		b.WriteByte("BDFGHKLMNPRSTVZ"[r.IntN(15)])
		b.WriteByte("aeiou"[r.IntN(5)])
		if r.IntN(3) == 0 {
			b.WriteByte("lnrst"[r.IntN(5)])
		}
	}
	return b.String()[:1] + strings.ToLower(b.String()[1:])
}

func (r invented) name() string {
	kinds := []string{"University", "Institute of Technology", "Research Institute", "Academy of Sciences", "Trading Company Limited", "Polytechnic", "Laboratories", "Foundation", "GmbH", "College of Medicine"}
	name := r.word()
	if r.IntN(2) == 0 {
		name += " " + r.word()
	}
	return name + " " + kinds[r.IntN(len(kinds))]
}

func inventedLists(b *testing.B) string {
	dir := b.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "invented"), 0o750); err != nil {
		b.Fatal(err)
	}
	var out strings.Builder
	out.WriteString("id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,program_ids,dataset,first_seen,last_seen,last_change\n")
	r := invented{rand.New(rand.NewPCG(1, 1))}
	for i := range 20_000 {
		fmt.Fprintf(&out, "i%d,Organization,%s,%s;%s,,ir,,,,,,,,,,\n", i, r.name(), r.name(), r.name())
	}
	if err := os.WriteFile(filepath.Join(dir, "invented", "targets.simple.csv"), []byte(out.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return dir
}

// inventedSheet has a partner and a funder in every row, each of a few thousand funders many times.
func inventedSheet(w io.Writer, rows int) error {
	buf := bufio.NewWriter(w)
	fmt.Fprintln(buf, "Reference,Partner,Country,Funder")
	r := invented{rand.New(rand.NewPCG(2, 2))}
	funders := make([]string, 3000)
	for i := range funders {
		funders[i] = r.name()
	}
	for i := range rows {
		fmt.Fprintf(buf, "B-%d,%s,%s,%s\n", i, r.name(), []string{"DE", "NO", "", "JP", "BR"}[r.IntN(5)], funders[r.IntN(len(funders))])
	}
	return buf.Flush()
}

// BenchmarkMatchingAlone is what one core screens without a queue or a store:
// what the rows/s above can be held against.
func BenchmarkMatchingAlone(b *testing.B) {
	s, err := store.Open(b.Context(), storetest.SQLite(b), store.Options{Data: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	env := benchEnv(s)
	if _, err := jobs.Refresh(b.Context(), env, jobs.RefreshOptions{From: cmp.Or(os.Getenv("REAL_LISTS"), inventedLists(b))}); err != nil {
		b.Fatal(err)
	}
	var missing []string
	for _, card := range env.Cards {
		missing = append(missing, card.ID)
	}
	held, err := jobs.Hold(b.Context(), env, nil, missing, time.Time{})
	if err != nil {
		b.Fatal(err)
	}
	r := invented{rand.New(rand.NewPCG(3, 3))}
	parties := 0
	for b.Loop() {
		p := &screening.Partner{Parties: []screening.Party{{Role: screening.RolePartner, Name: r.name(), Country: "DE"}}}
		found := [][]screening.Candidate{held.Matcher.Match(&p.Parties[0])}
		if _, err := json.Marshal(held.Judge.Row(p, found)); err != nil {
			b.Fatal(err)
		}
		parties++
	}
	b.ReportMetric(float64(parties)/b.Elapsed().Seconds(), "parties/s")
}
