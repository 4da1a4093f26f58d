package lists

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

var usDoD1286 = Card{
	ID:        "us_dod_1286",
	Title:     "US Section 1286 list of foreign institutions and talent programmes",
	Publisher: "US Department of Defense, Research and Engineering",
	Doc:       "Institutions and talent programmes that call for review or mitigation, and bar fundamental-research collaboration, under Defense awards.",
	Page:      "https://basicresearch.defense.gov",
	Licence:   "CC-BY-NC-4.0",
	Binds:     []string{"US"},
	Reaches:   true, // through awards of the Department, to any sub-recipient
	Controls:  []screening.Control{screening.ResearchFunding},
	Cadence:   400 * 24 * time.Hour, // once a fiscal year
	Formats: []Format{{
		Name: "csv",
		Files: []File{{
			Name: "section_1286.csv",
			URL:  "https://raw.githubusercontent.com/opensanctions/opensanctions/main/datasets/us/special_leg/source_files/section_1286.csv",
		}},
		Parse: parseUSDoD1286,
	}},
	Bounds: Bounds{MinEntities: 100, MaxEntities: 2000, MinNamed: 1, MinAlias: 0.2, MaxShrink: 0.3, MaxGrow: 1},
	Note: transcriptionNote + " The newest fiscal year is in force; earlier years only lend their names to the institutions that are still listed. " +
		"The Department's own misspellings are kept.",
}

// parseUSDoD1286 reads the lists of all fiscal years, each of them a full set,
// and emits the newest. An institution's names in earlier years become its
// former names where the file's own words tie the two together.
func parseUSDoD1286(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	rows, err := readTranscription(src, "section_1286.csv", []string{"Section 1286 "}, found)
	if err != nil {
		return Header{}, err
	}
	newest := ""
	for _, r := range rows {
		if !fiscalYear.MatchString(r.Report) {
			found.add("row", r.row.Place(), fmt.Sprintf("report-date %q is not a fiscal year, left out", r.Report), true)
			continue
		}
		newest = max(newest, r.Report)
	}
	var listed []*institution
	var header Header
	byName := map[string][]*institution{} // every name, folded
	older := map[string][]transcribed{}   // by fiscal year
	ids := madeIDs{}
	for _, r := range rows {
		switch {
		case !fiscalYear.MatchString(r.Report):
		case r.Report == newest:
			in := newInstitution(r, ids, found)
			listed = append(listed, in)
			in.knownAs(byName, r)
			if t := dateInAddress(r.URL); t.After(header.Published) {
				header.Published = t
			}
		default:
			older[r.Report] = append(older[r.Report], r)
		}
	}
	linkYears(byName, older, found)
	wholes := map[string]*institution{}
	for _, in := range listed {
		wholes[nameKey(in.Name())] = in
	}
	for _, in := range listed {
		in.linkWhole(wholes)
		in.emitTo(emit)
	}
	header.Findings = found.all()
	return header, nil
}

var andAffiliates = regexp.MustCompile(`(?i)^(.+?),? \(?(and (?:its )?affiliates)\)?$`)

var fiscalYear = regexp.MustCompile(`^20\d\d$`)

// institution is one entry of the newest list with what earlier years said of it.
type institution struct {
	*draft
	keys map[string]bool // its display names in any year, folded
}

func newInstitution(r transcribed, ids madeIDs, found *findings) *institution {
	name, terms, remarks := r.Name, "", joined("; ", r.Reason, r.Notes)
	if m := andAffiliates.FindStringSubmatch(name + ", " + r.Notes); m != nil { // meant besides, not part of the name
		name, terms, remarks = m[1], m[2], r.Reason
	} else if m := andAffiliates.FindStringSubmatch(name); m != nil {
		name, terms = m[1], m[2]
	}
	d := newDraft("us_dod_1286", ids.make("dod1286", name), r.row.Place(), found)
	d.Kind = r.Kind
	d.name(screening.Name{Text: name, Kind: screening.PrimaryName})
	for _, a := range r.Aliases {
		d.name(screening.Name{Text: a, Kind: aliasOrAcronym(a)})
	}
	for _, former := range formerNames(r.Notes) {
		d.name(screening.Name{Text: former, Kind: screening.FormerName})
	}
	d.country(r.Country)
	d.Listings = []screening.Listing{{
		List: d.List, Entity: d.ID, Programme: "Section 1286 list, FY" + r.Report, Authority: r.Authority, LegalBasis: r.Programme,
		Controls: []screening.Control{screening.ResearchFunding},
		Terms:    terms, Listed: r.Start, Ends: r.End, Remarks: remarks, URL: r.URL,
	}}
	return &institution{draft: d, keys: map[string]bool{nameKey(name): true}}
}

// nameKey folds a name so that prints of different years meet: "Academy of
// Military Medical Sciences (AMMS)" is the academy of the year before.
func nameKey(name string) string {
	return foldPrint(bracketedAcronym.ReplaceAllStringFunc(name, func(s string) string {
		if isAcronym(s[1 : len(s)-1]) {
			return ""
		}
		return s
	}))
}

// formerInNotes finds the older name where the transcriber noted a rename:
// "formerly Example College", "listed in FY2024 as Example College".
var formerInNotes = regexp.MustCompile(`(?i:formerly|previously|renamed from|listed)(?: (?:listed|printed|named|known))?(?: in FY ?\d+)?(?: as)?:? ["“']?(\p{Lu}[^"”;.]{3,})`)

func formerNames(notes string) []string {
	var names []string
	for _, m := range formerInNotes.FindAllStringSubmatch(notes, -1) {
		names = append(names, strings.TrimRight(m[1], "' "))
	}
	return names
}

func (in *institution) knownAs(byName map[string][]*institution, r transcribed) {
	for _, name := range slices.Concat([]string{r.Name}, r.Aliases, formerNames(r.Notes)) {
		key := nameKey(name)
		if key != "" && !slices.Contains(byName[key], in) {
			byName[key] = append(byName[key], in)
		}
	}
}

// maxLinks bounds how many names of one year may hang on each other; two is the most there were.
const maxLinks = 8

// linkYears goes back through the years and hands each older entry to the
// listed institution it became: the older display name is one of the
// institution's names, or one of the older aliases is its display name. An
// alias in common is not enough, institutes share too many. What fits nothing
// has left the list; what fits two, or left without the file saying so, is
// reported.
func linkYears(byName map[string][]*institution, older map[string][]transcribed, found *findings) {
	years := make([]string, 0, len(older))
	for y := range older {
		years = append(years, y)
	}
	slices.Sort(years)
	slices.Reverse(years)
	ended := map[string]bool{} // later years say so for the earlier ones
	for _, year := range years {
		rest := older[year]
		for range maxLinks {
			var left []transcribed
			for _, r := range rest {
				heirs := successors(byName, r)
				if len(heirs) != 1 {
					left = append(left, r)
					continue
				}
				heirs[0].remember(r)
				heirs[0].knownAs(byName, r)
			}
			if len(left) == len(rest) {
				break
			}
			rest = left // a link may have brought the name that another needs
		}
		for _, r := range rest {
			switch n := len(successors(byName, r)); {
			case n > 1:
				found.add("orphan", r.row.Place(), fmt.Sprintf("listed for FY%s; its names fit %d institutions of the newest list and are given to none", year, n), false)
			case r.End != "":
				ended[nameKey(r.Name)] = true
			case !ended[nameKey(r.Name)]:
				ended[nameKey(r.Name)] = true // said once, for its last year
				found.add("orphan", r.row.Place(), fmt.Sprintf("listed for FY%s without an end date, and not on the newest list under any name: not in force, may have been renamed", year), false)
			}
		}
	}
}

func successors(byName map[string][]*institution, r transcribed) []*institution {
	heirs := slices.Clone(byName[nameKey(r.Name)])
	for _, a := range r.Aliases {
		key := nameKey(a)
		for _, in := range byName[key] {
			if in.keys[key] && !slices.Contains(heirs, in) {
				heirs = append(heirs, in)
			}
		}
	}
	return heirs
}

// remember takes over the names of an earlier year, where they are more than
// another print of one it has.
func (in *institution) remember(r transcribed) {
	key := nameKey(r.Name)
	if !in.keys[key] {
		in.keys[key] = true
		in.link(screening.Link{Kind: "former", Name: r.Name, Source: "Section 1286 list, FY" + r.Report})
	}
	for _, text := range append([]string{r.Name}, r.Aliases...) {
		if slices.ContainsFunc(in.Names, func(n screening.Name) bool { return foldPrint(n.Text) == foldPrint(text) }) {
			continue
		}
		kind := screening.FormerName
		if isAcronym(text) {
			kind = screening.AcronymName
		}
		in.name(screening.Name{Text: text, Kind: kind})
	}
}

var (
	wholeBeforeDash = regexp.MustCompile(`^(.+?)(?: \([A-Z]+\))? [–—-] .+$`)
	wholeAfterAt    = regexp.MustCompile(`^.+ at (.+)$`)
)

// linkWhole ties an institute to what it is part of, as its own name says:
// "Academy, Institute" where the academy is listed, "Academy – Institute",
// "Laboratory at University".
func (in *institution) linkWhole(listed map[string]*institution) {
	name := in.Name()
	if m := wholeBeforeDash.FindStringSubmatch(name); m != nil {
		in.partOf(m[1], listed[nameKey(m[1])])
		return
	}
	if m := wholeAfterAt.FindStringSubmatch(name); m != nil {
		in.partOf(m[1], listed[nameKey(m[1])])
		return
	}
	if i := strings.Index(name, ", "); i > 0 {
		if whole := listed[nameKey(name[:i])]; whole != nil {
			in.partOf(name[:i], whole)
		}
	}
}

// partOf links the institution to a body, which may or may not be listed itself.
func (in *institution) partOf(name string, whole *institution) {
	link := screening.Link{Kind: "part_of", Name: name, Source: "its name"}
	if whole != nil {
		link.Entity, link.Name = whole.ID, whole.Name()
	}
	in.link(link)
}
