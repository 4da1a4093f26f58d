package intake

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"partnerscreen/screening"
)

// pastedName stands for the file's name in the places of pasted rows.
const pastedName = "pasted text"

// Paste opens text that somebody pasted: rows copied from a spreadsheet with
// their header, or without one a list of partners, one a line, the name first
// and, behind a tab, the country where every line has one.
func Paste(ctx context.Context, text string, opts Options) (*Book, error) {
	b, err := Read(ctx, pastedName, []byte(text), opts)
	if fe, ok := errors.AsType[*FileError](err); !ok || !fe.noNames {
		return b, err
	}
	b = &Book{file: pastedName, limits: opts.Limits.orDefaults(), close: func() error { return nil }}
	if b.hash, err = hashOf(strings.NewReader(text)); err != nil {
		return nil, err
	}
	delimiter := oneColumn
	if strings.Contains(text, "\t") {
		delimiter = '\t'
	}
	t := &tab{notes: []string{"no header was recognised; each line is read as one partner"}}
	t.lines = csvStream(func() io.Reader { return strings.NewReader(text) }, delimiter, !strings.Contains(text, "\n"), b.limits)
	l := &layout{noHeader: true, names: []int{0}, columns: []column{{
		meaning: meaning{field: fieldName, role: screening.RolePartner}, header: "Partner", party: -1,
	}}}
	width, countries := 1, map[int]bool{}
	for ln, err := range t.lines(ctx, newMeter(ctx, b.limits)) {
		if err != nil {
			return nil, b.fault(err)
		}
		for i, v := range ln.cells {
			_, known := screening.CountryCode(v)
			before, seen := countries[i]
			countries[i] = known && (before || !seen)
		}
		width = max(width, len(ln.cells))
	}
	for i := 1; i < width; i++ {
		c := column{index: i, header: "(column " + columnLetters(i) + ")", party: -1}
		if countries[i] && !slices.ContainsFunc(l.columns, func(c column) bool { return c.field == fieldCountry }) {
			c.meaning, c.header, c.party = meaning{field: fieldCountry}, "Country", 0
		} else {
			t.notes = append(t.notes, "column "+columnLetters(i)+" is not read: it has no header")
		}
		l.columns = append(l.columns, c)
	}
	b.source, b.reads = &source{tabs: []*tab{t}}, []*layout{l}
	return b, nil
}
