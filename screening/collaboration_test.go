package screening

import (
	"testing"
	"time"
)

func TestActivity(t *testing.T) {
	const today = "2031-06-15"
	for name, c := range map[string]struct {
		start, end, status string
		active             bool
		unsure             int // things that are not known and count as going on
	}{
		"nothing said":                        {"", "", "", true, 1},
		"ends later":                          {"2030-01-01", "2031-12-31", "", true, 0},
		"ends today":                          {"", "2031-06-15", "", true, 0},
		"ended yesterday":                     {"", "2031-06-14", "", false, 0},
		"a year lasts to its end":             {"", "2031", "", true, 0},
		"a month lasts to its end":            {"", "2031-06", "active", true, 0},
		"a month that is over":                {"", "2031-05", "active", false, 0},
		"begins next year":                    {"2032-01-01", "2033-01-01", "planned", true, 0},
		"ends before it starts":               {"2031-01-01", "2030-01-01", "", true, 1},
		"no day at all":                       {"", "next spring", "", true, 1},
		"closed, open end":                    {"", "", "Closed", false, 1},
		"closed though the end is later":      {"", "2035-01-01", "terminated", false, 0},
		"German":                              {"", "2035-01-01", "Abgeschlossen", false, 0},
		"French with accents":                 {"", "2035-01-01", "Terminé", false, 0},
		"Dutch with a diaeresis":              {"", "2035-01-01", "Beëindigd", false, 0},
		"Spanish, capitals":                   {"", "2035-01-01", "FINALIZADO", false, 0},
		"Chinese":                             {"", "2035-01-01", "已终止", false, 0},
		"Russian":                             {"", "2035-01-01", "Завершён", false, 0},
		"closed with its date":                {"", "2035-01-01", "Closed (31 Dec. 2030)", false, 0},
		"closed as of":                        {"", "2035-01-01", "completed as of 2030", false, 0},
		"closed for something":                {"", "2035-01-01", "closed for new partners", true, 1},
		"not completed":                       {"", "2035-01-01", "not completed", true, 1},
		"to be terminated":                    {"", "2035-01-01", "to be terminated", true, 1},
		"suspended goes on":                   {"", "2035-01-01", "Suspended", true, 0},
		"two columns, one open":               {"", "2035-01-01", "completed; active", true, 1},
		"two columns, both closed":            {"", "2035-01-01", "completed; closed", false, 0},
		"a word nobody knows":                 {"", "2035-01-01", "phase X", true, 1},
		"a word that only begins like closed": {"", "2035-01-01", "Closedown", true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := Partner{Start: c.start, End: c.end, Status: c.status}
			a := p.Activity()
			if a.On(today) != c.active || len(a.Unsure) != c.unsure {
				t.Errorf("active %v, not known: %v; want %v and %d", a.On(today), a.Unsure, c.active, c.unsure)
			}
		})
	}
}

func TestCollaborationsEnd(t *testing.T) {
	c := Collaboration{Activity: Activity{Until: "2031-06-15"}}
	if !c.Active("2031-06-15") || c.Active("2031-06-16") {
		t.Error("it goes on to its last day and no longer")
	}
	c.Ended = &Ending{Who: "anna", At: time.Now()}
	if c.Active("2031-06-01") {
		t.Error("a person ended it")
	}
}

func TestIdentity(t *testing.T) {
	row := func(reference, project, name, country string) *Partner {
		return &Partner{Reference: reference, Project: project, Parties: []Party{{Role: RolePartner, Name: name, Country: country}}}
	}
	base := row("P-17", "Tides", "Ulmara College", "NO").Identity("Office")
	for name, c := range map[string]struct {
		p      *Partner
		office string
		same   bool
	}{
		"another party under the reference":       {row("P-17", "Waves", "Brelk Institute", "PE"), "Office", true},
		"the reference written otherwise":         {row("p 17", "Tides", "Ulmara College", "NO"), "Office", true},
		"another reference":                       {row("P-18", "Tides", "Ulmara College", "NO"), "Office", false},
		"another office":                          {row("P-17", "Tides", "Ulmara College", "NO"), "Other", false},
		"no reference is another identity again ": {row("", "Tides", "Ulmara College", "NO"), "Office", false},
	} {
		if got := c.p.Identity(c.office) == base; got != c.same {
			t.Errorf("%s: the same %v, want %v", name, got, c.same)
		}
	}
	bare := row("", "Tides", "Ulmara College", "NO")
	for name, c := range map[string]struct {
		p    *Partner
		same bool
	}{
		"letters only": {row("", "tides", "ULMARA College", "NO"), true},
		"country":      {row("", "Tides", "Ulmara College", "SE"), false},
		"project":      {row("", "Waves", "Ulmara College", "NO"), false},
	} {
		if got := c.p.Identity("") == bare.Identity(""); got != c.same {
			t.Errorf("without a reference, %s: the same %v, want %v", name, got, c.same)
		}
	}
}

func TestOutcomeLeavesTheRecordOut(t *testing.T) {
	result := func(nearest *Match) *Result {
		return &Result{Partner: &Partner{Place: Place{Row: 3}}, Grade: Clear, Parties: []PartyResult{{Grade: Clear, Nearest: nearest}}}
	}
	base := result(nil).Outcome()
	if result(&Match{Score: 0.4}).Outcome() != base {
		t.Error("a nearest below the note line counts")
	}
	if result(&Match{Score: 0.7, Strength: Weak}).Outcome() == base {
		t.Error("a nearest with a strength does not count")
	}
}
