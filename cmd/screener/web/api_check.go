package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

// checkBody is one party to look for, and where.
type checkBody struct {
	Name          string                 `json:"name"`
	Type          string                 `json:"type"`
	Country       string                 `json:"country"`
	City          string                 `json:"city"`
	Address       string                 `json:"address"`
	Website       string                 `json:"website"`
	BirthDate     string                 `json:"birth_date"`
	Identifiers   []screening.Identifier `json:"identifiers"`
	Lists         []string               `json:"lists"`
	AcceptMissing []string               `json:"accept_missing"`
}

var apiCheck = Page{
	Pattern: "POST /api/v1/check", Doc: "Look one name up as a screening would, and keep nothing: grade, matches with their reasons, and the lists that were asked.",
	Needs: readsLists,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		var body checkBody
		if err := readJSON(r, &body); err != nil {
			return err
		}
		found, used, err := r.check(&body)
		if err != nil {
			return err
		}
		return r.JSON(http.StatusOK, struct {
			*screening.PartyResult
			Lists []screening.EditionUsed `json:"lists"`
		}{found, used})
	},
}

// check looks one party up in the lists that are open to the viewer.
func (r *Request) check(body *checkBody) (*screening.PartyResult, []screening.EditionUsed, error) {
	party := screening.Party{
		Role: screening.RolePartner, Name: strings.TrimSpace(body.Name), City: body.City, Address: body.Address, Website: body.Website, BirthDate: body.BirthDate,
		Identifiers: body.Identifiers,
	}
	switch body.Type {
	case "", "org":
	case "person":
		party.Role = screening.RolePerson
	default:
		return nil, nil, bad("type is org or person.")
	}
	if party.Name == "" {
		return nil, nil, bad("There is no name to look up.")
	}
	if body.Country != "" {
		code, ok := screening.CountryCode(body.Country)
		if !ok {
			return nil, nil, bad("The country is not known; write its two-letter code.")
		}
		party.Country = code
	}
	// That somebody looked is written down, and not for whom.
	if err := r.Env.Audit(r.Context(), "name.check", "check", map[string]string{"type": string(party.Role)}); err != nil {
		return nil, nil, err
	}
	kept, err := r.kept()
	if err != nil {
		return nil, nil, err
	}
	for _, list := range slices.Concat(body.Lists, body.AcceptMissing) {
		if !r.Viewer.Sees(list) || !slices.ContainsFunc(kept.Used, func(u screening.EditionUsed) bool { return u.List == list }) {
			return nil, nil, bad("lists or accept_missing names a list that is not in use here; GET /api/v1/lists names them.")
		}
	}
	q, err := kept.Ask(jobs.Among{
		Lists: func(list string) bool {
			return r.Viewer.Sees(list) && (len(body.Lists) == 0 || slices.Contains(body.Lists, list))
		},
		AcceptMissing: body.AcceptMissing, Now: r.Env.Now(),
	})
	if err != nil {
		return nil, nil, missingLists(err)
	}
	found := q.Check(&party)
	found.Notes = append(found.Notes, party.Notes...)
	seen := r.Viewer.Result(&screening.Result{
		Partner: &screening.Partner{Parties: []screening.Party{party}}, Grade: found.Grade, Stakes: screening.Standard, Parties: []screening.PartyResult{*found},
	})
	return &seen.Parties[0], append([]screening.EditionUsed{}, q.Used...), nil
}

// maxCompared is how many bytes of pairs are compared at once.
const maxCompared = 2 << 20

var apiCompare = Page{
	Pattern: "POST /api/v1/compare", Doc: "Score pairs of names: CSV in with name1, name2 and, where known, country1, country2, type; CSV out, as the command compare writes it.",
	Needs: readsLists, Body: maxCompared,
	Serve: func(r *Request) error {
		if err := newParameters(r.URL.Query()).done(); err != nil {
			return err
		}
		var out bytes.Buffer
		counted := &countedBody{r: r}
		if err := jobs.Compare(r.Context(), r.Env.Policy, counted, &out); err != nil {
			if counted.err != nil {
				return counted.err
			}
			if context.Cause(r.Context()) != nil {
				return err
			}
			return bad(fmt.Sprintf("The pairs cannot be read: %s.", err))
		}
		r.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
		_, _ = r.W.Write(out.Bytes()) // nobody is listening any more
		return nil
	},
}

// countedBody remembers that the body was larger than is taken.
type countedBody struct {
	r   *Request
	err error
}

// Read reads the body.
func (c *countedBody) Read(b []byte) (int, error) {
	n, err := c.r.Body.Read(b)
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		c.err = err
	}
	return n, err
}
