package jobs_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// BenchmarkNight measures what a night costs beside screening everything. From
// the project's root:
//
//	go test ./jobs -run '^$' -bench Night -benchtime 1x
//
// NIGHT_PARTIES and NIGHT_ENTITIES say how many are held (50,000 and 20,000),
// NIGHT_DB=postgres where. With REAL_EDITIONS, a folder of editions by date, it also
// takes the real change of the SDN list from 2024-04-25 to 2024-04-26.
//
// full-s is the first night, night-s the one after the change, quiet-s one after
// no change; ratio is full-s over night-s, and the same of the processors' time, which
// a busy machine does not lengthen as much.
func BenchmarkNight(b *testing.B) {
	b.Run("300 entities", func(b *testing.B) {
		for b.Loop() {
			o := newNightOffice(b)
			o.watchList(0)
			o.measure(b, func() { o.watchList(300) })
		}
	})
	b.Run("SDN 2024-04-26", func(b *testing.B) {
		dir := os.Getenv("REAL_EDITIONS")
		if dir == "" {
			b.Skip("REAL_EDITIONS is not set: no real editions to compare")
		}
		for b.Loop() {
			o := newNightOffice(b)
			sdn, ok := lists.Find(lists.All, "us_ofac_sdn")
			if !ok {
				b.Fatal("there is no card us_ofac_sdn")
			}
			o.env.Cards = append(o.env.Cards, *sdn)
			o.watchList(0)
			o.refresh(filepath.Join(dir, "2024-04-25"), "us_ofac_sdn")
			o.measure(b, func() { o.refresh(filepath.Join(dir, "2024-04-26"), "us_ofac_sdn") })
		}
	})
}

type nightOffice struct {
	b        *testing.B
	env      *jobs.Env
	r        *rand.Rand
	now      time.Time
	entities int
	listed   []string
}

func newNightOffice(b *testing.B) *nightOffice {
	b.Helper()
	dsn := storetest.SQLite(b)
	if os.Getenv("NIGHT_DB") == "postgres" {
		dsn = storetest.Postgres(b)
	}
	s, err := store.Open(b.Context(), dsn, store.Options{Data: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	card, err := lists.Custom(lists.CustomConfig{ID: "watch", Format: "targets.simple.csv", Control: "asset_freeze"})
	if err != nil {
		b.Fatal(err)
	}
	o := &nightOffice{b: b, r: rand.New(rand.NewPCG(7, 7)), now: time.Date(2031, 3, 4, 6, 0, 0, 0, time.UTC), entities: sizeOf("NIGHT_ENTITIES", 20_000)}
	o.env = &jobs.Env{
		Store: s, Cards: []lists.Card{card}, Policy: screening.DefaultPolicy(), MaxAge: 100 * 365 * 24 * time.Hour,
		Version: "bench", Actor: "sam", Samples: true, Now: func() time.Time { return o.now },
	}
	return o
}

func sizeOf(env string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(env)); err == nil && n > 0 {
		return n
	}
	return usual
}

var (
	benchSyllables = strings.Fields("bal bor bran chon dal dor fer gal gran har ish jar kal kor lam lor mal mir nar nov ost pak pol rad ryu sar shen sol tal tar ul var vel vos wei yan zar zel")
	benchGeneric   = strings.Fields("Trading Industrial Technology Research Institute University Academy Engineering Aviation Holding Group International National Science College Energy Services Medical")
	benchForms     = strings.Fields("LLC Ltd GmbH JSC Inc Limited FZE Company")
)

func (o *nightOffice) word() string {
	var b strings.Builder
	for range 2 + o.r.IntN(3) {
		b.WriteString(benchSyllables[o.r.IntN(len(benchSyllables))])
	}
	s := b.String()
	return strings.ToUpper(s[:1]) + s[1:]
}

func (o *nightOffice) name() string {
	words := []string{o.word()}
	if o.r.IntN(2) == 0 {
		words = append(words, o.word())
	}
	for range o.r.IntN(3) {
		words = append(words, benchGeneric[o.r.IntN(len(benchGeneric))])
	}
	if o.r.IntN(2) == 0 {
		words = append(words, benchForms[o.r.IntN(len(benchForms))])
	}
	return strings.Join(words, " ")
}

// watchList publishes the invented list with so many of its entities renamed.
func (o *nightOffice) watchList(changed int) {
	o.b.Helper()
	if o.listed == nil {
		for range o.entities {
			o.listed = append(o.listed, o.name())
		}
	}
	for range changed {
		o.listed[o.r.IntN(len(o.listed))] = o.name()
	}
	var b strings.Builder
	b.WriteString("id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,program_ids,dataset,first_seen,last_seen,last_change\n")
	for i, name := range o.listed {
		fmt.Fprintf(&b, "w%d,Organization,%s,%s,,qa,,,,,,,,,,\n", i, name, strings.ToUpper(name)+" HOLDING")
	}
	dir := o.b.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "watch"), 0o750); err != nil {
		o.b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "watch", "targets.simple.csv"), []byte(b.String()), 0o600); err != nil {
		o.b.Fatal(err)
	}
	o.refresh(dir, "watch")
}

func (o *nightOffice) refresh(dir, list string) {
	o.b.Helper()
	out, err := jobs.Refresh(o.b.Context(), o.env, jobs.RefreshOptions{From: dir, Lists: []string{list}})
	if err != nil || !out[0].OK() {
		o.b.Fatalf("refresh: %v %+v", err, out)
	}
	if out[0].Added+out[0].Removed+out[0].Changed < 5_000 {
		o.b.Logf("%s: %d added, %d removed, %d changed", list, out[0].Added, out[0].Removed, out[0].Changed)
	}
}

// hold keeps rows as a screened sheet does: a partner of its own each, one in
// a hundred of them listed, and one of two thousand funders. Finding their
// matches is left to the first night.
func (o *nightOffice) hold(rows int) {
	o.b.Helper()
	ctx := o.b.Context()
	run := &screening.Run{ID: "upload", Started: o.now, Inputs: []screening.Input{{File: "partners.csv"}}}
	if err := o.env.Store.StartRun(ctx, run); err != nil {
		o.b.Fatal(err)
	}
	funders := make([]string, 2000)
	for i := range funders {
		funders[i] = o.name()
	}
	var chunk []*screening.Result
	for i := range rows {
		name := o.name()
		if o.r.IntN(100) == 0 {
			name = o.listed[o.r.IntN(len(o.listed))]
		}
		p := &screening.Partner{
			Place: screening.Place{File: "partners.csv", Row: i + 2}, Reference: fmt.Sprint("R-", i), End: "2040-01-01",
			Parties: []screening.Party{{Role: screening.RolePartner, Name: name}, {Role: screening.RoleFunder, Name: funders[o.r.IntN(len(funders))]}},
		}
		r := &screening.Result{Partner: p, Grade: screening.Clear, Stakes: screening.Standard}
		for range p.Parties {
			r.Parties = append(r.Parties, screening.PartyResult{Grade: screening.Clear, Matches: []screening.Match{}})
		}
		run.Counts.Add(r)
		if chunk = append(chunk, r); len(chunk) == 1000 || i == rows-1 {
			if err := o.env.Store.KeepResults(ctx, store.Upload{Run: run}, chunk); err != nil {
				o.b.Fatal(err)
			}
			chunk = nil
		}
	}
	run.Finished = o.now
	if err := o.env.Store.FinishRun(ctx, run); err != nil {
		o.b.Fatal(err)
	}
}

// night returns what it took by the clock, and of the processors.
func (o *nightOffice) night() (n *screening.Night, took, cpu time.Duration) {
	o.b.Helper()
	o.now = o.now.Add(24 * time.Hour)
	start, before := time.Now(), processors()
	r, err := jobs.Rescreen(o.b.Context(), o.env, jobs.RescreenOptions{})
	if err != nil {
		o.b.Fatal(err)
	}
	return r.Night, time.Since(start), processors() - before
}

// processors is the time all threads have worked so far, garbage collection
// included; 0 where the runtime does not say.
func processors() time.Duration {
	samples := []metrics.Sample{{Name: "/cpu/classes/user:cpu-seconds"}, {Name: "/cpu/classes/gc/total:cpu-seconds"}}
	runtime.GC() // brings the figures up to date
	metrics.Read(samples)
	var sum float64
	for _, s := range samples {
		if s.Value.Kind() == metrics.KindFloat64 {
			sum += s.Value.Float64()
		}
	}
	return time.Duration(sum * float64(time.Second))
}

func (o *nightOffice) measure(b *testing.B, change func()) {
	b.Helper()
	parties := sizeOf("NIGHT_PARTIES", 50_000)
	start := time.Now()
	o.hold(parties)
	b.ReportMetric(time.Since(start).Seconds(), "keep-s")
	_, full, fullCPU := o.night()
	change()
	n, night, nightCPU := o.night()
	if n.Counts.Full != "" || n.Counts.Entities == 0 {
		b.Fatalf("the night was no difference: %+v", n.Counts)
	}
	_, quiet, _ := o.night()
	b.ReportMetric(full.Seconds(), "full-s")
	b.ReportMetric(night.Seconds(), "night-s")
	b.ReportMetric(quiet.Seconds(), "quiet-s")
	b.ReportMetric(full.Seconds()/night.Seconds(), "ratio")
	b.ReportMetric(fullCPU.Seconds()/nightCPU.Seconds(), "cpu-ratio")
	b.ReportMetric(fullCPU.Seconds(), "full-cpu-s")
	b.ReportMetric(nightCPU.Seconds(), "night-cpu-s")
	b.ReportMetric(float64(n.Counts.Rescreened), "rescreened")
	b.ReportMetric(float64(n.Counts.Changed), "changed")
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB")
	b.ReportMetric(0, "ns/op")
}
