package jobs

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// DecisionsOptions say which decisions to list.
type DecisionsOptions struct {
	All     bool // the whole history, not only what stands
	DueDays int  // only those that expire within so many days; 0 asks nothing
}

// DecisionStatus is a decision beside how it stands now: standing, waiting
// (for a second person), expired, revoked or replaced.
type DecisionStatus struct {
	*screening.Decision
	State string `json:"state"`
}

// Decisions yields decisions in the order they were made.
func Decisions(ctx context.Context, env *Env, opts DecisionsOptions) iter.Seq2[*DecisionStatus, error] {
	return func(yield func(*DecisionStatus, error) bool) {
		memory, err := loadMemory(ctx, env)
		if err != nil {
			yield(nil, err)
			return
		}
		now := env.Now()
		for d, err := range env.Store.Decisions(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			s := &DecisionStatus{Decision: d, State: stateOf(memory, d, now)}
			open := s.State == "standing" || s.State == "waiting"
			due := opts.DueDays == 0 || (open && d.Expires.Before(now.AddDate(0, 0, opts.DueDays)))
			if (opts.All || open) && due && !yield(s, nil) {
				return
			}
		}
	}
}

func stateOf(memory *screening.Memory, d *screening.Decision, now time.Time) string {
	last := memory.Standing(d.PartyKey, d.EntityKey)
	switch {
	case d.Revoked != "":
		return "revoked"
	case last == nil || (last.ID != d.ID && (last.Verdict != d.Verdict || last.Revoked != "")):
		return "replaced"
	case !d.Expires.IsZero() && !now.Before(d.Expires):
		return "expired"
	case last.Waiting != "":
		return "waiting"
	}
	return "standing"
}

// FindDecision returns one decision with both sides as they were.
func FindDecision(ctx context.Context, env *Env, id string) (*screening.Decision, error) {
	d, err := env.Store.Decision(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("there is no decision %q; `screener decisions list --all` names them", id)
	}
	return d, err
}

// RevokeDecision takes a decision back. The history keeps it and the
// revocation, which is a decision of its own.
func RevokeDecision(ctx context.Context, env *Env, id, actor, why string) error {
	d, err := FindDecision(ctx, env, id)
	if err != nil {
		return err
	}
	if d.Revoked != "" {
		return fmt.Errorf("decision %s is a revocation itself", id)
	}
	r := *d
	r.ID, r.Revoked, r.Actor, r.Made = "revoke-"+d.ID, actor+": "+why, actor, env.Now().UTC().Truncate(time.Microsecond)
	if _, err := env.Store.Decision(ctx, r.ID); err == nil {
		return fmt.Errorf("decision %s was revoked before", id)
	}
	return env.Store.AddDecisions(ctx, []*screening.Decision{&r})
}

// Determination is a decision as a research-security determination record, by
// the fields of the CASRAI research-security domain.
type Determination struct {
	ID          string `json:"id"`
	Type        string `json:"determination_type"`
	Scope       string `json:"scope"`
	Finding     string `json:"finding"`
	Date        string `json:"date"`
	Expiry      string `json:"expiry"`
	Officer     string `json:"authorising_officer"`
	Second      string `json:"second_officer"`
	Projects    string `json:"linked_projects"`
	Restriction string `json:"restrictions"`
	Reason      string `json:"reason"`
	Note        string `json:"note"`
	State       string `json:"state"`
}

var determinationColumns = []string{
	"id", "determination_type", "scope", "finding", "date", "expiry", "authorising_officer", "second_officer",
	"linked_projects", "restrictions", "reason", "note", "state",
}

// ExportDecisions writes every decision as a determination record: json, one
// a line, or csv. A cell of the CSV that a spreadsheet would take for a formula is
// written behind an apostrophe.
func ExportDecisions(ctx context.Context, env *Env, w io.Writer, format string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	table := csv.NewWriter(w)
	if format == "csv" {
		if err := table.Write(determinationColumns); err != nil {
			return err
		}
	}
	for d, err := range Decisions(ctx, env, DecisionsOptions{All: true}) {
		if err != nil {
			return err
		}
		r := determination(d)
		if format != "csv" {
			if err := enc.Encode(r); err != nil {
				return err
			}
			continue
		}
		record := []string{
			r.ID, r.Type, r.Scope, r.Finding, r.Date, r.Expiry, r.Officer, r.Second, r.Projects, r.Restriction, r.Reason, r.Note, r.State,
		}
		for i, cell := range record {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				record[i] = "'" + cell
			}
		}
		if err := table.Write(record); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

func determination(d *DecisionStatus) Determination {
	r := Determination{
		ID: d.ID, Type: "restricted party screening", Finding: string(d.Verdict), Date: d.Made.Format(time.DateOnly),
		Officer: cmp.Or(d.Reviewer, d.Actor), Second: d.Second, Projects: "run " + d.Run, Reason: d.Reason, Note: d.Note, State: d.State,
	}
	if !d.Expires.IsZero() {
		r.Expiry = d.Expires.Format(time.DateOnly)
	}
	party := ""
	if d.Party != nil {
		party = d.Party.Name
	}
	r.Scope = fmt.Sprintf("%s beside %s %s", party, d.List, d.Entity)
	if d.Candidate != nil && d.Verdict == screening.TrueMatch {
		r.Restriction = strings.Join(controlsPlain(d.Candidate), "; ")
	}
	return r
}

func controlsPlain(e *screening.Entity) []string {
	var out []string
	for _, c := range e.Controls() {
		out = append(out, c.Plain())
	}
	return out
}
