package lists

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"partnerscreen/screening"
)

func TestBirths(t *testing.T) {
	for text, want := range map[string]string{
		"11.2.1974":                            "1974-02-11",
		"(a) 3.3.1965, (b) 1.1.1965":           "1965-03-03 1965-01-01",
		"(a) 1955, (b) circa 1952":             "1955 1952",
		"circa 3.4.1973":                       "1973", // a day that is about right is none
		"Between 1977 and 1982":                "1977 1982",
		"1963-1964":                            "1963 1964",
		"6.3.1955 or 15.3.1955":                "1955-03-06 1955-03-15",
		"Approximately 1963, 30/01/1972":       "1963 1972-01-30",
		"16 Jun. 1969":                         "1969-06-16",
		"8 Oct.1970":                           "1970-10-08",
		"September 1958":                       "1958-09",
		"dd/mm/1945":                           "1945",
		"dd/05/1950":                           "1950-05",
		"10.8. 1960":                           "1960-08-10",
		"28.01 1966":                           "1966-01-28",
		"21.11.1964 / 1965":                    "1964-11-21 1965",
		"23.6.1972 (or 23.7.1972)":             "1972-06-23 1972-07-23",
		"7.10.1952 POB: Leningrad":             "1952-10-07",
		"(a) 19.4.1982, (b) 24.6.1402 (Hijri)": "1982-04-19", // no year of ours
		"1970 circa; 1970":                     "1970",
		"":                                     "",
		"10 October (year unknown)":            "?",
		"born in the early 1970s":              "?",
	} {
		var found findings
		d := newDraft("l", "1", "here", &found)
		d.births(text)
		got := strings.Join(d.BirthDates, " ")
		if len(found.all()) > 0 {
			got += "?"
		}
		if got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestNationalities(t *testing.T) {
	for text, want := range map[string]string{
		"Russian":                                         "[RU]",
		"Ukrainian, Russian":                              "[UA RU]",
		"Russian and Ukrainian":                           "[RU UA]",
		"Ukrainian and/or Russian":                        "[UA RU]",
		`"(a) German; (b) Algerian"`:                      "[DE DZ]",
		"a) Syrian b) Palestinian":                        "[SY PS]",
		"Bosnia and Herzegovina":                          "[BA]",
		"Trinidad and Tobago":                             "[TT]",
		"Myanmar/Burma":                                   "[MM]",
		"Syrian/Iranian":                                  "[SY IR]",
		"assumed Congolese (DRC)":                         "[CD]",
		"Italian since 1990":                              "[IT]",
		"of the Republic of Moldova":                      "[MD]",
		"Tunisian. National Identification No.: 08619445": "[TN]",
		"": "[]",
	} {
		var found findings
		d := newDraft("l", "1", "here", &found)
		d.nationalities(text)
		if got := fmt.Sprint(d.Countries); got != want || len(found.all()) > 0 {
			t.Errorf("%q gives %s, want %s; findings %v", text, got, want, found.all())
		}
	}
	var found findings
	d := newDraft("l", "1", "here", &found)
	d.nationalities("Atlantean, French")
	if fmt.Sprint(d.Countries) != "[FR]" || len(found.all()) != 1 || found.all()[0].Holds {
		t.Errorf("a people nobody knows: countries %v, findings %v", d.Countries, found.all())
	}
}

func TestInBrackets(t *testing.T) {
	for name, want := range map[string]string{
		"Alpha Plant":                      "Alpha Plant primary",
		"Alpha Plant (AP)":                 "Alpha Plant (AP) primary|Alpha Plant alias|AP acronym",
		"Beta (National Beta Corporation)": "Beta (National Beta Corporation) primary|Beta alias|National Beta Corporation alias",
		"Gamma Bank (Azerbaijan)":          "Gamma Bank (Azerbaijan) primary|Gamma Bank alias",
		"Delta (JSC)":                      "Delta (JSC) primary|Delta alias",
		"Epsilon (formerly Omega)":         "Epsilon (formerly Omega) primary|Epsilon alias",
		"Zeta Industry (ZI) (IZ)":          "Zeta Industry (ZI) (IZ) primary|Zeta Industry (ZI) alias|Zeta Industry alias|ZI acronym|IZ acronym",
		"Eta (HK) Limited":                 "Eta (HK) Limited primary",
		"Институт Тета (ИТ, Тета РАН)":     "Институт Тета (ИТ, Тета РАН) primary|Институт Тета alias|ИТ acronym|Тета РАН original",
		"Iota (unclosed":                   "Iota (unclosed primary",
	} {
		var found findings
		d := newDraft("l", "1", "here", &found)
		d.inBrackets(screening.Name{Text: name, Kind: screening.PrimaryName})
		var got []string
		for _, n := range d.Names {
			got = append(got, n.Text+" "+string(n.Kind))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q gives %q, want %q", name, strings.Join(got, "|"), want)
		}
	}
}

func TestCountryAtEnd(t *testing.T) {
	for address, want := range map[string]string{
		"12 Main St, Tallinn, Estonia":                    "EE",
		"12 Main St, Tallinn, Estonia (since 2019).":      "EE",
		"Tehran (Iran)":                                   "IR",
		"40 Nemiga St., Minsk 220004 Belarus":             "BY",
		"Jl. Satu 5, Jakarta, Indonesia, Telephone: 0271": "ID",
		"Russian Federation, 199155, St. Petersburg":      "RU",
		"Albuquerque, New Mexico":                         "", // not Mexico
		"5 Jersey Street":                                 "",
		"":                                                "",
	} {
		if got := countryAtEnd(address); got != want {
			t.Errorf("%q is in %q, want %q", address, got, want)
		}
	}
}

func TestNumberIn(t *testing.T) {
	for text, want := range map[string]string{
		"645120378":                     "645120378",
		"Jordan 654781":                 "654781",
		"381120660 expires 25.3.2016":   "381120660",
		"M174950 issued on 27.4.1999":   "M174950",
		"8103 551489":                   "8103 551489",
		"FTBDKPPY":                      "FTBDKPPY",
		"Voter ID 73320881AG1191MAM200": "73320881AG1191MAM200",
		"Iraq":                          "",
	} {
		if got := numberIn(text); got != want {
			t.Errorf("%q holds %q, want %q", text, got, want)
		}
	}
}

func TestSEMAAliases(t *testing.T) {
	for _, c := range []struct {
		cell   string
		person bool
		want   []string
	}{
		{"Anna Z, Belarusian: Ганна Я, Russian : Анна Я", true, []string{"Anna Z", "Ганна Я (be)", "Анна Я (ru)"}},
		{"Иван А / Iван А", true, []string{"Иван А", "Iван А"}},
		{"Nikolai or Nikolay Petrov", true, []string{"Nikolai or Nikolay Petrov"}},
		{"Ivan Petrov or Iwan Petrow", true, []string{"Ivan Petrov", "Iwan Petrow"}},
		{"PASK, Vacuumkaran, Vacuum Karan Co.", false, []string{"PASK", "Vacuumkaran", "Vacuum Karan Co."}},
		{"Department of X, Ministry of Y", false, []string{"Department of X, Ministry of Y"}},
		{`NGO "Izhbs", LLC; НПО "Ижбс", ООО`, false, []string{`NGO "Izhbs", LLC`, `НПО "Ижбс", ООО`}},
		{"Alpha a.k.a. Beta", false, []string{"Alpha", "Beta"}},
	} {
		var got []string
		for _, n := range semaAliases(c.cell, c.person) {
			text := n.Text
			if n.Lang != "" {
				text += " (" + n.Lang + ")"
			}
			got = append(got, text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q gives %q, want %q", c.cell, got, c.want)
		}
	}
}

func TestEUAct(t *testing.T) {
	for celex, want := range map[string]string{
		"32014R0833": "Council Regulation (EU) No 833/2014",
		"32015R0735": "Council Regulation (EU) 2015/735",
		"32006R0765": "Council Regulation (EC) No 765/2006",
		"32010D0573": "Council Decision 2010/573/CFSP",
		"nonsense":   "nonsense",
	} {
		if got := euAct(celex); got != want {
			t.Errorf("%s is %q, want %q", celex, got, want)
		}
	}
}
