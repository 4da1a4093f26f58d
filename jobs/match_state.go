package jobs

import (
	"time"

	"partnerscreen/screening"
)

// MatchState is how a match of a run stands by what has been decided since.
type MatchState string

const (
	Undecided  MatchState = "open"
	SecondWord MatchState = "waiting" // for a second person
	Questioned MatchState = "needs_information"
	Settled    MatchState = "decided"
)

// Decided says how a match stands now: as the entity shown with it does that
// is furthest from being settled.
func (k *Kept) Decided(party *screening.Party, m *screening.Match, now time.Time) MatchState {
	order := []MatchState{Undecided, SecondWord, Questioned, Settled}
	least := len(order) - 1
	key := party.Key()
	for _, l := range m.Listings {
		at := 0
		switch d := k.judge.Memory.Standing(key, l.Key); {
		case d == nil, d.Waiting == "" && d.Covers(m, now) != "":
		case d.Waiting != "":
			at = 1
		case d.Verdict == screening.NeedsInformation:
			at = 2
		default:
			at = 3
		}
		least = min(least, at)
	}
	if len(m.Listings) == 0 {
		least = 0
	}
	return order[least]
}
