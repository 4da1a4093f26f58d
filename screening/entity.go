package screening

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// Kind says what sort of party an authority published. KindUnknown is common:
// several publishers do not say.
type Kind string

const (
	KindUnknown      Kind = ""
	KindOrganisation Kind = "organisation"
	KindPerson       Kind = "person"
	KindVessel       Kind = "vessel"
	KindAircraft     Kind = "aircraft"
)

// NameKind says how a name stands to its party.
type NameKind string

const (
	PrimaryName  NameKind = "primary"
	AliasName    NameKind = "alias"
	FormerName   NameKind = "former"
	AcronymName  NameKind = "acronym"
	OriginalName NameKind = "original" // in the party's own script
)

// Name is one name of an entity as published.
type Name struct {
	Text string   `json:"text"`
	Kind NameKind `json:"kind"`
	// Weak marks a name its publisher calls weak or low quality.
	Weak bool   `json:"weak,omitempty"`
	Lang string `json:"lang,omitempty"` // ISO 639-1 where published
	// Given and Family split a person's name where the publisher does.
	Given  string `json:"given,omitempty"`
	Family string `json:"family,omitempty"`
}

// Address is one address as published; Country is ISO 3166-1 alpha-2.
type Address struct {
	Text    string `json:"text,omitempty"`
	City    string `json:"city,omitempty"`
	Country string `json:"country,omitempty"`
}

// Identifier is a number or code that names one party: Kind is one of lei,
// ror, grid, isni, registration, tax, swift, imo, mmsi, passport, national_id,
// callsign, aircraft, un_ref, ofac (its entity number), duns, domain, entry (a list that prints one party
// several times: what those prints have in common, after the id of the list), other.
type Identifier struct {
	Kind    string `json:"kind"`
	Value   string `json:"value"`
	Country string `json:"country,omitempty"`
}

// Listing is why an entity is on a list.
type Listing struct {
	List       string    `json:"list"`
	Entity     string    `json:"entity,omitempty"` // the publisher's id of the listed party
	Programme  string    `json:"programme,omitempty"`
	Authority  string    `json:"authority,omitempty"`
	LegalBasis string    `json:"legal_basis,omitempty"`
	Controls   []Control `json:"controls"`
	Terms      string    `json:"terms,omitempty"` // the measures in the publisher's own words
	Listed     string    `json:"listed,omitempty"`
	Ends       string    `json:"ends,omitempty"`
	Remarks    string    `json:"remarks,omitempty"`
	URL        string    `json:"url,omitempty"`
	Bearing    Bearing   `json:"bearing,omitempty"` // set when matches are graded, never stored with the entity
	Blocking   string    `json:"blocking_law,omitempty"`
	// Key stands for the content of the listed party; decisions are kept under it. Set when matches are graded.
	Key string `json:"key,omitempty"`
}

// Link ties an entity to another party as the list itself says.
type Link struct {
	Kind   string `json:"kind"`             // owned_by, owns, controlled_by, controls, acts_for, supports, director, family, member_of, part_of, parent, subsidiary, former, successor, associate
	Entity string `json:"entity,omitempty"` // id on the same list, where known
	Name   string `json:"name,omitempty"`
	Share  string `json:"share,omitempty"` // percentage as published
	Since  string `json:"since,omitempty"` // ISO 8601, as published
	Until  string `json:"until,omitempty"` // its last day, past or to come
	Source string `json:"source,omitempty"`
	// What the publication says of the other party where it does not list it
	// itself: it stands there only as somebody's owner or owned company.
	Party     Kind     `json:"party,omitempty"`
	Also      []string `json:"also,omitempty"` // its other names
	Countries []string `json:"countries,omitempty"`
	// Of and OfName are where the link starts when that is not the entity but a
	// party near it that is not listed: the company between an owner and what it owns in the end.
	Of     string `json:"of,omitempty"`
	OfName string `json:"of_name,omitempty"`
}

// Entity is a party as one authority published it. Names[0] is the name to
// show. Dates are ISO 8601, cut to the precision that was published
// ("1965", "1965-03", "1965-03-12").
type Entity struct {
	List        string       `json:"list"`
	ID          string       `json:"id"` // unique within the list; the publisher's own where there is one
	Kind        Kind         `json:"kind,omitempty"`
	Names       []Name       `json:"names"`
	Countries   []string     `json:"countries,omitempty"` // ISO 3166-1 alpha-2, sorted
	Addresses   []Address    `json:"addresses,omitempty"`
	Identifiers []Identifier `json:"identifiers,omitempty"`
	BirthDates  []string     `json:"birth_dates,omitempty"`
	Websites    []string     `json:"websites,omitempty"`
	Listings    []Listing    `json:"listings"`
	Links       []Link       `json:"links,omitempty"`
	Remarks     string       `json:"remarks,omitempty"`
}

// Name returns the name to show, or "" where the publisher gave none.
func (e *Entity) Name() string {
	if len(e.Names) == 0 {
		return ""
	}
	return e.Names[0].Text
}

// Controls returns the distinct controls of all listings, in their order of Controls.
func (e *Entity) Controls() []Control {
	var out []Control
	for _, c := range Controls {
		for _, l := range e.Listings {
			if slices.Contains(l.Controls, c) {
				out = append(out, c)
				break
			}
		}
	}
	return out
}

// Hash is the SHA-256 of the entity's content in hex: equal hashes, equal content.
func (e *Entity) Hash() string {
	b, err := json.Marshal(e)
	if err != nil { // an Entity holds only strings and slices of them
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
