package lists

import (
	"regexp"
	"strings"
	"time"

	"partnerscreen/screening"
)

var twSHTC = Card{
	ID:        "tw_shtc",
	Title:     "Taiwan Strategic High-Tech Commodities Entity List",
	Publisher: "Taiwan Ministry of Economic Affairs, International Trade Administration",
	Doc:       "Parties to which strategic goods may leave Taiwan only with a licence; largely those of the UN, US, EU and Japanese lists.",
	Page:      "https://www.trade.gov.tw/english/Pages/List.aspx?nodeid=298",
	Licence:   "LicenseRef-not-stated",
	Binds:     []string{"TW"},
	Reaches:   true, // with goods from Taiwan
	Controls:  []screening.Control{screening.ExportLicence},
	Cadence:   240 * 24 * time.Hour,
	Formats: []Format{{
		Name: "csv",
		Files: []File{{
			Name: "shtc_list.csv",
			URL:  "https://publicinfo.trade.gov.tw/icp/Download.action?file=ZgPKOWuRLCD%2B8S4%2FZhAeuw%3D%3D",
		}},
		Parse: parseTWSHTC,
	}},
	Bounds: Bounds{MinEntities: 7000, MaxEntities: 60000, MinNamed: 1, MinCountry: 0.5, MaxShrink: 0.2, MaxGrow: 0.5},
	Note: "The publisher gives no ids, no dates and no kind of party, and its item numbers change; parties are known by name and country. " +
		"Format written from its documentation.",
}

const (
	twName    = "名稱name"
	twAlias   = "別名alias"
	twCountry = "國家代碼country code"
	twAddress = "地址address"
	twID      = "護照號碼ID Number"
)

var twColumns = columns{Need: []string{twName, twAlias, twCountry}, Know: []string{"項次item", twAddress, twID}}

func parseTWSHTC(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	ids := madeIDs{}
	err := readTable(src, "shtc_list.csv", ',', twColumns, found, func(r row) {
		names, unRefs := twNames(r.Get(twName))
		aliases, moreRefs := twNames(r.Get(twAlias))
		if names = append(names, aliases...); len(names) == 0 {
			found.add("row", r.Place(), "neither name nor alias, left out", r.Get(twAddress) != "")
			return
		}
		d := newDraft("tw_shtc", "", r.Place(), found)
		for _, c := range splitJoined(twPlain(r.Get(twCountry)), ";") {
			if !strings.EqualFold(c, "null") {
				d.country(c)
			}
		}
		names[0].Kind = screening.PrimaryName
		for _, n := range names {
			d.name(n)
		}
		d.ID = ids.make("shtc", d.Name(), strings.Join(d.Countries, " "))
		for _, ref := range append(unRefs, moreRefs...) {
			d.identifier("un_ref", ref, "")
		}
		for _, a := range twAddresses(r.Get(twAddress)) {
			if code, ok := screening.CountryCode(a); ok { // a country in the address's place
				d.country(code)
				continue
			}
			d.address(screening.Address{Text: a, Country: countryNear(a)})
		}
		for _, id := range splitJoined(twPlain(r.Get(twID)), ";") {
			switch {
			case strings.EqualFold(id, "null"):
			case !strings.ContainsAny(id, "0123456789") || len(id) > 60: // a sentence about a document
				d.remark(id)
			default:
				d.identifier("other", id, "")
			}
		}
		d.Listings = []screening.Listing{{
			List: d.List, Entity: d.ID, Programme: "SHTC Entity List", Authority: "Taiwan International Trade Administration",
			LegalBasis: "Foreign Trade Act, Article 13", Controls: []screening.Control{screening.ExportLicence}, URL: twSHTCPage,
		}}
		d.emitTo(emit)
	})
	return Header{Findings: found.all()}, err
}

const twSHTCPage = "https://www.trade.gov.tw/english/Pages/List.aspx?nodeid=298"

var (
	twUNRef   = regexp.MustCompile(`[（(]永久參考號[：:] ?([^）)]*)[）)]`)
	twTag     = regexp.MustCompile(`<[^<>]{1,80}>`)
	twChinese = regexp.MustCompile(`^(?:繁體中文|簡體中文|简体中文) ?[：:] ?`)
	twInside  = regexp.MustCompile(` alias[：:] ?`)
	twBranch  = regexp.MustCompile(`(?:^|\s)(?:Branch Office \d+:|[ivx]{1,4}\))\s*`)
)

// twPlain drops the tags that were left in cells, and makes full-width
// semicolons plain ones.
func twPlain(cell string) string {
	return strings.ReplaceAll(twTag.ReplaceAllString(cell, " "), "；", ";")
}

// twNames reads a cell of names, and the UN's permanent reference numbers that
// stand inside them: "QUARRY Ann（永久參考號：QDi.001）".
func twNames(cell string) (names []screening.Name, unRefs []string) {
	cell = twPlain(cell)
	for _, m := range twUNRef.FindAllStringSubmatch(cell, -1) {
		if ref := tidy(m[1]); len(ref) > 3 {
			unRefs = append(unRefs, ref)
		}
	}
	cell = twUNRef.ReplaceAllString(cell, "")
	cell = twInside.ReplaceAllString(cell, ";")
	for _, text := range splitJoined(cell, ";") {
		if strings.EqualFold(text, "null") {
			continue
		}
		n := screening.Name{Text: text, Kind: aliasOrAcronym(text)}
		if bare := twChinese.ReplaceAllString(text, ""); bare != text {
			n = screening.Name{Text: bare, Kind: screening.OriginalName, Lang: "zh"}
		}
		if n.Text = strings.Trim(n.Text, " ,，"); n.Text != "" {
			names = append(names, n)
		}
	}
	return names, unRefs
}

// twAddresses splits a cell of addresses at semicolons and at the numbering of branches.
func twAddresses(cell string) []string {
	var out []string
	for _, part := range splitJoined(twPlain(cell), ";") {
		for _, a := range twBranch.Split(part, -1) {
			if a = strings.Trim(tidy(a), " ,"); a != "" && !strings.EqualFold(a, "null") {
				out = append(out, a)
			}
		}
	}
	return out
}
