package lists

import (
	"time"

	"partnerscreen/screening"
)

var usOFACSDN = Card{
	ID:        "us_ofac_sdn",
	Title:     "OFAC Specially Designated Nationals",
	Publisher: "US Department of the Treasury, Office of Foreign Assets Control",
	Doc:       "Parties whose property is blocked in the US; US persons may not deal with them, nor with what they own by half or more.",
	Page:      "https://sanctionslist.ofac.treas.gov/Home/SdnList",
	Licence:   "LicenseRef-US-government-work",
	Binds:     []string{"US"},
	Reaches:   true,
	Blocking:  ofacBlockingCard,
	Controls:  []screening.Control{screening.AssetFreeze},
	Cadence:   21 * 24 * time.Hour, // several editions a week
	Formats: []Format{
		{
			Name: "csv",
			Files: []File{
				{Name: "SDN.CSV", URL: ofacExports + "SDN.CSV"},
				// Without them the reader holds the edition; an empty SDN.CSV alone is then still called empty.
				{Name: "ALT.CSV", URL: ofacExports + "ALT.CSV", Optional: true},
				{Name: "ADD.CSV", URL: ofacExports + "ADD.CSV", Optional: true},
				{Name: "SDN_COMMENTS.CSV", URL: ofacExports + "SDN_COMMENTS.CSV", Optional: true},
			},
			Parse: sdn.csv(ofacFiles{"SDN.CSV", "ALT.CSV", "ADD.CSV", "SDN_COMMENTS.CSV"}),
			// The CSV files do not say when they were published.
			Published: func(Source) (time.Time, error) { return time.Time{}, nil },
		},
		{
			Name:      "xml",
			Files:     []File{{Name: "SDN.XML", URL: ofacExports + "SDN.XML"}},
			Parse:     sdn.xml("SDN.XML"),
			Published: ofacXMLDate("SDN.XML"),
		},
		{
			Name:      "advanced-xml",
			Files:     []File{{Name: "SDN_ADVANCED.XML", URL: ofacExports + "SDN_ADVANCED.XML"}},
			Parse:     sdn.advanced("SDN_ADVANCED.XML"),
			Published: ofacAdvancedDate("SDN_ADVANCED.XML"),
		},
	},
	Bounds: Bounds{
		MinEntities: 8000, MaxEntities: 100000, MinNamed: 0.999, MinCountry: 0.6, MinAlias: 0.3,
		MaxShrink: 0.1, MaxGrow: 0.5,
	},
	Note: "Fetched as CSV; the reader of the advanced XML, with names in original scripts, was tested on an extract of the format.",
}

// ofacExports is the service both lists are published at; it redirects to a
// presigned address.
const ofacExports = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/"

// Everything on the SDN list is blocked, whatever the programme: a listing each.
var sdn = ofacList{id: "us_ofac_sdn", listings: func(p *ofacParty) []screening.Listing {
	programmes := p.programmes
	if len(programmes) == 0 {
		p.found.add("code", p.place, "a party has no programme", false)
		programmes = []string{""}
	}
	var out []screening.Listing
	for _, programme := range programmes {
		out = append(out, screening.Listing{
			Programme: programme, Controls: []screening.Control{screening.AssetFreeze},
			Listed: p.listedFor(programme), Terms: joined("; ", p.terms...),
		})
	}
	return out
}}
