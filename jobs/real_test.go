package jobs_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"partnerscreen/jobs"
	"partnerscreen/lists"
	"partnerscreen/reports"
	"partnerscreen/screening"
	"partnerscreen/screening/store/storetest"
)

// projectsSheet turns a file of research projects and their partners into a
// sheet of one row for each partner of a project.
func projectsSheet(t *testing.T, from, to string) (rows int) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Countries map[string]struct {
			Projects []struct {
				ID       int    `json:"id"`
				Title    string `json:"title"`
				Start    string `json:"start_date"`
				End      string `json:"end_date"`
				Partners []struct {
					Name string `json:"name"`
					City string `json:"city"`
				} `json:"chinese_orgs"`
			} `json:"sample_projects"`
		} `json:"countries"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(f)
	lines := [][]string{{"Reference", "Project", "Start", "End", "Partner", "City", "Country"}}
	for _, country := range slices.Sorted(maps.Keys(file.Countries)) {
		for _, p := range file.Countries[country].Projects {
			for _, x := range p.Partners {
				lines = append(lines, []string{strconv.Itoa(p.ID), p.Title, p.Start, p.End, x.Name, x.City, "CN"})
			}
		}
	}
	if err := w.WriteAll(lines); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return len(lines) - 1
}

// TestRealRunComesHome screens real projects against real lists, decides every
// line of Review in LibreOffice, and wants all of it applied and remembered.
// Run: REAL_LISTS=<mirror> go test ./jobs -run RealRun -v
func TestRealRunComesHome(t *testing.T) {
	mirror := os.Getenv("REAL_LISTS")
	if mirror == "" {
		t.Skip("REAL_LISTS is not set")
	}
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice (soffice) is not installed")
	}
	projects, err := filepath.Glob(filepath.Join(mirror, "..", "partners", "cordis_*.json"))
	if err != nil || len(projects) == 0 {
		t.Skip("there are no projects beside REAL_LISTS")
	}
	ctx, dir := t.Context(), t.TempDir()
	now := time.Now().UTC()
	env := &jobs.Env{
		Store: storetest.Open(t, storetest.SQLite(t)), Cards: lists.All, AcceptLicence: []string{"CC-BY-NC-4.0"}, Policy: screening.DefaultPolicy(),
		Enabled: func(id string) bool { return id == "us_trade_csl" || id == "us_dod_1286" }, Version: "test", Actor: "sam", Now: func() time.Time { return now },
	}
	refreshed, err := jobs.Refresh(ctx, env, jobs.RefreshOptions{From: mirror})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range refreshed {
		if !r.OK() {
			t.Fatalf("%+v", r)
		}
	}
	sheet := filepath.Join(dir, "projects.csv")
	rows := projectsSheet(t, projects[0], sheet)
	screen := func(name string) (*screening.Run, string) {
		t.Helper()
		s, err := jobs.Screen(ctx, env, jobs.ScreenOptions{Files: []string{sheet}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write(ctx, f, "xlsx"); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		return s.Run, path
	}
	before, book := screen("book.xlsx")
	lines := decideAll(t, book)
	back := book
	for i, format := range []string{"ods", "xlsx"} {
		out := filepath.Join(dir, "out"+strconv.Itoa(i))
		limit, stop := context.WithTimeout(ctx, 5*time.Minute)
		said, err := exec.CommandContext(limit, office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", format, "--outdir", out, back).CombinedOutput()
		stop()
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		back = filepath.Join(out, "book."+format)
	}
	for i, who := range []string{"anna", "ben"} {
		d, err := jobs.Decide(ctx, env, back, who)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Problems) > 0 || d.Applied != lines || d.Undecided != 0 || (i == 1 && d.Waiting != 0) {
			t.Errorf("by %s: %d of %d lines applied, %d wait, %d undecided, problems %v", who, d.Applied, lines, d.Waiting, d.Undecided, d.Problems)
		}
	}
	after, _ := screen("after.xlsx")
	if after.Counts.Rows[screening.Escalate]+after.Counts.Rows[screening.Review] != 0 {
		t.Errorf("after every line was decided: %v", after.Counts.Rows)
	}
	t.Logf("%d rows, %d lines decided; before %v, after %v", rows, lines, before.Counts.Rows, after.Counts.Rows)
}

// decideAll fills in every line of Review: the first true and closed by a
// licence, the others false.
func decideAll(t *testing.T, book string) (lines int) {
	t.Helper()
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("Review")
	if err != nil {
		t.Fatal(err)
	}
	for n := 2; n < len(rows); n++ {
		values := map[string]string{"Verdict (required)": reports.VerdictText(screening.FalsePositive), "Reason (required)": "Different name", "Reviewer (required)": "R. Reviewer"}
		if n == 2 {
			values = map[string]string{
				"Verdict (required)": reports.VerdictText(screening.TrueMatch), "Reason (required)": "Same name and place", "Reviewer (required)": "R. Reviewer",
				"How it is closed": "Licence", "Licence number": "2026-114", "Scope or plan": "published data only", "Closed until": time.Now().AddDate(1, 0, 0).Format(time.DateOnly),
			}
		}
		for c, title := range rows[1] {
			v, ok := values[title]
			if !ok {
				continue
			}
			cell, err := excelize.CoordinatesToCellName(c+1, n+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStr("Review", cell, v); err != nil {
				t.Fatal(err)
			}
		}
		lines++
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	return lines
}
