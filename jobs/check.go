package jobs

import (
	"context"
	"time"

	"partnerscreen/screening"
)

// Check screens one party and stores nothing.
func Check(ctx context.Context, env *Env, party *screening.Party, acceptMissing []string) (*screening.PartyResult, *Held, error) {
	held, err := Hold(ctx, env, nil, acceptMissing, time.Time{})
	if err != nil {
		return nil, nil, err
	}
	r := assess(held.Judge, held.Matcher, &screening.Partner{Parties: []screening.Party{*party}})
	party.Notes = r.Partner.Parties[0].Notes
	return &r.Parties[0], held, nil
}
