package matching

import (
	"strconv"
	"strings"
)

// numberWeight is the built-in weight of a number; what it does to a match is
// decided by whether the other side has the same one.
const numberWeight = 0.3

// number reads a number at the first token and says how many tokens it takes:
// 58, 58th, No. 58, #58, fifty-eighth, LVIII, 58-й. capitals is true when the
// whole name is in capitals, where Roman numerals cannot be told from words.
func (v *vocabulary) number(tokens []token, capitals bool) (key string, n int) {
	t := &tokens[0]
	switch {
	case t.norm == "#" || numberMarks[t.norm]:
		if len(tokens) > 1 && tokens[1].segment == t.segment {
			if k := digitsOf(tokens[1].norm); k != "" {
				return k, 2
			}
		}
		return "", 0
	case t.norm[0] >= '0' && t.norm[0] <= '9':
		if k := digitsOf(t.norm); k != "" {
			return k, 1
		}
		return "", 0
	}
	if m, ok := v.words[t.norm]; ok && m[0].class == Number && len(m) == 1 {
		return v.spelled(tokens, m[0].key)
	}
	if k := roman(t.raw, capitals); k != "" && !t.joined {
		return k, 1
	}
	return "", 0
}

// numberMarks stand before a number and belong to it.
var numberMarks = map[string]bool{"no": true, "nr": true, "num": true, "number": true, "nomer": true, "nro": true, "nomor": true, "numero": true}

// ordinalEndings follow digits: 58th, 58-й, 58ème, 58te.
var ordinalEndings = map[string]bool{
	"st": true, "nd": true, "rd": true, "th": true, "er": true, "ere": true, "e": true, "eme": true, "ieme": true, "te": true, "ter": true,
	"tes": true, "ten": true, "y": true, "i": true, "iy": true, "yy": true, "oy": true, "go": true, "ogo": true, "ya": true, "aya": true, "ye": true,
	"oe": true, "mu": true, "o": true, "a": true, "os": true, "as": true, "nci": true, "inci": true, "uncu": true,
}

// digitsOf is the number a token of digits, with or without an ordinal ending,
// stands for; "" for anything else, such as 3d or 5g.
func digitsOf(norm string) string {
	i := 0
	for i < len(norm) && norm[i] >= '0' && norm[i] <= '9' {
		i++
	}
	if i == 0 || i < len(norm) && !ordinalEndings[norm[i:]] {
		return ""
	}
	k := strings.TrimLeft(norm[:i], "0")
	if k == "" {
		return "0"
	}
	return k
}

// spelled reads "fifty eighth": a ten, then a unit.
func (v *vocabulary) spelled(tokens []token, key string) (string, int) {
	ten, err := strconv.Atoi(key)
	if err != nil || ten < 20 || ten > 90 || ten%10 != 0 || len(tokens) < 2 {
		return key, 1
	}
	if m, ok := v.words[tokens[1].norm]; ok && m[0].class == Number {
		if unit, err := strconv.Atoi(m[0].key); err == nil && unit > 0 && unit < 10 {
			return strconv.Itoa(ten + unit), 2
		}
	}
	return key, 1
}

// roman reads a Roman numeral in capitals up to 89. Two letters are believed
// only where the rest of the name is not in capitals too: XI and LI are names.
func roman(raw string, capitals bool) string {
	if len(raw) < 2 || len(raw) > 8 || capitals && len(raw) < 3 && raw != "II" && raw != "IV" {
		return ""
	}
	total, before := 0, 1000
	for i := 0; i < len(raw); i++ {
		var d int
		switch raw[i] {
		case 'I':
			d = 1
		case 'V':
			d = 5
		case 'X':
			d = 10
		case 'L':
			d = 50
		default:
			return ""
		}
		if d > before {
			total -= 2 * before
		}
		total += d
		before = d
	}
	if total < 1 || total > 89 || writeRoman(total) != raw {
		return ""
	}
	return strconv.Itoa(total)
}

func writeRoman(n int) string {
	var b strings.Builder
	for _, d := range []struct {
		value int
		text  string
	}{{50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= d.value {
			b.WriteString(d.text)
			n -= d.value
		}
	}
	return b.String()
}

var hanDigits = map[rune]int{'〇': 0, '零': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9, '十': 10, '百': 100}

// hanNumber reads 第五十八 at the beginning of a run of Chinese letters, or
// 五十八 before a unit that is counted (所, 厂, 院 …); n is its length in
// bytes. Without either sign the letters may be a name: 三一, 八一.
func hanNumber(run string) (key string, n int) {
	rest, ordinal := strings.CutPrefix(run, "第")
	total, part, count, end := 0, 0, 0, 0
	tens := false
	for i, r := range rest {
		d, ok := hanDigits[r]
		if !ok {
			end = i
			break
		}
		end = i + len(string(r))
		count++
		switch d {
		case 10, 100:
			tens = true
			total += max(part, 1) * d
			part = 0
		default:
			if tens {
				part = d
			} else {
				part = part*10 + d
			}
		}
	}
	if count == 0 || count > 6 {
		return "", 0
	}
	if !ordinal {
		if !tens || !strings.HasPrefix(rest[end:], "所") && !strings.HasPrefix(rest[end:], "厂") && !strings.HasPrefix(rest[end:], "院") &&
			!strings.HasPrefix(rest[end:], "研究") && !strings.HasPrefix(rest[end:], "局") && !strings.HasPrefix(rest[end:], "集团") {
			return "", 0
		}
	}
	return strconv.Itoa(total + part), len(run) - len(rest) + end
}
