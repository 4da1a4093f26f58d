package store

import (
	"encoding/json"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"partnerscreen/screening"
)

// entityReader reads entities from the JSON they are kept in, as written by
// encoding/json, some five times faster than encoding/json reads it: every
// screening begins by reading all of them. It knows the fields of
// an entity by name; at anything it does not know, a new field included, it gives
// up and encoding/json reads that entity: slower, never wrong. A test fails when a
// field is not known here.
//
// Words that come again and again (programmes, authorities, countries …) share one string.
type entityReader struct {
	b      []byte
	i      int
	shared map[string]string

	// Slices grow here and are copied out at their length.
	names       []screening.Name
	addresses   []screening.Address
	identifiers []screening.Identifier
	listings    []screening.Listing
	links       []screening.Link
	strings     []string
	controls    []screening.Control
	unquoted    []byte
}

func newEntityReader() *entityReader {
	return &entityReader{shared: map[string]string{}}
}

// entity reads one entity. It keeps nothing of content.
func (r *entityReader) entity(content []byte) (*screening.Entity, error) {
	e := new(screening.Entity)
	r.b, r.i = content, 0
	if r.readEntity(e) && r.i == len(r.b) {
		return e, nil
	}
	e = new(screening.Entity)
	return e, json.Unmarshal(content, e)
}

func (r *entityReader) readEntity(e *screening.Entity) bool {
	return r.object(func(field []byte) bool {
		switch string(field) {
		case "list":
			return r.common(&e.List)
		case "id":
			return r.text(&e.ID)
		case "kind":
			return r.common((*string)(&e.Kind))
		case "names":
			return list(r, &r.names, &e.Names, r.name)
		case "countries":
			return list(r, &r.strings, &e.Countries, r.common)
		case "addresses":
			return list(r, &r.addresses, &e.Addresses, r.address)
		case "identifiers":
			return list(r, &r.identifiers, &e.Identifiers, r.identifier)
		case "birth_dates":
			return list(r, &r.strings, &e.BirthDates, r.text)
		case "websites":
			return list(r, &r.strings, &e.Websites, r.text)
		case "listings":
			return list(r, &r.listings, &e.Listings, r.listing)
		case "links":
			return list(r, &r.links, &e.Links, r.link)
		case "remarks":
			return r.text(&e.Remarks)
		}
		return false
	})
}

func (r *entityReader) name(n *screening.Name) bool {
	return r.object(func(field []byte) bool {
		switch string(field) {
		case "text":
			return r.text(&n.Text)
		case "kind":
			return r.common((*string)(&n.Kind))
		case "weak":
			return r.yes(&n.Weak)
		case "lang":
			return r.common(&n.Lang)
		case "given":
			return r.text(&n.Given)
		case "family":
			return r.text(&n.Family)
		}
		return false
	})
}

func (r *entityReader) address(a *screening.Address) bool {
	return r.object(func(field []byte) bool {
		switch string(field) {
		case "text":
			return r.text(&a.Text)
		case "city":
			return r.common(&a.City)
		case "country":
			return r.common(&a.Country)
		}
		return false
	})
}

func (r *entityReader) identifier(id *screening.Identifier) bool {
	return r.object(func(field []byte) bool {
		switch string(field) {
		case "kind":
			return r.common(&id.Kind)
		case "value":
			return r.text(&id.Value)
		case "country":
			return r.common(&id.Country)
		}
		return false
	})
}

func (r *entityReader) listing(l *screening.Listing) bool {
	return r.object(func(field []byte) bool {
		switch string(field) {
		case "list":
			return r.common(&l.List)
		case "entity":
			return r.text(&l.Entity)
		case "programme":
			return r.common(&l.Programme)
		case "authority":
			return r.common(&l.Authority)
		case "legal_basis":
			return r.common(&l.LegalBasis)
		case "controls":
			return list(r, &r.controls, &l.Controls, r.control)
		case "terms":
			return r.common(&l.Terms)
		case "listed":
			return r.common(&l.Listed)
		case "ends":
			return r.common(&l.Ends)
		case "remarks":
			return r.text(&l.Remarks)
		case "url":
			return r.text(&l.URL)
		case "bearing":
			return r.common((*string)(&l.Bearing))
		case "blocking_law":
			return r.common(&l.Blocking)
		case "key":
			return r.text(&l.Key)
		}
		return false
	})
}

func (r *entityReader) control(c *screening.Control) bool { return r.common((*string)(c)) }

func (r *entityReader) link(l *screening.Link) bool {
	return r.object(func(field []byte) bool {
		switch string(field) {
		case "kind":
			return r.common(&l.Kind)
		case "entity":
			return r.text(&l.Entity)
		case "name":
			return r.text(&l.Name)
		case "share":
			return r.common(&l.Share)
		case "since":
			return r.common(&l.Since)
		case "until":
			return r.common(&l.Until)
		case "source":
			return r.common(&l.Source)
		case "party":
			return r.common((*string)(&l.Party))
		case "also":
			return list(r, &r.strings, &l.Also, r.text)
		case "countries":
			return list(r, &r.strings, &l.Countries, r.common)
		case "of":
			return r.text(&l.Of)
		case "of_name":
			return r.text(&l.OfName)
		}
		return false
	})
}

// object reads {…}, calling value for the value of each field.
func (r *entityReader) object(value func(field []byte) bool) bool {
	if !r.skip('{') {
		return false
	}
	if r.skip('}') {
		return true
	}
	for {
		field, ok := r.quoted()
		if !ok || !r.skip(':') || !value(field) {
			return false
		}
		if r.skip('}') {
			return true
		}
		if !r.skip(',') {
			return false
		}
	}
}

// list reads […] by way of scratch, and null as nil.
func list[T any](r *entityReader, scratch, out *[]T, element func(*T) bool) bool {
	if r.word("null") {
		*out = nil
		return true
	}
	if !r.skip('[') {
		return false
	}
	s := (*scratch)[:0]
	if !r.skip(']') {
		for {
			var zero T
			s = append(s, zero)
			if !element(&s[len(s)-1]) {
				return false
			}
			if r.skip(']') {
				break
			}
			if !r.skip(',') {
				return false
			}
		}
	}
	*scratch = s
	*out = slices.Clone(s)
	if *out == nil {
		*out = []T{} // [] is not null: the content's hash tells them apart
	}
	return true
}

func (r *entityReader) skip(c byte) bool {
	if r.i < len(r.b) && r.b[r.i] == c {
		r.i++
		return true
	}
	return false
}

func (r *entityReader) word(w string) bool {
	if end := r.i + len(w); end <= len(r.b) && string(r.b[r.i:end]) == w {
		r.i = end
		return true
	}
	return false
}

func (r *entityReader) yes(to *bool) bool {
	*to = r.word("true")
	return *to || r.word("false")
}

// text reads a string that is one of many.
func (r *entityReader) text(to *string) bool {
	b, ok := r.quoted()
	*to = string(b)
	return ok
}

// common reads a string that many entities have.
func (r *entityReader) common(to *string) bool {
	b, ok := r.quoted()
	s, known := r.shared[string(b)]
	if !known {
		s = string(b)
		if len(s) <= 256 && len(r.shared) < 20_000 {
			r.shared[s] = s
		}
	}
	*to = s
	return ok
}

// quoted reads a string; what it returns is good until the next call.
func (r *entityReader) quoted() ([]byte, bool) {
	if !r.skip('"') {
		return nil, false
	}
	for start := r.i; r.i < len(r.b); r.i++ {
		switch c := r.b[r.i]; {
		case c == '"':
			r.i++
			return r.b[start : r.i-1], true
		case c == '\\':
			return r.escaped(r.b[start:r.i])
		case c < ' ':
			return nil, false
		}
	}
	return nil, false
}

// escaped reads on at the first backslash of a string that begins with head.
func (r *entityReader) escaped(head []byte) ([]byte, bool) {
	out := append(r.unquoted[:0], head...)
	for r.i < len(r.b) {
		c := r.b[r.i]
		r.i++
		switch {
		case c == '"':
			r.unquoted = out
			return out, true
		case c < ' ':
			return nil, false
		case c != '\\':
			out = append(out, c)
			continue
		}
		if r.i == len(r.b) {
			return nil, false
		}
		c = r.b[r.i]
		r.i++
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			v, ok := r.hex4()
			if !ok {
				return nil, false
			}
			if utf16.IsSurrogate(v) {
				if !r.word(`\u`) {
					return nil, false
				}
				low, ok := r.hex4()
				if v = utf16.DecodeRune(v, low); !ok || v == utf8.RuneError {
					return nil, false
				}
			}
			out = utf8.AppendRune(out, v)
		default:
			return nil, false
		}
	}
	return nil, false
}

func (r *entityReader) hex4() (rune, bool) {
	if r.i+4 > len(r.b) {
		return 0, false
	}
	var v rune
	for _, c := range r.b[r.i : r.i+4] {
		switch {
		case '0' <= c && c <= '9':
			v = v<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			v = v<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			v = v<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	r.i += 4
	return v, true
}
