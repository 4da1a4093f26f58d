package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"partnerscreen/screening"
)

// csvHeader are the columns of WriteCSV. The match columns hold the best
// match, or the nearest where none reached the review line; "matches" counts
// those that did.
var csvHeader = []string{
	"file", "sheet", "row", "role", "name", "country", "grade", "row_grade", "stakes", "notes", "matches",
	"list", "entity", "listed_name", "matched", "score", "strength", "control", "owner", "listings",
	"for", "against", "missing", "decision", "disposition", "error", "via", "row_grade_by",
}

// WriteCSV writes one line for each party of a screened row, or one for a
// rejected row, in UTF-8. Text that a spreadsheet program would take for a formula (beginning
// with = + - @, a tab or a return) begins with an apostrophe instead; numbers
// stay numbers.
func WriteCSV(w io.Writer, results iter.Seq2[*screening.Result, error]) error {
	out := csv.NewWriter(w)
	if err := out.Write(csvHeader); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	for r, err := range results {
		if err != nil {
			return err
		}
		for _, line := range csvLines(r) {
			if err := out.Write(line); err != nil {
				return fmt.Errorf("writing CSV of %s: %w", where(r.Partner.Place), err)
			}
		}
	}
	out.Flush()
	return out.Error()
}

func csvLines(r *screening.Result) [][]string {
	p := r.Partner
	place := []string{plainText(p.File), plainText(p.Sheet), strconv.Itoa(p.Row)}
	if p.Error != "" {
		line := append(slices.Clone(place), make([]string, len(csvHeader)-len(place))...)
		line[slices.Index(csvHeader, "error")] = plainText(p.Error)
		return [][]string{line}
	}
	var lines [][]string
	for i := range r.Parties {
		party, pr := &p.Parties[i], &r.Parties[i]
		line := append(slices.Clone(place),
			string(party.Role), plainText(party.Name), plainText(party.Country), string(pr.Grade), string(r.Grade), string(r.Stakes),
			plainText(strings.Join(append(notesOf(p, party, pr), workNotes(r.Work)...), "; ")), strconv.Itoa(len(pr.Matches)),
		)
		best := pr.Nearest
		if len(pr.Matches) > 0 {
			best = &pr.Matches[0]
		}
		if best == nil {
			line = append(line, make([]string, slices.Index(csvHeader, "via")-len(line))...)
		} else {
			line = append(line,
				plainText(best.List), plainText(best.Entity), plainText(best.Name), plainText(best.Matched), scoreText(best.Score),
				string(best.Strength), string(best.Control), string(best.Owner), plainText(listingsOf(best.Listings)),
				plainText(evidenceOf(best, screening.For)), plainText(evidenceOf(best, screening.Against)), plainText(evidenceOf(best, screening.Missing)),
				plainText(earlierOf(best)), plainText(closedText(best)), "",
			)
		}
		lines = append(lines, append(line, plainText(party.Via), plainText(r.GradeBy())))
	}
	return lines
}

func closedText(m *screening.Match) string {
	if m.Disposition == nil {
		return ""
	}
	return closedAs(m.Disposition)
}
