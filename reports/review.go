package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
)

var review = Tab{
	Name:  "Review",
	Doc:   "One line for each party and listed party that may be the same. Fill in the green columns, and for a true match the blue ones; yellow cells are still wanted. A verdict holds for every row and listing of its line.",
	Opens: true,
	Rows:  func(f *Findings) int { return len(f.Flagged) },
	Fill:  fillReview,
}

// reviewToRead is Review for who submitted the sheet: to read, and not to fill in.
var reviewToRead = Tab{
	Name:  review.Name,
	Doc:   "One line for each party and listed party that may be the same, with what speaks for it and against it. A reviewer decides on each; there is nothing to fill in.",
	Opens: true,
	Rows:  review.Rows,
	Fill:  fillReview,
}

// The columns of Review that the reader of decisions looks for by name.
const (
	colScore     = "Score"
	colOpinion   = "OFAC's own search"
	colLine      = "Line"
	colListings  = "Listings"
	colListed    = "Listing ids"
	colPage      = "Publisher's page"
	colGrade     = "Grade"
	colEarlier   = "Decided earlier"
	colVerdict   = "Verdict (required)"
	colReason    = "Reason (required)"
	colExcept    = "Not these listings"
	colSplit     = "Verdict on those"
	colNote      = "Note"
	colQuestion  = "Question to the submitter"
	colReviewer  = "Reviewer (required)"
	colSecond    = "Second reviewer"
	colExpires   = "Holds until"
	colClosed    = "How it is closed"
	colNumber    = "Licence number"
	colTerms     = "Scope or plan"
	colUntil     = "Closed until"
	colRows      = "Closed for rows"
	colKey       = "Key"
	colRun       = "Run"
	colSeal      = "Seal"
	secondWanted = "Escalate" // the grade whose lines want a second reviewer
)

// reviewColumn is a column with what it says of a finding.
type reviewColumn struct {
	Column
	text func(fd *Finding) string
}

// reviewColumns are the protected columns of Review, in their order.
var reviewColumns = []reviewColumn{
	{Column{Title: colLine, Width: 6, Style: StyleNumber}, func(fd *Finding) string { return strconv.Itoa(fd.Line) }},
	{Column{Title: colGrade, Width: 11, Style: StyleWords}, func(fd *Finding) string { return fd.Grade.Plain() }},
	{Column{Title: "Party", Width: 30, Style: StyleText}, func(fd *Finding) string { return fd.Party.Name }},
	{Column{Title: "Role", Width: 12, Style: StyleWords}, func(fd *Finding) string { return strings.Join(fd.Roles, ", ") }},
	{Column{Title: "Country", Width: 9, Style: StyleText}, func(fd *Finding) string { return fd.Party.Country }},
	{Column{Title: "Rows in your file", Width: 24, Style: StyleText}, func(fd *Finding) string { return rowsIn(fd.Places) }},
	{Column{Title: "Work", Width: 34, Style: StyleText}, func(fd *Finding) string { return worksIn(fd) }},
	{Column{Title: "Matched name", Width: 30, Style: StyleText}, matchedName},
	{Column{Title: "Listed as", Width: 26, Style: StyleText}, func(fd *Finding) string { return fd.Match.Name }},
	{Column{Title: colListings, Width: 46, Style: StyleText}, func(fd *Finding) string { return listingsInShort(fd.Match.Listings) }},
	{Column{Title: "What the law does", Width: 28, Style: StyleWords}, func(fd *Finding) string { return plainControls(&fd.Match) }},
	{Column{Title: "Office that owns it", Width: 18, Style: StyleWords}, func(fd *Finding) string { return plainOwners(&fd.Match) }},
	{Column{Title: "Strength", Width: 10, Style: StyleWords}, func(fd *Finding) string { return strengthOf(fd.Match.Strength) }},
	{Column{Title: colScore, Width: 7, Style: StyleScore}, func(fd *Finding) string { return scoreText(fd.Match.Score) }},
	{Column{Title: colOpinion, Width: 12, Style: StyleScore}, func(fd *Finding) string { return secondOpinion(&fd.Match) }},
	{Column{Title: "Speaks for it", Width: 36, Style: StyleText}, func(fd *Finding) string { return evidenceOf(&fd.Match, screening.For) }},
	{Column{Title: "Speaks against it", Width: 36, Style: StyleText}, func(fd *Finding) string { return evidenceOf(&fd.Match, screening.Against) }},
	{Column{Title: "Would settle it", Width: 30, Style: StyleText}, func(fd *Finding) string { return evidenceOf(&fd.Match, screening.Missing) }},
	{Column{Title: colPage, Width: 22, Style: StyleText}, func(fd *Finding) string { return publisherPage(&fd.Match) }},
	{Column{Title: colEarlier, Width: 26, Style: StyleText}, func(fd *Finding) string { return earlierIn(fd) }},
	{Column{Title: "Notes", Width: 22, Style: StyleText}, func(fd *Finding) string { return notesIn(fd.Notes) }},
	{Column{Title: colListed, Width: 8, Style: StyleSealed, Hidden: true}, func(fd *Finding) string { return listingIDs(fd.Match.Listings) }},
}

// fillColumns are what the reviewer fills, the second block only for a true
// match, then what they ask of who submitted the rows, and the hidden ones behind them.
var fillColumns = []Column{
	{Title: colVerdict, Width: 17, Style: StyleFill, Header: StyleReviewer},
	{Title: colReason, Width: 20, Style: StyleFill, Header: StyleReviewer},
	{Title: colExcept, Width: 12, Style: StyleFill, Header: StyleReviewer},
	{Title: colSplit, Width: 17, Style: StyleFill, Header: StyleReviewer},
	{Title: colNote, Width: 32, Style: StyleFill, Header: StyleReviewer},
	{Title: colReviewer, Width: 18, Style: StyleFill, Header: StyleReviewer},
	{Title: colSecond, Width: 18, Style: StyleFill, Header: StyleReviewer},
	{Title: colExpires, Width: 12, Style: StyleFillDate, Header: StyleReviewer},
	{Title: colClosed, Width: 18, Style: StyleFill, Header: StyleClosing},
	{Title: colNumber, Width: 16, Style: StyleFill, Header: StyleClosing},
	{Title: colTerms, Width: 28, Style: StyleFill, Header: StyleClosing},
	{Title: colUntil, Width: 12, Style: StyleFillDate, Header: StyleClosing},
	{Title: colRows, Width: 12, Style: StyleFill, Header: StyleClosing},
	{Title: colQuestion, Width: 30, Style: StyleFill, Header: StyleReviewer},
	{Title: colKey, Width: 8, Style: StyleSealed, Hidden: true},
	{Title: colRun, Width: 8, Style: StyleSealed, Hidden: true},
	{Title: colSeal, Width: 8, Style: StyleSealed, Hidden: true},
}

func fillReview(b *Book, t Tab, f *Findings) error {
	var columns []Column
	var names []string
	toRead := b.Report.Submitter
	shown := reviewColumns
	if toRead {
		shown = slices.DeleteFunc(slices.Clone(shown), func(c reviewColumn) bool { return c.Title == colEarlier || c.Title == colListed })
	}
	for _, c := range shown {
		columns = append(columns, c.Column)
		names = append(names, c.Title)
	}
	layout := Layout{Columns: columns, Frozen: 3, PagesWide: 2, Large: true}
	if !toRead {
		columns = append(columns, fillColumns...)
		layout.Columns, layout.Protect = columns, true
		layout.Before = func(x *excelize.File, sheet string, first, last int) error {
			return askReviewer(x, sheet, columns, first, last, b.Report.Generated)
		}
	}
	p, err := b.Page(t, layout)
	if err != nil {
		return err
	}
	for _, fd := range f.Flagged {
		row := make([]any, 0, len(columns))
		values := make([]string, len(shown))
		for i, c := range shown {
			values[i] = cellText(c.text(fd))
			switch c.Title {
			case colLine:
				row = append(row, fd.Line)
			case colGrade:
				row = append(row, ofGrade(fd.Grade))
			case colScore:
				row = append(row, screening.Round(fd.Match.Score))
			case colOpinion:
				if fd.Match.SecondOpinion == 0 {
					row = append(row, nil)
				} else {
					row = append(row, fd.Match.SecondOpinion)
				}
			case colPage:
				link, err := p.Link(i+1, values[i])
				if err != nil {
					return err
				}
				row = append(row, link)
			default:
				row = append(row, values[i])
			}
		}
		if toRead {
			if err := p.Row(row...); err != nil {
				return err
			}
			continue
		}
		for range len(fillColumns) - 3 {
			row = append(row, nil)
		}
		if len(b.Report.Key) > 0 {
			s := sealed{key: cellText(fd.Key), run: cellText(b.Report.Run.ID), columns: names, values: values}
			row = append(row, s.key, s.run, s.seal(b.Report.Key))
		}
		if err := p.Row(row...); err != nil {
			return err
		}
	}
	return p.End()
}

// askReviewer puts the drop-downs into the reviewer's columns and marks the
// cells that are still wanted.
//
//nolint:misspell // the library writes Color
func askReviewer(x *excelize.File, sheet string, columns []Column, first, last int, now time.Time) error {
	letter := map[string]string{}
	for i, c := range columns {
		letter[c.Title] = columnName(i + 1)
	}
	span := func(title string) string {
		return fmt.Sprintf("%s%d:%s%d", letter[title], first, letter[title], last)
	}
	var said, why []string
	for _, v := range verdicts {
		said = append(said, v.text)
	}
	for _, r := range Reasons {
		why = append(why, r.Text)
	}
	var how []string
	for _, c := range screening.Closings {
		how = append(how, c.Plain())
	}
	drop := func(title string, choices []string, prompt string) error {
		dv := excelize.NewDataValidation(true)
		dv.Sqref = span(title)
		if err := dv.SetDropList(choices); err != nil {
			return fmt.Errorf("drop-down of %s: %w", title, err)
		}
		dv.SetInput(strings.TrimSuffix(title, " (required)"), prompt)
		dv.SetError(excelize.DataValidationErrorStyleStop, "Not one of the choices", "Choose one from the list.")
		return x.AddDataValidation(sheet, dv)
	}
	if err := drop(colVerdict, said, "Are the two the same party?"); err != nil {
		return err
	}
	if err := drop(colReason, why, "What decides it? “Other” wants a note."); err != nil {
		return err
	}
	if err := drop(colSplit, said, "What you say of the listings left out; empty leaves them undecided."); err != nil {
		return err
	}
	if err := drop(colClosed, how, "Only for a true match: how it is closed for this work. Empty leaves it open."); err != nil {
		return err
	}
	for _, d := range []struct{ title, prompt string }{
		{colExpires, "Leave empty for the office's usual time."},
		{colUntil, "A licence ends on this day, and the match comes back. Empty for the office's usual time."},
	} {
		until := excelize.NewDataValidation(true)
		until.Sqref = span(d.title)
		until.SetInput(d.title, d.prompt)
		until.SetError(excelize.DataValidationErrorStyleStop, "Not a date to come", "Give a date after the day of this report, as 2027-06-30.")
		if err := until.SetRange(serial(now)+1, serial(now)+36525, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween); err != nil {
			return fmt.Errorf("dates of %s: %w", d.title, err)
		}
		if err := x.AddDataValidation(sheet, until); err != nil {
			return err
		}
	}
	for _, d := range []struct{ title, prompt string }{
		{colExcept, "Numbers from the column Listings that are another party, as 2, 3. Your verdict leaves them out."},
		{colQuestion, "With “Needs information”: the title of a question on the sheet Questions, as Shared, or one in your own words. It goes to who submitted the rows, without your name."},
		{colNumber, "Of the licence or the general licence."},
		{colTerms, "What the licence covers, or the plan that mitigates."},
		{colRows, "Numbers of the rows it is closed for, as 4, 9. Empty for all rows of the line."},
	} {
		free := excelize.NewDataValidation(true)
		free.Sqref = span(d.title)
		free.SetInput(d.title, d.prompt)
		if err := x.AddDataValidation(sheet, free); err != nil {
			return err
		}
	}
	wanted, err := x.NewConditionalStyle(&excelize.Style{
		Fill:   excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFD966"}},
		Border: []excelize.Border{{Type: "left", Color: "7F6000", Style: 1}, {Type: "right", Color: "7F6000", Style: 1}, {Type: "top", Color: "7F6000", Style: 1}, {Type: "bottom", Color: "7F6000", Style: 1}},
	})
	if err != nil {
		return err
	}
	cell := func(title string) string { return "$" + letter[title] + strconv.Itoa(first) }
	empty := func(title string) string { return "LEN(TRIM(" + cell(title) + "))=0" }
	closed := func(as ...screening.Closing) string {
		var any []string
		for _, c := range as {
			any = append(any, fmt.Sprintf("%s=%q", cell(colClosed), c.Plain()))
		}
		return "OR(" + strings.Join(any, ",") + ")"
	}
	trueMatch := VerdictText(screening.TrueMatch)
	for _, m := range []struct{ title, when string }{
		{colVerdict, empty(colVerdict)},
		{colReason, empty(colReason)},
		{colReviewer, empty(colReviewer)},
		{colSecond, fmt.Sprintf("AND(%s=%q,%s)", cell(colGrade), secondWanted, empty(colSecond))},
		{colNote, fmt.Sprintf("AND(LEFT(%s,5)=\"Other\",%s)", cell(colReason), empty(colNote))},
		{colClosed, fmt.Sprintf("AND(OR(%s=%q,%s=%q),%s)", cell(colVerdict), trueMatch, cell(colSplit), trueMatch, empty(colClosed))},
		{colNumber, "AND(" + closed(screening.Licence, screening.GeneralLicence) + "," + empty(colNumber) + ")"},
		{colTerms, "AND(" + closed(screening.Licence, screening.Mitigated) + "," + empty(colTerms) + ")"},
		{colUntil, "AND(" + closed(screening.Licence) + "," + empty(colUntil) + ")"},
	} {
		if err := x.SetConditionalFormat(sheet, span(m.title), []excelize.ConditionalFormatOptions{
			{Type: "formula", Criteria: m.when, Format: &wanted},
		}); err != nil {
			return fmt.Errorf("marking %s: %w", m.title, err)
		}
	}
	return nil
}

// serial is a day as a spreadsheet counts it.
func serial(t time.Time) int {
	return int(t.UTC().Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}

func scoreText(score float64) string {
	return strconv.FormatFloat(screening.Round(score), 'f', -1, 64)
}

// matchedName is the name that matched and, where it is known, what kind of
// name its publisher calls it.
func matchedName(fd *Finding) string {
	m := &fd.Match
	if m.Matched == "" {
		return m.Name
	}
	if kind := nameKind(fd); kind != "" {
		return m.Matched + " (" + kind + ")"
	}
	return m.Matched
}

// nameKind says what kind of name its publisher calls the one that matched.
func nameKind(fd *Finding) string {
	for _, e := range fd.Entities {
		for _, n := range e.Names {
			if n.Text == fd.Match.Matched {
				return kindText(n)
			}
		}
	}
	return ""
}

func kindText(n screening.Name) string {
	kind := string(n.Kind) + " name"
	switch n.Kind {
	case screening.AliasName:
		kind = "alias"
	case screening.AcronymName:
		kind = "acronym"
	case screening.OriginalName:
		kind = "name in its own script"
	case "":
		kind = "name"
	}
	if n.Weak {
		kind = "weak " + kind
	}
	return kind
}

// publisherPage is the first listing's address.
func publisherPage(m *screening.Match) string {
	for _, l := range m.Listings {
		if webAddress(l.URL) {
			return l.URL
		}
	}
	return ""
}

// secondOpinion is what the search method OFAC publishes would score; blank
// where it was not asked.
func secondOpinion(m *screening.Match) string {
	if m.SecondOpinion == 0 {
		return ""
	}
	return scoreText(m.SecondOpinion)
}
