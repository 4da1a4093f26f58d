package screening

import (
	"slices"
	"strings"
)

// Disclosed is what one person disclosed of positions held and support
// received, at one time. It holds who, what and when; objectives, overlaps
// and descriptions are confidential and are never read.
type Disclosed struct {
	Form  string `json:"form"`            // CommonForm or ORCIDRecord
	ORCID string `json:"orcid,omitempty"` // of the person, who is not named
	Held  []Held `json:"held"`
}

// The forms a disclosure comes in.
const (
	CommonForm  = "common form" // of NSPM-33, as SciENcv writes it
	ORCIDRecord = "ORCID record"
)

// HeldKind says what is disclosed.
type HeldKind string

const (
	Position HeldKind = "position"
	Support  HeldKind = "support"
)

// Held is one position or one support of a disclosure.
type Held struct {
	Kind         HeldKind `json:"kind"`
	Organisation string   `json:"organisation"` // that employs, or that supports
	City         string   `json:"city,omitempty"`
	Country      string   `json:"country,omitempty"` // as written
	ROR          string   `json:"ror,omitempty"`
	Title        string   `json:"title,omitempty"` // of the position, or of the project
	Award        string   `json:"award,omitempty"`
	Start        string   `json:"start,omitempty"` // ISO 8601 to the precision known
	End          string   `json:"end,omitempty"`
	Status       string   `json:"status,omitempty"` // of support: current, pending
	InKind       bool     `json:"in_kind,omitempty"`
	Foreign      bool     `json:"foreign_component,omitempty"` // said in the disclosure, never concluded from a place
	Months       string   `json:"months,omitempty"`            // person months by year
	Place        string   `json:"place,omitempty"`             // of performance
	Roles        []string `json:"roles,omitempty"`             // CRediT
}

// Terms are the tags of the CASRAI research-security vocabulary that the entry
// comes under, and its contributor roles. Support whose status is not said has none.
func (h *Held) Terms() []string {
	var out []string
	if h.Kind == Position {
		out = append(out, "casrai:position/appointment")
	}
	switch strings.ToLower(h.Status) {
	case "current", "active":
		out = append(out, "casrai:support/active")
	case "pending":
		out = append(out, "casrai:support/pending")
	}
	if h.Foreign {
		out = append(out, "casrai:support/foreign-component")
	}
	if h.InKind {
		out = append(out, "casrai:support/in-kind")
	}
	for _, r := range h.Roles {
		out = append(out, "credit:"+r)
	}
	return out
}

// DisclosureChange is one difference between two disclosures of one person: a
// question to the disclosure office, and no verdict.
type DisclosureChange struct {
	Change   ChangeKind    `json:"change"`
	Held     Held          `json:"held"`             // as it is now; as it was, for one that is gone
	Before   *Held         `json:"before,omitempty"` // of one that changed
	Fields   []FieldChange `json:"fields,omitempty"`
	Question string        `json:"question"`
	Owner    Owner         `json:"owner"`
}

// CompareDisclosures lists what one disclosure names and the other does not,
// or otherwise: first what was added, then what is gone, then what changed.
// Between two forms only what both can say is compared, and a date that is
// less precise is the same date.
func CompareDisclosures(before, after *Disclosed) []DisclosureChange {
	pair := pairHeld(before.Held, after.Held)
	var added, gone, changed []DisclosureChange
	matched := map[int]bool{}
	for i := range after.Held {
		now := after.Held[i]
		at, ok := pair[i]
		if !ok {
			added = append(added, DisclosureChange{
				Change: Added, Held: now, Owner: Disclosure,
				Question: "The earlier submission does not name this " + string(now.Kind) + ". Did it begin since, or was it left out then?",
			})
			continue
		}
		matched[at] = true
		was := before.Held[at]
		fields := heldFields(&was, &now, before.Form != after.Form)
		if len(fields) > 0 {
			changed = append(changed, DisclosureChange{
				Change: Changed, Held: now, Before: &was, Fields: fields, Owner: Disclosure,
				Question: "The two submissions say different things of this " + string(now.Kind) + ". Which is right, and since when?",
			})
		}
	}
	for i := range before.Held {
		if !matched[i] {
			was := before.Held[i]
			gone = append(gone, DisclosureChange{
				Change: Removed, Held: was, Owner: Disclosure,
				Question: "The later submission does not name this " + string(was.Kind) + ". Did it end, or was it left out?",
			})
		}
	}
	return slices.Concat(added, gone, changed)
}

// pairHeld finds for entries of the later disclosure those of the earlier one:
// by award number, then by organisation and title, then by title of support or organisation of a position.
func pairHeld(before, after []Held) map[int]int {
	pair, taken := map[int]int{}, map[int]bool{}
	for _, key := range []func(h *Held) string{
		func(h *Held) string { return foldLetters(h.Award) },
		func(h *Held) string {
			if h.Title == "" || h.Organisation == "" {
				return ""
			}
			return foldLetters(h.Organisation) + "\x00" + foldLetters(h.Title)
		},
		func(h *Held) string {
			if h.Kind == Position {
				return foldLetters(h.Organisation)
			}
			return foldLetters(h.Title)
		},
		func(h *Held) string { // support in kind has no title and no award
			if h.Kind == Support && h.Title == "" && h.Award == "" {
				return foldLetters(h.Organisation)
			}
			return ""
		},
	} {
		left := map[string][]int{} // entries of the earlier one that have no pair yet, by kind and key
		for b := range before {
			if k := key(&before[b]); k != "" && !taken[b] {
				k = string(before[b].Kind) + "\x00" + k
				left[k] = append(left[k], b)
			}
		}
		for i := range after {
			k := key(&after[i])
			if _, ok := pair[i]; ok || k == "" {
				continue
			}
			k = string(after[i].Kind) + "\x00" + k
			if found := left[k]; len(found) > 0 {
				pair[i], taken[found[0]], left[k] = found[0], true, found[1:]
			}
		}
	}
	return pair
}

// heldFields are the fields that differ; where the forms differ, only those both give.
func heldFields(was, is *Held, forms bool) []FieldChange {
	yes := map[bool]string{true: "yes"}
	same := func(name, a, b string) bool {
		switch name {
		case "start", "end":
			return a == b || a != "" && b != "" && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
		case "person months":
			return a == b
		}
		return foldLetters(a) == foldLetters(b)
	}
	given := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	var out []FieldChange
	for _, f := range []struct{ name, was, is string }{
		{"organisation", was.Organisation, is.Organisation},
		{"title", was.Title, is.Title},
		{"award", was.Award, is.Award},
		{"start", was.Start, is.Start},
		{"end", was.End, is.End},
		{"status", was.Status, is.Status},
		{"in kind", yes[was.InKind], yes[is.InKind]},
		{"foreign component", yes[was.Foreign], yes[is.Foreign]},
		{"person months", was.Months, is.Months},
		{"place", was.Place, is.Place},
	} {
		if same(f.name, f.was, f.is) || forms && (f.was == "" || f.is == "") {
			continue
		}
		out = append(out, FieldChange{Field: f.name, Removed: given(f.was), Added: given(f.is)})
	}
	return out
}
