package matching

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"partnerscreen/screening"
)

// names makes up parties for tests and benchmarks: words of invented
// syllables, some frequent and most rare, beside the generic words, places and
// legal forms that real names share by the thousand.
type names struct {
	r        *rand.Rand
	frequent []string
	rare     []string
	given    []string
	family   []string
}

var (
	inventedStarts = strings.Fields("bal bel bor bran chon dal dor fer gal gran hal har ish jar kal kor kyong lam lor mal mir nar nov ost pak pol qesh rad ryu sar shen sol tal tar ul var vel vos wei xin yan zar zel zhong")
	inventedMiddle = strings.Fields("a e i o u an en in on ar er ir ov ev el al am em il os us ak ek")
	inventedEnds   = strings.Fields("bar den din dov gan gar hai kov lin ling min mir nak nia rov san shan sk stan tek ton tov var vich vin wan yar zan")
	genericWords   = strings.Fields("Trading Industrial Shipping Technology Technologies Electronics Research Institute University Academy Engineering Aviation Machinery Petrochemical Bank Investment Holding Group International National General Science Design Bureau Plant Marine Energy Services Development Production Medical Import Export")
	placeWords     = []string{"Moscow", "Beijing", "Tehran", "Shanghai", "Dubai", "Damascus", "Minsk", "Hong Kong", "Shenzhen", "Istanbul", "Iran", "China", "Russia", "Syria", "Korea", "Kish", "Novosibirsk", "Harbin", "Tianjin", "Havana"}
	formWords      = []string{"LLC", "Ltd.", "Co., Ltd.", "JSC", "S.A.", "GmbH", "FZE", "Limited", "OOO", "Company", "PJSC", "Inc.", "S.A. de C.V.", "Corporation"}
)

func newNames(seed uint64, size int) *names {
	n := &names{r: rand.New(rand.NewPCG(seed, 1))}
	for range 2000 {
		n.frequent = append(n.frequent, n.word())
	}
	for range max(2000, size) {
		n.rare = append(n.rare, n.word())
	}
	for range 400 {
		n.given = append(n.given, n.word())
	}
	for range 3000 + size/10 {
		n.family = append(n.family, n.word())
	}
	return n
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
		if n.r.IntN(3) == 0 {
			words = append(words, n.frequent[int(n.r.ExpFloat64()*200)%len(n.frequent)])
		} else {
			words = append(words, n.pick(n.rare))
		}
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
	p := strings.ToUpper(n.pick(n.family)) + ", " + n.given[int(n.r.ExpFloat64()*40)%len(n.given)]
	if n.r.IntN(2) == 0 {
		p += " " + n.pick(n.given)
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
