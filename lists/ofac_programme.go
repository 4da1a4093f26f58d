package lists

import (
	"regexp"
	"strings"
)

// ofacBases are the regulations (in title 31 of the Code of Federal
// Regulations) and orders OFAC's programmes rest on, by the beginning of the
// programme's code; the longest that fits holds.
var ofacBases = map[string]string{
	"561-Related":      "31 CFR part 561",
	"BALKANS":          "31 CFR part 588",
	"BELARUS":          "31 CFR part 548",
	"BURMA-EO14014":    "31 CFR part 525",
	"CAATSA - IRAN":    "Pub. L. 115-44, title I",
	"CAATSA - RUSSIA":  "Pub. L. 115-44, title II",
	"CAR":              "31 CFR part 553",
	"CMIC":             "31 CFR part 586; E.O. 13959 as amended by E.O. 14032",
	"CUBA":             "31 CFR part 515",
	"CYBER":            "31 CFR part 578",
	"DARFUR":           "31 CFR part 546",
	"DPRK":             "31 CFR part 510",
	"DRCONGO":          "31 CFR part 547",
	"ELECTION-EO13848": "31 CFR part 579",
	"ETHIOPIA-EO14046": "31 CFR part 550",
	"FSE":              "E.O. 13608",
	"FTO":              "31 CFR part 597",
	"GLOMAG":           "31 CFR part 583; E.O. 13818",
	"HOSTAGES-EO14078": "31 CFR part 526",
	"IFCA":             "Pub. L. 112-239, title XII, subtitle D",
	"IFSR":             "31 CFR part 561",
	"ILLICIT-DRUGS":    "31 CFR part 599",
	"IRAN":             "31 CFR part 560",
	"IRAN-HR":          "31 CFR part 562; E.O. 13553",
	"IRAQ":             "31 CFR part 576",
	"LEBANON":          "31 CFR part 549",
	"LIBYA":            "31 CFR part 570",
	"MAGNIT":           "31 CFR part 584; Pub. L. 112-208",
	"MALI":             "31 CFR part 555",
	"NICARAGUA":        "31 CFR part 582; E.O. 13851",
	"NPWMD":            "31 CFR part 544; E.O. 13382",
	"NS-PLC":           "31 CFR parts 594, 595 and 597 (general licence 4 and its list)",
	"PEESA":            "Pub. L. 116-92, title LXXV",
	"RUSSIA-EO14024":   "31 CFR part 587",
	"SDGT":             "31 CFR part 594; E.O. 13224",
	"SDNT":             "31 CFR part 536; E.O. 12978",
	"SDNTK":            "31 CFR part 598",
	"SOMALIA":          "31 CFR part 551",
	"SOUTH SUDAN":      "31 CFR part 558",
	"SYRIA":            "31 CFR part 542",
	"TCO":              "31 CFR part 590; E.O. 13581",
	"UKRAINE":          "31 CFR part 589",
	"VENEZUELA":        "31 CFR part 591",
	"YEMEN":            "31 CFR part 552",
	"ZIMBABWE":         "31 CFR part 541",
	"PAARSSR-EO13894":  "31 CFR part 569",
	"IRAN-CON-ARMS-EO": "E.O. 13949",
	"HK-EO13936":       "31 CFR part 585",
}

// ofacBasis is the legal basis of a programme.
func ofacBasis(programme string) string {
	longest, order := "", ""
	if m := ofacOrder.FindStringSubmatch(programme); m != nil {
		order = "E.O. " + m[1]
	}
	for start := range ofacBases {
		if strings.HasPrefix(programme, start) && len(start) > len(longest) {
			longest = start
		}
	}
	basis := ofacBases[longest]
	switch {
	case basis == "" && order == "":
		return "31 CFR chapter V"
	case strings.Contains(basis, order):
		return basis
	}
	return joined("; ", basis, order)
}

// ofacOrder is the executive order a programme's code names.
var ofacOrder = regexp.MustCompile(`-EO(\d{5})\b`)

// ofacBlocked reports whether acting on a programme may be unlawful in the
// Union: measures against Cuba and Iran, but not those on human rights or arms.
func ofacBlocked(programme string) bool {
	for _, p := range ofacProgrammes(programme) {
		switch {
		case strings.HasPrefix(p, "CUBA"), p == "IFCA", p == "ISA", p == "HIFPAA":
			return true
		case strings.HasPrefix(p, "IRAN-HR"), strings.HasPrefix(p, "IRAN-CON-ARMS"):
		case strings.HasPrefix(p, "IRAN"):
			return true
		}
	}
	return false
}

// ofacProgrammes splits a programme cell: the files join several as "A] [B",
// others who pass them on as "A; B" or "A, B".
func ofacProgrammes(cell string) []string {
	cell = strings.NewReplacer("] [", ";", "[", "", "]", "").Replace(cell)
	var out []string
	for _, p := range strings.Split(cell, ";") {
		if p = tidy(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
