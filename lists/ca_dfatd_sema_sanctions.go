package lists

import (
	"regexp"
	"strings"
	"time"

	"partnerscreen/screening"
)

var caSanctions = Card{
	ID:        "ca_dfatd_sema_sanctions",
	Title:     "Consolidated Canadian Autonomous Sanctions List",
	Publisher: "Global Affairs Canada",
	Doc:       "Persons, entities and ships Canada itself has sanctioned under its Special Economic Measures Act and its law on corrupt foreign officials.",
	Page:      "https://www.international.gc.ca/world-monde/international_relations-relations_internationales/sanctions/consolidated-consolide.aspx?lang=eng",
	Licence:   "OGL-Canada-2.0",
	Binds:     []string{"CA"},
	Blocking:  germanBoycott,
	Controls:  []screening.Control{screening.AssetFreeze, screening.NarrowFinancial, screening.OtherControl},
	Cadence:   45 * 24 * time.Hour,
	Formats: []Format{{
		Name: "xml",
		Files: []File{{
			Name: "sema-lmes.xml",
			URL:  "https://www.international.gc.ca/world-monde/assets/office_docs/international_relations-relations_internationales/sanctions/sema-lmes.xml",
		}},
		Parse: parseSEMA,
	}},
	Bounds: Bounds{MinEntities: 3500, MaxEntities: 15000, MinNamed: 0.995, MinAlias: 0.3, MaxShrink: 0.15, MaxGrow: 0.3},
	// An item's number may move when a schedule is rewritten.
	IDsFromContent: true,
	Note:           "Published without countries or addresses; the country in the file is the one a regulation is about, not the party's. Parties are numbered by regulation, schedule and item.",
}

var semaPaths = paths(`Country EntityOrShip LastName GivenName TitleOrShip ShipIMONumber DateOfBirthOrShipBuildDate Schedule Item Aliases DateOfListing`)

func parseSEMA(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "sema-lmes.xml"
	f, err := src.Open(file)
	if err != nil {
		return Header{}, err
	}
	defer f.Close()
	var found findings
	emit = checked(emit, &found)
	newest := "" // the latest date of listing: the file bears no other
	_, err = nodes(f, file, "data-set", nil, func(n *node) error {
		if n.Name != "record" {
			found.add("column", place(file, n), "unknown element "+n.Name, true)
			return nil
		}
		found.unknown(n, file, semaPaths)
		e := semaEntity(n, semaID(n), place(file, n), &found)
		newest = max(newest, e.Listings[0].Listed)
		emit(e)
		return nil
	})
	if err != nil {
		return Header{}, err
	}
	published, _ := time.Parse(time.DateOnly, newest)
	return Header{Published: published, Findings: found.all()}, nil
}

// semaRegime is the English name of the regulation's country or subject; a
// long one goes by the acronym it ends in.
func semaRegime(n *node) string {
	english, _, _ := strings.Cut(n.Get("Country"), " / ")
	if _, acronym, ok := lastBracket(english); ok && isAcronym(acronym) {
		return acronym
	}
	return english
}

// semaID names a party by regulation, schedule and item, for an item's number
// is unique only there: "Russia 1, Part 2 item 17".
func semaID(n *node) string {
	schedule := strings.ReplaceAll(strings.ReplaceAll(n.Get("Schedule"), ", ", ","), ",", ", ") // "1,Part 3" is met
	if schedule == "N/A" {
		schedule = ""
	}
	return joined(" ", semaRegime(n), schedule, "item", n.Get("Item"))
}

func semaEntity(n *node, id, at string, found *findings) *screening.Entity {
	d := newDraft("ca_dfatd_sema_sanctions", id, at, found)
	imo := n.Get("ShipIMONumber")
	switch {
	case n.Get("EntityOrShip") == "":
		d.Kind = screening.KindPerson
		semaPerson(d, n)
	case imo != "" && !semaIMO.MatchString(imo):
		// A name in another script has been met in this field.
		found.add("row", at, "no IMO number under ShipIMONumber; read as a name", false)
		d.Kind = screening.KindOrganisation
		semaOrganisation(d, n)
		d.name(screening.Name{Text: imo, Kind: original(imo)})
	case imo != "":
		d.Kind = screening.KindVessel
		d.name(screening.Name{Text: n.Get("EntityOrShip"), Kind: screening.PrimaryName})
		d.identifier("imo", semaIMO.FindStringSubmatch(imo)[1], "")
		for _, alias := range splitJoined(n.Get("Aliases"), ",") {
			d.name(screening.Name{Text: alias})
		}
		if built := n.Get("DateOfBirthOrShipBuildDate"); built != "" {
			d.remark("built " + built)
		}
	default:
		d.Kind = screening.KindOrganisation
		semaOrganisation(d, n)
	}
	d.remark(n.Get("TitleOrShip"))

	regime := semaRegime(n)
	l := screening.Listing{
		List: d.List, Entity: id, Programme: regime, Authority: "Global Affairs Canada", LegalBasis: semaBasis(regime),
		Controls: semaControls(regime, n.Get("Schedule")),
	}
	if schedule := n.Get("Schedule"); schedule != "" && schedule != "N/A" {
		l.LegalBasis += ", Schedule " + schedule
	}
	l.LegalBasis += ", item " + n.Get("Item")
	var ok bool
	if l.Listed, ok = ParseDate(n.Get("DateOfListing"), false); !ok && n.Get("DateOfListing") != "" {
		if l.Listed, ok = DateOfSerial(n.Get("DateOfListing")); !ok {
			found.add("row", at, "a date of listing that cannot be read", false)
		}
	}
	d.Listings = []screening.Listing{l}
	return d.entity()
}

var semaIMO = regexp.MustCompile(`^(?:IMO ?)?(\d{7})$`)

func semaBasis(regime string) string {
	switch regime {
	case "JVCFOR":
		return "Justice for Victims of Corrupt Foreign Officials Regulations"
	case "Myanmar (Burma)":
		regime = "Burma"
	}
	return "Special Economic Measures (" + regime + ") Regulations"
}

// semaControls: all dealings with listed parties are barred, save that
// schedules 2 and 3 of the Russian regulations bar new loans and securities,
// and schedule 1.1 bars docking and services for ships.
func semaControls(regime, schedule string) []screening.Control {
	if regime == "Russia" {
		switch schedule {
		case "2", "3":
			return []screening.Control{screening.NarrowFinancial}
		case "1.1":
			return []screening.Control{screening.OtherControl}
		}
	}
	return []screening.Control{screening.AssetFreeze}
}

func semaPerson(d *draft, n *node) {
	given, family := n.Get("GivenName"), n.Get("LastName")
	other := ""
	if outer, inner, ok := lastBracket(family); ok { // "Adanov (Adnuf)"
		family, other = outer, inner
	}
	d.name(screening.Name{Text: joined(" ", given, family), Kind: screening.PrimaryName, Given: given, Family: family})
	if other != "" {
		d.name(screening.Name{Text: joined(" ", given, other), Given: given, Family: other})
	}
	for _, alias := range semaAliases(n.Get("Aliases"), true) {
		name := screening.Name{Kind: original(alias.Text), Text: alias.Text, Lang: alias.Lang}
		// One word is a part of a name ("Ekaterina" for "Yekaterina"), and means nobody alone.
		name.Weak = !strings.Contains(alias.Text, " ")
		d.name(name)
	}
	semaBorn(d, n.Get("DateOfBirthOrShipBuildDate"))
}

// semaBorn reads a date of birth: a date, a year, or the number Excel keeps.
func semaBorn(d *draft, text string) {
	if iso, ok := ParseDate(text, false); ok {
		d.born(iso, true)
	} else if iso, ok := DateOfSerial(text); ok && len(text) == 5 {
		d.born(iso, true)
	} else {
		d.births(text)
	}
}

// semaOrganisation reads a name in English, or in English and French with a
// stroke between ("Iran Navy/Force navale"), and what else brackets tell.
func semaOrganisation(d *draft, n *node) {
	name := n.Get("EntityOrShip")
	var others []string
	if m := alsoKnown.FindStringSubmatch(name); m != nil {
		name, others = strings.Replace(name, m[0], "", 1), append(others, m[1])
	}
	if english, french, ok := strings.Cut(name, "/"); ok && strings.Contains(english, " ") && strings.Contains(french, " ") &&
		strings.Count(english, "(") == strings.Count(english, ")") {
		d.inBrackets(screening.Name{Text: english, Kind: screening.PrimaryName, Lang: "en"})
		d.inBrackets(screening.Name{Text: french, Kind: screening.AliasName, Lang: "fr"})
	} else {
		d.inBrackets(screening.Name{Text: name, Kind: screening.PrimaryName})
	}
	for _, other := range others {
		d.inBrackets(screening.Name{Text: other, Kind: wordKind(other)})
	}
	for _, alias := range semaAliases(n.Get("Aliases"), false) {
		alias.Kind = wordKind(alias.Text)
		d.inBrackets(alias)
	}
}

var (
	// semaLabel is a language that introduces a spelling: "Russian: Иван".
	semaLabel = regexp.MustCompile(`(?i)[,;/ ]*\b(russ?ian|belaruss?ian|ukrain?ian|persian|farsi|arabic|english|french|burmese|chinese|spanish) ?:`)
	semaAKA   = regexp.MustCompile(`(?i)[;,]?\s*\(?\b(?:a\.k\.a\.|aka|also known as)[: ]`)
	semaOr    = regexp.MustCompile(` (?:or|OR) `)
)

// semaAliases divides the one cell of aliases: by semicolons, language labels
// and "a.k.a."; by strokes with a blank beside them; and by commas where these
// list names rather than set off a legal form.
func semaAliases(cell string, person bool) []screening.Name {
	cell = semaLabel.ReplaceAllString(tidy(cell), ";$1:")
	cell = semaAKA.ReplaceAllString(cell, ";")
	cell = strings.NewReplacer(" / ", ";", "/ ", ";", " /", ";").Replace(cell)
	var names []screening.Name
	for part := range strings.SplitSeq(cell, ";") {
		text, lang := labelled(tidy(part))
		for _, one := range semaCommas(text, person) {
			either := semaOr.Split(one, -1)
			for _, e := range either {
				if len(either) > 1 && person && !strings.Contains(tidy(e), " ") {
					either = []string{one} // "Nikolai or Nikolay Petrov" is one name in two spellings of a part
					break
				}
			}
			for _, e := range either {
				names = append(names, screening.Name{Text: strings.Trim(tidy(e), " ,"), Lang: lang})
			}
		}
	}
	return names
}

// semaCommas divides a list of names at its commas. A single comma in an
// organisation's name may be part of it, unless one side is an acronym; a
// legal form belongs to what stands before it.
func semaCommas(text string, person bool) []string {
	var parts []string
	for _, part := range splitJoined(text, ",") {
		if len(parts) > 0 && bracketForm.MatchString(part) {
			parts[len(parts)-1] += ", " + part
			continue
		}
		parts = append(parts, part)
	}
	if !person && len(parts) == 2 && !isAcronym(parts[0]) && !isAcronym(parts[1]) {
		return []string{text}
	}
	return parts
}
