package reports

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode"

	"partnerscreen/screening"
)

var parity = Tab{
	Name: "Parity",
	Doc:  "How often parties were flagged, and flagged before and dismissed, by the country the sheet gives and by the script of the name. No rule looks at either; this shows whether the results lean all the same.",
	Rows: func(f *Findings) int { return len(f.parity) },
	Fill: func(b *Book, t Tab, f *Findings) error {
		p, err := b.Page(t, Layout{Frozen: 1, Columns: []Column{
			{Title: "By", Width: 12, Style: StyleWords},
			{Title: "Group", Width: 30, Style: StyleText},
			{Title: "Parties", Width: 10, Style: StyleNumber},
			{Title: "Flagged", Width: 10, Style: StyleNumber},
			{Title: "Flagged per 1,000 (95 % interval)", Width: 32, Style: StyleWords},
			{Title: "Dismissed earlier", Width: 12, Style: StyleNumber},
			{Title: "Dismissed per 1,000 (95 % interval)", Width: 32, Style: StyleWords},
			{Title: "To read with care", Width: 44, Style: StyleText},
		}})
		if err != nil {
			return err
		}
		groups := slices.SortedFunc(maps.Keys(f.parity), func(a, b parityGroup) int {
			return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(f.parity[b].parties, f.parity[a].parties), cmp.Compare(a.name, b.name))
		})
		for _, g := range groups {
			n := f.parity[g]
			if err := p.Row(g.by, g.name, n.parties, n.flagged, rate(n.flagged, n.parties), n.dismissed, rate(n.dismissed, n.parties), n.care()); err != nil {
				return err
			}
		}
		return p.End()
	},
}

// parityGroup is "country" or "script" with its value.
type parityGroup struct{ by, name string }

type parityCount struct{ parties, flagged, dismissed int }

// fewest is how many parties a group needs before its rate says anything: at
// the rate of a well-behaved list, 1 in 100 or less, fewer show none or one.
const fewest = 100

func (n *parityCount) care() string {
	switch {
	case n.parties < fewest:
		return fmt.Sprintf("too few to read: below %d parties", fewest)
	case n.flagged+n.dismissed < 5:
		return "few were flagged: the interval is wide"
	}
	return ""
}

// rate is a share per thousand with Wilson's interval at 95 percent.
func rate(k, n int) string {
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return fmt.Sprintf("%.1f (%.1f to %.1f)", 1000*p, 1000*max(0, mid-half), 1000*min(1, mid+half))
}

func (f *Findings) lean(res *screening.Result) {
	for i := range res.Parties {
		party := &res.Partner.Parties[i]
		flagged, dismissed := false, false
		for k := range res.Parties[i].Matches {
			m := &res.Parties[i].Matches[k]
			flagged = flagged || m.Grade.Flagged()
			dismissed = dismissed || (holds(m) && m.Decision.Verdict == screening.FalsePositive)
		}
		for _, g := range []parityGroup{
			{"country", cmp.Or(screening.CountryName(party.Country), party.Country, "not given")},
			{"script", scriptOf(party.Name)},
		} {
			n := f.parity[g]
			if n == nil {
				n = &parityCount{}
				f.parity[g] = n
			}
			n.parties++
			if flagged {
				n.flagged++
			}
			if dismissed {
				n.dismissed++
			}
		}
	}
}

var scripts = []struct {
	name   string
	tables []*unicode.RangeTable
}{
	{"Chinese characters", []*unicode.RangeTable{unicode.Han}},
	{"Cyrillic", []*unicode.RangeTable{unicode.Cyrillic}},
	{"Arabic", []*unicode.RangeTable{unicode.Arabic}},
	{"Hebrew", []*unicode.RangeTable{unicode.Hebrew}},
	{"Greek", []*unicode.RangeTable{unicode.Greek}},
	{"Korean", []*unicode.RangeTable{unicode.Hangul}},
	{"Japanese kana", []*unicode.RangeTable{unicode.Hiragana, unicode.Katakana}},
	{"Latin", []*unicode.RangeTable{unicode.Latin}},
}

// scriptOf is the script most letters of a name are in, the first named of equals.
func scriptOf(name string) string {
	best, most := "other", 0
	for _, s := range scripts {
		n := 0
		for _, r := range name {
			if unicode.In(r, s.tables...) {
				n++
			}
		}
		if n > most {
			best, most = s.name, n
		}
	}
	return best
}
