package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"partnerscreen/screening"
	"partnerscreen/screening/store"
)

// TestCheckOneName looks names up on the page: nothing is kept but that
// somebody looked.
func TestCheckOneName(t *testing.T) {
	o, _, _ := full(t, Options{})
	sam := o.as(o.account("sam", screening.Submitter))
	check := func(b *browser, name, country string) (int, string) {
		w := b.post("/check", url.Values{"name": {name}, "country": {country}, "type": {"org"}})
		return w.Code, w.Body.String()
	}
	code, page := check(sam, "Ostrelle Microwave Labs", "")
	for _, want := range []string{`<span class="grade escalate">`, `<span class="says for">for</span>`, `<span class="says missing">missing</span>`, openList, "Fetched", "What was not checked"} {
		if code != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("the answer, %d, lacks %q:\n%s", code, want, page)
		}
	}
	if _, page := check(sam, "Plain Meadow School", "Norway"); !strings.Contains(page, "No likely match in the lists named") {
		t.Errorf("a name that is on no list:\n%s", page)
	}
	if code, page := check(sam, "Plain Meadow School", "Atlantis"); code != http.StatusBadRequest || !strings.Contains(page, "country is not known") || !strings.Contains(page, "Plain Meadow School") {
		t.Errorf("a country that is none: %d\n%s", code, page)
	}
	if _, page := check(sam, secretParty, ""); strings.Contains(page, secretList) || !strings.Contains(page, "No likely match") {
		t.Errorf("a closed list shows:\n%s", page)
	}
	if _, page := check(sam, scriptParty, ""); strings.Contains(page, "<script>alert") {
		t.Error("a name came back as markup")
	}
	lines, err := o.env.Store.Audit(t.Context(), store.AuditFilter{Action: "name.check", Limit: 10})
	if err != nil || len(lines) < 3 || strings.Contains(fmt.Sprintf("%+v %s", *lines[0], lines[0].After), "Qorvath") {
		t.Errorf("the audit trail: %v, %v", lines, err)
	}
	if strings.Contains(o.logs.String(), "Qorvath") || strings.Contains(o.logs.String(), "Ostrelle") {
		t.Error("a name stands in the log")
	}
}
