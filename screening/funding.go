package screening

import (
	"slices"
	"strings"
	"unicode"
)

// Funding is whether the money in a row brings a funding bar with it.
type Funding string

const (
	FundingUnknown   Funding = "" // no funder is named; counts as "may"
	FundingApplies   Funding = "applies"
	FundingElsewhere Funding = "elsewhere" // every funder named is another
)

// FundingRule names the funders whose money brings a list's funding bar with
// it. A list without a rule bars whatever the money.
type FundingRule struct {
	List string `json:"list" toml:"list"`
	// Funders are words or phrases of their names, in lower case.
	Funders []string `json:"funders" toml:"funders"`
	Why     string   `json:"why" toml:"why"`
	Source  string   `json:"source" toml:"source"`
}

// dodFunders are the Department of Defense, its components that fund research,
// and words that say a defence funder without naming it.
var dodFunders = []string{
	"department of defense", "department of war", "dod", "usdod", "darpa", "iarpa", "defense", "defence", "military",
	"office of naval research", "onr", "naval", "navy", "army", "air force", "space force", "marine corps",
	"afosr", "afrl", "aro", "arl", "nrl", "dtra", "us government", "u s government", "federal government", "united states government",
}

// DefaultFundingRules is the table of the default policy.
var DefaultFundingRules = []FundingRule{
	{
		List: "us_dod_1286", Funders: dodFunders,
		Why:    "The bar is on money of the Department of Defense: no fundamental research with a listed institution.",
		Source: "NDAA FY2019 section 1286; NDAA FY2025 section 238",
	},
	{
		List: "us_dod_1260h", Funders: dodFunders,
		Why:    "The Department of Defense may not contract with listed companies, and counts them in its review of research proposals.",
		Source: "NDAA FY2021 section 1260H; NDAA FY2024 section 805",
	},
	{
		List: "ca_named_research_orgs", Funders: []string{
			"natural sciences and engineering research council", "nserc", "crsng", "conseil de recherches en sciences naturelles",
			"canadian institutes of health research", "cihr", "irsc", "instituts de recherche en santé du canada",
			"social sciences and humanities research council", "sshrc", "crsh", "conseil de recherches en sciences humaines",
			"canada foundation for innovation", "cfi", "fci", "fondation canadienne pour l'innovation",
			"tri agency", "tri council", "canada research chairs", "chaires de recherche du canada", "new frontiers in research fund",
			"canada first research excellence", "canada biomedical research fund", "government of canada", "gouvernement du canada",
		},
		Why:    "The policy is a condition of grants of the federal granting agencies and the Canada Foundation for Innovation.",
		Source: "Policy on Sensitive Technology Research and Affiliations of Concern (Canada, 2024-05-01)",
	},
}

// FundingOf says whether a list's funding bar comes with the money of a row.
// The party itself is no answer to who funds the work; what the project and
// the answers say of a funder is.
func (p *Policy) FundingOf(list string, row *Partner, party *Party) Funding {
	i := slices.IndexFunc(p.FundingRules, func(r FundingRule) bool { return r.List == list })
	if i < 0 {
		return FundingApplies
	}
	rule := &p.FundingRules[i]
	named := false
	for k := range row.Parties {
		f := &row.Parties[k]
		if f == party || (f.Role != RoleFunder && f.Role != RoleUltimateFunder) || strings.EqualFold(f.Name, party.Name) {
			continue
		}
		named = true
		if saysAny(f.Name, rule.Funders) {
			return FundingApplies
		}
	}
	for _, text := range []string{row.Project, row.Answers[AskWork].Text, row.Answers[AskAgreement].Text} {
		if saysAny(text, rule.Funders) {
			return FundingApplies
		}
	}
	if !named || row.Answers.Any(AskFunder, Undisclosed) {
		return FundingUnknown
	}
	return FundingElsewhere
}

// saysAny reports whether a text holds one of the phrases as whole words.
func saysAny(text string, phrases []string) bool {
	return text != "" && phraseIn(plainWords(text), phrases) != ""
}

// phraseIn returns the first phrase that stands in the words.
func phraseIn(words string, phrases []string) string {
	for _, p := range phrases {
		if strings.Contains(words, plainWords(p)) {
			return p
		}
	}
	return ""
}

// plainWords are the words of a text in lower case, with one blank before,
// between and after them, so that a phrase is found at whole words only.
func plainWords(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return " " + strings.Join(words, " ") + " "
}
