package web

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

var ownMetric = regexp.MustCompile(`\bscreener_[a-z_]+`)

// metricsThere are the names of the metrics a site has, whether or not there is anything to tell yet.
func metricsThere(s *Site) map[string]bool {
	descs := make(chan *prometheus.Desc)
	go func() {
		s.metrics.registry.Describe(descs)
		close(descs)
	}()
	out := map[string]bool{}
	for d := range descs {
		if m := regexp.MustCompile(`fqName: "(screener_[a-z_]+)"`).FindStringSubmatch(d.String()); m != nil {
			out[m[1]] = true
		}
	}
	return out
}

// Every query of the dashboard and the alerts asks for a metric there is, and
// no metric of ours is left unasked for.
func TestDashboardAndAlerts(t *testing.T) {
	o := newOffice(t, Options{})
	there := metricsThere(o.site)
	asked := map[string]bool{}
	for _, file := range []string{"../packaging/grafana/screener.json", "../packaging/prometheus/alerts.yml"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".json") {
			if err := json.Unmarshal(b, new(any)); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
		for _, name := range ownMetric.FindAllString(string(b), -1) {
			if there[name] {
				asked[name] = true
			} else if base := strings.TrimSuffix(name, "_bucket"); there[base] {
				asked[base] = true
			} else {
				t.Errorf("%s asks for %s, which there is not", file, name)
			}
		}
	}
	for name := range there {
		if !asked[name] {
			t.Errorf("nothing asks for %s", name)
		}
	}
}

// What a monitor reads after a day's work: counts that are true, and no partner's name.
func TestMetrics(t *testing.T) {
	o := newOffice(t, Options{})
	o.publish(openList, scriptParty, formulaParty)
	o.publish(secretList, secretParty)
	o.screen("sam", "sheet.csv", formulaParty)
	here := o.browser()
	here.address = "127.0.0.1:9"
	res := here.get("/metrics")
	if res.Code != http.StatusOK {
		t.Fatalf("%d %s", res.Code, res.Body)
	}
	body := res.Body.String()
	for _, line := range []string{
		`screener_list_entities{list="` + openList + `"} 2`,
		`screener_list_usable{list="` + openList + `"} 1`,
		`screener_open_matches 1`,
		`screener_workers 0`,
		`screener_notices{state="dead"} 0`,
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if strings.Contains(body, "Ulmara") {
		t.Error("the metrics name a partner")
	}
}
