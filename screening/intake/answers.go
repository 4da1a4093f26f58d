package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"partnerscreen/screening"
)

// longestAnswer is how many characters of an answer's text are kept.
const longestAnswer = 2_000

// asks are the questions by the field that answers them.
var asks = map[field]screening.Ask{
	"Work": screening.AskWork, "Keywords": screening.AskKeywords, "Control code": screening.AskControlCode,
	"Openly publishable": screening.AskPublishable, "Restrictions": screening.AskRestrictions, "Shared": screening.AskShared,
	"Results owner": screening.AskResultsOwner, "Personal data": screening.AskPersonalData, "Dual use": screening.AskDualUse,
	"Value": screening.AskValue, "Agreement": screening.AskAgreement, "Technology area": screening.AskTechnologyArea,
	"Ownership share": screening.AskOwnershipShare, "Destination": screening.AskDestination,
}

// answer keeps what a cell says to a question, and the words it is read as. A
// blank and "n/a" are no answer; where a question has words and the cell is
// none of them, only its text is kept, and the note says so.
func answer(p *screening.Partner, q screening.Ask, text string) (note string) {
	// A number alone is no name, and an answer: "60 %", "25 000".
	if text == "" || (isJunk(text) && !strings.ContainsAny(text, "0123456789") && !isNone(text) && yesNo(text) == "") {
		return ""
	}
	words, clear := answerWords(q, text)
	if p.Answers == nil {
		p.Answers = screening.Answers{}
	}
	a := p.Answers[q]
	if shown := shorten(text, longestAnswer); a.Text != shown {
		a.Text = join(a.Text, shown, "; ")
	}
	for _, w := range words {
		if !slices.Contains(a.Words, w) {
			a.Words = append(a.Words, w)
		}
	}
	p.Answers[q] = a
	if !clear && q == screening.AskDestination {
		return strconv.Quote(shorten(text, 40)) + " names no country that is known; only places that destination rules name are looked for in it"
	}
	if !clear && q == screening.AskValue {
		return strconv.Quote(shorten(text, 40)) + " is not one amount; no rule about the value looks at it"
	}
	if !clear {
		return strconv.Quote(shorten(text, 40)) + " could not be read as an answer (" + strings.Join(screening.AnswerWords[q], ", ") + "); it counts as none"
	}
	return ""
}

// Answer has a row say something to a question as a cell of its sheet would,
// and reports whether the question takes an answer so and this is one.
func Answer(p *screening.Partner, q screening.Ask, text string) bool {
	if !slices.Contains(screening.Asks, q) {
		return false
	}
	answer(p, q, strings.TrimSpace(text))
	_, given := p.Answers[q]
	return given
}

// answerWords reads a cell as the words of a question. clear is false where
// the question has words and the cell is none of them.
func answerWords(q screening.Ask, text string) (words []string, clear bool) {
	switch q {
	case screening.AskPublishable, screening.AskPersonalData, screening.AskDualUse, screening.AskRestrictions:
		w := yesNo(text)
		if q == screening.AskRestrictions && w == "" {
			w = restriction(text)
		}
		if q == screening.AskDualUse && w == "" && says(text, perhaps) {
			w = screening.Yes
		}
		if w == "" {
			return nil, false
		}
		return []string{w}, true
	case screening.AskControlCode:
		w := controlCode(text)
		if w == "" {
			return nil, false
		}
		return []string{w}, true
	case screening.AskFunder:
		return []string{screening.Undisclosed}, true
	case screening.AskShared:
		words = sharedWords(text)
		return words, len(words) > 0
	case screening.AskDestination:
		words = countryWords(text)
		return words, len(words) > 0
	case screening.AskAgreement:
		return agreementWords(text), true // the name of a contract is as good an answer
	case screening.AskResultsOwner:
		return resultsOwnerWords(text), true // often a name
	case screening.AskValue:
		return nil, amountIsClear(text)
	}
	return nil, true
}

var (
	yesWords  = wordSet(`yes|y|ja|j|oui|sí|si|true|1|x|✓|✔|wahr|vrai|verdadero|waar|da|да|是`)
	noWords   = wordSet(`no|n|nein|non|nee|false|0|falsch|faux|falso|onwaar|nej|нет|否|not`)
	noneWords = wordSet(`none|nothing|nil|no|keine|keiner|nichts|aucun|aucune|rien|ninguno|ninguna|nada|geen|niets|нет|无|not applicable|no restrictions|keine beschränkungen|sans restriction|aucune restriction|sin restricciones|geen beperkingen|unrestricted`)
	// qualifiers turn a yes into something a person has to read.
	qualifiers = wordSet(`after|with|subject|except|but|unless|if|partly|partially|some|nach|mit|aber|teilweise|sauf|après|mais|partiellement|salvo|pero|parcialmente|behalve|maar|deels|provided|limited`)
	perhaps    = wordSet(`possible|possibly|potential|potentially|maybe|perhaps|möglich|möglicherweise|vielleicht|possiblement|peut-être|posible|posiblemente|mogelijk|misschien`)
	restricts  = wordSet(`approval|consent|permission|restricted|nationals|citizens|embargo|confidential|classified|proprietary|secret|withheld|prohibited|restrictions|genehmigung|zustimmung|vertraulich|geheim|autorisation|confidentiel|autorización|confidencial|toestemming|vertrouwelijk`)
	// undisclosedWords say that a funder is there and is not named.
	undisclosedWords = wordSet(`undisclosed|not disclosed|anonymous|anonymous donor|anonymous funder|confidential|confidential funder|undisclosed funder|undisclosed sponsor|undisclosed client|confidential client|withheld|nicht offengelegt|anonym|vertraulich|anonymer spender|anonyme|non divulgué|confidentiel|donateur anonyme|anónimo|no revelado|confidencial|donante anónimo|anoniem|vertrouwelijk|niet bekendgemaakt`)
)

// isNone reports whether a cell says that there is none.
func isNone(text string) bool { return noneWords[strings.ToLower(strings.Trim(text, " ."))] }

// yesNo reads a cell as yes or no, also where a remark follows; "" where the
// remark takes the yes back in part, and for anything else.
func yesNo(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	words := answerFold(text)
	switch {
	case len(words) == 0:
		if yesWords[text] {
			return screening.Yes
		}
		return ""
	case isNone(text), noWords[words[0]]:
		return screening.No
	case yesWords[words[0]] && !slices.ContainsFunc(words, func(w string) bool { return qualifiers[w] }):
		return screening.Yes
	}
	return ""
}

// restriction reads a text that is neither yes nor no.
func restriction(text string) string {
	if says(text, restricts) {
		return screening.Yes
	}
	return ""
}

func says(text string, set map[string]bool) bool {
	return slices.ContainsFunc(answerFold(text), func(w string) bool { return set[w] })
}

func answerFold(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r != '-' && (strings.ContainsRune(" ,;:.()[]/\"'!?\n\t", r) || r == utf8.RuneError)
	})
}

// The numbers of control lists: ECCN and the EU's dual-use numbers (3A001,
// 5D992.b), the UK's and Wassenaar's military entries (ML10, PL9009), the
// categories of the US Munitions List (XI(c), Category XV).
var controlNumber = regexp.MustCompile(`(?i)\b[0-9][A-E][0-9]{3}\b|\b[MP]L\s?[0-9]{1,4}\b|\b(?:usml|category|cat\.?)\s+(?:[IVX]+|[0-9]+)\b|\b[IVX]+\([a-z]\)`)

// uncontrolled says that what is shared is on no control list.
var uncontrolled = regexp.MustCompile(`(?i)^(?:EAR ?99|NLR|n/?a|none|no|not (?:controlled|listed|applicable)|uncontrolled|unlisted|nicht gelistet|keine|non contrôlé|aucun|no controlado|ninguno|geen|niet gecontroleerd)\.?$`)

func controlCode(text string) string {
	switch {
	case controlNumber.MatchString(text), yesNo(text) == screening.Yes:
		return screening.Controlled
	case uncontrolled.MatchString(strings.TrimSpace(text)), yesNo(text) == screening.No:
		return screening.Uncontrolled
	}
	return ""
}

// sharedKinds are the words of what is shared. The first kind that a piece of
// the cell names takes its words, so "published data" is no data beside it.
var sharedKinds = []struct {
	word  string
	terms *regexp.Regexp
}{
	{screening.Published, regexp.MustCompile(`(?i)\b(?:published|publicly available|public domain|open access|open|public|veröffentlichte?n?|publiée?s?|publicad[oa]s?|gepubliceerde?)(?:\s+(?:information|data|datasets?|literature|papers?|results|daten|données|datos|gegevens|informationen))?(?:\s+only)?\b|\b(?:publications?|papers|publikationen|publicaciones|publicaties)\b`)},
	{screening.Software, regexp.MustCompile(`(?i)\b(?:software|source code|code|algorithms?|logiciels?|programs?|programas?)\b`)},
	{screening.KnowHow, regexp.MustCompile(`(?i)know[- ]?how|\b(?:technology|technical (?:data|information|assistance)|expertise|training|drawings?|designs?|blueprints?|methods?|processes|technologie|tecnología|savoir[- ]faire|unpublished)\b`)},
	{screening.Materials, regexp.MustCompile(`(?i)\b(?:materials?|samples?|reagents?|cell lines?|specimens?|chemicals?|strains?|proben|materialien|matériaux|échantillons?|materiales|muestras?|materialen|monsters)\b`)},
	{screening.Equipment, regexp.MustCompile(`(?i)\b(?:equipment|instruments?|hardware|devices?|machines?|prototypes?|components?|goods|sensors?|detectors?|geräte|ausrüstung|équipements?|matériel|equipos?|apparatuur)\b`)},
	{screening.Data, regexp.MustCompile(`(?i)\b(?:data|datasets?|daten|données|datos|gegevens|databases?|records?)\b`)},
	{screening.Items, regexp.MustCompile(`(?i)\b(?:items?|articles?|güter|biens|bienes|goederen)\b`)},
}

var (
	pieces = regexp.MustCompile(`(?i)[,;/+\n]|\band\b|\bund\b|\bet\b|\by\b|\ben\b|&`)
	denied = regexp.MustCompile(`(?i)^(?:no|not|none|nothing|without|kein|keine|ohne|nichts|pas|sans|aucune?|sin|ningun[oa]?|nada|geen|zonder|niets)\b`)
)

// countryWords are the codes of the countries that a cell names.
func countryWords(text string) []string {
	var out []string
	for _, piece := range slices.Concat([]string{text}, pieces.Split(text, -1)) {
		if code, ok := screening.CountryCode(strings.TrimSpace(piece)); ok && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

func sharedWords(text string) []string {
	var out []string
	add := func(w string) {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	switch {
	case isNone(text) || yesNo(text) == screening.No && len(answerFold(text)) == 1:
		return []string{screening.Nothing}
	case yesNo(text) == screening.Yes && len(answerFold(text)) <= 1:
		return []string{screening.Items}
	}
	nothing := false
	for _, piece := range pieces.Split(text, -1) {
		piece = strings.TrimSpace(piece)
		if denied.MatchString(piece) {
			nothing = true
			continue
		}
		for _, kind := range sharedKinds {
			if kind.terms.MatchString(piece) {
				add(kind.word)
				piece = kind.terms.ReplaceAllString(piece, " ")
			}
		}
	}
	if len(out) == 0 && nothing {
		add(screening.Nothing)
	}
	return out
}

var (
	informalWords = regexp.MustCompile(`(?i)\b(?:informal|informell|informel(?:le)?|informeel|handshake|verbal(?:ly)?|oral(?:ly)?|formlos|mündlich|mondeling|unwritten|not in writing|no written|no agreement|no contract|kein(?:en)? vertrag|ohne vertrag|sans (?:contrat|accord|convention)|sin (?:contrato|acuerdo|convenio)|geen (?:contract|overeenkomst)|zonder (?:contract|overeenkomst))\b`)
	contractWords = regexp.MustCompile(`(?i)\b(?:contract(?:ual)?|subcontract|agreement|subaward|consultancy|licen[cs]e|mta|nda|cda|signed|\pL*vertrag|vereinbarung|contrat|accord|convention|contrato|acuerdo|convenio|\pL*overeenkomst)\b`)
)

// agreementWords reads which form an agreement has; none where the cell names it otherwise.
func agreementWords(text string) []string {
	switch {
	case isNone(text), yesNo(text) == screening.No, informalWords.MatchString(text):
		return []string{screening.Informal}
	case yesNo(text) == screening.Yes, contractWords.MatchString(text):
		return []string{screening.Contract}
	}
	return nil
}

var resultsOwners = map[string]map[string]bool{
	screening.Ours:    wordSet(`us|we|ours|we do|university|the university|our university|institution|our institution|own institution|host institution|wir|unsere hochschule|eigene hochschule|nous|notre établissement|nosotros|nuestra institución|wij|eigen instelling`),
	screening.Theirs:  wordSet(`partner|the partner|them|theirs|sponsor|the sponsor|client|the client|customer|the customer|funder|the funder|industry partner|third party|der partner|auftraggeber|geldgeber|partenaire|le partenaire|le client|financeur|socio|el socio|cliente|financiador|opdrachtgever|de partner|financier`),
	screening.Jointly: wordSet(`joint|jointly|joint ownership|shared|both|both parties|each party|gemeinsam|beide|conjoint|conjointement|partagé|les deux|conjunta|conjuntamente|compartida|ambos|gezamenlijk|gedeeld`),
}

// resultsOwnerWords reads whose the results are; none where the cell gives a name or a remark.
func resultsOwnerWords(text string) []string {
	said := strings.ToLower(strings.Trim(text, " ."))
	for _, w := range screening.AnswerWords[screening.AskResultsOwner] {
		if resultsOwners[w][said] {
			return []string{w}
		}
	}
	return nil
}

// amountIsClear reports whether a cell is an amount, or says nothing of one.
func amountIsClear(text string) bool {
	_, read := screening.ParseAmount(text)
	return read || !strings.ContainsAny(text, "0123456789")
}

// undisclosed reports whether the name of a funder says that it is not told.
func undisclosed(role screening.Role, name string) bool {
	return (role == screening.RoleFunder || role == screening.RoleUltimateFunder) && undisclosedWords[strings.ToLower(strings.Trim(name, " .()[]"))]
}
