package lists

import (
	"regexp"
	"strings"

	"partnerscreen/screening"
)

// demonyms are the peoples the lists give as nationalities, with the states' codes.
var demonyms = map[string]string{
	"afgan": "AF", "afghan": "AF", "algerian": "DZ", "american": "US", "armenian": "AM", "australian": "AU", "austrian": "AT", "azerbaijani": "AZ",
	"bangladeshi": "BD", "bahraini": "BH", "belarusian": "BY", "belarussian": "BY", "belgian": "BE", "bosnian": "BA", "british": "GB", "bulgarian": "BG",
	"burkinabe": "BF", "burmese": "MM", "cameroonian": "CM", "canadian": "CA", "chadian": "TD", "chinese": "CN", "colombian": "CO", "congolese": "CD",
	"croatian": "HR", "cuban": "CU", "cypriot": "CY", "czech": "CZ", "danish": "DK", "dprk": "KP", "drc": "CD", "dutch": "NL", "egyptian": "EG",
	"emirati": "AE", "eritrean": "ER", "estonian": "EE", "ethiopian": "ET", "filipino": "PH", "finnish": "FI", "french": "FR", "georgian": "GE",
	"german": "DE", "greek": "GR", "guatemalan": "GT", "guinean": "GN", "haitian": "HT", "honduran": "HN", "hungarian": "HU", "indian": "IN",
	"indonesian": "ID", "iranian": "IR", "iraqi": "IQ", "irish": "IE", "israeli": "IL", "italian": "IT", "ivorian": "CI", "japanese": "JP",
	"jordanian": "JO", "kazakh": "KZ", "kazakhstani": "KZ", "kenyan": "KE", "kuwaiti": "KW", "kyrgyz": "KG", "latvian": "LV", "lebanese": "LB",
	"libyan": "LY", "lithuanian": "LT", "malaysian": "MY", "malian": "ML", "maltese": "MT", "mauritanian": "MR", "moldovan": "MD", "montenegrin": "ME",
	"moroccan": "MA", "myanmar": "MM", "nicaraguan": "NI", "nigerian": "NG", "nigerien": "NE", "north korean": "KP", "norwegian": "NO", "omani": "OM",
	"pakistani": "PK", "palestinian": "PS", "polish": "PL", "portuguese": "PT", "qatari": "QA", "romanian": "RO", "russian": "RU", "rwandan": "RW",
	"saudi": "SA", "saudi arabian": "SA", "senegalese": "SN", "serbian": "RS", "singaporean": "SG", "slovak": "SK", "slovenian": "SI", "somali": "SO",
	"south african": "ZA", "south korean": "KR", "south sudanese": "SS", "spanish": "ES", "sri lankan": "LK", "sudanese": "SD", "swedish": "SE",
	"swiss": "CH", "syrian": "SY", "taiwanese": "TW", "tajik": "TJ", "tanzanian": "TZ", "thai": "TH", "togolese": "TG", "tunisian": "TN",
	"turkish": "TR", "turkmen": "TM", "ugandan": "UG", "ukrainian": "UA", "us": "US", "uzbek": "UZ", "uzbekistani": "UZ", "venezuelan": "VE",
	"vietnamese": "VN", "yemeni": "YE", "zimbabwean": "ZW",
}

var (
	nationalityJoint = regexp.MustCompile(`\s*(?:\band/or\b|\band\b|\bor\b)\s*`)
	// nationalityNote is what is said about a nationality and is none itself.
	nationalityNote = regexp.MustCompile(`(?i)^(assumed|allegedly|possibly|presumed|of the|former)\s+|\s+(since|until|by birth|citizenship|nationality|passport)\b.*$|[.:"]+$|^"`)
	// nationalityEnd begins numbers of documents that stand in the same cell.
	nationalityEnd = regexp.MustCompile(`(?i)\.? *\b(national identification|passport|afghan passport)\b.*$`)
)

// nationalities adds the states a text of nationalities names, as states or
// as peoples: "(a) German; (b) Algerian", "Russian and Ukrainian", "DPRK".
func (d *draft) nationalities(text string) {
	text = nationalityEnd.ReplaceAllString(tidy(text), "")
	text = withoutNotes(itemMark.ReplaceAllString(text, ";"))
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' }) {
		if d.nationality(part) { // "Trinidad and Tobago" is one state, "Myanmar/Burma" too
			continue
		}
		for word := range strings.SplitSeq(nationalityJoint.ReplaceAllString(part, "/"), "/") {
			if !d.nationality(word) && tidy(word) != "" {
				d.country(word) // a finding
			}
		}
	}
}

// nationality adds one state or people; false where it is none.
func (d *draft) nationality(text string) bool {
	text = tidy(strings.Trim(text, `" `))
	for before := "\n"; before != text; { // "assumed Congolese", "Italian since 1990"
		before, text = text, tidy(nationalityNote.ReplaceAllString(text, ""))
	}
	code, ok := demonyms[strings.ToLower(text)]
	if !ok {
		code, ok = screening.CountryCode(text)
	}
	if ok {
		d.country(code)
	}
	return ok
}

// labelled takes the language off a name that begins with it: "Russian: Иван".
func labelled(text string) (name, lang string) {
	if label, rest, ok := strings.Cut(text, ":"); ok {
		if code, ok := languages[strings.ToLower(strings.TrimSuffix(tidy(label), " spelling"))]; ok {
			return tidy(rest), code
		}
	}
	return text, ""
}

// languages are the languages the lists name, misspelt ones too, as ISO 639-1.
var languages = map[string]string{
	"arabic": "ar", "armenian": "hy", "azerbaijani": "az", "belarusian": "be", "belarussian": "be", "burmese": "my", "chechen": "ce", "chinese": "zh",
	"dari": "fa", "english": "en", "farsi": "fa", "french": "fr", "georgian": "ka", "hebrew": "he", "korean": "ko", "moldovan": "ro", "pashto": "ps",
	"persian": "fa", "romanian": "ro", "rusian": "ru", "russian": "ru", "serbian": "sr", "spanish": "es", "turkish": "tr", "ukrainian": "uk", "ukranian": "uk",
	"urdu": "ur",
}
