package screening

import (
	"slices"
	"time"
)

// Night is one screening again of all active collaborations of an office. It
// works what changed since the night before, and what stands is as good as new.
type Night struct {
	ID     int64  `json:"id"`
	Office string `json:"office,omitempty"`
	// Attempt counts how often it was begun; who began it last owns it.
	Attempt  int         `json:"attempt"`
	Started  time.Time   `json:"started"`
	Finished time.Time   `json:"finished,omitzero"` // zero while it goes on, or when it was cut short
	Basis    NightBasis  `json:"basis"`
	Counts   NightCounts `json:"counts"`
}

// NightBasis is what a night screened against and by: two nights of one basis
// and the same collaborations come to the same.
type NightBasis struct {
	// At is the time that activity and the expiry of decisions were asked of.
	At        time.Time      `json:"at"`
	Editions  map[string]int `json:"editions"`  // the edition of each list that was used
	Decisions int64          `json:"decisions"` // the last decision
	Policy    string         `json:"policy"`
	Matcher   string         `json:"matcher"` // with the program's version
	Lists     string         `json:"lists"`   // which lists, and how each bears on the office
}

// NightCounts say what a night did. Active = Changed + Standing, always, and
// Parties = Rescreened + Untouched.
type NightCounts struct {
	// Full says why everything was worked; "" when the difference was.
	Full string `json:"full,omitempty"`
	// Amendments are what became of the policy since the night before, in words.
	Amendments []string `json:"amendments,omitempty"`
	// Active collaborations; Standing came to what they had come to before.
	Active   int `json:"active"`
	Changed  int `json:"changed"`
	Standing int `json:"standing"`
	Worked   int `json:"worked"` // assessed anew, whatever came of it
	// Parties are the distinct ones; Rescreened were compared with every
	// listed party, Untouched with those that changed.
	Parties    int `json:"parties"`
	Rescreened int `json:"rescreened"`
	Untouched  int `json:"untouched"`
	// Entities that changed on the lists, decisions that were made, revoked or
	// expired, and rows that sheets brought or changed.
	Entities  int `json:"entities"`
	Decisions int `json:"decisions"`
	Rows      int `json:"rows"`
	Ended     int `json:"ended"`      // active the night before
	EndedOpen int `json:"ended_open"` // of those, with a flagged grade
	Missing   int `json:"missing"`    // active, and not in the latest sheet
	Unsure    int `json:"unsure"`     // active for want of an end or a status that can be read
	Late      int `json:"late"`       // came in while the night went on: the next one's
	// LeftOut must be 0: active ones that no night has covered.
	LeftOut int           `json:"left_out"`
	Grades  map[Grade]int `json:"grades"` // of the active ones, now
	// Opened counts, by grade, the changed ones with something new for a person to decide.
	Opened map[Grade]int `json:"opened"`
	Runs   []string      `json:"runs"` // whose results the changed ones stand on
	// NextTurn is the next day on which an owner's link that a list dates begins
	// or is over, "" for none: no list has to change for it.
	NextTurn string `json:"next_turn,omitempty"`
}

// NightChange is one collaboration that a night left otherwise than it was.
type NightChange struct {
	Collaboration int64
	Partner       *Partner // at its place in the latest sheet
	BeforeGrade   Grade    // "" for none
	Grade         Grade    // "" for one that is over
	Before, After *Result  // nil for none
	Run           string   // whose result After is
	Causes        []Cause
}

// CauseKind says what sort of thing changed a result.
type CauseKind string

const (
	CauseList     CauseKind = "list"
	CausePartner  CauseKind = "partner"
	CauseDecision CauseKind = "decision"
	CausePolicy   CauseKind = "policy"
	CauseEnded    CauseKind = "ended"
)

// Cause is one reason why a result is another than the night before.
type Cause struct {
	Kind CauseKind `json:"cause"`
	// Of a list: which listed party, and what became of it.
	List   string        `json:"list,omitempty"`
	Entity string        `json:"entity,omitempty"`
	Name   string        `json:"name,omitempty"`
	Change ChangeKind    `json:"change,omitempty"`
	Fields []FieldChange `json:"fields,omitempty"`
	Why    string        `json:"why,omitempty"`
}

// MatchChange is what became of one match of a party.
type MatchChange struct {
	Change ChangeKind // added, removed, changed
	Match  Match      // as it is now; as it was, for one that is gone
	Before *Match
}

// MatchChanges compares the matches of a party before and now: by list and id,
// a match that has other content, grade or decision is changed.
func MatchChanges(before, now []Match) []MatchChange {
	id := func(m *Match) string { return m.List + "\x00" + m.Entity }
	at := func(all []Match, m *Match) int {
		return slices.IndexFunc(all, func(o Match) bool { return id(&o) == id(m) })
	}
	var out []MatchChange
	for i := range now {
		switch k := at(before, &now[i]); {
		case k < 0:
			out = append(out, MatchChange{Change: Added, Match: now[i]})
		case hashJSON(before[k].apart()) != hashJSON(now[i].apart()):
			out = append(out, MatchChange{Change: Changed, Match: now[i], Before: &before[k]})
		}
	}
	for i := range before {
		if at(now, &before[i]) < 0 {
			out = append(out, MatchChange{Change: Removed, Match: before[i], Before: &before[i]})
		}
	}
	return out
}

// Opens reports whether the change leaves something new for a person to
// decide: a match that is flagged now and was not, or was another or less grave.
func (c *MatchChange) Opens() bool {
	if c.Change == Removed || !c.Match.Grade.Flagged() {
		return false
	}
	return c.Before == nil || !c.Before.Grade.Flagged() || c.Before.Key != c.Match.Key || c.Match.Grade.Rank() > c.Before.Grade.Rank()
}

// PartyChange is one party of a row before and now.
type PartyChange struct {
	Party       *Party
	BeforeGrade Grade // "" where the row did not name it
	Grade       Grade // "" where the row is over
	Matches     []MatchChange
}

// PartyChanges compares the parties of a row with those it had: each with the
// one of the same content, else with the one at its place. A nil before or after has none.
func PartyChanges(before, after *Result) []PartyChange {
	if after == nil {
		after = &Result{Partner: &Partner{}}
		if before != nil {
			after.Partner.Parties = before.Partner.Parties
			after.Parties = make([]PartyResult, len(before.Parties))
		}
	}
	var out []PartyChange
	for i := range after.Parties {
		p := &after.Partner.Parties[i]
		c := PartyChange{Party: p, Grade: after.Parties[i].Grade}
		var was []Match
		if at := partyBefore(before, p, i); at >= 0 {
			c.BeforeGrade, was = before.Parties[at].Grade, before.Parties[at].Matches
		}
		c.Matches = MatchChanges(was, after.Parties[i].Matches)
		out = append(out, c)
	}
	return out
}

func partyBefore(before *Result, p *Party, at int) int {
	if before == nil {
		return -1
	}
	for i := range before.Parties {
		if b := &before.Partner.Parties[i]; b.Role == p.Role && b.Key() == p.Key() {
			return i
		}
	}
	if at < len(before.Parties) && before.Partner.Parties[at].Role == p.Role {
		return at
	}
	return -1
}

// Opens reports whether a result has something new for a person to decide,
// beside what was there before.
func Opens(before, after *Result) bool {
	if after == nil || !after.Grade.Flagged() {
		return false
	}
	if before == nil || after.Grade.Rank() > before.Grade.Rank() {
		return true
	}
	for _, p := range PartyChanges(before, after) {
		if slices.ContainsFunc(p.Matches, func(m MatchChange) bool { return m.Opens() }) {
			return true
		}
	}
	return false
}
