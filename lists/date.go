package lists

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The years a published date may name; anything else is a typing error
// ("3035" for "2035") and is better kept as text than believed.
const (
	dateFirstYear = 1800
	dateLastYear  = 2200
)

var (
	dateISO       = regexp.MustCompile(`^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[t ]\d{2}:\d{2}.*)?$`)
	datePacked    = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	dateSlashed   = regexp.MustCompile(`^(\w{1,2})([/.-])(\w{1,2})[/.-](\d{4})(?: \d{1,2}:\d{2}.*)?$`)
	dateMonthYear = regexp.MustCompile(`^(\d{1,2})/(\d{4})$`)
	dateDayName   = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?[ -]([[:alpha:]]+)[ -](\d{4})$`)
	dateNameDay   = regexp.MustCompile(`^([[:alpha:]]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})$`)
	dateNameYear  = regexp.MustCompile(`^([[:alpha:]]+)[ -](\d{4})$`)
	dateAbout     = regexp.MustCompile(`^(?:circa|ca|c|approximately|approx|about)(?: |\. ?)(.+)$`)
)

// ParseDate reads a date as the lists print dates and returns it as ISO 8601,
// cut to the precision that was published: "12 Mar 1965" is "1965-03-12",
// "February 1970" is "1970-02", "00/00/1950" and "circa 1950" are "1950".
// monthFirst says how to read "03/12/1965"; where only one reading is a date,
// that one is taken. A range ("between 1963 and 1965", "1963-1965"), a date
// that is not in the calendar and a year before 1800 or after 2200 are not ok:
// the caller keeps the text.
func ParseDate(s string, monthFirst bool) (iso string, ok bool) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(strings.ToLower(s)), " ")
	s = strings.TrimRight(s, " .;,")
	if m := dateAbout.FindStringSubmatch(s); m != nil {
		iso, ok = ParseDate(m[1], monthFirst)
		if !ok {
			return "", false
		}
		return iso[:4], true // a day that is only about right is not a day
	}
	if m := datePacked.FindStringSubmatch(s); m != nil {
		return dateOf(m[1], m[2], m[3])
	}
	if m := dateISO.FindStringSubmatch(s); m != nil {
		return dateOf(m[1], m[2], m[3])
	}
	if m := dateSlashed.FindStringSubmatch(s); m != nil {
		day, month := m[1], m[3]
		// With dots the day comes first everywhere.
		if monthFirst && m[2] != "." {
			day, month = month, day
		}
		iso, ok = dateOf(m[4], datePlaceholder(month), datePlaceholder(day))
		if !ok && datePlaceholder(day) != "" && datePlaceholder(month) != "" {
			return dateOf(m[4], day, month)
		}
		return iso, ok
	}
	if m := dateMonthYear.FindStringSubmatch(s); m != nil {
		return dateOf(m[2], m[1], "")
	}
	// Points and commas carry no meaning in "Oct. 5, 2022".
	s = strings.Join(strings.Fields(strings.NewReplacer(",", " ", ".", " ").Replace(s)), " ")
	if m := dateDayName.FindStringSubmatch(s); m != nil {
		return dateOf(m[3], monthNumber(m[2]), m[1])
	}
	if m := dateNameDay.FindStringSubmatch(s); m != nil {
		return dateOf(m[3], monthNumber(m[1]), m[2])
	}
	if m := dateNameYear.FindStringSubmatch(s); m != nil {
		if month := monthNumber(m[1]); month != "" {
			return dateOf(m[2], month, "")
		}
	}
	return "", false
}

// DateOfSerial turns a day number as Excel stores dates ("46126", a fraction
// of a day is dropped) into ISO 8601. Excel counts from 1900 and believes in
// 29 February 1900, so numbers below 61 are refused.
func DateOfSerial(s string) (iso string, ok bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(n >= 61 && n <= 110000) { // 110000 is in 2201
		return "", false
	}
	day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n))
	return dateOf(day.Format("2006"), day.Format("01"), day.Format("02"))
}

// datePlaceholder empties what stands for an unknown day or month: "dd", "mm", "xx".
func datePlaceholder(s string) string {
	switch s {
	case "dd", "mm", "xx", "d", "m":
		return ""
	}
	return s
}

// dateOf checks year, month and day against the calendar. Month and day may be
// "" or zero: then the date is cut before them.
func dateOf(year, month, day string) (string, bool) {
	y, err := strconv.Atoi(year)
	if err != nil || y < dateFirstYear || y > dateLastYear {
		return "", false
	}
	m, okMonth := dateNumber(month)
	d, okDay := dateNumber(day)
	switch {
	case !okMonth || !okDay || m > 12:
		return "", false
	case m == 0 && d == 0:
		return year, true
	case m == 0: // a day of no month says nothing
		return "", false
	case d == 0:
		return fmt.Sprintf("%s-%02d", year, m), true
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d {
		return "", false
	}
	return t.Format(time.DateOnly), true
}

// dateNumber reads a day or month; "" is zero.
func dateNumber(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}

// monthNumber gives the number of an English month, whole or cut to three
// letters or more, also as it is misspelt in the lists; "" if it is none.
func monthNumber(s string) string {
	switch s {
	case "febuary", "feburary":
		s = "february"
	case "sept":
		s = "september"
	}
	for m := time.January; m <= time.December; m++ {
		if len(s) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), s) {
			return fmt.Sprintf("%02d", int(m))
		}
	}
	return ""
}

// dateIn reads the date in a column; one that cannot be read is a finding.
func dateIn(r row, column string, monthFirst bool, found *findings) string {
	text := r.Get(column)
	if text == "" {
		return ""
	}
	iso, ok := ParseDate(text, monthFirst)
	if !ok {
		found.add("row", r.Place(), fmt.Sprintf("%s %q is not a date", column, text), false)
	}
	return iso
}
