package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"partnerscreen/screening"
)

var policy = Tab{
	Name: "Policy",
	Doc:  "The judgement behind the grades. For each control of each listing the first rule whose conditions all hold decides; a row takes the highest grade.",
	Rows: func(f *Findings) int {
		if f.Report.Run.Policy == nil {
			return 0
		}
		return len(f.Report.Run.Policy.Rules)
	},
	Fill: fillPolicy,
}

func fillPolicy(b *Book, t Tab, f *Findings) error {
	p, err := b.Page(t, Layout{Columns: []Column{
		{Title: "Order", Width: 8, Style: StyleNumber},
		{Title: "Rule", Width: 30, Style: StyleText},
		{Title: "Controls", Width: 44, Style: StyleWords},
		{Title: "Strength", Width: 16, Style: StyleWords},
		{Title: "Stakes", Width: 14, Style: StyleWords},
		{Title: "Bearing", Width: 14, Style: StyleWords},
		{Title: "What is shared", Width: 20, Style: StyleWords},
		{Title: "Funding", Width: 14, Style: StyleWords},
		{Title: "Roles", Width: 20, Style: StyleWords},
		{Title: "Ownership rule", Width: 16, Style: StyleWords},
		{Title: "Grade", Width: 18, Style: StyleWords},
		{Title: "Why", Width: 60, Style: StyleText},
	}})
	if err != nil {
		return err
	}
	pol := f.Report.Run.Policy
	for i, r := range pol.Rules {
		if err := p.Row(
			i+1, r.Name, anyOf(r.Controls), anyOf(r.Strength), anyOf(r.Stakes), anyOf(r.Bearing), anyOf(r.Sharing), anyOf(r.Funding), anyOf(r.Roles), ownedBy(&r), ofGrade(r.Grade), r.Why,
		); err != nil {
			return err
		}
	}
	p.Skip(1)
	if err := p.Cells(nil, Styled{"Lines a score must reach (0 to 1)", StyleLabel}, Styled{"Score", StyleLabel}, Styled{"Strength from there", StyleLabel},
		Styled{"Right, where measured", StyleLabel}, nil, nil, nil, nil, nil, nil, Styled{"Measured on", StyleLabel}); err != nil {
		return err
	}
	for _, l := range []struct {
		name  string
		score float64
		from  screening.Strength
	}{
		{"note line", pol.NoteLine, screening.Weak},
		{"review line", pol.ReviewLine, screening.Medium},
		{"strong line", pol.StrongLine, screening.Strong},
		{"exact line", pol.ExactLine, screening.Exact},
	} {
		if err := p.Cells(nil, Styled{l.name, StyleWords}, Styled{l.score, StyleScore}, Styled{string(l.from), StyleWords},
			Styled{f.worth(l.from), StyleWords}, nil, nil, nil, nil, nil, nil, Styled{f.measuredOn(l.from), StyleText}); err != nil {
			return err
		}
	}
	if err := p.stakesRules(pol.StakesRules); err != nil {
		return err
	}
	if err := p.fundingRules(pol.FundingRules); err != nil {
		return err
	}
	if err := p.ownershipRules(pol.OwnershipRules); err != nil {
		return err
	}
	if err := p.destinationRules(pol.DestinationRules, f.Report.Run.Started); err != nil {
		return err
	}
	return p.End()
}

// ownershipRules writes when a listed owner's measure reaches what it owns.
func (p *Page) ownershipRules(rules []screening.OwnershipRule) error {
	if len(rules) == 0 {
		return nil
	}
	p.Skip(1)
	if err := p.Cells(nil, Styled{"Ownership: when an owner's listing reaches what it owns", StyleLabel}, Styled{"Lists and controls", StyleLabel}, Styled{"Share", StyleLabel},
		Styled{"In force", StyleLabel}, nil, nil, nil, nil, nil, nil, Styled{"Why, and by which source", StyleLabel}); err != nil {
		return err
	}
	for _, r := range rules {
		line := "at least "
		if r.More {
			line = "more than "
		}
		line += strconv.FormatFloat(r.Percent, 'f', -1, 64) + " %"
		if r.Aggregate {
			line += ", owners added up"
		} else {
			line += " by one owner"
		}
		if r.Control {
			line += "; or control, which a person looks at"
		}
		if err := p.Cells(nil, Styled{r.Name, StyleText}, Styled{ownedLists(&r), StyleText}, Styled{line, StyleText},
			Styled{daysIn(r.InForce), StyleText}, nil, nil, nil, nil, nil, nil, Styled{cited(r.Why, r.Source, r.Checked), StyleText}); err != nil {
			return err
		}
	}
	return nil
}

// cited is why a rule is there, with its source and when that was looked up
// last, where that is kept.
func cited(why, source, checked string) string {
	out := why + "\nSource: " + source
	if checked != "" {
		out += "\nLast checked: " + checked
	}
	return out
}

// daysIn are the spans a rule is in force.
func daysIn(spans []screening.Period) string {
	var days []string
	for _, d := range spans {
		days = append(days, d.First+" to "+cmp.Or(d.Last, "now"))
	}
	return strings.Join(days, "\n")
}

// destinationRules writes which laws were asked about where work is done and
// where things go, and which were not.
func (p *Page) destinationRules(rules []screening.DestinationRule, day time.Time) error {
	if len(rules) == 0 {
		return nil
	}
	p.Skip(1)
	if err := p.Cells(nil, Styled{"Destinations: laws that turn on where the work is done or where things go. They ask a question and change no match", StyleLabel}, Styled{"Places", StyleLabel},
		Styled{"Asked", StyleLabel}, Styled{"In force", StyleLabel}, Styled{"Office", StyleLabel}, nil, nil, nil, nil, nil, Styled{"Why, and by which source", StyleLabel}); err != nil {
		return err
	}
	for i := range rules {
		r := &rules[i]
		asked := "no, not enabled"
		switch {
		case r.On(day) && r.Routine:
			asked = "yes, at any stakes"
		case r.On(day):
			asked = "yes, not at routine stakes"
		case r.Enabled:
			asked = "no, not in force"
		}
		var places []string
		for _, c := range r.Countries {
			places = append(places, screening.CountryName(c))
		}
		places = append(places, r.Places...)
		if err := p.Cells(nil, Styled{r.Name, StyleText}, Styled{strings.Join(places, ", "), StyleText}, Styled{asked, StyleWords}, Styled{daysIn(r.InForce), StyleText},
			Styled{string(r.Owner), StyleWords}, nil, nil, nil, nil, nil, Styled{cited(r.Why, r.Source, r.Checked), StyleText}); err != nil {
			return err
		}
	}
	return nil
}

// ownedBy says what of ownership a grading rule asks for.
func ownedBy(r *screening.GradeRule) string {
	if len(r.Named) == 0 {
		return anyOf(r.Reach)
	}
	return joined("; ", anyOf(r.Reach), "party named by a "+anyOf(r.Named))
}

// ownedLists says which listings count under an ownership rule.
func ownedLists(r *screening.OwnershipRule) string {
	lists := strings.Join(r.Lists, ", ")
	if r.Others {
		lists = "listings under no rule above"
	}
	out := lists + ": " + anyOf(r.Controls)
	for _, x := range []struct {
		say   string
		words []string
	}{{"also where a list names ", r.Authorities}, {"programmes with ", r.Only}, {"not programmes with ", r.Except}} {
		if len(x.words) > 0 {
			out += "; " + x.say + strings.Join(x.words, ", ")
		}
	}
	return out
}

// stakesRules writes the table that turns answers into stakes.
func (p *Page) stakesRules(rules []screening.StakesRule) error {
	if len(rules) == 0 {
		return nil
	}
	p.Skip(1)
	if err := p.Cells(nil, Styled{"The work: answers that give its stakes, the highest of the rules that hold; standard where none does", StyleLabel}, Styled{"Answered", StyleLabel},
		Styled{"Stakes", StyleLabel}, Styled{"Office", StyleLabel}, nil, nil, nil, nil, nil, nil, Styled{"Why, and by which source", StyleLabel}); err != nil {
		return err
	}
	for _, r := range rules {
		var when []string
		for _, c := range []struct {
			words string
			asks  map[screening.Ask][]string
		}{{"", r.Any}, {"only ", r.Only}, {"not ", r.Not}} {
			for _, q := range slices.Sorted(maps.Keys(c.asks)) {
				when = append(when, q.Column()+": "+c.words+strings.Join(c.asks[q], ", "))
			}
		}
		for _, q := range slices.Sorted(maps.Keys(r.AtLeast)) {
			when = append(when, q.Column()+": at least "+strconv.FormatFloat(r.AtLeast[q], 'f', -1, 64))
		}
		if err := p.Cells(nil, Styled{r.Name, StyleText}, Styled{strings.Join(when, "\n"), StyleText}, Styled{string(r.Stakes), StyleWords}, Styled{string(r.Owner), StyleWords},
			nil, nil, nil, nil, nil, nil, Styled{cited(r.Why, r.Source, ""), StyleText}); err != nil {
			return err
		}
	}
	return nil
}

// fundingRules writes which money brings a funding bar with it.
func (p *Page) fundingRules(rules []screening.FundingRule) error {
	if len(rules) == 0 {
		return nil
	}
	p.Skip(1)
	if err := p.Cells(nil, Styled{"Funding bars that come with the money of particular funders", StyleLabel}, Styled{"Funders, by words of their names", StyleLabel},
		nil, nil, nil, nil, nil, nil, nil, nil, Styled{"Why, and by which source", StyleLabel}); err != nil {
		return err
	}
	for _, r := range rules {
		if err := p.Cells(nil, Styled{r.List, StyleText}, Styled{strings.Join(r.Funders, ", "), StyleText}, nil, nil,
			nil, nil, nil, nil, nil, nil, Styled{cited(r.Why, r.Source, ""), StyleText}); err != nil {
			return err
		}
	}
	return nil
}

// worth says how often matches of a strength were right where that was measured.
func (f *Findings) worth(s screening.Strength) string {
	for _, x := range f.Report.Precision {
		if x.Strength == s && x.Judged > 0 {
			return fmt.Sprintf("%d of %d (%.0f %%)", x.Right, x.Judged, 100*float64(x.Right)/float64(x.Judged))
		}
	}
	return "not measured"
}

func (f *Findings) measuredOn(s screening.Strength) string {
	for _, x := range f.Report.Precision {
		if x.Strength == s {
			return x.Source
		}
	}
	return ""
}

// anyOf joins the values a condition allows; one without values allows all.
func anyOf[T ~string](values []T) string {
	if len(values) == 0 {
		return "any"
	}
	out := make([]string, len(values))
	for i, v := range values {
		if out[i] = strings.ReplaceAll(string(v), "_", " "); v == "" {
			out[i] = "none or not known"
		}
	}
	return strings.Join(out, ", ")
}
