package lists

import (
	"fmt"
	"time"

	"partnerscreen/screening"
)

var usBISMIEU = Card{
	ID:        "us_bis_mieu",
	Title:     "US military-intelligence end users",
	Publisher: "US Bureau of Industry and Security",
	Doc:       "Military-intelligence services named in the export regulations: a licence is needed for every item and for support by US persons, and is presumed denied. Not in the Consolidated Screening List.",
	Page:      "https://www.ecfr.gov/current/title-15/section-744.22",
	Licence:   "CC-BY-NC-4.0",
	Binds:     []string{"US"},
	Reaches:   true, // with items subject to the EAR, wherever they are
	Controls:  []screening.Control{screening.ExportLicence},
	// The regulation names them since 2021 and rarely changes; the watch is on the table being looked at.
	Cadence: 2 * 365 * 24 * time.Hour,
	Formats: []Format{{
		Name: "csv",
		Files: []File{{
			Name: "mieu.csv",
			URL:  "https://raw.githubusercontent.com/opensanctions/opensanctions/main/datasets/us/bis_mieu/mieu.csv",
		}},
		Parse: parseUSBISMIEU,
	}},
	Bounds: Bounds{MinEntities: 8, MaxEntities: 200, MinNamed: 1, MinCountry: 1, MaxShrink: 0.3, MaxGrow: 2},
	Note:   transcriptionNote + " The names stand in the text of 15 CFR 744.22(f)(2); they are examples, the rule covers every military-intelligence end user of the countries it names.",
}

var usBISMIEUColumns = columns{
	Need: []string{"Name", "Country"},
	Know: []string{"Type", "Alias", "Topics", "Program", "Date", "End date", "Source URL"},
}

func parseUSBISMIEU(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	ids := madeIDs{}
	err := readTable(src, "mieu.csv", ',', usBISMIEUColumns, found, func(r row) {
		name := tidy(r.Get("Name"))
		if name == "" {
			found.add("row", r.Place(), "no name, left out", true)
			return
		}
		// "Directorate of Signal" says little without its country.
		d := newDraft("us_bis_mieu", ids.make("mieu", name, r.Get("Country")), r.Place(), found)
		var ok bool
		if d.Kind, ok = schemaKind(r.Get("Type")); !ok {
			found.add("code", r.Place(), fmt.Sprintf("unknown type %q", r.Get("Type")), false)
		}
		if topic := r.Get("Topics"); topic != "" && topic != "export.control" {
			found.add("code", r.Place(), fmt.Sprintf("unknown topic %q", topic), true)
		}
		if programme := r.Get("Program"); programme != "" && programme != "US-BIS-MIEU" {
			found.add("code", r.Place(), fmt.Sprintf("unknown programme %q", programme), true)
		}
		d.name(screening.Name{Text: name, Kind: screening.PrimaryName})
		for _, a := range splitJoined(r.Get("Alias"), ";") {
			d.name(screening.Name{Text: a, Kind: aliasOrAcronym(a)})
		}
		d.country(r.Get("Country"))
		l := screening.Listing{
			List: d.List, Entity: d.ID, Programme: "Military-intelligence end users", Authority: "US Bureau of Industry and Security",
			LegalBasis: "15 CFR 744.22(f)(2)", Controls: []screening.Control{screening.ExportLicence}, URL: r.Get("Source URL"),
		}
		l.Listed = dateIn(r, "Date", true, found)
		l.Ends = dateIn(r, "End date", true, found)
		d.Listings = []screening.Listing{l}
		d.emitTo(emit)
	})
	return Header{Findings: found.all()}, err
}
