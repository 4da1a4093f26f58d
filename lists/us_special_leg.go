package lists

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"partnerscreen/screening"
)

var usSpecialLeg = Card{
	ID:        "us_special_leg",
	Title:     "US parties named in laws and reports: sections 889, 5949, 154 and 353, and INKSNA",
	Publisher: "US Congress and Department of State",
	Doc:       "Companies whose equipment, chips or batteries federal money may not buy, persons barred from entry for corruption, and parties under non-proliferation sanctions.",
	Page:      "https://www.congress.gov/115/plaws/publ232/PLAW-115publ232.pdf",
	Licence:   "CC-BY-NC-4.0",
	Binds:     []string{"US"},
	Reaches:   true, // federal money carries the bars on procurement with it
	Controls:  []screening.Control{screening.Debarment, screening.ExportLicence, screening.Travel, screening.Advisory},
	Cadence:   400 * 24 * time.Hour,
	Formats: []Format{{
		Name: "csv",
		Files: []File{
			{Name: "section_889.csv", URL: specialLegURL + "section_889.csv"},
			{Name: "section_5949.csv", URL: specialLegURL + "section_5949.csv"},
			{Name: "section_154.csv", URL: specialLegURL + "section_154.csv"},
			{Name: "section_353.csv", URL: specialLegURL + "section_353.csv"},
			{Name: "inksna.csv", URL: specialLegURL + "inksna.csv"},
		},
		Parse: parseUSSpecialLeg,
	}},
	Part: func(l *screening.Listing) string { return l.Programme },
	Bounds: Bounds{
		MinEntities: 100, MaxEntities: 2000, MinNamed: 1, MinCountry: 0.5, MaxShrink: 0.3, MaxGrow: 1,
		Parts: map[string]Bounds{
			"Section 889":  {MinEntities: 4},
			"Section 5949": {MinEntities: 2},
			"Section 154":  {MinEntities: 4},
			"Section 353":  {MinEntities: 100, MaxShrink: 0.3},
			"INKSNA":       {MinEntities: 5, MaxShrink: 0.9}, // a determination names a score of parties and runs out after two years
		},
	},
	Note: transcriptionNote + " Sanctions under the Iran, North Korea and Syria Nonproliferation Act run for two years; a row may be past its end, which its listing shows. " +
		"The authority for section 353 lapsed in December 2023: those it named are on record, and nothing bars them any more.",
}

const specialLegURL = "https://raw.githubusercontent.com/opensanctions/opensanctions/main/datasets/us/special_leg/source_files/"

// specialLaw is one of the laws: the file its parties stand in, and what it does to them.
type specialLaw struct {
	file     string
	begins   string // how the file names the law
	law      string // the part of the list its parties are
	controls []screening.Control
}

// Only what the law itself does is a control. INKSNA bars American government
// procurement and assistance, and licences for exports, to those it names.
var specialLaws = []specialLaw{
	{"section_889.csv", "Section 889 ", "Section 889", []screening.Control{screening.Debarment}},
	{"section_5949.csv", "Section 5949 ", "Section 5949", []screening.Control{screening.Debarment}},
	{"section_154.csv", "Section 154 ", "Section 154", []screening.Control{screening.Debarment}},
	{"section_353.csv", "Section 353", "Section 353", []screening.Control{screening.Travel}},
	{"inksna.csv", "Nonproliferation Sanctions", "INKSNA", []screening.Control{screening.ExportLicence, screening.Debarment}},
}

func parseUSSpecialLeg(src Source, emit func(*screening.Entity)) (Header, error) {
	found := &findings{}
	ids := madeIDs{}
	var header Header
	var parties []*draft
	for _, law := range specialLaws {
		rows, err := readTranscription(src, law.file, []string{law.begins}, found)
		if errors.Is(err, fs.ErrNotExist) {
			// Four of five files are no edition: the fifth's parties would seem to be gone.
			found.add("truncated", law.file, fmt.Sprintf("%s is missing: the parties of %s would seem to have left the list", law.file, law.law), true)
			continue
		}
		if err != nil {
			return Header{}, err
		}
		for _, r := range rows {
			if reported, err := time.Parse(time.DateOnly, r.Report); err == nil && reported.After(header.Published) {
				header.Published = reported
			}
			parties = append(parties, specialParty(r, law, ids, found))
		}
	}
	edition := header.Published.Format(time.DateOnly)
	for _, d := range parties {
		// What had ended when the newest report came bars nothing, but is worth knowing.
		if l := &d.Listings[0]; l.Ends != "" && l.Ends < edition && !strings.HasPrefix(edition, l.Ends) {
			l.Controls = []screening.Control{screening.Advisory}
			l.Remarks = joined("; ", l.Remarks, "ended "+l.Ends)
		}
		d.emitTo(emit)
	}
	header.Findings = found.all()
	return header, nil
}

func specialParty(r transcribed, law specialLaw, ids madeIDs, found *findings) *draft {
	d := newDraft("us_special_leg", ids.make("leg", law.law, r.Name, r.Country), r.row.Place(), found)
	d.Kind = r.Kind
	d.name(screening.Name{Text: r.Name, Kind: screening.PrimaryName})
	for _, a := range r.Aliases {
		d.name(screening.Name{Text: a, Kind: aliasOrAcronym(a)})
	}
	d.country(r.Country)
	// The earlier of report and start: a bar may begin to work years after the
	// law that names the party (section 154), a report may follow the measure (INKSNA).
	listed, remarks := r.Start, r.Reason
	if reported, ok := ParseDate(r.Report, true); ok && (listed == "" || reported < listed) {
		listed = reported
		if r.Start != "" {
			remarks = joined("; ", remarks, "in force from "+r.Start)
		}
	}
	d.Listings = []screening.Listing{{
		List: d.List, Entity: d.ID, Programme: law.law, Authority: r.Authority, LegalBasis: r.Programme,
		Controls: law.controls, Terms: r.Notes, Listed: listed, Ends: r.End, Remarks: remarks, URL: r.URL,
	}}
	return d
}
