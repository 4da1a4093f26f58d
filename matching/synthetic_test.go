package matching

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"partnerscreen/screening"
)

// names makes up parties for tests and benchmarks: words of invented
// syllables beside the generic words, places and legal forms that real names
// share by the thousand.
type names struct {
	r       *rand.Rand
	own     *vocabularyOf
	given   *vocabularyOf
	family  *vocabularyOf
	patrons *vocabularyOf
}

// vocabularyOf draws words as they come in real lists: now and then a new one,
// mostly one that was drawn before, the more often the oftener it was (Simon's process).
// So a few words stand in very many names and most in one or two, and the more
// names there are, the more words and the more names to a frequent word.
type vocabularyOf struct {
	fresh float64 // how often a word is new
	drawn []string
}

func (v *vocabularyOf) draw(n *names) string {
	var w string
	if len(v.drawn) < 200 || n.r.Float64() < v.fresh {
		w = n.word()
	} else {
		w = n.pick(v.drawn)
	}
	v.drawn = append(v.drawn, w)
	return w
}

var (
	inventedStarts = strings.Fields("bal bel bor bran chon dal dor fer gal gran hal har ish jar kal kor kyong lam lor mal mir nar nov ost pak pol qesh rad ryu sar shen sol tal tar ul var vel vos wei xin yan zar zel zhong")
	inventedMiddle = strings.Fields("a e i o u an en in on ar er ir ov ev el al am em il os us ak ek")
	inventedEnds   = strings.Fields("bar den din dov gan gar hai kov lin ling min mir nak nia rov san shan sk stan tek ton tov var vich vin wan yar zan")
	genericWords   = strings.Fields("Trading Industrial Shipping Technology Technologies Electronics Research Institute University Academy Engineering Aviation Machinery Petrochemical Bank Investment Holding Group International National General Science Design Bureau Plant Marine Energy Services Development Production Medical Import Export")
	placeWords     = []string{"Moscow", "Beijing", "Tehran", "Shanghai", "Dubai", "Damascus", "Minsk", "Hong Kong", "Shenzhen", "Istanbul", "Iran", "China", "Russia", "Syria", "Korea", "Kish", "Novosibirsk", "Harbin", "Tianjin", "Havana"}
	formWords      = []string{"LLC", "Ltd.", "Co., Ltd.", "JSC", "S.A.", "GmbH", "FZE", "Limited", "OOO", "Company", "PJSC", "Inc.", "S.A. de C.V.", "Corporation"}
)

func newNames(seed uint64) *names {
	return &names{
		r: rand.New(rand.NewPCG(seed, 1)), own: &vocabularyOf{fresh: 0.30}, given: &vocabularyOf{fresh: 0.02},
		family: &vocabularyOf{fresh: 0.12}, patrons: &vocabularyOf{fresh: 0.05},
	}
}

func (n *names) pick(words []string) string { return words[n.r.IntN(len(words))] }

func (n *names) word() string {
	w := n.pick(inventedStarts)
	// Long enough that words are as far apart as real ones: five to eight
	// of the words of a real list are like a word of a name.
	for range 1 + n.r.IntN(3) {
		w += n.pick(inventedMiddle)
	}
	w += n.pick(inventedEnds)
	return strings.ToUpper(w[:1]) + w[1:]
}

// organisation makes a name of one to three words of its own and some that many share.
func (n *names) organisation() string {
	var words []string
	if n.r.IntN(4) == 0 {
		words = append(words, n.pick(placeWords))
	}
	for range 1 + n.r.IntN(2) {
		words = append(words, n.own.draw(n))
	}
	for range n.r.IntN(4) {
		words = append(words, n.pick(genericWords))
	}
	if n.r.IntN(20) == 0 {
		words = append(words, fmt.Sprint("No. ", 1+n.r.IntN(900)))
	}
	if n.r.IntN(3) > 0 {
		words = append(words, n.pick(formWords))
	}
	return strings.Join(words, " ")
}

func (n *names) person() string {
	p := strings.ToUpper(n.family.draw(n)) + ", " + n.given.draw(n)
	if n.r.IntN(2) == 0 {
		p += " " + n.patrons.draw(n)
	}
	return p
}

// entities makes n of them with about two and a half names each.
func (n *names) entities(count int) []*screening.Entity {
	out := make([]*screening.Entity, count)
	for i := range out {
		e := &screening.Entity{List: "synthetic", ID: fmt.Sprint(i), Kind: screening.KindOrganisation}
		make := n.organisation
		if n.r.IntN(2) == 0 {
			e.Kind, make = screening.KindPerson, n.person
		}
		first := make()
		e.Names = append(e.Names, screening.Name{Text: first, Kind: screening.PrimaryName})
		for range n.r.IntN(4) {
			alias := n.misspell(first)
			if n.r.IntN(3) == 0 {
				alias = make()
			}
			e.Names = append(e.Names, screening.Name{Text: alias, Kind: screening.AliasName})
		}
		out[i] = e
	}
	return out
}

// misspell writes a name as another office might.
func (n *names) misspell(name string) string {
	switch n.r.IntN(7) {
	case 0: // a letter changed
		b := []byte(name)
		if i := n.r.IntN(len(b)); b[i] >= 'a' && b[i] <= 'z' {
			b[i] = byte('a' + n.r.IntN(26))
		}
		return string(b)
	case 1: // a letter dropped
		i := n.r.IntN(len(name))
		return name[:i] + name[i+1:]
	case 2: // two words joined
		return strings.Replace(name, " ", "", 1)
	case 3: // a word moved
		if first, rest, ok := strings.Cut(name, " "); ok {
			return rest + " " + first
		}
	case 4: // a word split
		if i := 3 + n.r.IntN(4); i < len(name)-3 {
			return name[:i] + " " + name[i:]
		}
	case 5:
		return strings.ToUpper(name)
	case 6: // a department in front, a place behind
		return "Department of Physics, " + name + ", Beijing, China"
	}
	return name
}

// kinds of names that a batch may hold, each made up by a func.
var nameKinds = []struct {
	name string
	role screening.Role
	make func(n *names) string
}{
	{"latin", screening.RolePartner, func(n *names) string { return n.misspell(n.organisation()) }},
	{"person", screening.RolePerson, func(n *names) string { return n.misspell(n.person()) }},
	{"cyrillic", screening.RolePartner, func(n *names) string {
		return "Акционерное общество «" + n.pick([]string{"Научно-исследовательский институт ", "Завод ", "Конструкторское бюро "}) +
			n.pick([]string{"точных приборов ", "радиоэлектроники ", "автоматики ", ""}) + n.written(asCyrillic) + "»"
	}},
	{"chinese", screening.RolePartner, func(n *names) string {
		return n.pick([]string{"北京", "上海", "哈尔滨", "深圳市"}) + n.glyphs("星河微光维利达海天云龙飞泰恒瑞华", 2+n.r.IntN(3)) +
			n.pick([]string{"科技大学", "电子科技有限公司", "光学研究所", "第五十八研究所"})
	}},
	{"persian", screening.RolePartner, func(n *names) string {
		return n.pick([]string{"شرکت ", "دانشگاه ", "موسسه تحقیقات "}) + n.pick([]string{"صنایع دریایی ", "مهندسی ", ""}) + n.written(asArabic)
	}},
	{"affiliation", screening.RolePartner, func(n *names) string {
		return "Department of Physics, School of " + n.pick([]string{"Engineering", "Medicine", "Advanced Materials"}) + ", " + n.own.draw(n) + " State University of Science and Technology, " +
			n.pick(placeWords) + ", China; Key Laboratory of " + n.own.draw(n) + " Systems, Institute of Optics"
	}},
}

var (
	asCyrillic = strings.NewReplacer("sh", "ш", "ch", "ч", "zh", "ж", "a", "а", "b", "б", "c", "к", "d", "д", "e", "е", "f", "ф", "g", "г", "h", "х", "i", "и", "j", "й", "k", "к", "l", "л", "m", "м",
		"n", "н", "o", "о", "p", "п", "q", "к", "r", "р", "s", "с", "t", "т", "u", "у", "v", "в", "w", "в", "x", "кс", "y", "ы", "z", "з")
	asArabic = strings.NewReplacer("sh", "ش", "ch", "چ", "zh", "ژ", "a", "ا", "b", "ب", "c", "ک", "d", "د", "e", "", "f", "ف", "g", "گ", "h", "ه", "i", "ی", "j", "ج", "k", "ک", "l", "ل", "m", "م",
		"n", "ن", "o", "و", "p", "پ", "q", "ق", "r", "ر", "s", "س", "t", "ت", "u", "و", "v", "و", "w", "و", "x", "خ", "y", "ی", "z", "ز")
)

// written writes a word of the names in other letters.
func (n *names) written(letters *strings.Replacer) string {
	return letters.Replace(strings.ToLower(n.own.draw(n)))
}

func (n *names) glyphs(of string, count int) string {
	all, out := []rune(of), ""
	for range count {
		out += string(all[n.r.IntN(len(all))])
	}
	return out
}

// recombined makes parties out of real ones: each has the words of one of
// them, with its own words and places exchanged for others', a quarter of them for
// new ones made of two.
func recombined(r *rand.Rand, real [][]string, person bool) func() []string {
	var own, places []string
	swapped := func(w *Word) bool {
		return (w.Class == Distinctive || w.Class == Place) && isASCII(w.Raw) && w.Raw != ""
	}
	for _, names := range real {
		for _, w := range read(names[0], person) {
			if swapped(&w) && w.Class == Place {
				places = append(places, w.Raw)
			} else if swapped(&w) {
				own = append(own, w.Raw)
			}
		}
	}
	return func() []string {
		for {
			names := real[r.IntN(len(real))]
			by, out, tells := map[string]string{}, []string(nil), false
			for _, name := range names {
				for _, w := range read(name, person) {
					if !swapped(&w) {
						continue
					}
					tells = tells || w.Class == Distinctive
					to, ok := by[w.Text]
					if !ok && w.Class == Place {
						to = places[r.IntN(len(places))]
					} else if !ok {
						to = own[r.IntN(len(own))]
						if r.IntN(4) == 0 {
							other := own[r.IntN(len(own))]
							to = to[:(len(to)+1)/2] + strings.ToLower(other[len(other)/2:])
						}
					}
					by[w.Text] = to
					name = strings.Replace(name, w.Raw, to, 1)
				}
				out = append(out, name)
			}
			// Names of generic words only would all be made many times over.
			if tells || r.IntN(10) == 0 {
				return out
			}
		}
	}
}

// parties makes queries: a third are listed names as another office writes
// them, the others nobody has listed.
func (n *names) parties(entities []*screening.Entity, count int) []*screening.Party {
	out := make([]*screening.Party, count)
	for i := range out {
		p := &screening.Party{Role: screening.RolePartner}
		if n.r.IntN(3) == 0 {
			e := entities[n.r.IntN(len(entities))]
			p.Name = n.misspell(e.Names[n.r.IntN(len(e.Names))].Text)
			if e.Kind == screening.KindPerson {
				p.Role = screening.RolePerson
			}
		} else {
			p.Name = n.misspell(n.organisation())
		}
		out[i] = p
	}
	return out
}
