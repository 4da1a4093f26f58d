package jobs

import (
	"context"
	"time"

	"partnerscreen/reports"
	"partnerscreen/screening"
)

// RefusedDecision says why a verdict cannot be kept. It names places and
// lists, no party.
type RefusedDecision struct{ Why string }

func (e *RefusedDecision) Error() string { return e.Why }

// MatchDecided is what became of one verdict.
type MatchDecided struct {
	Decisions []*screening.Decision // one for each entity shown with the match
	// Waiting says that they count once another person has said the same.
	Waiting bool
	// Closed counts the rows whose true match is closed for their work.
	Closed int
	// Asked counts the questions put to who submitted the rows.
	Asked  int
	Frozen []Frozen // what a true match under an asset freeze asks for
}

// DecideMatch keeps what the signed-in viewer says of one match of a run, by
// the rules of the workbook; the match is named by line.Run and line.Key, and its reviewer is
// who is signed in. It errors with *RefusedDecision when it cannot be kept. Said again, it changes nothing.
func DecideMatch(ctx context.Context, env *Env, v *screening.Viewer, line reports.Line) (*MatchDecided, error) {
	if why := line.Wrong(env.Now()); why != "" {
		return nil, &RefusedDecision{why}
	}
	_, match, err := env.Store.FindMatch(ctx, line.Run, line.Key)
	if err != nil {
		return nil, err
	}
	line.Grade = match.Grade
	dk := &desk{env: env, actor: env.Actor, now: env.Now().UTC().Truncate(time.Microsecond)}
	l, problem, err := dk.line(ctx, &line)
	if err != nil {
		return nil, err
	}
	if problem != nil {
		return nil, &RefusedDecision{problem.What}
	}
	memory, err := loadMemory(ctx, env)
	if err != nil {
		return nil, err
	}
	for _, d := range l.made {
		before := memory.Standing(d.PartyKey, d.EntityKey)
		second := before != nil && before.Waiting != "" && before.Actor != env.Actor && before.Verdict == d.Verdict
		if second && !v.May(screening.MayDecideSecond) {
			return nil, &RefusedDecision{"the second word on an escalated match is a second reviewer's"}
		}
	}
	var d Decided
	if err := d.keep(ctx, env, []said{l}); err != nil {
		return nil, err
	}
	return &MatchDecided{Decisions: l.made, Waiting: d.Waiting > 0, Closed: d.Closed, Asked: d.Asked, Frozen: d.Frozen}, nil
}
