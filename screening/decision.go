package screening

import "time"

// Verdict is what a reviewer said of one match.
type Verdict string

const (
	FalsePositive    Verdict = "false_positive"
	TrueMatch        Verdict = "true_match"
	NeedsInformation Verdict = "needs_information"
)

// Decision is one reviewer's verdict on one match as its two sides stood.
type Decision struct {
	ID       string    `json:"id"`
	Verdict  Verdict   `json:"verdict"`
	Reason   string    `json:"reason"`
	Note     string    `json:"note,omitempty"`
	Reviewer string    `json:"reviewer"`
	Made     time.Time `json:"made"`
	Expires  time.Time `json:"expires"`
}
