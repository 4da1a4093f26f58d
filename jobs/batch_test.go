package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening/store"
	"partnerscreen/screening/store/storetest"
)

// quick is what tests wait for: beats and tries follow each other closely.
var quick = jobs.WorkOptions{Beat: 100 * time.Millisecond, Retry: 100 * time.Millisecond, Grace: 5 * time.Second, Batch: 2}

// working starts workers on the office's store, waits until they work, and
// returns what stops them.
func (o *office) working(n int, opts jobs.WorkOptions) (stop func()) {
	o.t.Helper()
	ctx, cancel := context.WithCancel(o.t.Context())
	var wg, ready sync.WaitGroup
	ready.Add(n)
	defer ready.Wait()
	opts.Ready = ready.Done
	for range n {
		wg.Go(func() {
			if err := jobs.Work(ctx, o.env, opts); err != nil {
				o.t.Error(err)
			}
		})
	}
	return sync.OnceFunc(func() { cancel(); wg.Wait() })
}

// until waits for a job to be as it should be.
func (o *office) until(id int64, what string, ok func(*store.Task) bool) *store.Task {
	o.t.Helper()
	var task *store.Task
	var err error
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if task, err = jobs.Task(o.t.Context(), o.env, id); err == nil && ok(task) {
			return task
		}
	}
	o.t.Fatalf("job %d did not become %s: %+v, %v", id, what, task, err)
	return nil
}

func (o *office) ended(id int64) *store.Task {
	o.t.Helper()
	return o.until(id, "ended", func(t *store.Task) bool { return t.State.Ended() })
}

// bigSheet is a sheet of n rows: invented names, one in seven like a listed
// one, one in fifty without a party.
func bigSheet(n int) string {
	var b strings.Builder
	b.WriteString("Partner,Country,Funder,Reference,Remark\n")
	words := []string{"Aldenmoor", "Brevik", "Castellane", "Dunmorrow", "Eskerra", "Fjellheim", "Garrowby", "Hollinmere"}
	for i := range n {
		name := fmt.Sprintf("%s %s Institute of Optics %d", words[i%8], words[i/8%8], i)
		switch {
		case i%50 == 49:
			name = ""
		case i%7 == 3:
			name = [...]string{"Veltraxis Optics Institute", "Veltraxis Optic Institute", "VELTRAXIS OPTICS INST.", "Kestoria Trading"}[i/7%4]
		}
		fmt.Fprintf(&b, "%s,%s,%s,R-%d,row %d\n", name, []string{"DE", "", "IR", "NO"}[i%4], words[i/3%8]+" Fund", i, i)
	}
	return b.String()
}

func (o *office) listed() {
	o.list("w1|Veltraxis Optics Institute|VOI Institute|ir", "w2|Kestoria Trading Co|Kestoria Group|sy", "w3|Sorvenne Aerostat Works||ru")
}

// inProcess screens sheets without the queue and returns the report.
func (o *office) inProcess(format string, files ...string) []byte {
	o.t.Helper()
	s, err := jobs.Screen(o.t.Context(), o.env, jobs.ScreenOptions{Files: files})
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var b bytes.Buffer
	if err := s.Write(o.t.Context(), &b, format); err != nil {
		o.t.Fatal(err)
	}
	return b.Bytes()
}

func (o *office) report(run, format string) []byte {
	o.t.Helper()
	var b bytes.Buffer
	if err := jobs.WriteRun(o.t.Context(), o.env, run, &b, format); err != nil {
		o.t.Fatal(err)
	}
	return b.Bytes()
}

func TestBatchEqualsOneProcess(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.listed()
		big, small := bigSheet(2500), "Preamble of the office\n\n"+bigSheet(30)+",,,\nTotal,,,\n"
		var files []string
		for name, content := range map[string]string{"a.csv": big, "b.csv": small} {
			path := filepath.Join(o.dir, name)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
		}
		if filepath.Base(files[0]) != "a.csv" {
			files[0], files[1] = files[1], files[0]
		}
		wantJSON, wantCSV := o.inProcess("json", files...), o.inProcess("csv", files...)
		for _, workers := range []int{1, 2} {
			run, job, err := jobs.StartScreen(t.Context(), o.env, []jobs.Sheet{
				{Name: "a.csv", R: strings.NewReader(big)}, {Name: "b.csv", R: strings.NewReader(small)},
			}, jobs.ScreenOptions{}, "kim")
			if err != nil {
				t.Fatal(err)
			}
			stop := o.working(workers, quick)
			task := o.ended(job)
			stop()
			if task.State != store.TaskDone || task.By != "kim" || task.Run != run || task.Progress == nil || task.Progress.Done != task.Progress.Total {
				t.Errorf("%d workers: %+v", workers, task)
			}
			if !bytes.Equal(o.report(run, "json"), wantJSON) {
				t.Errorf("%d workers: JSON differs from that of one process", workers)
			}
			if !bytes.Equal(o.report(run, "csv"), wantCSV) {
				t.Errorf("%d workers: CSV differs from that of one process", workers)
			}
			r, err := s.Run(t.Context(), run)
			if err != nil || r.Counts.RowsIn != r.Counts.RowsScreened+r.Counts.RowsRejected || r.Counts.RowsIn != int(task.Progress.Total) || r.By != "kim" {
				t.Errorf("%d workers: %+v, %v", workers, r, err)
			}
		}
	})
}

func TestStartScreenSaysWhatIsMissing(t *testing.T) {
	o := newOffice(t, storetest.Open(t, storetest.SQLite(t)))
	_, _, err := jobs.StartScreen(t.Context(), o.env, []jobs.Sheet{{Name: "a.csv", R: strings.NewReader("Partner\nX\n")}}, jobs.ScreenOptions{}, "kim")
	var missing *jobs.MissingLists
	if !errors.As(err, &missing) {
		t.Errorf("without lists: %v", err)
	}
	o.listed()
	_, job, err := jobs.StartScreen(t.Context(), o.env, []jobs.Sheet{{Name: "a.xlsx", R: strings.NewReader("no workbook")}}, jobs.ScreenOptions{}, "kim")
	if err != nil {
		t.Fatal(err)
	}
	defer o.working(1, quick)()
	if task := o.ended(job); task.State != store.TaskDead || !strings.Contains(task.Reason, "a.xlsx") || task.Attempt != 1 {
		t.Errorf("a sheet that is none: %+v", task)
	}
}

// kind is a job that does what a test wants.
func kind(name string, run func(ctx context.Context, env *jobs.Env) (any, error)) jobs.Job {
	return jobs.Job{Kind: name, Doc: name, Attempts: 3, Run: func(ctx context.Context, env *jobs.Env, _ json.RawMessage) (any, error) { return run(ctx, env) }}
}

func (o *office) start(kind string) int64 {
	o.t.Helper()
	id, err := jobs.Start(o.t.Context(), o.env, kind, nil, "kim")
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}
