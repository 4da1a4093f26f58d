package lists

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"partnerscreen/screening"
)

// transcriptionNote is said of every list whose publisher prints only a PDF or
// a law and that is read from OpenSanctions' table of it.
const transcriptionNote = "Read from OpenSanctions' public transcription (CC BY-NC 4.0); only the publisher's own document is official."

// transcribed is one row of OpenSanctions' tables of American laws and reports.
type transcribed struct {
	row       row
	Kind      screening.Kind
	Name      string
	Aliases   []string
	Programme string
	Authority string
	Reason    string
	Report    string // the edition: a year or a date, as printed
	Start     string // ISO
	End       string // ISO
	Country   string // ISO 3166-1 alpha-2
	Notes     string
	URL       string
}

var transcribedColumns = columns{
	Need: []string{"name", "program"},
	Know: []string{
		"schema", "aliases", "topics", "authority", "reason", "report-date", "start-date",
		"end-date", "country", "notes", "source_url",
	},
}

// transcribedTopics are the topics seen so far; what is done with a party
// follows from the law named under program, so another topic is only reported.
var transcribedTopics = []string{"", "debarment", "sanction"}

// readTranscription reads one such table whole. Rows without a name are
// findings; a law that is not among those given (by their beginning) is a
// finding that holds the edition, for it may carry other controls.
func readTranscription(src Source, file string, laws []string, found *findings) ([]transcribed, error) {
	var rows []transcribed
	err := readTable(src, file, ',', transcribedColumns, found, func(r row) {
		find := func(kind, text string, holds bool) { found.add(kind, r.Place(), text, holds) }
		p := transcribed{
			row: r, Name: tidy(r.Get("name")), Aliases: splitJoined(r.Get("aliases"), ";"),
			Programme: tidy(r.Get("program")), Authority: tidy(r.Get("authority")),
			Reason: tidy(r.Get("reason")), Report: r.Get("report-date"),
			Notes: tidy(r.Get("notes")), URL: r.Get("source_url"),
		}
		if p.Name == "" {
			find("row", "no name, left out", true)
			return
		}
		var ok bool
		if p.Kind, ok = schemaKind(r.Get("schema")); !ok {
			find("code", fmt.Sprintf("unknown schema %q", r.Get("schema")), false)
		}
		if !hasPrefixOf(p.Programme, laws) {
			find("code", fmt.Sprintf("unknown programme %q", p.Programme), true)
		}
		if topic := r.Get("topics"); !slices.Contains(transcribedTopics, topic) {
			find("code", fmt.Sprintf("unknown topic %q", topic), false)
		}
		p.Start, p.End = dateIn(r, "start-date", true, found), dateIn(r, "end-date", true, found)
		if c := r.Get("country"); c != "" {
			if p.Country, ok = countryOrPeople(c); !ok {
				find("country", fmt.Sprintf("unknown country %q", c), false)
			}
		}
		rows = append(rows, p)
	})
	return rows, err
}

// countryOrPeople is screening.CountryCode, for tables that give a nationality
// in the country's place.
func countryOrPeople(s string) (string, bool) {
	if code, ok := screening.CountryCode(s); ok {
		return code, true
	}
	code, ok := demonyms[strings.ToLower(s)]
	return code, ok
}

// schemaKind reads the entity types of OpenSanctions; ok is false for one that
// is not known. A legal entity may be a person or an organisation.
func schemaKind(schema string) (kind screening.Kind, ok bool) {
	switch schema {
	case "Company", "Organization", "PublicBody":
		return screening.KindOrganisation, true
	case "Person":
		return screening.KindPerson, true
	case "Vessel":
		return screening.KindVessel, true
	case "Airplane":
		return screening.KindAircraft, true
	case "LegalEntity", "":
		return screening.KindUnknown, true
	}
	return screening.KindUnknown, false
}

func hasPrefixOf(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

var datedAddress = regexp.MustCompile(`/(20\d\d)/(\d{2}|[A-Z][a-z]{2})/(?:(\d{2})/)?`)

// dateInAddress reads the date American publishers keep in the address of a
// document ("/2026/Jun/08/…", "/2026/07/…"); zero where there is none.
func dateInAddress(url string) time.Time {
	m := datedAddress.FindStringSubmatch(url)
	if m == nil {
		return time.Time{}
	}
	if n := monthNumber(strings.ToLower(m[2])); n != "" {
		m[2] = n
	}
	if m[3] == "" {
		m[3] = "01"
	}
	t, err := time.Parse(time.DateOnly, m[1]+"-"+m[2]+"-"+m[3])
	if err != nil {
		return time.Time{}
	}
	return t
}
