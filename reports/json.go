package reports

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"

	"partnerscreen/screening"
)

// partyLine is one party in JSON lines. Fields may be added; none is renamed.
type partyLine struct {
	File    string         `json:"file"`
	Sheet   string         `json:"sheet"`
	Row     int            `json:"row"`
	Role    screening.Role `json:"role"`
	Name    string         `json:"name"`
	Country string         `json:"country"`
	// Registry is the party's record in a register of organisations, Via how one came in that the row does not name.
	Registry string           `json:"registry,omitempty"`
	Via      string           `json:"via,omitempty"`
	Grade    screening.Grade  `json:"grade"`
	RowGrade screening.Grade  `json:"row_grade"`
	Stakes   screening.Stakes `json:"stakes"`
	// RowGradeBy names what carried the row's grade: roles, links ("funder's parent"), or the work.
	RowGradeBy string   `json:"row_grade_by,omitempty"`
	Notes      []string `json:"notes"`
	// Terms are tags of published vocabularies that the row comes under.
	Terms []string `json:"terms,omitempty"`
	// Work is what the row's answers came to: the rules that gave its stakes and the questions left open.
	Work    *screening.WorkFound `json:"work,omitempty"`
	Matches []matchJSON          `json:"matches"`
	Nearest *matchJSON           `json:"nearest"`
}

type matchJSON struct {
	List     string               `json:"list"`
	Entity   string               `json:"entity"`
	Name     string               `json:"name"`
	Matched  string               `json:"matched"`
	Score    float64              `json:"score"`
	Strength screening.Strength   `json:"strength"`
	Control  screening.Control    `json:"control"`
	Owner    screening.Owner      `json:"owner"`
	Listings []screening.Listing  `json:"listings"`
	Evidence []screening.Evidence `json:"evidence"`
	Decision *screening.Decision  `json:"decision"`
	Grade    screening.Grade      `json:"grade"`
	// Disposition is how a true match was closed for the row, or why that no longer holds.
	Disposition *screening.Disposition `json:"disposition,omitempty"`
	// SecondOpinion is by the search method OFAC publishes.
	SecondOpinion float64 `json:"ofac_score"`
}

// rejectedLine is one row that was not screened.
type rejectedLine struct {
	File  string `json:"file"`
	Sheet string `json:"sheet"`
	Row   int    `json:"row"`
	Error string `json:"error"`
}

// WriteJSON writes one JSON object a line: one for each party of a screened
// row, or one for a rejected row. Equal results are equal bytes.
func WriteJSON(w io.Writer, results iter.Seq2[*screening.Result, error]) error {
	buf := bufio.NewWriter(w)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	for r, err := range results {
		if err != nil {
			return err
		}
		p := r.Partner
		if p.Error != "" {
			if err := enc.Encode(rejectedLine{p.File, p.Sheet, p.Row, p.Error}); err != nil {
				return fmt.Errorf("writing JSON of %s: %w", where(p.Place), err)
			}
			continue
		}
		for i := range r.Parties {
			if err := enc.Encode(lineOf(r, i)); err != nil {
				return fmt.Errorf("writing JSON of %s: %w", where(p.Place), err)
			}
		}
	}
	return buf.Flush()
}

func lineOf(r *screening.Result, i int) partyLine {
	p, party, pr := r.Partner, &r.Partner.Parties[i], &r.Parties[i]
	line := partyLine{
		File: p.File, Sheet: p.Sheet, Row: p.Row, Role: party.Role, Name: party.Name, Country: party.Country,
		Registry: party.Registry, Via: party.Via,
		Grade: pr.Grade, RowGrade: r.Grade, RowGradeBy: r.GradeBy(), Stakes: r.Stakes,
		Notes:   notesOf(p, party, pr),
		Terms:   p.Terms,
		Work:    r.Work,
		Matches: make([]matchJSON, len(pr.Matches)),
	}
	for k := range pr.Matches {
		line.Matches[k] = jsonOf(&pr.Matches[k])
	}
	if pr.Nearest != nil {
		m := jsonOf(pr.Nearest)
		line.Nearest = &m
	}
	return line
}

// notesOf are the notes that concern a party: its own, those of its result
// and those of its row. Never nil: in JSON there is always a list.
func notesOf(p *screening.Partner, party *screening.Party, pr *screening.PartyResult) []string {
	return append([]string{}, distinct(slices.Concat(party.Notes, pr.Notes, p.Notes))...)
}

func jsonOf(m *screening.Match) matchJSON {
	out := matchJSON{
		m.List, m.Entity, m.Name, m.Matched, screening.Round(m.Score), m.Strength, m.Control, m.Owner, []screening.Listing{}, []screening.Evidence{}, m.Decision,
		m.Grade, m.Disposition, m.SecondOpinion,
	}
	for _, l := range m.Listings {
		if l.Controls == nil {
			l.Controls = []screening.Control{}
		}
		out.Listings = append(out.Listings, l)
	}
	for _, e := range m.Evidence {
		e.Score = screening.Round(e.Score)
		out.Evidence = append(out.Evidence, e)
	}
	return out
}
