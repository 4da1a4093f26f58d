package lists

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"partnerscreen/screening"
)

var caNamedResearch = Card{
	ID:        "ca_named_research_orgs",
	Title:     "Canadian Named Research Organizations",
	Publisher: "Innovation, Science and Economic Development Canada",
	Doc:       "Universities and institutes tied to military or security bodies: Canada funds no sensitive-technology research with people affiliated to them.",
	Page:      caNamedResearchPage,
	Licence:   "OGL-Canada-2.0",
	Binds:     []string{"CA"},
	Reaches:   true, // Canadian funders carry it to the partners of a grant
	Controls:  []screening.Control{screening.ResearchFunding},
	Cadence:   400 * 24 * time.Hour, // reviewed yearly at most
	Formats: []Format{{
		Name:  "html",
		Files: []File{{Name: "named-research-organizations.html", URL: caNamedResearchPage}},
		Parse: parseNRO,
	}},
	Bounds:         Bounds{MinEntities: 90, MaxEntities: 1500, MinNamed: 1, MinCountry: 0.95, MinAlias: 0.3, MaxShrink: 0.2, MaxGrow: 1},
	IDsFromContent: true,
	Note: "The page gives what belongs to an organisation as its aliases. An alias that shares no word of substance with the name becomes a party of its own, " +
		"linked to the organisation; it may be a part of it or an earlier name.",
}

const caNamedResearchPage = "https://science.gc.ca/site/science/en/safeguarding-your-research/guidelines-and-tools-implement-research-security/" +
	"sensitive-technology-research-and-affiliations-concern/named-research-organizations"

// parseNRO reads the items of the page: <li><strong>Name</strong> (Country)
// <p>Known alias(es): A; B</p></li>.
func parseNRO(src Source, emit func(*screening.Entity)) (Header, error) {
	const file = "named-research-organizations.html"
	page, err := readPage(src, file)
	if err != nil {
		return Header{}, fmt.Errorf("reading %s: %w", file, err)
	}
	var header Header
	n := nroPage{ids: madeIDs{}, known: map[string]*draft{}}
	for node := range page.Descendants() {
		switch node.DataAtom {
		case atom.Ul:
			n.items(node)
		case atom.Time:
			if htmlAttr(node, "property") == "dateModified" {
				header.Published, _ = time.Parse(time.DateOnly, tidy(nodeText(node)))
			}
		}
	}
	if len(n.organisations) == 0 {
		return Header{}, errors.New(file + " names no organisation: the page has been rebuilt, and the card must follow")
	}
	for _, o := range n.organisations {
		n.sort(o)
	}
	emit = checked(emit, &n.found)
	for _, o := range n.organisations {
		emit(o.entity())
		for _, part := range o.parts {
			emit(part.entity())
		}
	}
	header.Findings = n.found.all()
	return header, nil
}

// nroPage is the page while it is read.
type nroPage struct {
	found         findings
	ids           madeIDs
	organisations []*nroOrganisation
	known         map[string]*draft // parties by name, as nroFold folds it
}

// nroOrganisation is one item of the page.
type nroOrganisation struct {
	*draft
	name, country string
	aliases       []string
	parts         []*draft
}

// items reads a list whose items begin with a name in bold; other lists of the page are its menus.
func (n *nroPage) items(ul *html.Node) {
	var items []*html.Node
	named := 0
	for li := ul.FirstChild; li != nil; li = li.NextSibling {
		if li.DataAtom != atom.Li {
			continue
		}
		items = append(items, li)
		if nroName(li) != nil {
			named++
		}
	}
	if named == 0 {
		return
	}
	for _, li := range items {
		if nroName(li) == nil {
			n.found.add("row", fmt.Sprintf("item %d", len(n.organisations)+1), "an item without a name in bold is left out", true)
			continue
		}
		n.organisation(li, fmt.Sprintf("item %d", len(n.organisations)+1))
	}
}

// nroName is the bold name an item begins with.
func nroName(li *html.Node) *html.Node {
	for c := li.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.DataAtom == atom.Strong || c.DataAtom == atom.B:
			return c
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		default:
			return nil
		}
	}
	return nil
}

var (
	nroCountry = regexp.MustCompile(`^\s*\(([^()]+)\)\s*(.*)$`)
	nroAliases = regexp.MustCompile(`^Known alias(?:\(es\)|es)?: *(.*)$`)
)

func (n *nroPage) organisation(li *html.Node, at string) {
	bold := nroName(li)
	name := tidy(nodeText(bold))
	rest := ""
	for c := bold.NextSibling; c != nil; c = c.NextSibling {
		rest += nodeText(c)
	}
	rest = tidy(rest)
	country := ""
	if m := nroCountry.FindStringSubmatch(rest); m != nil {
		country, rest = m[1], m[2]
	} else {
		n.found.add("row", at, "no country behind the name", false)
	}
	var aliases []string
	if m := nroAliases.FindStringSubmatch(rest); m != nil {
		aliases = nroSplit(m[1])
	} else if rest != "" {
		n.found.add("row", at, "text that is neither a country nor aliases: it may name parties", true)
	}

	d := n.party(name, country, at)
	d.name(screening.Name{Text: name, Kind: screening.PrimaryName})
	if parts := splitJoined(name, ","); len(parts) > 2 && isAcronym(parts[1]) { // "Institute for X, IX, Academy of Y"
		d.name(screening.Name{Text: parts[0]})
		aliases = append(aliases, parts[1])
	}
	n.organisations = append(n.organisations, &nroOrganisation{draft: d, name: name, country: country, aliases: aliases})
	n.known[nroFold(name)] = d
}

// sort sorts an organisation's aliases into its own names, other
// organisations of the list, and parts that become parties of their own.
func (n *nroPage) sort(o *nroOrganisation) {
	acronyms := map[string]bool{}
	for _, alias := range o.aliases {
		if nroAcronym(alias) {
			acronyms[alias] = true
		}
	}
	for _, alias := range o.aliases {
		other, listed := n.known[nroFold(alias)]
		switch {
		case listed && other != o.draft:
			n.join(o, other, alias)
		case listed:
			o.draft.name(screening.Name{Text: alias})
		case nroAcronym(alias): // TJU and HEU are dangerously weak
			o.draft.name(screening.Name{Text: alias, Kind: screening.AcronymName, Weak: true})
		case nroSame(o.name, alias) || nroBears(alias, acronyms):
			o.draft.name(screening.Name{Text: alias})
		default:
			part := n.party(alias, o.country, o.place)
			part.name(screening.Name{Text: alias, Kind: screening.PrimaryName})
			part.remark("Listed as a known alias of " + o.name + ": a part of it, or a name it had")
			n.known[nroFold(alias)] = part
			n.join(o, part, alias)
			o.parts = append(o.parts, part)
		}
	}
}

// join links an organisation and one it names among its aliases.
func (n *nroPage) join(o *nroOrganisation, part *draft, alias string) {
	const source = "listed as a known alias"
	part.link(screening.Link{Kind: "part_of", Entity: o.ID, Name: o.name, Source: source})
	o.link(screening.Link{Kind: "subsidiary", Entity: part.ID, Name: alias, Source: source})
}

func (n *nroPage) party(name, country, at string) *draft {
	d := newDraft("ca_named_research_orgs", n.ids.make("nro", name, country), at, &n.found)
	d.Kind = screening.KindOrganisation
	d.country(country)
	d.Listings = []screening.Listing{{
		List: d.List, Entity: d.ID, Programme: "Named Research Organizations", Authority: "Government of Canada",
		LegalBasis: "Policy on Sensitive Technology Research and Affiliations of Concern", Controls: []screening.Control{screening.ResearchFunding},
		Terms: "no federal funding of sensitive-technology research with researchers affiliated to or supported by the organisation", URL: caNamedResearchPage,
	}}
	return d
}

// nroSplit divides the aliases at semicolons; behind an acronym a comma or
// colon divides too: "CAEP, Ninth Academy", "SUT: Sharif Technical University".
func nroSplit(cell string) []string {
	var aliases []string
	for _, alias := range splitJoined(cell, ";") {
		parts := splitJoined(strings.Replace(alias, ":", ",", 1), ",")
		if len(parts) > 1 && isAcronym(parts[0]) {
			aliases = append(aliases, parts...)
		} else {
			aliases = append(aliases, alias)
		}
	}
	return aliases
}

// nroAcronym reports whether an alias is an acronym, of several words at times ("ANO PO KSI").
func nroAcronym(alias string) bool {
	return isAcronym(alias) || len(alias) <= 12 && strings.ToUpper(alias) == alias && !strings.ContainsFunc(alias, unicode.IsDigit)
}

var (
	// nroConnecting are words that say nothing at all.
	nroConnecting = strings.Fields("a an and at for from in of on the to")
	// nroGeneric are words any of these organisations may bear.
	nroGeneric = strings.Fields(`academy advanced applied base center centre chemistry china chinese college electronic electronics engineering high
		information institute institution iran iranian key laboratory lab ministry national physics pla research russian school science sciences
		scientific state technical technology testing training unit university`)
)

// nroSame reports whether an alias shares a word of substance with the name,
// or has no word the name has not.
func nroSame(name, alias string) bool {
	words := nroWords(name)
	all := true
	for _, w := range nroWords(alias) {
		shared := slices.ContainsFunc(words, func(v string) bool { return nroAlike(v, w) })
		if shared && !slices.Contains(nroGeneric, w) {
			return true
		}
		all = all && shared
	}
	return all
}

// nroAlike reports whether two words are one in two spellings: Defence and
// Defensive, Northwest and Northwestern, Space and Aerospace.
func nroAlike(v, w string) bool {
	if len(v) > len(w) {
		v, w = w, v
	}
	return v == w || len(v) >= 5 && (v[:4] == w[:4] || strings.Contains(w, v))
}

// nroWords are the words of a name, of a monstrous one the first, without the
// connecting ones.
func nroWords(text string) []string {
	text = strings.ReplaceAll(strings.ToLower(text[:min(len(text), 1000)]), "navy", "naval")
	return slices.DeleteFunc(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }),
		func(w string) bool { return len(w) < 2 || slices.Contains(nroConnecting, w) })
}

// nroFold folds a name so that two prints of it are equal.
func nroFold(name string) string {
	return strings.ReplaceAll(strings.Join(nroWords(name), " "), "centre", "center")
}

// nroBears reports whether an alias is what an acronym stands for (BUAA for
// Beijing University of Aeronautics and Astronautics) or has it as a word.
func nroBears(alias string, acronyms map[string]bool) bool {
	initials := ""
	for word := range strings.FieldsSeq(alias) {
		if acronyms[word] {
			return true
		}
		if r := []rune(word)[0]; unicode.IsUpper(r) {
			initials += string(r)
		}
	}
	return acronyms[initials]
}

func htmlAttr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
