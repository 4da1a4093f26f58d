package screening

import (
	"crypto/sha256"
	_ "embed" // statuses.tsv
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Collaboration is one row of a sheet as the office keeps it watched: what the
// latest sheet said of it, and how it stands.
type Collaboration struct {
	ID     int64  `json:"id"`
	Office string `json:"office,omitempty"`
	// Partner is the row as the last sheet that had it; its Place is there.
	Partner *Partner `json:"partner"`
	// Upload is the run that screened that sheet.
	Upload string `json:"upload"`
	// Missing says that a later upload of the same sheet has the row no more.
	// It is watched until a person ends it.
	Missing   bool      `json:"missing"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	// Grade is what the row has now; Run the run whose results say why, begun at Screened.
	Grade    Grade     `json:"grade"`
	Run      string    `json:"run"`
	Screened time.Time `json:"screened"`
	// Waiting says that the row is new or changed since the last night.
	Waiting  bool     `json:"waiting"`
	Ended    *Ending  `json:"ended,omitempty"` // by a person
	Activity Activity `json:"activity"`
}

// Active reports whether the collaboration is watched on a day (YYYY-MM-DD).
func (c *Collaboration) Active(day string) bool { return c.Ended == nil && c.Activity.On(day) }

// Ending is a person's word that a collaboration is over.
type Ending struct {
	Who string    `json:"who"`
	Why string    `json:"why"`
	At  time.Time `json:"at"`
}

// CollaborationEvent is one line of a collaboration's history, which is only added to.
type CollaborationEvent struct {
	At   time.Time `json:"at"`
	What string    `json:"what"` // first seen, changed, ended, in a sheet again
	Who  string    `json:"who,omitempty"`
	Why  string    `json:"why,omitempty"`
	Run  string    `json:"run,omitempty"`
}

// Activity says whether a row's own columns let it count as going on. What is
// not plainly over is going on: the zero value is.
type Activity struct {
	// Closed is the status that ends it; "" for none.
	Closed string `json:"closed,omitempty"`
	// Until is the last day it goes on, YYYY-MM-DD; "" for no end.
	Until string `json:"until,omitempty"`
	// Unsure says, in a reader's words, what is not known and counts as going on.
	Unsure []string `json:"unsure,omitempty"`
}

// On reports whether it goes on on a day, YYYY-MM-DD.
func (a Activity) On(day string) bool { return a.Closed == "" && (a.Until == "" || day <= a.Until) }

// Activity reads the row's start, end and status. An end that is not given,
// cannot be read or lies before the start, and a status that is no known word, end nothing.
func (p *Partner) Activity() Activity {
	var a Activity
	switch status := strings.TrimSpace(p.Status); {
	case status == "":
	case closedStatus(status):
		a.Closed = status
	case !openStatus(status):
		a.Unsure = append(a.Unsure, "the status is no known word")
	}
	switch last := lastDay(p.End); {
	case p.End == "":
		a.Unsure = append(a.Unsure, "no end that can be read")
	case last == "":
		a.Unsure = append(a.Unsure, "the end cannot be read")
	case p.Start != "" && last < p.Start:
		a.Unsure = append(a.Unsure, "the end lies before the start")
	default:
		a.Until = last
	}
	return a
}

// lastDay is the last day of a date cut to its precision, or "" for what is none.
func lastDay(iso string) string {
	for layout, more := range map[string][3]int{"2006": {1, 0, -1}, "2006-01": {0, 1, -1}, time.DateOnly: {}} {
		if t, err := time.Parse(layout, iso); err == nil {
			return t.AddDate(more[0], more[1], more[2]).Format(time.DateOnly)
		}
	}
	return ""
}

// statuses.tsv has the words that say plainly that a collaboration is over, and
// those that are known to say that it goes on or is still to begin.
//
//go:embed statuses.tsv
var statuses string

var closedWords, openWords = func() (closed, open map[string]bool) {
	closed, open = map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(statuses) {
		state, words, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		to := open
		if state == "closed" {
			to = closed
		}
		maps.Copy(to, statusWords(words))
	}
	return closed, open
}()

func statusWords(list string) map[string]bool {
	m := map[string]bool{}
	for line := range strings.SplitSeq(list, "\n") {
		for word := range strings.SplitSeq(strings.TrimSpace(line), "|") {
			if words := foldedWords(word); len(words) > 0 {
				m[strings.Join(words, " ")] = true
			}
		}
	}
	return m
}

// foldedWords are the words of a text as foldLetters leaves them.
func foldedWords(s string) []string {
	var out []string
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.M, r) }) {
		if w = foldLetters(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// closedStatus reports whether every part of a status is a word for over, with
// nothing behind it but when: "Closed (31.12.2025)", and not "closed for new partners".
func closedStatus(status string) bool {
	return everyPart(status, func(words []string) bool {
		for n := min(3, len(words)); n > 0; n-- {
			if closedWords[strings.Join(words[:n], " ")] && !slices.ContainsFunc(words[n:], func(w string) bool { return !aboutWhen[w] && !unicode.IsNumber([]rune(w)[0]) }) {
				return true
			}
		}
		return false
	})
}

func openStatus(status string) bool {
	return everyPart(status, func(words []string) bool { return openWords[strings.Join(words, " ")] })
}

// aboutWhen are the words that may stand between a status and its date.
var aboutWhen = statusWords(`on|in|since|as|of|at|am|im|seit|zum|le|en|depuis|el|desde|op|sinds|il|dal|
	january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec`)

// everyPart applies a test to what stands between semicolons: the cells of
// several columns that say what the status is.
func everyPart(status string, is func(words []string) bool) bool {
	parts := 0
	for part := range strings.SplitSeq(status, ";") {
		if words := foldedWords(part); len(words) > 0 {
			if !is(words) {
				return false
			}
			parts++
		}
	}
	return parts > 0
}

// Identity stands for the collaboration across uploads of its sheet: by its
// reference within the office where it has one, else by the content of its parties and its
// project. Several rows may have one identity: a reference names a project as often as a row.
func (p *Partner) Identity(office string) string {
	k := keyed{}
	k.add("office", office)
	if ref := strings.Join(foldedWords(p.Reference), " "); ref != "" {
		k.add("reference", ref)
		return k.sum()
	}
	k.add("project", strings.Join(foldedWords(p.Project), " "))
	for i := range p.Parties {
		if p.Parties[i].Via != "" { // a register named it, not the row
			continue
		}
		k.add("party", string(p.Parties[i].Role)+" "+p.Parties[i].Key())
	}
	return k.sum()
}

// ContentHash is the SHA-256 of all the row says, apart from its place, in hex.
func (p *Partner) ContentHash() string {
	content := *p
	content.Place, content.Cells = Place{}, nil
	// What a register says of the parties is not the row's.
	content.Parties = slices.DeleteFunc(slices.Clone(p.Parties), func(q Party) bool { return q.Via != "" })
	for i := range content.Parties {
		content.Parties[i].Registry = ""
	}
	return hashJSON(content)
}

// Content is what matching sees of a party, and all of it: two parties of one
// content find the same entities.
func (p *Party) Content() *Party {
	c := *p
	c.Notes, c.Role, c.Registry, c.Via = nil, RolePartner, "", ""
	if p.Role.Person() {
		c.Role = RolePerson
	}
	return &c
}

// Outcome stands for what a row came to: its grade, stakes and work, and for each
// party its grade, its matches whole and the nearest where it has a strength. A nearest below
// the note line is on record and no part of it: how far down there an index looks
// depends on what else is listed. Nor is the place of the row.
func (r *Result) Outcome() string {
	type party struct {
		Grade   Grade
		Matches []Match
		Nearest *Match
		Notes   []string
	}
	out := struct {
		Grade   Grade
		Stakes  Stakes
		Parties []party
		Work    *WorkFound
	}{Grade: r.Grade, Stakes: r.Stakes, Work: r.Work}
	for i := range r.Parties {
		p := party{Grade: r.Parties[i].Grade, Nearest: r.Parties[i].Nearest, Notes: r.Parties[i].Notes}
		if p.Nearest != nil && p.Nearest.Strength == NoStrength {
			p.Nearest = nil
		}
		for _, m := range r.Parties[i].Matches {
			p.Matches = append(p.Matches, m.apart())
		}
		out.Parties = append(out.Parties, p)
	}
	return hashJSON(out)
}

// apart is the match apart from the place of its row.
func (m Match) apart() Match {
	if m.Scope != nil {
		scope := *m.Scope
		scope.Row = ""
		m.Scope = &scope
	}
	return m
}

func hashJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // the nouns hold only strings, numbers, times and slices of them
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
