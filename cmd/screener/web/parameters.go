package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parameters reads the parameters of an address for programs. The first that
// cannot be meant so is kept in err; one that is not known is an error too, for
// a misspelt filter would be no filter.
type parameters struct {
	values url.Values
	read   []string
	err    error
}

func newParameters(values url.Values) *parameters { return &parameters{values: values} }

func (p *parameters) fail(format string, args ...any) {
	if p.err == nil {
		p.err = &Problem{Status: http.StatusUnprocessableEntity, Detail: fmt.Sprintf(format, args...)}
	}
}

// text reads one text.
func (p *parameters) text(name string) string {
	p.read = append(p.read, name)
	if len(p.values[name]) > 1 {
		p.fail("%s is given more than once.", name)
	}
	return p.values.Get(name)
}

// all reads a parameter that may be given several times.
func (p *parameters) all(name string) []string {
	p.read = append(p.read, name)
	return slices.DeleteFunc(slices.Clone(p.values[name]), func(s string) bool { return s == "" })
}

// number reads a whole number between least and most.
func (p *parameters) number(name string, otherwise, least, most int) int {
	s := p.text(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		p.fail("%s is a whole number from %d to %d.", name, least, most)
		return otherwise
	}
	return n
}

// share reads a number from 0 to 1.
func (p *parameters) share(name string, otherwise float64) float64 {
	s := p.text(name)
	if s == "" {
		return otherwise
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= 0 && v <= 1) {
		p.fail("%s is a number from 0 to 1.", name)
		return otherwise
	}
	return v
}

// yes reads true or false.
func (p *parameters) yes(name string, otherwise bool) bool {
	s := p.text(name)
	if s == "" {
		return otherwise
	}
	v, err := strconv.ParseBool(strings.ToLower(s))
	if err != nil {
		p.fail("%s is true or false.", name)
	}
	return v
}

// choice reads one of some words.
func (p *parameters) choice(name, otherwise string, words ...string) string {
	s := p.text(name)
	if s == "" {
		return otherwise
	}
	if !slices.Contains(words, s) {
		p.fail("%s is one of %s.", name, strings.Join(words, ", "))
	}
	return s
}

// time reads a day or a time of day in ISO 8601; without a zone it is UTC.
func (p *parameters) time(name string) time.Time {
	s := p.text(name)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	p.fail("%s is a day (2026-11-23) or a time (2026-11-23T09:00:00).", name)
	return time.Time{}
}

// done says what was wrong, or which parameter is not known.
func (p *parameters) done() error {
	for name := range p.values {
		if !slices.Contains(p.read, name) {
			if len(p.read) == 0 {
				p.fail("There is no parameter %q here.", name)
				continue
			}
			p.fail("There is no parameter %q here; there are %s.", name, strings.Join(slices.Sorted(slices.Values(p.read)), ", "))
		}
	}
	return p.err
}
