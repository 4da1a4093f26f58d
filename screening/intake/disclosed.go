package intake

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"partnerscreen/screening"
)

// mostDisclosed is how large a disclosure may be, and how many entries it may have.
const (
	mostDisclosed  = 20 << 20
	mostHeld       = 10_000
	longestWritten = 2_000 // characters of one field
)

// disclosureIn reports whether a file is a disclosure by its first bytes: the
// common forms' XML, their fields as JSON or as a table, or an ORCID record.
func disclosureIn(start []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xEF\xBB\xBF")), " \t\r\n")
	lower := bytes.ToLower(text)
	switch {
	case bytes.HasPrefix(lower, []byte("<")):
		return bytes.Contains(lower, []byte("<profile"))
	case looksLikeJSON(text):
		return slices.ContainsFunc([]string{`"orcid-identifier"`, `"activities-summary"`, `"supportsource"`, `"identification"`}, func(key string) bool {
			return bytes.Contains(lower, []byte(key))
		})
	}
	header, _, _ := bytes.Cut(lower, []byte("\n"))
	return tableHeader(string(header))
}

// tableHeader reports whether a line heads the fields of the common form.
func tableHeader(line string) bool {
	var names []string
	for _, n := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;\t|", r) }) {
		names = append(names, formField(n))
	}
	return slices.Contains(names, "supportsource") && (slices.Contains(names, "supporttype") || slices.Contains(names, "contributiontype"))
}

// formField is the common form's name of a column: "Source of Support" is supportsource.
func formField(header string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(header) {
		if r >= 'a' && r <= 'z' {
			b.WriteRune(r)
		}
	}
	for name, others := range map[string][]string{
		"supportsource": {"sourceofsupport"}, "supporttype": {"statusofsupport", "status"}, "awardnumber": {"proposalawardnumber", "proposalnumber"},
		"projecttitle": {"proposalactivetitle", "title", "proposaltitle"}, "location": {"primaryplaceofperformance", "placeofperformance"},
		"startdate": {"start", "projectstartdate"}, "enddate": {"end", "projectenddate"}, "personmonths": {"personmonth", "commitment"},
		"contributorroles": {"creditroles"}, "foreigncomponent": {"isforeigncomponent"},
	} {
		if slices.Contains(others, b.String()) {
			return name
		}
	}
	return b.String()
}

// OpenDisclosed reads the disclosure at path. A file that is none is a *FileError.
func OpenDisclosed(path string) (*screening.Disclosed, error) {
	name := filepath.Base(path)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, &FileError{File: name, Reason: "there is no such file", Advice: "Look for a slip in its name or folder."}
	case err == nil && info.Size() > mostDisclosed:
		return nil, &FileError{File: name, Reason: fmt.Sprintf("it has more than %d MB, which no disclosure has", mostDisclosed>>20)}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if !disclosureIn(content[:min(len(content), 4096)]) {
		return nil, &FileError{
			File: name, Reason: "it is no disclosure",
			Advice: "Disclosures are read as the XML that SciENcv writes, its fields as JSON or .csv, and ORCID records as JSON.",
		}
	}
	d, err := readDisclosed(content)
	if err != nil {
		if fe, ok := errors.AsType[*FileError](err); ok {
			fe.File = name
		}
		return nil, err
	}
	return d, nil
}

// readDisclosed reads a disclosure in any of its forms. What is confidential
// in it (objectives, overlaps, descriptions, amounts, the person's name) is not kept.
func readDisclosed(content []byte) (*screening.Disclosed, error) {
	content = bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(content) {
		return nil, &FileError{Reason: "the disclosure is not written in UTF-8", Advice: "Export it again, or save it as UTF-8."}
	}
	text := bytes.TrimLeft(content, " \t\r\n")
	var d *screening.Disclosed
	var err error
	switch {
	case bytes.HasPrefix(text, []byte("<")):
		d, err = formXML(content)
	case !looksLikeJSON(text):
		d, err = formTable(content)
	case bytes.Contains(content, []byte(`"orcid-identifier"`)), bytes.Contains(content, []byte(`"activities-summary"`)):
		d, err = orcidRecord(content)
	default:
		d, err = formJSON(content)
	}
	if err != nil {
		return nil, err
	}
	if len(d.Held) > mostHeld {
		return nil, tooMuch("it has more than %d entries", mostHeld)
	}
	for i := range d.Held {
		h := &d.Held[i]
		for _, f := range []*string{&h.Organisation, &h.City, &h.Country, &h.ROR, &h.Title, &h.Award, &h.Start, &h.End, &h.Status, &h.Months, &h.Place} {
			*f = shorten(cleanCell(*f), longestWritten)
		}
	}
	return d, nil
}

// scienProfile is the XML of the common forms, and the same fields as JSON.
type scienProfile struct {
	Identification struct {
		ORCID string `xml:"orcid" json:"orcid"`
	} `xml:"identification" json:"identification"`
	Positions []scienPosition `xml:"employment>position" json:"-"`
	Supports  []scienSupport  `xml:"funding>support" json:"-"`
	Loose     []scienSupport  `xml:"support" json:"-"`

	Employment scienList[scienPosition] `xml:"-" json:"employment"`
	Funding    scienList[scienSupport]  `xml:"-" json:"funding"`
	Support    []scienSupport           `xml:"-" json:"support"`
	Position   []scienPosition          `xml:"-" json:"position"`
}

type scienPosition struct {
	Title        string `xml:"positiontitle" json:"positiontitle"`
	Organisation struct {
		Name    string `xml:"orgname" json:"orgname"`
		City    string `xml:"city" json:"city"`
		Country string `xml:"country" json:"country"`
	} `xml:"organization" json:"organization"`
	Start scienDate `xml:"startdate" json:"startdate"`
	End   scienDate `xml:"enddate" json:"enddate"`
}

type scienSupport struct {
	Title        string    `xml:"projecttitle" json:"projecttitle"`
	Award        string    `xml:"awardnumber" json:"awardnumber"`
	Source       string    `xml:"supportsource" json:"supportsource"`
	Location     string    `xml:"location" json:"location"`
	Contribution string    `xml:"contributiontype" json:"contributiontype"`
	Start        scienDate `xml:"startdate" json:"startdate"`
	End          scienDate `xml:"enddate" json:"enddate"`
	Type         string    `xml:"supporttype" json:"supporttype"`
	Commitment   struct {
		Months []struct {
			Year  string `xml:"year,attr" json:"year"`
			Value string `xml:",chardata" json:"value"`
		} `xml:"personmonth" json:"personmonth"`
	} `xml:"commitment" json:"commitment"`
	// These two the form does not have; offices add them.
	Foreign string   `xml:"foreigncomponent" json:"foreigncomponent"`
	Roles   []string `xml:"contributorroles>role" json:"contributorroles"`
}

// scienDate is a date as text, or in parts.
type scienDate struct {
	Text  string `xml:",chardata" json:"-"`
	Year  string `xml:"year" json:"year"`
	Month string `xml:"month" json:"month"`
	Day   string `xml:"day" json:"day"`
}

// UnmarshalJSON takes a text or an object of parts.
func (d *scienDate) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &d.Text) == nil {
		return nil
	}
	type parts scienDate
	return json.Unmarshal(b, (*parts)(d))
}

func (d scienDate) iso() string {
	text := strings.TrimSpace(d.Text)
	if y := strings.TrimSpace(d.Year); y != "" {
		text = y
		for _, part := range []string{d.Month, d.Day} {
			if part = strings.TrimSpace(part); part == "" {
				break
			}
			text += "-" + fmt.Sprintf("%02s", part)
		}
	}
	if iso, _ := parseDate(text, dateOrder{}); iso != "" {
		return iso
	}
	return text
}

// scienList takes a list, or an object that holds one under any name.
type scienList[T any] []T

// UnmarshalJSON takes either.
func (l *scienList[T]) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("[")) {
		return json.Unmarshal(b, (*[]T)(l))
	}
	var inside map[string][]T
	if err := json.Unmarshal(b, &inside); err != nil {
		return err
	}
	for _, items := range inside {
		*l = append(*l, items...)
	}
	return nil
}

func formXML(content []byte) (*screening.Disclosed, error) {
	if bytes.Contains(bytes.ToUpper(content), []byte("<!DOCTYPE")) {
		return nil, &FileError{Reason: "the disclosure declares a document type, which SciENcv does not write", Advice: "Export it again from SciENcv."}
	}
	var p scienProfile
	d := xml.NewDecoder(bytes.NewReader(content))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is valid UTF-8, whatever it declares
	if err := d.Decode(&p); err != nil {
		return nil, &FileError{Reason: "the XML of the disclosure cannot be read: " + plainXMLError(err), Advice: "Export it again from SciENcv."}
	}
	return p.disclosed(), nil
}

func formJSON(content []byte) (*screening.Disclosed, error) {
	var p scienProfile
	var err error
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("[")) {
		err = json.Unmarshal(content, &p.Support)
	} else {
		err = json.Unmarshal(content, &p)
	}
	if err != nil {
		return nil, notThatJSON(err)
	}
	return p.disclosed(), nil
}

// notThatJSON says where JSON is wrong, and not what stands there.
func notThatJSON(err error) error {
	where := "it ends too early, or is no JSON"
	if se, ok := errors.AsType[*json.SyntaxError](err); ok {
		where = fmt.Sprintf("at byte %d", se.Offset)
	}
	if te, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		where = fmt.Sprintf("at byte %d, field %q is not of its form", te.Offset, te.Field)
	}
	return &FileError{Reason: "the JSON of the disclosure cannot be read: " + where, Advice: "Export it again, with the names of the common form's fields."}
}

func (p *scienProfile) disclosed() *screening.Disclosed {
	d := &screening.Disclosed{Form: screening.CommonForm, ORCID: orcidOf(p.Identification.ORCID)}
	for _, x := range slices.Concat(p.Positions, p.Employment, p.Position) {
		d.Held = append(d.Held, screening.Held{
			Kind: screening.Position, Organisation: x.Organisation.Name, City: x.Organisation.City, Country: x.Organisation.Country,
			Title: x.Title, Start: x.Start.iso(), End: x.End.iso(),
		})
	}
	for _, x := range slices.Concat(p.Supports, p.Loose, p.Funding, p.Support) {
		var months []string
		for _, m := range x.Commitment.Months {
			if v := strings.TrimSpace(m.Value); v != "" {
				months = append(months, strings.TrimSpace(m.Year)+": "+v)
			}
		}
		d.Held = append(d.Held, screening.Held{
			Kind: screening.Support, Organisation: x.Source, Title: x.Title, Award: x.Award, Place: x.Location, Start: x.Start.iso(), End: x.End.iso(),
			Status: strings.ToLower(strings.TrimSpace(x.Type)), InKind: inKind(x.Contribution), Foreign: yesNo(x.Foreign) == screening.Yes,
			Months: strings.Join(months, "; "), Roles: creditRoles(x.Roles),
		})
	}
	return d
}

func inKind(contribution string) bool { return formField(contribution) == "inkind" }

// orcidOf is an ORCID iD without its address.
func orcidOf(id string) string {
	id = strings.TrimRight(strings.TrimSpace(id), "/")
	return id[strings.LastIndexByte(id, '/')+1:]
}

// creditRoles are contributor roles of the CRediT taxonomy by the last part of
// their address, or as words: "Writing – review & editing" is writing-review-editing.
func creditRoles(roles []string) []string {
	var out []string
	for _, r := range roles {
		r = strings.ToLower(strings.TrimRight(strings.TrimSpace(r), "/"))
		if strings.Contains(r, "credit.niso.org") {
			r = r[strings.LastIndexByte(r, '/')+1:]
		}
		words := strings.FieldsFunc(r, func(c rune) bool { return c < 'a' || c > 'z' })
		if name := strings.Join(words, "-"); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// formTable reads the fields of the common form from a table, an entry a row.
// A row with an orgname and no source of support is a position.
func formTable(content []byte) (*screening.Disclosed, error) {
	first, _, _ := bytes.Cut(content, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	for _, delimiter := range ";\t|" {
		if bytes.Count(first, []byte(string(delimiter))) > bytes.Count(first, []byte(string(r.Comma))) {
			r.Comma = delimiter
		}
	}
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, &FileError{Reason: "the table of the disclosure cannot be read", Advice: "Save it as .csv again."}
	}
	var names []string
	for _, h := range rows[0] {
		names = append(names, formField(h))
	}
	d := &screening.Disclosed{Form: screening.CommonForm}
	for _, row := range rows[1:] {
		at := func(name string) string {
			if i := slices.Index(names, name); i >= 0 && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		if strings.Join(row, "") == "" {
			continue
		}
		if d.ORCID == "" {
			d.ORCID = orcidOf(at("orcid"))
		}
		h := screening.Held{
			Kind: screening.Support, Organisation: at("supportsource"), Title: at("projecttitle"), Award: at("awardnumber"), Place: at("location"),
			Start: scienDate{Text: at("startdate")}.iso(), End: scienDate{Text: at("enddate")}.iso(), Status: strings.ToLower(at("supporttype")),
			InKind: inKind(at("contributiontype")), Foreign: yesNo(at("foreigncomponent")) == screening.Yes, Months: at("personmonths"),
			Roles: creditRoles(strings.Split(at("contributorroles"), ";")),
		}
		if h.Organisation == "" && at("orgname") != "" {
			h = screening.Held{Kind: screening.Position, Organisation: at("orgname"), Title: at("positiontitle"), City: at("city"), Country: at("country"), Start: h.Start, End: h.End}
		}
		d.Held = append(d.Held, h)
	}
	return d, nil
}

// orcidAffiliation and orcidFunding are summaries of an ORCID record, API 3.0.
type orcidAffiliation struct {
	Title        string            `json:"role-title"`
	Start        *orcidDate        `json:"start-date"`
	End          *orcidDate        `json:"end-date"`
	Organisation orcidOrganisation `json:"organization"`
}

type orcidOrganisation struct {
	Name    string `json:"name"`
	Address struct {
		City    string `json:"city"`
		Country string `json:"country"`
	} `json:"address"`
	Disambiguated *struct {
		ID     string `json:"disambiguated-organization-identifier"`
		Source string `json:"disambiguation-source"`
	} `json:"disambiguated-organization"`
}

type orcidDate struct{ Year, Month, Day *orcidValue }

type orcidValue struct{ Value string }

func (d *orcidDate) iso() string {
	if d == nil || d.Year == nil {
		return ""
	}
	out := d.Year.Value
	for _, part := range []*orcidValue{d.Month, d.Day} {
		if part == nil || part.Value == "" {
			break
		}
		out += "-" + fmt.Sprintf("%02s", part.Value)
	}
	return out
}

type orcidGroups struct {
	Groups []struct {
		Summaries []struct {
			Employment *orcidAffiliation `json:"employment-summary"`
			Invited    *orcidAffiliation `json:"invited-position-summary"`
		} `json:"summaries"`
	} `json:"affiliation-group"`
}

// orcidRecord reads the employments, invited positions and fundings of an
// ORCID record, and the contributor roles of its works where they are given.
func orcidRecord(content []byte) (*screening.Disclosed, error) {
	var rec struct {
		Identifier struct {
			Path string `json:"path"`
		} `json:"orcid-identifier"`
		Activities struct {
			Employments orcidGroups `json:"employments"`
			Invited     orcidGroups `json:"invited-positions"`
			Fundings    struct {
				Groups []struct {
					Summaries []struct {
						Title struct {
							Title orcidValue `json:"title"`
						} `json:"title"`
						Organisation orcidOrganisation `json:"organization"`
						Start        *orcidDate        `json:"start-date"`
						End          *orcidDate        `json:"end-date"`
						External     struct {
							IDs []struct {
								Type  string `json:"external-id-type"`
								Value string `json:"external-id-value"`
							} `json:"external-id"`
						} `json:"external-ids"`
					} `json:"funding-summary"`
				} `json:"group"`
			} `json:"fundings"`
			Works struct {
				Groups []struct {
					Summaries []orcidWork `json:"work-summary"`
				} `json:"group"`
			} `json:"works"`
		} `json:"activities-summary"`
	}
	if err := json.Unmarshal(content, &rec); err != nil {
		return nil, notThatJSON(err)
	}
	d := &screening.Disclosed{Form: screening.ORCIDRecord, ORCID: orcidOf(rec.Identifier.Path)}
	var roles []string
	for _, g := range rec.Activities.Works.Groups {
		for _, w := range g.Summaries {
			for _, c := range w.Contributors.List {
				if c.ORCID.Path == d.ORCID || c.ORCID.Path == "" && len(w.Contributors.List) == 1 {
					roles = append(roles, c.Attributes.Role)
				}
			}
		}
	}
	roles = creditRoles(roles)
	for _, groups := range []orcidGroups{rec.Activities.Employments, rec.Activities.Invited} {
		for _, g := range groups.Groups {
			for _, s := range g.Summaries {
				for _, a := range []*orcidAffiliation{s.Employment, s.Invited} {
					if a != nil {
						h := a.Organisation.held(screening.Position, a.Start, a.End)
						h.Title, h.Roles = a.Title, roles
						d.Held = append(d.Held, h)
					}
				}
			}
		}
	}
	for _, g := range rec.Activities.Fundings.Groups {
		for _, f := range g.Summaries {
			h := f.Organisation.held(screening.Support, f.Start, f.End)
			h.Title = f.Title.Title.Value
			for _, id := range f.External.IDs {
				if strings.ReplaceAll(id.Type, "-", "_") == "grant_number" && h.Award == "" {
					h.Award = id.Value
				}
			}
			d.Held = append(d.Held, h)
		}
	}
	return d, nil
}

type orcidWork struct {
	Contributors struct {
		List []struct {
			ORCID struct {
				Path string `json:"path"`
			} `json:"contributor-orcid"`
			Attributes struct {
				Role string `json:"contributor-role"`
			} `json:"contributor-attributes"`
		} `json:"contributor"`
	} `json:"contributors"`
}

func (o *orcidOrganisation) held(kind screening.HeldKind, start, end *orcidDate) screening.Held {
	h := screening.Held{Kind: kind, Organisation: o.Name, City: o.Address.City, Country: o.Address.Country, Start: start.iso(), End: end.iso()}
	if o.Disambiguated != nil && strings.EqualFold(o.Disambiguated.Source, "ROR") {
		h.ROR = o.Disambiguated.ID
	}
	return h
}

// disclosureTabs are a disclosure as sheets of a file: positions, then
// support, with headers as any sheet has them. An entry's row is its place
// among those of its kind, below a header.
func disclosureTabs(d *screening.Disclosed) []*tab {
	where := []string{"Affiliation", "Affiliation country", "Affiliation city", "Affiliation identifier", "Position", "Start", "End", "CASRAI terms"}
	funds := []string{"Funder", "Funder country", "Funder city", "Funder identifier", "Project", "Reference", "Start", "End", "Status", "Person months", "Performed at", "Destination", "CASRAI terms"}
	positions, supports := [][]string{where}, [][]string{funds}
	for i := range d.Held {
		h := &d.Held[i]
		terms := strings.Join(h.Terms(), "; ")
		if h.Kind == screening.Position {
			positions = append(positions, []string{h.Organisation, h.Country, h.City, h.ROR, h.Title, h.Start, h.End, terms})
		} else {
			destination := "" // where the place is one that destination rules can tell
			if len(countryWords(h.Place)) > 0 {
				destination = h.Place
			}
			supports = append(supports, []string{h.Organisation, h.Country, h.City, h.ROR, h.Title, h.Award, h.Start, h.End, h.Status, h.Months, h.Place, destination, terms})
		}
	}
	var out []*tab
	for _, t := range []struct {
		name string
		rows [][]string
	}{{"Positions", positions}, {"Support", supports}} {
		if len(t.rows) > 1 {
			out = append(out, &tab{name: t.name, notes: []string{"read from a disclosure (" + d.Form + "); confidential text of it was not read"}, lines: linesOf(t.rows)})
		}
	}
	return out
}

// linesOf streams rows that are in memory.
func linesOf(rows [][]string) func(context.Context, *meter) iter.Seq2[line, error] {
	return func(ctx context.Context, m *meter) iter.Seq2[line, error] {
		return func(yield func(line, error) bool) {
			for i, cells := range rows {
				ln := line{number: i + 1, cells: slices.Clone(cells)}
				err := ctx.Err()
				if err == nil {
					err = m.row(ln)
				}
				if !yield(ln, err) || err != nil {
					return
				}
			}
		}
	}
}

// openDisclosed makes the source of a file that is a disclosure.
func openDisclosed(r io.ReaderAt, size int64) (*source, error) {
	if size > mostDisclosed {
		return nil, tooMuch("it has %d MB, and a disclosure may have %d MB", size>>20, mostDisclosed>>20)
	}
	content, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, err
	}
	d, err := readDisclosed(content)
	if err != nil {
		return nil, err
	}
	tabs := disclosureTabs(d)
	if len(tabs) == 0 {
		return nil, &FileError{Reason: "the disclosure names no position and no support", Advice: "Look whether it was exported whole."}
	}
	return &source{tabs: tabs}, nil
}
