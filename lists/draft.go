package lists

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"partnerscreen/screening"
)

// findings gathers what reading an edition brings up. What repeats is said
// once, at its first place, with how often it came.
type findings struct {
	list  []Finding
	times []int
	index map[Finding]int
}

// mostFindings is how many different things are kept about one edition.
const mostFindings = 5_000

// add notes one finding; holds marks those that must keep the edition from being used.
func (f *findings) add(kind, place, text string, holds bool) {
	if len(f.list) >= mostFindings {
		kind, place, text = "more", "", "and more findings, which are not kept one by one"
	}
	key := Finding{Kind: kind, Text: text, Holds: holds}
	if f.index == nil {
		f.index = map[Finding]int{}
	}
	if i, ok := f.index[key]; ok {
		f.times[i]++
		return
	}
	f.index[key] = len(f.list)
	key.Place = place
	f.list, f.times = append(f.list, key), append(f.times, 1)
}

// all returns the findings in the order they first came.
func (f *findings) all() []Finding {
	out := slices.Clone(f.list)
	for i, n := range f.times {
		if n > 1 {
			out[i].Text += fmt.Sprintf(" (%d times)", n)
		}
	}
	return out
}

// unknown notes the paths of a record that the card does not know: they may hold parties or controls.
func (f *findings) unknown(n *node, file string, known map[string]bool) {
	for _, path := range n.Unknown(known) {
		f.add("column", place(file, n), fmt.Sprintf("unknown element %s/%s", n.Name, path), true)
	}
}

// draft is an entity while its records are read: what is published twice is
// kept once, blanks and line breaks inside names are made single blanks, and
// what is empty is left out.
type draft struct {
	screening.Entity
	found *findings
	place string // where its first record stands, for findings
	seen  map[string]int
}

func newDraft(list, id, place string, found *findings) *draft {
	return &draft{Entity: screening.Entity{List: list, ID: id}, found: found, place: place, seen: map[string]int{}}
}

// name adds a name; a text without a letter or figure is none. Of two equal
// ones the first stays; it is weak only if all are.
func (d *draft) name(n screening.Name) {
	n.Text, n.Given, n.Family = tidy(n.Text), tidy(n.Given), tidy(n.Family)
	if !strings.ContainsFunc(n.Text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		return
	}
	if n.Kind == "" {
		n.Kind = screening.AliasName
	}
	if i, ok := d.seen["name\x00"+n.Text]; ok {
		d.Names[i].Weak = d.Names[i].Weak && n.Weak
		return
	}
	d.seen["name\x00"+n.Text] = len(d.Names)
	d.Names = append(d.Names, n)
}

// again reports whether the same has been added before, and remembers it.
func (d *draft) again(what ...string) bool {
	key := strings.Join(what, "\x00")
	_, known := d.seen[key]
	d.seen[key] = 0
	return known
}

// original is the kind of an alias: OriginalName when no letter of it is Latin.
func original(text string) screening.NameKind {
	letters := false
	for _, r := range text {
		if unicode.Is(unicode.Latin, r) {
			return screening.AliasName
		}
		letters = letters || unicode.IsLetter(r)
	}
	if letters {
		return screening.OriginalName
	}
	return screening.AliasName
}

// wordKind is the kind of an organisation's other name: an acronym when it is
// one word and looks like one.
func wordKind(text string) screening.NameKind {
	if strings.Contains(tidy(text), " ") {
		return original(text)
	}
	return aliasOrAcronym(text)
}

// show puts the name that pick prefers (the highest value, ties by order) in front.
func (d *draft) show(pick func(screening.Name) int) {
	best := 0
	for i, n := range d.Names {
		if pick(n) > pick(d.Names[best]) {
			best = i
		}
	}
	if best > 0 {
		n := d.Names[best]
		d.Names = slices.Insert(slices.Delete(d.Names, best, best+1), 0, n)
	}
}

// code returns the ISO code of a country as published; one that is not known is a finding.
func (d *draft) code(country string) string {
	country = tidy(country)
	if country == "" {
		return ""
	}
	code, ok := screening.CountryCode(country)
	for part := country; !ok && strings.Contains(part, ","); { // "China, Hong Kong Special Administrative Region"
		_, part, _ = strings.Cut(part, ",")
		code, ok = screening.CountryCode(strings.TrimSuffix(part, " Special Administrative Region"))
	}
	if !ok {
		d.found.add("country", d.place, fmt.Sprintf("unknown country %q", country), false)
	}
	return code
}

// country adds a country as published.
func (d *draft) country(country string) {
	if code := d.code(country); code != "" && !slices.Contains(d.Countries, code) {
		d.Countries = append(d.Countries, code)
	}
}

// address adds an address, and its country, an alpha-2 code, to the entity's.
func (d *draft) address(a screening.Address) {
	a.Text, a.City = tidy(a.Text), tidy(a.City)
	if a.Country != "" && !slices.Contains(d.Countries, a.Country) {
		d.Countries = append(d.Countries, a.Country)
	}
	if a.Text == "" && a.City == "" || d.again("address", a.Text, a.City, a.Country) {
		return
	}
	d.Addresses = append(d.Addresses, a)
}

// identifier adds a number; country is an alpha-2 code or "".
func (d *draft) identifier(kind, value, country string) {
	id := screening.Identifier{Kind: kind, Value: tidy(value), Country: country}
	if id.Value == "" || d.again("identifier", id.Kind, id.Value, id.Country) {
		return
	}
	d.Identifiers = append(d.Identifiers, id)
}

// born adds a date of birth (ISO 8601), if it is one.
func (d *draft) born(iso string, ok bool) {
	if ok && !slices.Contains(d.BirthDates, iso) {
		d.BirthDates = append(d.BirthDates, iso)
	}
}

// births adds the dates of birth a text holds: "(a) 3.3.1965, (b) 1955",
// "Approximately 1963, 30/01/1972", "Between 1977 and 1982", "23.6.1972 (or
// 23.7.1972)". Of a range both ends are kept; days come before months. A text
// that is not empty and holds none is a finding.
func (d *draft) births(text string) {
	text = tidy(text)
	read := text == ""
	for _, m := range birthDate.FindAllStringSubmatch(text, -1) {
		date := m[2]
		if !strings.ContainsFunc(date, unicode.IsLetter) { // "10.8. 1960", "28.01 1966"
			date = strings.ReplaceAll(strings.ReplaceAll(date, ". ", "."), " ", ".")
		}
		iso, ok := ParseDate(date, false)
		if !ok {
			continue // a year of another calendar
		}
		if m[1] != "" || m[3] != "" {
			iso = iso[:4]
		}
		d.born(iso, true)
		read = true
	}
	if !read {
		d.found.add("row", d.place, "a date of birth that cannot be read", false)
	}
}

var (
	birthDate = regexp.MustCompile(`(?i)(\b(?:circa|ca|c|approximately|approx|about|around|probably)\b\.? *)?` +
		`((?:\d{1,2}|dd) ?[./] ?(?:\d{1,2}|mm)(?:[./] ?| )\d{4}|\d{4}-\d{2}-\d{2}` +
		`|(?:\d{1,2}(?:st|nd|rd|th)? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.? ?\d{4}|\b\d{4}\b)( circa\b)?`)

	// itemMark is the mark of an item in a cell of several: "(1)", "2)", "(a)", "b)", "(ii)".
	itemMark = regexp.MustCompile(`(?:^|[\s,;"]|\()\(?(?:\d{1,2}|[a-p]|i{1,3}|iv)\)[\s.,:]*`)
	noted    = regexp.MustCompile(`[(（][^()（）]*[)）]`)
)

// withoutNotes leaves out what stands in brackets.
func withoutNotes(text string) string { return noted.ReplaceAllString(text, " ") }

// inBrackets adds an organisation's name, and where it ends in brackets its
// parts: "Alpha Plant (AP)" is known as "Alpha Plant" and as "AP", "Beta
// (National Beta Corporation)" by either. A country, a legal form or a note in
// the brackets is no name.
func (d *draft) inBrackets(n screening.Name) {
	d.name(n)
	outer, inner, ok := lastBracket(tidy(n.Text))
	if !ok || len(n.Text) > maxBracketed {
		return
	}
	if n.Kind == screening.PrimaryName {
		n.Kind = screening.AliasName
	}
	n.Text = outer
	d.inBrackets(n) // there may be two: "Alpha Industry (AI) (IA)"
	if _, country := screening.CountryCode(inner); country || bracketNote.MatchString(inner) || bracketForm.MatchString(inner) {
		return
	}
	for part := range strings.SplitSeq(inner, ",") {
		n.Text, n.Kind = part, wordKind(part)
		d.name(n)
	}
}

// maxBracketed bounds the names looked into for brackets; the longest real one has 500 bytes.
const maxBracketed = 2000

var (
	// alsoKnown is another name told of in brackets: "Alpha LLC (also known as Beta)".
	alsoKnown = regexp.MustCompile(`(?i)\s*\((?:a\.?k\.?a\.?|also known as|alias)[: ]([^()]*)\)`)
	// bracketNote tells a note from a name: small letters at the start, or a word only notes have.
	bracketNote = regexp.MustCompile(`^\p{Ll}|(?i)\b(formerly|previously|listed|located|known as|see|branch|until|since|according)\b|^[^\p{L}]*$`)
	bracketForm = regexp.MustCompile(`(?i)^(p?jsc|ojsc|cjsc|llc|ltd|inc|oao|ooo|pao|zao|ao|gmbh|sarl|ngo|sez|hk|prc|dprk|private|(public |open |closed )?joint stock company|limited liability company|(federal )?state unit(ed|ary) enterprise|pty|plc|co|ооо|оао|ао|пао|зао)\.?$`)
)

// website adds an address on the web.
func (d *draft) website(site string) {
	if site = tidy(site); site != "" && !slices.Contains(d.Websites, site) {
		d.Websites = append(d.Websites, site)
	}
}

// link ties the entity to another party, once.
func (d *draft) link(l screening.Link) {
	l.Name = tidy(l.Name)
	if l.Name == "" && l.Entity == "" || d.again("link", l.Kind, l.Entity, l.Name, l.Share, l.Of, l.OfName, l.Since, l.Until, l.Source) {
		return
	}
	d.Links = append(d.Links, l)
}

// remark adds a text to the remarks, once.
func (d *draft) remark(text string) {
	text = tidy(text)
	if text == "" || d.again("remark", text) {
		return
	}
	d.Remarks = joined("; ", d.Remarks, text)
}

// entity returns what was read.
func (d *draft) entity() *screening.Entity {
	slices.Sort(d.Countries)
	e := d.Entity
	return &e
}

// checked makes sure of what the other rooms rely on: an entity has a name,
// and an id that no other of the list has. A party without a name cannot be
// screened; it is left out, and holds the edition.
func checked(emit func(*screening.Entity), found *findings) func(*screening.Entity) {
	ids := madeIDs{}
	return func(e *screening.Entity) {
		if len(e.Names) == 0 {
			found.add("row", e.List, fmt.Sprintf("party %q has no name and is left out", e.ID), true)
			return
		}
		id := e.ID
		if id == "" {
			id = ids.make("unnumbered", e.Name())
			found.add("row", e.List, "a party without an id goes by its name", false)
		} else if ids[id]++; ids[id] > 1 {
			id = fmt.Sprintf("%s (%d)", id, ids[id])
			found.add("row", e.List, fmt.Sprintf("id %q is used for several parties", e.ID), false)
		}
		e.ID = id
		for i := range e.Listings {
			e.Listings[i].Entity = id
		}
		emit(e)
	}
}

// emitTo hands the entity on. One whose names hold no letter or figure can be
// matched by nothing: it is a finding that holds the edition.
func (d *draft) emitTo(emit func(*screening.Entity)) {
	if len(d.Names) == 0 {
		d.found.add("row", d.place, "no name, left out", true)
		return
	}
	emit(d.entity())
}

// tidy trims a text and makes every run of blanks, line breaks and control
// characters in it one blank.
func tidy(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' || r == '\u200b'
	}), " ")
}

// joined joins the texts that are not empty.
func joined(sep string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "" }), sep)
}

// countryAtEnd reads the country an address names: in its last part ("12 Main St,
// Tallinn, Estonia (since 2019)", "Minsk 220004 Belarus", "Tehran (Iran)"), or
// else in a part of its own further up; "" where it names none that is known.
func countryAtEnd(address string) string {
	address = strings.TrimRight(tidy(address), " .;,")
	if outer, inner, ok := lastBracket(address); ok {
		if code, ok := screening.CountryCode(inner); ok {
			return code
		}
		address = outer
	}
	parts := strings.FieldsFunc(address, isJoint)
	for i, part := range slices.Backward(parts) {
		if code, ok := screening.CountryCode(strings.Trim(part, " .")); ok {
			return code
		}
		if i == len(parts)-1 { // a postal code may stand before the country
			if code, ok := screening.CountryCode(afterFigures(part)); ok {
				return code
			}
		}
	}
	return ""
}

func isJoint(r rune) bool { return r == ';' || r == ',' }

// afterFigures is what stands behind the last word of a text with a figure in it.
func afterFigures(text string) string {
	words := strings.Fields(text)
	for i, word := range slices.Backward(words) {
		if strings.ContainsFunc(word, unicode.IsDigit) {
			return strings.Join(words[i+1:], " ")
		}
	}
	return ""
}
