package lists

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var jpMETIRussia = Card{
	ID:        "jp_meti_ru",
	Title:     "Japan: entities of Russia, Belarus and third countries under export bans",
	Publisher: "Ministry of Economy, Trade and Industry of Japan",
	Doc:       "Organisations to which exports and services from Japan need an approval that is generally denied, because of the war in Ukraine.",
	Page:      "https://www.meti.go.jp/policy/external_economy/trade_control/02_export/17_russia/russia.html",
	Licence:   "CC-BY-NC-4.0",
	Binds:     []string{"JP"},
	Reaches:   true, // with goods and technology from Japan
	Controls:  []screening.Control{screening.ExportLicence},
	Cadence:   270 * 24 * time.Hour,
	Formats: []Format{{
		Name: "csv",
		Files: []File{{
			Name: "targets.simple.csv",
			URL:  "https://data.opensanctions.org/datasets/latest/jp_meti_ru/targets.simple.csv",
		}},
		Parse: parseJPMETIRussia,
	}},
	Part: func(l *screening.Listing) string { return l.Programme },
	Bounds: Bounds{
		MinEntities: 400, MaxEntities: 5000, MinNamed: 1, MinCountry: 0.8, MinAlias: 0.5, MaxShrink: 0.2, MaxGrow: 0.6,
		Parts: map[string]Bounds{
			"Export ban: entities of the Russian Federation":  {MinEntities: 300, MaxShrink: 0.2},
			"Export ban: entities of the Republic of Belarus": {MinEntities: 15, MaxShrink: 0.3},
			"Export ban: entities of third countries":         {MinEntities: 30, MaxShrink: 0.3},
		},
	},
	Note: "Read from the OpenSanctions export (CC BY-NC 4.0) of the Ministry's bilingual PDFs; only the notices of the Ministry of Foreign Affairs are official.",
}

// metiNotices are the notices the parties are named in, known by their number.
var metiNotices = []struct {
	number    string
	programme string
	country   string // whose organisations the notice names; "" for all others
}{
	{"令和四年外務省告示第八十二号", "Export ban: entities of the Russian Federation", "RU"},
	{"令和四年外務省告示第百四号", "Export ban: entities of the Republic of Belarus", "BY"},
	{"令和五年外務省告示第四百四十七号", "Export ban: entities of third countries", ""},
}

func parseJPMETIRussia(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	var header Header
	err := readSimple(src, "targets.simple.csv", found, func(p simpleTarget) {
		if p.Seen.After(header.Published) {
			header.Published = p.Seen
		}
		d := newDraft("jp_meti_ru", p.ID, p.row.Place(), found)
		d.Kind = p.Kind
		for _, c := range p.Countries {
			d.country(c)
		}
		var ofNotice []string
		for _, text := range p.Sanctions {
			text = printedCJK(text)
			l := screening.Listing{
				List: d.List, Entity: d.ID, Programme: "Export ban", Authority: "Ministry of Economy, Trade and Industry of Japan",
				LegalBasis: "Foreign Exchange and Foreign Trade Act", Controls: []screening.Control{screening.ExportLicence},
				Terms: text, URL: jpMETIRussiaPage,
			}
			i := slices.IndexFunc(metiNotices, func(n struct{ number, programme, country string }) bool { return strings.Contains(text, n.number) })
			if i < 0 {
				found.add("code", p.row.Place(), "a notice that is not known: "+text, false)
			} else {
				l.Programme = metiNotices[i].programme
				l.LegalBasis += "; " + metiNotices[i].number
				ofNotice = append(ofNotice, metiNotices[i].country)
			}
			d.Listings = append(d.Listings, l)
		}
		if len(d.Listings) == 0 {
			found.add("row", p.row.Place(), "no notice; taken as an export ban", false)
			d.Listings = []screening.Listing{{
				List: d.List, Entity: d.ID, Programme: "Export ban", Authority: "Ministry of Economy, Trade and Industry of Japan",
				Controls: []screening.Control{screening.ExportLicence}, URL: jpMETIRussiaPage,
			}}
		}
		for _, a := range p.Addresses {
			a = strings.Trim(tidy(a), `" `)
			if anywhere := allAddresses.FindStringSubmatch(a); anywhere != nil {
				d.country(anywhere[1])
				continue
			}
			country := countryNear(a)
			d.address(screening.Address{Text: a, Country: country})
			if country == "HK" { // "Hong Kong, China" names both
				d.country(countryAtEnd(a))
			}
		}
		if len(d.Countries) == 0 {
			for _, c := range ofNotice { // the notice names organisations of that country
				d.country(c)
			}
		}
		main, others := unbracket(printedCJK(p.Name))
		d.name(screening.Name{Text: main, Kind: screening.PrimaryName})
		for _, o := range others {
			d.name(japaneseName(o, d.Countries))
		}
		for _, a := range p.Aliases {
			main, others := unbracket(printedCJK(a))
			for _, text := range append([]string{main}, others...) {
				d.name(japaneseName(text, d.Countries))
			}
		}
		d.emitTo(emit)
	})
	header.Findings = found.all()
	return header, err
}

const jpMETIRussiaPage = "https://www.meti.go.jp/policy/external_economy/trade_control/02_export/17_russia/russia.html"

// allAddresses is said of every branch, wherever in the country: "All address located in Russia".
var allAddresses = regexp.MustCompile(`^All address(?:es)? located in (.+?)\.?$`)
