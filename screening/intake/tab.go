package intake

import (
	"context"
	"iter"
	"strconv"
	"strings"
)

// A tab is one sheet of a file as the file has it, before anything is
// understood of it. Each format makes tabs; all that follows is the same for all.
type tab struct {
	name  string
	notes []string
	// lines streams the filled rows in order, the given meter counting them. It
	// may end after headerLines of them, when whole is set.
	lines func(context.Context, *meter) iter.Seq2[line, error]
}

// A source is all sheets of a file, in order.
type source struct {
	tabs []*tab
	// whole streams the rows of all tabs where that must be one pass; where it
	// is nil each tab streams its own.
	whole func(context.Context, *meter) iter.Seq2[placed, error]
}

// placed is a line with the place of its tab.
type placed struct {
	tab int
	line
}

// rows streams the filled rows of all sheets in order.
func (s *source) rows(ctx context.Context, m *meter) iter.Seq2[placed, error] {
	if s.whole != nil {
		return s.whole(ctx, m)
	}
	return func(yield func(placed, error) bool) {
		for i, t := range s.tabs {
			for ln, err := range t.lines(ctx, m) {
				if !yield(placed{i, ln}, err) || err != nil {
					return
				}
			}
		}
	}
}

// A line is one row with at least one filled cell.
type line struct {
	number int // 1-based, as a spreadsheet shows it
	cells  []string
	merges []merge  // of cells whose top left corner is in this row
	notes  []string // about reading it
	size   int      // bytes of its cells
}

// fit is as much of a cell as the row has room for; what is cut off is noted.
func (l *line) fit(cell string, column int, limits Limits) string {
	if room := limits.RowLength - l.size; len(cell) > room {
		if room == 0 {
			return "" // it was said where the row was cut
		}
		l.notes = append(l.notes, "column "+columnLetters(column)+": the row is longer than "+strconv.Itoa(limits.RowLength)+" bytes; the rest was not read")
		cell = strings.ToValidUTF8(cell[:room], "")
		l.size = limits.RowLength // once is enough
		return strings.Clone(cell)
	}
	l.size += len(cell)
	return cell
}

// A merge is a group of cells shown as one; columns are 0-based, rows 1-based.
type merge struct{ top, left, bottom, right int }

// filled counts the cells that hold something.
func (l line) filled() int {
	n := 0
	for _, c := range l.cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// fillDown gives each row below the top of a merged cell what that cell
// holds: "University X" merged beside three projects is the partner of all three.
// Only filled rows come in, so a blank row stays no row.
type fillDown struct {
	open []openMerge
}

type openMerge struct {
	merge
	value string
}

// mostOpen bounds the merged cells that reach over one row.
const mostOpen = 256

func (f *fillDown) apply(l *line) {
	kept := f.open[:0]
	for _, o := range f.open {
		if o.bottom < l.number {
			continue
		}
		kept = append(kept, o)
		for len(l.cells) <= o.left {
			l.cells = append(l.cells, "")
		}
		if l.cells[o.left] == "" {
			l.cells[o.left] = o.value
		}
	}
	f.open = kept
	for _, m := range l.merges {
		if m.bottom > m.top && m.left < len(l.cells) && l.cells[m.left] != "" && len(f.open) < mostOpen {
			f.open = append(f.open, openMerge{m, l.cells[m.left]})
		}
	}
}
