package matching

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"partnerscreen/screening"
)

// Directory finds listed parties by the beginnings of the words of their names,
// as somebody types them. It scores nothing and decides nothing: who wants to know
// whether a party is listed asks an Index. It never changes once built, and
// any number of goroutines may ask it at once.
type Directory struct {
	entities []*screening.Entity
	lines    []directoryLine // sorted by text
}

// directoryLine is one name of one entity, or its id.
type directoryLine struct {
	text   string // folded words, a blank before each
	entity uint32
	id     bool
}

// NewDirectory builds the directory of the entities.
func NewDirectory(entities []*screening.Entity) *Directory {
	d := &Directory{entities: entities}
	for i, e := range entities {
		for _, n := range e.Names {
			if text := foldWords(n.Text); text != "" {
				d.lines = append(d.lines, directoryLine{text: text, entity: uint32(i)})
			}
		}
		if text := foldWords(e.ID); text != "" {
			d.lines = append(d.lines, directoryLine{text: text, entity: uint32(i), id: true})
		}
	}
	slices.SortFunc(d.lines, func(a, b directoryLine) int {
		return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.entity, b.entity))
	})
	d.lines = slices.Clip(d.lines)
	return d
}

// Find returns the entities that have every word of text, or a word beginning
// so, in one of their names, or whose id is text. Names that are text come
// first, then those that begin with it, then the others, each by alphabet. An empty text finds all.
func (d *Directory) Find(text string, want func(*screening.Entity) bool) []*screening.Entity {
	query := foldWords(text)
	if query == "" && strings.TrimSpace(text) != "" {
		return nil // nothing of it can be read
	}
	words := strings.Fields(query)
	var ranks [3][]*screening.Entity
	seen := map[uint32]bool{}
	take := func(rank int, l directoryLine) {
		if e := d.entities[l.entity]; !seen[l.entity] && want(e) {
			seen[l.entity] = true
			ranks[rank] = append(ranks[rank], e)
		}
	}
	// Three passes, so that an entity stands where its best name does.
	from, _ := slices.BinarySearchFunc(d.lines, query, func(l directoryLine, q string) int { return cmp.Compare(l.text, q) })
	end := from
	for end < len(d.lines) && strings.HasPrefix(d.lines[end].text, query) {
		end++
	}
	for _, l := range d.lines[from:end] {
		if l.text == query {
			take(0, l)
		}
	}
	for _, l := range d.lines[from:end] {
		if !l.id {
			take(1, l)
		}
	}
	if len(words) > 0 {
		for _, l := range d.lines {
			if !l.id && hasAll(l.text, words) {
				take(2, l)
			}
		}
	}
	return slices.Concat(ranks[0], ranks[1], ranks[2])
}

// hasAll reports whether each word is the beginning of one of text's.
func hasAll(text string, words []string) bool {
	for _, w := range words {
		at := strings.Index(text, w)
		for at > 0 && text[at-1] != ' ' {
			next := strings.Index(text[at+1:], w)
			if next < 0 {
				return false
			}
			at += 1 + next
		}
		if at < 0 {
			return false
		}
	}
	return true
}

// foldWords folds a name word by word, with a blank before each.
func foldWords(name string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }) {
		if f := Fold(w); f != "" {
			b.WriteByte(' ')
			b.WriteString(f)
		}
	}
	return b.String()
}
