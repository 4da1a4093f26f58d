package screening

import (
	"slices"
	"strings"
	"time"
)

// DestinationRule is a law that turns on where work is done or where things
// go. It lies outside the matcher and makes no grade: where the row says such
// a place, the office named is asked to look. It is never about a person.
type DestinationRule struct {
	Name    string `json:"name" toml:"name"`
	Enabled bool   `json:"enabled" toml:"enabled"`
	// Countries are territories a rule holds for as a whole, by alpha-2 code.
	Countries []string `json:"countries,omitempty" toml:"countries,omitempty"`
	// Places are words for parts of a country: they count where they stand in
	// Destination, and in the city or address of a party in one of Within, or in no known country.
	Places []string `json:"places,omitempty" toml:"places,omitempty"`
	Within []string `json:"within,omitempty" toml:"within,omitempty"`
	// Routine asks for routine work too: the law does not end with publication.
	Routine bool     `json:"routine,omitempty" toml:"routine"`
	InForce []Period `json:"in_force" toml:"in_force"`
	Owner   Owner    `json:"owner" toml:"owner"` // the office that is asked
	Why     string   `json:"why" toml:"why"`
	Source  string   `json:"source" toml:"source"`
	Checked string   `json:"checked" toml:"checked"` // when its status was last looked up
}

// inForce reports whether a day lies in one of the spans.
func inForce(spans []Period, day time.Time) bool {
	d := day.UTC().Format(time.DateOnly)
	return slices.ContainsFunc(spans, func(p Period) bool { return p.First <= d && (p.Last == "" || d <= p.Last) })
}

// On reports whether the rule asks on a day: it is enabled and in force.
func (r *DestinationRule) On(day time.Time) bool { return r.Enabled && inForce(r.InForce, day) }

// destinationRoles are the parties the work is done with or things go to.
// Where money or goods come from, and where a person is employed, is no destination.
var destinationRoles = []Role{RolePartner, RoleSubrecipient, RoleEndUser, RoleConsignee}

// within says what in a row puts the work or an item in the rule's territory,
// in a reader's words; "" where nothing does. A row that says its destination
// is taken at its word, and its parties' places are not looked at. Nor are
// parties that a register named, or that look like persons.
func (r *DestinationRule) within(p *Partner) string {
	said := p.Answers[AskDestination]
	for _, code := range said.Words {
		if slices.Contains(r.Countries, code) {
			return "the row says that the work is done in, or things go to, " + CountryName(code)
		}
	}
	if place := phraseIn(plainWords(said.Text), r.Places); place != "" {
		return "the row names " + place + " as the place of work or destination"
	}
	if len(said.Words) > 0 {
		return ""
	}
	for i := range p.Parties {
		q := &p.Parties[i]
		if !slices.Contains(destinationRoles, q.Role) || q.Via != "" || slices.Contains(q.Notes, NoteLooksLikePerson) {
			continue
		}
		if slices.Contains(r.Countries, q.Country) {
			return "the " + plainRole(q.Role) + " works in " + CountryName(q.Country)
		}
		if q.Country != "" && !slices.Contains(r.Within, q.Country) {
			continue
		}
		if place := phraseIn(plainWords(q.City+" . "+q.Address), r.Places); place != "" {
			return "the " + plainRole(q.Role) + "'s address names " + place
		}
	}
	return ""
}

// askOfDestinations asks where the work and what is shared go, one question
// for each office whose enabled rules the row's places come under.
func (j *Judge) askOfDestinations(work *Work, r *Result, add func(Question)) {
	type asked struct {
		rules []string
		where string
	}
	byOwner := map[Owner]*asked{}
	for i := range j.Policy.DestinationRules {
		rule := &j.Policy.DestinationRules[i]
		if !rule.On(j.Now) || work.Stakes == Routine && !rule.Routine {
			continue
		}
		where := rule.within(r.Partner)
		if where == "" {
			continue
		}
		a := byOwner[rule.Owner]
		if a == nil {
			a = &asked{where: where}
			byOwner[rule.Owner] = a
		}
		a.rules = append(a.rules, rule.Name+" ("+rule.Source+"; checked "+rule.Checked+")")
	}
	for _, owner := range Owners {
		if a := byOwner[owner]; a != nil {
			add(Question{
				Ask: AskDestination, Owner: owner, Now: r.Grade, Could: Higher(r.Grade, Review),
				Text:    "Where is the work done, and does anything go there: items, software, technology, services or money? If so, is it licensed or exempt?",
				Because: a.where + ": " + strings.Join(a.rules, "; "),
			})
		}
	}
}

// DefaultDestinationRules is the table of the default policy. All are off
// until an office enables those that bind it. The dates are of the rule as a
// whole; licences and exemptions are many, and the office asked knows them.
var DefaultDestinationRules = []DestinationRule{
	{
		Name: "Cuba, United States", Countries: []string{"CU"}, Routine: true, Owner: LegalCompliance,
		InForce: []Period{{First: "1963-07-08"}}, Checked: "2026-11-23, in copies of 2014 to 2025",
		Why:    "Dealings in which Cuba or a national of it has an interest are barred unless licensed or exempt, and all items under the export regulations want a licence or an exception.",
		Source: "31 CFR 515.201; 15 CFR 746.2",
	},
	{
		Name: "Iran, United States", Countries: []string{"IR"}, Routine: true, Owner: LegalCompliance,
		InForce: []Period{{First: "1995-05-07"}}, Checked: "2026-11-23, in copies of 2024",
		Why:    "Goods, technology and services may not be supplied to Iran from the United States or by its persons unless licensed or exempt.",
		Source: "31 CFR 560.204; 15 CFR 746.7",
	},
	{
		Name: "North Korea, United States", Countries: []string{"KP"}, Routine: true, Owner: LegalCompliance,
		InForce: []Period{{First: "2007-01-26"}}, Checked: "2026-11-23, in copies of 2024 and 2025",
		Why:    "All items but food and medicine want a licence since 2007-01-26; goods, services and technology of United States persons are barred since March 2016.",
		Source: "15 CFR 746.4; 31 CFR part 510 (Executive Order 13722, section 3)",
	},
	{
		Name: "North Korea, Security Council", Countries: []string{"KP"}, Routine: true, Owner: LegalCompliance,
		InForce: []Period{{First: "2016-11-30"}}, Checked: "not looked up; from general knowledge",
		Why:    "States suspend scientific and technical cooperation with persons or groups officially sponsored by or representing North Korea, but for medical exchanges and what a committee or the state allows.",
		Source: "Security Council resolution 2321 (2016), paragraph 11, carried out by national law",
	},
	{
		Name: "Syria, United States, export controls", Countries: []string{"SY"}, Owner: ExportControl,
		InForce: []Period{{First: "2025-09-02"}}, Checked: "2026-11-23, in copies of 2025",
		Why:    "Items on the Commerce Control List want a licence or an exception; most others (EAR99) go under one since 2025-09-02. The Syrian Sanctions Regulations (31 CFR part 542) were removed on 2025-08-26; listed persons stay listed.",
		Source: "15 CFR 746.9 and 740.5, as changed by 90 FR 42315 (2025-09-02); Executive Order 14312",
	},
	{
		Name: "Crimea, United States", Places: crimea, Within: []string{"UA", "RU"}, Routine: true, Owner: LegalCompliance,
		InForce: []Period{{First: "2014-12-19"}}, Checked: "2026-11-23, in copies of 2015 to 2024",
		Why:    "Goods, technology and services may not be supplied to the region unless licensed or exempt; all items but food, medicine and some software want a licence (since 2015-01-29).",
		Source: "Executive Order 13685; 31 CFR part 589; 15 CFR 746.6",
	},
	{
		Name: "Donetsk and Luhansk regions, United States", Places: slices.Concat(donetsk, luhansk), Within: []string{"UA", "RU"}, Routine: true, Owner: LegalCompliance,
		InForce: []Period{{First: "2022-02-21"}}, Checked: "2026-11-23, in copies of 2022 to 2024",
		Why:    "Goods, technology and services may not be supplied to the regions covered unless licensed or exempt. Parts of both oblasts, and a town in Russia of the same name, are not covered: ask which.",
		Source: "Executive Order 14065; 15 CFR 746.6",
	},
	{
		Name: "Crimea and Sevastopol, European Union", Places: crimea, Within: []string{"UA", "RU"}, Routine: true, Owner: LegalCompliance,
		InForce: []Period{{First: "2014-06-25"}}, Checked: "2026-11-23, in copies of 2014 to 2022; prolonged by a year at a time, the last prolongation was not seen",
		Why:    "Imports, investment, and goods, technology and services for transport, telecommunications, energy and exploration are barred.",
		Source: "Regulation (EU) No 692/2014; Decision 2014/386/CFSP",
	},
	{
		Name: "Donetsk, Kherson, Luhansk and Zaporizhzhia, European Union", Places: slices.Concat(donetsk, luhansk, kherson, zaporizhzhia), Within: []string{"UA", "RU"}, Routine: true, Owner: LegalCompliance,
		InForce: []Period{{First: "2022-02-24"}}, Checked: "2026-11-23, in copies of 2022 to 2025; prolonged from time to time, the last prolongation was not seen",
		Why:    "In the areas not controlled by the government of Ukraine: imports, investment, and goods, technology and services for transport, telecommunications, energy and exploration are barred. Kherson and Zaporizhzhia since 2022-10-06.",
		Source: "Regulation (EU) 2022/263, as changed by Regulation (EU) 2022/1903; Decision (CFSP) 2022/266",
	},
	{
		Name: "Non-government controlled Ukrainian territory, United Kingdom", Places: slices.Concat(crimea, donetsk, luhansk, kherson, zaporizhzhia), Within: []string{"UA", "RU"}, Routine: true, Owner: LegalCompliance,
		InForce: []Period{{First: "2020-12-31"}}, Checked: "2026-11-23, in copies of 2022 and 2023; the dates of its extensions beyond Crimea were not seen",
		Why:    "Exports of named goods and technology to, for use in, or from the territory are barred, with connected services and investment.",
		Source: "Russia (Sanctions) (EU Exit) Regulations 2019 (SI 2019/855), Part 5",
	},
}

// The words for places in Ukraine, as addresses write them.
var (
	crimea       = []string{"crimea", "krim", "krym", "crimée", "sevastopol", "simferopol", "kerch", "yalta", "крым", "крим", "севастополь", "симферополь", "сімферополь", "керчь", "керч", "ялта"}
	donetsk      = []string{"donetsk", "donezk", "dnr", "mariupol", "makiivka", "makeyevka", "донецк", "донецьк", "мариуполь", "маріуполь", "днр"}
	luhansk      = []string{"luhansk", "lugansk", "lnr", "луганск", "луганськ", "лнр"}
	kherson      = []string{"kherson", "cherson", "херсон"}
	zaporizhzhia = []string{"zaporizhzhia", "zaporizhia", "zaporozhye", "zaporozhe", "saporischschja", "melitopol", "berdiansk", "запорожье", "запоріжжя", "мелитополь", "бердянск"}
)
