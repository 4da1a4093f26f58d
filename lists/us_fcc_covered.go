package lists

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"partnerscreen/screening"
)

var usFCCCovered = Card{
	ID:        "us_fcc_covered",
	Title:     "US FCC list of covered equipment and services",
	Publisher: "US Federal Communications Commission",
	Doc:       "Makers and providers of communications equipment and services that federal subsidies may not buy and that get no new authorisation in the US.",
	Page:      "https://www.fcc.gov/supplychain/coveredlist",
	Licence:   "CC-BY-NC-4.0",
	Binds:     []string{"US"},
	Reaches:   true, // federal money carries the bar with it
	// A bar on buying equipment, not on importing or exporting it: procurement answers for it.
	Controls: []screening.Control{screening.Debarment},
	Cadence:  400 * 24 * time.Hour,
	Formats: []Format{{
		Name: "csv",
		Files: []File{{
			Name: "table.csv",
			URL:  "https://raw.githubusercontent.com/opensanctions/opensanctions/main/datasets/us/fcc_covered_list/table.csv",
		}},
		Parse: parseUSFCCCovered,
	}},
	Bounds: Bounds{MinEntities: 8, MaxEntities: 300, MinNamed: 1, MaxShrink: 0.3, MaxGrow: 2},
	Note: transcriptionNote + " Some rows name no maker but a kind of product (all foreign-made drones, routers, power inverters): " +
		"they cannot be matched to a partner and are reported as not screened.",
}

var usFCCColumns = columns{Need: []string{"covered_equipment_or_services", "date_of_inclusion_on_covered_list"}}

func parseUSFCCCovered(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	ids := madeIDs{}
	var header Header
	err := readTable(src, "table.csv", ',', usFCCColumns, found, func(r row) {
		text := tidy(r.Get("covered_equipment_or_services"))
		listed, newest := datesFCC(r.Get("date_of_inclusion_on_covered_list"))
		if listed == "" {
			found.add("row", r.Place(), fmt.Sprintf("date of inclusion %q is not a date", r.Get("date_of_inclusion_on_covered_list")), false)
		}
		if t, err := time.Parse(time.DateOnly, newest); err == nil && t.After(header.Published) {
			header.Published = t
		}
		makers := makersFCC(text)
		if len(makers) == 0 {
			found.add("category", r.Place(), fmt.Sprintf("names a kind of product and no maker, not screened: %.60q…", text), false)
		}
		var first *draft
		for _, name := range makers {
			d := newDraft("us_fcc_covered", ids.make("fcc", name), r.Place(), found)
			d.Kind = screening.KindOrganisation
			d.name(screening.Name{Text: name, Kind: screening.PrimaryName})
			d.Listings = []screening.Listing{{
				List: d.List, Entity: d.ID, Programme: "Covered List", Authority: "US Federal Communications Commission",
				LegalBasis: "Secure and Trusted Communications Networks Act of 2019, section 2",
				Controls:   []screening.Control{screening.Debarment}, Terms: text, Listed: listed, URL: usFCCCoveredPage,
			}}
			if first == nil {
				first = d
			} else {
				d.link(screening.Link{Kind: "parent", Entity: first.ID, Name: first.Name(), Source: "the same entry"})
			}
			d.emitTo(emit)
		}
	})
	header.Findings = found.all()
	return header, err
}

const usFCCCoveredPage = "https://www.fcc.gov/supplychain/coveredlist"

var (
	// An entry names its maker after "by", up to where the law goes on.
	makerFCC = regexp.MustCompile(`\b(?:produced|provided|supplied)(?: or provided)?(?:, directly or indirectly,)? by (.+?)(?:,? (?:including|to the extent|subject to|or any of its)\b|\.?$)`)
	childFCC = regexp.MustCompile(`,? and its (?:wholly[- ]owned )?subsidiar(?:y|ies),? `)
	dateFCC  = regexp.MustCompile(`[A-Z][a-z]+ \d{1,2}, \d{4}`)
)

// makersFCC returns the companies an entry names: the maker, then subsidiaries.
func makersFCC(text string) []string {
	m := makerFCC.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	var names []string
	for _, name := range childFCC.Split(m[1], -1) {
		name = strings.Trim(tidy(name), ",; ")
		// "such entity", "a foreign adversary": words, not a name.
		if name == "" || name[0] >= 'a' && name[0] <= 'z' {
			return nil
		}
		names = append(names, name)
	}
	return names
}

// datesFCC reads "December 22, 2025Updated:January 7, 2026": the day of
// inclusion, and the newest day named.
func datesFCC(cell string) (listed, newest string) {
	for _, text := range dateFCC.FindAllString(cell, -1) {
		iso, ok := ParseDate(text, true)
		if !ok {
			continue
		}
		if listed == "" {
			listed = iso
		}
		newest = max(newest, iso)
	}
	return listed, newest
}
