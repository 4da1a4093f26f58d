package lists

import (
	"regexp"
	"time"

	"partnerscreen/screening"
)

var euJournal = Card{
	ID:        "eu_journal_sanctions",
	Title:     "EU sanctions acts in the Official Journal",
	Publisher: "Council of the European Union",
	Doc:       "Everyone named in the annexes of the EU's framework acts; the financial sanctions file follows the Official Journal by up to three weeks.",
	Page:      "https://eur-lex.europa.eu/oj/direct-access.html",
	Licence:   "CC-BY-NC-4.0",
	Binds:     []string{"EU"},
	Controls:  euAnnexControls,
	Cadence:   30 * 24 * time.Hour,
	Timeout:   10 * time.Minute,
	Formats:   []Format{{Name: "csv", Files: euJournalFiles(), Parse: parseEUJournal}},
	Part:      euActOf,
	// Some annexes do not number their entries, and numbers may move.
	IDsFromContent: true,
	Bounds: Bounds{
		MinEntities: 4000, MaxEntities: 20000, MinNamed: 1, MinAlias: 0.5, MaxShrink: 0.1, MaxGrow: 0.3,
		Parts: map[string]Bounds{"*": {MaxShrink: 0.3}},
	},
	Note: "Read from OpenSanctions' public transcription of the consolidated texts (CC BY-NC 4.0); only the Official Journal is official. " +
		"Amendments not yet worked into a consolidated text are not in it.",
}

// euFrameworks are the acts that list most parties: without one of them an
// edition is not whole. 833/2014 is a list of its own.
var euFrameworks = []string{
	"32002R0881", "32006R0765", "32011R0359", "32012R0036", "32012R0267", "32014R0269", "32017R1509", "32020R1998",
}

// euSmallFrameworks come and go; several name nobody at present.
var euSmallFrameworks = []string{
	"32001R2580", "32003R1210", "32004R0314", "32005R1183", "32006R0305", "32009R1284", "32010D0573", "32010R0356", "32011D0173",
	"32011R0101", "32011R0753", "32012R0377", "32013R0401", "32014R0208", "32014R0224", "32014R0747", "32014R1352", "32015R0735",
	"32015R1755", "32016R0044", "32016R1686", "32017R1770", "32017R2063", "32018R1542", "32019R0796", "32019R1716", "32019R1890",
	"32022R2309", "32023R0888", "32023R1529", "32023R2147", "32023R2406", "32024R0287", "32024R0386", "32024R1485", "32024R2642",
}

func euJournalFiles() []File {
	files := euAnnexFiles(euFrameworks...)
	for _, f := range euAnnexFiles(euSmallFrameworks...) {
		f.Optional = true
		files = append(files, f)
	}
	// Acts that came later, where a folder holds them.
	return append(files, File{Name: "3[0-9][0-9][0-9][0-9][RD][0-9]*.csv", Optional: true})
}

var euActFile = regexp.MustCompile(`(?i)^3\d{4}[RD]\d+\.csv$`)

func parseEUJournal(src Source, emit func(*screening.Entity)) (Header, error) {
	x := euAnnexes{list: "eu_journal_sanctions", ids: madeIDs{}}
	emit = checked(emit, &x.found)
	for _, file := range src.Names() {
		if !euActFile.MatchString(file) || file == "32014R0833.csv" {
			continue
		}
		if err := x.read(src, file, emit); err != nil {
			return Header{}, err
		}
	}
	return Header{Findings: x.found.all()}, nil
}
