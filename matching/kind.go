package matching

// kinds are the generic words that say what sort of body a party is, by their
// keys. A party that is called a bank is not one that is called a university,
// nor one that is only a company: such a word counts for more than other
// generic words when the two names do not share one.
var kinds = map[string]bool{
	"university": true, "college": true, "school": true, "academy": true, "polytechnic": true,
	"hospital": true, "clinic": true, "museum": true, "library": true, "church": true, "mosque": true,
	"ministry": true, "bank": true, "court": true, "prison": true, "police": true, "hotel": true, "airport": true,
	"foundation": true, "association": true, "society": true, "party": true, "club": true, "league": true,
	"army": true, "brigade": true, "battalion": true, "soldier": true, "front": true, "movement": true,
	"newspaper": true, "theatre": true, "parliament": true, "embassy": true, "insurance": true,
}

// What such a word weighs in the query and in the listed name: less in the
// listed one, since offices leave out what everybody knows.
const (
	extraKindWeight = 0.60
	lackKindWeight  = 0.20
)

// offices are the kinds of which every state has one, so that only the name of
// the state, or the very words, tell whose it is.
var offices = map[string]bool{
	"ministry": true, "government": true, "police": true, "parliament": true, "prosecution": true, "president": true, "treasury": true,
	"embassy": true, "prison": true,
}

// asides are the words that are added to a name and left out as legal forms are.
var asides = map[string]bool{"group": true, "holding": true}

// units are the words for parts of a party, by their keys.
var units = map[string]bool{
	"institute": true, "school": true, "faculty": true, "department": true, "laboratory": true, "center": true,
	"college": true, "hospital": true, "division": true, "branch": true, "office": true, "section": true, "unit": true,
	"bureau": true, "academy": true, "library": true, "clinic": true,
}

// belongs are the particles that tie a unit to what it is a unit of.
var belongs = map[string]bool{"of": true, "at": true, "de": true, "des": true, "der": true, "du": true, "del": true, "della": true, "da": true, "do": true, "di": true}
