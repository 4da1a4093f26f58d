package screening

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// What is kept is sealed, so that a change of it shows later. What a cell says
// of a party is not in the seal itself but stands in it by a commitment, a hash under a salt
// of its own. Take the words and the salt away and keep the commitment, and the
// seal still holds, while nobody can tell any more what the words were.

// Seal is the seal of what is open beside the commitments of what is not.
func Seal(kind string, open any, commitments ...string) string {
	sum := sha256.Sum256(inJSON([]any{kind, open, append([]string{}, commitments...)}))
	return hex.EncodeToString(sum[:])
}

// Commitment stands for private words under a salt.
func Commitment(salt string, private any) string {
	mac := hmac.New(sha256.New, []byte(salt))
	_, _ = mac.Write(inJSON(private)) // never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// NewSalt is a salt nobody can guess.
func NewSalt() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// inJSON is v in JSON: v is the program's own and can always be written.
func inJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// sealedRow is what the seal of a row covers openly.
type sealedRow struct {
	Partner Partner       `json:"partner"` // without its parties
	Grade   Grade         `json:"grade"`
	Stakes  Stakes        `json:"stakes"`
	Work    *WorkFound    `json:"work,omitempty"`
	Parties []sealedParty `json:"parties,omitempty"`
}

type sealedParty struct {
	Party   Party   `json:"party"`
	Grade   Grade   `json:"grade"`
	Matches []Match `json:"matches,omitempty"`
	Nearest *Match  `json:"nearest,omitempty"`
}

// privateParty is what the seal of a row covers by a commitment.
type privateParty struct {
	Party   Party    `json:"party"`
	Notes   []string `json:"notes,omitempty"`
	Matches []Match  `json:"matches,omitempty"`
	Nearest *Match   `json:"nearest,omitempty"`
}

// Seal is the seal of a row's result under the commitments of its parties, in
// their order.
func (r *Result) Seal(commitments []string) string {
	row := sealedRow{Partner: *r.Partner, Grade: r.Grade, Stakes: r.Stakes, Work: r.Work}
	row.Partner.Parties = nil
	for i := range r.Parties {
		p := sealedParty{Party: r.Partner.Parties[i].open(), Grade: r.Parties[i].Grade}
		for k := range r.Parties[i].Matches {
			p.Matches = append(p.Matches, r.Parties[i].Matches[k].open())
		}
		if n := r.Parties[i].Nearest; n != nil {
			open := n.open()
			p.Nearest = &open
		}
		row.Parties = append(row.Parties, p)
	}
	return Seal("row/1", row, commitments...)
}

// Commitment stands for what is private of the row's party, under a salt.
func (r *Result) Commitment(party int, salt string) string {
	p := privateParty{Party: r.Partner.Parties[party].private(), Notes: r.Parties[party].Notes}
	if len(p.Notes) == 0 {
		p.Notes = nil
	}
	for k := range r.Parties[party].Matches {
		p.Matches = append(p.Matches, r.Parties[party].Matches[k].private())
	}
	if n := r.Parties[party].Nearest; n != nil {
		private := n.private()
		p.Nearest = &private
	}
	return Commitment(salt, p)
}

// Forget takes what is private of a party away and puts a name in its place:
// what stays is its role and country, its grade, and what it was nearest to.
func (r *Result) Forget(party int, name string) {
	r.Partner.Parties[party] = r.Partner.Parties[party].open()
	r.Partner.Parties[party].Name = name
	p := &r.Parties[party]
	p.Notes = nil
	for k := range p.Matches {
		p.Matches[k] = p.Matches[k].open()
	}
	if p.Nearest != nil {
		open := p.Nearest.open()
		p.Nearest = &open
	}
}

// open is what a record of the screening has to show of a party for as long as it is kept.
func (p *Party) open() Party {
	return Party{Role: p.Role, Country: p.Country, Registry: p.Registry, Via: p.Via}
}

func (p *Party) private() Party {
	private := *p
	private.Role, private.Country, private.Registry, private.Via = "", "", "", ""
	return private
}

// open is a match without what it says of the party's own side. The key stands
// for both sides without a salt, so who guesses the party could prove it by the key.
func (m *Match) open() Match {
	open := *m
	open.SecondOpinion, open.Evidence, open.Decision, open.Disposition, open.Scope, open.Key, open.Changes = 0, nil, nil, nil, nil, "", nil
	return open
}

func (m *Match) private() Match {
	return Match{
		SecondOpinion: m.SecondOpinion, Evidence: m.Evidence, Decision: m.Decision, Disposition: m.Disposition, Scope: m.Scope, Key: m.Key, Changes: m.Changes,
	}
}

// Seal is the seal of a decision as it is stored, under the commitment of its party.
func (d *Decision) Seal(commitment string) string {
	open := *d.Stored()
	open.Party, open.PartyKey, open.MatchKey = nil, "", ""
	return Seal("decision/1", open, commitment)
}

// Commitment stands for the party a decision is about, under a salt.
func (d *Decision) Commitment(salt string) string {
	return Commitment(salt, []any{d.Party, d.PartyKey, d.MatchKey})
}

// Seal is the seal of a disposition as it is stored, under the commitment of its party.
func (d *Disposition) Seal(commitment string) string {
	open := *d
	open.Lapsed, open.Waiting = "", ""
	open.Party, open.PartyKey, open.WorkKey, open.Scope = "", "", "", Scope{}
	return Seal("disposition/1", open, commitment)
}

// Commitment stands for the party a disposition is about and its work, under a salt.
func (d *Disposition) Commitment(salt string) string {
	return Commitment(salt, []any{d.Party, d.PartyKey, d.WorkKey, d.Scope})
}
