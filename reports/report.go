package reports

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"partnerscreen/screening"
)

// Report is what a workbook says besides its rows. The zero value of every
// field but Run and Generated leaves its part out.
type Report struct {
	Run *screening.Run
	// Generated is the time the report is of; the same report has the same bytes.
	Generated time.Time
	// Office is the office's own name, for the title.
	Office string
	// Jurisdictions of the office, from its configuration; without one every
	// list is taken as binding, and the report says so.
	Jurisdictions []string
	// Previous is the run the trend and the changes compare with.
	Previous *screening.Run
	// Changes since Previous, in the order to show them.
	Changes []Change
	// Open are the open matches of the office, of all its sheets.
	Open *OpenMatches
	// Night says what a night did, where the report is one's: the rows are then
	// those that changed, and the others stand as they were reported before.
	Night *screening.Night
	// Opens reports whether a likely match is new and so stands on Review; nil: every one is.
	Opens func(screening.Place, *screening.Party, *screening.Match) bool
	// Precision of each strength, measured, for Policy.
	Precision []Precision
	// Keep is how long a decision holds unless its reviewer says otherwise.
	Keep time.Duration
	// Key seals the lines of Review. Without one they cannot be read back.
	Key []byte
	// Asked are the questions reviewers put to who submitted the rows, as the reader may see them.
	Asked []*screening.Asked
	// Submitter marks a report for who submitted the sheet and does not review:
	// its sheets are ForSubmitters. What its results say of decisions is the caller's to leave out.
	Submitter bool
	// Entity returns an entity as published, for Review and the party pages.
	// Where it is nil or returns ErrNoEntity they say what the match itself says.
	Entity func(list, id string) (*screening.Entity, error)
	// TempDir holds the rows while the workbook is written; "" is the system's.
	TempDir string
	// SheetRows is how many rows a sheet takes before it goes on in another;
	// 0 is what a spreadsheet program can hold.
	SheetRows int
}

// ErrNoEntity is what Report.Entity returns for an entity that is no longer held.
var ErrNoEntity = errors.New("no such entity")

// Precision says how often matches of one strength were right where it was measured.
type Precision struct {
	Strength screening.Strength
	Judged   int
	Right    int
	Source   string // what it was measured on
}

// OpenMatches counts the flagged matches that wait for a decision, whatever
// sheet they came from.
type OpenMatches struct {
	Open    int
	Overdue int
	Oldest  string // the day the oldest was opened
}

// Change is one difference between this run and the last, for one party.
type Change struct {
	Kind  string // new match, no longer matched, grade raised, grade lowered, reopened, closed for the work, open again …
	Place screening.Place
	Role  screening.Role
	Party string
	List  string
	Name  string // the listed party
	Was   string
	Is    string
	Why   string
}

// Write writes the whole workbook. It goes over results once and holds only
// the likely matches in memory; rows wait in a temporary file. What r says is
// looked at after the last result, so that it may be filled while they pass.
// A result with an error ends the report.
func Write(w io.Writer, r *Report, results iter.Seq2[*screening.Result, error]) error {
	f, err := gather(r, results)
	if err != nil {
		return err
	}
	tabs := All
	if r.Submitter {
		tabs = ForSubmitters
	}
	err = writeBook(w, f, tabs)
	return errors.Join(err, f.close())
}

// writeBook writes those of the tabs that have something to say.
func writeBook(w io.Writer, f *Findings, tabs []Tab) error {
	b, err := newBook(f.Report)
	if err != nil {
		return err
	}
	var present []Tab
	for _, t := range tabs {
		if t.rows = t.Rows(f); t.rows > 0 {
			present = append(present, t)
		}
	}
	f.present = present
	if err := b.open(present); err != nil {
		return errors.Join(err, b.close())
	}
	for _, t := range present {
		if err := t.Fill(b, t, f); err != nil {
			return errors.Join(fmt.Errorf("writing sheet %s: %w", t.Name, err), b.close())
		}
	}
	return errors.Join(b.write(w), b.close())
}
