package reports

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"partnerscreen/screening"
)

// Findings is what the sheets are written from: the sums of a run, its likely
// matches in memory, and every row aside in a file.
type Findings struct {
	Report *Report
	Counts screening.Counts
	// Flagged are the likely matches a person is asked about, the gravest first.
	Flagged []*Finding
	// Dismissed are the matches a person has called false positives, unchanged since.
	Dismissed []*Finding
	// Closed are the true matches that are closed for the work of their rows.
	Closed []*Finding
	// Holds are the true matches under an asset freeze, closed or not.
	Holds []*Finding
	// Work are the rows flagged for what the work is, though no name matched.
	Work []WorkRow
	// Questions are what the rows left open, those first that would settle the most.
	Questions []QuestionRow
	// Ownership is what the ownership rules came to.
	Ownership []OwnershipRow
	// Unflagged counts the parties no one is asked about.
	Unflagged int
	// Files are the sums of each file, in the order they were met.
	Files []FileCounts
	// Headers of the original sheets, in the order they were met.
	Headers []string
	// Tally counts distinct likely matches by list and control.
	Tally []Tally

	parity  map[parityGroup]*parityCount
	rows    *spool
	headers map[string]int
	widths  []int // the longest value under each header
	present []Tab
}

// Finding is one distinct party beside one listed party, with all the rows
// the pair was found in: a line of Review.
type Finding struct {
	Line   int // its number on Review; 0 for one that does not stand there
	Key    string
	Party  screening.Party
	Match  screening.Match
	Grade  screening.Grade // the highest of its rows
	Stakes screening.Stakes
	Roles  []string // in a reader's words; for a party the row does not name, the link that brought it in
	Places []screening.Place
	Refs   []string
	Works  []string // reference and project of each row, as they are met
	Notes  []string
	// Lapsed says how rows of the line were closed before, and why that no longer holds.
	Lapsed []string
	// Entities are the listed parties of the match as published, that of its grade first.
	Entities []*screening.Entity
	rowKeys  map[screening.Place]bool
}

// WorkRow is a row that is flagged for the work itself.
type WorkRow struct {
	Place     screening.Place
	Reference string
	Project   string
	Grade     screening.Grade
	Stakes    screening.Stakes
	Parties   []string
	Notes     []string
	Owners    []screening.Owner
}

// Tally counts the distinct likely matches under one control of one list.
type Tally struct {
	List    string
	Control screening.Control
	Grades  map[screening.Grade]int
}

// gather goes over the results once.
func gather(r *Report, results iter.Seq2[*screening.Result, error]) (*Findings, error) {
	rows, err := newSpool(r.TempDir)
	if err != nil {
		return nil, err
	}
	f := &Findings{Report: r, rows: rows, headers: map[string]int{}, parity: map[parityGroup]*parityCount{}}
	k := kinds{flagged: map[string]*Finding{}, dismissed: map[string]*Finding{}, closed: map[string]*Finding{}, holds: map[string]*Finding{}}
	for res, err := range results {
		if err == nil {
			err = rows.add(res)
		}
		if err != nil {
			return nil, errors.Join(err, rows.close())
		}
		f.count(res)
		f.meetHeaders(res.Partner)
		if res.Partner.Error == "" {
			f.take(res, k)
			f.ask(res)
			f.own(res)
			f.lean(res)
		}
	}
	f.Flagged, f.Dismissed, f.Closed, f.Holds = ordered(k.flagged), ordered(k.dismissed), ordered(k.closed), ordered(k.holds)
	for i, fd := range f.Flagged {
		fd.Line = i + 1
	}
	f.orderQuestions()
	f.tally()
	if err := f.lookUp(); err != nil {
		return nil, errors.Join(err, rows.close())
	}
	return f, nil
}

// FileCounts are the sums of one file.
type FileCounts struct {
	File string
	screening.Counts
}

func (f *Findings) count(res *screening.Result) {
	f.Counts.Add(res)
	at := slices.IndexFunc(f.Files, func(c FileCounts) bool { return c.File == res.Partner.File })
	if at < 0 {
		at = len(f.Files)
		f.Files = append(f.Files, FileCounts{File: res.Partner.File})
	}
	f.Files[at].Add(res)
}

// close removes the rows kept aside.
func (f *Findings) close() error { return f.rows.close() }

// Results are all rows in their order.
func (f *Findings) Results() iter.Seq2[*screening.Result, error] { return f.rows.results() }

// kinds are the findings of each sort, by what tells them apart.
type kinds struct {
	flagged, dismissed, closed, holds map[string]*Finding
}

func (f *Findings) take(res *screening.Result, all kinds) {
	named := false
	for i := range res.Parties {
		pr, party := &res.Parties[i], &res.Partner.Parties[i]
		asked := false
		for k := range pr.Matches {
			m := &pr.Matches[k]
			key := pairKey(party, m)
			switch {
			case m.Grade.Flagged() && f.Report.Opens != nil && !f.Report.Opens(res.Partner.Place, party, m):
				asked = true // in an earlier report, where it waits for its decision
			case m.Grade.Flagged():
				asked = true
				note(all.flagged, key, res, pr, party, m)
			case m.Disposition.Stands():
				// Each way it was closed is a line.
				note(all.closed, key+" "+m.Disposition.Said()+day(m.Disposition.Expires), res, pr, party, m)
			case holds(m) && m.Decision.Verdict == screening.FalsePositive:
				note(all.dismissed, key, res, pr, party, m)
			}
			if frozen(m) {
				note(all.holds, key, res, pr, party, m)
			}
		}
		if !asked {
			f.Unflagged++
		}
		named = named || asked
	}
	if res.Grade.Flagged() && !named {
		w := WorkRow{
			Place: res.Partner.Place, Reference: res.Partner.Reference, Project: res.Partner.Project,
			Grade: res.Grade, Stakes: res.Stakes, Notes: slices.Clone(res.Partner.Notes),
		}
		w.Parties = partyNames(res.Partner)
		if res.Work != nil {
			for _, rule := range res.Work.Rules {
				w.Notes = append(w.Notes, rule.Name+": "+rule.Why+" ("+rule.Source+")")
				if !slices.Contains(w.Owners, rule.Owner) {
					w.Owners = append(w.Owners, rule.Owner)
				}
			}
		}
		for i := range res.Parties {
			w.Notes = append(w.Notes, res.Parties[i].Notes...)
		}
		w.Notes = distinct(w.Notes)
		f.Work = append(f.Work, w)
	}
}

// lookUp finds the listed parties of the flagged matches as they were published.
func (f *Findings) lookUp() error {
	if f.Report.Entity == nil {
		return nil
	}
	known := map[Listed]*screening.Entity{}
	for _, fd := range f.Flagged {
		ids := []Listed{{fd.Match.List, fd.Match.Entity}}
		for _, l := range fd.Match.Listings {
			if id := (Listed{l.List, l.Entity}); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		for _, id := range ids {
			e, met := known[id]
			if !met {
				var err error
				if e, err = f.Report.Entity(id.List, id.Entity); err != nil && !errors.Is(err, ErrNoEntity) {
					return fmt.Errorf("looking up %s %s: %w", id.List, id.Entity, err)
				}
				known[id] = e
			}
			if e != nil {
				fd.Entities = append(fd.Entities, e)
			}
		}
	}
	return nil
}

// note files one row's match under its pair.
func note(all map[string]*Finding, key string, res *screening.Result, pr *screening.PartyResult, party *screening.Party, m *screening.Match) {
	fd := all[key]
	if fd == nil {
		fd = &Finding{Key: pairKey(party, m), Party: *party, Match: *m, rowKeys: map[screening.Place]bool{}}
		all[key] = fd
	}
	if m.Grade.Rank() > fd.Grade.Rank() || fd.Grade == "" {
		fd.Grade, fd.Stakes, fd.Match = m.Grade, res.Stakes, *m
	}
	if link := party.Link(); !slices.Contains(fd.Roles, link) {
		fd.Roles = append(fd.Roles, link)
	}
	if !fd.rowKeys[res.Partner.Place] {
		fd.rowKeys[res.Partner.Place] = true
		fd.Places = append(fd.Places, res.Partner.Place)
		if res.Partner.Reference != "" && len(fd.Refs) < maxPlaces && !slices.Contains(fd.Refs, res.Partner.Reference) {
			fd.Refs = append(fd.Refs, res.Partner.Reference)
		}
	}
	if len(fd.Works) <= maxWorks {
		fd.Works = distinct(append(fd.Works, workOf(res.Partner)))
	}
	fd.Notes = distinct(slices.Concat(fd.Notes, party.Notes, pr.Notes))
	if d := m.Disposition; d != nil && !d.Stands() && len(fd.Lapsed) < maxLapsed {
		fd.Lapsed = distinct(append(fd.Lapsed, closedAs(d)))
	}
}

// maxWorks is how many references and projects a line names; All rows has the others.
const maxWorks = 8

// maxLapsed is how many ways a line names in which its rows were closed before.
const maxLapsed = 5

// frozen reports whether a person has called the match true and a listing
// freezes assets. It holds until somebody says otherwise: a change since, or
// a second person who is waited for, releases nothing.
func frozen(m *screening.Match) bool {
	return m.Decision != nil && m.Decision.Verdict == screening.TrueMatch && m.Decision.Revoked == "" &&
		slices.Contains(controlsOf(m), screening.AssetFreeze)
}

// pairKey is the match's own key, or the content of both sides where the
// match was made without one.
func pairKey(party *screening.Party, m *screening.Match) string {
	if m.Key != "" {
		return m.Key
	}
	side := *party
	side.Role, side.Notes = "", nil
	b, err := json.Marshal([]any{side, m.List, m.Entity, m.Name, m.Matched})
	if err != nil { // strings, and slices of them
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// ordered puts the gravest and surest first and keeps the lines of one party
// together within their grade; the key settles ties.
func ordered(all map[string]*Finding) []*Finding {
	type group struct {
		grade screening.Grade
		party string
	}
	best := map[group]float64{}
	for _, fd := range all {
		g := group{fd.Grade, fd.Party.Name}
		best[g] = max(best[g], fd.Match.Score)
	}
	return slices.SortedFunc(maps.Values(all), func(a, b *Finding) int {
		return cmp.Or(
			cmp.Compare(b.Grade.Rank(), a.Grade.Rank()),
			cmp.Compare(best[group{b.Grade, b.Party.Name}], best[group{a.Grade, a.Party.Name}]),
			cmp.Compare(a.Party.Name, b.Party.Name), cmp.Compare(b.Match.Score, a.Match.Score),
			cmp.Compare(a.Match.List, b.Match.List), cmp.Compare(a.Key, b.Key),
		)
	})
}

func (f *Findings) tally() {
	type under struct {
		list    string
		control screening.Control
	}
	sums := map[under]*Tally{}
	for _, fd := range f.Flagged {
		at := under{fd.Match.List, fd.Match.Control}
		if sums[at] == nil {
			sums[at] = &Tally{List: at.list, Control: at.control, Grades: map[screening.Grade]int{}}
		}
		sums[at].Grades[fd.Grade]++
	}
	for _, t := range sums {
		f.Tally = append(f.Tally, *t)
	}
	slices.SortFunc(f.Tally, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(slices.Index(screening.Controls, a.Control), slices.Index(screening.Controls, b.Control)))
	})
}

// maxColumns is how many original columns All rows shows under headers of
// their own; what a sheet has beyond them stands together in one column.
const maxColumns = 200

func (f *Findings) meetHeaders(p *screening.Partner) {
	for h, value := range titled(p.Cells) {
		at, known := f.headers[h]
		if !known {
			if len(f.Headers) == maxColumns {
				continue
			}
			at = len(f.Headers)
			f.headers[h] = at
			f.Headers = append(f.Headers, h)
			f.widths = append(f.widths, utf8.RuneCountInString(h)+4)
		}
		f.widths[at] = max(f.widths[at], utf8.RuneCountInString(value))
	}
}

// titled yields a row's cells by header; a header that comes again is
// numbered, so that no cell hides another.
func titled(cells []screening.Cell) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		var seen map[string]int
		for i, c := range cells {
			h := cmp.Or(settled(c.Header), "(no header)")
			if i > 0 {
				if seen == nil {
					seen = map[string]int{cmp.Or(settled(cells[0].Header), "(no header)"): 1}
				}
				if seen[h]++; seen[h] > 1 {
					h += " (" + strconv.Itoa(seen[h]) + ")"
				}
			}
			if !yield(h, c.Value) {
				return
			}
		}
	}
}

// distinct keeps the first of equal texts and drops empty ones.
func distinct(all []string) []string {
	var out []string
	for _, s := range all {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
