package intake

import (
	"strings"
	"testing"
)

func TestParseDate(t *testing.T) {
	for _, tt := range []struct {
		cell, want, why string
		order           dateOrder
	}{
		{cell: "2026-04-03", want: "2026-04-03"},
		{cell: "2026-04-03 12:30", want: "2026-04-03"},
		{cell: "2026-04-03T12:30:00Z", want: "2026-04-03"},
		{cell: "2026/4/3", want: "2026-04-03"},
		{cell: "2026-04", want: "2026-04"},
		{cell: "2026", want: "2026"},
		{cell: "20260403", want: "2026-04-03"},
		{cell: "03.04.2026", want: "2026-04-03"}, // dots: the day first, in all five languages
		{cell: "3. 4. 2026", want: "2026-04-03"},
		{cell: "23/11/2026", want: "2026-11-23"},
		{cell: "11/23/2026", want: "2026-11-23"},
		{cell: "05/05/2026", want: "2026-05-05"}, // either way the same day
		{cell: "03/04/2026", want: "2026", why: "could be two days"},
		{cell: "03/04/2026", want: "2026-04-03", order: dateOrder{dayFirst: true}},
		{cell: "03/04/2026", want: "2026-03-04", order: dateOrder{monthFirst: true}},
		{cell: "03/04/2026", want: "2026", why: "could be two days", order: dateOrder{dayFirst: true, monthFirst: true}},
		{cell: "31.12.27", want: "2027-12-31"},
		{cell: "31.12.99", want: "1999-12-31"},
		{cell: "04/2026", want: "2026-04"},
		{cell: "3 April 2026", want: "2026-04-03"},
		{cell: "April 3rd, 2026", want: "2026-04-03"},
		{cell: "1. März 2026", want: "2026-03-01"},
		{cell: "1er février 2026", want: "2026-02-01"},
		{cell: "3 de abril de 2026", want: "2026-04-03"},
		{cell: "3 mei 2026", want: "2026-05-03"},
		{cell: "Dec 2026", want: "2026-12"},
		{cell: "01-Jan-2026", want: "2026-01-01"},
		{cell: "46022", want: "2025-12-31"}, // a spreadsheet's day number
		{cell: "ongoing"}, {cell: "unbefristet"}, {cell: "-"}, {cell: ""},
		{cell: "31.02.2026", why: "is no day of the calendar"},
		{cell: "after the pilot", why: "is no date that can be read"},
		{cell: "223300", why: "is no date that can be read"},
	} {
		got, why := parseDate(tt.cell, tt.order)
		if got != tt.want || !strings.HasPrefix(why, tt.why) || (why != "") != (tt.why != "") {
			t.Errorf("parseDate(%q, %+v) = %q, %q; want %q, %q", tt.cell, tt.order, got, why, tt.want, tt.why)
		}
	}
}

// The order of days and months is learnt from the sheet's own dates.
func TestDateOrder(t *testing.T) {
	_, ps := read(t, []byte("Partner,Start,End\nQuell GmbH,03/04/2026,05/06/2027\nHalcyon Ltd,23/04/2026,\n"), Options{})
	if ps[0].Start != "2026-04-03" || ps[0].End != "2027-06-05" {
		t.Errorf("start %q, end %q; row 3 shows that the day comes first", ps[0].Start, ps[0].End)
	}
	_, ps = read(t, []byte("Partner,Start\nQuell GmbH,03/04/2026\n"), Options{})
	if ps[0].Start != "2026" || len(ps[0].Notes) != 1 {
		t.Errorf("start %q, notes %q; nothing shows the order", ps[0].Start, ps[0].Notes)
	}
}

func TestSpreadsheetNumbers(t *testing.T) {
	for _, tt := range []struct {
		cell      string
		format    numberFormat
		epoch1904 bool
		want      string
	}{
		{"46022", dateNumber, false, "2025-12-31"},
		{"46022.5", dateNumber, false, "2025-12-31 12:00"},
		{"44560", dateNumber, true, "2025-12-31"}, // 1,462 days less since 1904
		{"1", dateNumber, false, "1900-01-01"},
		{"61", dateNumber, false, "1900-03-01"},
		{"0.5", timeNumber, false, "12:00:00"},
		{"0.255", percentNumber, false, "25.5%"},
		{"1E5", plainNumber, false, "100000"},
		{"934307396", plainNumber, false, "934307396"},
		{"1.2345678901234501E+17", plainNumber, false, "123456789012345000"},
		{"0.30000000000000004", plainNumber, false, "0.3"},
		{"-2.5", dateNumber, false, "-2.5"},
		{"1e999", plainNumber, false, "1e999"},
		{"text", plainNumber, false, "text"},
	} {
		if got := number(tt.cell, tt.format, tt.epoch1904); got != tt.want {
			t.Errorf("number(%q, %d, %v) = %q, want %q", tt.cell, tt.format, tt.epoch1904, got, tt.want)
		}
	}
	for code, want := range map[string]numberFormat{
		`dd\.mm\.yyyy`: dateNumber, `[$-407]d. mmmm yyyy;@`: dateNumber, "mmm-yy": dateNumber, "yyyy": dateNumber, "m/d/yy h:mm": dateNumber,
		"h:mm:ss": timeNumber, "[h]:mm": timeNumber, "0.0%": percentNumber, "General": plainNumber, "#,##0.00": plainNumber,
		`0 "days"`: plainNumber, `[Red]0.00`: plainNumber, `#,##0\ "Mio. EUR"`: plainNumber, `0;[Red]-0;"dd"`: plainNumber,
	} {
		if got := formatOfCode(code); got != want {
			t.Errorf("formatOfCode(%q) = %d, want %d", code, got, want)
		}
	}
}
