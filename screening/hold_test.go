package screening

import (
	"strings"
	"testing"
	"time"
)

func TestBusinessDay(t *testing.T) {
	for _, tc := range []struct {
		name, from string
		n          int
		want       string
	}{
		{"an ordinary fortnight", "2026-03-02", 10, "2026-03-16"},
		{"over Thanksgiving", "2026-11-23", 10, "2026-12-08"}, // 24 25 27 30 1 2 3 4 7 8
		{"from a Saturday", "2026-03-07", 1, "2026-03-09"},
		{"Independence Day on a Saturday is kept on Friday", "2026-07-02", 1, "2026-07-06"},
		{"Juneteenth on a Saturday is kept on Friday", "2027-06-17", 1, "2027-06-21"},
		{"New Year of 2028, a Saturday, is kept in the old year", "2027-12-30", 1, "2028-01-03"},
		{"Christmas and New Year", "2026-12-23", 10, "2027-01-08"}, // 24 28 29 30 31 4 5 6 7 8
		{"Martin Luther King's and Washington's birthdays", "2027-01-15", 1, "2027-01-19"},
		{"Memorial Day", "2027-05-28", 1, "2027-06-01"},
		{"Veterans Day on a Thursday", "2027-11-10", 1, "2027-11-12"},
	} {
		from, err := time.Parse(time.DateOnly, tc.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := BusinessDay(from.Add(15*time.Hour), tc.n).Format(time.DateOnly); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestHoldsOf(t *testing.T) {
	freeze := func(lists ...string) *Match {
		m := &Match{}
		for _, l := range lists {
			m.Listings = append(m.Listings, Listing{List: l, Controls: []Control{AssetFreeze}})
		}
		return m
	}
	since := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name  string
		match *Match
		want  string
	}{
		{"OFAC, twice on record", freeze("us_ofac_sdn", "us_trade_csl"), "United States, OFAC 2026-12-08"},
		{"three authorities", freeze("us_ofac_sdn", "gb_fcdo_sanctions", "eu_fsf"), "United States, OFAC 2026-12-08; United Kingdom, OFSI; European Union"},
		{"the office's own list", freeze("watch"), "Other authority"},
		{"no freeze", &Match{Listings: []Listing{{List: "us_ofac_cons", Controls: []Control{NarrowFinancial}}}}, ""},
	} {
		var got []string
		for _, h := range HoldsOf(tc.match, since) {
			line := h.Authority
			if !h.Due.IsZero() {
				line += " " + h.Due.Format(time.DateOnly)
			}
			got = append(got, line)
		}
		if strings.Join(got, "; ") != tc.want {
			t.Errorf("%s: %v, want %s", tc.name, got, tc.want)
		}
	}
	for _, h := range append(Holds, elsewhere) {
		if h.Source == "" || h.Tell == "" || h.Report == "" {
			t.Errorf("%s says not all", h.Authority)
		}
		if _, err := time.Parse(time.DateOnly, h.Checked); err != nil {
			t.Errorf("%s: checked on %q", h.Authority, h.Checked)
		}
	}
}
