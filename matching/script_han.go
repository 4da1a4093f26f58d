package matching

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// simplified maps traditional Chinese and Japanese letters to the simplified
// one the lexicon is written in.
var simplified = sync.OnceValue(func() map[rune]rune {
	b, err := lexiconFiles.ReadFile("lexicon/traditional.txt")
	if err != nil {
		panic(err)
	}
	pairs := map[rune]rune{}
	for line := range strings.SplitSeq(string(b), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		for pair := range strings.FieldsSeq(line) {
			from, n := utf8.DecodeRuneInString(pair)
			to, m := utf8.DecodeRuneInString(pair[n:])
			if n+m != len(pair) {
				panic("lexicon/traditional.txt: " + pair + " is not two letters")
			}
			pairs[from] = to
		}
	}
	return pairs
})

func simplify(s string) string {
	pairs := simplified()
	return strings.Map(func(r rune) rune {
		if to, ok := pairs[r]; ok {
			return to
		}
		return r
	}, s)
}

// nameReadings are the letters whose usual reading in names is not the first
// one of the dictionary.
var nameReadings = map[rune]string{
	'长': "chang", '都': "du", '曾': "zeng", '朝': "chao", '乐': "le", '重': "chong", '厦': "xia", '行': "hang", '会': "hui",
	'广': "guang", '单': "shan", '石': "shi", '叶': "ye", '万': "wan", '车': "che", '盛': "sheng", '柏': "bai", '朴': "piao",
	'覃': "qin", '翟': "zhai", '仇': "qiu", '解': "xie", '尉': "wei", '六': "liu", '什': "shi", '大': "da", '红': "hong",
	'佛': "fo", '系': "xi", '合': "he", '奇': "qi", '区': "qu", '贾': "jia", '褚': "chu", '纪': "ji", '洗': "xi", '吴': "wu",
	'葛': "ge", '沈': "shen", '员': "yuan", '亚': "ya", '阿': "a", '乌': "wu", '台': "tai", '铁': "tie", '研': "yan",
}

// pinyinOf is the reading of one letter without its tone, "" when it has none.
func pinyinOf(r rune) string {
	if s, ok := nameReadings[r]; ok {
		return s
	}
	s, _, _ := strings.Cut(pinyin.PinyinDict[int(r)], ",")
	if s == "" {
		return ""
	}
	b := make([]byte, 0, 8)
	for _, c := range s {
		switch c {
		case 'ü', 'ǖ', 'ǘ', 'ǚ', 'ǜ':
			b = append(b, 'u')
		default:
			b = appendFold(b, string(c))
		}
	}
	return string(b)
}

// readHan reads a run of Chinese letters in pinyin, in one piece.
func readHan(token string) reading {
	n := simplify(token)
	b := make([]byte, 0, 4*len(n))
	for _, r := range n {
		if p := pinyinOf(r); p != "" {
			b = append(b, p...)
		} else {
			b = appendFold(b, string(r))
		}
	}
	text := string(b)
	r := reading{norm: n, text: text}
	if w := wadeGiles(n); w != text {
		r.alts = appendNew(r.alts, w)
	}
	return r
}

// The older romanisation, without its marks, as Taiwan and Hong Kong write names.
var (
	wadeInitials = []struct{ pinyin, wade string }{
		{"zh", "ch"}, {"ch", "ch"}, {"sh", "sh"}, {"b", "p"}, {"d", "t"}, {"g", "k"}, {"j", "ch"}, {"q", "ch"},
		{"x", "hs"}, {"r", "j"}, {"z", "ts"}, {"c", "ts"},
	}
	wadeFinals = map[string]string{"ong": "ung", "ian": "ien", "ie": "ieh", "ue": "ueh", "i": "ih", "e": "e", "uo": "o"}
)

func wadeGiles(n string) string {
	b := make([]byte, 0, 4*len(n))
	for _, r := range n {
		p := pinyinOf(r)
		initial, final := "", p
		for _, w := range wadeInitials {
			if rest, ok := strings.CutPrefix(p, w.pinyin); ok {
				initial, final = w.wade, rest
				switch {
				case final == "i" && (w.pinyin == "j" || w.pinyin == "q" || w.pinyin == "x"):
				case final == "uo" && (w.wade == "k"):
				default:
					if f, ok := wadeFinals[final]; ok {
						final = f
					}
				}
				if (w.pinyin == "z" || w.pinyin == "c") && rest == "i" {
					initial, final = "tz", "u"
				}
				break
			}
		}
		if initial == "" {
			switch {
			case strings.HasSuffix(p, "ong") && p != "yong":
				final = strings.TrimSuffix(p, "ong") + "ung"
			case strings.HasSuffix(p, "ian"):
				final = strings.TrimSuffix(p, "ian") + "ien"
			case strings.HasPrefix(p, "y") && p == "yan":
				final = "yen"
			}
		}
		b = append(append(b, initial...), final...)
	}
	return string(b)
}
