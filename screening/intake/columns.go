package intake

import (
	"fmt"
	"slices"
	"strings"

	"partnerscreen/screening"
)

// Mapping says that the column under a header is to be read as a role,
// whatever the header looks like.
type Mapping struct {
	Role   string // as Roles writes it, or a party and a place of it: "Funder country"
	Header string // as the sheet writes it; case, accents and outer blanks do not matter
}

// Columns are the mappings of `--columns` and of the configuration, in the
// order they were given. A role may be mapped to several headers.
type Columns []Mapping

// field is what a column says.
type field string

const (
	fieldName       field = "Name"
	fieldCountry    field = "Country"
	fieldCity       field = "City"
	fieldAddress    field = "Address"
	fieldWebsite    field = "Website"
	fieldIdentifier field = "Identifier"
	fieldReference  field = "Reference"
	fieldProject    field = "Project"
	fieldStart      field = "Start"
	fieldEnd        field = "End"
	fieldStatus     field = "Status"
	fieldTerms      field = "Terms"
	// fieldNone is no field: a column that would be recognised and is not to be read.
	fieldNone field = "Not used"
)

// partyTitles are the roles of parties as `--columns` writes them.
var partyTitles = []struct {
	title string
	role  screening.Role
}{
	{"Partner", screening.RolePartner},
	{"Parent", screening.RoleParent},
	{"Funder", screening.RoleFunder},
	{"Ultimate funder", screening.RoleUltimateFunder},
	{"Subrecipient", screening.RoleSubrecipient},
	{"Affiliation", screening.RoleAffiliation},
	{"End user", screening.RoleEndUser},
	{"Consignee", screening.RoleConsignee},
	{"Supplier", screening.RoleSupplier},
	{"Person", screening.RolePerson},
}

// partyFields say more of one party; they are read beside its name.
var partyFields = []field{fieldCountry, fieldCity, fieldAddress, fieldWebsite, fieldIdentifier}

// rowFields say more of the collaboration.
var rowFields = []field{fieldReference, fieldProject, fieldStart, fieldEnd, fieldStatus, fieldTerms}

// answerFields are the due-diligence questions a sheet may answer; the
// answers stand in Partner.Answers.
var answerFields = []field{
	"Work", "Keywords", "Control code", "Openly publishable", "Restrictions", "Shared",
	"Results owner", "Personal data", "Dual use", "Value", "Agreement", "Technology area", "Ownership share", "Destination",
}

// Roles lists every role a column may have, as `--columns` writes them.
func Roles() []string {
	var out []string
	for _, p := range partyTitles {
		out = append(out, p.title)
	}
	for _, f := range slices.Concat(partyFields, rowFields, answerFields) {
		out = append(out, string(f))
	}
	return append(out, string(fieldNone))
}

func partyTitle(r screening.Role) string {
	for _, p := range partyTitles {
		if p.role == r {
			return p.title
		}
	}
	return string(r)
}

// ParseColumns reads mappings written as 'Partner=Institution,Ultimate
// funder=Sponsor', one or several in each spec, and gives them back in order.
// Roles ignore case; a mapping is split at its first "="; a comma belongs to
// the header where no other mapping follows it. An unknown role is an error
// that suggests the nearest one.
func ParseColumns(specs []string) (Columns, error) {
	var out Columns
	for _, piece := range strings.Split(strings.Join(specs, ","), ",") {
		role, header, found := strings.Cut(piece, "=")
		if !found {
			if strings.TrimSpace(piece) == "" {
				continue
			}
			if len(out) == 0 {
				return nil, fmt.Errorf("reading --columns: %q has no \"=\"; write ROLE=HEADER, as in 'Partner=Institution'", piece)
			}
			out[len(out)-1].Header += "," + piece // a header with a comma in it
			continue
		}
		m := Mapping{Role: strings.TrimSpace(role), Header: header}
		c, ok := roleNamed(m.Role)
		if !ok {
			return nil, fmt.Errorf("reading --columns: unknown role %q%s; the roles are %s", m.Role, didYouMean(m.Role), strings.Join(Roles(), ", "))
		}
		m.Role = c.title()
		out = append(out, m)
	}
	for i := range out {
		if out[i].Header = strings.TrimSpace(out[i].Header); out[i].Header == "" {
			return nil, fmt.Errorf("reading --columns: the role %s has no header; write %s=HEADER", out[i].Role, out[i].Role)
		}
	}
	return out, nil
}

// roleNamed reads a role as a person writes it: one of Roles, or a party
// followed by one of its fields ("Funder country").
func roleNamed(s string) (meaning, bool) {
	f := fold(s)
	for _, p := range partyTitles {
		title := fold(p.title)
		if f == title || f == string(p.role) {
			return meaning{field: fieldName, role: p.role}, true
		}
		rest, ok := strings.CutPrefix(f, title+" ")
		if !ok {
			continue
		}
		for _, pf := range partyFields {
			if rest == fold(string(pf)) {
				return meaning{field: pf, role: p.role}, true
			}
		}
	}
	for _, rf := range slices.Concat(partyFields, rowFields, answerFields, []field{fieldNone}) {
		if f == fold(string(rf)) {
			return meaning{field: rf}, true
		}
	}
	return meaning{}, false
}

// didYouMean suggests the role nearest to what was written, if one is near.
func didYouMean(s string) string {
	best, least := "", max(3, len(s)/2)
	for _, r := range Roles() {
		if d := editDistance(fold(s), fold(r)); d < least {
			best, least = r, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", best)
}

// editDistance counts the letters to insert, drop or replace between a and b.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
