package screening

import (
	"slices"
	"strings"
)

// Ask is a due-diligence question a sheet may answer in a column.
type Ask string

const (
	AskWork           Ask = "work"
	AskKeywords       Ask = "keywords"
	AskControlCode    Ask = "control_code"
	AskPublishable    Ask = "openly_publishable"
	AskRestrictions   Ask = "restrictions"
	AskShared         Ask = "shared"
	AskResultsOwner   Ask = "results_owner"
	AskPersonalData   Ask = "personal_data"
	AskDualUse        Ask = "dual_use"
	AskValue          Ask = "value"
	AskAgreement      Ask = "agreement"
	AskTechnologyArea Ask = "technology_area"
	AskOwnershipShare Ask = "ownership_share"
	// AskDestination is where the work is done and where what is shared goes;
	// its words are country codes, and no stakes rule can ask it.
	AskDestination Ask = "destination"
	// AskFunder is answered by the columns of funders: who they are, or that it is not disclosed.
	AskFunder Ask = "funder"
)

// Asks are the questions that a cell, or a reply, answers by itself. A funder is
// named in a column of its own, for it is screened.
var Asks = []Ask{
	AskWork, AskKeywords, AskControlCode, AskPublishable, AskRestrictions, AskShared, AskResultsOwner, AskPersonalData, AskDualUse, AskValue, AskAgreement,
	AskTechnologyArea, AskOwnershipShare,
}

// The words answers are read as. A question has the words named beside it in
// AnswerWords; a cell that is none of them answers in its own text only.
const (
	Yes = "yes"
	No  = "no"

	Nothing      = "nothing"   // shared: nothing at all
	Published    = "published" // shared: published information
	Items        = "items"     // shared: something, not said what
	Data         = "data"
	Materials    = "materials"
	Software     = "software"
	KnowHow      = "know-how"
	Equipment    = "equipment"
	Controlled   = "controlled"     // control code: an entry of a control list
	Uncontrolled = "not controlled" // control code: said to be on none, or EAR99
	Undisclosed  = "undisclosed"    // funder: said not to be told
	Ours         = "ours"           // results owner: the office's own institution
	Theirs       = "theirs"         // results owner: the partner, or who pays
	Jointly      = "jointly"        // results owner: both
	Informal     = "informal"       // agreement: nothing in writing
	Contract     = "contract"       // agreement: a contract, or another agreement in writing
)

// AnswerWords are the words a question can be answered in, beside free text.
var AnswerWords = map[Ask][]string{
	AskControlCode:  {Controlled, Uncontrolled},
	AskPublishable:  {Yes, No},
	AskRestrictions: {Yes, No},
	AskShared:       {Nothing, Published, Items, Data, Materials, Software, KnowHow, Equipment},
	AskPersonalData: {Yes, No},
	AskDualUse:      {Yes, No},
	AskFunder:       {Undisclosed},
	AskResultsOwner: {Ours, Theirs, Jointly},
	AskAgreement:    {Informal, Contract},
}

// Answer is what a row says to one question: the cell, and the words it was read as.
type Answer struct {
	Text  string   `json:"text"`
	Words []string `json:"words,omitempty"`
}

// Answers are what a row says of the work itself. A question that is not in it
// was not answered; a blank never is an answer.
type Answers map[Ask]Answer

// Any reports whether the question was answered in one of the words.
func (a Answers) Any(q Ask, words ...string) bool {
	return slices.ContainsFunc(a[q].Words, func(w string) bool { return slices.Contains(words, w) })
}

// Only reports whether the question was answered, in these words and no others.
func (a Answers) Only(q Ask, words ...string) bool {
	given := a[q].Words
	return len(given) > 0 && !slices.ContainsFunc(given, func(w string) bool { return !slices.Contains(words, w) })
}

// Sharing is what the answers say reaches the partner. Published information
// only: everything shared is said to be that, or nothing is shared and the
// results are published openly.
func (a Answers) Sharing() Sharing {
	open := a.Any(AskPublishable, Yes) && !a.Any(AskRestrictions, Yes)
	switch {
	case a.Any(AskShared, Items, Data, Materials, Software, KnowHow, Equipment), a.Any(AskControlCode, Controlled):
		return SharingItems
	case a.Only(AskShared, Published) && !a.Any(AskPublishable, No), a.Only(AskShared, Published, Nothing) && open:
		return PublishedOnly
	}
	return SharingUnknown
}

// Column is the role of the column that answers the question, as sheets and
// `--columns` write it.
func (q Ask) Column() string {
	words := strings.ReplaceAll(string(q), "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}
