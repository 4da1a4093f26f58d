package screening

import (
	"cmp"
	"strings"
)

// Role is what a party does in a row.
type Role string

const (
	RolePartner        Role = "partner"
	RoleParent         Role = "parent"
	RoleFunder         Role = "funder"
	RoleUltimateFunder Role = "ultimate_funder"
	RoleSubrecipient   Role = "subrecipient"
	RoleAffiliation    Role = "affiliation"
	RoleEndUser        Role = "end_user"
	RoleConsignee      Role = "consignee"
	RoleSupplier       Role = "supplier"
	RolePerson         Role = "person"
)

// Person reports whether parties of the role are compared with persons;
// every other role is compared with whatever is not known to be a person,
// vessel or aircraft.
func (r Role) Person() bool { return r == RolePerson }

// Place is where a row stands: File is a base name, Row is what a spreadsheet
// shows (1-based; header, preamble and blank rows counted).
type Place struct {
	File  string `json:"file"`
	Sheet string `json:"sheet"`
	Row   int    `json:"row"`
}

// Party is one organisation or person named in a row.
type Party struct {
	Role    Role   `json:"role"`
	Name    string `json:"name"`
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2, or "" when unknown
	City    string `json:"city,omitempty"`
	Address string `json:"address,omitempty"`
	Website string `json:"website,omitempty"`
	// BirthDate is ISO 8601 to the precision known.
	BirthDate   string       `json:"birth_date,omitempty"`
	Identifiers []Identifier `json:"identifiers,omitempty"`
	// Registry is the party's record in a register of organisations and how it
	// was found there; Via is how a party that the row does not name came to it:
	// "funder's parent, by ROR from https://ror.org/…", "partner's owner, by us_ofac_sdn's entry 1234 (51 %)".
	Registry string `json:"registry,omitempty"`
	Via      string `json:"via,omitempty"`
	// Notes are findings about the party's own cells.
	Notes []string `json:"notes,omitempty"`
}

// NoteLooksLikePerson stands beside the name of a person in a column of organisations.
const NoteLooksLikePerson = "looks like a person, map it"

// Link says where the party stands: its role, or for one that the row does not name
// the link that brought it in: "funder's parent".
func (p *Party) Link() string {
	link, _, _ := strings.Cut(cmp.Or(p.Via, plainRole(p.Role)), ", by ")
	return link
}

// Cell is one cell of the original row under its header.
type Cell struct {
	Header string `json:"header"`
	Value  string `json:"value"`
}

// Partner is one row of a sheet: the collaboration and the parties in it.
// Error says why a row was rejected; such a row has no parties.
type Partner struct {
	Place
	Reference string `json:"reference,omitempty"`
	Project   string `json:"project,omitempty"`
	Start     string `json:"start,omitempty"`
	End       string `json:"end,omitempty"`
	Status    string `json:"status,omitempty"`
	// Terms are tags of published vocabularies that the row comes under: casrai:…, credit:….
	Terms   []string `json:"terms,omitempty"`
	Parties []Party  `json:"parties,omitempty"`
	Answers Answers  `json:"answers,omitempty"`
	Notes   []string `json:"notes,omitempty"`
	Error   string   `json:"error,omitempty"`
	// Cells are the row as the sheet had it, for the report; they are not stored.
	Cells []Cell `json:"-"`
}
