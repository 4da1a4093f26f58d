package lists

import (
	"slices"
	"strings"
	"testing"

	"partnerscreen/screening"
)

func texts(names []screening.Name) []string {
	var out []string
	for _, n := range names {
		text := n.Text
		if n.Kind == screening.FormerName {
			text = "formerly " + text
		}
		out = append(out, text)
	}
	return out
}

func TestIsAcronym(t *testing.T) {
	for name, want := range map[string]bool{
		"AMMS": true, "UrFU": true, "SibNIA": true, "CAS ICT": true, "J2": true, "IRGC-IO": true, "M&SE": true,
		"Huawei": false, "Quarry": false, "Dr": false, "QUARRYTOWN": false, "Phys Tech": false, "CH UAV Ltd": false,
		"A B C": false, "中国": false, "": false, "360": false,
	} {
		if got := isAcronym(name); got != want {
			t.Errorf("isAcronym(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestMadeIDs(t *testing.T) {
	ids := madeIDs{}
	first := ids.make("x", "Quarry’s Institute – Sandholm", "CN")
	if again := (madeIDs{}).make("x", "QUARRY'S INSTITUTE -  SANDHOLM", "cn"); again != first {
		t.Errorf("another print of the name has another id: %s, %s", first, again)
	}
	if twin := ids.make("x", "Quarry's Institute-Sandholm", "CN"); twin != first+"-2" {
		t.Errorf("the second party of one name is %s, want %s-2", twin, first)
	}
	if other := ids.make("x", "Quarry's Institute Sandholm", "RU"); other == first || strings.HasPrefix(other, first) {
		t.Errorf("a party of another country has the same id: %s", other)
	}
	if shifted := ids.make("x", "Quarry's Institute Sandholm C", "N"); shifted == first {
		t.Error("where one part ends and the next begins does not count")
	}
}

func TestKnownAs(t *testing.T) {
	for _, test := range []struct {
		printed, name string
		others        []string
	}{
		{"QUARRY TRADING, INC.", "QUARRY TRADING, INC.", nil},
		{"FU QUARRY A/K/A FRANK QUARRY", "FU QUARRY", []string{"FRANK QUARRY"}},
		{"SANDHOLM AIRLINES D/B/A S9 AIRLINES", "SANDHOLM AIRLINES", []string{"S9 AIRLINES"}},
		{"PEARL (A.K.A. NEI-CHIEN) QUARRY", "PEARL QUARRY", []string{"NEI-CHIEN"}},
		{"Quarry, Ann (a.k.a. Anna; f.k.a. Pit, Ann)", "Quarry, Ann", []string{"Anna", "formerly Pit, Ann"}},
		{"Tide Ltd. (also known as Ebb Ltd.) (formerly known as Flow Ltd.)", "Tide Ltd.", []string{"Ebb Ltd.", "formerly Flow Ltd."}},
		{"Quarry (Asia) Ltd.", "Quarry (Asia) Ltd.", nil},
		{"Akash Quarry", "Akash Quarry", nil},
	} {
		name, others := knownAs(test.printed)
		if name != test.name || !slices.Equal(texts(others), test.others) {
			t.Errorf("knownAs(%q) = %q, %q; want %q, %q", test.printed, name, texts(others), test.name, test.others)
		}
	}
}

func TestUnbracket(t *testing.T) {
	for _, test := range []struct {
		name, main string
		others     []string
	}{
		{"Quarry University (QU)", "Quarry University", []string{"QU"}},
		{"Korea Quarry Bank (KQB) (朝鮮採石銀行)", "Korea Quarry Bank", []string{"朝鮮採石銀行", "KQB"}},
		{"QAR (Quarry Atomic Research Company)", "Quarry Atomic Research Company", []string{"QAR"}},
		{"Rosquarry (Russian Quarry State Corporation)", "Rosquarry", []string{"Russian Quarry State Corporation"}},
		{"LUMIERE (Latin: LUMIÈRE)", "LUMIERE", []string{"LUMIÈRE"}},
		{"Quarry Institute (QASIC) 23rd 見本研究所", "Quarry Institute (QASIC) 23rd", []string{"見本研究所"}},
		{"シェンジェン有限会社(深圳見本有限公司)", "シェンジェン有限会社", []string{"深圳見本有限公司"}},

		{"Quarry (HK) Limited", "Quarry (HK) Limited", nil},
		{"Quarry Engineering (Pvt) LTD", "Quarry Engineering (Pvt) LTD", nil},
		{"Quarry Trade PVT (LTD)", "Quarry Trade PVT (LTD)", nil},
		{"Quarry Systems Pte. Ltd. (Pyongyang branch)", "Quarry Systems Pte. Ltd. (Pyongyang branch)", nil},
		{"Quarry Centre (QARC), Department of Stone (DS)", "Quarry Centre (QARC), Department of Stone (DS)", nil},
		{"株式会社 QRパリョット(フライト)", "株式会社 QRパリョット(フライト)", nil},
	} {
		main, others := unbracket(test.name)
		if main != test.main || !slices.Equal(others, test.others) {
			t.Errorf("unbracket(%q) = %q, %q; want %q, %q", test.name, main, others, test.main, test.others)
		}
	}
}

func TestPrintedCJK(t *testing.T) {
	for in, want := range map[string]string{
		"見本电子有限公 司":        "見本电子有限公司",
		"第二十 三研究所":         "第二十三研究所",
		"ＱＡＲ（見本）":          "QAR(見本)",
		"苏州埃⽂特种合⾦":         "苏州埃文特种合金",
		"株式会社 QAR":         "株式会社 QAR",
		"Quarry\u3000Tide": "Quarry Tide",
	} {
		if got := printedCJK(in); got != want {
			t.Errorf("printedCJK(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestUFLPANames(t *testing.T) {
	for _, test := range []struct {
		cell, name   string
		others, subs []string
		with         bool
	}{
		{cell: "Quarry Co., Ltd.", name: "Quarry Co., Ltd."},
		{cell: "Quarry Co. Ltd. (and two aliases: Pit; and Hollow Co., Ltd.)", name: "Quarry Co. Ltd.", others: []string{"Pit", "Hollow Co., Ltd."}},
		{cell: "Quarry (including one alias: Fine Cloth and Garment Co., Ltd.) and subsidiaries", name: "Quarry", others: []string{"Fine Cloth and Garment Co., Ltd."}, with: true},
		{cell: "Quarry (including two aliases: Pit and Hollow)", name: "Quarry", others: []string{"Pit", "Hollow"}},
		{cell: "Quarry (also known as Pit; Hollow; and Dell and Dale)", name: "Quarry", others: []string{"Pit", "Hollow", "Dell and Dale"}},
		{cell: "Quarry (also known as Pit Co., Ltd., Hollow, and Dell)", name: "Quarry", others: []string{"Pit Co., Ltd.", "Hollow", "Dell"}},
		{cell: "Quarry (formerly known as Pit)", name: "Quarry", others: []string{"formerly Pit"}},
		{cell: "Quarry (also known as Pit and formerly known as Hollow)", name: "Quarry", others: []string{"Pit", "formerly Hollow"}},
		{cell: "Quarry (Group) Co., Ltd.", name: "Quarry (Group) Co., Ltd."},
		{cell: "Quarry and its subordinate and affiliated entities", name: "Quarry", with: true},
		{cell: "Quarry, and Subsidiaries", name: "Quarry", with: true},
		{cell: "Quarry and its eight Sandholm-based subsidiaries, which include Pit Co., Ltd., Hollow, and Dell", name: "Quarry", subs: []string{"Pit Co., Ltd.", "Hollow", "Dell"}},
		{cell: "Quarry and its subsidiary Pit Trade and Stone Co.", name: "Quarry", subs: []string{"Pit Trade and Stone Co."}},
	} {
		got := uflpaNames(test.cell)
		if got.name != test.name || !slices.Equal(texts(got.others), test.others) || !slices.Equal(got.subsidiaries, test.subs) || (got.with != "") != test.with {
			t.Errorf("%q is read as %q, others %q, subsidiaries %q, with %q", test.cell, got.name, texts(got.others), got.subsidiaries, got.with)
		}
	}
}

func TestNameThenAddress(t *testing.T) {
	for _, test := range [][3]string{
		{"QUARRY, 1 EXAMPLE ROAD, SANDHOLM", "QUARRY", "1 EXAMPLE ROAD, SANDHOLM"},
		{"QUARRY TRADING, INC., 1 EXAMPLE ROAD", "QUARRY TRADING, INC.", "1 EXAMPLE ROAD"},
		{"ANN QUARRY, JR., 1 EXAMPLE ROAD", "ANN QUARRY, JR.", "1 EXAMPLE ROAD"},
		{"QUARRY", "QUARRY", ""},
		{"QUARRY, LTD", "QUARRY, LTD", ""},
	} {
		if name, address := nameThenAddress(test[0]); name != test[1] || address != test[2] {
			t.Errorf("%q is split into %q and %q", test[0], name, address)
		}
	}
}

func TestCountryNear(t *testing.T) {
	for address, want := range map[string]string{
		"1 Invented Street, Moscow, Russia.":         "RU",
		"1 Invented Street, Moscow, Russia, 107207.": "RU",
		"1 Invented Street, Moscow Russia":           "RU",
		"Sandholm, Russia 426034":                    "RU",
		"1 Invented Road, Hong Kong, China":          "HK",
		"5 Invented Road, Shenzhen, China.":          "CN",
		"3 Invented St":                              "",
		"25 Invented St., 117218":                    "",
		"Office 8E":                                  "",
		"":                                           "",
	} {
		if got := countryNear(address); got != want {
			t.Errorf("the country of %q is %q, want %q", address, got, want)
		}
	}
}

func TestCountryThenName(t *testing.T) {
	for _, test := range [][3]string{
		{"People's Republic of China", "CN", ""},
		{"People's Republic of China 23rd Quarry Institute", "CN", "23rd Quarry Institute"},
		{"North Korea Quarry", "KP", "Quarry"},
		{"北朝鮮 North Korea", "KP", ""},
		{"Republic of Atlantis", "", ""},
	} {
		if code, rest := countryThenName(test[0]); code != test[1] || rest != test[2] {
			t.Errorf("%q is %q and %q", test[0], code, rest)
		}
	}
}

func TestMakersFCC(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"Equipment produced by Quarry Company, including services provided by such entity.", []string{"Quarry Company"}},
		{"Services supplied, directly or indirectly, by AO Tide Lab or any of its affiliates.", []string{"AO Tide Lab"}},
		{"Services provided by Pit Inc. subject to section 214.", []string{"Pit Inc."}},
		{"Services provided by Pit Inc., subject to section 214.", []string{"Pit Inc."}},
		{"Services provided by Pit Corp and its wholly-owned subsidiary Hollow (USA) LLC subject to section 214.", []string{"Pit Corp", "Hollow (USA) LLC"}},
		{"Equipment produced by Quarry Company", []string{"Quarry Company"}},
		{"Aircraft produced in a foreign country, except those by the makers named.", nil},
		{"Services provided by such entity.", nil},
	} {
		if got := makersFCC(test.text); !slices.Equal(got, test.want) {
			t.Errorf("%q names %q, want %q", test.text, got, test.want)
		}
	}
}

func TestPersonName(t *testing.T) {
	for _, test := range []struct {
		in, want string
		person   bool
	}{
		{"Quarry, Ann", "Ann Quarry", true},
		{"Quarry, Jr., Adam", "Adam Quarry, Jr.", true},
		{"Adam Quarry, Jr.", "Adam Quarry, Jr.", true},
		{"Quarry, Inc.", "Quarry, Inc.", false},
		{"Pit, Hollow, Dell", "Pit, Hollow, Dell", true},
	} {
		if got := personName(test.in, test.person); got.Text != test.want {
			t.Errorf("personName(%q) = %q, want %q", test.in, got.Text, test.want)
		}
	}
}

func TestSplitAliases1260H(t *testing.T) {
	for cell, want := range map[string][]string{
		"Pit,Hollow Sec":   {"Pit", "Hollow Sec"},
		"Pit Co., Ltd.":    {"Pit Co., Ltd."},
		"Pit Ltd.; Hollow": {"Pit Ltd.", "Hollow"},
		"":                 nil,
	} {
		if got := splitAliases1260H(cell); !slices.Equal(got, want) {
			t.Errorf("%q is split into %q, want %q", cell, got, want)
		}
	}
}

func TestDateInAddress(t *testing.T) {
	for url, want := range map[string]string{
		"https://media.example.test/2026/Jun/08/1/LIST.PDF":              "2026-06-08",
		"https://www.example.test/wp-content/uploads/2026/07/FY25.pdf":   "2026-07-01",
		"https://www.example.test/115/plaws/publ232/PLAW-115publ232.pdf": "0001-01-01",
	} {
		if got := dateInAddress(url).Format("2006-01-02"); got != want {
			t.Errorf("%s is of %s, want %s", url, got, want)
		}
	}
}
