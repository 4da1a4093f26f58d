package lists

import (
	"fmt"
	"strings"
	"time"

	"partnerscreen/screening"
)

var usDoD1260H = Card{
	ID:        "us_dod_1260h",
	Title:     "US Section 1260H list of Chinese military companies",
	Publisher: "US Department of Defense",
	Doc:       "Companies the Department holds to be Chinese military companies: no contracts with them since June 2026, none through others from June 2027, no research awards.",
	Page:      "https://www.defense.gov/News/Releases/Search/1260H/",
	Licence:   "CC-BY-NC-4.0",
	Binds:     []string{"US"},
	Reaches:   true, // through the Department's contracts and awards
	Controls:  []screening.Control{screening.ResearchFunding, screening.Debarment},
	Cadence:   550 * 24 * time.Hour, // about once a year: 2024-01, 2025-01, 2026-06
	Formats: []Format{{
		Name: "csv",
		Files: []File{{
			Name: "sanctions.csv",
			URL:  "https://raw.githubusercontent.com/opensanctions/opensanctions/main/datasets/us/dod_chinese_milcorps/sanctions.csv",
		}},
		Parse: parseUSDoD1260H,
	}},
	Bounds: Bounds{MinEntities: 200, MaxEntities: 3000, MinNamed: 1, MinAlias: 0.2, MaxShrink: 0.3, MaxGrow: 1},
	Note: transcriptionNote + " It has a row for each edition that names a company, so one company may stand on it up to three times; " +
		"rows of companies that were removed are left out.",
}

const usDoD1260HBasis = "Section 1260H of the National Defense Authorization Act for Fiscal Year 2021 (Public Law 116-283); " +
	"contracts: section 805 of that for Fiscal Year 2024 (Public Law 118-31)"

var usDoD1260HColumns = columns{
	Need: []string{"Name", "Clean Name", "Start date", "End date"},
	Know: []string{"Alias", "Previous Name", "Parent Name", "Note", "Source Url"},
}

// company1260H is one row: a company in one edition of the list.
type company1260H struct {
	*draft
	printed string
	parent  string
	ends    string
}

func parseUSDoD1260H(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	var companies []company1260H
	newest := ""
	ids := madeIDs{}
	err := readTable(src, "sanctions.csv", ',', usDoD1260HColumns, found, func(r row) {
		if c, ok := readCompany1260H(r, ids, found); ok {
			companies = append(companies, c)
			newest = max(newest, c.Listings[0].Listed)
		}
	})
	if err != nil {
		return Header{}, err
	}
	byName := map[string]company1260H{} // the newest row of each name, as printed and cleaned
	for _, c := range companies {
		for _, name := range []string{c.printed, c.Name()} {
			if old, ok := byName[foldPrint(name)]; !ok || old.Listings[0].Listed <= c.Listings[0].Listed {
				byName[foldPrint(name)] = c
			}
		}
	}
	for _, c := range companies {
		// An end after the newest edition has not come yet as far as the file knows.
		if c.ends != "" && c.ends <= newest {
			found.add("ended", c.place, "removed from the list, left out", false)
			continue
		}
		c.Listings[0].Ends = c.ends
		if c.parent != "" {
			parent := byName[foldPrint(c.parent)]
			link := screening.Link{Kind: "parent", Name: c.parent, Source: c.Listings[0].Programme}
			if parent.draft != nil && (parent.ends == "" || parent.ends > newest) {
				link.Entity = parent.ID
			}
			c.link(link)
		}
		c.emitTo(emit)
	}
	header := Header{Findings: found.all()}
	header.Published, _ = time.Parse(time.DateOnly, newest)
	return header, nil
}

func readCompany1260H(r row, ids madeIDs, found *findings) (company1260H, bool) {
	c := company1260H{printed: tidy(r.Get("Name")), parent: tidy(r.Get("Parent Name"))}
	name := tidy(r.Get("Clean Name"))
	if name == "" {
		name = strings.TrimRight(c.printed, "*. ")
	}
	if name == "" {
		found.add("row", r.Place(), "no name, left out", true)
		return c, false
	}
	aliases := splitAliases1260H(r.Get("Alias"))
	if len(aliases) == 0 {
		name, aliases = shortName1260H(name)
	}
	listed, ok := ParseDate(r.Get("Start date"), true)
	if !ok {
		found.add("row", r.Place(), fmt.Sprintf("start date %q is not a date", r.Get("Start date")), false)
	}
	if end := r.Get("End date"); end != "" {
		if c.ends, ok = ParseDate(end, true); !ok {
			found.add("row", r.Place(), fmt.Sprintf("end date %q is not a date; kept as listed", end), false)
		}
	}
	d := newDraft("us_dod_1260h", ids.make("dod1260h", name, listed), r.Place(), found)
	d.Kind = screening.KindOrganisation
	d.name(screening.Name{Text: name, Kind: screening.PrimaryName})
	for _, a := range aliases {
		kind := aliasOrAcronym(a)
		if strings.Contains(c.printed, "formerly "+a) {
			kind = screening.FormerName
		}
		d.name(screening.Name{Text: a, Kind: kind})
	}
	for _, p := range splitJoined(r.Get("Previous Name"), ";") {
		d.name(screening.Name{Text: p, Kind: screening.FormerName})
	}
	// The same company in another edition bears the same entry.
	d.identifier("entry", "us_dod_1260h "+foldPrint(name), "")
	programme := "Section 1260H list"
	if listed != "" {
		programme += " of " + listed
	}
	d.Listings = []screening.Listing{{
		List: d.List, Entity: d.ID, Programme: programme, Authority: "US Department of Defense", LegalBasis: usDoD1260HBasis,
		Controls: []screening.Control{screening.ResearchFunding, screening.Debarment},
		Listed:   listed, Remarks: tidy(r.Get("Note")), URL: r.Get("Source Url"),
	}}
	c.draft = d
	return c, true
}

// splitAliases1260H cuts at semicolons, and at commas without a blank behind:
// "Sandsec,Sandholm Sec" is two names, "Quarry Lidar Co., Ltd." is one.
func splitAliases1260H(cell string) []string {
	var out []string
	for _, part := range splitJoined(cell, ";") {
		from := 0
		for i := 0; i+1 < len(part); i++ {
			if part[i] == ',' && part[i+1] != ' ' {
				out = append(out, part[from:i])
				from = i + 1
			}
		}
		out = append(out, part[from:])
	}
	return out
}

// shortName1260H takes the short name in brackets off the end of a name that
// was not cleaned: "Dawning Example Co., Ltd. (Example)".
func shortName1260H(name string) (string, []string) {
	open := strings.LastIndex(name, " (")
	if open <= 0 || !strings.HasSuffix(name, ")") {
		return name, nil
	}
	return name[:open], []string{strings.TrimSuffix(name[open+2:], ")")}
}
