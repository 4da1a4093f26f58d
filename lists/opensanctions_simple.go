package lists

import (
	"encoding/csv"
	"fmt"
	"strings"
	"time"

	"partnerscreen/screening"
)

// simpleTarget is one row of targets.simple.csv, the table OpenSanctions
// exports of any of its data sets.
type simpleTarget struct {
	row         row
	ID          string
	Kind        screening.Kind
	Name        string
	Aliases     []string
	BirthDates  []string
	Countries   []string // as exported: lower-case alpha-2 codes
	Addresses   []string
	Identifiers []string
	Sanctions   []string
	Programmes  []string
	Seen        time.Time // when the export last saw the party on the list
	Changed     time.Time
}

// simpleColumns: program_ids came in 2025, older exports lack it.
var simpleColumns = columns{
	Need: []string{"id", "schema", "name", "aliases", "countries", "addresses"},
	Know: []string{
		"birth_date", "identifiers", "sanctions", "phones", "emails", "program_ids",
		"dataset", "first_seen", "last_seen", "last_change",
	},
}

// readSimple hands each party of a targets.simple.csv to do. A row without an
// id or a name is a finding that holds the edition.
func readSimple(src Source, file string, found *findings, do func(simpleTarget)) error {
	return readTable(src, file, ',', simpleColumns, found, func(r row) {
		p := simpleTarget{
			row: r, ID: r.Get("id"), Name: tidy(r.Get("name")),
			Aliases: simpleValues(r.Get("aliases")), BirthDates: simpleValues(r.Get("birth_date")), Countries: simpleValues(r.Get("countries")),
			Addresses: simpleValues(r.Get("addresses")), Identifiers: simpleValues(r.Get("identifiers")),
			Sanctions: simpleValues(r.Get("sanctions")), Programmes: simpleValues(r.Get("program_ids")),
			Seen: simpleTime(r.Get("last_seen")), Changed: simpleTime(r.Get("last_change")),
		}
		if p.ID == "" || p.Name == "" {
			found.add("row", r.Place(), "no id or no name, left out", true)
			return
		}
		var ok bool
		if p.Kind, ok = schemaKind(r.Get("schema")); !ok {
			found.add("code", r.Place(), fmt.Sprintf("unknown schema %q", r.Get("schema")), false)
		}
		do(p)
	})
}

// simpleValues cuts a cell at its semicolons; the cell is itself a line of
// CSV, in which a value that holds a semicolon or a quote is quoted.
func simpleValues(cell string) []string {
	if !strings.Contains(cell, `"`) {
		return splitJoined(cell, ";")
	}
	r := csv.NewReader(strings.NewReader(cell))
	r.Comma, r.LazyQuotes = ';', true
	values, err := r.Read()
	if err != nil {
		return splitJoined(cell, ";")
	}
	var out []string
	for _, v := range values {
		if v = tidy(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// simpleTime reads the exports' times, which bear no zone and are UTC.
func simpleTime(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil {
		return time.Time{}
	}
	return t
}
