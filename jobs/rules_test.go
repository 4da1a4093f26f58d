package jobs_test

import (
	"testing"

	"partnerscreen/lists"
	"partnerscreen/screening"
)

// TestRulesNameListsThereAre: a rule for a list of another name would never hold.
func TestRulesNameListsThereAre(t *testing.T) {
	named := map[string][]string{}
	for _, r := range screening.DefaultOwnershipRules {
		named[r.Name] = r.Lists
	}
	for _, r := range screening.DefaultFundingRules {
		named["funding bar of "+r.List] = []string{r.List}
	}
	for _, h := range screening.Holds {
		named["hold of "+h.Authority] = h.Lists
	}
	for rule, ids := range named {
		for _, id := range ids {
			if _, ok := lists.Find(lists.All, id); !ok {
				t.Errorf("%s: there is no list %s", rule, id)
			}
		}
	}
}
