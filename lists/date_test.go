package lists

import "testing"

func TestParseDate(t *testing.T) {
	tests := []struct {
		name, in   string
		monthFirst bool
		want       string // "" is not ok
	}{
		{"ISO day", "1965-03-12", false, "1965-03-12"},
		{"ISO day with time", "2026-07-31T00:00:00Z", false, "2026-07-31"},
		{"ISO day with time after a blank", "2026-07-31 10:11:12", false, "2026-07-31"},
		{"ISO with slashes", "1965/3/12", false, "1965-03-12"},
		{"ISO month", "1965-03", false, "1965-03"},
		{"year", " 1965 ", false, "1965"},
		{"packed", "19650312", false, "1965-03-12"},
		{"day, month name, year", "12 Mar 1965", false, "1965-03-12"},
		{"hyphens", "08-Oct-2026", false, "2026-10-08"},
		{"whole month name", "12 March 1965", false, "1965-03-12"},
		{"ordinal", "3rd August 1990", false, "1990-08-03"},
		{"American order", "March 12, 1965", false, "1965-03-12"},
		{"American order, short month", "Oct. 5, 2022", false, "2022-10-05"},
		{"non-breaking blanks", "March\u00a012,\u00a01965", false, "1965-03-12"},
		{"month and year", "February 1970", false, "1970-02"},
		{"month misspelt", "Febuary 1970", false, "1970-02"},
		{"Sept", "Sept 1970", false, "1970-09"},
		{"slashes, day first", "03/12/1965", false, "1965-12-03"},
		{"slashes, month first", "03/12/1965", true, "1965-03-12"},
		{"only one reading is a date", "25/03/1965", true, "1965-03-25"},
		{"dots are day first whatever the hint", "03.12.1965", true, "1965-12-03"},
		{"month and year with slash", "03/1965", false, "1965-03"},
		{"unknown day and month", "dd/mm/1945", false, "1945"},
		{"unknown day", "dd/05/1950", false, "1950-05"},
		{"unknown day, month first", "05/dd/1950", true, "1950-05"},
		{"zeros for unknown", "00/00/1950", false, "1950"},
		{"zero day", "00 Jan 1965", false, "1965-01"},
		{"ISO zeros", "1965-00-00", false, "1965"},
		{"circa", "circa 1965", false, "1965"},
		{"c.", "c. 1965", false, "1965"},
		{"c. without a blank", "c.1965", false, "1965"},
		{"approximately", "Approximately 1963", false, "1963"},
		{"circa a day is no day", "circa 12 Mar 1965", false, "1965"},
		{"full stop behind", "12 Mar 1965.", false, "1965-03-12"},
		{"leap day", "29 Feb 1964", false, "1964-02-29"},

		{"no leap day", "29 Feb 1965", false, ""},
		{"thirteenth month", "13/13/1965", false, ""},
		{"day of an unknown month", "12/mm/1965", false, ""},
		{"range in words", "between 1963 and 1965", false, ""},
		{"range with a dash", "1963-1965", false, ""},
		{"range of circa", "circa 1963-1965", false, ""},
		{"two dates", "1963, 1965", false, ""},
		{"year too late", "01/02/3035", true, ""},
		{"year too early", "12 Mar 1065", false, ""},
		{"two-figure year", "12 Mar 65", false, ""},
		{"Excel serial is no year", "46126", false, ""},
		{"unix seconds", "1700000000", false, ""},
		{"unknown month name", "12 Marz 1965", false, ""},
		{"words", "unknown", false, ""},
		{"empty", "", false, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := ParseDate(test.in, test.monthFirst)
			if got != test.want || ok != (test.want != "") {
				t.Errorf("ParseDate(%q, %v) = %q, %v; want %q", test.in, test.monthFirst, got, ok, test.want)
			}
		})
	}
}

func TestDateOfSerial(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a day of this year", "46126", "2026-04-14"},
		{"with a time of day", "46126.75", "2026-04-14"},
		{"the first day Excel counts rightly", "61", "1900-03-01"},
		{"before that", "60", ""},
		{"a year is no serial worth believing", "1965", "1905-05-18"},
		{"too late", "200000", ""},
		{"words", "x", ""},
		{"not a number", "NaN", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := DateOfSerial(test.in); got != test.want || ok != (test.want != "") {
				t.Errorf("DateOfSerial(%q) = %q, %v; want %q", test.in, got, ok, test.want)
			}
		})
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"1965-03-12", "12 Mar 1965", "dd/mm/1945", "circa circa 1965", "00 Jan 1965"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, monthFirst bool) {
		iso, ok := ParseDate(s, monthFirst)
		if !ok {
			if iso != "" {
				t.Errorf("ParseDate(%q) is not ok and says %q", s, iso)
			}
			return
		}
		// What was read reads back as itself.
		if again, ok := ParseDate(iso, monthFirst); !ok || again != iso {
			t.Errorf("ParseDate(%q) = %q, read back as %q, %v", s, iso, again, ok)
		}
	})
}
