package lists

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// madeIDs makes ids for the parties of a list whose publisher gives none: a
// prefix that names the list, and a hash of what tells the party from others
// (its name, where it helps with its country or date). Case, blanks, dashes
// and quotes do not count, so that a reprint keeps its ids; row numbers never
// do. What would be the same id twice gets "-2", "-3" in file order.
// The prefixes: dod1286, dod1260h, mieu, dpl, leg, fcc, uflpa, ddtc, eul, shtc, nro, csl.
type madeIDs map[string]int

func (m madeIDs) make(prefix string, parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(foldPrint(p))
		b.WriteByte(0)
	}
	sum := sha256.Sum256([]byte(b.String()))
	id := prefix + "-" + hex.EncodeToString(sum[:6])
	m[id]++
	if n := m[id]; n > 1 {
		return fmt.Sprintf("%s-%d", id, n)
	}
	return id
}

// madeID has the form of an id made here, not published.
var madeID = regexp.MustCompile(`-[0-9a-f]{12}(?:-\d+)?$`)

// foldPrint keeps the letters and figures of a text, in lower case: two
// prints of one name that differ in blanks, dashes or quotes fold alike.
func foldPrint(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
