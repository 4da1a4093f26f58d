package matching

import (
	"math"
	"strings"
	"testing"

	"partnerscreen/screening"
)

func org(name string) *screening.Party {
	return &screening.Party{Role: screening.RolePartner, Name: name}
}

func person(name, born string) *screening.Party {
	return &screening.Party{Role: screening.RolePerson, Name: name, BirthDate: born}
}

func listed(names ...string) *screening.Entity {
	e := &screening.Entity{List: "test", ID: "1", Kind: screening.KindOrganisation}
	for i, n := range names {
		kind := screening.PrimaryName
		if i > 0 {
			kind = screening.AliasName
		}
		e.Names = append(e.Names, screening.Name{Text: n, Kind: kind})
	}
	return e
}

// TestEvidenceAddsUp checks on all pairs that the shares of a match are its score.
func TestEvidenceAddsUp(t *testing.T) {
	for _, p := range readPairs(t) {
		s := Compare(&p.query, &p.candidate, Options{})
		sum := 0.0
		for _, ev := range s.Evidence {
			sum += ev.Score
			switch {
			case ev.Direction == screening.For && ev.Score < 0,
				ev.Direction == screening.Against && ev.Score > 0,
				ev.Direction == screening.Missing && ev.Score != 0:
				t.Errorf("%s:%d: %s evidence %q has share %v", p.file, p.line, ev.Direction, ev.Feature, ev.Score)
			}
			if ev.Detail == "" {
				t.Errorf("%s:%d: evidence %q says nothing", p.file, p.line, ev.Feature)
			}
		}
		if math.Abs(sum-s.Score) > 1e-9 {
			t.Errorf("%s:%d: shares add up to %v, score is %v: %+v", p.file, p.line, sum, s.Score, s.Evidence)
		}
		if s.Score != screening.Round(s.Score) || s.Score < 0 || s.Score > 1 {
			t.Errorf("%s:%d: score %v", p.file, p.line, s.Score)
		}
	}
}

// TestCountry permutes countries over all pairs: an unknown country changes
// nothing, the listed party's own changes nothing, and any other lowers the
// score by one amount, whichever it is.
func TestCountry(t *testing.T) {
	codes := []string{"AT", "BR", "CN", "GB", "IR", "IL", "JP", "KP", "NG", "RU", "US", "ZA"}
	lowered := 0
	for _, p := range readPairs(t) {
		score := func(ours, theirs string) float64 {
			q, c := p.query, p.candidate
			q.Country, c.Countries = ours, nil
			if theirs != "" {
				c.Countries = []string{theirs}
			}
			return Compare(&q, &c, Options{}).Score
		}
		unknown := score("", "")
		other := math.NaN()
		for _, ours := range codes {
			if got := score(ours, ""); got != unknown {
				t.Errorf("%s:%d: %v with country %s and none listed, %v with neither", p.file, p.line, got, ours, unknown)
			}
			if got := score("", ours); got != unknown {
				t.Errorf("%s:%d: %v with %s listed and none given, %v with neither", p.file, p.line, got, ours, unknown)
			}
			if got := score(ours, ours); got != unknown {
				t.Errorf("%s:%d: %v with %s on both sides, %v with neither", p.file, p.line, got, ours, unknown)
			}
			for _, theirs := range codes {
				if ours == theirs {
					continue
				}
				got := score(ours, theirs)
				if math.IsNaN(other) {
					other = got
				}
				if got != other {
					t.Errorf("%s:%d: %v with %s and %s, %v with two others", p.file, p.line, got, ours, theirs, other)
				}
			}
		}
		if other > unknown {
			t.Errorf("%s:%d: another country raises %v to %v", p.file, p.line, unknown, other)
		}
		if other < unknown {
			lowered++
		}
	}
	if lowered == 0 {
		t.Error("another country never lowered a score")
	}
}

func TestCountryKeepsExactNames(t *testing.T) {
	review := screening.DefaultPolicy().ReviewLine
	q, c := org("Verilux Optics"), listed("Verilux Optics Ltd")
	q.Country, c.Countries = "DE", []string{"CN"}
	if got := Compare(q, c, Options{}).Score; got < review || got >= 1 {
		t.Errorf("exact distinctive name in another country: %v, want lower than 1 and at least %v", got, review)
	}
	strict := *screening.DefaultPolicy()
	strict.ReviewLine, strict.StrongLine, strict.ExactLine = 0.99, 0.995, 1
	if got := Compare(q, c, Options{Policy: &strict}).Score; got < strict.ReviewLine {
		t.Errorf("with the line at %v: %v, want no lower than the line", strict.ReviewLine, got)
	}
}

func TestFeatures(t *testing.T) {
	address := func(e *screening.Entity, city, text string) *screening.Entity {
		e.Addresses = append(e.Addresses, screening.Address{City: city, Text: text})
		return e
	}
	identifier := func(e *screening.Entity, kind, value string) *screening.Entity {
		e.Identifiers = append(e.Identifiers, screening.Identifier{Kind: kind, Value: value})
		return e
	}
	born := func(e *screening.Entity, date string) *screening.Entity {
		e.Kind = screening.KindPerson
		e.BirthDates = append(e.BirthDates, date)
		return e
	}
	with := func(p *screening.Party, change func(*screening.Party)) *screening.Party { change(p); return p }
	lei := func(p *screening.Party) {
		p.Identifiers = []screening.Identifier{{Kind: "lei", Value: "5299 00ABCDEFGHIJKL 11"}}
	}

	for _, test := range []struct {
		name      string
		query     *screening.Party
		candidate *screening.Entity
		feature   string
		direction screening.Direction // "" for no such evidence
		flagged   bool
	}{
		{"equal LEI decides, whatever the names", with(org("Harmless Holdings"), lei), identifier(listed("Ostankov Relay"), "lei", "529900ABCDEFGHIJKL11"), "identifier", screening.For, true},
		{"another LEI speaks against", with(org("Ostankov Relay"), lei), identifier(listed("Ostankov Relay"), "lei", "213800ABCDEFGHIJKL11"), "identifier", screening.Against, true},
		{"an identifier of another kind says nothing", with(org("Ostankov Relay"), lei), identifier(listed("Ostankov Relay"), "tax", "7701234567"), "identifier", "", true},
		{"the same website", with(org("Harmless Holdings"), func(p *screening.Party) { p.Website = "https://www.ostankov-relay.example/en/" }), func() *screening.Entity {
			e := listed("Ostankov Relay")
			e.Websites = []string{"ostankov-relay.example"}
			return e
		}(), "website", screening.For, true},
		{"a website many share says nothing", with(org("Harmless Holdings"), func(p *screening.Party) { p.Website = "https://facebook.com/harmless" }), func() *screening.Entity {
			e := listed("Ostankov Relay")
			e.Websites = []string{"https://www.facebook.com/ostankov"}
			return e
		}(), "website", "", false},
		{"the same city supports a name", with(org("Ostankov Relay"), func(p *screening.Party) { p.City = "Peking" }), address(listed("Ostankow Relay"), "Beijing", ""), "city", screening.For, true},
		{"another city says nothing", with(org("Ostankov Relay"), func(p *screening.Party) { p.City = "Harbin" }), address(listed("Ostankov Relay"), "Beijing", ""), "city", "", true},
		{"a city alone is no match", with(org("Harmless Holdings"), func(p *screening.Party) { p.City = "Beijing" }), address(listed("Ostankov Relay"), "Beijing", ""), "city", "", false},
		{"three initials alone are weak", org("KUZ"), listed("Karelian University of Zonology"), "acronym", screening.For, false},
		{"three initials in the listed city", with(org("KUZ"), func(p *screening.Party) { p.City = "Beijing" }), address(listed("Karelian University of Zonology"), "Beijing", ""), "city", screening.For, true},
		{"much the same address", with(org("Ostankov Relay"), func(p *screening.Party) { p.Address = "12 Granatnaya ul., Moscow" }), address(listed("Ostankow Relay"), "", "ul. Granatnaya 12, Moscow"), "address", screening.For, true},
		{"a weak alias is marked", org("Granat"), func() *screening.Entity {
			e := listed("Ostankov Relay", "Granat")
			e.Names[1].Weak = true
			return e
		}(), "weak alias", screening.Against, true},
		{"another legal form speaks a little against", org("Ostankov Relay GmbH"), listed("Ostankov Relay JSC"), "legal form", screening.Against, true},
		{"a missing legal form says nothing", org("Ostankov Relay"), listed("Ostankov Relay JSC"), "legal form", "", true},
		{"same name, same birth date", person("Ivan Belgarov", "1965-03-12"), born(listed("BELGAROV, Ivan"), "1965-03-12"), "birth date", screening.For, true},
		{"same name, other birth year", person("Ivan Belgarov", "1965-03-12"), born(listed("BELGAROV, Ivan"), "1971"), "birth date", screening.Against, false},
		{"same name, no birth date", person("Ivan Belgarov", ""), born(listed("BELGAROV, Ivan"), "1971"), "birth date", screening.Missing, true},
		{"day and month exchanged", person("Ivan Belgarov", "1965-03-12"), born(listed("BELGAROV, Ivan"), "1965-12-03"), "birth date", screening.For, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Compare(test.query, test.candidate, Options{})
			got := screening.Direction("")
			for _, ev := range s.Evidence {
				if ev.Feature == test.feature {
					got = ev.Direction
				}
			}
			if got != test.direction {
				t.Errorf("evidence of %s: %q, want %q; %+v", test.feature, got, test.direction, s.Evidence)
			}
			if flagged := s.Score >= screening.DefaultPolicy().ReviewLine; flagged != test.flagged {
				t.Errorf("score %v: flagged %v, want %v; %+v", s.Score, flagged, test.flagged, s.Evidence)
			}
		})
	}
}

func TestCompareEither(t *testing.T) {
	long, short := org("Department of Optics, Ostankov University, Volsk"), org("Ostankov University")
	a, b := CompareEither(long, short, Options{}), CompareEither(short, long, Options{})
	if a.Score != b.Score || a.Score < screening.DefaultPolicy().ReviewLine {
		t.Errorf("%v one way round and %v the other, want the same above the line", a.Score, b.Score)
	}
	if b.Matched.Text != long.Name {
		t.Errorf("matched %q, want the second party's name", b.Matched.Text)
	}
	for _, ev := range b.Evidence {
		if ev.Feature == "name" && ev.Direction == screening.For && ev.Query != "Ostankov University" {
			t.Errorf("evidence for the first party: %q", ev.Query)
		}
	}
}

// TestCards checks that every feature says what it is.
func TestCards(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range All {
		if f.Name == "" || f.Score == nil || seen[f.Name] || !strings.HasSuffix(f.Doc, ".") {
			t.Errorf("feature %q: needs a name of its own, a sentence and a func", f.Name)
		}
		seen[f.Name] = true
	}
}

func TestLooksLikePerson(t *testing.T) {
	for name, want := range map[string]bool{
		"Dr A. Karimi":               true,
		"Prof. Li Wei":               true,
		"Karimi, A., PhD":            true,
		"Mr Ivan Belgarov":           true,
		"A. Karimi":                  true,
		"Prof. Dr. Zelda Ostankova":  true,
		"Dr. Ostankov Institute":     false,
		"Ostankov":                   false,
		"Ivan Belgarov":              false, // nothing but the name says so
		"U.S. Steel":                 false,
		"Dr Zarafin GmbH":            false,
		"MS Ostankov":                false,
		"University of Talmirstadt":  false,
		"A. B. Ostankov Engineering": false,
		"":                           false,
		"Dr":                         false,
	} {
		if got := LooksLikePerson(name); got != want {
			t.Errorf("LooksLikePerson(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestOFACScore(t *testing.T) {
	for _, test := range []struct {
		a, b     string
		min, max float64
	}{
		{"Ostankov Relay", "OSTANKOV RELAY", 1, 1},
		{"Relay Ostankov", "Ostankov Relay", 1, 1},               // the parts, in any order
		{"Robert Smyth", "Rupert Smith", 0.88, 0.95},             // both parts sound alike
		{"Ostankov", "Verilux", 0, 0.6},                          // nothing in common
		{"East Trading Company", "First Trading Company", .8, 1}, // and a known weakness
		{"", "Ostankov", 0, 0},
	} {
		if got := OFACScore(test.a, test.b); got < test.min || got > test.max {
			t.Errorf("OFACScore(%q, %q) = %v, want %v to %v", test.a, test.b, got, test.min, test.max)
		}
	}
}

func TestSoundex(t *testing.T) {
	// The examples of the National Archives' description of the code.
	for word, want := range map[string]string{"washington": "w252", "lee": "l000", "gutierrez": "g362", "pfister": "p236", "jackson": "j250", "tymczak": "t522", "vandeusen": "v532", "ashcraft": "a261"} {
		if got := soundex(word); got != want {
			t.Errorf("soundex(%q) = %q, want %q", word, got, want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	n := newNames(5)
	entities := n.entities(300)
	for _, p := range readPairs(f) {
		f.Add(p.name1, p.candidate.Names[0].Text, "CN", "1965-03-12", "www.example.org")
	}
	ix := NewIndex(func(yield func(*screening.Entity) bool) {
		for _, e := range entities {
			if !yield(e) {
				return
			}
		}
	}, Options{})
	f.Fuzz(func(t *testing.T, name, other, country, born, site string) {
		for _, role := range []screening.Role{screening.RolePartner, screening.RolePerson} {
			p := &screening.Party{Role: role, Name: name, Country: country, BirthDate: born, Website: site, City: other, Address: other}
			for _, c := range ix.Match(p) {
				if c.Score < 0 || c.Score > 1 || c.Score != screening.Round(c.Score) || math.IsNaN(c.Score) {
					t.Fatalf("score %v", c.Score)
				}
			}
			e := listed(other)
			e.BirthDates = []string{born}
			one := Compare(p, e, Options{})
			sum := 0.0
			for _, ev := range one.Evidence {
				sum += ev.Score
			}
			if math.Abs(sum-one.Score) > 1e-9 {
				t.Fatalf("shares add up to %v, score is %v", sum, one.Score)
			}
			if again := Compare(p, e, Options{}); again.Score != one.Score {
				t.Fatalf("%v, then %v", one.Score, again.Score)
			}
		}
		LooksLikePerson(name)
		OFACScore(name, other)
	})
}

// TestAParentAloneAsksWhichPart holds a sheet that names only the parent of
// listed institutes below the line, and has it ask.
func TestAParentAloneAsksWhichPart(t *testing.T) {
	asks := func(query, name string) (bool, float64) {
		s := Compare(org(query), listed(name), Options{})
		for _, ev := range s.Evidence {
			if ev.Direction == screening.Missing && strings.Contains(ev.Detail, "which institute") {
				return true, s.Score
			}
		}
		return false, s.Score
	}
	line := screening.DefaultPolicy().ReviewLine
	if ok, score := asks("Belvaran Academy of Sciences", "Institute of Microwave Electronics, Belvaran Academy of Sciences"); !ok || score >= line {
		t.Errorf("the parent alone: asked %v, score %v", ok, score)
	}
	if ok, score := asks("Institute of Microwave Electronics, Belvaran Academy of Sciences", "Institute of Microwave Electronics, Belvaran Academy of Sciences"); ok || score < line {
		t.Errorf("the part itself: asked %v, score %v", ok, score)
	}
	if ok, _ := asks("Belvaran", "Belvaran Institute"); ok {
		t.Error("asked although hardly anything is missing")
	}
}

// TestLift holds each feature to what it says it may add: judge leaves names
// out that cannot reach the line with it.
func TestLift(t *testing.T) {
	party := &screening.Party{
		Name: "Tarvenko Instruments", Role: screening.RolePartner, City: "Minsk", Address: "14 Ostrovna Street, block 7",
		Website: "https://tarvenko.example", BirthDate: "1961-04-03", Identifiers: []screening.Identifier{{Kind: "lei", Value: "5493001KJTIIGC8Y1R12"}},
	}
	entity := &screening.Entity{
		Names:     []screening.Name{{Text: "Tarvenko Instruments"}, {Text: "TI"}},
		Addresses: []screening.Address{{Text: "14 Ostrovna Street, block 7, Minsk", City: "Minsk"}}, Websites: []string{"tarvenko.example"},
		BirthDates: []string{"1961-04-03"}, Identifiers: party.Identifiers,
	}
	for _, role := range []screening.Role{screening.RolePartner, screening.RolePerson} {
		person := role.Person()
		party.Role = role
		for _, f := range All {
			if f.Name == "name" || f.Name == "acronym" {
				continue // they are what the name comes to
			}
			for _, by := range []uint8{byNothing, byWords, byAcronym} {
				for _, came := range []float64{0, 0.7, 0.9} {
					c := &Comparison{Party: party, Entity: entity, Name: entity.Names[0], Policy: screening.DefaultPolicy(), Score: came,
						query: prepare(party.Name, person), candidate: prepare("Tarvenko Instruments", person), aligned: alignment{by: by}}
					lift := 0.0
					if f.Lift != nil {
						lift = f.Lift(party)
						if none := f.Lift(&screening.Party{Name: party.Name, Role: role, Country: "BY"}); none != 0 {
							t.Errorf("%s: may add %v to a party of which only name and country are known", f.Name, none)
						}
					}
					for _, ev := range f.Score(c) {
						if ev.Score > lift {
							t.Errorf("%s adds %v to %v, and says it adds %v at most", f.Name, ev.Score, came, lift)
						}
					}
				}
			}
		}
	}
}
