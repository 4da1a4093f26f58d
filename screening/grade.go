package screening

import "slices"

// Grade says what to do with a row.
type Grade string

const (
	Clear    Grade = "clear"
	Note     Grade = "note"
	Review   Grade = "review"
	Escalate Grade = "escalate"
)

// Grades in rising order.
var Grades = []Grade{Clear, Note, Review, Escalate}

// Rank orders grades: 0 for clear up to 3 for escalate.
func (g Grade) Rank() int { return max(0, slices.Index(Grades, g)) }

// Flagged reports whether a person is asked to act.
func (g Grade) Flagged() bool { return g == Review || g == Escalate }

// Plain is the grade in a reader's words. A clear row is never called clean,
// cleared or safe: it had no likely match in the lists named, and no more.
func (g Grade) Plain() string {
	switch g {
	case Escalate:
		return "Escalate"
	case Review:
		return "Review"
	case Note:
		return "Note"
	}
	return "No likely match in the lists named"
}

// Higher returns the graver of two grades.
func Higher(a, b Grade) Grade {
	if b.Rank() > a.Rank() {
		return b
	}
	return a
}

// Stakes is how much the work itself calls for care.
type Stakes string

const (
	Routine  Stakes = "routine"
	Standard Stakes = "standard"
	Enhanced Stakes = "enhanced"
)

// Sharing says what of the work reaches the partner; blank is never an answer,
// so an unanswered question is SharingUnknown and counts as "may be shared".
type Sharing string

const (
	SharingUnknown Sharing = ""
	SharingItems   Sharing = "items" // items, software, equipment or unpublished technology
	PublishedOnly  Sharing = "published information only"
)

// GradeRule is one line of the table that turns a likely match into a grade.
// An empty condition holds for every value. The first rule whose conditions
// all hold decides.
type GradeRule struct {
	Name     string     `json:"name"`
	Controls []Control  `json:"controls,omitempty"`
	Strength []Strength `json:"strength,omitempty"`
	Stakes   []Stakes   `json:"stakes,omitempty"`
	Bearing  []Bearing  `json:"bearing,omitempty"`
	Sharing  []Sharing  `json:"sharing,omitempty"`
	Funding  []Funding  `json:"funding,omitempty"`
	Roles    []Role     `json:"roles,omitempty"`
	Reach    []Reach    `json:"reach,omitempty"`
	Named    []Named    `json:"named,omitempty"`
	Grade    Grade      `json:"grade"`
	Why      string     `json:"why"`
}

// Facts are what a grade is decided on, for one control of one listing.
type Facts struct {
	Control  Control
	Strength Strength
	Stakes   Stakes
	Bearing  Bearing
	Sharing  Sharing
	Funding  Funding // of a funding bar
	Role     Role
	Reach    Reach // of a listed owner's measure, by the ownership rules
	Named    Named // who says that the party stands in the row
}

// Named says who names a party: the row itself, a register of organisations, or a list's own link.
type Named string

const (
	NamedByRow      Named = ""
	NamedByRegister Named = "register"
	NamedByLink     Named = "list's link"
)

// notSupplying are the roles nothing is bought from.
var notSupplying = []Role{
	RolePartner, RoleParent, RoleFunder, RoleUltimateFunder, RoleSubrecipient, RoleAffiliation, RoleEndUser, RoleConsignee, RolePerson,
}

// DefaultGradeRules is the table of the default policy.
var DefaultGradeRules = []GradeRule{
	{
		Name: "below the note line", Strength: []Strength{NoStrength}, Grade: Clear,
		Why: "The nearest listed party is on record with its score, and is no match.",
	},
	{
		Name: "below the review line", Strength: []Strength{Weak}, Grade: Note,
		Why: "A match below the review line is on record; nobody is asked to act.",
	},
	{
		Name: "funding bar of another funder", Controls: []Control{ResearchFunding}, Funding: []Funding{FundingElsewhere}, Grade: Note,
		Why: "The bar comes with the money of particular funders, and the row names others.",
	},
	{
		Name: "import bar, not a supplier", Controls: []Control{Import}, Roles: notSupplying, Grade: Note,
		Why: "An import bar is on goods; only a supplier's reach the office.",
	},
	{
		Name: "listed owner of a listed party", Named: []Named{NamedByLink}, Reach: []Reach{ReachMoot}, Grade: Note,
		Why: "What it owns is likely to be listed itself under the same control, and graded for it; the owner adds nothing to decide.",
	},
	{
		Name: "owner by a list's link, below the rule", Named: []Named{NamedByLink}, Reach: []Reach{ReachNo}, Grade: Note,
		Why: "The list itself gives the shares, and they are not enough for the ownership rule.",
	},
	{
		Name: "owner by a list's link, no ownership rule", Named: []Named{NamedByLink}, Reach: []Reach{ReachUnsaid}, Grade: Note,
		Why: "The measure of this list does not extend to what its parties own; it is on record who stands above.",
	},
	{
		Name: "owner by a list's link, share not said", Named: []Named{NamedByLink}, Reach: []Reach{ReachUnknown}, Grade: Review,
		Why: "A listed owner whose share is not said is a question to ask, and no verdict.",
	},
	{
		Name: "informative at routine stakes", Bearing: []Bearing{Informative}, Stakes: []Stakes{Routine}, Grade: Note,
		Why: "A list that does not bind this office is on record where the work is routine.",
	},
	{
		Name: "advisory at routine stakes", Controls: []Control{Advisory, CounterMeasure}, Stakes: []Stakes{Routine}, Grade: Note,
		Why: "Advisories and other states' counter-measures bar nothing by themselves where the work is routine.",
	},
	{
		Name: "not binding", Bearing: []Bearing{Informative}, Grade: Review,
		Why: "Only lists that bind the office, by law or by contract, escalate.",
	},
	{
		Name: "likely match at enhanced stakes", Stakes: []Stakes{Enhanced}, Grade: Escalate,
		Why: "Where the work itself calls for care, a likely match goes to the second reviewer at once.",
	},
	{
		Name: "owner's share is below the ownership rule", Reach: []Reach{ReachNo}, Grade: Review,
		Why: "The owner's measure does not reach the partner by the shares given; a person looks at control and at what else the owner holds.",
	},
	{
		Name: "ownership rule not in force", Reach: []Reach{ReachNotNow}, Grade: Review,
		Why: "On this day the owner's listing does not extend to what it owns; it is a red flag to resolve.",
	},
	{
		Name: "asset freeze or export denial", Controls: []Control{AssetFreeze, ExportDenial}, Strength: []Strength{Strong, Exact}, Grade: Escalate,
		Why: "Dealing with a blocked or denied party is barred whatever the work is; open publication lifts neither.",
	},
	{
		Name: "export licence, published information only", Controls: []Control{ExportLicence}, Sharing: []Sharing{PublishedOnly}, Grade: Review,
		Why: "Published information is outside the licence requirement (15 CFR 734.7-734.8); the one question is whether that is all.",
	},
	{
		Name: "export licence, something may be shared", Controls: []Control{ExportLicence}, Strength: []Strength{Strong, Exact}, Grade: Escalate,
		Why: "An item, software, equipment or unpublished technology may need a licence before it reaches the party; no answer counts as may.",
	},
	{
		Name: "likely match", Grade: Review,
		Why: "A person decides before the work goes on.",
	},
}

// GradeOf applies the policy's table to one control of one listing and
// returns the grade and the name of the rule that gave it.
func (p *Policy) GradeOf(f Facts) (Grade, string) {
	for _, r := range p.Rules {
		if holds(r.Controls, f.Control) && holds(r.Strength, f.Strength) && holds(r.Stakes, f.Stakes) &&
			holds(r.Bearing, f.Bearing) && holds(r.Sharing, f.Sharing) && holds(r.Funding, f.Funding) && holds(r.Roles, f.Role) &&
			holds(r.Reach, f.Reach) && holds(r.Named, f.Named) {
			return r.Grade, r.Name
		}
	}
	return Review, "no rule"
}

func holds[T comparable](allowed []T, v T) bool {
	return len(allowed) == 0 || slices.Contains(allowed, v)
}
