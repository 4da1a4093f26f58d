package reports

import (
	"github.com/xuri/excelize/v2"

	"partnerscreen/screening"
)

// Style names how a cell looks. Fills differ in lightness as much as in
// colour, so that they read in grey; and the words say the same.
type Style int

// The looks of a workbook.
const (
	StyleNone     Style = iota
	StyleText           // somebody's text: wrapped, and text even when edited
	StyleLine           // the same on one line
	StyleWords          // the product's own words, wrapped
	StyleProse          // the same outside a table, across columns
	StyleNumber         // a whole number
	StyleScore          // a score of 0 to 1
	StyleTitle          // of the workbook
	StyleBlock          // heading of a block
	StyleDoc            // the line above a table
	StyleHeader         // of a column
	StyleOriginal       // header of a column of the office's own sheet
	StyleReviewer       // header of a column the reviewer fills
	StyleClosing        // the same, for a true match only
	StyleFill           // a cell the reviewer fills
	StyleFillDate       // the same, a date
	StyleLabel          // what stands before a value
	StyleLink           // a web address
	StyleWarning        // something that must not be overlooked
	StyleSealed         // key and seal
	StyleEscalate
	StyleReview
	StyleNote
	StyleClear
	StyleRejected
	styleCount
)

type styles [styleCount]int

// wraps are the looks whose text goes on in another line.
var wraps = map[Style]bool{
	StyleText: true, StyleWords: true, StyleFill: true, StyleLabel: true, StyleLink: true, StyleWarning: true,
	StyleHeader: true, StyleOriginal: true, StyleReviewer: true, StyleClosing: true,
	StyleEscalate: true, StyleReview: true, StyleNote: true, StyleClear: true, StyleRejected: true,
}

// bold are the looks of headers, whose letters are wider.
var bold = map[Style]bool{StyleHeader: true, StyleOriginal: true, StyleReviewer: true, StyleClosing: true}

// tall are the looks that want a high row, in points.
var tall = map[Style]float64{StyleTitle: 28, StyleBlock: 20, StyleDoc: 16, StyleWarning: 20, StyleReviewer: 32}

// ofGrade is the look of a grade's cell.
func ofGrade(g screening.Grade) Styled {
	switch g {
	case screening.Escalate:
		return Styled{g.Plain(), StyleEscalate}
	case screening.Review:
		return Styled{g.Plain(), StyleReview}
	case screening.Note:
		return Styled{g.Plain(), StyleNote}
	case screening.Clear:
		return Styled{g.Plain(), StyleClear}
	}
	return Styled{"Rejected", StyleRejected}
}

const (
	dark   = "1F2A44" // escalate, headers
	middle = "F2B84B" // review
	light  = "ECEFF4" // note
	green  = "2F6F5E" // headers of what the reviewer fills
	blue   = "2B5C8A" // headers of what closes a true match
	paper  = "F3FAF6" // what the reviewer fills
	slate  = "5B6475" // headers of the office's own columns
	rule   = "C9CED8"
)

// newStyles makes the looks, in one order, so that equal workbooks are equal bytes.
//
//nolint:misspell // the library writes Color and center
func newStyles(f *excelize.File) (styles, error) {
	text, iso := 49, "yyyy-mm-dd"
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	box := []excelize.Border{
		{Type: "left", Color: rule, Style: 1}, {Type: "right", Color: rule, Style: 1},
		{Type: "top", Color: rule, Style: 1}, {Type: "bottom", Color: rule, Style: 1},
	}
	top := &excelize.Alignment{Vertical: "top"}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	number := &excelize.Alignment{Vertical: "top", Horizontal: "right", Indent: 1}
	header := func(colour string) excelize.Style {
		return excelize.Style{
			Font: &excelize.Font{Bold: true, Color: "FFFFFF", Size: 10, Family: "Calibri"}, Fill: fill(colour), Border: box,
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
		}
	}
	body := func(s excelize.Style) excelize.Style {
		s.Border = box
		if s.Font == nil {
			s.Font = &excelize.Font{Size: 10, Family: "Calibri"}
		}
		return s
	}
	font := func(bold bool, colour string, size float64) *excelize.Font {
		return &excelize.Font{Bold: bold, Color: colour, Size: size, Family: "Calibri"}
	}
	open := &excelize.Protection{Locked: false}
	all := map[Style]excelize.Style{
		StyleText:     body(excelize.Style{Alignment: wrap, NumFmt: text}),
		StyleLine:     body(excelize.Style{Alignment: top, NumFmt: text}),
		StyleWords:    body(excelize.Style{Alignment: wrap}),
		StyleProse:    {Alignment: wrap, Font: font(false, "000000", 10)},
		StyleNumber:   body(excelize.Style{Alignment: number, NumFmt: 3}),
		StyleScore:    body(excelize.Style{Alignment: number, NumFmt: 2}),
		StyleTitle:    {Font: font(true, dark, 18), Alignment: &excelize.Alignment{Vertical: "center"}},
		StyleBlock:    {Font: font(true, dark, 12), Alignment: &excelize.Alignment{Vertical: "center"}},
		StyleDoc:      {Font: &excelize.Font{Italic: true, Color: "44506A", Size: 10, Family: "Calibri"}, Alignment: &excelize.Alignment{Vertical: "center"}},
		StyleHeader:   header(dark),
		StyleOriginal: header(slate),
		StyleReviewer: header(green),
		StyleClosing:  header(blue),
		StyleFill:     body(excelize.Style{Alignment: wrap, Fill: fill(paper), Protection: open, NumFmt: text}),
		StyleFillDate: body(excelize.Style{Alignment: top, Fill: fill(paper), Protection: open, CustomNumFmt: &iso}),
		StyleLabel:    body(excelize.Style{Alignment: wrap, Font: font(true, "000000", 10)}),
		StyleLink:     body(excelize.Style{Alignment: wrap, Font: &excelize.Font{Color: "1F4E99", Underline: "single", Size: 10, Family: "Calibri"}}),
		StyleWarning: {
			Alignment: wrap, Font: font(true, "000000", 12), Fill: fill(middle),
			Border: []excelize.Border{{Type: "left", Color: "000000", Style: 5}, {Type: "top", Color: "000000", Style: 2}, {Type: "bottom", Color: "000000", Style: 2}, {Type: "right", Color: "000000", Style: 2}},
		},
		StyleSealed:   {Font: font(false, "808080", 8), NumFmt: text},
		StyleEscalate: body(excelize.Style{Alignment: wrap, Font: font(true, "FFFFFF", 10), Fill: fill(dark)}),
		StyleReview:   body(excelize.Style{Alignment: wrap, Font: font(true, "000000", 10), Fill: fill(middle)}),
		StyleNote:     body(excelize.Style{Alignment: wrap, Fill: fill(light)}),
		StyleClear:    body(excelize.Style{Alignment: wrap}),
		StyleRejected: body(excelize.Style{Alignment: wrap, Font: &excelize.Font{Italic: true, Bold: true, Size: 10, Family: "Calibri"}}),
	}
	var out styles
	for s := StyleNone + 1; s < styleCount; s++ {
		look := all[s]
		id, err := f.NewStyle(&look)
		if err != nil {
			return out, err
		}
		out[s] = id
	}
	return out, nil
}
