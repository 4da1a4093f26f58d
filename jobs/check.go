package jobs

import (
	"context"
	"slices"
	"time"

	"partnerscreen/screening"
	"partnerscreen/screening/intake"
)

// Check screens one party, with those that stand above it, and stores nothing.
func Check(ctx context.Context, env *Env, party *screening.Party, acceptMissing []string) (*screening.PartyResult, *Held, error) {
	held, err := Hold(ctx, env, nil, acceptMissing, time.Time{})
	if err != nil {
		return nil, nil, err
	}
	return alone(held.Judge, held.Matcher, party), held, nil
}

// alone assesses a party as the only one of a row. What stands above it by a register
// or the lists' own links is told with it, as is what its ROR id leads to.
func alone(judge *screening.Judge, matcher screening.Matcher, party *screening.Party) *screening.PartyResult {
	asked := *party
	intake.ByID(&asked)
	r := assess(judge, matcher, &screening.Partner{Parties: []screening.Party{asked}})
	out := r.Parties[0]
	party.Notes = r.Partner.Parties[0].Notes
	for i := 1; i < len(r.Parties); i++ {
		above := &r.Partner.Parties[i]
		party.Notes = append(party.Notes, above.Name+": "+above.Via)
		out.Grade = screening.Higher(out.Grade, r.Parties[i].Grade)
		out.Matches = append(out.Matches, r.Parties[i].Matches...)
		if out.Nearest == nil {
			out.Nearest = r.Parties[i].Nearest
		}
	}
	if r.Work != nil {
		for _, o := range r.Work.Ownership {
			if note := o.Rule + ": " + o.Sum; o.Sum != "" && !slices.Contains(out.Notes, note) {
				out.Notes = append(out.Notes, note)
			}
		}
	}
	return &out
}
