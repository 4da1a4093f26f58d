package screening

import (
	"slices"
	"strings"
	"time"
)

// Hold is what a true match under an asset freeze asks for at once under one
// authority's law: what to do, whom to tell, and by when. It is a reminder with
// its source, and no legal advice.
type Hold struct {
	Authority string   `json:"authority"`
	Lists     []string `json:"-"` // that the rule is for; a list of several authorities takes the programme into account
	Tell      string   `json:"tell"`
	// Report says by when, in words; Due is the day where the rule counts days.
	Report  string    `json:"report"`
	Days    int       `json:"-"` // business days in the authority's country
	Due     time.Time `json:"due,omitzero"`
	Source  string    `json:"source"`
	Checked string    `json:"checked"` // when the source was read last
}

// HoldNow is what every asset freeze asks for, whoever's it is.
const HoldNow = "Stop payments, transfers, services and shipments to or for the party. Hold what you have of theirs: do not return it, release it or set it off. " +
	"Tell legal compliance today; do not tell the party before they agree."

// Holds are the rules this program knows of, each for the lists of one authority.
var Holds = []Hold{
	{
		Authority: "United States, OFAC", Lists: []string{"us_ofac_sdn", "us_ofac_cons", "us_trade_csl"}, Days: 10,
		Tell: "OFAC, by its reporting system",
		Report: "within 10 business days: of the day property became blocked, or a transaction was rejected. The day beside this counts from the first decision; " +
			"where property was held earlier, count from that day. Property still blocked on 30 June is reported again by 30 September.",
		Source: "31 CFR 501.603 (blocked property), 31 CFR 501.604 (rejected transactions)", Checked: "2026-11-23",
	},
	{
		Authority: "United Kingdom, OFSI", Lists: []string{"gb_fcdo_sanctions"},
		Tell:    "the Office of Financial Sanctions Implementation, HM Treasury",
		Report:  "as soon as practicable, by relevant firms; whoever else holds frozen funds or economic resources should tell OFSI too, and answers its yearly review of frozen assets.",
		Source:  "the part on information and records of each set of regulations under the Sanctions and Anti-Money Laundering Act 2018; OFSI, Reporting information to OFSI",
		Checked: "2026-11-23",
	},
	{
		Authority: "European Union", Lists: []string{"eu_fsf", "eu_journal_sanctions"},
		Tell:   "the competent authority of the member state the office is in",
		Report: "without delay: each regulation asks to supply at once what would help compliance, such as accounts and amounts frozen; some set a number of days.",
		Source: "the article on supplying information of each regulation, such as Article 8 of Regulation (EU) No 269/2014", Checked: "2026-11-23",
	},
	{
		Authority: "Canada", Lists: []string{"ca_dfatd_sema_sanctions"},
		Tell:   "the Commissioner of the RCMP or the Director of CSIS",
		Report: "without delay: that property of a listed person is held, and any transaction in it.",
		Source: "the duty to disclose of each set of regulations under the Special Economic Measures Act, such as SOR/2014-58, section 7", Checked: "2026-11-23",
	},
	{
		Authority: "Switzerland, SECO", Lists: []string{"ch_seco_sanctions"},
		Tell:   "the State Secretariat for Economic Affairs (SECO)",
		Report: "without delay, with the names, what is held and its value.",
		Source: "the article on the duty to report of each ordinance under the Embargo Act, such as Article 16 of SR 946.231.176.72", Checked: "2026-11-23",
	},
	{
		Authority: "Security Council", Lists: []string{"un_sc_sanctions"},
		Tell:   "the authority that carries the Council's measures out in the office's country",
		Report: "as that country's law says.",
		Source: "the resolution of each regime, carried out by national law", Checked: "2026-11-23",
	},
}

// elsewhere is for a freeze of an authority whose rule is not known here.
var elsewhere = Hold{
	Authority: "Other authority", Tell: "the authority that published the list", Report: "as its law says; legal compliance finds out today.",
	Source: "no rule is on record here", Checked: "2026-11-23",
}

// HoldsOf are the rules for a true match by the listings that freeze assets,
// with the day a report is due counted from when it was first called true.
// There is none where nothing freezes.
func HoldsOf(m *Match, since time.Time) []Hold {
	var out []Hold
	add := func(h Hold) {
		if slices.ContainsFunc(out, func(o Hold) bool { return o.Authority == h.Authority }) {
			return
		}
		if h.Days > 0 && !since.IsZero() {
			h.Due = BusinessDay(since, h.Days)
		}
		out = append(out, h)
	}
	other := false
	for _, l := range m.Listings {
		if !slices.Contains(l.Controls, AssetFreeze) {
			continue
		}
		i := slices.IndexFunc(Holds, func(h Hold) bool { return slices.Contains(h.Lists, l.List) })
		if i < 0 {
			other = true
			continue
		}
		add(Holds[i])
	}
	if other {
		add(elsewhere)
	}
	return out
}

// Text is the rule as one paragraph.
func (h *Hold) Text() string {
	var b strings.Builder
	b.WriteString(h.Authority + ": tell " + h.Tell)
	if !h.Due.IsZero() {
		b.WriteString(", by " + h.Due.Format(time.DateOnly))
	}
	b.WriteString(". A report is due " + h.Report + " Source: " + h.Source + "; checked on " + h.Checked + ".")
	return b.String()
}

// BusinessDay is the n-th business day of the United States' government after
// a day: no Saturday, no Sunday, no federal holiday.
func BusinessDay(from time.Time, n int) time.Time {
	day := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if !dayOff(day) {
			n--
		}
	}
	return day
}

// dayOff says whether a day is a Saturday, a Sunday or a federal holiday of the
// United States (5 U.S.C. 6103). One that falls on a Saturday is kept on the
// Friday before, on a Sunday on the Monday after.
func dayOff(d time.Time) bool {
	switch d.Weekday() {
	case time.Saturday, time.Sunday:
		return true
	case time.Monday:
		return holiday(d) || holiday(d.AddDate(0, 0, -1))
	case time.Friday:
		return holiday(d) || holiday(d.AddDate(0, 0, 1))
	}
	return holiday(d)
}

func holiday(d time.Time) bool {
	day, weekday := d.Day(), d.Weekday()
	nth := (day-1)/7 + 1 // the first, second … of its weekday in the month
	switch d.Month() {
	case time.January:
		return day == 1 || weekday == time.Monday && nth == 3 // New Year; Martin Luther King
	case time.February:
		return weekday == time.Monday && nth == 3 // Washington
	case time.May:
		return weekday == time.Monday && day > 24 // Memorial Day
	case time.June:
		return day == 19 // Juneteenth
	case time.July:
		return day == 4
	case time.September:
		return weekday == time.Monday && nth == 1 // the first Monday: workers
	case time.October:
		return weekday == time.Monday && nth == 2 // Columbus Day
	case time.November:
		return day == 11 || weekday == time.Thursday && nth == 4 // Veterans; Thanksgiving
	case time.December:
		return day == 25
	}
	return false
}
