package screening

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OwnershipRule says when a listed owner's measure reaches what it owns.
type OwnershipRule struct {
	Name string `json:"name" toml:"name"`
	// Lists and Controls name the listings of owners that count.
	Lists    []string  `json:"lists,omitempty" toml:"lists"`
	Controls []Control `json:"controls" toml:"controls"`
	// Authorities are words of the authorities whose listings count on other
	// lists too, where those name the authority: a republished or custom list.
	Authorities []string `json:"authorities,omitempty" toml:"authorities"`
	// Others makes the rule hold for every listing under Controls that no other rule is about.
	Others bool `json:"others,omitempty" toml:"others"`
	// Only are words of the programmes that count, all where there are none;
	// Except are words of programmes that have no such rule.
	Only   []string `json:"only,omitempty" toml:"only"`
	Except []string `json:"except,omitempty" toml:"except"`
	// Percent is the share that must be reached, or passed where More is set.
	Percent float64 `json:"percent" toml:"percent"`
	More    bool    `json:"more,omitempty" toml:"more"`
	// Aggregate adds the shares of several listed owners; else one of them must hold enough alone.
	Aggregate bool `json:"aggregate,omitempty" toml:"aggregate"`
	// Control makes it a question where a listed owner is said to control what
	// it owns, however small its share: whether it does is for a person to find.
	Control bool `json:"control,omitempty" toml:"control"`
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

// enough reports whether a share reaches the rule's line; over says that it is
// above what was added up, by however little.
func (r *OwnershipRule) enough(percent float64, over bool) bool {
	if r.More && !over {
		return percent > r.Percent
	}
	return percent >= r.Percent
}

// DefaultOwnershipRules is the table of the default policy. There is no such
// rule for the Chinese military-industrial companies list, the unverified
// list, the denied persons list or section 1286.
var DefaultOwnershipRules = []OwnershipRule{
	{
		Name: "OFAC 50 percent rule", Lists: []string{"us_ofac_sdn", "us_trade_csl"}, Authorities: []string{"Office of Foreign Assets Control"}, Controls: []Control{AssetFreeze}, Percent: 50, Aggregate: true,
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
		Name: "EU ownership", Lists: []string{"eu_fsf", "eu_journal_sanctions"}, Authorities: []string{"European Union", "Capital Markets Union"}, Controls: []Control{AssetFreeze}, Percent: 50, Control: true, Aggregate: true,
		InForce: []Period{{First: "2024-07-03"}}, Checked: "2026-11-23, in articles of 2024; the number of the Council's document was not seen",
		Why:    "Funds of what listed persons own together to 50 % or more, or control, are treated as theirs (until 2024-07-03: more than 50 %). Control has to be looked at by a person.",
		Source: "EU Best Practices for the effective implementation of restrictive measures, update of 2024-07-03 (Council document 11623/24); Regulation (EU) 2024/1745, recital 28",
	},
	{
		Name: "UK ownership", Lists: []string{"gb_fcdo_sanctions"}, Authorities: []string{"Foreign, Commonwealth"}, Controls: []Control{AssetFreeze}, Percent: 50, Control: true, More: true,
		InForce: []Period{{First: "2020-12-31"}}, Checked: "2026-11-23, in copies of 2022 to 2024",
		Why:    "One designated person holds more than 50 %, or controls; shares of several are not added unless they act jointly. Control has to be looked at by a person.",
		Source: "The regulations under the Sanctions and Anti-Money Laundering Act 2018 (Russia: SI 2019/855, reg. 7); OFSI, UK financial sanctions general guidance, part 4, with the note on aggregation of 2022-03-22",
	},
	{
		Name: "BIS affiliates rule", Lists: []string{"us_trade_csl", "us_bis_mieu"}, Authorities: []string{"Bureau of Industry and Security"}, Controls: []Control{ExportLicence}, Percent: 50, Aggregate: true,
		InForce: []Period{{First: "2025-09-29", Last: "2025-11-09"}, {First: "2026-11-10"}}, Checked: "2026-11-23, in copies of 2025: whether the suspension was prolonged beyond 2026-11-09 could not be seen, so look before relying on it",
		Why:    "What parties of the Entity List and the military end-user list own together to 50 % or more is under their licence requirement, the most restrictive one of its owners'. Suspended from 2025-11-10 to 2026-11-09. A listed owner whose share is not known is a red flag to resolve.",
		Source: "BIS, Expansion of End-User Controls to Cover Affiliates of Certain Listed Entities, 90 FR 47201 (2025-09-30; FR Doc. 2025-19001), suspended by the rule published in the Federal Register of 2025-11-12",
	},
	{
		Name: "BIS affiliates rule, owners on the SDN list", Lists: []string{"us_ofac_sdn", "us_trade_csl"}, Controls: []Control{AssetFreeze}, Percent: 50, Aggregate: true,
		Only: []string{
			"BELARUS", "RUSSIA-EO14024", "UKRAINE-EO13660", "UKRAINE-EO13661", "UKRAINE-EO13662", "UKRAINE-EO13685", "ILLICIT-DRUGS-EO14059", "SDNT", "TCO",
			"FTO", "SDGT", "NPWMD",
		},
		InForce: []Period{{First: "2025-09-29", Last: "2025-11-09"}, {First: "2026-11-10"}}, Checked: "2026-11-23, in copies of 2024 and 2025: whether the suspension was prolonged beyond 2026-11-09 could not be seen, so look before relying on it",
		Why:    "The licence requirement for persons blocked under certain programmes reaches what they own together to 50 % or more, beside the blocking itself.",
		Source: "15 CFR 744.8 with its fourteen programmes, 89 FR 20107 (2024-03-21); BIS, Expansion of End-User Controls to Cover Affiliates of Certain Listed Entities, 90 FR 47201 (2025-09-30), suspended by the rule published in the Federal Register of 2025-11-12",
	},
	{
		Name: "Other asset freezes", Others: true, Controls: []Control{AssetFreeze}, Percent: 50, Aggregate: true,
		InForce: []Period{{First: "2000-01-01"}}, Checked: "2026-11-23",
		Why:    "A freeze reaches funds made available indirectly. Where no share is named here for the list's authority, half or more together is taken as enough, the line of OFAC and the EU.",
		Source: "The office's own line; read the authority's guidance",
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
	ReachMoot    Reach = "listed too"   // what it owns is listed itself under the same control
)

// Holding is a share one party has in another. The owner and the owned are
// whatever names a party apart from others.
type Holding struct {
	Owner, Owned string
	Share        Share
}

// Holdings are who holds what, each pair of parties once.
type Holdings struct {
	of    map[string][]Holding // by what is owned
	by    map[string][]held    // what each owner owns
	label map[string]string    // how a party is named to a reader; its own node where it is not in it
}

// held is the place of a holding among those in one party.
type held struct {
	owned string
	at    int
}

// NewHoldings gathers holdings. Of several between the same two parties the
// one that says most stands, and control where any says it; nobody holds a share of themselves.
func NewHoldings(all []Holding, label map[string]string) *Holdings {
	h := &Holdings{of: map[string][]Holding{}, by: map[string][]held{}, label: label}
	at := map[[2]string]int{}
	for _, x := range all {
		if x.Owner == x.Owned {
			continue
		}
		pair := [2]string{x.Owner, x.Owned}
		if i, known := at[pair]; known {
			had := &h.of[x.Owned][i]
			control := x.Share.Control || had.Share.Control
			if x.Share.better(had.Share) {
				*had = x
			}
			had.Share.Control = control
			continue
		}
		at[pair] = len(h.of[x.Owned])
		h.by[x.Owner] = append(h.by[x.Owner], held{x.Owned, len(h.of[x.Owned])})
		h.of[x.Owned] = append(h.of[x.Owned], x)
	}
	return h
}

// Reached works out whether a rule reaches a party: from its listed owners,
// and from those owned by them far enough to count as listed themselves,
// through any number of layers. What has no share that is said, or only a
// range of one, is open where it would decide. The sum is shown in the words of a reader.
func (r *OwnershipRule) Reached(subject string, h *Holdings, listed func(owner string) bool) (Reach, string) {
	if r.Aggregate {
		return r.reached(subject, h, listed)
	}
	best, shown := ReachNo, ""
	for _, one := range h.above(subject) {
		if !listed(one) {
			continue
		}
		reach, sum := r.reached(subject, h, func(owner string) bool { return owner == one })
		if reach == ReachYes {
			return reach, sum
		}
		if shown == "" || (reach == ReachUnknown && best != ReachUnknown) {
			best, shown = reach, sum
		}
	}
	return best, shown
}

// above are all that stand above a party, the nearest first.
func (h *Holdings) above(subject string) []string {
	seen := map[string]bool{subject: true}
	line := []string{subject}
	for i := 0; i < len(line); i++ {
		for _, x := range h.of[line[i]] {
			if !seen[x.Owner] {
				seen[x.Owner] = true
				line = append(line, x.Owner)
			}
		}
	}
	return line[1:]
}

func (r *OwnershipRule) reached(subject string, h *Holdings, listed func(string) bool) (Reach, string) {
	above := h.above(subject)
	listedToo := func(owner string) bool { return owner != subject && listed(owner) }
	surely := r.counted(above, subject, h, listedToo, func(s Share) (float64, bool) { return s.Low, s.Over })
	maybe := r.counted(above, subject, h, listedToo, func(s Share) (float64, bool) {
		if r.Control && s.Control {
			return 100, false
		}
		return s.most(), false
	})
	needed := map[bool]string{true: "more than ", false: "at least "}[r.More] + percent(r.Percent) + map[bool]string{true: " or control"}[r.Control] + " is needed"
	switch {
	case surely[subject]:
		return ReachYes, h.sum(subject, surely) + ", " + needed + h.layers(subject, surely, listedToo)
	case maybe[subject]:
		return ReachUnknown, h.sum(subject, maybe) + ", " + needed + h.layers(subject, maybe, listedToo)
	}
	return ReachNo, cmp.Or(h.sum(subject, surely), "0 %") + ", " + needed + h.layers(subject, surely, listedToo)
}

// counted are those that count as listed: the listed ones, and what they own
// together far enough, until nothing is added. Each share is added once.
func (r *OwnershipRule) counted(above []string, subject string, h *Holdings, listed func(string) bool, value func(Share) (float64, bool)) map[string]bool {
	counts, sum, over := map[string]bool{}, map[string]float64{}, map[string]bool{}
	var line []string
	within := map[string]bool{subject: true}
	for _, owner := range above {
		within[owner] = true
		if listed(owner) {
			counts[owner] = true
			line = append(line, owner)
		}
	}
	for i := 0; i < len(line); i++ {
		for _, x := range h.by[line[i]] {
			owned := x.owned
			if !within[owned] {
				continue
			}
			v, more := value(h.of[owned][x.at].Share)
			sum[owned] += v
			over[owned] = over[owned] || more
			if !counts[owned] && r.enough(roundShare(sum[owned]), over[owned]) {
				counts[owned] = true
				line = append(line, owned)
			}
		}
	}
	return counts
}

// roundShare takes off what adding decimals leaves: 33.3 + 16.7 is 50.
func roundShare(sum float64) float64 { return math.Round(sum*1e6) / 1e6 }

// maxParts is how many shares a sum shows one by one.
const maxParts = 12

// sum shows what those that count hold in a party.
func (h *Holdings) sum(owned string, counts map[string]bool) string {
	var parts []string
	low, high, n, more := 0.0, 0.0, 0, 0
	for _, x := range h.of[owned] {
		if !counts[x.Owner] {
			continue
		}
		n++
		low, high = low+x.Share.Low, high+x.Share.most()
		if len(parts) == maxParts {
			more++
			continue
		}
		parts = append(parts, x.Share.String()+" ("+cmp.Or(h.label[x.Owner], x.Owner)+")")
	}
	shown := strings.Join(parts, " + ")
	if more > 0 {
		shown += " + " + strconv.Itoa(more) + " more"
	}
	low, high = roundShare(low), roundShare(high)
	if n > 1 && low == high {
		shown += " = " + percent(low)
	}
	if low > 100 {
		shown += " (more than the whole: the shares said cannot all be right)"
	}
	return shown
}

// layers shows why those count that are not listed but owned.
func (h *Holdings) layers(subject string, counts map[string]bool, listed func(string) bool) string {
	shown := ""
	seen := map[string]bool{subject: true}
	line := []string{subject}
	for i := 0; i < len(line) && len(seen) <= maxParts; i++ {
		for _, x := range h.of[line[i]] {
			if !counts[x.Owner] || seen[x.Owner] || listed(x.Owner) {
				continue
			}
			seen[x.Owner] = true
			line = append(line, x.Owner)
			shown += "; " + cmp.Or(h.label[x.Owner], x.Owner) + " counts by " + h.sum(x.Owner, counts)
		}
	}
	return shown
}

// Ownership is what a rule came to for one owner and what it owns.
type Ownership struct {
	Rule    string  `json:"rule"`
	Owner   string  `json:"owner"`        // as the row names it, or the link
	By      string  `json:"by,omitempty"` // the link that brought the owner in, "" where the row names it
	Owned   string  `json:"owned"`        // the party of the row it stands above
	List    string  `json:"list"`         // it is likely to be on
	Control Control `json:"control"`      // that reaches the partner, or does not
	Reach   Reach   `json:"reach"`
	Sum     string  `json:"sum,omitempty"` // the arithmetic
	Source  string  `json:"source"`
	Checked string  `json:"checked"`
}

// Shares reads the cell of ownership shares: as many as there are owners, in
// their order, each in percent. What cannot be read as a share is not said; a
// fraction up to 1 without a percent sign is how spreadsheets keep percentages.
func (a Answers) Shares(owners int) []Share {
	out := make([]Share, owners)
	text := a[AskOwnershipShare].Text
	if text == "" {
		return out
	}
	values := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(";|\n/", r) })
	if len(values) != owners {
		return out
	}
	for i, v := range values {
		out[i] = parseCell(v)
	}
	return out
}

// controlWords say that an owner controls what it owns, in the languages of headers.
var controlWords = regexp.MustCompile(`(?i)(?:\band\s+|\bund\s+|\bet\s+|\by\s+|\ben\s+)?\b(?:control(?:s|led|ling interest|ling|ler)?|kontroll(?:e|iert)|beherrsch(?:t|ung|end)|contrôle|controla|zeggenschap)(?:$|[^\pL])`)

func parseCell(v string) Share {
	if rest := controlWords.ReplaceAllString(v, " "); rest != v {
		share := parseCell(strings.Trim(rest, " ,+&"))
		share.Control = true
		return share
	}
	number := strings.ReplaceAll(strings.TrimSpace(v), ",", ".")
	switch p, err := strconv.ParseFloat(number, 64); {
	case err != nil || p > 1 || p < 0:
	case p == 1 && number == "1": // one percent, or all of it
		return Share{}
	default:
		return ExactShare(roundShare(p * 100))
	}
	s, _ := ParseShare(v)
	return s
}

// covers reports whether an owner's listing counts under a rule: by its list, by
// the authority whose listing a list of another publisher repeats, or, under a rule for lists
// that no other rule is about, because there is no such rule.
func (j *Judge) covers(r *OwnershipRule, l *Listing, c Control) bool {
	if !slices.Contains(r.Controls, c) || contains(l.Programme, r.Except) || (len(r.Only) > 0 && !contains(l.Programme, r.Only)) {
		return false
	}
	if !r.Others {
		return slices.Contains(r.Lists, l.List) || contains(l.Authority, r.Authorities)
	}
	return !slices.ContainsFunc(j.Policy.OwnershipRules, func(other OwnershipRule) bool { return !other.Others && j.covers(&other, l, c) })
}

// contains reports whether one of the words stands in a text.
func contains(text string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

// owners are who owns the parties of a row, by the row and by the lists' own
// links, and the rules their likely matches count under.
type owners struct {
	holdings *Holdings
	node     map[*Party]string   // of each owner
	below    map[*Party][]string // the parties of the row that an owner stands above
	linked   map[*Party]*linked  // owners that came in by a list's link
	listed   map[*OwnershipRule]map[string]bool
	worked   map[reachKey]reachSum
}

type reachKey struct {
	rule           *OwnershipRule
	subject, owner string // owner is "" where the shares of all are added
}

type reachSum struct {
	reach Reach
	sum   string
}

// ownersOf reads the owners of a row. Owners a person has said are another
// party, by their place in the row, do not count as listed.
func (j *Judge) ownersOf(p *Partner, found [][]Candidate, chain *Chain, dismissed map[int]bool) *owners {
	o := &owners{node: map[*Party]string{}, below: map[*Party][]string{}, linked: map[*Party]*linked{}, listed: map[*OwnershipRule]map[string]bool{}, worked: map[reachKey]reachSum{}}
	holdings, label := chain.holdings(), map[string]string{}
	var partners []string
	var said []int
	for i := range p.Parties {
		label[partyNode(i)] = p.Parties[i].Name
		if at, called := p.called(i); called {
			label[partyNode(i)] = p.Parties[at].Name
		}
		switch x := &p.Parties[i]; {
		case x.Via != "":
		case x.Role == RolePartner:
			partners = append(partners, partyNode(i))
		case x.Role == RoleParent: // a parent that a register names stands above; whether it owns is not said
			said = append(said, i)
		}
	}
	for k, share := range p.Answers.Shares(len(said)) {
		owner := &p.Parties[said[k]]
		if at, called := p.called(said[k]); called { // the row names it by its id alone
			owner, said[k] = &p.Parties[at], at
		}
		o.node[owner], o.below[owner] = partyNode(said[k]), partners
		for _, partner := range partners {
			holdings = append(holdings, Holding{partyNode(said[k]), partner, share})
		}
	}
	if len(holdings) == 0 {
		return o
	}
	chain.label(label)
	o.holdings = NewHoldings(holdings, label)
	for i := range p.Parties {
		node := partyNode(i)
		if l := chain.party(i); l != nil {
			node = l.node
			o.node[&p.Parties[i]], o.below[&p.Parties[i]], o.linked[&p.Parties[i]] = node, append(o.below[&p.Parties[i]], l.below...), l
		}
		if dismissed[i] {
			chain.disown(node)
			continue
		}
		for _, c := range found[i] {
			if Round(c.Score) >= j.Policy.ReviewLine {
				j.count(o, node, c.Entity)
			}
		}
	}
	for node, e := range chain.listed() { // also those that are too many to be parties of the row
		j.count(o, node, e)
	}
	return o
}

// count notes the rules under which an owner that is likely to be an entity counts as listed.
func (j *Judge) count(o *owners, node string, e *Entity) {
	if j.Restricted[e.List] { // a restricted list says nothing of other lists' matches
		return
	}
	for k := range e.Listings {
		l := &e.Listings[k]
		for x := range j.Policy.OwnershipRules {
			r := &j.Policy.OwnershipRules[x]
			if !slices.ContainsFunc(l.Controls, func(c Control) bool { return j.covers(r, l, c) }) {
				continue
			}
			if o.listed[r] == nil {
				o.listed[r] = map[string]bool{}
			}
			o.listed[r][node] = true
		}
	}
}

func partyNode(i int) string { return "party " + strconv.Itoa(i) }

// reach says how far an owner's listing reaches into what it owns of the row, by
// the rule that reaches furthest, with its arithmetic.
func (j *Judge) reach(o *owners, owner *Party, l *Listing, c Control) (reach Reach, by *OwnershipRule, sum string) {
	for _, got := range j.rulesOn(o, owner, l, c) {
		if slices.Index(reaches, got.reach) > slices.Index(reaches, reach) {
			reach, by, sum = got.reach, got.rule, got.sum
		}
	}
	return reach, by, sum
}

// reaches are what a rule may come to, in rising order.
var reaches = []Reach{ReachUnsaid, ReachNo, ReachNotNow, ReachUnknown, ReachYes}

// ruled is what a rule came to.
type ruled struct {
	rule  *OwnershipRule
	owned string // the name of the party it is about
	reachSum
}

// rulesOn are the rules an owner's listing comes under, each for the party
// below the owner that it reaches furthest.
func (j *Judge) rulesOn(o *owners, owner *Party, l *Listing, c Control) []ruled {
	if j.Restricted[l.List] || o == nil || o.node[owner] == "" {
		return nil
	}
	var out []ruled
	for i := range j.Policy.OwnershipRules {
		r := &j.Policy.OwnershipRules[i]
		if len(o.below[owner]) == 0 || !j.covers(r, l, c) {
			continue
		}
		best := ruled{rule: r}
		for _, subject := range o.below[owner] {
			got := o.work(r, subject, o.node[owner])
			// What a list itself says is below the line is below it on any day.
			if !r.On(j.Now) && (got.reach != ReachNo || o.linked[owner] == nil) {
				got = reachSum{reach: ReachNotNow, sum: got.sum}
			}
			if slices.Index(reaches, got.reach) > slices.Index(reaches, best.reach) {
				best.reachSum, best.owned = got, o.holdings.label[subject]
			}
		}
		out = append(out, best)
	}
	return out
}

// work works a rule out once a row, for all owners together or for one.
func (o *owners) work(r *OwnershipRule, subject, owner string) reachSum {
	key := reachKey{rule: r, subject: subject}
	listed := func(node string) bool { return o.listed[r][node] }
	if !r.Aggregate {
		key.owner = owner
		listed = func(node string) bool { return node == owner }
	}
	got, known := o.worked[key]
	if !known {
		got.reach, got.sum = r.Reached(subject, o.holdings, listed)
		o.worked[key] = got
	}
	return got
}

// ownership is what the rules came to for the owners of a row, a line for
// each owner and rule that one of its likely matches comes under.
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
					for _, got := range j.rulesOn(o, owner, &l, c) {
						line := Ownership{
							Rule: got.rule.Name, Owner: owner.Name, Owned: got.owned, By: owner.Via, List: l.List, Control: c,
							Reach: got.reach, Sum: got.sum, Source: got.rule.Source, Checked: got.rule.Checked,
						}
						if !slices.Contains(out, line) {
							out = append(out, line)
						}
					}
				}
			}
		}
	}
	return out
}
