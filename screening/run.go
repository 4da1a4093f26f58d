package screening

import (
	"encoding/json"
	"time"
)

// Run is one screening of some files against the lists as they stood.
type Run struct {
	ID       string        `json:"id"`
	Started  time.Time     `json:"started"`
	Finished time.Time     `json:"finished"`
	Version  string        `json:"version"`      // of the program
	By       string        `json:"by,omitempty"` // who submitted it
	Inputs   []Input       `json:"inputs"`
	Editions []EditionUsed `json:"editions"`
	// NotChecked says, in a reader's words, what the run did not look at.
	NotChecked []string `json:"not_checked"`
	Policy     *Policy  `json:"policy"`
	Counts     Counts   `json:"counts"`
	// Terms are what else was fixed when it started, in the words of whoever
	// started it: what replaying it needs.
	Terms json.RawMessage `json:"-"`
	// Results is the digest of what was found, row by row; "" while it goes on.
	Results string `json:"-"`
}

// Input is one file that was screened; Error says why it could not be.
type Input struct {
	File   string  `json:"file"`
	Hash   string  `json:"hash"`
	Sheets []Sheet `json:"sheets,omitempty"`
	Error  string  `json:"error,omitempty"`
}

// Sheet says how one sheet of an input was read.
type Sheet struct {
	Name      string         `json:"name"`
	HeaderRow int            `json:"header_row"`
	Columns   []MappedColumn `json:"columns"`
	Ignored   []string       `json:"ignored,omitempty"` // headers that were given no role
	Notes     []string       `json:"notes,omitempty"`
}

// MappedColumn is a header beside the role it was read as.
type MappedColumn struct {
	Header string `json:"header"`
	Role   string `json:"role"`
}

// EditionUsed is a list as a run used it, or did not.
type EditionUsed struct {
	Edition
	Title    string    `json:"title"`
	Controls []Control `json:"controls"`
	Bearing  Bearing   `json:"bearing"`
	Licence  string    `json:"licence,omitempty"`
	// Register marks a register of organisations, by which parties were followed
	// to those above them; nothing was screened against it.
	Register bool `json:"register,omitempty"`
	// Missing says why an enabled list could not be used; "" when it was.
	Missing string `json:"missing,omitempty"`
	// Stale says how old the content is when it is older than the list's cadence.
	Stale string `json:"stale,omitempty"`
}

// Counts are the sums of a run. RowsIn = RowsScreened + RowsRejected, always.
type Counts struct {
	RowsIn       int           `json:"rows_in"`
	RowsScreened int           `json:"rows_screened"`
	RowsRejected int           `json:"rows_rejected"`
	Parties      int           `json:"parties"`
	Matches      int           `json:"matches"`
	Rows         map[Grade]int `json:"rows"` // screened rows by grade
}

// Result is what a run found for one row.
type Result struct {
	Partner *Partner      `json:"partner"`
	Grade   Grade         `json:"grade"` // the highest of the parties and the work; "" for a rejected row
	Stakes  Stakes        `json:"stakes,omitempty"`
	Parties []PartyResult `json:"parties,omitempty"` // in the order of Partner.Parties
	// Work is what the row's answers came to; nil where they came to nothing.
	Work *WorkFound `json:"work,omitempty"`
}

// PartyResult is what a run found for one party of a row.
type PartyResult struct {
	Grade   Grade    `json:"grade"`
	Matches []Match  `json:"matches"` // at or above the review line, best first
	Nearest *Match   `json:"nearest"` // the best one below it
	Notes   []string `json:"notes,omitempty"`
}

// Add counts one row's result.
func (c *Counts) Add(r *Result) {
	c.RowsIn++
	if r.Partner.Error != "" {
		c.RowsRejected++
		return
	}
	c.RowsScreened++
	if c.Rows == nil {
		c.Rows = map[Grade]int{}
	}
	c.Rows[r.Grade]++
	c.Parties += len(r.Parties)
	for _, p := range r.Parties {
		c.Matches += len(p.Matches)
	}
}
