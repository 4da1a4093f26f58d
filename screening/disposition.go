package screening

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Closing is how a true match was closed.
type Closing string

const (
	NoLicenceRequired Closing = "no_licence_required"
	Licence           Closing = "licence"
	GeneralLicence    Closing = "general_licence"
	Mitigated         Closing = "mitigated"
	Declined          Closing = "declined"
	Stopped           Closing = "stopped"
)

// Closings lists every way a true match is closed.
var Closings = []Closing{NoLicenceRequired, Licence, GeneralLicence, Mitigated, Declined, Stopped}

// Plain says in a reader's words how the match was closed.
func (c Closing) Plain() string {
	switch c {
	case NoLicenceRequired:
		return "No licence required"
	case Licence:
		return "Licence"
	case GeneralLicence:
		return "General licence"
	case Mitigated:
		return "Mitigated"
	case Declined:
		return "Declined"
	case Stopped:
		return "Stopped"
	}
	return string(c)
}

// Restriction says what the work is bound to by how the match was closed.
func (c Closing) Restriction() string {
	switch c {
	case NoLicenceRequired:
		return "as described, without a licence"
	case Licence, GeneralLicence:
		return "only within the licence"
	case Mitigated:
		return "only under the mitigation plan"
	case Declined, Stopped:
		return "no collaboration"
	}
	return ""
}

// Disposition is how a true match was closed for one row and its work. Who
// the party is stays decided by a Decision; without one that stands, a
// disposition closes nothing. Nothing of it is ever changed.
type Disposition struct {
	ID      string  `json:"id"`
	Closing Closing `json:"disposition"`
	// Number names the licence or the general licence.
	Number string `json:"number,omitempty"`
	// Terms are the scope of the licence, or the plan of the mitigation.
	Terms    string    `json:"terms,omitempty"`
	Note     string    `json:"note,omitempty"`
	Reviewer string    `json:"reviewer"`
	Second   string    `json:"second_reviewer,omitempty"`
	Made     time.Time `json:"made"`
	Expires  time.Time `json:"expires"` // the licence's own end where there is one
	// Revoked says who took it back; "" while it stands.
	Revoked string `json:"revoked,omitempty"`

	// Actor is who signed in to send it, Submitter who sent in the sheet, and
	// Grade what the match had.
	Actor     string `json:"actor,omitempty"`
	Submitter string `json:"submitter,omitempty"`
	Grade     Grade  `json:"grade,omitempty"`
	Run       string `json:"run,omitempty"`

	// What it is about: the two sides as they stood, and the row's work.
	PartyKey  string    `json:"party_key,omitempty"`
	EntityKey string    `json:"entity_key,omitempty"`
	WorkKey   string    `json:"work_key,omitempty"`
	List      string    `json:"list,omitempty"`
	Entity    string    `json:"entity,omitempty"`
	Party     string    `json:"party,omitempty"` // its name
	Name      string    `json:"name,omitempty"`  // of the listed party
	Controls  []Control `json:"controls,omitempty"`
	Scope     Scope     `json:"scope,omitzero"`
	Place     Place     `json:"place,omitzero"` // where the row stood

	// Lapsed says, beside a match that is shown again, why the disposition no
	// longer closes it; "" while it does. It is never stored.
	Lapsed string `json:"lapsed,omitempty"`
	// Waiting says what it still needs before it counts. It is never stored.
	Waiting string `json:"waiting,omitempty"`
}

// Stands reports whether the disposition, as a Memory shows it, closes its match.
func (d *Disposition) Stands() bool { return d != nil && d.Lapsed == "" && d.Waiting == "" }

// Said is the disposition in one line: "Licence 2026-114".
func (d *Disposition) Said() string {
	return strings.TrimSpace(d.Closing.Plain() + " " + d.Number)
}

// Scope is a row and its work as a disposition sees them. Where the sheet
// gives neither a reference nor a project, only the row's place tells its
// work from another's, and a row that moves is other work.
type Scope struct {
	Reference string   `json:"reference,omitempty"`
	Project   string   `json:"project,omitempty"`
	Row       string   `json:"row,omitempty"`
	Role      Role     `json:"role,omitempty"`
	Stakes    Stakes   `json:"stakes,omitempty"`
	Sharing   Sharing  `json:"sharing,omitempty"`
	Funders   []string `json:"funders,omitempty"`
}

// ScopeOf is the scope of one party of a row.
func ScopeOf(p *Partner, party *Party, work *Work) *Scope {
	s := &Scope{Reference: p.Reference, Project: p.Project, Role: party.Role, Stakes: cmp.Or(work.Stakes, Standard), Sharing: work.Sharing}
	if foldLetters(s.Reference+s.Project) == "" {
		s.Row = p.File + ", " + p.Sheet + ", row " + strconv.Itoa(p.Row)
	}
	for _, x := range p.Parties {
		if (x.Role == RoleFunder || x.Role == RoleUltimateFunder) && x.Via == "" { // as the row names them, not a register
			s.Funders = append(s.Funders, x.Name)
		}
	}
	return s
}

// Key stands for the row and its work: a disposition holds while it is the same.
func (s *Scope) Key() string {
	k := s.work()
	k.add("project", foldLetters(s.Project))
	k.add("role", string(s.Role))
	k.add("stakes", string(s.Stakes))
	k.add("sharing", string(s.Sharing))
	for _, f := range s.Funders {
		k.add("funder", foldLetters(f))
	}
	return k.sum()
}

// work tells one row's work from another's, so that a row is found again
// although its role, stakes or funder changed.
func (s *Scope) work() keyed {
	k := keyed{}
	k.add("row", s.Row)
	if k.add("reference", foldLetters(s.Reference)); len(k) == 0 {
		k.add("project", foldLetters(s.Project))
	}
	return k
}

// changed says what of the work is not as it was.
func (s *Scope) changed(was *Scope) []string {
	var out []string
	say := func(what, before, after string) {
		if foldLetters(before) != foldLetters(after) {
			out = append(out, what+": "+quoted(before)+" before, "+quoted(after)+" now")
		}
	}
	say("role", string(was.Role), string(s.Role))
	say("stakes", string(was.Stakes), string(s.Stakes))
	say("what is shared", string(was.Sharing), string(s.Sharing))
	say("project", was.Project, s.Project)
	if before, after := folded(was.Funders), folded(s.Funders); !slices.Equal(before, after) {
		out = append(out, "funder: "+quoted(strings.Join(was.Funders, ", "))+" before, "+quoted(strings.Join(s.Funders, ", "))+" now")
	}
	return out
}

func quoted(s string) string {
	if s == "" {
		return "not given"
	}
	return strconv.Quote(s)
}

func folded(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, foldLetters(n))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
