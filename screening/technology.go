package screening

import (
	_ "embed"
	"strings"
	"sync"
)

// Technology is a field of work that a control list or a policy names.
type Technology struct {
	Scheme string `json:"scheme"` // "EU dual-use", "UK NSI Act", "CA STRA"
	ID     string `json:"id"`     // the category's number or name there
	Title  string `json:"title"`
	// Words are what in the row led to it.
	Words []string `json:"words"`

	terms []string // in plainWords
}

// Scheme, id, title and terms of the ten categories of Regulation (EU)
// 2021/821, Annex I (the same ten as Wassenaar's and the US list's), the areas
// of the UK National Security and Investment Act 2021 (Notifiable Acquisition
// Regulations 2021; two of the 17, suppliers to government and to the emergency
// services, are no fields of work and have no terms here), and Canada's list of
// sensitive technology research areas (2024). The terms are the product's own.
//
//go:embed technologies.tsv
var technologyTable string

var technologies = sync.OnceValue(func() []Technology {
	var out []Technology
	for line := range strings.Lines(technologyTable) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		t := Technology{Scheme: f[0], ID: f[1], Title: f[2]}
		for _, term := range strings.Split(f[3], ";") {
			t.terms = append(t.terms, plainWords(term))
		}
		out = append(out, t)
	}
	return out
})

// SuggestTechnologies names the technology areas whose terms stand in a text,
// as whole words, with the words that led to each. A suggestion is a question
// to ask, never a finding.
func SuggestTechnologies(text string) []Technology {
	words := plainWords(text)
	if words == "  " {
		return nil
	}
	var out []Technology
	for _, t := range technologies() {
		var led []string
		for _, term := range t.terms {
			// The plural in s is the same word.
			if strings.Contains(words, term) || strings.Contains(words, strings.TrimSuffix(term, " ")+"s ") {
				led = append(led, strings.TrimSpace(term))
			}
		}
		if len(led) > 0 {
			t.Words, t.terms = led, nil
			out = append(out, t)
		}
	}
	return out
}
