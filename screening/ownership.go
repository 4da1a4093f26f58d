package screening

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OwnershipRule says when a listed owner's measure reaches what it owns.
type OwnershipRule struct {
	Name string `json:"name" toml:"name"`
	// Lists and Controls name the listings of owners that count.
	Lists    []string  `json:"lists" toml:"lists"`
	Controls []Control `json:"controls" toml:"controls"`
	// Except are words of programmes on those lists that have no such rule.
	Except []string `json:"except,omitempty" toml:"except"`
	// Percent is the share that must be reached, or passed where More is set.
	Percent float64 `json:"percent" toml:"percent"`
	More    bool    `json:"more,omitempty" toml:"more"`
	// Aggregate adds the shares of several listed owners; else one of them must hold enough alone.
	Aggregate bool `json:"aggregate,omitempty" toml:"aggregate"`
	// InForce are the days the rule holds, first and last; no last day is "until changed".
	InForce []Period `json:"in_force" toml:"in_force"`
	Why     string   `json:"why" toml:"why"`
	Source  string   `json:"source" toml:"source"`
	Checked string   `json:"checked" toml:"checked"` // when its status was last looked up
}

// Period is a span of days, each 2006-01-02; Last is "" while it goes on.
type Period struct {
	First string `json:"first" toml:"first"`
	Last  string `json:"last,omitempty" toml:"last"`
}

// On reports whether the rule is in force on a day.
func (r *OwnershipRule) On(day time.Time) bool { return inForce(r.InForce, day) }

// enough reports whether a share reaches the rule's line.
func (r *OwnershipRule) enough(percent float64) bool {
	if r.More {
		return percent > r.Percent
	}
	return percent >= r.Percent
}

// DefaultOwnershipRules is the table of the default policy. There is no such
// rule for the Chinese military-industrial companies list, the unverified
// list, the denied persons list or section 1286.
var DefaultOwnershipRules = []OwnershipRule{
	{
		Name: "OFAC 50 percent rule", Lists: []string{"us_ofac_sdn", "us_trade_csl"}, Controls: []Control{AssetFreeze}, Percent: 50, Aggregate: true,
		InForce: []Period{{First: "2014-08-13"}}, Checked: "2026-11-23, in copies of 2014 to 2025",
		Why:    "What blocked persons own together to 50 % or more, directly or indirectly, is blocked itself. Control without ownership is a warning and no rule.",
		Source: "OFAC, Revised Guidance on Entities Owned by Persons Whose Property and Interests in Property Are Blocked, 2014-08-13; FAQ 398-402",
	},
	{
		Name: "OFAC 50 percent rule, sectoral", Lists: []string{"us_ofac_cons", "us_trade_csl"}, Controls: []Control{NarrowFinancial}, Except: []string{"CMIC"}, Percent: 50, Aggregate: true,
		InForce: []Period{{First: "2014-07-16"}}, Checked: "2026-11-23, in copies of 2014; the number of the FAQ was not seen",
		Why:    "The narrower terms of the sectoral list reach what its persons own together to 50 % or more. The list of military-industrial companies (CMIC) has no such rule.",
		Source: "OFAC FAQ 373; 31 CFR 589, directives 1-4",
	},
	{
		Name: "EU ownership", Lists: []string{"eu_fsf", "eu_journal_sanctions"}, Controls: []Control{AssetFreeze}, Percent: 50, Aggregate: true,
		InForce: []Period{{First: "2024-07-03"}}, Checked: "2026-11-23, in articles of 2024; the number of the Council's document was not seen",
		Why:    "Funds of what listed persons own together to 50 % or more, or control, are treated as theirs (until 2024-07-03: more than 50 %). Control has to be looked at by a person.",
		Source: "EU Best Practices for the effective implementation of restrictive measures, update of 2024-07-03 (Council document 11623/24); Regulation (EU) 2024/1745, recital 28",
	},
	{
		Name: "UK ownership", Lists: []string{"gb_fcdo_sanctions"}, Controls: []Control{AssetFreeze}, Percent: 50, More: true,
		InForce: []Period{{First: "2020-12-31"}}, Checked: "2026-11-23, in copies of 2022 to 2024",
		Why:    "One designated person holds more than 50 %, or controls; shares of several are not added unless they act jointly. Control has to be looked at by a person.",
		Source: "The regulations under the Sanctions and Anti-Money Laundering Act 2018 (Russia: SI 2019/855, reg. 7); OFSI, UK financial sanctions general guidance, part 4, with the note on aggregation of 2022-03-22",
	},
	{
		Name: "BIS affiliates rule", Lists: []string{"us_trade_csl", "us_bis_mieu"}, Controls: []Control{ExportLicence}, Percent: 50, Aggregate: true,
		InForce: []Period{{First: "2025-09-29", Last: "2025-11-09"}, {First: "2026-11-10"}}, Checked: "2026-11-23, in copies of 2025: whether the suspension was prolonged beyond 2026-11-09 could not be seen, so look before relying on it",
		Why:    "What parties of the Entity List and the military end-user list own together to 50 % or more is under their licence requirement, the most restrictive one of its owners'. Suspended from 2025-11-10 to 2026-11-09. It covers certain blocked persons (SDN) too, whose own rule reaches as far. A listed owner whose share is not known is a red flag to resolve.",
		Source: "BIS, Expansion of End-User Controls to Cover Affiliates of Certain Listed Entities, 90 FR 47201 (2025-09-30; FR Doc. 2025-19001), suspended by the rule published in the Federal Register of 2025-11-12",
	},
}

// Reach is what the ownership rules say of a listed owner's measure.
type Reach string

const (
	ReachUnsaid  Reach = ""             // the owner's listing comes under no ownership rule
	ReachYes     Reach = "reaches"      // the shares are enough
	ReachNo      Reach = "below"        // they are said, and are not
	ReachUnknown Reach = "unknown"      // a share is not said
	ReachNotNow  Reach = "not in force" // a rule would apply, on another day
)

// Holding is a share one party has in another, in percent. The owner and the
// owned are whatever names a party apart from others.
type Holding struct {
	Owner, Owned string
	Percent      float64
	Known        bool // false where the share is not said
}

// Reached works out whether a rule reaches a party: from its listed owners,
// and from those owned by them far enough to count as listed themselves,
// through any number of layers. The sum is shown in the words of a reader.
func (r *OwnershipRule) Reached(subject string, holdings []Holding, listed func(owner string) bool) (Reach, string) {
	if r.Aggregate {
		return r.reached(subject, holdings, listed)
	}
	best, shown := ReachNo, ""
	for _, h := range holdings {
		if !listed(h.Owner) {
			continue
		}
		one := h.Owner
		reach, sum := r.reached(subject, holdings, func(owner string) bool { return owner == one })
		if reach == ReachYes {
			return reach, sum
		}
		if shown == "" || reach == ReachUnknown {
			best, shown = reach, sum
		}
	}
	return best, shown
}

func (r *OwnershipRule) reached(subject string, holdings []Holding, listed func(string) bool) (Reach, string) {
	counts := map[string]bool{}
	for _, h := range holdings {
		if listed(h.Owner) {
			counts[h.Owner] = true
		}
	}
	// What is owned far enough counts as an owner in turn, until nothing is added.
	for grown := true; grown; {
		grown = false
		for _, h := range holdings {
			if !counts[h.Owned] {
				if sum, _, _ := share(h.Owned, holdings, counts); r.enough(sum) {
					counts[h.Owned], grown = true, true
				}
			}
		}
	}
	sum, parts, open := share(subject, holdings, counts)
	shown := strings.Join(parts, " + ")
	if len(parts) > 1 {
		shown += " = " + percent(sum)
	}
	line := map[bool]string{true: "more than ", false: "at least "}[r.More] + percent(r.Percent)
	switch {
	case r.enough(sum):
		return ReachYes, shown + ", " + line + " is needed"
	case open > 0:
		return ReachUnknown, strings.TrimPrefix(shown+" + "+strconv.Itoa(open)+" not said", " + ") + ", " + line + " is needed"
	}
	return ReachNo, shown + ", " + line + " is needed"
}

// share adds up what those that count hold in a party; open is how many of
// their shares are not said.
func share(owned string, holdings []Holding, counts map[string]bool) (sum float64, parts []string, open int) {
	for _, h := range holdings {
		if h.Owned != owned || !counts[h.Owner] || h.Owner == owned {
			continue
		}
		if !h.Known {
			open++
			continue
		}
		sum += h.Percent
		parts = append(parts, percent(h.Percent))
	}
	return sum, parts, open
}

func percent(p float64) string { return strconv.FormatFloat(p, 'f', -1, 64) + " %" }

// Ownership is what a rule came to for one owner and what it owns.
type Ownership struct {
	Rule    string  `json:"rule"`
	Owner   string  `json:"owner"`   // as the row names it
	List    string  `json:"list"`    // it is likely to be on
	Control Control `json:"control"` // that reaches the partner, or does not
	Reach   Reach   `json:"reach"`
	Sum     string  `json:"sum,omitempty"` // the arithmetic
	Source  string  `json:"source"`
	Checked string  `json:"checked"`
}

// Shares reads the cell of ownership shares: as many as there are owners, in
// their order, each in percent. What cannot be read as a share is unknown; a
// fraction up to 1 without a percent sign is how spreadsheets keep percentages.
func (a Answers) Shares(owners int) []Holding {
	out := make([]Holding, owners)
	text := a[AskOwnershipShare].Text
	if text == "" {
		return out
	}
	values := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(";|\n/", r) })
	if len(values) != owners {
		return out
	}
	for i, v := range values {
		out[i].Percent, out[i].Known = parseShare(v)
	}
	return out
}

func parseShare(v string) (float64, bool) {
	v = strings.ReplaceAll(strings.TrimSpace(v), ",", ".")
	number, signed := strings.CutSuffix(v, "%")
	number = strings.TrimSpace(number)
	p, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || p < 0 || p > 100:
		return 0, false
	case signed || p > 1:
		return p, true
	case p == 1 && number == "1": // one percent, or all of it
		return 0, false
	}
	return p * 100, true
}

// covers reports whether an owner's listing counts under the rule.
func (r *OwnershipRule) covers(l *Listing, c Control) bool {
	return slices.Contains(r.Lists, l.List) && slices.Contains(r.Controls, c) &&
		!slices.ContainsFunc(r.Except, func(word string) bool { return strings.Contains(l.Programme, word) })
}

// owners are the parties of a row that are said to own its partner, with
// their shares and the rules their likely matches count under.
type owners struct {
	holdings []Holding
	node     map[*Party]string
	listed   map[*OwnershipRule]map[string]bool
}

// ownersOf reads the owners of a row. Owners a person has said are another
// party, by their place in the row, do not count as listed.
func (j *Judge) ownersOf(p *Partner, found [][]Candidate, dismissed map[int]bool) *owners {
	o := &owners{node: map[*Party]string{}, listed: map[*OwnershipRule]map[string]bool{}}
	var at []int
	for i := range p.Parties {
		// A parent that a register names stands above; whether it owns is not said.
		if p.Parties[i].Role == RoleParent && p.Parties[i].Via == "" {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return o
	}
	o.holdings = p.Answers.Shares(len(at))
	for k, i := range at {
		node := fmt.Sprintf("owner %d", k+1)
		o.holdings[k].Owner, o.holdings[k].Owned = node, ownedNode
		o.node[&p.Parties[i]] = node
		if dismissed[i] {
			continue
		}
		for _, c := range found[i] {
			if Round(c.Score) < j.Policy.ReviewLine || j.Restricted[c.Entity.List] { // a restricted list says nothing of other lists' matches
				continue
			}
			for _, l := range c.Entity.Listings {
				for x := range j.Policy.OwnershipRules {
					r := &j.Policy.OwnershipRules[x]
					if !slices.ContainsFunc(l.Controls, func(c Control) bool { return r.covers(&l, c) }) {
						continue
					}
					if o.listed[r] == nil {
						o.listed[r] = map[string]bool{}
					}
					o.listed[r][node] = true
				}
			}
		}
	}
	return o
}

// ownedNode is the partner of a row in its holdings.
const ownedNode = "partner"

// reach says how far an owner's listing reaches into the row's partner, by
// the rule that reaches furthest, with its arithmetic.
func (j *Judge) reach(o *owners, owner *Party, l *Listing, c Control) (reach Reach, by *OwnershipRule, sum string) {
	if j.Restricted[l.List] {
		return ReachUnsaid, nil, ""
	}
	if o == nil || o.node[owner] == "" {
		return ReachUnsaid, nil, ""
	}
	order := []Reach{ReachUnsaid, ReachNotNow, ReachNo, ReachUnknown, ReachYes}
	for i := range j.Policy.OwnershipRules {
		r := &j.Policy.OwnershipRules[i]
		if !r.covers(l, c) {
			continue
		}
		got, shown := ReachNotNow, ""
		if r.On(j.Now) {
			got, shown = r.Reached(ownedNode, o.holdings, func(node string) bool { return o.listed[r][node] })
		}
		if slices.Index(order, got) > slices.Index(order, reach) {
			reach, by, sum = got, r, shown
		}
	}
	return reach, by, sum
}

// ownership is what the rules came to for the owners of a row, a line for
// each owner and rule that one of its flagged or noted matches comes under.
func (j *Judge) ownership(o *owners, r *Result) []Ownership {
	var out []Ownership
	for i := range r.Parties {
		owner := &r.Partner.Parties[i]
		for k := range r.Parties[i].Matches {
			m := &r.Parties[i].Matches[k]
			if m.Rule == ruleDismissed {
				continue
			}
			for _, l := range m.Listings {
				for _, c := range l.Controls {
					reach, rule, sum := j.reach(o, owner, &l, c)
					if reach == ReachUnsaid {
						continue
					}
					line := Ownership{Rule: rule.Name, Owner: owner.Name, List: l.List, Control: c, Reach: reach, Sum: sum, Source: rule.Source, Checked: rule.Checked}
					if !slices.Contains(out, line) {
						out = append(out, line)
					}
				}
			}
		}
	}
	return out
}
