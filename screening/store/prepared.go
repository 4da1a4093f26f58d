package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"partnerscreen/screening"
)

// Prepared is the result of a row written out as it is kept. That is most of
// the work of keeping it and needs no database: workers prepare side by side, and the one that
// keeps has only to write. It never changes.
type Prepared struct {
	result  *screening.Result
	digest  string
	row     []any // of run_rows, behind the sheet
	parties [][]any
	matches [][]any

	// As a collaboration; nothing of a rejected row.
	identity string
	hash     string
	outcome  string
	content  string
	search   string
	activity screening.Activity
	named    []namedParty // its distinct parties
}

// namedParty is a party as collaborations share it.
type namedParty struct{ digest, folded, content string }

// Prepare writes a result out; office is whose collaboration the row is. It errors when
// the result has not one result for each party.
func Prepare(r *screening.Result, office string) (*Prepared, error) {
	p, err := prepare(r, office)
	if err != nil {
		at := r.Partner.Place
		return nil, fmt.Errorf("file %s, sheet %q, row %d: %w", at.File, at.Sheet, at.Row, err)
	}
	return p, nil
}

func prepare(r *screening.Result, office string) (*Prepared, error) {
	out := &Prepared{result: r}
	if err := out.asResult(r); err != nil {
		return nil, err
	}
	if r.Partner.Error != "" {
		return out, nil
	}
	return out, out.asCollaboration(r, office)
}

func prepareAll(results []*screening.Result, office string) ([]*Prepared, error) {
	out := make([]*Prepared, len(results))
	for i, r := range results {
		var err error
		if out[i], err = Prepare(r, office); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (out *Prepared) asResult(r *screening.Result) error {
	p := r.Partner
	if len(r.Parties) != len(p.Parties) {
		return fmt.Errorf("%d parties and %d results for them", len(p.Parties), len(r.Parties))
	}
	content, cleaned, err := cleanJSONOf(r)
	if err != nil {
		return err
	}
	kept := r
	if cleaned {
		kept = new(screening.Result)
		if err := json.Unmarshal([]byte(content), kept); err != nil {
			return err
		}
	}
	seal, salts := sealOf(kept)
	sum := sha256.Sum256([]byte(content))
	out.digest = hex.EncodeToString(sum[:])
	notes, err1 := jsonOrNull(p.Notes)
	terms, err4 := jsonOrNull(p.Terms)
	work, err2 := jsonPointer(r.Work)
	var answers any
	var err3 error
	if len(p.Answers) > 0 {
		answers, err3 = jsonText(p.Answers)
	}
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	out.row = []any{
		p.Row, text(p.Reference), text(p.Project), text(p.Start), text(p.End), text(p.Status),
		notes, text(p.Error), string(r.Grade), string(r.Stakes), out.digest, answers, work, seal, terms,
	}
	for i := range p.Parties {
		if err := out.party(p.Row, i, &p.Parties[i], &r.Parties[i], salts[i]); err != nil {
			return err
		}
	}
	return nil
}

func (out *Prepared) party(row, i int, p *screening.Party, r *screening.PartyResult, salt string) error {
	identifiers, err1 := jsonOrNull(p.Identifiers)
	cellNotes, err2 := jsonOrNull(p.Notes)
	notes, err3 := jsonOrNull(r.Notes)
	nearest, err4 := jsonPointer(r.Nearest)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	out.parties = append(out.parties, []any{
		row, i, string(p.Role), text(p.Name), text(p.Country), text(p.City), text(p.Address), text(p.Website),
		text(p.BirthDate), identifiers, cellNotes, string(r.Grade), notes, nearest, text(p.Registry), text(p.Via), salt,
	})
	for k := range r.Matches {
		m := &r.Matches[k]
		content, err := jsonText(m)
		if err != nil {
			return err
		}
		out.matches = append(out.matches, []any{
			row, i, k + 1, text(m.List), text(m.Entity), text(m.Name), text(m.Matched), m.Score, string(m.Strength),
			string(m.Control), string(m.Owner), string(m.Grade), text(m.Rule), text(m.Key), content,
		})
	}
	return nil
}

func (out *Prepared) asCollaboration(r *screening.Result, office string) (err error) {
	p := r.Partner
	out.identity, out.hash, out.outcome, out.activity = p.Identity(office), p.ContentHash(), r.Outcome(), p.Activity()
	out.search = searchText(p)
	if out.content, err = contentOfRow(p); err != nil {
		return err
	}
	out.named, err = namedParties(p)
	return err
}

// namedParties are the distinct parties of a row.
func namedParties(p *screening.Partner) ([]namedParty, error) {
	var out []namedParty
	seen := map[string]bool{}
	for i := range p.Parties {
		content, err := jsonText(p.Parties[i].Content())
		if err != nil {
			return nil, err
		}
		if digest := partyDigest(content); !seen[digest] {
			seen[digest] = true
			out = append(out, namedParty{digest, text(p.Parties[i].FoldedName()), content})
		}
	}
	return out, nil
}
