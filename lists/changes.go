package lists

import (
	"cmp"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"

	"partnerscreen/screening"
)

// Compare returns what changed between two editions of a list: pairs are the
// parties that differ, as they were before and are after; before is nil for an
// id that is new, after for one that is gone. The changes come in the order of
// their ids. Where the publisher gives no lasting id, a party that went and one
// that came are taken for the same if their content says so, so that a
// corrected typing error is a change, not a removal and an addition.
func Compare(card *Card, pairs iter.Seq2[*screening.Entity, *screening.Entity]) []screening.Change {
	var changes []screening.Change
	var went, came []*screening.Entity
	for before, after := range pairs {
		switch {
		case before == nil && after == nil:
		case before == nil:
			came = append(came, after)
		case after == nil:
			went = append(went, before)
		default:
			if fields := fieldChanges(before, after); len(fields) > 0 {
				changes = append(changes, change(card, screening.Changed, after, fields))
			}
		}
	}
	lasting := func(e *screening.Entity) bool { return !card.IDsFromContent && !madeID.MatchString(e.ID) }
	if madeWent, madeCame := unlike(went, lasting), unlike(came, lasting); len(madeWent) > 0 && len(madeCame) > 0 {
		same, _, _ := sameByContent(madeWent, madeCame)
		paired := map[*screening.Entity]bool{}
		for _, p := range same {
			paired[p.before], paired[p.after] = true, true
		}
		gone := func(e *screening.Entity) bool { return paired[e] }
		went, came = unlike(went, gone), unlike(came, gone)
		for _, p := range same {
			// A new id alone is no news where the ids are not the publisher's.
			if fields := fieldChanges(p.before, p.after); len(fields) > 0 {
				fields = append([]screening.FieldChange{{Field: "id", Removed: []string{p.before.ID}, Added: []string{p.after.ID}}}, fields...)
				changes = append(changes, change(card, screening.Changed, p.after, fields))
			}
		}
	}
	for _, e := range went {
		changes = append(changes, change(card, screening.Removed, e, nil))
	}
	for _, e := range came {
		changes = append(changes, change(card, screening.Added, e, nil))
	}
	slices.SortStableFunc(changes, func(a, b screening.Change) int {
		return cmp.Or(cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Change, b.Change))
	})
	return changes
}

// unlike returns those for which is does not hold.
func unlike(of []*screening.Entity, is func(*screening.Entity) bool) []*screening.Entity {
	return slices.DeleteFunc(slices.Clone(of), is)
}

func change(card *Card, kind screening.ChangeKind, e *screening.Entity, fields []screening.FieldChange) screening.Change {
	if fields == nil {
		fields = []screening.FieldChange{}
	}
	return screening.Change{List: card.ID, Entity: e.ID, Change: kind, Name: e.Name(), Fields: fields}
}

// fieldChanges names the fields that differ, each with what went and what came.
func fieldChanges(before, after *screening.Entity) []screening.FieldChange {
	var out []screening.FieldChange
	for _, f := range changeFields {
		was, is := f.values(before), f.values(after)
		removed, added := missingFrom(was, is), missingFrom(is, was)
		if len(removed) > 0 || len(added) > 0 {
			out = append(out, screening.FieldChange{Field: f.name, Removed: removed, Added: added})
		}
	}
	return out
}

// changeFields are the fields compared, as sets of lines a person can read.
var changeFields = []struct {
	name   string
	values func(*screening.Entity) []string
}{
	{"names", func(e *screening.Entity) []string { return lines(e.Names, nameLine) }},
	{"kind", func(e *screening.Entity) []string { return filled(string(e.Kind)) }},
	{"countries", func(e *screening.Entity) []string { return e.Countries }},
	{"addresses", func(e *screening.Entity) []string {
		return lines(e.Addresses, func(a screening.Address) string { return joined(", ", a.Text, a.Country) })
	}},
	{"identifiers", func(e *screening.Entity) []string {
		return lines(e.Identifiers, func(i screening.Identifier) string { return joined(" ", i.Kind, i.Value, i.Country) })
	}},
	{"birth_dates", func(e *screening.Entity) []string { return e.BirthDates }},
	{"websites", func(e *screening.Entity) []string { return e.Websites }},
	{"controls", func(e *screening.Entity) []string {
		return lines(e.Controls(), func(c screening.Control) string { return string(c) })
	}},
	{"listings", func(e *screening.Entity) []string {
		return lines(e.Listings, func(l screening.Listing) string {
			return joined("; ", l.Programme, l.Authority, l.LegalBasis, joined(" to ", l.Listed, l.Ends), l.Terms)
		})
	}},
	{"links", func(e *screening.Entity) []string {
		return lines(e.Links, linkLine)
	}},
	{"remarks", func(e *screening.Entity) []string {
		return append(filled(e.Remarks), lines(e.Listings, func(l screening.Listing) string { return l.Remarks })...)
	}},
}

// linkLine is a link as a person reads it: "owned_by Zelmar Group zg-1 51 % since 2022", with
// whose it is where that is not the entity's own.
func linkLine(l screening.Link) string {
	dates := ""
	if l.Since != "" {
		dates = "since " + l.Since
	}
	if l.Until != "" {
		dates = joined(" ", dates, "until "+l.Until)
	}
	return joined(" ", l.OfName, l.Of, l.Kind, l.Name, l.Entity, l.Share, dates)
}

func nameLine(n screening.Name) string {
	line := n.Text
	if n.Kind != screening.AliasName && n.Kind != screening.PrimaryName {
		line += " (" + string(n.Kind) + ")"
	}
	if n.Weak {
		line += " (weak)"
	}
	return line
}

func lines[T any](of []T, line func(T) string) []string {
	var out []string
	for _, v := range of {
		if s := line(v); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func filled(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// missingFrom returns those of a that are not in b, each once.
func missingFrom(a, b []string) []string {
	has := make(map[string]bool, len(b))
	for _, s := range b {
		has[s] = true
	}
	var out []string
	for _, s := range a {
		if !has[s] {
			has[s] = true
			out = append(out, s)
		}
	}
	return out
}

// samePair is one party that changed its id.
type samePair struct{ before, after *screening.Entity }

// sameByContent pairs parties that went with parties that came, each at most
// once: first those with an identifier in common, then those with the same
// names and countries, then those that share a name, and last those whose
// names differ like a typing error. What is left stays gone or new.
func sameByContent(went, came []*screening.Entity) (same []samePair, restWent, restCame []*screening.Entity) {
	keys := []func(*screening.Entity) []string{
		func(e *screening.Entity) []string { return []string{contentKey(e)} },
		func(e *screening.Entity) []string {
			return lines(e.Identifiers, func(i screening.Identifier) string { return i.Kind + " " + foldPrint(i.Value) })
		},
		func(e *screening.Entity) []string {
			return []string{foldPrint(e.Name()) + " " + strings.Join(e.Countries, ",")}
		},
		func(e *screening.Entity) []string {
			return lines(e.Names, func(n screening.Name) string {
				if n.Weak || n.Kind == screening.AcronymName {
					return ""
				}
				return foldPrint(n.Text)
			})
		},
	}
	for _, key := range keys {
		same, went, came = pairByKey(same, went, came, key)
	}
	return pairByTypo(same, went, came)
}

// contentKey is all of an entity but its id.
func contentKey(e *screening.Entity) string {
	c := *e
	c.ID = ""
	c.Listings = slices.Clone(e.Listings)
	for i := range c.Listings {
		c.Listings[i].Entity = ""
	}
	b, _ := json.Marshal(c) // an Entity holds only strings and slices of them
	return string(b)
}

func pairByKey(same []samePair, went, came []*screening.Entity, key func(*screening.Entity) []string) ([]samePair, []*screening.Entity, []*screening.Entity) {
	byKey := map[string][]int{}
	for i, e := range came {
		for _, k := range key(e) {
			byKey[k] = append(byKey[k], i)
		}
	}
	taken := make([]bool, len(came))
	var restWent, restCame []*screening.Entity
	for _, before := range went {
		found := -1
		for _, k := range key(before) {
			for _, i := range byKey[k] {
				if !taken[i] && mayBeSame(before, came[i]) {
					found = i
					break
				}
			}
			if found >= 0 {
				break
			}
		}
		if found < 0 {
			restWent = append(restWent, before)
			continue
		}
		taken[found] = true
		same = append(same, samePair{before, came[found]})
	}
	for i, e := range came {
		if !taken[i] {
			restCame = append(restCame, e)
		}
	}
	return same, restWent, restCame
}

// mayBeSame keeps persons from organisations, and parties of different
// countries or different parts of a list from each other.
func mayBeSame(a, b *screening.Entity) bool {
	if a.Kind != b.Kind && a.Kind != screening.KindUnknown && b.Kind != screening.KindUnknown {
		return false
	}
	if len(a.Countries) > 0 && len(b.Countries) > 0 && !slices.ContainsFunc(a.Countries, func(c string) bool { return slices.Contains(b.Countries, c) }) {
		return false
	}
	return slices.Equal(a.Controls(), b.Controls())
}

// typoPairs bounds how many pairs of names are compared letter by letter.
const typoPairs = 4_000_000

// pairByTypo pairs the parties whose names to show differ in few letters, the
// nearest first. Names with different numbers are different parties: the 58th
// institute is not the 59th.
func pairByTypo(same []samePair, went, came []*screening.Entity) ([]samePair, []*screening.Entity, []*screening.Entity) {
	if len(went)*len(came) > typoPairs {
		return same, went, came
	}
	type near struct{ w, c, distance int }
	names := func(of []*screening.Entity) []string {
		var out []string
		for _, e := range of {
			out = append(out, foldPrint(e.Name()))
		}
		return out
	}
	was, is := names(went), names(came)
	var nears []near
	for w, a := range was {
		for c, b := range is {
			most := min(len([]rune(a)), len([]rune(b))) / 8 // one letter in eight, three at most
			most = min(most, 3)
			if most == 0 || max(len(a), len(b))-min(len(a), len(b)) > 4*most || numbers(a) != numbers(b) || !mayBeSame(went[w], came[c]) {
				continue
			}
			if d := levenshtein.ComputeDistance(a, b); d <= most {
				nears = append(nears, near{w, c, d})
			}
		}
	}
	slices.SortStableFunc(nears, func(a, b near) int { return a.distance - b.distance })
	goneW, goneC := map[int]bool{}, map[int]bool{}
	for _, n := range nears {
		if goneW[n.w] || goneC[n.c] {
			continue
		}
		goneW[n.w], goneC[n.c] = true, true
		same = append(same, samePair{went[n.w], came[n.c]})
	}
	return same, without(went, goneW), without(came, goneC)
}

func without(of []*screening.Entity, gone map[int]bool) []*screening.Entity {
	for _, i := range slices.Backward(slices.Sorted(maps.Keys(gone))) {
		of = slices.Delete(of, i, i+1)
	}
	return of
}

// numbers are the runs of figures of a name.
func numbers(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsNumber(r) }), " ")
}
