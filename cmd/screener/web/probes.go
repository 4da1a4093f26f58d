package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"partnerscreen/jobs"
	"partnerscreen/screening"
)

var healthz = Page{
	Pattern: "GET /healthz", Doc: "says that the program answers",
	Open: true,
	Serve: func(r *Request) error {
		return r.JSON(http.StatusOK, map[string]string{"status": "ok"})
	},
}

var readyz = Page{
	Pattern: "GET /readyz", Doc: "says whether a screening could start now: database, schema, lists; 503 and why where not",
	Open: true,
	Serve: func(r *Request) error {
		why := r.site.unready(r.Context())
		if len(why) > 0 {
			return r.JSON(http.StatusServiceUnavailable, map[string]string{"status": "not ready", "detail": strings.Join(why, "; ")})
		}
		return r.JSON(http.StatusOK, map[string]string{"status": "ok"})
	},
}

// unready says what keeps a screening from starting. Lists are counted and
// not named: anybody may ask.
func (s *Site) unready(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	have, want, err := s.env.Store.SchemaVersion(ctx)
	if err != nil {
		s.log.Error("not ready", "error", err.Error())
		return []string{"database: does not answer"}
	}
	if have != want {
		return []string{fmt.Sprintf("schema: the database is at %d, this program needs %d; run screener migrate", have, want)}
	}
	all, err := s.lists.get(ctx, s.env)
	if err != nil {
		s.log.Error("not ready", "error", err.Error())
		return []string{"lists: cannot be read"}
	}
	unusable := 0
	for _, l := range all {
		if l.State != "off" && l.Bearing == screening.Binding && !l.Usable() {
			unusable++
		}
	}
	if unusable > 0 {
		return []string{fmt.Sprintf("lists: %d that bind the office have no usable edition; run screener refresh", unusable)}
	}
	return nil
}

// listCache keeps the state of the lists for some seconds: probes ask often.
type listCache struct {
	mu  sync.Mutex
	at  time.Time
	all []jobs.ListStatus
}

func (c *listCache) get(ctx context.Context, env *jobs.Env) ([]jobs.ListStatus, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all != nil && time.Since(c.at) < 5*time.Second {
		return c.all, nil
	}
	all, err := jobs.Lists(ctx, env)
	if err != nil {
		return nil, err
	}
	c.all, c.at = all, time.Now()
	return all, nil
}

// metrics are what /metrics tells: patterns of addresses, never addresses.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	signIns  *prometheus.CounterVec
	handler  http.Handler
}

func newMetrics(s *Site) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "screener_http_requests_total", Help: "Requests answered, by page, method and status."}, []string{"page", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "screener_http_request_duration_seconds", Help: "How long answers took, by page.", Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 10, 60},
		}, []string{"page"}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "screener_sign_ins_total", Help: "Sign-ins, by method and outcome."}, []string{"method", "outcome"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "screener_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": s.env.Version}})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, m.signIns, build, &listMetrics{site: s}, &officeMetrics{site: s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 10 * time.Second, MaxRequestsInFlight: 4})
	return m
}

func (m *metrics) observe(pattern, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(pattern, knownMethod(method), strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(pattern).Observe(took.Seconds())
}

// listMetrics tells how old each list is and how large. Restricted lists are
// left out: who reads metrics has no role.
type listMetrics struct{ site *Site }

var (
	listFetched  = prometheus.NewDesc("screener_list_fetched_timestamp_seconds", "When the list was last fetched.", []string{"list"}, nil)
	listEntities = prometheus.NewDesc("screener_list_entities", "Entities in the edition in force.", []string{"list"}, nil)
	listUsable   = prometheus.NewDesc("screener_list_usable", "1 where the list can be screened against.", []string{"list"}, nil)
	listHeld     = prometheus.NewDesc("screener_list_held", "1 where a newer edition is held back.", []string{"list"}, nil)
)

func (c *listMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{listFetched, listEntities, listUsable, listHeld} {
		out <- d
	}
}

func (c *listMetrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	s := c.site
	all, err := s.lists.get(ctx, s.env)
	if err != nil {
		out <- prometheus.NewInvalidMetric(listFetched, errors.New("the lists cannot be read"))
		return
	}
	anybody := &screening.Viewer{Restricted: s.env.Restricted}
	for _, l := range all {
		if l.State == "off" || !anybody.Sees(l.List) {
			continue
		}
		gauge := func(d *prometheus.Desc, v float64) {
			out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, l.List)
		}
		if l.Fetched != nil {
			gauge(listFetched, float64(l.Fetched.Unix()))
		}
		gauge(listEntities, float64(l.Entities))
		gauge(listUsable, one(l.Usable()))
		gauge(listHeld, one(l.State == "quarantined"))
	}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

var metricsPage = Page{
	Pattern: "GET /metrics", Doc: "tells a Prometheus how it goes; from this machine and the addresses of the configuration",
	Open: true,
	Serve: func(r *Request) error {
		ip, err := netip.ParseAddr(r.address)
		open := err == nil && ip.IsLoopback()
		for _, prefix := range r.site.opts.MetricsFrom {
			open = open || (err == nil && prefix.Contains(ip))
		}
		if !open {
			return denied("Metrics are told to this machine, and to the addresses of metrics_from in [server] of the configuration.")
		}
		r.site.metrics.handler.ServeHTTP(r.W, r.Request)
		return nil
	},
}
