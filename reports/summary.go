package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
)

var summary = Tab{
	Name: "Summary",
	Doc:  "The run in numbers, the lists it used, and what it did not check.",
	Free: true,
	Rows: func(*Findings) int { return 1 },
	Fill: fillSummary,
}

// chartRows is how many lines a chart of so many bars wants.
func chartRows(lines int) int { return min(max(13, lines+4), 60) }

// meaning says in one line what a grade asks for.
var meaning = map[screening.Grade]string{
	screening.Escalate: "Stop and take it to the office that owns it; two people decide.",
	screening.Review:   "A possible match or a question: a person decides before the work goes on.",
	screening.Note:     "Something is on record; nobody is asked to act.",
	screening.Clear:    "Nothing likely in the lists named below. It says no more than that.",
}

func fillSummary(b *Book, t Tab, f *Findings) error {
	r, c := f.Report, f.Counts
	// A chart is put in before its table is written; where that will stand is known.
	missing := notScreened(r.Run)
	if n := len(f.Holds); n > 0 {
		missing = append(missing, "HOLD: "+counted(n, "true match", "true matches")+" under an asset freeze. Stop, hold, and tell legal compliance today: see Hold instructions.")
	}
	mismatch := countsDiffer(r.Run.Counts, c)
	night := nightInShort(r.Night)
	gradeHeader := len(missing) + 5 + len(night)
	if mismatch != "" {
		gradeHeader++
	}
	charts := gradeHeader + len(screening.Grades) + 4 // below the grades, the rejected, all, and a gap
	room := chartRows(len(f.Tally))
	tallyHeader := charts + room + 1
	p, err := b.Page(t, Layout{
		Plain:   true,
		Columns: []Column{{Width: 34}, {Width: 50}, {Width: 14}, {Width: 21}, {Width: 12}, {Width: 40}},
		Before: func(x *excelize.File, sheet string, _, _ int) error {
			if err := bars(x, sheet, "A", charts, 580, "Rows by grade", gradeHeader+1, len(screening.Grades)); err != nil || len(f.Tally) == 0 {
				return err
			}
			return bars(x, sheet, "C", charts, 600, "Likely matches by list and control", tallyHeader+1, len(f.Tally))
		},
	})
	if err != nil {
		return err
	}
	w := writer{page: p}
	for _, line := range missing {
		w.across(line, StyleWarning)
	}
	w.cells(Styled{title(r), StyleTitle})
	w.cells(Styled{fmt.Sprintf("Run %s of %s, reported %s", r.Run.ID, stamp(r.Run.Started), stamp(r.Generated)), StyleDoc})
	w.cells(Styled{inShort(f), StyleBlock})
	for _, line := range night {
		w.across(line, StyleProse)
	}
	if mismatch != "" {
		w.across(mismatch, StyleWarning)
	}
	p.Skip(1)

	trend := r.Previous != nil
	header := []any{Styled{"Grade", StyleHeader}, Styled{"What it asks for", StyleHeader}, Styled{"Rows", StyleHeader}}
	if trend {
		header = append(header, Styled{"Last run, " + day(r.Previous.Started), StyleHeader}, Styled{"Change", StyleHeader})
	}
	w.cells(header...)
	line := func(label Styled, means string, now, then int) {
		row := []any{label, Styled{means, StyleWords}, Styled{now, StyleNumber}}
		if trend {
			row = append(row, Styled{then, StyleNumber}, Styled{changeText(now - then), StyleWords})
		}
		w.cells(row...)
	}
	var before screening.Counts
	if trend {
		before = r.Previous.Counts
	}
	for i := len(screening.Grades) - 1; i >= 0; i-- {
		g := screening.Grades[i]
		line(ofGrade(g), meaning[g], c.Rows[g], before.Rows[g])
	}
	line(ofGrade(""), "Not screened; the reason stands on Rejected rows.", c.RowsRejected, before.RowsRejected)
	line(Styled{"All rows that came in", StyleLabel}, fmt.Sprintf("%d screened and %d rejected; %s compared", c.RowsScreened, c.RowsRejected, counted(c.Parties, "party", "parties")), c.RowsIn, before.RowsIn)

	p.Skip(1 + room)
	if len(f.Tally) > 0 {
		w.cells(Styled{"Likely matches by list and control (each party once, however many rows it stands in)", StyleBlock})
		w.cells(Styled{"List and control", StyleHeader}, Styled{"What the law does", StyleHeader}, Styled{"Matches", StyleHeader}, Styled{"To escalate", StyleHeader}, Styled{"To review", StyleHeader})
		for _, x := range f.Tally {
			esc, rev := x.Grades[screening.Escalate], x.Grades[screening.Review]
			w.cells(Styled{x.List + ": " + strings.ReplaceAll(string(x.Control), "_", " "), StyleText}, Styled{x.Control.Plain(), StyleWords}, Styled{esc + rev, StyleNumber}, Styled{esc, StyleNumber}, Styled{rev, StyleNumber})
		}
	}
	if n := len(f.Dismissed); n > 0 {
		w.cells(Styled{counted(n, "likely match", "likely matches") + " dismissed earlier and unchanged since: see Dismissed earlier." + dueSoon(f), StyleDoc})
	}

	if len(f.Closed) > 0 {
		w.cells(Styled{closedSoon(f), StyleDoc})
	}
	if r.Open != nil {
		p.Skip(1)
		w.cells(Styled{"Open matches", StyleBlock})
		w.cells(Styled{"Of all the office's sheets", StyleHeader}, Styled{"What it counts", StyleHeader}, Styled{"Matches", StyleHeader})
		w.cells(Styled{"Open", StyleLabel}, Styled{"Flagged, in a collaboration that goes on, and no decision closes it.", StyleWords}, Styled{r.Open.Open, StyleNumber})
		w.cells(Styled{"Overdue", StyleLabel}, Styled{"Open beyond the day the office set for its grade.", StyleWords}, Styled{r.Open.Overdue, StyleNumber})
		if r.Open.Open > 0 {
			w.cells(Styled{"Oldest", StyleLabel}, Styled{"Open since " + r.Open.Oldest + ".", StyleWords})
		}
	}

	p.Skip(1)
	w.cells(Styled{"Lists", StyleBlock})
	w.cells(Styled{"List", StyleHeader}, Styled{"Title", StyleHeader}, Styled{"Published", StyleHeader}, Styled{"Fetched", StyleHeader}, Styled{"Days old", StyleHeader}, Styled{"State", StyleHeader})
	for _, e := range r.Run.Editions {
		state := Styled{editionState(e), StyleWords}
		published, fetched, age := day(e.Published), stamp(e.Fetched), ageOf(e.Fetched, r.Generated)
		if e.Missing != "" {
			state.Style = StyleReview
			if e.Hash == "" {
				published, fetched, age = "none", "none", ""
			}
		}
		w.cells(Styled{e.List, StyleText}, Styled{cmp.Or(e.Title, e.List), StyleText}, Styled{published, StyleWords}, Styled{fetched, StyleWords}, Styled{age, StyleNumber}, state)
	}

	if len(r.Jurisdictions) == 0 {
		w.cells(Styled{"The office's jurisdictions are not set: every list is taken as binding on it.", StyleDoc})
	} else {
		w.cells(Styled{"Lists that bind the office are told by its jurisdictions: " + strings.Join(r.Jurisdictions, ", ") + ".", StyleDoc})
	}

	p.Skip(1)
	w.cells(Styled{"What was not checked", StyleBlock})
	for _, n := range r.Run.NotChecked {
		w.across("•  "+n, StyleProse)
	}
	if len(r.Run.NotChecked) == 0 {
		w.across("The run names nothing; whatever is not under Lists was not compared.", StyleProse)
	}

	p.Skip(1)
	w.cells(Styled{"Files", StyleBlock})
	w.cells(Styled{"File", StyleHeader}, Styled{"Sheets", StyleHeader}, Styled{"Rows in", StyleHeader}, Styled{"Screened", StyleHeader}, Styled{"Rejected", StyleHeader})
	for _, in := range inputs(f) {
		if in.Error != "" {
			w.cells(Styled{in.File, StyleText}, Styled{"NOT READ: " + in.Error, StyleReview})
			continue
		}
		var sheets []string
		for _, s := range in.Sheets {
			sheets = append(sheets, s.Name)
		}
		var n screening.Counts
		for _, c := range f.Files {
			if c.File == in.File {
				n = c.Counts
			}
		}
		w.cells(Styled{in.File, StyleText}, Styled{strings.Join(distinct(sheets), ", "), StyleText}, Styled{n.RowsIn, StyleNumber}, Styled{n.RowsScreened, StyleNumber}, Styled{n.RowsRejected, StyleNumber})
	}

	p.Skip(1)
	w.cells(Styled{"How to use this file", StyleBlock})
	for _, step := range howTo(f) {
		w.across(step, StyleProse)
	}
	p.Skip(1)
	w.cells(Styled{"Sheets", StyleBlock})
	for _, x := range f.present {
		if x.Name != t.Name {
			w.across(x.Doc, StyleWords, Styled{x.Name, StyleLabel})
		}
	}
	if w.err != nil {
		return w.err
	}
	return p.End()
}

func changeText(n int) string {
	if n == 0 {
		return "the same"
	}
	return fmt.Sprintf("%+d", n)
}

// inputs are the files of the run, and any other that rows came from.
func inputs(f *Findings) []screening.Input {
	all := slices.Clone(f.Report.Run.Inputs)
	for _, c := range f.Files {
		if !slices.ContainsFunc(all, func(in screening.Input) bool { return in.File == c.File }) {
			all = append(all, screening.Input{File: c.File})
		}
	}
	return all
}

// notScreened names each list that should have been used and was not.
func notScreened(run *screening.Run) []string {
	var out []string
	for _, e := range run.Editions {
		if e.Missing != "" {
			out = append(out, fmt.Sprintf("Not screened against %s (%s): %s", e.List, cmp.Or(e.Title, e.List), e.Missing))
		}
	}
	return out
}

// countsDiffer says so when the rows of the workbook are not the rows the run counted.
func countsDiffer(run, here screening.Counts) string {
	if run.RowsIn == 0 || run.RowsIn == here.RowsIn && run.RowsScreened == here.RowsScreened && run.RowsRejected == here.RowsRejected {
		return ""
	}
	return fmt.Sprintf("The run counted %d rows in, %d screened and %d rejected; this workbook holds %d, %d and %d. Screen the file again.",
		run.RowsIn, run.RowsScreened, run.RowsRejected, here.RowsIn, here.RowsScreened, here.RowsRejected)
}

// inShort is the run in one sentence.
// nightInShort says what a night did; nothing of any other run.
func nightInShort(n *screening.Night) []string {
	if n == nil {
		return nil
	}
	c := n.Counts
	all := counted(c.Active, "active collaboration", "active collaborations")
	lines := []string{
		fmt.Sprintf("Night %d: of %s %d changed and are in this file; %d stand as they were reported before; %d were left out.", n.ID, all, c.Changed, c.Standing, c.LeftOut),
		fmt.Sprintf("Of %s, %d were compared with every listed party and %d with the %d that changed.", counted(c.Parties, "distinct party", "distinct parties"), c.Rescreened, c.Untouched, c.Entities),
	}
	if c.Full != "" {
		lines[1] = fmt.Sprintf("Everything was screened again (%s): %s.", c.Full, counted(c.Parties, "distinct party", "distinct parties"))
	}
	return append(lines, fmt.Sprintf("%d are active for want of an end or a status that can be read, %d are no longer in the latest sheet, %d are over since the night before.", c.Unsure, c.Missing, c.Ended))
}

func inShort(f *Findings) string {
	c := f.Counts
	return fmt.Sprintf("%s to escalate, %d to review, %d noted; %d without a likely match in the lists named; %d rejected.",
		counted(c.Rows[screening.Escalate], "row", "rows"), c.Rows[screening.Review], c.Rows[screening.Note], c.Rows[screening.Clear], c.RowsRejected)
}

// howTo are the steps of a reviewer.
func howTo(f *Findings) []string {
	r := f.Report
	if len(f.Flagged) == 0 {
		return []string{"No match waits for a decision. Keep this file as the record of what was compared, with what, and when."}
	}
	if r.Submitter {
		return []string{"Review shows each party beside the listed party that may be the same, and what speaks for and against it. A reviewer decides; where Questions stand, your answers help. Until then the work on flagged rows waits."}
	}
	keep := "the office's usual time"
	if months := int(r.Keep.Hours() / 24 / 30); months > 0 {
		keep = counted(months, "month", "months")
	}
	first := "1.  Open Review. Each line is one party beside one listed party that may be the same."
	if len(escalated(f)) > 0 {
		first += " Party pages show both sides of each line to escalate."
	}
	steps := []string{
		first,
		"2.  Choose a verdict and a reason, and type your name. Lines to escalate want a second reviewer too. Yellow cells are still wanted.",
		"3.  “Not these listings” takes the numbers of listings that are another party; your verdict leaves them out, and “Verdict on those” can say another of them.",
		"4.  A verdict holds for " + keep + " unless you give a date. The blue columns close a true match for the work of its rows: by a licence, a plan, or by ending it. Empty leaves it open.",
		"5.  You may filter, sort, delete lines and add columns of your own; to sort or delete, take the protection off first (it has no password). Leave the locked cells as they are: a line changed there is reported and not applied.",
	}
	if len(r.Key) == 0 {
		return append(steps, "6.  This file was made without a key: its verdicts cannot be read back. Ask for one made by the server.")
	}
	return append(steps, "6.  Save it, as .xlsx or .ods, and give the file back (screener decide FILE, or the page). Giving it back twice changes nothing.")
}

// bars draws the counts of a table's third column over the names in its first,
// as bars with their numbers, in one colour: the words at the axis tell them apart.
//
//nolint:misspell // the library writes Color
func bars(x *excelize.File, sheet, column string, row int, width uint, name string, first, lines int) error {
	ref := func(column string) string {
		return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", sheet, column, first, column, first+lines-1)
	}
	gap := uint(50)
	words := excelize.Font{Color: "000000", Size: 10}
	err := x.AddChart(sheet, fmt.Sprintf("%s%d", column, row), &excelize.Chart{
		Type: excelize.Bar,
		Series: []excelize.ChartSeries{{
			Name: name, Categories: ref("A"), Values: ref("C"), Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{dark}},
		}},
		Format:    excelize.GraphicOptions{Positioning: "oneCell"},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: name, Font: &excelize.Font{Bold: true, Size: 11, Color: dark}}}},
		Legend:    excelize.ChartLegend{Position: "none"},
		PlotArea:  excelize.ChartPlotArea{ShowVal: true},
		Dimension: excelize.ChartDimension{Width: width, Height: uint(20 * (chartRows(lines) - 1))},
		XAxis:     excelize.ChartAxis{ReverseOrder: true, Font: words},
		YAxis:     excelize.ChartAxis{None: true},
		GapWidth:  &gap,
	})
	if err != nil {
		return fmt.Errorf("drawing %q: %w", name, err)
	}
	return nil
}

// across writes words as wide as the page, after the cells before them.
func (w *writer) across(text string, style Style, before ...Styled) {
	if w.err == nil {
		w.err = w.page.Across(Styled{text, style}, before...)
	}
}
