package intake

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dateOrder is what a sheet's own dates show of the order of days and months:
// 23/11/2026 can only have the day first.
type dateOrder struct{ dayFirst, monthFirst bool }

// openEnds are what people write where the end is not set.
var openEnds = wordSet(`ongoing|on going|on-going|open|open ended|open-ended|open end|present|current|continuing|indefinite|permanent|no end date|none|n/a|na|n.a.|-|–|tbd|tbc|tba|unknown|?|
	laufend|unbefristet|offen|fortlaufend|en cours|indéterminé|indéterminée|en curso|indefinido|indefinida|lopend|onbepaald|doorlopend|null|0`)

var (
	yearFirst  = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ].*)?$`)
	yearLast   = regexp.MustCompile(`^(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})(?:[T ,].*)?$`)
	monthYear  = regexp.MustCompile(`^(\d{1,2})[-/.](\d{4})$`)
	compact    = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	daySerial  = regexp.MustCompile(`^[2-7]\d{4}(?:\.\d+)?$`)
	bareYear   = regexp.MustCompile(`^(?:19|20|21)\d{2}$`)
	dayWords   = regexp.MustCompile(`^(?:\p{L}+,?\s+)?(\d{1,2})(?:st|nd|rd|th|er|\.)?[\s.-]+(?:de\s+|of\s+)?(\p{L}+)\.?,?[\s.-]+(?:de\s+)?(\d{4}|\d{2})$`)
	monthWords = regexp.MustCompile(`^(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$`)
	wordYear   = regexp.MustCompile(`^(\p{L}+)\.?[\s-]+(?:de\s+)?(\d{4}|\d{2})$`)
)

// months by folded name, in the five languages, and by their first three
// letters where those are one language's alone or the same month in all.
var months = func() map[string]int {
	m := map[string]int{}
	for i, names := range []string{
		`january januar jänner janvier enero januari jan ene`,
		`february februar février febrero februari feb fev fév`,
		`march märz mars marzo maart mar mrz mrt maerz`,
		`april avril abril apr avr abr`,
		`may mai mayo mei`,
		`june juni juin junio jun`,
		`july juli juillet julio jul juil`,
		`august août agosto augustus aug ago aou`,
		`september septembre septiembre setiembre sep sept`,
		`october oktober octobre octubre oct okt`,
		`november novembre noviembre nov`,
		`december dezember décembre diciembre dec dez dic déc`,
	} {
		for n := range strings.FieldsSeq(names) {
			m[fold(n)] = i + 1
		}
	}
	return m
}()

// parseDate reads a date to the precision it was written with, as ISO 8601.
// A date that could be either of two days is cut to its year; why says so.
// An end that is open gives "" and no reason.
func parseDate(s string, order dateOrder) (iso, why string) {
	s = cleanCell(s)
	if s == "" || openEnds[strings.ToLower(s)] {
		return "", ""
	}
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return calendar(m[1], m[2], m[3])
	}
	if m := yearLast.FindStringSubmatch(s); m != nil {
		first, second := atoi(m[1]), atoi(m[3])
		switch {
		case m[2] == ".", first > 12, first == second, order.dayFirst && !order.monthFirst && second <= 12:
			return calendar(m[4], m[3], m[1])
		case second > 12, order.monthFirst && !order.dayFirst:
			return calendar(m[4], m[1], m[3])
		}
		year := fullYear(m[4])
		return year, "could be two days; only its year is used: write it as " + year + "-MM-DD"
	}
	if m := monthYear.FindStringSubmatch(s); m != nil {
		return calendar(m[2], m[1], "")
	}
	if m := compact.FindStringSubmatch(s); m != nil {
		return calendar(m[1], m[2], m[3])
	}
	if daySerial.MatchString(s) {
		f, _ := strconv.ParseFloat(s, 64)
		iso, _, _ := strings.Cut(serialDate(f, false), " ")
		return iso, ""
	}
	if bareYear.MatchString(s) {
		return s, ""
	}
	if m := dayWords.FindStringSubmatch(s); m != nil && months[fold(m[2])] > 0 {
		return calendar(m[3], strconv.Itoa(months[fold(m[2])]), m[1])
	}
	if m := monthWords.FindStringSubmatch(s); m != nil && months[fold(m[1])] > 0 {
		return calendar(m[3], strconv.Itoa(months[fold(m[1])]), m[2])
	}
	if m := wordYear.FindStringSubmatch(s); m != nil && months[fold(m[1])] > 0 {
		return calendar(m[2], strconv.Itoa(months[fold(m[1])]), "")
	}
	return "", "is no date that can be read; write it as YYYY-MM-DD"
}

// calendar checks that there is such a day. The day may be "".
func calendar(year, month, day string) (iso, why string) {
	y, m, d := atoi(fullYear(year)), atoi(month), atoi(day)
	if day == "" {
		d = 1
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Month() != time.Month(m) || t.Day() != d || y < 1900 || y > 2999 {
		return "", "is no day of the calendar"
	}
	if day == "" {
		return fmt.Sprintf("%04d-%02d", y, m), ""
	}
	return t.Format(time.DateOnly), ""
}

func fullYear(s string) string {
	if len(s) == 2 {
		if s < "70" {
			return "20" + s
		}
		return "19" + s
	}
	return s
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

func (l *layout) hasDates() bool {
	for _, c := range l.columns {
		if c.field == fieldStart || c.field == fieldEnd {
			return true
		}
	}
	return false
}

// learnDates takes note of a date in the line whose order is beyond doubt.
func (l *layout) learnDates(order *dateOrder, ln line) {
	if ln.number <= l.headerRow {
		return
	}
	for _, c := range l.columns {
		if (c.field != fieldStart && c.field != fieldEnd) || c.index >= len(ln.cells) {
			continue
		}
		m := yearLast.FindStringSubmatch(cleanCell(ln.cells[c.index]))
		if m == nil || m[2] == "." {
			continue
		}
		first, second := atoi(m[1]), atoi(m[3])
		order.dayFirst = order.dayFirst || (first > 12 && second <= 12)
		order.monthFirst = order.monthFirst || (second > 12 && first <= 12)
	}
}
