package main

import (
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partnerscreen/jobs"
	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// TestThirtyCollaborations screens the demo's sheet as a newcomer does, and
// holds each row against what its words and the sample lists call for, worked
// out by hand: its grade, the offices that have something to do, and the
// questions asked. Sixteen of thirty are clear and ask nobody anything.
func TestThirtyCollaborations(t *testing.T) {
	const legal, export, sponsored = screening.LegalCompliance, screening.ExportControl, screening.SponsoredPrograms
	type want struct {
		grade  screening.Grade
		stakes screening.Stakes
		owners []screening.Owner // of flagged matches, of enhanced work and of questions
		asks   []screening.Ask
		why    string
	}
	quiet := func(stakes screening.Stakes, why string) want {
		return want{grade: screening.Clear, stakes: stakes, why: why}
	}
	expected := map[string]want{
		"K-01": quiet(screening.Routine, "published openly, nothing shared; English"),
		"K-02": quiet(screening.Routine, "the same in German"),
		"K-03": quiet(screening.Routine, "in French"),
		"K-04": quiet(screening.Routine, "in Spanish"),
		"K-05": quiet(screening.Routine, "in Dutch"),
		"K-06": quiet(screening.Standard, "nothing answered, no name met"),
		"K-07": quiet(screening.Standard, "nothing answered"),
		"K-08": quiet(screening.Standard, "shares a town's name with a listed bureau, no more"),
		"K-09": quiet(screening.Standard, "samples are shared under a contract, with nobody listed"),
		"K-10": quiet(screening.Standard, "sonar suggests a technology, and the row says EAR99"),
		"K-11": quiet(screening.Standard, "another number than the listed 61st institute"),
		"K-12": quiet(screening.Standard, "in Iran; the row says the work is in Norway"),
		"K-13": quiet(screening.Standard, "no personal data"),
		"K-14": quiet(screening.Standard, "a supplier nobody lists"),
		"K-15": quiet(screening.Standard, "an owner nobody lists"),
		"K-16": quiet(screening.Standard, "software is shared, said to be controlled by no list"),
		"K-17": {screening.Clear, screening.Standard, []screening.Owner{legal}, []screening.Ask{screening.AskDestination}, "works in Iran: a question about the place and no grade"},
		"K-18": {screening.Note, screening.Standard, nil, nil, "the funding bar is another funder's money, and the cotton mill supplies nothing"},
		"K-19": {screening.Review, screening.Standard, []screening.Owner{sponsored, screening.Procurement}, nil, "naval money brings the bar; the mill is the supplier"},
		"K-20": {
			screening.Review, screening.Standard, []screening.Owner{sponsored, screening.DataProtection},
			[]screening.Ask{screening.AskFunder, screening.AskPersonalData}, "no funder named: ask; personal data: ask",
		},
		"K-21": {screening.Review, screening.Enhanced, []screening.Owner{export}, []screening.Ask{screening.AskShared}, "a control-list number, and the client's approval (German); what is shared is not said"},
		"K-22": {
			screening.Review, screening.Enhanced, []screening.Owner{screening.Ethics, sponsored, export},
			[]screening.Ask{screening.AskPublishable, screening.AskControlCode}, "dual use (French) goes to ethics; the results are the partner's; gene synthesis suggests a technology",
		},
		"K-23": {
			screening.Escalate, screening.Enhanced, []screening.Owner{export, sponsored}, []screening.Ask{screening.AskAgreement},
			"a likely match on the unverified list, and results that cannot be published; equipment goes there without a contract",
		},
		"K-24": {screening.Review, screening.Enhanced, []screening.Owner{legal}, []screening.Ask{screening.AskFunder}, "the ultimate funder is not disclosed"},
		"K-25": {screening.Escalate, screening.Standard, []screening.Owner{legal}, []screening.Ask{screening.AskDestination}, "assets frozen; and it works in Iran"},
		"K-26": {screening.Escalate, screening.Standard, []screening.Owner{export}, []screening.Ask{screening.AskShared}, "Entity List, nothing said of what is shared; the end user is a denied person"},
		"K-27": {screening.Review, screening.Routine, []screening.Owner{export}, nil, "Entity List, published papers only"},
		"K-28": {screening.Escalate, screening.Standard, []screening.Owner{legal}, nil, "two blocked owners with 30 % + 25 % = 55 %, added up by OFAC and not by the United Kingdom"},
		"K-29": {screening.Review, screening.Standard, []screening.Owner{legal}, nil, "a blocked owner with 20 %, below either line"},
		"K-30": {
			screening.Escalate, screening.Standard, []screening.Owner{export},
			[]screening.Ask{screening.AskShared, screening.AskOwnershipShare}, "owned by a party of the Entity List, share not said",
		},
	}

	out := t.TempDir()
	a := &app{cli: &cli{}, stdout: io.Discard, stderr: io.Discard, now: time.Now, bars: newBars(io.Discard, true)}
	if err := (&demoCmd{Out: out}).Run(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	config, err := loadConfig(filepath.Join(out, "collaborations.toml"))
	if err != nil {
		t.Fatal(err)
	}
	env, err := a.envOf(config)
	if err != nil {
		t.Fatal(err)
	}
	// The rules of the day on which the expectations were worked out.
	env.Now = func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
	env.Samples, env.MaxAge = true, 0
	env.Store, err = store.Open(t.Context(), filepath.Join(out, "screener.db"), store.Options{Data: filepath.Join(out, "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer env.Store.Close()
	s, err := jobs.Screen(t.Context(), env, jobs.ScreenOptions{Files: []string{filepath.Join(out, "collaborations.csv")}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	seen, silent := 0, 0
	for r, err := range s.Results(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		seen++
		w, ok := expected[r.Partner.Reference]
		if !ok {
			t.Errorf("%q is not expected", r.Partner.Reference)
			continue
		}
		var owners []screening.Owner
		var asks []screening.Ask
		add := func(o screening.Owner) {
			if !slices.Contains(owners, o) {
				owners = append(owners, o)
			}
		}
		for _, p := range r.Parties {
			for _, m := range p.Matches {
				if m.Grade.Flagged() {
					add(m.Owner)
				}
			}
		}
		if r.Work != nil {
			for _, rule := range r.Work.Rules {
				if rule.Stakes == screening.Enhanced {
					add(rule.Owner)
				}
			}
			for _, q := range r.Work.Questions {
				add(q.Owner)
				asks = append(asks, q.Ask)
			}
		}
		if len(asks) == 0 && r.Grade == screening.Clear {
			silent++
		}
		if r.Grade != w.grade || r.Stakes != w.stakes || !slices.Equal(slices.Sorted(slices.Values(owners)), slices.Sorted(slices.Values(w.owners))) || !slices.Equal(asks, w.asks) {
			t.Errorf("%s (%s): %s, %s, to %v, asks %v; want %s, %s, to %v, asks %v", r.Partner.Reference, w.why, r.Grade, r.Stakes, owners, asks, w.grade, w.stakes, w.owners, w.asks)
		}
		if r.Partner.Reference == "K-28" {
			var sums []string
			for _, o := range r.Work.Ownership {
				sums = append(sums, o.Rule+": "+string(o.Reach)+", "+o.Sum)
			}
			all := strings.Join(sums, "\n")
			for _, sum := range []string{"OFAC 50 percent rule: reaches, 30 % (Sorvenne Aerostat Works JSC) + 25 % (Kestoria Trading Co. Ltd.) = 55 %, at least 50 % is needed", "UK ownership: below, 30 % (Sorvenne Aerostat Works JSC), more than 50 % or control is needed"} {
				if !strings.Contains(all, sum) {
					t.Errorf("K-28 does not show %q:\n%s", sum, all)
				}
			}
		}
	}
	if seen != 30 || silent != 16 {
		t.Errorf("%d rows, %d of them clear without a question; want 30 and 16", seen, silent)
	}
}

// TestADestinationRuleIsSwitchedByItsName: the rest of it is the built-in
// one's, and the others stay, off.
func TestADestinationRuleIsSwitchedByItsName(t *testing.T) {
	config, err := loadConfig("demo/collaborations.toml")
	if err != nil {
		t.Fatal(err)
	}
	rules := config.policy().DestinationRules
	if len(rules) != len(screening.DefaultDestinationRules) {
		t.Fatalf("%d rules, %d are built in", len(rules), len(screening.DefaultDestinationRules))
	}
	for i, r := range rules {
		if want := screening.DefaultDestinationRules[i]; r.Enabled != (r.Name == "Iran, United States") || r.Source != want.Source || r.Why == "" || len(r.InForce) == 0 {
			t.Errorf("%+v", r)
		}
	}
	if screening.DefaultDestinationRules[1].Enabled {
		t.Error("switching a rule on in one configuration switched it on for all")
	}
}
