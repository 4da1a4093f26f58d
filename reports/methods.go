package reports

import (
	"fmt"
	"strings"

	"partnerscreen/screening"
)

var methods = Tab{
	Name: "Methods",
	Doc:  "How this workbook came about, so that it can be explained and repeated.",
	Free: true,
	Rows: func(*Findings) int { return 1 },
	Fill: fillMethods,
}

// howItWorks is the method in a reader's words, a paragraph each.
var howItWorks = []struct{ about, text string }{
	{"What is compared", "Each party named in a row with the names of every listed party of its kind. Organisations are compared with whatever is not known to be a person, ship or aircraft; people only where a column was mapped to them on purpose."},
	{"What a score is", "A number from 0 to 1. It is the sum of the shares that stand beside each match under “speaks for it” and “speaks against it”. It says how alike two descriptions are; it is no probability and no measure of risk."},
	{"What a score is not made of", "A country, a nationality, a language or a script never raises a score. A country is compared only with the listed party's own, and a difference can only lower the score."},
	{"What a destination rule is", "A law that turns on where work is done or where things go. It is outside the comparison of names, off until the office enables it, and asks the office named one question; it raises no match and no grade, and is never about a person. Those there are, on and off, are on Policy."},
	{"What a grade is", "The policy's table, applied to the strength of a match, what the law does with the listed party, whether the list binds this office, and the stakes of the work. The table is on Policy."},
	{"What no match means", "“No likely match in the lists named” says that nothing likely was found in the editions on Lists used. It is not a statement that a party is on no list, has no listed owner, or may be dealt with."},
	{"What a match means", "A possible match for a person to decide. Many listed and unlisted parties share a name."},
	{"Decisions", "A verdict is kept under the content of both sides. It comes back to be decided again when a name, an identifier, a country, a birth date or a control changes on either side, when a match grows stronger, or when its time is over."},
	{"This workbook", "Locked cells of Review carry a seal. A line whose locked cells were changed is reported and not applied; so keep notes in the green columns or in columns of your own."},
}

func fillMethods(b *Book, t Tab, f *Findings) error {
	p, err := b.Page(t, Layout{Plain: true, Portrait: true, Columns: []Column{{Width: 30}, {Width: 70}, {Width: 16}, {Width: 16}}})
	if err != nil {
		return err
	}
	run := f.Report.Run
	w := writer{page: p}
	w.cells(Styled{"Methods", StyleTitle})
	w.cells(Styled{t.Doc, StyleDoc})
	p.Skip(1)
	for _, x := range howItWorks {
		w.cells(Styled{x.about, StyleLabel}, Styled{x.text, StyleWords})
	}
	p.Skip(1)
	w.cells(Styled{"The run", StyleBlock})
	w.cells(Styled{"Run", StyleLabel}, Styled{run.ID, StyleText})
	w.cells(Styled{"Program", StyleLabel}, Styled{"screener " + run.Version, StyleText})
	w.cells(Styled{"Started", StyleLabel}, Styled{stamp(run.Started), StyleText})
	w.cells(Styled{"Finished", StyleLabel}, Styled{stamp(run.Finished), StyleText})
	for _, in := range run.Inputs {
		p.Skip(1)
		w.cells(Styled{"File " + in.File, StyleBlock})
		if in.Hash != "" {
			w.cells(Styled{"Content (SHA-256)", StyleLabel}, Styled{in.Hash, StyleText})
		}
		if in.Error != "" {
			w.cells(Styled{"NOT READ", StyleWarning}, Styled{in.Error, StyleWarning})
		}
		for _, s := range in.Sheets {
			w.cells(Styled{"Sheet " + s.Name, StyleLabel}, Styled{sheetRead(s), StyleText})
		}
	}
	if w.err != nil {
		return w.err
	}
	return p.End()
}

// sheetRead tells how one sheet of an input was understood.
func sheetRead(s screening.Sheet) string {
	lines := []string{fmt.Sprintf("header in row %d", s.HeaderRow)}
	for _, c := range s.Columns {
		lines = append(lines, fmt.Sprintf("“%s” read as %s", c.Header, strings.ReplaceAll(c.Role, "_", " ")))
	}
	if len(s.Ignored) > 0 {
		lines = append(lines, "not used: "+strings.Join(s.Ignored, ", "))
	}
	return strings.Join(append(lines, s.Notes...), "\n")
}

// writer writes rows to a page until one fails.
type writer struct {
	page *Page
	err  error
}

func (w *writer) cells(values ...any) {
	if w.err == nil {
		w.err = w.page.Cells(values...)
	}
}
