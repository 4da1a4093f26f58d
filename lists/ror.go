package lists

import (
	"archive/zip"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"partnerscreen/screening"
)

// Registries are public registers of organisations. Nobody is listed in them:
// they say what an organisation is called, and who stands above it.
var Registries = []Card{rorRegistry}

// rorRegistry reads the Research Organization Registry's dump, schema 2: one
// JSON array, alone, in gzip, or in the zip of a release. A release's address
// changes each time; the record of all releases, on Zenodo, names the newest.
var rorRegistry = Card{
	ID:        "ror",
	Title:     "Research Organization Registry",
	Publisher: "ROR",
	Doc:       "Names, places, websites, parents and successors of research organisations; used to follow a partner to its parents.",
	Page:      "https://ror.readme.io/docs/data-dump",
	Licence:   "CC0-1.0",
	Cadence:   60 * 24 * time.Hour, // a release a month or so
	Registry:  true,
	Bounds:    Bounds{MinEntities: 10_000, MinNamed: 1, MinCountry: 0.9, MaxShrink: 0.05, MaxGrow: 0.5},
	Formats: []Format{
		{Name: "json.gz", Files: []File{{Name: "*ror*.json.gz"}}, Parse: parseROR},
		{Name: "zip", Files: []File{{Name: "*ror*.zip", URL: "https://zenodo.org/api/records/6347574", Newest: zenodoNewest("*ror*.zip")}}, Parse: parseROR},
		{Name: "json", Files: []File{{Name: "*ror*.json"}}, Parse: parseROR},
	},
}

// rorRecord is one organisation in schema 2.
type rorRecord struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Names  []struct {
		Value string   `json:"value"`
		Types []string `json:"types"`
		Lang  string   `json:"lang"`
	} `json:"names"`
	Domains []string `json:"domains"`
	Links   []struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	} `json:"links"`
	Locations []struct {
		Details struct {
			Country string `json:"country_code"`
			Name    string `json:"name"`
		} `json:"geonames_details"`
	} `json:"locations"`
	ExternalIDs []struct {
		Type      string   `json:"type"`
		Preferred string   `json:"preferred"`
		All       []string `json:"all"`
	} `json:"external_ids"`
	Relationships []struct {
		Type  string `json:"type"`
		ID    string `json:"id"`
		Label string `json:"label"`
	} `json:"relationships"`
	Admin struct {
		Modified struct {
			Date string `json:"date"`
		} `json:"last_modified"`
	} `json:"admin"`
}

// rorLinks are the relationships that are followed; children, related and
// predecessors say nothing of who stands above an organisation.
var rorLinks = map[string]string{"parent": "parent", "successor": "successor"}

var rorIdentifiers = map[string]string{"grid": "grid", "isni": "isni"}

// maxROR is how large the registry may be once unpacked; a release has half a gigabyte.
const maxROR = 2 << 30

// parseROR reads the records. The registry dates its records, not its dump:
// the day the newest was changed stands for the publisher's date.
func parseROR(src Source, emit func(*screening.Entity)) (Header, error) {
	var found findings
	header := Header{}
	r, name, done, err := openROR(src)
	if err != nil {
		return header, err
	}
	defer done()
	newest, n := "", 0
	whole := &limitedReader{r: r, left: maxROR, name: name}
	err = jsonRecords(whole, name, "", func(raw json.RawMessage) error {
		n++
		var rec rorRecord
		if err := json.Unmarshal(raw, &rec); err != nil {
			return fmt.Errorf("%s record %d: %w", name, n, err)
		}
		if e := rec.entity(fmt.Sprintf("%s record %d", name, n), &found); e != nil {
			newest = max(newest, rec.Admin.Modified.Date)
			emit(e)
		}
		return nil
	})
	header.Published, _ = time.Parse(time.DateOnly, newest)
	header.Findings = found.all()
	return header, err
}

// openROR opens the one file of the edition, whatever it is packed in.
func openROR(src Source) (r io.Reader, name string, done func(), err error) {
	name = src.Names()[0]
	f, err := src.Open(name)
	if err != nil {
		return nil, name, nil, err
	}
	shut := func() { _ = f.Close() }
	fail := func(err error) (io.Reader, string, func(), error) { shut(); return nil, name, nil, err }
	switch {
	case strings.HasSuffix(strings.ToLower(name), ".gz"):
		z, err := gzip.NewReader(f)
		if err != nil {
			return fail(fmt.Errorf("%s is no gzip file: %w", name, err))
		}
		return z, name, shut, nil
	case strings.HasSuffix(strings.ToLower(name), ".zip"):
		aside, size, err := asideOf(f)
		if err != nil {
			return fail(fmt.Errorf("reading %s: %w", name, err))
		}
		plain := shut
		shut = func() { plain(); _ = aside.Close(); _ = os.Remove(aside.Name()) }
		z, err := zip.NewReader(aside, size)
		if err != nil {
			return fail(fmt.Errorf("%s is no whole zip file: %w", name, err))
		}
		if len(z.File) > 100 {
			return fail(fmt.Errorf("%s holds %d files, and 100 is the limit: it is no release of the registry", name, len(z.File)))
		}
		// Older releases hold both schemas: the one that is not named v1.
		for _, member := range z.File {
			low := strings.ToLower(member.Name)
			if !strings.HasSuffix(low, ".json") || (len(z.File) > 2 && !strings.Contains(low, "v2")) {
				continue
			}
			m, err := member.Open()
			if err != nil {
				return fail(fmt.Errorf("%s: %w", name, err))
			}
			return m, name + "/" + member.Name, func() { _ = m.Close(); shut() }, nil
		}
		return fail(fmt.Errorf("%s holds no JSON of schema 2", name))
	}
	return f, name, shut, nil
}

// asideOf copies what can only be read from its front into a temporary file:
// a zip is read from its end. The caller removes it.
func asideOf(r io.Reader) (*os.File, int64, error) {
	f, err := os.CreateTemp("", "screener-registry-")
	if err != nil {
		return nil, 0, err
	}
	n, err := io.Copy(f, r)
	if err != nil {
		return nil, 0, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return f, n, nil
}

// limitedReader is a file that unfolds to no more than the limit.
type limitedReader struct {
	r    io.Reader
	left int64
	name string
}

// Read reads on while it may.
func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("%s unfolds to more than %d MB", l.name, maxROR>>20)
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}

// entity is the record as an organisation without listings; nil where it has
// neither an id nor a name, which is a finding.
func (rec *rorRecord) entity(at string, found *findings) *screening.Entity {
	e := &screening.Entity{List: "ror", ID: rec.ID, Kind: screening.KindOrganisation, Listings: []screening.Listing{}}
	if !strings.HasPrefix(rec.ID, "https://ror.org/") {
		found.add("id", at, "the record has no ROR id", false)
		return nil
	}
	for _, n := range rec.Names {
		text := tidy(n.Value)
		if text == "" {
			continue
		}
		name := screening.Name{Text: text, Kind: screening.AliasName, Lang: n.Lang}
		for _, t := range n.Types {
			switch t {
			case "ror_display":
				name.Kind = screening.PrimaryName
			case "acronym":
				if name.Kind == screening.AliasName {
					name.Kind = screening.AcronymName
				}
			case "alias", "label":
			default:
				found.add("code", at, "unknown kind of name "+t, false)
			}
		}
		if name.Kind == screening.PrimaryName {
			e.Names = append([]screening.Name{name}, e.Names...)
		} else {
			e.Names = append(e.Names, name)
		}
	}
	if len(e.Names) == 0 {
		found.add("row", at, "the record has no name", false)
		return nil
	}
	for _, l := range rec.Locations {
		e.Addresses = append(e.Addresses, screening.Address{City: tidy(l.Details.Name), Country: l.Details.Country})
		if c := l.Details.Country; c != "" {
			e.Countries = append(e.Countries, c)
		}
	}
	for _, d := range rec.Domains {
		e.Websites = append(e.Websites, strings.ToLower(tidy(d)))
	}
	for _, l := range rec.Links {
		if l.Type == "website" && len(e.Websites) == 0 {
			if u, err := url.Parse(tidy(l.Value)); err == nil && u.Host != "" {
				e.Websites = append(e.Websites, strings.TrimPrefix(strings.ToLower(u.Host), "www.")+strings.TrimRight(u.Path, "/"))
			}
		}
	}
	for _, x := range rec.ExternalIDs {
		if kind := rorIdentifiers[x.Type]; kind != "" && (x.Preferred != "" || len(x.All) > 0) {
			e.Identifiers = append(e.Identifiers, screening.Identifier{Kind: kind, Value: tidy(cmp.Or(x.Preferred, strings.Join(x.All[:min(1, len(x.All))], "")))})
		}
	}
	for _, r := range rec.Relationships {
		if kind := rorLinks[r.Type]; kind != "" {
			e.Links = append(e.Links, screening.Link{Kind: kind, Entity: r.ID, Name: tidy(r.Label), Source: "ROR"})
		}
	}
	if rec.Status != "active" {
		e.Remarks = rec.Status
	}
	return e
}
