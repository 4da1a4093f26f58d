package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"partnerscreen/screening"
)

// A meaning is what one header says of its column. The zero value is a header
// that is not recognised.
type meaning struct {
	field  field
	role   screening.Role // of the party; "" when the header names none
	kind   string         // of an identifier
	number int            // of "Funder (2)"; 0 when there is none
	rank   int            // 1 is best; see phrases.go
	level  int            // how plainly the header says that it holds a name
	phrase string         // that named the party, folded
}

// title names the meaning in a reader's words: "Partner", "Funder country".
func (m meaning) title() string {
	switch {
	case m.field == "":
		return ""
	case m.role == "":
		return string(m.field)
	}
	t := partyTitle(m.role)
	if m.number > 0 {
		t += " " + strconv.Itoa(m.number)
	}
	if m.field != fieldName {
		t += " " + strings.ToLower(string(m.field))
	}
	return t
}

// littleWords carry no meaning in a header, in any of the five languages.
var littleWords = wordSet(`the|a|an|of|our|de|la|le|les|l|du|des|d|der|die|das|dem|den|del|el|los|las|van|het|een|e|g`)

// specialLetters do not fall apart into a letter and a mark.
var specialLetters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ı", "i")

// fold brings a header to the form it is compared in: lower case, no accents,
// words between single blanks ("organizationUrl" is two words), little words gone.
func fold(s string) string {
	var words strings.Builder
	var last rune
	for _, r := range norm.NFKD.String(s) {
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) {
			continue
		}
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		case unicode.IsLower(last) && (unicode.IsUpper(r) || unicode.IsDigit(r)):
			words.WriteByte(' ')
		}
		words.WriteRune(r)
		last = r
	}
	all := strings.Fields(specialLetters.Replace(strings.ToLower(words.String())))
	kept := slices.DeleteFunc(slices.Clone(all), func(w string) bool { return littleWords[w] })
	if len(kept) == 0 {
		kept = all
	}
	return strings.Join(kept, " ")
}

// phraseTables are the tables of phrases.go, folded.
type phraseTables struct {
	parties map[string]meaning
	names   map[string]int
	lone    map[string]bool
	people  map[string]bool
	fields  map[string]meaning
	rows    map[string]meaning
}

var phrases = sync.OnceValue(func() phraseTables {
	t := phraseTables{parties: map[string]meaning{}, names: map[string]int{}, fields: map[string]meaning{}, rows: map[string]meaning{}}
	for _, p := range partyPhrases {
		for w := range split(p.phrases) {
			if _, taken := t.parties[w]; !taken {
				t.parties[w] = meaning{field: fieldName, role: p.role, rank: p.rank, phrase: w}
			}
		}
	}
	for _, n := range namePhrases {
		for w := range split(n.phrases) {
			t.names[w] = n.level
		}
	}
	t.lone, t.people = map[string]bool{}, map[string]bool{}
	for w := range split(loneNames) {
		t.lone[w] = true
	}
	for w := range split(peopleWords) {
		t.people[w] = true
	}
	for _, f := range fieldPhrases {
		for w := range split(f.phrases) {
			if _, taken := t.fields[w]; !taken {
				t.fields[w] = meaning{field: f.field, kind: f.kind, rank: 1}
			}
		}
	}
	for _, r := range rowPhrases {
		for w := range split(r.phrases) {
			if _, taken := t.rows[w]; !taken {
				t.rows[w] = meaning{field: r.field, rank: r.rank}
			}
		}
	}
	return t
})

// knows reports whether a text is one of the phrases, whole.
func (t phraseTables) knows(s string) bool {
	f := fold(s)
	return t.parties[f].field != "" || t.fields[f].field != "" || t.rows[f].field != "" || t.lone[f]
}

func split(bars string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for p := range strings.SplitSeq(bars, "|") {
			if w := fold(p); w != "" && !yield(w) {
				return
			}
		}
	}
}

func wordSet(bars string) map[string]bool {
	set := map[string]bool{}
	for p := range strings.SplitSeq(bars, "|") {
		set[strings.ToLower(strings.TrimSpace(p))] = true
	}
	return set
}

// longestHeader is how many bytes a header may have and still be recognised.
const longestHeader = 160

// recognise reads one header. It tries the whole header, then the header
// without what stands in brackets, then the first of alternatives between
// slashes ("Institution / Organisation").
func recognise(header string) meaning {
	if len(header) > longestHeader {
		return meaning{}
	}
	tries := []string{header}
	if bare := withoutBrackets(header); bare != header {
		tries = append(tries, bare)
	}
	if first, _, ok := strings.Cut(tries[len(tries)-1], "/"); ok {
		tries = append(tries, first)
	}
	for _, t := range tries {
		if m := recognisePhrase(t); m.field != "" {
			return m
		}
	}
	return meaning{}
}

func recognisePhrase(header string) meaning {
	words, number := takeNumber(strings.Fields(fold(header)))
	t, whole := phrases(), strings.Join(words, " ")
	if len(words) == 0 || len(words) > 8 || t.people[fold(header)] {
		return meaning{}
	}
	m, ok := t.rows[whole]
	if !ok {
		m, ok = t.parties[whole]
	}
	if !ok {
		m, ok = t.fields[whole]
	}
	if !ok && t.lone[whole] {
		m, ok = meaning{field: fieldName, role: screening.RolePartner, rank: 3, level: t.names[whole], phrase: "name"}, true
	}
	for i := 1; !ok && i < len(words); i++ {
		m, ok = together(strings.Join(words[:i], " "), strings.Join(words[i:], " "))
	}
	if !ok && len(words) == 1 { // "Partnerland", "Fördererland", "Lieferantenadresse"
		m, ok = compound(whole)
	}
	if !ok {
		return meaning{}
	}
	m.number = number
	return m
}

// together reads a party and a field of it, in either order.
func together(a, b string) (meaning, bool) {
	t := phrases()
	for range 2 {
		if p, ok := t.parties[a]; ok && p.rank < 3 {
			if f, ok := t.fields[b]; ok {
				return meaning{field: f.field, kind: f.kind, role: p.role, rank: p.rank, phrase: a}, true
			}
			if level, ok := t.names[b]; ok {
				return meaning{field: fieldName, role: p.role, rank: p.rank, level: level, phrase: a}, true
			}
		}
		a, b = b, a
	}
	return meaning{}, false
}

// compound reads German and Dutch words of a party and a field of it.
func compound(word string) (meaning, bool) {
	for i := 4; i+3 <= len(word) && len(word) <= 40; i++ {
		left, right := word[:i], word[i:]
		for _, joint := range []string{"", "s", "n", "en", "es"} {
			if party, ok := strings.CutSuffix(left, joint); ok {
				if m, ok := together(party, right); ok {
					return m, true
				}
			}
		}
	}
	return meaning{}, false
}

// takeNumber takes the number out of "funder 2", "2nd funder", "funder no 2".
func takeNumber(words []string) ([]string, int) {
	ordinals := map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
	for i, w := range words {
		n, err := strconv.Atoi(strings.TrimRight(w, "stndrh"))
		if err != nil || len(w) > 4 {
			n = ordinals[w]
		}
		if n < 1 || n > 99 {
			continue
		}
		start := i
		if i > 0 && slices.Contains([]string{"no", "nr", "number", "nummer", "n"}, words[i-1]) {
			start--
		}
		return slices.Concat(words[:start], words[i+1:]), n
	}
	return words, 0
}

func withoutBrackets(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(' || r == '[':
			depth++
		case (r == ')' || r == ']') && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// A column is one column of a sheet with what it was found to be.
type column struct {
	meaning
	index  int
	header string // as the sheet writes it, told apart where two are alike
	mapped bool   // by --columns, not by recognition
	party  int    // of a field of a party: its place in layout.names; -1 for none
}

// A layout is how one sheet is read: which columns hold names, and what the
// other columns say of which of them.
type layout struct {
	headerRow int // 1-based; the last row of the header
	columns   []column
	names     []int    // the columns that hold parties, as places in columns
	notes     []string // for the reader of the report
	dates     dateOrder
	noHeader  bool // the row does not look like headers; its cells are not to be shown
}

// newLayout gives each header its role. Mappings come first and take away
// from recognition the roles they name; where a sheet has none of the headers
// of a role, recognition gives it, and the notes say so.
func newLayout(headers []string, mappings Columns) *layout {
	l := &layout{}
	seen := map[string]int{}
	people, mappedRoles := false, map[string]bool{}
	for i, h := range headers {
		h = cleanCell(h)
		c := column{index: i, header: h, party: -1}
		if h == "" {
			c.header = "(column " + columnLetters(i) + ")"
		}
		seen[c.header]++
		if n := seen[c.header]; n > 1 {
			c.header += " [" + columnLetters(i) + "]"
		}
		for _, m := range mappings {
			if h == "" || !sameHeader(m.Header, h) && !sameHeader(m.Header, c.header) {
				continue
			}
			c.meaning, _ = roleNamed(m.Role)
			mappedRoles[c.title()] = true
			c.rank, c.mapped = 1, true
			_, c.number = takeNumber(strings.Fields(fold(h)))
			if c.field == fieldIdentifier {
				c.kind = recognise(h).kind
			}
		}
		people = people || phrases().people[fold(h)]
		l.columns = append(l.columns, c)
	}
	for _, m := range mappings {
		if role, _ := roleNamed(m.Role); !mappedRoles[role.title()] {
			l.notes = append(l.notes, "no column is headed "+strconv.Quote(m.Header)+", which --columns maps to "+role.title())
		}
	}
	for i := range l.columns {
		c := &l.columns[i]
		if c.mapped || headers[i] == "" {
			continue
		}
		m := recognise(c.header)
		plain := meaning{field: m.field, role: m.role, kind: m.kind}
		if m.field == "" || mappedRoles[plain.title()] || (m.role == screening.RolePartner && m.rank == 3 && people) {
			continue
		}
		c.meaning = m
	}
	l.chooseNames()
	l.chooseRowFields()
	l.attach()
	return l
}

// sameHeader compares a header of --columns with one of the sheet; of two that
// are alike the second can be told by its column: "Country [D]".
func sameHeader(a, b string) bool {
	a, b = strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " ")
	return strings.EqualFold(a, b) || strings.EqualFold(norm.NFKC.String(a), norm.NFKC.String(b))
}

// chooseNames keeps, of the columns that could hold the partner, those that
// say so best, and of "Partner" beside "Partner name" the plainer one.
func (l *layout) chooseNames() {
	best := 9
	level := map[meaning]int{}
	who := func(c *column) meaning { return meaning{role: c.role, number: c.number, phrase: c.phrase} }
	for i := range l.columns {
		c := &l.columns[i]
		if c.field != fieldName {
			continue
		}
		if c.role == screening.RolePartner {
			best = min(best, c.rank)
		}
		if !c.mapped {
			level[who(c)] = max(level[who(c)], c.level)
		}
	}
	visitors := slices.ContainsFunc(l.columns, func(c column) bool { return c.role == screening.RoleAffiliation && c.field == fieldName })
	left := map[string]bool{} // phrases whose columns are not read
	for i := range l.columns {
		c := &l.columns[i]
		if c.field != fieldName {
			continue
		}
		if visitors && c.role == screening.RolePartner && c.rank == 3 {
			l.notes = append(l.notes, strconv.Quote(c.header)+" is not read: beside an affiliation it is a person's name; to screen people, map it: --columns 'Person="+c.header+"'")
			c.meaning = meaning{}
			continue
		}
		if (c.role == screening.RolePartner && c.rank > best) || (!c.mapped && c.level < level[who(c)]) {
			if c.rank > best {
				left[c.phrase] = true
			}
			l.notes = append(l.notes, strconv.Quote(c.header)+" is not read: another column says better who the "+strings.ToLower(partyTitle(c.role))+" is")
			c.meaning = meaning{}
			continue
		}
		l.names = append(l.names, i)
	}
	for i := range l.columns { // "Organisation country" beside an "Organisation" that is not read
		if c := &l.columns[i]; c.role != "" && c.field != fieldName && left[c.phrase] {
			c.meaning = meaning{}
		}
	}
}

// chooseRowFields keeps the columns of the best rank for each field of the row.
func (l *layout) chooseRowFields() {
	best := map[field]int{}
	for _, c := range l.columns {
		if slices.Contains(rowFields, c.field) {
			best[c.field] = min(cmp.Or(best[c.field], 9), c.rank)
		}
	}
	for i := range l.columns {
		if c := &l.columns[i]; best[c.field] > 0 && c.rank > best[c.field] {
			c.meaning = meaning{}
		}
	}
}

// attach finds for each field of a party the party it belongs to:
//
//   - "Funder country" belongs to the funder, "Funder 2 country" and
//     "Country 2" to the one with that number;
//   - of several columns "Country", each belongs to the nearest party on its left;
//   - one column "Country" belongs to the partner, or to the only organisation
//     of a sheet that has no partner.
//
// Where that leaves a choice the column is not used, and a note says so: a
// country given to the wrong party would speak against a right match.
func (l *layout) attach() {
	times := map[meaning]int{}
	plain := func(c *column) meaning {
		return meaning{field: c.field, kind: c.kind, role: c.role, number: c.number}
	}
	for i := range l.columns {
		times[plain(&l.columns[i])]++
	}
	for i := range l.columns {
		c := &l.columns[i]
		if !slices.Contains(partyFields, c.field) {
			continue
		}
		of := l.candidates(c)
		if len(of) > 1 && times[plain(c)] > 1 {
			of = l.nearestLeft(i, of)
		}
		if len(of) == 1 {
			c.party = of[0]
			continue
		}
		why := "there is no such party in the sheet"
		if len(of) > 1 {
			why = "it is not clear which of the parties it describes"
		}
		l.notes = append(l.notes, strconv.Quote(c.header)+" is not used: "+why)
		c.meaning = meaning{}
	}
}

// candidates are the places in l.names of the parties that c may describe.
func (l *layout) candidates(c *column) []int {
	pick := func(ok func(*column) bool) (out []int) {
		for n, i := range l.names {
			if ok(&l.columns[i]) {
				out = append(out, n)
			}
		}
		return out
	}
	numbered := func(p *column) bool { return max(p.number, 1) == max(c.number, 1) }
	if c.role != "" {
		of := pick(func(p *column) bool { return p.role == c.role })
		if len(of) > 1 && (c.number > 0 || l.columns[l.names[of[0]]].number == 0) {
			if same := pick(func(p *column) bool { return p.role == c.role && numbered(p) }); len(same) > 0 {
				return same
			}
		}
		return of
	}
	if c.number > 0 {
		if same := pick(func(p *column) bool { return p.role == screening.RolePartner && p.number == c.number }); len(same) > 0 {
			return same
		}
		if same := pick(func(p *column) bool { return p.number == c.number }); len(same) > 0 {
			return same
		}
	}
	if l.repeated(c) {
		return pick(func(*column) bool { return true })
	}
	if partners := pick(func(p *column) bool { return p.role == screening.RolePartner }); len(partners) > 0 {
		return partners
	}
	if orgs := pick(func(p *column) bool { return !p.role.Person() }); len(orgs) > 0 {
		return orgs
	}
	return pick(func(*column) bool { return true })
}

// repeated reports whether the sheet has another column with the same plain field.
func (l *layout) repeated(c *column) bool {
	n := 0
	for i := range l.columns {
		if o := &l.columns[i]; o.field == c.field && o.kind == c.kind && o.role == "" && o.number == c.number {
			n++
		}
	}
	return n > 1
}

func (l *layout) nearestLeft(column int, of []int) []int {
	for _, n := range slices.Backward(of) {
		if l.names[n] < column {
			return []int{n}
		}
	}
	return of
}

// sheet says to the reader how the sheet is read.
func (l *layout) sheet(name string, notes []string) screening.Sheet {
	s := screening.Sheet{Name: name, HeaderRow: l.headerRow, Columns: []screening.MappedColumn{}, Notes: slices.Concat(notes, l.notes)}
	if l.noHeader {
		s.HeaderRow = 0
	}
	for _, c := range l.columns {
		role := c.title()
		if c.party >= 0 {
			of := l.columns[l.names[c.party]].meaning
			of.field = c.field
			role = of.title()
		}
		switch {
		case role != "" && c.field != fieldNone:
			s.Columns = append(s.Columns, screening.MappedColumn{Header: c.header, Role: role})
		case !strings.HasPrefix(c.header, "(column ") && !l.noHeader:
			s.Ignored = append(s.Ignored, c.header)
		}
	}
	return s
}

// headerLines is how many filled rows at the top of a sheet are looked
// through for its header, and headerCells how many cells in them.
const (
	headerLines = 100
	headerCells = 30_000
)

// findHeader looks through the first lines of a sheet for the rows that
// recognise best as headers, one to three of them: a header may be merged
// across its columns with a second row below ("Funder" over "Name" and
// "Country"). Where no row names a party the layout has no names.
func findHeader(lines []line, mappings Columns) *layout {
	var best *layout
	bestScore, widest, above, cells := 0, 0, 0, 0
	for i, ln := range lines {
		if cells > headerCells {
			break
		}
		filled := ln.filled()
		for span := 1; span <= 3 && i+span <= len(lines); span++ {
			if span > 1 && (lines[i+span-1].number != ln.number+span-1 || filled == len(ln.cells) && len(ln.merges) == 0) {
				break
			}
			cells += len(lines[i+span-1].cells)
			headers := joinHeaders(lines[i : i+span])
			if headers == nil {
				continue
			}
			l := newLayout(headers, mappings)
			score, columns := l.score()
			if len(l.names) == 0 || score <= bestScore {
				continue
			}
			// A known word or two among data ("partner" under "Role") make no
			// header: the rows above would be lost as its title.
			if columns < min(3, filled) && filled <= widest && !l.columns[l.names[0]].mapped {
				continue
			}
			l.headerRow = lines[i+span-1].number
			best, bestScore, above = l, score, i
		}
		widest = max(widest, filled)
	}
	if best != nil {
		best.headerRow = mergedTo(best.headerRow, lines)
		if above > 0 {
			best.notes = append(best.notes, fmt.Sprintf("filled rows above the header, taken for its title and not read: %d", above))
		}
		return best
	}
	return guessHeader(lines, mappings)
}

// mergedTo is the last row that the cells of the header row reach down to.
func mergedTo(row int, lines []line) int {
	last := row
	for _, ln := range lines {
		for _, mg := range ln.merges {
			if ln.number <= row && mg.bottom > last && mg.bottom <= row+2 {
				last = mg.bottom
			}
		}
	}
	return last
}

// score is how well the headers were recognised, and how many were.
func (l *layout) score() (score, columns int) {
	for _, c := range l.columns {
		switch {
		case c.field == "":
			continue
		case c.mapped:
			score += 10
		case c.field == fieldName:
			score += 5 - c.rank
		default:
			score++
		}
		columns++
	}
	return score, columns
}

// joinHeaders joins the rows of a header: a cell merged across columns heads
// each of those below it, a cell merged down rows counts once.
func joinHeaders(lines []line) []string {
	width := 0
	for _, ln := range lines {
		width = max(width, len(ln.cells))
	}
	rows := make([][]string, len(lines))
	for r, ln := range lines {
		rows[r] = make([]string, width)
		copy(rows[r], ln.cells)
	}
	for r, ln := range lines {
		for _, mg := range ln.merges {
			if mg.left >= width {
				continue
			}
			v := rows[r][mg.left]
			if r == len(lines)-1 {
				continue // nothing below it: it heads its first column alone
			}
			for rr := r; rr < len(rows) && lines[rr].number <= mg.bottom; rr++ {
				for c := mg.left; c <= mg.right && c < width; c++ {
					rows[rr][c] = v
				}
			}
		}
	}
	out := make([]string, width)
	for c := range width {
		var parts []string
		for r := range rows {
			if v := cleanCell(rows[r][c]); v != "" && !slices.Contains(parts, v) {
				parts = append(parts, v)
			}
		}
		out[c] = strings.Join(parts, " ")
		if len(out[c]) > 300 { // a paragraph is no header
			return nil
		}
	}
	return out
}

// guessHeader takes the first of the fullest rows near the top for the
// header of a sheet in which no header names a party, so that the user can be
// told what was seen. Where that row looks like data it says so instead: the
// cells could be names of partners, and those do not go into error texts.
func guessHeader(lines []line, mappings Columns) *layout {
	guess, fullest := -1, 0
	for i, ln := range lines[:min(len(lines), 20)] {
		if n := ln.filled(); n > fullest {
			guess, fullest = i, n
		}
	}
	if guess < 0 {
		return &layout{}
	}
	headers := joinHeaders(lines[guess : guess+1])
	if headers == nil {
		headers = make([]string, len(lines[guess].cells))
	}
	l := newLayout(headers, mappings)
	l.headerRow = lines[guess].number
	_, known := l.score()
	l.noHeader = known == 0 && (fullest < 2 || slices.ContainsFunc(headers, looksLikeData))
	return l
}

// looksLikeData reports whether a cell is something that headers are not.
func looksLikeData(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" {
		return false
	}
	if _, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", "."), 64); err == nil {
		return true
	}
	if code, ok := screening.CountryCode(s); ok && code != "" {
		return true
	}
	return strings.Contains(s, "@") || strings.Contains(s, "://") || strings.HasPrefix(s, "www.") ||
		looksLikeOrganisation(s) || looksLikePerson(s) || len(s) > 80
}

// columnLetters names a 0-based column as spreadsheets do: A, B, … Z, AA.
func columnLetters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}
