package reports

import (
	"fmt"
	"strings"

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
		{Title: "Controls", Width: 26, Style: StyleWords},
		{Title: "Strength", Width: 16, Style: StyleWords},
		{Title: "Stakes", Width: 14, Style: StyleWords},
		{Title: "Bearing", Width: 14, Style: StyleWords},
		{Title: "What is shared", Width: 20, Style: StyleWords},
		{Title: "Grade", Width: 18, Style: StyleWords},
		{Title: "Why", Width: 60, Style: StyleText},
	}})
	if err != nil {
		return err
	}
	pol := f.Report.Run.Policy
	for i, r := range pol.Rules {
		if err := p.Row(
			i+1, r.Name, anyOf(r.Controls), anyOf(r.Strength), anyOf(r.Stakes), anyOf(r.Bearing), anyOf(r.Sharing), ofGrade(r.Grade), r.Why,
		); err != nil {
			return err
		}
	}
	p.Skip(1)
	if err := p.Cells(nil, Styled{"Lines a score must reach (0 to 1)", StyleLabel}, Styled{"Score", StyleLabel}, Styled{"Strength from there", StyleLabel},
		Styled{"Right, where measured", StyleLabel}, Styled{"Measured on", StyleLabel}); err != nil {
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
			Styled{f.worth(l.from), StyleWords}, Styled{f.measuredOn(l.from), StyleText}); err != nil {
			return err
		}
	}
	return p.End()
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
