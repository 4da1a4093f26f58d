package reports

import (
	"cmp"
	"fmt"
	"iter"
	"time"

	"partnerscreen/screening"
)

// All parties here are invented.

var sampleTime = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)

var sampleKey = []byte("a key for tests, of 32 bytes or so")

func on(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 6, 15, 0, 0, time.UTC)
}

func results(all ...*screening.Result) iter.Seq2[*screening.Result, error] {
	return func(yield func(*screening.Result, error) bool) {
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func listing(list, entity, programme string, controls ...screening.Control) screening.Listing {
	return screening.Listing{
		List: list, Entity: entity, Programme: programme, Authority: "Office of Invented Measures", Controls: controls,
		Listed: "2024-03-01", Bearing: screening.Binding, URL: "https://lists.example/" + entity,
	}
}

func nameEvidence(score float64, query, candidate string) screening.Evidence {
	return screening.Evidence{Feature: "name", Direction: screening.For, Score: score, Query: query, Candidate: candidate, Detail: "every distinctive word agrees"}
}

// row is a sheet row of the sample, with the office's own columns.
func row(n int, ref, name, country string, more ...screening.Cell) *screening.Partner {
	return &screening.Partner{
		Place:     screening.Place{File: "collaborations 2026.xlsx", Sheet: "Active", Row: n},
		Reference: ref, Project: "Thin films " + ref,
		Parties: []screening.Party{{Role: screening.RolePartner, Name: name, Country: country}},
		Cells: append([]screening.Cell{
			{Header: "Ref", Value: ref}, {Header: "Institution", Value: name}, {Header: "Country", Value: country},
		}, more...),
	}
}

func sampleRun() *screening.Run {
	return &screening.Run{
		ID: "2026-11-23-0007", Started: sampleTime.Add(-time.Minute), Finished: sampleTime, Version: "1.0.0",
		Inputs: []screening.Input{
			{
				File: "collaborations 2026.xlsx", Hash: "3f9a0c", Sheets: []screening.Sheet{{
					Name: "Active", HeaderRow: 2,
					Columns: []screening.MappedColumn{{Header: "Institution", Role: "partner"}, {Header: "Country", Role: "country"}, {Header: "Ref", Role: "reference"}},
					Ignored: []string{"Comment"}, Notes: []string{"1 row above the header was not read"},
				}},
			},
			{File: "visitors.xls", Error: "an old Excel file; save it as .xlsx"},
		},
		Editions: []screening.EditionUsed{
			{
				Edition: screening.Edition{List: "aa_frozen_parties", Seq: 12, Hash: "9d41", Published: on(2026, 11, 20), Fetched: on(2026, 11, 23), Entities: 5873, Names: 20144},
				Title:   "Frozen parties of the Aa Union", Controls: []screening.Control{screening.AssetFreeze}, Bearing: screening.Binding, Licence: "public domain",
			},
			{
				Edition: screening.Edition{List: "bb_export_entities", Seq: 3, Hash: "77c0", Published: on(2026, 9, 1), Fetched: on(2026, 11, 2), Entities: 1200, Names: 3100},
				Title:   "Export entities of Bb", Controls: []screening.Control{screening.ExportLicence, screening.ExportDenial}, Bearing: screening.Contractual, Stale: "content is 83 days old, expected every 30",
			},
			{
				Edition: screening.Edition{List: "cc_watch_list"}, Title: "Watch list of Cc", Controls: []screening.Control{screening.Advisory},
				Bearing: screening.Binding, Missing: "never imported",
			},
		},
		NotChecked: []string{
			"Territorial embargoes: where the work or an item is was not looked at.",
			"Ownership: a party owned by a listed one is found only where the list says so.",
			"People: no column was mapped to them.",
		},
		Policy: &screening.Policy{
			NoteLine: 0.65, ReviewLine: 0.8, StrongLine: 0.9, ExactLine: 0.98,
			Rules: []screening.GradeRule{
				{Name: "below the review line", Strength: []screening.Strength{screening.NoStrength, screening.Weak}, Grade: screening.Note, Why: "On record; nobody is asked to act."},
				{
					Name: "asset freeze or export denial", Controls: []screening.Control{screening.AssetFreeze, screening.ExportDenial},
					Strength: []screening.Strength{screening.Strong, screening.Exact}, Bearing: []screening.Bearing{screening.Binding}, Grade: screening.Escalate, Why: "Dealing is barred.",
				},
				{Name: "published information only", Controls: []screening.Control{screening.ExportLicence}, Sharing: []screening.Sharing{screening.PublishedOnly}, Grade: screening.Review, Why: "One question is left."},
				{Name: "likely match", Grade: screening.Review, Why: "A person decides before the work goes on."},
			},
		},
	}
}

// sampleResults has a row of every grade, one rejected, one with two parties,
// one dismissed, one true match that is closed for its work, one whose decision was reopened, one flagged for its work,
// and one whose text tries to be a formula.
func sampleResults() []*screening.Result {
	frozen := screening.Match{
		List: "aa_frozen_parties", Entity: "AA-1017", Name: "VELTRAXIS OPTICS INSTITUTE", Matched: "Veltraxis Institute of Optics",
		Score: 0.9612, Strength: screening.Strong, SecondOpinion: 0.94, Control: screening.AssetFreeze, Owner: screening.LegalCompliance, Grade: screening.Escalate, Rule: "asset freeze or export denial",
		Listings: []screening.Listing{listing("aa_frozen_parties", "AA-1017", "OPTICS", screening.AssetFreeze, screening.Travel), listing("bb_export_entities", "B/77", "Part 4", screening.ExportLicence)},
		Evidence: []screening.Evidence{
			nameEvidence(0.9912, "Veltraxis Optics Institute", "Veltraxis Institute of Optics"),
			{Feature: "country", Direction: screening.Against, Score: -0.03, Query: "PE", Candidate: "QA", Detail: "the countries differ"},
			{Feature: "identifier", Direction: screening.Missing, Candidate: "LEI 5299000INVENTED00", Detail: "an LEI from the party would settle it"},
		},
		Key: "k-veltraxis-aa1017",
	}
	licence := screening.Match{
		List: "bb_export_entities", Entity: "B/204", Name: "Sorvenne Aerostat Works", Matched: "Sorvenne Aerostat",
		Score: 0.8421, Strength: screening.Medium, Control: screening.ExportLicence, Owner: screening.ExportControl, Grade: screening.Review, Rule: "likely match",
		Listings: []screening.Listing{listing("bb_export_entities", "B/204", "Part 4", screening.ExportLicence)},
		Evidence: []screening.Evidence{
			nameEvidence(0.8421, "Sorvenne Aerostats Ltd", "Sorvenne Aerostat"),
			{Feature: "address", Direction: screening.Missing, Candidate: "Dock Road 4, Sorvenne", Detail: "an address from the party would settle it"},
		},
		Decision: &screening.Decision{
			ID: "d1", Verdict: screening.FalsePositive, Reason: "different_place", Reviewer: "R. Quill", Made: on(2026, 2, 3), Expires: on(2027, 2, 3),
			Reopened: "listed name “Sorvenne Aerostat” added",
		},
		Key: "k-sorvenne-b204",
	}
	dismissed := screening.Match{
		List: "aa_frozen_parties", Entity: "AA-2050", Name: "Morvane Trading House", Matched: "Morvane Trading House",
		Score: 0.9012, Strength: screening.Strong, Control: screening.AssetFreeze, Owner: screening.LegalCompliance, Grade: screening.Note, Rule: "dismissed earlier",
		Listings: []screening.Listing{listing("aa_frozen_parties", "AA-2050", "GRAIN", screening.AssetFreeze)},
		Evidence: []screening.Evidence{nameEvidence(0.9012, "Morvane Trade House", "Morvane Trading House")},
		Decision: &screening.Decision{
			ID: "d2", Verdict: screening.FalsePositive, Reason: "different_identifier", Note: "company number seen", Reviewer: "R. Quill", Made: on(2026, 5, 7), Expires: on(2027, 5, 19),
		},
		Key: "k-morvane-aa2050",
	}
	hostile := screening.Match{
		List: "bb_export_entities", Entity: "B/9", Name: "=HYPERLINK(\"http://evil.example\",\"x\")", Matched: "@SUM(1+1)",
		Score: 0.8, Strength: screening.Medium, Control: screening.ExportLicence, Owner: screening.ExportControl, Grade: screening.Review, Rule: "likely match",
		Listings: []screening.Listing{{List: "bb_export_entities", Entity: "B/9", Controls: []screening.Control{screening.ExportLicence}, URL: "javascript:alert(1)"}},
		Evidence: []screening.Evidence{nameEvidence(0.8, "=1+1", "@SUM(1+1)")},
		Key:      "k-hostile",
	}
	closed := screening.Match{
		List: "aa_frozen_parties", Entity: "AA-3001", Name: "Brelk Turbines", Matched: "Brelk Turbines",
		Score: 0.99, Strength: screening.Exact, Control: screening.AssetFreeze, Owner: screening.LegalCompliance, Grade: screening.Note, Rule: "true match, closed for this work: Licence 2026-114",
		Listings: []screening.Listing{listing("aa_frozen_parties", "AA-3001", "STEEL", screening.AssetFreeze), listing("us_ofac_sdn", "4711", "STEEL", screening.AssetFreeze)},
		Evidence: []screening.Evidence{nameEvidence(0.99, "Brelk Turbines", "Brelk Turbines")},
		Decision: &screening.Decision{
			ID: "d3", Verdict: screening.TrueMatch, Reason: "same_identifier", Reviewer: "R. Quill", Made: on(2026, 11, 10), Since: on(2026, 11, 9), Expires: on(2027, 11, 1),
		},
		Disposition: &screening.Disposition{
			ID: "c1", Closing: screening.Licence, Number: "2026-114", Terms: "return of one spectrometer", Reviewer: "R. Quill", Made: on(2026, 11, 10), Expires: on(2026, 12, 10),
		},
		Key: "k-brelk-aa3001",
	}
	near := &screening.Match{
		List: "aa_frozen_parties", Entity: "AA-31", Name: "Ostrava Glass Combine", Matched: "Ostrava Glass Combine", Score: 0.7011, Strength: screening.Weak, Control: screening.AssetFreeze, Owner: screening.LegalCompliance,
		Grade: screening.Note, Rule: "below the review line",
		Listings: []screening.Listing{listing("aa_frozen_parties", "AA-31", "GLASS", screening.AssetFreeze)},
		Evidence: []screening.Evidence{
			nameEvidence(0.9011, "Ostrel Glass Centre", "Ostrava Glass Combine"),
			{Feature: "distinctive_word", Direction: screening.Against, Score: -0.2, Query: "Ostrel", Candidate: "Ostrava", Detail: "a distinctive word differs"},
		},
	}
	two := row(9, "C-107", "Tessaly University", "PE")
	two.Parties = append(two.Parties, screening.Party{Role: screening.RoleFunder, Name: "Veltraxis Optics Institute", Country: "PE"})
	two.Cells = append(two.Cells, screening.Cell{Header: "Sponsor", Value: "Veltraxis Optics Institute"}, screening.Cell{Header: "Country", Value: "PE"})
	alone := row(12, "C-110", "Tessaly University", "PE")
	alone.Answers = screening.Answers{screening.AskControlCode: {Text: "6A001", Words: []string{screening.Controlled}}}
	aloneWork := &screening.WorkFound{
		Sharing: screening.SharingItems,
		Rules: []screening.WorkRule{{
			Name: "controlled technology", Stakes: screening.Enhanced, Owner: screening.ExportControl,
			Why: "The row names an entry of a control list.", Source: "15 CFR 774",
		}},
		Questions: []screening.Question{{
			Ask: screening.AskShared, Text: "What of it reaches the partner, and in which form?", Owner: screening.ExportControl,
			Now: screening.Review, Could: screening.Review, Because: "controlled technology",
		}},
	}
	rejected := row(11, "C-109", "#REF!", "")
	rejected.Parties, rejected.Error = nil, "no party: the cell of “Institution” holds a spreadsheet error"
	graded := func(p *screening.Partner, prs ...screening.PartyResult) *screening.Result {
		r := &screening.Result{Partner: p, Stakes: screening.Standard, Parties: prs, Grade: screening.Clear}
		for _, pr := range prs {
			r.Grade = screening.Higher(r.Grade, pr.Grade)
		}
		return r
	}
	party := func(ms ...screening.Match) screening.PartyResult {
		pr := screening.PartyResult{Grade: screening.Clear, Matches: ms}
		for _, m := range ms {
			pr.Grade = screening.Higher(pr.Grade, m.Grade)
		}
		return pr
	}
	aloneWork.Ownership = []screening.Ownership{{
		Rule: "50 percent rule", Owner: "Veltraxis Optics Institute", List: "aa_frozen_parties", Control: screening.AssetFreeze, Reach: screening.ReachYes,
		Sum: "30 % + 25 % = 55 %, at least 50 % is needed", Source: "Guidance of 2014", Checked: "2026-11-01",
	}}
	work := graded(alone, party())
	work.Work = aloneWork
	work.Grade, work.Stakes = screening.Review, screening.Enhanced
	weak := screening.PartyResult{Grade: screening.Note, Matches: []screening.Match{}, Nearest: near}
	return []*screening.Result{
		graded(row(3, "C-101", "Veltraxis Optics Institute", "PE"), party(frozen)),
		graded(row(4, "C-102", "Sorvenne Aerostats Ltd", "IS", screening.Cell{Header: "Comment", Value: "talks only"}), party(licence)),
		graded(row(5, "C-103", "Morvane Trade House", "PE"), party(dismissed)),
		graded(row(6, "C-104", "Ostrel Glass Centre", "IS"), weak),
		graded(row(7, "C-105", "Quillon College", "IS"), party()),
		graded(row(8, "C-106", "=1+1", "-"), party(hostile)),
		graded(two, party(), party(frozen)),
		{Partner: rejected},
		work,
		graded(row(13, "C-111", "Brelk Turbines", "IS"), party(closed)),
	}
}

func sampleReport() *Report {
	previous := &screening.Run{ID: "2026-11-22-0006", Started: sampleTime.AddDate(0, 0, -1), Counts: screening.Counts{
		RowsIn: 8, RowsScreened: 8, Parties: 9, Matches: 3, Rows: map[screening.Grade]int{screening.Clear: 5, screening.Note: 2, screening.Review: 1},
	}}
	return &Report{
		Run: sampleRun(), Generated: sampleTime, Office: "Research Office, University of Ambervale", Previous: previous, Keep: 365 * 24 * time.Hour, Key: sampleKey,
		Changes: []Change{{
			Kind: "reopened", Place: screening.Place{File: "collaborations 2026.xlsx", Sheet: "Active", Row: 4}, Role: screening.RolePartner, Party: "Sorvenne Aerostats Ltd",
			List: "bb_export_entities", Name: "Sorvenne Aerostat Works", Was: "note", Is: "review", Why: "listed name “Sorvenne Aerostat” added",
		}},
		Precision: []Precision{
			{Strength: screening.Medium, Judged: 40, Right: 11, Source: "pairs of invented parties"},
			{Strength: screening.Strong, Judged: 50, Right: 36, Source: "pairs of invented parties"},
		},
		Entity: func(list, id string) (*screening.Entity, error) {
			if list != "aa_frozen_parties" || id != "AA-1017" {
				return nil, ErrNoEntity
			}
			return &screening.Entity{
				List: list, ID: id, Kind: screening.KindOrganisation,
				Names: []screening.Name{
					{Text: "VELTRAXIS OPTICS INSTITUTE", Kind: screening.PrimaryName}, {Text: "Veltraxis Institute of Optics", Kind: screening.AliasName, Weak: true},
					{Text: "VOI", Kind: screening.AcronymName},
				},
				Countries: []string{"QA"}, Addresses: []screening.Address{{Text: "Prism Street 5, Old Harbour", Country: "QA"}},
				Identifiers: []screening.Identifier{{Kind: "lei", Value: "5299000INVENTED00"}},
				Links:       []screening.Link{{Kind: "owned_by", Name: "Prismata Holding", Share: "60 %"}},
				Remarks:     "Formerly the Lens Works.",
			}, nil
		},
	}
}

// manyResults makes a run of n rows: one in fifty rejected, one in forty
// flagged, the rest clear with a nearest match.
func manyResults(n int) iter.Seq2[*screening.Result, error] {
	sample := sampleResults()
	frozen, near := sample[0].Parties[0].Matches[0], sample[3].Parties[0].Nearest
	return func(yield func(*screening.Result, error) bool) {
		for i := range n {
			p := row(i+3, fmt.Sprintf("C-%d", i), fmt.Sprintf("Institute %d of Quillon", i), "IS",
				screening.Cell{Header: "Department", Value: "Materials"}, screening.Cell{Header: "Lead", Value: fmt.Sprintf("Lead %d", i%300)},
				screening.Cell{Header: "Start", Value: "2026-01-01"}, screening.Cell{Header: "End", Value: "2028-12-31"},
				screening.Cell{Header: "Comment", Value: cmp.Or([]string{"", "sent to the dean", "waits for the contract"}[i%3], "")})
			r := &screening.Result{Partner: p, Grade: screening.Clear, Stakes: screening.Standard}
			switch {
			case i%50 == 7:
				p.Parties, p.Error, r.Grade, r.Stakes = nil, "no party in the row", "", ""
			case i%40 == 3:
				m := frozen
				m.Key = fmt.Sprintf("k-%d", i%4000)
				r.Parties, r.Grade = []screening.PartyResult{{Grade: screening.Escalate, Matches: []screening.Match{m}}}, screening.Escalate
			default:
				m := *near
				r.Parties = []screening.PartyResult{{Grade: screening.Clear, Matches: []screening.Match{}, Nearest: &m}}
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}
