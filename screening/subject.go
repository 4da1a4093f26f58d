package screening

import (
	"slices"
	"strings"
)

// Erased stands in the place of the name of a party that was erased on request.
const Erased = "(erased)"

// Subject is whose personal data a request is about: what they are called, in
// every spelling to be looked for.
type Subject struct {
	names [][]string // the words of each, sorted
	texts []string   // each as its words stand in a text
	given []string
	born  string
}

// NewSubject returns who goes by names, in any order of their words. A party
// with another birth date than born is somebody else; "" asks nothing. Names
// without a letter or digit are left out: with no other the subject is nobody.
func NewSubject(names []string, born string) *Subject {
	s := &Subject{born: born}
	for _, name := range names {
		words := foldedWords(name)
		if len(words) == 0 {
			continue
		}
		s.given = append(s.given, foldLetters(name))
		s.texts = append(s.texts, " "+strings.Join(words, " ")+" ")
		s.names = append(s.names, slices.Sorted(slices.Values(words)))
	}
	return s
}

// Nobody reports whether no name was given.
func (s *Subject) Nobody() bool { return len(s.names) == 0 }

// Folded are the names as Party.FoldedName gives them.
func (s *Subject) Folded() []string { return s.given }

// Is reports whether a party goes by the subject's name and has no other birth date.
func (s *Subject) Is(p *Party) bool {
	return s.Goes(p.Name) && (s.born == "" || p.BirthDate == "" || strings.HasPrefix(s.born, p.BirthDate) || strings.HasPrefix(p.BirthDate, s.born))
}

// Goes reports whether a name is one of the subject's.
func (s *Subject) Goes(name string) bool {
	words := slices.Sorted(slices.Values(foldedWords(name)))
	return slices.ContainsFunc(s.names, func(n []string) bool { return slices.Equal(n, words) })
}

// In reports whether a text names the subject, word for word as a name was given.
func (s *Subject) In(text string) bool {
	said := " " + strings.Join(foldedWords(text), " ") + " "
	return slices.ContainsFunc(s.texts, func(n string) bool { return strings.Contains(said, n) })
}

// Mentions reports whether what a row says beside its parties names the subject.
func (s *Subject) Mentions(p *Partner) bool {
	texts := append([]string{p.Reference, p.Project, p.Status}, p.Notes...)
	for _, a := range p.Answers {
		texts = append(texts, a.Text)
	}
	return slices.ContainsFunc(texts, s.In)
}

// Erase takes what is private of a party away, and leaves Erased in the place of
// its name: a row's record still shows that a party of this role and country was screened.
func (p *Party) Erase() {
	*p = p.open()
	p.Name = Erased
}

// Erase takes both sides of what was decided away, and leaves that it was.
func (d *Decision) Erase() { d.Party, d.PartyKey, d.MatchKey = nil, "", "" }

// Erased reports whether nothing says any more who a decision was about.
func (d *Decision) Erased() bool { return d.Party == nil && d.PartyKey == "" && d.MatchKey == "" }

// Erase takes the party and its work away, and leaves that it was closed and how.
func (d *Disposition) Erase() { d.Party, d.PartyKey, d.WorkKey, d.Scope = "", "", "", Scope{} }

// Erased reports whether nothing says any more who a disposition was about.
func (d *Disposition) Erased() bool { return d.Party == "" && d.PartyKey == "" && d.WorkKey == "" }

// Bare reports whether nothing private is left of a party of the row but what
// stands in the place of its name.
func (r *Result) Bare(party int) bool {
	p := privateParty{Party: r.Partner.Parties[party].private(), Notes: r.Parties[party].Notes}
	p.Party.Name = ""
	if len(p.Notes) > 0 || !slices.Equal(inJSON(p.Party), inJSON(Party{})) {
		return false
	}
	bare := inJSON(Match{})
	for k := range r.Parties[party].Matches {
		if !slices.Equal(inJSON(r.Parties[party].Matches[k].private()), bare) {
			return false
		}
	}
	n := r.Parties[party].Nearest
	return n == nil || slices.Equal(inJSON(n.private()), bare)
}
