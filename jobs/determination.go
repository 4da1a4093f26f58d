package jobs

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

// Determination is a decision, or how a true match was closed, as a
// research-security determination record by the fields of the CASRAI
// research-security domain. It holds what an institution determined of a
// party and its work, and nothing confidential of a person's own.
type Determination struct {
	ID   string `json:"id"`
	Type string `json:"determination_type"`
	// Scope is who was looked at beside which listing, and for what work.
	Scope   string `json:"scope"`
	Finding string `json:"finding"`
	Date    string `json:"date"`
	Expiry  string `json:"expiry"`
	// Officer is the name given; SignedIn and the ID are what the program knows.
	Officer  string `json:"authorising_officer"`
	SignedIn string `json:"signed_in_as"`
	Second   string `json:"second_officer"`
	// Projects are the references and projects of the rows, or their places.
	Projects     []string `json:"linked_projects"`
	Outputs      []string `json:"linked_outputs"` // the program knows none
	Restrictions []string `json:"restrictions"`
	Authority    string   `json:"authority_reference"` // number of the licence
	Reason       string   `json:"reason"`
	Note         string   `json:"note"`
	State        string   `json:"state"`
}

const (
	screeningType   = "other national: restricted party screening"
	dispositionType = "other national: disposition of a restricted party"
)

var determinationColumns = []string{
	"id", "determination_type", "scope", "finding", "date", "expiry", "authorising_officer", "signed_in_as", "second_officer",
	"linked_projects", "linked_outputs", "restrictions", "authority_reference", "reason", "note", "state",
}

// ExportDecisions writes every decision and disposition as a determination
// record: json, one a line, or csv. A cell of the CSV that a spreadsheet would
// take for a formula is written behind an apostrophe.
func ExportDecisions(ctx context.Context, env *Env, w io.Writer, format string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	table := csv.NewWriter(w)
	if format == "csv" {
		if err := table.Write(determinationColumns); err != nil {
			return err
		}
	}
	write := func(r *Determination) error {
		if format != "csv" {
			return enc.Encode(r)
		}
		record := []string{
			r.ID, r.Type, r.Scope, r.Finding, r.Date, r.Expiry, r.Officer, r.SignedIn, r.Second, strings.Join(r.Projects, "; "), strings.Join(r.Outputs, "; "),
			strings.Join(r.Restrictions, "; "), r.Authority, r.Reason, r.Note, r.State,
		}
		for i, cell := range record {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				record[i] = "'" + cell
			}
		}
		return table.Write(record)
	}
	// What closes a match bounds the work of the decision it rests on.
	closed := map[[2]string][]*DispositionStatus{}
	for x, err := range Dispositions(ctx, env, DecisionsOptions{}) {
		if err != nil {
			return err
		}
		about := [2]string{x.PartyKey, x.EntityKey}
		closed[about] = append(closed[about], x)
	}
	for d, err := range Decisions(ctx, env, DecisionsOptions{All: true}) {
		if err != nil {
			return err
		}
		r, err := determination(ctx, env, d, closed[[2]string{d.PartyKey, d.EntityKey}])
		if err != nil {
			return err
		}
		if err := write(r); err != nil {
			return err
		}
	}
	for x, err := range Dispositions(ctx, env, DecisionsOptions{All: true}) {
		if err != nil {
			return err
		}
		if err := write(closingDetermination(x)); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

func determination(ctx context.Context, env *Env, d *DecisionStatus, closed []*DispositionStatus) (*Determination, error) {
	r := &Determination{
		ID: d.ID, Type: screeningType, Finding: string(d.Verdict), Date: d.Made.Format(time.DateOnly), Expiry: dateOrNone(d.Expires),
		Officer: cmp.Or(d.Reviewer, d.Actor), SignedIn: d.Actor, Second: d.Second, Outputs: []string{}, Restrictions: []string{},
		Reason: d.Reason, Note: d.Note, State: d.State,
	}
	party, listed := "", ""
	switch {
	case d.Party != nil:
		party = d.Party.Name
	case d.Erased():
		party = screening.Erased
	}
	if d.Candidate != nil {
		listed = d.Candidate.Name()
	}
	r.Scope = scopeText(party, listed, d.List, d.Entity)
	rows, err := env.Store.FindMatchRows(ctx, d.Run, d.MatchKey)
	if err != nil {
		return nil, err
	}
	r.Projects = []string{}
	for _, at := range rows {
		if at.Match.Scope != nil {
			r.Projects = append(r.Projects, projectOf(at.Match.Scope, at.Place))
		}
	}
	r.Projects = unrepeated(r.Projects)
	if d.Verdict != screening.TrueMatch || d.State != "standing" {
		return r, nil
	}
	if d.Candidate != nil {
		for _, c := range d.Candidate.Controls() {
			r.Restrictions = append(r.Restrictions, c.Plain())
		}
	}
	for _, x := range closed {
		if x.State == "standing" {
			r.Restrictions = append(r.Restrictions, projectOf(&x.Scope, x.Place)+": "+x.Said()+", "+x.Closing.Restriction())
		}
	}
	r.Restrictions = unrepeated(r.Restrictions)
	return r, nil
}

func closingDetermination(x *DispositionStatus) *Determination {
	r := &Determination{
		ID: x.ID, Type: dispositionType, Finding: string(x.Closing), Date: x.Made.Format(time.DateOnly), Expiry: dateOrNone(x.Expires),
		Officer: cmp.Or(x.Reviewer, x.Actor), SignedIn: x.Actor, Second: x.Second, Projects: []string{projectOf(&x.Scope, x.Place)}, Outputs: []string{},
		Authority: x.Number, Reason: x.Terms, Note: x.Note, State: x.State,
	}
	if r.Scope = scopeText(x.Party, x.Name, x.List, x.Entity); x.Erased() {
		r.Scope = scopeText(screening.Erased, x.Name, x.List, x.Entity)
		return r
	}
	r.Scope += ", as " + strings.ReplaceAll(string(x.Scope.Role), "_", " ")
	if len(x.Scope.Funders) > 0 {
		r.Scope += ", funded by " + strings.Join(x.Scope.Funders, ", ")
	}
	r.Scope += ", at " + string(x.Scope.Stakes) + " stakes"
	r.Restrictions = []string{x.Closing.Restriction()}
	if x.Terms != "" {
		r.Restrictions = append(r.Restrictions, x.Terms)
	}
	return r
}

func scopeText(party, listed, list, entity string) string {
	return fmt.Sprintf("%s beside %s (%s %s)", party, cmp.Or(listed, "a listed party"), list, entity)
}

// projectOf names the work of a row: its reference and project, or its place.
func projectOf(s *screening.Scope, at screening.Place) string {
	switch {
	case s.Reference != "" && s.Project != "":
		return s.Reference + " " + s.Project
	case s.Reference+s.Project != "":
		return s.Reference + s.Project
	}
	return cmp.Or(s.Row, fmt.Sprintf("%s, %s, row %d", at.File, at.Sheet, at.Row))
}

func dateOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// unrepeated keeps the first of equal texts.
func unrepeated(all []string) []string {
	out := []string{}
	for _, s := range all {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
