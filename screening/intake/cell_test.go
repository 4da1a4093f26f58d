package intake

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitCell(t *testing.T) {
	for _, tt := range []struct {
		name, cell string
		want       []string
	}{
		{"one name", "Veldhaven Institute", []string{"Veldhaven Institute"}},
		{"semicolons", "Quell GmbH; Nordlicht AG ;Halcyon Ltd;", []string{"Quell GmbH", "Nordlicht AG", "Halcyon Ltd"}},
		{"wide semicolons", "虚构材料研究所；想象大学", []string{"虚构材料研究所", "想象大学"}},
		{"bars", "Quell GmbH | Nordlicht AG", []string{"Quell GmbH", "Nordlicht AG"}},
		{"line breaks", "Quell GmbH\r\nNordlicht AG\n\nHalcyon Ltd", []string{"Quell GmbH", "Nordlicht AG", "Halcyon Ltd"}},
		{"line breaks of a web page", "Quell GmbH<br/>Nordlicht AG", []string{"Quell GmbH", "Nordlicht AG"}},
		{"never at commas", "Institute of Optics, Mechanics and Fine Physics, Branch", []string{"Institute of Optics, Mechanics and Fine Physics, Branch"}},
		{"a long name wrapped", "Veldhaven Institute of\nApplied Matter", []string{"Veldhaven Institute of Applied Matter"}},
		{"wrapped before a small word", "Veldhaven Institute\nof Applied Matter", []string{"Veldhaven Institute of Applied Matter"}},
		{"wrapped at a hyphen", "Nord-\nlicht AG", []string{"Nord-licht AG"}},
		{"a legal form alone on its line", "Quell Prüfgeräte\nGmbH", []string{"Quell Prüfgeräte GmbH"}},
		{"a department on its line in brackets", "University of Sarnath\n(Department of Tides)", []string{"University of Sarnath (Department of Tides)"}},
		{"a department in brackets", "University of Sarnath (Department of Tides)", []string{"University of Sarnath (Department of Tides)"}},
		{"numbered", "1) Quell GmbH 2) Nordlicht AG 3) Halcyon Ltd", []string{"Quell GmbH", "Nordlicht AG", "Halcyon Ltd"}},
		{"numbered in brackets, with semicolons", "(1) Quell GmbH; (2) Nordlicht AG", []string{"Quell GmbH", "Nordlicht AG"}},
		{"numbered on lines", "1. Quell GmbH\n2. Nordlicht AG", []string{"Quell GmbH", "Nordlicht AG"}},
		{"lettered", "a) Quell GmbH b) Nordlicht AG", []string{"Quell GmbH", "Nordlicht AG"}},
		{"a number that is part of the name", "58th Research Institute", []string{"58th Research Institute"}},
		{"a number at the start of one name", "1. Werk Nordlicht", []string{"1. Werk Nordlicht"}},
		{"a number inside one name", "Werk 2. Ordnung Nordlicht", []string{"Werk 2. Ordnung Nordlicht"}},
		{"bullets", "• Quell GmbH\n- Nordlicht AG", []string{"Quell GmbH", "Nordlicht AG"}},
		{"full names around a slash", "Institute of Quiet Tides / Instituut voor Stille Getijden", []string{"Institute of Quiet Tides", "Instituut voor Stille Getijden"}},
		{"a slash in a legal form", "Nordlicht A/S", []string{"Nordlicht A/S"}},
		{"a slash after a short form", "VQI / VQE Prüfung und Technik GmbH", []string{"VQI / VQE Prüfung und Technik GmbH"}},
		{"an ampersand of a web page", "Sarnath A&amp;M University", []string{"Sarnath A&M University"}},
		{"blanks of all kinds", "\u00a0 Quell\u00a0\u2003GmbH\t ", []string{"Quell GmbH"}},
		{"quotes around the whole name", `"Quell GmbH"; «Nordlicht»`, []string{"Quell GmbH", "Nordlicht"}},
		{"quotes inside a name", `JSC "Quell"`, []string{`JSC "Quell"`}},
		{"separators only", " ; | ;", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, splitCell(tt.cell)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJunk(t *testing.T) {
	for _, s := range []string{
		"0", "12345", "1,234.50", "-", "--", "?", "…", "n/a", "N/A", "n.a.", "NA", "None", "none.", "unknown", "Unknown", "TBC", "tbd", "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#BEZUG!", "#NV", "Err:502", "####",
		"(none)", "not applicable", "to be confirmed", "k.A.", "entfällt", "néant", "sans objet", "desconocido", "n.v.t.", "onbekend", "Other", "X", "same as above", "confidential", "*", "a", "null", "NaN",
	} {
		if !isJunk(s) {
			t.Errorf("%q passes for a name", s)
		}
	}
	for _, s := range []string{
		"3M", "Quell", "VIB", "Unknown Worlds Ltd", "None Such Press", "大", "NAA", "Nil Desperandum Trust", "Test Instruments Ltd", "X Corp", "ДА", "Other Futures BV", "24/7 Services Oy", "Q8", "#1 Labs",
	} {
		if isJunk(s) {
			t.Errorf("%q does not pass for a name", s)
		}
	}
}

func TestLooksLikePerson(t *testing.T) {
	for _, s := range []string{"Dr A. Karimi", "Dr. Anna Verloren", "Prof. Dr. Anna Verloren", "Prof Verloren", "Mr John Nowhere", "Frau Erika Niemand", "A. Karimi", "A.-B. van der Nergens", "Karimi, A.", "Nowhere, John", "J. R. Nowhere", "Dipl.-Ing. Max Niemand", "karimi@example.org"} {
		if !looksLikePerson(s) {
			t.Errorf("%q is not seen to be a person", s)
		}
	}
	for _, s := range []string{"Halcyon Trust", "Dr. Nowhere Laboratories Ltd", "Prof. Niemand Stiftung", "Quell, Inc.", "FITOPLANKTA, S.L.", "ING. A. NIEMAND SA", "St. Elsewhere Hospital", "U.S. Institute of Tides", "Wellwell Fund", "Quell GmbH", "A. Niemand & Co.", "大学"} {
		if looksLikePerson(s) {
			t.Errorf("%q is taken for a person", s)
		}
	}
}

func TestPersonCells(t *testing.T) {
	columns, err := ParseColumns([]string{"Person=Contact"})
	if err != nil {
		t.Fatal(err)
	}
	_, ps := read(t, []byte("Partner,Contact\nDr A. Karimi,Dr B. Karimi\nQuell GmbH,\n"), Options{Columns: columns})
	if diff := cmp.Diff([]string{"2: partner Dr A. Karimi; person Dr B. Karimi", "3: partner Quell GmbH"}, brief(ps)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if got := ps[0].Parties[0].Notes; !slices.Equal(got, []string{"looks like a person, map it"}) {
		t.Errorf("the partner that looks like a person has the notes %q", got)
	}
	if got := ps[0].Parties[1].Notes; len(got) > 0 {
		t.Errorf("the person has the notes %q", got)
	}
}
