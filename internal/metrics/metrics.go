package metrics

import (
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are one process's numbers. Its methods may be called from many
// goroutines.
type Metrics struct {
	registry *prometheus.Registry

	calls       *prometheus.CounterVec
	callSeconds *prometheus.HistogramVec
	jobs        *prometheus.CounterVec
	jobSeconds  *prometheus.HistogramVec
	outcomes    map[string]outcome
	codes       codes
}

// callBuckets are seconds: a platform answers in tens of milliseconds, and 25 s is where a call is given up.
var callBuckets = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25}

// jobBuckets are seconds: 30 is where a job is told to end.
var jobBuckets = []float64{0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30}

// New is an empty set of numbers for the program of that version.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "switchback_calls_total", Help: "Calls to a platform by operation and the code that it answered; ok is none.",
		}, []string{"platform", "operation", "code"}),
		callSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "switchback_call_seconds", Help: "How long calls to a platform took.", Buckets: callBuckets,
		}, []string{"platform", "operation"}),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "switchback_jobs_total", Help: "Attempts at jobs by kind and what became of them.",
		}, []string{"kind", "result"}),
		jobSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "switchback_job_seconds", Help: "How long attempts at jobs took.", Buckets: jobBuckets,
		}, []string{"kind"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "switchback_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.calls, m.callSeconds, m.jobs, m.jobSeconds, build)
	m.outcomes = outcomes(m.registry)
	return m
}

// Read adds what is read at each scrape.
func (m *Metrics) Read(s Sources) {
	m.registry.MustRegister(&reading{Sources: s})
}

// Handler answers a scrape.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Job counts one attempt at a job.
func (m *Metrics) Job(kind, result string, took time.Duration) {
	m.jobs.WithLabelValues(kind, result).Inc()
	m.jobSeconds.WithLabelValues(kind).Observe(took.Seconds())
}

// Log counts the outcomes that are logged, whether or not next shows lines of
// their level.
func (m *Metrics) Log(next slog.Handler) slog.Handler { return counting{next, m.outcomes} }

// codes bounds the values that a platform's answers may give a label.
type codes struct {
	mu    sync.Mutex
	known map[string]map[string]bool
}

// mostCodes is more than a platform's documents list for what this program calls.
const mostCodes = 80

// bounded is the code, or "other" once a platform has given too many.
func (c *codes) bounded(platform, code string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[string]map[string]bool{}
	}
	known := c.known[platform]
	if known == nil {
		known = map[string]bool{}
		c.known[platform] = known
	}
	if !known[code] {
		if len(known) == mostCodes {
			return "other"
		}
		known[code] = true
	}
	return code
}
