package screening

import "testing"

func TestGradeOf(t *testing.T) {
	p := DefaultPolicy()
	for _, tc := range []struct {
		name string
		f    Facts
		want Grade
	}{
		{"below the note line", Facts{AssetFreeze, NoStrength, Enhanced, Binding, "", "", "", "", ""}, Clear},
		{"weak match on a freeze list", Facts{AssetFreeze, Weak, Standard, Binding, "", "", "", "", ""}, Note},
		{"likely match on a freeze list", Facts{AssetFreeze, Medium, Standard, Binding, "", "", "", "", ""}, Review},
		{"strong match on a freeze list", Facts{AssetFreeze, Strong, Standard, Binding, "", "", "", "", ""}, Escalate},
		{"strong match on a freeze list, routine work", Facts{AssetFreeze, Exact, Routine, Binding, PublishedOnly, "", "", "", ""}, Escalate},
		{"strong match on a foreign freeze list", Facts{AssetFreeze, Exact, Standard, Informative, "", "", "", "", ""}, Review},
		{"strong match on a foreign freeze list, routine work", Facts{AssetFreeze, Exact, Routine, Informative, "", "", "", "", ""}, Note},
		{"strong match on a freeze list that binds by contract", Facts{AssetFreeze, Strong, Standard, Contractual, "", "", "", "", ""}, Escalate},
		{"denied person, open publication", Facts{ExportDenial, Strong, Routine, Binding, PublishedOnly, "", "", "", ""}, Escalate},
		{"licence list, nothing said of sharing", Facts{ExportLicence, Strong, Standard, Binding, "", "", "", "", ""}, Escalate},
		{"licence list, items shared", Facts{ExportLicence, Exact, Standard, Binding, SharingItems, "", "", "", ""}, Escalate},
		{"licence list, published information only", Facts{ExportLicence, Exact, Standard, Binding, PublishedOnly, "", "", "", ""}, Review},
		{"licence list, likely", Facts{ExportLicence, Medium, Standard, Binding, "", "", "", "", ""}, Review},
		{"unverified list, exact", Facts{ExportCondition, Exact, Standard, Binding, "", "", "", "", ""}, Review},
		{"funding bar, exact", Facts{ResearchFunding, Exact, Standard, Binding, "", "", "", "", ""}, Review},
		{"funding bar, likely, enhanced stakes", Facts{ResearchFunding, Medium, Enhanced, Binding, "", "", "", "", ""}, Escalate},
		{"licence list, likely, enhanced stakes", Facts{ExportLicence, Medium, Enhanced, Contractual, PublishedOnly, "", "", "", ""}, Escalate},
		{"enhanced stakes on a list that only informs", Facts{AssetFreeze, Exact, Enhanced, Informative, "", "", "", "", ""}, Review},
		{"advisory, routine work", Facts{Advisory, Exact, Routine, Binding, "", "", "", "", ""}, Note},
		{"advisory, standard stakes", Facts{Advisory, Exact, Standard, Binding, "", "", "", "", ""}, Review},
		{"counter-measure, routine work", Facts{CounterMeasure, Strong, Routine, Binding, "", "", "", "", ""}, Note},
		{"narrow financial is not a block", Facts{NarrowFinancial, Exact, Standard, Binding, "", "", "", "", ""}, Review},
		{"funding bar, money of the funder it comes with", Facts{ResearchFunding, Exact, Standard, Binding, "", FundingApplies, "", "", ""}, Review},
		{"funding bar, money of another funder", Facts{ResearchFunding, Exact, Enhanced, Binding, "", FundingElsewhere, "", "", ""}, Note},
		{"import bar on a partner", Facts{Import, Exact, Standard, Binding, "", "", RolePartner, "", ""}, Note},
		{"import bar on a supplier", Facts{Import, Exact, Standard, Binding, "", "", RoleSupplier, "", ""}, Review},
		{"travel ban", Facts{Travel, Exact, Standard, Binding, "", "", "", "", ""}, Review},
		{"owner by a list's link, enough", Facts{Control: AssetFreeze, Strength: Exact, Stakes: Standard, Bearing: Binding, Reach: ReachYes, Named: NamedByLink}, Escalate},
		{"owner by a list's link, share not said", Facts{Control: AssetFreeze, Strength: Exact, Stakes: Standard, Bearing: Binding, Reach: ReachUnknown, Named: NamedByLink}, Review},
		{"owner by a list's link, share not said, enhanced stakes", Facts{Control: AssetFreeze, Strength: Exact, Stakes: Enhanced, Bearing: Binding, Reach: ReachUnknown, Named: NamedByLink}, Review},
		{"owner by a list's link, too little", Facts{Control: AssetFreeze, Strength: Exact, Stakes: Enhanced, Bearing: Binding, Reach: ReachNo, Named: NamedByLink}, Note},
		{"owner the row names, too little", Facts{Control: AssetFreeze, Strength: Exact, Stakes: Standard, Bearing: Binding, Reach: ReachNo}, Review},
		{"owner by a list's link, no ownership rule", Facts{Control: ExportCondition, Strength: Exact, Stakes: Standard, Bearing: Binding, Named: NamedByLink}, Note},
		{"owner of what is listed too", Facts{Control: AssetFreeze, Strength: Exact, Stakes: Standard, Bearing: Binding, Reach: ReachMoot, Named: NamedByLink}, Note},
		{"parent by a register", Facts{Control: AssetFreeze, Strength: Exact, Stakes: Standard, Bearing: Binding, Named: NamedByRegister}, Escalate},
	} {
		if got, rule := p.GradeOf(tc.f); got != tc.want {
			t.Errorf("%s: %s by %q, want %s", tc.name, got, rule, tc.want)
		}
	}
}

func TestStrength(t *testing.T) {
	p := &Policy{NoteLine: 0.6, ReviewLine: 0.8, StrongLine: 0.9, ExactLine: 0.98}
	for score, want := range map[float64]Strength{
		0.59994: NoStrength, 0.59996: Weak, 0.79994: Weak, 0.79996: Medium, 0.8: Medium, 0.9: Strong, 0.97994: Strong, 0.98: Exact, 1: Exact,
	} {
		if got := p.Strength(score); got != want {
			t.Errorf("Strength(%v) = %q, want %q", score, got, want)
		}
	}
}

func TestBearingFor(t *testing.T) {
	for _, tc := range []struct {
		name    string
		binds   []string
		reaches bool
		office  []string
		want    Bearing
	}{
		{"no jurisdiction named", []string{"US"}, true, nil, Binding},
		{"own list", []string{"GB"}, false, []string{"GB"}, Binding},
		{"Union list, member state", []string{"EU"}, false, []string{"NL"}, Binding},
		{"Union list, United Kingdom", []string{"EU"}, false, []string{"GB"}, Informative},
		{"American list that follows items", []string{"US"}, true, []string{"GB"}, Contractual},
		{"American list that does not", []string{"US"}, false, []string{"GB"}, Informative},
		{"Security Council", []string{Everywhere}, false, []string{"NO"}, Binding},
	} {
		if got := BearingFor(tc.binds, tc.reaches, tc.office); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}
