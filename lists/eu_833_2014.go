package lists

import (
	"time"

	"partnerscreen/screening"
)

var eu833 = Card{
	ID:        "eu_833_2014",
	Title:     "EU Regulation 833/2014: end users and others named in its annexes",
	Publisher: "Council of the European Union",
	Doc:       "Parties the EU's Russia regulation names outside the asset-freeze list: the 900 export-restricted end users of Annex IV, banks, broadcasters, ports and ships.",
	Page:      "https://eur-lex.europa.eu/eli/reg/2014/833",
	Licence:   "CC-BY-NC-4.0",
	Binds:     []string{"EU"},
	Reaches:   true, // goods from the Union may not be passed on to those of Annex IV
	Controls:  euAnnexControls,
	Cadence:   150 * 24 * time.Hour, // changes with each package of sanctions
	Formats:   []Format{{Name: "csv", Files: euAnnexFiles("32014R0833"), Parse: parseEU833}},
	Part:      func(l *screening.Listing) string { return l.LegalBasis },
	// Some annexes do not number their entries, and numbers may move.
	IDsFromContent: true,
	Bounds: Bounds{
		MinEntities: 1200, MaxEntities: 6000, MinNamed: 1, MinAlias: 0.3, MaxShrink: 0.1, MaxGrow: 0.5,
		Parts: map[string]Bounds{
			"Council Regulation (EU) No 833/2014, Annex IV": {MinEntities: 700, MaxShrink: 0.1},
			"*": {MaxShrink: 0.3},
		},
	},
	Note: "Read from OpenSanctions' public transcription of the consolidated text (CC BY-NC 4.0); only the Official Journal is official.",
}

// eu833Terms say what the annexes do, where the measure's name does not.
var eu833Terms = map[string]string{
	"III":     "no new loans, securities or money-market instruments (Article 5)",
	"IV":      "no authorisation for dual-use and advanced technology items, save by way of exception (Articles 2(7), 2a(7) and 2b)",
	"V":       "no new loans, securities or money-market instruments (Article 5)",
	"VI":      "no new loans, securities or money-market instruments (Article 5)",
	"XII":     "no new loans, securities or money-market instruments (Article 5)",
	"XIII":    "no new loans, securities or money-market instruments (Article 5)",
	"XIV":     "no financial messaging and no transactions (Article 5h)",
	"XV":      "no broadcasting (Article 2f)",
	"XIX.A":   "no transactions with state-owned entities (Article 5aa)",
	"XIX.B":   "no transactions with state-owned entities (Article 5aa)",
	"XIX.C":   "no transactions with state-owned entities (Article 5aa)",
	"XLII":    "no access to ports and no services for the ship (Article 3s)",
	"XLIV":    "no transactions (Article 5ac)",
	"XLV.A":   "no transactions (Article 5ad)",
	"XLV.B":   "no transactions (Article 5ad)",
	"XLV.C":   "no transactions (Article 5ad)",
	"XLV.D":   "no transactions (Article 5ad)",
	"XLVII.A": "no transactions with the port or lock (Article 5ae)",
	"XLVII.B": "no transactions with the airport (Article 5ae)",
	"XLVII.C": "no transactions with the port, lock or airport (Article 5ae)",
}

func parseEU833(src Source, emit func(*screening.Entity)) (Header, error) {
	x := euAnnexes{list: "eu_833_2014", terms: eu833Terms, ids: madeIDs{}}
	emit = checked(emit, &x.found)
	if err := x.read(src, "32014R0833.csv", emit); err != nil {
		return Header{}, err
	}
	return Header{Findings: x.found.all()}, nil
}
