package screening

import "time"

// EditionState says whether an edition may be screened against.
type EditionState string

const (
	EditionGood        EditionState = "good"
	EditionQuarantined EditionState = "quarantined"
)

// Edition is one published version of a list, as fetched.
type Edition struct {
	List string `json:"list"`
	Seq  int    `json:"seq"` // 1, 2, 3 … within the list, in order of import
	Hash string `json:"hash"`
	// Published is the publisher's own date, from the content or an HTTP
	// header, never from a file's time; zero where unknown.
	Published time.Time    `json:"published"`
	Fetched   time.Time    `json:"fetched"`
	Entities  int          `json:"entities"`
	Names     int          `json:"names"`
	State     EditionState `json:"state"`
	// Reason says why an edition is held, or what is odd about a good one.
	Reason string        `json:"reason,omitempty"`
	Files  []EditionFile `json:"files,omitempty"`
	// Accepted says who let a quarantined edition in; Reason stays what it was held for.
	Accepted *Acceptance `json:"accepted,omitempty"`
}

// Acceptance is a named person's word that a held edition may be used.
type Acceptance struct {
	Who string    `json:"who"`
	Why string    `json:"why"`
	At  time.Time `json:"at"`
}

// EditionFile is one original file of an edition, kept by content hash.
type EditionFile struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
	Hash string `json:"hash"` // SHA-256, hex
	Size int64  `json:"size"`
}

// ChangeKind is one of added, removed, changed.
type ChangeKind string

const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// Change is what happened to one entity between two editions of its list.
type Change struct {
	List   string        `json:"list"`
	Entity string        `json:"entity"`
	Change ChangeKind    `json:"change"`
	Name   string        `json:"name"`
	Fields []FieldChange `json:"fields"`
}

// FieldChange names one field that differs, with what went and what came.
type FieldChange struct {
	Field   string   `json:"field"`
	Removed []string `json:"removed,omitempty"`
	Added   []string `json:"added,omitempty"`
}
