package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// apiMatch is a match where it stands: the party of a row beside a listed one.
type apiMatch struct {
	Run     string         `json:"run"`
	File    string         `json:"file"`
	Sheet   string         `json:"sheet"`
	Row     int            `json:"row"`
	Role    screening.Role `json:"role"`
	Party   string         `json:"party"`
	Country string         `json:"country"`
	// State is how it stands now: open, waiting (for a second person),
	// needs_information or decided.
	State string          `json:"state"`
	Match screening.Match `json:"match"`
}

// Bounds of what is looked through where no run is named.
const (
	matchRuns = 20
	matchMost = 10_000
)

var apiMatches = Page{
	Pattern: "GET /api/v1/matches", Doc: "The matches a person is asked about, of one run or of the newest ones, each pair once, the newest run's first.",
	Needs: seesRuns, Serve: serveMatches,
}

func serveMatches(r *Request) error {
	p := newParameters(r.URL.Query())
	run, state := p.text("run"), p.choice("state", "open", "open", "waiting", "needs_information", "decided", "all")
	grade := p.choice("grade", "", string(screening.Review), string(screening.Escalate), string(screening.Note))
	list, control, owner := p.text("list"), p.text("control"), p.text("owner")
	limit, cursor := p.number("limit", 100, 1, 1000), p.number("cursor", 0, 0, matchMost)
	if err := p.done(); err != nil {
		return err
	}
	ctx := r.Context()
	var runs []*screening.Run
	if run != "" {
		one, err := jobs.Run(ctx, r.Env, r.Viewer, run)
		if err != nil {
			return err
		}
		runs = append(runs, one)
	} else {
		var err error
		if runs, err = jobs.Runs(ctx, r.Env, r.Viewer, "", matchRuns); err != nil {
			return err
		}
	}
	subjects := make([]string, len(runs))
	for i, run := range runs {
		subjects[i] = "run:" + run.ID
	}
	if err := r.Env.AuditEach(ctx, "run.view", subjects...); err != nil {
		return err
	}
	kept, err := r.kept()
	if err != nil {
		return err
	}
	found := []apiMatch{}
	seen := map[string]bool{}
	wanted := func(m *apiMatch) bool {
		switch {
		case seen[m.Match.Key], state != "all" && m.State != state, grade != "" && string(m.Match.Grade) != grade, owner != "" && string(m.Match.Owner) != owner:
			return false
		case list != "" && !slices.ContainsFunc(m.Match.Listings, func(l screening.Listing) bool { return l.List == list }):
			return false
		case control != "" && !slices.ContainsFunc(m.Match.Listings, func(l screening.Listing) bool { return slices.Contains(l.Controls, screening.Control(control)) }):
			return false
		}
		return true
	}
	for _, run := range runs {
		for res, err := range jobs.NotedResults(ctx, r.Env, r.Viewer, run) {
			if err != nil {
				return err
			}
			for i := range res.Parties {
				party := &res.Partner.Parties[i]
				for _, m := range res.Parties[i].Matches {
					decided := kept.Decided(party, &m, r.Env.Now())
					if !m.Grade.Flagged() && decided == jobs.Undecided {
						continue // on record; nobody is asked
					}
					one := apiMatch{
						Run: run.ID, File: res.Partner.File, Sheet: res.Partner.Sheet, Row: res.Partner.Row, Role: party.Role, Party: party.Name, Country: party.Country,
						State: string(decided), Match: m,
					}
					if wanted(&one) {
						found = append(found, one)
					}
					seen[m.Key] = true
				}
			}
			if len(found) > matchMost {
				return bad(fmt.Sprintf("There are more than %d; name a run.", matchMost))
			}
		}
	}
	from := min(cursor, len(found))
	end := min(from+limit, len(found))
	out := page[apiMatch]{Items: found[from:end]}
	if end < len(found) {
		next := strconv.Itoa(end)
		out.Next = &next
	}
	return r.JSON(http.StatusOK, out)
}

// matchOf finds a match of a run by its key, where the viewer may see it.
func (r *Request) matchOf(run, key string) (*screening.Party, *screening.Match, error) {
	if _, err := jobs.Run(r.Context(), r.Env, r.Viewer, run); err != nil {
		return nil, nil, err
	}
	party, m, err := r.Env.Store.FindMatch(r.Context(), run, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, missing
	}
	if err != nil {
		return nil, nil, err
	}
	for _, l := range m.Listings {
		if !r.Viewer.Sees(l.List) {
			return nil, nil, missing
		}
	}
	return party, m, nil
}
