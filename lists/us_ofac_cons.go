package lists

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var usOFACCons = Card{
	ID:        "us_ofac_cons",
	Title:     "OFAC Consolidated (non-SDN) lists",
	Publisher: "US Department of the Treasury, Office of Foreign Assets Control",
	Doc:       "Narrow US financial restrictions (sectoral, Chinese military-industrial companies, correspondent accounts …); the parties are not blocked.",
	Page:      "https://sanctionslist.ofac.treas.gov/Home/ConsolidatedList",
	Licence:   "LicenseRef-US-government-work",
	Binds:     []string{"US"},
	Reaches:   true,
	Blocking:  ofacBlockingCard,
	Controls:  []screening.Control{screening.NarrowFinancial},
	Cadence:   270 * 24 * time.Hour, // months may pass without a change
	Formats: []Format{
		{
			Name: "csv",
			Files: []File{
				{Name: "CONS_PRIM.CSV", URL: ofacExports + "CONS_PRIM.CSV"},
				{Name: "CONS_ALT.CSV", URL: ofacExports + "CONS_ALT.CSV", Optional: true},
				{Name: "CONS_ADD.CSV", URL: ofacExports + "CONS_ADD.CSV", Optional: true},
				{Name: "CONS_COMMENTS.CSV", URL: ofacExports + "CONS_COMMENTS.CSV", Optional: true},
			},
			Parse:     cons.csv(ofacFiles{"CONS_PRIM.CSV", "CONS_ALT.CSV", "CONS_ADD.CSV", "CONS_COMMENTS.CSV"}),
			Published: func(Source) (time.Time, error) { return time.Time{}, nil },
		},
		{
			Name:      "xml",
			Files:     []File{{Name: "CONSOLIDATED.XML", URL: ofacExports + "CONSOLIDATED.XML"}},
			Parse:     cons.xml("CONSOLIDATED.XML"),
			Published: ofacXMLDate("CONSOLIDATED.XML"),
		},
		{
			Name:      "advanced-xml",
			Files:     []File{{Name: "CONS_ADVANCED.XML", URL: ofacExports + "CONS_ADVANCED.XML"}},
			Parse:     cons.advanced("CONS_ADVANCED.XML"),
			Published: ofacAdvancedDate("CONS_ADVANCED.XML"),
		},
	},
	Bounds: Bounds{
		MinEntities: 150, MaxEntities: 5000, MinNamed: 0.995, MinCountry: 0.6, MinAlias: 0.5,
		MaxShrink: 0.3, MaxGrow: 1,
	},
	Note: "Fetched as CSV; the reader of the advanced XML was tested on an extract of the format.",
}

// nonSDN is one of the lists that make up the Consolidated list. The files do
// not say which a party is on: the programme does, or the directive.
type nonSDN struct{ name, does string }

var (
	plc   = nonSDN{"Non-SDN Palestinian Legislative Council List", "transactions with the person are rejected, property is not blocked"}
	cmic  = nonSDN{"Non-SDN Chinese Military-Industrial Complex Companies List", "US persons may not buy or sell its publicly traded securities"}
	capta = nonSDN{"List of Foreign Financial Institutions Subject to Correspondent Account or Payable-Through Account Sanctions", "no correspondent or payable-through accounts"}
	mbs   = nonSDN{"Non-SDN Menu-Based Sanctions List", "only the dealings its directive names are barred"}
	ssi   = nonSDN{"Sectoral Sanctions Identifications List", "only the debt, equity or projects its directive names are barred"}
	fse   = nonSDN{"Foreign Sanctions Evaders List", "US persons may not deal with the party, property is not blocked"}
)

// directive2 is the directive under Executive Order 14024 that bars correspondent accounts.
var directive2 = regexp.MustCompile(`Executive Order 14024 Directive Information,? -? ?Subject to Directive 2\b`)

// nonSDNList is the list a programme stands for, given the terms of the party.
func nonSDNList(programme, terms string) (nonSDN, bool) {
	directive := strings.Contains(terms, "Subject to Directive") || strings.Contains(terms, "irective")
	switch {
	case programme == "NS-PLC":
		return plc, true
	case strings.HasPrefix(programme, "CMIC-"):
		return cmic, true
	case strings.HasPrefix(programme, "FSE-"):
		return fse, true
	case programme == "561-Related":
		return capta, true
	case programme == "UKRAINE-EO13662":
		return ssi, true
	case programme == "RUSSIA-EO14024" && directive2.MatchString(terms):
		return capta, true
	case programme == "RUSSIA-EO14024" && strings.Contains(terms, "Executive Order 14024"), programme == "MBS":
		return mbs, true
	case programme == "CAATSA - RUSSIA", programme == "BURMA-EO14014" && directive, programme == "ILLICIT-DRUGS-EO14059":
		return mbs, true
	}
	return nonSDN{}, false
}

// A party of the Consolidated list has a listing for each list it is on. Its
// other programmes are those under which it is also on the SDN list, where it
// has its listings for them; here they are only named.
var cons = ofacList{id: "us_ofac_cons", listings: func(p *ofacParty) []screening.Listing {
	terms := joined("; ", p.terms...)
	var out []screening.Listing
	var others []string
	for _, programme := range p.programmes {
		list, ok := nonSDNList(programme, terms)
		if !ok {
			others = append(others, programme)
			continue
		}
		words := fmt.Sprintf("%s: %s", list.name, list.does)
		if slices.ContainsFunc(out, func(l screening.Listing) bool { return strings.HasPrefix(l.Terms, words) }) {
			continue
		}
		out = append(out, screening.Listing{
			Programme: programme, Controls: []screening.Control{screening.NarrowFinancial},
			Terms: joined("; ", words, terms), Listed: p.listedFor(programme),
		})
	}
	if len(out) == 0 {
		// Unknown is loud: it may be a list with another effect.
		p.found.add("code", p.place, fmt.Sprintf("no known list goes by the programme %s", strings.Join(p.programmes, ", ")), true)
		out = append(out, screening.Listing{
			Programme: strings.Join(p.programmes, "; "), Controls: []screening.Control{screening.NarrowFinancial}, Terms: terms,
		})
		return out
	}
	if len(others) > 0 {
		out[0].Remarks = "also named under " + strings.Join(others, ", ")
	}
	return out
}}

// listedFor is the date the party was listed under the programme: the
// publisher says it of measures ("EO 14024 Directive 2", "CMIC"), the first counts.
func (p *ofacParty) listedFor(programme string) string {
	first := ""
	for _, d := range p.listed {
		of := strings.ReplaceAll(strings.ReplaceAll(d.of, " ", ""), "EO", "")
		of, _, _ = strings.Cut(of, "Directive")
		if d.of != "" && !strings.Contains(programme, of) {
			continue
		}
		if first == "" || d.iso < first {
			first = d.iso
		}
	}
	return first
}
