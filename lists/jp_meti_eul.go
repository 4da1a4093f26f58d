package lists

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var jpMETIEndUsers = Card{
	ID:        "jp_meti_eul",
	Title:     "Japan Foreign End User List",
	Publisher: "Ministry of Economy, Trade and Industry of Japan",
	Doc:       "Foreign organisations of concern over weapons of mass destruction or conventional arms: exports to them from Japan call for a licence unless clearly harmless.",
	Page:      "https://www.meti.go.jp/english/policy/external_economy/trade_control/index.html",
	Licence:   "CC-BY-NC-4.0",
	Binds:     []string{"JP"},
	Reaches:   true, // with goods and technology from Japan
	Controls:  []screening.Control{screening.ExportLicence},
	Cadence:   450 * 24 * time.Hour, // reissued about once a year, in autumn
	Formats: []Format{
		{
			Name: "csv",
			Files: []File{{
				Name: "targets.simple.csv",
				URL:  "https://data.opensanctions.org/datasets/latest/jp_meti_eul/targets.simple.csv",
			}},
			Parse: parseJPMETIEndUsersExport,
		},
		{
			Name:  "json",
			Files: []File{{Name: "jp.json"}},
			Parse: parseJPMETIEndUsers,
		},
	},
	Bounds: Bounds{MinEntities: 500, MaxEntities: 3000, MinNamed: 1, MinCountry: 0.9, MinAlias: 0.3, MaxShrink: 0.25, MaxGrow: 0.6},
	Note: "The Ministry publishes a bilingual PDF. Read from the OpenSanctions export of it (CC BY-NC 4.0), or, put into a folder by hand, from a public transcription to JSON (jp.json). " +
		"Row numbers change at every reissue; parties are known by name and country.",
}

// endUser is one row of the transcription to JSON.
type endUser struct {
	ID         string   `json:"id"` // the row number of this issue, of no use later
	EntityName string   `json:"entity_name"`
	EntityType string   `json:"entity_type"`
	Aliases    []string `json:"aliases"`
	Addresses  []string `json:"addresses"` // the country cell
	Reason     string   `json:"reason"`
	SourceURL  string   `json:"source_url"`

	// What says nothing of the party: the list's own country and name, and
	// when the transcriber looked.
	Country        any `json:"country"`
	DateAdded      any `json:"date_added"`
	LastVerified   any `json:"last_verified"`
	ListID         any `json:"list_id"`
	SourceListName any `json:"source_list_name"`
}

func parseJPMETIEndUsers(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "jp.json"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	found := &findings{}
	var header Header
	ids := madeIDs{}
	n := 0
	err = jsonRecords(f, file, "", func(raw json.RawMessage) error {
		n++
		at := fmt.Sprintf("%s record %d", file, n)
		var u endUser
		strict := json.NewDecoder(strings.NewReader(string(raw)))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&u); err != nil {
			found.add("column", at, "a field that is not known or not of its kind: "+err.Error(), true)
			if err := json.Unmarshal(raw, &u); err != nil {
				return nil // not a record at all; found says so, and holds
			}
		}
		if t := metiReleased(u.SourceURL); t.After(header.Published) {
			header.Published = t
		}
		if d := readEndUser(u, at, ids, found); d != nil {
			d.emitTo(emit)
		}
		return nil
	})
	header.Findings = found.all()
	return header, err
}

func readEndUser(u endUser, at string, ids madeIDs, found *findings) *draft {
	name := printedCJK(u.EntityName)
	var country string
	for i, cell := range u.Addresses {
		code, rest := countryThenName(printedCJK(cell))
		switch {
		case code == "":
			found.add("country", at, fmt.Sprintf("unknown country %q", cell), false)
		case rest != "" && name == "":
			found.add("row", at, "the name slid into the country cell, put right", false)
			name = rest
		case rest != "":
			found.add("row", at, "the country cell says more than a country, the rest is left out", false)
		}
		if i == 0 {
			country = code
		}
	}
	if name == "" {
		found.add("row", at, "no name, left out", true)
		return nil
	}
	d := newDraft("jp_meti_eul", ids.make("eul", name, country), at, found)
	d.country(country)
	switch u.EntityType {
	case "organization":
		d.Kind = screening.KindOrganisation
	case "individual", "person":
		d.Kind = screening.KindPerson
	case "":
	default:
		found.add("code", at, fmt.Sprintf("unknown entity type %q", u.EntityType), false)
	}
	endUserNames(d, name, u.Aliases)
	d.Listings = []screening.Listing{endUserListing(d, printedCJK(u.Reason), u.SourceURL)}
	return d
}

// parseJPMETIEndUsersExport reads the OpenSanctions export of the same list.
func parseJPMETIEndUsersExport(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	var header Header
	err := readSimple(src, "targets.simple.csv", found, func(p simpleTarget) {
		if p.Seen.After(header.Published) {
			header.Published = p.Seen
		}
		d := newDraft("jp_meti_eul", p.ID, p.row.Place(), found)
		d.Kind = p.Kind
		for _, c := range p.Countries {
			d.country(c)
		}
		for _, a := range p.Addresses {
			d.address(screening.Address{Text: a, Country: countryNear(a)})
		}
		endUserNames(d, printedCJK(p.Name), p.Aliases)
		d.Listings = []screening.Listing{endUserListing(d, printedCJK(strings.Join(p.Sanctions, "; ")), "")}
		d.emitTo(emit)
	})
	header.Findings = found.all()
	return header, err
}

// endUserNames adds the name and the aliases, each of which may hold several:
// cut at the list's middle dots, and taken out of brackets.
func endUserNames(d *draft, name string, aliases []string) {
	kind := screening.PrimaryName
	add := func(text string) {
		main, others := unbracket(strings.TrimSuffix(strings.TrimSuffix(text, " and"), ";"))
		n := japaneseName(main, d.Countries)
		if kind == screening.PrimaryName {
			n.Kind, kind = kind, screening.AliasName
		}
		d.name(n)
		for _, o := range others {
			d.name(japaneseName(o, d.Countries))
		}
	}
	for _, part := range dotted.Split(name, -1) {
		add(part)
	}
	for i := 0; i < len(aliases); i++ {
		text := printedCJK(aliases[i])
		// A line of the PDF broke behind the legal form: "Акционерное общество" alone is no name.
		if bareLegalForm.MatchString(text) {
			if i+1 < len(aliases) {
				i++
				text += " " + printedCJK(aliases[i])
			} else {
				d.found.add("row", d.place, "an alias that is only a legal form, left out", false)
				continue
			}
		}
		for _, part := range dotted.Split(text, -1) {
			add(part)
		}
	}
}

var (
	// The middle dot parts names, unless it stands inside a Japanese word.
	dotted        = regexp.MustCompile(`\s*・\s*(?:\b)`)
	bareLegalForm = regexp.MustCompile(`(?i)^(?:Акционерное общество|Публичное акционерное общество|Aktsionernoe Obshchestvo|(?:Public |Open )?Joint[- ]Stock Company|Limited Liability Company)$`)
)

// endUserConcerns are the list's codes: what the Ministry fears the party works on.
var endUserConcerns = map[string]string{
	"B": "biological weapons", "C": "chemical weapons", "M": "missiles", "N": "nuclear weapons", "CW": "conventional weapons",
}

var concernCode = regexp.MustCompile(`[A-Z]+`)

// endUserListing keeps the reason in the Ministry's words, and says it in English.
func endUserListing(d *draft, reason, url string) screening.Listing {
	var concerns []string
	for _, code := range concernCode.FindAllString(reason, -1) {
		concern, ok := endUserConcerns[code]
		if !ok {
			d.found.add("code", d.place, fmt.Sprintf("unknown concern %q", code), false)
			continue
		}
		if !slices.Contains(concerns, concern) {
			concerns = append(concerns, concern)
		}
	}
	l := screening.Listing{
		List: d.List, Entity: d.ID, Programme: "Foreign End User List", Authority: "Ministry of Economy, Trade and Industry of Japan",
		LegalBasis: "Foreign Exchange and Foreign Trade Act, catch-all controls", Controls: []screening.Control{screening.ExportLicence},
		Terms: reason, URL: url,
	}
	if len(concerns) > 0 {
		l.Remarks = "concern: " + strings.Join(concerns, ", ")
	}
	return l
}

// countryThenName splits a cell that begins with a country; what follows is a
// name that slid into it: "People's Republic of China Example Tech Co. Ltd".
func countryThenName(cell string) (code, rest string) {
	if code, ok := screening.CountryCode(cell); ok {
		return code, ""
	}
	for end := len(cell); end > 0; {
		end = strings.LastIndexByte(cell[:end], ' ')
		if end <= 0 {
			break
		}
		if code, ok := screening.CountryCode(cell[:end]); ok && end > 3 {
			rest = strings.TrimSpace(cell[end:])
			if again, ok := screening.CountryCode(rest); ok && again == code { // in Japanese, then in English
				rest = ""
			}
			return code, rest
		}
	}
	return "", ""
}

var metiRelease = regexp.MustCompile(`/(20\d{6})\d{3}\b`)

// metiReleased reads the day out of the number of the Ministry's press release.
func metiReleased(url string) time.Time {
	m := metiRelease.FindStringSubmatch(url)
	if m == nil {
		return time.Time{}
	}
	t, err := time.Parse("20060102", m[1])
	if err != nil {
		return time.Time{}
	}
	return t
}
