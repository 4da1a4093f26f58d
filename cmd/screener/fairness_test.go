package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"partnerscreen/screening"
)

// told are the keys of rules that are read by people and by no program.
var told = []string{"name", "why", "source", "checked"}

// TestNoShippedRuleIsAboutACountry reads every rule the program brings along, as an
// office reads it: nothing but a destination rule asks for a country, a nationality,
// a language or a script.
func TestNoShippedRuleIsAboutACountry(t *testing.T) {
	var rules bytes.Buffer
	if err := writeRules(&rules); err != nil {
		t.Fatal(err)
	}
	shipped := map[string][]byte{"template rules.toml": rules.Bytes()}
	for _, pattern := range []string{"demo/*.toml", "packaging/*/*.toml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", pattern, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			shipped[file] = b
		}
	}
	read := 0
	for file, b := range shipped {
		var config map[string]any
		if _, err := toml.NewDecoder(bytes.NewReader(b)).Decode(&config); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		policy, _ := config["policy"].(map[string]any)
		delete(policy, "destination")
		for _, fault := range aboutCountries(policy, "policy", &read) {
			t.Errorf("%s: %s", file, fault)
		}
	}
	if read < 100 {
		t.Errorf("%d words of rules were read: the rules are not where this looks", read)
	}
	for rule, wrong := range map[string]string{
		`[[policy.stakes]]
		any = { work = ["Peru"] }`: "Peru",
		`[[policy.funding]]
		list = "x"
		countries = ["x"]`: "countries",
		`[[policy.ownership]]
		nationality = "x"`: "nationality",
	} {
		var config map[string]any
		if _, err := toml.Decode(rule, &config); err != nil {
			t.Fatal(err)
		}
		if got := aboutCountries(config["policy"], "policy", &read); len(got) != 1 || !strings.Contains(got[0], wrong) {
			t.Errorf("%s: %q", rule, got)
		}
	}
}

// aboutCountries are the places of a rule where a country or where somebody comes from is a condition.
func aboutCountries(rule any, at string, read *int) (faults []string) {
	switch x := rule.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(x)) {
			for _, word := range []string{"countr", "nation", "citizen", "language", "script", "territor"} {
				if strings.Contains(key, word) {
					faults = append(faults, at+"."+key+" is asked")
				}
			}
			// The programmes of an owner's listing are the publisher's tags, and some hold a country's name.
			if !slices.Contains(told, key) && at+"."+key != "policy.ownership.only" {
				faults = append(faults, aboutCountries(x[key], at+"."+key, read)...)
			}
		}
	case []map[string]any:
		for i := range x {
			faults = append(faults, aboutCountries(x[i], at, read)...)
		}
	case []any:
		for i := range x {
			faults = append(faults, aboutCountries(x[i], at, read)...)
		}
	case string:
		*read++
		if code, ok := screening.CountryCode(x); ok && len(x) > 2 { // "no" is an answer
			faults = append(faults, fmt.Sprintf("%s is the country %s (%s)", at, x, code))
		}
	}
	return faults
}
