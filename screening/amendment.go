package screening

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Amendment is one difference between the policy that something was graded by
// and the one it is graded by now: an office changed a rule, or a rule came
// into force or went with its day.
type Amendment struct {
	Kind AmendedKind `json:"kind"`
	Rule string      `json:"rule"` // its name; that of the list, for a funding rule
	What string      `json:"what"` // became of it, in a reader's words
}

// AmendedKind says which table of the policy an amendment is about.
type AmendedKind string

const (
	AmendedLine        AmendedKind = "line"
	AmendedGrade       AmendedKind = "grade rule"
	AmendedStakes      AmendedKind = "stakes rule"
	AmendedFunding     AmendedKind = "funding rule"
	AmendedOwnership   AmendedKind = "ownership rule"
	AmendedDestination AmendedKind = "destination rule"
)

// Text is the amendment as a reader is told it.
func (a *Amendment) Text() string { return fmt.Sprintf("%s %q %s", a.Kind, a.Rule, a.What) }

// Amendments compares the policy of one day with that of a later one.
func Amendments(before *Policy, then time.Time, after *Policy, now time.Time) []Amendment {
	var out []Amendment
	for _, l := range []struct {
		name    string
		was, is float64
	}{
		{"note", before.NoteLine, after.NoteLine},
		{"review", before.ReviewLine, after.ReviewLine},
		{"strong", before.StrongLine, after.StrongLine},
		{"exact", before.ExactLine, after.ExactLine},
	} {
		if l.was != l.is {
			out = append(out, Amendment{AmendedLine, l.name, fmt.Sprintf("was moved from %v to %v", l.was, l.is)})
		}
	}
	out = append(out, amended(AmendedGrade, before.Rules, after.Rules, func(r *GradeRule) string { return r.Name }, nil)...)
	out = append(out, amended(AmendedStakes, before.StakesRules, after.StakesRules, func(r *StakesRule) string { return r.Name }, nil)...)
	out = append(out, amended(AmendedFunding, before.FundingRules, after.FundingRules, func(r *FundingRule) string { return r.List }, nil)...)
	out = append(out, amended(AmendedOwnership, before.OwnershipRules, after.OwnershipRules, func(r *OwnershipRule) string { return r.Name },
		func(was, is *OwnershipRule) string { return turned(was.InForce, then, is.InForce, now) })...)
	for _, a := range amended(AmendedDestination, before.DestinationRules, after.DestinationRules, func(r *DestinationRule) string { return r.Name },
		func(was, is *DestinationRule) string {
			if !is.Enabled || !was.Enabled {
				return ""
			}
			return turned(was.InForce, then, is.InForce, now)
		}) {
		// One that was never on, and is not, says nothing to anybody.
		if on := func(r DestinationRule) bool { return r.Name == a.Rule && r.Enabled }; slices.ContainsFunc(before.DestinationRules, on) || slices.ContainsFunc(after.DestinationRules, on) {
			out = append(out, a)
		}
	}
	return out
}

// turned says that a rule came into force or went since, by its days alone.
func turned(was []Period, then time.Time, is []Period, now time.Time) string {
	d := now.UTC().Format(time.DateOnly)
	switch on, before := inForce(is, now), inForce(was, then); {
	case on && !before:
		for _, span := range is {
			if span.First <= d && (span.Last == "" || d <= span.Last) {
				return "came into force on " + span.First
			}
		}
	case before && !on:
		last := ""
		for _, span := range is {
			if span.Last != "" && span.Last < d {
				last = max(last, span.Last)
			}
		}
		if last == "" {
			return "is not in force"
		}
		return "was in force until " + last
	}
	return ""
}

// amended compares two tables of rules by their names, in the order of the new one.
func amended[R any](kind AmendedKind, before, after []R, name func(*R) string, byDay func(was, is *R) string) []Amendment {
	var out []Amendment
	find := func(rules []R, want string) *R {
		for i := range rules {
			if name(&rules[i]) == want {
				return &rules[i]
			}
		}
		return nil
	}
	var kept []string
	for i := range after {
		is := &after[i]
		was := find(before, name(is))
		if was == nil {
			out = append(out, Amendment{kind, name(is), "was added"})
			continue
		}
		kept = append(kept, name(is))
		if byDay != nil {
			if what := byDay(was, is); what != "" {
				out = append(out, Amendment{kind, name(is), what})
			}
		}
		if fields := fieldsAmended(was, is); len(fields) > 0 {
			out = append(out, Amendment{kind, name(is), "was changed: " + strings.Join(fields, "; ")})
		}
	}
	var order []string
	for i := range before {
		if find(after, name(&before[i])) == nil {
			out = append(out, Amendment{kind, name(&before[i]), "was removed"})
			continue
		}
		order = append(order, name(&before[i]))
	}
	if kind == AmendedGrade { // the first that holds decides
		for i := range min(len(kept), len(order)) {
			if kept[i] != order[i] {
				out = append(out, Amendment{kind, kept[i], fmt.Sprintf("was put before %q", order[i])})
				break
			}
		}
	}
	return out
}

// fieldsAmended says which fields of a rule differ, and how.
func fieldsAmended(was, is any) []string {
	read := func(v any) map[string]any {
		m := map[string]any{}
		b, err := json.Marshal(v)
		if err == nil {
			err = json.Unmarshal(b, &m)
		}
		if err != nil { // rules hold only strings, numbers and slices of them
			panic(err)
		}
		return m
	}
	a, b := read(was), read(is)
	names := maps.Clone(a)
	maps.Copy(names, b)
	var out []string
	for _, f := range slices.Sorted(maps.Keys(names)) {
		if x, y := plainValue(a[f]), plainValue(b[f]); x != y {
			out = append(out, strings.ReplaceAll(f, "_", " ")+" "+x+" -> "+y)
		}
	}
	return out
}

// plainValue is a value of a rule as a reader writes it.
func plainValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, plainValue(x))
		}
		return strings.Join(out, ", ")
	case map[string]any:
		if first, ok := v["first"]; ok { // a span of days
			last := v["last"]
			if last == nil {
				last = "further notice"
			}
			return fmt.Sprintf("%v until %v", first, last)
		}
		var out []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, k+" = "+plainValue(v[k]))
		}
		return strings.Join(out, ", ")
	}
	return fmt.Sprint(v)
}

// Concerns reports whether the rule had a part in what a row came to, before
// or now. Either may be nil.
func (a *Amendment) Concerns(before, after *Result) bool {
	for _, r := range []*Result{before, after} {
		if r != nil && a.partIn(r) {
			return true
		}
	}
	return false
}

func (a *Amendment) partIn(r *Result) bool {
	if r.Work != nil {
		switch a.Kind {
		case AmendedStakes:
			if slices.ContainsFunc(r.Work.Rules, func(w WorkRule) bool { return w.Name == a.Rule }) {
				return true
			}
		case AmendedOwnership:
			if slices.ContainsFunc(r.Work.Ownership, func(o Ownership) bool { return o.Rule == a.Rule }) {
				return true
			}
		case AmendedDestination:
			if slices.ContainsFunc(r.Work.Questions, func(q Question) bool { return q.Ask == AskDestination && strings.Contains(q.Because, a.Rule) }) {
				return true
			}
		}
	}
	match := func(m *Match) bool {
		switch a.Kind {
		case AmendedLine:
			return true
		case AmendedGrade:
			return m.Rule == a.Rule
		case AmendedFunding:
			return slices.ContainsFunc(m.Listings, func(l Listing) bool { return l.List == a.Rule && slices.Contains(l.Controls, ResearchFunding) })
		}
		return false
	}
	return slices.ContainsFunc(r.Parties, func(p PartyResult) bool {
		return p.Nearest != nil && match(p.Nearest) || slices.ContainsFunc(p.Matches, func(m Match) bool { return match(&m) })
	})
}

// Explain says what the amendment made of a row: the grades, and for an
// ownership rule the sum that was or is decisive.
func (a *Amendment) Explain(before, after *Result) string {
	text := a.Text()
	if before != nil && after != nil && before.Grade != after.Grade {
		text += fmt.Sprintf("; the row went from %s to %s", before.Grade, after.Grade)
	}
	for _, r := range []*Result{after, before} {
		if a.Kind != AmendedOwnership || r == nil || r.Work == nil {
			continue
		}
		for _, o := range r.Work.Ownership {
			if o.Rule == a.Rule && o.Sum != "" {
				return text + ": " + o.Sum
			}
		}
	}
	return text
}
