package screening

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// A decision is about two things as they were. Their keys stand for what it
// relied on: change any of it and the key changes, so the decision no longer
// applies; change anything else and it still does.

// Key stands for the party as a decision sees it: its name, country, birth
// date and identifiers, and whether it is a person. Role, city, address and
// the row it stands in are not part of it.
func (p *Party) Key() string {
	k := keyed{}
	k.add("person", map[bool]string{true: "yes"}[p.Role.Person()])
	k.add("name", foldLetters(p.Name))
	k.add("country", p.Country)
	k.add("birth", p.BirthDate)
	k.identifiers(p.Identifiers)
	return k.sum()
}

// FoldedName is the party's name with nothing but its letters and digits: what
// an earlier decision about the party is recalled by.
func (p *Party) FoldedName() string { return foldLetters(p.Name) }

// Key stands for the entity as a decision sees it: its list, names,
// countries, birth dates, identifiers and controls. The publisher's id is not
// part of it, so that a renumbered entity keeps its decisions.
func (e *Entity) Key() string {
	k := e.keyed()
	return k.sum()
}

func (e *Entity) keyed() keyed {
	k := keyed{}
	k.add("list", e.List)
	for _, n := range e.Names {
		k.add("name", foldLetters(n.Text))
	}
	for _, c := range e.Countries {
		k.add("country", c)
	}
	for _, d := range e.BirthDates {
		k.add("birth", d)
	}
	k.identifiers(e.Identifiers)
	for _, l := range e.Listings {
		for _, c := range l.Controls {
			k.add("control", string(c))
		}
	}
	return k
}

// matchKey stands for a party beside the entities shown with it as one.
func matchKey(party string, entities []string) string {
	k := keyed{}
	k.add("party", party)
	for _, e := range entities {
		k.add("entity", e)
	}
	return k.sum()
}

// keyed is a set of labelled values; order and repetition do not matter.
type keyed []string

func (k *keyed) add(label, value string) {
	if value != "" {
		*k = append(*k, label+"\x00"+value)
	}
}

func (k *keyed) identifiers(ids []Identifier) {
	for _, id := range ids {
		k.add("id", id.Kind+"\x00"+foldLetters(id.Value)+"\x00"+id.Country)
	}
}

// sum is 128 bits of SHA-256 in hex: short enough for a cell, long enough
// that no two subjects of an office ever meet.
func (k keyed) sum() string {
	slices.Sort(k)
	h := sha256.Sum256([]byte(strings.Join(slices.Compact(k), "\x01")))
	return hex.EncodeToString(h[:16])
}
