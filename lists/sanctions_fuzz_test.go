package lists

import "testing"

// Run one of these with go test ./lists -run NONE -fuzz FuzzUN -fuzztime 10m.

func FuzzUN(f *testing.F)     { fuzzCard(f, "un_sc_sanctions", "xml", "consolidated.xml") }
func FuzzEUXML(f *testing.F)  { fuzzCard(f, "eu_fsf", "xml", "xmlFullSanctionsList_1_1.xml") }
func FuzzEUCSV(f *testing.F)  { fuzzCard(f, "eu_fsf", "csv", "csvFullSanctionsList_1_1.csv") }
func FuzzUKCSV(f *testing.F)  { fuzzCard(f, "gb_fcdo_sanctions", "csv", "UK-Sanctions-List.csv") }
func FuzzUKXML(f *testing.F)  { fuzzCard(f, "gb_fcdo_sanctions", "xml", "UK-Sanctions-List.xml") }
func FuzzSECO(f *testing.F)   { fuzzCard(f, "ch_seco_sanctions", "xml", "seco.xml") }
func FuzzEU833(f *testing.F)  { fuzzCard(f, "eu_833_2014", "csv", "32014R0833.csv") }
func FuzzEUActs(f *testing.F) { fuzzCard(f, "eu_journal_sanctions", "csv", "32006R0765.csv") }
func FuzzSEMA(f *testing.F)   { fuzzCard(f, "ca_dfatd_sema_sanctions", "xml", "sema-lmes.xml") }

func FuzzNamedResearch(f *testing.F) {
	fuzzCard(f, "ca_named_research_orgs", "html", "named-research-organizations.html")
}

func FuzzDFAT(f *testing.F) {
	fuzzCard(f, "au_dfat_sanctions", "xlsx", "Australian_Sanctions_Consolidated_List.xlsx")
}
