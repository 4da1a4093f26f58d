package screening

import (
	"cmp"
	"hash/fnv"
	"slices"
	"time"
)

// Verdict is what a reviewer said of one match.
type Verdict string

const (
	FalsePositive    Verdict = "false_positive"
	TrueMatch        Verdict = "true_match"
	NeedsInformation Verdict = "needs_information"
)

// Decision is one reviewer's verdict on one party beside one entity, as both
// stood. Nothing of it is ever changed: a later decision stands in its place,
// a revocation is a decision too.
type Decision struct {
	ID       string    `json:"id"`
	Verdict  Verdict   `json:"verdict"`
	Reason   string    `json:"reason"`
	Note     string    `json:"note,omitempty"`
	Reviewer string    `json:"reviewer"`
	Second   string    `json:"second_reviewer,omitempty"`
	Made     time.Time `json:"made"`
	Expires  time.Time `json:"expires"`
	// Revoked says who took the decision back; "" while it stands.
	Revoked string `json:"revoked,omitempty"`

	// Actor is who signed in to send the decision; Reviewer is a name typed
	// into a cell, a claim. Grade is what the match had.
	Actor string `json:"actor,omitempty"`
	Grade Grade  `json:"grade,omitempty"`
	Run   string `json:"run,omitempty"` // the run whose report was decided on
	// Submitter is who sent in the sheet of that run: never one of the two who close an escalated match.
	Submitter string `json:"submitter,omitempty"`
	// Renews is the decision this one renews, and Renewal the reason given for it.
	Renews  string `json:"renews,omitempty"`
	Renewal string `json:"renewal,omitempty"`

	// What the decision is about.
	PartyKey  string `json:"party_key,omitempty"`
	EntityKey string `json:"entity_key,omitempty"`
	MatchKey  string `json:"match_key,omitempty"` // of the match as a whole, in its run
	List      string `json:"list,omitempty"`
	Entity    string `json:"entity,omitempty"`
	// Strength and Evidence are what the matcher said when the decision was made.
	Strength Strength `json:"strength,omitempty"`
	Evidence []string `json:"evidence,omitempty"`

	// Party and Candidate are both sides as they stood.
	Party     *Party  `json:"party,omitempty"`
	Candidate *Entity `json:"candidate,omitempty"`

	// Reopened says, beside a match that is shown again, why the earlier
	// decision no longer covers it; "" while it does. It is never stored.
	Reopened string `json:"reopened,omitempty"`
	// Waiting says what a decision still needs before it counts. It is never stored.
	Waiting string `json:"waiting,omitempty"`
	// Since is when the verdict was first given, of what has been said without
	// a break. It is never stored.
	Since time.Time `json:"since,omitzero"`
	// Merged names the other decisions this one holds together with, where the
	// list has made one party of those they were about. It is never stored.
	Merged []string `json:"merged,omitempty"`
}

// Stored is the decision without what is only said of it beside a match.
func (d *Decision) Stored() *Decision {
	kept := *d
	kept.Reopened, kept.Waiting, kept.Since, kept.Merged = "", "", time.Time{}, nil
	return &kept
}

// stands reports whether the decision, as a Memory shows it, still counts.
func (d *Decision) stands() bool { return d != nil && d.Reopened == "" && d.Waiting == "" }

// SecondPerson is what a decision on an escalated match waits for until two
// signed-in people, neither of them the submitter, have said the same.
const SecondPerson = "a second signed-in person has to say the same"

// TwoPeople is what a decision on a match to review waits for where the same
// two sides are to escalate: it was one person's word, and of another grade.
const TwoPeople = "it was decided as a match to review; here it is to escalate, and that takes two signed-in people"

// closes reports whether the verdict ends the matter, so that on an escalated
// match one person's word is not enough.
func (d *Decision) closes() bool { return d.Verdict != NeedsInformation }

// Relied lists what evidence a decision relies on beside the names, which the
// keys cover: each feature with its direction, sorted.
func Relied(evidence []Evidence) []string {
	var out []string
	for _, e := range evidence {
		if e.Direction != Missing && e.Feature != "name" {
			out = append(out, e.Feature+" "+string(e.Direction))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Covers says why a decision does not cover a match as it stands now, "" when
// it does. The keys of both sides are taken to agree.
func (d *Decision) Covers(m *Match, now time.Time) (reopened string) {
	switch {
	case d.Revoked != "":
		return "the earlier decision was revoked"
	case !d.Expires.IsZero() && !now.Before(d.Expires):
		return "the earlier decision expired on " + d.Expires.Format(time.DateOnly)
	case m.Strength.Rank() > d.Strength.Rank():
		return "the match is now " + string(m.Strength) + ", it was " + cmp.Or(string(d.Strength), "below the line")
	case !slices.Equal(Relied(m.Evidence), d.Evidence):
		return "evidence changed"
	}
	return ""
}

// ExpiryOf spreads the end of decisions over four weeks before and after the
// policy's term, by what they are about, so that those made in one week do
// not all lapse in one week.
func ExpiryOf(made time.Time, keep time.Duration, key string) time.Time {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	spread := time.Duration(int(h.Sum32()%57)-28) * 24 * time.Hour
	if keep < 90*24*time.Hour { // too short a term to spread
		spread = 0
	}
	return made.Add(keep + spread).Truncate(24 * time.Hour)
}
