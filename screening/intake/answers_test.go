package intake

import (
	"slices"
	"strings"
	"testing"

	"partnerscreen/screening"
)

func TestAnswers(t *testing.T) {
	for _, tc := range []struct {
		q     screening.Ask
		cell  string
		want  string // the words, by commas
		asked bool   // left open, with a note
	}{
		{screening.AskPublishable, "Yes", "yes", false},
		{screening.AskPublishable, "TRUE", "yes", false},
		{screening.AskPublishable, "Ja", "yes", false},
		{screening.AskPublishable, "non", "no", false},
		{screening.AskPublishable, "No - sponsor's confidential data", "no", false},
		{screening.AskPublishable, "yes, after the sponsor's approval", "", true},
		{screening.AskPublishable, "tbc", "", false},
		{screening.AskPublishable, "", "", false},
		{screening.AskPublishable, "-", "", false},
		{screening.AskRestrictions, "none", "no", false},
		{screening.AskRestrictions, "Sponsor approval before publication", "yes", false},
		{screening.AskRestrictions, "see agreement", "", true},
		{screening.AskDualUse, "possibly", "yes", false},
		{screening.AskDualUse, "Nein", "no", false},
		{screening.AskPersonalData, "x", "yes", false},
		{screening.AskControlCode, "3A001.b.2", "controlled", false},
		{screening.AskControlCode, "5D992", "controlled", false},
		{screening.AskControlCode, "ML10", "controlled", false},
		{screening.AskControlCode, "USML XI(c)", "controlled", false},
		{screening.AskControlCode, "Category XV", "controlled", false},
		{screening.AskControlCode, "EAR99", "not controlled", false},
		{screening.AskControlCode, "none", "not controlled", false},
		{screening.AskControlCode, "ask Mrs Vell", "", true},
		{screening.AskShared, "None", "nothing", false},
		{screening.AskShared, "no", "nothing", false},
		{screening.AskShared, "yes", "items", false},
		{screening.AskShared, "published information only", "published", false},
		{screening.AskShared, "published data", "published", false},
		{screening.AskShared, "unpublished data", "know-how,data", false},
		{screening.AskShared, "Equipment; source code", "equipment,software", false},
		{screening.AskShared, "samples and drawings", "materials,know-how", false},
		{screening.AskShared, "Daten, Geräte", "data,equipment", false},
		{screening.AskShared, "no equipment, published papers", "published", false},
		{screening.AskShared, "no equipment, no software", "nothing", false},
		{screening.AskShared, "quarterly", "", true},
		{screening.AskAgreement, "Informal cooperation agreement", "informal", false},
		{screening.AskAgreement, "none", "informal", false},
		{screening.AskAgreement, "ohne Vertrag", "informal", false},
		{screening.AskAgreement, "Auftragsforschungsvertrag", "contract", false},
		{screening.AskAgreement, "Material transfer agreement, signed", "contract", false},
		{screening.AskAgreement, "MoU", "", false},
		{screening.AskAgreement, "2024/117", "", false},
		{screening.AskResultsOwner, "The partner", "theirs", false},
		{screening.AskResultsOwner, "gemeinsam", "jointly", false},
		{screening.AskResultsOwner, "us", "ours", false},
		{screening.AskResultsOwner, "University of Zelmar", "", false},
		{screening.AskValue, "EUR 40 000", "", false},
		{screening.AskValue, "in kind", "", false},
		{screening.AskValue, "10 000 to 20 000", "", true},
		{screening.AskWork, "Sonar arrays", "", false},
		{screening.AskDestination, "Peru", "PE", false},
		{screening.AskDestination, "Norvège et Pérou", "NO,PE", false},
		{screening.AskDestination, "Qatar; Iran (Islamic Republic of)", "QA,IR", false},
		{screening.AskDestination, "Simferopol", "", true},
	} {
		p := &screening.Partner{}
		note := answer(p, tc.q, tc.cell)
		if got := strings.Join(p.Answers[tc.q].Words, ","); got != tc.want {
			t.Errorf("%s %q: %q, want %q", tc.q, tc.cell, got, tc.want)
		}
		if (note != "") != tc.asked {
			t.Errorf("%s %q: note %q", tc.q, tc.cell, note)
		}
		for _, w := range p.Answers[tc.q].Words {
			if tc.q != screening.AskDestination && !slices.Contains(screening.AnswerWords[tc.q], w) {
				t.Errorf("%s %q: %q is no word of that question", tc.q, tc.cell, w)
			}
		}
	}
}

// A cell of a number alone is an answer, though it is no name.
func TestNumbersAreAnswers(t *testing.T) {
	for _, cell := range []string{"60 %", "0.6", "25000", "30 %; 25 %"} {
		p := &screening.Partner{}
		if note := answer(p, screening.AskOwnershipShare, cell); note != "" || p.Answers[screening.AskOwnershipShare].Text != cell {
			t.Errorf("%q: kept as %q, note %q", cell, p.Answers[screening.AskOwnershipShare].Text, note)
		}
	}
}

func TestAnswersOfARow(t *testing.T) {
	book, err := Read(t.Context(), "x.csv", []byte("Partner,Funder,Openly publishable?,What is shared,ECCN,NDA\n"+
		"Velmora Institute,anonymous donor,yes,published papers,EAR99,yes\nOrsk Verein,,,,,\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	var rows []*screening.Partner
	for p, err := range book.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, p)
	}
	a := rows[0].Answers
	if !a.Any(screening.AskFunder, screening.Undisclosed) || !a.Any(screening.AskPublishable, screening.Yes) ||
		!a.Only(screening.AskShared, screening.Published) || !a.Any(screening.AskControlCode, screening.Uncontrolled) {
		t.Errorf("the first row answers %+v", a)
	}
	if a.Any(screening.AskRestrictions, screening.Yes) {
		t.Error("an agreement to keep secrets was taken for a restriction on publishing")
	}
	if len(rows[0].Parties) != 1 {
		t.Errorf("an undisclosed funder became a party: %+v", rows[0].Parties)
	}
	if rows[1].Answers != nil {
		t.Errorf("blanks became answers: %+v", rows[1].Answers)
	}
}
