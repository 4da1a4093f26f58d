package reports

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"partnerscreen/screening"
)

// decided is the sample's escalated match with a decision.
func decided(d screening.Decision) []*screening.Result {
	all := sampleResults()
	for _, r := range all {
		for i := range r.Parties {
			for k := range r.Parties[i].Matches {
				if m := &r.Parties[i].Matches[k]; m.Entity == "AA-1017" {
					m.Decision = &d
				}
			}
		}
	}
	return all
}

// TestHold wants the instructions of a true match under an asset freeze, and
// OFAC's clock only where the list is OFAC's.
func TestHold(t *testing.T) {
	match := func(d *screening.Decision, list string, c screening.Control) *screening.Match {
		return &screening.Match{Control: c, Decision: d, Listings: []screening.Listing{{List: list, Controls: []screening.Control{c}}}}
	}
	yes := &screening.Decision{Verdict: screening.TrueMatch}
	tests := []struct {
		name       string
		m          *screening.Match
		hold, ofac bool
	}{
		{"true match on OFAC's list", match(yes, "us_ofac_sdn", screening.AssetFreeze), true, true},
		{"true match on another list", match(yes, "eu_fsf", screening.AssetFreeze), true, false},
		{"one person has said so", match(&screening.Decision{Verdict: screening.TrueMatch, Waiting: screening.SecondPerson}, "us_ofac_sdn", screening.AssetFreeze), true, true},
		{"true match under an export licence", match(yes, "us_ofac_sdn", screening.ExportLicence), false, false},
		{"false positive", match(&screening.Decision{Verdict: screening.FalsePositive}, "us_ofac_sdn", screening.AssetFreeze), false, false},
		{"to be decided again: nobody has released it", match(&screening.Decision{Verdict: screening.TrueMatch, Reopened: "evidence changed"}, "us_ofac_sdn", screening.AssetFreeze), true, true},
		{"revoked", match(&screening.Decision{Verdict: screening.TrueMatch, Revoked: "S. Second", Reopened: "revoked"}, "us_ofac_sdn", screening.AssetFreeze), false, false},
		{"not decided", match(nil, "us_ofac_sdn", screening.AssetFreeze), false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if frozen(tt.m) != tt.hold {
				t.Errorf("hold %v, want %v", !tt.hold, tt.hold)
			}
			if tt.hold && strings.Contains(reportsDue(tt.m), "31 CFR 501.603") != tt.ofac {
				t.Errorf("due: %q", reportsDue(tt.m))
			}
		})
	}
	f := opened(t, written(t, sampleReport(), results(decided(screening.Decision{Verdict: screening.TrueMatch, Reviewer: "A. Reader", Made: sampleTime})...))).file
	if text := dump(t, f, "Party pages"); !strings.Contains(text, "HOLD") {
		t.Error("the party page of a true match under an asset freeze does not say HOLD")
	}
	if text := dump(t, f, "Review"); !strings.Contains(text, "True match on 2026-11-23 by A. Reader") {
		t.Error("a true match is no longer on Review")
	}
}

func TestWhatWasDecided(t *testing.T) {
	yes := screening.Decision{Verdict: screening.FalsePositive, Reason: "different_place", Reviewer: "A. Reader", Made: on(2026, 3, 1), Expires: on(2027, 3, 1)}
	tests := []struct {
		name   string
		change func(*screening.Decision)
		want   string
		holds  bool
	}{
		{"stands", func(*screening.Decision) {}, "False positive on 2026-03-01 by A. Reader: Different place\nHolds until 2027-03-01", true},
		{"reopened", func(d *screening.Decision) { d.Reopened = "evidence changed" }, "False positive on 2026-03-01 by A. Reader: Different place\nNo longer holds: evidence changed", false},
		{"waits", func(d *screening.Decision) { d.Waiting = screening.SecondPerson },
			"False positive on 2026-03-01 by A. Reader: Different place\nDoes not count yet: a second signed-in person has to say the same", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := yes
			tt.change(&d)
			m := &screening.Match{Decision: &d}
			if got := earlierOf(m); got != tt.want || holds(m) != tt.holds {
				t.Errorf("%q, holds %v", got, holds(m))
			}
		})
	}
}

// TestDismissedIsCountedOnce wants a dismissed match on Dismissed earlier and
// a reopened one back on Review.
func TestDismissedIsCountedOnce(t *testing.T) {
	f, err := gather(sampleReport(), results(sampleResults()...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	if len(f.Dismissed) != 1 || f.Dismissed[0].Match.Entity != "AA-2050" {
		t.Errorf("dismissed: %v", f.Dismissed)
	}
	if !slices.ContainsFunc(f.Flagged, func(fd *Finding) bool { return fd.Match.Decision != nil && fd.Match.Decision.Reopened != "" }) {
		t.Error("the reopened match is not on Review")
	}
	if f.Unflagged != 6 { // Morvane, Ostrel, Quillon, Brelk, and Tessaly twice
		t.Errorf("%d parties without a flag", f.Unflagged)
	}
}

// TestOneLineAPair wants rows, roles and references of one pair on one line,
// graded by the gravest of them, and other pairs on lines of their own.
func TestOneLineAPair(t *testing.T) {
	all := sampleResults()
	all[0].Parties[0].Matches[0].Grade = screening.Review
	f, err := gather(sampleReport(), results(all...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	first := f.Flagged[0]
	if first.Grade != screening.Escalate || len(first.Places) != 2 || strings.Join(first.Roles, ", ") != "partner, funder" || strings.Join(first.Refs, " ") != "C-101 C-107" {
		t.Errorf("line 1: %+v", first)
	}
	if got := rowsIn(first.Places); got != "collaborations 2026.xlsx, Active: rows 3, 9" {
		t.Errorf("rows: %q", got)
	}
	if len(f.Flagged) != 3 {
		t.Errorf("%d lines, want 3", len(f.Flagged))
	}
	// Without keys the content of both sides tells pairs apart.
	for _, r := range all {
		for i := range r.Parties {
			for k := range r.Parties[i].Matches {
				r.Parties[i].Matches[k].Key = ""
			}
		}
	}
	g, err := gather(sampleReport(), results(all...))
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	if len(g.Flagged) != 3 {
		t.Errorf("%d lines without keys, want 3", len(g.Flagged))
	}
}

func TestEntityLookupFails(t *testing.T) {
	r := sampleReport()
	broken := errors.New("broken store")
	r.Entity = func(string, string) (*screening.Entity, error) { return nil, broken }
	if _, err := gather(r, results(sampleResults()...)); !errors.Is(err, broken) {
		t.Errorf("got %v, want the store's error: a page that lacks one side must not look whole", err)
	}
}

func TestListings(t *testing.T) {
	all := []screening.Listing{
		{List: "us_ofac_sdn", Entity: "4691", Programme: "SDGT", LegalBasis: "31 CFR part 594", Bearing: screening.Contractual, Blocking: "a law of 50 % of states"},
		{List: "us_trade_csl", Entity: "164dd77086aeb262eaadf946f86386960406d256", Programme: "SDN", Ends: "2027-01-01", Bearing: screening.Contractual, Blocking: "a law of 50 % of states"},
		{List: "cc", Bearing: screening.Informative},
	}
	want := `1. us_ofac_sdn 4691: SDGT; 31 CFR part 594
2. us_trade_csl 164dd77086a…: SDN, ends 2027-01-01
3. cc
1, 2: binding through a funder or an item's origin
1, 2: acting on it may be barred by a law of 50 % of states
3: not binding on this office`
	if got := listingsInShort(all); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLongPartyPage wants all of many names to be seen: a row can be 409 points high and no higher.
func TestLongPartyPage(t *testing.T) {
	r := sampleReport()
	entity := r.Entity
	r.Entity = func(list, id string) (*screening.Entity, error) {
		e, err := entity(list, id)
		for i := range 120 {
			if err == nil {
				e.Names = append(e.Names, screening.Name{Text: fmt.Sprintf("Veltraxis name %d", i), Kind: screening.AliasName})
			}
		}
		return e, err
	}
	f := opened(t, written(t, r, results(sampleResults()...))).file
	rows, err := f.GetRows("Party pages")
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	for n, cells := range rows {
		for _, c := range cells {
			names += strings.Count(c, "Veltraxis name ")
			if high, err := f.GetRowHeight("Party pages", n+1); err != nil || high < 12.5*float64(1+strings.Count(c, "\n")) {
				t.Errorf("row %d is %v points high for %d lines", n+1, high, 1+strings.Count(c, "\n"))
			}
		}
	}
	if names != 120 {
		t.Errorf("%d of 120 names", names)
	}
}

func TestOwners(t *testing.T) {
	m := &screening.Match{
		Control: screening.ExportLicence, Owner: screening.ExportControl,
		Listings: []screening.Listing{{Controls: []screening.Control{screening.ExportLicence, screening.ResearchFunding}}, {Controls: []screening.Control{screening.AssetFreeze}}},
	}
	if got := plainOwners(m); got != "export control\nlegal compliance\nsponsored programmes" {
		t.Errorf("owners %q: each control's office, that of the grade first", got)
	}
}

// TestWhatLapsedIsSaid wants a line of Review to say of its rows how they were
// closed before, and why that no longer holds.
func TestWhatLapsedIsSaid(t *testing.T) {
	all := sampleResults()
	was := &screening.Disposition{Closing: screening.Mitigated, Terms: "no visits", Reviewer: "R. Quill", Made: on(2026, 2, 3)}
	for i, why := range []string{`role: "partner" before, "funder" now`, "its time was over on 2026-11-01"} {
		d := *was
		d.Lapsed = why
		r := *all[0]
		p := *r.Partner
		p.Row = 20 + i
		m := r.Parties[0].Matches[0]
		m.Disposition = &d
		r.Partner, r.Parties = &p, []screening.PartyResult{{Grade: m.Grade, Matches: []screening.Match{m}}}
		all = append(all, &r)
	}
	f := opened(t, written(t, sampleReport(), results(all...))).file
	text := dump(t, f, "Review")
	for _, want := range []string{
		`Closed on 2026-02-03 by R. Quill: Mitigated (no visits); no longer, role: "partner" before, "funder" now`, "no longer, its time was over on 2026-11-01",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("Review does not say %q:\n%s", want, text)
		}
	}
	if len(opened(t, written(t, sampleReport(), results(all...))).file.GetSheetList()) != len(All) {
		t.Error("a lapsed disposition makes or takes a sheet")
	}
}
