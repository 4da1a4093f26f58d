package screening

// Strength says how sure a match is. The zero value lies below the note line.
type Strength string

const (
	NoStrength Strength = ""
	Weak       Strength = "weak"
	Medium     Strength = "medium"
	Strong     Strength = "strong"
	Exact      Strength = "exact"
)

// Rank orders strengths: 0 for none up to 4 for exact.
func (s Strength) Rank() int {
	switch s {
	case Weak:
		return 1
	case Medium:
		return 2
	case Strong:
		return 3
	case Exact:
		return 4
	}
	return 0
}

// Direction says which way a piece of evidence speaks.
type Direction string

const (
	For     Direction = "for"
	Against Direction = "against"
	Missing Direction = "missing"
)

// Evidence is one reason for or against a match, or one thing missing that
// would settle it. Score is its share of the match's score: negative when it
// speaks against, 0 when missing; the shares of a match add up to its score.
type Evidence struct {
	Feature   string    `json:"feature"`
	Direction Direction `json:"direction"`
	Score     float64   `json:"score"`
	Query     string    `json:"query"`
	Candidate string    `json:"candidate"`
	Detail    string    `json:"detail"`
}

// Match is a party and an entity that may be the same.
type Match struct {
	List     string   `json:"list"`
	Entity   string   `json:"entity"`
	Name     string   `json:"name"`    // the entity's name to show
	Matched  string   `json:"matched"` // the name that matched
	Score    float64  `json:"score"`   // 0 to 1, rounded to 4 decimals
	Strength Strength `json:"strength"`
	// SecondOpinion is what OFAC's published search method would make of the
	// party's name and the one that matched, 0 to 1. It changes nothing.
	SecondOpinion float64    `json:"ofac_score,omitempty"`
	Control       Control    `json:"control"`
	Owner         Owner      `json:"owner"`
	Grade         Grade      `json:"grade"`
	Rule          string     `json:"rule"` // the grading rule that gave the grade
	Listings      []Listing  `json:"listings"`
	Evidence      []Evidence `json:"evidence"`
	Decision      *Decision  `json:"decision"`
	// Disposition is how a true match was closed for this row, or why that no longer holds.
	Disposition *Disposition `json:"disposition,omitempty"`
	// Scope is the row's work as a disposition sees it; set where a person is, or was, asked to act.
	Scope *Scope `json:"scope,omitempty"`
	// Key stands for the content of both sides as they are; decisions are kept under it.
	Key string `json:"key,omitempty"`
	// Changes say what changed on either side since Decision was made. Where
	// there is any, the decision no longer holds and stands beside the match as history.
	Changes []string `json:"changes,omitempty"`
}

// Candidate is what a matcher returns: an entity beside the score it earned.
// Strength is derived from the score by the policy, not by the matcher.
type Candidate struct {
	Entity   *Entity
	Matched  Name
	Score    float64
	Evidence []Evidence
}

// Matcher finds the entities a party may be.
type Matcher interface {
	// Match returns every entity whose score is at or above the review line of
	// the policy the matcher was built with, best first, followed by the best one
	// below that line, where there is any. It may be called by many goroutines at once.
	Match(*Party) []Candidate
}
