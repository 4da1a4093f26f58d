package intake

import (
	"regexp"
	"strings"
)

var (
	personTitle = regexp.MustCompile(`^(?i:(?:dr|prof|professor|mr|mrs|ms|miss|sir|dame|herr|frau|mme|mlle|madame|monsieur|sr|sra|srta|dhr|mevr|mw|ing|dipl|univ\.-prof|priv|phd|drs|pd|doz)\.?[\s-]+(?:\S+\s+)*?)+\S`)
	initialLast = regexp.MustCompile(`^(?:\p{Lu}\.[\s-]?){1,3}(?:(?:van|von|de|der|den|la|al|bin|ibn|el|di|da|ter|ten)[\s-])*\p{Lu}[\p{L}'’-]+(?:[\s-]\p{Lu}[\p{L}'’-]+)?$`)
	lastInitial = regexp.MustCompile(`^(?:(?:van|von|de|der|den|la|al|bin|ibn|el|di|da|ter|ten)[\s-])*\p{Lu}[\p{L}'’-]+(?:[\s-]\p{Lu}[\p{L}'’-]+)?,\s*(?:\p{Lu}\.[\s-]?){1,3}$`)
	lastFirst   = regexp.MustCompile(`^\p{Lu}[\p{L}'’-]+,\s*\p{Lu}\p{Ll}+(?:\s\p{Lu}\.?)?$`)
	email       = regexp.MustCompile(`^\S+@\S+\.\S+$`)
)

// looksLikePerson recognises "Dr A. Karimi", "Karimi, A." and the like. Two
// words with capitals are as often an organisation, and are left alone.
func looksLikePerson(s string) bool {
	if !strings.ContainsAny(s, ".,@") && !personTitle.MatchString(s) || len(strings.Fields(s)) > 6 || looksLikeOrganisation(s) {
		return false
	}
	return personTitle.MatchString(s) || initialLast.MatchString(s) || lastInitial.MatchString(s) || lastFirst.MatchString(s) || email.MatchString(s)
}

// organisationWords begin words that organisations have in their names and
// people have not.
//
//nolint:misspell // words of five languages
var organisationWords = strings.Fields(`organis organiz universi uniwers univerz institut instytut istitut academ akadem accadem colleg colegio college hochschul fachhochschul
	school schul école ecole escuela scuola laborator labor labs lab centre center centro zentrum centrum ministry ministère minister department dept agency agence agentur agencia agentschap
	council conseil consejo raad foundation fondation stiftung fundaci stichting fondazione society gesellschaft société sociedad company compan corporation corp konzern group gruppe groupe grupo holding
	association verband verein asociaci associat vereniging federation hospital klinik clinic hôpital ziekenhuis bank trust fund fonds office bureau amt museum library bibliothek church committee commission
	technolog technik techni system industr engineering enterprises trading export import pharma research forschung recherche investigaci onderzoek science scient solutions services consult partners chemicals instruments equipment
	ltd limited llc llp inc incorporated plc gmbh mbh kg kgaa ohg ug eg ev sarl sas sasu spa srl slu bv nv oy oyj ab aps asa ooo oao pao zao jsc pjsc ojsc fze fzco kft zrt doo sro kk pte pty sdn bhd
	univ works manufactur airlines shipping navy army brewery press verlag publish network alliance consortium cooperative`)

// lastForms are legal forms that count at the end of a name only: elsewhere
// they are as often initials.
var lastForms = wordSet(`sa|sl|as|ag|se|ae|lda|ltda|abee|spol|kk|co`)

// shortForms are legal forms that would be people's initials or words if they
// were looked for inside longer words.
var shortForms = map[string]bool{}

func init() {
	for _, w := range organisationWords {
		if len(w) <= 4 {
			shortForms[w] = true
		}
	}
}

// looksLikeOrganisation reports whether one of the words is an organisation's.
func looksLikeOrganisation(s string) bool {
	last := ""
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" ,;()/&-\"'’`´", r) }) {
		last = strings.ReplaceAll(w, ".", "")
		w = strings.ReplaceAll(w, ".", "")
		if shortForms[w] || w == "laboratories" {
			return true
		}
		for _, o := range organisationWords {
			if len(o) > 4 && strings.Contains(w, o) {
				return true
			}
		}
	}
	return lastForms[last]
}
